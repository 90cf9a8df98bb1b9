//! The desk's tickets: peaks, priorities, holds, hand-overs, the children of the major incident, a few dirty rows.
//!
//! Goes in: dice. Comes out: tickets and what changed in them, as CSV bytes.
//! **Invariant:** the time on the clock of a service is drawn, not the time on the wall, so that shares come out as promised.
//! **Not here:** outages and changes (`work`).

use super::super::Dice;
use super::Hours::{self, Always, Office, Shops};
use super::{DAY, HOUR, MINUTE, around, at, exported, optional, text, wall_clock};

/// A change of a field of a ticket.
pub(super) struct Entry {
    at: i64,
    field: &'static str,
    from: &'static str,
    to: &'static str,
    by: &'static str,
}

/// A ticket before it has a name.
pub(super) struct Ticket {
    pub opened: i64,
    pub resolved: Option<i64>,
    pub service: &'static str,
    pub priority: usize,
    pub kind: &'static str,
    /// The event it belongs to; empty for none.
    pub event: &'static str,
    name: String,
    party: &'static str,
    responded: i64,
    closed: Option<i64>,
    resolution: &'static str,
    /// Whether its parent is the lead ticket of the major incident.
    child: bool,
    entries: Vec<Entry>,
}

struct Served {
    service: &'static str,
    party: &'static str,
    hours: Hours,
    /// To whom it goes when it was not theirs.
    neighbour: &'static str,
    incidents: usize,
    requests: usize,
}

const fn served(
    service: &'static str,
    party: &'static str,
    hours: Hours,
    neighbour: &'static str,
    incidents: usize,
    requests: usize,
) -> Served {
    Served { service, party, hours, neighbour, incidents, requests }
}

/// What users call about, how often.
const SERVED: &[Served] = &[
    served("tills", "tillworks", Shops, "stratus", 240, 40),
    served("card-payments", "paylane", Shops, "netco", 130, 10),
    served("stock", "marlow-it", Shops, "stratus", 115, 30),
    served("warehouse", "marlow-it", Always, "stratus", 60, 10),
    served("catalogue", "marlow-it", Always, "stratus", 50, 15),
    served("reporting", "marlow-it", Office, "stratus", 30, 25),
    served("time-recording", "marlow-it", Shops, "officeware", 60, 25),
    served("message-bus", "marlow-it", Always, "webforge", 22, 0),
    served("web-shop", "webforge", Always, "stratus", 150, 15),
    served("orders", "webforge", Always, "marlow-it", 100, 15),
    served("payment-gateway", "paylane", Always, "netco", 30, 0),
    served("telephony", "netco", Shops, "keystone", 95, 60),
    served("lan-shops", "netco", Shops, "lineworks", 130, 20),
    served("lan-offices", "netco", Office, "stratus", 35, 15),
    served("wan", "netco", Always, "stratus", 28, 0),
    served("internet", "netco", Always, "stratus", 34, 0),
    served("shop-lines", "lineworks", Shops, "netco", 26, 0),
    served("directory", "stratus", Always, "marlow-it", 120, 190),
    served("file-store", "stratus", Office, "keystone", 50, 45),
    served("compute", "stratus", Always, "netco", 18, 6),
    served("database", "stratus", Always, "marlow-it", 36, 12),
    served("storage", "stratus", Always, "netco", 8, 4),
    served("email", "officeware", Always, "keystone", 90, 90),
    served("collaboration", "officeware", Always, "keystone", 60, 70),
    served("payroll", "officeware", Office, "marlow-it", 26, 10),
    served("click-and-collect", "keystone", Shops, "webforge", 45, 0),
    served("office-work", "keystone", Office, "stratus", 25, 20),
    served("serve-customers", "keystone", Shops, "netco", 10, 0),
    served("replenish-shops", "keystone", Shops, "marlow-it", 10, 0),
    served("sell-in-shop", "keystone", Shops, "tillworks", 12, 0),
    served("sell-online", "keystone", Always, "webforge", 12, 0),
    served("service-desk-service", "keystone", Always, "netco", 8, 10),
];

