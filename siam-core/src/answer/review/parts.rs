//! The tables of a review that no other answer gives: head, measures, events, claims, charges, unused capacity.
//!
//! Goes in: the answers a review is made of, evidence, contracts. Comes out: all tables in their order; the reason of the head.
//! **Invariant:** causes and claims are shown as recorded; nothing here decides.
//! **Not here:** schemas (`schema`), the other tables, which are those of their answers.

mod events;

use super::{Review, schema, totals};
use crate::answer::score::Verdict;
use crate::answer::settle::decimal;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, integer_or_null, text, text_or_null};
use crate::base::{Argument, Error, Instant, Ratio, Schema, Table};
use crate::evidence::{MISSING, Records};
use crate::formula::SettlementPeriod;
use crate::model::agreement::{Agreement, AgreementKind, Measure, Unit};
use crate::model::party::PartyKind;
use crate::report::Reason;
use crate::report::answer::no_such_row;
use std::collections::BTreeMap;

/// Where a measure stands in a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    EndToEnd,
    Supplier,
    Integrator,
}

impl Group {
    fn as_str(self) -> &'static str {
        match self {
            Self::EndToEnd => "end_to_end",
            Self::Supplier => "supplier",
            Self::Integrator => "integrator",
        }
    }
}

/// All tables in their order.
pub(super) fn tables(review: &Review, month: &SettlementPeriod) -> Vec<Table> {
    let parts = Parts { review, month };
    let measured = parts.measured();
    let mut tables = vec![parts.head(&measured), parts.measures(&measured)];
    let given = |table: Option<Table>, schema: &'static Schema| table.unwrap_or_else(|| Table::new(schema)).renamed(schema.name);
    let scorecard = review.scorecard.as_ref().and_then(|card| table_of(&**card, 0));
    tables.push(given(scorecard, &schema::SCORECARD));
    for (at, schema) in [(0, &schema::AVAILABILITY), (1, &schema::OUTAGES), (4, &schema::CHANGES)] {
        let mut joined = Table::new(schema);
        let own: Vec<Table> = review.observed.iter().filter_map(|seen| table_of(seen, at)).collect();
        own.iter().for_each(|table| append(&mut joined, table));
        tables.push(joined);
    }
    let events = parts.events();
    tables.extend([parts.event_table(&events), parts.timeline(&events), parts.claims(&events), parts.causes(&events)]);
    tables.push(given(table_of(&review.ledger, 0), &schema::LEDGER));
    tables.push(given(table_of(&review.ledger, 1), &schema::OWED));
    tables.push(given(table_of(&review.ledger, 2), &schema::TRIGGERS));
    tables.extend([parts.charges(), parts.unused(), parts.reported()]);
    tables.push(given(table_of(&review.findings, 0), &schema::FINDINGS));
    tables.push(given(table_of(&review.due, 0), &schema::DUE));
    tables.push(given(table_of(&review.evidence, 0), &schema::USED));
    tables.push(given(table_of(&review.ledger, 3), &schema::HISTORY));
    let (summary, totals) = (totals::summary(review, &month.label, &tables), totals::totals(&tables));
    tables.extend([summary, totals]);
    tables
}

/// Adds the rows of a table of the same columns.
fn append(table: &mut Table, more: &Table) {
    for row in 0..more.rows() {
        let cells: Vec<Cell<'_>> = more.columns().iter().map(|column| column.cell(row)).collect();
        table.push(&cells);
    }
}

fn table_of(answer: &dyn crate::report::Answer, at: usize) -> Option<Table> {
    answer.tables().get(at).map(|table| (*table).clone())
}

/// A measure of the period as it stands in the scorecard.
struct Measured<'r> {
    group: Group,
    party: Option<&'r str>,
    agreement: &'r Agreement,
    measure: &'r Measure,
    figure: crate::answer::score::Figure<'r>,
}

struct Parts<'r> {
    review: &'r Review,
    month: &'r SettlementPeriod,
}

/// A word of a row of records.
fn word<'e>(records: &'e Records, column: &str, row: usize) -> Option<&'e str> {
    records.words(column).and_then(|words| words.get(row))
}

/// An instant of a row of records.
fn instant(records: &Records, column: &str, row: usize) -> Option<i64> {
    records.instants(column).and_then(|at| at.get(row).copied()).filter(|at| *at != MISSING)
}

fn instant_cell(at: Option<i64>) -> Cell<'static> {
    at.map_or(Cell::Null, Cell::Instant)
}

