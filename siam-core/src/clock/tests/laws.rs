//! Laws of the clock, and an oracle that reads the wall clock minute by minute.
//!
//! Goes in: calendars and instants from a small generator. Comes out: nothing.
//! **Invariant:** the same numbers in every run.
//! **Not here:** cases of peers (`cases`).

use super::*;
use crate::base::{Date, Duration, codes};
use crate::clock::{Boundary, Clock, DayCount, DayStart, DayTime, NOT_COMPUTED};
use crate::model::calendar::MonthDay;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const ZONES: [(&str, &str); 8] = [
    ("Europe/London", "2026-03-25T00:00:00Z"),
    ("Europe/London", "2026-10-21T00:00:00Z"),
    ("America/Los_Angeles", "2024-03-06T00:00:00Z"),
    ("America/Los_Angeles", "2024-10-30T00:00:00Z"),
    ("Australia/Lord_Howe", "2024-10-02T00:00:00Z"),
    ("Australia/Lord_Howe", "2024-04-03T00:00:00Z"),
    ("Pacific/Apia", "2011-12-26T00:00:00Z"),
    ("America/Sao_Paulo", "2018-11-01T00:00:00Z"),
];
const POLICIES: [WallTimes; 3] = [WallTimes::Clamp, WallTimes::Compatible, WallTimes::Pointwise];

/// Knuth's linear congruential generator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(end)) as u32
    }
    /// Hours on whole 15 minutes, some over midnight, some of 24 hours.
    fn hours(&mut self) -> Hours {
        let from = self.below(96) * 900;
        let length = if self.below(8) == 0 { 96 } else { 1 + self.below(60) };
        hours(from, from + length * 900)
    }
    fn several(&mut self, most: u32) -> Vec<Hours> {
        (0..self.below(most + 1)).map(|_| self.hours()).collect()
    }
}

fn some_calendar(dice: &mut Dice, zone: &str, around: &str, policy: WallTimes) -> Calendar {
    let mut calendar = calendar(zone, policy);
    let first = Date::parse(&around[..10]).unwrap();
    let day = |dice: &mut Dice| first.plus_days(dice.below(10) as i32).unwrap();
    for weekday in 0..7 {
        calendar.weekly[weekday] = dice.several(2);
        if dice.below(4) == 0 {
            calendar.weekly_breaks[weekday] = dice.several(1);
        }
    }
    for _ in 0..dice.below(3) {
        let date = day(dice);
        calendar.overrides.insert(date, dice.several(2));
    }
    for _ in 0..dice.below(3) {
        let date = day(dice);
        calendar.breaks.insert(date, dice.several(1));
    }
    if dice.below(2) == 0 {
        calendar.holidays.insert(day(dice), "a day off".into());
    }
    if dice.below(3) == 0 {
        let date = day(dice);
        calendar.annual_holidays.insert(MonthDay { month: date.month(), day: date.day() }, String::new());
    }
    calendar
}

/// What the wall clock shows, in microseconds since 1970-01-01T00:00 of that clock.
fn shown(zone: &jiff::tz::TimeZone, at: Instant) -> i64 {
    let wall = zone.to_datetime(jiff::Timestamp::from_microsecond(at.0).unwrap());
    jiff::tz::Offset::UTC.to_timestamp(wall).unwrap().as_microsecond()
}

/// The words of `model::calendar`, for one reading of the wall clock.
fn open_by_the_words(calendar: &Calendar, wall: i64) -> bool {
    let date = Date::from_days((wall / (24 * HOUR)) as i32).unwrap();
    let second = (wall % (24 * HOUR) / 1_000_000) as u32;
    if calendar.holidays.contains_key(&date)
        || calendar.annual_holidays.contains_key(&MonthDay { month: date.month(), day: date.day() })
    {
        return false;
    }
    let (mut open, mut cut) = (false, false);
    for back in 0..=2 {
        let begun = date.plus_days(-back).unwrap();
        let second = second + back as u32 * 86_400;
        let within = |list: &[Hours]| list.iter().any(|hours| hours.from <= second && second < hours.until);
        let weekday = usize::from(begun.weekday());
        open |= within(calendar.overrides.get(&begun).unwrap_or(&calendar.weekly[weekday]));
        cut |= within(&calendar.weekly_breaks[weekday]) || calendar.breaks.get(&begun).is_some_and(|list| within(list));
    }
    open && !cut
}

