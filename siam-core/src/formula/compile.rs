//! From what is written to typed steps: every name resolved, every unit inferred, the past hoisted into lines of its own.
//!
//! Goes in: editions in force, what names mean (`World`), trees of formulas. Comes out: editions with lines of steps.
//! **Invariant:** a fault of one line hides none of another; steps of a line without fault are fully typed.
//! **Not here:** functions (`functions`), tables (`tables`), the order of lines (`graph`).

use super::code::{Code, Line, LineAt, Link, Past, Place, RegimeAt, Series, Step, StepAt, StepKind};
use super::parse::{self, Fault, Operator, PartKind, Tree};
use super::types::{Kind, Type, Unit};
use super::value::{Scalar, Value};
use crate::base::{Argument, Code as Problem, Currency, Ratio, codes, nearest::nearest};
use crate::document::{Mark, Spot};
use crate::model::regime::{LineDoc, RegimeDoc, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Names that every instance of a scope has, with their types; none means money of the contract.
pub const GIVEN: &[(&str, &[Scope], &str)] = &[
    ("value", &[Scope::Measure], "ratio"),
    ("unrelieved", &[Scope::Measure], "ratio"),
    ("target", &[Scope::Measure], "ratio"),
    ("volume", &[Scope::Measure], "number"),
    ("causes", &[Scope::Event], "number by party"),
    ("charges", &[Scope::Agreement, Scope::Party, Scope::Ecosystem], "money"),
    ("period_number", &[Scope::Event, Scope::Measure, Scope::Agreement, Scope::Party, Scope::Ecosystem], "number"),
    ("part_of_year", &[Scope::Event, Scope::Measure, Scope::Agreement, Scope::Party, Scope::Ecosystem], "ratio"),
];

/// An edition in force and what its own names mean.
#[derive(Debug)]
pub struct Names<'a> {
    /// The regime.
    pub name: &'a str,
    /// Its scope.
    pub scope: Scope,
    /// The edition.
    pub doc: &'a RegimeDoc,
    /// Numbers of its written lines.
    pub lines: BTreeMap<&'a str, LineAt>,
    /// Numbers and types of its parameters, and whether their money is on the minor unit.
    pub parameters: BTreeMap<&'a str, (usize, Type, bool)>,
    /// Types of its inputs.
    pub inputs: BTreeMap<&'a str, Type>,
}

/// What names mean in one era.
pub struct World<'a> {
    /// The editions in force, one per regime.
    pub regimes: Vec<Names<'a>>,
    /// Names of regimes and of attachments, with the regime behind each.
    pub links: BTreeMap<&'a str, RegimeAt>,
    /// Figures that instances of a scope declare, as a regime sees them; the name alone where no two types agree.
    pub figures: &'a dyn Fn(RegimeAt, Scope, &str) -> Option<Type>,
    /// Names of all declared figures by scope, for suggestions.
    pub declared: &'a BTreeMap<Scope, BTreeSet<String>>,
    /// The currency of the contract.
    pub currency: Currency,
}

impl World<'_> {
    /// The type of a name that every instance of a scope has.
    pub fn given(&self, scope: Scope, name: &str) -> Option<Type> {
        let found = GIVEN.iter().find(|(known, scopes, _)| *known == name && scopes.contains(&scope));
        found.and_then(|(_, _, typed)| Type::parse(typed, self.currency))
    }
}

/// A fault and the text it stands in.
pub type Report = (Mark, String, Fault);

/// What is compiled of one edition so far.
#[derive(Debug, Default)]
pub struct State {
    /// Written lines, then hidden ones.
    pub lines: Vec<Line>,
    /// Hidden lines by their text, and whether they are evaluated last.
    hidden: BTreeMap<(String, bool), LineAt>,
    /// Lines that each written line reads in the same period.
    pub reads: BTreeMap<LineAt, BTreeSet<(RegimeAt, LineAt)>>,
}

