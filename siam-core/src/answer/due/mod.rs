//! `due`: what falls due, day by day: exchanges, meetings, obligations, notices, expiries, reviews.
//!
//! Goes in: two days, parties, kinds. Comes out: one row per day and thing that is due, with who owes it to whom.
//! **Invariant:** half-open in days of the ecosystem's zone; nothing is due outside the dates of the object that asks for it.
//! **Not here:** whether it was done (`evidence`), the days of a cadence (`cadence`).

mod cadence;
mod explain;
mod walk;

use self::walk::Item;
use crate::answer::given::{KEPT, Question};
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Date, Error, Place, Problem, Problems, Schema, Table, codes};
use crate::document::When;
use crate::document::decode::{choice, query};
use crate::ecosystem::{Ecosystem, asked};
use crate::model::party::PartyIdx;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};

choice! {
    /// What kind of thing is due.
    pub enum DueKind = "a kind of what is due" {
        /// A report or other information that passes between parties.
        Exchange = "exchange",
        /// A meeting of a forum.
        Forum = "forum",
        /// The day by which a decision of a forum is looked at again.
        DecisionReview = "decision_review",
        /// What one side of a contract owes the other.
        Obligation = "obligation",
        /// The last day to give notice before a contract ends.
        Notice = "notice",
        /// The last day of a contract.
        Expiry = "expiry",
        /// The last day of an agreement.
        AgreementEnd = "agreement_end",
        /// The last day of an interface.
        InterfaceEnd = "interface_end",
        /// The last day of a role.
        RoleEnd = "role_end",
        /// The last day of a party.
        PartyEnd = "party_end",
        /// The last day of a service.
        ServiceEnd = "service_end",
        /// The last day of the last year for which a calendar names holidays by date.
        CalendarHorizon = "calendar_horizon",
    }
}

query! {
    /// What falls due between two days.
    pub struct DueQuery = "a question for what is due" {
        /// The first day; an instant stands for the day it lies in.
        from: When = "from",
        /// The day after the last; an instant within a day still counts that day.
        to: When = "to",
        /// Only what these parties owe, are owed, or sit in; all unless given.
        parties: Vec<String> = "parties",
        /// Only these kinds; all unless given.
        kinds: Vec<DueKind> = "kinds",
    }
}

impl Question for DueQuery {}

/// The longest time that is asked for, in years.
pub const MOST_YEARS: u32 = 50;

/// The most rows that are given.
pub const MOST_ROWS: usize = 100_000;

/// The rows of `due`.
pub const DUE: Schema = Schema {
    name: "rows",
    doc: "one row per day and thing that is due, by date, then kind, object and item",
    columns: &[
        ColumnSpec {
            name: "date",
            kind: ColumnType::Date,
            doc: "the day, in the ecosystem's zone; null where the month has no such day",
        },
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "what kind of thing" },
        ColumnSpec {
            name: "object_kind",
            kind: ColumnType::Text,
            doc: "interface, forum, contract, agreement, role, party, service or calendar",
        },
        ColumnSpec { name: "object", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec { name: "item", kind: ColumnType::Text, doc: "the exchange, obligation or decision within it" },
        ColumnSpec { name: "owes", kind: ColumnType::Text, doc: "the party that owes it, or that leads the forum" },
        ColumnSpec { name: "owes_role", kind: ColumnType::Text, doc: "the role, where one is named" },
        ColumnSpec { name: "owed_to", kind: ColumnType::Text, doc: "the party it is owed to" },
        ColumnSpec { name: "clause", kind: ColumnType::Text, doc: "the clause it stands in" },
        ColumnSpec { name: "title", kind: ColumnType::Text, doc: "what is due, in the words of the document" },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem that left the date out" },
    ],
};

/// What falls due.
#[derive(Clone)]
pub struct DueReport {
    ecosystem: Ecosystem,
    items: Vec<Item>,
    table: Table,
    problems: Problems,
}

/// A question with names resolved: both days are included.
#[derive(Debug, Clone)]
struct Asked {
    first: Date,
    last: Date,
    parties: Vec<PartyIdx>,
    kinds: Vec<DueKind>,
}

