//! A report as C reads it: tables by position or name, their columns lent.
//!
//! Goes in: an answer. Comes out: names that end in NUL, slices of columns, streams, CSV bytes, words.
//! **Invariant:** an answer never changes once the handle stands, so what it lends lives as long as the handle; the last table of every
//! report is `problems`.
//! **Not here:** Arrow streams (`siam-arrow`), what the columns mean (docs/tables.md).

use crate::error::{bad_argument, text};
use crate::host::Host;
use crate::stream::siam_stream;
use siam_arrow::FFI_ArrowArrayStream;
use siam_core::base::columns::Values;
use siam_core::base::{Argument, Column, ColumnType, Error, Place, Problem, Table, codes, csv};
use siam_core::ops::doors;
use siam_core::report::answer::no_such_stream;
use siam_core::report::{Answer, Catalogue, export, picture::Picture, problems, text::table_text};
use std::ffi::CString;
use std::sync::Arc;

/// An answer: a few flat tables, the last of them problems. Any thread may read it; free it with siam_report_free.
pub struct siam_report {
    answer: Arc<dyn Answer>,
    problems: Arc<Table>,
    host: Arc<Host>,
    pub(crate) operation: CString,
    pub(crate) fingerprint: CString,
    names: Vec<Names>,
}

/// The names of a table and of its columns.
struct Names {
    table: CString,
    columns: Vec<CString>,
}

