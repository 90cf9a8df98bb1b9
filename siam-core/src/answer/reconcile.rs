//! Reconcile: our verdicts on tickets against those of a platform or a supplier.
//!
//! Goes in: an ecosystem, evidence with `verdicts`, measures, periods. Comes out: a `Reconciliation`: agree, only ours, only theirs.
//! **Invariant:** a ticket of a measure is compared or counted as not compared; none is left out in silence.
//! **Not here:** our verdicts themselves (`score`).

use super::score::Outcome;
use super::score::resolve::{Asked, Common, measures, periods};
use super::score::walk::{Contribution, walk};
use crate::answer::given::Question;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{
    Argument, ColumnSpec, ColumnType, Error, Instant, Period, Place, Problem, Problems, Ratio, Schema, Table, codes,
};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, MISSING};
use crate::model::agreement::{Split, Statistic};
use crate::report::{Answer, Reason, Stamp};
use std::collections::BTreeMap;

query! {
    /// Which verdicts to compare.
    pub struct ReconcileQuery = "a question for a reconciliation" {
        /// Measures of percent_within by name; all of them unless given.
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
    tables: [Table; 2],
    problems: Problems,
}

/// The rows of a reconciliation.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per measure, then one per priority",
    columns: &[
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "by", kind: ColumnType::Text, doc: "priority, or null for the total" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "the priority" },
        ColumnSpec { name: "compared", kind: ColumnType::Integer, doc: "tickets on which both have a verdict" },
        ColumnSpec { name: "agree", kind: ColumnType::Integer, doc: "of these with the same verdict" },
        ColumnSpec { name: "only_ours_met", kind: ColumnType::Integer, doc: "of these met for us and missed for them" },
        ColumnSpec { name: "only_theirs_met", kind: ColumnType::Integer, doc: "of these missed for us and met for them" },
        ColumnSpec { name: "not_compared", kind: ColumnType::Integer, doc: "tickets that one of us excluded or could not score" },
        ColumnSpec { name: "percent", kind: ColumnType::Float, doc: "agree of compared in percent, for display" },
        ColumnSpec {
            name: "seconds_compared",
            kind: ColumnType::Integer,
            doc: "tickets for which both tell the seconds on the clock",
        },
        ColumnSpec { name: "seconds_equal", kind: ColumnType::Integer, doc: "of these with the same whole seconds" },
    ],
};

/// The tickets on which the verdicts differ.
pub const DISAGREEMENTS: Schema = Schema {
    name: "disagreements",
    doc: "one row per measure and ticket whose verdict or seconds differ",
    columns: &[
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "ticket", kind: ColumnType::Text, doc: "the ticket" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "who held it" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "its priority" },
        ColumnSpec { name: "ours", kind: ColumnType::Text, doc: "our verdict: met or missed" },
        ColumnSpec {
            name: "theirs",
            kind: ColumnType::Text,
            doc: "their verdict: met or missed; null where they tell seconds only",
        },
        ColumnSpec { name: "started", kind: ColumnType::Instant, doc: "when our clock started" },
        ColumnSpec { name: "stopped", kind: ColumnType::Instant, doc: "when it stopped" },
        ColumnSpec { name: "elapsed_seconds", kind: ColumnType::Integer, doc: "time on our clock, floored" },
        ColumnSpec { name: "within_seconds", kind: ColumnType::Integer, doc: "time allowed, floored" },
        ColumnSpec {
            name: "difference_seconds",
            kind: ColumnType::Integer,
            doc: "elapsed less within, floored: how near the verdict is",
        },
        ColumnSpec { name: "their_seconds", kind: ColumnType::Integer, doc: "time on their clock" },
        ColumnSpec { name: "apart_seconds", kind: ColumnType::Integer, doc: "our whole seconds less theirs" },
    ],
};

