//! The way from a bad service down to its causes, by the rules as written.
//!
//! Goes in: levels and a mode. Comes out: every service on the way, those at which it ends, and the shortest way to each.
//! **Invariant:** a service is entered once, however many ways lead to it; in threshold again only where less is demanded of it.
//! **Not here:** what a rule blames (`structure::contributors`, `structure::demands`), the least that heals (`structure::heal`).

use super::query::CauseMode;
use crate::base::Instant;
use crate::model::Model;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::{contributors, demands};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A service on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Met {
    pub service: ServiceIdx,
    /// Dependencies between it and the bad service on a shortest way.
    pub step: usize,
    /// Through which service it was met; itself for the bad one.
    pub via: ServiceIdx,
    /// The least level that is demanded of it; 0 for none.
    pub from: Level,
    /// Whether the way ends here.
    pub cause: bool,
}

/// Levels as a walk sees them.
pub(super) struct Levels<'a> {
    pub effective: &'a dyn Fn(ServiceIdx) -> Level,
    /// Own levels; a level that was given stands for its own where it has no dependencies.
    pub own: &'a dyn Fn(ServiceIdx) -> Level,
    pub worst: Level,
    /// Up to which level a service is normal.
    pub normal: Level,
    /// Threshold: the least level of the bad service to be explained; 0 for anything worse than best.
    pub from: Level,
}

/// Everything on the way from `bad`, in the order met: it first, then level by level.
pub(super) fn follow(model: &Model, at: Instant, bad: ServiceIdx, mode: CauseMode, levels: &Levels<'_>) -> Vec<Met> {
    let mut met: Vec<Met> = Vec::new();
    let mut places: BTreeMap<ServiceIdx, usize> = BTreeMap::new();
    if (levels.effective)(bad) <= levels.normal {
        return met;
    }
    met.push(Met { service: bad, step: 0, via: bad, from: levels.from, cause: false });
    places.insert(bad, 0);
    let mut queue = VecDeque::from([0_usize]);
    while let Some(place) = queue.pop_front() {
        let Some(here) = met.get(place).copied() else { continue };
        let (cause, next) = step(model, at, &here, mode, levels);
        if let Some(one) = met.get_mut(place) {
            one.cause |= cause;
        }
        for (service, from) in next {
            match places.get(&service) {
                None => {
                    places.insert(service, met.len());
                    queue.push_back(met.len());
                    met.push(Met { service, step: here.step + 1, via: here.service, from, cause: false });
                }
                Some(place) => {
                    if let Some(one) = met.get_mut(*place).filter(|one| from < one.from) {
                        one.from = from;
                        queue.push_back(*place);
                    }
                }
            }
        }
    }
    met
}

/// Whether the way ends at a service, and where it goes on.
fn step(model: &Model, at: Instant, here: &Met, mode: CauseMode, levels: &Levels<'_>) -> (bool, Vec<(ServiceIdx, Level)>) {
    let level = (levels.effective)(here.service);
    let own = (levels.own)(here.service);
    let node = model.node(here.service, at);
    if mode == CauseMode::Threshold {
        let next = demands(&node, levels.worst, here.from, levels.effective);
        let next = next.into_iter().map(|demand| (demand.service, demand.from)).collect();
        return (own >= here.from.max(1), next);
    }
    if level <= levels.normal {
        return (false, Vec::new());
    }
    let next: Vec<ServiceIdx> = if mode == CauseMode::SameState {
        let mut seen = BTreeSet::new();
        node.edges.iter().map(|edge| edge.to).filter(|to| (levels.effective)(*to) == level && seen.insert(*to)).collect()
    } else {
        contributors(&node, levels.worst, levels.effective)
    };
    // An own level that is worse than what the rule gives is the whole cause.
    let alone = mode == CauseMode::Contributing && own > crate::structure::meaning(&node, levels.worst, levels.effective);
    let next = if alone { Vec::new() } else { next };
    (own >= level || next.is_empty(), next.into_iter().map(|service| (service, 0)).collect())
}

/// The shortest ways that a walk found.
pub(super) struct Ways(BTreeMap<ServiceIdx, (ServiceIdx, usize)>);

impl Ways {
    pub fn of(met: &[Met]) -> Self {
        Self(met.iter().map(|one| (one.service, (one.via, one.step))).collect())
    }
    /// The services from the bad one to another, both included; empty where no way leads there.
    pub fn route(&self, to: ServiceIdx) -> Vec<ServiceIdx> {
        let mut route = Vec::new();
        let mut at = to;
        while let Some((via, step)) = self.0.get(&at) {
            route.push(at);
            if *step == 0 {
                break;
            }
            at = *via;
        }
        route.reverse();
        route
    }
}
