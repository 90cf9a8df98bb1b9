//! Why a ticket, or a case that is no ticket, is what it is.
//!
//! Goes in: a ticket of a measure; a line of the table of cases. Comes out: its time stretch by stretch, its hand-offs, or its dates.
//! **Invariant:** a ticket is explained by the same walk that counted it.
//! **Not here:** the row it stands in (`row`).

use super::super::counts::Outcome;
use super::super::days::{due, working_days};
use super::super::resolve::{Asked, Common};
use super::super::runs::{Run, on_clock, runs_of};
use super::super::walk::{Contribution, Judged, Lack, Omission, at_instants, each, hand_offs_at, pauses_of};
use super::terms::terms;
use crate::answer::hours::closed_days;
use crate::base::columns::Cell;
use crate::base::{Argument, Duration, Instant, Table};
use crate::clock::Clock;
use crate::evidence::MISSING;
use crate::model::agreement::{CountedWhen, PriorityTaken, Statistic};
use crate::report::Reason;

/// Most open intervals that one stretch of a ticket lists.
const LISTED: usize = 31;

/// Why a ticket, or a run of its clock, is what it is: its time on the clock, stretch by stretch. A backlog is asked at the ends of
/// periods.
pub(in crate::answer::score) fn ticket(
    common: &Common<'_>,
    asked: &Asked<'_>,
    (ticket, run): (usize, Option<i64>),
    ends: &[(Instant, Instant)],
) -> Reason {
    let name = Argument::name(common.evidence.tickets().id(ticket));
    let measure = Argument::name(asked.measure.id.as_str());
    let judged = if asked.measure.statistic.is_of_an_instant() {
        let each = ends.iter().map(|(from, end)| at_instants(common, asked, ticket, from.micros(), end.micros()));
        each.fold(Judged::Other, |first, next| if first == Judged::Other { next } else { first })
    } else {
        one_of(common, asked, (ticket, run), ends)
    };
    let found = match judged {
        Judged::Found(found) => found,
        other => {
            let reason = Reason::new("score-ticket-not-counted").with("ticket", name).with("measure", measure);
            return match other {
                Judged::Omitted(at, omission) => reason.because(omitted(common, asked, ticket, at, omission)),
                _ => reason,
            };
        }
    };
    let mut reason = Reason::new(headline(asked, &found)).with("ticket", name);
    reason = reason.with("measure", measure).with("counted", Instant(found.counted));
    for (name, micros) in [("elapsed", found.elapsed), ("within", found.within)] {
        if micros != MISSING {
            reason = reason.with(name, Duration(micros));
        }
    }
    if found.hand_offs != MISSING {
        reason = reason.with("hand_offs", found.hand_offs);
    }
    if let Some(exclusion) = common.evidence.exclusions().of(ticket, asked.measure.id.as_str()) {
        let words = |word: Option<&str>| Argument::user(word.unwrap_or("-"));
        let excluded = Reason::new("score-exclusion").with("reason", words(exclusion.reason));
        reason = reason.because(excluded.with("clause", words(exclusion.clause)));
    }
    if found.in_transition {
        reason = reason.because(of_service(common, &found, "score-transition").with("at", Instant(found.counted)));
    }
    reason = reason.because_all(lack(asked, &found));
    if found.elapsed != MISSING {
        reason = reason.because_all(timeline(common, asked, &found));
    }
    if found.hand_offs != MISSING {
        reason = reason.because_all(passed(asked, &found));
    }
    if asked.measure.statistic == Statistic::RaisedFirst && found.stopped != MISSING {
        reason = reason.because(Reason::new("score-complained").with("at", Instant(found.stopped)));
    }
    if found.run > 0 {
        reason = reason.because(Reason::new("score-run").with("run", i64::from(found.run)));
    }
    reason.because_all(terms(
        common.ecosystem.model(),
        asked.measure,
        Instant(found.counted),
        Instant(found.counted.saturating_add(1)),
    ))
}

