//! A scenario: what is taken to have failed and to have changed, with its names resolved.
//!
//! Goes in: names as asked. Comes out: indexes, own levels and changed nodes, or every problem of the question at once.
//! **Invariant:** a resolved scenario names only services that exist at its instant.
//! **Not here:** its levels (`view`), what follows from it (`impact`).

use crate::answer::given::{KEPT, texts, truths};
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, TableView, codes};
use crate::document::decode::{check_keys, choice, field, query};
use crate::document::scalar::wrong_type;
use crate::document::{Decode, Faults, Named, Node, NodeKind, Shape};
use crate::ecosystem::{Ecosystem, asked};
use crate::model::Model;
use crate::model::party::PartyIdx;
use crate::model::rule::{self, Edge, Expression, Level, LevelMap, ServiceIdx};
use std::collections::{BTreeMap, BTreeSet};

choice! {
    /// Where a failure or an outage comes from.
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

/// How the level of a dependency is felt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImpactAs {
    /// At most at this level; `excluded` leaves the dependency out.
    AtMost(String),
    /// By table; levels that are not named stay, and `excluded` leaves the dependency out.
    Table(Vec<(String, String)>),
}

impl Default for ImpactAs {
    /// As it is.
    fn default() -> Self {
        Self::Table(Vec::new())
    }
}

impl Decode for ImpactAs {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar { text, .. } => Some(Self::AtMost(text.to_string())),
            _ => {
                let named = Named::<String>::decode(node, faults)?;
                Some(Self::Table(named.iter().map(|(from, to)| (from.value.clone(), to.clone())).collect()))
            }
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::Map(Box::new(Shape::Text))])
    }
}

query! {
    /// A dependency by its two services.
    pub struct DependencyQuery = "a dependency" {
        /// The service that depends.
        from: String = "from",
        /// What it depends on.
        to: String = "to",
    }
}

query! {
    /// A dependency of which less is felt.
    pub struct WeakenedQuery = "a weakened dependency" {
        /// The service that depends.
        from: String = "from",
        /// What it depends on.
        to: String = "to",
        /// The level at which it is felt at most, or a table from level to level; it applies to what was felt until now.
        impact: ImpactAs = "impact",
    }
}

query! {
    /// A dependency that is not there yet.
    pub struct AddedQuery = "an added dependency" {
        /// The service that is to depend.
        from: String = "from",
        /// What it is to depend on.
        to: String = "to",
        /// The level at which it is felt at most, or a table from level to level; as it is unless given.
        impact: Option<ImpactAs> = "impact",
        /// Its weight; 1 unless given.
        weight: Option<u32> = "weight",
        /// A dependency of the service whose group it joins; without one, and where the rule reads groups only, it is needed beside them.
        beside: Option<String> = "beside",
    }
}

query! {
    /// One scenario: what has failed, and what is otherwise than described.
    pub struct ScenarioQuery = "a scenario" {
        /// Services that failed, by name or with level, planned and origin.
        failures: Vec<FailureQuery> = "failures",
        /// Services of which it is not known whether they work.
        unknown: Vec<String> = "unknown",
        /// Parties whose services, and those of their subcontractors, are taken to work by themselves.
        healed: Vec<String> = "healed",
        /// Dependencies that do not hold. What is left is as in a document without them: `n` and `each_group` count what is left. Where
        /// no document could say it (a quorum of more than there are), and for the rules of tables, the rule keeps its numbers.
        without: Vec<DependencyQuery> = "without",
        /// Dependencies of which less is felt.
        weakened: Vec<WeakenedQuery> = "weakened",
        /// Dependencies that are not there yet; as in a document with them, `n` counts them too.
        added: Vec<AddedQuery> = "added",
    }
}

impl ScenarioQuery {
    /// Whether nothing fails in it and nothing is otherwise than described.
    pub fn is_empty(&self) -> bool {
        let changes = self.without.len() + self.weakened.len() + self.added.len();
        self.failures.len() + self.unknown.len() + self.healed.len() + changes == 0
    }
}

