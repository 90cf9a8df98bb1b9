//! What a service rests on, as written: the short form, the long form, and rules by name.
//!
//! Goes in: `depends_on:` of a service, rows of a dependency table. Comes out: `rule::Node`.
//! **Invariant:** the short form is sugar: everything becomes edges and one expression of the rule algebra.
//! **Not here:** gates (`structure`); which presets there are (`presets`).

use super::rule::{Bound, Comparison, Condition, Edge, Expression, Level, LevelMap, Node, Quorum, ServiceIdx, ServiceKind, Unit};
use crate::base::{Argument, Directory, Ratio, codes};
use crate::document::decode::{check_keys, field};
use crate::document::scalar::{bad_value, wrong_type};
use crate::document::{Decode, Faults, Mark, Named, NodeKind, Shape, Spot};
use crate::presets;
use std::collections::BTreeMap;

/// Dependencies as written, with their places; names and levels are resolved by `resolve`.
#[derive(Debug, Clone, PartialEq)]
pub struct DependsDoc(crate::document::Node);

impl Decode for DependsDoc {
    fn decode(node: &crate::document::Node, _: &mut Faults) -> Option<Self> {
        Some(Self(node.clone()))
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::List(Box::new(Shape::Text)), Shape::Any])
    }
}

/// What names mean while dependencies are resolved.
pub struct Resolver<'a> {
    /// Service names to indexes.
    pub services: &'a Directory<ServiceKind>,
    /// Level names, best first.
    pub levels: &'a [String],
    /// The service whose dependencies these are.
    pub own: ServiceIdx,
}

/// Weights and groups say nothing in the short form, whose rules count; a rule of the long form may speak of them.
const SHORT_KEYS: &[&str] = &["service", "impact"];
const LONG_KEYS: &[&str] = &["service", "impact", "weight", "group"];

