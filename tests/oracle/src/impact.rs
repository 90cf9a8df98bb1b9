//! Impact: the level of every service.
//!
//! Goes in: a document, own levels of failed services, an instant. Comes out: effective levels by service.
//! **Invariant:** what a service makes of its dependencies is worked out from their levels anew each time it is asked.
//! **Not here:** what a rule makes of levels (`rule`); going round until nothing changes (`map`).

use crate::edges::mapped;
use crate::map::Map;
use crate::reading::{at, document_zone, entries, list, text, tree};
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
    let map = Map::read(document, instant);
    map.named(&map.settle(&map.own(failures)))
}

/// What the rule of a service makes of these levels of all services, its own left out.
pub fn felt(document: &str, service: &str, levels: &BTreeMap<String, String>, instant: i64) -> String {
    let root = tree(document);
    let zone = document_zone(&root);
    let names = level_names(&root);
    let number = |name: &str| names.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is no level"));
    let now: BTreeMap<&str, usize> = levels.iter().map(|(name, level)| (name.as_str(), number(level))).collect();
    let entry = entries(&root, "services").iter().find(|entry| &*entry.key == service).expect("a service");
    let rule = entry.value.get("depends_on").and_then(|node| at(node, instant, &zone));
    names[rule.map_or(0, |node| felt_of(node, &names, &now))].clone()
}

/// What a service makes of its dependencies.
pub(crate) fn felt_of(node: &Node, names: &[String], now: &BTreeMap<&str, usize>) -> usize {
    match &node.kind {
        NodeKind::Map(_) if node.get("of").is_some() && node.get("at_least").is_none() => long(node, names, now),
        _ => list(node).iter().map(|item| short(item, names, now)).max().unwrap_or(0),
    }
}

/// One item of the short form; all items are needed.
pub(crate) fn short(item: &Node, names: &[String], now: &BTreeMap<&str, usize>) -> usize {
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
pub(crate) fn seen(edge: &Node, names: &[String], now: &BTreeMap<&str, usize>) -> Option<Seen> {
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
