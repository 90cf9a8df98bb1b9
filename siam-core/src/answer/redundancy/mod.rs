//! `redundancy`: how many further failures each service still stands.
//!
//! Goes in: what has failed already. Comes out: per service the least number of further failures of others that brings it down, and how
//! many such sets there are.
//! **Invariant:** exact where `further` is filled: that many failures suffice and fewer do not.
//! **Not here:** what follows from one failure (`impact`), the search (`structure::heal`).

mod explain;
mod tables;
#[cfg(test)]
mod tests;
mod walk;

pub use tables::{ROWS, SUMMARY};

use crate::answer::given::Question;
use crate::answer::impact::own_causes;
use crate::answer::scenario::{FailureQuery, Resolving, taken};
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, Table, TableView, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::{Answer, Reason, Stamp};
use walk::Standing;

query! {
    /// How much redundancy is left?
    pub struct RedundancyQuery = "a question for redundancy" {
        /// Services that have failed already, by name or with a level; a table `failures(service, level, planned, origin)` adds to them. Whether one is planned makes no difference.
        failures: Vec<FailureQuery> = "failures",
        /// The services asked about; all unless given.
        services: Vec<String> = "services",
        /// The level that must not be reached; the worst unless given.
        level: Option<String> = "level",
        /// Only services of a critical class.
        critical_only: Option<bool> = "critical_only",
        /// Whether services that no single failure brings down are searched for larger sets; true unless given.
        beyond_one: Option<bool> = "beyond_one",
        /// As at which instant; the ecosystem as last described unless given.
        at: Option<Instant> = "at",
        /// At most so many rows, those with the least redundancy; all unless given.
        limit: Option<u32> = "limit",
    }
}

impl Question for RedundancyQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] =
        &[("failures", &["service", "level", "planned", "origin"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        self.failures.extend(taken(table, problems));
    }
}

/// How much redundancy is left.
#[derive(Clone)]
pub struct RedundancyReport {
    ecosystem: Ecosystem,
    asked: Asked,
    standing: Vec<Standing>,
    tables: [Table; 2],
    problems: Problems,
}

/// A question with names resolved.
#[derive(Debug, Clone)]
struct Asked {
    at: Instant,
    own: Vec<(ServiceIdx, Level)>,
    services: Vec<ServiceIdx>,
    level: Level,
    worst: Level,
    beyond_one: bool,
}

/// How many further failures of others each service stands, least first.
///
/// ```
/// use siam_core::answer::{redundancy::{RedundancyQuery, redundancy}, scenario::FailureQuery};
/// use siam_core::{Source, base::columns::Cell, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// services:
///   wan-a: {}
///   wan-b: {}
///   network: {depends_on: [{any_of: [wan-a, wan-b]}]}
/// ")])?;
/// let services = vec!["network".to_owned()];
/// let both = redundancy(&ecosystem, &RedundancyQuery { services, ..Default::default() })?;
/// assert_eq!(both.rows().cell(0, "further"), Cell::Integer(2));
/// assert_eq!(both.rows().cell(0, "example"), Cell::Text("wan-a + wan-b".into()));
/// let one = RedundancyQuery { failures: vec![FailureQuery::of("wan-b")], services: vec!["network".into()], ..Default::default() };
/// assert_eq!(redundancy(&ecosystem, &one)?.rows().cell(0, "further"), Cell::Integer(1));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn redundancy(ecosystem: &Ecosystem, query: &RedundancyQuery) -> Result<RedundancyReport, Error> {
    let mut problems = Problems::new();
    let asked = resolve(ecosystem, query, &mut problems)?;
    let mut standing = walk::walk(ecosystem, &asked, walk::BUDGET, &mut problems);
    tables::sort(&mut standing, ecosystem, asked.at);
    standing.truncate(query.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    let tables = tables::tables(ecosystem, &asked, &standing);
    Ok(RedundancyReport { ecosystem: ecosystem.clone(), asked, standing, tables, problems })
}

fn resolve(ecosystem: &Ecosystem, query: &RedundancyQuery, problems: &mut Problems) -> Result<Asked, Error> {
    let model = ecosystem.model();
    let mut resolving = Resolving::new(ecosystem, query.at);
    let failures = resolving.failures(&query.failures);
    let named = resolving.services(&query.services);
    let (at, worst) = (resolving.at, resolving.worst());
    let level = query.level.as_deref().and_then(|name| resolving.level(name)).unwrap_or(worst);
    if level == 0 {
        let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "level");
        let problem = problem.with("value", Argument::user(query.level.as_deref().unwrap_or("")));
        resolving.problem(problem.with("expected", "a level below the best").with("example", "the worst level"));
    }
    resolving.finish(())?;
    let own = own_causes(ecosystem, at, worst, (&failures, &[]), problems)?;
    let exists = |service: &ServiceIdx| model.services.get(*service).is_some_and(|service| service.validity.contains(at));
    let all = (0..model.services.len()).map(ServiceIdx::new).filter(exists);
    let mut services: Vec<ServiceIdx> = if query.services.is_empty() { all.collect() } else { named };
    if query.critical_only == Some(true) {
        services.retain(|service| tables::is_critical(ecosystem, *service, at) == Some(true));
    }
    services.sort_unstable();
    services.dedup();
    Ok(Asked { at, own, services, level, worst, beyond_one: query.beyond_one.unwrap_or(true) })
}

impl RedundancyReport {
    /// One row per service.
    pub fn rows(&self) -> &Table {
        let [rows, _] = &self.tables;
        rows
    }
    /// How many services stand how many failures.
    pub fn summary(&self) -> &Table {
        let [_, summary] = &self.tables;
        summary
    }
}

impl Answer for RedundancyReport {
    fn operation(&self) -> &'static str {
        "redundancy"
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
}
