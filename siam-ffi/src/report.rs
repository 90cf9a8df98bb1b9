//! A report as C reads it: tables by position or name, their columns lent.
//!
//! Goes in: the tables of an answer. Comes out: names that end in NUL, slices of columns, CSV bytes.
//! **Invariant:** tables never change once the handle stands, so what it lends lives as long as the handle.
//! **Not here:** Arrow streams (`siam-arrow`), what the columns mean (docs/tables.md).

use crate::error::{bad_argument, text};
use siam_core::base::columns::Values;
use siam_core::base::{Argument, Column, ColumnType, Error, Place, Problem, Table, codes};
use std::ffi::CString;
use std::sync::Arc;

/// An answer: a few flat tables. Any thread may read it; free it with siam_report_free.
pub struct siam_report {
    tables: Vec<Held>,
}

struct Held {
    table: Arc<Table>,
    name: CString,
    columns: Vec<CString>,
}

impl siam_report {
    pub(crate) fn new(tables: Vec<Arc<Table>>) -> Self {
        let held = |table: Arc<Table>| {
            let columns = table.names().iter().map(|name| text(name)).collect();
            Held { name: text(table.name()), columns, table }
        };
        Self { tables: tables.into_iter().map(held).collect() }
    }
    pub(crate) fn count(&self) -> usize {
        self.tables.len()
    }
    /// The position of a table.
    pub(crate) fn find_table(&self, name: &str) -> Result<usize, Error> {
        self.tables.iter().position(|held| held.table.name() == name).ok_or_else(|| {
            let problem = Problem::new(&codes::UNKNOWN_TABLE, Place::Nowhere).with("name", Argument::user(name));
            problem.with("known", known(self.tables.iter().map(|held| held.table.name()))).into()
        })
    }
    /// The position of a column in a table.
    pub(crate) fn find_column(&self, table: i32, name: &str) -> Result<usize, Error> {
        let table = self.table(table)?;
        table.names().iter().position(|known| known == name).ok_or_else(|| {
            let problem = Problem::new(&codes::MISSING_COLUMN_NO_GUESS, Place::Nowhere).with("table", Argument::user(table.name()));
            let names = table.names().iter().map(|name| name.as_ref());
            problem.with("column", Argument::user(name)).with("known", known(names)).into()
        })
    }
    pub(crate) fn table(&self, at: i32) -> Result<&Arc<Table>, Error> {
        self.held(at).map(|held| &held.table).ok_or_else(|| position("table", at))
    }
    pub(crate) fn table_name(&self, at: i32) -> Option<&CString> {
        self.held(at).map(|held| &held.name)
    }
    pub(crate) fn column_name(&self, table: i32, at: i32) -> Option<&CString> {
        self.held(table)?.columns.get(usize::try_from(at).ok()?)
    }
    pub(crate) fn column(&self, table: i32, at: i32) -> Result<&Column, Error> {
        let column = usize::try_from(at).ok().and_then(|at| self.held(table)?.table.columns().get(at));
        column.ok_or_else(|| position("column", at))
    }
    /// A text cell; none where it is null.
    pub(crate) fn text(&self, table: i32, column: i32, row: i64) -> Result<Option<&[u8]>, Error> {
        let column = self.column(table, column)?;
        let Values::LargeText { offsets, bytes } = column.view().values().clone() else {
            return Err(wrong_type("text"));
        };
        let rows = column.rows();
        let at = usize::try_from(row).ok().filter(|at| *at < rows).ok_or_else(|| {
            Error::from(Problem::new(&codes::NO_SUCH_ROW, Place::Nowhere).with("row", row).with("rows", rows))
        })?;
        if !column.view().is_valid(at) {
            return Ok(None);
        }
        let offset = |at: usize| offsets.get(at).and_then(|offset| usize::try_from(*offset).ok());
        Ok(offset(at).zip(offset(at + 1)).and_then(|(from, until)| bytes.get(from..until)))
    }
    fn held(&self, at: i32) -> Option<&Held> {
        self.tables.get(usize::try_from(at).ok()?)
    }
}

/// The number of a column's type in the header.
pub(crate) fn type_number(kind: ColumnType) -> i32 {
    match kind {
        ColumnType::Text => crate::SIAM_TYPE_TEXT,
        ColumnType::Integer => crate::SIAM_TYPE_INT64,
        ColumnType::Float => crate::SIAM_TYPE_FLOAT64,
        ColumnType::Boolean => crate::SIAM_TYPE_BOOLEAN,
        ColumnType::Instant => crate::SIAM_TYPE_INSTANT,
        ColumnType::Date => crate::SIAM_TYPE_DATE,
        ColumnType::Decimal(_) => crate::SIAM_TYPE_DECIMAL,
    }
}

/// A column asked for as what it is not.
pub(crate) fn wrong_type(wanted: &'static str) -> Error {
    bad_argument("column", "asked for", wanted, "a column of this type, see siam_report_column_type")
}

fn position(name: &'static str, at: i32) -> Error {
    bad_argument(name, i64::from(at), "a position here", "a position from 0 up to the count")
}

fn known<'a>(names: impl Iterator<Item = &'a str>) -> Argument {
    Argument::List(names.map(Argument::name).collect())
}
