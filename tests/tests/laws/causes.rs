//! Laws of root causes against brute force and against walks written plainly.
//!
//! Goes in: seeds and sizes of estates with failures. Comes out: the same sets, the same services blamed.
//! **Invariant:** a set that heals is tried, and so is every smaller one (by the oracle).
//! **Not here:** routes and reasons (tests/cases/root_causes).

use super::cases;
use super::told::{Row, at, rows, told};
use proptest::prelude::*;
use serde_json::{Value, json};
use siam_core::Answer;
use siam_core::ops::doors;
use siam_oracle::causes::{Blamed, Sets, contributing, min_heal, min_heal_parties, same_state, threshold};
use siam_oracle::impact::levels;
use siam_tests::generate::{Dice, Estate, Options, estate};
use std::collections::{BTreeMap, BTreeSet};

/// What is asked of all services that are worse than the best level; none where no service is.
fn asked(estate: &Estate, mode: &str, to: Option<&str>) -> Option<(Vec<String>, Box<dyn Answer>)> {
    let document = estate.document();
    let now = levels(&document, &estate.failures, estate.at);
    let bad: Vec<String> = now.into_iter().filter(|(_, level)| *level != estate.levels[0]).map(|(service, _)| service).collect();
    let failures: Vec<Value> =
        estate.failures.iter().map(|(service, level)| json!({"service": service, "level": level})).collect();
    let mut question = json!({"bad": bad, "failures": failures, "mode": mode, "at": at(estate.at), "limit": 100_000});
    if let Some(to) = to {
        question["to"] = json!(to);
    }
    (!bad.is_empty()).then(|| (bad, told(doors::root_causes, &document, &question)))
}

/// The sets of a bad service: names of a column by the number of the set.
fn sets(rows: &[Row], bad: &str, column: &str) -> Sets {
    let mut sets: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["bad"] == bad) {
        sets.entry(&row["set"]).or_default().insert(row[column].clone());
    }
    sets.into_values().collect()
}

/// Those of the services blamed from which steps lead to a cause or an end.
fn on_the_way(blamed: &Blamed) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = blamed.causes.union(&blamed.ends).cloned().collect();
    loop {
        let before: Vec<String> = blamed
            .steps
            .iter()
            .filter(|(from, to)| found.contains(to) && !found.contains(from))
            .map(|(from, _)| from.clone())
            .collect();
        if before.is_empty() {
            return found;
        }
        found.extend(before);
    }
}

/// Causes and what lies on the way to them are those of a walk.
fn walked(
    estate: &Estate,
    mode: &str,
    to: Option<&str>,
    walk: impl Fn(&str, &str) -> Option<Blamed>,
) -> Result<(), TestCaseError> {
    let document = estate.document();
    let Some((bad, answer)) = asked(estate, mode, to) else { return Ok(()) };
    let (causes, nodes) = (rows(&*answer, "rows"), rows(&*answer, "nodes"));
    for bad in &bad {
        let Some(blamed) = walk(&document, bad) else { continue };
        let of = |rows: &[Row]| -> BTreeSet<String> {
            rows.iter().filter(|row| row["bad"] == *bad).map(|row| row["service"].clone()).collect()
        };
        // Where the walk ends is a cause as well, failed or not: nothing below it is blamed.
        let wanted: BTreeSet<String> = blamed.causes.union(&blamed.ends).cloned().collect();
        prop_assert_eq!(of(&causes), wanted, "{} of {} with {:?}\n{}", mode, bad, &estate.failures, &document);
        let mut way = of(&nodes);
        // The service asked about stands there in any case.
        way.retain(|service| service != bad || blamed.services.contains(bad));
        prop_assert!(on_the_way(&blamed).is_subset(&way), "{} of {}: {:?}\n{}", mode, bad, way, &document);
        prop_assert!(way.is_subset(&blamed.services), "{} of {}: {:?}\n{}", mode, bad, way, &document);
    }
    Ok(())
}

fn monotone(seed: u64, services: usize, cyclic: bool) -> Estate {
    estate(&mut Dice::new(seed), services, Options { cyclic, monotone: true, parties: true, ..Options::default() })
}

