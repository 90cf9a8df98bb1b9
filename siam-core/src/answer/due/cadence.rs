//! The days of a cadence: every so many weeks, on a day of months, on a working day of months.
//!
//! Goes in: a checked cadence, a first and a last day. Comes out: the days between them in order, or why a month has none.
//! **Invariant:** days are counted from `first` and never before it; a shorter month takes its last day; the days do not depend on
//! which stretch of them is asked for.
//! **Not here:** what is due on them (`walk`), which days are open (`clock`).

use crate::base::{Argument, Date, Place, Problem, codes};
use crate::ecosystem::Ecosystem;
use crate::model::cadence::{Cadence, DayOfMonth};
use crate::model::calendar::CalendarIdx;

/// A day on which something recurs, or the problem of a month that has none.
pub(super) type Day = Result<Date, (Date, Problem)>;

/// The days of a cadence from one day until another, both included; a month without its day stands with its last one.
pub(super) fn days(ecosystem: &Ecosystem, cadence: &Cadence, from: Date, last: Date) -> Vec<Day> {
    let from = cadence.first.map_or(from, |first| first.max(from));
    if from > last {
        return Vec::new();
    }
    match (cadence.every.days(), cadence.first) {
        (Some(step), Some(first)) => weeks(first, step, from, last).map(Ok).collect(),
        // The check refuses weeks without a first day.
        (Some(_), None) => Vec::new(),
        (None, _) => months(ecosystem, cadence, from, last),
    }
}

/// Every `step` days from `first`, between two days.
fn weeks(first: Date, step: i32, from: Date, last: Date) -> impl Iterator<Item = Date> {
    let gone = from.to_days() - first.to_days();
    let start = first.to_days() + (gone + step - 1).div_euclid(step) * step;
    let count = usize::try_from(step).unwrap_or(1);
    (start..=last.to_days()).step_by(count).filter_map(Date::from_days)
}

fn months(ecosystem: &Ecosystem, cadence: &Cadence, from: Date, last: Date) -> Vec<Day> {
    let step = i32::try_from(cadence.every.months().unwrap_or(1)).unwrap_or(1);
    let begin = cadence.first.map_or(0, month_of);
    let mut found = Vec::new();
    for month in month_of(from)..=month_of(last) {
        if (month - begin).rem_euclid(step) != 0 {
            continue;
        }
        let Some(end) = month_end(month) else { continue };
        let day = match cadence.day {
            DayOfMonth::Day(day) => Ok(day_of(month, day).unwrap_or(end)),
            DayOfMonth::Working(number) => working_day(ecosystem, cadence.calendar, end, number).map_err(|fault| (end, fault)),
        };
        let on = match &day {
            Ok(on) | Err((on, _)) => *on,
        };
        if from <= on && on <= last {
            found.push(day);
        }
    }
    found
}

/// The number of a month, counted from January of the year 0.
pub(super) fn month_of(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month()) - 1
}

/// A day of a month, the month's last day where it is shorter; none beyond the years there are.
pub(super) fn day_of(month: i32, day: u32) -> Option<Date> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    let of_year = u8::try_from(month.rem_euclid(12) + 1).ok()?;
    let day = u8::try_from(day.min(31)).ok()?;
    (day.min(28)..=day).rev().find_map(|day| Date::new(year, of_year, day))
}

fn month_end(month: i32) -> Option<Date> {
    day_of(month, 31)
}

/// The same day so many months before, clamped to the month's end: 31 August less 6 months is 28 or 29 February.
pub(super) fn months_before(day: Date, months: u32) -> Option<Date> {
    day_of(month_of(day).checked_sub(i32::try_from(months).ok()?)?, day.day().into())
}

