//! Score: one ticket after the other, counted by hand.
//!
//! Goes in: a document, a measure, tickets, changes of state, exclusions, periods. Comes out: what was counted and what was met.
//! **Invariant:** figures are whole numbers and exact fractions; a ticket is counted in at most one period.
//! **Not here:** rejected rows (the caller gives clean ones), reasons.

use crate::SECOND;
use crate::clock::{Calendar, Stretch, inside, joined};
use crate::reading::{at, document_zone, duration, entries, exists, fraction, list, text, texts, tree};
use jiff::tz::TimeZone;
use siam_core::document::Node;
use std::collections::{BTreeMap, BTreeSet};

/// A ticket as a row: its instants in microseconds, every other column by name (`kind`, `service`, `priority`, `party` and more).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub ticket: String,
    /// Columns of text.
    pub columns: BTreeMap<String, String>,
    /// When it was opened.
    pub opened: Option<i64>,
    /// When somebody answered.
    pub responded: Option<i64>,
    /// When it was resolved.
    pub resolved: Option<i64>,
    /// When it was closed.
    pub closed: Option<i64>,
}

/// A change of a ticket's state, or of its party.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The ticket.
    pub ticket: String,
    /// When.
    pub at: i64,
    /// Which comes first among changes at one instant.
    pub sequence: i64,
    /// What it left, where that is written.
    pub from: Option<String>,
    /// What it took.
    pub to: String,
}

/// A ticket that somebody asked to leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The ticket.
    pub key: String,
    /// `accepted` leaves it out; anything else does not.
    pub status: String,
}

/// All that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Tickets.
    pub tickets: Vec<Ticket>,
    /// Their changes of state.
    pub changes: Vec<Change>,
    /// Their changes of party.
    pub passes: Vec<Change>,
    /// Tickets asked to be left out.
    pub exclusions: Vec<Exclusion>,
}

/// A stretch of time with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Its name.
    pub label: String,
    /// First instant.
    pub from: i64,
    /// First instant after.
    pub until: i64,
}

/// What came of a measure in a period: in all, or for one combination of values of the columns it is split by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The period.
    pub period: String,
    /// The columns it is split by and their values, each joined by commas; none for the total.
    pub split: Option<(String, String)>,
    /// Tickets counted.
    pub counted: u64,
    /// Of these, in time or without a hand-off; all of them where a ticket has no verdict of its own.
    pub met: u64,
    /// Tickets left out by accepted exclusions, or whose service is in transition.
    pub excluded: u64,
    /// The value as a fraction: a share, a number, or seconds.
    pub value: Option<(i128, i128)>,
    /// Whether the target was met; none where there are too few tickets or no target.
    pub verdict: Option<bool>,
}

/// The figures of a measure of a document, by period: the total first, then the splits by column and value.
pub fn score(document: &str, measure: &str, evidence: &Evidence, periods: &[Period]) -> Vec<Figure> {
    let root = tree(document);
    let zone = document_zone(&root);
    let agreement = entries(&root, "agreements")
        .iter()
        .find(|agreement| agreement.value.get("measures").is_some_and(|measures| measures.get(measure).is_some()))
        .unwrap_or_else(|| panic!("{measure} is no measure"));
    let asked = Asked {
        document,
        root: &root,
        zone: &zone,
        agreement: &agreement.value,
        measure: agreement.value.get("measures").and_then(|measures| measures.get(measure)).expect("found above"),
        evidence,
    };
    periods.iter().flat_map(|period| asked.period(period)).collect()
}

struct Asked<'a> {
    document: &'a str,
    root: &'a Node,
    zone: &'a TimeZone,
    agreement: &'a Node,
    measure: &'a Node,
    evidence: &'a Evidence,
}

/// What became of one ticket.
enum Outcome {
    NotCounted,
    Excluded,
    /// Whether it is met, and what it adds: microseconds of a mean, hand-offs.
    Counted(bool, i128),
}

