use super::*;
use crate::model::rule::{Edge, Expression, LevelMap, Node, Quorum, Unit};
use num_bigint::BigUint;

/// A sequence of numbers that look random, the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn idx(at: usize) -> ServiceIdx {
    ServiceIdx::new(at)
}

fn edge(to: usize) -> Edge {
    Edge { to: idx(to), map: LevelMap::Same, weight: 1, group: None }
}

fn node(deps: &[usize], rule: Expression) -> Node {
    Node { edges: deps.iter().map(|to| edge(*to)).collect(), rule }
}

fn needs(needed: u64) -> Expression {
    Expression::Order(Unit::Count, Quorum::Needed(needed))
}

const WORST: Level = 2;
const MANY: usize = 1 << 16;

/// A monotone rule over random dependencies; cycles are welcome.
fn any_node(dice: &mut Dice, services: u64) -> Node {
    let mut edges: Vec<Edge> = (0..dice.roll(5)).map(|_| edge(dice.roll(services) as usize)).collect();
    for edge in &mut edges {
        edge.weight = dice.roll(4) as u32;
        edge.group = (dice.roll(2) == 0).then_some(1);
        if dice.roll(4) == 0 {
            edge.map = LevelMap::Table(
                [vec![Some(0), Some(0), Some(1)], vec![Some(0), Some(2), Some(2)]][dice.roll(2) as usize].clone().into(),
            );
        }
    }
    let mut part = || match dice.roll(7) {
        0 => Expression::any(),
        1 => Expression::all(),
        2 => needs(1 + dice.roll(3)),
        3 => Expression::Order(Unit::Weight, Quorum::Amount(1 + dice.roll(5))),
        4 => Expression::Order(Unit::Count, Quorum::Amount(1 + dice.roll(3))),
        5 => Expression::Score { gain: vec![0, 1, 3], theta: vec![0, 2, 5] },
        _ => Expression::Post(vec![0, 2, 2], Box::new(Expression::all())),
    };
    let (one, other) = (part(), part());
    let rule = match dice.roll(4) {
        0 => Expression::Max(vec![Expression::Group(1, Box::new(one)), Expression::Ungrouped(Box::new(other))]),
        1 => Expression::Min(vec![one, other]),
        _ => one,
    };
    Node { edges, rule }
}

/// The smallest sets of `able` that turn a service, by trying every set.
fn tried(able: &[usize], turns: impl Fn(&[usize]) -> bool) -> Vec<Vec<u32>> {
    for size in 0..=able.len() {
        let mut found = Vec::new();
        for mask in 0_u32..1 << able.len() {
            let set: Vec<usize> = (0..able.len()).filter(|bit| mask >> bit & 1 != 0).map(|bit| able[bit]).collect();
            if set.len() == size && turns(&set) {
                found.push(set.iter().map(|at| *at as u32).collect::<Vec<u32>>());
            }
        }
        if !found.is_empty() {
            found.sort();
            return found;
        }
    }
    Vec::new()
}

fn found(least: &Least) -> Vec<Vec<u32>> {
    match &least.found {
        Found::Never => Vec::new(),
        Found::Sets(sets) => {
            let mut all: Vec<Vec<u32>> = sets.first(usize::MAX).collect();
            assert_eq!(BigUint::from(all.len()), *sets.count());
            assert!(all.iter().all(|set| set.len() as u64 == sets.size()));
            all.sort();
            all
        }
        Found::Bounds { .. } => panic!("within bounds"),
    }
}

