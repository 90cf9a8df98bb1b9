//! iCalendar text (RFC 5545) in a calendar: holidays, planned windows, open hours.
//!
//! Goes in: the text, the zone of the calendar. Comes out: events, each with the days on which it comes again.
//! **Invariant:** every event is read whole or refused with its line; a cancelled one is none; nothing is fetched, nothing recurses.
//! **Not here:** what an event opens or closes (`clock`), tasks, journals and alarms (they are no events).

mod lines;
mod rule;
mod values;

pub use rule::{Frequency, Rule};

use crate::base::zone::{DAY, WallTimes, Zone};
use crate::base::{Argument, Code, Date, Duration, Instant, Problem, codes};
use crate::document::{Faults, Mark};
use lines::{Line, lines};
use rule::RuleFault;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use values::{duration, unescaped, written};

/// What an event does to a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It is open while the event lasts.
    Opens,
    /// It is closed while the event lasts.
    Closes,
    /// A whole day is a holiday; an event with a time of day closes while it lasts.
    Holiday,
}

impl Effect {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opens => "open",
            Self::Closes => "closed",
            Self::Holiday => "holiday",
        }
    }
}

/// An event of an iCalendar text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its summary; empty where it has none.
    pub name: String,
    /// What it does.
    pub effect: Effect,
    /// Whether it is about whole days.
    pub all_day: bool,
    /// How long it lasts on the wall clock, in microseconds.
    pub length: i64,
    /// The zone of its times; none for that of the calendar.
    pub zone: Option<Zone>,
    /// When it begins first, in microseconds since 1970-01-01T00:00 of its wall clock.
    first: i64,
    rule: Option<Rule>,
    /// The last wall time at which it may begin; none for never ending.
    last: Option<i64>,
    added: Vec<i64>,
    except: BTreeSet<i64>,
}

/// Longest event, and most days that the events of one text are written out to.
const LONGEST: i64 = 366 * DAY;
const MOST: usize = 1_000_000;
/// How far an event that never ends is written out for that.
const SOME_YEARS: i64 = 3_653 * DAY;
/// 2201-01-01: beyond, no clock computes.
const BEYOND: i32 = 84_371;

impl Event {
    /// Whether it comes again without an end.
    pub fn is_endless(&self) -> bool {
        self.rule.is_some() && self.last.is_none()
    }
    /// The wall times between two others at which it begins, both included; their order is not said.
    pub fn starts(&self, from: i64, until: i64) -> Vec<i64> {
        let time = self.first.rem_euclid(DAY);
        let mut found = BTreeSet::new();
        let mut add = |at: i64| {
            if from <= at && at <= until && !self.except.contains(&at) {
                found.insert(at);
            }
        };
        let first = day_of(self.first).and_then(Date::from_days);
        if let (Some(rule), Some(first)) = (&self.rule, first) {
            let last = self.last.unwrap_or(i64::MAX).min(until);
            rule.days(first, day_of(from).unwrap_or(0), day_of(last).unwrap_or(BEYOND).min(BEYOND), |day| {
                let at = i64::from(day) * DAY + time;
                if at <= last {
                    add(at);
                }
                at <= last
            });
        } else {
            add(self.first);
        }
        self.added.iter().for_each(|at| add(*at));
        found.into_iter().collect()
    }
    /// The rule as it comes again, for reading: how often.
    pub fn frequency(&self) -> Option<Frequency> {
        self.rule.as_ref().map(|rule| rule.frequency)
    }
    /// What tells it from others of its calendar: its name and when it begins first.
    pub fn key(&self) -> String {
        let at = Instant(self.first).to_string();
        format!("{} {}", self.name, at.trim_end_matches('Z')).trim().to_owned()
    }
    /// The day on which it begins first.
    pub fn first_day(&self) -> Option<Date> {
        day_of(self.first).and_then(Date::from_days)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let often = self.frequency().map_or("once", Frequency::as_str);
        write!(f, "{} {often} for {}", self.effect.as_str(), Duration(self.length))?;
        match (&self.zone, self.last.and_then(day_of).and_then(Date::from_days)) {
            (zone, Some(last)) => {
                write!(f, " until {last}{}", zone.as_ref().map_or(String::new(), |zone| format!(" in {}", zone.name())))
            }
            (Some(zone), None) => write!(f, " in {}", zone.name()),
            (None, None) => Ok(()),
        }
    }
}

fn day_of(wall: i64) -> Option<i32> {
    i32::try_from(wall.div_euclid(DAY)).ok()
}

