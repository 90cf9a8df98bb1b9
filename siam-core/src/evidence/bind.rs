//! Binding: given tables become compact columns, once.
//!
//! Goes in: sources with their plan. Comes out: tickets sorted by id, their histories, verdicts, exclusions, outages, records.
//! **Invariant:** what is bound does not depend on the order or the batches of rows, but for rows that contradict each other.
//! **Not here:** reading cells (`source`), changes of tickets (`events`), `exclusions`, tables without a binder of their own (`records`), names of the ecosystem (`evidence`).
//!
//! A row is rejected as a whole when it lacks its key (`ticket`, `key`, `service`) or the instant it stands on (`opened` of a
//! ticket, `at` of a change, `from` of an outage), or when its key came before. Any other cell that cannot be read is rejected
//! alone: a ticket stays, marked, and a measure that needs that instant leaves it unscored. So does `responded`, `resolved`
//! or `closed` before `opened`. A missing value is no rejection.

use super::bound::{Exclusions, Outages, Tickets, Verdicts};
use super::history::History;
use super::labels::{Coder, Labels, NONE};
use super::mapping::{HistoryShape, Length};
use super::meaning::{self, Lookups};
use super::plan::{Filter, Give, Meaning};
use super::records::Records;
use super::snapshots::Snapshots;
use super::source::{Found, Record, Source};
use super::tables::{Holds, Refers};
use super::texts::Texts;
use super::when::MISSING;
use crate::base::columns::Cell;
use crate::base::zone::Zone;
use crate::base::{Code, Place, Problem, Problems, codes};
use crate::document::Faults;
use crate::model::agreement::TicketInstant;
use std::collections::BTreeMap;

/// How many rows of a given table became rows of an evidence table.
#[derive(Debug)]
pub(super) struct Used {
    pub given: String,
    pub table: &'static str,
    pub rows: usize,
    pub rejected: usize,
    pub gave: usize,
    /// Rows that the mapping leaves out.
    pub left_out: usize,
}

/// A word that a mapping does not translate, with the rows that have it.
#[derive(Debug)]
pub(super) struct Untranslated {
    pub table: &'static str,
    pub column: String,
    pub word: String,
    pub nearest: Option<String>,
    pub rows: usize,
}

/// Everything bound so far.
#[derive(Default)]
pub(super) struct Bound {
    pub tickets: Tickets,
    pub histories: Vec<History>,
    pub verdicts: Verdicts,
    pub exclusions: Exclusions,
    pub outages: Outages,
    pub records: BTreeMap<&'static str, Records>,
    pub given: Vec<&'static str>,
    pub used: Vec<Used>,
    pub untranslated: Vec<Untranslated>,
    pub record: Record,
    pub problems: Problems,
}

/// The columns of an evidence table that its source has.
pub(super) struct Columns<'p> {
    pub give: &'p Give,
    found: Vec<(&'p str, Found)>,
}

impl Columns<'_> {
    pub fn get(&self, name: &str) -> Option<&Found> {
        self.found.iter().find(|(known, _)| *known == name).map(|(_, found)| found)
    }
    pub fn gives(&self, name: &str) -> String {
        format!("{}.{name}", self.give.table.name)
    }
}

/// Binds one evidence table; faults of the mapping are reported, faults of rows recorded.
pub(super) struct Binder<'s, 't, 'a> {
    pub source: &'s Source<'t, 'a>,
    pub snapshots: Option<&'s Snapshots>,
    pub lookups: &'s Lookups,
    /// The zone in which labels of periods are meant.
    pub periods_in: &'s Zone,
    pub bound: &'s mut Bound,
    pub faults: &'s mut Faults,
    /// Rows of the table being bound that the mapping leaves out.
    pub left_out: usize,
}

