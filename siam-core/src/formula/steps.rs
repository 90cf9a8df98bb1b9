//! Steps run: one line of one attachment in one period.
//!
//! Goes in: compiled steps, facts of the period, the past. Comes out: the value of every step.
//! **Invariant:** pure: the same facts and past give the same values; what cannot be computed is missing with its reason.
//! **Not here:** the order of lines (`evaluate`), folds over periods and instances (`fold`).

use super::code::{Code, Link, Mode, RowTest, StepAt, StepKind};
use super::evaluate::{Facts, of_type, parameter};
use super::history::{History, SettlementPeriod};
use super::instances::InstanceAt;
use super::parse::{BoundKind, Operator};
use super::program::{Era, Inner};
use super::types::Type;
use super::value::{Missing, Rounding, Scalar, Value, bounded, choose, rounded, two};
use crate::base::Ratio;
use crate::model::regime::Scope;
use std::sync::Arc;

/// Everything a line may read.
pub(super) struct Machine<'m> {
    pub inner: &'m Inner,
    pub era: &'m Era,
    pub facts: &'m Facts,
    pub past: &'m History,
    pub period: &'m SettlementPeriod,
    pub figure: &'m dyn Fn(InstanceAt, &Arc<str>) -> Value,
}

/// For which attachment steps run, and for which finer instance inside a gather.
#[derive(Debug, Clone, Copy)]
pub(super) struct For {
    pub live: usize,
    pub instance: InstanceAt,
    pub scope: Scope,
    pub gathered: Option<(InstanceAt, Option<usize>)>,
}

/// Runs a computation that may find something missing.
fn scalar(found: Result<Scalar, Missing>) -> Scalar {
    found.unwrap_or_else(Scalar::Missing)
}

