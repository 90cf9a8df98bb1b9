//! The smallest sets of repairs that heal a bad service, by service and by party.
//!
//! Goes in: levels of a scenario, one bad service, the level that is good enough. Comes out: sets, their number, the way to each cause.
//! **Invariant:** a service that has not failed itself is in no set; a party is healed with all its failed services, a prime with its subcontractors'.
//! **Not here:** the search (`structure::heal`).

use super::follow::Met;
use super::tables::Naming;
use super::{Asked, Explained};
use crate::answer::given::KEPT;
use crate::base::{Argument, Idx, Place, Problem, Problems, codes};
use crate::ecosystem::Ecosystem;
use crate::model::party::PartyIdx;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::{Found, Scene, Search};
use num_bigint::BigUint;
use std::collections::{BTreeMap, BTreeSet};

/// Nodes of a diagram beyond which bounds are given instead of the exact least.
const WORK: usize = 1 << 20;

/// What heals a bad service.
#[derive(Debug, Clone, Default)]
pub(super) struct Healing {
    pub least: Option<u64>,
    pub most: Option<u64>,
    pub sets: Option<BigUint>,
    pub parties: Option<u64>,
    pub party_count: Option<BigUint>,
    pub party_sets: Vec<Vec<PartyIdx>>,
}

/// One bad service explained by what heals it.
pub(super) fn explain(
    ecosystem: &Ecosystem,
    asked: &Asked,
    bad: ServiceIdx,
    level: &dyn Fn(ServiceIdx) -> Level,
    own: &dyn Fn(ServiceIdx) -> Level,
    problems: &mut Problems,
) -> Explained {
    let now = level(bad);
    let to = asked.to.unwrap_or(now.saturating_sub(1));
    let none = BTreeMap::new();
    let mut one =
        Explained { bad, level: now, to: None, sets: Vec::new(), met: Vec::new(), levels: none, visited: 0, healing: None };
    if now <= to {
        return one;
    }
    one.to = Some(to);
    let structure = &ecosystem.map(asked.at).structure;
    let naming = Naming { ecosystem, at: asked.at };
    let by_service = Scene { level, own, key: &|service| u32::try_from(service.get()).ok() };
    let least = match structure.least(bad, to + 1, &by_service, Search::Heal, WORK) {
        Ok(least) => least,
        Err(strange) => {
            problems.push(not_monotone(naming.name(bad), naming.name(strange)), KEPT);
            return one;
        }
    };
    let mut healing = Healing::default();
    let services = |keys: Vec<u32>| keys.into_iter().map(|key| ServiceIdx::new(key as usize)).collect::<Vec<_>>();
    match &least.found {
        Found::Never => {}
        Found::Sets(sets) => {
            (healing.least, healing.most, healing.sets) = (Some(sets.size()), Some(sets.size()), Some(sets.count().clone()));
            one.sets = sets.first(asked.limit).map(services).collect();
        }
        Found::Bounds { least, enough } => {
            (healing.least, healing.most) = (Some(*least), Some(enough.len() as u64));
            one.sets = vec![services(enough.clone())];
            if *least < enough.len() as u64 {
                problems.push(bounded(naming.name(bad), *least, enough.len(), WORK), KEPT);
            }
        }
    }
    let causes: BTreeSet<ServiceIdx> = one.sets.iter().flatten().copied().collect();
    one.visited = least.visited;
    one.met = least
        .passed
        .iter()
        .map(|one| Met { service: one.service, step: one.step, via: one.via, from: 0, cause: causes.contains(&one.service) })
        .collect();
    one.levels = one.met.iter().map(|met| (met.service, (level(met.service), own(met.service)))).collect();
    let by_party = Scene { level, own, key: &|service| naming.prime(service).and_then(|party| u32::try_from(party.get()).ok()) };
    if let Ok(least) = structure.least(bad, to + 1, &by_party, Search::Heal, WORK) {
        match least.found {
            Found::Never => {}
            Found::Sets(sets) => {
                (healing.parties, healing.party_count) = (Some(sets.size()), Some(sets.count().clone()));
                let parties = |keys: Vec<u32>| keys.into_iter().map(|key| Idx::new(key as usize)).collect();
                healing.party_sets = sets.first(asked.limit).map(parties).collect();
            }
            Found::Bounds { least, enough } if least < enough.len() as u64 => {
                problems.push(bounded(naming.name(bad), least, enough.len(), WORK), KEPT);
            }
            Found::Bounds { least, enough } => {
                healing.parties = Some(least);
                healing.party_sets = vec![enough.into_iter().map(|key| Idx::new(key as usize)).collect()];
            }
        }
    }
    one.healing = Some(healing);
    one
}

/// The problem of a rule that is not monotone below a service.
pub(crate) fn not_monotone(service: &str, strange: &str) -> Problem {
    let problem = Problem::new(&codes::LEAST_NOT_MONOTONE, Place::Nowhere).with("service", Argument::user(service));
    problem.with("strange", Argument::user(strange))
}

/// The problem of bounds instead of the exact least.
pub(crate) fn bounded(service: &str, least: u64, most: usize, work: usize) -> Problem {
    let problem = Problem::new(&codes::LEAST_BOUNDED, Place::Nowhere).with("service", Argument::user(service));
    problem.with("least", i64::try_from(least).unwrap_or(i64::MAX)).with("most", most).with("limit", work)
}
