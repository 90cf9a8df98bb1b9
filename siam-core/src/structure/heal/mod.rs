//! The least that turns a service: the smallest sets of repairs that heal it, or of further failures that bring it down.
//!
//! Goes in: a scenario, a service, a level. Comes out: how many acts are needed, in how many ways, and which.
//! **Invariant:** exact for monotone maps, by any rule and through cycles; where a bound on the work is passed, sound bounds instead.
//! **Not here:** what is a failure and who answers for it (`answer::root_causes`, `answer::redundancy`).

mod bounds;
mod diagram;
mod knots;
mod solve;
#[cfg(test)]
mod tests;

pub use knots::{Passed, Scene, Search};
pub use solve::LeastSets;

use super::Structure;
use crate::model::rule::{Level, ServiceIdx};
use diagram::UNREACHABLE;
use std::collections::VecDeque;

/// What was found about the least that turns a service.
#[derive(Debug, Clone)]
pub struct Least {
    /// Levels of services and gates that were looked at, each once.
    pub visited: usize,
    /// What the search took, in nodes: levels and gates looked at, and nodes of diagrams.
    pub took: usize,
    /// The services on the way, nearest first; the service itself is the first.
    pub passed: Vec<Passed>,
    /// The answer.
    pub found: Found,
}

/// The answer of a search for the least.
#[derive(Debug, Clone)]
pub enum Found {
    /// Nothing that may be acted on turns it.
    Never,
    /// The smallest sets.
    Sets(LeastSets),
    /// The work would pass its bound: at least so many acts are needed, and this set is enough; without any of its members it is not.
    Bounds {
        /// At least so many are needed.
        least: u64,
        /// The keys of a set that is enough.
        enough: Vec<u32>,
    },
}

impl Structure {
    /// The least that turns a service: for `Heal` it is at `level` or worse and shall be better, for `Cut` the other way round.
    /// `work` bounds the nodes of one diagram. The error is the nearest service below it, or itself, whose rule is not monotone.
    pub fn least(
        &self,
        service: ServiceIdx,
        level: Level,
        scene: &Scene<'_>,
        search: Search,
        work: usize,
    ) -> Result<Least, ServiceIdx> {
        if let Some(strange) = self.first_not_monotone(service) {
            return Err(strange);
        }
        let knots = knots::knots(self, service, level, scene, search);
        let (found, made) = match solve::solve(&knots, work) {
            Ok((sets, made)) if sets.size() == UNREACHABLE => (Found::Never, made),
            Ok((sets, made)) => (Found::Sets(sets), made),
            Err(_) => {
                let (found, made) = bounds::bounds(&knots);
                (found, made.saturating_add(work))
            }
        };
        let took = knots.len().saturating_add(made);
        Ok(Least { visited: knots.len(), took, passed: knots::passed(self, &knots), found })
    }

    /// The nearest service whose rule is not monotone, from a service down; of equally near ones the first by index.
    pub fn first_not_monotone(&self, service: ServiceIdx) -> Option<ServiceIdx> {
        if self.is_coherent() {
            return None;
        }
        let mut seen = vec![false; self.len()];
        let mut queue = VecDeque::from([(0_u32, service)]);
        let mut found: Option<(u32, ServiceIdx)> = None;
        seen[service.get()] = true;
        while let Some((step, at)) = queue.pop_front() {
            if found.is_some_and(|(near, _)| near < step) {
                break;
            }
            if !self.is_monotone(at) && found.is_none_or(|(_, first)| at < first) {
                found = Some((step, at));
            }
            for next in self.dependencies(at) {
                if !std::mem::replace(&mut seen[next.get()], true) {
                    queue.push_back((step + 1, next));
                }
            }
        }
        found.map(|(_, service)| service)
    }
}
