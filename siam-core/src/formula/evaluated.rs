//! A period evaluated: values of lines, entries, triggers, figures set, troubles.
//!
//! Goes in: values of all lines. Comes out: what they post, trigger and set, and what is stored of them.
//! **Invariant:** an entry has an amount above zero on its minor unit, a party and a clause or a title.
//! **Not here:** computing values (`evaluate`, `steps`), why they are so (`explain`).

use super::code::{Edition, RegimeAt};
use super::evaluate::Facts;
use super::history::{History, Owner, SettlementPeriod, Stored};
use super::program::Inner;
use super::types::Type;
use super::value::{Missing, Scalar, Value};
use super::world::on_minor_unit;
use crate::base::Ratio;
use crate::model::regime::{PostKind, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who receives an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// The customer, from the party.
    Customer,
    /// The party, from the customer.
    Party,
}

/// An entry that a post makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The scope of the instance.
    pub scope: Scope,
    /// The instance.
    pub instance: Arc<str>,
    /// The name under which the regime is attached.
    pub attachment: Arc<str>,
    /// The regime.
    pub regime: Arc<str>,
    /// Its edition, from 1 in order of their dates.
    pub edition: usize,
    /// The title of the regime.
    pub title: String,
    /// Its clause.
    pub clause: Option<String>,
    /// The name of the post.
    pub name: Arc<str>,
    /// Its kind.
    pub kind: PostKind,
    /// How much, above 0.
    pub amount: Ratio,
    /// Money, points or a duration.
    pub typed: Type,
    /// The party that pays or receives it.
    pub party: Arc<str>,
    /// Who receives it.
    pub receiver: Receiver,
    /// The post whose entries it undoes.
    pub reverses: Option<Arc<str>>,
    /// The line whose value it is.
    pub line: Arc<str>,
}

/// A trigger that holds, or of which it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The scope of the instance.
    pub scope: Scope,
    /// The instance.
    pub instance: Arc<str>,
    /// The name under which the regime is attached.
    pub attachment: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Why it is not known whether it holds.
    pub unknown: Option<Missing>,
    /// Whether it did not hold in the period before.
    pub new: bool,
}

/// A figure set from the next period on.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The scope of the instance.
    pub scope: Scope,
    /// The instance whose figure is set.
    pub instance: Arc<str>,
    /// The name under which the regime is attached.
    pub attachment: Arc<str>,
    /// The figure.
    pub name: Arc<str>,
    /// Its value.
    pub value: Value,
}

/// The value of a line.
#[derive(Debug, Clone)]
pub struct LineValue<'e> {
    /// The scope of the instance.
    pub scope: Scope,
    /// The instance.
    pub instance: &'e str,
    /// The name under which the regime is attached.
    pub attachment: &'e str,
    /// The regime.
    pub regime: &'e str,
    /// The line.
    pub line: &'e str,
    /// Whether it stands under `lines:`; others are formulas whose past is read, posts and triggers.
    pub written: bool,
    /// Its type.
    pub typed: Type,
    /// Its value.
    pub value: &'e Value,
}

/// A period evaluated.
#[derive(Debug, Clone)]
pub struct Evaluated {
    pub(super) inner: Arc<Inner>,
    pub(super) era: usize,
    pub(super) facts: Facts,
    pub(super) past: History,
    /// The period.
    pub period: SettlementPeriod,
    /// Entries in the order of regimes, instances and posts.
    pub entries: Vec<Entry>,
    /// Triggers that hold or are unknown.
    pub triggers: Vec<Trigger>,
    /// Figures set from the next period on.
    pub settings: Vec<Setting>,
}

impl Evaluated {
    fn edition(&self, regime: RegimeAt) -> Option<&Edition> {
        self.inner.eras.get(self.era)?.editions.get(regime)
    }

    /// Values to store: of written lines, and of what the past is read of.
    pub(super) fn stored(&self) -> BTreeMap<Owner, BTreeMap<Arc<str>, Stored>> {
        let mut stored: BTreeMap<Owner, BTreeMap<Arc<str>, Stored>> = BTreeMap::new();
        for (at, live) in self.facts.live.iter().enumerate() {
            let (Some(owner), Some(edition)) = (self.facts.owner(at), self.edition(live.regime)) else { continue };
            let lines = edition.lines.iter().enumerate().map(|(number, line)| {
                let typed = line.code.typed().settled().to_string();
                (line.name.clone(), Stored { value: self.facts.value(at, number), typed: typed.as_str().into() })
            });
            stored.entry(owner).or_default().extend(lines);
        }
        stored
    }

