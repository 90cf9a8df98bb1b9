//! Findings about what is promised: times that what is beneath cannot keep, promises that rest on nothing, rings, targets and clauses.
//!
//! Goes in: agreements and measures in force. Comes out: findings at the measure or agreement.
//! **Invariant:** times are compared only where both clocks run from the same instant to the same instant and one calendar lies within the other.
//! **Not here:** whether the promised availability can be reached, which needs exact probability (`answer::feasibility`).

use super::hours::outside;
use super::looking::Looking;
use crate::base::{Argument, Duration, codes};
use crate::model::agreement::{Agreement, AgreementIdx, AgreementKind, Measure, Split, Statistic, TicketInstant, Within};
use crate::model::party::PartyKind;
use crate::report::Reason;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(super) fn look(looking: &mut Looking<'_>) {
    measures(looking);
    beneath(looking);
    underpinned(looking);
    rings(looking);
    integrator(looking);
}

fn measures(looking: &mut Looking<'_>) {
    for (measure, agreement) in looking.measures() {
        let id = measure.id.as_str();
        if measure.target.at(looking.at).is_none() {
            let finding = looking.finding(&codes::NO_TARGET, measure.mark, "measure", id).named("measure", id);
            looking.add(finding.other(agreement.id.as_str()));
        }
        if measure.clause.is_none() && agreement.clause.is_none() {
            let finding = looking.finding(&codes::NO_CLAUSE, measure.mark, "measure", id).named("measure", id);
            looking.add(finding.named("agreement", agreement.id.as_str()).other(agreement.id.as_str()));
        }
    }
}

/// A time of an SLA that is shorter than the one an agreement beneath it allows.
fn beneath(looking: &mut Looking<'_>) {
    let all = looking.measures();
    for (measure, agreement) in all.iter().filter(|(_, agreement)| !agreement.underpinned_by.is_empty()) {
        for (below, other) in &all {
            if !agreement.underpinned_by.contains(&below.agreement) || !comparable(looking, measure, below) {
                continue;
            }
            let (Some(promised), Some(allowed)) = (measure.within.at(looking.at), below.within.at(looking.at)) else { continue };
            let longer: Vec<_> =
                pairs(promised, allowed).into_iter().filter(|(_, promised, allowed)| allowed > promised).collect();
            let Some((priority, within, most)) = longer.first().cloned() else { continue };
            let time = |measure: &Measure, agreement: &Agreement, within: Duration, priority: &Argument| {
                let reason = Reason::new("finding-time").with("measure", Argument::name(measure.id.as_str()));
                let reason = reason.with("agreement", Argument::name(agreement.id.as_str())).with("within", within);
                reason.with("priority", priority.clone())
            };
            let id = measure.id.as_str();
            let mut finding = looking
                .finding(&codes::LONGER_BENEATH, measure.mark, "measure", id)
                .named("measure", id)
                .named("other", below.id.as_str())
                .with("priority", priority)
                .with("within", within)
                .with("allowed", most)
                .other(below.id.as_str());
            for (priority, within, most) in &longer {
                finding = finding.fact(time(measure, agreement, *within, priority)).fact(time(below, other, *most, priority));
            }
            looking.add(finding);
        }
    }
}

/// The times of two measures by priority.
fn pairs(one: &Within, other: &Within) -> Vec<(Argument, Duration, Duration)> {
    let named = |within: &Within| within.priorities().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let names: BTreeSet<String> = named(one).into_iter().chain(named(other)).collect();
    if let (true, Within::All(one), Within::All(other)) = (names.is_empty(), one, other) {
        // Working Days and hours do not compare.
        let both = one.time().zip(other.time());
        return both.into_iter().map(|(one, other)| (Argument::from("every priority"), one, other)).collect();
    }
    let both = names.into_iter().filter_map(|name| Some((one.of(Some(&name))?.time()?, other.of(Some(&name))?.time()?, name)));
    both.map(|(one, other, name)| (Argument::user(name), one, other)).collect()
}

/// Whether the clock beneath runs over the same part of the same tickets, in hours that lie within those of the clock above.
fn comparable(looking: &Looking<'_>, above: &Measure, below: &Measure) -> bool {
    let timed = above.statistic == Statistic::PercentWithin && below.statistic == Statistic::PercentWithin;
    if !timed || (above.start, above.stop) != (below.start, below.stop) {
        return false;
    }
    let apart = above.tickets.iter().any(|(column, values)| {
        let same = below.tickets.iter().find(|(other, _)| other == column);
        same.is_some_and(|(_, others)| !values.iter().any(|value| others.contains(value)))
    });
    let within = match (above.calendar, below.calendar) {
        (one, other) if one == other => true,
        (Some(above), Some(below)) => outside(looking.ecosystem, below, above, looking.at).is_none(),
        _ => false,
    };
    !apart && within
}

