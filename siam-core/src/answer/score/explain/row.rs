//! Why a row of a scorecard is what it is.
//!
//! Goes in: a row. Comes out: its verdict with the arithmetic, the target, the rules that left cases out, what was agreed.
//! **Invariant:** a rule that leaves cases out is told with how many.
//! **Not here:** single tickets and cases (`ticket`).

use super::super::card::Row;
use super::super::figure::{Arithmetic, Extreme, Verdict};
use super::super::sums::Omitted;
use super::terms::terms;
use super::{amount, time};
use crate::base::{Argument, Ratio};
use crate::ecosystem::Ecosystem;
use crate::model::agreement::{
    Children, CountedWhen, Definition, Direction, EventGroup, Measure, MeasurePeriod, Split, Statistic, Unit, WhenNone,
};
use crate::model::statistic::Basis;
use crate::report::Reason;

/// Why a row is what it is.
pub(in crate::answer) fn row(ecosystem: &Ecosystem, row: &Row) -> Reason {
    let model = ecosystem.model();
    let Some(measure) = model.measures.get(row.measure) else { return Reason::new("score-row-no-target") };
    let tickets = measure.statistic.basis() == Basis::Tickets;
    let id = match row.verdict {
        Verdict::Met => "score-row-met",
        Verdict::Missed => "score-row-missed",
        Verdict::NoTarget => "score-row-no-target",
        Verdict::TooFew if tickets => "score-row-too-few",
        Verdict::TooFew => "score-row-too-few-cases",
    };
    let mut reason = Reason::new(id)
        .with("measure", Argument::name(measure.id.as_str()))
        .with("period", Argument::name(row.period.label()))
        .with("fewest", measure.fewest);
    reason = reason.because(arithmetic(measure, row));
    if let (true, Some(_)) = (row.worth.tally.counted() == 0, &row.target) {
        reason = reason.because_all(when_none(measure));
    }
    if let Some(target) = &row.target {
        let id = match (measure.statistic, measure.direction) {
            (Statistic::Count, _) => "score-target-count",
            (_, Direction::AtLeast) => "score-target",
            (_, Direction::AtMost) => "score-target-most",
        };
        reason = reason.because(Reason::new(id).with("target", amount(measure.unit, target)).with("at", row.anchor));
    }
    reason = reason.because_all(window(measure, row));
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
    } else {
        reason = reason.because_all(omitted(measure, &row.omitted));
    }
    reason.because_all(set_aside(measure, row, tickets)).because(counted_when(measure, row)).because_all(terms(
        model,
        measure,
        row.counted.from(),
        row.counted.until(),
    ))
}

/// Over what time the measure is taken, where not over the period itself.
fn window(measure: &Measure, row: &Row) -> Option<Reason> {
    let period = measure.counting.period;
    let id = match (row.to_date, period) {
        (true, _) => "score-to-date",
        (false, MeasurePeriod::Month) => return None,
        _ => "score-window",
    };
    Some(Reason::new(id).with("period", Argument::name(period.as_str().replace('_', " "))))
}

/// What a measure agrees for a period without a single case.
fn when_none(measure: &Measure) -> Option<Reason> {
    let agreed = if measure.statistic == Statistic::Observed { measure.counting.when_not_reported } else { measure.when_none };
    let id = match agreed {
        WhenNone::NoVerdict => return None,
        WhenNone::Met => "score-when-none-met",
        WhenNone::Missed => "score-when-none-missed",
    };
    Some(Reason::new(id))
}

