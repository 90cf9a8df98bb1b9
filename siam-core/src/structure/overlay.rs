//! A map with a few changed nodes, without compiling it again.
//!
//! Goes in: a compiled map and the nodes that differ. Comes out: levels of scenarios on the changed map, and a small map of what matters.
//! **Invariant:** the levels are those of compiling the changed map as a whole.
//! **Not here:** what a change is called (`answer::scenario`).
//!
//! A node that reads no dependency it did not read before keeps its place: it alone is compiled again, and what is touched runs on the
//! compiled map. A new dependency may break the order, so the cone above it is compiled again, with all below as leaves.

use super::dense::{Scratch, worse};
use super::scalar::Waiting;
use super::{CompileFault, Structure};
use crate::model::rule::{Expression, Level, Node, ServiceIdx};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A small map of some services of a larger one; their other dependencies stand in it at fixed levels.
#[derive(Debug)]
pub struct Excerpt {
    structure: Structure,
    /// The services it holds, sorted: their places are their indexes in the small map.
    services: Vec<ServiceIdx>,
}

impl Excerpt {
    /// Compiles the members with these nodes; `level` gives the levels of dependencies that are no members.
    pub fn compile(
        members: &BTreeSet<ServiceIdx>,
        levels: u8,
        node: impl Fn(ServiceIdx) -> Node,
        level: impl Fn(ServiceIdx) -> Level,
    ) -> Result<Self, CompileFault> {
        let written: BTreeMap<ServiceIdx, Node> = members.iter().map(|service| (*service, node(*service))).collect();
        let read = written.values().flat_map(|node| node.edges.iter().map(|edge| edge.to));
        let services: Vec<ServiceIdx> = members.iter().copied().chain(read).collect::<BTreeSet<_>>().into_iter().collect();
        let inner = |service: ServiceIdx| services.binary_search(&service).ok().map(ServiceIdx::new);
        let mut nodes = Vec::with_capacity(services.len());
        for service in &services {
            nodes.push(match written.get(service) {
                None => Node { edges: Vec::new(), rule: Expression::Const(level(*service)) },
                Some(node) => {
                    let mut node = node.clone();
                    node.edges.iter_mut().for_each(|edge| edge.to = inner(edge.to).unwrap_or(edge.to));
                    node
                }
            });
        }
        let outer = |service: ServiceIdx| services.get(service.get()).copied().unwrap_or(service);
        match Structure::compile(&nodes, levels) {
            Ok(structure) => Ok(Self { structure, services }),
            Err(fault) => Err(match fault {
                CompileFault::Levels { given } => CompileFault::Levels { given },
                CompileFault::Malformed { service, why } => CompileFault::Malformed { service: outer(service), why },
                CompileFault::TooLarge { service, what } => CompileFault::TooLarge { service: outer(service), what },
                CompileFault::Cycle { service, path } => {
                    CompileFault::Cycle { service: outer(service), path: path.into_iter().map(outer).collect() }
                }
            }),
        }
    }
    /// The small map.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }
    /// The index of a service in the small map, where it is there.
    pub fn inner(&self, service: ServiceIdx) -> Option<ServiceIdx> {
        self.services.binary_search(&service).ok().map(ServiceIdx::new)
    }
    /// The service of an index of the small map.
    pub fn outer(&self, inner: ServiceIdx) -> ServiceIdx {
        self.services.get(inner.get()).copied().unwrap_or(inner)
    }
}

/// A service with the best and the worst level it may have; the same where all is known.
pub type Bounded = (ServiceIdx, (Level, Level));

/// A compiled map with some nodes changed.
#[derive(Debug)]
pub struct Overlay<'s> {
    structure: &'s Structure,
    /// Nodes that keep their place, each compiled alone.
    patches: BTreeMap<u32, Excerpt>,
    /// What was compiled again: everything above a new dependency.
    cone: Option<(Excerpt, BTreeSet<ServiceIdx>)>,
    /// The places in the cone.
    inside: BTreeSet<u32>,
}

/// What an evaluation works in: as large as the map, so it is kept from one scenario to the next and cleaned where it was used.
#[derive(Debug)]
pub struct Workspace<'s> {
    structure: &'s Structure,
    own: Vec<u8>,
    state: Vec<u8>,
    waiting: Waiting,
    /// Places where `own` or `state` is not what it was.
    used: Vec<u32>,
    scratch: Scratch,
}

impl<'s> Workspace<'s> {
    /// A workspace for scenarios over this map.
    pub fn new(structure: &'s Structure) -> Self {
        Self {
            structure,
            own: vec![0; structure.len()],
            state: structure.base.clone(),
            waiting: Waiting::new(structure.len()),
            used: Vec::new(),
            scratch: Scratch::default(),
        }
    }
    fn clean(&mut self) {
        for p in self.used.drain(..) {
            self.own[p as usize] = 0;
            self.state[p as usize] = self.structure.base[p as usize];
        }
    }
}

impl<'s> Overlay<'s> {
    /// Puts changed nodes over a map; `node` gives those that are not changed. A cycle through a node that is not monotone is refused.
    pub fn compile(
        structure: &'s Structure,
        changed: &BTreeMap<ServiceIdx, Node>,
        node: impl Fn(ServiceIdx) -> Node,
    ) -> Result<Self, CompileFault> {
        let levels = structure.worst() + 1;
        let node = |service| changed.get(&service).cloned().unwrap_or_else(|| node(service));
        let mut patches = BTreeMap::new();
        let mut above = Vec::new();
        for service in changed.keys() {
            let alone = Excerpt::compile(&BTreeSet::from([*service]), levels, node, |_| 0)?;
            let p = structure.place(*service) as u32;
            if fits(structure, &alone, *service, p) {
                patches.insert(p, alone);
            } else {
                above.push(p);
            }
        }
        let mut inside = BTreeSet::new();
        if above.is_empty() {
            return Ok(Self { structure, patches, cone: None, inside });
        }
        let mut members = BTreeSet::new();
        while let Some(p) = above.pop() {
            if inside.insert(p) {
                members.insert(structure.service(p as usize));
                above.extend(structure.rev_of(p as usize).iter().map(|(v, _)| *v));
            }
        }
        patches.retain(|p, _| !inside.contains(p));
        let cone = Excerpt::compile(&members, levels, node, |_| 0)?;
        Ok(Self { structure, patches, cone: Some((cone, members)), inside })
    }

