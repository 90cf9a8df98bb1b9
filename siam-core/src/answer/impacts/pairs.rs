//! Pairs of failures that only matter together.
//!
//! Goes in: a map, services that may fail, their level. Comes out: pairs, and what each brings that neither brings alone.
//! **Invariant:** where every rule is monotone, no pair that matters together is missing; everywhere, every pair found does.
//! **Not here:** what a pair brings in all (`stakes`).
//!
//! Two failures together can be worse than the worse of them alone only at a service whose rule needs more than one of its dependencies
//! to fail. Such a service sees a failure as the levels of its dependencies under it. So each failure is evaluated once, and at every
//! such service the failures that reach it without deciding it are put into classes of equal sight; only classes are compared.

use super::super::stakes::Stakes;
use crate::base::Instant;
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::{Scalar, Structure, meaning};
use std::collections::{BTreeMap, HashMap};

/// What could matter together.
pub(super) struct Candidates {
    pub pairs: Vec<(ServiceIdx, ServiceIdx)>,
    /// Whether there are more than were asked for.
    pub cut: bool,
}

/// What a pair brings that neither failure brings alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Together {
    /// The first such service by criticality, users and name.
    pub service: ServiceIdx,
    /// Its level under both, and the worse of its levels under each alone.
    pub level: Level,
    pub alone: Level,
    /// Such services, critical ones, and their users.
    pub services: u64,
    pub critical: u64,
    pub users: u64,
}

/// A failure as a service sees it: its own level and its dependencies that are not at baseline.
type Sight = (u32, Level, Vec<(ServiceIdx, Level)>);

/// The pairs that could matter together, in the order of their indexes; at most so many.
pub(super) fn candidates(ecosystem: &Ecosystem, at: Instant, services: &[ServiceIdx], level: Level, most: usize) -> Candidates {
    let structure = &ecosystem.map(at).structure;
    let (sights, seen) = look(structure, services, level);
    let mut pairs: Vec<(ServiceIdx, ServiceIdx)> = Vec::new();
    let mut cut = false;
    for classes in seen.chunk_by(|a, b| sights_at(&sights, a.0) == sights_at(&sights, b.0)) {
        let classes: Vec<&[(u32, ServiceIdx)]> = classes.chunk_by(|a, b| a.0 == b.0).collect();
        let Some(service) = classes.first().and_then(|class| class.first()).and_then(|(sight, _)| sights.get(*sight as usize)) else {
            continue;
        };
        let judge = Judge::new(ecosystem.model(), structure, at, ServiceIdx::new(service.0 as usize));
        for (index, first) in classes.iter().enumerate() {
            for second in classes.iter().skip(index + 1) {
                let sight = |class: &[(u32, ServiceIdx)]| class.first().and_then(|(sight, _)| sights.get(*sight as usize));
                if !sight(first).zip(sight(second)).is_some_and(|(a, b)| judge.is_worse(a, b)) {
                    continue;
                }
                for (_, a) in *first {
                    pairs.extend(second.iter().map(|(_, b)| (*a.min(b), *a.max(b))));
                    if pairs.len() > most.saturating_mul(2) {
                        cut |= tidy(&mut pairs, most);
                        if cut {
                            return Candidates { pairs, cut };
                        }
                    }
                }
            }
        }
    }
    cut |= tidy(&mut pairs, most);
    Candidates { pairs, cut }
}

/// Each pair once; whether some had to be left out.
fn tidy(pairs: &mut Vec<(ServiceIdx, ServiceIdx)>, most: usize) -> bool {
    pairs.sort_unstable();
    pairs.dedup();
    let over = pairs.len() > most;
    pairs.truncate(most);
    over
}

fn sights_at(sights: &[Sight], sight: u32) -> u32 {
    sights.get(sight as usize).map_or(u32::MAX, |sight| sight.0)
}

