//! A given table as a mapping says to read it: words, instants, numbers and truth values of chosen rows.
//!
//! Goes in: a table view and its plan. Comes out: columns of values; what cannot be read goes to the record of rejections.
//! **Invariant:** a cell is a value, missing or rejected; no cell is two of these and none is lost.
//! **Not here:** what the values are for (`bind`).

use super::dates::DatesPlan;
use super::labels::{Coder, Labels};
use super::length::seconds;
use super::mapping::Length;
use super::plan::{ColumnFrom, ColumnPlan, SourcePlan};
use super::texts::Texts;
use super::when::{MISSING, Reader, is_finer};
use crate::base::columns::{Cell, ColumnView, TimeUnit, Values};
use crate::base::csv::cell_text;
use crate::base::{Argument, Code, Place, Problem, TableView, codes};
use crate::clock::Clock;
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
    /// Table, column and how many of its instants were finer than a microsecond.
    pub floored: Vec<(String, String, usize)>,
}

/// A given table, ready to read.
pub(super) struct Source<'t, 'a> {
    pub plan: SourcePlan,
    table: &'t TableView<'a>,
    starts: Vec<usize>,
    readers: Vec<Reader>,
}

/// A column that is there with the reader of its dates, or one value for all rows.
#[derive(Debug, Clone)]
pub(super) enum Found {
    At(usize, String, usize),
    Value(String),
}

/// Where a row lies: its batch and its place there. Rows mostly rise, so that the last batch is mostly the next.
struct Cursor<'s> {
    starts: &'s [usize],
    rows: usize,
    batch: usize,
}

impl Cursor<'_> {
    fn at(&mut self, row: usize) -> (usize, usize) {
        let start = self.starts.get(self.batch).copied().unwrap_or(0);
        let end = self.starts.get(self.batch + 1).copied().unwrap_or(self.rows);
        if (start..end).contains(&row) {
            return (self.batch, row - start);
        }
        self.batch = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
        (self.batch, row - self.starts.get(self.batch).copied().unwrap_or(0))
    }
}

/// Whether a cell stands for no value: blank text, or a text that the mapping says means so.
pub(super) fn is_null(cell: &Cell<'_>, nulls: &[String]) -> bool {
    match cell {
        Cell::Null => true,
        Cell::Text(text) => text_is_null(text, nulls),
        _ => false,
    }
}

fn text_is_null(text: &str, nulls: &[String]) -> bool {
    let blank = text.as_bytes().first().is_none_or(|first| *first <= b' ' || *first >= 0x80) && text.trim().is_empty();
    blank || nulls.iter().any(|null| null == text)
}

/// What a cell gives to a column of words.
enum Coded {
    Code(u32),
    Missing,
    Unreadable,
}

