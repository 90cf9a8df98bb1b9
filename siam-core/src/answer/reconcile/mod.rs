//! Reconcile: our verdicts on tickets and our figures against those of a platform or a supplier.
//!
//! Goes in: an ecosystem, evidence with `verdicts` or `reported`, measures, periods. Comes out: a `Reconciliation`: what agrees, and why not.
//! **Invariant:** a ticket of a measure is compared or counted as not compared; none is left out in silence.
//! **Not here:** our verdicts themselves (`score`).
//!
//! A disagreement is put down to the single change of our reading that gives their verdict, and their seconds where they tell them.
//! Where several do, to the one that explains most disagreements of the measure; then zone before start, pause, calendar, stop, priority.

mod causes;
mod explain;
mod figures;
mod tables;
#[cfg(test)]
mod tests;

pub use tables::{CAUSES, DISAGREEMENTS, FIGURES, ROWS};

use super::score::Outcome;
use super::score::resolve::{Asked, Common, measures, periods};
use super::score::walk::{Contribution, walk};
use crate::answer::given::Question;
use crate::base::columns::Cell;
use crate::base::table::cells::{integer_or_null, text, text_or_null};
use crate::base::{Argument, Error, Instant, Period, Place, Problem, Problems, Ratio, Table, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, MISSING};
use crate::model::agreement::{Split, Statistic};
use crate::report::answer::nothing_to_explain;
use crate::report::{Answer, Reason, Stamp};
use causes::{Found, Theirs};
use std::collections::BTreeMap;

query! {
    /// Which verdicts to compare.
    pub struct ReconcileQuery = "a question for a reconciliation" {
        /// Measures by name, of which those of percent_within have verdicts; all of them unless given.
        measures: Vec<String> = "measures",
        /// Periods as for a scorecard, taken together; all tickets unless given.
        periods: Vec<String> = "periods",
        /// Compare as if it were this instant: later ones are not known.
        as_of: Option<Instant> = "as_of",
    }
}

impl Question for ReconcileQuery {}

/// Our verdicts against theirs.
pub struct Reconciliation {
    stamp: Stamp,
    rows: Vec<(String, Option<String>, Comparison)>,
    tables: [Table; 4],
    problems: Problems,
}

/// Compares our verdicts and figures with those the evidence brings.
pub fn reconcile(ecosystem: &Ecosystem, evidence: &Evidence, query: &ReconcileQuery) -> Result<Reconciliation, Error> {
    evidence.check_bound_to(ecosystem)?;
    if !evidence.has("verdicts") && !evidence.has("reported") {
        return Err(Problem::new(&codes::MISSING_TABLE, Place::Nowhere).with("name", Argument::user("verdicts")).into());
    }
    let common = Common::new(ecosystem, evidence, query.as_of);
    let periods = periods(ecosystem, &query.periods)?;
    let mut problems = Problems::new();
    let asked = asked(&common, query, &mut problems)?;
    let mut rows = Vec::new();
    let [mut disagreements, mut causes] = [&DISAGREEMENTS, &CAUSES].map(Table::new);
    for asked in &asked {
        let found = compare(&common, asked, &periods, &mut rows);
        let put_down = causes::causes(&common, asked, &found, &mut problems)?;
        for (found, at) in found.iter().zip(&put_down.of) {
            let cause = at.and_then(|at| put_down.causes.get(at)).map(|cause| (cause.kind.as_str(), cause.detail.as_str()));
            disagree(&common, asked.measure.id.as_str(), found, cause.unwrap_or(("unknown", "")), &mut disagreements);
        }
        put_down.table(asked.measure.id.as_str(), &mut causes);
    }
    let figures = figures::figures(ecosystem, evidence, query)?;
    problems.sort();
    let mut table = Table::new(&ROWS);
    for (measure, priority, comparison) in &rows {
        let by = priority.is_some().then_some("priority");
        let named = priority.as_deref().filter(|priority| !priority.is_empty());
        let agree = Ratio::new(comparison.agree.into(), comparison.compared().into());
        let percent = agree.map_or(Cell::Null, |agree| Cell::Float(agree.times(&Ratio::whole(100)).to_f64()));
        let counts =
            [comparison.compared(), comparison.agree, comparison.only_ours, comparison.only_theirs, comparison.not_compared];
        let mut cells = vec![text(measure), text_or_null(by), text_or_null(named)];
        cells.extend(counts.map(Cell::Integer));
        cells.extend([percent, Cell::Integer(comparison.seconds_compared), Cell::Integer(comparison.seconds_equal)]);
        table.push(&cells);
    }
    Ok(Reconciliation { stamp: ecosystem.stamp().clone(), rows, tables: [table, disagreements, causes, figures], problems })
}

