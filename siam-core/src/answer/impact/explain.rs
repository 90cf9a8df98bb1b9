//! Why a service is reached: the reason at each node of its route.
//!
//! Goes in: a row. Comes out: a reason per node, down to the services that failed themselves.
//! **Invariant:** the numbers are those of the gates: what is needed, what works, what is left.
//! **Not here:** the words (`report::english`).

use super::{ImpactReport, Reached};
use crate::answer::way;
use crate::base::{Argument, Error};
use crate::model::rule::{Level, ServiceIdx};
use crate::report::Reason;
use crate::report::answer::no_such_row;
use crate::structure::{NodeReason, RuleKind, Scalar};

pub(super) fn explain(report: &ImpactReport, row: usize) -> Result<Reason, Error> {
    let Some(one) = report.reached.get(row) else { return Err(no_such_row(row, report.reached.len())) };
    let mut scalar = Scalar::new(report.scene.structure(report.ecosystem.map(report.at)));
    let failures = report.own.iter().filter_map(|(service, (_, worst))| Some((report.scene.inner(*service)?, *worst)));
    scalar.evaluate(&failures.collect::<Vec<_>>());
    let scalar = &|service| report.scene.inner(service).map_or(0, |inner| scalar.level(inner));
    let told = way::because(&report.ways.route(one.start), |service, next| match next {
        None if report.own.is_empty() => changed(report, service).because(node(report, scalar, service)),
        Some((next, deeper)) if one.worst < one.before => changed_by(report, service, next).because(deeper),
        None => node(report, scalar, service),
        Some((next, deeper)) => node(report, scalar, service).because(deeper).because_all(others(report, scalar, service, next)),
    });
    let better = || Reason::new("impact-better").with("service", name(report, one.service)).with("level", level(report, one));
    Ok(told.unwrap_or_else(better))
}

/// What the changes of its own dependencies made of a service.
fn changed(report: &ImpactReport, service: ServiceIdx) -> Reason {
    from_to(report, "impact-changed", service)
}

/// What became better made a service better.
fn changed_by(report: &ImpactReport, service: ServiceIdx, next: ServiceIdx) -> Reason {
    from_to(report, "impact-changed-by", service).with("by", name(report, next))
}

/// A service with its level on the changed map and the one as described.
fn from_to(report: &ImpactReport, id: &'static str, service: ServiceIdx) -> Reason {
    let (model, described) = (report.ecosystem.model(), &report.ecosystem.map(report.at).structure);
    let before = described.baseline(service);
    let now = report
        .scene
        .inner(service)
        .map_or(before, |inner| report.scene.structure(report.ecosystem.map(report.at)).baseline(inner));
    let level = |level| Argument::name(model.level_name(level));
    Reason::new(id).with("service", name(report, service)).with("level", level(now)).with("before", level(before))
}

fn name(report: &ImpactReport, service: ServiceIdx) -> Argument {
    Argument::name(report.ecosystem.model().service_name(service))
}

fn level(report: &ImpactReport, one: &Reached) -> Argument {
    Argument::name(report.ecosystem.model().level_name(one.worst))
}

/// How many further failed dependencies of a node are named.
const NAMED: usize = 10;

/// The other failed dependencies of a node that needs a number of them: one alone would not have broken it.
fn others(report: &ImpactReport, level_of: &dyn Fn(ServiceIdx) -> Level, service: ServiceIdx, next: ServiceIdx) -> Vec<Reason> {
    let model = report.ecosystem.model();
    let written = report.scene.node(model, service, report.at);
    let worst = Level::try_from(model.levels.len() - 1).unwrap_or(Level::MAX);
    let kind = NodeReason::of(&written, worst, 0, level_of).kind;
    if !matches!(kind, RuleKind::All | RuleKind::Count | RuleKind::Weight) {
        return Vec::new();
    }
    let failed: Vec<ServiceIdx> =
        written.edges.iter().map(|edge| edge.to).filter(|to| *to != next && level_of(*to) > 0).collect();
    let too = |to: &ServiceIdx| {
        let level = Argument::name(model.level_name(level_of(*to)));
        Reason::new("impact-too").with("service", name(report, *to)).with("level", level)
    };
    let more = failed.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| Reason::new("impact-too-more").with("n", more));
    failed.iter().take(NAMED).map(too).chain(more).collect()
}

/// The reason at one node of the route.
fn node(report: &ImpactReport, level_of: &dyn Fn(ServiceIdx) -> Level, service: ServiceIdx) -> Reason {
    let model = report.ecosystem.model();
    let effective = level_of(service);
    let own = report.own.get(&service).map_or(0, |(_, worst)| *worst);
    let start =
        |id| Reason::new(id).with("service", name(report, service)).with("level", Argument::name(model.level_name(effective)));
    if own == effective && own > 0 {
        let unknown = report.own.get(&service).is_some_and(|(best, worst)| best != worst);
        return start("impact-own-level").because(Reason::new(if unknown { "impact-unknown" } else { "impact-given" }));
    }
    let written = report.scene.node(model, service, report.at);
    let worst = Level::try_from(model.levels.len() - 1).unwrap_or(Level::MAX);
    let why = NodeReason::of(&written, worst, own, level_of);
    let felt = Argument::name(model.level_name(why.level));
    let by = why.worst_dependency.map_or_else(|| Argument::from("none"), |dependency| name(report, dependency));
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let numbers = |reason: Reason| {
        reason.with("needed", count(why.needed)).with("total", count(why.total)).with("working", count(why.working))
    };
    match why.kind {
        RuleKind::Any => start("impact-any").with("by", by),
        RuleKind::All | RuleKind::Count => numbers(start("impact-needs")).with("felt", felt),
        RuleKind::Weight => numbers(start("impact-needs-weight")).with("felt", felt),
        RuleKind::Other => start("impact-rule").with("by", by),
    }
}
