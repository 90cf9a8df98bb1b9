//! The doors called as C calls them, with an operation that gives back what it was given.
//!
//! Goes in: pointers of every kind. Comes out: codes, handles and lent columns.
//! **Invariant:** every handle made here is freed here, so that a leak shows under valgrind.
//! **Not here:** compiling the header (tests/c), answers of the core (tests).

use super::*;
use crate::doors::ask::ask;
use crate::ecosystem::check;
use crate::host::Host;
use siam_arrow::FFI_ArrowArrayStream;
use siam_core::base::columns::Cell;
use siam_core::base::{ColumnType, Error, Limits, Place, Problem, Problems, Table, TableView, codes, csv};
use siam_core::report::{Answer, Reason, Stamp};
use std::ffi::{CStr, c_void};
use std::ptr::{null, null_mut};
use std::sync::Arc;

/// An answer of one table.
struct Echo {
    table: Table,
    stamp: Stamp,
    problems: Problems,
}

impl Answer for Echo {
    fn operation(&self) -> &'static str {
        "echo"
    }
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        if row < self.table.rows() {
            Ok(Reason::new("impact-given"))
        } else {
            Err(Problem::new(&codes::NO_SUCH_ROW, Place::Nowhere).into())
        }
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}

fn answer(table: Table) -> Box<dyn Answer> {
    let stamp = Stamp { fingerprint: "f00".into(), edition: 1, tzdb: String::new(), library: String::new() };
    let mut problems = Problems::new();
    problems.push(Problem::new(&codes::NOT_READ, Place::cell("t", 0, "x")).with("column", "x"), 9);
    Box::new(Echo { table, stamp, problems })
}

fn table() -> Table {
    let kinds = [
        ("id", ColumnType::Text),
        ("n", ColumnType::Integer),
        ("percent", ColumnType::Float),
        ("met", ColumnType::Boolean),
        ("at", ColumnType::Instant),
        ("day", ColumnType::Date),
        ("amount", ColumnType::Decimal(2)),
    ];
    let mut table = Table::with_columns("rows", kinds.iter().map(|(name, kind)| ((*name).into(), *kind)).collect());
    let row = [
        Cell::Text("größe".into()),
        Cell::Integer(7),
        Cell::Float(0.5),
        Cell::Boolean(true),
        Cell::Instant(9),
        Cell::Date(3),
        Cell::Decimal(-150, 2),
    ];
    table.push(&row);
    table.push(&[]);
    table
}

