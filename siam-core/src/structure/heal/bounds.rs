//! Bounds on the least where the exact search would take too long.
//!
//! Goes in: knots. Comes out: a number that no set goes below, and a set that is enough and loses that without any of its members.
//! **Invariant:** sound: the least lies between the two.
//! **Not here:** the exact answer (`solve`).

use super::Found;
use super::diagram::UNREACHABLE;
use super::knots::{Kind, Knots, Search};

/// Looks at knots that a set is reduced by, in all; beyond it the set is enough, though a smaller one may be inside.
const LOOKS: usize = 200_000_000;

/// Looks at knots that cost about as much as one node of a diagram.
const LOOKS_A_NODE: usize = 32;

/// The bounds, and how many nodes of a diagram would have cost as much.
pub(super) fn bounds(knots: &Knots) -> (Found, usize) {
    let events: Vec<u32> = (0..knots.len() as u32).filter(|knot| matches!(knots.kinds[*knot as usize], Kind::Event(_))).collect();
    let mut acted = vec![false; knots.len()];
    events.iter().for_each(|event| acted[*event as usize] = true);
    if !turned(knots, &acted) {
        return (Found::Never, knots.len() / LOOKS_A_NODE);
    }
    let allowed = LOOKS / knots.len().max(1);
    let mut looks = allowed;
    for event in &events {
        if looks == 0 {
            break;
        }
        looks -= 1;
        acted[*event as usize] = false;
        if !turned(knots, &acted) {
            acted[*event as usize] = true;
        }
    }
    let key = |event: &u32| match knots.kinds[*event as usize] {
        Kind::Event(key) if acted[*event as usize] => Some(key),
        _ => None,
    };
    let mut enough: Vec<u32> = events.iter().filter_map(key).collect();
    enough.sort_unstable();
    let found = Found::Bounds { least: least(knots).min(enough.len() as u64), enough };
    (found, (allowed - looks).saturating_mul(knots.len()) / LOOKS_A_NODE)
}

/// Whether knot 0 turns.
fn turned(knots: &Knots, acted: &[bool]) -> bool {
    let start = knots.search == Search::Heal;
    let mut value: Vec<bool> = knots
        .kinds
        .iter()
        .zip(acted)
        .map(|(kind, acted)| match kind {
            Kind::Event(_) => *acted,
            Kind::Sum(_) => start,
        })
        .collect();
    loop {
        let mut changed = false;
        // Knots were made from the first down, so most links lead to higher numbers.
        for knot in (0..knots.len()).rev() {
            let Kind::Sum(needed) = knots.kinds[knot] else { continue };
            let sum: i64 =
                knots.links(knot as u32).iter().filter(|(to, _)| value[*to as usize]).map(|(_, coefficient)| coefficient).sum();
            changed |= std::mem::replace(&mut value[knot], sum >= needed) != (sum >= needed);
        }
        if !changed {
            return value.first().copied().unwrap_or(false);
        }
    }
}

/// As many acts as the cheapest way through each knot takes, where one act may serve all of its links.
fn least(knots: &Knots) -> u64 {
    let mut cost: Vec<u64> = knots.kinds.iter().map(|kind| u64::from(matches!(kind, Kind::Event(_)))).collect();
    loop {
        let mut changed = false;
        for knot in (0..knots.len()).rev() {
            let Kind::Sum(needed) = knots.kinds[knot] else { continue };
            let mut links: Vec<(u64, i64)> =
                knots.links(knot as u32).iter().map(|(to, coefficient)| (cost[*to as usize], *coefficient)).collect();
            links.sort_unstable();
            let mut sum = 0;
            let enough = links.iter().find(|(_, coefficient)| {
                sum += coefficient;
                sum >= needed
            });
            let now = enough.map_or(UNREACHABLE, |(cost, _)| (*cost).max(1));
            // From below: a cycle only raises what was found so far.
            if now > cost[knot] {
                (cost[knot], changed) = (now, true);
            }
        }
        if !changed {
            return cost.first().copied().unwrap_or(0);
        }
    }
}
