//! Rules of other systems by name, each written out as that system describes it.
//!
//! Goes in: the name of a rule, its parameters, what the dependencies look like. Comes out: a level.
//! **Invariant:** nothing is read from the library's own table of rules.
//! **Not here:** the algebra (`rule`), edge maps (`edges`).

use crate::reading::{fraction, list, text};
use crate::rule::{Rule, Seen, amount};
use siam_core::document::Node;

/// A rule by name with what was written for it.
pub(crate) struct Named<'a> {
    pub rule: &'a Rule<'a>,
    pub name: &'a str,
    pub given: Option<&'a Node>,
    pub seen: &'a [Seen],
}

impl Named<'_> {
    /// A parameter; one value alone is that of the first.
    fn get(&self, key: &str, first: bool) -> Option<&str> {
        match self.given {
            Some(node) if node.entries().is_some() => text(node, key),
            Some(node) if first => node.text(),
            _ => None,
        }
    }
    fn first(&self, key: &str) -> &str {
        self.get(key, true).unwrap_or_else(|| panic!("{} needs {key}", self.name))
    }
    fn last(&self) -> usize {
        self.rule.levels.len() - 1
    }
    /// The level of a parameter, or of its default.
    fn level(&self, key: &str, default: usize) -> usize {
        self.get(key, false).map_or(default, |name| self.rule.level(name))
    }
    fn called(&self, name: &str) -> usize {
        self.rule.level(name)
    }
    fn max(&self) -> usize {
        self.seen.iter().map(|one| one.level).max().unwrap_or(0)
    }
    fn min(&self) -> usize {
        self.seen.iter().map(|one| one.level).min().unwrap_or(0)
    }
    fn good(&self) -> usize {
        self.seen.iter().filter(|one| one.level == 0).count()
    }
    fn number(&self, key: &str, first: bool, default: usize) -> usize {
        self.get(key, first).map_or(default, |text| text.parse().expect("a whole number"))
    }

    /// The k-th of the sorted levels, the last there is where k is too large, unless `beyond` names a level.
    fn kth(&self, k: usize, best_first: bool, beyond: Option<&str>) -> usize {
        let mut levels: Vec<usize> = self.seen.iter().map(|one| one.level).collect();
        levels.sort_unstable();
        if !best_first {
            levels.reverse();
        }
        match beyond {
            Some(name) if !["clamp", "refuse"].contains(&name) && k > levels.len() => self.called(name),
            _ => levels.get(k.clamp(1, levels.len().max(1)) - 1).copied().unwrap_or(0),
        }
    }

    pub(crate) fn value(&self) -> usize {
        let beyond = self.get("beyond", false);
        match self.name {
            "any" | "itop.any_impacted" | "glpi.any_impacted" | "servicenow.highest" | "nagios.AND" => self.max(),
            "all" | "nagios.OR" => self.min(),
            "best" => self.kth(self.first("k").parse().expect("k"), true, beyond),
            "worst" => self.kth(self.first("k").parse().expect("k"), false, beyond),
            "nagios.MIN" => self.kth(self.first("n").parse().expect("n"), true, beyond),
            "checkmk.best" => {
                self.kth(self.number("count", true, 1), true, beyond).min(self.level("restrict_state", self.last()))
            }
            "checkmk.worst" => {
                self.kth(self.number("count", true, 1), false, beyond).min(self.level("restrict_state", self.last()))
            }
            "checkmk.count_ok" => self.count_ok(),
            "icinga2.reachable_by_groups" => self.reachable(),
            "itop.redundancy" => self.redundancy(),
            "itop.enough_left" => self.enough_left(self.seen),
            "servicenow.influence_sum" => self.influence(),
            name if name.starts_with("icinga.") => self.icinga(beyond),
            name if name.starts_with("zabbix.") => self.zabbix(),
            name if name.starts_with("opennms.") => self.opennms(),
            name => panic!("the oracle does not know the rule {name}"),
        }
    }

    fn icinga(&self, beyond: Option<&str>) -> usize {
        if self.seen.is_empty() {
            return self.level("empty", 0);
        }
        let worst = self.max();
        match self.name {
            "icinga.AND" => worst,
            "icinga.OR" => self.min(),
            "icinga.NOT" => match self.rule.levels[worst].as_str() {
                "OK" => self.called("CRITICAL"),
                "CRITICAL" | "UNKNOWN" => self.called("OK"),
                _ => worst,
            },
            "icinga.XOR" if self.good() == 1 => 0,
            "icinga.XOR" => self.last(),
            "icinga.DEG" if worst == self.called("CRITICAL") => self.called("WARNING"),
            "icinga.DEG" => worst,
            "icinga.MIN" => {
                let n: usize = self.first("n").parse().expect("a whole number");
                let beyond = beyond.unwrap_or("UNKNOWN");
                if self.get("reading", false) == Some("documented") {
                    return self.kth(n, true, Some(beyond));
                }
                match self.good() >= n {
                    true => 0,
                    false if n > self.seen.len() && !["clamp", "refuse"].contains(&beyond) => self.called(beyond),
                    false => worst,
                }
            }
            name => panic!("the oracle does not know the rule {name}"),
        }
    }

    fn zabbix(&self) -> usize {
        let main = match self.name {
            "zabbix.service" => self.first("main").to_owned(),
            name => name["zabbix.".len()..].to_owned(),
        };
        let mut value = match main.as_str() {
            "set_ok" => 0,
            "most_critical_if_all_have_problems" if self.good() > 0 => 0,
            "most_critical_if_all_have_problems" | "most_critical_of_children" => self.max(),
            main => panic!("{main} is no main rule"),
        };
        let alone = self.given.filter(|node| node.items().is_some());
        let rules = alone.or_else(|| self.given.and_then(|node| node.get("additional_rules")));
        for rule in rules.map(list).unwrap_or_default() {
            let field = |key: &str| text(rule, key).unwrap_or_else(|| panic!("an additional rule needs {key}"));
            let (kind, limit) = (field("type"), self.called(field("limit_status")));
            let wanted: i128 = field("limit_value").parse().expect("a whole number");
            let count = kind.starts_with('N');
            let atleast = kind.ends_with("GE");
            let found = if atleast { amount(count, limit, self.last(), self.seen) } else { amount(count, 0, limit, self.seen) };
            let all = amount(count, 0, self.last(), self.seen);
            let fires = match (kind.contains('P'), atleast) {
                (true, _) if all == 0 => false,
                (true, true) => found * 100 / all >= wanted,
                (true, false) => found * 100 / all < wanted,
                (false, true) => found >= wanted,
                (false, false) => found < wanted,
            };
            if fires {
                value = value.max(self.called(field("new_status")));
            }
        }
        value
    }

    fn opennms(&self) -> usize {
        let otherwise = || self.called(self.get("otherwise", self.name == "opennms.highest").unwrap_or("NORMAL"));
        match self.name {
            "opennms.highest" if self.max() == 0 => otherwise(),
            "opennms.highest" => self.max(),
            "opennms.highest_above" if self.max() <= self.called(self.first("threshold")) => otherwise(),
            "opennms.highest_above" => self.max(),
            "opennms.threshold" => {
                let least = self.called(self.get("least", false).unwrap_or("NORMAL"));
                self.rule.order(false, &format!("share {}", self.first("threshold")), self.seen).max(least)
            }
            "opennms.exponential" => {
                let normal = self.called(self.get("normal", false).unwrap_or("NORMAL"));
                if self.max() < normal {
                    return otherwise();
                }
                let from = self.called(self.get("warning", false).unwrap_or("WARNING"));
                let base = self.get("base", true).unwrap_or("2").to_owned();
                exponential(&base, from, self.rule.levels.len(), self.rule.divisor, self.seen).max(normal)
            }
            name => panic!("the oracle does not know the rule {name}"),
        }
    }

    fn count_ok(&self) -> usize {
        let reached = |key: &str| {
            let written = self.get(key, key == "ok").unwrap_or_else(|| panic!("{key}"));
            let good = self.good() as i128;
            match written.strip_suffix('%') {
                Some(_) => {
                    let (p, d) = fraction(written).expect("a percentage");
                    !self.seen.is_empty() && d * good >= p * self.seen.len() as i128
                }
                None => good >= written.parse::<i128>().expect("a whole number"),
            }
        };
        if reached("ok") {
            0
        } else if reached("warn") {
            self.called(self.get("warning", false).unwrap_or("WARN"))
        } else {
            self.level("critical", self.last())
        }
    }

    /// The dependencies without a group, then those of each group.
    fn parts(&self) -> (Vec<Seen>, Vec<Vec<Seen>>) {
        let of = |label: Option<&str>| self.seen.iter().filter(|one| one.group.as_deref() == label).cloned().collect();
        (of(None), self.rule.groups.iter().map(|label| of(Some(label))).collect())
    }

    fn reachable(&self) -> usize {
        let (alone, groups) = self.parts();
        let felt = |seen: &[Seen], how: &str| {
            let levels = seen.iter().map(|one| one.level);
            if how == "all_required" { levels.max() } else { levels.min() }.unwrap_or(0)
        };
        let (ungrouped, named) =
            (self.get("ungrouped", true).unwrap_or("all_required"), self.get("named_group", false).unwrap_or("any_one_suffices"));
        groups.iter().map(|group| felt(group, named)).max().unwrap_or(0).max(felt(&alone, ungrouped))
    }

    fn redundancy(&self) -> usize {
        if self.get("enabled", false) == Some("false") {
            return self.max();
        }
        let (alone, groups) = self.parts();
        groups.iter().map(|group| self.enough_left(group)).max().unwrap_or(0).max(self.enough_left(&alone))
    }

    /// Impacted where more are down than may be: as many as there are, less those that must be up.
    fn enough_left(&self, group: &[Seen]) -> usize {
        let written = self.get("min_up", true).unwrap_or("1");
        let (p, d) = fraction(written).expect("a number");
        let n = group.len() as i128;
        let percent = self.get("min_up_type", false).is_some_and(|kind| kind.starts_with("percent"));
        // The share that may be down, times d (and times 100 for a percentage).
        let (allowed, scale) = if percent { (n * 100 * d - n * p, 100 * d) } else { (n * d - p, d) };
        let down = group.iter().filter(|one| one.level > 0).count() as i128;
        if down * scale > allowed.max(0) { group.iter().map(|one| one.level).max().unwrap_or(0) } else { 0 }
    }

    fn influence(&self) -> usize {
        let required = self.first("required_influence");
        let strict = self.get("comparison", false) == Some(">");
        let all = amount(false, 0, self.last(), self.seen);
        let (p, d) = match required.ends_with('%') {
            true => fraction(required).map(|(p, d)| (p * all, d)).expect("a percentage"),
            false => (required.parse().expect("a whole number"), 1),
        };
        let enough = |level: &usize| {
            let found = amount(false, *level, self.last(), self.seen) * d;
            all > 0 && if strict { found > p } else { found >= p }
        };
        (1..=self.last()).rev().find(enough).unwrap_or(0)
    }
}

/// The rounded-down logarithm of the sum of powers, counted from the level `from`; the best level where nothing is that bad.
/// Each dependency stands as often as its weight says once all weights are divided by what divides them.
pub(crate) fn exponential(base: &str, from: usize, levels: usize, divisor: i128, seen: &[Seen]) -> usize {
    let (p, q) = fraction(base).expect("a base");
    let last = u32::try_from(levels - 1 - from).expect("few levels");
    let power = |step: u32| p.pow(step) * q.pow(last - step);
    let step = |level: usize| u32::try_from(level - from).expect("few levels");
    let sum: i128 = seen.iter().filter(|one| one.level >= from).map(|one| one.weight * power(step(one.level))).sum();
    (0..=last).rev().find(|step| sum >= divisor * power(*step)).map_or(0, |step| from + step as usize)
}
