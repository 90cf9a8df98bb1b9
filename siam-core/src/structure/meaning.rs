//! An expression read plainly, and the reason at a node.
//!
//! Goes in: a node and the levels of its dependencies. Comes out: the level its rule gives; how many are needed and how many are left.
//! **Invariant:** says what the gates say; it is the definition that tests hold them to.
//! **Not here:** sentences (`report`).

use crate::base::Ratio;
use crate::model::rule::{Bound, Comparison, Condition, Edge, Expression, Level, LevelMap, Node, Quorum, ServiceIdx, Unit};

/// A dependency as its dependent sees it; excluded ones are not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub edge: &'a Edge,
    pub level: Level,
}

pub(super) fn see<'a>(node: &'a Node, level: &impl Fn(ServiceIdx) -> Level) -> Vec<Seen<'a>> {
    let seen = |edge: &'a Edge| {
        let level = match &edge.map {
            LevelMap::Same => level(edge.to),
            LevelMap::Table(table) => table.get(usize::from(level(edge.to))).copied().flatten()?,
        };
        Some(Seen { edge, level })
    };
    node.edges.iter().filter_map(seen).collect()
}

/// The level the rule of a node gives, where its dependencies have these effective levels and the chain ends at `worst`.
pub fn meaning(node: &Node, worst: Level, level: impl Fn(ServiceIdx) -> Level) -> Level {
    value(&node.rule, &see(node, &level), worst)
}

fn unit_of(unit: Unit, seen: &Seen<'_>) -> i128 {
    match unit {
        Unit::Count => 1,
        Unit::Weight => i128::from(seen.edge.weight),
    }
}

fn amount(unit: Unit, seen: &[Seen<'_>], low: Level, high: Level) -> i128 {
    seen.iter().filter(|one| low <= one.level && one.level <= high).map(|one| unit_of(unit, one)).sum()
}

fn total(unit: Unit, seen: &[Seen<'_>]) -> i128 {
    seen.iter().map(|one| unit_of(unit, one)).sum()
}

/// How an amount compares with the share of the whole.
fn beside_share(amount: i128, share: &Ratio, whole: i128) -> std::cmp::Ordering {
    Ratio::whole(amount).cmp(&share.times(&Ratio::whole(whole)))
}

fn is_enough(unit: Unit, quorum: &Quorum, amount: i128, whole: i128) -> bool {
    whole > 0
        && match (unit, quorum) {
            (_, Quorum::Any) => amount >= 1,
            (_, Quorum::All) => amount >= whole,
            (Unit::Count, Quorum::Amount(needed)) => amount >= i128::from(*needed).clamp(1, whole),
            (Unit::Weight, Quorum::Amount(needed)) => amount >= i128::from(*needed),
            (_, Quorum::Needed(needed)) => amount >= (whole + 1 - i128::from(*needed)).clamp(1, whole),
            (_, Quorum::Share(share)) => beside_share(amount, share, whole).is_ge(),
        }
}

pub(super) fn holds(condition: &Condition, seen: &[Seen<'_>]) -> bool {
    let counted = amount(condition.unit, seen, condition.low, condition.high);
    let whole = total(condition.unit, seen);
    let ordering = match &condition.bound {
        Bound::Amount(bound) => counted.cmp(&i128::from(*bound)),
        Bound::Share(_) if whole == 0 => return false,
        Bound::Share(share) => beside_share(counted, share, whole),
    };
    match condition.comparison {
        Comparison::AtLeast => ordering.is_ge(),
        Comparison::Below => ordering.is_lt(),
        Comparison::Equal => ordering.is_eq(),
    }
}

pub(super) fn in_group<'a>(seen: &[Seen<'a>], group: Option<u32>) -> Vec<Seen<'a>> {
    seen.iter().filter(|one| one.edge.group == group).copied().collect()
}

pub(super) fn value(rule: &Expression, seen: &[Seen<'_>], worst: Level) -> Level {
    match rule {
        Expression::Const(level) => *level,
        Expression::Order(unit, quorum) => {
            let whole = total(*unit, seen);
            (1..=worst).rev().find(|s| is_enough(*unit, quorum, amount(*unit, seen, *s, worst), whole)).unwrap_or(0)
        }
        Expression::Score { gain, theta } => {
            let sum: i128 = seen
                .iter()
                .map(|one| i128::from(one.edge.weight) * gain.get(usize::from(one.level)).copied().map_or(0, i128::from))
                .sum();
            (1..=worst).rev().find(|s| theta.get(usize::from(*s)).is_some_and(|bound| sum >= i128::from(*bound))).unwrap_or(0)
        }
        Expression::First(cases, otherwise) => {
            let chosen = cases.iter().find(|(condition, _)| holds(condition, seen));
            value(chosen.map_or(otherwise, |(_, then)| then), seen, worst)
        }
        Expression::Max(parts) => parts.iter().map(|part| value(part, seen, worst)).max().unwrap_or(0),
        Expression::Min(parts) => parts.iter().map(|part| value(part, seen, worst)).min().unwrap_or(0),
        Expression::Group(group, part) => value(part, &in_group(seen, Some(*group)), worst),
        Expression::Ungrouped(part) => value(part, &in_group(seen, None), worst),
        Expression::Post(table, part) => table.get(usize::from(value(part, seen, worst))).copied().unwrap_or(0),
    }
}

/// What decides at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// One that fails is felt.
    Any,
    /// One that works is enough.
    All,
    /// A number or a share of dependencies, counted.
    Count,
    /// A weight or a share of the weight.
    Weight,
    /// Something that is not a number of dependencies.
    Other,
}