/// An SLA over services of several suppliers that rests on no other agreement.
fn underpinned(looking: &mut Looking<'_>) {
    for (_, agreement) in looking.agreements() {
        if agreement.kind != AgreementKind::Sla || !agreement.underpinned_by.is_empty() {
            continue;
        }
        // A service whose class says what it needs, and asks for nothing beneath, is left as it is.
        let mut covered = looking.covered(agreement);
        covered.retain(|service| {
            let beneath = |kind: &AgreementKind| *kind != AgreementKind::Sla;
            looking.class(*service).is_none_or(|class| !class.states_needs() || class.agreements.iter().any(beneath))
        });
        let mut rests_on = looking.cone(covered.iter().copied());
        rests_on.extend(covered);
        let mut suppliers: BTreeMap<&str, &str> = BTreeMap::new();
        for service in rests_on {
            let provider = looking.provider(service).filter(|party| looking.kind(*party) == Some(PartyKind::Supplier));
            if let Some(party) = provider {
                let first = suppliers.entry(looking.party(party)).or_insert_with(|| looking.service(service));
                *first = (*first).min(looking.service(service));
            }
        }
        if suppliers.len() > 1 {
            let id = agreement.id.as_str();
            let provides = |(party, service): (&&str, &&str)| {
                let reason = Reason::new("finding-provides").with("party", Argument::name(*party));
                reason.with("service", Argument::name(*service))
            };
            let finding = looking.finding(&codes::NOT_UNDERPINNED, agreement.mark, "agreement", id).named("agreement", id);
            let finding = finding.with("count", suppliers.len()).with("suppliers", looking.list(suppliers.keys().copied()));
            looking.add(finding.facts(suppliers.iter().map(provides)));
        }
    }
}

/// Agreements that underpin themselves: each ring once, at its first agreement by name.
fn rings(looking: &mut Looking<'_>) {
    let names: BTreeMap<AgreementIdx, &str> =
        looking.agreements().iter().map(|(at, agreement)| (*at, agreement.id.as_str())).collect();
    let below = |at: AgreementIdx| looking.model.agreements.get(at).map(|one| one.underpinned_by.as_slice()).unwrap_or_default();
    // What rests on nothing that is left is in no ring.
    let mut left: BTreeSet<AgreementIdx> = names.keys().copied().collect();
    loop {
        let ends: Vec<AgreementIdx> =
            left.iter().copied().filter(|at| !below(*at).iter().any(|next| left.contains(next))).collect();
        if ends.is_empty() {
            break;
        }
        ends.iter().for_each(|at| {
            left.remove(at);
        });
    }
    let mut by_name: Vec<AgreementIdx> = left.iter().copied().collect();
    by_name.sort_unstable_by_key(|at| names.get(at).copied().unwrap_or_default());
    let mut told: BTreeSet<AgreementIdx> = BTreeSet::new();
    let mut found = Vec::new();
    for start in by_name {
        if told.contains(&start) {
            continue;
        }
        if let Some(ring) = ring(start, &left, &below, &names) {
            told.extend(ring.iter().copied());
            found.push(ring);
        }
    }
    for ring in found {
        let Some(agreement) = ring.first().and_then(|first| looking.model.agreements.get(*first)) else { continue };
        let path: Vec<&str> = ring.iter().chain(ring.first()).filter_map(|at| names.get(at).copied()).collect();
        let id = agreement.id.as_str();
        let finding = looking.finding(&codes::UNDERPINNING_RING, agreement.mark, "agreement", id).named("agreement", id);
        looking.add(finding.with("path", Argument::name(path.join(" -> "))).other(path.get(1).copied().unwrap_or_default()));
    }
}

/// The shortest way from an agreement back to itself, itself first.
fn ring<'m>(
    start: AgreementIdx,
    left: &BTreeSet<AgreementIdx>,
    below: &impl Fn(AgreementIdx) -> &'m [AgreementIdx],
    names: &BTreeMap<AgreementIdx, &str>,
) -> Option<Vec<AgreementIdx>> {
    let mut before: BTreeMap<AgreementIdx, AgreementIdx> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        let mut next: Vec<AgreementIdx> = below(at).iter().copied().filter(|next| left.contains(next)).collect();
        next.sort_unstable_by_key(|at| names.get(at).copied().unwrap_or_default());
        for next in next {
            if next == start {
                let mut path = vec![at];
                while let Some(back) = path.last().and_then(|last| before.get(last)).copied() {
                    path.push(back);
                }
                path.reverse();
                return Some(path);
            }
            if let Entry::Vacant(new) = before.entry(next) {
                new.insert(at);
                open.push_back(next);
            }
        }
    }
    None
}

/// An integrator that alone answers for how fast others respond or how available they are.
///
/// An OLA or underpinning contract in which it promises that is one; so is an SLA that neither splits a measure by party nor names what
/// underpins it. What the integrator provides itself, such as a service desk, it may be measured by like any other provider.
fn integrator(looking: &mut Looking<'_>) {
    let all = looking.measures();
    for (measure, agreement) in &all {
        let Some(party) = agreement.provider.filter(|party| looking.kind(*party) == Some(PartyKind::Integrator)) else {
            continue;
        };
        let of_others = match measure.statistic {
            Statistic::Availability | Statistic::LongestOutage | Statistic::Mttr | Statistic::Mtbf => true,
            Statistic::PercentWithin | Statistic::Mean | Statistic::Percentile => measure.stop == TicketInstant::Responded,
            _ => false,
        };
        let covered = looking.covered(agreement);
        let own = !covered.is_empty() && covered.iter().all(|service| looking.provider(*service) == Some(party));
        let split = all.iter().any(|(other, held)| held.id == agreement.id && other.by.contains(&Split::Party));
        let shared = agreement.kind == AgreementKind::Sla && (split || !agreement.underpinned_by.is_empty());
        if of_others && !own && !shared {
            let id = measure.id.as_str();
            let finding = looking.finding(&codes::INTEGRATOR_MEASURED, measure.mark, "measure", id).named("measure", id);
            looking.add(finding.named("party", looking.party(party)).other(looking.party(party)));
        }
    }
}
