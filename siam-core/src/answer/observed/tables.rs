//! The tables of `observed`.
//!
//! Goes in: an observation and its periods. Comes out: rows, outages, levels, what was seen, changes.
//! **Invariant:** the downtime of a row is the sum of that of its outages.
//! **Not here:** why (`explain`).

use super::planned::Lack;
use super::seen::{Origin, Seen, column};
use super::walk::{Downtime, Observation, OutageSpan};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Instant, Period, Ratio, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::model::rule::ServiceIdx;

const fn column_of(name: &'static str, kind: ColumnType, doc: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, doc }
}

use ColumnType::{Boolean, Float, Instant as Moment, Integer, Text};

/// The rows of `observed`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per period and service",
    columns: &[
        column_of("period", Text, "the period as asked"),
        column_of("period_from", Moment, "its first instant"),
        column_of("period_until", Moment, "the first instant after it"),
        column_of("service", Text, "the service"),
        column_of("provider", Text, "the party that provides it at the beginning of the period, or when it comes into being"),
        column_of("class", Text, "its service class then"),
        column_of("agreed_seconds", Integer, "time in which it is to be available, as far as it is known what happened"),
        column_of("downtime_seconds", Integer, "agreed time in which it was not available, planned work left out"),
        column_of("planned_seconds", Integer, "agreed time in which planned work alone kept it from being available"),
        column_of("overrun_seconds", Integer, "of the downtime, work after the end of its window"),
        column_of("beyond_allowance_seconds", Integer, "of the downtime, planned work beyond the allowance of its month"),
        column_of("outages", Integer, "outages with downtime in the period"),
        column_of("longest_seconds", Integer, "the downtime of the outage with the most"),
        column_of("percent", Float, "availability in percent: agreed time without downtime, of the agreed time; for display"),
        column_of("availability_exact", Text, "the same as an exact ratio; null where no time is agreed"),
        column_of("mean_time_to_restore_seconds", Integer, "downtime by outage; null where there was none"),
        column_of(
            "mean_time_between_failures_seconds",
            Integer,
            "agreed time without downtime, by outage; null where there was none",
        ),
    ],
};

/// The outages of `observed`.
pub const OUTAGES: Schema = Schema {
    name: "outages",
    doc: "one row per period, service and stretch of time in it in which the service was not available",
    columns: &[
        column_of("period", Text, "the period as asked"),
        column_of("service", Text, "the service"),
        column_of("from", Moment, "when it began, in the period"),
        column_of("until", Moment, "when it ended, in the period"),
        column_of("open", Boolean, "whether it goes on at the end of the period or of what is known"),
        column_of("level", Text, "the worst effective level in it"),
        column_of("agreed_seconds", Integer, "of it, agreed time"),
        column_of("downtime_seconds", Integer, "of it, downtime"),
        column_of("planned_seconds", Integer, "of it, planned work"),
        column_of("overrun_seconds", Integer, "of the downtime, work after the end of its window"),
        column_of("beyond_allowance_seconds", Integer, "of the downtime, planned work beyond the allowance"),
        column_of("causes", Text, "services whose own outages it felt, itself among them"),
        column_of("sufficient", Text, "of these, those whose own outage alone is enough"),
        column_of("suppliers", Text, "the parties that provide the causes"),
        column_of("changes", Text, "changes that the outages of the causes name"),
        column_of("events", Text, "events that the outages of the causes belong to"),
    ],
};

/// The levels of `observed`.
pub const LEVELS: Schema = Schema {
    name: "levels",
    doc: "one row per period, service and level below the best that it had in its agreed time, planned work included",
    columns: &[
        column_of("period", Text, "the period as asked"),
        column_of("service", Text, "the service"),
        column_of("level", Text, "the effective level"),
        column_of("available", Boolean, "whether it counts as available"),
        column_of("seconds", Integer, "agreed time at this level"),
    ],
};