/// A table of one text column with all cells of all given tables.
fn echo(tables: &[TableView<'_>]) -> Box<dyn Answer> {
    let mut echo = Table::with_columns("echo", vec![("cell".into(), ColumnType::Text)]);
    for table in tables {
        for row in 0..table.rows() {
            for (at, name) in table.columns.iter().enumerate() {
                let told = format!("{}.{name}={}", table.name, csv::cell_text(&table.cell(row, at)));
                echo.push(&[Cell::Text(told.into())]);
            }
        }
    }
    answer(echo)
}

fn named(name: &CStr) -> siam_named_table {
    siam_named_table {
        struct_size: size_of::<siam_named_table>() as u32,
        name: name.as_ptr(),
        name_len: SIAM_NTS,
        stream: null_mut(),
        csv: null(),
        csv_len: 0,
        columns: null(),
        evidence: null(),
    }
}

fn document(text: &CStr) -> siam_document {
    let struct_size = size_of::<siam_document>() as u32;
    siam_document { struct_size, name: c"e.yaml".as_ptr(), name_len: SIAM_NTS, text: text.as_ptr(), text_len: SIAM_NTS }
}

fn ecosystem(host: *const siam_host, text: &CStr) -> *mut siam_ecosystem {
    let mut ecosystem = null_mut();
    // SAFETY: all pointers live until the call returns.
    assert_eq!(unsafe { siam_load(host, &document(text), 1, null(), 0, &mut ecosystem, null_mut()) }, 0);
    ecosystem
}

/// Asks for an echo of these tables: the cells, or the code and the text of the error.
fn asked(host: *const siam_host, tables: &[siam_named_table]) -> Result<Vec<String>, (i32, String)> {
    let (mut report, mut error) = (null_mut(), null_mut());
    let ecosystem = if host.is_null() { null_mut() } else { ecosystem(host, c"siam: 1") };
    // SAFETY: all pointers live until the call returns; handles are freed once.
    unsafe {
        let count = i64::try_from(tables.len()).unwrap();
        let code = ask(
            ecosystem,
            c"{}".as_ptr(),
            SIAM_NTS,
            tables.as_ptr(),
            count,
            &mut report,
            &mut error,
            |_, _, tables, _: &Limits| Ok(echo(tables)),
        );
        siam_ecosystem_free(ecosystem);
        if code != 0 {
            assert!(report.is_null());
            let text = CStr::from_ptr(siam_error_text(error)).to_str().unwrap().to_owned();
            assert_eq!(siam_error_code(error), code);
            siam_error_free(error);
            return Err((code, text));
        }
        let mut cells = Vec::new();
        for row in 0..siam_report_rows(report, 0) {
            let (mut text, mut len) = (null(), 0);
            assert_eq!(siam_report_column_text(report, 0, 0, row, &mut text, &mut len, null_mut()), 0);
            cells.push(String::from_utf8(std::slice::from_raw_parts(text.cast(), len as usize).to_vec()).unwrap());
        }
        siam_report_free(report);
        Ok(cells)
    }
}

fn host(options: *const siam_host_options) -> *mut siam_host {
    let mut host = null_mut();
    // SAFETY: the options are null or alive.
    assert_eq!(unsafe { siam_host_new(options, &mut host, null_mut()) }, 0);
    host
}

fn options() -> siam_host_options {
    siam_host_options {
        struct_size: size_of::<siam_host_options>() as u32,
        log_level: 0,
        log: None,
        poll: None,
        user: null_mut(),
        max_bytes: 0,
        max_rows: 0,
        max_depth: 0,
        max_threads: 0,
        zones: null(),
        zones_len: 0,
    }
}

#[test]
fn a_host_may_bring_its_own_time_zones() {
    let nothing = b"tzdata2031a\0";
    let mut options = options();
    (options.zones, options.zones_len) = (nothing.as_ptr(), nothing.len() as i64);
    let (mut host, mut error) = (null_mut(), null_mut());
    // SAFETY: live pointers throughout.
    unsafe {
        assert_ne!(siam_host_new(&options, &mut host, &mut error), 0);
        assert!(CStr::from_ptr(siam_error_text(error)).to_str().unwrap().contains("zones-unreadable"));
        siam_error_free(error);
    }
}

#[test]
fn tables_of_all_three_sources_reach_an_operation() {
    let host = host(null());
    let mut stream = siam_arrow::export(Arc::new(table()));
    let mut columns = null_mut();
    let (instants, present) = ([1_000_000, 0], [1, 0]);
    let texts = [c"a".as_ptr(), null()];
    // SAFETY: all pointers live until the call returns.
    unsafe {
        assert_eq!(siam_columns_new(2, &mut columns, null_mut()), 0);
        assert_eq!(siam_columns_add_instant(columns, c"at".as_ptr(), 2, instants.as_ptr(), present.as_ptr(), null_mut()), 0);
        assert_eq!(siam_columns_add_text(columns, c"id".as_ptr(), SIAM_NTS, texts.as_ptr(), null_mut()), 0);
    }
    let csv = b"x\n1\n";
    let tables = [
        siam_named_table { stream: &mut stream, ..named(c"s") },
        siam_named_table { csv: csv.as_ptr(), csv_len: 4, ..named(c"c") },
        siam_named_table { columns, ..named(c"b") },
    ];
    let cells = asked(host, &tables).unwrap();
    assert_eq!(
        cells[..7],
        [
            "s.id=größe",
            "s.n=7",
            "s.percent=0.5",
            "s.met=true",
            "s.at=1970-01-01T00:00:00.000009Z",
            "s.day=1970-01-04",
            "s.amount=-1.50"
        ]
    );
    assert_eq!(cells[14..], ["c.x=1", "b.at=1970-01-01T00:00:01Z", "b.id=a", "b.at=", "b.id="]);
    assert!(stream.release().is_none());
    // SAFETY: freed once.
    unsafe {
        siam_columns_free(columns);
        siam_host_free(host);
    }
}

#[test]
fn what_is_wrong_with_a_table_is_told() {
    let mut small = options();
    small.max_rows = 1;
    let host = host(&small);
    let two = || named(c"t");
    let csv = b"x\n1\n2\n".as_ptr();
    let mut other = two();
    other.struct_size = 3;
    let cases = [
        (vec![two()], 503, "one source of rows"),
        (vec![siam_named_table { csv, csv_len: 6, ..two() }], 402, "limit of 1"),
        (vec![siam_named_table { csv, csv_len: -6, ..two() }], 902, "csv"),
        (
            vec![siam_named_table { csv, csv_len: 4, ..two() }, siam_named_table { csv, csv_len: 4, ..two() }],
            503,
            "no other table",
        ),
        (vec![siam_named_table { csv, csv_len: 4, name: null(), ..two() }], 902, "name"),
        (vec![siam_named_table { csv, csv_len: 4, name: c"\xff".as_ptr(), ..two() }], 902, "name"),
        (vec![other], 503, "struct_size"),
    ];
    for (tables, number, words) in cases {
        let (code, text) = asked(host, &tables).unwrap_err();
        assert!(code == number && text.contains(words), "{code} {text}");
    }
    assert_eq!(asked(null(), &[]).unwrap_err().0, 902);
    // SAFETY: freed once.
    unsafe { siam_host_free(host) };
}

#[test]
fn a_report_lends_every_column() {
    let host = host(null());
    // SAFETY: the host is alive.
    let report = siam_report::new(answer(table()), unsafe { &(*host).shared });
    // SAFETY: freed once; the report keeps what it needs.
    unsafe { siam_host_free(host) };
    let (mut bits, mut rows) = (null(), 0_i64);
    // SAFETY: the report lives to the end; its pointers are read before that.
    unsafe {
        macro_rules! lent {
            ($door:ident, $column:literal) => {{
                let mut values = null();
                assert_eq!($door(&report, 0, $column, &mut values, &mut bits, &mut rows, null_mut()), 0);
                assert_eq!((rows, *bits & 3), (2, 1));
                let mut error = null_mut();
                assert_eq!($door(&report, 0, 0, &mut values, &mut bits, &mut rows, &mut error), 503);
                siam_error_free(error);
                *values
            }};
        }
        assert_eq!(lent!(siam_report_column_int64, 1), 7);
        assert!((lent!(siam_report_column_float64, 2) - 0.5).abs() < 1e-9);
        assert_eq!(lent!(siam_report_column_boolean, 3) & 1, 1);
        assert_eq!(lent!(siam_report_column_instant, 4), 9);
        assert_eq!(lent!(siam_report_column_date, 5), 3);
        let (mut values, mut scale) = (null(), 0);
        assert_eq!(siam_report_column_decimal(&report, 0, 6, &mut values, &mut bits, &mut scale, &mut rows, null_mut()), 0);
        assert_eq!((values.cast::<i128>().read_unaligned(), scale), (-150, 2));
        let (mut text, mut len) = (c"x".as_ptr(), 5);
        assert_eq!(siam_report_column_text(&report, 0, 0, 1, &mut text, &mut len, null_mut()), 0);
        assert!(text.is_null() && len == 0);
        assert_eq!(siam_report_column_text(&report, 0, 0, 2, &mut text, &mut len, null_mut()), 504);
        let mut at = 9;
        assert_eq!(siam_report_find_table(&report, c"rows".as_ptr(), SIAM_NTS, &mut at, null_mut()), 0);
        assert_eq!(siam_report_find_column(&report, at, c"day".as_ptr(), SIAM_NTS, &mut at, null_mut()), 0);
        assert_eq!((at, siam_report_column_type(&report, 0, at)), (5, SIAM_TYPE_DATE));
        assert_eq!(siam_report_find_column(&report, 0, c"no".as_ptr(), SIAM_NTS, &mut at, null_mut()), 408);
        assert_eq!((at, siam_report_column_count(&report, 0), siam_report_rows(&report, 2)), (5, 7, -1));
        assert_eq!((siam_report_table_count(&report), siam_report_rows(&report, 1)), (2, 1));
        assert_eq!(CStr::from_ptr(siam_report_table_name(&report, 1)), c"problems");
        assert_eq!(
            (CStr::from_ptr(siam_report_operation(&report)), CStr::from_ptr(siam_report_fingerprint(&report))),
            (c"echo", c"f00")
        );
        let (mut out, mut len) = (null_mut(), 0);
        assert_eq!(siam_report_csv(&report, 0, &mut out, &mut len, null_mut()), 0);
        assert!(std::slice::from_raw_parts(out, len as usize).starts_with(b"id,n,percent"));
        siam_bytes_free(out, len);
        let mut stream = FFI_ArrowArrayStream::empty();
        assert_eq!(siam_report_table(&report, c"rows".as_ptr(), 4, &mut stream, null_mut()), 0);
        assert!(stream.release().is_some());
        stream = FFI_ArrowArrayStream::empty();
        assert_eq!(siam_report_table(&report, c"problems".as_ptr(), SIAM_NTS, &mut stream, null_mut()), 0);
        drop(report);
        let read = siam_arrow::Imported::read(stream, "problems", &Limits::default()).unwrap();
        assert_eq!(read.view("problems").cell(0, 0), Cell::Text("advice".into()));
    }
}

#[test]
fn handles_that_any_thread_may_use_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<siam_host>();
    shared::<siam_ecosystem>();
    shared::<siam_report>();
    shared::<siam_error>();
    shared::<siam_bound_evidence>();
}

