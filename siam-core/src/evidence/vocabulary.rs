//! The words of one party put into ours: what their Sev-2 is here.
//!
//! Goes in: bound tickets with their histories, the vocabularies of interfaces. Comes out: the same tickets in our words.
//! **Invariant:** only tickets of the party that a vocabulary is of change; a word that is ours already stays; each change is told.
//! **Not here:** what a mapping translates (`bind`), what interfaces are (`model`).

use super::bind::Bound;
use super::labels::{Coder, Labels, NONE};
use super::when::MISSING;
use crate::base::{Argument, Code, Instant, Limits, Place, Problem, codes};
use crate::model::Model;
use crate::model::agreement::TicketInstant;
use crate::model::vocabulary::Vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// What a vocabulary makes of a word.
#[derive(Clone, Copy)]
enum Meaning<'v> {
    /// Nothing: no vocabulary has it.
    None,
    /// It is another word here.
    Ours(&'v Vocabulary, &'v str),
    /// It is their word and ours, so that it stays.
    Both(&'v Vocabulary),
}

/// Translates one column for all tickets, counting as it goes.
struct Translator<'v> {
    /// The party of each ticket.
    parties: &'v Labels,
    /// The vocabularies of each party, by its code.
    of_party: Vec<Vec<(&'v Vocabulary, BTreeSet<&'v str>)>>,
    translated: BTreeMap<(&'v str, &'v str, &'v str), usize>,
    both: BTreeMap<(&'v str, &'v str, &'v str, String), usize>,
}

impl<'v> Translator<'v> {
    /// For one column; none where no party with tickets has words for it.
    fn of(column: &str, parties: &'v Labels, vocabularies: &'v [Vocabulary]) -> Option<Self> {
        let own = |party: &str| {
            let own = vocabularies.iter().filter(|known| known.party == party && known.column == column);
            own.map(|known| (known, known.words.values().map(String::as_str).collect())).collect()
        };
        let of_party: Vec<Vec<_>> = parties.words().map(own).collect();
        let any = of_party.iter().any(|own| !own.is_empty());
        any.then(|| Self { parties, of_party, translated: BTreeMap::new(), both: BTreeMap::new() })
    }
    fn has(&self, ticket: usize) -> bool {
        self.of_party.get(self.parties.code(ticket) as usize).is_some_and(|own| !own.is_empty())
    }
    /// The word that a ticket's word is here.
    fn word<'w>(&mut self, ticket: usize, word: &'w str) -> &'w str
    where
        'v: 'w,
    {
        let own = self.of_party.get(self.parties.code(ticket) as usize).map_or(&[][..], Vec::as_slice);
        let found = own.iter().find_map(|(vocabulary, ours)| {
            let here = vocabulary.words.get(word).map(String::as_str).filter(|here| *here != word);
            match (here, ours.contains(word)) {
                (Some(_), true) => Some(Meaning::Both(vocabulary)),
                (Some(here), false) => Some(Meaning::Ours(vocabulary, here)),
                (None, true) => Some(Meaning::None),
                (None, false) => None,
            }
        });
        match found.unwrap_or(Meaning::None) {
            Meaning::None => word,
            Meaning::Ours(by, here) => {
                *self.translated.entry((&by.interface, &by.column, &by.party)).or_default() += 1;
                here
            }
            Meaning::Both(by) => {
                *self.both.entry((&by.interface, &by.column, &by.party, word.to_owned())).or_default() += 1;
                word
            }
        }
    }
}

/// Puts priority, kind, resolution and state of tickets and of their histories into our words.
pub(super) fn translate(model: &Model, vocabularies: &[Vocabulary], bound: &mut Bound, limits: &Limits) {
    if vocabularies.is_empty() {
        return;
    }
    let parties = parties_of(model, bound);
    let mut told = Vec::new();
    for column in Vocabulary::COLUMNS {
        let Some(mut translator) = Translator::of(column, &parties, vocabularies) else { continue };
        for (_, labels) in bound.tickets.columns.iter_mut().filter(|(name, _)| name == column) {
            let mut coder = Coder::with_rows(labels.rows());
            for ticket in 0..labels.rows() {
                coder.push(labels.get(ticket).map(|word| translator.word(ticket, word)));
            }
            *labels = coder.finish();
        }
        for history in bound.histories.iter_mut().filter(|history| history.field() == column) {
            let mut coder = Coder::default();
            let known = history.words().clone();
            history.recode(|ticket, code| {
                let Some(word) = known.word(code) else { return NONE };
                if translator.has(ticket) { coder.code(translator.word(ticket, word)) } else { coder.code(word) }
            });
            history.set_words(coder.finish());
        }
        for ((interface, column, party), cells) in translator.translated {
            told.push(problem(&codes::WORDS_TRANSLATED, (interface, column, party), cells));
        }
        for ((interface, column, party, word), cells) in translator.both {
            told.push(problem(&codes::WORD_OF_BOTH, (interface, column, party), cells).with("word", Argument::user(word)));
        }
    }
    for problem in told {
        bound.problems.push(problem, limits.problems);
    }
    drop_translated(bound);
}

fn problem(code: &'static Code, (interface, column, party): (&str, &str, &str), cells: usize) -> Problem {
    let problem = Problem::new(code, Place::Nowhere).with("interface", Argument::user(interface));
    problem.with("column", Argument::user(column)).with("party", Argument::user(party)).with("cells", cells)
}

/// The party of each ticket: who holds it, else the provider of its service when it was opened.
fn parties_of(model: &Model, bound: &Bound) -> Labels {
    let tickets = &bound.tickets;
    let (own, service) = (tickets.column("party"), tickets.column("service"));
    let opened = tickets.instants(TicketInstant::Opened);
    let mut parties = Coder::with_rows(tickets.len());
    for ticket in 0..tickets.len() {
        let provider = || {
            let service = model.names.services.get(service?.get(ticket)?)?;
            let at = opened.get(ticket).copied().filter(|at| *at != MISSING)?;
            let provider = model.services.get(*service)?.provider.at(Instant(at))?;
            Some(model.party_name(*provider))
        };
        parties.push(own.and_then(|own| own.get(ticket)).or_else(provider));
    }
    parties.finish()
}

/// Words that a mapping does not translate and an interface does are no longer untranslated.
fn drop_translated(bound: &mut Bound) {
    let (tickets, histories) = (&bound.tickets, &bound.histories);
    bound.untranslated.retain_mut(|word| match word.table {
        "tickets" => {
            let Some(labels) = tickets.column(&word.column) else { return true };
            let rows = labels.find(&word.word).and_then(|code| labels.counts().get(code as usize).copied());
            word.rows = rows.unwrap_or(0);
            word.rows > 0
        }
        "ticket_events" if matches!(word.column.as_str(), "from" | "to") => {
            histories.iter().any(|history| history.uses(&word.word))
        }
        _ => true,
    });
}