/// Every failure at every service that needs more than one: sights, and (sight, failure) sorted by the service that sees it.
fn look(structure: &Structure, services: &[ServiceIdx], level: Level) -> (Vec<Sight>, Vec<(u32, ServiceIdx)>) {
    let needs_more = |service: ServiceIdx| match structure.threshold(service) {
        Some(needed) => needed > 1,
        None => structure.dependencies(service).next().is_some(),
    };
    let joint: Vec<bool> = (0..structure.len()).map(|at| needs_more(ServiceIdx::new(at))).collect();
    let mut scalar = Scalar::new(structure);
    let mut known: HashMap<Sight, u32> = HashMap::new();
    let mut seen: Vec<(u32, ServiceIdx)> = Vec::new();
    let mut asked: Vec<usize> = vec![0; structure.len()];
    for (turn, failed) in (1..).zip(services) {
        scalar.evaluate(&[(*failed, level)]);
        for service in scalar.touched().iter().flat_map(|touched| structure.dependents(*touched)) {
            let decided = scalar.level(service) >= structure.worst();
            let again = asked.get_mut(service.get()).is_none_or(|asked| std::mem::replace(asked, turn) == turn);
            if again || decided || !joint.get(service.get()).is_some_and(|joint| *joint) {
                continue;
            }
            let differs = |to: &ServiceIdx| scalar.level(*to) != structure.baseline(*to);
            let sees = structure.dependencies(service).filter(differs).map(|to| (to, scalar.level(to))).collect();
            let next = known.len() as u32;
            seen.push((*known.entry((service.get() as u32, scalar.level(service), sees)).or_insert(next), *failed));
        }
    }
    let mut sights: Vec<Sight> = vec![Sight::default(); known.len()];
    for (sight, number) in known {
        if let Some(at) = sights.get_mut(number as usize) {
            *at = sight;
        }
    }
    seen.sort_unstable_by_key(|(sight, failed)| (sights_at(&sights, *sight), *sight, *failed));
    (sights, seen)
}

/// Says at one service whether two sights together are worse than each alone.
struct Judge<'s> {
    structure: &'s Structure,
    /// How many more dependencies must fail than do anyway, where a number is its rule.
    needed: Option<usize>,
    node: crate::model::rule::Node,
}

impl<'s> Judge<'s> {
    fn new(model: &Model, structure: &'s Structure, at: Instant, service: ServiceIdx) -> Self {
        let anyway = structure.dependencies(service).filter(|to| structure.baseline(*to) > 0).count();
        let needed = structure.threshold(service).map(|needed| needed.saturating_sub(anyway));
        Self { structure, needed, node: model.node(service, at) }
    }
    fn is_worse(&self, a: &Sight, b: &Sight) -> bool {
        if self.needed.is_some_and(|needed| a.2.len() + b.2.len() < needed) {
            return false;
        }
        let mut both: BTreeMap<ServiceIdx, Level> = a.2.iter().copied().collect();
        for (service, level) in &b.2 {
            let worst = both.entry(*service).or_insert(*level);
            *worst = (*worst).max(*level);
        }
        let level = |service: ServiceIdx| both.get(&service).copied().unwrap_or_else(|| self.structure.baseline(service));
        meaning(&self.node, self.structure.worst(), level) > a.1.max(b.1)
    }
}

/// Evaluates two failures alone and together.
pub(super) struct Both<'s> {
    first: Scalar<'s>,
    second: Scalar<'s>,
    pub both: Scalar<'s>,
    /// What the first evaluator holds.
    held: Option<(ServiceIdx, Level)>,
}

impl<'s> Both<'s> {
    pub fn new(structure: &'s Structure) -> Self {
        Self { first: Scalar::new(structure), second: Scalar::new(structure), both: Scalar::new(structure), held: None }
    }
    /// What two failures bring together; none where that is nothing.
    pub fn together(&mut self, model: &Model, stakes: &Stakes, a: (ServiceIdx, Level), b: (ServiceIdx, Level)) -> Option<Together> {
        if self.held != Some(a) {
            self.first.evaluate(&[a]);
            self.held = Some(a);
        }
        self.second.evaluate(&[b]);
        self.both.evaluate(&[a, b]);
        let mut found: Option<Together> = None;
        for service in self.both.touched() {
            let level = self.both.level(*service);
            let alone = self.first.level(*service).max(self.second.level(*service));
            if level <= alone || level <= self.both.structure().baseline(*service) {
                continue;
            }
            let one = Together { service: *service, level, alone, services: 0, critical: 0, users: 0 };
            let all = found.get_or_insert_with(|| one.clone());
            if stakes.rank(model, *service) < stakes.rank(model, all.service) {
                (all.service, all.level, all.alone) = (one.service, level, alone);
            }
            all.services += 1;
            all.critical += u64::from(stakes.critical(*service));
            all.users += stakes.users(*service);
        }
        found
    }
}
