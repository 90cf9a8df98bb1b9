//! When one calendar is open and another is closed, over 53 weeks.
//!
//! Goes in: the hours that are needed and those that are served. Comes out: how long they differ, and first when.
//! **Invariant:** the open intervals of the two clocks decide, so changes of the clocks and holidays are those of every other answer.
//! **Not here:** who needs the hours (`services`), times of measures (`agreements`).

use crate::base::{Date, Duration, Instant};
use crate::clock::Clock;
use crate::ecosystem::Ecosystem;
use crate::model::calendar::{Calendar, CalendarIdx};

/// Weeks that are compared: a year of every zone and a week.
const WEEKS: i64 = 53;

/// Hours that are needed and not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    /// Where the comparison begins.
    pub from: Instant,
    /// Together.
    pub length: Duration,
    /// The first stretch.
    pub first: (Instant, Instant),
    /// All of them.
    pub stretches: Vec<(Instant, Instant)>,
}

/// When `needed` is open and `served` is not; none where it never is.
pub(super) fn outside(ecosystem: &Ecosystem, needed: CalendarIdx, served: CalendarIdx, at: Instant) -> Option<Gap> {
    let (needed, served) = (ecosystem.clock(needed), ecosystem.clock(served));
    let from = beginning(needed, served, at);
    let until = from.plus(Duration::from_seconds(WEEKS * 7 * 86_400)?);
    let open = |clock: &Clock| clock.intervals(from, until).ok();
    let (needed, served) = (open(needed)?, open(served)?);
    let mut stretches = Vec::new();
    let mut later = served.as_slice();
    for (start, end) in needed {
        let mut start = start;
        while let Some((opens, closes)) = later.first().copied().filter(|(opens, _)| *opens < end) {
            if start < opens {
                stretches.push((start, opens));
            }
            start = start.max(closes);
            if closes > end {
                break;
            }
            later = later.get(1..).unwrap_or_default();
        }
        if start < end {
            stretches.push((start, end));
        }
    }
    let length = stretches.iter().fold(0_i64, |length, (start, end)| length.saturating_add(end.since(*start).micros()));
    Some(Gap { from, length: Duration(length), first: stretches.first().copied()?, stretches })
}

/// The instant asked about; where there is none, the first day that one of the calendars names, else the first Monday of 2024.
fn beginning(needed: &Clock, served: &Clock, at: Instant) -> Instant {
    let (low, high) = Clock::horizon();
    if at > low && at < Instant(high.micros() - WEEKS * 7 * 86_400 * 1_000_000) {
        return at;
    }
    let days = |calendar: &Calendar| calendar.holidays.keys().chain(calendar.overrides.keys()).min().copied();
    let named = [days(needed.calendar()), days(served.calendar())].into_iter().flatten().min();
    let monday = || Date::new(2024, 1, 1);
    named.or_else(monday).map_or(Instant(0), |day| needed.zone().day_start(day))
}
