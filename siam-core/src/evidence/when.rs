//! Reading instants: cells and text in a stated format and zone.
//!
//! Goes in: cells of tables; strptime words of a mapping. Comes out: microseconds UTC, or why a cell is none.
//! **Invariant:** nothing is guessed: text is read by the stated format alone, or as ISO 8601 where none is stated.
//! **Not here:** which column is an instant (`mapping`), calendars (`clock`).

use crate::base::columns::Cell;
use crate::base::zone::{DAY, Offsets, WallTimes, Zone};
use crate::base::{Code, Date, Instant, codes};
use crate::clock::Clock;

/// The value of an instant that is not there.
pub const MISSING: i64 = i64::MIN;

/// How a table writes its instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// RFC 3339, or ISO 8601 without an offset, read in the table's zone.
    Iso,
    /// Whole seconds since 1970, UTC.
    EpochSeconds,
    /// Whole microseconds since 1970, UTC.
    EpochMicros,
    /// Text by strptime words.
    Text(Vec<Piece>),
}

/// One piece of a text format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// `%Y`
    Year,
    /// `%y`: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068.
    ShortYear,
    /// `%m`
    Month,
    /// `%b`, English, any case.
    MonthName,
    /// `%d`, `%e`
    Day,
    /// `%H`
    Hour,
    /// `%I`
    Hour12,
    /// `%p`
    HalfDay,
    /// `%M`
    Minute,
    /// `%S`
    Second,
    /// `%f`: decimals of a second, up to six count.
    Fraction,
    /// `%z`: `Z`, `+hh:mm` or `+hhmm`.
    Offset,
    /// Itself.
    Literal(u8),
}

const MONTHS: [&[u8; 3]; 12] = [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

impl Format {
    /// Reads a format as a mapping writes it; none where a word is not known or year, month or day is lacking.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "iso" => return Some(Self::Iso),
            "epoch_seconds" => return Some(Self::EpochSeconds),
            "epoch_micros" => return Some(Self::EpochMicros),
            _ => {}
        }
        let expanded = text.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S").replace("%R", "%H:%M");
        let mut pieces = Vec::new();
        let mut bytes = expanded.bytes();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                pieces.push(Piece::Literal(byte));
                continue;
            }
            pieces.push(match bytes.next()? {
                b'Y' => Piece::Year,
                b'y' => Piece::ShortYear,
                b'm' => Piece::Month,
                b'b' => Piece::MonthName,
                b'd' | b'e' => Piece::Day,
                b'H' => Piece::Hour,
                b'I' => Piece::Hour12,
                b'p' => Piece::HalfDay,
                b'M' => Piece::Minute,
                b'S' => Piece::Second,
                b'f' => Piece::Fraction,
                b'z' => Piece::Offset,
                b'%' => Piece::Literal(b'%'),
                _ => return None,
            });
        }
        let has = |one: Piece, other: Piece| pieces.contains(&one) || pieces.contains(&other);
        let whole = has(Piece::Year, Piece::ShortYear) && has(Piece::Month, Piece::MonthName) && has(Piece::Day, Piece::Day);
        // Twelve-hour clocks need their half of the day, and the other way round.
        (whole && pieces.contains(&Piece::Hour12) == pieces.contains(&Piece::HalfDay)).then_some(Self::Text(pieces))
    }
}

impl Format {
    /// Whether a cell tells its offset, so that no zone is needed to read it.
    pub(super) fn states_offset(&self, cell: &Cell<'_>) -> bool {
        match (cell, self) {
            (Cell::Wall(_) | Cell::Date(_), _) => false,
            (Cell::Text(text), Self::Iso) => ends_with_offset(text.trim()),
            (Cell::Text(_), Self::Text(pieces)) => pieces.contains(&Piece::Offset),
            _ => true,
        }
    }
}

/// Whether a text has decimals of a second that a microsecond cannot hold.
pub(super) fn is_finer(text: &str) -> bool {
    if text.len() < 20 {
        return false;
    }
    let Some((_, decimals)) = text.rsplit_once('.') else { return false };
    let digits = decimals.bytes().take_while(u8::is_ascii_digit);
    digits.skip(6).any(|digit| digit != b'0')
}

