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
//! not known yet.

mod explain;
pub(in crate::answer) mod resolve;
#[cfg(test)]
mod tests;
pub(in crate::answer) mod walk;

pub use walk::{Outcome, Tally};

use crate::answer::given::Question;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{
    Argument, ColumnSpec, ColumnType, Error, Instant, Period, Place, Problem, Problems, Ratio, Schema, Table, codes,
};
use crate::document::decode::query;
use crate::ecosystem::{Ecosystem, asked};
use crate::evidence::{Evidence, MISSING};
use crate::model::agreement::{MeasureIdx, Split, Statistic};
use crate::report::answer::{no_such_row, nothing_to_explain};
use crate::report::{Answer, Reason, Stamp};
use resolve::{Asked, Common};
use walk::{Contribution, groups, walk};

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
    }
}

/// How everyone did.
pub struct Scorecard {
    ecosystem: Ecosystem,
    evidence: Evidence,
    as_of: Option<Instant>,
    keys: Vec<Row>,
    tables: [Table; 3],
    problems: Problems,
}

/// What a row of a scorecard stands for.
struct Row {
    measure: MeasureIdx,
    period: Period,
    anchor: Instant,
    tally: Tally,
    by: bool,
    names: [Option<String>; 3],
}

/// The rows of a scorecard.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per period and measure, then one per group that the measure splits by",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the period as asked" },
        ColumnSpec { name: "period_from", kind: ColumnType::Instant, doc: "its first instant" },
        ColumnSpec { name: "period_until", kind: ColumnType::Instant, doc: "the first instant after it" },
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "agreement", kind: ColumnType::Text, doc: "the agreement that holds it" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "who promises in the agreement" },
        ColumnSpec { name: "by", kind: ColumnType::Text, doc: "what the row is split by; null for the total" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "the party of a group" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "the priority of a group" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service of a group" },
        ColumnSpec { name: "counted", kind: ColumnType::Integer, doc: "tickets met or missed; of a count, tickets" },
        ColumnSpec { name: "met", kind: ColumnType::Integer, doc: "tickets within the time; null for a count" },
        ColumnSpec { name: "missed", kind: ColumnType::Integer, doc: "tickets beyond the time; null for a count" },
        ColumnSpec { name: "excluded", kind: ColumnType::Integer, doc: "tickets left out by accepted exclusions" },
        ColumnSpec { name: "unscored", kind: ColumnType::Integer, doc: "tickets that lack an instant or an agreed time" },
        ColumnSpec { name: "percent", kind: ColumnType::Float, doc: "met of counted in percent, for display" },
        ColumnSpec { name: "target", kind: ColumnType::Float, doc: "the target in percent, of a count the number, for display" },
        ColumnSpec { name: "target_exact", kind: ColumnType::Text, doc: "the target as an exact ratio or number" },
        ColumnSpec { name: "fewest", kind: ColumnType::Integer, doc: "fewest tickets for a verdict" },
        ColumnSpec { name: "result", kind: ColumnType::Text, doc: "met, missed, no_target or too_few" },
        ColumnSpec { name: "percent_worst", kind: ColumnType::Float, doc: "the percentage if all unscored tickets were missed" },
        ColumnSpec { name: "percent_best", kind: ColumnType::Float, doc: "the percentage if all unscored tickets were met" },
        ColumnSpec {
            name: "certain",
            kind: ColumnType::Boolean,
            doc: "whether the result is the same in the worst and the best case",
        },
    ],
};

