//! Cadence: on which days what recurs is due.
//!
//! Goes in: `every`, `day`, `working_day`, `first` of a document. Comes out: `Cadence`, and whether something is due once or again and again.
//! **Invariant:** a cadence names its days fully: no day is left to guess.
//! **Not here:** the days themselves, which need a calendar (`answer::due`).

use super::Checking;
use super::calendar::CalendarIdx;
use crate::base::{Argument, Date, codes};
use crate::document::decode::{choice, record};
use crate::document::{Decode, Faults, Node, NodeKind, Shape, Spot};

choice! {
    /// How often something recurs.
    pub enum Every = "how often" {
        /// Every seven days.
        Week = "week",
        /// Every fourteen days.
        Fortnight = "fortnight",
        /// Every calendar month.
        Month = "month",
        /// Every three months.
        Quarter = "quarter",
        /// Every six months.
        HalfYear = "half_year",
        /// Every twelve months.
        Year = "year",
    }
}

impl Every {
    /// The months between two of them; none for weeks.
    pub fn months(self) -> Option<u32> {
        match self {
            Self::Week | Self::Fortnight => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
            Self::Year => Some(12),
        }
    }
    /// The days between two of them; none for months.
    pub fn days(self) -> Option<i32> {
        match self {
            Self::Week => Some(7),
            Self::Fortnight => Some(14),
            _ => None,
        }
    }
}

record! {
    /// A cadence as written.
    pub struct CadenceDoc = "a cadence" {
        /// week, fortnight, month, quarter, half_year or year.
        every: Every = "every",
        /// The first day, from which the others are counted; needed for weeks. Months are counted from January where none is written.
        first: Option<Spot<Date>> = "first",
        /// The day of the month, 1 to 31; a shorter month takes its last day. The day of `first`, or 1, unless written.
        day: Option<Spot<u32>> = "day",
        /// The working day of the month, 1 to 20, in the calendar below; instead of `day`.
        working_day: Option<Spot<u32>> = "working_day",
        /// The calendar whose open days are working days; Monday to Friday unless written.
        calendar: Option<Spot<String>> = "calendar",
    }
}

/// Which day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOfMonth {
    /// A day by its number; a shorter month takes its last day.
    Day(u32),
    /// A working day by its number.
    Working(u32),
}

/// On which days something recurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// How often.
    pub every: Every,
    /// The first day; none where months count from January.
    pub first: Option<Date>,
    /// The day of a month.
    pub day: DayOfMonth,
    /// The calendar of working days; none is Monday to Friday.
    pub calendar: Option<CalendarIdx>,
}

impl Cadence {
    /// From what is written.
    pub(super) fn check(doc: &CadenceDoc, checking: &mut Checking<'_>) -> Self {
        let mut range = |number: &Option<Spot<u32>>, high: u32| {
            if let Some(day) = number.as_ref().filter(|day| !(1..=high).contains(&day.value)) {
                let problem = checking.faults.problem(&codes::INDEX_OUT_OF_RANGE, day.mark).with("value", day.value);
                checking.faults.report(problem.with("low", 1_u32).with("high", high));
            }
        };
        range(&doc.day, 31);
        range(&doc.working_day, 20);
        if doc.every.days().is_some() && doc.first.is_none() {
            let problem = checking.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a cadence of weeks");
            checking.faults.report(problem.with("key", "first").with("expected", "the first day as YYYY-MM-DD"));
        }
        let both = doc.working_day.as_ref().filter(|_| doc.day.is_some() || doc.every.days().is_some());
        if let Some(working) = both {
            let problem = checking.faults.problem(&codes::CONTRADICTION, working.mark).with("what", "working_day");
            let other = if doc.day.is_some() { "day" } else { "a cadence of weeks" };
            checking.faults.report(problem.with("other", other));
        }
        if let Some(day) = doc.day.as_ref().filter(|_| doc.every.days().is_some()) {
            let problem = checking.faults.problem(&codes::CONTRADICTION, day.mark).with("what", "day");
            checking.faults.report(problem.with("other", "a cadence of weeks, whose day is that of `first`"));
        }
        let calendar = checking.calendar(&doc.calendar);
        let day = match (&doc.working_day, &doc.day, &doc.first) {
            (Some(working), ..) => DayOfMonth::Working(working.value),
            (None, Some(day), _) => DayOfMonth::Day(day.value),
            (None, None, Some(first)) => DayOfMonth::Day(first.value.day().into()),
            (None, None, None) => DayOfMonth::Day(1),
        };
        Self { every: doc.every, first: doc.first.as_ref().map(|first| first.value), day, calendar }
    }
}

/// When something is due, as written: one day, or a cadence.
#[derive(Debug, Clone, PartialEq)]
pub enum DueDoc {
    /// On one day.
    Once(Spot<Date>),
    /// Again and again.
    Again(CadenceDoc),
}

impl Decode for DueDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match node.kind {
            NodeKind::Map(_) => CadenceDoc::decode(node, faults).map(Self::Again),
            _ => Spot::<Date>::decode(node, faults).map(Self::Once),
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Date, CadenceDoc::shape()])
    }
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// On one day.
    Once(Date),
    /// Again and again.
    Again(Cadence),
}

impl Due {
    /// From what is written.
    pub(super) fn check(doc: &DueDoc, checking: &mut Checking<'_>) -> Self {
        match doc {
            DueDoc::Once(day) => Self::Once(day.value),
            DueDoc::Again(cadence) => Self::Again(Cadence::check(cadence, checking)),
        }
    }
}

/// The argument of a cadence in messages: how often.
impl From<Every> for Argument {
    fn from(every: Every) -> Self {
        Argument::from(every.as_str())
    }
}
