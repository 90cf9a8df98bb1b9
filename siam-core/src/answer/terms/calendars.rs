//! The terms of calendars: hours by day, breaks, single days, holidays.
//!
//! Goes in: calendars that an agreement, contract or framework names. Comes out: their hours in words.
//! **Invariant:** days in a row with the same hours are one sentence; hours past midnight say so.
//! **Not here:** instants (`clock`).

use super::page::{Page, name};
use crate::base::Argument;
use crate::model::Model;
use crate::model::calendar::{Calendar, CalendarIdx, Combining, Hours, WallTimes};
use crate::model::icalendar::{Effect, Event, Frequency};
use crate::report::Reason;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The sentence that a clock runs in a calendar, its hours beneath.
pub(super) fn runs_in(calendar: &Calendar, model: &Model) -> Reason {
    if let Some(made) = made_of(calendar, model) {
        let id = Reason::new("terms-clock-calendar-made").with("calendar", name(calendar.id.as_str()));
        return id.with("zone", name(&calendar.zone)).because(made);
    }
    let recurring = calendar.events.iter().filter(|event| event.effect == Effect::Holiday).count();
    let closed = calendar.holidays.len() + calendar.annual_holidays.len() + recurring;
    let id = if closed == 0 { "terms-clock-calendar" } else { "terms-clock-calendar-closed" };
    let reason = Reason::new(id).with("calendar", name(calendar.id.as_str())).with("zone", name(&calendar.zone));
    reason.with("closed", closed).because_all(week(&calendar.weekly, "terms-hours"))
}

/// The terms of a calendar.
pub(super) fn calendar(page: &mut Page<'_>, calendar: &Calendar) {
    let id = calendar.id.as_str();
    page.about("calendars", "calendar", id, None, 1);
    page.heading(Reason::new("terms-calendar").with("calendar", name(id)).with("zone", name(&calendar.zone)));
    if let Some(made) = made_of(calendar, page.model) {
        return page.say(made);
    }
    week(&calendar.weekly, "terms-hours").into_iter().for_each(|reason| page.say(reason));
    week(&calendar.weekly_breaks, "terms-break").into_iter().for_each(|reason| page.say(reason));
    for (date, hours) in &calendar.overrides {
        let closed = hours.is_empty();
        let reason = Reason::new(if closed { "terms-day-closed" } else { "terms-day-hours" }).with("day", *date);
        page.say(if closed { reason } else { reason.with("hours", stretches(hours)) });
    }
    for (date, hours) in &calendar.breaks {
        page.say(Reason::new("terms-day-break").with("day", *date).with("hours", stretches(hours)));
    }
    for (date, called) in &calendar.holidays {
        let id = if called.is_empty() { "terms-day-closed" } else { "terms-holiday" };
        page.say(Reason::new(id).with("day", *date).with("called", name(called)));
    }
    for (day, called) in &calendar.annual_holidays {
        let id = if called.is_empty() { "terms-annual-holiday" } else { "terms-annual-holiday-called" };
        let day = Argument::name(format!("{:02}-{:02}", day.month, day.day));
        page.say(Reason::new(id).with("day", day).with("called", name(called)));
    }
    for event in &calendar.events {
        page.say(event_terms(event));
    }
    let recurring = calendar.events.iter().any(|event| event.effect == Effect::Holiday);
    if calendar.holidays.is_empty() && calendar.annual_holidays.is_empty() && !recurring {
        page.say(Reason::new("terms-no-holiday-default"));
    }
    page.say(Reason::new(match calendar.wall_times {
        WallTimes::Clamp => "terms-wall-times-clamp",
        WallTimes::Compatible => "terms-wall-times-compatible",
        WallTimes::Pointwise => "terms-wall-times-pointwise",
    }));
}

/// What an event of an iCalendar text does.
fn event_terms(event: &Event) -> Reason {
    let id = match (event.effect, event.is_endless()) {
        (Effect::Opens, false) => "terms-event-opens",
        (Effect::Opens, true) => "terms-event-opens-again",
        (Effect::Closes | Effect::Holiday, false) => "terms-event-closes",
        (Effect::Closes | Effect::Holiday, true) => "terms-event-closes-again",
    };
    let often = event.frequency().map_or("", Frequency::as_str);
    let reason = Reason::new(id).with("called", name(&event.name)).with("often", Argument::from(often));
    event.first_day().into_iter().fold(reason, |reason, day| reason.with("day", day))
}

/// Of which calendars a calendar is made, and how.
fn made_of(calendar: &Calendar, model: &Model) -> Option<Reason> {
    let made = calendar.made_of.as_ref()?;
    let called = |at: &CalendarIdx| name(model.calendars.get(*at).map_or("", |part| part.id.as_str()));
    let list = |of: &[CalendarIdx]| Argument::List(of.iter().map(called).collect());
    Some(match made.combining {
        Combining::Union => Reason::new("terms-hours-union").with("of", list(&made.of)),
        Combining::Intersection => Reason::new("terms-hours-intersection").with("of", list(&made.of)),
        Combining::Difference => {
            let (first, rest) = made.of.split_first()?;
            Reason::new("terms-hours-difference").with("first", called(first)).with("less", list(rest))
        }
    })
}

/// The hours of a week, days in a row with the same hours together.
fn week(week: &[Vec<Hours>; 7], id: &'static str) -> Vec<Reason> {
    let around = [Hours { from: 0, until: 86_400 }];
    if week.iter().all(|hours| hours.as_slice() == around) {
        return vec![Reason::new("terms-hours-always")];
    }
    let mut runs: Vec<(usize, usize, &Vec<Hours>)> = Vec::new();
    for (day, hours) in week.iter().enumerate() {
        match runs.last_mut() {
            Some((_, last, same)) if *last + 1 == day && *same == hours => *last = day,
            _ => runs.push((day, day, hours)),
        }
    }
    let day = |at: usize| name(DAYS.get(at).copied().unwrap_or_default());
    let one = |(first, last, hours): &(usize, usize, &Vec<Hours>)| {
        let to = match (id, first == last) {
            ("terms-hours", true) => "terms-hours-day",
            ("terms-hours", false) => "terms-hours-days",
            (_, true) => "terms-break-day",
            (_, false) => "terms-break-days",
        };
        Reason::new(to).with("first", day(*first)).with("last", day(*last)).with("hours", stretches(hours))
    };
    runs.iter().filter(|(_, _, hours)| !hours.is_empty()).map(one).collect()
}

/// Stretches of hours as `08:00 to 18:00`; those past midnight end on the next day.
fn stretches(hours: &[Hours]) -> Argument {
    let clock = |second: u32| match second % 60 {
        0 => format!("{:02}:{:02}", second / 3600, second / 60 % 60),
        rest => format!("{:02}:{:02}:{rest:02}", second / 3600, second / 60 % 60),
    };
    let one = |hours: &Hours| {
        let next_day = hours.until > 86_400;
        let until = if next_day { hours.until - 86_400 } else { hours.until };
        Argument::name(format!("{} to {}{}", clock(hours.from), clock(until), if next_day { " of the next day" } else { "" }))
    };
    Argument::List(hours.iter().map(one).collect())
}