impl<'t, 'a> Source<'t, 'a> {
    /// A table with its plan.
    pub fn new(plan: SourcePlan, table: &'t TableView<'a>) -> Self {
        let starts = table.batches.iter().scan(0, |next, batch| {
            let start = *next;
            *next += batch.rows;
            Some(start)
        });
        let readers = plan.dates.iter().map(DatesPlan::reader).collect();
        Self { starts: starts.collect(), readers, plan, table }
    }
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.table.rows()
    }
    /// Its columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.table.columns.iter().map(|name| name.as_ref())
    }
    /// Whether it has a column.
    pub fn has(&self, name: &str) -> bool {
        self.table.column(name).is_some()
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
            ColumnFrom::Column(name, mark) => self.find(name, *mark, faults).map(|at| Found::At(at, name.clone(), plan.dates)),
        }
    }
    /// A cell, null where the table says that its text means so.
    pub fn cell(&self, row: u32, column: usize) -> Cell<'a> {
        let (batch, at) = self.cursor().at(row as usize);
        let cell = self.view(batch, column).map_or(Cell::Null, |view| view.cell(at));
        if is_null(&cell, &self.plan.nulls) { Cell::Null } else { cell }
    }
    /// The cell of a row, or the one value of all rows.
    pub fn cell_of(&self, row: u32, found: &Found) -> Cell<'a> {
        match found {
            Found::At(column, ..) => self.cell(row, *column),
            Found::Value(value) => Cell::Text(value.clone().into()),
        }
    }
    fn cursor(&self) -> Cursor<'_> {
        Cursor { starts: &self.starts, rows: self.rows(), batch: 0 }
    }
    fn view(&self, batch: usize, column: usize) -> Option<&'t ColumnView<'a>> {
        self.table.batches.get(batch).and_then(|batch| batch.columns.get(column))
    }

    /// Words of some rows.
    pub fn labels(&self, found: &Found, gives: &str, rows: &[u32], record: &mut Record) -> Labels {
        let (column, name) = match found {
            Found::Value(value) => return Labels::fixed(value, rows.len()),
            Found::At(column, name, _) => (*column, name),
        };
        let mut coder = Coder::with_rows(rows.len());
        let mut using = self.using(name, gives, rows.len());
        let mut cursor = self.cursor();
        // The words of a dictionary are coded once for each batch, when they are first met.
        let mut known: Vec<Vec<Option<u32>>> = vec![Vec::new(); self.table.batches.len()];
        for row in rows {
            let (batch, at) = cursor.at(*row as usize);
            let Some(view) = self.view(batch, column) else {
                using.missing += 1;
                coder.push(None);
                continue;
            };
            let coded = match (view.values(), known.get_mut(batch)) {
                (Values::Dictionary { keys, values }, Some(known)) => match view.is_valid(at).then(|| keys.cell(at)) {
                    Some(Cell::Integer(key)) => match usize::try_from(key).ok().filter(|key| *key < values.rows()) {
                        Some(key) => {
                            known.resize(values.rows(), None);
                            match known.get(key).copied().flatten() {
                                Some(code) => Coded::Code(code),
                                None => {
                                    let coded = self.coded(values, key, &mut coder);
                                    if let (Coded::Code(code), Some(place)) = (&coded, known.get_mut(key)) {
                                        *place = Some(*code);
                                    }
                                    coded
                                }
                            }
                        }
                        None => Coded::Unreadable,
                    },
                    None | Some(Cell::Null) => Coded::Missing,
                    Some(_) => Coded::Unreadable,
                },
                _ => self.coded(view, at, &mut coder),
            };
            match coded {
                Coded::Code(code) => coder.push_code(code),
                Coded::Missing => {
                    using.missing += 1;
                    coder.push(None);
                }
                Coded::Unreadable => {
                    using.rejected += 1;
                    record.rejections.push(self.rejection(*row, name, &codes::BAD_CELL, &Cell::Unreadable, false));
                    coder.push(None);
                }
            }
        }
        record.uses.push(using);
        coder.finish()
    }
    fn coded(&self, view: &ColumnView<'_>, at: usize, coder: &mut Coder) -> Coded {
        let mut scratch = [0; 16];
        if let Some(text) = view.text(at, &mut scratch) {
            return if text_is_null(text, &self.plan.nulls) { Coded::Missing } else { Coded::Code(coder.code(text)) };
        }
        match view.cell(at) {
            cell if is_null(&cell, &self.plan.nulls) => Coded::Missing,
            Cell::Unreadable => Coded::Unreadable,
            cell => Coded::Code(coder.code(&word(&cell))),
        }
    }
    /// The text of each of some rows, each kept by itself; the rows without one, and those with one that cannot be read.
    pub fn ids(&self, column: usize, rows: &[u32]) -> (Texts, Vec<u32>, Vec<u32>, Vec<u32>) {
        let mut texts = Texts::with_rows(rows.len());
        let (mut kept, mut missing, mut unreadable) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
        let mut cursor = self.cursor();
        for row in rows {
            let (batch, at) = cursor.at(*row as usize);
            let Some(view) = self.view(batch, column) else {
                missing.push(*row);
                continue;
            };
            let mut scratch = [0; 16];
            if let Some(text) = view.text(at, &mut scratch).filter(|text| !text_is_null(text, &self.plan.nulls)) {
                texts.push(text);
                kept.push(*row);
                continue;
            }
            match view.cell(at) {
                cell if is_null(&cell, &self.plan.nulls) => missing.push(*row),
                Cell::Unreadable => unreadable.push(*row),
                cell => {
                    texts.push(&word(&cell));
                    kept.push(*row);
                }
            }
        }
        (texts, kept, missing, unreadable)
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
        let reader = match found {
            Found::At(_, _, reader) => self.readers.get(*reader),
            Found::Value(_) => None,
        };
        let Some(reader) = reader else { return (vec![MISSING; rows.len()], Vec::new()) };
        if let Some((values, using)) = self.plain_instants(found, gives, rows) {
            record.uses.push(using);
            return (values, Vec::new());
        }
        let read = self.values(found, gives, rows, whole, record, |cell| reader.read(cell));
        let floored = self.floored(found, rows);
        if let (Found::At(_, name, _), true) = (found, floored > 0) {
            record.floored.push((self.plan.name.clone(), name.clone(), floored));
        }
        read
    }
    /// The same for instants that are instants already, whole microseconds and within the horizon; none where a cell is anything else.
    fn plain_instants(&self, found: &Found, gives: &str, rows: &[u32]) -> Option<(Vec<i64>, Use)> {
        let Found::At(column, name, _) = found else { return None };
        let mut using = self.using(name, gives, rows.len());
        let (first, last) = Clock::horizon();
        let mut read = Vec::with_capacity(rows.len());
        let mut cursor = self.cursor();
        let mut rest = rows;
        while let Some(row) = rest.first() {
            let (batch, at) = cursor.at(*row as usize);
            let view = self.view(batch, *column)?;
            let Values::Timestamp { values, unit, zoned: true } = view.values() else { return None };
            if *unit == TimeUnit::Nanosecond {
                return None;
            }
            // All rows of the list that follow each other in this batch.
            let most = rest.len().min(view.rows().saturating_sub(at));
            let run = rest.iter().zip(*row..).take(most).take_while(|(row, next)| *row == next).count();
            if run == 0 {
                return None;
            }
            let (now, later) = rest.split_at(run);
            for (offset, value) in values.get(at..at + now.len())?.iter().enumerate() {
                if !view.is_valid(at + offset) {
                    using.missing += 1;
                    read.push(MISSING);
                    continue;
                }
                let micros = unit.to_micros(*value).filter(|micros| (first.0..=last.0).contains(micros))?;
                read.push(micros);
            }
            rest = later;
        }
        Some((read, using))
    }
    /// How many of some rows have an instant that is finer than a microsecond.
    fn floored(&self, found: &Found, rows: &[u32]) -> usize {
        let Found::At(column, ..) = found else { return 0 };
        let fine = |view: &ColumnView<'_>, at: usize| match view.values() {
            Values::Timestamp { values, unit: TimeUnit::Nanosecond, .. } => {
                view.is_valid(at) && values.get(at).is_some_and(|value| value % 1_000 != 0)
            }
            Values::Text { .. } | Values::LargeText { .. } | Values::TextView { .. } => {
                view.text(at, &mut [0; 16]).is_some_and(is_finer)
            }
            Values::Dictionary { .. } | Values::Runs { .. } => matches!(view.cell(at), Cell::Text(text) if is_finer(&text)),
            _ => false,
        };
        let mut cursor = self.cursor();
        let whole = |view: &ColumnView<'_>| {
            let values = view.values();
            !matches!(values, Values::Timestamp { unit, .. } if *unit != TimeUnit::Nanosecond)
                && !matches!(values, Values::Int64(_))
        };
        if !(0..self.table.batches.len()).any(|batch| self.view(batch, *column).is_some_and(whole)) {
            return 0;
        }
        let is_fine = |row: &&u32| {
            let (batch, at) = cursor.at(**row as usize);
            self.view(batch, *column).is_some_and(|view| fine(view, at))
        };
        rows.iter().filter(is_fine).count()
    }
    /// Whole numbers of some rows.
    pub fn integers(&self, found: &Found, gives: &str, rows: &[u32], whole: bool, record: &mut Record) -> Vec<i64> {
        self.values(found, gives, rows, whole, record, whole_number).0
    }
    /// Lengths of time of some rows, in seconds.
    pub fn lengths(&self, found: &Found, gives: &str, rows: &[u32], length: Length, record: &mut Record) -> Vec<i64> {
        self.values(found, gives, rows, false, record, |cell| seconds(cell, length)).0
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
            Found::At(_, name, _) => name.as_str(),
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
        let Found::At(column, name, _) = found else { return (vec![MISSING; rows.len()], Vec::new()) };
        let mut using = self.using(name, gives, rows.len());
        let mut values = Vec::with_capacity(rows.len());
        let mut bad = Vec::new();
        let mut cursor = self.cursor();
        for (at, row) in rows.iter().enumerate() {
            let (batch, place) = cursor.at(*row as usize);
            let cell = self.view(batch, *column).map_or(Cell::Null, |view| view.cell(place));
            let value = if is_null(&cell, &self.plan.nulls) { Ok(MISSING) } else { read(&cell) };
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
    /// What became of a column.
    pub fn used(&self, column: &str, gives: &str, rows: usize, missing: usize, rejected: usize) -> Use {
        Use { missing, rejected, ..self.using(column, gives, rows) }
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
pub(super) fn whole_number(cell: &Cell<'_>) -> Result<i64, &'static Code> {
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
        Cell::Boolean(true) => "true",
        Cell::Boolean(false) => "false",
        Cell::Integer(1) => "1",
        Cell::Integer(0) => "0",
        Cell::Text(text) => text.trim(),
        _ => return Err(&codes::BAD_CELL),
    };
    // What the mapping makes of a word counts, however the table writes its truth values.
    let text = values.iter().find(|(word, _)| word == text).map_or(text, |(_, ours)| ours.as_str());
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(1),
        "false" | "no" | "0" => Ok(0),
        _ => Err(&codes::BAD_CELL),
    }
}
