//! Observed: how available services were, from the outages that were seen.
//!
//! Goes in: an ecosystem, evidence with outages, periods, an agreement. Comes out: `Observed`: downtime, planned work, outages with causes.
//! **Invariant:** outages that overlap count once; a row that was seen is counted, explained by others, or listed as what it is.
//! **Not here:** the gates (`structure`), calendars (`clock`), targets and verdicts (`score`).
//!
//! Rows of origin `own` set own levels. Rows of origin `derived` are what somebody saw of the effect: the map says what that
//! was, so they are listed and not counted. Rows of unknown origin are own where the dependencies of the service do not explain
//! their level at that time, and derived where they do. Under an agreement the hours of each service and the maintenance rule of the
//! agreement count; without one every outage counts around the clock. What was in force when it happened holds: maps, hours, providers.

mod agreed;
mod explain;
pub(in crate::answer) mod planned;
pub(in crate::answer) mod resolve;
pub(in crate::answer) mod seen;
mod tables;
#[cfg(test)]
mod tests;
mod walk;

pub use planned::Change;
pub use tables::{CHANGES, LEVELS, OUTAGES, ROWS, SEEN};
pub use walk::{Downtime, Kind, Observation, OutageSpan, Terms};

use crate::answer::given::Question;
use crate::base::{Error, Instant, Period, Problem, Problems, Table, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::model::agreement::AgreementIdx;
use crate::model::rule::ServiceIdx;
use crate::report::answer::nothing_to_explain;
use crate::report::{Answer, Reason, Stamp};

query! {
    /// Which services to observe, and when.
    pub struct ObservedQuery = "a question for what was observed" {
        /// Periods such as `2026-10`, `2026-Q4`, `2026` or `2026-10-01/2026-10-15`, in the ecosystem's zone.
        periods: Vec<String> = "periods",
        /// Services by name; those of the agreement unless given, all without one.
        services: Vec<String> = "services",
        /// The agreement whose hours and maintenance rule count; without one every outage counts, around the clock.
        agreement: Option<String> = "agreement",
        /// Levels that count as available; all but the worst unless given.
        available: Vec<String> = "available",
        /// Observe as if it were this instant: later ones are not known.
        as_of: Option<Instant> = "as_of",
    }
}

impl Question for ObservedQuery {}

/// How available services were.
pub struct Observed {
    ecosystem: Ecosystem,
    evidence: Evidence,
    periods: Vec<Period>,
    observation: Observation,
    keys: tables::Keys,
    tables: [Table; 5],
    problems: Problems,
}

/// How available services were, and what kept them from it.
///
/// ```
/// use siam_core::answer::observed::{ObservedQuery, observed};
/// use siam_core::base::{Limits, columns::Cell, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::{Answer, Catalogue, Explanation};
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// services:
///   wan-a: {}
///   wan-b: {}
///   email: {depends_on: [{any_of: [wan-a, wan-b]}]}
/// ")])?;
/// let text = b"service,from,to,origin
/// wan-a,2026-10-05T08:00:00Z,2026-10-05T12:00:00Z,own
/// wan-b,2026-10-05T11:00:00Z,2026-10-05T14:00:00Z,own
/// ";
/// let outages = csv::read("outages", text, &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![outages.view()], &Limits::default())?;
/// let asked = ObservedQuery { periods: vec!["2026-10".into()], services: vec!["email".into()], ..Default::default() };
/// let report = observed(&acme, &evidence, &asked)?;
/// assert_eq!(report.rows().cell(0, "downtime_seconds"), Cell::Integer(3600));
/// assert_eq!(report.outages().cell(0, "causes"), Cell::Text("wan-a, wan-b".into()));
/// assert_eq!(report.outages().cell(0, "sufficient"), Cell::Text("".into()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn observed(ecosystem: &Ecosystem, evidence: &Evidence, query: &ObservedQuery) -> Result<Observed, Error> {
    let asked = resolve::resolve(ecosystem, evidence, query)?;
    let mut problems = Problems::new();
    let periods = asked.periods;
    let observation = resolve::observe(ecosystem, evidence, asked.services, &periods, asked.terms, &mut problems);
    let keys = tables::keys(&observation, &periods);
    for (at, service, sums) in &keys.rows {
        if let (None, Some(period)) = (sums, periods.get(*at)) {
            problems.push(beyond(ecosystem, *service, period), crate::answer::given::KEPT);
        }
    }
    problems.sort();
    let tables = [
        tables::rows(ecosystem, &periods, &keys),
        tables::outages(ecosystem, evidence, &observation, &periods, &keys),
        tables::levels(ecosystem, &observation, &periods),
        tables::seen(ecosystem, evidence, &observation),
        tables::changes(&observation),
    ];
    let (ecosystem, evidence) = (ecosystem.clone(), evidence.clone());
    Ok(Observed { ecosystem, evidence, periods, observation, keys, tables, problems })
}

/// The observation of services under an agreement, swept once for all of them, for answers that read figures from it; no agreement counts
/// every outage around the clock. All levels but the worst count as available.
pub fn observe(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    services: Vec<ServiceIdx>,
    agreement: Option<AgreementIdx>,
    periods: &[Period],
    as_of: Option<Instant>,
    problems: &mut Problems,
) -> Observation {
    let available = resolve::available_unless_named(ecosystem);
    let terms = Terms { agreement, available, as_of: as_of.unwrap_or(Instant::MAX) };
    resolve::observe(ecosystem, evidence, services, periods, terms, problems)
}

/// The problem of a row whose calendar does not compute the years of its period.
fn beyond(ecosystem: &Ecosystem, service: ServiceIdx, period: &Period) -> Problem {
    let problem = Problem::new(&codes::HOURS_BEYOND, crate::base::Place::Nowhere);
    let problem = problem.with("service", crate::base::Argument::user(ecosystem.model().service_name(service)));
    problem.with("period", crate::base::Argument::user(period.label())).with("low", 1900_i64).with("high", 2200_i64)
}

impl Observed {
    /// One row per period and service.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// One row per outage felt.
    pub fn outages(&self) -> &Table {
        &self.tables[1]
    }
    /// The time at each level.
    pub fn levels(&self) -> &Table {
        &self.tables[2]
    }
    /// The rows of the evidence and how they were taken.
    pub fn seen(&self) -> &Table {
        &self.tables[3]
    }
    /// The changes that outages name, and whether they were planned.
    pub fn changes(&self) -> &Table {
        &self.tables[4]
    }
    /// The exact figures behind the tables.
    pub fn observation(&self) -> &Observation {
        &self.observation
    }
    /// What it was observed from.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

impl Answer for Observed {
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        match table {
            "" | "rows" => explain::row(self, row),
            "outages" => explain::outage(self, row),
            "seen" => explain::seen(self, row),
            "changes" => explain::change(self, row),
            _ => Err(nothing_to_explain(table)),
        }
    }
    fn operation(&self) -> &'static str {
        "observed"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        explain::row(self, row)
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
