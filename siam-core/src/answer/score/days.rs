//! Times agreed in Working Days, and clocks in the zone of a ticket.
//!
//! Goes in: a ticket's start, what is agreed, the column of zones. Comes out: when its days are over; its clock.
//! **Invariant:** a number of days stands among times as a negative count until the start of a ticket says how long they are.
//! **Not here:** counting the days (`clock`), what a ticket comes to (`walk`).

use super::resolve::Common;
use super::runs::Run;
use crate::base::zone::{DAY, WallTimes};
use crate::base::{Date, Instant, Zone};
use crate::clock::Clock;
use crate::evidence::{Labels, MISSING};
use crate::model::allowance::{Allowance, DayRule, DaysEnd};
use crate::model::calendar::CalendarIdx;
use std::sync::{Arc, OnceLock};

/// An agreed time as it stands among times by code.
pub(super) fn coded(allowance: Allowance) -> i64 {
    match allowance {
        Allowance::Time(time) => time.micros().max(0),
        Allowance::WorkingDays(days) => -i64::from(days),
    }
}

/// The number of Working Days, where a time stands for one.
pub(in crate::answer) fn working_days(time: i64) -> Option<u32> {
    if time < 0 && time != MISSING { u32::try_from(time.unsigned_abs()).ok() } else { None }
}

/// When so many Working Days of a ticket are over. The time between runs of its clock is as a pause. Around the clock every day of the
/// ecosystem's zone counts that is not wholly paused. None where no clock computes it.
pub(in crate::answer) fn due(
    common: &Common<'_>,
    clock: Option<&Clock>,
    (runs, pauses): (&[Run], &[(Instant, Instant)]),
    days: u32,
    rule: DayRule,
) -> Option<i64> {
    let from = Instant(runs.first()?.0);
    let between = runs.iter().zip(runs.iter().skip(1)).map(|(before, after)| (Instant(before.1), Instant(after.0)));
    let still = joined(pauses.iter().copied().chain(between).collect());
    let over = |still: &[(Instant, Instant)]| match clock {
        Some(clock) => clock.working_days_due(from, days, rule, still).ok(),
        None => around_the_clock(&common.ecosystem.model().zone, from, days, rule.end, still),
    };
    if let Some(over) = over(&still) {
        return Some(over.micros());
    }
    // A pause without an end keeps the days from being over until the clock stops, which is in time then.
    let stopped = Instant(runs.last()?.1);
    let is_endless = stopped.micros() != MISSING && still.last().is_some_and(|(_, end)| *end == Instant::MAX);
    let mut ended = still;
    ended.iter_mut().for_each(|(_, end)| *end = stopped.min(*end));
    ended.retain(|(begun, end)| begun < end);
    is_endless.then(|| over(&ended)).flatten().map(|over| over.max(stopped).micros())
}

/// Stretches of time in order, joined where they meet.
fn joined(mut stretches: Vec<(Instant, Instant)>) -> Vec<(Instant, Instant)> {
    stretches.sort_unstable();
    let mut joined: Vec<(Instant, Instant)> = Vec::with_capacity(stretches.len());
    for (begun, over) in stretches {
        match joined.last_mut() {
            Some((_, last)) if begun <= *last => *last = over.max(*last),
            _ => joined.push((begun, over)),
        }
    }
    joined
}

/// When so many days are over in a zone where each counts but those that lie wholly in one of the pauses, as a calendar that is always
/// open has it.
fn around_the_clock(zone: &Zone, from: Instant, days: u32, end: DaysEnd, pauses: &[(Instant, Instant)]) -> Option<Instant> {
    let day = |date: Date| Some((zone.day_start(date), zone.day_start(date.plus_days(1)?)));
    let mut date = zone.date_of(from)?;
    let mut left = days;
    while left > 0 {
        date = date.plus_days(1)?;
        let (start, next) = day(date)?;
        // The first pause that may reach over the day; a day that the zone skips is none.
        let pause = pauses.get(pauses.partition_point(|(_, over)| *over < next));
        match pause.filter(|(begun, _)| *begun <= start) {
            // Days of a long pause are passed over together.
            Some((_, over)) => date = zone.date_of(*over)?.plus_days(-1)?.max(date),
            None if start < next => left -= 1,
            None => {}
        }
    }
    let (start, next) = day(date)?;
    let over = match end {
        DaysEnd::Closing | DaysEnd::Midnight => next,
        DaysEnd::SameTime => {
            let time = zone.wall_of(from).rem_euclid(DAY);
            zone.instant_of_wall(i64::from(date.to_days()) * DAY + time, WallTimes::Clamp).max(start).min(next)
        }
    };
    Some(over.max(from))
}

/// Clocks in the zones of tickets, compiled when first asked for.
pub(in crate::answer) struct Zoned<'e> {
    labels: &'e Labels,
    /// By code; none where the database has no such zone.
    zones: Vec<Option<Zone>>,
    calendars: usize,
    clocks: Vec<OnceLock<Arc<Clock>>>,
}

impl<'e> Zoned<'e> {
    pub fn new(common: &Common<'e>, labels: &'e Labels) -> Self {
        let model = common.ecosystem.model();
        let zones: Vec<Option<Zone>> = labels.words().map(|word| model.zones.named(word)).collect();
        let calendars = model.calendars.len();
        let clocks = (0..zones.len().saturating_mul(calendars)).map(|_| OnceLock::new()).collect();
        Self { labels, zones, calendars, clocks }
    }
    /// The zone of a ticket; none where it names none, the inner none where nobody knows what it names.
    pub fn zone_of(&self, ticket: usize) -> Option<Option<&Zone>> {
        self.zones.get(self.labels.code(ticket) as usize).map(Option::as_ref)
    }
    /// What a ticket names as its zone.
    pub fn word_of(&self, ticket: usize) -> Option<&str> {
        self.labels.get(ticket)
    }
    /// The clock of a calendar in the zone of a ticket; none where the ticket names no zone that is known.
    pub fn clock(&self, common: &Common<'_>, ticket: usize, calendar: CalendarIdx) -> Option<&Clock> {
        let zone = self.zone_of(ticket)??;
        let at = (self.labels.code(ticket) as usize).checked_mul(self.calendars)?.checked_add(calendar.get())?;
        Some(self.clocks.get(at)?.get_or_init(|| common.ecosystem.clock_in(calendar, zone)))
    }
}
