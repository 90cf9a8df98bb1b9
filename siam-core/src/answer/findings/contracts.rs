//! Findings about contracts: parties without one, what the framework asks for, deviations, terms that are over.
//!
//! Goes in: contracts in force, the framework, attachments of regimes. Comes out: findings at the contract, deviation, party or measure.
//! **Invariant:** what departs from the framework is a warning, or, where the contract declares it, an advice that shows the deviation.
//! **Not here:** amounts (`answer::settle`).

use super::looking::{Finding, Looking};
use crate::base::{Argument, Date, Ratio, codes};
use crate::document::{Named, When};
use crate::model::CollectiveDoc;
use crate::model::agreement::Measure;
use crate::model::contract::{Contract, Range};
use crate::model::dated::instant;
use crate::model::party::{PartyIdx, PartyKind, Sourcing};
use crate::model::regime::{AttachmentDoc, ParameterDoc};
use crate::report::Reason;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn look(looking: &mut Looking<'_>) {
    // A document without contracts describes services, not who pays for them.
    if looking.model.contracts.is_empty() {
        return;
    }
    parties(looking);
    terms(looking);
    let mut departures = measured(looking);
    for (contract, more) in parameters(looking) {
        departures.entry(contract).or_default().extend(more);
    }
    for contract in looking.contracts() {
        let mut own = written(looking, contract);
        for (what, found) in departures.remove(contract.id.as_str()).unwrap_or_default() {
            own.push((what, found));
        }
        deviations(looking, contract, own);
    }
    for (_, found) in departures.into_values().flatten() {
        looking.add(found);
    }
}

/// Parties that provide and have no contract; subcontractors that have one.
fn parties(looking: &mut Looking<'_>) {
    let providing: BTreeSet<PartyIdx> = looking.in_use.iter().filter_map(|(at, _)| looking.provider(*at)).collect();
    for at in looking.model.names.parties.values().copied() {
        let Some(party) = looking.model.parties.get(at).filter(|party| looking.holds(&party.validity)) else { continue };
        let id = party.id.as_str();
        let integrator = party.kind == PartyKind::Integrator;
        let supplier = party.kind == PartyKind::Supplier && providing.contains(&at);
        let contract = looking.contract_of(at);
        let ended =
            looking.model.contracts.iter().any(|contract| contract.provider == at && contract.validity.until <= looking.at);
        match (contract, party.subcontractor_of) {
            (None, None) if (integrator || supplier) && party.sourcing != Some(Sourcing::Internal) && !(ended && supplier) => {
                let finding = looking.finding(&codes::NO_CONTRACT, party.mark, "party", id).named("party", id);
                looking.add(finding.with("kind", party.kind.as_str()));
            }
            (Some(contract), Some(prime)) if supplier => {
                let finding = looking.finding(&codes::SUBCONTRACTOR_COUNTED, party.mark, "party", id).named("party", id);
                let finding = finding.named("prime", looking.party(prime)).named("contract", contract.id.as_str());
                looking.add(finding.other(contract.id.as_str()));
            }
            _ => {}
        }
    }
}

/// Contracts that ended while their services go on.
fn terms(looking: &mut Looking<'_>) {
    let all = looking.model.names.contracts.values().filter_map(|at| looking.model.contracts.get(*at));
    let over: Vec<&Contract> = all.filter(|contract| contract.validity.until <= looking.at).collect();
    let last = |contract: &&&Contract| {
        let later = |other: &&&Contract| other.provider == contract.provider && other.validity.until > contract.validity.until;
        !over.iter().any(|other| later(&other))
    };
    for contract in over.iter().filter(last) {
        let provided = looking.in_use.iter().filter(|(at, _)| looking.provider(*at) == Some(contract.provider));
        let provided: Vec<&str> = provided.map(|(_, service)| service.id.as_str()).collect();
        if provided.is_empty() || looking.contract_of(contract.provider).is_some() {
            continue;
        }
        let id = contract.id.as_str();
        let finding = looking.finding(&codes::TERM_OVER, contract.mark, "contract", id).named("contract", id);
        let finding = finding.with("until", contract.validity.until).named("party", looking.party(contract.provider));
        let finding = finding.with("services", looking.list(provided.iter().copied()));
        looking.add(finding.other(looking.party(contract.provider)));
    }
}

