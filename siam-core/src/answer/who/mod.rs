//! `who`: whom to call about an activity of a process, and who is next when nobody answers.
//!
//! Goes in: a process, an activity, a service, an instant, letters. Comes out: one row per role or party with letters: how to reach it,
//! whether it can be reached now, through which interface, and the chain of escalation.
//! **Invariant:** a subject of the grid with letters asked for has a row; one that leads to nobody says why.
//! **Not here:** what the grid lacks (`answer::coverage`), the hours themselves (`clock`).

mod explain;
mod walk;

use self::walk::{Call, Step};
use crate::answer::given::{KEPT, Question};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Duration, Error, Instant, Place, Problem, Problems, Schema, Table, codes};
use crate::document::decode::query;
use crate::ecosystem::{Ecosystem, asked};
use crate::model::process::ProcessIdx;
use crate::model::responsibility::{Letters, Subject};
use crate::model::rule::ServiceIdx;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};

query! {
    /// Whom to call.
    pub struct WhoQuery = "a question for whom to call" {
        /// The process.
        process: String = "process",
        /// One of its activities; all of them unless given.
        activity: Option<String> = "activity",
        /// The service in question; who provides it stands where the grid says `provider`.
        service: Option<String> = "service",
        /// At which instant.
        at: Instant = "at",
        /// Only those with one of these letters: R, A, C, I; all unless given.
        letters: Option<Letters> = "letters",
    }
}

impl Question for WhoQuery {}

/// The rows of `who`.
pub const WHO: Schema = Schema {
    name: "rows",
    doc: "one row per activity and role or party with letters: Responsible first, then Accountable, Consulted, Informed",
    columns: &[
        ColumnSpec { name: "activity", kind: ColumnType::Text, doc: "the activity" },
        ColumnSpec { name: "letters", kind: ColumnType::Text, doc: "what it is to the activity: A, R, C, I" },
        ColumnSpec { name: "role", kind: ColumnType::Text, doc: "the role; null where the grid names a party or `provider`" },
        ColumnSpec {
            name: "party",
            kind: ColumnType::Text,
            doc: "whose role it is, or the party; the prime of a subcontractor that provides",
        },
        ColumnSpec { name: "holder", kind: ColumnType::Text, doc: "who holds the role then" },
        ColumnSpec { name: "contact", kind: ColumnType::Text, doc: "how to reach it: the role's own contact, else the party's" },
        ColumnSpec { name: "reachable", kind: ColumnType::Boolean, doc: "whether its hours are open at the instant" },
        ColumnSpec { name: "next_open", kind: ColumnType::Instant, doc: "when they open next; null where they are open" },
        ColumnSpec { name: "hours", kind: ColumnType::Text, doc: "its calendar; null for around the clock" },
        ColumnSpec {
            name: "interface",
            kind: ColumnType::Text,
            doc: "the interfaces of the process in which it meets the Accountable party, with commas",
        },
        ColumnSpec { name: "next_role", kind: ColumnType::Text, doc: "the role that is next when this one does not answer" },
        ColumnSpec { name: "next_contact", kind: ColumnType::Text, doc: "how to reach that one" },
        ColumnSpec {
            name: "escalate_at",
            kind: ColumnType::Instant,
            doc: "from when that one is called, counted in this role's own hours",
        },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem that left nobody to call" },
    ],
};

/// The chains of escalation of `who`.
pub const WHO_ESCALATION: Schema = Schema {
    name: "escalation",
    doc: "one row per step of the chain of each row that names a role; step 0 is the role itself",
    columns: &[
        ColumnSpec { name: "row", kind: ColumnType::Integer, doc: "row of the answer, from 0" },
        ColumnSpec { name: "step", kind: ColumnType::Integer, doc: "how many have not answered before" },
        ColumnSpec { name: "role", kind: ColumnType::Text, doc: "the role" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "whose role it is" },
        ColumnSpec { name: "holder", kind: ColumnType::Text, doc: "who holds it then" },
        ColumnSpec { name: "contact", kind: ColumnType::Text, doc: "how to reach it" },
        ColumnSpec {
            name: "after_seconds",
            kind: ColumnType::Integer,
            doc: "how long the role before is given, in that role's hours; null where nothing is agreed",
        },
        ColumnSpec {
            name: "from",
            kind: ColumnType::Instant,
            doc: "from when it is called; null where a wait before it is not agreed",
        },
        ColumnSpec { name: "reachable", kind: ColumnType::Boolean, doc: "whether its hours are open at that instant" },
        ColumnSpec { name: "problem", kind: ColumnType::Text, doc: "name of the problem: the role does not exist then" },
    ],
};

