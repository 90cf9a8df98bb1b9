//! Laws of drift: the oracle lays every failure beside every other, the engine looks only at what begins soon after, and order says nothing.
//!
//! Goes in: seeds of estates with outages that follow each other, by design and by chance. Comes out: agreement on every count.
//! **Invariant:** some outages follow others although no edge says so, some follow edges, some fill the time.
//! **Not here:** names, tickets and hours (siam-core), reasons (tests/cases/drift).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::drift::{Drift, DriftQuery, drift};
use siam_core::base::columns::Cell;
use siam_core::base::{Duration, Instant, Limits, Ratio, Table, csv};
use siam_core::clock::period;
use siam_core::evidence::{EvidenceQuery, evidence};
use siam_core::model::rule::ServiceIdx;
use siam_oracle::drift::{self as oracle, Outage, Question};
use siam_tests::generate::{Dice, Options, estate};
use std::collections::{BTreeMap, BTreeSet};

const MINUTE: i64 = 60_000_000;
const WITHIN: i64 = 10 * MINUTE;
const PERIOD: &str = "2026-10-01/2026-10-08";

struct World {
    document: String,
    outages: Vec<Outage>,
    crowd: u32,
}

fn world(seed: u64, services: usize) -> World {
    let mut dice = Dice::new(seed);
    let estate = estate(&mut dice, services, Options { monotone: true, ..Options::default() });
    let document = estate.document();
    let start = Instant::parse("2026-09-30T00:00:00Z").expect("an instant").micros();
    let mut outages = Vec::new();
    for _ in 0..dice.below(3) + 1 {
        // One of these leads the others, now and then without one of them.
        let leader = dice.pick(&estate.services).name.clone();
        let led: Vec<(String, i64)> =
            (0..dice.below(3) + 1).map(|_| (dice.pick(&estate.services).name.clone(), dice.between(0, 12))).collect();
        for _ in 0..dice.below(6) + 2 {
            let at = start + dice.between(0, 9 * 1_440) * MINUTE;
            let one = |service: &str, from: i64, long: i64, level: &String| Outage {
                service: service.to_owned(),
                from,
                to: from + long * MINUTE,
                level: level.clone(),
            };
            outages.push(one(&leader, at, dice.between(0, 90), dice.pick(&estate.levels)));
            for (service, later) in &led {
                if dice.chance(7, 8) {
                    outages.push(one(service, at + later * MINUTE, dice.between(1, 60), dice.pick(&estate.levels)));
                }
            }
        }
    }
    World { document, outages, crowd: *dice.pick(&[1, 2, 50]) }
}

fn ask(world: &World, backwards: bool) -> Drift {
    let ecosystem = load(&world.document);
    let row = |one: &Outage| format!("{},{},{},{}\n", one.service, Instant(one.from), Instant(one.to), one.level);
    let mut rows: Vec<String> = world.outages.iter().map(row).collect();
    if backwards {
        rows.reverse();
    }
    let text = format!("service,from,to,level\n{}", rows.concat());
    let table = csv::read("outages", text.as_bytes(), &Limits::default()).expect("a table");
    let found = evidence(&ecosystem, &EvidenceQuery::default(), vec![table.view()], &Limits::default()).expect("evidence");
    let query = DriftQuery {
        periods: vec![PERIOD.to_owned()],
        within: Some(Duration(WITHIN)),
        at_least: Some(2),
        confidence: Ratio::new(2, 3),
        lift: Some(Ratio::whole(5)),
        crowd: Some(world.crowd),
        limit: Some(10_000),
        ..DriftQuery::default()
    };
    drift(&ecosystem, &found, &query).unwrap_or_else(|error| panic!("{error}\n{}", world.document))
}

