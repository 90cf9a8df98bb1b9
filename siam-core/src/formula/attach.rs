//! The instances of a model that regimes are evaluated for, and what its contracts say about time and money.
//!
//! Goes in: a checked model. Comes out: instances from the ecosystem down to measures, the contract's first day, or faults.
//! **Invariant:** every instance but the ecosystem lies in one before it; the ecosystem comes first.
//! **Not here:** what is attached means (`instances`), events, which evidence brings (`evaluate`).

use super::instances::Instance;
use super::program::Contract;
use crate::base::{Argument, Date, codes};
use crate::document::{Faults, Named, Spot};
use crate::model::Model;
use crate::model::party::PartyKind;
use crate::model::regime::{AttachmentDoc, LineDoc, Scope};

/// The ecosystem, its suppliers and integrator, their agreements, and the measures of these.
pub fn instances(model: &Model) -> Vec<Instance> {
    let attached = |regimes: &Named<AttachmentDoc>| regimes.entries.clone();
    let collective = model.collective.as_ref();
    let provides = |kind: PartyKind| matches!(kind, PartyKind::Supplier | PartyKind::Integrator);
    let taking_part = model.parties.iter().filter(|party| provides(party.kind) && party.subcontractor_of.is_none());
    let named: Vec<String> = collective.iter().flat_map(|all| &all.parties).map(|party| party.value.clone()).collect();
    let members = if named.is_empty() { taking_part.map(|party| party.id.to_string()).collect() } else { named };
    let mut found = vec![Instance {
        scope: Scope::Ecosystem,
        id: String::new(),
        within: None,
        attachments: collective.map(|all| attached(&all.regimes)).unwrap_or_default(),
        figures: collective.map(|all| all.figures.clone()).unwrap_or_default(),
        members,
    }];
    let mut of_party = vec![None; model.parties.len()];
    for (at, party) in model.parties.entries().filter(|(_, party)| provides(party.kind)) {
        if let Some(slot) = of_party.get_mut(at.get()) {
            *slot = Some(found.len());
        }
        found.push(Instance {
            scope: Scope::Party,
            id: party.id.to_string(),
            within: Some(0),
            attachments: attached(&party.regimes),
            figures: party.figures.clone(),
            members: Vec::new(),
        });
    }
    let mut of_agreement = Vec::new();
    for agreement in model.agreements.iter() {
        of_agreement.push(found.len());
        let party = agreement.provider.and_then(|party| of_party.get(party.get()).copied().flatten());
        found.push(Instance {
            scope: Scope::Agreement,
            id: agreement.id.to_string(),
            within: Some(party.unwrap_or(0)),
            attachments: attached(&agreement.regimes),
            figures: agreement.figures.clone(),
            members: Vec::new(),
        });
    }
    for measure in model.measures.iter() {
        found.push(Instance {
            scope: Scope::Measure,
            id: measure.id.to_string(),
            within: Some(of_agreement.get(measure.agreement.get()).copied().unwrap_or(0)),
            attachments: attached(&measure.regimes),
            figures: measure.figures.clone(),
            members: Vec::new(),
        });
    }
    found
}

/// What the contracts say about time and money; one clock of contract years for all of them.
pub fn contract(model: &Model, faults: &mut Faults) -> Option<Contract> {
    let first = |contract: &crate::model::contract::Contract| contract.from;
    let year = |contract: &crate::model::contract::Contract| contract.year_starts.or(contract.from);
    let anniversary = |day: Date| (day.month(), day.day());
    events(model, faults);
    let reads = |words: &'static [&'static str]| {
        let editions = || model.regimes.iter().flat_map(|regime| &regime.editions);
        let mut lines = editions().flat_map(|edition| edition.lines.iter()).filter_map(|(_, line)| read(line, words));
        let posts = editions().flat_map(|edition| edition.posts.iter()).map(|(_, post)| &post.amount);
        let flags = editions().flat_map(|edition| edition.triggers.iter().chain(edition.sets.iter())).map(|(_, formula)| formula);
        lines.next().or_else(|| posts.chain(flags).find_map(|formula| word_of(formula, words)))
    };
    let differ =
        |days: Vec<Date>, same: &dyn Fn(Date, Date) -> bool| days.windows(2).any(|pair| matches!(pair, [a, b] if !same(*a, *b)));
    let years: Vec<Date> = model.contracts.iter().filter_map(year).collect();
    let firsts: Vec<Date> = model.contracts.iter().filter_map(first).collect();
    let questions: [(bool, &'static [&'static str]); 2] = [
        (differ(years, &|a, b| anniversary(a) == anniversary(b)), &["contract_year"]),
        (differ(firsts, &|a, b| a == b), &["period_number", "part_of_year", "contract"]),
    ];
    for (differs, words) in questions {
        if let (true, Some((spot, word))) = (differs, reads(words)) {
            let problem =
                faults.problem(&codes::NOT_COMPUTED_YET, spot.mark).with("what", "with contracts of several first days,");
            let problem = problem.with("value", Argument::user(word));
            faults.report(problem.with("known", "windows of periods, or contracts that begin on one day"));
        }
    }
    // Months are numbered from the first day of the contract; where a regime reads contract years, from the day these begin.
    let anchor = if reads(&["contract_year"]).is_some() { year } else { first };
    let start = model.contracts.iter().filter_map(anchor).min();
    Some(Contract { start: start.or_else(|| Date::new(2000, 1, 1))?, end: None, currency: model.currency })
}

/// A formula of a line that has one of these words.
fn read<'l>(line: &'l LineDoc, words: &'static [&'static str]) -> Option<(&'l Spot<String>, &'static str)> {
    let rows =
        |rows: &'l [(Spot<String>, Spot<String>)]| rows.iter().flat_map(|(bound, value)| [bound, value]).collect::<Vec<_>>();
    let formulas: Vec<&Spot<String>> = match line {
        LineDoc::Formula(formula) => vec![formula],
        LineDoc::Bands { subject, rows: list, .. } | LineDoc::Marginal { subject, rows: list, .. } => {
            std::iter::once(subject).chain(rows(list)).collect()
        }
        LineDoc::EarnBack { amount, when, tranches, .. } => [amount, when].into_iter().chain(rows(tranches)).collect(),
    };
    formulas.into_iter().find_map(|formula| word_of(formula, words))
}

/// A formula and the first of these words that it has.
fn word_of<'l>(formula: &'l Spot<String>, words: &'static [&'static str]) -> Option<(&'l Spot<String>, &'static str)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut parts = formula.value.split(|c: char| !is_word(c));
    parts.find_map(|part| words.iter().find(|word| **word == part)).map(|word| (formula, *word))
}

/// Events of the evidence lie in the ecosystem: a regime per event that anything finer attaches would never be evaluated.
fn events(model: &Model, faults: &mut Faults) {
    let per_event = |name: &str| model.regimes.iter().any(|regime| regime.name.value == name && regime.scope == Scope::Event);
    for instance in instances(model).iter().filter(|instance| instance.scope != Scope::Ecosystem) {
        for (name, attachment) in &instance.attachments {
            let regime = attachment.regime.as_ref().unwrap_or(name);
            if per_event(&regime.value) {
                let problem = faults.problem(&codes::NOT_COMPUTED_YET, name.mark).with("what", "per event below the ecosystem,");
                let problem = problem.with("value", Argument::user(&regime.value));
                faults.report(
                    problem.with("known", "regimes per measure, agreement or party here, or attach it to the collective"),
                );
            }
        }
    }
}
