//! The terms of the framework and of contracts.
//!
//! Goes in: the framework, contracts in force. Comes out: term, charges, share at risk, clauses, obligations, deviations.
//! **Invariant:** what a contract leaves open is said, and marked as a default.
//! **Not here:** agreements (`agreements`), regimes (`regimes`).

use super::agreements::beneath;
use super::page::{Page, amount, name, names, number, range, titled};
use super::regimes;
use crate::base::{Argument, Ratio};
use crate::model::cadence::{Cadence, DayOfMonth, Due, Every};
use crate::model::contract::{Charge, Contract, Obligation, Per, Range};
use crate::model::party::PartyIdx;
use crate::report::Reason;

/// The rules of the club; nothing where none are written.
pub(super) fn framework(page: &mut Page<'_>) {
    let framework = &page.model.framework;
    if framework.mark.line == 0 {
        return;
    }
    let title = framework.title.as_deref().unwrap_or("framework");
    page.about("framework", "framework", title, framework.clause.as_deref(), 1);
    page.heading(Reason::new("terms-framework").with("title", name(title)));
    page.clause(framework.clause.as_deref());
    for (word, meaning) in &framework.definitions {
        page.say(Reason::new("terms-definition").with("word", name(word)).with("meaning", name(meaning.trim_end_matches('.'))));
    }
    if !framework.priorities.is_empty() {
        let priorities = names(framework.priorities.iter().map(String::as_str));
        page.say(Reason::new("terms-framework-priorities").with("priorities", priorities));
    }
    let calendars = framework.calendars.iter().filter_map(|at| page.model.calendars.get(*at));
    let calendars: Vec<&str> = calendars.map(|calendar| calendar.id.as_str()).collect();
    if !calendars.is_empty() {
        page.say(Reason::new("terms-framework-calendars").with("calendars", names(calendars)));
    }
    let rule = |key, written, default| Reason::new(if framework.defaults.contains(&key) { default } else { written });
    page.say(rule("relief", "terms-relief-none", "terms-relief-default"));
    page.say(rule("concurrent_causes", "terms-concurrent-none", "terms-concurrent-default"));
    let permitted = |what: Argument, range_of: &Range, show: &dyn Fn(&Ratio) -> Argument| {
        range(what, range_of.at_least.as_ref().map(show), range_of.at_most.as_ref().map(show))
    };
    let shares = permitted(Argument::from("at_risk"), &framework.at_risk, &|share| Argument::Percent(share.clone()));
    let parameters = framework.parameters.iter().map(|(what, range)| permitted(name(what), range, &number));
    shares.into_iter().chain(parameters.flatten().collect::<Vec<_>>()).for_each(|reason| page.say(reason));
    if !framework.mandatory_clauses.is_empty() {
        let clauses = names(framework.mandatory_clauses.iter().map(String::as_str));
        page.say(Reason::new("terms-mandatory").with("clauses", clauses));
    }
}

