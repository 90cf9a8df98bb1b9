//! Instances that attach regimes, with their parameters read and typed.
//!
//! Goes in: parties, agreements, measures as `Instance`; attachments as written. Comes out: attachments with typed parameters.
//! **Invariant:** every attachment names a regime whose scope it can have; every parameter has the type of its default.
//! **Not here:** formulas (`compile`), events, which are known only when a period is evaluated (`evaluate`).

use super::compile::on_minor_unit;
use super::parse::{self, PartKind};
use super::types::{Kind, Type, Unit};
use super::value::{Scalar, Slices, Value};
use crate::base::{Argument, Currency, Date, codes};
use crate::document::{Faults, Mark, Spot};
use crate::model::regime::{AttachmentDoc, FiguresDoc, ParameterDoc, Regime, RegimeDoc, Scope};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The number of an instance.
pub type InstanceAt = usize;

/// Something a regime can be evaluated for.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// What it is.
    pub scope: Scope,
    /// Its id, unique within its scope.
    pub id: String,
    /// The next coarser instance it lies in; only the ecosystem lies in none.
    pub within: Option<InstanceAt>,
    /// The regimes it attaches. One of a finer scope is attached to every such instance in this one, events included.
    pub attachments: Vec<(Spot<String>, AttachmentDoc)>,
    /// Figures it declares, with their types.
    pub figures: FiguresDoc,
    /// For the ecosystem: the parties that take part in what is shared; all where none are named.
    pub members: Vec<String>,
}

/// A value that a parameter has: always, or from a day on.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// Always.
    Fixed(Value),
    /// From each day on.
    Dated(Vec<(Date, Scalar)>),
}

/// A regime attached to an instance.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The instance; for a regime per event the one whose events have it.
    pub instance: InstanceAt,
    /// The name under which it is attached.
    pub name: Arc<str>,
    /// The regime.
    pub regime: usize,
    /// Parameters of each edition, in the order of the edition.
    pub parameters: Vec<Vec<Parameter>>,
    /// Opening values by line, oldest first.
    pub opening: Vec<(Spot<String>, Vec<Spot<String>>)>,
    /// Where it is written.
    pub mark: Mark,
}

/// A literal as parameters, openings and figures of cases have it: a quantity, a flag or a word.
pub fn literal(text: &str) -> Option<(Scalar, Type)> {
    let tree = parse::formula(text).ok()?;
    let parts: Vec<&PartKind> = tree.parts.iter().map(|part| &part.kind).collect();
    Some(match parts.as_slice() {
        [PartKind::Quantity(value, unit)] => (Scalar::Quantity(value.clone()), quantity(value.is_zero(), unit)),
        [PartKind::Quantity(value, unit), PartKind::Negate(0)] => {
            (Scalar::Quantity(value.negated()), quantity(value.is_zero(), unit))
        }
        [PartKind::Flag(value)] => (Scalar::Flag(*value), Type::FLAG),
        [PartKind::Word(word) | PartKind::Name(word)] => (Scalar::Word(word.as_str().into()), Type::WORD),
        _ => return None,
    })
}

fn quantity(zero: bool, unit: &Unit) -> Type {
    if zero && *unit == Unit::NUMBER { Type { kind: Kind::Zero, by_party: false } } else { Type::quantity(unit.clone()) }
}

/// A parameter of an edition: its type and whether all its values are on the minor unit.
#[derive(Debug, Clone)]
pub struct ParameterType {
    /// The type of all its values.
    pub typed: Type,
    /// Whether its money is on the minor unit.
    pub minor: bool,
}

/// Reads what instances attach.
pub struct Attaching<'a> {
    /// All regimes.
    pub regimes: &'a [Regime],
    /// All instances.
    pub instances: &'a [Instance],
    /// The currency of the contract.
    pub currency: Currency,
    /// Types of the parameters, by regime, edition and place.
    pub types: Vec<Vec<Vec<ParameterType>>>,
    defaults: Vec<Vec<Vec<Parameter>>>,
    parties: BTreeSet<&'a str>,
    places: BTreeMap<&'a str, usize>,
}

