//! A program: all regimes of an ecosystem compiled for the instances that attach them.
//!
//! Goes in: regimes, instances, the contract. Comes out: a `Program`, or all faults at once with their places.
//! **Invariant:** a program that exists has no static fault in any edition; its lines are in reading order.
//! **Not here:** evaluating a period (`evaluate`), what is worth a remark (`check`).

use super::code::{Edition, Line, LineAt, RegimeAt};
use super::consequences::consequences;
use super::graph;
use super::instances::{Attached, Attaching, Instance, InstanceAt};
use super::types::Type;
use super::world::{Compiler, Names, Report, World};
use crate::base::{Argument, Currency, Date, codes};
use crate::document::{Faults, Mark, Spot};
use crate::model::regime::{Regime, Scope};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the contract says about time and money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// Its first day; contract years begin on its anniversaries.
    pub start: Date,
    /// The first day after it, where it ends.
    pub end: Option<Date>,
    /// Its currency; amounts without one need it.
    pub currency: Option<Currency>,
}

/// A stretch of time in which no edition changes.
#[derive(Debug, Clone)]
pub struct Era {
    /// Its first day; none for the first era.
    pub from: Option<Date>,
    /// One edition per regime.
    pub editions: Vec<Edition>,
    /// Whether the regime is in force.
    pub in_force: Vec<bool>,
    /// Lines in the order in which they are evaluated.
    pub order: Vec<(RegimeAt, LineAt)>,
}

/// An instance as the evaluation needs it.
#[derive(Debug, Clone)]
pub struct Known {
    /// What it is.
    pub scope: Scope,
    /// Its id.
    pub id: Arc<str>,
    /// The instance it lies in.
    pub within: Option<InstanceAt>,
}

/// All regimes of an ecosystem, compiled; cheap to clone.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub contract: Contract,
    pub regimes: Vec<(Arc<str>, Scope)>,
    pub instances: Vec<Known>,
    pub members: Vec<Arc<str>>,
    pub attached: Vec<Attached>,
    pub eras: Vec<Era>,
}

/// The currency that stands where a contract has none.
pub(super) fn currency_of(contract: &Contract) -> Currency {
    contract.currency.unwrap_or(Currency::NONE)
}

impl Program {
    /// Compiles regimes for the instances that attach them; reports every fault.
    pub fn compile(regimes: &[Regime], instances: &[Instance], contract: Contract, faults: &mut Faults) -> Option<Program> {
        let before = faults.errors();
        let currency = currency_of(&contract);
        let mut attaching = Attaching::new(regimes, instances, currency, faults);
        let attached = attaching.all(faults);
        let types = attaching.types;
        let compiling = Compiling::new(regimes, instances, &attached, currency, types, faults);
        let eras = compiling.eras(faults);
        compiling.openings(&eras, faults);
        if faults.errors() > before {
            return None;
        }
        let known =
            |instance: &Instance| Known { scope: instance.scope, id: instance.id.as_str().into(), within: instance.within };
        let named: BTreeSet<&str> = instances.iter().flat_map(|instance| instance.members.iter().map(String::as_str)).collect();
        let parties = instances.iter().filter(|instance| instance.scope == Scope::Party).map(|instance| instance.id.as_str());
        let members: BTreeSet<&str> = if named.is_empty() { parties.collect() } else { named };
        Some(Program {
            inner: Arc::new(Inner {
                contract,
                regimes: regimes.iter().map(|regime| (regime.name.value.as_str().into(), regime.scope)).collect(),
                instances: instances.iter().map(known).collect(),
                members: members.into_iter().map(Arc::from).collect(),
                attached,
                eras,
            }),
        })
    }

    /// The first day of the contract, from which months are numbered.
    pub fn start(&self) -> Date {
        self.inner.contract.start
    }

    /// The era a day lies in.
    pub(super) fn era(&self, day: Date) -> usize {
        let begun = |era: &Era| era.from.is_none_or(|from| from <= day);
        self.inner.eras.iter().rposition(begun).unwrap_or(0)
    }
}

pub(super) struct Compiling<'a> {
    pub(super) regimes: &'a [Regime],
    pub(super) instances: &'a [Instance],
    pub(super) attached: &'a [Attached],
    currency: Currency,
    parameters: Vec<Vec<Vec<super::instances::ParameterType>>>,
    /// Declared figures by scope.
    declared: BTreeMap<Scope, BTreeSet<String>>,
    /// Types of declared figures by instance.
    pub(super) figures: Vec<BTreeMap<&'a str, Type>>,
    links: BTreeMap<&'a str, RegimeAt>,
    asked: RefCell<BTreeMap<(RegimeAt, Scope, String), Option<Type>>>,
}

