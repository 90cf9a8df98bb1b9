//! Exports: whole answers and problems as files, the same bytes in every language.
//!
//! Goes in: an answer, a table or problems, the words of a language. Comes out: CSV, JSON, HTML, SARIF, text.
//! **Invariant:** every table of an answer is written, its problems last; exact numbers stay exact.
//! **Not here:** writing to disk (the bindings), spreadsheets (python/siam), the review as a page (its own room).

pub mod html;
pub mod json;
pub mod problems;
pub mod sarif;

pub use html::{html, table_html};
pub use json::{json, table_json};
pub use problems::{problems_json, problems_text};
pub use sarif::problems_sarif;

use super::problems::table as problem_table;
use super::{Answer, Catalogue};
use crate::base::{Table, csv as base_csv};
use std::borrow::Cow;

/// A table as CSV (RFC 4180): instants in RFC 3339 and UTC, nulls empty. A text that a spreadsheet might run as a formula, because it
/// begins with `=`, `+`, `-`, `@`, a tab or a carriage return, gets an apostrophe before it; numbers and instants never do.
///
/// ```
/// use siam_core::base::{columns::Cell, table::{ColumnType, Table}};
/// use siam_core::report::export;
/// let mut table = Table::with_columns("t", vec![("who".into(), ColumnType::Text), ("at".into(), ColumnType::Instant)]);
/// table.push(&[Cell::Text("=cmd()".into()), Cell::Instant(0)]);
/// assert_eq!(export::csv(&table), b"who,at\r\n'=cmd(),1970-01-01T00:00:00Z\r\n");
/// ```
pub fn csv(table: &Table) -> Vec<u8> {
    base_csv::write(table)
}

/// All tables of an answer; its problems, in the words of the catalogue, are the last.
fn tables<'a>(answer: &'a dyn Answer, catalogue: &Catalogue) -> Vec<Cow<'a, Table>> {
    let problems = problem_table(answer.problems(), catalogue);
    answer.tables().into_iter().map(Cow::Borrowed).chain([Cow::Owned(problems)]).collect()
}
