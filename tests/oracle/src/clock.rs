//! Service hours: the set of open instants, built anew for every question by cutting and joining intervals.
//!
//! Goes in: a document, the name of a calendar, instants in microseconds. Comes out: times, instants, intervals.
//! **Invariant:** holiday over break over override over weekly hours; half-open; every answer comes from the one set of `open`.
//! **Not here:** pauses of a measure (`score`).

use crate::SECOND;
use crate::reading::{entries, jump, list, text, texts, tree, zone};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use siam_core::document::Node;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
/// How far an answer is looked for, in seconds.
pub const FAR: i64 = 12 * 366 * DAY;

/// How many days a Working Day is looked for.
pub const NEAR: i64 = 90;

/// A stretch of time, its end excluded.
pub type Stretch = (i64, i64);

/// What a wall-clock time means where clocks jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WallTimes {
    Clamp,
    Compatible,
    Pointwise,
}

/// A calendar as written.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    wall_times: WallTimes,
    /// Stretches by weekday, Monday first, in seconds of the day they begin on.
    weekly: [Vec<Stretch>; 7],
    weekly_breaks: [Vec<Stretch>; 7],
    overrides: BTreeMap<Date, Vec<Stretch>>,
    breaks: BTreeMap<Date, Vec<Stretch>>,
    holidays: BTreeSet<Date>,
    annual_holidays: BTreeSet<(i8, i8)>,
    /// Windows that are closed, in seconds.
    closed: Vec<Stretch>,
    /// How it is made of other calendars, where it is.
    made: Option<(String, Vec<Calendar>)>,
}

/// Intervals sorted and joined where they meet; empty ones left out.
pub fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.retain(|(from, until)| from < until);
    stretches.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::new();
    for (from, until) in stretches {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}

/// What is left of intervals when others are cut out; both are joined.
pub fn without(stretches: &[Stretch], cut: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    for (from, until) in stretches {
        let mut start = *from;
        // Only what lies near can be cut, so that long lists stay quick.
        let first = cut.partition_point(|(_, end)| end <= from);
        for (begin, end) in cut[first..].iter().take_while(|(begin, _)| begin < until) {
            left.push((start, *begin));
            start = *end;
        }
        left.push((start, *until));
    }
    joined(left)
}

/// What intervals have in common with one.
pub fn inside(stretches: &[Stretch], (from, until): Stretch) -> Vec<Stretch> {
    joined(stretches.iter().map(|(a, b)| (*a.max(&from), *b.min(&until))).collect())
}

impl Calendar {
    /// The calendar of a document by name.
    pub fn of(document: &str, name: &str) -> Self {
        let root = tree(document);
        let written = root.get("calendars").and_then(|calendars| calendars.get(name));
        let written = written.unwrap_or_else(|| panic!("{name} is no calendar"));
        let mut calendar = Self::read(written, text(&root, "zone").unwrap_or("UTC"));
        for how in ["union", "intersection", "difference"] {
            let of: Vec<Calendar> = texts(written.get(how)).iter().map(|part| Self::of(document, part)).collect();
            if !of.is_empty() {
                calendar.made = Some((how.to_owned(), of));
            }
        }
        calendar
    }

    /// A calendar that is always open.
    pub fn always() -> Self {
        Self::read(&tree("{hours: always}"), "UTC")
    }

    fn read(node: &Node, document_zone: &str) -> Self {
        let (weekly, _) = match text(node, "hours") {
            Some("always") => (std::array::from_fn(|_| vec![(0, DAY)]), BTreeMap::new()),
            _ => by_day(node, "hours"),
        };
        let (weekly_breaks, breaks) = by_day(node, "breaks");
        // A list of days, or a map from days to their names.
        let days = |key: &str| match node.get(key).and_then(Node::entries) {
            Some(named) => named.iter().map(|entry| entry.key.to_string()).filter(|key| key != "icalendar").collect(),
            None => texts(node.get(key)),
        };
        Self {
            zone: zone(text(node, "zone").unwrap_or(document_zone)),
            wall_times: match text(node, "wall_times") {
                None | Some("clamp") => WallTimes::Clamp,
                Some("compatible") => WallTimes::Compatible,
                Some("pointwise") => WallTimes::Pointwise,
                Some(other) => panic!("{other} is no policy"),
            },
            weekly,
            weekly_breaks,
            overrides: entries(node, "overrides")
                .iter()
                .map(|entry| (crate::reading::date(&entry.key), stretches(&entry.value)))
                .collect(),
            breaks,
            holidays: days("holidays")
                .iter()
                .chain(&told(node, "holidays", "X-DAYS"))
                .map(|day| crate::reading::date(day))
                .collect(),
            annual_holidays: days("annual_holidays")
                .iter()
                .map(|day| crate::reading::date(&format!("2024-{day}")))
                .map(|day| (day.month(), day.day()))
                .collect(),
            closed: joined(told(node, "breaks", "X-SPANS").iter().map(|span| seconds_between(span)).collect()),
            made: None,
        }
    }