fn arithmetic(measure: &Measure, row: &Row) -> Reason {
    let (tally, worth) = (&row.worth.tally, &row.worth);
    let counted = tally.counted();
    let id = match measure.statistic {
        Statistic::Count => return Reason::new("score-count").with("counted", counted),
        Statistic::Backlog => {
            let open = Reason::new("score-backlog").with("counted", counted).with("at", row.end);
            return open.with("instant", measure.stop.as_str());
        }
        Statistic::PercentWithin => "score-share",
        Statistic::RaisedFirst => "score-raised-first",
        Statistic::FirstTimeFix => "score-share-first-time",
        Statistic::ExchangesInTime => "score-share-exchanges",
        Statistic::ObligationsKept => "score-share-obligations",
        Statistic::ImprovementsDelivered => "score-share-improvements",
        Statistic::Mean => "score-mean",
        Statistic::HandOffs => "score-hand-offs",
        _ => "score-observed",
    };
    let per = || Argument::name(measure.counting.per.map_or(String::new(), |per| per.to_string()));
    let Some(value) = &worth.value else {
        if measure.statistic == Statistic::Rate {
            return Reason::new("score-rate-none").with("per", per());
        }
        let tickets = measure.statistic.basis() == Basis::Tickets;
        return Reason::new(if tickets { "score-none" } else { "score-none-cases" });
    };
    let shown = amount(measure.unit, value);
    match (measure.statistic, &worth.arithmetic) {
        (_, Arithmetic::Pooled(part, whole)) => Reason::new("score-observed-pooled")
            .with("part", Argument::Number(part.clone()))
            .with("whole", Argument::Number(whole.clone()))
            .with("value", shown),
        (_, Arithmetic::MeanOf(sum)) => Reason::new("score-observed-mean")
            .with("counted", counted)
            .with("sum", amount(measure.unit, sum))
            .with("value", shown),
        (statistic, Arithmetic::Outages(agreed, up, down)) => outages(statistic, (*agreed, up, *down), counted, shown),
        (_, Arithmetic::Users(lost, agreed)) => Reason::new("score-users")
            .with("lost", time(lost.floor().unwrap_or(i128::MAX)))
            .with("agreed", time(agreed.floor().unwrap_or(i128::MAX)))
            .with("percent", shown),
        (_, Arithmetic::Over(base)) => Reason::new("score-rate")
            .with("counted", counted)
            .with("base", Argument::Number(base.amount.clone().unwrap_or(Ratio::ZERO)))
            .with("per", per())
            .with("value", shown),
        (Statistic::Quotient, _) => Reason::new("score-ratio")
            .with("above", i64::try_from(tally.amount).unwrap_or(i64::MAX))
            .with("below", tally.plain)
            .with("value", shown),
        (Statistic::AgedReduction, _) => Reason::new("score-aged")
            .with("after", i64::try_from(tally.amount).unwrap_or(i64::MAX))
            .with("before", tally.plain)
            .with("from", row.from)
            .with("until", row.end)
            .with("value", shown),
        (Statistic::Reassigned, _) => Reason::new("score-reassigned")
            .with("missed", tally.missed)
            .with("counted", counted)
            .with("most", i64::from(measure.counting.more_than))
            .with("percent", shown),
        (_, Arithmetic::Place(place)) => {
            let linear = measure.definition == Definition::Linear;
            Reason::new(if linear { "score-percentile-linear" } else { "score-percentile" })
                .with("share", Argument::Percent(measure.percentile.clone()))
                .with("place", Argument::Number(Ratio::whole(*place)))
                .with("counted", counted)
                .with("value", shown)
        }
        (Statistic::Mean, _) => Reason::new(id).with("counted", counted).with("sum", time(tally.amount)).with("value", shown),
        (Statistic::HandOffs, _) => {
            let sum = Argument::Number(Ratio::whole(tally.amount));
            Reason::new(id).with("counted", counted).with("sum", sum).with("value", shown)
        }
        _ => Reason::new(id).with("met", tally.met).with("counted", counted).with("percent", shown),
    }
}

/// The arithmetic of outages: agreed time, time available, downtime.
fn outages(statistic: Statistic, (agreed, up, down): (i128, &Ratio, i128), counted: i64, shown: Argument) -> Reason {
    match statistic {
        Statistic::Availability => Reason::new("score-availability")
            .with("agreed", time(agreed))
            .with("up", time(up.floor().unwrap_or(i128::MAX)))
            .with("percent", shown),
        Statistic::LongestOutage => Reason::new("score-longest-outage").with("counted", counted).with("value", shown),
        Statistic::Mttr => Reason::new("score-mttr").with("counted", counted).with("down", time(down)).with("value", shown),
        _ => Reason::new("score-mtbf").with("counted", counted).with("up", time(agreed - down)).with("value", shown),
    }
}

