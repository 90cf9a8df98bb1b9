//! From a calendar to sorted, disjoint open intervals with prefix sums, one block of years at a time.
//!
//! Goes in: a calendar and its zone. Comes out: blocks of open intervals in UTC microseconds.
//! **Invariant:** the intervals of a block are sorted, disjoint, not touching and inside the block: no time counts twice.
//! **Not here:** questions that cross blocks (`clock`), readings of single wall times (`zone`).

use crate::base::Date;
use crate::base::zone::{DAY, Offsets, Zone};
use crate::model::calendar::{Calendar, Combining, Hours, MonthDay, WallTimes};
use crate::model::icalendar::{Effect, Event};
use std::collections::BTreeMap;

/// 1899-12-31T00:00Z and 2201-01-02T00:00Z: the years 1900 to 2200 of every zone lie between.
pub(super) const LOW: i64 = -25_568 * DAY;
pub(super) const HIGH: i64 = 84_372 * DAY;
/// Four years: small enough to stay in a near cache, long enough that few questions cross two.
const BLOCK: i64 = 1_461 * DAY;
/// How many blocks there are.
pub(super) const BLOCKS: usize = ((HIGH - LOW) / BLOCK + 1) as usize;

/// A half-open stretch of instants or of wall times, in microseconds.
pub(super) type Span = (i64, i64);

/// The block an instant between `LOW` and `HIGH` lies in.
pub(super) fn block_of(at: i64) -> usize {
    usize::try_from((at - LOW) / BLOCK).unwrap_or(0).min(BLOCKS - 1)
}

/// The open intervals of four years, with the open time before each.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub starts: Vec<i64>,
    pub ends: Vec<i64>,
    before: Vec<i64>,
    /// Open time of the whole block.
    pub total: i64,
}

impl Block {
    fn new(spans: &[Span]) -> Self {
        let mut total = 0;
        let before = spans
            .iter()
            .map(|&(start, end)| {
                total += end - start;
                total - (end - start)
            })
            .collect();
        let (starts, ends) = spans.iter().copied().unzip();
        Self { starts, ends, before, total }
    }
    /// How many intervals begin at or before an instant.
    pub fn begun(&self, at: i64) -> usize {
        self.starts.partition_point(|&start| start <= at)
    }
    /// The block of a calendar that is made of others, from their blocks of the same years.
    pub fn combined<'b>(combining: Combining, parts: impl IntoIterator<Item = &'b Block>) -> Self {
        let mut parts = parts.into_iter().map(Block::spans);
        let first = parts.next().unwrap_or_default();
        let spans = match combining {
            Combining::Union => union(parts.fold(first, |mut all, part| {
                all.extend(part);
                all
            })),
            Combining::Intersection => parts.fold(first, |common, part| intersect(&common, &part)),
            Combining::Difference => parts.fold(first, |left, part| subtract(&left, &part)),
        };
        Self::new(&spans)
    }
    fn spans(&self) -> Vec<Span> {
        self.starts.iter().copied().zip(self.ends.iter().copied()).collect()
    }
    /// Open time of the block before an instant.
    pub fn opened(&self, at: i64) -> i64 {
        match self.begun(at).checked_sub(1) {
            None => 0,
            Some(last) => self.before[last] + at.min(self.ends[last]) - self.starts[last],
        }
    }
    /// Whether an instant is open.
    pub fn is_open(&self, at: i64) -> bool {
        self.begun(at).checked_sub(1).is_some_and(|last| at < self.ends[last])
    }
    /// The earliest instant with this much open time before it, above 0 and at most `total`.
    pub fn earliest(&self, opened: i64) -> i64 {
        let at = self.before.partition_point(|&before| before < opened).saturating_sub(1);
        self.starts[at] + opened - self.before[at]
    }
    /// The latest instant with this much open time before it, from 0 and below `total`.
    pub fn latest(&self, opened: i64) -> i64 {
        let at = self.before.partition_point(|&before| before <= opened).saturating_sub(1);
        self.starts[at] + opened - self.before[at]
    }
}

/// A calendar with its zone, ready to compile any block.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub calendar: Calendar,
    pub zone: Zone,
    always_open: bool,
}

