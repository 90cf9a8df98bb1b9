//! What would have to change for one service to be better, or worse: the part of the gates that can still turn, as a graph of knots.
//!
//! Goes in: levels of a scenario and one service at one level. Comes out: knots, each turned by enough of what it links to.
//! **Invariant:** a knot stands for one level of one service or one gate, and is made once, however many ways lead to it.
//! **Not here:** the least that turns the first knot (`solve`).

use super::super::network::{FALSE, FIRST, GATE, TRUE};
use super::super::{Program, Structure};
use crate::model::rule::{Level, ServiceIdx};
use std::collections::{HashMap, VecDeque};

/// Which way the service is to be turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// Failed services work again until it is better than the level.
    Heal,
    /// Working services fail until it is at the level or worse.
    Cut,
}

/// What a knot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Turned by acting on this key.
    Event(u32),
    /// Turned where the coefficients of turned links sum to this much; nothing turns it where they cannot.
    Sum(i64),
}

/// The graph; knot 0 is the one to be turned.
#[derive(Debug)]
pub(super) struct Knots {
    pub search: Search,
    pub kinds: Vec<Kind>,
    /// The place of the service it is about; none for an event that several services share.
    places: Vec<u32>,
    link_at: Vec<u32>,
    links: Vec<(u32, i64)>,
}

impl Knots {
    pub fn len(&self) -> usize {
        self.kinds.len()
    }
    pub fn links(&self, knot: u32) -> &[(u32, i64)] {
        &self.links[self.link_at[knot as usize] as usize..self.link_at[knot as usize + 1] as usize]
    }
}

/// A scenario as the search sees it.
pub struct Scene<'a> {
    /// Effective levels.
    pub level: &'a dyn Fn(ServiceIdx) -> Level,
    /// Own levels.
    pub own: &'a dyn Fn(ServiceIdx) -> Level,
    /// What acting on a service is called: services with one key are acted on together; none where nobody acts on it.
    pub key: &'a dyn Fn(ServiceIdx) -> Option<u32>,
}

/// A service met on the way down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// The service.
    pub service: ServiceIdx,
    /// Through which one it was met first; itself for the first.
    pub via: ServiceIdx,
    /// Dependencies between the first and it on a shortest way.
    pub step: usize,
}

/// A level of a service, or a gate of its program.
type Name = (u32, Level, u32);
const LITERAL: u32 = u32::MAX;
const COUNT: u32 = u32::MAX - 1;
const EVENT: u32 = u32::MAX - 2;

struct Builder<'a> {
    structure: &'a Structure,
    scene: &'a Scene<'a>,
    search: Search,
    names: HashMap<Name, u32>,
    todo: Vec<Name>,
    /// Links of the knot being made.
    made: Vec<(u32, i64)>,
}

/// The knots below "this service is at this level or worse".
pub(super) fn knots(structure: &Structure, service: ServiceIdx, level: Level, scene: &Scene<'_>, search: Search) -> Knots {
    let root = (structure.place[service.get()], level, LITERAL);
    let (names, todo) = (HashMap::from([(root, 0)]), vec![root]);
    let mut builder = Builder { structure, scene, search, names, todo, made: Vec::new() };
    let mut knots = Knots { search, kinds: Vec::new(), places: Vec::new(), link_at: vec![0], links: Vec::new() };
    while let Some(name) = builder.todo.get(knots.len()).copied() {
        builder.made.clear();
        let kind = match name {
            (key, _, EVENT) => Kind::Event(key),
            (p, s, LITERAL) => builder.literal(p, s, knots.kinds.is_empty()),
            (p, s, COUNT) => builder.count(p, s),
            (p, s, gate) => builder.gate(p, s, gate),
        };
        knots.kinds.push(kind);
        knots.places.push(if name.2 == EVENT { u32::MAX } else { name.0 });
        knots.links.extend_from_slice(&builder.made);
        knots.link_at.push(knots.links.len() as u32);
    }
    knots
}