impl Asked<'_> {
    fn clock(&self, key: &str) -> Option<&str> {
        self.measure.get("clock").and_then(|clock| text(clock, key))
    }

    fn period(&self, period: &Period) -> Vec<Figure> {
        let total = self.figure(period, None);
        let mut figures = vec![total];
        let by = texts(self.measure.get("by"));
        if by.is_empty() {
            return figures;
        }
        let values: BTreeSet<String> = self.evidence.tickets.iter().map(|ticket| values_of(ticket, &by)).collect();
        for value in values {
            let figure = self.figure(period, Some((by.join(", "), value)));
            if figure.counted + figure.excluded > 0 {
                figures.push(figure);
            }
        }
        figures
    }

    fn figure(&self, period: &Period, split: Option<(String, String)>) -> Figure {
        let (mut counted, mut met, mut excluded, mut sum) = (0, 0, 0, 0_i128);
        for ticket in &self.evidence.tickets {
            let by = texts(self.measure.get("by"));
            if split.as_ref().is_some_and(|(_, value)| values_of(ticket, &by) != *value) {
                continue;
            }
            match self.outcome(ticket, period) {
                Outcome::NotCounted => {}
                Outcome::Excluded => excluded += 1,
                Outcome::Counted(within, amount) => {
                    counted += 1;
                    met += u64::from(within);
                    sum += amount;
                }
            }
        }
        let some = |of: i128| (counted > 0).then_some((of, i128::from(counted)));
        let value = match self.statistic() {
            "count" | "backlog" => Some((i128::from(counted), 1)),
            "mean" => some(sum).map(|(sum, of)| (sum, of * i128::from(SECOND))),
            "hand_offs" => some(sum),
            _ => some(i128::from(met)),
        };
        // The target is that of the period's beginning.
        let target = self.measure.get("target").and_then(|node| at(node, period.from, self.zone)).and_then(Node::text);
        let target = target.map(|text| match fraction(text) {
            Some(number) => number,
            None => (i128::from(duration(text)), i128::from(SECOND)),
        });
        let fewest = text(self.measure, "fewest").map_or(1, |text| text.parse().expect("a whole number"));
        // Of a count, none at all is a number like any other.
        let any = matches!(self.statistic(), "count" | "backlog");
        let at_least = matches!(self.statistic(), "percent_within" | "first_time_fix");
        let verdict = match (value, target, text(self.measure, "when_none")) {
            (_, Some(_), Some("met")) if counted == 0 => Some(true),
            (_, Some(_), Some("missed")) if counted == 0 => Some(false),
            (Some((n, d)), Some((p, q)), _) if any || counted >= fewest => {
                Some(if at_least { n * q >= p * d } else { n * q <= p * d })
            }
            _ => None,
        };
        Figure { period: period.label.clone(), split, counted, met, excluded, value, verdict }
    }

    fn statistic(&self) -> &str {
        text(self.measure, "statistic").expect("a measure has a statistic")
    }

    fn outcome(&self, ticket: &Ticket, period: &Period) -> Outcome {
        let stop = self.clock("stop").unwrap_or("resolved");
        let counted_when = text(self.measure, "counted_when").unwrap_or(stop);
        // A ticket that lacks the instant stands in the period it was opened in: excluded, or not scored.
        let counted = instant_of(ticket, counted_when);
        let Some(mut counted_at) = counted.or(ticket.opened) else { return Outcome::NotCounted };
        let backlog = self.statistic() == "backlog";
        if backlog {
            // The last microsecond of the period is its end.
            counted_at = period.until - 1;
            let before = |at: Option<i64>| at.is_some_and(|at| at < period.until);
            if !before(ticket.opened) || before(instant_of(ticket, stop)) {
                return Outcome::NotCounted;
            }
        }
        let among = |entry: &siam_core::document::tree::Entry| {
            let values = texts(Some(&entry.value));
            ticket.columns.get(&*entry.key).is_some_and(|value| values.contains(value))
        };
        let services = texts(self.agreement.get("services"));
        let service = ticket.columns.get("service");
        let stage = self.stage(ticket, counted_at);
        let child = text(self.measure, "children") == Some("leave_out") && ticket.columns.contains_key("parent");
        let counts = period.from <= counted_at
            && counted_at < period.until
            && entries(self.measure, "tickets").iter().all(among)
            && !entries(self.measure, "leave_out").iter().any(among)
            && !child
            && (services.is_empty() || service.is_some_and(|service| services.contains(service)))
            && exists(self.measure, counted_at, self.zone)
            && exists(self.agreement, counted_at, self.zone)
            && matches!(stage, "transition" | "operation");
        if !counts || (self.statistic() == "percent_within" && self.other_priority(ticket, counted_at)) {
            return Outcome::NotCounted;
        }
        let left_out = |one: &Exclusion| one.key == ticket.ticket && one.status == "accepted";
        if self.evidence.exclusions.iter().any(left_out) || stage == "transition" {
            return Outcome::Excluded;
        }
        let known = counted.is_some() || backlog;
        self.judged(ticket, counted_at).filter(|_| known).map_or(Outcome::NotCounted, |(met, sum)| Outcome::Counted(met, sum))
    }

    /// Whether times are agreed by priority and none for that of the ticket.
    fn other_priority(&self, ticket: &Ticket, counted_at: i64) -> bool {
        let agreed =
            self.measure.get("within").and_then(|within| at(within, counted_at, self.zone)).filter(|one| one.entries().is_some());
        agreed.is_some_and(|times| ticket.columns.get("priority").is_none_or(|priority| text(times, priority).is_none()))
    }

    /// The stage of a ticket's service.
    fn stage(&self, ticket: &Ticket, now: i64) -> &str {
        let service = ticket.columns.get("service").and_then(|name| self.root.get("services")?.get(name));
        service.and_then(|service| at(service.get("stage")?, now, self.zone)).and_then(Node::text).unwrap_or("operation")
    }

    /// Whether a ticket is met, and what it adds; none where something lacks.
    fn judged(&self, ticket: &Ticket, counted_at: i64) -> Option<(bool, i128)> {
        let clock = || {
            let start = instant_of(ticket, self.clock("start").unwrap_or("opened"))?;
            let stop = instant_of(ticket, self.clock("stop").unwrap_or("resolved"))?;
            (start <= stop).then_some((start, stop))
        };
        match self.statistic() {
            "count" | "backlog" => Some((true, 0)),
            "mean" => clock().map(|(start, stop)| (true, i128::from(self.time(ticket, start, stop)))),
            "hand_offs" | "first_time_fix" => clock().map(|(start, stop)| {
                let passes = self.passes(ticket, start, stop);
                (passes == 0 || self.statistic() == "hand_offs", passes)
            }),
            _ => self.within(ticket, counted_at).map(|met| (met, 0)),
        }
    }

    /// How often a ticket went from one party to another between two instants, both included.
    fn passes(&self, ticket: &Ticket, start: i64, stop: i64) -> i128 {
        let mut passes: Vec<&Change> = self.evidence.passes.iter().filter(|pass| pass.ticket == ticket.ticket).collect();
        passes.sort_by_key(|pass| (pass.at, pass.sequence));
        let mut holder = passes.first().and_then(|first| first.from.clone()).unwrap_or_default();
        let mut count = 0;
        for pass in passes {
            let other = !holder.is_empty() && pass.to != holder;
            count += i128::from(other && start <= pass.at && pass.at <= stop);
            holder.clone_from(&pass.to);
        }
        count
    }

    /// Whether the clock stayed within the time; none where it did not start or stop, or no time holds.
    fn within(&self, ticket: &Ticket, counted_at: i64) -> Option<bool> {
        let start = instant_of(ticket, self.clock("start").unwrap_or("opened"))?;
        let stop = instant_of(ticket, self.clock("stop").unwrap_or("resolved"))?;
        let allowed = at(self.measure.get("within")?, counted_at, self.zone)?;
        let allowed = match allowed.entries() {
            None => duration(allowed.text()?),
            Some(_) => duration(text(allowed, ticket.columns.get("priority")?)?),
        };
        Some(self.time(ticket, start, stop) <= allowed)
    }

    /// The time on the clock: open hours from start to stop, less those in which the ticket stood in a state of pause.
    fn time(&self, ticket: &Ticket, start: i64, stop: i64) -> i64 {
        let calendar = self.calendar(ticket, start);
        let pauses = inside(&self.pauses(ticket), (start, stop.max(start)));
        calendar.elapsed(start, stop) - pauses.iter().map(|(from, until)| calendar.elapsed(*from, *until)).sum::<i64>()
    }

    /// The calendar of the clock; else the hours of the ticket's service when the clock started; else around the clock.
    fn calendar(&self, ticket: &Ticket, start: i64) -> Calendar {
        if let Some(name) = self.clock("calendar") {
            return Calendar::of(self.document, name);
        }
        let service = ticket.columns.get("service").and_then(|name| self.root.get("services")?.get(name));
        let hours = service.and_then(|service| at(service.get("hours")?, start, self.zone)).and_then(Node::text);
        hours.map_or_else(Calendar::always, |name| Calendar::of(self.document, name))
    }

    /// The stretches in which a ticket stood in a state of pause.
    fn pauses(&self, ticket: &Ticket) -> Vec<Stretch> {
        let states = self.measure.get("clock").and_then(|clock| clock.get("pause_in")).map(list).unwrap_or_default();
        let paused = |state: &str| states.iter().any(|known| known.text() == Some(state));
        let mut changes: Vec<&Change> = self.evidence.changes.iter().filter(|change| change.ticket == ticket.ticket).collect();
        changes.sort_by_key(|change| (change.at, change.sequence));
        let mut pauses = Vec::new();
        // The first change says what state it left.
        pauses
            .extend(changes.first().filter(|first| first.from.as_deref().is_some_and(paused)).map(|first| (i64::MIN, first.at)));
        for (place, change) in changes.iter().enumerate() {
            if paused(&change.to) {
                pauses.push((change.at, changes.get(place + 1).map_or(i64::MAX, |next| next.at)));
            }
        }
        joined(pauses)
    }
}

