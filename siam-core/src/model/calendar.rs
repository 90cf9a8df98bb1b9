//! Calendars: in which hours a service is promised.
//!
//! Goes in: `calendars:` of a document. Comes out: `Calendar`, ready to compile.
//! **Invariant:** hours begin inside their day and end after they begin, at most a day later; the zone is in the database.
//! **Not here:** instants and prefix sums (`clock`).

use super::icalendar::{self, Effect, Event};
use crate::base::id::CalendarId;
pub use crate::base::zone::WallTimes;
use crate::base::zone::{DAY, Zone};
use crate::base::{Argument, Date, IdxVec, codes};
use crate::document::decode::{choice, record};
use crate::document::scalar::wrong_type;
use crate::document::{Decode, Faults, Mark, Node, NodeKind, Spot};
use std::collections::BTreeMap;

/// Open hours that begin on one day: seconds after 00:00, half-open; `until` beyond 86,400 runs past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours {
    /// Second of the day they begin at, 0 to 86,399.
    pub from: u32,
    /// Second after the beginning day's 00:00 they end at; above `from`, at most `from` + 86,400.
    pub until: u32,
}

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31; 02-29 is a holiday in leap years only.
    pub day: u8,
}

/// A calendar of service hours.
///
/// Precedence: holiday over break over override over weekly hours. A holiday closes its whole civil day, also for hours that
/// began the evening before; an override replaces the hours that begin on its day; a break is cut out of what is left. Events that
/// open are open beside all hours; events with a time of day that close are breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its name.
    pub id: CalendarId,
    /// The IANA zone, as the database spells it.
    pub zone: String,
    /// What wall-clock times mean at a jump.
    pub wall_times: WallTimes,
    /// Hours by the day they begin on, Monday first.
    pub weekly: [Vec<Hours>; 7],
    /// Hours cut out on every such weekday, Monday first.
    pub weekly_breaks: [Vec<Hours>; 7],
    /// Hours that replace those of one day.
    pub overrides: BTreeMap<Date, Vec<Hours>>,
    /// Hours cut out of one day.
    pub breaks: BTreeMap<Date, Vec<Hours>>,
    /// Closed days and their names (empty where none is given).
    pub holidays: BTreeMap<Date, String>,
    /// Days closed in every year and their names.
    pub annual_holidays: BTreeMap<MonthDay, String>,
    /// What iCalendar texts open and close, but for holidays that end: those stand among the others.
    pub events: Vec<Event>,
    /// Whether its zone is written at the calendar itself.
    pub own_zone: bool,
    /// The calendars it is made of, where it has no hours of its own.
    pub made_of: Option<Combination>,
}

/// How a calendar is made of others; a set operation on their open time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combination {
    /// How.
    pub combining: Combining,
    /// Of which, in the order written; at least one.
    pub of: Vec<CalendarIdx>,
}

/// A set operation on open time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Combining {
    /// Open where any of them is.
    Union,
    /// Open where all of them are.
    Intersection,
    /// Open where the first is and none of the others: agreed hours less maintenance.
    Difference,
}

impl Combining {
    /// All of them, in the order of their keys.
    pub const ALL: [Self; 3] = [Self::Union, Self::Intersection, Self::Difference];

    /// The key of a document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Union => "union",
            Self::Intersection => "intersection",
            Self::Difference => "difference",
        }
    }
}

/// How deep calendars may be made of calendars that are made of calendars.
pub const MOST_NESTED: usize = 16;

/// A dense index of a calendar.
pub type CalendarIdx = crate::base::Idx<Calendar>;

choice! {
    /// What wall-clock times mean at a jump, as written.
    pub enum WallTimesWord = "a policy for wall-clock times" {
        /// [`WallTimes::Clamp`].
        Clamp = "clamp",
        /// [`WallTimes::Compatible`].
        Compatible = "compatible",
        /// [`WallTimes::Pointwise`].
        Pointwise = "pointwise",
    }
}

