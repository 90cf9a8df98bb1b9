//! Why a service was as available as it was, why an outage was felt, and why a change was planned or not.
//!
//! Goes in: a row. Comes out: agreed time and downtime outage by outage, the own outages behind one, what a change lacks.
//! **Invariant:** every figure is the one the report was computed with.
//! **Not here:** the words (`report::english`).

use super::Observed;
use super::planned::{Judged, Lack};
use super::seen::{Origin, column};
use super::tables::{OutageRow, taken_as};
use super::walk::{Downtime, Kind, Part};
use crate::base::{Argument, Duration, Error, Period, Ratio};
use crate::model::agreement::Agreement;
use crate::model::maintenance::Maintenance;
use crate::model::rule::ServiceIdx;
use crate::report::Reason;
use crate::report::answer::no_such_row;

/// Most outages, and most own outages of one, that a reason lists.
const LISTED: usize = 20;

fn name(report: &Observed, service: ServiceIdx) -> Argument {
    Argument::name(report.ecosystem.model().service_name(service))
}

fn agreement(report: &Observed) -> Option<&Agreement> {
    report.ecosystem.model().agreements.get(report.observation.terms().agreement?)
}

fn rule(report: &Observed) -> Option<&Maintenance> {
    report.ecosystem.model().maintenance.get(agreement(report)?.maintenance?)
}

/// Why a service had this availability in a period.
pub(super) fn row(report: &Observed, row: usize) -> Result<Reason, Error> {
    let rows = &report.keys.rows;
    let (at, service, sums) = rows.get(row).ok_or_else(|| no_such_row(row, rows.len()))?;
    let Some(period) = report.periods.get(*at) else { return Err(no_such_row(row, rows.len())) };
    let start = |id| Reason::new(id).with("service", name(report, *service)).with("period", Argument::name(period.label()));
    let Some(sums) = sums else { return Ok(start("observed-row-beyond")) };
    let reason = match sums.availability() {
        Some(share) => start("observed-row").with("percent", Argument::Percent(share)),
        None => start("observed-row-none"),
    };
    let agreed = Reason::new("observed-agreed").with("agreed", Duration(sums.agreed)).with("down", Duration(sums.down));
    let agreed = agreed.because_all(hours(report, *service, period));
    let reason = reason.because(agreed).because_all(outages(report, *at, *service)).because_all(apart(report, sums));
    Ok(reason.because_all(means(sums)).because_all(terms(report)))
}

/// Whose hours are the agreed time.
fn hours(report: &Observed, service: ServiceIdx, period: &Period) -> Vec<Reason> {
    let model = report.ecosystem.model();
    let known = report.observation.agreed(service);
    let each = known.into_iter().flat_map(|agreed| agreed.calendars(period)).map(|(from, calendar)| {
        match calendar.and_then(|calendar| model.calendars.get(calendar)) {
            Some(calendar) => Reason::new("observed-hours")
                .with("calendar", Argument::name(calendar.id.as_str()))
                .with("zone", Argument::name(calendar.zone.as_str()))
                .with("from", from)
                .with("tzdb", Argument::name(model.zones.version())),
            None => Reason::new("observed-hours-always").with("from", from),
        }
    });
    each.collect()
}

fn outages(report: &Observed, period: usize, service: ServiceIdx) -> Vec<Reason> {
    let own: Vec<&OutageRow> =
        report.keys.outages.iter().filter(|outage| outage.period == period && outage.service == service).collect();
    let each = own.iter().take(LISTED).map(|outage| {
        Reason::new(if outage.span.planned > 0 { "observed-span-planned" } else { "observed-span" })
            .with("from", outage.span.from)
            .with("until", outage.span.until)
            .with("down", Duration(outage.span.down))
            .with("planned", Duration(outage.span.planned))
    });
    let more = own.len().saturating_sub(LISTED);
    each.chain((more > 0).then(|| Reason::new("observed-more").with("n", more))).collect()
}

/// What was planned, what ran over, what passed the allowance.
fn apart(report: &Observed, sums: &Downtime) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if sums.planned > 0 {
        reasons.push(Reason::new("observed-planned").with("planned", Duration(sums.planned)));
    }
    if sums.overrun > 0 {
        reasons.push(Reason::new("observed-overrun").with("overrun", Duration(sums.overrun)));
    }
    if let (true, Some(allowance)) = (sums.beyond > 0, rule(report).and_then(|rule| rule.allowance)) {
        let beyond = Reason::new("observed-not-planned-allowance").with("beyond", Duration(sums.beyond));
        reasons.push(beyond.with("allowance", allowance));
    }
    reasons
}

