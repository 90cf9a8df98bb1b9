//! `diff`: what changed between two ecosystems.
//!
//! Goes in: two ecosystems. Comes out: one row per attribute that differs, and the findings that appear or vanish.
//! **Invariant:** no row where the models say the same; swapping the two swaps added and removed, and nothing else.
//! **Not here:** what a party's leaving follows into (`exit`), what is advice on one ecosystem (`findings`).

mod facts;
#[cfg(test)]
mod tests;

use crate::answer::given::Question;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Error, Instant, Problems, Schema, Table};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use facts::{Fact, facts};
use std::collections::BTreeMap;

query! {
    /// What changed between two ecosystems?
    pub struct DiffQuery = "a question for diff" {
        /// Kinds of parts, such as service or contract; all unless given.
        kinds: Vec<String> = "kinds",
    }
}

impl Question for DiffQuery {}

/// What changed.
#[derive(Clone)]
pub struct DiffReport {
    after: Ecosystem,
    changes: Vec<Change>,
    table: Table,
    problems: Problems,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    word: &'static str,
    before: Option<Fact>,
    after: Option<Fact>,
}

impl Change {
    fn fact(&self) -> Option<&Fact> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// The rows of `diff`.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per attribute and stretch of time that differs; of a part that is only in one of the two, one row",
    columns: &[
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "what kind of part: service, contract, measure, ..." },
        ColumnSpec { name: "id", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec { name: "attribute", kind: ColumnType::Text, doc: "which attribute; null for the part itself" },
        ColumnSpec { name: "item", kind: ColumnType::Text, doc: "which of several, such as a charge or a letter of the grid" },
        ColumnSpec { name: "change", kind: ColumnType::Text, doc: "added, removed or changed" },
        ColumnSpec { name: "before", kind: ColumnType::Text, doc: "what held before" },
        ColumnSpec { name: "after", kind: ColumnType::Text, doc: "what holds after" },
        ColumnSpec { name: "from", kind: ColumnType::Instant, doc: "from when it holds; null for all time before" },
        ColumnSpec { name: "until", kind: ColumnType::Instant, doc: "until when, exclusive; null for ever after" },
    ],
};

/// What changed between two ecosystems.
///
/// ```
/// use siam_core::answer::diff::{DiffQuery, diff};
/// use siam_core::base::columns::Cell;
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let read = |text: &str| load(&[Source::text("acme.yaml", text)]);
/// let before = read("{siam: 1, services: {email: {users: 100}, wan: {}}}")?;
/// let after = read("{siam: 1, services: {email: {users: 120, depends_on: [wan]}, wan: {}}}")?;
/// let report = diff(&before, &after, &DiffQuery::default())?;
/// let changes: Vec<Cell<'_>> = (0..3).map(|row| report.tables()[0].cell(row, "attribute")).collect();
/// assert_eq!(changes, ["depends_on", "rule", "users"].map(|name| Cell::Text(name.into())));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn diff(before: &Ecosystem, after: &Ecosystem, query: &DiffQuery) -> Result<DiffReport, Error> {
    let (old, new) = (facts(before.model()), facts(after.model()));
    let mut changes = walk(old, new);
    resolve(&changes, before, after, query)?;
    if !query.kinds.is_empty() {
        changes.retain(|change| change.fact().is_some_and(|fact| query.kinds.iter().any(|kind| kind == fact.kind)));
    }
    let mut table = Table::new(&ROWS);
    for change in &changes {
        let Some(fact) = change.fact() else { continue };
        let filled = |text: &'static str| if text.is_empty() { None } else { Some(text) };
        let value = |fact: &Option<Fact>| fact.as_ref().map(|fact| fact.value.clone());
        let instant =
            |at: Instant| if at == Instant::MIN || at == Instant::MAX { Cell::Null } else { Cell::Instant(at.micros()) };
        table.push(&[
            text(fact.kind),
            text(&fact.id),
            text_or_null(filled(fact.attribute)),
            text_or_null(Some(fact.item.as_str()).filter(|item| !item.is_empty())),
            text(change.word),
            text_or_null(value(&change.before).as_deref()),
            text_or_null(value(&change.after).as_deref()),
            instant(fact.from),
            instant(fact.until),
        ]);
    }
    Ok(DiffReport { after: after.clone(), changes, table, problems: Problems::new() })
}