fn plain(seed: u64, services: usize, cyclic: bool) -> Estate {
    estate(&mut Dice::new(seed), services, Options { cyclic, monotone: true, plain: true, ..Options::default() })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_least_sets_that_heal_are_those_that_trying_all_finds(seed: u64, services in 1_usize..14, cyclic: bool, to in 0_usize..3) {
        let estate = monotone(seed, services, cyclic);
        let document = estate.document();
        // One better than now, or as good as a level.
        let to = to.checked_sub(1).map(|at| estate.levels[at.min(estate.levels.len() - 2)].as_str());
        let Some((bad, answer)) = asked(&estate, "min_heal", to) else { return Ok(()) };
        let (causes, parties) = (rows(&*answer, "rows"), rows(&*answer, "parties"));
        // Where nothing need be healed the only set is the empty one, which has no row.
        let nothing = Sets::from([BTreeSet::new()]);
        for bad in &bad {
            let wanted = min_heal(&document, &estate.failures, bad, to, estate.at);
            let wanted = if wanted == nothing { Sets::new() } else { wanted };
            prop_assert_eq!(sets(&causes, bad, "service"), wanted, "{} to {:?} with {:?}\n{}", bad, to, &estate.failures, &document);
            let wanted = min_heal_parties(&document, &estate.failures, bad, to, estate.at);
            let wanted = if wanted == nothing { Sets::new() } else { wanted };
            prop_assert_eq!(sets(&parties, bad, "party"), wanted, "{} to {:?} with {:?}\n{}", bad, to, &estate.failures, &document);
        }
    }

    #[test]
    fn a_set_heals_and_no_smaller_one_does(seed: u64, services in 1_usize..14, cyclic: bool) {
        let estate = monotone(seed, services, cyclic);
        let document = estate.document();
        let Some((_, answer)) = asked(&estate, "min_heal", None) else { return Ok(()) };
        let place = |level: &String| estate.levels.iter().position(|known| known == level);
        let now = levels(&document, &estate.failures, estate.at);
        let causes = rows(&*answer, "rows");
        for row in &causes {
            let healed: BTreeSet<&String> =
                causes.iter().filter(|other| other["bad"] == row["bad"] && other["set"] == row["set"]).map(|other| &other["service"]).collect();
            prop_assert_eq!(&row["size"], &healed.len().to_string());
            let without = |healed: &BTreeSet<&String>| {
                let left: Vec<_> = estate.failures.iter().filter(|(service, _)| !healed.contains(service)).cloned().collect();
                place(&levels(&document, &left, estate.at)[&row["bad"]])
            };
            prop_assert!(without(&healed) < place(&now[&row["bad"]]), "{:?} does not heal {}\n{}", healed, row["bad"], &document);
            let mut fewer = healed.clone();
            fewer.remove(&row["service"]);
            prop_assert_eq!(without(&fewer), place(&now[&row["bad"]]), "{} is not needed\n{}", row["service"], &document);
        }
    }

    #[test]
    fn same_state_blames_what_is_at_the_very_level(seed: u64, services in 1_usize..14, cyclic: bool) {
        let estate = plain(seed, services, cyclic);
        walked(&estate, "same_state", None, |document, bad| Some(same_state(document, &estate.failures, bad, estate.at)))?;
    }

    #[test]
    fn contributing_blames_what_is_as_bad_or_worse(seed: u64, services in 1_usize..14, cyclic: bool) {
        let estate = plain(seed, services, cyclic);
        walked(&estate, "contributing", None, |document, bad| Some(contributing(document, &estate.failures, bad, estate.at)))?;
    }

    #[test]
    fn threshold_blames_what_is_as_bad_as_is_demanded(seed: u64, services in 1_usize..14, cyclic: bool, to in 0_usize..5) {
        let estate = plain(seed, services, cyclic);
        // What is worse than a level is explained; of what is worse than the best nothing more is demanded.
        let to = to.min(estate.levels.len() - 2);
        let demanded = (to > 0).then(|| estate.levels[to + 1].as_str());
        walked(&estate, "threshold", (to > 0).then(|| estate.levels[to].as_str()), |document, bad| {
            threshold(document, &estate.failures, bad, demanded, estate.at)
        })?;
    }

    #[test]
    fn the_order_of_services_and_failures_never_changes_what_heals(seed: u64, services in 1_usize..14, cyclic: bool) {
        let one = monotone(seed, services, cyclic);
        let other = one.shuffled(&mut Dice::new(seed ^ 1));
        let (a, b) = (asked(&one, "min_heal", None), asked(&other, "min_heal", None));
        if let (Some((bad, a)), Some((_, b))) = (a, b) {
            for bad in &bad {
                let both = [("rows", "service"), ("parties", "party")];
                for (table, column) in both {
                    prop_assert_eq!(sets(&rows(&*a, table), bad, column), sets(&rows(&*b, table), bad, column), "{}", one.document());
                }
            }
        }
    }
}
