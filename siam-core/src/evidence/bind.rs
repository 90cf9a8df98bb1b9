//! Binding: given tables become compact columns, once.
//!
//! Goes in: sources with their plan. Comes out: tickets sorted by id, their histories, verdicts, exclusions, outages.
//! **Invariant:** what is bound does not depend on the order or the batches of rows, but for rows that contradict each other.
//! **Not here:** reading cells (`source`), names of the ecosystem (`unknown`).
//!
//! A row is rejected as a whole when it lacks its key (`ticket`, `key`, `service`) or the instant it stands on (`opened` of a
//! ticket, `at` of a change, `from` of an outage), or when its key came before. Any other cell that cannot be read is rejected
//! alone: the ticket stays, marked, and a measure that needs that instant leaves it unscored. So does `responded`, `resolved`
//! or `closed` before `opened`. A missing value is no rejection.

use super::history::{Change, History};
use super::labels::{Coder, Labels, NONE};
use super::mapping::{Give, HistoryShape};
use super::source::{Found, Record, Source};
use super::tables::Holds;
use super::when::MISSING;
use crate::base::columns::Cell;
use crate::base::{Code, Place, Problem, Problems, codes};
use crate::document::Faults;
use crate::model::agreement::TicketInstant;

/// All tickets, sorted by id.
#[derive(Debug, Default)]
pub struct Tickets {
    pub(super) ids: Vec<Box<str>>,
    pub(super) columns: Vec<(String, Labels)>,
    pub(super) instants: [Vec<i64>; 4],
    /// Bit `n` for a rejected value of instant `n`, bit `n + 4` where it lay before `opened`.
    pub(super) flaws: Vec<u8>,
}

impl Tickets {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
    /// The id of a ticket.
    pub fn id(&self, ticket: usize) -> &str {
        self.ids.get(ticket).map_or("", |id| id)
    }
    /// All ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.ids.iter().map(|id| &**id)
    }
    /// The ticket with an id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.ids.binary_search_by(|known| (**known).cmp(id)).ok()
    }
    /// A column of words; none where the evidence has no such column.
    pub fn column(&self, name: &str) -> Option<&Labels> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, labels)| labels)
    }
    /// The names of its columns of words.
    pub fn columns(&self) -> impl Iterator<Item = &str> + Clone {
        self.columns.iter().map(|(name, _)| name.as_str())
    }
    /// An instant of every ticket, `i64::MIN` where it has none; empty where the evidence has no such column.
    pub fn instants(&self, which: TicketInstant) -> &[i64] {
        &self.instants[which as usize]
    }
    /// Why a ticket has no such instant: `bad-cell`, `bad-order` or `missing-value`.
    pub fn flaw(&self, ticket: usize, which: TicketInstant) -> &'static Code {
        let flaws = self.flaws.get(ticket).copied().unwrap_or(0);
        if flaws & 1 << (which as u8) != 0 {
            &codes::BAD_CELL
        } else if flaws & 16 << (which as u8) != 0 {
            &codes::BAD_ORDER
        } else {
            &codes::MISSING_VALUE
        }
    }
}

/// Verdicts of somebody else, sorted by ticket.
#[derive(Debug, Default)]
pub struct Verdicts {
    pub(super) tickets: Vec<u32>,
    pub(super) measures: Labels,
    pub(super) met: Vec<i64>,
    pub(super) seconds: Vec<i64>,
}

/// What somebody else says of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it was met.
    pub met: Option<bool>,
    /// How many seconds the clock ran.
    pub seconds: Option<i64>,
}

impl Verdicts {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.tickets.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }
    /// The verdict on a ticket under a measure: the one that names it, else the one that names none.
    pub fn of(&self, ticket: usize, measure: &str) -> Option<Verdict> {
        let first = self.tickets.partition_point(|known| (*known as usize) < ticket);
        let own = (first..self.tickets.len()).take_while(|at| self.tickets[*at] as usize == ticket);
        let named = own.clone().find(|at| self.measures.get(*at) == Some(measure));
        let at = named.or_else(|| own.clone().find(|at| self.measures.get(*at).is_none()))?;
        let known = |values: &[i64]| values.get(at).copied().filter(|value| *value != MISSING);
        Some(Verdict { met: known(&self.met).map(|met| met == 1), seconds: known(&self.seconds) })
    }
}

