//! `single_points_of_failure`: which services bring others down alone, the worst first.
//!
//! Goes in: an ecosystem, a level, whether only critical services count. Comes out: one row per such service, with the worst service it
//! brings down and the route; all it brings down as a stream.
//! **Invariant:** a service is no single point of failure for being down itself: it must bring down another.
//! **Not here:** two failures that only matter together (`impacts`), minimal cut sets.

#[cfg(test)]
mod tests;

use super::given::Question;
use super::impacts::{Lookup, Services, Telling, Told, allowed, of_scenario, sum};
use super::stakes::{Counting, Hit, Stakes, hits};
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Error, Instant, Limits, Place, Problem, Problems, Schema, Table, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::answer::{TableStream, no_such_row};
use crate::report::{Answer, Reason, Stamp};
use crate::structure::{BatchOptions, Routes, Scalar, Scenarios, Structure};
use std::cmp::Reverse;
use std::sync::Arc;

query! {
    /// Which services bring others down alone?
    pub struct SinglePointsOfFailureQuery = "a question for single_points_of_failure" {
        /// Only what brings down a critical service; true unless given.
        critical_only: Option<bool> = "critical_only",
        /// What counts as down: this level or a worse one; the worst unless given.
        level: Option<String> = "level",
        /// How many rows are kept, the worst; the others are counted. All unless given.
        limit: Option<u32> = "limit",
        /// As at which instant; the ecosystem as last described unless given.
        at: Option<Instant> = "at",
        /// Threads that may be started, as far as the host allows; none unless given. The answer is the same.
        threads: Option<u32> = "threads",
    }
}

impl Question for SinglePointsOfFailureQuery {
    fn within(&mut self, limits: &Limits) {
        self.threads = Some(allowed(self.threads, limits));
    }
}

/// The rows of `single_points_of_failure`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per service that alone brings down others: the worst first by critical services, users, agreements, services, then by name",
    columns: &[
        ColumnSpec { name: "component", kind: ColumnType::Text, doc: "the service that fails, at the worst level" },
        ColumnSpec { name: "title", kind: ColumnType::Text, doc: "its full name" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
        ColumnSpec { name: "class", kind: ColumnType::Text, doc: "its service class" },
        ColumnSpec {
            name: "services",
            kind: ColumnType::Integer,
            doc: "how many other services it brings to the level asked or worse; itself counts in no column",
        },
        ColumnSpec { name: "critical", kind: ColumnType::Integer, doc: "of these, critical ones" },
        ColumnSpec {
            name: "users",
            kind: ColumnType::Integer,
            doc: "sum of their users; one person may count for several services",
        },
        ColumnSpec { name: "agreements", kind: ColumnType::Integer, doc: "agreements that name one of them, each once" },
        ColumnSpec { name: "suppliers", kind: ColumnType::Integer, doc: "parties that provide one of them, each once" },
        ColumnSpec {
            name: "hit",
            kind: ColumnType::Text,
            doc: "the first of them: critical ones first, then by users, then by name",
        },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "its level" },
        ColumnSpec { name: "route", kind: ColumnType::Text, doc: "a shortest causal route, from it to the component" },
    ],
};

/// The figures of `single_points_of_failure` as a whole.
pub const SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row: the figures of the whole",
    columns: &[
        ColumnSpec { name: "services", kind: ColumnType::Integer, doc: "how many services were let fail, each alone" },
        ColumnSpec { name: "single_points", kind: ColumnType::Integer, doc: "of these, how many bring down what was asked for" },
        ColumnSpec { name: "rows", kind: ColumnType::Integer, doc: "how many are shown" },
        ColumnSpec { name: "left_out", kind: ColumnType::Integer, doc: "how many are beyond the limit" },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "the level asked for" },
    ],
};

/// The services brought down, read as a stream.
pub const SERVICES: Schema = Schema {
    name: "services",
    doc: "one row per component shown and other service that it brings down, in the order of the rows; critical ones only where only \
          they were asked for",
    columns: &[
        ColumnSpec { name: "component", kind: ColumnType::Text, doc: "the service that fails" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "a service that it brings down" },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "its level" },
    ],
};

/// Which services bring others down alone.
#[derive(Clone)]
pub struct SinglePointsOfFailureReport {
    found: Arc<Found>,
    stakes: Arc<Stakes>,
    tables: Arc<[Table; 2]>,
    problems: Problems,
}

struct Found {
    ecosystem: Ecosystem,
    at: Instant,
    felt: Level,
    critical_only: bool,
    rows: Vec<Point>,
}

