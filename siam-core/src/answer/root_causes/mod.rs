//! `root_causes`: which failures are behind a bad service.
//!
//! Goes in: failed services or given levels, the services to explain, a mode. Comes out: causes with the ways to them.
//! **Invariant:** a service on several ways is looked at once; the same question gives the same rows.
//! **Not here:** what a rule blames (`structure`), what follows from a failure (`impact`).

mod follow;
mod query;
mod tables;
#[cfg(test)]
mod tests;

pub use query::{CauseMode, RootCausesQuery};
pub use tables::{NODES, ROWS, SUMMARY};

use crate::answer::scenario::{Resolving, own_levels};
use crate::base::{Argument, Error, Instant, Problems, Table};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use crate::structure::{Scalar, Structure};
use follow::{Levels, Met};
use std::collections::BTreeMap;

const DEFAULT_MODE: CauseMode = CauseMode::Contributing;

/// Which failures are behind bad services.
#[derive(Clone)]
pub struct RootCausesReport {
    ecosystem: Ecosystem,
    at: Instant,
    mode: CauseMode,
    found: Vec<Explained>,
    /// For each row: which bad service, and the cause.
    places: Vec<(usize, ServiceIdx)>,
    tables: Vec<Table>,
    problems: Problems,
}

/// What was found for one bad service.
#[derive(Debug, Clone)]
struct Explained {
    bad: ServiceIdx,
    level: Level,
    /// The level to heal to.
    to: Option<Level>,
    sets: Vec<Vec<ServiceIdx>>,
    met: Vec<Met>,
    /// Effective and own levels of everything met.
    levels: BTreeMap<ServiceIdx, (Level, Level)>,
    visited: usize,
}

impl Explained {
    fn level_of(&self, service: ServiceIdx) -> Level {
        self.levels.get(&service).map_or(0, |levels| levels.0)
    }
    fn own_of(&self, service: ServiceIdx) -> Level {
        self.levels.get(&service).map_or(0, |levels| levels.1)
    }
}

/// Which failures are behind a bad service.
pub fn root_causes(ecosystem: &Ecosystem, query: &RootCausesQuery) -> Result<RootCausesReport, Error> {
    let asked = resolve(ecosystem, query)?;
    let found = walk(ecosystem, &asked);
    let naming = tables::Naming { ecosystem, at: asked.at };
    let (tables, places) = tables::tables(&naming, query, &found);
    let (ecosystem, at, mode) = (ecosystem.clone(), asked.at, asked.mode);
    Ok(RootCausesReport { ecosystem, at, mode, found, places, tables, problems: Problems::new() })
}

/// A question with names resolved.
struct Asked {
    at: Instant,
    bad: Vec<ServiceIdx>,
    own: Vec<(ServiceIdx, Level)>,
    states: Vec<(ServiceIdx, Level)>,
    mode: CauseMode,
    to: Option<Level>,
    normal: Level,
    worst: Level,
}

fn resolve(ecosystem: &Ecosystem, query: &RootCausesQuery) -> Result<Asked, Error> {
    let mut resolving = Resolving::new(ecosystem, query.at);
    let failures = resolving.failures(&query.failures);
    let states = resolving.failures(&query.states);
    let bad = resolving.services(&query.bad);
    let to = query.to.as_deref().and_then(|name| resolving.level(name));
    let normal = query.normal.as_deref().and_then(|name| resolving.level(name)).unwrap_or(0);
    let (at, worst) = (resolving.at, resolving.worst());
    let own = own_levels(&failures, &[], worst).into_iter().map(|(service, (_, level))| (service, level)).collect();
    let states = own_levels(&states, &[], worst).into_iter().map(|(service, (_, level))| (service, level)).collect();
    let mode = query.mode.unwrap_or(DEFAULT_MODE);
    resolving.finish(Asked { at, bad, own, states, mode, to, normal, worst })
}

/// Effective levels: computed by what changes, or all of them where some are given.
enum Effective<'s> {
    Computed(Box<Scalar<'s>>),
    Given(Vec<Level>),
}

