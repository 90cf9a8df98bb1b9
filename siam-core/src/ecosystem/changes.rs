//! Changes to what documents say: paths and the values that stand there instead.
//!
//! Goes in: a tree and changes as text. Comes out: the changed tree; every change that leads nowhere is a fault.
//! **Invariant:** what is not named stays as it is, in its order; a new key stands last in its map.
//! **Not here:** what the values mean (`model`), compiling (`ecosystem`).

#[cfg(test)]
mod tests;

use crate::base::{Argument, Instant, codes};
use crate::document::tree::Entry;
use crate::document::{Faults, Files, Mark, Node, NodeKind, Source, read};
use crate::model::Model;
use crate::model::calendar::CalendarIdx;
use crate::model::rule::ServiceIdx;
use crate::model::service::Service;
use std::collections::BTreeSet;

/// One change: where, where that is written, and what is to stand there; nothing takes it away.
#[derive(Debug, Clone)]
pub(super) struct Change {
    path: Vec<String>,
    mark: Mark,
    value: Node,
}

/// Reads changes given as a map from path to value, or as a list of `{path, value}`.
pub(super) fn read_all(text: &str, faults: &mut Faults) -> Option<Vec<Change>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let root = read(&[Source::text("changes", text)], faults)?;
    let mut changes = Vec::new();
    match root.kind {
        NodeKind::Map(entries) => {
            for entry in entries {
                let path = segments(&entry.key, entry.mark, faults);
                changes.extend(path.map(|path| Change { path, mark: entry.mark, value: entry.value }));
            }
        }
        NodeKind::List(items) => {
            for item in items {
                crate::document::decode::check_keys(&item, "a change", &["path", "value"], faults);
                let Some(path) = item.get("path") else {
                    wrong(&item, faults);
                    continue;
                };
                let listed = match (&path.kind, path.text()) {
                    (_, Some(text)) => segments(text, path.mark, faults),
                    (NodeKind::List(parts), _) => parts.iter().map(|part| part.text().map(str::to_owned)).collect(),
                    _ => None,
                };
                let Some(listed) = listed.filter(|listed| !listed.is_empty()) else {
                    wrong(path, faults);
                    continue;
                };
                let nothing = || Node { mark: item.mark, kind: NodeKind::Null };
                let value = item.get("value").cloned().unwrap_or_else(nothing);
                changes.push(Change { path: listed, mark: path.mark, value });
            }
        }
        _ => wrong(&root, faults),
    }
    Some(changes)
}

/// Reads changes given as pairs of path and value; each is a document of its own, named by its path.
pub(super) fn read_pairs(pairs: &[(&str, &str)], faults: &mut Faults) -> Vec<Change> {
    let mut changes = Vec::new();
    for (path, value) in pairs {
        // To the reader of documents a text that says nothing is empty.
        let value = if matches!(value.trim(), "" | "~" | "null") {
            let mark = Mark { file: faults.file(path, value), line: 1, column: 1, ..Mark::default() };
            Some(Node { mark, kind: NodeKind::Null })
        } else {
            read(&[Source::text(*path, *value)], faults)
        };
        if let Some(value) = value {
            let path = segments(path, value.mark, faults);
            changes.extend(path.map(|path| Change { path, mark: value.mark, value }));
        }
    }
    changes
}

fn wrong(node: &Node, faults: &mut Faults) {
    crate::document::scalar::wrong_type(node, "changes: a map from path to value, or a list of path and value", faults);
}

/// The parts of a path: between dots, and whole where quoted.
fn segments(path: &str, mark: Mark, faults: &mut Faults) -> Option<Vec<String>> {
    let (mut parts, mut part, mut quote, mut quoted) = (Vec::new(), String::new(), None, false);
    for c in path.chars() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') if part.is_empty() && !quoted => (quote, quoted) = (Some(c), true),
            (None, '.') => {
                parts.push(std::mem::take(&mut part));
                quoted = false;
            }
            (_, c) => part.push(c),
        }
    }
    parts.push(part);
    if quote.is_some() || parts.iter().any(String::is_empty) {
        let problem = faults.problem(&codes::BAD_VALUE, mark).with("value", Argument::user(path));
        let problem = problem.with("expected", "a path: names with dots between them");
        faults.report(problem.with("example", "services.email.provider, and quotes around a name with dots"));
        return None;
    }
    Some(parts)
}

