//! Reading text into one placed tree, several documents merged.
//!
//! Goes in: named YAML or JSON texts. Comes out: one map node, or none where nothing could be read; faults in the collector.
//! **Invariant:** bytes, nodes and depth are bounded before anything grows; anchors, tags and merge keys are refused, not guessed.
//! **Not here:** meaning (`decode`).

use super::faults::Faults;
use super::tree::{Entry, Mark, Node, NodeKind};
use crate::base::{Argument, codes};
use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, Span};
use std::collections::HashMap;

/// A document to read: a name for messages and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What messages call it, usually its file name.
    pub name: String,
    /// Its text, YAML or JSON.
    pub text: String,
}

impl Source {
    /// A document from memory.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// Reads all documents and merges them: maps of the same top-level key join, anything else may stand only once.
pub fn read(sources: &[Source], faults: &mut Faults) -> Option<Node> {
    let bytes: usize = sources.iter().map(|source| source.text.len()).sum();
    let limit = faults.limits().document_bytes.min(u32::MAX as usize);
    if bytes > limit {
        let file = faults.file(sources.first().map_or("document", |source| &source.name), "");
        let problem = faults.problem(&codes::DOCUMENT_TOO_LARGE, Mark { file, ..Mark::default() });
        faults.report(problem.with("limit", limit).with("what", "bytes"));
        return None;
    }
    let mut left = faults.limits().document_nodes;
    let mut merged: Option<Node> = None;
    for source in sources {
        let file = faults.file(&source.name, &source.text);
        let Some(root) = (Reading { file, faults, left: &mut left }).document(&source.text) else { continue };
        match &mut merged {
            None => merged = Some(root),
            Some(into) => merge(into, root, faults),
        }
    }
    if merged.is_none() && faults.count() == 0 {
        let file = faults.file("document", "");
        let problem = faults.problem(&codes::EMPTY_DOCUMENT, Mark { file, ..Mark::default() });
        faults.report(problem);
    }
    merged
}

/// Reads the text of a cell as a value of a document; what is wrong has no place of its own.
pub fn read_cell(text: &str, faults: &mut Faults) -> Option<Node> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    if text.starts_with(char::is_alphanumeric) && text.chars().all(word) && !text.ends_with(' ') {
        return Some(Node { mark: Mark::default(), kind: NodeKind::Scalar { text: text.into(), plain: true } });
    }
    let mut left = faults.limits().document_nodes;
    let file = faults.file("cell", text);
    let read = Reading { file, faults, left: &mut left }.document(text);
    if read.is_none() && faults.count() == 0 {
        let problem = faults.problem(&codes::EMPTY_DOCUMENT, Mark::default());
        faults.report(problem);
    }
    read
}

fn merge(into: &mut Node, from: Node, faults: &mut Faults) {
    let mark = from.mark;
    let (NodeKind::Map(known), NodeKind::Map(entries)) = (&mut into.kind, from.kind) else {
        let problem = faults.problem(&codes::WRONG_TYPE, mark);
        faults.report(problem.with("expected", "a map at the top of every document").with("found", "something else"));
        return;
    };
    for entry in entries {
        let Some(first) = known.iter_mut().find(|first| first.key == entry.key) else {
            known.push(entry);
            continue;
        };
        match (&mut first.value.kind, entry.value.kind) {
            (NodeKind::Map(named), NodeKind::Map(more)) => {
                let mut places: HashMap<Box<str>, Mark> = named.iter().map(|e| (e.key.clone(), e.mark)).collect();
                for item in more {
                    match places.get(&item.key) {
                        Some(first) => {
                            let problem = faults.problem(&codes::DUPLICATE_NAME, item.mark);
                            let problem =
                                problem.with("kind", Argument::name(&*entry.key)).with("name", Argument::user(&item.key));
                            let first = faults.place_text(*first);
                            faults.report(problem.with("first", first));
                        }
                        None => {
                            places.insert(item.key.clone(), item.mark);
                            named.push(item);
                        }
                    }
                }
            }
            // The same scalar in every file (`siam: 1`) is agreement, not contradiction.
            (NodeKind::Scalar { text: same, .. }, NodeKind::Scalar { text: other, .. }) if *same == other => {}
            _ => {
                let problem = faults.problem(&codes::DUPLICATE_KEY, entry.mark).with("key", Argument::user(&entry.key));
                let place = faults.place_text(first.mark);
                faults.report(problem.with("first", place));
            }
        }
    }
}

