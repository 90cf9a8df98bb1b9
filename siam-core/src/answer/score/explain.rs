//! Why a row of a scorecard, and why a ticket in it, are what they are.
//!
//! Goes in: a row's tally, a ticket's contribution. Comes out: reasons with their arithmetic, clause and clock.
//! **Invariant:** every figure is the one the scorecard was computed with; nothing is worked out another way.
//! **Not here:** the words (`report::english`).

use super::resolve::{Asked, Common};
use super::walk::{Contribution, Lack, Outcome, contribution, on_clock};
use super::{Row, Tally, Verdict};
use crate::base::zone::tzdb_version;
use crate::base::{Argument, Duration, Error, Instant, Place, Problem, Ratio, codes};
use crate::clock::Clock;
use crate::ecosystem::Ecosystem;
use crate::evidence::MISSING;
use crate::model::Model;
use crate::model::agreement::{Measure, Split, Statistic, Within};
use crate::model::dated::Validity;
use crate::report::Reason;

/// Most open intervals that one stretch of a ticket lists.
const LISTED: usize = 31;

/// Why a row is what it is.
pub(super) fn row(ecosystem: &Ecosystem, row: &Row) -> Reason {
    let model = ecosystem.model();
    let Some(measure) = model.measures.get(row.measure) else { return Reason::new("score-row-no-target") };
    let target = measure.target.at(row.anchor);
    let verdict = Verdict::of(measure.statistic, &row.tally, target, measure.fewest);
    let id = match verdict {
        Verdict::Met => "score-row-met",
        Verdict::Missed => "score-row-missed",
        Verdict::NoTarget => "score-row-no-target",
        Verdict::TooFew => "score-row-too-few",
    };
    let mut reason = Reason::new(id)
        .with("measure", Argument::name(measure.id.as_str()))
        .with("period", Argument::name(row.period.label()))
        .with("fewest", measure.fewest);
    reason = reason.because(arithmetic(measure, row));
    if let Some(target) = target {
        let (id, argument) = match measure.statistic {
            Statistic::Count => ("score-target-count", Argument::Number(target.clone())),
            _ => ("score-target", Argument::Percent(target.clone())),
        };
        reason = reason.because(Reason::new(id).with("target", argument).with("at", row.anchor));
    }
    if row.by {
        let name = |split: &Split| {
            let at = match split {
                Split::Party => 0,
                Split::Priority => 1,
                Split::Service => 2,
            };
            Argument::name(row.names[at].as_deref().unwrap_or("-"))
        };
        let names = measure.by.iter().map(name).collect::<Vec<_>>();
        reason = reason.because(Reason::new("score-group").with("names", names));
    }
    if row.tally.excluded > 0 {
        reason = reason.because(Reason::new("score-excluded").with("excluded", row.tally.excluded));
    }
    if row.tally.unscored > 0 {
        let mut left = Reason::new("score-unscored").with("unscored", row.tally.unscored);
        if measure.statistic == Statistic::PercentWithin {
            let (worst, best) = row.tally.bounds(measure.statistic);
            let share = |tally: &Tally| Ratio::new(tally.met.into(), tally.counted().into()).unwrap_or(Ratio::ZERO);
            let between = Reason::new("score-between").with("worst", Argument::Percent(share(&worst)));
            left = left.because(between.with("best", Argument::Percent(share(&best))));
        }
        reason = reason.because(left);
    }
    let counted = Reason::new("score-counted-when").with("instant", measure.counted_when.as_str());
    let counted = counted.with("from", row.period.from()).with("until", row.period.until());
    reason.because(counted).because_all(terms(model, measure, row.period.from(), row.period.until()))
}

fn arithmetic(measure: &Measure, row: &Row) -> Reason {
    let counted = row.tally.counted();
    if measure.statistic == Statistic::Count {
        return Reason::new("score-count").with("counted", counted);
    }
    match Ratio::new(row.tally.met.into(), counted.into()) {
        None => Reason::new("score-none"),
        Some(share) => Reason::new("score-share")
            .with("met", row.tally.met)
            .with("counted", counted)
            .with("percent", Argument::Percent(share)),
    }
}

