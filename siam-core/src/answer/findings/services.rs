//! Findings about services: who owns and provides them, what their class needs, on how little the critical ones rest.
//!
//! Goes in: services in use. Comes out: findings at each service, or one for all where nobody has an attribute.
//! **Invariant:** what a class does not ask for is not missed; an attribute is missed only where the document describes its kind.
//! **Not here:** boundaries between parties (`boundaries`), what nothing uses (`unused`).

use super::hours::outside;
use super::looking::Looking;
use crate::base::{Argument, Code, Instant, Ratio, codes};
use crate::model::agreement::{AgreementKind, Statistic};
use crate::model::calendar::CalendarIdx;
use crate::model::party::PartyIdx;
use crate::model::rule::{Level, ServiceIdx};
use crate::model::service::{Service, ServiceClass, Stage};
use crate::report::Reason;
use crate::structure::Scalar;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn look(looking: &mut Looking<'_>) {
    attributes(looking);
    retired(looking);
    hours(looking);
    needs(looking);
    critical(looking);
}

/// Whether a service has an attribute at an instant.
type Has = fn(&Service, Instant) -> bool;

/// Owner, provider and class; one finding for all where no service in use has one.
fn attributes(looking: &mut Looking<'_>) {
    // A document without parties describes a map, not who answers for it.
    let parties = !looking.model.parties.is_empty();
    let classes = !looking.model.classes.is_empty();
    let at = looking.at;
    let has: [(&'static Code, &'static str, bool, Has); 3] = [
        (&codes::NO_OWNER, "an owner", parties, |service, at| service.owner.at(at).is_some()),
        (&codes::NO_PROVIDER, "a provider", parties, |service, at| service.provider.at(at).is_some()),
        (&codes::NO_CLASS, "a class", parties || classes, |service, at| service.class.at(at).is_some()),
    ];
    for (code, what, _, has) in has.into_iter().filter(|(.., described, _)| *described) {
        let without: Vec<&Service> =
            looking.in_use.iter().map(|(_, service)| *service).filter(|service| !has(service, at)).collect();
        if without.len() > 1 && without.len() == looking.in_use.len() {
            let (name, count) = (&looking.model.name, without.len());
            let first = without.iter().map(|service| service.mark).min_by_key(|mark| looking.ecosystem.place(*mark));
            let finding = looking.finding(&codes::NOBODY_HAS, first.unwrap_or_default(), "ecosystem", name);
            looking.add(finding.with("services", count).with("what", what));
            continue;
        }
        for service in without {
            let finding = looking.finding(code, service.mark, "service", service.id.as_str());
            looking.add(finding.named("service", service.id.as_str()));
        }
    }
}

/// A service that is gone and still needed.
fn retired(looking: &mut Looking<'_>) {
    let mut needed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, own) in &looking.in_use {
        for other in looking.dependencies(*service) {
            let gone = looking.model.services.get(other).and_then(|other| other.stage.at(looking.at)) == Some(&Stage::Retired);
            if gone {
                needed.entry(looking.service(other)).or_default().push(own.id.as_str());
            }
        }
    }
    for (name, others) in needed {
        let Some(service) = looking.model.names.services.get(name).and_then(|at| looking.model.services.get(*at)) else {
            continue;
        };
        let finding = looking.finding(&codes::RETIRED_NEEDED, service.mark, "service", name).named("service", name);
        let list = looking.list(others.iter().copied());
        let finding = finding.with("count", others.len()).with("others", list);
        looking.add(finding.other(others.first().copied().unwrap_or_default()));
    }
}

/// Hours that a class or the users need and the service does not have.
fn hours(looking: &mut Looking<'_>) {
    let mut compared = BTreeMap::new();
    for (service, own) in looking.in_use.clone() {
        // Without hours of its own a service is there around the clock.
        let Some(served) = own.hours.at(looking.at).copied() else { continue };
        let class = looking.class(service);
        let needs = [
            (&codes::HOURS_BELOW_CLASS, class.and_then(|class| class.hours)),
            (&codes::HOURS_BELOW_USERS, own.user_hours.at(looking.at).copied()),
        ];
        for (code, needed) in needs {
            let Some(needed) = needed.filter(|needed| *needed != served) else { continue };
            let found =
                compared.entry((needed, served)).or_insert_with(|| outside(looking.ecosystem, needed, served, looking.at));
            let Some(gap) = found.clone() else { continue };
            let class = class.map_or("", |class| class.id.as_str());
            let names = |reason: Reason| calendars(looking, reason, needed, served);
            let closed = |(from, until): &(_, _)| names(Reason::new("finding-closed")).with("from", *from).with("until", *until);
            let finding = looking
                .finding(code, own.mark, "service", own.id.as_str())
                .named("service", own.id.as_str())
                .named("class", class)
                .with("length", gap.length)
                .with("first", gap.first.0)
                .fact(names(Reason::new("finding-compared")).with("from", gap.from))
                .facts(gap.stretches.iter().map(closed))
                .other(looking.calendar(needed));
            looking.add(finding);
        }
    }
}

fn calendars(looking: &Looking<'_>, reason: Reason, needed: CalendarIdx, served: CalendarIdx) -> Reason {
    let reason = reason.with("needed", Argument::name(looking.calendar(needed)));
    reason.with("served", Argument::name(looking.calendar(served)))
}

