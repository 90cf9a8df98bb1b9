//! Service clocks: how long a calendar was open, when a target falls due, and which days are working days.
//!
//! Goes in: a checked calendar; instants, durations, dates. Comes out: exact open time, deadlines, intervals, periods.
//! **Invariant:** every answer comes from one list of open intervals; an instant outside the computed years is a problem, never moved.
//! **Not here:** reading calendars (`document`), what pauses a measure (`evidence`, `answer::score`).

mod compile;
mod days;
mod lookup;
mod period;
#[cfg(test)]
mod tests;
mod told;

pub use crate::base::zone::{Reading, Zone, nearest_zone, tzdb_version};
pub use crate::base::zones::ZoneDatabase;
pub use days::{DayCount, DayRule, DayStart, DayTime, DaysEnd, DaysFrom};
pub use lookup::{Lookup, NOT_COMPUTED};
pub use period::{period, periods};
pub use told::{DayKind, Days};

use crate::base::{Argument, Duration, Instant, Place, Problem, codes};
use crate::model::calendar::Calendar;
use compile::{BLOCKS, Block, HIGH, LOW, Plan, Span, block_of};
use std::sync::{Arc, OnceLock};

/// Which end of a closed stretch a deadline takes when the time is used up exactly at its edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Boundary {
    /// The instant at which the time is used up: the closing; backwards the opening.
    #[default]
    Same,
    /// The other end: the next opening; backwards the closing before.
    Next,
}

/// A compiled calendar. Blocks of years are compiled when first asked for; clones share nothing, so wrap it in an `Arc`.
#[derive(Debug, Clone)]
pub struct Clock {
    plan: Plan,
    /// The clocks of the calendars it is made of, where it is.
    parts: Vec<Arc<Clock>>,
    blocks: Box<[OnceLock<Block>]>,
}

impl Clock {
    /// Prepares a calendar; the problem is a zone that the bundled database does not know.
    ///
    /// ```
    /// use siam_core::base::{Duration, Instant};
    /// use siam_core::clock::{Boundary, Clock};
    /// use siam_core::model::calendar::{Calendar, Hours, WallTimes};
    ///
    /// let office = [Hours { from: 9 * 3600, until: 17 * 3600 }].to_vec();
    /// let calendar = Calendar {
    ///     id: "office".parse().unwrap(),
    ///     zone: "Europe/London".into(),
    ///     wall_times: WallTimes::default(),
    ///     weekly: std::array::from_fn(|day| if day < 5 { office.clone() } else { Vec::new() }),
    ///     weekly_breaks: Default::default(),
    ///     overrides: Default::default(),
    ///     breaks: Default::default(),
    ///     holidays: Default::default(),
    ///     annual_holidays: Default::default(),
    ///     events: Vec::new(),
    ///     own_zone: true,
    ///     made_of: None,
    /// };
    /// let clock = Clock::compile(&calendar)?;
    /// let friday = Instant::parse("2026-10-23T15:00:00Z").unwrap();
    /// let due = clock.deadline(friday, Duration::parse("4h").unwrap(), Boundary::Same)?;
    /// assert_eq!(due.to_string(), "2026-10-26T12:00:00Z"); // an hour on Friday, then the clocks went back
    /// assert_eq!(clock.elapsed(friday, due)?.to_string(), "4 h");
    /// # Ok::<(), siam_core::base::Problem>(())
    /// ```
    pub fn compile(calendar: &Calendar) -> Result<Self, Problem> {
        Ok(Self::compile_in(calendar, Zone::find(&calendar.zone)?, Vec::new()))
    }
    /// Prepares a calendar in a zone; where it is made of others, their clocks come in the same order.
    pub fn compile_in(calendar: &Calendar, zone: Zone, parts: Vec<Arc<Clock>>) -> Self {
        let plan = Plan::new(Calendar { zone: zone.name().to_owned(), ..calendar.clone() }, zone);
        Self { plan, parts, blocks: (0..BLOCKS).map(|_| OnceLock::new()).collect() }
    }
    /// The calendar it was compiled from.
    pub fn calendar(&self) -> &Calendar {
        &self.plan.calendar
    }
    /// The calendar's zone.
    pub fn zone(&self) -> &Zone {
        &self.plan.zone
    }
    /// The first and last instant it computes: the years 1900 to 2200 of every zone.
    pub fn horizon() -> (Instant, Instant) {
        (Instant(LOW), Instant(HIGH))
    }

