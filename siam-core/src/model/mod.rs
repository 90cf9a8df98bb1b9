//! What is true: the checked model of an ecosystem, every part of it dated.
//!
//! Goes in: placed documents and tables of services. Comes out: validated parties, services, calendars, agreements, measures.
//! **Invariant:** every name in the model resolves; every date interval is non-empty; what is here passed every check.
//! **Not here:** compiled forms (`structure`, `clock`), what happened (`evidence`).

pub mod agreement;
pub mod calendar;
pub mod check;
pub mod dated;
pub mod dependency;
pub mod maintenance;
pub mod party;
pub mod rule;
pub mod service;
pub mod tables;
pub mod vocabulary;

use crate::base::id::{AgreementId, CalendarId, ClassId, MaintenanceId, MeasureId, PartyId, ServiceId};
use crate::base::zone::Zone;
use crate::base::{Currency, Idx, IdxVec, codes};
use crate::document::decode::record;
use crate::document::{Faults, Mark, Named, Spot};
use agreement::{Agreement, AgreementDoc, AgreementIdx, Measure, MeasureIdx};
use calendar::{Calendar, CalendarDoc, CalendarIdx};
use maintenance::{Maintenance, MaintenanceDoc, MaintenanceIdx};
use party::{Party, PartyDoc, PartyIdx};
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
    /// Services.
    pub services: IdxVec<rule::ServiceKind, Service>,
    /// Maintenance rules.
    pub maintenance: IdxVec<Maintenance, Maintenance>,
    /// Agreements.
    pub agreements: IdxVec<Agreement, Agreement>,
    /// Measures of all agreements.
    pub measures: IdxVec<Measure, Measure>,
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
    pub services: BTreeMap<String, ServiceIdx>,
    /// Maintenance rules by id.
    pub maintenance: BTreeMap<String, MaintenanceIdx>,
    /// Agreements by id.
    pub agreements: BTreeMap<String, AgreementIdx>,
    /// Measures by id.
    pub measures: BTreeMap<String, MeasureIdx>,
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
    match Zone::find(name) {
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
}

/// Which index a name leads to, or a report of the nearest known one.
pub fn resolve<T>(
    names: &BTreeMap<String, Idx<T>>,
    kind: &'static str,
    name: &str,
    mark: Mark,
    faults: &mut Faults,
) -> Option<Idx<T>> {
    let found = names.get(name).copied();
    if found.is_none() {
        let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
        faults.unknown(codes, mark, ("name", name), names.keys().map(String::as_str), vec![("kind", kind.into())]);
    }
    found
}
