//! The question of `impacts`.
//!
//! Goes in: JSON or tables. Comes out: plain data.
//! **Invariant:** a question that names no scenarios asks of every service alone.
//! **Not here:** which services exist (`resolve`).

use super::given::GivenScenarioQuery;
use crate::answer::given::{KEPT, Question, texts};
use crate::answer::impact::FailureQuery;
use crate::base::{Argument, Instant, Limits, Place, Problem, Problems, TableView, codes};
use crate::document::decode::{choice, query};
use crate::document::scalar::wrong_type;
use crate::document::{Decode, Faults, Node, NodeKind, Shape};
use std::collections::BTreeMap;

choice! {
    /// Scenarios that follow from the map.
    pub enum ScenarioKind = "a kind of scenarios" {
        /// Every service alone.
        Each = "each",
        /// Two services that only matter together.
        Pairs = "pairs",
        /// All services of one party, and of its subcontractors.
        Suppliers = "suppliers",
    }
}

choice! {
    /// Which services may fail.
    pub enum Among = "a choice of services" {
        /// All.
        All = "all",
        /// Those that depend on nothing.
        Components = "components",
    }
}

choice! {
    /// The order of scenarios.
    pub enum ScenarioOrder = "an order of scenarios" {
        /// The worst first.
        Worst = "worst",
        /// As they were given, or by the order of the documents.
        Given = "given",
    }
}

/// Which scenarios: a kind of them, or given ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScenariosQuery {
    /// A kind; each where neither is given.
    pub kind: Option<ScenarioKind>,
    /// Given ones.
    pub given: Vec<GivenScenarioQuery>,
}

impl From<ScenarioKind> for ScenariosQuery {
    fn from(kind: ScenarioKind) -> Self {
        Self { kind: Some(kind), given: Vec::new() }
    }
}

impl Decode for ScenariosQuery {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.kind {
            NodeKind::Null => Some(Self::default()),
            NodeKind::Scalar { .. } => ScenarioKind::decode(node, faults).map(Self::from),
            NodeKind::List(given) if !given.is_empty() => Vec::decode(node, faults).map(|given| Self { kind: None, given }),
            _ => {
                wrong_type(node, "each, pairs, suppliers or a list of at least one scenario", faults);
                None
            }
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Choice(ScenarioKind::WORDS), Shape::List(Box::new(GivenScenarioQuery::shape()))])
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

query! {
    /// What follows in each of many scenarios?
    pub struct ImpactsQuery = "a question for impacts" {
        /// each, pairs, suppliers, or a list of scenarios: names of services, lists of them, or maps with `name` and the fields of a
        /// scenario as `impact` takes them: `failures`, `unknown`, `healed`, `without`, `weakened`, `added`. A table
        /// `scenarios(scenario, service, level)` adds to the list. Each service alone unless given.
        scenarios: ScenariosQuery = "scenarios",
        /// The level at which services fail that are given without one; the worst unless given.
        level: Option<String> = "level",
        /// Which services may fail in each and pairs: all or components, which depend on nothing; all unless given.
        among: Option<Among> = "among",
        /// Of these, only services of these classes.
        classes: Vec<String> = "classes",
        /// Of these, only services of these parties; in suppliers, only these parties.
        providers: Vec<String> = "providers",
        /// Only scenarios in which a critical service becomes worse.
        critical_only: Option<bool> = "critical_only",
        /// worst or given: the order of the scenarios; worst unless given.
        order: Option<ScenarioOrder> = "order",
        /// How many scenarios are kept, the first in this order; the others are counted. All unless given.
        limit: Option<u32> = "limit",
        /// As at which instant; the ecosystem as last described unless given.
        at: Option<Instant> = "at",
        /// Threads that may be started, as far as the host allows; none unless given. The answer is the same.
        threads: Option<u32> = "threads",
    }
}

impl Question for ImpactsQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[("scenarios", &["scenario", "service", "level"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let names = texts(table, "scenario", problems);
        let services = texts(table, "service", problems);
        let levels = if table.column("level").is_some() { texts(table, "level", problems) } else { vec![None; names.len()] };
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        if names.is_empty() {
            let problem = Problem::new(&codes::NOT_GIVEN, Place::cell(&table.name, 0, ""));
            problems.push(problem.with("name", "a scenario").with("expected", "a table with rows"), KEPT);
        }
        for (row, ((name, service), level)) in (1..).zip(names.into_iter().zip(services).zip(levels)) {
            let (Some(name), Some(service)) = (name, service) else {
                let problem = Problem::new(&codes::BAD_CELL, Place::cell(&table.name, row, "service")).as_error();
                problems.push(problem.with("value", Argument::user("")).with("expected", "a scenario and a service"), KEPT);
                continue;
            };
            let at = *known.entry(name).or_insert_with_key(|name| {
                self.scenarios.given.push(GivenScenarioQuery::failing(Some(name.clone()), Vec::new()));
                self.scenarios.given.len() - 1
            });
            if let Some(scenario) = self.scenarios.given.get_mut(at) {
                scenario.scenario.failures.push(FailureQuery { service, level, ..FailureQuery::default() });
            }
        }
    }
    fn within(&mut self, limits: &Limits) {
        self.threads = Some(allowed(self.threads, limits));
    }
}

/// Threads as far as the host allows.
pub(in crate::answer) fn allowed(asked: Option<u32>, limits: &Limits) -> u32 {
    asked.unwrap_or(0).min(u32::try_from(limits.threads).unwrap_or(u32::MAX))
}
