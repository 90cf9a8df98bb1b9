//! A preset with its parameters put in.
//!
//! Goes in: a preset, the parameters written, the chain of levels. Comes out: a tree such as a document could hold, or faults.
//! **Invariant:** a value stands in the tree with the place where it was written; all else stands where the preset was named.
//! **Not here:** which presets there are (`presets`), what the tree means (`model`).

use super::{Preset, Takes};
use crate::base::{Argument, codes};
use crate::document::scalar::wrong_type;
use crate::document::tree::Entry;
use crate::document::{Faults, Mark, Node, NodeKind};
use std::collections::BTreeMap;

/// What names stand for; those of a record before those around it.
#[derive(Default)]
struct Scope<'a> {
    own: BTreeMap<&'a str, Value>,
    outer: Option<&'a Scope<'a>>,
}

impl Scope<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.own.get(name).or_else(|| self.outer.and_then(|outer| outer.own.get(name)))
    }
}

#[derive(Debug, Clone)]
enum Value {
    One(Box<str>, Mark),
    /// The records, and the list as it was written.
    Records(Vec<Vec<(String, Box<str>, Mark)>>, Node),
}

impl Preset {
    /// The tree with its parameters put in: `$k` takes the value given for k; `$best`, `$second` and `$worst` are levels of the chain.
    /// A value or a list that is not a map stands for the first parameter. Every fault is reported, at what was written or else at `mark`.
    pub fn expand(&self, given: Option<&Node>, mark: Mark, levels: &[String], faults: &mut Faults) -> Option<Node> {
        let before = faults.errors();
        let mut scope = Scope::default();
        let ends = [("best", levels.first()), ("second", levels.get(1)), ("worst", levels.last())];
        for (name, level) in ends.into_iter().filter_map(|(name, level)| Some((name, level?))) {
            scope.own.insert(name, Value::One(level.as_str().into(), mark));
        }
        let given = given.filter(|node| node.kind != NodeKind::Null);
        if let Some(node) = given.filter(|node| node.entries().is_none() && self.parameters.is_empty()) {
            wrong_type(node, "nothing: this preset has no parameters", faults);
        }
        let filler = Filler { preset: self, mark };
        for (at, parameter) in self.parameters.iter().enumerate() {
            let written = match given {
                Some(node) if node.entries().is_some() => node.get(&parameter.name),
                Some(node) if at == 0 => Some(node),
                _ => None,
            };
            let written = written.filter(|node| node.kind != NodeKind::Null);
            let value = match &parameter.takes {
                Takes::Value(default) => filler.value(&parameter.name, written, default.as_deref(), mark, &scope, faults),
                Takes::Records(keys) => filler.records(written, keys, &scope, faults),
            };
            if let Some(value) = value {
                scope.own.insert(&parameter.name, value);
            }
        }
        if let Some(node) = given {
            filler.known_keys(node, self.parameters(), faults);
        }
        if faults.errors() > before {
            return None;
        }
        let tree = filler.put_in(&self.body, &scope, faults);
        if faults.errors() > before { None } else { tree }
    }
}

/// Puts values into the tree of one preset.
struct Filler<'a> {
    preset: &'a Preset,
    mark: Mark,
}

