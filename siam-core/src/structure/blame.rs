//! Which dependencies of a node made it as bad as it is, read from its rule.
//!
//! Goes in: a node and the levels of its dependencies. Comes out: the dependencies that contribute, or those that a demand falls on.
//! **Invariant:** a dependency that is excluded, or at best as the node sees it, is never blamed.
//! **Not here:** the way from node to node (`answer::root_causes`), the least that would heal (`heal`).

use super::meaning::{Seen, holds, in_group, see, value};
use crate::model::rule::{Comparison, Condition, Edge, Expression, Level, LevelMap, Node, ServiceIdx, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// A dependency to be explained from a level on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// The dependency.
    pub service: ServiceIdx,
    /// The least level of it that explains; 0 asks for anything worse than best.
    pub from: Level,
}

/// The dependencies that contribute to the level the rule of a node gives, each once, in the order written.
///
/// - Order: those that are seen at the level the rule gives or worse.
/// - Score: all that add to the sum.
/// - First: what the condition that holds counts; of conditions that ask for enough good ones and fail, those that are not good.
/// - Max: the parts that reach the level. Min: every part. Group, Ungrouped and Post: what is inside.
pub fn contributors(node: &Node, worst: Level, level: impl Fn(ServiceIdx) -> Level) -> Vec<ServiceIdx> {
    let seen = see(node, &level);
    let given = value(&node.rule, &seen, worst);
    let mut found = BTreeSet::new();
    if given > 0 {
        contribute(&node.rule, &seen, given, worst, &mut found);
    }
    node.edges.iter().map(|edge| edge.to).filter(|to| found.remove(to)).collect()
}

fn weighs(unit: Unit, edge: &Edge) -> bool {
    unit == Unit::Count || edge.weight > 0
}

fn gains(gain: &[i64], one: &Seen<'_>) -> bool {
    one.edge.weight > 0 && gain.get(usize::from(one.level)).is_some_and(|gain| *gain > 0)
}

fn take(found: &mut BTreeSet<ServiceIdx>, seen: &[Seen<'_>], wanted: impl Fn(&Seen<'_>) -> bool) {
    found.extend(seen.iter().filter(|one| one.level > 0 && wanted(one)).map(|one| one.edge.to));
}

