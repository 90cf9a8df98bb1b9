//! The terms of how a measure counts: its period, priority, events, runs of its clock, and what its statistic is over.
//!
//! Goes in: a measure. Comes out: a sentence for each rule, written or not.
//! **Invariant:** a rule that could be another is told with its default.
//! **Not here:** the other terms of a measure (`agreements`).

use super::page::{Page, name, names};
use crate::base::{Argument, Duration, Ratio};
use crate::model::agreement::{
    Agreement, CountedWhen, Cycles, EventGroup, Measure, MeasurePeriod, PriorityTaken, RunsWhile, Statistic, Unit, WhenNone,
};
use crate::model::allowance::{DaysEnd, DaysFrom};
use crate::model::counting::ClockZone;
use crate::report::Reason;

/// The period a measure is taken over.
pub(super) fn period(page: &mut Page<'_>, measure: &Measure) {
    let default = measure.defaults.contains(&"period");
    page.say(Reason::new(match measure.counting.period {
        MeasurePeriod::Month if default => "terms-period-default",
        MeasurePeriod::Month => "terms-period-month",
        MeasurePeriod::Quarter => "terms-period-quarter",
        MeasurePeriod::ContractYear => "terms-period-contract-year",
        MeasurePeriod::RollingQuarter => "terms-period-rolling-quarter",
        MeasurePeriod::RollingYear => "terms-period-rolling-year",
    }));
}

/// Targets of groups that differ.
pub(super) fn targets(page: &mut Page<'_>, measure: &Measure) {
    for row in &measure.counting.targets {
        let of = names(row.of.iter().flatten().map(String::as_str));
        page.say(Reason::new("terms-target-group").with("of", of).with("target", shown(measure.unit, &row.target)));
    }
}

/// A target or a value in its unit.
pub(super) fn shown(unit: Unit, target: &Ratio) -> Argument {
    match unit {
        Unit::Share => Argument::Percent(target.clone()),
        Unit::Count | Unit::Number => Argument::Number(target.clone()),
        Unit::Seconds => target
            .times(&Ratio::whole(1_000_000))
            .floor()
            .and_then(|micros| i64::try_from(micros).ok())
            .map_or(Argument::Number(target.clone()), |micros| Argument::Duration(Duration(micros))),
    }
}

/// Which priority decides, and what several tickets of one event come to.
pub(super) fn taken(page: &mut Page<'_>, measure: &Measure) {
    let counting = &measure.counting;
    let default = measure.defaults.contains(&"event_group");
    page.say(Reason::new(match counting.event_group {
        EventGroup::Count if default => "terms-events-default",
        EventGroup::Count => "terms-events-count",
        EventGroup::Once => "terms-events-once",
    }));
    let default = measure.defaults.contains(&"priority_taken");
    page.say(match counting.priority_taken {
        PriorityTaken::AtEnd => {
            let id = if default { "terms-priority-default" } else { "terms-priority" };
            Reason::new(id).with("taken", name(PriorityTaken::AtEnd.as_str()))
        }
        PriorityTaken::AtOpen => Reason::new("terms-priority-at-open"),
        PriorityTaken::PerSegment => Reason::new("terms-priority-per-segment"),
        PriorityTaken::Highest => {
            let ranked = names(counting.priorities.iter().map(String::as_str));
            Reason::new("terms-priority-highest").with("priorities", ranked)
        }
    });
}

/// When a ticket counts as neither at an instant of its own.
pub(super) fn decided(measure: &Measure) -> Option<Reason> {
    (measure.counted_when == CountedWhen::Decided).then(|| Reason::new("terms-counted-decided"))
}

/// While what a clock runs, and which of its runs count.
pub(super) fn runs(page: &mut Page<'_>, measure: &Measure, agreement: &Agreement) {
    let counting = &measure.counting;
    let default = measure.defaults.contains(&"runs_while");
    page.say(match counting.runs_while {
        RunsWhile::Always if default => Reason::new("terms-held-default"),
        RunsWhile::Always => Reason::new("terms-held-always"),
        RunsWhile::Held => {
            let provider = agreement.provider.and_then(|party| page.model.parties.get(party));
            Reason::new("terms-held").with("provider", name(provider.map_or("-", |party| &party.title)))
        }
    });
    if counting.zone == ClockZone::Ticket {
        page.say(Reason::new("terms-zone-of-tickets"));
    }
    if measure.within.spans().iter().any(|(_, within)| within.has_working_days()) {
        let default = |key, rule: &'static str| if measure.defaults.contains(&"working_days") { key } else { rule };
        page.say(Reason::new(match counting.days.from {
            DaysFrom::StartDay => default("terms-days-from-start-default", "terms-days-from-start"),
            DaysFrom::NextOpening => "terms-days-from-opening",
        }));
        page.say(Reason::new(match counting.days.end {
            DaysEnd::Closing => default("terms-days-until-closing-default", "terms-days-until-closing"),
            DaysEnd::Midnight => "terms-days-until-midnight",
            DaysEnd::SameTime => "terms-days-until-same-time",
        }));
    }
    if counting.runs_while == RunsWhile::Held {
        return;
    }
    let counts = match counting.cycles {
        Cycles::Whole => {
            page.say(Reason::new("terms-cycles-default"));
            return;
        }
        Cycles::First => "terms-cycles-first",
        Cycles::Last => "terms-cycles-last",
        Cycles::Each => "terms-cycles-each",
        Cycles::Sum => "terms-cycles-sum",
    };
    let states = names(counting.stopped_in.iter().map(String::as_str));
    page.say(Reason::new("terms-cycles").with("states", states).because(Reason::new(counts)));
}

/// What the statistic of a measure is over, and where it draws its line.
pub(super) fn over(page: &mut Page<'_>, measure: &Measure) {
    let counting = &measure.counting;
    let default = |key| measure.defaults.contains(&key);
    let columns = |id: &'static str, (column, values): &(String, Vec<String>)| {
        Reason::new(id).with("column", name(column)).with("values", names(values.iter().map(String::as_str)))
    };
    match measure.statistic {
        Statistic::Rate => {
            let per = counting.per.map_or(String::new(), |per| per.to_string());
            page.say(Reason::new("terms-rate").with("per", name(&per)));
        }
        Statistic::Quotient if counting.of.is_empty() => page.say(Reason::new("terms-ratio-over-all")),
        Statistic::Quotient => counting.of.iter().for_each(|written| page.say(columns("terms-ratio-over", written))),
        Statistic::AgedReduction => {
            page.say(Reason::new("terms-aged").with("longer", counting.longer_than.unwrap_or_default()));
        }
        Statistic::Reassigned => {
            let id = if default("more_than") { "terms-more-than-default" } else { "terms-more-than" };
            page.say(Reason::new(id).with("most", i64::from(counting.more_than)));
        }
        Statistic::RaisedFirst => {
            let id = if default("complaints") { "terms-complaints-default" } else { "terms-complaints" };
            counting.complaints.iter().for_each(|written| page.say(columns(id, written)));
        }
        Statistic::UserWeightedLoss => page.say(Reason::new("terms-users")),
        Statistic::Observed => {
            let own = !default("when_not_reported") || !default("when_none");
            page.say(Reason::new(match counting.when_not_reported {
                WhenNone::NoVerdict if own => "terms-not-reported-no-verdict",
                WhenNone::NoVerdict => "terms-not-reported-default",
                WhenNone::Met => "terms-not-reported-met",
                WhenNone::Missed => "terms-not-reported-missed",
            }));
        }
        _ => {}
    }
}
