//! The tables of `drift`.
//!
//! Goes in: what was found. Comes out: one row per name or edge, and one row about all.
//! **Invariant:** a kind never takes the place of another: each has its own limit, and what it leaves out is counted.
//! **Not here:** why (`explain`).

use super::failures::Failures;
use super::missing::Missing;
use super::names::Unknown;
use super::resolve::Asked;
use super::silent::Silent;
use crate::answer::given::KEPT;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Duration, Instant, Place, Problem, Problems, Ratio, Schema, Table, codes};
use crate::ecosystem::Ecosystem;
use crate::model::rule::ServiceIdx;

const fn column_of(name: &'static str, kind: ColumnType, doc: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, doc }
}

use ColumnType::{Float, Instant as Moment, Integer, Text};

/// The rows of `drift`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per edge or name in which evidence and map differ, by kind, then the most frequent first",
    columns: &[
        column_of("kind", Text, "missing_edge, silent_edge, not_observed, named_only_in_evidence or unconnected"),
        column_of("service", Text, "the service; of an edge the one that depends"),
        column_of("dependency", Text, "of an edge, what it depends on, or seems to"),
        column_of("nearest", Text, "of a name that the map lacks, the nearest that it has"),
        column_of(
            "times",
            Integer,
            "how often: failures of the dependency after which the service failed, or should have; rows with the name",
        ),
        column_of("of", Integer, "of a missing edge, failures of the dependency after which the service could show it"),
        column_of("percent", Float, "times of these in percent, for display"),
        column_of("share_exact", Text, "the same as an exact ratio"),
        column_of("expected_exact", Text, "of a missing edge, how often by chance, as an exact ratio"),
        column_of("lift_exact", Text, "how many times as often as by chance, as an exact ratio"),
        column_of("median_lag_seconds", Integer, "of a missing edge, the median time between the two failures"),
        column_of("already", Integer, "failures of the dependency at which the service had failed already"),
        column_of("explained", Integer, "failures of the dependency after which the service failed as the map explains"),
        column_of("without", Integer, "failures of the service that neither the map nor this dependency explains"),
        column_of("reversed", Integer, "how often the dependency failed soon after the service"),
        column_of("direction", Text, "why this one is named as the dependency: first, more_often, or unclear"),
        column_of(
            "also",
            Text,
            "other such dependencies of the service that the map connects with this one: one of them may be enough",
        ),
        column_of("longest_seconds", Integer, "of an edge that carried nothing, the longest failure that it should have carried"),
        column_of("first", Moment, "when the dependency failed, the first of these times"),
        column_of("last", Moment, "the last of these times"),
        column_of(
            "planned",
            Integer,
            "of a missing edge, failures of the dependency left out, as it or the service after it began as planned work",
        ),
    ],
};

/// What was looked at.
pub const SUMMARY: Schema = Schema {
    name: "drift_summary",
    doc: "one row: what was looked at, and how much of each kind was found",
    columns: &[
        column_of("observed_seconds", Integer, "time in the periods, as far as it is known what happened"),
        column_of("services", Integer, "services of the map that were seen to fail"),
        column_of("failures", Integer, "failures that began in the periods"),
        column_of("explained", Integer, "of these, those that the map explains"),
        column_of("crowded", Integer, "of these, those left out as causes, as too many services failed with them"),
        column_of("missing_edges", Integer, "edges that the map may lack"),
        column_of("silent_edges", Integer, "edges that carried nothing"),
        column_of("not_observed", Integer, "edges of which nothing can be said, as no evidence names the dependent"),
        column_of("named_only_in_evidence", Integer, "services that the map lacks"),
        column_of("unconnected", Integer, "services that evidence names and no edge touches"),
        column_of("planned", Integer, "of the failures, those that began as planned work, which say nothing of edges"),
    ],
};

/// What a row stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    Missing(Missing),
    Silent(Silent),
    Unknown(Unknown),
    Unconnected(ServiceIdx, usize),
}

/// How much there is of everything.
#[derive(Debug, Default)]
pub(super) struct Counts {
    services: usize,
    failures: usize,
    explained: usize,
    planned: usize,
    pub crowded: usize,
    kinds: Vec<usize>,
}

impl Counts {
    pub fn new(failures: &Failures) -> Self {
        let all = || failures.of.iter().flat_map(|(_, own)| own).filter(|one| one.counted);
        Self {
            services: failures.of.len(),
            failures: all().count(),
            explained: all().filter(|one| one.explained).count(),
            planned: all().filter(|one| one.planned).count(),
            crowded: all().filter(|one| one.crowded).count(),
            kinds: Vec::new(),
        }
    }
    /// Takes the rows of a kind, as many as were asked for.
    pub fn take(
        &mut self,
        kind: &'static str,
        rows: impl ExactSizeIterator<Item = Row>,
        asked: &Asked,
        found: &mut Vec<Row>,
        problems: &mut Problems,
    ) {
        self.kinds.push(rows.len());
        if rows.len() > asked.limit {
            let problem = Problem::new(&codes::DRIFT_LIMITED, Place::Nowhere).with("kind", kind);
            problems.push(problem.with("shown", asked.limit).with("found", rows.len()), KEPT);
        }
        found.extend(rows.take(asked.limit));
    }
}

