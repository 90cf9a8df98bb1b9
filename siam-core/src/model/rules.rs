//! The rule algebra as written: words, maps of one rule, rules by name.
//!
//! Goes in: `rule:` of a service's dependencies. Comes out: `rule::Expression`; every fault with its place.
//! **Invariant:** a rule by name is read as if its tree had been written; all faults of a rule are reported, not the first.
//! **Not here:** what names stand for (`presets`), edges and short forms (`dependency`), gates (`structure`).

use super::level_map::{level, level_of, table};
use super::rule::{Bound, Comparison, Condition, Edge, Expression, Level, Quorum, Unit};
use crate::base::{Argument, Ratio, codes};
use crate::document::decode::{check_keys, field};
use crate::document::scalar::{bad_value, wrong_type};
use crate::document::{Decode, Faults, Mark, Named, Node, Spot};
use crate::presets;
use std::collections::BTreeMap;

/// Which dependencies a part of a rule speaks of.
#[derive(Debug, Clone, Copy)]
enum Members {
    All,
    Group(u32),
    EachGroup,
    Ungrouped,
}

/// Reads expressions of the rule algebra.
#[derive(Clone, Copy)]
pub(super) struct RuleReader<'a> {
    levels: &'a [String],
    labels: &'a BTreeMap<String, u32>,
    edges: &'a [Edge],
    members: Members,
}

impl<'a> RuleReader<'a> {
    /// A reader of the rule over these edges, whose groups have these labels.
    pub(super) fn new(levels: &'a [String], labels: &'a BTreeMap<String, u32>, edges: &'a [Edge]) -> Self {
        Self { levels, labels, edges, members: Members::All }
    }

    fn within(self, members: Members) -> Self {
        Self { members, ..self }
    }

    /// How many dependencies are written of those the rule speaks of; the fewest where it is read for each group.
    fn written(&self) -> usize {
        let of = |group: Option<u32>| self.edges.iter().filter(|edge| edge.group == group).count();
        match self.members {
            Members::All => self.edges.len(),
            Members::Group(label) => of(Some(label)),
            Members::EachGroup => self.labels.values().map(|label| of(Some(*label))).min().unwrap_or(0),
            Members::Ungrouped => of(None),
        }
    }

