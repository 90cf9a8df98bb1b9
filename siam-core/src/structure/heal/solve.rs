//! The fewest acts that turn the first knot: how many, in how many ways, and each way by its rank.
//!
//! Goes in: knots. Comes out: the size of the smallest sets, their exact number, any of them on request.
//! **Invariant:** exact. Parts of the graph that hang on one knot are solved once, by counting; only parts with several ways need diagrams.
//! **Not here:** the graph (`knots`), names (`answer`).

use super::diagram::{ALWAYS, Diagrams, Function, NEVER, TooLarge, UNREACHABLE, Weighed};
use super::knots::{Kind, Knots, Search};
use num_bigint::BigUint;
use num_traits::{One, Zero};
use std::collections::{HashMap, HashSet};

/// How a knot that stands for all below it is turned at the least cost.
#[derive(Debug, Clone)]
enum Family {
    Event(u32),
    Never,
    /// Turned where this one is.
    Same(u32),
    /// All of the first and so many of the second, which cost the same and can each be turned in the same number of ways.
    Pick {
        all: Vec<u32>,
        ties: Vec<u32>,
        picked: usize,
    },
    Diagram {
        items: Vec<u32>,
        weighed: Weighed,
    },
}

/// The smallest sets that turn a service, each known by its rank.
#[derive(Debug, Clone)]
pub struct LeastSets {
    families: HashMap<u32, (Family, u64, BigUint)>,
    size: u64,
    count: BigUint,
}

impl LeastSets {
    /// How many acts each of the sets has.
    pub fn size(&self) -> u64 {
        self.size
    }
    /// How many sets of that size there are.
    pub fn count(&self) -> &BigUint {
        &self.count
    }
    /// The first sets, at most so many; the keys of each ascending.
    pub fn first(&self, most: usize) -> impl Iterator<Item = Vec<u32>> {
        (0..most).map(BigUint::from).take_while(|rank| *rank < self.count).map(|rank| self.set(rank))
    }

    fn cost(&self, knot: u32) -> u64 {
        self.families.get(&knot).map_or(UNREACHABLE, |family| family.1)
    }
    fn ways(&self, knot: u32) -> BigUint {
        self.families.get(&knot).map_or_else(BigUint::zero, |family| family.2.clone())
    }

    fn set(&self, rank: BigUint) -> Vec<u32> {
        let mut keys = Vec::new();
        let mut open = vec![(0_u32, rank)];
        while let Some((knot, mut rank)) = open.pop() {
            match self.families.get(&knot).map(|family| &family.0) {
                Some(Family::Event(key)) => keys.push(*key),
                Some(Family::Same(other)) => open.push((*other, rank)),
                Some(Family::Pick { all, ties, picked }) => {
                    let mut take = |knot: u32, rank: &mut BigUint| {
                        let ways = self.ways(knot);
                        open.push((knot, &*rank % &ways));
                        *rank /= ways;
                    };
                    all.iter().for_each(|knot| take(*knot, &mut rank));
                    let each = ties.first().map_or_else(BigUint::one, |knot| self.ways(*knot));
                    let inner = each.pow(u32::try_from(*picked).unwrap_or(u32::MAX));
                    let mut inside = &rank % &inner;
                    for at in combination(ties.len(), *picked, rank / inner) {
                        if let Some(knot) = ties.get(at) {
                            take(*knot, &mut inside);
                        }
                    }
                }
                Some(Family::Diagram { items, weighed }) => {
                    let (costs, counts) = self.weights(items);
                    for (item, rank) in weighed.way(rank, &costs, &counts) {
                        open.push((items[item as usize], rank));
                    }
                }
                Some(Family::Never) | None => {}
            }
        }
        keys.sort_unstable();
        keys
    }

    fn weights(&self, items: &[u32]) -> (Vec<u64>, Vec<BigUint>) {
        items.iter().map(|knot| (self.cost(*knot), self.ways(*knot))).unzip()
    }
}

/// n over k.
fn choose(n: usize, k: usize) -> BigUint {
    (0..k.min(n - k.min(n))).fold(BigUint::one(), |made, at| made * (n - at) / (at + 1))
}

/// The combination of this rank of k out of n, in the order of the numbers.
fn combination(n: usize, k: usize, mut rank: BigUint) -> Vec<usize> {
    let mut found = Vec::with_capacity(k);
    let mut left = choose(n, k);
    let mut k = k;
    for at in 0..n {
        if k == 0 {
            break;
        }
        // Of those that are left to choose from, the ways with this one are k of n - at.
        let with = &left * k / (n - at);
        if rank < with {
            found.push(at);
            left = with;
            k -= 1;
        } else {
            rank -= &with;
            left -= with;
        }
    }
    found
}

