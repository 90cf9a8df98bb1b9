//! A program: all regimes of an ecosystem compiled for the instances that attach them.
//!
//! Goes in: regimes, instances, the contract. Comes out: a `Program`, or all faults at once with their places.
//! **Invariant:** a program that exists has no static fault in any edition; its lines are in reading order.
//! **Not here:** evaluating a period (`evaluate`), what is worth a remark (`check`).

use super::code::{Edition, Line, LineAt, Post, RegimeAt, RowTest, StepKind};
use super::compile::{Compiler, Names, Report, World, is_given};
use super::graph;
use super::instances::{Attached, Attaching, Instance, InstanceAt, Parameter};
use super::types::{Kind, Type, Unit};
use super::value::{Scalar, Value};
use crate::base::{Argument, Currency, Date, codes};
use crate::document::{Faults, Mark, Spot};
use crate::model::regime::{PostDoc, PostKind, Regime, Scope};
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
pub(super) fn currency_of(contract: &Contract) -> Option<Currency> {
    contract.currency.or_else(|| "XXX".parse().ok())
}

impl Program {
    /// Compiles regimes for the instances that attach them; reports every fault.
    pub fn compile(regimes: &[Regime], instances: &[Instance], contract: Contract, faults: &mut Faults) -> Option<Program> {
        let before = faults.errors();
        let currency = currency_of(&contract)?;
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

    /// The era a day lies in.
    pub(super) fn era(&self, day: Date) -> usize {
        let begun = |era: &Era| era.from.is_none_or(|from| from <= day);
        self.inner.eras.iter().rposition(begun).unwrap_or(0)
    }
}

struct Compiling<'a> {
    regimes: &'a [Regime],
    instances: &'a [Instance],
    attached: &'a [Attached],
    currency: Currency,
    parameters: Vec<Vec<Vec<super::instances::ParameterType>>>,
    /// Declared figures by scope.
    declared: BTreeMap<Scope, BTreeSet<String>>,
    /// Types of declared figures by instance.
    figures: Vec<BTreeMap<&'a str, Type>>,
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