/// Makes the changes in a tree, in their order; gives the services of whose rows in tables nothing is left, whether or not they are
/// written anew. `written` are the services whose
/// dependencies the documents name.
pub(super) fn apply(
    root: &mut Node,
    changes: Vec<Change>,
    model: &Model,
    written: &BTreeSet<ServiceIdx>,
    faults: &mut Faults,
) -> BTreeSet<String> {
    let mut gone = BTreeSet::new();
    for mut change in changes {
        if let [section, measure, ..] = change.path.as_slice()
            && section == "measures"
        {
            // Names of measures are theirs alone, so the agreement need not be said.
            if let Some(agreement) = agreement_of(root, measure) {
                change.path.splice(0..1, ["agreements".to_owned(), agreement, "measures".to_owned()]);
            }
        }
        if let [section, name] = change.path.as_slice()
            && section == "services"
            && change.value.kind == NodeKind::Null
            && (is_row(model, faults.files(), name) || on_table(model, written, name))
            && gone.insert(name.clone())
            && !is_written(root, name)
        {
            continue;
        }
        if let [section, name, rest @ ..] = change.path.as_slice()
            && section == "services"
            && let Some(service) = row(root, model, faults.files(), name).filter(|_| !gone.contains(name))
            && !rest.is_empty()
        {
            let row = write_out(service, model, change.mark);
            let path = vec![section.clone(), name.clone()];
            set(root, &Change { path, mark: change.mark, value: row }, faults);
        }
        if let ([_, name, _], true) = (change.path.as_slice(), takes_dependencies(&change))
            && on_table(model, written, name)
            && !gone.contains(name)
        {
            // Where documents say nothing of them, those of the table hold; so that none hold must be said.
            change.value.kind = NodeKind::List(Vec::new());
        }
        set(root, &change, faults);
    }
    gone
}

/// The agreement in which a measure stands.
fn agreement_of(root: &Node, measure: &str) -> Option<String> {
    let agreements = root.get("agreements")?.entries()?;
    let holds = |entry: &&Entry| entry.value.get("measures").is_some_and(|measures| measures.get(measure).is_some());
    agreements.iter().find(holds).map(|entry| entry.key.to_string())
}

/// A service that came in a table and is not in the tree yet.
fn row<'m>(root: &Node, model: &'m Model, files: &Files, name: &str) -> Option<&'m Service> {
    let service = model.services.get(*model.names.services.get(name)?)?;
    (!is_written(root, name) && is_row(model, files, name)).then_some(service)
}

/// Whether a tree has a service of this name.
fn is_written(root: &Node, name: &str) -> bool {
    root.get("services").is_some_and(|services| services.get(name).is_some())
}

/// Whether a service came in a table.
fn is_row(model: &Model, files: &Files, name: &str) -> bool {
    let service = model.names.services.get(name).and_then(|at| model.services.get(*at));
    service.is_some_and(|service| !files.is_written(service.mark))
}

fn takes_dependencies(change: &Change) -> bool {
    let named = matches!(change.path.as_slice(), [section, _, key] if section == "services" && key == "depends_on");
    named && change.value.kind == NodeKind::Null
}

/// Whether the dependencies of a service came in a table.
fn on_table(model: &Model, written: &BTreeSet<ServiceIdx>, name: &str) -> bool {
    let at = model.names.services.get(name).filter(|at| !written.contains(at));
    let service = at.and_then(|at| model.services.get(*at));
    service.is_some_and(|service| !service.depends_on.spans().is_empty())
}

