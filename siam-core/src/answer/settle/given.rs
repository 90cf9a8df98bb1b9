//! What a settlement supplies to formulas: scores, volumes, targets, charges, shares, figures.
//!
//! Goes in: a scorecard, evidence, contracts. Comes out: values in the units that formulas read, or missing with a reason.
//! **Invariant:** a figure of another type than declared is missing, never converted.
//! **Not here:** formulas (`formula`), scores (`score`).

use crate::answer::score::{Figure, Scorecard, Verdict};
use crate::base::{Currency, Instant, Ratio};
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, MISSING, Records};
use crate::formula::{Event, Given, Missing, Scalar, SettlementPeriod, Slices, Type, Value, literal};
use crate::model::agreement::{Agreement, Unit};
use crate::model::contract::{Charge, ChargeKind, Contract, Per};
use crate::model::party::PartyIdx;
use crate::model::regime::Scope;
use crate::model::rule::ServiceIdx;
use crate::model::service::Stage;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The figures of one month.
pub(super) struct Supplied<'s> {
    ecosystem: &'s Ecosystem,
    evidence: &'s Evidence,
    measures: BTreeMap<&'s str, Figure<'s>>,
    /// The first instant of the month.
    from: Instant,
    until: Instant,
    label: &'s str,
}

impl<'s> Supplied<'s> {
    pub fn new(
        ecosystem: &'s Ecosystem,
        evidence: &'s Evidence,
        scorecard: Option<&'s Scorecard>,
        period: &'s SettlementPeriod,
    ) -> Self {
        let model = ecosystem.model();
        let own = scorecard.into_iter().flat_map(Scorecard::figures).filter(|figure| figure.period.label() == period.label);
        let measures = own.filter_map(|figure| Some((model.measures.get(figure.measure)?.id.as_str(), figure))).collect();
        let (from, until) = (model.zone.day_start(period.from), model.zone.day_start(period.until));
        Self { ecosystem, evidence, measures, from, until, label: &period.label }
    }

    /// The events declared in the month; each lies in the ecosystem.
    pub fn events(&self) -> Vec<Event> {
        let Some(records) = self.evidence.records("events") else { return Vec::new() };
        let (Some(ids), Some(declared)) = (records.words("event"), records.instants("declared")) else { return Vec::new() };
        let within = |at: &usize| {
            let at = declared.get(*at).copied().unwrap_or(MISSING);
            at != MISSING && self.from.micros() <= at && at < self.until.micros()
        };
        (0..records.len()).filter(within).filter_map(|at| Some(Event { id: ids.get(at)?.to_owned(), within: 0 })).collect()
    }

    fn measure(&self, id: &str, name: &str) -> Value {
        let Some(figure) = self.measures.get(id) else { return Value::missing(Missing::NoData) };
        let declared = self.declared(Scope::Measure, id, name);
        let wanted = match declared.as_deref() {
            None | Some("ratio") => Unit::Share,
            Some("duration") => Unit::Seconds,
            Some("number") if figure.unit == Unit::Count => Unit::Count,
            Some("number") => Unit::Number,
            Some(_) => return Value::missing(Missing::WrongType),
        };
        let of_type = |value: &Option<Ratio>| match value {
            _ if figure.unit != wanted => Value::missing(Missing::WrongType),
            Some(value) => Value::quantity(value.clone()),
            None => Value::missing(Missing::NoData),
        };
        match name {
            "volume" if !figure.to_date => Value::quantity(Ratio::whole(figure.counted.into())),
            "target" => of_type(&figure.target),
            // What is to date is no score of the measure's own period yet.
            _ if figure.to_date => Value::missing(Missing::NoData),
            _ if figure.result == Verdict::TooFew && figure.counted > 0 => Value::missing(Missing::BelowMinimum),
            _ => of_type(&figure.value),
        }
    }

    /// The type that an instance declares for a figure.
    fn declared(&self, scope: Scope, id: &str, name: &str) -> Option<String> {
        let model = self.ecosystem.model();
        let figures = match scope {
            Scope::Measure => model.names.measures.get(id).and_then(|at| model.measures.get(*at)).map(|measure| &measure.figures),
            Scope::Agreement => model.names.agreements.get(id).and_then(|at| model.agreements.get(*at)).map(|own| &own.figures),
            Scope::Party => model.names.parties.get(id).and_then(|at| model.parties.get(*at)).map(|party| &party.figures),
            _ => model.collective.as_ref().map(|all| &all.figures),
        };
        figures?.iter().find(|(known, _)| known.value == name).map(|(_, kind)| kind.value.clone())
    }