impl<'a> Compiling<'a> {
    fn new(
        regimes: &'a [Regime],
        instances: &'a [Instance],
        attached: &'a [Attached],
        currency: Currency,
        parameters: Vec<Vec<Vec<super::instances::ParameterType>>>,
        faults: &mut Faults,
    ) -> Self {
        let mut declared: BTreeMap<Scope, BTreeSet<String>> = BTreeMap::new();
        let mut figures = Vec::new();
        for instance in instances {
            let mut own = BTreeMap::new();
            for (name, text) in instance.figures.iter() {
                let typed = typed(text, currency, faults);
                declared.entry(instance.scope).or_default().insert(name.value.clone());
                own.insert(name.value.as_str(), typed);
            }
            figures.push(own);
        }
        let mut links: BTreeMap<&str, RegimeAt> = BTreeMap::new();
        for (at, regime) in regimes.iter().enumerate() {
            links.insert(&regime.name.value, at);
        }
        for one in attached {
            let known = *links.entry(&one.name).or_insert(one.regime);
            let own = regimes.get(one.regime).is_some_and(|regime| *regime.name.value == *one.name);
            if known != one.regime && !own && regimes.get(known).is_some_and(|regime| *regime.name.value != *one.name) {
                let problem = faults.problem(&codes::REGIME_ALIAS, one.mark);
                faults.report(problem.with("name", Argument::user(&one.name)));
            }
        }
        let asked = RefCell::default();
        Self { regimes, instances, attached, currency, parameters, declared, figures, links, asked }
    }

    pub(super) fn container(&self, mut at: InstanceAt, scope: Scope) -> Option<InstanceAt> {
        for _ in 0..8 {
            let instance = self.instances.get(at)?;
            if instance.scope == scope {
                return Some(at);
            }
            at = instance.within?;
        }
        None
    }

    /// The type of a figure as the instances declare it that this regime is evaluated for.
    pub(super) fn figure(&self, regime: RegimeAt, scope: Scope, name: &str) -> Option<Type> {
        let key = (regime, scope, name.to_owned());
        if let Some(known) = self.asked.borrow().get(&key) {
            return known.clone();
        }
        let of = |at: InstanceAt| self.figures.get(at).and_then(|figures| figures.get(name)).cloned();
        let own = self.attached.iter().filter(|one| one.regime == regime);
        let mut found = own.clone().filter_map(|one| self.container(one.instance, scope)).find_map(of);
        if found.is_none() {
            let all = self.instances.iter().enumerate().filter(|(_, instance)| instance.scope == scope);
            found = all.filter_map(|(at, _)| of(at)).next();
        }
        self.asked.borrow_mut().insert(key, found.clone());
        found
    }

    fn eras(&self, faults: &mut Faults) -> Vec<Era> {
        let dates = self.regimes.iter().flat_map(|regime| &regime.editions);
        let mut dates: Vec<Option<Date>> = dates.map(|edition| edition.from.as_ref().map(|from| from.value)).collect();
        dates.push(None);
        dates.sort_unstable();
        dates.dedup();
        let mut seen = BTreeSet::new();
        let mut eras = Vec::new();
        for from in dates {
            let chosen: Vec<(usize, bool)> = self.regimes.iter().map(|regime| in_force(regime, from)).collect();
            let (era, reports) = self.era(from, &chosen, faults);
            for report in reports {
                if seen.insert((report.2.code.number, report.0.file, report.0.start, report.2.start, report.2.end)) {
                    tell(report, faults);
                }
            }
            self.attachments(&era, &mut seen, faults);
            eras.push(era);
        }
        eras
    }