/// Compares our verdicts with those the evidence brings.
pub fn reconcile(ecosystem: &Ecosystem, evidence: &Evidence, query: &ReconcileQuery) -> Result<Reconciliation, Error> {
    evidence.check_bound_to(ecosystem)?;
    if !evidence.has("verdicts") {
        return Err(Problem::new(&codes::MISSING_TABLE, Place::Nowhere).with("name", Argument::user("verdicts")).into());
    }
    let common = Common::new(ecosystem, evidence, query.as_of);
    let periods = periods(ecosystem, &query.periods)?;
    let mut problems = Problems::new();
    let asked = asked(&common, query, &mut problems)?;
    problems.sort();
    let mut rows = Vec::new();
    let mut disagreements = Table::new(&DISAGREEMENTS);
    for asked in &asked {
        compare(&common, asked, &periods, &mut rows, &mut disagreements);
    }
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
    Ok(Reconciliation { stamp: ecosystem.stamp().clone(), rows, tables: [table, disagreements], problems })
}

/// The measures asked for; those that give no verdict on a ticket are left out where all are asked for, refused by name.
fn asked<'e>(common: &Common<'e>, query: &ReconcileQuery, warnings: &mut Problems) -> Result<Vec<Asked<'e>>, Error> {
    let model = common.ecosystem.model();
    let timed = |measure: &&crate::model::agreement::Measure| measure.statistic == Statistic::PercentWithin;
    if query.measures.is_empty() {
        let names: Vec<String> = model.measures.iter().filter(timed).map(|measure| measure.id.to_string()).collect();
        return if names.is_empty() { Ok(Vec::new()) } else { measures(common, &names, warnings) };
    }
    let found = measures(common, &query.measures, warnings)?;
    match found.iter().find(|asked| asked.measure.statistic != Statistic::PercentWithin) {
        None => Ok(found),
        Some(other) => {
            let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "measure");
            let problem = problem.with("value", Argument::user(other.measure.id.as_str()));
            Err(problem
                .with("expected", "a measure of percent_within")
                .with("example", "one that has a verdict for each ticket")
                .into())
        }
    }
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

fn compare(
    common: &Common<'_>,
    asked: &Asked<'_>,
    periods: &[Period],
    rows: &mut Vec<(String, Option<String>, Comparison)>,
    disagreements: &mut Table,
) {
    let name = asked.measure.id.as_str();
    let mut total = Comparison::default();
    let mut by_priority: BTreeMap<&str, Comparison> = BTreeMap::new();
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
        let seconds = theirs.and_then(|theirs| theirs.seconds).filter(|_| ours.is_some());
        let apart = seconds.map(|seconds| found.elapsed.div_euclid(1_000_000).saturating_sub(seconds));
        total.add(ours, met, apart);
        let priority = common.name(Split::Priority, found.codes[1]).unwrap_or("");
        by_priority.entry(priority).or_default().add(ours, met, apart);
        let differ = met.is_some_and(|met| Some(met) != ours) || apart.is_some_and(|apart| apart != 0);
        if let (true, Some(ours)) = (differ, ours) {
            disagree(common, name, &found, ours, (met, seconds, apart), disagreements);
        }
    }
    rows.push((name.to_owned(), None, total));
    rows.extend(by_priority.into_iter().map(|(priority, counts)| (name.to_owned(), Some(priority.to_owned()), counts)));
}

fn disagree(
    common: &Common<'_>,
    measure: &str,
    found: &Contribution,
    ours: bool,
    theirs: (Option<bool>, Option<i64>, Option<i64>),
    table: &mut Table,
) {
    let word = |met: bool| if met { "met" } else { "missed" };
    let seconds = |micros: i64| if micros == MISSING { Cell::Null } else { Cell::Integer(micros.div_euclid(1_000_000)) };
    let integer = |value: Option<i64>| value.map_or(Cell::Null, Cell::Integer);
    table.push(&[
        text(measure),
        text(common.evidence.tickets().id(found.ticket as usize)),
        text_or_null(common.name(Split::Party, found.codes[0])),
        text_or_null(common.name(Split::Priority, found.codes[1])),
        text(word(ours)),
        text_or_null(theirs.0.map(word)),
        Cell::Instant(found.started),
        Cell::Instant(found.stopped),
        seconds(found.elapsed),
        seconds(found.within),
        seconds(found.elapsed - found.within),
        integer(theirs.1),
        integer(theirs.2),
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
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
