//! How the cases of a measure are counted: words and tables of its rules.
//!
//! Goes in: keys of a measure as written. Comes out: its period, priority, cycles, clock, times and targets as rules.
//! **Invariant:** every rule has a default, and the default is what a measure without the key means.
//! **Not here:** applying them (`answer::score`), the other keys of a measure (`agreement`).

use super::agreement::{Split, TicketInstant};
use super::allowance::{Allowance, DayRule};
use super::statistic::TargetDoc;
use crate::base::{Argument, Duration, Ratio, codes};
use crate::document::decode::{choice, record};
use crate::document::scalar::{bad_value, wrong_type};
use crate::document::{Decode, Faults, Mark, Named, Node, NodeKind, Shape, Spot};

choice! {
    /// What puts a ticket into a period.
    pub enum CountedWhen = "what puts a ticket into a period" {
        /// It was opened.
        Opened = "opened",
        /// Somebody answered.
        Responded = "responded",
        /// It was resolved.
        Resolved = "resolved",
        /// It was closed.
        Closed = "closed",
        /// Its clock stopped, or the time agreed for it passed, whichever was first.
        Decided = "decided",
    }
}

impl CountedWhen {
    /// The instant of the ticket, where it is one.
    pub fn instant(self) -> Option<TicketInstant> {
        match self {
            Self::Opened => Some(TicketInstant::Opened),
            Self::Responded => Some(TicketInstant::Responded),
            Self::Resolved => Some(TicketInstant::Resolved),
            Self::Closed => Some(TicketInstant::Closed),
            Self::Decided => None,
        }
    }
}

impl From<TicketInstant> for CountedWhen {
    fn from(instant: TicketInstant) -> Self {
        match instant {
            TicketInstant::Opened => Self::Opened,
            TicketInstant::Responded => Self::Responded,
            TicketInstant::Resolved => Self::Resolved,
            TicketInstant::Closed => Self::Closed,
        }
    }
}

choice! {
    /// Over what time a measure is taken.
    pub enum MeasurePeriod = "a period of a measure" {
        /// The calendar month.
        Month = "month",
        /// The quarter.
        Quarter = "quarter",
        /// The contract year.
        ContractYear = "contract_year",
        /// The last three months.
        RollingQuarter = "rolling_quarter",
        /// The last twelve months.
        RollingYear = "rolling_year",
    }
}

choice! {
    /// Which priority counts where it was changed.
    pub enum PriorityTaken = "a priority rule" {
        /// The one it was opened with.
        AtOpen = "at_open",
        /// The highest it ever had.
        Highest = "highest",
        /// The one it ended with.
        AtEnd = "at_end",
        /// Each for as long as it held.
        PerSegment = "per_segment",
    }
}

choice! {
    /// What becomes of tickets that are children of another, such as those of a major incident.
    pub enum Children = "a rule for children" {
        /// They count like any other.
        Count = "count",
        /// Only their parent counts.
        LeaveOut = "leave_out",
    }
}

choice! {
    /// What becomes of several tickets of one event.
    pub enum EventGroup = "a rule for tickets of one event" {
        /// Each counts.
        Count = "count",
        /// Only the first that was opened counts.
        Once = "once",
    }
}

choice! {
    /// What a period without a single case comes to.
    pub enum WhenNone = "a rule for no cases" {
        /// There is no verdict.
        NoVerdict = "no_verdict",
        /// The measure is met.
        Met = "met",
        /// The measure is missed.
        Missed = "missed",
    }
}

choice! {
    /// Which runs of a clock that stopped and started again count.
    pub enum Cycles = "a rule for cycles of a clock" {
        /// One run from start to stop, whatever happened between.
        Whole = "whole",
        /// The first run alone.
        First = "first",
        /// The last run alone.
        Last = "last",
        /// Each run is a case of its own.
        Each = "each",
        /// All runs together are one case.
        Sum = "sum",
    }
}

choice! {
    /// While what a clock runs.
    pub enum RunsWhile = "while what a clock runs" {
        /// From start to stop.
        Always = "always",
        /// While the provider of the agreement holds the ticket.
        Held = "held",
    }
}

choice! {
    /// Of what a rate is.
    pub enum RateOf = "what a rate is counted over" {
        /// Users of the services.
        User = "user",
        /// Services.
        Service = "service",
        /// Hours of the period.
        Hour = "hour",
        /// Days of the period.
        Day = "day",
        /// Weeks of the period.
        Week = "week",
    }
}

