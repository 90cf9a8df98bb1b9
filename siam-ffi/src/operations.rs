//! The operations for C: documents in, questions asked, rows explained.
//!
//! Goes in: handles, questions as JSON, tables. Comes out: ecosystems, reports, words.
//! **Invariant:** every function checks all pointers first, then makes one call into the door of its name in `siam_core::ops::doors`.
//! **Not here:** pointers themselves (`memory`), hosts, errors and reading reports (`lib`), answers (`siam_core`).
//!
//! This is the third file with `unsafe`: the header is rendered from the text of the functions, macros unexpanded, so that every
//! function stands here in full, with the one line that promises to `guard` what the header asks of the caller.

use crate::ecosystem::{check, siam_document, siam_ecosystem};
use crate::error::siam_error;
use crate::evidence::siam_bound_evidence;
use crate::host::siam_host;
use crate::memory::{Door, free, guard, look};
use crate::report::siam_report;
use crate::tables::{Tables, siam_named_table};
use siam_core::Ecosystem;
use siam_core::base::{Error, Limits, TableView};
use siam_core::evidence::Evidence;
use siam_core::ops::doors;
use siam_core::report::Answer;
use std::ffi::c_char;
use std::sync::Arc;

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
unsafe fn ask_of_evidence(
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
unsafe fn ask_with(
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

/// Reads and checks documents, which together describe one ecosystem, with tables services and dependencies where they come as tables;
/// tables may be NULL where n_tables is 0. An ecosystem, or an error that names every fault at once.
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

/// Binds tables to an ecosystem, once for any number of questions: tickets, ticket_events, verdicts, exclusions and outages under these
/// names, or tables under any names with {"mapping": "the text of a mapping document"}. Rows that cannot be used are listed, see
/// siam_bound_evidence_report. What it gives stands as a table named evidence in siam_score and siam_reconcile.
/// Binds tables to an ecosystem, once for any number of questions: tickets, outages, events, changes, charges and the other tables of
/// evidence under their names, or tables under any names with {"mapping": "the text of a mapping document"}. Rows that cannot be used
/// are listed, see siam_bound_evidence_report. What it gives stands as a table named evidence in siam_score, siam_reconcile and siam_observed.
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

/// Our verdicts against those that the evidence brings, ticket by ticket; asked as siam_score, with or without periods.
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
