//! Functions: their arguments, types and what they compile to.
//!
//! Goes in: calls of a formula. Comes out: typed steps.
//! **Invariant:** every function of the language is in `FUNCTIONS` with how it is written; any other name is a fault.
//! **Not here:** running them (`evaluate`, `fold`).

use super::code::{Code, Fold, Gather, Grain, Link, Mode, Place, Series, Shares, Span, StepAt, StepKind};
use super::compile::{Builder, Written, minor_unit};
use super::parse::{Given, PartKind, Role, Window};
use super::types::{Kind, Type, Unit};
use super::value::{Rounding, Value};
use crate::base::{Argument, Ratio, codes, nearest::nearest};
use crate::model::regime::Scope;

/// Every function and how it is written.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("abs", "abs(x)"),
    ("all", "all(flag over 3 periods), or all(regime.flag)"),
    ("any", "any(flag over 3 periods), or any(regime.flag)"),
    ("cap", "cap(x, limit over period, limit over contract_year, carry)"),
    ("changed", "changed(x)"),
    ("clamp", "clamp(x, low, high)"),
    ("count", "count(flag over 3 periods), or count(regime.flag)"),
    ("default", "default(x, instead)"),
    ("max", "max(a, b), max(x over 3 periods), or max(regime.line)"),
    ("mean", "mean(x over 3 periods), or mean(regime.line)"),
    ("min", "min(a, b), min(x over 3 periods), or min(regime.line)"),
    ("present", "present(x)"),
    ("previous", "previous(x, first), or previous(x, first, 3)"),
    ("product", "product(regime.line)"),
    ("round", "round(x, 0.1%, half_up), or round(money, floor)"),
    ("split", "split(x, by equal), or split(x, by shares, to 1 GBP)"),
    ("started", "started(x, each)"),
    ("streak", "streak(flag), or streak(flag since changed(x))"),
    ("sum", "sum(x over 3 periods), or sum(regime.line)"),
    ("whole", "whole(x, each)"),
];

/// The arguments that are not steps of the line itself: modes, counts, what is gathered, and whose past is read.
pub(super) fn own_code(name: &str, given: &[Given]) -> Vec<usize> {
    let mut own: Vec<usize> = Vec::new();
    for (at, argument) in given.iter().enumerate() {
        if let Some(Window::Since(condition)) = &argument.window {
            own.push(*condition);
        }
        own.extend(argument.condition);
        let apart = match name {
            "round" => at > 0 && at + 1 == given.len(),
            "previous" => at != 1,
            "streak" | "changed" => at == 0,
            "split" => at > 0,
            _ => Fold::parse(name).is_some() && (given.len() == 1 || argument.window.is_some()),
        };
        if apart {
            own.extend(argument.value);
        }
    }
    own
}

type Steps<'a> = &'a dyn Fn(usize) -> StepAt;

impl Builder<'_, '_> {
    pub(super) fn call(
        &mut self,
        written: &Written,
        place: Place,
        call: (&str, &[Given]),
        step: Steps<'_>,
        outermost: bool,
    ) -> StepAt {
        let (name, given) = call;
        if !FUNCTIONS.iter().any(|(known, _)| *known == name) {
            let user = Argument::user(name);
            return match nearest(name, FUNCTIONS.iter().map(|(name, _)| *name)) {
                Some(near) => {
                    let near = Argument::name(near);
                    self.fail(place, &codes::REGIME_FUNCTION, vec![("name", user), ("nearest", near)])
                }
                None => self.fail(place, &codes::REGIME_FUNCTION_NO_GUESS, vec![("name", user)]),
            };
        }
        let found = match name {
            "cap" => self.cap(written, place, given, step, outermost),
            "split" => self.split(written, place, given, step),
            "round" => self.round(written, place, given, step),
            "previous" => self.previous(written, place, given, step),
            "streak" | "changed" => self.past(written, place, name, given),
            _ => match Fold::parse(name) {
                Some(fold) if given.len() == 1 => self.fold(written, place, fold, given),
                _ => self.plain(place, name, given, step),
            },
        };
        found.unwrap_or_else(|| self.misuse(place, name))
    }

    fn misuse(&mut self, place: Place, name: &str) -> StepAt {
        let form = FUNCTIONS.iter().find(|(known, _)| *known == name).map_or("", |(_, form)| form);
        let arguments = vec![("name", Argument::user(name)), ("form", Argument::user(form))];
        self.fail(place, &codes::REGIME_ARGUMENTS, arguments)
    }