impl Binder<'_, '_, '_> {
    /// Binds what a mapping gives.
    pub fn bind(&mut self, give: &Give) {
        let mut found = Vec::new();
        for plan in &give.columns {
            if let Some(column) = self.source.resolve(plan, self.faults) {
                found.push((plan.name.as_str(), column));
            }
        }
        let columns = Columns { give, found };
        // The last time of each status stands in columns of its own.
        let apart = |name: &str| name == "at" && self.source.plan.shape == HistoryShape::LastTimePerStatus;
        let lacks = |name: &str| columns.get(name).is_none() && !apart(name);
        if give.table.columns.iter().any(|column| column.required && lacks(column.name)) {
            // The fault is already reported.
            return;
        }
        let before = self.bound.record.rejections.len();
        let gave = match give.table.name {
            "tickets" => self.tickets(&columns),
            "ticket_events" => self.ticket_events(&columns),
            "verdicts" => self.verdicts(&columns),
            "exclusions" => self.exclusions(&columns),
            "outages" => self.outages(&columns),
            _ => self.records(&columns),
        };
        let whole = self.bound.record.rejections.iter().skip(before).filter(|rejection| rejection.whole);
        let whole: std::collections::BTreeSet<u64> = whole.map(|rejection| rejection.row).collect();
        let rejected = whole.len() + self.snapshots.map_or(0, |snapshots| snapshots.rejected);
        let (given, rows) = (self.source.plan.name.clone(), self.source.rows());
        self.bound.given.push(give.table.name);
        let left_out = self.left_out;
        self.bound.used.push(Used { given, table: give.table.name, rows, rejected, gave, left_out });
    }

    /// The rows that speak for a thing, the last snapshot of each or all, without those that the mapping leaves out.
    pub(super) fn rows(&mut self, columns: &Columns<'_>) -> Vec<u32> {
        let mut rows: Vec<u32> = match self.snapshots {
            Some(snapshots) => snapshots.groups().filter_map(|group| snapshots.rows.get(group.end - 1).copied()).collect(),
            None => (0..u32::try_from(self.source.rows()).unwrap_or(u32::MAX)).collect(),
        };
        let all = rows.len();
        for filter in &columns.give.filters {
            self.filter(filter, columns, &mut rows);
        }
        self.left_out = all - rows.len();
        rows
    }
    fn filter(&mut self, filter: &Filter, columns: &Columns<'_>, rows: &mut Vec<u32>) {
        let name = &filter.column.value;
        let Some(at) = self.source.find(name, Some(filter.column.mark), self.faults) else { return };
        let found = Found::At(at, name.clone(), 0);
        let labels = self.source.labels(&found, &columns.gives("only"), rows, &mut self.bound.record);
        let stays: Vec<bool> = labels.words().map(|word| filter.words.iter().any(|named| named == word) == filter.keep).collect();
        let mut at = 0;
        rows.retain(|_| {
            // A row without a word has none of those that are named.
            let keep = stays.get(labels.code(at) as usize).copied().unwrap_or(!filter.keep);
            at += 1;
            keep
        });
    }
    pub(super) fn reject(&mut self, row: u32, column: &str, code: &'static Code, value: &Cell<'_>, whole: bool) {
        let rejection = self.source.rejection(row, column, code, value, whole);
        self.bound.record.rejections.push(rejection);
    }
    pub(super) fn labels(&mut self, columns: &Columns<'_>, name: &str, rows: &[u32]) -> Option<Labels> {
        let found = columns.get(name)?;
        let labels = self.source.labels(found, &columns.gives(name), rows, &mut self.bound.record);
        let plan = columns.give.columns.iter().find(|plan| plan.name == name)?;
        let known = columns.give.table.column(name);
        let labels = match known.is_some_and(|column| column.required || column.refers != Refers::Nothing) {
            // A key that nobody has is rejected and a name that nobody has is listed as such: the lookup need not say it again.
            true if plan.meaning.values.is_empty() => meaning::translate(labels, &plan.meaning, self.lookups).labels,
            _ => self.translated(labels, &plan.meaning, columns.give.table.name, name),
        };
        let Some(and) = &plan.meaning.and else { return Some(labels) };
        let Some(second) = and.of.iter().find(|second| self.source.has(&second.value)).or_else(|| and.of.first()) else {
            return Some(labels);
        };
        let at = self.source.find(&second.value, Some(second.mark), self.faults)?;
        let found = Found::At(at, second.value.clone(), 0);
        let second = self.source.labels(&found, &columns.gives(name), rows, &mut self.bound.record);
        let second = meaning::translate_second(second, and);
        self.bound.untranslated.extend(second.unknown.into_iter().map(|word| word.of(columns.give.table.name, name)));
        Some(meaning::Joiner::new(and, &labels, &second.labels).rows())
    }
    /// Words in ours; those that the mapping does not know are listed.
    pub(super) fn translated(&mut self, labels: Labels, meaning: &Meaning, table: &'static str, column: &str) -> Labels {
        let translated = meaning::translate(labels, meaning, self.lookups);
        self.bound.untranslated.extend(translated.unknown.into_iter().map(|word| word.of(table, column)));
        translated.labels
    }
    pub(super) fn labels_or_none(&mut self, columns: &Columns<'_>, name: &str, rows: &[u32]) -> Labels {
        self.labels(columns, name, rows).unwrap_or_default()
    }
    /// The key of each row; a row without one is rejected and leaves `rows`.
    pub(super) fn keys(&mut self, columns: &Columns<'_>, name: &str, rows: &mut Vec<u32>) -> Labels {
        let labels = self.labels_or_none(columns, name, rows);
        if !labels.codes().contains(&NONE) {
            return labels;
        }
        let column = column_name(columns, name);
        let mut kept = Coder::with_rows(rows.len());
        let mut at = 0;
        let mut missing = Vec::new();
        rows.retain(|row| {
            let word = labels.get(at);
            at += 1;
            match word {
                Some(_) => kept.push(word),
                None => missing.push(*row),
            }
            word.is_some()
        });
        for row in missing {
            self.reject(row, &column, &codes::MISSING_VALUE, &Cell::Null, true);
        }
        kept.finish()
    }
    /// The instant each row stands on; a row without it is rejected, and its place in the list is `MISSING`.
    pub(super) fn anchors(&mut self, columns: &Columns<'_>, name: &str, rows: &[u32]) -> Vec<i64> {
        let Some(found) = columns.get(name) else { return vec![MISSING; rows.len()] };
        let (values, bad) = self.source.instants(found, &columns.gives(name), rows, true, &mut self.bound.record);
        let mut bad = bad.into_iter().map(|(at, _)| at).peekable();
        for (at, row) in rows.iter().enumerate() {
            if values[at] == MISSING && bad.next_if_eq(&at).is_none() {
                self.reject(*row, &column_name(columns, name), &codes::MISSING_VALUE, &Cell::Null, true);
            }
        }
        values
    }

    /// The id of each row and the rows that have one; the others are rejected.
    fn ids(&mut self, columns: &Columns<'_>, rows: Vec<u32>) -> (Texts, Vec<u32>) {
        let plan = columns.give.columns.iter().find(|plan| plan.name == "ticket");
        let plain = plan.is_some_and(|plan| plan.meaning.is_plain());
        let (Some(Found::At(column, name, _)), true) = (columns.get("ticket"), plain) else {
            let mut rows = rows;
            let labels = self.keys(columns, "ticket", &mut rows);
            let mut ids = Texts::with_rows(rows.len());
            (0..rows.len()).filter_map(|at| labels.get(at)).for_each(|id| ids.push(id));
            return (ids, rows);
        };
        let name = name.clone();
        let given = rows.len();
        let (ids, rows, missing, unreadable) = self.source.ids(*column, &rows);
        let using = self.source.used(&name, &columns.gives("ticket"), given, missing.len(), unreadable.len());
        self.bound.record.uses.push(using);
        for row in &unreadable {
            self.reject(*row, &name, &codes::BAD_CELL, &Cell::Unreadable, false);
        }
        let mut lacking = missing;
        lacking.extend(unreadable);
        lacking.sort_unstable();
        for row in lacking {
            self.reject(row, &name, &codes::MISSING_VALUE, &Cell::Null, true);
        }
        (ids, rows)
    }

    fn tickets(&mut self, columns: &Columns<'_>) -> usize {
        let rows = self.rows(columns);
        let (ids, rows) = self.ids(columns, rows);
        let opened = self.anchors(columns, "opened", &rows);
        let mut kept: Vec<u32> = Vec::with_capacity(rows.len());
        let mut last = None;
        for at in ids.order() {
            let place = at as usize;
            let (Some(id), Some(row), true) = (ids.get(place), rows.get(place), opened[place] != MISSING) else { continue };
            if last == Some(id) {
                self.reject(*row, &column_name(columns, "ticket"), &codes::DUPLICATE_ROW, &Cell::Text(id.into()), true);
            } else {
                kept.push(at);
                last = Some(id);
            }
        }
        let (ids, rows, opened) = if kept.len() == rows.len() && kept.iter().zip(0..).all(|(at, place)| *at == place) {
            (ids, rows, opened)
        } else {
            let mut sorted = Texts::with_rows(kept.len());
            kept.iter().filter_map(|at| ids.get(*at as usize)).for_each(|id| sorted.push(id));
            let opened = kept.iter().map(|at| opened[*at as usize]).collect();
            (sorted, kept.iter().map(|at| rows[*at as usize]).collect(), opened)
        };
        let mut tickets = Tickets { flaws: vec![0; ids.len()], ids, ..Tickets::default() };
        for which in [TicketInstant::Responded, TicketInstant::Resolved, TicketInstant::Closed] {
            let Some(found) = columns.get(which.as_str()) else { continue };
            let gives = columns.gives(which.as_str());
            let (mut values, bad) = self.source.instants(found, &gives, &rows, false, &mut self.bound.record);
            for (at, _) in bad {
                tickets.flaws[at] |= 1 << (which as u8);
            }
            for (at, value) in values.iter_mut().enumerate() {
                if *value != MISSING && *value < opened[at] {
                    self.reject(
                        rows[at],
                        &column_name(columns, which.as_str()),
                        &codes::BAD_ORDER,
                        &Cell::Instant(*value),
                        false,
                    );
                    tickets.flaws[at] |= 16 << (which as u8);
                    *value = MISSING;
                }
            }
            tickets.instants[which as usize] = values;
        }
        tickets.instants[TicketInstant::Opened as usize] = opened;
        for plan in &columns.give.columns {
            let holds = columns.give.table.column(&plan.name).map_or(Holds::Text, |column| column.holds);
            if let (Holds::Text, true) = (holds, plan.name != "ticket") {
                let labels = self.labels_or_none(columns, &plan.name, &rows);
                tickets.columns.push((plan.name.clone(), labels));
            }
        }
        self.bound.tickets = tickets;
        self.bound.tickets.len()
    }

    /// The ticket of each distinct key; `NONE` where there is no such ticket.
    pub(super) fn tickets_of(&self, keys: &Labels) -> Vec<u32> {
        let find = |id| self.bound.tickets.find(id).and_then(|at| u32::try_from(at).ok()).unwrap_or(NONE);
        keys.words().map(find).collect()
    }
    /// The rows whose ticket is known, with that ticket, sorted by ticket; the others are rejected.
    fn known_tickets(&mut self, columns: &Columns<'_>, key: &str, rows: &[u32], keys: &Labels) -> Vec<(u32, u32)> {
        let tickets = self.tickets_of(keys);
        let mut known = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let ticket = tickets.get(keys.code(at) as usize).copied().unwrap_or(NONE);
            if ticket == NONE {
                let id = Cell::Text(keys.get(at).unwrap_or_default().into());
                self.reject(*row, &column_name(columns, key), &codes::UNKNOWN_EVENT_TICKET, &id, true);
            } else {
                known.push((ticket, *row));
            }
        }
        known.sort_unstable();
        known
    }

    pub(super) fn ties(&mut self, ties: usize) {
        if ties > 0 {
            let problem = Problem::new(&codes::TIE_WITHOUT_ORDER, Place::cell(&self.source.plan.name, 0, ""));
            self.bound.problems.push(problem.with("rows", ties), self.faults.limits().problems);
        }
    }

    fn verdicts(&mut self, columns: &Columns<'_>) -> usize {
        let mut rows = self.rows(columns);
        let keys = self.keys(columns, "ticket", &mut rows);
        let known = self.known_tickets(columns, "ticket", &rows, &keys);
        let rows: Vec<u32> = known.iter().map(|(_, row)| *row).collect();
        let values = columns.give.columns.iter().find(|plan| plan.name == "met").map_or(&[][..], |plan| &plan.meaning.values);
        let none = vec![MISSING; rows.len()];
        let met = columns.get("met");
        let met = met.map(|met| self.source.truths(met, &columns.gives("met"), &rows, values, &mut self.bound.record));
        let length = columns.give.columns.iter().find(|plan| plan.name == "seconds").map_or(Length::Seconds, |plan| plan.length);
        let seconds = columns.get("seconds");
        let seconds =
            seconds.map(|found| self.source.lengths(found, &columns.gives("seconds"), &rows, length, &mut self.bound.record));
        self.bound.verdicts = Verdicts {
            tickets: known.iter().map(|(ticket, _)| *ticket).collect(),
            measures: self.labels_or_none(columns, "measure", &rows),
            met: met.unwrap_or_else(|| none.clone()),
            seconds: seconds.unwrap_or(none),
        };
        rows.len()
    }

    fn outages(&mut self, columns: &Columns<'_>) -> usize {
        let mut rows = self.rows(columns);
        let keys = self.keys(columns, "service", &mut rows);
        let from = self.anchors(columns, "from", &rows);
        let to = columns.get("to");
        let (to, bad) = match to {
            Some(to) => self.source.instants(to, &columns.gives("to"), &rows, true, &mut self.bound.record),
            None => (vec![MISSING; rows.len()], Vec::new()),
        };
        let bad: std::collections::BTreeSet<usize> = bad.into_iter().map(|(at, _)| at).collect();
        let ranks = keys.ranks();
        let mut order = Vec::new();
        for at in 0..rows.len() {
            if from[at] == MISSING || bad.contains(&at) {
                continue;
            }
            if to[at] != MISSING && to[at] < from[at] {
                self.reject(rows[at], &column_name(columns, "to"), &codes::BAD_ORDER, &Cell::Instant(to[at]), true);
                continue;
            }
            let end = if to[at] == MISSING { i64::MAX } else { to[at] };
            order.push((ranks[keys.code(at) as usize], from[at], end, at));
        }
        order.sort_unstable();
        let rows: Vec<u32> = order.iter().map(|(.., at)| rows[*at]).collect();
        let mut services = Coder::with_rows(rows.len());
        for (.., at) in &order {
            services.push(keys.get(*at));
        }
        let further = ["level", "origin", "change", "event", "source"];
        let further = further.iter().filter_map(|name| Some(((*name).to_owned(), self.labels(columns, name, &rows)?)));
        self.bound.outages = Outages {
            columns: further.collect(),
            services: services.finish(),
            from: order.iter().map(|(_, from, ..)| *from).collect(),
            to: order.iter().map(|(_, _, to, _)| *to).collect(),
        };
        rows.len()
    }
}

/// What the given table calls the column.
pub(super) fn column_name(columns: &Columns<'_>, name: &str) -> String {
    match columns.get(name) {
        Some(Found::At(_, theirs, _)) => theirs.clone(),
        _ => name.to_owned(),
    }
}
