//! Tables as Python holds them: out of reports, or typed by hand on their way in.
//!
//! Goes in: tables of the core, lists of Python values. Comes out: an Arrow stream, CSV, cells.
//! **Invariant:** a table never changes; `walls` says which of its instants are readings of a clock without a zone.
//! **Not here:** tables of other libraries (`given`), how a table is shown (python/siam/_show.py).

use crate::failure::{Kind, detached, raised};
use crate::report::Catalogue;
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchOptions};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyList};
use siam_core::base::columns::{Cell, ColumnView, TableView, Values};
use siam_core::base::{Argument, ColumnType, Error, Instant, Limits, Place, Problem, Table as CoreTable, Zone, codes, csv};
use siam_core::report::{export, text::table_text};
use std::borrow::Cow;
use std::sync::Arc;

/// A flat table that never changes.
#[pyclass(frozen, module = "siam._siam")]
pub struct Table {
    table: Arc<CoreTable>,
    walls: Arc<[bool]>,
}

impl Table {
    /// A table of the core, all of whose instants have a zone.
    pub fn of(table: CoreTable) -> Self {
        let walls = vec![false; table.columns().len()].into();
        Self { table: Arc::new(table), walls }
    }
    /// The same, shared: cloning copies no cell.
    pub fn share(&self) -> Self {
        Self { table: Arc::clone(&self.table), walls: Arc::clone(&self.walls) }
    }
    /// The table lent to an operation under a name.
    pub fn view<'a>(&'a self, name: &'a str) -> TableView<'a> {
        let mut view = self.table.view();
        view.name = Cow::Borrowed(name);
        for batch in &mut view.batches {
            for (at, column) in batch.columns.iter_mut().enumerate().filter(|(at, _)| self.is_wall(*at)) {
                if let (Values::Timestamp { values, unit, .. }, Some(held)) =
                    (column.values().clone(), self.table.columns().get(at))
                {
                    *column = ColumnView::new(Values::Timestamp { values, unit, zoned: false }, held.validity(), held.rows());
                }
            }
        }
        view
    }
    fn is_wall(&self, at: usize) -> bool {
        self.walls.get(at).copied().unwrap_or(false)
    }
    fn cell(&self, row: usize, at: usize) -> Cell<'_> {
        match self.table.columns().get(at).map_or(Cell::Null, |column| column.cell(row)) {
            Cell::Instant(micros) if self.is_wall(at) => Cell::Wall(micros),
            cell => cell,
        }
    }
    fn kind(&self, at: usize) -> &'static str {
        match self.table.columns().get(at).map(siam_core::base::Column::kind) {
            None | Some(ColumnType::Text) => "text",
            Some(ColumnType::Integer) => "integer",
            Some(ColumnType::Float) => "float",
            Some(ColumnType::Boolean) => "boolean",
            Some(ColumnType::Instant) if self.is_wall(at) => "wall",
            Some(ColumnType::Instant) => "instant",
            Some(ColumnType::Date) => "date",
            Some(ColumnType::Decimal(_)) => "decimal",
        }
    }
    fn stream(&self) -> FFI_ArrowArrayStream {
        if !self.walls.contains(&true) {
            return siam_arrow::export(Arc::clone(&self.table));
        }
        let batch = siam_arrow::record_batch(&self.table).and_then(|batch| {
            let mut fields: Vec<Arc<Field>> = batch.schema().fields().iter().cloned().collect();
            let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
            for ((field, column), _) in fields.iter_mut().zip(&mut columns).zip(&*self.walls).filter(|(_, wall)| **wall) {
                let naive = column.as_primitive::<TimestampMicrosecondType>().clone().with_timezone_opt(None::<Arc<str>>);
                *field = Arc::new(Field::new(field.name(), DataType::Timestamp(TimeUnit::Microsecond, None), true));
                *column = Arc::new(naive);
            }
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
        });
        let schema = batch.as_ref().map_or_else(|_| Arc::new(Schema::empty()), RecordBatch::schema);
        FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([batch], schema)))
    }
}

/// Text for people; unlike CSV's it needs no apostrophe against spreadsheets.
fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.to_string(),
        cell => csv::cell_text(cell),
    }
}

