//! Batches against one scenario at a time.
//!
//! Goes in: random maps, with cycles and with rules that are not monotone, and random scenarios. Comes out: agreement of all widths.
//! **Invariant:** every scenario is compared, each told once; sums across planes are compared with numbers.
//! **Not here:** estates as documents (the laws of siam-tests), times (`benches`).

use super::*;
use crate::structure::{BatchOptions, Group, Scenarios, Tally, Visit, Work, batch};

/// Per scenario the services that differ from the baseline, with their levels, by index.
#[derive(Default, Debug, PartialEq, Eq)]
struct Told {
    scenarios: Vec<(usize, Vec<(ServiceIdx, Level)>)>,
    groups: usize,
    work: Work,
}

impl Visit for Told {
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>) {
        let mut found: Vec<_> = scalar.touched().iter().map(|service| (*service, scalar.level(*service))).collect();
        found.sort_unstable();
        self.scenarios.push((scenario, found));
    }
    fn group(&mut self, group: &Group<'_>) {
        self.groups += 1;
        let mut found = vec![Vec::new(); group.len()];
        let (mut services, mut weighted) = (Tally::new(group.words()), Tally::new(group.words()));
        for row in group.rows() {
            assert!(row.differs().iter().any(|word| *word != 0));
            services.add(row.differs(), 1);
            weighted.add(row.differs(), 1 + row.service().get() as u64);
            for bit in row.bits() {
                assert_ne!(row.level(bit), row.baseline());
                found[bit].push((row.service(), row.level(bit)));
            }
        }
        for (bit, mut found) in found.into_iter().enumerate() {
            assert_eq!(services.get(bit), found.len() as u64);
            assert_eq!(weighted.get(bit), found.iter().map(|(service, _)| 1 + service.get() as u64).sum::<u64>());
            found.sort_unstable();
            self.scenarios.push((group.scenario(bit), found));
        }
    }
    fn work(&mut self, work: Work) {
        self.work += work;
    }
}

fn run(structure: &Structure, scenarios: &Scenarios<'_>, threads: usize, lanes: Option<usize>) -> Vec<Told> {
    batch(structure, scenarios, BatchOptions { threads, lanes }, Told::default)
}

fn flat(told: Vec<Told>) -> Vec<(usize, Vec<(ServiceIdx, Level)>)> {
    let mut all: Vec<_> = told.into_iter().flat_map(|told| told.scenarios).collect();
    all.sort();
    all
}

/// Every width and the choice of the batch, against the evaluator that reads every rule.
fn agree_together(random: &mut Random, structure: &Structure, count: usize) {
    let (n, worst) = (structure.len(), structure.worst());
    let each: Vec<ServiceIdx> = (0..n + random.below(100)).map(|at| idx(if at < n { at } else { random.below(n + 1) })).collect();
    let mut at = vec![0];
    let mut own = Vec::new();
    for _ in 0..count {
        own.extend((0..random.below(4)).map(|_| (idx(random.below(n)), random.level(worst + 1))));
        at.push(own.len() as u32);
    }
    for scenarios in
        [Scenarios::Each { services: &each, level: 1 + random.level(worst) }, Scenarios::Given { at: &at, own: &own }]
    {
        let mut wanted = Vec::new();
        let base = structure.evaluate_dense(&[]);
        for scenario in 0..scenarios.len() {
            let known: Vec<_> = scenarios.own(scenario).filter(|(service, _)| service.get() < n).collect();
            let levels = structure.evaluate_dense(&dense_own(n, &known));
            let differs = (0..n).filter(|at| levels[*at] != base[*at]).map(|at| (idx(at), levels[at]));
            wanted.push((scenario, differs.collect()));
        }
        for lanes in [None, Some(0), Some(64), Some(128), Some(256), Some(512)] {
            assert_eq!(flat(run(structure, &scenarios, 1, lanes)), wanted, "{lanes:?}");
        }
    }
}

