//! Tallies from C: scores of evidence that comes in chunks.
//!
//! Goes in: an ecosystem, options as JSON, bound evidence, bytes. Comes out: tallies, bytes, reports.
//! **Invariant:** every function checks all pointers first, then makes one call into the core.
//! **Not here:** adding up (`siam_core::answer::tally`).

use super::ask::ask_of_evidence;
use crate::ecosystem::siam_ecosystem;
use crate::error::siam_error;
use crate::evidence::siam_bound_evidence;
use crate::memory::{Door, free, guard};
use crate::report::siam_report;
use crate::tables::siam_named_table;
use crate::tally::siam_running_tally;
use siam_core::Tally;
use siam_core::ops::doors;
use std::ffi::c_char;
use std::sync::Arc;

/// How everyone did by sums that add up: {"periods": ["2026-10"], "measures": [...], "as_of": "...", "threads": 2}, asked as siam_score. Its
/// rows are those of siam_score without tickets. For evidence that comes in chunks see siam_running_tally_new.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_tally(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { ask_of_evidence(ecosystem, question, question_len, tables, n_tables, report, error, doors::tally) }
}

/// A tally of nothing yet; the options are the question of siam_tally.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_new(
    ecosystem: *const siam_ecosystem,
    options: *const c_char,
    options_len: i64,
    tally: *mut *mut siam_running_tally,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(tally, "tally")?;
        let asked = door.borrow(ecosystem, "ecosystem")?;
        let options = door.text(options, options_len, "options")?;
        let host = &asked.host;
        let tally = Tally::asked(&asked.ecosystem, options, &host.limits).inspect_err(|failure| host.failed(failure))?;
        out.hand(siam_running_tally { tally, host: Arc::clone(host) });
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds a chunk of evidence, which holds whole tickets; it may be freed right after. Where it fails nothing is added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_update(
    tally: *mut siam_running_tally,
    bound: *const siam_bound_evidence,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let bound = door.borrow(bound, "bound")?;
        let held = door.borrow_mut(tally, "tally")?;
        held.tally.update(&bound.evidence).inspect_err(|failure| held.host.failed(failure))
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Takes out a chunk of evidence that was added before. Where it fails nothing is taken out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_remove(
    tally: *mut siam_running_tally,
    bound: *const siam_bound_evidence,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let bound = door.borrow(bound, "bound")?;
        let held = door.borrow_mut(tally, "tally")?;
        held.tally.remove(&bound.evidence).inspect_err(|failure| held.host.failed(failure))
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Adds what another tally of the same question holds, which stays as it is and is not the same handle. Where it fails nothing is added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_merge(
    tally: *mut siam_running_tally,
    other: *const siam_running_tally,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        // A copy, so that one handle given twice is no fault.
        let other = door.borrow(other, "other")?.tally.clone();
        let held = door.borrow_mut(tally, "tally")?;
        held.tally.merge(&other).inspect_err(|failure| held.host.failed(failure))
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// All that a tally holds, as bytes; the same tickets give the same bytes, however they were cut and merged. Free them with
/// siam_bytes_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_to_bytes(
    tally: *const siam_running_tally,
    out: *mut *mut u8,
    len: *mut i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let (out, len) = (door.out(out, "out")?, door.out(len, "len")?);
        let tally = door.borrow(tally, "tally")?;
        door.hand_bytes(tally.tally.to_bytes(), out, len);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// A tally from its bytes, of the ecosystem it was made for; whatever else the bytes are, this fails and does no harm.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_from_bytes(
    ecosystem: *const siam_ecosystem,
    bytes: *const u8,
    len: i64,
    tally: *mut *mut siam_running_tally,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(tally, "tally")?;
        let asked = door.borrow(ecosystem, "ecosystem")?;
        let bytes = door.slice(bytes, len, "bytes")?;
        let host = &asked.host;
        let tally = Tally::from_bytes(&asked.ecosystem, bytes).inspect_err(|failure| host.failed(failure))?;
        out.hand(siam_running_tally { tally, host: Arc::clone(host) });
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// The scorecard of all that was added: the report of siam_tally.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_report(
    tally: *const siam_running_tally,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(report, "report")?;
        let held = door.borrow(tally, "tally")?;
        let answer = held.tally.score().inspect_err(|failure| held.host.failed(failure))?;
        out.hand(siam_report::new(Box::new(answer), &held.host));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees a tally. Its reports stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_running_tally_free(tally: *mut siam_running_tally) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(tally) }
}