/// What a class asks of every service of it.
fn needs(looking: &mut Looking<'_>) {
    let measures = looking.measures();
    let agreements = looking.agreements();
    for (service, own) in looking.in_use.clone() {
        let Some(class) = looking.class(service) else { continue };
        let covers = |services: &[ServiceIdx]| services.is_empty() || services.contains(&service);
        let id = own.id.as_str();
        // An OLA is missed where a boundary is crossed, not at the service itself.
        for kind in class.agreements.iter().filter(|kind| **kind != AgreementKind::Ola) {
            if !agreements.iter().any(|(_, agreement)| agreement.kind == *kind && covers(&agreement.services)) {
                let finding = looking.finding(&codes::AGREEMENT_MISSING, own.mark, "service", id).named("service", id);
                let finding = finding.named("class", class.id.as_str()).named("kind", kind.as_str());
                looking.add(finding.other(kind.as_str()));
            }
        }
        let own_measures: Vec<_> = measures.iter().filter(|(_, agreement)| covers(&agreement.services)).collect();
        for statistic in &class.measures {
            if !own_measures.iter().any(|(measure, _)| measure.statistic == *statistic) {
                let finding = looking.finding(&codes::MEASURE_MISSING, own.mark, "service", id).named("service", id);
                let finding = finding.named("class", class.id.as_str()).named("statistic", statistic.as_str());
                looking.add(finding.other(statistic.as_str()));
            }
        }
        let promised = own_measures.iter().filter(|(measure, _)| measure.statistic == Statistic::Availability);
        let promised = promised.filter_map(|(measure, _)| Some((measure.target.at(looking.at)?, measure.id.as_str())));
        availability(looking, own, class, promised.collect());
    }
}

fn availability(looking: &mut Looking<'_>, own: &Service, class: &ServiceClass, promised: Vec<(&Ratio, &str)>) {
    let Some(needed) = &class.availability else { return };
    let id = own.id.as_str();
    let begun = |code| {
        let finding = looking.finding(code, own.mark, "service", id).named("service", id).named("class", class.id.as_str());
        finding.with("needed", Argument::Percent(needed.clone())).other(class.id.as_str())
    };
    let found = match promised.into_iter().max_by(|one, other| one.0.cmp(other.0)) {
        None => begun(&codes::AVAILABILITY_MISSING),
        Some((best, measure)) if best < needed => {
            begun(&codes::AVAILABILITY_BELOW_CLASS).with("promised", Argument::Percent(best.clone())).named("measure", measure)
        }
        Some(_) => return,
    };
    looking.add(found);
}

/// Critical services that one component or one supplier takes down.
fn critical(looking: &mut Looking<'_>) {
    let critical = looking.in_use.iter().filter(|(at, _)| looking.class(*at).is_some_and(|class| class.critical));
    let critical: Vec<(ServiceIdx, &Service)> = critical.copied().collect();
    let among: BTreeSet<ServiceIdx> = critical.iter().map(|(at, _)| *at).collect();
    let structure = &looking.ecosystem.map(looking.at).structure;
    let worst: Level = structure.worst();
    let mut scalar = Scalar::new(structure);
    let mut alone: BTreeMap<ServiceIdx, Vec<ServiceIdx>> = BTreeMap::new();
    // Each component fails once, whatever number of critical services rests on it.
    for other in looking.cone(among.iter().copied()) {
        scalar.evaluate(&[(other, worst)]);
        let down = |service: &&ServiceIdx| among.contains(service) && **service != other && scalar.level(**service) == worst;
        for service in scalar.touched().iter().filter(down) {
            alone.entry(*service).or_default().push(other);
        }
    }
    let level = looking.model.level_name(worst);
    for (at, own) in critical {
        let id = own.id.as_str();
        if let Some(single) = alone.get(&at) {
            let mut names: Vec<&str> = single.iter().map(|other| looking.service(*other)).collect();
            names.sort_unstable();
            let takes = |other: &&str| {
                Reason::new("finding-single").with("other", Argument::name(*other)).with("level", Argument::name(level))
            };
            let finding = looking.finding(&codes::ONE_COMPONENT, own.mark, "service", id).named("service", id);
            let finding = finding.named("level", level).with("count", names.len());
            let finding = finding.with("others", looking.list(names.iter().copied())).facts(names.iter().map(takes));
            looking.add(finding.other(names.first().copied().unwrap_or_default()));
        }
        if let Some((party, mut names)) = only_provider(looking, at) {
            names.sort_unstable();
            let provides = |other: &&str| {
                let reason = Reason::new("finding-provides").with("party", Argument::name(looking.party(party)));
                reason.with("service", Argument::name(*other))
            };
            let finding = looking.finding(&codes::ONE_SUPPLIER, own.mark, "service", id).named("service", id);
            let finding = finding.named("party", looking.party(party)).facts(names.iter().map(provides));
            looking.add(finding.other(looking.party(party)));
        }
    }
}

/// The one party that provides a service and all it rests on, with their names; none where there are several, one is not known, or it
/// rests on nothing. It stops at the first other provider, so that a big estate costs little.
fn only_provider<'a>(looking: &Looking<'a>, service: ServiceIdx) -> Option<(PartyIdx, Vec<&'a str>)> {
    let party = looking.provider(service)?;
    let mut seen = BTreeSet::from([service]);
    let mut open = vec![service];
    while let Some(next) = open.pop() {
        for edge in looking.model.node(next, looking.at).edges {
            if seen.insert(edge.to) {
                if looking.provider(edge.to) != Some(party) {
                    return None;
                }
                open.push(edge.to);
            }
        }
    }
    (seen.len() > 1).then(|| (party, seen.into_iter().map(|service| looking.service(service)).collect()))
}