/// Tickets opened per hour in London, by hundredths: shops open, lunch, the evening.
const HOUR_OF_DAY: [usize; 24] = [3, 2, 2, 2, 3, 8, 22, 60, 95, 100, 92, 78, 60, 72, 80, 72, 64, 56, 42, 30, 22, 16, 8, 5];
/// Monday is the worst; on Saturday the shops call, on Sunday few.
const DAY_OF_WEEK: [usize; 7] = [100, 86, 80, 80, 84, 58, 30];
/// How often a priority is given, minutes until somebody answers, minutes on the clock until it is resolved.
const PRIORITIES: [(usize, (usize, i64, i64)); 4] =
    [(11, (1, 6, 95)), (80, (2, 14, 190)), (520, (3, 60, 560)), (389, (4, 180, 1_350))];
/// What netco calls them; the interface with netco translates.
const NETCO: [&str; 4] = ["Sev-1", "Sev-2", "Sev-3", "Sev-4"];
const OURS: [&str; 4] = ["P1", "P2", "P3", "P4"];

/// How long a party takes, in hundredths of what is typical.
fn pace(party: &str) -> i64 {
    match party {
        "netco" => 92,
        "stratus" => 88,
        "paylane" => 80,
        "tillworks" => 104,
        "webforge" => 118,
        "marlow-it" => 108,
        "lineworks" => 85,
        "officeware" => 90,
        _ => 70,
    }
}

