//! The past: values of lines in settled periods, as regimes read them and as plain rows.
//!
//! Goes in: values of a period that is settled, or rows of a table. Comes out: stored values by period; the same rows again.
//! **Invariant:** what is stored is never derived again; rows read back give the same past.
//! **Not here:** folding over it (`fold`).

use super::value::{Missing, Scalar, Slices, Value};
use crate::base::{Date, Ratio};
use crate::model::regime::Scope;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A period that is settled: its place in the contract, its name and its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementPeriod {
    /// 1 for the contract's first period; periods before the first have numbers below.
    pub number: i32,
    /// How people name it: `2026-10`.
    pub label: String,
    /// Its first day.
    pub from: Date,
    /// The first day after it.
    pub until: Date,
}

/// Which attachment a value belongs to: scope, id of the instance, name of the attachment.
pub type Owner = (Scope, Arc<str>, Arc<str>);

/// A stored value with its type in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The value.
    pub value: Value,
    /// Its type: a value of another type is not this line's past.
    pub typed: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Settled {
    period: SettlementPeriod,
    /// Whether all of it is there; a period that holds opening values alone is not.
    settled: bool,
    values: BTreeMap<Owner, BTreeMap<Arc<str>, Stored>>,
}

/// Values of settled periods; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    periods: BTreeMap<i32, Arc<Settled>>,
}

/// One value of the past as a row of a table; the row of a period alone has no instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The period.
    pub period: SettlementPeriod,
    /// The scope of the instance.
    pub scope: Scope,
    /// The instance; empty in the row that says that the period is settled.
    pub instance: String,
    /// The name under which the regime is attached.
    pub attachment: String,
    /// The line.
    pub line: String,
    /// The party of a slice; none where there are no slices, empty where no party has one.
    pub party: Option<String>,
    /// The exact value; empty where it is missing.
    pub value: String,
    /// Its type in words.
    pub typed: String,
    /// Why it is missing.
    pub missing: Option<Missing>,
}

/// Why rows are no history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HistoryFault {
    /// A value cannot be read as its type says.
    #[error("a value cannot be read as its type says")]
    BadValue,
    /// A number is used for two periods.
    #[error("two periods have the same number")]
    TwoPeriods,
    /// A value is there twice.
    #[error("a value is there twice")]
    Twice,
}

impl History {
    /// The past that these rows tell, and the number of the row that is faulty.
    pub fn from_rows(rows: &[HistoryRow]) -> Result<Self, (usize, HistoryFault)> {
        let mut history = Self::default();
        for (at, row) in rows.iter().enumerate() {
            history.take(row).map_err(|fault| (at, fault))?;
        }
        Ok(history)
    }

    fn take(&mut self, row: &HistoryRow) -> Result<(), HistoryFault> {
        let settled = self.settle(row.period.clone());
        if settled.period != row.period {
            return Err(HistoryFault::TwoPeriods);
        }
        if row.instance.is_empty() && row.line.is_empty() {
            settled.settled = true;
            return Ok(());
        }
        let scalar = match row.missing {
            Some(why) => Scalar::Missing(why),
            None => match row.typed.trim_end_matches(" by party") {
                "flag" => Scalar::Flag(row.value.parse().map_err(|_| HistoryFault::BadValue)?),
                "word" => Scalar::Word(row.value.as_str().into()),
                _ if row.party.as_deref() == Some("") => Scalar::ZERO,
                _ => Scalar::Quantity(Ratio::parse(&row.value).ok_or(HistoryFault::BadValue)?),
            },
        };
        let owner: Owner = (row.scope, row.instance.as_str().into(), row.attachment.as_str().into());
        let lines = settled.values.entry(owner).or_default();
        let known = lines.get_mut(row.line.as_str());
        let stored = |value| Stored { value, typed: row.typed.as_str().into() };
        match (&row.party, known) {
            (None, None) => {
                lines.insert(row.line.as_str().into(), stored(Value::One(scalar)));
            }
            (Some(party), None) => {
                let slices = if party.is_empty() { Slices::new() } else { Slices::from([(party.as_str().into(), scalar)]) };
                lines.insert(row.line.as_str().into(), stored(Value::ByParty(Arc::new(slices))));
            }
            (Some(party), Some(Stored { value: Value::ByParty(slices), .. })) => {
                if Arc::make_mut(slices).insert(party.as_str().into(), scalar).is_some() {
                    return Err(HistoryFault::Twice);
                }
            }
            _ => return Err(HistoryFault::Twice),
        }
        Ok(())
    }

