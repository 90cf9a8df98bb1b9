//! Calendars: in which hours a service is promised.
//!
//! Goes in: `calendars:` of a document. Comes out: `Calendar`, ready to compile.
//! **Invariant:** hours begin inside their day and end after they begin, at most a day later; the zone is in the database.
//! **Not here:** instants and prefix sums (`clock`).

use crate::base::Date;
use crate::base::id::CalendarId;
use std::collections::BTreeMap;

/// What a wall-clock time means where the zone's clock jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WallTimes {
    /// Time inside a gap does not exist; both ends of an interval take the earlier reading in a fold.
    #[default]
    Clamp,
    /// A time inside a gap moves on by the length of the gap; both ends take the earlier reading in a fold.
    Compatible,
    /// An instant is open when its wall-clock reading lies in the hours: a fold counts both readings.
    Pointwise,
}

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
/// began the evening before; an override replaces the hours that begin on its day; a break is cut out of what is left.
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
}
