//! Laws of changed maps, and of the flag that says a rule is monotone.
//!
//! Goes in: seeds and sizes of estates, changes to their dependencies. Comes out: agreement with the oracle.
//! **Invariant:** a changed map is asked as a scenario and as a document that was changed and loaded; both say the same.
//! **Not here:** impact on a map as it is (`impact`).

use super::impact::{answered, ask, there};
use super::told::{at, told};
use super::{cases, load};
use proptest::prelude::*;
use serde_json::{Value, json};
use siam_core::ops::doors;
use siam_core::{Answer, Ecosystem, Source, base::Instant};
use siam_oracle::impact::levels;
use siam_oracle::whatif::{Change, changed, healed, monotone};
use siam_tests::generate::{Dice, Estate, Item, Needs, Options, Service, estate};
use std::collections::BTreeMap;

/// More combinations of levels than this are not tried.
const MOST: usize = 1_300;

/// Whether the library calls the rule of a service monotone.
fn claimed(ecosystem: &Ecosystem, service: &str, at: i64) -> bool {
    let service = ecosystem.model().names.services[service];
    ecosystem.map(Instant(at)).structure.is_monotone(service)
}

/// Services written, and for each of their edges the service at the other end.
fn edges(estate: &Estate) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for service in &estate.services {
        for (needs, _) in &service.needs {
            let on: Vec<&String> = match needs {
                Needs::Long(edges, _) => edges.iter().collect(),
                Needs::Short(items) => items
                    .iter()
                    .flat_map(|item| match item {
                        Item::One(edge) => std::slice::from_ref(edge),
                        Item::AnyOf(members) | Item::AtLeast(_, members) => members,
                    })
                    .collect(),
            };
            found.extend(on.into_iter().map(|edge| (service.name.clone(), named(edge))));
        }
    }
    found
}

/// A few random changes, no two of one edge. What is added runs from a later service to an earlier one, which makes no ring.
fn changes(dice: &mut Dice, estate: &Estate) -> Vec<Change> {
    let edges = edges(estate);
    let mut changes: Vec<Change> = Vec::new();
    for _ in 0..dice.below(4) + 1 {
        let later = dice.below(estate.services.len());
        let (service, on) = (estate.services[later].name.clone(), estate.services[dice.below(later.max(1))].name.clone());
        let known = if edges.is_empty() { None } else { Some(dice.pick(&edges).clone()) };
        let of = |name: &str| estate.services.iter().find(|service| service.name == name).expect("a service of the estate");
        let ungrouped =
            |name: &str| !of(name).needs.iter().any(|(needs, _)| matches!(needs, Needs::Long(_, rule) if rule.contains("group")));
        let new = on != service && !edges.contains(&(service.clone(), on.clone()));
        let change = match (dice.below(4), known) {
            (0, Some((service, on))) => Change::Remove { service, on },
            (1, Some((service, on))) => Change::Weaken { service, on, level: dice.pick(&estate.levels).clone() },
            // A rule may read its groups alone; what joins none of them is then nothing to the document, and needed in a scenario.
            (2, _) if new && ungrouped(&service) => Change::Add { service, on },
            (3, _) if new => {
                let several = several(of(&service));
                if several.is_empty() {
                    continue;
                }
                Change::Join { service, on, beside: dice.pick(&several).clone() }
            }
            _ => continue,
        };
        let joins = |one: &Change, other: &Change| matches!(one, Change::Join { service, beside, .. } if other.edge() == (service, beside));
        let taken = |other: &Change| other.edge() == change.edge() || joins(&change, other) || joins(other, &change);
        if !changes.iter().any(taken) {
            changes.push(change);
        }
    }
    changes
}

/// Dependencies that stand in a list of several: of a choice, a quorum, or a rule.
fn several(service: &Service) -> Vec<String> {
    let lists = service.needs.iter().flat_map(|(needs, _)| match needs {
        Needs::Long(edges, _) => vec![edges],
        Needs::Short(items) => items
            .iter()
            .filter_map(|item| match item {
                Item::One(_) => None,
                Item::AnyOf(members) | Item::AtLeast(_, members) => Some(members),
            })
            .collect(),
    });
    lists.flatten().map(|edge| named(edge)).collect()
}

/// The service that an edge names.
fn named(edge: &str) -> String {
    let inside = edge.trim_start_matches("{service: ");
    inside.split([',', '}']).next().unwrap_or(inside).to_owned()
}

/// A changed document loaded; none where what is left of it is no valid document, such as a quorum of more than there are.
fn loaded(document: &str) -> Option<Ecosystem> {
    siam_core::load(&[Source::text("changed.yaml", document)]).ok()
}