    /// How many services a new dependency made compile again.
    pub fn recompiled(&self) -> usize {
        self.cone.as_ref().map_or(0, |(_, members)| members.len())
    }

    /// The services whose level differs from the baseline of the map without changes, by index, where services have these own levels;
    /// the cost grows with what is touched.
    pub fn evaluate(&self, given: &[Bounded], space: &mut Workspace<'s>) -> Vec<Bounded> {
        if !std::ptr::eq(space.structure, self.structure) {
            *space = Workspace::new(self.structure);
        }
        let found = self.found(given, space);
        space.clean();
        found
    }

    fn found(&self, given: &[Bounded], space: &mut Workspace<'s>) -> Vec<Bounded> {
        let structure = self.structure;
        let Workspace { own: owned, state, waiting, used, scratch, .. } = space;
        for (service, (a, b)) in given {
            let (a, b) = ((*a).min(structure.worst), (*b).min(structure.worst));
            let Some(p) = structure.place.get(service.get()) else { continue };
            let slot = &mut owned[*p as usize];
            *slot = worse(*slot, a.min(b) | a.max(b) << 4);
            used.push(*p);
            waiting.add(structure.head(*p as usize));
        }
        self.patches.keys().for_each(|p| waiting.add(structure.head(*p as usize)));
        let first = used.len();
        while let Some(a) = waiting.take() {
            let end = structure.cycle_end(a);
            let places = a as usize..end.map_or(a as usize + 1, |end| end as usize);
            if self.is_inside(a) {
                continue;
            }
            match end {
                Some(_) => self.settle_cycle(places.clone(), owned, state, scratch),
                None => {
                    let given = self.rule(a as usize, state, scratch);
                    state[a as usize] = worse(owned[a as usize], given);
                }
            }
            for p in places.filter(|p| state[*p] != structure.base[*p]) {
                used.push(p as u32);
                for (v, _) in structure.rev_of(p) {
                    let head = structure.head(*v as usize);
                    if head != a {
                        waiting.add(head);
                    }
                }
            }
        }
        let bounds = |state: u8| (state & 15, state >> 4);
        let touched = used.iter().skip(first);
        let mut found: Vec<Bounded> = touched.map(|p| (structure.service(*p as usize), bounds(state[*p as usize]))).collect();
        if let Some((cone, members)) = &self.cone {
            let small = cone.structure();
            let own = (0..small.len()).map(|at| {
                let service = cone.outer(small.service(at));
                let p = structure.place(service);
                if self.is_inside(p as u32) { owned[p] } else { state[p] }
            });
            let settled = small.settle(&own.collect::<Vec<_>>());
            for service in members {
                let inner = cone.inner(*service).map(|inner| settled[small.place(inner)]);
                let now = inner.unwrap_or(structure.base[structure.place(*service)]);
                if now != structure.base[structure.place(*service)] {
                    found.push((*service, bounds(now)));
                }
            }
        }
        found.sort_unstable();
        found
    }

    fn is_inside(&self, p: u32) -> bool {
        self.inside.contains(&p)
    }

    /// What the rule at a place makes of its dependencies, as it is now.
    fn rule(&self, p: usize, state: &[u8], scratch: &mut Scratch) -> u8 {
        let Some(alone) = self.patches.get(&(p as u32)) else { return self.structure.rule_bounds(p, state, scratch) };
        let small = alone.structure();
        let here: Vec<u8> = (0..small.len()).map(|at| state[self.structure.place(alone.outer(small.service(at)))]).collect();
        let at = alone.inner(self.structure.service(p)).map_or(0, |inner| small.place(inner));
        small.rule_bounds(at, &here, scratch)
    }

    /// The least fixpoint of a cycle, from best.
    fn settle_cycle(&self, places: std::ops::Range<usize>, own: &[u8], state: &mut [u8], scratch: &mut Scratch) {
        state[places.clone()].copy_from_slice(&own[places.clone()]);
        let mut queued = vec![true; places.len()];
        let mut queue: VecDeque<usize> = places.clone().collect();
        while let Some(p) = queue.pop_front() {
            queued[p - places.start] = false;
            let now = worse(state[p], self.rule(p, state, scratch));
            if now == state[p] {
                continue;
            }
            state[p] = now;
            for (v, _) in self.structure.rev_of(p) {
                let v = *v as usize;
                if places.contains(&v) && !std::mem::replace(&mut queued[v - places.start], true) {
                    queue.push_back(v);
                }
            }
        }
    }
}

/// Whether a changed node keeps its place: it reads nothing it did not read, and what stands in a cycle stays monotone.
fn fits(structure: &Structure, alone: &Excerpt, service: ServiceIdx, p: u32) -> bool {
    let Some(inner) = alone.inner(service) else { return false };
    let before: BTreeSet<ServiceIdx> = structure.dependencies(service).collect();
    let cyclic = structure.cycle_end(structure.head(p as usize)).is_some();
    alone.structure().dependencies(inner).all(|to| before.contains(&alone.outer(to)))
        && (!cyclic || alone.structure().is_monotone(inner))
}