    /// Open time from `from` to `until`; negative where `until` is the earlier.
    pub fn elapsed(&self, from: Instant, until: Instant) -> Result<Duration, Problem> {
        match self.between(from.0, until.0) {
            Some(micros) => Ok(Duration(micros)),
            None => Err(beyond(if (LOW..=HIGH).contains(&from.0) { until } else { from })),
        }
    }
    /// Open time from `from` to `until`; none at all where `until` is the earlier.
    pub fn elapsed_or_zero(&self, from: Instant, until: Instant) -> Result<Duration, Problem> {
        Ok(self.elapsed(from, until)?.max(Duration::ZERO))
    }
    /// Open time from `from` to `until` outside the pauses, which may overlap and come in any order.
    pub fn elapsed_without(&self, from: Instant, until: Instant, pauses: &[(Instant, Instant)]) -> Result<Duration, Problem> {
        let (first, last) = (from.min(until), from.max(until));
        let mut left = self.elapsed(first, last)?.0;
        let mut pauses: Vec<Span> = pauses.iter().map(|pause| (pause.0.max(first).0, pause.1.min(last).0)).collect();
        pauses.sort_unstable();
        let mut passed = first.0;
        for (start, end) in pauses {
            let start = start.max(passed);
            if start < end {
                left -= self.between(start, end).unwrap_or(0);
                passed = end;
            }
        }
        Ok(Duration(if from <= until { left } else { -left }))
    }

    /// The earliest instant by which `amount` of open time has passed since `from`, or under [`Boundary::Next`] the next opening.
    ///
    /// No time ends at `from` where it is open and at the next opening otherwise; a negative amount counts back.
    pub fn deadline(&self, from: Instant, amount: Duration, boundary: Boundary) -> Result<Instant, Problem> {
        if amount < Duration::ZERO {
            return self.deadline_back(from, Duration(amount.0.saturating_neg()), boundary);
        }
        if amount == Duration::ZERO {
            return self.next_open(from);
        }
        let first = slot(from)?;
        let mut left = self.block(first).opened(from.0).saturating_add(amount.0);
        for number in first..BLOCKS {
            let block = self.block(number);
            if left <= block.total {
                let due = Instant(block.earliest(left));
                return if boundary == Boundary::Same { Ok(due) } else { self.next_open(due) };
            }
            left -= block.total;
        }
        Err(self.never())
    }
    /// The latest instant from which `amount` of open time passes until `from`, or under [`Boundary::Next`] the closing before.
    ///
    /// No time begins at `from` where the time just before it is open and at the closing before otherwise.
    pub fn deadline_back(&self, from: Instant, amount: Duration, boundary: Boundary) -> Result<Instant, Problem> {
        if amount < Duration::ZERO {
            return self.deadline(from, Duration(amount.0.saturating_neg()), boundary);
        }
        if amount == Duration::ZERO {
            return self.previous_open(from);
        }
        let mut number = slot(from)?;
        let mut left = self.block(number).opened(from.0).saturating_sub(amount.0);
        while left < 0 {
            number = number.checked_sub(1).ok_or_else(|| self.never())?;
            left += self.block(number).total;
        }
        let begun = Instant(self.block(number).latest(left));
        if boundary == Boundary::Same { Ok(begun) } else { self.previous_open(begun) }
    }

