//! What a field of each ticket was, and when it changed.
//!
//! Goes in: changes in any order, or snapshots in order. Comes out: for each ticket its changes by time, one list for all tickets.
//! **Invariant:** the changes of a ticket are sorted by time; what held before the first is `initial`.
//! **Not here:** which values stop a clock (`answer::score`).

use super::labels::{Coder, Labels, NONE};
use super::when::MISSING;

/// A change as given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub ticket: u32,
    pub at: i64,
    pub sequence: i64,
    pub from: u32,
    pub to: u32,
    /// When the new value ended, where no later change says so.
    pub until: i64,
}

/// The history of one field of all tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    field: String,
    words: Labels,
    initial: Vec<u32>,
    starts: Vec<u32>,
    at: Vec<i64>,
    to: Vec<u32>,
    lossy: bool,
}

impl History {
    /// From changes in any order; gives also how many share ticket, instant and sequence with another.
    pub(super) fn of_changes(field: &str, words: Labels, tickets: usize, mut changes: Vec<Change>) -> (Self, usize) {
        // A tie is broken by the words, so that the order of rows never matters.
        let ranks = words.ranks();
        let rank = |code: u32| ranks.get(code as usize).copied().unwrap_or(NONE);
        changes
            .sort_by_key(|change| (change.ticket, change.at, change.sequence, rank(change.to), rank(change.from), change.until));
        let same = |a: &Change, b: &Change| (a.ticket, a.at, a.sequence) == (b.ticket, b.at, b.sequence) && a.to != b.to;
        let ties = changes.windows(2).filter(|pair| same(&pair[0], &pair[1])).count();
        let mut history = Self::empty(field, words, tickets, changes.len());
        let mut changes = changes.into_iter().peekable();
        for ticket in 0..tickets {
            let mut initial = NONE;
            let mut first = true;
            while let Some(change) = changes.next_if(|change| change.ticket as usize == ticket) {
                if std::mem::take(&mut first) {
                    initial = change.from;
                }
                history.push(change.at, change.to);
                let next = changes.peek().filter(|next| next.ticket as usize == ticket).map_or(i64::MAX, |next| next.at);
                if change.until != MISSING && change.until < next {
                    history.push(change.until.max(change.at), NONE);
                }
            }
            history.close(initial);
        }
        (history, ties)
    }
    /// A history to be filled ticket by ticket.
    pub(super) fn empty(field: &str, words: Labels, tickets: usize, changes: usize) -> Self {
        let mut starts = Vec::with_capacity(tickets + 1);
        starts.push(0);
        Self {
            field: field.to_owned(),
            words,
            initial: Vec::with_capacity(tickets),
            starts,
            at: Vec::with_capacity(changes),
            to: Vec::with_capacity(changes),
            lossy: false,
        }
    }
    /// Adds a change of the ticket being filled.
    pub(super) fn push(&mut self, at: i64, to: u32) {
        self.at.push(at);
        self.to.push(to);
    }
    /// Ends the ticket being filled.
    pub(super) fn close(&mut self, initial: u32) {
        self.initial.push(initial);
        self.starts.push(u32::try_from(self.at.len()).unwrap_or(u32::MAX));
    }

    /// Whether it knows only the last time of each word: what came before a word that came again is lost.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }
    pub(super) fn set_lossy(&mut self) {
        self.lossy = true;
    }
    /// The field.
    pub fn field(&self) -> &str {
        &self.field
    }
    /// The words its codes stand for.
    pub fn words(&self) -> &Labels {
        &self.words
    }
    /// How many changes there are.
    pub fn changes(&self) -> usize {
        self.at.len()
    }
    /// Replaces every code by what a function makes of it and its ticket.
    pub(super) fn recode(&mut self, mut code: impl FnMut(usize, u32) -> u32) {
        for (ticket, initial) in self.initial.iter_mut().enumerate() {
            *initial = code(ticket, *initial);
        }
        let bounds = self.starts.iter().zip(self.starts.iter().skip(1)).enumerate();
        for (ticket, (from, until)) in bounds {
            for to in self.to.get_mut(*from as usize..*until as usize).unwrap_or_default() {
                *to = code(ticket, *to);
            }
        }
    }
    /// The words that the codes now stand for.
    pub(super) fn set_words(&mut self, words: Labels) {
        self.words = words;
    }
    /// Gives tickets whose field never changed the word that stands in their own row.
    pub(super) fn rest_on(&mut self, rows: &Labels) {
        let mut words = Coder::default();
        for word in self.words.words() {
            words.code(word);
        }
        let bounds = self.starts.iter().zip(self.starts.iter().skip(1));
        for ((ticket, initial), (from, until)) in self.initial.iter_mut().enumerate().zip(bounds) {
            if *initial == NONE && from == until {
                *initial = rows.get(ticket).map_or(NONE, |word| words.code(word));
            }
        }
        self.words = words.finish();
    }
    /// Two histories as one whose words are made of both. Of changes of one instant the last of each counts.
    pub(super) fn joined(field: &str, one: &Self, two: &Self, mut code: impl FnMut(u32, u32) -> u32) -> Self {
        let tickets = one.initial.len();
        let mut joined = Self::empty(field, Labels::default(), tickets, one.changes() + two.changes());
        for ticket in 0..tickets {
            let (mut first, mut second) = (one.changes_of(ticket).peekable(), two.changes_of(ticket).peekable());
            let initial = |history: &Self| history.initial.get(ticket).copied().unwrap_or(NONE);
            let mut now = (initial(one), initial(two));
            let began = code(now.0, now.1);
            let mut last = began;
            while let Some(at) = first.peek().into_iter().chain(second.peek()).map(|(at, _)| *at).min() {
                while let Some((_, to)) = first.next_if(|(next, _)| *next == at) {
                    now.0 = to;
                }
                while let Some((_, to)) = second.next_if(|(next, _)| *next == at) {
                    now.1 = to;
                }
                let to = code(now.0, now.1);
                if to != last {
                    joined.push(at, to);
                    last = to;
                }
            }
            joined.close(began);
        }
        joined
    }
    fn changes_of(&self, ticket: usize) -> impl Iterator<Item = (i64, u32)> + '_ {
        let from = self.starts.get(ticket).map_or(0, |at| *at as usize);
        let until = self.starts.get(ticket + 1).map_or(from, |at| *at as usize);
        (from..until).filter_map(|at| Some((*self.at.get(at)?, *self.to.get(at)?)))
    }
    /// Whether any ticket ever had a word.
    pub(super) fn uses(&self, word: &str) -> bool {
        self.words.find(word).is_some_and(|code| self.initial.contains(&code) || self.to.contains(&code))
    }
    /// What the field of a ticket was: from, until and the code, first to last, the first from the beginning of time.
    pub fn spans(&self, ticket: usize) -> impl Iterator<Item = (i64, i64, u32)> + '_ {
        let from = self.starts.get(ticket).map_or(0, |at| *at as usize);
        let until = self.starts.get(ticket + 1).map_or(from, |at| *at as usize);
        let initial = self.initial.get(ticket).copied().unwrap_or(NONE);
        let begins = std::iter::once((i64::MIN, initial)).chain((from..until).map(|at| (self.at[at], self.to[at])));
        let ends = (from..until).map(|at| self.at[at]).chain(std::iter::once(i64::MAX));
        begins.zip(ends).map(|((from, code), until)| (from, until, code))
    }
}
