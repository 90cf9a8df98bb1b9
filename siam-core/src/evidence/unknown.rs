//! Names that neither the ecosystem nor the evidence has.
//!
//! Goes in: the model and what was bound. Comes out: every name that a column refers to and nobody knows, with its rows.
//! **Invariant:** a name is listed once for its kind; a kind that nobody names any of is never said to lack one.
//! **Not here:** words that a mapping does not translate (`bind`).

use super::bind::Bound;
use super::labels::Labels;
use super::records::Records;
use super::tables::{BOUND, EvidenceColumn, EvidenceTable, Refers};
use crate::base::nearest::nearest;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{Argument, Idx, Limits, Place, Problem, Problems, Table, codes};
use crate::model::Model;
use crate::model::party::STAND_INS;
use std::collections::{BTreeMap, BTreeSet};

/// The names of a kind that the model has; none for a kind that it knows nothing of.
pub(super) fn known(model: &Model, refers: Refers) -> Option<BTreeSet<&str>> {
    fn keys<T>(names: &BTreeMap<String, Idx<T>>) -> Option<BTreeSet<&str>> {
        Some(names.keys().map(String::as_str).collect())
    }
    match refers {
        Refers::Service => Some(model.names.services.keys().collect()),
        Refers::Measure => keys(&model.names.measures),
        Refers::Agreement => keys(&model.names.agreements),
        Refers::Party => keys(&model.names.parties).map(|names| names.into_iter().chain(STAND_INS).collect()),
        Refers::Contract => keys(&model.names.contracts),
        Refers::Interface => keys(&model.names.interfaces),
        Refers::Role => keys(&model.names.roles),
        Refers::Obligation => {
            let owed = model.contracts.iter().flat_map(|contract| &contract.obligations);
            Some(owed.map(|obligation| obligation.name.as_str()).collect())
        }
        _ => None,
    }
}

/// For how many unknown names of a kind the nearest known one is looked for: a column of the wrong kind names thousands.
const GUESSED: usize = 1_000;

/// Whether a name is surely known; the others are looked for in all names of their kind.
fn is_known(model: &Model, bound: &Bound, refers: Refers, name: &str) -> bool {
    match refers {
        Refers::Service => model.names.services.get(name).is_some(),
        Refers::Measure => model.names.measures.contains_key(name),
        Refers::Agreement => model.names.agreements.contains_key(name),
        Refers::Party => STAND_INS.contains(&name) || model.names.parties.contains_key(name),
        Refers::Contract => model.names.contracts.contains_key(name),
        Refers::Interface => model.names.interfaces.contains_key(name),
        Refers::Role => model.names.roles.contains_key(name),
        Refers::Ticket => bound.tickets.find(name).is_some(),
        _ => false,
    }
}

/// The names of a kind that the evidence itself tells; none where it was not given.
fn given(bound: &Bound, refers: Refers) -> Option<BTreeSet<&str>> {
    let table = match refers {
        Refers::Ticket if bound.given.contains(&"tickets") => return Some(bound.tickets.ids().collect()),
        Refers::Event => "events",
        Refers::Change => "changes",
        _ => return None,
    };
    bound.records.get(table).and_then(|records| records.words(refers.as_str())).map(|keys| keys.words().collect())
}

/// A column of a table that has a binder of its own.
fn labels_of<'b>(bound: &'b Bound, table: &str, column: &str) -> Option<&'b Labels> {
    match (table, column) {
        ("tickets", _) => bound.tickets.column(column),
        ("verdicts", "measure") => Some(&bound.verdicts.measures),
        ("exclusions", "measure") => Some(&bound.exclusions.measures),
        ("exclusions", "service") => Some(&bound.exclusions.services),
        ("outages", "service") => Some(&bound.outages.services),
        ("outages", _) => bound.outages.columns.iter().find(|(name, _)| name == column).map(|(_, labels)| labels),
        _ => None,
    }
}

/// How many rows have each name of each kind.
type Counts<'b> = BTreeMap<Refers, BTreeMap<&'b str, usize>>;

