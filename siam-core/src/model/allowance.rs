//! Agreed times: so much time on the clock, or so many Working Days, and the rule by which those are counted.
//!
//! Goes in: `4h 30min`, `5 working days`, `working_days:` of a clock. Comes out: `Allowance`, `DayRule`.
//! **Invariant:** Working Days are never turned into hours: how many hours they are depends on when they begin.
//! **Not here:** counting them (`clock`), which priority has which time (`counting`).

use crate::base::Duration;
use crate::document::decode::{choice, query};
use crate::document::scalar::bad_value;
use crate::document::{Decode, Faults, Node, Shape};
use std::fmt;

/// How much time is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// Open time.
    Time(Duration),
    /// Days with open time, at least one.
    WorkingDays(u32),
}

impl Allowance {
    /// `4h 30min`, `5 working days`, `1 working day`.
    ///
    /// ```
    /// use siam_core::model::allowance::Allowance;
    /// assert_eq!(Allowance::parse("5 working days"), Some(Allowance::WorkingDays(5)));
    /// assert_eq!(Allowance::parse("90min").unwrap().to_string(), "1 h 30 min");
    /// assert_eq!(Allowance::parse("0 working days"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let (count, working, days, more) = (words.next()?, words.next(), words.next(), words.next());
        let is = |word: Option<&str>, wanted: &[&str]| {
            word.is_some_and(|word| wanted.iter().any(|one| word.eq_ignore_ascii_case(one)))
        };
        if is(working, &["working"]) && is(days, &["day", "days"]) && more.is_none() {
            let plain = count.bytes().all(|byte| byte.is_ascii_digit());
            return count.parse().ok().filter(|count| plain && (1..=10_000).contains(count)).map(Self::WorkingDays);
        }
        Duration::parse(text).map(Self::Time)
    }
    /// The time, where it is one.
    pub fn time(self) -> Option<Duration> {
        if let Self::Time(time) = self { Some(time) } else { None }
    }
}

impl Default for Allowance {
    fn default() -> Self {
        Self::Time(Duration::ZERO)
    }
}

impl From<Duration> for Allowance {
    fn from(time: Duration) -> Self {
        Self::Time(time)
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => time.fmt(f),
            Self::WorkingDays(1) => f.write_str("1 working day"),
            Self::WorkingDays(count) => write!(f, "{count} working days"),
        }
    }
}

impl Decode for Allowance {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(node, faults)?;
        let value = Self::parse(&text);
        if value.is_none() {
            bad_value(node, "a length of time or a number of working days", "4h 30min or 5 working days", faults);
        }
        value
    }
    fn shape() -> Shape {
        Shape::Duration
    }
}

choice! {
    /// Which day is day 0 of a count of Working Days.
    pub enum DaysFrom = "a first day" {
        /// The day of the start, open or not.
        StartDay = "start_day",
        /// That of the next opening where the start is closed: what comes in after hours comes in on the next Working Day.
        NextOpening = "next_opening",
    }
}

choice! {
    /// When the last of a number of Working Days is over.
    pub enum DaysEnd = "an end of days" {
        /// At its last closing.
        Closing = "closing",
        /// When the day is over.
        Midnight = "midnight",
        /// At the time of day of the start.
        SameTime = "same_time",
    }
}

query! {
    /// How Working Days are counted, as written.
    pub struct WorkingDaysDoc = "a rule for working days" {
        /// start_day: the day of the start is day 0, open or not; next_opening: what starts in closed time starts at the next opening; start_day unless written.
        from: Option<DaysFrom> = "from",
        /// When the last day is over: closing, midnight or same_time; closing unless written.
        end: Option<DaysEnd> = "end",
    }
}

/// The rule by which Working Days are counted from an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRule {
    /// Which day is day 0.
    pub from: DaysFrom,
    /// When the last day is over.
    pub end: DaysEnd,
}

impl Default for DayRule {
    fn default() -> Self {
        Self { from: DaysFrom::StartDay, end: DaysEnd::Closing }
    }
}

impl DayRule {
    /// The rule as written.
    pub fn of(doc: Option<&WorkingDaysDoc>) -> Self {
        let plain = Self::default();
        doc.map_or(plain, |doc| Self { from: doc.from.unwrap_or(plain.from), end: doc.end.unwrap_or(plain.end) })
    }
}
