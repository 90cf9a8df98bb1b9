//! The ledger: entries of regimes as lines between the two parties of a contract.
//!
//! Goes in: evaluated months, contracts, lines posted before. Comes out: lines, sums, triggers.
//! **Invariant:** payer and payee are the parties of one contract in force; amounts are above zero; what was posted is not posted twice.
//! **Not here:** how an amount comes about (`formula`).

mod schema;

pub(super) use schema::COLUMNS;
pub use schema::{LEDGER, TOTALS, TRIGGERS};

use crate::answer::given::{KEPT, texts};
use crate::answer::score::Scorecard;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, Place, Problem, Problems, Ratio, Table, TableView, codes};
use crate::ecosystem::Ecosystem;
use crate::formula::{Entry, Evaluated, Missing, Receiver};
use crate::model::Model;
use crate::model::regime::Scope;
use crate::report::Reason;
use std::collections::BTreeMap;

/// A line posted before.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    entry: String,
    payer: String,
    payee: String,
    contract: String,
    kind: String,
    unit: String,
    clause: Option<String>,
    amount: Ratio,
}

/// A line between two parties.
pub(super) struct Line {
    /// The evaluated month and its entry; none for what is no longer owed.
    pub month: Option<usize>,
    pub entry: Option<usize>,
    /// The row of the scorecard that it rests on.
    pub figure: Option<usize>,
    key: String,
    period: String,
    payer: String,
    payee: String,
    contract: String,
    told: Told,
    status: &'static str,
    amount: Ratio,
    before: Option<Ratio>,
}

/// What an entry says of itself.
#[derive(Default)]
struct Told {
    scope: &'static str,
    instance: String,
    agreement: Option<String>,
    measure: Option<String>,
    regime: String,
    attachment: String,
    edition: i64,
    name: String,
    kind: &'static str,
    unit: String,
    clause: Option<String>,
    reverses: Option<String>,
}

impl Line {
    /// What it is, in one line.
    pub fn reason(&self) -> Reason {
        let name = |text: &str| Argument::name(text.to_owned());
        let id = if self.before.is_some() { "settle-correction" } else { "settle-line" };
        let mut reason = Reason::new(id)
            .with("payer", name(&self.payer))
            .with("payee", name(&self.payee))
            .with("amount", name(&amount_text(&self.amount, &self.told.unit)))
            .with("kind", self.told.kind)
            .with("period", name(&self.period))
            .with("contract", name(&self.contract));
        if let Some(before) = &self.before {
            reason = reason.with("before", name(&amount_text(before, &self.told.unit)));
        }
        if self.status == "provisional" {
            reason = reason.because(Reason::new("settle-provisional"));
        }
        reason
    }
}

fn amount_text(amount: &Ratio, unit: &str) -> String {
    format!("{} {unit}", amount.to_exact_text())
}

/// The contract of a party that is in force in a month: with the customer of the agreement, where there is a choice.
fn contract<'m>(
    model: &'m Model,
    party: &str,
    month: &Evaluated,
    agreement: Option<&str>,
) -> Option<&'m crate::model::contract::Contract> {
    let party = model.names.parties.get(party)?;
    let (from, until) = (model.zone.day_start(month.period.from), model.zone.day_start(month.period.until));
    let own = |contract: &&crate::model::contract::Contract| {
        contract.provider == *party && contract.validity.from < until && contract.validity.until > from
    };
    let agreement = agreement.and_then(|id| model.names.agreements.get(id)).and_then(|at| model.agreements.get(*at));
    let same = |contract: &&crate::model::contract::Contract| {
        agreement.is_some_and(|agreement| agreement.customer == Some(contract.customer))
    };
    model.contracts.iter().filter(own).find(same).or_else(|| model.contracts.iter().find(own))
}

/// The agreement and the measure that an entry's instance lies in.
fn place<'m>(model: &'m Model, entry: &Entry) -> (Option<&'m str>, Option<&'m crate::model::agreement::Measure>) {
    let measure = match entry.scope {
        Scope::Measure => model.names.measures.get(&*entry.instance).and_then(|at| model.measures.get(*at)),
        _ => None,
    };
    let agreement = match entry.scope {
        Scope::Agreement => model.names.agreements.get(&*entry.instance).copied(),
        _ => measure.map(|measure| measure.agreement),
    };
    (agreement.and_then(|at| model.agreements.get(at)).map(|agreement| agreement.id.as_str()), measure)
}

