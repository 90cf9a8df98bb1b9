//! Lengths of time as tools write them, in whole seconds.
//!
//! Goes in: cells that are not null, how the mapping says that they are written. Comes out: seconds, or the code that says why not.
//! **Invariant:** a length is floored to seconds only from milliseconds; no unit is guessed from the size of a number.
//! **Not here:** instants (`when`), numbers that are no lengths (`source`).

use super::mapping::Length;
use super::source::whole_number;
use super::when::{Format, wall};
use crate::base::columns::Cell;
use crate::base::{Code, codes};

const DAY: i64 = 86_400;

/// The seconds of a length of time.
pub(super) fn seconds(cell: &Cell<'_>, length: Length) -> Result<i64, &'static Code> {
    match length {
        Length::Seconds => whole_number(cell),
        Length::Milliseconds => whole_number(cell).map(|value| value.div_euclid(1_000)),
        Length::Written => match cell {
            Cell::Text(text) => written(text.trim()).ok_or(&codes::BAD_CELL),
            cell => whole_number(cell),
        },
    }
}

/// `90`, `1 12:30:00`, `12:30:00`, `1 Day 12 Hours 3 Minutes`, or a date of 1970 that counts from its first moment.
fn written(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    if text.starts_with("1970-") || text.starts_with("1971-") {
        return wall(text, &Format::parse("%Y-%m-%d %H:%M:%S")?).map(|micros| micros.div_euclid(1_000_000));
    }
    match text.rsplit_once(' ') {
        Some((days, clock)) if clock.contains(':') => days.parse::<i64>().ok()?.checked_mul(DAY)?.checked_add(of_clock(clock)?),
        None if text.contains(':') => of_clock(text),
        _ => of_words(text),
    }
}

fn of_clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok().map(i64::from));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    (parts.next().is_none() && minutes < 60 && seconds < 60).then_some(hours * 3_600 + minutes * 60 + seconds)
}

fn of_words(text: &str) -> Option<i64> {
    let mut words = text.split_whitespace();
    let mut total = 0_i64;
    let mut any = false;
    while let Some(number) = words.next() {
        let unit = match words.next()?.trim_end_matches(',').to_ascii_lowercase().as_str() {
            "day" | "days" => DAY,
            "hour" | "hours" => 3_600,
            "minute" | "minutes" => 60,
            "second" | "seconds" => 1,
            _ => return None,
        };
        total = total.checked_add(i64::from(number.parse::<u32>().ok()?).checked_mul(unit)?)?;
        any = true;
    }
    any.then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_tools_write_them() {
        let read = |text: &str| seconds(&Cell::Text(text.into()), Length::Written).ok();
        for (text, wanted) in [
            ("90", 90),
            ("1 12:30:05", 131_405),
            ("36:00:00", 129_600),
            ("00:15", 900),
            ("3 Days 12 Hours", 302_400),
            ("1 Day, 1 Minute, 1 Second", 86_461),
            ("1970-01-04 12:00:00", 302_400),
        ] {
            assert_eq!(read(text), Some(wanted), "{text}");
        }
        for bad in
            ["", "x", "1 Week", "3 Days 12", "1:60:00", "1 2 3:00:00", "1970-02-30 00:00:00", "12:00:00:00", "99999999999 Days"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(seconds(&Cell::Integer(1_999), Length::Milliseconds).ok(), Some(1));
        assert_eq!(seconds(&Cell::Integer(1_999), Length::Seconds).ok(), Some(1_999));
        assert_eq!(seconds(&Cell::Boolean(true), Length::Written).ok(), None);
    }
}
