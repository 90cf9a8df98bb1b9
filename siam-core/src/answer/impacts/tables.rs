//! The tables of `impacts`.
//!
//! Goes in: scenarios with what they come to. Comes out: rows, pairs, failures, summary.
//! **Invariant:** row i of `pairs` is about the scenario of row i.
//! **Not here:** the services reached, which are a stream (`stream`).

use super::{Found, Row};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Schema, Table};

/// The rows of `impacts`.
pub const IMPACTS: Schema = Schema {
    name: "rows",
    doc: "one row per scenario: the worst first by critical services, users and others reached, then by name; pairs by what only both bring",
    columns: &[
        ColumnSpec { name: "scenario", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec {
            name: "failed",
            kind: ColumnType::Text,
            doc: "the services that fail in it or are not known to work; of more than ten the first ten and `...`, table failures has them all",
        },
        ColumnSpec { name: "failures", kind: ColumnType::Integer, doc: "how many these are" },
        ColumnSpec { name: "providers", kind: ColumnType::Text, doc: "the parties that provide these, shortened alike" },
        ColumnSpec {
            name: "services",
            kind: ColumnType::Integer,
            doc: "how many other services become worse; those that failed themselves are not counted",
        },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "the worst level among these; null where there is none" },
        ColumnSpec {
            name: "critical",
            kind: ColumnType::Integer,
            doc: "critical services that become worse; this and what follows counts failed ones too, as impact does",
        },
        ColumnSpec {
            name: "users",
            kind: ColumnType::Integer,
            doc: "sum of the users of services that become worse; one person may count for several services",
        },
        ColumnSpec { name: "agreements", kind: ColumnType::Integer, doc: "agreements that name one of them, each once" },
        ColumnSpec { name: "suppliers", kind: ColumnType::Integer, doc: "parties that provide one of them, each once" },
    ],
};

/// What pairs bring together.
pub const IMPACTS_PAIRS: Schema = Schema {
    name: "pairs",
    doc: "of pairs, one row per scenario in the order of the rows: what both bring and neither brings alone; else empty. A service counts \
          where it is worse under both than under either, and worse than when nothing fails",
    columns: &[
        ColumnSpec { name: "scenario", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec { name: "first", kind: ColumnType::Text, doc: "one service that fails" },
        ColumnSpec { name: "second", kind: ColumnType::Text, doc: "the other" },
        ColumnSpec {
            name: "together",
            kind: ColumnType::Text,
            doc: "a service that is worse under both than under either: critical ones first, then by users, then by name",
        },
        ColumnSpec { name: "level", kind: ColumnType::Text, doc: "its level under both" },
        ColumnSpec { name: "alone", kind: ColumnType::Text, doc: "the worse of its levels under each alone" },
        ColumnSpec { name: "services", kind: ColumnType::Integer, doc: "how many services are so" },
        ColumnSpec { name: "critical", kind: ColumnType::Integer, doc: "of these, critical ones" },
        ColumnSpec { name: "users", kind: ColumnType::Integer, doc: "sum of their users" },
    ],
};

/// What fails in each scenario.
pub const IMPACTS_FAILURES: Schema = Schema {
    name: "failures",
    doc: "one row per scenario shown and service that fails in it",
    columns: &[
        ColumnSpec { name: "scenario", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "a service that fails" },
        ColumnSpec {
            name: "level",
            kind: ColumnType::Text,
            doc: "its own level; the worst where it is not known whether it works",
        },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
    ],
};

/// The figures of `impacts` as a whole.
pub const IMPACTS_SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row: the figures of the whole",
    columns: &[
        ColumnSpec { name: "scenarios", kind: ColumnType::Integer, doc: "how many were evaluated" },
        ColumnSpec { name: "reaching", kind: ColumnType::Integer, doc: "of these, in how many another service becomes worse" },
        ColumnSpec { name: "critical", kind: ColumnType::Integer, doc: "of these, in how many a critical service becomes worse" },
        ColumnSpec { name: "rows", kind: ColumnType::Integer, doc: "how many are shown" },
        ColumnSpec { name: "left_out", kind: ColumnType::Integer, doc: "how many are beyond the limit" },
        ColumnSpec { name: "worst", kind: ColumnType::Text, doc: "the scenario of the first row" },
    ],
};