impl siam_report {
    pub(crate) fn new(answer: Box<dyn Answer>, host: &Arc<Host>) -> Self {
        let answer: Arc<dyn Answer> = Arc::from(answer);
        let problems = Arc::new(problems::table(answer.problems(), &Catalogue::english()));
        let names = |table: &Table| {
            let columns = table.names().iter().map(|name| text(name)).collect();
            Names { table: text(table.name()), columns }
        };
        let names = answer.tables().into_iter().chain([&*problems]).map(names).collect();
        let (operation, fingerprint) = (text(answer.operation()), text(&answer.stamp().fingerprint));
        Self { answer, problems, host: Arc::clone(host), operation, fingerprint, names }
    }
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }
    pub(crate) fn count(&self) -> usize {
        self.names.len()
    }
    /// The position of a table.
    pub(crate) fn find_table(&self, name: &str) -> Result<usize, Error> {
        let known = |names: &Names| names.table.to_str() == Ok(name);
        self.names.iter().position(known).ok_or_else(|| {
            let problem = Problem::new(&codes::UNKNOWN_TABLE, Place::Nowhere).with("name", Argument::user(name));
            problem.with("known", list(self.names.iter().filter_map(|names| names.table.to_str().ok()))).into()
        })
    }
    /// A table of this name as a stream that outlives the report.
    pub(crate) fn stream(&self, name: &str) -> Result<FFI_ArrowArrayStream, Error> {
        let at = self.find_table(name)?;
        Ok(siam_arrow::export_of(&self.answer, at).unwrap_or_else(|| siam_arrow::export(Arc::clone(&self.problems))))
    }
    /// A table of this name that is computed while it is read.
    pub(crate) fn computed(&self, name: &str) -> Result<siam_stream, Error> {
        let stream = self.answer.stream(name).ok_or_else(|| no_such_stream(&*self.answer, name))?;
        Ok(siam_stream::new(stream, &*self.answer, &self.host))
    }
    /// The same as an Arrow stream; the host is asked before each batch whether to go on.
    pub(crate) fn computed_arrow(&self, name: &str) -> Result<FFI_ArrowArrayStream, Error> {
        let stream = self.answer.stream(name).ok_or_else(|| no_such_stream(&*self.answer, name))?;
        let (host, mut batches) = (Arc::clone(&self.host), 0);
        Ok(siam_arrow::export_stream(stream, move || {
            batches += 1;
            host.poll(batches - 1, 0)
        }))
    }
    /// A table of this name; the empty one is the first.
    fn named_table(&self, name: &str) -> Result<(i32, &Table), Error> {
        let at = if name.is_empty() { 0 } else { i32::try_from(self.find_table(name)?).unwrap_or(i32::MAX) };
        Ok((at, self.table(at)?))
    }
    /// A table as aligned lines: the columns named, with commas between them, or all; at most so many rows.
    pub(crate) fn text_of(&self, table: &str, columns: &str, max_rows: i64, locale: &str) -> Result<Vec<u8>, Error> {
        let (at, table) = self.named_table(table)?;
        let columns: Vec<&str> = if columns.is_empty() { Vec::new() } else { columns.split(',').map(str::trim).collect() };
        for column in &columns {
            self.find_column(at, column)?;
        }
        let rows = match usize::try_from(max_rows) {
            Ok(rows) => rows,
            Err(_) if max_rows > 0 => usize::MAX,
            Err(_) => return Err(bad_argument("max_rows", max_rows, "a number of rows", "0 or more; INT64_MAX for all")),
        };
        Ok(table_text(table, &columns, rows, &*self.host.catalogue(locale)?).into())
    }
    /// The report as a file: CSV of a table, the empty name being the first; JSON and HTML of one table or, without a name, of all.
    pub(crate) fn write(&self, table: &str, format: i32, locale: &str) -> Result<Vec<u8>, Error> {
        let catalogue = self.host.catalogue(locale)?;
        let (_, named) = self.named_table(table)?;
        match format {
            crate::SIAM_FORMAT_CSV => Ok(export::csv(named)),
            crate::SIAM_FORMAT_JSON if table.is_empty() => Ok(export::json(&*self.answer, &catalogue).into()),
            crate::SIAM_FORMAT_JSON => Ok(export::table_json(named).into()),
            crate::SIAM_FORMAT_HTML if table.is_empty() => Ok(export::html(&*self.answer, &catalogue).into()),
            crate::SIAM_FORMAT_HTML => Ok(export::table_html(named, &catalogue).into()),
            _ => Err(bad_argument(
                "format",
                i64::from(format),
                "a format of reports",
                "SIAM_FORMAT_CSV, SIAM_FORMAT_JSON or SIAM_FORMAT_HTML",
            )),
        }
    }
    /// The problems of the answer as a file.
    pub(crate) fn write_problems(&self, format: i32, locale: &str) -> Result<Vec<u8>, Error> {
        let catalogue = self.host.catalogue(locale)?;
        let problems = self.answer.problems();
        match format {
            crate::SIAM_FORMAT_TEXT => Ok(export::problems_text(problems).into()),
            crate::SIAM_FORMAT_JSON => Ok(export::problems_json(problems, &catalogue).into()),
            crate::SIAM_FORMAT_SARIF => Ok(export::problems_sarif(problems, &catalogue).into()),
            _ => Err(bad_argument(
                "format",
                i64::from(format),
                "a format of problems",
                "SIAM_FORMAT_TEXT, SIAM_FORMAT_JSON or SIAM_FORMAT_SARIF",
            )),
        }
    }
    /// The picture of the answer.
    pub(crate) fn picture(&self, format: i32, locale: &str) -> Result<Vec<u8>, Error> {
        let render: fn(&Picture) -> String = match format {
            crate::SIAM_PICTURE_SVG => Picture::to_svg,
            crate::SIAM_PICTURE_DOT => Picture::to_dot,
            crate::SIAM_PICTURE_MERMAID => Picture::to_mermaid,
            _ => return Err(bad_argument("format", i64::from(format), "a notation of pictures", "one of SIAM_PICTURE_...")),
        };
        let none = || Problem::new(&codes::NO_PICTURE, Place::Nowhere).with("operation", self.answer.operation());
        let picture = self.answer.picture(&*self.host.catalogue(locale)?).ok_or_else(none)?;
        Ok(render(&picture).into())
    }
    /// Why a row of a table is what it is; the empty name is the first table.
    pub(crate) fn explain(&self, table: &str, row: i64, locale: &str, format: i32) -> Result<Vec<u8>, Error> {
        let render: fn(&siam_core::report::Explanation) -> Vec<u8> = match format {
            crate::SIAM_FORMAT_TEXT => |words| words.to_text().into(),
            crate::SIAM_FORMAT_HTML => |words| words.to_html().into(),
            crate::SIAM_FORMAT_CSV => |words| csv::write(&words.to_table()),
            _ => {
                return Err(bad_argument(
                    "format",
                    i64::from(format),
                    "a format of explanations",
                    "SIAM_FORMAT_TEXT, SIAM_FORMAT_HTML or SIAM_FORMAT_CSV",
                ));
            }
        };
        let catalogue = self.host.catalogue(locale)?;
        if !table.is_empty() {
            self.find_table(table)?;
        }
        let at = usize::try_from(row).map_err(|_| {
            let rows = self.named_table(table).map_or(0, |(_, table)| table.rows());
            Error::from(Problem::new(&codes::NO_SUCH_ROW, Place::Nowhere).with("row", row).with("rows", rows))
        })?;
        Ok(render(&siam_core::explain(&*self.answer, table, at, &catalogue)?))
    }
    /// The page of a review.
    pub(crate) fn page(&self, question: &str, locale: &str) -> Result<Vec<u8>, Error> {
        let catalogue = self.host.catalogue(locale)?;
        Ok(doors::page(&*self.answer, question, &catalogue, &self.host.limits)?.into())
    }
    /// The position of a column in a table.
    pub(crate) fn find_column(&self, table: i32, name: &str) -> Result<usize, Error> {
        let table = self.table(table)?;
        table.names().iter().position(|known| known == name).ok_or_else(|| {
            let problem =
                Problem::new(&codes::MISSING_COLUMN_NO_GUESS, Place::Nowhere).with("table", Argument::user(table.name()));
            let names = table.names().iter().map(|name| name.as_ref());
            problem.with("column", Argument::user(name)).with("known", list(names)).into()
        })
    }
    pub(crate) fn table(&self, at: i32) -> Result<&Table, Error> {
        let tables = self.answer.tables();
        let position = usize::try_from(at).ok().filter(|at| *at < self.names.len()).ok_or_else(|| position("table", at))?;
        Ok(tables.get(position).copied().unwrap_or(&self.problems))
    }
    pub(crate) fn table_name(&self, at: i32) -> Option<&CString> {
        Some(&self.names.get(usize::try_from(at).ok()?)?.table)
    }
    pub(crate) fn column_name(&self, table: i32, at: i32) -> Option<&CString> {
        self.names.get(usize::try_from(table).ok()?)?.columns.get(usize::try_from(at).ok()?)
    }
    pub(crate) fn column(&self, table: i32, at: i32) -> Result<&Column, Error> {
        let column = usize::try_from(at).ok().and_then(|at| self.table(table).ok()?.columns().get(at));
        column.ok_or_else(|| position("column", at))
    }
    /// A text cell; none where it is null.
    pub(crate) fn text(&self, table: i32, column: i32, row: i64) -> Result<Option<&[u8]>, Error> {
        let column = self.column(table, column)?;
        let Values::LargeText { offsets, bytes } = column.view().values().clone() else {
            return Err(wrong_type("text"));
        };
        let rows = column.rows();
        let at = usize::try_from(row)
            .ok()
            .filter(|at| *at < rows)
            .ok_or_else(|| Error::from(Problem::new(&codes::NO_SUCH_ROW, Place::Nowhere).with("row", row).with("rows", rows)))?;
        if !column.view().is_valid(at) {
            return Ok(None);
        }
        let offset = |at: usize| offsets.get(at).and_then(|offset| usize::try_from(*offset).ok());
        Ok(offset(at).zip(offset(at + 1)).and_then(|(from, until)| bytes.get(from..until)))
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

fn list<'a>(names: impl Iterator<Item = &'a str>) -> Argument {
    Argument::List(names.map(Argument::name).collect())
}
