//! What a service needs, looked for one by one.
//!
//! Goes in: a service and an instant. Comes out: items in the order of their kinds.
//! **Invariant:** an item is ready only by something that is in force at the instant.
//! **Not here:** the tables (`readiness`), how to mend it (`explain`).

use super::{NeedKind, NeedState};
use crate::answer::given::KEPT;
use crate::base::{Duration, Idx, Instant, Problem, Problems};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::agreement::{Agreement, AgreementKind, Measure, Statistic};
use crate::model::calendar::CalendarIdx;
use crate::model::party::{PartyIdx, PartyKind, Sourcing};
use crate::model::process::ProcessIdx;
use crate::model::responsibility::{Letters, Subject};
use crate::model::rule::ServiceIdx;
use crate::model::service::{Service, ServiceClass, Stage};
use std::collections::BTreeSet;

/// For how long the hours of a service are held against those of its class.
const YEAR: Duration = Duration(366 * 86_400 * 1_000_000);

/// One thing that is needed.
#[derive(Debug, Clone)]
pub(super) struct Needed {
    pub kind: NeedKind,
    pub subject: Option<String>,
    pub party: Option<PartyIdx>,
    /// Whether the class asks for it; else every service needs it.
    pub by_class: bool,
    pub state: NeedState,
    pub object: Option<String>,
    pub detail: Option<String>,
}

impl Needed {
    fn new(kind: NeedKind, by_class: bool) -> Self {
        Self { kind, subject: None, party: None, by_class, state: NeedState::NotNeeded, object: None, detail: None }
    }
    /// Ready by what was found, missing where nothing was.
    fn found(self, object: Option<impl Into<String>>) -> Self {
        let state = if object.is_some() { NeedState::Ready } else { NeedState::Missing };
        Self { state, object: object.map(Into::into), ..self }
    }
}

struct Walk<'a> {
    ecosystem: &'a Ecosystem,
    model: &'a Model,
    at: Instant,
    index: ServiceIdx,
    service: &'a Service,
    class: Option<&'a ServiceClass>,
    /// Who answers for the service.
    own: Option<PartyIdx>,
    /// What it depends on.
    below: Vec<ServiceIdx>,
    items: Vec<Needed>,
}

/// All that a service may need.
pub(super) fn items(ecosystem: &Ecosystem, index: ServiceIdx, at: Instant, problems: &mut Problems) -> Vec<Needed> {
    let model = ecosystem.model();
    let service = &model.services[index];
    let class = service.class.at(at).and_then(|class| model.classes.get(*class));
    let own = service.provider.at(at).map(|provider| model.prime(*provider));
    let edges = service.depends_on.at(at).map_or(&[][..], |node| &node.edges);
    let mut below: Vec<ServiceIdx> = Vec::new();
    for edge in edges.iter().filter(|edge| edge.to != index) {
        if !below.contains(&edge.to) {
            below.push(edge.to);
        }
    }
    let mut walk = Walk { ecosystem, model, at, index, service, class, own, below, items: Vec::new() };
    walk.basics();
    walk.agreements();
    walk.measures();
    walk.hours(problems);
    walk.interfaces();
    walk.responsibilities();
    walk.contacts();
    walk.dependencies();
    walk.items
}

