//! The shared cases, run through the doors that both bindings call.
//!
//! Goes in: the folders of tests/cases, see its README. Comes out: every byte that differs from what a case expects.
//! **Invariant:** this file only translates and calls; it never writes what a case expects, `SIAM_BLESS` or not.
//! **Not here:** the same folders through C (siam-ffi/tests/c/runner.c) and Python (siam-py).

use siam_core::base::{Error, Limits, Problems, Table, TableView, csv};
use siam_core::evidence::Evidence;
use siam_core::ops::{OPERATIONS, Receiver, doors};
use siam_core::report::{Answer, Catalogue, problems};
use siam_core::{Ecosystem, Source, explain, load_with};
use std::path::{Path, PathBuf};

type Door = fn(&Ecosystem, &str, &[TableView<'_>], &Limits) -> Result<Box<dyn Answer>, Error>;

type EvidenceDoor = fn(&Ecosystem, &Evidence, &str, &[TableView<'_>], &Limits) -> Result<Box<dyn Answer>, Error>;

const EVIDENCE_DOORS: &[(&str, EvidenceDoor)] = &[
    ("score", doors::score),
    ("headroom", doors::headroom),
    ("reconcile", doors::reconcile),
    ("observed", doors::observed),
    ("leakage", doors::leakage),
    ("drift", doors::drift),
    ("settle", doors::settle),
    ("review", doors::review),
];
const DOORS: &[(&str, Door)] = &[
    ("exit", doors::exit),
    ("evidence", bind),
    ("findings", doors::findings),
    ("terms", doors::terms),
    ("impact", doors::impact),
    ("root_causes", doors::root_causes),
    ("redundancy", doors::redundancy),
    ("impacts", doors::impacts),
    ("single_points_of_failure", doors::single_points_of_failure),
    ("concentration", doors::concentration),
    ("elapsed", doors::elapsed),
    ("deadline", doors::deadline),
    ("is_open", doors::is_open),
    ("next_open", doors::next_open),
    ("next_close", doors::next_close),
    ("previous_open", doors::previous_open),
    ("intervals", doors::intervals),
    ("who", doors::who),
    ("due", doors::due),
    ("coverage", doors::coverage),
    ("readiness", doors::readiness),
    ("compare", doors::compare),
    ("trend", doors::trend),
];

/// Evidence as an answer like the others.
fn bind(ecosystem: &Ecosystem, question: &str, tables: &[TableView<'_>], limits: &Limits) -> Result<Box<dyn Answer>, Error> {
    Ok(Box::new(doors::evidence(ecosystem, question, tables.to_vec(), limits)?))
}

/// What an operation gave: tables as CSV by name, and the answer where rows can be explained.
struct Given {
    tables: Vec<(String, Vec<u8>)>,
    answer: Option<Box<dyn Answer>>,
}

/// The entries of a folder whose names begin and end so, in the byte order of their names; none where there is no such folder.
fn listed(folder: &Path, starts: &str, ends: &str) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let entries = entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
    let mut found: Vec<_> = entries.filter(|(name, _)| name.starts_with(starts) && name.ends_with(ends)).collect();
    found.sort();
    found
}

fn text(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

impl Given {
    fn of(answer: Box<dyn Answer>) -> Self {
        let mut tables: Vec<_> = answer.tables().into_iter().map(|table| (table.name().to_owned(), csv::write(table))).collect();
        tables.push(found(answer.problems()));
        Self { tables, answer: Some(answer) }
    }
}

fn found(problems: &Problems) -> (String, Vec<u8>) {
    let table = problems::table(problems, &Catalogue::english());
    (table.name().to_owned(), csv::write(&table))
}

/// The tables of a folder; the problems of all of them at once.
fn read_tables(folder: &Path, limits: &Limits) -> Result<Vec<Table>, Error> {
    let (mut tables, mut problems) = (Vec::new(), Problems::new());
    for (name, path) in listed(folder, "", ".csv") {
        match csv::read(name.trim_end_matches(".csv"), text(path).as_bytes(), limits) {
            Ok(table) => tables.push(table),
            Err(error) => problems.append(error.problems().clone(), limits.problems),
        }
    }
    if problems.is_empty() { Ok(tables) } else { Err(Error::from_problems(problems)) }
}

fn run(case: &Path) -> Result<Given, Error> {
    let operation = text(case.join("operation"));
    let operation = operation.trim();
    let limits = Limits::default();
    let sources: Vec<Source> =
        listed(case, "ecosystem", ".yaml").into_iter().map(|(name, path)| Source::text(name, text(path))).collect();
    let asked = DOORS.iter().find(|(name, _)| *name == operation);
    let scored = EVIDENCE_DOORS.iter().find(|(name, _)| *name == operation);
    let loaded = asked.is_some() || scored.is_some();
    let ecosystem = loaded.then(|| load_with(&sources, Vec::new(), &limits)).transpose()?;
    if let (Some((_, door)), Some(ecosystem)) = (scored, &ecosystem) {
        let given = read_tables(&case.join("evidence/tables"), &limits)?;
        let views = given.iter().map(Table::view).collect();
        let evidence = doors::evidence(ecosystem, &text(case.join("evidence/query.json")), views, &limits)?;
        let tables = read_tables(&case.join("tables"), &limits)?;
        let views: Vec<_> = tables.iter().map(Table::view).collect();
        return Ok(Given::of(door(ecosystem, &evidence, &text(case.join("query.json")), &views, &limits)?));
    }
    if operation == "diff" {
        let after: Vec<Source> =
            listed(case, "after", ".yaml").into_iter().map(|(name, path)| Source::text(name, text(path))).collect();
        let (before, after) = (load_with(&sources, Vec::new(), &limits)?, load_with(&after, Vec::new(), &limits)?);
        return Ok(Given::of(doors::diff(&before, &after, &text(case.join("query.json")), &[], &limits)?));
    }
    let tables = read_tables(&case.join("tables"), &limits)?;
    let views = || tables.iter().map(Table::view).collect::<Vec<_>>();
    if operation == "check" {
        let options = std::fs::read_to_string(case.join("query.json")).unwrap_or_default();
        return Ok(Given { tables: vec![found(&doors::check(&sources, &options, views(), &limits)?)], answer: None });
    }
    if operation == "load" {
        load_with(&sources, views(), &limits)?;
        return Ok(Given { tables: Vec::new(), answer: None });
    }
    let (Some((_, door)), Some(ecosystem)) = (asked, ecosystem) else { panic!("{operation} is no operation") };
    Ok(Given::of(door(&ecosystem, &text(case.join("query.json")), &views(), &limits)?))
}

/// The bytes that stand for an expected file; the words of the fault where nothing does.
fn given(outcome: &Result<Given, Error>, file: &str) -> Result<Vec<u8>, String> {
    let given = match outcome {
        Err(error) if file == "error.txt" => return Ok(format!("{error}\n").into()),
        Err(error) => return Err(error.to_string()),
        Ok(given) => given,
    };
    if let Some(stream) = file.strip_prefix("stream.").and_then(|rest| rest.strip_suffix(".csv")) {
        let stream = given.answer.as_ref().and_then(|answer| answer.stream(stream));
        let mut stream = stream.ok_or_else(|| format!("no stream {file}"))?;
        let batch = stream.next_batch().ok_or("the stream is empty")?;
        return if stream.next_batch().is_none() { Ok(csv::write(&batch)) } else { Err("the stream has several batches".into()) };
    }
    if let Some(table) = file.strip_suffix(".csv") {
        let found = given.tables.iter().find(|(name, _)| name == table);
        return found.map(|(_, bytes)| bytes.clone()).ok_or_else(|| format!("no table {table}"));
    }
    let row = file.strip_prefix("explain.").and_then(|rest| rest.strip_suffix(".txt")).and_then(|row| row.parse().ok());
    match (row, &given.answer) {
        (Some(row), Some(answer)) => {
            let words = explain(&**answer, "", row, &Catalogue::english()).map_err(|error| error.to_string())?;
            Ok(words.to_text().into())
        }
        _ => Err("it did not fail, or this is no name of an expected file".to_owned()),
    }
}

#[test]
fn every_case_gives_the_bytes_it_expects() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut faults = String::new();
    let mut cases = 0;
    for (operation, folder) in listed(&root, "", "").into_iter().filter(|(_, path)| path.is_dir()) {
        for (name, case) in listed(&folder, "", "") {
            cases += 1;
            let outcome = run(&case);
            let expected = listed(&case.join("expect"), "", "");
            if expected.is_empty() || !case.join("why.md").is_file() || text(case.join("operation")).trim() != operation {
                faults += &format!("{operation}/{name}: it lacks expected files or why.md, or stands in the wrong folder\n");
            }
            for (file, path) in expected {
                let wanted = text(path);
                match given(&outcome, &file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
                    Ok(bytes) if bytes == wanted => {}
                    Ok(bytes) => faults += &format!("{operation}/{name}/expect/{file}\nwanted:\n{wanted}\ngiven:\n{bytes}\n"),
                    Err(fault) => faults += &format!("{operation}/{name}/expect/{file}: {fault}\n"),
                }
            }
        }
    }
    assert!(cases > 0, "there are no cases");
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn every_operation_can_be_a_case_and_has_one() {
    let of = |receiver| OPERATIONS.iter().filter(move |operation| operation.receiver == receiver).map(|operation| operation.name);
    assert!(of(Receiver::Ecosystem).eq(DOORS.iter().map(|(name, _)| *name)), "DOORS lists other operations");
    assert!(of(Receiver::Evidence).eq(EVIDENCE_DOORS.iter().map(|(name, _)| *name)), "EVIDENCE_DOORS lists other operations");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    for operation in DOORS.iter().map(|(name, _)| name).chain(EVIDENCE_DOORS.iter().map(|(name, _)| name)) {
        assert!(!listed(&root.join(operation), "", "").is_empty(), "{operation} has no case");
    }
}
