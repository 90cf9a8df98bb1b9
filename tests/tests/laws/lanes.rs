//! Laws of batches: all evaluators say the same of every scenario.
//!
//! Goes in: seeds and sizes of estates. Comes out: lanes of every width, one at a time, dense and sweep agree, whatever the threads.
//! **Invariant:** every service of every scenario is compared.
//! **Not here:** the meaning of a rule (`impact` compares one evaluator with the oracle).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::base::Instant;
use siam_core::model::rule::{Level, ServiceIdx};
use siam_core::structure::{BatchOptions, Group, OwnStretch, Scalar, Scenarios, Structure, Visit, batch, sweep};
use siam_tests::generate::{Dice, Options, estate};

/// Scenario, service, level: what differs from the baseline.
#[derive(Default, Debug, PartialEq, Eq)]
struct Told(Vec<(usize, ServiceIdx, Level)>);

impl Visit for Told {
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>) {
        self.0.extend(scalar.touched().iter().map(|service| (scenario, *service, scalar.level(*service))));
    }
    fn group(&mut self, group: &Group<'_>) {
        for row in group.rows() {
            self.0.extend(row.bits().map(|bit| (group.scenario(bit), row.service(), row.level(bit))));
        }
    }
}

fn told(
    structure: &Structure,
    scenarios: &Scenarios<'_>,
    threads: usize,
    lanes: Option<usize>,
) -> Vec<(usize, ServiceIdx, Level)> {
    let mut all: Vec<_> =
        batch(structure, scenarios, BatchOptions { threads, lanes }, Told::default).into_iter().flat_map(|told| told.0).collect();
    all.sort_unstable();
    all
}

/// Every scenario for ten microseconds, one after the other, read off the sweep.
fn swept(structure: &Structure, scenarios: &Scenarios<'_>) -> Vec<(usize, ServiceIdx, Level)> {
    let services: Vec<ServiceIdx> = (0..structure.len()).map(ServiceIdx::new).collect();
    let own: Vec<OwnStretch> = (0..scenarios.len())
        .flat_map(|scenario| {
            let (from, until) = (Instant(scenario as i64 * 10), Instant(scenario as i64 * 10 + 10));
            scenarios.own(scenario).map(move |(service, level)| OwnStretch { service, level, from, until, sure: true })
        })
        .collect();
    let end = Instant(scenarios.len() as i64 * 10);
    let swept = sweep(&[(Instant::MIN, structure)], &own, (Instant(0), end), &services);
    let mut all = Vec::new();
    for (asked, service) in services.iter().enumerate() {
        for scenario in 0..scenarios.len() {
            let at = Instant(scenario as i64 * 10 + 5);
            let level = swept.levels(asked).iter().find(|(from, until, _)| *from <= at && at < *until).map_or(0, |found| found.2);
            if level != structure.baseline(*service) {
                all.push((scenario, *service, level));
            }
        }
    }
    all.sort_unstable();
    all
}

fn dense(structure: &Structure, scenarios: &Scenarios<'_>) -> Vec<(usize, ServiceIdx, Level)> {
    let mut all = Vec::new();
    for scenario in 0..scenarios.len() {
        let mut own = vec![0; structure.len()];
        scenarios.own(scenario).for_each(|(service, level)| own[service.get()] = own[service.get()].max(level));
        let levels = structure.evaluate_dense(&own).into_iter().enumerate().map(|(at, level)| (ServiceIdx::new(at), level));
        all.extend(levels.filter(|(at, level)| *level != structure.baseline(*at)).map(|(at, level)| (scenario, at, level)));
    }
    all.sort_unstable();
    all
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn lanes_equal_one_at_a_time_equal_dense_equal_the_sweep(seed: u64, services in 1_usize..16, cyclic: bool, count in 1_usize..150) {
        let mut dice = Dice::new(seed);
        let estate = estate(&mut dice, services, Options { cyclic, dated: !cyclic, ..Options::default() });
        let ecosystem = load(&estate.document());
        let structure = &ecosystem.map(Instant(estate.at)).structure;
        let n = structure.len();
        let each: Vec<ServiceIdx> = (0..n).map(ServiceIdx::new).collect();
        let (mut at, mut own) = (vec![0], Vec::new());
        for _ in 0..count {
            own.extend((0..dice.below(4)).map(|_| (ServiceIdx::new(dice.below(n)), dice.below(usize::from(structure.worst()) + 1) as Level)));
            at.push(own.len() as u32);
        }
        for scenarios in [Scenarios::Each { services: &each, level: structure.worst() }, Scenarios::Given { at: &at, own: &own }] {
            let expected = dense(structure, &scenarios);
            prop_assert_eq!(&swept(structure, &scenarios), &expected, "{}", estate.document());
            for lanes in [None, Some(0), Some(64), Some(128), Some(256), Some(512)] {
                for threads in 1..4 {
                    let found = told(structure, &scenarios, threads, lanes);
                    prop_assert_eq!(&found, &expected, "{:?} {}\n{}", lanes, threads, estate.document());
                }
            }
        }
    }
}
