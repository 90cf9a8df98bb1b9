//! Bounds on the least where the exact search would take too long.
//!
//! Goes in: knots. Comes out: a number that no set goes below, and a set that is enough and loses that without any of its members.
//! **Invariant:** sound: the least lies between the two.
//! **Not here:** the exact answer (`solve`).

use super::Found;
use super::diagram::UNREACHABLE;
use super::knots::{Kind, Knots, Search};
use super::solve::Walk;
use std::collections::BTreeSet;

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
    let (least, cheapest) = least(knots);
    let mut acted = vec![false; knots.len()];
    cheapest.iter().for_each(|event| acted[*event as usize] = true);
    if cheapest.len() < enough.len() && turned(knots, &acted) {
        enough = cheapest
            .iter()
            .filter_map(|event| if let Kind::Event(key) = knots.kinds[*event as usize] { Some(key) } else { None })
            .collect();
    }
    enough.sort_unstable();
    let found = Found::Bounds { least: least.min(enough.len() as u64), enough };
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

/// As many acts as the cheapest way through each knot takes, and the events of that way. Where all that a knot links to is reached
/// through the knot alone no act serves two of them, and their costs add up; elsewhere one act may serve all.
fn least(knots: &Knots) -> (u64, Vec<u32>) {
    let modules = Walk::of(knots).modules(knots);
    let apart: Vec<bool> =
        (0..knots.len()).map(|knot| knots.links(knot as u32).iter().all(|(to, _)| modules[*to as usize])).collect();
    let mut cost: Vec<u64> = knots.kinds.iter().map(|kind| u64::from(matches!(kind, Kind::Event(_)))).collect();
    loop {
        let mut changed = false;
        for knot in (0..knots.len()).rev() {
            let Kind::Sum(needed) = knots.kinds[knot] else { continue };
            let now = cheapest(knots.links(knot as u32), needed, &cost, apart[knot]).0;
            // From below: a cycle only raises what was found so far.
            if now > cost[knot] {
                (cost[knot], changed) = (now, true);
            }
        }
        if !changed {
            break;
        }
    }
    let (mut way, mut open, mut seen) = (BTreeSet::new(), vec![0_u32], vec![false; knots.len()]);
    while let Some(knot) = open.pop() {
        if std::mem::replace(&mut seen[knot as usize], true) {
            continue;
        }
        match knots.kinds[knot as usize] {
            Kind::Event(_) => _ = way.insert(knot),
            Kind::Sum(needed) => open.extend(cheapest(knots.links(knot), needed, &cost, apart[knot as usize]).1),
        }
    }
    (cost.first().copied().unwrap_or(0), way.into_iter().collect())
}

/// What it costs at least to turn so much of these links, and links that are enough for it.
fn cheapest(links: &[(u32, i64)], needed: i64, cost: &[u64], apart: bool) -> (u64, Vec<u32>) {
    let mut able: Vec<(u64, i64, u32)> = links.iter().map(|(to, by)| (cost[*to as usize], *by, *to)).collect();
    able.retain(|(cost, by, _)| *cost < UNREACHABLE && *by > 0);
    // What costs least for what it brings comes first; the first to pass what is needed counts for the part of it that is needed.
    able.sort_unstable_by(|a, b| {
        let by_share = (u128::from(a.0) * b.1.unsigned_abs() as u128).cmp(&(u128::from(b.0) * a.1.unsigned_abs() as u128));
        let by_cost = a.0.cmp(&b.0).then(b.1.cmp(&a.1));
        if apart { by_share.then(by_cost) } else { by_cost }
    });
    let (mut sum, mut costs, mut taken) = (0_i64, 0_u64, Vec::new());
    for (cost, by, to) in able {
        if sum >= needed {
            break;
        }
        let part = (needed - sum).min(by);
        let share = (u128::from(cost) * part.unsigned_abs() as u128).div_ceil(by.unsigned_abs() as u128);
        costs = match apart {
            true => costs.saturating_add(u64::try_from(share).unwrap_or(UNREACHABLE)),
            false => cost,
        };
        sum = sum.saturating_add(by);
        taken.push(to);
    }
    if sum >= needed { (costs.max(1), taken) } else { (UNREACHABLE, taken) }
}
