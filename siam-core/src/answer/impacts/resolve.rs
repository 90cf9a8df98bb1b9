//! Names of a question to indexes: which scenarios there are, and what they are called.
//!
//! Goes in: an ecosystem, a question. Comes out: scenarios as numbers, or every name that does not exist.
//! **Invariant:** only what exists at the instant asked can fail; two scenarios have two names.
//! **Not here:** which pairs matter (`pairs`), what follows (`structure`).

use super::given::{Changed, given};
use super::query::{Among, ImpactsQuery, ScenarioKind, ScenarioOrder};
use crate::answer::given::KEPT;
use crate::base::{Argument, Error, Idx, Instant, Place, Problem, Problems, codes};
use crate::ecosystem::{Ecosystem, asked};
use crate::model::party::PartyIdx;
use crate::model::rule::{Level, ServiceIdx};
use crate::model::{Known, Model};
use crate::structure::{BatchOptions, Scenarios, Structure};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A question with names resolved.
pub(super) struct Resolved {
    pub at: Instant,
    pub asked: Asked,
    /// What is worth knowing about the scenarios.
    pub told: Problems,
    pub critical_only: bool,
    pub worst_first: bool,
    pub limit: Option<usize>,
    pub options: BatchOptions,
}

/// Scenarios by number.
#[derive(Debug)]
pub(super) enum Asked {
    /// Every one of these services alone, called as it is.
    Each { services: Vec<ServiceIdx>, level: Level },
    /// These services may fail two at a time; which pairs matter is not known yet.
    PairsOf { services: Vec<ServiceIdx>, level: Level },
    /// Pairs, called as both are.
    Pairs { at: Vec<u32>, own: Vec<(ServiceIdx, Level)> },
    /// All that a party provides, called as it is.
    Suppliers { parties: Vec<PartyIdx>, at: Vec<u32>, own: Vec<(ServiceIdx, Level)> },
    /// Given ones with their names.
    Given { names: Vec<String>, at: Vec<u32>, own: Vec<(ServiceIdx, Level)>, changed: BTreeMap<usize, Changed> },
}

impl Asked {
    pub fn scenarios(&self) -> Scenarios<'_> {
        match self {
            Self::Each { services, level } => Scenarios::Each { services, level: *level },
            Self::PairsOf { .. } => Scenarios::Given { at: &[], own: &[] },
            Self::Pairs { at, own } | Self::Suppliers { at, own, .. } | Self::Given { at, own, .. } => {
                Scenarios::Given { at, own }
            }
        }
    }
    /// The scenario, where the compiled map alone does not answer it.
    pub fn changed(&self, scenario: usize) -> Option<&Changed> {
        match self {
            Self::Given { changed, .. } => changed.get(&scenario),
            _ => None,
        }
    }
    /// The scenarios that the compiled map alone does not answer.
    pub fn all_changed(&self) -> impl Iterator<Item = (usize, &Changed)> {
        let changed = if let Self::Given { changed, .. } = self { Some(changed) } else { None };
        changed.into_iter().flatten().map(|(scenario, changed)| (*scenario, changed))
    }
    /// What a scenario is called.
    pub fn name<'a>(&'a self, model: &'a Model, scenario: usize) -> Cow<'a, str> {
        match self {
            Self::Each { services, .. } | Self::PairsOf { services, .. } => {
                services.get(scenario).map_or("", |service| model.service_name(*service)).into()
            }
            Self::Pairs { .. } => {
                let names: Vec<&str> = self.scenarios().own(scenario).map(|(service, _)| model.service_name(service)).collect();
                names.join(" + ").into()
            }
            Self::Suppliers { parties, .. } => parties.get(scenario).map_or("", |party| model.party_name(*party)).into(),
            Self::Given { names, .. } => names.get(scenario).map_or("", String::as_str).into(),
        }
    }
}

