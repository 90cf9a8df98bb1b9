//! `terms`: what was agreed, as plain prose: each agreement, measure, contract and regime with its clause and every default in force.
//!
//! Goes in: an ecosystem, an instant, which agreements and parties. Comes out: one row per sentence; the reason of row 0 is the whole page.
//! **Invariant:** a sentence says what the library computes with; what nobody wrote is marked as a default.
//! **Not here:** what is wrong with it (`answer::findings`), what it comes to (`answer::score`).

mod agreements;
mod calendars;
mod contracts;
mod counting;
mod page;
mod regimes;
#[cfg(test)]
mod tests;

use super::findings::latest;
use super::given::{KEPT, Question};
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{ColumnSpec, ColumnType, Error, Instant, Problems, Schema, Table};
use crate::document::decode::query;
use crate::ecosystem::{Ecosystem, asked};
use crate::model::Model;
use crate::model::agreement::Agreement;
use crate::model::calendar::CalendarIdx;
use crate::model::contract::Contract;
use crate::model::party::PartyIdx;
use crate::model::regime::Regime;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use page::{Line, Page, name};
use std::collections::{BTreeMap, BTreeSet};

query! {
    /// What was agreed, in words?
    pub struct TermsQuery = "a question for terms" {
        /// As at which instant; the latest `from` of the documents unless given.
        at: Option<Instant> = "at",
        /// Only these agreements, beside those of the parties.
        agreements: Vec<String> = "agreements",
        /// Only contracts and agreements of these parties.
        parties: Vec<String> = "parties",
    }
}

impl Question for TermsQuery {}

/// The rows of `terms`.
pub const TERMS: Schema = Schema {
    name: "rows",
    doc: "one row per sentence, in the order of the page; its reason is the sentence with those beneath it, that of row 0 the whole page",
    columns: &[
        ColumnSpec {
            name: "section",
            kind: ColumnType::Text,
            doc: "page, framework, contracts, agreements, regimes or calendars",
        },
        ColumnSpec {
            name: "kind",
            kind: ColumnType::Text,
            doc: "what the sentence is about: ecosystem, framework, contract, agreement, measure, regime or calendar",
        },
        ColumnSpec { name: "object", kind: ColumnType::Text, doc: "which one" },
        ColumnSpec { name: "clause", kind: ColumnType::Text, doc: "the clause it stands in; null where none is named" },
        ColumnSpec { name: "depth", kind: ColumnType::Integer, doc: "how deep the sentence stands; 0 is the page" },
        ColumnSpec { name: "sentence", kind: ColumnType::Text, doc: "stable id of the sentence" },
        ColumnSpec { name: "default", kind: ColumnType::Boolean, doc: "whether it holds because nothing else is written" },
    ],
};

/// What was agreed, sentence by sentence.
#[derive(Clone)]
pub struct TermsReport {
    ecosystem: Ecosystem,
    lines: Vec<Line>,
    table: Table,
    problems: Problems,
}

/// What was agreed, as the page both sides initial.
///
/// ```
/// use siam_core::{Catalogue, Source, answer::terms::{TermsQuery, terms}, explain, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {hub: {kind: integrator}, acme: {kind: customer}}
/// agreements:
///   mail: {kind: sla, provider: hub, customer: acme, measures: {restored: {statistic: percent_within, within: 4h, target: 90%}}}
/// ")])?;
/// let page = terms(&ecosystem, &TermsQuery::default())?;
/// let text = explain(&page, "rows", 0, &Catalogue::english())?.to_text();
/// assert!(text.contains("At least 90 % of the counted tickets of each period must be met."), "{text}");
/// assert!(text.contains("The clock never stands still (default)."), "{text}");
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn terms(ecosystem: &Ecosystem, query: &TermsQuery) -> Result<TermsReport, Error> {
    let wanted = resolve(ecosystem, query)?;
    let lines = walk(ecosystem.model(), &wanted);
    let mut table = Table::new(&TERMS);
    for line in &lines {
        table.push(&[
            text(line.section),
            text(line.kind),
            text(&line.object),
            text_or_null(line.clause.as_deref()),
            count(line.depth),
            text(line.message.id),
            Cell::Boolean(line.is_default()),
        ]);
    }
    Ok(TermsReport { ecosystem: ecosystem.clone(), lines, table, problems: Problems::new() })
}

/// A question with names resolved.
struct Wanted {
    at: Instant,
    /// Agreements named; all where neither these nor parties are.
    agreements: BTreeSet<String>,
    parties: BTreeSet<PartyIdx>,
    everything: bool,
}

fn resolve(ecosystem: &Ecosystem, query: &TermsQuery) -> Result<Wanted, Error> {
    let model = ecosystem.model();
    let mut problems = Problems::new();
    let mut parties = BTreeSet::new();
    for party in &query.parties {
        match model.names.parties.get(party) {
            Some(at) => drop(parties.insert(*at)),
            None => {
                problems.append(asked("party", party, model.names.parties.keys().map(String::as_str)).problems().clone(), KEPT)
            }
        }
    }
    for agreement in query.agreements.iter().filter(|name| !model.names.agreements.contains_key(*name)) {
        let error = asked("agreement", agreement, model.names.agreements.keys().map(String::as_str));
        problems.append(error.problems().clone(), KEPT);
    }
    if !problems.is_empty() {
        return Err(Error::from_problems(problems));
    }
    let at = query.at.or_else(|| latest(model)).unwrap_or(Instant::MAX);
    let everything = query.agreements.is_empty() && query.parties.is_empty();
    Ok(Wanted { at, agreements: query.agreements.iter().cloned().collect(), parties, everything })
}

