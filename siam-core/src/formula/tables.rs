//! Tables of a regime: bands, marginal rates, earn-backs.
//!
//! Goes in: rows as written. Comes out: steps whose last one is the table.
//! **Invariant:** all cells of a table have one type, all bounds that of its subject.
//! **Not here:** whether rows leave gaps or overlap (`check`).

use super::code::{Place, RowTest, StepAt, StepKind};
use super::compile::{Builder, Written};
use super::parse::{self, Row};
use super::types::{Kind, Type, Unit};
use crate::base::{Argument, codes};
use crate::document::Spot;

type Rows = [(Spot<String>, Spot<String>)];

impl Builder<'_, '_> {
    fn whole_text(&self, text: usize) -> Place {
        let end = self.code.texts.get(text).map_or(0, |text| text.value.len());
        Place { text, start: 0, end }
    }

    /// A cell of a table, of one type with those before it.
    fn cell(&mut self, text: &Spot<String>, typed: &mut Type) -> StepAt {
        let step = self.formula(text);
        let next = self.typed(step);
        *typed = self.join(self.place(step), typed, &next);
        step
    }

    pub(super) fn bands(&mut self, subject: &Spot<String>, rows: &Rows) {
        let place = self.code.texts.len();
        let subject = self.formula(subject);
        let place = self.whole_text(place);
        let wanted = self.typed(subject);
        let words = wanted.kind == Kind::Word;
        let (mut typed, mut minor, mut compiled) = (Type::UNKNOWN, true, Vec::new());
        for (key, cell) in rows {
            let text = self.text(key);
            let test = match parse::row(&key.value) {
                Err(fault) => {
                    self.parse_fault(text, fault);
                    None
                }
                Ok((_, Row::Otherwise)) => Some(RowTest::Otherwise),
                Ok((_, Row::Words(list))) => {
                    let at = self.whole_text(text);
                    self.want(at, &wanted, "a word to be chosen by words", words);
                    Some(RowTest::Words(list.iter().map(|word| word.as_str().into()).collect()))
                }
                Ok((tree, Row::Bounds(bounds))) => {
                    let written = Written::of(&tree, text);
                    let mut tests = Vec::new();
                    for (kind, root) in bounds {
                        let bound = self.range(&written, root);
                        let found = self.typed(bound);
                        if matches!(wanted.kind, Kind::Quantity(_) | Kind::Zero | Kind::Unknown) {
                            self.join(self.place(bound), &wanted, &found);
                        } else {
                            self.want(self.place(bound), &wanted, "a quantity to be chosen by bounds", false);
                        }
                        tests.push((kind, bound));
                    }
                    Some(RowTest::Bounds(tests))
                }
            };
            let cell = self.cell(cell, &mut typed);
            minor &= self.minor(cell);
            compiled.extend(test.map(|test| (test, cell)));
        }
        let typed = typed.sliced(wanted.by_party);
        self.add(place, StepKind::Bands(subject, compiled), typed, minor);
    }

    pub(super) fn marginal(&mut self, subject: &Spot<String>, rows: &Rows) {
        let place = self.code.texts.len();
        let subject = self.formula(subject);
        let place = self.whole_text(place);
        self.want_quantity(subject);
        let wanted = self.typed(subject);
        let (mut typed, mut compiled) = (Type::UNKNOWN, Vec::new());
        for (number, (key, rate)) in rows.iter().enumerate() {
            let text = self.text(key);
            let bound = match parse::slice(&key.value) {
                Err(fault) => {
                    self.parse_fault(text, fault);
                    continue;
                }
                Ok(tree) => tree,
            };
            let bound = bound.map(|tree| {
                let bound = self.tree(&tree, text);
                let found = self.typed(bound);
                self.join(self.place(bound), &wanted, &found);
                bound
            });
            if bound.is_none() != (number + 1 == rows.len()) {
                let at = self.whole_text(text);
                self.report(at, &codes::REGIME_MARGINAL_END, Vec::new());
            }
            let rate = self.formula(rate);
            let each = self.typed(rate);
            let part = match (wanted.unit(), each.unit()) {
                (Some(quantity), Some(rate)) => Type::quantity(quantity.times(rate)).sliced(each.by_party),
                _ => each.clone(),
            };
            typed = self.join(self.place(rate), &typed, &part);
            compiled.push((bound, rate));
        }
        let typed = typed.sliced(wanted.by_party);
        self.add(place, StepKind::Marginal(subject, compiled), typed, false);
    }

    pub(super) fn earn_back(&mut self, amount: &Spot<String>, when: &Spot<String>, tranches: &Rows) {
        let place = self.code.texts.len();
        let amount = self.whole_series(amount, true);
        let place = self.whole_text(place);
        let when = self.whole_series(when, false);
        if let Some(when) = &when {
            self.want(place, &when.typed, "a flag after `when`", when.typed == Type::FLAG);
        }
        let mut compiled: Vec<(u32, StepAt)> = Vec::new();
        for (key, share) in tranches {
            let text = self.text(key);
            match parse::after(&key.value) {
                Err(fault) => {
                    self.parse_fault(text, fault);
                }
                Ok(periods) => {
                    let at = self.whole_text(text);
                    if compiled.last().is_some_and(|(before, _)| *before >= periods) {
                        self.report(at, &codes::REGIME_TRANCHES, vec![("row", Argument::user(&key.value))]);
                    }
                    let share = self.formula(share);
                    let typed = self.typed(share);
                    self.want(self.place(share), &typed, "a share", typed.unit().is_none_or(Unit::is_ratio));
                    compiled.push((periods, share));
                }
            }
        }
        match (amount, when) {
            (Some(amount), Some(when)) => {
                let typed = amount.typed.clone();
                self.want(place, &typed, "a quantity", matches!(typed.kind, Kind::Quantity(_) | Kind::Zero));
                self.add(place, StepKind::EarnBack(amount, when, compiled), typed, false);
            }
            _ => {
                self.faulty(place);
            }
        }
    }

    fn whole_series(&mut self, text: &Spot<String>, past: bool) -> Option<super::code::Series> {
        let number = self.text(text);
        match parse::formula(&text.value) {
            Ok(tree) => {
                let root = tree.parts.len().checked_sub(1)?;
                self.series(&Written::of(&tree, number), root, past)
            }
            Err(fault) => {
                self.parse_fault(number, fault);
                None
            }
        }
    }
}
