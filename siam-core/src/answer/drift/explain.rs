//! Why a row of `drift` is there.
//!
//! Goes in: a row. Comes out: what was counted, what by chance, what speaks against it.
//! **Invariant:** every figure is a cell of the row.
//! **Not here:** the words (`report::english`).

use super::Drift;
use super::missing::{Direction, Missing};
use super::silent::Silent;
use super::tables::Row;
use crate::base::{Argument, Duration, Error, Ratio};
use crate::model::rule::ServiceIdx;
use crate::report::Reason;
use crate::report::answer::no_such_row;

fn name(report: &Drift, service: ServiceIdx) -> Argument {
    Argument::name(report.ecosystem.model().service_name(service))
}

pub(super) fn row(report: &Drift, row: usize) -> Result<Reason, Error> {
    let found = report.found.get(row).ok_or_else(|| no_such_row(row, report.found.len()))?;
    Ok(match found {
        Row::Missing(row) => missing(report, row),
        Row::Silent(row) => silent(report, row),
        Row::Unknown(row) => {
            let id = if row.nearest.is_some() { "drift-named-near" } else { "drift-named" };
            let reason = Reason::new(id).with("service", Argument::user(&row.name)).with("n", row.rows);
            reason.with("nearest", Argument::user(row.nearest.as_deref().unwrap_or("-")))
        }
        Row::Unconnected(service, rows) => {
            Reason::new("drift-unconnected").with("service", name(report, *service)).with("n", *rows)
        }
    })
}

fn missing(report: &Drift, row: &Missing) -> Reason {
    let (service, dependency) = (name(report, row.service), name(report, row.dependency));
    let (asked, forward) = (&report.asked, &row.forward);
    let both = |id| Reason::new(id).with("service", service.clone()).with("dependency", dependency.clone());
    let number = |value: Option<Ratio>| Argument::Number(value.unwrap_or(Ratio::ZERO));
    let reason = both("drift-missing").with("n", forward.followed).with("of", forward.could()).with("within", asked.within);
    let mut reasons = vec![both("drift-no-route")];
    reasons.extend(forward.median().map(|lag| Reason::new("drift-lag").with("lag", lag)));
    reasons.push(
        both("drift-chance")
            .with("expected", number(forward.expected(asked.within, report.observed)))
            .with("failures", forward.unexplained)
            .with("observed", Duration(report.observed))
            .with("lift", number(forward.lift(asked.within, report.observed))),
    );
    reasons.push(match row.direction {
        Direction::First => both("drift-first").with("n", row.reversed),
        Direction::MoreOften => both("drift-more-often").with("n", row.reversed),
        Direction::Unclear => both("drift-unclear"),
    });
    if forward.already > 0 {
        reasons.push(both("drift-already").with("n", forward.already));
    }
    if forward.explained > 0 {
        reasons.push(both("drift-explained").with("n", forward.explained));
    }
    if forward.planned > 0 {
        reasons.push(both("drift-planned").with("n", forward.planned));
    }
    if forward.without > 0 {
        reasons.push(both("drift-without").with("n", forward.without));
    }
    if !row.also.is_empty() {
        let others: Vec<Argument> = row.also.iter().map(|other| name(report, *other)).collect();
        reasons.push(both("drift-also").with("others", others));
    }
    reason.because_all(reasons)
}

fn silent(report: &Drift, row: &Silent) -> Reason {
    let id = if row.observed { "drift-silent" } else { "drift-not-observed" };
    let (service, dependency) = (name(report, row.service), name(report, row.dependency));
    let reason = Reason::new(id).with("service", service.clone()).with("dependency", dependency).with("n", row.failures);
    let (first, last) = row.span;
    let times = Reason::new("drift-silent-times").with("first", first).with("last", last).with("longest", row.longest);
    let heard = Reason::new(if row.observed { "drift-heard-of" } else { "drift-never-heard-of" }).with("service", service);
    reason.because(times).because(heard)
}
