//! Where a failure passes from one party to another, and the service provider interfaces there.
//!
//! Goes in: the services reached with their routes. Comes out: the table `interfaces`.
//! **Invariant:** each crossing is told once, with every interface in force for it, or with none where there is none.
//! **Not here:** whether an interface is missing there (`findings`).

use super::Reached;
use crate::base::columns::Cell;
use crate::base::table::cells::text;
use crate::base::{ColumnSpec, ColumnType, Instant, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::model::rule::ServiceIdx;
use crate::structure::Ways;
use std::collections::BTreeSet;

/// The interfaces that `impact` touches.
pub const IMPACT_INTERFACES: Schema = Schema {
    name: "interfaces",
    doc: "one row per step of a route on which the provider changes and interface between the two in force; a crossing without one has one row too",
    columns: &[
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service that feels it" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
        ColumnSpec { name: "dependency", kind: ColumnType::Text, doc: "the next service on the route" },
        ColumnSpec { name: "dependency_provider", kind: ColumnType::Text, doc: "the party that provides that" },
        ColumnSpec { name: "interface", kind: ColumnType::Text, doc: "the service provider interface; null where there is none" },
        ColumnSpec { name: "process", kind: ColumnType::Text, doc: "its process" },
        ColumnSpec { name: "owner", kind: ColumnType::Text, doc: "the role that answers for it" },
    ],
};

/// The table, in the order in which the routes cross.
pub(super) fn table(ecosystem: &Ecosystem, at: Instant, reached: &[Reached], ways: &Ways) -> Table {
    let model = ecosystem.model();
    let mut table = Table::new(&IMPACT_INTERFACES);
    let mut seen: BTreeSet<(ServiceIdx, ServiceIdx)> = BTreeSet::new();
    let provider = |service: ServiceIdx| model.services.get(service).and_then(|service| service.provider.at(at)).copied();
    let routes = reached.iter().map(|one| ways.route(one.start));
    let crossed =
        routes.flat_map(|route| route.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect::<Vec<_>>());
    for (service, dependency) in crossed {
        if !seen.insert((service, dependency)) {
            continue;
        }
        let (Some(party), Some(other)) = (provider(service), provider(dependency)) else { continue };
        if party == other {
            continue;
        }
        let mut row = |interface: Cell<'_>, process: Cell<'_>, owner: Cell<'_>| {
            let (one, two) = (text(model.service_name(service)), text(model.service_name(dependency)));
            table.push(&[one, text(model.party_name(party)), two, text(model.party_name(other)), interface, process, owner]);
        };
        let serving = model.names.interfaces.values().filter_map(|at| model.interfaces.get(*at));
        let mut serving = serving
            .filter(|one| one.validity.contains(at) && one.joins(party, other) && one.is_for(service, dependency))
            .peekable();
        if serving.peek().is_none() {
            row(Cell::Null, Cell::Null, Cell::Null);
        }
        for interface in serving {
            let process = model.processes.get(interface.process).map_or(Cell::Null, |process| text(process.id.as_str()));
            let owner = interface.owner.at(at).and_then(|role| model.roles.get(*role));
            row(text(interface.id.as_str()), process, owner.map_or(Cell::Null, |role| text(role.id.as_str())));
        }
    }
    table
}
