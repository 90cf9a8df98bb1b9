//! `deadline`: when a length of service time is used up, forwards or backwards.
//!
//! Goes in: starts with lengths of time. Comes out: instants.
//! **Invariant:** `elapsed` from a start to its deadline is the length asked for.
//! **Not here:** Working Days (`clock::DayCount`), which count days by their own rule.

use super::{Asked, HoursReport, calendar};
use crate::answer::given::{Question, instants, whole_numbers};
use crate::base::columns::Cell;
use crate::base::table::cells::text;
use crate::base::{ColumnSpec, ColumnType, Duration, Error, Instant, Problems, Schema, Table, TableView};
use crate::clock::Boundary;
use crate::document::decode::{choice, query};
use crate::ecosystem::Ecosystem;

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
        /// How much service time, such as `4h 30min`.
        within: Duration = "within",
    }
}

query! {
    /// When is a length of service time used up?
    pub struct DeadlineQuery = "a question for deadlines" {
        /// The calendar.
        calendar: String = "calendar",
        /// The starts; a table `starts(from, within_seconds)` adds to them.
        starts: Vec<DeadlineStart> = "starts",
        /// Whether time is counted back from the start.
        backwards: Option<bool> = "backwards",
        /// same (default) or next: which end of a closed stretch is taken.
        boundary: Option<BoundaryWord> = "boundary",
    }
}

impl Question for DeadlineQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[("starts", &["from", "within_seconds"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let from = instants(table, "from", problems);
        let seconds = whole_numbers(table, "within_seconds", problems);
        self.starts.extend(from.into_iter().zip(seconds).map(|(from, seconds)| DeadlineStart {
            from,
            within: Duration::from_seconds(seconds).unwrap_or(Duration(i64::MAX)),
        }));
    }
}

/// The rows of `deadline`.
pub const DEADLINE: Schema = Schema {
    name: "rows",
    doc: "one row per start, in the order asked",
    columns: &[
        ColumnSpec { name: "from", kind: ColumnType::Instant, doc: "the start" },
        ColumnSpec { name: "within_seconds", kind: ColumnType::Integer, doc: "service time given, rounded down to seconds" },
        ColumnSpec { name: "deadline", kind: ColumnType::Instant, doc: "when it is used up" },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem that left the value out" },
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
/// let start = DeadlineStart { from, within: Duration::parse("4h").unwrap() };
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
    for DeadlineStart { from, within } in &query.starts {
        let clock = report.clock();
        let found = if query.backwards == Some(true) {
            clock.deadline_back(*from, *within, boundary)
        } else {
            clock.deadline(*from, *within, boundary)
        };
        let (due, problem) = match found {
            Ok(due) => {
                report.asked.push(Asked::Found(*from, Some(due)));
                (Cell::Instant(due.micros()), Cell::Null)
            }
            Err(problem) => (Cell::Null, text(report.failed(problem))),
        };
        report.table.push(&[Cell::Instant(from.micros()), Cell::Integer(within.floor_seconds()), due, problem]);
    }
    Ok(report)
}
