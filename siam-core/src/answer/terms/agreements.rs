//! The terms of agreements and their measures.
//!
//! Goes in: agreements and measures in force. Comes out: for each, what is promised, what counts, how the clock runs.
//! **Invariant:** every key of a measure that has a default gives a sentence, written or not.
//! **Not here:** contracts (`contracts`), what a regime makes of a score (`regimes`).

use super::page::{Page, clause_of, name, names, titled};
use super::{calendars, counting, regimes};
use crate::base::{Argument, Ratio};
use crate::model::agreement::{
    Agreement, AgreementKind, Children, Definition, Measure, TicketInstant, WhenNone, Within, WithinRow,
};
use crate::model::allowance::Allowance;
use crate::model::dated::Validity;
use crate::model::statistic::{Basis, Direction, Statistic};
use crate::report::Reason;

/// The terms of an agreement and of all its measures.
pub(super) fn agreement(page: &mut Page<'_>, agreement: &Agreement) {
    let model = page.model;
    let id = agreement.id.as_str();
    page.about("agreements", "agreement", id, agreement.clause.as_deref(), 1);
    let heading = match agreement.kind {
        AgreementKind::Sla => "terms-agreement-sla",
        AgreementKind::Ola => "terms-agreement-ola",
        AgreementKind::UnderpinningContract => "terms-agreement-underpinning",
    };
    page.heading(Reason::new(heading).with("agreement", titled(&agreement.title, id)));
    let party = |party| name(model.parties.get(party).map_or("", |party| &party.title));
    page.say(match (agreement.provider, agreement.customer) {
        (Some(provider), Some(customer)) => {
            Reason::new("terms-promised").with("provider", party(provider)).with("customer", party(customer))
        }
        (Some(provider), None) => Reason::new("terms-promised-by").with("provider", party(provider)),
        (None, Some(customer)) => Reason::new("terms-promised-to").with("customer", party(customer)),
        (None, None) => Reason::new("terms-promised-nobody"),
    });
    page.clause(agreement.clause.as_deref());
    page.term(&agreement.validity);
    page.say(if agreement.services.is_empty() {
        Reason::new("terms-covers-default")
    } else {
        let services = agreement.services.iter().filter_map(|at| model.services.get(*at));
        Reason::new("terms-covers").with("services", names(services.map(|service| service.title())))
    });
    let below = agreement.underpinned_by.iter().filter_map(|at| model.agreements.get(*at));
    let below: Vec<&str> = below.map(|below| below.title.as_str()).collect();
    page.say(if below.is_empty() {
        Reason::new("terms-rests-on-default")
    } else {
        Reason::new("terms-rests-on").with("agreements", names(below))
    });
    maintenance(page, agreement);
    regimes::attached(page, &agreement.regimes);
    for at in model.names.measures.values() {
        let own = model.measures.get(*at).filter(|measure| model.agreements.get(measure.agreement) == Some(agreement));
        if let Some(own) = own.filter(|measure| measure.validity.contains(page.at)) {
            measure(page, own, agreement);
        }
    }
}

fn measure(page: &mut Page<'_>, measure: &Measure, agreement: &Agreement) {
    let id = measure.id.as_str();
    let clause = measure.clause.as_deref().or(agreement.clause.as_deref());
    page.about("agreements", "measure", id, clause, 2);
    page.heading(Reason::new("terms-measure").with("measure", titled(&measure.title, id)));
    page.clause(clause);
    promise(page, measure);
    if measure.statistic.basis() == Basis::Tickets {
        if !measure.within.spans().is_empty() || measure.statistic.runs_clock() {
            clock(page, measure);
            counting::runs(page, measure, agreement);
        }
        counted(page, measure);
    } else {
        records(page, measure);
    }
    counting::over(page, measure);
    if measure.statistic.judges_cases() {
        verdict(page, measure);
    }
    if !measure.by.is_empty() {
        page.say(Reason::new("terms-by").with("by", names(measure.by.iter().map(|split| split.as_str()))));
    }
    if measure.validity == Validity::ALWAYS {
        page.say(Reason::new("terms-measured-default"));
    } else {
        page.term(&measure.validity);
    }
    regimes::attached(page, &measure.regimes);
    if !measure.regimes.entries.is_empty() {
        page.say(Reason::new("terms-missing"));
    }
}

/// What few cases and none come to.
fn verdict(page: &mut Page<'_>, measure: &Measure) {
    page.say(if measure.defaults.contains(&"fewest") {
        Reason::new("terms-fewest-default")
    } else {
        Reason::new("terms-fewest").with("fewest", measure.fewest)
    });
    let written = !measure.defaults.contains(&"when_none");
    page.say(Reason::new(match measure.when_none {
        WhenNone::NoVerdict if written => "terms-none-no-verdict",
        WhenNone::NoVerdict => "terms-none-default",
        WhenNone::Met => "terms-none-met",
        WhenNone::Missed => "terms-none-missed",
    }));
    page.say(Reason::new("terms-exact"));
}

