//! Compiled lines: flat lists of typed steps, each reading only earlier ones.
//!
//! Goes in: what `compile` found names to mean. Comes out: plain data that `evaluate` runs and `explain` retraces.
//! **Invariant:** a step reads only steps with a smaller number; the last step is the value of the line.
//! **Not here:** making steps (`compile`), running them (`evaluate`).

use super::parse::{BoundKind, Operator};
use super::types::Type;
use super::value::{Rounding, Value};
use crate::base::Ratio;
use crate::document::Spot;
use crate::model::regime::{PostKind, Scope};
use std::sync::Arc;

/// A step of a line, by number.
pub type StepAt = usize;
/// A line of an edition, by number; hidden lines follow the written ones.
pub type LineAt = usize;
/// A regime, by number.
pub type RegimeAt = usize;

/// A stretch of one of the texts of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Which text.
    pub text: usize,
    /// The first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

/// The steps of one line.
#[derive(Debug, Clone, Default)]
pub struct Code {
    /// The formulas the line is made of, as written.
    pub texts: Vec<Spot<String>>,
    /// The steps; the last one is the value.
    pub steps: Vec<Step>,
}

impl Code {
    /// The text of a step as written.
    pub fn excerpt(&self, place: Place) -> &str {
        self.texts.get(place.text).and_then(|text| text.value.get(place.start..place.end)).unwrap_or_default()
    }
    /// The type of the line.
    pub fn typed(&self) -> Type {
        self.steps.last().map_or(Type::UNKNOWN, |step| step.typed.clone())
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is computed.
    pub kind: StepKind,
    /// The type of the value.
    pub typed: Type,
    /// Whether money in it is provably on the minor unit.
    pub minor: bool,
    /// Where it is written.
    pub place: Place,
}

/// Which instances a `regime.line` means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The name written: of a regime, or of an attachment.
    pub name: Arc<str>,
    /// The regime behind it.
    pub regime: RegimeAt,
    /// Its scope.
    pub scope: Scope,
}

/// A line whose past is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Past {
    /// A line of this regime, written or hidden.
    Own(LineAt),
    /// A line of another regime, at this instance or the one that contains it.
    Other(Link, Arc<str>),
}

/// A series of values whose past is read, with what it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Whose past.
    pub past: Past,
    /// The step that is its value now; none where only the past is read.
    pub now: Option<StepAt>,
    /// The type a past value must have.
    pub typed: Type,
}

/// Periods up to and with this one.
#[derive(Debug, Clone, PartialEq)]
pub enum Span {
    /// So many periods.
    Periods(u32),
    /// From the anniversary of the contract on.
    ContractYear,
    /// From the first of January on.
    CalendarYear,
    /// From the contract's start on.
    Contract,
    /// From the latest period in which something held.
    Since(Box<Series>),
}

/// How several values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// The sum; of none 0.
    Sum,
    /// The mean; of none missing.
    Mean,
    /// The least; of none missing.
    Min,
    /// The greatest; of none missing.
    Max,
    /// The product; of none missing.
    Product,
    /// How many are there, or hold.
    Count,
    /// Whether one holds; of none false.
    Any,
    /// Whether each holds; of none true.
    All,
}

impl Fold {
    /// The fold of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Sum,
            "mean" => Self::Mean,
            "min" => Self::Min,
            "max" => Self::Max,
            "product" => Self::Product,
            "count" => Self::Count,
            "any" => Self::Any,
            "all" => Self::All,
            _ => return None,
        })
    }
}

/// A fold over the instances of a finer scope.
#[derive(Debug, Clone)]
pub struct Gather {
    /// How the values become one.
    pub fold: Fold,
    /// The fold within each value of a column, and the column.
    pub inner: Option<(Fold, Arc<str>)>,
    /// The scope of the instances.
    pub scope: Scope,
    /// The regimes that must be attached to one for it to take part.
    pub links: Vec<Link>,
    /// What is computed for each.
    pub body: Code,
    /// Which take part.
    pub condition: Option<Code>,
}

/// How an amount is shared.
#[derive(Debug, Clone, PartialEq)]
pub enum Shares {
    /// Equally over all parties that take part.
    Equal,
    /// By a value with slices.
    Value(StepAt),
    /// By a line of the parties.
    Line(Link, Arc<str>),
}

/// To what a split is exact.
#[derive(Debug, Clone, PartialEq)]
pub enum Grain {
    /// Exactly, without rounding.
    Exact,
    /// To multiples of this.
    Quantum(Ratio),
}

