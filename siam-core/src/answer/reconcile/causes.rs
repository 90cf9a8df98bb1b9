//! Why verdicts differ: which single change of our reading gives theirs.
//!
//! Goes in: a measure, the tickets on which verdicts differ. Comes out: the cause of each, and how much each cause explains.
//! **Invariant:** a change explains a ticket only when it gives their verdict, and their whole seconds where they tell them.
//! **Not here:** which tickets differ (`reconcile`), what a ticket comes to (`score`).

use crate::answer::given::KEPT;
use crate::answer::score::Outcome;
use crate::answer::score::resolve::{Asked, Common, measures};
use crate::answer::score::walk::{Contribution, Judged, contribution};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, Table, codes};
use crate::clock::Clock;
use crate::evidence::MISSING;
use crate::model::agreement::{CountedWhen, Measure, TicketInstant};
use crate::model::calendar::{Calendar, CalendarIdx};
use std::collections::{BTreeMap, BTreeSet};

/// The most changes that are tried for a measure.
const MOST: usize = 100;

/// What kind of change it is; the order decides between causes that explain as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Zone,
    Start,
    Pause,
    Calendar,
    Stop,
    Priority,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zone => "zone",
            Self::Start => "start",
            Self::Pause => "pause",
            Self::Calendar => "calendar",
            Self::Stop => "stop",
            Self::Priority => "priority",
        }
    }
}

/// What somebody else says of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Theirs {
    pub met: Option<bool>,
    pub seconds: Option<i64>,
    /// Our whole seconds less theirs.
    pub apart: Option<i64>,
}

impl Theirs {
    fn is_given_by(&self, met: bool, elapsed: i64) -> bool {
        self.met.is_none_or(|theirs| theirs == met) && self.seconds.is_none_or(|seconds| elapsed.div_euclid(1_000_000) == seconds)
    }
}

/// A ticket on which verdicts differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub case: Contribution,
    pub ours: bool,
    pub theirs: Theirs,
}

/// A cause, and how many disagreements it gives alone.
pub(super) struct Cause {
    pub kind: Kind,
    pub detail: String,
    explains: usize,
}

/// The causes of a measure.
pub(super) struct PutDown {
    pub causes: Vec<Cause>,
    /// By disagreement the place of its cause.
    pub of: Vec<Option<usize>>,
}

/// A single change of how a measure is read.
enum Change {
    /// The clock of a calendar in another zone, for tickets whose clock is that calendar's.
    Zone(usize, String),
    Clock(CalendarIdx),
    /// The clock that never stands still for closed hours.
    Always(usize),
    Start(TicketInstant),
    Stop(TicketInstant),
    /// Which states stop the clock.
    Pause(Vec<bool>),
    Priority(String),
}

/// The causes of the disagreements of a measure.
pub(super) fn causes(common: &Common<'_>, asked: &Asked<'_>, found: &[Found], problems: &mut Problems) -> Result<PutDown, Error> {
    if found.is_empty() {
        return Ok(PutDown { causes: Vec::new(), of: Vec::new() });
    }
    let mut clocks = Vec::new();
    let mut changes = changes(common, asked, found, &mut clocks);
    if changes.len() > MOST {
        let problem = Problem::new(&codes::CAUSES_CUT, Place::Nowhere).with("limit", MOST).with("found", changes.len());
        problems.push(problem.with("measure", Argument::user(asked.measure.id.as_str())), KEPT);
        changes.truncate(MOST);
    }
    let mut given: BTreeMap<(Kind, String), Vec<usize>> = BTreeMap::new();
    for (kind, detail, change) in changes {
        let explained = explained(common, asked, found, &change, &clocks)?;
        if !explained.is_empty() {
            given.entry((kind, detail)).or_default().extend(explained);
        }
    }
    let mut causes = Vec::new();
    let mut of: Vec<Option<usize>> = vec![None; found.len()];
    for (at, ((kind, detail), explained)) in given.into_iter().enumerate() {
        let explains = explained.len();
        causes.push(Cause { kind, detail, explains });
        for ticket in explained {
            // They come in the order of their kinds, so that the earlier one stays where both explain as much.
            let better = |known: &usize| causes.get(*known).is_some_and(|cause: &Cause| cause.explains >= explains);
            if let Some(place) = of.get_mut(ticket) {
                *place = place.filter(better).or(Some(at));
            }
        }
    }
    Ok(PutDown { causes, of })
}