impl Walk<'_> {
    fn push(&mut self, item: Needed) {
        self.items.push(item);
    }

    /// What nothing asks for keeps one row.
    fn not_needed(&mut self, kind: NeedKind, by_class: bool) {
        self.push(Needed::new(kind, by_class));
    }

    fn basics(&mut self) {
        let owner = self.service.owner.at(self.at).cloned();
        self.push(Needed::new(NeedKind::Owner, false).found(owner));
        let provider = self.service.provider.at(self.at).map(|party| self.model.party_name(*party));
        self.push(Needed::new(NeedKind::Provider, false).found(provider));
        self.push(Needed::new(NeedKind::Class, false).found(self.class.map(|class| class.id.as_str())));
        let contract = self
            .model
            .contracts
            .iter()
            .find(|contract| contract.validity.contains(self.at) && Some(self.model.prime(contract.provider)) == self.own);
        let party = self.own.and_then(|own| self.model.parties.get(own));
        // A part of the customer's own organisation has no contract with it.
        let internal = party.is_some_and(|party| party.kind == PartyKind::Customer || party.sourcing == Some(Sourcing::Internal));
        let item = Needed { party: self.own, ..Needed::new(NeedKind::Contract, false) };
        match contract {
            None if internal => self.push(item),
            found => self.push(item.found(found.map(|contract| contract.id.as_str()))),
        }
    }

    /// Whether an agreement is in force and about the service: by name, or as one about all that its provider provides.
    fn covers(&self, agreement: &Agreement) -> bool {
        let all =
            agreement.services.is_empty() && agreement.provider.is_none_or(|party| Some(self.model.prime(party)) == self.own);
        agreement.validity.contains(self.at) && (all || agreement.services.contains(&self.index))
    }

    fn asks(&self, kind: AgreementKind) -> bool {
        self.class.is_some_and(|class| class.agreements.contains(&kind))
    }

    fn agreements(&mut self) {
        let of_kind = |walk: &Self, kind| {
            let found = walk.model.agreements.iter().find(|agreement| agreement.kind == kind && walk.covers(agreement));
            found.map(|agreement| agreement.id.to_string())
        };
        match self.asks(AgreementKind::Sla) {
            true => self.push(Needed::new(NeedKind::Sla, true).found(of_kind(self, AgreementKind::Sla))),
            false => self.not_needed(NeedKind::Sla, true),
        }
        let across = if self.asks(AgreementKind::Ola) { self.across() } else { Vec::new() };
        if across.is_empty() {
            self.not_needed(NeedKind::Ola, true);
        }
        for (below, party) in across {
            let ola = self.model.agreements.iter().find(|agreement| self.is_ola(agreement, below, party));
            let item = Needed::new(NeedKind::Ola, true).found(ola.map(|ola| ola.id.as_str()));
            self.push(Needed { subject: Some(self.model.service_name(below).to_owned()), party: Some(party), ..item });
        }
        match self.asks(AgreementKind::UnderpinningContract) {
            true => {
                let found = of_kind(self, AgreementKind::UnderpinningContract).or_else(|| self.underpinning());
                self.push(Needed::new(NeedKind::UnderpinningContract, true).found(found));
            }
            false => self.not_needed(NeedKind::UnderpinningContract, true),
        }
    }

    /// The dependencies that another party provides, with that party.
    fn across(&self) -> Vec<(ServiceIdx, PartyIdx)> {
        let below = self.below.iter().filter_map(|below| {
            let service = self.model.services.get(*below).filter(|service| service.validity.contains(self.at))?;
            let party = self.model.prime(*service.provider.at(self.at)?);
            let kind = self.model.parties.get(party)?.kind;
            (Some(party) != self.own && kind != PartyKind::StandIn).then_some((*below, party))
        });
        below.collect()
    }

    /// Whether an OLA in force joins the two parties for a dependency.
    fn is_ola(&self, agreement: &Agreement, below: ServiceIdx, party: PartyIdx) -> bool {
        let prime = |party: Option<PartyIdx>| party.map(|party| self.model.prime(party));
        let sides = (prime(agreement.provider), prime(agreement.customer));
        let joins = self.own.is_some() && (sides == (Some(party), self.own) || sides == (self.own, Some(party)));
        agreement.kind == AgreementKind::Ola
            && agreement.validity.contains(self.at)
            && joins
            && (agreement.services.is_empty() || agreement.services.contains(&below))
    }

    /// An underpinning contract in force that an agreement of the service rests on, directly or through others.
    fn underpinning(&self) -> Option<String> {
        let covering = self.model.agreements.entries().filter(|(_, agreement)| self.covers(agreement));
        let mut open: Vec<Idx<Agreement>> = covering.map(|(at, _)| at).collect();
        let mut seen: BTreeSet<Idx<Agreement>> = open.iter().copied().collect();
        while let Some(agreement) = open.pop().and_then(|at| self.model.agreements.get(at)) {
            for below in &agreement.underpinned_by {
                let Some(found) = self.model.agreements.get(*below).filter(|found| found.validity.contains(self.at)) else {
                    continue;
                };
                if found.kind == AgreementKind::UnderpinningContract {
                    return Some(found.id.to_string());
                }
                if seen.insert(*below) {
                    open.push(*below);
                }
            }
        }
        None
    }

    /// The measures in force of one statistic.
    fn measured(&self, statistic: Statistic) -> Vec<&Measure> {
        let own = self.model.measures.iter().filter(|measure| {
            measure.statistic == statistic
                && measure.validity.contains(self.at)
                && self.model.agreements.get(measure.agreement).is_some_and(|agreement| self.covers(agreement))
        });
        own.collect()
    }

    fn measures(&mut self) {
        let statistics = self.class.map_or(&[][..], |class| &class.measures);
        if statistics.is_empty() {
            self.not_needed(NeedKind::Measure, true);
        }
        for statistic in statistics {
            let found = self.measured(*statistic).first().map(|measure| measure.id.to_string());
            let item = Needed::new(NeedKind::Measure, true).found(found);
            self.push(Needed { subject: Some(statistic.as_str().to_owned()), ..item });
        }
        let Some(wanted) = self.class.and_then(|class| class.availability.as_ref()) else {
            return self.not_needed(NeedKind::Availability, true);
        };
        let measures = self.measured(Statistic::Availability);
        let targets = measures.iter().filter_map(|measure| measure.target.at(self.at).map(|target| (target, *measure)));
        let best = targets.max_by(|(one, _), (other, _)| one.cmp(other));
        let item = Needed::new(NeedKind::Availability, true);
        let reached = best.filter(|(target, _)| *target >= wanted).map(|(_, measure)| measure.id.to_string());
        let detail = best.map(|(target, _)| target.to_exact_text());
        self.push(Needed { subject: Some(wanted.to_exact_text()), detail, ..item.found(reached) });
    }

    fn hours(&mut self, problems: &mut Problems) {
        let Some(wanted) = self.class.and_then(|class| class.hours) else {
            return self.not_needed(NeedKind::Hours, true);
        };
        let name = |at: CalendarIdx| self.model.calendars.get(at).map(|calendar| calendar.id.to_string());
        let own = self.service.hours.at(self.at).copied();
        let item = Needed { subject: name(wanted), object: own.and_then(name), ..Needed::new(NeedKind::Hours, true) };
        // Hours that are not written are around the clock.
        let gap = own.map_or(Ok(None), |own| self.gap(wanted, own));
        let (state, detail) = match gap {
            Ok(None) => (NeedState::Ready, None),
            Ok(Some(at)) => (NeedState::Missing, Some(at.to_string())),
            Err(problem) => {
                problems.push(problem, KEPT);
                (NeedState::Unknown, None)
            }
        };
        self.push(Needed { state, detail, ..item });
    }

    /// The first instant of the next year at which one calendar is open and the other is not.
    fn gap(&self, wanted: CalendarIdx, own: CalendarIdx) -> Result<Option<Instant>, Problem> {
        let clock = self.ecosystem.clock(own);
        for (from, until) in self.ecosystem.clock(wanted).intervals(self.at, self.at.plus(YEAR))? {
            if clock.elapsed(from, until)? < until.since(from) {
                return if clock.is_open(from)? { clock.next_close(from) } else { Ok(Some(from)) };
            }
        }
        Ok(None)
    }

    fn interfaces(&mut self) {
        let mut parties: Vec<PartyIdx> = Vec::new();
        for (_, party) in self.across() {
            if !parties.contains(&party) {
                parties.push(party);
            }
        }
        let processes = self.class.map_or(&[][..], |class| &class.interfaces);
        if processes.is_empty() || parties.is_empty() {
            self.not_needed(NeedKind::Interface, true);
        }
        for process in processes {
            for party in &parties {
                let found = self.interface(*process, *party);
                let item = Needed::new(NeedKind::Interface, true).found(found);
                self.push(Needed { subject: Some(self.process_name(*process)), party: Some(*party), ..item });
            }
        }
    }

    /// The interface in force in which both parties meet, for this service or for what it depends on.
    fn interface(&self, process: ProcessIdx, party: PartyIdx) -> Option<String> {
        let takes_part = |parties: &[PartyIdx], wanted| parties.iter().any(|one| self.model.prime(*one) == wanted);
        let found = self.model.interfaces.iter().find(|interface| {
            let named = |service: &ServiceIdx| *service == self.index || self.below.contains(service);
            interface.process == process
                && interface.validity.contains(self.at)
                && takes_part(&interface.parties, party)
                && self.own.is_some_and(|own| takes_part(&interface.parties, own))
                && (interface.services.is_empty() || interface.services.iter().any(named))
        });
        found.map(|interface| interface.id.to_string())
    }

    fn process_name(&self, process: ProcessIdx) -> String {
        self.model.processes.get(process).map_or_else(String::new, |process| process.id.to_string())
    }

    /// Who does an activity: those who exist, and whoever provides where somebody does.
    fn held(&self, process: ProcessIdx, activity: usize) -> impl Iterator<Item = (Subject, Letters)> + '_ {
        let provided = self.own.is_some();
        let held = self.model.letters(process, activity, self.at);
        held.filter(move |(subject, _)| match subject {
            Subject::Provider => provided,
            other => self.model.is_there(*other, self.at),
        })
    }

    fn responsibilities(&mut self) {
        let processes = self.class.map_or(&[][..], |class| &class.responsibilities);
        if processes.is_empty() {
            self.not_needed(NeedKind::Responsibilities, true);
        }
        for index in processes {
            let process = self.model.processes.get(*index).filter(|process| process.validity.contains(self.at));
            let activities = process.map_or(&[][..], |process| &process.activities);
            let mut lacking = activities.iter().enumerate().filter(|(activity, _)| {
                let all = self.held(*index, *activity).fold(Letters::default(), |all, (_, letters)| all.and(letters));
                !all.has(Letters::RESPONSIBLE.and(Letters::ACCOUNTABLE))
            });
            let first = lacking.next().map(|(_, name)| name.clone());
            let state = if activities.is_empty() || first.is_some() { NeedState::Missing } else { NeedState::Ready };
            let item = Needed { state, detail: first, ..Needed::new(NeedKind::Responsibilities, true) };
            self.push(Needed { subject: Some(self.process_name(*index)), ..item });
        }
    }

    fn contacts(&mut self) {
        let mut subjects: Vec<Subject> = Vec::new();
        let owner = self.service.owner.at(self.at).and_then(|owner| self.model.names.roles.get(owner));
        subjects.extend(owner.map(|role| Subject::Role(*role)));
        let processes = self.class.map_or(&[][..], |class| &class.responsibilities);
        for index in processes {
            let activities = self.model.processes.get(*index).map_or(0, |process| process.activities.len());
            for activity in 0..activities {
                for (subject, letters) in self.held(*index, activity) {
                    let subject = match (subject, self.own) {
                        (Subject::Provider, Some(own)) => Subject::Party(own),
                        (other, _) => other,
                    };
                    if letters.meets(Letters::RESPONSIBLE.and(Letters::ACCOUNTABLE)) && !subjects.contains(&subject) {
                        subjects.push(subject);
                    }
                }
            }
        }
        if subjects.is_empty() {
            self.not_needed(NeedKind::Contact, false);
        }
        for subject in subjects {
            let contact = self.model.contact(subject, self.at).filter(|_| self.model.is_there(subject, self.at));
            let item = Needed::new(NeedKind::Contact, false).found(contact);
            let name = self.model.subject_name(subject).to_owned();
            self.push(Needed { subject: Some(name), party: self.model.party_of(subject), ..item });
        }
    }

    fn dependencies(&mut self) {
        if self.below.is_empty() {
            self.not_needed(NeedKind::Dependency, false);
        }
        for below in self.below.clone() {
            let Some(service) = self.model.services.get(below) else { continue };
            let there = service.validity.contains(self.at);
            let stage = there.then(|| service.stage.at(self.at).copied().unwrap_or(Stage::Operation));
            let state = if stage == Some(Stage::Operation) { NeedState::Ready } else { NeedState::Missing };
            let item = Needed {
                state,
                detail: stage.map(|stage| stage.as_str().to_owned()),
                ..Needed::new(NeedKind::Dependency, false)
            };
            let party = service.provider.at(self.at).copied();
            self.push(Needed { subject: Some(service.id.to_string()), party, ..item });
        }
    }
}
