//! Changed maps against compiling them whole.
//!
//! Goes in: random maps with random changes. Comes out: agreement of the overlay, of the excerpt and of what is refused.
//! **Invariant:** every map is made from a fixed seed.
//! **Not here:** times (`benches`).

use super::*;
use crate::structure::{Excerpt, Overlay, Workspace};
use std::collections::{BTreeMap, BTreeSet};

/// Takes dependencies away, changes how they are seen, and adds new ones where `adding`.
fn changes(random: &mut Random, nodes: &[Node], worst: Level, adding: bool, rising_only: bool) -> BTreeMap<ServiceIdx, Node> {
    let mut changed = BTreeMap::new();
    for _ in 0..1 + random.below(3) {
        let at = random.below(nodes.len());
        let mut node: Node = changed.get(&idx(at)).cloned().unwrap_or_else(|| nodes[at].clone());
        let some = random.below(node.edges.len());
        match random.below(if adding { 3 } else { 2 }) {
            0 if !node.edges.is_empty() => drop(node.edges.remove(some)),
            1 if !node.edges.is_empty() => {
                let to = node.edges[some].to.get();
                node.edges[some] = if rising_only { monotone_edge(random, to, worst) } else { any_edge(random, to, worst) };
            }
            2 => {
                let to = random.below(nodes.len());
                if to != at {
                    node.edges.push(if rising_only { monotone_edge(random, to, worst) } else { any_edge(random, to, worst) });
                }
            }
            _ => {}
        }
        changed.insert(idx(at), node);
    }
    changed
}

/// The overlay and the excerpt against the changed map compiled whole; false where both refuse it.
fn same(random: &mut Random, nodes: &[Node], changed: &BTreeMap<ServiceIdx, Node>, levels: u8) -> bool {
    let structure = Structure::compile(nodes, levels).unwrap();
    let whole: Vec<Node> = nodes.iter().enumerate().map(|(at, node)| changed.get(&idx(at)).unwrap_or(node).clone()).collect();
    let overlay = Overlay::compile(&structure, changed, |service| nodes[service.get()].clone());
    let compiled = match Structure::compile(&whole, levels) {
        Ok(compiled) => compiled,
        Err(CompileFault::Cycle { .. }) => {
            assert!(matches!(overlay, Err(CompileFault::Cycle { .. })), "{nodes:?} {changed:?}");
            return false;
        }
        Err(fault) => panic!("{fault}"),
    };
    let overlay = overlay.unwrap();
    let mut space = Workspace::new(&structure);
    let before: BTreeSet<ServiceIdx> = overlay.evaluate(&[], &mut space).into_iter().map(|(service, _)| service).collect();
    for _ in 0..4 {
        let own = some_failures(random, nodes.len(), structure.worst());
        let bounds: Vec<_> = own.iter().map(|(service, level)| (*service, (*level, *level))).collect();
        let found = overlay.evaluate(&bounds, &mut space);
        let given: BTreeMap<_, _> = found.iter().copied().collect();
        let wanted = compiled.evaluate_dense(&dense_own(nodes.len(), &own));
        for (at, level) in wanted.iter().enumerate() {
            let base = structure.baseline(idx(at));
            assert_eq!(given.get(&idx(at)).copied().unwrap_or((base, base)), (*level, *level), "{nodes:?} {changed:?} {own:?}");
        }
        let members: BTreeSet<ServiceIdx> = before
            .iter()
            .chain(given.keys())
            .chain(changed.keys())
            .chain(own.iter().map(|(service, _)| service))
            .copied()
            .collect();
        let node = |service: ServiceIdx| whole[service.get()].clone();
        let excerpt = Excerpt::compile(&members, levels, node, |service| structure.baseline(service)).unwrap();
        let mut small = Scalar::new(excerpt.structure());
        small.evaluate(&own.iter().filter_map(|(service, level)| Some((excerpt.inner(*service)?, *level))).collect::<Vec<_>>());
        for at in 0..excerpt.structure().len() {
            let service = excerpt.outer(idx(at));
            assert_eq!(small.level(idx(at)), wanted[service.get()]);
            assert_eq!(excerpt.structure().baseline(idx(at)), compiled.baseline(service));
        }
    }
    true
}

