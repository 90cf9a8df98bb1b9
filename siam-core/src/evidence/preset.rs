//! A mapping that names a preset: the preset with what the document writes over it.
//!
//! Goes in: the tree of a mapping document, the names of the given tables. Comes out: the tree of a mapping that names no preset.
//! **Invariant:** what the document writes stands; a key that it writes as null is taken out; nothing of a table that is not given stays.
//! **Not here:** the presets themselves (`presets`), what a mapping means (`plan`).

use crate::base::{Argument, codes};
use crate::document::tree::Entry;
use crate::document::{Faults, Node, NodeKind, Source, read};
use crate::presets;

/// The mapping that a document means; the document itself where it names no preset.
pub(super) fn resolve(written: Node, given: &[&str], faults: &mut Faults) -> Option<Node> {
    let Some(named) = written.get("preset").filter(|node| node.kind != NodeKind::Null) else { return Some(written) };
    let name = named.text().unwrap_or_default();
    let Some(text) = presets::mapping(name) else {
        let found = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
        let known = presets::mapping_names();
        faults.unknown(found, named.mark, ("name", name), known.iter().copied(), vec![("kind", "preset".into())]);
        return None;
    };
    let mut preset = read(&[Source::text(format!("preset {name}"), text)], faults)?;
    let tables: Vec<&str> = preset.get("tables").and_then(Node::entries).unwrap_or_default().iter().map(|e| &*e.key).collect();
    if !tables.iter().any(|table| given.contains(table)) {
        let problem = faults.problem(&codes::PRESET_UNUSED, named.mark).with("preset", Argument::user(name));
        faults.report(problem.with("known", Argument::name(tables.join(", "))));
        return None;
    }
    choose(&mut preset, given);
    over(&mut preset, written);
    if let NodeKind::Map(entries) = &mut preset.kind {
        entries.retain(|entry| &*entry.key != "preset");
    }
    Some(preset)
}

/// Of an evidence table that several tables could give, the first that is given.
fn choose(preset: &mut Node, given: &[&str]) {
    let NodeKind::Map(entries) = &mut preset.kind else { return };
    for entry in entries.iter_mut().filter(|entry| &*entry.key == "gives") {
        let NodeKind::Map(gives) = &mut entry.value.kind else { continue };
        for give in gives {
            if let NodeKind::List(several) = &give.value.kind {
                let from = |node: &&Node| node.get("from").and_then(Node::text).is_some_and(|from| given.contains(&from));
                if let Some(chosen) = several.iter().find(from).or_else(|| several.first()).cloned() {
                    give.value = chosen;
                }
            }
        }
    }
}

/// Writes one tree over another: maps key by key, all else as a whole.
fn over(below: &mut Node, above: Node) {
    let (NodeKind::Map(known), NodeKind::Map(_)) = (&mut below.kind, &above.kind) else {
        *below = above;
        return;
    };
    let NodeKind::Map(entries) = above.kind else { return };
    for entry in entries {
        if entry.value.kind == NodeKind::Null {
            known.retain(|first| first.key != entry.key);
            continue;
        }
        match known.iter_mut().find(|first| first.key == entry.key) {
            None => known.push(entry),
            Some(first) if moves(&first.value, &entry) => *first = entry,
            Some(first) => {
                first.mark = entry.mark;
                over(&mut first.value, entry.value);
            }
        }
    }
    below.mark = above.mark;
}

/// Whether an evidence table is to come from another table than the preset says: nothing of the preset then fits.
fn moves(preset: &Node, entry: &Entry) -> bool {
    let from = |node: &Node| node.get("from").and_then(Node::text).map(str::to_owned);
    from(&entry.value).is_some_and(|from_here| from(preset).is_some_and(|there| there != from_here))
}