/// A question about changes, as a scenario.
fn question(estate: &Estate, changes: &[Change]) -> Value {
    let failures: Vec<Value> =
        estate.failures.iter().map(|(service, level)| json!({"service": service, "level": level})).collect();
    let (mut without, mut weakened, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Remove { service, on } => without.push(json!({"from": service, "to": on})),
            Change::Weaken { service, on, level } => weakened.push(json!({"from": service, "to": on, "impact": level})),
            Change::Add { service, on } => added.push(json!({"from": service, "to": on})),
            Change::Join { service, on, beside } => added.push(json!({"from": service, "to": on, "beside": beside})),
        }
    }
    json!({"failures": failures, "without": without, "weakened": weakened, "added": added, "at": at(estate.at)})
}

/// Levels as an answer has them: what no row names is as it is when nothing fails.
fn reached(answer: &dyn Answer, calm: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut levels = calm.clone();
    levels.extend(super::told::rows(answer, "rows").into_iter().map(|row| (row["service"].clone(), row["level"].clone())));
    levels
}

#[test]
fn a_removed_dependency_is_not_counted_in_n() {
    let before =
        "{siam: 1, services: {a: {}, b: {}, c: {}, d: {}, s: {depends_on: {of: [a, b, c, d], rule: {order: {count: n - 1}}}}}}";
    let after = changed(before, &[Change::Remove { service: "s".to_owned(), on: "d".to_owned() }]);
    let failures = ["a", "b"].map(|name| (name.to_owned(), "down".to_owned()));
    // Two of three are one less than all of them.
    assert_eq!(levels(&after, &failures, 0)["s"], "down");
    let question = json!({"failures": ["a", "b"], "without": [{"from": "s", "to": "d"}]});
    assert_eq!(reached(&*told(doors::impact, before, &question), &levels(&after, &[], 0))["s"], "down");
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn monotone_is_never_claimed_wrongly(seed: u64, services in 1_usize..14) {
        let estate = estate(&mut Dice::new(seed), services, Options::default());
        let (document, ecosystem) = (estate.document(), load(&estate.document()));
        for service in &estate.services {
            if claimed(&ecosystem, &service.name, estate.at) {
                let found = monotone(&document, &service.name, MOST, estate.at);
                prop_assert_ne!(found, Some(false), "{} is not monotone\n{}", &service.name, &document);
            }
        }
    }

    #[test]
    fn monotone_is_claimed_for_every_rule_written_to_be(seed: u64, services in 1_usize..14, cyclic: bool) {
        let estate = estate(&mut Dice::new(seed), services, Options { monotone: true, cyclic, ..Options::default() });
        let (document, ecosystem) = (estate.document(), load(&estate.document()));
        for service in &estate.services {
            let found = monotone(&document, &service.name, MOST, estate.at);
            prop_assert_ne!(found, Some(false), "the generator: {}\n{}", &service.name, &document);
            prop_assert!(claimed(&ecosystem, &service.name, estate.at), "{} is monotone\n{}", &service.name, &document);
        }
    }

    #[test]
    fn a_changed_document_agrees_with_the_oracle(seed: u64, services in 2_usize..12) {
        let mut dice = Dice::new(seed);
        let estate = estate(&mut dice, services, Options { dated: seed % 2 == 0, ..Options::default() });
        let document = changed(&estate.document(), &changes(&mut dice, &estate));
        let failures = there(&estate);
        prop_assume!(!failures.is_empty() && loaded(&document).is_some());
        let calm = levels(&document, &[], estate.at);
        let report = ask(&document, &failures, estate.at);
        prop_assert_eq!(answered(&report, &calm), levels(&document, &failures, estate.at), "{}", &document);
    }

    #[test]
    fn a_scenario_says_what_the_changed_document_says(seed: u64, services in 2_usize..12, cyclic: bool) {
        let mut dice = Dice::new(seed);
        let estate = estate(&mut dice, services, Options { cyclic, ..Options::default() });
        let (before, changes) = (estate.document(), changes(&mut dice, &estate));
        let after = changed(&before, &changes);
        let answer = told(doors::impact, &before, &question(&estate, &changes));
        prop_assume!(loaded(&after).is_some());
        let calm = levels(&after, &[], estate.at);
        let wanted = levels(&after, &estate.failures, estate.at);
        prop_assert_eq!(reached(&*answer, &calm), wanted, "{:?} {:?}\n{}\n{}", &changes, &estate.failures, &before, &after);
    }

    #[test]
    fn impacts_says_of_many_scenarios_what_impact_says_of_each(seed: u64, services in 2_usize..12, cyclic: bool) {
        let mut dice = Dice::new(seed);
        let estate = estate(&mut dice, services, Options { cyclic, parties: true, ..Options::default() });
        let document = estate.document();
        prop_assume!(!estate.failures.is_empty());
        let mut scenarios: Vec<Value> = Vec::new();
        for number in 0..4 {
            // The first has failures only.
            let changes = if number == 0 { Vec::new() } else { changes(&mut dice, &estate) };
            let mut scenario = question(&estate, &changes);
            scenario["name"] = json!(format!("scenario {number}"));
            scenario.as_object_mut().expect("a map").remove("at");
            for failure in scenario["failures"].as_array_mut().expect("a list").iter_mut().filter(|_| number > 1) {
                failure["origin"] = json!(*dice.pick(&["own", "own", "derived", "unknown"]));
            }
            if dice.below(3) == 0 {
                scenario["unknown"] = json!([dice.pick(&estate.services).name]);
            }
            if dice.below(4) == 0 && !estate.parties.is_empty() {
                scenario["healed"] = json!([dice.pick(&estate.parties).name]);
            }
            scenarios.push(scenario);
        }
        let many = told(doors::impacts, &document, &json!({"scenarios": scenarios, "order": "given", "at": at(estate.at)}));
        let (rows, reached) = (super::told::rows(&*many, "rows"), super::told::streamed(&*many, "services"));
        let place = |level: &str| estate.levels.iter().position(|known| known == level);
        for (row, mut scenario) in rows.iter().zip(scenarios) {
            scenario.as_object_mut().expect("a map").remove("name");
            scenario["at"] = json!(at(estate.at));
            let one = told(doors::impact, &document, &scenario);
            let summary = &super::told::rows(&*one, "summary")[0];
            for column in ["critical", "users", "suppliers", "agreements"] {
                prop_assert_eq!(&row[column], &summary[column], "{} of {}\n{}", column, scenario, document);
            }
            let levels = super::told::rows(&*one, "rows");
            let others = levels.iter().filter(|row| row["own_level"].is_empty() && place(&row["level"]) > place(&row["before"]));
            prop_assert_eq!(&row["services"], &others.count().to_string(), "{}\n{}", scenario, document);
            let line = |row: &super::told::Row| ["service", "level", "before"].map(|column| row[column].clone());
            let mut wanted: Vec<_> = levels.iter().map(line).collect();
            let mut found: Vec<_> = reached.iter().filter(|told| told["scenario"] == row["scenario"]).map(line).collect();
            wanted.sort();
            found.sort();
            prop_assert_eq!(found, wanted, "{}\n{}", scenario, document);
        }
    }

    #[test]
    fn a_healed_party_is_as_if_its_services_had_not_failed(seed: u64, services in 1_usize..12, dated: bool) {
        let estate = estate(&mut Dice::new(seed), services, Options { dated, parties: true, ..Options::default() });
        let (document, failures) = (estate.document(), there(&estate));
        let calm = levels(&document, &[], estate.at);
        let list: Vec<Value> = failures.iter().map(|(service, level)| json!({"service": service, "level": level})).collect();
        prop_assume!(!failures.is_empty());
        for party in &estate.parties {
            let question = json!({"failures": list, "healed": [party.name], "at": at(estate.at)});
            let left = healed(&document, &failures, &party.name, estate.at);
            let found = reached(&*told(doors::impact, &document, &question), &calm);
            prop_assert_eq!(found, levels(&document, &left, estate.at), "{} {:?}\n{}", party.name, &failures, &document);
        }
    }

    #[test]
    fn healing_a_party_never_worsens_a_service_where_rules_are_monotone(seed: u64, services in 1_usize..12, cyclic: bool) {
        let options = Options { monotone: true, cyclic, parties: true, ..Options::default() };
        let estate = estate(&mut Dice::new(seed), services, options);
        let document = estate.document();
        let calm = levels(&document, &[], estate.at);
        let place = |level: &String| estate.levels.iter().position(|known| known == level);
        let before = answered(&ask(&document, &estate.failures, estate.at), &calm);
        for party in &estate.parties {
            let left = healed(&document, &estate.failures, &party.name, estate.at);
            if left.is_empty() {
                continue;
            }
            for (service, level) in answered(&ask(&document, &left, estate.at), &calm) {
                prop_assert!(place(&level) <= place(&before[&service]), "{} worse without {}\n{}", service, party.name, &document);
            }
        }
    }
}
