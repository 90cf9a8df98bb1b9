//! Responsibility: the RACI grid, and the equaliser that says how deep each layer goes.
//!
//! Goes in: `responsibilities:` and `equaliser:` of a document. Comes out: cells by process, activity and subject.
//! **Invariant:** process, activity and subject of a cell resolve; letters are of R, A, C, I, each once.
//! **Not here:** whether the grid is complete (`answer::findings`), whom to call (`answer::who`).

use super::dated::Timeline;
use super::party::{PartyIdx, PartyKind};
use super::process::ProcessIdx;
use super::role::RoleIdx;
use super::{Checking, Model};
use crate::base::{Argument, Instant, codes};
use crate::document::decode::record;
use crate::document::scalar::bad_value;
use crate::document::{Dated, Decode, Faults, Mark, Named, Node, Shape};

/// The word of the grid that stands for whoever provides the service asked about.
pub const PROVIDER: &str = "provider";

/// What a party or role is to an activity: any of Responsible, Accountable, Consulted, Informed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Letters(u8);

impl Letters {
    /// Does the work.
    pub const RESPONSIBLE: Letters = Letters(1);
    /// Answers for it.
    pub const ACCOUNTABLE: Letters = Letters(2);
    /// Is asked before.
    pub const CONSULTED: Letters = Letters(4);
    /// Is told after.
    pub const INFORMED: Letters = Letters(8);

    /// All four.
    pub const ALL: Letters = Letters(15);

    /// Whether it holds all of others.
    pub fn has(self, other: Letters) -> bool {
        self.0 & other.0 == other.0 && other.0 != 0
    }
    /// Whether it holds at least one of others.
    pub fn meets(self, other: Letters) -> bool {
        self.0 & other.0 != 0
    }
    /// Its letters and those of others.
    pub fn and(self, other: Letters) -> Letters {
        Letters(self.0 | other.0)
    }
    /// Whether it holds none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// The letters in the order A, R, C, I.
    pub fn text(self) -> String {
        let all = [(Self::ACCOUNTABLE, 'A'), (Self::RESPONSIBLE, 'R'), (Self::CONSULTED, 'C'), (Self::INFORMED, 'I')];
        all.into_iter().filter(|(letter, _)| self.has(*letter)).map(|(_, name)| name).collect()
    }
}

impl Decode for Letters {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(node, faults)?;
        let mut letters = 0;
        for letter in text.chars().filter(|letter| !matches!(letter, ' ' | ',' | '/' | '-')) {
            let bit = match letter {
                'R' => Self::RESPONSIBLE.0,
                'A' => Self::ACCOUNTABLE.0,
                'C' => Self::CONSULTED.0,
                'I' => Self::INFORMED.0,
                _ => 0,
            };
            if bit == 0 || letters & bit != 0 {
                bad_value(node, "letters of R, A, C, I, each once", "AR, or - for none", faults);
                return None;
            }
            letters |= bit;
        }
        Some(Self(letters))
    }
    fn shape() -> Shape {
        Shape::Text
    }
}

/// `responsibilities:` as written: process, activity, subject, letters.
pub type GridDoc = Named<Named<Named<Dated<Letters>>>>;

/// Who a cell speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A role.
    Role(RoleIdx),
    /// A party.
    Party(PartyIdx),
    /// Whoever provides the service in question.
    Provider,
}

/// One cell of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Responsibility {
    /// The process.
    pub process: ProcessIdx,
    /// The place of the activity in the process.
    pub activity: usize,
    /// Who.
    pub subject: Subject,
    /// What they are to it.
    pub letters: Timeline<Letters>,
    /// Where it is written.
    pub mark: Mark,
}

/// Checks the grid; `activities` are those of each process in order.
pub(super) fn responsibilities(
    docs: &GridDoc,
    activities: &dyn Fn(ProcessIdx) -> Vec<String>,
    checking: &mut Checking<'_>,
) -> Vec<Responsibility> {
    let mut cells = Vec::new();
    let names = checking.names;
    for (process_name, grid) in docs.iter() {
        let process = checking.name(&names.processes, "process", process_name);
        for (activity_name, row) in grid.iter() {
            let activity = process.and_then(|process| {
                let known = activities(process);
                let found = known.iter().position(|known| *known == activity_name.value);
                if found.is_none() {
                    let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                    let more = vec![("kind", Argument::from("activity of this process"))];
                    let known = known.iter().map(String::as_str);
                    checking.faults.unknown(codes, activity_name.mark, ("name", &activity_name.value), known, more);
                }
                found
            });
            for (subject_name, letters) in row.iter() {
                let subject = checking.subject(subject_name, true);
                let letters = checking.timeline(Some(letters), "letters", |letters| Some(*letters));
                if let (Some(process), Some(activity), Some(subject)) = (process, activity, subject) {
                    cells.push(Responsibility { process, activity, subject, letters, mark: subject_name.mark });
                }
            }
        }
    }
    cells
}