    /// Functions whose arguments are all plain formulas.
    fn plain(&mut self, place: Place, name: &str, given: &[Given], step: Steps<'_>) -> Option<StepAt> {
        let bare = |given: &Given| {
            given.role == Role::Plain && given.window.is_none() && given.condition.is_none() && given.key.is_none()
        };
        if !given.iter().all(bare) {
            return None;
        }
        let steps: Vec<StepAt> = given.iter().filter_map(|given| given.value).map(step).collect();
        let kind = match (name, steps.as_slice()) {
            ("min", [_, _, ..]) => StepKind::Least(steps.clone()),
            ("max", [_, _, ..]) => StepKind::Greatest(steps.clone()),
            ("clamp", [x, low, high]) => StepKind::Clamp(*x, *low, *high),
            ("abs", [x]) => StepKind::Absolute(*x),
            ("whole" | "started", [x, each]) => StepKind::Fits(*x, *each, name == "started"),
            ("default", [x, instead]) => StepKind::Default(*x, *instead),
            ("present", [x]) => StepKind::Present(*x),
            _ => return None,
        };
        let by_party = steps.iter().any(|at| self.typed(*at).by_party);
        if name == "present" {
            return Some(self.add(place, kind, Type::FLAG.sliced(by_party), false));
        }
        let mut typed = Type::UNKNOWN;
        for at in &steps {
            if name != "default" {
                self.want_quantity(*at);
            }
            let next = self.typed(*at);
            typed = self.join(place, &typed, &next);
        }
        if let StepKind::Clamp(_, low, high) = kind
            && let (Some(a), Some(b)) = (self.constant(low), self.constant(high))
            && a > b
        {
            let (low, high) =
                (Argument::user(self.code.excerpt(self.place(low))), Argument::user(self.code.excerpt(self.place(high))));
            self.report(place, &codes::REGIME_CLAMP, vec![("low", low), ("high", high)]);
        }
        let minor = steps.iter().all(|at| self.minor(*at));
        if let StepKind::Fits(..) = kind {
            typed = Type::number();
        }
        Some(self.add(place, kind, typed.sliced(by_party), minor))
    }

    fn round(&mut self, written: &Written, place: Place, given: &[Given], step: Steps<'_>) -> Option<StepAt> {
        let (x, quantum, mode) = match given {
            [x, mode] => (x, None, mode),
            [x, quantum, mode] => (x, Some(quantum), mode),
            _ => return None,
        };
        let x = step(x.value?);
        self.want_quantity(x);
        let typed = self.typed(x);
        let mode = self.mode(written, mode.value?)?;
        let (quantum, minor) = match quantum {
            Some(quantum) => {
                let quantum = step(quantum.value?);
                let joined = self.typed(quantum);
                self.join(place, &typed, &joined);
                let constant = self.constant(quantum);
                if constant.as_ref().is_some_and(|value| value.is_zero() || value.is_negative()) {
                    return None;
                }
                let unit = typed.unit().and_then(Unit::currency).map(minor_unit);
                let minor = match (unit, constant) {
                    (Some(unit), Some(value)) => value.divide(&unit).is_some_and(|units| units.is_whole()),
                    (Some(_), None) => self.minor(quantum),
                    (None, _) => true,
                };
                (quantum, minor)
            }
            None => {
                let money = typed.unit().and_then(Unit::currency);
                self.want(place, &typed, "money, or a quantum to round to", money.is_some());
                let unit = money.map_or(Ratio::ONE, minor_unit);
                (self.add(place, StepKind::Constant(Value::quantity(unit)), typed.clone().one(), true), true)
            }
        };
        Some(self.add(place, StepKind::Round(x, quantum, mode), typed, minor))
    }

    fn mode(&mut self, written: &Written, at: usize) -> Option<Mode> {
        let part = written.tree.parts.get(at)?;
        let PartKind::Name(name) = &part.kind else { return None };
        if let Some(mode) = Rounding::parse(name) {
            return Some(Mode::Fixed(mode));
        }
        let (number, typed, _) = self.names()?.parameters.get(name.as_str())?;
        (typed.kind == Kind::Word).then_some(Mode::Parameter(*number))
    }