    /// All values as rows, in the order of periods, scopes, instances, attachments, lines and parties.
    pub fn rows(&self) -> Vec<HistoryRow> {
        let mut rows = Vec::new();
        for settled in self.periods.values() {
            let blank = HistoryRow {
                period: settled.period.clone(),
                scope: Scope::Ecosystem,
                instance: String::new(),
                attachment: String::new(),
                line: String::new(),
                party: None,
                value: String::new(),
                typed: String::new(),
                missing: None,
            };
            rows.extend(settled.settled.then(|| blank.clone()));
            for ((scope, instance, attachment), lines) in &settled.values {
                for (line, stored) in lines {
                    let row = |party: Option<&str>, scalar: &Scalar| HistoryRow {
                        scope: *scope,
                        instance: instance.to_string(),
                        attachment: attachment.to_string(),
                        line: line.to_string(),
                        party: party.map(str::to_owned),
                        value: text(scalar),
                        typed: stored.typed.to_string(),
                        missing: scalar.missing(),
                        ..blank.clone()
                    };
                    match &stored.value {
                        Value::One(scalar) => rows.push(row(None, scalar)),
                        Value::ByParty(slices) if slices.is_empty() => rows.push(row(Some(""), &Scalar::ZERO)),
                        Value::ByParty(slices) => rows.extend(slices.iter().map(|(party, scalar)| row(Some(party), scalar))),
                    }
                }
            }
        }
        rows
    }

    fn settle(&mut self, period: SettlementPeriod) -> &mut Settled {
        let fresh = || Arc::new(Settled { period: period.clone(), settled: false, values: BTreeMap::new() });
        Arc::make_mut(self.periods.entry(period.number).or_insert_with(fresh))
    }

    /// Whether nothing is settled.
    pub fn is_empty(&self) -> bool {
        self.periods.is_empty()
    }
    /// Whether the period of a number is settled.
    pub fn is_settled(&self, number: i32) -> bool {
        self.periods.get(&number).is_some_and(|settled| settled.settled)
    }
    /// The period of a number, where something is known of it.
    pub fn period(&self, number: i32) -> Option<&SettlementPeriod> {
        self.periods.get(&number).map(|settled| &settled.period)
    }
    /// The number of the earliest period known.
    pub fn earliest(&self) -> Option<i32> {
        self.periods.first_key_value().map(|(number, _)| *number)
    }
    /// The stored value of a line in a period.
    pub fn value(&self, number: i32, owner: &Owner, line: &str) -> Option<&Stored> {
        self.periods.get(&number)?.values.get(owner)?.get(line)
    }
    /// Whether anything of an attachment is stored in a period before this one.
    pub fn knows(&self, owner: &Owner, before: i32) -> bool {
        self.periods.range(..before).any(|(_, settled)| settled.values.contains_key(owner))
    }
    /// The numbers of settled periods before this one, latest first.
    pub fn before(&self, number: i32) -> impl Iterator<Item = i32> + '_ {
        self.periods.range(..number).rev().map(|(number, _)| *number)
    }
    /// Replaces all values of a period.
    pub(super) fn replace(&mut self, period: SettlementPeriod, values: BTreeMap<Owner, BTreeMap<Arc<str>, Stored>>) {
        self.periods.insert(period.number, Arc::new(Settled { period, settled: true, values }));
    }
    /// Adds one value to a period.
    pub(super) fn add(&mut self, period: SettlementPeriod, owner: Owner, line: &str, stored: Stored) {
        self.settle(period).values.entry(owner).or_default().insert(line.into(), stored);
    }
}

/// A value as exact text; nothing where it is missing.
pub fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Quantity(value) => value.to_exact_text(),
        Scalar::Flag(value) => value.to_string(),
        Scalar::Word(word) => word.to_string(),
        Scalar::Missing(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_back_give_the_same_past() {
        let mut history = History::default();
        let day = |text: &str| Date::parse(text).unwrap();
        let period = SettlementPeriod { number: 1, label: "2026-01".into(), from: day("2026-01-01"), until: day("2026-02-01") };
        let owner = |id: &str| (Scope::Party, Arc::from(id), Arc::from("r"));
        let stored = |value: Value, typed: &str| Stored { value, typed: typed.into() };
        let third = Scalar::Quantity(Ratio::new(1, 3).unwrap());
        history.replace(period.clone(), BTreeMap::new());
        history.add(period.clone(), owner("a"), "x", stored(Value::One(third.clone()), "ratio"));
        history.add(period.clone(), owner("a"), "f", stored(Value::flag(true), "flag"));
        history.add(period.clone(), owner("a"), "m", stored(Value::missing(Missing::NoData), "GBP"));
        history.add(period.clone(), owner("b"), "w", stored(Value::One(Scalar::Word("low".into())), "word"));
        let slices = Slices::from([("p".into(), third), ("q".into(), Scalar::Missing(Missing::NoShares))]);
        history.add(period.clone(), owner("b"), "s", stored(Value::ByParty(Arc::new(slices)), "GBP by party"));
        history.add(period, owner("b"), "none", stored(Value::ByParty(Arc::default()), "GBP by party"));
        let rows = history.rows();
        assert_eq!(rows.len(), 8);
        assert_eq!(History::from_rows(&rows), Ok(history));
        let mut twice = rows.clone();
        twice.push(rows[1].clone());
        assert_eq!(History::from_rows(&twice), Err((8, HistoryFault::Twice)));
    }
}
