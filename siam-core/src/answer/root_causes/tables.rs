//! The tables of `root_causes`.
//!
//! Goes in: what was found for each bad service. Comes out: causes, nodes on the way, parties, summary.
//! **Invariant:** bad services stand in the order asked; sets in the order of the search; causes of a set by steps, then by name.
//! **Not here:** why (`explain`).

use super::follow::Ways;
use super::{CauseMode, Explained};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Instant, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::model::party::PartyIdx;
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
        ColumnSpec {
            name: "service",
            kind: ColumnType::Text,
            doc: "the cause; in same_state also a service that did not fail, where no dependency has its very level because a rule or an edge changes it",
        },
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

/// Which parties suffice to be healed.
pub const PARTIES: Schema = Schema {
    name: "parties",
    doc: "min_heal: one row per bad service, smallest set of parties that heals it when all their failed services work again, and party",
    columns: &[
        ColumnSpec { name: "bad", kind: ColumnType::Text, doc: "the service to be explained" },
        ColumnSpec { name: "set", kind: ColumnType::Integer, doc: "which set, from 1" },
        ColumnSpec {
            name: "size",
            kind: ColumnType::Integer,
            doc: "parties in the set; 1 means that this party alone is behind it: it is excusable by that party",
        },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "the party; for a subcontractor its prime" },
        ColumnSpec { name: "services", kind: ColumnType::Text, doc: "its failed services on the way to the bad one, by name" },
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
            doc: "min_heal: the level to heal to; null where it is no worse than that, and in other modes",
        },
        ColumnSpec { name: "causes", kind: ColumnType::Integer, doc: "distinct causes in the sets listed" },
        ColumnSpec {
            name: "least",
            kind: ColumnType::Integer,
            doc: "min_heal: how many services must work again at least; null where no repair heals it",
        },
        ColumnSpec {
            name: "most",
            kind: ColumnType::Integer,
            doc: "min_heal: how many are enough; the same as least unless a problem says that only bounds were found",
        },
        ColumnSpec {
            name: "sets",
            kind: ColumnType::Text,
            doc: "min_heal: how many smallest sets there are, exactly; null where only bounds were found",
        },
        ColumnSpec { name: "listed", kind: ColumnType::Integer, doc: "how many sets the rows list" },
        ColumnSpec {
            name: "parties",
            kind: ColumnType::Integer,
            doc: "min_heal: how many parties must be healed at least; null where all of them together do not suffice",
        },
        ColumnSpec { name: "party_sets", kind: ColumnType::Text, doc: "min_heal: how many smallest sets of parties there are" },
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
    /// The party that answers for it: the prime where its provider is a subcontractor.
    pub fn prime(&self, service: ServiceIdx) -> Option<PartyIdx> {
        let model = self.ecosystem.model();
        model.services.get(service)?.provider.at(self.at).map(|party| model.prime(*party))
    }
    pub fn class(&self, service: ServiceIdx) -> Option<&'e str> {
        let model = self.ecosystem.model();
        model.services.get(service)?.class.at(self.at).and_then(|class| model.classes.get(*class)).map(|class| class.id.as_str())
    }
}

/// Which bad service, which of its sets, which cause.
type RowPlace = (usize, usize, ServiceIdx);

pub(super) fn tables(naming: &Naming<'_>, mode: CauseMode, found: &[Explained]) -> ([Table; 4], Vec<RowPlace>) {
    let (mut rows, mut nodes) = (Table::new(&ROWS), Table::new(&NODES));
    let (mut parties, mut summary) = (Table::new(&PARTIES), Table::new(&SUMMARY));
    let mut places = Vec::new();
    for (place, one) in found.iter().enumerate() {
        let ways = Ways::of(&one.met);
        let steps: BTreeMap<ServiceIdx, usize> = one.met.iter().map(|met| (met.service, met.step)).collect();
        for (set, causes) in one.sets.iter().enumerate() {
            let mut causes = causes.clone();
            causes.sort_by_key(|cause| (steps.get(cause).copied(), naming.name(*cause)));
            for cause in &causes {
                let names: Vec<&str> = ways.route(*cause).iter().map(|step| naming.name(*step)).collect();
                rows.push(&[
                    text(naming.name(one.bad)),
                    text(naming.level(one.level)),
                    text(mode.as_str()),
                    count(set + 1),
                    count(causes.len()),
                    text(naming.name(*cause)),
                    text(naming.level(one.own_of(*cause))),
                    text_or_null(naming.provider(*cause)),
                    text_or_null(naming.class(*cause)),
                    integer_or_null(steps.get(cause).and_then(|steps| i64::try_from(*steps).ok())),
                    text(&names.join(" > ")),
                ]);
                places.push((place, set, *cause));
            }
        }
        push_nodes(&mut nodes, naming, one);
        push_parties(&mut parties, naming, one);
        push_summary(&mut summary, naming, one);
    }
    ([rows, nodes, parties, summary], places)
}

fn push_nodes(nodes: &mut Table, naming: &Naming<'_>, one: &Explained) {
    for met in &one.met {
        nodes.push(&[
            text(naming.name(one.bad)),
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
}

fn push_parties(parties: &mut Table, naming: &Naming<'_>, one: &Explained) {
    let model = naming.ecosystem.model();
    for (set, members) in one.healing.iter().flat_map(|healing| &healing.party_sets).enumerate() {
        let mut members: Vec<&str> = members.iter().map(|party| model.party_name(*party)).collect();
        members.sort_unstable();
        for party in &members {
            let failed = one.met.iter().filter(|met| one.own_of(met.service) > 0);
            let theirs = failed.filter(|met| naming.prime(met.service).is_some_and(|prime| model.party_name(prime) == *party));
            let mut services: Vec<&str> = theirs.map(|met| naming.name(met.service)).collect();
            services.sort_unstable();
            let size = count(members.len());
            parties.push(&[text(naming.name(one.bad)), count(set + 1), size, text(party), text(&services.join(", "))]);
        }
    }
}

fn push_summary(summary: &mut Table, naming: &Naming<'_>, one: &Explained) {
    let mut causes: Vec<ServiceIdx> = one.sets.iter().flatten().copied().collect();
    causes.sort_unstable();
    causes.dedup();
    let healing = one.healing.as_ref();
    let whole = |value: Option<u64>| integer_or_null(value.and_then(|value| i64::try_from(value).ok()));
    let sets = healing.and_then(|healing| healing.sets.as_ref()).map(ToString::to_string);
    let party_sets = healing.and_then(|healing| healing.party_count.as_ref()).map(ToString::to_string);
    summary.push(&[
        text(naming.name(one.bad)),
        text(naming.level(one.level)),
        text_or_null(one.to.map(|to| naming.level(to))),
        count(causes.len()),
        whole(healing.and_then(|healing| healing.least)),
        whole(healing.and_then(|healing| healing.most)),
        text_or_null(sets.as_deref()),
        count(one.sets.len()),
        whole(healing.and_then(|healing| healing.parties)),
        text_or_null(party_sets.as_deref()),
        count(one.visited),
    ]);
}
