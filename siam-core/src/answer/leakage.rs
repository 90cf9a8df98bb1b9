//! `leakage`: what is paid for and could not be used, or could be used and was not, and whether a contract gives a right to deduct it.
//!
//! Goes in: evidence of usage and charges, contracts, periods. Comes out: one row per row of usage, and the sums per period.
//! **Invariant:** amounts are exact; what is deductible and what leaks away add up to what was unusable and unused.
//! **Not here:** posting a deduction (`settle`), why something could not be used (`observed`).
//!
//! What is committed and not usable is unusable; of what is usable, at most what is committed, what is not used is unused. A unit costs its
//! price, else the charges of the provider for the service in the period over what is committed. A contract gives a right where it
//! has a clause on `deduct_unusable` or `deduct_unused`.

use crate::answer::given::Question;
use crate::answer::score::resolve::periods;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{
    Argument, ColumnSpec, ColumnType, Error, Instant, Period, Place, Problem, Problems, Ratio, Schema, Table, codes,
};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, Records};
use crate::model::Model;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use std::collections::BTreeMap;

query! {
    /// Which periods to look at.
    pub struct LeakageQuery = "a question for leakage" {
        /// Periods as they stand in the usage, such as `2026-10`; all unless given.
        periods: Vec<String> = "periods",
    }
}

impl Question for LeakageQuery {}

const fn column(name: &'static str, kind: ColumnType, doc: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, doc }
}

use ColumnType::{Decimal, Integer, Text};

/// The rows of `leakage`.
pub const LEAKAGE: Schema = Schema {
    name: "rows",
    doc: "one row per row of usage in the periods, by period, party and service",
    columns: &[
        column("period", Text, "the period"),
        column("party", Text, "who provides it"),
        column("service", Text, "the service"),
        column("row", Integer, "the row of the given table, from 1"),
        column("committed", Text, "how much was committed, as an exact number"),
        column("usable", Text, "how much of it was usable"),
        column("used", Text, "how much was used"),
        column("unusable", Text, "committed less usable, not below zero; null where either is not known"),
        column("unused", Text, "usable, at most what was committed, less used, not below zero; null where that is not known"),
        column("unit_price", Text, "the price of a unit, as an exact number"),
        column("price_from", Text, "usage or charges, from which the price is; null where there is none"),
        column("currency", Text, "the currency of the amounts"),
        column("unusable_amount", Decimal(4), "paid for what could not be used; null where it has more than four places"),
        column("unusable_exact", Text, "the same, exactly"),
        column("unusable_clause", Text, "the clause of the contract that gives a right to deduct it; null where none does"),
        column("unused_amount", Decimal(4), "paid for what was not used; null where it has more than four places"),
        column("unused_exact", Text, "the same, exactly"),
        column("unused_clause", Text, "the clause of the contract that gives a right to deduct it; null where none does"),
        column("deductible_exact", Text, "of both, what there is a right to deduct"),
        column("leaked_exact", Text, "of both, what nobody gives back"),
        column("lacks", Text, "what is not known: committed, usable, used or unit_price, the first of them"),
    ],
};

/// The sums of `leakage`.
pub const TOTALS: Schema = Schema {
    name: "totals",
    doc: "one row per period and currency: the sums of what is known",
    columns: &[
        column("period", Text, "the period"),
        column("currency", Text, "the currency"),
        column("unusable_exact", Text, "paid for what could not be used"),
        column("unused_exact", Text, "paid for what was not used"),
        column("deductible_exact", Text, "of both, what there is a right to deduct"),
        column("leaked_exact", Text, "of both, what nobody gives back"),
        column("incomplete", Integer, "rows of which something is not known, so that the sums may be larger"),
    ],
};

/// What leaked away.
#[derive(Clone)]
pub struct LeakageReport {
    stamp: Stamp,
    rows: Vec<Leak>,
    tables: [Table; 2],
    problems: Problems,
}

