//! The tables of `root_causes`.
//!
//! Goes in: what was found for each bad service. Comes out: causes, nodes on the way, parties, summary.
//! **Invariant:** bad services stand in the order asked; sets in the order of the search; causes of a set by steps, then by name.
//! **Not here:** why (`explain`).

use super::follow::Ways;
use super::{Explained, RootCausesQuery};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Instant, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use std::collections::BTreeMap;

/// The rows of `root_causes`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per bad service, set of causes and cause: nearest first, then by name",
    columns: &[
        ColumnSpec { name: "bad", kind: ColumnType::Text, doc: "the service to be explained" },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "its effective level" },
        ColumnSpec { name: "mode", kind: ColumnType::Text, doc: "what counts as a cause" },
        ColumnSpec {
            name: "set",
            kind: ColumnType::Integer,
            doc: "which set, from 1: min_heal gives alternatives, the other modes one set of all causes",
        },
        ColumnSpec { name: "size", kind: ColumnType::Integer, doc: "causes in the set" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the cause" },
        ColumnSpec { name: "own_level", kind: ColumnType::Text, doc: "its own level" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
        ColumnSpec { name: "class", kind: ColumnType::Text, doc: "its service class" },
        ColumnSpec { name: "steps", kind: ColumnType::Integer, doc: "dependencies between the bad service and the cause" },
        ColumnSpec { name: "route", kind: ColumnType::Text, doc: "a shortest way, from the bad service to the cause" },
    ],
};

/// What lies on the way from bad services to their causes.
pub const NODES: Schema = Schema {
    name: "nodes",
    doc: "one row per bad service and service on the way to a cause, level by level; step 1 are the dependencies that contribute directly",
    columns: &[
        ColumnSpec { name: "bad", kind: ColumnType::Text, doc: "the service to be explained" },
        ColumnSpec { name: "step", kind: ColumnType::Integer, doc: "dependencies between them on a shortest way; 0 for itself" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service on the way" },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "its effective level" },
        ColumnSpec { name: "own_level", kind: ColumnType::Text, doc: "its own level" },
        ColumnSpec {
            name: "least",
            kind: ColumnType::Text,
            doc: "threshold: the level that is demanded of it; null where none is",
        },
        ColumnSpec { name: "cause", kind: ColumnType::Boolean, doc: "whether it is a cause, not only on the way to one" },
        ColumnSpec { name: "via", kind: ColumnType::Text, doc: "the service before it on a shortest way; null for the bad one" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
    ],
};

/// The figures of each bad service.
pub const SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row per bad service",
    columns: &[
        ColumnSpec { name: "bad", kind: ColumnType::Text, doc: "the service to be explained" },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "its effective level" },
        ColumnSpec {
            name: "to",
            kind: ColumnType::Text,
            doc: "the level to heal to; null where it is not worse than that, and in other modes",
        },
        ColumnSpec { name: "causes", kind: ColumnType::Integer, doc: "distinct causes in the sets listed" },
        ColumnSpec { name: "visited", kind: ColumnType::Integer, doc: "nodes of the map that were looked at, each once" },
    ],
};

/// Cells about services as at an instant.
pub(super) struct Naming<'e> {
    pub ecosystem: &'e Ecosystem,
    pub at: Instant,
}

impl<'e> Naming<'e> {
    pub fn name(&self, service: ServiceIdx) -> &'e str {
        self.ecosystem.model().service_name(service)
    }
    pub fn level(&self, level: Level) -> &'e str {
        self.ecosystem.model().level_name(level)
    }
    pub fn provider(&self, service: ServiceIdx) -> Option<&'e str> {
        let model = self.ecosystem.model();
        model.services.get(service)?.provider.at(self.at).map(|party| model.party_name(*party))
    }
    pub fn class(&self, service: ServiceIdx) -> Option<&'e str> {
        let model = self.ecosystem.model();
        model.services.get(service)?.class.at(self.at).and_then(|class| model.classes.get(*class)).map(|class| class.id.as_str())
    }
}

pub(super) fn tables(
    naming: &Naming<'_>,
    query: &RootCausesQuery,
    found: &[Explained],
) -> (Vec<Table>, Vec<(usize, ServiceIdx)>) {
    let mode = query.mode.unwrap_or(super::DEFAULT_MODE).as_str();
    let (mut rows, mut nodes, mut summary) = (Table::new(&ROWS), Table::new(&NODES), Table::new(&SUMMARY));
    let mut places = Vec::new();
    for (place, one) in found.iter().enumerate() {
        let ways = Ways::of(&one.met);
        let bad = naming.name(one.bad);
        let steps: BTreeMap<ServiceIdx, usize> = one.met.iter().map(|met| (met.service, met.step)).collect();
        for (set, causes) in one.sets.iter().enumerate() {
            let mut causes = causes.clone();
            causes.sort_by_key(|cause| (steps.get(cause).copied(), naming.name(*cause)));
            for cause in &causes {
                let route = ways.route(*cause);
                let names: Vec<&str> = route.iter().map(|step| naming.name(*step)).collect();
                rows.push(&[
                    text(bad),
                    text(naming.level(one.level)),
                    text(mode),
                    count(set + 1),
                    count(causes.len()),
                    text(naming.name(*cause)),
                    text(naming.level(one.own_of(*cause))),
                    text_or_null(naming.provider(*cause)),
                    text_or_null(naming.class(*cause)),
                    integer_or_null(steps.get(cause).and_then(|steps| i64::try_from(*steps).ok())),
                    text(&names.join(" > ")),
                ]);
                places.push((place, *cause));
            }
        }
        for met in &one.met {
            nodes.push(&[
                text(bad),
                count(met.step),
                text(naming.name(met.service)),
                text(naming.level(one.level_of(met.service))),
                text(naming.level(one.own_of(met.service))),
                text_or_null((met.from > 0).then(|| naming.level(met.from))),
                Cell::Boolean(met.cause),
                text_or_null((met.step > 0).then(|| naming.name(met.via))),
                text_or_null(naming.provider(met.service)),
            ]);
        }
        let mut causes: Vec<ServiceIdx> = one.sets.iter().flatten().copied().collect();
        causes.sort_unstable();
        causes.dedup();
        summary.push(&[
            text(bad),
            text(naming.level(one.level)),
            text_or_null(one.to.map(|to| naming.level(to))),
            count(causes.len()),
            count(one.visited),
        ]);
    }
    (vec![rows, nodes, summary], places)
}
