//! What tickets come to as at an instant: the value so far, the room that is left, and whether anything can still change it.
//!
//! Goes in: counts of tickets, a target. Comes out: exact values, whole numbers of tickets, verdicts.
//! **Invariant:** exact ratios decide; room is floored and never negative.
//! **Not here:** which tickets (`open`), tables (`tables`).

use super::open::Open;
use crate::answer::score::Verdict;
use crate::base::Ratio;
use crate::model::agreement::{Measure, Statistic, WhenNone};

/// Counts of tickets of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sums {
    pub met: i64,
    pub counted: i64,
    pub open: i64,
    pub unscored: i64,
    /// Rows of tickets that were rejected as a whole: each may be one ticket more.
    pub rejected: i64,
    /// Open tickets that are missed already.
    pub beyond: i64,
    /// Open tickets that are missed if they stay open until the period ends.
    pub late: i64,
    /// When the next time ends, and what is left of it in microseconds.
    pub next: Option<(i64, i64)>,
}

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    pub value: Option<Ratio>,
    /// None while it is open.
    pub verdict: Option<Verdict>,
    pub misses_left_new: Option<i64>,
    pub misses_left_open: Option<i64>,
    /// Met, and of how many, where every open ticket comes to be counted and nothing is done about any.
    pub nothing: (i64, i64),
    pub result_if_nothing: Verdict,
}

fn share(met: i64, counted: i64) -> Option<Ratio> {
    Ratio::new(met.into(), counted.into())
}

/// A whole number of tickets, between none and all there are.
fn tickets(number: &Ratio, most: i64) -> i64 {
    number.floor().and_then(|number| i64::try_from(number).ok()).unwrap_or(most).clamp(0, most.max(0))
}

/// The verdict on so many cases that came to a value; the rules are those of a scorecard.
fn verdict(measure: &Measure, value: Option<&Ratio>, counted: i64, target: Option<&Ratio>) -> Verdict {
    let Some(target) = target else { return Verdict::NoTarget };
    match measure.when_none {
        WhenNone::Met if counted == 0 => return Verdict::Met,
        WhenNone::Missed if counted == 0 => return Verdict::Missed,
        _ => {}
    }
    let number = !measure.statistic.judges_cases();
    let kept = match value {
        Some(value) if number => value <= target,
        Some(value) if counted >= measure.fewest.into() => value >= target,
        _ => return Verdict::TooFew,
    };
    if kept { Verdict::Met } else { Verdict::Missed }
}

impl Sums {
    /// Adds a ticket that is open.
    pub fn add_open(&mut self, open: &Open) {
        self.open += 1;
        self.beyond += i64::from(open.beyond);
        self.late += i64::from(open.late);
        if let (false, Some(at), Some(left)) = (open.beyond, open.breaches_at, open.left()) {
            self.next = Some(self.next.map_or((at, left), |known| known.min((at, left))));
        }
    }
    /// The room of a measure under a target; `over` where nothing new can fall into the period.
    pub fn room(&self, measure: &Measure, target: Option<&Ratio>, over: bool) -> Room {
        if measure.statistic.judges_cases() {
            self.of_share(measure, target, over)
        } else {
            self.of_number(measure, target, over)
        }
    }

    fn of_share(&self, measure: &Measure, target: Option<&Ratio>, over: bool) -> Room {
        let Self { met, counted, open, unscored, .. } = *self;
        let judged = |met: i64, counted: i64| verdict(measure, share(met, counted).as_ref(), counted, target);
        let unscored = unscored.saturating_add(self.rejected);
        let (all, as_is) = (counted + open + unscored, judged(met, counted));
        let certain = [judged(met, all), judged(met + open + unscored, all)].iter().all(|one| *one == as_is);
        let lost = target.is_some_and(|target| *target >= Ratio::ONE) && counted > met && counted >= measure.fewest.into();
        let verdict = match target {
            None => Some(Verdict::NoTarget),
            // However many are met from now on, one missed is one too many.
            Some(_) if lost => Some(Verdict::Missed),
            Some(_) => Some(as_is).filter(|_| over && certain),
        };
        let bound = target.filter(|target| !target.is_zero());
        let new = bound.filter(|_| !over).and_then(|target| Ratio::whole(met.into()).divide(target));
        let best = |target: &Ratio| {
            let needed = target.times(&Ratio::whole((counted + open).into()));
            tickets(&Ratio::whole((met + open).into()).minus(&needed), open)
        };
        let nothing = (met + open - self.late, counted + open);
        Room {
            value: share(met, counted),
            verdict,
            misses_left_new: new.map(|most| tickets(&most.minus(&Ratio::whole(counted.into())), i64::MAX)),
            misses_left_open: target.map(best),
            nothing,
            result_if_nothing: judged(nothing.0, nothing.1),
        }
    }

    /// Of a number that should not grow beyond its target: tickets that count, or those that are open.
    fn of_number(&self, measure: &Measure, target: Option<&Ratio>, over: bool) -> Room {
        let backlog = measure.statistic == Statistic::Backlog;
        let number = if backlog { self.open } else { self.counted };
        let judged = |number: i64| verdict(measure, Some(&Ratio::whole(number.into())), number, target);
        let most = number + self.unscored.saturating_add(self.rejected) + if backlog { 0 } else { self.open };
        let above = target.is_some_and(|target| Ratio::whole(number.into()) > *target);
        let verdict = match target {
            None => Some(Verdict::NoTarget),
            // What counts once counts for good; what is open may be closed again.
            Some(_) if above && !backlog => Some(Verdict::Missed),
            Some(_) => Some(judged(number)).filter(|now| over && *now == judged(most)),
        };
        let room = |target: &Ratio| target.minus(&Ratio::whole(number.into()));
        Room {
            value: Some(Ratio::whole(number.into())),
            verdict,
            misses_left_new: target.filter(|_| !over).map(|target| tickets(&room(target), i64::MAX)),
            misses_left_open: target
                .map(|target| if backlog { tickets(target, self.open) } else { tickets(&room(target), self.open) }),
            nothing: (number, number),
            result_if_nothing: judged(number),
        }
    }
}
