//! The question of `root_causes`.
//!
//! Goes in: JSON or tables. Comes out: plain data.
//! **Invariant:** a failure without a level means the worst level.
//! **Not here:** which services exist (`resolve`), what each mode finds (`follow`, `heal`).

use crate::answer::given::Question;
use crate::answer::scenario::{FailureQuery, taken};
use crate::base::{Instant, Problems, TableView};
use crate::document::decode::{choice, query};

choice! {
    /// What counts as a cause.
    pub enum CauseMode = "a mode of root_causes" {
        /// Dependencies at the very level of the service, and theirs.
        SameState = "same_state",
        /// Dependencies that contribute to the level the rule gives, and theirs, while a service is worse than normal.
        Contributing = "contributing",
        /// Dependencies bad enough for what is demanded of them: a demand goes down through rules and edges, read backwards.
        Threshold = "threshold",
        /// The smallest sets of failed services that heal when they work again.
        MinHeal = "min_heal",
    }
}

query! {
    /// Which failures are behind it?
    pub struct RootCausesQuery = "a question for root_causes" {
        /// The services to explain. Unless given: all critical ones that are worse than best; where none is, the reached ones on which no reached one depends.
        bad: Vec<String> = "bad",
        /// Services that failed, by name or with a level; a table `failures(service, level, planned, origin)` adds to them. Whether one is planned makes no difference.
        failures: Vec<FailureQuery> = "failures",
        /// Effective levels that are taken as given and not computed; a table `states(service, level)` adds to them. Not with min_heal.
        states: Vec<FailureQuery> = "states",
        /// What counts as a cause: same_state, contributing, threshold or min_heal; min_heal unless given.
        mode: Option<CauseMode> = "mode",
        /// The level that is good enough: min_heal heals to it, one better than now unless given; threshold explains what is worse, best unless given.
        to: Option<String> = "to",
        /// The level up to which a service is normal and is not followed further; best unless given.
        normal: Option<String> = "normal",
        /// As at which instant; the ecosystem as last described unless given.
        at: Option<Instant> = "at",
        /// How many sets of a service are listed; 100 unless given. All are counted.
        limit: Option<u32> = "limit",
    }
}

impl Question for RootCausesQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] =
        &[("failures", &["service", "level", "planned", "origin"]), ("states", &["service", "level"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let rows = taken(table, problems);
        if table.name == "states" { self.states.extend(rows) } else { self.failures.extend(rows) }
    }
}