fn contribute(rule: &Expression, seen: &[Seen<'_>], reached: Level, worst: Level, found: &mut BTreeSet<ServiceIdx>) {
    match rule {
        Expression::Const(_) => {}
        Expression::Order(unit, _) => take(found, seen, |one| one.level >= reached && weighs(*unit, one.edge)),
        Expression::Score { gain, .. } => take(found, seen, |one| gains(gain, one)),
        Expression::First(cases, otherwise) => {
            for (condition, then) in cases {
                let unit = condition.unit;
                if holds(condition, seen) {
                    match condition.comparison {
                        Comparison::Below => take(found, seen, |one| one.level > condition.high && weighs(unit, one.edge)),
                        _ => take(found, seen, |one| {
                            (condition.low..=condition.high).contains(&one.level) && weighs(unit, one.edge)
                        }),
                    }
                    return contribute(then, seen, value(then, seen, worst), worst, found);
                }
                if condition.comparison != Comparison::Below {
                    take(found, seen, |one| one.level > condition.high && weighs(unit, one.edge));
                }
            }
            contribute(otherwise, seen, value(otherwise, seen, worst), worst, found);
        }
        Expression::Max(parts) => {
            for part in parts.iter().filter(|part| value(part, seen, worst) >= reached) {
                contribute(part, seen, reached, worst, found);
            }
        }
        Expression::Min(parts) => parts.iter().for_each(|part| contribute(part, seen, reached, worst, found)),
        Expression::Group(group, part) => contribute(part, &in_group(seen, Some(*group)), reached, worst, found),
        Expression::Ungrouped(part) => contribute(part, &in_group(seen, None), reached, worst, found),
        Expression::Post(_, part) => contribute(part, seen, value(part, seen, worst), worst, found),
    }
}

/// The dependencies that a demand on a node falls on, each once with the least that is demanded of it, in the order of their indexes.
/// `from` is the least level of the node to be explained, 0 for anything worse than best.
///
/// - Order: those seen at `from` or worse, with the same demand. Score: all that add to the sum, with none.
/// - First: those that the condition that holds is about, from its limit on; where a condition asks for enough good ones and fails, those
///   that are not good, with none.
/// - Max: every part that is bad enough, but of its conditions on counts only the one with the lowest limit, and likewise on weights.
/// - Min: every part. Group, Ungrouped: what is inside. Post: what is inside, by its table read backwards.
/// - Edges read a demand backwards through their map; one that is the same for all levels worse than best asks for nothing.
pub fn demands(node: &Node, worst: Level, from: Level, level: impl Fn(ServiceIdx) -> Level) -> Vec<Demand> {
    let seen = see(node, &level);
    let mut asking = Asking { worst, found: BTreeMap::new() };
    asking.ask(&node.rule, &seen, from);
    asking.found.into_iter().map(|(service, from)| Demand { service, from }).collect()
}

/// The level of a dependency that gives at least `from` through a map.
fn backwards(map: &LevelMap, from: Level, worst: Level) -> Level {
    match map {
        _ if from == 0 => 0,
        LevelMap::Same => from,
        LevelMap::Table(table) => {
            let mut bad = table.iter().skip(1);
            let first = bad.next();
            if bad.all(|level| Some(level) == first) {
                return 0;
            }
            let found = table.iter().zip(0..).skip(1).find(|(level, _)| level.is_some_and(|level| level >= from));
            found.map_or(worst, |(_, at)| at)
        }
    }
}

/// The condition that chose, where a part is "this level if so many".
fn fired<'r>(part: &'r Expression, seen: &[Seen<'_>]) -> Option<&'r Condition> {
    let Expression::First(cases, _) = part else { return None };
    let (condition, then) = cases.iter().find(|(condition, _)| holds(condition, seen))?;
    matches!(then, Expression::Const(_)).then_some(condition)
}

/// The level a condition speaks of.
fn limit(condition: &Condition) -> Level {
    if condition.comparison == Comparison::Below { condition.high } else { condition.low }
}

struct Asking {
    worst: Level,
    found: BTreeMap<ServiceIdx, Level>,
}

impl Asking {
    fn add(&mut self, seen: &[Seen<'_>], from: Level, wanted: impl Fn(&Seen<'_>) -> bool) {
        for one in seen.iter().filter(|one| one.level > 0 && wanted(one)) {
            let asked = backwards(&one.edge.map, from, self.worst);
            let least = self.found.entry(one.edge.to).or_insert(asked);
            *least = asked.min(*least);
        }
    }

    fn ask(&mut self, rule: &Expression, seen: &[Seen<'_>], from: Level) {
        let least = from.max(1);
        if value(rule, seen, self.worst) < least {
            return;
        }
        match rule {
            Expression::Const(_) => {}
            Expression::Order(unit, _) => self.add(seen, from, |one| one.level >= least && weighs(*unit, one.edge)),
            Expression::Score { gain, .. } => self.add(seen, 0, |one| gains(gain, one)),
            Expression::First(cases, otherwise) => {
                for (condition, then) in cases {
                    let unit = condition.unit;
                    if holds(condition, seen) {
                        let limit = limit(condition);
                        self.add(seen, limit, |one| one.level >= limit && weighs(unit, one.edge));
                        return self.ask(then, seen, from);
                    }
                    if condition.comparison != Comparison::Below {
                        self.add(seen, 0, |one| one.level > condition.high && weighs(unit, one.edge));
                    }
                }
                self.ask(otherwise, seen, from);
            }
            Expression::Max(parts) => self.ask_parts(parts, seen, from),
            Expression::Min(parts) => parts.iter().for_each(|part| self.ask(part, seen, from)),
            Expression::Group(group, part) => self.ask(part, &in_group(seen, Some(*group)), from),
            Expression::Ungrouped(part) => self.ask(part, &in_group(seen, None), from),
            Expression::Post(table, part) => {
                let inner = table.iter().zip(0..).find(|(level, _)| **level >= least).map_or(0, |(_, at)| at);
                if inner > 0 {
                    self.ask(part, seen, if from == 0 { 0 } else { inner });
                }
            }
        }
    }

    /// Of conditions on counts, and of those on weights, only the one with the lowest limit is asked.
    fn ask_parts(&mut self, parts: &[Expression], seen: &[Seen<'_>], from: Level) {
        let mut lowest: [Option<(Level, &Expression)>; 2] = [None, None];
        let (least, worst) = (from.max(1), self.worst);
        for part in parts.iter().filter(|part| value(part, seen, worst) >= least) {
            let Some(condition) = fired(part, seen) else {
                self.ask(part, seen, from);
                continue;
            };
            let limit = limit(condition);
            let [count, weight] = &mut lowest;
            let kept = if condition.unit == Unit::Count { count } else { weight };
            if kept.is_none_or(|(least, _)| limit < least) {
                *kept = Some((limit, part));
            }
        }
        for (_, part) in lowest.into_iter().flatten() {
            self.ask(part, seen, from);
        }
    }
}
