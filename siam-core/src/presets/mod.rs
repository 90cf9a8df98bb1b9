//! Rules of other systems' service trees, as data in this library's own rule algebra.
//!
//! Goes in: `rules.yaml`, compiled into the library. Comes out: trees that the reader of rules reads like a user's own.
//! **Invariant:** a preset is data: what it does, a document could have written out.
//! **Not here:** the algebra (`model::rule`), reading it (`model::dependency`); export mappings join when they are built.

use crate::base::{Argument, Limits, codes};
use crate::document::tree::Entry;
use crate::document::{Faults, Mark, Node, NodeKind, Source, read};
use std::sync::OnceLock;

/// A rule by name: its parameters and the tree they are put into.
#[derive(Debug)]
pub struct RulePreset {
    name: String,
    parameters: Vec<(String, Option<String>)>,
    rule: Node,
}

fn rules() -> &'static [RulePreset] {
    static RULES: OnceLock<Vec<RulePreset>> = OnceLock::new();
    RULES.get_or_init(|| {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("presets/rules.yaml", include_str!("rules.yaml"))], &mut faults);
        let entries = root.as_ref().and_then(Node::entries).unwrap_or_default();
        let preset = |entry: &Entry| {
            let parameters = entry.value.get("parameters").and_then(Node::entries).unwrap_or_default();
            let parameters = parameters.iter().map(|one| (one.key.to_string(), one.value.text().map(str::to_owned)));
            Some(RulePreset {
                name: entry.key.to_string(),
                parameters: parameters.collect(),
                rule: entry.value.get("rule")?.clone(),
            })
        };
        entries.iter().filter_map(preset).collect()
    })
}

/// The rule of this name.
pub fn rule(name: &str) -> Option<&'static RulePreset> {
    rules().iter().find(|preset| preset.name == name)
}

/// The names of all rules, in the order of their file.
///
/// ```
/// assert!(siam_core::presets::rule_names().contains(&"any".to_owned()));
/// ```
pub fn rule_names() -> Vec<String> {
    rules().iter().map(|preset| preset.name.clone()).collect()
}

/// The names of the parameters of a rule; none where there is no such rule.
pub fn rule_parameters(name: &str) -> Vec<&'static str> {
    rule(name).into_iter().flat_map(|preset| &preset.parameters).map(|(name, _)| name.as_str()).collect()
}

impl RulePreset {
    /// The rule with its parameters put in: `$k` takes the value given for k, `$worst` and `$best` the ends of the chain of levels.
    /// One value alone stands for the first parameter. Every fault is reported at `mark`.
    pub fn expand(&self, given: Option<&Node>, mark: Mark, levels: &[String], faults: &mut Faults) -> Option<Node> {
        let mut values: Vec<(String, String)> = Vec::new();
        if let (Some(best), Some(worst)) = (levels.first(), levels.last()) {
            values.push(("best".into(), best.clone()));
            values.push(("worst".into(), worst.clone()));
        }
        let mut complete = true;
        for (at, (name, default)) in self.parameters.iter().enumerate() {
            let written = match given {
                Some(node) if node.entries().is_some() => node.get(name).and_then(Node::text),
                Some(node) if at == 0 => node.text(),
                _ => None,
            };
            match written.map(str::to_owned).or_else(|| default.clone()) {
                Some(value) => values.push((name.clone(), value)),
                None => {
                    let problem = faults.problem(&codes::MISSING_KEY, mark).with("shape", Argument::user(&self.name));
                    faults.report(problem.with("key", Argument::name(name)).with("expected", "a value"));
                    complete = false;
                }
            }
        }
        for entry in given.and_then(Node::entries).unwrap_or_default() {
            let known = self.parameters.iter().map(|(name, _)| name.as_str());
            if !known.clone().any(|name| name == &*entry.key) {
                let codes = (&codes::UNKNOWN_KEY, &codes::UNKNOWN_KEY_NO_GUESS);
                let allowed = known.clone().collect::<Vec<_>>().join(", ");
                let more = vec![("shape", Argument::user(&self.name)), ("allowed", Argument::name(allowed))];
                faults.unknown(codes, entry.mark, ("key", &entry.key), known, more);
                complete = false;
            }
        }
        // Longest names first, so that `$count` is not read as `$c` with `ount` after it.
        values.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        complete.then(|| put_in(&self.rule, &values, mark))
    }
}

/// A copy of the tree with the values in place, all of it standing where the preset was named.
fn put_in(node: &Node, values: &[(String, String)], mark: Mark) -> Node {
    let replace = |text: &str| -> Box<str> {
        if !text.contains('$') {
            return text.into();
        }
        values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value)).into()
    };
    let kind = match &node.kind {
        NodeKind::Null => NodeKind::Null,
        NodeKind::Scalar { text, plain } => NodeKind::Scalar { text: replace(text), plain: *plain },
        NodeKind::List(items) => NodeKind::List(items.iter().map(|item| put_in(item, values, mark)).collect()),
        NodeKind::Map(entries) => NodeKind::Map(
            entries
                .iter()
                .map(|entry| Entry { key: replace(&entry.key), mark, value: put_in(&entry.value, values, mark) })
                .collect(),
        ),
    };
    Node { mark, kind }
}

/// An amount as text: a sum of whole numbers and of `n`, the number of dependencies; never below zero.
///
/// ```
/// use siam_core::presets::amount;
/// assert_eq!(amount("3", 5), Some(3));
/// assert_eq!(amount("n - 2 + 1", 5), Some(4));
/// assert_eq!(amount("2/3", 5), None);
/// ```
pub fn amount(text: &str, n: usize) -> Option<u64> {
    let mut total = 0_i64;
    let mut sign = 1;
    let mut value_next = true;
    for word in text.split_whitespace() {
        match word {
            "+" | "-" if !value_next => {
                sign = if word == "+" { 1 } else { -1 };
                value_next = true;
            }
            word if value_next => {
                let value = if word == "n" { i64::try_from(n).ok()? } else { i64::from(word.parse::<u32>().ok()?) };
                total = total.checked_add(sign * value)?;
                value_next = false;
            }
            _ => return None,
        }
    }
    if value_next { None } else { u64::try_from(total.max(0)).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_rules_is_whole() {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("rules.yaml", include_str!("rules.yaml"))], &mut faults).unwrap();
        assert_eq!(faults.into_problems().to_string(), "");
        assert_eq!(root.entries().map(<[Entry]>::len), Some(rules().len()), "a rule without `rule:`");
    }

    #[test]
    fn amounts_are_sums_only() {
        for bad in ["", "n -", "- 1", "1 2", "x", "1.5", "99999999999"] {
            assert_eq!(amount(bad, 3), None, "{bad}");
        }
        assert_eq!(amount("n - 9", 3), Some(0));
    }
}