/// When a knot was entered, left, and last seen by a walk down; and what lies below it.
pub(super) struct Walk {
    first: Vec<u32>,
    end: Vec<u32>,
    last: Vec<u32>,
    /// Knots in the order left: what they link to comes first, cycles aside.
    after: Vec<u32>,
}

impl Walk {
    pub fn of(knots: &Knots) -> Self {
        let n = knots.len();
        let mut walk = Self { first: vec![0; n], end: vec![0; n], last: vec![0; n], after: Vec::with_capacity(n) };
        let mut clock = 1;
        let mut path = vec![(0_u32, 0_usize)];
        (walk.first[0], walk.last[0]) = (clock, clock);
        while let Some((knot, next)) = path.last_mut() {
            clock += 1;
            let here = *knot as usize;
            if let Some((to, _)) = knots.links(*knot).get(*next).copied() {
                *next += 1;
                walk.last[to as usize] = clock;
                if walk.first[to as usize] == 0 {
                    walk.first[to as usize] = clock;
                    path.push((to, 0));
                }
                continue;
            }
            walk.end[here] = clock;
            walk.last[here] = walk.last[here].max(clock);
            walk.after.push(*knot);
            path.pop();
        }
        walk
    }

    /// Whether everything below a knot is reached through it alone.
    pub fn modules(&self, knots: &Knots) -> Vec<bool> {
        let n = knots.len();
        let (mut low, mut high) = (vec![u32::MAX; n], vec![0_u32; n]);
        let mut modules = vec![false; n];
        for knot in &self.after {
            let here = *knot as usize;
            for (to, _) in knots.links(*knot) {
                let to = *to as usize;
                low[here] = low[here].min(self.first[to]).min(low[to]);
                high[here] = high[here].max(self.last[to]).max(high[to]);
            }
            modules[here] = here == 0 || low[here] >= self.first[here] && high[here] <= self.end[here];
        }
        modules
    }
}

struct Solver<'k> {
    knots: &'k Knots,
    modules: Vec<bool>,
    walk: Walk,
    sets: LeastSets,
    most: usize,
    /// Nodes of all diagrams made.
    made: usize,
}

/// The smallest sets that turn knot 0, and the nodes of the diagrams that it took; `most` bounds the nodes of one diagram.
pub(super) fn solve(knots: &Knots, most: usize) -> Result<(LeastSets, usize), TooLarge> {
    let walk = Walk::of(knots);
    let modules = walk.modules(knots);
    let sets = LeastSets { families: HashMap::new(), size: UNREACHABLE, count: BigUint::zero() };
    let mut solver = Solver { knots, modules, walk, sets, most, made: 0 };
    for at in 0..solver.walk.after.len() {
        let knot = solver.walk.after[at];
        let family = match knots.kinds[knot as usize] {
            Kind::Event(key) => Family::Event(key),
            Kind::Sum(_) if !solver.modules[knot as usize] => continue,
            Kind::Sum(needed) => solver.family(knot, needed)?,
        };
        let (cost, count) = solver.weigh(&family);
        solver.sets.families.insert(knot, (family, cost, count));
    }
    let (mut sets, made) = (solver.sets, solver.made);
    (sets.size, sets.count) = (sets.cost(0), sets.ways(0));
    Ok((sets, made))
}