#[test]
fn a_stream_outlives_its_report() {
    let shared = Arc::new(Host::new(&options(), None).unwrap());
    let report = siam_report::new(answer(table()), &shared);
    let stream = report.stream("rows").unwrap();
    drop(report);
    let read = siam_arrow::Imported::read(stream, "rows", &Limits::default()).unwrap();
    assert_eq!(read.view("rows").cell(0, 0), Cell::Text("größe".into()));
}

#[test]
fn structs_of_an_older_header_are_read_and_unequal_ones_refused() {
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Newer(siam_document, u64);
    /// A named table as a header without `columns` has it.
    #[repr(C)]
    struct Older {
        struct_size: u32,
        name: *const c_char,
        name_len: i64,
        stream: *mut FFI_ArrowArrayStream,
        csv: *const u8,
        csv_len: i64,
    }
    /// The same as a header without `evidence` has it.
    #[repr(C)]
    struct Old(Older, *const siam_columns);
    let host = host(null());
    let load = |documents: *const siam_document, count| {
        let (mut ecosystem, mut error) = (null_mut(), null_mut());
        // SAFETY: all pointers live until the call returns; handles are freed once.
        unsafe {
            let code = siam_load(host, documents, count, null(), 0, &mut ecosystem, &mut error);
            siam_ecosystem_free(ecosystem);
            siam_error_free(error);
            code
        }
    };
    let mut newer = [Newer(document(c"siam: 1"), 0), Newer(document(c"services: {a: {}}"), 0)];
    newer.iter_mut().for_each(|one| one.0.struct_size = size_of::<Newer>() as u32);
    assert_eq!(load(newer.as_ptr().cast(), 2), 0);
    newer[1].0.struct_size -= 8;
    assert_eq!(load(newer.as_ptr().cast(), 2), 503);
    newer[1].0.struct_size += 8;
    newer[1].1 = 1;
    assert_eq!(load(newer.as_ptr().cast(), 2), 503);
    let csv = b"x\n1\n".as_ptr();
    let struct_size = size_of::<Older>() as u32;
    let one = |name: &CStr, struct_size| Older {
        struct_size,
        name: name.as_ptr(),
        name_len: SIAM_NTS,
        stream: null_mut(),
        csv,
        csv_len: 4,
    };
    let older = [c"a", c"b"].map(|name| one(name, struct_size));
    let old = [c"a", c"b"].map(|name| Old(one(name, size_of::<Old>() as u32), null()));
    let (mut report, mut error) = (null_mut(), null_mut());
    let ecosystem = ecosystem(host, c"siam: 1");
    // SAFETY: all pointers live until the call returns; handles are freed once.
    unsafe {
        for tables in [older.as_ptr().cast(), old.as_ptr().cast()] {
            let code = ask(ecosystem, c"{}".as_ptr(), 2, tables, 2, &mut report, &mut error, |_, _, tables, _| Ok(echo(tables)));
            assert_eq!((code, siam_report_rows(report, 0)), (0, 2));
            siam_report_free(report);
        }
        siam_ecosystem_free(ecosystem);
        siam_host_free(host);
    }
}

