//! Estates of stacks: what most maps look like, beside the scattered ones of `siam_tests::generate::layered`.
//!
//! Goes in: a seed, a number of services, how many of a hundred need two of theirs. Comes out: nodes, dependencies first.
//! **Invariant:** services and dependencies are the same whatever the quorums; only rules differ.
//! **Not here:** columns and documents (`siam_tests::generate`).

use siam_core::model::rule::{Edge, Expression, LevelMap, Node, Quorum, ServiceIdx, Unit};
use siam_tests::generate::Dice;

/// Links, hosts, stores, applications and business services of a stack: at least so many, and up to so many more.
const LAYERS: [(usize, usize); 5] = [(6, 5), (10, 5), (8, 5), (8, 6), (4, 6)];
/// Platforms that the whole estate uses, and how many of the latest the stacks that follow use most.
const GLOBAL: usize = 40;
const NEAR: usize = 60;

/// Stacks of about 45 services in five layers, about five dependencies each, mostly on the layer below of the same stack. Every twentieth
/// stack carries a platform; from the third layer on, a quarter of all dependencies are on platforms, a tenth of those on the first ones.
pub fn stacks(seed: u64, services: usize, quorums: usize) -> Vec<Node> {
    let mut dice = Dice::new(seed);
    let mut rules = Dice::new(seed + 1);
    let mut nodes = Vec::with_capacity(services);
    let mut platforms: Vec<usize> = Vec::new();
    while nodes.len() < services {
        let carries = dice.chance(1, 20);
        let mut below = 0..0;
        for (layer, (least, more)) in LAYERS.iter().enumerate() {
            let first = nodes.len();
            for _ in 0..least + dice.below(*more) {
                let wanted = if layer == 0 { 0 } else { 3 + dice.below(5) };
                let mut to: Vec<usize> = (0..wanted)
                    .map(|_| match platforms.len() {
                        known if layer >= 2 && known > 0 && dice.chance(1, 4) => platforms[platform(&mut dice, known)],
                        _ => below.start + dice.below(below.len()),
                    })
                    .collect();
                to.sort_unstable();
                to.dedup();
                nodes.push(node(&to, rules.chance(quorums, 100)));
            }
            below = first..nodes.len();
        }
        if carries {
            platforms.extend(below.take(2));
        }
    }
    nodes.truncate(services);
    nodes
}

fn platform(dice: &mut Dice, known: usize) -> usize {
    if dice.chance(1, 10) { dice.below(known.min(GLOBAL)) } else { known - 1 - dice.below(known.min(NEAR)) }
}

/// A service that depends on these; with a quorum it needs two of them to fail.
pub(crate) fn node(to: &[usize], quorum: bool) -> Node {
    let edge = |to: &usize| Edge { to: ServiceIdx::new(*to), map: LevelMap::Same, weight: 1, group: None };
    let two = quorum && to.len() > 2;
    Node {
        edges: to.iter().map(edge).collect(),
        rule: if two { Expression::Order(Unit::Count, Quorum::Amount(2)) } else { Expression::any() },
    }
}