impl Filler<'_> {
    fn known_keys(&self, node: &Node, known: Vec<&str>, faults: &mut Faults) {
        for entry in node.entries().unwrap_or_default().iter().filter(|entry| !known.contains(&&*entry.key)) {
            let codes = (&codes::UNKNOWN_KEY, &codes::UNKNOWN_KEY_NO_GUESS);
            let allowed = Argument::name(known.join(", "));
            let more = vec![("shape", Argument::user(&self.preset.name)), ("allowed", allowed)];
            faults.unknown(codes, entry.mark, ("key", &entry.key), known.iter().copied(), more);
        }
    }

    fn value(
        &self,
        name: &str,
        written: Option<&Node>,
        default: Option<&str>,
        place: Mark,
        scope: &Scope<'_>,
        faults: &mut Faults,
    ) -> Option<Value> {
        match (written.map(|node| (node, node.text())), default) {
            (Some((node, Some(text))), _) => Some(Value::One(text.into(), node.mark)),
            (Some((node, None)), _) => {
                wrong_type(node, "a single value", faults);
                None
            }
            (None, Some(default)) => Some(Value::One(replaced(default, scope, self.mark).0, self.mark)),
            (None, None) => {
                let problem = faults.problem(&codes::MISSING_KEY, place).with("shape", Argument::user(&self.preset.name));
                faults.report(problem.with("key", Argument::name(name)).with("expected", "a value"));
                None
            }
        }
    }

    fn records(
        &self,
        written: Option<&Node>,
        keys: &[(String, Option<String>)],
        scope: &Scope<'_>,
        faults: &mut Faults,
    ) -> Option<Value> {
        let mut records = Vec::new();
        let items = written.map_or(&[][..], |node| node.items().unwrap_or(std::slice::from_ref(node)));
        for item in items {
            if item.entries().is_none() {
                wrong_type(item, "a map", faults);
                continue;
            }
            self.known_keys(item, keys.iter().map(|(key, _)| key.as_str()).collect(), faults);
            let mut record = Vec::new();
            for (key, default) in keys {
                let written = item.get(key).filter(|node| node.kind != NodeKind::Null);
                if let Some(Value::One(text, mark)) = self.value(key, written, default.as_deref(), item.mark, scope, faults) {
                    record.push((key.clone(), text, mark));
                }
            }
            records.push(record);
        }
        let list = written.cloned().unwrap_or(Node { mark: self.mark, kind: NodeKind::List(Vec::new()) });
        Some(Value::Records(records, list))
    }

    /// A copy of the tree with the values in place.
    fn put_in(&self, node: &Node, scope: &Scope<'_>, faults: &mut Faults) -> Option<Node> {
        let mark = self.mark;
        let kind = match &node.kind {
            NodeKind::Null => NodeKind::Null,
            NodeKind::Scalar { text, plain } => {
                if let Some(Value::Records(_, list)) = text.strip_prefix('$').and_then(|name| scope.get(name)) {
                    return Some(list.clone());
                }
                let (text, mark) = replaced(text, scope, mark);
                return Some(Node { mark, kind: NodeKind::Scalar { text, plain: *plain } });
            }
            NodeKind::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    match (item.get("for_each").and_then(Node::text), item.get("put")) {
                        (Some(name), Some(body)) => self.put_each(name, body, scope, &mut list, faults),
                        _ => list.extend(self.put_in(item, scope, faults)),
                    }
                }
                NodeKind::List(list)
            }
            NodeKind::Map(entries) => {
                if let (Some(word), Some(from)) = (node.get("choose"), node.get("from")) {
                    return self.chosen(word, from, scope, faults);
                }
                let mut map = Vec::with_capacity(entries.len());
                for entry in entries {
                    let (key, mark) = replaced(&entry.key, scope, mark);
                    map.extend(self.put_in(&entry.value, scope, faults).map(|value| Entry { key, mark, value }));
                }
                NodeKind::Map(map)
            }
        };
        Some(Node { mark, kind })
    }

    /// The body once for each record of a parameter.
    fn put_each(&self, name: &str, body: &Node, scope: &Scope<'_>, list: &mut Vec<Node>, faults: &mut Faults) {
        let Some(Value::Records(records, _)) = scope.get(name) else { return };
        for record in records {
            let own = record.iter().map(|(key, text, mark)| (key.as_str(), Value::One(text.clone(), *mark))).collect();
            list.extend(self.put_in(body, &Scope { own, outer: Some(scope) }, faults));
        }
    }

    /// The tree of the word that was given.
    fn chosen(&self, choice: &Node, from: &Node, scope: &Scope<'_>, faults: &mut Faults) -> Option<Node> {
        let written = choice.text().unwrap_or_default();
        let (word, mark) = replaced(written, scope, self.mark);
        let mut known: Vec<Box<str>> = Vec::new();
        let mut otherwise = None;
        for entry in from.entries().unwrap_or_default() {
            if &*entry.key == "else" {
                otherwise = Some(&entry.value);
                continue;
            }
            for one in entry.key.split('|').map(str::trim) {
                let (one, _) = replaced(one, scope, self.mark);
                if one == word {
                    return self.put_in(&entry.value, scope, faults);
                }
                known.push(one);
            }
        }
        if let Some(otherwise) = otherwise {
            return self.put_in(otherwise, scope, faults);
        }
        let allowed = Argument::name(known.join(", "));
        let shape = Argument::name(format!("a `{}` of {}", written.trim_start_matches('$'), self.preset.name));
        let codes = (&codes::UNKNOWN_WORD, &codes::UNKNOWN_WORD_NO_GUESS);
        let more = vec![("shape", shape), ("allowed", allowed)];
        faults.unknown(codes, mark, ("word", &word), known.iter().map(|word| &**word), more);
        None
    }
}

