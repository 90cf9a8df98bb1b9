//! From names to indexes: services, periods, levels and the agreement of a question.
//!
//! Goes in: an ecosystem, evidence, a question. Comes out: what to observe, or every problem at once.
//! **Invariant:** behind this door nothing fails.
//! **Not here:** the sweep (`walk`).

use super::planned::{Change, changes, judge};
use super::seen::seen;
use super::walk::{Observation, Terms, month};
use super::{ObservedQuery, codes};
use crate::answer::given::KEPT;
use crate::answer::score::resolve::periods;
use crate::base::{Argument, Error, Instant, Period, Place, Problem, Problems};
use crate::ecosystem::{Ecosystem, asked};
use crate::evidence::Evidence;
use crate::model::agreement::AgreementIdx;
use crate::model::rule::ServiceIdx;
use std::collections::BTreeMap;

/// A question with names resolved.
pub(super) struct Asked {
    pub services: Vec<ServiceIdx>,
    pub periods: Vec<Period>,
    pub terms: Terms,
}

pub(super) fn resolve(ecosystem: &Ecosystem, evidence: &Evidence, query: &ObservedQuery) -> Result<Asked, Error> {
    evidence.check_bound_to(ecosystem)?;
    let mut problems = Problems::new();
    if !evidence.has("outages") {
        problems.push(Problem::new(&codes::MISSING_TABLE, Place::Nowhere).with("name", Argument::user("outages")), KEPT);
    }
    let periods = periods(ecosystem, &query.periods).unwrap_or_else(|error| {
        problems.append(error.problems().clone(), KEPT);
        Vec::new()
    });
    if query.periods.is_empty() {
        problems.push(wanted("periods", "", "at least one period", "2026-10"), KEPT);
    }
    let agreement = query.agreement.as_deref().and_then(|name| {
        let known = &ecosystem.model().names.agreements;
        let found = known.get(name).copied();
        if found.is_none() {
            problems.append(asked("agreement", name, known.keys().map(String::as_str)).problems().clone(), KEPT);
        }
        found
    });
    let services = services(ecosystem, &query.services, agreement, &mut problems);
    let available = available(ecosystem, &query.available, &mut problems);
    let terms = Terms { agreement, available, as_of: query.as_of.unwrap_or(Instant::MAX) };
    if problems.is_empty() { Ok(Asked { services, periods, terms }) } else { Err(Error::from_problems(problems)) }
}

fn wanted(name: &'static str, value: &str, expected: &'static str, example: &'static str) -> Problem {
    let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", name).with("value", Argument::user(value));
    problem.with("expected", expected).with("example", example)
}

/// The services of these names, else those of the agreement, else all; each once, in the order asked.
fn services(
    ecosystem: &Ecosystem,
    names: &[String],
    agreement: Option<AgreementIdx>,
    problems: &mut Problems,
) -> Vec<ServiceIdx> {
    let model = ecosystem.model();
    let agreement = agreement.and_then(|at| model.agreements.get(at));
    let agreed = agreement.map(|agreement| agreement.services.as_slice()).unwrap_or_default();
    let mut found: Vec<ServiceIdx> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        match model.names.services.get(name).copied() {
            None => {
                let known = model.names.services.keys();
                problems.append(asked("service", name, known).problems().clone(), KEPT);
            }
            Some(service) if !agreed.is_empty() && !agreed.contains(&service) => {
                let id = agreement.map_or("", |agreement| agreement.id.as_str());
                let problem = Problem::new(&codes::NOT_IN_AGREEMENT, Place::Nowhere).with("service", Argument::user(name));
                problems.push(problem.with("agreement", Argument::user(id)), KEPT);
            }
            Some(service) => found.extend(seen.insert(service).then_some(service)),
        }
    }
    if !names.is_empty() {
        return found;
    }
    let listed = if agreed.is_empty() { model.names.services.values().copied().collect() } else { agreed.to_vec() };
    listed.into_iter().filter(|service| seen.insert(*service)).collect()
}

/// Which levels count as available: those named, all but the worst unless any is.
fn available(ecosystem: &Ecosystem, names: &[String], problems: &mut Problems) -> Vec<bool> {
    let levels = &ecosystem.model().levels;
    if names.is_empty() {
        return available_unless_named(ecosystem);
    }
    for name in names.iter().filter(|name| !levels.contains(name)) {
        problems.append(asked("level", name, levels.iter().map(String::as_str)).problems().clone(), KEPT);
    }
    if let Some(best) = levels.first().filter(|best| !names.contains(best)) {
        let problem = wanted("available", &names.join(", "), "a list of levels with the best in it", "the best level too");
        problems.push(problem.with("best", Argument::user(best)), KEPT);
    }
    levels.iter().map(|level| names.contains(level)).collect()
}

/// All levels but the worst.
pub(super) fn available_unless_named(ecosystem: &Ecosystem) -> Vec<bool> {
    let levels = ecosystem.model().levels.len();
    (1..=levels).map(|at| at < levels).collect()
}

/// Sweeps the outages of the evidence once for services and periods that were resolved.
pub(in crate::answer) fn observe(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    services: Vec<ServiceIdx>,
    periods: &[Period],
    terms: Terms,
    problems: &mut Problems,
) -> Observation {
    let model = ecosystem.model();
    let (seen, named) = seen(ecosystem, evidence, terms.as_of, problems);
    let agreement = terms.agreement.and_then(|at| model.agreements.get(at));
    let rule = agreement.and_then(|agreement| model.maintenance.get(agreement.maintenance?));
    let given = changes(evidence);
    if let (None, Some(agreement), Some(_), false) = (&given, agreement, rule, named.is_empty()) {
        let problem = Problem::new(&codes::NO_CHANGES, Place::Nowhere);
        problems.push(problem.with("agreement", Argument::user(agreement.id.as_str())), KEPT);
    }
    let known: BTreeMap<&str, &Change> = given.iter().flatten().map(|change| (change.id.as_str(), change)).collect();
    let judged = named.into_iter().map(|id| match known.get(id.as_str()) {
        Some(change) => judge(ecosystem, rule, (*change).clone(), true),
        None => judge(ecosystem, rule, Change { id, ..Change::default() }, false),
    });
    let judged = judged.collect();
    let first = periods.iter().map(Period::from).min().unwrap_or(Instant::MIN);
    let until = periods.iter().map(Period::until).max().unwrap_or(Instant::MIN);
    // What an allowance has left at the beginning of a period depends on its whole month.
    let limited = rule.is_some_and(|rule| rule.allowance.is_some());
    let from = if limited { first.min(month(ecosystem, first).0) } else { first };
    Observation::new(ecosystem, services, (seen, judged), (from, until), terms)
}