impl Solver<'_> {
    fn is_item(&self, knot: u32) -> bool {
        self.sets.families.contains_key(&knot)
    }

    fn family(&mut self, knot: u32, needed: i64) -> Result<Family, TooLarge> {
        let links = self.knots.links(knot);
        let least = links.iter().map(|link| link.1).min().unwrap_or(1);
        let alike = links.iter().all(|link| link.1 == least) && least > 0;
        if !alike || !links.iter().all(|link| self.is_item(link.0)) {
            return self.diagram(knot);
        }
        let needed = usize::try_from(needed.div_euclid(least) + i64::from(needed.rem_euclid(least) > 0)).unwrap_or(usize::MAX);
        let mut able: Vec<u32> = links.iter().map(|link| link.0).filter(|knot| self.sets.cost(*knot) < UNREACHABLE).collect();
        if needed > able.len() || needed == 0 {
            return Ok(Family::Never);
        }
        if let ([only], 1) = (able.as_slice(), needed) {
            return Ok(Family::Same(*only));
        }
        able.sort_by_key(|knot| (self.sets.cost(*knot), self.walk.first[*knot as usize]));
        let dearest = able.get(needed - 1).map_or(0, |knot| self.sets.cost(*knot));
        let all: Vec<u32> = able.iter().copied().filter(|knot| self.sets.cost(*knot) < dearest).collect();
        let ties: Vec<u32> = able.iter().copied().filter(|knot| self.sets.cost(*knot) == dearest).collect();
        let picked = needed - all.len();
        if picked == ties.len() {
            return Ok(Family::Pick { all: able.into_iter().take(needed).collect(), ties: Vec::new(), picked: 0 });
        }
        let ways = ties.first().map_or_else(BigUint::zero, |knot| self.sets.ways(*knot));
        if ties.iter().any(|knot| self.sets.ways(*knot) != ways) {
            return self.diagram(knot);
        }
        Ok(Family::Pick { all, ties, picked })
    }

    fn weigh(&self, family: &Family) -> (u64, BigUint) {
        match family {
            Family::Event(_) => (1, BigUint::one()),
            Family::Never => (UNREACHABLE, BigUint::zero()),
            Family::Same(other) => (self.sets.cost(*other), self.sets.ways(*other)),
            Family::Pick { all, ties, picked } => {
                let mut cost = all.iter().fold(0_u64, |sum, knot| sum.saturating_add(self.sets.cost(*knot)));
                let mut count = all.iter().fold(BigUint::one(), |ways, knot| ways * self.sets.ways(*knot));
                if let Some(first) = ties.first() {
                    cost = cost.saturating_add(self.sets.cost(*first).saturating_mul(*picked as u64));
                    count *= choose(ties.len(), *picked) * self.sets.ways(*first).pow(u32::try_from(*picked).unwrap_or(u32::MAX));
                }
                (cost, count)
            }
            Family::Diagram { weighed, .. } => (weighed.cost(), weighed.count().clone()),
        }
    }

    /// The part between a knot and the items below it, as a diagram over these.
    fn diagram(&mut self, root: u32) -> Result<Family, TooLarge> {
        let mut inside: HashSet<u32> = HashSet::from([root]);
        let mut items: Vec<u32> = Vec::new();
        let mut open = vec![root];
        while let Some(knot) = open.pop() {
            for (to, _) in self.knots.links(knot) {
                if inside.insert(*to) {
                    if self.is_item(*to) { items.push(*to) } else { open.push(*to) }
                }
            }
        }
        items.sort_unstable_by_key(|item| self.walk.first[*item as usize]);
        let mut diagrams = Diagrams::new(self.most);
        // Levels in a cycle are the best there can be: what nothing outside makes bad is not bad.
        let start = if self.knots.search == Search::Heal { ALWAYS } else { NEVER };
        let mut functions: HashMap<u32, Function> = HashMap::new();
        for (number, item) in (0_u32..).zip(&items) {
            let able = self.sets.cost(*item) < UNREACHABLE;
            functions.insert(*item, if able { diagrams.item(number)? } else { NEVER });
        }
        let mut order: Vec<u32> = inside.into_iter().filter(|knot| !self.is_item(*knot)).collect();
        order.sort_unstable_by_key(|knot| self.walk.end[*knot as usize]);
        let mut cyclic = false;
        loop {
            let mut changed = false;
            for knot in &order {
                let Kind::Sum(needed) = self.knots.kinds[*knot as usize] else { continue };
                let term = |(to, coefficient): &(u32, i64)| (functions.get(to).copied().unwrap_or(start), *coefficient);
                let links = self.knots.links(*knot);
                // What it links to was not reached yet: only a cycle leads back up.
                cyclic |= links.iter().any(|(to, _)| !functions.contains_key(to));
                let mut terms: Vec<(Function, i64)> = links.iter().map(term).collect();
                let made = diagrams.sum(&mut terms, needed)?;
                changed |= functions.insert(*knot, made) != Some(made);
            }
            if !changed || !cyclic {
                break;
            }
        }
        self.made = self.made.saturating_add(diagrams.len());
        let (costs, counts) = self.sets.weights(&items);
        let root = functions.get(&root).copied().unwrap_or(NEVER);
        Ok(Family::Diagram { weighed: diagrams.weighed(root, &costs, &counts), items })
    }
}