/// A scenario with its names resolved. Failures of healed parties are not in it.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub at: Instant,
    pub worst: Level,
    pub failures: Vec<Failure>,
    pub unknown: Vec<ServiceIdx>,
    /// The services whose dependencies are otherwise than described, as they then are.
    pub nodes: BTreeMap<ServiceIdx, rule::Node>,
}

impl Scenario {
    /// Whether it is nothing but failures that are causes.
    pub fn is_plain(&self) -> bool {
        let own = |failure: &Failure| failure.origin == FailureOrigin::Own;
        self.nodes.is_empty() && self.unknown.is_empty() && self.failures.iter().all(own)
    }
}

/// Whether one of these parties provides the service, itself or through its subcontractors.
pub(super) fn is_of(model: &Model, service: ServiceIdx, at: Instant, parties: &[PartyIdx]) -> bool {
    providers(model, service, at).any(|party| parties.contains(&party))
}

/// Who provides a service, and the primes above it.
pub(super) fn providers(model: &Model, service: ServiceIdx, at: Instant) -> impl Iterator<Item = PartyIdx> + '_ {
    let first = model.services.get(service).and_then(|service| service.provider.at(at)).copied();
    std::iter::successors(first, |party| model.parties.get(*party).and_then(|party| party.subcontractor_of))
}

/// The rows of a table `failures(service, level, planned, origin)`.
pub(super) fn taken(table: &TableView<'_>, problems: &mut Problems) -> Vec<FailureQuery> {
    let given = |column| table.column(column).is_some();
    let mut column = |name| if given(name) { texts(table, name, problems) } else { vec![None; table.rows()] };
    let (services, levels, origins) = (column("service"), column("level"), column("origin"));
    let planned = if given("planned") { truths(table, "planned", problems) } else { vec![false; table.rows()] };
    let mut failures = Vec::new();
    for (row, (((service, level), origin), planned)) in services.into_iter().zip(levels).zip(origins).zip(planned).enumerate() {
        let origin = origin.and_then(|word| {
            let found = FailureOrigin::parse(&word);
            if found.is_none() {
                let problem = Problem::new(&codes::BAD_CELL, Place::cell(&table.name, row as u64 + 1, "origin")).as_error();
                problems.push(problem.with("value", Argument::user(word)).with("expected", "own, derived or unknown"), KEPT);
            }
            found
        });
        failures.extend(service.map(|service| FailureQuery { service, level, planned, origin }));
    }
    failures
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
    /// At which level a service fails that is given without one.
    level: Level,
    /// Services whose existence was asked about.
    seen: BTreeSet<ServiceIdx>,
}

