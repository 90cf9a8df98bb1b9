//! Borrowed columns in Arrow's layout: what tables from outside look like to the core.
//!
//! Goes in: slices lent by an adapter, a caller or a CSV reader. Comes out: cells, read with bounds and UTF-8 checked.
//! **Invariant:** no reading of a view panics or leaves its slices, whatever the lender wrote into them.
//! **Not here:** Arrow's C structs (`siam-arrow`), owned tables (`table`), what a column means (`evidence`).

use std::borrow::Cow;

/// Bits of a validity or boolean buffer, least significant bit first, from a bit offset.
#[derive(Debug, Clone, Copy)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Bits<'a> {
    /// Bits of `bytes` that begin at bit `offset`.
    pub fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset }
    }
    /// The bytes that hold the bits.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
    /// Whether bit `at` is set; beyond the end it is not.
    pub fn get(&self, at: usize) -> bool {
        let bit = self.offset + at;
        self.bytes.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    }
}

/// The unit of a timestamp column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Milliseconds.
    Millisecond,
    /// Microseconds.
    Microsecond,
    /// Nanoseconds; floored to microseconds, which evidence tells where it changes a value.
    Nanosecond,
}

impl TimeUnit {
    /// The value in microseconds, where it fits.
    pub fn to_micros(self, value: i64) -> Option<i64> {
        match self {
            Self::Second => value.checked_mul(1_000_000),
            Self::Millisecond => value.checked_mul(1_000),
            Self::Microsecond => Some(value),
            Self::Nanosecond => Some(value.div_euclid(1_000)),
        }
    }
}

