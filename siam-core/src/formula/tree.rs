//! The parts of a formula, laid flat.
//!
//! Goes in: nothing. Comes out: the plain data that `parse` makes and `compile` reads.
//! **Invariant:** a part stands after those it is made of, and those stand together; the root is the last.
//! **Not here:** reading text (`parse`).

use super::lexer::Token;
use super::types::Unit;
use crate::base::Ratio;

/// Where a part stands in its tree.
pub type At = usize;

/// Two-sided operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`, and `of`, whose left side is a ratio or a number
    Times,
    /// `of`
    Of,
    /// `/`
    Divide,
}

impl Operator {
    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::AtLeast => ">=",
            Self::Above => ">",
            Self::AtMost => "<=",
            Self::Below => "<",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Of => "of",
            Self::Divide => "/",
        }
    }
    pub(super) fn of(token: &Token) -> Option<Self> {
        Some(match token {
            Token::Sign(">=") => Self::AtLeast,
            Token::Sign(">") => Self::Above,
            Token::Sign("<=") => Self::AtMost,
            Token::Sign("<") => Self::Below,
            Token::Sign("==") => Self::Equal,
            Token::Sign("!=") => Self::Unequal,
            Token::Sign("+") => Self::Plus,
            Token::Sign("-") => Self::Minus,
            Token::Sign("*") => Self::Times,
            Token::Sign("/") => Self::Divide,
            Token::Name(name) => match name.as_str() {
                "of" => Self::Of,
                "and" => Self::And,
                "or" => Self::Or,
                _ => return None,
            },
            _ => return None,
        })
    }
    pub(super) fn power(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Of | Self::Divide => 6,
            _ => COMPARE,
        }
    }
}

/// How tight comparisons bind.
pub(super) const COMPARE: u8 = 4;
/// How tight `not` binds.
pub(super) const NOT: u8 = 3;

/// One part of a formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq)]
pub enum PartKind {
    /// A number with its unit.
    Quantity(Ratio, Unit),
    /// `true` or `false`.
    Flag(bool),
    /// A word in quotes.
    Word(String),
    /// A name of this instance.
    Name(String),
    /// A name of an owner: of a regime, or of a scope.
    Owned(String, String),
    /// `-x`
    Negate(At),
    /// `not x`
    Not(At),
    /// `x + y` and the like.
    Two(Operator, At, At),
    /// `if x then y else z`
    If(At, At, At),
    /// A function with its arguments.
    Call(String, Vec<Given>),
}

/// One argument of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The word before it: `by` or `to`.
    pub role: Role,
    /// Its formula; none for `carry`.
    pub value: Option<At>,
    /// The periods it is taken over.
    pub window: Option<Window>,
    /// Which of them, or which instances, count.
    pub condition: Option<At>,
    /// The column after `by`, behind an inner gather.
    pub key: Option<String>,
}

/// The word before an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// None.
    Plain,
    /// `by`
    By,
    /// `to`
    To,
    /// `carry`
    Carry,
}

/// Periods up to and with this one.
#[derive(Debug, Clone, PartialEq)]
pub enum Window {
    /// So many periods.
    Periods(u32),
    /// From the anniversary of the contract on.
    ContractYear,
    /// From the first of January on.
    CalendarYear,
    /// From the contract's start on.
    Contract,
    /// From the latest period in which something held.
    Since(At),
}

/// A formula as a flat tree; the root is the last part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Parts, each after those it is made of.
    pub parts: Vec<Part>,
}

/// A bound of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoundKind {
    /// `from`: at least.
    From,
    /// `above`: more than.
    Above,
    /// `below`: less than.
    Below,
    /// `up to`: at most.
    UpTo,
}

/// What a row of bands takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// One or two bounds; the roots of their formulas.
    Bounds(Vec<(BoundKind, At)>),
    /// Words.
    Words(Vec<String>),
    /// What nothing above took.
    Otherwise,
}
