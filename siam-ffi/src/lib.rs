//! siam for C and every language that can load a C library.
//!
//! Goes in: handles, texts with their lengths, tables. Comes out: handles, lent pointers, Arrow streams, code numbers.
//! **Invariant:** every body is `guard`, `look` or `free`, checks all pointers first, then makes one call; nothing is kept between calls.
//! **Not here:** pointers themselves (`memory`), what is asked (`operations`), the header's text (include/siam.h is rendered from here).
//!
//! The doc comments below are the header's: they speak to people who write C.

#![expect(non_camel_case_types, reason = "names are those of the C header")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the header states ownership, threads and lifetimes in C's words, once for all functions"
)]

mod ecosystem;
mod error;
mod evidence;
mod host;
mod memory;
mod operations;
mod report;
mod stream;
mod tables;
#[cfg(test)]
mod tests;

pub use ecosystem::{siam_document, siam_ecosystem};
pub use error::siam_error;
pub use evidence::siam_bound_evidence;
pub use host::{siam_host, siam_host_options, siam_log_fn, siam_poll_fn};
pub use operations::*;
pub use report::siam_report;
pub use stream::siam_stream;
pub use tables::{siam_columns, siam_named_table};

use error::Told;
use host::Host;
use memory::{Door, free, free_bytes, guard, look, rows};
use report::{type_number, wrong_type};
use siam_arrow::FFI_ArrowArrayStream;
use siam_core::base::columns::Values;
use siam_core::base::{Error, csv};
use std::ffi::c_char;
use std::sync::Arc;

/// In place of a length: the text ends at NUL.
pub const SIAM_NTS: i64 = -1;
/// What siam_abi_version gives for this header. Within one number functions and members are only added.
pub const SIAM_ABI_VERSION: u32 = 1;
/// A problem's severity: the input cannot be used.
pub const SIAM_SEVERITY_ERROR: i32 = 1;
/// A problem's severity: it can be used; something is likely wrong.
pub const SIAM_SEVERITY_WARNING: i32 = 2;
/// A problem's severity: worth knowing.
pub const SIAM_SEVERITY_ADVICE: i32 = 3;
/// A column of UTF-8 text: siam_report_column_text.
pub const SIAM_TYPE_TEXT: i32 = 1;
/// A column of whole numbers: siam_report_column_int64.
pub const SIAM_TYPE_INT64: i32 = 2;
/// A column of floats: siam_report_column_float64.
pub const SIAM_TYPE_FLOAT64: i32 = 3;
/// A column of truth values: siam_report_column_boolean.
pub const SIAM_TYPE_BOOLEAN: i32 = 4;
/// A column of microseconds since 1970-01-01T00:00:00Z: siam_report_column_instant.
pub const SIAM_TYPE_INSTANT: i32 = 5;
/// A column of days since 1970-01-01: siam_report_column_date.
pub const SIAM_TYPE_DATE: i32 = 6;
/// A column of decimals: siam_report_column_decimal.
pub const SIAM_TYPE_DECIMAL: i32 = 7;

/// The notation of a picture: SVG that stands alone or in a page.
pub const SIAM_PICTURE_SVG: i32 = 1;
/// The notation of a picture: a Graphviz digraph.
pub const SIAM_PICTURE_DOT: i32 = 2;
/// The notation of a picture: a Mermaid flowchart.
pub const SIAM_PICTURE_MERMAID: i32 = 3;

/// The number of this interface; compare it with SIAM_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn siam_abi_version() -> u32 {
    SIAM_ABI_VERSION
}

/// The version of the library, as text that lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn siam_version_text() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Makes a host; options may be NULL for the defaults.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_host_new(
    options: *const siam_host_options,
    host: *mut *mut siam_host,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(host, "host")?;
        let shared = Arc::new(Host::new(&door.host_options(options)?)?);
        out.hand(siam_host { shared });
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees a host. Handles made with it keep what they need of it, its functions and user included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_host_free(host: *mut siam_host) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(host) }
}

/// All problems as text for people, ends in NUL, lives as long as the error. Empty where error is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_text(error: *const siam_error) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| Some(error.text.as_ptr())) }
}

/// The number of the first problem's code, the same that the failed function returned. 0 where error is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_code(error: *const siam_error) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| Some(error.number)) }
}

/// The name of that code, such as bad-pointer. Lives as long as the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_name(error: *const siam_error) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| Some(error.name.as_ptr())) }
}

/// How many problems the error names; their positions count from 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_count(error: *const siam_error) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| i32::try_from(error.problems.len()).ok()) }
}

