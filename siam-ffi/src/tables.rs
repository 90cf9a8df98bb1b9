//! Tables that a call is given: Arrow streams, CSV bytes, columns built one by one, or bound evidence.
//!
//! Goes in: what C handed over, already checked for null. Comes out: views that live as long as the call.
//! **Invariant:** a stream that was handed over is released with `Tables`, or earlier where reading it fails.
//! **Not here:** reading C pointers (`memory`), what a column means (`siam_core::evidence`).

use crate::error::bad_argument;
use crate::evidence::siam_bound_evidence;
use crate::host::Host;
use siam_arrow::{FFI_ArrowArrayStream, Imported};
use siam_core::base::columns::{Bits, ColumnView, TableView, Values};
use siam_core::base::{Argument, Error, Place, Problem, Problems, Table, TimeUnit, codes, csv};
use siam_core::evidence::Evidence;
use std::ffi::c_char;

/// One table of a call: a name and exactly one of stream, csv, columns and evidence. Set all bytes to zero, then struct_size, then the rest.
/// All elements of one array have the same struct_size. Only ever grows at its end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct siam_named_table {
    /// sizeof(siam_named_table) of the header you compile with.
    pub struct_size: u32,
    /// The name the operation knows the table by, UTF-8.
    pub name: *const c_char,
    /// Bytes of name, or SIAM_NTS.
    pub name_len: i64,
    /// An Arrow C stream. The call takes it over, reads it and releases it; one whose release is still set afterwards is yours.
    pub stream: *mut FFI_ArrowArrayStream,
    /// CSV bytes with a header line, UTF-8; read during the call only.
    pub csv: *const u8,
    /// How many bytes.
    pub csv_len: i64,
    /// Columns built one by one; read during the call only.
    pub columns: *const siam_columns,
    /// Bound evidence, for the operations that ask for it; its name is evidence. Read during the call only.
    pub evidence: *const siam_bound_evidence,
}

/// A table built column by column, for programs without Arrow. One thread at a time; free it with siam_columns_free.
pub struct siam_columns {
    rows: usize,
    columns: Vec<Built>,
}

struct Built {
    name: String,
    values: BuiltValues,
    validity: Option<Vec<u8>>,
}

enum BuiltValues {
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Instants(Vec<i64>),
    Text { offsets: Vec<i64>, bytes: Vec<u8> },
}

impl siam_columns {
    pub(crate) fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }
    pub(crate) fn add_integers(&mut self, name: &str, values: &[i64], present: Option<&[u8]>) -> Result<(), Error> {
        let values = BuiltValues::Integers(copy(values)?);
        self.add(name, values, present)
    }
    pub(crate) fn add_floats(&mut self, name: &str, values: &[f64], present: Option<&[u8]>) -> Result<(), Error> {
        let values = BuiltValues::Floats(copy(values)?);
        self.add(name, values, present)
    }
    pub(crate) fn add_instants(&mut self, name: &str, values: &[i64], present: Option<&[u8]>) -> Result<(), Error> {
        let values = BuiltValues::Instants(copy(values)?);
        self.add(name, values, present)
    }
    /// Texts row by row; none is null.
    pub(crate) fn add_texts<'a>(&mut self, name: &str, texts: impl Iterator<Item = Option<&'a [u8]>>) -> Result<(), Error> {
        let (mut offsets, mut bytes) = (room(self.rows + 1)?, Vec::new());
        let mut validity = room(self.rows.div_ceil(8))?;
        validity.resize(self.rows.div_ceil(8), 0_u8);
        offsets.push(0);
        for (row, text) in texts.enumerate() {
            if let Some(text) = text {
                if std::str::from_utf8(text).is_err() {
                    let row = u64::try_from(row).unwrap_or(u64::MAX).saturating_add(1);
                    return Err(Problem::new(&codes::TABLE_NOT_UTF8, Place::cell("columns", row, name)).into());
                }
                bytes.try_reserve(text.len()).map_err(|_| too_large(text.len()))?;
                bytes.extend_from_slice(text);
                set(&mut validity, row);
            }
            offsets.push(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        }
        self.columns.push(Built {
            name: name.to_owned(),
            values: BuiltValues::Text { offsets, bytes },
            validity: Some(validity),
        });
        Ok(())
    }
    fn add(&mut self, name: &str, values: BuiltValues, present: Option<&[u8]>) -> Result<(), Error> {
        let validity = match present {
            None => None,
            Some(present) => {
                let mut bits = room(present.len().div_ceil(8))?;
                bits.resize(present.len().div_ceil(8), 0_u8);
                for (row, _) in present.iter().enumerate().filter(|(_, byte)| **byte != 0) {
                    set(&mut bits, row);
                }
                Some(bits)
            }
        };
        self.columns.push(Built { name: name.to_owned(), values, validity });
        Ok(())
    }
    fn view<'a>(&'a self, name: &'a str) -> TableView<'a> {
        let columns = self.columns.iter().map(|column| {
            let values = match &column.values {
                BuiltValues::Integers(values) => Values::Int64(values),
                BuiltValues::Floats(values) => Values::Float64(values),
                BuiltValues::Instants(values) => Values::Timestamp { values, unit: TimeUnit::Microsecond, zoned: true },
                BuiltValues::Text { offsets, bytes } => Values::LargeText { offsets, bytes },
            };
            let validity = column.validity.as_ref().map(|bits| Bits::new(bits, 0));
            (column.name.as_str(), ColumnView::new(values, validity, self.rows))
        });
        let mut view = TableView::of(name, columns.collect());
        if let [batch] = view.batches.as_mut_slice() {
            batch.rows = self.rows;
        }
        view
    }
}