impl Machine<'_> {
    /// The value of a line for an attachment.
    pub fn line(&self, code: &Code, live: usize) -> Value {
        self.steps(code, live).pop().unwrap_or(Value::missing(Missing::NotSupplied))
    }

    /// The values of all its steps.
    pub fn steps(&self, code: &Code, live: usize) -> Vec<Value> {
        let Some(one) = self.facts.live.get(live) else { return Vec::new() };
        let scope = self.facts.instances.get(one.instance).map_or(Scope::Ecosystem, |instance| instance.scope);
        self.run(code, For { live, instance: one.instance, scope, gathered: None })
    }

    pub fn run(&self, code: &Code, of: For) -> Vec<Value> {
        let mut values: Vec<Value> = Vec::with_capacity(code.steps.len());
        for step in &code.steps {
            let value = self.step(&step.kind, &step.typed, &values, of);
            values.push(value);
        }
        values
    }

    fn step(&self, kind: &StepKind, typed: &Type, values: &[Value], of: For) -> Value {
        let missing = Value::missing(Missing::NotSupplied);
        let at = |step: StepAt| values.get(step).unwrap_or(&missing);
        match kind {
            StepKind::Faulty => missing.clone(),
            StepKind::Constant(value) => value.clone(),
            StepKind::Parameter(number) => self.parameter(*number, of),
            StepKind::Figure(scope, name) => {
                let from = of.gathered.filter(|_| *scope < of.scope).map_or(of.instance, |(instance, _)| instance);
                // Days and numbers of the contract are everybody's, also where no such owner is.
                let own = matches!(&**name, "period_number" | "part_of_year").then_some(from);
                match self.facts.container(from, *scope).or(own) {
                    Some(instance) => of_type((self.figure)(instance, name), typed),
                    None => Value::missing(Missing::NotAttached),
                }
            }
            StepKind::Line(line) => self.facts.value(of.live, *line),
            StepKind::Other(link, line, slice) => self.other(link, line, *slice, of),
            StepKind::Negate(x) => Value::each(&[at(*x)], |given| match given {
                [x] => two(Operator::Minus, &Scalar::ZERO, x),
                _ => Scalar::Missing(Missing::NotSupplied),
            }),
            StepKind::Not(x) => each_one(at(*x), |x| x.flag().map(|flag| Scalar::Flag(!flag))),
            StepKind::Two(operator, a, b) => each_two(at(*a), at(*b), |a, b| two(*operator, a, b)),
            StepKind::If(condition, yes, no) => Value::each(&[at(*condition), at(*yes), at(*no)], |given| match given {
                [condition, yes, no] => choose(condition, yes, no),
                _ => Scalar::Missing(Missing::NotSupplied),
            }),
            StepKind::Round(x, quantum, mode) => match self.mode(*mode, of) {
                Ok(mode) => each_two(at(*x), at(*quantum), |x, quantum| {
                    let found = x.quantity().and_then(|x| Ok((x, quantum.quantity()?)));
                    scalar(found.and_then(|(x, quantum)| rounded(x, quantum, mode).map(bounded).ok_or(Missing::DividedByZero)))
                }),
                Err(why) => Value::missing(why),
            },
            StepKind::Least(all) => extreme(all.iter().map(|step| at(*step)).collect(), false),
            StepKind::Greatest(all) => extreme(all.iter().map(|step| at(*step)).collect(), true),
            StepKind::Clamp(x, low, high) => Value::each(&[at(*x), at(*low), at(*high)], clamp),
            StepKind::Absolute(x) => each_one(at(*x), |x| {
                let x = x.quantity()?;
                Ok(Scalar::Quantity(if x.is_negative() { x.negated() } else { x.clone() }))
            }),
            StepKind::Fits(x, each, started) => each_two(at(*x), at(*each), |x, each| scalar(fits(x, each, *started))),
            StepKind::Default(x, instead) => each_two(at(*x), at(*instead), |x, instead| match x {
                Scalar::Missing(_) => instead.clone(),
                found => found.clone(),
            }),
            StepKind::Present(x) => each_one(at(*x), |x| Ok(Scalar::Flag(x.missing().is_none()))),
            StepKind::Bands(subject, rows) => bands(at(*subject), rows, &at),
            StepKind::Marginal(subject, rows) => marginal(at(*subject), rows, &at),
            other => self.folded(other, typed, &at, of),
        }
    }

    fn parameter(&self, number: usize, of: For) -> Value {
        let one = self.facts.live.get(of.live).and_then(|live| self.inner.attached.get(live.attached));
        let edition = one.and_then(|one| self.era.editions.get(one.regime));
        match (one, edition) {
            (Some(one), Some(edition)) => parameter(one, edition.number, number, self.period.from),
            _ => Value::missing(Missing::NotSupplied),
        }
    }

    fn mode(&self, mode: Mode, of: For) -> Result<Rounding, Missing> {
        match mode {
            Mode::Fixed(mode) => Ok(mode),
            Mode::Parameter(number) => match self.parameter(number, of) {
                Value::One(Scalar::Word(word)) => Rounding::parse(&word).ok_or(Missing::WrongType),
                Value::One(Scalar::Missing(why)) => Err(why),
                _ => Err(Missing::WrongType),
            },
        }
    }

    /// The attachment a link means, seen from where steps run.
    pub fn linked(&self, link: &Link, of: For) -> Result<usize, Missing> {
        let finer = link.scope < of.scope;
        if let Some((instance, Some(live))) = of.gathered
            && finer
            && self.facts.live.get(live).is_some_and(|live| super::evaluate::means(live, link, self.regime_name(link)))
            && self.facts.instances.get(instance).is_some_and(|instance| instance.scope == link.scope)
        {
            return Ok(live);
        }
        let from = of.gathered.filter(|_| finer).map_or(of.instance, |(instance, _)| instance);
        let at = self.facts.container(from, link.scope).ok_or(Missing::NotAttached)?;
        let mut found = self.facts.linked(at, link, self.regime_name(link));
        match (found.next(), found.next()) {
            (Some(live), None) => Ok(live),
            _ => Err(Missing::NotAttached),
        }
    }

    pub fn regime_name(&self, link: &Link) -> &str {
        self.inner.regimes.get(link.regime).map_or("", |(name, _)| name)
    }

    fn other(&self, link: &Link, line: &str, slice: bool, of: For) -> Value {
        let found = self.linked(link, of).and_then(|live| {
            let edition = self.era.editions.get(link.regime).ok_or(Missing::NotAttached)?;
            let (line, _) = super::program::line_of(edition, line).ok_or(Missing::NotAttached)?;
            Ok(self.facts.value(live, line))
        });
        let value = match found {
            Ok(value) => value,
            Err(why) => return Value::missing(why),
        };
        if !slice {
            return value;
        }
        match self.facts.party(of.instance) {
            Some(party) => Value::One(value.slice(&party)),
            None => Value::missing(Missing::NotAttached),
        }
    }
}

fn each_one(x: &Value, compute: impl Fn(&Scalar) -> Result<Scalar, Missing>) -> Value {
    Value::each(&[x], |given| scalar(given.first().ok_or(Missing::NotSupplied).and_then(&compute)))
}

fn each_two(a: &Value, b: &Value, compute: impl Fn(&Scalar, &Scalar) -> Scalar) -> Value {
    Value::each(&[a, b], |given| match given {
        [a, b] => compute(a, b),
        _ => Scalar::Missing(Missing::NotSupplied),
    })
}

