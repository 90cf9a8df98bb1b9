//! What was agreed: clock, times, clause.
//!
//! Goes in: a measure and the instants between which its cases are counted. Comes out: the terms as reasons.
//! **Invariant:** a time that changes within a period is told for each stretch.
//! **Not here:** what came of it (`row`, `ticket`).

use crate::base::{Argument, Instant};
use crate::model::Model;
use crate::model::agreement::{Cycles, Measure, PriorityTaken, RunsWhile, Within, WithinRow};
use crate::model::allowance::{Allowance, DayRule, DaysEnd, DaysFrom};
use crate::model::counting::ClockZone;
use crate::model::dated::Validity;
use crate::report::Reason;

/// What was agreed for tickets counted between two instants: clock, times, clause.
pub(super) fn terms(model: &Model, measure: &Measure, from: Instant, until: Instant) -> Vec<Reason> {
    let mut terms = Vec::new();
    if measure.statistic.reads_hand_offs() {
        let rule = Reason::new("score-hand-off-rule").with("start", measure.start.as_str());
        terms.push(rule.with("stop", measure.stop.as_str()));
    }
    terms.extend(priority(measure));
    if measure.statistic.runs_clock() {
        let calendar = measure.calendar.and_then(|calendar| model.calendars.get(calendar));
        let clock = match calendar {
            Some(calendar) => Reason::new("score-clock-calendar")
                .with("calendar", Argument::name(calendar.id.as_str()))
                .with("zone", Argument::name(calendar.zone.as_str())),
            None => Reason::new("score-clock-service"),
        };
        let clock = clock.with("start", measure.start.as_str()).with("stop", measure.stop.as_str());
        terms.push(clock.with("tzdb", Argument::name(model.zones.version())));
        if measure.counting.zone == ClockZone::Ticket {
            terms.push(Reason::new("score-zone-of-tickets"));
        }
        if !measure.pause_in.is_empty() {
            let states = measure.pause_in.iter().map(Argument::user).collect::<Vec<_>>();
            terms.push(Reason::new("score-pauses").with("states", states));
        }
        terms.extend(runs(model, measure));
        if measure.within.spans().iter().any(|(_, within)| within.has_working_days()) {
            terms.push(day_rule(measure.counting.days));
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
        Within::All(time) => vec![allowed(["score-within", "score-within-days"], *time)],
        Within::ByPriority(times) => {
            let one = |(priority, time): &(String, Allowance)| {
                let reason = allowed(["score-within-priority", "score-within-priority-days"], *time);
                reason.with("priority", Argument::name(priority.as_str()))
            };
            times.iter().map(one).collect()
        }
        Within::Rows(rows) => rows.iter().map(row_of_times).collect(),
    }
}

/// How Working Days are counted.
pub(in crate::answer) fn day_rule(rule: DayRule) -> Reason {
    Reason::new("score-days-rule")
        .because(Reason::new(match rule.from {
            DaysFrom::StartDay => "score-days-from-start",
            DaysFrom::NextOpening => "score-days-from-opening",
        }))
        .because(Reason::new(match rule.end {
            DaysEnd::Closing => "score-days-until-closing",
            DaysEnd::Midnight => "score-days-until-midnight",
            DaysEnd::SameTime => "score-days-until-same-time",
        }))
}

/// What is allowed, in time or in Working Days.
fn allowed([time, days]: [&'static str; 2], allowance: Allowance) -> Reason {
    match allowance {
        Allowance::Time(within) => Reason::new(time).with("within", within),
        Allowance::WorkingDays(count) => Reason::new(days).with("days", count),
    }
}

/// A row of a table of times.
fn row_of_times(row: &WithinRow) -> Reason {
    let of = row.names();
    let ids = if of.is_empty() {
        ["score-within-row-any", "score-within-row-any-days"]
    } else {
        ["score-within-row", "score-within-row-days"]
    };
    let reason = allowed(ids, row.time);
    reason.with("of", of.into_iter().map(Argument::user).collect::<Vec<_>>())
}

/// Which priority decides, where not the one at the end.
fn priority(measure: &Measure) -> Option<Reason> {
    match measure.counting.priority_taken {
        PriorityTaken::AtEnd => None,
        PriorityTaken::AtOpen => Some(Reason::new("score-at-open")),
        PriorityTaken::PerSegment => Some(Reason::new("score-per-segment")),
        PriorityTaken::Highest => {
            let names = measure.counting.priorities.iter().map(Argument::user).collect::<Vec<_>>();
            Some(Reason::new("score-highest").with("priorities", names))
        }
    }
}

/// When the clock runs, where not from start to stop.
fn runs(model: &Model, measure: &Measure) -> Option<Reason> {
    let counting = &measure.counting;
    if counting.runs_while == RunsWhile::Held {
        let provider = model.agreements.get(measure.agreement).and_then(|agreement| agreement.provider);
        let party = provider.map_or("-", |party| model.party_name(party));
        return Some(Reason::new("score-held").with("party", Argument::name(party)));
    }
    if counting.cycles == Cycles::Whole {
        return None;
    }
    let states = counting.stopped_in.iter().map(Argument::user).collect::<Vec<_>>();
    Some(Reason::new("score-cycles").with("states", states).with("cycles", counting.cycles.as_str()))
}

fn clause(model: &Model, measure: &Measure) -> Option<Reason> {
    let agreement = model.agreements.get(measure.agreement)?;
    let reason = match measure.clause.as_ref().or(agreement.clause.as_ref()) {
        Some(clause) => Reason::new("score-clause").with("clause", Argument::user(clause)),
        None => Reason::new("score-no-clause"),
    };
    Some(reason.with("agreement", Argument::name(agreement.title.as_str())))
}
