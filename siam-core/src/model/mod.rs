//! What is true: the checked model of an ecosystem, every part of it dated.
//!
//! Goes in: placed documents and tables of services. Comes out: validated parties, services, calendars, agreements, measures.
//! **Invariant:** every name in the model resolves; every date interval is non-empty; what is here passed every check.
//! **Not here:** compiled forms (`structure`, `clock`), what happened (`evidence`).

pub mod agreement;
pub mod allowance;
pub mod cadence;
pub mod calendar;
pub mod check;
mod checking;
pub mod contract;
mod counted;
pub mod counting;
pub mod dated;
pub mod dependency;
pub mod forum;
pub mod icalendar;
pub mod interface;
pub mod kept;
mod level_map;
pub mod maintenance;
pub mod party;
pub mod process;
pub mod regime;
pub mod responsibility;
pub mod role;
pub mod rule;
mod rules;
pub mod service;
pub mod statistic;
pub mod tables;
pub mod vocabulary;

use crate::base::id::{
    AgreementId, CalendarId, ClassId, ContractId, ForumId, InterfaceId, MaintenanceId, MeasureId, PartyId, ProcessId, RoleId,
    ServiceId,
};
use crate::base::zone::Zone;
use crate::base::zones::ZoneDatabase;
use crate::base::{Currency, Directory, Idx, IdxVec, codes};
use crate::document::decode::record;
use crate::document::{Faults, Mark, Named, Spot};
use agreement::{Agreement, AgreementDoc, AgreementIdx, Measure, MeasureIdx};
use calendar::{Calendar, CalendarDoc, CalendarIdx};
use checking::Checking;
use contract::{Contract, ContractDoc, ContractIdx, Framework, FrameworkDoc};
use forum::{Forum, ForumDoc, ForumIdx};
use interface::{Interface, InterfaceDoc, InterfaceIdx};
use maintenance::{Maintenance, MaintenanceDoc, MaintenanceIdx};
use party::{Party, PartyDoc, PartyIdx};
use process::{Process, ProcessDoc, ProcessIdx};
use regime::{AttachmentDoc, FiguresDoc, Regime, RegimeDoc};
use responsibility::{Equaliser, EqualiserDoc, GridDoc, Responsibility};
use role::{Role, RoleDoc, RoleIdx};
use rule::{Level, ServiceIdx};
use service::{ClassDoc, ClassIdx, Service, ServiceClass, ServiceDoc};
use std::collections::BTreeMap;

/// The edition of the meanings this library knows.
pub const EDITION: u32 = 1;

/// The chain of levels where a document names none.
pub const DEFAULT_LEVELS: [&str; 3] = ["operational", "degraded", "down"];

record! {
    /// An ecosystem as written: the top of every document.
    pub struct EcosystemDoc = "an ecosystem" {
        /// The edition whose meanings hold.
        edition: Spot<u32> = "siam",
        /// Its name.
        name: Option<String> = "ecosystem",
        /// The IANA zone in which its dates are meant; UTC unless written.
        zone: Option<Spot<String>> = "zone",
        /// The ISO 4217 currency of amounts without one.
        currency: Option<Spot<String>> = "currency",
        /// Levels of a service, best first; operational, degraded, down unless written.
        levels: Vec<Spot<String>> = "levels",
        /// Customer, integrator and suppliers.
        parties: Named<PartyDoc> = "parties",
        /// Service classes.
        classes: Named<ClassDoc> = "classes",
        /// Calendars of service hours.
        calendars: Named<CalendarDoc> = "calendars",
        /// Services and what they rest on.
        services: Named<ServiceDoc> = "services",
        /// Maintenance rules: when planned work is planned.
        maintenance: Named<MaintenanceDoc> = "maintenance",
        /// SLAs, OLAs and underpinning contracts with their measures.
        agreements: Named<AgreementDoc> = "agreements",
        /// The rules of the club that each contract inherits.
        framework: Option<FrameworkDoc> = "framework",
        /// The direct contract of each party with the customer.
        contracts: Named<ContractDoc> = "contracts",
        /// Offices, who holds them and to whom they escalate.
        roles: Named<RoleDoc> = "roles",
        /// Processes with their activities.
        processes: Named<ProcessDoc> = "processes",
        /// The RACI grid: by process and activity, the letters of each role or party; `provider` is whoever provides the service.
        responsibilities: GridDoc = "responsibilities",
        /// By process, how deep customer, integrator and suppliers go: 0 to 5.
        equaliser: Named<EqualiserDoc> = "equaliser",
        /// Service provider interfaces: where parties meet, and what passes between them.
        interfaces: Named<InterfaceDoc> = "interfaces",
        /// Boards and meetings that steer.
        forums: Named<ForumDoc> = "forums",
        /// Incentive regimes; one, or several editions.
        regimes: Named<Vec<RegimeDoc>> = "regimes",
        /// What all parties are under together: regimes per ecosystem.
        collective: Option<CollectiveDoc> = "collective",
    }
}

