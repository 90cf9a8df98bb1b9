//! What if: a document changed as a tree, written again as text; and whether a rule is monotone.
//!
//! Goes in: a document and changes to its dependencies. Comes out: the changed document, its levels.
//! **Invariant:** what is asked of a changed document is asked of its text, so that anybody may load it.
//! **Not here:** the levels of a document (`impact`).

use crate::edges::mapped;
use crate::impact::{felt_of, level_names, levels};
use crate::map::{Levels, Map};
use crate::reading::{text, tree};
use siam_core::document::tree::Entry;
use siam_core::document::{Node, NodeKind};
use std::collections::BTreeMap;

/// A change to what a service depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A service no longer depends on another.
    Remove {
        /// The service.
        service: String,
        /// What it depended on.
        on: String,
    },
    /// A service sees another at most at a level.
    Weaken {
        /// The service.
        service: String,
        /// What it depends on.
        on: String,
        /// The worst level it sees it at.
        level: String,
    },
    /// A service depends on one more: in the short form it is needed, in the long form it is one more of those the rule is over.
    Add {
        /// The service.
        service: String,
        /// What it depends on from now on.
        on: String,
    },
    /// A service depends on one more, which joins a choice, a quorum or a group.
    Join {
        /// The service.
        service: String,
        /// What it depends on from now on.
        on: String,
        /// The dependency that it joins, in its list and in its group.
        beside: String,
    },
}

impl Change {
    /// The service that depends, and what it depends on.
    pub fn edge(&self) -> (&str, &str) {
        match self {
            Self::Remove { service, on }
            | Self::Weaken { service, on, .. }
            | Self::Add { service, on }
            | Self::Join { service, on, .. } => (service, on),
        }
    }
}

/// A document after changes, one after another, as text.
pub fn changed(document: &str, changes: &[Change]) -> String {
    let mut root = tree(document);
    let names = level_names(&root);
    for change in changes {
        let services = value_of(&mut root, "services").expect("the document has services");
        let service = value_of(services, change.edge().0).expect("the service is written");
        if matches!(service.kind, NodeKind::Null) {
            service.kind = NodeKind::Map(Vec::new());
        }
        if value_of(service, "depends_on").is_none() {
            let NodeKind::Map(entries) = &mut service.kind else { panic!("a service is a map") };
            let nothing = Node { mark: service.mark, kind: NodeKind::List(Vec::new()) };
            entries.push(Entry { key: "depends_on".into(), mark: service.mark, value: nothing });
        }
        let needs = value_of(service, "depends_on").expect("it was just written");
        for_all_time(needs, &mut |needs| change_needs(needs, change, &names));
    }
    written(&root)
}

/// Levels of a document after changes.
pub fn levels_after(document: &str, changes: &[Change], failures: &[(String, String)], instant: i64) -> BTreeMap<String, String> {
    levels(&changed(document, changes), failures, instant)
}

/// The failures that are left when all services of a party and of its subcontractors are healed.
pub fn healed(document: &str, failures: &[(String, String)], party: &str, instant: i64) -> Vec<(String, String)> {
    let map = Map::read(document, instant);
    let healed = map.services_of(party);
    failures.iter().filter(|(service, _)| !healed.contains(service.as_str())).cloned().collect()
}

/// Whether a worse dependency never makes a service better, over every combination of levels of its dependencies; none where
/// there are more combinations than `most`.
pub fn monotone(document: &str, service: &str, most: usize, instant: i64) -> Option<bool> {
    let map = Map::read(document, instant);
    let Some(needs) = &map.needs[service] else { return Some(true) };
    let mut on: Vec<&str> = map.edges(service).iter().filter_map(|edge| edge.text().or_else(|| text(edge, "service"))).collect();
    on.sort_unstable();
    on.dedup();
    // What does not exist has no level.
    on.retain(|name| map.needs.contains_key(*name));
    let all = map.names.len().checked_pow(u32::try_from(on.len()).ok()?).filter(|all| *all <= most)?;
    let felt = |levels: &Levels| felt_of(needs, &map.names, levels);
    for number in 0..all {
        let mut rest = number;
        let mut levels = Levels::new();
        for name in &on {
            levels.insert(name, rest % map.names.len());
            rest /= map.names.len();
        }
        let before = felt(&levels);
        for name in &on {
            let mut worse = levels.clone();
            worse.insert(name, levels[name] + 1);
            if levels[name] < map.worst() && felt(&worse) < before {
                return Some(false);
            }
        }
    }
    Some(true)
}

