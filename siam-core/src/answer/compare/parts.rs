//! The parts of a change: performance and mix.
//!
//! Goes in: the rows of a measure before and after. Comes out: its change and those of its groups, with their parts.
//! **Invariant:** parts are given only where the groups make up the total on both sides, which is checked exactly.
//! **Not here:** the formula in words (`compare`), tables (`tables`).

use super::Side;
use crate::answer::cards::{CardRow, Subject};
use crate::answer::given::KEPT;
use crate::base::{Argument, Place, Problem, Problems, Ratio, codes};
use crate::model::agreement::{Statistic, Unit};
use std::collections::BTreeSet;

/// The change of a measure, or of a group of it.
pub(super) struct Change {
    pub subject: Subject,
    pub before: Option<CardRow>,
    pub after: Option<CardRow>,
    /// After less before; none where one is not known.
    pub change: Option<Ratio>,
    pub parts: Option<Parts>,
}

/// What a change is because of; of a group, its part in the change of the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    pub performance: Ratio,
    pub mix: Ratio,
    /// Of a group, its weights before and after.
    pub weights: Option<[Ratio; 2]>,
}

impl Change {
    /// The row that says what kind of value it is.
    pub fn kind(&self) -> Option<&CardRow> {
        self.after.as_ref().or(self.before.as_ref())
    }
    fn of(subject: &Subject, before: &Side, after: &Side) -> Self {
        let [before, after] = [before, after].map(|side| side.get(subject).cloned());
        let value = |row: &Option<CardRow>| row.as_ref().and_then(|row| row.value.clone());
        let change = value(&after).zip(value(&before)).map(|(after, before)| after.minus(&before));
        Self { subject: subject.clone(), before, after, change, parts: None }
    }
}

/// Whether the value of all is the mean of the groups, weighted by what counts in each.
fn is_mean(row: &CardRow) -> bool {
    let statistic = row.statistic.as_deref().and_then(Statistic::parse);
    match statistic {
        Some(Statistic::PercentWithin | Statistic::FirstTimeFix | Statistic::Mean | Statistic::HandOffs) => true,
        Some(statistic) => statistic.judges_cases(),
        // A table without the column: a share may be one, and whether it is is checked.
        None => row.unit == Unit::Share,
    }
}

/// The change of a measure and of its groups, the total first.
pub(super) fn changes(measure: &str, before: &Side, after: &Side, problems: &mut Problems) -> Vec<Change> {
    let of = |side: &Side| side.keys().filter(|subject| subject.measure == measure).cloned().collect::<BTreeSet<_>>();
    let (own, other) = (of(before), of(after));
    let mut changes: Vec<Change> = own.union(&other).map(|subject| Change::of(subject, before, after)).collect();
    let by = |subjects: &BTreeSet<Subject>| subjects.iter().find_map(|subject| subject.by.clone());
    let (split, then) = (by(&own), by(&other));
    if split != then && !own.is_empty() && !other.is_empty() {
        let problem = Problem::new(&codes::OTHER_GROUPS, Place::Nowhere).with("measure", Argument::user(measure));
        let word = |by: Option<String>| Argument::name(by.unwrap_or_else(|| "nothing".to_owned()));
        problems.push(problem.with("before", word(split)).with("after", word(then)), KEPT);
        return changes;
    }
    let Some(total) = changes.first().filter(|total| total.subject.by.is_none()) else { return changes };
    let Some(kind) = total.kind() else { return changes };
    let (is_mean, is_share) = (is_mean(kind), kind.unit == Unit::Share);
    let groups = changes.get(1..).unwrap_or_default();
    if groups.is_empty() {
        let alone = total.change.clone().filter(|_| is_mean || is_share);
        let parts = alone.map(|performance| Parts { performance, mix: Ratio::ZERO, weights: None });
        if let Some(total) = changes.first_mut() {
            total.parts = parts;
        }
        return changes;
    }
    let Some(found) = (if is_mean { parts(total, groups) } else { None }) else { return changes };
    let sum = |part: fn(&Parts) -> &Ratio| found.iter().fold(Ratio::ZERO, |sum, one| sum.plus(part(one)));
    let whole = Parts { performance: sum(|one| &one.performance), mix: sum(|one| &one.mix), weights: None };
    for (change, parts) in changes.iter_mut().zip(std::iter::once(whole).chain(found)) {
        change.parts = Some(parts);
    }
    changes
}

/// The weight and the value of a group on one side; no weight and no value where nothing of it counts.
fn side(row: Option<&CardRow>, all: i64) -> Option<(Ratio, Option<Ratio>)> {
    match row {
        Some(row) if row.counted > 0 => Some((Ratio::new(row.counted.into(), all.into())?, Some(row.value.clone()?))),
        _ => Some((Ratio::ZERO, None)),
    }
}

/// The parts of each group; none where the groups do not make up the total.
fn parts(total: &Change, groups: &[Change]) -> Option<Vec<Parts>> {
    let (before, after) = (total.before.as_ref()?, total.after.as_ref()?);
    let values = [before.value.clone()?, after.value.clone()?];
    let mut made = [(Ratio::ZERO, Ratio::ZERO), (Ratio::ZERO, Ratio::ZERO)];
    let half = Ratio::new(1, 2)?;
    let middle = values[0].plus(&values[1]).times(&half);
    let mut found = Vec::new();
    for group in groups {
        let (w0, p0) = side(group.before.as_ref(), before.counted)?;
        let (w1, p1) = side(group.after.as_ref(), after.counted)?;
        // A group on one side only did neither better nor worse.
        let (p0, p1) = match (p0, p1) {
            (Some(p0), Some(p1)) => (p0, p1),
            (Some(only), None) | (None, Some(only)) => (only.clone(), only),
            (None, None) => (Ratio::ZERO, Ratio::ZERO),
        };
        for (sums, (weight, value)) in made.iter_mut().zip([(&w0, &p0), (&w1, &p1)]) {
            *sums = (sums.0.plus(weight), sums.1.plus(&weight.times(value)));
        }
        let performance = w0.plus(&w1).times(&half).times(&p1.minus(&p0));
        let mix = w1.minus(&w0).times(&p0.plus(&p1).times(&half).minus(&middle));
        let nothing = w0.is_zero() && w1.is_zero();
        let mix = if nothing { Ratio::ZERO } else { mix };
        found.push(Parts { performance, mix, weights: Some([w0, w1]) });
    }
    let whole = made.iter().zip(&values).all(|((weights, value), of_all)| *weights == Ratio::ONE && value == of_all);
    whole.then_some(found)
}