/// Whether an ISO text tells its offset.
fn ends_with_offset(text: &str) -> bool {
    text.ends_with('Z') || text.get(16..).is_some_and(|rest| rest.contains(['+', '-']))
}

/// Reads instants of one table.
#[derive(Debug)]
pub struct Reader {
    format: Format,
    zone: Zone,
    /// The offsets of the years in which nearly all instants lie; none where the wall clock is UTC.
    offsets: Option<Offsets>,
}

const KNOWN: (i64, i64) = (0, 47_482 * DAY);

impl Reader {
    /// A reader of one format and zone.
    pub fn new(format: Format, zone: Zone) -> Self {
        let utc = matches!(zone.name(), "UTC" | "Etc/UTC");
        let offsets = (!utc).then(|| zone.offsets(KNOWN.0, KNOWN.1));
        Self { format, zone, offsets }
    }
    /// The instant of a cell that is not null, or the code that says why it is none.
    pub fn read(&self, cell: &Cell<'_>) -> Result<i64, &'static Code> {
        let micros = match (cell, &self.format) {
            (Cell::Instant(micros), _) => *micros,
            (Cell::Wall(wall), _) => self.of_wall(*wall),
            (Cell::Date(days), _) => self.of_wall(i64::from(*days).checked_mul(DAY).ok_or(&codes::BEYOND_HORIZON)?),
            (Cell::Integer(value), Format::EpochSeconds) => value.checked_mul(1_000_000).ok_or(&codes::BEYOND_HORIZON)?,
            (Cell::Integer(value), Format::EpochMicros) => *value,
            (Cell::Text(text), Format::EpochSeconds) => {
                let value: i64 = text.trim().parse().map_err(|_| &codes::BAD_CELL)?;
                value.checked_mul(1_000_000).ok_or(&codes::BEYOND_HORIZON)?
            }
            (Cell::Text(text), Format::EpochMicros) => text.trim().parse().map_err(|_| &codes::BAD_CELL)?,
            (Cell::Text(text), Format::Iso) => self.iso(text.trim())?,
            (Cell::Text(text), Format::Text(pieces)) => match read_text(text.trim().as_bytes(), pieces)? {
                (wall, None) => self.of_wall(wall),
                (wall, Some(offset)) => wall - offset,
            },
            _ => return Err(&codes::BAD_CELL),
        };
        let (first, last) = Clock::horizon();
        if (first.0..=last.0).contains(&micros) { Ok(micros) } else { Err(&codes::BEYOND_HORIZON) }
    }
    fn of_wall(&self, wall: i64) -> i64 {
        match &self.offsets {
            None => wall,
            Some(offsets) if (KNOWN.0 + 3 * DAY..KNOWN.1 - 3 * DAY).contains(&wall) => {
                offsets.read(wall).instant(WallTimes::Clamp).0
            }
            Some(_) => self.zone.instant_of_wall(wall, WallTimes::Clamp).0,
        }
    }
    fn iso(&self, text: &str) -> Result<i64, &'static Code> {
        use Piece::{Day, Fraction, Hour, Literal, Minute, Month, Offset, Second, Year};
        if let Some((wall, utc)) = plain_iso(text.as_bytes()) {
            return Ok(if utc { wall } else { self.of_wall(wall) });
        }
        if let Some(at) = Instant::parse(text) {
            return Ok(at.0);
        }
        let mark = if text.contains('T') { b'T' } else { b' ' };
        let mut pieces = vec![Year, Literal(b'-'), Month, Literal(b'-'), Day, Literal(mark), Hour, Literal(b':'), Minute];
        if text.matches(':').count() >= 2 {
            pieces.extend([Literal(b':'), Second]);
        }
        if text.contains('.') {
            pieces.extend([Literal(b'.'), Fraction]);
        }
        // A date that does not exist keeps its own reason, also where an offset follows.
        if ends_with_offset(text) {
            pieces.push(Offset);
        }
        match read_text(text.as_bytes(), &pieces)? {
            (wall, None) => Ok(self.of_wall(wall)),
            (wall, Some(offset)) => Ok(wall - offset),
        }
    }
}

