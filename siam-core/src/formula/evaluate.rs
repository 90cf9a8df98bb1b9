//! One period evaluated: every line of every attachment, then entries, triggers and figures set.
//!
//! Goes in: a program, a period, its events, given figures, the past. Comes out: an `Evaluated`; the past with this period added.
//! **Invariant:** the same input gives the same values, whatever the order of instances; the past is read, never derived again.
//! **Not here:** single steps (`steps`), the worked calculation (`explain`).

use super::code::{LineAt, Link, RegimeAt};
pub use super::evaluated::{Entry, Evaluated, LineValue, Receiver, Setting, Trigger};
use super::history::{History, Owner, SettlementPeriod, Stored};
use super::instances::{Attached, InstanceAt, Parameter, literal};
use super::program::{Contract, Known, Program};
use super::steps::Machine;
use super::types::{Kind, Type};
use super::value::{Missing, Scalar, Value};
use crate::base::{Date, Ratio};
use crate::model::regime::Scope;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What supplies given names, inputs and figures.
pub trait Given {
    /// The figure of an instance in a period, in the unit of its type: whole money, points, seconds, one for a ratio.
    fn figure(&self, scope: Scope, instance: &str, name: &str, period: &SettlementPeriod) -> Value;
}

impl<F: Fn(Scope, &str, &str, &SettlementPeriod) -> Value> Given for F {
    fn figure(&self, scope: Scope, instance: &str, name: &str, period: &SettlementPeriod) -> Value {
        self(scope, instance, name, period)
    }
}

/// An event of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id, unique among events.
    pub id: String,
    /// The instance of the program it lies in; an end-to-end event lies in the ecosystem.
    pub within: InstanceAt,
}

/// An attachment as it is evaluated in a period.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub instance: InstanceAt,
    pub name: Arc<str>,
    pub regime: RegimeAt,
    /// Which attachment of the program it is.
    pub attached: usize,
}

/// What is known of a period besides the past.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    pub instances: Vec<Known>,
    pub live: Vec<Live>,
    /// Attachments of each instance.
    pub of: BTreeMap<InstanceAt, Vec<usize>>,
    /// Attachments of a regime inside an instance, in the order of their ids.
    pub inside: BTreeMap<(RegimeAt, InstanceAt), Vec<usize>>,
    /// Instances of a scope inside another, in the order of their ids.
    pub contained: BTreeMap<(Scope, InstanceAt), Vec<InstanceAt>>,
    /// Values by attachment and line.
    pub values: Vec<Vec<Value>>,
    pub figures: BTreeMap<(InstanceAt, Arc<str>), Value>,
}

impl Facts {
    pub fn container(&self, mut at: InstanceAt, scope: Scope) -> Option<InstanceAt> {
        for _ in 0..8 {
            let instance = self.instances.get(at)?;
            if instance.scope == scope {
                return Some(at);
            }
            at = instance.within?;
        }
        None
    }
    pub fn party(&self, at: InstanceAt) -> Option<Arc<str>> {
        let party = self.container(at, Scope::Party)?;
        self.instances.get(party).map(|party| party.id.clone())
    }
    /// The attachments of an instance that a link means.
    pub fn linked<'a>(&'a self, at: InstanceAt, link: &'a Link, regime_name: &'a str) -> impl Iterator<Item = usize> + 'a {
        let all = self.of.get(&at).map(Vec::as_slice).unwrap_or_default().iter().copied();
        all.filter(move |one| self.live.get(*one).is_some_and(|live| means(live, link, regime_name)))
    }
    pub fn owner(&self, live: usize) -> Option<Owner> {
        let live = self.live.get(live)?;
        let instance = self.instances.get(live.instance)?;
        Some((instance.scope, instance.id.clone(), live.name.clone()))
    }
    pub fn value(&self, live: usize, line: LineAt) -> Value {
        let value = self.values.get(live).and_then(|values| values.get(line));
        value.cloned().unwrap_or(Value::missing(Missing::NotAttached))
    }
}

