//! The tables of `redundancy`.
//!
//! Goes in: how services stand. Comes out: rows and summary.
//! **Invariant:** rows stand by how few failures they need, then critical ones, then by users, then by name.
//! **Not here:** why (`explain`).

use super::Asked;
use super::walk::Standing;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Instant, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::model::rule::ServiceIdx;
use std::collections::BTreeMap;

/// The rows of `redundancy`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per service: those that the fewest failures bring down first, then critical ones, then by users, then by name",
    columns: &[
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service" },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "its effective level now" },
        ColumnSpec {
            name: "down_now",
            kind: ColumnType::Boolean,
            doc: "whether it is at the level asked about, or worse, already",
        },
        ColumnSpec {
            name: "further",
            kind: ColumnType::Integer,
            doc: "the least number of further failures of other services that brings it there; 0 where it is there, null where unknown or impossible",
        },
        ColumnSpec {
            name: "more_than",
            kind: ColumnType::Integer,
            doc: "where further is not known: more than so many are needed; null where it is known, or no failures of others suffice",
        },
        ColumnSpec { name: "sets", kind: ColumnType::Text, doc: "how many sets of that size bring it there, exactly" },
        ColumnSpec { name: "example", kind: ColumnType::Text, doc: "one such set" },
        ColumnSpec {
            name: "needed",
            kind: ColumnType::Integer,
            doc: "how many of its dependencies must work, by the part of its rule that decides, or the sum of their weights where that part weighs them; null where it rests on nothing or its rule does not count",
        },
        ColumnSpec { name: "working", kind: ColumnType::Integer, doc: "how many do, or the sum of the weights of those that do" },
        ColumnSpec { name: "spare", kind: ColumnType::Integer, doc: "how many more than needed, or how much more weight" },
        ColumnSpec { name: "class", kind: ColumnType::Text, doc: "its service class" },
        ColumnSpec { name: "critical", kind: ColumnType::Boolean, doc: "whether its class is critical" },
        ColumnSpec { name: "users", kind: ColumnType::Integer, doc: "how many people use it" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
    ],
};

/// The figures of `redundancy` as a whole.
pub const SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row per number of further failures among the rows, ascending; last what is not known or impossible",
    columns: &[
        ColumnSpec {
            name: "further",
            kind: ColumnType::Integer,
            doc: "the least number of further failures; null where unknown or impossible",
        },
        ColumnSpec { name: "services", kind: ColumnType::Integer, doc: "services that stand so" },
        ColumnSpec { name: "critical", kind: ColumnType::Integer, doc: "of these, of a critical class" },
    ],
};

/// Whether the class of a service is critical; none where it has no class.
pub(super) fn is_critical(ecosystem: &Ecosystem, service: ServiceIdx, at: Instant) -> Option<bool> {
    let model = ecosystem.model();
    let class = model.services.get(service)?.class.at(at)?;
    model.classes.get(*class).map(|class| class.critical)
}

fn users(ecosystem: &Ecosystem, service: ServiceIdx, at: Instant) -> Option<i64> {
    ecosystem.model().services.get(service)?.users.at(at).copied()
}

/// Puts the services into the order of the rows.
pub(super) fn sort(standing: &mut [Standing], ecosystem: &Ecosystem, at: Instant) {
    standing.sort_by_cached_key(|one| {
        // Unknown stands after all that is known to need as few; what no failures bring down stands last.
        let rank = match (one.further, one.more_than) {
            (Some(further), _) => (further, 0),
            (None, Some(more)) => (more.saturating_add(1), 1),
            (None, None) => (u64::MAX, 2),
        };
        let critical = is_critical(ecosystem, one.service, at) == Some(true);
        let users = users(ecosystem, one.service, at).unwrap_or(0);
        (rank, std::cmp::Reverse((critical, users)), ecosystem.model().service_name(one.service).to_owned())
    });
}

pub(super) fn tables(ecosystem: &Ecosystem, asked: &Asked, standing: &[Standing]) -> [Table; 2] {
    let model = ecosystem.model();
    let (mut rows, mut summary) = (Table::new(&ROWS), Table::new(&SUMMARY));
    let mut totals: BTreeMap<(bool, u64), (usize, usize)> = BTreeMap::new();
    let whole = |value: Option<u64>| integer_or_null(value.and_then(|value| i64::try_from(value).ok()));
    for one in standing {
        let service = model.services.get(one.service);
        let class = service.and_then(|service| service.class.at(asked.at)).and_then(|class| model.classes.get(*class));
        let critical = is_critical(ecosystem, one.service, asked.at);
        let provider = service.and_then(|service| service.provider.at(asked.at)).map(|party| model.party_name(*party));
        let sets = one.sets.as_ref().map(ToString::to_string);
        let example = one.example.iter().map(|service| model.service_name(*service)).collect::<Vec<_>>().join(" + ");
        let node = one.node.filter(|node| node.needed > 0);
        let spare = node.and_then(|node| i64::try_from(i128::from(node.working) - i128::from(node.needed)).ok());
        rows.push(&[
            text(model.service_name(one.service)),
            text(model.level_name(one.level)),
            Cell::Boolean(one.further == Some(0)),
            whole(one.further),
            whole(one.more_than),
            text_or_null(sets.as_deref()),
            text_or_null((!example.is_empty()).then_some(example.as_str())),
            whole(node.map(|node| node.needed)),
            whole(node.map(|node| node.working)),
            integer_or_null(spare),
            text_or_null(class.map(|class| class.id.as_str())),
            critical.map_or(Cell::Null, Cell::Boolean),
            integer_or_null(users(ecosystem, one.service, asked.at)),
            text_or_null(provider),
        ]);
        let total = totals.entry((one.further.is_none(), one.further.unwrap_or(0))).or_default();
        total.0 += 1;
        total.1 += usize::from(critical == Some(true));
    }
    for ((unknown, further), (services, critical)) in totals {
        summary.push(&[whole((!unknown).then_some(further)), count(services), count(critical)]);
    }
    [rows, summary]
}
