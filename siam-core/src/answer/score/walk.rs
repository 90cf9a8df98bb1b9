//! What each ticket adds to a measure, and the sums of that.
//!
//! Goes in: measures resolved to columns. Comes out: contributions, tallies by period and group.
//! **Invariant:** pure: slices and numbers only; a ticket adds one to exactly one of met, missed, excluded and unscored.
//! **Not here:** names (`resolve`), tables (`score`).

use super::resolve::{Asked, Common};
use crate::base::{Code, Instant, codes};
use crate::clock::Clock;
use crate::evidence::{MISSING, NONE};
use crate::model::agreement::{Split, Statistic, TicketInstant};
use std::collections::BTreeMap;

/// What became of a ticket in a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The clock stayed within the time; of a count, the ticket counts.
    Met,
    /// It did not.
    Missed,
    /// An accepted exclusion leaves it out.
    Excluded,
    /// An instant or an agreed time that the measure needs is not there.
    Unscored,
}

impl Outcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Excluded => "excluded",
            Self::Unscored => "unscored",
        }
    }
}

/// Why a ticket is unscored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) enum Lack {
    /// Nothing is lacking.
    Nothing,
    /// An instant of the ticket.
    Instant(TicketInstant, &'static Code),
    /// No time was agreed when it was counted.
    NoTime,
    /// An instant lies where no clock computes.
    Horizon,
}

impl Lack {
    /// The instant that lacks and the code name that says why.
    pub fn words(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::Nothing => (None, None),
            Self::Instant(which, code) => (Some(which.as_str()), Some(code.name)),
            Self::NoTime => (None, Some("no-time-agreed")),
            Self::Horizon => (None, Some(codes::BEYOND_HORIZON.name)),
        }
    }
}

/// What one ticket adds to one measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) struct Contribution {
    pub ticket: u32,
    /// The instant that puts it into a period: where `counted_when` lacks, `opened`.
    pub counted: i64,
    pub started: i64,
    pub stopped: i64,
    /// On the clock, in microseconds; `MISSING` where it did not stop.
    pub elapsed: i64,
    /// What it may be; `MISSING` where there is none.
    pub within: i64,
    pub outcome: Outcome,
    pub lack: Lack,
    /// Codes of party, priority, service.
    pub codes: [u32; 3],
}

/// The contributions of all tickets of a measure, in the order of their ids.
pub(in crate::answer) fn walk(common: &Common<'_>, asked: &Asked<'_>) -> Vec<Contribution> {
    let mut pauses = Vec::new();
    (0..common.evidence.tickets().len()).filter_map(|ticket| contribution(common, asked, ticket, &mut pauses)).collect()
}

/// What one ticket adds; none where the measure does not count it.
pub(in crate::answer) fn contribution(
    common: &Common<'_>,
    asked: &Asked<'_>,
    ticket: usize,
    pauses: &mut Vec<(Instant, Instant)>,
) -> Option<Contribution> {
    let measure = asked.measure;
    let chosen = |(labels, codes): &(&crate::evidence::Labels, Vec<bool>)| codes.get(labels.code(ticket) as usize) == Some(&true);
    if !asked.filters.iter().all(chosen) {
        return None;
    }
    let opened = common.instant(ticket, TicketInstant::Opened);
    if opened == MISSING {
        return None;
    }
    let own = common.instant(ticket, measure.counted_when);
    let counted = if own == MISSING { opened } else { own };
    if !asked.validity().contains(Instant(counted)) {
        return None;
    }
    let priority = common.priority.map_or(NONE, |labels| labels.code(ticket));
    let timed = measure.statistic == Statistic::PercentWithin;
    let within = if timed { asked.within_of(counted, priority) } else { None };
    if within == Some(MISSING) {
        return None;
    }
    let service = common.service.map_or(NONE, |labels| labels.code(ticket));
    let mut found = Contribution {
        ticket: u32::try_from(ticket).unwrap_or(NONE),
        counted,
        started: if timed { common.instant(ticket, measure.start) } else { MISSING },
        stopped: if timed { common.instant(ticket, measure.stop) } else { MISSING },
        elapsed: MISSING,
        within: within.unwrap_or(MISSING),
        outcome: Outcome::Unscored,
        lack: Lack::Nothing,
        codes: [common.party_of(ticket, counted), priority, service],
    };
    let lacking = |which| Lack::Instant(which, common.evidence.tickets().flaw(ticket, which));
    found.lack = if own == MISSING {
        lacking(measure.counted_when)
    } else if !timed {
        Lack::Nothing
    } else if found.started == MISSING {
        lacking(measure.start)
    } else if found.stopped == MISSING {
        lacking(measure.stop)
    } else if found.stopped < found.started {
        Lack::Instant(measure.stop, &codes::BAD_ORDER)
    } else if within.is_none() {
        Lack::NoTime
    } else {
        Lack::Nothing
    };
    if timed && found.started != MISSING && found.stopped != MISSING && found.started <= found.stopped {
        match elapsed(common, asked, &found, pauses) {
            Some(micros) => found.elapsed = micros,
            None => found.lack = Lack::Horizon,
        }
    }
    found.outcome = if common.evidence.exclusions().of(ticket, measure.id.as_str()).is_some() {
        Outcome::Excluded
    } else if found.lack != Lack::Nothing {
        Outcome::Unscored
    } else if !timed || found.elapsed <= found.within {
        Outcome::Met
    } else {
        Outcome::Missed
    };
    Some(found)
}