pub(super) fn resolve(ecosystem: &Ecosystem, query: &ImpactsQuery) -> Result<Resolved, Error> {
    let model = ecosystem.model();
    let at = query.at.unwrap_or(Instant::MAX);
    let mut names = Lookup { model, problems: Problems::new() };
    let level = names.level(query.level.as_deref());
    let classes: Vec<_> = query.classes.iter().filter_map(|name| names.find("class", name, &model.names.classes)).collect();
    let parties: Vec<_> = query.providers.iter().filter_map(|name| names.find("party", name, &model.names.parties)).collect();
    let mut told = Problems::new();
    let structure = &ecosystem.map(at).structure;
    let may_fail = || {
        let entries = model.services.entries().filter(|(index, service)| {
            let class = || service.class.at(at).is_some_and(|class| classes.contains(class));
            let provider = || service.provider.at(at).is_some_and(|party| parties.contains(party));
            service.validity.contains(at)
                && (query.among != Some(Among::Components) || is_component(structure, *index))
                && (classes.is_empty() || class())
                && (parties.is_empty() || provider())
        });
        entries.map(|(index, _)| index).collect()
    };
    let asked = match (query.scenarios.kind, query.scenarios.given.is_empty()) {
        (Some(kind), false) => {
            let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "scenarios");
            let problem = problem.with("value", Argument::user(kind.as_str())).with("expected", "alone beside given scenarios");
            names.problems.push(problem.with("example", "either a kind of scenarios or scenarios of your own"), KEPT);
            None
        }
        (None, false) => Some(given(ecosystem, &query.scenarios.given, (query.at, level), &mut names.problems, &mut told)),
        (Some(ScenarioKind::Pairs), true) => Some(Asked::PairsOf { services: may_fail(), level }),
        (Some(ScenarioKind::Suppliers), true) => {
            let groups = by_party(model, at, |party| parties.is_empty() || parties.contains(&party));
            let (mut parties, mut ends, mut own) = (Vec::new(), vec![0], Vec::new());
            for (party, services) in groups {
                parties.push(party);
                own.extend(services.into_iter().map(|service| (service, level)));
                // Every failure is a row of the table `failures`, which could not be held long before this number ends.
                ends.push(u32::try_from(own.len()).unwrap_or(u32::MAX));
            }
            Some(Asked::Suppliers { parties, at: ends, own })
        }
        _ => Some(Asked::Each { services: may_fail(), level }),
    };
    let limit = query.limit.map(|limit| limit as usize);
    let threads = query.threads.unwrap_or(0) as usize;
    match asked {
        Some(asked) if names.problems.is_empty() => Ok(Resolved {
            at,
            asked,
            told,
            critical_only: query.critical_only.unwrap_or(false),
            worst_first: query.order != Some(ScenarioOrder::Given),
            limit,
            options: BatchOptions { threads, lanes: None },
        }),
        _ => Err(Error::from_problems(names.problems)),
    }
}

/// Whether a service depends on nothing.
pub(in crate::answer) fn is_component(structure: &Structure, service: ServiceIdx) -> bool {
    structure.dependencies(service).next().is_none()
}

/// By wanted party, the services that it and its subcontractors provide: theirs are its own failures. A party without any is not there.
/// What it takes grows with what it gives, however deep the subcontractors stand.
pub(in crate::answer) fn by_party(
    model: &Model,
    at: Instant,
    wanted: impl Fn(PartyIdx) -> bool,
) -> BTreeMap<PartyIdx, Vec<ServiceIdx>> {
    let nearest = party_at_or_above(model, wanted);
    let nearest = |party: PartyIdx| nearest.get(party.get()).copied().flatten();
    let mut found: BTreeMap<PartyIdx, Vec<ServiceIdx>> = BTreeMap::new();
    for (index, service) in model.services.entries().filter(|(_, service)| service.validity.contains(at)) {
        let mut party = service.provider.at(at).copied().and_then(nearest);
        while let Some(own) = party {
            found.entry(own).or_default().push(index);
            party = model.parties.get(own).and_then(|party| party.subcontractor_of).and_then(nearest);
        }
    }
    found
}

/// For each party the first wanted one among itself and the primes above it.
pub(in crate::answer) fn party_at_or_above(model: &Model, wanted: impl Fn(PartyIdx) -> bool) -> Vec<Option<PartyIdx>> {
    let mut known: Vec<Option<Option<PartyIdx>>> = vec![None; model.parties.len()];
    let mut way: Vec<PartyIdx> = Vec::new();
    for (party, _) in model.parties.entries() {
        let (mut next, mut above) = (Some(party), None);
        while let Some(here) = next {
            if let Some(found) = known.get(here.get()).copied().flatten() {
                above = found;
                break;
            }
            way.push(here);
            next = model.parties.get(here).and_then(|party| party.subcontractor_of);
        }
        while let Some(here) = way.pop() {
            above = if wanted(here) { Some(here) } else { above };
            if let Some(slot) = known.get_mut(here.get()) {
                *slot = Some(above);
            }
        }
    }
    known.into_iter().map(Option::flatten).collect()
}

/// Finds names and keeps what is wrong with them.
pub(in crate::answer) struct Lookup<'m> {
    pub model: &'m Model,
    pub problems: Problems,
}

impl Lookup<'_> {
    fn keep(&mut self, error: &Error) {
        self.problems.append(error.problems().clone(), KEPT);
    }
    fn find<T>(&mut self, kind: &'static str, name: &str, names: &impl Known<T>) -> Option<Idx<T>> {
        let found = names.index(name);
        if found.is_none() {
            self.keep(&asked(kind, name, names.known()));
        }
        found
    }
    /// A level by name; the worst unless named.
    pub fn level(&mut self, name: Option<&str>) -> Level {
        let levels = &self.model.levels;
        let worst = Level::try_from(levels.len().saturating_sub(1)).unwrap_or(Level::MAX);
        let Some(name) = name else { return worst };
        self.model.level(name).unwrap_or_else(|| {
            self.keep(&asked("level", name, levels.iter().map(String::as_str)));
            worst
        })
    }
}
