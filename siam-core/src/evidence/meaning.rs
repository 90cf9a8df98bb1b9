//! What words of a table mean here: looked up in another table, translated, two put into one.
//!
//! Goes in: columns of words, what the mapping says of them. Comes out: the same rows in our words, and which words it does not know.
//! **Invariant:** a word that nothing translates stays as it is and is listed, but for what a lookup itself would give.
//! **Not here:** the words of a party (`vocabulary`), reading cells (`source`).

use super::bind::Untranslated;
use super::labels::{Coder, Labels, NONE};
use super::plan::{AndPlan, LookupPlan, Meaning};
use super::source::{Found, Record, Source};
use crate::base::codes;
use crate::base::columns::Cell;
use crate::document::Faults;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A table in which words are looked up.
pub(super) struct Lookup {
    values: HashMap<Box<str>, Box<str>>,
    ours: BTreeSet<Box<str>>,
}

/// All tables in which words are looked up.
pub(super) type Lookups = BTreeMap<(usize, String, String), Lookup>;

/// Reads a table in which words are looked up; a key that comes again with another value is rejected.
pub(super) fn read(plan: &LookupPlan, source: &Source<'_, '_>, record: &mut Record, faults: &mut Faults) -> Option<Lookup> {
    let all: Vec<u32> = (0..u32::try_from(source.rows()).unwrap_or(u32::MAX)).collect();
    let mut column = |named: &(String, crate::document::Mark), gives: &str| {
        let at = source.find(&named.0, Some(named.1), faults)?;
        Some(source.labels(&Found::At(at, named.0.clone(), 0), gives, &all, record))
    };
    let keys = column(&plan.key, "lookup key");
    let (keys, values) = (keys?, column(&plan.value, "lookup value")?);
    let mut lookup = Lookup { values: HashMap::new(), ours: values.words().map(Into::into).collect() };
    for row in all {
        let (Some(key), Some(value)) = (keys.get(row as usize), values.get(row as usize)) else { continue };
        match lookup.values.get(key) {
            None => drop(lookup.values.insert(key.into(), value.into())),
            Some(known) if **known == *value => {}
            Some(_) => {
                let key = Cell::Text(key.into());
                record.rejections.push(source.rejection(row, &plan.key.0, &codes::DUPLICATE_ROW, &key, true));
            }
        }
    }
    Some(lookup)
}

/// Words put into ours, with those that are not known.
pub(super) struct Translated {
    pub labels: Labels,
    pub unknown: Vec<Unknown>,
}

/// A word that nothing translates.
pub(super) struct Unknown {
    pub word: String,
    pub nearest: Option<String>,
    pub rows: usize,
}

impl Unknown {
    pub fn of(self, table: &'static str, column: &str) -> Untranslated {
        Untranslated { table, column: column.into(), word: self.word, nearest: self.nearest, rows: self.rows }
    }
}

/// Translates by a lookup and by values.
pub(super) fn translate(labels: Labels, meaning: &Meaning, lookups: &Lookups) -> Translated {
    let lookup = meaning.lookup.as_ref().and_then(|plan| lookups.get(&plan.id()));
    by_values(labels, lookup, &meaning.values)
}

fn by_values(labels: Labels, lookup: Option<&Lookup>, values: &[(String, String)]) -> Translated {
    if values.is_empty() && lookup.is_none() {
        return Translated { labels, unknown: Vec::new() };
    }
    let looked_up = |word| lookup.and_then(|lookup| lookup.values.get(word)).map(|value| &**value);
    let valued = |word: &str| values.iter().find(|(known, _)| known == word).map(|(_, ours)| ours.as_str());
    let mut unknown = Vec::new();
    for (word, rows) in labels.words().zip(labels.counts()).filter(|(_, rows)| *rows > 0) {
        let found = looked_up(word);
        let first = found.unwrap_or(word);
        let named = match (lookup, values.is_empty()) {
            (Some(lookup), true) => found.is_some() || lookup.ours.contains(word),
            _ => valued(first).is_some(),
        };
        if !named {
            let known = values.iter().map(|(known, _)| known.as_str());
            let nearest = crate::base::nearest::nearest(first, known).map(str::to_owned);
            unknown.push(Unknown { word: first.to_owned(), nearest, rows });
        }
    }
    let ours = |word| {
        let first = looked_up(word).unwrap_or(word);
        valued(first).unwrap_or(first)
    };
    Translated { labels: labels.translated(ours), unknown }
}

/// The second words by themselves, in ours.
pub(super) fn translate_second(labels: Labels, and: &AndPlan) -> Translated {
    by_values(labels, None, &and.values)
}

/// Puts second words behind first ones.
pub(super) struct Joiner<'a> {
    and: &'a AndPlan,
    first: &'a Labels,
    second: &'a Labels,
    known: HashMap<(u32, u32), u32>,
    words: Coder,
}

impl<'a> Joiner<'a> {
    pub fn new(and: &'a AndPlan, first: &'a Labels, second: &'a Labels) -> Self {
        Self { and, first, second, known: HashMap::new(), words: Coder::default() }
    }
    /// The code of both words together; of the first alone where there is no second or it is not written behind this first.
    pub fn code(&mut self, first: u32, second: u32) -> u32 {
        if let Some(code) = self.known.get(&(first, second)) {
            return *code;
        }
        let code = match (self.first.word(first), self.second.word(second)) {
            (None, _) => NONE,
            (Some(one), Some(two)) if self.and.after.is_empty() || self.and.after.iter().any(|after| after == one) => {
                self.words.code(&format!("{one}{}{two}", self.and.between))
            }
            (Some(one), _) => self.words.code(one),
        };
        self.known.insert((first, second), code);
        code
    }
    pub fn finish(self) -> Labels {
        self.words.finish()
    }
    /// Both columns row by row.
    pub fn rows(mut self) -> Labels {
        for (first, second) in self.first.codes().iter().zip(self.second.codes()) {
            let code = self.code(*first, *second);
            self.words.push_code(code);
        }
        self.finish()
    }
}
