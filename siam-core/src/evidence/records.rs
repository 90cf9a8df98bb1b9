//! Records: rows of the tables that are bound by their specification alone, with one binder for all of them.
//!
//! Goes in: a source and the columns that a mapping gives of it. Comes out: `Records`, typed columns of the rows that are whole.
//! **Invariant:** every given row is bound with all its cells or rejected as a whole with every reason.
//! **Not here:** which tables there are (`tables`), reading one value (`exact`, `when`), names nobody knows (`unknown`).
//!
//! An empty cell of these tables has a meaning (not done yet, nobody approved, no price), so that a cell that cannot be read must
//! not become one: its row is rejected.

use super::bind::{Binder, Columns, column_name};
use super::exact::{amount, check_word, ratio, undamaged};
use super::labels::{Coder, Labels, NONE};
use super::source::Found;
use super::tables::{EvidenceColumn, Holds};
use super::when::MISSING;
use crate::base::columns::Cell;
use crate::base::{Currency, Ratio, codes};
use std::collections::BTreeSet;

/// The rows of one evidence table, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    source: String,
    rows: Vec<u32>,
    columns: Vec<(&'static str, Held)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Held {
    Words(Labels),
    Instants(Vec<i64>),
    Integers(Vec<i64>),
    Ratios(Vec<Option<Ratio>>),
}

impl Records {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// The name of the given table they come from.
    pub fn source(&self) -> &str {
        &self.source
    }
    /// The given row of a record, from 1.
    pub fn row(&self, at: usize) -> u64 {
        self.rows.get(at).map_or(0, |row| u64::from(*row) + 1)
    }
    /// A column of words, labels of periods, currencies or figures; none where it was not given or holds something else.
    pub fn words(&self, column: &str) -> Option<&Labels> {
        match self.held(column)? {
            Held::Words(labels) => Some(labels),
            _ => None,
        }
    }
    /// A column of instants in microseconds UTC, `MISSING` where a row has none.
    pub fn instants(&self, column: &str) -> Option<&[i64]> {
        match self.held(column)? {
            Held::Instants(values) => Some(values),
            _ => None,
        }
    }
    /// A column of whole numbers, or of truth values as 1 and 0; `MISSING` where a row has none.
    pub fn integers(&self, column: &str) -> Option<&[i64]> {
        match self.held(column)? {
            Held::Integers(values) => Some(values),
            _ => None,
        }
    }
    /// A column of exact numbers or amounts; the currency of an amount stands in the column `currency` of words.
    pub fn ratios(&self, column: &str) -> Option<&[Option<Ratio>]> {
        match self.held(column)? {
            Held::Ratios(values) => Some(values),
            _ => None,
        }
    }
    fn held(&self, column: &str) -> Option<&Held> {
        self.columns.iter().find(|(known, _)| *known == column).map(|(_, held)| held)
    }
}

impl Held {
    fn is_there(&self, at: usize) -> bool {
        match self {
            Self::Words(labels) => labels.code(at) != NONE,
            Self::Instants(values) | Self::Integers(values) => values.get(at).is_some_and(|value| *value != MISSING),
            Self::Ratios(values) => values.get(at).is_some_and(Option::is_some),
        }
    }
    /// The values of some rows.
    fn pick(self, rows: &[usize]) -> Self {
        let whole = |values: Vec<i64>| rows.iter().map(|at| values.get(*at).copied().unwrap_or(MISSING)).collect();
        match self {
            Self::Words(labels) => {
                let mut kept = Coder::with_rows(rows.len());
                rows.iter().for_each(|at| kept.push(labels.get(*at)));
                Self::Words(kept.finish())
            }
            Self::Instants(values) => Self::Instants(whole(values)),
            Self::Integers(values) => Self::Integers(whole(values)),
            Self::Ratios(values) => Self::Ratios(rows.iter().map(|at| values.get(*at).cloned().flatten()).collect()),
        }
    }
}