/// The events of a text; every fault is reported with its line.
pub fn read(text: &str, mark: Mark, effect: Effect, zone: &Zone, faults: &mut Faults) -> Vec<Event> {
    let mut reader = Reader { text, mark, zone, effect, faults };
    let found = reader.events();
    let mut written = 0;
    let mut events: Vec<Event> = Vec::new();
    let mut replaced: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    let mut masters: Vec<Option<String>> = Vec::new();
    for raw in &found {
        let Some((event, replaces)) = reader.event(raw, &mut written) else { continue };
        if let (Some(uid), Some(at)) = (raw.value("UID"), replaces) {
            replaced.entry(uid.to_owned()).or_default().insert(at);
        }
        let cancelled = raw.value("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"));
        if !cancelled {
            events.push(event);
            masters.push(raw.value("UID").filter(|_| replaces.is_none()).map(str::to_owned));
        }
    }
    // An event that replaces one time of another takes that time out of it, also where it is itself cancelled.
    for (event, master) in events.iter_mut().zip(masters) {
        event.except.extend(master.and_then(|uid| replaced.get(&uid)).into_iter().flatten());
    }
    events
}

/// The properties of one event, in the order written.
struct Raw<'t> {
    begin: Line,
    properties: Vec<(Line, Property<'t>)>,
}

/// A property: its name in capitals, its parameters, its value.
struct Property<'t> {
    name: String,
    parameters: Vec<(String, String)>,
    value: std::borrow::Cow<'t, str>,
}

impl Raw<'_> {
    fn find(&self, name: &str) -> Option<&(Line, Property<'_>)> {
        self.properties.iter().find(|(_, property)| property.name == name)
    }
    fn value(&self, name: &str) -> Option<&str> {
        self.find(name).map(|(_, property)| property.value.trim())
    }
}

/// A time as written: on which wall clock, and whether it is a whole day.
struct Written {
    wall: i64,
    zone: Option<Zone>,
    all_day: bool,
}

struct Reader<'r> {
    text: &'r str,
    mark: Mark,
    zone: &'r Zone,
    effect: Effect,
    faults: &'r mut Faults,
}

impl<'r> Reader<'r> {
    fn problem(&self, code: &'static Code, line: &Line) -> Problem {
        let mark = self.faults.inside(self.mark, self.text, line.start, line.end);
        self.faults.problem(code, mark).with("line", line.number)
    }
    fn unreadable(&mut self, line: &Line, expected: &'static str, example: &'static str) {
        let problem = self.problem(&codes::ICALENDAR_UNREADABLE, line);
        self.faults.report(problem.with("expected", expected).with("example", example));
    }
    fn not_read(&mut self, line: &Line, what: &str, known: &'static str) {
        let problem = self.problem(&codes::ICALENDAR_NOT_READ, line).with("what", Argument::user(what));
        self.faults.report(problem.with("known", known));
    }