/// Over what a rate is counted: `1000 users`, `service`, `day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Per {
    /// How many of them.
    pub count: u32,
    /// Of what.
    pub of: RateOf,
}

impl Per {
    /// Reads `1000 users`, `2 weeks`, `day`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (count, word) = match text.split_once(char::is_whitespace) {
            Some((count, word)) => (count.parse().ok().filter(|count| *count > 0)?, word.trim()),
            None => (1, text),
        };
        RateOf::parse(word.strip_suffix('s').unwrap_or(word)).map(|of| Self { count, of })
    }
}

impl std::fmt::Display for Per {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.count {
            1 => f.write_str(self.of.as_str()),
            count => write!(f, "{count} {}s", self.of.as_str()),
        }
    }
}

impl Decode for Per {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(node, faults)?;
        let found = Self::parse(&text);
        if found.is_none() {
            bad_value(node, "a number of users or services, or a time", "1000 users, service or day", faults);
        }
        found
    }
    fn shape() -> Shape {
        Shape::Text
    }
}

choice! {
    /// In whose zone a clock runs.
    pub enum ClockZone = "whose zone" {
        /// That of the calendar.
        Calendar = "calendar",
        /// That of the ticket, by its column `zone`; the calendar's where the cell is empty.
        Ticket = "ticket",
    }
}

record! {
    /// A row of a table of times.
    pub struct WithinRow = "a row of times" {
        /// The priorities it is for; any unless written.
        priority: Vec<String> = "priority",
        /// The kinds of ticket it is for; any unless written.
        kind: Vec<String> = "kind",
        /// The classes of service it is for; any unless written.
        class: Vec<Spot<String>> = "class",
        /// The services it is for; any unless written.
        service: Vec<Spot<String>> = "service",
        /// How long the clock may run, or how many Working Days.
        time: Allowance = "time",
    }
}

impl WithinRow {
    /// The names it is for: priorities, kinds, classes, services.
    pub fn names(&self) -> Vec<&str> {
        let (priorities, kinds) = (self.priority.iter().map(String::as_str), self.kind.iter().map(String::as_str));
        let spots = self.class.iter().chain(&self.service).map(|name| name.value.as_str());
        priorities.chain(kinds).chain(spots).collect()
    }
}

/// One time for all, one by priority, or a table of times of which the first row that fits counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Within {
    /// The same time for every ticket.
    All(Allowance),
    /// A time by priority; tickets of another priority are not counted.
    ByPriority(Vec<(String, Allowance)>),
    /// Rows from the top; tickets that no row is for are not counted.
    Rows(Vec<WithinRow>),
}

impl Within {
    /// The time for a priority, where nothing else decides.
    pub fn of(&self, priority: Option<&str>) -> Option<Allowance> {
        match self {
            Self::All(time) => Some(*time),
            Self::ByPriority(times) => times.iter().find(|(name, _)| Some(name.as_str()) == priority).map(|(_, time)| *time),
            Self::Rows(_) => None,
        }
    }
    /// Whether it allows Working Days anywhere.
    pub fn has_working_days(&self) -> bool {
        let is = |time: &Allowance| matches!(time, Allowance::WorkingDays(_));
        match self {
            Self::All(time) => is(time),
            Self::ByPriority(times) => times.iter().any(|(_, time)| is(time)),
            Self::Rows(rows) => rows.iter().any(|row| is(&row.time)),
        }
    }
    /// The priorities it names, in the order written.
    pub fn priorities(&self) -> Vec<&str> {
        match self {
            Self::All(_) => Vec::new(),
            Self::ByPriority(times) => times.iter().map(|(name, _)| name.as_str()).collect(),
            Self::Rows(rows) => {
                let mut named: Vec<&str> = Vec::new();
                for name in rows.iter().flat_map(|row| &row.priority) {
                    if !named.contains(&name.as_str()) {
                        named.push(name);
                    }
                }
                named
            }
        }
    }
}

