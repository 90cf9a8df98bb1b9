//! Static checks of compiled regimes: tables that leave gaps, lines that lead nowhere, amounts that may surprise.
//!
//! Goes in: typed lines of all regimes in force. Comes out: faults and remarks at their places.
//! **Invariant:** a check reads compiled steps alone and changes none; what is not constant is not judged.
//! **Not here:** names and units (`compile`).

use super::code::{Code, LineAt, Past, Place, RegimeAt, RowTest, Series, Span, StepAt, StepKind};
use super::compile::Compiler;
use super::explain::scalar;
use super::parse::{BoundKind, Fault, Operator};
use super::program::Consequences;
use super::steps::takes;
use super::types::Type;
use super::value::{Rounding, Scalar, Value};
use crate::base::{Argument, Code as Problem, Ratio, codes};
use std::collections::BTreeSet;

type Found = (RegimeAt, LineAt, Place, &'static Problem, Vec<(&'static str, Argument)>);

/// Checks all editions in force.
pub(super) fn check(compiler: &mut Compiler<'_>, posted: &[Consequences]) {
    let mut found: Vec<Found> = Vec::new();
    for (regime, state) in compiler.states.iter().enumerate() {
        for (at, line) in state.lines.iter().enumerate() {
            for step in &line.code.steps {
                let mut tell = |place: Place, code, arguments| found.push((regime, at, place, code, arguments));
                match &step.kind {
                    StepKind::Bands(subject, rows) => {
                        let quantum = quantum(compiler, regime, &line.code, *subject);
                        bands(&line.code, *subject, rows, quantum.as_ref(), &mut tell);
                    }
                    StepKind::Marginal(_, rows) => marginal(&line.code, rows, &mut tell),
                    StepKind::EarnBack(_, _, tranches) => earn_back(&line.code, tranches, &mut tell),
                    StepKind::Round(x, _, mode) => {
                        let up = !matches!(mode, super::code::Mode::Fixed(Rounding::Floor | Rounding::TowardZero));
                        if up && capped(compiler, regime, &line.code, *x) {
                            let formula = Argument::user(line.code.excerpt(step.place));
                            tell(step.place, &codes::REGIME_ROUNDS_UP, vec![("formula", formula)]);
                        }
                    }
                    _ => {}
                }
            }
            if line.written && grows(&line.code, at) {
                let place = line.code.steps.last().map_or(Place::default(), |step| step.place);
                found.push((regime, at, place, &codes::REGIME_GROWS, vec![("line", Argument::user(&*line.name))]));
            }
        }
    }
    unread(compiler, posted, &mut found);
    twice(compiler, posted, &mut found);
    for (regime, at, place, code, arguments) in found {
        let line = compiler.states.get(regime).and_then(|state| state.lines.get(at));
        let Some(text) = line.and_then(|line| line.code.texts.get(place.text)) else { continue };
        let fault = Fault { code, start: place.start, end: place.end, arguments };
        let report = (text.mark, text.value.clone(), fault);
        compiler.reports.push(report);
    }
}

fn constant(code: &Code, at: StepAt) -> Option<Ratio> {
    match &code.steps.get(at)?.kind {
        StepKind::Constant(Value::One(Scalar::Quantity(value))) => Some(value.clone()),
        StepKind::Negate(inner) => match &code.steps.get(*inner)?.kind {
            StepKind::Constant(Value::One(Scalar::Quantity(value))) => Some(value.negated()),
            _ => None,
        },
        _ => None,
    }
}

/// The quantum that a value is a multiple of, where it is rounded to one.
fn quantum(compiler: &Compiler<'_>, regime: RegimeAt, code: &Code, at: StepAt) -> Option<Ratio> {
    match &code.steps.get(at)?.kind {
        StepKind::Round(_, quantum, _) => constant(code, *quantum),
        StepKind::Line(line) => {
            let code = &compiler.states.get(regime)?.lines.get(*line)?.code;
            match &code.steps.last()?.kind {
                StepKind::Round(_, quantum, _) => constant(code, *quantum),
                StepKind::Fits(..) | StepKind::Streak(..) => Some(Ratio::ONE),
                _ => None,
            }
        }
        StepKind::Fits(..) | StepKind::Streak(..) => Some(Ratio::ONE),
        _ => None,
    }
}

/// A part of the number line: one value, or all between two that are no bounds.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    At(Ratio),
    Between(Option<Ratio>, Option<Ratio>),
}

