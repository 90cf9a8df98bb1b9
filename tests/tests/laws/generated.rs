//! What the generator writes is valid, and the same every time.
//!
//! Goes in: seeds. Comes out: loads without a fault, equal bytes.
//! **Invariant:** evidence is written for a document that loads.
//! **Not here:** figures of that evidence.

use super::load;
use siam_core::{Limits, Source, ecosystem::load_with};
use siam_tests::generate::{Dice, Month, Options, calendars, estate, layered, month};

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for seed in 0..20 {
        let write = || {
            let mut dice = Dice::new(seed);
            let estate = estate(&mut dice, 10, Options { dated: true, ..Options::default() });
            (estate.document(), calendars(&mut dice), month(seed, &Month { tickets: 50, ..Month::default() }))
        };
        assert_eq!(write(), write());
    }
    assert_eq!(Dice::new(0).bits(), 0xe220_a839_7b1d_cdaf, "splitmix64");
}

#[test]
fn a_big_estate_loads_from_its_columns_and_from_its_document() {
    let big = layered(7, 10_000, false);
    let sources = [Source::text("big.yaml", big.document.as_str())];
    let tables = vec![big.services.view(), big.dependencies.view()];
    let ecosystem = load_with(&sources, tables, &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ecosystem.model().services.len(), 10_000);
    let edges = big.dependencies.rows();
    assert!((40_000..60_000).contains(&edges), "{edges} dependencies");
    assert!(!big.failures.is_empty());
    let written = layered(7, 1_000, true);
    assert_eq!(load(&written.document).model().services.len(), 1_000);
    assert!(written.document.contains("at_least"));
}

#[test]
fn a_month_has_its_tables_and_its_peaks() {
    let month = month(3, &Month::default());
    load(&month.document);
    let names: Vec<_> = month.tables.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["tickets", "ticket_events", "outages", "exclusions"]);
    for (name, bytes) in &month.tables {
        let table = siam_core::base::csv::read(name, bytes, &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
        assert!(table.rows() > 5, "{name} has {} rows", table.rows());
    }
    assert_eq!(month.dirty.len(), Month::default().dirty);
    let tickets = String::from_utf8_lossy(&month.tables[0].1).into_owned();
    let at =
        |hour: &str| tickets.lines().filter(|line| line.split(',').nth(5).is_some_and(|opened| opened.contains(hour))).count();
    assert!(at("T09:") > 10 * at("T03:").max(1), "nine in the morning is busier than three at night");
}