impl Plan {
    pub fn new(calendar: Calendar, zone: Zone) -> Self {
        let always_open = never_closes(&calendar);
        Self { calendar, zone, always_open }
    }
    /// Compiles one block.
    pub fn block(&self, number: usize) -> Block {
        let from = LOW + BLOCK * i64::try_from(number).unwrap_or(0);
        let until = (from + BLOCK).min(HIGH);
        if self.always_open {
            return Block::new(&[(from, until)]);
        }
        let offsets = self.zone.offsets(from - 9 * DAY, until + 9 * DAY);
        Block::new(&clip(self.open(&offsets, from, until), from, until))
    }
    /// The open intervals around a block; those that reach beyond it may be incomplete there.
    fn open(&self, offsets: &Offsets, from: i64, until: i64) -> Vec<Span> {
        let policy = self.calendar.wall_times;
        let place = |wall: i64, policy| match policy {
            WallTimes::Pointwise => wall,
            WallTimes::Clamp | WallTimes::Compatible => offsets.read(wall).instant(policy).0,
        };
        // A day's civil bounds never move on with a gap, whatever its hours do.
        let bounds = if policy == WallTimes::Pointwise { policy } else { WallTimes::Clamp };
        let (mut open, mut shut) = (Vec::new(), Vec::new());
        let recurring = self.recurring_holidays(from.div_euclid(DAY) - 6, until.div_euclid(DAY) + 5);
        let is_holiday = |date: Date| self.is_holiday(date) || recurring.contains_key(&date);
        // Hours reach two days on, the wall clock is at most two from UTC, and a skipped day moves hours by one more.
        for day in from.div_euclid(DAY) - 5..=until.div_euclid(DAY) + 3 {
            let Some(date) = i32::try_from(day).ok().and_then(Date::from_days) else { continue };
            let midnight = day * DAY;
            let holiday = is_holiday(date);
            let holiday_next = date.plus_days(1).is_some_and(is_holiday);
            for &hours in self.hours(date) {
                // What is written for a holiday is not there, even where a gap would move it to the day after.
                let (start, end) = seconds(hours);
                let start = if holiday { start.max(DAY) } else { start };
                let end = if holiday_next { end.min(DAY) } else { end };
                if start < end {
                    open.push((place(midnight + start, policy), place(midnight + end, policy)));
                }
            }
            for &hours in self.breaks(date) {
                let (start, end) = seconds(hours);
                shut.push((place(midnight + start, policy), place(midnight + end, policy)));
            }
            if holiday {
                shut.push((place(midnight, bounds), place(midnight + DAY, bounds)));
            }
        }
        // Events in the calendar's own zone are read as its hours are.
        for (event, starts) in self.events(from, until) {
            let spans = starts.into_iter().map(|start| (place(start, policy), place(start + event.length, policy)));
            if event.effect == Effect::Opens { open.extend(spans) } else { shut.extend(spans) }
        }
        let (open, shut) = (union(open), union(shut));
        let foreign = self.foreign(from, until);
        let to_instants = |spans: Vec<Span>| if policy == WallTimes::Pointwise { instants_of(&spans, offsets) } else { spans };
        let own = to_instants(subtract(&open, &shut));
        if foreign.iter().all(Vec::is_empty) {
            return own;
        }
        let [opened, closed] = foreign;
        let opened = subtract(&union(opened), &to_instants(shut));
        subtract(&union([own, opened].concat()), &union(closed))
    }
    /// Events of the calendar's own zone that open or close, with when they begin around a block.
    fn events(&self, from: i64, until: i64) -> impl Iterator<Item = (&Event, Vec<i64>)> {
        let own = self.calendar.events.iter().filter(|event| event.zone.is_none() && !is_recurring_holiday(event));
        own.map(move |event| (event, event.starts(from - event.length - 9 * DAY, until + 9 * DAY)))
    }
    /// What events of zones of their own open, and what they close, as instants.
    fn foreign(&self, from: i64, until: i64) -> [Vec<Span>; 2] {
        let mut found = [Vec::new(), Vec::new()];
        for event in &self.calendar.events {
            let Some(zone) = &event.zone else { continue };
            let (low, high) = (from - event.length - 9 * DAY, until + 9 * DAY);
            let offsets = zone.offsets(low - 9 * DAY, high + event.length + 9 * DAY);
            let at = |wall: i64| offsets.read(wall).instant(WallTimes::Clamp).0;
            let spans = event.starts(low, high).into_iter().map(|start| (at(start), at(start + event.length)));
            found[usize::from(event.effect != Effect::Opens)].extend(spans);
        }
        found
    }
    /// Holidays that come again without an end, between two days, with their names.
    pub fn recurring_holidays(&self, from: i64, until: i64) -> BTreeMap<Date, &str> {
        let mut days = BTreeMap::new();
        for event in self.calendar.events.iter().filter(|event| is_recurring_holiday(event)) {
            for start in event.starts(from * DAY - event.length, until * DAY) {
                let of_event = start.div_euclid(DAY)..(start + event.length).div_euclid(DAY);
                let dates = of_event.filter_map(|day| i32::try_from(day).ok().and_then(Date::from_days));
                days.extend(dates.map(|date| (date, event.name.as_str())));
            }
        }
        days
    }
    fn hours(&self, date: Date) -> &[Hours] {
        match self.calendar.overrides.get(&date) {
            Some(hours) => hours,
            None => &self.calendar.weekly[usize::from(date.weekday())],
        }
    }
    fn breaks(&self, date: Date) -> impl Iterator<Item = &Hours> {
        let of_day = self.calendar.breaks.get(&date).into_iter().flatten();
        self.calendar.weekly_breaks[usize::from(date.weekday())].iter().chain(of_day)
    }
    fn is_holiday(&self, date: Date) -> bool {
        let annual = MonthDay { month: date.month(), day: date.day() };
        self.calendar.holidays.contains_key(&date) || self.calendar.annual_holidays.contains_key(&annual)
    }
}

