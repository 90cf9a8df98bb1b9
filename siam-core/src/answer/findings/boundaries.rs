//! Findings at boundaries between parties: interfaces and OLAs that are missing, incomplete, or more than anybody asked for.
//!
//! Goes in: dependencies that cross from one party to another. Comes out: one finding for each pair of parties and process, not for each edge.
//! **Invariant:** an interface or OLA is missed only where the class of the depending service asks for it.
//! **Not here:** times and measures of agreements (`agreements`).

use super::looking::{Boundary, Finding, Looking};
use crate::base::codes;
use crate::model::agreement::{Agreement, AgreementKind};
use crate::model::interface::Interface;
use crate::model::party::{PartyIdx, PartyKind};
use crate::model::rule::ServiceIdx;
use crate::model::service::ServiceClass;
use std::collections::BTreeMap;

pub(super) fn look(looking: &mut Looking<'_>) {
    missing_interfaces(looking);
    interfaces(looking);
    missing_olas(looking);
    spare_olas(looking);
}

/// The interfaces in force, by name.
fn in_force<'a>(looking: &Looking<'a>) -> Vec<&'a Interface> {
    let all = looking.model.names.interfaces.values().filter_map(|at| looking.model.interfaces.get(*at));
    all.filter(|interface| looking.holds(&interface.validity)).collect()
}

/// Whether an interface is for a boundary.
fn serves(interface: &Interface, boundary: &Boundary) -> bool {
    interface.is_for(boundary.service, boundary.other) && interface.joins(boundary.party, boundary.other_party)
}

fn missing_interfaces(looking: &mut Looking<'_>) {
    let interfaces = in_force(looking);
    let mut missing: BTreeMap<(&str, &str, &str), Vec<Boundary>> = BTreeMap::new();
    for boundary in &looking.boundaries {
        let asked = looking.class(boundary.service).map(|class| class.interfaces.as_slice()).unwrap_or_default();
        for process in asked {
            if !interfaces.iter().any(|interface| interface.process == *process && serves(interface, boundary)) {
                let (one, other) = (looking.party(boundary.party), looking.party(boundary.other_party));
                let key = (looking.process(*process), one.min(other), one.max(other));
                missing.entry(key).or_default().push(*boundary);
            }
        }
    }
    for ((process, ..), crossed) in missing {
        let Some(first) = crossed.first().copied() else { continue };
        let Some(service) = looking.model.services.get(first.service) else { continue };
        let class = looking.class(first.service).map(|class| looking.asks(class, process));
        let finding = looking.finding(&codes::INTERFACE_MISSING, service.mark, "service", looking.service(first.service));
        let finding = crossing(looking, finding, &first).named("process", process);
        let finding = finding.facts(class).facts(crossed.iter().map(|boundary| looking.edge(boundary)));
        looking.add(finding.other(looking.service(first.other)));
    }
}

fn crossing(looking: &Looking<'_>, finding: Finding, boundary: &Boundary) -> Finding {
    finding
        .named("service", looking.service(boundary.service))
        .named("party", looking.party(boundary.party))
        .named("other", looking.service(boundary.other))
        .named("other_party", looking.party(boundary.other_party))
}

/// What each interface lacks, and those that nobody needs.
fn interfaces(looking: &mut Looking<'_>) {
    for interface in in_force(looking) {
        let id = interface.id.as_str();
        let begin = |looking: &Looking<'_>, code| looking.finding(code, interface.mark, "interface", id).named("interface", id);
        if interface.owner.at(looking.at).is_none() {
            looking.add(begin(looking, &codes::INTERFACE_WITHOUT_OWNER));
        }
        let mut parties: Vec<PartyIdx> = interface.parties.clone();
        parties.sort_unstable();
        parties.dedup();
        if parties.len() < 2 {
            looking.add(begin(looking, &codes::INTERFACE_OF_ONE).with("count", parties.len()));
        }
        if interface.exchanges.is_empty() {
            looking.add(begin(looking, &codes::INTERFACE_WITHOUT_EXCHANGES));
        }
        if interface.integration_points.is_empty() {
            looking.add(begin(looking, &codes::INTERFACE_WITHOUT_POINTS));
        }
        let served: Vec<Boundary> = looking.boundaries.iter().copied().filter(|boundary| serves(interface, boundary)).collect();
        if parties.len() < 2 || with_provider(looking, interface) {
            continue;
        }
        let asks = |class: &ServiceClass| class.interfaces.contains(&interface.process);
        if served.is_empty() {
            looking.add(begin(looking, &codes::INTERFACE_NOT_NEEDED));
        } else if let Some(classes) = all_spare(looking, served.iter().map(|boundary| boundary.service), asks) {
            let process = looking.process(interface.process);
            let finding = begin(looking, &codes::INTERFACE_BEYOND_CLASS).named("process", process).other(process);
            let finding = finding.with("classes", looking.list(classes)).facts(served.iter().map(|one| looking.edge(one)));
            looking.add(finding);
        }
    }
}