/// The terms of a contract.
pub(super) fn contract(page: &mut Page<'_>, contract: &Contract) {
    let id = contract.id.as_str();
    let model = page.model;
    let party = |party: PartyIdx| name(model.parties.get(party).map_or("", |party| &party.title));
    page.about("contracts", "contract", id, None, 1);
    page.heading(Reason::new("terms-contract").with("contract", titled(&contract.title, id)));
    let parties = Reason::new("terms-contract-parties").with("provider", party(contract.provider));
    page.say(parties.with("customer", party(contract.customer)));
    page.term(&contract.validity);
    page.say(match contract.year_starts {
        Some(day) => Reason::new("terms-year").with("day", day),
        None => Reason::new("terms-year-default"),
    });
    page.say(match contract.notice_months {
        Some(months) => Reason::new("terms-notice").with("months", months),
        None => Reason::new("terms-notice-default"),
    });
    contract.charges.iter().for_each(|one| charge(page, one));
    page.say(match contract.at_risk.at(page.at) {
        Some(share) => Reason::new("terms-at-risk").with("share", Argument::Percent(share.clone())),
        None => Reason::new("terms-at-risk-default"),
    });
    let at = page.at;
    for (validity, share) in contract.at_risk.spans().iter().filter(|(validity, _)| validity.from > at) {
        let later = Reason::new("terms-at-risk-later").with("from", page.day(validity.from));
        page.say(later.with("share", Argument::Percent(share.clone())));
    }
    for (subject, clause) in &contract.clauses {
        page.say(Reason::new("terms-contract-clause").with("subject", name(subject)).with("clause", name(clause)));
    }
    for obligation in &contract.obligations {
        let owed = Reason::new("terms-obligation").with("by", party(obligation.by)).with("to", party(obligation.to));
        let owed = owed.with("title", name(&obligation.title));
        page.say(owed.because(due(page, obligation)).because_all(beneath(obligation.clause.as_deref())));
    }
    let processes = contract.processes.iter().filter_map(|at| model.processes.get(*at));
    let processes: Vec<&str> = processes.map(|process| process.title.as_str()).collect();
    page.say(if processes.is_empty() {
        Reason::new("terms-processes-default").with("provider", party(contract.provider))
    } else {
        Reason::new("terms-processes").with("provider", party(contract.provider)).with("processes", names(processes))
    });
    for deviation in &contract.deviations {
        let reason = Reason::new("terms-deviation").with("what", name(&deviation.subject));
        let reason = reason.with("reason", name(deviation.reason.trim_end_matches('.')));
        let agreed = deviation.agreed.map(|day| Reason::new("terms-agreed-on").with("day", day));
        page.say(reason.because_all(beneath(deviation.clause.as_deref())).because_all(agreed));
    }
    if let Some(provider) = model.parties.get(contract.provider) {
        regimes::attached(page, &provider.regimes);
    }
}

fn charge(page: &mut Page<'_>, charge: &Charge) {
    let Some(now) = charge.amount.at(page.at) else { return };
    let per = match charge.per {
        Per::Month => "terms-charge-month",
        Per::Quarter => "terms-charge-quarter",
        Per::Year => "terms-charge-year",
        Per::Unit => "terms-charge-unit",
        Per::Once => "terms-charge-once",
    };
    let services = charge.services.iter().filter_map(|at| page.model.services.get(*at));
    let services: Vec<&str> = services.map(|service| service.title()).collect();
    let pays = if services.is_empty() {
        Reason::new("terms-charge-services-default")
    } else {
        Reason::new("terms-charge-services").with("services", names(services))
    };
    let later = charge.amount.spans().iter().filter(|(validity, _)| validity.from > page.at);
    let later = later.map(|(validity, value)| {
        Reason::new("terms-charge-later").with("from", page.day(validity.from)).with("amount", amount(value))
    });
    let reason = Reason::new(per).with("title", name(&charge.title)).with("amount", amount(now));
    let reason = reason.with("kind", name(&charge.kind.as_str().replace('_', "-")));
    page.say(reason.because(pays).because_all(later).because_all(beneath(charge.clause.as_deref())));
}

/// When an obligation is due.
fn due(page: &Page<'_>, obligation: &Obligation) -> Reason {
    match &obligation.due {
        None => Reason::new("terms-due-default"),
        Some(Due::Once(day)) => Reason::new("terms-due-once").with("day", *day),
        Some(Due::Again(cadence)) => again(page, cadence),
    }
}

fn again(page: &Page<'_>, cadence: &Cadence) -> Reason {
    let every = Argument::name(cadence.every.as_str().replace('_', " "));
    let months = !matches!(cadence.every, Every::Week | Every::Fortnight);
    let reason = match (months, cadence.first, cadence.day) {
        (false, Some(first), _) => Reason::new("terms-due-weeks").with("first", first),
        (_, _, DayOfMonth::Working(day)) => {
            let calendar = cadence.calendar.and_then(|at| page.model.calendars.get(at));
            let working = Reason::new("terms-due-working").with("day", day);
            return working.with("every", every).because(match calendar {
                Some(calendar) => Reason::new("terms-working-days").with("calendar", name(calendar.id.as_str())),
                None => Reason::new("terms-working-days-default"),
            });
        }
        (_, _, DayOfMonth::Day(day)) => Reason::new("terms-due-day").with("day", day),
    };
    reason.with("every", every)
}