/// Looks at one problem.
fn told<R>(error: &siam_error, at: i32, body: impl FnOnce(&Told) -> R) -> Option<R> {
    error.problems.get(usize::try_from(at).ok()?).map(body)
}

/// The number of a problem's code; 0 where there is no such problem.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_code(error: *const siam_error, at: i32) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.number)) }
}

/// How grave a problem is: one of SIAM_SEVERITY_...; 0 where there is no such problem.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_severity(error: *const siam_error, at: i32) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.severity)) }
}

/// The name of a problem's code. This and the following texts end in NUL, live as long as the error, and are empty where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_name(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.name.as_ptr())) }
}

/// What is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_message(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.message.as_ptr())) }
}

/// How to mend it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_help(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.help.as_ptr())) }
}

/// Where it is, for people: eco.yaml:3:7, or table log row 2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_place(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.place.as_ptr())) }
}

/// The document.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_file(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.file.as_ptr())) }
}

/// The line in the document, from 1; 0 where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_line(error: *const siam_error, at: i32) -> i64 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.line)) }
}

/// The column in the line, in characters from 1; 0 where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_column(error: *const siam_error, at: i32) -> i64 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.column)) }
}

/// The table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_table(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.table.as_ptr())) }
}

/// The row of the table, from 1; 0 for the whole table or column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_row(error: *const siam_error, at: i32) -> i64 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.row)) }
}

/// The column of the table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_field(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.field.as_ptr())) }
}

/// Frees an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_free(error: *mut siam_error) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(error) }
}

/// Begins a table of so many rows that is built column by column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_new(row_count: i64, columns: *mut *mut siam_columns, error: *mut *mut siam_error) -> i32 {
    let body = |door: &Door| {
        let out = door.out(columns, "columns")?;
        out.hand(siam_columns::new(rows(row_count)?));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of whole numbers: one value a row, and one byte a row that is 0 where there is no value; present may be NULL where
/// every row has one. All is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_int64(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const i64,
    present: *const u8,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let count = columns.rows() as i64;
        columns.add_integers(name, door.slice(values, count, "values")?, door.present(present, count)?)?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of floats; otherwise as siam_columns_add_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_float64(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const f64,
    present: *const u8,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let count = columns.rows() as i64;
        columns.add_floats(name, door.slice(values, count, "values")?, door.present(present, count)?)?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of instants, microseconds since 1970-01-01T00:00:00Z; otherwise as siam_columns_add_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_instant(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const i64,
    present: *const u8,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let count = columns.rows() as i64;
        columns.add_instants(name, door.slice(values, count, "values")?, door.present(present, count)?)?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a column of texts: one pointer a row to UTF-8 that ends in NUL, NULL where there is no value. All is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_add_text(
    columns: *mut siam_columns,
    name: *const c_char,
    name_len: i64,
    values: *const *const c_char,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let columns = door.borrow_mut(columns, "columns")?;
        let name = door.text(name, name_len, "name")?;
        let values = door.slice(values, columns.rows() as i64, "values")?;
        columns.add_texts(name, values.iter().map(|text| door.ended(*text)))?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees built columns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_columns_free(columns: *mut siam_columns) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(columns) }
}

/// The name of the operation that gave a report, such as impact. Ends in NUL, lives as long as the report. Empty where report is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_operation(report: *const siam_report) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, c"".as_ptr(), |report| Some(report.operation.as_ptr())) }
}

/// The fingerprint of the ecosystem that a report stands on, see siam_ecosystem_fingerprint; empty for one of siam_check.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_fingerprint(report: *const siam_report) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, c"".as_ptr(), |report| Some(report.fingerprint.as_ptr())) }
}

/// How many tables a report has; their positions count from 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_table_count(report: *const siam_report) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, 0, |report| i32::try_from(report.count()).ok()) }
}

/// The name of a table; ends in NUL, lives as long as the report. NULL where there is no such table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_table_name(report: *const siam_report, table: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, std::ptr::null(), |report| report.table_name(table).map(|name| name.as_ptr())) }
}

/// Finds the position of a table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_find_table(
    report: *const siam_report,
    name: *const c_char,
    name_len: i64,
    table: *mut i32,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(table, "table")?;
        let name = door.text(name, name_len, "name")?;
        let at = door.borrow(report, "report")?.find_table(name)?;
        out.set(i32::try_from(at).unwrap_or(i32::MAX));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// How many rows a table has; -1 where there is no such table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_rows(report: *const siam_report, table: i32) -> i64 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, -1, |report| i64::try_from(report.table(table).ok()?.rows()).ok()) }
}