impl Model {
    /// Who has letters for an activity at an instant, in the order written.
    pub fn letters(&self, process: ProcessIdx, activity: usize, at: Instant) -> impl Iterator<Item = (Subject, Letters)> + '_ {
        let cells = self.responsibilities.iter().filter(move |cell| cell.process == process && cell.activity == activity);
        let held = cells.filter_map(move |cell| cell.letters.at(at).map(|letters| (cell.subject, *letters)));
        held.filter(|(_, letters)| !letters.is_empty())
    }
    /// The party behind a cell; none for whoever provides.
    pub fn party_of(&self, subject: Subject) -> Option<PartyIdx> {
        match subject {
            Subject::Role(role) => self.roles.get(role).map(|role| role.party),
            Subject::Party(party) => Some(party),
            Subject::Provider => None,
        }
    }
    /// Whether a role or party exists at an instant; whoever provides always does.
    pub fn is_there(&self, subject: Subject, at: Instant) -> bool {
        let validity = match subject {
            Subject::Role(role) => self.roles.get(role).map(|role| role.validity),
            Subject::Party(party) => self.parties.get(party).map(|party| party.validity),
            Subject::Provider => None,
        };
        validity.is_none_or(|validity| validity.contains(at))
    }
    /// How the grid names a role or party.
    pub fn subject_name(&self, subject: Subject) -> &str {
        match subject {
            Subject::Role(role) => self.roles.get(role).map_or("", |role| role.id.as_str()),
            Subject::Party(party) => self.party_name(party),
            Subject::Provider => PROVIDER,
        }
    }
    /// How to reach a role or party at an instant: a role's own contact, or else that of its party.
    pub fn contact(&self, subject: Subject, at: Instant) -> Option<&str> {
        let own = match subject {
            Subject::Role(role) => self.roles.get(role).and_then(|role| role.contact.at(at)),
            Subject::Party(_) | Subject::Provider => None,
        };
        let party = self.party_of(subject).and_then(|party| self.parties.get(party));
        own.or_else(|| party.and_then(|party| party.contact.at(at))).map(String::as_str)
    }
    /// The party that answers for another: the prime at the end of its chain, or itself where it is nobody's subcontractor.
    pub fn prime(&self, party: PartyIdx) -> PartyIdx {
        let mut prime = party;
        while let Some(next) = self.parties.get(prime).and_then(|party| party.subcontractor_of) {
            prime = next;
        }
        prime
    }
}

record! {
    /// How deep each layer goes in a process, from 0 (not at all) to 5 (does all of it).
    pub struct EqualiserDoc = "an equaliser" {
        /// The customer's retained organisation.
        customer: Option<Dated<u32>> = "customer",
        /// The service integrator.
        integrator: Option<Dated<u32>> = "integrator",
        /// The service providers.
        suppliers: Option<Dated<u32>> = "suppliers",
    }
}

/// How deep each layer goes in a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Equaliser {
    /// The process.
    pub process: ProcessIdx,
    /// Depths of customer, integrator and suppliers, 0 to 5.
    pub depths: [Timeline<u32>; 3],
    /// Where it is written.
    pub mark: Mark,
}

/// The layers in the order of an equaliser.
pub const LAYERS: [PartyKind; 3] = [PartyKind::Customer, PartyKind::Integrator, PartyKind::Supplier];

/// The deepest a layer can go.
pub const DEEPEST: u32 = 5;

/// Checks the equaliser.
pub(super) fn equaliser(docs: &Named<EqualiserDoc>, checking: &mut Checking<'_>) -> Vec<Equaliser> {
    let mut found = Vec::new();
    let names = checking.names;
    for (name, doc) in docs.iter() {
        let process = checking.name(&names.processes, "process", name);
        let depths = [&doc.customer, &doc.integrator, &doc.suppliers].map(|depth| {
            checking.timeline_at(depth.as_ref(), "depth", |depth, mark, faults| {
                if *depth > DEEPEST {
                    let problem = faults.problem(&codes::INDEX_OUT_OF_RANGE, mark).with("value", *depth);
                    faults.report(problem.with("low", 0_u32).with("high", DEEPEST));
                }
                Some(*depth)
            })
        });
        if let Some(process) = process {
            found.push(Equaliser { process, depths, mark: name.mark });
        }
    }
    found
}
