//! Changes and outages: planned work in its windows, what failed, and what monitoring saw of it.
//!
//! Goes in: dice, tickets. Comes out: rows of changes and outages.
//! **Invariant:** one window is overrun by 95 minutes, one change was made without notice; both are named here.
//! **Not here:** the tickets (`tickets`); whether work counts as planned (the library).

use super::super::Dice;
use super::tickets::{MAJOR, Ticket};
use super::{HOUR, MINUTE, around, at, london, optional, text, wall_clock};

/// A change.
pub(super) struct Change {
    name: String,
    service: &'static str,
    window: (i64, i64),
    actual: (i64, i64),
    notified: Option<i64>,
    approved_by: &'static str,
    outcome: &'static str,
    kind: &'static str,
}

/// An outage.
pub(super) struct Outage {
    service: &'static str,
    from: i64,
    to: Option<i64>,
    level: &'static str,
    origin: &'static str,
    change: String,
    event: &'static str,
    source: &'static str,
}

/// The change that made the major incident: on a working morning, told to nobody.
const WITHOUT_NOTICE: &str = "CHG003141";
/// The change that ran over.
const OVERRUN: &str = "CHG003156";

const CHANGED: [&str; 16] = [
    "wan-east",
    "wan-west",
    "internet-leeds",
    "internet-reading",
    "cluster-1",
    "cluster-2",
    "cluster-3",
    "database",
    "directory",
    "web-shop",
    "orders",
    "tills",
    "stock",
    "catalogue",
    "message-bus",
    "payment-gateway",
];

/// Forty changes: most on Tuesday, Friday and Saturday nights.
pub(super) fn changes(dice: &mut Dice) -> Vec<Change> {
    let nights: Vec<i64> = (1..31).filter(|day| matches!(wall_clock(at(*day, 12, 0)).0, 1 | 4 | 5)).collect();
    let mut changes = Vec::new();
    for number in 0..38 {
        let night = *dice.pick(&nights);
        // 22:30 in London, or half an hour or an hour later.
        let begin = at(night, 22, 30) - (london(at(night, 22, 0)) - at(night, 22, 0)) + dice.between(0, 2) * 30 * MINUTE;
        let end = begin + dice.between(2, 8) * 30 * MINUTE;
        let outcome = *dice.weighted(&[(34, "successful"), (3, "backed_out"), (1, "failed")]);
        let actual = (begin + dice.between(0, 12) * MINUTE, end - dice.between(3, 25) * MINUTE);
        let kind = *dice.weighted(&[(5, "normal"), (3, "standard")]);
        changes.push(Change {
            name: format!("CHG{:06}", 3_101 + number),
            service: CHANGED[(number * 5 + dice.below(3)) % CHANGED.len()],
            window: (begin, end),
            actual,
            notified: Some(at(night - dice.between(6, 14), dice.between(8, 15), dice.between(0, 59))),
            approved_by: "cab",
            outcome,
            kind,
        });
    }
    changes.sort_by_key(|change| change.window);
    for (number, change) in changes.iter_mut().enumerate() {
        change.name = format!("CHG{:06}", 3_101 + number);
    }
    changes.push(Change {
        name: WITHOUT_NOTICE.into(),
        service: "firewall",
        window: (at(14, 9, 40), at(14, 9, 55)),
        actual: (at(14, 9, 41), at(14, 11, 22)),
        notified: None,
        approved_by: "",
        outcome: "backed_out",
        kind: "emergency",
    });
    changes.push(Change {
        name: OVERRUN.into(),
        service: "database",
        window: (at(17, 21, 30), at(18, 1, 30)),
        actual: (at(17, 21, 34), at(18, 3, 5)),
        notified: Some(at(7, 10, 15)),
        approved_by: "cab",
        outcome: "successful",
        kind: "normal",
    });
    changes
}

