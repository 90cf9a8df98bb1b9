//! Over what time a measure is taken: the period asked for, or a longer one that ends with it.
//!
//! Goes in: a measure and a period as asked. Comes out: the time whose cases are pooled, and whether the measure's own period is over.
//! **Invariant:** the time holds the period as asked; cases are counted anew over all of it, never averaged.
//! **Not here:** what is counted (`walk`, `records`, `outages`).
//!
//! A measure of a quarter shows in October what October came to, in November October and November together, both to date; the value
//! that stands is that of December. A rolling quarter shows in each month that month and the two before it.

use crate::base::{Date, Instant, Period, Zone};
use crate::ecosystem::Ecosystem;
use crate::model::agreement::{Agreement, Measure, MeasurePeriod};
use crate::model::dated::Validity;

/// The time over which a measure is taken where a period is asked for.
pub(in crate::answer) struct Window {
    /// The period as asked.
    pub asked: Period,
    /// The time whose cases are counted, under the label of the period.
    pub counted: Period,
    /// The first instant at which the measure holds, from which its target is taken; before the measure holds where that is later.
    pub anchor: Instant,
    /// Whether the measure's own period goes on after the period.
    pub to_date: bool,
}

impl Window {
    /// The windows of a measure that end with each of some periods.
    pub fn all(ecosystem: &Ecosystem, measure: &Measure, agreement: &Agreement, periods: &[Period]) -> Vec<Self> {
        let (zone, validity) = (&ecosystem.model().zone, measure.validity.and(agreement.validity));
        periods.iter().map(|period| Self::of(zone, measure, validity, period)).collect()
    }
    /// The part of the counted time in which a measure holds and that is known: its first instant, and the first after it.
    pub fn held(&self, validity: Validity, as_of: i64) -> (Instant, Instant) {
        // What is not known yet cannot be open at the end.
        let known = Instant(as_of.saturating_add(1));
        (self.counted.from().max(validity.from), self.counted.until().min(validity.until).min(known))
    }
    /// The window of a measure that ends with a period.
    pub fn of(zone: &Zone, measure: &Measure, validity: Validity, period: &Period) -> Self {
        let last = zone.date_of(Instant(period.until().micros().saturating_sub(1)));
        let span = last.and_then(|last| span(measure, last, zone.date_of(period.until())));
        let (from, until) = match span {
            Some((first, after)) => (zone.day_start(first).min(period.from()), zone.day_start(after)),
            None => (period.from(), period.until()),
        };
        let counted = Period::new(period.label(), from, period.until()).unwrap_or_else(|| period.clone());
        let rolling = matches!(measure.counting.period, MeasurePeriod::RollingQuarter | MeasurePeriod::RollingYear);
        // What rolls is held to the target of the period it is shown in; a quarter is held to that of its beginning.
        let first = if rolling { period.from() } else { from };
        let anchor = first.max(validity.from);
        Self { asked: period.clone(), counted, anchor, to_date: period.until() < until.min(validity.until) }
    }
}

/// The first day of a measure's own period that holds a day, and the first after it; none of a month, which is what was asked for.
fn span(measure: &Measure, last: Date, after: Option<Date>) -> Option<(Date, Date)> {
    match measure.counting.period {
        MeasurePeriod::Month => None,
        MeasurePeriod::Quarter => {
            let first = Date::new(last.year(), (last.month() - 1) / 3 * 3 + 1, 1)?;
            Some((first, months(first, 3)?))
        }
        MeasurePeriod::ContractYear => {
            let (month, day) = measure.counting.year_starts?;
            let this = anniversary(last.year(), month, day)?;
            let year = if this <= last { last.year() } else { last.year() - 1 };
            Some((anniversary(year, month, day)?, anniversary(year + 1, month, day)?))
        }
        MeasurePeriod::RollingQuarter => after.and_then(|after| Some((months(after, -3)?, after))),
        MeasurePeriod::RollingYear => after.and_then(|after| Some((months(after, -12)?, after))),
    }
}

/// A day of a year; 29 February of a year without it is 1 March.
fn anniversary(year: i16, month: u8, day: u8) -> Option<Date> {
    Date::new(year, month, day).or_else(|| Date::new(year, 3, 1))
}

/// A day some months later or earlier; where the month is shorter, its last day.
fn months(day: Date, count: i32) -> Option<Date> {
    let months = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + count;
    let (year, month) = (i16::try_from(months.div_euclid(12)).ok()?, u8::try_from(months.rem_euclid(12) + 1).ok()?);
    (1..=day.day()).rev().find_map(|day| Date::new(year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_with_their_last_day() {
        let date = |text: &str| Date::parse(text).unwrap();
        assert_eq!(months(date("2026-05-31"), -3), Some(date("2026-02-28")));
        assert_eq!(months(date("2026-01-01"), -3), Some(date("2025-10-01")));
        assert_eq!(months(date("2026-11-15"), 3), Some(date("2027-02-15")));
        assert_eq!(anniversary(2027, 2, 29), Some(date("2027-03-01")));
    }
}