#[test]
fn a_document_that_is_not_utf8_is_told_by_line_and_column() {
    let host = host(null());
    let (mut ecosystem, mut error) = (null_mut(), null_mut());
    // SAFETY: all pointers live until the call returns; handles are freed once.
    unsafe {
        let broken = document(c"siam: 1\necosystem: \xc3\xa9t\xe9");
        assert_eq!(siam_load(host, &broken, 1, null(), 0, &mut ecosystem, &mut error), 403);
        assert_eq!((siam_error_problem_line(error, 0), siam_error_problem_column(error, 0)), (2, 14));
        siam_error_free(error);
        assert!(check(&(*host).shared, &[], Vec::new(), "").unwrap().problems().has_errors());
        siam_host_free(host);
    }
}

#[test]
fn a_language_falls_back_to_its_shorter_name_and_never_to_another() {
    let host = Host::new(&options(), None).unwrap();
    let german =
        |locale: &str, words: &str| format!("{{\"locale\": \"{locale}\", \"messages\": {{\"impact-given\": \"{words}\"}}}}");
    host.add_messages(&german("de", "erst")).unwrap();
    host.add_messages(&german("DE", "gegeben")).unwrap();
    let shared = Arc::new(host);
    let report = siam_report::new(answer(table()), &shared);
    let told = |locale: &str, format| report.explain("", 0, locale, format).map(|words| String::from_utf8(words).unwrap());
    assert_eq!(told("de-CH-1996", SIAM_FORMAT_TEXT).unwrap(), "gegeben\n");
    assert_eq!(told("en-GB", SIAM_FORMAT_TEXT).unwrap(), "it was given as failed\n");
    assert!(told("de", SIAM_FORMAT_HTML).unwrap().starts_with("<div class=\"siam-explanation\" lang=\"DE\"><p>gegeben"));
    assert_eq!(told("en", SIAM_FORMAT_CSV).unwrap(), "step,depth,id,text\r\n0,0,impact-given,it was given as failed\r\n");
    assert_eq!(told("fr", SIAM_FORMAT_TEXT).unwrap_err().code().number, 502);
    assert_eq!(told("en", 0).unwrap_err().code().number, 503);
    assert_eq!(report.explain("", -1, "en", 1).unwrap_err().code().number, 504);
    assert!(shared.add_messages("{\"locale\": \"de\", \"messages\": {\"no-such-id\": \"x\"}}").is_err());
}