/// Compiles lines in any order; types of lines not compiled yet are those of the pass before.
pub struct Compiler<'w> {
    /// What names mean.
    pub world: &'w World<'w>,
    /// One per regime.
    pub states: Vec<State>,
    /// Types of written lines, and whether their money is on the minor unit.
    pub types: Vec<Vec<(Type, bool)>>,
    /// The order in which lines are evaluated.
    pub order: Vec<(RegimeAt, LineAt)>,
    /// Hidden lines of which only the past is read: they come last.
    pub tail: Vec<(RegimeAt, LineAt)>,
    /// Faults found in this pass.
    pub reports: Vec<Report>,
}

impl<'w> Compiler<'w> {
    /// A pass over nothing yet.
    pub fn new(world: &'w World<'w>, types: Vec<Vec<(Type, bool)>>) -> Self {
        let blank = |names: &Names| State {
            lines: names
                .doc
                .lines
                .iter()
                .map(|(name, _)| Line { name: name.value.as_str().into(), written: true, code: Code::default() })
                .collect(),
            ..State::default()
        };
        let states = world.regimes.iter().map(blank).collect();
        Self { world, states, types, order: Vec::new(), tail: Vec::new(), reports: Vec::new() }
    }

    /// Compiles one written line.
    pub fn line(&mut self, regime: RegimeAt, at: LineAt) {
        let world = self.world;
        let Some((_, doc)) = world.regimes.get(regime).and_then(|names| names.doc.lines.entries.get(at)) else { return };
        let mut builder = Builder::new(self, regime, Some(at), Some(at));
        builder.outermost = true;
        match doc {
            LineDoc::Formula(text) => {
                builder.formula(text);
            }
            LineDoc::Bands { subject, rows, .. } => builder.bands(subject, rows),
            LineDoc::Marginal { subject, rows, .. } => builder.marginal(subject, rows),
            LineDoc::EarnBack { amount, when, tranches, .. } => builder.earn_back(amount, when, tranches),
        }
        let code = builder.finish();
        self.settle(regime, at, code);
    }

    fn settle(&mut self, regime: RegimeAt, at: LineAt, code: Code) {
        let typed = code.typed().settled();
        let minor = code.steps.last().is_some_and(|step| step.minor);
        if let Some(slot) = self.types.get_mut(regime).and_then(|types| types.get_mut(at)) {
            *slot = (typed, minor);
        }
        if let Some(line) = self.states.get_mut(regime).and_then(|state| state.lines.get_mut(at)) {
            line.code = code;
        }
        self.order.push((regime, at));
    }

    /// Compiles a formula that stands outside `lines:` as a hidden line; one that names a line is that line.
    pub fn beside(&mut self, regime: RegimeAt, name: String, text: &Spot<String>) -> (LineAt, Type, bool) {
        let written = self.world.regimes.get(regime).and_then(|names| names.lines.get(text.value.trim()).copied());
        if let Some(at) = written
            && !name.starts_with("trigger ")
            && !name.starts_with("set ")
        {
            let (typed, minor) = self.typed(regime, at);
            return (at, typed, minor);
        }
        let mut builder = Builder::new(self, regime, None, None);
        builder.formula(text);
        let code = builder.finish();
        let (typed, minor) = (code.typed().settled(), code.steps.last().is_some_and(|step| step.minor));
        let at = self.push(regime, Line { name: name.into(), written: false, code });
        self.order.push((regime, at));
        (at, typed, minor)
    }

    fn push(&mut self, regime: RegimeAt, line: Line) -> LineAt {
        let Some(state) = self.states.get_mut(regime) else { return 0 };
        state.lines.push(line);
        state.lines.len() - 1
    }

    /// The type of a written line, and whether its money is on the minor unit.
    pub fn typed(&self, regime: RegimeAt, at: LineAt) -> (Type, bool) {
        let written = self.types.get(regime).and_then(|types| types.get(at)).cloned();
        written.unwrap_or_else(|| {
            let line = self.states.get(regime).and_then(|state| state.lines.get(at));
            let step = line.and_then(|line| line.code.steps.last());
            step.map_or((Type::UNKNOWN, false), |step| (step.typed.clone().settled(), step.minor))
        })
    }
}