    /// The open intervals between two instants in seconds: sorted, apart from each other.
    fn open_seconds(&self, from: i64, until: i64) -> Vec<Stretch> {
        if let Some((how, parts)) = &self.made {
            let mut parts = parts.iter().map(|part| part.open_seconds(from, until));
            let first = parts.next().expect("a calendar is made of at least one");
            return parts.fold(first, |so_far, part| match how.as_str() {
                "union" => joined([so_far, part].concat()),
                // What is in both: the first without what is not in the second.
                "intersection" => without(&so_far, &without(&so_far, &part)),
                _ => without(&so_far, &part),
            });
        }
        let date = |second: i64| self.zone.to_datetime(timestamp(second)).date();
        let mut day = date(from).checked_sub(3.days()).expect("a day within time");
        let last = date(until).checked_add(3.days()).expect("a day within time");
        // Times of the wall clock, in seconds as if the zone were UTC.
        let (mut hours, mut breaks, mut holidays) = (Vec::new(), Vec::new(), Vec::new());
        while day <= last {
            let weekday = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
            let begin = seconds_of(day.to_datetime(jiff::civil::Time::midnight()));
            let moved = |stretches: &[Stretch]| stretches.iter().map(|(a, b)| (begin + a, begin + b)).collect::<Vec<_>>();
            hours.extend(moved(self.overrides.get(&day).unwrap_or(&self.weekly[weekday])));
            breaks.extend(moved(&self.weekly_breaks[weekday]));
            breaks.extend(moved(self.breaks.get(&day).map_or(&[], Vec::as_slice)));
            if self.holidays.contains(&day) || self.annual_holidays.contains(&(day.month(), day.day())) {
                holidays.push((begin, begin + DAY));
            }
            day = day.tomorrow().expect("a day within time");
        }
        let holidays = joined(holidays);
        // What is written for a holiday is not there, even where a jump would move it to the day after.
        let hours: Vec<Stretch> = hours.into_iter().flat_map(|one| without(&[one], &holidays)).collect();
        // Every stretch becomes instants by itself; only then they are joined and cut. The bounds of a day never move on.
        let (open, breaks, holidays) = match self.wall_times {
            WallTimes::Pointwise => {
                let read = |stretches: Vec<Stretch>| self.pointwise(&joined(stretches), from, until);
                (read(hours), read(breaks), read(holidays))
            }
            policy => (self.instants(&hours, policy), self.instants(&breaks, policy), self.instants(&holidays, WallTimes::Clamp)),
        };
        inside(&without(&without(&without(&open, &breaks), &holidays), &self.closed), (from, until))
    }

    /// Stretches of the wall clock as joined stretches of instants, by both ends of each.
    fn instants(&self, wall: &[Stretch], policy: WallTimes) -> Vec<Stretch> {
        joined(wall.iter().map(|(a, b)| (self.instant(*a, policy), self.instant(*b, policy))).collect())
    }

    /// The instant meant by a wall-clock time: the earlier in a fold; in a gap the jump, or by `compatible` as much later as it is long.
    fn instant(&self, wall: i64, policy: WallTimes) -> i64 {
        let time = datetime(wall);
        let read = |offset: jiff::tz::Offset| offset.to_timestamp(time).expect("a time within time").as_second();
        match self.zone.to_ambiguous_timestamp(time).offset() {
            AmbiguousOffset::Unambiguous { offset } => read(offset),
            AmbiguousOffset::Fold { before, .. } => read(before),
            AmbiguousOffset::Gap { before, .. } if policy == WallTimes::Compatible => read(before),
            AmbiguousOffset::Gap { before, after } => jump(&self.zone, time, before, after),
        }
    }

    /// Every instant is open whose reading on the wall clock is: one stretch of constant offset after the other.
    fn pointwise(&self, wall: &[Stretch], from: i64, until: i64) -> Vec<Stretch> {
        let mut open = Vec::new();
        let mut start = from;
        while start < until {
            let offset = i64::from(self.zone.to_offset(timestamp(start)).seconds());
            let end =
                self.zone.following(timestamp(start)).next().map_or(until, |change| change.timestamp().as_second()).min(until);
            let moved: Vec<Stretch> = wall.iter().map(|(a, b)| (a - offset, b - offset)).collect();
            open.extend(inside(&moved, (start, end)));
            start = end;
        }
        joined(open)
    }