    pub(super) fn conclude(&mut self) {
        let (mut entries, mut triggers, mut settings) = (Vec::new(), Vec::new(), Vec::new());
        for (at, live) in self.facts.live.iter().enumerate() {
            let (Some(owner), Some(edition)) = (self.facts.owner(at), self.edition(live.regime)) else { continue };
            let (scope, instance, attachment) = owner.clone();
            for post in &edition.posts {
                let Some(line) = edition.lines.get(post.line) else { continue };
                let value = self.facts.value(at, post.line);
                let slices: Vec<(Arc<str>, Scalar)> = match &value {
                    Value::ByParty(slices) => slices.iter().map(|(party, value)| (party.clone(), value.clone())).collect(),
                    Value::One(value) => {
                        self.facts.party(live.instance).map(|party| (party, value.clone())).into_iter().collect()
                    }
                };
                for (party, value) in slices {
                    let Ok(amount) = value.quantity() else { continue };
                    let typed = line.code.typed().settled().one();
                    if amount.is_zero() || !typed.unit().is_none_or(|unit| on_minor_unit(amount, unit)) {
                        continue;
                    }
                    let to_party = (post.to_party || post.reverses.is_some()) != amount.is_negative();
                    entries.push(Entry {
                        scope,
                        instance: instance.clone(),
                        attachment: attachment.clone(),
                        regime: self.inner.regimes.get(live.regime).map_or("".into(), |(name, _)| name.clone()),
                        edition: edition.number + 1,
                        title: edition.title.clone(),
                        clause: edition.clause.clone(),
                        name: post.name.clone(),
                        kind: post.kind,
                        amount: if amount.is_negative() { amount.negated() } else { amount.clone() },
                        typed,
                        party,
                        receiver: if to_party { Receiver::Party } else { Receiver::Customer },
                        reverses: post.reverses.clone(),
                        line: line.name.clone(),
                    });
                }
            }
            for (name, line) in &edition.triggers {
                let now = self.facts.value(at, *line).one();
                let before = self.past.value(self.period.number - 1, &owner, &format!("trigger {name}"));
                let held = before.is_some_and(|stored| stored.value.one().flag() == Ok(true));
                if now.flag() != Ok(false) {
                    triggers.push(Trigger {
                        scope,
                        instance: instance.clone(),
                        attachment: attachment.clone(),
                        name: name.clone(),
                        unknown: now.missing(),
                        new: now.missing().is_none() && !held,
                    });
                }
            }
            for (name, line) in &edition.sets {
                settings.push(Setting {
                    scope,
                    instance: instance.clone(),
                    attachment: attachment.clone(),
                    name: name.clone(),
                    value: self.facts.value(at, *line),
                });
            }
        }
        (self.entries, self.triggers, self.settings) = (entries, triggers, settings);
    }

    /// Values of all lines, by regime, instance, attachment and line.
    pub fn lines(&self) -> impl Iterator<Item = LineValue<'_>> {
        self.facts.live.iter().enumerate().flat_map(move |(at, live)| {
            let lines = self.edition(live.regime).map(|edition| edition.lines.as_slice()).unwrap_or_default();
            let instance = self.facts.instances.get(live.instance);
            let values = self.facts.values.get(at).map(Vec::as_slice).unwrap_or_default();
            lines.iter().zip(values).filter_map(move |(line, value)| {
                let instance = instance?;
                Some(LineValue {
                    scope: instance.scope,
                    instance: &instance.id,
                    attachment: &live.name,
                    regime: self.inner.regimes.get(live.regime).map_or("", |(name, _)| name),
                    line: &line.name,
                    written: line.written,
                    typed: line.code.typed().settled(),
                    value,
                })
            })
        })
    }

    /// The value that every post of every attachment rests on, by the name of the post.
    pub fn posts(&self) -> impl Iterator<Item = (&str, LineValue<'_>)> {
        self.facts.live.iter().enumerate().flat_map(move |(at, live)| {
            let edition = self.edition(live.regime);
            let values = self.facts.values.get(at).map(Vec::as_slice).unwrap_or_default();
            edition.into_iter().flat_map(|edition| edition.posts.iter().map(move |post| (edition, post))).filter_map(
                move |(edition, post)| {
                    let instance = self.facts.instances.get(live.instance)?;
                    let line = edition.lines.get(post.line)?;
                    let found = LineValue {
                        scope: instance.scope,
                        instance: &instance.id,
                        attachment: &live.name,
                        regime: self.inner.regimes.get(live.regime).map_or("", |(name, _)| name),
                        line: &line.name,
                        written: line.written,
                        typed: line.code.typed().settled(),
                        value: values.get(post.line)?,
                    };
                    Some((&*post.name, found))
                },
            )
        })
    }

    /// Lines that are missing for a reason that a person must see to: an overflow, a division by zero, a table
    /// without a row, a past that was not given, a figure of the wrong type; and posts between pennies.
    pub fn troubles(&self) -> impl Iterator<Item = (LineValue<'_>, Missing)> {
        self.lines().filter_map(|line| {
            let scalars: Vec<&Scalar> = match line.value {
                Value::One(scalar) => vec![scalar],
                Value::ByParty(slices) => slices.values().collect(),
            };
            let grave = scalars.iter().filter_map(|scalar| scalar.missing()).find(|why| {
                use Missing::{DividedByZero, LowAboveHigh, NoHistory, NoRow, NoShares, NotOnMinorUnit, TooLarge, WrongType};
                matches!(why, DividedByZero | LowAboveHigh | NoHistory | NoRow | NoShares | NotOnMinorUnit | TooLarge | WrongType)
            });
            let posted = self.inner.eras.get(self.era).is_some_and(|era| {
                era.editions.iter().any(|edition| {
                    edition.posts.iter().any(|post| edition.lines.get(post.line).is_some_and(|posted| *posted.name == *line.line))
                })
            });
            let between = || {
                let unit = line.typed.unit()?;
                let off = |scalar: &&Scalar| scalar.quantity().is_ok_and(|amount| !on_minor_unit(amount, unit));
                (posted && scalars.iter().any(off)).then_some(Missing::NotOnMinorUnit)
            };
            grave.or_else(between).map(|why| (line, why))
        })
    }

    /// The value of one line.
    pub fn value(&self, scope: Scope, instance: &str, attachment: &str, line: &str) -> Option<LineValue<'_>> {
        let wanted = |found: &LineValue<'_>| {
            found.scope == scope && found.instance == instance && found.attachment == attachment && found.line == line
        };
        self.lines().find(wanted)
    }
}