/// What falls due between two days.
///
/// ```
/// use siam_core::{Source, answer::due::{DueQuery, due}, base::{Date, columns::Cell}, document::When, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// zone: Europe/London
/// parties: {acme: {kind: customer}, netco: {kind: supplier}}
/// contracts:
///   network: {provider: netco, from: 2024-09-01, until: 2026-09-01, notice_months: 6}
/// ")])?;
/// let day = |text| When::Date(Date::parse(text).unwrap());
/// let report = due(&acme, &DueQuery { from: day("2026-01-01"), to: day("2027-01-01"), ..Default::default() })?;
/// assert_eq!(report.rows().cell(0, "kind"), Cell::Text("notice".into()));
/// // The last day is 31 August; six months before, February ends on the 28th.
/// assert_eq!(report.rows().cell(0, "date"), Cell::Date(Date::parse("2026-02-28").unwrap().to_days()));
/// assert_eq!(report.rows().cell(1, "date"), Cell::Date(Date::parse("2026-08-31").unwrap().to_days()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn due(ecosystem: &Ecosystem, query: &DueQuery) -> Result<DueReport, Error> {
    let asked = resolve(ecosystem, query)?;
    let mut problems = Problems::new();
    let items = walk::items(ecosystem, &asked, &mut problems)?;
    let table = rows(ecosystem, &items);
    Ok(DueReport { ecosystem: ecosystem.clone(), items, table, problems })
}

fn resolve(ecosystem: &Ecosystem, query: &DueQuery) -> Result<Asked, Error> {
    let model = ecosystem.model();
    let mut problems = Problems::new();
    let day = |when: When| match when {
        When::Date(day) => Some(day),
        When::Instant(at) => model.zone.date_of(at),
    };
    // A day that has begun before `to` is asked for.
    let after = |when: When| match when {
        When::Instant(at) => {
            day(when).map(|day| if model.zone.day_start(day) < at { day.plus_days(1).unwrap_or(day) } else { day })
        }
        When::Date(day) => Some(day),
    };
    let days = (day(query.from), after(query.to).and_then(|to| to.plus_days(-1)));
    match days {
        (Some(first), Some(last)) if first > last => {
            let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "to").with("value", written(query.to));
            problems.push(problem.with("expected", "after from").with("example", "a later day"), KEPT);
        }
        (Some(first), Some(last)) => {
            let months = i32::try_from(MOST_YEARS * 12).unwrap_or(i32::MAX);
            let limit = cadence::day_of(cadence::month_of(first).saturating_add(months), first.day().into());
            if limit.is_some_and(|limit| last >= limit) {
                let problem = Problem::new(&codes::SPAN_TOO_LONG, Place::Nowhere).with("limit", MOST_YEARS);
                problems.push(problem.with("from", written(query.from)).with("to", written(query.to)), KEPT);
            }
        }
        _ => {
            let problem =
                Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "from").with("value", written(query.from));
            problems.push(problem.with("expected", "a day of the years 1 to 9999").with("example", "2026-10-03"), KEPT);
        }
    }
    let mut parties = Vec::new();
    for name in &query.parties {
        match model.names.parties.get(name) {
            Some(party) => parties.push(*party),
            None => {
                let error = asked("party", name, model.names.parties.keys().map(String::as_str));
                problems.append(error.problems().clone(), KEPT);
            }
        }
    }
    match days {
        (Some(first), Some(last)) if problems.is_empty() => Ok(Asked { first, last, parties, kinds: query.kinds.clone() }),
        _ => Err(Error::from_problems(problems)),
    }
}

fn written(when: When) -> Argument {
    match when {
        When::Date(day) => day.into(),
        When::Instant(at) => at.into(),
    }
}

fn rows(ecosystem: &Ecosystem, items: &[Item]) -> Table {
    let model = ecosystem.model();
    let mut table = Table::new(&DUE);
    for item in items {
        let role = item.role.and_then(|role| model.roles.get(role));
        let date = if item.problem.is_some() { Cell::Null } else { Cell::Date(item.date.to_days()) };
        table.push(&[
            date,
            text(item.kind.as_str()),
            text(item.object_kind),
            text(&item.object),
            text_or_null(item.item.as_deref()),
            text_or_null(item.owes.map(|party| model.party_name(party))),
            text_or_null(role.map(|role| role.id.as_str())),
            text_or_null(item.to.map(|party| model.party_name(party))),
            text_or_null(item.clause.as_deref()),
            text(&item.title),
            text_or_null(item.problem),
        ]);
    }
    table
}

impl DueReport {
    /// One row per day and thing that is due.
    pub fn rows(&self) -> &Table {
        &self.table
    }
}

impl Answer for DueReport {
    fn operation(&self) -> &'static str {
        "due"
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
        let item = self.items.get(row).ok_or_else(|| no_such_row(row, self.items.len()))?;
        Ok(explain::explain(&self.ecosystem, item))
    }
}

#[cfg(test)]
mod tests;
