//! The tables of `headroom`.
//!
//! Goes in: rows and open tickets. Comes out: one row per measure and group, one per open ticket of a measure.
//! **Invariant:** columns are added, never renamed.
//! **Not here:** arithmetic (`sums`), why (`explain`).

use super::{Line, OpenLine};
use crate::answer::score::resolve::Common;
use crate::base::columns::Cell;
use crate::base::table::cells::{integer_or_null, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Instant as Moment, Ratio, Schema, Table};
use crate::evidence::MISSING;
use crate::model::agreement::{Measure, Split, Unit};

const fn column(name: &'static str, kind: ColumnType, doc: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, doc }
}

use ColumnType::{Boolean, Float, Instant, Integer, Text};

/// The rows of `headroom`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per measure of percent_within, first_time_fix, count or backlog, then one per group that it splits by",
    columns: &[
        column("period", Text, "the period as asked"),
        column("as_of", Instant, "the instant as asked"),
        column("measure", Text, "the measure"),
        column("agreement", Text, "the agreement that holds it"),
        column("statistic", Text, "what is made of the tickets"),
        column("by", Text, "what the row is split by; null for the total"),
        column("party", Text, "the party of a group"),
        column("priority", Text, "the priority of a group"),
        column("service", Text, "the service of a group"),
        column("met", Integer, "tickets of the period met so far; null where a single ticket has no verdict"),
        column("counted", Integer, "tickets of the period that count so far"),
        column("open_now", Integer, "tickets that are open and may come to be counted in the period"),
        column("unscored", Integer, "tickets that lack something which time will not bring"),
        column("target", Float, "the target for display: percent of a share, else the number"),
        column("target_exact", Text, "the target as an exact ratio or number"),
        column("value", Float, "the value so far for display: percent of a share, else the number"),
        column("value_exact", Text, "the value so far as an exact ratio or number"),
        column(
            "verdict",
            Text,
            "met or missed where nothing can change it any more, open where something can; no_target; too_few",
        ),
        column(
            "misses_left_new",
            Integer,
            "how many further tickets, beside those open, may be missed and the target still be met by the others so far; of a \
             number how many more may count; null where none can come",
        ),
        column(
            "misses_left_open",
            Integer,
            "how many of the open tickets may be missed if all of them come to be counted; of a number how many may count, or stay open",
        ),
        column("will_miss", Integer, "open tickets that are missed whenever they end; null where a single ticket has no verdict"),
        column(
            "result_if_nothing_happens",
            Text,
            "the verdict if all open tickets come to be counted: those whose time is over by the end of the period, the clocks \
             running on, as missed, the others as met",
        ),
        column("next_breach_at", Instant, "the earliest instant at which the time of an open ticket can end"),
        column("left_seconds", Integer, "what is left of that time on its clock, floored"),
    ],
};

/// The open tickets.
pub const OPEN: Schema = Schema {
    name: "open",
    doc: "one row per measure and open ticket, by the end of their time",
    columns: &[
        column("measure", Text, "the measure"),
        column("ticket", Text, "the ticket"),
        column("party", Text, "who holds it"),
        column("priority", Text, "its priority"),
        column("service", Text, "its service"),
        column("started", Instant, "when its clock started; null where it has not"),
        column("elapsed_seconds", Integer, "time on its clock so far, floored"),
        column("within_seconds", Integer, "time allowed, floored"),
        column("left_seconds", Integer, "what is left of it, floored; negative beyond it"),
        column("breaches_at", Instant, "when the time ends if the clock runs on without a pause; in the past where it is over"),
        column("paused", Boolean, "whether a state of the ticket, or who holds it, stops its clock; closed hours aside"),
        column("hand_offs", Integer, "changes from one party to another so far, where they are counted"),
        column("will_miss", Boolean, "whether it is missed whenever it ends"),
        column("run", Integer, "which run of its clock it is, from 1, where each is a case of its own"),
    ],
};

fn shown(measure: &Measure, value: Option<&Ratio>) -> Cell<'static> {
    match value {
        Some(value) if measure.unit == Unit::Share => Cell::Float(value.times(&Ratio::whole(100)).to_f64()),
        Some(value) => Cell::Float(value.to_f64()),
        None => Cell::Null,
    }
}

fn seconds(micros: Option<i64>) -> Cell<'static> {
    integer_or_null(micros.map(|micros| micros.div_euclid(1_000_000)))
}

fn instant(at: Option<i64>) -> Cell<'static> {
    at.filter(|at| *at != MISSING).map_or(Cell::Null, Cell::Instant)
}

pub(super) fn rows(lines: &[Line<'_>], as_of: Moment) -> Table {
    let mut table = Table::new(&ROWS);
    for line in lines {
        let (measure, sums, room) = (line.measure, &line.sums, &line.room);
        let exact = [line.target.as_ref(), room.value.as_ref()].map(|value| value.map(Ratio::to_exact_text));
        let judged = measure.statistic.judges_cases();
        let by: Vec<&str> = measure.by.iter().map(|split| split.as_str()).collect();
        let by = line.names.as_ref().map(|_| by.join(", "));
        let name = |at: usize| text_or_null(line.names.as_ref().and_then(|names| names[at].as_deref()));
        table.push(&[
            text(&line.period),
            Cell::Instant(as_of.micros()),
            text(measure.id.as_str()),
            text(&line.agreement),
            text(measure.statistic.as_str()),
            text_or_null(by.as_deref()),
            name(0),
            name(1),
            name(2),
            integer_or_null(Some(sums.met).filter(|_| judged)),
            Cell::Integer(sums.counted),
            Cell::Integer(sums.open),
            Cell::Integer(sums.unscored),
            shown(measure, line.target.as_ref()),
            text_or_null(exact[0].as_deref()),
            shown(measure, room.value.as_ref()),
            text_or_null(exact[1].as_deref()),
            text(room.verdict.map_or("open", |verdict| verdict.as_str())),
            integer_or_null(room.misses_left_new),
            integer_or_null(room.misses_left_open),
            integer_or_null(Some(sums.beyond).filter(|_| judged)),
            text(room.result_if_nothing.as_str()),
            instant(sums.next.map(|(at, _)| at)),
            seconds(sums.next.map(|(_, left)| left)),
        ]);
    }
    table
}

pub(super) fn open(common: &Common<'_>, lines: &[OpenLine<'_>]) -> Table {
    let mut table = Table::new(&OPEN);
    for OpenLine { measure, open } in lines {
        let name = |split: Split, at: usize| text_or_null(common.name(split, open.codes[at]));
        table.push(&[
            text(measure.id.as_str()),
            text(common.evidence.tickets().id(open.ticket as usize)),
            name(Split::Party, 0),
            name(Split::Priority, 1),
            name(Split::Service, 2),
            instant(Some(open.started)),
            seconds(open.elapsed),
            seconds(open.within),
            seconds(open.left()),
            instant(open.breaches_at),
            Cell::Boolean(open.paused),
            integer_or_null(open.hand_offs),
            if measure.statistic.judges_cases() { Cell::Boolean(open.beyond) } else { Cell::Null },
            integer_or_null(Some(i64::from(open.run)).filter(|run| *run > 0)),
        ]);
    }
    table
}
