//! What an ecosystem says and lacks, and who does what, asked from C.
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

/// What lapses, dangles and starts to fail when a party leaves: {"party": "netco", "on": "2027-04-01"}. Asked as siam_impact.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_exit(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::exit) }
}

/// What is missing, contradictory or too much in a valid ecosystem, relative to what its service classes ask for: {}, or
/// {"at": "2026-10-01T00:00:00Z", "severities": {"ola-missing": "error", "class-unused": "off"}}. The table problems has it in words.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_findings(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::findings) }
}

/// What was agreed, as plain prose with its clauses and every default in force: {}, or {"agreements": ["sla"], "parties": ["netco"]}.
/// siam_explain of row 0 is the whole page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_terms(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::terms) }
}

/// Whom to call about an activity of a process, how to reach them now, and who is next: {"process": "incident", "activity": "restore",
/// "service": "wan", "at": "2026-10-24T12:00:00Z"}. The table escalation stands beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_who(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::who) }
}

/// What falls due between two days, the second not included: {"from": "2026-10-01", "to": "2027-01-01", "parties": ["netco"], "kinds":
/// ["notice"]}; parties and kinds may be left out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_due(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::due) }
}

/// Which layer covers which process in which lifecycle phase at an instant: {"at": "2026-10-01T00:00:00Z"}.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_coverage(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::coverage) }
}

/// Whether a service can go live at an instant, and what is missing: {"service": "email", "at": "2026-10-01T00:00:00Z"}. The table summary
/// stands beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_readiness(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::readiness) }
}
