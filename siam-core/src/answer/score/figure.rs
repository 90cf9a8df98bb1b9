//! What cases come to: the exact value of a measure, what it could still become, and the verdict on it.
//!
//! Goes in: tallies and observed values. Comes out: values with their bounds; figures for other operations.
//! **Invariant:** a verdict compares exact ratios; a value that could still change has bounds, or is said to have none.
//! **Not here:** tickets and rows (`walk`, `records`), tables (`build`).

use super::counts::{Counts, Outcome};
use super::outages::Felt;
use super::percentile::{Histogram, percentile, place};
use super::rates::Base;
use super::records::{Case, Observed};
use crate::base::{Instant, Period, Ratio};
use crate::model::agreement::{Direction, Measure, MeasureIdx, Statistic, Take, Unit, WhenNone};

/// The verdict on a measure in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It met its target.
    Met,
    /// It missed its target.
    Missed,
    /// It has no target.
    NoTarget,
    /// There are too few cases, or none.
    TooFew,
}

impl Verdict {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::NoTarget => "no_target",
            Self::TooFew => "too_few",
        }
    }
    /// The verdict on a value that so many cases gave; whole numbers and ratios, no float.
    pub(super) fn of(measure: &Measure, value: Option<&Ratio>, counted: i64, target: Option<&Ratio>) -> Self {
        let Some(target) = target else { return Self::NoTarget };
        // Without an outage a service was available all the time: that is a value, not the lack of one.
        let always = matches!(
            measure.statistic,
            Statistic::Availability | Statistic::LongestOutage | Statistic::UserWeightedLoss | Statistic::Rate
        );
        let none = counted == 0 && !always;
        let when_none = match measure.statistic {
            Statistic::Observed => measure.counting.when_not_reported,
            _ => measure.when_none,
        };
        match when_none {
            WhenNone::Met if none => return Self::Met,
            WhenNone::Missed if none => return Self::Missed,
            _ => {}
        }
        let any_number = always || matches!(measure.statistic, Statistic::Count | Statistic::Backlog);
        let kept = match value {
            Some(value) if any_number || counted >= measure.fewest.into() => match measure.direction {
                Direction::AtLeast => value >= target,
                Direction::AtMost => value <= target,
            },
            _ => return Self::TooFew,
        };
        if kept { Self::Met } else { Self::Missed }
    }
}

/// What a value could become at one end once everything is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) enum Extreme {
    /// This value, of so many cases.
    Value(Option<Ratio>, i64),
    /// Anything.
    Anything,
}

/// What the cases of a row come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) struct Worth {
    pub tally: Counts,
    pub value: Option<Ratio>,
    pub worst: Extreme,
    pub best: Extreme,
    pub arithmetic: Arithmetic,
    /// Rows of tickets that were rejected as a whole: each may be one case more.
    pub rejected: i64,
}

/// How a value came about, where the tally does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) enum Arithmetic {
    /// The tally tells.
    Counts,
    /// The sum of numerators over the sum of denominators.
    Pooled(Ratio, Ratio),
    /// The mean of values, with their sum.
    MeanOf(Ratio),
    /// The place of a percentile among the times in order, from 1.
    Place(i128),
    /// Of outages, microseconds: agreed time, time available by weight, downtime.
    Outages(i128, Ratio, i128),
    /// Of outages weighted by users, microseconds of users: lost, agreed.
    Users(Ratio, Ratio),
    /// A count over what a rate is counted over.
    Over(Base),
}

fn share(part: i64, of: i64) -> Option<Ratio> {
    Ratio::new(part.into(), of.into())
}

