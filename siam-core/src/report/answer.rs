//! What every answer has: tables, a stamp that says what it was computed on, reasons by row.
//!
//! Goes in: nothing. Comes out: the trait that the doors speak to, whatever was asked.
//! **Invariant:** an answer is finished when it is given; reading it computes no figure, its streams excepted.
//! **Not here:** the answers themselves (`answer`).

use super::catalogue::Catalogue;
use super::picture::Picture;
use super::reason::Reason;
use crate::base::{Argument, Error, Place, Problem, Problems, Schema, Table, codes};

/// What an answer was computed on, so that it can be computed again to the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// SHA-256 over what the documents say, their edition, the time zone database and this library's version, in hex.
    pub fingerprint: String,
    /// The edition of the meanings.
    pub edition: u32,
    /// The version of the time zone database.
    pub tzdb: String,
    /// The version of this library.
    pub library: String,
}

/// The error of asking for a row that a table does not have.
pub fn no_such_row(row: usize, rows: usize) -> Error {
    Problem::new(&codes::NO_SUCH_ROW, Place::Nowhere).with("row", row).with("rows", rows).into()
}

/// The error of asking for a reason in a table that keeps none.
pub fn nothing_to_explain(table: &str) -> Error {
    Problem::new(&codes::NOTHING_TO_EXPLAIN, Place::Nowhere).with("table", Argument::user(table)).into()
}

/// The error of asking for a stream that an answer does not have.
pub fn no_such_stream(answer: &dyn Answer, name: &str) -> Error {
    let known: Vec<Argument> = answer.streams().iter().map(|schema| Argument::name(schema.name)).collect();
    let code = if known.is_empty() { &codes::NO_STREAMS } else { &codes::NO_STREAM };
    let problem = Problem::new(code, Place::Nowhere).with("operation", answer.operation()).with("name", Argument::user(name));
    if known.is_empty() { problem.into() } else { problem.with("known", Argument::List(known)).into() }
}

/// A table that is computed while it is read and never held whole: so many rows that memory would not do.
///
/// Reading it again from the beginning takes a new stream, which gives the same rows in the same order. Whoever reads it may stop
/// between two batches.
pub trait TableStream: Send {
    /// What its rows are.
    fn schema(&self) -> &'static Schema;
    /// The next rows, none at the end. A batch is never empty and has at most [`BATCH_ROWS`] rows.
    fn next_batch(&mut self) -> Option<Table>;
}

/// The most rows that a stream gives at once.
pub const BATCH_ROWS: usize = 1 << 16;

/// An answer as the doors see it.
pub trait Answer: Send + Sync {
    /// The name of the operation that gave it.
    fn operation(&self) -> &'static str;
    /// What it was computed on.
    fn stamp(&self) -> &Stamp;
    /// Its tables; the first is the answer itself, the others stand beside it.
    fn tables(&self) -> Vec<&Table>;
    /// Why the row of the first table is what it is.
    fn explain(&self, row: usize) -> Result<Reason, Error>;
    /// Why a row of the table of this name is what it is; the empty name is the first table.
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        let first = self.tables().first().map_or("", |first| first.name()) == table;
        if table.is_empty() || first { self.explain(row) } else { Err(nothing_to_explain(table)) }
    }
    /// What is worth knowing about it.
    fn problems(&self) -> &Problems;
    /// The tables that it computes only while they are read.
    fn streams(&self) -> &'static [Schema] {
        &[]
    }
    /// One of these from its beginning; it outlives the answer. None where there is no such stream.
    fn stream(&self, name: &str) -> Option<Box<dyn TableStream>> {
        let _ = name;
        None
    }
    /// A picture of it in the words of a catalogue, where there is one.
    fn picture(&self, catalogue: &Catalogue) -> Option<Picture> {
        let _ = catalogue;
        None
    }
}
