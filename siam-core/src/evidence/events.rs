//! Changes of tickets: from rows of changes, intervals or snapshots to one history per field.
//!
//! Goes in: ticket_events as a mapping gives them. Comes out: `History` by field.
//! **Invariant:** a change of a ticket that is not known is rejected; the order of rows never matters.
//! **Not here:** the order of snapshots (`snapshots`), the form of a history (`history`).

use super::bind::{Binder, Columns, Untranslated, column_name};
use super::history::{Change, History};
use super::labels::{Coder, Labels, NONE};
use super::mapping::HistoryShape;
use super::meaning::{self, Joiner};
use super::plan::FieldPlan;
use super::snapshots::Snapshots;
use super::source::{Found, Record};
use super::when::MISSING;
use crate::base::columns::Cell;
use crate::base::{Argument, Place, Problem, codes};
use crate::document::Spot;
use std::collections::{BTreeMap, BTreeSet};

impl Binder<'_, '_, '_> {
    /// Binds changes of tickets; gives how many there are.
    pub(super) fn ticket_events(&mut self, columns: &Columns<'_>) -> usize {
        if let Some(snapshots) = self.snapshots {
            return columns.give.fields.iter().map(|field| self.snapshot_changes(snapshots, columns, field)).sum();
        }
        if self.source.plan.shape == HistoryShape::LastTimePerStatus {
            return self.last_times(columns);
        }
        let mut rows = self.rows(columns);
        let keys = self.keys(columns, "ticket", &mut rows);
        let anchors = self.anchors(columns, "at", &rows);
        let tickets = self.tickets_of(&keys);
        let fields = columns.get("field").is_some().then(|| self.labels_or_none(columns, "field", &rows));
        let from = self.labels_or_none(columns, "from", &rows);
        let to = self.labels_or_none(columns, "to", &rows);
        self.labels(columns, "by", &rows);
        let integers = |binder: &mut Self, name: &str| {
            let found = columns.get(name)?;
            Some(binder.source.integers(found, &columns.gives(name), &rows, false, &mut binder.bound.record))
        };
        let sequence = integers(self, "sequence");
        let until = columns.get("until");
        let until =
            until.map(|found| self.source.instants(found, &columns.gives("until"), &rows, false, &mut self.bound.record).0);
        // From and to share one list of words, so that they can be compared by code.
        let mut words = Coder::default();
        let recode = |labels: &Labels, words: &mut Coder| labels.words().map(|word| words.code(word)).collect::<Vec<u32>>();
        let (from_codes, to_codes) = (recode(&from, &mut words), recode(&to, &mut words));
        let words = words.finish();
        let ours = self.halves(columns, fields.as_ref());
        let mut by_field: BTreeMap<(&str, bool), Vec<Change>> = BTreeMap::new();
        for field in &columns.give.fields {
            by_field.insert((field.ours.as_str(), false), Vec::new());
        }
        for (at, row) in rows.iter().enumerate() {
            let ticket = tickets.get(keys.code(at) as usize).copied().unwrap_or(NONE);
            if ticket == NONE {
                let id = Cell::Text(keys.get(at).unwrap_or_default().into());
                self.reject(*row, &column_name(columns, "ticket"), &codes::UNKNOWN_EVENT_TICKET, &id, true);
                continue;
            }
            let ours = match (&fields, columns.give.fields.is_empty()) {
                (None, true) => Some(("state", false)),
                (Some(fields), true) => fields.get(at).map(|field| (field, false)),
                (None, false) => ours.first().copied().flatten(),
                (Some(fields), false) => ours.get(fields.code(at) as usize).copied().flatten(),
            };
            let (Some(ours), true) = (ours, anchors[at] != MISSING) else { continue };
            let code = |codes: &[u32], labels: &Labels| codes.get(labels.code(at) as usize).copied().unwrap_or(NONE);
            let other = |values: &Option<Vec<i64>>| values.as_ref().map_or(MISSING, |values| values[at]);
            by_field.entry(ours).or_default().push(Change {
                ticket,
                at: anchors[at],
                sequence: other(&sequence),
                from: code(&from_codes, &from),
                to: code(&to_codes, &to),
                until: other(&until),
            });
        }
        let gave = by_field.values().map(Vec::len).sum();
        self.histories(columns, &words, by_field);
        gave
    }

    /// Which field, and which half of it, each word of the column `field` stands for; of the names that a field may have, the first
    /// that any row has.
    fn halves<'p>(&mut self, columns: &Columns<'p>, fields: Option<&Labels>) -> Vec<Option<(&'p str, bool)>> {
        let mut followed: Vec<(&str, &'p str, bool)> = Vec::new();
        let plans: &'p [FieldPlan] = &columns.give.fields;
        for field in plans {
            let seconds = field.meaning.and.iter().map(|and| (&and.of, true));
            for (names, second) in std::iter::once((&field.of, false)).chain(seconds) {
                followed.extend(
                    self.seen_field(names, fields, second || field.optional).map(|name| (name, field.ours.as_str(), second)),
                );
            }
        }
        let ours_of = |theirs: &str| followed.iter().find(|(name, ..)| *name == theirs).map(|(_, ours, second)| (*ours, *second));
        match fields {
            _ if plans.is_empty() => Vec::new(),
            Some(fields) => fields.words().map(ours_of).collect(),
            None => vec![ours_of("state")],
        }
    }

    /// Makes the history of each field.
    fn histories(&mut self, columns: &Columns<'_>, words: &Labels, mut by_field: BTreeMap<(&str, bool), Vec<Change>>) {
        let before = self.bound.histories.len();
        let firsts: Vec<&str> = by_field.keys().filter(|(_, second)| !second).map(|(field, _)| *field).collect();
        for field in firsts {
            let plan = columns.give.fields.iter().find(|plan| plan.ours == field);
            let changes = by_field.remove(&(field, false)).unwrap_or_default();
            let seconds = by_field.remove(&(field, true));
            self.field(field, plan, words, changes, seconds);
        }
        // Rows of changes tell every change; intervals are all that is known of a field.
        if self.source.plan.shape != HistoryShape::Intervals {
            let bound = &mut *self.bound;
            for history in bound.histories.iter_mut().skip(before) {
                if let Some(rows) = bound.tickets.column(history.field()) {
                    history.rest_on(rows);
                }
            }
        }
    }

    /// Makes the history of a field of its changes, in our words, with those of the second field behind it.
    fn field(
        &mut self,
        name: &str,
        plan: Option<&FieldPlan>,
        words: &Labels,
        changes: Vec<Change>,
        seconds: Option<Vec<Change>>,
    ) {
        let tickets = self.bound.tickets.len();
        let Some(plan) = plan.filter(|plan| !plan.meaning.is_plain()) else {
            let (history, ties) = History::of_changes(name, words.clone(), tickets, changes);
            self.ties(ties);
            self.bound.histories.push(history);
            return;
        };
        let (labels, changes) = own_words(words, changes);
        let labels = self.translated(labels, &plan.meaning, "ticket_events", name);
        let (history, ties) = History::of_changes(name, labels.clone().without_rows(), tickets, recoded(&labels, changes));
        self.ties(ties);
        let Some(and) = &plan.meaning.and else {
            self.bound.histories.push(history);
            return;
        };
        let (labels, changes) = own_words(words, seconds.unwrap_or_default());
        let translated = meaning::translate_second(labels, and);
        self.bound.untranslated.extend(translated.unknown.into_iter().map(|word| word.of("ticket_events", name)));
        let labels = translated.labels;
        let (second, ties) = History::of_changes(name, labels.clone().without_rows(), tickets, recoded(&labels, changes));
        self.ties(ties);
        let mut joiner = Joiner::new(and, history.words(), second.words());
        let mut joined = History::joined(name, &history, &second, |one, two| joiner.code(one, two));
        joined.set_words(joiner.finish());
        self.bound.histories.push(joined);
    }

    /// Of the names that a field may have, the first that a row has; lists the first of them where no row has any.
    fn seen_field<'p>(&mut self, names: &'p [Spot<String>], fields: Option<&Labels>, quiet: bool) -> Option<&'p str> {
        let known = fields.map(|fields| fields.words().collect::<Vec<_>>()).unwrap_or_else(|| vec!["state"]);
        if let Some(seen) = names.iter().find(|name| known.contains(&name.value.as_str())) {
            return Some(&seen.value);
        }
        let first = names.first()?;
        if !known.is_empty() && !quiet {
            let nearest = crate::base::nearest::nearest(&first.value, known).map(str::to_owned);
            self.bound.untranslated.push(Untranslated {
                table: "ticket_events",
                column: "field".into(),
                word: first.value.clone(),
                nearest,
                rows: 0,
            });
        }
        None
    }

    /// The last time of each status as changes: what came before a status that came again is lost, and is told.
    fn last_times(&mut self, columns: &Columns<'_>) -> usize {
        let mut rows = self.rows(columns);
        let keys = self.keys(columns, "ticket", &mut rows);
        let tickets = self.tickets_of(&keys);
        for (at, row) in rows.iter().enumerate() {
            if tickets.get(keys.code(at) as usize).copied().unwrap_or(NONE) == NONE {
                let id = Cell::Text(keys.get(at).unwrap_or_default().into());
                self.reject(*row, &column_name(columns, "ticket"), &codes::UNKNOWN_EVENT_TICKET, &id, true);
            }
        }
        let mut gave = 0;
        for field in &columns.give.fields {
            let mut words = Coder::default();
            let mut changes: Vec<Change> = Vec::new();
            let mut known: BTreeSet<u32> = BTreeSet::new();
            for (sequence, (status, column)) in (0_i64..).zip(&field.last) {
                let Some(at) = self.source.find(&column.value, Some(column.mark), self.faults) else { continue };
                let found = Found::At(at, column.value.clone(), 0);
                let gives = columns.gives(&field.ours);
                let (times, _) = self.source.instants(&found, &gives, &rows, false, &mut self.bound.record);
                let to = words.code(status);
                for (at, time) in times.into_iter().enumerate().filter(|(_, time)| *time != MISSING) {
                    let ticket = tickets.get(keys.code(at) as usize).copied().unwrap_or(NONE);
                    if ticket != NONE {
                        known.insert(ticket);
                        changes.push(Change { ticket, at: time, sequence, from: NONE, to, until: MISSING });
                    }
                }
            }
            gave += changes.len();
            let (mut history, _) = History::of_changes(&field.ours, words.finish(), self.bound.tickets.len(), changes);
            history.set_lossy();
            self.bound.histories.push(history);
            let problem = Problem::new(&codes::LOSSY_HISTORY, Place::cell(&self.source.plan.name, 0, ""));
            let problem = problem.with("field", Argument::user(&field.ours)).with("tickets", known.len());
            self.bound.problems.push(problem, self.faults.limits().problems);
        }
        gave
    }

    /// One change whenever the field differs between consecutive snapshots; the first tells what held since the ticket was opened.
    ///
    /// A snapshot that was written earlier than the one before it in order counts as written at the same instant.
    fn snapshot_changes(&mut self, snapshots: &Snapshots, columns: &Columns<'_>, field: &FieldPlan) -> usize {
        let ours = &field.ours;
        if field.optional && !field.of.iter().any(|name| self.source.has(&name.value)) {
            return 0;
        }
        let values = |binder: &mut Self, names: &[Spot<String>]| {
            let name = names.iter().find(|name| binder.source.has(&name.value)).or_else(|| names.first())?;
            let at = binder.source.find(&name.value, Some(name.mark), binder.faults)?;
            let found = Found::At(at, name.value.clone(), 0);
            Some(binder.source.labels(&found, &columns.gives(ours), &snapshots.rows, &mut binder.bound.record))
        };
        let Some(own) = values(self, &field.of) else { return 0 };
        let mut labels = self.translated(own, &field.meaning, "ticket_events", ours);
        if let Some(and) = &field.meaning.and
            && let Some(second) = values(self, &and.of)
        {
            let second = meaning::translate_second(second, and);
            self.bound.untranslated.extend(second.unknown.into_iter().map(|word| word.of("ticket_events", ours)));
            labels = Joiner::new(and, &labels, &second.labels).rows();
        }
        let values = labels;
        let tickets = self.bound.tickets.len();
        let key = columns.get("ticket").cloned();
        let firsts: Vec<u32> = snapshots.groups().filter_map(|group| snapshots.rows.get(group.start).copied()).collect();
        let mut scratch = Record::default();
        let keys = key.map(|key| self.source.labels(&key, "", &firsts, &mut scratch)).unwrap_or_default();
        let meaning = columns.give.columns.iter().find(|plan| plan.name == "ticket").map(|plan| &plan.meaning);
        let keys = match meaning {
            Some(plan) => meaning::translate(keys, plan, self.lookups).labels,
            None => keys,
        };
        let known = self.tickets_of(&keys);
        let mut groups: Vec<(u32, std::ops::Range<usize>)> = snapshots
            .groups()
            .enumerate()
            .map(|(at, group)| (known.get(keys.code(at) as usize).copied().unwrap_or(NONE), group))
            .filter(|(ticket, _)| *ticket != NONE)
            .collect();
        groups.sort_by_key(|(ticket, group)| (*ticket, group.start));
        let mut history = History::empty(ours, values.clone().without_rows(), tickets, groups.len() * 2);
        let mut groups = groups.into_iter().peekable();
        for ticket in 0..tickets {
            let Some((_, group)) = groups.next_if(|(known, _)| *known as usize == ticket) else {
                history.close(NONE);
                continue;
            };
            let initial = values.code(group.start);
            let (mut last, mut now) = (initial, i64::MIN);
            for at in group {
                now = now.max(snapshots.at[at]);
                if values.code(at) != last {
                    last = values.code(at);
                    history.push(now, last);
                }
            }
            history.close(initial);
        }
        let gave = history.changes();
        self.bound.histories.push(history);
        gave
    }
}

/// The words of some changes alone, each of which has a row, with the changes by the codes of these words.
fn own_words(words: &Labels, mut changes: Vec<Change>) -> (Labels, Vec<Change>) {
    let mut own = Coder::default();
    let mut code = |known: u32| match words.word(known) {
        Some(word) => {
            let code = own.code(word);
            own.push_code(code);
            code
        }
        None => NONE,
    };
    for change in &mut changes {
        change.from = code(change.from);
        change.to = code(change.to);
    }
    (own.finish(), changes)
}

/// Changes by the codes of translated words: row by row the labels have what each word of a change became.
fn recoded(labels: &Labels, mut changes: Vec<Change>) -> Vec<Change> {
    let mut row = 0;
    let mut code = |known: u32| {
        if known == NONE {
            return NONE;
        }
        row += 1;
        labels.code(row - 1)
    };
    for change in &mut changes {
        change.from = code(change.from);
        change.to = code(change.to);
    }
    changes
}
