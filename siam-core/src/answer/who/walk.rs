//! Whom to call: the cells of the grid followed to parties, hours, interfaces and the next role.
//!
//! Goes in: a resolved question. Comes out: calls in the order to make them, and the steps of their escalation.
//! **Invariant:** the time to the next role runs in the hours of the role that does not answer.
//! **Not here:** the tables (`who`), the words (`explain`).

use super::Asked;
use crate::answer::given::KEPT;
use crate::base::{Argument, Code, Duration, Instant, Place, Problem, Problems, codes};
use crate::clock::Boundary;
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::calendar::CalendarIdx;
use crate::model::interface::InterfaceIdx;
use crate::model::party::PartyIdx;
use crate::model::responsibility::{Letters, Subject};
use crate::model::role::{Role, RoleIdx};

/// One role or party to call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The place of the activity.
    pub activity: usize,
    /// What it is to the activity.
    pub letters: Letters,
    /// Who the grid names.
    pub subject: Subject,
    /// Who provides the service, where the grid means that.
    pub provider: Option<PartyIdx>,
    /// The party that answers.
    pub party: Option<PartyIdx>,
    /// Whether it can be reached.
    pub reach: Reach,
    /// Where it meets the Accountable party.
    pub interfaces: Vec<InterfaceIdx>,
    /// Why there is nobody to call.
    pub problem: Option<&'static str>,
}

/// Whether somebody can be reached.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reach {
    /// The hours; none is around the clock.
    pub calendar: Option<CalendarIdx>,
    /// Whether they are open; none where there is nobody to reach, or the clock cannot tell.
    pub open: Option<bool>,
    /// When they open next, where they are closed.
    pub next: Option<Instant>,
}

/// One step of a chain of escalation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The row whose chain it is.
    pub row: usize,
    /// How many have not answered before.
    pub step: usize,
    /// The role.
    pub role: RoleIdx,
    /// How long the role before is given.
    pub after: Option<Duration>,
    /// From when it is called.
    pub from: Option<Instant>,
    /// Whether it can be reached then.
    pub open: Option<bool>,
    /// Why it cannot be called at all.
    pub problem: Option<&'static str>,
}

impl Call {
    /// How to reach it: the role's own contact, else that of the party that answers.
    pub fn contact<'m>(&self, model: &'m Model, at: Instant) -> Option<&'m str> {
        match (self.subject, self.party) {
            (Subject::Provider, Some(party)) => model.contact(Subject::Party(party), at),
            (subject, _) => model.contact(subject, at),
        }
    }
}

/// Who has letters, activity by activity, Responsible first.
pub(super) fn calls(ecosystem: &Ecosystem, asked: &Asked, problems: &mut Problems) -> Vec<Call> {
    let model = ecosystem.model();
    let mut calls = Vec::new();
    for &activity in &asked.activities {
        let accountable: Vec<PartyIdx> = model
            .letters(asked.process, activity, asked.at)
            .filter(|(subject, letters)| letters.has(Letters::ACCOUNTABLE) && model.is_there(*subject, asked.at))
            .filter_map(|(subject, _)| party(model, asked, subject).1)
            .collect();
        let mut found: Vec<Call> = model
            .letters(asked.process, activity, asked.at)
            .filter(|(_, letters)| letters.meets(asked.letters))
            .map(|(subject, letters)| call(ecosystem, asked, (activity, subject, letters), &accountable, problems))
            .collect();
        if found.is_empty() {
            let process = model.processes.get(asked.process);
            let name = process.and_then(|process| process.activities.get(activity)).map_or("", String::as_str);
            let problem = Problem::new(&codes::NOBODY_NAMED, Place::Nowhere).with("activity", Argument::user(name));
            let problem = problem.with("process", Argument::user(process.map_or("", |process| process.id.as_str())));
            problems.push(problem.with("letters", Argument::name(asked.letters.text())).with("at", asked.at), KEPT);
        }
        found.sort_by_key(|call| rank(call.letters, asked.letters));
        calls.extend(found);
    }
    calls
}

/// Responsible comes before Accountable, Consulted, Informed; only letters that were asked for count.
fn rank(letters: Letters, asked: Letters) -> usize {
    let order = [Letters::RESPONSIBLE, Letters::ACCOUNTABLE, Letters::CONSULTED, Letters::INFORMED];
    order.iter().position(|letter| letters.has(*letter) && asked.has(*letter)).unwrap_or(order.len())
}

/// The provider meant, and the party that answers.
fn party(model: &Model, asked: &Asked, subject: Subject) -> (Option<PartyIdx>, Option<PartyIdx>) {
    if subject != Subject::Provider {
        return (None, model.party_of(subject));
    }
    let service = asked.service.and_then(|service| model.services.get(service));
    let provider = service.and_then(|service| service.provider.at(asked.at)).copied();
    (provider, provider.map(|provider| model.prime(provider)))
}

