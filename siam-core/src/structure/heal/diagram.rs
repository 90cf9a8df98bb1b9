//! Decision diagrams over the items of one part of the map, for what no count can answer: items that stand in several ways.
//!
//! Goes in: functions of items, put together by sums. Comes out: one diagram, with the least cost and the number of ways to reach it.
//! **Invariant:** two equal functions are one node; every node stands after the nodes it leads to.
//! **Not here:** which part of the map needs one (`solve`).

use num_bigint::BigUint;
use num_traits::{One, Zero};
use std::collections::{BTreeSet, HashMap};

/// A function of items: never, always, or a node.
pub(super) type Function = u32;
pub(super) const NEVER: Function = 0;
pub(super) const ALWAYS: Function = 1;

/// No number of acts reaches it.
pub(super) const UNREACHABLE: u64 = u64::MAX;

/// More nodes than allowed would be needed.
#[derive(Debug)]
pub(super) struct TooLarge;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Node {
    item: u32,
    /// Where the item is left, and where it is acted on.
    left: Function,
    acted: Function,
}

#[derive(Debug)]
pub(super) struct Diagrams {
    nodes: Vec<Node>,
    unique: HashMap<Node, Function>,
    known: HashMap<(Function, Function, Function), Function>,
    most: usize,
}

enum Task {
    Open(Function, Function, Function),
    Close((Function, Function, Function), u32),
}

