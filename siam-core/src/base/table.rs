//! Owned tables with documented schemas: every report is made of these.
//!
//! Goes in: rows of cells. Comes out: flat columns in Arrow's layout, the same bytes for the same rows.
//! **Invariant:** all columns of a table have its number of rows; no column is nested.
//! **Not here:** Arrow's C structs (`siam-arrow`), reading CSV (`csv`).

use super::columns::{Batch, Bits, Cell, ColumnView, TableView, TimeUnit, Values};
use std::borrow::Cow;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text (Arrow `large_utf8`).
    Text,
    /// Whole numbers (Arrow `int64`).
    Integer,
    /// Binary floats, for display and probabilities (Arrow `float64`).
    Float,
    /// Truth values (Arrow `bool`).
    Boolean,
    /// Instants (Arrow `timestamp[us, UTC]`).
    Instant,
    /// Days (Arrow `date32`).
    Date,
    /// Decimals with this many places (Arrow `decimal128(38, places)`).
    Decimal(i8),
}

impl ColumnType {
    /// Its name in docs/tables.md.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Text => "text".into(),
            Self::Integer => "int64".into(),
            Self::Float => "float64".into(),
            Self::Boolean => "bool".into(),
            Self::Instant => "timestamp[us, UTC]".into(),
            Self::Date => "date32".into(),
            Self::Decimal(places) => format!("decimal128(38, {places})").into(),
        }
    }
}

/// A documented column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: ColumnType,
    /// What it means, with its unit.
    pub doc: &'static str,
}

/// A documented table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Its name within a report.
    pub name: &'static str,
    /// What one row is.
    pub doc: &'static str,
    /// Its columns.
    pub columns: &'static [ColumnSpec],
}

#[derive(Debug, Clone, PartialEq)]
enum Buffer {
    Text { offsets: Vec<i64>, bytes: Vec<u8> },
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Boolean(Vec<u8>),
    Instant(Vec<i64>),
    Date(Vec<i32>),
    Decimal(Vec<i128>, i8),
}

/// One owned column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    buffer: Buffer,
    validity: Vec<u8>,
    nulls: usize,
    rows: usize,
}

impl Column {
    /// An empty column of a type.
    pub fn new(kind: ColumnType) -> Self {
        let buffer = match kind {
            ColumnType::Text => Buffer::Text { offsets: vec![0], bytes: Vec::new() },
            ColumnType::Integer => Buffer::Integer(Vec::new()),
            ColumnType::Float => Buffer::Float(Vec::new()),
            ColumnType::Boolean => Buffer::Boolean(Vec::new()),
            ColumnType::Instant => Buffer::Instant(Vec::new()),
            ColumnType::Date => Buffer::Date(Vec::new()),
            ColumnType::Decimal(places) => Buffer::Decimal(Vec::new(), places),
        };
        Self { buffer, validity: Vec::new(), nulls: 0, rows: 0 }
    }
    /// Its type.
    pub fn kind(&self) -> ColumnType {
        match &self.buffer {
            Buffer::Text { .. } => ColumnType::Text,
            Buffer::Integer(_) => ColumnType::Integer,
            Buffer::Float(_) => ColumnType::Float,
            Buffer::Boolean(_) => ColumnType::Boolean,
            Buffer::Instant(_) => ColumnType::Instant,
            Buffer::Date(_) => ColumnType::Date,
            Buffer::Decimal(_, places) => ColumnType::Decimal(*places),
        }
    }
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// How many rows have no value.
    pub fn nulls(&self) -> usize {
        self.nulls
    }
    /// Appends a cell; a cell of another type becomes null.
    pub fn push(&mut self, cell: &Cell<'_>) {
        let fits = match (&mut self.buffer, cell) {
            (Buffer::Text { bytes, .. }, Cell::Text(text)) => {
                bytes.extend_from_slice(text.as_bytes());
                true
            }
            (Buffer::Integer(values), Cell::Integer(value)) => push(values, *value),
            (Buffer::Float(values), Cell::Float(value)) => push(values, *value),
            (Buffer::Instant(values), Cell::Instant(value)) => push(values, *value),
            (Buffer::Date(values), Cell::Date(value)) => push(values, *value),
            (Buffer::Decimal(values, places), Cell::Decimal(value, scale)) if scale == places => push(values, *value),
            (Buffer::Boolean(_), Cell::Boolean(_)) => true,
            (Buffer::Integer(values) | Buffer::Instant(values), _) => !push(values, 0),
            (Buffer::Float(values), _) => !push(values, 0.0),
            (Buffer::Date(values), _) => !push(values, 0),
            (Buffer::Decimal(values, _), _) => !push(values, 0),
            (Buffer::Text { .. } | Buffer::Boolean(_), _) => false,
        };
        if let Buffer::Text { offsets, bytes } = &mut self.buffer {
            offsets.push(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        }
        if let Buffer::Boolean(bits) = &mut self.buffer {
            push_bit(bits, self.rows, matches!(cell, Cell::Boolean(true)));
        }
        push_bit(&mut self.validity, self.rows, fits);
        self.nulls += usize::from(!fits);
        self.rows += 1;
    }
    /// The column as others read it.
    pub fn view(&self) -> ColumnView<'_> {
        let values = match &self.buffer {
            Buffer::Text { offsets, bytes } => Values::LargeText { offsets, bytes },
            Buffer::Integer(values) => Values::Int64(values),
            Buffer::Float(values) => Values::Float64(values),
            Buffer::Boolean(bits) => Values::Boolean(Bits::new(bits, 0)),
            Buffer::Instant(values) => Values::Timestamp { values, unit: TimeUnit::Microsecond, zoned: true },
            Buffer::Date(values) => Values::Date32(values),
            Buffer::Decimal(values, scale) => Values::Decimal128 { values, scale: *scale },
        };
        ColumnView::new(values, self.validity(), self.rows)
    }
    /// The validity bits; none where every row has a value.
    pub fn validity(&self) -> Option<Bits<'_>> {
        (self.nulls > 0).then(|| Bits::new(&self.validity, 0))
    }
    /// The bytes of the validity bits; none where every row has a value.
    pub fn validity_bytes(&self) -> Option<&[u8]> {
        (self.nulls > 0).then_some(self.validity.as_slice())
    }
    /// The cell of a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        self.view().cell(row)
    }
}

