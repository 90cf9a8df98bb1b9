//! The reading graph of one period: which line is evaluated after which.
//!
//! Goes in: for each line those it reads in the same period. Comes out: an order, or the cycles.
//! **Invariant:** a line stands after everything it reads; equal input gives the same order; nothing recurses.
//! **Not here:** the past, which may be read in circles (`history`).

use super::code::{LineAt, RegimeAt};
use std::collections::{BTreeMap, BTreeSet};

/// A line of a regime.
pub type Node = (RegimeAt, LineAt);

/// An order of all lines, and the cycles, each as a path that ends where it begins.
pub fn order(reads: &BTreeMap<Node, BTreeSet<Node>>) -> (Vec<Node>, Vec<Vec<Node>>) {
    let mut waits: BTreeMap<Node, usize> = BTreeMap::new();
    let mut readers: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    for (node, of) in reads {
        let known = of.iter().filter(|read| reads.contains_key(read));
        waits.insert(*node, known.clone().count());
        for read in known {
            readers.entry(*read).or_default().push(*node);
        }
    }
    let mut ready: BTreeSet<Node> = waits.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
    let (mut sorted, mut cycles) = (Vec::new(), Vec::new());
    loop {
        while let Some(node) = ready.pop_first() {
            waits.remove(&node);
            sorted.push(node);
            for reader in readers.get(&node).into_iter().flatten() {
                if let Some(count) = waits.get_mut(reader) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        ready.insert(*reader);
                    }
                }
            }
        }
        let Some((first, _)) = waits.first_key_value() else { return (sorted, cycles) };
        let path = cycle(*first, reads, &waits);
        // One line of the cycle is let go, so that what remains is ordered and further cycles are found.
        if let Some(node) = path.first() {
            if let Some(count) = waits.get_mut(node) {
                *count = 0;
            }
            ready.insert(*node);
        }
        cycles.push(path);
    }
}

/// From a line that waits along what it waits for, until a line comes again.
fn cycle(first: Node, reads: &BTreeMap<Node, BTreeSet<Node>>, waits: &BTreeMap<Node, usize>) -> Vec<Node> {
    let mut path = vec![first];
    let mut places = BTreeMap::from([(first, 0)]);
    loop {
        let last = path.last().copied().unwrap_or(first);
        let next = reads.get(&last).and_then(|of| of.iter().find(|read| waits.contains_key(read)));
        let Some(next) = next.copied() else { return path };
        path.push(next);
        if let Some(start) = places.insert(next, path.len() - 1) {
            return path.split_off(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(edges: &[(usize, &[usize])]) -> BTreeMap<Node, BTreeSet<Node>> {
        edges.iter().map(|(node, of)| ((0, *node), of.iter().map(|read| (0, *read)).collect())).collect()
    }

    #[test]
    fn a_line_stands_after_what_it_reads() {
        let (sorted, cycles) = order(&reads(&[(0, &[2]), (1, &[]), (2, &[1]), (3, &[0, 2])]));
        assert_eq!(sorted, [(0, 1), (0, 2), (0, 0), (0, 3)]);
        assert!(cycles.is_empty());
    }

    #[test]
    fn every_cycle_is_found_once_and_the_rest_is_ordered() {
        let (sorted, cycles) = order(&reads(&[(0, &[1]), (1, &[0]), (2, &[2]), (3, &[2])]));
        assert_eq!(cycles, [vec![(0, 0), (0, 1), (0, 0)], vec![(0, 2), (0, 2)]]);
        assert_eq!(sorted.len(), 4);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let chain: BTreeMap<Node, BTreeSet<Node>> =
            (0..50_000).map(|at| ((0, at), BTreeSet::from([(0, at + 1)]))).chain([((0, 50_000), BTreeSet::new())]).collect();
        assert_eq!(order(&chain).0.first(), Some(&(0, 50_000)));
    }
}
