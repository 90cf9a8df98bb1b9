//! Impact: the level of every service, by going round until nothing changes.
//!
//! Goes in: a document, own levels of failed services, an instant. Comes out: effective levels by service.
//! **Invariant:** all services begin at the best level, so what comes out of monotone rules is the least fixpoint.
//! **Not here:** what a rule makes of levels (`rule`).

use crate::edges::mapped;
use crate::reading::{at, document_zone, entries, exists, list, text, tree};
use crate::rule::{Rule, Seen};
use siam_core::document::{Node, NodeKind};
use std::collections::{BTreeMap, BTreeSet};

/// The names of the levels of a document, best first.
pub fn level_names(root: &Node) -> Vec<String> {
    let named = crate::reading::texts(root.get("levels"));
    if named.is_empty() { ["operational", "degraded", "down"].map(str::to_owned).to_vec() } else { named }
}

/// The effective level of every service that exists at an instant: the worse of its own and of what its rule makes of its dependencies.
pub fn levels(document: &str, failures: &[(String, String)], instant: i64) -> BTreeMap<String, String> {
    let root = tree(document);
    let zone = document_zone(&root);
    let names = level_names(&root);
    let services: BTreeMap<&str, &Node> = entries(&root, "services")
        .iter()
        .filter(|entry| exists(&entry.value, instant, &zone))
        .map(|entry| (&*entry.key, &entry.value))
        .collect();
    let number = |name: &str| names.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is no level"));
    let own =
        |service: &str| failures.iter().filter(|(name, _)| name == service).map(|(_, level)| number(level)).max().unwrap_or(0);
    let mut now: BTreeMap<&str, usize> = services.keys().map(|name| (*name, 0)).collect();
    // A map without cycles settles after as many rounds as it is deep; with cycles each round makes at least one service worse.
    for _ in 0..=services.len() * names.len() + 1 {
        let next: BTreeMap<&str, usize> = services
            .iter()
            .map(|(name, service)| {
                let felt = service.get("depends_on").and_then(|node| at(node, instant, &zone));
                let felt = felt.map_or(0, |node| felt_of(node, &names, &now));
                (*name, felt.max(own(name)))
            })
            .collect();
        if next == now {
            return now.into_iter().map(|(name, level)| (name.to_owned(), names[level].clone())).collect();
        }
        now = next;
    }
    panic!("the levels do not settle: a cycle through a rule that is not monotone");
}

/// What a service makes of its dependencies.
fn felt_of(node: &Node, names: &[String], now: &BTreeMap<&str, usize>) -> usize {
    match &node.kind {
        NodeKind::Map(_) if node.get("of").is_some() && node.get("at_least").is_none() => long(node, names, now),
        _ => list(node).iter().map(|item| short(item, names, now)).max().unwrap_or(0),
    }
}

/// One item of the short form; all items are needed.
fn short(item: &Node, names: &[String], now: &BTreeMap<&str, usize>) -> usize {
    let (members, needed) = match (item.get("any_of"), item.get("at_least")) {
        (Some(members), _) => (members, 1),
        (None, Some(wanted)) => {
            let members = item.get("of").expect("a quorum has members");
            let wanted: usize = wanted.text().and_then(|text| text.parse().ok()).expect("a whole number");
            (members, wanted)
        }
        (None, None) => (item, 1),
    };
    // Of those that exist: what is gone is not there to be counted as working.
    let mut levels: Vec<usize> = list(members).iter().filter_map(|edge| seen(edge, names, now)).map(|seen| seen.level).collect();
    if levels.is_empty() {
        return 0;
    }
    // Worst first: the level of the last of those that must fail before it is felt.
    levels.sort_unstable_by(|a, b| b.cmp(a));
    let must_fail = (levels.len() + 1).saturating_sub(needed).clamp(1, levels.len());
    levels[must_fail - 1]
}

/// `{of: [...], rule: ...}`.
fn long(node: &Node, names: &[String], now: &BTreeMap<&str, usize>) -> usize {
    let written = list(node.get("of").expect("of"));
    let groups: BTreeSet<String> = written.iter().filter_map(|edge| text(edge, "group")).map(str::to_owned).collect();
    let seen: Vec<Seen> = written.iter().filter_map(|edge| seen(edge, names, now)).collect();
    let weight = |edge: &Node| text(edge, "weight").map_or(1, |text| text.parse::<i128>().expect("a whole number"));
    // What divides all weights: the largest number that leaves no rest.
    let most = written.iter().map(weight).max().unwrap_or(1).max(1);
    let divisor = (1..=most).rev().find(|d| written.iter().all(|edge| weight(edge) % d == 0)).unwrap_or(1);
    let rule = Rule { levels: names, written: written.len(), groups: &groups, divisor };
    node.get("rule").map_or_else(|| rule.order(true, "any", &seen), |tree| rule.value(tree, &seen))
}

/// A dependency as it is seen; none where its level is excluded or it does not exist.
fn seen(edge: &Node, names: &[String], now: &BTreeMap<&str, usize>) -> Option<Seen> {
    let name = edge.text().or_else(|| text(edge, "service")).expect("a dependency names a service");
    let level = *now.get(name)?;
    let level = edge.get("impact").map_or(Some(level), |impact| mapped(impact, names, level))?;
    let weight = text(edge, "weight").map_or(1, |text| text.parse().expect("a whole number"));
    Some(Seen { level, weight, group: text(edge, "group").map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(document: &str, failed: &[(&str, &str)], service: &str) -> String {
        let failed: Vec<_> = failed.iter().map(|(name, level)| (name.to_string(), level.to_string())).collect();
        levels(document, &failed, 0).remove(service).unwrap()
    }

    #[test]
    fn two_of_three_needed_is_down_when_two_are() {
        let document = "{siam: 1, services: {a: {}, b: {}, c: {}, n: {depends_on: [{at_least: 2, of: [a, b, c]}]}}}";
        assert_eq!(level(document, &[("a", "down")], "n"), "operational");
        assert_eq!(level(document, &[("a", "down"), ("b", "degraded")], "n"), "degraded");
        assert_eq!(level(document, &[("a", "down"), ("b", "down")], "n"), "down");
    }

    #[test]
    fn a_share_is_exact_where_floats_err() {
        let edges: Vec<String> = (0..50).map(|at| format!("s{at}")).collect();
        let services: Vec<String> = edges.iter().map(|name| format!("{name}: {{}}")).collect();
        let rule = "{first: [{when: {to: operational, at_least: 58%}, then: {const: operational}}, {else: {const: down}}]}";
        let document = format!(
            "{{siam: 1, services: {{{}, n: {{depends_on: {{of: [{}], rule: {rule}}}}}}}}}",
            services.join(", "),
            edges.join(", ")
        );
        let failed: Vec<(&str, &str)> = edges[..21].iter().map(|name| (name.as_str(), "down")).collect();
        assert_eq!(level(&document, &failed, "n"), "operational");
    }

    #[test]
    fn a_ring_takes_the_least_fixpoint() {
        let document = "{siam: 1, services: {dns: {depends_on: [ad]}, ad: {depends_on: [dns, power]}, power: {}}}";
        assert_eq!(level(document, &[], "dns"), "operational");
        assert_eq!(level(document, &[("power", "degraded")], "dns"), "degraded");
    }
}
