//! What every search for findings uses: who is in use at an instant, who depends on whom, what is in force.
//!
//! Goes in: an ecosystem and an instant. Comes out: boundaries between parties, names, and a list that findings are added to.
//! **Invariant:** lists are in the order of names, so that the order of documents never shows.
//! **Not here:** what is a finding (the files beside this one).

use crate::base::{Argument, Code, Instant, Problem};
use crate::document::Mark;
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::agreement::{Agreement, AgreementIdx, Measure};
use crate::model::calendar::CalendarIdx;
use crate::model::contract::Contract;
use crate::model::dated::Validity;
use crate::model::party::{PartyIdx, PartyKind};
use crate::model::process::ProcessIdx;
use crate::model::responsibility::{PROVIDER, Subject};
use crate::model::rule::ServiceIdx;
use crate::model::service::{Service, ServiceClass, Stage};
use crate::report::Reason;
use std::collections::BTreeSet;

/// Names that a message lists; more are counted.
const LISTED: usize = 8;

/// Facts of one kind that a finding keeps; more are counted.
const FACTS: usize = 20;

/// One thing found.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// What is said of it, and where.
    pub problem: Problem,
    /// The kind of the object it is about.
    pub kind: &'static str,
    /// The object.
    pub object: String,
    /// The other object, where two do not fit.
    pub other: Option<String>,
    /// What it rests on.
    pub facts: Vec<Reason>,
}

impl Finding {
    /// The same with one more argument.
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.problem = self.problem.with(name, value);
        self
    }
    /// The same with a name a user wrote as one more argument.
    pub fn named(self, name: &'static str, value: &str) -> Self {
        self.with(name, Argument::user(value))
    }
    /// The same with the other object.
    pub fn other(mut self, other: &str) -> Self {
        self.other = Some(other.to_owned());
        self
    }
    /// The same resting on one more fact.
    pub fn fact(mut self, fact: Reason) -> Self {
        self.facts.push(fact);
        self
    }
    /// The same resting on more facts; those beyond a bound are counted.
    pub fn facts(mut self, facts: impl IntoIterator<Item = Reason>) -> Self {
        let mut facts = facts.into_iter();
        self.facts.extend(facts.by_ref().take(FACTS));
        let more = facts.count();
        if more > 0 {
            self.facts.push(Reason::new("finding-more").with("n", more));
        }
        self
    }
}

/// A service in use of one party that depends on one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Boundary {
    pub service: ServiceIdx,
    pub party: PartyIdx,
    pub other: ServiceIdx,
    pub other_party: PartyIdx,
}

/// A search under way.
pub(super) struct Looking<'a> {
    pub ecosystem: &'a Ecosystem,
    pub model: &'a Model,
    pub at: Instant,
    /// Services in use at the instant, by name.
    pub in_use: Vec<(ServiceIdx, &'a Service)>,
    /// Where services in use cross from one party to another, by name.
    pub boundaries: Vec<Boundary>,
    pub found: Vec<Finding>,
}

impl<'a> Looking<'a> {
    /// A search as at an instant.
    pub fn new(ecosystem: &'a Ecosystem, at: Instant) -> Self {
        let model = ecosystem.model();
        let mut looking = Self { ecosystem, model, at, in_use: Vec::new(), boundaries: Vec::new(), found: Vec::new() };
        let used = |service: &Service| {
            let stage = service.stage.at(at).copied().unwrap_or(Stage::Operation);
            service.validity.contains(at) && matches!(stage, Stage::Operation | Stage::Transition)
        };
        let in_use = model.names.services.values().filter_map(|at| Some((*at, model.services.get(*at)?)));
        looking.in_use = in_use.filter(|(_, service)| used(service)).collect();
        let live: BTreeSet<ServiceIdx> = looking.in_use.iter().map(|(at, _)| *at).collect();
        let mut boundaries = Vec::new();
        for (service, own) in &looking.in_use {
            let Some(party) = own.provider.at(at).copied() else { continue };
            for other in looking.dependencies(*service).into_iter().filter(|other| live.contains(other)) {
                let provider = model.services.get(other).and_then(|other| other.provider.at(at).copied());
                if let Some(other_party) = provider.filter(|other_party| *other_party != party) {
                    boundaries.push(Boundary { service: *service, party, other, other_party });
                }
            }
        }
        looking.boundaries = boundaries;
        looking
    }