#[test]
fn a_smallest_set_heals_and_no_smaller_one_does() {
    let mut dice = Dice(7);
    let mut healed = 0;
    for round in 0..400 {
        let services = 3 + dice.roll(6) as usize;
        let nodes: Vec<Node> = (0..services).map(|_| any_node(&mut dice, services as u64)).collect();
        let Ok(structure) = Structure::compile(&nodes, WORST + 1) else { continue };
        let own: Vec<Level> = (0..services).map(|_| dice.roll(5).saturating_sub(2) as Level).collect();
        let levels = structure.evaluate_dense(&own);
        let failed: Vec<usize> = (0..services).filter(|at| own[*at] > 0).collect();
        for (bad, now) in levels.iter().enumerate() {
            for level in 1..=*now {
                let expected = tried(&failed, |set| {
                    let kept: Vec<Level> =
                        own.iter().enumerate().map(|(at, own)| if set.contains(&at) { 0 } else { *own }).collect();
                    structure.evaluate_dense(&kept)[bad] < level
                });
                let scene = Scene {
                    level: &|service| levels[service.get()],
                    own: &|service| own[service.get()],
                    key: &|service| Some(service.get() as u32),
                };
                if !structure.is_coherent() {
                    continue;
                }
                let least = structure.least(idx(bad), level, &scene, Search::Heal, MANY).unwrap();
                assert_eq!(found(&least), expected, "round {round}, service {bad} at {level}, own {own:?}\n{nodes:#?}");
                healed += usize::from(!expected.is_empty());
            }
        }
    }
    assert!(healed > 500, "{healed}");
}

#[test]
fn a_smallest_set_of_failures_brings_down_and_no_smaller_one_does() {
    let mut dice = Dice(11);
    let mut broken = 0;
    for round in 0..200 {
        let services = 3 + dice.roll(5) as usize;
        let nodes: Vec<Node> = (0..services).map(|_| any_node(&mut dice, services as u64)).collect();
        let Ok(structure) = Structure::compile(&nodes, WORST + 1) else { continue };
        let own: Vec<Level> = (0..services).map(|_| dice.roll(8).saturating_sub(5) as Level).collect();
        let levels = structure.evaluate_dense(&own);
        for (service, now) in levels.iter().enumerate() {
            for level in now + 1..=WORST {
                let able: Vec<usize> = (0..services).filter(|at| *at != service).collect();
                let expected = tried(&able, |set| {
                    let more: Vec<Level> =
                        own.iter().enumerate().map(|(at, own)| if set.contains(&at) { WORST } else { *own }).collect();
                    structure.evaluate_dense(&more)[service] >= level
                });
                let scene = Scene {
                    level: &|service| levels[service.get()],
                    own: &|service| own[service.get()],
                    key: &|at| (at.get() != service).then_some(at.get() as u32),
                };
                if !structure.is_coherent() {
                    continue;
                }
                let least = structure.least(idx(service), level, &scene, Search::Cut, MANY).unwrap();
                assert_eq!(found(&least), expected, "round {round}, service {service} to {level}, own {own:?}\n{nodes:#?}");
                broken += usize::from(!expected.is_empty());
            }
        }
    }
    assert!(broken > 300, "{broken}");
}

/// n over k by Pascal's triangle.
fn pascal(n: usize, k: usize) -> BigUint {
    let mut row = vec![BigUint::from(1_u32)];
    for _ in 0..n {
        let mut next = vec![BigUint::from(1_u32); row.len() + 1];
        for at in 1..row.len() {
            next[at] = &row[at - 1] + &row[at];
        }
        row = next;
    }
    row[k].clone()
}

#[test]
fn sets_are_counted_without_being_listed() {
    // 200 of 250 must work, 120 have failed: 70 repairs of 120 are needed, whichever they are.
    let mut nodes: Vec<Node> = (0..250).map(|_| node(&[], Expression::any())).collect();
    nodes.push(node(&(0..250).collect::<Vec<_>>(), needs(200)));
    let structure = Structure::compile(&nodes, WORST + 1).unwrap();
    let failed = |service: ServiceIdx| if service.get() < 120 { WORST } else { 0 };
    let level = |service: ServiceIdx| if service.get() == 250 { WORST } else { failed(service) };
    let scene = Scene { level: &level, own: &failed, key: &|service| Some(service.get() as u32) };
    let least = structure.least(idx(250), WORST, &scene, Search::Heal, MANY).unwrap();
    let Found::Sets(sets) = &least.found else { panic!("found") };
    assert_eq!(sets.size(), 70);
    assert_eq!(*sets.count(), pascal(120, 70));
    let first: Vec<Vec<u32>> = sets.first(3).collect();
    assert_eq!(first[0], (0..70).collect::<Vec<u32>>());
    assert_eq!(first[1], (0..69).chain([70]).collect::<Vec<u32>>());
    assert_eq!(least.visited, 121 + 120);
}

