//! The priority of tickets: as it ended, as it began, the highest, and each for as long as it held.
//!
//! Goes in: the column of tickets, the history of the field. Comes out: codes of one list of names.
//! **Invariant:** codes of the column stay what they are; words that only the history has come after them.
//! **Not here:** what a priority is worth (`resolve`, `walk`).

use crate::evidence::{History, Labels, NONE};

/// The priorities of tickets.
pub(in crate::answer) struct Priorities<'e> {
    /// The names by code.
    pub names: Vec<String>,
    column: Option<&'e Labels>,
    /// The history of the field, and the code of each of its words.
    history: Option<(&'e History, Vec<u32>)>,
}

impl<'e> Priorities<'e> {
    pub fn new(column: Option<&'e Labels>, history: Option<&'e History>) -> Self {
        let mut names: Vec<String> = column.into_iter().flat_map(|labels| labels.words()).map(str::to_owned).collect();
        let history = history.map(|history| {
            let words = history.words().words().map(|word| {
                let known = names.iter().position(|name| name == word).unwrap_or_else(|| {
                    names.push(word.to_owned());
                    names.len() - 1
                });
                u32::try_from(known).unwrap_or(NONE)
            });
            (history, words.collect())
        });
        Self { names, column, history }
    }
    /// Which codes have one of these names.
    pub fn among(&self, names: &[String]) -> Vec<bool> {
        self.names.iter().map(|name| names.contains(name)).collect()
    }
    /// The one a ticket ended with.
    pub fn at_end(&self, ticket: usize) -> u32 {
        self.column.map_or(NONE, |labels| labels.code(ticket))
    }
    /// Each for as long as it held, first to last; what nobody wrote is that of the next change, else that of the one before.
    pub fn spans(&self, ticket: usize) -> Vec<(i64, i64, u32)> {
        let mut spans: Vec<(i64, i64, u32)> = Vec::new();
        if let Some((history, of)) = &self.history {
            for (from, until, code) in history.spans(ticket) {
                let code = of.get(code as usize).copied().unwrap_or(NONE);
                match spans.last_mut() {
                    Some(last) if last.2 == NONE => *last = (last.0, until, code),
                    Some(last) if code == NONE || last.2 == code => last.1 = until,
                    _ => spans.push((from, until, code)),
                }
            }
        }
        match spans.as_slice() {
            [] | [(.., NONE)] => vec![(i64::MIN, i64::MAX, self.at_end(ticket))],
            _ => spans,
        }
    }
    /// The one that held at an instant.
    pub fn at(&self, ticket: usize, at: i64) -> u32 {
        let spans = self.spans(ticket);
        spans.iter().find(|(from, until, _)| *from <= at && at < *until).map_or(NONE, |(.., code)| *code)
    }
    /// The highest that held between two instants, both included; a name that is not ranked is below all that are.
    pub fn highest(&self, ticket: usize, (from, until): (i64, i64), ranked: &[String]) -> u32 {
        let rank = |code: u32| {
            let name = self.names.get(code as usize);
            name.and_then(|name| ranked.iter().position(|one| one == name)).unwrap_or(ranked.len())
        };
        let held = self.spans(ticket).into_iter().filter(|(start, end, _)| *start <= until && from < *end);
        held.map(|(.., code)| code).min_by_key(|code| (rank(*code), self.names.get(*code as usize))).unwrap_or(NONE)
    }
}