/// Whether an entry may rest on a score that could still change: one of its own measure, agreement, party, or of anyone.
fn rests_on(model: &Model, entry: &Entry, label: &str, doubtful: &[(&str, crate::model::agreement::MeasureIdx)]) -> bool {
    doubtful.iter().filter(|(of, _)| *of == label).filter_map(|(_, at)| model.measures.get(*at)).any(|measure| {
        let agreement = model.agreements.get(measure.agreement);
        let attached = !measure.regimes.entries.is_empty();
        match entry.scope {
            Scope::Measure => measure.id.as_str() == &*entry.instance,
            Scope::Agreement => attached && agreement.is_some_and(|agreement| agreement.id.as_str() == &*entry.instance),
            Scope::Party => {
                let provider = agreement.and_then(|agreement| agreement.provider);
                attached && provider.is_some_and(|party| model.party_name(party) == &*entry.instance)
            }
            Scope::Ecosystem => attached,
            Scope::Event => false,
        }
    })
}

/// The lines of evaluated months, less what was posted before.
pub(super) fn lines(
    ecosystem: &Ecosystem,
    scorecard: Option<&Scorecard>,
    months: &[Evaluated],
    earlier: &[Posted],
    problems: &mut Problems,
) -> Vec<Line> {
    let model = ecosystem.model();
    let mut posted: BTreeMap<&str, Vec<&Posted>> = BTreeMap::new();
    earlier.iter().for_each(|line| posted.entry(&line.entry).or_default().push(line));
    let figures: BTreeMap<(&str, &str), (usize, bool)> = scorecard
        .into_iter()
        .flat_map(Scorecard::figures)
        .filter_map(|figure| {
            let id = model.measures.get(figure.measure)?.id.as_str();
            Some(((figure.period.label(), id), (figure.row, figure.certain)))
        })
        .collect();
    let doubtful: Vec<(&str, crate::model::agreement::MeasureIdx)> = scorecard
        .into_iter()
        .flat_map(Scorecard::figures)
        .filter(|figure| !figure.certain)
        .map(|figure| (figure.period.label(), figure.measure))
        .collect();
    let mut lines = Vec::new();
    for (at, month) in months.iter().enumerate() {
        for (of, entry) in month.entries.iter().enumerate() {
            let label = month.period.label.as_str();
            let instance = if entry.instance.is_empty() { "ecosystem" } else { &entry.instance };
            let key = [label, entry.scope.as_str(), instance, &entry.attachment, &entry.name, &entry.party].join("/");
            let (agreement, measure) = place(model, entry);
            let Some(contract) = contract(model, &entry.party, month, agreement) else {
                let problem = Problem::new(&codes::NO_PRIVITY, Place::Nowhere).with("party", Argument::user(&*entry.party));
                problems.push(problem.with("entry", Argument::user(&key)), KEPT);
                continue;
            };
            let figure = measure.and_then(|measure| figures.get(&(label, measure.id.as_str())));
            let (party, customer) = (entry.party.to_string(), model.party_name(contract.customer).to_owned());
            let (payer, payee) = match entry.receiver {
                Receiver::Customer => (party, customer),
                Receiver::Party => (customer, party),
            };
            let before = posted.remove(key.as_str()).map(|lines| {
                let signed = |line: &&Posted| if line.payer == payer { line.amount.clone() } else { line.amount.negated() };
                lines.iter().map(signed).fold(Ratio::ZERO, |sum, amount| sum.plus(&amount))
            });
            let owed = entry.amount.minus(before.as_ref().unwrap_or(&Ratio::ZERO));
            if owed.is_zero() {
                continue;
            }
            let (payer, payee) = if owed.is_negative() { (payee, payer) } else { (payer, payee) };
            let amount = if owed.is_negative() { owed.negated() } else { owed };
            let told = Told {
                scope: entry.scope.as_str(),
                instance: entry.instance.to_string(),
                agreement: agreement.map(str::to_owned),
                measure: measure.map(|measure| measure.id.to_string()),
                regime: entry.regime.to_string(),
                attachment: entry.attachment.to_string(),
                edition: i64::try_from(entry.edition).unwrap_or(i64::MAX),
                name: entry.name.to_string(),
                kind: entry.kind.as_str(),
                unit: entry.typed.to_string(),
                clause: entry.clause.clone(),
                reverses: entry.reverses.as_ref().map(ToString::to_string),
            };
            lines.push(Line {
                month: Some(at),
                entry: Some(of),
                figure: figure.map(|(row, _)| *row),
                key,
                period: label.to_owned(),
                payer,
                payee,
                contract: contract.id.to_string(),
                told,
                status: if rests_on(model, entry, label, &doubtful) { "provisional" } else { "computed" },
                amount,
                before,
            });
        }
    }
    for (key, posted) in posted {
        reverse(key, &posted, months, &mut lines, problems);
    }
    lines
}