/// The values of a column.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Values<'a> {
    /// No value at all (Arrow `null`).
    Null,
    /// Signed integers.
    Int8(&'a [i8]),
    /// Signed integers.
    Int16(&'a [i16]),
    /// Signed integers.
    Int32(&'a [i32]),
    /// Signed integers.
    Int64(&'a [i64]),
    /// Unsigned integers.
    UInt8(&'a [u8]),
    /// Unsigned integers.
    UInt16(&'a [u16]),
    /// Unsigned integers.
    UInt32(&'a [u32]),
    /// Unsigned integers; beyond `i64::MAX` a cell is unreadable.
    UInt64(&'a [u64]),
    /// Binary floats; integers that arrive as floats are accepted where whole.
    Float32(&'a [f32]),
    /// Binary floats.
    Float64(&'a [f64]),
    /// Truth values.
    Boolean(Bits<'a>),
    /// UTF-8 text with 32-bit offsets.
    Text {
        /// One more than there are rows.
        offsets: &'a [i32],
        /// The bytes of all rows.
        bytes: &'a [u8],
    },
    /// UTF-8 text with 64-bit offsets.
    LargeText {
        /// One more than there are rows.
        offsets: &'a [i64],
        /// The bytes of all rows.
        bytes: &'a [u8],
    },
    /// UTF-8 text as 16-byte views into several buffers.
    TextView {
        /// Length, then the text or prefix, buffer and offset.
        views: &'a [u128],
        /// Buffers of texts longer than 12 bytes.
        buffers: Vec<&'a [u8]>,
    },
    /// Rows that point into a column of distinct values.
    Dictionary {
        /// A whole-number column of positions.
        keys: Box<ColumnView<'a>>,
        /// The distinct values.
        values: Box<ColumnView<'a>>,
    },
    /// Instants or wall times.
    Timestamp {
        /// Counts of the unit since 1970.
        values: &'a [i64],
        /// The unit.
        unit: TimeUnit,
        /// Instants where the lender named a zone, wall times otherwise.
        zoned: bool,
    },
    /// Days since 1970-01-01.
    Date32(&'a [i32]),
    /// Milliseconds since 1970-01-01, whole days.
    Date64(&'a [i64]),
    /// Decimals of up to 38 digits.
    Decimal128 {
        /// Unscaled values.
        values: &'a [i128],
        /// Decimal places.
        scale: i8,
    },
    /// Decimals of up to 76 digits; a cell of more than 38 is unreadable.
    Decimal256 {
        /// Unscaled values in two's complement, least byte first.
        values: &'a [[u8; 32]],
        /// Decimal places.
        scale: i8,
    },
    /// Runs of equal rows.
    Runs {
        /// A whole-number column: the row behind the end of each run, rising.
        ends: Box<ColumnView<'a>>,
        /// The value of each run.
        values: Box<ColumnView<'a>>,
        /// The row of the runs at which the column begins.
        offset: usize,
    },
}

/// One column of a batch.
#[derive(Debug, Clone)]
pub struct ColumnView<'a> {
    values: Values<'a>,
    validity: Option<Bits<'a>>,
    rows: usize,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A binary float.
    Float(f64),
    /// A truth value.
    Boolean(bool),
    /// Microseconds since 1970, UTC.
    Instant(i64),
    /// Microseconds since 1970 in a wall clock whose zone is not stated.
    Wall(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// An unscaled value and its decimal places.
    Decimal(i128, i8),
    /// A value that its column cannot hold rightly: text that is no UTF-8, an offset outside its buffer.
    Unreadable,
}

impl<'a> ColumnView<'a> {
    /// A view of `rows` values; a missing validity means that all are there.
    pub fn new(values: Values<'a>, validity: Option<Bits<'a>>, rows: usize) -> Self {
        Self { values, validity, rows }
    }
    /// A column of whole numbers, all present.
    pub fn integers(values: &'a [i64]) -> Self {
        Self::new(Values::Int64(values), None, values.len())
    }
    /// A column of instants in microseconds UTC, all present.
    pub fn instants(values: &'a [i64]) -> Self {
        Self::new(Values::Timestamp { values, unit: TimeUnit::Microsecond, zoned: true }, None, values.len())
    }
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// The values behind the cells.
    pub fn values(&self) -> &Values<'a> {
        &self.values
    }
    /// Whether the row has a value.
    pub fn is_valid(&self, row: usize) -> bool {
        row < self.rows && self.validity.is_none_or(|bits| bits.get(row)) && !matches!(self.values, Values::Null)
    }

    /// The cell of a row; beyond the end it is null.
    pub fn cell(&self, row: usize) -> Cell<'a> {
        if !self.is_valid(row) {
            return Cell::Null;
        }
        let cell = match &self.values {
            Values::Null => Some(Cell::Null),
            Values::Int8(values) => values.get(row).map(|v| Cell::Integer((*v).into())),
            Values::Int16(values) => values.get(row).map(|v| Cell::Integer((*v).into())),
            Values::Int32(values) => values.get(row).map(|v| Cell::Integer((*v).into())),
            Values::Int64(values) => values.get(row).map(|v| Cell::Integer(*v)),
            Values::UInt8(values) => values.get(row).map(|v| Cell::Integer((*v).into())),
            Values::UInt16(values) => values.get(row).map(|v| Cell::Integer((*v).into())),
            Values::UInt32(values) => values.get(row).map(|v| Cell::Integer((*v).into())),
            Values::UInt64(values) => values.get(row).and_then(|v| i64::try_from(*v).ok()).map(Cell::Integer),
            Values::Float32(values) => values.get(row).map(|v| Cell::Float((*v).into())),
            Values::Float64(values) => values.get(row).map(|v| Cell::Float(*v)),
            Values::Boolean(bits) => Some(Cell::Boolean(bits.get(row))),
            Values::Text { offsets, bytes } => offsets
                .get(row)
                .zip(offsets.get(row + 1))
                .and_then(|(from, until)| text_between(bytes, usize::try_from(*from).ok()?, usize::try_from(*until).ok()?)),
            Values::LargeText { offsets, bytes } => offsets
                .get(row)
                .zip(offsets.get(row + 1))
                .and_then(|(from, until)| text_between(bytes, usize::try_from(*from).ok()?, usize::try_from(*until).ok()?)),
            Values::TextView { views, buffers } => views.get(row).and_then(|view| text_of_view(*view, buffers)),
            Values::Dictionary { keys, values } => match keys.cell(row) {
                Cell::Integer(key) => usize::try_from(key).ok().filter(|key| *key < values.rows).map(|key| values.cell(key)),
                Cell::Null => Some(Cell::Null),
                _ => None,
            },
            Values::Timestamp { values, unit, zoned } => values
                .get(row)
                .and_then(|v| unit.to_micros(*v))
                .map(|micros| if *zoned { Cell::Instant(micros) } else { Cell::Wall(micros) }),
            Values::Date32(values) => values.get(row).map(|v| Cell::Date(*v)),
            Values::Date64(values) => values.get(row).and_then(|v| i32::try_from(v.div_euclid(86_400_000)).ok()).map(Cell::Date),
            Values::Decimal128 { values, scale } => values.get(row).map(|v| Cell::Decimal(*v, *scale)),
            Values::Decimal256 { values, scale } => values.get(row).and_then(narrow).map(|v| Cell::Decimal(v, *scale)),
            Values::Runs { ends, values, offset } => {
                run_of(ends, row.saturating_add(*offset)).filter(|run| *run < values.rows).map(|run| values.cell(run))
            }
        };
        cell.unwrap_or(Cell::Unreadable)
    }

    /// The text of a row without a copy; `scratch` holds a text that its view holds inside. None for what is no readable text.
    pub fn text<'s>(&'s self, row: usize, scratch: &'s mut [u8; 16]) -> Option<&'s str> {
        if !self.is_valid(row) {
            return None;
        }
        let slice = match &self.values {
            Values::Text { offsets, bytes } => {
                let (from, until) = (offsets.get(row)?, offsets.get(row + 1)?);
                bytes.get(usize::try_from(*from).ok()?..usize::try_from(*until).ok()?)?
            }
            Values::LargeText { offsets, bytes } => {
                let (from, until) = (offsets.get(row)?, offsets.get(row + 1)?);
                bytes.get(usize::try_from(*from).ok()?..usize::try_from(*until).ok()?)?
            }
            Values::TextView { views, buffers } => {
                let view = *views.get(row)?;
                *scratch = view.to_le_bytes();
                let length = usize::try_from((view & 0xffff_ffff) as u32 as i32).ok()?;
                if length <= 12 {
                    scratch.get(4..4 + length)?
                } else {
                    let part = |bits: u32| usize::try_from((view >> bits & 0xffff_ffff) as u32 as i32).ok();
                    let from = part(96)?;
                    buffers.get(part(64)?)?.get(from..from.checked_add(length)?)?
                }
            }
            _ => return None,
        };
        std::str::from_utf8(slice).ok()
    }
}

/// The run that a row lies in.
fn run_of(ends: &ColumnView<'_>, row: usize) -> Option<usize> {
    let (mut low, mut high) = (0, ends.rows);
    while low < high {
        let middle = low + (high - low) / 2;
        let Cell::Integer(end) = ends.cell(middle) else { return None };
        if usize::try_from(end).ok()? > row { high = middle } else { low = middle + 1 }
    }
    Some(low)
}

/// A wide whole number, where it fits.
fn narrow(wide: &[u8; 32]) -> Option<i128> {
    let (low, high) = wide.split_first_chunk::<16>()?;
    let value = i128::from_le_bytes(*low);
    let sign = if value < 0 { 0xff } else { 0 };
    high.iter().all(|byte| *byte == sign).then_some(value)
}

fn text_between(bytes: &[u8], from: usize, until: usize) -> Option<Cell<'_>> {
    let slice = bytes.get(from..until)?;
    std::str::from_utf8(slice).ok().map(|text| Cell::Text(Cow::Borrowed(text)))
}

fn text_of_view<'a>(view: u128, buffers: &[&'a [u8]]) -> Option<Cell<'a>> {
    let raw = view.to_le_bytes();
    let part = |from: usize| raw.get(from..from + 4).and_then(|four| four.try_into().ok()).map(i32::from_le_bytes);
    let length = usize::try_from(part(0)?).ok()?;
    if length <= 12 {
        let text = std::str::from_utf8(raw.get(4..4 + length)?).ok()?;
        return Some(Cell::Text(Cow::Owned(text.to_owned())));
    }
    let buffer = buffers.get(usize::try_from(part(8)?).ok()?)?;
    let from = usize::try_from(part(12)?).ok()?;
    text_between(buffer, from, from.checked_add(length)?)
}

/// Rows of a table that lie together.
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    /// How many rows.
    pub rows: usize,
    /// One view per column of the table.
    pub columns: Vec<ColumnView<'a>>,
}

/// A table lent to an operation: named columns, in one or several batches.
#[derive(Debug, Clone)]
pub struct TableView<'a> {
    /// The name the operation knows it by.
    pub name: Cow<'a, str>,
    /// The names of the columns.
    pub columns: Vec<Cow<'a, str>>,
    /// The rows.
    pub batches: Vec<Batch<'a>>,
}

impl<'a> TableView<'a> {
    /// A table of one batch; columns shorter than the first are read as null beyond their end.
    ///
    /// ```
    /// use siam_core::base::{ColumnView, TableView, columns::Cell};
    /// let table = TableView::of("counts", vec![("n", ColumnView::integers(&[7, 8]))]);
    /// assert_eq!(table.rows(), 2);
    /// assert_eq!(table.cell(1, 0), Cell::Integer(8));
    /// ```
    pub fn of(name: impl Into<Cow<'a, str>>, columns: Vec<(&'a str, ColumnView<'a>)>) -> Self {
        let rows = columns.first().map_or(0, |(_, view)| view.rows());
        let (names, views) = columns.into_iter().map(|(name, view)| (Cow::Borrowed(name), view)).unzip();
        Self { name: name.into(), columns: names, batches: vec![Batch { rows, columns: views }] }
    }
    /// How many rows there are in all batches.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(|batch| batch.rows).sum()
    }
    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == name)
    }
    /// One cell; walks the batches, so loops should go batch by batch instead.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'a> {
        let mut row = row;
        for batch in &self.batches {
            if row < batch.rows {
                return batch.columns.get(column).map_or(Cell::Null, |view| view.cell(row));
            }
            row -= batch.rows;
        }
        Cell::Null
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_column_is_unreadable_and_never_panics() {
        let text =
            |offsets: &'static [i32], bytes: &'static [u8]| ColumnView::new(Values::Text { offsets, bytes }, None, 1).cell(0);
        assert_eq!(text(&[0, 2], b"ab"), Cell::Text("ab".into()));
        assert_eq!(text(&[0, 9], b"ab"), Cell::Unreadable);
        assert_eq!(text(&[2, 0], b"ab"), Cell::Unreadable);
        assert_eq!(text(&[-1, 1], b"ab"), Cell::Unreadable);
        assert_eq!(text(&[0], b"ab"), Cell::Unreadable);
        assert_eq!(text(&[0, 1], b"\xff"), Cell::Unreadable);
        let view = 13_u128 | (7_u128 << 64);
        assert_eq!(ColumnView::new(Values::TextView { views: &[view], buffers: vec![] }, None, 1).cell(0), Cell::Unreadable);
        let keys = Box::new(ColumnView::integers(&[5]));
        let values = Box::new(ColumnView::integers(&[1]));
        assert_eq!(ColumnView::new(Values::Dictionary { keys, values }, None, 1).cell(0), Cell::Unreadable);
    }

    #[test]
    fn runs_and_wide_decimals_are_read_where_they_hold() {
        let ends = || Box::new(ColumnView::integers(&[2, 3, 7]));
        let values = || Box::new(ColumnView::integers(&[10, 20, 30]));
        let runs = ColumnView::new(Values::Runs { ends: ends(), values: values(), offset: 1 }, None, 6);
        let cells: Vec<Cell<'_>> = (0..6).map(|row| runs.cell(row)).collect();
        assert_eq!(cells, [10, 20, 30, 30, 30, 30].map(Cell::Integer));
        let short = ColumnView::new(Values::Runs { ends: ends(), values: values(), offset: 7 }, None, 1);
        assert_eq!(short.cell(0), Cell::Unreadable);
        let wide = |value: i128, above: u8| {
            let mut wide = [above; 32];
            wide[..16].copy_from_slice(&value.to_le_bytes());
            wide
        };
        let three = [wide(-1250, 0xff), wide(7, 0), wide(7, 1)];
        let decimals = ColumnView::new(Values::Decimal256 { values: &three, scale: 2 }, None, 3);
        assert_eq!([0, 1, 2].map(|row| decimals.cell(row)), [Cell::Decimal(-1250, 2), Cell::Decimal(7, 2), Cell::Unreadable]);
    }

    #[test]
    fn text_without_a_copy_is_the_text_of_the_cell() {
        let mut scratch = [0; 16];
        let inside = u128::from_le_bytes(*b"\x03\0\0\0abc\0\0\0\0\0\0\0\0\0");
        let outside = 13_u128 | 1 << 96;
        let views = [inside, outside, 13_u128 | 7 << 64];
        let view = ColumnView::new(Values::TextView { views: &views, buffers: vec![b"xabcdefghijklm"] }, None, 3);
        for row in 0..4 {
            let text = view.text(row, &mut scratch).map(str::to_owned);
            match view.cell(row) {
                Cell::Text(cell) => assert_eq!(text.as_deref(), Some(&*cell)),
                _ => assert_eq!(text, None),
            }
        }
        let text = ColumnView::new(Values::Text { offsets: &[0, 2, 1, 9], bytes: b"ab" }, None, 3);
        assert_eq!([0, 1, 2].map(|row| text.text(row, &mut scratch).map(str::to_owned)), [Some("ab".to_owned()), None, None]);
    }

    #[test]
    fn a_bitmap_with_an_offset_reads_from_there() {
        let bits = Bits::new(&[0b0000_0100], 2);
        assert!(bits.get(0) && !bits.get(1) && !bits.get(100));
    }
}