impl Part {
    /// A value inside it.
    fn sample(&self) -> Ratio {
        match self {
            Self::At(value) => value.clone(),
            Self::Between(Some(low), Some(high)) => low.plus(high).divide(&Ratio::whole(2)).unwrap_or(Ratio::ZERO),
            Self::Between(Some(low), None) => low.plus(&Ratio::ONE),
            Self::Between(None, Some(high)) => high.minus(&Ratio::ONE),
            Self::Between(None, None) => Ratio::ZERO,
        }
    }
    /// Whether a multiple of the quantum lies in it.
    fn reachable(&self, quantum: Option<&Ratio>) -> bool {
        let Some(quantum) = quantum.filter(|quantum| !quantum.is_zero()) else { return true };
        let units = |value: &Ratio| value.divide(quantum);
        match self {
            Self::At(value) => units(value).is_some_and(|units| units.is_whole()),
            Self::Between(Some(low), Some(high)) => units(low).is_none_or(|units| {
                let next = units.floored().plus(&Ratio::ONE).times(quantum);
                next < *high
            }),
            Self::Between(..) => true,
        }
    }
    fn shown(&self, typed: &Type) -> String {
        let value = |value: &Ratio| scalar(&Scalar::Quantity(value.clone()), typed);
        match self {
            Self::At(at) => value(at),
            Self::Between(Some(low), Some(high)) => format!("above {} and below {}", value(low), value(high)),
            Self::Between(Some(low), None) => format!("above {}", value(low)),
            Self::Between(None, Some(high)) => format!("below {}", value(high)),
            Self::Between(None, None) => "any value".into(),
        }
    }
}

fn parts(mut bounds: Vec<Ratio>) -> Vec<Part> {
    bounds.sort();
    bounds.dedup();
    let mut parts = vec![Part::Between(None, bounds.first().cloned())];
    for (at, bound) in bounds.iter().enumerate() {
        parts.push(Part::At(bound.clone()));
        parts.push(Part::Between(Some(bound.clone()), bounds.get(at + 1).cloned()));
    }
    parts
}

type Tell<'t> = &'t mut dyn FnMut(Place, &'static Problem, Vec<(&'static str, Argument)>);

/// The place of a row: its text stands just before that of its cell.
fn row_place(code: &Code, cell: StepAt) -> Place {
    let text = code.steps.get(cell).map_or(0, |step| step.place.text.saturating_sub(1));
    Place { text, start: 0, end: code.texts.get(text).map_or(0, |text| text.value.len()) }
}

fn bands(code: &Code, subject: StepAt, rows: &[(RowTest, StepAt)], quantum: Option<&Ratio>, tell: Tell<'_>) {
    words(code, rows, tell);
    let typed = code.steps.get(subject).map_or(Type::UNKNOWN, |step| step.typed.clone());
    let mut tests: Vec<(Option<Vec<(BoundKind, Ratio)>>, StepAt)> = Vec::new();
    for (test, cell) in rows {
        match test {
            RowTest::Words(_) => return,
            RowTest::Otherwise => tests.push((None, *cell)),
            RowTest::Bounds(bounds) => {
                let known: Option<Vec<_>> = bounds.iter().map(|(kind, at)| Some((*kind, constant(code, *at)?))).collect();
                // A bound that is a formula moves: what it takes is not known here.
                let Some(known) = known else { return };
                tests.push((Some(known), *cell));
            }
        }
    }
    let bounds = tests.iter().filter_map(|(test, _)| test.as_ref()).flatten().map(|(_, bound)| bound.clone()).collect();
    let parts = parts(bounds);
    let holds = |test: &Option<Vec<(BoundKind, Ratio)>>, part: &Part| {
        let sample = part.sample();
        test.as_ref().is_none_or(|bounds| bounds.iter().all(|(kind, bound)| takes(*kind, &sample, bound)))
    };
    let two_sided = |test: &Option<Vec<(BoundKind, Ratio)>>| test.as_ref().is_some_and(|bounds| bounds.len() == 2);
    let mut used = vec![false; tests.len()];
    let mut overlapping: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut gaps: Vec<&Part> = Vec::new();
    for part in parts.iter().filter(|part| part.reachable(quantum)) {
        let mut takers = tests.iter().enumerate().filter(|(_, (test, _))| holds(test, part)).map(|(at, _)| at);
        let Some(first) = takers.next() else {
            gaps.push(part);
            continue;
        };
        if let Some(slot) = used.get_mut(first) {
            *slot = true;
        }
        for later in takers {
            if tests.get(later).is_some_and(|(test, _)| two_sided(test)) {
                overlapping.insert((first, later));
            }
        }
    }
    let at = code.steps.get(subject).map_or(Place::default(), |step| step.place);
    for gap in gaps {
        tell(at, &codes::REGIME_BAND_GAP, vec![("gap", Argument::name(gap.shown(&typed)))]);
    }
    let text = |at: usize| {
        tests.get(at).map_or("", |(_, cell)| code.texts.get(row_place(code, *cell).text).map_or("", |text| text.value.as_str()))
    };
    for (first, later) in &overlapping {
        if let Some((_, cell)) = tests.get(*later) {
            let arguments = vec![("first", Argument::user(text(*first))), ("later", Argument::user(text(*later)))];
            tell(row_place(code, *cell), &codes::REGIME_BAND_OVERLAP, arguments);
        }
    }
    for (number, (_, cell)) in tests.iter().enumerate().filter(|(at, _)| used.get(*at) == Some(&false)) {
        if !overlapping.iter().any(|(_, later)| *later == number) {
            let place = row_place(code, *cell);
            tell(place, &codes::REGIME_BAND_DEAD, vec![("row", Argument::user(code.excerpt(place)))]);
        }
    }
}