/// A row of a table as a document says it, every column of it, each of which holds for all time; its dependencies and their rule stay
/// those of the table.
fn write_out(service: &Service, model: &Model, mark: Mark) -> Node {
    let scalar = |text: &str, plain| Node { mark, kind: NodeKind::Scalar { text: text.into(), plain } };
    let text = |text: &str| scalar(text, false);
    let at = Instant::MAX;
    let class = service.class.at(at).and_then(|class| model.classes.get(*class));
    let calendar = |at: Option<&CalendarIdx>| at.and_then(|at| model.calendars.get(*at)).map(|found| text(found.id.as_str()));
    // An end that is open is not said.
    let end = |at: Instant, open: Instant| (at != open).then(|| text(&at.to_string()));
    let said = [
        ("title", service.title.as_deref().map(text)),
        ("provider", service.provider.at(at).map(|party| text(model.party_name(*party)))),
        ("owner", service.owner.at(at).map(|owner| text(owner))),
        ("class", class.map(|class| text(class.id.as_str()))),
        ("stage", service.stage.at(at).map(|stage| text(stage.as_str()))),
        ("users", service.users.at(at).map(|users| scalar(&users.to_string(), true))),
        ("hours", calendar(service.hours.at(at))),
        ("user_hours", calendar(service.user_hours.at(at))),
        ("from", end(service.validity.from, Instant::MIN)),
        ("until", end(service.validity.until, Instant::MAX)),
    ];
    let entry = |(key, value): (&str, Option<Node>)| value.map(|value| Entry { key: key.into(), mark, value });
    Node { mark, kind: NodeKind::Map(said.into_iter().filter_map(entry).collect()) }
}

/// Puts a value at its path, or takes away what stands there.
fn set(root: &mut Node, change: &Change, faults: &mut Faults) {
    let Some((last, way)) = change.path.split_last() else { return };
    let mut node = root;
    for (depth, part) in way.iter().enumerate() {
        if node.kind == NodeKind::Null || depth == 0 && node.get(part).is_none() {
            if node.kind == NodeKind::Null {
                node.kind = NodeKind::Map(Vec::new());
            }
            if let (NodeKind::Map(entries), true) = (&mut node.kind, depth == 0) {
                let empty = Node { mark: change.mark, kind: NodeKind::Map(Vec::new()) };
                entries.push(Entry { key: part.as_str().into(), mark: change.mark, value: empty });
            }
        }
        if place(node, part).is_none() {
            nowhere(node, part, change, faults);
            return;
        }
        // Found above, so the walk goes on.
        let Some(next) = step(node, part) else { return };
        node = next;
    }
    if node.kind == NodeKind::Null {
        node.kind = NodeKind::Map(Vec::new());
    }
    let found = place(node, last);
    let takes = change.value.kind == NodeKind::Null;
    match (&mut node.kind, found, takes) {
        (NodeKind::Map(entries), Some(at), true) => drop(entries.remove(at)),
        (NodeKind::List(items), Some(at), true) => drop(items.remove(at)),
        (NodeKind::Map(_) | NodeKind::List(_), Some(_), false) => {
            if let Some(slot) = step(node, last) {
                *slot = change.value.clone();
            }
        }
        (NodeKind::Map(entries), None, false) => {
            entries.push(Entry { key: last.as_str().into(), mark: change.mark, value: change.value.clone() });
        }
        _ => nowhere(node, last, change, faults),
    }
}

/// Where a part of a path stands in a map or a list.
fn place(node: &Node, part: &str) -> Option<usize> {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().position(|entry| &*entry.key == part),
        NodeKind::List(items) => part.parse().ok().filter(|at| *at < items.len()),
        _ => None,
    }
}

fn step<'n>(node: &'n mut Node, part: &str) -> Option<&'n mut Node> {
    let at = place(node, part)?;
    match &mut node.kind {
        NodeKind::Map(entries) => entries.get_mut(at).map(|entry| &mut entry.value),
        NodeKind::List(items) => items.get_mut(at),
        _ => None,
    }
}

fn nowhere(node: &Node, part: &str, change: &Change, faults: &mut Faults) {
    let path = Argument::user(change.path.join("."));
    let known = node.entries().unwrap_or_default().iter().map(|entry| &*entry.key);
    let codes = (&codes::CHANGE_LEADS_NOWHERE, &codes::CHANGE_LEADS_NOWHERE_NO_GUESS);
    faults.unknown(codes, change.mark, ("part", part), known, vec![("path", path)]);
}
