//! `findings`: advice on a valid ecosystem: what is missing, contradicts itself, or is more than anybody asked for.
//!
//! Goes in: an ecosystem, an instant, severities by code. Comes out: one row per finding with its place, the facts behind it, and its mend.
//! **Invariant:** a finding never blocks; it is relative to what service classes ask for, and to what the document describes at all.
//! **Not here:** faults, of which no ecosystem comes (`model::check`); findings that need exact probability or evidence.

mod agreements;
mod boundaries;
mod check;
mod contracts;
mod hours;
mod looking;
mod responsibilities;
mod services;
mod unused;

#[cfg(test)]
mod tests;

pub use check::{CheckQuery, check, check_asked, check_with};

use super::given::{KEPT, Question};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Error, Instant, Message, Place, Problem, Problems, Schema, Table};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::dated::{Timeline, Validity};
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Severities, Stamp};
use looking::{Finding, Looking};

query! {
    /// What is missing, contradictory or too much in an ecosystem?
    pub struct FindingsQuery = "a question for findings" {
        /// As at which instant; the latest `from` of the documents unless given.
        at: Option<Instant> = "at",
        /// By the name of a finding: error, warning, advice, or off to silence it.
        severities: Severities = "severities",
    }
}

impl Question for FindingsQuery {}

/// The rows of `findings`.
pub const FINDINGS: Schema = Schema {
    name: "rows",
    doc: "one row per finding, sorted by place; the table of problems has the same findings in words",
    columns: &[
        ColumnSpec { name: "severity", kind: ColumnType::Text, doc: "error, warning or advice" },
        ColumnSpec { name: "code", kind: ColumnType::Integer, doc: "stable number of its code" },
        ColumnSpec { name: "name", kind: ColumnType::Text, doc: "stable name of its code" },
        ColumnSpec {
            name: "kind",
            kind: ColumnType::Text,
            doc: "what it is about: service, interface, agreement, measure, contract, process, role, forum, party, class, calendar, ecosystem, regime",
        },
        ColumnSpec { name: "object", kind: ColumnType::Text, doc: "which one; empty where its kind says all" },
        ColumnSpec {
            name: "other",
            kind: ColumnType::Text,
            doc: "what it does not fit with, or what it lacks; null where it stands alone",
        },
        ColumnSpec { name: "file", kind: ColumnType::Text, doc: "the document; null for what came in a table" },
        ColumnSpec { name: "line", kind: ColumnType::Integer, doc: "line in the document, from 1" },
        ColumnSpec { name: "column", kind: ColumnType::Integer, doc: "column in the line, in characters from 1" },
    ],
};

/// What is missing, contradictory or too much.
#[derive(Clone)]
pub struct FindingsReport {
    ecosystem: Ecosystem,
    at: Option<Instant>,
    found: Vec<Finding>,
    table: Table,
    problems: Problems,
}

/// Advice on a valid ecosystem, as at an instant.
///
/// ```
/// use siam_core::{Source, answer::findings::{FindingsQuery, findings}, base::columns::Cell, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {netco: {kind: supplier}, hostco: {kind: supplier}}
/// classes: {gold: {agreements: [ola]}, saas: {agreements: [sla]}}
/// services:
///   wan: {provider: netco, owner: Ada, class: saas}
///   shop: {provider: hostco, owner: Bob, class: gold, depends_on: [wan]}
///   wiki: {provider: hostco, owner: Bob, class: saas, depends_on: [wan]}
/// agreements: {all: {kind: sla}}
/// ")])?;
/// let report = findings(&ecosystem, &FindingsQuery::default())?;
/// let found: Vec<_> = (0..report.rows().rows()).map(|row| report.rows().cell(row, "name")).collect();
/// // The shop's class asks for an OLA with the network; the wiki's does not.
/// assert!(found.contains(&Cell::Text("ola-missing".into())));
/// assert_eq!(found.iter().filter(|name| **name == Cell::Text("ola-missing".into())).count(), 1);
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn findings(ecosystem: &Ecosystem, query: &FindingsQuery) -> Result<FindingsReport, Error> {
    let at = resolve(ecosystem, query);
    let found = walk(ecosystem, at, &query.severities);
    let mut table = Table::new(&FINDINGS);
    let mut problems = Problems::new();
    for finding in &found {
        push(&mut table, finding);
        problems.push(finding.problem.clone(), KEPT);
    }
    let at = (at != Instant::MAX).then_some(at);
    Ok(FindingsReport { ecosystem: ecosystem.clone(), at, found, table, problems })
}

/// The instant asked about, or the latest from which anything holds; the end of time where nothing is dated.
fn resolve(ecosystem: &Ecosystem, query: &FindingsQuery) -> Instant {
    query.at.or_else(|| latest(ecosystem.model())).unwrap_or(Instant::MAX)
}

/// All findings, sorted by place, each with the severity asked for.
fn walk(ecosystem: &Ecosystem, at: Instant, severities: &Severities) -> Vec<Finding> {
    let mut looking = Looking::new(ecosystem, at);
    services::look(&mut looking);
    boundaries::look(&mut looking);
    responsibilities::look(&mut looking);
    agreements::look(&mut looking);
    contracts::look(&mut looking);
    unused::look(&mut looking);
    of_documents(&mut looking);
    let mut found: Vec<Finding> = looking.found.into_iter().filter_map(|finding| graded(finding, severities)).collect();
    let key = |finding: &Finding| {
        let place = finding.problem.place().clone();
        (place, finding.problem.code().number, finding.object.clone(), finding.other.clone())
    };
    found.sort_by_cached_key(key);
    found.dedup_by(|one, other| one.problem == other.problem && one.object == other.object && one.other == other.other);
    found
}