impl<'a> Attaching<'a> {
    /// Reads the defaults of all parameters.
    pub fn new(regimes: &'a [Regime], instances: &'a [Instance], currency: Currency, faults: &mut Faults) -> Self {
        let of_party = |instance: &&Instance| instance.scope == Scope::Party;
        let mut parties: BTreeSet<&str> = instances.iter().filter(of_party).map(|instance| instance.id.as_str()).collect();
        parties.extend(instances.iter().flat_map(|instance| instance.members.iter().map(String::as_str)));
        let places = regimes.iter().enumerate().map(|(at, regime)| (regime.name.value.as_str(), at)).collect();
        let mut attaching = Self { regimes, instances, currency, types: Vec::new(), defaults: Vec::new(), parties, places };
        for regime in regimes {
            let (mut types, mut defaults) = (Vec::new(), Vec::new());
            for edition in &regime.editions {
                let read = edition.parameters.iter().map(|(_, doc)| attaching.parameter(doc, faults));
                let (values, kinds): (Vec<_>, Vec<_>) = read.unzip();
                defaults.push(values);
                types.push(kinds);
            }
            attaching.types.push(types);
            attaching.defaults.push(defaults);
        }
        attaching
    }

    fn parameter(&self, doc: &ParameterDoc, faults: &mut Faults) -> (Parameter, ParameterType) {
        let minor = |value: &Scalar, typed: &Type| match (value, typed.unit()) {
            (Scalar::Quantity(value), Some(unit)) => on_minor_unit(value, unit),
            _ => true,
        };
        let pairs = match doc {
            ParameterDoc::One(text) => {
                let (value, typed) = read(text, faults);
                let minor = minor(&value, &typed);
                return (Parameter::Fixed(Value::One(value)), ParameterType { typed, minor });
            }
            ParameterDoc::By(pairs) => pairs,
        };
        let dated =
            pairs.first().is_some_and(|(key, _)| key.value.starts_with(|c: char| c.is_ascii_digit()) && key.value.len() == 10);
        let mut found = ParameterType { typed: Type::UNKNOWN, minor: true };
        let (mut dates, mut slices) = (Vec::new(), Slices::new());
        for (key, text) in pairs {
            let (value, typed) = read(text, faults);
            found.minor &= minor(&value, &typed);
            match found.typed.join(&typed) {
                Some(typed) => found.typed = typed,
                None => mismatch(text, &found.typed, &typed, faults),
            }
            if dated {
                match Date::parse(&key.value) {
                    Some(date) => dates.push((date, value)),
                    None => {
                        let problem = faults.problem(&codes::NO_SUCH_DATE, key.mark).with("value", Argument::user(&key.value));
                        faults.report(problem);
                    }
                }
            } else {
                if !self.parties.contains(key.value.as_str()) {
                    let known = self.parties.iter().copied();
                    let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                    faults.unknown(codes, key.mark, ("name", &key.value), known, vec![("kind", "party".into())]);
                }
                slices.insert(key.value.as_str().into(), value);
            }
        }
        if dated {
            dates.sort_by_key(|(date, _)| *date);
            return (Parameter::Dated(dates), found);
        }
        found.typed.by_party = true;
        (Parameter::Fixed(Value::ByParty(Arc::new(slices))), found)
    }

    /// All attachments: those of instances, and those of finer instances and events that a coarser one attaches.
    pub fn all(&mut self, faults: &mut Faults) -> Vec<Attached> {
        let mut order: Vec<InstanceAt> = (0..self.instances.len()).collect();
        order.sort_by_key(|at| self.instances.get(*at).map(|instance| instance.scope));
        let mut found: Vec<Attached> = Vec::new();
        let mut known: BTreeSet<(InstanceAt, Arc<str>)> = BTreeSet::new();
        for at in order {
            let Some(instance) = self.instances.get(at) else { continue };
            for (name, doc) in &instance.attachments {
                let Some(attached) = self.one(at, name, doc, faults) else { continue };
                let Some(scope) = self.regimes.get(attached.regime).map(|regime| regime.scope) else { continue };
                if scope == instance.scope || scope == Scope::Event {
                    known.insert((at, attached.name.clone()));
                    found.push(attached);
                    continue;
                }
                for inner in 0..self.instances.len() {
                    let fits = self.instances.get(inner).is_some_and(|instance| instance.scope == scope);
                    if fits && self.contains(at, inner) && known.insert((inner, attached.name.clone())) {
                        found.push(Attached { instance: inner, ..attached.clone() });
                    }
                }
            }
        }
        found
    }

    fn contains(&self, outer: InstanceAt, inner: InstanceAt) -> bool {
        let mut at = Some(inner);
        // A chain is never longer than there are scopes, whatever a caller wrote.
        for _ in 0..8 {
            match at {
                Some(here) if here == outer => return true,
                Some(here) => at = self.instances.get(here).and_then(|instance| instance.within),
                None => return false,
            }
        }
        false
    }