/// Customer and integrator meet everybody who provides something in use: such an interface needs no dependency.
fn with_provider(looking: &Looking<'_>, interface: &Interface) -> bool {
    let steers = |party: &PartyIdx| matches!(looking.kind(*party), Some(PartyKind::Customer | PartyKind::Integrator));
    let provides = |party: &PartyIdx| looking.in_use.iter().any(|(_, service)| service.provider.at(looking.at) == Some(party));
    interface
        .parties
        .iter()
        .any(|party| steers(party) && interface.parties.iter().any(|other| other != party && (steers(other) || provides(other))))
}

/// The classes of services, where every one says what it needs and none asks for this; none where one asks or says nothing.
fn all_spare<'a>(
    looking: &Looking<'a>,
    services: impl Iterator<Item = ServiceIdx>,
    asks: impl Fn(&ServiceClass) -> bool,
) -> Option<Vec<&'a str>> {
    let mut names = Vec::new();
    for service in services {
        let class = looking.class(service).filter(|class| class.states_needs() && !asks(class))?;
        names.push(class.id.as_str());
    }
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then_some(names)
}

/// Whether an agreement promises what a boundary rests on to whom it serves.
fn promises(looking: &Looking<'_>, agreement: &Agreement, boundary: &Boundary) -> bool {
    if agreement.kind == AgreementKind::Sla || agreement.provider != Some(boundary.other_party) {
        return false;
    }
    let joint = |party: PartyIdx| party == boundary.party || looking.kind(party) == Some(PartyKind::Integrator);
    let covers = agreement.services.is_empty() || agreement.services.contains(&boundary.other);
    covers && agreement.customer.is_none_or(joint)
}

fn missing_olas(looking: &mut Looking<'_>) {
    let agreements = looking.agreements();
    let mut missing: BTreeMap<(&str, &str), Vec<Boundary>> = BTreeMap::new();
    for boundary in &looking.boundaries {
        let asked = looking.class(boundary.service).is_some_and(|class| class.agreements.contains(&AgreementKind::Ola));
        if asked && !agreements.iter().any(|(_, agreement)| promises(looking, agreement, boundary)) {
            let key = (looking.party(boundary.party), looking.party(boundary.other_party));
            missing.entry(key).or_default().push(*boundary);
        }
    }
    for crossed in missing.into_values() {
        let Some(first) = crossed.first().copied() else { continue };
        let (Some(service), Some(class)) = (looking.model.services.get(first.service), looking.class(first.service)) else {
            continue;
        };
        let finding = looking.finding(&codes::OLA_MISSING, service.mark, "service", looking.service(first.service));
        let finding = crossing(looking, finding, &first).named("class", class.id.as_str());
        let finding = finding.fact(looking.asks(class, AgreementKind::Ola.as_str()));
        let finding = finding.facts(crossed.iter().map(|boundary| looking.edge(boundary)));
        looking.add(finding.other(looking.service(first.other)));
    }
}

/// OLAs and underpinning contracts, and measures, for which no class asks.
fn spare_olas(looking: &mut Looking<'_>) {
    // What lists no service is for all of them, and for what is still to come.
    let listed = |agreement: &Agreement| !agreement.services.is_empty();
    for (_, agreement) in looking.agreements().into_iter().filter(|(_, agreement)| listed(agreement)) {
        let (id, kind) = (agreement.id.as_str(), agreement.kind);
        if kind == AgreementKind::Sla {
            continue;
        }
        // What it underpins asks as well as the class of the service itself.
        let covered = looking.covered(agreement);
        let dependents = looking.boundaries.iter().filter(|boundary| covered.contains(&boundary.other));
        let asking: Vec<ServiceIdx> = covered.iter().copied().chain(dependents.map(|boundary| boundary.service)).collect();
        let asks = |class: &ServiceClass| class.agreements.iter().any(|asked| *asked != AgreementKind::Sla);
        if let Some(classes) = all_spare(looking, asking.into_iter(), asks) {
            let finding = looking.finding(&codes::OLA_BEYOND_CLASS, agreement.mark, "agreement", id).named("agreement", id);
            let finding = finding.named("kind", kind.as_str()).with("classes", looking.list(classes));
            looking.add(finding);
        }
    }
    for (measure, agreement) in looking.measures().into_iter().filter(|(_, agreement)| listed(agreement)) {
        let id = measure.id.as_str();
        let silent = |service: &ServiceIdx| looking.class(*service).is_none_or(|class| class.measures.is_empty());
        let covered = looking.covered(agreement);
        if agreement.kind != AgreementKind::Sla || covered.iter().any(silent) {
            continue;
        }
        let asks = |class: &ServiceClass| class.measures.contains(&measure.statistic);
        if let Some(classes) = all_spare(looking, covered.into_iter(), asks) {
            let finding = looking.finding(&codes::MEASURE_BEYOND_CLASS, measure.mark, "measure", id).named("measure", id);
            let finding = finding.named("statistic", measure.statistic.as_str()).with("classes", looking.list(classes));
            looking.add(finding.other(measure.statistic.as_str()));
        }
    }
}
