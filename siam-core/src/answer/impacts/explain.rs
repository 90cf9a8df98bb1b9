//! Why a scenario comes to what it comes to.
//!
//! Goes in: a row. Comes out: its figures, and the worst services it reaches with the reason at each node of their routes.
//! **Invariant:** what is said of a service is what `impact` says of the same failures.
//! **Not here:** the words (`report::english`).

use super::{Found, Row};
use crate::answer::impact::{FailureQuery, ImpactQuery, impact};
use crate::base::columns::Cell;
use crate::base::{Argument, Error, Instant};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason};

/// How many of the services reached are shown with their reasons.
const SHOWN: usize = 5;

pub(super) fn explain(found: &Found, row: usize) -> Result<Reason, Error> {
    let Some(Row { scenario, hit, together }) = found.rows.get(row) else { return Err(no_such_row(row, found.rows.len())) };
    let model = found.ecosystem.model();
    let failures: Vec<_> = found.asked.scenarios().own(*scenario).collect();
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let name = Argument::name(found.asked.name(model, *scenario).into_owned());
    let reason = Reason::new("impacts-scenario").with("scenario", name).with("services", count(hit.services));
    let reason = reason.with("critical", count(hit.critical)).with("users", count(hit.users));
    if let Some(changed) = found.asked.changed(*scenario) {
        let failed: Vec<&str> = failures.iter().map(|(service, _)| model.service_name(*service)).collect();
        let (whole, more) = of_question(&found.ecosystem, &changed.question(found.at, None), &failed)?;
        return Ok(reason.because_all(whole).because_all(more));
    }
    let Some(both) = together else {
        let (whole, more) = of_scenario(&found.ecosystem, found.at, &failures, None)?;
        return Ok(reason.because_all(whole).because_all(more));
    };
    let only = Reason::new("impacts-together").with("service", Argument::name(model.service_name(both.service)));
    let only = only.with("level", Argument::name(model.level_name(both.level)));
    let only = only.with("alone", Argument::name(model.level_name(both.alone)));
    let (whole, _) = of_scenario(&found.ecosystem, found.at, &failures, Some(both.service))?;
    Ok(reason.because(only.because_all(whole)))
}

/// Why other services are hit by these failures, the worst first, and how many more are; or why one of them is.
pub(in crate::answer) fn of_scenario(
    ecosystem: &Ecosystem,
    at: Instant,
    failures: &[(ServiceIdx, Level)],
    to: Option<ServiceIdx>,
) -> Result<(Vec<Reason>, Option<Reason>), Error> {
    let model = ecosystem.model();
    let failed: Vec<&str> = failures.iter().map(|(service, _)| model.service_name(*service)).collect();
    let failure = |(service, level): &(ServiceIdx, Level)| FailureQuery {
        service: model.service_name(*service).to_owned(),
        level: Some(model.level_name(*level).to_owned()),
        ..FailureQuery::default()
    };
    if failures.is_empty() {
        return Ok((Vec::new(), None));
    }
    let query = ImpactQuery {
        failures: failures.iter().map(failure).collect(),
        to: to.map(|to| model.service_name(to).to_owned()),
        at: (at != Instant::MAX).then_some(at),
        ..ImpactQuery::default()
    };
    of_question(ecosystem, &query, &failed)
}

/// Why services other than those that failed are hit.
fn of_question(ecosystem: &Ecosystem, query: &ImpactQuery, failed: &[&str]) -> Result<(Vec<Reason>, Option<Reason>), Error> {
    let report = impact(ecosystem, query)?;
    let is_other = |row: &usize| match report.rows().cell(*row, "service") {
        Cell::Text(name) => !failed.contains(&&*name),
        _ => false,
    };
    let others: Vec<usize> = (0..report.rows().rows()).filter(is_other).collect();
    let reasons = others.iter().take(SHOWN).map(|row| report.explain(*row)).collect::<Result<Vec<_>, _>>()?;
    let more = others.len().saturating_sub(SHOWN);
    Ok((reasons, (more > 0).then(|| Reason::new("impacts-more").with("n", more))))
}