    /// The events as lists of properties; what stands in other components is passed over.
    fn events(&mut self) -> Vec<Raw<'r>> {
        let mut open: Vec<String> = Vec::new();
        let mut events: Vec<Raw<'r>> = Vec::new();
        let (mut seen, mut last) = (false, Line { number: 1, start: 0, end: self.text.len().min(1) });
        for (line, content) in lines(self.text) {
            last = line;
            let Some(property) = property(content) else {
                self.unreadable(&line, "a property such as DTSTART;VALUE=DATE:20261225", "a name, a colon and a value");
                return Vec::new();
            };
            let component = property.value.trim().to_ascii_uppercase();
            match property.name.as_str() {
                "BEGIN" if open.is_empty() && component != "VCALENDAR" => break,
                "BEGIN" => {
                    seen |= open.is_empty();
                    if component == "VEVENT" && open.len() == 1 {
                        events.push(Raw { begin: line, properties: Vec::new() });
                    }
                    open.push(component);
                }
                "END" => {
                    let begun = open.pop();
                    if begun.as_deref() != Some(component.as_str()) {
                        self.unreadable(&line, "the end of what was begun last", "END with the name of the last BEGIN");
                        return Vec::new();
                    }
                }
                _ if open.is_empty() => break,
                _ if open.len() == 2 && open.last().is_some_and(|last| last == "VEVENT") => {
                    if let Some(event) = events.last_mut() {
                        event.properties.push((line, property));
                    }
                }
                _ => {}
            }
        }
        if !seen || !open.is_empty() {
            self.unreadable(&last, "a whole calendar", "BEGIN:VCALENDAR, events, END:VCALENDAR");
            return Vec::new();
        }
        events
    }

    /// An event, and which time of another it replaces; none after a report.
    fn event(&mut self, raw: &Raw<'_>, written: &mut usize) -> Option<(Event, Option<i64>)> {
        let before = self.faults.count();
        let Some((line, property)) = raw.find("DTSTART") else {
            let problem = self.problem(&codes::ICALENDAR_LACKS, &raw.begin).with("key", "DTSTART");
            self.faults.report(problem.with("expected", "DTSTART;VALUE=DATE:20261225, or a date with a time"));
            return None;
        };
        let start = self.time(line, property, &property.value)?;
        let length = self.length(raw, &start)?;
        let replaces = match raw.find("RECURRENCE-ID") {
            Some((line, property)) if property.parameters.iter().any(|(key, _)| key == "RANGE") => {
                self.not_read(line, "RANGE", "one RECURRENCE-ID for each time that differs");
                None
            }
            Some((line, property)) => self.time(line, property, &property.value).map(|at| self.on_clock_of(&start, &at)),
            None => None,
        };
        let mut event = Event {
            name: raw.value("SUMMARY").map(unescaped).unwrap_or_default(),
            effect: self.effect,
            all_day: start.all_day,
            length,
            zone: start.zone.clone(),
            first: start.wall,
            rule: None,
            last: None,
            added: Vec::new(),
            except: BTreeSet::new(),
        };
        for (line, property) in &raw.properties {
            match property.name.as_str() {
                "RRULE" if event.rule.is_none() => self.rule(line, &property.value, &start, &mut event),
                "RRULE" => self.not_read(line, "a second RRULE", "one RRULE and RDATE"),
                "EXRULE" => self.not_read(line, "EXRULE", "EXDATE"),
                "RDATE" | "EXDATE" => {
                    if property.parameters.iter().any(|(key, value)| key == "VALUE" && value.eq_ignore_ascii_case("PERIOD")) {
                        self.not_read(line, "VALUE=PERIOD", "RDATE with dates or times");
                        continue;
                    }
                    for part in property.value.split(',') {
                        let Some(at) = self.time(line, property, part) else { break };
                        // A date takes out what begins on that day.
                        let at = match property.name == "EXDATE" && at.all_day && !start.all_day {
                            true => at.wall.saturating_add(start.wall.rem_euclid(DAY)),
                            false => self.on_clock_of(&start, &at),
                        };
                        if property.name == "RDATE" { event.added.push(at) } else { _ = event.except.insert(at) }
                    }
                }
                _ => {}
            }
        }
        // What never ends is written out some years at a time.
        let until = if event.is_endless() { event.first.saturating_add(SOME_YEARS) } else { i64::MAX / 4 };
        let days = usize::try_from(event.length / DAY).unwrap_or(0).max(1);
        *written = written.saturating_add(event.starts(i64::MIN / 4, until).len().saturating_mul(days));
        if *written > MOST {
            let problem = self.problem(&codes::ICALENDAR_TOO_LARGE, &raw.begin).with("what", "the number of days of its events");
            self.faults.report(problem.with("limit", MOST));
        }
        (self.faults.count() == before).then_some((event, replaces))
    }

    /// How long an event lasts on the wall clock.
    fn length(&mut self, raw: &Raw<'_>, start: &Written) -> Option<i64> {
        let (line, length) = match (raw.find("DTEND"), raw.find("DURATION")) {
            (Some((line, property)), _) => {
                let end = self.time(line, property, &property.value)?;
                if end.all_day != start.all_day {
                    self.unreadable(line, "an end of the kind of its start", "both as dates, or both with a time");
                    return None;
                }
                (line, self.on_clock_of(start, &end).saturating_sub(start.wall))
            }
            (None, Some((line, property))) => {
                let Some(length) = duration(property.value.trim()) else {
                    self.unreadable(line, "a length of time", "P1D, PT2H30M or P1W");
                    return None;
                };
                (line, length)
            }
            (None, None) if start.all_day => return Some(DAY),
            (None, None) => {
                let problem = self.problem(&codes::ICALENDAR_LACKS, &raw.begin).with("key", "DTEND");
                self.faults.report(problem.with("expected", "DTEND or DURATION: an event with a time of day lasts until one"));
                return None;
            }
        };
        if length <= 0 || start.all_day && length % DAY != 0 {
            self.unreadable(line, "an end after its start", "a DTEND that is later, of whole days where the start is one");
            return None;
        }
        if length > LONGEST {
            let problem = self.problem(&codes::ICALENDAR_TOO_LARGE, line).with("what", "the number of days of one event");
            self.faults.report(problem.with("limit", 366_i64));
            return None;
        }
        Some(length)
    }

    /// A rule of recurrence with its end as a wall time.
    fn rule(&mut self, line: &Line, text: &str, start: &Written, event: &mut Event) {
        let first = day_of(start.wall).and_then(Date::from_days);
        let (rule, end) = match (Rule::parse(text), first) {
            (Ok(found), Some(_)) => found,
            (Err(RuleFault::NotRead(what)), _) => {
                return self.not_read(line, &what, "FREQ of days to years, with BYMONTH, BYMONTHDAY, BYDAY and BYSETPOS");
            }
            _ => return self.unreadable(line, "a rule of recurrence", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"),
        };
        if let Some(until) = &end.until {
            // A last day counts whole.
            let last = written(until.trim()).map(|(wall, all_day, utc)| match (all_day, utc) {
                (true, _) => wall + DAY - 1,
                (false, true) => self.on_clock_of(start, &Written { wall, zone: Zone::named("UTC"), all_day }),
                (false, false) => wall,
            });
            match last {
                Some(last) => event.last = Some(last),
                None => self.unreadable(line, "a rule whose UNTIL is a date or a time", "UNTIL=20261231T235959Z"),
            }
        }
        if let (Some(count), Some(first)) = (end.count, first) {
            let (mut left, mut last) = (count, first.to_days());
            rule.days(first, first.to_days(), BEYOND, |day| {
                (left, last) = (left - 1, day);
                left > 0
            });
            event.last = Some(i64::from(last) * DAY + start.wall.rem_euclid(DAY));
        }
        event.rule = Some(rule);
    }

    /// A date or a time with the zone it is written in; none after a report.
    fn time(&mut self, line: &Line, property: &Property<'_>, text: &str) -> Option<Written> {
        let Some((wall, all_day, utc)) = written(text.trim()) else {
            self.unreadable(line, "a date or a time", "20261225, 20261225T090000 or 20261225T090000Z");
            return None;
        };
        let named = property.parameters.iter().find(|(key, _)| key == "TZID").map(|(_, name)| name.as_str());
        let zone = match named {
            _ if utc => Zone::named("UTC"),
            Some(name) if !all_day => Some(self.zone_named(line, name)?),
            _ => None,
        };
        Some(Written { wall, zone, all_day })
    }
    /// The zone of a `TZID`, also where a path stands before its name.
    fn zone_named(&mut self, line: &Line, name: &str) -> Option<Zone> {
        let zones = self.faults.limits().zones.clone();
        let tail = |count: usize| name.match_indices('/').map(|(at, _)| at + 1).rev().nth(count).and_then(|at| name.get(at..));
        let found = zones.named(name).or_else(|| [1, 2, 0].into_iter().filter_map(tail).find_map(|name| zones.named(name)));
        if found.is_none() {
            let problem = self.problem(&codes::UNKNOWN_ZONE, line).with("value", Argument::user(name));
            let problem = problem.with("tzdb", Argument::name(zones.version()));
            self.faults.report(problem.with("nearest", Argument::name(zones.nearest(name))));
        }
        found
    }
    /// A time on the wall clock of an event.
    fn on_clock_of(&self, start: &Written, at: &Written) -> i64 {
        if at.all_day || at.zone == start.zone {
            return at.wall;
        }
        let [from, to] = [&at.zone, &start.zone].map(|zone| zone.as_ref().unwrap_or(self.zone));
        to.wall_of(from.instant_of_wall(at.wall, WallTimes::Clamp))
    }
}

