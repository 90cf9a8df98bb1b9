//! Recurrence: on which days an event of an iCalendar text comes again (RFC 5545, 3.3.10).
//!
//! Goes in: an `RRULE` as written, the first day. Comes out: its days between two days, in order.
//! **Invariant:** the days do not depend on which stretch of them is asked for; a part that is not read is refused, never passed over.
//! **Not here:** times of day and zones (`icalendar`), which days a calendar closes (`clock`).

use crate::base::Date;
use std::collections::BTreeSet;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Every so many days.
    Daily,
    /// Every so many weeks.
    Weekly,
    /// Every so many months.
    Monthly,
    /// Every so many years.
    Yearly,
}

impl Frequency {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }
}

/// A rule of recurrence; which of its days are still before its end, `icalendar` knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// How often.
    pub frequency: Frequency,
    /// Every so many of them, from 1.
    pub interval: i32,
    months: Vec<u8>,
    /// Days of months, from their end where negative.
    month_days: Vec<i32>,
    /// Weekdays, Monday 0, with which of them in the month or year; 0 for each.
    weekdays: Vec<(i32, u8)>,
    /// Which of the days of a stretch, from its end where negative.
    positions: Vec<i32>,
    week_start: u8,
}

/// What a rule says about its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct End {
    /// How many times.
    pub count: Option<u32>,
    /// Until when, as written.
    pub until: Option<String>,
}

/// A part of a rule that is not what it should be, or that is not read.
#[derive(Debug, PartialEq, Eq)]
pub enum RuleFault {
    /// A value is not what its part takes.
    Bad,
    /// The part is known to the standard and not read here.
    NotRead(String),
}

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

fn weekday(text: &str) -> Option<u8> {
    DAYS.iter().position(|day| text.eq_ignore_ascii_case(day)).and_then(|at| u8::try_from(at).ok())
}

/// Whole numbers with a comma between them, none of them 0.
fn numbers(text: &str, most: i32) -> Option<Vec<i32>> {
    let read = |part: &str| part.trim().parse::<i32>().ok().filter(|value| *value != 0 && value.abs() <= most);
    text.split(',').map(read).collect()
}

