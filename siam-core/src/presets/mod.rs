//! Rules and edge maps of other systems' service trees and mappings of their exports, as data in this library's own words.
//!
//! Goes in: `rules.yaml`, `maps.yaml` and `servicenow.yaml`, compiled in. Comes out: trees that are read like a user's own.
//! **Invariant:** a preset is data: what it does, a document could have written out.
//! **Not here:** the algebra (`model::rule`), reading it (`model::rules`), putting parameters in (`template`).

mod template;

use crate::base::Limits;
use crate::document::tree::Entry;
use crate::document::{Faults, Node, Source, read};
use std::sync::OnceLock;

/// A rule or an edge map by name: its parameters and the tree they are put into.
#[derive(Debug)]
pub struct Preset {
    name: String,
    parameters: Vec<Parameter>,
    body: Node,
}

/// One parameter of a preset.
#[derive(Debug)]
struct Parameter {
    name: String,
    takes: Takes,
}

/// What a parameter takes.
#[derive(Debug)]
enum Takes {
    /// One value; its default where there is one.
    Value(Option<String>),
    /// A list of records: their keys with defaults.
    Records(Vec<(String, Option<String>)>),
}

/// Names with their defaults.
fn defaults(node: &Node) -> Vec<(String, Option<String>)> {
    let entries = node.entries().unwrap_or_default();
    entries.iter().map(|entry| (entry.key.to_string(), entry.value.text().map(str::to_owned))).collect()
}

fn read_presets(file: &str, text: &str, body: &str) -> Vec<Preset> {
    let mut faults = Faults::new(&Limits::default());
    let root = read(&[Source::text(file, text)], &mut faults);
    let entries = root.as_ref().and_then(Node::entries).unwrap_or_default();
    let parameter = |entry: &Entry| {
        let takes = match entry.value.get("list_of") {
            Some(record) => Takes::Records(defaults(record)),
            None => Takes::Value(entry.value.text().map(str::to_owned)),
        };
        Parameter { name: entry.key.to_string(), takes }
    };
    let preset = |entry: &Entry| {
        let parameters = entry.value.get("parameters").and_then(Node::entries).unwrap_or_default();
        Some(Preset {
            name: entry.key.to_string(),
            parameters: parameters.iter().map(parameter).collect(),
            body: entry.value.get(body)?.clone(),
        })
    };
    entries.iter().filter_map(preset).collect()
}

fn rules() -> &'static [Preset] {
    static RULES: OnceLock<Vec<Preset>> = OnceLock::new();
    RULES.get_or_init(|| read_presets("presets/rules.yaml", include_str!("rules.yaml"), "rule"))
}

fn maps() -> &'static [Preset] {
    static MAPS: OnceLock<Vec<Preset>> = OnceLock::new();
    MAPS.get_or_init(|| read_presets("presets/maps.yaml", include_str!("maps.yaml"), "impact"))
}

/// The rule of this name.
pub fn rule(name: &str) -> Option<&'static Preset> {
    rules().iter().find(|preset| preset.name == name)
}

/// The edge map of this name.
pub fn map(name: &str) -> Option<&'static Preset> {
    maps().iter().find(|preset| preset.name == name)
}

/// The mapping of this name as the text of a mapping document, in which an evidence table may be a list: the first that is given.
///
/// ```
/// assert!(siam_core::presets::mapping("servicenow").is_some());
/// ```
pub fn mapping(name: &str) -> Option<&'static str> {
    MAPPINGS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names of all mappings. Those of other tools stand beside these when they come.
pub fn mapping_names() -> Vec<&'static str> {
    MAPPINGS.iter().map(|(name, _)| *name).collect()
}

/// Mappings of the exports of tools.
static MAPPINGS: &[(&str, &str)] = &[("servicenow", include_str!("servicenow.yaml"))];

/// The names of all rules, in the order of their file.
///
/// ```
/// assert!(siam_core::presets::rule_names().contains(&"icinga.MIN".to_owned()));
/// ```
pub fn rule_names() -> Vec<String> {
    rules().iter().map(|preset| preset.name.clone()).collect()
}

/// The names of all edge maps, in the order of their file.
///
/// ```
/// assert!(siam_core::presets::map_names().contains(&"zabbix.increase".to_owned()));
/// ```
pub fn map_names() -> Vec<String> {
    maps().iter().map(|preset| preset.name.clone()).collect()
}

/// The names of the parameters of a rule; none where there is no such rule.
pub fn rule_parameters(name: &str) -> Vec<&'static str> {
    rule(name).map(Preset::parameters).unwrap_or_default()
}

/// The names of the parameters of an edge map; none where there is no such map.
pub fn map_parameters(name: &str) -> Vec<&'static str> {
    map(name).map(Preset::parameters).unwrap_or_default()
}

impl Preset {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The names of its parameters, in the order of its file.
    pub fn parameters(&self) -> Vec<&str> {
        self.parameters.iter().map(|parameter| parameter.name.as_str()).collect()
    }
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
    fn the_files_are_whole() {
        for (file, text, presets) in
            [("rules.yaml", include_str!("rules.yaml"), rules()), ("maps.yaml", include_str!("maps.yaml"), maps())]
        {
            let mut faults = Faults::new(&Limits::default());
            let root = read(&[Source::text(file, text)], &mut faults).unwrap();
            assert_eq!(faults.into_problems().to_string(), "", "{file}");
            assert_eq!(root.entries().map(<[Entry]>::len), Some(presets.len()), "a preset of {file} without a body");
        }
    }

    #[test]
    fn amounts_are_sums_only() {
        for bad in ["", "n -", "- 1", "1 2", "x", "1.5", "99999999999"] {
            assert_eq!(amount(bad, 3), None, "{bad}");
        }
        assert_eq!(amount("n - 9", 3), Some(0));
    }
}
