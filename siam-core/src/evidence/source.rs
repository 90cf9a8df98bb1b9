//! A given table as a mapping says to read it: words, instants, numbers and truth values of chosen rows.
//!
//! Goes in: a table view and its plan. Comes out: columns of values; what cannot be read goes to the record of rejections.
//! **Invariant:** a cell is a value, missing or rejected; no cell is two of these and none is lost.
//! **Not here:** what the values are for (`bind`).

use super::labels::{Coder, Labels};
use super::mapping::{ColumnFrom, ColumnPlan, SourcePlan};
use super::when::{MISSING, Reader};
use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use crate::base::{Argument, Code, Place, Problem, TableView, codes};
use crate::document::{Faults, Mark};
use std::borrow::Cow;

/// A cell or a row that is not used.
#[derive(Debug, Clone)]
pub(super) struct Rejection {
    pub table: String,
    /// From 1.
    pub row: u64,
    pub column: String,
    pub code: &'static Code,
    pub value: String,
    /// The whole row, or this value only.
    pub whole: bool,
}

/// What became of a column of a given table.
#[derive(Debug, Clone)]
pub(super) struct Use {
    pub table: String,
    pub column: String,
    pub gives: String,
    pub rows: usize,
    pub missing: usize,
    pub rejected: usize,
}

/// What was found while reading, over all tables.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub rejections: Vec<Rejection>,
    pub uses: Vec<Use>,
}

/// A given table, ready to read.
pub(super) struct Source<'t, 'a> {
    pub plan: SourcePlan,
    table: &'t TableView<'a>,
    starts: Vec<usize>,
    reader: Reader,
}

/// A column that is there, or one value for all rows.
#[derive(Debug, Clone)]
pub(super) enum Found {
    At(usize, String),
    Value(String),
}