fn theirs(world: &World) -> oracle::Drift {
    let ecosystem = load(&world.document);
    let model = ecosystem.model();
    let structure = &ecosystem.maps()[0].structure;
    let mut edges = BTreeSet::new();
    for at in 0..model.services.len() {
        let service = ServiceIdx::new(at);
        for below in structure.dependencies(service) {
            edges.insert((model.service_name(service).to_owned(), model.service_name(below).to_owned()));
        }
    }
    let period = period(PERIOD, &model.zone).expect("a period");
    let question = Question {
        document: &world.document,
        edges: &edges,
        period: (period.from().micros(), period.until().micros()),
        within: WITHIN,
        at_least: 2,
        confidence: (2, 3),
        lift: 5,
        crowd: world.crowd as usize,
    };
    oracle::drift(&question, &world.outages)
}

fn cells(table: &Table, row: usize, columns: &[&str]) -> Vec<i128> {
    let number = |column: &&str| match table.cell(row, column) {
        Cell::Integer(value) => value.into(),
        other => panic!("{column} is {other:?}"),
    };
    columns.iter().map(number).collect()
}

fn word(table: &Table, row: usize, column: &str) -> String {
    match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        other => panic!("{column} is {other:?}"),
    }
}

fn told(world: &World) -> String {
    format!("{:#?}\n{}\n{}", world.outages, world.crowd, world.document)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn drift_agrees_with_a_recount_pair_by_pair(seed: u64, services in 2_usize..8) {
        let world = world(seed, services);
        let (report, theirs) = (ask(&world, false), theirs(&world));
        let rows = report.rows();
        let (mut missing, mut silent) = (BTreeSet::new(), BTreeMap::new());
        for row in 0..rows.rows() {
            let kind = word(rows, row, "kind");
            if kind == "unconnected" {
                continue;
            }
            let (service, dependency) = (word(rows, row, "service"), word(rows, row, "dependency"));
            if kind != "missing_edge" {
                silent.insert((service, dependency), cells(rows, row, &["times"])[0] as usize);
                continue;
            }
            let pair = (service.clone(), dependency.clone());
            let (forward, back) = (theirs.pairs[&pair], theirs.pairs[&(dependency.clone(), service.clone())]);
            let ours = cells(rows, row, &["times", "of", "already", "explained", "without", "reversed"]);
            let counted =
                vec![forward.followed, forward.could, forward.already, forward.explained, forward.without, back.followed];
            prop_assert_eq!(ours, counted, "{:?}\n{}", &pair, told(&world));
            prop_assert!(theirs.missing.contains(&pair), "{:?}\n{}", &pair, told(&world));
            if theirs.missing.contains(&(dependency.clone(), service.clone())) {
                // Where both pass, the one that came first more often is named.
                prop_assert!(forward.followed >= back.followed, "{:?}\n{}", &pair, told(&world));
            }
            let apart = if service < dependency { (service, dependency) } else { (dependency, service) };
            prop_assert!(missing.insert(apart), "two rows for one pair: {:?}", &pair);
        }
        let wanted: BTreeSet<(String, String)> =
            theirs.missing.iter().map(|(a, b)| if a < b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) }).collect();
        prop_assert_eq!(missing, wanted, "{}", told(&world));
        prop_assert_eq!(silent, theirs.silent, "{}", told(&world));
    }

    #[test]
    fn the_order_of_outages_says_nothing_of_drift(seed: u64, services in 2_usize..8) {
        let world = world(seed, services);
        let (one, other) = (ask(&world, false), ask(&world, true));
        prop_assert_eq!(one.rows(), other.rows());
        prop_assert_eq!(one.summary(), other.summary());
    }
}

/// Generated worlds are worth a law only where there is something to agree on.
#[test]
fn generated_worlds_have_missing_and_silent_edges_and_explained_failures() {
    let mut found = [0; 4];
    for seed in 0..60 {
        let theirs = theirs(&world(seed, 6));
        found[0] += theirs.missing.len();
        found[1] += theirs.silent.len();
        found[2] += theirs.pairs.values().filter(|counts| counts.explained > 0).count();
        found[3] += theirs.pairs.values().filter(|counts| counts.already > 0).count();
    }
    assert!(found.iter().all(|count| *count > 5), "{found:?}");
}