/// How many columns a table has; -1 where there is no such table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_count(report: *const siam_report, table: i32) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, -1, |report| i32::try_from(report.table(table).ok()?.columns().len()).ok()) }
}

/// The name of a column; ends in NUL, lives as long as the report. NULL where there is no such column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_name(report: *const siam_report, table: i32, column: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, std::ptr::null(), |report| report.column_name(table, column).map(|name| name.as_ptr())) }
}

/// The type of a column: one of SIAM_TYPE_...; 0 where there is no such column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_type(report: *const siam_report, table: i32, column: i32) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(report, 0, |report| Some(type_number(report.column(table, column).ok()?.kind()))) }
}

/// Finds the position of a column in a table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_find_column(
    report: *const siam_report,
    table: i32,
    name: *const c_char,
    name_len: i64,
    column: *mut i32,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(column, "column")?;
        let name = door.text(name, name_len, "name")?;
        let at = door.borrow(report, "report")?.find_column(table, name)?;
        out.set(i32::try_from(at).unwrap_or(i32::MAX));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Writes a table of this name as an Arrow C stream into the struct at out, which must not hold a stream. The stream outlives the report;
/// release it as Arrow says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_table(
    report: *const siam_report,
    name: *const c_char,
    name_len: i64,
    out: *mut FFI_ArrowArrayStream,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(out, "out")?;
        let name = door.text(name, name_len, "name")?;
        out.set(door.borrow(report, "report")?.stream(name)?);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Writes a table that a report computes only while it is read, such as services of siam_impacts, as an Arrow C stream into the struct at
/// out, which must not hold a stream. Memory is bounded by one batch. The poll function of the host is asked before each batch; where it
/// stops the work, get_next fails. The stream outlives the report; code 595 where there is no such stream.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_stream(
    report: *const siam_report,
    name: *const c_char,
    name_len: i64,
    out: *mut FFI_ArrowArrayStream,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(out, "out")?;
        let name = door.text(name, name_len, "name")?;
        out.set(door.borrow(report, "report")?.computed_arrow(name)?);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// The same for programs without Arrow: begins to read such a table; it outlives the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_stream_new(
    report: *const siam_report,
    name: *const c_char,
    name_len: i64,
    stream: *mut *mut siam_stream,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(stream, "stream")?;
        let name = door.text(name, name_len, "name")?;
        out.hand(door.borrow(report, "report")?.computed(name)?);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// The next rows of a stream as a report whose table 0 they are; its columns are read as those of any report. It is lent until the next
/// call or siam_stream_free, and not freed by the caller; batch becomes NULL at the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_stream_next(
    stream: *mut siam_stream,
    batch: *mut *const siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(batch, "batch")?;
        out.set(door.borrow_mut(stream, "stream")?.next()?);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees a stream and the batch it lent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_stream_free(stream: *mut siam_stream) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(stream) }
}

/// What a column lends: its values, validity bits and row count.
struct Lent<'a, T> {
    values: memory::Out<'a, *const T>,
    validity: memory::Out<'a, *const u8>,
    rows: memory::Out<'a, i64>,
}

impl<'a, T> Lent<'a, T> {
    fn new(door: &'a Door, values: *mut *const T, validity: *mut *const u8, rows: *mut i64) -> Result<Self, Error> {
        Ok(Self { values: door.out(values, "values")?, validity: door.out(validity, "validity")?, rows: door.out(rows, "rows")? })
    }
    fn set(self, column: &siam_core::base::Column, values: Option<*const T>, wanted: &'static str) -> Result<(), Error> {
        self.values.set(values.ok_or_else(|| wrong_type(wanted))?);
        self.validity.set(column.validity_bytes().map_or(std::ptr::null(), <[u8]>::as_ptr));
        self.rows.set(i64::try_from(column.rows()).unwrap_or(i64::MAX));
        Ok(())
    }
}

