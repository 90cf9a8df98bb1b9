//! The past as a table: values of all lines, given back to the next settlement.
//!
//! Goes in: stored values. Comes out: the table `history`; the same values read from it.
//! **Invariant:** what is written here and read again is the same past.
//! **Not here:** what regimes make of it (`formula`).

use crate::answer::given::{KEPT, texts, whole_numbers};
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Place, Problem, Problems, Schema, Table, TableView, codes};
use crate::formula::{History, HistoryRow, Missing};
use crate::model::regime::Scope;

/// The columns that are read.
pub(super) const COLUMNS: &[&str] =
    &["period", "number", "scope", "instance", "attachment", "line", "party", "value", "type", "missing"];

/// The past of the next settlement.
pub const HISTORY: Schema = Schema {
    name: "history",
    doc: "one row per month, line and party: give it to the next settlement; a row without a line says that the month is settled",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the month" },
        ColumnSpec { name: "number", kind: ColumnType::Integer, doc: "its number, 1 for the contract's first month" },
        ColumnSpec { name: "scope", kind: ColumnType::Text, doc: "event, measure, agreement, party or ecosystem" },
        ColumnSpec { name: "instance", kind: ColumnType::Text, doc: "which one; empty for the ecosystem" },
        ColumnSpec { name: "attachment", kind: ColumnType::Text, doc: "the name under which the regime is attached" },
        ColumnSpec { name: "line", kind: ColumnType::Text, doc: "the line" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "of a value by party, whose part it is" },
        ColumnSpec { name: "value", kind: ColumnType::Text, doc: "the exact value" },
        ColumnSpec { name: "type", kind: ColumnType::Text, doc: "its unit or kind" },
        ColumnSpec { name: "missing", kind: ColumnType::Text, doc: "why there is no value" },
    ],
};

pub(super) fn table(history: &History) -> Table {
    let mut table = Table::new(&HISTORY);
    for row in history.rows() {
        table.push(&[
            text(&row.period.label),
            Cell::Integer(row.period.number.into()),
            text(row.scope.as_str()),
            text(&row.instance),
            text(&row.attachment),
            text(&row.line),
            text_or_null(row.party.as_deref()),
            text(&row.value),
            text(&row.typed),
            text_or_null(row.missing.map(Missing::as_str)),
        ]);
    }
    table
}

pub(super) fn read(table: &TableView<'_>, problems: &mut Problems) -> Vec<HistoryRow> {
    let mut column = |name: &str| match table.column(name) {
        Some(_) => texts(table, name, problems),
        None => vec![None; table.rows()],
    };
    let [periods, scopes, instances, attachments, lines] = ["period", "scope", "instance", "attachment", "line"].map(&mut column);
    let [parties, values, types, missing] = ["party", "value", "type", "missing"].map(&mut column);
    let numbers = whole_numbers(table, "number", problems);
    let at = |list: &[Option<String>], row: usize| list.get(row).cloned().flatten();
    let mut rows = Vec::new();
    for row in 0..table.rows() {
        let (label, scope) = (at(&periods, row), at(&scopes, row));
        let period = label.as_deref().and_then(|label| super::month(label, None));
        let known = scope.as_deref().and_then(Scope::parse);
        let (Some(mut period), Some(scope)) = (period, known) else {
            let (name, value) = if known.is_none() { ("scope", scope) } else { ("period", label) };
            let problem = Problem::new(&codes::BAD_CELL, Place::cell(&table.name, row as u64 + 1, name)).as_error();
            let problem = problem.with("value", Argument::user(value.unwrap_or_default()));
            problems.push(problem.with("expected", "what a settlement wrote there"), KEPT);
            continue;
        };
        period.number = numbers.get(row).and_then(|number| i32::try_from(*number).ok()).unwrap_or(period.number);
        rows.push(HistoryRow {
            period,
            scope,
            instance: at(&instances, row).unwrap_or_default(),
            attachment: at(&attachments, row).unwrap_or_default(),
            line: at(&lines, row).unwrap_or_default(),
            party: at(&parties, row),
            value: at(&values, row).unwrap_or_default(),
            typed: at(&types, row).unwrap_or_default(),
            missing: at(&missing, row).as_deref().and_then(Missing::parse),
        });
    }
    rows
}
