//! Working Days: counting them and moving by them.
//!
//! Goes in: dates, or instants with their wall-clock time. Comes out: counts, dates, instants.
//! **Invariant:** a Working Day is a civil day of the calendar's zone with open time on it.
//! **Not here:** open hours as time (`clock`), targets in Working Days (`model`).

use super::Clock;
use crate::base::zone::DAY;
use crate::base::{Date, Instant, Problem};
pub use crate::model::allowance::{DayRule, DaysEnd, DaysFrom};

/// Which of its two ends a count of Working Days includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DayCount {
    /// Not the first day, but the last: from a Monday to the Tuesday is 1.
    #[default]
    AfterFirst,
    /// The first day, but not the last: from a Friday to the Saturday is 1.
    FromFirst,
    /// Both: from a Monday to the same Monday is 1.
    Both,
}

/// Where a move by Working Days starts on a day that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DayStart {
    /// There: one Working Day after a Sunday is the Monday.
    #[default]
    Step,
    /// At the nearest Working Day in the direction of the move: one Working Day after a Sunday is the Tuesday.
    Roll,
}

/// What becomes of the time of day when an instant is moved by Working Days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DayTime {
    /// It is kept, open or not.
    #[default]
    Keep,
    /// A closed time moves to the next opening, or backwards to the closing before.
    Snap,
}

impl Clock {
    /// Whether the calendar opens at all on a day.
    pub fn is_working_day(&self, date: Date) -> Result<bool, Problem> {
        let end = date.plus_days(1).map_or(Instant::MAX, |next| self.zone().day_start(next));
        Ok(self.elapsed(self.zone().day_start(date), end)?.0 > 0)
    }
    /// How many Working Days lie between two dates; negative where `until` is the earlier.
    pub fn working_days_between(&self, from: Date, until: Date, count: DayCount) -> Result<i64, Problem> {
        if until < from {
            return Ok(-self.working_days_between(until, from, count)?);
        }
        let (first, last) = match count {
            DayCount::AfterFirst => (from.to_days() + 1, until.to_days()),
            DayCount::FromFirst => (from.to_days(), until.to_days() - 1),
            DayCount::Both => (from.to_days(), until.to_days()),
        };
        let mut days = 0;
        for date in (first..=last).filter_map(Date::from_days) {
            days += i64::from(self.is_working_day(date)?);
        }
        Ok(days)
    }
    /// The date `days` Working Days later, or earlier where negative; no days leave it as it is.
    pub fn add_working_days(&self, from: Date, days: i64, start: DayStart) -> Result<Date, Problem> {
        let mut date = from;
        let mut left = days.unsigned_abs();
        if left > 0 && start == DayStart::Roll && !self.is_working_day(date)? {
            left += 1;
        }
        for _ in 0..left {
            date = if days < 0 { self.working_day_before(date)? } else { self.working_day_after(date)? };
        }
        Ok(date)
    }
    /// The first Working Day after a date.
    pub fn working_day_after(&self, date: Date) -> Result<Date, Problem> {
        let next = date.plus_days(1).ok_or_else(|| self.never())?;
        let open = self.next_open(self.zone().day_start(next))?;
        // Where a fold brings the evening before back, its day has passed all the same.
        self.zone().date_of(open).map(|day| day.max(next)).ok_or_else(|| self.never())
    }
    /// The last Working Day before a date.
    pub fn working_day_before(&self, date: Date) -> Result<Date, Problem> {
        let last = date.plus_days(-1).ok_or_else(|| self.never())?;
        let open = self.previous_open(self.zone().day_start(date))?;
        self.zone().date_of(Instant(open.0 - 1)).map(|day| day.min(last)).ok_or_else(|| self.never())
    }
    /// The instant `days` Working Days later at the same time of day, or earlier where negative.
    pub fn add_working_days_at(&self, from: Instant, days: i64, start: DayStart, time: DayTime) -> Result<Instant, Problem> {
        let wall = self.zone().wall_of(from);
        let date = self.zone().date_of(from).ok_or_else(|| super::beyond(from))?;
        let moved = self.add_working_days(date, days, start)?;
        let at = self.wall_to_instant(i64::from(moved.to_days()) * DAY + wall.rem_euclid(DAY));
        let at = if moved == date { from } else { at };
        match time {
            DayTime::Keep => Ok(at),
            DayTime::Snap if days < 0 => self.previous_open(at),
            DayTime::Snap => self.next_open(at),
        }
    }
}

impl Clock {
    /// When `days` Working Days after an instant are over. A day whose open time lies wholly in pauses, which come in order and do not
    /// overlap, does not count.
    ///
    /// ```
    /// use siam_core::{Source, base::Instant, clock::DayRule, load};
    /// let text = "{siam: 1, calendars: {office: {hours: {mon-fri: 09:00-17:00}, holidays: [2026-12-25]}}}";
    /// let ecosystem = load(&[Source::text("hours", text)])?;
    /// let wednesday = Instant::parse("2026-12-23T20:00:00Z").unwrap();
    /// let due = ecosystem.clock_named("office")?.working_days_due(wednesday, 2, DayRule::default(), &[])?;
    /// assert_eq!(due.to_string(), "2026-12-28T17:00:00Z"); // Thursday, not Christmas Day, Monday
    /// # Ok::<(), siam_core::Error>(())
    /// ```
    pub fn working_days_due(
        &self,
        from: Instant,
        days: u32,
        rule: DayRule,
        pauses: &[(Instant, Instant)],
    ) -> Result<Instant, Problem> {
        let begun = match rule.from {
            DaysFrom::StartDay => from,
            DaysFrom::NextOpening => self.next_open(from)?,
        };
        let mut date = self.zone().date_of(begun).ok_or_else(|| super::beyond(begun))?;
        let mut left = days;
        while left > 0 {
            date = self.working_day_after(date)?;
            let (start, end) = self.civil_day(date);
            let first = pauses.partition_point(|(_, over)| *over <= start);
            let within = pauses.get(first..).unwrap_or_default();
            if within.first().is_some_and(|(begun, _)| *begun < end) && self.elapsed_without(start, end, within)?.0 == 0 {
                // Days of a long pause are passed over together.
                let over = within.first().map_or(end, |(_, over)| *over);
                let last = self.zone().date_of(Instant(over.0.saturating_sub(1))).ok_or_else(|| self.never())?;
                date = date.max(last.plus_days(-1).unwrap_or(last));
                continue;
            }
            left -= 1;
        }
        let (start, end) = self.civil_day(date);
        let at = match rule.end {
            DaysEnd::Closing => self.previous_open(end)?,
            DaysEnd::Midnight => end,
            DaysEnd::SameTime => {
                let time = self.zone().wall_of(begun).rem_euclid(DAY);
                self.wall_to_instant(i64::from(date.to_days()) * DAY + time).max(start).min(end)
            }
        };
        Ok(at.max(begun))
    }
    /// The instants at which a civil day of the calendar's zone begins and ends; the same where the zone skipped it.
    pub fn civil_day(&self, date: Date) -> (Instant, Instant) {
        let end = date.plus_days(1).map_or(Instant::MAX, |next| self.zone().day_start(next));
        (self.zone().day_start(date), end)
    }
}
