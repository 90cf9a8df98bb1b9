//! Problems as a table: what every door gives beside an answer.
//!
//! Goes in: problems. Comes out: one row each, in their order, in the words of a catalogue.
//! **Invariant:** every problem is a row; those that were only counted are one last row that says how many.
//! **Not here:** problems as text for people (`base::problem`).

use super::Catalogue;
use crate::base::columns::Cell;
use crate::base::message::Message;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Place, Problem, Problems, Schema, Severity, Table};

/// What is wrong, or worth knowing.
pub const PROBLEMS: Schema = Schema {
    name: "problems",
    doc: "one row per problem, sorted by place",
    columns: &[
        ColumnSpec { name: "severity", kind: ColumnType::Text, doc: "error, warning or advice" },
        ColumnSpec {
            name: "code",
            kind: ColumnType::Integer,
            doc: "stable number of its code; null for the row of those only counted",
        },
        ColumnSpec { name: "name", kind: ColumnType::Text, doc: "stable name of its code" },
        ColumnSpec { name: "message", kind: ColumnType::Text, doc: "what is wrong" },
        ColumnSpec { name: "help", kind: ColumnType::Text, doc: "how to mend it" },
        ColumnSpec { name: "file", kind: ColumnType::Text, doc: "the document; null where it is in none" },
        ColumnSpec { name: "line", kind: ColumnType::Integer, doc: "line in the document, from 1" },
        ColumnSpec { name: "column", kind: ColumnType::Integer, doc: "column in the line, in characters from 1" },
        ColumnSpec { name: "table", kind: ColumnType::Text, doc: "the table; null where it is in none" },
        ColumnSpec {
            name: "row",
            kind: ColumnType::Integer,
            doc: "row of the table, from 1; null for the whole table or column",
        },
        ColumnSpec { name: "field", kind: ColumnType::Text, doc: "column of the table; null for the whole row" },
    ],
};

/// Problems as a table of `PROBLEMS`.
///
/// ```
/// use siam_core::{Source, base::columns::Cell, check, report::{Catalogue, problems}};
/// let found = check(&[Source::text("acme.yaml", "siam: 1\nservcies: {}\n")]);
/// let table = problems::table(&found, &Catalogue::english());
/// assert_eq!(table.rows(), 1);
/// assert_eq!(table.cell(0, "line"), Cell::Integer(2));
/// assert_eq!(table.cell(0, "help"), Cell::Text("did you mean `services`?".into()));
/// ```
pub fn table(problems: &Problems, catalogue: &Catalogue) -> Table {
    let mut table = Table::new(&PROBLEMS);
    for problem in problems {
        push(&mut table, problem, catalogue);
    }
    if problems.beyond() > 0 {
        let count = i64::try_from(problems.beyond()).unwrap_or(i64::MAX);
        let more = Message::new("and-more-problems").with("count", count);
        let words = catalogue.render(&more);
        table.push(&[text(Severity::Error.as_str()), Cell::Null, text(more.id), text(&words)]);
    }
    table
}

fn push(table: &mut Table, problem: &Problem, catalogue: &Catalogue) {
    let (mut file, mut line, mut column) = (None, None, None);
    let (mut within, mut row, mut field) = (None, None, None);
    match problem.place() {
        Place::Nowhere => {}
        Place::Document { file: name, line: at, column: character, .. } => {
            (file, line, column) = (Some(&**name), Some(i64::from(*at)), Some(i64::from(*character)));
        }
        Place::Cell { table, row: at, column } => {
            within = Some(&**table);
            row = (*at > 0).then(|| i64::try_from(*at).unwrap_or(i64::MAX));
            field = (!column.is_empty()).then_some(&**column);
        }
    }
    let (message, help) = (catalogue.problem_message(problem), problem.help());
    table.push(&[
        text(problem.severity().as_str()),
        count(problem.code().number.into()),
        text(problem.code().name),
        text(&message),
        text(&help),
        text_or_null(file),
        integer_or_null(line),
        integer_or_null(column),
        text_or_null(within),
        integer_or_null(row),
        text_or_null(field),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codes;

    #[test]
    fn every_place_has_its_columns_and_what_is_only_counted_is_told() {
        let mut problems = Problems::new();
        let cell = |row, column| {
            Problem::new(&codes::BAD_CELL, Place::cell("log", row, column)).with("value", "x").with("expected", "y")
        };
        problems.push(cell(3, "at"), 3);
        problems.push(cell(0, ""), 3);
        problems.push(Problem::new(&codes::CANCELLED, Place::Nowhere), 3);
        problems.push(cell(4, "at"), 3);
        let table = table(&problems, &Catalogue::english());
        assert_eq!(table.rows(), 4);
        assert_eq!((table.cell(0, "row"), table.cell(0, "field")), (Cell::Integer(3), Cell::Text("at".into())));
        assert_eq!((table.cell(1, "row"), table.cell(1, "field")), (Cell::Null, Cell::Null));
        assert_eq!((table.cell(2, "table"), table.cell(2, "file")), (Cell::Null, Cell::Null));
        assert_eq!((table.cell(3, "message"), table.cell(3, "code")), (Cell::Text("and 1 more".into()), Cell::Null));
    }
}
