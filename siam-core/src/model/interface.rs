//! Service provider interfaces: where parties meet in a process, and what passes between them.
//!
//! Goes in: `interfaces:` of a document. Comes out: `Interface` by dense index, and the vocabularies that translate parties' words.
//! **Invariant:** process, parties, owner, services of an interface resolve; a party's word has one translation.
//! **Not here:** which boundaries lack one (`answer::findings`), translating evidence (`evidence`).

use super::Checking;
use super::cadence::{Due, DueDoc};
use super::dated::{Timeline, Validity};
use super::party::PartyIdx;
use super::process::{Phase, ProcessIdx};
use super::responsibility::Subject;
use super::role::RoleIdx;
use super::rule::ServiceIdx;
use super::vocabulary::Vocabulary;
use crate::base::id::InterfaceId;
use crate::base::{Argument, Duration, Idx, IdxVec, codes};
use crate::document::decode::{choice, record};
use crate::document::{Dated, Mark, Named, Spot, When};
use std::collections::BTreeMap;

choice! {
    /// What an interface is made of.
    pub enum InterfaceKind = "a kind of interface" {
        /// Systems exchange data.
        Technological = "technological",
        /// People follow an agreed procedure.
        Procedural = "procedural",
        /// Organisations have a standing relation.
        Organisational = "organisational",
    }
}

record! {
    /// An exchange as written: one piece of information that passes.
    pub struct ExchangeDoc = "an exchange" {
        /// What passes.
        title: Option<String> = "title",
        /// The party that gives it.
        from: Spot<String> = "from",
        /// The party that gets it.
        to: Spot<String> = "to",
        /// On which days it is due; where absent, whenever the process calls for it.
        due: Option<DueDoc> = "due",
        /// How soon it is given once it is called for.
        within: Option<Duration> = "within",
        /// The clause it stands in.
        clause: Option<String> = "clause",
    }
}

record! {
    /// A service provider interface as written.
    pub struct InterfaceDoc = "an interface" {
        /// Its full name.
        title: Option<String> = "title",
        /// The process in which the parties meet.
        process: Spot<String> = "process",
        /// The parties that meet.
        parties: Vec<Spot<String>> = "parties",
        /// The role that answers for it: the process owner.
        owner: Option<Dated<String>> = "owner",
        /// technological, procedural or organisational.
        kind: Vec<InterfaceKind> = "kind",
        /// The lifecycle phases it serves.
        phases: Vec<Phase> = "phases",
        /// The services it is for; all unless written.
        services: Vec<Spot<String>> = "services",
        /// Where the parties touch: systems, addresses, meetings.
        integration_points: Vec<String> = "integration_points",
        /// Roles or parties that take part.
        roles: Vec<Spot<String>> = "roles",
        /// What passes between the parties.
        exchanges: Named<ExchangeDoc> = "exchanges",
        /// By party and column of evidence: its words and what they are here.
        vocabulary: Named<Named<Named<Spot<String>>>> = "vocabulary",
        /// The clause or document it stands in.
        clause: Option<String> = "clause",
        /// From when it holds.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of an interface.
pub type InterfaceIdx = Idx<Interface>;

/// One piece of information that passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Its name within the interface.
    pub name: String,
    /// What passes.
    pub title: String,
    /// Who gives it.
    pub from: PartyIdx,
    /// Who gets it.
    pub to: PartyIdx,
    /// On which days it is due.
    pub due: Option<Due>,
    /// How soon it is given.
    pub within: Option<Duration>,
    /// The clause it stands in.
    pub clause: Option<String>,
}

/// A party's word and what it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Whose word.
    pub party: PartyIdx,
    /// The column of evidence.
    pub column: String,
    /// Their word.
    pub theirs: String,
    /// Ours.
    pub ours: String,
}

/// A service provider interface.
#[derive(Debug, Clone, PartialEq)]
pub struct Interface {
    /// Its id.
    pub id: InterfaceId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// The process.
    pub process: ProcessIdx,
    /// The parties that meet.
    pub parties: Vec<PartyIdx>,
    /// Who answers for it.
    pub owner: Timeline<RoleIdx>,
    /// What it is made of.
    pub kinds: Vec<InterfaceKind>,
    /// The lifecycle phases it serves.
    pub phases: Vec<Phase>,
    /// The services it is for; empty for all.
    pub services: Vec<ServiceIdx>,
    /// Where the parties touch.
    pub integration_points: Vec<String>,
    /// Who takes part.
    pub roles: Vec<Subject>,
    /// What passes.
    pub exchanges: Vec<Exchange>,
    /// Parties' words and ours.
    pub vocabulary: Vec<Word>,
    /// The clause it stands in.
    pub clause: Option<String>,
    /// When it holds.
    pub validity: Validity,
    /// Where it is written.
    pub mark: Mark,
}

