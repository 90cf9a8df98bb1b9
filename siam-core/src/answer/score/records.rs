//! Cases that are no tickets: exchanges, obligations, improvements, observations.
//!
//! Goes in: a measure and the rows of its table. Comes out: cases, and how many rows cannot be counted at all.
//! **Invariant:** a row that is the measure's is a case, or is counted among those that cannot be.
//! **Not here:** tickets (`walk`), what cases come to (`figure`).
//!
//! An exchange is the provider's of the agreement unless the document says that another party gives it. An obligation without a
//! party is of the party that owes it in the contracts. What is due later than `as_of` and not yet done is not known.

use super::counts::Outcome;
use super::resolve::{Asked, Common};
use crate::base::{Instant, Ratio, codes};
use crate::evidence::{MISSING, Records};
use crate::model::Model;
use crate::model::agreement::Statistic;
use crate::model::party::PartyIdx;
use std::collections::BTreeSet;

/// The columns of a table of cases.
#[derive(Debug, Clone, Copy)]
pub(in crate::answer) struct Columns {
    /// What one row is.
    pub kind: &'static str,
    /// The column of its name.
    pub key: Option<&'static str>,
    /// A second name.
    pub item: Option<&'static str>,
    /// When it is due.
    pub due: Option<&'static str>,
    /// When it was done; of an observation, when it was made.
    pub done: Option<&'static str>,
}

impl Columns {
    /// The columns that a statistic reads.
    pub fn of(statistic: Statistic) -> Self {
        let (kind, key, item, due, done) = match statistic {
            Statistic::ExchangesInTime => ("exchange", Some("interface"), Some("item"), Some("due"), Some("received")),
            Statistic::ObligationsKept => ("obligation", Some("obligation"), None, Some("due"), Some("done")),
            Statistic::ImprovementsDelivered => ("improvement", Some("improvement"), None, Some("agreed"), Some("delivered")),
            _ => ("observation", None, None, None, Some("at")),
        };
        Self { kind, key, item, due, done }
    }
}

/// One row that a measure counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) struct Case {
    /// Its place among the rows of its table.
    pub row: usize,
    /// The instant that puts it into a period.
    pub counted: i64,
    /// `MISSING` where nothing is due.
    pub due: i64,
    /// `MISSING` where it is not done, as far as is known.
    pub done: i64,
    pub outcome: Outcome,
    /// Why it is unscored.
    pub reason: Option<&'static str>,
    /// What was observed.
    pub observed: Option<Observed>,
}

/// What was observed: a value, or a part of a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) enum Observed {
    Value(Ratio),
    Part(i64, i64),
}

impl Observed {
    /// The value of this one alone.
    pub fn value(&self) -> Option<Ratio> {
        match self {
            Self::Value(value) => Some(value.clone()),
            Self::Part(numerator, denominator) => Ratio::new((*numerator).into(), (*denominator).into()),
        }
    }
}

/// The cases of a measure in the order of when they count, and what could not become one.
#[derive(Debug, Default)]
pub(in crate::answer) struct Cases {
    pub found: Vec<Case>,
    /// Rows without the instant that puts them into a period.
    pub without_instant: usize,
    /// Rows whose party nobody names.
    pub without_party: usize,
}

/// The cases of a measure.
pub(in crate::answer) fn cases(common: &Common<'_>, asked: &Asked<'_>) -> Cases {
    let mut cases = Cases::default();
    let Some(records) = asked.records else { return cases };
    if asked.measure.statistic == Statistic::Observed {
        observations(common, asked, records, &mut cases);
    } else {
        dues(common, asked, records, &mut cases);
    }
    cases.found.sort_by_key(|case| (case.counted, case.row));
    cases
}