    fn previous(&mut self, written: &Written, place: Place, given: &[Given], step: Steps<'_>) -> Option<StepAt> {
        let (x, first, back) = match given {
            [x, first] => (x, first, 1),
            [x, first, back] => (x, first, whole(written, back.value?)?),
            _ => return None,
        };
        let series = self.series(written, x.value?, true);
        let first = step(first.value?);
        let Some(mut series) = series else { return Some(self.faulty(place)) };
        let typed = self.join(place, &series.typed, &self.typed(first));
        series.typed = typed.clone().settled();
        let own = series.past.clone();
        let minor = self.minor(first) && self.past_minor(&own);
        Some(self.add(place, StepKind::Previous(series, first, back), typed, minor))
    }

    /// Whether the past of a line is on the minor unit: a line that reads its own past is so if the rest of it is.
    fn past_minor(&self, past: &super::code::Past) -> bool {
        match past {
            super::code::Past::Own(at) => self.own() == Some(*at) || self.compiler.typed(self.regime, *at).1,
            super::code::Past::Other(link, name) => {
                let names = self.compiler.world.regimes.get(link.regime);
                let at = names.and_then(|names| names.lines.get(&**name).copied());
                at.is_some_and(|at| self.compiler.typed(link.regime, at).1)
            }
        }
    }

    fn past(&mut self, written: &Written, place: Place, name: &str, given: &[Given]) -> Option<StepAt> {
        let [x] = given else { return None };
        if x.role != Role::Plain || x.condition.is_some() || x.key.is_some() || (name == "changed" && x.window.is_some()) {
            return None;
        }
        let series = self.series(written, x.value?, false);
        let span = x.window.as_ref().map(|window| self.span(written, window));
        let Some(series) = series else { return Some(self.faulty(place)) };
        let by_party = series.typed.by_party;
        if name == "changed" {
            return Some(self.add(place, StepKind::Changed(series), Type::FLAG.sliced(by_party), false));
        }
        self.want(place, &series.typed, "a flag", series.typed.kind == Kind::Flag);
        let span = match span {
            None => None,
            Some(Some(span)) => Some(span),
            Some(None) => return Some(self.faulty(place)),
        };
        Some(self.add(place, StepKind::Streak(series, span), Type::number().sliced(by_party), false))
    }

    fn span(&mut self, written: &Written, window: &Window) -> Option<Span> {
        Some(match window {
            Window::Periods(count) => Span::Periods(*count),
            Window::ContractYear => Span::ContractYear,
            Window::CalendarYear => Span::CalendarYear,
            Window::Contract => Span::Contract,
            Window::Since(condition) => {
                let series = self.series(written, *condition, false)?;
                let place = Place { text: written.text, start: 0, end: 0 };
                let place =
                    written.tree.parts.get(*condition).map_or(place, |part| Place { start: part.start, end: part.end, ..place });
                self.want(place, &series.typed, "a flag without slices", series.typed == Type::FLAG);
                Span::Since(Box::new(series))
            }
        })
    }

    /// A fold with one argument: over periods where it has a window, else over finer instances.
    fn fold(&mut self, written: &Written, place: Place, fold: Fold, given: &[Given]) -> Option<StepAt> {
        let [argument] = given else { return None };
        let root = argument.value?;
        if argument.role != Role::Plain {
            return None;
        }
        let Some(window) = &argument.window else { return self.gather(written, place, fold, argument) };
        if fold == Fold::Product || argument.key.is_some() {
            return None;
        }
        let series = self.series(written, root, false);
        let span = self.span(written, window);
        let condition = argument.condition.map(|at| self.series(written, at, false));
        let (Some(series), Some(span)) = (series, span) else { return Some(self.faulty(place)) };
        let condition = match condition {
            Some(Some(condition)) => {
                self.want(place, &condition.typed, "a flag after `where`", condition.typed.kind == Kind::Flag);
                Some(condition)
            }
            Some(None) => return Some(self.faulty(place)),
            None => None,
        };
        let typed = self.folded(place, fold, &series.typed);
        let minor = self.series_minor(&series) && fold != Fold::Mean;
        Some(self.add(place, StepKind::Window(fold, series, span, condition), typed, minor))
    }

    fn series_minor(&self, series: &Series) -> bool {
        series.now.is_none_or(|now| self.minor(now))
    }

