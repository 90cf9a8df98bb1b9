//! The main job: an ecosystem and a month of evidence in, the service review out.
//!
//! Usage: `review [FOLDER]` writes the page review.html into FOLDER, `build` unless given.

use siam_core::base::{Limits, Table, csv};
use siam_core::page::{PageQuery, page};
use siam_core::report::{Answer, Catalogue, text::table_text};
use siam_core::{EvidenceQuery, ReviewQuery, Source, evidence, explain, load, review};
use std::error::Error;

const DOCUMENTS: [&str; 6] = ["agreements", "contracts", "parties", "processes", "regimes", "services"];
const TABLES: [&str; 16] = [
    "attribution",
    "changes",
    "charges",
    "claims",
    "events",
    "exchanges",
    "exclusions",
    "figures",
    "improvements",
    "obligations",
    "outages",
    "reported",
    "survey",
    "ticket_events",
    "tickets",
    "usage",
];
/// What is printed of the review: a heading, a table, its columns, the most rows.
const PRINTED: [(&str, &str, &str, usize); 9] = [
    ("EVIDENCE", "used", "given table rows rejected gave", 20),
    ("HOW EVERYONE DID", "rows", "group party measures met missed no_verdict owes receives", 20),
    ("MEASURES", "measures", "group party measure counted value unit direction target result", 40),
    ("MAJOR INCIDENTS AND OTHER EVENTS", "events", "event kind declared duration_seconds outages tickets claims", 10),
    ("CLAIMS, AS RECORDED", "claims", "claim party event cause_party status decided_by", 10),
    ("CAUSES, AS RECORDED", "causes", "event party share", 10),
    ("WHAT IS OWED", "ledger", "payer payee kind amount unit status clause", 40),
    ("OPEN FINDINGS", "findings", "severity name kind object other", 20),
    ("DUE NEXT MONTH", "due", "date kind object item owes owed_to", 12),
];

fn main() -> Result<(), Box<dyn Error>> {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/review/");
    let read = |name: String| std::fs::read_to_string(format!("{here}{name}"));
    let (english, limits) = (Catalogue::english(), Limits::default());

    let documents: Result<Vec<Source>, std::io::Error> = DOCUMENTS
        .iter()
        .map(|name| Ok(Source::text(format!("examples/review/{name}.yaml"), read(format!("{name}.yaml"))?)))
        .collect();
    let ecosystem = load(&documents?)?;
    let mut tables: Vec<Table> = Vec::new();
    for name in TABLES {
        tables.push(csv::read(name, read(format!("evidence/{name}.csv"))?.as_bytes(), &limits)?);
    }
    let mapping = EvidenceQuery { mapping: Some(read("evidence/mapping.yaml".into())?), ..Default::default() };
    let evidence = evidence(&ecosystem, &mapping, tables.iter().map(Table::view).collect(), &limits)?;
    let review = review(&ecosystem, &evidence, &ReviewQuery { period: "2026-10".into(), ..Default::default() })?;

    for (heading, name, columns, rows) in PRINTED {
        let found = review.tables().into_iter().find(|table| table.name() == name).ok_or(name)?;
        let columns: Vec<&str> = columns.split(' ').collect();
        println!("{heading}");
        println!("{}", table_text(found, &columns, rows, &english));
    }
    println!("HOW THE FIRST AMOUNT COMES ABOUT");
    print!("{}", explain(&review, "ledger", 0, &english)?.to_text());
    let folder = std::env::args().nth(1).unwrap_or_else(|| "build".into());
    std::fs::create_dir_all(&folder)?;
    std::fs::write(format!("{folder}/review.html"), page(&review, &PageQuery::default(), &english)?)?;
    println!("\nThe page is review.html");
    Ok(())
}