/// Tickets left out of measures, sorted by ticket.
#[derive(Debug, Default)]
pub struct Exclusions {
    pub(super) tickets: Vec<u32>,
    pub(super) measures: Labels,
    pub(super) reasons: Labels,
    pub(super) clauses: Labels,
}

/// Why a ticket is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exclusion<'e> {
    /// The reason given.
    pub reason: Option<&'e str>,
    /// The clause given.
    pub clause: Option<&'e str>,
}

impl Exclusions {
    /// Why a ticket is left out of a measure, if it is.
    pub fn of(&self, ticket: usize, measure: &str) -> Option<Exclusion<'_>> {
        let first = self.tickets.partition_point(|known| (*known as usize) < ticket);
        let mut own = (first..self.tickets.len()).take_while(|at| self.tickets[*at] as usize == ticket);
        let at = own.find(|at| self.measures.get(*at).is_none_or(|named| named == measure))?;
        Some(Exclusion { reason: self.reasons.get(at), clause: self.clauses.get(at) })
    }
}

/// Outages in the order of service, beginning, end.
#[derive(Debug, Default)]
pub struct Outages {
    /// The service of each.
    pub services: Labels,
    /// When each began.
    pub from: Vec<i64>,
    /// When each ended; `i64::MAX` where it still goes on.
    pub to: Vec<i64>,
    /// level, origin, change, event, source where given.
    pub columns: Vec<(String, Labels)>,
}

/// How many rows of a given table became rows of an evidence table.
#[derive(Debug)]
pub(super) struct Used {
    pub given: String,
    pub table: &'static str,
    pub rows: usize,
    pub rejected: usize,
    pub gave: usize,
}

/// A word that a mapping does not translate, with the rows that have it.
#[derive(Debug)]
pub(super) struct Untranslated {
    pub column: String,
    pub word: String,
    pub nearest: Option<String>,
    pub rows: usize,
}

/// The rows of a table of snapshots, ticket by ticket, each in order.
pub(super) struct Snapshots {
    rows: Vec<u32>,
    starts: Vec<usize>,
    at: Vec<i64>,
    /// Rows that lack key, instant or order.
    rejected: usize,
}

impl Snapshots {
    fn groups(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        self.starts.windows(2).map(|pair| pair[0]..pair[1])
    }
}

/// Everything bound so far.
#[derive(Default)]
pub(super) struct Bound {
    pub tickets: Tickets,
    pub histories: Vec<History>,
    pub verdicts: Verdicts,
    pub exclusions: Exclusions,
    pub outages: Outages,
    pub given: Vec<&'static str>,
    pub used: Vec<Used>,
    pub untranslated: Vec<Untranslated>,
    pub record: Record,
    pub problems: Problems,
}

/// The columns of an evidence table that its source has.
struct Columns<'p> {
    give: &'p Give,
    found: Vec<(&'p str, Found)>,
}

impl Columns<'_> {
    fn get(&self, name: &str) -> Option<&Found> {
        self.found.iter().find(|(known, _)| *known == name).map(|(_, found)| found)
    }
    fn gives(&self, name: &str) -> String {
        format!("{}.{name}", self.give.table.name)
    }
}

