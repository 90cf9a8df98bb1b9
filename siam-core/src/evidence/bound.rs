//! Bound evidence: compact columns that answers read.
//!
//! Goes in: columns from `bind`. Comes out: tickets, verdicts, exclusions, outages, by dense number.
//! **Invariant:** tickets are sorted by id; verdicts and exclusions by ticket; outages by service, beginning, end.
//! **Not here:** filling them (`bind`, `events`), the histories of fields (`history`).

use super::labels::Labels;
use super::texts::Texts;
use super::when::MISSING;
use crate::base::{Code, codes};
use crate::model::agreement::TicketInstant;

/// All tickets, sorted by id.
#[derive(Debug, Default)]
pub struct Tickets {
    pub(super) ids: Texts,
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
        self.ids.len() == 0
    }
    /// The id of a ticket.
    pub fn id(&self, ticket: usize) -> &str {
        self.ids.get(ticket).unwrap_or_default()
    }
    /// All ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.ids.iter()
    }
    /// The ticket with an id.
    pub fn find(&self, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.ids.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.ids.get(middle)?.cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
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
    /// The service of each claim.
    pub(super) services: Labels,
    pub(super) claims: Vec<Claim>,
}

/// An exclusion as it was given: of a ticket, or of a service for a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The ticket.
    pub key: Option<String>,
    /// The service, where no ticket is named.
    pub service: Option<String>,
    /// When the stretch of time begins; `i64::MIN` where it has no beginning.
    pub from: i64,
    /// When it ends, exclusive; `i64::MIN` where it has no end.
    pub until: i64,
    /// The measure; all where none.
    pub measure: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The clause that allows it.
    pub clause: Option<String>,
    /// Who asked for it.
    pub requested_by: Option<String>,
    /// Who agreed.
    pub accepted_by: Option<String>,
    /// Claimed, accepted or refused; accepted where none.
    pub status: Option<String>,
    /// Whether it leaves anything out.
    pub accepted: bool,
    /// How many tickets it leaves out.
    pub tickets: usize,
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
    /// All exclusions that could be read, in the order in which they were given; only accepted ones leave anything out.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }
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