/// The measures asked for that give a verdict on each ticket; others are left out where all are asked for or a report has them, else refused.
fn asked<'e>(common: &Common<'e>, query: &ReconcileQuery, warnings: &mut Problems) -> Result<Vec<Asked<'e>>, Error> {
    let model = common.ecosystem.model();
    let timed = |measure: &&crate::model::agreement::Measure| measure.statistic == Statistic::PercentWithin;
    if !common.evidence.has("verdicts") {
        // Only figures are compared; names that nobody knows are still refused.
        if !query.measures.is_empty() {
            measures(common, &query.measures, warnings)?;
        }
        return Ok(Vec::new());
    }
    if query.measures.is_empty() {
        let names: Vec<String> = model.measures.iter().filter(timed).map(|measure| measure.id.to_string()).collect();
        return if names.is_empty() { Ok(Vec::new()) } else { measures(common, &names, warnings) };
    }
    let mut found = measures(common, &query.measures, warnings)?;
    let other = found.iter().find(|asked| asked.measure.statistic != Statistic::PercentWithin);
    if let (Some(other), false) = (other, common.evidence.has("reported")) {
        let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "measure");
        let problem = problem.with("value", Argument::user(other.measure.id.as_str()));
        let problem = problem.with("expected", "a measure of percent_within");
        return Err(problem.with("example", "one that has a verdict for each ticket").into());
    }
    found.retain(|asked| asked.measure.statistic == Statistic::PercentWithin);
    Ok(found)
}

/// Counts of verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Comparison {
    agree: i64,
    only_ours: i64,
    only_theirs: i64,
    not_compared: i64,
    seconds_compared: i64,
    seconds_equal: i64,
}

impl Comparison {
    fn compared(&self) -> i64 {
        self.agree + self.only_ours + self.only_theirs
    }
    fn add(&mut self, ours: Option<bool>, theirs: Option<bool>, apart: Option<i64>) {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours == theirs => self.agree += 1,
            (Some(true), Some(_)) => self.only_ours += 1,
            (Some(_), Some(_)) => self.only_theirs += 1,
            _ => self.not_compared += 1,
        }
        self.seconds_compared += i64::from(apart.is_some());
        self.seconds_equal += i64::from(apart == Some(0));
    }
}

/// Counts the verdicts of a measure; the tickets on which they differ.
fn compare(
    common: &Common<'_>,
    asked: &Asked<'_>,
    periods: &[Period],
    rows: &mut Vec<(String, Option<String>, Comparison)>,
) -> Vec<Found> {
    let name = asked.measure.id.as_str();
    let mut total = Comparison::default();
    let mut by_priority: BTreeMap<&str, Comparison> = BTreeMap::new();
    let mut differing = Vec::new();
    for found in walk(common, asked).found {
        if !periods.is_empty() && !periods.iter().any(|period| period.contains(Instant(found.counted))) {
            continue;
        }
        let theirs = common.evidence.verdicts().of(found.ticket as usize, name);
        let ours = match found.outcome {
            Outcome::Met => Some(true),
            Outcome::Missed => Some(false),
            Outcome::Counted | Outcome::Excluded | Outcome::Unscored => None,
        };
        let met = theirs.and_then(|theirs| theirs.met);
        let known = ours.is_some() && found.elapsed != MISSING;
        let seconds = theirs.and_then(|theirs| theirs.seconds).filter(|_| known);
        let apart = seconds.map(|seconds| found.elapsed.div_euclid(1_000_000).saturating_sub(seconds));
        total.add(ours, met, apart);
        let priority = common.name(Split::Priority, found.codes[1]).unwrap_or("");
        by_priority.entry(priority).or_default().add(ours, met, apart);
        let differ = met.is_some_and(|met| Some(met) != ours) || apart.is_some_and(|apart| apart != 0);
        if let (true, Some(ours)) = (differ, ours) {
            differing.push(Found { case: found, ours, theirs: Theirs { met, seconds, apart } });
        }
    }
    rows.push((name.to_owned(), None, total));
    rows.extend(by_priority.into_iter().map(|(priority, counts)| (name.to_owned(), Some(priority.to_owned()), counts)));
    differing
}