#[test]
fn a_panic_becomes_a_code_and_writes_no_output() {
    let host = host(null());
    let (mut report, mut error) = (null_mut(), null_mut());
    let ecosystem = ecosystem(host, c"siam: 1");
    // SAFETY: all pointers live until the call returns; handles are freed once.
    unsafe {
        let code = ask(ecosystem, c"".as_ptr(), 0, null(), 0, &mut report, &mut error, |_, _, _, _| panic!("the floor gave way"));
        siam_ecosystem_free(ecosystem);
        assert_eq!((code, report.is_null()), (903, true));
        assert!(CStr::from_ptr(siam_error_problem_message(error, 0)).to_str().unwrap().contains("the floor gave way"));
        siam_error_free(error);
        siam_host_free(host);
    }
}

#[test]
fn a_host_logs_failures_and_stops_work() {
    unsafe extern "C" fn log(user: *mut c_void, level: i32, _text: *const c_char, len: i64) {
        // SAFETY: the test hands a counter that outlives the host.
        unsafe { *user.cast::<i64>() += i64::from(level) * i64::from(len > 0) };
    }
    unsafe extern "C" fn stop(_user: *mut c_void, _done: i64, _total: i64) -> i32 {
        1
    }
    let mut lines = 0_i64;
    let mut chosen = options();
    chosen.log = Some(log);
    chosen.poll = Some(stop);
    chosen.user = (&raw mut lines).cast();
    let host = host(&chosen);
    let tables = [siam_named_table { csv: b"x\n".as_ptr(), csv_len: 2, ..named(c"t") }];
    assert_eq!(asked(host, &tables).unwrap_err().0, 507);
    // SAFETY: freed once.
    unsafe { siam_host_free(host) };
    assert_eq!(lines, 1);
}