/// What was agreed for tickets counted between two instants: clock, times, clause.
fn terms(model: &Model, measure: &Measure, from: Instant, until: Instant) -> Vec<Reason> {
    let mut terms = Vec::new();
    if measure.statistic == Statistic::PercentWithin {
        let calendar = measure.calendar.and_then(|calendar| model.calendars.get(calendar));
        let clock = match calendar {
            Some(calendar) => Reason::new("score-clock-calendar")
                .with("calendar", Argument::name(calendar.id.as_str()))
                .with("zone", Argument::name(calendar.zone.as_str())),
            None => Reason::new("score-clock-service"),
        };
        let clock = clock.with("start", measure.start.as_str()).with("stop", measure.stop.as_str());
        terms.push(clock.with("tzdb", Argument::name(tzdb_version())));
        if !measure.pause_in.is_empty() {
            let states = measure.pause_in.iter().map(Argument::user).collect::<Vec<_>>();
            terms.push(Reason::new("score-pauses").with("states", states));
        }
        let holds = |validity: &Validity| validity.from < until && from < validity.until;
        let agreed: Vec<_> = measure.within.spans().iter().filter(|(validity, _)| holds(validity)).collect();
        match agreed.as_slice() {
            [(_, only)] => terms.extend(times(only)),
            // A ticket is held to what is agreed when it is counted, so each stretch of the period is told.
            several => terms.extend(several.iter().map(|(validity, within)| {
                let (first, last) = (validity.from.max(from), validity.until.min(until));
                Reason::new("score-within-dated").with("from", first).with("until", last).because_all(times(within))
            })),
        }
    }
    terms.extend(clause(model, measure));
    terms
}

/// The times of one agreement on them.
fn times(within: &Within) -> Vec<Reason> {
    match within {
        Within::All(time) => vec![Reason::new("score-within").with("within", *time)],
        Within::ByPriority(times) => {
            let one = |(priority, time): &(String, Duration)| {
                Reason::new("score-within-priority").with("within", *time).with("priority", Argument::name(priority.as_str()))
            };
            times.iter().map(one).collect()
        }
    }
}

fn clause(model: &Model, measure: &Measure) -> Option<Reason> {
    let agreement = model.agreements.get(measure.agreement)?;
    let reason = match measure.clause.as_ref().or(agreement.clause.as_ref()) {
        Some(clause) => Reason::new("score-clause").with("clause", Argument::user(clause)),
        None => Reason::new("score-no-clause"),
    };
    Some(reason.with("agreement", Argument::name(agreement.title.as_str())))
}