record! {
    /// What all parties are under together, as written.
    pub struct CollectiveDoc = "the collective" {
        /// Incentive regimes per ecosystem, with their parameters.
        regimes: Named<AttachmentDoc> = "regimes",
        /// Figures that evidence supplies for the ecosystem, with their types.
        figures: FiguresDoc = "figures",
        /// Parties that take part; every supplier and the integrator unless written.
        parties: Vec<Spot<String>> = "parties",
    }
}

/// The checked model.
#[derive(Debug, Clone)]
pub struct Model {
    /// Its name; empty where none is written.
    pub name: String,
    /// The edition whose meanings hold.
    pub edition: u32,
    /// The zone in which dates are meant.
    pub zone: Zone,
    /// The time zone database it was loaded with.
    pub zones: ZoneDatabase,
    /// The currency of amounts without one.
    pub currency: Option<Currency>,
    /// Names of the levels, best first.
    pub levels: Vec<String>,
    /// Customer, integrator and suppliers.
    pub parties: IdxVec<Party, Party>,
    /// Service classes.
    pub classes: IdxVec<ServiceClass, ServiceClass>,
    /// Calendars.
    pub calendars: IdxVec<Calendar, Calendar>,
    /// Where each calendar is written.
    pub calendar_marks: IdxVec<Calendar, Mark>,
    /// The calendars, each after those it is made of.
    pub calendar_order: Vec<CalendarIdx>,
    /// Services.
    pub services: IdxVec<rule::ServiceKind, Service>,
    /// Maintenance rules.
    pub maintenance: IdxVec<Maintenance, Maintenance>,
    /// Agreements.
    pub agreements: IdxVec<Agreement, Agreement>,
    /// Measures of all agreements.
    pub measures: IdxVec<Measure, Measure>,
    /// The rules of the club.
    pub framework: Framework,
    /// Contracts.
    pub contracts: IdxVec<Contract, Contract>,
    /// Roles.
    pub roles: IdxVec<Role, Role>,
    /// Processes.
    pub processes: IdxVec<Process, Process>,
    /// The cells of the RACI grid in the order written.
    pub responsibilities: Vec<Responsibility>,
    /// How deep each layer goes.
    pub equaliser: Vec<Equaliser>,
    /// Service provider interfaces.
    pub interfaces: IdxVec<Interface, Interface>,
    /// Forums.
    pub forums: IdxVec<Forum, Forum>,
    /// Incentive regimes, in the order written.
    pub regimes: Vec<Regime>,
    /// What all parties are under together.
    pub collective: Option<CollectiveDoc>,
    /// Where each name leads.
    pub names: Names,
}

