//! Tables of snapshots: the rows of each ticket, in order.
//!
//! Goes in: a table whose rows are updates with all columns. Comes out: its rows ticket by ticket, first to last.
//! **Invariant:** rows are ordered by the columns of `order`, then by when they were written; the last one speaks for the ticket.
//! **Not here:** what changed between them (`events`).

use super::bind::Bound;
use super::labels::NONE;
use super::mapping::HistoryShape;
use super::source::{Found, Source};
use super::when::MISSING;
use crate::base::columns::Cell;
use crate::base::{Place, Problem, codes};
use crate::document::{Faults, Spot};

/// The rows of a table of snapshots, ticket by ticket, each in order.
pub(super) struct Snapshots {
    pub rows: Vec<u32>,
    starts: Vec<usize>,
    /// When each was written, in the order of `rows`.
    pub at: Vec<i64>,
    /// Rows that lack key, instant or order.
    pub rejected: usize,
}

impl Snapshots {
    /// Where each ticket's rows lie.
    pub fn groups(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        self.starts.windows(2).map(|pair| pair[0]..pair[1])
    }
}

/// Sorts the rows of a table of snapshots by ticket and order; rows without key, instant or order are rejected.
pub(super) fn snapshots(source: &Source<'_, '_>, bound: &mut Bound, faults: &mut Faults) -> Option<Snapshots> {
    let plan = &source.plan;
    if plan.shape != HistoryShape::Snapshots {
        return None;
    }
    let mut find = |named: &Spot<String>| {
        source.find(&named.value, Some(named.mark), faults).map(|at| Found::At(at, named.value.clone(), 0))
    };
    let key = plan.key.as_ref().and_then(&mut find);
    let at = plan.at.as_ref().and_then(&mut find);
    let sequence: Vec<Found> = plan.order.iter().map(find).collect::<Option<_>>()?;
    let (key, instant) = (key?, at?);
    let all: Vec<u32> = (0..u32::try_from(source.rows()).unwrap_or(u32::MAX)).collect();
    let keys = source.labels(&key, "key", &all, &mut bound.record);
    let (written, _) = source.instants(&instant, "at", &all, true, &mut bound.record);
    let order: Vec<Vec<i64>> =
        sequence.iter().map(|found| source.integers(found, "order", &all, true, &mut bound.record)).collect();
    let mut rejected = 0;
    let mut kept: Vec<u32> = Vec::with_capacity(all.len());
    for row in all {
        let at = row as usize;
        let whole = keys.code(at) != NONE && written[at] != MISSING && order.iter().all(|order| order[at] != MISSING);
        if whole {
            kept.push(row);
            continue;
        }
        rejected += 1;
        // What could not be read is on record already; what is not there is not.
        for found in [&key, &instant].into_iter().chain(sequence.iter()) {
            if let (Found::At(column, name, _), Cell::Null) = (found, cell_of(source, row, found)) {
                bound.record.rejections.push(source.rejection(
                    row,
                    name,
                    &codes::MISSING_VALUE,
                    &source.cell(row, *column),
                    true,
                ));
            }
        }
    }
    let ordered = |a: &u32, b: &u32| {
        let (a, b) = (*a as usize, *b as usize);
        let by_order = order.iter().map(|order| order[a].cmp(&order[b])).find(|by| by.is_ne());
        keys.code(a)
            .cmp(&keys.code(b))
            .then(by_order.unwrap_or(std::cmp::Ordering::Equal))
            .then(written[a].cmp(&written[b]))
            .then(a.cmp(&b))
    };
    kept.sort_unstable_by(ordered);
    let mut starts = vec![0];
    let mut ties = 0_usize;
    for pair in 1..kept.len() {
        let (before, row) = (kept[pair - 1] as usize, kept[pair] as usize);
        if keys.code(before) != keys.code(row) {
            starts.push(pair);
        } else if written[before] == written[row] && order.iter().all(|order| order[before] == order[row]) {
            ties += 1;
        }
    }
    if !kept.is_empty() {
        starts.push(kept.len());
    }
    if ties > 0 {
        let problem = Problem::new(&codes::TIE_WITHOUT_ORDER, Place::cell(&plan.name, 0, ""));
        bound.problems.push(problem.with("rows", ties), faults.limits().problems);
    }
    let at = kept.iter().map(|row| written[*row as usize]).collect();
    Some(Snapshots { rows: kept, starts, at, rejected })
}

fn cell_of<'a>(source: &Source<'_, 'a>, row: u32, found: &Found) -> Cell<'a> {
    match found {
        Found::At(column, ..) => source.cell(row, *column),
        Found::Value(_) => Cell::Unreadable,
    }
}
