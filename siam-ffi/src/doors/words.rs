//! Reports in words for C: reasons and pages.
//!
//! Goes in: reports, rows, locales. Comes out: text and HTML.
//! **Invariant:** every function checks all pointers first, then makes one call into the door of its name in `siam_core::ops::doors`.
//! **Not here:** how words are rendered (`report`).

use crate::error::siam_error;
use crate::memory::{Door, guard};
use crate::report::siam_report;
use std::ffi::c_char;

/// Text: of an explanation one line a step, deeper ones indented; of problems what a compiler prints.
pub const SIAM_FORMAT_TEXT: i32 = 1;
/// HTML: of an explanation nested parts that unfold, without script and style; of a report a whole page.
pub const SIAM_FORMAT_HTML: i32 = 2;
/// CSV: of an explanation the table of its steps; of a report one table.
pub const SIAM_FORMAT_CSV: i32 = 3;
/// JSON: of a report or of problems.
pub const SIAM_FORMAT_JSON: i32 = 4;
/// SARIF 2.1.0: of problems.
pub const SIAM_FORMAT_SARIF: i32 = 5;

/// The report of siam_review as one page of HTML for all, or with {"party": "netco"} for one party; {"title": "..."} stands instead of the
/// ecosystem's name. An empty question is a page for all. It loads nothing; in the words of locale, see siam_explain; code 571 for a report
/// that is no review. UTF-8 that does not end in NUL; free it with siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_page(
    report: *const siam_report,
    question: *const c_char,
    question_len: i64,
    locale: *const c_char,
    locale_len: i64,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let report = door.borrow(report, "report")?;
        let question = door.text_or_empty(question, question_len, "question")?;
        let locale = door.text(locale, locale_len, "locale")?;
        let page = report.page(question, locale).inspect_err(|failure| report.host().failed(failure))?;
        door.hand_bytes(page, out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Why a row of a table of a report is what it is, rows counted from 0; table NULL or empty is the first. In the words of a language such
/// as en or de-CH, which falls back to de, and as SIAM_FORMAT_TEXT, _HTML or _CSV. UTF-8 that does not end in NUL; free it with siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_explain(
    report: *const siam_report,
    table: *const c_char,
    table_len: i64,
    row: i64,
    locale: *const c_char,
    locale_len: i64,
    format: i32,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let report = door.borrow(report, "report")?;
        let table = door.text_or_empty(table, table_len, "table")?;
        let locale = door.text(locale, locale_len, "locale")?;
        let words = report.explain(table, row, locale, format).inspect_err(|failure| report.host().failed(failure))?;
        door.hand_bytes(words, out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}