/// `Clamp` sees a wall clock that, when set back, stands still at the last minute before the jump until it is passed.
#[test]
fn pointwise_and_clamp_are_what_the_wall_clock_reads_minute_by_minute() {
    let mut dice = Dice(1);
    for round in 0..64 {
        let (zone, around) = ZONES[round % ZONES.len()];
        let policy = [WallTimes::Pointwise, WallTimes::Clamp][round / ZONES.len() % 2];
        let calendar = some_calendar(&mut dice, zone, around, policy);
        let clock = Clock::compile(&calendar).unwrap();
        let rules = jiff::tz::TimeZoneDatabase::bundled().get(zone).unwrap();
        let start = at(around);
        let (mut passed, mut latest) = (0, 0);
        for minute in 0..9 * 1440 {
            let now = Instant(start.0 + minute * MINUTE);
            assert_eq!(clock.elapsed(start, now).unwrap().0, passed, "{zone} {now} {calendar:?}");
            latest = latest.max(shown(&rules, now));
            let wall = if policy == WallTimes::Clamp { latest } else { shown(&rules, now) };
            let open = open_by_the_words(&calendar, wall);
            assert_eq!(clock.is_open(now).unwrap(), open, "{zone} {now} {calendar:?}");
            passed += if open { MINUTE } else { 0 };
        }
    }
}

#[test]
fn compatible_differs_from_clamp_only_at_a_gap() {
    let mut dice = Dice(4);
    for round in 0..32 {
        let (zone, around) = ZONES[round % ZONES.len()];
        let base = some_calendar(&mut dice, zone, around, WallTimes::Clamp);
        let (from, until) = (at(around), Instant(at(around).0 + 9 * 24 * HOUR));
        let found = [WallTimes::Clamp, WallTimes::Compatible].map(|wall_times| {
            let clock = Clock::compile(&Calendar { wall_times, ..base.clone() }).unwrap();
            clock.intervals(from, until).unwrap()
        });
        let rules = jiff::tz::TimeZoneDatabase::bundled().get(zone).unwrap();
        let gap = shown(&rules, until) - shown(&rules, from) > until.0 - from.0;
        assert!(gap || found[0] == found[1], "{zone} {base:?}");
    }
}

#[test]
fn the_policies_agree_where_no_clock_jumps() {
    let mut dice = Dice(2);
    for _ in 0..20 {
        let base = some_calendar(&mut dice, "Asia/Tokyo", "2026-05-01", WallTimes::Clamp);
        let found = POLICIES.map(|wall_times| {
            let clock = Clock::compile(&Calendar { wall_times, ..base.clone() }).unwrap();
            clock.intervals(at("2025-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap()
        });
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0], found[2]);
    }
}

