//! What a question is asked with at the doors: tables and bound evidence.
//!
//! Goes in: tables lent by a caller. Comes out: columns a question knows by name, or the problem of one it does not know.
//! **Invariant:** a table or column that a question does not read is a problem, never ignored.
//! **Not here:** evidence about what happened (`evidence`).

use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use crate::base::{Argument, Error, Instant, Limits, Place, Problem, Problems, TableView, codes};

/// A question that may take some of its input as tables.
pub trait Question {
    /// The names of the tables it reads and their columns; the first column of each is needed.
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[];
    /// Takes a table whose name and columns were checked.
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let _ = (table, problems);
    }
    /// Keeps what it asks for within what the host allows, such as threads.
    fn within(&mut self, limits: &Limits) {
        let _ = limits;
    }
}

/// Gives a question its tables; every unknown table, column and cell is a problem.
pub fn give<Q: Question>(question: &mut Q, tables: &[TableView<'_>]) -> Result<(), Error> {
    let mut problems = Problems::new();
    for table in tables {
        let place = |column: &str| Place::cell(&table.name, 0, column);
        let Some((_, columns)) = Q::TABLES.iter().find(|(name, _)| *name == table.name) else {
            let known = Q::TABLES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none".to_owned() } else { known };
            let problem = Problem::new(&codes::UNKNOWN_TABLE, place("")).with("name", Argument::user(&table.name));
            problems.push(problem.with("known", Argument::name(known)), KEPT);
            continue;
        };
        for column in table.columns.iter().filter(|column| !columns.contains(&&***column)) {
            let problem = Problem::new(&codes::UNKNOWN_KEY_NO_GUESS, place(column)).with("key", Argument::user(column));
            let problem = problem.with("shape", Argument::user(&table.name));
            problems.push(problem.with("allowed", Argument::name(columns.join(", "))), KEPT);
        }
        match columns.first() {
            Some(needed) if table.column(needed).is_none() => {
                let problem = Problem::new(&codes::MISSING_COLUMN_NO_GUESS, place("")).with("table", Argument::user(&table.name));
                let problem = problem.with("column", Argument::user(needed));
                problems.push(problem.with("known", Argument::name(table.columns.join(", "))), KEPT);
            }
            _ => question.take(table, &mut problems),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::from_problems(problems)) }
}

/// Problems of one question that are kept.
pub const KEPT: usize = 1_000;

/// The problem of a question that says nothing where something is needed.
pub fn not_given(name: impl Into<Argument>, expected: &'static str) -> Problem {
    Problem::new(&codes::NOT_GIVEN, Place::Nowhere).with("name", name).with("expected", expected)
}

/// The instants of a column; text must be RFC 3339.
pub fn instants(table: &TableView<'_>, column: &str, problems: &mut Problems) -> Vec<Instant> {
    each(table, column, "an instant with its zone", problems, |cell| match cell {
        Cell::Instant(micros) => Some(Instant(*micros)),
        Cell::Text(text) => Instant::parse(text),
        _ => None,
    })
}

/// The whole numbers of a column.
pub fn whole_numbers(table: &TableView<'_>, column: &str, problems: &mut Problems) -> Vec<i64> {
    each(table, column, "a whole number", problems, |cell| match cell {
        Cell::Integer(value) => Some(*value),
        Cell::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(*value as i64),
        Cell::Text(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// The texts of a column; none where the cell is empty.
pub fn texts(table: &TableView<'_>, column: &str, problems: &mut Problems) -> Vec<Option<String>> {
    each(table, column, "text", problems, |cell| match cell {
        Cell::Text(text) => Some(Some(text.to_string())),
        Cell::Null => Some(None),
        _ => None,
    })
}

/// The truth values of a column; false where the cell is empty.
pub fn truths(table: &TableView<'_>, column: &str, problems: &mut Problems) -> Vec<bool> {
    each(table, column, "true or false", problems, |cell| match cell {
        Cell::Boolean(value) => Some(*value),
        Cell::Null => Some(false),
        Cell::Text(text) => match &**text {
            "true" => Some(true),
            "false" | "" => Some(false),
            _ => None,
        },
        _ => None,
    })
}

fn each<T>(
    table: &TableView<'_>,
    column: &str,
    expected: &'static str,
    problems: &mut Problems,
    read: impl Fn(&Cell<'_>) -> Option<T>,
) -> Vec<T> {
    let at = table.column(column);
    let mut values = Vec::with_capacity(table.rows());
    let mut row = 0;
    for batch in &table.batches {
        for in_batch in 0..batch.rows {
            row += 1;
            let cell = at.and_then(|at| batch.columns.get(at)).map_or(Cell::Null, |view| view.cell(in_batch));
            match read(&cell) {
                Some(value) => values.push(value),
                None => {
                    let problem = Problem::new(&codes::BAD_CELL, Place::cell(&table.name, row, column)).as_error();
                    let problem = problem.with("value", Argument::user(cell_text(&cell)));
                    problems.push(problem.with("expected", expected), KEPT);
                }
            }
        }
    }
    values
}