    /// The open intervals between two instants.
    pub fn intervals(&self, from: i64, until: i64) -> Vec<Stretch> {
        if from >= until {
            return Vec::new();
        }
        let seconds = self.open_seconds(from.div_euclid(SECOND), until.div_euclid(SECOND) + 1);
        let micros: Vec<Stretch> = seconds.into_iter().map(|(a, b)| (a * SECOND, b * SECOND)).collect();
        inside(&micros, (from, until))
    }

    /// How long it was open from one instant to another; negative where they are reversed.
    pub fn elapsed(&self, from: i64, until: i64) -> i64 {
        if until < from {
            return -self.elapsed(until, from);
        }
        self.intervals(from, until).iter().map(|(a, b)| b - a).sum()
    }

    /// Whether it is open at an instant.
    pub fn is_open(&self, at: i64) -> bool {
        !self.intervals(at, at + 1).is_empty()
    }

    /// The first that a search finds in ever longer spans on one side of an instant.
    fn search<T>(&self, at: i64, step: i64, find: impl Fn(&[Stretch]) -> Option<T>) -> Option<T> {
        let mut span = 40 * DAY;
        loop {
            let other = at + step * span * SECOND;
            let found = find(&self.intervals(at.min(other), at.max(other)));
            if found.is_some() || span > FAR {
                return found;
            }
            span *= 4;
        }
    }

    /// The first open instant at or after another.
    pub fn next_open(&self, at: i64) -> Option<i64> {
        self.search(at, 1, |open| open.first().map(|(from, _)| *from))
    }

    /// The first closing after an instant; none where it never closes.
    pub fn next_close(&self, at: i64) -> Option<i64> {
        let mut span = 40 * DAY;
        while span <= FAR {
            let horizon = at + span * SECOND;
            if let Some((_, end)) = self.intervals(at, horizon).first() {
                // What touches the horizon may go on beyond it.
                if *end < horizon {
                    return Some(*end);
                }
            }
            span *= 4;
        }
        None
    }

    /// The latest instant not after another up to which it was open.
    pub fn previous_open(&self, at: i64) -> Option<i64> {
        self.search(at, -1, |open| open.last().map(|(_, until)| *until))
    }

    /// The earliest instant by which so much open time has passed; no time ends where it next is open.
    pub fn deadline(&self, from: i64, within: i64) -> Option<i64> {
        if within == 0 {
            return self.next_open(from);
        }
        self.search(from, 1, |open| {
            let mut left = within;
            for (start, end) in open {
                if end - start >= left {
                    return Some(start + left);
                }
                left -= end - start;
            }
            None
        })
    }

    /// When so many days with open time after the day of an instant are over: at the last closing, or at their midnight.
    pub fn working_days(&self, from: i64, days: i64, midnight: bool) -> Option<i64> {
        let begin = |day: Date| {
            let wall = seconds_of(day.to_datetime(jiff::civil::Time::midnight()));
            self.instant(wall, WallTimes::Clamp) * SECOND
        };
        let mut day = self.zone.to_datetime(jiff::Timestamp::from_microsecond(from).ok()?).date();
        let mut left = days;
        for _ in 0..NEAR {
            day = day.tomorrow().ok()?;
            let (start, end) = (begin(day), begin(day.tomorrow().ok()?));
            if let Some((_, closing)) = self.intervals(start, end).last() {
                left -= 1;
                if left == 0 {
                    return Some(if midnight { end } else { *closing });
                }
            }
        }
        None
    }

    /// The latest instant from which so much open time passes up to another; no time begins where it last was open.
    pub fn deadline_backwards(&self, until: i64, within: i64) -> Option<i64> {
        if within == 0 {
            return self.previous_open(until);
        }
        self.search(until, -1, |open| {
            let mut left = within;
            for (start, end) in open.iter().rev() {
                if end - start >= left {
                    return Some(end - left);
                }
                left -= end - start;
            }
            None
        })
    }
}

