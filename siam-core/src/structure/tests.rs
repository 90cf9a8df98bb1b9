//! The gates against the rules as written.
//!
//! Goes in: random small maps and a few large ones. Comes out: agreement of gates, evaluators, flags and routes.
//! **Invariant:** every map is made from a fixed seed.
//! **Not here:** times (`benches`).

mod lanes;
mod overlay;
mod random;
mod sweep;

use super::{CompileFault, Input, NodeReason, Root, Routes, RuleKind, Scalar, Structure, meaning};
use crate::base::Ratio;
use crate::model::rule::{Bound, Comparison, Condition, Edge, Expression, Level, LevelMap, Node, Quorum, ServiceIdx, Unit};
use random::*;

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