fn call(
    ecosystem: &Ecosystem,
    asked: &Asked,
    (activity, subject, letters): (usize, Subject, Letters),
    accountable: &[PartyIdx],
    problems: &mut Problems,
) -> Call {
    let model = ecosystem.model();
    let (provider, party) = party(model, asked, subject);
    let mut call =
        Call { activity, letters, subject, provider, party, reach: Reach::default(), interfaces: Vec::new(), problem: None };
    if let Some(problem) = nobody(model, asked, &call) {
        call.problem = Some(problem.code().name);
        problems.push(problem, KEPT);
        return call;
    }
    let hours = match subject {
        Subject::Role(role) => model.roles.get(role).map(|role| &role.hours),
        _ => party.and_then(|party| model.parties.get(party)).map(|party| &party.hours),
    };
    call.reach = reach(ecosystem, hours.and_then(|hours| hours.at(asked.at)).copied(), asked.at, problems);
    if let Some(own) = party.filter(|own| !accountable.contains(own)) {
        let interfaces = model.interfaces.entries().filter(|(_, interface)| {
            interface.process == asked.process
                && interface.validity.contains(asked.at)
                && asked.service.is_none_or(|service| interface.services.is_empty() || interface.services.contains(&service))
                && accountable.iter().any(|other| interface.joins(own, *other))
        });
        call.interfaces = interfaces.map(|(at, _)| at).collect();
    }
    call
}

/// Why a cell leads to nobody.
fn nobody(model: &Model, asked: &Asked, call: &Call) -> Option<Problem> {
    let problem = |code: &'static Code| Problem::new(code, Place::Nowhere);
    match (call.subject, call.party, asked.service) {
        (Subject::Provider, None, None) => {
            let process = model.processes.get(asked.process);
            let name = process.and_then(|process| process.activities.get(call.activity)).map_or("", String::as_str);
            Some(problem(&codes::NO_SERVICE_ASKED).with("activity", Argument::user(name)))
        }
        (Subject::Provider, None, Some(service)) => {
            let name = Argument::user(model.service_name(service));
            Some(problem(&codes::NO_PROVIDER_THEN).with("service", name).with("at", asked.at))
        }
        (Subject::Provider, Some(party), _) => not_in_force(model, Subject::Party(party), asked.at),
        (subject, ..) => not_in_force(model, subject, asked.at),
    }
}

fn not_in_force(model: &Model, subject: Subject, at: Instant) -> Option<Problem> {
    let kind = if matches!(subject, Subject::Role(_)) { "role" } else { "party" };
    (!model.is_there(subject, at)).then(|| {
        let problem = Problem::new(&codes::NOT_IN_FORCE, Place::Nowhere).with("kind", kind);
        problem.with("name", Argument::user(model.subject_name(subject))).with("at", at)
    })
}

/// Whether hours are open at an instant, and when next.
fn reach(ecosystem: &Ecosystem, calendar: Option<CalendarIdx>, at: Instant, problems: &mut Problems) -> Reach {
    let Some(hours) = calendar else { return Reach { calendar, open: Some(true), next: None } };
    let clock = ecosystem.clock(hours);
    let mut keep = |problem: Problem| problems.push(problem, KEPT);
    let open = clock.is_open(at).map_err(&mut keep).ok();
    let next = if open == Some(false) { clock.next_open(at).map_err(&mut keep).ok() } else { None };
    Reach { calendar, open, next }
}

/// The chain of each call that names a role, the role itself first.
pub(super) fn steps(ecosystem: &Ecosystem, at: Instant, calls: &[Call], problems: &mut Problems) -> Vec<Step> {
    let model = ecosystem.model();
    let mut steps = Vec::new();
    for (row, call) in calls.iter().enumerate() {
        let Subject::Role(first) = call.subject else { continue };
        let (mut role, mut after, mut from) = (first, Some(Duration::ZERO), Some(at));
        for step in 0.. {
            let Some(held) = model.roles.get(role) else { break };
            let gone = not_in_force(model, Subject::Role(role), from.unwrap_or(at));
            let problem = gone.as_ref().map(|gone| gone.code().name);
            let open = match from.filter(|_| gone.is_none()) {
                // What the row itself says was reported there.
                _ if step == 0 => call.reach.open,
                Some(from) => reach(ecosystem, held.hours.at(from).copied(), from, problems).open,
                None => None,
            };
            if let Some(gone) = gone.filter(|_| step > 0) {
                problems.push(gone, KEPT);
            }
            steps.push(Step { row, step, role, after, from, open, problem });
            let Some(next) = held.escalates_to else { break };
            after = held.escalate_after;
            from = from.and_then(|from| escalate_at(ecosystem, held, from, problems));
            role = next;
        }
    }
    steps
}

/// When the wait of a role is over that is called at an instant.
fn escalate_at(ecosystem: &Ecosystem, role: &Role, from: Instant, problems: &mut Problems) -> Option<Instant> {
    let after = role.escalate_after?;
    match role.hours.at(from) {
        None => Some(from.plus(after)),
        Some(hours) => {
            let due = ecosystem.clock(*hours).deadline(from, after, Boundary::Same);
            due.map_err(|problem| problems.push(problem, KEPT)).ok()
        }
    }
}