/// Lends a column of whole numbers: one value a row, and bits, least significant first, that are 0 where there is no value; validity
/// becomes NULL where every row has one. Both live as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_int64(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const i64,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Int64(values) = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "int64")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of floats; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_float64(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const f64,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Float64(values) = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "float64")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of instants, microseconds since 1970-01-01T00:00:00Z; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_instant(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const i64,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Timestamp { values, .. } = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "instant")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of days since 1970-01-01; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_date(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const i32,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Date32(values) = view.values() { Some(values.as_ptr()) } else { None };
        out.set(column, values, "date")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of truth values, as bits like the validity; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_boolean(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const u8,
    validity: *mut *const u8,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let values = if let Values::Boolean(values) = view.values() { Some(values.bytes().as_ptr()) } else { None };
        out.set(column, values, "boolean")?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends a column of decimals: 16 bytes a row, a two's complement number in the order of this machine, which stands for itself divided by
/// 10 to the power of scale; otherwise as siam_report_column_int64.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_decimal(
    report: *const siam_report,
    table: i32,
    column: i32,
    values: *mut *const u8,
    validity: *mut *const u8,
    scale: *mut i32,
    row_count: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = Lent::new(door, values, validity, row_count)?;
        let scale_out = door.out(scale, "scale")?;
        let column = door.borrow(report, "report")?.column(table, column)?;
        let view = column.view();
        let Values::Decimal128 { values, scale } = view.values() else { return Err(wrong_type("decimal")) };
        out.set(column, Some(values.as_ptr().cast()), "decimal")?;
        scale_out.set(i32::from(*scale));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Lends one text: UTF-8 that does not end in NUL, with its bytes counted; NULL where the row has none. Lives as long as the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_column_text(
    report: *const siam_report,
    table: i32,
    column: i32,
    row: i64,
    out: *mut *const c_char,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let text = door.borrow(report, "report")?.text(table, column, row)?;
        out.set(text.map_or(std::ptr::null(), |text| text.as_ptr().cast()));
        len.set(text.map_or(0, |text| text.len() as i64));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// A table as CSV bytes with a header line; free them with siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_csv(
    report: *const siam_report,
    table: i32,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let table = door.borrow(report, "report")?.table(table)?;
        door.hand_bytes(csv::write(table), out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// A table as aligned lines of plain text: table NULL or empty is the first; columns are names with commas between them, NULL or empty for
/// all; at most max_rows rows, INT64_MAX for all; what is left out is counted in the words of locale, see siam_explain. UTF-8 that does
/// not end in NUL; free it with siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_text(
    report: *const siam_report,
    table: *const c_char,
    table_len: i64,
    columns: *const c_char,
    columns_len: i64,
    max_rows: i64,
    locale: *const c_char,
    locale_len: i64,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let report = door.borrow(report, "report")?;
        let table = door.text_or_empty(table, table_len, "table")?;
        let columns = door.text_or_empty(columns, columns_len, "columns")?;
        let locale = door.text(locale, locale_len, "locale")?;
        let lines = report.text_of(table, columns, max_rows, locale).inspect_err(|failure| report.host().failed(failure))?;
        door.hand_bytes(lines, out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// The picture of a report of siam_impact in one of SIAM_PICTURE_..., in the words of locale, see siam_explain; code 508 for a report that
/// has none. UTF-8 that does not end in NUL; free it with siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_picture(
    report: *const siam_report,
    format: i32,
    locale: *const c_char,
    locale_len: i64,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let report = door.borrow(report, "report")?;
        let locale = door.text(locale, locale_len, "locale")?;
        let drawn = report.picture(format, locale).inspect_err(|failure| report.host().failed(failure))?;
        door.hand_bytes(drawn, out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// A report as a file, in the words of locale, see siam_explain. SIAM_FORMAT_CSV is one table, the first where table is NULL or empty;
/// SIAM_FORMAT_JSON and SIAM_FORMAT_HTML are one table, or with table NULL or empty all of them with what the report stands on. No cell of
/// CSV runs as a formula; the page loads nothing. UTF-8 that does not end in NUL; free it with siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_write(
    report: *const siam_report,
    table: *const c_char,
    table_len: i64,
    format: i32,
    locale: *const c_char,
    locale_len: i64,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let report = door.borrow(report, "report")?;
        let table = door.text_or_empty(table, table_len, "table")?;
        let locale = door.text(locale, locale_len, "locale")?;
        let written = report.write(table, format, locale).inspect_err(|failure| report.host().failed(failure))?;
        door.hand_bytes(written, out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// The problems of a report, such as one of siam_check, as SIAM_FORMAT_TEXT, _JSON or _SARIF, in the words of locale, see siam_explain.
/// UTF-8 that does not end in NUL; free it with siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_problems_write(
    report: *const siam_report,
    format: i32,
    locale: *const c_char,
    locale_len: i64,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let report = door.borrow(report, "report")?;
        let locale = door.text(locale, locale_len, "locale")?;
        let written = report.write_problems(format, locale).inspect_err(|failure| report.host().failed(failure))?;
        door.hand_bytes(written, out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees a report and all that it lent, Arrow streams excepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_report_free(report: *mut siam_report) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(report) }
}

/// Frees bytes that siam gave, with the length it gave.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_bytes_free(bytes: *mut u8, len: i64) {
    // SAFETY: the header states what the caller promises.
    unsafe { free_bytes(bytes, len) }
}
