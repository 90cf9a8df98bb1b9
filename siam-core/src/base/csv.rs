//! CSV in and out (RFC 4180).
//!
//! Goes in: bytes with a header line, or a table. Comes out: a table of text columns, or bytes that no spreadsheet runs.
//! **Invariant:** an empty field is null; a written text begins with `=`, `+`, `-`, `@`, a tab or a carriage return only where it is a negative number.
//! **Not here:** what the text means (`evidence`).

use super::columns::Cell;
use super::table::{ColumnType, Table};
use super::{Argument, Date, Error, Instant, Limits, Place, Problem, Problems, codes};
use std::borrow::Cow;

/// Reads CSV bytes; every column is text. A header that repeats gets `.2`, `.3`, so that none is lost.
///
/// ```
/// use siam_core::base::{Limits, csv};
/// let table = csv::read("t", b"a,a\n1,\n", &Limits::default())?;
/// assert_eq!(table.names(), ["a", "a.2"]);
/// assert_eq!(table.rows(), 1);
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Table, Error> {
    if bytes.len() > limits.table_bytes {
        return Err(Problem::new(&codes::TABLE_TOO_LARGE, Place::cell(name, 0, "")).with("limit", limits.table_bytes).into());
    }
    let mut chunks = chunks(name, bytes, limits.table_rows.saturating_add(1), limits)?;
    let empty = chunks.empty();
    let Some(table) = chunks.next().transpose()? else { return Ok(empty) };
    if table.rows() > limits.table_rows {
        return Err(Problem::new(&codes::TABLE_TOO_LARGE, Place::cell(name, 0, "")).with("limit", limits.table_rows).into());
    }
    Ok(table)
}

/// Reads CSV as tables of at most so many rows, one after the other: a file larger than memory is read from wherever it comes.
///
/// ```
/// use siam_core::base::{Limits, csv};
/// let rows: Vec<usize> = csv::chunks("t", &b"a\n1\n2\n3\n"[..], 2, &Limits::default())?
///     .map(|chunk| chunk.map(|chunk| chunk.rows()))
///     .collect::<Result<_, _>>()?;
/// assert_eq!(rows, [2, 1]);
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn chunks<R: std::io::Read>(name: &str, from: R, rows: usize, limits: &Limits) -> Result<Chunks<R>, Error> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(from);
    let header = reader.byte_headers().map_err(|fault| unreadable(name, 0, &fault))?.clone();
    let mut names: Vec<Cow<'static, str>> = Vec::new();
    for (at, field) in header.iter().enumerate() {
        let field = if at == 0 { field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field) } else { field };
        let Ok(text) = std::str::from_utf8(field) else {
            return Err(Problem::new(&codes::TABLE_NOT_UTF8, Place::cell(name, 0, "")).into());
        };
        let mut unique = text.trim().to_owned();
        let mut repeat = 2;
        while names.iter().any(|known| *known == unique) {
            unique = format!("{}.{repeat}", text.trim());
            repeat += 1;
        }
        names.push(unique.into());
    }
    Ok(Chunks { name: name.to_owned(), reader, names, row: 0, rows: rows.max(1), problems: limits.problems, ended: false })
}

/// A CSV file as tables of bounded size; an error ends it.
#[derive(Debug)]
pub struct Chunks<R> {
    name: String,
    reader: csv::Reader<R>,
    names: Vec<Cow<'static, str>>,
    /// Rows read so far, so that a fault names its row of the file.
    row: u64,
    rows: usize,
    problems: usize,
    ended: bool,
}

impl<R> Chunks<R> {
    /// A table of these columns without a row.
    fn empty(&self) -> Table {
        let columns = self.names.iter().map(|name| (name.clone(), ColumnType::Text)).collect();
        Table::with_columns(self.name.clone(), columns)
    }
}

impl<R: std::io::Read> Iterator for Chunks<R> {
    type Item = Result<Table, Error>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut table = self.empty();
        let mut problems = Problems::new();
        let mut record = csv::ByteRecord::new();
        let mut read = 0;
        while read < self.rows {
            match self.reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => {
                    self.ended = true;
                    break;
                }
                Err(fault) => {
                    self.ended = true;
                    return Some(Err(unreadable(&self.name, self.row + 1, &fault)));
                }
            }
            self.row += 1;
            read += 1;
            self.row_of(&record, &mut table, &mut problems);
        }
        if !problems.is_empty() {
            self.ended = true;
            return Some(Err(Error::from_problems(problems)));
        }
        (read > 0).then_some(Ok(table))
    }
}