    /// The type that a regime of the scope wants of an input, or that a given name has.
    fn wanted(&self, scope: Scope, name: &str) -> Option<String> {
        let regimes = self.ecosystem.model().regimes.iter().filter(|regime| regime.scope == scope);
        let mut inputs = regimes.flat_map(|regime| &regime.editions).flat_map(|edition| edition.inputs.iter());
        let input = inputs.find(|(known, _)| known.value == name).map(|(_, kind)| kind.value.clone());
        input.or_else(|| match name {
            "value" | "unrelieved" | "target" => Some("ratio".to_owned()),
            "volume" => Some("number".to_owned()),
            "charges" => Some("money".to_owned()),
            _ => None,
        })
    }

    /// A figure that the table `figures` supplies.
    fn supplied(&self, scope: Scope, id: &str, name: &str) -> Option<Value> {
        let records = self.evidence.records("figures")?;
        let (scopes, owners) = (records.words("scope"), records.words("owner"));
        let (figures, periods, values) = (records.words("figure")?, records.words("period")?, records.words("value")?);
        let row = (0..records.len()).rev().find(|at| {
            let owner = owners.and_then(|owners| owners.get(*at)).unwrap_or_default();
            let of = scopes.and_then(|scopes| scopes.get(*at)).unwrap_or(Scope::Ecosystem.as_str());
            of == scope.as_str()
                && (owner == id || (scope == Scope::Ecosystem && matches!(owner, "" | "ecosystem")))
                && figures.get(*at) == Some(name)
                && periods.get(*at) == Some(self.label)
        })?;
        // A value that is there and cannot be read is not the same as none.
        let Some((value, typed)) = values.get(row).and_then(literal) else {
            return Some(Value::missing(Missing::WrongType));
        };
        let currency = self.ecosystem.model().currency.unwrap_or(Currency::NONE);
        let declared = self.declared(scope, id, name).or_else(|| self.wanted(scope, name));
        let declared = declared.and_then(|text| Type::parse(&text, currency));
        Some(match declared {
            Some(declared) if !typed.fits(&declared) => Value::missing(Missing::WrongType),
            _ => Value::One(value),
        })
    }

    /// The shares of an event's causes.
    fn causes(&self, event: &str) -> Value {
        let shares = || {
            let records = self.evidence.records("attribution")?;
            let (events, parties, shares) = (records.words("event")?, records.words("party")?, records.ratios("share")?);
            let mut slices = Slices::new();
            for at in (0..records.len()).filter(|at| events.get(*at) == Some(event)) {
                let share = shares.get(at).cloned().flatten()?;
                let slot = slices.entry(parties.get(at)?.into()).or_insert(Scalar::ZERO);
                if let Scalar::Quantity(before) = slot {
                    *slot = Scalar::Quantity(before.plus(&share));
                }
            }
            (!slices.is_empty()).then(|| Value::ByParty(Arc::new(slices)))
        };
        shares().unwrap_or(Value::missing(Missing::NoData))
    }

    fn charges(&self, scope: Scope, id: &str) -> Value {
        let model = self.ecosystem.model();
        let Some(currency) = model.currency else { return Value::missing(Missing::NotSupplied) };
        let party = |party: PartyIdx| model.contracts.iter().filter(move |contract| contract.provider == party);
        let in_force = |contract: &&Contract| contract.validity.from < self.until && contract.validity.until > self.from;
        let sum = match scope {
            Scope::Ecosystem => self.sum(model.contracts.iter().filter(in_force), None, currency),
            Scope::Party => {
                let Some(at) = model.names.parties.get(id) else { return Value::missing(Missing::NotSupplied) };
                self.sum(party(*at).filter(in_force), None, currency)
            }
            _ => {
                let agreement = model.names.agreements.get(id).and_then(|at| model.agreements.get(*at));
                let Some((agreement, provider)) = agreement.and_then(|own| Some((own, own.provider?))) else {
                    return Value::missing(Missing::NotSupplied);
                };
                self.sum(party(provider).filter(in_force), Some(agreement), currency)
            }
        };
        match sum {
            Ok(sum) => Value::quantity(sum),
            Err(why) => Value::missing(why),
        }
    }