fn means(sums: &Downtime) -> Vec<Reason> {
    let whole = |exact: Ratio| exact.floor().and_then(|micros| i64::try_from(micros).ok()).map(Duration);
    let (restore, between) = (sums.mean_to_restore().and_then(whole), sums.mean_between_failures().and_then(whole));
    let (Some(restore), Some(between)) = (restore, between) else { return Vec::new() };
    let means = Reason::new("observed-means").with("outages", sums.outages).with("restore", restore);
    vec![means.with("between", between).with("longest", Duration(sums.longest))]
}

/// What was agreed: agreement, rule, clauses, levels.
fn terms(report: &Observed) -> Vec<Reason> {
    let model = report.ecosystem.model();
    let levels = model.levels.iter().zip(&report.observation.terms().available).filter(|(_, available)| **available);
    let levels: Vec<Argument> = levels.map(|(level, _)| Argument::name(level.as_str())).collect();
    let mut terms = vec![Reason::new("observed-available").with("levels", levels)];
    if let Some(agreement) = agreement(report) {
        let id = if agreement.clause.is_some() { "observed-agreement-clause" } else { "observed-agreement" };
        let reason = Reason::new(id).with("agreement", Argument::name(agreement.id.as_str()));
        terms.push(reason.with("clause", Argument::name(agreement.clause.as_deref().unwrap_or("-"))));
    }
    terms.extend(rule(report).map(rule_reason));
    terms
}

fn rule_reason(rule: &Maintenance) -> Reason {
    let id = if rule.clause.is_some() { "observed-rule-clause" } else { "observed-rule" };
    let reason = Reason::new(id).with("rule", Argument::name(rule.id.as_str()));
    reason.with("clause", Argument::name(rule.clause.as_deref().unwrap_or("-")))
}

/// Why a service was not available from an instant until another.
pub(super) fn outage(report: &Observed, row: usize) -> Result<Reason, Error> {
    let outages = &report.keys.outages;
    let outage = outages.get(row).ok_or_else(|| no_such_row(row, outages.len()))?;
    let (service, span) = (outage.service, (outage.span.from, outage.span.until));
    let observation = &report.observation;
    let reason = Reason::new("observed-outage")
        .with("service", name(report, service))
        .with("from", span.0)
        .with("until", span.1)
        .with("down", Duration(outage.span.down));
    let (causes, more) = observation.causes(service, span);
    let parts: Vec<&Part> = causes.iter().flat_map(|cause| observation.parts(*cause, span)).collect();
    let mut reasons: Vec<Reason> = parts.iter().take(LISTED).map(|part| own(report, part, outage)).collect();
    let unnamed = parts.len().saturating_sub(LISTED);
    if unnamed > 0 || more {
        reasons.push(Reason::new("observed-more-causes").with("n", unnamed.max(1)));
    }
    if parts.is_empty() {
        reasons.push(Reason::new("observed-no-cause"));
    }
    let figures = Downtime {
        planned: outage.span.planned,
        overrun: outage.span.overrun,
        beyond: outage.span.beyond,
        ..Downtime::default()
    };
    Ok(reason.because_all(reasons).because_all(apart(report, &figures)))
}

/// One own outage behind an outage.
fn own(report: &Observed, part: &Part, outage: &OutageRow) -> Reason {
    let (model, own) = (report.ecosystem.model(), &part.own);
    let id = match (outage.sufficient.contains(&own.service), own.service == outage.service) {
        (true, _) => "observed-cause-alone",
        (false, true) => "observed-cause-itself",
        (false, false) => "observed-cause-together",
    };
    let reason = Reason::new(id)
        .with("service", name(report, own.service))
        .with("level", Argument::name(model.level_name(own.level)))
        .with("from", own.from)
        .with("until", own.until);
    let seen = report.observation.seen.get(part.seen);
    let judged = seen.and_then(|seen| seen.change).and_then(|at| report.observation.judged.get(at));
    let Some(judged) = judged else { return reason };
    reason.because(match part.kind {
        Kind::Overrun => Reason::new("observed-part-overrun").with("change", Argument::user(&judged.change.id)),
        Kind::Down if judged.planned().is_some() => {
            Reason::new("observed-part-early").with("change", Argument::user(&judged.change.id))
        }
        _ => verdict(report, judged),
    })
}

