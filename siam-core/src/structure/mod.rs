//! The dependency map compiled to gates: one structure function that every evaluator reads.
//!
//! Goes in: for every service its edges and its rule (`model::rule`). Comes out: flat arrays of gates, and levels for scenarios.
//! **Invariant:** the effective level of a service is the worse of its own and what its rule makes of its dependencies' effective levels, exactly.
//! **Not here:** names, parties and dates (`ecosystem`), what an answer says of a scenario (`answer`).
//!
//! For every service and level s >= 1 there is a network of thresholds `sum of coefficient x input >= bound` whose inputs are
//! "dependency c is at level t or worse" or gates of the same network. Numbers inside are *places*: depth-first post-order positions.
//! - A node whose rule at every level is "at least k of its distinct dependencies are at this level or worse" is one number, k, for
//!   all levels together: any is 1, all is n. Nothing else is stored of it.
//! - Any other node has a program: its gates, once for all levels where maps are the identity, else per level.
//! - Dependents are stored with what a change there does: raise, count down one counter, or feed gates.

mod alone;
mod batch;
mod blame;
mod build;
mod dense;
mod expression;
mod group;
mod heal;
mod lanes;
mod likeness;
mod meaning;
mod network;
mod order;
mod overlay;
mod route;
mod scalar;
mod sweep;
#[cfg(test)]
mod tests;
mod work;

pub use alone::Alone;
pub use batch::{BatchOptions, Scenarios, Visit, batch, shared};
pub use blame::{Demand, contributors, demands};
pub use expression::{MAX_CONDITIONS, MAX_DEPTH};
pub use group::{Group, Row, Tally};
pub use heal::{Found, Least, LeastSets, Passed, Scene, Search};
pub use meaning::{NodeReason, RuleKind, meaning};
pub use overlay::{Bounded, Excerpt, Overlay, Workspace};
pub use route::{Routes, Start, Ways};
pub use scalar::{IntervalLevel, Scalar};
pub use sweep::{Causes, LevelStretch, MOST_CAUSES, OwnStretch, Swept, sweep};
pub use work::Work;

use crate::model::rule::{Level, ServiceIdx};

/// Why a map does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileFault {
    /// The chain has not 2 to 16 levels.
    #[error("{given} levels are not between 2 and 16")]
    Levels {
        /// How many were given.
        given: u8,
    },
    /// A rule or an edge speaks of what does not exist.
    #[error("service {service:?}: {why}")]
    Malformed {
        /// The service whose rule or edge it is.
        service: ServiceIdx,
        /// What is wrong.
        why: &'static str,
    },
    /// Numbers or sizes pass what the arrays hold.
    #[error("service {service:?}: {what} is too large")]
    TooLarge {
        /// The service at which it shows.
        service: ServiceIdx,
        /// What is too large.
        what: &'static str,
    },
    /// A cycle runs through a service whose rule is not monotone.
    #[error("a cycle runs through service {service:?}, whose rule is not monotone")]
    Cycle {
        /// That service.
        service: ServiceIdx,
        /// The cycle: it comes first, each depends on the next, the last depends on the first.
        path: Vec<ServiceIdx>,
    },
}

/// Marks a node that has a program; others hold their k.
const PROGRAM: u32 = 1 << 31;
/// A change at a dependency raises the dependent to the same level.
const RAISE: u32 = u32::MAX;
/// A change at a dependency feeds gates: the rest is a row of `feed_at`.
const FEED: u32 = 1 << 31;
/// A change at a dependency raises the dependent to a level of a table: the rest is a row of `lifts`.
const LIFT: u32 = 1 << 30;

/// The gates of one node that is not "at least k".
#[derive(Debug, Clone, Copy)]
struct Program {
    /// Its gates.
    first: u32,
    end: u32,
    /// Its roots: one where uniform, else one per level from 1 on. 0 is never, 1 always, others gates from 2 on.
    roots: u32,
    /// The same gates hold at every level; variables carry level 0.
    uniform: bool,
    /// No coefficient is negative.
    monotone: bool,
}