/// Kinds that neither ecosystem has are a misspelling.
fn resolve(changes: &[Change], before: &Ecosystem, after: &Ecosystem, query: &DiffQuery) -> Result<(), Error> {
    let unknown: Vec<&String> = query
        .kinds
        .iter()
        .filter(|kind| !changes.iter().any(|change| change.fact().is_some_and(|fact| fact.kind == kind.as_str())))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let all: Vec<Fact> = facts(before.model()).into_iter().chain(facts(after.model())).collect();
    let known: std::collections::BTreeSet<&str> = all.iter().map(|fact| fact.kind).collect();
    let mut problems = Problems::new();
    for kind in unknown.into_iter().filter(|kind| !known.contains(kind.as_str())) {
        let error = crate::ecosystem::asked("kind of part", kind, known.iter().copied());
        problems.append(error.problems().clone(), super::given::KEPT);
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::from_problems(problems)) }
}

/// The differences of two sorted lists of facts, sorted.
fn walk(old: Vec<Fact>, new: Vec<Fact>) -> Vec<Change> {
    type Key = (&'static str, String);
    let group = |facts: Vec<Fact>| {
        let mut parts: BTreeMap<Key, Vec<Fact>> = BTreeMap::new();
        for fact in facts {
            parts.entry((fact.kind, fact.id.clone())).or_default().push(fact);
        }
        parts
    };
    let (mut old, new) = (group(old), group(new));
    let mut changes = Vec::new();
    for (key, after) in new {
        match old.remove(&key) {
            None => changes.push(Change { word: "added", before: None, after: whole(after) }),
            Some(before) => changes.extend(attributes(before, after)),
        }
    }
    changes.extend(old.into_values().map(|before| Change { word: "removed", before: whole(before), after: None }));
    changes.sort_by(|one, other| one.fact().cmp(&other.fact()));
    changes
}

/// The fact that speaks for a whole part: the part itself, else its first attribute without it.
fn whole(facts: Vec<Fact>) -> Option<Fact> {
    let first = facts.into_iter().next()?;
    Some(if first.attribute.is_empty() {
        first
    } else {
        Fact { attribute: "", item: String::new(), value: String::new(), ..first }
    })
}

/// The differences of one part: values of one stretch that differ stand in one row.
fn attributes(before: Vec<Fact>, after: Vec<Fact>) -> Vec<Change> {
    let only = |these: &[Fact], those: &[Fact]| {
        these.iter().filter(|fact| those.binary_search(fact).is_err()).cloned().collect::<Vec<_>>()
    };
    let (mut removed, added) = (only(&before, &after), only(&after, &before));
    let place = |fact: &Fact| (fact.attribute, fact.item.clone(), fact.from, fact.until);
    let mut changes = Vec::new();
    for fact in added {
        match removed.iter().position(|old| place(old) == place(&fact)) {
            Some(at) => changes.push(Change { word: "changed", before: Some(removed.remove(at)), after: Some(fact) }),
            None => changes.push(Change { word: "added", before: None, after: Some(fact) }),
        }
    }
    changes.extend(removed.into_iter().map(|fact| Change { word: "removed", before: Some(fact), after: None }));
    changes
}

impl Answer for DiffReport {
    fn operation(&self) -> &'static str {
        "diff"
    }
    fn stamp(&self) -> &Stamp {
        self.after.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let change = self.changes.get(row).ok_or_else(|| no_such_row(row, self.changes.len()))?;
        let Some(fact) = change.fact() else { return Err(no_such_row(row, self.changes.len())) };
        let id = match (change.word, fact.attribute.is_empty()) {
            ("added", true) => "diff-part-added",
            ("removed", true) => "diff-part-removed",
            ("added", false) => "diff-added",
            ("removed", false) => "diff-removed",
            _ => "diff-changed",
        };
        let name = |text: &str| Argument::name(if text.is_empty() { "-" } else { text });
        let what = if fact.item.is_empty() { fact.attribute.to_owned() } else { format!("{} {}", fact.attribute, fact.item) };
        let value = |fact: &Option<Fact>| name(fact.as_ref().map_or("", |fact| fact.value.as_str()));
        let mut reason = Reason::new(id).with("kind", fact.kind).with("name", name(&fact.id)).with("what", name(&what));
        reason = reason.with("before", value(&change.before)).with("after", value(&change.after));
        if fact.from != Instant::MIN {
            reason = reason.because(Reason::new("diff-from").with("from", fact.from));
        }
        if fact.until != Instant::MAX {
            reason = reason.because(Reason::new("diff-until").with("until", fact.until));
        }
        Ok(reason)
    }
}
