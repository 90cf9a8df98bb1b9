//! Findings about who answers for what: the RACI grid, the equaliser, roles, escalation, forums.
//!
//! Goes in: cells, depths, roles and forums at an instant. Comes out: findings at the cell, row, role or forum.
//! **Invariant:** a process without any cell is missed only where a class asks for its responsibilities.
//! **Not here:** interfaces and their owners (`boundaries`).

use super::looking::Looking;
use crate::base::{Argument, codes};
use crate::document::Mark;
use crate::model::party::{PartyIdx, PartyKind};
use crate::model::process::{Phase, Process, ProcessIdx};
use crate::model::responsibility::{Equaliser, LAYERS, Letters, Subject};
use crate::model::role::{RoleIdx, RoleKind};
use crate::report::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// A cell that holds letters at the instant.
struct Held<'a> {
    activity: &'a str,
    subject: Subject,
    letters: Letters,
    mark: Mark,
}

pub(super) fn look(looking: &mut Looking<'_>) {
    let mut grids: BTreeMap<&str, (ProcessIdx, &Process, Vec<Held<'_>>)> = BTreeMap::new();
    for (name, at) in &looking.model.names.processes {
        if let Some(process) = looking.model.processes.get(*at).filter(|process| looking.holds(&process.validity)) {
            grids.insert(name, (*at, process, Vec::new()));
        }
    }
    for cell in &looking.model.responsibilities {
        let letters = cell.letters.at(looking.at).copied().filter(|letters| !letters.is_empty());
        let grid = grids.get_mut(looking.process(cell.process));
        if let (Some(letters), Some((_, process, held))) = (letters, grid) {
            let activity = process.activities.get(cell.activity).map_or("", String::as_str);
            held.push(Held { activity, subject: cell.subject, letters, mark: cell.mark });
        }
    }
    for (name, (at, process, held)) in &mut grids {
        held.sort_by_key(|cell| (cell.activity, looking.subject(cell.subject)));
        if !held.is_empty() {
            rows(looking, name, process, held);
        }
        people(looking, name, process, held);
        scope(looking, *at, name, held);
    }
    missing(looking, &grids.values().map(|(at, _, held)| (*at, held.is_empty())).collect());
    for equaliser in &looking.model.equaliser {
        if let Some((_, _, held)) = grids.get(looking.process(equaliser.process)) {
            depths(looking, equaliser, held);
        }
    }
    forums(looking);
}

fn cell(looking: &Looking<'_>, held: &Held<'_>) -> Reason {
    Reason::new("finding-cell")
        .with("subject", Argument::name(looking.subject(held.subject)))
        .with("letters", Argument::name(held.letters.text()))
        .with("activity", Argument::name(held.activity))
}

/// Exactly one is Accountable and somebody is Responsible in every activity of a process that has a grid.
fn rows(looking: &mut Looking<'_>, name: &str, process: &Process, held: &[Held<'_>]) {
    for activity in &process.activities {
        let row: Vec<&Held<'_>> = held.iter().filter(|cell| cell.activity == activity).collect();
        let mark = row.iter().map(|cell| cell.mark).min_by_key(|mark| looking.ecosystem.place(*mark)).unwrap_or(process.mark);
        let accountable: Vec<&&Held<'_>> = row.iter().filter(|cell| cell.letters.has(Letters::ACCOUNTABLE)).collect();
        let begin = |looking: &Looking<'_>, code| {
            let finding = looking.finding(code, mark, "process", name).named("process", name).named("activity", activity);
            finding.other(activity).facts(row.iter().map(|held| cell(looking, held)))
        };
        if accountable.len() > 1 {
            let subjects = looking.list(accountable.iter().map(|cell| looking.subject(cell.subject)));
            let finding = begin(looking, &codes::SEVERAL_ACCOUNTABLE).with("count", accountable.len());
            looking.add(finding.with("subjects", subjects));
        } else if accountable.is_empty() {
            looking.add(begin(looking, &codes::NONE_ACCOUNTABLE));
        }
        if !row.is_empty() && !row.iter().any(|cell| cell.letters.has(Letters::RESPONSIBLE)) {
            looking.add(begin(looking, &codes::NONE_RESPONSIBLE));
        }
    }
}

/// Roles that answer for a process can be reached, and those that work in operation escalate.
fn people(looking: &mut Looking<'_>, name: &str, process: &Process, held: &[Held<'_>]) {
    let mut unreachable: BTreeSet<RoleIdx> = BTreeSet::new();
    let mut working: BTreeSet<RoleIdx> = BTreeSet::new();
    for held in held {
        let Subject::Role(at) = held.subject else { continue };
        let Some(role) = looking.model.roles.get(at) else { continue };
        let id = role.id.as_str();
        let lacks = [("holder", role.holder.at(looking.at)), ("contact", role.contact.at(looking.at))];
        let lacks: Vec<Argument> = lacks.iter().filter(|(_, has)| has.is_none()).map(|(what, _)| Argument::from(*what)).collect();
        if held.letters.has(Letters::ACCOUNTABLE) && !lacks.is_empty() && unreachable.insert(at) {
            let finding = looking.finding(&codes::ROLE_UNREACHABLE, role.mark, "role", id).named("role", id);
            let finding = finding.named("process", name).named("activity", held.activity).with("what", lacks);
            looking.add(finding.other(name));
        }
        let works = held.letters.has(Letters::ACCOUNTABLE) || held.letters.has(Letters::RESPONSIBLE);
        let operation = process.phases.contains(&Phase::Operation);
        let last = role.escalates_to.is_some() || role.kind == RoleKind::HeadOfServices;
        if works && operation && !last && working.insert(at) {
            let finding = looking.finding(&codes::ESCALATION_ENDS, role.mark, "role", id).named("role", id);
            looking.add(finding.named("process", name).fact(cell(looking, held)).other(name));
        }
    }
}

