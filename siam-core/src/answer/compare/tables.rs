//! The table of a comparison.
//!
//! Goes in: changes. Comes out: one row per measure, then one per group.
//! **Invariant:** columns are added, never renamed.
//! **Not here:** arithmetic (`parts`).

use super::parts::Change;
use crate::answer::cards::{CardRow, shown};
use crate::base::columns::Cell;
use crate::base::table::cells::text_or_null;
use crate::base::{ColumnSpec, ColumnType, Ratio, Schema, Table};
use crate::model::agreement::Unit;

const fn column(name: &'static str, kind: ColumnType, doc: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, doc }
}

use ColumnType::{Float, Integer, Text};

/// The rows of a comparison.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per measure, then one per group that it splits by",
    columns: &[
        column("measure", Text, "the measure"),
        column("by", Text, "what the row is split by; null for the total"),
        column("party", Text, "the party of a group"),
        column("priority", Text, "the priority of a group"),
        column("service", Text, "the service of a group"),
        column("statistic", Text, "what is made of the cases"),
        column("unit", Text, "share, count, seconds or number"),
        column("period_before", Text, "the period before"),
        column("period_after", Text, "the period after"),
        column("counted_before", Integer, "cases that counted before; null where the row was not there"),
        column("counted_after", Integer, "cases that count after; null where the row is not there"),
        column("before", Float, "the value before for display: percent of a share, seconds of a time, else the number"),
        column("after", Float, "the value after for display"),
        column("change", Float, "after less before for display: of a share percentage points"),
        column(
            "because_performance",
            Float,
            "how much of the change of the total is because groups did better or worse, for display; of a group its own part; null \
             where a value has no such parts",
        ),
        column("because_mix", Float, "how much of it is because there is more of one group and less of another, for display"),
        column("before_exact", Text, "the value before as an exact ratio or number"),
        column("after_exact", Text, "the value after as an exact ratio or number"),
        column("change_exact", Text, "after less before, exact"),
        column("because_performance_exact", Text, "because_performance, exact"),
        column("because_mix_exact", Text, "because_mix, exact"),
        column(
            "tendency",
            Text,
            "better, worse or steady, by the direction of the measure; null where there is no change to speak of",
        ),
        column("result_before", Text, "the result before"),
        column("result_after", Text, "the result after"),
    ],
};

/// Whether a change is for the better.
pub(super) fn tendency(change: &Change) -> Option<&'static str> {
    let (by, kind) = (change.change.as_ref()?, change.kind()?);
    Some(match (by.is_zero(), by.is_negative() != kind.at_least) {
        (true, _) => "steady",
        (false, true) => "better",
        (false, false) => "worse",
    })
}

pub(super) fn rows(changes: &[Change]) -> Table {
    let mut table = Table::new(&ROWS);
    for change in changes {
        let unit = change.kind().map_or(Unit::Number, |row| row.unit);
        let [before, after] = [&change.before, &change.after].map(Option::as_ref);
        let value = |row: Option<&CardRow>| row.and_then(|row| row.value.clone());
        let parts = change.parts.as_ref().map(|parts| (parts.performance.clone(), parts.mix.clone()));
        let (performance, mix) = parts.unzip();
        let values = [value(before), value(after), change.change.clone(), performance, mix];
        let exact: Vec<Option<String>> = values.iter().map(|value| value.as_ref().map(Ratio::to_exact_text)).collect();
        let mut cells = change.subject.cells();
        cells.push(text_or_null(change.kind().and_then(|row| row.statistic.as_deref())));
        cells.push(text_or_null(change.kind().map(|row| row.unit.as_str())));
        cells.extend([before, after].map(|row| text_or_null(row.map(|row| row.period.as_str()))));
        cells.extend([before, after].map(|row| row.map_or(Cell::Null, |row| Cell::Integer(row.counted))));
        cells.extend(values.iter().map(|value| shown(unit, value.as_ref())));
        cells.extend(exact.iter().map(|value| text_or_null(value.as_deref())));
        cells.push(text_or_null(tendency(change)));
        cells.extend([before, after].map(|row| text_or_null(row.and_then(|row| row.result.as_deref()))));
        table.push(&cells);
    }
    table
}
