//! Rules evaluated as they are written, by counting.
//!
//! Goes in: the tree of a rule and what the dependencies look like. Comes out: a level.
//! **Invariant:** every comparison is of whole numbers; a share is compared by multiplying across.
//! **Not here:** where the dependencies' levels come from (`impact`).

use crate::reading::{entries, fraction, list, text};
use siam_core::document::Node;
use std::collections::BTreeSet;

/// A dependency as its dependent sees it: level, weight and group. One that is excluded is not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The level after the edge's table.
    pub level: usize,
    /// Its weight.
    pub weight: i128,
    /// Its group.
    pub group: Option<String>,
}

/// What a rule is read with.
pub struct Rule<'a> {
    /// Names of the levels, best first.
    pub levels: &'a [String],
    /// How many dependencies are written; `n` in a count.
    pub written: usize,
    /// All groups written, also those whose members are excluded.
    pub groups: &'a BTreeSet<String>,
}

impl Rule<'_> {
    /// The level of a name.
    pub fn level(&self, name: &str) -> usize {
        self.levels.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is no level"))
    }

    /// The value of a rule: a word, or a map of one key.
    pub fn value(&self, rule: &Node, seen: &[Seen]) -> usize {
        if let Some(word) = rule.text() {
            return self.named(word, None, seen);
        }
        let [entry] = rule.entries().unwrap_or_default() else { panic!("a rule is a word or a map of one key") };
        let value = &entry.value;
        match &*entry.key {
            "const" => self.level(value.text().expect("a level")),
            "order" => match (text(value, "count"), text(value, "weight")) {
                (Some(enough), None) => self.order(true, enough, seen),
                (None, Some(enough)) => self.order(false, enough, seen),
                _ => panic!("an order has count or weight"),
            },
            "score" => self.score(value, seen),
            "first" => self.first(value, seen),
            "max" => list(value).iter().map(|rule| self.value(rule, seen)).max().unwrap_or(0),
            "min" => list(value).iter().map(|rule| self.value(rule, seen)).min().expect("min of at least one rule"),
            "group" => self.within(text(value, "label"), value.get("rule"), seen),
            "each_group" => self.groups.iter().map(|label| self.within(Some(label), Some(value), seen)).max().unwrap_or(0),
            "ungrouped" => self.within(None, Some(value), seen),
            "post" => {
                let before = value.get("rule").map_or_else(|| self.order(true, "any", seen), |rule| self.value(rule, seen));
                let changed = entries(value, "table").iter().find(|entry| self.level(&entry.key) == before);
                changed.map_or(before, |entry| self.level(entry.value.text().expect("a level")))
            }
            name => self.named(name, Some(value), seen),
        }
    }

    /// A rule over the dependencies of one group, or over those without one.
    fn within(&self, label: Option<&str>, rule: Option<&Node>, seen: &[Seen]) -> usize {
        let inside: Vec<Seen> = seen.iter().filter(|one| one.group.as_deref() == label).cloned().collect();
        rule.map_or_else(|| self.order(true, "any", &inside), |rule| self.value(rule, &inside))
    }

    /// The worst level such that the amount at it or worse is enough; the best where none is.
    pub fn order(&self, count: bool, enough: &str, seen: &[Seen]) -> usize {
        let everything = amount(count, 0, self.levels.len() - 1, seen);
        if everything == 0 {
            return 0;
        }
        // Enough as a fraction.
        let (numerator, denominator) = match enough {
            "any" => (1, 1),
            "all" => (everything, 1),
            needed if needed.starts_with("needed ") => {
                let needed: i128 = needed["needed ".len()..].trim().parse().expect("a whole number is needed");
                ((everything + 1 - needed).clamp(1, everything), 1)
            }
            written => match self.sum(written) {
                Some(whole) => (whole, 1),
                None => {
                    let (p, d) = fraction(written).unwrap_or_else(|| panic!("{written} is no amount"));
                    (p * everything, d)
                }
            },
        };
        // A count is never less than one and never more than there are.
        let (numerator, denominator) = match count {
            true if numerator < denominator => (1, 1),
            true if numerator > everything * denominator => (everything, 1),
            _ => (numerator, denominator),
        };
        let worst = self.levels.len() - 1;
        (0..=worst).rev().find(|level| amount(count, *level, worst, seen) * denominator >= numerator).unwrap_or(0)
    }

    /// A whole number, or a sum of whole numbers and `n`; never below zero.
    fn sum(&self, written: &str) -> Option<i128> {
        let mut total = 0;
        let mut sign = 1;
        for word in written.split_whitespace() {
            match word {
                "+" => sign = 1,
                "-" => sign = -1,
                "n" => total += sign * self.written as i128,
                number => total += sign * i128::from(number.parse::<u32>().ok()?),
            }
        }
        Some(total.max(0))
    }

    /// The worst level whose bound is met by the sum of weight times gain; the best where none is.
    fn score(&self, value: &Node, seen: &[Seen]) -> usize {
        let table = |key: &str, level: usize| {
            let written = entries(value, key).iter().find(|entry| self.level(&entry.key) == level);
            written.map_or(0, |entry| entry.value.text().and_then(|text| text.parse::<i128>().ok()).expect("a whole number"))
        };
        let sum: i128 = seen.iter().map(|one| one.weight * table("gain", one.level)).sum();
        (1..self.levels.len()).rev().find(|level| sum >= table("theta", *level)).unwrap_or(0)
    }

    /// The rule of the first case whose condition holds, else the last.
    fn first(&self, cases: &Node, seen: &[Seen]) -> usize {
        for case in list(cases) {
            match case.get("when") {
                Some(when) if self.holds(when, seen) => return self.value(case.get("then").expect("then"), seen),
                _ => {}
            }
        }
        let otherwise = list(cases).iter().find_map(|case| case.get("else"));
        otherwise.map_or(0, |rule| self.value(rule, seen))
    }

    fn holds(&self, when: &Node, seen: &[Seen]) -> bool {
        let worst = self.levels.len() - 1;
        let low = text(when, "from").map_or(0, |name| self.level(name));
        let high = text(when, "to").map_or(worst, |name| self.level(name));
        let count = text(when, "unit") != Some("weight");
        let found = amount(count, low, high, seen);
        let everything = amount(count, 0, worst, seen);
        let compare = |written: &str, holds: fn(i128, i128) -> bool| match self.sum(written) {
            Some(whole) => holds(found, whole),
            None => {
                let (p, d) = fraction(written).unwrap_or_else(|| panic!("{written} is no bound"));
                everything > 0 && holds(d * found, p * everything)
            }
        };
        match (text(when, "at_least"), text(when, "below"), text(when, "equal")) {
            (Some(bound), ..) => compare(bound, |a, b| a >= b),
            (_, Some(bound), _) => compare(bound, |a, b| a < b),
            (.., Some(bound)) => compare(bound, |a, b| a == b),
            _ => panic!("a condition has a bound"),
        }
    }

    /// Rules by name.
    fn named(&self, name: &str, given: Option<&Node>, seen: &[Seen]) -> usize {
        let parameter = |key: &str, first: bool| match given {
            Some(node) if node.entries().is_some() => text(node, key).map(str::to_owned),
            Some(node) if first => node.text().map(str::to_owned),
            _ => None,
        };
        let k = |key: &str| parameter(key, true);
        let best = |k: &str| self.order(true, &format!("needed {k}"), seen);
        let cap = || parameter("restrict_state", false).map_or(self.levels.len() - 1, |name| self.level(&name));
        let count = || k("count").unwrap_or_else(|| "1".to_owned());
        match name {
            "any" | "icinga.AND" | "zabbix.most_critical_of_children" | "itop.any_impacted" => self.order(true, "any", seen),
            "opennms.highest" => self.order(true, "any", seen).max(self.level("NORMAL")),
            "all" | "icinga.OR" => self.order(true, "all", seen),
            "best" => best(&k("k").expect("k")),
            "worst" => self.order(true, &k("k").expect("k"), seen),
            "checkmk.best" => best(&count()).min(cap()),
            "checkmk.worst" => self.order(true, &count(), seen).min(cap()),
            _ => panic!("the oracle does not know the rule {name}"),
        }
    }
}

/// How many, or how much weight, lies between two levels.
fn amount(count: bool, low: usize, high: usize, seen: &[Seen]) -> i128 {
    seen.iter().filter(|one| (low..=high).contains(&one.level)).map(|one| if count { 1 } else { one.weight }).sum()
}