fn value_of<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let NodeKind::Map(entries) = &mut node.kind else { return None };
    entries.iter_mut().find(|entry| &*entry.key == key).map(|entry| &mut entry.value)
}

/// The value of an attribute, or each of its dated values.
fn for_all_time(node: &mut Node, change: &mut impl FnMut(&mut Node)) {
    if let Some(value) = value_of(node, "value") {
        return change(value);
    }
    match &mut node.kind {
        NodeKind::List(items) if !items.is_empty() && items.iter().all(|item| item.get("value").is_some()) => {
            items.iter_mut().filter_map(|item| value_of(item, "value")).for_each(change);
        }
        _ => change(node),
    }
}

fn change_needs(needs: &mut Node, change: &Change, names: &[String]) {
    // One alone stands for a list.
    if !matches!(needs.kind, NodeKind::List(_)) && (needs.get("of").is_none() || needs.get("at_least").is_some()) {
        let one = std::mem::replace(&mut needs.kind, NodeKind::Null);
        let items = if one == NodeKind::Null { Vec::new() } else { vec![Node { mark: needs.mark, kind: one }] };
        needs.kind = NodeKind::List(items);
    }
    let long = value_of(needs, "of").is_some();
    if !long && let NodeKind::List(items) = &mut needs.kind {
        for item in items.iter_mut() {
            for key in ["any_of", "of"] {
                if let Some(members) = value_of(item, key) {
                    change_edges(members, change, names, false);
                }
            }
        }
        // A choice between nothing is no item any more.
        let empty = |node: Option<&Node>| node.is_some_and(|node| node.items().is_some_and(<[Node]>::is_empty));
        items.retain(|item| !empty(item.get("any_of")) && !empty(item.get("of")));
        return change_edges(needs, change, names, true);
    }
    change_edges(value_of(needs, "of").expect("of"), change, names, true);
}

/// Changes edges of a list; items that are not edges stay.
fn change_edges(list: &mut Node, change: &Change, names: &[String], adds: bool) {
    let mark = list.mark;
    if !matches!(list.kind, NodeKind::List(_)) {
        let one = std::mem::replace(&mut list.kind, NodeKind::Null);
        list.kind = NodeKind::List(vec![Node { mark, kind: one }]);
    }
    let NodeKind::List(edges) = &mut list.kind else { return };
    let named = |edge: &Node, on: &str| edge.text().or_else(|| text(edge, "service")) == Some(on);
    match change {
        Change::Remove { on, .. } => edges.retain(|edge| !named(edge, on)),
        Change::Weaken { on, level, .. } => {
            edges.iter_mut().filter(|edge| named(edge, on)).for_each(|edge| weaken(edge, level, names))
        }
        Change::Add { on, .. } if adds => edges.push(word(on, list.mark)),
        Change::Add { .. } => {}
        Change::Join { on, beside, .. } => {
            if let Some(known) = edges.iter().find(|edge| named(edge, beside)) {
                let mut entries = vec![Entry { key: "service".into(), mark, value: word(on, mark) }];
                let group = known.entries().unwrap_or_default().iter().find(|entry| &*entry.key == "group");
                entries.extend(group.cloned());
                edges.push(Node { mark, kind: NodeKind::Map(entries) });
            }
        }
    }
}

