//! Which days counted in reasons: in order while they are few, by kind where they are many.
//!
//! Goes in: a clock, two instants. Comes out: reasons.
//! **Invariant:** however long a stretch is, no more than `LISTED` lines tell of it.
//! **Not here:** which day is of which kind (`clock`).

use super::LISTED;
use crate::base::{Argument, Duration, Instant};
use crate::clock::{Clock, DayKind, Days};
use crate::report::Reason;

/// The days between two instants; nothing where no clock computes them.
pub(super) fn days(clock: &Clock, from: Instant, until: Instant) -> Vec<Reason> {
    lines(clock.days_between(from.min(until), from.max(until)).unwrap_or_default())
}

/// The days between two instants that were closed though the stretch passed over them, with why.
pub(in crate::answer) fn closed_days(clock: &Clock, from: Instant, until: Instant) -> Vec<Reason> {
    let mut told = clock.days_between(from, until).unwrap_or_default();
    told.retain(|days| !matches!(days.kind, DayKind::Counted | DayKind::Outside));
    lines(told)
}

fn lines(told: Vec<Days>) -> Vec<Reason> {
    if told.len() <= LISTED {
        return told.iter().map(|days| line(days, false)).collect();
    }
    let mut kinds: Vec<Days> = Vec::new();
    for days in told {
        let holiday = matches!(days.kind, DayKind::Holiday(_));
        let same = |known: &&mut Days| known.kind == days.kind || holiday && matches!(known.kind, DayKind::Holiday(_));
        match kinds.iter_mut().find(same) {
            Some(known) => {
                known.count += days.count;
                (known.first, known.last) = (known.first.min(days.first), known.last.max(days.last));
                known.open = Duration(known.open.0.saturating_add(days.open.0));
            }
            None => kinds.push(days),
        }
    }
    kinds.iter().take(LISTED).map(|days| line(days, true)).collect()
}

/// One line; of many, several holidays are one of them.
fn line(days: &Days, many: bool) -> Reason {
    let id = match &days.kind {
        DayKind::Counted => "clock-day-counted",
        DayKind::Outside => "clock-day-outside",
        DayKind::Holiday(_) if many || days.count > 1 => "clock-day-holidays",
        DayKind::Holiday(name) if name.is_empty() => "clock-day-holiday-unnamed",
        DayKind::Holiday(_) => "clock-day-holiday",
        DayKind::NoHours => "clock-day-no-hours",
        DayKind::Closed => "clock-day-closed",
        DayKind::Break => "clock-day-break",
        DayKind::Skipped => "clock-day-skipped",
        DayKind::Excluded(_) => "clock-day-excluded",
    };
    let reason =
        Reason::new(id).with("from", days.first).with("until", days.last).with("count", days.count).with("open", days.open);
    match &days.kind {
        DayKind::Holiday(name) => reason.with("called", Argument::name(name.clone())),
        DayKind::Excluded(calendar) => reason.with("calendar", Argument::name(calendar.clone())),
        _ => reason,
    }
}
