//! The least number of further failures that brings each service down.
//!
//! Goes in: a map, what has failed, the services asked about. Comes out: how each stands.
//! **Invariant:** single failures are all tried; larger sets are searched only where none of these suffices.
//! **Not here:** names and order (`tables`).

use super::Asked;
use crate::answer::given::KEPT;
use crate::answer::root_causes::{bounded, not_monotone};
use crate::base::{Place, Problem, Problems, codes};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::{Found, NodeReason, Scalar, Scene, Search};
use num_bigint::BigUint;
use std::collections::BTreeMap;

/// Nodes of a diagram beyond which only bounds are given; a map has many services to search.
const WORK: usize = 1 << 16;

/// Nodes that the searches of one question may take together; the one that passes it is still finished.
pub(super) const BUDGET: usize = 1 << 22;

/// How a service stands.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub service: ServiceIdx,
    pub level: Level,
    /// The least number of further failures; 0 where it is down already.
    pub further: Option<u64>,
    /// Where `further` is not known: more than so many are needed.
    pub more_than: Option<u64>,
    /// How many sets of that size there are.
    pub sets: Option<BigUint>,
    /// One of them.
    pub example: Vec<ServiceIdx>,
    /// What its own rule needs and has; none where it rests on nothing.
    pub node: Option<NodeReason>,
}

/// How each service asked about stands. Once the searches took more nodes than the budget, no more are begun.
pub(super) fn walk(ecosystem: &Ecosystem, asked: &Asked, budget: usize, problems: &mut Problems) -> Vec<Standing> {
    let model = ecosystem.model();
    let structure = &ecosystem.map(asked.at).structure;
    let mut scalar = Scalar::new(structure);
    scalar.evaluate(&asked.own);
    let touched: BTreeMap<ServiceIdx, Level> =
        scalar.touched().iter().map(|service| (*service, scalar.level(*service))).collect();
    let level = |service: ServiceIdx| touched.get(&service).copied().unwrap_or_else(|| structure.baseline(service));
    let own: BTreeMap<ServiceIdx, Level> = asked.own.iter().copied().collect();
    let own_level = |service: ServiceIdx| own.get(&service).copied().unwrap_or(0);
    let singles = singles(ecosystem, asked, &level, &mut scalar);
    let (mut took, mut left) = (0_usize, 0_usize);
    let mut standing = Vec::with_capacity(asked.services.len());
    for service in &asked.services {
        let now = level(*service);
        let written = model.node(*service, asked.at);
        let node = (!written.edges.is_empty()).then(|| NodeReason::of(&written, asked.worst, own_level(*service), level));
        let mut one =
            Standing { service: *service, level: now, further: None, more_than: None, sets: None, example: Vec::new(), node };
        if now >= asked.level {
            one.further = Some(0);
        } else if let Some((count, first)) = singles.get(service) {
            (one.further, one.sets, one.example) = (Some(1), Some(BigUint::from(*count)), vec![*first]);
        } else if one.node.is_some() {
            one.more_than = Some(1);
            if asked.beyond_one && took > budget {
                left += 1;
            } else if asked.beyond_one {
                let key = |at: ServiceIdx| (at != *service).then(|| u32::try_from(at.get()).ok()).flatten();
                let scene = Scene { level: &level, own: &own_level, key: &key };
                let name = model.service_name(*service);
                match structure.least(*service, asked.level, &scene, Search::Cut, WORK) {
                    Ok(least) => {
                        took = took.saturating_add(least.took);
                        fill(&mut one, &least.found, name, problems);
                    }
                    Err(strange) => problems.push(not_monotone(name, model.service_name(strange)), KEPT),
                }
            }
        }
        standing.push(one);
    }
    if left > 0 {
        let problem = Problem::new(&codes::SEARCH_CUT_SHORT, Place::Nowhere).with("left", left);
        problems.push(problem.with("limit", budget), KEPT);
    }
    standing
}

fn fill(one: &mut Standing, found: &Found, name: &str, problems: &mut Problems) {
    match found {
        Found::Never => one.more_than = None,
        Found::Sets(sets) => {
            (one.further, one.more_than) = (Some(sets.size()), None);
            one.sets = Some(sets.count().clone());
            one.example = sets.first(1).flatten().map(|key| ServiceIdx::new(key as usize)).collect();
        }
        Found::Bounds { least, enough } => {
            // All single failures were tried.
            let (least, most) = ((*least).max(2), enough.len() as u64);
            if least >= most {
                // No smaller set is enough, so that this one is a least, though it was not found how many there are.
                (one.further, one.more_than) = (Some(most), None);
                one.example = enough.iter().map(|key| ServiceIdx::new(*key as usize)).collect();
                return;
            }
            one.more_than = Some(least - 1);
            problems.push(bounded(name, least, enough.len(), WORK), KEPT);
        }
    }
}

/// For each service that a single further failure of another brings down: how many do, and the first by index.
fn singles(
    ecosystem: &Ecosystem,
    asked: &Asked,
    level: &dyn Fn(ServiceIdx) -> Level,
    scalar: &mut Scalar<'_>,
) -> BTreeMap<ServiceIdx, (u64, ServiceIdx)> {
    let structure = &ecosystem.map(asked.at).structure;
    let mut found: BTreeMap<ServiceIdx, (u64, ServiceIdx)> = BTreeMap::new();
    let mut failures = asked.own.clone();
    for next in (0..structure.len()).map(ServiceIdx::new) {
        if structure.dependents(next).next().is_none() {
            continue;
        }
        failures.push((next, asked.worst));
        scalar.evaluate(&failures);
        failures.pop();
        for service in scalar.touched() {
            if *service != next && scalar.level(*service) >= asked.level && level(*service) < asked.level {
                found.entry(*service).or_insert((0, next)).0 += 1;
            }
        }
    }
    found
}