/// What was seen.
pub const SEEN: Schema = Schema {
    name: "seen",
    doc: "one row per outage of the evidence that began within what is known, whatever was asked",
    columns: &[
        column_of("row", Integer, "its number among the outages by service, beginning and end, from 1"),
        column_of("service", Text, "the service"),
        column_of("from", Moment, "when it began"),
        column_of("until", Moment, "when it ended; null where it still went on"),
        column_of("level", Text, "the level; the worst where none was given"),
        column_of("origin", Text, "own, derived or unknown"),
        column_of(
            "taken_as",
            Text,
            "own, derived, partly_own; unknown_service or not_there where the ecosystem has no such service, or not then",
        ),
        column_of("own_seconds", Integer, "time in the periods in which it counts as its own"),
        column_of("explained_seconds", Integer, "time in the periods in which its dependencies explain the level"),
        column_of("change", Text, "the change it names"),
        column_of("event", Text, "the event it belongs to"),
        column_of("source", Text, "who saw it"),
        column_of(
            "explained_by",
            Text,
            "services whose own outages explain it, in the periods; in a ring of services also a member whose own outage only adds to it",
        ),
    ],
};

/// The changes that outages name.
pub const CHANGES: Schema = Schema {
    name: "changes",
    doc: "one row per change that an outage names",
    columns: &[
        column_of("change", Text, "the change"),
        column_of("window_from", Moment, "when its window begins"),
        column_of("window_until", Moment, "when it ends"),
        column_of("notified", Moment, "when it was notified"),
        column_of("approved_by", Text, "who approved it"),
        column_of("planned", Boolean, "whether it meets the maintenance rule of the agreement"),
        column_of("lacks", Text, "what it lacks: change, rule, window, calendar, notice, approval"),
    ],
};

/// One outage of one service in one period.
pub(super) struct OutageRow {
    pub period: usize,
    pub service: ServiceIdx,
    pub span: OutageSpan,
    pub sufficient: Vec<ServiceIdx>,
}

/// What the rows stand for.
pub(super) struct Keys {
    /// Period and service, with exact figures; none beyond what calendars compute.
    pub rows: Vec<(usize, ServiceIdx, Option<Downtime>)>,
    pub outages: Vec<OutageRow>,
}

pub(super) fn keys(observation: &Observation, periods: &[Period]) -> Keys {
    let mut keys = Keys { rows: Vec::new(), outages: Vec::new() };
    for (at, period) in periods.iter().enumerate() {
        for service in observation.services() {
            let sums = observation.downtime(*service, period);
            for span in sums.iter().flat_map(|sums| &sums.spans) {
                keys.outages.push(OutageRow { period: at, service: *service, span: *span, sufficient: Vec::new() });
            }
            keys.rows.push((at, *service, sums));
        }
    }
    let spans: Vec<_> = keys.outages.iter().map(|outage| (outage.service, (outage.span.from, outage.span.until))).collect();
    for (outage, sufficient) in keys.outages.iter_mut().zip(observation.sufficient(&spans)) {
        outage.sufficient = sufficient;
    }
    keys
}

fn seconds(micros: i64) -> Cell<'static> {
    Cell::Integer(micros.div_euclid(1_000_000))
}

fn floored(micros: Option<Ratio>) -> Cell<'static> {
    let whole = micros.and_then(|micros| micros.floor()).and_then(|micros| i64::try_from(micros).ok());
    whole.map_or(Cell::Null, seconds)
}

fn moment(at: Instant) -> Cell<'static> {
    if at == Instant::MIN || at == Instant::MAX { Cell::Null } else { Cell::Instant(at.micros()) }
}

