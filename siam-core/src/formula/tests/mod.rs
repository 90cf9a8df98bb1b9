//! Regimes compiled and evaluated on small ecosystems worked by hand.

mod faults;
mod laws;
mod worked;

use super::*;
use crate::base::{Currency, Date, Limits, Ratio};
use crate::document::{Decode, Faults, Named, Source, Spot, read};
use crate::model::regime::{AttachmentDoc, FiguresDoc, RegimeDoc, Scope, check};
use std::collections::BTreeMap;

/// An ecosystem of instances by path: `` the ecosystem, `a` a party, `a/sla` its agreement, `a/sla/up` its measure.
#[derive(Default)]
struct Estate {
    instances: Vec<Instance>,
    events: Vec<Event>,
    given: BTreeMap<(String, String), Vec<String>>,
    contract: Option<Contract>,
}

fn scope(path: &str) -> Scope {
    match path.split('/').filter(|part| !part.is_empty()).count() {
        0 => Scope::Ecosystem,
        1 => Scope::Party,
        2 => Scope::Agreement,
        3 => Scope::Measure,
        _ => Scope::Event,
    }
}

impl Estate {
    /// Paths with what they attach, as YAML maps; outer ones come first.
    fn of(paths: &[(&str, &str)]) -> Self {
        let mut estate = Self::default();
        for (path, attached) in paths {
            let outer = path.rsplit_once('/').map_or("", |(outer, _)| outer);
            let within = estate.instances.iter().position(|known| known.id == outer && !path.is_empty());
            let mut faults = Faults::new(&Limits::default());
            let root = read(&[Source::text("attached", format!("regimes: {attached}"))], &mut faults).unwrap();
            let attachments = Named::<AttachmentDoc>::decode(root.get("regimes").unwrap(), &mut faults).unwrap().entries;
            let (id, figures, members) = (path.to_string(), FiguresDoc::default(), Vec::new());
            estate.instances.push(Instance { scope: scope(path), id, within, attachments, figures, members });
        }
        estate
    }
    fn at(&self, path: &str) -> usize {
        self.instances.iter().position(|known| known.id == path).unwrap()
    }
    /// Values of a figure, one per period; the last one repeats.
    fn give(mut self, path: &str, name: &str, values: &str) -> Self {
        self.given.insert((path.into(), name.into()), values.split(',').map(|value| value.trim().to_owned()).collect());
        self
    }
    fn figure(mut self, path: &str, name: &str, typed: &str) -> Self {
        let at = self.at(path);
        self.instances[at].figures.entries.push((Spot::unplaced(name.into()), Spot::unplaced(typed.into())));
        self
    }
    fn event(mut self, id: &str, within: &str) -> Self {
        let within = self.at(within);
        self.events.push(Event { id: id.into(), within });
        self
    }
    fn contract(mut self, start: &str, end: Option<&str>) -> Self {
        let day = |text: &str| Date::parse(text).unwrap();
        self.contract = Some(Contract { start: day(start), end: end.map(day), currency: gbp() });
        self
    }

    /// The program, or what is wrong as `code line:column` and the words.
    fn compile(&self, regimes: &str) -> Result<Program, Vec<String>> {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("r", regimes)], &mut faults).unwrap();
        let docs = Named::<Vec<RegimeDoc>>::decode(root.get("regimes").unwrap(), &mut faults).unwrap();
        let checked = check(&docs, &mut faults);
        let contract =
            self.contract.unwrap_or(Contract { start: Date::parse("2026-01-01").unwrap(), end: None, currency: gbp() });
        let program = Program::compile(&checked, &self.instances, contract, &mut faults).filter(|_| faults.errors() == 0);
        let shown =
            |problem: &crate::base::Problem| format!("{} {}: {}", problem.code().name, problem.place(), problem.message());
        let problems: Vec<String> = faults.into_problems().iter().map(shown).collect();
        program.ok_or(problems)
    }

    fn given(&self, instance: &str, name: &str, period: &SettlementPeriod) -> Value {
        let Some(values) = self.given.get(&(instance.to_owned(), name.to_owned())) else {
            return Value::missing(Missing::NotSupplied);
        };
        let text = values.get(usize::try_from(period.number - 1).unwrap()).or(values.last()).unwrap();
        if text == "-" { Value::missing(Missing::NoData) } else { Value::One(literal(text).unwrap().0) }
    }

    /// So many months from the contract's start, from this one on.
    fn months(&self, program: &Program, numbers: std::ops::RangeInclusive<i32>, history: &mut History) -> Vec<Evaluated> {
        let given = |_: Scope, instance: &str, name: &str, period: &SettlementPeriod| self.given(instance, name, period);
        numbers.map(|number| program.evaluate(&month(number), &self.events, &given, history)).collect()
    }
    fn run(&self, regimes: &str, count: i32) -> Vec<Evaluated> {
        let program = self.compile(regimes).unwrap_or_else(|problems| panic!("{}", problems.join("\n")));
        self.months(&program, 1..=count, &mut History::default())
    }
}

fn gbp() -> Option<Currency> {
    Some("GBP".parse().unwrap())
}

/// The months of contracts that begin in January 2026.
fn month(number: i32) -> SettlementPeriod {
    let first = |number: i32| {
        Date::new(2026 + i16::try_from(number.div_euclid(12)).unwrap(), u8::try_from(number.rem_euclid(12) + 1).unwrap(), 1)
            .unwrap()
    };
    let (from, until) = (first(number - 1), first(number));
    SettlementPeriod { number, label: format!("{}-{:02}", from.year(), from.month()), from, until }
}

/// A value as text: exact, slices by party, or why it is missing.
fn text(value: &Value) -> String {
    let one = |value: &Scalar| match value {
        Scalar::Missing(why) => why.as_str().to_owned(),
        other => history::text(other),
    };
    match value {
        Value::One(value) => one(value),
        Value::ByParty(slices) => {
            slices.iter().map(|(party, value)| format!("{party} {}", one(value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// A line over all periods.
fn series(periods: &[Evaluated], path: &str, attachment: &str, line: &str) -> Vec<String> {
    let value = |period: &Evaluated| text(period.value(scope(path), path, attachment, line).unwrap().value);
    periods.iter().map(value).collect()
}

/// Entries of a period as `name kind amount from-to`.
fn entries(period: &Evaluated) -> Vec<String> {
    let one = |entry: &Entry| {
        let (from, to) = match entry.receiver {
            Receiver::Customer => (&*entry.party, "customer"),
            Receiver::Party => ("customer", &*entry.party),
        };
        format!("{} {} {} {} from {from} to {to}", entry.name, entry.kind.as_str(), entry.amount, entry.typed)
    };
    period.entries.iter().map(one).collect()
}

#[test]
fn a_ratio_reads_as_percent() {
    assert_eq!(literal("99.5%").unwrap().0, Scalar::Quantity(Ratio::parse("0.995").unwrap()));
}
