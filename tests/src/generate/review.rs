//! The month of the review: what the tools of examples/review would export for October 2026.
//!
//! Goes in: nothing; the seed stands here. Comes out: CSV bytes per table of evidence that tools write.
//! **Invariant:** the same bytes on every platform; six tickets are dirty, each in one known way; nothing lies after the export.
//! **Not here:** the tables that people write (claims, obligations, charges, ...): they are files of examples/review/evidence.

mod tickets;
mod work;

use super::Dice;
use siam_core::base::{Date, Instant};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Hours of services, as examples/review/services.yaml writes them; no bank holiday falls into this month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hours {
    Office,
    Shops,
    Always,
}

/// An instant of the month: day, hour and minute in UTC. Day 0 is the last of September.
fn at(day: i64, hour: i64, minute: i64) -> i64 {
    let first = Date::new(2026, 10, 1).map_or(0, Date::to_days);
    (i64::from(first) + day - 1) * DAY + hour * HOUR + minute * MINUTE
}

/// London's offset from UTC: summer time ends on the 25th at 01:00 UTC.
fn london(instant: i64) -> i64 {
    if instant < at(25, 1, 0) { instant + HOUR } else { instant }
}

/// Day of the week in London, Monday 0, and minute of the day.
fn wall_clock(instant: i64) -> (usize, i64) {
    let local = london(instant);
    let weekday = (local.div_euclid(DAY) + 3).rem_euclid(7);
    (usize::try_from(weekday).unwrap_or(0), local.rem_euclid(DAY) / MINUTE)
}

impl Hours {
    fn open(self, instant: i64) -> bool {
        let (weekday, minute) = wall_clock(instant);
        match self {
            Self::Always => true,
            Self::Office => weekday < 5 && (480..1_080).contains(&minute),
            Self::Shops if weekday == 6 => (540..1_080).contains(&minute),
            Self::Shops => (420..1_320).contains(&minute),
        }
    }
    /// The instant at which this many minutes of these hours have passed.
    fn advance(self, from: i64, minutes: i64) -> i64 {
        let (mut now, mut left) = (from, minutes);
        while left > 0 {
            left -= i64::from(self.open(now));
            now += MINUTE;
        }
        now
    }
}

/// When the tools were exported: Monday morning after the month.
fn exported() -> i64 {
    at(33, 6, 0)
}

/// A number of minutes around a typical one, with a long tail.
fn around(dice: &mut Dice, minutes: i64) -> i64 {
    let mut time = minutes * dice.between(20, 140) / 100;
    for _ in 0..6 {
        if !dice.chance(1, 5) {
            break;
        }
        time *= 2;
    }
    time.max(1)
}

fn text(instant: i64) -> String {
    Instant(instant).to_string()
}

fn optional(instant: Option<i64>) -> String {
    instant.map(text).unwrap_or_default()
}

/// Names of tables and their CSV bytes.
pub fn review_month() -> Vec<(&'static str, Vec<u8>)> {
    let mut dice = Dice::new(20_261_014);
    let mut tickets = tickets::tickets(&mut dice);
    let changes = work::changes(&mut dice);
    let outages = work::outages(&mut dice, &tickets, &changes);
    tickets.sort_by_key(|ticket| ticket.opened);
    tickets::name(&mut tickets);
    let exclusions = tickets::exclusions(&mut dice, &tickets);
    let events = tickets::ticket_events(&tickets);
    let rows = tickets::ticket_rows(&mut dice, &tickets);
    vec![
        ("tickets", rows),
        ("ticket_events", events),
        ("exclusions", exclusions),
        ("outages", work::outage_rows(outages)),
        ("changes", work::change_rows(changes)),
    ]
}
