//! How a dependent sees a level of a dependency, as it is written.
//!
//! Goes in: the tree of an `impact`, the names of the levels, a level. Comes out: a level, or none where it is excluded.
//! **Invariant:** the edge maps of other systems are written out here one by one, not read from a table.
//! **Not here:** what a rule makes of it (`rule`).

use crate::reading::text;
use siam_core::document::Node;

/// The level that is seen.
pub fn mapped(impact: &Node, names: &[String], level: usize) -> Option<usize> {
    let number = |name: &str| names.iter().position(|known| known == name);
    if let Some(word) = impact.text() {
        return match number(word) {
            Some(most) => Some(level.min(most)),
            None if word == "excluded" => None,
            None => named(word, None, names, level),
        };
    }
    let entries = impact.entries().expect("a level, a table, a shift or a name");
    if let [entry] = entries
        && entry.key.contains('.')
    {
        return named(&entry.key, Some(&entry.value), names, level);
    }
    if ["worse_by", "better_by", "set"].iter().any(|key| impact.get(key).is_some()) {
        return shifted(impact, names, level);
    }
    match entries.iter().find(|entry| number(&entry.key) == Some(level)).and_then(|entry| entry.value.text()) {
        None => Some(level),
        Some("excluded") => None,
        Some(name) => Some(number(name).expect("a level")),
    }
}

fn shifted(shift: &Node, names: &[String], level: usize) -> Option<usize> {
    let bound = |key: &str| text(shift, key).map(|name| names.iter().position(|known| known == name).expect("a level"));
    let stays = bound("from").is_some_and(|from| level < from)
        || bound("above").is_some_and(|above| level <= above)
        || bound("to").is_some_and(|to| level > to);
    if stays {
        return Some(level);
    }
    let steps = |key: &str| text(shift, key).map(|steps| steps.parse::<usize>().expect("a number of levels"));
    let last = names.len() - 1;
    let moved = if text(shift, "set") == Some("excluded") {
        return None;
    } else if let Some(to) = bound("set") {
        to
    } else if let Some(steps) = steps("worse_by") {
        (level + steps).min(last)
    } else {
        level - steps("better_by").expect("a shift").min(level)
    };
    let raised = moved.max(bound("floor").unwrap_or(0));
    Some(raised.min(bound("cap").unwrap_or(last)))
}

fn named(name: &str, given: Option<&Node>, names: &[String], level: usize) -> Option<usize> {
    let parameter = |key: &str, first: bool| match given {
        Some(node) if node.entries().is_some() => text(node, key),
        Some(node) if first => node.text(),
        _ => None,
    };
    let number = |name: &str| names.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is no level"));
    let by = || parameter("by", true).map_or(1, |by| by.parse::<usize>().expect("a number of levels"));
    let last = names.len() - 1;
    match name {
        "zabbix.increase" | "zabbix.decrease" | "zabbix.set" if level == 0 => Some(0),
        "zabbix.increase" => Some((level + by()).min(last)),
        "zabbix.decrease" => Some(level.saturating_sub(by()).max(1)),
        "zabbix.set" => Some(number(parameter("to", true).expect("to"))),
        "zabbix.ignore" => match parameter("as", true) {
            None | Some("excluded") => None,
            Some(seen) => Some(number(seen)),
        },
        "servicenow.lower_one" => Some(level.saturating_sub(1)),
        _ => {
            let always = parameter("applies", false) == Some("always");
            let normal = number(parameter("normal", false).unwrap_or("NORMAL"));
            if !always && level <= normal {
                return Some(level);
            }
            match name {
                "opennms.increase" => Some((level + by()).min(last)),
                "opennms.decrease" if always => Some(level.saturating_sub(by())),
                "opennms.decrease" => Some(level.saturating_sub(by()).max(normal)),
                "opennms.set" => Some(number(parameter("to", true).expect("to"))),
                "opennms.ignore" => match parameter("as", true) {
                    Some("excluded") => None,
                    seen => Some(number(seen.unwrap_or("NORMAL"))),
                },
                _ => panic!("the oracle does not know the edge map {name}"),
            }
        }
    }
}
