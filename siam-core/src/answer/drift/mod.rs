//! Drift: what evidence says that the dependency map lacks, or has without need.
//!
//! Goes in: an ecosystem, evidence with outages and tickets, thresholds. Comes out: `Drift`: names, missing edges, silent edges.
//! **Invariant:** counts and exact ratios decide; what the map explains is no drift, and what nobody could have seen is not accused.
//! **Not here:** findings of the documents alone (`findings`), how available services were (`observed`).
//!
//! - A *missing edge* is a service that fails soon after another, often enough and far more often than by chance, though no route leads
//!   between them and its dependencies do not explain it. Of two directions the likelier is named.
//! - A *silent edge* is one whose dependency failed in a way that the gates alone pass on, while nothing was seen of the dependent.
//! - Failures that began as planned work by a maintenance rule speak for no edge and against none: services are worked on together.
//! - *Named only in evidence* and *unconnected* are services that somebody speaks of and the map cannot place.

mod explain;
mod failures;
mod missing;
mod names;
mod resolve;
mod silent;
mod tables;
#[cfg(test)]
mod tests;

pub use tables::{ROWS, SUMMARY};

use crate::answer::given::{KEPT, Question};
use crate::answer::observed::seen::seen;
use crate::base::{Duration, Error, Instant, Place, Problem, Problems, Ratio, Table, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::report::{Answer, Reason, Stamp};
use tables::{Counts, Row};

query! {
    /// What to look for in the evidence.
    pub struct DriftQuery = "a question for drift" {
        /// Periods as for a scorecard, taken together; from the first outage to the last unless given.
        periods: Vec<String> = "periods",
        /// How soon an effect shows: 15 minutes unless given.
        within: Option<Duration> = "within",
        /// How often something must have happened: 3 times unless given.
        at_least: Option<u32> = "at_least",
        /// The least share of the failures of one service after which another fails too: 80 % unless given.
        confidence: Option<Ratio> = "confidence",
        /// How many times as often as by chance: 10 unless given.
        lift: Option<Ratio> = "lift",
        /// Most services that may begin to fail soon after one; a failure with more says nothing of any: 50 unless given.
        crowd: Option<u32> = "crowd",
        /// Only rows about these services; all unless given.
        services: Vec<String> = "services",
        /// Most rows of each kind: 100 unless given.
        limit: Option<u32> = "limit",
        /// Look as if it were this instant: later ones are not known.
        as_of: Option<Instant> = "as_of",
    }
}

impl Question for DriftQuery {}

/// What evidence says that the map lacks.
pub struct Drift {
    ecosystem: Ecosystem,
    asked: resolve::Asked,
    found: Vec<Row>,
    observed: i64,
    tables: [Table; 2],
    problems: Problems,
}

/// What evidence says that the dependency map lacks, and which of its edges were never seen to carry a failure.
///
/// ```
/// use siam_core::answer::drift::{DriftQuery, drift};
/// use siam_core::base::{Limits, columns::Cell, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "siam: 1\nservices: {dns: {}, email: {}}\n")])?;
/// let mut text = String::from("service,from,to\n");
/// for day in ["05", "06", "07"] {
///     text += &format!("dns,2026-10-{day}T08:00:00Z,2026-10-{day}T09:00:00Z\n");
///     text += &format!("email,2026-10-{day}T08:05:00Z,2026-10-{day}T09:10:00Z\n");
/// }
/// let outages = csv::read("outages", text.as_bytes(), &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![outages.view()], &Limits::default())?;
/// let report = drift(&acme, &evidence, &DriftQuery { periods: vec!["2026-10".into()], ..Default::default() })?;
/// let row = ["kind", "service", "dependency"].map(|column| report.rows().cell(0, column));
/// assert_eq!(row, ["missing_edge", "email", "dns"].map(|word| Cell::Text(word.into())));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn drift(ecosystem: &Ecosystem, evidence: &Evidence, query: &DriftQuery) -> Result<Drift, Error> {
    let asked = resolve::resolve(ecosystem, evidence, query)?;
    let mut problems = Problems::new();
    if !evidence.has("outages") {
        problems.push(Problem::new(&codes::NOTHING_OF_EDGES, Place::Nowhere), KEPT);
    }
    let (rows, changes) = seen(ecosystem, evidence, asked.as_of, &mut problems);
    let windows = failures::windows(ecosystem, evidence, &changes);
    let failures = failures::failures(ecosystem, &asked, &rows, &windows);
    let named = silent::named(ecosystem, evidence);
    let mut counts = Counts::new(&failures);
    let mut found: Vec<Row> = Vec::new();
    let missing = missing::missing(ecosystem, &asked, &failures).into_iter().map(Row::Missing);
    counts.take("missing_edge", missing, &asked, &mut found, &mut problems);
    let silent = silent::silent(ecosystem, &asked, &failures, &named);
    let (carried, unseen): (Vec<_>, Vec<_>) = silent.into_iter().partition(|edge| edge.observed);
    counts.take("silent_edge", carried.into_iter().map(Row::Silent), &asked, &mut found, &mut problems);
    counts.take("not_observed", unseen.into_iter().map(Row::Silent), &asked, &mut found, &mut problems);
    let unknown = names::unknown(&asked, evidence).into_iter().map(Row::Unknown);
    counts.take("named_only_in_evidence", unknown, &asked, &mut found, &mut problems);
    let alone = names::unconnected(ecosystem, &asked, &named).into_iter();
    counts.take("unconnected", alone.map(|(service, rows)| Row::Unconnected(service, rows)), &asked, &mut found, &mut problems);
    if counts.crowded > 0 {
        let problem = Problem::new(&codes::CROWDED_FAILURES, Place::Nowhere).with("n", counts.crowded);
        problems.push(problem.with("crowd", asked.crowd), KEPT);
    }
    problems.sort();
    let observed = failures.observed;
    let tables = [tables::rows(ecosystem, &asked, observed, &found), tables::summary(observed, &counts)];
    Ok(Drift { ecosystem: ecosystem.clone(), asked, found, observed, tables, problems })
}

impl Drift {
    /// One row per name or edge.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// What was looked at, and how much of each kind was found.
    pub fn summary(&self) -> &Table {
        &self.tables[1]
    }
}

impl Answer for Drift {
    fn operation(&self) -> &'static str {
        "drift"
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
