//! Estates of districts: between stacks, which hardly touch, and layers drawn over the whole estate.
//!
//! Goes in: a seed, a number of services, how many of a hundred need two of theirs. Comes out: nodes, dependencies first.
//! **Invariant:** services and dependencies are the same whatever the quorums; only rules differ.
//! **Not here:** columns and documents (`siam_tests::generate`).

use crate::stacks::node;
use siam_core::model::rule::Node;
use siam_tests::generate::Dice;

/// Networks, hosts, platforms, applications and business services: their share of a hundred.
const LAYERS: [usize; 5] = [10, 15, 20, 30, 25];
/// How many services of the layer below are near.
const NEAR: usize = 40;
/// How many of a hundred dependencies are on shared hubs, and which part of a layer is hubs: one in so many.
const SHARED: usize = 15;
const HUBS: usize = 50;

/// Five layers; three to seven dependencies each. Most are on one of the forty services of the layer below that stand beside it: districts
/// overlap and none has an edge. The others are on hubs of any layer below, which are spread over it: half of these on any hub, half of the rest on
/// the first half of the hubs, and so on, so that the dependents of a hub fall off with its rank.
pub fn districts(seed: u64, services: usize, quorums: usize) -> Vec<Node> {
    let mut dice = Dice::new(seed);
    let mut rules = Dice::new(seed + 1);
    let mut nodes = Vec::with_capacity(services);
    let mut layers: Vec<(usize, usize)> = Vec::new();
    let mut share = 0;
    for part in LAYERS {
        share += part;
        let (first, until) = (nodes.len(), (services * share).div_ceil(100));
        for at in first..until {
            let wanted = if layers.is_empty() { 0 } else { 3 + dice.below(5) };
            let place = (at - first, until - first);
            let mut to: Vec<usize> = (0..wanted).map(|_| below(&mut dice, &layers, place)).collect();
            to.sort_unstable();
            to.dedup();
            nodes.push(node(&to, rules.chance(quorums, 100)));
        }
        layers.push((first, until));
    }
    nodes
}

/// What a service that stands at a place of its layer depends on.
fn below(dice: &mut Dice, layers: &[(usize, usize)], (at, of): (usize, usize)) -> usize {
    if dice.chance(SHARED, 100) {
        let (first, until) = *dice.pick(layers);
        let mut hubs = (until - first).div_ceil(HUBS);
        while hubs > 1 && dice.chance(1, 2) {
            hubs /= 2;
        }
        return first + (dice.below(hubs) * HUBS).min(until - first - 1);
    }
    let (first, until) = layers[layers.len() - 1];
    let beside = first + at * (until - first) / of;
    (beside + dice.below(NEAR)).saturating_sub(NEAR / 2).clamp(first, until - 1)
}