    fn one(&mut self, at: InstanceAt, name: &Spot<String>, doc: &AttachmentDoc, faults: &mut Faults) -> Option<Attached> {
        let instance = self.instances.get(at)?;
        let wanted = doc.regime.as_ref().unwrap_or(name);
        let Some(number) = self.places.get(wanted.value.as_str()).copied() else {
            let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
            let more = vec![("kind", Argument::from("regime"))];
            faults.unknown(codes, wanted.mark, ("name", &wanted.value), self.places.keys().copied(), more);
            return None;
        };
        let regime = self.regimes.get(number)?;
        if doc.regime.is_some() {
            crate::model::regime::check_name("attachment", name, faults);
            if let Some(other) = self.places.get(name.value.as_str()).filter(|other| **other != number) {
                let first = self.regimes.get(*other).map_or(Mark::default(), |regime| regime.name.mark);
                let place = faults.place_text(first);
                let problem = faults.problem(&codes::REGIME_SHADOWED, name.mark).with("kind", "attachment");
                let problem = problem.with("name", Argument::user(&name.value)).with("first", "regime");
                faults.report(problem.with("place", place));
            }
        }
        if regime.scope > instance.scope {
            let problem = faults.problem(&codes::REGIME_ATTACHED_TOO_LOW, wanted.mark);
            let problem = problem.with("regime", Argument::user(&wanted.value)).with("scope", regime.scope.as_str());
            faults.report(problem.with("own", instance.scope.as_str()));
            return None;
        }
        let mut parameters = self.defaults.get(number).cloned().unwrap_or_default();
        for (key, value) in &doc.parameters {
            self.give(number, &mut parameters, key, value, faults);
        }
        let mut opening: Vec<(Spot<String>, Vec<Spot<String>>)> = doc.opening.entries.clone();
        for edition in &regime.editions {
            for (line, values) in edition.opening.iter() {
                if !opening.iter().any(|(known, _)| known.value == line.value) {
                    opening.push((line.clone(), values.clone()));
                }
            }
        }
        Some(Attached { instance: at, name: name.value.as_str().into(), regime: number, parameters, opening, mark: name.mark })
    }

    /// Puts a parameter of an attachment in the place of its default, in every edition that has it.
    fn give(
        &mut self,
        regime: usize,
        parameters: &mut [Vec<Parameter>],
        key: &Spot<String>,
        doc: &ParameterDoc,
        faults: &mut Faults,
    ) {
        let editions: &[RegimeDoc] = self.regimes.get(regime).map_or(&[], |regime| regime.editions.as_slice());
        let place = |edition: &RegimeDoc| edition.parameters.iter().position(|(name, _)| name.value == key.value);
        if !editions.iter().any(|edition| place(edition).is_some()) {
            let known = editions.iter().flat_map(|edition| edition.parameters.iter().map(|(name, _)| name.value.as_str()));
            let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
            faults.unknown(codes, key.mark, ("name", &key.value), known, vec![("kind", "parameter".into())]);
            return;
        }
        let (value, found) = self.parameter(doc, faults);
        let wanted: Vec<Option<usize>> = editions.iter().map(place).collect();
        for (edition, at) in wanted.into_iter().enumerate() {
            let Some(at) = at else { continue };
            let Some(typed) = self.types.get_mut(regime).and_then(|types| types.get_mut(edition)?.get_mut(at)) else { continue };
            match typed.typed.join(&found.typed).filter(|joined| joined.by_party == typed.typed.by_party) {
                Some(joined) => typed.typed = joined,
                None => {
                    let text = Spot { value: key.value.clone(), mark: doc.mark() };
                    mismatch(&text, &typed.typed, &found.typed, faults);
                }
            }
            typed.minor &= found.minor;
            if let Some(slot) = parameters.get_mut(edition).and_then(|values| values.get_mut(at)) {
                *slot = value.clone();
            }
        }
    }
}

fn read(text: &Spot<String>, faults: &mut Faults) -> (Scalar, Type) {
    literal(&text.value).unwrap_or_else(|| {
        let problem = faults.problem(&codes::REGIME_LITERAL, text.mark).with("value", Argument::user(&text.value));
        faults.report(problem);
        (Scalar::ZERO, Type::UNKNOWN)
    })
}

fn mismatch(text: &Spot<String>, wanted: &Type, found: &Type, faults: &mut Faults) {
    let problem = faults.problem(&codes::REGIME_PARAMETER, text.mark).with("value", Argument::user(&text.value));
    let problem = problem.with("wanted", Argument::name(wanted.to_string()));
    faults.report(problem.with("found", Argument::name(found.to_string())));
}