/// Why a ticket is what it is: its time on the clock, stretch by stretch.
pub(in crate::answer) fn ticket(common: &Common<'_>, asked: &Asked<'_>, ticket: usize) -> Result<Reason, Error> {
    let mut pauses = Vec::new();
    let name = Argument::name(common.evidence.tickets().id(ticket));
    let measure = Argument::name(asked.measure.id.as_str());
    let Some(found) = contribution(common, asked, ticket, &mut pauses) else {
        return Ok(Reason::new("score-ticket-not-counted").with("ticket", name).with("measure", measure));
    };
    let id = match (found.outcome, asked.measure.statistic) {
        (Outcome::Met, Statistic::Count) => "score-ticket-counts",
        (Outcome::Met, _) => "score-ticket-met",
        (Outcome::Missed, _) => "score-ticket-missed",
        (Outcome::Excluded, _) => "score-ticket-excluded",
        (Outcome::Unscored, _) => "score-ticket-unscored",
    };
    let mut reason = Reason::new(id).with("ticket", name).with("measure", measure).with("counted", Instant(found.counted));
    for (name, micros) in [("elapsed", found.elapsed), ("within", found.within)] {
        if micros != MISSING {
            reason = reason.with(name, Duration(micros));
        }
    }
    if let Some(exclusion) = common.evidence.exclusions().of(ticket, asked.measure.id.as_str()) {
        let words = |word: Option<&str>| Argument::user(word.unwrap_or("-"));
        let excluded = Reason::new("score-exclusion").with("reason", words(exclusion.reason));
        reason = reason.because(excluded.with("clause", words(exclusion.clause)));
    }
    match found.lack {
        Lack::Nothing => {}
        Lack::Instant(which, code) => {
            let lacking = Reason::new("score-lacks").with("instant", which.as_str());
            reason = reason.because(lacking.with("why", code.name));
        }
        Lack::NoTime => reason = reason.because(Reason::new("score-no-time").with("at", Instant(found.counted))),
        Lack::Horizon => {
            return Err(Problem::new(&codes::BEYOND_HORIZON, Place::Nowhere)
                .with("at", Instant(found.started))
                .with("low", 1900_i64)
                .with("high", 2200_i64)
                .into());
        }
    }
    if found.elapsed != MISSING {
        reason = reason.because_all(timeline(common, asked, &found));
    }
    Ok(reason.because_all(terms(
        common.ecosystem.model(),
        asked.measure,
        Instant(found.counted),
        Instant(found.counted.saturating_add(1)),
    )))
}

/// From, until, and where states are known the state and whether it stops the clock.
type Stretch<'s> = (i64, i64, Option<(&'s str, bool)>);

/// The stretches from start to stop, each counted or paused, with the hours it was open.
fn timeline(common: &Common<'_>, asked: &Asked<'_>, found: &Contribution) -> Vec<Reason> {
    let (started, stopped) = (found.started, found.stopped);
    let clock = asked.clock_of(common, found.ticket as usize, started);
    let mut reasons =
        vec![Reason::new("score-started").with("at", Instant(started)).with("instant", asked.measure.start.as_str())];
    let stretches: Vec<Stretch<'_>> = match &asked.pauses {
        None => vec![(started, stopped, None)],
        Some((history, stops)) => {
            let spans = history.spans(found.ticket as usize);
            let cut = spans.map(|(from, until, code)| {
                let state = history.words().word(code).unwrap_or("-");
                (from.max(started), until.min(stopped), Some((state, stops.get(code as usize) == Some(&true))))
            });
            cut.filter(|(from, until, _)| from < until).collect()
        }
    };
    for (from, until, state) in stretches {
        let open = on_clock(clock, from, until, &[]).unwrap_or(0);
        let id = match state {
            None => "score-stretch",
            Some((_, false)) => "score-stretch-counted",
            Some((_, true)) => "score-stretch-paused",
        };
        let mut stretch = Reason::new(id).with("from", Instant(from)).with("until", Instant(until)).with("open", Duration(open));
        stretch = stretch.with("closed", Duration(until - from - open));
        if let Some((state, _)) = state {
            stretch = stretch.with("state", Argument::user(state));
        }
        reasons.push(stretch.because_all(open_hours(clock, from, until)));
    }
    reasons.push(Reason::new("score-stopped").with("at", Instant(stopped)).with("instant", asked.measure.stop.as_str()));
    reasons
}

/// The open intervals of a stretch, the first of many.
fn open_hours(clock: Option<&Clock>, from: i64, until: i64) -> Vec<Reason> {
    let Some(intervals) = clock.and_then(|clock| clock.intervals(Instant(from), Instant(until)).ok()) else { return Vec::new() };
    let open = |(start, end): &(Instant, Instant)| {
        Reason::new("score-open").with("from", *start).with("until", *end).with("open", end.since(*start))
    };
    let mut reasons: Vec<Reason> = intervals.iter().take(LISTED).map(open).collect();
    if intervals.len() > LISTED {
        reasons.push(Reason::new("score-open-more").with("count", intervals.len() - LISTED));
    }
    reasons
}
