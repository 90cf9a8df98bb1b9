//! Planned work: which changes meet the maintenance rule of an agreement.
//!
//! Goes in: changes, a maintenance rule, its compiled calendar. Comes out: a judgement of each change, with everything it lacks.
//! **Invariant:** without a rule nothing is planned; a change that lacks anything is not planned at all.
//! **Not here:** the allowance, which is used up by services in the order of time (`walk`).

use crate::base::{Duration, Instant};
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, MISSING};
use crate::model::maintenance::Maintenance;

/// A change as the evidence has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// When its window begins and ends, where both are known and the window is not empty.
    pub window: Option<(Instant, Instant)>,
    /// When it was notified.
    pub notified: Option<Instant>,
    /// Who approved it.
    pub approved_by: Option<String>,
}

/// What a change lacks to be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) enum Lack {
    /// The evidence has no such change.
    Change,
    /// The agreement has no maintenance rule, or none that holds when the window begins.
    Rule,
    /// A window with a beginning and an end.
    Window,
    /// A window within the calendar of the rule.
    Calendar,
    /// Notice in time; what was given, none where it was not notified.
    Notice(Option<Duration>),
    /// The approval of anybody who may approve.
    Approval,
}

impl Lack {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Rule => "rule",
            Self::Window => "window",
            Self::Calendar => "calendar",
            Self::Notice(_) => "notice",
            Self::Approval => "approval",
        }
    }
}

/// A change and whether it is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::answer) struct Judged {
    pub change: Change,
    /// Empty where it is planned.
    pub lacks: Vec<Lack>,
}

impl Judged {
    /// The window of planned work.
    pub fn planned(&self) -> Option<(Instant, Instant)> {
        self.change.window.filter(|_| self.lacks.is_empty())
    }
}

/// Judges a change that the evidence names; `known` says whether it has it.
pub(in crate::answer) fn judge(ecosystem: &Ecosystem, rule: Option<&Maintenance>, change: Change, known: bool) -> Judged {
    let lacks = if known { lacks(ecosystem, rule, &change) } else { vec![Lack::Change] };
    Judged { change, lacks }
}

fn lacks(ecosystem: &Ecosystem, rule: Option<&Maintenance>, change: &Change) -> Vec<Lack> {
    let Some(rule) = rule else { return vec![Lack::Rule] };
    let Some((from, until)) = change.window else { return vec![Lack::Window] };
    let mut lacks = Vec::new();
    if !rule.validity.contains(from) {
        lacks.push(Lack::Rule);
    }
    let open = rule.window.map(|calendar| ecosystem.clock(calendar).elapsed(from, until).ok());
    if open.is_some_and(|open| open != Some(until.since(from))) {
        lacks.push(Lack::Calendar);
    }
    if let Some(needed) = rule.notice {
        let given = change.notified.map(|notified| from.since(notified));
        if given.is_none_or(|given| given < needed) {
            lacks.push(Lack::Notice(given));
        }
    }
    let may = |name: &String| rule.approved_by.is_empty() || rule.approved_by.contains(name);
    if rule.approval && !change.approved_by.as_ref().is_some_and(may) {
        lacks.push(Lack::Approval);
    }
    lacks
}

/// The changes of the evidence; none where it has no such table.
pub(in crate::answer) fn changes(evidence: &Evidence) -> Option<Vec<Change>> {
    let records = evidence.records("changes")?;
    let moment = |column: &str, at: usize| {
        let found = records.instants(column).and_then(|values| values.get(at)).copied();
        found.filter(|value| *value != MISSING).map(Instant)
    };
    let word = |column: &str, at: usize| records.words(column).and_then(|labels| labels.get(at)).map(str::to_owned);
    let change = |at: usize| {
        let window = moment("window_from", at).zip(moment("window_until", at));
        Some(Change {
            id: word("change", at)?,
            window: window.filter(|(from, until)| from < until),
            notified: moment("notified", at),
            approved_by: word("approved_by", at),
        })
    };
    Some((0..records.len()).filter_map(change).collect())
}
