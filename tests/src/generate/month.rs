//! A month of evidence that is not noise: weeks and days have their peaks, priorities their times, holds their reasons.
//!
//! Goes in: a seed and what a month is like. Comes out: an ecosystem document with measures, CSV bytes per table of evidence.
//! **Invariant:** tickets stand in the order they were opened; a known number of rows is dirty, each in one known way.
//! **Not here:** what the measures come to.

use super::Dice;
use siam_core::base::{Date, Instant};

/// What a month is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its year.
    pub year: i16,
    /// Its month, 1 to 12.
    pub month: u8,
    /// How many tickets, dirty ones not counted.
    pub tickets: usize,
    /// How many services.
    pub services: usize,
    /// How many suppliers.
    pub suppliers: usize,
    /// How many tickets are dirty.
    pub dirty: usize,
}

impl Default for Month {
    fn default() -> Self {
        Self { year: 2026, month: 10, tickets: 2_000, services: 20, suppliers: 5, dirty: 8 }
    }
}

/// Evidence and the ecosystem it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Services, calendars, an SLA with measures.
    pub document: String,
    /// Names of tables and their CSV bytes: tickets, ticket_events, outages, exclusions.
    pub tables: Vec<(&'static str, Vec<u8>)>,
    /// Tickets whose rows are dirty.
    pub dirty: Vec<String>,
}

/// Tickets opened per hour of a working day, by hundredths: a morning peak and a smaller one after lunch.
const HOURS: [usize; 24] = [4, 3, 3, 3, 4, 8, 20, 55, 95, 100, 90, 75, 55, 70, 80, 70, 60, 45, 30, 20, 15, 10, 8, 6];
/// Monday is the worst, the weekend is quiet.
const WEEK: [usize; 7] = [100, 85, 80, 80, 70, 18, 12];
/// Priorities: how often, minutes to respond, minutes to restore.
const PRIORITIES: [(usize, (&str, i64, i64)); 4] =
    [(3, ("P1", 10, 120)), (12, ("P2", 20, 300)), (50, ("P3", 90, 900)), (35, ("P4", 240, 2_400))];
const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;

/// Evidence of a month.
pub fn month(seed: u64, like: &Month) -> Evidence {
    let mut dice = Dice::new(seed);
    let first = Date::new(like.year, like.month, 1).map_or(0, Date::to_days);
    let next = Date::new(like.year + i16::from(like.month == 12), like.month % 12 + 1, 1).map_or(first + 30, Date::to_days);
    let slots: Vec<(usize, i64)> = (first..next)
        .flat_map(|day| (0..24).map(move |hour| (day, hour)))
        .map(|(day, hour)| {
            let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
            let busy = WEEK[weekday] * if weekday < 5 { HOURS[hour] } else { 10 + HOURS[hour] / 4 };
            (busy, i64::from(day) * DAY + hour as i64 * 60 * MINUTE)
        })
        .collect();
    let mut opened: Vec<i64> =
        (0..like.tickets + like.dirty).map(|_| dice.weighted(&slots) + dice.between(0, 59 * 60) * 1_000_000).collect();
    opened.sort_unstable();
    let mut rows = Rows::default();
    let mut places: Vec<usize> = (0..opened.len()).collect();
    dice.shuffle(&mut places);
    let dirty = &places[..like.dirty];
    for (at, opened) in opened.iter().enumerate() {
        rows.ticket(&mut dice, like, at, *opened, dirty.iter().position(|place| *place == at));
    }
    let table = |header: &str, lines: Vec<String>| format!("{header}\n{}", lines.concat()).into_bytes();
    Evidence {
        document: document(like),
        tables: vec![
            (
                "tickets",
                table("ticket,kind,service,priority,party,opened,responded,resolved,closed,resolution,parent", rows.tickets),
            ),
            ("ticket_events", table("ticket,at,sequence,field,from,to,by", rows.events)),
            ("outages", table("service,from,to,level,origin,source", rows.outages)),
            ("exclusions", table("key,reason,clause,requested_by,accepted_by,status", rows.exclusions)),
        ],
        dirty: rows.dirty,
    }
}

/// Lines of the tables.
#[derive(Default)]
struct Rows {
    tickets: Vec<String>,
    events: Vec<String>,
    outages: Vec<String>,
    exclusions: Vec<String>,
    dirty: Vec<String>,
}