impl<R> Chunks<R> {
    fn row_of(&self, record: &csv::ByteRecord, table: &mut Table, problems: &mut Problems) {
        if record.len() != self.names.len() {
            let problem = Problem::new(&codes::TABLE_RAGGED, Place::cell(&self.name, self.row, ""));
            problems.push(problem.with("fields", record.len()).with("columns", self.names.len()), self.problems);
            return;
        }
        let mut cells = Vec::with_capacity(self.names.len());
        for (at, field) in record.iter().enumerate() {
            match std::str::from_utf8(field) {
                Ok("") => cells.push(Cell::Null),
                Ok(text) => cells.push(Cell::Text(Cow::Borrowed(text))),
                Err(_) => {
                    let column = self.names.get(at).map_or("", |name| name.as_ref());
                    problems.push(Problem::new(&codes::TABLE_NOT_UTF8, Place::cell(&self.name, self.row, column)), self.problems);
                    cells.push(Cell::Null);
                }
            }
        }
        table.push(&cells);
    }
}

fn unreadable(name: &str, row: u64, fault: &csv::Error) -> Error {
    let problem = Problem::new(&codes::TABLE_UNREADABLE, Place::cell(name, row, ""));
    problem.with("detail", Argument::user(fault.to_string())).into()
}

/// Writes a table as CSV bytes with a header; lines end in CR LF as RFC 4180 has it.
pub fn write(table: &Table) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing into memory cannot fail; a record has as many fields as the header by the table's invariant.
    let _ = writer.write_record(table.names().iter().map(|name| safe_text(name).into_owned()));
    for row in 0..table.rows() {
        let _ = writer.write_record(table.columns().iter().map(|column| cell_text(&column.cell(row))));
    }
    writer.into_inner().unwrap_or_default()
}

/// A cell as text: what CSV holds and what people read.
pub fn cell_text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null | Cell::Unreadable => String::new(),
        Cell::Text(text) => safe_text(text).into_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Instant(micros) => Instant(*micros).to_string(),
        Cell::Wall(micros) => Instant(*micros).to_string().trim_end_matches('Z').to_owned(),
        Cell::Date(days) => Date::from_days(*days).map_or_else(String::new, |date| date.to_string()),
        Cell::Decimal(value, scale) => decimal_text(*value, *scale),
    }
}

/// An unscaled decimal as text with all its places.
pub fn decimal_text(value: i128, scale: i8) -> String {
    let digits = value.unsigned_abs().to_string();
    let sign = if value < 0 { "-" } else { "" };
    let Ok(places) = usize::try_from(scale) else {
        return format!("{sign}{digits}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    };
    if places == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{fraction}")
}

/// Text that a spreadsheet shows and never runs: a dangerous first character gets an apostrophe before it. A negative number runs
/// nothing, and an apostrophe would make an exact amount unreadable.
fn safe_text(text: &str) -> Cow<'_, str> {
    let dangerous = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(text);
    if dangerous { format!("'{text}").into() } else { text.into() }
}

/// Whether a text is a plain decimal number: digits, a sign before them, decimals after them.
pub fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    unsigned.split_once('.').map_or_else(|| digits(unsigned), |(whole, decimals)| digits(whole) && digits(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ragged_rows_are_all_named() {
        let error = read("log", b"a,b\n1,2\n1\n1,2,3\n", &Limits::default()).unwrap_err();
        let places: Vec<String> = error.problems().iter().map(|p| p.place().to_string()).collect();
        assert_eq!(places, ["table log row 2", "table log row 3"]);
    }

    #[test]
    fn no_written_cell_runs_as_a_formula() {
        let mut table = Table::with_columns("t", vec![("=x".into(), ColumnType::Text), ("n".into(), ColumnType::Integer)]);
        table.push(&[Cell::Text("@SUM(1)".into()), Cell::Integer(-3)]);
        table.push(&[Cell::Text("-12.50".into()), Cell::Null]);
        table.push(&[Cell::Text("-1+1".into()), Cell::Null]);
        let written = String::from_utf8(write(&table)).unwrap();
        assert_eq!(written, "'=x,n\r\n'@SUM(1),-3\r\n-12.50,\r\n'-1+1,\r\n");
        for text in ["", "-", "--1", "1.", ".5", "-1.2.3", "1e5", "+1"] {
            assert!(!is_number(text), "{text}");
        }
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(7, -2), "700");
    }
}
