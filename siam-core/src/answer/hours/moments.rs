//! `is_open`, `next_open`, `next_close`, `previous_open`: where an instant stands in a calendar.
//!
//! Goes in: instants. Comes out: whether open, or the instant looked for.
//! **Invariant:** all four read the one list of open intervals, so they never contradict each other.
//! **Not here:** whole intervals (`intervals`).

use super::{Asked, HoursReport, calendar};
use crate::answer::given::{Question, instants};
use crate::base::columns::Cell;
use crate::base::table::cells::text;
use crate::base::{ColumnSpec, ColumnType, Error, Instant, Problem, Problems, Schema, Table, TableView};
use crate::clock::Clock;
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;

query! {
    /// Where do instants stand in a calendar?
    pub struct MomentQuery = "a question about instants" {
        /// The calendar.
        calendar: String = "calendar",
        /// The instants; a table `instants(at)` adds to them.
        at: Vec<Instant> = "at",
    }
}

impl Question for MomentQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[("instants", &["at"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        self.at.extend(instants(table, "at", problems));
    }
}

/// The rows of `is_open`.
pub const IS_OPEN: Schema = Schema {
    name: "rows",
    doc: "one row per instant, in the order asked",
    columns: &[
        ColumnSpec { name: "at", kind: ColumnType::Instant, doc: "the instant asked" },
        ColumnSpec { name: "open", kind: ColumnType::Boolean, doc: "whether the calendar is open then" },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem that left the value out" },
    ],
};

/// The rows of `next_open`, `next_close` and `previous_open`.
pub const MOMENT: Schema = Schema {
    name: "rows",
    doc: "one row per instant, in the order asked",
    columns: &[
        ColumnSpec { name: "at", kind: ColumnType::Instant, doc: "the instant asked" },
        ColumnSpec { name: "found", kind: ColumnType::Instant, doc: "the instant looked for; null where there is none" },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem that left the value out" },
    ],
};

/// Whether the calendar is open at each instant; an interval holds its opening and not its closing.
pub fn is_open(ecosystem: &Ecosystem, query: &MomentQuery) -> Result<HoursReport, Error> {
    let mut report = HoursReport::new("is_open", ecosystem, calendar(ecosystem, &query.calendar)?, Table::new(&IS_OPEN));
    for at in &query.at {
        let (open, problem) = match report.clock().is_open(*at) {
            Ok(open) => {
                report.asked.push(Asked::Open(*at, open));
                (Cell::Boolean(open), Cell::Null)
            }
            Err(problem) => (Cell::Null, text(report.failed(problem))),
        };
        report.table.push(&[Cell::Instant(at.micros()), open, problem]);
    }
    Ok(report)
}

/// The next instant that is open: each instant itself where it is open.
pub fn next_open(ecosystem: &Ecosystem, query: &MomentQuery) -> Result<HoursReport, Error> {
    find("next_open", ecosystem, query, |clock, at| clock.next_open(at).map(Some))
}

/// The first closing after each instant; none where the calendar never closes again.
///
/// ```
/// use siam_core::{Source, answer::hours::{MomentQuery, next_close}, base::{Instant, columns::Cell}, load};
/// let ecosystem = load(&[Source::text("a.yaml", "{siam: 1, calendars: {all: {hours: always}}}")])?;
/// let report = next_close(&ecosystem, &MomentQuery { calendar: "all".into(), at: vec![Instant(0)] })?;
/// assert_eq!(report.rows().cell(0, "found"), Cell::Null);
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn next_close(ecosystem: &Ecosystem, query: &MomentQuery) -> Result<HoursReport, Error> {
    find("next_close", ecosystem, query, Clock::next_close)
}

/// The latest instant up to each such that the time just before it is open: a closing counts as its own.
pub fn previous_open(ecosystem: &Ecosystem, query: &MomentQuery) -> Result<HoursReport, Error> {
    find("previous_open", ecosystem, query, |clock, at| clock.previous_open(at).map(Some))
}

fn find(
    operation: &'static str,
    ecosystem: &Ecosystem,
    query: &MomentQuery,
    look: impl Fn(&Clock, Instant) -> Result<Option<Instant>, Problem>,
) -> Result<HoursReport, Error> {
    let mut report = HoursReport::new(operation, ecosystem, calendar(ecosystem, &query.calendar)?, Table::new(&MOMENT));
    for at in &query.at {
        let (found, problem) = match look(report.clock(), *at) {
            Ok(found) => {
                report.asked.push(Asked::Found(*at, found));
                (found.map_or(Cell::Null, |found| Cell::Instant(found.micros())), Cell::Null)
            }
            Err(problem) => (Cell::Null, text(report.failed(problem))),
        };
        report.table.push(&[Cell::Instant(at.micros()), found, problem]);
    }
    Ok(report)
}