/// The edge seen at most at a level: each level as it was seen, or at that level where it was seen as worse.
fn weaken(edge: &mut Node, most: &str, names: &[String]) {
    let mark = edge.mark;
    let number = |name: &str| names.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is no level"));
    let table = names.iter().enumerate().map(|(at, name)| {
        let seen = edge.get("impact").map_or(Some(at), |impact| mapped(impact, names, at));
        let Some(seen) = seen else { return Entry { key: name.as_str().into(), mark, value: word("excluded", mark) } };
        Entry { key: name.as_str().into(), mark, value: word(&names[seen.min(number(most))], mark) }
    });
    let table = Node { mark, kind: NodeKind::Map(table.collect()) };
    if let NodeKind::Scalar { .. } = edge.kind {
        let name = Node { mark, kind: std::mem::replace(&mut edge.kind, NodeKind::Null) };
        edge.kind = NodeKind::Map(vec![Entry { key: "service".into(), mark, value: name }]);
    }
    let NodeKind::Map(entries) = &mut edge.kind else { panic!("a dependency is a name or a map") };
    entries.retain(|entry| &*entry.key != "impact");
    entries.push(Entry { key: "impact".into(), mark, value: table });
}

fn word(text: &str, mark: siam_core::document::tree::Mark) -> Node {
    Node { mark, kind: NodeKind::Scalar { text: text.into(), plain: true } }
}

