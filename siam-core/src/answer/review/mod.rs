//! `review`: the monthly service review, all of it as tables, and the state of the next one.
//!
//! Goes in: an ecosystem, evidence, a month, the history and ledger of earlier reviews. Comes out: a `Review`.
//! **Invariant:** every figure is one that `score`, `observed`, `settle`, `due` or `findings` gives for the same question.
//! **Not here:** the page (`page`), how each figure comes about (the answers it is made of).

mod parts;
pub mod schema;
#[cfg(test)]
mod tests;
mod totals;

use crate::answer::due::{DueQuery, DueReport, due};
use crate::answer::findings::{FindingsQuery, FindingsReport, findings};
use crate::answer::given::{KEPT, Question};
use crate::answer::observed::{Observed, ObservedQuery, observed};
use crate::answer::score::Scorecard;
use crate::answer::settle::{self, Earlier, Ledger, SettleQuery};
use crate::base::{Error, Instant, Period, Problems, Table, TableView};
use crate::clock::period;
use crate::document::When;
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::formula::{HistoryRow, SettlementPeriod};
use crate::model::agreement::{Agreement, AgreementKind};
use crate::model::rule::ServiceIdx;
use crate::report::answer::{no_such_row, nothing_to_explain};
use crate::report::{Answer, Reason, Severities, Stamp};
use settle::Posted;
use std::sync::Arc;

query! {
    /// Which month to review.
    pub struct ReviewQuery = "a question for a review" {
        /// The month, such as `2026-10`, in the ecosystem's zone.
        period: String = "period",
        /// Review as if it were this instant: later ones are not known.
        as_of: Option<Instant> = "as_of",
        /// By the name of a finding: error, warning, advice, or off to silence it.
        severities: Severities = "severities",
        /// The table `history` of the review before.
        history: Earlier<HistoryRow> = "history",
        /// The table `ledger` of earlier reviews.
        ledger: Earlier<Posted> = "ledger",
    }
}

impl Question for ReviewQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] = SettleQuery::TABLES;
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let mut settling = SettleQuery::default();
        settling.take(table, problems);
        self.history.0.append(&mut settling.history.0);
        self.ledger.0.append(&mut settling.ledger.0);
    }
}

/// The monthly service review.
pub struct Review {
    ecosystem: Ecosystem,
    evidence: Evidence,
    period: Period,
    scorecard: Option<Arc<Scorecard>>,
    /// What was observed under each agreement with the customer.
    observed: Vec<Observed>,
    ledger: Ledger,
    findings: FindingsReport,
    due: DueReport,
    tables: Vec<Table>,
    problems: Problems,
}

/// The service review of a month.
///
/// ```
/// use siam_core::answer::review::{ReviewQuery, review};
/// use siam_core::base::{Limits, columns::Cell, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {acme: {kind: customer}, hub: {kind: integrator}}
/// services: {email: {provider: hub}}
/// agreements:
///   sla: {kind: sla, provider: hub, customer: acme, services: [email], measures: {restored: {statistic: percent_within, within: 4h, target: 90%}}}
/// ")])?;
/// let text = b"ticket,service,opened,resolved\nA,email,2026-10-03T09:00:00Z,2026-10-03T10:00:00Z\n";
/// let tickets = csv::read("tickets", text, &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default())?;
/// let review = review(&acme, &evidence, &ReviewQuery { period: "2026-10".into(), ..Default::default() })?;
/// assert_eq!(review.tables()[0].cell(0, "group"), Cell::Text("end_to_end".into()));
/// assert_eq!(review.tables()[0].cell(0, "met"), Cell::Integer(1));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn review(ecosystem: &Ecosystem, evidence: &Evidence, query: &ReviewQuery) -> Result<Review, Error> {
    evidence.check_bound_to(ecosystem)?;
    let settling = SettleQuery {
        periods: vec![query.period.clone()],
        as_of: query.as_of,
        history: query.history.clone(),
        ledger: query.ledger.clone(),
    };
    let asked = settle::resolve(ecosystem, &settling)?;
    let month: SettlementPeriod = match asked.periods.first() {
        Some(month) => month.clone(),
        None => return Err(Error::from_problems(Problems::new())),
    };
    let model = ecosystem.model();
    let found = period(&month.label, &model.zone);
    let period = found.ok_or_else(|| crate::ecosystem::asked("period", &query.period, []))?;
    let mut problems = Problems::new();
    let scorecard =
        settle::scored(ecosystem, evidence, std::slice::from_ref(&query.period), query.as_of, &mut problems)?.map(Arc::new);
    let observed = watched(ecosystem, evidence, query, period.from())?;
    let ledger = settle::settled(ecosystem, evidence, scorecard.clone(), asked, &query.ledger.0, Problems::new());
    let at = Instant(period.until().micros().saturating_sub(1));
    let findings = findings(ecosystem, &FindingsQuery { at: Some(at), severities: query.severities.clone() })?;
    let next = settle::month_after(&month);
    let asking = DueQuery { from: When::Date(month.until), to: When::Date(next), ..DueQuery::default() };
    let due = due(ecosystem, &asking)?;
    let parts = scorecard.iter().map(|card| card.problems()).chain(observed.iter().map(|seen| seen.problems()));
    parts.for_each(|part| problems.append(part.clone(), KEPT));
    problems.append(ledger.problems().clone(), KEPT);
    problems.append(evidence.problems().clone(), KEPT);
    problems.sort();
    let (ecosystem, evidence) = (ecosystem.clone(), evidence.clone());
    let mut review =
        Review { ecosystem, evidence, period, scorecard, observed, ledger, findings, due, tables: Vec::new(), problems };
    review.tables = parts::tables(&review, &month);
    Ok(review)
}