/// A single point of failure: the worst service it brings down, and the way there.
struct Point {
    component: ServiceIdx,
    sums: Hit,
    worst_hit: ServiceIdx,
    level: Level,
    route: Vec<ServiceIdx>,
}

/// Which services bring others down alone, the worst first.
///
/// ```
/// use siam_core::answer::single_points_of_failure::{SinglePointsOfFailureQuery, single_points_of_failure};
/// use siam_core::{Source, base::columns::Cell, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// classes: {vital: {critical: true}}
/// services:
///   power: {}
///   wan-a: {depends_on: [power]}
///   wan-b: {depends_on: [power]}
///   email: {depends_on: [{any_of: [wan-a, wan-b]}], class: vital, users: 4000}
/// ")])?;
/// let points = single_points_of_failure(&acme, &SinglePointsOfFailureQuery::default())?;
/// assert_eq!(points.rows().rows(), 1);
/// assert_eq!(points.rows().cell(0, "route"), Cell::Text("email > wan-a > power".into()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn single_points_of_failure(
    ecosystem: &Ecosystem,
    query: &SinglePointsOfFailureQuery,
) -> Result<SinglePointsOfFailureReport, Error> {
    let Resolved { at, felt, critical_only, limit, options } = resolve(ecosystem, query)?;
    let model = ecosystem.model();
    let structure = &ecosystem.map(at).structure;
    let stakes = Arc::new(Stakes::of(ecosystem, at));
    let entries = model.services.entries().filter(|(_, service)| service.validity.contains(at));
    let services: Vec<ServiceIdx> = entries.map(|(index, _)| index).collect();
    let mut points = walk(structure, &services, &stakes, felt, critical_only, options);
    points.sort_by_cached_key(|(component, hit)| {
        (Reverse((hit.critical, hit.users, hit.agreements, hit.services)), model.service_name(*component))
    });
    let all = points.len();
    let mut problems = Problems::new();
    if critical_only {
        stakes.tell_nothing_critical(&mut problems);
    }
    points.truncate(limit.unwrap_or(usize::MAX));
    if all > points.len() {
        let problem = Problem::new(&codes::ROWS_LEFT_OUT, Place::Nowhere).with("left", all - points.len());
        problems.push(problem.with("limit", points.len()), super::given::KEPT);
    }
    let rows = routes(ecosystem, structure, &stakes, felt, points);
    let mut summary = Table::new(&SUMMARY);
    let left_out = count(all - rows.len());
    summary.push(&[count(services.len()), count(all), count(rows.len()), left_out, text(model.level_name(felt))]);
    let found = Found { ecosystem: ecosystem.clone(), at, felt, critical_only, rows };
    let tables = Arc::new([table(&found), summary]);
    Ok(SinglePointsOfFailureReport { found: Arc::new(found), stakes, tables, problems })
}

/// A question with names resolved.
struct Resolved {
    at: Instant,
    felt: Level,
    critical_only: bool,
    limit: Option<usize>,
    options: BatchOptions,
}

fn resolve(ecosystem: &Ecosystem, query: &SinglePointsOfFailureQuery) -> Result<Resolved, Error> {
    let at = query.at.unwrap_or(Instant::MAX);
    let mut names = Lookup { model: ecosystem.model(), problems: Problems::new() };
    let felt = names.level(query.level.as_deref());
    if felt == 0 {
        let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "level");
        let problem = problem.with("value", Argument::user(query.level.as_deref().unwrap_or("")));
        names.problems.push(problem.with("expected", "a level below the best").with("example", "the worst level"), 1_000);
    }
    let limit = query.limit.map(|limit| limit as usize);
    let threads = query.threads.unwrap_or(0) as usize;
    if !names.problems.is_empty() {
        return Err(Error::from_problems(names.problems));
    }
    let options = BatchOptions { threads, lanes: None };
    Ok(Resolved { at, felt, critical_only: query.critical_only.unwrap_or(true), limit, options })
}

/// Lets every service fail alone; those that bring down what counts, with their sums.
fn walk(
    structure: &Structure,
    services: &[ServiceIdx],
    stakes: &Stakes,
    felt: Level,
    critical_only: bool,
    options: BatchOptions,
) -> Vec<(ServiceIdx, Hit)> {
    let counting = Counting { felt: Some(felt), failed_too: false };
    let scenarios = Scenarios::Each { services, level: structure.worst() };
    let hits = hits(structure, &scenarios, stakes, counting, options);
    let is_point = |(_, hit): &(ServiceIdx, Hit)| if critical_only { hit.critical > 0 } else { hit.services > 0 };
    services.iter().copied().zip(hits).filter(is_point).collect()
}