impl<'r> Parts<'r> {
    fn model(&self) -> &'r crate::model::Model {
        self.review.ecosystem.model()
    }
    fn within(&self, at: i64) -> bool {
        self.review.period.contains(Instant(at))
    }

    /// The measures of the period: end to end, then suppliers, then the integrator, by party as written.
    fn measured(&self) -> Vec<Measured<'r>> {
        let model = self.model();
        let figures = self.review.scorecard.iter().flat_map(|card| card.figures());
        let mut found: Vec<Measured<'r>> = figures
            .filter_map(|figure| {
                let measure = model.measures.get(figure.measure)?;
                let agreement = model.agreements.get(measure.agreement)?;
                let kind = |party: Option<crate::model::party::PartyIdx>| {
                    party.and_then(|party| model.parties.get(party)).map(|party| party.kind)
                };
                let to_customer = matches!(kind(agreement.customer), Some(PartyKind::Customer) | None);
                let group = match agreement.kind {
                    // A promise about no service is about the integration itself.
                    AgreementKind::Sla if to_customer && !agreement.services.is_empty() => Group::EndToEnd,
                    _ if kind(agreement.provider) == Some(PartyKind::Integrator) => Group::Integrator,
                    _ => Group::Supplier,
                };
                let party = agreement.provider.map(|party| model.party_name(party));
                Some(Measured { group, party, agreement, measure, figure })
            })
            .collect();
        found.sort_by_key(|one| (one.group, one.agreement.provider.map(|party| party.get()), one.figure.row));
        found
    }

    fn head(&self, measured: &[Measured<'r>]) -> Table {
        let model = self.model();
        let mut rows: BTreeMap<(Group, usize), Vec<&Measured<'r>>> = BTreeMap::new();
        for one in measured {
            rows.entry((one.group, one.agreement.provider.map_or(usize::MAX, |party| party.get()))).or_default().push(one);
        }
        // A party with money or consequences and without a measure stands in the head all the same.
        for (at, party) in model.parties.entries() {
            let id = party.id.as_str();
            let group = if party.kind == PartyKind::Integrator { Group::Integrator } else { Group::Supplier };
            if party.kind != PartyKind::Customer && (self.money(id, "payer").1 || self.money(id, "payee").1) {
                rows.entry((group, at.get())).or_default();
            }
        }
        let mut table = Table::new(&schema::REVIEW);
        for ((group, party), own) in rows {
            let party = model.parties.get(crate::base::Idx::new(party));
            let id = party.map(|party| party.id.as_str());
            let verdicts = |wanted: &[Verdict]| count(own.iter().filter(|one| wanted.contains(&one.figure.result)).count());
            // Money is told once for a party, where its own measures stand.
            let own_place = group != Group::EndToEnd;
            let money = |side: &str| match id.filter(|_| own_place) {
                Some(id) => decimal(&self.money(id, side).0),
                None => Cell::Null,
            };
            let triggers = id.filter(|_| own_place).map_or(Cell::Null, |id| count(self.triggers(id)));
            table.push(&[
                text(group.as_str()),
                text_or_null(id),
                text_or_null(party.map(|party| party.title.as_str())),
                count(own.len()),
                verdicts(&[Verdict::Met]),
                verdicts(&[Verdict::Missed]),
                verdicts(&[Verdict::TooFew, Verdict::NoTarget]),
                count(own.iter().filter(|one| !one.figure.certain).count()),
                money("payer"),
                money("payee"),
                text_or_null(model.currency.filter(|_| own_place).map(|currency| currency.to_string()).as_deref()),
                triggers,
            ]);
        }
        table
    }

    /// What a party pays or is paid in the ecosystem's currency, and whether there is anything.
    fn money(&self, party: &str, side: &str) -> (Ratio, bool) {
        let ledger = self.review.ledger.rows();
        let currency = self.model().currency.map(|currency| currency.to_string());
        let (mut sum, mut any) = (Ratio::ZERO, false);
        for row in 0..ledger.rows() {
            let of = |column: &str| match ledger.cell(row, column) {
                Cell::Text(text) => text.into_owned(),
                _ => String::new(),
            };
            if of(side) == party && Some(of("unit")) == currency {
                any = true;
                sum = sum.plus(&Ratio::parse(&of("amount_exact")).unwrap_or(Ratio::ZERO));
            }
        }
        (sum, any)
    }
    /// Consequences that are not money, of a party itself, its agreements and its measures.
    fn triggers(&self, party: &str) -> usize {
        let model = self.model();
        let of_agreement = |at: crate::model::agreement::AgreementIdx| {
            let provider = model.agreements.get(at).and_then(|agreement| agreement.provider);
            provider.is_some_and(|provider| model.party_name(provider) == party)
        };
        let own = |scope: &str, id: &str| match scope {
            "party" => id == party,
            "agreement" => model.names.agreements.get(id).is_some_and(|at| of_agreement(*at)),
            "measure" => {
                let measure = model.names.measures.get(id).and_then(|at| model.measures.get(*at));
                measure.is_some_and(|measure| of_agreement(measure.agreement))
            }
            _ => false,
        };
        let triggers = self.review.ledger.triggers();
        let holds = |row: &usize| match (triggers.cell(*row, "scope"), triggers.cell(*row, "instance")) {
            (Cell::Text(scope), Cell::Text(id)) => own(&scope, &id),
            _ => false,
        };
        (0..triggers.rows()).filter(holds).count()
    }

    fn measures(&self, measured: &[Measured<'r>]) -> Table {
        let mut table = Table::new(&schema::MEASURES);
        for one in measured {
            let (figure, measure) = (&one.figure, one.measure);
            let shown = |value: &Option<Ratio>| shown(value.as_ref(), Some(figure.unit));
            let exact = |value: &Option<Ratio>| value.as_ref().map(Ratio::to_exact_text);
            let missed = self.review.scorecard.as_ref().and_then(|card| table_of(&**card, 0)).map(|rows| {
                match rows.cell(figure.row, "missed") {
                    Cell::Integer(missed) => Some(missed),
                    _ => None,
                }
            });
            table.push(&[
                text(one.group.as_str()),
                text_or_null(one.party),
                text(one.agreement.id.as_str()),
                text(&one.agreement.title),
                text(measure.id.as_str()),
                text(&measure.title),
                text_or_null(measure.clause.as_deref()),
                text(measure.statistic.as_str()),
                Cell::Integer(figure.counted),
                integer_or_null(missed.flatten()),
                shown(&figure.value),
                text_or_null(exact(&figure.value).as_deref()),
                text(figure.unit.as_str()),
                text(figure.direction.as_str()),
                shown(&figure.target),
                text_or_null(exact(&figure.target).as_deref()),
                text(figure.result.as_str()),
                Cell::Boolean(figure.certain),
                count(figure.row),
            ]);
        }
        table
    }

    fn charges(&self) -> Table {
        let model = self.model();
        let mut table = Table::new(&schema::CHARGES);
        let Some(currency) = model.currency else { return table };
        let (from, until) = (self.review.period.from(), self.review.period.until());
        let in_force =
            |contract: &&crate::model::contract::Contract| contract.validity.from < until && contract.validity.until > from;
        for contract in model.contracts.iter().filter(in_force) {
            let agreed = crate::answer::settle::agreed_charges(&self.review.ecosystem, contract, (from, until), currency);
            let charged = crate::answer::settle::billed_charges(
                &self.review.ecosystem,
                &self.review.evidence,
                contract,
                &self.month.label,
                currency,
            );
            let cell = |amount: &Option<Ratio>| amount.as_ref().map_or(Cell::Null, decimal);
            let difference = charged.as_ref().zip(agreed.as_ref()).map(|(charged, agreed)| charged.minus(agreed));
            table.push(&[
                text(contract.id.as_str()),
                text(model.party_name(contract.provider)),
                cell(&agreed),
                cell(&charged),
                cell(&difference),
                text(currency.as_str()),
            ]);
        }
        table
    }

    fn unused(&self) -> Table {
        let model = self.model();
        let mut table = Table::new(&schema::UNUSED);
        let Some(usage) = self.review.evidence.records("usage") else { return table };
        let own = model.currency.map(|currency| currency.to_string());
        for at in (0..usage.len()).filter(|at| word(usage, "period", *at) == Some(&self.month.label)) {
            let number = |column: &str| usage.ratios(column).and_then(|all| all.get(at).cloned().flatten());
            let (committed, usable, used, price) = (number("committed"), number("usable"), number("used"), number("unit_price"));
            let unused = committed.as_ref().zip(used.as_ref()).map(|(committed, used)| committed.minus(used));
            let Some(unused) = unused.filter(|unused| !unused.is_negative() && !unused.is_zero()) else { continue };
            let amount = price.as_ref().map(|price| price.times(&unused));
            let exact = |value: &Option<Ratio>| value.as_ref().map(Ratio::to_exact_text);
            let cell = |amount: &Option<Ratio>| amount.as_ref().map_or(Cell::Null, decimal);
            table.push(&[
                text_or_null(word(usage, "party", at)),
                text_or_null(word(usage, "service", at)),
                text_or_null(exact(&committed).as_deref()),
                text_or_null(exact(&usable).as_deref()),
                text_or_null(exact(&used).as_deref()),
                text(&unused.to_exact_text()),
                cell(&price),
                cell(&amount),
                text_or_null(word(usage, "currency", at).or(own.as_deref())),
            ]);
        }
        table
    }

    fn reported(&self) -> Table {
        let mut table = Table::new(&schema::REPORTED);
        let Some(reported) = self.review.evidence.records("reported") else { return table };
        let model = self.model();
        let figures = self.review.scorecard.iter().flat_map(|card| card.figures());
        let scored = figures.filter_map(|figure| {
            let id = model.measures.get(figure.measure)?.id.as_str();
            Some((id, (figure.value, figure.unit)))
        });
        let ours: BTreeMap<&str, (Option<Ratio>, Unit)> = scored.collect();
        for at in (0..reported.len()).filter(|at| word(reported, "period", *at) == Some(&self.month.label)) {
            let theirs = reported.ratios("value").and_then(|all| all.get(at).cloned().flatten());
            let scored = word(reported, "measure", at).and_then(|measure| ours.get(measure));
            let (own, unit) = (scored.and_then(|(value, _)| value.clone()), scored.map(|(_, unit)| *unit));
            let difference = theirs.as_ref().zip(own.as_ref()).map(|(theirs, own)| theirs.minus(own));
            let agree = theirs.as_ref().zip(own.as_ref()).map(|(theirs, own)| agree(theirs, own));
            let exact = |value: &Option<Ratio>| value.as_ref().map(Ratio::to_exact_text);
            table.push(&[
                text_or_null(word(reported, "measure", at)),
                text_or_null(word(reported, "party", at)),
                shown(theirs.as_ref(), unit),
                text_or_null(exact(&theirs).as_deref()),
                shown(own.as_ref(), unit),
                text_or_null(exact(&own).as_deref()),
                shown(difference.as_ref(), unit),
                text_or_null(unit.map(Unit::as_str)),
                agree.map_or(Cell::Null, Cell::Boolean),
            ]);
        }
        table
    }
}

/// A value for display: a share in percent.
fn shown(value: Option<&Ratio>, unit: Option<Unit>) -> Cell<'static> {
    match value {
        Some(value) if unit == Some(Unit::Share) => Cell::Float(value.times(&Ratio::whole(100)).to_f64()),
        Some(value) => Cell::Float(value.to_f64()),
        None => Cell::Null,
    }
}