/// What was observed of services under the agreements with the customer that list them, each service once.
fn watched(ecosystem: &Ecosystem, evidence: &Evidence, query: &ReviewQuery, from: Instant) -> Result<Vec<Observed>, Error> {
    let model = ecosystem.model();
    let mut seen = std::collections::BTreeSet::new();
    let mut found = Vec::new();
    if !evidence.has("outages") {
        return Ok(found);
    }
    let in_force = |agreement: &&Agreement| agreement.kind == AgreementKind::Sla && agreement.validity.contains(from);
    for agreement in model.agreements.iter().filter(in_force) {
        let there = |service: &&ServiceIdx| model.services.get(**service).is_some_and(|own| own.validity.contains(from));
        let new: Vec<&ServiceIdx> = agreement.services.iter().filter(there).filter(|service| seen.insert(**service)).collect();
        let services: Vec<String> = new.into_iter().map(|service| model.service_name(*service).to_owned()).collect();
        if services.is_empty() {
            continue;
        }
        let agreement = Some(agreement.id.to_string());
        let periods = vec![query.period.clone()];
        let asking = ObservedQuery { periods, services, agreement, as_of: query.as_of, ..ObservedQuery::default() };
        found.push(observed(ecosystem, evidence, &asking)?);
    }
    Ok(found)
}

impl Review {
    /// The month.
    pub fn period(&self) -> &Period {
        &self.period
    }
    /// The table of a name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name() == name)
    }
    /// The reason of a row that one of the observations has: they stand one after the other.
    fn explain_observed(&self, table: &str, row: usize) -> Result<Reason, Error> {
        let mut left = row;
        for seen in &self.observed {
            let rows = seen.tables().iter().find(|known| known.name() == table).map_or(0, |known| known.rows());
            if left < rows {
                return seen.explain_in(table, left);
            }
            left -= rows;
        }
        Err(no_such_row(row, row - left))
    }
    /// The reason of a measure's row: that of the scorecard.
    fn explain_measure(&self, row: usize) -> Result<Reason, Error> {
        let measures = self.table("measures").ok_or_else(|| nothing_to_explain("measures"))?;
        let scored = match measures.cell(row, "score_row") {
            crate::base::columns::Cell::Integer(at) => usize::try_from(at).ok(),
            _ => None,
        };
        let scored = scored.ok_or_else(|| no_such_row(row, measures.rows()))?;
        let scorecard = self.scorecard.as_ref().ok_or_else(|| nothing_to_explain("measures"))?;
        scorecard.explain(scored)
    }
}

impl Answer for Review {
    fn operation(&self) -> &'static str {
        "review"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        parts::explain(self, row)
    }
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        let scorecard = || self.scorecard.as_ref().ok_or_else(|| nothing_to_explain(table));
        match table {
            "" | "rows" => self.explain(row),
            "measures" => self.explain_measure(row),
            "scorecard" => scorecard()?.explain(row),
            "availability" => self.explain_observed("rows", row),
            "outages" | "changes" => self.explain_observed(table, row),
            "ledger" => self.ledger.explain(row),
            "history" => self.ledger.explain_in(table, row),
            "findings" => self.findings.explain(row),
            "due" => self.due.explain(row),
            other => Err(nothing_to_explain(other)),
        }
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