/// The rules that leave tickets out, with how many.
fn omitted(measure: &Measure, omitted: &Omitted) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if measure.children == Children::LeaveOut {
        reasons.push(Reason::new("score-children").with("count", omitted.children));
    }
    if !measure.leave_out.is_empty() {
        let rule = |(column, values): &(String, Vec<String>)| {
            let values = values.iter().map(Argument::user).collect::<Vec<_>>();
            Reason::new("score-leave-out-rule").with("column", Argument::user(column)).with("values", values)
        };
        let left = Reason::new("score-leave-out").with("count", omitted.left_out);
        reasons.push(left.because_all(measure.leave_out.iter().map(rule)));
    }
    if measure.counting.event_group == EventGroup::Once {
        reasons.push(Reason::new("score-events").with("count", omitted.events));
    }
    if omitted.stages > 0 {
        reasons.push(Reason::new("score-stages").with("count", omitted.stages));
    }
    reasons
}

/// Cases that are excluded, in transition or unscored, and what the value could become with the last.
fn set_aside(measure: &Measure, row: &Row, tickets: bool) -> Vec<Reason> {
    let tally = &row.worth.tally;
    let mut reasons = Vec::new();
    let excluded = tally.excluded - tally.in_transition;
    if excluded > 0 {
        let id = match measure.statistic.basis() {
            Basis::Tickets => "score-excluded",
            Basis::Records(_) => "score-not-latest",
            Basis::Outages => "score-outages-aside",
        };
        reasons.push(Reason::new(id).with("excluded", excluded));
    }
    if tally.in_transition > 0 {
        let id = if tickets { "score-in-transition" } else { "score-outages-in-transition" };
        reasons.push(Reason::new(id).with("count", tally.in_transition));
    }
    if tally.unscored > 0 {
        let id = match (tickets, measure.statistic) {
            (true, Statistic::PercentWithin | Statistic::Count) => "score-unscored",
            (true, _) => "score-unscored-tickets",
            (false, Statistic::Observed) => "score-unscored-values",
            (false, Statistic::UserWeightedLoss) => "score-unscored-users",
            (false, _) if measure.statistic.basis() == Basis::Outages => "score-unscored-services",
            (false, _) => "score-unscored-cases",
        };
        let mut left = Reason::new(id).with("unscored", tally.unscored);
        if let (Unit::Share, Extreme::Value(Some(worst), _), Extreme::Value(Some(best), _)) =
            (measure.unit, &row.worth.worst, &row.worth.best)
        {
            let between = Reason::new("score-between").with("worst", Argument::Percent(worst.clone()));
            left = left.because(between.with("best", Argument::Percent(best.clone())));
        }
        reasons.push(left);
    }
    if let Arithmetic::Over(base) = &row.worth.arithmetic
        && base.unknown > 0
    {
        reasons.push(Reason::new("score-rate-unknown").with("services", base.unknown));
    }
    if row.worth.rejected > 0 {
        let mut rejected = Reason::new("score-rejected").with("rejected", row.worth.rejected);
        if let (0, Unit::Share, Extreme::Value(Some(worst), _), Extreme::Value(Some(best), _)) =
            (tally.unscored, measure.unit, &row.worth.worst, &row.worth.best)
        {
            let between = Reason::new("score-between").with("worst", Argument::Percent(worst.clone()));
            rejected = rejected.because(between.with("best", Argument::Percent(best.clone())));
        }
        reasons.push(rejected);
    }
    reasons
}

/// What puts a case into the period.
fn counted_when(measure: &Measure, row: &Row) -> Reason {
    let reason = match (measure.statistic.basis(), measure.statistic) {
        (_, Statistic::Backlog | Statistic::AgedReduction) => {
            let open = Reason::new("score-counted-open").with("at", row.end);
            return open.with("instant", measure.stop.as_str());
        }
        (_, Statistic::Observed) => Reason::new("score-counted-observed"),
        (Basis::Outages, _) => Reason::new("score-counted-outages"),
        (Basis::Tickets, _) if measure.counted_when == CountedWhen::Decided => Reason::new("score-counted-decided"),
        (Basis::Tickets, _) => Reason::new("score-counted-when").with("instant", measure.counted_when.as_str()),
        _ => Reason::new("score-counted-due"),
    };
    reason.with("from", row.counted.from()).with("until", row.counted.until())
}