/// What an iCalendar text says of itself in a property that only this reads, with commas between.
fn told(node: &Node, key: &str, property: &str) -> Vec<String> {
    let text = node.get(key).and_then(|node| node.get("icalendar")).and_then(Node::text).unwrap_or_default();
    let whole = text.replace("\r\n ", "");
    let values = whole.lines().filter_map(|line| line.strip_prefix(property)?.strip_prefix(':'));
    values.flat_map(|values| values.split(',')).filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

fn seconds_between(span: &str) -> Stretch {
    let (from, until) = span.split_once('/').expect("two seconds");
    (from.parse().expect("a second"), until.parse().expect("a second"))
}

fn timestamp(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(second).expect("a second within time")
}

fn datetime(wall: i64) -> DateTime {
    TimeZone::UTC.to_datetime(timestamp(wall))
}

fn seconds_of(time: DateTime) -> i64 {
    TimeZone::UTC.to_timestamp(time).expect("a time within time").as_second()
}

/// Stretches by weekday, and by date where a key is one.
fn by_day(node: &Node, key: &str) -> ([Vec<Stretch>; 7], BTreeMap<Date, Vec<Stretch>>) {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let (mut week, mut dates): ([Vec<Stretch>; 7], _) = (Default::default(), BTreeMap::new());
    for entry in entries(node, key).iter().filter(|entry| &*entry.key != "icalendar") {
        if entry.key.starts_with(|c: char| c.is_ascii_digit()) {
            dates.insert(crate::reading::date(&entry.key), stretches(&entry.value));
            continue;
        }
        for part in entry.key.split(',') {
            let number = |name: &str| NAMES.iter().position(|known| *known == name.trim()).expect("a day of the week");
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (mut day, last) = (number(first), number(last));
            loop {
                week[day].extend(stretches(&entry.value));
                if day == last {
                    break;
                }
                day = (day + 1) % 7;
            }
        }
    }
    (week, dates)
}

/// `08:00-12:00` or several of them; `closed` is none. What ends at or before its beginning ends on the next day.
fn stretches(node: &Node) -> Vec<Stretch> {
    if node.text() == Some("closed") {
        return Vec::new();
    }
    let clock = |text: &str| {
        text.trim().split(':').zip([3600, 60, 1]).map(|(part, unit)| part.parse::<i64>().expect("digits") * unit).sum()
    };
    let read = |item: &Node| {
        let (from, until) = item.text().and_then(|text| text.split_once('-')).expect("hours as 08:00-18:00");
        let (from, until): (i64, i64) = (clock(from), clock(until));
        (from, if until <= from { until + DAY } else { until })
    };
    list(node).iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::instant;

    fn hours(words: &str) -> Calendar {
        Calendar::read(&tree(words), "UTC")
    }

    #[test]
    fn a_night_shift_loses_the_hour_that_is_not_and_wins_the_one_that_is_twice() {
        let night = hours("{zone: Europe/London, hours: {sat: 22:00-06:00}}");
        assert_eq!(night.elapsed(instant("2026-03-28T12:00:00Z"), instant("2026-03-29T12:00:00Z")), 7 * 3600 * SECOND);
        assert_eq!(night.elapsed(instant("2026-10-24T12:00:00Z"), instant("2026-10-25T12:00:00Z")), 9 * 3600 * SECOND);
    }

    #[test]
    fn hours_inside_a_gap_are_none_unless_compatible() {
        let day = (instant("2024-03-10T00:00:00Z"), instant("2024-03-11T00:00:00Z"));
        for (policy, open) in [("clamp", 0), ("pointwise", 0), ("compatible", 1800)] {
            let gap = hours(&format!("{{zone: America/Los_Angeles, hours: {{sun: 02:15-02:45}}, wall_times: {policy}}}"));
            assert_eq!(gap.elapsed(day.0, day.1), open * SECOND, "{policy}");
        }
    }

    #[test]
    fn a_holiday_also_closes_the_hours_begun_the_evening_before() {
        let nights = hours("{hours: {mon-fri: 22:00-06:00}, holidays: [2026-06-03]}");
        let open = nights.intervals(instant("2026-06-02T12:00:00Z"), instant("2026-06-04T12:00:00Z"));
        // What began on the holiday itself still runs on the morning after.
        let after = (instant("2026-06-04T00:00:00Z"), instant("2026-06-04T06:00:00Z"));
        assert_eq!(open, [(instant("2026-06-02T22:00:00Z"), instant("2026-06-03T00:00:00Z")), after]);
        assert_eq!(nights.previous_open(instant("2026-06-03T12:00:00Z")), Some(instant("2026-06-03T00:00:00Z")));
    }

    #[test]
    fn a_day_that_a_zone_skipped_counts_once() {
        let apia = hours("{zone: Pacific/Apia, hours: {mon-sun: 09:00-17:00}, wall_times: compatible}");
        assert_eq!(apia.elapsed(instant("2011-12-29T10:00:00Z"), instant("2012-01-01T10:00:00Z")), 3 * 8 * 3600 * SECOND);
    }
}