impl Binder<'_, '_, '_> {
    /// Binds a table by its specification; gives how many rows there are.
    pub(super) fn records(&mut self, columns: &Columns<'_>) -> usize {
        let table = columns.give.table;
        let mut rows = self.rows(columns);
        rows.sort_unstable();
        let before = self.bound.record.rejections.len();
        let mut read = Records { source: self.source.plan.name.clone(), rows, columns: Vec::new() };
        let mut stated = None;
        for column in table.columns {
            let Some(found) = columns.get(column.name) else { continue };
            let start = self.bound.record.rejections.len();
            let held = self.column(columns, column, found, &read.rows, &mut stated);
            if column.required {
                let bad = self.rejected_since(start);
                for (at, row) in read.rows.iter().enumerate() {
                    if !held.is_there(at) && !bad.contains(row) {
                        self.reject(*row, &column_name(columns, column.name), &codes::MISSING_VALUE, &Cell::Null, true);
                    }
                }
            }
            read.columns.push((column.name, held));
        }
        if let Some((column, stated)) = stated {
            self.currencies(columns, column, &stated, &mut read);
        }
        for (from, until) in table.spans {
            let (Some(begins), Some(ends)) = (read.instants(from), read.instants(until)) else { continue };
            for ((row, begin), end) in read.rows.iter().zip(begins).zip(ends) {
                if *begin != MISSING && *end != MISSING && end < begin {
                    self.reject(*row, &column_name(columns, until), &codes::BAD_ORDER, &Cell::Instant(*end), true);
                }
            }
        }
        let bad = self.rejected_since(before);
        let mut keep: Vec<usize> = Vec::with_capacity(read.rows.len());
        keep.extend(read.rows.iter().enumerate().filter(|(_, row)| !bad.contains(row)).map(|(at, _)| at));
        if let (true, Some((name, Held::Words(keys)))) = (table.unique, read.columns.first()) {
            let mut seen = BTreeSet::new();
            let (first, again): (Vec<usize>, Vec<usize>) = keep.iter().partition(|at| seen.insert(keys.code(**at)));
            for at in again {
                let (Some(row), Some(key)) = (read.rows.get(at), keys.get(at)) else { continue };
                self.reject(*row, &column_name(columns, name), &codes::DUPLICATE_ROW, &Cell::Text(key.into()), true);
            }
            keep = first;
        }
        for rejection in self.bound.record.rejections.iter_mut().skip(before) {
            rejection.whole = true;
        }
        let gave = keep.len();
        self.bound.records.insert(
            table.name,
            Records {
                source: read.source,
                rows: keep.iter().filter_map(|at| read.rows.get(*at).copied()).collect(),
                columns: read.columns.into_iter().map(|(name, held)| (name, held.pick(&keep))).collect(),
            },
        );
        gave
    }

    /// The rows with something on record since it had this length.
    fn rejected_since(&self, start: usize) -> BTreeSet<u32> {
        let since = self.bound.record.rejections.iter().skip(start);
        since.filter_map(|rejection| u32::try_from(rejection.row.saturating_sub(1)).ok()).collect()
    }

    /// Reads a column; the currencies that stand in a column of amounts go to `stated`.
    fn column(
        &mut self,
        columns: &Columns<'_>,
        column: &'static EvidenceColumn,
        found: &Found,
        rows: &[u32],
        stated: &mut Option<(&'static str, Vec<Option<Currency>>)>,
    ) -> Held {
        let gives = columns.gives(column.name);
        let plan = columns.give.columns.iter().find(|plan| plan.name == column.name);
        let values = plan.map_or(&[][..], |plan| &plan.meaning.values);
        let record = &mut self.bound.record;
        match column.holds {
            Holds::Instant => Held::Instants(self.source.instants(found, &gives, rows, true, record).0),
            Holds::Integer => Held::Integers(self.source.integers(found, &gives, rows, true, record)),
            Holds::Truth => Held::Integers(self.source.truths(found, &gives, rows, values, record)),
            Holds::Ratio => Held::Ratios(self.source.exact(found, &gives, rows, record, ratio)),
            Holds::Amount | Holds::Price => {
                let fraction = column.holds == Holds::Price;
                let read = self.source.exact(found, &gives, rows, record, |cell| amount(cell, fraction));
                *stated = Some((column.name, read.iter().map(|value| value.as_ref().and_then(|value| value.1)).collect()));
                Held::Ratios(read.into_iter().map(|value| value.map(|value| value.0)).collect())
            }
            Holds::Text | Holds::Currency | Holds::Period | Holds::OneOf(_) | Holds::Figure => {
                Held::Words(self.checked_words(columns, column, found, rows))
            }
        }
    }

    /// Words, each of which may stand in its column.
    fn checked_words(&mut self, columns: &Columns<'_>, column: &'static EvidenceColumn, found: &Found, rows: &[u32]) -> Labels {
        let labels = self.labels_or_none(columns, column.name, rows);
        let mut rejected = 0;
        let checked: Vec<_> = labels.words().map(|word| check_word(column.holds, word, self.periods_in)).collect();
        for (at, row) in rows.iter().enumerate() {
            let cell = self.source.cell_of(*row, found);
            let whole = if column.holds == Holds::Figure { undamaged(&cell) } else { Ok(()) };
            let word = checked.get(labels.code(at) as usize).copied().unwrap_or(Ok(()));
            if let Err(code) = whole.and(word) {
                rejected += 1;
                self.reject(*row, &column_name(columns, column.name), code, &cell, true);
            }
        }
        if let (Found::At(..), Some(using)) = (found, self.bound.record.uses.last_mut()) {
            using.rejected += rejected;
        }
        labels
    }

    /// Puts the currencies that stand in a column of amounts into the column `currency`; a row that names two is rejected.
    fn currencies(&mut self, columns: &Columns<'_>, column: &'static str, stated: &[Option<Currency>], read: &mut Records) {
        if stated.iter().all(Option::is_none) {
            return;
        }
        let mut joined = Coder::with_rows(read.rows.len());
        for ((at, row), stated) in read.rows.iter().enumerate().zip(stated) {
            let named = read.words("currency").and_then(|labels| labels.get(at));
            let stated = stated.as_ref().map(Currency::as_str);
            if let (Some(named), Some(own), Some(found)) = (named, stated, columns.get(column))
                && named != own
            {
                let cell = self.source.cell_of(*row, found);
                self.reject(*row, &column_name(columns, column), &codes::CURRENCY_DIFFERS, &cell, true);
            }
            joined.push(stated.or(named));
        }
        read.columns.retain(|(name, _)| *name != "currency");
        read.columns.push(("currency", Held::Words(joined.finish())));
    }
}
