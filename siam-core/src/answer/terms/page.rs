//! The page under way: sentences in order, each with the section and object it belongs to.
//!
//! Goes in: reasons with their depth. Comes out: lines, and the tree of those beneath one.
//! **Invariant:** a sentence whose id ends in `-default` states what holds because nothing else is written.
//! **Not here:** the words (`report::english`).

use crate::base::money::Money;
use crate::base::{Argument, Instant, Message, Ratio};
use crate::model::Model;
use crate::model::contract::Amount;
use crate::model::dated::Validity;
use crate::report::Reason;

/// One sentence.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub section: &'static str,
    pub kind: &'static str,
    pub object: String,
    pub clause: Option<String>,
    pub depth: usize,
    pub message: Message,
}

impl Line {
    /// Whether it states a default.
    pub fn is_default(&self) -> bool {
        self.message.id.ends_with("-default")
    }
}

/// The page under way.
pub(super) struct Page<'a> {
    pub model: &'a Model,
    pub at: Instant,
    pub lines: Vec<Line>,
    section: &'static str,
    kind: &'static str,
    object: String,
    clause: Option<String>,
    depth: usize,
}

impl<'a> Page<'a> {
    /// An empty page as at an instant.
    pub fn new(model: &'a Model, at: Instant) -> Self {
        let object = model.name.clone();
        Self { model, at, lines: Vec::new(), section: "page", kind: "ecosystem", object, clause: None, depth: 0 }
    }
    /// The object that the next sentences are about, and the depth of its heading.
    pub fn about(&mut self, section: &'static str, kind: &'static str, object: &str, clause: Option<&str>, depth: usize) {
        (self.section, self.kind, self.object, self.depth) = (section, kind, object.to_owned(), depth);
        self.clause = clause.map(str::to_owned);
    }
    /// The heading of the object.
    pub fn heading(&mut self, reason: Reason) {
        self.say_at(self.depth, reason);
    }
    /// A sentence about the object, and what stands beneath it.
    pub fn say(&mut self, reason: Reason) {
        self.say_at(self.depth + 1, reason);
    }
    fn say_at(&mut self, depth: usize, reason: Reason) {
        let mut open = vec![(depth, reason)];
        while let Some((depth, reason)) = open.pop() {
            let (message, because) = reason.into_parts();
            self.lines.push(Line {
                section: self.section,
                kind: self.kind,
                object: self.object.clone(),
                clause: self.clause.clone(),
                depth,
                message,
            });
            open.extend(because.into_iter().rev().map(|deeper| (depth + 1, deeper)));
        }
    }

    /// A day where the instant begins one in the zone of the ecosystem, else the instant.
    pub fn day(&self, at: Instant) -> Argument {
        let date = self.model.zone.date_of(at).filter(|date| self.model.zone.day_start(*date) == at);
        date.map_or(Argument::Instant(at), Argument::Date)
    }
    /// From when until when the object holds.
    pub fn term(&mut self, validity: &Validity) {
        let (from, until) = (validity.from, validity.until);
        let reason = match (from == Instant::MIN, until == Instant::MAX) {
            (false, false) => Reason::new("terms-term").with("from", self.day(from)).with("until", self.day(until)),
            (false, true) => Reason::new("terms-term-from-default").with("from", self.day(from)),
            (true, false) => Reason::new("terms-term-until-default").with("until", self.day(until)),
            (true, true) => Reason::new("terms-term-default"),
        };
        self.say(reason);
    }
    /// The clause that the object stands in.
    pub fn clause(&mut self, clause: Option<&str>) {
        self.say(clause.map_or_else(|| Reason::new("terms-no-clause"), clause_of));
    }
}

/// The clause that something stands in.
pub(super) fn clause_of(clause: &str) -> Reason {
    Reason::new("terms-clause").with("clause", name(clause))
}

/// A name as it is written.
pub(super) fn name(text: &str) -> Argument {
    Argument::name(text)
}

/// A full name with the id it goes by, or the id alone.
pub(super) fn titled(title: &str, id: &str) -> Argument {
    if title == id { Argument::name(id) } else { Argument::name(format!("{title} ({id})")) }
}

/// Several names.
pub(super) fn names<'n>(all: impl IntoIterator<Item = &'n str>) -> Argument {
    Argument::List(all.into_iter().map(Argument::name).collect())
}

/// An amount in its currency.
pub(super) fn amount(amount: &Amount) -> Argument {
    let exact = amount.value.to_exact_text();
    match exact.parse() {
        Ok(value) => Argument::Money(Money { amount: value, currency: amount.currency }),
        Err(_) => Argument::List(vec![Argument::Number(amount.value.clone()), Argument::name(amount.currency.as_str())]),
    }
}

/// A number as people write it: a share as a percentage where it is below one.
pub(super) fn number(value: &Ratio) -> Argument {
    if *value < Ratio::ONE && !value.is_zero() { Argument::Percent(value.clone()) } else { Argument::Number(value.clone()) }
}

/// The range of what is permitted.
pub(super) fn range(what: Argument, least: Option<Argument>, most: Option<Argument>) -> Option<Reason> {
    let (id, bounds) = match (least, most) {
        (Some(least), Some(most)) => ("terms-range-between", vec![("least", least), ("most", most)]),
        (Some(least), None) => ("terms-range-least", vec![("least", least)]),
        (None, Some(most)) => ("terms-range-most", vec![("most", most)]),
        (None, None) => return None,
    };
    Some(bounds.into_iter().fold(Reason::new(id).with("what", what), |reason, (key, value)| reason.with(key, value)))
}