#[test]
fn lanes_say_what_the_dense_evaluator_says_on_the_whole_algebra() {
    let mut random = Random(11);
    for round in 0..300 {
        let worst = 1 + (round % 4) as Level;
        let n = 2 + random.below(12);
        let nodes: Vec<Node> = (0..n)
            .map(|at| {
                let edges = (0..if at == 0 { 0 } else { random.below(6) }).map(|_| {
                    let to = random.below(at);
                    any_edge(&mut random, to, worst)
                });
                let edges = edges.collect();
                Node { edges, rule: if at == 0 { Expression::any() } else { expression(&mut random, worst, 3) } }
            })
            .collect();
        agree_together(&mut random, &Structure::compile(&nodes, worst + 1).unwrap(), 70);
    }
}

#[test]
fn lanes_take_the_least_fixpoint_of_monotone_cycles() {
    let mut random = Random(12);
    for round in 0..300 {
        let worst = 1 + (round % 3) as Level;
        let n = 2 + random.below(9);
        let strange = random.chance(30);
        // What stands outside the cycles may improve.
        let mut nodes: Vec<Node> = (0..n)
            .map(|_| {
                let to: Vec<usize> = (0..random.below(4)).map(|_| random.below(n + usize::from(strange))).collect();
                Node {
                    edges: to.iter().map(|to| monotone_edge(&mut random, *to, worst)).collect(),
                    rule: monotone_rule(&mut random, worst, 2),
                }
            })
            .collect();
        nodes.push(Node { edges: vec![any_edge(&mut random, n + 1, worst)], rule: expression(&mut random, worst, 2) });
        nodes.push(node(&[], Expression::any()));
        agree_together(&mut random, &Structure::compile(&nodes, worst + 1).unwrap(), 130);
    }
}

#[test]
fn lanes_hold_for_sixteen_levels() {
    let mut random = Random(13);
    for _ in 0..20 {
        let nodes: Vec<Node> = (0..20)
            .map(|_| {
                let to: Vec<usize> = (0..random.below(4)).map(|_| random.below(20)).collect();
                Node {
                    edges: to.iter().map(|to| monotone_edge(&mut random, *to, 15)).collect(),
                    rule: monotone_rule(&mut random, 15, 1),
                }
            })
            .collect();
        agree_together(&mut random, &Structure::compile(&nodes, 16).unwrap(), 70);
    }
}

/// A map of stacks over shared hubs, some with quorums.
fn stacks(random: &mut Random, n: usize) -> Structure {
    let nodes: Vec<Node> = (0..n)
        .map(|at| {
            let near = |random: &mut Random| {
                if random.chance(80) { at - 1 - random.below(at.min(40)) } else { random.below(at.min(50)) }
            };
            let to: Vec<usize> = (0..if at < 60 { 0 } else { 1 + random.below(4) }).map(|_| near(random)).collect();
            node(&to, if random.chance(20) { Expression::Order(Unit::Count, Quorum::Amount(2)) } else { Expression::any() })
        })
        .collect();
    Structure::compile(&nodes, 3).unwrap()
}

#[test]
fn threads_change_neither_answers_nor_their_order_nor_the_work() {
    let mut random = Random(14);
    let structure = stacks(&mut random, 20_000);
    let services: Vec<ServiceIdx> = (0..structure.len()).map(idx).collect();
    let scenarios = Scenarios::Each { services: &services, level: 2 };
    for lanes in [None, Some(0), Some(256)] {
        let once = run(&structure, &scenarios, 1, lanes);
        assert!(once.len() > 2);
        assert!(once.iter().map(|told| told.work.visits).sum::<u64>() > 10_000);
        for threads in [0, 2, 3] {
            assert_eq!(run(&structure, &scenarios, threads, lanes), once);
        }
    }
    let (alone, chosen) = (run(&structure, &scenarios, 1, Some(0)), run(&structure, &scenarios, 1, None));
    assert!(chosen.iter().map(|told| told.groups).sum::<usize>() > 0, "neighbours are evaluated together");
    assert_eq!(flat(alone), flat(chosen));
}