/// The target, those agreed for later, and the period it is taken over.
fn promise(page: &mut Page<'_>, measure: &Measure) {
    let shown = |target: &Ratio| counting::shown(measure.unit, target);
    let statistic = Argument::name(measure.statistic.as_str().replace('_', " "));
    page.say(match (measure.target.at(page.at), measure.statistic) {
        (None, _) => Reason::new("terms-promise-none").with("statistic", statistic),
        (Some(target), Statistic::PercentWithin) => Reason::new("terms-promise-percent").with("target", shown(target)),
        (Some(target), Statistic::Count) => Reason::new("terms-promise-count").with("target", shown(target)),
        (Some(target), _) => {
            let least = measure.direction == Direction::AtLeast;
            let reason = Reason::new(if least { "terms-promise-least" } else { "terms-promise-most" });
            reason.with("statistic", statistic).with("target", shown(target))
        }
    });
    let at = page.at;
    for (validity, target) in measure.target.spans().iter().filter(|(validity, _)| validity.from > at) {
        page.say(Reason::new("terms-promise-later").with("from", page.day(validity.from)).with("target", shown(target)));
    }
    if measure.statistic == Statistic::Percentile {
        page.say(definition(measure));
    }
    counting::targets(page, measure);
    counting::period(page, measure);
}

/// Which percentile, and how it is defined.
fn definition(measure: &Measure) -> Reason {
    let written = !measure.defaults.contains(&"percentile_definition");
    let id = match measure.definition {
        Definition::NearestRank if written => "terms-percentile-nearest",
        Definition::NearestRank => "terms-percentile-default",
        Definition::Linear => "terms-percentile-linear",
    };
    Reason::new(id).with("share", Argument::Percent(measure.percentile.clone()))
}

/// What a measure that does not rest on tickets is taken from.
fn records(page: &mut Page<'_>, measure: &Measure) {
    match measure.statistic.basis() {
        Basis::Records(table) => page.say(Reason::new("terms-records").with("table", table)),
        Basis::Outages => page.say(Reason::new("terms-outages")),
        Basis::Tickets => {}
    }
    if measure.statistic == Statistic::ExchangesInTime {
        let interfaces = measure.exchanges.iter().filter_map(|at| page.model.interfaces.get(*at));
        let interfaces: Vec<&str> = interfaces.map(|interface| interface.title.as_str()).collect();
        page.say(if interfaces.is_empty() {
            Reason::new("terms-exchanges-default")
        } else {
            Reason::new("terms-exchanges").with("interfaces", names(interfaces))
        });
    }
    if measure.statistic == Statistic::Availability {
        for (level, weight) in &measure.available {
            let level = name(page.model.level_name(*level));
            page.say(Reason::new("terms-available").with("level", level).with("weight", Argument::Percent(weight.clone())));
        }
        if measure.available.is_empty() {
            page.say(Reason::new("terms-available-default"));
        }
    }
}

/// When work under an agreement is planned.
fn maintenance(page: &mut Page<'_>, agreement: &Agreement) {
    let Some(rule) = agreement.maintenance.and_then(|at| page.model.maintenance.get(at)) else {
        page.say(Reason::new("terms-maintenance-default"));
        return;
    };
    let window = match rule.window.and_then(|at| page.model.calendars.get(at)) {
        Some(calendar) => Reason::new("terms-window").with("calendar", name(calendar.id.as_str())),
        None => Reason::new("terms-window-default"),
    };
    let notice = match rule.notice {
        Some(notice) => Reason::new("terms-maintenance-notice").with("notice", notice),
        None => Reason::new("terms-maintenance-notice-default"),
    };
    let approval = match (rule.approval, rule.approved_by.is_empty()) {
        (false, _) => Reason::new("terms-approval-none"),
        (true, true) => Reason::new("terms-approval"),
        (true, false) => Reason::new("terms-approval-by").with("who", names(rule.approved_by.iter().map(String::as_str))),
    };
    let allowance = match rule.allowance {
        Some(allowance) => Reason::new("terms-allowance").with("allowance", allowance),
        None => Reason::new("terms-allowance-default"),
    };
    let reason = Reason::new("terms-maintenance").with("rule", titled(&rule.title, rule.id.as_str()));
    let reason = reason.because_all(beneath(rule.clause.as_deref())).because(window).because(notice).because(approval);
    page.say(reason.because(allowance));
}

