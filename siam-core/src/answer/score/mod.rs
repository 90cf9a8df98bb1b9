//! Score: how everyone did, measure by measure and period by period.
//!
//! Goes in: an ecosystem, evidence, periods, measures. Comes out: a `Scorecard` with its tickets, and the reason of every row.
//! **Invariant:** every ticket a measure counts is met, missed, excluded or unscored in each of its periods; verdicts compare exact ratios.
//! **Not here:** opening hours (`clock`), reading tables (`evidence`), money (`settle`).
//!
//! A ticket belongs to the period in which its `counted_when` instant lies; while it has none, it stands unscored in the period in
//! which it was opened. Measure, agreement and `within` are taken as they were at that instant, the hours of a service as at the
//! start of the clock, the target as at the first instant of the period at which the measure holds. An agreement that lists
//! services counts tickets of those alone. A ticket without a party is its service's provider's. An instant later than `as_of` is
//! not known yet. A measure of a quarter, a year or a rolling time counts anew over all of it; before it is over, that is to date.

pub(in crate::answer) mod build;
pub(in crate::answer) mod card;
pub(in crate::answer) mod counts;
pub(in crate::answer) mod days;
pub(in crate::answer) mod explain;
pub(in crate::answer) mod figure;
mod outages;
pub(in crate::answer) mod pass;
pub(in crate::answer) mod percentile;
mod plain;
pub(in crate::answer) mod priorities;
pub(in crate::answer) mod rates;
pub(in crate::answer) mod records;
pub(in crate::answer) mod resolve;
pub(in crate::answer) mod runs;
mod schema;
pub(in crate::answer) mod sums;
#[cfg(test)]
mod tests;
pub(in crate::answer) mod walk;
pub(in crate::answer) mod windows;

pub use counts::{Counts, Outcome};
pub(in crate::answer) use explain::day_rule;
pub use figure::{Figure, Verdict};
pub use percentile::Histogram;
pub use schema::{CASES, ROWS, TICKETS};

use crate::answer::given::Question;
use crate::answer::impacts::allowed;
use crate::base::columns::Cell;
use crate::base::{Error, Instant, Limits, Period, Problems, Table};
use crate::document::decode::query;
use crate::ecosystem::{Ecosystem, asked};
use crate::evidence::Evidence;
use crate::report::answer::{no_such_row, nothing_to_explain};
use crate::report::{Answer, Reason, Stamp};
use build::{Building, Made};
use card::Row;
use outages::Watch;
use resolve::Common;
use windows::Window;

query! {
    /// Which measures to score, and when.
    pub struct ScoreQuery = "a question for a scorecard" {
        /// Periods such as `2026-10`, `2026-Q4`, `2026` or `2026-10-01/2026-10-15`, in the ecosystem's zone.
        periods: Vec<String> = "periods",
        /// Measures by name; all unless given.
        measures: Vec<String> = "measures",
        /// Score as if it were this instant: later ones are not known.
        as_of: Option<Instant> = "as_of",
        /// Whether to give the table of tickets; true unless given.
        tickets: Option<bool> = "tickets",
        /// Threads to use, at most those the host allows; the answer is the same bytes whatever their number.
        threads: Option<u32> = "threads",
    }
}

/// How everyone did.
pub struct Scorecard {
    ecosystem: Ecosystem,
    evidence: Evidence,
    as_of: Option<Instant>,
    keys: Vec<Row>,
    periods: Vec<Period>,
    tables: [Table; 4],
    problems: Problems,
}

/// Scores measures over periods.
///
/// ```
/// use siam_core::answer::score::{ScoreQuery, score};
/// use siam_core::base::{Limits, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::{Answer, Catalogue, Explanation};
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// agreements:
///   support:
///     kind: sla
///     measures:
///       resolve-in-4h: {statistic: percent_within, within: 4h, target: 50%, clause: 7.1}
/// ")])?;
/// let text = b"ticket,opened,resolved\nA,2026-10-03T09:00:00Z,2026-10-03T13:00:00Z\nB,2026-10-03T09:00:00Z,2026-10-03T13:00:01Z\n";
/// let tickets = csv::read("tickets", text, &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default())?;
/// let scorecard = score(&acme, &evidence, &ScoreQuery { periods: vec!["2026-10".into()], ..ScoreQuery::default() })?;
/// let why = Explanation::of(&scorecard.explain(0)?, &Catalogue::english()).to_text();
/// assert!(why.starts_with("resolve-in-4h met its target in 2026-10\n  1 of 2 tickets within the time is 50 %"), "{why}");
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn score(ecosystem: &Ecosystem, evidence: &Evidence, query: &ScoreQuery) -> Result<Scorecard, Error> {
    evidence.check_bound_to(ecosystem)?;
    let common = Common::new(ecosystem, evidence, query.as_of);
    let mut problems = Problems::new();
    let periods = resolve::periods(ecosystem, &query.periods)?;
    if periods.is_empty() {
        return Err(resolve::no_periods());
    }
    let threads = threads(query.threads);
    let asked = resolve::measures(&common, &query.measures, &mut problems)?;
    let mut building = Building::new(&common);
    let (listed, mut watch) = (query.tickets.unwrap_or(true), Watch::default());
    let mut made: Vec<(Vec<Window>, Made)> = Vec::new();
    for asked in &asked {
        let windows = Window::all(ecosystem, asked.measure, asked.agreement, &periods);
        let of = Made::of(&common, asked, (&windows, threads, listed), &mut watch, &mut problems);
        made.push((windows, of));
    }
    problems.sort();
    for place in 0..periods.len() {
        for (asked, (windows, made)) in asked.iter().zip(&made) {
            if let Some(window) = windows.get(place) {
                building.measure((place, window), asked, made);
            }
        }
    }
    let Building { card, tickets, cases, .. } = building;
    let keys = card.keys;
    let tables = [card.rows, tickets, evidence.rejected().clone(), cases];
    let (ecosystem, evidence) = (ecosystem.clone(), evidence.clone());
    Ok(Scorecard { as_of: query.as_of, ecosystem, evidence, keys, periods, tables, problems })
}

