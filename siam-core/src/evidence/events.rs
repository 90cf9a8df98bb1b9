//! Changes of tickets: from rows of changes, intervals or snapshots to one history per field.
//!
//! Goes in: ticket_events as a mapping gives them. Comes out: `History` by field.
//! **Invariant:** a change of a ticket that is not known is rejected; the order of rows never matters.
//! **Not here:** the order of snapshots (`snapshots`), the form of a history (`history`).

use super::bind::{Binder, Columns, Untranslated, column_name};
use super::history::{Change, History};
use super::labels::{Coder, Labels, NONE};
use super::snapshots::Snapshots;
use super::source::{Found, Record};
use super::when::MISSING;
use crate::base::codes;
use crate::base::columns::Cell;
use std::collections::BTreeMap;

impl Binder<'_, '_, '_> {
    /// Binds changes of tickets; gives how many there are.
    pub(super) fn ticket_events(&mut self, columns: &Columns<'_>) -> usize {
        if let Some(snapshots) = self.snapshots {
            return columns
                .give
                .fields
                .iter()
                .map(|(ours, theirs)| {
                    let at = self.source.find(&theirs.value, Some(theirs.mark), self.faults);
                    at.map_or(0, |at| self.snapshot_changes(snapshots, columns, ours, &theirs.value, at))
                })
                .sum();
        }
        let mut rows = self.rows();
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
        let mut by_field: BTreeMap<&str, Vec<Change>> = BTreeMap::new();
        for (ours, theirs) in &columns.give.fields {
            by_field.insert(ours, Vec::new());
            self.unseen_field(&theirs.value, fields.as_ref());
        }
        for (at, row) in rows.iter().enumerate() {
            let ticket = tickets.get(keys.code(at) as usize).copied().unwrap_or(NONE);
            if ticket == NONE {
                let id = Cell::Text(keys.get(at).unwrap_or_default().into());
                self.reject(*row, &column_name(columns, "ticket"), &codes::UNKNOWN_EVENT_TICKET, &id, true);
                continue;
            }
            let theirs = fields.as_ref().map_or(Some("state"), |fields| fields.get(at));
            let ours = match (theirs, columns.give.fields.is_empty()) {
                (theirs, true) => theirs,
                (Some(theirs), false) => {
                    columns.give.fields.iter().find(|(_, known)| known.value == theirs).map(|(ours, _)| ours.as_str())
                }
                (None, false) => None,
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
        let tickets = self.bound.tickets.len();
        for (field, changes) in by_field {
            let (history, ties) = History::of_changes(field, words.clone(), tickets, changes);
            self.ties(ties);
            self.bound.histories.push(history);
        }
        gave
    }

    /// Lists a field that the mapping follows and no row has.
    fn unseen_field(&mut self, theirs: &str, fields: Option<&Labels>) {
        let known = fields.map(|fields| fields.words().collect::<Vec<_>>()).unwrap_or_else(|| vec!["state"]);
        if !known.is_empty() && !known.contains(&theirs) {
            let nearest = crate::base::nearest::nearest(theirs, known).map(str::to_owned);
            self.bound.untranslated.push(Untranslated {
                table: "ticket_events",
                column: "field".into(),
                word: theirs.into(),
                nearest,
                rows: 0,
            });
        }
    }

    /// One change whenever the field differs between consecutive snapshots; the first tells what held since the ticket was opened.
    ///
    /// A snapshot that was written earlier than the one before it in order counts as written at the same instant.
    fn snapshot_changes(
        &mut self,
        snapshots: &Snapshots,
        columns: &Columns<'_>,
        ours: &str,
        theirs: &str,
        column: usize,
    ) -> usize {
        let found = Found::At(column, theirs.to_owned());
        let gives = columns.gives(ours);
        let values = self.source.labels(&found, &gives, &snapshots.rows, &mut self.bound.record);
        let tickets = self.bound.tickets.len();
        let key = columns.get("ticket").cloned();
        let firsts: Vec<u32> = snapshots.groups().filter_map(|group| snapshots.rows.get(group.start).copied()).collect();
        let mut scratch = Record::default();
        let keys = key.map(|key| self.source.labels(&key, "", &firsts, &mut scratch)).unwrap_or_default();
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