/// A supplier that is Responsible works within the scope of its contract, where the contract names one.
fn scope(looking: &mut Looking<'_>, process: ProcessIdx, name: &str, held: &[Held<'_>]) {
    let mut seen: BTreeSet<PartyIdx> = BTreeSet::new();
    for held in held.iter().filter(|cell| cell.letters.has(Letters::RESPONSIBLE)) {
        let party = match held.subject {
            Subject::Party(party) => party,
            Subject::Role(role) => match looking.model.roles.get(role) {
                Some(role) => role.party,
                None => continue,
            },
            Subject::Provider => continue,
        };
        let Some(contract) = looking.contract_of(party) else { continue };
        let listed = contract.processes.is_empty() || contract.processes.contains(&process);
        if looking.kind(party) != Some(PartyKind::Supplier) || listed || !seen.insert(party) {
            continue;
        }
        let (id, party) = (contract.id.as_str(), looking.party(party));
        let finding = looking.finding(&codes::BEYOND_SCOPE, held.mark, "party", party).named("party", party);
        looking.add(finding.named("process", name).named("contract", id).fact(cell(looking, held)).other(name));
    }
}

/// Processes whose responsibilities a class in use asks for.
fn missing(looking: &mut Looking<'_>, empty: &BTreeMap<ProcessIdx, bool>) {
    let classes: BTreeMap<&str, _> =
        looking.in_use.iter().filter_map(|(at, _)| looking.class(*at)).map(|class| (class.id.as_str(), class)).collect();
    let mut seen = BTreeSet::new();
    for (id, class) in classes {
        for process in class.responsibilities.iter().filter(|process| empty.get(process).copied().unwrap_or(true)) {
            if seen.insert(*process) {
                let name = looking.process(*process);
                let finding = looking.finding(&codes::RESPONSIBILITIES_MISSING, class.mark, "class", id).named("class", id);
                looking.add(finding.named("process", name).other(name));
            }
        }
    }
}

/// Depth 0 and letters, or depth and none; depth 0 of suppliers and a contract that lists the process.
fn depths(looking: &mut Looking<'_>, equaliser: &Equaliser, held: &[Held<'_>]) {
    let name = looking.process(equaliser.process);
    for (layer, depth) in LAYERS.iter().zip(&equaliser.depths) {
        let Some(depth) = depth.at(looking.at).copied() else { continue };
        let own: Vec<&Held<'_>> = held.iter().filter(|cell| looking.layer(cell.subject) == Some(*layer)).collect();
        let begin = |looking: &Looking<'_>, code| {
            let finding = looking.finding(code, equaliser.mark, "process", name).named("process", name);
            finding.with("layer", layer.as_str()).with("depth", depth).other(layer.as_str())
        };
        let fact = Reason::new("finding-depth").with("layer", layer.as_str()).with("depth", depth);
        let fact = fact.with("process", Argument::name(name));
        match own.first() {
            Some(first) if depth == 0 => {
                let finding = begin(looking, &codes::DEPTH_ZERO_HOLDS).named("activity", first.activity);
                let finding = finding
                    .named("subject", looking.subject(first.subject))
                    .with("letters", Argument::name(first.letters.text()));
                looking.add(finding.fact(fact).facts(own.iter().map(|held| cell(looking, held))));
            }
            None if depth > 0 && !held.is_empty() => looking.add(begin(looking, &codes::DEPTH_HOLDS_NONE).fact(fact)),
            _ => {}
        }
        if depth == 0 && *layer == PartyKind::Supplier {
            let mut listing = looking.contracts();
            listing.retain(|contract| looking.kind(contract.provider) == Some(PartyKind::Supplier));
            for contract in listing.into_iter().filter(|contract| contract.processes.contains(&equaliser.process)) {
                let id = contract.id.as_str();
                let finding = looking.finding(&codes::DEPTH_ZERO_CONTRACT, contract.mark, "contract", id).named("contract", id);
                looking.add(finding.named("process", name).other(name));
            }
        }
    }
}

/// Forums that lack what makes them one.
fn forums(looking: &mut Looking<'_>) {
    for at in looking.model.names.forums.values() {
        let Some(forum) = looking.model.forums.get(*at).filter(|forum| looking.holds(&forum.validity)) else { continue };
        let parts = [
            ("chair", forum.chair.is_none()),
            ("members", forum.members.is_empty()),
            ("remit", forum.remit.is_empty()),
            ("cadence", forum.meets.is_none()),
        ];
        let lacks: Vec<Argument> = parts.iter().filter(|(_, lacks)| *lacks).map(|(what, _)| Argument::from(*what)).collect();
        if !lacks.is_empty() {
            let id = forum.id.as_str();
            let finding = looking.finding(&codes::FORUM_INCOMPLETE, forum.mark, "forum", id).named("forum", id);
            looking.add(finding.with("what", lacks));
        }
    }
}
