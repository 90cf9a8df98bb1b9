//! Services: what is provided, by whom, to how many, resting on what.
//!
//! Goes in: `classes:` and `services:` of a document, rows of service tables. Comes out: `Service` by dense index.
//! **Invariant:** provider, class, hours and dependencies resolve at every instant.
//! **Not here:** how levels pass between services (`structure`).

use super::agreement::{AgreementKind, Statistic};
use super::calendar::CalendarIdx;
use super::dated::{Timeline, Validity};
use super::dependency::DependsDoc;
use super::party::PartyIdx;
use super::process::ProcessIdx;
use super::rule;
use crate::base::id::{ClassId, ServiceId};
use crate::base::{Idx, Ratio};
use crate::document::decode::{choice, record};
use crate::document::{Dated, Mark, Spot, When};

choice! {
    /// Where in its life a service stands.
    pub enum Stage = "a stage of a service" {
        /// Planned.
        Pipeline = "pipeline",
        /// Being designed and built.
        Design = "design",
        /// Being brought into use: measured, not yet charged for failures.
        Transition = "transition",
        /// In operation.
        Operation = "operation",
        /// Gone: neither measured nor charged.
        Retired = "retired",
    }
}

record! {
    /// A service class as written.
    pub struct ClassDoc = "a service class" {
        /// Its full name.
        title: Option<String> = "title",
        /// Whether services of it are critical to the business.
        critical: Option<bool> = "critical",
        /// The availability its services need.
        availability: Option<Ratio> = "availability",
        /// The statistics its services must be measured by.
        measures: Vec<Statistic> = "measures",
        /// The kinds of agreements they need: sla, ola, underpinning_contract.
        agreements: Vec<AgreementKind> = "agreements",
        /// The processes in which a boundary between parties needs an interface.
        interfaces: Vec<Spot<String>> = "interfaces",
        /// The processes whose responsibilities must be laid down.
        responsibilities: Vec<Spot<String>> = "responsibilities",
        /// The hours they must at least be served in.
        hours: Option<Spot<String>> = "hours",
    }
}

record! {
    /// A service as written.
    pub struct ServiceDoc = "a service" {
        /// Its full name.
        title: Option<String> = "title",
        /// The party that provides it.
        provider: Option<Dated<String>> = "provider",
        /// Its Service Owner: a role, or a person's name.
        owner: Option<Dated<String>> = "owner",
        /// Its service class.
        class: Option<Dated<String>> = "class",
        /// pipeline, design, transition, operation or retired; operation unless written.
        stage: Option<Dated<Stage>> = "stage",
        /// How many people use it.
        users: Option<Dated<i64>> = "users",
        /// The calendar of its service hours; around the clock unless written.
        hours: Option<Dated<String>> = "hours",
        /// The calendar in which its users work; its service hours unless written.
        user_hours: Option<Dated<String>> = "user_hours",
        /// What it rests on, in the short or the long form of docs/rules.md.
        depends_on: Option<Dated<DependsDoc>> = "depends_on",
        /// From when it exists.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of a service class.
pub type ClassIdx = Idx<ServiceClass>;

/// A service class.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceClass {
    /// Its id.
    pub id: ClassId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// Whether services of it are critical.
    pub critical: bool,
    /// The availability its services need.
    pub availability: Option<Ratio>,
    /// The statistics they must be measured by.
    pub measures: Vec<Statistic>,
    /// The kinds of agreements they need.
    pub agreements: Vec<AgreementKind>,
    /// Processes in which a boundary between parties needs an interface.
    pub interfaces: Vec<ProcessIdx>,
    /// Processes whose responsibilities must be laid down.
    pub responsibilities: Vec<ProcessIdx>,
    /// The hours they must at least be served in.
    pub hours: Option<CalendarIdx>,
    /// Where it is written.
    pub mark: Mark,
}

impl ServiceClass {
    /// Whether it says anything of what its services need; what it then leaves out is not needed.
    pub fn states_needs(&self) -> bool {
        let lists = !self.measures.is_empty() || !self.agreements.is_empty() || !self.interfaces.is_empty();
        lists || !self.responsibilities.is_empty() || self.hours.is_some() || self.availability.is_some()
    }
}

/// A service.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its full name; none where the id serves.
    pub title: Option<String>,
    /// Who provides it.
    pub provider: Timeline<PartyIdx>,
    /// Its Service Owner.
    pub owner: Timeline<String>,
    /// Its class.
    pub class: Timeline<ClassIdx>,
    /// Its stage; operation where no value holds.
    pub stage: Timeline<Stage>,
    /// How many people use it.
    pub users: Timeline<i64>,
    /// Its service hours; around the clock where no value holds.
    pub hours: Timeline<CalendarIdx>,
    /// When its users work; its service hours where no value holds.
    pub user_hours: Timeline<CalendarIdx>,
    /// What it rests on, ready to compile.
    pub depends_on: Timeline<rule::Node>,
    /// When it exists.
    pub validity: Validity,
    /// Where it is written; the default mark for a row of a table.
    pub mark: Mark,
}

impl Service {
    /// A service of which only the name is known.
    pub fn named(id: ServiceId) -> Self {
        Self {
            id,
            title: None,
            provider: Timeline::never(),
            owner: Timeline::never(),
            class: Timeline::never(),
            stage: Timeline::never(),
            users: Timeline::never(),
            hours: Timeline::never(),
            user_hours: Timeline::never(),
            depends_on: Timeline::never(),
            validity: Validity::ALWAYS,
            mark: Mark::default(),
        }
    }
    /// Its full name, or its id.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(self.id.as_str())
    }
}