#[test]
fn laws_of_elapsed_deadline_and_intervals() {
    let mut dice = Dice(3);
    for round in 0..96 {
        let (zone, around) = ZONES[round % ZONES.len()];
        let policy = POLICIES[round % 3];
        let calendar = some_calendar(&mut dice, zone, around, policy);
        let clock = Clock::compile(&calendar).unwrap();
        let mut some = |reach: u32| Instant(at(around).0 + i64::from(dice.below(reach * 86_400)) * 1_000_000 + 7);
        for _ in 0..20 {
            let (a, b, c) = (some(9), some(9), some(5_000));
            let elapsed = |from, until| clock.elapsed(from, until).unwrap().0;
            assert_eq!(elapsed(a, b) + elapsed(b, c), elapsed(a, c));
            assert_eq!(elapsed(a, b), -elapsed(b, a));
            let (first, last) = (a.min(c), a.max(c));
            let intervals = clock.intervals(first, last).unwrap();
            assert!(intervals.windows(2).all(|pair| pair[0].1 < pair[1].0), "sorted, disjoint, joined");
            assert_eq!(intervals.iter().map(|(start, end)| end.0 - start.0).sum::<i64>(), elapsed(first, last));
            assert!(elapsed(first, last) <= last.0 - first.0);
            if first <= b && b < last {
                let inside = intervals.iter().any(|(start, end)| (*start..*end).contains(&b));
                assert_eq!(clock.is_open(b).unwrap(), inside);
            }
            if clock.next_open(a).is_err() {
                continue;
            }
            let amount = Duration(1 + (c.0 - at(around).0) / 1_000);
            let Ok(due) = clock.deadline(a, amount, Boundary::Same) else { continue };
            assert_eq!(elapsed(a, due), amount.0);
            assert_eq!(elapsed(a, Instant(due.0 - 1)), amount.0 - 1, "the earliest");
            let next = clock.deadline(a, amount, Boundary::Next).unwrap();
            assert!(next >= due && clock.is_open(next).unwrap());
            assert_eq!(elapsed(due, next), 0);
            let begun = clock.deadline_back(due, amount, Boundary::Same).unwrap();
            assert_eq!(elapsed(begun, due), amount.0);
            assert_eq!(elapsed(Instant(begun.0 + 1), due), amount.0 - 1, "the latest");
            assert_eq!(begun, clock.next_open(a).unwrap());
            let before = clock.deadline_back(due, amount, Boundary::Next).unwrap();
            assert!(before <= begun && elapsed(before, begun) == 0 && clock.is_open(Instant(before.0 - 1)).unwrap());
            assert_eq!(
                clock.deadline(a, Duration(-amount.0), Boundary::Same).ok(),
                clock.deadline_back(a, amount, Boundary::Same).ok()
            );
            if let Some(close) = clock.next_close(a).unwrap() {
                assert!(close > a && !clock.is_open(close).unwrap() && clock.is_open(Instant(close.0 - 1)).unwrap());
            }
        }
    }
}

/// Columns long enough for a table: around a jump, with instants at its edges, far away, and outside all years.
#[test]
fn a_whole_column_says_what_each_row_says_alone() {
    let mut dice = Dice(9);
    for round in 0..32 {
        let (zone, around) = ZONES[round % ZONES.len()];
        let mut calendar = some_calendar(&mut dice, zone, around, POLICIES[round % 3]);
        let kind = round / ZONES.len();
        if kind == 1 {
            calendar.weekly = std::array::from_fn(|_| vec![hours(0, 86_400)]);
        } else if kind == 2 {
            // A stretch every five minutes: no table holds them.
            calendar.weekly = std::array::from_fn(|_| (0..288).map(|part| hours(part * 300, part * 300 + 60)).collect());
        } else if kind == 3 {
            calendar.weekly = std::array::from_fn(|_| vec![hours(8 * 3_600, 12 * 3_600), hours(13 * 3_600, 17 * 3_600)]);
        }
        let clock = Clock::compile(&calendar).unwrap();
        let base = at(around).0;
        let mut some = |row: usize| match row % 97 {
            0 => i64::MIN,
            1 => i64::MAX,
            2 => base - 1_100 * 24 * HOUR,
            3 => base + 1_900 * 24 * HOUR + 7,
            4 => base,
            _ => base + i64::from(dice.below(400 * 86_400)) * 1_000_000 + i64::from(dice.below(3)) * 499_999,
        };
        let from: Vec<i64> = (0..1_500).map(&mut some).collect();
        let until: Vec<i64> = (0..1_500).map(|row| some(row / 2 + 7)).collect();
        let mut all = vec![0; from.len()];
        clock.elapsed_all(&from, &until, &mut all);
        let lookup = clock.lookup(&[&from]);
        assert_eq!(lookup.is_table(), kind != 2, "{kind} in {zone}");
        for row in 0..from.len() {
            let alone = clock.elapsed(Instant(from[row]), Instant(until[row])).map_or(NOT_COMPUTED, |time| time.0);
            assert_eq!(all[row], alone, "row {row} of kind {kind} in {zone}");
            assert_eq!(lookup.elapsed(from[row], until[row]), alone);
        }
    }
}

