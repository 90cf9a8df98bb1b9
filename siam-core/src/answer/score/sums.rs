//! What the tickets of a measure come to, period by period and group by group.
//!
//! Goes in: a measure ready to walk, periods, or tickets that were walked. Comes out: sums by period, in groups by codes.
//! **Invariant:** sums of parts of the tickets join to the sums of all, whatever the parts; a ticket that is taken out leaves nothing.
//! **Not here:** what becomes of a ticket (`walk`), the quick way over columns (`pass`), what a sum comes to (`figure`).

use super::counts::Counts;
use super::percentile::Histogram;
use super::resolve::{Asked, Common};
use super::walk::{Contribution, Judged, Omission, at_instants, each as of_ticket};
use super::windows::Window;
use crate::base::Instant;
use crate::evidence::NONE;
use crate::model::agreement::{Split, Statistic};
use std::collections::HashMap;

/// How many tickets each rule leaves out of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::answer) struct Omitted {
    pub children: i64,
    pub left_out: i64,
    pub events: i64,
    pub stages: i64,
}

impl Omitted {
    /// Adds a ticket that a rule leaves out.
    pub fn add(&mut self, omission: Omission) {
        match omission {
            Omission::Child => self.children += 1,
            Omission::LeftOut(_) => self.left_out += 1,
            Omission::SameEvent(_) => self.events += 1,
            Omission::Stage(_) => self.stages += 1,
        }
    }
    /// What is left when those of another part are taken out; none where those are more.
    pub fn without(&self, other: &Self) -> Option<Self> {
        let left = |own: i64, other: i64| own.checked_sub(other).filter(|left| *left >= 0);
        Some(Self {
            children: left(self.children, other.children)?,
            left_out: left(self.left_out, other.left_out)?,
            events: left(self.events, other.events)?,
            stages: left(self.stages, other.stages)?,
        })
    }
    /// Adds those of another part.
    pub fn join(&mut self, other: &Self) {
        self.children = self.children.saturating_add(other.children);
        self.left_out = self.left_out.saturating_add(other.left_out);
        self.events = self.events.saturating_add(other.events);
        self.stages = self.stages.saturating_add(other.stages);
    }
}

/// What the tickets of a row come to: their counts, and of a percentile how often each time occurred.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::answer) struct Sum {
    pub counts: Counts,
    pub times: Histogram,
}

impl Sum {
    /// Adds what a ticket adds.
    pub fn add(&mut self, statistic: Statistic, found: &Contribution) {
        // The time of a single ticket decides its verdict or its place, and is no sum.
        let summed = !matches!(statistic, Statistic::PercentWithin | Statistic::Percentile);
        self.counts.add_ticket(found, if summed { found.amount } else { 0 });
        if let Some(time) = time_of(statistic, found) {
            self.times.add(time);
        }
    }
    /// Adds what other tickets come to.
    pub fn join(&mut self, other: &Self) {
        self.counts = self.counts.merge(&other.counts);
        self.times.merge(&other.times);
    }
    /// What is left when other tickets are taken out; none where those are more.
    pub fn without(&self, other: &Self) -> Option<Self> {
        Some(Self { counts: self.counts.without(&other.counts)?, times: self.times.without(&other.times)? })
    }
    /// Whether no ticket is in it.
    pub fn is_empty(&self) -> bool {
        self.counts == Counts::default()
    }
}

/// The time that a ticket adds to a percentile.
fn time_of(statistic: Statistic, found: &Contribution) -> Option<i64> {
    (statistic == Statistic::Percentile && found.outcome.counts()).then_some(found.elapsed)
}

/// What the tickets of a measure come to in one period.
#[derive(Debug, Clone, Default)]
pub(in crate::answer) struct Sums {
    pub omitted: Omitted,
    /// By the slot of its group in the grouping; one for all where the measure does not split.
    pub slots: Vec<Sum>,
}

impl Sums {
    /// The sum of a slot.
    pub fn slot(&mut self, slot: usize) -> Option<&mut Sum> {
        if slot >= self.slots.len() {
            self.slots.resize_with(slot + 1, Sum::default);
        }
        self.slots.get_mut(slot)
    }
}

/// The groups of a measure: a number for every combination of the columns it splits by that occurs.
#[derive(Debug, Clone)]
pub(in crate::answer) struct Grouping {
    sizes: [usize; 3],
    /// Slots by cell while there are few enough cells, so that a ticket costs one look.
    grid: Vec<u32>,
    sparse: HashMap<usize, u32>,
    /// The codes of party, priority and service of each slot, `NONE` where the measure does not split by it.
    keys: Vec<[u32; 3]>,
}

/// The columns that a measure can split by, in the order of codes.
pub(in crate::answer) const SPLITS: [Split; 3] = [Split::Party, Split::Priority, Split::Service];
const GRID: usize = 1 << 20;