/// The text with its `$names` replaced, once, and the place of the first value put in.
fn replaced(text: &str, scope: &Scope<'_>, mark: Mark) -> (Box<str>, Mark) {
    if !text.contains('$') {
        return (text.into(), mark);
    }
    let mut made = String::new();
    let mut place = None;
    let mut pieces = text.split('$');
    made.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(piece.len());
        let (name, rest) = piece.split_at(end);
        match scope.get(name) {
            Some(Value::One(value, written)) => {
                made.push_str(value);
                place = place.or(Some(*written));
            }
            _ => {
                made.push('$');
                made.push_str(name);
            }
        }
        made.push_str(rest);
    }
    (made.into(), place.unwrap_or(mark))
}

#[cfg(test)]
mod tests {
    use crate::base::Limits;
    use crate::document::{Faults, Mark, Node, Source, read};
    use crate::presets;

    fn expanded(name: &str, given: &str) -> (Option<Node>, Vec<String>) {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("x", format!("given: {given}\n"))], &mut faults).unwrap();
        let levels = ["OK", "LOW", "HIGH"].map(str::to_owned);
        let node =
            presets::rule(name).or(presets::map(name)).unwrap().expand(root.get("given"), Mark::default(), &levels, &mut faults);
        let shown = |problem: &crate::base::Problem| format!("{} {}", problem.code().name, problem.place());
        (node, faults.into_problems().iter().map(shown).collect())
    }

    fn text<'a>(node: &'a Node, path: &[&str]) -> Option<&'a str> {
        path.iter().try_fold(node, |node, key| node.get(key).or_else(|| node.items()?.get(key.parse::<usize>().ok()?)))?.text()
    }

    #[test]
    fn values_stand_with_their_places_and_defaults_speak_of_levels() {
        let (node, faults) = expanded("checkmk.best", "{count: 2}");
        assert!(faults.is_empty());
        let node = node.unwrap();
        assert_eq!(text(&node, &["min", "0", "const"]), Some("HIGH"));
        assert_eq!(text(&node, &["min", "1", "order", "count"]), Some("needed 2"));
        let count = node.get("min").unwrap().items().unwrap()[1].get("order").unwrap().get("count").unwrap();
        assert_eq!((count.mark.line, count.mark.column), (1, 16));
    }

    #[test]
    fn each_record_of_a_list_is_put_in_and_a_word_chooses() {
        let given = "{main: set_ok, additional_rules: [{type: W_L, limit_status: LOW, limit_value: 3, new_status: HIGH}]}";
        let node = expanded("zabbix.service", given).0.unwrap();
        let when = |key| text(&node, &["max", "1", "first", "0", "when", key]);
        assert_eq!([when("unit"), when("to"), when("below")], [Some("weight"), Some("LOW"), Some("3")]);
        assert_eq!(expanded("zabbix.service", "set_ok").0.unwrap().get("max").unwrap().items().unwrap().len(), 1);
        assert_eq!(text(&expanded("zabbix.decrease", "2").0.unwrap(), &["floor"]), Some("LOW"));
    }

    #[test]
    fn every_fault_of_parameters_has_its_place() {
        let given = "{main: {}, additional_rules: [{type: N_GE, limit: 1}, 3], more: 1}";
        let codes = expanded("zabbix.service", given).1;
        let missing = "missing-key x:1:38";
        assert_eq!(
            codes,
            [
                "wrong-type x:1:15",
                missing,
                missing,
                missing,
                "unknown-key-here x:1:51",
                "wrong-type x:1:62",
                "unknown-key-here x:1:66"
            ]
        );
        let (node, codes) = expanded(
            "zabbix.service",
            "{main: set_ok, additional_rules: {type: N_GT, limit_status: OK, limit_value: 1, new_status: OK}}",
        );
        assert_eq!((node, codes), (None, vec!["unknown-word x:1:48".to_owned()]));
        assert_eq!(expanded("any", "3").1, ["wrong-type x:1:8"]);
    }

    #[test]
    fn a_value_is_put_in_once_whatever_it_says() {
        let node = expanded("checkmk.best", "{count: '$restrict_state', restrict_state: $worst}").0.unwrap();
        assert_eq!(text(&node, &["min", "1", "order", "count"]), Some("needed $restrict_state"));
        assert_eq!(text(&node, &["min", "0", "const"]), Some("$worst"));
    }
}