fn set(bits: &mut [u8], at: usize) {
    if let Some(byte) = bits.get_mut(at / 8) {
        *byte |= 1 << (at % 8);
    }
}

fn room<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut room = Vec::new();
    room.try_reserve_exact(count).map_err(|_| too_large(count))?;
    Ok(room)
}

fn copy<T: Copy>(values: &[T]) -> Result<Vec<T>, Error> {
    let mut copy = room(values.len())?;
    copy.extend_from_slice(values);
    Ok(copy)
}

fn too_large(count: usize) -> Error {
    Problem::new(&codes::TABLE_TOO_LARGE, Place::cell("columns", 0, "")).with("limit", count).into()
}

/// One table as C handed it over.
pub(crate) struct Given<'a> {
    pub(crate) name: &'a str,
    pub(crate) source: Source<'a>,
}

/// Where its rows come from.
pub(crate) enum Source<'a> {
    Stream(FFI_ArrowArrayStream),
    Csv(&'a [u8]),
    Columns(&'a siam_columns),
    Evidence(&'a siam_bound_evidence),
}

/// The name that bound evidence stands under.
const EVIDENCE: &str = "evidence";

/// All tables of a call, owned or borrowed for its duration.
pub(crate) struct Tables<'a>(Vec<(&'a str, Read<'a>)>);

enum Read<'a> {
    Stream(Imported),
    Csv(Table),
    Columns(&'a siam_columns),
    Evidence(&'a Evidence),
}

impl<'a> Tables<'a> {
    /// Reads all tables; problems of all of them at once.
    pub(crate) fn read(given: Vec<Given<'a>>, host: &Host) -> Result<Self, Error> {
        let mut tables: Vec<(&'a str, Read<'a>)> = Vec::new();
        let mut problems = Problems::new();
        let total = i64::try_from(given.len()).unwrap_or(i64::MAX);
        for (at, Given { name, source }) in given.into_iter().enumerate() {
            host.poll(i64::try_from(at).unwrap_or(i64::MAX), total)?;
            if tables.iter().any(|(known, _)| *known == name) {
                return Err(bad_argument("tables", Argument::user(name), "a name that no other table has", "each table once"));
            }
            match Read::one(name, source, host) {
                Ok(read) => tables.push((name, read)),
                Err(error) => problems.append(error.problems().clone(), host.limits.problems),
            }
        }
        if problems.is_empty() { Ok(Self(tables)) } else { Err(Error::from_problems(problems)) }
    }

    /// The tables lent to an operation that knows nothing of evidence: where that stands among them, it is refused by its name.
    pub(crate) fn views(&self) -> Vec<TableView<'_>> {
        self.0.iter().map(|(name, read)| read.view(name)).collect()
    }
    /// The evidence an operation asks for, and the other tables.
    pub(crate) fn evidence(&self) -> Result<(&'a Evidence, Vec<TableView<'_>>), Error> {
        let named = self.0.iter().find(|(name, _)| *name == EVIDENCE).map(|(_, read)| read);
        let evidence = match named {
            Some(Read::Evidence(evidence)) => *evidence,
            Some(_) => {
                return Err(bad_argument(
                    "table",
                    Argument::user(EVIDENCE),
                    "bound evidence",
                    "what siam_evidence gave, as its member evidence",
                ));
            }
            None => {
                return Err(Problem::new(&codes::MISSING_TABLE, Place::Nowhere).with("name", Argument::user(EVIDENCE)).into());
            }
        };
        let others = self.0.iter().filter(|(name, _)| *name != EVIDENCE).map(|(name, read)| read.view(name));
        Ok((evidence, others.collect()))
    }
}

impl<'a> Read<'a> {
    fn one(name: &str, source: Source<'a>, host: &Host) -> Result<Self, Error> {
        match source {
            Source::Stream(stream) => Imported::read(stream, name, &host.limits).map(Self::Stream),
            Source::Csv(bytes) => csv::read(name, bytes, &host.limits).map(Self::Csv),
            Source::Columns(columns) if columns.rows() > host.limits.table_rows => {
                let problem = Problem::new(&codes::TABLE_TOO_LARGE, Place::cell(name, 0, ""));
                Err(problem.with("limit", host.limits.table_rows).into())
            }
            Source::Columns(columns) => Ok(Self::Columns(columns)),
            Source::Evidence(bound) if name == EVIDENCE => Ok(Self::Evidence(&bound.evidence)),
            Source::Evidence(_) => Err(bad_argument("table", Argument::user(name), "the name of bound evidence", EVIDENCE)),
        }
    }
    fn view<'b>(&'b self, name: &'b str) -> TableView<'b> {
        match self {
            Self::Stream(imported) => imported.view(name),
            Self::Csv(table) => table.view(),
            Self::Columns(columns) => columns.view(name),
            Self::Evidence(_) => TableView::of(name, Vec::new()),
        }
    }
}
