//! `readiness`: whether a service can go live: what its class and the model ask for, and what is still missing.
//!
//! Goes in: a service, an instant. Comes out: one row per thing that is needed, and one row for the whole.
//! **Invariant:** every kind of thing has at least one row, also where it is not needed; a service with a row missing is not ready.
//! **Not here:** advice on services that run (`answer::findings`), whether what is promised can be kept (`structure`).

mod explain;
mod walk;

use self::walk::Needed;
use crate::answer::given::{KEPT, Question};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Error, Instant, Place, Problem, Problems, Schema, Table, codes};
use crate::document::decode::{choice, query};
use crate::ecosystem::{Ecosystem, asked};
use crate::model::rule::ServiceIdx;
use crate::model::service::Stage;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};

choice! {
    /// What a service needs before it goes live.
    pub enum NeedKind = "what a service needs" {
        /// A Service Owner.
        Owner = "owner",
        /// Who provides it.
        Provider = "provider",
        /// Its service class.
        Class = "class",
        /// The contract of its provider.
        Contract = "contract",
        /// A service level agreement.
        Sla = "sla",
        /// An operational level agreement for each dependency on another party.
        Ola = "ola",
        /// An underpinning contract.
        UnderpinningContract = "underpinning_contract",
        /// A measure of each statistic of its class.
        Measure = "measure",
        /// A target that reaches the availability of its class.
        Availability = "availability",
        /// Service hours that hold those of its class.
        Hours = "hours",
        /// An interface in each process of its class with each other party it depends on.
        Interface = "interface",
        /// A Responsible and an Accountable for each activity of the processes of its class.
        Responsibilities = "responsibilities",
        /// A way to reach its owner and each Responsible and Accountable of these processes.
        Contact = "contact",
        /// What it depends on, in operation.
        Dependency = "dependency",
    }
}

choice! {
    /// How it stands with something that is needed.
    pub enum NeedState = "a state of readiness" {
        /// It is there.
        Ready = "ready",
        /// It is not there.
        Missing = "missing",
        /// It cannot be told; a problem says why.
        Unknown = "unknown",
        /// Nothing asks for it.
        NotNeeded = "not_needed",
    }
}

query! {
    /// Whether a service can go live.
    pub struct ReadinessQuery = "a question for readiness" {
        /// The service, at whatever stage.
        service: String = "service",
        /// At which instant.
        at: Instant = "at",
    }
}

impl Question for ReadinessQuery {}

/// The rows of `readiness`.
pub const READINESS: Schema = Schema {
    name: "rows",
    doc: "one row per thing that a service may need, in the order of its coming into use",
    columns: &[
        ColumnSpec {
            name: "item",
            kind: ColumnType::Text,
            doc: "owner, provider, class, contract, sla, ola, underpinning_contract, measure, availability, hours, interface, responsibilities, contact or dependency",
        },
        ColumnSpec {
            name: "subject",
            kind: ColumnType::Text,
            doc: "which one: a dependency, statistic, calendar, process, role or party",
        },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "the other party, or the one whose contract or role it is" },
        ColumnSpec { name: "needed_by", kind: ColumnType::Text, doc: "class, or model for what every service needs" },
        ColumnSpec { name: "state", kind: ColumnType::Text, doc: "ready, missing, unknown or not_needed" },
        ColumnSpec { name: "object", kind: ColumnType::Text, doc: "what meets it: its name" },
        ColumnSpec {
            name: "detail",
            kind: ColumnType::Text,
            doc: "the target agreed, the first instant outside the hours, the first activity without R or A, the stage of a dependency",
        },
    ],
};

/// The whole of a `readiness`.
pub const READINESS_SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row for the service",
    columns: &[
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service" },
        ColumnSpec { name: "stage", kind: ColumnType::Text, doc: "its stage at the instant" },
        ColumnSpec { name: "class", kind: ColumnType::Text, doc: "its class" },
        ColumnSpec { name: "ready", kind: ColumnType::Boolean, doc: "whether nothing is missing or unknown" },
        ColumnSpec { name: "items_ready", kind: ColumnType::Integer, doc: "rows that are ready" },
        ColumnSpec { name: "items_missing", kind: ColumnType::Integer, doc: "rows that are missing" },
        ColumnSpec { name: "items_unknown", kind: ColumnType::Integer, doc: "rows that cannot be told" },
        ColumnSpec { name: "items_not_needed", kind: ColumnType::Integer, doc: "rows that nothing asks for" },
    ],
};

