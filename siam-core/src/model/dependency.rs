//! What a service rests on, as written: the short form, the long form, and rules by name.
//!
//! Goes in: `depends_on:` of a service, rows of a dependency table. Comes out: `rule::Node`.
//! **Invariant:** the short form is sugar: everything becomes edges and one expression of the rule algebra.
//! **Not here:** rules of the long form (`rules`), what is seen of a level (`level_map`), gates (`structure`).

use super::level_map::level_map;
use super::rule::{Edge, Expression, LevelMap, Node, Quorum, ServiceIdx, ServiceKind, Unit};
use super::rules::RuleReader;
use crate::base::{Argument, Directory, Limits, codes};
use crate::document::decode::{check_keys, field};
use crate::document::scalar::wrong_type;
use crate::document::{Decode, Faults, NodeKind, Shape, Spot};
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

impl DependsDoc {
    /// What its rule says of other dependencies than those written; their groups have the numbers that `resolve` gives them. None
    /// where no rule is written, and where the rule is none for these: a quorum of more than there are, a group that nothing is in.
    pub fn rule_over(&self, levels: &[String], edges: &[Edge], limits: &Limits) -> Option<Expression> {
        let rule = self.0.get("rule").filter(|_| self.0.get("at_least").is_none())?;
        let mut faults = Faults::new(limits);
        let mut labels = Labels::new();
        for group in list(self.0.get("of")?).iter().filter_map(|item| item.get("group")) {
            number(&mut labels, Spot::<String>::decode(group, &mut faults)?.value);
        }
        labels.retain(|_, number| edges.iter().any(|edge| edge.group == Some(*number)));
        let rule = RuleReader::new(levels, &labels, edges).expression(rule, &mut faults);
        rule.filter(|_| faults.count() == 0)
    }
}

/// Groups by name, numbered as they come.
type Labels = BTreeMap<String, u32>;

fn number(labels: &mut Labels, name: String) -> u32 {
    let next = u32::try_from(labels.len() + 1).unwrap_or(u32::MAX);
    *labels.entry(name).or_insert(next)
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
        let mut labels = Labels::new();
        let mut edges = Vec::new();
        for item in list(node.get("of")?) {
            let group = item.get("group").and_then(|group| Spot::<String>::decode(group, faults));
            let group = group.map(|group| number(&mut labels, group.value));
            edges.extend(self.edge(item, LONG_KEYS, group, faults));
        }
        let rule = match node.get("rule") {
            Some(rule) => RuleReader::new(self.levels, &labels, &edges).expression(rule, faults),
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
                    Some(impact) => level_map(impact, self.levels, faults),
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
}

fn list(node: &crate::document::Node) -> &[crate::document::Node] {
    node.items().unwrap_or(std::slice::from_ref(node))
}
