//! The placed tree: what a document says, with the place of every word.
//!
//! Goes in: events of the YAML reader. Comes out: nodes with file, line, column and bytes.
//! **Invariant:** a node's depth is bounded by the limits, so walking it may recurse.
//! **Not here:** what the words mean (`decode`).

/// A place in one of the documents of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// Which document, in the order given.
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// First byte.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub mark: Mark,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Nothing, `~` or `null`.
    Null,
    /// Words or a number, as written.
    Scalar {
        /// The text after escapes.
        text: Box<str>,
        /// Written without quotes, so that it may be a number or a truth value.
        plain: bool,
    },
    /// Several values.
    List(Vec<Node>),
    /// Named values, in the order written.
    Map(Vec<Entry>),
}

/// One named value of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The name.
    pub key: Box<str>,
    /// Where the name stands.
    pub mark: Mark,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The entries of a map.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            NodeKind::Map(entries) => Some(entries),
            _ => None,
        }
    }
    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|entry| &*entry.key == key).map(|entry| &entry.value)
    }
    /// The items of a list.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::List(items) => Some(items),
            _ => None,
        }
    }
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }
    /// What was found, in the words of messages.
    pub fn found(&self) -> &'static str {
        match &self.kind {
            NodeKind::Null => "nothing",
            NodeKind::Scalar { .. } => "a single value",
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
        }
    }
}
