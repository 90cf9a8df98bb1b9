//! `impact`: what follows when services fail.
//!
//! Goes in: failed services with levels, and services of which nothing is known. Comes out: every service reached, with its
//! level, its users, its suppliers, the shortest route to the cause and the reason at each node.
//! **Invariant:** the same failures give the same rows in the same order, whatever order they were given in.
//! **Not here:** gates (`structure`), drawing (`report::picture`).

mod changed;
mod excuses;
mod explain;
mod interfaces;
mod origins;
mod picture;
mod query;
mod tables;
#[cfg(test)]
mod tests;

pub use excuses::IMPACT_EXCUSES;
pub use interfaces::IMPACT_INTERFACES;
pub use query::{
    AddedQuery, DependencyQuery, Excuses, FailureOrigin, FailureQuery, ImpactAs, ImpactQuery, ScenarioQuery, WeakenedQuery,
};
pub use tables::{IMPACT, IMPACT_AGREEMENTS, IMPACT_ROUTES, IMPACT_SUMMARY};

use crate::answer::given::{KEPT, not_given};
use crate::answer::scenario::{OwnLevels, Resolving, Scenario, own_levels};
use crate::answer::view::View;
use crate::base::{Error, Instant, Place, Problem, Problems, Table, codes};
use crate::ecosystem::{Ecosystem, Map};
use crate::model::Model;
use crate::model::party::PartyIdx;
use crate::model::rule::{Level, Node, ServiceIdx};
use crate::report::{Answer, Catalogue, Picture, Reason, Stamp};
use crate::structure::{Excerpt, Routes, Scalar, Start, Structure, Ways};
use origins::Taken;
pub(super) use origins::{own_causes, settle};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who is hit, how badly, by which route.
#[derive(Clone)]
pub struct ImpactReport {
    ecosystem: Ecosystem,
    at: Instant,
    reached: Vec<Reached>,
    own: OwnLevels,
    scene: Arc<Scene>,
    ways: Arc<Ways>,
    tables: [Table; 6],
    problems: Problems,
}

/// The map the scenario ran on: the compiled one, or an excerpt of it with changed dependencies.
struct Scene {
    excerpt: Option<Excerpt>,
    nodes: BTreeMap<ServiceIdx, Node>,
}

impl Scene {
    fn structure<'a>(&'a self, map: &'a Map) -> &'a Structure {
        self.excerpt.as_ref().map_or(&map.structure, Excerpt::structure)
    }
    /// The index of a service in that map.
    fn inner(&self, service: ServiceIdx) -> Option<ServiceIdx> {
        self.excerpt.as_ref().map_or(Some(service), |excerpt| excerpt.inner(service))
    }
    /// The service of an index of that map.
    fn outer(&self, service: ServiceIdx) -> ServiceIdx {
        self.excerpt.as_ref().map_or(service, |excerpt| excerpt.outer(service))
    }
    /// What a service rests on in the scenario.
    fn node(&self, model: &Model, service: ServiceIdx, at: Instant) -> Node {
        self.nodes.get(&service).cloned().unwrap_or_else(|| model.node(service, at))
    }
}

/// A service whose level differs from what it is when nothing fails.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reached {
    service: ServiceIdx,
    /// Its level in the best and in the worst case; the same where every input is known.
    best: Level,
    worst: Level,
    /// Whether the two bounds can both be reached.
    tight: bool,
    /// Its level when nothing fails; where nothing does, its level without the changes.
    before: Level,
    /// Where its route to the one that failed starts; there is none where its level became better.
    start: Option<Start>,
    /// The worst it can be with planned failures taken away.
    unplanned: Level,
    /// What became of the failures given for it.
    origin: Option<Taken>,
}

impl Reached {
    /// Worse than before, and as before once planned failures are taken away.
    fn is_planned(&self) -> bool {
        self.worst > self.before && self.unplanned <= self.before
    }
}

