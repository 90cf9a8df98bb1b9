//! Shortest causal routes from reached services to failed ones.
//!
//! Goes in: an evaluated scenario. Comes out: for every service it changed, a shortest chain of causes.
//! **Invariant:** each step's dependency has changed and pushes the next gate the way it went; ties go to the lowest service index.
//! **Not here:** all causes of a service (`answer`, cut sets).

use super::network::{FIRST, GATE};
use super::{Scalar, Structure};
use crate::model::rule::{Level, ServiceIdx};
use std::collections::BTreeMap;

const NONE: u32 = u32::MAX;

/// Traces scenarios; holds its workspace, so make one and use it often.
#[derive(Debug)]
pub struct Routes<'s> {
    structure: &'s Structure,
    /// Row of each place among the touched, NONE elsewhere.
    row: Vec<u32>,
    touched: Vec<u32>,
    /// Per row and level - 1: the next (row, level - 1) on the way, itself at the end, NONE where there is no way.
    next: Vec<u32>,
    /// Whether the service became worse, and its level, per row.
    reached: Vec<(bool, Level)>,
}

impl<'s> Routes<'s> {
    /// A tracer for a structure.
    pub fn new(structure: &'s Structure) -> Self {
        Self { structure, row: vec![NONE; structure.len()], touched: Vec::new(), next: Vec::new(), reached: Vec::new() }
    }

    /// Traces the last scenario of an evaluator of the same structure; cost grows with what the scenario touched.
    pub fn trace(&mut self, scalar: &Scalar<'_>) {
        let structure = self.structure;
        self.touched.iter().for_each(|p| self.row[*p as usize] = NONE);
        self.touched.clear();
        self.reached.clear();
        self.touched.extend_from_slice(scalar.touched_places());
        let (state, own) = (scalar.state(), scalar.own());
        for (row, p) in self.touched.iter().enumerate() {
            self.row[*p as usize] = row as u32;
            let (level, base) = (state[*p as usize] & 15, structure.base[*p as usize] & 15);
            self.reached.push((level > base, level));
        }
        let levels = usize::from(structure.worst);
        self.next.clear();
        self.next.resize(self.touched.len() * levels, NONE);
        let mut distance = vec![NONE; self.next.len()];
        let mut queue = Vec::new();
        let mut causes: Vec<(u32, u32)> = Vec::new();
        let mut walk = Walk::default();
        for (row, p) in self.touched.iter().enumerate() {
            let p = *p as usize;
            let (level, base) = (state[p] & 15, structure.base[p] & 15);
            for s in level.min(base) + 1..=level.max(base) {
                let here = (row * levels) as u32 + u32::from(s) - 1;
                if level >= s && own[p] & 15 >= s {
                    self.next[here as usize] = here;
                    distance[here as usize] = 0;
                    queue.push(here);
                    continue;
                }
                walk.causes(structure, state, p, s, level >= s);
                causes.extend(walk.found.iter().filter_map(|(dep, t)| {
                    let row = self.row[*dep as usize];
                    (row != NONE).then(|| (row * levels as u32 + u32::from(*t) - 1, here))
                }));
            }
        }
        let mut from = vec![0_u32; self.next.len() + 1];
        causes.iter().for_each(|(cause, _)| from[*cause as usize + 1] += 1);
        for cause in 0..self.next.len() {
            from[cause + 1] += from[cause];
        }
        let mut effects = vec![0_u32; causes.len()];
        let mut place = from.clone();
        for (cause, here) in &causes {
            effects[place[*cause as usize] as usize] = *here;
            place[*cause as usize] += 1;
        }
        let mut at = 0;
        while at < queue.len() {
            let cause = queue[at];
            at += 1;
            for here in &effects[from[cause as usize] as usize..from[cause as usize + 1] as usize] {
                let far = distance[cause as usize] + 1;
                if distance[*here as usize] == NONE {
                    distance[*here as usize] = far;
                    self.next[*here as usize] = cause;
                    queue.push(*here);
                } else if distance[*here as usize] == far && self.rank(cause) < self.rank(self.next[*here as usize]) {
                    self.next[*here as usize] = cause;
                }
            }
        }
    }

    fn rank(&self, at: u32) -> (ServiceIdx, u32) {
        let levels = u32::from(self.structure.worst);
        (self.structure.service(self.touched[(at / levels) as usize] as usize), at % levels)
    }

    /// All routes of the traced scenario, each step named as the function names it.
    pub fn into_ways(self, name: impl Fn(ServiceIdx) -> ServiceIdx) -> Ways {
        let place = |p: &u32| name(self.structure.service(*p as usize));
        let services = self.touched.iter().map(place).collect();
        Ways { levels: u32::from(self.structure.worst), services, next: self.next }
    }