/// One row of usage.
#[derive(Debug, Clone)]
struct Leak {
    period: String,
    party: String,
    service: String,
    row: u64,
    committed: Option<Ratio>,
    usable: Option<Ratio>,
    used: Option<Ratio>,
    unusable: Option<Ratio>,
    unused: Option<Ratio>,
    /// The price of a unit, and whether it comes from the usage.
    price: Option<(Ratio, bool)>,
    currency: Option<String>,
    /// The clauses that give a right to deduct what was unusable, and what was unused.
    clauses: [Option<String>; 2],
}

impl Leak {
    /// What is paid for what was unusable, and for what was unused.
    fn amounts(&self) -> [Option<Ratio>; 2] {
        let price = self.price.as_ref().map(|(price, _)| price);
        [&self.unusable, &self.unused].map(|units| Some(units.as_ref()?.times(price?)))
    }
    /// The sum of the amounts with a right to deduct, or without; none where neither is known.
    fn sum(&self, right: bool) -> Option<Ratio> {
        let amounts = self.amounts();
        let known = amounts.iter().zip(&self.clauses).filter_map(|(amount, clause)| Some((amount.as_ref()?, clause.is_some())));
        let known: Vec<(&Ratio, bool)> = known.collect();
        let of = known.iter().filter(|(_, given)| *given == right).map(|(amount, _)| *amount);
        (!known.is_empty()).then(|| of.fold(Ratio::ZERO, |sum, amount| sum.plus(amount)))
    }
    /// The first thing that is not known.
    fn lacks(&self) -> Option<&'static str> {
        let known = [
            ("committed", self.committed.is_some()),
            ("usable", self.usable.is_some()),
            ("used", self.used.is_some()),
            ("unit_price", self.price.is_some()),
        ];
        known.into_iter().find(|(_, known)| !known).map(|(name, _)| name)
    }
}

/// What is paid for and cannot be used, or is not.
///
/// ```
/// use siam_core::answer::leakage::{LeakageQuery, leakage};
/// use siam_core::base::{Limits, columns::Cell, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// currency: GBP
/// parties: {acme: {kind: customer}, cloudco: {kind: supplier}}
/// services: {desks: {provider: cloudco}}
/// contracts: {cloud: {provider: cloudco, clauses: {deduct_unusable: '8.2'}}}
/// ")])?;
/// let text = b"party,service,period,committed,usable,used,unit_price\ncloudco,desks,2026-10,100,90,60,2.50\n";
/// let usage = csv::read("usage", text, &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![usage.view()], &Limits::default())?;
/// let report = leakage(&acme, &evidence, &LeakageQuery::default())?;
/// // 10 desks could not be used, which clause 8.2 gives back; 30 were not used, which nobody does.
/// assert_eq!(report.tables()[0].cell(0, "deductible_exact"), Cell::Text("25".into()));
/// assert_eq!(report.tables()[0].cell(0, "leaked_exact"), Cell::Text("75".into()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn leakage(ecosystem: &Ecosystem, evidence: &Evidence, query: &LeakageQuery) -> Result<LeakageReport, Error> {
    evidence.check_bound_to(ecosystem)?;
    let (usage, asked) = resolve(ecosystem, evidence, query)?;
    let rows = walk(ecosystem.model(), evidence, usage, &asked);
    let tables = [rows_of(&rows), totals_of(&rows)];
    Ok(LeakageReport { stamp: ecosystem.stamp().clone(), rows, tables, problems: Problems::new() })
}

/// The usage and the labels that are asked about.
fn resolve<'e>(ecosystem: &Ecosystem, evidence: &'e Evidence, query: &LeakageQuery) -> Result<(&'e Records, Vec<String>), Error> {
    let asked = periods(ecosystem, &query.periods)?;
    let Some(usage) = evidence.records("usage") else {
        return Err(Problem::new(&codes::MISSING_TABLE, Place::Nowhere).with("name", Argument::user("usage")).into());
    };
    Ok((usage, asked.iter().map(|period| Period::label(period).to_owned()).collect()))
}

