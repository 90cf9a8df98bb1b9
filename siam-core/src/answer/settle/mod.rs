//! `settle`: who owes whom how much, line by line, by the regimes as written.
//!
//! Goes in: an ecosystem, evidence, months, the history and ledger of earlier settlements. Comes out: a `Ledger`, triggers, and the next history.
//! **Invariant:** no line without the two parties of one contract; a line posted before is posted again only by its difference.
//! **Not here:** what a formula means (`formula`), scores (`score`), shares of causes (given as evidence).
//!
//! Months are settled in their order. A measure's `value` is its score, its `volume` the cases that gave it; `charges` are those of
//! the evidence, else those the contracts agree, of services that are not retired. Measures whose services are in transition have no
//! value, so that nothing follows from them.

mod given;
mod history;
mod ledger;
#[cfg(test)]
mod tests;

pub use history::HISTORY;
pub use ledger::{LEDGER, TOTALS, TRIGGERS};

use crate::answer::given::{KEPT, Question, not_given};
use crate::answer::score::{ScoreQuery, Scorecard, score};
use crate::base::{Argument, Date, Error, Instant, Place, Problem, Problems, Severity, Table, TableView, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::formula::{Evaluated, Event, History, HistoryRow, Program, SettlementPeriod};
use crate::model::regime::Scope;
use crate::report::answer::{no_such_row, nothing_to_explain};
use crate::report::{Answer, Reason, Stamp};
use given::Supplied;
use ledger::Line;
pub use ledger::Posted;
pub(in crate::answer) use ledger::decimal;
use std::sync::Arc;

query! {
    /// Which months to settle.
    pub struct SettleQuery = "a question for a settlement" {
        /// Months such as `2026-10`, in the ecosystem's zone; settled in their order.
        periods: Vec<String> = "periods",
        /// Score as if it were this instant: later ones are not known.
        as_of: Option<Instant> = "as_of",
        /// The table `history` of earlier settlements.
        history: Earlier<HistoryRow> = "history",
        /// The table `rows` of earlier ledgers.
        ledger: Earlier<Posted> = "ledger",
    }
}

/// Rows of an earlier answer, which come as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier<T>(pub Vec<T>);

impl<T> Default for Earlier<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> crate::document::Decode for Earlier<T> {
    fn decode(node: &crate::document::Node, faults: &mut crate::document::Faults) -> Option<Self> {
        crate::document::scalar::wrong_type(node, "a table beside the question", faults);
        None
    }
    fn shape() -> crate::document::Shape {
        crate::document::Shape::Any
    }
    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

impl Question for SettleQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] =
        &[("history", history::COLUMNS), ("ledger", ledger::COLUMNS)];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        match table.name.as_ref() {
            "history" => self.history.0.extend(history::read(table, problems)),
            _ => self.ledger.0.extend(ledger::read(table, problems)),
        }
    }
}

/// Who owes whom how much.
pub struct Ledger {
    ecosystem: Ecosystem,
    evidence: Evidence,
    scorecard: Option<Arc<Scorecard>>,
    months: Vec<Evaluated>,
    lines: Vec<Line>,
    tables: [Table; 4],
    problems: Problems,
}

/// Settles months by the regimes of an ecosystem.
///
/// ```
/// use siam_core::answer::settle::{SettleQuery, settle};
/// use siam_core::base::{Limits, columns::Cell, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::{Answer, Catalogue, Explanation};
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// currency: GBP
/// parties: {acme: {kind: customer}, netco: {kind: supplier, regimes: {credits: {}}}}
/// contracts: {wan: {provider: netco, from: 2026-04-01, charges: {line: {amount: 10000}}}}
/// regimes:
///   credits:
///     per: party
///     clause: Schedule 4, 2
///     inputs: {late: number}
///     lines: {credit: 'round(min(late * 1%, 10%) * charges, floor)'}
///     post: {credit: credit}
/// ")])?;
/// let text = b"scope,owner,figure,period,value\nparty,netco,late,2026-10,3\n";
/// let figures = csv::read("figures", text, &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![figures.view()], &Limits::default())?;
/// let ledger = settle(&acme, &evidence, &SettleQuery { periods: vec!["2026-10".into()], ..Default::default() })?;
/// assert_eq!(ledger.rows().cell(0, "payer"), Cell::Text("netco".into()));
/// assert_eq!(ledger.rows().cell(0, "amount_exact"), Cell::Text("300".into()));
/// let why = Explanation::of(&ledger.explain(0)?, &Catalogue::english()).to_text();
/// assert!(why.contains("Schedule 4, 2"), "{why}");
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn settle(ecosystem: &Ecosystem, evidence: &Evidence, query: &SettleQuery) -> Result<Ledger, Error> {
    evidence.check_bound_to(ecosystem)?;
    let asked = resolve(ecosystem, query)?;
    let periods: Vec<String> = asked.periods.iter().map(|period| period.label.clone()).collect();
    let mut problems = Problems::new();
    let scorecard = scored(ecosystem, evidence, &periods, query.as_of, &mut problems)?.map(Arc::new);
    Ok(settled(ecosystem, evidence, scorecard, asked, &query.ledger.0, problems))
}

