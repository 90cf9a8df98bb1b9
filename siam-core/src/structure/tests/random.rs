//! Random maps and rules, and the slow evaluator that they are held against.
//!
//! Goes in: a seed. Comes out: nodes of any rule, or of monotone ones; levels by the algebra itself.
//! **Invariant:** the same seed gives the same map.
//! **Not here:** what is held of them (`tests`).

use super::*;

pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = self.0 ^ (self.0 >> 29);
        (x.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 33
    }
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
    pub(super) fn level(&mut self, worst: Level) -> Level {
        self.below(usize::from(worst) + 1) as Level
    }
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

pub(super) fn idx(at: usize) -> ServiceIdx {
    ServiceIdx::new(at)
}

pub(super) fn edge(to: usize) -> Edge {
    Edge { to: idx(to), map: LevelMap::Same, weight: 1, group: None }
}

pub(super) fn node(to: &[usize], rule: Expression) -> Node {
    Node { edges: to.iter().map(|to| edge(*to)).collect(), rule }
}

pub(super) fn good_enough(amount: u64) -> Condition {
    Condition { unit: Unit::Count, low: 0, high: 0, comparison: Comparison::AtLeast, bound: Bound::Amount(amount) }
}

pub(super) fn share(random: &mut Random) -> Ratio {
    Ratio::new(random.below(7) as i128 - 1, 1 + random.below(5) as i128).unwrap()
}

pub(super) fn quorum(random: &mut Random) -> Quorum {
    match random.below(4) {
        0 => Quorum::Any,
        1 => Quorum::All,
        2 if random.chance(50) => Quorum::Needed(random.below(7) as u64),
        2 => Quorum::Amount(random.below(7) as u64),
        _ => Quorum::Share(share(random)),
    }
}

pub(super) fn unit(random: &mut Random) -> Unit {
    if random.chance(50) { Unit::Count } else { Unit::Weight }
}

pub(super) fn condition(random: &mut Random, worst: Level) -> Condition {
    let comparison = [Comparison::AtLeast, Comparison::Below, Comparison::Equal][random.below(3)];
    let bound = if random.chance(60) { Bound::Amount(random.below(5) as u64) } else { Bound::Share(share(random)) };
    Condition { unit: unit(random), low: random.level(worst), high: random.level(worst), comparison, bound }
}

pub(super) fn expression(random: &mut Random, worst: Level, depth: usize) -> Expression {
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

pub(super) fn any_edge(random: &mut Random, to: usize, worst: Level) -> Edge {
    let map = if random.chance(50) {
        LevelMap::Same
    } else {
        LevelMap::Table((0..=worst).map(|_| (!random.chance(20)).then(|| random.level(worst))).collect())
    };
    let group = random.chance(50).then(|| random.below(2) as u32);
    Edge { to: idx(to), map, weight: random.below(4) as u32, group }
}

pub(super) fn rising(random: &mut Random, worst: Level) -> Vec<Level> {
    let mut table: Vec<Level> = (0..=worst).map(|_| random.level(worst)).collect();
    table.sort_unstable();
    table
}

pub(super) fn monotone_rule(random: &mut Random, worst: Level, depth: usize) -> Expression {
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

pub(super) fn monotone_edge(random: &mut Random, to: usize, worst: Level) -> Edge {
    let map = match random.below(4) {
        0 => LevelMap::Table(rising(random, worst).into_iter().map(Some).collect()),
        1 if random.chance(30) => LevelMap::Table(vec![None; usize::from(worst) + 1].into()),
        _ => LevelMap::Same,
    };
    Edge { to: idx(to), map, weight: random.below(4) as u32, group: random.chance(40).then(|| random.below(2) as u32) }
}

/// Rules read as written, again and again from best, until nothing changes.
pub(super) fn oracle(nodes: &[Node], worst: Level, own: &[Level]) -> Vec<Level> {
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
pub(super) fn by_gates(structure: &Structure, service: ServiceIdx, levels: &[Level]) -> Level {
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

pub(super) fn some_failures(random: &mut Random, n: usize, worst: Level) -> Vec<(ServiceIdx, Level)> {
    (0..1 + random.below(3)).map(|_| (idx(random.below(n)), random.level(worst))).collect()
}

pub(super) fn dense_own(n: usize, own: &[(ServiceIdx, Level)]) -> Vec<Level> {
    let mut all = vec![0; n];
    own.iter().for_each(|(service, level)| all[service.get()] = all[service.get()].max(*level));
    all
}

/// Every evaluator against the oracle, and each route step by step.
pub(super) fn agree(random: &mut Random, nodes: &[Node], structure: &Structure, rounds: usize) {
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