/// Whether ours rounds to theirs in the places they reported.
fn agree(theirs: &Ratio, ours: &Ratio) -> bool {
    let shown = theirs.to_exact_text();
    match shown.split_once('.') {
        _ if shown.contains('/') => theirs == ours,
        None => theirs.to_decimal_text(0) == ours.to_decimal_text(0),
        Some((_, places)) => {
            let places = u32::try_from(places.len()).unwrap_or(30);
            theirs.to_decimal_text(places) == ours.to_decimal_text(places)
        }
    }
}

/// Why a row of the head is what it is: its measures with their verdicts, and what is owed.
pub(super) fn explain(review: &Review, row: usize) -> Result<Reason, Error> {
    let missing = || no_such_row(row, review.table("rows").map_or(0, Table::rows));
    let head = review.table("rows").filter(|head| row < head.rows()).ok_or_else(missing)?;
    let word = |table: &Table, row: usize, column: &str| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        _ => String::new(),
    };
    let (group, party) = (word(head, row, "group"), word(head, row, "party"));
    let number = |column: &str| match head.cell(row, column) {
        Cell::Integer(value) => value,
        _ => 0,
    };
    let mut reason = Reason::new("review-party")
        .with("party", Argument::name(if party.is_empty() { "-".to_owned() } else { party.clone() }))
        .with("met", number("met"))
        .with("missed", number("missed"))
        .with("none", number("no_verdict"));
    if let Some(measures) = review.table("measures") {
        for at in (0..measures.rows()).filter(|at| word(measures, *at, "group") == group && word(measures, *at, "party") == party)
        {
            reason = reason.because(review.explain_measure(at)?);
        }
    }
    if group != "end_to_end" {
        let ledger = review.ledger.rows();
        for at in (0..ledger.rows()).filter(|at| word(ledger, *at, "payer") == party || word(ledger, *at, "payee") == party) {
            reason = reason.because(crate::report::Answer::explain(&review.ledger, at)?);
        }
    }
    Ok(reason)
}
