//! A row of a table of the review, with the cells that the page shows of it.
//!
//! Goes in: a table and a row. Comes out: cells by column, as what they are.
//! **Invariant:** a cell is read, never changed; a column or row that is not there is no value.
//! **Not here:** how a cell is shown (`figure`).

use crate::base::Table;
use crate::base::columns::Cell;
use crate::base::csv::cell_text;

/// One row of one table.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub table: &'a Table,
    pub row: usize,
}

impl<'a> Line<'a> {
    pub fn cell(&self, column: &str) -> Cell<'a> {
        self.table.cell(self.row, column)
    }
    /// A text; empty where there is no value.
    pub fn text(&self, column: &str) -> String {
        match self.cell(column) {
            Cell::Text(text) => text.into_owned(),
            _ => String::new(),
        }
    }
    pub fn is(&self, column: &str, value: &str) -> bool {
        matches!(self.cell(column), Cell::Text(text) if text == value)
    }
    /// Whether a list of names, with commas between them, has this one.
    pub fn lists(&self, column: &str, name: &str) -> bool {
        self.text(column).split(", ").any(|listed| listed == name)
    }
    pub fn has(&self, column: &str) -> bool {
        match self.cell(column) {
            Cell::Null | Cell::Unreadable => false,
            Cell::Text(text) => !text.is_empty(),
            _ => true,
        }
    }
    pub fn float(&self, column: &str) -> Option<f64> {
        match self.cell(column) {
            Cell::Float(value) if value.is_finite() => Some(value),
            _ => None,
        }
    }
    pub fn integer(&self, column: &str) -> Option<i64> {
        match self.cell(column) {
            Cell::Integer(value) => Some(value),
            _ => None,
        }
    }
    pub fn instant(&self, column: &str) -> Option<i64> {
        match self.cell(column) {
            Cell::Instant(micros) => Some(micros),
            _ => None,
        }
    }
    /// Whether a number is there and is not zero.
    pub fn counts(&self, column: &str) -> bool {
        match self.cell(column) {
            Cell::Integer(value) => value != 0,
            Cell::Decimal(value, _) => value != 0,
            _ => false,
        }
    }
    pub fn no(&self, column: &str) -> bool {
        matches!(self.cell(column), Cell::Boolean(false))
    }
    pub fn yes(&self, column: &str) -> bool {
        matches!(self.cell(column), Cell::Boolean(true))
    }
    /// The cell as CSV has it.
    pub fn plain(&self, column: &str) -> String {
        match self.cell(column) {
            Cell::Text(text) => text.into_owned(),
            cell => cell_text(&cell),
        }
    }
    /// Where the cell stands: table, row from 0, column.
    pub fn place(&self, column: &str) -> String {
        format!("{}.{}.{column}", self.table.name(), self.row)
    }
}
