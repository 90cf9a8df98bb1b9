//! Why a value changed.
//!
//! Goes in: a change. Comes out: before and after, and the arithmetic of its parts.
//! **Invariant:** parts are told with the weights they come from.
//! **Not here:** the parts themselves (`parts`).

use super::parts::Change;
use super::tables::tendency;
use crate::answer::cards::{CardRow, amount};
use crate::base::{Argument, Ratio};
use crate::model::agreement::Unit;
use crate::report::Reason;

pub(super) fn change(change: &Change) -> Reason {
    let unit = change.kind().map_or(Unit::Number, |row| row.unit);
    let of = |id: &'static str| Reason::new(id).with("of", change.subject.words());
    let value = |row: &Option<CardRow>| row.as_ref().and_then(|row| row.value.clone());
    let (before, after) = (value(&change.before), value(&change.after));
    let mut reason = match (&before, &after, tendency(change)) {
        (Some(_), Some(_), Some("better")) => of("compare-better"),
        (Some(_), Some(_), Some("worse")) => of("compare-worse"),
        (Some(_), Some(_), _) => of("compare-steady"),
        (None, Some(_), _) => of("compare-only-after"),
        (Some(_), None, _) => of("compare-only-before"),
        (None, None, _) => return of("compare-nothing"),
    };
    for (hole, value) in [("before", &before), ("after", &after), ("change", &change.change)] {
        reason = reason.with(hole, amount(unit, value.as_ref().unwrap_or(&Ratio::ZERO)));
    }
    for (id, row) in [("compare-before", &change.before), ("compare-after", &change.after)] {
        if let Some(row) = row {
            let side = Reason::new(id).with("period", Argument::name(row.period.as_str())).with("counted", row.counted);
            reason = reason.because(side.with("value", amount(unit, row.value.as_ref().unwrap_or(&Ratio::ZERO))));
        }
    }
    let Some(parts) = &change.parts else { return reason.because(Reason::new("compare-no-parts")) };
    let id = if change.subject.by.is_some() { "compare-parts-group" } else { "compare-parts" };
    let told = Reason::new(id).with("performance", amount(unit, &parts.performance)).with("mix", amount(unit, &parts.mix));
    reason.because(match &parts.weights {
        Some([before, after]) => {
            let weights = Reason::new("compare-weights").with("before", Argument::Percent(before.clone()));
            told.because(weights.with("after", Argument::Percent(after.clone())))
        }
        None => told,
    })
}