impl<'e> Resolving<'e> {
    /// Begins; without an instant it is the ecosystem as last described.
    pub fn new(ecosystem: &'e Ecosystem, at: Option<Instant>) -> Self {
        let level = Level::try_from(ecosystem.model().levels.len().saturating_sub(1)).unwrap_or(Level::MAX);
        Self { ecosystem, at: at.unwrap_or(Instant::MAX), problems: Problems::new(), level, seen: BTreeSet::new() }
    }
    /// Failures without a level are at this one.
    pub fn failing_at(self, level: Level) -> Self {
        Self { level, ..self }
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
            self.missing("service", name, model.names.services.keys());
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
    /// Failures with their levels.
    pub fn failures(&mut self, failures: &[FailureQuery]) -> Vec<Failure> {
        let worst = self.level;
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
    /// A scenario with its changes.
    pub fn scenario(&mut self, asked: &ScenarioQuery) -> Scenario {
        let mut failures = self.failures(&asked.failures);
        let mut unknown = self.services(&asked.unknown);
        let healed: Vec<PartyIdx> = asked.healed.iter().filter_map(|name| self.party(name)).collect();
        let (model, at) = (self.ecosystem.model(), self.at);
        failures.retain(|failure| !is_of(model, failure.service, at, &healed));
        unknown.retain(|service| !is_of(model, *service, at, &healed));
        let nodes = self.changes(asked);
        Scenario { at, worst: self.worst(), failures, unknown, nodes }
    }
    /// Taken away first, then weakened, then added; at last the rules are read again where something went or came.
    fn changes(&mut self, asked: &ScenarioQuery) -> BTreeMap<ServiceIdx, rule::Node> {
        let mut nodes: BTreeMap<ServiceIdx, Changed> = BTreeMap::new();
        for one in &asked.without {
            let (Some(from), Some(to)) = (self.service(&one.from), self.service(&one.to)) else { continue };
            let changed = self.changed(&mut nodes, from);
            let before = changed.node.edges.len();
            changed.node.edges.retain(|edge| edge.to != to);
            changed.recount = true;
            if changed.node.edges.len() == before {
                self.no_dependency(&one.from, &one.to);
            }
        }
        for one in &asked.weakened {
            let (from, to, table) = (self.service(&one.from), self.service(&one.to), self.table(&one.impact));
            let (Some(from), Some(to), Some(table)) = (from, to, table) else { continue };
            let changed = self.changed(&mut nodes, from);
            let mut found = false;
            for edge in changed.node.edges.iter_mut().filter(|edge| edge.to == to) {
                found = true;
                edge.map = after(&edge.map, &table);
            }
            if !found {
                self.no_dependency(&one.from, &one.to);
            }
        }
        for one in &asked.added {
            self.add(one, &mut nodes);
        }
        nodes.into_iter().map(|(service, changed)| (service, self.settled(service, changed))).collect()
    }
    /// A service whose dependencies change, as written until now.
    fn changed<'n>(&self, nodes: &'n mut BTreeMap<ServiceIdx, Changed>, service: ServiceIdx) -> &'n mut Changed {
        let written = || self.ecosystem.model().written_node(service, self.at).into_owned();
        nodes.entry(service).or_insert_with(|| Changed { node: written(), recount: false, alone: false })
    }
    fn add(&mut self, one: &AddedQuery, nodes: &mut BTreeMap<ServiceIdx, Changed>) {
        let (from, to) = (self.service(&one.from), self.service(&one.to));
        let table = one.impact.as_ref().map(|impact| self.table(impact));
        let beside = one.beside.as_deref().map(|name| self.service(name));
        let (Some(from), Some(to)) = (from, to) else { return };
        let (Some(table), Some(beside)) = (all_or_none(table), all_or_none(beside)) else { return };
        if from == to {
            let problem = Problem::new(&codes::DEPENDS_ON_ITSELF, Place::Nowhere);
            self.problem(problem.with("service", Argument::user(&one.from)));
            return;
        }
        let changed = self.changed(nodes, from);
        let edges = &mut changed.node.edges;
        let member = beside.and_then(|beside| edges.iter().find(|edge| edge.to == beside).map(|edge| edge.group));
        if let (Some(_), None, Some(name)) = (beside, member, &one.beside) {
            self.no_dependency(&one.from, name);
            return;
        }
        changed.recount = true;
        changed.alone |= member.is_none();
        let map = table.map_or(LevelMap::Same, |table| LevelMap::Table(table.into()));
        // After its group, as it would be written; that is the order in which reasons name them.
        let group = member.flatten();
        let place = edges.iter().rposition(|edge| edge.group == group).map_or(0, |last| last + 1);
        edges.insert(place, Edge { to, map, weight: one.weight.unwrap_or(1), group });
    }
    /// The rule is that of the changed document: `n` and `each_group` follow what is left. Where the document would be refused, it stays.
    fn settled(&self, service: ServiceIdx, changed: Changed) -> rule::Node {
        let Changed { mut node, recount, alone } = changed;
        if let Some(rule) = recount.then(|| self.ecosystem.rule_over(service, self.at, &node.edges)).flatten() {
            node.rule = rule;
        }
        if alone && reads(&node.rule) == Reads::Groups {
            let alone = Expression::Ungrouped(Box::new(Expression::any()));
            let rule = std::mem::replace(&mut node.rule, Expression::any());
            node.rule = Expression::Max(vec![alone, rule]);
        }
        let services = &self.ecosystem.model().services;
        node.edges.retain(|edge| services.get(edge.to).is_some_and(|to| to.validity.contains(self.at)));
        node
    }
    fn no_dependency(&mut self, from: &str, to: &str) {
        let when = if self.at == Instant::MAX { Argument::from("the end of what is described") } else { self.at.into() };
        let problem = Problem::new(&codes::NO_SUCH_DEPENDENCY, Place::Nowhere).with("from", Argument::user(from));
        self.problem(problem.with("to", Argument::user(to)).with("at", when));
    }
    /// A table from level to level.
    fn table(&mut self, impact: &ImpactAs) -> Option<Vec<Option<Level>>> {
        let worst = self.worst();
        match impact {
            ImpactAs::AtMost(name) if name == "excluded" && self.ecosystem.model().level(name).is_none() => {
                Some(vec![None; usize::from(worst) + 1])
            }
            ImpactAs::AtMost(name) => {
                let most = self.level(name)?;
                Some((0..=worst).map(|level| Some(level.min(most))).collect())
            }
            ImpactAs::Table(entries) => {
                let mut table: Vec<Option<Level>> = (0..=worst).map(Some).collect();
                let mut complete = true;
                for (from, to) in entries {
                    let from = self.level(from);
                    let to = if to == "excluded" { Some(None) } else { self.level(to).map(Some) };
                    match (from.and_then(|from| table.get_mut(usize::from(from))), to) {
                        (Some(slot), Some(to)) => *slot = to,
                        _ => complete = false,
                    }
                }
                complete.then_some(table)
            }
        }
    }
    /// The value where no problem was met, else all problems.
    pub fn finish<T>(self, value: T) -> Result<T, Error> {
        if self.problems.is_empty() { Ok(value) } else { Err(Error::from_problems(self.problems)) }
    }
}