/// What was posted for a settled month and is not owed any more goes back; where it is not known whether it is owed, that is told.
fn reverse(key: &str, posted: &[&Posted], months: &[Evaluated], lines: &mut Vec<Line>, problems: &mut Problems) {
    let parts: Vec<&str> = key.split('/').collect();
    let [label, scope, instance, attachment, name, party] = parts.as_slice() else { return };
    let Some((at, month)) = months.iter().enumerate().find(|(_, month)| month.period.label == *label) else { return };
    let Some(first) = posted.first() else { return };
    let signed = |line: &&Posted| if line.payer == first.payer { line.amount.clone() } else { line.amount.negated() };
    let net = posted.iter().map(signed).fold(Ratio::ZERO, |sum, amount| sum.plus(&amount));
    if net.is_zero() {
        return;
    }
    let id = if *scope == "ecosystem" { "" } else { instance };
    let value = month
        .posts()
        .map(|(post, value)| (post == *name, value))
        .find(|(own, value)| *own && value.scope.as_str() == *scope && value.instance == id && value.attachment == *attachment);
    let value = value.map(|(_, value)| value);
    let known = value.as_ref().is_some_and(|found| match found.value {
        crate::formula::Value::One(value) => value.missing().is_none(),
        crate::formula::Value::ByParty(slices) => slices.get(*party).is_none_or(|slice| slice.missing().is_none()),
    });
    // A gather passes over what is missing: where anything grave is missing in the month, a zero is no knowledge.
    if !known || month.troubles().next().is_some() {
        let problem = Problem::new(&codes::NOT_KNOWN_ANY_MORE, Place::Nowhere);
        problems.push(problem.with("entry", Argument::user(key)), KEPT);
        return;
    }
    // It goes back the way it came.
    let (payer, payee) = if net.is_negative() { (&first.payer, &first.payee) } else { (&first.payee, &first.payer) };
    let amount = if net.is_negative() { net.negated() } else { net.clone() };
    let kinds = ["credit", "deduction", "bonus", "pool_share", "earn_back", "carry", "indexation", "waived", "beyond_cap"];
    let told = Told {
        scope: Scope::parse(scope).map_or("", Scope::as_str),
        instance: id.to_owned(),
        regime: value.as_ref().map_or(String::new(), |found| found.regime.to_owned()),
        attachment: (*attachment).to_owned(),
        name: (*name).to_owned(),
        kind: kinds.into_iter().find(|kind| *kind == first.kind).unwrap_or("other"),
        unit: first.unit.clone(),
        clause: first.clause.clone(),
        ..Told::default()
    };
    lines.push(Line {
        month: Some(at),
        entry: None,
        figure: None,
        key: key.to_owned(),
        period: (*label).to_owned(),
        payer: payer.clone(),
        payee: payee.clone(),
        contract: first.contract.clone(),
        told,
        status: "computed",
        amount,
        before: Some(net),
    });
}

/// An exact amount in four places, where they hold it.
pub(in crate::answer) fn decimal(amount: &Ratio) -> Cell<'static> {
    let scaled = amount.times(&Ratio::whole(10_000));
    match scaled.parts() {
        Some((whole, 1)) => Cell::Decimal(whole, 4),
        _ => Cell::Null,
    }
}