fn extreme(all: Vec<&Value>, greatest: bool) -> Value {
    Value::each(&all, |given| {
        let mut best: Option<&Ratio> = None;
        for one in given {
            match one.quantity() {
                Ok(one) if best.is_none_or(|best| (one > best) == greatest) => best = Some(one),
                Ok(_) => {}
                Err(why) => return Scalar::Missing(why),
            }
        }
        best.map_or(Scalar::Missing(Missing::NoValues), |best| Scalar::Quantity(best.clone()))
    })
}

fn clamp(given: &[Scalar]) -> Scalar {
    let [x, low, high] = given else { return Scalar::Missing(Missing::NotSupplied) };
    scalar((|| {
        let (x, low, high) = (x.quantity()?, low.quantity()?, high.quantity()?);
        if low > high {
            return Err(Missing::LowAboveHigh);
        }
        Ok(Scalar::Quantity(x.max(low).min(high).clone()))
    })())
}

fn fits(x: &Scalar, each: &Scalar, started: bool) -> Result<Scalar, Missing> {
    let (x, each) = (x.quantity()?, each.quantity()?);
    if each.is_zero() || each.is_negative() {
        return Err(Missing::DividedByZero);
    }
    if x.is_negative() || x.is_zero() {
        return Ok(Scalar::ZERO);
    }
    let times = x.divide(each).ok_or(Missing::DividedByZero)?;
    let whole = times.floored();
    Ok(bounded(if started && whole != times { whole.plus(&Ratio::ONE) } else { whole }))
}

/// Whether a bound takes a value.
pub(super) fn takes(kind: BoundKind, value: &Ratio, bound: &Ratio) -> bool {
    match kind {
        BoundKind::From => value >= bound,
        BoundKind::Above => value > bound,
        BoundKind::Below => value < bound,
        BoundKind::UpTo => value <= bound,
    }
}

fn bands<'v>(subject: &'v Value, rows: &[(RowTest, StepAt)], at: &dyn Fn(StepAt) -> &'v Value) -> Value {
    let parties = Value::parties(std::iter::once(subject).chain(rows.iter().map(|(_, cell)| at(*cell))));
    let choose = |party: Option<&Arc<str>>| {
        let slice = |value: &Value| party.map_or_else(|| value.one(), |party| value.slice(party));
        let subject = slice(subject);
        if let Scalar::Missing(why) = subject {
            return Scalar::Missing(why);
        }
        for (test, cell) in rows {
            match row_takes(test, &subject, &|step| slice(at(step))) {
                Ok(true) => return slice(at(*cell)),
                Ok(false) => {}
                Err(why) => return Scalar::Missing(why),
            }
        }
        Scalar::Missing(Missing::NoRow)
    };
    match parties {
        None => Value::One(choose(None)),
        Some(parties) => {
            let slices = parties.into_iter().map(|party| {
                let value = choose(Some(&party));
                (party, value)
            });
            Value::ByParty(Arc::new(slices.collect()))
        }
    }
}

fn row_takes(test: &RowTest, subject: &Scalar, at: &dyn Fn(StepAt) -> Scalar) -> Result<bool, Missing> {
    match test {
        RowTest::Otherwise => Ok(true),
        RowTest::Words(words) => match subject {
            Scalar::Word(word) => Ok(words.contains(word)),
            _ => Err(Missing::WrongType),
        },
        RowTest::Bounds(bounds) => {
            let value = subject.quantity()?;
            for (kind, bound) in bounds {
                if !takes(*kind, value, at(*bound).quantity()?) {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
}

fn marginal<'v>(subject: &'v Value, rows: &[(Option<StepAt>, StepAt)], at: &dyn Fn(StepAt) -> &'v Value) -> Value {
    let mut all: Vec<&Value> = vec![subject];
    for (bound, rate) in rows {
        all.extend(bound.map(at));
        all.push(at(*rate));
    }
    let open: Vec<bool> = rows.iter().map(|(bound, _)| bound.is_none()).collect();
    Value::each(&all, |given| {
        scalar((|| {
            let mut given = given.iter();
            let value = given.next().ok_or(Missing::NotSupplied)?.quantity()?;
            let (mut total, mut low) = (Ratio::ZERO, Ratio::ZERO);
            for open in &open {
                let top = match open {
                    true => value.clone(),
                    false => given.next().ok_or(Missing::NotSupplied)?.quantity()?.clone(),
                };
                let rate = given.next().ok_or(Missing::NotSupplied)?.quantity()?;
                let top = top.min(value.clone());
                if top > low {
                    total = total.plus(&top.minus(&low).times(rate));
                    low = top;
                }
            }
            Ok(bounded(total))
        })())
    })
}
