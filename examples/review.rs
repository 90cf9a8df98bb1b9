use siam_core::base::{Limits, Table, csv};
use siam_core::report::{Answer, Catalogue, text::table_text};
use siam_core::*;
fn main() {
    let dir = std::path::Path::new("examples/review");
    let mut sources = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
        .collect();
    names.sort();
    for p in names {
        sources.push(Source::text(p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(p).unwrap()));
    }
    let eco = match load(&sources) {
        Ok(e) => e,
        Err(e) => {
            println!("{e}");
            return;
        }
    };
    let mut tables: Vec<Table> = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(dir.join("evidence"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "csv"))
        .collect();
    names.sort();
    for p in names {
        tables
            .push(csv::read(&p.file_stem().unwrap().to_string_lossy(), &std::fs::read(&p).unwrap(), &Limits::default()).unwrap());
    }
    let q = EvidenceQuery {
        mapping: Some(std::fs::read_to_string(dir.join("evidence/mapping.yaml")).unwrap()),
        ..Default::default()
    };
    let ev = match evidence(&eco, &q, tables.iter().map(|t| t.view()).collect(), &Limits::default()) {
        Ok(e) => e,
        Err(e) => {
            println!("{e}");
            return;
        }
    };
    let r = match review(&eco, &ev, &ReviewQuery { period: "2026-10".into(), ..Default::default() }) {
        Ok(e) => e,
        Err(e) => {
            println!("{e}");
            return;
        }
    };
    println!("{}", r.problems());
    for t in r.tables() {
        println!("== {} {}", t.name(), t.rows());
        if t.name() != "history" {
            println!("{}", {
                let names: Vec<&str> = t.names().iter().map(|n| &**n).collect();
                table_text(t, &names, 60, &Catalogue::english())
            });
        }
    }
    for i in 0..3 {
        println!("{}", explain(&r, "ledger", i, &Catalogue::english()).unwrap().to_text());
    }
}