/// Rows that are done by when they are due, or not.
fn dues(common: &Common<'_>, asked: &Asked<'_>, records: &Records, cases: &mut Cases) {
    let (model, columns) = (common.ecosystem.model(), Columns::of(asked.measure.statistic));
    let instants = |column: Option<&str>| column.and_then(|column| records.instants(column)).unwrap_or_default();
    let (dues, dones) = (instants(columns.due), instants(columns.done));
    let at = |values: &[i64], row: usize| values.get(row).copied().unwrap_or(MISSING);
    for row in 0..records.len() {
        let (due, done) = (at(dues, row), at(dones, row));
        match is_providers(model, asked, records, row, due) {
            Some(true) => {}
            Some(false) => continue,
            None => {
                cases.without_party += 1;
                continue;
            }
        }
        if due == MISSING {
            cases.without_instant += 1;
            continue;
        }
        if !asked.validity().contains(Instant(due)) {
            continue;
        }
        let done = if done > common.as_of { MISSING } else { done };
        let (outcome, reason) = match done {
            MISSING if due > common.as_of => (Outcome::Unscored, Some("not-due-yet")),
            MISSING => (Outcome::Missed, Some("not-done")),
            done if done > due => (Outcome::Missed, Some("late")),
            _ => (Outcome::Met, None),
        };
        cases.found.push(Case { row, counted: due, due, done, outcome, reason, observed: None });
    }
}

/// Whether a row is that of the agreement's provider; none where nobody says whose it is.
fn is_providers(model: &Model, asked: &Asked<'_>, records: &Records, row: usize, due: i64) -> Option<bool> {
    let Some(provider) = asked.agreement.provider else { return Some(false) };
    let word = |column: &str| records.words(column).and_then(|labels| labels.get(row));
    if asked.measure.statistic == Statistic::ExchangesInTime {
        return Some(gives(model, asked, provider, (word("interface")?, word("item")?), due));
    }
    match word("party") {
        Some(party) => Some(model.names.parties.get(party) == Some(&provider)),
        None if asked.measure.statistic == Statistic::ObligationsKept => {
            owes(model, word("obligation")?).map(|by| by == provider)
        }
        None => None,
    }
}

/// Whether a provider gives what is due over an interface.
fn gives(model: &Model, asked: &Asked<'_>, provider: PartyIdx, (interface, item): (&str, &str), due: i64) -> bool {
    let Some(at) = model.names.interfaces.get(interface) else { return false };
    let Some(interface) = model.interfaces.get(*at) else { return false };
    let chosen = &asked.measure.exchanges;
    let asked_for = if chosen.is_empty() { interface.parties.contains(&provider) } else { chosen.contains(at) };
    let written = interface.exchanges.iter().find(|exchange| exchange.name == item);
    let holds = due == MISSING || interface.validity.contains(Instant(due));
    asked_for && holds && written.is_none_or(|exchange| exchange.from == provider)
}

/// The one party that owes an obligation of this name in the contracts.
fn owes(model: &Model, name: &str) -> Option<PartyIdx> {
    let obligations = model.contracts.iter().flat_map(|contract| &contract.obligations);
    let by: BTreeSet<PartyIdx> = obligations.filter(|obligation| obligation.name == name).map(|one| one.by).collect();
    by.first().copied().filter(|_| by.len() == 1)
}

/// Rows that tell a value of the measure.
fn observations(common: &Common<'_>, asked: &Asked<'_>, records: &Records, cases: &mut Cases) {
    let ats = records.instants("at").unwrap_or_default();
    let whole = |column: &str, row: usize| {
        let value = records.integers(column).and_then(|values| values.get(row)).copied();
        value.filter(|value| *value != MISSING)
    };
    for (row, at) in ats.iter().enumerate() {
        let named = records.words("measure").and_then(|labels| labels.get(row)) == Some(asked.measure.id.as_str());
        if !named || *at > common.as_of || !asked.validity().contains(Instant(*at)) {
            continue;
        }
        let value = records.ratios("value").and_then(|values| values.get(row)).cloned().flatten();
        let observed = match (whole("numerator", row), whole("denominator", row), value) {
            (Some(part), Some(of), _) if of > 0 => Some(Observed::Part(part, of)),
            (None, None, Some(value)) => Some(Observed::Value(value)),
            _ => None,
        };
        let (outcome, reason) = match observed {
            Some(_) => (Outcome::Counted, None),
            None => (Outcome::Unscored, Some(codes::MISSING_VALUE.name)),
        };
        cases.found.push(Case { row, counted: *at, due: MISSING, done: *at, outcome, reason, observed });
    }
}
