//! The tables of `impact`.
//!
//! Goes in: services reached, with routes. Comes out: rows, routes, agreements, summary.
//! **Invariant:** rows stand worst first, then critical ones, then by users, then by name.
//! **Not here:** why (`explain`).

use super::Reached;
use super::origins::Taken;
use crate::answer::way;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Instant, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::model::service::Service;
use crate::structure::Ways;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of `impact`.
pub const IMPACT: Schema = Schema {
    name: "rows",
    doc: "one row per service whose level changes: worst first, then critical ones, then by users, then by name",
    columns: &[
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service" },
        ColumnSpec { name: "title", kind: ColumnType::Text, doc: "its full name" },
        ColumnSpec {
            name: "level",
            kind: ColumnType::Text,
            doc: "its effective level; the worst it can be where inputs are unknown",
        },
        ColumnSpec {
            name: "best_level",
            kind: ColumnType::Text,
            doc: "the best it can be; the same as level where every input is known",
        },
        ColumnSpec {
            name: "tight",
            kind: ColumnType::Boolean,
            doc: "whether both bounds can be reached; always true where every input is known",
        },
        ColumnSpec {
            name: "own_level",
            kind: ColumnType::Text,
            doc: "its own level as given; null where only dependencies fail",
        },
        ColumnSpec {
            name: "before",
            kind: ColumnType::Text,
            doc: "its level when nothing fails; where nothing does, its level without the changes",
        },
        ColumnSpec { name: "class", kind: ColumnType::Text, doc: "its service class" },
        ColumnSpec { name: "critical", kind: ColumnType::Boolean, doc: "whether its class is critical" },
        ColumnSpec { name: "users", kind: ColumnType::Integer, doc: "how many people use it" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
        ColumnSpec { name: "owner", kind: ColumnType::Text, doc: "its Service Owner" },
        ColumnSpec {
            name: "in_hours",
            kind: ColumnType::Boolean,
            doc: "whether its service hours run at the instant asked; null where no instant was given",
        },
        ColumnSpec {
            name: "cause",
            kind: ColumnType::Text,
            doc: "the failed service at the end of the route; where nothing fails, one whose dependencies changed",
        },
        ColumnSpec {
            name: "steps",
            kind: ColumnType::Integer,
            doc: "dependencies on the route; 0 for a service that failed itself",
        },
        ColumnSpec {
            name: "route",
            kind: ColumnType::Text,
            doc: "a shortest causal route, from the service to the cause; of more than 100 services the first and the last 50, and how many lie between: `routes` has them all",
        },
        ColumnSpec { name: "suppliers", kind: ColumnType::Text, doc: "parties whose services lie on the route, in its order" },
        ColumnSpec { name: "agreements", kind: ColumnType::Text, doc: "agreements that name the service" },
        ColumnSpec {
            name: "unplanned_level",
            kind: ColumnType::Text,
            doc: "its level with planned failures taken away; the worst it can be where inputs are unknown",
        },
        ColumnSpec {
            name: "planned",
            kind: ColumnType::Boolean,
            doc: "whether it is worse than before, and as before with planned failures taken away",
        },
        ColumnSpec {
            name: "origin",
            kind: ColumnType::Text,
            doc: "what a failure given for it was taken as: own, derived, or explained by the others; null where none was given",
        },
    ],
};

/// How many rows of routes are kept: they grow with the square of a deep map.
pub(super) const ROUTE_ROWS: usize = 1_000_000;

/// The routes of `impact`, step by step.
pub const IMPACT_ROUTES: Schema = Schema {
    name: "routes",
    doc: "one row per step of each route; whole routes in the order of the rows, up to 1,000,000 rows",
    columns: &[
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service reached" },
        ColumnSpec { name: "step", kind: ColumnType::Integer, doc: "position on the route, 0 for the service itself" },
        ColumnSpec { name: "through", kind: ColumnType::Text, doc: "the service at this step" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
    ],
};

/// The agreements that `impact` touches.
pub const IMPACT_AGREEMENTS: Schema = Schema {
    name: "agreements",
    doc: "one row per agreement and service reached that it names",
    columns: &[
        ColumnSpec { name: "agreement", kind: ColumnType::Text, doc: "the agreement" },
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "sla, ola or underpinning_contract" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "who promises" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service reached" },
    ],
};

/// The figures of `impact` as a whole.
pub const IMPACT_SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row: the figures of the whole",
    columns: &[
        ColumnSpec { name: "services", kind: ColumnType::Integer, doc: "services that become worse, failed ones included" },
        ColumnSpec { name: "critical", kind: ColumnType::Integer, doc: "of these, of a critical class" },
        ColumnSpec {
            name: "users",
            kind: ColumnType::Integer,
            doc: "sum of their users; one person may count for several services",
        },
        ColumnSpec { name: "suppliers", kind: ColumnType::Integer, doc: "parties that provide them" },
        ColumnSpec { name: "agreements", kind: ColumnType::Integer, doc: "agreements that name them" },
        ColumnSpec {
            name: "planned",
            kind: ColumnType::Integer,
            doc: "of the services, those that only planned failures make worse",
        },
        ColumnSpec {
            name: "recompiled",
            kind: ColumnType::Integer,
            doc: "services that were compiled again because of added dependencies",
        },
    ],
};

fn service(ecosystem: &Ecosystem, at: ServiceIdx) -> &Service {
    &ecosystem.model().services[at]
}

fn critical(ecosystem: &Ecosystem, service: &Service, at: Instant) -> Option<bool> {
    let class = service.class.at(at)?;
    ecosystem.model().classes.get(*class).map(|class| class.critical)
}

/// Puts the services into the order of the rows.
pub(super) fn sort(reached: &mut [Reached], ecosystem: &Ecosystem, at: Instant) {
    reached.sort_by_cached_key(|one| {
        let service = service(ecosystem, one.service);
        let critical = critical(ecosystem, service, at) == Some(true);
        let users = service.users.at(at).copied().unwrap_or(0);
        (std::cmp::Reverse((one.worst, critical, users)), service.id.clone())
    });
}

/// The tables, and of how many services the route is left out.
pub(super) fn tables(
    ecosystem: &Ecosystem,
    at: Instant,
    reached: &[Reached],
    ways: &Ways,
    own: &BTreeMap<ServiceIdx, (Level, Level)>,
    dated: bool,
    recompiled: usize,
) -> ([Table; 4], usize) {
    let model = ecosystem.model();
    let mut by_service: BTreeMap<ServiceIdx, Vec<usize>> = BTreeMap::new();
    for (index, agreement) in model.agreements.iter().enumerate().filter(|(_, agreement)| agreement.validity.contains(at)) {
        for service in &agreement.services {
            by_service.entry(*service).or_default().push(index);
        }
    }
    let provider = |index: ServiceIdx| service(ecosystem, index).provider.at(at).map(|party| model.party_name(*party));
    let (mut rows, mut routes, mut touched) = (Table::new(&IMPACT), Table::new(&IMPACT_ROUTES), Table::new(&IMPACT_AGREEMENTS));
    let (mut totals, mut left) = (Totals::default(), 0);
    for one in reached {
        let service = service(ecosystem, one.service);
        let class = service.class.at(at).and_then(|class| model.classes.get(*class));
        let critical = critical(ecosystem, service, at);
        let users = service.users.at(at).copied();
        let route = ways.route(one.start);
        let mut suppliers: Vec<&str> = Vec::new();
        for party in route.iter().filter_map(|step| provider(*step)) {
            if !suppliers.contains(&party) {
                suppliers.push(party);
            }
        }
        let agreements = by_service.get(&one.service).map(Vec::as_slice).unwrap_or_default();
        let agreements: Vec<_> = agreements.iter().map(|index| &model.agreements.as_slice()[*index]).collect();
        let in_hours = || {
            let open = match service.hours.at(at) {
                Some(calendar) => ecosystem.clock(*calendar).is_open(at).ok(),
                None => Some(true),
            };
            open.map_or(Cell::Null, Cell::Boolean)
        };
        let own_level = own.get(&one.service).map(|(_, worst)| model.level_name(*worst));
        let ids = agreements.iter().map(|agreement| agreement.id.as_str()).collect::<Vec<_>>().join(", ");
        rows.push(&[
            text(service.id.as_str()),
            text(service.title()),
            text(model.level_name(one.worst)),
            text(model.level_name(one.best)),
            Cell::Boolean(one.tight),
            text_or_null(own_level),
            text(model.level_name(one.before)),
            text_or_null(class.map(|class| class.id.as_str())),
            critical.map_or(Cell::Null, Cell::Boolean),
            integer_or_null(users),
            text_or_null(provider(one.service)),
            text_or_null(service.owner.at(at).map(String::as_str)),
            if dated { in_hours() } else { Cell::Null },
            text_or_null(route.last().map(|cause| model.service_name(*cause))),
            if route.is_empty() { Cell::Null } else { count(route.len() - 1) },
            text(&way::text(&route, |step| model.service_name(step))),
            text(&suppliers.join(", ")),
            text(&ids),
            text(model.level_name(one.unplanned)),
            Cell::Boolean(one.is_planned()),
            text_or_null(one.origin.map(Taken::as_str)),
        ]);
        if left > 0 || routes.rows() + route.len() > ROUTE_ROWS {
            left += usize::from(!route.is_empty());
        }
        for (step, through) in route.iter().enumerate().filter(|_| left == 0) {
            let name = text(model.service_name(*through));
            routes.push(&[text(service.id.as_str()), count(step), name, text_or_null(provider(*through))]);
        }
        for agreement in &agreements {
            let by = agreement.provider.map(|party| model.party_name(party));
            let kind = text(agreement.kind.as_str());
            touched.push(&[text(agreement.id.as_str()), kind, text_or_null(by), text(service.id.as_str())]);
        }
        if one.worst > one.before {
            totals.services += 1;
            totals.critical += usize::from(critical == Some(true));
            totals.planned += usize::from(one.is_planned());
            totals.users = totals.users.saturating_add(users.unwrap_or(0));
            totals.suppliers.extend(provider(one.service));
            totals.agreements.extend(agreements.iter().map(|agreement| agreement.id.as_str()));
        }
    }
    let mut summary = Table::new(&IMPACT_SUMMARY);
    let users = Cell::Integer(totals.users);
    let (suppliers, agreements) = (count(totals.suppliers.len()), count(totals.agreements.len()));
    summary.push(&[
        count(totals.services),
        count(totals.critical),
        users,
        suppliers,
        agreements,
        count(totals.planned),
        count(recompiled),
    ]);
    ([rows, routes, touched, summary], left)
}

#[derive(Default)]
struct Totals<'a> {
    services: usize,
    critical: usize,
    planned: usize,
    users: i64,
    suppliers: BTreeSet<&'a str>,
    agreements: BTreeSet<&'a str>,
}
