//! What a tally keeps of a measure: sums that are joined, and taken apart again, exactly.
//!
//! Goes in: a measure and a chunk of evidence. Comes out: what is kept of it, joined and without; its rows.
//! **Invariant:** joining is associative and commutative; nothing empty is kept, so that equal sums are equal in every part.
//! **Not here:** the bytes (`bytes`), what becomes of a ticket or a case (`score`).

use crate::answer::score::build::{Warned, warn};
use crate::answer::score::card::{Card, Groups, Part};
use crate::answer::score::counts::Counts;
use crate::answer::score::figure::{Arithmetic, Worth};
use crate::answer::score::pass::summed;
use crate::answer::score::rates::Base;
use crate::answer::score::records::{Case, Cases, Observed, cases};
use crate::answer::score::resolve::{Asked, Common};
use crate::answer::score::sums::{Omitted, Sum, Sums};
use crate::answer::score::windows::Window;
use crate::base::{Instant, Problems, Ratio};
use crate::model::agreement::{EventGroup, Measure, Statistic, Take};
use crate::model::statistic::Basis;
use std::collections::BTreeMap;

/// The names of a group: party, priority, service.
pub(super) type Names = [Option<Box<str>>; 3];

/// What is kept of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Whether the table it rests on was given at all.
    pub fed: bool,
    pub parts: Parts,
}

/// By period, on what a measure rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parts {
    Tickets(Vec<OfTickets>),
    /// Cases that are met or missed, and the rows that cannot be counted.
    Cases(Vec<Counts>, Warned),
    /// Values by the instant of their observation.
    Observed(Vec<BTreeMap<i64, Values>>),
}

/// The tickets of a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OfTickets {
    pub omitted: Omitted,
    pub groups: BTreeMap<Names, Sum>,
}

/// Values observed at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Values {
    /// How many single values, and their sum.
    pub single: i64,
    pub sum: Ratio,
    /// How many parts of a whole, their sum and that of the wholes.
    pub pooled: i64,
    pub part: i128,
    pub whole: i128,
    /// Rows without a value.
    pub unscored: i64,
}

impl Values {
    const NONE: Self = Self { single: 0, sum: Ratio::ZERO, pooled: 0, part: 0, whole: 0, unscored: 0 };

    fn add(&mut self, observed: Option<&Observed>) {
        match observed {
            Some(Observed::Value(value)) => (self.single, self.sum) = (self.single + 1, self.sum.plus(value)),
            Some(Observed::Part(part, whole)) => {
                self.pooled += 1;
                self.part += i128::from(*part);
                self.whole += i128::from(*whole);
            }
            None => self.unscored += 1,
        }
    }
    fn join(&mut self, other: &Self) {
        self.single = self.single.saturating_add(other.single);
        self.sum = self.sum.plus(&other.sum);
        self.pooled = self.pooled.saturating_add(other.pooled);
        self.part = self.part.saturating_add(other.part);
        self.whole = self.whole.saturating_add(other.whole);
        self.unscored = self.unscored.saturating_add(other.unscored);
    }
    fn without(&self, other: &Self) -> Option<Self> {
        let left = |own: i64, other: i64| own.checked_sub(other).filter(|left| *left >= 0);
        Some(Self {
            single: left(self.single, other.single)?,
            sum: self.sum.minus(&other.sum),
            pooled: left(self.pooled, other.pooled)?,
            part: self.part.checked_sub(other.part)?,
            whole: self.whole.checked_sub(other.whole)?,
            unscored: left(self.unscored, other.unscored)?,
        })
    }
    fn is_empty(&self) -> bool {
        self.single == 0 && self.pooled == 0 && self.unscored == 0
    }
}

/// Whether a measure can be added up from chunks that hold whole tickets: it judges each by itself.
///
/// Outages are swept through the gates together, of one event one ticket stands for all, and who complained first is asked of others.
pub(super) fn adds_up(measure: &Measure) -> bool {
    let apart = measure.statistic != Statistic::RaisedFirst && measure.counting.event_group == EventGroup::Count;
    measure.statistic.basis() != Basis::Outages && apart
}