record! {
    /// A calendar as written.
    pub struct CalendarDoc = "a calendar" {
        /// The IANA zone; the ecosystem's unless written.
        zone: Option<Spot<String>> = "zone",
        /// Hours by day: `mon-fri: 08:00-18:00`; `always` for around the clock; `icalendar: <text>` is open while its events last.
        hours: Option<Node> = "hours",
        /// Hours cut out, by day of the week or by date; `icalendar: <text>` is closed while its events last.
        breaks: Option<Node> = "breaks",
        /// Hours that replace those of a date.
        overrides: Option<Node> = "overrides",
        /// Closed dates; a map gives them names; `icalendar: <text>` closes the whole days of its events.
        holidays: Option<Node> = "holidays",
        /// Days closed in every year, MM-DD; a map gives them names.
        annual_holidays: Option<Node> = "annual_holidays",
        /// clamp, compatible or pointwise; clamp unless written.
        wall_times: Option<WallTimesWord> = "wall_times",
        /// Calendars of which any is open; instead of hours.
        union: Vec<Spot<String>> = "union",
        /// Calendars that are all open; instead of hours.
        intersection: Vec<Spot<String>> = "intersection",
        /// A calendar, less the open time of those after it: agreed hours less maintenance; instead of hours.
        difference: Vec<Spot<String>> = "difference",
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Calendar {
    /// A calendar that is always open.
    pub fn always(id: CalendarId, zone: &Zone) -> Self {
        let day = vec![Hours { from: 0, until: 86_400 }];
        Self {
            id,
            zone: zone.name().to_owned(),
            wall_times: WallTimes::default(),
            weekly: std::array::from_fn(|_| day.clone()),
            weekly_breaks: Default::default(),
            overrides: BTreeMap::new(),
            breaks: BTreeMap::new(),
            holidays: BTreeMap::new(),
            annual_holidays: BTreeMap::new(),
            events: Vec::new(),
            own_zone: false,
            made_of: None,
        }
    }

    /// The checked calendar of a document, where names lead to calendars; every fault is reported.
    pub fn check(
        id: CalendarId,
        doc: &CalendarDoc,
        zone: &Zone,
        names: &BTreeMap<String, CalendarIdx>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let zone = match &doc.zone {
            Some(name) => super::check_zone(&name.value, name.mark, faults)?,
            None => zone.clone(),
        };
        let mut calendar = Self::always(id, &zone);
        calendar.own_zone = doc.zone.is_some();
        calendar.wall_times = match doc.wall_times {
            Some(WallTimesWord::Compatible) => WallTimes::Compatible,
            Some(WallTimesWord::Pointwise) => WallTimes::Pointwise,
            Some(WallTimesWord::Clamp) | None => WallTimes::Clamp,
        };
        if doc.parts().next().is_some() {
            calendar.weekly = Default::default();
            calendar.made_of = doc.combination(calendar.id.as_str(), names, faults);
            return calendar.made_of.is_some().then_some(calendar);
        }
        match &doc.hours {
            Some(node) if node.text() == Some("always") => {}
            None if doc.overrides.is_none() => {
                let problem = faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a calendar").with("key", "hours");
                faults.report(problem.with("expected", "hours by day such as mon-fri: 08:00-18:00, or always"));
            }
            hours => calendar.weekly = weekly(hours.as_ref(), &mut BTreeMap::new(), false, faults),
        }
        calendar.weekly_breaks = weekly(doc.breaks.as_ref(), &mut calendar.breaks, true, faults);
        if let Some(node) = doc.overrides.as_ref().filter(|node| node.entries().is_none()) {
            wrong_type(node, "a map of dates such as 2026-12-24: 08:00-12:00", faults);
        }
        for entry in doc.overrides.as_ref().and_then(Node::entries).unwrap_or_default() {
            if let Some(date) = date(&entry.key, entry.mark, faults) {
                calendar.overrides.insert(date, hours_of(&entry.value, faults));
            }
        }
        let texts = [(&doc.hours, Effect::Opens), (&doc.breaks, Effect::Closes), (&doc.holidays, Effect::Holiday)];
        for (node, effect) in texts {
            for (text, mark) in texts_of(node.as_ref(), faults) {
                icalendar::read(text, mark, effect, &zone, faults).into_iter().for_each(|event| calendar.add(event));
            }
        }
        for (key, mark, name) in days(doc.holidays.as_ref(), faults) {
            if let Some(date) = date(&key, mark, faults) {
                calendar.holidays.insert(date, name);
            }
        }
        for (key, mark, name) in days(doc.annual_holidays.as_ref(), faults) {
            // A leap year has every day that any year has.
            match Date::parse(&format!("2024-{key}")) {
                Some(date) => {
                    calendar.annual_holidays.insert(MonthDay { month: date.month(), day: date.day() }, name);
                }
                None => {
                    let problem = faults.problem(&codes::BAD_VALUE, mark).with("value", Argument::user(&key));
                    faults.report(problem.with("expected", "a day of every year").with("example", "12-25"));
                }
            }
        }
        Some(calendar)
    }
    /// Adds an event; whole days that end are holidays like any other.
    fn add(&mut self, event: Event) {
        if event.effect != Effect::Holiday || !event.all_day || event.is_endless() {
            return self.events.push(event);
        }
        for start in event.starts(i64::MIN / 4, i64::MAX / 4) {
            for at in (start..start.saturating_add(event.length)).step_by(DAY as usize) {
                if let Some(date) = i32::try_from(at.div_euclid(DAY)).ok().and_then(Date::from_days) {
                    self.holidays.insert(date, event.name.clone());
                }
            }
        }
    }
}

impl CalendarDoc {
    /// The lists of calendars that are written.
    fn parts(&self) -> impl Iterator<Item = (Combining, &[Spot<String>])> {
        let lists = [&self.union, &self.intersection, &self.difference];
        let named = Combining::ALL.into_iter().zip(lists.map(Vec::as_slice));
        named.filter(|(_, list)| !list.is_empty())
    }