#[pymethods]
impl Table {
    /// A table typed by hand: columns as (name, kind, values); kinds are those that `kinds` gives, and `decimal:places`.
    #[staticmethod]
    fn of_columns(name: String, columns: Vec<(String, String, Bound<'_, PyList>)>) -> PyResult<Self> {
        let mut types = Vec::new();
        let mut walls = Vec::new();
        for (column, kind, _) in &columns {
            let places = kind.strip_prefix("decimal:").and_then(|places| places.parse().ok());
            let kind = match (kind.as_str(), places) {
                (_, Some(places)) => ColumnType::Decimal(places),
                ("integer", _) => ColumnType::Integer,
                ("float", _) => ColumnType::Float,
                ("boolean", _) => ColumnType::Boolean,
                ("instant" | "wall", _) => ColumnType::Instant,
                ("date", _) => ColumnType::Date,
                ("text", _) => ColumnType::Text,
                _ => return Err(PyValueError::new_err(format!("unknown kind of column: {kind}"))),
            };
            walls.push(columns.get(types.len()).is_some_and(|(_, kind, _)| kind == "wall"));
            types.push((Cow::Owned(column.clone()), kind));
        }
        let rows = columns.first().map_or(0, |(_, _, values)| values.len());
        if columns.iter().any(|(_, _, values)| values.len() != rows) {
            return Err(PyValueError::new_err("columns of one table have the same number of rows"));
        }
        let kinds: Vec<ColumnType> = types.iter().map(|(_, kind)| *kind).collect();
        let mut table = CoreTable::with_columns(name, types);
        for row in 0..rows {
            let mut cells = Vec::with_capacity(columns.len());
            for ((_, _, values), kind) in columns.iter().zip(&kinds) {
                cells.push(cell(&values.get_item(row)?, *kind)?);
            }
            table.push(&cells);
        }
        Ok(Self { table: Arc::new(table), walls: walls.into() })
    }
    /// A table read from CSV bytes with a header; every column is text.
    #[staticmethod]
    fn of_csv(py: Python<'_>, name: &str, bytes: &[u8]) -> PyResult<Self> {
        detached(py, Kind::Query, || csv::read(name, bytes, &Limits::default()).map(Self::of))
    }
    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        self.table.name()
    }
    /// Names of its columns.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.table.names().iter().map(Cow::as_ref).collect()
    }
    /// Kinds of its columns.
    #[getter]
    fn kinds(&self) -> Vec<&'static str> {
        (0..self.walls.len()).map(|at| self.kind(at)).collect()
    }
    fn __len__(&self) -> usize {
        self.table.rows()
    }
    /// The values of a column by position: numbers as they are, instants in microseconds, days since 1970, decimals as text.
    fn values<'py>(&self, py: Python<'py>, at: usize, first: usize, count: usize) -> PyResult<Bound<'py, PyList>> {
        if at >= self.walls.len() {
            return Err(PyIndexError::new_err("column index out of range"));
        }
        let values = PyList::empty(py);
        for row in first.min(self.table.rows())..first.saturating_add(count).min(self.table.rows()) {
            match self.cell(row, at) {
                Cell::Null | Cell::Unreadable => values.append(py.None())?,
                Cell::Text(text) => values.append(text.as_ref())?,
                Cell::Integer(value) | Cell::Instant(value) | Cell::Wall(value) => values.append(value)?,
                Cell::Float(value) => values.append(value)?,
                Cell::Boolean(value) => values.append(value)?,
                Cell::Date(value) => values.append(value)?,
                Cell::Decimal(value, scale) => values.append(csv::decimal_text(value, scale))?,
            }
        }
        Ok(values)
    }
    /// The first rows as text for people.
    fn texts(&self, count: usize) -> Vec<Vec<String>> {
        let columns = 0..self.walls.len();
        (0..count.min(self.table.rows())).map(|row| columns.clone().map(|at| shown(&self.cell(row, at))).collect()).collect()
    }
    /// The table as aligned lines, the same that Rust and C show: these columns, all where none is named, and so many rows.
    fn text(&self, py: Python<'_>, columns: Vec<String>, rows: usize, catalogue: &Bound<'_, Catalogue>) -> PyResult<String> {
        let words = &catalogue.get().0;
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        detached(py, Kind::Query, || Ok(table_text(&self.written(), &columns, rows, words)))
    }
    /// The first row whose columns of text, by position, hold these words.
    fn find(&self, words: Vec<(usize, String)>) -> Option<usize> {
        (0..self.table.rows()).find(|row| words.iter().all(|(at, word)| self.holds(*row, *at, word)))
    }
    /// The rows whose column of text holds a word, as a table of another name.
    fn only(&self, py: Python<'_>, name: String, at: usize, word: &str) -> PyResult<Self> {
        detached(py, Kind::Query, || {
            let mut table = self.table.empty_like().renamed(name);
            for row in (0..self.table.rows()).filter(|row| self.holds(*row, at, word)) {
                let cells: Vec<Cell<'_>> = self.table.columns().iter().map(|column| column.cell(row)).collect();
                table.push(&cells);
            }
            Ok(Self { table: Arc::new(table), walls: Arc::clone(&self.walls) })
        })
    }
    /// CSV bytes with a header that no spreadsheet runs.
    fn to_csv<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = detached(py, Kind::Query, || Ok(csv::write(&self.written())))?;
        Ok(PyBytes::new(py, &bytes))
    }
    /// The table as JSON.
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, Kind::Query, || Ok(export::table_json(&self.written())))
    }
    /// The table as a page of HTML.
    fn html(&self, py: Python<'_>, catalogue: &Bound<'_, Catalogue>) -> PyResult<String> {
        let words = &catalogue.get().0;
        detached(py, Kind::Query, || Ok(export::table_html(&self.written(), words)))
    }
    /// What its columns mean; empty where that is not documented.
    #[getter]
    fn docs(&self) -> Vec<&'static str> {
        (0..self.walls.len()).map(|at| self.table.column_doc(at)).collect()
    }
    /// What charts, spreadsheets and CSV take unaltered: decimals as floats, instants as readings of a clock in `zone`.
    fn plain(&self, py: Python<'_>, zone: &str) -> PyResult<Self> {
        let zone = Zone::find(zone).map_err(|problem| raised(py, &problem.into(), Kind::Query))?;
        detached(py, Kind::Query, || Ok(self.plainly(&zone)))
    }
    /// The table as an Arrow C stream; it lends the table's memory.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // A producer may ignore the schema that is asked for; who asked casts.
        let _ = requested_schema;
        PyCapsule::new_with_value(py, self.stream(), c"arrow_array_stream")
    }
}

