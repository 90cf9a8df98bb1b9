//! The tickets of a measure as at an instant: those that are known, and those that are open with the time they have left.
//!
//! Goes in: a measure resolved to columns, its time, an instant. Comes out: known tickets, open tickets.
//! **Invariant:** a ticket is known, open, unscored or none of the measure's; what lies after the instant is not read.
//! **Not here:** what they come to together (`sums`).

use crate::answer::score::Outcome;
use crate::answer::score::days::{due, working_days};
use crate::answer::score::resolve::{Asked, Common};
use crate::answer::score::runs::{Run, on_clock, open_time, runs_of, share_used};
use crate::answer::score::walk::{Contribution, Judged, Lack, each, hand_offs, open_at, pauses_of};
use crate::base::{Duration, Instant, Period, codes};
use crate::clock::{Boundary, Clock};
use crate::evidence::MISSING;
use crate::model::agreement::{CountedWhen, PriorityTaken, Statistic, TicketInstant};
use crate::model::dated::Validity;

/// The time of a measure in a period, as at an instant.
pub(super) struct Span {
    /// The time whose tickets are counted.
    pub counted: Period,
    /// When the measure holds.
    pub validity: Validity,
    /// The first instant after both.
    pub end: i64,
    /// The instant.
    pub as_of: i64,
    /// The instant, or where that is later the first at which the measure holds.
    pub now: i64,
}

impl Span {
    fn holds(&self, at: i64) -> bool {
        self.counted.contains(Instant(at)) && self.validity.contains(Instant(at))
    }
    /// Whether nothing new can fall into it.
    pub fn is_over(&self) -> bool {
        self.as_of >= self.end.saturating_sub(1)
    }
}

/// A ticket that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub ticket: u32,
    /// The run of its clock, from 1, where each is a case of its own; else 0.
    pub run: u32,
    /// Codes of party, priority, service.
    pub codes: [u32; 3],
    /// `MISSING` where its clock has not started.
    pub started: i64,
    /// On the clock so far.
    pub elapsed: Option<i64>,
    /// What it may be.
    pub within: Option<i64>,
    /// When its time ends, if its clock runs on; passed where it is beyond it.
    pub breaches_at: Option<i64>,
    /// Whether a state, or who holds it, stops its clock.
    pub paused: bool,
    /// Changes from one party to another so far, where they are counted.
    pub hand_offs: Option<i64>,
    /// Whether it is missed whenever it ends.
    pub beyond: bool,
    /// Whether it is missed if it is still open when the period ends.
    pub late: bool,
}

impl Open {
    /// What is left of its time, negative beyond it.
    pub fn left(&self) -> Option<i64> {
        Some(self.within?.saturating_sub(self.elapsed?))
    }
}

/// The tickets of a measure in its time.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Codes of party, priority, service, and whether it met.
    pub known: Vec<([u32; 3], bool)>,
    pub open: Vec<Open>,
    /// Codes of tickets that lack something which time will not bring.
    pub unscored: Vec<[u32; 3]>,
}

/// The tickets of a measure; `wide` is the same measure without dates, so that what was opened before it holds is seen too.
pub(super) fn standing(common: &Common<'_>, asked: &Asked<'_>, wide: &Asked<'_>, span: &Span) -> Standing {
    let mut standing = Standing::default();
    let tickets = 0..common.evidence.tickets().len();
    if asked.measure.statistic == Statistic::Backlog {
        let end = span.end.min(span.now.saturating_add(1));
        for ticket in tickets {
            match open_at(common, asked, ticket, end) {
                Judged::Found(found) if found.outcome == Outcome::Unscored => standing.unscored.push(found.codes),
                Judged::Found(found) if found.outcome != Outcome::Excluded => standing.open.push(bare(&found)),
                _ => {}
            }
        }
        return standing;
    }
    let (mut pauses, mut found) = (Vec::new(), Vec::new());
    for ticket in tickets {
        each(common, wide, ticket, &mut pauses, &mut |judged| {
            if let Judged::Found(one) = judged {
                found.push(one);
            }
        });
        for one in found.drain(..) {
            add(common, asked, span, &one, &mut standing);
        }
    }
    standing
}