/// The worst service each brings down, and the way there.
fn routes(
    ecosystem: &Ecosystem,
    structure: &Structure,
    stakes: &Stakes,
    felt: Level,
    points: Vec<(ServiceIdx, Hit)>,
) -> Vec<Point> {
    let model = ecosystem.model();
    let mut scalar = Scalar::new(structure);
    let mut routes = Routes::new(structure);
    let mut found = Vec::with_capacity(points.len());
    for (component, sums) in points {
        scalar.evaluate(&[(component, structure.worst())]);
        let is_hit = |service: &&ServiceIdx| {
            **service != component && scalar.level(**service) >= felt && structure.baseline(**service) < felt
        };
        let Some(worst_hit) = scalar.touched().iter().filter(is_hit).min_by_key(|service| stakes.rank(model, **service)) else {
            continue;
        };
        routes.trace(&scalar);
        let route = routes.route(*worst_hit).unwrap_or_default();
        found.push(Point { component, sums, worst_hit: *worst_hit, level: scalar.level(*worst_hit), route });
    }
    found
}

fn table(found: &Found) -> Table {
    let model = found.ecosystem.model();
    let mut rows = Table::new(&ROWS);
    for point in &found.rows {
        let service = model.services.get(point.component);
        let provider = service.and_then(|service| service.provider.at(found.at)).map(|party| model.party_name(*party));
        let class = service.and_then(|service| service.class.at(found.at)).and_then(|class| model.classes.get(*class));
        let route: Vec<&str> = point.route.iter().map(|step| model.service_name(*step)).collect();
        rows.push(&[
            text(model.service_name(point.component)),
            text_or_null(service.map(|service| service.title())),
            text_or_null(provider),
            text_or_null(class.map(|class| class.id.as_str())),
            sum(point.sums.services),
            sum(point.sums.critical),
            sum(point.sums.users),
            sum(point.sums.agreements),
            sum(point.sums.suppliers),
            text(model.service_name(point.worst_hit)),
            text(model.level_name(point.level)),
            text(&route.join(" > ")),
        ]);
    }
    rows
}

impl Telling for Found {
    fn schema(&self) -> &'static Schema {
        &SERVICES
    }
    fn scenarios(&self) -> usize {
        self.rows.len()
    }
    fn own(&self, at: usize) -> Vec<(ServiceIdx, Level)> {
        let worst = self.ecosystem.map(self.at).structure.worst();
        self.rows.get(at).map(|point| vec![(point.component, worst)]).unwrap_or_default()
    }
    fn tell(&self, told: &Told<'_>, table: &mut Table) {
        let hit = told.level >= self.felt && told.before < self.felt && !told.failed;
        if hit && (!self.critical_only || told.stakes.critical(told.service)) {
            let component = self.rows.get(told.scenario).map_or("", |point| told.model.service_name(point.component));
            let (service, level) = (told.model.service_name(told.service), told.model.level_name(told.level));
            table.push(&[text(component), text(service), text(level)]);
        }
    }
}

impl SinglePointsOfFailureReport {
    /// One row per single point of failure.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// The figures of the whole.
    pub fn summary(&self) -> &Table {
        &self.tables[1]
    }
}

impl Answer for SinglePointsOfFailureReport {
    fn operation(&self) -> &'static str {
        "single_points_of_failure"
    }
    fn stamp(&self) -> &Stamp {
        self.found.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let found = &*self.found;
        let point = found.rows.get(row).ok_or_else(|| no_such_row(row, found.rows.len()))?;
        let model = found.ecosystem.model();
        let worst = found.ecosystem.map(found.at).structure.worst();
        let failures = [(point.component, worst)];
        let (why, _) = of_scenario(&found.ecosystem, found.at, &failures, Some(point.worst_hit))?;
        let name = |service| Argument::name(model.service_name(service));
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let reason = Reason::new("single-point").with("component", name(point.component));
        let reason = reason.with("services", number(point.sums.services)).with("critical", number(point.sums.critical));
        let reason = reason.with("level", Argument::name(model.level_name(found.felt)));
        Ok(reason.with("users", number(point.sums.users)).because_all(why))
    }
    fn streams(&self) -> &'static [Schema] {
        const { &[SERVICES] }
    }
    fn stream(&self, name: &str) -> Option<Box<dyn TableStream>> {
        let stream = || Services::new(&self.found.ecosystem, self.found.at, &self.stakes, &self.found);
        (name == SERVICES.name).then(|| Box::new(stream()) as Box<dyn TableStream>)
    }
}