/// The services reached, read as a stream.
pub const IMPACTS_SERVICES: Schema = Schema {
    name: "services",
    doc: "one row per scenario shown and service whose level changes in it, in the order of the rows; within a scenario in that of \
          the documents",
    columns: &[
        ColumnSpec { name: "scenario", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "a service" },
        ColumnSpec {
            name: "level",
            kind: ColumnType::Text,
            doc: "its effective level; the worst it can be where something is not known",
        },
        ColumnSpec {
            name: "before",
            kind: ColumnType::Text,
            doc: "its level when nothing fails; where nothing does, its level without the changes",
        },
        ColumnSpec { name: "failed", kind: ColumnType::Boolean, doc: "whether it failed itself, or is not known to work" },
        ColumnSpec { name: "critical", kind: ColumnType::Boolean, doc: "whether its class is critical" },
        ColumnSpec { name: "users", kind: ColumnType::Integer, doc: "how many people use it" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "the party that provides it" },
    ],
};

/// How many names stand in one cell.
const NAMED: usize = 10;

/// Names with commas between them; of many the first ones.
fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.take(NAMED + 1).collect();
    if let Some(last) = names.get_mut(NAMED) {
        *last = "...";
    }
    names.join(", ")
}

/// A sum as a cell.
pub(in crate::answer) fn sum(value: u64) -> Cell<'static> {
    Cell::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

pub(super) fn tables(found: &Found, reaching: usize, critical: usize, all: usize, left_out: usize) -> [Table; 4] {
    let model = found.ecosystem.model();
    let scenarios = found.asked.scenarios();
    let provider = |service| found.stakes.provider(service).map(|party| model.party_name(party)).filter(|name| !name.is_empty());
    let (mut rows, mut pairs) = (Table::new(&IMPACTS), Table::new(&IMPACTS_PAIRS));
    let (mut failures, mut summary) = (Table::new(&IMPACTS_FAILURES), Table::new(&IMPACTS_SUMMARY));
    for Row { scenario, hit, together } in &found.rows {
        let name = found.asked.name(model, *scenario);
        let own = || scenarios.own(*scenario);
        let mut providers: Vec<&str> = Vec::new();
        for party in own().filter_map(|(service, _)| provider(service)) {
            if providers.len() <= NAMED && !providers.contains(&party) {
                providers.push(party);
            }
        }
        rows.push(&[
            text(&name),
            text(&joined(own().map(|(service, _)| model.service_name(service)))),
            count(own().count()),
            text_or_null(Some(joined(providers.into_iter()).as_str()).filter(|names| !names.is_empty())),
            sum(hit.services),
            text_or_null((hit.services > 0).then(|| model.level_name(hit.worst))),
            sum(hit.critical),
            sum(hit.users),
            sum(hit.agreements),
            sum(hit.suppliers),
        ]);
        for (service, level) in own() {
            let (service_name, level) = (text(model.service_name(service)), text(model.level_name(level)));
            failures.push(&[text(&name), service_name, level, text_or_null(provider(service))]);
        }
        if let Some(both) = together {
            let mut own = own().map(|(service, _)| text(model.service_name(service)));
            pairs.push(&[
                text(&name),
                own.next().unwrap_or(Cell::Null),
                own.next().unwrap_or(Cell::Null),
                text(model.service_name(both.service)),
                text(model.level_name(both.level)),
                text(model.level_name(both.alone)),
                sum(both.services),
                sum(both.critical),
                sum(both.users),
            ]);
        }
    }
    let worst = found.rows.first().map(|row| found.asked.name(model, row.scenario));
    summary.push(&[
        count(all),
        count(reaching),
        count(critical),
        count(found.rows.len()),
        count(left_out),
        text_or_null(worst.as_deref()),
    ]);
    [rows, pairs, failures, summary]
}