/// What a level variable adds to a gate.
#[derive(Debug, Clone, Copy)]
struct Feed {
    gate: u32,
    /// At which level; 0 at each.
    level: u8,
    coefficient: i64,
}

/// A compiled dependency map.
#[derive(Debug)]
pub struct Structure {
    worst: Level,
    order: Vec<u32>,
    place: Vec<u32>,
    cycles: Vec<(u32, u32)>,
    /// First place of each place's cycle; empty where there is no cycle.
    heads: Vec<u32>,
    dep_at: Vec<u32>,
    deps: Vec<u32>,
    node: Vec<u32>,
    programs: Vec<Program>,
    roots: Vec<u32>,
    input_at: Vec<u32>,
    /// `GATE | number in the program`, or `number of the dependency << 4 | level`.
    inputs: Vec<u32>,
    coefficients: Vec<i64>,
    bounds: Vec<i64>,
    /// First counter of a gate of a monotone program.
    gate_counter: Vec<u32>,
    /// The worst level a gate is the root of; 0 for none.
    gate_root: Vec<u8>,
    up_at: Vec<u32>,
    ups: Vec<u32>,
    /// Bound less what the baseline gives, per counter.
    need: Vec<i64>,
    feed_at: Vec<u32>,
    feeds: Vec<Feed>,
    /// What a dependent is raised to by each level of a dependency, four bits a level.
    lifts: Vec<u64>,
    rev_at: Vec<u32>,
    /// Dependent and what a change does there.
    rev: Vec<(u32, u32)>,
    /// Levels with every own level best, as `worst << 4 | best`.
    base: Vec<u8>,
    /// Every level of the baseline is the best, so that it need not be read.
    calm: bool,
    /// Whether a node that is not monotone is it or depends on it; empty where all are monotone.
    upset: Vec<bool>,
    /// What `likeness` says, once it is asked.
    likeness: std::sync::OnceLock<Vec<u32>>,
}

/// An input of a gate, for those who translate gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The service is at this level or worse.
    Level(ServiceIdx, Level),
    /// Another gate of the same list, earlier in it.
    Gate(usize),
}

/// A gate, for those who translate gates: true where the sum of coefficient x input is at least the bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Inputs with their coefficients; a negative one is a negation.
    pub inputs: Vec<(Input, i64)>,
    /// The bound.
    pub bound: i64,
}

/// What decides whether a rule gives a level or worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// Always or never.
    Constant(bool),
    /// A gate of the list.
    Gate(usize),
}