#[test]
fn options_of_another_size_are_read_or_refused() {
    #[repr(C)]
    struct Newer(siam_host_options, u64);
    let refused = |options: *const siam_host_options| {
        let mut host = null_mut();
        // SAFETY: the options live until the call returns.
        let code = unsafe { siam_host_new(options, &mut host, null_mut()) };
        // SAFETY: null or freed once.
        unsafe { siam_host_free(host) };
        code
    };
    let mut newer = Newer(options(), 0);
    newer.0.struct_size += 8;
    assert_eq!(refused((&raw const newer).cast()), 0);
    newer.1 = 1;
    assert_eq!(refused((&raw const newer).cast()), 503);
    let mut older = options();
    older.struct_size = 8;
    older.max_rows = -1;
    assert_eq!(refused(&older), 0);
    older.struct_size = size_of::<siam_host_options>() as u32;
    assert_eq!(refused(&older), 503);
    older.struct_size = 0;
    assert_eq!(refused(&older), 503);
}

#[test]
fn a_changed_ecosystem_is_as_if_loaded_and_the_old_one_stays() {
    let host = host(null());
    // SAFETY: all pointers live until the calls return; handles are freed once.
    unsafe {
        let before = ecosystem(host, c"{siam: 1, services: {wan: {}, email: {users: 10}}}");
        let wanted = ecosystem(host, c"{siam: 1, services: {wan: {}, email: {users: 40}}}");
        let (mut changed, mut error) = (null_mut(), null_mut());
        let changes = c"{\"services.email.users\": 40}";
        assert_eq!(siam_with(before, changes.as_ptr(), SIAM_NTS, &mut changed, &mut error), 0);
        let print = |ecosystem| CStr::from_ptr(siam_ecosystem_fingerprint(ecosystem)).to_owned();
        assert_eq!(print(changed), print(wanted));
        assert_ne!(print(changed), print(before));
        let mut none = null_mut();
        assert_ne!(siam_with(before, c"{\"services.emial.users\": 1}".as_ptr(), SIAM_NTS, &mut none, &mut error), 0);
        assert!(none.is_null());
        let told = CStr::from_ptr(siam_error_text(error)).to_str().unwrap().to_owned();
        assert!(told.contains("changes:1:2") && told.contains("did you mean `email`?"), "{told}");
        siam_error_free(error);
        [before, wanted, changed].into_iter().for_each(|one| siam_ecosystem_free(one));
        siam_host_free(host);
    }
}

const CHAIN: &str = "siam: 1\nservices: {wan: {}, email: {depends_on: [wan], users: 40}}\n";