impl<'s> Effective<'s> {
    fn of(structure: &'s Structure, asked: &Asked) -> Self {
        if asked.states.is_empty() {
            let mut scalar = Scalar::new(structure);
            scalar.evaluate(&asked.own);
            return Self::Computed(Box::new(scalar));
        }
        Self::Given(structure.evaluate_given(&asked.own, &asked.states))
    }
    fn level(&self, service: ServiceIdx) -> Level {
        match self {
            Self::Computed(scalar) => scalar.level(service),
            Self::Given(levels) => levels.get(service.get()).copied().unwrap_or(0),
        }
    }
    /// Services that may be worse than best, in the order of their indexes.
    fn reached(&self) -> Vec<ServiceIdx> {
        let mut reached: Vec<ServiceIdx> = match self {
            Self::Computed(scalar) => scalar.touched().to_vec(),
            Self::Given(levels) => (0..levels.len()).map(ServiceIdx::new).collect(),
        };
        reached.retain(|service| self.level(*service) > 0);
        reached.sort_unstable();
        reached
    }
}

/// The services to explain where none is named: the critical ones reached, else those on which no reached one depends.
fn all_bad(ecosystem: &Ecosystem, at: Instant, effective: &Effective<'_>) -> Vec<ServiceIdx> {
    let model = ecosystem.model();
    let structure = &ecosystem.map(at).structure;
    let reached = effective.reached();
    let is_critical = |service: &ServiceIdx| {
        let class = model.services.get(*service).and_then(|service| service.class.at(at));
        class.and_then(|class| model.classes.get(*class)).is_some_and(|class| class.critical)
    };
    let mut bad: Vec<ServiceIdx> = reached.iter().copied().filter(is_critical).collect();
    if bad.is_empty() {
        let is_top = |service: &ServiceIdx| structure.dependents(*service).all(|dependent| effective.level(dependent) == 0);
        bad = reached.iter().copied().filter(is_top).collect();
    }
    bad.sort_by_key(|service| (std::cmp::Reverse(effective.level(*service)), model.service_name(*service)));
    bad
}

fn walk(ecosystem: &Ecosystem, asked: &Asked) -> Vec<Explained> {
    let model = ecosystem.model();
    let structure = &ecosystem.map(asked.at).structure;
    let effective = Effective::of(structure, asked);
    let own: BTreeMap<ServiceIdx, Level> = asked.own.iter().copied().collect();
    let states: BTreeMap<ServiceIdx, Level> = asked.states.iter().copied().collect();
    let own_level = |service: ServiceIdx| {
        let given = states.get(&service).filter(|_| structure.dependencies(service).next().is_none());
        own.get(&service).max(given).copied().unwrap_or(0)
    };
    let from = asked.to.map_or(0, |to| to + 1);
    let level = |service| effective.level(service);
    let levels = Levels { effective: &level, own: &own_level, worst: asked.worst, normal: asked.normal, from };
    let bad = if asked.bad.is_empty() { all_bad(ecosystem, asked.at, &effective) } else { asked.bad.clone() };
    let explain = |bad: ServiceIdx| {
        let met = follow::follow(model, asked.at, bad, asked.mode, &levels);
        let causes: Vec<ServiceIdx> = met.iter().filter(|one| one.cause).map(|one| one.service).collect();
        let sets = if causes.is_empty() { Vec::new() } else { vec![causes] };
        let levels = met.iter().map(|one| (one.service, (level(one.service), own_level(one.service)))).collect();
        let visited = met.len();
        Explained { bad, level: level(bad), to: None, sets, met, levels, visited }
    };
    bad.into_iter().map(explain).collect()
}

impl RootCausesReport {
    /// One row per bad service, set and cause.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
}

impl Answer for RootCausesReport {
    fn operation(&self) -> &'static str {
        "root_causes"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let Some((place, cause)) = self.places.get(row) else { return Err(no_such_row(row, self.places.len())) };
        let naming = tables::Naming { ecosystem: &self.ecosystem, at: self.at };
        let bad = self.found.get(*place).map_or("", |one| naming.name(one.bad));
        let level = self.found.get(*place).map_or(0, |one| one.own_of(*cause));
        let reason = Reason::new("impact-own-level").with("service", Argument::name(naming.name(*cause)));
        let reason = reason.with("level", Argument::name(naming.level(level)));
        Ok(Reason::new("cause-of")
            .with("service", Argument::name(naming.name(*cause)))
            .with("bad", Argument::name(bad))
            .because(reason))
    }
}