impl Grouping {
    /// The groups of a measure, none of them seen yet.
    pub fn new(common: &Common<'_>, by: &[Split]) -> Self {
        let size = |split: Split| match split {
            _ if !by.contains(&split) => 1,
            Split::Party => 1 + common.parties.names.len(),
            Split::Priority => 1 + common.priorities.names.len(),
            Split::Service => 1 + common.service.map_or(0, |labels| labels.words().len()),
        };
        let sizes = SPLITS.map(size);
        let mut grouping = Self { sizes, grid: Vec::new(), sparse: HashMap::new(), keys: Vec::new() };
        if grouping.cells() <= GRID {
            grouping.grid = vec![NONE; grouping.cells()];
        }
        grouping
    }
    /// How many combinations there could be.
    pub fn cells(&self) -> usize {
        self.sizes.iter().try_fold(1_usize, |all, size| all.checked_mul(*size)).unwrap_or(usize::MAX)
    }
    /// The cell of the codes of a ticket.
    pub fn cell(&self, codes: [u32; 3]) -> usize {
        let each = codes.iter().zip(&self.sizes);
        each.fold(0, |cell, (code, size)| {
            // `NONE` and one wraps to 0; what the measure does not split by has one place.
            let place = (code.wrapping_add(1) as usize).min(size - 1);
            cell.wrapping_mul(*size).wrapping_add(if *size == 1 { 0 } else { place })
        })
    }
    /// The codes of a cell, `NONE` where the measure does not split by it.
    pub fn codes(&self, cell: usize) -> [u32; 3] {
        [0, 1, 2].map(|at| match self.stride(at) {
            0 => NONE,
            stride => u32::try_from(cell / stride % self.sizes[at]).unwrap_or(0).wrapping_sub(1),
        })
    }
    /// How much one more of a code moves the cell.
    pub fn stride(&self, at: usize) -> usize {
        let beyond = self.sizes.get(at + 1..).unwrap_or_default().iter().product();
        if self.sizes.get(at) == Some(&1) { 0 } else { beyond }
    }
    /// The slot of the codes of a ticket, new where no ticket had them before.
    pub fn slot(&mut self, codes: [u32; 3]) -> usize {
        let cell = self.cell(codes);
        let next = u32::try_from(self.keys.len()).unwrap_or(NONE);
        let slot = match self.grid.get_mut(cell) {
            Some(slot) => slot,
            None => self.sparse.entry(cell).or_insert(NONE),
        };
        if *slot == NONE {
            *slot = next;
            let own = |at: usize| if self.sizes[at] == 1 { NONE } else { codes[at] };
            self.keys.push([own(0), own(1), own(2)]);
        }
        *slot as usize
    }
    /// The names of each slot, in the order of `SPLITS`; none where a ticket has none or the measure does not split by it.
    pub fn names<'c>(&self, common: &'c Common<'_>) -> Vec<[Option<&'c str>; 3]> {
        let name = |key: &[u32; 3], at: usize| common.name(SPLITS[at], key[at]);
        self.keys.iter().map(|key| [0, 1, 2].map(|at| name(key, at))).collect()
    }
}

/// The sums of a measure of tickets over all periods.
pub(in crate::answer) struct Summed {
    pub grouping: Grouping,
    pub periods: Vec<Sums>,
}

impl Summed {
    pub fn new(common: &Common<'_>, asked: &Asked<'_>, periods: usize) -> Self {
        let grouping = Grouping::new(common, &asked.measure.by);
        Self { grouping, periods: (0..periods).map(|_| Sums::default()).collect() }
    }
    /// Adds what became of a ticket to the period of a place.
    pub fn add(&mut self, statistic: Statistic, judged: &Judged, place: usize) {
        let Some(sums) = self.periods.get_mut(place) else { return };
        match judged {
            Judged::Other => {}
            Judged::Omitted(_, omission) => sums.omitted.add(*omission),
            Judged::Found(found) => {
                let slot = self.grouping.slot(found.codes);
                if let Some(sum) = sums.slot(slot) {
                    sum.add(statistic, found);
                }
            }
        }
    }
    /// Puts all times in order, after which they can be read.
    pub fn settle(&mut self) {
        self.periods.iter_mut().flat_map(|sums| &mut sums.slots).for_each(|sum| sum.times.settle());
    }
    /// Adds the sums of other tickets of the same columns.
    pub fn join(&mut self, other: &Self) {
        for (sums, more) in self.periods.iter_mut().zip(&other.periods) {
            sums.omitted.join(&more.omitted);
            for (key, sum) in other.grouping.keys.iter().zip(&more.slots).filter(|(_, sum)| !sum.is_empty()) {
                if let Some(own) = sums.slot(self.grouping.slot(*key)) {
                    own.join(sum);
                }
            }
        }
    }
}

/// What becomes of a range of tickets in a measure, ticket by ticket and run by run, in each window it counts in.
pub(in crate::answer) fn each(
    common: &Common<'_>,
    asked: &Asked<'_>,
    tickets: impl Iterator<Item = usize> + Clone,
    windows: &[Window],
    mut found: impl FnMut(&Judged, usize),
) {
    let mut pauses = Vec::new();
    if asked.measure.statistic.is_of_an_instant() {
        for (place, window) in windows.iter().enumerate() {
            let (from, end) = window.held(asked.validity(), common.as_of);
            tickets.clone().for_each(|ticket| found(&at_instants(common, asked, ticket, from.micros(), end.micros()), place));
        }
        return;
    }
    for ticket in tickets {
        of_ticket(common, asked, ticket, &mut pauses, &mut |judged| {
            let at = match &judged {
                Judged::Other => return,
                Judged::Omitted(at, _) => *at,
                Judged::Found(found) => found.counted,
            };
            for (place, _) in windows.iter().enumerate().filter(|(_, window)| window.counted.contains(Instant(at))) {
                found(&judged, place);
            }
        });
    }
}