impl Interface {
    /// Whether it joins two parties.
    pub fn joins(&self, one: PartyIdx, other: PartyIdx) -> bool {
        self.parties.contains(&one) && self.parties.contains(&other)
    }
    /// Whether it is for a dependency between two services.
    pub fn is_for(&self, service: ServiceIdx, dependency: ServiceIdx) -> bool {
        self.services.is_empty() || self.services.contains(&service) || self.services.contains(&dependency)
    }
}

/// Checks all interfaces.
pub(super) fn interfaces(docs: &Named<InterfaceDoc>, checking: &mut Checking<'_>) -> IdxVec<Interface, Interface> {
    let mut words: BTreeMap<(PartyIdx, String, String), String> = BTreeMap::new();
    checking.each(docs, |checking, id: InterfaceId, doc| {
        let names = checking.names;
        let process = checking.name(&names.processes, "process", &doc.process);
        let parties: Vec<PartyIdx> = doc.parties.iter().filter_map(|name| checking.name(&names.parties, "party", name)).collect();
        let exchanges = doc.exchanges.iter().filter_map(|(name, exchange)| {
            let (from, to) = (party_of(&exchange.from, &parties, doc, checking), party_of(&exchange.to, &parties, doc, checking));
            Some(Exchange {
                name: name.value.clone(),
                title: exchange.title.clone().unwrap_or_else(|| name.value.clone()),
                from: from?,
                to: to?,
                due: exchange.due.as_ref().map(|due| Due::check(due, checking)),
                within: exchange.within,
                clause: exchange.clause.clone(),
            })
        });
        let exchanges = exchanges.collect();
        let vocabulary = vocabulary(doc, &parties, &mut words, checking);
        Some(Interface {
            title: doc.title.clone().unwrap_or_else(|| id.to_string()),
            id,
            process: process?,
            parties,
            owner: checking.named(doc.owner.as_ref(), "owner", &names.roles, "role"),
            kinds: doc.kind.clone(),
            phases: doc.phases.clone(),
            services: checking.all(&names.services, "service", &doc.services),
            integration_points: doc.integration_points.clone(),
            roles: doc.roles.iter().filter_map(|name| checking.subject(name, false)).collect(),
            exchanges,
            vocabulary,
            clause: doc.clause.clone(),
            validity: checking.validity(doc.from.as_ref(), doc.until.as_ref()),
            mark: doc.mark,
        })
    })
}

/// A party of the interface; one that is known but does not take part is a fault.
fn party_of(name: &Spot<String>, parties: &[PartyIdx], doc: &InterfaceDoc, checking: &mut Checking<'_>) -> Option<PartyIdx> {
    let names = checking.names;
    let party = checking.name(&names.parties, "party", name)?;
    if !parties.contains(&party) && parties.len() == doc.parties.len() {
        let problem = checking.faults.problem(&codes::NOT_OF_THIS, name.mark).with("kind", "party");
        checking.faults.report(problem.with("name", Argument::user(&name.value)).with("shape", "interface"));
    }
    Some(party)
}

fn vocabulary(
    doc: &InterfaceDoc,
    parties: &[PartyIdx],
    known: &mut BTreeMap<(PartyIdx, String, String), String>,
    checking: &mut Checking<'_>,
) -> Vec<Word> {
    let mut found = Vec::new();
    for (party, columns) in doc.vocabulary.iter() {
        let party = party_of(party, parties, doc, checking);
        for (column, translations) in columns.iter() {
            if !Vocabulary::COLUMNS.contains(&column.value.as_str()) {
                let codes = (&codes::UNKNOWN_WORD, &codes::UNKNOWN_WORD_NO_GUESS);
                let more = vec![
                    ("shape", Argument::from("a column with words of parties")),
                    ("allowed", Argument::name(Vocabulary::COLUMNS.join(", "))),
                ];
                checking.faults.unknown(codes, column.mark, ("word", &column.value), Vocabulary::COLUMNS.iter().copied(), more);
                continue;
            }
            for (theirs, ours) in translations.iter() {
                let Some(party) = party else { continue };
                let key = (party, column.value.clone(), theirs.value.clone());
                match known.insert(key, ours.value.clone()) {
                    Some(before) if before != ours.value => {
                        let problem = checking.faults.problem(&codes::TWO_TRANSLATIONS, ours.mark);
                        let problem = problem.with("word", Argument::user(&theirs.value));
                        checking
                            .faults
                            .report(problem.with("one", Argument::user(before)).with("other", Argument::user(&ours.value)));
                    }
                    _ => found.push(Word {
                        party,
                        column: column.value.clone(),
                        theirs: theirs.value.clone(),
                        ours: ours.value.clone(),
                    }),
                }
            }
        }
    }
    found
}