pub(super) fn table(lines: &[Line]) -> Table {
    let mut table = Table::new(&LEDGER);
    for line in lines {
        let told = &line.told;
        let money = told.unit.parse::<crate::base::Currency>().is_ok();
        table.push(&[
            text(&line.key),
            text(&line.period),
            text(&line.payer),
            text(&line.payee),
            text(&line.contract),
            text(told.scope),
            text(&told.instance),
            text_or_null(told.agreement.as_deref()),
            text_or_null(told.measure.as_deref()),
            text(&told.regime),
            text(&told.attachment),
            Cell::Integer(told.edition),
            text(&told.name),
            text(told.kind),
            text(line.status),
            text(if money { "price_adjustment" } else { "no_money" }),
            decimal(&line.amount),
            text(&told.unit),
            text(&line.amount.to_exact_text()),
            text_or_null(told.clause.as_deref()),
            text_or_null(told.reverses.as_deref()),
            Cell::Boolean(line.before.is_some()),
        ]);
    }
    table
}

pub(super) fn totals(lines: &[Line]) -> Table {
    let mut sums: BTreeMap<[&str; 5], (Ratio, i64)> = BTreeMap::new();
    for line in lines {
        let key = [line.period.as_str(), &line.payer, &line.payee, line.told.kind, &line.told.unit];
        let sum = sums.entry(key).or_insert((Ratio::ZERO, 0));
        *sum = (sum.0.plus(&line.amount), sum.1 + 1);
    }
    let mut table = Table::new(&TOTALS);
    for ([period, payer, payee, kind, unit], (sum, count)) in sums {
        let exact = sum.to_exact_text();
        table.push(&[
            text(period),
            text(payer),
            text(payee),
            text(kind),
            text(unit),
            decimal(&sum),
            text(&exact),
            Cell::Integer(count),
        ]);
    }
    table
}

pub(super) fn triggers(months: &[Evaluated]) -> Table {
    let mut table = Table::new(&TRIGGERS);
    for month in months {
        for trigger in &month.triggers {
            table.push(&[
                text(&month.period.label),
                text(trigger.scope.as_str()),
                text(&trigger.instance),
                text(&trigger.attachment),
                text(&trigger.name),
                Cell::Boolean(trigger.new),
                text_or_null(trigger.unknown.map(Missing::as_str)),
            ]);
        }
    }
    table
}

/// The lines of an earlier ledger.
pub(super) fn read(table: &TableView<'_>, problems: &mut Problems) -> Vec<Posted> {
    let mut column = |name: &str| match table.column(name) {
        Some(_) => texts(table, name, problems),
        None => vec![None; table.rows()],
    };
    let [entries, payers, payees, amounts] = ["entry", "payer", "payee", "amount_exact"].map(&mut column);
    let [contracts, kinds, units, clauses] = ["contract", "kind", "unit", "clause"].map(&mut column);
    let at = |list: &[Option<String>], row: usize| list.get(row).cloned().flatten();
    let mut posted = Vec::new();
    for row in 0..table.rows() {
        let (entry, payer, amount) = (at(&entries, row), at(&payers, row), at(&amounts, row));
        match (entry, payer, at(&payees, row), amount.as_deref().and_then(Ratio::parse)) {
            (Some(entry), Some(payer), Some(payee), Some(amount)) => posted.push(Posted {
                entry,
                payer,
                payee,
                contract: at(&contracts, row).unwrap_or_default(),
                kind: at(&kinds, row).unwrap_or_default(),
                unit: at(&units, row).unwrap_or_default(),
                clause: at(&clauses, row),
                amount,
            }),
            _ => {
                let cells = [("entry", at(&entries, row)), ("payer", at(&payers, row)), ("payee", at(&payees, row))];
                let empty = cells.into_iter().find(|(_, cell)| cell.is_none()).map(|(name, _)| name);
                let place = Place::cell(&table.name, row as u64 + 1, empty.unwrap_or("amount_exact"));
                let problem = Problem::new(&codes::BAD_CELL, place).as_error();
                let value = if empty.is_some() { String::new() } else { amount.unwrap_or_default() };
                let problem = problem.with("value", Argument::user(value));
                problems.push(problem.with("expected", "what a settlement wrote there"), KEPT);
            }
        }
    }
    posted
}