#[test]
fn a_changed_map_answers_as_if_compiled_whole() {
    let mut random = Random(41);
    let (mut held, mut refused) = (0, 0);
    for round in 0..1_500 {
        let (n, levels) = (2 + random.below(9), 2 + random.below(3) as u8);
        let nodes: Vec<Node> = (0..n)
            .map(|at| {
                let edges = (0..if at == 0 { 0 } else { random.below(4) }).map(|_| random.below(at)).collect::<Vec<_>>();
                let edges = edges.into_iter().map(|to| any_edge(&mut random, to, levels - 1)).collect();
                Node { edges, rule: expression(&mut random, levels - 1, 2) }
            })
            .collect();
        let changed = changes(&mut random, &nodes, levels - 1, round % 2 == 0, false);
        if same(&mut random, &nodes, &changed, levels) { held += 1 } else { refused += 1 }
    }
    assert!(held > 1_000 && refused > 10, "{held} {refused}");
}

#[test]
fn a_changed_map_with_cycles_answers_as_if_compiled_whole() {
    let mut random = Random(43);
    let mut held = 0;
    for round in 0..1_500 {
        let (n, levels) = (2 + random.below(8), 2 + random.below(3) as u8);
        let nodes: Vec<Node> = (0..n)
            .map(|at| {
                let others = (0..random.below(4)).map(|_| random.below(n)).filter(|to| *to != at).collect::<Vec<_>>();
                let edges = others.into_iter().map(|to| monotone_edge(&mut random, to, levels - 1)).collect();
                Node { edges, rule: monotone_rule(&mut random, levels - 1, 2) }
            })
            .collect();
        if Structure::compile(&nodes, levels).is_err() {
            continue;
        }
        let changed = changes(&mut random, &nodes, levels - 1, round % 2 == 0, round % 3 != 0);
        held += usize::from(same(&mut random, &nodes, &changed, levels));
    }
    assert!(held > 700, "{held}");
}

#[test]
fn only_what_stands_above_a_new_dependency_is_compiled_again() {
    let any = Expression::any;
    // 4 -> 3 -> 2, and 1 and 0 alone.
    let nodes = [node(&[], any()), node(&[], any()), node(&[], any()), node(&[2], any()), node(&[3], any())];
    let structure = Structure::compile(&nodes, 3).unwrap();
    let compile = |at: usize, changed: Node| {
        let changed = BTreeMap::from([(idx(at), changed)]);
        Overlay::compile(&structure, &changed, |service| nodes[service.get()].clone())
    };
    let added = compile(3, node(&[2, 0], any())).unwrap();
    assert_eq!(added.recompiled(), 2);
    let mut space = Workspace::new(&structure);
    assert_eq!(added.evaluate(&[(idx(0), (2, 2))], &mut space), [(idx(0), (2, 2)), (idx(3), (2, 2)), (idx(4), (2, 2))]);
    let removed = compile(3, node(&[], any())).unwrap();
    assert_eq!(removed.recompiled(), 0);
    assert_eq!(removed.evaluate(&[(idx(2), (0, 2))], &mut space), [(idx(2), (0, 2))]);
    let strange = Expression::First(
        vec![(Condition { comparison: Comparison::Below, ..good_enough(1) }, Expression::Const(0))],
        Box::new(Expression::Const(2)),
    );
    let fault = compile(2, node(&[4], strange)).unwrap_err();
    assert_eq!(fault, CompileFault::Cycle { service: idx(2), path: vec![idx(2), idx(4), idx(3)] });
}

#[test]
fn a_workspace_keeps_nothing_of_the_scenario_before() {
    // Chains of ten, each on the one before it; in each scenario one link is cut and the service below it fails.
    let n = 2_000;
    let node = |at: usize| Node {
        edges: (!at.is_multiple_of(10))
            .then(|| Edge { to: idx(at - 1), map: LevelMap::Same, weight: 1, group: None })
            .into_iter()
            .collect(),
        rule: Expression::any(),
    };
    let nodes: Vec<Node> = (0..n).map(node).collect();
    let structure = Structure::compile(&nodes, 3).unwrap();
    let mut space = Workspace::new(&structure);
    for scenario in 0..500 {
        let (cut, failed) = (scenario * 37 % n, scenario * 91 % n);
        let changed = BTreeMap::from([(idx(cut), Node { edges: Vec::new(), rule: Expression::any() })]);
        let overlay = Overlay::compile(&structure, &changed, |service| nodes[service.get()].clone()).unwrap();
        let found = overlay.evaluate(&[(idx(failed), (2, 2))], &mut space);
        // From the one that fails up to the end of its chain, or to the link that is cut.
        let end = if failed < cut && cut < failed / 10 * 10 + 10 { cut } else { (failed / 10 * 10 + 10).min(n) };
        assert_eq!(found, (failed..end).map(|at| (idx(at), (2, 2))).collect::<Vec<_>>(), "{cut} {failed}");
    }
}
