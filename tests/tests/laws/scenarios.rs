//! Laws of many scenarios against brute force: each, pairs, suppliers, single points of failure, what is left.
//!
//! Goes in: seeds and sizes of estates, levels at which things fail. Comes out: agreement with the oracle.
//! **Invariant:** every scenario is compared, also those under which nothing is worse.
//! **Not here:** one scenario (`impact`); what a scenario costs (tests/cases).

use super::cases;
use super::told::{Row, at, bytes, rows, streamed, told};
use proptest::prelude::*;
use serde_json::{Value, json};
use siam_core::ops::doors;
use siam_oracle::impact::levels;
use siam_oracle::impacts::{Worse, each, pairs, provided, redundancy, single_points, suppliers};
use siam_tests::generate::{Dice, Estate, Options, estate};
use std::collections::{BTreeMap, BTreeSet};

/// By scenario the services that are worse and did not fail themselves.
fn reached(estate: &Estate, kind: &str, level: &str) -> BTreeMap<String, Worse> {
    let question = json!({"scenarios": kind, "level": level, "at": at(estate.at)});
    let answer = told(doors::impacts, &estate.document(), &question);
    let mut found: BTreeMap<String, Worse> =
        rows(&*answer, "rows").into_iter().map(|row| (row["scenario"].clone(), Worse::new())).collect();
    for row in streamed(&*answer, "services").into_iter().filter(|row| row["failed"] == "false") {
        if place(estate, &row["level"]) > place(estate, &row["before"]) {
            found.get_mut(&row["scenario"]).expect("a scenario shown").insert(row["service"].clone(), row["level"].clone());
        }
    }
    found
}

fn place(estate: &Estate, name: &str) -> usize {
    estate.levels.iter().position(|level| level == name).expect("a level of the estate")
}

/// An estate and a level that is not the best.
fn drawn(seed: u64, services: usize, options: Options) -> (Estate, String) {
    let mut dice = Dice::new(seed);
    let estate = estate(&mut dice, services, options);
    let level = dice.pick(&estate.levels[1..]).clone();
    (estate, level)
}

