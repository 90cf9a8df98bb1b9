//! Laws of scores: the oracle counts the same tickets one by one, and the order and cutting of tables says nothing.
//!
//! Goes in: generated months. Comes out: agreement on every figure.
//! **Invariant:** the oracle sees the rows as text, before the engine binds them.
//! **Not here:** dirty rows (tests/cases/evidence).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::score::{ScoreQuery, score};
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, Limits, Table, TableView, csv};
use siam_core::evidence::{EvidenceQuery, evidence};
use siam_core::report::Answer;
use siam_oracle::score as oracle;
use siam_tests::generate::{Month, month};

const MEASURES: [&str; 3] = ["restored", "answered", "major"];

fn word(table: &Table, row: usize, column: &str) -> Option<String> {
    match table.cell(row, column) {
        Cell::Text(text) => Some(text.into_owned()),
        _ => None,
    }
}

fn tables(seed: u64) -> (String, Vec<Table>) {
    let like = Month { tickets: 60, services: 5, suppliers: 3, dirty: 0, ..Month::default() };
    let generated = month(seed, &like);
    let read = |(name, bytes): &(&'static str, Vec<u8>)| csv::read(name, bytes, &Limits::default()).unwrap();
    (generated.document, generated.tables.iter().map(read).collect())
}

/// The rows as the oracle takes them.
fn rows(tables: &[Table]) -> oracle::Evidence {
    let named = |name: &str| tables.iter().find(|table| table.name() == name).unwrap();
    let instant =
        |table: &Table, row: usize, column: &str| word(table, row, column).and_then(|text| Instant::parse(&text)).map(|at| at.0);
    let (tickets, events, exclusions) = (named("tickets"), named("ticket_events"), named("exclusions"));
    let ticket = |row: usize| oracle::Ticket {
        ticket: word(tickets, row, "ticket").unwrap(),
        columns: ["kind", "service", "priority", "party"]
            .into_iter()
            .filter_map(|column| Some((column.to_owned(), word(tickets, row, column)?)))
            .collect(),
        opened: instant(tickets, row, "opened"),
        responded: instant(tickets, row, "responded"),
        resolved: instant(tickets, row, "resolved"),
        closed: instant(tickets, row, "closed"),
    };
    let change = |row: usize| oracle::Change {
        ticket: word(events, row, "ticket").unwrap(),
        at: instant(events, row, "at").unwrap(),
        sequence: word(events, row, "sequence").unwrap().parse().unwrap(),
        from: word(events, row, "from"),
        to: word(events, row, "to").unwrap_or_default(),
    };
    let exclusion = |row: usize| oracle::Exclusion {
        key: word(exclusions, row, "key").unwrap(),
        status: word(exclusions, row, "status").unwrap(),
    };
    oracle::Evidence {
        tickets: (0..tickets.rows()).map(ticket).collect(),
        changes: (0..events.rows()).filter(|row| word(events, *row, "field").as_deref() == Some("state")).map(change).collect(),
        exclusions: (0..exclusions.rows()).map(exclusion).collect(),
    }
}

/// Figures as text, one per line, sorted.
fn ours(document: &str, views: Vec<TableView<'_>>) -> Vec<String> {
    let ecosystem = load(document);
    let evidence = evidence(&ecosystem, &EvidenceQuery::default(), views, &Limits::default()).unwrap();
    let query = ScoreQuery { periods: vec!["2026-10".into(), "2026-11".into()], ..Default::default() };
    let scorecard = score(&ecosystem, &evidence, &query).unwrap();
    let table = scorecard.tables()[0];
    let count = |row: usize, column: &str| match table.cell(row, column) {
        Cell::Integer(value) => value,
        _ => -1,
    };
    let mut figures: Vec<String> = (0..table.rows())
        .filter_map(|row| {
            let measure = word(table, row, "measure")?;
            let split = word(table, row, "by").map(|by| {
                let values: Vec<String> = by.split(", ").map(|column| word(table, row, column).unwrap_or_default()).collect();
                format!("{by}={}", values.join(", "))
            });
            let (counted, excluded) = (count(row, "counted"), count(row, "excluded"));
            if split.is_some() && counted + excluded == 0 {
                return None;
            }
            let met = if measure == "major" { counted } else { count(row, "met") };
            let verdict = match word(table, row, "result").as_deref() {
                Some("met") => "Some(true)",
                Some("missed") => "Some(false)",
                _ => "None",
            };
            let period = word(table, row, "period")?;
            Some(format!("{period} {measure} {split:?} {met} of {counted}, {excluded} excluded, {verdict}"))
        })
        .collect();
    figures.sort();
    figures
}

fn theirs(document: &str, evidence: &oracle::Evidence) -> Vec<String> {
    let at = |text: &str| Instant::parse(text).unwrap().0;
    // Months of London: the first hour of October's is summer time, November's is not.
    let (october, november, december) = (at("2026-09-30T23:00:00Z"), at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let period = |label: &str, from, until| oracle::Period { label: label.into(), from, until };
    let periods = [period("2026-10", october, november), period("2026-11", november, december)];
    let mut figures = Vec::new();
    for measure in MEASURES {
        for one in oracle::score(document, measure, evidence, &periods) {
            let split = one.split.map(|(by, value)| format!("{by}={value}"));
            let (period, met, counted, excluded, verdict) = (one.period, one.met, one.counted, one.excluded, one.verdict);
            figures.push(format!("{period} {measure} {split:?} {met} of {counted}, {excluded} excluded, {verdict:?}"));
        }
    }
    figures.sort();
    figures
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn score_agrees_with_the_oracle(seed: u64) {
        let (document, tables) = tables(seed);
        let ours = ours(&document, tables.iter().map(Table::view).collect());
        prop_assert_eq!(ours, theirs(&document, &rows(&tables)));
    }

    #[test]
    fn the_order_of_rows_never_matters(seed: u64) {
        let (document, tables) = tables(seed);
        let backwards = |table: &Table| {
            let columns = table.names().iter().zip(table.columns()).map(|(name, column)| (name.clone(), column.kind())).collect();
            let mut other = Table::with_columns(table.name().to_owned(), columns);
            for row in (0..table.rows()).rev() {
                other.push(&table.columns().iter().map(|column| column.cell(row)).collect::<Vec<_>>());
            }
            other
        };
        let reversed: Vec<Table> = tables.iter().map(backwards).collect();
        prop_assert_eq!(
            ours(&document, tables.iter().map(Table::view).collect()),
            ours(&document, reversed.iter().map(Table::view).collect())
        );
    }
}