/// A tree as text in flow style.
pub fn written(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => "null".to_owned(),
        NodeKind::Scalar { text, plain } => scalar(text, *plain),
        NodeKind::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        NodeKind::Map(entries) => {
            let entry = |entry: &Entry| format!("{}: {}", scalar(&entry.key, true), written(&entry.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Words and numbers as they stood; quoted where they were, or where flow style would end them.
fn scalar(text: &str, plain: bool) -> String {
    let inside = |letter: char| letter.is_alphanumeric() || "-._/%+ :$".contains(letter);
    let ends = text.starts_with(|first: char| !first.is_alphanumeric()) || text.ends_with([' ', ':']) || text.contains(": ");
    if plain && !text.is_empty() && !ends && text.chars().all(inside) {
        return text.to_owned();
    }
    let escaped: String = text
        .chars()
        .map(|letter| match letter {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\t' => "\\t".to_owned(),
            other => other.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "{siam: 1, parties: {p: {kind: supplier}, q: {kind: supplier, subcontractor_of: p}},
        services: {a: {provider: p}, b: {provider: q}, c: {},
        n: {depends_on: [c, {any_of: [a, b]}]},
        m: {depends_on: {of: [a, {service: b, impact: {degraded: excluded}}, c], rule: {order: {count: 2}}}}}}";

    fn down(names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|name| (name.to_string(), "down".to_owned())).collect()
    }
    fn remove(service: &str, on: &str) -> Change {
        Change::Remove { service: service.to_owned(), on: on.to_owned() }
    }
    fn weaken(service: &str, on: &str) -> Change {
        Change::Weaken { service: service.to_owned(), on: on.to_owned(), level: "degraded".to_owned() }
    }

    #[test]
    fn a_removed_edge_carries_nothing() {
        assert_eq!(levels_after(SITE, &[], &down(&["c"]), 0)["n"], "down");
        assert_eq!(levels_after(SITE, &[remove("n", "c")], &down(&["c"]), 0)["n"], "operational");
        // Of two lines one is left, and it alone decides.
        assert_eq!(levels_after(SITE, &[remove("n", "b")], &down(&["a"]), 0)["n"], "down");
        assert_eq!(levels_after(SITE, &[remove("n", "b"), remove("n", "a")], &down(&["a", "b"]), 0)["n"], "operational");
    }

    #[test]
    fn a_weakened_edge_is_seen_at_most_at_its_level() {
        assert_eq!(levels_after(SITE, &[weaken("n", "c")], &down(&["c"]), 0)["n"], "degraded");
        assert_eq!(levels_after(SITE, &[weaken("n", "a")], &down(&["a", "b"]), 0)["n"], "degraded");
        // What a table excludes stays excluded, what it does not name is seen as it is and then weakened.
        let text = changed(SITE, &[weaken("m", "b")]);
        assert!(text.contains("{service: b, impact: {operational: operational, degraded: excluded, down: degraded}}"), "{text}");
        assert_eq!(levels(SITE, &down(&["b", "c"]), 0)["m"], "down");
        assert_eq!(levels(&text, &down(&["b", "c"]), 0)["m"], "degraded");
    }

    #[test]
    fn an_added_edge_is_needed_or_counted() {
        let more = [Change::Add { service: "c".to_owned(), on: "b".to_owned() }];
        assert_eq!(levels_after(SITE, &more, &down(&["b"]), 0)["n"], "down", "by way of c, which had no dependency");
        let counted = [Change::Add { service: "m".to_owned(), on: "n".to_owned() }];
        // c takes n down, so that two of four are down.
        assert_eq!(levels(SITE, &down(&["c"]), 0)["m"], "operational");
        assert_eq!(levels_after(SITE, &counted, &down(&["c"]), 0)["m"], "down");
    }

    #[test]
    fn a_joined_edge_is_one_more_to_choose_from() {
        let join = |service: &str, beside: &str| Change::Join {
            service: service.to_owned(),
            on: "d".to_owned(),
            beside: beside.to_owned(),
        };
        let site = "{siam: 1, services: {a: {}, b: {}, c: {}, d: {}, n: {depends_on: [c, {any_of: [a, b]}]},
            m: {depends_on: {of: [a, {service: b, group: left}, {service: c, group: left}], rule: {each_group: all}}}}}";
        assert_eq!(levels_after(site, &[join("n", "a")], &down(&["a", "b"]), 0)["n"], "operational");
        assert_eq!(levels_after(site, &[join("n", "a")], &down(&["a", "b", "d"]), 0)["n"], "down");
        assert_eq!(levels(site, &down(&["b", "c"]), 0)["m"], "down");
        assert_eq!(levels_after(site, &[join("m", "b")], &down(&["b", "c"]), 0)["m"], "operational", "left has d as well");
        assert_eq!(levels_after(site, &[join("m", "a")], &down(&["b", "c"]), 0)["m"], "down", "d is in no group, as a is");
    }

    #[test]
    fn with_a_party_its_subcontractors_heal() {
        let failures = down(&["a", "b", "c"]);
        assert_eq!(healed(SITE, &failures, "p", 0), down(&["c"]));
        assert_eq!(healed(SITE, &failures, "q", 0), down(&["a", "c"]));
    }

    #[test]
    fn a_document_written_again_is_the_same_tree() {
        let text =
            "siam: 1\nservices:\n  a: {title: 'He said \"no\", twice', users: 12}\n  b: {title: 'x: y', users: '12'}\n  c: ~\n";
        let again = written(&tree(text));
        assert_eq!(
            again,
            "{siam: 1, services: {a: {title: \"He said \\\"no\\\", twice\", users: 12}, b: {title: \"x: y\", users: \"12\"}, c: null}}"
        );
        assert_eq!(written(&tree(&again)), again);
    }

    fn is_monotone(rule: &str) -> Option<bool> {
        let document =
            format!("{{siam: 1, services: {{a: {{}}, b: {{}}, c: {{}}, n: {{depends_on: {{of: [a, b, c], rule: {rule}}}}}}}}}");
        monotone(&document, "n", 27, 0)
    }

    #[test]
    fn what_is_monotone_is_found_by_trying_all() {
        assert_eq!(is_monotone("{order: {count: 2}}"), Some(true));
        assert_eq!(is_monotone("{score: {gain: {degraded: 1, down: 2}, theta: {degraded: 2, down: 4}}}"), Some(true));
        assert_eq!(is_monotone("{score: {gain: {degraded: 2, down: 1}, theta: {degraded: 2, down: 4}}}"), Some(false));
        let exactly = "{first: [{when: {to: operational, equal: 1}, then: {const: operational}}, {else: {const: down}}]}";
        assert_eq!(is_monotone(exactly), Some(false), "exactly one at its best");
        let enough = "{first: [{when: {to: operational, at_least: 1}, then: {const: operational}}, {else: any}]}";
        assert_eq!(is_monotone(enough), Some(true), "one at its best is enough");
        assert_eq!(is_monotone("{post: {table: {operational: down, down: operational}, rule: any}}"), Some(false));
        assert_eq!(
            monotone("{siam: 1, services: {a: {}, b: {}, n: {depends_on: [a, b]}}}", "n", 8, 0),
            None,
            "nine are too many"
        );
        // Excluded when it is worst: no longer counted, so the service works again.
        let excluded = "{siam: 1, services: {a: {}, n: {depends_on: [{service: a, impact: {down: excluded}}]}}}";
        assert_eq!(monotone(excluded, "n", 8, 0), Some(false));
    }
}