/// What a contract itself does that the framework does not permit: the subject of a deviation, and the finding where none is declared.
fn written(looking: &Looking<'_>, contract: &Contract) -> Vec<(String, Finding)> {
    let framework = &looking.model.framework;
    let id = contract.id.as_str();
    let mut found = Vec::new();
    for clause in framework.mandatory_clauses.iter().filter(|clause| !contract.clauses.iter().any(|(has, _)| has == *clause)) {
        let finding = looking.finding(&codes::CLAUSE_MISSING, contract.mark, "contract", id).named("contract", id);
        found.push((clause.clone(), finding.named("clause", clause).other(clause)));
    }
    if let Some(share) = contract.at_risk.at(looking.at).filter(|share| !framework.at_risk.permits(share)) {
        let value = Argument::Percent((*share).clone());
        let finding = looking.finding(&codes::OUTSIDE_RANGE, contract.mark, "contract", id).with("kind", "contract");
        let finding = finding
            .named("object", id)
            .named("what", "at_risk")
            .with("value", value)
            .facts(permits(&framework.at_risk, Argument::Percent));
        found.push(("at_risk".to_owned(), finding.other("at_risk")));
    }
    found
}

fn permits(range: &Range, show: impl Fn(Ratio) -> Argument) -> Option<Reason> {
    let show = |value: &Ratio| show(value.clone());
    match (&range.at_least, &range.at_most) {
        (Some(least), Some(most)) => {
            Some(Reason::new("finding-permits-between").with("least", show(least)).with("most", show(most)))
        }
        (Some(least), None) => Some(Reason::new("finding-permits-least").with("least", show(least))),
        (None, Some(most)) => Some(Reason::new("finding-permits-most").with("most", show(most))),
        (None, None) => None,
    }
}

/// Departures by contract: the subject of a deviation and the finding.
type Departures = BTreeMap<String, Vec<(String, Finding)>>;

/// Priorities and calendars of measures that the framework does not have, by the contract of whoever promises.
fn measured(looking: &Looking<'_>) -> Departures {
    let framework = &looking.model.framework;
    let calendars: Vec<&str> = framework.calendars.iter().map(|at| looking.calendar(*at)).collect();
    let mut found = Departures::new();
    for (measure, agreement) in looking.measures() {
        let contract =
            agreement.provider.and_then(|party| looking.contract_of(party)).map_or("", |contract| contract.id.as_str());
        let id = measure.id.as_str();
        let mut report = |what: &'static str, value: &str, known: &[&str]| {
            let finding = looking.finding(&codes::OUTSIDE_FRAMEWORK, measure.mark, "measure", id).named("measure", id);
            let finding = finding.with("what", what).named("value", value).with("known", looking.list(known.iter().copied()));
            found.entry(contract.to_owned()).or_default().push((what.to_owned(), finding.other(value)));
        };
        let priorities: Vec<&str> = framework.priorities.iter().map(String::as_str).collect();
        for priority in used_priorities(measure, looking)
            .into_iter()
            .filter(|used| !priorities.is_empty() && !priorities.contains(&used.as_str()))
        {
            report("priorities", &priority, &priorities);
        }
        if let Some(calendar) =
            measure.calendar.filter(|used| !framework.calendars.is_empty() && !framework.calendars.contains(used))
        {
            report("calendars", looking.calendar(calendar), &calendars);
        }
    }
    found
}

/// The priorities that a measure names, in its filter or its times.
fn used_priorities(measure: &Measure, looking: &Looking<'_>) -> BTreeSet<String> {
    let filtered =
        measure.tickets.iter().filter(|(column, _)| column == "priority").flat_map(|(_, values)| values.iter().cloned());
    let timed = measure.within.at(looking.at).into_iter().flat_map(|within| within.priorities());
    filtered.chain(timed.map(str::to_owned)).collect()
}

/// Regimes attached to something, and whom they bind; nobody alone where they bind all together.
struct Attached<'a> {
    kind: &'static str,
    object: &'a str,
    party: Option<PartyIdx>,
    regimes: &'a Named<AttachmentDoc>,
}

fn attached<'a>(looking: &Looking<'a>) -> Vec<Attached<'a>> {
    let model = looking.model;
    let parties = model.names.parties.values().filter_map(|at| Some((*at, model.parties.get(*at)?)));
    let parties = parties.filter(|(_, party)| looking.holds(&party.validity));
    let mut all: Vec<Attached<'a>> = parties
        .map(|(at, party)| Attached { kind: "party", object: party.id.as_str(), party: Some(at), regimes: &party.regimes })
        .collect();
    let agreements = looking.agreements().into_iter();
    all.extend(agreements.map(|(_, agreement)| {
        let object = agreement.id.as_str();
        Attached { kind: "agreement", object, party: agreement.provider, regimes: &agreement.regimes }
    }));
    let measures = looking.measures().into_iter();
    all.extend(measures.map(|(measure, agreement)| {
        let object = measure.id.as_str();
        Attached { kind: "measure", object, party: agreement.provider, regimes: &measure.regimes }
    }));
    let together = |collective: &'a CollectiveDoc| Attached {
        kind: "ecosystem",
        object: model.name.as_str(),
        party: None,
        regimes: &collective.regimes,
    };
    all.extend(model.collective.as_ref().map(together));
    all
}

