//! Why a row of `who` names whom it names.
//!
//! Goes in: a row. Comes out: the cell of the grid, the provider and prime behind it, hours, interface, the next role.
//! **Invariant:** every line is a fact of the model at the instant asked.
//! **Not here:** the words (`report::english`).

use super::WhoReport;
use super::walk::Call;
use crate::base::Argument;
use crate::model::responsibility::Subject;
use crate::report::Reason;

/// The reason of a row; none where there is no such row.
pub(super) fn explain(report: &WhoReport, row: usize) -> Option<Reason> {
    let call = report.calls.get(row)?;
    let model = report.ecosystem.model();
    let process = model.processes.get(report.asked.process)?;
    let activity = Argument::name(process.activities.get(call.activity).map_or("", String::as_str));
    let letters = Argument::name(call.letters.text());
    let head = match call.party.filter(|_| call.problem.is_none()) {
        Some(party) => Reason::new("who-party").with("party", Argument::name(model.party_name(party))),
        None => Reason::new("who-nobody"),
    };
    let cell = Reason::new("who-cell")
        .with("activity", activity.clone())
        .with("process", Argument::name(process.id.as_str()))
        .with("letters", letters.clone())
        .with("subject", Argument::name(model.subject_name(call.subject)));
    let reason = head.with("letters", letters).with("activity", activity).because(cell).because_all(behind(report, call));
    if call.problem.is_some() {
        return Some(reason);
    }
    Some(reason.because(hours(report, call)).because_all(meets(report, call)).because_all(next(report, row)))
}

/// The provider and prime, or the role, behind a cell.
fn behind(report: &WhoReport, call: &Call) -> Vec<Reason> {
    let model = report.ecosystem.model();
    let at = report.asked.at;
    let mut reasons = Vec::new();
    let service = report.asked.service.map(|service| Argument::name(model.service_name(service)));
    if let Subject::Role(role) = call.subject
        && let Some(role) = model.roles.get(role)
    {
        let party = Argument::name(model.party_name(role.party));
        let reason = match role.holder.at(at) {
            Some(holder) => Reason::new("who-role").with("holder", Argument::name(holder)),
            None => Reason::new("who-role-vacant"),
        };
        reasons.push(reason.with("role", Argument::name(role.id.as_str())).with("party", party).with("at", at));
    }
    if let (Some(provider), Some(service)) = (call.provider, service) {
        let provides = Reason::new("who-provider").with("provider", Argument::name(model.party_name(provider)));
        reasons.push(provides.with("service", service).with("at", at));
        if let Some(prime) = call.party.filter(|prime| *prime != provider) {
            let prime = Reason::new("who-prime").with("prime", Argument::name(model.party_name(prime)));
            reasons.push(prime.with("provider", Argument::name(model.party_name(provider))));
        }
    }
    if let Some(problem) = call.problem {
        reasons.push(Reason::new("who-problem").with("problem", Argument::name(problem)));
    }
    reasons
}

fn hours(report: &WhoReport, call: &Call) -> Reason {
    let Some(calendar) = call.reach.calendar.and_then(|at| report.ecosystem.model().calendars.get(at)) else {
        return Reason::new("who-around-the-clock");
    };
    let reason = match (call.reach.open, call.reach.next) {
        (Some(true), _) => Reason::new("who-open"),
        (Some(false), Some(next)) => Reason::new("who-closed").with("next", next),
        _ => Reason::new("who-never-open"),
    };
    reason.with("calendar", Argument::name(calendar.id.as_str())).with("at", report.asked.at)
}

fn meets(report: &WhoReport, call: &Call) -> Vec<Reason> {
    let model = report.ecosystem.model();
    let party = Argument::name(call.party.map_or("", |party| model.party_name(party)));
    let one = |interface: &crate::model::interface::InterfaceIdx| {
        let interface = model.interfaces.get(*interface)?;
        let reason = Reason::new("who-interface").with("interface", Argument::name(interface.id.as_str()));
        let reason = reason.with("party", party.clone());
        let points: Vec<Argument> = interface.integration_points.iter().map(Argument::name).collect();
        Some(match points.is_empty() {
            true => reason,
            false => reason.because(Reason::new("who-integration-points").with("points", points)),
        })
    };
    call.interfaces.iter().filter_map(one).collect()
}

fn next(report: &WhoReport, row: usize) -> Option<Reason> {
    let model = report.ecosystem.model();
    let next = report.steps.iter().find(|step| step.row == row && step.step == 1)?;
    let role = Argument::name(model.roles.get(next.role)?.id.as_str());
    Some(match (next.from, next.after) {
        (Some(from), Some(after)) => Reason::new("who-next").with("role", role).with("after", after).with("from", from),
        _ => Reason::new("who-next-unsaid").with("role", role),
    })
}
