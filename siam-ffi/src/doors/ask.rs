//! The shape of every question from C.
//!
//! Goes in: a question as JSON, tables, bound evidence. Comes out: a report.
//! **Invariant:** all pointers are checked first; then one call.
//! **Not here:** the functions themselves, which stand beside in full: the header is rendered from their text, macros unexpanded.

use crate::ecosystem::siam_ecosystem;
use crate::error::siam_error;
use crate::memory::{Door, guard};
use crate::report::siam_report;
use crate::tables::{Tables, siam_named_table};
use siam_core::Ecosystem;
use siam_core::base::{Error, Limits, TableView};
use siam_core::evidence::Evidence;
use siam_core::report::Answer;
use std::ffi::c_char;

/// The shape of every operation asked of an ecosystem: a question and tables in, a report out.
///
/// # Safety
/// As for `guard`: all pointers come from one C call that keeps the header's rules.
#[expect(clippy::too_many_arguments, reason = "the arguments of the C function, as they are")]
pub(crate) unsafe fn ask(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
    operation: impl FnOnce(&Ecosystem, &str, &[TableView<'_>], &Limits) -> Result<Box<dyn Answer>, Error>,
) -> i32 {
    let operation = |ecosystem: &Ecosystem, question: &str, tables: &Tables<'_>, limits: &Limits| {
        operation(ecosystem, question, &tables.views(), limits)
    };
    // SAFETY: the caller of this function promises what `ask_with` asks.
    unsafe { ask_with(ecosystem, question, question_len, tables, n_tables, report, error, operation) }
}

/// The same for an operation that asks for bound evidence, which stands as one of the tables.
///
/// # Safety
/// As for `guard`: all pointers come from one C call that keeps the header's rules.
#[expect(clippy::too_many_arguments, reason = "the arguments of the C function, as they are")]
pub(crate) unsafe fn ask_of_evidence(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
    operation: impl FnOnce(&Ecosystem, &Evidence, &str, &[TableView<'_>], &Limits) -> Result<Box<dyn Answer>, Error>,
) -> i32 {
    let operation = |ecosystem: &Ecosystem, question: &str, tables: &Tables<'_>, limits: &Limits| {
        let (evidence, tables) = tables.evidence()?;
        operation(ecosystem, evidence, question, &tables, limits)
    };
    // SAFETY: the caller of this function promises what `ask_with` asks.
    unsafe { ask_with(ecosystem, question, question_len, tables, n_tables, report, error, operation) }
}

/// The same for an operation that takes the tables as they were read.
///
/// # Safety
/// As for `guard`: all pointers come from one C call that keeps the header's rules.
#[expect(clippy::too_many_arguments, reason = "the arguments of the C function, as they are")]
pub(crate) unsafe fn ask_with(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
    operation: impl FnOnce(&Ecosystem, &str, &Tables<'_>, &Limits) -> Result<Box<dyn Answer>, Error>,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(report, "report")?;
        let asked = door.borrow(ecosystem, "ecosystem")?;
        let question = door.text(question, question_len, "question")?;
        let tables = door.tables(tables, n_tables)?;
        let host = &asked.host;
        let answer = Tables::read(tables, host).and_then(|tables| operation(&asked.ecosystem, question, &tables, &host.limits));
        out.hand(siam_report::new(answer.inspect_err(|failure| host.failed(failure))?, host));
        Ok(())
    };
    // SAFETY: the caller of this function promises what `guard` asks.
    unsafe { guard(error, body) }
}