/// Compiles one line.
pub(super) struct Builder<'c, 'w> {
    pub(super) compiler: &'c mut Compiler<'w>,
    pub(super) regime: RegimeAt,
    /// Only lines with a smaller number may be read; none where the past alone is meant, or below all lines.
    limit: Option<LineAt>,
    /// The written line whose reads these are.
    owner: Option<LineAt>,
    /// The scope of the instances gathered over.
    pub(super) gathers: Option<Scope>,
    /// Whether the formula is a whole line, so that its root may be a cap.
    pub(super) outermost: bool,
    /// Whether this line is of the tail.
    tail: bool,
    pub(super) code: Code,
}

impl<'c, 'w> Builder<'c, 'w> {
    pub(super) fn new(compiler: &'c mut Compiler<'w>, regime: RegimeAt, limit: Option<LineAt>, owner: Option<LineAt>) -> Self {
        Self { compiler, regime, limit, owner, gathers: None, outermost: false, tail: false, code: Code::default() }
    }

    /// A builder of a part that becomes code of its own.
    pub(super) fn inner(&mut self) -> Builder<'_, 'w> {
        Builder {
            regime: self.regime,
            limit: self.limit,
            owner: self.owner,
            gathers: self.gathers,
            outermost: false,
            tail: self.tail,
            code: Code { texts: self.code.texts.clone(), steps: Vec::new() },
            compiler: self.compiler,
        }
    }

    pub(super) fn finish(self) -> Code {
        self.code
    }
    pub(super) fn names(&self) -> Option<&'w Names<'w>> {
        let world: &'w World<'w> = self.compiler.world;
        world.regimes.get(self.regime)
    }
    pub(super) fn scope(&self) -> Scope {
        self.names().map_or(Scope::Ecosystem, |names| names.scope)
    }

    /// Adds a text and compiles it; the value is its root.
    pub(super) fn formula(&mut self, text: &Spot<String>) -> StepAt {
        let number = self.text(text);
        match parse::formula(&text.value) {
            Ok(tree) => self.tree(&tree, number),
            Err(fault) => self.parse_fault(number, fault),
        }
    }
    pub(super) fn text(&mut self, text: &Spot<String>) -> usize {
        self.code.texts.push(text.clone());
        self.code.texts.len() - 1
    }
    pub(super) fn tree(&mut self, tree: &Tree, text: usize) -> StepAt {
        match tree.parts.len().checked_sub(1) {
            Some(root) => self.range(&Written::of(tree, text), root),
            None => self.faulty(Place { text, start: 0, end: 0 }),
        }
    }
    pub(super) fn parse_fault(&mut self, text: usize, fault: Fault) -> StepAt {
        let place = Place { text, start: fault.start, end: fault.end };
        self.report(place, fault.code, fault.arguments);
        self.faulty(place)
    }