/// What a ticket is; of several runs the one asked about, else the first that counts in one of the times asked about, else the first.
fn one_of(common: &Common<'_>, asked: &Asked<'_>, (ticket, run): (usize, Option<i64>), ends: &[(Instant, Instant)]) -> Judged {
    let mut all = Vec::new();
    each(common, asked, ticket, &mut Vec::new(), &mut |judged| all.push(judged));
    let within = |judged: &&Judged| match judged {
        Judged::Found(found) if run.is_some_and(|run| run != i64::from(found.run)) => false,
        Judged::Found(found) => ends.iter().any(|(from, end)| from.micros() <= found.counted && found.counted < end.micros()),
        _ => false,
    };
    all.iter().find(within).or(all.first()).copied().unwrap_or(Judged::Other)
}

fn headline(asked: &Asked<'_>, found: &Contribution) -> &'static str {
    let segments = asked.measure.counting.priority_taken == PriorityTaken::PerSegment;
    match (found.outcome, asked.measure.statistic) {
        (Outcome::Met, Statistic::Count) => "score-ticket-counts",
        (Outcome::Met | Outcome::Counted, Statistic::Quotient | Statistic::AgedReduction | Statistic::Rate) => {
            "score-ticket-above"
        }
        (Outcome::Met, Statistic::Reassigned) => "score-ticket-kept",
        (Outcome::Missed, Statistic::Reassigned) => "score-ticket-reassigned",
        (Outcome::Met, Statistic::RaisedFirst) => "score-ticket-raised-first",
        (Outcome::Missed, Statistic::RaisedFirst) => "score-ticket-complained",
        (Outcome::Missed, Statistic::PercentWithin) if found.elapsed == MISSING => "score-ticket-passed",
        (Outcome::Met, Statistic::PercentWithin) if segments => "score-ticket-segments-met",
        (Outcome::Missed, Statistic::PercentWithin) if segments => "score-ticket-segments-missed",
        (Outcome::Met, Statistic::FirstTimeFix) => "score-ticket-first-time",
        (Outcome::Met, _) => "score-ticket-met",
        (Outcome::Missed, Statistic::FirstTimeFix) => "score-ticket-handed-on",
        (Outcome::Missed, _) => "score-ticket-missed",
        (Outcome::Counted, Statistic::Backlog) => "score-ticket-open",
        (Outcome::Counted, Statistic::HandOffs) => "score-ticket-hand-offs",
        (Outcome::Counted, _) => "score-ticket-took",
        (Outcome::Excluded, _) => "score-ticket-excluded",
        (Outcome::Unscored, statistic) if statistic.judges_cases() => "score-ticket-unscored",
        (Outcome::Unscored, _) => "score-ticket-unknown",
    }
}

fn lack(asked: &Asked<'_>, found: &Contribution) -> Option<Reason> {
    match found.lack {
        Lack::Zone => {
            let word = asked.zoned.as_ref().and_then(|zoned| zoned.word_of(found.ticket as usize)).unwrap_or("-");
            Some(Reason::new("score-lacks-zone").with("zone", Argument::user(word)))
        }
        Lack::Nothing => None,
        Lack::Instant(which, code) => Some(Reason::new("score-lacks").with("instant", which.as_str()).with("why", code.name)),
        Lack::Undecided => Some(Reason::new("score-undecided")),
        Lack::NoTime => Some(Reason::new("score-no-time").with("at", Instant(found.counted))),
        Lack::Horizon => Some(Reason::new("score-beyond-horizon").with("low", 1900_i64).with("high", 2200_i64)),
    }
}

/// A reason that names the service of a ticket.
fn of_service(common: &Common<'_>, found: &Contribution, id: &'static str) -> Reason {
    let service = common.service_of(found.ticket as usize).map_or("-", |service| service.id.as_str());
    Reason::new(id).with("service", Argument::name(service))
}

/// The rule that leaves a ticket out.
fn omitted(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, at: i64, omission: Omission) -> Reason {
    match omission {
        Omission::Child => {
            let parent = asked.parents.and_then(|parents| parents.get(ticket)).unwrap_or("-");
            Reason::new("score-child").with("parent", Argument::user(parent))
        }
        Omission::LeftOut(place) => {
            let column = asked.measure.leave_out.get(place).map_or("-", |(column, _)| column.as_str());
            let value = common.evidence.tickets().column(column).and_then(|labels| labels.get(ticket)).unwrap_or("-");
            Reason::new("score-left-out").with("column", Argument::user(column)).with("value", Argument::user(value))
        }
        Omission::SameEvent(other) => {
            let event = asked.events.as_ref().and_then(|(labels, _)| labels.get(ticket)).unwrap_or("-");
            let other = common.evidence.tickets().id(other as usize);
            Reason::new("score-same-event").with("other", Argument::user(other)).with("event", Argument::user(event))
        }
        Omission::Stage(stage) => {
            let service = common.service_of(ticket).map_or("-", |service| service.id.as_str());
            let reason = Reason::new("score-stage").with("service", Argument::name(service));
            reason.with("stage", stage.as_str()).with("at", Instant(at))
        }
    }
}

/// Each time a ticket went from one party to another.
fn passed(asked: &Asked<'_>, found: &Contribution) -> Vec<Reason> {
    let passes = hand_offs_at(asked.parties, found.ticket as usize, found.started, found.stopped);
    let word = |code: u32| asked.parties.and_then(|history| history.words().word(code)).unwrap_or("-");
    let pass = |(at, from, to): (i64, u32, u32)| {
        let reason = Reason::new("score-handed-on").with("at", Instant(at));
        reason.with("from", Argument::user(word(from))).with("to", Argument::user(word(to)))
    };
    passes.map(pass).collect()
}

/// Why a case is what it is, from its line of the table of cases.
pub(in crate::answer::score) fn case(cases: &Table, row: usize) -> Reason {
    let word = |column: &str| match cases.cell(row, column) {
        Cell::Text(text) => Some(text.into_owned()),
        _ => None,
    };
    let instant = |column: &str| match cases.cell(row, column) {
        Cell::Instant(at) => Some(Instant(at)),
        _ => None,
    };
    let reason = word("reason").unwrap_or_default();
    if word("kind").as_deref() == Some("outage") {
        return outage(cases, row, &word, &instant);
    }
    let id = match (word("kind").as_deref(), word("outcome").as_deref(), reason.as_str()) {
        (Some("observation"), Some("counted"), _) => "score-case-observed",
        (Some("observation"), _, "not-latest") => "score-case-not-latest",
        (Some("observation"), _, "no-denominator") => "score-case-no-denominator",
        (Some("observation"), ..) => "score-case-no-value",
        (_, Some("met"), _) => "score-case-met",
        (_, _, "not-done") => "score-case-not-done",
        (_, _, "not-due-yet") => "score-case-not-due-yet",
        _ => "score-case-late",
    };
    let mut why = Reason::new(id);
    let named = [word("key"), word("item")].into_iter().flatten().map(Argument::user).collect::<Vec<_>>();
    for (hole, text) in [("kind", word("kind")), ("measure", word("measure")), ("value", word("value_exact"))] {
        why = why.with(hole, Argument::name(text.unwrap_or_default()));
    }
    why = why.with("name", named);
    for hole in ["due", "done"] {
        if let Some(at) = instant(hole) {
            why = why.with(hole, at);
        }
    }
    if let (Some(due), Some(done)) = (instant("due"), instant("done")) {
        why = why.with("late", done.since(due));
    }
    if let Cell::Integer(given) = cases.cell(row, "row") {
        why = why.because(Reason::new("score-case-row").with("row", given));
    }
    why
}

/// Why an outage counts, or does not.
fn outage(
    cases: &Table,
    row: usize,
    word: &impl Fn(&str) -> Option<String>,
    instant: &impl Fn(&str) -> Option<Instant>,
) -> Reason {
    let id = match word("reason").as_deref() {
        Some("in-transition") => "score-outage-in-transition",
        Some("planned") => "score-outage-planned",
        Some(_) => "score-outage-outside-hours",
        None => "score-outage",
    };
    let mut why = Reason::new(id).with("service", Argument::name(word("service").unwrap_or_default()));
    for hole in ["began", "ended"] {
        if let Some(at) = instant(hole) {
            why = why.with(hole, at);
        }
    }
    if let Cell::Integer(seconds) = cases.cell(row, "seconds") {
        why = why.with("down", Duration::from_seconds(seconds).unwrap_or_default());
    }
    why
}

/// From, until, and where states are known the state and whether it stops the clock.
type Stretch<'s> = (i64, i64, Option<(&'s str, bool)>);