    /// The type of a fold over values of a type.
    fn folded(&mut self, place: Place, fold: Fold, typed: &Type) -> Type {
        let flag = matches!(fold, Fold::Any | Fold::All);
        let fits = match fold {
            Fold::Count => true,
            _ if flag => typed.kind == Kind::Flag,
            Fold::Product => typed.unit().is_some_and(Unit::is_scalar),
            _ => matches!(typed.kind, Kind::Quantity(_) | Kind::Zero),
        };
        let wanted = match fold {
            Fold::Product => "a ratio or a number",
            _ if flag => "a flag",
            _ => "a quantity",
        };
        self.want(place, typed, wanted, fits);
        match fold {
            Fold::Count => Type::number().sliced(typed.by_party),
            _ if flag => Type::FLAG.sliced(typed.by_party),
            _ => typed.clone(),
        }
    }

    fn gather(&mut self, written: &Written, place: Place, fold: Fold, argument: &Given) -> Option<StepAt> {
        let mut root = argument.value?;
        let mut inner = None;
        let mut condition = argument.condition;
        if let Some(key) = &argument.key {
            let PartKind::Call(name, given) = &written.tree.parts.get(root)?.kind else { return None };
            let [within] = given.as_slice() else { return None };
            if within.window.is_some() || within.key.is_some() {
                return None;
            }
            inner = Some((Fold::parse(name)?, key.as_str().into()));
            root = within.value?;
            condition = condition.or(within.condition);
        }
        if self.gathers.is_some() {
            return Some(self.fail(place, &codes::REGIME_NESTED_GATHER, Vec::new()));
        }
        let Some(scope) = self.finest(written, root) else {
            let formula = Argument::user(self.code.excerpt(place));
            return Some(self.fail(place, &codes::REGIME_NOTHING_TO_GATHER, vec![("formula", formula)]));
        };
        let (body, links) = self.body(written, root, scope);
        let condition = condition.map(|at| self.body(written, at, scope).0);
        if let Some(condition) = &condition {
            let typed = condition.typed();
            self.want(place, &typed, "a flag after `where`", typed.kind == Kind::Flag);
        }
        let mut typed = body.typed();
        let minor = body.steps.last().is_some_and(|step| step.minor) && fold != Fold::Mean;
        let minor = minor && inner.as_ref().is_none_or(|(fold, _)| *fold != Fold::Mean);
        if let Some((inner, _)) = &inner {
            typed = self.folded(place, *inner, &typed);
        }
        let typed = self.folded(place, fold, &typed);
        let gather = Gather { fold, inner, scope, links, body, condition };
        Some(self.add(place, StepKind::Gather(Box::new(gather)), typed, minor))
    }

    /// The finest scope below this one that a formula names.
    fn finest(&self, written: &Written, root: usize) -> Option<Scope> {
        let own = self.scope();
        let owners = written.below(root).filter_map(|part| match &part.kind {
            PartKind::Owned(owner, _) => Scope::parse(owner).or_else(|| {
                let regime = self.compiler.world.links.get(owner.as_str())?;
                self.compiler.world.regimes.get(*regime).map(|names| names.scope)
            }),
            _ => None,
        });
        owners.filter(|scope| *scope < own).min()
    }

    fn body(&mut self, written: &Written, root: usize, scope: Scope) -> (Code, Vec<Link>) {
        let mut inner = self.inner();
        inner.gathers = Some(scope);
        inner.range(written, root);
        let code = inner.finish();
        let mut links: Vec<Link> = Vec::new();
        for step in &code.steps {
            if let StepKind::Other(link, ..) = &step.kind
                && link.scope == scope
                && !links.contains(link)
            {
                links.push(link.clone());
            }
        }
        (code, links)
    }