/// Whether a service can go live.
#[derive(Clone)]
pub struct ReadinessReport {
    ecosystem: Ecosystem,
    service: ServiceIdx,
    at: Instant,
    items: Vec<Needed>,
    tables: [Table; 2],
    problems: Problems,
}

/// Whether a service can go live, and what is missing.
///
/// ```
/// use siam_core::{Source, answer::readiness::{ReadinessQuery, readiness}, base::{Instant, columns::Cell}, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {acme: {kind: customer}, netco: {kind: supplier}}
/// classes: {business: {agreements: [sla]}}
/// contracts: {network: {provider: netco}}
/// services: {wan: {provider: netco, class: business, stage: transition, owner: A. Rossi}}
/// ")])?;
/// let at = Instant::parse("2026-10-01T00:00:00Z").unwrap();
/// let report = readiness(&acme, &ReadinessQuery { service: "wan".into(), at })?;
/// assert_eq!(report.summary().cell(0, "ready"), Cell::Boolean(false));
/// assert_eq!(report.rows().cell(4, "item"), Cell::Text("sla".into()));
/// assert_eq!(report.rows().cell(4, "state"), Cell::Text("missing".into()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn readiness(ecosystem: &Ecosystem, query: &ReadinessQuery) -> Result<ReadinessReport, Error> {
    let service = resolve(ecosystem, query)?;
    let mut problems = Problems::new();
    let items = walk::items(ecosystem, service, query.at, &mut problems);
    let tables = [rows(ecosystem, &items), summary(ecosystem, service, query.at, &items)];
    Ok(ReadinessReport { ecosystem: ecosystem.clone(), service, at: query.at, items, tables, problems })
}

fn resolve(ecosystem: &Ecosystem, query: &ReadinessQuery) -> Result<ServiceIdx, Error> {
    let model = ecosystem.model();
    let names = &model.names.services;
    let Some(service) = names.get(&query.service).copied() else {
        return Err(asked("service", &query.service, names.keys()));
    };
    if model.services.get(service).is_some_and(|service| service.validity.contains(query.at)) {
        return Ok(service);
    }
    let mut problems = Problems::new();
    let problem = Problem::new(&codes::NOT_THERE, Place::Nowhere).with("service", Argument::user(&query.service));
    problems.push(problem.with("at", query.at), KEPT);
    Err(Error::from_problems(problems))
}

fn rows(ecosystem: &Ecosystem, items: &[Needed]) -> Table {
    let mut table = Table::new(&READINESS);
    for item in items {
        table.push(&[
            text(item.kind.as_str()),
            text_or_null(item.subject.as_deref()),
            text_or_null(item.party.map(|party| ecosystem.model().party_name(party))),
            text(if item.by_class { "class" } else { "model" }),
            text(item.state.as_str()),
            text_or_null(item.object.as_deref()),
            text_or_null(item.detail.as_deref()),
        ]);
    }
    table
}

fn summary(ecosystem: &Ecosystem, service: ServiceIdx, at: Instant, items: &[Needed]) -> Table {
    let model = ecosystem.model();
    let mut table = Table::new(&READINESS_SUMMARY);
    let number = |state| items.iter().filter(|item| item.state == state).count();
    let (missing, unknown) = (number(NeedState::Missing), number(NeedState::Unknown));
    let service = &model.services[service];
    let class = service.class.at(at).and_then(|class| model.classes.get(*class));
    table.push(&[
        text(service.id.as_str()),
        text(service.stage.at(at).copied().unwrap_or(Stage::Operation).as_str()),
        text_or_null(class.map(|class| class.id.as_str())),
        Cell::Boolean(missing + unknown == 0),
        count(number(NeedState::Ready)),
        count(missing),
        count(unknown),
        count(number(NeedState::NotNeeded)),
    ]);
    table
}

impl ReadinessReport {
    /// One row per thing that a service may need.
    pub fn rows(&self) -> &Table {
        let [rows, _] = &self.tables;
        rows
    }
    /// One row for the service.
    pub fn summary(&self) -> &Table {
        let [_, summary] = &self.tables;
        summary
    }
}

impl Answer for ReadinessReport {
    fn operation(&self) -> &'static str {
        "readiness"
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
        let item = self.items.get(row).ok_or_else(|| no_such_row(row, self.items.len()))?;
        Ok(explain::explain(self, item))
    }
}

#[cfg(test)]
mod tests;
