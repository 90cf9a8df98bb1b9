//! `root_causes`: which failures are behind a bad service.
//!
//! Goes in: failed services or given levels, the services to explain, a mode. Comes out: causes with the ways to them.
//! **Invariant:** a service on several ways is looked at once; the same question gives the same rows.
//! **Not here:** what a rule blames (`structure`), what follows from a failure (`impact`).

mod explain;
mod follow;
mod heal;
mod picture;
mod query;
mod tables;
#[cfg(test)]
mod tests;

pub(super) use heal::{bounded, not_monotone};
pub use query::{CauseMode, RootCausesQuery};
pub use tables::{NODES, PARTIES, ROWS, SUMMARY};

use crate::answer::impact::own_causes;
use crate::answer::scenario::{Resolving, own_levels};
use crate::base::{Error, Instant, Place, Problem, Problems, Table, codes};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::{Answer, Catalogue, Picture, Reason, Stamp};
use crate::structure::{Scalar, Structure};
use follow::{Levels, Met};
use heal::Healing;
use std::collections::BTreeMap;

/// Sets of a service that are listed unless the question says otherwise.
const LISTED: u32 = 100;

/// Which failures are behind bad services.
#[derive(Clone)]
pub struct RootCausesReport {
    ecosystem: Ecosystem,
    asked: Asked,
    found: Vec<Explained>,
    /// For each row: which bad service, which of its sets, and the cause.
    places: Vec<(usize, usize, ServiceIdx)>,
    tables: [Table; 4],
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
    /// What min_heal found; none in other modes, and where the service is good enough.
    healing: Option<Healing>,
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
///
/// ```
/// use siam_core::answer::{root_causes::{RootCausesQuery, root_causes}, scenario::FailureQuery};
/// use siam_core::{Source, base::columns::Cell, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// services:
///   wan-a: {}
///   wan-b: {}
///   dns: {}
///   network: {depends_on: [{any_of: [wan-a, wan-b]}]}
///   email: {depends_on: [network, dns]}
/// ")])?;
/// let failures = ["wan-a", "wan-b", "dns"].map(FailureQuery::of).to_vec();
/// let query = RootCausesQuery { bad: vec!["email".into()], failures, ..Default::default() };
/// let report = root_causes(&ecosystem, &query)?;
/// // dns must be repaired, and one of the two lines.
/// assert_eq!(report.rows().rows(), 4);
/// assert_eq!(report.rows().cell(1, "route"), Cell::Text("email > network > wan-a".into()));
/// assert_eq!(report.summary().cell(0, "sets"), Cell::Text("2".into()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn root_causes(ecosystem: &Ecosystem, query: &RootCausesQuery) -> Result<RootCausesReport, Error> {
    let mut problems = Problems::new();
    let asked = resolve(ecosystem, query, &mut problems)?;
    let found = walk(ecosystem, &asked, &mut problems);
    let naming = tables::Naming { ecosystem, at: asked.at };
    let (tables, places) = tables::tables(&naming, asked.mode, &found);
    Ok(RootCausesReport { ecosystem: ecosystem.clone(), asked, found, places, tables, problems })
}

/// A question with names resolved.
#[derive(Debug, Clone)]
struct Asked {
    at: Instant,
    bad: Vec<ServiceIdx>,
    own: Vec<(ServiceIdx, Level)>,
    states: Vec<(ServiceIdx, Level)>,
    mode: CauseMode,
    to: Option<Level>,
    normal: Level,
    worst: Level,
    limit: usize,
}

fn resolve(ecosystem: &Ecosystem, query: &RootCausesQuery, problems: &mut Problems) -> Result<Asked, Error> {
    let mut resolving = Resolving::new(ecosystem, query.at);
    let failures = resolving.failures(&query.failures);
    let states = resolving.failures(&query.states);
    let bad = resolving.services(&query.bad);
    let to = query.to.as_deref().and_then(|name| resolving.level(name));
    let normal = query.normal.as_deref().and_then(|name| resolving.level(name)).unwrap_or(0);
    let (at, worst) = (resolving.at, resolving.worst());
    let mode = query.mode.unwrap_or(CauseMode::MinHeal);
    if mode == CauseMode::MinHeal && !query.states.is_empty() {
        resolving.problem(Problem::new(&codes::STATES_NOT_HEALED, Place::Nowhere));
    }
    let limit = usize::try_from(query.limit.unwrap_or(LISTED)).unwrap_or(usize::MAX);
    resolving.finish(())?;
    // What is a cause and what was seen of one is settled as for `impact`.
    let own = own_causes(ecosystem, at, worst, (&failures, &states), problems)?;
    let states = own_levels(&states, &[], worst).into_iter().map(|(service, (_, level))| (service, level)).collect();
    Ok(Asked { at, bad, own, states, mode, to, normal, worst, limit })
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

fn walk(ecosystem: &Ecosystem, asked: &Asked, problems: &mut Problems) -> Vec<Explained> {
    let model = ecosystem.model();
    let structure = &ecosystem.map(asked.at).structure;
    let effective = Effective::of(structure, asked);
    let mut own: BTreeMap<ServiceIdx, Level> = BTreeMap::new();
    for (service, level) in &asked.own {
        let entry = own.entry(*service).or_insert(*level);
        *entry = (*entry).max(*level);
    }
    let states: BTreeMap<ServiceIdx, Level> = asked.states.iter().copied().collect();
    let own_level = |service: ServiceIdx| {
        let given = states.get(&service).filter(|_| structure.dependencies(service).next().is_none());
        own.get(&service).max(given).copied().unwrap_or(0)
    };
    let from = asked.to.map_or(0, |to| to + 1);
    let level = |service| effective.level(service);
    let levels = Levels { effective: &level, own: &own_level, worst: asked.worst, normal: asked.normal, from };
    let bad = if asked.bad.is_empty() { all_bad(ecosystem, asked.at, &effective) } else { asked.bad.clone() };
    let mut explain = |bad: ServiceIdx| {
        if asked.mode == CauseMode::MinHeal {
            return heal::explain(ecosystem, asked, bad, &level, &own_level, problems);
        }
        let met = follow::follow(model, asked.at, bad, asked.mode, &levels);
        let causes: Vec<ServiceIdx> = met.iter().filter(|one| one.cause).map(|one| one.service).collect();
        let sets = if causes.is_empty() { Vec::new() } else { vec![causes] };
        let levels = met.iter().map(|one| (one.service, (level(one.service), own_level(one.service)))).collect();
        let visited = met.len();
        Explained { bad, level: level(bad), to: None, sets, met, levels, visited, healing: None }
    };
    bad.into_iter().map(&mut explain).collect()
}

impl RootCausesReport {
    /// One row per bad service, set and cause.
    pub fn rows(&self) -> &Table {
        let [rows, ..] = &self.tables;
        rows
    }
    /// Every service on the way to a cause.
    pub fn nodes(&self) -> &Table {
        let [_, nodes, ..] = &self.tables;
        nodes
    }
    /// Which parties together suffice to be healed.
    pub fn parties(&self) -> &Table {
        let [_, _, parties, _] = &self.tables;
        parties
    }
    /// The figures of each bad service.
    pub fn summary(&self) -> &Table {
        let [.., summary] = &self.tables;
        summary
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
        explain::explain(self, row)
    }
    fn picture(&self, catalogue: &Catalogue) -> Option<Picture> {
        Some(picture::picture(self, catalogue))
    }
}