impl Decode for Within {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let empty = |faults: &mut Faults| wrong_type(node, "a length of time, or several by priority or in rows", faults);
        match &node.kind {
            NodeKind::List(_) => {
                let rows = Vec::<WithinRow>::decode(node, faults)?;
                if rows.is_empty() {
                    empty(faults);
                    return None;
                }
                Some(Self::Rows(rows))
            }
            NodeKind::Map(_) => {
                let times = Named::<Allowance>::decode(node, faults)?;
                if times.entries.is_empty() && times.faulty.is_empty() {
                    empty(faults);
                    return None;
                }
                Some(Self::ByPriority(times.entries.into_iter().map(|(name, time)| (name.value, time)).collect()))
            }
            _ => Allowance::decode(node, faults).map(Self::All),
        }
    }
    fn shape() -> Shape {
        let rows = Shape::List(Box::new(WithinRow::shape()));
        Shape::OneOf(vec![Shape::Duration, Shape::Map(Box::new(Shape::Duration)), rows])
    }
}

record! {
    /// A target of some groups as written.
    pub struct GroupTargetDoc = "a target of groups" {
        /// The parties it is for; any unless written.
        party: Vec<String> = "party",
        /// The priorities it is for; any unless written.
        priority: Vec<String> = "priority",
        /// The services it is for; any unless written.
        service: Vec<String> = "service",
        /// What is promised of them.
        target: TargetDoc = "target",
    }
}

/// A target of some groups of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTarget {
    /// By party, priority and service the names it is for; any where empty.
    pub of: [Vec<String>; 3],
    /// What is promised, in the unit of the measure.
    pub target: Ratio,
}

impl GroupTarget {
    /// From what is written; a row may only speak of what the measure is split by.
    pub(super) fn check(doc: &GroupTargetDoc, by: &[Split], target: Option<Ratio>, faults: &mut Faults) -> Option<Self> {
        let of = [&doc.party, &doc.priority, &doc.service];
        for (split, names) in [Split::Party, Split::Priority, Split::Service].into_iter().zip(of) {
            if !names.is_empty() && !by.contains(&split) {
                let problem = faults.problem(&codes::NOT_SPLIT_BY, doc.mark).with("column", Argument::name(split.as_str()));
                faults.report(problem);
            }
        }
        Some(Self { of: of.map(Clone::clone), target: target? })
    }
    /// Whether it is for a group with these names.
    pub fn is_for(&self, names: &[Option<&str>; 3]) -> bool {
        let fits = |(wanted, name): (&Vec<String>, &Option<&str>)| {
            wanted.is_empty() || name.is_some_and(|name| wanted.iter().any(|one| one == name))
        };
        self.of.iter().zip(names).all(fits)
    }
}

/// Rules of a measure that few measures write.
#[derive(Debug, Clone, PartialEq)]
pub struct Counting {
    /// Over what time it is taken.
    pub period: MeasurePeriod,
    /// Which priority counts where it was changed.
    pub priority_taken: PriorityTaken,
    /// Priorities from the highest down, where the highest counts.
    pub priorities: Vec<String>,
    /// What becomes of several tickets of one event.
    pub event_group: EventGroup,
    /// Which runs of its clock count.
    pub cycles: Cycles,
    /// States in which a run of the clock is over.
    pub stopped_in: Vec<String>,
    /// While what the clock runs.
    pub runs_while: RunsWhile,
    /// How Working Days are counted.
    pub days: DayRule,
    /// In whose zone the clock runs.
    pub zone: ClockZone,
    /// What a period without an observed value comes to.
    pub when_not_reported: WhenNone,
    /// Of a rate, over what it is counted.
    pub per: Option<Per>,
    /// Of a ratio, the tickets it is counted over: columns and their values.
    pub of: Vec<(String, Vec<String>)>,
    /// Of reassigned, how many changes of party are not too many.
    pub more_than: u32,
    /// Of aged_reduction, how long a ticket is open before it is aged.
    pub longer_than: Option<Duration>,
    /// Of raised_first, the tickets that are complaints: columns and their values.
    pub complaints: Vec<(String, Vec<String>)>,
    /// Targets of groups, of which the first that fits counts.
    pub targets: Vec<GroupTarget>,
    /// Where contract years begin: month and day.
    pub year_starts: Option<(u8, u8)>,
    /// Where it is written.
    pub mark: Mark,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_over_one_or_many() {
        assert_eq!(Per::parse("1000 users"), Some(Per { count: 1000, of: RateOf::User }));
        assert_eq!(Per::parse(" day"), Some(Per { count: 1, of: RateOf::Day }));
        assert_eq!(Per::parse("2  weeks").unwrap().to_string(), "2 weeks");
        for bad in ["", "0 users", "-1 users", "1.5 users", "users 1000", "1000 clients"] {
            assert_eq!(Per::parse(bad), None, "{bad}");
        }
    }
}