impl Worth {
    /// Of a tally of tickets, or of cases that are met or missed; a rate is over a base. Rows that were rejected as a whole may each
    /// be one case more.
    pub fn of_tally(measure: &Measure, tally: Counts, base: Base, rejected: i64) -> Self {
        let counted = tally.counted();
        let unscored = tally.unscored.saturating_add(rejected);
        let all = counted.saturating_add(unscored);
        let whole = |count: i64| Some(Ratio::whole(count.into()));
        // A case that is not known yet has no greatest amount.
        let open = |value: &Option<Ratio>, best: Extreme| match unscored {
            0 => (Extreme::Value(value.clone(), counted), Extreme::Value(value.clone(), counted)),
            _ => (Extreme::Anything, best),
        };
        let mut arithmetic = Arithmetic::Counts;
        let (value, (worst, best)) = match measure.statistic {
            Statistic::Count | Statistic::Backlog => {
                (whole(counted), (Extreme::Value(whole(all), all), Extreme::Value(whole(counted), counted)))
            }
            Statistic::Rate => {
                let rate = |count: i64| base.amount.as_ref().and_then(|base| Ratio::whole(count.into()).divide(base));
                let (value, mut worst, mut best) =
                    (rate(counted), Extreme::Value(rate(all), all), Extreme::Value(rate(counted), counted));
                // Users that nobody counted can only make a rate less; where no others are known, it could be anything.
                if base.unknown > 0 {
                    worst = if value.is_none() { Extreme::Anything } else { worst };
                    best = Extreme::Value(Some(Ratio::ZERO), counted);
                }
                arithmetic = Arithmetic::Over(base);
                (value, (worst, best))
            }
            Statistic::Quotient => {
                let value = Ratio::new(tally.amount, tally.plain.into());
                (value.clone(), open(&value, Extreme::Anything))
            }
            Statistic::AgedReduction => {
                let value = Ratio::new(tally.amount, tally.plain.into()).map(|left| Ratio::ONE.minus(&left));
                (value.clone(), open(&value, Extreme::Anything))
            }
            Statistic::Mean | Statistic::HandOffs => {
                let scale = if measure.statistic == Statistic::Mean { 1_000_000 } else { 1 };
                let mean = |count: i64| Ratio::new(tally.amount, i128::from(count).saturating_mul(scale));
                let value = mean(counted);
                (value.clone(), open(&value, Extreme::Value(mean(all), all)))
            }
            statistic => {
                // Of too many hand-offs the missed are the value.
                let reassigned = statistic == Statistic::Reassigned;
                let part = if reassigned { tally.missed } else { tally.met };
                let least = Extreme::Value(share(part, all), all);
                let most = Extreme::Value(share(part.saturating_add(unscored), all), all);
                (share(part, counted), if reassigned { (most, least) } else { (least, most) })
            }
        };
        Self { tally, value, worst, best, arithmetic, rejected }
    }

    /// Of times on the clock and the counts of their tickets. Rows that were rejected as a whole may each be one ticket more.
    pub fn of_times(measure: &Measure, tally: Counts, times: &Histogram, rejected: i64) -> Self {
        let at = |open: (i64, i64)| percentile(times, open, measure.definition, &measure.percentile);
        let seconds = |micros: Ratio| micros.divide(&Ratio::whole(1_000_000));
        let unscored = tally.unscored.saturating_add(rejected);
        let all = tally.counted().saturating_add(unscored);
        // A ticket that is not known yet took no time at best, and has no greatest time.
        let end = |open| match at(open) {
            None => Extreme::Value(None, all),
            Some(None) => Extreme::Anything,
            Some(Some(value)) => Extreme::Value(seconds(value), all),
        };
        let (worst, best) = (end((0, unscored)), end((unscored, 0)));
        let value = at((0, 0)).flatten().and_then(seconds);
        let arithmetic = Arithmetic::Place(place(measure.definition, &measure.percentile, tally.counted()).0);
        Self { tally, value, worst, best, arithmetic, rejected }
    }

    /// Of observed values of one period; says of each what became of it.
    pub fn of_observed(take: Take, cases: &mut [&mut Case]) -> Self {
        let latest = cases.iter().filter(|case| case.observed.is_some()).map(|case| case.counted).max();
        let pooled = |case: &Case| matches!(case.observed, Some(Observed::Part(..)));
        let taken = |case: &Case| take == Take::All || Some(case.counted) == latest;
        let parts = cases.iter().any(|case| taken(case) && pooled(case));
        let (mut tally, mut sum, mut of) = (Counts::default(), Ratio::ZERO, Ratio::ZERO);
        for case in cases.iter_mut() {
            if case.observed.is_some() && !taken(case) {
                (case.outcome, case.reason) = (Outcome::Excluded, Some("not-latest"));
            } else if parts && matches!(case.observed, Some(Observed::Value(_))) {
                (case.outcome, case.reason) = (Outcome::Unscored, Some("no-denominator"));
            }
            tally.add(case.outcome, 0);
            match &case.observed {
                Some(Observed::Value(value)) if case.outcome == Outcome::Counted => sum = sum.plus(value),
                Some(Observed::Part(part, whole)) if case.outcome == Outcome::Counted => {
                    sum = sum.plus(&Ratio::whole((*part).into()));
                    of = of.plus(&Ratio::whole((*whole).into()));
                }
                _ => {}
            }
        }
        let counted = tally.counted();
        let divisor = if parts { of.clone() } else { Ratio::whole(counted.into()) };
        let value = sum.divide(&divisor);
        let arithmetic = if parts { Arithmetic::Pooled(sum, of) } else { Arithmetic::MeanOf(sum) };
        Self::given(tally, value, arithmetic)
    }