impl Resolver<'_> {
    /// The node of a service; every fault is reported.
    pub fn resolve(&self, doc: &DependsDoc, faults: &mut Faults) -> Option<Node> {
        match &doc.0.kind {
            NodeKind::Map(_) if doc.0.get("of").is_some() && doc.0.get("at_least").is_none() => self.long(&doc.0, faults),
            NodeKind::Null => Some(Node { edges: Vec::new(), rule: Expression::any() }),
            NodeKind::List(items) => self.short(items, faults),
            _ => self.short(std::slice::from_ref(&doc.0), faults),
        }
    }

    /// `[a, {any_of: [b, c]}, {at_least: 2, of: [d, e, f]}]`: all items are needed.
    fn short(&self, items: &[crate::document::Node], faults: &mut Faults) -> Option<Node> {
        let before = faults.count();
        let mut edges = Vec::new();
        let mut groups = Vec::new();
        for item in items {
            let members = match (item.get("any_of"), item.get("at_least")) {
                (Some(members), _) => {
                    check_keys(item, "a choice of dependencies", &["any_of"], faults);
                    Some((members, Quorum::All))
                }
                (None, Some(_)) => {
                    check_keys(item, "a quorum of dependencies", &["at_least", "of"], faults);
                    self.quorum(item, faults)
                }
                (None, None) => None,
            };
            match members {
                // The quorum is wrong; its members may be too.
                None if item.get("at_least").is_some() => {
                    for member in item.get("of").map(list).unwrap_or_default() {
                        self.edge(member, SHORT_KEYS, None, faults);
                    }
                }
                None => edges.extend(self.edge(item, SHORT_KEYS, None, faults)),
                Some((members, quorum)) => {
                    let label = u32::try_from(groups.len() + 1).unwrap_or(u32::MAX);
                    if list(members).is_empty() {
                        wrong_type(members, "at least one service", faults);
                    }
                    for member in list(members) {
                        edges.extend(self.edge(member, SHORT_KEYS, Some(label), faults));
                    }
                    groups.push(Expression::Group(label, Box::new(Expression::Order(Unit::Count, quorum))));
                }
            }
        }
        let rule = if groups.is_empty() {
            Expression::any()
        } else {
            let alone = edges.iter().any(|edge: &Edge| edge.group.is_none());
            let single = alone.then(|| Expression::Ungrouped(Box::new(Expression::any())));
            match (single, groups.len()) {
                (None, 1) => groups.remove(0),
                (single, _) => Expression::Max(single.into_iter().chain(groups).collect()),
            }
        };
        (faults.count() == before).then_some(Node { edges, rule })
    }

    /// The members of `{at_least: k, of: [...]}` and how many must be left.
    fn quorum<'n>(&self, item: &'n crate::document::Node, faults: &mut Faults) -> Option<(&'n crate::document::Node, Quorum)> {
        let wanted = field::<Spot<u32>>(item, "a quorum of dependencies", "at_least", faults)?;
        let Some(members) = item.get("of") else {
            let problem = faults.problem(&codes::MISSING_KEY, item.mark).with("shape", "a quorum of dependencies");
            faults.report(problem.with("key", "of").with("expected", "a list of services"));
            return None;
        };
        let given = list(members).len();
        if wanted.value == 0 || wanted.value as usize > given {
            let problem = faults.problem(&codes::RULE_TOO_MANY, wanted.mark);
            faults.report(problem.with("wanted", wanted.value).with("given", given));
            return None;
        }
        Some((members, Quorum::Needed(wanted.value.into())))
    }

    /// `{of: [...], rule: ...}`: edges with weights, groups and tables, and one rule.
    fn long(&self, node: &crate::document::Node, faults: &mut Faults) -> Option<Node> {
        let before = faults.count();
        check_keys(node, "dependencies in the long form", &["of", "rule"], faults);
        let mut labels: BTreeMap<String, u32> = BTreeMap::new();
        let mut edges = Vec::new();
        for item in list(node.get("of")?) {
            let group = item.get("group").and_then(|group| Spot::<String>::decode(group, faults)).map(|group| {
                let next = u32::try_from(labels.len() + 1).unwrap_or(u32::MAX);
                *labels.entry(group.value).or_insert(next)
            });
            edges.extend(self.edge(item, LONG_KEYS, group, faults));
        }
        let rule = match node.get("rule") {
            Some(rule) => (RuleReader { levels: self.levels, labels: &labels, edges: edges.len() }).expression(rule, faults),
            None => Some(Expression::any()),
        };
        (faults.count() == before).then_some(Node { edges, rule: rule? })
    }

    fn edge(&self, item: &crate::document::Node, keys: &[&str], group: Option<u32>, faults: &mut Faults) -> Option<Edge> {
        let (name, weight, map) = match &item.kind {
            NodeKind::Scalar { text, .. } => (Spot { value: text.to_string(), mark: item.mark }, 1, LevelMap::Same),
            NodeKind::Map(_) => {
                check_keys(item, "a dependency", keys, faults);
                let name = field::<Spot<String>>(item, "a dependency", "service", faults);
                let weight = field::<Option<u32>>(item, "a dependency", "weight", faults);
                let map = match item.get("impact") {
                    Some(impact) => self.impact(impact, faults),
                    None => Some(LevelMap::Same),
                };
                (name?, weight?.unwrap_or(1), map?)
            }
            _ => {
                wrong_type(item, "the name of a service", faults);
                return None;
            }
        };
        let to = self.service(&name, faults)?;
        Some(Edge { to, map, weight, group })
    }

    fn service(&self, name: &Spot<String>, faults: &mut Faults) -> Option<ServiceIdx> {
        match self.services.get(&name.value) {
            Some(service) if *service == self.own => {
                let problem = faults.problem(&codes::DEPENDS_ON_ITSELF, name.mark);
                faults.report(problem.with("service", Argument::user(&name.value)));
                None
            }
            Some(service) => Some(*service),
            None => {
                let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                let known = self.services.keys();
                faults.unknown(codes, name.mark, ("name", &name.value), known, vec![("kind", Argument::from("service"))]);
                None
            }
        }
    }

    /// `degraded`: whatever the failure, at most that; `{down: degraded}`: by table, levels not named stay; `excluded` leaves it out.
    pub(super) fn impact(&self, node: &crate::document::Node, faults: &mut Faults) -> Option<LevelMap> {
        let mut table: Vec<Option<Level>> = (0..self.levels.len()).map(|level| Level::try_from(level).ok()).collect();
        match &node.kind {
            NodeKind::Map(entries) => {
                let mut complete = true;
                for entry in entries {
                    let from = level(&entry.key, entry.mark, self.levels, faults);
                    let excluded = entry.value.text() == Some("excluded");
                    let to = if excluded { None } else { Some(level_of(&entry.value, self.levels, faults)) };
                    match (from, to) {
                        (Some(from), None) => table[usize::from(from)] = None,
                        (Some(from), Some(Some(to))) => table[usize::from(from)] = Some(to),
                        _ => complete = false,
                    }
                }
                complete.then(|| LevelMap::Table(table.into()))
            }
            _ => {
                let most = level_of(node, self.levels, faults)?;
                for entry in &mut table {
                    *entry = entry.map(|level| level.min(most));
                }
                Some(LevelMap::Table(table.into()))
            }
        }
    }
}