/// The wall time of `2026-10-03T09:00:00Z` or `2026-10-03 09:00:00`, and whether it is UTC; none for any other text.
fn plain_iso(text: &[u8]) -> Option<(i64, bool)> {
    let (text, utc) = match text {
        [rest @ .., b'Z'] => (rest, true),
        rest => (rest, false),
    };
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b' ', h1, h2, b':', n1, n2, b':', s1, s2] = text else { return None };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| byte - b'0');
    let two = |tens: &u8, ones: &u8| Some(digit(tens)? * 10 + digit(ones)?);
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let date = Date::new(year, two(m1, m2)?, two(d1, d2)?)?;
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some((i64::from(date.to_days()) * DAY + seconds * 1_000_000, utc))
}

struct Fields {
    year: i16,
    month: u8,
    day: u8,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    afternoon: Option<bool>,
    offset: Option<i64>,
}

/// The wall time of a text that tells no offset, in microseconds since 1970.
pub(super) fn wall(text: &str, format: &Format) -> Option<i64> {
    let Format::Text(pieces) = format else { return None };
    read_text(text.as_bytes(), pieces).ok().map(|(wall, _)| wall)
}

/// The wall time of a text, and its offset where it has one.
fn read_text(text: &[u8], pieces: &[Piece]) -> Result<(i64, Option<i64>), &'static Code> {
    let mut fields =
        Fields { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, micros: 0, afternoon: None, offset: None };
    let mut rest = text;
    for piece in pieces {
        rest = read_piece(*piece, rest, &mut fields).ok_or(&codes::BAD_CELL)?;
    }
    if !rest.is_empty() {
        return Err(&codes::BAD_CELL);
    }
    let hour = match fields.afternoon {
        None => fields.hour,
        Some(_) if !(1..=12).contains(&fields.hour) => return Err(&codes::BAD_CELL),
        Some(afternoon) => fields.hour % 12 + if afternoon { 12 } else { 0 },
    };
    if hour > 23 || fields.minute > 59 || fields.second > 59 {
        return Err(&codes::BAD_CELL);
    }
    let date = Date::new(fields.year, fields.month, fields.day).ok_or(&codes::NO_SUCH_DATE)?;
    let seconds = hour * 3600 + fields.minute * 60 + fields.second;
    Ok((i64::from(date.to_days()) * DAY + seconds * 1_000_000 + fields.micros, fields.offset))
}

/// Up to `most` digits at the front, with how many there were.
fn digits(text: &[u8], most: usize) -> Option<(i64, usize, &[u8])> {
    let count = text.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let value = text[..count].iter().fold(0_i64, |value, byte| value * 10 + i64::from(byte - b'0'));
    (count > 0).then(|| (value, count, &text[count..]))
}

