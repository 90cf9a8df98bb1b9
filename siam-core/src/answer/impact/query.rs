//! The question of `impact`.
//!
//! Goes in: JSON or tables. Comes out: plain data.
//! **Invariant:** a failure without a level means the worst level.
//! **Not here:** which services exist (`resolve`).

use crate::answer::given::{Question, texts};
use crate::base::{Instant, Problems, TableView};
use crate::document::decode::{check_keys, field, query};
use crate::document::scalar::wrong_type;
use crate::document::{Decode, Faults, Node, NodeKind, Shape};

/// A service that has failed by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailureQuery {
    /// The service.
    pub service: String,
    /// Its own level; the worst unless given.
    pub level: Option<String>,
}

impl FailureQuery {
    /// A failure at the worst level.
    pub fn of(service: impl Into<String>) -> Self {
        Self { service: service.into(), level: None }
    }
}

impl Decode for FailureQuery {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar { text, .. } => Some(Self::of(text.to_string())),
            NodeKind::Map(_) => {
                check_keys(node, "a failure", &["service", "level"], faults);
                let service = field(node, "a failure", "service", faults);
                let level = field(node, "a failure", "level", faults);
                Some(Self { service: service?, level: level? })
            }
            _ => {
                wrong_type(node, "the name of a service, or service and level", faults);
                None
            }
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::Any])
    }
}

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
        self.failures.extend(rows.filter_map(|(service, level)| service.map(|service| FailureQuery { service, level })));
    }
}