#[test]
fn a_shared_service_is_looked_at_once_among_a_hundred_thousand() {
    // 300 layers of 333 services, each needing all of the layer below, over one that failed.
    let (layers, wide) = (300, 333);
    let mut nodes = vec![node(&[], Expression::any())];
    for layer in 0..layers {
        for at in 0..wide {
            let below =
                if layer == 0 { vec![0] } else { vec![1 + (layer - 1) * wide + at, 1 + (layer - 1) * wide + (at + 1) % wide] };
            nodes.push(node(&below, Expression::any()));
        }
    }
    let top: Vec<usize> = (nodes.len() - wide..nodes.len()).collect();
    nodes.push(node(&top, Expression::any()));
    let structure = Structure::compile(&nodes, 2).unwrap();
    let scene =
        Scene { level: &|_| 1, own: &|service| Level::from(service.get() == 0), key: &|service| Some(service.get() as u32) };
    let least = structure.least(idx(nodes.len() - 1), 1, &scene, Search::Heal, MANY).unwrap();
    assert_eq!(found(&least), [vec![0]]);
    // Every service, and the one failure.
    assert_eq!(least.visited, nodes.len() + 1);
    assert_eq!(least.passed.len(), nodes.len());
}

#[test]
fn where_the_bound_is_passed_the_least_lies_between_what_is_said() {
    // Three services of ten shared hosts each, overlapping; two of three must work.
    let mut nodes: Vec<Node> = (0..12).map(|_| node(&[], Expression::any())).collect();
    for first in 0..3 {
        nodes.push(node(&(first..first + 10).collect::<Vec<_>>(), needs(7)));
    }
    nodes.push(node(&[12, 13, 14], needs(2)));
    let structure = Structure::compile(&nodes, 2).unwrap();
    let own: Vec<Level> = (0..nodes.len()).map(|at| Level::from(at < 12)).collect();
    let levels = structure.evaluate_dense(&own);
    let scene = Scene {
        level: &|service| levels[service.get()],
        own: &|service| own[service.get()],
        key: &|service| Some(service.get() as u32),
    };
    let exact = structure.least(idx(15), 1, &scene, Search::Heal, MANY).unwrap();
    let Found::Sets(sets) = exact.found else { panic!("found") };
    let bounded = structure.least(idx(15), 1, &scene, Search::Heal, 10).unwrap();
    let Found::Bounds { least, enough } = bounded.found else { panic!("bounded") };
    assert!(least <= sets.size() && sets.size() <= enough.len() as u64, "{least} {} {enough:?}", sets.size());
    // Seven of hosts 1 to 9 serve two of the services at once.
    assert_eq!(sets.size(), 7);
}

#[test]
fn among_independent_inputs_of_unlike_weights_the_least_is_exact_without_a_search() {
    // Twelve failed hosts of the weights 1 to 12, 78 in all; 40 must be up. The heaviest four have 12 + 11 + 10 + 9 = 42, three have 33.
    let mut nodes: Vec<Node> = (0..12).map(|_| node(&[], Expression::any())).collect();
    let mut farm = node(&(0..12).collect::<Vec<_>>(), Expression::Order(Unit::Weight, Quorum::Amount(39)));
    farm.edges.iter_mut().zip(1..).for_each(|(edge, weight)| edge.weight = weight);
    nodes.push(farm);
    let structure = Structure::compile(&nodes, 2).unwrap();
    let own: Vec<Level> = (0..nodes.len()).map(|at| Level::from(at < 12)).collect();
    let levels = structure.evaluate_dense(&own);
    let scene = Scene {
        level: &|service| levels[service.get()],
        own: &|service| own[service.get()],
        key: &|service| Some(service.get() as u32),
    };
    let Found::Sets(sets) = structure.least(idx(12), 1, &scene, Search::Heal, MANY).unwrap().found else { panic!("found") };
    let Found::Bounds { least, enough } = structure.least(idx(12), 1, &scene, Search::Heal, 10).unwrap().found else {
        panic!("bounded")
    };
    assert_eq!((sets.size(), least, enough), (4, 4, vec![8, 9, 10, 11]));
}