fn add(common: &Common<'_>, asked: &Asked<'_>, span: &Span, found: &Contribution, standing: &mut Standing) {
    match (found.outcome, found.lack) {
        (Outcome::Excluded, _) => {}
        (Outcome::Unscored, lack) => match pending(common, asked, span, found, lack) {
            // Its clock is in a zone that nobody knows.
            Pending::Open(_) if asked.measure.statistic.runs_clock() && asked.lacks_zone(found.ticket as usize) => {
                standing.unscored.push(found.codes);
            }
            Pending::Open(at) => match open(common, asked, span, found, at) {
                Some(Some(open)) => standing.open.push(open),
                Some(None) => standing.unscored.push(found.codes),
                None => {}
            },
            Pending::Never if span.holds(found.counted) => standing.unscored.push(found.codes),
            Pending::Never | Pending::Elsewhere => {}
        },
        (outcome, _) if span.holds(found.counted) => standing.known.push((found.codes, outcome == Outcome::Met)),
        _ => {}
    }
}

/// Whether time will bring what a ticket lacks.
enum Pending {
    /// It will; its time is the one agreed at this instant.
    Open(i64),
    /// It will, and the ticket counts in another period.
    Elsewhere,
    /// It will not.
    Never,
}

fn pending(common: &Common<'_>, asked: &Asked<'_>, span: &Span, found: &Contribution, lack: Lack) -> Pending {
    let later = |at: i64| if span.is_over() { Pending::Elsewhere } else { Pending::Open(at) };
    match lack {
        Lack::Undecided => later(if found.started == MISSING { span.now } else { found.started }),
        Lack::Instant(which, code) if code == &codes::MISSING_VALUE => {
            // What was closed and still lacks an instant will not get it.
            let closed =
                which != TicketInstant::Closed && common.instant(found.ticket as usize, TicketInstant::Closed) != MISSING;
            match asked.measure.counted_when {
                _ if closed => Pending::Never,
                CountedWhen::Decided => later(if found.started == MISSING { span.now } else { found.started }),
                counted if counted == which.into() => later(span.now),
                _ if span.holds(found.counted) => Pending::Open(found.counted),
                _ => Pending::Elsewhere,
            }
        }
        _ => Pending::Never,
    }
}

/// An open ticket without a clock.
fn bare(found: &Contribution) -> Open {
    Open {
        ticket: found.ticket,
        run: found.run,
        codes: found.codes,
        started: found.started,
        elapsed: None,
        within: None,
        breaches_at: None,
        paused: false,
        hand_offs: None,
        beyond: false,
        late: false,
    }
}

