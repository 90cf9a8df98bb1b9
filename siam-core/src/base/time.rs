//! Instants, dates, durations and periods.
//!
//! Goes in: text and integers. Comes out: microseconds since 1970-01-01T00:00:00Z, proleptic Gregorian dates, exact durations.
//! **Invariant:** an `Instant` is UTC; a `Date` exists in the calendar; a `Period` is half-open and not empty.
//! **Not here:** zones and service hours (`clock`).

use std::fmt;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(pub i64);

impl Instant {
    /// The first instant (open `from`).
    pub const MIN: Instant = Instant(i64::MIN);
    /// The last instant (open `until`).
    pub const MAX: Instant = Instant(i64::MAX);

    /// Reads an RFC 3339 instant: a date, `T` or a space, a time and `Z` or an offset.
    ///
    /// ```
    /// use siam_core::base::Instant;
    /// assert_eq!(Instant::parse("1970-01-01T00:00:01Z"), Some(Instant(1_000_000)));
    /// assert_eq!(Instant::parse("1970-01-01T02:00:00+02:00"), Some(Instant(0)));
    /// assert_eq!(Instant::parse("2026-02-30T00:00:00Z"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() || text.len() < 17 {
            return None;
        }
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self(timestamp.as_microsecond()))
    }
    /// From whole seconds since 1970, where that fits.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(MICROS_PER_SECOND).map(Self)
    }
    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0
    }
    /// This instant moved by a duration; stops at the ends of time.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }
    /// The time from `earlier` to this instant; stops at the ends of time.
    pub fn since(self, earlier: Instant) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, with as many decimals as needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(MICROS_PER_DAY);
        let rest = self.0.rem_euclid(MICROS_PER_DAY);
        let Some(date) = i32::try_from(days).ok().and_then(Date::from_days) else {
            return write!(f, "{} us", self.0);
        };
        let seconds = rest / MICROS_PER_SECOND;
        let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{date}T{h:02}:{m:02}:{s:02}")?;
        let micros = rest % MICROS_PER_SECOND;
        if micros != 0 {
            write!(f, ".{}", format!("{micros:06}").trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

/// An exact length of time in microseconds; may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(pub i64);

impl Duration {
    /// No time.
    pub const ZERO: Duration = Duration(0);

    /// From whole seconds, where that fits.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(MICROS_PER_SECOND).map(Self)
    }
    /// Whole seconds, rounded down.
    pub fn floor_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }
    /// Microseconds.
    pub fn micros(self) -> i64 {
        self.0
    }
    /// Reads `62h`, `4h 30min`, `90 s`, `1.5h`, `2h30min`. Units: s, min, h. Days are not hours: see Working Days.
    ///
    /// ```
    /// use siam_core::base::Duration;
    /// assert_eq!(Duration::parse("4h 30min"), Duration::from_seconds(16_200));
    /// assert_eq!(Duration::parse("1.5 h"), Duration::from_seconds(5_400));
    /// assert_eq!(Duration::parse("2 days"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        if rest.is_empty() {
            return None;
        }
        let mut total = 0_i64;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let (number, tail) = rest.split_at(digits);
            let tail = tail.trim_start();
            let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(end);
            let seconds = match unit {
                "s" | "sec" => 1,
                "m" | "min" => 60,
                "h" => 3600,
                _ => return None,
            };
            let micros = super::Ratio::parse(number)?.times(&super::Ratio::whole(seconds * i128::from(MICROS_PER_SECOND)));
            let (whole, 1) = micros.parts()? else { return None };
            total = total.checked_add(i64::try_from(whole).ok()?)?;
            rest = tail.trim_start();
        }
        Some(Self(total))
    }
}

impl fmt::Display for Duration {
    /// Hours, minutes and seconds, the parts that are not zero: `62 h`, `1 h 5 min`, `0 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.unsigned_abs();
        let seconds = micros / MICROS_PER_SECOND.unsigned_abs();
        let mut parts = Vec::new();
        if seconds >= 3600 {
            parts.push(format!("{} h", seconds / 3600));
        }
        if !(seconds / 60).is_multiple_of(60) {
            parts.push(format!("{} min", seconds / 60 % 60));
        }
        let fraction = micros % MICROS_PER_SECOND.unsigned_abs();
        if !seconds.is_multiple_of(60) || fraction != 0 || parts.is_empty() {
            let decimals = format!("{fraction:06}");
            let decimals = decimals.trim_end_matches('0');
            let dot = if decimals.is_empty() { "" } else { "." };
            parts.push(format!("{}{dot}{decimals} s", seconds % 60));
        }
        write!(f, "{}{}", if self.0 < 0 { "-" } else { "" }, parts.join(" "))
    }
}