impl Builder<'_> {
    fn link(&mut self, name: Name, coefficient: i64) {
        let next = self.names.len() as u32;
        let knot = *self.names.entry(name).or_insert(next);
        if knot == next {
            self.todo.push(name);
        }
        self.made.push((knot, coefficient));
    }
    fn is_bad(&self, p: u32, s: Level) -> bool {
        (self.scene.level)(self.structure.service(p as usize)) >= s
    }
    /// Whether a value of a gate or level can still turn.
    fn turns(&self, bad: bool) -> bool {
        bad == (self.search == Search::Heal)
    }

    /// Its own failure and what its rule makes of others: both must be healed, either is enough to fail.
    fn literal(&mut self, p: u32, s: Level, first: bool) -> Kind {
        let structure = self.structure;
        let service = structure.service(p as usize);
        let key = (self.scene.key)(service);
        let mut parts = 0;
        let own = match self.search {
            Search::Heal => (self.scene.own)(service) >= s,
            Search::Cut => !first && key.is_some(),
        };
        if own {
            parts += 1;
            match key {
                Some(key) => self.link((key, 0, EVENT), 1),
                // Nobody can heal it, so nothing does.
                None => return Kind::Sum(1),
            }
        }
        let rule = match structure.program(p as usize) {
            None if self.turns(self.is_count_bad(p, s)) => Some((p, s, COUNT)),
            None => None,
            Some(program) => {
                let at = if program.uniform { s } else { 0 };
                match structure.root(program, s) {
                    // Not for a failure, so healing none helps; or never, so no failure does.
                    FALSE => None,
                    TRUE if self.search == Search::Heal => return self.never(),
                    TRUE => None,
                    gate => self.turns(self.is_gate_bad(p, program, s, gate - FIRST)).then_some((p, at, gate - FIRST)),
                }
            }
        };
        if let Some(rule) = rule {
            parts += 1;
            // A level that is nothing but its rule is the rule: one knot less on every way.
            if parts == 1 && rule.2 == COUNT {
                return self.count(p, s);
            }
            self.link(rule, 1);
        }
        Kind::Sum(if self.search == Search::Heal { parts } else { 1 })
    }

    fn never(&mut self) -> Kind {
        self.made.clear();
        Kind::Sum(1)
    }

    fn bad_dependencies(&self, p: u32, s: Level) -> i64 {
        self.structure.deps_of(p as usize).iter().filter(|dep| self.is_bad(**dep, s)).count() as i64
    }
    fn is_count_bad(&self, p: u32, s: Level) -> bool {
        self.bad_dependencies(p, s) >= i64::from(self.structure.node[p as usize])
    }

    fn count(&mut self, p: u32, s: Level) -> Kind {
        let structure = self.structure;
        let (bad, bound) = (self.bad_dependencies(p, s), i64::from(structure.node[p as usize]));
        for dep in structure.deps_of(p as usize) {
            if self.turns(self.is_bad(*dep, s)) {
                self.link((*dep, s, LITERAL), 1);
            }
        }
        Kind::Sum(if self.search == Search::Heal { bad - bound + 1 } else { bound - bad })
    }

    fn is_gate_bad(&self, p: u32, program: &Program, s: Level, gate: u32) -> bool {
        self.gate_sum(p, program, s, gate, &mut HashMap::new()) >= self.structure.bounds[(program.first + gate) as usize]
    }

    /// The sum of the bad inputs of a gate. Gates of one program nest no deeper than its rule was written.
    fn gate_sum(&self, p: u32, program: &Program, s: Level, gate: u32, known: &mut HashMap<u32, i64>) -> i64 {
        if let Some(sum) = known.get(&gate) {
            return *sum;
        }
        let structure = self.structure;
        let deps = structure.deps_of(p as usize);
        let mut sum = 0;
        for (input, coefficient) in structure.inputs_of((program.first + gate) as usize) {
            let bad = if input & GATE != 0 {
                let inner = input & !GATE;
                self.gate_sum(p, program, s, inner, known) >= structure.bounds[(program.first + inner) as usize]
            } else {
                self.is_bad(deps[(input >> 4) as usize], if program.uniform { s } else { (input & 15) as Level })
            };
            sum += if bad { coefficient } else { 0 };
        }
        known.insert(gate, sum);
        sum
    }

    fn gate(&mut self, p: u32, s: Level, gate: u32) -> Kind {
        let structure = self.structure;
        let Some(program) = structure.program(p as usize) else { return self.never() };
        let mut known = HashMap::new();
        let sum = self.gate_sum(p, program, s, gate, &mut known);
        let bound = structure.bounds[(program.first + gate) as usize];
        let deps = structure.deps_of(p as usize);
        for (input, coefficient) in structure.inputs_of((program.first + gate) as usize) {
            if input & GATE != 0 {
                let inner = input & !GATE;
                let bad = self.gate_sum(p, program, s, inner, &mut known) >= structure.bounds[(program.first + inner) as usize];
                if self.turns(bad) {
                    self.link((p, s, inner), coefficient);
                }
                continue;
            }
            let (dep, at) = (deps[(input >> 4) as usize], if program.uniform { s } else { (input & 15) as Level });
            if self.turns(self.is_bad(dep, at)) {
                self.link((dep, at, LITERAL), coefficient);
            }
        }
        Kind::Sum(if self.search == Search::Heal { sum - bound + 1 } else { bound - sum })
    }
}

/// The services met from the first knot down, nearest first.
pub(super) fn passed(structure: &Structure, knots: &Knots) -> Vec<Passed> {
    let mut seen = vec![false; knots.len()];
    let mut met: HashMap<u32, usize> = HashMap::new();
    let mut found: Vec<Passed> = Vec::new();
    // Steps inside one service cost nothing, so they go to the front.
    let mut queue = VecDeque::from([(0_u32, 0_usize, u32::MAX)]);
    while let Some((knot, step, via)) = queue.pop_front() {
        let Some(fresh) = seen.get_mut(knot as usize).filter(|seen| !**seen) else { continue };
        *fresh = true;
        let place = knots.places[knot as usize];
        if place == u32::MAX {
            continue;
        }
        met.entry(place).or_insert_with(|| {
            let service = structure.service(place as usize);
            let via = if via == u32::MAX { service } else { structure.service(via as usize) };
            found.push(Passed { service, via, step });
            step
        });
        for (next, _) in knots.links(knot) {
            if knots.places[*next as usize] == place {
                queue.push_front((*next, step, via));
            } else {
                queue.push_back((*next, step + 1, place));
            }
        }
    }
    found
}
