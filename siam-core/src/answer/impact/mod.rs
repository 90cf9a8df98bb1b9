//! `impact`: what follows when services fail.
//!
//! Goes in: failed services with levels, and services of which nothing is known. Comes out: every service reached, with its
//! level, its users, its suppliers, the shortest route to the cause and the reason at each node.
//! **Invariant:** the same failures give the same rows in the same order, whatever order they were given in.
//! **Not here:** gates (`structure`), drawing (`report::picture`).

mod explain;
mod picture;
mod query;
mod tables;

pub use query::{FailureOrigin, FailureQuery, ImpactQuery};
pub use tables::{IMPACT, IMPACT_AGREEMENTS, IMPACT_ROUTES, IMPACT_SUMMARY};

use crate::answer::scenario::{Resolving, own_levels};
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, Table, codes};
use crate::ecosystem::{Ecosystem, Map};
use crate::model::rule::{Level, ServiceIdx};
use crate::report::{Answer, Catalogue, Picture, Reason, Stamp};
use crate::structure::{Routes, Scalar};
use std::collections::BTreeMap;

/// Who is hit, how badly, by which route.
#[derive(Clone)]
pub struct ImpactReport {
    ecosystem: Ecosystem,
    at: Instant,
    reached: Vec<Reached>,
    own: BTreeMap<ServiceIdx, (Level, Level)>,
    tables: [Table; 4],
    problems: Problems,
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
    /// Its level when nothing fails.
    before: Level,
    /// From the service to the one that failed; empty where its level became better.
    route: Vec<ServiceIdx>,
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
    let scenario = resolve(ecosystem, query)?;
    let mut reached = walk(ecosystem.map(scenario.at), &scenario);
    if let Some(to) = scenario.to {
        reached.retain(|one| one.service == to);
    }
    tables::sort(&mut reached, ecosystem, scenario.at);
    let tables = tables::tables(ecosystem, scenario.at, &reached, &scenario.own, query.at.is_some());
    let problems = Problems::new();
    Ok(ImpactReport { ecosystem: ecosystem.clone(), at: scenario.at, reached, own: scenario.own, tables, problems })
}

/// A question with names resolved.
struct Scenario {
    at: Instant,
    own: BTreeMap<ServiceIdx, (Level, Level)>,
    to: Option<ServiceIdx>,
}

fn resolve(ecosystem: &Ecosystem, query: &ImpactQuery) -> Result<Scenario, Error> {
    let mut resolving = Resolving::new(ecosystem, query.at);
    let failures = resolving.failures(&query.failures);
    let unknown = resolving.services(&query.unknown);
    let to = query.to.as_deref().and_then(|name| resolving.service(name));
    if query.failures.is_empty() && query.unknown.is_empty() {
        let problem =
            Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "failures").with("value", Argument::user(""));
        resolving.problem(problem.with("expected", "a list of failed services").with("example", "at least one service"));
    }
    let (at, own) = (resolving.at, own_levels(&failures, &unknown, resolving.worst()));
    resolving.finish(Scenario { at, own, to })
}

/// Evaluates the gates and traces the routes.
fn walk(map: &Map, scenario: &Scenario) -> Vec<Reached> {
    let structure = &map.structure;
    let mut scalar = Scalar::new(structure);
    let mut routes = Routes::new(structure);
    let known = scenario.own.values().all(|(best, worst)| best == worst);
    let worst_case: Vec<(ServiceIdx, Level)> = scenario.own.iter().map(|(service, (_, worst))| (*service, *worst)).collect();
    let mut reached: Vec<Reached> = if known {
        let touched = scalar.evaluate(&worst_case).to_vec();
        let level = |service| (scalar.level(service), scalar.level(service));
        let reach = |service| {
            let (best, worst) = level(service);
            Reached { service, best, worst, tight: true, before: structure.baseline(service), route: Vec::new() }
        };
        touched.into_iter().map(reach).collect()
    } else {
        let bounds: Vec<(ServiceIdx, (Level, Level))> = scenario.own.iter().map(|(service, own)| (*service, *own)).collect();
        let found = scalar.evaluate_interval(&bounds).to_vec();
        scalar.evaluate(&worst_case);
        let reach = |one: crate::structure::IntervalLevel| Reached {
            service: one.service,
            best: one.best,
            worst: one.worst,
            tight: one.tight,
            before: structure.baseline(one.service),
            route: Vec::new(),
        };
        found.into_iter().map(reach).collect()
    };
    routes.trace(&scalar);
    for one in &mut reached {
        one.route = routes.route(one.service).unwrap_or_default();
    }
    reached
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
