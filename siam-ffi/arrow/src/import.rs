//! Reads an Arrow C stream as a table.
//!
//! Goes in: a stream, taken over; the table's name; limits. Comes out: its batches, held, and views that borrow from them.
//! **Invariant:** a view never outlives the arrays whose buffers it lends; the stream is released when reading ends, well or not.
//! **Not here:** the C structs themselves (`raw`), which types are read (`kind`), what a column means (`siam_core::evidence`).

use crate::kind::Kind;
use crate::raw::{ArrayNode, Lender, SchemaNode, next_of, schema_of};
use arrow_array::ffi::FFI_ArrowArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use siam_core::base::columns::{Batch, Bits, ColumnView, TableView, Values};
use siam_core::base::{Argument, Error, Limits, Place, Problem, Problems, codes};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The batches of a stream, in memory that their producer owns.
#[derive(Debug)]
pub struct Imported {
    names: Vec<String>,
    batches: Vec<Held>,
    rows: usize,
}

/// One batch: views into the array and the lender beside them.
#[derive(Debug)]
pub(crate) struct Held {
    rows: usize,
    columns: Vec<ColumnView<'static>>,
    _lender: Lender,
    _array: FFI_ArrowArray,
}

impl Imported {
    /// Pulls all batches of a stream and releases it. Problems name `table`.
    ///
    /// Calls the stream's callbacks, which may run the producer's own code (a Python reader takes the interpreter lock by itself).
    pub fn read(mut stream: FFI_ArrowArrayStream, table: &str, limits: &Limits) -> Result<Self, Error> {
        let schema = schema_of(&mut stream).map_err(|words| unreadable(table, "", &words))?;
        let (names, kinds) = columns(SchemaNode::of(&schema), table, limits)?;
        let mut imported = Self { names, batches: Vec::new(), rows: 0 };
        while let Some(array) = next_of(&mut stream).map_err(|words| unreadable(table, "", &words))? {
            let batch = hold(array, &kinds).map_err(|(at, words)| {
                let column = at.and_then(|at| imported.names.get(at)).map_or("", String::as_str);
                unreadable(table, column, words)
            })?;
            imported.rows = imported.rows.saturating_add(batch.rows);
            if imported.rows > limits.table_rows {
                let problem = Problem::new(&codes::TABLE_TOO_LARGE, Place::cell(table, 0, ""));
                return Err(problem.with("limit", limits.table_rows).into());
            }
            if batch.rows > 0 {
                imported.batches.push(batch);
            }
        }
        Ok(imported)
    }

    /// How many rows there are in all batches.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The table lent to an operation under a name; a column name that repeats gets `.2`, `.3`, so that none is lost.
    pub fn view<'a>(&'a self, name: impl Into<Cow<'a, str>>) -> TableView<'a> {
        TableView {
            name: name.into(),
            columns: self.names.iter().map(|name| Cow::Borrowed(name.as_str())).collect(),
            batches: self.batches.iter().map(|held| Batch { rows: held.rows, columns: held.columns.clone() }).collect(),
        }
    }
}

fn unreadable(table: &str, column: &str, words: &str) -> Error {
    let shown: String = words.chars().take(500).map(|c| if c.is_control() { ' ' } else { c }).collect();
    Problem::new(&codes::TABLE_UNREADABLE, Place::cell(table, 0, column)).with("detail", Argument::name(shown)).into()
}