    /// What contracts charge in the month: as the evidence says, else as they agree.
    fn sum<'c>(
        &self,
        contracts: impl Iterator<Item = &'c Contract>,
        of: Option<&Agreement>,
        currency: Currency,
    ) -> Result<Ratio, Missing> {
        let (mut sum, mut any) = (Ratio::ZERO, false);
        for contract in contracts {
            any = true;
            let billed = self
                .evidence
                .records("charges")
                .and_then(|records| billed(self.ecosystem, records, contract, of, self.label, currency));
            sum = sum.plus(&match billed {
                Some(billed) => billed?,
                None => agreed(self.ecosystem, contract, of, (self.from, self.until), currency)?,
            });
        }
        if any { Ok(sum) } else { Err(Missing::NotSupplied) }
    }
}

impl Given for Supplied<'_> {
    fn figure(&self, scope: Scope, instance: &str, name: &str, _: &SettlementPeriod) -> Value {
        if let Some(supplied) = self.supplied(scope, instance, name) {
            return supplied;
        }
        match (scope, name) {
            (Scope::Measure, "value" | "unrelieved" | "target" | "volume") => self.measure(instance, name),
            (Scope::Event, "causes") => self.causes(instance),
            (Scope::Agreement | Scope::Party | Scope::Ecosystem, "charges") => self.charges(scope, instance),
            _ => Value::missing(Missing::NotSupplied),
        }
    }
}

/// What the evidence says a contract charged; none where it says nothing of it.
pub(super) fn billed(
    ecosystem: &Ecosystem,
    records: &Records,
    contract: &Contract,
    of: Option<&Agreement>,
    label: &str,
    currency: Currency,
) -> Option<Result<Ratio, Missing>> {
    let model = ecosystem.model();
    let (contracts, periods) = (records.words("contract")?, records.words("period")?);
    let (amounts, currencies, services) = (records.ratios("amount")?, records.words("currency"), records.words("service"));
    let own = |at: &usize| contracts.get(*at) == Some(contract.id.as_str()) && periods.get(*at) == Some(label);
    let mut found = (0..records.len()).filter(own).peekable();
    found.peek()?;
    let mut sum = Ratio::ZERO;
    for at in found {
        let service = services.and_then(|services| services.get(at)).and_then(|name| model.names.services.get(name));
        // A charge for no service in particular cannot be allotted to an agreement.
        if of.is_some() && service.is_none() {
            return Some(Err(Missing::NotSupplied));
        }
        if of.is_some_and(|agreement| !service.is_some_and(|service| agreement.services.contains(service))) {
            continue;
        }
        let other = currencies.and_then(|words| words.get(at)).is_some_and(|word| word != currency.as_str());
        match amounts.get(at).cloned().flatten() {
            Some(amount) if !other => sum = sum.plus(&amount),
            Some(_) => return Some(Err(Missing::WrongType)),
            None => return Some(Err(Missing::NoData)),
        }
    }
    Some(Ok(sum))
}

/// What a contract agrees for a month: fixed charges, those of quarters and years in equal parts.
pub(super) fn agreed(
    ecosystem: &Ecosystem,
    contract: &Contract,
    of: Option<&Agreement>,
    (from, until): (Instant, Instant),
    currency: Currency,
) -> Result<Ratio, Missing> {
    // How a part of a month is charged, no document says; the evidence can.
    if contract.validity.from > from || contract.validity.until < until {
        return Err(Missing::NotSupplied);
    }
    let mut sum = Ratio::ZERO;
    for charge in contract.charges.iter().filter(|charge| charge.kind == ChargeKind::Fixed && is_charged(ecosystem, charge, from))
    {
        let own = |agreement: &Agreement| {
            !charge.services.is_empty() && charge.services.iter().all(|service| agreement.services.contains(service))
        };
        if of.is_some() && charge.services.is_empty() {
            return Err(Missing::NotSupplied);
        }
        if of.is_some_and(|agreement| !own(agreement)) {
            continue;
        }
        let parts = match charge.per {
            Per::Month => 1,
            Per::Quarter => 3,
            Per::Year => 12,
            Per::Unit | Per::Once => continue,
        };
        let Some(amount) = charge.amount.at(from) else { continue };
        if amount.currency != currency {
            return Err(Missing::WrongType);
        }
        sum = sum.plus(&amount.value.divide(&Ratio::whole(parts)).unwrap_or(Ratio::ZERO));
    }
    Ok(sum)
}

/// A charge for services of which all are retired is not due.
fn is_charged(ecosystem: &Ecosystem, charge: &Charge, from: Instant) -> bool {
    let retired = |service: &ServiceIdx| {
        let service = ecosystem.model().services.get(*service);
        service.is_some_and(|service| service.stage.at(from) == Some(&Stage::Retired))
    };
    charge.services.is_empty() || !charge.services.iter().all(retired)
}
