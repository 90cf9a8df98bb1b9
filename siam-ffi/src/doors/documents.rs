//! Documents and evidence from C.
//!
//! Goes in: documents as text, tables, changes. Comes out: ecosystems, bound evidence, problems.
//! **Invariant:** every function checks all pointers first, then makes one call into the door of its name in `siam_core::ops::doors`.
//! **Not here:** what is asked of them (`structure`, `hours`, `roles`, `happened`).

use crate::ecosystem::{check, siam_document, siam_ecosystem};
use crate::error::siam_error;
use crate::evidence::siam_bound_evidence;
use crate::host::siam_host;
use crate::memory::{Door, free, guard, look};
use crate::report::siam_report;
use crate::tables::{Tables, siam_named_table};
use siam_core::ops::doors;
use std::ffi::c_char;
use std::sync::Arc;

/// Adds the words of a language: JSON or YAML such as {"locale": "de-CH", "messages": {"impact-given": "..."}}. One of the same locale
/// takes the place of an earlier one. Any thread may call it at any time; what was rendered before stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_host_add_messages(
    host: *const siam_host,
    messages: *const c_char,
    messages_len: i64,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let host = door.borrow(host, "host")?;
        let messages = door.text(messages, messages_len, "messages")?;
        host.shared.add_messages(messages).inspect_err(|failure| host.shared.failed(failure))?;
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Reads and checks documents, which together describe one ecosystem, with tables parties, classes, services and dependencies where they
/// come as tables; tables may be NULL where n_tables is 0, and documents where tables
/// say it all and n_documents is 0. An ecosystem, or an error that names every fault at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_load(
    host: *const siam_host,
    documents: *const siam_document,
    n_documents: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    ecosystem: *mut *mut siam_ecosystem,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(ecosystem, "ecosystem")?;
        let host = &door.borrow(host, "host")?.shared;
        let documents = door.documents(documents, n_documents)?;
        let tables = door.tables(tables, n_tables)?;
        let loaded = siam_ecosystem::load(host, &documents, tables).inspect_err(|failure| host.failed(failure))?;
        out.hand(loaded);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Everything that is wrong with documents and tables as of siam_load, and where nothing is, what is missing, contradictory or too much in
/// what they describe: a report with the table problems, empty where all is well. Fails only where they cannot be read at all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_check(
    host: *const siam_host,
    documents: *const siam_document,
    n_documents: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(report, "report")?;
        let host = &door.borrow(host, "host")?.shared;
        let documents = door.documents(documents, n_documents)?;
        let tables = door.tables(tables, n_tables)?;
        let checked = check(host, &documents, tables, "").inspect_err(|failure| host.failed(failure))?;
        out.hand(siam_report::new(checked, host));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// The same with options as JSON: {"severities": {"ola-missing": "error", "class-unused": "off"}, "at": "2026-10-01T00:00:00Z"} raises
/// and silences by the name of a finding, as at an instant. A finding that is an error still keeps nothing from loading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_check_with(
    host: *const siam_host,
    documents: *const siam_document,
    n_documents: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    options: *const c_char,
    options_len: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(report, "report")?;
        let host = &door.borrow(host, "host")?.shared;
        let documents = door.documents(documents, n_documents)?;
        let tables = door.tables(tables, n_tables)?;
        let options = door.text(options, options_len, "options")?;
        let checked = check(host, &documents, tables, options).inspect_err(|failure| host.failed(failure))?;
        out.hand(siam_report::new(checked, host));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// What every answer of an ecosystem stands on, in hex: documents, tables, edition, time zone database and version of the library. Ends
/// in NUL, lives as long as the ecosystem. Empty where ecosystem is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_ecosystem_fingerprint(ecosystem: *const siam_ecosystem) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(ecosystem, c"".as_ptr(), |ecosystem| Some(ecosystem.fingerprint.as_ptr())) }
}

/// A new ecosystem in which some of what the documents say is otherwise; the old one stays as it is, and each is freed by itself. Changes
/// are JSON or YAML: {"services.email.provider": "netco", "measures.p2-resolve.target": "99%"}, where a path names keys with dots between
/// them, quoted where a name has dots, or a list: [{"path": ["services", "email", "users"], "value": 40}]. null takes away what stands
/// there. All is checked as by siam_load; the fingerprint is that of loading the changed documents. What came in a table stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_with(
    ecosystem: *const siam_ecosystem,
    changes: *const c_char,
    changes_len: i64,
    changed: *mut *mut siam_ecosystem,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(changed, "changed")?;
        let ecosystem = door.borrow(ecosystem, "ecosystem")?;
        let changes = door.text(changes, changes_len, "changes")?;
        out.hand(ecosystem.with(changes).inspect_err(|failure| ecosystem.host.failed(failure))?);
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees an ecosystem. Its reports stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_ecosystem_free(ecosystem: *mut siam_ecosystem) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(ecosystem) }
}

/// What changed between two ecosystems, as it was and as it is to be: {} or {"kinds": ["service", "measure"]}. Asked as siam_impact.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_diff(
    before: *const siam_ecosystem,
    after: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(report, "report")?;
        let (before, after) = (door.borrow(before, "before")?, door.borrow(after, "after")?);
        let question = door.text(question, question_len, "question")?;
        let tables = door.tables(tables, n_tables)?;
        let host = &after.host;
        let answer = Tables::read(tables, host)
            .and_then(|tables| doors::diff(&before.ecosystem, &after.ecosystem, question, &tables.views(), &host.limits));
        out.hand(siam_report::new(answer.inspect_err(|failure| host.failed(failure))?, host));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Binds tables to an ecosystem, once for any number of questions: tickets, outages, events, changes, charges and the other tables of
/// evidence under their names, or tables under any names with {"mapping": "the text of a mapping document"}. Rows that cannot be used
/// are listed, see siam_bound_evidence_report. What it gives stands as a table named evidence in siam_score and all that are asked as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_evidence(
    ecosystem: *const siam_ecosystem,
    question: *const c_char,
    question_len: i64,
    tables: *const siam_named_table,
    n_tables: i64,
    bound: *mut *mut siam_bound_evidence,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(bound, "bound")?;
        let asked = door.borrow(ecosystem, "ecosystem")?;
        let question = door.text(question, question_len, "question")?;
        let tables = door.tables(tables, n_tables)?;
        let host = &asked.host;
        let bound = Tables::read(tables, host)
            .and_then(|tables| doors::evidence(&asked.ecosystem, question, tables.views(), &host.limits));
        let evidence = bound.inspect_err(|failure| host.failed(failure))?;
        out.hand(siam_bound_evidence { evidence, host: Arc::clone(host) });
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// What became of every table, row, name and column of bound evidence: a report with the tables used, rejected, unknown, columns and
/// problems.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_bound_evidence_report(
    bound: *const siam_bound_evidence,
    report: *mut *mut siam_report,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(report, "report")?;
        let bound = door.borrow(bound, "bound")?;
        out.hand(siam_report::new(Box::new(bound.evidence.clone()), &bound.host));
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees bound evidence. Its reports stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_bound_evidence_free(bound: *mut siam_bound_evidence) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(bound) }
}
