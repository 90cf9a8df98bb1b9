//! Service hours: what a calendar says about instants, one by one or in whole columns.
//!
//! Goes in: a calendar by name, instants and spans. Comes out: one row per question asked, in the order asked.
//! **Invariant:** a row that cannot be computed has a problem by name and no value; all others are exact.
//! **Not here:** the clock itself (`clock`), pauses of a measure (`answer::score`).

mod days;
mod deadline;
mod elapsed;
mod intervals;
mod moments;

pub(in crate::answer) use days::closed_days;
pub use deadline::{BoundaryWord, DEADLINE, DeadlineQuery, DeadlineStart, deadline};
pub use elapsed::{ELAPSED, ElapsedQuery, SpanQuery, elapsed};
pub use intervals::{INTERVALS, IntervalsQuery, intervals};
pub use moments::{IS_OPEN, MOMENT, MomentQuery, is_open, next_close, next_open, previous_open};

use crate::base::{Argument, Error, Instant, Problem, Problems, Table};
use crate::clock::{Clock, DayRule};
use crate::ecosystem::Ecosystem;
use crate::model::calendar::CalendarIdx;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a calendar says: one row per question asked.
#[derive(Clone)]
pub struct HoursReport {
    operation: &'static str,
    ecosystem: Ecosystem,
    calendar: CalendarIdx,
    table: Table,
    problems: Problems,
    asked: Vec<Asked>,
    /// The clocks of rows that name a zone, by zone.
    zones: BTreeMap<String, Arc<Clock>>,
    /// The zone each row names; empty where none does.
    zone_of: Vec<Option<String>>,
}

/// What was asked of one row, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The open time of a span.
    Span(Instant, Instant),
    /// When a number of Working Days from an instant is over.
    Days(Instant, u32, DayRule, Instant),
    /// An instant found from another.
    Found(Instant, Option<Instant>),
    /// Whether an instant is open.
    Open(Instant, bool),
    /// It could not be computed.
    Failed,
}

impl HoursReport {
    fn new(operation: &'static str, ecosystem: &Ecosystem, calendar: CalendarIdx, table: Table) -> Self {
        Self {
            operation,
            ecosystem: ecosystem.clone(),
            calendar,
            table,
            problems: Problems::new(),
            asked: Vec::new(),
            zones: BTreeMap::new(),
            zone_of: Vec::new(),
        }
    }
    /// Its rows.
    pub fn rows(&self) -> &Table {
        &self.table
    }
    fn clock(&self) -> &Clock {
        self.ecosystem.clock(self.calendar)
    }
    /// The clock of the calendar in a zone that a row names, compiled once.
    fn clock_in(&mut self, zone: Option<&str>) -> Result<&Clock, Problem> {
        let Some(name) = zone else { return Ok(self.clock()) };
        if !self.zones.contains_key(name) {
            let zone = self.ecosystem.model().zones.find(name)?;
            self.zones.insert(name.to_owned(), self.ecosystem.clock_in(self.calendar, &zone));
        }
        Ok(self.zones.get(name).map_or_else(|| self.ecosystem.clock(self.calendar), |clock| &**clock))
    }
    /// The clock that a row was computed with.
    fn clock_of(&self, row: usize) -> &Clock {
        let own = self.zone_of.get(row).and_then(Option::as_ref).and_then(|name| self.zones.get(name));
        own.map_or_else(|| self.clock(), |clock| &**clock)
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
        let clock = self.clock_of(row);
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
            Asked::Days(from, days, rule, due) => {
                let over = Reason::new("score-days-due").with("from", from).with("days", days).with("due", due);
                over.because(crate::answer::score::day_rule(rule))
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
                let days = days::days(clock, from, until);
                reason.because_all(open_intervals(clock, from.min(until), from.max(until))).because_all(days)
            }
            Asked::Days(from, _, _, due) => reason.because_all(days::days(clock, from, due)),
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
