//! iCalendar texts whose days and windows are known: found by asking every day, not by any rule of recurrence.
//!
//! Goes in: dice, an instant. Comes out: a quoted text; what it means stands in properties that nobody else reads.
//! **Invariant:** the first day of an event is one of its days; days are written out to four years after the instant.
//! **Not here:** faulty texts (`siam-core`).

use super::super::Dice;
use siam_core::base::Date;

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Whether a day, as its number and its date, is one of an event that began on the first.
type IsOne = Box<dyn Fn(i32, i32, Date) -> bool>;

fn date(day: i32) -> Date {
    Date::from_days(day).unwrap_or_else(|| unreachable!("a day within time"))
}

fn month_length(of: Date) -> i32 {
    (28..=31).take_while(|length| Date::new(of.year(), of.month(), *length).is_some()).last().map_or(28, i32::from)
}

/// A rule with the days it means, asked one by one.
fn rule(dice: &mut Dice) -> (String, IsOne) {
    let weekday = dice.below(7);
    let is_day = move |date: Date| usize::from(date.weekday()) == weekday;
    let month = dice.below(12) as u8 + 1;
    let every = dice.between(1, 3) as i32;
    match dice.below(6) {
        0 => {
            let number = dice.between(1, 4) as i32;
            let rule = format!("FREQ=YEARLY;BYMONTH={month};BYDAY={number}{}", DAYS[weekday]);
            (
                rule,
                Box::new(move |_, _, date| {
                    date.month() == month && is_day(date) && (i32::from(date.day()) - 1) / 7 == number - 1
                }),
            )
        }
        1 => {
            let rule = format!("FREQ=MONTHLY;BYDAY=-1{}", DAYS[weekday]);
            (rule, Box::new(move |_, _, date| is_day(date) && i32::from(date.day()) + 7 > month_length(date)))
        }
        2 => {
            let rule = format!("FREQ=WEEKLY;INTERVAL={every};BYDAY={},SU", DAYS[weekday]);
            // Weeks begin on Monday; 1970-01-05 was one.
            let week = |day: i32| (day - 4).div_euclid(7);
            (
                rule,
                Box::new(move |first, day, date| (week(day) - week(first)) % every == 0 && (is_day(date) || date.weekday() == 6)),
            )
        }
        3 => (format!("FREQ=DAILY;INTERVAL={}", every * 5), Box::new(move |first, day, _| (day - first) % (every * 5) == 0)),
        4 => {
            let rule = "FREQ=MONTHLY;BYMONTHDAY=-1,15".to_owned();
            (rule, Box::new(|_, _, date| date.day() == 15 || i32::from(date.day()) == month_length(date)))
        }
        _ => {
            let rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1".to_owned();
            // The first weekday of a month: the 1st, or the Monday after a weekend at its beginning.
            let first = |date: Date| date.weekday() < 5 && (date.day() == 1 || date.day() <= 3 && date.weekday() == 0);
            (rule, Box::new(move |_, _, date| first(date)))
        }
    }
}

/// The days of an event with its rule, its end and what is left out of it; the first of them first.
fn days(dice: &mut Dice, around: i64) -> (Vec<i32>, Vec<String>, Vec<i32>) {
    let today = (around.div_euclid(86_400_000_000)) as i32;
    let (rule, is_one) = rule(dice);
    let begin = today - dice.between(0, 800) as i32;
    let Some(first) = (begin..begin + 800).find(|day| is_one(*day, *day, date(*day))) else {
        return (Vec::new(), Vec::new(), Vec::new());
    };
    let mut days: Vec<i32> = (first..today + 1_500).filter(|day| is_one(first, *day, date(*day))).collect();
    let mut lines = Vec::new();
    match dice.below(3) {
        0 => lines.push(format!("RRULE:{rule}")),
        1 => {
            let count = dice.between(1, 60) as usize;
            days.truncate(count);
            // What lies beyond the days asked about is not known to be all there is.
            lines.push(format!("RRULE:{rule};COUNT={}", days.len()));
        }
        _ => {
            let until = today + dice.between(-30, 30) as i32;
            days.retain(|day| *day <= until || *day == first);
            let until = until.max(first);
            lines.push(format!("RRULE:{rule};UNTIL={}", plain(until)));
        }
    }
    let mut out = Vec::new();
    if dice.chance(1, 3) {
        let day = *dice.pick(&days);
        out.push(day);
    }
    (days, lines, out)
}

fn plain(day: i32) -> String {
    date(day).to_string().replace('-', "")
}

/// Whole days off.
pub(super) fn holidays(dice: &mut Dice, around: i64) -> String {
    let mut events = Vec::new();
    for _ in 0..dice.below(2) + 1 {
        let (days, mut lines, out) = days(dice, around);
        let Some(first) = days.first() else { continue };
        let length = dice.between(1, 2) as i32;
        lines.push(format!("DTSTART;VALUE=DATE:{}", plain(*first)));
        lines.push(format!("DTEND;VALUE=DATE:{}", plain(first + length)));
        lines.extend(out.iter().map(|day| format!("EXDATE;VALUE=DATE:{}", plain(*day))));
        let off = days.iter().filter(|day| !out.contains(day)).flat_map(|day| *day..day + length);
        lines.push(format!("X-DAYS:{}", off.map(|day| date(day).to_string()).collect::<Vec<_>>().join(",")));
        events.push(lines);
    }
    quoted(dice, &events)
}

/// Windows in UTC.
pub(super) fn windows(dice: &mut Dice, around: i64) -> String {
    let (days, mut lines, out) = days(dice, around);
    let (hour, minutes) = (dice.below(24), *dice.pick(&[30, 90, 600, 1_500]));
    let at = |day: i32| format!("{}T{hour:02}1500Z", plain(day));
    let until_date = |line: &String| line.contains("UNTIL=");
    // An UNTIL that is a date counts whole, in UTC too.
    debug_assert!(lines.len() <= 1 || !lines.iter().any(until_date));
    if let Some(first) = days.first() {
        lines.push(format!("DTSTART:{}", at(*first)));
        lines.push(format!("DURATION:PT{}H{}M", minutes / 60, minutes % 60));
        lines.extend(out.iter().map(|day| format!("EXDATE:{}", at(*day))));
        let spans = days.iter().filter(|day| !out.contains(day)).map(|day| {
            let from = i64::from(*day) * 86_400 + hour as i64 * 3_600 + 900;
            format!("{from}/{}", from + minutes * 60)
        });
        lines.push(format!("X-SPANS:{}", spans.collect::<Vec<_>>().join(",")));
        return quoted(dice, &[lines]);
    }
    quoted(dice, &[])
}

/// The events as one double-quoted text, long lines folded.
fn quoted(dice: &mut Dice, events: &[Vec<String>]) -> String {
    let mut text = String::from("BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\n");
    for lines in events {
        let mut lines = lines.clone();
        dice.shuffle(&mut lines);
        text += "BEGIN:VEVENT\\r\\n";
        for line in lines {
            let folded: Vec<&str> = line.as_bytes().chunks(70).map(|part| std::str::from_utf8(part).unwrap_or("")).collect();
            text += &format!("{}\\r\\n", folded.join("\\r\\n "));
        }
        text += "END:VEVENT\\r\\n";
    }
    format!("\"{text}END:VCALENDAR\\r\\n\"")
}