/// `NAME;KEY=VALUE;KEY="VALUE":value`.
fn property(content: std::borrow::Cow<'_, str>) -> Option<Property<'_>> {
    let mut quoted = false;
    let mut bounds = content.char_indices().filter(|(_, c)| {
        quoted ^= *c == '"';
        !quoted && matches!(c, ':' | ';')
    });
    let (mut begun, mut parts, mut value) = (0, Vec::new(), None);
    for (at, c) in bounds.by_ref() {
        parts.push(content.get(begun..at)?);
        begun = at + 1;
        if c == ':' {
            value = Some(begun);
            break;
        }
    }
    let (value, (name, parameters)) = (value?, parts.split_first()?);
    let sound = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let parameter = |text: &&str| {
        let (key, value) = text.split_once('=')?;
        Some((key.to_ascii_uppercase(), value.trim_matches('"').to_owned()))
    };
    let parameters = parameters.iter().map(parameter).collect::<Option<Vec<_>>>()?;
    let name = name.to_ascii_uppercase();
    let value = match content {
        std::borrow::Cow::Borrowed(text) => std::borrow::Cow::Borrowed(text.get(value..)?),
        std::borrow::Cow::Owned(ref text) => std::borrow::Cow::Owned(text.get(value..)?.to_owned()),
    };
    sound.then_some(Property { name, parameters, value })
}

#[cfg(test)]
mod tests;