/// The working day of a number in the month that ends on a day; Monday to Friday where no calendar is named.
fn working_day(ecosystem: &Ecosystem, calendar: Option<CalendarIdx>, end: Date, number: u32) -> Result<Date, Problem> {
    let mut given = 0;
    let first = end.to_days() - i32::from(end.day()) + 1;
    for day in (first..=end.to_days()).filter_map(Date::from_days) {
        let open = match calendar {
            Some(calendar) => ecosystem.clock(calendar).is_working_day(day)?,
            None => day.weekday() < 5,
        };
        given += u32::from(open);
        if open && given == number {
            return Ok(day);
        }
    }
    let name = calendar.and_then(|calendar| ecosystem.model().calendars.get(calendar));
    let name = name.map_or(Argument::from("Monday to Friday"), |calendar| Argument::name(calendar.id.as_str()));
    let month = format!("{:04}-{:02}", end.year(), end.month());
    let problem = Problem::new(&codes::NO_SUCH_WORKING_DAY, Place::Nowhere).with("month", Argument::name(month));
    Err(problem.with("given", given).with("calendar", name).with("wanted", number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use crate::model::cadence::Every;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn ecosystem() -> Ecosystem {
        let text = "siam: 1\ncalendars:\n  office: {zone: Europe/London, hours: {mon-fri: 09:00-17:00}, \
holidays: [2027-01-01, 2027-01-04]}\n  once: {hours: {mon: 09:00-17:00}}\n";
        crate::load(&[Source::text("e", text)]).unwrap()
    }

    fn found(cadence: &Cadence, from: &str, last: &str) -> Vec<String> {
        let day = |day: &Day| match day {
            Ok(day) => day.to_string(),
            Err((_, problem)) => problem.code().name.to_owned(),
        };
        days(&ecosystem(), cadence, date(from), date(last)).iter().map(day).collect()
    }

    fn cadence(every: Every, first: Option<&str>, day: DayOfMonth) -> Cadence {
        Cadence { every, first: first.map(date), day, calendar: None }
    }

    #[test]
    fn weeks_are_counted_from_the_first_day_and_never_before_it() {
        let fortnight = cadence(Every::Fortnight, Some("2026-10-05"), DayOfMonth::Day(5));
        assert_eq!(found(&fortnight, "2026-09-01", "2026-11-02"), ["2026-10-05", "2026-10-19", "2026-11-02"]);
        assert_eq!(found(&fortnight, "2026-10-06", "2026-10-19"), ["2026-10-19"]);
        assert_eq!(found(&fortnight, "2026-10-06", "2026-10-18"), [""; 0]);
    }

    #[test]
    fn a_shorter_month_takes_its_last_day_and_the_next_has_its_own_again() {
        let month = cadence(Every::Month, None, DayOfMonth::Day(31));
        assert_eq!(found(&month, "2027-01-31", "2027-04-30"), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]);
        assert_eq!(found(&month, "2028-02-01", "2028-02-29"), ["2028-02-29"]);
    }

    #[test]
    fn quarters_count_from_january_or_from_the_month_of_the_first_day() {
        let plain = cadence(Every::Quarter, None, DayOfMonth::Day(10));
        assert_eq!(found(&plain, "2026-01-11", "2026-12-31"), ["2026-04-10", "2026-07-10", "2026-10-10"]);
        let own = cadence(Every::Quarter, Some("2026-02-15"), DayOfMonth::Day(15));
        assert_eq!(found(&own, "2025-01-01", "2026-12-31"), ["2026-02-15", "2026-05-15", "2026-08-15", "2026-11-15"]);
        let year = cadence(Every::Year, Some("2024-02-29"), DayOfMonth::Day(29));
        assert_eq!(found(&year, "2024-01-01", "2028-12-31").join(" "), "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29");
        let half = cadence(Every::HalfYear, None, DayOfMonth::Day(1));
        assert_eq!(found(&half, "2026-01-01", "2026-12-31"), ["2026-01-01", "2026-07-01"]);
    }

    #[test]
    fn working_days_pass_over_weekends_and_holidays() {
        let fifth = cadence(Every::Month, None, DayOfMonth::Working(5));
        // January 2027 begins on a Friday: 1, 4, 5, 6, 7 without holidays.
        assert_eq!(found(&fifth, "2027-01-01", "2027-01-31"), ["2027-01-07"]);
        // The calendar is closed on the 1st and the 4th: 5, 6, 7, 8, 11.
        let office = Cadence { calendar: ecosystem().model().names.calendars.get("office").copied(), ..fifth };
        assert_eq!(found(&office, "2027-01-01", "2027-01-31"), ["2027-01-11"]);
    }

    #[test]
    fn a_month_with_too_few_working_days_says_so() {
        let sixth = cadence(Every::Month, None, DayOfMonth::Working(6));
        let once = Cadence { calendar: ecosystem().model().names.calendars.get("once").copied(), ..sixth };
        assert_eq!(found(&once, "2027-02-01", "2027-02-28"), ["no-such-working-day"]);
        assert_eq!(found(&once, "2250-02-01", "2250-02-28"), ["beyond-horizon"]);
    }

    #[test]
    fn months_before_a_month_end_are_clamped() {
        assert_eq!(months_before(date("2026-08-31"), 6), Some(date("2026-02-28")));
        assert_eq!(months_before(date("2028-08-31"), 6), Some(date("2028-02-29")));
        assert_eq!(months_before(date("2026-12-31"), 3), Some(date("2026-09-30")));
        assert_eq!(months_before(date("2026-01-15"), 3), Some(date("2025-10-15")));
        assert_eq!(months_before(date("2026-01-15"), 0), Some(date("2026-01-15")));
        assert_eq!(months_before(date("0001-01-15"), 1), None);
    }
}
