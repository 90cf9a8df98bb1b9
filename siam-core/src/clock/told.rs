//! Which days of a stretch counted, which did not, and why.
//!
//! Goes in: a clock, two instants. Comes out: days in a row of one kind, in order.
//! **Invariant:** the open time of the days adds up to what `elapsed` says; each civil day of the stretch is told once.
//! **Not here:** the words (`report::english`), the intervals (`clock`).

use super::Clock;
use crate::base::{Date, Duration, Instant, Problem};
use crate::model::calendar::{Combining, MonthDay};
use std::collections::BTreeMap;

/// Why days are as they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKind {
    /// They were open within the stretch.
    Counted,
    /// They are open, and the stretch touches closed time of theirs only.
    Outside,
    /// A holiday with its name, empty where it has none.
    Holiday(String),
    /// Their day of the week has no hours.
    NoHours,
    /// The hours that replace those of their date are none.
    Closed,
    /// A break covers their hours.
    Break,
    /// The zone skipped it: it never was.
    Skipped,
    /// A calendar that takes part in this one closes them.
    Excluded(String),
}

/// Days in a row of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// Why.
    pub kind: DayKind,
    /// The first of them.
    pub first: Date,
    /// The last of them.
    pub last: Date,
    /// How many.
    pub count: usize,
    /// Their open time within the stretch.
    pub open: Duration,
}

impl Clock {
    /// The days of a stretch, those in a row of one kind together.
    ///
    /// ```
    /// use siam_core::{Source, base::Instant, clock::DayKind, load};
    /// let text = "{siam: 1, calendars: {office: {hours: {mon-fri: 09:00-17:00}, holidays: {2026-12-25: Christmas}}}}";
    /// let ecosystem = load(&[Source::text("hours", text)])?;
    /// let at = |text| Instant::parse(text).unwrap();
    /// let days = ecosystem.clock_named("office")?.days_between(at("2026-12-24T12:00:00Z"), at("2026-12-28T10:00:00Z"))?;
    /// let kinds: Vec<_> = days.iter().map(|days| (&days.kind, days.count, days.open.floor_seconds() / 3_600)).collect();
    /// let christmas = DayKind::Holiday("Christmas".into());
    /// assert_eq!(kinds, [(&DayKind::Counted, 1, 5), (&christmas, 1, 0), (&DayKind::NoHours, 2, 0), (&DayKind::Counted, 1, 1)]);
    /// # Ok::<(), siam_core::base::Error>(())
    /// ```
    pub fn days_between(&self, from: Instant, until: Instant) -> Result<Vec<Days>, Problem> {
        let mut told: Vec<Days> = Vec::new();
        if from >= until {
            return Ok(told);
        }
        let date = |at: Instant| self.zone().date_of(at).ok_or_else(|| super::beyond(at));
        let (first, last) = (date(from)?, date(Instant(until.0 - 1))?);
        // A fold at midnight brings the evening before back: the days are those that either end names.
        let (first, last) = (first.min(last), first.max(last));
        let recurring = self.all_recurring(first, last);
        for date in (first.to_days()..=last.to_days()).filter_map(Date::from_days) {
            let (start, end) = self.civil_day(date);
            let open = self.elapsed_or_zero(start.max(from), end.min(until))?;
            let kind = if start == end {
                DayKind::Skipped
            } else if open > Duration::ZERO {
                DayKind::Counted
            } else if self.elapsed(start, end)? > Duration::ZERO {
                DayKind::Outside
            } else {
                self.why_closed(date, &recurring)?
            };
            match told.last_mut() {
                Some(days) if days.kind == kind && days.last.plus_days(1) == Some(date) => {
                    (days.last, days.count) = (date, days.count + 1);
                    days.open = Duration(days.open.0.saturating_add(open.0));
                }
                _ => told.push(Days { kind, first: date, last: date, count: 1, open }),
            }
        }
        Ok(told)
    }
    /// Holidays that come again without an end, of this calendar and of those it is made of, by calendar.
    fn all_recurring(&self, first: Date, last: Date) -> BTreeMap<String, BTreeMap<Date, String>> {
        let (mut found, mut left) = (BTreeMap::new(), vec![self]);
        while let Some(clock) = left.pop() {
            let id = clock.plan.calendar.id.as_str();
            if !found.contains_key(id) {
                let days = clock.plan.recurring_holidays(first.to_days().into(), i64::from(last.to_days()) + 1);
                found.insert(id.to_owned(), days.into_iter().map(|(date, name)| (date, name.to_owned())).collect());
                left.extend(clock.parts.iter().map(|part| &**part));
            }
        }
        found
    }
    /// Why a day has no open time.
    fn why_closed(&self, date: Date, recurring: &BTreeMap<String, BTreeMap<Date, String>>) -> Result<DayKind, Problem> {
        let mut clock = self;
        // Calendars are made of calendars no deeper than their check allows.
        while let Some(made) = &clock.plan.calendar.made_of {
            let day = |part: &Clock| {
                let (start, end) = part.civil_day(date);
                part.elapsed_or_zero(start, end).map(|open| open > Duration::ZERO)
            };
            let named = |part: &Clock| DayKind::Excluded(part.plan.calendar.id.as_str().to_owned());
            let Some((first, rest)) = clock.parts.split_first() else { return Ok(DayKind::NoHours) };
            match made.combining {
                Combining::Union => clock = first,
                Combining::Intersection => {
                    for part in &clock.parts {
                        if !day(part)? {
                            return Ok(named(part));
                        }
                    }
                    return Ok(DayKind::Break);
                }
                Combining::Difference if day(first)? => {
                    for part in rest {
                        if day(part)? {
                            return Ok(named(part));
                        }
                    }
                    return Ok(DayKind::Break);
                }
                Combining::Difference => clock = first,
            }
        }
        let calendar = &clock.plan.calendar;
        let annual = calendar.annual_holidays.get(&MonthDay { month: date.month(), day: date.day() });
        let again = recurring.get(calendar.id.as_str()).and_then(|days| days.get(&date));
        if let Some(name) = calendar.holidays.get(&date).or(annual).or(again) {
            return Ok(DayKind::Holiday(name.clone()));
        }
        Ok(match calendar.overrides.get(&date) {
            Some(hours) if hours.is_empty() => DayKind::Closed,
            Some(_) => DayKind::Break,
            None if calendar.weekly.get(usize::from(date.weekday())).is_none_or(Vec::is_empty) => DayKind::NoHours,
            None => DayKind::Break,
        })
    }
}
