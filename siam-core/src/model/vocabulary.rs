//! Vocabularies: what the words of one party mean in the words of the ecosystem.
//!
//! Goes in: the model. Comes out: for each interface and column, their words with ours.
//! **Invariant:** a column of a vocabulary is one of `Vocabulary::COLUMNS`.
//! **Not here:** translating what happened (`evidence`).

use super::Model;
use std::collections::BTreeMap;

/// What words of one party mean in one column of tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// The interface that agrees it.
    pub interface: String,
    /// The id of the party whose words they are.
    pub party: String,
    /// The column or field: one of `COLUMNS`.
    pub column: String,
    /// Their word to ours.
    pub words: BTreeMap<String, String>,
}

impl Vocabulary {
    /// The columns of tickets and the fields of their histories whose words are translated.
    pub const COLUMNS: [&'static str; 4] = ["priority", "kind", "resolution", "state"];
}

impl Model {
    /// The vocabularies that its interfaces agree, in the order of interfaces, parties and columns.
    pub fn vocabulary(&self) -> Vec<Vocabulary> {
        let mut found: BTreeMap<(&str, &str, &str), BTreeMap<String, String>> = BTreeMap::new();
        for interface in self.interfaces.iter() {
            for word in &interface.vocabulary {
                let key = (interface.id.as_str(), self.party_name(word.party), word.column.as_str());
                found.entry(key).or_default().insert(word.theirs.clone(), word.ours.clone());
            }
        }
        let vocabulary = |((interface, party, column), words): ((&str, &str, &str), _)| Vocabulary {
            interface: interface.to_owned(),
            party: party.to_owned(),
            column: column.to_owned(),
            words,
        };
        found.into_iter().map(vocabulary).collect()
    }
}