    /// Reports a fault at a place of this line.
    pub(super) fn report(&mut self, place: Place, code: &'static Problem, arguments: Vec<(&'static str, Argument)>) {
        if let Some(text) = self.code.texts.get(place.text) {
            let fault = Fault { code, start: place.start, end: place.end, arguments };
            self.compiler.reports.push((text.mark, text.value.clone(), fault));
        }
    }

    pub(super) fn add(&mut self, place: Place, kind: StepKind, typed: Type, minor: bool) -> StepAt {
        self.code.steps.push(Step { kind, typed, minor, place });
        self.code.steps.len() - 1
    }
    pub(super) fn faulty(&mut self, place: Place) -> StepAt {
        self.add(place, StepKind::Faulty, Type::UNKNOWN, true)
    }
    pub(super) fn fail(&mut self, place: Place, code: &'static Problem, arguments: Vec<(&'static str, Argument)>) -> StepAt {
        self.report(place, code, arguments);
        self.faulty(place)
    }
    pub(super) fn typed(&self, at: StepAt) -> Type {
        self.code.steps.get(at).map_or(Type::UNKNOWN, |step| step.typed.clone())
    }
    pub(super) fn minor(&self, at: StepAt) -> bool {
        self.code.steps.get(at).is_some_and(|step| step.minor)
    }
    pub(super) fn place(&self, at: StepAt) -> Place {
        self.code.steps.get(at).map_or(Place::default(), |step| step.place)
    }
    /// The quantity of a step that is a literal, its sign included.
    pub(super) fn constant(&self, at: StepAt) -> Option<Ratio> {
        match &self.code.steps.get(at)?.kind {
            StepKind::Constant(Value::One(Scalar::Quantity(value))) => Some(value.clone()),
            StepKind::Negate(inner) => match &self.code.steps.get(*inner)?.kind {
                StepKind::Constant(Value::One(Scalar::Quantity(value))) => Some(value.negated()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Two types that must be alike; reports where they are not.
    pub(super) fn join(&mut self, place: Place, left: &Type, right: &Type) -> Type {
        match left.join(right) {
            Some(typed) => typed,
            None => {
                self.unit_fault(place, left, right);
                Type::UNKNOWN
            }
        }
    }
    pub(super) fn unit_fault(&mut self, place: Place, left: &Type, right: &Type) {
        let formula = Argument::user(self.code.excerpt(place));
        let (left, right) = (Argument::name(left.to_string()), Argument::name(right.to_string()));
        self.report(place, &codes::REGIME_UNIT, vec![("formula", formula), ("left", left), ("right", right)]);
    }
    /// Reports a value that is not what is wanted there.
    pub(super) fn want(&mut self, place: Place, typed: &Type, wanted: &'static str, fits: bool) {
        if !fits && typed.kind != Kind::Unknown {
            let formula = Argument::user(self.code.excerpt(place));
            let found = Argument::name(typed.to_string());
            self.report(place, &codes::REGIME_TYPE, vec![("formula", formula), ("found", found), ("wanted", wanted.into())]);
        }
    }
    pub(super) fn want_quantity(&mut self, at: StepAt) {
        let typed = self.typed(at);
        let fits = matches!(typed.kind, Kind::Quantity(_) | Kind::Zero);
        self.want(self.place(at), &typed, "a quantity", fits);
    }
    pub(super) fn want_flag(&mut self, at: StepAt) {
        let typed = self.typed(at);
        self.want(self.place(at), &typed, "a flag", typed.kind == Kind::Flag);
    }

    /// Compiles the part at `root` with everything below it.
    pub(super) fn range(&mut self, written: &Written, root: usize) -> StepAt {
        let low = written.first(root);
        let mut elsewhere = vec![false; root + 1 - low];
        for at in (low..=root).rev() {
            if elsewhere.get(at - low) == Some(&true) {
                continue;
            }
            if let Some(PartKind::Call(name, given)) = written.tree.parts.get(at).map(|part| &part.kind) {
                for part in super::functions::own_code(name, given) {
                    for slot in elsewhere.iter_mut().take(part + 1 - low).skip(written.first(part) - low) {
                        *slot = true;
                    }
                }
            }
        }
        let mut steps: Vec<StepAt> = vec![0; root + 1 - low];
        for at in low..=root {
            if elsewhere.get(at - low) == Some(&true) {
                continue;
            }
            let step = self.part(written, at, &|part: usize| steps.get(part.wrapping_sub(low)).copied().unwrap_or(0), at == root);
            if let Some(slot) = steps.get_mut(at - low) {
                *slot = step;
            }
        }
        steps.last().copied().unwrap_or(0)
    }

    fn part(&mut self, written: &Written, at: usize, step: &dyn Fn(usize) -> StepAt, root: bool) -> StepAt {
        let Some(part) = written.tree.parts.get(at) else { return 0 };
        let place = Place { text: written.text, start: part.start, end: part.end };
        match &part.kind {
            PartKind::Quantity(value, unit) => self.literal(place, value, unit),
            PartKind::Flag(value) => self.add(place, StepKind::Constant(Value::flag(*value)), Type::FLAG, false),
            PartKind::Word(word) => {
                let value = Value::One(Scalar::Word(word.as_str().into()));
                self.add(place, StepKind::Constant(value), Type::WORD, false)
            }
            PartKind::Name(name) => self.name(place, name),
            PartKind::Owned(owner, name) => self.owned(place, owner, name),
            PartKind::Negate(inner) => {
                let inner = step(*inner);
                self.want_quantity(inner);
                let (typed, minor) = (self.typed(inner), self.minor(inner));
                self.add(place, StepKind::Negate(inner), typed, minor)
            }
            PartKind::Not(inner) => {
                let inner = step(*inner);
                self.want_flag(inner);
                let typed = Type::FLAG.sliced(self.typed(inner).by_party);
                self.add(place, StepKind::Not(inner), typed, false)
            }
            PartKind::Two(operator, a, b) => self.two(place, *operator, step(*a), step(*b)),
            PartKind::If(condition, yes, no) => {
                let (condition, yes, no) = (step(*condition), step(*yes), step(*no));
                self.want_flag(condition);
                let typed = self.join(place, &self.typed(yes), &self.typed(no)).sliced(self.typed(condition).by_party);
                let minor = self.minor(yes) && self.minor(no);
                self.add(place, StepKind::If(condition, yes, no), typed, minor)
            }
            PartKind::Call(name, given) => {
                let outermost = root && self.outermost;
                self.call(written, place, (name, given), step, outermost)
            }
        }
    }

    fn literal(&mut self, place: Place, value: &Ratio, unit: &Unit) -> StepAt {
        let typed = match value.is_zero() && *unit == Unit::NUMBER {
            true => Type { kind: Kind::Zero, by_party: false },
            false => Type::quantity(unit.clone()),
        };
        let minor = on_minor_unit(value, unit);
        self.add(place, StepKind::Constant(Value::quantity(value.clone())), typed, minor)
    }

    fn two(&mut self, place: Place, operator: Operator, a: StepAt, b: StepAt) -> StepAt {
        let (left, right) = (self.typed(a), self.typed(b));
        let by_party = left.by_party || right.by_party;
        let kind = StepKind::Two(operator, a, b);
        if matches!(operator, Operator::And | Operator::Or) {
            self.want_flag(a);
            self.want_flag(b);
            return self.add(place, kind, Type::FLAG.sliced(by_party), false);
        }
        if matches!(operator, Operator::Equal | Operator::Unequal) {
            self.join(place, &left, &right);
            return self.add(place, kind, Type::FLAG.sliced(by_party), false);
        }
        self.want_quantity(a);
        self.want_quantity(b);
        match operator {
            Operator::Plus | Operator::Minus => {
                let typed = self.join(place, &left, &right);
                let minor = self.minor(a) && self.minor(b);
                self.add(place, kind, typed, minor)
            }
            Operator::Times | Operator::Of => {
                if operator == Operator::Of {
                    let scalar = left.unit().is_none_or(Unit::is_scalar);
                    self.want(self.place(a), &left, "a ratio or a number before `of`", scalar);
                }
                let whole = |at: StepAt, typed: &Type| {
                    typed.unit() == Some(&Unit::NUMBER) && self.constant(at).is_some_and(|value| value.is_whole())
                };
                let minor = (whole(a, &left) && self.minor(b)) || (whole(b, &right) && self.minor(a));
                let typed = product(&left, &right, Unit::times).sliced(by_party);
                self.add(place, kind, typed, minor)
            }
            Operator::Divide => {
                let plain = right.unit() == Some(&Unit::NUMBER) && self.constant(b).is_some();
                let typed = if plain { left } else { product(&left, &right, Unit::divide).sliced(by_party) };
                self.add(place, kind, typed, false)
            }
            _ => {
                self.join(place, &left, &right);
                self.add(place, kind, Type::FLAG.sliced(by_party), false)
            }
        }
    }

    fn name(&mut self, place: Place, name: &str) -> StepAt {
        let Some(names) = self.names() else { return self.faulty(place) };
        if let Some(at) = names.lines.get(name) {
            return self.own_line(place, *at, name);
        }
        if let Some((number, typed, minor)) = names.parameters.get(name) {
            return self.add(place, StepKind::Parameter(*number), typed.clone(), *minor);
        }
        let own = names.inputs.get(name).cloned();
        let own = own.or_else(|| self.figure_type(names.scope, name).filter(|_| is_given(names.scope, name)));
        if let Some(typed) = own {
            let minor = typed.unit().is_some_and(|unit| unit.currency().is_some());
            return self.add(place, StepKind::Figure(names.scope, name.into()), typed, minor);
        }
        self.unknown_name(place, name)
    }

    fn unknown_name(&mut self, place: Place, name: &str) -> StepAt {
        let (Some(names), world) = (self.names(), self.compiler.world) else { return self.faulty(place) };
        let scopes = [Scope::Event, Scope::Measure, Scope::Agreement, Scope::Party, Scope::Ecosystem];
        let declared = |scope: &Scope| world.declared.get(scope).is_some_and(|figures| figures.contains(name));
        let owners: Vec<String> = scopes
            .iter()
            .filter(|scope| **scope >= names.scope && (is_given(**scope, name) || declared(scope)))
            .map(|scope| format!("{}.{name}", scope.as_str()))
            .collect();
        let user = Argument::user(name);
        if !owners.is_empty() {
            let scope = Argument::from(names.scope.as_str());
            let owners = Argument::name(owners.join(" or "));
            return self.fail(place, &codes::REGIME_OWNER, vec![("name", user), ("scope", scope), ("owners", owners)]);
        }
        let given = GIVEN.iter().filter(|(_, scopes, _)| scopes.contains(&names.scope)).map(|(name, ..)| *name);
        let known = names.lines.keys().chain(names.parameters.keys()).chain(names.inputs.keys()).copied().chain(given);
        match nearest(name, known) {
            Some(near) => {
                let near = Argument::name(near);
                self.fail(place, &codes::REGIME_UNKNOWN, vec![("name", user), ("nearest", near)])
            }
            None => self.fail(place, &codes::REGIME_UNKNOWN_NO_GUESS, vec![("name", user)]),
        }
    }

    pub(super) fn own_line(&mut self, place: Place, at: LineAt, name: &str) -> StepAt {
        if self.limit.is_some_and(|limit| at >= limit) {
            return self.fail(place, &codes::REGIME_BELOW, vec![("name", Argument::user(name))]);
        }
        self.reads(self.regime, at);
        let (typed, minor) = self.compiler.typed(self.regime, at);
        self.add(place, StepKind::Line(at), typed, minor)
    }

    fn reads(&mut self, regime: RegimeAt, at: LineAt) {
        let Some(owner) = self.owner.filter(|_| !self.tail) else { return };
        if let Some(state) = self.compiler.states.get_mut(self.regime) {
            state.reads.entry(owner).or_default().insert((regime, at));
        }
    }

    /// The type of a figure of a scope: declared by the instances, or given to all.
    fn figure_type(&self, scope: Scope, name: &str) -> Option<Type> {
        (self.compiler.world.figures)(self.regime, scope, name).or_else(|| self.compiler.world.given(scope, name))
    }

    fn owned(&mut self, place: Place, owner: &str, name: &str) -> StepAt {
        let scope = self.scope();
        if let Some(of) = Scope::parse(owner) {
            if of < scope && self.gathers.is_none_or(|gathered| of < gathered) {
                return self.scope_fault(place, owner, of);
            }
            let Some(typed) = self.figure_type(of, name) else {
                let known: Vec<&str> = self.compiler.world.declared.get(&of).into_iter().flatten().map(String::as_str).collect();
                let given = GIVEN.iter().filter(|(_, scopes, _)| scopes.contains(&of)).map(|(name, ..)| *name);
                let near = nearest(name, known.into_iter().chain(given)).map(|near| Argument::name(near));
                let mut arguments = vec![("name", Argument::user(name)), ("scope", Argument::from(of.as_str()))];
                let code = if near.is_some() { &codes::REGIME_FIGURE } else { &codes::REGIME_FIGURE_NO_GUESS };
                arguments.extend(near.map(|near| ("nearest", near)));
                return self.fail(place, code, arguments);
            };
            let minor = typed.unit().is_some_and(|unit| unit.currency().is_some());
            return self.add(place, StepKind::Figure(of, name.into()), typed, minor);
        }
        let Some((link, line)) = self.link(place, owner, name) else { return self.faulty(place) };
        if link.scope < scope && self.gathers.is_none_or(|gathered| link.scope < gathered) {
            return self.scope_fault(place, &format!("{owner}.{name}"), link.scope);
        }
        self.reads(link.regime, line);
        let (typed, minor) = self.compiler.typed(link.regime, line);
        let slice = typed.by_party && link.scope > scope && scope <= Scope::Party;
        let typed = if slice { typed.one() } else { typed };
        self.add(place, StepKind::Other(link, name.into(), slice), typed, minor)
    }

    fn scope_fault(&mut self, place: Place, name: &str, scope: Scope) -> StepAt {
        let own = Argument::from(self.scope().as_str());
        let arguments = vec![("name", Argument::user(name)), ("scope", Argument::from(scope.as_str())), ("own", own)];
        self.fail(place, &codes::REGIME_SCOPE, arguments)
    }

    /// The regime behind a name and the number of its line.
    pub(super) fn link(&mut self, place: Place, owner: &str, name: &str) -> Option<(Link, LineAt)> {
        let world = self.compiler.world;
        let Some(regime) = world.links.get(owner).copied() else {
            let user = Argument::user(owner);
            match nearest(owner, world.links.keys().copied()) {
                Some(near) => {
                    self.report(place, &codes::REGIME_UNKNOWN_OWNER, vec![("name", user), ("nearest", Argument::name(near))]);
                }
                None => self.report(place, &codes::REGIME_UNKNOWN_OWNER_NO_GUESS, vec![("name", user)]),
            }
            return None;
        };
        let names = world.regimes.get(regime)?;
        let Some(line) = names.lines.get(name).copied() else {
            let (user, of) = (Argument::user(name), Argument::user(owner));
            match nearest(name, names.lines.keys().copied()) {
                Some(near) => {
                    let near = Argument::name(near);
                    self.report(place, &codes::REGIME_UNKNOWN_LINE, vec![("name", user), ("regime", of), ("nearest", near)]);
                }
                None => self.report(place, &codes::REGIME_UNKNOWN_LINE_NO_GUESS, vec![("name", user), ("regime", of)]),
            }
            return None;
        };
        Some((Link { name: owner.into(), regime, scope: names.scope }, line))
    }

    /// The series of a formula whose past is read; `past` where its value now is not.
    pub(super) fn series(&mut self, written: &Written, root: usize, past: bool) -> Option<Series> {
        let part = written.tree.parts.get(root)?;
        let place = Place { text: written.text, start: part.start, end: part.end };
        if self.gathers.is_some() {
            self.report(place, &codes::REGIME_PAST_IN_GATHER, vec![("formula", Argument::user(self.code.excerpt(place)))]);
            return None;
        }
        if let PartKind::Name(name) = &part.kind
            && let Some(at) = self.names().and_then(|names| names.lines.get(name.as_str()).copied())
        {
            let now = if past { None } else { Some(self.own_line(place, at, name)) };
            let (typed, _) = self.compiler.typed(self.regime, at);
            return Some(Series { past: Past::Own(at), now, typed });
        }
        if let PartKind::Owned(owner, name) = &part.kind
            && Scope::parse(owner).is_none()
        {
            let (link, line) = self.link(place, owner, name)?;
            let (typed, _) = self.compiler.typed(link.regime, line);
            let sliced = typed.by_party && self.scope() <= Scope::Party;
            if link.scope >= self.scope() && !sliced {
                let now = if past { None } else { Some(self.owned(place, owner, name)) };
                return Some(Series { past: Past::Other(link, name.as_str().into()), now, typed });
            }
        }
        let at = self.hidden(written, root, past);
        let (typed, minor) = self.compiler.typed(self.regime, at);
        let now = (!past).then(|| self.add(place, StepKind::Line(at), typed.clone(), minor));
        Some(Series { past: Past::Own(at), now, typed })
    }

    /// A line of its own for a part whose past is read.
    fn hidden(&mut self, written: &Written, root: usize, past: bool) -> LineAt {
        let part = written.tree.parts.get(root);
        let place = part.map_or(Place::default(), |part| Place { text: written.text, start: part.start, end: part.end });
        let name = tidy(self.code.excerpt(place));
        let (regime, tail) = (self.regime, self.tail || past);
        let known = self.compiler.states.get(regime).and_then(|state| {
            let early = state.hidden.get(&(name.clone(), false));
            early.or_else(|| state.hidden.get(&(name.clone(), true)).filter(|_| tail)).copied()
        });
        // Compiled again where it is known, so that what this line reads through it is noted and checked too.
        let mut inner = self.inner();
        inner.tail = tail;
        if past {
            inner.limit = None;
        }
        inner.range(written, root);
        let code = inner.finish();
        if let Some(at) = known {
            return at;
        }
        let at = self.compiler.push(regime, Line { name: name.as_str().into(), written: false, code });
        if let Some(state) = self.compiler.states.get_mut(regime) {
            state.hidden.insert((name, tail), at);
        }
        if tail {
            self.compiler.tail.push((regime, at))
        } else {
            self.compiler.order.push((regime, at))
        }
        at
    }

    /// A hidden line with steps that were made beforehand, evaluated last.
    pub(super) fn beside(&mut self, name: String, code: Code) -> LineAt {
        let at = self.compiler.push(self.regime, Line { name: name.into(), written: false, code });
        self.compiler.tail.push((self.regime, at));
        at
    }
    /// The number the next hidden line will have.
    pub(super) fn next_line(&self) -> LineAt {
        self.compiler.states.get(self.regime).map_or(0, |state| state.lines.len())
    }
    /// The line that is compiled.
    pub(super) fn own(&self) -> Option<LineAt> {
        self.owner
    }
}

/// Whether every instance of a scope has a figure of this name.
pub fn is_given(scope: Scope, name: &str) -> bool {
    GIVEN.iter().any(|(known, scopes, _)| *known == name && scopes.contains(&scope))
}

/// Whether an amount of money is on its minor unit; other units always are.
pub fn on_minor_unit(value: &Ratio, unit: &Unit) -> bool {
    let Some(currency) = unit.currency() else { return true };
    value.divide(&minor_unit(currency)).is_some_and(|units| units.is_whole())
}

/// The smallest amount of a currency.
pub fn minor_unit(currency: Currency) -> Ratio {
    let scale = 10_i128.checked_pow(currency.minor_digits()).unwrap_or(1);
    Ratio::new(1, scale).unwrap_or(Ratio::ONE)
}

fn product(left: &Type, right: &Type, combine: fn(&Unit, &Unit) -> Unit) -> Type {
    match (&left.kind, &right.kind) {
        (Kind::Zero, _) => Type { kind: Kind::Zero, by_party: false },
        (Kind::Quantity(_), Kind::Zero) => Type { kind: Kind::Zero, by_party: false },
        (Kind::Quantity(a), Kind::Quantity(b)) => Type::quantity(combine(a, b)),
        _ => Type::UNKNOWN,
    }
}

/// A formula with single spaces and without parentheses around all of it: the name of a hidden line.
fn tidy(text: &str) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    while let Some(inner) = words.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let mut depth = 0_i32;
        let closes_early = inner.chars().any(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth < 0
        });
        if closes_early {
            break;
        }
        words = inner.trim().to_owned();
    }
    words
}

