//! Service hours: what a calendar says about instants, one by one or in whole columns.
//!
//! Goes in: a calendar by name, instants and spans. Comes out: one row per question asked, in the order asked.
//! **Invariant:** a row that cannot be computed has a problem by name and no value; all others are exact.
//! **Not here:** the clock itself (`clock`), pauses of a measure (`answer::score`).

mod deadline;
mod elapsed;
mod intervals;
mod moments;

pub use deadline::{BoundaryWord, DEADLINE, DeadlineQuery, DeadlineStart, deadline};
pub use elapsed::{ELAPSED, ElapsedQuery, SpanQuery, elapsed};
pub use intervals::{INTERVALS, IntervalsQuery, intervals};
pub use moments::{IS_OPEN, MOMENT, MomentQuery, is_open, next_close, next_open, previous_open};

use crate::base::{Argument, Error, Instant, Problem, Problems, Table};
use crate::clock::Clock;
use crate::ecosystem::Ecosystem;
use crate::model::calendar::CalendarIdx;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};

/// What a calendar says: one row per question asked.
#[derive(Clone)]
pub struct HoursReport {
    operation: &'static str,
    ecosystem: Ecosystem,
    calendar: CalendarIdx,
    table: Table,
    problems: Problems,
    asked: Vec<Asked>,
}

/// What was asked of one row, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The open time of a span.
    Span(Instant, Instant),
    /// An instant found from another.
    Found(Instant, Option<Instant>),
    /// Whether an instant is open.
    Open(Instant, bool),
    /// It could not be computed.
    Failed,
}

impl HoursReport {
    fn new(operation: &'static str, ecosystem: &Ecosystem, calendar: CalendarIdx, table: Table) -> Self {
        Self { operation, ecosystem: ecosystem.clone(), calendar, table, problems: Problems::new(), asked: Vec::new() }
    }
    /// Its rows.
    pub fn rows(&self) -> &Table {
        &self.table
    }
    fn clock(&self) -> &Clock {
        self.ecosystem.clock(self.calendar)
    }
    fn failed(&mut self, problem: Problem) -> &'static str {
        let name = problem.code().name;
        self.problems.push(problem, super::given::KEPT);
        self.asked.push(Asked::Failed);
        name
    }
}

/// The calendar of a name, or the problem of asking for it.
fn calendar(ecosystem: &Ecosystem, name: &str) -> Result<CalendarIdx, Error> {
    let calendars = &ecosystem.model().names.calendars;
    calendars.get(name).copied().ok_or_else(|| crate::ecosystem::asked("calendar", name, calendars.keys().map(String::as_str)))
}

/// How many intervals an explanation lists.
const LISTED: usize = 40;

impl Answer for HoursReport {
    fn operation(&self) -> &'static str {
        self.operation
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let Some(asked) = self.asked.get(row) else {
            return Err(no_such_row(row, self.asked.len()));
        };
        let clock = self.clock();
        let calendar = clock.calendar();
        let runs = Reason::new("clock-calendar")
            .with("calendar", Argument::name(calendar.id.as_str()))
            .with("zone", Argument::name(&*calendar.zone))
            .with("tzdb", Argument::name(&*self.stamp().tzdb));
        let reason = match *asked {
            Asked::Failed => Reason::new("clock-failed"),
            Asked::Open(at, open) => {
                let id = if open { "clock-open" } else { "clock-closed" };
                Reason::new(id).with("at", at)
            }
            Asked::Found(from, None) => Reason::new("clock-not-found").with("from", from),
            Asked::Found(from, Some(found)) => Reason::new("clock-found").with("from", from).with("found", found),
            Asked::Span(from, until) => Reason::new("clock-elapsed")
                .with("elapsed", clock.elapsed(from, until).unwrap_or(crate::base::Duration::ZERO))
                .with("from", from)
                .with("until", until),
        };
        let reason = reason.because(runs);
        Ok(match *asked {
            Asked::Span(from, until) | Asked::Found(from, Some(until)) => {
                reason.because_all(open_intervals(clock, from.min(until), from.max(until)))
            }
            _ => reason,
        })
    }
}

fn open_intervals(clock: &Clock, from: Instant, until: Instant) -> Vec<Reason> {
    let listed = clock.first_intervals(from, LISTED + 1).unwrap_or_default();
    let listed: Vec<_> = listed.into_iter().filter(|(start, _)| *start < until).collect();
    let line = |(start, end): &(Instant, Instant)| {
        let end = (*end).min(until);
        Reason::new("clock-interval").with("from", *start).with("until", end).with("length", end.since(*start))
    };
    let mut lines: Vec<Reason> = listed.iter().take(LISTED).map(line).collect();
    if listed.len() > LISTED {
        lines.push(Reason::new("and-more-intervals"));
    }
    lines
}
