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

use crate::answer::given::{Question, texts};
use crate::answer::scenario::{FailureOrigin, FailureQuery, Resolving, own_levels};
use crate::base::{Error, Instant, Problems, Table, TableView};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::{Answer, Reason, Stamp};
use walk::Standing;

query! {
    /// How much redundancy is left?
    pub struct RedundancyQuery = "a question for redundancy" {
        /// Services that have failed already, by name or with a level; a table `failures(service, level)` adds to them.
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
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[("failures", &["service", "level"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let services = texts(table, "service", problems);
        let levels = if table.column("level").is_some() { texts(table, "level", problems) } else { vec![None; services.len()] };
        let rows = services.into_iter().zip(levels);
        self.failures
            .extend(rows.filter_map(|(service, level)| service.map(|service| FailureQuery { level, ..FailureQuery::of(service) })));
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
    let asked = resolve(ecosystem, query)?;
    let mut problems = Problems::new();
    let mut standing = walk::walk(ecosystem, &asked, &mut problems);
    tables::sort(&mut standing, ecosystem, asked.at);
    standing.truncate(query.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    let tables = tables::tables(ecosystem, &asked, &standing);
    Ok(RedundancyReport { ecosystem: ecosystem.clone(), asked, standing, tables, problems })
}

fn resolve(ecosystem: &Ecosystem, query: &RedundancyQuery) -> Result<Asked, Error> {
    let model = ecosystem.model();
    let mut resolving = Resolving::new(ecosystem, query.at);
    let mut failures = resolving.failures(&query.failures);
    failures.retain(|failure| failure.origin != FailureOrigin::Derived);
    let named = resolving.services(&query.services);
    let (at, worst) = (resolving.at, resolving.worst());
    let level = query.level.as_deref().and_then(|name| resolving.level(name)).unwrap_or(worst);
    let own = own_levels(&failures, &[], worst).into_iter().map(|(service, (_, level))| (service, level)).collect();
    let exists = |service: &ServiceIdx| model.services.get(*service).is_some_and(|service| service.validity.contains(at));
    let all = (0..model.services.len()).map(ServiceIdx::new).filter(exists);
    let mut services: Vec<ServiceIdx> = if query.services.is_empty() { all.collect() } else { named };
    if query.critical_only == Some(true) {
        services.retain(|service| tables::is_critical(ecosystem, *service, at) == Some(true));
    }
    services.sort_unstable();
    services.dedup();
    resolving.finish(Asked { at, own, services, level, worst, beyond_one: query.beyond_one.unwrap_or(true) })
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