/// A word may stand in one row only.
fn words(code: &Code, rows: &[(RowTest, StepAt)], tell: Tell<'_>) {
    let mut seen = BTreeSet::new();
    for (test, cell) in rows {
        let RowTest::Words(words) = test else { continue };
        for word in words {
            if !seen.insert(word.clone()) {
                let row = Argument::user(&**word);
                tell(row_place(code, *cell), &codes::REGIME_BAND_DEAD, vec![("row", row)]);
            }
        }
    }
}

fn marginal(code: &Code, rows: &[(Option<StepAt>, StepAt)], tell: Tell<'_>) {
    let mut last: Option<Ratio> = None;
    for (bound, rate) in rows {
        let Some(bound) = bound.and_then(|at| constant(code, at)) else { continue };
        if last.as_ref().is_some_and(|last| *last >= bound) {
            let place = row_place(code, *rate);
            tell(place, &codes::REGIME_NOT_RISING, vec![("row", Argument::user(code.excerpt(place)))]);
        }
        last = Some(bound);
    }
}

fn earn_back(code: &Code, tranches: &[(u32, StepAt)], tell: Tell<'_>) {
    let shares: Option<Vec<Ratio>> = tranches.iter().map(|(_, share)| constant(code, *share)).collect();
    let total = shares.unwrap_or_default().iter().fold(Ratio::ZERO, |total, share| total.plus(share));
    if total > Ratio::ONE
        && let Some((_, share)) = tranches.last()
    {
        let place = code.steps.get(*share).map_or(Place::default(), |step| step.place);
        tell(place, &codes::REGIME_EARNS_MORE, vec![("total", Argument::Percent(total))]);
    }
}

/// Whether a step is a line that ends in a cap.
fn capped(compiler: &Compiler<'_>, regime: RegimeAt, code: &Code, at: StepAt) -> bool {
    let Some(StepKind::Line(line)) = code.steps.get(at).map(|step| &step.kind) else { return false };
    let line = compiler.states.get(regime).and_then(|state| state.lines.get(*line));
    // A cap of amounts that are on the minor unit leaves nothing to round.
    line.and_then(|line| line.code.steps.last()).is_some_and(|step| matches!(step.kind, StepKind::Cap { .. }) && !step.minor)
}

/// Whether a line multiplies its own past without rounding, so that its denominators grow.
fn grows(code: &Code, own: LineAt) -> bool {
    let own = |series: &Series| series.past == Past::Own(own);
    let reads = code.steps.iter().any(|step| matches!(&step.kind, StepKind::Previous(series, ..) if own(series)));
    let multiplies = code.steps.iter().any(|step| {
        let StepKind::Two(Operator::Times | Operator::Of | Operator::Divide, a, b) = &step.kind else { return false };
        let past = |at: &StepAt| {
            code.steps.get(*at).is_some_and(|step| matches!(&step.kind, StepKind::Previous(series, ..) if own(series)))
        };
        past(a) || past(b)
    });
    let rounds = code.steps.iter().any(|step| matches!(step.kind, StepKind::Round(..)));
    reads && multiplies && !rounds
}