pub(super) fn rows(ecosystem: &Ecosystem, periods: &[Period], keys: &Keys) -> Table {
    let model = ecosystem.model();
    let mut table = Table::new(&ROWS);
    for (at, service, sums) in &keys.rows {
        let (Some(period), Some(service)) = (periods.get(*at), model.services.get(*service)) else { continue };
        let when = period.from().max(service.validity.from);
        let known = sums.as_ref();
        let part = |of: fn(&Downtime) -> i64| known.map_or(Cell::Null, |sums| seconds(of(sums)));
        let availability = known.and_then(Downtime::availability);
        let exact = availability.as_ref().map(Ratio::to_exact_text);
        table.push(&[
            text(period.label()),
            moment(period.from()),
            moment(period.until()),
            text(service.id.as_str()),
            text_or_null(service.provider.at(when).map(|party| model.party_name(*party))),
            text_or_null(service.class.at(when).and_then(|class| model.classes.get(*class)).map(|class| class.id.as_str())),
            part(|sums| sums.agreed),
            part(|sums| sums.down),
            part(|sums| sums.planned),
            part(|sums| sums.overrun),
            part(|sums| sums.beyond),
            known.map_or(Cell::Null, |sums| Cell::Integer(sums.outages)),
            part(|sums| sums.longest),
            availability.as_ref().map_or(Cell::Null, |ratio| Cell::Float(ratio.times(&Ratio::whole(100)).to_f64())),
            text_or_null(exact.as_deref()),
            floored(known.and_then(Downtime::mean_to_restore)),
            floored(known.and_then(Downtime::mean_between_failures)),
        ]);
    }
    table
}

pub(super) fn outages(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    observation: &Observation,
    periods: &[Period],
    keys: &Keys,
) -> Table {
    let model = ecosystem.model();
    let (changes, events) = (column(evidence, "change"), column(evidence, "event"));
    let mut table = Table::new(&OUTAGES);
    for outage in &keys.outages {
        let Some(period) = periods.get(outage.period) else { continue };
        let (service, span) = (outage.service, (outage.span.from, outage.span.until));
        let (causes, more) = observation.causes(service, span);
        let names = |services: &[ServiceIdx], more: bool| {
            let mut names: Vec<&str> = services.iter().map(|service| model.service_name(*service)).collect();
            names.sort_unstable();
            names.extend(more.then_some("..."));
            names.join(", ")
        };
        let parts: Vec<&Seen> = causes
            .iter()
            .flat_map(|cause| observation.parts(*cause, span))
            .filter_map(|part| observation.seen.get(part.seen))
            .collect();
        let named = |labels: Option<&crate::evidence::Labels>| {
            let mut words: Vec<&str> = parts.iter().filter_map(|seen| labels?.get(seen.row)).collect();
            words.sort_unstable();
            words.dedup();
            words.join(", ")
        };
        let provider = |cause: &ServiceIdx| {
            let begins = observation.parts(*cause, span).next().map_or(span.0, |part| part.own.from.max(span.0));
            model.services.get(*cause)?.provider.at(begins).map(|party| model.party_name(*party))
        };
        let mut suppliers: Vec<&str> = causes.iter().filter_map(provider).collect();
        suppliers.sort_unstable();
        suppliers.dedup();
        let worst = observation.felt(service, span).iter().map(|stretch| stretch.level).max().unwrap_or(0);
        let agreed = observation.agreed(service).and_then(|agreed| agreed.within(ecosystem, span.0, span.1));
        let as_of = observation.terms().as_of;
        table.push(&[
            text(period.label()),
            text(model.service_name(service)),
            moment(span.0),
            moment(span.1),
            Cell::Boolean(span.1 == as_of.min(period.until()) && goes_on(observation, service, span.1)),
            text(model.level_name(worst)),
            agreed.map_or(Cell::Null, seconds),
            seconds(outage.span.down),
            seconds(outage.span.planned),
            seconds(outage.span.overrun),
            seconds(outage.span.beyond),
            text(&names(&causes, more)),
            text(&names(&outage.sufficient, false)),
            text(&suppliers.join(", ")),
            text(&named(changes)),
            text(&named(events)),
        ]);
    }
    table
}

/// Whether what a service feels at an instant has no known end there.
fn goes_on(observation: &Observation, service: ServiceIdx, until: Instant) -> bool {
    let just_before = Instant(until.micros().saturating_sub(1));
    let (causes, _) = observation.causes(service, (just_before, until));
    let mut parts = causes.iter().flat_map(|cause| observation.parts(*cause, (just_before, until)));
    parts.any(|part| {
        observation.seen.get(part.seen).is_some_and(|seen| seen.until > until || seen.until == observation.terms().as_of)
    })
}

