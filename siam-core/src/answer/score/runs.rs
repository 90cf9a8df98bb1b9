//! When the clock of a ticket runs: in one run, in several, or while a party holds it; and when the agreed time passes.
//!
//! Goes in: a measure resolved to columns, a ticket. Comes out: stretches of time in order, their open time, the end of agreed time.
//! **Invariant:** stretches do not overlap; the last may have no end yet; what lies after `as_of` has not happened.
//! **Not here:** what a ticket comes to (`walk`).

use super::resolve::{Asked, Common};
use crate::base::{Duration, Instant, Ratio};
use crate::clock::{Boundary, Clock};
use crate::evidence::{History, MISSING, NONE};
use crate::model::agreement::{Cycles, TicketInstant};

/// A stretch in which a clock runs; `MISSING` where it has not ended.
pub(in crate::answer) type Run = (i64, i64);

/// What a measure reads of the history of tickets to know when its clock runs.
pub(in crate::answer) enum Runs<'e> {
    /// From start to stop.
    Whole,
    /// Between the states in which it is stopped, by code; which runs count.
    Cycles(Option<&'e History>, Vec<bool>, Cycles),
    /// While a party holds the ticket: which codes of the history are it, and its code.
    Held(Option<&'e History>, Vec<bool>, u32),
}

/// The stretches of a ticket that count for a run of a measure, first to last; empty where the clock never ran.
pub(in crate::answer) fn runs_of(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, run: u32, out: &mut Vec<Run>) {
    out.clear();
    let (start, stop) = (common.instant(ticket, asked.measure.start), common.instant(ticket, asked.measure.stop));
    match &asked.runs {
        Runs::Whole => out.push((start, stop)),
        Runs::Cycles(..) if start == MISSING => out.push((start, stop)),
        Runs::Cycles(history, stopped, cycles) => {
            cut(common, *history, ticket, (start, stop), &|code| stopped.get(code as usize) != Some(&true), out);
            if out.is_empty() {
                out.push((start, if stop == MISSING { MISSING } else { start }));
            }
            match cycles {
                Cycles::Whole | Cycles::Sum => {}
                Cycles::First => out.truncate(1),
                Cycles::Last => drop(out.drain(..out.len() - 1)),
                Cycles::Each => {
                    let at = (run as usize).min(out.len() - 1);
                    out.truncate(at + 1);
                    drop(out.drain(..at));
                }
            }
        }
        Runs::Held(history, own, party) => {
            // Where nobody knows when its clock started, whose it is goes by all the time from its opening on.
            let begin = if start == MISSING { common.instant(ticket, TicketInstant::Opened) } else { start };
            // A ticket of which no change is known was with the party of its column all the time.
            if history.is_none_or(|history| history.spans(ticket).all(|(.., code)| code == NONE)) {
                if common.party_of(ticket, begin) == *party {
                    out.push((start, stop));
                }
                return;
            }
            cut(common, *history, ticket, (begin, stop), &|code| own.get(code as usize) == Some(&true), out);
            stop_at(out, begin, stop);
            if start == MISSING && !out.is_empty() {
                out.clear();
                out.push((start, stop));
            }
        }
    }
}

/// How many runs of a ticket are cases of their own.
pub(in crate::answer) fn count_of(common: &Common<'_>, asked: &Asked<'_>, ticket: usize) -> u32 {
    let Runs::Cycles(history, stopped, Cycles::Each) = &asked.runs else { return 1 };
    let (start, stop) = (common.instant(ticket, asked.measure.start), common.instant(ticket, asked.measure.stop));
    if start == MISSING {
        return 1;
    }
    let mut runs = Vec::new();
    cut(common, *history, ticket, (start, stop), &|code| stopped.get(code as usize) != Some(&true), &mut runs);
    u32::try_from(runs.len().max(1)).unwrap_or(u32::MAX)
}

/// The stretches from a start on in which the clock runs, joined where they touch. An instant at which the ticket stopped ends the
/// last where no change does.
fn cut(
    common: &Common<'_>,
    history: Option<&History>,
    ticket: usize,
    (start, stop): Run,
    runs: &dyn Fn(u32) -> bool,
    out: &mut Vec<Run>,
) {
    let known = |at: i64| at <= common.as_of;
    let spans = history.into_iter().flat_map(|history| history.spans(ticket));
    let always = history.is_none().then_some((i64::MIN, i64::MAX, NONE));
    for (from, until, code) in spans.chain(always) {
        let from = from.max(start);
        if from >= until || !known(from) || !runs(code) {
            continue;
        }
        let until = if until == i64::MAX || !known(until) { MISSING } else { until };
        match out.last_mut() {
            Some((_, last)) if *last == from => *last = until,
            _ => out.push((from, until)),
        }
    }
    let end = ended_by(out, stop);
    if let (Some(end), Some(last)) = (end, out.last_mut()) {
        last.1 = end;
    }
}

/// Where the last run has no end of its own, the instant at which the ticket stopped, unless it lies before the run.
fn ended_by(runs: &[Run], stop: i64) -> Option<i64> {
    let (from, until) = runs.last()?;
    (*until == MISSING && stop != MISSING && (stop >= *from || runs.len() == 1)).then_some(stop)
}

/// Leaves of the stretches in which a party held a ticket those before it stopped. One that stopped as it started, or before that,
/// is of the party that held it then.
fn stop_at(runs: &mut Vec<Run>, begin: i64, stop: i64) {
    if stop == MISSING {
        return;
    }
    runs.retain(|(from, _)| *from < stop || *from == begin);
    if let Some((_, until)) = runs.last_mut() {
        *until = if *until == MISSING { stop } else { stop.min(*until) };
    }
}

/// Open time of stretches that have ended, without pauses; none where a clock does not compute it.
pub(in crate::answer) fn open_time(clock: Option<&Clock>, runs: &[Run], pauses: &[(Instant, Instant)]) -> Option<i64> {
    match runs {
        [(from, until)] => on_clock(clock, *from, *until, pauses),
        _ => runs.iter().try_fold(0_i64, |sum, (from, until)| sum.checked_add(on_clock(clock, *from, *until, pauses)?)),
    }
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

/// The last instant at which a ticket that stops is still in time; none where the time never passes, or no clock computes it.
pub(in crate::answer) fn passes(clock: Option<&Clock>, runs: &[Run], pauses: &[(Instant, Instant)], within: i64) -> Option<i64> {
    let mut left = within;
    for (from, until) in runs {
        let end = if *until == MISSING { i64::MAX } else { *until };
        let mut begin = *from;
        let after = pauses.iter().map(|(start, end)| (start.0, end.0)).chain([(i64::MAX, i64::MAX)]);
        for (pause, over) in after {
            let stop = pause.min(end);
            if begin < stop {
                let last = match clock {
                    Some(clock) => clock.deadline(Instant(begin), Duration(left), Boundary::Next).ok().map(Instant::micros),
                    None => begin.checked_add(left),
                };
                match last {
                    Some(last) if last < stop => return Some(last),
                    _ if stop == i64::MAX => return None,
                    _ => left -= on_clock(clock, begin, stop, &[])?,
                }
            }
            begin = begin.max(over);
            if over >= end {
                break;
            }
        }
    }
    None
}

/// Whether a clock ran between two instants; of one that stopped as it started, whether it did then.
pub(in crate::answer) fn ran_between(runs: &[Run], from: i64, until: i64) -> bool {
    let at_once = || runs.iter().all(|(start, stop)| start == stop);
    runs.iter().any(|(start, stop)| {
        let (start, stop) = (from.max(*start), until.min(*stop));
        start < stop || start == stop && at_once()
    })
}

/// How much of the agreed time a ticket used where each priority counts for as long as it held: one is all of it. None where no
/// priority it had has a time; the outer none where no clock computes it.
pub(in crate::answer) fn share_used(
    common: &Common<'_>,
    ticket: usize,
    clock: Option<&Clock>,
    (runs, pauses): (&[Run], &[(Instant, Instant)]),
    within: &dyn Fn(u32) -> Option<i64>,
) -> Option<Option<Used>> {
    let mut used: Option<Used> = None;
    for (from, until, priority) in common.priorities.spans(ticket) {
        let Some(time) = within(priority).filter(|time| *time != MISSING) else { continue };
        if !ran_between(runs, from, until) {
            continue;
        }
        let mut open = 0_i64;
        for (start, stop) in runs {
            let (start, stop) = (from.max(*start), until.min(*stop));
            if start <= stop {
                open = open.checked_add(on_clock(clock, start, stop, pauses)?)?;
            }
        }
        let used = used.get_or_insert(Used { share: Ratio::ZERO, over: false });
        match Ratio::new(open.into(), time.into()) {
            Some(share) => used.share = used.share.plus(&share),
            None => used.over |= open > 0,
        }
    }
    Some(used)
}

/// The share of agreed time that a ticket used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) struct Used {
    pub share: Ratio,
    /// Whether any time ran where none was allowed.
    pub over: bool,
}

impl Used {
    /// Whether it was enough.
    pub fn is_met(&self) -> bool {
        !self.over && self.share <= Ratio::ONE
    }
}
