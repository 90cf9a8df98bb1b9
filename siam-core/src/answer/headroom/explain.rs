//! Why a row of `headroom` is what it is.
//!
//! Goes in: a row, or an open ticket. Comes out: the arithmetic of the room, or the time of the ticket stretch by stretch.
//! **Invariant:** every number of a row is told with what it was worked out from.
//! **Not here:** the numbers themselves (`sums`, `open`).

use super::{Headroom, Line};
use crate::answer::score::Verdict;
use crate::answer::score::resolve::{Asked, Common, measures};
use crate::answer::score::runs::{on_clock, runs_of};
use crate::answer::score::walk::hand_offs_at;
use crate::base::columns::Cell;
use crate::base::{Argument, Duration, Instant, Problems, Ratio};
use crate::ecosystem::asked;
use crate::evidence::MISSING;
use crate::model::agreement::{Split, Statistic, Unit};
use crate::report::Reason;
use crate::report::answer::no_such_row;

/// Why a measure has this much room.
pub(super) fn row(line: &Line<'_>, as_of: Instant) -> Reason {
    let (measure, sums, room) = (line.measure, &line.sums, &line.room);
    let id = match room.verdict {
        None => "headroom-row-open",
        Some(Verdict::Met) => "headroom-row-met",
        Some(Verdict::Missed) => "headroom-row-missed",
        Some(Verdict::NoTarget) => "headroom-row-no-target",
        Some(Verdict::TooFew) => "headroom-row-too-few",
    };
    let named = |id: &'static str| Reason::new(id).with("measure", Argument::name(measure.id.as_str()));
    let mut reason = named(id).with("period", Argument::name(line.period.as_str())).with("at", as_of);
    reason = reason.because(so_far(line));
    if let Some(names) = &line.names {
        let at = |split: &Split| match split {
            Split::Party => 0,
            Split::Priority => 1,
            Split::Service => 2,
        };
        let names = measure.by.iter().map(|split| Argument::name(names[at(split)].as_deref().unwrap_or("-")));
        reason = reason.because(Reason::new("score-group").with("names", names.collect::<Vec<_>>()));
    }
    if let Some(target) = &line.target {
        let (id, target) = match measure.unit {
            Unit::Share => ("score-target", Argument::Percent(target.clone())),
            _ => ("score-target-count", Argument::Number(target.clone())),
        };
        reason = reason.because(Reason::new(id).with("target", target).with("at", line.anchor));
    }
    reason = reason.because_all(left(line));
    if sums.unscored > 0 {
        reason = reason.because(Reason::new("headroom-unscored").with("unscored", sums.unscored));
    }
    if sums.beyond > 0 {
        reason = reason.because(Reason::new("headroom-will-miss").with("count", sums.beyond));
    }
    if measure.statistic.judges_cases() && sums.open > 0 {
        let (met, of) = room.nothing;
        let nothing = Reason::new("headroom-nothing-happens").with("late", sums.late).with("met", met).with("of", of);
        reason = reason.because(nothing.with("percent", percent(met, of)).with("result", room.result_if_nothing.as_str()));
    }
    if let Some((at, left)) = sums.next {
        reason = reason.because(Reason::new("headroom-next").with("at", Instant(at)).with("left", Duration(left)));
    }
    reason
}

fn percent(part: i64, of: i64) -> Argument {
    Argument::Percent(Ratio::new(part.into(), of.into()).unwrap_or(Ratio::ZERO))
}

/// What is known so far.
fn so_far(line: &Line<'_>) -> Reason {
    let (sums, statistic) = (&line.sums, line.measure.statistic);
    let reason = match statistic {
        Statistic::Backlog => Reason::new("headroom-backlog"),
        Statistic::Count => Reason::new("headroom-count").with("counted", sums.counted),
        _ if sums.counted == 0 => Reason::new("headroom-none"),
        _ => Reason::new("headroom-share")
            .with("met", sums.met)
            .with("counted", sums.counted)
            .with("percent", percent(sums.met, sums.counted)),
    };
    reason.with("open", sums.open)
}

/// How the room comes about, in both its meanings.
fn left(line: &Line<'_>) -> Vec<Reason> {
    let (sums, room) = (&line.sums, &line.room);
    let judged = line.measure.statistic.judges_cases();
    let mut reasons = Vec::new();
    if let Some(new) = room.misses_left_new {
        let of = sums.counted.saturating_add(new);
        let reason = match (judged, line.measure.statistic) {
            (true, _) if of == 0 => Reason::new("headroom-new-none"),
            (true, _) => Reason::new("headroom-new").with("met", sums.met).with("of", of).with("percent", percent(sums.met, of)),
            (false, Statistic::Backlog) => Reason::new("headroom-new-backlog"),
            (false, _) => Reason::new("headroom-new-count"),
        };
        reasons.push(reason.with("new", new));
    }
    if let (Some(misses), true) = (room.misses_left_open, sums.open > 0) {
        let (met, of) = (sums.met + sums.open - misses, sums.counted + sums.open);
        let reason = match (judged, line.measure.statistic) {
            (true, _) => Reason::new("headroom-open").with("met", met).with("of", of).with("percent", percent(met, of)),
            (false, Statistic::Backlog) => Reason::new("headroom-open-backlog"),
            (false, _) => Reason::new("headroom-open-count"),
        };
        reasons.push(reason.with("misses", misses).with("open", sums.open));
    }
    reasons
}

