//! The agreed time of a service: when it is to be available.
//!
//! Goes in: a service, an agreement, an instant up to which things are known. Comes out: agreed microseconds between two instants.
//! **Invariant:** time is counted only where the service exists, the agreement holds and it is known what happened.
//! **Not here:** compiled calendars (`clock`), outages (`walk`).

use crate::base::{Instant, Period};
use crate::clock::Boundary;
use crate::ecosystem::Ecosystem;
use crate::model::agreement::Agreement;
use crate::model::calendar::CalendarIdx;
use crate::model::rule::ServiceIdx;

/// The agreed time of one service, as stretches of one calendar each; no calendar is around the clock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::answer) struct Agreed {
    stretches: Vec<(Instant, Instant, Option<CalendarIdx>)>,
}

impl Agreed {
    /// The service's own hours under an agreement; without one all time at which the service exists.
    pub(super) fn of(ecosystem: &Ecosystem, service: ServiceIdx, agreement: Option<&Agreement>, as_of: Instant) -> Self {
        let Some(service) = ecosystem.model().services.get(service) else { return Self::default() };
        let holds = agreement.map_or(service.validity, |agreement| agreement.validity);
        let from = service.validity.from.max(holds.from);
        let until = service.validity.until.min(holds.until).min(as_of);
        if agreement.is_none() {
            return Self { stretches: vec![(from, until, None)] };
        }
        let mut edges: Vec<Instant> = service.hours.changes().filter(|at| from < *at && *at < until).collect();
        edges.extend([from, until]);
        edges.sort_unstable();
        edges.dedup();
        let pairs = edges.iter().zip(edges.iter().skip(1));
        Self { stretches: pairs.map(|(start, end)| (*start, *end, service.hours.at(*start).copied())).collect() }
    }

    /// Agreed microseconds between two instants; none where a calendar does not compute them.
    pub(super) fn within(&self, ecosystem: &Ecosystem, from: Instant, until: Instant) -> Option<i64> {
        let mut sum = 0_i64;
        for (start, end, calendar) in &self.stretches {
            let (start, end) = (from.max(*start), until.min(*end));
            if start < end {
                sum = sum.saturating_add(match calendar {
                    Some(calendar) => ecosystem.clock(*calendar).elapsed(start, end).ok()?.micros(),
                    None => end.since(start).micros(),
                });
            }
        }
        Some(sum)
    }

    /// The earliest instant by which so many agreed microseconds have passed since `from`; `until` where it is later.
    pub(super) fn used_up(&self, ecosystem: &Ecosystem, from: Instant, until: Instant, mut amount: i64) -> Instant {
        if amount <= 0 {
            return from;
        }
        for (start, end, calendar) in &self.stretches {
            let (start, end) = (from.max(*start), until.min(*end));
            if start >= end {
                continue;
            }
            let amount_left = crate::base::Duration(amount);
            let due = match calendar {
                Some(calendar) => ecosystem.clock(*calendar).deadline(start, amount_left, Boundary::Same).unwrap_or(until),
                None => start.plus(amount_left),
            };
            if due <= end {
                return due;
            }
            amount = amount.saturating_sub(self.within(ecosystem, start, end).unwrap_or(0));
        }
        until
    }

    /// The calendars of a period, each with when it began to hold in it; none is around the clock.
    pub(super) fn calendars(&self, period: &Period) -> impl Iterator<Item = (Instant, Option<CalendarIdx>)> {
        let within = self.stretches.iter().filter(|(start, end, _)| *start < period.until() && period.from() < *end);
        within.map(|(start, _, calendar)| ((*start).max(period.from()), *calendar))
    }
}
