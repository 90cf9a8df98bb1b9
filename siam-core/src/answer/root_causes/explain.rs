//! Why a service is a cause: the reason at each node of the way to it.
//!
//! Goes in: a row. Comes out: what was asked and found, then a reason per service on the way, down to the cause.
//! **Invariant:** the numbers are those of the rows and of the rules as written.
//! **Not here:** the words (`report::english`).

use super::follow::Ways;
use super::tables::Naming;
use super::{Effective, RootCausesReport};
use crate::answer::way;
use crate::base::{Argument, Error};
use crate::model::rule::ServiceIdx;
use crate::report::Reason;
use crate::report::answer::no_such_row;
use crate::structure::{NodeReason, RuleKind};

pub(super) fn explain(report: &RootCausesReport, row: usize) -> Result<Reason, Error> {
    let no_row = || no_such_row(row, report.places.len());
    let (place, set, cause) = report.places.get(row).ok_or_else(no_row)?;
    let one = report.found.get(*place).ok_or_else(no_row)?;
    let (ecosystem, asked) = (&report.ecosystem, &report.asked);
    let naming = Naming { ecosystem, at: asked.at };
    let name = |service: ServiceIdx| Argument::name(naming.name(service));
    let effective = Effective::of(&ecosystem.map(asked.at).structure, asked);
    let node = |service: ServiceIdx, next: ServiceIdx| {
        let level = effective.level(service);
        let own = one.own_of(service);
        let start = |id| Reason::new(id).with("service", name(service)).with("level", Argument::name(naming.level(level)));
        let written = ecosystem.model().node(service, asked.at);
        let why = NodeReason::of(&written, asked.worst, own, |dependency| effective.level(dependency));
        let by = why.worst_dependency.map_or_else(|| Argument::from("none"), name);
        let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let numbers = |reason: Reason| {
            let reason = reason.with("needed", count(why.needed)).with("total", count(why.total));
            reason.with("working", count(why.working)).with("felt", Argument::name(naming.level(why.level)))
        };
        match why.kind {
            RuleKind::Any => start("impact-any").with("by", name(next)),
            RuleKind::All | RuleKind::Count => numbers(start("impact-needs")),
            RuleKind::Weight => numbers(start("impact-needs-weight")),
            RuleKind::Other => start("impact-rule").with("by", by),
        }
    };
    let own = || {
        Reason::new("impact-own-level")
            .with("service", name(*cause))
            .with("level", Argument::name(naming.level(one.own_of(*cause))))
    };
    let route = Ways::of(&one.met).route(*cause);
    let told = way::because(&route, |service, next| match next {
        None => own(),
        Some((next, deeper)) => node(service, next).because(deeper),
    });
    let way = told.unwrap_or_else(own);
    let reason = match (&one.healing, one.to) {
        (Some(healing), Some(to)) => {
            let others = one.sets.get(*set).map_or(0, |set| set.len().saturating_sub(1));
            let id = if healing.sets.is_some() { "cause-heals" } else { "cause-heals-bounded" };
            let reason = Reason::new(id).with("service", name(*cause)).with("others", others).with("bad", name(one.bad));
            let reason = reason.with("to", Argument::name(naming.level(to)));
            let sets = healing.sets.as_ref().map_or_else(String::new, ToString::to_string);
            reason.with("sets", Argument::name(sets))
        }
        _ => Reason::new("cause-of").with("service", name(*cause)).with("bad", name(one.bad)),
    };
    Ok(reason.because(way))
}