/// Whether a name means an attachment: its own name, or that of its regime.
pub(super) fn means(live: &Live, link: &Link, regime_name: &str) -> bool {
    live.regime == link.regime && (*live.name == *link.name || *link.name == *regime_name)
}

impl Program {
    /// Evaluates a period and stores its values in the past; periods are evaluated in their order.
    pub fn evaluate(&self, period: &SettlementPeriod, events: &[Event], given: &dyn Given, history: &mut History) -> Evaluated {
        let inner = &self.inner;
        let at = self.era(period.from);
        self.open(period, history);
        let mut facts = self.facts(at, events);
        let asked: RefCell<BTreeMap<(InstanceAt, Arc<str>), Value>> = RefCell::default();
        let past = history.clone();
        if let Some(era) = inner.eras.get(at) {
            let by_regime = by_regime(&facts, inner.regimes.len());
            for (regime, line) in &era.order {
                let Some(code) = era.editions.get(*regime).and_then(|edition| edition.lines.get(*line)).map(|line| &line.code)
                else {
                    continue;
                };
                let lives = by_regime.get(*regime).map(Vec::as_slice).unwrap_or_default();
                for live in lives {
                    let figure = |instance: InstanceAt, name: &Arc<str>| {
                        let key = (instance, name.clone());
                        if let Some(known) = asked.borrow().get(&key) {
                            return known.clone();
                        }
                        let value = self.figure(&facts, instance, name, period, given, &past);
                        asked.borrow_mut().insert(key, value.clone());
                        value
                    };
                    let machine = Machine { inner, era, facts: &facts, past: &past, period, figure: &figure };
                    let value = machine.line(code, *live);
                    if let Some(slot) = facts.values.get_mut(*live).and_then(|values| values.get_mut(*line)) {
                        *slot = value;
                    }
                }
            }
        }
        facts.figures = asked.into_inner();
        let mut evaluated = Evaluated {
            inner: inner.clone(),
            era: at,
            facts,
            past,
            period: period.clone(),
            entries: Vec::new(),
            triggers: Vec::new(),
            settings: Vec::new(),
        };
        evaluated.conclude();
        history.replace(period.clone(), evaluated.stored());
        evaluated
    }

    /// The attachments in force, those of events included, by regime, instance and name.
    fn facts(&self, era: usize, events: &[Event]) -> Facts {
        let inner = &self.inner;
        let mut instances = inner.instances.clone();
        let mut live: Vec<Live> = Vec::new();
        let era = inner.eras.get(era);
        let in_force = |regime: usize| era.is_some_and(|era| era.in_force.get(regime) == Some(&true));
        let scope = |regime: usize| inner.regimes.get(regime).map(|(_, scope)| *scope);
        let mut of_events: BTreeMap<InstanceAt, Vec<usize>> = BTreeMap::new();
        for (at, one) in inner.attached.iter().enumerate().filter(|(_, one)| in_force(one.regime)) {
            if scope(one.regime) == Some(Scope::Event) {
                of_events.entry(one.instance).or_default().push(at);
            } else {
                live.push(Live { instance: one.instance, name: one.name.clone(), regime: one.regime, attached: at });
            }
        }
        for event in events {
            let own = instances.len();
            instances.push(Known { scope: Scope::Event, id: event.id.as_str().into(), within: Some(event.within) });
            let mut outer = Some(event.within);
            let first = live.len();
            // The nearest instance that attaches a regime under a name decides its parameters.
            for _ in 0..8 {
                let Some(here) = outer else { break };
                for at in of_events.get(&here).into_iter().flatten() {
                    let Some(one) = inner.attached.get(*at) else { continue };
                    if !live.iter().skip(first).any(|known| known.name == one.name) {
                        live.push(Live { instance: own, name: one.name.clone(), regime: one.regime, attached: *at });
                    }
                }
                outer = inner.instances.get(here).and_then(|instance| instance.within);
            }
        }
        let id = |live: &Live| instances.get(live.instance).map(|instance| instance.id.clone());
        live.sort_by_cached_key(|live| (live.regime, id(live), live.name.clone()));
        let mut of: BTreeMap<InstanceAt, Vec<usize>> = BTreeMap::new();
        for (at, one) in live.iter().enumerate() {
            of.entry(one.instance).or_default().push(at);
        }
        let lines = |live: &Live| era.and_then(|era| era.editions.get(live.regime)).map_or(0, |edition| edition.lines.len());
        let values = live.iter().map(|live| vec![Value::missing(Missing::NotSupplied); lines(live)]).collect();
        let (inside, contained) = inside(&instances, &live);
        Facts { instances, live, of, inside, contained, values, figures: BTreeMap::new() }
    }

