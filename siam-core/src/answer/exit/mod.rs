//! `exit`: what lapses, what dangles and what starts to fail when a party leaves.
//!
//! Goes in: an ecosystem, a party, the day it leaves. Comes out: one row per thing that follows, and why.
//! **Invariant:** a row names what is in force on that day or begins later; what ended before is not touched.
//! **Not here:** the map as gates (`structure`), what fails with single services (`impact`).

mod follow;
#[cfg(test)]
mod tests;

use crate::answer::given::{Question, not_given};
use crate::answer::impact::{FailureQuery, ImpactQuery, impact};
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Date, Error, Problems, Schema, Table};
use crate::document::decode::query;
use crate::ecosystem::{Ecosystem, asked};
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use follow::{Follow, follow};

query! {
    /// What follows when a party leaves?
    pub struct ExitQuery = "a question for exit" {
        /// The party that leaves.
        party: String = "party",
        /// The first day without it, in the ecosystem's zone.
        on: Option<Date> = "on",
    }
}

impl Question for ExitQuery {}

/// What follows when a party leaves.
#[derive(Clone)]
pub struct ExitReport {
    ecosystem: Ecosystem,
    party: String,
    on: Date,
    found: Vec<Follow>,
    table: Table,
    problems: Problems,
}

/// The rows of `exit`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per thing that follows: what lapses, then what dangles, then what fails",
    columns: &[
        ColumnSpec { name: "effect", kind: ColumnType::Text, doc: "lapses, dangles or fails" },
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "what kind of part" },
        ColumnSpec { name: "id", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec { name: "item", kind: ColumnType::Text, doc: "which of several, such as an exchange or an activity" },
        ColumnSpec { name: "reason", kind: ColumnType::Text, doc: "stable id of the reason" },
        ColumnSpec { name: "other", kind: ColumnType::Text, doc: "what it hangs on: a role, an agreement, a route, a level" },
    ],
};

/// What lapses, dangles and starts to fail when a party leaves.
///
/// ```
/// use siam_core::answer::exit::{ExitQuery, exit};
/// use siam_core::base::{Date, columns::Cell};
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {acme: {kind: customer}, netco: {kind: supplier}}
/// contracts: {wan-2025: {provider: netco}}
/// services: {wan: {provider: netco}, email: {depends_on: [wan]}}
/// ")])?;
/// let report = exit(&acme, &ExitQuery { party: "netco".into(), on: Date::new(2027, 4, 1) })?;
/// let effects: Vec<Cell<'_>> = (0..3).map(|row| report.tables()[0].cell(row, "effect")).collect();
/// assert_eq!(effects, ["lapses", "dangles", "fails"].map(|word| Cell::Text(word.into())));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn exit(ecosystem: &Ecosystem, query: &ExitQuery) -> Result<ExitReport, Error> {
    let model = ecosystem.model();
    let names = &model.names.parties;
    let party = names.get(&query.party).copied();
    let party = party.ok_or_else(|| asked("party", &query.party, names.keys().map(String::as_str)))?;
    let on = query.on.ok_or_else(|| Error::from(not_given("on", "the first day without the party, such as 2027-04-01")))?;
    let at = model.zone.day_start(on);
    let mut found = follow(model, party, at);
    let own = |service: &&crate::model::service::Service| {
        service.validity.contains(at) && service.provider.at(at).is_some_and(|provider| *provider == party)
    };
    let failures: Vec<FailureQuery> =
        model.services.iter().filter(own).map(|service| FailureQuery::of(service.id.as_str())).collect();
    if !failures.is_empty() {
        let gone: Vec<String> = failures.iter().map(|failure| failure.service.clone()).collect();
        let hit = impact(ecosystem, &ImpactQuery { failures, at: Some(at), ..ImpactQuery::default() })?;
        let rows = hit.rows();
        for row in 0..rows.rows() {
            let word = |column: &str| match rows.cell(row, column) {
                Cell::Text(text) => text.into_owned(),
                _ => String::new(),
            };
            let service = word("service");
            if !gone.contains(&service) {
                let level = word("level");
                found.push(Follow::new("fails", "service", service, "exit-fails").item(level).other(word("route")));
            }
        }
    }
    let mut table = Table::new(&ROWS);
    for row in &found {
        let filled = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
        table.push(&[
            text(row.effect),
            text(row.kind),
            text(&row.id),
            text_or_null(filled(&row.item).as_deref()),
            text(row.reason),
            text_or_null(filled(&row.other).as_deref()),
        ]);
    }
    Ok(ExitReport { ecosystem: ecosystem.clone(), party: query.party.clone(), on, found, table, problems: Problems::new() })
}

impl Answer for ExitReport {
    fn operation(&self) -> &'static str {
        "exit"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let found = self.found.get(row).ok_or_else(|| no_such_row(row, self.found.len()))?;
        let name = |text: &str| Argument::name(if text.is_empty() { "-" } else { text });
        let leaves = Reason::new("exit-leaves").with("party", name(&self.party)).with("on", self.on);
        let reason = Reason::new(found.reason).with("kind", found.kind).with("name", name(&found.id));
        Ok(reason.with("item", name(&found.item)).with("other", name(&found.other)).because(leaves))
    }
}