impl Rule {
    /// The rule and its end as written in `RRULE`.
    pub fn parse(text: &str) -> Result<(Self, End), RuleFault> {
        let mut end = End::default();
        let mut frequency = None;
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
            week_start: 0,
        };
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (key, value) = part.split_once('=').ok_or(RuleFault::Bad)?;
            let (key, value) = (key.trim().to_ascii_uppercase(), value.trim());
            let not_read = || RuleFault::NotRead(format!("{key}={}", value.chars().take(40).collect::<String>()));
            match key.as_str() {
                "FREQ" => {
                    frequency = Some(match value.to_ascii_uppercase().as_str() {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        "SECONDLY" | "MINUTELY" | "HOURLY" => return Err(not_read()),
                        _ => return Err(RuleFault::Bad),
                    });
                }
                "INTERVAL" => {
                    let read = value.parse::<i32>().ok().filter(|every| (1..=100_000).contains(every));
                    rule.interval = read.ok_or(RuleFault::Bad)?;
                }
                "COUNT" => end.count = Some(value.parse().ok().filter(|count| *count > 0).ok_or(RuleFault::Bad)?),
                "UNTIL" => end.until = Some(value.to_owned()),
                "BYMONTH" => {
                    let read = numbers(value, 12).ok_or(RuleFault::Bad)?.into_iter().map(u8::try_from).collect::<Result<_, _>>();
                    rule.months = read.map_err(|_| RuleFault::Bad)?;
                }
                "BYMONTHDAY" => rule.month_days = numbers(value, 31).ok_or(RuleFault::Bad)?,
                "BYSETPOS" => rule.positions = numbers(value, 366).ok_or(RuleFault::Bad)?,
                "BYDAY" => rule.weekdays = value.split(',').map(by_day).collect::<Option<_>>().ok_or(RuleFault::Bad)?,
                "WKST" => rule.week_start = weekday(value).ok_or(RuleFault::Bad)?,
                _ => return Err(not_read()),
            }
        }
        rule.frequency = frequency.ok_or(RuleFault::Bad)?;
        let each = rule.weekdays.iter().all(|(number, _)| *number == 0);
        let sound = match rule.frequency {
            Frequency::Weekly => each && rule.month_days.is_empty(),
            Frequency::Daily => each,
            Frequency::Monthly | Frequency::Yearly => true,
        };
        if sound && !(end.count.is_some() && end.until.is_some()) { Ok((rule, end)) } else { Err(RuleFault::Bad) }
    }

    /// Calls back with each of its days from `from` to `until`, in order, until told to stop. Days before `first` are none of it, and
    /// `first` always is one.
    pub fn days(&self, first: Date, from: i32, until: i32, mut each: impl FnMut(i32) -> bool) {
        let start = first.to_days();
        let from = from.max(start);
        if from > until {
            return;
        }
        if from == start && !each(start) {
            return;
        }
        let (mut step, last) = (self.step_of(first, from), self.step_of(first, until));
        while step <= last {
            for day in self.of_step(first, step) {
                if day > start && day >= from && day <= until && !each(day) {
                    return;
                }
            }
            step += 1;
        }
    }

    /// The number of the stretch that holds a day, at least 0.
    fn step_of(&self, first: Date, day: i32) -> i32 {
        let gone = match self.frequency {
            Frequency::Daily => day - first.to_days(),
            Frequency::Weekly => (day - self.week_of(first.to_days())).div_euclid(7),
            Frequency::Monthly => Date::from_days(day).map_or(0, month_of) - month_of(first),
            Frequency::Yearly => Date::from_days(day).map_or(0, |date| i32::from(date.year())) - i32::from(first.year()),
        };
        gone.max(0) / self.interval
    }
    /// The first day of the week that holds a day.
    fn week_of(&self, day: i32) -> i32 {
        // 1970-01-01 was a Thursday.
        day - (day + 3 - i32::from(self.week_start)).rem_euclid(7)
    }
    /// The days of one stretch, in order.
    fn of_step(&self, first: Date, step: i32) -> Vec<i32> {
        let gone = step.saturating_mul(self.interval);
        let days: BTreeSet<i32> = match self.frequency {
            Frequency::Daily => [first.to_days().saturating_add(gone)].into_iter().filter(|day| self.allows(*day)).collect(),
            Frequency::Weekly => {
                let monday = self.week_of(first.to_days()).saturating_add(gone.saturating_mul(7));
                let own = [(0, first.weekday())];
                let wanted = if self.weekdays.is_empty() { &own[..] } else { &self.weekdays };
                let week =
                    (monday..monday.saturating_add(7)).filter(|day| wanted.iter().any(|(_, of)| weekday_of(*day) == Some(*of)));
                week.filter(|day| self.in_months(*day)).collect()
            }
            Frequency::Monthly => self
                .of_month(first, month_of(first).saturating_add(gone))
                .into_iter()
                .filter(|day| self.in_months(*day))
                .collect(),
            Frequency::Yearly => self.of_year(first, i32::from(first.year()).saturating_add(gone)),
        };
        let days: Vec<i32> = days.into_iter().collect();
        if self.positions.is_empty() {
            return days;
        }
        let count = i32::try_from(days.len()).unwrap_or(i32::MAX);
        let place = |position: &i32| usize::try_from(if *position > 0 { position - 1 } else { count + position }).ok();
        let chosen: BTreeSet<i32> = self.positions.iter().filter_map(|position| days.get(place(position)?).copied()).collect();
        chosen.into_iter().collect()
    }
    fn in_months(&self, day: i32) -> bool {
        self.months.is_empty() || Date::from_days(day).is_some_and(|date| self.months.contains(&date.month()))
    }
    /// Whether a day of a daily rule is not left out.
    fn allows(&self, day: i32) -> bool {
        let of_week = || self.weekdays.iter().any(|(_, of)| weekday_of(day) == Some(*of));
        self.in_months(day) && (self.month_days.is_empty() || self.of_month_days(day)) && (self.weekdays.is_empty() || of_week())
    }
    /// Whether a day is one of the days of its month.
    fn of_month_days(&self, day: i32) -> bool {
        let Some(date) = Date::from_days(day) else { return false };
        let (first, length) = month(month_of(date)).unwrap_or((day, 0));
        self.month_days.iter().any(|number| day == first + if *number > 0 { number - 1 } else { length + number })
    }
    /// The days in one month: days of the month that are among the weekdays, or either, or the first day's own.
    fn of_month(&self, first: Date, number: i32) -> BTreeSet<i32> {
        let Some((begin, length)) = month(number) else { return BTreeSet::new() };
        let own = [i32::from(first.day())];
        let wanted: &[i32] = if self.month_days.is_empty() && self.weekdays.is_empty() { &own } else { &self.month_days };
        let day = |number: &i32| if *number > 0 { number - 1 } else { length + number };
        let days = wanted.iter().map(day).filter(|day| (0..length).contains(day)).map(|day| begin + day);
        if self.weekdays.is_empty() {
            return days.collect();
        }
        let weekdays = self.of_weekdays(begin, length);
        if self.month_days.is_empty() { weekdays } else { days.filter(|day| weekdays.contains(day)).collect() }
    }
    fn of_year(&self, first: Date, year: i32) -> BTreeSet<i32> {
        let january = year.saturating_mul(12);
        if self.months.is_empty() && self.month_days.is_empty() && !self.weekdays.is_empty() {
            let Some(((begin, _), (last, length))) = month(january).zip(month(january.saturating_add(11))) else {
                return BTreeSet::new();
            };
            return self.of_weekdays(begin, last + length - begin);
        }
        let plain = self.months.is_empty() && self.month_days.is_empty();
        let own = [first.month()];
        let all: Vec<u8> = (1..=12).collect();
        let months = if !self.months.is_empty() {
            &self.months
        } else if plain {
            &own[..]
        } else {
            &all
        };
        months.iter().flat_map(|month| self.of_month(first, january.saturating_add(i32::from(*month) - 1))).collect()
    }
    /// The days of a stretch that are one of the weekdays, with its number among them where it has one.
    fn of_weekdays(&self, begin: i32, length: i32) -> BTreeSet<i32> {
        let mut found = BTreeSet::new();
        for (number, weekday) in &self.weekdays {
            let ahead = (i32::from(*weekday) - weekday_of(begin).map_or(0, i32::from)).rem_euclid(7);
            let count = (length - ahead + 6).div_euclid(7);
            match number {
                0 => found.extend((0..count).map(|week| begin + ahead + 7 * week)),
                number => {
                    let week = if *number > 0 { number - 1 } else { count + number };
                    found.extend(Some(begin + ahead + 7 * week).filter(|_| (0..count).contains(&week)));
                }
            }
        }
        found
    }
}