/// A mode of rounding: fixed, or a parameter's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Written in the formula.
    Fixed(Rounding),
    /// The parameter's of this number.
    Parameter(usize),
}

/// What a row of bands takes.
#[derive(Debug, Clone, PartialEq)]
pub enum RowTest {
    /// Bounds, with the steps of their values.
    Bounds(Vec<(BoundKind, StepAt)>),
    /// Words.
    Words(Vec<Arc<str>>),
    /// What nothing above took.
    Otherwise,
}

/// What a step computes.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// A faulty part; never evaluated.
    Faulty,
    /// A literal.
    Constant(Value),
    /// A parameter.
    Parameter(usize),
    /// A figure of this instance or of the one of this scope that contains it.
    Figure(Scope, Arc<str>),
    /// A line of this regime.
    Line(LineAt),
    /// A line of another regime; whether only this party's slice is meant.
    Other(Link, Arc<str>, bool),
    /// `-x`
    Negate(StepAt),
    /// `not x`
    Not(StepAt),
    /// `x + y` and the like.
    Two(Operator, StepAt, StepAt),
    /// `if x then y else z`
    If(StepAt, StepAt, StepAt),
    /// `round(x, quantum, mode)`
    Round(StepAt, StepAt, Mode),
    /// `min(a, b, ..)`
    Least(Vec<StepAt>),
    /// `max(a, b, ..)`
    Greatest(Vec<StepAt>),
    /// `clamp(x, low, high)`
    Clamp(StepAt, StepAt, StepAt),
    /// `abs(x)`
    Absolute(StepAt),
    /// `whole(x, each)`, or `started(x, each)` where the flag is set.
    Fits(StepAt, StepAt, bool),
    /// `default(x, y)`
    Default(StepAt, StepAt),
    /// `present(x)`
    Present(StepAt),
    /// `previous(x, first, n)`
    Previous(Series, StepAt, u32),
    /// A fold over periods, of those in which the condition holds.
    Window(Fold, Series, Span, Option<Series>),
    /// `streak(c)` within a window.
    Streak(Series, Option<Span>),
    /// `changed(x)`
    Changed(Series),
    /// A fold over finer instances.
    Gather(Box<Gather>),
    /// `cap(x, limits)`: what passes, or with `rest` what waits for the next period.
    Cap {
        /// What would pass without limits.
        amount: StepAt,
        /// Limits with their windows.
        limits: Vec<(StepAt, Span)>,
        /// This line, whose past used the limits up.
        own: LineAt,
        /// The hidden line of what waits.
        carry: Option<LineAt>,
        /// Whether this is that hidden line.
        rest: bool,
    },
    /// `split(x, by s, to quantum)`
    Split(StepAt, Shares, Grain),
    /// A table of bands: subject, rows with their cells.
    Bands(StepAt, Vec<(RowTest, StepAt)>),
    /// A marginal table: quantity, upper bounds with rates, the last without a bound.
    Marginal(StepAt, Vec<(Option<StepAt>, StepAt)>),
    /// An earn-back: amount, condition, tranches.
    EarnBack(Series, Series, Vec<(u32, StepAt)>),
}

/// A line of an edition.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its name; a hidden line's is its formula, a trigger's begins with `trigger `.
    pub name: Arc<str>,
    /// Whether it is written under `lines:`.
    pub written: bool,
    /// How it is computed.
    pub code: Code,
}

/// A post of an edition.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its name.
    pub name: Arc<str>,
    /// Its kind.
    pub kind: PostKind,
    /// The line that holds its amount.
    pub line: LineAt,
    /// Whether a positive amount runs to the party.
    pub to_party: bool,
    /// The post whose entries it undoes.
    pub reverses: Option<Arc<str>>,
}

/// An edition of a regime, compiled.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Its number, from 0 in order of their dates.
    pub number: usize,
    /// Its title; the regime's name where none is written.
    pub title: String,
    /// The clause it stands in.
    pub clause: Option<String>,
    /// Names of its parameters.
    pub parameters: Vec<Arc<str>>,
    /// Written lines, then hidden ones.
    pub lines: Vec<Line>,
    /// Posts in the order written.
    pub posts: Vec<Post>,
    /// Triggers with their lines.
    pub triggers: Vec<(Arc<str>, LineAt)>,
    /// Figures set, with their lines.
    pub sets: Vec<(Arc<str>, LineAt)>,
}