    fn names(&self, chosen: &[(usize, bool)], faults: &mut Faults) -> Vec<Names<'a>> {
        let one = |(at, regime): (usize, &'a Regime)| {
            let (number, _) = chosen.get(at).copied().unwrap_or_default();
            let doc = regime.editions.get(number)?;
            let types = self.parameters.get(at).and_then(|editions| editions.get(number));
            let types = types.map(Vec::as_slice).unwrap_or_default();
            let parameters = doc.parameters.iter().enumerate().map(|(number, (name, _))| {
                let typed = types.get(number).map_or((Type::UNKNOWN, true), |found| (found.typed.clone(), found.minor));
                (name.value.as_str(), (number, typed.0, typed.1))
            });
            Some(Names {
                name: &regime.name.value,
                scope: regime.scope,
                doc,
                lines: doc.lines.iter().enumerate().map(|(at, (name, _))| (name.value.as_str(), at)).collect(),
                parameters: parameters.collect(),
                inputs: doc.inputs.iter().map(|(name, text)| (name.value.as_str(), typed(text, self.currency, faults))).collect(),
            })
        };
        self.regimes.iter().enumerate().filter_map(one).collect()
    }

    fn era(&self, from: Option<Date>, chosen: &[(usize, bool)], faults: &mut Faults) -> (Era, Vec<Report>) {
        let figures = |regime: RegimeAt, scope: Scope, name: &str| self.figure(regime, scope, name);
        let world = World {
            regimes: self.names(chosen, faults),
            links: self.links.clone(),
            figures: &figures,
            declared: &self.declared,
            currency: self.currency,
        };
        // Without an order yet: what reads what is known after one pass, whatever the types.
        let blank = |names: &Names| vec![(Type::UNKNOWN, true); names.lines.len()];
        let mut types: Vec<Vec<(Type, bool)>> = world.regimes.iter().map(blank).collect();
        let mut first = Compiler::new(&world, types.clone());
        let all: Vec<(RegimeAt, LineAt)> = world
            .regimes
            .iter()
            .enumerate()
            .flat_map(|(at, names)| (0..names.doc.lines.entries.len()).map(move |line| (at, line)))
            .collect();
        for (regime, line) in &all {
            first.line(*regime, *line);
        }
        let reads = all.iter().map(|(regime, line)| {
            let reads = first.states.get(*regime).and_then(|state| state.reads.get(line));
            ((*regime, *line), reads.cloned().unwrap_or_default())
        });
        let (order, cycles) = graph::order(&reads.collect());
        // Types reach a line through the past in as many passes as regimes hand them on; few need more than two.
        let mut compiler = first;
        for _ in 0..16 {
            compiler = Compiler::new(&world, types.clone());
            for (regime, line) in &order {
                compiler.line(*regime, *line);
            }
            if compiler.types == types {
                break;
            }
            types.clone_from(&compiler.types);
        }
        for path in cycles {
            cycle(&world, &path, &mut compiler);
        }
        let posted: Vec<_> = (0..world.regimes.len()).map(|regime| consequences(&mut compiler, regime)).collect();
        super::check::check(&mut compiler, &posted);
        let Compiler { states, mut order, tail, reports, .. } = compiler;
        order.extend(tail);
        let mut editions = Vec::new();
        for (((names, state), consequences), (number, _)) in world.regimes.iter().zip(states).zip(posted).zip(chosen) {
            editions.push(Edition {
                number: *number,
                title: names.doc.title.clone().unwrap_or_else(|| names.name.to_owned()),
                clause: names.doc.clause.clone(),
                parameters: names.doc.parameters.iter().map(|(name, _)| name.value.as_str().into()).collect(),
                lines: state.lines,
                posts: consequences.posts,
                triggers: consequences.triggers,
                sets: consequences.sets,
            });
        }
        (Era { from, editions, in_force: chosen.iter().map(|(_, in_force)| *in_force).collect(), order }, reports)
    }
}

/// The edition in force on a day, and whether one is; before the first the first one stands in for its types.
fn in_force(regime: &Regime, day: Option<Date>) -> (usize, bool) {
    let begun = |edition: &crate::model::regime::RegimeDoc| match (&edition.from, day) {
        (None, _) => true,
        (Some(from), Some(day)) => from.value <= day,
        (Some(_), None) => false,
    };
    match regime.editions.iter().rposition(begun) {
        Some(at) => (at, true),
        None => (0, false),
    }
}

fn typed(text: &Spot<String>, currency: Currency, faults: &mut Faults) -> Type {
    Type::parse(&text.value, currency).unwrap_or_else(|| {
        let problem = faults.problem(&codes::REGIME_NO_TYPE, text.mark).with("value", Argument::user(&text.value));
        faults.report(problem);
        Type::UNKNOWN
    })
}

fn tell((mark, text, fault): Report, faults: &mut Faults) {
    let mark = faults.inside(mark, &text, fault.start, fault.end);
    let problem = faults.problem(fault.code, mark);
    faults.report(fault.arguments.into_iter().fold(problem, |problem, (name, value)| problem.with(name, value)));
}

fn cycle(world: &World<'_>, path: &[(RegimeAt, LineAt)], compiler: &mut Compiler<'_>) {
    let name = |(regime, line): &(RegimeAt, LineAt)| {
        let names = world.regimes.get(*regime)?;
        let (line, _) = names.doc.lines.entries.get(*line)?;
        Some(format!("{}.{}", names.name, line.value))
    };
    let Some((line, doc)) = path.first().and_then(|(regime, line)| world.regimes.get(*regime)?.doc.lines.entries.get(*line))
    else {
        return;
    };
    let shown: Vec<String> = path.iter().take(20).filter_map(name).collect();
    let arguments = vec![("path", Argument::name(shown.join(" -> ")))];
    let mark: Mark = doc.mark();
    let fault = super::parse::Fault { code: &codes::REGIME_CYCLE, start: 0, end: line.value.len(), arguments };
    compiler.reports.push((mark, String::new(), fault));
}

/// The line of an edition by name.
pub(super) fn line_of<'e>(edition: &'e Edition, name: &str) -> Option<(LineAt, &'e Line)> {
    edition.lines.iter().enumerate().find(|(_, line)| *line.name == *name)
}