/// A day of the proleptic Gregorian calendar that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

impl Date {
    /// The first day there is.
    pub const FIRST: Date = Date { year: 1, month: 1, day: 1 };

    /// The date, or none where it does not exist. Years 1 to 9999.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        let (m, d) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        if !(1..=9999).contains(&year) {
            return None;
        }
        jiff::civil::Date::new(year, m, d).ok()?;
        Some(Self { year, month, day })
    }
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
            return None;
        }
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten();
        Self::new(
            i16::try_from(digits(&text[..4])?).ok()?,
            u8::try_from(digits(&text[5..7])?).ok()?,
            u8::try_from(digits(&text[8..])?).ok()?,
        )
    }
    /// Days since 1970-01-01.
    pub fn to_days(self) -> i32 {
        // Howard Hinnant's civil-days algorithm, https://howardhinnant.github.io/date_algorithms.html
        let year = i32::from(self.year) - i32::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = (i32::from(self.month) + 9) % 12;
        let of_year = (153 * month + 2) / 5 + i32::from(self.day) - 1;
        let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        era * 146_097 + days - 719_468
    }
    /// The date this many days after 1970-01-01, for years 1 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + i32::from(month <= 2);
        Self::new(i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }
    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }
    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }
    /// The day of the month.
    pub fn day(self) -> u8 {
        self.day
    }
    /// The day of the week, 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        u8::try_from((self.to_days() + 3).rem_euclid(7)).unwrap_or(0)
    }
    /// The day `days` later.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        Self::from_days(self.to_days().checked_add(days)?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A named stretch of time, half-open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    label: String,
    from: Instant,
    until: Instant,
}

impl Period {
    /// The period, or none where it would be empty.
    pub fn new(label: impl Into<String>, from: Instant, until: Instant) -> Option<Self> {
        (from < until).then(|| Self { label: label.into(), from, until })
    }
    /// How people name it: `2026-10`.
    pub fn label(&self) -> &str {
        &self.label
    }
    /// The first instant in it.
    pub fn from(&self) -> Instant {
        self.from
    }
    /// The first instant after it.
    pub fn until(&self) -> Instant {
        self.until
    }
    /// Whether the instant lies in it.
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_agree_with_jiff_over_four_hundred_years() {
        let epoch = jiff::civil::date(1970, 1, 1);
        for days in (-150_000..150_000).step_by(17) {
            let ours = Date::from_days(days).unwrap();
            let theirs = epoch.checked_add(jiff::Span::new().days(days)).unwrap();
            assert_eq!(ours.to_string(), theirs.to_string());
            assert_eq!(ours.to_days(), days);
            assert_eq!(i8::try_from(ours.weekday()).unwrap(), theirs.weekday().to_monday_zero_offset());
        }
    }

    #[test]
    fn a_date_that_does_not_exist_is_none() {
        for bad in ["2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "2026-01-0x", "2026-01-+1"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        assert_eq!(Date::parse("2024-02-29").map(|d| d.to_string()), Some("2024-02-29".into()));
    }

    #[test]
    fn an_instant_prints_as_it_was_read() {
        for text in ["2026-10-03T09:00:00Z", "1969-12-31T23:59:59.5Z", "2016-02-29T01:16:00.000001Z"] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn durations_read_and_print() {
        assert_eq!(Duration::parse("62h").unwrap().to_string(), "62 h");
        assert_eq!(Duration::parse("0.5 s").unwrap().to_string(), "0.5 s");
        assert_eq!(Duration(-90_000_000).to_string(), "-1 min 30 s");
        for bad in ["", "h", "12", "1d", "1.0000001s", "999999999999h"] {
            assert_eq!(Duration::parse(bad), None, "{bad}");
        }
    }
}