impl Structure {
    /// How many services.
    pub fn len(&self) -> usize {
        self.order.len()
    }
    /// Whether there is no service.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
    /// The worst level.
    pub fn worst(&self) -> Level {
        self.worst
    }
    /// The level of a service while nothing fails. Best, unless a rule makes something of nothing.
    pub fn baseline(&self, service: ServiceIdx) -> Level {
        self.place.get(service.get()).map_or(0, |p| self.base[*p as usize] & 15)
    }
    /// The depth-first post-order position of a service.
    pub fn place(&self, service: ServiceIdx) -> usize {
        self.place[service.get()] as usize
    }
    /// The service at a position.
    pub fn service(&self, place: usize) -> ServiceIdx {
        ServiceIdx::new(self.order[place] as usize)
    }
    /// Whether a worse dependency never makes this service better.
    pub fn is_monotone(&self, service: ServiceIdx) -> bool {
        self.program(self.place(service)).is_none_or(|program| program.monotone)
    }
    /// How many of its distinct dependencies must be at a level or worse for its rule to give that level, whichever the level: 1 where
    /// any is felt. None where the rule is more than a number, or where there is no dependency.
    pub fn threshold(&self, service: ServiceIdx) -> Option<usize> {
        let node = self.place.get(service.get()).and_then(|p| self.node.get(*p as usize));
        node.filter(|node| **node & PROGRAM == 0 && **node > 0).map(|node| *node as usize)
    }
    /// Whether every node is monotone.
    pub fn is_coherent(&self) -> bool {
        self.upset.is_empty()
    }
    /// The distinct services whose level its rule reads, by index.
    pub fn dependencies(&self, service: ServiceIdx) -> impl Iterator<Item = ServiceIdx> {
        self.deps_of(self.place(service)).iter().map(|p| self.service(*p as usize))
    }
    /// The services whose rule reads its level, dependencies first.
    pub fn dependents(&self, service: ServiceIdx) -> impl Iterator<Item = ServiceIdx> {
        self.rev_of(self.place(service)).iter().map(|(p, _)| self.service(*p as usize))
    }
    /// The cycles; within one, order has no meaning.
    pub fn cycles(&self) -> impl Iterator<Item = Vec<ServiceIdx>> {
        self.cycles.iter().map(|(a, b)| (*a..*b).map(|p| self.service(p as usize)).collect())
    }
    /// The gates by which the rule of a service gives `level` or worse, inputs before what reads them. `level` is at least 1.
    pub fn gates(&self, service: ServiceIdx, level: Level) -> (Vec<Gate>, Root) {
        let p = self.place(service);
        let deps = self.deps_of(p);
        let at = |dep: u32, level| Input::Level(self.service(deps[dep as usize] as usize), level);
        let Some(program) = self.program(p) else {
            if deps.is_empty() {
                return (Vec::new(), Root::Constant(false));
            }
            let inputs = (0..deps.len() as u32).map(|dep| (at(dep, level), 1)).collect();
            return (vec![Gate { inputs, bound: i64::from(self.node[p]) }], Root::Gate(0));
        };
        let gates = (program.first..program.end).map(|gate| {
            let inputs = self.inputs_of(gate as usize).map(|(input, coefficient)| {
                let read = if input & network::GATE != 0 {
                    Input::Gate((input & !network::GATE) as usize)
                } else {
                    at(input >> 4, if program.uniform { level } else { (input & 15) as Level })
                };
                (read, coefficient)
            });
            Gate { inputs: inputs.collect(), bound: self.bounds[gate as usize] }
        });
        let root = match self.root(program, level) {
            network::FALSE => Root::Constant(false),
            network::TRUE => Root::Constant(true),
            gate => Root::Gate((gate - network::FIRST) as usize),
        };
        (gates.collect(), root)
    }

    fn program(&self, p: usize) -> Option<&Program> {
        let node = self.node[p];
        if node & PROGRAM == 0 { None } else { self.programs.get((node & !PROGRAM) as usize) }
    }
    fn root(&self, program: &Program, level: Level) -> u32 {
        self.roots[program.roots as usize + if program.uniform { 0 } else { usize::from(level) - 1 }]
    }
    fn deps_of(&self, p: usize) -> &[u32] {
        &self.deps[self.dep_at[p] as usize..self.dep_at[p + 1] as usize]
    }
    fn rev_of(&self, p: usize) -> &[(u32, u32)] {
        &self.rev[self.rev_at[p] as usize..self.rev_at[p + 1] as usize]
    }
    fn inputs_of(&self, gate: usize) -> impl Iterator<Item = (u32, i64)> {
        let at = self.input_at[gate] as usize..self.input_at[gate + 1] as usize;
        self.inputs[at.clone()].iter().copied().zip(self.coefficients[at].iter().copied())
    }
    /// The first place of the cycle a place is in, else itself.
    fn head(&self, p: usize) -> u32 {
        self.heads.get(p).copied().unwrap_or(p as u32)
    }
    /// The end of the cycle that begins here, if one does.
    fn cycle_end(&self, head: u32) -> Option<u32> {
        self.cycles.binary_search_by_key(&head, |cycle| cycle.0).ok().map(|at| self.cycles[at].1)
    }
}
