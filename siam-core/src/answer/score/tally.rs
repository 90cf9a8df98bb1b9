//! What became of cases, and the sums of that.
//!
//! Goes in: outcomes and amounts, one by one. Comes out: tallies, in all and by group.
//! **Invariant:** tallies of parts of the cases add up to the tally of all; a case adds one to exactly one count.
//! **Not here:** what becomes of a case (`walk`, `records`), what a tally comes to (`figure`).

use super::resolve::Common;
use super::walk::Contribution;
use crate::evidence::NONE;
use crate::model::agreement::Split;
use std::collections::BTreeMap;

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
pub struct Tally {
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

impl Tally {
    /// Adds a case with its amount, 0 where the statistic has none.
    pub fn add(&mut self, outcome: Outcome, amount: i64) {
        match outcome {
            Outcome::Met => self.met += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Counted => self.plain += 1,
            Outcome::Excluded => self.excluded += 1,
            Outcome::Unscored => self.unscored += 1,
        }
        if !matches!(outcome, Outcome::Excluded | Outcome::Unscored) {
            self.amount += i128::from(amount);
        }
    }
    /// Adds what a ticket adds.
    pub(super) fn add_ticket(&mut self, found: &Contribution) {
        self.add(found.outcome, found.amount);
        self.in_transition += i64::from(found.in_transition);
    }
    /// The tally of both together.
    pub fn merge(&self, other: &Self) -> Self {
        Self {
            met: self.met + other.met,
            missed: self.missed + other.missed,
            plain: self.plain + other.plain,
            excluded: self.excluded + other.excluded,
            in_transition: self.in_transition + other.in_transition,
            unscored: self.unscored + other.unscored,
            amount: self.amount + other.amount,
        }
    }
    /// All that count.
    pub fn counted(&self) -> i64 {
        self.met + self.missed + self.plain
    }
}

/// Tallies by the columns a measure splits by, sorted by their names; tickets without a name come first.
pub(in crate::answer) fn groups<'c>(
    common: &Common<'_>,
    by: &[Split],
    contributions: impl Iterator<Item = &'c Contribution>,
) -> Vec<([u32; 3], Tally)> {
    let place = |split: Split| match split {
        Split::Party => 0,
        Split::Priority => 1,
        Split::Service => 2,
    };
    let mut sizes = [1_usize; 3];
    for split in by {
        sizes[place(*split)] = 1 + match split {
            Split::Party => common.parties.names.len(),
            Split::Priority => common.priorities.names.len(),
            Split::Service => common.service.map_or(0, |labels| labels.words().len()),
        };
    }
    let cells = sizes.iter().try_fold(1_usize, |all, size| all.checked_mul(*size)).unwrap_or(usize::MAX);
    // A grid while it stays small, so that a ticket costs one addition; a map where names multiply.
    let mut grid: Vec<u32> = if cells <= 1 << 20 { vec![NONE; cells] } else { Vec::new() };
    let mut sparse: BTreeMap<usize, u32> = BTreeMap::new();
    let mut groups: Vec<([u32; 3], Tally)> = Vec::new();
    for found in contributions {
        let mut key = [NONE; 3];
        let mut cell = 0_usize;
        for at in 0..3 {
            if sizes[at] > 1 {
                key[at] = found.codes[at];
            }
            let code = if key[at] == NONE { 0 } else { key[at] as usize + 1 };
            cell = cell.wrapping_mul(sizes[at]).wrapping_add(code.min(sizes[at] - 1));
        }
        let next = u32::try_from(groups.len()).unwrap_or(NONE);
        let slot = match grid.get_mut(cell) {
            Some(slot) => slot,
            None => sparse.entry(cell).or_insert(NONE),
        };
        if *slot == NONE {
            *slot = next;
            groups.push((key, Tally::default()));
        }
        if let Some((_, tally)) = groups.get_mut(*slot as usize) {
            tally.add_ticket(found);
        }
    }
    let splits = [Split::Party, Split::Priority, Split::Service];
    let names = |key: &[u32; 3]| [0, 1, 2].map(|at| common.name(splits[at], key[at]).map(str::to_owned));
    groups.sort_by_cached_key(|(key, _)| names(key));
    groups
}