/// Binds one evidence table; faults of the mapping are reported, faults of rows recorded.
pub(super) struct Binder<'s, 't, 'a> {
    pub source: &'s Source<'t, 'a>,
    pub snapshots: Option<&'s Snapshots>,
    pub bound: &'s mut Bound,
    pub faults: &'s mut Faults,
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
        if give.table.columns.iter().any(|column| column.required && columns.get(column.name).is_none()) {
            // The fault is already reported.
            return;
        }
        let before = self.bound.record.rejections.len();
        let gave = match give.table.name {
            "tickets" => self.tickets(&columns),
            "ticket_events" => self.ticket_events(&columns),
            "verdicts" => self.verdicts(&columns),
            "exclusions" => self.exclusions(&columns),
            _ => self.outages(&columns),
        };
        let whole = self.bound.record.rejections.iter().skip(before).filter(|rejection| rejection.whole);
        let whole: std::collections::BTreeSet<u64> = whole.map(|rejection| rejection.row).collect();
        let rejected = whole.len() + self.snapshots.map_or(0, |snapshots| snapshots.rejected);
        let (given, rows) = (self.source.plan.name.clone(), self.source.rows());
        self.bound.given.push(give.table.name);
        self.bound.used.push(Used { given, table: give.table.name, rows, rejected, gave });
    }

    /// The rows that speak for a thing: the last snapshot of each, or all.
    fn rows(&self) -> Vec<u32> {
        match self.snapshots {
            Some(snapshots) => snapshots.groups().filter_map(|group| snapshots.rows.get(group.end - 1).copied()).collect(),
            None => (0..u32::try_from(self.source.rows()).unwrap_or(u32::MAX)).collect(),
        }
    }
    fn reject(&mut self, row: u32, column: &str, code: &'static Code, value: &Cell<'_>, whole: bool) {
        let rejection = self.source.rejection(row, column, code, value, whole);
        self.bound.record.rejections.push(rejection);
    }
    fn labels(&mut self, columns: &Columns<'_>, name: &str, rows: &[u32]) -> Option<Labels> {
        let found = columns.get(name)?;
        let labels = self.source.labels(found, &columns.gives(name), rows, &mut self.bound.record);
        let plan = columns.give.columns.iter().find(|plan| plan.name == name)?;
        if plan.values.is_empty() {
            return Some(labels);
        }
        for (word, rows) in labels.words().zip(labels.counts()) {
            if !plan.values.iter().any(|(known, _)| known == word) {
                let nearest = crate::base::nearest::nearest(word, plan.values.iter().map(|(known, _)| known.as_str()));
                let nearest = nearest.map(str::to_owned);
                self.bound.untranslated.push(Untranslated { column: name.into(), word: word.into(), nearest, rows });
            }
        }
        let ours = |word| plan.values.iter().find(|(known, _)| known == word).map(|(_, ours)| ours.as_str());
        Some(labels.translated(|word| ours(word).unwrap_or(word)))
    }
    fn labels_or_none(&mut self, columns: &Columns<'_>, name: &str, rows: &[u32]) -> Labels {
        self.labels(columns, name, rows).unwrap_or_default()
    }
    /// The key of each row; a row without one is rejected and leaves `rows`.
    fn keys(&mut self, columns: &Columns<'_>, name: &str, rows: &mut Vec<u32>) -> Labels {
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
    fn anchors(&mut self, columns: &Columns<'_>, name: &str, rows: &[u32]) -> Vec<i64> {
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

    fn tickets(&mut self, columns: &Columns<'_>) -> usize {
        let mut rows = self.rows();
        let ids = self.keys(columns, "ticket", &mut rows);
        let opened = self.anchors(columns, "opened", &rows);
        let mut order: Vec<usize> = (0..rows.len()).filter(|at| opened[*at] != MISSING).collect();
        let ranks = ids.ranks();
        order.sort_by_key(|at| (ranks[ids.code(*at) as usize], rows[*at]));
        let mut kept: Vec<usize> = Vec::with_capacity(order.len());
        for at in order {
            if kept.last().is_some_and(|last| ids.code(*last) == ids.code(at)) {
                let id = Cell::Text(ids.get(at).unwrap_or_default().into());
                self.reject(rows[at], &column_name(columns, "ticket"), &codes::DUPLICATE_ROW, &id, true);
            } else {
                kept.push(at);
            }
        }
        let opened: Vec<i64> = kept.iter().map(|at| opened[*at]).collect();
        let ids: Vec<Box<str>> = kept.iter().map(|at| ids.get(*at).unwrap_or_default().into()).collect();
        let rows: Vec<u32> = kept.iter().map(|at| rows[*at]).collect();
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
                    self.reject(rows[at], &column_name(columns, which.as_str()), &codes::BAD_ORDER, &Cell::Instant(*value), false);
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
    fn tickets_of(&self, keys: &Labels) -> Vec<u32> {
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

    fn ticket_events(&mut self, columns: &Columns<'_>) -> usize {
        if let Some(snapshots) = self.snapshots {
            return columns.give.fields.iter().map(|(ours, theirs)| {
                let at = self.source.find(&theirs.value, Some(theirs.mark), self.faults);
                at.map_or(0, |at| self.snapshot_changes(snapshots, columns, ours, &theirs.value, at))
            }).sum();
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
        let until = until.map(|found| self.source.instants(found, &columns.gives("until"), &rows, false, &mut self.bound.record).0);
        // From and to share one list of words, so that they can be compared by code.
        let mut words = Coder::default();
        let recode = |labels: &Labels, words: &mut Coder| labels.words().map(|word| words.code(word)).collect::<Vec<u32>>();
        let (from_codes, to_codes) = (recode(&from, &mut words), recode(&to, &mut words));
        let words = words.finish();
        let mut by_field: std::collections::BTreeMap<&str, Vec<Change>> = std::collections::BTreeMap::new();
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
                (Some(theirs), false) => columns.give.fields.iter().find(|(_, known)| known.value == theirs).map(|(ours, _)| ours.as_str()),
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

    /// One change whenever the field differs between consecutive snapshots; the first tells what held since the ticket was opened.
    ///
    /// A snapshot that was written earlier than the one before it in order counts as written at the same instant.
    fn snapshot_changes(&mut self, snapshots: &Snapshots, columns: &Columns<'_>, ours: &str, theirs: &str, column: usize) -> usize {
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

    fn ties(&mut self, ties: usize) {
        if ties > 0 {
            let problem = Problem::new(&codes::TIE_WITHOUT_ORDER, Place::cell(&self.source.plan.name, 0, ""));
            self.bound.problems.push(problem.with("rows", ties), self.faults.limits().problems);
        }
    }

    fn verdicts(&mut self, columns: &Columns<'_>) -> usize {
        let mut rows = self.rows();
        let keys = self.keys(columns, "ticket", &mut rows);
        let known = self.known_tickets(columns, "ticket", &rows, &keys);
        let rows: Vec<u32> = known.iter().map(|(_, row)| *row).collect();
        let values = columns.give.columns.iter().find(|plan| plan.name == "met").map_or(&[][..], |plan| &plan.values);
        let none = vec![MISSING; rows.len()];
        let met = columns.get("met");
        let met = met.map(|met| self.source.truths(met, &columns.gives("met"), &rows, values, &mut self.bound.record));
        let seconds = columns.get("seconds");
        let seconds = seconds.map(|found| self.source.integers(found, &columns.gives("seconds"), &rows, false, &mut self.bound.record));
        self.bound.verdicts = Verdicts {
            tickets: known.iter().map(|(ticket, _)| *ticket).collect(),
            measures: self.labels_or_none(columns, "measure", &rows),
            met: met.unwrap_or_else(|| none.clone()),
            seconds: seconds.unwrap_or(none),
        };
        rows.len()
    }

    fn exclusions(&mut self, columns: &Columns<'_>) -> usize {
        let mut rows = self.rows();
        let keys = self.keys(columns, "key", &mut rows);
        let mut known = self.known_tickets(columns, "key", &rows, &keys);
        let all: Vec<u32> = known.iter().map(|(_, row)| *row).collect();
        let status = self.labels_or_none(columns, "status", &all);
        let mut at = 0;
        known.retain(|_| {
            let accepted = status.get(at).is_none_or(|status| status.eq_ignore_ascii_case("accepted"));
            at += 1;
            accepted
        });
        let rows: Vec<u32> = known.iter().map(|(_, row)| *row).collect();
        for name in ["requested_by", "accepted_by"] {
            self.labels(columns, name, &rows);
        }
        self.bound.exclusions = Exclusions {
            tickets: known.iter().map(|(ticket, _)| *ticket).collect(),
            measures: self.labels_or_none(columns, "measure", &rows),
            reasons: self.labels_or_none(columns, "reason", &rows),
            clauses: self.labels_or_none(columns, "clause", &rows),
        };
        rows.len()
    }

    fn outages(&mut self, columns: &Columns<'_>) -> usize {
        let mut rows = self.rows();
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
fn column_name(columns: &Columns<'_>, name: &str) -> String {
    match columns.get(name) {
        Some(Found::At(_, theirs)) => theirs.clone(),
        _ => name.to_owned(),
    }
}

/// Sorts the rows of a table of snapshots by ticket and order; rows without key, instant or order are rejected.
pub(super) fn snapshots(source: &Source<'_, '_>, bound: &mut Bound, faults: &mut Faults) -> Option<Snapshots> {
    let plan = &source.plan;
    if plan.shape != HistoryShape::Snapshots {
        return None;
    }
    let mut find = |named: &crate::document::Spot<String>| {
        source.find(&named.value, Some(named.mark), faults).map(|at| Found::At(at, named.value.clone()))
    };
    let key = plan.key.as_ref().and_then(&mut find);
    let at = plan.at.as_ref().and_then(&mut find);
    let sequence: Vec<Found> = plan.order.iter().map(find).collect::<Option<_>>()?;
    let (key, instant) = (key?, at?);
    let all: Vec<u32> = (0..u32::try_from(source.rows()).unwrap_or(u32::MAX)).collect();
    let keys = source.labels(&key, "key", &all, &mut bound.record);
    let (written, _) = source.instants(&instant, "at", &all, true, &mut bound.record);
    let order: Vec<Vec<i64>> =
        sequence.iter().map(|found| source.integers(found, "order", &all, true, &mut bound.record)).collect();
    let mut rejected = 0;
    let mut kept: Vec<u32> = Vec::with_capacity(all.len());
    for row in all {
        let at = row as usize;
        let whole = keys.code(at) != NONE && written[at] != MISSING && order.iter().all(|order| order[at] != MISSING);
        if whole {
            kept.push(row);
            continue;
        }
        rejected += 1;
        // What could not be read is on record already; what is not there is not.
        for found in [&key, &instant].into_iter().chain(sequence.iter()) {
            if let (Found::At(column, name), Cell::Null) = (found, cell_of(source, row, found)) {
                bound.record.rejections.push(source.rejection(row, name, &codes::MISSING_VALUE, &source.cell(row, *column), true));
            }
        }
    }
    let ordered = |a: &u32, b: &u32| {
        let (a, b) = (*a as usize, *b as usize);
        let by_order = order.iter().map(|order| order[a].cmp(&order[b])).find(|by| by.is_ne());
        keys.code(a).cmp(&keys.code(b)).then(by_order.unwrap_or(std::cmp::Ordering::Equal)).then(written[a].cmp(&written[b])).then(a.cmp(&b))
    };
    kept.sort_unstable_by(ordered);
    let mut starts = vec![0];
    let mut ties = 0_usize;
    for pair in 1..kept.len() {
        let (before, row) = (kept[pair - 1] as usize, kept[pair] as usize);
        if keys.code(before) != keys.code(row) {
            starts.push(pair);
        } else if written[before] == written[row] && order.iter().all(|order| order[before] == order[row]) {
            ties += 1;
        }
    }
    if !kept.is_empty() {
        starts.push(kept.len());
    }
    if ties > 0 {
        let problem = Problem::new(&codes::TIE_WITHOUT_ORDER, Place::cell(&plan.name, 0, ""));
        bound.problems.push(problem.with("rows", ties), faults.limits().problems);
    }
    let at = kept.iter().map(|row| written[*row as usize]).collect();
    Some(Snapshots { rows: kept, starts, at, rejected })
}

fn cell_of<'a>(source: &Source<'_, 'a>, row: u32, found: &Found) -> Cell<'a> {
    match found {
        Found::At(column, _) => source.cell(row, *column),
        Found::Value(_) => Cell::Unreadable,
    }
}