/// Each row of usage in the periods, sorted.
fn walk(model: &Model, evidence: &Evidence, usage: &Records, asked: &[String]) -> Vec<Leak> {
    let word = |column: &str, at: usize| usage.words(column).and_then(|words| words.get(at)).map(str::to_owned);
    let number = |column: &str, at: usize| usage.ratios(column).and_then(|values| values.get(at)).cloned().flatten();
    let mut rows = Vec::new();
    for at in 0..usage.len() {
        let (Some(period), Some(party), Some(service)) = (word("period", at), word("party", at), word("service", at)) else {
            continue;
        };
        if !asked.is_empty() && !asked.contains(&period) {
            continue;
        }
        let (committed, usable, used) = (number("committed", at), number("usable", at), number("used", at));
        let above = |value: Ratio| if value.is_negative() { Ratio::ZERO } else { value };
        let unusable = committed.as_ref().zip(usable.as_ref()).map(|(all, usable)| above(all.minus(usable)));
        let paid = committed.as_ref().zip(usable.as_ref()).map(|(all, usable)| all.min(usable).clone());
        let unused = paid.zip(used.as_ref()).map(|(paid, used)| above(paid.minus(used)));
        let own = word("currency", at).or_else(|| model.currency.map(|currency| currency.as_str().to_owned()));
        let mut price = number("unit_price", at).map(|price| (price, true));
        let mut currency = own;
        if price.is_none()
            && let Some((charged, of)) = charged(model, evidence, (&party, &service, &period))
            && let Some(each) = committed_in_all(usage, (&party, &service, &period)).and_then(|all| charged.divide(&all))
        {
            (price, currency) = (Some((each, false)), of);
        }
        let clauses = ["deduct_unusable", "deduct_unused"].map(|subject| clause(model, &party, &period, subject));
        let row = usage.row(at);
        rows.push(Leak { period, party, service, row, committed, usable, used, unusable, unused, price, currency, clauses });
    }
    rows.sort_by(|a, b| (&a.period, &a.party, &a.service, a.row).cmp(&(&b.period, &b.party, &b.service, b.row)));
    rows
}

/// What all rows of a party, a service and a period committed together; none where a row does not say.
fn committed_in_all(usage: &Records, (party, service, period): (&str, &str, &str)) -> Option<Ratio> {
    let is = |column: &str, at: usize, name: &str| usage.words(column).and_then(|words| words.get(at)) == Some(name);
    let own = |at: &usize| is("party", *at, party) && is("service", *at, service) && is("period", *at, period);
    let committed = |at: usize| usage.ratios("committed").and_then(|values| values.get(at)).cloned().flatten();
    (0..usage.len()).filter(own).try_fold(Ratio::ZERO, |sum, at| Some(sum.plus(&committed(at)?)))
}

/// What the contracts of a party charged for a service in a period, in one currency; none where nothing was, or in several.
fn charged(model: &Model, evidence: &Evidence, (party, service, period): (&str, &str, &str)) -> Option<(Ratio, Option<String>)> {
    let charges = evidence.records("charges")?;
    let word = |column: &str, at: usize| charges.words(column).and_then(|words| words.get(at));
    let provider = model.names.parties.get(party)?;
    let of_party = |at: &usize| {
        let contract = word("contract", *at).and_then(|name| model.names.contracts.get(name));
        contract.and_then(|at| model.contracts.get(*at)).is_some_and(|contract| contract.provider == *provider)
    };
    let own = |at: &usize| word("service", *at) == Some(service) && word("period", *at) == Some(period) && of_party(at);
    let mut sum: Option<(Ratio, Option<String>)> = None;
    for at in (0..charges.len()).filter(own) {
        let amount = charges.ratios("amount").and_then(|values| values.get(at)).cloned().flatten()?;
        let currency = word("currency", at).map(str::to_owned).or_else(|| model.currency.map(|one| one.as_str().to_owned()));
        sum = Some(match sum {
            None => (amount, currency),
            Some((before, known)) if known == currency => (before.plus(&amount), known),
            Some(_) => return None,
        });
    }
    sum
}