fn read_piece<'a>(piece: Piece, text: &'a [u8], fields: &mut Fields) -> Option<&'a [u8]> {
    let small = |value: i64| u8::try_from(value).ok();
    match piece {
        Piece::Literal(byte) => text.strip_prefix(&[byte]),
        Piece::Year => {
            let (value, 4, rest) = digits(text, 4)? else { return None };
            fields.year = i16::try_from(value).ok()?;
            Some(rest)
        }
        Piece::ShortYear => {
            let (value, 2, rest) = digits(text, 2)? else { return None };
            fields.year = i16::try_from(value + if value < 69 { 2000 } else { 1900 }).ok()?;
            Some(rest)
        }
        Piece::MonthName => {
            let name = text.get(..3)?.to_ascii_lowercase();
            fields.month = small(MONTHS.iter().position(|month| month[..] == name[..])? as i64 + 1)?;
            text.get(3..)
        }
        Piece::HalfDay => {
            let half = text.get(..2)?.to_ascii_lowercase();
            fields.afternoon = Some(half == b"pm");
            (half == b"am" || half == b"pm").then(|| text.get(2..)).flatten()
        }
        Piece::Fraction => {
            let (value, count, rest) = digits(text, 9)?;
            let scale = 10_i64.pow(9_u32.saturating_sub(u32::try_from(count).unwrap_or(9)));
            fields.micros = value * scale / 1_000;
            Some(rest)
        }
        Piece::Offset => {
            if let Some(rest) = text.strip_prefix(b"Z") {
                fields.offset = Some(0);
                return Some(rest);
            }
            let sign = match text.first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let (hours, 2, rest) = digits(&text[1..], 2)? else { return None };
            let (minutes, 2, rest) = digits(rest.strip_prefix(b":").unwrap_or(rest), 2)? else { return None };
            fields.offset = Some(sign * (hours * 3600 + minutes * 60) * 1_000_000);
            (hours < 24 && minutes < 60).then_some(rest)
        }
        Piece::Month | Piece::Day | Piece::Hour | Piece::Hour12 | Piece::Minute | Piece::Second => {
            let (value, _, rest) = digits(text, 2)?;
            match piece {
                Piece::Month => fields.month = small(value)?,
                Piece::Day => fields.day = small(value)?,
                Piece::Minute => fields.minute = value,
                Piece::Second => fields.second = value,
                _ => fields.hour = value,
            }
            Some(rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, zone: &str, text: &str) -> Result<String, &'static str> {
        let reader = Reader::new(Format::parse(format).unwrap(), Zone::named(zone).unwrap());
        reader.read(&Cell::Text(text.into())).map(|at| Instant(at).to_string()).map_err(|code| code.name)
    }

    #[test]
    fn text_is_read_by_its_stated_format_alone() {
        let day_first = "%d/%m/%Y %H:%M";
        assert_eq!(read(day_first, "UTC", "9/2/2016 1:16").as_deref(), Ok("2016-02-09T01:16:00Z"));
        assert_eq!(read(day_first, "UTC", "29/2/2015 01:16"), Err("no-such-date"));
        assert_eq!(read(day_first, "UTC", "2/29/2016 01:16"), Err("no-such-date"));
        for bad in ["", "29/2/2016", "29/2/2016 01:16:00", "29/2/16 01:16", "29/2/2016 24:00", "29-2-2016 01:16", "x"] {
            assert_eq!(read(day_first, "UTC", bad), Err("bad-cell"), "{bad}");
        }
        assert_eq!(read("%d-%b-%y %I:%M:%S %p", "UTC", "03-OCT-26 12:00:05 AM").as_deref(), Ok("2026-10-03T00:00:05Z"));
        assert_eq!(read("%F %T.%f%z", "UTC", "2026-10-03 09:00:00.25+0200").as_deref(), Ok("2026-10-03T07:00:00.25Z"));
        assert_eq!(read("epoch_seconds", "UTC", "60").as_deref(), Ok("1970-01-01T00:01:00Z"));
        for bad in ["%H:%M", "%Q", "%Y-%m", "%Y-%m-%d %I:%M", "100%"] {
            assert_eq!(Format::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn iso_text_without_an_offset_is_read_in_the_stated_zone() {
        assert_eq!(read("iso", "Europe/London", "2026-07-01 09:00").as_deref(), Ok("2026-07-01T08:00:00Z"));
        assert_eq!(read("iso", "Europe/London", "2026-07-01T09:00:00Z").as_deref(), Ok("2026-07-01T09:00:00Z"));
        assert_eq!(read("iso", "Europe/London", "2026-02-30T09:00:00Z"), Err("no-such-date"));
        assert_eq!(read("iso", "Europe/London", "2026-03-29 01:30").as_deref(), Ok("2026-03-29T01:00:00Z"));
        assert_eq!(read("iso", "Europe/London", "1911-03-29 01:30").as_deref(), Ok("1911-03-29T01:30:00Z"));
        assert_eq!(read("iso", "Europe/London", "2026-07-01"), Err("bad-cell"));
        assert_eq!(read("iso", "Europe/London", "1/7/2026 09:00"), Err("bad-cell"));
        assert_eq!(read("epoch_micros", "UTC", "9223372036854775807"), Err("beyond-horizon"));
    }
}