    /// `any`, `all`, `{best: 2}`, `{order: {...}}`, `{max: [...]}` and so on: a word or a map of one key.
    pub(super) fn expression(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
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
            "score" => self.score(value, faults),
            "first" => self.first(value, faults),
            "max" => self.several(value, faults).map(Expression::Max),
            "min" => self.several(value, faults).map(Expression::Min),
            "group" => self.group(value, faults),
            "each_group" => {
                let rule = self.within(Members::EachGroup).expression(value, faults)?;
                let groups = self.labels.values().map(|label| Expression::Group(*label, Box::new(rule.clone())));
                Some(Expression::Max(groups.collect()))
            }
            "ungrouped" => {
                let rule = self.within(Members::Ungrouped).expression(value, faults)?;
                Some(Expression::Ungrouped(Box::new(rule)))
            }
            "post" => self.post(value, faults),
            name => self.preset(name, Some(value), entry.mark, faults),
        }
    }

    fn several(&self, node: &Node, faults: &mut Faults) -> Option<Vec<Expression>> {
        let items = node.items().unwrap_or(std::slice::from_ref(node));
        let read: Vec<_> = items.iter().map(|item| self.expression(item, faults)).collect();
        read.into_iter().collect()
    }

    /// `{label: power, rule: ...}`.
    fn group(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
        check_keys(node, "a group", &["label", "rule"], faults);
        let label = field::<Spot<String>>(node, "a group", "label", faults);
        let number = label.as_ref().and_then(|label| self.labels.get(&label.value)).copied();
        if let (Some(label), None) = (&label, number) {
            let known = self.labels.keys().map(String::as_str);
            let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
            faults.unknown(codes, label.mark, ("name", &label.value), known, vec![("kind", Argument::from("group"))]);
        }
        let inner = number.map_or(*self, |number| self.within(Members::Group(number)));
        let rule = inner.inner_rule(node, faults);
        Some(Expression::Group(number?, Box::new(rule?)))
    }

    /// The `rule` of a group or a table; the worst of all where there is none.
    fn inner_rule(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
        node.get("rule").map_or_else(|| Some(Expression::any()), |rule| self.expression(rule, faults))
    }

    /// `{table: {down: degraded}, rule: ...}`; the table may be a shift or an edge map by name.
    fn post(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
        check_keys(node, "a table after a rule", &["table", "rule"], faults);
        let rule = self.inner_rule(node, faults);
        let Some(written) = node.get("table") else {
            let problem = faults.problem(&codes::MISSING_KEY, node.mark).with("shape", "a table after a rule");
            faults.report(problem.with("key", "table").with("expected", "a table of levels"));
            return None;
        };
        let levels: Option<Vec<Level>> = table(written, self.levels, faults)?.into_iter().collect();
        if levels.is_none() {
            bad_value(written, "a table without `excluded`: a rule has a value", "{down: degraded}", faults);
        }
        Some(Expression::Post(levels?, Box::new(rule?)))
    }

    /// `{count: 2}`, `{weight: 2/3}`, `{count: any}`, `{count: all}`, `{count: needed 2}`, `{weight: share 1}`, `{weight: more than
    /// 60%}`; a count may be written with n: `n - 1`. `beyond` says what a count of more than there are gives: `clamp`, `refuse`, or a level.
    fn order(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
        check_keys(node, "an order", &["count", "weight", "beyond"], faults);
        let (unit, value) = match (node.get("count"), node.get("weight")) {
            (Some(value), None) => (Unit::Count, value),
            (None, Some(value)) => (Unit::Weight, value),
            _ => {
                wrong_type(node, "an order: count or weight with how much is enough", faults);
                return None;
            }
        };
        if let Some(share) = self.more_than_share(value) {
            if let Some(beyond) = node.get("beyond").filter(|beyond| beyond.text() != Some("clamp")) {
                bad_value(beyond, "something of a count that is a number", "{count: 2, beyond: refuse}", faults);
                return None;
            }
            return Some(self.more_than(unit, &share));
        }
        let quorum = self.quorum(value, faults);
        let beyond = node.get("beyond").filter(|beyond| beyond.text() != Some("clamp"));
        let Some(beyond) = beyond else { return Some(Expression::Order(unit, quorum?)) };
        let quorum = quorum?;
        let wanted = match quorum {
            Quorum::Amount(wanted) | Quorum::Needed(wanted) if unit == Unit::Count => wanted,
            _ => {
                bad_value(beyond, "something of a count that is a number", "{count: 2, beyond: refuse}", faults);
                return None;
            }
        };
        if beyond.text() == Some("refuse") {
            let given = self.written();
            if wanted == 0 || usize::try_from(wanted).map_or(true, |wanted| wanted > given) {
                let problem = faults.problem(&codes::RULE_TOO_MANY, value.mark);
                faults.report(problem.with("wanted", u32::try_from(wanted).unwrap_or(u32::MAX)).with("given", given));
                return None;
            }
            return Some(Expression::Order(unit, quorum));
        }
        let other = level_of(beyond, self.levels, faults)?;
        let worst = self.worst();
        let bound = Bound::Amount(wanted);
        let fewer = Condition { unit, low: 0, high: worst, comparison: Comparison::Below, bound };
        Some(Expression::First(vec![(fewer, Expression::Const(other))], Box::new(Expression::Order(unit, quorum))))
    }

    /// The share of `more than 60%`; none where it is an amount, which is one more.
    fn more_than_share(&self, value: &Node) -> Option<Ratio> {
        let written = value.text()?.strip_prefix("more than ")?;
        match presets::amount(written, self.edges.len()) {
            Some(_) => None,
            None => Ratio::parse(written.trim()).filter(|share| !share.is_negative()),
        }
    }

    /// The worst level such that more than a share is at it or worse, which is: what is better than it is less than the rest.
    fn more_than(&self, unit: Unit, share: &Ratio) -> Expression {
        let rest = Ratio::ONE.minus(share);
        let rest = if rest.is_negative() { Ratio::ZERO } else { rest };
        let case = |level: Level| {
            let up_to = |high, bound| Condition { unit, low: 0, high, comparison: Comparison::AtLeast, bound };
            let few = (up_to(level.saturating_sub(1), Bound::Share(rest.clone())), Expression::Const(0));
            // Where nothing counts, no share is more than another.
            let some = (up_to(self.worst(), Bound::Amount(1)), Expression::Const(level));
            Expression::First(vec![few, some], Box::new(Expression::Const(0)))
        };
        Expression::Max((1..=self.worst()).map(case).collect())
    }

    fn quorum(&self, value: &Node, faults: &mut Faults) -> Option<Quorum> {
        let text = Spot::<String>::decode(value, faults)?.value;
        let share = |text: &str| Ratio::parse(text.trim()).filter(|share| !share.is_negative()).map(Quorum::Share);
        let read = match text.as_str() {
            "any" => Some(Quorum::Any),
            "all" => Some(Quorum::All),
            text => match (text.strip_prefix("needed "), text.strip_prefix("share "), text.strip_prefix("more than ")) {
                (Some(needed), ..) => needed.trim().parse().ok().map(Quorum::Needed),
                (_, Some(written), _) => share(written),
                (.., Some(above)) => {
                    let above = presets::amount(above, self.edges.len());
                    above.and_then(|above| above.checked_add(1)).map(Quorum::Amount)
                }
                _ => presets::amount(text, self.edges.len()).map(Quorum::Amount).or_else(|| share(text)),
            },
        };
        if read.is_none() {
            bad_value(value, "how much is enough: 2, 2/3, any, all, needed 2, share 1 or more than 2", "2", faults);
        }
        read
    }

    fn worst(&self) -> Level {
        Level::try_from(self.levels.len().saturating_sub(1)).unwrap_or(Level::MAX)
    }

    /// `{gain: {down: 3}, theta: {down: 6}}`, or by powers: `{base: 2, from: degraded, weights: reduced}`.
    fn score(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
        if node.get("base").is_some() {
            return self.powers(node, faults);
        }
        check_keys(node, "a score", &["gain", "theta"], faults);
        let gain = self.by_level(node, "gain", faults);
        let theta = self.by_level(node, "theta", faults);
        Some(Expression::Score { gain: gain?, theta: theta? })
    }

    fn by_level(&self, node: &Node, key: &'static str, faults: &mut Faults) -> Option<Vec<i64>> {
        let values = field::<Named<i64>>(node, "a score", key, faults)?;
        let mut complete = values.faulty.is_empty();
        let mut table = vec![0; self.levels.len()];
        for (name, value) in values.iter() {
            match level(&name.value, name.mark, self.levels, faults).and_then(|level| table.get_mut(usize::from(level))) {
                Some(slot) => *slot = *value,
                None => complete = false,
            }
        }
        complete.then_some(table)
    }

    /// The level `from` is worth 1, each worse one `base` times the one before, better ones nothing; bounds are what the levels are
    /// worth. Base p/q is brought to whole numbers by a power of q. Weights are reduced by what divides them all, where that is asked.
    fn powers(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
        let before = faults.count();
        check_keys(node, "a score by powers", &["base", "from", "weights"], faults);
        let base = field::<Spot<Ratio>>(node, "a score by powers", "base", faults);
        let from = node.get("from").map_or(Some(1), |value| level_of(value, self.levels, faults));
        let divisor = match node.get("weights").map(|value| (value, value.text())) {
            None | Some((_, Some("as_written"))) => 1,
            Some((_, Some("reduced"))) => self.edges.iter().fold(0, |a, edge| greatest_divisor(a, edge.weight)).max(1),
            Some((value, _)) => {
                bad_value(value, "how weights count", "as_written or reduced", faults);
                1
            }
        };
        let (base, from) = (base?, usize::from(from?));
        if base.value <= Ratio::ONE {
            bad_value(node.get("base")?, "a base greater than 1", "2", faults);
        }
        if faults.count() > before {
            return None;
        }
        let steps = u32::try_from(self.levels.len().saturating_sub(from + 1)).unwrap_or(u32::MAX);
        let worth = |step: u32| {
            let (p, q) = base.value.parts()?;
            i64::try_from(p.checked_pow(step)?.checked_mul(q.checked_pow(steps.checked_sub(step)?)?)?).ok()
        };
        let worths: Option<Vec<i64>> = (0..=steps).map(worth).collect();
        let bounds: Option<Vec<i64>> =
            worths.as_ref().and_then(|worths| worths.iter().map(|worth| worth.checked_mul(i64::from(divisor))).collect());
        let (Some(worths), Some(bounds)) = (worths, bounds) else {
            bad_value(node.get("base")?, "a base whose powers fit 64 bits", "2", faults);
            return None;
        };
        let least = bounds.first().copied().unwrap_or(0);
        let gain = std::iter::repeat_n(0, from).chain(worths).collect();
        let theta = std::iter::repeat_n(least, from).chain(bounds).collect();
        Some(Expression::Score { gain, theta })
    }

    /// `[{when: {...}, then: rule}, ..., {else: rule}]`.
    fn first(&self, node: &Node, faults: &mut Faults) -> Option<Expression> {
        let before = faults.count();
        let mut cases = Vec::new();
        let mut last = Expression::Const(0);
        let items = node.items().unwrap_or(std::slice::from_ref(node));
        for (at, item) in items.iter().enumerate() {
            if let Some(otherwise) = item.get("else") {
                check_keys(item, "the last case", &["else"], faults);
                if at + 1 < items.len() {
                    wrong_type(item, "a case with when and then: only the last case has else", faults);
                }
                last = self.expression(otherwise, faults).unwrap_or(last);
                continue;
            }
            check_keys(item, "a case", &["when", "then"], faults);
            let (Some(when), Some(then)) = (item.get("when"), item.get("then")) else {
                wrong_type(item, "a case: when and then", faults);
                continue;
            };
            let condition = self.condition(when, faults);
            let rule = self.expression(then, faults);
            cases.extend(condition.zip(rule));
        }
        (faults.count() == before).then(|| Expression::First(cases, Box::new(last)))
    }

    /// `{from: degraded, to: down, at_least: 2}`, also `below`, `equal`, `unit: weight`; a share is written 2/3 or 60%.
    fn condition(&self, node: &Node, faults: &mut Faults) -> Option<Condition> {
        check_keys(node, "a condition", &["unit", "from", "to", "at_least", "below", "equal"], faults);
        let low = node.get("from").map_or(Some(0), |value| level_of(value, self.levels, faults));
        let high = node.get("to").map_or(Some(self.worst()), |value| level_of(value, self.levels, faults));
        let unit = match node.get("unit").map(|unit| (unit, unit.text())) {
            None | Some((_, Some("count"))) => Some(Unit::Count),
            Some((_, Some("weight"))) => Some(Unit::Weight),
            Some((unit, _)) => {
                bad_value(unit, "a unit", "count or weight", faults);
                None
            }
        };
        let written = [("at_least", Comparison::AtLeast), ("below", Comparison::Below), ("equal", Comparison::Equal)];
        let mut found = written.iter().filter_map(|(key, comparison)| node.get(key).map(|value| (value, *comparison)));
        let (Some((value, comparison)), None) = (found.next(), found.next()) else {
            wrong_type(node, "a condition with one of at_least, below or equal", faults);
            return None;
        };
        let text = Spot::<String>::decode(value, faults)?.value;
        let bound = presets::amount(&text, self.edges.len()).map(Bound::Amount);
        let share = || Ratio::parse(&text).filter(|share| !share.is_negative()).map(Bound::Share);
        let bound = bound.or_else(|| if comparison == Comparison::Equal { None } else { share() });
        if bound.is_none() {
            bad_value(value, "a bound", "2 or 60%", faults);
        }
        Some(Condition { unit: unit?, low: low?, high: high?, comparison, bound: bound? })
    }

    /// A rule by name with its parameters, expanded from data and read again.
    fn preset(&self, name: &str, parameters: Option<&Node>, mark: Mark, faults: &mut Faults) -> Option<Expression> {
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

fn greatest_divisor(a: u32, b: u32) -> u32 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