/// Which tickets count, and in which period.
fn counted(page: &mut Page<'_>, measure: &Measure) {
    let columns = |page: &mut Page<'_>, one: &'static str, many: &'static str, filters: &[(String, Vec<String>)]| {
        for (column, values) in filters {
            let reason = Reason::new(if values.len() == 1 { one } else { many }).with("column", name(column));
            page.say(reason.with("values", names(values.iter().map(String::as_str))));
        }
    };
    columns(page, "terms-tickets-one", "terms-tickets-several", &measure.tickets);
    if measure.tickets.is_empty() {
        page.say(Reason::new("terms-tickets-default"));
    }
    columns(page, "terms-left-out-one", "terms-left-out-several", &measure.leave_out);
    if measure.leave_out.is_empty() {
        page.say(Reason::new("terms-left-out-default"));
    }
    let written = !measure.defaults.contains(&"children");
    page.say(Reason::new(match measure.children {
        Children::Count if written => "terms-children-count",
        Children::Count => "terms-children-default",
        Children::LeaveOut => "terms-children-left-out",
    }));
    if !measure.statistic.is_of_an_instant() {
        let default = measure.defaults.contains(&"counted_when") && measure.counted_when == measure.stop.into();
        let counted = Reason::new(if default { "terms-counted-default" } else { "terms-counted" });
        let when = measure.counted_when.instant().map(|which| counted.with("instant", instant(which)));
        when.or_else(|| counting::decided(measure)).into_iter().for_each(|reason| page.say(reason));
    }
    counting::taken(page, measure);
}

/// How long the clock may run, and how it runs.
fn clock(page: &mut Page<'_>, measure: &Measure) {
    if let Some(within) = measure.within.at(page.at) {
        times(within, measure.stop).into_iter().for_each(|reason| page.say(reason));
    }
    let at = page.at;
    for (validity, within) in measure.within.spans().iter().filter(|(validity, _)| validity.from > at) {
        let later = Reason::new("terms-within-later").with("from", page.day(validity.from));
        page.say(later.because_all(times(within, measure.stop)));
    }
    let ends = |key, written, default| Reason::new(if measure.defaults.contains(&key) { default } else { written });
    page.say(ends("start", "terms-clock-start", "terms-clock-start-default").with("instant", instant(measure.start)));
    page.say(ends("stop", "terms-clock-stop", "terms-clock-stop-default").with("instant", instant(measure.stop)));
    page.say(match measure.calendar.and_then(|at| page.model.calendars.get(at)) {
        Some(calendar) => calendars::runs_in(calendar, page.model),
        None => Reason::new("terms-clock-calendar-default"),
    });
    page.say(if measure.pause_in.is_empty() {
        Reason::new("terms-pause-default")
    } else {
        Reason::new("terms-pause").with("states", names(measure.pause_in.iter().map(String::as_str)))
    });
}

fn times(within: &Within, stop: TicketInstant) -> Vec<Reason> {
    let begun = |[time, days]: [&'static str; 2], allowance: Allowance| match allowance {
        Allowance::Time(within) => Reason::new(time).with("stop", instant(stop)).with("within", within),
        Allowance::WorkingDays(count) => Reason::new(days).with("stop", instant(stop)).with("days", count),
    };
    match within {
        Within::All(time) => vec![begun(["terms-within", "terms-within-days"], *time)],
        Within::ByPriority(times) => {
            let one = |(priority, time): &(String, Allowance)| {
                begun(["terms-within-priority", "terms-within-priority-days"], *time).with("priority", name(priority))
            };
            times.iter().map(one).chain([Reason::new("terms-within-others")]).collect()
        }
        Within::Rows(rows) => {
            let one = |row: &WithinRow| {
                let of = row.names();
                let ids = if of.is_empty() {
                    ["terms-within-row-any", "terms-within-row-any-days"]
                } else {
                    ["terms-within-row", "terms-within-row-days"]
                };
                begun(ids, row.time).with("of", names(of))
            };
            let open = rows.iter().any(|row| row.names().is_empty());
            let others = (!open).then(|| Reason::new("terms-within-rows-others"));
            rows.iter().map(one).chain([Reason::new("terms-within-rows")]).chain(others).collect()
        }
    }
}

/// An instant of a ticket in the words of a sentence: it is ...
fn instant(of: TicketInstant) -> Argument {
    Argument::from(match of {
        TicketInstant::Opened => "opened",
        TicketInstant::Responded => "responded to",
        TicketInstant::Resolved => "resolved",
        TicketInstant::Closed => "closed",
    })
}

/// What something that stands in a clause rests on; none where it names none.
pub(super) fn beneath(clause: Option<&str>) -> Option<Reason> {
    clause.map(clause_of)
}