/// Parameters of attached regimes outside the ranges of the framework, by the contract of whoever they bind.
fn parameters(looking: &Looking<'_>) -> Departures {
    let mut found = Departures::new();
    for bound in attached(looking) {
        let contract = bound.party.and_then(|party| looking.contract_of(party)).map_or("", |contract| contract.id.as_str());
        for (name, attachment) in bound.regimes.iter() {
            let regime = attachment.regime.as_ref().map_or(name.value.as_str(), |regime| regime.value.as_str());
            for (range_name, range) in &looking.model.framework.parameters {
                let Some((_, parameter)) = range_name.split_once('.').filter(|(of, _)| *of == regime) else { continue };
                let given = attachment.parameters.iter().find(|(name, _)| name.value == parameter).map(|(_, value)| value);
                let Some(written) = given.or_else(|| usual(looking, regime, parameter)) else { continue };
                let outside = |value: &&str| Ratio::parse(value).is_some_and(|ratio| !range.permits(&ratio));
                let Some(value) = values(looking, written, bound.party).into_iter().find(outside) else { continue };
                let mark = given.map_or(attachment.mark, ParameterDoc::mark);
                let finding = looking.finding(&codes::OUTSIDE_RANGE, mark, bound.kind, bound.object).with("kind", bound.kind);
                let finding = finding.named("object", bound.object).named("what", range_name).named("value", value);
                let finding = finding.facts(permits(range, Argument::Number)).other(range_name);
                found.entry(contract.to_owned()).or_default().push((range_name.clone(), finding));
            }
        }
    }
    found
}

/// The usual value of a parameter, in the edition of the regime that is in force.
fn usual<'a>(looking: &Looking<'a>, regime: &str, parameter: &str) -> Option<&'a ParameterDoc> {
    let regime = looking.model.regimes.iter().find(|known| known.name.value == regime)?;
    let begun = |day: Date| instant(When::Date(day), &looking.model.zone) <= looking.at;
    let in_force = regime.editions.iter().rev().find(|edition| edition.from.as_ref().is_none_or(|from| begun(from.value)));
    let parameters = in_force.or_else(|| regime.editions.first())?.parameters.iter();
    parameters.into_iter().find(|(name, _)| name.value == parameter).map(|(_, written)| written)
}

/// The values that a parameter can take for a party, as written.
fn values<'a>(looking: &Looking<'_>, written: &'a ParameterDoc, party: Option<PartyIdx>) -> Vec<&'a str> {
    let party = party.map(|party| looking.party(party));
    match written {
        ParameterDoc::One(value) => vec![value.value.as_str()],
        ParameterDoc::By(values) => match values.iter().find(|(key, _)| Some(key.value.as_str()) == party) {
            Some((_, own)) => vec![own.value.as_str()],
            None => values.iter().map(|(_, value)| value.value.as_str()).collect(),
        },
    }
}

/// Turns departures that a contract declares into advice, and tells of declarations that depart from nothing.
fn deviations(looking: &mut Looking<'_>, contract: &Contract, departures: Vec<(String, Finding)>) {
    let id = contract.id.as_str();
    let declared: BTreeMap<&str, _> =
        contract.deviations.iter().map(|deviation| (deviation.subject.as_str(), deviation)).collect();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for (what, found) in departures {
        let Some(deviation) = declared.get(what.as_str()) else {
            looking.add(found);
            continue;
        };
        if met.insert(deviation.subject.as_str()) {
            let finding = looking.finding(&codes::DEVIATION, deviation.mark, "contract", id).named("contract", id);
            let finding = finding.named("what", &what).named("reason", &deviation.reason).facts(found.facts);
            looking.add(finding.other(&what));
        }
    }
    for (what, deviation) in declared.iter().filter(|(what, _)| !met.contains(*what)) {
        let finding = looking.finding(&codes::DEVIATION_FROM_NOTHING, deviation.mark, "contract", id).named("contract", id);
        looking.add(finding.named("what", what).other(what));
    }
}