/// The scorecard of all measures that the evidence suffices for; the others are told.
pub(in crate::answer) fn scored(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    periods: &[String],
    as_of: Option<Instant>,
    problems: &mut Problems,
) -> Result<Option<Scorecard>, Error> {
    let all: Vec<String> = ecosystem.model().measures.iter().map(|measure| measure.id.to_string()).collect();
    let asking = |measures| ScoreQuery { periods: periods.to_vec(), measures, as_of, ..ScoreQuery::default() };
    if all.is_empty() {
        return Ok(None);
    }
    let error = match score(ecosystem, evidence, &asking(all.clone())) {
        Ok(scorecard) => return Ok(Some(scorecard)),
        Err(error) => error,
    };
    let mut lacking: Vec<String> = Vec::new();
    for problem in error.problems().iter() {
        match problem.arguments().iter().find(|(name, _)| *name == "measure") {
            Some((_, Argument::User(measure))) => lacking.push(measure.clone()),
            _ => return Err(error),
        }
        problems.push(problem.clone().with_severity(Severity::Warning), KEPT);
    }
    let left: Vec<String> = all.into_iter().filter(|measure| !lacking.contains(measure)).collect();
    if left.is_empty() { Ok(None) } else { score(ecosystem, evidence, &asking(left)).map(Some) }
}

/// A question with its months and its past read.
pub(in crate::answer) struct Asked {
    pub periods: Vec<SettlementPeriod>,
    pub history: History,
}

/// Reads months and history, or every problem at once.
pub(in crate::answer) fn resolve(ecosystem: &Ecosystem, query: &SettleQuery) -> Result<Asked, Error> {
    let start = ecosystem.regimes().map(Program::start);
    let mut problems = Problems::new();
    let mut periods: Vec<SettlementPeriod> = Vec::new();
    for label in &query.periods {
        match month(label, start) {
            Some(period) if periods.contains(&period) => {}
            Some(period) => periods.push(period),
            None => {
                let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "period");
                let problem = problem.with("value", Argument::user(label)).with("expected", "a calendar month");
                problems.push(problem.with("example", "2026-10"), KEPT);
            }
        }
    }
    if query.periods.is_empty() {
        problems.push(not_given("periods", "at least one month, such as 2026-10"), KEPT);
    }
    periods.sort_by_key(|period| period.number);
    let mut rows = query.history.0.clone();
    for row in &mut rows {
        if let Some(known) = month(&row.period.label, start) {
            row.period = known;
        }
    }
    // What is settled again is not its own past.
    if let Some(first) = periods.first() {
        rows.retain(|row| row.period.number < first.number);
    }
    let history = History::from_rows(&rows).unwrap_or_else(|(at, fault)| {
        let place = Place::cell("history", at as u64 + 1, "value");
        let problem = Problem::new(&codes::HISTORY_UNREADABLE, place).with("why", Argument::name(fault.to_string()));
        problems.push(problem, KEPT);
        History::default()
    });
    if problems.is_empty() { Ok(Asked { periods, history }) } else { Err(Error::from_problems(problems)) }
}

/// The month of a label, numbered from the contract's first day.
pub(in crate::answer) fn month(label: &str, start: Option<Date>) -> Option<SettlementPeriod> {
    if label.len() != 7 {
        return None;
    }
    let from = Date::parse(&format!("{label}-01"))?;
    let until = if from.month() == 12 { Date::new(from.year() + 1, 1, 1) } else { Date::new(from.year(), from.month() + 1, 1) }?;
    let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    let number = start.map_or(1, |start| months(from) - months(start) + 1);
    Some(SettlementPeriod { number, label: label.to_owned(), from, until })
}

/// The first day after the month that follows a month.
pub(in crate::answer) fn month_after(period: &SettlementPeriod) -> Date {
    let label = period.until.to_string();
    label.get(..7).and_then(|label| month(label, None)).map_or(period.until, |next| next.until)
}

/// What a contract agrees for a month, of fixed charges in a currency.
pub(in crate::answer) fn agreed_charges(
    ecosystem: &Ecosystem,
    contract: &crate::model::contract::Contract,
    month: (Instant, Instant),
    currency: crate::base::Currency,
) -> Option<crate::base::Ratio> {
    given::agreed(ecosystem, contract, None, month, currency).ok()
}

/// What the evidence says that a contract charged in a month; none where it says nothing, or not in this currency.
pub(in crate::answer) fn billed_charges(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    contract: &crate::model::contract::Contract,
    label: &str,
    currency: crate::base::Currency,
) -> Option<crate::base::Ratio> {
    given::billed(ecosystem, evidence.records("charges")?, contract, None, label, currency)?.ok()
}