/// How netco's tool calls a state.
fn state(party: &str, state: &'static str) -> &'static str {
    match (party, state) {
        ("netco", "waiting_customer") => "pending_customer",
        ("netco", "waiting_supplier") => "pending_third_party",
        _ => state,
    }
}

/// All tickets of the month, and those of September that were still open in it.
pub(super) fn tickets(dice: &mut Dice) -> Vec<Ticket> {
    let slots: Vec<(usize, i64)> = (-5..32)
        .flat_map(|day| (0..24).map(move |hour| at(day, hour, 0)))
        .filter(|slot| *slot < at(32, 0, 0))
        .map(|slot| {
            let (weekday, minute) = wall_clock(slot);
            let hour = usize::try_from(minute / 60).unwrap_or(0);
            (DAY_OF_WEEK[weekday] * HOUR_OF_DAY[hour], slot)
        })
        .collect();
    let incidents: Vec<(usize, &Served)> = SERVED.iter().map(|served| (served.incidents, served)).collect();
    let requests: Vec<(usize, &Served)> = SERVED.iter().map(|served| (served.requests, served)).collect();
    let mut tickets = Vec::new();
    for _ in 0..2_760 {
        let opened = dice.weighted(&slots) + dice.between(0, 3_599) * 1_000_000;
        let request = dice.chance(28, 100);
        let served = *dice.weighted(if request { &requests } else { &incidents });
        let ticket = ticket(dice, served, opened, request);
        // What was over before the month began is in last month's export.
        if ticket.resolved.is_none_or(|resolved| resolved >= at(1, 0, 0)) {
            tickets.push(ticket);
        }
    }
    major_incident(dice, &mut tickets);
    tickets
}

fn ticket(dice: &mut Dice, served: &Served, opened: i64, request: bool) -> Ticket {
    let (drawn, respond, restore) = *dice.weighted(&PRIORITIES);
    // Nobody dies of a request.
    let (priority, restore) = if request { (drawn.max(3), 900) } else { (drawn, restore) };
    let hours = if request { Office } else { served.hours };
    let responded = opened + around(dice, respond) * MINUTE + dice.between(0, 59) * 1_000_000;
    let mut ticket = Ticket {
        opened,
        resolved: None,
        service: served.service,
        priority,
        kind: if request { "request" } else { "incident" },
        event: "",
        name: String::new(),
        party: served.party,
        responded,
        closed: None,
        resolution: "",
        child: false,
        entries: Vec::new(),
    };
    let mut now = responded;
    if !request && dice.chance(13, 100) {
        hand_over(dice, &mut ticket, served, &mut now);
    }
    if dice.chance(24, 100) {
        let hold = *dice.weighted(&[(7, "waiting_customer"), (3, "waiting_supplier")]);
        let held = state(ticket.party, hold);
        let from = hours.advance(now, around(dice, 25));
        now = hours.advance(from, around(dice, if hold == "waiting_customer" { 300 } else { 120 }));
        ticket.entries.push(Entry { at: from, field: "state", from: "in_progress", to: held, by: ticket.party });
        ticket.entries.push(Entry { at: now, field: "state", from: held, to: "in_progress", by: "keystone" });
    }
    let minutes = around(dice, restore * pace(ticket.party) / 100);
    finish(dice, &mut ticket, hours.advance(now, minutes));
    ticket
}

/// Most go to the neighbour once; a few go back and forth, because nobody takes them.
fn hand_over(dice: &mut Dice, ticket: &mut Ticket, served: &Served, now: &mut i64) {
    let times = if dice.chance(1, 14) { dice.between(4, 6) } else { 1 };
    let (mut from, mut to) = (served.party, served.neighbour);
    for _ in 0..times {
        *now = served.hours.advance(*now, around(dice, if times > 1 { 55 } else { 35 }));
        ticket.entries.push(Entry { at: *now, field: "party", from, to, by: "keystone" });
        ticket.party = to;
        (from, to) = (to, from);
    }
}

fn finish(dice: &mut Dice, ticket: &mut Ticket, resolved: i64) {
    // Some are old and nobody knows why.
    let forgotten = dice.chance(1, 70);
    if forgotten || resolved > exported() {
        ticket.entries.retain(|entry| entry.at <= exported());
        return;
    }
    ticket.resolved = Some(resolved);
    ticket.closed = Some(resolved + 3 * DAY).filter(|closed| *closed <= exported());
    let nothing = if ticket.party == "netco" { "no_trouble_found" } else { "no_fault_found" };
    ticket.resolution = *dice.weighted(&[(900, "fixed"), (62, nothing), (22, "cancelled"), (16, "duplicate")]);
}

/// The fourteenth: the web shop and card payments stop for all. One lead, one ticket at each of three suppliers, many children.
fn major_incident(dice: &mut Dice, tickets: &mut Vec<Ticket>) {
    let make = |opened, resolved, service, party, priority, child| Ticket {
        opened,
        resolved: Some(resolved),
        service,
        priority,
        kind: "incident",
        event: MAJOR,
        name: String::new(),
        party,
        responded: opened + 4 * MINUTE,
        closed: Some(resolved + 3 * DAY),
        resolution: "fixed",
        child,
        entries: Vec::new(),
    };
    let mut lead = make(at(14, 9, 47), at(14, 12, 44), "sell-online", "keystone", 1, false);
    // Each of the three was asked first whether it was the other.
    let passed = [(52, "keystone", "stratus"), (78, "stratus", "netco"), (121, "netco", "paylane"), (176, "paylane", "keystone")];
    for (minutes, from, to) in passed {
        lead.entries.push(Entry { at: at(14, 9, 0) + minutes * MINUTE, field: "party", from, to, by: "keystone" });
    }
    tickets.push(lead);
    tickets.push(make(at(14, 9, 51), at(14, 11, 26), "internet", "netco", 1, false));
    tickets.push(make(at(14, 10, 12), at(14, 11, 24), "compute", "stratus", 1, false));
    tickets.push(make(at(14, 10, 25), at(14, 12, 38), "payment-gateway", "paylane", 1, false));
    for _ in 0..58 {
        let (service, party) = *dice.weighted(&[
            (20, ("web-shop", "webforge")),
            (18, ("card-payments", "paylane")),
            (8, ("orders", "webforge")),
            (8, ("sell-in-shop", "keystone")),
            (4, ("telephony", "netco")),
        ]);
        let opened = at(14, 9, 46) + dice.between(0, 10_000) * 1_000_000;
        let resolved = at(14, 12, 45) + around(dice, 25) * MINUTE;
        tickets.push(make(opened, resolved, service, party, *dice.weighted(&[(3, 2), (5, 3)]), true));
    }
}

/// The event of the fourteenth.
pub(super) const MAJOR: &str = "EV-2026-10-14";

/// Names in the order in which they were opened.
pub(super) fn name(tickets: &mut [Ticket]) {
    for (at, ticket) in tickets.iter_mut().enumerate() {
        let prefix = if ticket.kind == "request" { "REQ" } else { "INC" };
        ticket.name = format!("{prefix}{:06}", 418_001 + at);
    }
}

impl Ticket {
    fn priority_text(&self) -> &'static str {
        let words = if self.party == "netco" { NETCO } else { OURS };
        words.get(self.priority - 1).copied().unwrap_or("P4")
    }
    fn row(&self, parent: &str) -> [String; 12] {
        [
            self.name.clone(),
            self.kind.into(),
            self.service.into(),
            self.priority_text().into(),
            self.party.into(),
            text(self.opened),
            text(self.responded),
            optional(self.resolved),
            optional(self.closed),
            self.resolution.into(),
            self.event.into(),
            parent.into(),
        ]
    }
}