/// The page: framework, contracts, agreements, regimes, calendars.
fn walk(model: &Model, wanted: &Wanted) -> Vec<Line> {
    let mut page = Page::new(model, wanted.at);
    let called = if model.name.is_empty() { "the ecosystem" } else { &model.name };
    let title = match wanted.at {
        Instant::MAX => Reason::new("terms-page-undated"),
        at => Reason::new("terms-page").with("at", page.day(at)).with("zone", name(model.zone.name())),
    };
    page.heading(title.with("ecosystem", name(called)));
    let of = |party: PartyIdx| wanted.everything || wanted.parties.contains(&party);
    if wanted.everything {
        contracts::framework(&mut page);
    }
    let contracts = model.names.contracts.values().filter_map(|at| model.contracts.get(*at));
    let contracts: Vec<&Contract> =
        contracts.filter(|one| one.validity.contains(wanted.at) && (of(one.provider) || of(one.customer))).collect();
    contracts.iter().for_each(|one| contracts::contract(&mut page, one));
    let chosen = |agreement: &&Agreement| {
        let named = wanted.everything || wanted.agreements.contains(agreement.id.as_str());
        let theirs = [agreement.provider, agreement.customer].into_iter().flatten().any(of);
        agreement.validity.contains(wanted.at) && (named || theirs)
    };
    let agreements = model.names.agreements.values().filter_map(|at| model.agreements.get(*at)).filter(chosen);
    let agreements: Vec<&Agreement> = agreements.collect();
    agreements.iter().for_each(|one| agreements::agreement(&mut page, one));
    let by_name: BTreeMap<&str, &Regime> = model.regimes.iter().map(|regime| (regime.name.value.as_str(), regime)).collect();
    let applied = applied(model, &contracts, &agreements);
    for (_, regime) in by_name.into_iter().filter(|(id, _)| wanted.everything || applied.contains(id)) {
        regimes::regime(&mut page, regime);
    }
    let used = used_calendars(model, wanted, &agreements);
    for at in model.names.calendars.values().filter(|at| used.contains(at)) {
        if let Some(calendar) = model.calendars.get(*at) {
            calendars::calendar(&mut page, calendar);
        }
    }
    page.lines
}

/// The regimes that apply to what is shown.
fn applied<'a>(model: &'a Model, contracts: &[&'a Contract], agreements: &[&'a Agreement]) -> BTreeSet<&'a str> {
    let parties = contracts.iter().filter_map(|contract| model.parties.get(contract.provider)).map(|party| &party.regimes);
    let measured = model.measures.iter().filter(|measure| {
        let own = model.agreements.get(measure.agreement);
        agreements.iter().any(|agreement| own.is_some_and(|own| own.id == agreement.id))
    });
    let all =
        parties.chain(agreements.iter().map(|agreement| &agreement.regimes)).chain(measured.map(|measure| &measure.regimes));
    let names = all.flat_map(|attachments| attachments.iter());
    names.map(|(name, attachment)| attachment.regime.as_ref().unwrap_or(name).value.as_str()).collect()
}

/// The calendars that what is shown names: those of measures, and the hours of the services they cover.
fn used_calendars(model: &Model, wanted: &Wanted, agreements: &[&Agreement]) -> BTreeSet<CalendarIdx> {
    let mut used: BTreeSet<CalendarIdx> = BTreeSet::new();
    if wanted.everything {
        used.extend(&model.framework.calendars);
    }
    for agreement in agreements {
        let own = |measure: &&crate::model::agreement::Measure| {
            model.agreements.get(measure.agreement).is_some_and(|held| held.id == agreement.id)
        };
        let own: Vec<_> = model.measures.iter().filter(own).collect();
        used.extend(own.iter().filter_map(|measure| measure.calendar));
        if own.iter().any(|measure| measure.calendar.is_none() && !measure.within.spans().is_empty()) {
            let covered =
                model.services.entries().filter(|(at, _)| agreement.services.is_empty() || agreement.services.contains(at));
            used.extend(covered.filter_map(|(_, service)| service.hours.at(wanted.at).copied()));
        }
    }
    used
}

impl TermsReport {
    /// Its rows.
    pub fn rows(&self) -> &Table {
        &self.table
    }
}

impl Answer for TermsReport {
    fn operation(&self) -> &'static str {
        "terms"
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
        let lines = self.lines.get(row..).unwrap_or_default();
        let Some(first) = lines.first() else { return Err(no_such_row(row, self.lines.len())) };
        let beneath = lines.iter().skip(1).take_while(|line| line.depth > first.depth).count();
        // From the last line to the first, each takes those beneath it that follow.
        let mut open: Vec<(usize, Reason)> = Vec::new();
        for line in lines.iter().take(beneath + 1).rev() {
            let mut reason = Reason { message: line.message.clone(), because: Vec::new() };
            while open.last().is_some_and(|(depth, _)| *depth > line.depth) {
                reason.because.extend(open.pop().map(|(_, deeper)| deeper));
            }
            open.push((line.depth, reason));
        }
        open.pop().map(|(_, reason)| reason).ok_or_else(|| no_such_row(row, self.lines.len()))
    }
}