/// Whom to call, and who is next.
#[derive(Clone)]
pub struct WhoReport {
    ecosystem: Ecosystem,
    asked: Asked,
    calls: Vec<Call>,
    steps: Vec<Step>,
    tables: [Table; 2],
    problems: Problems,
}

/// A question with names resolved.
#[derive(Debug, Clone)]
struct Asked {
    process: ProcessIdx,
    activities: Vec<usize>,
    service: Option<ServiceIdx>,
    at: Instant,
    letters: Letters,
}

/// Whom to call about an activity of a process at an instant.
///
/// ```
/// use siam_core::{Source, answer::who::{WhoQuery, who}, base::{Instant, columns::Cell}, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {hub: {kind: integrator}, netco: {kind: supplier, contact: noc@netco.example}}
/// calendars: {office: {zone: Europe/London, hours: {mon-fri: 08:00-18:00}}}
/// roles:
///   manager: {party: hub, holder: A. Rossi, contact: '+44 20 0000', hours: office}
/// processes: {incident: {function: operation_and_support, activities: [restore]}}
/// responsibilities: {incident: {restore: {manager: A, provider: R}}}
/// services: {wan: {provider: netco}}
/// ")])?;
/// let at = Instant::parse("2026-10-24T12:00:00Z").unwrap(); // a Saturday
/// let query = WhoQuery { process: "incident".into(), service: Some("wan".into()), at, ..Default::default() };
/// let report = who(&acme, &query)?;
/// assert_eq!(report.rows().cell(0, "contact"), Cell::Text("noc@netco.example".into()));
/// assert_eq!(report.rows().cell(1, "reachable"), Cell::Boolean(false));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn who(ecosystem: &Ecosystem, query: &WhoQuery) -> Result<WhoReport, Error> {
    let asked = resolve(ecosystem, query)?;
    let mut problems = Problems::new();
    let calls = walk::calls(ecosystem, &asked, &mut problems);
    let steps = walk::steps(ecosystem, asked.at, &calls, &mut problems);
    let tables = [rows(ecosystem, &asked, &calls, &steps), escalation(ecosystem, asked.at, &steps)];
    Ok(WhoReport { ecosystem: ecosystem.clone(), asked, calls, steps, tables, problems })
}

fn resolve(ecosystem: &Ecosystem, query: &WhoQuery) -> Result<Asked, Error> {
    let model = ecosystem.model();
    let mut problems = Problems::new();
    let mut keep = |error: Error| problems.append(error.problems().clone(), KEPT);
    let not_there = |name: &str| -> Error {
        Problem::new(&codes::NOT_THERE, Place::Nowhere).with("service", Argument::user(name)).with("at", query.at).into()
    };
    let process = model.names.processes.get(&query.process).copied();
    match process.and_then(|process| model.processes.get(process)) {
        None => keep(asked("process", &query.process, model.names.processes.keys().map(String::as_str))),
        Some(process) if !process.validity.contains(query.at) => keep(not_there(&query.process)),
        Some(_) => {}
    }
    let known = process.and_then(|process| model.processes.get(process)).map_or(&[][..], |process| &process.activities);
    let activities = match &query.activity {
        None => (0..known.len()).collect(),
        Some(name) => match known.iter().position(|activity| activity == name) {
            Some(at) => vec![at],
            None => {
                if process.is_some() {
                    keep(asked("activity", name, known.iter().map(String::as_str)));
                }
                Vec::new()
            }
        },
    };
    let service = query.service.as_deref().and_then(|name| {
        let found = model.names.services.get(name).copied();
        match found.and_then(|found| model.services.get(found)) {
            None => keep(asked("service", name, model.names.services.keys())),
            Some(service) if !service.validity.contains(query.at) => keep(not_there(name)),
            Some(_) => {}
        }
        found
    });
    match process {
        Some(process) if problems.is_empty() => {
            let letters = query.letters.unwrap_or(Letters::ALL);
            Ok(Asked { process, activities, service, at: query.at, letters })
        }
        _ => Err(Error::from_problems(problems)),
    }
}

