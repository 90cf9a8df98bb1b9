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
use crate::structure::{BatchOptions, Found, Group, NodeReason, Scalar, Scenarios, Scene, Search, Structure, Visit, batch};
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
    let singles = singles(structure, asked, &level);
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

/// How many single failures bring a service down, and the first by index.
type Singles = BTreeMap<ServiceIdx, (u64, ServiceIdx)>;

/// For each service asked about that a single further failure of another brings down: how many do, and the first by index.
fn singles(structure: &Structure, asked: &Asked, level: &(dyn Fn(ServiceIdx) -> Level + Sync)) -> Singles {
    let mut open = vec![false; structure.len()];
    for service in asked.services.iter().filter(|service| level(**service) < asked.level) {
        open.get_mut(service.get()).into_iter().for_each(|open| *open = true);
    }
    let has_dependents = |service: &ServiceIdx| structure.dependents(*service).next().is_some();
    let all: Vec<ServiceIdx> = (0..structure.len()).map(ServiceIdx::new).filter(has_dependents).collect();
    let mut found = Singles::new();
    // Each scenario repeats what has failed already, so that as many are written down at a time as memory is worth.
    let (mut at, mut own) = (Vec::new(), Vec::new());
    for nexts in all.chunks((WRITTEN / (asked.own.len() + 1)).max(64)) {
        at.clear();
        own.clear();
        at.push(0);
        for next in nexts {
            own.extend_from_slice(&asked.own);
            own.push((*next, asked.worst));
            at.push(own.len() as u32);
        }
        let scenarios = Scenarios::Given { at: &at, own: &own };
        let make = || Downed { nexts, level: asked.level, open: &open, found: Singles::new(), order: Vec::new() };
        for downed in batch(structure, &scenarios, BatchOptions::default(), make) {
            for (service, (count, first)) in downed.found {
                add(&mut found, service, count, first);
            }
        }
    }
    found
}

/// Own levels of scenarios that are written down at a time.
const WRITTEN: usize = 1 << 20;

fn add(found: &mut Singles, service: ServiceIdx, count: u64, first: ServiceIdx) {
    let one = found.entry(service).or_insert((0, first));
    one.0 += count;
    one.1 = one.1.min(first);
}

/// Takes which single failure brings down what.
struct Downed<'a> {
    /// What fails in each scenario beside what has failed already.
    nexts: &'a [ServiceIdx],
    level: Level,
    /// By service: asked about, and not down already.
    open: &'a [bool],
    found: Singles,
    /// The bits of a group, in the order of what fails.
    order: Vec<(ServiceIdx, usize)>,
}

impl Visit for Downed<'_> {
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>) {
        let Some(next) = self.nexts.get(scenario).copied() else { return };
        for service in scalar.touched() {
            let open = self.open.get(service.get()) == Some(&true);
            if open && *service != next && scalar.level(*service) >= self.level {
                add(&mut self.found, *service, 1, next);
            }
        }
    }

    fn group(&mut self, group: &Group<'_>) {
        let nexts = group.scenarios().enumerate().filter_map(|(bit, scenario)| Some((*self.nexts.get(scenario)?, bit)));
        self.order.clear();
        self.order.extend(nexts);
        self.order.sort_unstable();
        let open = self.open;
        for row in group.rows().filter(|row| open.get(row.service().get()) == Some(&true)) {
            let is_down = |bit: usize| {
                let of = |plane: &[u64]| plane.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
                of(row.plane(self.level)) && of(row.differs())
            };
            let both = row.plane(self.level).iter().zip(row.differs());
            let all: u64 = both.map(|(plane, differs)| u64::from((plane & differs).count_ones())).sum();
            let from = self.order.partition_point(|(next, _)| *next < row.service());
            let itself = self.order.get(from).is_some_and(|(next, bit)| *next == row.service() && is_down(*bit));
            let count = all - u64::from(itself);
            let first = self.order.iter().find(|(next, bit)| *next != row.service() && is_down(*bit));
            if let Some((first, _)) = first.filter(|_| count > 0) {
                add(&mut self.found, row.service(), count, *first);
            }
        }
    }
}