/// The clause on a subject of a contract of a party that is in force when a period begins.
fn clause(model: &Model, party: &str, period: &str, subject: &str) -> Option<String> {
    let provider = model.names.parties.get(party)?;
    let at = crate::clock::period(period, &model.zone).map_or(Instant::MIN, |period| period.from());
    let mut own = model.contracts.iter().filter(|contract| contract.provider == *provider && contract.validity.contains(at));
    own.find_map(|contract| contract.clauses.iter().find(|(known, _)| known == subject).map(|(_, clause)| clause.clone()))
}

/// An amount with four places, where it has no more.
fn decimal(amount: &Option<Ratio>) -> Cell<'static> {
    match amount.as_ref().and_then(|amount| amount.times(&Ratio::whole(10_000)).parts()) {
        Some((whole, 1)) => Cell::Decimal(whole, 4),
        _ => Cell::Null,
    }
}

fn rows_of(rows: &[Leak]) -> Table {
    let mut table = Table::new(&LEAKAGE);
    for leak in rows {
        let exact = |value: &Option<Ratio>| value.as_ref().map(Ratio::to_exact_text);
        let units = [&leak.committed, &leak.usable, &leak.used, &leak.unusable, &leak.unused].map(exact);
        let price = leak.price.as_ref().map(|(price, _)| price.to_exact_text());
        let from = leak.price.as_ref().map(|(_, own)| if *own { "usage" } else { "charges" });
        let amounts = leak.amounts();
        let told = amounts.each_ref().map(exact);
        let sums = [leak.sum(true), leak.sum(false)].map(|sum| exact(&sum));
        let given = Cell::Integer(i64::try_from(leak.row).unwrap_or(i64::MAX));
        let mut cells = vec![text(&leak.period), text(&leak.party), text(&leak.service), given];
        cells.extend(units.iter().map(|value| text_or_null(value.as_deref())));
        cells.extend([text_or_null(price.as_deref()), text_or_null(from), text_or_null(leak.currency.as_deref())]);
        for ((amount, told), clause) in amounts.iter().zip(&told).zip(&leak.clauses) {
            cells.extend([decimal(amount), text_or_null(told.as_deref()), text_or_null(clause.as_deref())]);
        }
        cells.extend(sums.iter().map(|sum| text_or_null(sum.as_deref())));
        cells.push(text_or_null(leak.lacks()));
        table.push(&cells);
    }
    table
}

/// What was unusable, unused, is deductible and leaked, and how many rows are incomplete.
type Sums = ([Ratio; 4], i64);

fn totals_of(rows: &[Leak]) -> Table {
    let mut sums: BTreeMap<(&str, Option<&str>), Sums> = BTreeMap::new();
    for leak in rows {
        let key = (leak.period.as_str(), leak.currency.as_deref());
        let (sums, incomplete) = sums.entry(key).or_insert_with(|| (std::array::from_fn(|_| Ratio::ZERO), 0));
        let [unusable, unused] = leak.amounts();
        for (sum, amount) in sums.iter_mut().zip([unusable, unused, leak.sum(true), leak.sum(false)]) {
            *sum = amount.map_or_else(|| sum.clone(), |amount| sum.plus(&amount));
        }
        *incomplete += i64::from(leak.lacks().is_some());
    }
    let mut table = Table::new(&TOTALS);
    for ((period, currency), (sums, incomplete)) in sums {
        let exact = sums.each_ref().map(Ratio::to_exact_text);
        let mut cells = vec![text(period), text_or_null(currency)];
        cells.extend(exact.iter().map(|sum| text(sum)));
        cells.push(Cell::Integer(incomplete));
        table.push(&cells);
    }
    table
}