    fn figure(
        &self,
        facts: &Facts,
        at: InstanceAt,
        name: &Arc<str>,
        period: &SettlementPeriod,
        given: &dyn Given,
        past: &History,
    ) -> Value {
        match &**name {
            "period_number" => return Value::quantity(Ratio::whole(period.number.into())),
            "part_of_year" => return part_of_year(&self.inner.contract, period),
            _ => {}
        }
        if let Some(set) = self.set(facts, at, name, period, past) {
            return set;
        }
        let Some(instance) = facts.instances.get(at) else { return Value::missing(Missing::NotSupplied) };
        given.figure(instance.scope, &instance.id, name, period)
    }

    /// The value that a regime set in the latest period before this one.
    fn set(&self, facts: &Facts, at: InstanceAt, name: &str, period: &SettlementPeriod, past: &History) -> Option<Value> {
        for live in facts.of.get(&at)? {
            let owner = facts.owner(*live)?;
            let line = format!("set {name}");
            let latest = past
                .before(period.number)
                .find_map(|number| past.value(number, &owner, &line).filter(|stored| stored.value.one().missing().is_none()));
            if let Some(stored) = latest {
                return Some(stored.value.clone());
            }
        }
        None
    }

    /// Puts opening values into the periods before the first one of an attachment.
    fn open(&self, period: &SettlementPeriod, history: &mut History) {
        for one in self.inner.attached.iter().filter(|one| !one.opening.is_empty()) {
            let Some(instance) = self.inner.instances.get(one.instance) else { continue };
            let owner: Owner = (instance.scope, instance.id.clone(), one.name.clone());
            if history.knows(&owner, period.number) {
                continue;
            }
            for (line, texts) in &one.opening {
                let typed = self.line_type(one, &line.value, period);
                for (back, text) in texts.iter().rev().enumerate() {
                    let Some((value, _)) = literal(&text.value) else { continue };
                    let back = i32::try_from(back + 1).unwrap_or(i32::MAX);
                    let Some(before) = earlier(period, back) else { continue };
                    let before = history.period(before.number).cloned().unwrap_or(before);
                    let stored = Stored { value: Value::One(value), typed: typed.as_str().into() };
                    history.add(before, owner.clone(), &line.value, stored);
                }
            }
        }
    }

    fn line_type(&self, one: &Attached, line: &str, period: &SettlementPeriod) -> String {
        let era = self.inner.eras.get(self.era(period.from));
        let edition = era.and_then(|era| era.editions.get(one.regime));
        let found = edition.and_then(|edition| super::program::line_of(edition, line));
        found.map_or(Type::UNKNOWN, |(_, line)| line.code.typed().settled()).to_string()
    }
}

type Inside = (BTreeMap<(RegimeAt, InstanceAt), Vec<usize>>, BTreeMap<(Scope, InstanceAt), Vec<InstanceAt>>);

/// What lies in what, for gathers.
fn inside(instances: &[Known], live: &[Live]) -> Inside {
    let chain = |first: InstanceAt| {
        let next = |at: &InstanceAt| instances.get(*at).and_then(|instance| instance.within);
        std::iter::successors(Some(first), next).take(8)
    };
    let (mut attachments, mut contained): Inside = Default::default();
    for (at, one) in live.iter().enumerate() {
        for outer in chain(one.instance) {
            attachments.entry((one.regime, outer)).or_default().push(at);
        }
    }
    let id = |at: &InstanceAt| instances.get(*at).map(|instance| instance.id.clone());
    for (at, instance) in instances.iter().enumerate() {
        for outer in chain(at).skip(1) {
            contained.entry((instance.scope, outer)).or_default().push(at);
        }
    }
    for list in contained.values_mut() {
        list.sort_by_cached_key(id);
    }
    (attachments, contained)
}