/// The settlement of months that were scored.
pub(in crate::answer) fn settled(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    scorecard: Option<Arc<Scorecard>>,
    asked: Asked,
    earlier: &[Posted],
    mut problems: Problems,
) -> Ledger {
    let mut history = asked.history;
    let mut months = Vec::new();
    if let Some(program) = ecosystem.regimes() {
        for period in &asked.periods {
            let supplied = Supplied::new(ecosystem, evidence, scorecard.as_deref(), period);
            let events: Vec<Event> = supplied.events();
            let evaluated = program.evaluate(period, &events, &supplied, &mut history);
            for (line, why) in evaluated.troubles() {
                let problem = Problem::new(&codes::LINE_NOT_COMPUTED, Place::Nowhere);
                let problem = problem.with("line", Argument::user(format!("{}.{}", line.attachment, line.line)));
                let problem =
                    problem.with("instance", Argument::user(if line.instance.is_empty() { "ecosystem" } else { line.instance }));
                problems.push(problem.with("period", Argument::user(&period.label)).with("why", why.as_str()), KEPT);
            }
            told_posts(&evaluated, &period.label, &mut problems);
            months.push(evaluated);
        }
    }
    let lines = ledger::lines(ecosystem, scorecard.as_deref(), &months, earlier, &mut problems);
    let tables = [ledger::table(&lines), ledger::totals(&lines), ledger::triggers(&months), history::table(&history)];
    problems.sort();
    let (ecosystem, evidence) = (ecosystem.clone(), evidence.clone());
    Ledger { ecosystem, evidence, scorecard, months, lines, tables, problems }
}

/// Tells every entry that is not made because what it rests on is not there.
fn told_posts(month: &Evaluated, label: &str, problems: &mut Problems) {
    let graver: std::collections::BTreeSet<(String, String)> =
        month.troubles().map(|(line, _)| (line.instance.to_owned(), line.attachment.to_owned())).collect();
    for (post, line) in month.posts() {
        let Some(why) = line.value.one().missing().filter(|_| matches!(line.value, crate::formula::Value::One(_))) else {
            continue;
        };
        if graver.contains(&(line.instance.to_owned(), line.attachment.to_owned())) {
            continue;
        }
        let problem = Problem::new(&codes::LINE_NOT_COMPUTED, Place::Nowhere);
        let problem = problem.with("line", Argument::user(format!("{}: {post}", line.attachment)));
        let problem =
            problem.with("instance", Argument::user(if line.instance.is_empty() { "ecosystem" } else { line.instance }));
        problems.push(problem.with("period", Argument::user(label)).with("why", why.as_str()), KEPT);
    }
}

impl Ledger {
    /// The lines of the ledger.
    pub fn rows(&self) -> &Table {
        let [rows, ..] = &self.tables;
        rows
    }
    /// Sums by month, payer, payee, kind and unit.
    pub fn totals(&self) -> &Table {
        let [_, totals, ..] = &self.tables;
        totals
    }
    /// Consequences that are not money.
    pub fn triggers(&self) -> &Table {
        let [_, _, triggers, _] = &self.tables;
        triggers
    }
    /// The values of all lines: the past of the next settlement.
    pub fn history(&self) -> &Table {
        let [.., history] = &self.tables;
        history
    }
    /// What it was settled on.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
    /// The scorecard whose values the regimes read.
    pub fn scorecard(&self) -> Option<&Scorecard> {
        self.scorecard.as_deref()
    }

    fn explain_line(&self, row: usize) -> Result<Reason, Error> {
        let line = self.lines.get(row).ok_or_else(|| no_such_row(row, self.lines.len()))?;
        let month = line.month.and_then(|month| self.months.get(month));
        let entry = line.entry.and_then(|entry| month?.entries.get(entry));
        let worked = month.zip(entry).and_then(|(month, entry)| month.explain_entry(entry));
        let mut reason = line.reason();
        reason = reason.because_all(worked);
        if let (Some(figure), Some(scorecard)) = (line.figure, &self.scorecard) {
            reason = reason.because(scorecard.explain(figure)?);
        }
        Ok(reason)
    }
    fn explain_history(&self, row: usize) -> Result<Reason, Error> {
        let history = self.history();
        let word = |column: &str| match history.cell(row, column) {
            crate::base::columns::Cell::Text(text) => text.into_owned(),
            _ => String::new(),
        };
        let month = self.months.iter().find(|month| month.period.label == word("period"));
        let scope = Scope::parse(&word("scope"));
        let found = month
            .zip(scope)
            .and_then(|(month, scope)| month.explain(scope, &word("instance"), &word("attachment"), &word("line")));
        found.ok_or_else(|| if row < history.rows() { nothing_to_explain("history") } else { no_such_row(row, history.rows()) })
    }
}

impl Answer for Ledger {
    fn operation(&self) -> &'static str {
        "settle"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        self.explain_line(row)
    }
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        match table {
            "" | "rows" => self.explain_line(row),
            "history" => self.explain_history(row),
            other => Err(nothing_to_explain(other)),
        }
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