#[test]
fn a_table_knows_every_interval_it_reaches_beyond_what_was_sampled() {
    let mut always = calendar("UTC", WallTimes::Clamp);
    always.weekly = std::array::from_fn(|_| vec![hours(0, 86_400)]);
    for day in ["2026-02-03", "2026-02-13", "2026-02-22", "2026-03-01"] {
        always.holidays.insert(crate::base::Date::parse(day).unwrap(), String::new());
    }
    let clock = Clock::compile(&always).unwrap();
    let january: Vec<i64> = (0..600).map(|row| at("2026-01-01T00:00:00Z").0 + row * 4_000_000_000).collect();
    let lookup = clock.lookup(&[&january]);
    assert!(lookup.is_table());
    let from = at("2026-01-10T00:00:00Z");
    for hour in 0..24 * 120 {
        let until = Instant(at("2026-01-01T00:00:00Z").0 + hour * 3_600_000_000);
        let alone = clock.elapsed(from, until).map_or(NOT_COMPUTED, |time| time.0);
        assert_eq!(lookup.elapsed(from.0, until.0), alone, "hour {hour}");
    }
}

#[test]
fn pauses_are_merged_before_they_are_taken_off() {
    let mut clock_calendar = calendar("Europe/London", WallTimes::Clamp);
    clock_calendar.weekly = std::array::from_fn(|day| if day < 5 { vec![hours(9 * 3600, 17 * 3600)] } else { Vec::new() });
    let clock = Clock::compile(&clock_calendar).unwrap();
    let (monday, tuesday) = (at("2026-01-05T09:00:00Z"), at("2026-01-06T17:00:00Z"));
    let pauses = [
        (at("2026-01-05T16:00:00Z"), at("2026-01-06T10:00:00Z")),
        (at("2026-01-05T15:00:00Z"), at("2026-01-05T16:30:00Z")),
        (at("2026-01-05T12:00:00Z"), at("2026-01-05T11:00:00Z")),
        (at("1500-01-01T00:00:00Z"), at("2026-01-05T09:30:00Z")),
        (at("2026-01-06T16:00:00Z"), Instant::MAX),
    ];
    let left = 16 * HOUR - 3 * HOUR - HOUR / 2 - HOUR;
    assert_eq!(clock.elapsed_without(monday, tuesday, &pauses).unwrap().0, left);
    assert_eq!(clock.elapsed_without(tuesday, monday, &pauses).unwrap().0, -left);
    let mut out = [0; 3];
    clock.elapsed_all(&[monday.0, tuesday.0, i64::MIN], &[tuesday.0, monday.0, 0], &mut out);
    assert_eq!(out, [16 * HOUR, -16 * HOUR, NOT_COMPUTED]);
}

#[test]
fn a_clock_may_be_shared_by_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Clock>();
}

#[test]
fn around_the_clock_is_one_interval_and_never_closes() {
    for policy in POLICIES {
        let mut always = calendar("America/Sao_Paulo", policy);
        always.weekly = std::array::from_fn(|_| vec![hours(0, 86_400)]);
        let clock = Clock::compile(&always).unwrap();
        let (from, until) = (at("1900-01-01T00:00:00Z"), at("2200-12-31T00:00:00Z"));
        assert_eq!(clock.elapsed(from, until).unwrap().0, until.0 - from.0);
        assert_eq!(clock.intervals(from, until).unwrap(), [(from, until)]);
        assert_eq!(clock.next_close(from).unwrap(), None);
        assert_eq!(clock.first_intervals(from, 3).unwrap().len(), 1);
        assert_eq!(clock.deadline(from, Duration(HOUR), Boundary::Next).unwrap().0, from.0 + HOUR);
    }
}

#[test]
fn outside_the_years_is_a_problem_and_so_is_never_opening() {
    let empty = Clock::compile(&calendar("UTC", WallTimes::Clamp)).unwrap();
    let now = at("2026-01-01T00:00:00Z");
    assert_eq!(empty.elapsed(now, at("2201-02-01T00:00:00Z")).unwrap_err().code(), &codes::BEYOND_HORIZON);
    assert_eq!(empty.is_open(Instant::MIN).unwrap_err().code(), &codes::BEYOND_HORIZON);
    assert_eq!(empty.elapsed(now, at("2200-12-31T23:59:59Z")).unwrap(), Duration::ZERO);
    for problem in [
        empty.next_open(now).unwrap_err(),
        empty.previous_open(now).unwrap_err(),
        empty.deadline(now, Duration(1), Boundary::Same).unwrap_err(),
        empty.deadline_back(now, Duration(i64::MAX), Boundary::Same).unwrap_err(),
    ] {
        assert_eq!(problem.code(), &codes::NEVER_OPEN);
    }
    assert_eq!(empty.next_close(now).unwrap(), None);
    assert!(empty.add_working_days(Date::parse("2026-01-01").unwrap(), 1, DayStart::Step).is_err());
    assert_eq!(Clock::compile(&calendar("Mars/Base", WallTimes::Clamp)).unwrap_err().code(), &codes::UNKNOWN_ZONE);
}