/// The values of a ticket in these columns, as one text.
fn values_of(ticket: &Ticket, by: &[String]) -> String {
    by.iter().map(|column| ticket.columns.get(column).map_or("", String::as_str)).collect::<Vec<_>>().join(", ")
}

fn instant_of(ticket: &Ticket, name: &str) -> Option<i64> {
    match name {
        "opened" => ticket.opened,
        "responded" => ticket.responded,
        "resolved" => ticket.resolved,
        "closed" => ticket.closed,
        other => panic!("{other} is no instant of a ticket"),
    }
}

/// Whole seconds as the oracle's microseconds, for callers that write tickets by hand.
pub fn seconds(count: i64) -> i64 {
    count * SECOND
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::instant;

    const DOCUMENT: &str = "
siam: 1
calendars: {office: {zone: Europe/London, hours: {mon-fri: 08:00-18:00}}}
services: {email: {hours: office}}
agreements:
  mail-sla:
    kind: sla
    services: [email]
    measures:
      fast:
        statistic: percent_within
        tickets: {kind: [incident]}
        clock: {pause_in: [waiting]}
        within: {P1: 4h, P2: 10h}
        target: 66%
        by: [priority]
";

    fn ticket(name: &str, priority: &str, opened: &str, resolved: &str) -> Ticket {
        let columns = [("kind", "incident"), ("service", "email"), ("priority", priority)];
        Ticket {
            ticket: name.to_owned(),
            columns: columns.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            opened: Some(instant(opened)),
            resolved: Some(instant(resolved)),
            ..Ticket::default()
        }
    }

    #[test]
    fn pauses_stop_the_clock_and_accepted_exclusions_leave_out() {
        let tickets = vec![
            ticket("t1", "P1", "2026-06-01T07:00:00Z", "2026-06-01T12:00:00Z"),
            ticket("t2", "P2", "2026-06-01T15:00:00Z", "2026-06-02T16:00:00Z"),
            ticket("t3", "P2", "2026-06-01T15:00:00Z", "2026-06-09T15:00:00Z"),
            ticket("t4", "P3", "2026-06-01T15:00:00Z", "2026-06-09T15:00:00Z"),
        ];
        let change = |ticket: &str, at: &str, to: &str| Change {
            ticket: ticket.into(),
            at: instant(at),
            to: to.into(),
            ..Change::default()
        };
        // The first is open for five hours, one of them waiting.
        let changes = vec![change("t1", "2026-06-01T08:00:00Z", "waiting"), change("t1", "2026-06-01T09:00:00Z", "open")];
        let exclusions = vec![Exclusion { key: "t3".into(), status: "accepted".into() }];
        let june = Period { label: "june".into(), from: instant("2026-06-01T00:00:00Z"), until: instant("2026-07-01T00:00:00Z") };
        let figures = score(DOCUMENT, "fast", &Evidence { tickets, changes, exclusions, ..Evidence::default() }, &[june]);
        let shown: Vec<_> = figures
            .iter()
            .map(|one| (one.split.as_ref().map(|(_, value)| value.as_str()), one.met, one.counted, one.excluded, one.verdict))
            .collect();
        assert_eq!(shown, [(None, 1, 2, 1, Some(false)), (Some("P1"), 1, 1, 0, Some(true)), (Some("P2"), 0, 1, 1, Some(false))]);
    }
}