/// The disagreements that a change gives.
fn explained(
    common: &Common<'_>,
    asked: &Asked<'_>,
    found: &[Found],
    change: &Change,
    clocks: &[Clock],
) -> Result<Vec<usize>, Error> {
    let all = || found.iter().enumerate();
    if let Change::Priority(priority) = change {
        let given = |one: &Found| {
            let decided = asked.measure.counted_when == CountedWhen::Decided && one.case.started != MISSING;
            let at = if decided { one.case.started } else { one.case.counted };
            let code = common.priorities.names.iter().position(|name| name == priority).and_then(|code| u32::try_from(code).ok());
            let time = match code {
                Some(code) => asked.time_of(common, one.case.ticket as usize, at, code).filter(|time| *time >= 0),
                // No ticket has it; what was agreed for it is known all the same.
                None => asked
                    .measure
                    .within
                    .at(Instant(at))
                    .and_then(|within| within.of(Some(priority))?.time())
                    .map(|time| time.micros()),
            };
            let elapsed = one.case.elapsed;
            elapsed != MISSING && time.is_some_and(|time| one.theirs.is_given_by(elapsed <= time, elapsed))
        };
        return Ok(all().filter(|(_, one)| given(one)).map(|(at, _)| at).collect());
    }
    let mut measure: Measure = asked.measure.clone();
    match change {
        Change::Start(instant) => measure.start = *instant,
        Change::Stop(instant) => measure.stop = *instant,
        _ => {}
    }
    let named = measures(common, &[measure.id.to_string()], &mut Problems::new())?;
    let Some(mut changed) = named.into_iter().next() else { return Ok(Vec::new()) };
    changed.measure = &measure;
    if matches!(change, Change::Zone(..) | Change::Clock(_) | Change::Always(_)) {
        changed.zoned = None;
    }
    match change {
        Change::Zone(clock, _) => changed.clock = clocks.get(*clock),
        Change::Clock(calendar) => changed.clock = Some(common.ecosystem.clock(*calendar)),
        Change::Always(clock) => changed.clock = clocks.get(*clock),
        Change::Pause(stops) => changed.pauses = common.evidence.history("state").map(|history| (history, stops.clone())),
        Change::Start(_) | Change::Stop(_) | Change::Priority(_) => {}
    }
    let mut pauses: Vec<(Instant, Instant)> = Vec::new();
    let mut given = |one: &Found| {
        if let Change::Zone(_, calendar) = change {
            let own = clock_name(common, asked, one);
            if own.as_deref() != Some(calendar.as_str()) {
                return false;
            }
        }
        let (ticket, run) = (one.case.ticket as usize, one.case.run.saturating_sub(1));
        match contribution(common, &changed, ticket, run, &mut pauses) {
            Judged::Found(now) if now.elapsed != MISSING => match now.outcome {
                Outcome::Met => one.theirs.is_given_by(true, now.elapsed),
                Outcome::Missed => one.theirs.is_given_by(false, now.elapsed),
                _ => false,
            },
            _ => false,
        }
    };
    Ok(all().filter(|(_, one)| given(one)).map(|(at, _)| at).collect())
}

/// The calendar of the clock of a ticket; none where it is around the clock.
fn clock_name(common: &Common<'_>, asked: &Asked<'_>, one: &Found) -> Option<String> {
    let clock = asked.clock_of(common, one.case.ticket as usize, one.case.started)?;
    Some(clock.calendar().id.to_string())
}

