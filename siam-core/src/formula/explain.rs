//! The worked calculation of a line or an entry, as a person would write it.
//!
//! Goes in: an evaluated period. Comes out: reasons down to given figures, parameters and the past.
//! **Invariant:** every figure in a reason is one that the evaluation read; depth and breadth are bounded.
//! **Not here:** the words (`report::english`).

use super::code::{Code, Edition, LineAt, Past, Place, RowTest, Series, Span, StepAt, StepKind};
use super::evaluate::{Entry, Evaluated, Receiver};
use super::instances::InstanceAt;
use super::program::Era;
use super::steps::{For, Machine, takes};
use super::types::{Dimension, Type, Unit};
use super::value::{Missing, Scalar, Value};
use crate::base::{Argument, Duration, Money, Ratio};
use crate::model::regime::Scope;
use crate::report::Reason;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many lines deep a calculation is shown.
const DEEPEST: usize = 12;
/// How many instances, or periods of the past, are shown of one step.
const BROADEST: usize = 12;
/// How many reasons are shown in all.
const MOST: usize = 600;

impl Evaluated {
    /// Why a line has its value; none where there is no such line.
    pub fn explain(&self, scope: Scope, instance: &str, attachment: &str, line: &str) -> Option<Reason> {
        let live = self.facts.live.iter().position(|live| {
            let of = self.facts.instances.get(live.instance);
            *live.name == *attachment && of.is_some_and(|of| of.scope == scope && *of.id == *instance)
        })?;
        let regime = self.facts.live.get(live)?.regime;
        let era = self.inner.eras.get(self.era)?;
        let edition = era.editions.get(regime)?;
        let (line, _) = super::program::line_of(edition, line)?;
        let figure = |at: InstanceAt, name: &Arc<str>| {
            self.facts.figures.get(&(at, name.clone())).cloned().unwrap_or(Value::missing(Missing::NotSupplied))
        };
        let machine =
            Machine { inner: &self.inner, era, facts: &self.facts, past: &self.past, period: &self.period, figure: &figure };
        let mut telling = Telling { machine: &machine, era, left: MOST, told: BTreeSet::new() };
        Some(telling.line(live, line, 0).because(clause(edition)))
    }

    /// Why an entry is made.
    pub fn explain_entry(&self, entry: &Entry) -> Option<Reason> {
        let line = self.explain(entry.scope, &entry.instance, &entry.attachment, &entry.line)?;
        let id = match entry.receiver {
            Receiver::Customer => "regime-entry-customer",
            Receiver::Party => "regime-entry-party",
        };
        let amount = argument(&Scalar::Quantity(entry.amount.clone()), &entry.typed);
        let reason = Reason::new(id).with("name", Argument::name(entry.name.to_string())).with("amount", amount);
        Some(reason.with("party", Argument::name(entry.party.to_string())).because(line))
    }
}

fn clause(edition: &Edition) -> Reason {
    let number = edition.number + 1;
    let title = Argument::name(edition.title.clone());
    match &edition.clause {
        Some(clause) => Reason::new("regime-clause").with("title", title).with("clause", Argument::name(clause.clone())),
        None => Reason::new("regime-no-clause").with("title", title),
    }
    .with("edition", number)
}

struct Telling<'m, 'd> {
    machine: &'m Machine<'d>,
    era: &'m Era,
    left: usize,
    /// Lines told already: their calculation stands once.
    told: BTreeSet<(usize, LineAt)>,
}

impl Telling<'_, '_> {
    fn line(&mut self, live: usize, line: LineAt, depth: usize) -> Reason {
        self.left = self.left.saturating_sub(1);
        let facts = self.machine.facts;
        let one = facts.live.get(live);
        let edition = one.and_then(|one| self.era.editions.get(one.regime));
        let found = edition.and_then(|edition| edition.lines.get(line));
        let instance = one.and_then(|one| facts.instances.get(one.instance));
        let id = instance.map_or("", |instance| &instance.id);
        let value = facts.value(live, line);
        let (Some(found), Some(one)) = (found, one) else { return Reason::new("regime-line") };
        let typed = found.code.typed().settled();
        let missing = value.one().missing().filter(|_| matches!(value, Value::One(_)));
        let reason = Reason::new(if missing.is_some() { "regime-missing" } else { "regime-line" });
        let reason = reason.with("line", Argument::name(found.name.to_string()));
        let reason = reason.with("instance", Argument::name(named(id))).with("value", shown(&value, &typed));
        let mut reason = reason.because_all(missing.map(|why| Reason::new(why_missing(why))));
        if depth >= DEEPEST || self.left == 0 || !self.told.insert((live, line)) {
            return reason;
        }
        let values = self.machine.steps(&found.code, live);
        reason = reason.because(formula(&found.code, &values));
        let scope = instance.map_or(Scope::Ecosystem, |instance| instance.scope);
        let of = For { live, instance: one.instance, scope, gathered: None };
        reason.because_all(self.reads(&found.code, &values, of, depth))
    }

