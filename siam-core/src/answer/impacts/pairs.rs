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
use crate::structure::{Alone, BatchOptions, Group, Row, Scalar, Scenarios, Structure, Visit, batch};
use std::collections::HashMap;

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
pub(super) fn candidates(
    ecosystem: &Ecosystem,
    at: Instant,
    (services, level): (&[ServiceIdx], Level),
    most: usize,
    options: BatchOptions,
) -> Candidates {
    let structure = &ecosystem.map(at).structure;
    let (sights, seen) = look(structure, services, level, options);
    let mut pairs: Vec<(ServiceIdx, ServiceIdx)> = Vec::new();
    let mut cut = false;
    let mut alone = Alone::new(structure);
    for classes in seen.chunk_by(|a, b| sights_at(&sights, a.0) == sights_at(&sights, b.0)) {
        let classes: Vec<&[(u32, ServiceIdx)]> = classes.chunk_by(|a, b| a.0 == b.0).collect();
        let Some(service) = classes.first().and_then(|class| class.first()).and_then(|(sight, _)| sights.get(*sight as usize))
        else {
            continue;
        };
        let mut judge = Judge::new(structure, &mut alone, ServiceIdx::new(service.0 as usize));
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
fn look(
    structure: &Structure,
    services: &[ServiceIdx],
    level: Level,
    options: BatchOptions,
) -> (Vec<Sight>, Vec<(u32, ServiceIdx)>) {
    let needs_more = |service: ServiceIdx| match structure.threshold(service) {
        Some(needed) => needed > 1,
        None => structure.dependencies(service).next().is_some(),
    };
    let joint: Vec<bool> = (0..structure.len()).map(|at| needs_more(ServiceIdx::new(at))).collect();
    let scenarios = Scenarios::Each { services, level };
    let lookouts = batch(structure, &scenarios, options, || Lookout::new(structure, &joint));
    let mut known: HashMap<Sight, u32> = HashMap::new();
    let mut seen: Vec<(u32, ServiceIdx)> = Vec::new();
    for lookout in lookouts {
        let mut numbers = vec![0; lookout.known.len()];
        let mut sights: Vec<(Sight, u32)> = lookout.known.into_iter().collect();
        sights.sort_unstable();
        for (sight, local) in sights {
            let next = known.len() as u32;
            if let Some(number) = numbers.get_mut(local as usize) {
                *number = *known.entry(sight).or_insert(next);
            }
        }
        let number = |local: u32| numbers.get(local as usize).copied().unwrap_or(u32::MAX);
        let failed = |scenario: usize| services.get(scenario).copied();
        seen.extend(lookout.seen.iter().filter_map(|(local, scenario)| Some((number(*local), failed(*scenario)?))));
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

/// Notes how failures are seen where more than one is needed.
struct Lookout<'s> {
    structure: &'s Structure,
    /// By service: whether it needs more than one.
    joint: &'s [bool],
    known: HashMap<Sight, u32>,
    /// Sights and the scenarios in which they are seen.
    seen: Vec<(u32, usize)>,
    next: Vec<ServiceIdx>,
    open: Vec<u64>,
}

impl<'s> Lookout<'s> {
    fn new(structure: &'s Structure, joint: &'s [bool]) -> Self {
        Self { structure, joint, known: HashMap::new(), seen: Vec::new(), next: Vec::new(), open: Vec::new() }
    }
    /// Those that look at what changed and need more than one, each once.
    fn look_from(&mut self, changed: impl Iterator<Item = ServiceIdx>) -> Vec<ServiceIdx> {
        let mut next = std::mem::take(&mut self.next);
        next.clear();
        let above = changed.flat_map(|service| self.structure.dependents(service));
        next.extend(above.filter(|service| self.joint.get(service.get()).is_some_and(|joint| *joint)));
        next.sort_unstable();
        next.dedup();
        next
    }
    fn note(&mut self, scenario: usize, service: ServiceIdx, own: Level, sees: Vec<(ServiceIdx, Level)>) {
        let next = self.known.len() as u32;
        let number = *self.known.entry((service.get() as u32, own, sees)).or_insert(next);
        self.seen.push((number, scenario));
    }
}

impl Visit for Lookout<'_> {
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>) {
        let structure = self.structure;
        let next = self.look_from(scalar.touched().iter().copied());
        for service in &next {
            let own = scalar.level(*service);
            // A failure that takes it to the worst level alone cannot be worse with another.
            if own < structure.worst() {
                let differs = |to: &ServiceIdx| scalar.level(*to) != structure.baseline(*to);
                let sees = structure.dependencies(*service).filter(differs).map(|to| (to, scalar.level(to))).collect();
                self.note(scenario, *service, own, sees);
            }
        }
        self.next = next;
    }

    fn group(&mut self, group: &Group<'_>) {
        let structure = self.structure;
        let rows: HashMap<ServiceIdx, Row<'_>> = group.rows().map(|row| (row.service(), row)).collect();
        let next = self.look_from(group.rows().map(|row| row.service()));
        for service in &next {
            let below: Vec<Row<'_>> = structure.dependencies(*service).filter_map(|to| rows.get(&to).copied()).collect();
            let itself = rows.get(service);
            let mut open = std::mem::take(&mut self.open);
            open.clear();
            open.resize(group.words(), 0);
            for row in &below {
                open.iter_mut().zip(row.differs()).for_each(|(word, differs)| *word |= differs);
            }
            match itself {
                Some(row) => open.iter_mut().zip(row.plane(structure.worst())).for_each(|(word, decided)| *word &= !decided),
                None if structure.baseline(*service) >= structure.worst() => open.fill(0),
                None => {}
            }
            for bit in (0..group.len()).filter(|bit| open.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)) {
                let own = itself.map_or_else(|| structure.baseline(*service), |row| row.level(bit));
                let differs = |row: &&Row<'_>| row.level(bit) != row.baseline();
                let sees = below.iter().filter(differs).map(|row| (row.service(), row.level(bit))).collect();
                self.note(group.scenario(bit), *service, own, sees);
            }
            self.open = open;
        }
        self.next = next;
    }
}

/// Says at one service whether two sights together are worse than each alone.
struct Judge<'a, 's> {
    service: ServiceIdx,
    /// How many more dependencies must fail than do anyway, where a number is its rule.
    needed: Option<usize>,
    alone: &'a mut Alone<'s>,
}

impl<'a, 's> Judge<'a, 's> {
    fn new(structure: &Structure, alone: &'a mut Alone<'s>, service: ServiceIdx) -> Self {
        let anyway = structure.dependencies(service).filter(|to| structure.baseline(*to) > 0).count();
        let needed = structure.threshold(service).map(|needed| needed.saturating_sub(anyway));
        Self { service, needed, alone }
    }
    fn is_worse(&mut self, a: &Sight, b: &Sight) -> bool {
        if self.needed.is_some_and(|needed| a.2.len() + b.2.len() < needed) {
            return false;
        }
        self.alone.felt_of(self.service, a.2.iter().chain(&b.2).copied()) > a.1.max(b.1)
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
    pub fn together(
        &mut self,
        model: &Model,
        stakes: &Stakes,
        a: (ServiceIdx, Level),
        b: (ServiceIdx, Level),
    ) -> Option<Together> {
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