    /// Of what services felt, together.
    pub fn of_felt(statistic: Statistic, felt: &Felt) -> Self {
        let outages = felt.tally.counted();
        let each = |micros: Ratio| micros.divide(&Ratio::whole(i128::from(outages).saturating_mul(1_000_000)));
        let mut arithmetic = Arithmetic::Outages(felt.agreed, felt.up.clone(), felt.down);
        let mut tally = felt.tally;
        let value = match statistic {
            Statistic::Availability => felt.up.divide(&Ratio::whole(felt.agreed)),
            Statistic::LongestOutage => Ratio::new(felt.longest, 1_000_000).filter(|_| felt.agreed > 0),
            Statistic::Mttr => each(Ratio::whole(felt.down)),
            Statistic::UserWeightedLoss => {
                arithmetic = Arithmetic::Users(felt.users_lost.clone(), felt.users_agreed.clone());
                tally.unscored = tally.unscored.saturating_add(felt.without_users);
                felt.users_lost.divide(&felt.users_agreed)
            }
            _ => each(Ratio::whole(felt.agreed - felt.down)),
        };
        Self::given(tally, value, arithmetic)
    }

    /// A value that is known, or could become anything where a case lacks something.
    pub fn given(tally: Counts, value: Option<Ratio>, arithmetic: Arithmetic) -> Self {
        let end = || if tally.unscored > 0 { Extreme::Anything } else { Extreme::Value(value.clone(), tally.counted()) };
        let (worst, best) = (end(), end());
        Self { tally, value, worst, best, arithmetic, rejected: 0 }
    }

    /// The verdict under a target.
    pub fn verdict(&self, measure: &Measure, target: Option<&Ratio>) -> Verdict {
        Verdict::of(measure, self.value.as_ref(), self.tally.counted(), target)
    }

    /// Whether the verdict stays what it is whatever the unscored cases turn out to be.
    pub fn is_certain(&self, measure: &Measure, target: Option<&Ratio>) -> bool {
        let verdict = self.verdict(measure, target);
        let at = |extreme: &Extreme, anything: Verdict| match extreme {
            Extreme::Value(value, counted) => Verdict::of(measure, value.as_ref(), *counted, target),
            Extreme::Anything if target.is_none() => Verdict::NoTarget,
            Extreme::Anything => anything,
        };
        at(&self.worst, Verdict::Missed) == verdict && at(&self.best, Verdict::Met) == verdict
    }
}

/// What a measure came to in a period, for what is computed from scorecards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure<'s> {
    /// The row of the scorecard, so that its reason can be asked for.
    pub row: usize,
    /// The measure.
    pub measure: MeasureIdx,
    /// The period.
    pub period: &'s Period,
    /// The first instant of the period at which the measure holds: that of the target.
    pub at: Instant,
    /// The exact value: a share of one, a number, or seconds; none where there is none.
    pub value: Option<Ratio>,
    /// What the value counts.
    pub unit: Unit,
    /// On which side of the target it should lie.
    pub direction: Direction,
    /// The target in the same unit.
    pub target: Option<Ratio>,
    /// How many cases gave the value.
    pub counted: i64,
    /// The verdict.
    pub result: Verdict,
    /// Whether the verdict is the same whatever the unscored cases turn out to be.
    pub certain: bool,
    /// Whether the measure's own period goes on after the period: the value is to date.
    pub to_date: bool,
}