impl Answer for LeakageReport {
    fn operation(&self) -> &'static str {
        "leakage"
    }
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let leak = self.rows.get(row).ok_or_else(|| no_such_row(row, self.rows.len()))?;
        let number = |value: &Option<Ratio>| value.clone().map_or(Argument::name("-"), Argument::Number);
        let currency = || Argument::name(leak.currency.as_deref().unwrap_or("-"));
        let mut reason = Reason::new(if leak.lacks().is_some() { "leakage-row-unknown" } else { "leakage-row" })
            .with("service", Argument::name(leak.service.as_str()))
            .with("party", Argument::name(leak.party.as_str()))
            .with("period", Argument::name(leak.period.as_str()))
            .with("deductible", number(&leak.sum(true)))
            .with("leaked", number(&leak.sum(false)))
            .with("lacks", leak.lacks().unwrap_or("-"))
            .with("currency", currency());
        let [unusable, unused] = leak.amounts();
        let parts = [
            ("leakage-unusable", &leak.unusable, unusable, &leak.clauses[0]),
            ("leakage-unused", &leak.unused, unused, &leak.clauses[1]),
        ];
        for (id, units, amount, clause) in parts {
            let part = Reason::new(id)
                .with("units", number(units))
                .with("committed", number(&leak.committed))
                .with("usable", number(&leak.usable))
                .with("used", number(&leak.used))
                .with("amount", number(&amount))
                .with("currency", currency());
            reason = reason.because(part.because(match clause {
                Some(clause) => Reason::new("leakage-right").with("clause", Argument::user(clause)),
                None => Reason::new("leakage-no-right").with("party", Argument::name(leak.party.as_str())),
            }));
        }
        let price = leak.price.as_ref().map(|(price, own)| {
            let id = if *own { "leakage-price" } else { "leakage-price-charged" };
            Reason::new(id).with("price", Argument::Number(price.clone())).with("currency", currency())
        });
        let given = Reason::new("score-case-row").with("row", i64::try_from(leak.row).unwrap_or(i64::MAX));
        Ok(reason.because_all(price).because(given))
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Limits, csv};
    use crate::document::Source;
    use crate::evidence::{EvidenceQuery, evidence};

    fn prices(usage: &str) -> Vec<Option<String>> {
        let acme = "
siam: 1
currency: GBP
parties: {acme: {kind: customer}, cloudco: {kind: supplier}}
services: {desks: {provider: cloudco}}
contracts: {cloud: {provider: cloudco}}
";
        let acme = crate::load(&[Source::text("acme.yaml", acme)]).unwrap();
        let read = |name: &str, text: &str| csv::read(name, text.as_bytes(), &Limits::default()).unwrap();
        let charges = read("charges", "contract,period,service,amount\ncloud,2026-10,desks,1000\n");
        let tables = [read("usage", usage), charges];
        let tables = tables.iter().map(Table::view).collect();
        let found = evidence(&acme, &EvidenceQuery::default(), tables, &Limits::default()).unwrap();
        let report = leakage(&acme, &found, &LeakageQuery::default()).unwrap();
        report.rows.iter().map(|leak| leak.price.as_ref().map(|(price, _)| price.to_exact_text())).collect()
    }

    #[test]
    fn a_charge_is_spread_over_all_rows_of_its_service() {
        // Two sites of 50 desks share one charge of 1000: 10 a desk, not 20.
        let usage =
            "party,service,period,committed,usable,used\ncloudco,desks,2026-10,50,50,40\ncloudco,desks,2026-10,50,50,50\n";
        assert_eq!(prices(usage), [Some("10".to_owned()), Some("10".to_owned())]);
        // What one site committed is not known, so neither is the price of a desk.
        let usage = "party,service,period,committed,usable,used\ncloudco,desks,2026-10,50,50,40\ncloudco,desks,2026-10,,50,50\n";
        assert_eq!(prices(usage), [None, None]);
    }
}