/// Counts how often it is asked, and stops the work the second time.
unsafe extern "C" fn once(user: *mut c_void, _done: i64, _total: i64) -> i32 {
    // SAFETY: the test hands a number of its own.
    let asked = unsafe { &*user.cast::<std::cell::Cell<i32>>() };
    asked.set(asked.get() + 1);
    i32::from(asked.get() > 1)
}

fn report_of_impacts(host: *const siam_host) -> *mut siam_report {
    let (mut ecosystem, mut report) = (null_mut(), null_mut());
    let mut document: siam_document =
        siam_document { struct_size: size_of::<siam_document>() as u32, name: null(), name_len: 0, text: null(), text_len: 0 };
    (document.text, document.text_len) = (CHAIN.as_ptr().cast(), CHAIN.len() as i64);
    // SAFETY: live pointers throughout.
    unsafe {
        assert_eq!(siam_load(host, &document, 1, null(), 0, &mut ecosystem, null_mut()), 0);
        assert_eq!(siam_impacts(ecosystem, c"{}".as_ptr(), SIAM_NTS, null(), 0, &mut report, null_mut()), 0);
        siam_ecosystem_free(ecosystem);
    }
    report
}

#[test]
fn a_stream_outlives_its_report_and_lends_one_batch_after_the_other() {
    let (mut host, mut stream, mut batch) = (null_mut(), null_mut(), null());
    // SAFETY: live pointers throughout; every handle is freed once.
    unsafe {
        assert_eq!(siam_host_new(null(), &mut host, null_mut()), 0);
        let report = report_of_impacts(host);
        assert_eq!(siam_stream_new(report, c"rows".as_ptr(), SIAM_NTS, &mut stream, null_mut()), 595);
        assert_eq!(siam_stream_new(report, c"services".as_ptr(), SIAM_NTS, &mut stream, null_mut()), 0);
        siam_report_free(report);
        siam_host_free(host);
        assert_eq!(siam_stream_next(stream, &mut batch, null_mut()), 0);
        assert_eq!(siam_report_rows(batch, 0), 3);
        let (mut text, mut len) = (null(), 0);
        assert_eq!(siam_report_column_text(batch, 0, 1, 0, &mut text, &mut len, null_mut()), 0);
        assert_eq!(std::slice::from_raw_parts(text.cast::<u8>(), len as usize), b"wan");
        assert_eq!(siam_stream_next(stream, &mut batch, null_mut()), 0);
        assert!(batch.is_null());
        assert_eq!(siam_stream_next(null_mut(), &mut batch, null_mut()), 902);
        siam_stream_free(stream);
        siam_stream_free(null_mut());
    }
}

#[test]
fn the_host_stops_a_stream_between_two_batches() {
    let asked = std::cell::Cell::new(0_i32);
    let (mut host, mut stream, mut batch) = (null_mut(), null_mut(), null());
    // SAFETY: live pointers throughout; the number outlives the host's handles.
    unsafe {
        let mut options: siam_host_options = std::mem::zeroed();
        options.struct_size = size_of::<siam_host_options>() as u32;
        (options.poll, options.user) = (Some(once as _), (&raw const asked).cast_mut().cast());
        assert_eq!(siam_host_new(&options, &mut host, null_mut()), 0);
        let report = report_of_impacts(host);
        asked.set(0);
        assert_eq!(siam_stream_new(report, c"services".as_ptr(), SIAM_NTS, &mut stream, null_mut()), 0);
        assert_eq!(siam_stream_next(stream, &mut batch, null_mut()), 0);
        assert_eq!(siam_stream_next(stream, &mut batch, null_mut()), 507);
        siam_stream_free(stream);
        asked.set(0);
        let mut arrow = FFI_ArrowArrayStream::empty();
        assert_eq!(siam_report_stream(report, c"services".as_ptr(), SIAM_NTS, &mut arrow, null_mut()), 0);
        let read = siam_arrow::Imported::read(arrow, "services", &Limits::default());
        assert!(read.is_err_and(|error| error.to_string().contains("the host stopped the work")));
        siam_report_free(report);
        siam_host_free(host);
    }
}