/// The tickets of a scorecard.
pub const TICKETS: Schema = Schema {
    name: "tickets",
    doc: "one row per period, measure and ticket",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the period as asked" },
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "ticket", kind: ColumnType::Text, doc: "the ticket" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "who held it, or the provider of its service" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "its priority" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "its service" },
        ColumnSpec { name: "counted_at", kind: ColumnType::Instant, doc: "the instant that puts it into the period" },
        ColumnSpec { name: "started", kind: ColumnType::Instant, doc: "when the clock started" },
        ColumnSpec { name: "stopped", kind: ColumnType::Instant, doc: "when it stopped" },
        ColumnSpec { name: "elapsed_seconds", kind: ColumnType::Integer, doc: "time on the clock, floored" },
        ColumnSpec { name: "within_seconds", kind: ColumnType::Integer, doc: "time allowed, floored" },
        ColumnSpec {
            name: "outcome",
            kind: ColumnType::Text,
            doc: "met, missed, excluded or unscored; a ticket of a count is met",
        },
        ColumnSpec { name: "lacks", kind: ColumnType::Text, doc: "of an unscored ticket, the instant it lacks" },
        ColumnSpec { name: "reason", kind: ColumnType::Text, doc: "why it is unscored, or the reason of its exclusion" },
    ],
};

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
        let problem =
            Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "periods").with("value", Argument::user(""));
        return Err(problem.with("expected", "at least one period").with("example", "2026-10").into());
    }
    let asked = resolve::measures(&common, &query.measures, &mut problems)?;
    problems.sort();
    let contributions: Vec<Vec<Contribution>> = asked.iter().map(|asked| walk(&common, asked)).collect();
    let (rows, tickets, listed) = (Table::new(&ROWS), Table::new(&TICKETS), query.tickets.unwrap_or(true));
    let mut building = Building { common: &common, keys: Vec::new(), rows, tickets, listed };
    for period in &periods {
        for (asked, contributions) in asked.iter().zip(&contributions) {
            building.measure(period, asked, contributions);
        }
    }
    let Building { keys, rows, tickets, .. } = building;
    let tables = [rows, tickets, evidence.rejected().clone()];
    let (ecosystem, evidence) = (ecosystem.clone(), evidence.clone());
    Ok(Scorecard { as_of: query.as_of, ecosystem, evidence, keys, tables, problems })
}

/// What a tally comes to under a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) enum Verdict {
    Met,
    Missed,
    NoTarget,
    TooFew,
}

impl Verdict {
    /// The verdict on a tally; whole numbers and ratios, no float.
    fn of(statistic: Statistic, tally: &Tally, target: Option<&Ratio>, fewest: u32) -> Self {
        let counted = tally.counted();
        let Some(target) = target else { return Self::NoTarget };
        let kept = if statistic == Statistic::Count {
            Ratio::whole(counted.into()) <= *target
        } else {
            match Ratio::new(tally.met.into(), counted.into()) {
                Some(share) if counted >= fewest.into() => share >= *target,
                _ => return Self::TooFew,
            }
        };
        if kept { Self::Met } else { Self::Missed }
    }
    fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::NoTarget => "no_target",
            Self::TooFew => "too_few",
        }
    }
}

struct Building<'b, 'e> {
    common: &'b Common<'e>,
    keys: Vec<Row>,
    rows: Table,
    tickets: Table,
    /// Whether tickets are listed.
    listed: bool,
}