fn list(node: &crate::document::Node) -> &[crate::document::Node] {
    node.items().unwrap_or(std::slice::from_ref(node))
}

/// The index of a level by its name.
pub fn level(name: &str, mark: Mark, levels: &[String], faults: &mut Faults) -> Option<Level> {
    let found = levels.iter().position(|known| known == name).and_then(|at| Level::try_from(at).ok());
    if found.is_none() {
        let known = levels.iter().map(String::as_str);
        let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
        faults.unknown(codes, mark, ("name", name), known, vec![("kind", Argument::from("level"))]);
    }
    found
}

fn level_of(node: &crate::document::Node, levels: &[String], faults: &mut Faults) -> Option<Level> {
    let name = Spot::<String>::decode(node, faults)?;
    level(&name.value, name.mark, levels, faults)
}

/// Reads expressions of the rule algebra.
pub(super) struct RuleReader<'a> {
    pub levels: &'a [String],
    pub labels: &'a BTreeMap<String, u32>,
    pub edges: usize,
}

impl RuleReader<'_> {
    /// `any`, `all`, `{best: 2}`, `{order: {...}}`, `{max: [...]}` and so on: a word or a map of one key.
    pub(super) fn expression(&self, node: &crate::document::Node, faults: &mut Faults) -> Option<Expression> {
        if let Some(word) = node.text() {
            return self.preset(word, None, node.mark, faults);
        }
        let Some([entry]) = node.entries() else {
            wrong_type(node, "a rule: a word, or a map of one rule", faults);
            return None;
        };
        let value = &entry.value;
        match &*entry.key {
            "const" => level_of(value, self.levels, faults).map(Expression::Const),
            "order" => self.order(value, faults),
            "score" => {
                check_keys(value, "a score", &["gain", "theta"], faults);
                let gain = self.by_level(value, "gain", faults);
                let theta = self.by_level(value, "theta", faults);
                Some(Expression::Score { gain: gain?, theta: theta? })
            }
            "first" => self.first(value, faults),
            "max" => self.several(value, faults).map(Expression::Max),
            "min" => self.several(value, faults).map(Expression::Min),
            "group" => {
                check_keys(value, "a group", &["label", "rule"], faults);
                let label = field::<Spot<String>>(value, "a group", "label", faults)?;
                let rule = value.get("rule").map_or_else(|| Some(Expression::any()), |rule| self.expression(rule, faults))?;
                match self.labels.get(&label.value) {
                    Some(number) => Some(Expression::Group(*number, Box::new(rule))),
                    None => {
                        let known = self.labels.keys().map(String::as_str);
                        let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                        faults.unknown(codes, label.mark, ("name", &label.value), known, vec![("kind", Argument::from("group"))]);
                        None
                    }
                }
            }
            "each_group" => {
                let rule = self.expression(value, faults)?;
                let groups = self.labels.values().map(|label| Expression::Group(*label, Box::new(rule.clone())));
                Some(Expression::Max(groups.collect()))
            }
            "ungrouped" => self.expression(value, faults).map(|rule| Expression::Ungrouped(Box::new(rule))),
            "post" => {
                check_keys(value, "a table after a rule", &["table", "rule"], faults);
                let rule = value.get("rule").map_or_else(|| Some(Expression::any()), |rule| self.expression(rule, faults));
                let mut table: Vec<Level> = (0..self.levels.len()).filter_map(|level| Level::try_from(level).ok()).collect();
                for entry in value.get("table").and_then(|table| table.entries()).unwrap_or_default() {
                    let from = level(&entry.key, entry.mark, self.levels, faults)?;
                    table[usize::from(from)] = level_of(&entry.value, self.levels, faults)?;
                }
                Some(Expression::Post(table, Box::new(rule?)))
            }
            name => self.preset(name, Some(value), entry.mark, faults),
        }
    }

    fn several(&self, node: &crate::document::Node, faults: &mut Faults) -> Option<Vec<Expression>> {
        let read: Vec<_> = list(node).iter().map(|item| self.expression(item, faults)).collect();
        read.into_iter().collect()
    }

    /// `{count: 2}`, `{weight: 2/3}`, `{count: any}`, `{count: all}`, `{count: needed 2}`; a count may be written with n: `n - 1`.
    fn order(&self, node: &crate::document::Node, faults: &mut Faults) -> Option<Expression> {
        check_keys(node, "an order", &["count", "weight"], faults);
        let (unit, value) = match (node.get("count"), node.get("weight")) {
            (Some(value), None) => (Unit::Count, value),
            (None, Some(value)) => (Unit::Weight, value),
            _ => {
                wrong_type(node, "an order: count or weight with how much is enough", faults);
                return None;
            }
        };
        let text = Spot::<String>::decode(value, faults)?.value;
        let quorum = match text.as_str() {
            "any" => Quorum::Any,
            "all" => Quorum::All,
            text if text.starts_with("needed ") => match text["needed ".len()..].trim().parse() {
                Ok(needed) => Quorum::Needed(needed),
                Err(_) => {
                    bad_value(value, "how much is needed", "needed 2", faults);
                    return None;
                }
            },
            text => match presets::amount(text, self.edges) {
                Some(amount) => Quorum::Amount(amount),
                None => match Ratio::parse(text) {
                    Some(share) if !share.is_negative() => Quorum::Share(share),
                    _ => {
                        bad_value(value, "how much is enough", "2, 2/3, any or all", faults);
                        return None;
                    }
                },
            },
        };
        Some(Expression::Order(unit, quorum))
    }

    fn by_level(&self, node: &crate::document::Node, key: &'static str, faults: &mut Faults) -> Option<Vec<i64>> {
        let values = field::<Named<i64>>(node, "a score", key, faults)?;
        let mut table = vec![0; self.levels.len()];
        for (name, value) in values.iter() {
            table[usize::from(level(&name.value, name.mark, self.levels, faults)?)] = *value;
        }
        Some(table)
    }

    /// `[{when: {...}, then: rule}, ..., {else: rule}]`.
    fn first(&self, node: &crate::document::Node, faults: &mut Faults) -> Option<Expression> {
        let mut cases = Vec::new();
        let mut last = Expression::Const(0);
        for item in list(node) {
            if let Some(otherwise) = item.get("else") {
                check_keys(item, "the last case", &["else"], faults);
                last = self.expression(otherwise, faults)?;
                continue;
            }
            check_keys(item, "a case", &["when", "then"], faults);
            let (Some(when), Some(then)) = (item.get("when"), item.get("then")) else {
                wrong_type(item, "a case: when and then", faults);
                return None;
            };
            let condition = self.condition(when, faults);
            let rule = self.expression(then, faults);
            cases.push((condition?, rule?));
        }
        Some(Expression::First(cases, Box::new(last)))
    }

    /// `{from: degraded, to: down, at_least: 2}`, also `below`, `equal`, `unit: weight`; a share is written 2/3 or 60%.
    fn condition(&self, node: &crate::document::Node, faults: &mut Faults) -> Option<Condition> {
        check_keys(node, "a condition", &["unit", "from", "to", "at_least", "below", "equal"], faults);
        let worst = Level::try_from(self.levels.len().saturating_sub(1)).unwrap_or(Level::MAX);
        let low = node.get("from").map_or(Some(0), |value| level_of(value, self.levels, faults))?;
        let high = node.get("to").map_or(Some(worst), |value| level_of(value, self.levels, faults))?;
        let unit = match node.get("unit").and_then(|unit| unit.text()) {
            None | Some("count") => Unit::Count,
            Some("weight") => Unit::Weight,
            Some(_) => {
                bad_value(node.get("unit")?, "a unit", "count or weight", faults);
                return None;
            }
        };
        let written = [("at_least", Comparison::AtLeast), ("below", Comparison::Below), ("equal", Comparison::Equal)];
        let found = written.iter().find_map(|(key, comparison)| node.get(key).map(|value| (value, *comparison)));
        let Some((value, comparison)) = found else {
            wrong_type(node, "a condition with at_least, below or equal", faults);
            return None;
        };
        let text = Spot::<String>::decode(value, faults)?.value;
        let bound = presets::amount(&text, self.edges).map(Bound::Amount);
        let share = || Ratio::parse(&text).filter(|share| !share.is_negative()).map(Bound::Share);
        let bound = bound.or_else(|| if comparison == Comparison::Equal { None } else { share() });
        if bound.is_none() {
            bad_value(value, "a bound", "2 or 60%", faults);
        }
        Some(Condition { unit, low, high, comparison, bound: bound? })
    }

    /// A rule by name with its parameters, expanded from data and read again.
    fn preset(
        &self,
        name: &str,
        parameters: Option<&crate::document::Node>,
        mark: Mark,
        faults: &mut Faults,
    ) -> Option<Expression> {
        let Some(preset) = presets::rule(name) else {
            let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
            let known = presets::rule_names();
            faults.unknown(codes, mark, ("name", name), known.iter().map(String::as_str), vec![("kind", Argument::from("rule"))]);
            return None;
        };
        let expanded = preset.expand(parameters, mark, self.levels, faults)?;
        self.expression(&expanded, faults)
    }
}