/// Tickets as rows; six of them as no tool should write them.
pub(super) fn ticket_rows(dice: &mut Dice, tickets: &[Ticket]) -> Vec<u8> {
    let lead = tickets.iter().find(|ticket| ticket.event == MAJOR && ticket.service == "sell-online");
    let lead = lead.map_or(String::new(), |lead| lead.name.clone());
    let mut rows: Vec<[String; 12]> = tickets.iter().map(|ticket| ticket.row(if ticket.child { &lead } else { "" })).collect();
    // Plain tickets of the month that nothing else speaks of.
    let plain = |ticket: &Ticket| {
        ticket.event.is_empty() && ticket.entries.is_empty() && ticket.resolved.is_some() && ticket.opened >= at(2, 0, 0)
    };
    let mut plain: Vec<usize> = (0..tickets.len()).filter(|at| plain(&tickets[*at])).collect();
    dice.shuffle(&mut plain);
    let spoil = |service: &str, skip: usize| {
        plain.iter().copied().filter(|at| service.is_empty() || tickets[*at].service == service).nth(skip).unwrap_or(0)
    };
    rows[spoil("card-payments", 0)][2] = "card-payment".into();
    rows[spoil("web-shop", 0)][2] = "webshop".into();
    let reversed = spoil("tills", 0);
    rows[reversed][7] = text(tickets[reversed].opened - HOUR);
    rows[spoil("email", 0)][5] = String::new();
    rows[spoil("stock", 0)][5] = "2026-09-31T09:12:00Z".into();
    let twice = rows[spoil("orders", 0)].clone();
    rows.push(twice);
    let header = "ticket,kind,service,priority,party,opened,responded,resolved,closed,resolution,event,parent\n";
    let lines: String = rows.iter().map(|row| row.join(",") + "\n").collect();
    (header.to_owned() + &lines).into_bytes()
}

/// What changed in tickets: states in which they waited, parties that held them.
pub(super) fn ticket_events(tickets: &[Ticket]) -> Vec<u8> {
    let mut lines = String::from("ticket,at,sequence,field,from,to,by\n");
    for ticket in tickets {
        for (sequence, entry) in ticket.entries.iter().enumerate() {
            let Entry { at, field, from, to, by } = entry;
            lines += &format!("{},{},{},{field},{from},{to},{by}\n", ticket.name, text(*at), sequence + 1);
        }
    }
    lines.into_bytes()
}

/// Tickets that a party asked to leave out, with what became of it.
pub(super) fn exclusions(dice: &mut Dice, tickets: &[Ticket]) -> Vec<u8> {
    let mut lines = String::from("key,reason,clause,requested_by,accepted_by,status\n");
    for ticket in tickets.iter().filter(|ticket| ticket.resolved.is_some() && ticket.party != "keystone") {
        if !dice.chance(1, 95) {
            continue;
        }
        let reason = *dice.pick(&["site closed", "customer not reachable", "no access to the site", "waiting for a spare part"]);
        let status = *dice.weighted(&[(5, "accepted"), (3, "claimed"), (2, "refused")]);
        let accepted_by = if status == "accepted" { "marlow" } else { "" };
        lines += &format!("{},{reason},Schedule 2.6,{},{accepted_by},{status}\n", ticket.name, ticket.party);
    }
    lines.into_bytes()
}