fn is_recurring_holiday(event: &Event) -> bool {
    event.effect == Effect::Holiday && event.all_day
}

fn seconds(hours: Hours) -> Span {
    (i64::from(hours.from) * 1_000_000, i64::from(hours.until) * 1_000_000)
}

/// Whether nothing but the weekly hours is written, and those leave no second closed at any jump.
fn never_closes(calendar: &Calendar) -> bool {
    let plain = calendar.weekly_breaks.iter().all(Vec::is_empty)
        && calendar.overrides.is_empty()
        && calendar.breaks.is_empty()
        && calendar.holidays.is_empty()
        && calendar.annual_holidays.is_empty()
        && calendar.events.is_empty();
    // Overlapping hours may be moved apart by a gap: then the blocks say what is open.
    if !plain || calendar.wall_times == WallTimes::Compatible {
        return false;
    }
    let three_weeks = (0..21).flat_map(|day| {
        let hours = calendar.weekly.get(day as usize % 7).into_iter().flatten();
        hours.map(move |&hours| (day * DAY + seconds(hours).0, day * DAY + seconds(hours).1))
    });
    union(three_weeks.collect()).iter().any(|&(start, end)| start <= 7 * DAY && end >= 14 * DAY)
}

/// The instants at which the wall clock shows one of these times.
fn instants_of(wall: &[Span], offsets: &Offsets) -> Vec<Span> {
    let mut open = Vec::with_capacity(wall.len() + 8);
    for stretch in offsets.iter() {
        let first = wall.partition_point(|span| span.1 - stretch.offset <= stretch.from);
        let shown = wall[first..].iter().map(|&(start, end)| (start - stretch.offset, end - stretch.offset));
        let within = shown.take_while(|span| span.0 < stretch.until);
        open.extend(within.map(|(start, end)| (start.max(stretch.from), end.min(stretch.until))));
    }
    union(open)
}

/// Sorted, disjoint, not touching.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.0 < span.1);
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let joins = next.0 <= last.1;
        if joins {
            last.1 = last.1.max(next.1);
        }
        joins
    });
    spans
}

/// What is left of sorted spans when others are cut out.
fn subtract(open: &[Span], shut: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(open.len());
    let mut passed = 0;
    for &(mut start, end) in open {
        while shut.get(passed).is_some_and(|cut| cut.1 <= start) {
            passed += 1;
        }
        for cut in shut[passed..].iter().take_while(|cut| cut.0 < end) {
            if start < cut.0 {
                left.push((start, cut.0));
            }
            start = start.max(cut.1);
        }
        if start < end {
            left.push((start, end));
        }
    }
    left
}

/// What two lists of sorted spans share.
fn intersect(one: &[Span], other: &[Span]) -> Vec<Span> {
    let (mut both, mut at, mut beside) = (Vec::new(), 0, 0);
    while let (Some(a), Some(b)) = (one.get(at), other.get(beside)) {
        let (start, end) = (a.0.max(b.0), a.1.min(b.1));
        if start < end {
            both.push((start, end));
        }
        if a.1 < b.1 {
            at += 1;
        } else {
            beside += 1;
        }
    }
    both
}

fn clip(spans: Vec<Span>, from: i64, until: i64) -> Vec<Span> {
    let within = spans.into_iter().map(|(start, end)| (start.max(from), end.min(until)));
    within.filter(|span| span.0 < span.1).collect()
}
