//! The main job, first form: a month scored, a failure followed, a ticket explained.
//!
//! Usage: `demo [FOLDER]` writes the picture into FOLDER, `build` unless given.

use siam_core::answer::impact::{FailureQuery, ImpactQuery, impact};
use siam_core::answer::score::{ScoreQuery, score};
use siam_core::base::columns::Cell;
use siam_core::base::{Limits, csv};
use siam_core::evidence::{EvidenceQuery, evidence};
use siam_core::report::{Answer, Catalogue, text::table_text};
use siam_core::{Source, explain, load};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/");
    let read = |name: &str| std::fs::read_to_string(format!("{here}{name}"));
    let (english, limits) = (Catalogue::english(), Limits::default());

    let ecosystem = load(&[Source::text("ecosystem.yaml", read("ecosystem.yaml")?)])?;
    let incidents = csv::read("incidents", read("incidents.csv")?.as_bytes(), &limits)?;
    let history = csv::read("history", read("history.csv")?.as_bytes(), &limits)?;
    let exclusions = csv::read("exclusions", read("exclusions.csv")?.as_bytes(), &limits)?;
    let mapping = EvidenceQuery { mapping: Some(read("mapping.yaml")?), ..Default::default() };
    let tables = vec![incidents.view(), history.view(), exclusions.view()];
    let evidence = evidence(&ecosystem, &mapping, tables, &limits)?;
    println!("EVIDENCE");
    print!("{}", table_text(evidence.tables()[0], &[], 10, &english));
    println!("\nNot used, and why");
    print!("{}", table_text(evidence.tables()[1], &["table", "row", "column", "reason", "value"], 10, &english));

    let scorecard = score(&ecosystem, &evidence, &ScoreQuery { periods: vec!["2026-10".into()], ..Default::default() })?;
    println!("\nSCORECARD OCTOBER 2026");
    let columns =
        ["measure", "provider", "party", "priority", "counted", "met", "missed", "excluded", "percent", "target", "result"];
    print!("{}", table_text(scorecard.tables()[0], &columns, 20, &english));
    print!("\n{}", explain(&scorecard, "rows", 0, &english)?.to_text());

    let failures = vec![FailureQuery::of("network")];
    let report = impact(&ecosystem, &ImpactQuery { failures, ..Default::default() })?;
    println!("\nIF THE NETWORK FAILS");
    print!("{}", table_text(report.summary(), &[], 1, &english));
    print!("{}", table_text(report.rows(), &["service", "level", "users", "agreements", "route"], 10, &english));
    print!("\n{}", explain(&report, "rows", 0, &english)?.to_text());
    let folder = std::env::args().nth(1).unwrap_or_else(|| "build".into());
    std::fs::create_dir_all(&folder)?;
    let picture = report.picture(&english).map(|picture| picture.to_svg()).unwrap_or_default();
    std::fs::write(format!("{folder}/impact.svg"), picture)?;
    println!("The picture is impact.svg");

    let tickets = scorecard.tables()[1];
    let number = |row: usize, column: &str| match tickets.cell(row, column) {
        Cell::Integer(value) => value,
        Cell::Instant(micros) => micros / 1_000_000,
        _ => 0,
    };
    // The first that missed its time although its clock stood still for a while.
    let missed = (0..tickets.rows()).find(|row| {
        let open = number(*row, "stopped") - number(*row, "started");
        tickets.cell(*row, "outcome") == Cell::Text("missed".into()) && open > number(*row, "elapsed_seconds")
    });
    println!("\nA TICKET THAT MISSED ITS TIME");
    print!("{}", explain(&scorecard, "tickets", missed.unwrap_or(0), &english)?.to_text());
    Ok(())
}
