//! Values of iCalendar text: dates and times, lengths of time, text.
//!
//! Goes in: a value as written. Comes out: what it says; none where it is no such value.
//! **Invariant:** a time is one of a wall clock; which one, its property says.
//! **Not here:** properties and zones (`icalendar`), rules of recurrence (`rule`).

use crate::base::Date;
use crate::base::zone::DAY;

/// `20261225`, `20261225T090000`, `20261225T090000Z`: the wall time, whether it is a whole day, whether it is in UTC.
pub(super) fn written(text: &str) -> Option<(i64, bool, bool)> {
    let digits = |from: usize, length: usize| -> Option<i64> {
        let part = text.get(from..from + length)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let date =
        Date::new(i16::try_from(digits(0, 4)?).ok()?, u8::try_from(digits(4, 2)?).ok()?, u8::try_from(digits(6, 2)?).ok()?)?;
    let day = i64::from(date.to_days()) * DAY;
    if text.len() == 8 {
        return Some((day, true, false));
    }
    let (hour, minute, second) = (digits(9, 2)?, digits(11, 2)?, digits(13, 2)?);
    let utc = text.get(15..) == Some("Z");
    let sound = text.get(8..9) == Some("T") && (utc || text.len() == 15) && hour < 24 && minute < 60 && second <= 60;
    sound.then_some((day + (hour * 3_600 + minute * 60 + second.min(59)) * 1_000_000, false, utc))
}

/// `P1D`, `PT2H30M`, `P1W`; a day is one of the wall clock.
pub(super) fn duration(text: &str) -> Option<i64> {
    let rest = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (mut number, mut total, mut timed) = (None::<i64>, 0_i64, false);
    for c in rest.chars() {
        let unit = match c {
            '0'..='9' => {
                let digit = i64::from(c.to_digit(10)?);
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            'T' if !timed && number.is_none() => {
                timed = true;
                continue;
            }
            'W' if !timed => 7 * DAY,
            'D' if !timed => DAY,
            'H' if timed => DAY / 24,
            'M' if timed => DAY / 1_440,
            'S' if timed => DAY / 86_400,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    (number.is_none() && total > 0).then_some(total)
}

/// A text without the escapes of the format.
pub(super) fn unescaped(text: &str) -> String {
    let (mut plain, mut escaped) = (String::with_capacity(text.len()), false);
    for c in text.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (true, 'n' | 'N') => (escaped, _) = (false, plain.push(' ')),
            (_, c) => (escaped, _) = (false, plain.push(c)),
        }
    }
    plain
}
