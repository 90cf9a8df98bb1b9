//! The tables of a trend.
//!
//! Goes in: series. Comes out: one row per measure or group and period, and one per measure or group.
//! **Invariant:** columns are added, never renamed.
//! **Not here:** arithmetic (`series`).

use super::series::Series;
use crate::answer::cards::{CardRow, shown};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Ratio, Schema, Table};
use crate::model::agreement::Unit;

const fn column(name: &'static str, kind: ColumnType, doc: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, doc }
}

use ColumnType::{Boolean, Float, Instant, Integer, Text};

/// The rows of a trend.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per measure or group and period, in the order of the periods",
    columns: &[
        column("measure", Text, "the measure"),
        column("by", Text, "what the row is split by; null for the total"),
        column("party", Text, "the party of a group"),
        column("priority", Text, "the priority of a group"),
        column("service", Text, "the service of a group"),
        column("period", Text, "the period"),
        column("period_from", Instant, "its first instant, where the table told it"),
        column("counted", Integer, "cases that count"),
        column("value", Float, "the value for display: percent of a share, seconds of a time, else the number"),
        column("change", Float, "the value less that of the period before, for display: of a share percentage points"),
        column("value_exact", Text, "the value as an exact ratio or number"),
        column("change_exact", Text, "the change, exact; null where one of the two has no value"),
        column("unit", Text, "share, count, seconds or number"),
        column("result", Text, "the result"),
        column("misses_in_a_row", Integer, "periods missed up to this one without another result between"),
    ],
};

/// The measures of a trend.
pub const MEASURES: Schema = Schema {
    name: "measures",
    doc: "one row per measure or group, over all its periods",
    columns: &[
        column("measure", Text, "the measure"),
        column("by", Text, "what the row is split by; null for the total"),
        column("party", Text, "the party of a group"),
        column("priority", Text, "the priority of a group"),
        column("service", Text, "the service of a group"),
        column("periods", Integer, "how many periods there are"),
        column("values", Integer, "how many of them have a value"),
        column("unit", Text, "share, count, seconds or number"),
        column("first_period", Text, "the first period with a value"),
        column("first_exact", Text, "its value"),
        column("last_period", Text, "the last period with a value"),
        column("last_exact", Text, "its value"),
        column("best_period", Text, "the first period with the best value, by the direction of the measure"),
        column("best_exact", Text, "its value"),
        column("worst_period", Text, "the first period with the worst value"),
        column("worst_exact", Text, "its value"),
        column("slope", Float, "change for a period by Theil and Sen, for display: of a share percentage points"),
        column("slope_exact", Text, "the same, exact"),
        column("s", Integer, "the Mann-Kendall statistic: pairs of periods that rise less those that fall"),
        column(
            "tendency",
            Text,
            "better, worse or steady, by the sign of `s` and the direction of the measure; null below two values",
        ),
        column("significant", Boolean, "whether `s` is more than chance at 5 % on both sides; null below ten values"),
        column("misses_in_a_row", Integer, "periods missed up to the last one without another result between"),
    ],
};

pub(super) fn rows(all: &[Series]) -> Table {
    let mut table = Table::new(&ROWS);
    for series in all {
        for (at, row) in series.rows.iter().enumerate() {
            let change = series.change(at);
            let exact = [row.value.as_ref(), change.as_ref()].map(|value| value.map(Ratio::to_exact_text));
            let mut cells = series.subject.cells();
            cells.extend([
                text(&row.period),
                row.from.map_or(Cell::Null, |from| Cell::Instant(from.micros())),
                Cell::Integer(row.counted),
                shown(row.unit, row.value.as_ref()),
                shown(row.unit, change.as_ref()),
            ]);
            cells.extend(exact.iter().map(|value| text_or_null(value.as_deref())));
            cells.extend([text(row.unit.as_str()), text_or_null(row.result.as_deref()), count(series.misses(at))]);
            table.push(&cells);
        }
    }
    table
}

pub(super) fn measures(all: &[Series]) -> Table {
    let mut table = Table::new(&MEASURES);
    for series in all {
        let unit = series.rows.last().map_or(Unit::Number, |row| row.unit);
        let [first, last] = [series.valued().next(), series.valued().next_back()].map(|found| found.map(|(row, _)| row));
        let named = [first, last, series.extreme(true), series.extreme(false)];
        let exact = |row: Option<&CardRow>| row.and_then(|row| row.value.as_ref()).map(Ratio::to_exact_text);
        let values = named.map(exact);
        let slope = series.slope.as_ref().map(Ratio::to_exact_text);
        let mut cells = series.subject.cells();
        cells.extend([count(series.rows.len()), count(series.valued().count()), text(unit.as_str())]);
        for (row, value) in named.iter().zip(&values) {
            cells.extend([text_or_null(row.map(|row| row.period.as_str())), text_or_null(value.as_deref())]);
        }
        cells.extend([
            shown(unit, series.slope.as_ref()),
            text_or_null(slope.as_deref()),
            Cell::Integer(series.pairs.0 - series.pairs.1),
            text_or_null(series.tendency()),
            series.is_significant().map_or(Cell::Null, Cell::Boolean),
            count(series.rows.len().checked_sub(1).map_or(0, |last| series.misses(last))),
        ]);
        table.push(&cells);
    }
    table
}