    /// Whether an instant is open.
    pub fn is_open(&self, at: Instant) -> Result<bool, Problem> {
        Ok(self.block(slot(at)?).is_open(at.0))
    }
    /// The instant itself where it is open, else the next opening.
    pub fn next_open(&self, at: Instant) -> Result<Instant, Problem> {
        let first = slot(at)?;
        self.pieces(first, at.0).next().map(|(start, _)| at.max(Instant(start))).ok_or_else(|| self.never())
    }
    /// The first closing after an instant; none where the calendar does not close again within the computed years.
    pub fn next_close(&self, at: Instant) -> Result<Option<Instant>, Problem> {
        let first = slot(at)?;
        Ok(joined(self.pieces(first, at.0)).next().map(|(_, end)| Instant(end)).filter(|end| end.0 < HIGH))
    }
    /// The latest instant, up to this one, just before which the calendar is open: itself, or the closing before.
    pub fn previous_open(&self, at: Instant) -> Result<Instant, Problem> {
        for number in (0..=slot(at)?).rev() {
            let block = self.block(number);
            if let Some(last) = block.starts.partition_point(|&start| start < at.0).checked_sub(1) {
                return Ok(at.min(Instant(block.ends[last])));
            }
        }
        Err(self.never())
    }
    /// The open intervals between two instants, the outermost cut at them.
    pub fn intervals(&self, from: Instant, until: Instant) -> Result<Vec<(Instant, Instant)>, Problem> {
        let first = slot(from)?;
        slot(until)?;
        let within = self.pieces(first, from.0).take_while(|piece| piece.0 < until.0);
        let cut = joined(within).map(|(start, end)| (Instant(start).max(from), Instant(end).min(until)));
        Ok(cut.filter(|interval| interval.0 < interval.1).collect())
    }
    /// The first `count` open intervals after an instant, fewer where the calendar stops opening; the first is cut at the instant.
    pub fn first_intervals(&self, from: Instant, count: usize) -> Result<Vec<(Instant, Instant)>, Problem> {
        let pieces = self.pieces(slot(from)?, from.0);
        Ok(joined(pieces).take(count).map(|(start, end)| (Instant(start).max(from), Instant(end))).collect())
    }
    /// The instant a wall time of the calendar's zone means under its policy (microseconds since 1970-01-01T00:00 of that clock).
    pub fn wall_to_instant(&self, wall: i64) -> Instant {
        self.plan.zone.instant_of_wall(wall, self.plan.calendar.wall_times)
    }

    fn block(&self, number: usize) -> &Block {
        self.blocks[number].get_or_init(|| match &self.plan.calendar.made_of {
            // Deep only as far as calendars may be made of calendars.
            Some(made) => Block::combined(made.combining, self.parts.iter().map(|part| part.block(number))),
            None => self.plan.block(number),
        })
    }
    /// Open time between two instants, signed; none where one of them is not computed.
    fn between(&self, from: i64, until: i64) -> Option<i64> {
        let known = LOW..=HIGH;
        if !known.contains(&from) || !known.contains(&until) {
            return None;
        }
        let (first, last) = (block_of(from), block_of(until));
        let ends = self.block(last).opened(until) - self.block(first).opened(from);
        if first == last {
            return Some(ends);
        }
        let whole: i64 = (first.min(last)..first.max(last)).map(|number| self.block(number).total).sum();
        Some(if first < last { ends + whole } else { ends - whole })
    }
    /// The intervals of the blocks from `first` that end after an instant, cut where blocks meet.
    fn pieces(&self, first: usize, after: i64) -> impl Iterator<Item = Span> {
        (first..BLOCKS).flat_map(move |number| {
            let block = self.block(number);
            let skip = block.ends.partition_point(|&end| end <= after);
            block.starts[skip..].iter().copied().zip(block.ends[skip..].iter().copied())
        })
    }
    fn never(&self) -> Problem {
        let name = self.plan.calendar.id.as_str().to_owned();
        Problem::new(&codes::NEVER_OPEN, Place::Nowhere).with("calendar", Argument::User(name))
    }
}

/// Pieces that touch, as one.
fn joined(pieces: impl Iterator<Item = Span>) -> impl Iterator<Item = Span> {
    let mut pieces = pieces.peekable();
    std::iter::from_fn(move || {
        let (start, mut end) = pieces.next()?;
        while let Some((_, further)) = pieces.next_if(|next| next.0 == end) {
            end = further;
        }
        Some((start, end))
    })
}

fn slot(at: Instant) -> Result<usize, Problem> {
    if (LOW..=HIGH).contains(&at.0) { Ok(block_of(at.0)) } else { Err(beyond(at)) }
}

#[cold]
fn beyond(at: Instant) -> Problem {
    Problem::new(&codes::BEYOND_HORIZON, Place::Nowhere).with("at", at).with("low", 1900_i64).with("high", 2200_i64)
}