/// How many threads may be started.
pub(in crate::answer) fn threads(given: Option<u32>) -> usize {
    usize::try_from(given.unwrap_or(0)).unwrap_or(usize::MAX)
}

impl Scorecard {
    /// Why a ticket is met, missed, counted, excluded or unscored: its time on the clock, stretch by stretch; of a backlog, at the
    /// end of the first period in which it is open.
    pub fn explain_ticket(&self, measure: &str, ticket: &str) -> Result<Reason, Error> {
        self.ticket_in(measure, ticket, (None, None))
    }
    fn ticket_in(&self, measure: &str, ticket: &str, (period, run): (Option<&str>, Option<i64>)) -> Result<Reason, Error> {
        let common = Common::new(&self.ecosystem, &self.evidence, self.as_of);
        let asked_measures = resolve::measures(&common, &[measure.to_owned()], &mut Problems::new())?;
        let tickets = self.evidence.tickets();
        let at = tickets.find(ticket).ok_or_else(|| asked("ticket", ticket, tickets.ids()))?;
        let missing = || asked("measure", measure, []);
        let periods = self.keys.iter().filter(|row| !row.by && period.is_none_or(|period| row.period.label() == period));
        let of = |row: &&Row| self.ecosystem.model().measures.get(row.measure).is_some_and(|known| known.id.as_str() == measure);
        let ends: Vec<(Instant, Instant)> = periods.filter(of).map(|row| (row.from, row.end)).collect();
        Ok(explain::ticket(&common, asked_measures.first().ok_or_else(missing)?, (at, run), &ends))
    }
    /// What each measure came to in each period, in the order of the rows; totals alone, without groups.
    pub fn figures(&self) -> impl Iterator<Item = Figure<'_>> + '_ {
        let totals = self.keys.iter().enumerate().filter(|(_, row)| !row.by);
        totals.filter_map(|(at, row)| {
            let measure = self.ecosystem.model().measures.get(row.measure)?;
            Some(Figure {
                row: at,
                measure: row.measure,
                period: &row.period,
                at: row.anchor,
                value: row.worth.value.clone(),
                unit: measure.unit,
                direction: measure.direction,
                target: row.target.clone(),
                counted: row.worth.tally.counted(),
                result: row.verdict,
                certain: row.certain,
                to_date: row.to_date,
            })
        })
    }
    /// The periods that were asked for.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }
    /// What it was scored on.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

impl Question for ScoreQuery {
    fn within(&mut self, limits: &Limits) {
        self.threads = Some(allowed(self.threads, limits));
    }
}

impl Answer for Scorecard {
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        let [rows, tickets, _, cases] = &self.tables;
        let cell = |column: &str| tickets.cell(row, column);
        match (cell("measure"), cell("ticket"), cell("period")) {
            (Cell::Text(measure), Cell::Text(ticket), Cell::Text(period)) if table == tickets.name() => {
                let run = if let Cell::Integer(run) = cell("run") { Some(run) } else { None };
                self.ticket_in(&measure, &ticket, (Some(&period), run))
            }
            _ if table == tickets.name() => Err(no_such_row(row, tickets.rows())),
            _ if table == cases.name() && row >= cases.rows() => Err(no_such_row(row, cases.rows())),
            _ if table == cases.name() => Ok(explain::case(cases, row)),
            _ if table.is_empty() || table == rows.name() => self.explain(row),
            _ => Err(nothing_to_explain(table)),
        }
    }
    fn operation(&self) -> &'static str {
        "score"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let known = self.keys.get(row).ok_or_else(|| no_such_row(row, self.keys.len()))?;
        Ok(explain::row(&self.ecosystem, known))
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
