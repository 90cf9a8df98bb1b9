//! What evidence says of itself: its tables, and how the rows of two of them are made.
//!
//! Goes in: what was rejected, which exclusions were given. Comes out: flat tables with documented columns.
//! **Invariant:** columns are added at the end and never renamed.
//! **Not here:** names nobody knows (`unknown`), what is bound (`bound`).

use super::bound::Exclusions;
use super::source::Rejection;
use super::when::MISSING;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Limits, Place, Problem, Problems, Schema, Table, codes};
use std::collections::BTreeMap;

/// What was made of each given table.
pub const USED: Schema = Schema {
    name: "used",
    doc: "one row per given table and evidence table made of it",
    columns: &[
        ColumnSpec { name: "given", kind: ColumnType::Text, doc: "the given table" },
        ColumnSpec { name: "table", kind: ColumnType::Text, doc: "the evidence table made of it" },
        ColumnSpec { name: "rows", kind: ColumnType::Integer, doc: "rows given" },
        ColumnSpec { name: "rejected", kind: ColumnType::Integer, doc: "rows rejected as a whole" },
        ColumnSpec {
            name: "gave",
            kind: ColumnType::Integer,
            doc: "tickets, changes of tickets, verdicts, exclusions, outages or records made of them",
        },
        ColumnSpec { name: "left_out", kind: ColumnType::Integer, doc: "rows that the mapping leaves out" },
    ],
};

/// Rows and cells that are not used.
pub const REJECTED: Schema = Schema {
    name: "rejected",
    doc: "one row per rejected row or cell",
    columns: &[
        ColumnSpec { name: "table", kind: ColumnType::Text, doc: "the given table" },
        ColumnSpec { name: "row", kind: ColumnType::Integer, doc: "its row, from 1" },
        ColumnSpec { name: "column", kind: ColumnType::Text, doc: "its column" },
        ColumnSpec { name: "reason", kind: ColumnType::Text, doc: "name of the code that says why" },
        ColumnSpec { name: "value", kind: ColumnType::Text, doc: "what stood there" },
        ColumnSpec { name: "whole", kind: ColumnType::Boolean, doc: "whether the whole row is rejected, or this value only" },
    ],
};

/// Names that the ecosystem or the mapping does not have.
pub const UNKNOWN: Schema = Schema {
    name: "unknown",
    doc: "one row per name that the ecosystem, the evidence or the mapping does not have; such rows are used all the same",
    columns: &[
        ColumnSpec {
            name: "kind",
            kind: ColumnType::Text,
            doc: "service, party, measure, agreement, event, ticket, change, or the column that the mapping translates",
        },
        ColumnSpec { name: "name", kind: ColumnType::Text, doc: "the name" },
        ColumnSpec { name: "nearest", kind: ColumnType::Text, doc: "the nearest known name, if one is near" },
        ColumnSpec { name: "rows", kind: ColumnType::Integer, doc: "rows that have it" },
    ],
};

/// What became of each column.
pub const COLUMNS: Schema = Schema {
    name: "columns",
    doc: "one row per column of a given table and use of it",
    columns: &[
        ColumnSpec { name: "table", kind: ColumnType::Text, doc: "the given table" },
        ColumnSpec { name: "column", kind: ColumnType::Text, doc: "its column" },
        ColumnSpec { name: "use", kind: ColumnType::Text, doc: "used or not_read" },
        ColumnSpec { name: "gives", kind: ColumnType::Text, doc: "the evidence column it fills, or key, at, order" },
        ColumnSpec { name: "rows", kind: ColumnType::Integer, doc: "rows read" },
        ColumnSpec { name: "missing", kind: ColumnType::Integer, doc: "of these without a value" },
        ColumnSpec { name: "rejected", kind: ColumnType::Integer, doc: "of these that could not be read" },
    ],
};

/// The exclusions that were given, accepted or not.
pub const EXCLUSIONS: Schema = Schema {
    name: "exclusions",
    doc: "one row per exclusion that could be read; only those that are accepted leave tickets out",
    columns: &[
        ColumnSpec { name: "key", kind: ColumnType::Text, doc: "the ticket" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service, where no ticket is named" },
        ColumnSpec { name: "from", kind: ColumnType::Instant, doc: "tickets of the service opened from then on" },
        ColumnSpec { name: "until", kind: ColumnType::Instant, doc: "tickets of the service opened before then" },
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure; all where empty" },
        ColumnSpec { name: "reason", kind: ColumnType::Text, doc: "why" },
        ColumnSpec { name: "clause", kind: ColumnType::Text, doc: "the clause that allows it" },
        ColumnSpec { name: "requested_by", kind: ColumnType::Text, doc: "who asked for it" },
        ColumnSpec { name: "accepted_by", kind: ColumnType::Text, doc: "who agreed" },
        ColumnSpec { name: "status", kind: ColumnType::Text, doc: "claimed, accepted or refused" },
        ColumnSpec { name: "accepted", kind: ColumnType::Boolean, doc: "whether it leaves tickets out" },
        ColumnSpec { name: "tickets", kind: ColumnType::Integer, doc: "how many tickets it leaves out" },
    ],
};

/// The table of exclusions.
pub(super) fn exclusions_table(exclusions: &Exclusions) -> Table {
    let mut table = Table::new(&EXCLUSIONS);
    let at = |micros: i64| if micros == MISSING { Cell::Null } else { Cell::Instant(micros) };
    for claim in exclusions.claims() {
        table.push(&[
            text_or_null(claim.key.as_deref()),
            text_or_null(claim.service.as_deref()),
            at(claim.from),
            at(claim.until),
            text_or_null(claim.measure.as_deref()),
            text_or_null(claim.reason.as_deref()),
            text_or_null(claim.clause.as_deref()),
            text_or_null(claim.requested_by.as_deref()),
            text_or_null(claim.accepted_by.as_deref()),
            text(claim.status.as_deref().unwrap_or("accepted")),
            Cell::Boolean(claim.accepted),
            count(claim.tickets),
        ]);
    }
    table
}

/// The table of rejections, and one problem for each column and reason.
pub(super) fn rejected_table(rejections: &[Rejection], problems: &mut Problems, limits: &Limits) -> Table {
    let mut table = Table::new(&REJECTED);
    let mut kinds: BTreeMap<(&str, &str, u16), (usize, &Rejection)> = BTreeMap::new();
    for row in rejections {
        let at = Cell::Integer(i64::try_from(row.row).unwrap_or(i64::MAX));
        let whole = Cell::Boolean(row.whole);
        let value = if row.value.is_empty() { None } else { Some(row.value.as_str()) };
        table.push(&[text(&row.table), at, text(&row.column), text(row.code.name), text_or_null(value), whole]);
        kinds.entry((&row.table, &row.column, row.code.number)).or_insert((0, row)).0 += 1;
    }
    for (rows, first) in kinds.into_values() {
        let problem = Problem::new(&codes::VALUES_REJECTED, Place::cell(&first.table, first.row, &first.column));
        let problem = problem.with("count", rows).with("column", Argument::user(&first.column));
        problems.push(problem.with("reason", first.code.name).with("value", Argument::user(&first.value)), limits.problems);
    }
    table
}