fn push<T>(values: &mut Vec<T>, value: T) -> bool {
    values.push(value);
    true
}

fn push_bit(bits: &mut Vec<u8>, at: usize, set: bool) {
    if at.is_multiple_of(8) {
        bits.push(0);
    }
    if let Some(last) = bits.last_mut() {
        *last |= u8::from(set) << (at % 8);
    }
}

/// A named table of owned columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    name: Cow<'static, str>,
    names: Vec<Cow<'static, str>>,
    columns: Vec<Column>,
    rows: usize,
    schema: Option<&'static Schema>,
}

impl Table {
    /// An empty table of a documented schema.
    pub fn new(schema: &'static Schema) -> Self {
        let columns = schema.columns.iter().map(|spec| (Cow::Borrowed(spec.name), spec.kind)).collect();
        Self { schema: Some(schema), ..Self::with_columns(schema.name, columns) }
    }
    /// An empty table with these columns.
    pub fn with_columns(name: impl Into<Cow<'static, str>>, columns: Vec<(Cow<'static, str>, ColumnType)>) -> Self {
        let (names, columns) = columns.into_iter().map(|(name, kind)| (name, Column::new(kind))).unzip();
        Self { name: name.into(), names, columns, rows: 0, schema: None }
    }
    /// An empty table with the name, the columns and the schema of this one.
    pub fn empty_like(&self) -> Self {
        let columns = self.columns.iter().map(|column| Column::new(column.kind())).collect();
        Self { name: self.name.clone(), names: self.names.clone(), columns, rows: 0, schema: self.schema }
    }
    /// Appends a row; cells beyond those given are null.
    pub fn push(&mut self, cells: &[Cell<'_>]) {
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.push(cells.get(at).unwrap_or(&Cell::Null));
        }
        self.rows += 1;
    }
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The names of its columns.
    pub fn names(&self) -> &[Cow<'static, str>] {
        &self.names
    }
    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// The schema that documents it, where it was made of one.
    pub fn schema(&self) -> Option<&'static Schema> {
        self.schema
    }
    /// What a column means; empty where no schema says it.
    pub fn column_doc(&self, at: usize) -> &'static str {
        self.schema.and_then(|schema| schema.columns.get(at)).map_or("", |spec| spec.doc)
    }
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.names.iter().position(|known| known == name).and_then(|at| self.columns.get(at))
    }
    /// One cell; null where there is no such row or column.
    pub fn cell(&self, row: usize, column: &str) -> Cell<'_> {
        self.column(column).map_or(Cell::Null, |column| column.cell(row))
    }
    /// The table lent to an operation.
    pub fn view(&self) -> TableView<'_> {
        TableView {
            name: Cow::Borrowed(self.name()),
            columns: self.names.iter().map(|name| Cow::Borrowed(name.as_ref())).collect(),
            batches: vec![Batch { rows: self.rows, columns: self.columns.iter().map(Column::view).collect() }],
        }
    }
    /// The same rows under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }
}

/// Shorthands for cells.
pub mod cells {
    use super::Cell;
    use std::borrow::Cow;

    /// Text.
    pub fn text(value: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(value))
    }
    /// Text or null.
    pub fn text_or_null(value: Option<&str>) -> Cell<'_> {
        value.map_or(Cell::Null, text)
    }
    /// A count.
    pub fn count(value: usize) -> Cell<'static> {
        Cell::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
    /// A whole number or null.
    pub fn integer_or_null(value: Option<i64>) -> Cell<'static> {
        value.map_or(Cell::Null, Cell::Integer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Schema = Schema {
        name: "rows",
        doc: "one row per thing",
        columns: &[
            ColumnSpec { name: "id", kind: ColumnType::Text, doc: "the thing" },
            ColumnSpec { name: "met", kind: ColumnType::Boolean, doc: "whether" },
            ColumnSpec { name: "n", kind: ColumnType::Integer, doc: "count" },
        ],
    };

    #[test]
    fn a_row_that_is_short_or_of_another_type_becomes_null() {
        let mut table = Table::new(&SCHEMA);
        for n in 0..9 {
            table.push(&[cells::text("x"), Cell::Boolean(n % 2 == 0), Cell::Integer(n)]);
        }
        table.push(&[cells::text("y"), Cell::Integer(1)]);
        assert_eq!(table.rows(), 10);
        assert_eq!(table.cell(8, "met"), Cell::Boolean(true));
        assert_eq!(table.cell(9, "met"), Cell::Null);
        assert_eq!(table.cell(9, "n"), Cell::Null);
        assert_eq!(table.column("n").map(Column::nulls), Some(1));
        assert_eq!(table.view().cell(8, 2), Cell::Integer(8));
    }
}