/// The time on the clock from start to stop, without the pauses.
fn elapsed(common: &Common<'_>, asked: &Asked<'_>, found: &Contribution, pauses: &mut Vec<(Instant, Instant)>) -> Option<i64> {
    pauses.clear();
    if let Some((history, stops)) = &asked.pauses {
        let paused = history.spans(found.ticket as usize).filter(|(.., code)| stops.get(*code as usize) == Some(&true));
        pauses.extend(paused.map(|(from, until, _)| (Instant(from), Instant(until))));
    }
    let clock = asked.clock_of(common, found.ticket as usize, found.started);
    on_clock(clock, found.started, found.stopped, pauses)
}

/// Open time between two instants without pauses that come in order and do not overlap; around the clock where there is none.
pub(in crate::answer) fn on_clock(clock: Option<&Clock>, from: i64, until: i64, pauses: &[(Instant, Instant)]) -> Option<i64> {
    match clock {
        Some(clock) if pauses.is_empty() => clock.elapsed(Instant(from), Instant(until)).ok().map(|time| time.micros()),
        Some(clock) => clock.elapsed_without(Instant(from), Instant(until), pauses).ok().map(|time| time.micros()),
        None => {
            let paused = pauses.iter().map(|(start, end)| (end.0.min(until) - start.0.max(from)).max(0)).sum::<i64>();
            Some(until - from - paused)
        }
    }
}

/// The sums of contributions: tallies of parts of the tickets add up to the tally of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Within the time; of a count, all that count.
    pub met: i64,
    /// Not within the time.
    pub missed: i64,
    /// Left out by an accepted exclusion.
    pub excluded: i64,
    /// Lacking what the measure needs.
    pub unscored: i64,
}

impl Tally {
    /// Adds a ticket.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Met => self.met += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::Excluded => self.excluded += 1,
            Outcome::Unscored => self.unscored += 1,
        }
    }
    /// What it could at worst and at best become once the unscored tickets are known.
    pub fn bounds(&self, statistic: Statistic) -> (Self, Self) {
        let missed = Self { missed: self.missed + self.unscored, unscored: 0, ..*self };
        let met = Self { met: self.met + self.unscored, unscored: 0, ..*self };
        // More tickets are worse for a count, whatever became of them.
        if statistic == Statistic::Count { (met, Self { unscored: 0, ..*self }) } else { (missed, met) }
    }
    /// The tally of both together.
    pub fn merge(&self, other: &Self) -> Self {
        Self {
            met: self.met + other.met,
            missed: self.missed + other.missed,
            excluded: self.excluded + other.excluded,
            unscored: self.unscored + other.unscored,
        }
    }
    /// Met and missed together.
    pub fn counted(&self) -> i64 {
        self.met + self.missed
    }
}

/// Tallies by the columns a measure splits by, sorted by their names; tickets without a name come first.
pub(in crate::answer) fn groups<'c>(
    common: &Common<'_>,
    by: &[Split],
    contributions: impl Iterator<Item = &'c Contribution>,
) -> Vec<([u32; 3], Tally)> {
    let place = |split: Split| match split {
        Split::Party => 0,
        Split::Priority => 1,
        Split::Service => 2,
    };
    let mut sizes = [1_usize; 3];
    for split in by {
        sizes[place(*split)] = 1 + match split {
            Split::Party => common.parties.names.len(),
            Split::Priority => common.priority.map_or(0, |labels| labels.words().len()),
            Split::Service => common.service.map_or(0, |labels| labels.words().len()),
        };
    }
    let cells = sizes.iter().try_fold(1_usize, |all, size| all.checked_mul(*size)).unwrap_or(usize::MAX);
    // A grid while it stays small, so that a ticket costs one addition; a map where names multiply.
    let mut grid: Vec<u32> = if cells <= 1 << 20 { vec![NONE; cells] } else { Vec::new() };
    let mut sparse: BTreeMap<usize, u32> = BTreeMap::new();
    let mut groups: Vec<([u32; 3], Tally)> = Vec::new();
    for found in contributions {
        let mut key = [NONE; 3];
        let mut cell = 0_usize;
        for at in 0..3 {
            if sizes[at] > 1 {
                key[at] = found.codes[at];
            }
            let code = if key[at] == NONE { 0 } else { key[at] as usize + 1 };
            cell = cell.wrapping_mul(sizes[at]).wrapping_add(code.min(sizes[at] - 1));
        }
        let next = u32::try_from(groups.len()).unwrap_or(NONE);
        let slot = match grid.get_mut(cell) {
            Some(slot) => slot,
            None => sparse.entry(cell).or_insert(NONE),
        };
        if *slot == NONE {
            *slot = next;
            groups.push((key, Tally::default()));
        }
        if let Some((_, tally)) = groups.get_mut(*slot as usize) {
            tally.add(found.outcome);
        }
    }
    let splits = [Split::Party, Split::Priority, Split::Service];
    let names = |key: &[u32; 3]| [0, 1, 2].map(|at| common.name(splits[at], key[at]).map(str::to_owned));
    groups.sort_by_cached_key(|(key, _)| names(key));
    groups
}