/// `MO`, `2TU`, `-1SU`.
fn by_day(text: &str) -> Option<(i32, u8)> {
    let text = text.trim();
    let at = text.len().checked_sub(2)?;
    let (number, day) = (text.get(..at)?, text.get(at..)?);
    let number = if number.is_empty() { 0 } else { number.parse::<i32>().ok().filter(|one| *one != 0 && one.abs() <= 53)? };
    Some((number, weekday(day)?))
}

fn weekday_of(day: i32) -> Option<u8> {
    Date::from_days(day).map(|date| date.weekday())
}

/// The number of a month, counted from January of the year 0.
fn month_of(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

/// The first day of a month and how many it has.
fn month(number: i32) -> Option<(i32, i32)> {
    let first =
        |number: i32| Date::new(i16::try_from(number.div_euclid(12)).ok()?, u8::try_from(number.rem_euclid(12) + 1).ok()?, 1);
    let begin = first(number)?.to_days();
    Some((begin, first(number.checked_add(1)?)?.to_days() - begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str, first: &str, count: usize) -> String {
        let (rule, _) = Rule::parse(rule).unwrap();
        let first = Date::parse(first).unwrap();
        let mut found = Vec::new();
        rule.days(first, i32::MIN / 2, Date::parse("2200-01-01").unwrap().to_days(), |day| {
            found.push(Date::from_days(day).unwrap().to_string());
            found.len() < count
        });
        found.join(" ")
    }

    /// Each line is from the examples of RFC 5545, 3.8.5.3.
    #[test]
    fn the_examples_of_the_standard() {
        for (rule, first, wanted) in [
            ("FREQ=DAILY", "1997-09-02", "1997-09-02 1997-09-03 1997-09-04"),
            ("FREQ=DAILY;INTERVAL=2", "1997-09-02", "1997-09-02 1997-09-04 1997-09-06"),
            ("FREQ=DAILY;BYMONTH=1", "1998-01-30", "1998-01-30 1998-01-31 1999-01-01"),
            ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", "1997-09-02 1997-09-16 1997-09-30"),
            ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR", "1997-09-01", "1997-09-01 1997-09-03 1997-09-05 1997-09-15"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1997-08-05 1997-08-10 1997-08-19 1997-08-24"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1997-08-05 1997-08-17 1997-08-19 1997-08-31"),
            ("FREQ=MONTHLY;BYDAY=1FR", "1997-09-05", "1997-09-05 1997-10-03 1997-11-07"),
            ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU", "1997-09-07", "1997-09-07 1997-09-28 1997-11-02 1997-11-30"),
            ("FREQ=MONTHLY;BYDAY=-2MO", "1997-09-22", "1997-09-22 1997-10-20 1997-11-17"),
            ("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1997-09-28 1997-10-29 1997-11-28"),
            ("FREQ=MONTHLY;BYMONTHDAY=2,15", "1997-09-02", "1997-09-02 1997-09-15 1997-10-02"),
            ("FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11", "1997-09-10", "1997-09-10 1997-09-11 1999-03-10"),
            ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998-02-13", "1998-02-13 1998-03-13 1998-11-13 1999-08-13"),
            ("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13", "1997-09-13 1997-10-11 1997-11-08"),
            ("FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04 1997-10-07 1997-11-06"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29", "1997-09-29 1997-10-30 1997-11-27"),
            ("FREQ=MONTHLY;BYMONTHDAY=15,30", "2007-01-15", "2007-01-15 2007-01-30 2007-02-15 2007-03-15"),
            ("FREQ=YEARLY;BYMONTH=6,7", "1997-06-10", "1997-06-10 1997-07-10 1998-06-10"),
            ("FREQ=YEARLY;INTERVAL=2;BYMONTH=1,2,3", "1997-03-10", "1997-03-10 1999-01-10 1999-02-10"),
            ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19 1998-05-18 1999-05-17"),
            ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", "1997-03-13 1997-03-20 1997-03-27 1998-03-05"),
            (
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "1996-11-05",
                "1996-11-05 2000-11-07 2004-11-02",
            ),
            ("FREQ=YEARLY", "2024-02-29", "2024-02-29 2028-02-29 2032-02-29"),
            ("FREQ=MONTHLY", "2026-01-31", "2026-01-31 2026-03-31 2026-05-31"),
        ] {
            assert_eq!(days(rule, first, wanted.split(' ').count()), wanted, "{rule}");
        }
    }

    #[test]
    fn the_days_do_not_depend_on_the_stretch() {
        let first = Date::parse("2024-02-05").unwrap();
        for rule in [
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU",
            "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR",
            "FREQ=YEARLY;BYDAY=1MO",
        ] {
            let (rule, _) = Rule::parse(rule).unwrap();
            let between = |from: i32, until: i32| {
                let mut found = Vec::new();
                rule.days(first, from, until, |day| {
                    found.push(day);
                    true
                });
                found
            };
            let start = first.to_days();
            let all = between(start - 10, start + 4_000);
            for cut in (start..start + 3_000).step_by(61) {
                assert_eq!([between(start, cut), between(cut + 1, start + 4_000)].concat(), all, "{rule:?}");
            }
        }
    }

    #[test]
    fn what_is_not_read_is_refused() {
        for bad in [
            "",
            "FREQ",
            "FREQ=OFTEN",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;COUNT=0",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=YEARLY;BYDAY=54MO",
            "FREQ=DAILY;COUNT=2;UNTIL=20260101",
            "INTERVAL=2",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=DAILY;BYDAY=XX",
        ] {
            assert_eq!(Rule::parse(bad).unwrap_err(), RuleFault::Bad, "{bad}");
        }
        for known in ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYYEARDAY=1"] {
            assert!(matches!(Rule::parse(known), Err(RuleFault::NotRead(_))), "{known}");
        }
    }
}