fn seconds(length: Option<Duration>) -> Cell<'static> {
    length.map_or(Cell::Null, |length| Cell::Integer(length.floor_seconds()))
}

fn exact(value: Option<&Ratio>) -> Option<String> {
    value.map(Ratio::to_exact_text)
}

/// The cells behind `nearest`, of a row that has none of them.
fn blank() -> Vec<Cell<'static>> {
    vec![Cell::Null; ROWS.columns.len()]
}

fn set<'c>(cells: &mut [Cell<'c>], column: &str, cell: Cell<'c>) {
    let at = ROWS.columns.iter().position(|known| known.name == column);
    if let Some(known) = at.and_then(|at| cells.get_mut(at)) {
        *known = cell;
    }
}

pub(super) fn rows(ecosystem: &Ecosystem, asked: &Asked, observed: i64, found: &[Row]) -> Table {
    let mut table = Table::new(&ROWS);
    for row in found {
        match row {
            Row::Missing(row) => missing(ecosystem, asked, observed, row, &mut table),
            Row::Silent(row) => silent(ecosystem, row, &mut table),
            Row::Unknown(row) => {
                let mut cells = blank();
                set(&mut cells, "kind", text("named_only_in_evidence"));
                set(&mut cells, "service", text(&row.name));
                set(&mut cells, "nearest", text_or_null(row.nearest.as_deref()));
                set(&mut cells, "times", Cell::Integer(row.rows));
                table.push(&cells);
            }
            Row::Unconnected(service, rows) => {
                let mut cells = blank();
                set(&mut cells, "kind", text("unconnected"));
                set(&mut cells, "service", text(ecosystem.model().service_name(*service)));
                set(&mut cells, "times", count(*rows));
                table.push(&cells);
            }
        }
    }
    table
}

fn missing(ecosystem: &Ecosystem, asked: &Asked, observed: i64, row: &Missing, table: &mut Table) {
    let (model, forward) = (ecosystem.model(), &row.forward);
    let share = forward.share();
    let (shared, expected, lift) = (
        exact(share.as_ref()),
        exact(forward.expected(asked.within, observed).as_ref()),
        exact(forward.lift(asked.within, observed).as_ref()),
    );
    let mut also: Vec<&str> = row.also.iter().map(|service| model.service_name(*service)).collect();
    also.sort_unstable();
    let also = also.join(", ");
    let mut cells = blank();
    set(&mut cells, "kind", text("missing_edge"));
    set(&mut cells, "service", text(model.service_name(row.service)));
    set(&mut cells, "dependency", text(model.service_name(row.dependency)));
    set(&mut cells, "times", count(forward.followed));
    set(&mut cells, "of", count(forward.could()));
    let percent = share.map_or(Cell::Null, |share| Cell::Float(share.times(&Ratio::whole(100)).to_f64()));
    set(&mut cells, "percent", percent);
    set(&mut cells, "share_exact", text_or_null(shared.as_deref()));
    set(&mut cells, "expected_exact", text_or_null(expected.as_deref()));
    set(&mut cells, "lift_exact", text_or_null(lift.as_deref()));
    set(&mut cells, "median_lag_seconds", seconds(forward.median()));
    set(&mut cells, "already", count(forward.already));
    set(&mut cells, "explained", count(forward.explained));
    set(&mut cells, "without", count(forward.without));
    set(&mut cells, "reversed", count(row.reversed));
    set(&mut cells, "planned", count(forward.planned));
    set(&mut cells, "direction", text(row.direction.as_str()));
    set(&mut cells, "also", text_or_null(Some(also.as_str()).filter(|also| !also.is_empty())));
    ends(&mut cells, forward.span);
    table.push(&cells);
}

fn silent(ecosystem: &Ecosystem, row: &Silent, table: &mut Table) {
    let model = ecosystem.model();
    let mut cells = blank();
    set(&mut cells, "kind", text(if row.observed { "silent_edge" } else { "not_observed" }));
    set(&mut cells, "service", text(model.service_name(row.service)));
    set(&mut cells, "dependency", text(model.service_name(row.dependency)));
    set(&mut cells, "times", count(row.failures));
    set(&mut cells, "longest_seconds", seconds(Some(row.longest)));
    ends(&mut cells, Some(row.span));
    table.push(&cells);
}

fn ends(cells: &mut [Cell<'_>], span: Option<(Instant, Instant)>) {
    if let Some((first, last)) = span {
        set(cells, "first", Cell::Instant(first.micros()));
        set(cells, "last", Cell::Instant(last.micros()));
    }
}

pub(super) fn summary(observed: i64, counts: &Counts) -> Table {
    let mut table = Table::new(&SUMMARY);
    let mut cells = vec![seconds(Some(Duration(observed)))];
    cells.extend([counts.services, counts.failures, counts.explained, counts.crowded].map(count));
    cells.extend(counts.kinds.iter().map(|kind| count(*kind)));
    cells.push(count(counts.planned));
    table.push(&cells);
    table
}