/// The outages of the month: of incidents, of planned work, of the fourteenth, and what monitoring saw of others' failures.
pub(super) fn outages(dice: &mut Dice, tickets: &[Ticket], changes: &[Change]) -> Vec<Outage> {
    let own = |service, from, to, level, origin, event| Outage {
        service,
        from,
        to: Some(to),
        level,
        origin,
        change: String::new(),
        event,
        source: "monitoring",
    };
    let mut outages = Vec::new();
    for ticket in tickets.iter().filter(|ticket| ticket.event.is_empty() && ticket.kind == "incident") {
        let felt = ticket.priority == 1 || (ticket.priority == 2 && dice.chance(1, 5));
        if !felt || ticket.opened < at(1, 0, 0) || ticket.service == "click-and-collect" {
            continue;
        }
        let from = ticket.opened - dice.between(1, 7) * MINUTE;
        let longest = ticket.resolved.unwrap_or(from + 2 * HOUR);
        let to = (from + around(dice, 26) * MINUTE).min(longest);
        let level = if ticket.priority == 1 { "down" } else { "degraded" };
        let origin = *dice.weighted(&[(8, "own"), (1, "unknown")]);
        outages.push(own(ticket.service, from, to, level, origin, ""));
    }
    // Some planned work is felt for a part of its window.
    for change in changes.iter().filter(|change| change.name != WITHOUT_NOTICE) {
        let overrun = change.name == OVERRUN;
        if overrun || dice.chance(1, 4) {
            let from = change.actual.0 + 6 * MINUTE;
            let to = if overrun { change.actual.1 } else { (from + dice.between(10, 50) * MINUTE).min(change.actual.1) };
            let mut outage = own(change.service, from, to, "down", "own", "");
            outage.change.clone_from(&change.name);
            outages.push(outage);
        }
    }
    fourteenth(&mut outages);
    // A digger, one line, and no harm: the other WAN carried on.
    outages.push(own("trunk-lines", at(22, 13, 8), at(22, 19, 41), "down", "own", "EV-2026-10-22"));
    outages.push(own("wan-east", at(22, 13, 9), at(22, 19, 44), "down", "derived", "EV-2026-10-22"));
    // Not over when the month was.
    outages.push(Outage { to: None, ..own("backup", at(31, 20, 12), 0, "degraded", "own", "") });
    outages.sort_by_key(|outage| (outage.from, outage.service));
    outages
}

/// Three causes, one after the other, and what was seen of them above.
fn fourteenth(outages: &mut Vec<Outage>) {
    let rows = [
        ("firewall", at(14, 9, 43), at(14, 11, 22), "down", "own"),
        ("internet", at(14, 9, 44), at(14, 11, 23), "down", "derived"),
        ("compute", at(14, 10, 8), at(14, 11, 21), "degraded", "own"),
        ("payment-gateway", at(14, 10, 21), at(14, 12, 36), "down", "own"),
        ("web-shop", at(14, 9, 45), at(14, 11, 25), "down", "derived"),
        ("card-payments", at(14, 9, 46), at(14, 11, 24), "down", "derived"),
        ("sell-online", at(14, 9, 46), at(14, 12, 37), "down", "derived"),
        ("telephony", at(14, 9, 45), at(14, 11, 24), "degraded", "unknown"),
    ];
    for (service, from, to, level, origin) in rows {
        let change = if service == "firewall" { WITHOUT_NOTICE.to_owned() } else { String::new() };
        outages.push(Outage { service, from, to: Some(to), level, origin, change, event: MAJOR, source: "monitoring" });
    }
}

/// Changes as rows.
pub(super) fn change_rows(mut changes: Vec<Change>) -> Vec<u8> {
    changes.sort_by_key(|change| (change.window, change.name.clone()));
    let mut lines =
        String::from("change,service,window_from,window_until,actual_from,actual_until,notified,approved_by,outcome,kind\n");
    for change in changes {
        lines += &format!(
            "{},{},{},{},{},{},{},{},{},{}\n",
            change.name,
            change.service,
            text(change.window.0),
            text(change.window.1),
            text(change.actual.0),
            text(change.actual.1),
            optional(change.notified),
            change.approved_by,
            change.outcome,
            change.kind
        );
    }
    lines.into_bytes()
}

/// Outages as rows.
pub(super) fn outage_rows(outages: Vec<Outage>) -> Vec<u8> {
    let mut lines = String::from("service,from,to,level,origin,change,event,source\n");
    for outage in outages {
        lines += &format!(
            "{},{},{},{},{},{},{},{}\n",
            outage.service,
            text(outage.from),
            optional(outage.to),
            outage.level,
            outage.origin,
            outage.change,
            outage.event,
            outage.source
        );
    }
    lines.into_bytes()
}
