//! From names to indexes: services, periods and thresholds of a question.
//!
//! Goes in: an ecosystem, evidence, a question. Comes out: what to look for, or every problem at once.
//! **Invariant:** behind this door nothing fails.
//! **Not here:** the failures (`failures`), the edges (`edges`).

use super::DriftQuery;
use crate::answer::given::KEPT;
use crate::answer::score::resolve::periods;
use crate::base::{Argument, Duration, Error, Instant, Place, Problem, Problems, Ratio, codes};
use crate::ecosystem::{Ecosystem, asked};
use crate::evidence::Evidence;
use crate::model::rule::ServiceIdx;
use std::collections::BTreeSet;

/// The longest time after which anything counts as an effect: 31 days.
const LONGEST: Duration = Duration(31 * 86_400 * 1_000_000);

/// A question with names resolved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    /// Stretches of time that do not meet; all evidence where there is none.
    pub spans: Vec<(Instant, Instant)>,
    pub within: Duration,
    pub at_least: usize,
    pub confidence: Ratio,
    pub lift: Ratio,
    pub crowd: usize,
    /// Only rows about these; all where there is none.
    pub services: BTreeSet<ServiceIdx>,
    pub limit: usize,
    pub as_of: Instant,
}

impl Asked {
    /// Whether a row about these services was asked for.
    pub fn about(&self, services: &[ServiceIdx]) -> bool {
        self.services.is_empty() || services.iter().any(|service| self.services.contains(service))
    }
}

pub(super) fn resolve(ecosystem: &Ecosystem, evidence: &Evidence, query: &DriftQuery) -> Result<Asked, Error> {
    evidence.check_bound_to(ecosystem)?;
    let mut problems = Problems::new();
    let mut spans: Vec<(Instant, Instant)> = match periods(ecosystem, &query.periods) {
        Ok(found) => found.iter().map(|period| (period.from(), period.until())).collect(),
        Err(error) => {
            problems.append(error.problems().clone(), KEPT);
            Vec::new()
        }
    };
    spans.sort_unstable();
    let mut joined: Vec<(Instant, Instant)> = Vec::new();
    for (from, until) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    let within = query.within.unwrap_or(Duration(15 * 60 * 1_000_000));
    if within <= Duration::ZERO || within > LONGEST {
        problems.push(wanted("within", within.to_string(), "a time after which an effect shows, at most 31 days", "15min"), KEPT);
    }
    let at_least = query.at_least.unwrap_or(3);
    if at_least == 0 {
        problems.push(wanted("at_least", "0".into(), "how often something must have happened", "3"), KEPT);
    }
    let confidence = query.confidence.clone().unwrap_or(share(4, 5));
    if confidence.is_negative() || confidence.is_zero() || Ratio::ONE.minus(&confidence).is_negative() {
        problems.push(wanted("confidence", confidence.to_exact_text(), "a share above 0, at most 1", "80 %"), KEPT);
    }
    let lift = query.lift.clone().unwrap_or(share(10, 1));
    if lift.is_negative() {
        problems.push(wanted("lift", lift.to_exact_text(), "a number that is not negative", "10"), KEPT);
    }
    let known = &ecosystem.model().names.services;
    let mut services = BTreeSet::new();
    for name in &query.services {
        match known.get(name) {
            Some(service) => _ = services.insert(*service),
            None => {
                problems.append(asked("service", name, known.keys()).problems().clone(), KEPT);
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::from_problems(problems));
    }
    Ok(Asked {
        spans: joined,
        within,
        at_least: at_least as usize,
        confidence,
        lift,
        crowd: query.crowd.unwrap_or(50) as usize,
        services,
        limit: query.limit.unwrap_or(100) as usize,
        as_of: query.as_of.unwrap_or(Instant::MAX),
    })
}

fn share(numerator: i128, denominator: i128) -> Ratio {
    Ratio::new(numerator, denominator).unwrap_or(Ratio::ZERO)
}

fn wanted(name: &'static str, value: String, expected: &'static str, example: &'static str) -> Problem {
    let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", name).with("value", Argument::user(value));
    problem.with("expected", expected).with("example", example)
}