/// Why a row of the evidence counts as its service's own, as an effect, or as neither.
pub(super) fn seen(report: &Observed, row: usize) -> Result<Reason, Error> {
    let observation = &report.observation;
    let one = observation.seen.get(row).ok_or_else(|| no_such_row(row, observation.seen.len()))?;
    let own = observation.owned.get(row).copied().unwrap_or(0);
    let explained = observation.explained.get(row).copied().unwrap_or(0);
    let service = match one.service {
        Some(service) => name(report, service),
        None => Argument::user(report.evidence.outages().services.get(one.row).unwrap_or("-")),
    };
    let id = match taken_as(&report.ecosystem, one, own, explained) {
        "own" => "observed-seen-own",
        "derived" => "observed-seen-derived",
        "partly_own" => "observed-seen-partly",
        "not_there" => "observed-seen-not-there",
        _ => "observed-seen-unknown",
    };
    let told = |id| Reason::new(id).with("service", service.clone()).with("from", one.from);
    let reason = told(id).with("own", Duration(own)).with("explained", Duration(explained));
    if one.service.is_none() || id == "observed-seen-not-there" {
        return Ok(reason);
    }
    let mut reasons = Vec::new();
    let given = column(&report.evidence, "origin").and_then(|labels| labels.get(one.row));
    reasons.push(match (one.origin, given) {
        (Origin::Unknown, None) => Reason::new("observed-seen-origin-none"),
        (origin, _) => Reason::new("observed-seen-origin").with("origin", origin.as_str()),
    });
    let (by, more) = observation.explained_by.get(row).map_or((&[][..], false), |(by, more)| (by.as_slice(), *more));
    let mut names: Vec<Argument> = by.iter().take(LISTED).map(|cause| name(report, *cause)).collect();
    if more || by.len() > LISTED {
        names.push(Argument::name("..."));
    }
    if !names.is_empty() {
        let level = Argument::name(report.ecosystem.model().level_name(one.level));
        reasons.push(told("observed-seen-by").with("causes", names).with("level", level));
    } else if one.origin != Origin::Own {
        reasons.push(told("observed-seen-by-none"));
    }
    Ok(reason.because_all(reasons))
}

/// Why a change is planned, or what it lacks.
pub(super) fn change(report: &Observed, row: usize) -> Result<Reason, Error> {
    let judged = &report.observation.judged;
    judged.get(row).map(|judged| verdict(report, judged)).ok_or_else(|| no_such_row(row, judged.len()))
}

fn verdict(report: &Observed, judged: &Judged) -> Reason {
    let change = Argument::user(&judged.change.id);
    if let Some((from, until)) = judged.planned() {
        let planned = Reason::new("observed-change-planned").with("change", change).with("from", from).with("until", until);
        return planned.because_all(rule(report).map(rule_reason));
    }
    let reason = Reason::new("observed-change-not-planned").with("change", change);
    reason.because_all(judged.lacks.iter().map(|lack| lacking(report, judged, *lack)))
}

fn lacking(report: &Observed, judged: &Judged, lack: Lack) -> Reason {
    let rule = rule(report);
    match lack {
        Lack::Change => Reason::new("observed-not-planned-change"),
        Lack::Rule if rule.is_none() => Reason::new("observed-not-planned-no-rule"),
        Lack::Rule => Reason::new("observed-not-planned-rule"),
        Lack::Window => Reason::new("observed-not-planned-window"),
        Lack::Calendar => {
            let calendar = rule.and_then(|rule| report.ecosystem.model().calendars.get(rule.window?));
            let calendar = calendar.map_or("-", |calendar| calendar.id.as_str());
            Reason::new("observed-not-planned-calendar").with("calendar", Argument::name(calendar))
        }
        Lack::Notice(given) => {
            let needed = rule.and_then(|rule| rule.notice).unwrap_or(Duration::ZERO);
            match given {
                Some(given) => {
                    Reason::new("observed-not-planned-notice").with("given", given.max(Duration::ZERO)).with("needed", needed)
                }
                None => Reason::new("observed-not-planned-no-notice").with("needed", needed),
            }
        }
        Lack::Approval => match &judged.change.approved_by {
            Some(who) => Reason::new("observed-not-planned-approver").with("who", Argument::user(who)),
            None => Reason::new("observed-not-planned-approval"),
        },
    }
}
