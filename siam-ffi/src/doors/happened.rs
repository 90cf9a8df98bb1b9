//! What happened, how everyone did and who owes what, asked from C.
//!
//! Goes in: an ecosystem, a question as JSON, tables. Comes out: reports.
//! **Invariant:** every function checks all pointers first, then makes one call into the door of its name in `siam_core::ops::doors`.
//! **Not here:** answers (`siam_core::answer`).

use super::ask::{ask, ask_of_evidence};
use crate::ecosystem::siam_ecosystem;
use crate::error::siam_error;
use crate::report::siam_report;
use crate::tables::siam_named_table;
use siam_core::ops::doors;
use std::ffi::c_char;

/// How everyone did: {"periods": ["2026-10"]}, and a table evidence, see siam_evidence. The table tickets stands beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_score(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::score) }
}

/// What changed between two scorecards, split into performance and mix: {"before": "2026-09", "after": "2026-10"} and a table rows, what
/// siam_score gave of both; or, without periods, the tables before and after, each of one period.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_compare(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::compare) }
}

/// How measures went over several periods: {"measures": [...]} or {}, and a table rows, what siam_score gave of them. The table measures
/// stands beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_trend(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask(ecosystem, question, question_len, tables, n_tables, report, error, doors::trend) }
}

/// As at an instant, how much may still go wrong before a measure misses its target: {"period": "2026-10", "as_of":
/// "2026-10-20T09:00:00Z"}, asked as siam_score. The table open, of open tickets with the time they have left, stands beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_headroom(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::headroom) }
}

/// Our verdicts and figures against those that the evidence brings in its tables verdicts and reported; asked as siam_score, with or without
/// periods. The tables disagreements, causes and figures stand beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_reconcile(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::reconcile) }
}

/// What is paid for and could not be used, or was not, from tables usage and charges of the evidence: {"periods": ["2026-10"]}, asked as
/// siam_score.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_leakage(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::leakage) }
}

/// How available services were, from table outages of the evidence: {"periods": ["2026-10"], "agreement": "..."}, asked as siam_score.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_observed(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::observed) }
}

/// What evidence says that the dependency map lacks, from the tables outages and tickets of the evidence: {"periods": ["2026-10"], "within":
/// "15min", "at_least": 3, "confidence": "80%", "lift": 10, "crowd": 50, "services": [...], "limit": 100}, of which all may be left out;
/// asked as siam_score. The table drift_summary stands beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_drift(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::drift) }
}

/// Who owes whom how much: {"periods": ["2026-10"]}, asked as siam_score. Beside evidence it takes the tables history and ledger: what earlier
/// settlements gave as their tables history and rows. The tables totals, triggers and history stand beside the answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_settle(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::settle) }
}

/// The monthly service review: {"period": "2026-10"}, a table evidence as in siam_score, and of the review before the tables history and
/// ledger. Its own tables history and ledger are what the next one takes. See siam_page for the page.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_review(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::review) }
}