fn by_regime(facts: &Facts, regimes: usize) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new(); regimes];
    for (at, live) in facts.live.iter().enumerate() {
        if let Some(list) = found.get_mut(live.regime) {
            list.push(at);
        }
    }
    found
}

/// The period so many before this one: whole months where this one is whole months, else as many days.
fn earlier(period: &SettlementPeriod, back: i32) -> Option<SettlementPeriod> {
    let number = period.number.checked_sub(back)?;
    let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    let whole = period.from.day() == 1 && period.until.day() == 1;
    let (from, until) = if whole {
        let length = months(period.until) - months(period.from);
        let first =
            |month: i32| Date::new(i16::try_from(month.div_euclid(12)).ok()?, u8::try_from(month.rem_euclid(12) + 1).ok()?, 1);
        let month = months(period.from).checked_sub(length.checked_mul(back)?)?;
        (first(month)?, first(month + length)?)
    } else {
        let length = period.until.to_days() - period.from.to_days();
        let days = length.checked_mul(back)?;
        (period.from.plus_days(days.checked_neg()?)?, period.until.plus_days(days.checked_neg()?)?)
    };
    // A month is named as people name it, and as the table of the past names it.
    let month = whole && months(until) - months(from) == 1;
    let label = if month { format!("{:04}-{:02}", from.year(), from.month()) } else { format!("{from}/{until}") };
    Some(SettlementPeriod { number, label, from, until })
}

/// The first day of the contract year a day lies in.
pub(super) fn contract_year(start: Date, day: Date) -> Date {
    let anniversary = |year: i16| Date::new(year, start.month(), start.day()).or_else(|| Date::new(year, 3, 1));
    let this = anniversary(day.year()).unwrap_or(start);
    if this <= day { this } else { anniversary(day.year() - 1).unwrap_or(start) }
}

/// Days of this contract year inside the term over the days of the whole year.
fn part_of_year(contract: &Contract, period: &SettlementPeriod) -> Value {
    let first = contract_year(contract.start, period.from);
    let next =
        Date::new(first.year() + 1, contract.start.month(), contract.start.day()).or_else(|| Date::new(first.year() + 1, 3, 1));
    let Some(next) = next else { return Value::missing(Missing::NoData) };
    let end = contract.end.map_or(next, |end| end.min(next));
    let days = |from: Date, until: Date| i128::from(until.to_days() - from.to_days());
    let inside = days(first.max(contract.start), end).max(0);
    Ratio::new(inside, days(first, next)).map_or(Value::missing(Missing::DividedByZero), Value::quantity)
}

/// A parameter's value in a period that begins on this day.
pub(super) fn parameter(one: &Attached, edition: usize, number: usize, day: Date) -> Value {
    match one.parameters.get(edition).and_then(|values| values.get(number)) {
        Some(Parameter::Fixed(value)) => value.clone(),
        Some(Parameter::Dated(values)) => {
            let found = values.iter().rev().find(|(from, _)| *from <= day);
            found.map_or(Value::missing(Missing::NotSupplied), |(_, value)| Value::One(value.clone()))
        }
        None => Value::missing(Missing::NotSupplied),
    }
}

/// Whether a value is what a type says; a figure that is not is missing.
pub(super) fn of_type(value: Value, typed: &Type) -> Value {
    let fits = |scalar: &Scalar| match scalar {
        Scalar::Missing(_) => true,
        Scalar::Flag(_) => typed.kind == Kind::Flag,
        Scalar::Word(_) => typed.kind == Kind::Word,
        Scalar::Quantity(_) => matches!(typed.kind, Kind::Quantity(_) | Kind::Zero),
    };
    let sound = match &value {
        Value::One(scalar) => fits(scalar),
        Value::ByParty(slices) => typed.by_party && slices.values().all(fits),
    };
    if sound { value } else { Value::missing(Missing::WrongType) }
}
