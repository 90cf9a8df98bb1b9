//! `intervals`: the open intervals of a calendar, up to an instant or the first n.
//!
//! Goes in: a beginning and an end or a number. Comes out: one row per interval.
//! **Invariant:** intervals are sorted, do not touch, and the first and last are cut at the ends asked for.
//! **Not here:** where one instant stands (`moments`).

use super::{Asked, HoursReport, calendar};
use crate::answer::given::{Question, not_given};
use crate::base::columns::Cell;
use crate::base::{ColumnSpec, ColumnType, Error, Instant, Schema, Table};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;

query! {
    /// When is a calendar open?
    pub struct IntervalsQuery = "a question for intervals" {
        /// The calendar.
        calendar: String = "calendar",
        /// From when.
        from: Option<Instant> = "from",
        /// Until when, exclusive.
        until: Option<Instant> = "until",
        /// How many, where no `until` is given.
        count: Option<u32> = "count",
    }
}

impl Question for IntervalsQuery {}

/// The rows of `intervals`.
pub const INTERVALS: Schema = Schema {
    name: "rows",
    doc: "one row per open interval, in order",
    columns: &[
        ColumnSpec { name: "from", kind: ColumnType::Instant, doc: "opening, or the beginning asked for" },
        ColumnSpec { name: "until", kind: ColumnType::Instant, doc: "closing, or the end asked for" },
        ColumnSpec { name: "open_seconds", kind: ColumnType::Integer, doc: "its length, rounded down to seconds" },
    ],
};

/// The open intervals of a calendar between two instants, or the first so many.
///
/// ```
/// use siam_core::{Source, answer::hours::{IntervalsQuery, intervals}, base::Instant, load};
/// let ecosystem = load(&[Source::text("a.yaml", "{siam: 1, calendars: {day: {hours: {mon-sun: 08:00-20:00}}}}")])?;
/// let from = Instant::parse("2026-10-23T15:00:00Z");
/// let query = IntervalsQuery { calendar: "day".into(), from, count: Some(3), ..Default::default() };
/// assert_eq!(intervals(&ecosystem, &query)?.rows().rows(), 3);
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn intervals(ecosystem: &Ecosystem, query: &IntervalsQuery) -> Result<HoursReport, Error> {
    let calendar = calendar(ecosystem, &query.calendar)?;
    let mut report = HoursReport::new("intervals", ecosystem, calendar, Table::new(&INTERVALS));
    let missing = |name: &'static str, example: &'static str| -> Error { not_given(name, example).into() };
    let from = query.from.ok_or_else(|| missing("from", "an instant such as 2026-10-03T09:00:00Z"))?;
    let found = match (query.until, query.count) {
        (Some(until), None) => report.clock().intervals(from, until)?,
        (None, Some(count)) => report.clock().first_intervals(from, count as usize)?,
        (Some(until), Some(count)) => {
            let mut found = report.clock().intervals(from, until)?;
            found.truncate(count as usize);
            found
        }
        (None, None) => return Err(missing("until", "until or count")),
    };
    for (from, until) in found {
        report.asked.push(Asked::Span(from, until));
        let length = until.since(from).floor_seconds();
        report.table.push(&[Cell::Instant(from.micros()), Cell::Instant(until.micros()), Cell::Integer(length)]);
    }
    Ok(report)
}