/// A row of pairs: first and second by name, how many are worse together, one of them, its level.
fn pair(row: &Row) -> ((String, String), (String, String, usize)) {
    let mut names = [row["first"].clone(), row["second"].clone()];
    names.sort();
    let [first, second] = names;
    ((first, second), (row["together"].clone(), row["level"].clone(), row["services"].parse().expect("a number")))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_service_alone_agrees_with_brute_force(seed: u64, services in 1_usize..14, cyclic: bool, dated: bool) {
        let (estate, level) = drawn(seed, services, Options { cyclic, dated, ..Options::default() });
        let document = estate.document();
        prop_assert_eq!(reached(&estate, "each", &level), each(&document, &level, estate.at), "{}\n{}", level, document);
    }

    #[test]
    fn one_supplier_at_a_time_agrees_with_brute_force(seed: u64, services in 1_usize..14, cyclic: bool, dated: bool) {
        let (estate, level) = drawn(seed, services, Options { cyclic, dated, parties: true, ..Options::default() });
        let document = estate.document();
        prop_assert_eq!(reached(&estate, "suppliers", &level), suppliers(&document, &level, estate.at), "{}\n{}", level, document);
        let question = json!({"scenarios": "suppliers", "at": at(estate.at)});
        let mut failed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in rows(&*told(doors::impacts, &document, &question), "failures") {
            failed.entry(row["scenario"].clone()).or_default().insert(row["service"].clone());
        }
        prop_assert_eq!(failed, provided(&document, estate.at), "{}", document);
    }

    #[test]
    fn pairs_that_only_matter_together_agree_with_brute_force(seed: u64, services in 2_usize..11, cyclic: bool, dated: bool) {
        let (estate, level) = drawn(seed, services, Options { cyclic, dated, monotone: true, ..Options::default() });
        let document = estate.document();
        let answer = told(doors::impacts, &document, &json!({"scenarios": "pairs", "level": level, "at": at(estate.at)}));
        let found: BTreeMap<_, _> = rows(&*answer, "pairs").iter().map(pair).collect();
        let wanted = pairs(&document, &level, estate.at);
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>(), "{}\n{}", level, document);
        for (names, (together, level, services)) in &found {
            let worse = &wanted[names];
            prop_assert_eq!(worse.get(together), Some(level), "{:?}\n{}", names, document);
            prop_assert_eq!(*services, worse.len(), "{:?}\n{}", names, document);
        }
        for row in rows(&*answer, "pairs") {
            let alone = |failed: &str| levels(&document, &[(row[failed].clone(), level.clone())], estate.at)[&row["together"]].clone();
            let either = place(&estate, &alone("first")).max(place(&estate, &alone("second")));
            prop_assert_eq!(place(&estate, &row["alone"]), either, "{:?}\n{}", row, document);
        }
    }

    #[test]
    fn pairs_of_any_rules_are_right_though_some_may_be_missing(seed: u64, services in 2_usize..11) {
        let (estate, level) = drawn(seed, services, Options { dated: true, ..Options::default() });
        let document = estate.document();
        let calm = levels(&document, &[], estate.at);
        let answer = told(doors::impacts, &document, &json!({"scenarios": "pairs", "level": level, "at": at(estate.at)}));
        let wanted = pairs(&document, &level, estate.at);
        for row in rows(&*answer, "pairs") {
            let (names, (together, level, services)) = pair(&row);
            // A failure that both put right and spoil again is none that they bring: worse than when nothing fails is asked too.
            let worse = wanted.get(&names).cloned().unwrap_or_default();
            let brought = worse.iter().filter(|(service, level)| place(&estate, level) > place(&estate, &calm[*service]));
            prop_assert_eq!(worse.get(&together), Some(&level), "{:?}\n{}", names, document);
            prop_assert_eq!(services, brought.count(), "{:?}\n{}", names, document);
        }
    }

    #[test]
    fn single_points_of_failure_agree_with_brute_force(seed: u64, services in 1_usize..14, cyclic: bool, dated: bool) {
        let (estate, level) = drawn(seed, services, Options { cyclic, dated, ..Options::default() });
        let document = estate.document();
        let question = json!({"critical_only": false, "level": level, "at": at(estate.at)});
        let answer = told(doors::single_points_of_failure, &document, &question);
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in streamed(&*answer, "services") {
            found.entry(row["service"].clone()).or_default().insert(row["component"].clone());
        }
        let worst = estate.levels.last().expect("a level");
        let exist = levels(&document, &[], estate.at);
        let points = exist.keys().map(|service| (service.clone(), single_points(&document, service, &level, worst, estate.at)));
        let wanted: BTreeMap<_, _> = points.filter(|(_, points)| !points.is_empty()).collect();
        prop_assert_eq!(&found, &wanted, "{}\n{}", level, document);
        let components: BTreeSet<&String> = wanted.values().flatten().collect();
        let shown: Vec<Row> = rows(&*answer, "rows");
        prop_assert_eq!(shown.iter().map(|row| &row["component"]).collect::<BTreeSet<_>>(), components, "{}", document);
    }

    #[test]
    fn what_is_left_agrees_with_brute_force(seed: u64, services in 1_usize..9, cyclic: bool) {
        let (estate, level) = drawn(seed, services, Options { cyclic, monotone: true, ..Options::default() });
        let document = estate.document();
        let worst = estate.levels.last().expect("a level");
        let failures = &estate.failures[..estate.failures.len().min((seed % 3) as usize)];
        let list: Vec<Value> = failures.iter().map(|(service, level)| json!({"service": service, "level": level})).collect();
        let answer = told(doors::redundancy, &document, &json!({"failures": list, "level": level, "at": at(estate.at)}));
        for row in rows(&*answer, "rows") {
            let left = redundancy(&document, failures, &row["service"], &level, 3, estate.at);
            match left {
                Some(left) => prop_assert_eq!(&row["further"], &left.failures.to_string(), "{}\n{}", row["service"], document),
                None => prop_assert!(row["further"].parse::<usize>().is_ok_and(|further| further > 3) || row["further"].is_empty(), "{}\n{}", row["service"], document),
            }
            if let Some(left) = left.filter(|left| left.failures > 0) {
                prop_assert_eq!(&row["sets"], &left.sets.to_string(), "{}\n{}", row["service"], document);
                let example: Vec<&str> = row["example"].split(" + ").collect();
                prop_assert_eq!(example.len(), left.failures, "{}\n{}", row["service"], document);
                let mut all = failures.to_vec();
                all.extend(example.iter().map(|name| ((*name).to_owned(), worst.clone())));
                let then = levels(&document, &all, estate.at);
                prop_assert!(place(&estate, &then[&row["service"]]) >= place(&estate, &level), "{:?}\n{}", example, document);
            }
        }
    }

    #[test]
    fn threads_never_change_a_byte(seed: u64, services in 1_usize..14, cyclic: bool, threads in 1_i64..5) {
        let (estate, level) = drawn(seed, services, Options { cyclic, parties: true, ..Options::default() });
        let document = estate.document();
        for kind in ["each", "pairs", "suppliers"] {
            let asked = |threads: i64| told(doors::impacts, &document, &json!({"scenarios": kind, "level": level, "at": at(estate.at), "threads": threads}));
            prop_assert_eq!(bytes(&*asked(threads)), bytes(&*asked(0)), "{} {}\n{}", kind, threads, document);
        }
        let asked = |threads: i64| told(doors::single_points_of_failure, &document, &json!({"critical_only": false, "level": level, "threads": threads}));
        prop_assert_eq!(bytes(&*asked(threads)), bytes(&*asked(0)), "{}\n{}", threads, document);
    }

    #[test]
    fn a_limit_keeps_the_first_rows(seed: u64, services in 1_usize..14, limit in 1_usize..8) {
        let (estate, level) = drawn(seed, services, Options { parties: true, ..Options::default() });
        let document = estate.document();
        for kind in ["each", "pairs", "suppliers"] {
            let question = json!({"scenarios": kind, "level": level, "at": at(estate.at)});
            let all = rows(&*told(doors::impacts, &document, &question), "rows");
            let mut cut = question.clone();
            cut["limit"] = json!(limit);
            let kept = rows(&*told(doors::impacts, &document, &cut), "rows");
            prop_assert_eq!(&all[..limit.min(all.len())], &kept, "{}\n{}", kind, document);
        }
    }

    #[test]
    fn the_order_of_services_and_children_never_changes_what_is_reached(seed: u64, services in 1_usize..14, cyclic: bool) {
        let (estate, level) = drawn(seed, services, Options { cyclic, dated: true, parties: true, ..Options::default() });
        let other = estate.shuffled(&mut Dice::new(seed ^ 1));
        for kind in ["each", "suppliers"] {
            prop_assert_eq!(reached(&estate, kind, &level), reached(&other, kind, &level), "{}\n{}", kind, estate.document());
        }
    }
}