    fn container(&self, mut at: InstanceAt, scope: Scope) -> Option<InstanceAt> {
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
    fn figure(&self, regime: RegimeAt, scope: Scope, name: &str) -> Option<Type> {
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
        let editions = world.regimes.iter().zip(states).zip(posted).zip(chosen);
        let edition =
            |(((names, state), consequences), (number, _)): (((&Names, super::compile::State), Consequences), &(usize, bool))| {
                Edition {
                    number: *number,
                    title: names.doc.title.clone().unwrap_or_else(|| names.name.to_owned()),
                    clause: names.doc.clause.clone(),
                    parameters: names.doc.parameters.iter().map(|(name, _)| name.value.as_str().into()).collect(),
                    lines: state.lines,
                    posts: consequences.posts,
                    triggers: consequences.triggers,
                    sets: consequences.sets,
                }
            };
        let editions = editions.map(edition).collect();
        (Era { from, editions, in_force: chosen.iter().map(|(_, in_force)| *in_force).collect(), order }, reports)
    }

    /// What each attachment must find at its instance and those that contain it.
    fn attachments(&self, era: &Era, seen: &mut BTreeSet<(u16, u32, u32, usize, usize)>, faults: &mut Faults) {
        for (number, one) in self.attached.iter().enumerate() {
            let (Some(edition), Some(regime)) = (era.editions.get(one.regime), self.regimes.get(one.regime)) else { continue };
            let mut wanted: BTreeSet<(Scope, &str, bool)> = BTreeSet::new();
            for line in &edition.lines {
                for step in &line.code.steps {
                    match &step.kind {
                        StepKind::Figure(scope, name) => {
                            wanted.insert((*scope, name, true));
                        }
                        StepKind::Other(link, ..) if link.scope >= regime.scope => {
                            wanted.insert((link.scope, &link.name, false));
                        }
                        _ => {}
                    }
                }
            }
            let input = |name: &str| {
                let doc = regime.editions.get(edition.number);
                doc.is_some_and(|doc| doc.inputs.iter().any(|(known, _)| known.value == name))
            };
            for (scope, name, figure) in wanted {
                if scope < regime.scope || (scope == regime.scope && (input(name) || regime.scope == Scope::Event)) {
                    continue;
                }
                let fault = match self.container(one.instance, scope) {
                    // The figures every instance has about time need no owner.
                    None if regime.scope == Scope::Event || matches!(name, "period_number" | "part_of_year") => None,
                    None => Some(&codes::REGIME_NO_OWNER),
                    Some(at) if figure => {
                        let own = self.figures.get(at).and_then(|figures| figures.get(name));
                        let wanted = self.figure(one.regime, scope, name);
                        match (own, wanted) {
                            (Some(own), Some(wanted)) if *own != wanted => Some(&codes::REGIME_FIGURE_TYPES),
                            (None, _) if !is_given(scope, name) => Some(&codes::REGIME_FIGURE_ABSENT),
                            _ => None,
                        }
                    }
                    Some(at) => match self.named(at, name) {
                        1 => None,
                        0 => Some(&codes::REGIME_NOT_ATTACHED),
                        _ => Some(&codes::REGIME_AMBIGUOUS),
                    },
                };
                let Some(code) = fault else { continue };
                let key = (code.number, one.mark.file, one.mark.start, number, usize::from(figure));
                if !seen.insert(key) {
                    continue;
                }
                let id = self.instances.get(one.instance).map_or("", |instance| instance.id.as_str());
                let problem = faults.problem(code, one.mark).with("regime", Argument::user(&one.name));
                let problem = problem.with("name", Argument::user(name)).with("scope", scope.as_str());
                faults.report(problem.with("instance", Argument::user(id)));
            }
            self.words(one, edition, seen, faults);
            let needs_party = regime.scope < Scope::Ecosystem && era.in_force.get(one.regime) == Some(&true);
            let whole = |post: &Post| edition.lines.get(post.line).is_some_and(|line| !line.code.typed().by_party);
            if needs_party
                && self.container(one.instance, Scope::Party).is_none()
                && edition.posts.iter().any(whole)
                && seen.insert((codes::REGIME_NO_PARTY.number, one.mark.file, one.mark.start, number, 2))
            {
                let problem = faults.problem(&codes::REGIME_NO_PARTY, one.mark);
                faults.report(problem.with("regime", Argument::user(&one.name)));
            }
        }
    }

    /// A word that a parameter has must be one that its table of bands knows.
    fn words(&self, one: &Attached, edition: &Edition, seen: &mut BTreeSet<(u16, u32, u32, usize, usize)>, faults: &mut Faults) {
        for line in &edition.lines {
            for step in &line.code.steps {
                let StepKind::Bands(subject, rows) = &step.kind else { continue };
                let Some(StepKind::Parameter(number)) = line.code.steps.get(*subject).map(|step| &step.kind) else { continue };
                let Some(Parameter::Fixed(Value::One(Scalar::Word(word)))) =
                    one.parameters.get(edition.number).and_then(|values| values.get(*number))
                else {
                    continue;
                };
                let takes = |test: &RowTest| match test {
                    RowTest::Words(words) => words.contains(word),
                    RowTest::Otherwise => true,
                    RowTest::Bounds(_) => false,
                };
                let code = &codes::REGIME_WORD;
                let fresh = !rows.iter().any(|(test, _)| takes(test))
                    && seen.insert((code.number, one.mark.file, one.mark.start, one.instance, *number));
                if fresh {
                    let name = edition.parameters.get(*number).map_or("", |name| name);
                    let problem = faults.problem(code, one.mark).with("regime", Argument::user(&one.name));
                    faults.report(problem.with("name", Argument::user(name)).with("value", Argument::user(word)));
                }
            }
        }
    }

    /// How many attachments of an instance a name means.
    fn named(&self, at: InstanceAt, name: &str) -> usize {
        let regime = self.regimes.iter().position(|regime| regime.name.value == name);
        let means = |one: &&Attached| one.instance == at && (*one.name == *name || Some(one.regime) == regime);
        self.attached.iter().filter(means).count()
    }

    fn openings(&self, eras: &[Era], faults: &mut Faults) {
        let mut seen = BTreeSet::new();
        for one in self.attached {
            for (line, values) in &one.opening {
                if !seen.insert((line.mark.file, line.mark.start)) {
                    continue;
                }
                let of = |era: &Era| {
                    let edition = era.editions.get(one.regime)?;
                    edition.lines.iter().find(|known| *known.name == *line.value).map(|line| line.code.typed().settled())
                };
                let Some(typed) = eras.iter().find_map(of) else {
                    let known = eras.iter().filter_map(|era| era.editions.get(one.regime)).flat_map(|edition| &edition.lines);
                    let known = known.filter(|line| line.written).map(|line| &*line.name);
                    let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                    faults.unknown(codes, line.mark, ("name", &line.value), known, vec![("kind", "line".into())]);
                    continue;
                };
                for text in values {
                    let found = super::instances::literal(&text.value);
                    if found.is_none_or(|(_, found)| !found.fits(&typed)) {
                        let problem =
                            faults.problem(&codes::REGIME_PARAMETER, text.mark).with("value", Argument::user(&text.value));
                        let problem = problem.with("wanted", Argument::name(typed.to_string()));
                        faults.report(problem.with("found", "something else"));
                    }
                }
            }
        }
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

/// Posts, triggers and sets of an edition, with their lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Consequences {
    pub posts: Vec<Post>,
    pub triggers: Vec<(Arc<str>, LineAt)>,
    pub sets: Vec<(Arc<str>, LineAt)>,
}

fn consequences(compiler: &mut Compiler<'_>, regime: RegimeAt) -> Consequences {
    let world = compiler.world;
    let mut found = Consequences::default();
    let Some(names) = world.regimes.get(regime) else { return found };
    for (name, doc) in names.doc.posts.iter() {
        let post = post(compiler, regime, name, doc);
        found.posts.push(post);
    }
    for post in &mut found.posts {
        let doc = names.doc.posts.iter().find(|(name, _)| *name.value == *post.name).map(|(_, doc)| doc);
        post.reverses = doc
            .and_then(|doc| doc.reverses.as_ref())
            .and_then(|reverses| reversed(compiler, names.doc.posts.entries.as_slice(), reverses));
    }
    for (name, text) in names.doc.triggers.iter() {
        let (line, typed, _) = compiler.beside(regime, format!("trigger {}", name.value), text);
        if typed.kind != Kind::Unknown && typed != Type::FLAG {
            push(
                compiler,
                text,
                &codes::REGIME_TYPE,
                &[
                    ("formula", Argument::user(&text.value)),
                    ("found", Argument::name(typed.to_string())),
                    ("wanted", "a flag".into()),
                ],
            );
        }
        found.triggers.push((name.value.as_str().into(), line));
    }
    for (name, text) in names.doc.sets.iter() {
        let (line, typed, _) = compiler.beside(regime, format!("set {}", name.value), text);
        let figure = (world.figures)(regime, names.scope, &name.value).or_else(|| world.given(names.scope, &name.value));
        match figure {
            None => push(
                compiler,
                name,
                &codes::REGIME_FIGURE_NO_GUESS,
                &[("name", Argument::user(&name.value)), ("scope", names.scope.as_str().into())],
            ),
            Some(figure) if !typed.fits(&figure) => push(
                compiler,
                text,
                &codes::REGIME_UNIT,
                &[
                    ("formula", Argument::user(&text.value)),
                    ("left", Argument::name(typed.to_string())),
                    ("right", Argument::name(figure.to_string())),
                ],
            ),
            Some(_) => {}
        }
        found.sets.push((name.value.as_str().into(), line));
    }
    found
}

fn push(
    compiler: &mut Compiler<'_>,
    text: &Spot<String>,
    code: &'static crate::base::Code,
    arguments: &[(&'static str, Argument)],
) {
    let fault = super::parse::Fault { code, start: 0, end: text.value.len(), arguments: arguments.to_vec() };
    compiler.reports.push((text.mark, text.value.clone(), fault));
}

fn post(compiler: &mut Compiler<'_>, regime: RegimeAt, name: &Spot<String>, doc: &PostDoc) -> Post {
    let kind = doc.kind.or_else(|| PostKind::parse(&name.value)).unwrap_or(PostKind::Other);
    let (line, typed, minor) = compiler.beside(regime, format!("post {}", name.value), &doc.amount);
    let scope = compiler.world.regimes.get(regime).map_or(Scope::Party, |names| names.scope);
    let dimension = typed.unit().and_then(Unit::plain);
    use super::types::Dimension::{Money, Points, Time};
    let postable = matches!(dimension, Some(Money(_) | Points | Time)) || matches!(typed.kind, Kind::Unknown);
    let user = || ("formula", Argument::user(&doc.amount.value));
    if !postable {
        let found = ("found", Argument::name(typed.to_string()));
        push(
            compiler,
            &doc.amount,
            &codes::REGIME_TYPE,
            &[user(), found, ("wanted", "money, points or a duration to post".into())],
        );
    } else if !minor && matches!(dimension, Some(Money(_))) {
        push(compiler, &doc.amount, &codes::REGIME_UNROUNDED, &[user()]);
    }
    if scope == Scope::Ecosystem && !typed.by_party && typed.kind != Kind::Unknown {
        push(compiler, &doc.amount, &codes::REGIME_POST_WHOLE, &[user()]);
    }
    let to_party = match &doc.to {
        Some(to) if to.value != "party" => {
            push(
                compiler,
                to,
                &codes::BAD_VALUE,
                &[
                    ("value", Argument::user(&to.value)),
                    ("expected", "the receiver of a post".into()),
                    ("example", "party".into()),
                ],
            );
            false
        }
        to => to.is_some(),
    };
    Post { name: name.value.as_str().into(), kind, line, to_party, reverses: None }
}

/// The post a `reverses:` means: one of that name, or the one that posts that line.
fn reversed(compiler: &mut Compiler<'_>, posts: &[(Spot<String>, PostDoc)], wanted: &Spot<String>) -> Option<Arc<str>> {
    let named = posts.iter().find(|(name, _)| name.value == wanted.value);
    let by_line = || posts.iter().find(|(_, doc)| doc.amount.value.trim() == wanted.value);
    match named.or_else(by_line) {
        Some((name, _)) => Some(name.value.as_str().into()),
        None => {
            push(
                compiler,
                wanted,
                &codes::UNRESOLVED_NO_GUESS,
                &[("kind", "post".into()), ("name", Argument::user(&wanted.value))],
            );
            None
        }
    }
}

/// The line of an edition by name.
pub(super) fn line_of<'e>(edition: &'e Edition, name: &str) -> Option<(LineAt, &'e Line)> {
    edition.lines.iter().enumerate().find(|(_, line)| *line.name == *name)
}
