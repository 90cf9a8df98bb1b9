//! `elapsed`: how long a calendar was open between two instants.
//!
//! Goes in: spans. Comes out: seconds, rounded down; negative where a span is reversed.
//! **Invariant:** splitting a span adds up before the rounding.
//! **Not here:** pauses (`answer::score`).

use super::{Asked, HoursReport, calendar};
use crate::answer::given::{Question, instants, texts};
use crate::base::columns::Cell;
use crate::base::table::cells::text;
use crate::base::{ColumnSpec, ColumnType, Duration, Error, Instant, Problems, Schema, Table, TableView};
use crate::clock::NOT_COMPUTED;
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;

query! {
    /// From one instant to another.
    pub struct SpanQuery = "a span" {
        /// Its beginning.
        from: Instant = "from",
        /// Its end.
        until: Instant = "until",
        /// The zone whose hours it is measured in; the calendar's unless given.
        zone: Option<String> = "zone",
    }
}

query! {
    /// How long was a calendar open?
    pub struct ElapsedQuery = "a question for elapsed time" {
        /// The calendar.
        calendar: String = "calendar",
        /// The spans; a table `spans(from, until, zone)` adds to them.
        spans: Vec<SpanQuery> = "spans",
    }
}

impl Question for ElapsedQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[("spans", &["from", "until", "zone"])];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        let from = instants(table, "from", problems);
        let until = instants(table, "until", problems);
        let zones = texts(table, "zone", problems);
        let rows = from.into_iter().zip(until).zip(zones);
        self.spans.extend(rows.map(|((from, until), zone)| SpanQuery { from, until, zone }));
    }
}

/// The rows of `elapsed`.
pub const ELAPSED: Schema = Schema {
    name: "rows",
    doc: "one row per span, in the order asked",
    columns: &[
        ColumnSpec { name: "from", kind: ColumnType::Instant, doc: "beginning of the span" },
        ColumnSpec { name: "until", kind: ColumnType::Instant, doc: "end of the span" },
        ColumnSpec {
            name: "elapsed_seconds",
            kind: ColumnType::Integer,
            doc: "open time, rounded down to seconds; negative where reversed",
        },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem that left the value out" },
    ],
};

/// How long a calendar was open within each span.
///
/// ```
/// use siam_core::{Source, answer::hours::{ElapsedQuery, SpanQuery, elapsed}, base::{Instant, columns::Cell}, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// calendars: {office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}}}
/// ")])?;
/// let at = |text| Instant::parse(text).unwrap();
/// let span = SpanQuery { from: at("2026-10-23T15:00:00Z"), until: at("2026-10-26T10:00:00Z"), zone: None };
/// let report = elapsed(&ecosystem, &ElapsedQuery { calendar: "office".into(), spans: vec![span] })?;
/// assert_eq!(report.rows().cell(0, "elapsed_seconds"), Cell::Integer(7200));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn elapsed(ecosystem: &Ecosystem, query: &ElapsedQuery) -> Result<HoursReport, Error> {
    let mut report = HoursReport::new("elapsed", ecosystem, calendar(ecosystem, &query.calendar)?, Table::new(&ELAPSED));
    let columns = |of: fn(&SpanQuery) -> Instant| query.spans.iter().map(|span| of(span).micros()).collect::<Vec<i64>>();
    let (from, until) = (columns(|span| span.from), columns(|span| span.until));
    let mut open = vec![NOT_COMPUTED; query.spans.len()];
    report.clock().elapsed_all(&from, &until, &mut open);
    if query.spans.iter().any(|span| span.zone.is_some()) {
        report.zone_of = query.spans.iter().map(|span| span.zone.clone()).collect();
    }
    for (SpanQuery { from, until, zone }, open) in query.spans.iter().zip(open) {
        let found = match zone {
            None if open != NOT_COMPUTED => Ok(Duration(open)),
            zone => report.clock_in(zone.as_deref()).and_then(|clock| clock.elapsed(*from, *until)),
        };
        let (seconds, problem) = match found {
            Ok(elapsed) => {
                report.asked.push(Asked::Span(*from, *until));
                (Cell::Integer(elapsed.floor_seconds()), Cell::Null)
            }
            Err(problem) => (Cell::Null, text(report.failed(problem))),
        };
        let row = [Cell::Instant(from.micros()), Cell::Instant(until.micros()), seconds, problem];
        report.table.push(&row);
    }
    Ok(report)
}