    fn cap(&mut self, written: &Written, place: Place, given: &[Given], step: Steps<'_>, outermost: bool) -> Option<StepAt> {
        let (amount, limits) = given.split_first()?;
        let carries = limits.last().is_some_and(|last| last.role == Role::Carry);
        let limits = limits.get(..limits.len() - usize::from(carries))?;
        let bare = amount.role == Role::Plain && amount.window.is_none() && amount.condition.is_none();
        if !bare || limits.is_empty() || limits.iter().any(|limit| limit.role != Role::Plain) {
            return None;
        }
        if !outermost {
            return Some(self.fail(place, &codes::REGIME_CAP_INSIDE, Vec::new()));
        }
        let own = self.own()?;
        let amount = step(amount.value?);
        self.want_quantity(amount);
        let mut typed = self.typed(amount);
        let mut minor = self.minor(amount);
        let mut bounds = Vec::new();
        for limit in limits {
            let value = step(limit.value?);
            let joined = self.typed(value);
            typed = self.join(self.place(value), &typed, &joined);
            minor &= self.minor(value);
            let Some(window) = &limit.window else {
                let at = self.place(value);
                self.report(at, &codes::REGIME_CAP_WINDOW, vec![("limit", Argument::user(self.code.excerpt(at)))]);
                continue;
            };
            if let Some(span) = self.span(written, window) {
                bounds.push((value, span));
            }
        }
        let carry = carries.then(|| self.next_line());
        let kind = |rest: bool| StepKind::Cap { amount, limits: bounds.clone(), own, carry, rest };
        if carries {
            let mut code = self.code.clone();
            let (kind, typed) = (kind(true), typed.clone());
            code.steps.push(super::code::Step { kind, typed, minor, place });
            let name = self.names().and_then(|names| names.doc.lines.entries.get(own)).map_or("", |(name, _)| &name.value);
            self.beside(format!("carry of {name}"), code);
        }
        Some(self.add(place, kind(false), typed, minor))
    }

    fn split(&mut self, written: &Written, place: Place, given: &[Given], step: Steps<'_>) -> Option<StepAt> {
        let (amount, by, to) = match given {
            [amount, by] => (amount, by, None),
            [amount, by, to] if to.role == Role::To => (amount, by, Some(to)),
            _ => return None,
        };
        if by.role != Role::By || amount.role != Role::Plain {
            return None;
        }
        let amount = step(amount.value?);
        self.want_quantity(amount);
        let typed = self.typed(amount);
        self.want(self.place(amount), &typed, "one amount without slices", !typed.by_party);
        let shares = self.shares(written, by.value?)?;
        let money = typed.unit().and_then(Unit::currency);
        let grain = match to {
            Some(to) => {
                let quantum = self.range(written, to.value?);
                let joined = self.typed(quantum);
                self.join(place, &typed, &joined);
                Grain::Quantum(self.constant(quantum).filter(|value| !value.is_zero() && !value.is_negative())?)
            }
            None => money.map_or(Grain::Exact, |currency| Grain::Quantum(minor_unit(currency))),
        };
        if money.is_some() && !self.minor(amount) {
            let at = self.place(amount);
            self.report(at, &codes::REGIME_UNROUNDED, vec![("formula", Argument::user(self.code.excerpt(at)))]);
        }
        Some(self.add(place, StepKind::Split(amount, shares, grain), typed.sliced(true), true))
    }

    fn shares(&mut self, written: &Written, root: usize) -> Option<Shares> {
        let part = written.tree.parts.get(root)?;
        let place = Place { text: written.text, start: part.start, end: part.end };
        match &part.kind {
            PartKind::Name(name) if name == "equal" => return Some(Shares::Equal),
            PartKind::Owned(owner, name) if Scope::parse(owner).is_none() => {
                let world = self.compiler.world;
                let names = world.links.get(owner.as_str()).and_then(|regime| world.regimes.get(*regime));
                if names.is_some_and(|names| names.scope == Scope::Party) && self.scope() != Scope::Party {
                    // Reading it inside a gather notes what it reads and checks its type.
                    let (body, _) = self.body(written, root, Scope::Party);
                    let typed = body.typed();
                    self.want(place, &typed, "a quantity for each party", matches!(typed.kind, Kind::Quantity(_)));
                    let (link, _) = self.link(place, owner, name)?;
                    return Some(Shares::Line(link, name.as_str().into()));
                }
            }
            _ => {}
        }
        let step = self.range(written, root);
        let typed = self.typed(step);
        let fits = typed.by_party && matches!(typed.kind, Kind::Quantity(_));
        self.want(place, &typed, "`equal`, shares by party, or a line of the parties", fits);
        Some(Shares::Value(step))
    }
}

/// The whole number of a literal argument.
fn whole(written: &Written, at: usize) -> Option<u32> {
    match &written.tree.parts.get(at)?.kind {
        PartKind::Quantity(value, unit) if *unit == Unit::NUMBER => {
            let (whole, _) = value.parts().filter(|(_, one)| *one == 1)?;
            u32::try_from(whole).ok().filter(|count| (1..=10_000).contains(count))
        }
        _ => None,
    }
}