impl<'t, 'a> Source<'t, 'a> {
    /// A table with its plan.
    pub fn new(plan: SourcePlan, table: &'t TableView<'a>) -> Self {
        let starts = table.batches.iter().scan(0, |next, batch| {
            let start = *next;
            *next += batch.rows;
            Some(start)
        });
        let reader = Reader::new(plan.format.clone(), plan.zone.clone());
        Self { starts: starts.collect(), reader, plan, table }
    }
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.table.rows()
    }
    /// Its columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.table.columns.iter().map(|name| name.as_ref())
    }
    /// The position of a column, or a fault at the place that names it.
    pub fn find(&self, name: &str, mark: Option<Mark>, faults: &mut Faults) -> Option<usize> {
        let found = self.table.column(name);
        if found.is_none() {
            let place = mark.map_or_else(|| Place::cell(&self.plan.name, 0, ""), |mark| faults.place(mark));
            let problem = match crate::base::nearest::nearest(name, self.columns()) {
                Some(guess) => Problem::new(&codes::MISSING_COLUMN, place).with("nearest", Argument::name(guess)),
                None => {
                    let known: Vec<&str> = self.columns().take(40).collect();
                    Problem::new(&codes::MISSING_COLUMN_NO_GUESS, place).with("known", Argument::name(known.join(", ")))
                }
            };
            faults.report(problem.with("table", Argument::user(&self.plan.name)).with("column", Argument::user(name)));
        }
        found
    }
    /// The column a plan names.
    pub fn resolve(&self, plan: &ColumnPlan, faults: &mut Faults) -> Option<Found> {
        match &plan.from {
            ColumnFrom::Value(value) => Some(Found::Value(value.clone())),
            ColumnFrom::Column(name, mark) => self.find(name, *mark, faults).map(|at| Found::At(at, name.clone())),
        }
    }
    /// A cell, null where the table says that its text means so.
    pub fn cell(&self, row: u32, column: usize) -> Cell<'a> {
        let row = row as usize;
        let batch = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
        let view = self.table.batches.get(batch).and_then(|batch| batch.columns.get(column));
        let start = self.starts.get(batch).copied().unwrap_or(0);
        let cell = view.map_or(Cell::Null, |view| view.cell(row - start));
        match &cell {
            Cell::Text(text) if text.trim().is_empty() || self.plan.nulls.iter().any(|null| *null == **text) => Cell::Null,
            _ => cell,
        }
    }
    /// The cell of a row, or the one value of all rows.
    pub fn cell_of(&self, row: u32, found: &Found) -> Cell<'a> {
        match found {
            Found::At(column, _) => self.cell(row, *column),
            Found::Value(value) => Cell::Text(value.clone().into()),
        }
    }
    /// Words of some rows.
    pub fn labels(&self, found: &Found, gives: &str, rows: &[u32], record: &mut Record) -> Labels {
        let (column, name) = match found {
            Found::Value(value) => return Labels::fixed(value, rows.len()),
            Found::At(column, name) => (*column, name),
        };
        let mut coder = Coder::with_rows(rows.len());
        let mut using = self.using(name, gives, rows.len());
        for row in rows {
            match self.cell(*row, column) {
                Cell::Null => {
                    using.missing += 1;
                    coder.push(None);
                }
                Cell::Unreadable => {
                    using.rejected += 1;
                    record.rejections.push(self.rejection(*row, name, &codes::BAD_CELL, &Cell::Unreadable, false));
                    coder.push(None);
                }
                cell => coder.push(Some(&word(&cell))),
            }
        }
        record.uses.push(using);
        coder.finish()
    }
    /// Instants of some rows, `MISSING` where there is none; the second list has the positions of rejected cells.
    pub fn instants(
        &self,
        found: &Found,
        gives: &str,
        rows: &[u32],
        whole: bool,
        record: &mut Record,
    ) -> (Vec<i64>, Vec<(usize, &'static Code)>) {
        self.values(found, gives, rows, whole, record, |cell| self.reader.read(cell))
    }
    /// Whole numbers of some rows.
    pub fn integers(&self, found: &Found, gives: &str, rows: &[u32], whole: bool, record: &mut Record) -> Vec<i64> {
        self.values(found, gives, rows, whole, record, whole_number).0
    }
    /// 1 for true, 0 for false.
    pub fn truths(&self, found: &Found, gives: &str, rows: &[u32], values: &[(String, String)], record: &mut Record) -> Vec<i64> {
        self.values(found, gives, rows, false, record, |cell| truth(cell, values)).0
    }

    /// Values of some rows that are no machine integers.
    pub fn exact<T>(
        &self,
        found: &Found,
        gives: &str,
        rows: &[u32],
        record: &mut Record,
        read: impl Fn(&Cell<'a>) -> Result<T, &'static Code>,
    ) -> Vec<Option<T>> {
        let name = match found {
            Found::At(_, name) => name.as_str(),
            Found::Value(_) => "",
        };
        let mut using = self.using(name, gives, rows.len());
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let cell = self.cell_of(*row, found);
            let value = if cell == Cell::Null { None } else { Some(read(&cell)) };
            using.missing += usize::from(value.is_none());
            if let Some(Err(code)) = &value {
                using.rejected += 1;
                record.rejections.push(self.rejection(*row, name, code, &cell, true));
            }
            values.push(value.and_then(Result::ok));
        }
        if matches!(found, Found::At(..)) {
            record.uses.push(using);
        }
        values
    }
    fn values(
        &self,
        found: &Found,
        gives: &str,
        rows: &[u32],
        whole: bool,
        record: &mut Record,
        read: impl Fn(&Cell<'a>) -> Result<i64, &'static Code>,
    ) -> (Vec<i64>, Vec<(usize, &'static Code)>) {
        let Found::At(column, name) = found else { return (vec![MISSING; rows.len()], Vec::new()) };
        let mut using = self.using(name, gives, rows.len());
        let mut values = Vec::with_capacity(rows.len());
        let mut bad = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let cell = self.cell(*row, *column);
            let value = if cell == Cell::Null { Ok(MISSING) } else { read(&cell) };
            using.missing += usize::from(value == Ok(MISSING));
            values.push(value.unwrap_or(MISSING));
            if let Err(code) = value {
                using.rejected += 1;
                bad.push((at, code));
                record.rejections.push(self.rejection(*row, name, code, &cell, whole));
            }
        }
        record.uses.push(using);
        (values, bad)
    }
    fn using(&self, column: &str, gives: &str, rows: usize) -> Use {
        Use { table: self.plan.name.clone(), column: column.into(), gives: gives.into(), rows, missing: 0, rejected: 0 }
    }
    /// A rejection of a row or of one of its cells.
    pub fn rejection(&self, row: u32, column: &str, code: &'static Code, cell: &Cell<'_>, whole: bool) -> Rejection {
        let value: String = if *cell == Cell::Null { String::new() } else { word(cell).chars().take(200).collect() };
        Rejection { table: self.plan.name.clone(), row: u64::from(row) + 1, column: column.into(), code, value, whole }
    }
}

/// A cell as a word; numbers as their digits.
pub(super) fn word<'c>(cell: &'c Cell<'_>) -> Cow<'c, str> {
    match cell {
        Cell::Text(text) => Cow::Borrowed(text),
        other => Cow::Owned(cell_text(other)),
    }
}

/// A whole number, also where it was written as text or arrived as a float.
fn whole_number(cell: &Cell<'_>) -> Result<i64, &'static Code> {
    match cell {
        Cell::Integer(value) => Some(*value),
        Cell::Text(text) => text.trim().parse().ok(),
        Cell::Decimal(..) => match cell_text(cell).split_once('.') {
            Some((whole, places)) if places.bytes().all(|digit| digit == b'0') => whole.parse().ok(),
            Some(_) => None,
            None => cell_text(cell).parse().ok(),
        },
        // Beyond 2^53 a float no longer tells which whole number it was.
        Cell::Float(value) if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 => Some(*value as i64),
        _ => None,
    }
    .filter(|value| *value != MISSING)
    .ok_or(&codes::BAD_CELL)
}

fn truth(cell: &Cell<'_>, values: &[(String, String)]) -> Result<i64, &'static Code> {
    let text = match cell {
        Cell::Boolean(value) => return Ok(i64::from(*value)),
        Cell::Integer(value @ (0 | 1)) => return Ok(*value),
        Cell::Text(text) => text.trim(),
        _ => return Err(&codes::BAD_CELL),
    };
    let text = values.iter().find(|(word, _)| word == text).map_or(text, |(_, ours)| ours.as_str());
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(1),
        "false" | "no" | "0" => Ok(0),
        _ => Err(&codes::BAD_CELL),
    }
}