/// The lines that steps read, the past and gathered ones included.
fn read_lines(compiler: &Compiler<'_>, regime: RegimeAt, code: &Code, into: &mut BTreeSet<(RegimeAt, LineAt)>) {
    let line_of = |regime: RegimeAt, name: &str| {
        let names = compiler.world.regimes.get(regime)?;
        names.lines.get(name).map(|at| (regime, *at))
    };
    let past = |series: &Series, into: &mut BTreeSet<(RegimeAt, LineAt)>| match &series.past {
        Past::Own(line) => {
            into.insert((regime, *line));
        }
        Past::Other(link, name) => into.extend(line_of(link.regime, name)),
    };
    for step in &code.steps {
        match &step.kind {
            StepKind::Line(line) => {
                into.insert((regime, *line));
            }
            StepKind::Other(link, name, _) => into.extend(line_of(link.regime, name)),
            StepKind::Previous(series, ..) | StepKind::Changed(series) => past(series, into),
            StepKind::Window(_, series, span, condition) => {
                for series in std::iter::once(series).chain(condition) {
                    past(series, into);
                }
                if let Span::Since(series) = span {
                    past(series, into);
                }
            }
            StepKind::Streak(series, span) => {
                past(series, into);
                if let Some(Span::Since(series)) = span {
                    past(series, into);
                }
            }
            StepKind::EarnBack(amount, when, _) => {
                past(amount, into);
                past(when, into);
            }
            StepKind::Split(_, super::code::Shares::Line(link, name), _) => into.extend(line_of(link.regime, name)),
            StepKind::Gather(gather) => {
                read_lines(compiler, regime, &gather.body, into);
                if let Some(condition) = &gather.condition {
                    read_lines(compiler, regime, condition, into);
                }
            }
            _ => {}
        }
    }
}

fn unread(compiler: &Compiler<'_>, posted: &[Consequences], found: &mut Vec<Found>) {
    let mut read: BTreeSet<(RegimeAt, LineAt)> = BTreeSet::new();
    for (regime, state) in compiler.states.iter().enumerate() {
        for (at, line) in state.lines.iter().enumerate() {
            let mut own = BTreeSet::new();
            read_lines(compiler, regime, &line.code, &mut own);
            // A line that only reads its own past leads nowhere.
            own.remove(&(regime, at));
            read.extend(own);
        }
    }
    for (regime, of) in posted.iter().enumerate() {
        let lines = of.posts.iter().map(|post| post.line).chain(of.triggers.iter().chain(&of.sets).map(|(_, line)| *line));
        read.extend(lines.map(|line| (regime, line)));
    }
    for (regime, state) in compiler.states.iter().enumerate() {
        for (at, line) in state.lines.iter().enumerate().filter(|(_, line)| line.written) {
            if !read.contains(&(regime, at)) {
                let place = Place { text: 0, start: 0, end: line.code.texts.first().map_or(0, |text| text.value.len()) };
                found.push((regime, at, place, &codes::REGIME_UNREAD, vec![("line", Argument::user(&*line.name))]));
            }
        }
    }
}

/// A posted line that rests on a line which another regime posts as well.
fn twice(compiler: &Compiler<'_>, posted: &[Consequences], found: &mut Vec<Found>) {
    let all: BTreeSet<(RegimeAt, LineAt)> =
        posted.iter().enumerate().flat_map(|(regime, of)| of.posts.iter().map(move |post| (regime, post.line))).collect();
    for (regime, of) in posted.iter().enumerate() {
        for post in of.posts.iter().filter(|post| post.reverses.is_none()) {
            let mut open = vec![(regime, post.line)];
            let mut seen: BTreeSet<(RegimeAt, LineAt)> = open.iter().copied().collect();
            while let Some((at, line)) = open.pop() {
                let Some(code) = compiler.states.get(at).and_then(|state| state.lines.get(line)).map(|line| &line.code) else {
                    continue;
                };
                let mut read = BTreeSet::new();
                read_lines(compiler, at, code, &mut read);
                open.extend(read.into_iter().filter(|next| seen.insert(*next)));
            }
            let other = seen.iter().find(|line| line.0 != regime && all.contains(line));
            if let Some((other, _)) = other
                && let Some(names) = compiler.world.regimes.get(*other)
            {
                let arguments = vec![("post", Argument::user(&*post.name)), ("regime", Argument::user(names.name))];
                let text = compiler
                    .states
                    .get(regime)
                    .and_then(|state| state.lines.get(post.line)?.code.texts.first().map(|text| text.value.len()));
                let place = Place { text: 0, start: 0, end: text.unwrap_or(0) };
                found.push((regime, post.line, place, &codes::REGIME_POSTED_TWICE, arguments));
            }
        }
    }
}
