//! Services that only evidence names, and services that the map has without any edge.
//!
//! Goes in: the unknown names of the evidence, the maps, who was named. Comes out: names with how many rows have them.
//! **Invariant:** a service is unconnected only where no map in force has an edge at it.
//! **Not here:** edges (`missing`, `silent`); other unknown names, which the evidence lists (`evidence`).

use super::resolve::Asked;
use super::silent::Named;
use crate::base::Instant;
use crate::base::columns::Cell;
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::model::rule::ServiceIdx;

/// A service that the map lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    pub name: String,
    pub nearest: Option<String>,
    pub rows: i64,
}

/// The services that evidence names and the map lacks, those with most rows first; none where only some services were asked for.
pub(super) fn unknown(asked: &Asked, evidence: &Evidence) -> Vec<Unknown> {
    if !asked.services.is_empty() {
        return Vec::new();
    }
    let table = evidence.unknown();
    let word = |row, column| match table.cell(row, column) {
        Cell::Text(text) => Some(text.into_owned()),
        _ => None,
    };
    let read = |row| {
        let rows = match table.cell(row, "rows") {
            Cell::Integer(rows) => rows,
            _ => 0,
        };
        Some(Unknown { name: word(row, "name")?, nearest: word(row, "nearest"), rows })
    };
    let services = (0..table.rows()).filter(|row| word(*row, "kind").as_deref() == Some("service"));
    let mut found: Vec<Unknown> = services.filter_map(read).collect();
    found.sort_by(|a, b| (b.rows, &a.name).cmp(&(a.rows, &b.name)));
    found
}

/// The services that evidence names, that depend on nothing, and on which nothing depends; those with most rows first.
pub(super) fn unconnected(ecosystem: &Ecosystem, asked: &Asked, named: &Named) -> Vec<(ServiceIdx, usize)> {
    let maps = ecosystem.maps();
    let in_force = |at: usize, from: Instant| {
        let until = maps.get(at + 1).map_or(Instant::MAX, |next| next.from);
        asked.spans.is_empty() || asked.spans.iter().any(|span| span.0 < until && from < span.1)
    };
    let is_alone = |service: &ServiceIdx| {
        let mut held = maps.iter().enumerate().filter(|(at, map)| in_force(*at, map.from)).map(|(_, map)| &map.structure);
        held.all(|map| map.dependencies(*service).next().is_none() && map.dependents(*service).next().is_none())
    };
    let rows = named.rows.iter().map(|(service, rows)| (*service, *rows));
    let mut found: Vec<(ServiceIdx, usize)> = rows.filter(|(service, _)| asked.about(&[*service]) && is_alone(service)).collect();
    let model = ecosystem.model();
    found.sort_by_key(|(service, rows)| (std::cmp::Reverse(*rows), model.service_name(*service)));
    found
}