/// What follows when services fail.
///
/// ```
/// use siam_core::{Source, answer::impact::{FailureQuery, ImpactQuery, impact}, base::columns::Cell, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// services:
///   wan-a: {}
///   wan-b: {}
///   network: {depends_on: [{any_of: [wan-a, wan-b]}]}
///   email: {depends_on: [network], users: 4000}
/// ")])?;
/// let both = ImpactQuery { failures: vec![FailureQuery::of("wan-a"), FailureQuery::of("wan-b")], ..Default::default() };
/// let report = impact(&ecosystem, &both)?;
/// assert_eq!(report.rows().rows(), 4);
/// assert_eq!(report.rows().cell(0, "service"), Cell::Text("email".into()));
/// assert_eq!(report.rows().cell(0, "route"), Cell::Text("email > network > wan-a".into()));
/// let one = ImpactQuery { failures: vec![FailureQuery::of("wan-a")], ..Default::default() };
/// assert_eq!(impact(&ecosystem, &one)?.rows().rows(), 1);
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn impact(ecosystem: &Ecosystem, query: &ImpactQuery) -> Result<ImpactReport, Error> {
    let asked = resolve(ecosystem, query)?;
    let (scenario, at) = (&asked.scenario, asked.scenario.at);
    let mut problems = Problems::new();
    let mut view = View::new(ecosystem, scenario)?;
    let causes = origins::settle(&mut view, scenario, ecosystem.model(), &mut problems);
    let own = own_levels(&causes.failures, &scenario.unknown, scenario.worst);
    let scene = Scene { excerpt: view.excerpt(&own)?, nodes: scenario.nodes.clone() };
    let (mut reached, ways) = match &scene.excerpt {
        Some(excerpt) if own.is_empty() => {
            changed::walk(&ecosystem.map(at).structure, excerpt, |service| scene.nodes.contains_key(&service))
        }
        _ => walk(ecosystem.map(at), &scene, &own),
    };
    if let Some(to) = asked.to {
        reached.retain(|one| one.service == to);
    }
    tables::sort(&mut reached, ecosystem, at);
    let unplanned = causes.failures.iter().any(|failure| failure.planned).then(|| {
        let left = causes.failures.iter().filter(|failure| !failure.planned);
        view.levels(&own_levels(left, &scenario.unknown, scenario.worst))
    });
    for one in &mut reached {
        one.unplanned = unplanned.as_ref().map_or(one.worst, |levels| levels.of(one.service).1);
        one.origin = causes.taken.get(&one.service).copied();
    }
    let recompiled = view.recompiled();
    if recompiled > 0 {
        problems.push(Problem::new(&codes::MAP_RECOMPILED, Place::Nowhere).with("services", recompiled), KEPT);
    }
    let excuses = excuses::table(ecosystem, &mut view, scenario, &causes.failures, &reached, asked.excuses.as_deref());
    let dated = query.at.is_some();
    let ([rows, routes, agreements, summary], left) = tables::tables(ecosystem, at, &reached, &ways, &own, dated, recompiled);
    if left > 0 {
        let problem = Problem::new(&codes::ROUTES_LEFT_OUT, Place::Nowhere).with("left", left);
        problems.push(problem.with("limit", tables::ROUTE_ROWS), KEPT);
    }
    let interfaces = interfaces::table(ecosystem, at, &reached, &ways);
    let tables = [rows, routes, agreements, summary, excuses, interfaces];
    Ok(ImpactReport {
        ecosystem: ecosystem.clone(),
        at,
        reached,
        own,
        scene: Arc::new(scene),
        ways: Arc::new(ways),
        tables,
        problems,
    })
}

/// A question with names resolved.
struct Asked {
    scenario: Scenario,
    to: Option<ServiceIdx>,
    /// The parties for whom excuses are asked; none for all whose services failed.
    excuses: Option<Vec<PartyIdx>>,
}

fn resolve(ecosystem: &Ecosystem, query: &ImpactQuery) -> Result<Asked, Error> {
    let mut resolving = Resolving::new(ecosystem, query.at);
    let scenario = resolving.scenario(&query.scenario());
    let to = query.to.as_deref().and_then(|name| resolving.service(name));
    let excuses = match &query.excuses {
        Excuses::None => Some(Vec::new()),
        Excuses::All => None,
        Excuses::Parties(names) => Some(names.iter().filter_map(|name| resolving.party(name)).collect()),
    };
    if query.scenario().is_empty() {
        resolving.problem(not_given("failures", "at least one service that failed, or a change of the map"));
    }
    resolving.finish(Asked { scenario, to, excuses })
}

/// Evaluates the gates and traces the routes.
fn walk(map: &Map, scene: &Scene, own: &OwnLevels) -> (Vec<Reached>, Ways) {
    let structure = scene.structure(map);
    let mut scalar = Scalar::new(structure);
    let mut routes = Routes::new(structure);
    let inner = own.iter().filter_map(|(service, levels)| Some((scene.inner(*service)?, *levels)));
    let bounds: Vec<(ServiceIdx, (Level, Level))> = inner.collect();
    let worst_case: Vec<(ServiceIdx, Level)> = bounds.iter().map(|(service, (_, worst))| (*service, *worst)).collect();
    let known = bounds.iter().all(|(_, (best, worst))| best == worst);
    let found: Vec<(ServiceIdx, Level, Level, bool)> = if known {
        let touched = scalar.evaluate(&worst_case).to_vec();
        touched.into_iter().map(|service| (service, scalar.level(service), scalar.level(service), true)).collect()
    } else {
        let found = scalar.evaluate_interval(&bounds).iter().map(|one| (one.service, one.best, one.worst, one.tight)).collect();
        scalar.evaluate(&worst_case);
        found
    };
    routes.trace(&scalar);
    let reach = |(service, best, worst, tight): (ServiceIdx, Level, Level, bool)| {
        let (before, start) = (structure.baseline(service), routes.start(service));
        Reached { service: scene.outer(service), best, worst, tight, before, start, unplanned: worst, origin: None }
    };
    let reached = found.into_iter().map(reach).collect();
    (reached, routes.into_ways(|service| scene.outer(service)))
}

impl ImpactReport {
    /// One row per service reached.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// The services of each route, step by step.
    pub fn routes(&self) -> &Table {
        &self.tables[1]
    }
    /// The agreements touched.
    pub fn agreements(&self) -> &Table {
        &self.tables[2]
    }
    /// The figures of the whole.
    pub fn summary(&self) -> &Table {
        &self.tables[3]
    }
    /// What would not have been felt without a party's failures, where that was asked.
    pub fn excuses(&self) -> &Table {
        &self.tables[4]
    }
    /// Where the routes pass from one party to another, and the interfaces there.
    pub fn interfaces(&self) -> &Table {
        &self.tables[5]
    }
}

impl Answer for ImpactReport {
    fn operation(&self) -> &'static str {
        "impact"
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
