//! The question of `impact`.
//!
//! Goes in: JSON or tables. Comes out: plain data.
//! **Invariant:** a failure without a level means the worst level.
//! **Not here:** which services exist (`resolve`).

pub use crate::answer::scenario::{FailureOrigin, FailureQuery};

use crate::answer::given::{Question, texts};
use crate::base::{Instant, Problems, TableView};
use crate::document::decode::query;

query! {
    /// What follows when services fail?
    pub struct ImpactQuery = "a question for impact" {
        /// Services that failed, by name or with a level; a table `failures(service, level)` adds to them.
        failures: Vec<FailureQuery> = "failures",
        /// Services of which it is not known whether they work.
        unknown: Vec<String> = "unknown",
        /// Only this service is of interest.
        to: Option<String> = "to",
        /// As at which instant; the ecosystem as last described unless given.
        at: Option<Instant> = "at",
    }
}

impl Question for ImpactQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[("failures", &["service", "level"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let services = texts(table, "service", problems);
        let levels = if table.column("level").is_some() { texts(table, "level", problems) } else { vec![None; services.len()] };
        let rows = services.into_iter().zip(levels);
        self.failures.extend(
            rows.filter_map(|(service, level)| service.map(|service| FailureQuery { service, level, ..FailureQuery::default() })),
        );
    }
}
