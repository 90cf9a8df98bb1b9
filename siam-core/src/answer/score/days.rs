//! Times agreed in Working Days, and clocks in the zone of a ticket.
//!
//! Goes in: a ticket's start, what is agreed, the column of zones. Comes out: when its days are over; its clock.
//! **Invariant:** a number of days stands among times as a negative count until the start of a ticket says how long they are.
//! **Not here:** counting the days (`clock`), what a ticket comes to (`walk`).

use super::resolve::Common;
use super::runs::Run;
use crate::base::zone::{DAY, WallTimes};
use crate::base::{Instant, Zone};
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
/// ecosystem's zone counts. None where no clock computes it.
pub(in crate::answer) fn due(
    common: &Common<'_>,
    clock: Option<&Clock>,
    (runs, pauses): (&[Run], &[(Instant, Instant)]),
    days: u32,
    rule: DayRule,
) -> Option<i64> {
    let from = Instant(runs.first()?.0);
    let Some(clock) = clock else {
        let zone = &common.ecosystem.model().zone;
        let (date, time) = (zone.date_of(from)?, zone.wall_of(from).rem_euclid(DAY));
        let last = date.plus_days(i32::try_from(days).ok()?)?;
        return Some(match rule.end {
            DaysEnd::Closing | DaysEnd::Midnight => zone.day_start(last.plus_days(1)?).micros(),
            DaysEnd::SameTime => zone.instant_of_wall(i64::from(last.to_days()) * DAY + time, WallTimes::Clamp).micros(),
        });
    };
    let found = if runs.len() < 2 {
        clock.working_days_due(from, days, rule, pauses)
    } else {
        let between = runs.iter().zip(runs.iter().skip(1)).map(|(before, after)| (Instant(before.1), Instant(after.0)));
        let mut still: Vec<(Instant, Instant)> = pauses.iter().copied().chain(between).collect();
        still.sort_unstable_by_key(|(begun, over)| (*over, *begun));
        clock.working_days_due(from, days, rule, &still)
    };
    found.ok().map(Instant::micros)
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