impl Table {
    fn holds(&self, row: usize, at: usize, word: &str) -> bool {
        matches!(self.cell(row, at), Cell::Text(text) if text == word)
    }
    /// The table as it is written: readings of a clock as text, without the `Z` of an instant.
    fn written(&self) -> Cow<'_, CoreTable> {
        if !self.walls.contains(&true) {
            return Cow::Borrowed(&*self.table);
        }
        let kind =
            |(at, column): (usize, &siam_core::base::Column)| if self.is_wall(at) { ColumnType::Text } else { column.kind() };
        let kinds: Vec<ColumnType> = self.table.columns().iter().enumerate().map(kind).collect();
        let mut table = CoreTable::with_columns("plain", self.table.names().iter().cloned().zip(kinds).collect());
        for row in 0..self.table.rows() {
            let cells: Vec<Cell<'_>> = (0..self.walls.len())
                .map(|at| match self.cell(row, at) {
                    Cell::Wall(micros) => Cell::Text(csv::cell_text(&Cell::Wall(micros)).into()),
                    cell => cell,
                })
                .collect();
            table.push(&cells);
        }
        Cow::Owned(table)
    }
    fn plainly(&self, zone: &Zone) -> Self {
        let columns = self.table.columns();
        let kind = |kind: ColumnType| if matches!(kind, ColumnType::Decimal(_)) { ColumnType::Float } else { kind };
        let types = self.table.names().iter().cloned().zip(columns.iter().map(|column| kind(column.kind()))).collect();
        let mut table = CoreTable::with_columns(self.table.name().to_owned(), types);
        for row in 0..self.table.rows() {
            let cells: Vec<Cell<'_>> = (0..columns.len())
                .map(|at| match self.cell(row, at) {
                    // Through text: the nearest float of the decimal, without a second rounding.
                    Cell::Decimal(value, scale) => csv::decimal_text(value, scale).parse().map_or(Cell::Null, Cell::Float),
                    Cell::Instant(micros) => Cell::Instant(zone.wall_of(Instant(micros))),
                    Cell::Wall(micros) => Cell::Instant(micros),
                    cell => cell,
                })
                .collect();
            table.push(&cells);
        }
        let walls = columns.iter().map(|column| column.kind() == ColumnType::Instant).collect();
        Self { table: Arc::new(table), walls }
    }
}

/// A Python value as a cell of a kind; the kind was found in python/siam, which also names what does not fit.
fn cell(value: &Bound<'_, PyAny>, kind: ColumnType) -> PyResult<Cell<'static>> {
    if value.is_none() {
        return Ok(Cell::Null);
    }
    Ok(match kind {
        ColumnType::Text => Cell::Text(value.extract::<String>()?.into()),
        ColumnType::Integer => Cell::Integer(value.extract()?),
        ColumnType::Float => Cell::Float(value.extract()?),
        ColumnType::Boolean => Cell::Boolean(value.extract()?),
        ColumnType::Instant => Cell::Instant(value.extract()?),
        ColumnType::Date => Cell::Date(value.extract()?),
        ColumnType::Decimal(places) => Cell::Decimal(value.extract()?, places),
    })
}

/// The problem of a table that its own library could not hand over; `words` are that library's.
pub fn unreadable(table: &str, words: &str) -> Error {
    // pyarrow says which column it stumbled over; the place of a problem should too.
    let named = words.split_once("failed for column ").and_then(|(_, rest)| rest.split_once(" with type"));
    let column = named.map_or("", |(column, _)| column);
    let words: String = words.chars().take(300).map(|c| if c.is_control() { ' ' } else { c }).collect();
    Problem::new(&codes::TABLE_UNREADABLE, Place::cell(table, 0, column)).with("detail", Argument::name(words)).into()
}
