//! The rule algebra: what a service makes of the levels of what it depends on.
//!
//! Goes in: nothing. Comes out: plain data that documents and presets are read into and `structure` compiles.
//! **Invariant:** levels are indexes into the ecosystem's chain, 0 the best; tables have one entry per level.
//! **Not here:** short forms such as `any_of` (`model::dependency`), gates (`structure`).

use crate::base::{Idx, Ratio};
use std::sync::Arc;

/// A level: 0 is the best, the last the worst.
pub type Level = u8;

/// Marker of services in `Idx`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceKind;

/// A dense index of a service in one compiled map.
pub type ServiceIdx = Idx<ServiceKind>;

/// How a level of a dependency is seen by the dependent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LevelMap {
    /// As it is.
    #[default]
    Same,
    /// By table, one entry per level; `None` excludes the dependency from every count and total.
    Table(Arc<[Option<Level>]>),
}

/// A dependency of one service on another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// What is depended on.
    pub to: ServiceIdx,
    /// How its level is seen.
    pub map: LevelMap,
    /// Its weight in weighted counts.
    pub weight: u32,
    /// Its group, where the rule speaks of groups.
    pub group: Option<u32>,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Dependencies.
    Count,
    /// Their weights.
    Weight,
}

/// How much is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quorum {
    /// The smallest positive amount.
    Any,
    /// Everything that counts.
    All,
    /// This many; as a count it is clamped to 1 ..= n.
    Amount(u64),
    /// This share of everything that counts.
    Share(Ratio),
    /// So much that less than this is left: everything that counts, less this, plus one; clamped to 1 ..= everything.
    /// It follows what counts: a dependency that no longer exists is not there to be counted as working.
    Needed(u64),
}

/// How two amounts compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// At least.
    AtLeast,
    /// Less than.
    Below,
    /// Exactly.
    Equal,
}

/// A condition on the multiset of mapped levels: the amount between two levels against a bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What is counted.
    pub unit: Unit,
    /// From this level ...
    pub low: Level,
    /// ... to this one, both included.
    pub high: Level,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what. A share of nothing is never met; `Equal` takes an amount.
    pub bound: Bound,
}

/// The bound of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// A fixed amount.
    Amount(u64),
    /// A share of everything that counts; false where nothing counts.
    Share(Ratio),
}

/// An expression over the mapped levels of a service's dependencies; its value is a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Always this level.
    Const(Level),
    /// The worst level such that the amount at it or worse is enough; the best level where none is.
    Order(Unit, Quorum),
    /// The worst level s whose bound `theta[s]` is met by the sum of weight x `gain[level]`; the best level where none is.
    Score {
        /// Gain per level.
        gain: Vec<i64>,
        /// Bound per level; the first is not read.
        theta: Vec<i64>,
    },
    /// The expression of the first condition that holds, else the last.
    First(Vec<(Condition, Expression)>, Box<Expression>),
    /// The worst of several.
    Max(Vec<Expression>),
    /// The best of several.
    Min(Vec<Expression>),
    /// An expression over the dependencies of one group only.
    Group(u32, Box<Expression>),
    /// An expression over the dependencies without a group only.
    Ungrouped(Box<Expression>),
    /// A table applied to the value.
    Post(Vec<Level>, Box<Expression>),
}

impl Expression {
    /// The worst of all dependencies: any that fails is felt.
    pub fn any() -> Self {
        Self::Order(Unit::Count, Quorum::Any)
    }
    /// The best of all dependencies: one that works is enough.
    pub fn all() -> Self {
        Self::Order(Unit::Count, Quorum::All)
    }
}

/// A service with its dependencies, ready to compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its dependencies in the order written.
    pub edges: Vec<Edge>,
    /// What it makes of them.
    pub rule: Expression,
}