/// All single changes of how a measure is read, in the order of their kinds.
fn changes(common: &Common<'_>, asked: &Asked<'_>, found: &[Found], clocks: &mut Vec<Clock>) -> Vec<(Kind, String, Change)> {
    let (model, measure) = (common.ecosystem.model(), asked.measure);
    let mut changes = Vec::new();
    let mut seen: BTreeMap<&str, &Clock> = BTreeMap::new();
    let mut open = false;
    for one in found {
        match asked.clock_of(common, one.case.ticket as usize, one.case.started) {
            Some(clock) => drop(seen.insert(clock.calendar().id.as_str(), clock)),
            None => open = true,
        }
    }
    for (name, clock) in &seen {
        // A calendar that is made of others has their zones.
        let calendar = clock.calendar();
        let own = common.ecosystem.clock_named(name).map_or("UTC", |clock| clock.calendar().zone.as_str());
        let zones = BTreeSet::from(["UTC", model.zone.name(), own]).into_iter();
        let zones = zones.filter(|zone| calendar.made_of.is_none() && (asked.zoned.is_some() || calendar.zone != *zone));
        for zone in zones {
            if let Some(found) = model.zones.named(zone) {
                changes.push((Kind::Zone, zone.to_owned(), Change::Zone(clocks.len(), (*name).to_owned())));
                clocks.push(Clock::compile_in(calendar, found, Vec::new()));
            }
        }
    }
    let all = [TicketInstant::Opened, TicketInstant::Responded, TicketInstant::Resolved, TicketInstant::Closed];
    let given = |instant: &TicketInstant| !common.evidence.tickets().instants(*instant).is_empty();
    let others = |own: TicketInstant| all.into_iter().filter(move |instant| *instant != own).filter(given);
    changes.extend(others(measure.start).map(|one| (Kind::Start, one.as_str().to_owned(), Change::Start(one))));
    changes.extend(others(measure.stop).map(|one| (Kind::Stop, one.as_str().to_owned(), Change::Stop(one))));
    changes.extend(pauses(common, asked));
    let single = if open { None } else { seen.keys().next().filter(|_| seen.len() == 1) };
    // Where all tickets have this very calendar, it is no change.
    for (name, at) in model.names.calendars.iter().filter(|(name, _)| single != Some(&name.as_str())) {
        changes.push((Kind::Calendar, name.clone(), Change::Clock(*at)));
    }
    if let Some(clock) = seen.values().next() {
        let always = Calendar::always(clock.calendar().id.clone(), clock.zone());
        changes.push((Kind::Calendar, "around_the_clock".to_owned(), Change::Always(clocks.len())));
        clocks.push(Clock::compile_in(&always, clock.zone().clone(), Vec::new()));
    }
    for priority in measure.within.spans().iter().flat_map(|(_, within)| within.priorities()) {
        if !changes.iter().any(|(kind, name, _)| *kind == Kind::Priority && name == priority) {
            changes.push((Kind::Priority, priority.to_owned(), Change::Priority(priority.to_owned())));
        }
    }
    changes.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    changes
}

/// No state stops the clock, or one state more or less does.
fn pauses(common: &Common<'_>, asked: &Asked<'_>) -> Vec<(Kind, String, Change)> {
    let Some(history) = common.evidence.history("state") else { return Vec::new() };
    let words: Vec<&str> = history.words().words().collect();
    let stops: Vec<bool> = words.iter().map(|word| asked.measure.pause_in.iter().any(|state| state == word)).collect();
    let mut changes = Vec::new();
    if stops.iter().filter(|stops| **stops).count() > 1 {
        changes.push((Kind::Pause, "none".to_owned(), Change::Pause(vec![false; stops.len()])));
    }
    for (at, (word, own)) in words.iter().zip(&stops).enumerate() {
        let mut others = stops.clone();
        if let Some(stops) = others.get_mut(at) {
            *stops = !own;
        }
        changes.push((Kind::Pause, format!("{}: {word}", if *own { "less" } else { "more" }), Change::Pause(others)));
    }
    changes
}

impl PutDown {
    /// Adds the rows of a measure, the most frequent cause first.
    pub fn table(&self, measure: &str, table: &mut Table) {
        let tickets = |at: Option<usize>| self.of.iter().filter(|of| **of == at).count();
        let mut rows: Vec<(usize, Option<&Cause>)> =
            self.causes.iter().enumerate().map(|(at, cause)| (tickets(Some(at)), Some(cause))).collect();
        rows.push((tickets(None), None));
        rows.retain(|(tickets, _)| *tickets > 0);
        rows.sort_by_key(|(tickets, cause)| (std::cmp::Reverse(*tickets), cause.is_none()));
        for (tickets, cause) in rows {
            table.push(&[
                text(measure),
                text(cause.map_or("unknown", |cause| cause.kind.as_str())),
                text_or_null(cause.map(|cause| cause.detail.as_str())),
                count(tickets),
                cause.map_or(Cell::Null, |cause| count(cause.explains)),
                count(self.of.len()),
            ]);
        }
    }
}