fn instant(at: Option<Instant>) -> Cell<'static> {
    at.map_or(Cell::Null, |at| Cell::Instant(at.micros()))
}

fn boolean(value: Option<bool>) -> Cell<'static> {
    value.map_or(Cell::Null, Cell::Boolean)
}

fn rows(ecosystem: &Ecosystem, asked: &Asked, calls: &[Call], steps: &[Step]) -> Table {
    let model = ecosystem.model();
    let activities = model.processes.get(asked.process).map_or(&[][..], |process| &process.activities);
    let mut table = Table::new(&WHO);
    for (row, call) in calls.iter().enumerate() {
        let role = match call.subject {
            Subject::Role(role) => model.roles.get(role),
            _ => None,
        };
        let next = steps.iter().find(|step| step.row == row && step.step == 1);
        let next_role = next.and_then(|next| model.roles.get(next.role));
        let next_contact = next.and_then(|next| model.contact(Subject::Role(next.role), next.from.unwrap_or(asked.at)));
        let hours = call.reach.calendar.and_then(|calendar| model.calendars.get(calendar));
        let interfaces = call.interfaces.iter().filter_map(|interface| model.interfaces.get(*interface));
        let interfaces: Vec<&str> = interfaces.map(|interface| interface.id.as_str()).collect();
        let interfaces = interfaces.join(", ");
        table.push(&[
            text(activities.get(call.activity).map_or("", String::as_str)),
            text(&call.letters.text()),
            text_or_null(role.map(|role| role.id.as_str())),
            text_or_null(call.party.map(|party| model.party_name(party))),
            text_or_null(role.and_then(|role| role.holder.at(asked.at)).map(String::as_str)),
            text_or_null(call.contact(model, asked.at)),
            boolean(call.reach.open),
            instant(call.reach.next),
            text_or_null(hours.map(|calendar| calendar.id.as_str())),
            text_or_null(Some(interfaces.as_str()).filter(|names| !names.is_empty())),
            text_or_null(next_role.map(|role| role.id.as_str())),
            text_or_null(next_contact),
            instant(next.and_then(|next| next.from)),
            text_or_null(call.problem),
        ]);
    }
    table
}

fn escalation(ecosystem: &Ecosystem, at: Instant, steps: &[Step]) -> Table {
    let model = ecosystem.model();
    let mut table = Table::new(&WHO_ESCALATION);
    for step in steps {
        let Some(role) = model.roles.get(step.role) else { continue };
        let then = step.from.unwrap_or(at);
        table.push(&[
            count(step.row),
            count(step.step),
            text(role.id.as_str()),
            text(model.party_name(role.party)),
            text_or_null(role.holder.at(then).map(String::as_str)),
            text_or_null(model.contact(Subject::Role(step.role), then)),
            step.after.map_or(Cell::Null, |after: Duration| Cell::Integer(after.floor_seconds())),
            instant(step.from),
            boolean(step.open),
            text_or_null(step.problem),
        ]);
    }
    table
}

impl WhoReport {
    /// One row per role or party with letters.
    pub fn rows(&self) -> &Table {
        let [rows, _] = &self.tables;
        rows
    }
    /// The chains of escalation.
    pub fn escalation(&self) -> &Table {
        let [_, escalation] = &self.tables;
        escalation
    }
}

impl Answer for WhoReport {
    fn operation(&self) -> &'static str {
        "who"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        explain::explain(self, row).ok_or_else(|| no_such_row(row, self.calls.len()))
    }
}

#[cfg(test)]
mod tests;
