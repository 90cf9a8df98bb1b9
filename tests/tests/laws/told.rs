//! Answers as rows of words: an operation asked through its typed door, as both bindings ask it.
//!
//! Goes in: a document and a question as JSON. Comes out: tables and streams as plain maps from column to text.
//! **Invariant:** a refused question fails the law with the document; nothing is skipped in silence.
//! **Not here:** what the rows should be (`scenarios`, `causes`, `whatif`).

use super::load;
use siam_core::base::columns::Cell;
use siam_core::base::{Error, Instant, Limits, Table, TableView, csv};
use siam_core::{Answer, Ecosystem};
use std::collections::BTreeMap;

/// A row: text by column, empty where null.
pub type Row = BTreeMap<String, String>;

/// A typed door of an operation asked of an ecosystem.
pub type Door = fn(&Ecosystem, &str, &[TableView<'_>], &Limits) -> Result<Box<dyn Answer>, Error>;

/// What an operation says of a document.
pub fn told(door: Door, document: &str, question: &serde_json::Value) -> Box<dyn Answer> {
    let told = door(&load(document), &question.to_string(), &[], &Limits::default());
    told.unwrap_or_else(|error| panic!("{error}\nfor {question}\n{document}"))
}

/// An instant as a question writes it.
pub fn at(micros: i64) -> String {
    Instant(micros).to_string()
}

/// The rows of a table of an answer.
pub fn rows(answer: &dyn Answer, name: &str) -> Vec<Row> {
    let tables = answer.tables();
    let table = tables.iter().find(|table| table.name() == name).unwrap_or_else(|| panic!("there is no table {name}"));
    rows_of(table)
}

/// The rows of a stream of an answer.
pub fn streamed(answer: &dyn Answer, name: &str) -> Vec<Row> {
    let mut stream = answer.stream(name).unwrap_or_else(|| panic!("there is no stream {name}"));
    let mut found = Vec::new();
    while let Some(batch) = stream.next_batch() {
        found.extend(rows_of(&batch));
    }
    found
}

/// All bytes of an answer: its tables, then its streams.
pub fn bytes(answer: &dyn Answer) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = answer.tables().into_iter().map(csv::write).collect();
    for schema in answer.streams() {
        let mut stream = answer.stream(schema.name).expect("a stream of its list");
        while let Some(batch) = stream.next_batch() {
            all.push(csv::write(&batch));
        }
    }
    all
}

fn rows_of(table: &Table) -> Vec<Row> {
    let text = |row: usize, column: &str| match table.cell(row, column) {
        Cell::Null => String::new(),
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Boolean(value) => value.to_string(),
        other => panic!("{column} is {other:?}"),
    };
    let row = |row| table.names().iter().map(|column| (column.to_string(), text(row, column))).collect();
    (0..table.rows()).map(row).collect()
}
