//! What follows from failures, asked from C.
//!
//! Goes in: an ecosystem, a question as JSON, tables. Comes out: reports.
//! **Invariant:** every function checks all pointers first, then makes one call into the door of its name in `siam_core::ops::doors`.
//! **Not here:** answers (`siam_core::answer`).

use super::ask::ask;
use crate::ecosystem::siam_ecosystem;
use crate::error::siam_error;
use crate::report::siam_report;
use crate::tables::siam_named_table;
use siam_core::ops::doors;
use std::ffi::c_char;

/// Who is hit when services fail, how badly, and by which route: {"failures": ["wan-a"]}, or a table failures(service, level). This and
/// the following functions take a question as JSON and the tables it may be asked with; tables may be NULL where n_tables is 0. The
/// first table of the report is the answer; its last is problems.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_impact(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::impact) }
}

/// Which failures are behind a bad service, in one of four ways of asking: {"bad": ["email"], "failures": ["wan-a"], "mode": "min_heal"}, or
/// tables failures(service, level) and states(service, level), the latter levels that are taken as given. Asked as siam_impact.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_root_causes(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::root_causes) }
}

/// How many further failures each service still stands: {"failures": ["wan-a"], "critical_only": true}, or a table
/// failures(service, level). Asked as siam_impact.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_redundancy(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::redundancy) }
}

/// Who is hit in each of many scenarios: {"scenarios": "each"}, which is also meant where none is given, "pairs" that only matter together,
/// "suppliers" one at a time, or [{"name": "flood", "failures": ["duct"]}], or a table scenarios(scenario, service, level); {"limit": 100}
/// keeps the worst. The services reached are a stream: siam_report_stream or siam_stream_new with name services.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_impacts(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::impacts) }
}

/// Which services alone bring down a critical service, or with {"critical_only": false} any other; {"level": "degraded"} counts that level
/// and worse ones as down. All that each brings down is a stream of name services.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_single_points_of_failure(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::single_points_of_failure) }
}

/// How much hangs on each supplier, its subcontractors counted with it, and the index of Herfindahl and Hirschman of the whole: {}.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_concentration(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::concentration) }
}
