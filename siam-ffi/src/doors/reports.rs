//! Reading reports from C: tables, streams, files, pictures.
//!
//! Goes in: reports. Comes out: lent names, Arrow streams, bytes.
//! **Invariant:** every body is `guard`, `look` or `free`, checks all pointers first, then makes one call; nothing is kept between calls.
//! **Not here:** single columns (`values`), what a report holds (`report`).

use crate::error::siam_error;
use crate::memory::{Door, free, free_bytes, guard, look};
use crate::report::{siam_report, type_number};
use crate::stream::siam_stream;
use siam_arrow::FFI_ArrowArrayStream;
use siam_core::base::csv;
use std::ffi::c_char;

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
