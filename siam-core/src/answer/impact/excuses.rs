//! What would not have been felt without a party's failures.
//!
//! Goes in: the services reached, and the parties asked about. Comes out: the table `excuses`.
//! **Invariant:** a service is excusable by a party where it is as before once that party's failures are taken away.
//! **Not here:** whether a claim is accepted (evidence), shares of several parties.

use super::Reached;
use crate::answer::scenario::{Failure, Scenario, is_of, own_levels, providers};
use crate::answer::view::View;
use crate::base::columns::Cell;
use crate::base::table::cells::text;
use crate::base::{ColumnSpec, ColumnType, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::model::party::PartyIdx;
use crate::model::rule::ServiceIdx;

/// What would not have been felt without a party's failures.
pub const IMPACT_EXCUSES: Schema = Schema {
    name: "excuses",
    doc: "one row per service that became worse and party asked about: its level without that party's failures",
    columns: &[
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service reached" },
        ColumnSpec {
            name: "party",
            kind: ColumnType::Text,
            doc: "the party whose failures, and those of its subcontractors, are taken away",
        },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "the level of the service" },
        ColumnSpec { name: "level_without", kind: ColumnType::Text, doc: "its level without that party's failures" },
        ColumnSpec { name: "excusable", kind: ColumnType::Boolean, doc: "whether it is then as when nothing fails" },
    ],
};

/// The table, for these parties or for all whose services failed.
pub(super) fn table(
    ecosystem: &Ecosystem,
    view: &mut View<'_>,
    scenario: &Scenario,
    failures: &[Failure],
    reached: &[Reached],
    asked: Option<&[PartyIdx]>,
) -> Table {
    let (model, at) = (ecosystem.model(), scenario.at);
    let mut parties: Vec<PartyIdx> = match asked {
        Some(parties) => parties.to_vec(),
        None => failures.iter().flat_map(|failure| providers(model, failure.service, at)).collect(),
    };
    parties.sort_unstable_by_key(|party| model.party_name(*party));
    parties.dedup();
    let mut table = Table::new(&IMPACT_EXCUSES);
    let levels: Vec<_> = parties
        .iter()
        .map(|party| {
            let others = |service: ServiceIdx| !is_of(model, service, at, &[*party]);
            let left = failures.iter().filter(|failure| others(failure.service));
            let unknown: Vec<ServiceIdx> = scenario.unknown.iter().copied().filter(|service| others(*service)).collect();
            (*party, view.levels(&own_levels(left, &unknown, scenario.worst)))
        })
        .collect();
    for one in reached.iter().filter(|one| one.worst > one.before) {
        for (party, levels) in &levels {
            let (_, without) = levels.of(one.service);
            table.push(&[
                text(model.service_name(one.service)),
                text(model.party_name(*party)),
                text(model.level_name(one.worst)),
                text(model.level_name(without)),
                Cell::Boolean(without <= one.before),
            ]);
        }
    }
    table
}