/// A tree, its text, and where each part's first part stands.
pub(super) struct Written<'t> {
    pub(super) tree: &'t Tree,
    pub(super) text: usize,
    pub(super) first: Vec<usize>,
}

impl<'t> Written<'t> {
    pub(super) fn of(tree: &'t Tree, text: usize) -> Self {
        Self { tree, text, first: firsts(tree) }
    }
    fn first(&self, at: usize) -> usize {
        self.first.get(at).copied().unwrap_or(at)
    }
    /// The parts at and below `root`.
    pub(super) fn below(&self, root: usize) -> impl Iterator<Item = &'t parse::Part> + use<'t> {
        let low = self.first(root);
        self.tree.parts.iter().take(root + 1).skip(low)
    }
}

/// For each part the first of the parts it is made of; they stand together.
fn firsts(tree: &Tree) -> Vec<usize> {
    let mut first: Vec<usize> = Vec::with_capacity(tree.parts.len());
    for (at, part) in tree.parts.iter().enumerate() {
        let of = |part: usize| first.get(part).copied().unwrap_or(part);
        let low = match &part.kind {
            PartKind::Negate(a) | PartKind::Not(a) => of(*a),
            PartKind::Two(_, a, _) => of(*a),
            PartKind::If(a, ..) => of(*a),
            PartKind::Call(_, given) => given.iter().find_map(|given| given.value).map_or(at, of),
            _ => at,
        };
        first.push(low);
    }
    first
}