    /// What a service depends on, once each, by name.
    pub fn dependencies(&self, service: ServiceIdx) -> Vec<ServiceIdx> {
        let edges = self.model.node(service, self.at).edges;
        let mut to: Vec<ServiceIdx> = edges.into_iter().map(|edge| edge.to).collect();
        to.sort_unstable_by_key(|service| self.model.service_name(*service));
        to.dedup();
        to
    }
    /// All that some services rest on in the end, themselves among it where they rest on each other.
    pub fn cone(&self, services: impl IntoIterator<Item = ServiceIdx>) -> BTreeSet<ServiceIdx> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<ServiceIdx> = services.into_iter().collect();
        while let Some(next) = open.pop() {
            for edge in self.model.node(next, self.at).edges {
                if seen.insert(edge.to) {
                    open.push(edge.to);
                }
            }
        }
        seen
    }

    /// Begins a finding at a mark.
    pub fn finding(&self, code: &'static Code, mark: Mark, kind: &'static str, object: &str) -> Finding {
        let problem = Problem::new(code, self.ecosystem.place(mark));
        Finding { problem, kind, object: object.to_owned(), other: None, facts: Vec::new() }
    }
    /// Adds a finding.
    pub fn add(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    /// Whether something holds at the instant.
    pub fn holds(&self, validity: &Validity) -> bool {
        validity.contains(self.at)
    }
    /// The id of a party.
    pub fn party(&self, party: PartyIdx) -> &'a str {
        self.model.party_name(party)
    }
    /// The id of a service.
    pub fn service(&self, service: ServiceIdx) -> &'a str {
        self.model.service_name(service)
    }
    /// The id of a process.
    pub fn process(&self, process: ProcessIdx) -> &'a str {
        self.model.processes.get(process).map_or("", |process| process.id.as_str())
    }
    /// The id of a calendar.
    pub fn calendar(&self, calendar: CalendarIdx) -> &'a str {
        self.model.calendars.get(calendar).map_or("", |calendar| calendar.id.as_str())
    }
    /// The kind of a party.
    pub fn kind(&self, party: PartyIdx) -> Option<PartyKind> {
        self.model.parties.get(party).map(|party| party.kind)
    }
    /// The id of a role or party.
    pub fn subject(&self, subject: Subject) -> &'a str {
        match subject {
            Subject::Role(role) => self.model.roles.get(role).map_or("", |role| role.id.as_str()),
            Subject::Party(party) => self.party(party),
            Subject::Provider => PROVIDER,
        }
    }
    /// The layer of a role or party; whoever provides is a supplier.
    pub fn layer(&self, subject: Subject) -> Option<PartyKind> {
        match subject {
            Subject::Role(role) => self.model.roles.get(role).and_then(|role| self.kind(role.party)),
            Subject::Party(party) => self.kind(party),
            Subject::Provider => Some(PartyKind::Supplier),
        }
    }
    /// The class of a service.
    pub fn class(&self, service: ServiceIdx) -> Option<&'a ServiceClass> {
        let class = self.model.services.get(service)?.class.at(self.at)?;
        self.model.classes.get(*class)
    }
    /// Who provides a service.
    pub fn provider(&self, service: ServiceIdx) -> Option<PartyIdx> {
        self.model.services.get(service)?.provider.at(self.at).copied()
    }

    /// The agreements in force, by name.
    pub fn agreements(&self) -> Vec<(AgreementIdx, &'a Agreement)> {
        let all = self.model.names.agreements.values().filter_map(|at| Some((*at, self.model.agreements.get(*at)?)));
        all.filter(|(_, agreement)| self.holds(&agreement.validity)).collect()
    }
    /// The measures in force, by name, each with its agreement.
    pub fn measures(&self) -> Vec<(&'a Measure, &'a Agreement)> {
        let all = self.model.names.measures.values().filter_map(|at| self.model.measures.get(*at));
        let all = all.filter_map(|measure| Some((measure, self.model.agreements.get(measure.agreement)?)));
        all.filter(|(measure, agreement)| self.holds(&measure.validity) && self.holds(&agreement.validity)).collect()
    }
    /// The services in use that an agreement covers, by name: all where it lists none.
    pub fn covered(&self, agreement: &Agreement) -> Vec<ServiceIdx> {
        let all = self.in_use.iter().map(|(service, _)| *service);
        all.filter(|service| agreement.services.is_empty() || agreement.services.contains(service)).collect()
    }
    /// The contracts in force, by name.
    pub fn contracts(&self) -> Vec<&'a Contract> {
        let all = self.model.names.contracts.values().filter_map(|at| self.model.contracts.get(*at));
        all.filter(|contract| self.holds(&contract.validity)).collect()
    }
    /// The contract in force of a party: its first by name.
    pub fn contract_of(&self, party: PartyIdx) -> Option<&'a Contract> {
        self.contracts().into_iter().find(|contract| contract.provider == party)
    }

    /// Names as one argument, those beyond a bound left out with dots.
    pub fn list<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Argument {
        let mut names: Vec<Argument> = names.into_iter().take(LISTED + 1).map(Argument::user).collect();
        if names.len() > LISTED {
            names.truncate(LISTED);
            names.push(Argument::from("..."));
        }
        Argument::List(names)
    }
    /// The fact of a dependency across a boundary.
    pub fn edge(&self, boundary: &Boundary) -> Reason {
        Reason::new("finding-edge")
            .with("service", Argument::name(self.service(boundary.service)))
            .with("party", Argument::name(self.party(boundary.party)))
            .with("other", Argument::name(self.service(boundary.other)))
            .with("other_party", Argument::name(self.party(boundary.other_party)))
    }
    /// The fact that a class asks for something.
    pub fn asks(&self, class: &ServiceClass, what: &str) -> Reason {
        Reason::new("finding-class-asks").with("class", Argument::name(class.id.as_str())).with("what", Argument::name(what))
    }
}
