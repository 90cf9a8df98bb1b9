//! Folds: over periods, over finer instances; caps, splits and earn-backs.
//!
//! Goes in: series with their past, windows, gathered bodies. Comes out: values.
//! **Invariant:** missing values are skipped and said so nowhere else; a past that was not given makes the result missing, never zero.
//! **Not here:** what is stored (`history`).

mod exact;

pub(super) use exact::fold_values;
use exact::{only, passes, shared};

use super::code::{Fold, Gather, Grain, Link, Past, Series, Shares, Span, StepAt, StepKind};
use super::evaluate::{contract_year, means};
use super::history::Owner;
use super::instances::InstanceAt;
use super::parse::Operator;
use super::steps::{For, Machine};
use super::types::Type;
use super::value::{Missing, Scalar, Slices, Value, bounded, two};
use crate::base::{Date, Ratio};
use std::collections::BTreeMap;
use std::sync::Arc;

type At<'v> = &'v dyn Fn(StepAt) -> &'v Value;

/// What the past says of a period.
enum Told {
    /// A stored value.
    Value(Value),
    /// The period is settled, or before the contract, and holds nothing.
    Nothing,
    /// The period was not given.
    Unknown,
}

impl Machine<'_> {
    pub(super) fn folded<'v>(&self, kind: &StepKind, typed: &Type, at: At<'v>, of: For) -> Value {
        match kind {
            StepKind::Previous(series, first, back) => self.previous(series, at(*first), *back, of),
            StepKind::Window(fold, series, span, condition) => self.window(*fold, series, span, condition.as_ref(), at, of),
            StepKind::Streak(series, span) => self.streak(series, span.as_ref(), at, of),
            StepKind::Changed(series) => self.changed(series, at, of),
            StepKind::Gather(gather) => self.gather(gather, of),
            StepKind::Cap { amount, limits, own, carry, rest } => {
                self.cap(at(*amount), limits, (*own, *carry, *rest), typed, at, of)
            }
            StepKind::Split(amount, shares, grain) => self.split(at(*amount), shares, grain, at, of),
            StepKind::EarnBack(amount, when, tranches) => self.earn_back(amount, when, tranches, at, of),
            _ => Value::missing(Missing::NotSupplied),
        }
    }

    /// Whose past a series is, and under which name it is stored.
    pub(super) fn stored_as(&self, past: &Past, of: For) -> Result<(Owner, Arc<str>), Missing> {
        match past {
            Past::Own(line) => {
                let owner = self.facts.owner(of.live).ok_or(Missing::NotAttached)?;
                let regime = self.facts.live.get(of.live).map(|live| live.regime).ok_or(Missing::NotAttached)?;
                let edition = self.era.editions.get(regime).ok_or(Missing::NotAttached)?;
                let line = edition.lines.get(*line).ok_or(Missing::NotAttached)?;
                Ok((owner, line.name.clone()))
            }
            Past::Other(link, line) => {
                let live = self.linked(link, of)?;
                Ok((self.facts.owner(live).ok_or(Missing::NotAttached)?, line.clone()))
            }
        }
    }

    fn told(&self, number: i32, owner: &Owner, line: &str, typed: &str) -> Told {
        match self.past.value(number, owner, line) {
            // Another unit is another line's past.
            Some(stored) if &*stored.typed == typed => Told::Value(stored.value.clone()),
            Some(_) => Told::Nothing,
            None if number < 1 || self.past.is_settled(number) => Told::Nothing,
            None => Told::Unknown,
        }
    }

    fn previous(&self, series: &Series, first: &Value, back: u32, of: For) -> Value {
        let number = self.period.number.saturating_sub(i32::try_from(back).unwrap_or(i32::MAX));
        let (owner, line) = match self.stored_as(&series.past, of) {
            Ok(found) => found,
            Err(why) => return Value::missing(why),
        };
        match self.told(number, &owner, &line, &series.typed.to_string()) {
            Told::Value(value) => value,
            Told::Nothing => first.clone(),
            Told::Unknown => Value::missing(Missing::NoHistory),
        }
    }

    fn changed<'v>(&self, series: &Series, at: At<'v>, of: For) -> Value {
        let now = series.now.map(at);
        let before = self
            .stored_as(&series.past, of)
            .map(|(owner, line)| self.told(self.period.number - 1, &owner, &line, &series.typed.to_string()));
        match (now, before) {
            (Some(now), Ok(Told::Value(before))) => Value::each(&[now, &before], |given| match given {
                [now, before] => two(Operator::Unequal, now, before),
                _ => Scalar::Missing(Missing::NotSupplied),
            }),
            (Some(Value::One(Scalar::Missing(why))), _) => Value::missing(*why),
            (Some(now), Ok(Told::Nothing)) => Value::each(&[now], |_| Scalar::Flag(false)),
            (_, Ok(Told::Unknown)) => Value::missing(Missing::NoHistory),
            (_, Err(why)) => Value::missing(why),
            (None, _) => Value::missing(Missing::NotSupplied),
        }
    }

    /// The number of the first period of a span; an error where that lies in a past that was not given.
    fn first<'v>(&self, span: &Span, at: At<'v>, of: For) -> Result<i32, Missing> {
        let now = self.period.number;
        let lowest = self.past.earliest().unwrap_or(now).min(now).min(1);
        let year = |start: Date| {
            let mut first = now;
            let mut from = self.period.from;
            // The period before begins before this one; where this one begins the year, it lies in another.
            while from > start {
                let Some(before) = self.past.period(first - 1) else {
                    return if first > 1 { Err(Missing::NoHistory) } else { Ok(first) };
                };
                if before.from < start {
                    break;
                }
                (first, from) = (first - 1, before.from);
            }
            Ok(first)
        };
        match span {
            Span::Periods(count) => Ok((now - i32::try_from(*count).unwrap_or(i32::MAX) + 1).max(lowest)),
            Span::Contract => Ok(lowest),
            Span::ContractYear => year(contract_year(self.inner.contract.start, self.period.from)),
            Span::CalendarYear => year(Date::new(self.period.from.year(), 1, 1).ok_or(Missing::NoData)?),
            Span::Since(condition) => {
                if condition.now.map(at).is_some_and(|now| now.one().flag() == Ok(true)) {
                    return Ok(now);
                }
                let (owner, line) = self.stored_as(&condition.past, of)?;
                let typed = condition.typed.to_string();
                for number in (lowest..now).rev() {
                    match self.told(number, &owner, &line, &typed) {
                        Told::Value(value) if value.one().flag() == Ok(true) => return Ok(number),
                        Told::Unknown => return Err(Missing::NoHistory),
                        _ => {}
                    }
                }
                Ok(lowest)
            }
        }
    }

    /// Values of a series from `first` on, oldest first; those of periods without any are left out.
    fn values<'v>(&self, series: &Series, first: i32, at: At<'v>, of: For) -> Result<Vec<(i32, Value)>, Missing> {
        let (owner, line) = self.stored_as(&series.past, of)?;
        let typed = series.typed.to_string();
        let mut found = Vec::new();
        for number in first..self.period.number {
            match self.told(number, &owner, &line, &typed) {
                Told::Value(value) => found.push((number, value)),
                Told::Nothing => {}
                Told::Unknown => return Err(Missing::NoHistory),
            }
        }
        found.extend(series.now.map(|now| (self.period.number, at(now).clone())));
        Ok(found)
    }

    fn window<'v>(&self, fold: Fold, series: &Series, span: &Span, condition: Option<&Series>, at: At<'v>, of: For) -> Value {
        let found = self.first(span, at, of).and_then(|first| {
            let values = self.values(series, first, at, of)?;
            let Some(condition) = condition else { return Ok(values.into_iter().map(|(_, value)| value).collect()) };
            let holds: BTreeMap<i32, Value> = self.values(condition, first, at, of)?.into_iter().collect();
            let chosen = values.into_iter().filter_map(|(number, value)| Some(only(&value, holds.get(&number)?)));
            Ok(chosen.collect::<Vec<Value>>())
        });
        match found {
            Ok(values) => fold_values(fold, &values),
            Err(why) => Value::missing(why),
        }
    }

    fn streak<'v>(&self, series: &Series, span: Option<&Span>, at: At<'v>, of: For) -> Value {
        let first = match span {
            Some(span) => self.first(span, at, of),
            None => Ok(self.past.earliest().unwrap_or(self.period.number).min(1)),
        };
        let stored = self.stored_as(&series.past, of);
        let (Ok(first), Ok((owner, line))) = (first, &stored) else {
            return Value::missing(first.err().or(stored.err()).unwrap_or(Missing::NotSupplied));
        };
        let typed = series.typed.to_string();
        let now = series.now.map(at).cloned().unwrap_or(Value::missing(Missing::NotSupplied));
        let count = |pick: &dyn Fn(&Value) -> Scalar| {
            let mut count = 0_i128;
            for number in (first..=self.period.number).rev() {
                let told =
                    if number == self.period.number { Told::Value(now.clone()) } else { self.told(number, owner, line, &typed) };
                match told {
                    Told::Value(value) => match pick(&value).flag() {
                        Ok(true) => count += 1,
                        Ok(false) => break,
                        // No value, no measurement: it neither counts nor breaks.
                        Err(_) => {}
                    },
                    Told::Nothing => break,
                    Told::Unknown => return Scalar::Missing(Missing::NoHistory),
                }
            }
            Scalar::Quantity(Ratio::whole(count))
        };
        match &now {
            Value::One(_) => Value::One(count(&|value: &Value| value.one())),
            Value::ByParty(slices) => {
                let one = |party: &Arc<str>| (party.clone(), count(&|value: &Value| value.slice(party)));
                Value::ByParty(Arc::new(slices.keys().map(one).collect()))
            }
        }
    }

    fn cap<'v>(
        &self,
        amount: &Value,
        limits: &[(StepAt, Span)],
        (own, carry, rest): (usize, Option<usize>, bool),
        typed: &Type,
        at: At<'v>,
        of: For,
    ) -> Value {
        let series = |line: usize| Series { past: Past::Own(line), now: None, typed: typed.clone().settled() };
        let zero = Value::One(Scalar::ZERO);
        let waiting = carry.map_or(zero.clone(), |carry| self.previous(&series(carry), &zero, 1, of));
        let mut given: Vec<Value> = vec![amount.clone(), waiting.clone()];
        for (limit, span) in limits {
            let used = self.first(span, at, of).and_then(|first| self.values(&series(own), first, at, of)).map(|values| {
                let positive = |(_, value): (i32, Value)| {
                    Value::each(&[&value], |given| match given {
                        [Scalar::Quantity(value)] if !value.is_negative() => Scalar::Quantity(value.clone()),
                        _ => Scalar::ZERO,
                    })
                };
                fold_values(Fold::Sum, &values.into_iter().map(positive).collect::<Vec<_>>())
            });
            given.push(at(*limit).clone());
            given.push(used.unwrap_or_else(Value::missing));
        }
        let pass = |given: &[Scalar]| {
            let [amount, waiting, limits @ ..] = given else { return Scalar::Missing(Missing::NotSupplied) };
            let found = passes(amount, waiting, limits);
            match (found, rest) {
                (Ok((passed, _)), false) => bounded(passed),
                (Ok((_, left)), true) => bounded(left),
                (Err(why), false) => Scalar::Missing(why),
                // What waits goes on waiting.
                (Err(_), true) => waiting.clone(),
            }
        };
        Value::each(&given.iter().collect::<Vec<_>>(), pass)
    }

    fn earn_back<'v>(&self, amount: &Series, when: &Series, tranches: &[(u32, StepAt)], at: At<'v>, of: For) -> Value {
        let (stored, condition) = match (self.stored_as(&amount.past, of), self.stored_as(&when.past, of)) {
            (Ok(stored), Ok(condition)) => (stored, condition),
            (Err(why), _) | (_, Err(why)) => return Value::missing(why),
        };
        let (typed, flag) = (amount.typed.to_string(), when.typed.to_string());
        let now = when.now.map_or(Scalar::Missing(Missing::NotSupplied), |now| at(now).one());
        let mut parts: Vec<Value> = Vec::new();
        for (periods, share) in tranches {
            let number = self.period.number.saturating_sub(i32::try_from(*periods).unwrap_or(i32::MAX));
            let back = match self.told(number, &stored.0, &stored.1, &typed) {
                Told::Value(value) => value,
                Told::Nothing => continue,
                Told::Unknown => return Value::missing(Missing::NoHistory),
            };
            if back.one() == Scalar::ZERO || back.one().missing().is_some() && matches!(back, Value::One(_)) {
                continue;
            }
            let mut held = now.clone();
            for since in number + 1..self.period.number {
                let then = match self.told(since, &condition.0, &condition.1, &flag) {
                    Told::Value(value) => value.one(),
                    Told::Nothing => Scalar::Flag(false),
                    Told::Unknown => Scalar::Missing(Missing::NoHistory),
                };
                held = two(Operator::And, &held, &then);
            }
            parts.push(Value::each(&[&back, at(*share)], |given| match (held.flag(), given) {
                (Ok(false), _) => Scalar::ZERO,
                (Err(why), _) => Scalar::Missing(why),
                (Ok(true), [back, share]) => two(Operator::Times, back, share),
                _ => Scalar::Missing(Missing::NotSupplied),
            }));
        }
        match parts.iter().find_map(|part| part.one().missing().filter(|_| matches!(part, Value::One(_)))) {
            Some(why) => Value::missing(why),
            None => fold_values(Fold::Sum, &parts),
        }
    }

    /// The instances that a gather runs over, with the attachment of its first link.
    pub(super) fn gathered(&self, gather: &Gather, of: For) -> Vec<(InstanceAt, Option<usize>)> {
        let Some((first, more)) = gather.links.split_first() else {
            let inside = self.facts.contained.get(&(gather.scope, of.instance)).map(Vec::as_slice).unwrap_or_default();
            return inside.iter().map(|at| (*at, None)).collect();
        };
        let name = self.regime_name(first);
        let inside = self.facts.inside.get(&(first.regime, of.instance)).map(Vec::as_slice).unwrap_or_default();
        let chosen = inside.iter().filter_map(|at| {
            let live = self.facts.live.get(*at).filter(|live| means(live, first, name))?;
            let linked = |link: &Link| self.facts.linked(live.instance, link, self.regime_name(link)).next().is_some();
            more.iter().all(linked).then_some((live.instance, Some(*at)))
        });
        chosen.collect()
    }

    fn gather(&self, gather: &Gather, of: For) -> Value {
        let mut groups: BTreeMap<(u8, Arc<str>), Vec<Value>> = BTreeMap::new();
        let mut all: Vec<Value> = Vec::new();
        for (instance, live) in self.gathered(gather, of) {
            let inside = For { gathered: Some((instance, live)), ..of };
            let root = |code: &super::code::Code| self.run(code, inside).pop().unwrap_or(Value::missing(Missing::NotSupplied));
            let mut value = root(&gather.body);
            if let Some(condition) = &gather.condition {
                value = only(&value, &root(condition));
            }
            let Some((_, key)) = &gather.inner else {
                all.push(value);
                continue;
            };
            // An event without a value in the column stands alone, so that it is neither lost nor joined with others.
            let id = self.facts.instances.get(instance).map_or_else(|| "".into(), |instance| instance.id.clone());
            let group = match (self.figure)(instance, key).one() {
                Scalar::Word(word) => (0, word),
                Scalar::Missing(_) => (1, id),
                other => (0, super::history::text(&other).into()),
            };
            groups.entry(group).or_default().push(value);
        }
        if let Some((inner, _)) = &gather.inner {
            all = groups.values().map(|values| fold_values(*inner, values)).collect();
        }
        fold_values(gather.fold, &all)
    }

    fn split<'v>(&self, amount: &Value, shares: &Shares, grain: &Grain, at: At<'v>, of: For) -> Value {
        let total = match amount.one() {
            Scalar::Quantity(total) => total,
            Scalar::Missing(why) => return Value::missing(why),
            _ => return Value::missing(Missing::WrongType),
        };
        let slices = match shares {
            Shares::Equal => {
                let members = self.members(of);
                members.into_iter().map(|party| (party, Scalar::Quantity(Ratio::ONE))).collect()
            }
            Shares::Value(step) => match at(*step) {
                Value::ByParty(slices) => (**slices).clone(),
                Value::One(Scalar::Missing(why)) => return Value::missing(*why),
                Value::One(_) => return Value::missing(Missing::WrongType),
            },
            Shares::Line(link, line) => self.party_line(link, line, of),
        };
        match shared(&total, &slices, grain) {
            Ok(slices) => Value::ByParty(Arc::new(slices)),
            Err(why) => Value::missing(why),
        }
    }

    /// The parties that take part in what is shared at an instance.
    fn members(&self, of: For) -> Vec<Arc<str>> {
        match self.facts.party(of.instance) {
            Some(party) => vec![party],
            None => self.inner.members.clone(),
        }
    }

    fn party_line(&self, link: &Link, line: &str, of: For) -> Slices {
        let mut slices = Slices::new();
        let edition = self.era.editions.get(link.regime);
        let Some((line, _)) = edition.and_then(|edition| super::program::line_of(edition, line)) else { return slices };
        let name = self.regime_name(link);
        // A joint measure or agreement shares over the parties of its ecosystem.
        let ecosystem = self.facts.container(of.instance, crate::model::regime::Scope::Ecosystem);
        for (at, live) in self.facts.live.iter().enumerate() {
            let inside = self.facts.container(live.instance, crate::model::regime::Scope::Ecosystem) == ecosystem;
            if means(live, link, name)
                && inside
                && let Some(party) = self.facts.party(live.instance)
            {
                slices.insert(party, self.facts.value(at, line).one());
            }
        }
        slices
    }
}
