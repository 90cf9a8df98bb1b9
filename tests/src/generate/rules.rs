//! Random rules of the algebra, as they are written.
//!
//! Goes in: dice, levels, group labels. Comes out: text of a rule in flow style.
//! **Invariant:** where a monotone rule is asked for, a worse dependency never makes its value better.
//! **Not here:** dependencies (`estate`).

use super::{Dice, presets};

/// Writes rules over these levels and groups.
pub struct Rules<'a> {
    /// Names of the levels, best first.
    pub levels: &'a [String],
    /// Labels that some dependency has.
    pub labels: &'a [String],
    /// How many dependencies there are.
    pub edges: usize,
    /// Only monotone ones.
    pub monotone: bool,
}

impl Rules<'_> {
    /// A random rule of at most this depth.
    pub fn rule(&self, dice: &mut Dice, depth: usize) -> String {
        let forms = match (depth, self.monotone) {
            (0, _) => 6,
            (_, true) => 11,
            (_, false) => 14,
        };
        match dice.below(forms) {
            0 | 1 => self.order(dice),
            4 | 5 => presets::rule(dice, self.levels, self.edges, self.monotone),
            2 if dice.chance(1, 4) => {
                let written = format!("{}{}", dice.pick(&["", "needed "]), dice.below(self.edges + 1) + 1);
                format!("{{order: {{count: {written}, beyond: {}}}}}", dice.pick(self.levels))
            }
            2 => format!("{{order: {{count: {}}}}}", self.enough(dice)),
            3 => format!("{{order: {{weight: {}}}}}", self.enough(dice)),
            6 => format!("{{max: [{}]}}", self.several(dice, depth)),
            7 => format!("{{min: [{}]}}", self.several(dice, depth)),
            8 => self.grouped(dice, depth),
            9 => self.post(dice, depth),
            10 => self.score(dice),
            11 => format!("{{const: {}}}", dice.pick(self.levels)),
            _ => self.first(dice, depth),
        }
    }

    /// One order over all dependencies, by name or written out.
    pub fn order(&self, dice: &mut Dice) -> String {
        let words = ["any", "all", "icinga.AND", "icinga.OR", "zabbix.most_critical_of_children", "itop.any_impacted"];
        match dice.below(4) {
            0 => (*dice.pick(&words)).to_owned(),
            1 => self.by_name(dice),
            2 => format!("{{order: {{count: {}}}}}", self.enough(dice)),
            _ => format!("{{order: {{weight: {}}}}}", self.enough(dice)),
        }
    }

    fn several(&self, dice: &mut Dice, depth: usize) -> String {
        let count = dice.below(3) + 1;
        (0..count).map(|_| self.rule(dice, depth - 1)).collect::<Vec<_>>().join(", ")
    }

    fn by_name(&self, dice: &mut Dice) -> String {
        let k = dice.below(self.edges + 1) + 1;
        let name = dice.pick(&["best", "worst", "checkmk.best", "checkmk.worst"]);
        if name.starts_with("checkmk") && dice.chance(1, 2) {
            return format!("{{{name}: {{count: {k}, restrict_state: {}}}}}", dice.pick(self.levels));
        }
        format!("{{{name}: {k}}}")
    }

    /// How much is enough: an amount, a sum with n, a share, any or all.
    fn enough(&self, dice: &mut Dice) -> String {
        match dice.below(6) {
            0 => "any".to_owned(),
            1 => "all".to_owned(),
            2 => (dice.below(self.edges + 1) + 1).to_string(),
            3 => format!("n - {}", dice.below(self.edges)),
            _ => self.share(dice),
        }
    }

    fn share(&self, dice: &mut Dice) -> String {
        match dice.below(3) {
            0 => format!("{}/{}", dice.between(1, 5), dice.between(5, 7)),
            1 => format!("{}%", dice.pick(&[20, 25, 50, 58, 60, 75, 100])),
            _ => (*dice.pick(&["0.2", "0.5", "0.6", "66.7%"])).to_owned(),
        }
    }

    fn grouped(&self, dice: &mut Dice, depth: usize) -> String {
        let inner = self.rule(dice, depth - 1);
        match dice.below(3) {
            0 if !self.labels.is_empty() => format!("{{group: {{label: {}, rule: {inner}}}}}", dice.pick(self.labels)),
            1 => format!("{{ungrouped: {inner}}}"),
            _ => format!("{{each_group: {inner}}}"),
        }
    }

    fn post(&self, dice: &mut Dice, depth: usize) -> String {
        let table = table(dice, self.levels, self.monotone);
        let written: Vec<String> =
            self.levels.iter().zip(table).map(|(from, to)| format!("{from}: {}", self.levels[to])).collect();
        format!("{{post: {{table: {{{}}}, rule: {}}}}}", written.join(", "), self.rule(dice, depth - 1))
    }

    /// Gains and bounds; where monotone, neither falls from one level to the next.
    fn score(&self, dice: &mut Dice) -> String {
        if dice.chance(1, 3) {
            let (base, from) = (dice.pick(&["2", "1.5", "7/2", "10"]), dice.pick(self.levels));
            return format!("{{score: {{base: {base}, from: {from}, weights: {}}}}}", dice.pick(&["as_written", "reduced"]));
        }
        let mut named = |low: i64, high: i64| {
            let mut values: Vec<i64> = self.levels.iter().map(|_| dice.between(low, high)).collect();
            if self.monotone {
                values.sort_unstable();
            }
            self.levels.iter().zip(values).map(|(level, value)| format!("{level}: {value}")).collect::<Vec<_>>().join(", ")
        };
        let gain = named(if self.monotone { 0 } else { -3 }, 6);
        format!("{{score: {{gain: {{{gain}}}, theta: {{{}}}}}}}", named(-2, 12))
    }

    fn first(&self, dice: &mut Dice, depth: usize) -> String {
        let mut cases: Vec<String> = (0..dice.below(2) + 1)
            .map(|_| format!("{{when: {}, then: {}}}", self.condition(dice), self.rule(dice, depth - 1)))
            .collect();
        if dice.chance(3, 4) {
            cases.push(format!("{{else: {}}}", self.rule(dice, depth - 1)));
        }
        format!("{{first: [{}]}}", cases.join(", "))
    }

    fn condition(&self, dice: &mut Dice) -> String {
        let mut parts = Vec::new();
        let (a, b) = (dice.below(self.levels.len()), dice.below(self.levels.len()));
        if dice.chance(2, 3) {
            parts.push(format!("from: {}", self.levels[a.min(b)]));
        }
        if dice.chance(2, 3) {
            parts.push(format!("to: {}", self.levels[a.max(b)]));
        }
        if dice.chance(1, 2) {
            parts.push(format!("unit: {}", dice.pick(&["count", "weight"])));
        }
        parts.push(match dice.below(4) {
            0 => format!("at_least: {}", dice.below(self.edges + 2)),
            1 => format!("below: {}", dice.below(self.edges + 2)),
            2 => format!("equal: {}", dice.below(self.edges + 1)),
            _ => format!("{}: {}", dice.pick(&["at_least", "below"]), self.share(dice)),
        });
        format!("{{{}}}", parts.join(", "))
    }
}

/// A random table from level to level; one that never falls where it must be monotone.
pub fn table(dice: &mut Dice, levels: &[String], monotone: bool) -> Vec<usize> {
    let mut table: Vec<usize> = levels.iter().map(|_| dice.below(levels.len())).collect();
    if monotone {
        table.sort_unstable();
    }
    table
}