    /// What the steps of a line read, in the order written.
    fn reads(&mut self, code: &Code, values: &[Value], of: For, depth: usize) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let inner = apart(code);
        for (at, step) in code.steps.iter().enumerate() {
            let excerpt = code.excerpt(step.place);
            let value = values.get(at).cloned().unwrap_or(Value::missing(Missing::NotSupplied));
            if self.left == 0 {
                break;
            }
            let reason = match &step.kind {
                StepKind::Bands(subject, rows) => row(code, *subject, rows, values),
                // What a series is now is told with its past.
                _ if inner.contains(&at) || !seen.insert(excerpt) => None,
                StepKind::Parameter(_) => {
                    let reason = Reason::new("regime-parameter").with("name", Argument::name(excerpt.to_owned()));
                    Some(reason.with("value", shown(&value, &step.typed)))
                }
                StepKind::Figure(scope, name) => Some(self.figure(*scope, name, &value, &step.typed, of)),
                StepKind::Line(line) => Some(self.line(of.live, *line, depth + 1)),
                StepKind::Other(link, name, _) => self.linked(link, name, of, depth),
                StepKind::Gather(gather) => {
                    let inside = self.machine.gathered(gather, of);
                    let reason = Reason::new("regime-gather").with("formula", Argument::user(excerpt));
                    let mut reason = reason.with("value", shown(&value, &step.typed)).with("count", inside.len());
                    for one in inside.iter().take(BROADEST) {
                        let of = For { gathered: Some(*one), ..of };
                        let values = self.machine.run(&gather.body, of);
                        reason = reason.because_all(self.reads(&gather.body, &values, of, depth));
                    }
                    let more = inside.len().saturating_sub(BROADEST);
                    Some(if more > 0 { reason.because(Reason::new("and-more-rows").with("n", more)) } else { reason })
                }
                kind => {
                    let mut series = series(kind);
                    // The past of a cap is of its own type.
                    series.iter_mut().filter(|one| one.typed == Type::UNKNOWN).for_each(|one| one.typed = step.typed.clone());
                    (!series.is_empty()).then(|| {
                        let reason = Reason::new("regime-step").with("formula", Argument::user(excerpt));
                        let reason = reason.with("value", shown(&value, &step.typed));
                        let past = series.iter().flat_map(|series| self.past(series, of, depth)).collect::<Vec<_>>();
                        reason.because_all(past)
                    })
                }
            };
            self.left = self.left.saturating_sub(usize::from(reason.is_some()));
            reasons.extend(reason);
        }
        reasons
    }

    fn figure(&self, scope: Scope, name: &str, value: &Value, typed: &Type, of: For) -> Reason {
        let from = of.gathered.filter(|_| scope < of.scope).map_or(of.instance, |(instance, _)| instance);
        let facts = self.machine.facts;
        let instance = facts.container(from, scope).and_then(|at| facts.instances.get(at));
        let reason = Reason::new("regime-reads").with("name", Argument::name(name.to_owned()));
        let id = instance.map_or("", |instance| &instance.id);
        reason.with("scope", scope.as_str()).with("instance", Argument::name(named(id))).with("value", shown(value, typed))
    }

    fn linked(&mut self, link: &super::code::Link, name: &str, of: For, depth: usize) -> Option<Reason> {
        let live = self.machine.linked(link, of).ok()?;
        let edition = self.era.editions.get(link.regime)?;
        let (line, _) = super::program::line_of(edition, name)?;
        Some(self.line(live, line, depth + 1))
    }

    /// The latest stored values of a series, and what it is now.
    fn past(&mut self, series: &Series, of: For, depth: usize) -> Vec<Reason> {
        let machine = self.machine;
        let mut reasons = Vec::new();
        match (&series.past, series.now) {
            (Past::Own(line), Some(_)) => reasons.push(self.line(of.live, *line, depth + 1)),
            (Past::Other(link, name), Some(_)) => reasons.extend(self.linked(link, name, of, depth)),
            (_, None) => {}
        }
        let Ok((owner, line)) = machine.stored_as(&series.past, of) else { return reasons };
        let mut told = 0_usize;
        for number in machine.past.before(machine.period.number) {
            let (Some(stored), Some(period)) = (machine.past.value(number, &owner, &line), machine.past.period(number)) else {
                continue;
            };
            told += 1;
            if told > BROADEST {
                reasons.push(Reason::new("regime-past-more"));
                break;
            }
            let reason = Reason::new("regime-past").with("line", Argument::name(line.to_string()));
            let reason = reason.with("value", shown(&stored.value, &series.typed));
            reasons.push(reason.with("period", Argument::name(period.label.clone())));
        }
        reasons
    }
}