/// An open ticket with its time as agreed at an instant; none where it is not counted then, the inner none where its clock computes
/// nothing.
fn open(common: &Common<'_>, asked: &Asked<'_>, span: &Span, found: &Contribution, at: i64) -> Option<Option<Open>> {
    let (measure, ticket) = (asked.measure, found.ticket as usize);
    let mut open = bare(found);
    if measure.statistic == Statistic::FirstTimeFix && open.started != MISSING {
        let passed = hand_offs(asked.parties, ticket, open.started, span.as_of);
        open.hand_offs = Some(passed);
        open.beyond = passed > 0;
        open.late = open.beyond;
    }
    if measure.statistic != Statistic::PercentWithin {
        return Some(Some(open));
    }
    let by_segment = measure.counting.priority_taken == PriorityTaken::PerSegment;
    let time = asked.time_of(common, ticket, at, open.codes[1]);
    if time == Some(MISSING) && !by_segment {
        return None;
    }
    open.within = time.filter(|time| *time >= 0 && !by_segment);
    if open.started == MISSING {
        open.elapsed = Some(0);
        return Some(Some(open));
    }
    let clock = asked.clock_of(common, ticket, open.started);
    let (mut pauses, mut runs) = (Vec::new(), Vec::new());
    pauses_of(asked, ticket, &mut pauses);
    runs_of(common, asked, ticket, open.run.saturating_sub(1), &mut runs);
    let so_far = ended(&runs, span.as_of);
    open.elapsed = open_time(clock, &so_far, &pauses);
    let still = runs.last().is_some_and(|(_, until)| *until == MISSING);
    let stands = |(from, until): &(Instant, Instant)| from.micros() <= span.as_of && span.as_of < until.micros();
    open.paused = !still || pauses.iter().any(stands);
    // From the instant on nothing is known, and the clock is taken to run.
    pauses.retain(|(from, _)| from.micros() < span.as_of);
    pauses.iter_mut().for_each(|(_, until)| *until = Instant(until.micros().min(span.as_of)));
    if by_segment {
        let within = |priority: u32| asked.time_of(common, ticket, at, priority);
        let is_missed = |runs: &[Run]| {
            let used = share_used(common, ticket, clock, (runs, &pauses), &within);
            used.flatten().is_some_and(|used| !used.is_met())
        };
        open.beyond = is_missed(&so_far);
        open.late = open.beyond || is_missed(&ended(&runs, span.end));
    } else if let Some(days) = time.and_then(working_days) {
        let Some(over) = due(common, clock, (&runs, &pauses), days, measure.counting.days) else { return Some(None) };
        open.within = on_clock(clock, open.started, over, &pauses);
        open.breaches_at = Some(over);
        open.beyond = span.as_of > over;
        open.late = open.beyond || span.end.saturating_sub(1) > over;
    } else if let Some(within) = open.within {
        let Some(elapsed) = open.elapsed else { return Some(None) };
        let left = within.saturating_sub(elapsed);
        open.beyond = left < 0;
        let further = on_clock(clock, span.as_of, span.end.max(span.as_of), &[]);
        open.late = open.beyond || further.is_some_and(|further| further > left);
        open.breaches_at = time_ends(clock, &runs, &pauses, within, span.as_of);
    }
    Some(Some(open))
}

/// Runs as far as an instant.
fn ended(runs: &[Run], at: i64) -> Vec<Run> {
    let end = |until: i64| if until == MISSING { at } else { until.min(at) };
    runs.iter().map(|(from, until)| (*from, end(*until))).filter(|(from, until)| from <= until).collect()
}

/// When the time of a ticket ends: within a stretch in which its clock ran, else after the instant, from which on it runs without a pause.
fn time_ends(clock: Option<&Clock>, runs: &[Run], pauses: &[(Instant, Instant)], within: i64, as_of: i64) -> Option<i64> {
    let mut left = within;
    for (from, until) in ended(runs, as_of) {
        let mut begin = from;
        for (pause, over) in pauses.iter().map(|(from, until)| (from.micros(), until.micros())).chain([(until, until)]) {
            let stop = pause.min(until);
            if begin < stop {
                let ran = on_clock(clock, begin, stop, &[])?;
                if ran >= left {
                    return after(clock, begin, left);
                }
                left -= ran;
            }
            begin = begin.max(over);
        }
    }
    after(clock, as_of, left)
}

fn after(clock: Option<&Clock>, from: i64, left: i64) -> Option<i64> {
    match clock {
        Some(clock) => clock.deadline(Instant(from), Duration(left), Boundary::Same).ok().map(Instant::micros),
        None => from.checked_add(left),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_ends_inside_a_stretch_or_after_the_instant() {
        let hour = |at: i64| at * 3_600_000_000;
        let pause = [(Instant(hour(2)), Instant(hour(5)))];
        let ends = |within: i64, as_of: i64| time_ends(None, &[(0, MISSING)], &pause, hour(within), hour(as_of));
        assert_eq!(ends(1, 8), Some(hour(1))); // used up before the pause
        assert_eq!(ends(3, 8), Some(hour(6))); // two hours before the pause, one after it
        assert_eq!(ends(9, 8), Some(hour(12))); // five hours ran, four are left at eight
        assert_eq!(ends(3, 4), Some(hour(5))); // paused at four: the hour left runs from there
    }
}
