//! Service hours, asked from C.
//!
//! Goes in: an ecosystem, a question as JSON, tables. Comes out: reports.
//! **Invariant:** every function checks all pointers first, then makes one call into the door of its name in `siam_core::ops::doors`.
//! **Not here:** answers (`siam_core::answer::hours`).

use super::ask::ask;
use crate::ecosystem::siam_ecosystem;
use crate::error::siam_error;
use crate::report::siam_report;
use crate::tables::siam_named_table;
use siam_core::ops::doors;
use std::ffi::c_char;

/// How long a calendar was open within spans of time: {"calendar": "office", "spans": [{"from": ..., "until": ...}]}, or a table
/// spans(from, until).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_elapsed(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::elapsed) }
}

/// When a length of service time is used up, forwards or backwards: {"calendar": "office", "starts": [{"from": ..., "within": "4h"}]}, or
/// a table starts(from, within_seconds).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_deadline(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::deadline) }
}

/// Whether a calendar is open at instants: {"calendar": "office", "at": ["2026-10-24T12:00:00Z"]}, or a table instants(at).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_is_open(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::is_open) }
}

/// The next instant at which a calendar is open; asked as siam_is_open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_next_open(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::next_open) }
}

/// The next closing of a calendar; asked as siam_is_open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_next_close(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::next_close) }
}

/// The latest instant up to which a calendar was open; asked as siam_is_open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_previous_open(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::previous_open) }
}

/// The open intervals of a calendar, up to an instant or the first so many: {"calendar": "office", "from": ..., "until": ...}, or count in
/// place of until.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_intervals(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::intervals) }
}
