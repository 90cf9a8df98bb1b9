//! Laws of impact.
//!
//! Goes in: seeds and sizes of estates. Comes out: agreement with the oracle; order says nothing; healing heals.
//! **Invariant:** every service is compared, also those that no row names.
//! **Not here:** routes and reasons (tests/cases/impact).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::impact::{FailureQuery, ImpactQuery, ImpactReport, impact};
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, csv};
use siam_oracle::impact::levels;
use siam_tests::generate::{Dice, Estate, Options, estate};
use std::collections::BTreeMap;

pub fn ask(document: &str, failures: &[(String, String)], at: i64) -> ImpactReport {
    let failures =
        failures.iter().map(|(service, level)| FailureQuery { level: Some(level.clone()), ..FailureQuery::of(service.clone()) });
    let query = ImpactQuery { failures: failures.collect(), at: Some(Instant(at)), ..Default::default() };
    impact(&load(document), &query).unwrap_or_else(|error| panic!("{error}\n{document}"))
}

/// The failures of services that exist then; asking for others is refused.
pub fn there(estate: &Estate) -> Vec<(String, String)> {
    let ecosystem = load(&estate.document());
    let model = ecosystem.model();
    let exists = |name: &String| model.services[model.names.services[name]].validity.contains(Instant(estate.at));
    estate.failures.iter().filter(|(name, _)| exists(name)).cloned().collect()
}

pub fn text(report: &ImpactReport, row: usize, column: &str) -> String {
    match report.rows().cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        other => panic!("{column} is {other:?}"),
    }
}

/// Levels as the library has them: what no row names is as it is when nothing fails.
pub fn answered(report: &ImpactReport, calm: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut levels = calm.clone();
    for row in 0..report.rows().rows() {
        if let Some(level) = levels.get_mut(&text(report, row, "service")) {
            *level = text(report, row, "level");
        }
    }
    levels
}

fn agrees(estate: &Estate) -> Result<(), TestCaseError> {
    let document = estate.document();
    let calm = levels(&document, &[], estate.at);
    let failures = there(estate);
    if failures.is_empty() {
        return Ok(());
    }
    let report = ask(&document, &failures, estate.at);
    let expected = levels(&document, &failures, estate.at);
    prop_assert_eq!(
        answered(&report, &calm),
        expected,
        "failures {:?} at {}\n{}",
        &estate.failures,
        Instant(estate.at),
        &document
    );
    for row in 0..report.rows().rows() {
        let service = text(&report, row, "service");
        let before = calm.get(&service);
        prop_assert_eq!(
            before.is_none_or(|before| *before == text(&report, row, "before")),
            true,
            "before of {}\n{}",
            service,
            &document
        );
    }
    Ok(())
}

fn place(levels: &[String], name: &str) -> usize {
    levels.iter().position(|level| level == name).expect("a level of the estate")
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn impact_agrees_with_the_oracle(seed: u64, services in 1_usize..14) {
        agrees(&estate(&mut Dice::new(seed), services, Options::default()))?;
    }

    #[test]
    fn impact_agrees_with_the_oracle_on_rings(seed: u64, services in 1_usize..10) {
        agrees(&estate(&mut Dice::new(seed), services, Options { cyclic: true, ..Options::default() }))?;
    }

    #[test]
    fn impact_agrees_with_the_oracle_as_at_every_instant(seed: u64, services in 1_usize..8) {
        agrees(&estate(&mut Dice::new(seed), services, Options { dated: true, ..Options::default() }))?;
    }

    #[test]
    fn the_order_of_services_children_and_failures_never_matters(seed: u64, services in 1_usize..14, cyclic: bool) {
        let mut dice = Dice::new(seed);
        let one = estate(&mut dice, services, Options { cyclic, dated: !cyclic, ..Options::default() });
        let other = one.shuffled(&mut dice);
        let (failures, shuffled) = (there(&one), there(&other));
        prop_assume!(!failures.is_empty());
        let (a, b) = (ask(&one.document(), &failures, one.at), ask(&other.document(), &shuffled, other.at));
        // Of several shortest routes one is named; which one may depend on the order.
        let levels = |report: &ImpactReport| {
            (0..report.rows().rows()).map(|row| ["service", "level", "before"].map(|column| text(report, row, column))).collect::<Vec<_>>()
        };
        prop_assert_eq!(levels(&a), levels(&b), "{}\n{}", one.document(), other.document());
        let again = ask(&one.document(), &shuffled, one.at);
        prop_assert_eq!(csv::write(a.rows()), csv::write(again.rows()), "{}", one.document());
    }

    #[test]
    fn healing_a_service_never_worsens_another_where_rules_are_monotone(seed: u64, services in 1_usize..14, cyclic: bool) {
        let estate = estate(&mut Dice::new(seed), services, Options { cyclic, monotone: true, ..Options::default() });
        let document = estate.document();
        let calm = levels(&document, &[], estate.at);
        let before = answered(&ask(&document, &estate.failures, estate.at), &calm);
        for healed in 0..estate.failures.len() {
            let mut failures = estate.failures.clone();
            failures.remove(healed);
            if failures.is_empty() {
                continue;
            }
            let after = answered(&ask(&document, &failures, estate.at), &calm);
            for (service, level) in &after {
                let (now, then) = (place(&estate.levels, level), place(&estate.levels, &before[service]));
                prop_assert!(now <= then, "{} got worse when {} healed\n{}", service, estate.failures[healed].0, &document);
            }
        }
    }
}