/// Names and kinds of all columns, or a problem for each that is not read.
fn columns(schema: SchemaNode<'_>, table: &str, limits: &Limits) -> Result<(Vec<String>, Vec<Kind>), Error> {
    let children = schema.children().filter(|_| schema.format() == Some("+s"));
    let children = children.ok_or_else(|| unreadable(table, "", "the stream holds no table"))?;
    let (mut names, mut kinds, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut problems = Problems::new();
    for child in children {
        let Some(text) = child.name() else {
            problems.push(Problem::new(&codes::TABLE_NOT_UTF8, Place::cell(table, 0, "")), limits.problems);
            continue;
        };
        let mut name = text.to_owned();
        let mut repeat = 2;
        while !taken.insert(name.clone()) {
            name = format!("{text}.{repeat}");
            repeat += 1;
        }
        match Kind::of(child) {
            Ok(kind) => kinds.push(kind),
            Err(fault) => {
                let problem = Problem::new(&codes::UNSUPPORTED_COLUMN, Place::cell(table, 0, &name));
                let problem = problem.with("column", Argument::user(&name)).with("found", fault.found);
                problems.push(problem.with("wanted", fault.wanted), limits.problems);
            }
        }
        names.push(name);
    }
    if problems.is_empty() { Ok((names, kinds)) } else { Err(Error::from_problems(problems)) }
}

/// What is wrong with an array, and in which column.
type Fault = (Option<usize>, &'static str);

const MISSING: &str = "a buffer is missing";
const NEGATIVE: &str = "a length or an offset is negative";

pub(crate) fn hold(array: FFI_ArrowArray, kinds: &[Kind]) -> Result<Held, Fault> {
    let mut lender = Lender::default();
    let node = ArrayNode::of(&array);
    let (rows, offset) = node.rows().zip(node.offset()).ok_or((None, NEGATIVE))?;
    if node.columns() != kinds.len() {
        return Err((None, "a batch has other columns than the schema"));
    }
    let whole = validity(node, offset, rows, &mut lender).map_err(|words| (None, words))?;
    if whole.is_some_and(|bits| (0..rows).any(|row| !bits.get(row))) {
        return Err((None, "a batch has rows that are null as a whole"));
    }
    let mut views = Vec::new();
    for (at, kind) in kinds.iter().enumerate() {
        let child = node.column(at).ok_or((Some(at), "the column is missing in a batch"))?;
        views.push(column(child, kind, offset, rows, &mut lender).map_err(|words| (Some(at), words))?);
    }
    Ok(Held { rows, columns: views, _lender: lender, _array: array })
}

fn validity(node: ArrayNode<'_>, from: usize, rows: usize, lender: &mut Lender) -> Result<Option<Bits<'static>>, &'static str> {
    if node.says_no_nulls() || (node.buffer(0).is_null() && !node.says_nulls()) {
        return Ok(None);
    }
    bits(node, 0, from, rows, lender).map(Some)
}

fn bits(node: ArrayNode<'_>, at: usize, from: usize, rows: usize, lender: &mut Lender) -> Result<Bits<'static>, &'static str> {
    let bytes = from.checked_add(rows).ok_or(NEGATIVE)?.div_ceil(8);
    let bytes = if rows == 0 { 0 } else { bytes };
    Ok(Bits::new(lender.values(node.buffer(at), 0, bytes).ok_or(MISSING)?, from))
}

/// The view of `rows` rows after the first `skip` of a column.
fn column(
    node: ArrayNode<'_>,
    kind: &Kind,
    skip: usize,
    rows: usize,
    lender: &mut Lender,
) -> Result<ColumnView<'static>, &'static str> {
    let (length, offset) = node.rows().zip(node.offset()).ok_or(NEGATIVE)?;
    if skip.checked_add(rows).is_none_or(|needed| needed > length) {
        return Err("a column is shorter than its batch");
    }
    let from = offset.checked_add(skip).ok_or(NEGATIVE)?;
    if *kind == Kind::Null {
        return Ok(ColumnView::new(Values::Null, None, rows));
    }
    if let Kind::Runs { ends, values } = kind {
        return runs(node, ends, values, from, rows, lender);
    }
    macro_rules! values {
        () => {
            lender.values(node.buffer(1), from, rows).ok_or(MISSING)?
        };
    }
    let values = match kind {
        Kind::Null | Kind::Runs { .. } => Values::Null,
        Kind::Boolean => Values::Boolean(bits(node, 1, from, rows, lender)?),
        Kind::Int8 => Values::Int8(values!()),
        Kind::Int16 => Values::Int16(values!()),
        Kind::Int32 => Values::Int32(values!()),
        Kind::Int64 => Values::Int64(values!()),
        Kind::UInt8 => Values::UInt8(values!()),
        Kind::UInt16 => Values::UInt16(values!()),
        Kind::UInt32 => Values::UInt32(values!()),
        Kind::UInt64 => Values::UInt64(values!()),
        Kind::Float32 => Values::Float32(values!()),
        Kind::Float64 => Values::Float64(values!()),
        Kind::Date32 => Values::Date32(values!()),
        Kind::Date64 => Values::Date64(values!()),
        Kind::Timestamp { unit, zoned } => Values::Timestamp { values: values!(), unit: *unit, zoned: *zoned },
        Kind::Decimal128 { scale } => Values::Decimal128 { values: values!(), scale: *scale },
        Kind::Decimal256 { scale } => Values::Decimal256 { values: values!(), scale: *scale },
        Kind::Text => {
            let offsets: &[i32] = offsets(node, from, rows, lender)?;
            Values::Text { offsets, bytes: bytes(node, offsets.last().map(|last| i64::from(*last)), lender)? }
        }
        Kind::LargeText => {
            let offsets: &[i64] = offsets(node, from, rows, lender)?;
            Values::LargeText { offsets, bytes: bytes(node, offsets.last().copied(), lender)? }
        }
        Kind::TextView => Values::TextView { views: values!(), buffers: view_buffers(node, lender)? },
        Kind::Dictionary { keys, values } => {
            let distinct = node.dictionary().ok_or("the values of a dictionary are missing")?;
            let count = distinct.rows().ok_or(NEGATIVE)?;
            let values = Box::new(column(distinct, values, 0, count, lender)?);
            // The keys carry the nulls of the column.
            let keys = Box::new(column(node, keys, skip, rows, lender)?);
            Values::Dictionary { keys, values }
        }
    };
    let validity = validity(node, from, rows, lender)?;
    Ok(ColumnView::new(values, validity, rows))
}

/// A column of runs: its nulls are those of the values, and its rows begin somewhere in the first run that is lent.
fn runs(
    node: ArrayNode<'_>,
    ends: &Kind,
    values: &Kind,
    from: usize,
    rows: usize,
    lender: &mut Lender,
) -> Result<ColumnView<'static>, &'static str> {
    let child = |at: usize| node.column(at).ok_or("the runs of a column are missing");
    let count = |node: ArrayNode<'_>| node.rows().ok_or(NEGATIVE);
    let (of_ends, of_values) = (child(0)?, child(1)?);
    let ends = Box::new(column(of_ends, ends, 0, count(of_ends)?, lender)?);
    let values = Box::new(column(of_values, values, 0, count(of_values)?, lender)?);
    Ok(ColumnView::new(Values::Runs { ends, values, offset: from }, None, rows))
}

/// One more offset than there are rows; none at all for no rows, where producers may leave the buffer out.
fn offsets<T: crate::raw::Plain>(
    node: ArrayNode<'_>,
    from: usize,
    rows: usize,
    lender: &mut Lender,
) -> Result<&'static [T], &'static str> {
    let count = if rows == 0 { 0 } else { rows.checked_add(1).ok_or(NEGATIVE)? };
    lender.values(node.buffer(1), from, count).ok_or(MISSING)
}

/// The bytes of all texts: as many as the last offset says.
fn bytes(node: ArrayNode<'_>, last: Option<i64>, lender: &mut Lender) -> Result<&'static [u8], &'static str> {
    let count = usize::try_from(last.unwrap_or(0)).map_err(|_| NEGATIVE)?;
    lender.values(node.buffer(2), 0, count).ok_or(MISSING)
}

/// The buffers between the views and the list of lengths at the end.
fn view_buffers(node: ArrayNode<'_>, lender: &mut Lender) -> Result<Vec<&'static [u8]>, &'static str> {
    let count = node.buffers().checked_sub(3).ok_or(MISSING)?;
    let lengths: &[i64] = lender.values(node.buffer(node.buffers() - 1), 0, count).ok_or(MISSING)?;
    let mut buffers = Vec::new();
    for (at, length) in lengths.iter().enumerate() {
        let length = usize::try_from(*length).map_err(|_| NEGATIVE)?;
        buffers.push(lender.values(node.buffer(at + 2), 0, length).ok_or(MISSING)?);
    }
    Ok(buffers)
}