#[test]
fn a_skipped_day_counts_once_and_a_holiday_closes_the_night_before_its_hours() {
    for (policy, friday) in [(WallTimes::Clamp, 0), (WallTimes::Compatible, 8), (WallTimes::Pointwise, 0)] {
        // 2011-12-30, a Friday, was skipped; its hours move onto Saturday only where the policy says so.
        let mut apia = calendar("Pacific/Apia", policy);
        apia.weekly[4] = vec![hours(9 * 3600, 17 * 3600)];
        let span = (at("2011-12-29T00:00:00Z"), at("2012-01-02T00:00:00Z"));
        assert_eq!(Clock::compile(&apia).unwrap().elapsed(span.0, span.1).unwrap().0, friday * HOUR);
        apia.weekly[5] = apia.weekly[4].clone();
        assert_eq!(Clock::compile(&apia).unwrap().elapsed(span.0, span.1).unwrap().0, 8 * HOUR, "{policy:?}");

        let mut night = calendar("Europe/London", policy);
        night.weekly = std::array::from_fn(|_| vec![hours(22 * 3600, 30 * 3600)]);
        night.holidays.insert(Date::parse("2026-12-25").unwrap(), String::new());
        let clock = Clock::compile(&night).unwrap();
        let closed = (at("2026-12-25T00:00:00Z"), at("2026-12-26T00:00:00Z"));
        assert_eq!(clock.next_close(at("2026-12-24T23:00:00Z")).unwrap(), Some(closed.0));
        assert_eq!(clock.next_open(closed.0).unwrap(), closed.1);
    }
}

#[test]
fn working_days_by_each_convention() {
    let mut office = calendar("Europe/London", WallTimes::Clamp);
    office.weekly = std::array::from_fn(|day| if day < 5 { vec![hours(9 * 3600, 17 * 3600)] } else { Vec::new() });
    office.holidays.insert(Date::parse("2026-12-25").unwrap(), String::new());
    let clock = Clock::compile(&office).unwrap();
    let day = |text: &str| Date::parse(text).unwrap();
    for (count, days) in [(DayCount::AfterFirst, 3), (DayCount::FromFirst, 3), (DayCount::Both, 4)] {
        assert_eq!(clock.working_days_between(day("2026-12-23"), day("2026-12-29"), count).unwrap(), days);
        assert_eq!(clock.working_days_between(day("2026-12-29"), day("2026-12-23"), count).unwrap(), -days);
    }
    let moved = |from: &str, days, start| clock.add_working_days(day(from), days, start).unwrap().to_string();
    assert_eq!(moved("2026-12-24", 1, DayStart::Step), "2026-12-28");
    assert_eq!(moved("2026-12-27", 1, DayStart::Step), "2026-12-28");
    assert_eq!(moved("2026-12-27", 1, DayStart::Roll), "2026-12-29");
    assert_eq!(moved("2026-12-27", -1, DayStart::Step), "2026-12-24");
    assert_eq!(moved("2026-12-27", -1, DayStart::Roll), "2026-12-23");
    assert_eq!(moved("2026-12-27", 0, DayStart::Roll), "2026-12-27");
    let evening = at("2026-03-27T18:00:00Z");
    let at_time = |time| clock.add_working_days_at(evening, 1, DayStart::Step, time).unwrap().to_string();
    assert_eq!(at_time(DayTime::Keep), "2026-03-30T17:00:00Z");
    assert_eq!(at_time(DayTime::Snap), "2026-03-31T08:00:00Z");
}