impl Building<'_, '_> {
    fn measure(&mut self, period: &Period, asked: &Asked<'_>, contributions: &[Contribution]) {
        let validity = asked.validity();
        let anchor = period.from().max(validity.from);
        if !validity.contains(anchor) || anchor >= period.until() {
            return;
        }
        let within: Vec<&Contribution> = contributions.iter().filter(|found| period.contains(Instant(found.counted))).collect();
        let mut total = Tally::default();
        for found in &within {
            total.add(found.outcome);
            if self.listed {
                self.ticket(period, asked, found);
            }
        }
        self.row(period, asked, anchor, total, [None; 3], None);
        if !asked.measure.by.is_empty() {
            let by: Vec<&str> = asked.measure.by.iter().map(|split| split.as_str()).collect();
            let by = by.join(", ");
            for (codes, tally) in groups(self.common, &asked.measure.by, within.iter().copied()) {
                let splits = [Split::Party, Split::Priority, Split::Service];
                let names = [0, 1, 2].map(|at| self.common.name(splits[at], codes[at]));
                self.row(period, asked, anchor, tally, names, Some(&by));
            }
        }
    }
    fn row(
        &mut self,
        period: &Period,
        asked: &Asked<'_>,
        anchor: Instant,
        tally: Tally,
        names: [Option<&str>; 3],
        by: Option<&str>,
    ) {
        let (model, measure) = (self.common.ecosystem.model(), asked.measure);
        let timed = measure.statistic == Statistic::PercentWithin;
        let target = measure.target.at(anchor);
        let share_of = |tally: &Tally| if timed { Ratio::new(tally.met.into(), tally.counted().into()) } else { None };
        let share = share_of(&tally);
        let (worst, best) = tally.bounds(measure.statistic);
        let hundred = Ratio::whole(if timed { 100 } else { 1 });
        let shown = |ratio: &Ratio| Cell::Float(ratio.times(&hundred).to_f64());
        let exact = target.map(Ratio::to_exact_text);
        let verdict = Verdict::of(measure.statistic, &tally, target, measure.fewest);
        let counts = |value: i64| if timed { Cell::Integer(value) } else { Cell::Null };
        self.rows.push(&[
            text(period.label()),
            Cell::Instant(period.from().micros()),
            Cell::Instant(period.until().micros()),
            text(measure.id.as_str()),
            text(asked.agreement.id.as_str()),
            text_or_null(asked.agreement.provider.map(|party| model.party_name(party))),
            text_or_null(by),
            text_or_null(names[0]),
            text_or_null(names[1]),
            text_or_null(names[2]),
            Cell::Integer(tally.counted()),
            counts(tally.met),
            counts(tally.missed),
            Cell::Integer(tally.excluded),
            Cell::Integer(tally.unscored),
            share.as_ref().map_or(Cell::Null, shown),
            target.map_or(Cell::Null, shown),
            text_or_null(exact.as_deref()),
            Cell::Integer(measure.fewest.into()),
            text(verdict.as_str()),
            share_of(&worst).as_ref().map_or(Cell::Null, shown),
            share_of(&best).as_ref().map_or(Cell::Null, shown),
            Cell::Boolean(
                [&worst, &best].iter().all(|tally| Verdict::of(measure.statistic, tally, target, measure.fewest) == verdict),
            ),
        ]);
        let Some(at) = model.names.measures.get(measure.id.as_str()) else { return };
        let names = names.map(|name| name.map(str::to_owned));
        self.keys.push(Row { measure: *at, period: period.clone(), anchor, tally, by: by.is_some(), names });
    }
    fn ticket(&mut self, period: &Period, asked: &Asked<'_>, found: &Contribution) {
        let ticket = found.ticket as usize;
        let instant = |at: i64| if at == MISSING { Cell::Null } else { Cell::Instant(at) };
        let seconds = |micros: i64| if micros == MISSING { Cell::Null } else { Cell::Integer(micros.div_euclid(1_000_000)) };
        let (lacks, mut reason) = found.lack.words();
        if found.outcome == Outcome::Excluded {
            let exclusion = self.common.evidence.exclusions().of(ticket, asked.measure.id.as_str());
            reason = exclusion.and_then(|exclusion| exclusion.reason);
        }
        self.tickets.push(&[
            text(period.label()),
            text(asked.measure.id.as_str()),
            text(self.common.evidence.tickets().id(ticket)),
            text_or_null(self.common.name(Split::Party, found.codes[0])),
            text_or_null(self.common.name(Split::Priority, found.codes[1])),
            text_or_null(self.common.name(Split::Service, found.codes[2])),
            Cell::Instant(found.counted),
            instant(found.started),
            instant(found.stopped),
            seconds(found.elapsed),
            seconds(found.within),
            text(found.outcome.as_str()),
            text_or_null(lacks),
            text_or_null(reason),
        ]);
    }
}

impl Scorecard {
    /// Why a ticket is met, missed, excluded or unscored: its time on the clock, stretch by stretch.
    pub fn explain_ticket(&self, measure: &str, ticket: &str) -> Result<Reason, Error> {
        let common = Common::new(&self.ecosystem, &self.evidence, self.as_of);
        let asked_measures = resolve::measures(&common, &[measure.to_owned()], &mut Problems::new())?;
        let tickets = self.evidence.tickets();
        let at = tickets.find(ticket).ok_or_else(|| asked("ticket", ticket, tickets.ids()))?;
        let missing = || asked("measure", measure, []);
        explain::ticket(&common, asked_measures.first().ok_or_else(missing)?, at)
    }
    /// What it was scored on.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

impl Question for ScoreQuery {}

impl Answer for Scorecard {
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        let [rows, tickets, _] = &self.tables;
        match (tickets.cell(row, "measure"), tickets.cell(row, "ticket")) {
            (Cell::Text(measure), Cell::Text(ticket)) if table == tickets.name() => self.explain_ticket(&measure, &ticket),
            _ if table == tickets.name() => Err(no_such_row(row, tickets.rows())),
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