    /// The calendars it is made of; with hours of its own, or two ways to make it, it would be two calendars.
    fn combination(&self, id: &str, names: &BTreeMap<String, CalendarIdx>, faults: &mut Faults) -> Option<Combination> {
        let (combining, list) = self.parts().next()?;
        let own = [
            ("hours", self.hours.is_some()),
            ("breaks", self.breaks.is_some()),
            ("overrides", self.overrides.is_some()),
            ("holidays", self.holidays.is_some()),
            ("annual_holidays", self.annual_holidays.is_some()),
            ("wall_times", self.wall_times.is_some()),
        ];
        let more = self.parts().skip(1).map(|(combining, _)| combining.as_str());
        let too_much: Vec<&str> = own.iter().filter(|(_, written)| *written).map(|(key, _)| *key).chain(more).collect();
        for key in &too_much {
            let problem = faults.problem(&codes::CALENDAR_TWICE, self.mark).with("calendar", Argument::user(id));
            faults.report(problem.with("key", *key).with("made", combining.as_str()));
        }
        let found = list.iter().map(|name| super::resolve(names, "calendar", &name.value, name.mark, faults));
        let of: Vec<Option<CalendarIdx>> = found.collect();
        let of: Option<Vec<CalendarIdx>> = of.into_iter().collect();
        of.filter(|_| too_much.is_empty()).map(|of| Combination { combining, of })
    }
}

/// The calendars in an order in which each comes after those it is made of; a ring, or too deep a nesting, is reported.
pub fn in_order(calendars: &IdxVec<Calendar, Calendar>, marks: &[Mark], faults: &mut Faults) -> Vec<CalendarIdx> {
    let parts = |at: CalendarIdx| calendars.get(at).and_then(|one| one.made_of.as_ref()).map_or(&[][..], |made| &made.of);
    let mut order = Vec::with_capacity(calendars.len());
    let mut depth = vec![None; calendars.len()];
    // As many rounds as nesting is allowed to be deep.
    for round in 0..=MOST_NESTED {
        for (at, _) in calendars.entries() {
            let known = |part: &CalendarIdx| depth.get(part.get()).copied().flatten().is_some_and(|depth| depth < round);
            if depth[at.get()].is_none() && parts(at).iter().all(known) {
                depth[at.get()] = Some(round);
                order.push(at);
            }
        }
    }
    for (at, calendar) in calendars.entries().filter(|(at, _)| depth[at.get()].is_none()) {
        let mark = marks.get(at.get()).copied().unwrap_or_default();
        let problem = faults.problem(&codes::CALENDAR_RING, mark).with("calendar", Argument::user(calendar.id.as_str()));
        faults.report(problem.with("most", MOST_NESTED));
    }
    order
}

fn date(text: &str, mark: Mark, faults: &mut Faults) -> Option<Date> {
    let date = Date::parse(text);
    if date.is_none() {
        let problem = faults.problem(&codes::NO_SUCH_DATE, mark);
        faults.report(problem.with("value", Argument::user(text)));
    }
    date
}

/// Hours by weekday; where dates are allowed too, they go into `dated`.
fn weekly(node: Option<&Node>, dated: &mut BTreeMap<Date, Vec<Hours>>, dates: bool, faults: &mut Faults) -> [Vec<Hours>; 7] {
    let mut week: [Vec<Hours>; 7] = Default::default();
    let Some(node) = node else { return week };
    let Some(entries) = node.entries() else {
        wrong_type(node, "a map of days such as mon-fri: 08:00-18:00", faults);
        return week;
    };
    for entry in entries.iter().filter(|entry| &*entry.key != ICALENDAR) {
        let hours = hours_of(&entry.value, faults);
        if dates && entry.key.starts_with(|c: char| c.is_ascii_digit()) {
            if let Some(date) = date(&entry.key, entry.mark, faults) {
                dated.insert(date, hours);
            }
            continue;
        }
        for part in entry.key.split(',') {
            let place = |word: &str| DAYS.iter().position(|day| *day == word.trim());
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (Some(first), Some(last)) = (place(first), place(last)) else {
                let problem = faults.problem(&codes::BAD_WEEKDAY, entry.mark);
                faults.report(problem.with("value", Argument::user(part)));
                continue;
            };
            for step in 0..=(last + 7 - first) % 7 {
                week[(first + step) % 7].extend_from_slice(&hours);
            }
        }
    }
    for day in &mut week {
        day.sort_unstable();
    }
    week
}

/// One stretch of hours or several.
fn hours_of(node: &Node, faults: &mut Faults) -> Vec<Hours> {
    let items = match &node.kind {
        NodeKind::Null => return Vec::new(),
        NodeKind::Scalar { text, .. } if &**text == "closed" => return Vec::new(),
        NodeKind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut hours = Vec::new();
    for item in items {
        match item.text().and_then(stretch) {
            Some(stretch) => hours.push(stretch),
            None => {
                let problem = faults.problem(&codes::BAD_HOURS, item.mark);
                faults.report(problem.with("value", Argument::user(item.text().unwrap_or_else(|| item.found()))));
            }
        }
    }
    hours.sort_unstable();
    hours
}

/// `HH:MM-HH:MM`, also with seconds; 24:00 ends a day; an end at or before the start runs past midnight.
fn stretch(text: &str) -> Option<Hours> {
    let (from, until) = text.split_once('-')?;
    let clock = |part: &str| {
        let mut fields = part.trim().split(':');
        let mut next = |most: u32| {
            let field = fields.next()?;
            let plain = (1..=2).contains(&field.len()) && field.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| field.parse::<u32>().ok()).flatten().filter(|value| *value <= most)
        };
        let (hour, minute) = (next(24)?, next(59)?);
        let second = if part.matches(':').count() == 2 { next(59)? } else { 0 };
        let value = hour * 3600 + minute * 60 + second;
        (value <= 86_400 && part.matches(':').count() <= 2).then_some(value)
    };
    let (from, until) = (clock(from)?, clock(until)?);
    let until = if until <= from { until + 86_400 } else { until };
    (from < 86_400).then_some(Hours { from, until })
}

/// The key of iCalendar text, beside days.
const ICALENDAR: &str = "icalendar";

/// The iCalendar texts of a node: one or several.
fn texts_of<'n>(node: Option<&'n Node>, faults: &mut Faults) -> Vec<(&'n str, Mark)> {
    let Some(node) = node.and_then(|node| node.get(ICALENDAR)) else { return Vec::new() };
    let mut texts = Vec::new();
    for item in node.items().unwrap_or(std::slice::from_ref(node)) {
        match item.text() {
            Some(text) => texts.push((text, item.mark)),
            None => wrong_type(item, "iCalendar text, from BEGIN:VCALENDAR to END:VCALENDAR", faults),
        }
    }
    texts
}

/// The days of a list, or of a map from days to names.
fn days(node: Option<&Node>, faults: &mut Faults) -> Vec<(String, Mark, String)> {
    let Some(node) = node else { return Vec::new() };
    if let Some(entries) = node.entries() {
        let name = |value: &Node| value.text().unwrap_or_default().to_owned();
        let entries = entries.iter().filter(|entry| &*entry.key != ICALENDAR);
        return entries.map(|entry| (entry.key.to_string(), entry.mark, name(&entry.value))).collect();
    }
    let listed = Vec::<Spot<String>>::decode(node, faults).unwrap_or_default();
    listed.into_iter().map(|day| (day.value, day.mark, String::new())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_read_as_people_write_them() {
        assert_eq!(stretch("08:00-18:30"), Some(Hours { from: 28_800, until: 66_600 }));
        assert_eq!(stretch("00:00-24:00"), Some(Hours { from: 0, until: 86_400 }));
        assert_eq!(stretch("22:00-06:00"), Some(Hours { from: 79_200, until: 108_000 }));
        assert_eq!(stretch("9:00 - 17:00:30"), Some(Hours { from: 32_400, until: 61_230 }));
        for bad in ["", "8-18", "24:00-25:00", "08:60-09:00", "08:00", "24:30-25:00", "-08:00-09:00", "08:00-09:00:00:00"] {
            assert_eq!(stretch(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_calendar_is_made_of_others_or_has_hours_and_never_of_itself() {
        let found = |calendars: &str| {
            let text = format!("siam: 1\ncalendars:\n  office: {{hours: {{mon: 09:00-17:00}}}}\n{calendars}");
            let refused = crate::load(&[crate::document::Source::text("e", text)]).err();
            refused.map(|error| error.problems().iter().map(|one| format!("{} {}", one.code().name, one.place())).collect())
        };
        assert_eq!(found("  a: {union: [office]}\n  b: {difference: [a, office]}\n"), None::<Vec<String>>);
        assert_eq!(found("  a: {union: [office], hours: always}\n"), Some(vec!["calendar-twice e:4:6".into()]));
        assert_eq!(
            found("  a: {union: [b]}\n  b: {intersection: [a]}\n"),
            Some(vec!["calendar-ring e:4:3".into(), "calendar-ring e:5:3".into()])
        );
        assert_eq!(found("  a: {union: [offce]}\n"), Some(vec!["unresolved-name e:4:15".into()]));
    }
}