/// The ecosystem has no id of its own in most documents.
fn named(id: &str) -> String {
    if id.is_empty() { "ecosystem".into() } else { id.to_owned() }
}

/// The series whose past a step reads.
fn series(kind: &StepKind) -> Vec<Series> {
    let mut found: Vec<Series> = Vec::new();
    let mut spans: Vec<&Span> = Vec::new();
    match kind {
        StepKind::Previous(series, ..) | StepKind::Changed(series) => found.push(series.clone()),
        StepKind::Window(_, series, span, condition) => {
            found.push(series.clone());
            found.extend(condition.clone());
            spans.push(span);
        }
        StepKind::Streak(series, span) => {
            found.push(series.clone());
            spans.extend(span);
        }
        StepKind::Cap { limits, own, .. } => {
            found.push(Series { past: Past::Own(*own), now: None, typed: Type::UNKNOWN });
            spans.extend(limits.iter().map(|(_, span)| span));
        }
        StepKind::EarnBack(amount, when, _) => found.extend([amount.clone(), when.clone()]),
        _ => {}
    }
    for span in spans {
        if let Span::Since(series) = span {
            found.push((**series).clone());
        }
    }
    found
}

/// Steps that are a series' value now.
fn apart(code: &Code) -> BTreeSet<StepAt> {
    code.steps.iter().flat_map(|step| series(&step.kind)).filter_map(|series| series.now).collect()
}

/// The formula as written, and with the values it read in the place of their names.
fn formula(code: &Code, values: &[Value]) -> Reason {
    let written = code.texts.first().map_or("", |text| text.value.as_str());
    let mut leaves: Vec<(Place, String)> = Vec::new();
    for (step, value) in code.steps.iter().zip(values).filter(|(step, _)| step.place.text == 0) {
        let leaf = match &step.kind {
            StepKind::Parameter(_) | StepKind::Figure(..) | StepKind::Line(_) | StepKind::Other(..) => true,
            StepKind::Gather(_) => true,
            kind => !series(kind).is_empty() && !matches!(kind, StepKind::Cap { .. }),
        };
        if leaf {
            // What stands inside a fold is part of it.
            leaves.retain(|(place, _)| place.start < step.place.start || place.end > step.place.end);
            leaves.push((step.place, plain(value, &step.typed)));
        }
    }
    leaves.sort_by_key(|(place, _)| place.start);
    let mut worked = String::new();
    let mut at = 0;
    for (place, value) in &leaves {
        worked.push_str(written.get(at..place.start).unwrap_or_default());
        worked.push_str(value);
        at = place.end;
    }
    worked.push_str(written.get(at..).unwrap_or_default());
    let reason = Reason::new("regime-formula").with("formula", Argument::user(written));
    reason.with("worked", Argument::user(worked))
}

/// The row of a table that applied.
fn row(code: &Code, subject: StepAt, rows: &[(RowTest, StepAt)], values: &[Value]) -> Option<Reason> {
    let subject = values.get(subject)?.one();
    let holds = |test: &RowTest| match (test, &subject) {
        (RowTest::Otherwise, _) => true,
        (RowTest::Words(words), Scalar::Word(word)) => words.contains(word),
        (RowTest::Bounds(bounds), Scalar::Quantity(value)) => bounds.iter().all(|(kind, bound)| {
            let bound = values.get(*bound).map(Value::one);
            matches!(bound, Some(Scalar::Quantity(bound)) if takes(*kind, value, &bound))
        }),
        _ => false,
    };
    let at = rows.iter().position(|(test, _)| holds(test))?;
    let (test, cell) = rows.get(at)?;
    let cell = code.steps.get(*cell)?;
    // The text of a row stands just before that of its cell.
    let key = code.texts.get(cell.place.text.checked_sub(1)?)?;
    let key = if *test == RowTest::Otherwise { "otherwise" } else { key.value.as_str() };
    let text = code.texts.get(cell.place.text)?;
    Some(Reason::new("regime-row").with("row", Argument::user(format!("{key}: {}", text.value))))
}