/// What reading and compiling the documents found worth knowing, such as the static check of regimes.
fn of_documents(looking: &mut Looking<'_>) {
    for problem in looking.ecosystem.problems() {
        let kind = if problem.code().number / 100 == 6 { "regime" } else { "ecosystem" };
        let problem = problem.clone();
        looking.add(Finding { problem, kind, object: String::new(), other: None, facts: Vec::new() });
    }
}

fn graded(mut finding: Finding, severities: &Severities) -> Option<Finding> {
    let usual = finding.problem.severity();
    let severity = severities.severity(&finding.problem)?;
    finding.problem = finding.problem.with_severity(severity);
    if severity != usual {
        let changed = Reason::new("finding-other-severity").with("usual", usual.as_str());
        finding.facts.push(changed.with("severity", severity.as_str()));
    }
    Some(finding)
}

/// The latest instant from which anything of a model holds.
pub(super) fn latest(model: &Model) -> Option<Instant> {
    let mut from: Vec<Instant> = Vec::new();
    fn of<T>(timeline: &Timeline<T>) -> impl Iterator<Item = Instant> + '_ {
        timeline.spans().iter().map(|(validity, _)| validity.from)
    }
    let own = |validity: &Validity| validity.from;
    for service in model.services.iter() {
        from.push(own(&service.validity));
        from.extend(of(&service.provider).chain(of(&service.owner)).chain(of(&service.class)).chain(of(&service.stage)));
        from.extend(of(&service.hours).chain(of(&service.user_hours)).chain(of(&service.depends_on)).chain(of(&service.users)));
    }
    for party in model.parties.iter() {
        from.extend([own(&party.validity)].into_iter().chain(of(&party.contact)).chain(of(&party.hours)));
    }
    for role in model.roles.iter() {
        from.extend([own(&role.validity)].into_iter().chain(of(&role.holder)).chain(of(&role.contact)).chain(of(&role.hours)));
    }
    from.extend(model.agreements.iter().map(|agreement| own(&agreement.validity)));
    for measure in model.measures.iter() {
        from.extend([own(&measure.validity)].into_iter().chain(of(&measure.target)).chain(of(&measure.within)));
    }
    for contract in model.contracts.iter() {
        from.extend([own(&contract.validity)].into_iter().chain(of(&contract.at_risk)));
        from.extend(contract.charges.iter().flat_map(|charge| of(&charge.amount)));
    }
    from.extend(model.processes.iter().flat_map(|process| [own(&process.validity)].into_iter().chain(of(&process.owner))));
    from.extend(model.interfaces.iter().flat_map(|interface| [own(&interface.validity)].into_iter().chain(of(&interface.owner))));
    from.extend(model.forums.iter().map(|forum| own(&forum.validity)));
    from.extend(model.responsibilities.iter().flat_map(|cell| of(&cell.letters)));
    from.extend(model.equaliser.iter().flat_map(|equaliser| equaliser.depths.iter().flat_map(of)));
    from.into_iter().filter(|at| *at != Instant::MIN).max()
}

fn push(table: &mut Table, finding: &Finding) {
    let (mut file, mut line, mut column) = (None, None, None);
    if let Place::Document { file: name, line: at, column: character, .. } = finding.problem.place() {
        (file, line, column) = (Some(&**name), Some(i64::from(*at)), Some(i64::from(*character)));
    }
    let code = finding.problem.code();
    table.push(&[
        text(finding.problem.severity().as_str()),
        count(code.number.into()),
        text(code.name),
        text(finding.kind),
        text(&finding.object),
        finding.other.as_deref().map_or(Cell::Null, text),
        text_or_null(file),
        integer_or_null(line),
        integer_or_null(column),
    ]);
}

impl FindingsReport {
    /// Its rows.
    pub fn rows(&self) -> &Table {
        &self.table
    }
}

/// What a problem says, as a reason.
fn said(id: &'static str, problem: &Problem) -> Reason {
    Reason { message: Message { id, arguments: problem.arguments().to_vec() }, because: Vec::new() }
}

impl Answer for FindingsReport {
    fn operation(&self) -> &'static str {
        "findings"
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
        let Some(finding) = self.found.get(row) else { return Err(no_such_row(row, self.found.len())) };
        let code = finding.problem.code();
        let at = match self.at {
            Some(at) => Reason::new("finding-at").with("at", at),
            None => Reason::new("finding-at-any"),
        };
        let place = (*finding.problem.place() != Place::Nowhere)
            .then(|| Reason::new("finding-place").with("place", Argument::name(finding.problem.place().to_string())));
        let mend = Reason::new("finding-mend").because(said(code.help_id, &finding.problem));
        Ok(said(code.name, &finding.problem)
            .because_all(finding.facts.iter().cloned())
            .because(at)
            .because_all(place)
            .because(mend))
    }
}
