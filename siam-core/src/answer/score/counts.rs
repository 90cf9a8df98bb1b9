//! What became of cases, and the sums of that.
//!
//! Goes in: outcomes and amounts, one by one. Comes out: counts.
//! **Invariant:** counts of parts of the cases add up to the counts of all; a case adds one to exactly one count, and taking it out undoes it.
//! **Not here:** what becomes of a case (`walk`, `records`), groups and periods (`sums`), what counts come to (`figure`).

use super::walk::Contribution;

/// What became of a case in a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// In time, or as promised; of a count, the ticket counts.
    Met,
    /// Not in time, or not as promised.
    Missed,
    /// It counts, and the statistic has no verdict on a single case.
    Counted,
    /// An accepted exclusion leaves it out, or its service is in transition.
    Excluded,
    /// An instant or an agreed time that the measure needs is not there.
    Unscored,
}

impl Outcome {
    /// Whether such a case is one of those that count.
    pub fn counts(self) -> bool {
        !matches!(self, Self::Excluded | Self::Unscored)
    }
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Counted => "counted",
            Self::Excluded => "excluded",
            Self::Unscored => "unscored",
        }
    }
}

/// The sums of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// In time, or as promised; of a count, all that count.
    pub met: i64,
    /// Not in time, or not as promised.
    pub missed: i64,
    /// Counted without a verdict of their own.
    pub plain: i64,
    /// Left out by an accepted exclusion or in transition.
    pub excluded: i64,
    /// Of these in transition.
    pub in_transition: i64,
    /// Lacking what the measure needs.
    pub unscored: i64,
    /// The amounts of the cases that count: microseconds of a mean, hand-offs.
    pub amount: i128,
}

impl Counts {
    /// Adds a case with its amount, 0 where the statistic has none.
    pub fn add(&mut self, outcome: Outcome, amount: i64) {
        match outcome {
            Outcome::Met => self.met += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Counted => self.plain += 1,
            Outcome::Excluded => self.excluded += 1,
            Outcome::Unscored => self.unscored += 1,
        }
        if outcome.counts() {
            self.amount += i128::from(amount);
        }
    }
    /// Adds what a ticket adds, with this amount.
    pub(super) fn add_ticket(&mut self, found: &Contribution, amount: i64) {
        self.add(found.outcome, amount);
        self.in_transition += i64::from(found.in_transition);
    }
    /// The counts of both together.
    pub fn merge(&self, other: &Self) -> Self {
        Self {
            met: self.met.saturating_add(other.met),
            missed: self.missed.saturating_add(other.missed),
            plain: self.plain.saturating_add(other.plain),
            excluded: self.excluded.saturating_add(other.excluded),
            in_transition: self.in_transition.saturating_add(other.in_transition),
            unscored: self.unscored.saturating_add(other.unscored),
            amount: self.amount.saturating_add(other.amount),
        }
    }
    /// What is left when the cases of others are taken out; none where those are more.
    pub fn without(&self, other: &Self) -> Option<Self> {
        let left = |own: i64, other: i64| own.checked_sub(other).filter(|left| *left >= 0);
        Some(Self {
            met: left(self.met, other.met)?,
            missed: left(self.missed, other.missed)?,
            plain: left(self.plain, other.plain)?,
            excluded: left(self.excluded, other.excluded)?,
            in_transition: left(self.in_transition, other.in_transition)?,
            unscored: left(self.unscored, other.unscored)?,
            amount: self.amount.checked_sub(other.amount)?,
        })
    }
    /// All that count.
    pub fn counted(&self) -> i64 {
        self.met.saturating_add(self.missed).saturating_add(self.plain)
    }
}