/// The id of the reason why something is missing.
pub fn why_missing(why: Missing) -> &'static str {
    match why {
        Missing::NoData => "regime-why-no-data",
        Missing::BelowMinimum => "regime-why-below-minimum",
        Missing::Relieved => "regime-why-relieved",
        Missing::NotSupplied => "regime-why-not-supplied",
        Missing::DividedByZero => "regime-why-divided-by-zero",
        Missing::TooLarge => "regime-why-too-large",
        Missing::LowAboveHigh => "regime-why-low-above-high",
        Missing::NoValues => "regime-why-no-values",
        Missing::NoRow => "regime-why-no-row",
        Missing::NoHistory => "regime-why-no-history",
        Missing::NotAttached => "regime-why-not-attached",
        Missing::WrongType => "regime-why-wrong-type",
        Missing::NoShares => "regime-why-no-shares",
        Missing::NotOnMinorUnit => "regime-why-not-on-minor-unit",
    }
}

/// A value as an argument of a message, in the words of its type.
pub fn shown(value: &Value, typed: &Type) -> Argument {
    match value {
        Value::One(value) => argument(value, typed),
        Value::ByParty(slices) => {
            let slice = |(party, value): (&Arc<str>, &Scalar)| Argument::name(format!("{party} {}", scalar(value, typed)));
            Argument::List(slices.iter().take(BROADEST).map(slice).collect())
        }
    }
}

fn argument(value: &Scalar, typed: &Type) -> Argument {
    let Scalar::Quantity(quantity) = value else { return Argument::name(scalar(value, typed)) };
    let Some(unit) = typed.unit() else { return Argument::Number(quantity.clone()) };
    if unit.is_scalar() {
        return if unit.is_ratio() { Argument::Percent(quantity.clone()) } else { Argument::Number(quantity.clone()) };
    }
    let money = || {
        let currency = unit.currency()?;
        let text = quantity.to_exact_text();
        Some(Argument::Money(Money { amount: text.parse().ok()?, currency }))
    };
    let time = || {
        let micros = quantity.times(&Ratio::whole(1_000_000));
        let (whole, _) = micros.parts().filter(|(_, one)| *one == 1 && unit.plain() == Some(Dimension::Time))?;
        Some(Argument::Duration(Duration(i64::try_from(whole).ok()?)))
    };
    money().or_else(time).unwrap_or_else(|| Argument::name(scalar(value, typed)))
}

/// A value as a formula would write it.
pub(super) fn scalar(value: &Scalar, typed: &Type) -> String {
    match (value, typed.unit()) {
        (Scalar::Missing(why), _) => format!("missing ({})", why.as_str().replace('_', " ")),
        (Scalar::Word(word), _) => format!("'{word}'"),
        (Scalar::Flag(value), _) => value.to_string(),
        (Scalar::Quantity(value), Some(unit)) if unit.is_ratio() => {
            let percent = value.times(&Ratio::whole(100)).to_exact_text();
            if percent.contains('/') { value.to_exact_text() } else { format!("{percent}%") }
        }
        (Scalar::Quantity(value), Some(unit)) if unit.plain() == Some(Dimension::Time) => {
            let per = |seconds: i128, word: &str| {
                let count = value.divide(&Ratio::whole(seconds)).filter(Ratio::is_whole)?;
                Some(format!("{count} {word}"))
            };
            per(3_600, "h").or_else(|| per(60, "min")).unwrap_or_else(|| format!("{value} s"))
        }
        (Scalar::Quantity(value), Some(unit)) if *unit != Unit::NUMBER => {
            let unit = unit.to_string();
            match unit.strip_prefix("ratio per ") {
                // As people write it: 1% per point.
                Some(below) => {
                    let below = if below == "points" { "point" } else { below };
                    format!("{}% per {below}", value.times(&Ratio::whole(100)))
                }
                None => format!("{value} {unit}"),
            }
        }
        (Scalar::Quantity(value), _) => value.to_exact_text(),
    }
}

fn plain(value: &Value, typed: &Type) -> String {
    match value {
        Value::One(value) => scalar(value, typed),
        Value::ByParty(slices) => {
            let shown = slices.iter().take(BROADEST).map(|(party, value)| format!("{party} {}", scalar(value, typed)));
            format!("({})", shown.collect::<Vec<_>>().join(", "))
        }
    }
}
