//! A scenario: what is taken to have failed, and its names resolved.
//!
//! Goes in: names as asked. Comes out: indexes and own levels, or every problem of the question at once.
//! **Invariant:** a resolved scenario names only services that exist at its instant.
//! **Not here:** what follows from it (`impact`), gates (`structure`).

use crate::answer::given::KEPT;
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, codes};
use crate::document::decode::{check_keys, choice, field};
use crate::document::scalar::wrong_type;
use crate::document::{Decode, Faults, Node, NodeKind, Shape};
use crate::ecosystem::{Ecosystem, asked};
use crate::model::party::PartyIdx;
use crate::model::rule::{Level, ServiceIdx};
use std::collections::{BTreeMap, BTreeSet};

choice! {
    /// Where a failure comes from.
    pub enum FailureOrigin = "an origin of a failure" {
        /// The service failed by itself.
        Own = "own",
        /// Somebody saw the effect of another failure.
        Derived = "derived",
        /// Nobody said: it is own where the other failures do not explain it.
        Unknown = "unknown",
    }
}

/// A service that has failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailureQuery {
    /// The service.
    pub service: String,
    /// Its own level; the worst unless given.
    pub level: Option<String>,
    /// Whether it is planned work.
    pub planned: bool,
    /// Where it comes from; own unless given.
    pub origin: Option<FailureOrigin>,
}

impl FailureQuery {
    /// A failure at the worst level.
    pub fn of(service: impl Into<String>) -> Self {
        Self { service: service.into(), ..Self::default() }
    }
}

impl Decode for FailureQuery {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar { text, .. } => Some(Self::of(text.to_string())),
            NodeKind::Map(_) => {
                check_keys(node, "a failure", &["service", "level", "planned", "origin"], faults);
                let service = field(node, "a failure", "service", faults);
                let level = field(node, "a failure", "level", faults);
                let planned = field::<Option<bool>>(node, "a failure", "planned", faults);
                let origin = field(node, "a failure", "origin", faults);
                Some(Self { service: service?, level: level?, planned: planned?.unwrap_or(false), origin: origin? })
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

/// Own levels of services: the best and the worst they may be; the same where they are known.
pub(super) type OwnLevels = BTreeMap<ServiceIdx, (Level, Level)>;

/// A failure with its names resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    pub service: ServiceIdx,
    pub level: Level,
    pub planned: bool,
    pub origin: FailureOrigin,
}

/// A question being resolved as at an instant: every name that is not there is a problem, and all come at once.
pub(super) struct Resolving<'e> {
    ecosystem: &'e Ecosystem,
    /// The instant asked; the last one where none is.
    pub at: Instant,
    problems: Problems,
    /// Services whose existence was asked about.
    seen: BTreeSet<ServiceIdx>,
}

impl<'e> Resolving<'e> {
    /// Begins; without an instant it is the ecosystem as last described.
    pub fn new(ecosystem: &'e Ecosystem, at: Option<Instant>) -> Self {
        Self { ecosystem, at: at.unwrap_or(Instant::MAX), problems: Problems::new(), seen: BTreeSet::new() }
    }
    /// The worst level there is.
    pub fn worst(&self) -> Level {
        Level::try_from(self.ecosystem.model().levels.len().saturating_sub(1)).unwrap_or(Level::MAX)
    }
    /// Keeps a problem of the question.
    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem, KEPT);
    }
    fn missing<'a>(&mut self, kind: &'static str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) {
        self.problems.append(asked(kind, name, known).problems().clone(), KEPT);
    }
    /// A service by name; it must exist at the instant.
    pub fn service(&mut self, name: &str) -> Option<ServiceIdx> {
        let model = self.ecosystem.model();
        let Some(found) = model.names.services.get(name).copied() else {
            self.missing("service", name, model.names.services.keys().map(String::as_str));
            return None;
        };
        let at = self.at;
        let exists = model.services.get(found).is_some_and(|service| service.validity.contains(at));
        if self.seen.insert(found) && !exists {
            let problem = Problem::new(&codes::NOT_THERE, Place::Nowhere).with("service", Argument::user(name));
            let when = if at == Instant::MAX { Argument::from("the end of what is described") } else { at.into() };
            self.problem(problem.with("at", when));
        }
        Some(found)
    }
    /// A level by name.
    pub fn level(&mut self, name: &str) -> Option<Level> {
        let model = self.ecosystem.model();
        let found = model.level(name);
        if found.is_none() {
            self.missing("level", name, model.levels.iter().map(String::as_str));
        }
        found
    }
    /// A party by name.
    pub fn party(&mut self, name: &str) -> Option<PartyIdx> {
        let model = self.ecosystem.model();
        let found = model.names.parties.get(name).copied();
        if found.is_none() {
            self.missing("party", name, model.names.parties.keys().map(String::as_str));
        }
        found
    }
    /// Failures with their levels; the worst where none is given.
    pub fn failures(&mut self, failures: &[FailureQuery]) -> Vec<Failure> {
        let worst = self.worst();
        let mut resolved = Vec::with_capacity(failures.len());
        for failure in failures {
            let service = self.service(&failure.service);
            let level = failure.level.as_deref().map_or(Some(worst), |name| self.level(name));
            let (Some(service), Some(level)) = (service, level) else { continue };
            let origin = failure.origin.unwrap_or(FailureOrigin::Own);
            resolved.push(Failure { service, level, planned: failure.planned, origin });
        }
        resolved
    }
    /// Services of which it is not known whether they work.
    pub fn services(&mut self, names: &[String]) -> Vec<ServiceIdx> {
        names.iter().filter_map(|name| self.service(name)).collect()
    }
    /// The value where no problem was met, else all problems.
    pub fn finish<T>(self, value: T) -> Result<T, Error> {
        if self.problems.is_empty() { Ok(value) } else { Err(Error::from_problems(self.problems)) }
    }
}

/// The own levels that failures and unknown services come to: of several for one service the worst counts.
pub(super) fn own_levels<'a>(failures: impl IntoIterator<Item = &'a Failure>, unknown: &[ServiceIdx], worst: Level) -> OwnLevels {
    let mut own = OwnLevels::new();
    for failure in failures {
        let entry = own.entry(failure.service).or_insert((failure.level, failure.level));
        *entry = (entry.0.max(failure.level), entry.1.max(failure.level));
    }
    for service in unknown {
        own.entry(*service).or_insert((0, worst)).1 = worst;
    }
    own
}