/// Adds the rows of a table whose names refer to something.
fn count_records<'b>(table: &'static EvidenceTable, records: &'b Records, counts: &mut Counts<'b>) {
    let columns: Vec<(&EvidenceColumn, &Labels)> =
        table.columns.iter().filter_map(|column| Some((column, records.words(column.name)?))).collect();
    let kind = |column: &EvidenceColumn, row: usize| match column.refers {
        Refers::AsSaidBy(other) => {
            let said = columns.iter().find(|(column, _)| column.name == other).and_then(|(_, labels)| labels.get(row));
            Refers::said(said.unwrap_or_default())
        }
        refers => refers,
    };
    for (at, (column, labels)) in columns.iter().enumerate().filter(|(_, (column, _))| column.refers != Refers::Nothing) {
        for row in 0..records.len() {
            let (refers, Some(name)) = (kind(column, row), labels.get(row)) else { continue };
            // A row that has a name twice counts once.
            let before = columns.iter().take(at);
            let twice = before.into_iter().any(|(column, labels)| kind(column, row) == refers && labels.get(row) == Some(name));
            if refers != Refers::Nothing && !twice {
                *counts.entry(refers).or_default().entry(name).or_default() += 1;
            }
        }
    }
}

/// Lists every name that nobody knows, and says so where its kind has any name.
pub(super) fn list(model: &Model, bound: &Bound, table: &mut Table, problems: &mut Problems, limits: &Limits) {
    for word in &bound.untranslated {
        table.push(&[text(&word.column), text(&word.word), text_or_null(word.nearest.as_deref()), count(word.rows)]);
        let found = codes_of(&word.nearest, (&codes::UNKNOWN_NAME, &codes::UNKNOWN_NAME_NO_GUESS));
        problems.push(named(found, &word.column, &word.word, word.rows), limits.problems);
    }
    let mut counts = Counts::new();
    for table in BOUND {
        if let Some(records) = bound.records.get(table.name) {
            count_records(table, records, &mut counts);
            continue;
        }
        for column in table.columns.iter().filter(|column| column.refers != Refers::Nothing) {
            let Some(labels) = labels_of(bound, table.name, column.name) else { continue };
            for (name, rows) in labels.words().zip(labels.counts()).filter(|(_, rows)| *rows > 0) {
                *counts.entry(column.refers).or_default().entry(name).or_default() += rows;
            }
        }
    }
    let zones = counts.remove(&Refers::Zone).unwrap_or_default();
    for (name, rows) in zones.into_iter().filter(|(name, _)| model.zones.named(name).is_none()) {
        let near = Some(model.zones.nearest(name).to_owned());
        table.push(&[text(Refers::Zone.as_str()), text(name), text_or_null(near.as_deref()), count(rows)]);
        let found = codes_of(&near, (&codes::UNKNOWN_NAME, &codes::UNKNOWN_NAME_NO_GUESS));
        problems.push(named(found, Refers::Zone.as_str(), name, rows), limits.problems);
    }
    for (refers, mut names) in counts {
        // Asked by name where that is cheap: a chunk of a stream must not cost as much as the ecosystem is large.
        names.retain(|name, _| !is_known(model, bound, refers, name));
        if names.is_empty() {
            continue;
        }
        let (known, missing) = match (known(model, refers), given(bound, refers)) {
            (Some(known), _) => (known, (&codes::UNKNOWN_NAME, &codes::UNKNOWN_NAME_NO_GUESS)),
            (None, Some(known)) => (known, (&codes::NOT_IN_EVIDENCE, &codes::NOT_IN_EVIDENCE_NO_GUESS)),
            (None, None) => continue,
        };
        // Who names none of a kind says nothing about any: listing is enough.
        let told = known.iter().any(|name| refers != Refers::Party || !STAND_INS.contains(name));
        for (at, (name, rows)) in names.into_iter().filter(|(name, _)| !known.contains(name)).enumerate() {
            let near = if at < GUESSED { nearest(name, known.iter().copied()).map(str::to_owned) } else { None };
            table.push(&[text(refers.as_str()), text(name), text_or_null(near.as_deref()), count(rows)]);
            if told {
                problems.push(named(codes_of(&near, missing), refers.as_str(), name, rows), limits.problems);
            }
        }
    }
}

/// A problem with the nearest name, or the one without.
fn codes_of(nearest: &Option<String>, codes: (&'static crate::base::Code, &'static crate::base::Code)) -> Problem {
    match nearest {
        Some(guess) => Problem::new(codes.0, Place::Nowhere).with("nearest", Argument::name(guess.as_str())),
        None => Problem::new(codes.1, Place::Nowhere),
    }
}

fn named(problem: Problem, kind: &str, name: &str, rows: usize) -> Problem {
    problem.with("kind", Argument::name(kind)).with("name", Argument::user(name)).with("rows", rows)
}