/// The stretches from start to stop, each counted or paused, with the hours it was open.
fn timeline(common: &Common<'_>, asked: &Asked<'_>, found: &Contribution) -> Vec<Reason> {
    let (started, stopped) = (found.started, found.stopped);
    let clock = asked.clock_of(common, found.ticket as usize, started);
    let mut reasons =
        vec![Reason::new("score-started").with("at", Instant(started)).with("instant", asked.measure.start.as_str())];
    if let Some(word) = asked.zoned.as_ref().and_then(|zoned| zoned.word_of(found.ticket as usize)) {
        reasons.push(Reason::new("score-zone-of-ticket").with("zone", Argument::name(word.to_owned())));
    }
    reasons.extend(days_due(common, asked, found, clock));
    let mut runs: Vec<Run> = Vec::new();
    runs_of(common, asked, found.ticket as usize, found.run.saturating_sub(1), &mut runs);
    let mut stretches: Vec<Stretch<'_>> = Vec::new();
    for (start, stop) in runs {
        let Some((history, stops)) = &asked.pauses else {
            stretches.push((start, stop, None));
            continue;
        };
        let spans = history.spans(found.ticket as usize);
        let cut = spans.map(|(from, until, code)| {
            let state = history.words().word(code).unwrap_or("-");
            (from.max(start), until.min(stop), Some((state, stops.get(code as usize) == Some(&true))))
        });
        stretches.extend(cut.filter(|(from, until, _)| from < until));
    }
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

/// When the Working Days that a ticket was allowed are over, and which days count.
fn days_due(common: &Common<'_>, asked: &Asked<'_>, found: &Contribution, clock: Option<&Clock>) -> Option<Reason> {
    let ticket = found.ticket as usize;
    let priority = asked.priority_of(common, ticket);
    let decided = asked.measure.counted_when == CountedWhen::Decided;
    let at = if decided { found.started } else { found.counted };
    let count = asked.time_of(common, ticket, at, priority).and_then(working_days)?;
    let (mut runs, mut pauses) = (Vec::new(), Vec::new());
    runs_of(common, asked, ticket, found.run.saturating_sub(1), &mut runs);
    pauses_of(asked, ticket, &mut pauses);
    let over = Instant(due(common, clock, (&runs, &pauses), count, asked.measure.counting.days)?);
    let from = Instant(found.started);
    let reason = Reason::new("score-days-due").with("from", from).with("days", count).with("due", over);
    let days = clock.map(|clock| closed_days(clock, from, over)).unwrap_or_default();
    Some(reason.because_all(days))
}

/// The open intervals of a stretch, the first of many, and the days in it that were closed.
fn open_hours(clock: Option<&Clock>, from: i64, until: i64) -> Vec<Reason> {
    let Some(intervals) = clock.and_then(|clock| clock.intervals(Instant(from), Instant(until)).ok()) else { return Vec::new() };
    let open = |(start, end): &(Instant, Instant)| {
        Reason::new("score-open").with("from", *start).with("until", *end).with("open", end.since(*start))
    };
    let mut reasons: Vec<Reason> = intervals.iter().take(LISTED).map(open).collect();
    if intervals.len() > LISTED {
        reasons.push(Reason::new("score-open-more").with("count", intervals.len() - LISTED));
    }
    reasons.extend(clock.map(|clock| closed_days(clock, Instant(from), Instant(until))).unwrap_or_default());
    reasons
}