pub(super) fn levels(ecosystem: &Ecosystem, observation: &Observation, periods: &[Period]) -> Table {
    let model = ecosystem.model();
    let mut table = Table::new(&LEVELS);
    for period in periods {
        for service in observation.services() {
            let Some(agreed) = observation.agreed(*service) else { continue };
            let mut sums = vec![0_i64; model.levels.len()];
            for stretch in observation.felt(*service, (period.from(), period.until())) {
                let (from, until) = (stretch.from.max(period.from()), stretch.until.min(period.until()));
                if let Some(sum) = sums.get_mut(usize::from(stretch.level)) {
                    *sum += agreed.within(ecosystem, from, until).unwrap_or(0);
                }
            }
            for (level, (name, sum)) in model.levels.iter().zip(&sums).enumerate().skip(1).filter(|(_, (_, sum))| **sum > 0) {
                let available = observation.terms().available.get(level).copied().unwrap_or(false);
                let service = text(model.service_name(*service));
                table.push(&[text(period.label()), service, text(name), Cell::Boolean(available), seconds(*sum)]);
            }
        }
    }
    table
}

pub(super) fn seen(ecosystem: &Ecosystem, evidence: &Evidence, observation: &Observation) -> Table {
    let model = ecosystem.model();
    let word = |name, row| column(evidence, name).and_then(|labels| labels.get(row));
    let mut table = Table::new(&SEEN);
    for (at, (one, explained)) in observation.seen.iter().zip(&observation.explained).enumerate() {
        let own = observation.owned.get(at).copied().unwrap_or(0);
        let taken = taken_as(ecosystem, one, own, *explained);
        let (by, more) = observation.explained_by.get(at).map_or((&[][..], false), |(by, more)| (by.as_slice(), *more));
        let mut by: Vec<&str> = by.iter().map(|service| model.service_name(*service)).collect();
        by.sort_unstable();
        by.extend(more.then_some("..."));
        let until = evidence.outages().to.get(one.row).map_or(Instant::MAX, |to| Instant(*to));
        table.push(&[
            count(one.row + 1),
            text_or_null(evidence.outages().services.get(one.row)),
            moment(one.from),
            if until > observation.terms().as_of { Cell::Null } else { moment(until) },
            text(model.level_name(one.level)),
            text(one.origin.as_str()),
            text(taken),
            seconds(own),
            seconds(*explained),
            text_or_null(word("change", one.row)),
            text_or_null(word("event", one.row)),
            text_or_null(word("source", one.row)),
            text_or_null(Some(by.join(", ").as_str()).filter(|by| !by.is_empty())),
        ]);
    }
    table
}

/// How a row counts, of which so much is its own and so much explained by others.
pub(super) fn taken_as(ecosystem: &Ecosystem, one: &Seen, own: i64, explained: i64) -> &'static str {
    match (one.service, one.origin) {
        (None, _) => "unknown_service",
        (Some(service), _) if !is_there(ecosystem, service, one) => "not_there",
        (_, Origin::Own) => "own",
        (_, Origin::Derived) => "derived",
        (_, Origin::Unknown) if own == 0 && explained > 0 => "derived",
        (_, Origin::Unknown) if explained > 0 => "partly_own",
        (_, Origin::Unknown) => "own",
    }
}

fn is_there(ecosystem: &Ecosystem, service: ServiceIdx, seen: &Seen) -> bool {
    let there = ecosystem.model().services.get(service).map(|service| service.validity);
    there.is_some_and(|there| seen.from < there.until && there.from < seen.until)
}

pub(super) fn changes(observation: &Observation) -> Table {
    let mut table = Table::new(&CHANGES);
    for judged in &observation.judged {
        let change = &judged.change;
        let (from, until) = change.window.map_or((Cell::Null, Cell::Null), |(from, until)| (moment(from), moment(until)));
        let lacks = judged.lacks.iter().map(|lack: &Lack| lack.as_str()).collect::<Vec<_>>().join(", ");
        table.push(&[
            text(&change.id),
            from,
            until,
            change.notified.map_or(Cell::Null, moment),
            text_or_null(change.approved_by.as_deref()),
            Cell::Boolean(judged.lacks.is_empty()),
            text(&lacks),
        ]);
    }
    table
}