/// Names to indexes.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Parties by id.
    pub parties: BTreeMap<String, PartyIdx>,
    /// Service classes by id.
    pub classes: BTreeMap<String, ClassIdx>,
    /// Calendars by id.
    pub calendars: BTreeMap<String, CalendarIdx>,
    /// Services by id.
    pub services: Directory<rule::ServiceKind>,
    /// Maintenance rules by id.
    pub maintenance: BTreeMap<String, MaintenanceIdx>,
    /// Agreements by id.
    pub agreements: BTreeMap<String, AgreementIdx>,
    /// Measures by id.
    pub measures: BTreeMap<String, MeasureIdx>,
    /// Roles by id.
    pub roles: BTreeMap<String, RoleIdx>,
    /// Processes by id.
    pub processes: BTreeMap<String, ProcessIdx>,
    /// Interfaces by id.
    pub interfaces: BTreeMap<String, InterfaceIdx>,
    /// Forums by id.
    pub forums: BTreeMap<String, ForumIdx>,
    /// Contracts by id.
    pub contracts: BTreeMap<String, ContractIdx>,
}

impl Model {
    /// The name of a level.
    pub fn level_name(&self, level: Level) -> &str {
        self.levels.get(usize::from(level)).map_or("", String::as_str)
    }
    /// The level of a name.
    pub fn level(&self, name: &str) -> Option<Level> {
        self.levels.iter().position(|known| known == name).and_then(|at| Level::try_from(at).ok())
    }
    /// The id of a party as text.
    pub fn party_name(&self, party: PartyIdx) -> &str {
        self.parties.get(party).map_or("", |party| party.id.as_str())
    }
    /// The id of a service as text.
    pub fn service_name(&self, service: ServiceIdx) -> &str {
        self.services.get(service).map_or("", |service| service.id.as_str())
    }
}

/// Reports a zone that the database does not have.
pub fn check_zone(name: &str, mark: Mark, faults: &mut Faults) -> Option<Zone> {
    match faults.limits().zones.find(name) {
        Ok(zone) => Some(zone),
        Err(found) => {
            let problem = found
                .arguments()
                .iter()
                .fold(faults.problem(&codes::UNKNOWN_ZONE, mark), |problem, (name, value)| problem.with(name, value.clone()));
            faults.report(problem);
            None
        }
    }
}

/// Text ids of the model's parts.
pub trait Identified {
    /// The id type.
    type Id: std::str::FromStr<Err = crate::base::id::IdFault>;
    /// How messages call the kind.
    const KIND: &'static str;
}

macro_rules! identified {
    ($($part:ty, $id:ty, $kind:literal;)+) => {$(
        impl Identified for $part {
            type Id = $id;
            const KIND: &'static str = $kind;
        }
    )+};
}

identified! {
    Party, PartyId, "party";
    ServiceClass, ClassId, "service class";
    Calendar, CalendarId, "calendar";
    Service, ServiceId, "service";
    Maintenance, MaintenanceId, "maintenance rule";
    Agreement, AgreementId, "agreement";
    Measure, MeasureId, "measure";
    Role, RoleId, "role";
    Process, ProcessId, "process";
    Interface, InterfaceId, "interface";
    Forum, ForumId, "forum";
    Contract, ContractId, "contract";
}

/// Names that are looked up, whatever holds them.
pub trait Known<T> {
    /// Where a name leads.
    fn index(&self, name: &str) -> Option<Idx<T>>;
    /// All names, sorted.
    fn known(&self) -> impl Iterator<Item = &str> + Clone;
}

impl<T> Known<T> for BTreeMap<String, Idx<T>> {
    fn index(&self, name: &str) -> Option<Idx<T>> {
        self.get(name).copied()
    }
    fn known(&self) -> impl Iterator<Item = &str> + Clone {
        self.keys().map(String::as_str)
    }
}

impl<T> Known<T> for Directory<T> {
    fn index(&self, name: &str) -> Option<Idx<T>> {
        self.get(name).copied()
    }
    fn known(&self) -> impl Iterator<Item = &str> + Clone {
        self.keys()
    }
}

/// Which index a name leads to, or a report of the nearest known one.
pub fn resolve<T>(names: &impl Known<T>, kind: &'static str, name: &str, mark: Mark, faults: &mut Faults) -> Option<Idx<T>> {
    let found = names.index(name);
    if found.is_none() {
        let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
        faults.unknown(codes, mark, ("name", name), names.known(), vec![("kind", kind.into())]);
    }
    found
}
