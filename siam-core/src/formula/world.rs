//! What names mean in one era, and what is compiled of it so far.
//!
//! Goes in: editions in force. Comes out: types of names; lines in the order in which they were compiled.
//! **Invariant:** types of a pass are those of the pass before until a line is compiled anew.
//! **Not here:** steps of a line (`compile`).

use super::code::{Code, Line, LineAt, RegimeAt};
use super::compile::Builder;
use super::parse::Fault;
use super::types::{Type, Unit};
use crate::base::{Currency, Ratio};
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
    pub(super) hidden: BTreeMap<(String, bool), LineAt>,
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

    pub(super) fn push(&mut self, regime: RegimeAt, line: Line) -> LineAt {
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