/// Why a node has its level: "`needed` of `total` needed, `working` left".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeReason {
    /// What decides; the other numbers are about this part of the rule. For `Other` they count dependencies and `needed` is 0.
    pub kind: RuleKind,
    /// How many must work for the rule to give a better level than it does.
    pub needed: u64,
    /// How many do.
    pub working: u64,
    /// Of how many.
    pub total: u64,
    /// The level from which on a dependency does not work here, as its dependent sees it.
    pub level: Level,
    /// The worst dependency as seen here, the first of equals; none where all are at best or none counts.
    pub worst_dependency: Option<ServiceIdx>,
    /// The own level; where it is the effective level, the rule is not what decides.
    pub own_level: Level,
}

impl NodeReason {
    /// The reason at a node whose dependencies have these effective levels. Where the rule gives best, it says how far from the worst.
    pub fn of(node: &Node, worst: Level, own_level: Level, level: impl Fn(ServiceIdx) -> Level) -> Self {
        let seen = see(node, &level);
        let given = value(&node.rule, &seen, worst);
        let mut inside = seen.clone();
        let rule = decisive(&node.rule, &mut inside, worst);
        let given = match value(rule, &inside, worst) {
            0 if given == 0 => worst,
            0 => given,
            found => found,
        };
        let narrow = |value: i128| u64::try_from(value.max(0)).unwrap_or(u64::MAX);
        let (kind, unit, least_good) = needed(rule, &inside);
        let good = given.checked_sub(1).map_or(0, |last| amount(unit, &inside, 0, last));
        let felt = inside.iter().filter(|one| one.level > 0);
        let worst_dependency = felt.reduce(|a, b| if b.level > a.level { b } else { a }).map(|one| one.edge.to);
        Self {
            kind,
            needed: narrow(least_good),
            working: narrow(good),
            total: narrow(total(unit, &inside)),
            level: given,
            worst_dependency,
            own_level,
        }
    }
}

/// The part of a rule that gives its level: the first of equals.
fn decisive<'r>(rule: &'r Expression, seen: &mut Vec<Seen<'_>>, worst: Level) -> &'r Expression {
    let mut rule = rule;
    loop {
        rule = match rule {
            Expression::Max(parts) | Expression::Min(parts) => {
                let given = value(rule, seen, worst);
                match parts.iter().find(|part| value(part, seen, worst) == given) {
                    Some(part) => part,
                    None => return rule,
                }
            }
            Expression::Group(group, part) => {
                *seen = in_group(seen, Some(*group));
                part
            }
            Expression::Ungrouped(part) => {
                *seen = in_group(seen, None);
                part
            }
            _ => return rule,
        };
    }
}

/// The kind of a part, its unit, and how much must be good.
fn needed(rule: &Expression, seen: &[Seen<'_>]) -> (RuleKind, Unit, i128) {
    let kind_of = |unit| if unit == Unit::Count { RuleKind::Count } else { RuleKind::Weight };
    match rule {
        Expression::Order(unit, quorum) => {
            let n = total(*unit, seen);
            let felt_from = match (unit, quorum) {
                (_, Quorum::Any) => 1,
                (_, Quorum::All) => n,
                (Unit::Count, Quorum::Amount(amount)) => i128::from(*amount).clamp(1, n.max(1)),
                (Unit::Weight, Quorum::Amount(amount)) => i128::from(*amount),
                (_, Quorum::Needed(needed)) => (n + 1 - i128::from(*needed)).clamp(1, n.max(1)),
                (_, Quorum::Share(share)) => at_least(share, n),
            };
            let kind = match quorum {
                Quorum::Any => RuleKind::Any,
                Quorum::All => RuleKind::All,
                _ => kind_of(*unit),
            };
            (kind, *unit, n - felt_from + 1)
        }
        Expression::First(cases, _) => match cases.first() {
            // "Enough of them good": the bound itself is what is needed.
            Some((Condition { unit, low: 0, comparison: Comparison::AtLeast, bound, .. }, Expression::Const(0))) => {
                let n = total(*unit, seen);
                let needed = match bound {
                    Bound::Amount(amount) => i128::from(*amount),
                    Bound::Share(share) => at_least(share, n),
                };
                (kind_of(*unit), *unit, needed)
            }
            _ => (RuleKind::Other, Unit::Count, 0),
        },
        _ => (RuleKind::Other, Unit::Count, 0),
    }
}

/// The least whole amount that is at least the share of `n`.
fn at_least(share: &Ratio, n: i128) -> i128 {
    let exact = share.times(&Ratio::whole(n));
    match exact.floor() {
        Some(floor) if exact == Ratio::whole(floor) => floor,
        Some(floor) => floor.saturating_add(1),
        None => n + 1,
    }
}
