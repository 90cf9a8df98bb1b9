//! Laws of many scenarios.
//!
//! Goes in: seeds and sizes of estates. Comes out: agreement with the oracle, scenario by scenario, and with `impact`.
//! **Invariant:** pairs are compared with trying all of them.
//! **Not here:** sums over planes (siam-core/src/answer/stakes), routes and reasons (tests/cases).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::impact::{FailureQuery, ImpactQuery, impact};
use siam_core::answer::impacts::{GivenScenarioQuery, ImpactsQuery, ScenarioKind, ScenariosQuery, impacts};
use siam_core::answer::single_points_of_failure::{SinglePointsOfFailureQuery, single_points_of_failure};
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, Table};
use siam_core::report::Answer;
use siam_oracle::impact::levels;
use siam_tests::generate::{Dice, Estate, Options, estate};
use std::collections::{BTreeMap, BTreeSet};

fn text(table: &Table, row: usize, column: &str) -> String {
    match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(number) => number.to_string(),
        other => panic!("{column} is {other:?}"),
    }
}

/// Every level of every service by its place in the chain, when these services are at the worst.
fn by_oracle(estate: &Estate, document: &str, failed: &[&str]) -> BTreeMap<String, usize> {
    let worst = estate.levels.last().expect("a level");
    let failures: Vec<(String, String)> = failed.iter().map(|name| ((*name).to_owned(), worst.clone())).collect();
    let place = |level: &String| estate.levels.iter().position(|known| known == level).expect("a level of the estate");
    levels(document, &failures, estate.at).iter().map(|(service, level)| (service.clone(), place(level))).collect()
}

/// The pairs that matter together, by trying all: some service is worse under both than under either and than in calm.
fn all_pairs(estate: &Estate, document: &str) -> BTreeMap<String, usize> {
    let calm = by_oracle(estate, document, &[]);
    let names: Vec<&String> = calm.keys().collect();
    let alone: Vec<BTreeMap<String, usize>> = names.iter().map(|name| by_oracle(estate, document, &[name])).collect();
    let mut pairs = BTreeMap::new();
    for (at, a) in names.iter().enumerate() {
        for (other, b) in names.iter().enumerate().skip(at + 1) {
            let both = by_oracle(estate, document, &[a, b]);
            let only = |service: &String| both[service] > alone[at][service].max(alone[other][service]).max(calm[service]);
            let count = names.iter().filter(|service| only(service)).count();
            if count > 0 {
                pairs.insert(format!("{a} + {b}"), count);
            }
        }
    }
    pairs
}

/// The pairs found, with their names in order.
fn found_pairs(estate: &Estate, document: &str) -> (BTreeMap<String, usize>, bool) {
    let query = ImpactsQuery { scenarios: ScenarioKind::Pairs.into(), at: Some(Instant(estate.at)), ..Default::default() };
    let report = impacts(&load(document), &query).unwrap_or_else(|error| panic!("{error}\n{document}"));
    let pairs = report.pairs();
    let found = (0..pairs.rows()).map(|row| {
        let mut names = [text(pairs, row, "first"), text(pairs, row, "second")];
        names.sort();
        (names.join(" + "), text(pairs, row, "services").parse().expect("a number"))
    });
    (found.collect(), report.problems().iter().any(|problem| problem.code().name == "pairs-not-promised"))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn pairs_are_those_that_trying_all_finds(seed: u64, services in 2_usize..11, cyclic: bool) {
        let estate = estate(&mut Dice::new(seed), services, Options { cyclic, monotone: true, ..Options::default() });
        let document = estate.document();
        let (found, warned) = found_pairs(&estate, &document);
        prop_assert_eq!(found, all_pairs(&estate, &document), "{}", document);
        prop_assert!(!warned, "called not monotone:\n{}", document);
    }

    #[test]
    fn a_pair_that_is_found_matters_whatever_the_rules(seed: u64, services in 2_usize..11) {
        let estate = estate(&mut Dice::new(seed), services, Options { dated: true, ..Options::default() });
        let document = estate.document();
        let (found, warned) = found_pairs(&estate, &document);
        let all = all_pairs(&estate, &document);
        for (pair, services) in &found {
            prop_assert_eq!(all.get(pair), Some(services), "{}\n{}", pair, document);
        }
        prop_assert!(warned || found.len() == all.len(), "{:?} is missing\n{}", all, document);
    }

    #[test]
    fn a_scenario_says_what_impact_says(seed: u64, services in 1_usize..14, cyclic: bool, threads in 0_u32..3) {
        let estate = estate(&mut Dice::new(seed), services, Options { cyclic, dated: !cyclic, ..Options::default() });
        let document = estate.document();
        let ecosystem = load(&document);
        let at = Some(Instant(estate.at));
        let each = impacts(&ecosystem, &ImpactsQuery { at, threads: Some(threads), ..Default::default() }).unwrap();
        let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut stream = each.stream("services").expect("a stream");
        while let Some(batch) = stream.next_batch() {
            for row in 0..batch.rows() {
                let line = ["service", "level", "before"].map(|column| text(&batch, row, column)).join(" ");
                told.entry(text(&batch, row, "scenario")).or_default().insert(line);
            }
        }
        let mut given = Vec::new();
        for row in 0..each.rows().rows() {
            let name = text(each.rows(), row, "scenario");
            let failures = vec![FailureQuery::of(name.as_str())];
            let one = impact(&ecosystem, &ImpactQuery { failures: failures.clone(), at, ..Default::default() }).unwrap();
            for column in ["critical", "users", "suppliers", "agreements"] {
                prop_assert_eq!(text(each.rows(), row, column), text(one.summary(), 0, column), "{} {}\n{}", name, column, document);
            }
            let lines: BTreeSet<String> = (0..one.rows().rows())
                .map(|row| ["service", "level", "before"].map(|column| text(one.rows(), row, column)).join(" "))
                .collect();
            prop_assert_eq!(told.get(&name).cloned().unwrap_or_default(), lines, "{}\n{}", name, document);
            given.push(GivenScenarioQuery::failing(Some(name), failures));
        }
        if given.is_empty() {
            return Ok(());
        }
        let scenarios = ScenariosQuery { kind: None, given };
        let again = impacts(&ecosystem, &ImpactsQuery { scenarios, at, ..Default::default() }).unwrap();
        prop_assert_eq!(again.rows(), each.rows(), "{}", document);
    }

    #[test]
    fn single_points_of_failure_are_those_the_oracle_finds(seed: u64, services in 1_usize..12, cyclic: bool) {
        let estate = estate(&mut Dice::new(seed), services, Options { cyclic, ..Options::default() });
        let document = estate.document();
        let at = Some(Instant(estate.at));
        for (number, level) in estate.levels.iter().enumerate().skip(1) {
            let query = SinglePointsOfFailureQuery { critical_only: Some(false), level: Some(level.clone()), at, ..Default::default() };
            let report = single_points_of_failure(&load(&document), &query).unwrap();
            let found: BTreeMap<String, usize> = (0..report.rows().rows())
                .map(|row| (text(report.rows(), row, "component"), text(report.rows(), row, "services").parse().expect("a number")))
                .collect();
            let calm = by_oracle(&estate, &document, &[]);
            let mut wanted = BTreeMap::new();
            for component in calm.keys() {
                let hit = by_oracle(&estate, &document, &[component]);
                let count = hit.iter().filter(|(service, now)| *service != component && **now >= number && calm[*service] < number).count();
                if count > 0 {
                    wanted.insert(component.clone(), count);
                }
            }
            prop_assert_eq!(&found, &wanted, "{}\n{}", level, document);
        }
    }
}