/// Why an open ticket has this much time left.
pub(super) fn open(report: &Headroom, row: usize) -> Result<Reason, crate::base::Error> {
    let table = report.open();
    let (Cell::Text(measure), Cell::Text(ticket)) = (table.cell(row, "measure"), table.cell(row, "ticket")) else {
        return Err(no_such_row(row, table.rows()));
    };
    let length = |column: &str| match table.cell(row, column) {
        Cell::Integer(seconds) => Duration::from_seconds(seconds),
        _ => None,
    };
    let common = Common::new(&report.ecosystem, &report.evidence, Some(report.as_of));
    let found = measures(&common, &[measure.to_string()], &mut Problems::new())?;
    let at = report.evidence.tickets().find(&ticket);
    let (Some(found), Some(at)) = (found.first(), at) else { return Err(asked("ticket", &ticket, [])) };
    let beyond = matches!(table.cell(row, "will_miss"), Cell::Boolean(true));
    let (elapsed, within, left) = (length("elapsed_seconds"), length("within_seconds"), length("left_seconds"));
    let id = match (elapsed, left, beyond) {
        (Some(_), Some(_), true) => "headroom-ticket-beyond",
        (Some(_), Some(_), false) => "headroom-ticket",
        (_, _, true) => "headroom-ticket-missed",
        _ => "headroom-ticket-open",
    };
    let mut reason = Reason::new(id).with("ticket", Argument::user(&ticket)).with("measure", Argument::name(measure.as_ref()));
    for (hole, length) in [("elapsed", elapsed), ("within", within), ("left", left)] {
        reason = reason.with(hole, length.unwrap_or_default());
    }
    reason = reason.with("at", report.as_of);
    let Cell::Instant(started) = table.cell(row, "started") else {
        return Ok(reason.because(Reason::new("headroom-not-started")));
    };
    if found.measure.statistic == Statistic::FirstTimeFix {
        return Ok(reason.because_all(passed(found, at, started, report.as_of)));
    }
    if elapsed.is_none() {
        return Ok(reason.because(Reason::new("headroom-opened").with("at", Instant(started))));
    }
    let run = match table.cell(row, "run") {
        Cell::Integer(run) => u32::try_from(run - 1).unwrap_or(0),
        _ => 0,
    };
    reason = reason.because_all(timeline(&common, found, (at, run), started, report.as_of));
    if matches!(table.cell(row, "paused"), Cell::Boolean(true)) {
        reason = reason.because(Reason::new("headroom-paused").with("at", report.as_of));
    }
    Ok(match table.cell(row, "breaches_at") {
        Cell::Instant(ends) if ends <= report.as_of.micros() => {
            reason.because(Reason::new("headroom-ended").with("at", Instant(ends)))
        }
        Cell::Instant(ends) => reason.because(Reason::new("headroom-ends").with("at", Instant(ends))),
        _ => reason,
    })
}

/// Each time a ticket went from one party to another so far.
fn passed(found: &Asked<'_>, ticket: usize, started: i64, as_of: Instant) -> Vec<Reason> {
    let word = |code: u32| found.parties.and_then(|history| history.words().word(code)).unwrap_or("-");
    let pass = |(at, from, to): (i64, u32, u32)| {
        let reason = Reason::new("score-handed-on").with("at", Instant(at));
        reason.with("from", Argument::user(word(from))).with("to", Argument::user(word(to)))
    };
    hand_offs_at(found.parties, ticket, started, as_of.micros()).map(pass).collect()
}

/// The stretches from the start to the instant, counted or paused.
fn timeline(common: &Common<'_>, found: &Asked<'_>, (ticket, run): (usize, u32), started: i64, as_of: Instant) -> Vec<Reason> {
    let clock = found.clock_of(common, ticket, started);
    let first = Reason::new("score-started").with("at", Instant(started)).with("instant", found.measure.start.as_str());
    let (mut reasons, mut runs) = (vec![first], Vec::new());
    runs_of(common, found, ticket, run, &mut runs);
    for (from, until) in runs {
        let until = if until == MISSING { as_of.micros() } else { until.min(as_of.micros()) };
        let (states, stops) = match &found.pauses {
            Some((history, stops)) => (history.spans(ticket).collect(), stops.as_slice()),
            None => (vec![(i64::MIN, i64::MAX, u32::MAX)], [].as_slice()),
        };
        for (begin, end, code) in states {
            let (begin, end) = (begin.max(from), end.min(until));
            if begin >= end {
                continue;
            }
            let open = on_clock(clock, begin, end, &[]).unwrap_or(0);
            let state = found.pauses.as_ref().and_then(|(history, _)| history.words().word(code));
            let id = match (found.pauses.is_some(), stops.get(code as usize) == Some(&true)) {
                (false, _) => "score-stretch",
                (true, false) => "score-stretch-counted",
                (true, true) => "score-stretch-paused",
            };
            let stretch = Reason::new(id).with("from", Instant(begin)).with("until", Instant(end)).with("open", Duration(open));
            let stretch = stretch.with("closed", Duration(end - begin - open));
            reasons.push(stretch.with("state", Argument::user(state.unwrap_or("-"))));
        }
    }
    reasons
}