/// The evidence table a measure rests on.
pub(super) fn table_of(measure: &Measure) -> &'static str {
    match measure.statistic.basis() {
        Basis::Tickets => "tickets",
        Basis::Records(table) => table,
        Basis::Outages => "outages",
    }
}

impl Kept {
    /// Of nothing.
    pub fn nothing(measure: &Measure, periods: usize) -> Self {
        let parts = match measure.statistic.basis() {
            Basis::Tickets => Parts::Tickets(vec![OfTickets::default(); periods]),
            _ if measure.statistic == Statistic::Observed => Parts::Observed(vec![BTreeMap::new(); periods]),
            _ => Parts::Cases(vec![Counts::default(); periods], Warned::default()),
        };
        Self { fed: false, parts }
    }

    /// Of a chunk of evidence that has the table.
    pub fn of(common: &Common<'_>, asked: &Asked<'_>, windows: &[Window], threads: usize) -> Self {
        let mut kept = Self::nothing(asked.measure, windows.len());
        kept.fed = true;
        match &mut kept.parts {
            Parts::Tickets(of) => *of = of_tickets(common, asked, windows, threads),
            Parts::Cases(counts, warned) => {
                let found = cases(common, asked);
                *warned = Warned::of(&found);
                each_window(&found, windows, |place, case| {
                    if let Some(counts) = counts.get_mut(place) {
                        counts.add(case.outcome, 0);
                    }
                });
            }
            Parts::Observed(values) => each_window(&cases(common, asked), windows, |place, case| {
                if let Some(values) = values.get_mut(place) {
                    values.entry(case.counted).or_insert(Values::NONE).add(case.observed.as_ref());
                }
            }),
        }
        kept
    }

    /// Adds what another part keeps of the same measure.
    pub fn join(&mut self, other: &Self) {
        self.fed |= other.fed;
        match (&mut self.parts, &other.parts) {
            (Parts::Tickets(own), Parts::Tickets(more)) => {
                for (own, more) in own.iter_mut().zip(more) {
                    own.omitted.join(&more.omitted);
                    for (names, sum) in &more.groups {
                        match own.groups.get_mut(names) {
                            Some(known) => known.join(sum),
                            None => drop(own.groups.insert(names.clone(), sum.clone())),
                        }
                    }
                }
            }
            (Parts::Cases(own, warned), Parts::Cases(more, others)) => {
                own.iter_mut().zip(more).for_each(|(own, more)| *own = own.merge(more));
                warned.join(others);
            }
            (Parts::Observed(own), Parts::Observed(more)) => {
                for (own, more) in own.iter_mut().zip(more) {
                    for (at, values) in more {
                        own.entry(*at).or_insert(Values::NONE).join(values);
                    }
                }
            }
            _ => {}
        }
    }