fn disagree(common: &Common<'_>, measure: &str, found: &Found, (cause, detail): (&str, &str), table: &mut Table) {
    let word = |met: bool| if met { "met" } else { "missed" };
    let seconds = |micros: i64| if micros == MISSING { Cell::Null } else { Cell::Integer(micros.div_euclid(1_000_000)) };
    let instant = |at: i64| if at == MISSING { Cell::Null } else { Cell::Instant(at) };
    let (Found { ours, theirs, .. }, case): (_, &Contribution) = (found, &found.case);
    let known = case.elapsed != MISSING && case.within != MISSING;
    table.push(&[
        text(measure),
        text(common.evidence.tickets().id(case.ticket as usize)),
        text_or_null(common.name(Split::Party, case.codes[0])),
        text_or_null(common.name(Split::Priority, case.codes[1])),
        text(word(*ours)),
        text_or_null(theirs.met.map(word)),
        instant(case.started),
        instant(case.stopped),
        seconds(case.elapsed),
        seconds(case.within),
        if known { seconds(case.elapsed - case.within) } else { Cell::Null },
        integer_or_null(theirs.seconds),
        integer_or_null(theirs.apart),
        text(cause),
        text_or_null(Some(detail).filter(|detail| !detail.is_empty())),
    ]);
}

impl Answer for Reconciliation {
    fn operation(&self) -> &'static str {
        "reconcile"
    }
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let Some((measure, priority, counts)) = self.rows.get(row) else {
            return Err(crate::report::answer::no_such_row(row, self.rows.len()));
        };
        let compared = counts.compared();
        let mut reason = match Ratio::new(counts.agree.into(), compared.into()) {
            Some(share) => Reason::new("reconcile-share").with("agree", counts.agree).with("percent", Argument::Percent(share)),
            None => Reason::new("reconcile-none"),
        };
        reason = reason.with("measure", Argument::name(measure.as_str())).with("compared", compared);
        if let Some(priority) = priority {
            let names = vec![Argument::name(if priority.is_empty() { "-" } else { priority.as_str() })];
            reason = reason.because(Reason::new("score-group").with("names", names));
        }
        reason = reason.because(Reason::new("reconcile-only-ours").with("count", counts.only_ours));
        reason = reason.because(Reason::new("reconcile-only-theirs").with("count", counts.only_theirs));
        if counts.seconds_compared > 0 {
            let seconds = Reason::new("reconcile-seconds").with("compared", counts.seconds_compared);
            reason = reason.because(seconds.with("equal", counts.seconds_equal));
        }
        Ok(reason.because(Reason::new("reconcile-not-compared").with("count", counts.not_compared)))
    }
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        match (table, &self.tables) {
            ("" | "rows", _) => self.explain(row),
            ("disagreements", [_, disagreements, ..]) => explain::disagreement(disagreements, row),
            ("causes", [_, _, causes, _]) => explain::cause(causes, row),
            ("figures", [.., figures]) => explain::figure(figures, row),
            _ => Err(nothing_to_explain(table)),
        }
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
