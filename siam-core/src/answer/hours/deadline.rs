//! `deadline`: when a length of service time is used up, forwards or backwards.
//!
//! Goes in: starts with lengths of time. Comes out: instants.
//! **Invariant:** `elapsed` from a start to its deadline is the length asked for.
//! **Not here:** the rule by which Working Days count (`model::allowance`).

use super::{Asked, HoursReport, calendar};
use crate::answer::given::{KEPT, Question, instants, texts, whole_numbers};
use crate::base::columns::Cell;
use crate::base::table::cells::text;
use crate::base::{
    Argument, ColumnSpec, ColumnType, Duration, Error, Instant, Place, Problem, Problems, Schema, Table, TableView, codes,
};
use crate::clock::Boundary;
use crate::document::decode::{choice, query};
use crate::ecosystem::Ecosystem;
use crate::model::allowance::{Allowance, DayRule, WorkingDaysDoc};

choice! {
    /// Which end of a closed stretch a deadline takes when it falls on its edge.
    pub enum BoundaryWord = "a boundary" {
        /// The instant the time is used up: the closing; backwards the opening.
        Same = "same",
        /// The other end: the next opening; backwards the closing before.
        Next = "next",
    }
}

query! {
    /// A start and how much service time is given.
    pub struct DeadlineStart = "a start" {
        /// When it starts.
        from: Instant = "from",
        /// How much service time, such as `4h 30min`, or how many Working Days, such as `5 working days`.
        within: Allowance = "within",
        /// The zone whose hours it is counted in; the calendar's unless given.
        zone: Option<String> = "zone",
    }
}

query! {
    /// When is a length of service time used up?
    pub struct DeadlineQuery = "a question for deadlines" {
        /// The calendar.
        calendar: String = "calendar",
        /// The starts; a table `starts(from, within_seconds or within, zone)` adds to them, `within` as texts such as `5 working days`.
        starts: Vec<DeadlineStart> = "starts",
        /// Whether time is counted back from the start.
        backwards: Option<bool> = "backwards",
        /// How Working Days are counted.
        working_days: Option<WorkingDaysDoc> = "working_days",
        /// same (default) or next: which end of a closed stretch is taken.
        boundary: Option<BoundaryWord> = "boundary",
    }
}

impl Question for DeadlineQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] =
        &[("starts", &["from", "within_seconds", "within", "zone"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let from = instants(table, "from", problems);
        let (zones, named) = (texts(table, "zone", problems), texts(table, "within", problems));
        let has = |column: &str| table.column(column).is_some();
        if has("within_seconds") && has("within") {
            let problem = Problem::new(&codes::CONTRADICTION, Place::cell(&table.name, 0, "within")).with("what", "within");
            problems.push(problem.with("other", "within_seconds"), KEPT);
        }
        let seconds = if has("within") { Vec::new() } else { whole_numbers(table, "within_seconds", problems) };
        for (row, (from, zone)) in from.into_iter().zip(zones).enumerate() {
            let within = match named.get(row).and_then(Option::as_ref) {
                Some(text) => Allowance::parse(text),
                None => seconds.get(row).map(|seconds| Duration::from_seconds(*seconds).unwrap_or(Duration(i64::MAX)).into()),
            };
            match within {
                Some(within) => self.starts.push(DeadlineStart { from, within, zone }),
                None => {
                    let place = Place::cell(&table.name, row as u64 + 1, "within");
                    let written = named.get(row).and_then(Option::as_deref).unwrap_or_default();
                    let problem = Problem::new(&codes::BAD_CELL, place).as_error().with("value", Argument::user(written));
                    problems.push(problem.with("expected", "a length of time or a number of working days"), KEPT);
                }
            }
        }
    }
}

/// The rows of `deadline`.
pub const DEADLINE: Schema = Schema {
    name: "rows",
    doc: "one row per start, in the order asked",
    columns: &[
        ColumnSpec { name: "from", kind: ColumnType::Instant, doc: "the start" },
        ColumnSpec {
            name: "within_seconds",
            kind: ColumnType::Integer,
            doc: "service time given, rounded down to seconds; null for Working Days",
        },
        ColumnSpec { name: "deadline", kind: ColumnType::Instant, doc: "when it is used up" },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem that left the value out" },
        ColumnSpec { name: "working_days", kind: ColumnType::Integer, doc: "Working Days given" },
    ],
};

/// When each length of service time is used up.
///
/// ```
/// use siam_core::{Source, answer::hours::{DeadlineQuery, DeadlineStart, deadline}, base::{Duration, Instant, columns::Cell}, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}
/// ")])?;
/// let from = Instant::parse("2026-10-23T15:00:00Z").unwrap();
/// let start = DeadlineStart { from, within: Duration::parse("4h").unwrap().into(), zone: None };
/// let query = DeadlineQuery { calendar: "office".into(), starts: vec![start], ..Default::default() };
/// let report = deadline(&ecosystem, &query)?;
/// let due = Instant::parse("2026-10-26T11:00:00Z").unwrap();
/// assert_eq!(report.rows().cell(0, "deadline"), Cell::Instant(due.micros()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn deadline(ecosystem: &Ecosystem, query: &DeadlineQuery) -> Result<HoursReport, Error> {
    let mut report = HoursReport::new("deadline", ecosystem, calendar(ecosystem, &query.calendar)?, Table::new(&DEADLINE));
    let boundary = match query.boundary {
        Some(BoundaryWord::Next) => Boundary::Next,
        Some(BoundaryWord::Same) | None => Boundary::Same,
    };
    let rule = DayRule::of(query.working_days.as_ref());
    let back = query.backwards == Some(true);
    if query.starts.iter().any(|start| start.zone.is_some()) {
        report.zone_of = query.starts.iter().map(|start| start.zone.clone()).collect();
    }
    for DeadlineStart { from, within, zone } in &query.starts {
        let found = report.clock_in(zone.as_deref()).and_then(|clock| match within {
            Allowance::Time(time) if back => clock.deadline_back(*from, *time, boundary),
            Allowance::Time(time) => clock.deadline(*from, *time, boundary),
            Allowance::WorkingDays(_) if back => Err(no_days_back(within)),
            Allowance::WorkingDays(days) => clock.working_days_due(*from, *days, rule, &[]),
        });
        let (due, problem) = match found {
            Ok(due) => {
                report.asked.push(match within {
                    Allowance::Time(_) => Asked::Found(*from, Some(due)),
                    Allowance::WorkingDays(days) => Asked::Days(*from, *days, rule, due),
                });
                (Cell::Instant(due.micros()), Cell::Null)
            }
            Err(problem) => (Cell::Null, text(report.failed(problem))),
        };
        let (seconds, days) = match within {
            Allowance::Time(time) => (Cell::Integer(time.floor_seconds()), Cell::Null),
            Allowance::WorkingDays(days) => (Cell::Null, Cell::Integer((*days).into())),
        };
        report.table.push(&[Cell::Instant(from.micros()), seconds, due, problem, days]);
    }
    Ok(report)
}

/// Working Days are counted forwards: backwards the same days would have another first and last.
fn no_days_back(within: &Allowance) -> Problem {
    let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "within");
    let problem =
        problem.with("value", Argument::user(within.to_string())).with("expected", "a length of time where it is counted back");
    problem.with("example", "8h")
}