/// A service of which dependencies change.
struct Changed {
    /// As written, those that do not exist then too: a rule counts them.
    node: rule::Node,
    /// Whether a dependency went or came, so that the rule is read again.
    recount: bool,
    /// Whether one came that joins no group.
    alone: bool,
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

/// None where what was given did not resolve.
fn all_or_none<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        Some(None) => None,
        Some(found) => Some(found),
        None => Some(None),
    }
}

/// A table applied to what a map gives.
fn after(map: &LevelMap, table: &[Option<Level>]) -> LevelMap {
    let felt = |level: Option<Level>| level.and_then(|level| table.get(usize::from(level)).copied().flatten());
    match map {
        LevelMap::Same => LevelMap::Table(table.into()),
        LevelMap::Table(first) => LevelMap::Table(first.iter().map(|level| felt(*level)).collect()),
    }
}

/// What a rule reads.
#[derive(PartialEq, Eq)]
enum Reads {
    Nothing,
    Groups,
    All,
}

/// Whether a dependency without a group matters to a rule; the depth of rules is bounded by the reader of documents.
fn reads(rule: &Expression) -> Reads {
    match rule {
        Expression::Const(_) => Reads::Nothing,
        Expression::Order(..) | Expression::Score { .. } | Expression::First(..) | Expression::Ungrouped(_) => Reads::All,
        Expression::Group(..) => Reads::Groups,
        Expression::Post(_, part) => reads(part),
        Expression::Max(parts) | Expression::Min(parts) => {
            parts.iter().map(reads).fold(Reads::Nothing, |all, one| match (all, one) {
                (Reads::All, _) | (_, Reads::All) => Reads::All,
                (Reads::Groups, _) | (_, Reads::Groups) => Reads::Groups,
                _ => Reads::Nothing,
            })
        }
    }
}