impl Diagrams {
    pub fn new(most: usize) -> Self {
        let end = Node { item: u32::MAX, left: NEVER, acted: NEVER };
        Self { nodes: vec![end, end], unique: HashMap::new(), known: HashMap::new(), most }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    fn node(&mut self, node: Node) -> Result<Function, TooLarge> {
        if node.left == node.acted {
            return Ok(node.left);
        }
        if let Some(at) = self.unique.get(&node) {
            return Ok(*at);
        }
        if self.nodes.len() >= self.most {
            return Err(TooLarge);
        }
        let at = self.nodes.len() as u32;
        self.nodes.push(node);
        self.unique.insert(node, at);
        Ok(at)
    }

    /// The function that is true where this item is acted on.
    pub fn item(&mut self, item: u32) -> Result<Function, TooLarge> {
        self.node(Node { item, left: NEVER, acted: ALWAYS })
    }

    /// `test` then `yes` else `no`.
    fn choose(&mut self, test: Function, yes: Function, no: Function) -> Result<Function, TooLarge> {
        let mut tasks = vec![Task::Open(test, yes, no)];
        let mut done: Vec<Function> = Vec::new();
        while let Some(task) = tasks.pop() {
            match task {
                Task::Open(test, yes, no) => {
                    let simple = match (test, yes, no) {
                        (ALWAYS, yes, _) => Some(yes),
                        (NEVER, _, no) => Some(no),
                        (test, ALWAYS, NEVER) => Some(test),
                        (_, yes, no) if yes == no => Some(yes),
                        ask => self.known.get(&ask).copied(),
                    };
                    if let Some(simple) = simple {
                        done.push(simple);
                        continue;
                    }
                    let item = [test, yes, no].iter().map(|f| self.nodes[*f as usize].item).min().unwrap_or(u32::MAX);
                    let parts = |f: Function| {
                        let node = self.nodes[f as usize];
                        if node.item == item { (node.left, node.acted) } else { (f, f) }
                    };
                    let (test_parts, yes_parts, no_parts) = (parts(test), parts(yes), parts(no));
                    tasks.push(Task::Close((test, yes, no), item));
                    tasks.push(Task::Open(test_parts.1, yes_parts.1, no_parts.1));
                    tasks.push(Task::Open(test_parts.0, yes_parts.0, no_parts.0));
                }
                Task::Close(ask, item) => {
                    let acted = done.pop().unwrap_or(NEVER);
                    let left = done.pop().unwrap_or(NEVER);
                    let made = self.node(Node { item, left, acted })?;
                    if self.known.len() >= self.most.saturating_mul(4) {
                        return Err(TooLarge);
                    }
                    self.known.insert(ask, made);
                    done.push(made);
                }
            }
        }
        Ok(done.pop().unwrap_or(NEVER))
    }

    /// Where the coefficients of true functions sum to at least `needed`.
    pub fn sum(&mut self, terms: &mut [(Function, i64)], needed: i64) -> Result<Function, TooLarge> {
        terms.sort_by_key(|(function, _)| (self.nodes[*function as usize].item, *function));
        let mut rest: Vec<i64> = vec![0; terms.len() + 1];
        for (at, (_, coefficient)) in terms.iter().enumerate().rev() {
            rest[at] = rest[at + 1] + coefficient;
        }
        // What may still be needed before each term; what is met or out of reach needs no state.
        let mut layers: Vec<BTreeSet<i64>> = vec![BTreeSet::new(); terms.len() + 1];
        layers[0].insert(needed);
        let mut states = 0;
        for (at, (_, coefficient)) in terms.iter().enumerate() {
            let open: Vec<i64> = layers[at].iter().copied().filter(|needed| *needed > 0 && *needed <= rest[at]).collect();
            states += open.len();
            if states > self.most {
                return Err(TooLarge);
            }
            for needed in open {
                layers[at + 1].insert(needed);
                layers[at + 1].insert(needed - coefficient);
            }
        }
        let mut next: HashMap<i64, Function> = HashMap::new();
        for at in (0..=terms.len()).rev() {
            let mut here = HashMap::with_capacity(layers[at].len());
            for needed in &layers[at] {
                let made = if *needed <= 0 {
                    ALWAYS
                } else if *needed > rest[at] {
                    NEVER
                } else {
                    let (function, coefficient) = terms[at];
                    let get = |needed: i64| next.get(&needed).copied().unwrap_or(NEVER);
                    let (yes, no) = (get(*needed - coefficient), get(*needed));
                    self.choose(function, yes, no)?
                };
                here.insert(*needed, made);
            }
            next = here;
        }
        Ok(next.get(&needed).copied().unwrap_or(NEVER))
    }

    /// The part below a function, with costs: `costs` and `counts` of items are what acting on one costs, and in how many ways.
    pub fn weighed(&self, root: Function, costs: &[u64], counts: &[BigUint]) -> Weighed {
        let mut wanted = vec![false; root as usize + 1];
        wanted[root as usize] = true;
        for at in (2..=root as usize).rev().filter(|_| root > 1) {
            if wanted[at] {
                wanted[self.nodes[at].left as usize] = true;
                wanted[self.nodes[at].acted as usize] = true;
            }
        }
        let mut weighed = Weighed {
            steps: vec![
                Step { item: 0, left: 0, acted: 0, cost: UNREACHABLE, count: BigUint::zero() },
                Step { item: 0, left: 0, acted: 0, cost: 0, count: BigUint::one() },
            ],
            root: root.min(1),
        };
        let mut place = vec![0_u32; root as usize + 1];
        if root >= 1 {
            place[1] = 1;
        }
        for at in (2..=root as usize).filter(|at| wanted[*at]) {
            let node = self.nodes[at];
            let (left, acted) = (place[node.left as usize], place[node.acted as usize]);
            let (a, b) = (&weighed.steps[left as usize], &weighed.steps[acted as usize]);
            let by_act = b.cost.saturating_add(costs[node.item as usize]);
            let cost = a.cost.min(by_act);
            let mut count = BigUint::zero();
            if a.cost == cost {
                count += &a.count;
            }
            if by_act == cost {
                count += &b.count * &counts[node.item as usize];
            }
            place[at] = weighed.steps.len() as u32;
            weighed.steps.push(Step { item: node.item, left, acted, cost, count });
        }
        weighed.root = place[root as usize];
        weighed
    }
}

/// A node with the least cost below it.
#[derive(Debug, Clone)]
struct Step {
    item: u32,
    left: u32,
    acted: u32,
    cost: u64,
    count: BigUint,
}

/// A diagram with costs.
#[derive(Debug, Clone)]
pub(super) struct Weighed {
    steps: Vec<Step>,
    root: u32,
}

impl Weighed {
    pub fn cost(&self) -> u64 {
        self.steps[self.root as usize].cost
    }
    pub fn count(&self) -> &BigUint {
        &self.steps[self.root as usize].count
    }
    /// The items acted on in the way of this rank, each with a rank of its own.
    pub fn way(&self, mut rank: BigUint, costs: &[u64], counts: &[BigUint]) -> Vec<(u32, BigUint)> {
        let mut found = Vec::new();
        let mut at = self.root;
        while at > 1 {
            let step = &self.steps[at as usize];
            let (left, acted) = (&self.steps[step.left as usize], &self.steps[step.acted as usize]);
            if left.cost == step.cost {
                if rank < left.count {
                    at = step.left;
                    continue;
                }
                rank -= &left.count;
            }
            debug_assert_eq!(acted.cost.saturating_add(costs[step.item as usize]), step.cost);
            let count = &counts[step.item as usize];
            found.push((step.item, &rank % count));
            rank /= count;
            at = step.acted;
        }
        found
    }
}
