//! The question of `impact`.
//!
//! Goes in: JSON or tables. Comes out: plain data.
//! **Invariant:** a failure without a level means the worst level.
//! **Not here:** which services exist (`resolve`).

pub use crate::answer::scenario::{
    AddedQuery, DependencyQuery, FailureOrigin, FailureQuery, ImpactAs, ScenarioQuery, WeakenedQuery,
};

use crate::answer::given::Question;
use crate::answer::scenario::taken;
use crate::base::{Instant, Problems, TableView};
use crate::document::decode::query;
use crate::document::{Decode, Faults, Node, NodeKind, Shape};

/// For which parties it is asked what would not have been felt without their failures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Excuses {
    /// For nobody.
    #[default]
    None,
    /// For every party whose services failed, and those whose subcontractors' did.
    All,
    /// For these.
    Parties(Vec<String>),
}

impl Decode for Excuses {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match (&node.kind, node.text()) {
            (NodeKind::Null, _) | (_, Some("none")) => Some(Self::None),
            (_, Some("all")) => Some(Self::All),
            _ => Vec::decode(node, faults).map(Self::Parties),
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Choice(&["all", "none"]), Shape::List(Box::new(Shape::Text))])
    }
    fn absent() -> Option<Self> {
        Some(Self::None)
    }
}

query! {
    /// What follows when services fail?
    pub struct ImpactQuery = "a question for impact" {
        /// Services that failed, by name or with `level`, `planned` and `origin` (own, derived, unknown); a table `failures` adds to them.
        failures: Vec<FailureQuery> = "failures",
        /// Services of which it is not known whether they work.
        unknown: Vec<String> = "unknown",
        /// Parties whose services, and those of their subcontractors, are taken to work by themselves.
        healed: Vec<String> = "healed",
        /// Dependencies that do not hold: `from` and `to`.
        without: Vec<DependencyQuery> = "without",
        /// Dependencies of which less is felt: `from`, `to` and `impact`, a level or a table, applied to what was felt until now.
        weakened: Vec<WeakenedQuery> = "weakened",
        /// Dependencies that are not there yet: `from` and `to`, with `impact`, `weight` and `beside`, a dependency whose group it joins.
        added: Vec<AddedQuery> = "added",
        /// For whom to say what would not have been felt without their failures: `all`, parties, or `none`; none unless given.
        excuses: Excuses = "excuses",
        /// Only this service is of interest.
        to: Option<String> = "to",
        /// As at which instant; the ecosystem as last described unless given.
        at: Option<Instant> = "at",
    }
}

impl ImpactQuery {
    /// What it takes to have failed and to have changed.
    pub fn scenario(&self) -> ScenarioQuery {
        ScenarioQuery {
            failures: self.failures.clone(),
            unknown: self.unknown.clone(),
            healed: self.healed.clone(),
            without: self.without.clone(),
            weakened: self.weakened.clone(),
            added: self.added.clone(),
        }
    }
}

impl From<ScenarioQuery> for ImpactQuery {
    fn from(scenario: ScenarioQuery) -> Self {
        let ScenarioQuery { failures, unknown, healed, without, weakened, added } = scenario;
        Self { failures, unknown, healed, without, weakened, added, ..Self::default() }
    }
}

impl Question for ImpactQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] =
        &[("failures", &["service", "level", "planned", "origin"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        self.failures.extend(taken(table, problems));
    }
}