    /// Where the route of a service starts; none where the traced scenario did not change the service.
    pub fn start(&self, service: ServiceIdx) -> Option<Start> {
        let levels = u32::from(self.structure.worst);
        let row = *self.row.get(*self.structure.place.get(service.get())? as usize)?;
        let (worse, level) = *self.reached.get(row as usize)?;
        Some(Start(row * levels + u32::from(if worse { level - 1 } else { level })))
    }

    /// A shortest route from a service to a failed one, both included; none where the traced scenario did not change the service.
    /// A service may stand twice in it, where it is down because of what its own lesser failure caused.
    pub fn route(&self, service: ServiceIdx) -> Option<Vec<ServiceIdx>> {
        let Start(mut at) = self.start(service)?;
        let mut path = vec![service];
        loop {
            let next = self.next[at as usize];
            match next {
                NONE => return None,
                _ if next == at => return Some(path),
                _ => path.push(self.rank(next).0),
            }
            at = next;
        }
    }
}

/// Where a route starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start(u32);

/// The routes of a scenario, which share their steps: as large as what it touched, however long they are.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    levels: u32,
    services: Vec<ServiceIdx>,
    next: Vec<u32>,
}

impl Ways {
    /// Routes that follow these steps, from each service to the next one on its way; a service that is its own next ends them.
    pub fn along(steps: &BTreeMap<ServiceIdx, ServiceIdx>) -> Self {
        let services: Vec<ServiceIdx> = steps.keys().copied().collect();
        let row = |service: &ServiceIdx| services.binary_search(service).map_or(NONE, |row| row as u32);
        let next = steps.values().map(row).collect();
        Self { levels: 1, services, next }
    }
    /// Where the route of a service starts, of routes made by `along`.
    pub fn start(&self, service: ServiceIdx) -> Option<Start> {
        self.services.binary_search(&service).ok().map(|row| Start(row as u32))
    }
    /// The route from its start to a failed service, both included; empty where there is none.
    pub fn route(&self, start: Option<Start>) -> Vec<ServiceIdx> {
        let mut path = Vec::new();
        let Some(Start(mut at)) = start else { return path };
        loop {
            let next = self.next.get(at as usize).copied().unwrap_or(NONE);
            let service = at.checked_div(self.levels).and_then(|row| self.services.get(row as usize));
            match service {
                Some(service) if next != NONE => path.push(*service),
                _ => return Vec::new(),
            }
            if next == at {
                return path;
            }
            at = next;
        }
    }
}

/// Walks from a root down through what changed and pushed.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub found: Vec<(u32, Level)>,
    now: Vec<u8>,
    before: Vec<u8>,
    stack: Vec<u32>,
    seen: Vec<bool>,
}

impl Walk {
    /// The level variables that made "place p at s or worse" become `value`.
    pub fn causes(&mut self, structure: &Structure, state: &[u8], p: usize, s: Level, value: bool) {
        self.found.clear();
        let deps = structure.deps_of(p);
        let at = |bytes: &[u8], dep: u32, level: Level| bytes[dep as usize] & 15 >= level;
        let Some(program) = structure.program(p) else {
            let changed = deps.iter().filter(|dep| at(state, **dep, s) == value && at(&structure.base, **dep, s) != value);
            self.found.extend(changed.map(|dep| (*dep, s)));
            return;
        };
        let Some(root) = structure.root(program, s).checked_sub(FIRST) else { return };
        structure.gate_values(program, deps, s, state, &mut self.now);
        structure.gate_values(program, deps, s, &structure.base, &mut self.before);
        self.seen.clear();
        self.seen.resize(self.now.len(), false);
        self.stack.push(root);
        while let Some(local) = self.stack.pop() {
            let up = self.now[local as usize] & 1 != 0;
            if std::mem::replace(&mut self.seen[local as usize], true) || up == (self.before[local as usize] & 1 != 0) {
                continue;
            }
            for (input, coefficient) in structure.inputs_of((program.first + local) as usize) {
                // Towards the gate's new value push true inputs with its sign and false ones against it.
                let wanted = up == (coefficient > 0);
                if input & GATE != 0 {
                    let inner = input & !GATE;
                    if (self.now[inner as usize] & 1 != 0) == wanted {
                        self.stack.push(inner);
                    }
                    continue;
                }
                let (dep, level) = (deps[(input >> 4) as usize], if program.uniform { s } else { (input & 15) as Level });
                if at(state, dep, level) == wanted && at(&structure.base, dep, level) != wanted {
                    self.found.push((dep, level));
                }
            }
        }
    }
}