struct Reading<'a> {
    file: u32,
    faults: &'a mut Faults,
    left: &'a mut usize,
}

enum Open {
    List(Mark, Vec<Node>),
    Map { mark: Mark, entries: Vec<Entry>, places: HashMap<Box<str>, Mark>, key: Option<(Box<str>, Mark)> },
}

impl Reading<'_> {
    fn mark(&self, span: &Span) -> Mark {
        let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let range = span.byte_range().unwrap_or(0..0);
        Mark {
            file: self.file,
            line: narrow(span.start.line()),
            column: narrow(span.start.col() + 1),
            start: narrow(range.start),
            end: narrow(range.end),
        }
    }

    fn refuse(&mut self, mark: Mark, what: &'static str) {
        let problem = self.faults.problem(&codes::UNSUPPORTED_YAML, mark);
        self.faults.report(problem.with("what", what));
    }

    fn too_large(&mut self, mark: Mark, limit: usize, what: &'static str) {
        let problem = self.faults.problem(&codes::DOCUMENT_TOO_LARGE, mark);
        self.faults.report(problem.with("limit", limit).with("what", what));
    }

    fn document(&mut self, text: &str) -> Option<Node> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut options = Options::default();
        options.emit_unresolved_aliases = true;
        options.flow_nesting_limit = self.faults.limits().document_depth;
        options.block_nesting_limit = self.faults.limits().document_depth;
        let mut open: Vec<Open> = Vec::new();
        let mut root: Option<Node> = None;
        for next in Parser::new_from_str_with_options(text, options) {
            let (event, span) = match next {
                Ok(next) => next,
                Err(fault) => {
                    let at = fault.marker();
                    let start = u32::try_from(at.byte_offset().unwrap_or(0)).unwrap_or(u32::MAX);
                    let line = u32::try_from(at.line()).unwrap_or(u32::MAX);
                    let column = u32::try_from(at.col() + 1).unwrap_or(u32::MAX);
                    let mark = Mark { file: self.file, line, column, start, end: start.saturating_add(1) };
                    if matches!(fault.kind(), ErrorKind::RecursionLimitExceeded) {
                        self.too_large(mark, self.faults.limits().document_depth, "levels of nesting");
                    } else {
                        let problem = self.faults.problem(&codes::SYNTAX, mark);
                        self.faults.report(problem.with("detail", Argument::name(fault.info())));
                    }
                    return None;
                }
            };
            let mark = self.mark(&span);
            if event.tag().is_some() {
                self.refuse(mark, "a YAML tag (`!`)");
            }
            if event.anchor_id().is_some_and(|id| id > 0) {
                self.refuse(mark, "a YAML anchor (`&`)");
            }
            if event.is_node() {
                if *self.left == 0 {
                    self.too_large(mark, self.faults.limits().document_nodes, "nodes");
                    return None;
                }
                *self.left -= 1;
            }
            let done = match event {
                Event::Scalar(value, style, ..) => {
                    let plain = style == ScalarStyle::Plain;
                    let kind = match &*value {
                        "" | "~" | "null" | "Null" | "NULL" if plain => NodeKind::Null,
                        text => NodeKind::Scalar { text: text.into(), plain },
                    };
                    Some(Node { mark, kind })
                }
                Event::Alias(_) | Event::UnresolvedAlias(_) => {
                    self.refuse(mark, "a YAML alias (`*`)");
                    Some(Node { mark, kind: NodeKind::Null })
                }
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    if open.len() >= self.faults.limits().document_depth {
                        self.too_large(mark, self.faults.limits().document_depth, "levels of nesting");
                        return None;
                    }
                    open.push(match event {
                        Event::SequenceStart(..) => Open::List(mark, Vec::new()),
                        _ => Open::Map { mark, entries: Vec::new(), places: HashMap::new(), key: None },
                    });
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => open.pop().map(|closed| match closed {
                    Open::List(mark, items) => Node { mark, kind: NodeKind::List(items) },
                    Open::Map { mark, entries, .. } => Node { mark, kind: NodeKind::Map(entries) },
                }),
                _ => None,
            };
            if let Some(node) = done {
                match open.last_mut() {
                    None if root.is_some() => self.refuse(node.mark, "a second document in one text (`---`)"),
                    None => root = Some(node),
                    Some(Open::List(_, items)) => items.push(node),
                    Some(Open::Map { entries, places, key, .. }) => match key.take() {
                        None => *key = Some(self.key(node)),
                        Some((name, at)) => match places.get(&name) {
                            Some(first) => {
                                let problem = self.faults.problem(&codes::DUPLICATE_KEY, at);
                                let place = self.faults.place_text(*first);
                                self.faults.report(problem.with("key", Argument::user(&*name)).with("first", place));
                            }
                            None => {
                                places.insert(name.clone(), at);
                                entries.push(Entry { key: name, mark: at, value: node });
                            }
                        },
                    },
                }
            }
        }
        root.filter(|node| node.kind != NodeKind::Null)
    }

    fn key(&mut self, node: Node) -> (Box<str>, Mark) {
        match node.kind {
            NodeKind::Scalar { text, plain } => {
                if plain && &*text == "<<" {
                    self.refuse(node.mark, "a YAML merge key (`<<`)");
                }
                (text, node.mark)
            }
            _ => {
                self.refuse(node.mark, "a key that is not a single word");
                ("".into(), node.mark)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;

    fn faults_of(texts: &[&str]) -> Vec<String> {
        let mut faults = Faults::new(&Limits::default());
        let sources: Vec<Source> = texts.iter().enumerate().map(|(n, text)| Source::text(format!("f{n}"), *text)).collect();
        read(&sources, &mut faults);
        faults.into_problems().iter().map(|p| format!("{} {}", p.code().name, p.place())).collect()
    }

    #[test]
    fn every_duplicate_anchor_and_tag_is_named_at_its_place() {
        let found = faults_of(&["a: 1\nb: &x 2\na: 3\nc: !!str 4\nb: *x\n"]);
        assert_eq!(
            found,
            [
                "unsupported-yaml f0:2:7",
                "duplicate-key f0:3:1",
                "unsupported-yaml f0:4:10",
                "duplicate-key f0:5:1",
                "unsupported-yaml f0:5:4"
            ]
        );
    }

    #[test]
    fn several_files_join_their_maps_and_name_what_stands_twice() {
        let found = faults_of(&["siam: 1\nservices: {a: 1}\n", "siam: 1\nservices: {b: 1, a: 2}\nzone: UTC\n", "zone: CET\n"]);
        assert_eq!(found, ["duplicate-name f1:2:18", "duplicate-key f2:1:1"]);
    }

    #[test]
    fn depth_and_nodes_are_bounded() {
        assert_eq!(faults_of(&[&"[".repeat(100_000)]), ["document-too-large f0:1:65"].map(str::to_owned));
        let limits = Limits { document_nodes: 10, ..Limits::default() };
        let mut faults = Faults::new(&limits);
        assert!(read(&[Source::text("x", "[1,2,3,4,5,6,7,8,9,10,11]")], &mut faults).is_none());
    }

    #[test]
    fn json_is_read_by_the_same_reader() {
        let mut faults = Faults::new(&Limits::default());
        let text = "{\n\t\"a\": \"\\u00e9\\/\", \"b\": [1, true, null]}";
        let root = read(&[Source::text("x.json", text)], &mut faults).unwrap();
        assert_eq!(faults.count(), 0);
        assert_eq!(root.get("a").and_then(Node::text), Some("é/"));
        assert_eq!(root.get("b").and_then(Node::items).map(<[Node]>::len), Some(3));
        let mark = root.get("b").map(|node| (node.mark.line, node.mark.column));
        assert_eq!(mark, Some((2, 24)));
    }
}
