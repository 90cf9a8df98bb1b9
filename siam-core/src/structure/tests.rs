//! The gates against the rules as written.
//!
//! Goes in: random small maps and a few large ones. Comes out: agreement of gates, evaluators, flags and routes.
//! **Invariant:** every map is made from a fixed seed.
//! **Not here:** times (`benches`).

mod lanes;
mod overlay;
mod sweep;

use super::{CompileFault, Input, NodeReason, Root, Routes, RuleKind, Scalar, Structure, meaning};
use crate::base::Ratio;
use crate::model::rule::{Bound, Comparison, Condition, Edge, Expression, Level, LevelMap, Node, Quorum, ServiceIdx, Unit};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = self.0 ^ (self.0 >> 29);
        (x.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 33
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
    fn level(&mut self, worst: Level) -> Level {
        self.below(usize::from(worst) + 1) as Level
    }
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn idx(at: usize) -> ServiceIdx {
    ServiceIdx::new(at)
}

fn edge(to: usize) -> Edge {
    Edge { to: idx(to), map: LevelMap::Same, weight: 1, group: None }
}

fn node(to: &[usize], rule: Expression) -> Node {
    Node { edges: to.iter().map(|to| edge(*to)).collect(), rule }
}

fn good_enough(amount: u64) -> Condition {
    Condition { unit: Unit::Count, low: 0, high: 0, comparison: Comparison::AtLeast, bound: Bound::Amount(amount) }
}

fn share(random: &mut Random) -> Ratio {
    Ratio::new(random.below(7) as i128 - 1, 1 + random.below(5) as i128).unwrap()
}

fn quorum(random: &mut Random) -> Quorum {
    match random.below(4) {
        0 => Quorum::Any,
        1 => Quorum::All,
        2 if random.chance(50) => Quorum::Needed(random.below(7) as u64),
        2 => Quorum::Amount(random.below(7) as u64),
        _ => Quorum::Share(share(random)),
    }
}

fn unit(random: &mut Random) -> Unit {
    if random.chance(50) { Unit::Count } else { Unit::Weight }
}

fn condition(random: &mut Random, worst: Level) -> Condition {
    let comparison = [Comparison::AtLeast, Comparison::Below, Comparison::Equal][random.below(3)];
    let bound = if random.chance(60) { Bound::Amount(random.below(5) as u64) } else { Bound::Share(share(random)) };
    Condition { unit: unit(random), low: random.level(worst), high: random.level(worst), comparison, bound }
}

fn expression(random: &mut Random, worst: Level, depth: usize) -> Expression {
    let kinds = if depth == 0 { 4 } else { 10 };
    let many = |random: &mut Random| (0..random.below(4)).map(|_| expression(random, worst, depth - 1)).collect::<Vec<_>>();
    match random.below(kinds) {
        0 => Expression::Const(random.level(worst)),
        1 | 2 => Expression::Order(unit(random), quorum(random)),
        3 => Expression::Score {
            gain: (0..=worst).map(|_| random.below(7) as i64 - 2).collect(),
            theta: (0..=worst).map(|_| random.below(12) as i64 - 2).collect(),
        },
        4 | 5 => {
            let cases = (0..random.below(4)).map(|_| (condition(random, worst), expression(random, worst, depth - 1))).collect();
            Expression::First(cases, Box::new(expression(random, worst, depth - 1)))
        }
        6 => Expression::Max(many(random)),
        7 => Expression::Min(many(random)),
        8 if random.chance(50) => Expression::Group(random.below(2) as u32, Box::new(expression(random, worst, depth - 1))),
        8 => Expression::Ungrouped(Box::new(expression(random, worst, depth - 1))),
        _ => Expression::Post((0..=worst).map(|_| random.level(worst)).collect(), Box::new(expression(random, worst, depth - 1))),
    }
}

fn any_edge(random: &mut Random, to: usize, worst: Level) -> Edge {
    let map = if random.chance(50) {
        LevelMap::Same
    } else {
        LevelMap::Table((0..=worst).map(|_| (!random.chance(20)).then(|| random.level(worst))).collect())
    };
    let group = random.chance(50).then(|| random.below(2) as u32);
    Edge { to: idx(to), map, weight: random.below(4) as u32, group }
}

fn rising(random: &mut Random, worst: Level) -> Vec<Level> {
    let mut table: Vec<Level> = (0..=worst).map(|_| random.level(worst)).collect();
    table.sort_unstable();
    table
}

fn monotone_rule(random: &mut Random, worst: Level, depth: usize) -> Expression {
    match random.below(if depth == 0 { 3 } else { 7 }) {
        0 | 1 => Expression::Order(unit(random), quorum(random)),
        2 => {
            let mut gain: Vec<i64> = (0..=worst).map(|_| random.below(7) as i64 - 2).collect();
            let theta = (0..=worst).map(|_| random.below(12) as i64).collect();
            gain.sort_unstable();
            Expression::Score { gain, theta }
        }
        3 => {
            Expression::First(vec![(good_enough(1 + random.below(4) as u64), Expression::Const(0))], Box::new(Expression::any()))
        }
        4 => Expression::Max((0..1 + random.below(3)).map(|_| monotone_rule(random, worst, depth - 1)).collect()),
        5 => Expression::Group(0, Box::new(monotone_rule(random, worst, depth - 1))),
        _ => Expression::Post(rising(random, worst), Box::new(monotone_rule(random, worst, depth - 1))),
    }
}

fn monotone_edge(random: &mut Random, to: usize, worst: Level) -> Edge {
    let map = match random.below(4) {
        0 => LevelMap::Table(rising(random, worst).into_iter().map(Some).collect()),
        1 if random.chance(30) => LevelMap::Table(vec![None; usize::from(worst) + 1]),
        _ => LevelMap::Same,
    };
    Edge { to: idx(to), map, weight: random.below(4) as u32, group: random.chance(40).then(|| random.below(2) as u32) }
}

/// Rules read as written, again and again from best, until nothing changes.
fn oracle(nodes: &[Node], worst: Level, own: &[Level]) -> Vec<Level> {
    let mut levels = own.to_vec();
    loop {
        let next: Vec<Level> =
            nodes.iter().zip(own).map(|(node, own)| meaning(node, worst, |to| levels[to.get()]).max(*own)).collect();
        if next == levels {
            return levels;
        }
        levels = next;
    }
}

/// What the public gates give, evaluated from nothing else.
fn by_gates(structure: &Structure, service: ServiceIdx, levels: &[Level]) -> Level {
    (1..=structure.worst())
        .filter(|s| {
            let (gates, root) = structure.gates(service, *s);
            let mut values: Vec<bool> = Vec::new();
            for gate in &gates {
                let value = |input: &Input| match input {
                    Input::Level(to, t) => levels[to.get()] >= *t,
                    Input::Gate(at) => values[*at],
                };
                let sum: i64 = gate.inputs.iter().filter(|(input, _)| value(input)).map(|(_, coefficient)| coefficient).sum();
                values.push(sum >= gate.bound);
            }
            match root {
                Root::Constant(value) => value,
                Root::Gate(at) => values[at],
            }
        })
        .max()
        .unwrap_or(0)
}

fn some_failures(random: &mut Random, n: usize, worst: Level) -> Vec<(ServiceIdx, Level)> {
    (0..1 + random.below(3)).map(|_| (idx(random.below(n)), random.level(worst))).collect()
}

fn dense_own(n: usize, own: &[(ServiceIdx, Level)]) -> Vec<Level> {
    let mut all = vec![0; n];
    own.iter().for_each(|(service, level)| all[service.get()] = all[service.get()].max(*level));
    all
}

/// Every evaluator against the oracle, and each route step by step.
fn agree(random: &mut Random, nodes: &[Node], structure: &Structure, rounds: usize) {
    let (n, worst) = (nodes.len(), structure.worst());
    let base = oracle(nodes, worst, &vec![0; n]);
    (0..n).for_each(|at| assert_eq!(structure.baseline(idx(at)), base[at]));
    let mut scalar = Scalar::new(structure);
    let mut routes = Routes::new(structure);
    for _ in 0..rounds {
        let own = some_failures(random, n, worst);
        let all = dense_own(n, &own);
        let wanted = oracle(nodes, worst, &all);
        assert_eq!(structure.evaluate_dense(&all), wanted, "{nodes:?} {own:?}");
        let turned: Vec<_> = own.iter().rev().copied().collect();
        let other_way = scalar.evaluate(&turned).to_vec();
        let mut touched = scalar.evaluate(&own).to_vec();
        assert_eq!(touched, other_way);
        let found: Vec<Level> = (0..n).map(|at| scalar.level(idx(at))).collect();
        assert_eq!(found, wanted, "{nodes:?} {own:?}");
        touched.sort_unstable();
        assert_eq!(touched, (0..n).filter(|at| wanted[*at] != base[*at]).map(idx).collect::<Vec<_>>());
        routes.trace(&scalar);
        for at in 0..n {
            assert_eq!(by_gates(structure, idx(at), &wanted), meaning(&nodes[at], worst, |to| wanted[to.get()]));
            let route = routes.route(idx(at));
            assert_eq!(route.is_some(), wanted[at] != base[at], "{nodes:?} {own:?} {at}");
            let route = route.unwrap_or_default();
            assert!(route.windows(2).all(|step| structure.dependencies(step[0]).any(|to| to == step[1])));
            assert!(route.iter().all(|on| wanted[on.get()] != base[on.get()]));
            assert!(route.last().is_none_or(|end| all[end.get()] > 0));
        }
    }
}

#[test]
fn gates_say_what_the_whole_algebra_says() {
    let mut random = Random(1);
    for round in 0..4_000 {
        let worst = 1 + (round % 4) as Level;
        let n = 2 + random.below(6);
        let nodes: Vec<Node> = (0..n)
            .map(|at| {
                let edges = if at == 0 {
                    Vec::new()
                } else {
                    (0..random.below(6))
                        .map(|_| {
                            let to = random.below(at);
                            any_edge(&mut random, to, worst)
                        })
                        .collect()
                };
                Node { edges, rule: if at == 0 { Expression::any() } else { expression(&mut random, worst, 3) } }
            })
            .collect();
        let structure = Structure::compile(&nodes, worst + 1).unwrap();
        agree(&mut random, &nodes, &structure, 6);
        let turned: Vec<Node> = nodes
            .iter()
            .map(|node| Node { edges: node.edges.iter().rev().cloned().collect(), rule: node.rule.clone() })
            .collect();
        let turned = Structure::compile(&turned, worst + 1).unwrap();
        assert!((0..n).all(|at| (1..=worst).all(|s| structure.gates(idx(at), s) == turned.gates(idx(at), s))));
    }
}

#[test]
fn monotone_cycles_take_the_least_fixpoint() {
    let mut random = Random(2);
    for round in 0..3_000 {
        let worst = 1 + (round % 3) as Level;
        let n = 2 + random.below(7);
        // The last service stands outside the cycles and may improve what it feeds only through a rule that is not monotone.
        let mut nodes: Vec<Node> = (0..n)
            .map(|_| {
                let to: Vec<usize> = (0..random.below(4)).map(|_| random.below(n + 1)).collect();
                Node {
                    edges: to.iter().map(|to| monotone_edge(&mut random, *to, worst)).collect(),
                    rule: monotone_rule(&mut random, worst, 2),
                }
            })
            .collect();
        nodes.push(Node { edges: vec![any_edge(&mut random, n + 1, worst)], rule: expression(&mut random, worst, 2) });
        nodes.push(node(&[], Expression::any()));
        let structure = Structure::compile(&nodes, worst + 1).unwrap();
        assert!((0..n).all(|at| structure.is_monotone(idx(at))), "{nodes:?}");
        agree(&mut random, &nodes, &structure, 8);
    }
}

fn states(n: usize, worst: Level) -> impl Iterator<Item = Vec<Level>> {
    let base = usize::from(worst) + 1;
    (0..base.pow(n as u32)).map(move |code| (0..n).map(|at| (code / base.pow(at as u32) % base) as Level).collect())
}

#[test]
fn a_node_called_monotone_never_improves_when_a_dependency_worsens() {
    let mut random = Random(3);
    let mut called = 0;
    for round in 0..3_000 {
        let worst = 1 + (round % 3) as Level;
        let mut nodes: Vec<Node> = (0..3).map(|_| node(&[], Expression::any())).collect();
        nodes.push(Node {
            edges: (0..4)
                .map(|_| {
                    let to = random.below(3);
                    any_edge(&mut random, to, worst)
                })
                .collect(),
            rule: expression(&mut random, worst, 2),
        });
        let structure = Structure::compile(&nodes, worst + 1).unwrap();
        let given = |state: &[Level]| meaning(&nodes[3], worst, |to| state[to.get()]);
        if !structure.is_monotone(idx(3)) {
            continue;
        }
        called += 1;
        for state in states(3, worst) {
            for at in (0..3).filter(|at| state[*at] < worst) {
                let mut worsened = state.clone();
                worsened[at] += 1;
                assert!(given(&state) <= given(&worsened), "{:?}", nodes[3]);
            }
        }
    }
    assert!(called > 500, "{called}");
}

#[test]
fn presets_that_are_monotone_are_called_so() {
    let first = |cases: Vec<(Condition, Expression)>, otherwise| Expression::First(cases, Box::new(otherwise));
    let share = |text: &str| Ratio::parse(text).unwrap();
    let up = |low, bound| Condition { unit: Unit::Count, low, high: 2, comparison: Comparison::AtLeast, bound };
    let yes = [
        Expression::any(),
        Expression::all(),
        Expression::Order(Unit::Count, Quorum::Amount(2)),
        Expression::Order(Unit::Weight, Quorum::Share(share("58%"))),
        first(vec![(good_enough(2), Expression::Const(0))], Expression::any()),
        first(vec![(good_enough(1), Expression::Const(0))], Expression::any()),
        first(vec![(good_enough(3), Expression::Const(0)), (good_enough(2), Expression::Const(1))], Expression::Const(2)),
        first(vec![(good_enough(2), Expression::all())], Expression::any()),
        first(
            vec![(up(2, Bound::Amount(2)), Expression::Const(2)), (up(1, Bound::Amount(1)), Expression::Const(1))],
            Expression::Const(0),
        ),
        Expression::Max(vec![
            Expression::any(),
            first(vec![(up(1, Bound::Share(share("50%"))), Expression::Const(2))], Expression::Const(0)),
        ]),
        first(
            vec![(Condition { bound: Bound::Share(share("2/3")), ..good_enough(0) }, Expression::Const(0))],
            Expression::Const(1),
        ),
        Expression::Max(vec![
            Expression::Ungrouped(Box::new(Expression::any())),
            Expression::Group(0, Box::new(Expression::all())),
        ]),
        Expression::Score { gain: vec![0, 1, 10], theta: vec![0, 1, 10] },
        Expression::Min(vec![Expression::any(), Expression::Const(1)]),
        Expression::Post(vec![0, 0, 2], Box::new(Expression::any())),
    ];
    let no = [
        Expression::Post(vec![2, 1, 0], Box::new(Expression::any())),
        first(vec![(Condition { comparison: Comparison::Equal, ..good_enough(1) }, Expression::Const(0))], Expression::Const(2)),
        Expression::Post(vec![0, 2, 1], Box::new(Expression::any())),
    ];
    let compile = |rule: &Expression| {
        let mut nodes = vec![node(&[], Expression::any()); 3];
        nodes.push(node(&[0, 1, 2], rule.clone()));
        nodes[3].edges[2].group = Some(0);
        Structure::compile(&nodes, 3).unwrap().is_monotone(idx(3))
    };
    yes.iter().for_each(|rule| assert!(compile(rule), "{rule:?}"));
    no.iter().for_each(|rule| assert!(!compile(rule), "{rule:?}"));
}

#[test]
fn bounds_hold_everything_possible_and_are_reached_where_called_tight() {
    let mut random = Random(4);
    let (mut tight, mut wide) = (0, 0);
    for round in 0..1_500 {
        let worst = 1 + (round % 2) as Level;
        let n = 7;
        let nodes: Vec<Node> = (0..n)
            .map(|at| {
                let strange = random.chance(30);
                let edges = (0..random.below(4) * usize::from(at > 2))
                    .map(|_| {
                        let to = random.below(at);
                        if strange { any_edge(&mut random, to, worst) } else { monotone_edge(&mut random, to, worst) }
                    })
                    .collect();
                Node {
                    edges,
                    rule: if strange && at > 2 {
                        expression(&mut random, worst, 2)
                    } else {
                        monotone_rule(&mut random, worst, 1)
                    },
                }
            })
            .collect();
        let structure = Structure::compile(&nodes, worst + 1).unwrap();
        let unknown: Vec<(ServiceIdx, (Level, Level))> = (0..3)
            .map(|at| {
                let (a, b) = (random.level(worst), random.level(worst));
                (idx(at), (a.min(b), a.max(b)))
            })
            .collect();
        let mut scalar = Scalar::new(&structure);
        let rows = scalar.evaluate_interval(&unknown).to_vec();
        let mut seen = vec![(Level::MAX, 0); n];
        for state in
            states(3, worst).filter(|state| unknown.iter().zip(state).all(|((_, (a, b)), level)| a <= level && level <= b))
        {
            let mut own = state.clone();
            own.resize(n, 0);
            for (seen, level) in seen.iter_mut().zip(oracle(&nodes, worst, &own)) {
                *seen = (seen.0.min(level), seen.1.max(level));
            }
        }
        for (at, seen) in seen.iter().enumerate() {
            let row = rows.iter().find(|row| row.service == idx(at));
            let base = structure.baseline(idx(at));
            let (best, most, is_tight) = row.map_or((base, base, true), |row| (row.best, row.worst, row.tight));
            assert!(best <= seen.0 && seen.1 <= most);
            if is_tight {
                assert_eq!((best, most), *seen, "{nodes:?}");
                tight += usize::from(best < most);
            } else {
                wide += 1;
            }
        }
        let own = some_failures(&mut random, n, worst);
        scalar.evaluate(&own);
        let wanted = oracle(&nodes, worst, &dense_own(n, &own));
        assert!((0..n).all(|at| scalar.level(idx(at)) == wanted[at]));
    }
    assert!(tight > 500 && wide > 50, "{tight} {wide}");
}

#[test]
fn a_cycle_through_a_rule_that_is_not_monotone_is_refused_with_its_path() {
    let not = Expression::Post(vec![1, 0], Box::new(Expression::any()));
    let nodes = [node(&[1], Expression::any()), node(&[2], Expression::any()), node(&[0, 3], not), node(&[], Expression::any())];
    let fault = Structure::compile(&nodes, 2).unwrap_err();
    assert_eq!(fault, CompileFault::Cycle { service: idx(2), path: vec![idx(2), idx(0), idx(1)] });
    let shown = fault.to_string();
    assert!(shown.contains("#2"), "{shown}");
}

#[test]
fn what_does_not_fit_is_a_fault_and_never_a_panic() {
    let compile = |rule: Expression| Structure::compile(&[node(&[1], rule), node(&[], Expression::any())], 3).map(|_| ());
    let mut deep = Expression::any();
    for _ in 0..100 {
        deep = Expression::Max(vec![deep]);
    }
    assert!(matches!(compile(deep), Err(CompileFault::TooLarge { .. })));
    assert!(matches!(compile(Expression::Const(3)), Err(CompileFault::Malformed { .. })));
    assert!(matches!(compile(Expression::Post(vec![0], Box::new(Expression::any()))), Err(CompileFault::Malformed { .. })));
    assert!(compile(Expression::Score { gain: vec![i64::MIN, 0, i64::MAX], theta: vec![0, i64::MIN, i64::MAX] }).is_ok());
    assert!(compile(Expression::Order(Unit::Weight, Quorum::Share(Ratio::whole(i128::MAX)))).is_ok());
    assert!(compile(Expression::Order(Unit::Count, Quorum::Amount(u64::MAX))).is_ok());
    assert_eq!(Structure::compile(&[], 17).map(|_| ()), Err(CompileFault::Levels { given: 17 }));
    assert!(matches!(Structure::compile(&[node(&[5], Expression::any())], 2), Err(CompileFault::Malformed { .. })));
    assert!(Structure::compile(&[], 2).unwrap().is_empty());
}

#[test]
fn the_reason_at_a_node_says_two_of_three_needed_and_one_left() {
    let two_of_three = Expression::Order(Unit::Count, Quorum::Amount(2));
    let levels = [0, 2, 1];
    let reason = NodeReason::of(&node(&[0, 1, 2], two_of_three.clone()), 2, 0, |to| levels[to.get()]);
    let wanted = NodeReason {
        kind: RuleKind::Count,
        needed: 2,
        working: 1,
        total: 3,
        level: 1,
        worst_dependency: Some(idx(1)),
        own_level: 0,
    };
    assert_eq!(reason, wanted);
    let mut mixed = node(
        &[0, 1, 2],
        Expression::Max(vec![
            Expression::Ungrouped(Box::new(Expression::any())),
            Expression::Group(0, Box::new(Expression::all())),
        ]),
    );
    mixed.edges[1].group = Some(0);
    mixed.edges[2].group = Some(0);
    let reason = NodeReason::of(&mixed, 2, 0, |to| levels[to.get()]);
    assert_eq!((reason.kind, reason.needed, reason.working, reason.total, reason.level), (RuleKind::All, 1, 0, 2, 1));
    let fine = NodeReason::of(&node(&[0, 0, 2], two_of_three), 2, 0, |to| levels[to.get()]);
    assert_eq!((fine.needed, fine.working, fine.level), (2, 3, 2));
}

#[test]
fn ties_between_routes_go_to_the_lowest_service() {
    let nodes = [
        node(&[1, 2], Expression::any()),
        node(&[4], Expression::any()),
        node(&[3], Expression::any()),
        node(&[], Expression::any()),
        node(&[], Expression::any()),
    ];
    let structure = Structure::compile(&nodes, 3).unwrap();
    let mut scalar = Scalar::new(&structure);
    scalar.evaluate(&[(idx(3), 2), (idx(4), 2)]);
    let mut routes = Routes::new(&structure);
    routes.trace(&scalar);
    assert_eq!(routes.route(idx(0)), Some(vec![idx(0), idx(1), idx(4)]));
    scalar.evaluate(&[(idx(3), 2), (idx(4), 1)]);
    routes.trace(&scalar);
    assert_eq!(routes.route(idx(0)), Some(vec![idx(0), idx(2), idx(3)]));
}

#[test]
fn a_long_chain_and_a_large_map_need_no_deep_stack() {
    let n = 200_000;
    let chain: Vec<Node> =
        (0..n).map(|at| if at + 1 < n { node(&[at + 1], Expression::any()) } else { node(&[], Expression::any()) }).collect();
    let ring: Vec<Node> = (0..n).map(|at| node(&[(at + 1) % n], Expression::any())).collect();
    for nodes in [chain, ring] {
        let structure = Structure::compile(&nodes, 3).unwrap();
        let mut scalar = Scalar::new(&structure);
        assert_eq!(scalar.evaluate(&[(idx(n - 1), 1)]).len(), n);
        assert_eq!(scalar.level(idx(0)), 1);
        let mut routes = Routes::new(&structure);
        routes.trace(&scalar);
        assert_eq!(routes.route(idx(0)).map(|route| route.len()), Some(n));
        assert_eq!(scalar.evaluate_interval(&[(idx(n - 1), (0, 2))]).len(), n);
        assert_eq!(structure.evaluate_dense(&[2])[n - 1], if structure.cycles().next().is_some() { 2 } else { 0 });
    }
    let mut random = Random(5);
    let nodes: Vec<Node> = (0..n)
        .map(|at| {
            let to: Vec<usize> = (0..if at < 100 { 0 } else { 5 }).map(|_| random.below(at)).collect();
            node(&to, if random.chance(10) { Expression::Order(Unit::Count, Quorum::Amount(2)) } else { Expression::any() })
        })
        .collect();
    let structure = Structure::compile(&nodes, 3).unwrap();
    let mut scalar = Scalar::new(&structure);
    for _ in 0..3 {
        let own = [(idx(random.below(n)), 2), (idx(random.below(n)), 1)];
        scalar.evaluate(&own);
        let dense = structure.evaluate_dense(&dense_own(n, &own));
        assert!((0..n).all(|at| scalar.level(idx(at)) == dense[at]));
    }
}