    /// What is left when another part is taken out; none where it was not in.
    pub fn without(&self, other: &Self) -> Option<Self> {
        let parts = match (&self.parts, &other.parts) {
            (Parts::Tickets(own), Parts::Tickets(less)) => {
                let each = own.iter().zip(less).map(|(own, less)| {
                    let omitted = own.omitted.without(&less.omitted)?;
                    Some(OfTickets { omitted, groups: left(&own.groups, &less.groups, Sum::without, Sum::is_empty)? })
                });
                Parts::Tickets(each.collect::<Option<_>>()?)
            }
            (Parts::Cases(own, warned), Parts::Cases(less, others)) => {
                let each = own.iter().zip(less).map(|(own, less)| own.without(less));
                Parts::Cases(each.collect::<Option<_>>()?, warned.without(others)?)
            }
            (Parts::Observed(own), Parts::Observed(less)) => {
                let each = own.iter().zip(less).map(|(own, less)| left(own, less, Values::without, Values::is_empty));
                Parts::Observed(each.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(Self { fed: self.fed, parts })
    }

    /// The rows of a period.
    pub fn row(&self, card: &mut Card<'_>, part: &Part<'_>, place: usize, rejected: i64) {
        match &self.parts {
            Parts::Tickets(of) => {
                let Some(of) = of.get(place) else { return };
                let groups: Groups<'_> = of.groups.iter().map(|(names, sum)| (plain(names), sum)).collect();
                card.of_sums(part, &groups, of.omitted, rejected);
            }
            Parts::Cases(counts, _) => {
                let counts = counts.get(place).copied().unwrap_or_default();
                card.row(part, Worth::of_tally(part.measure, counts, Base::default(), 0), [None; 3], None, Omitted::default());
            }
            Parts::Observed(values) => {
                let Some(values) = values.get(place) else { return };
                card.row(part, of_values(part.measure.take, values), [None; 3], None, Omitted::default());
            }
        }
    }

    /// Warns of rows that could not be counted.
    pub fn warn(&self, measure: &Measure, problems: &mut Problems) {
        if let Parts::Cases(_, warned) = &self.parts {
            warn(measure, warned, problems);
        }
    }
}

fn plain([party, priority, service]: &Names) -> [Option<&str>; 3] {
    [party.as_deref(), priority.as_deref(), service.as_deref()]
}

/// What is left of a map when another is taken out, without what is empty.
fn left<K: Ord + Clone, V: Clone>(
    own: &BTreeMap<K, V>,
    less: &BTreeMap<K, V>,
    without: impl Fn(&V, &V) -> Option<V>,
    is_empty: impl Fn(&V) -> bool,
) -> Option<BTreeMap<K, V>> {
    let mut left = own.clone();
    for (key, value) in less {
        let rest = without(left.get(key)?, value)?;
        if is_empty(&rest) {
            left.remove(key);
        } else {
            left.insert(key.clone(), rest);
        }
    }
    Some(left)
}

fn of_tickets(common: &Common<'_>, asked: &Asked<'_>, windows: &[Window], threads: usize) -> Vec<OfTickets> {
    let summed = summed(common, asked, windows, threads);
    let names = summed.grouping.names(common);
    let named = |sums: Sums| {
        let groups = names.iter().zip(sums.slots).filter(|(_, sum)| !sum.is_empty());
        let groups = groups.map(|(names, sum)| (names.map(|name| name.map(Box::from)), sum)).collect();
        OfTickets { omitted: sums.omitted, groups }
    };
    summed.periods.into_iter().map(named).collect()
}

fn each_window(cases: &Cases, windows: &[Window], mut add: impl FnMut(usize, &Case)) {
    for case in &cases.found {
        for (place, _) in windows.iter().enumerate().filter(|(_, window)| window.counted.contains(Instant(case.counted))) {
            add(place, case);
        }
    }
}

/// What observed values come to: as `Worth::of_observed` says of the same values one by one.
fn of_values(take: Take, values: &BTreeMap<i64, Values>) -> Worth {
    let latest = values.iter().rev().find(|(_, values)| values.single + values.pooled > 0).map(|(at, _)| *at);
    let is_taken = |at: i64| take == Take::All || Some(at) == latest;
    let pooled = values.iter().any(|(at, values)| is_taken(*at) && values.pooled > 0);
    let (mut counts, mut sum, mut of) = (Counts::default(), Ratio::ZERO, Ratio::ZERO);
    for (at, values) in values {
        counts.unscored += values.unscored;
        if !is_taken(*at) {
            counts.excluded += values.single + values.pooled;
        } else if pooled {
            counts.unscored += values.single;
            counts.plain += values.pooled;
            sum = sum.plus(&Ratio::whole(values.part));
            of = of.plus(&Ratio::whole(values.whole));
        } else {
            counts.plain += values.single;
            sum = sum.plus(&values.sum);
        }
    }
    let divisor = if pooled { of.clone() } else { Ratio::whole(counts.counted().into()) };
    let value = sum.divide(&divisor);
    let arithmetic = if pooled { Arithmetic::Pooled(sum, of) } else { Arithmetic::MeanOf(sum) };
    Worth::given(counts, value, arithmetic)
}
