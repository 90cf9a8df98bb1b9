//! The tables of `concentration`.
//!
//! Goes in: suppliers with what hangs on them. Comes out: rows, subcontractors, summary.
//! **Invariant:** a share is exact; the percentage beside it is for display.
//! **Not here:** which services fail (`concentration`).

use super::{Supplier, index};
use crate::answer::impacts::sum;
use crate::answer::stakes::Stakes;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Instant, Ratio, Schema, Table};
use crate::ecosystem::Ecosystem;

/// The rows of `concentration`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per party that provides a service and is no subcontractor: the worst first by critical services that fall, users, \
          critical services hit, services provided, then by name",
    columns: &[
        ColumnSpec { name: "supplier", kind: ColumnType::Text, doc: "the party; its subcontractors' services count as its own" },
        ColumnSpec { name: "title", kind: ColumnType::Text, doc: "its full name" },
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "customer, integrator, supplier or stand_in" },
        ColumnSpec {
            name: "subcontractors",
            kind: ColumnType::Text,
            doc: "those of its subcontractors, at any depth, that provide something",
        },
        ColumnSpec { name: "services", kind: ColumnType::Integer, doc: "services it provides" },
        ColumnSpec { name: "critical", kind: ColumnType::Integer, doc: "of these, critical ones" },
        ColumnSpec { name: "share", kind: ColumnType::Text, doc: "its share of all services that have a provider, exactly" },
        ColumnSpec { name: "percent", kind: ColumnType::Float, doc: "the same in percent, for display" },
        ColumnSpec {
            name: "others",
            kind: ColumnType::Integer,
            doc: "services of others that become worse when all of its own fail at the worst level",
        },
        ColumnSpec { name: "critical_hit", kind: ColumnType::Integer, doc: "critical services that become worse, its own included" },
        ColumnSpec {
            name: "critical_fallen",
            kind: ColumnType::Integer,
            doc: "critical services that come to the worst level: there is no way round this supplier",
        },
        ColumnSpec {
            name: "users",
            kind: ColumnType::Integer,
            doc: "sum of the users of services that become worse, its own included; one person may count for several services",
        },
        ColumnSpec { name: "users_share", kind: ColumnType::Text, doc: "of the users of all services, exactly" },
        ColumnSpec { name: "users_percent", kind: ColumnType::Float, doc: "the same in percent, for display" },
        ColumnSpec { name: "agreements", kind: ColumnType::Integer, doc: "agreements that name a service that becomes worse" },
    ],
};

/// The subcontractors of `concentration`.
pub const SUBCONTRACTORS: Schema = Schema {
    name: "subcontractors",
    doc: "one row per party whose services count as another's",
    columns: &[
        ColumnSpec { name: "supplier", kind: ColumnType::Text, doc: "the prime at the top" },
        ColumnSpec { name: "subcontractor", kind: ColumnType::Text, doc: "the party below it, at any depth" },
        ColumnSpec { name: "services", kind: ColumnType::Integer, doc: "services the subcontractor provides itself" },
    ],
};

/// The figures of `concentration` as a whole.
pub const SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row: the figures of the whole",
    columns: &[
        ColumnSpec { name: "suppliers", kind: ColumnType::Integer, doc: "how many there are" },
        ColumnSpec { name: "services", kind: ColumnType::Integer, doc: "services that have a provider" },
        ColumnSpec { name: "without_provider", kind: ColumnType::Integer, doc: "services that have none, and are in no share" },
        ColumnSpec { name: "users", kind: ColumnType::Integer, doc: "sum of the users of all services" },
        ColumnSpec {
            name: "index_services",
            kind: ColumnType::Text,
            doc: "Herfindahl-Hirschman index of services provided: the sum of the squares of the shares, exactly; 1 is one supplier, \
                  1/n is n alike",
        },
        ColumnSpec {
            name: "index_services_points",
            kind: ColumnType::Float,
            doc: "the same in points of 10,000, for display",
        },
        ColumnSpec {
            name: "index_users",
            kind: ColumnType::Text,
            doc: "the same index of users at risk: each supplier's users of the sum over all suppliers, exactly; null where there are none",
        },
        ColumnSpec { name: "index_users_points", kind: ColumnType::Float, doc: "the same in points of 10,000, for display" },
    ],
};

fn exact(ratio: Option<&Ratio>) -> Cell<'static> {
    ratio.map_or(Cell::Null, |ratio| Cell::Text(ratio.to_exact_text().into()))
}

fn times(ratio: Option<&Ratio>, by: i128) -> Cell<'static> {
    ratio.map_or(Cell::Null, |ratio| Cell::Float(ratio.times(&Ratio::whole(by)).to_f64()))
}

pub(super) fn tables(ecosystem: &Ecosystem, at: Instant, stakes: &Stakes, suppliers: &[Supplier]) -> [Table; 3] {
    let model = ecosystem.model();
    let existing = || model.services.entries().filter(|(_, service)| service.validity.contains(at)).map(|(index, _)| index);
    let users: u64 = existing().map(|service| stakes.users(service)).sum();
    let provided: usize = suppliers.iter().map(|supplier| supplier.services.len()).sum();
    let share = |part: u64, whole: u64| Ratio::new(part.into(), whole.into());
    let (mut rows, mut below, mut summary) = (Table::new(&ROWS), Table::new(&SUBCONTRACTORS), Table::new(&SUMMARY));
    for supplier in suppliers {
        let name = model.party_name(supplier.party);
        let party = model.parties.get(supplier.party);
        let names: Vec<&str> = supplier.subcontractors.iter().map(|(party, _)| model.party_name(*party)).collect();
        let own = share(supplier.services.len() as u64, provided as u64);
        let at_risk = share(supplier.hit.users, users);
        rows.push(&[
            text(name),
            text_or_null(party.map(|party| party.title.as_str())),
            text_or_null(party.map(|party| party.kind.as_str())),
            text_or_null(Some(names.join(", ").as_str()).filter(|names| !names.is_empty())),
            count(supplier.services.len()),
            count(supplier.critical),
            exact(own.as_ref()),
            times(own.as_ref(), 100),
            sum(supplier.hit.services),
            sum(supplier.hit.critical),
            sum(supplier.fallen.critical),
            sum(supplier.hit.users),
            exact(at_risk.as_ref()),
            times(at_risk.as_ref(), 100),
            sum(supplier.hit.agreements),
        ]);
        for (party, services) in &supplier.subcontractors {
            below.push(&[text(name), text(model.party_name(*party)), count(*services)]);
        }
    }
    let of_services = index(suppliers.iter().map(|supplier| supplier.services.len() as u64));
    let of_users = index(suppliers.iter().map(|supplier| supplier.hit.users));
    summary.push(&[
        count(suppliers.len()),
        count(provided),
        count(existing().count() - provided.min(existing().count())),
        sum(users),
        exact(of_services.as_ref()),
        times(of_services.as_ref(), 10_000),
        exact(of_users.as_ref()),
        times(of_users.as_ref(), 10_000),
    ]);
    [rows, below, summary]
}