impl Rows {
    fn ticket(&mut self, dice: &mut Dice, like: &Month, at: usize, opened: i64, dirty: Option<usize>) {
        let name = format!("INC{:07}", at + 1);
        // Few services have most of the trouble.
        let trouble = dice.below(like.services) + 1;
        let service = dice.below(trouble);
        let party = format!("supplier-{}", service % like.suppliers);
        let (mut priority, respond, restore) = *dice.weighted(&PRIORITIES);
        let kind = *dice.weighted(&[(80, "incident"), (20, "request")]);
        let responded = opened + long(dice, respond);
        let mut sequence = 0;
        let mut change = |events: &mut Vec<String>, at: i64, field: &str, from: &str, to: &str, by: &str| {
            sequence += 1;
            events.push(format!("{name},{},{sequence},{field},{from},{to},{by}\n", Instant(at)));
        };
        change(&mut self.events, opened, "state", "", "new", "desk");
        change(&mut self.events, responded, "state", "new", "in_progress", &party);
        let mut now = responded;
        for _ in 0..3 {
            if !dice.chance(1, 4) {
                break;
            }
            // Most wait for the customer, some for another supplier.
            let hold = *dice.weighted(&[(6, "waiting_customer"), (3, "waiting_supplier"), (1, "on_hold")]);
            let from = now + long(dice, 30);
            now = from + long(dice, 240);
            change(&mut self.events, from, "state", "in_progress", hold, &party);
            change(&mut self.events, now, "state", hold, "in_progress", &party);
        }
        if like.suppliers > 1 && dice.chance(1, 12) {
            let other = format!("supplier-{}", (service + 1) % like.suppliers);
            now += long(dice, 20);
            change(&mut self.events, now, "party", &party, &other, "desk");
        }
        let resolved = now + long(dice, restore);
        // What is old at the end of a month is still open; every eighth resolved one is not closed yet.
        let still_open = dice.chance(1, 40);
        let closed = (!still_open && !dice.chance(1, 8)).then(|| resolved + 3 * DAY);
        if !still_open {
            change(&mut self.events, resolved, "state", "in_progress", "resolved", &party);
        }
        if let Some(closed) = closed {
            change(&mut self.events, closed, "state", "resolved", "closed", "desk");
        }
        let mut service = format!("service-{service}");
        if priority == "P1" && dirty.is_none() {
            let level = *dice.pick(&["down", "down", "degraded"]);
            self.outages.push(format!("{service},{},{},{level},own,{name}\n", Instant(opened - 5 * MINUTE), Instant(resolved)));
        }
        let mut resolved = if still_open { String::new() } else { Instant(resolved).to_string() };
        let mut opened_text = Instant(opened).to_string();
        if let Some(kind) = dirty {
            match kind % 5 {
                0 => service = "no-such-service".to_owned(),
                1 => opened_text = "31/10/2026 9:00".to_owned(),
                2 => resolved = Instant(opened - DAY).to_string(),
                3 => priority = "Sev-2",
                _ => opened_text = String::new(),
            }
            self.dirty.push(name.clone());
        } else if dice.chance(1, 60) {
            let status = *dice.weighted(&[(5, "accepted"), (2, "rejected"), (2, "proposed")]);
            let accepted_by = if status == "accepted" { "acme" } else { "" };
            self.exclusions.push(format!("{name},customer unavailable,9.4,{party},{accepted_by},{status}\n"));
        }
        let resolution =
            if resolved.is_empty() { "" } else { *dice.weighted(&[(90, "fixed"), (7, "no_fault_found"), (3, "cancelled")]) };
        let closed = closed.map(|at| Instant(at).to_string()).unwrap_or_default();
        self.tickets.push(format!(
            "{name},{kind},{service},{priority},{party},{opened_text},{},{resolved},{closed},{resolution},\n",
            Instant(responded)
        ));
    }
}

/// A time around some minutes with a long tail, in microseconds.
fn long(dice: &mut Dice, minutes: i64) -> i64 {
    let mut time = minutes * dice.between(20, 140) / 100;
    for _ in 0..6 {
        if !dice.chance(1, 5) {
            break;
        }
        time *= 2;
    }
    time * MINUTE + dice.between(0, 59) * 1_000_000
}

/// An ecosystem that the evidence is about.
fn document(like: &Month) -> String {
    let mut text = String::from(
        "siam: 1\necosystem: month\nzone: Europe/London\ncurrency: GBP\n\
         calendars:\n  office: {hours: {mon-fri: 08:00-18:00}, holidays: [2026-12-25]}\n  extended: {hours: {mon-sat: 06:00-22:00}}\n\
         parties:\n  acme: {kind: customer}\n  hub: {kind: integrator}\n",
    );
    for supplier in 0..like.suppliers {
        text += &format!("  supplier-{supplier}: {{kind: supplier}}\n");
    }
    text += "services:\n";
    for service in 0..like.services {
        let hours = ["", ", hours: office", ", hours: extended"][service % 3];
        text += &format!(
            "  service-{service}: {{provider: supplier-{}, users: {}{hours}}}\n",
            service % like.suppliers,
            10 * (service + 1)
        );
    }
    text += "agreements:\n  sla:\n    kind: sla\n    provider: hub\n    customer: acme\n    measures:\n\
\x20     restored:\n        statistic: percent_within\n        tickets: {kind: [incident]}\n        clock: {pause_in: [waiting_customer, on_hold]}\n\
\x20       within: {P1: 4h, P2: 8h, P3: 24h, P4: 60h}\n        target: 90%\n        by: [priority, party]\n\
\x20     answered:\n        statistic: percent_within\n        tickets: {kind: [incident, request]}\n        clock: {stop: responded, calendar: extended}\n\
\x20       within: 2h\n        counted_when: opened\n        target: 95%\n        by: [party]\n\
\x20     major:\n        statistic: count\n        tickets: {kind: [incident], priority: [P1]}\n        counted_when: opened\n        target: 5\n        by: [service]\n";
    text
}
