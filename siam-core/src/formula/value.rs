//! Values of lines: exact quantities, flags, words, slices per party, or missing with a reason.
//!
//! Goes in: values. Comes out: values; arithmetic slice by slice, three-valued logic, rounding.
//! **Invariant:** nothing rounds but `rounded`; a quantity past the bound in bits is missing; what rests on missing is missing.
//! **Not here:** units, which were checked before (`types`).

use super::parse::Operator;
use crate::base::Ratio;
use crate::document::decode::choice;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most bits of numerator and denominator together.
pub const MOST_BITS: u64 = 1_024;

choice! {
    /// Why a value is missing.
    pub enum Missing = "a reason for a missing value" {
        /// Evidence has nothing for it.
        NoData = "no_data",
        /// Fewer rows than the agreed minimum.
        BelowMinimum = "below_minimum",
        /// All of it was relieved.
        Relieved = "relieved",
        /// Nobody supplied the figure.
        NotSupplied = "not_supplied",
        /// Something was divided by zero.
        DividedByZero = "divided_by_zero",
        /// An exact value grew past the bound.
        TooLarge = "too_large",
        /// The low end of a clamp lies above its high end.
        LowAboveHigh = "low_above_high",
        /// A mean or an extreme of no values.
        NoValues = "no_values",
        /// No row of a table takes it.
        NoRow = "no_row",
        /// It looks further back than the past it was given.
        NoHistory = "no_history",
        /// The instance lies in no party, or the regime is not attached where it is read.
        NotAttached = "not_attached",
        /// The figure supplied is not of the type declared.
        WrongType = "wrong_type",
        /// Nobody has a share.
        NoShares = "no_shares",
        /// An amount to split is not on the minor unit.
        NotOnMinorUnit = "not_on_minor_unit",
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A quantity in its canonical unit: whole money, points, seconds, one for a ratio.
    Quantity(Ratio),
    /// True or false.
    Flag(bool),
    /// A word.
    Word(Arc<str>),
    /// Nothing, and why.
    Missing(Missing),
}

/// One value per party, by id.
pub type Slices = BTreeMap<Arc<str>, Scalar>;

/// A value of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One value.
    One(Scalar),
    /// One slice per party; a party without one has 0.
    ByParty(Arc<Slices>),
}

/// A quantity within the bound.
pub fn bounded(value: Ratio) -> Scalar {
    if value.bits() > MOST_BITS { Scalar::Missing(Missing::TooLarge) } else { Scalar::Quantity(value) }
}

impl Scalar {
    /// Zero.
    pub const ZERO: Scalar = Scalar::Quantity(Ratio::ZERO);

    /// The quantity.
    pub fn quantity(&self) -> Result<&Ratio, Missing> {
        match self {
            Self::Quantity(value) => Ok(value),
            Self::Missing(why) => Err(*why),
            _ => Err(Missing::WrongType),
        }
    }
    /// The flag; a slice that is absent is 0, which is false.
    pub fn flag(&self) -> Result<bool, Missing> {
        match self {
            Self::Flag(value) => Ok(*value),
            Self::Quantity(value) if value.is_zero() => Ok(false),
            Self::Missing(why) => Err(*why),
            _ => Err(Missing::WrongType),
        }
    }
    /// Why it is missing.
    pub fn missing(&self) -> Option<Missing> {
        match self {
            Self::Missing(why) => Some(*why),
            _ => None,
        }
    }
}

fn scalar(found: Result<Scalar, Missing>) -> Scalar {
    found.unwrap_or_else(Scalar::Missing)
}

impl Value {
    /// A missing value.
    pub fn missing(why: Missing) -> Self {
        Self::One(Scalar::Missing(why))
    }
    /// A quantity.
    pub fn quantity(value: Ratio) -> Self {
        Self::One(bounded(value))
    }
    /// A flag.
    pub fn flag(value: bool) -> Self {
        Self::One(Scalar::Flag(value))
    }
    /// The one value of it; slices have none.
    pub fn one(&self) -> Scalar {
        match self {
            Self::One(value) => value.clone(),
            Self::ByParty(_) => Scalar::Missing(Missing::WrongType),
        }
    }
    /// The slice of a party: 0 where it has none, all of it where there are no slices.
    pub fn slice(&self, party: &str) -> Scalar {
        match self {
            Self::One(value) => value.clone(),
            Self::ByParty(slices) => slices.get(party).cloned().unwrap_or(Scalar::ZERO),
        }
    }
    /// The parties that any of the values has a slice for; none where no value has slices.
    pub fn parties<'a>(values: impl IntoIterator<Item = &'a Value>) -> Option<Vec<Arc<str>>> {
        let mut found: Option<Vec<Arc<str>>> = None;
        for value in values {
            if let Value::ByParty(slices) = value {
                found.get_or_insert_default().extend(slices.keys().cloned());
            }
        }
        found.map(|mut parties| {
            parties.sort_unstable();
            parties.dedup();
            parties
        })
    }
    /// Computes slice by slice; values without slices are the same for every party.
    pub fn each(values: &[&Value], compute: impl Fn(&[Scalar]) -> Scalar) -> Value {
        match Self::parties(values.iter().copied()) {
            None => Value::One(compute(&values.iter().map(|value| value.one()).collect::<Vec<_>>())),
            Some(parties) => {
                let one = |party: Arc<str>| {
                    let slices: Vec<Scalar> = values.iter().map(|value| value.slice(&party)).collect();
                    (party, compute(&slices))
                };
                Value::ByParty(Arc::new(parties.into_iter().map(one).collect()))
            }
        }
    }
}

/// Two-sided operators on single values.
pub fn two(operator: Operator, a: &Scalar, b: &Scalar) -> Scalar {
    scalar(match operator {
        Operator::And => return both(a, b, false),
        Operator::Or => return both(a, b, true),
        Operator::Equal | Operator::Unequal => equal(a, b).map(|same| Scalar::Flag(same == (operator == Operator::Equal))),
        _ => arithmetic(operator, a, b),
    })
}

fn arithmetic(operator: Operator, a: &Scalar, b: &Scalar) -> Result<Scalar, Missing> {
    let (a, b) = (a.quantity()?, b.quantity()?);
    Ok(match operator {
        Operator::Plus => bounded(a.plus(b)),
        Operator::Minus => bounded(a.minus(b)),
        Operator::Times | Operator::Of => bounded(a.times(b)),
        Operator::Divide => a.divide(b).map_or(Scalar::Missing(Missing::DividedByZero), bounded),
        Operator::AtLeast => Scalar::Flag(a >= b),
        Operator::Above => Scalar::Flag(a > b),
        Operator::AtMost => Scalar::Flag(a <= b),
        _ => Scalar::Flag(a < b),
    })
}

fn equal(a: &Scalar, b: &Scalar) -> Result<bool, Missing> {
    match (a, b) {
        (Scalar::Missing(why), _) | (_, Scalar::Missing(why)) => Err(*why),
        (Scalar::Word(a), Scalar::Word(b)) => Ok(a == b),
        (Scalar::Flag(_), _) | (_, Scalar::Flag(_)) => Ok(a.flag()? == b.flag()?),
        _ => Ok(a.quantity()? == b.quantity()?),
    }
}

/// `and` and `or`: one side that decides is enough, whatever is missing on the other.
fn both(a: &Scalar, b: &Scalar, deciding: bool) -> Scalar {
    match (a.flag(), b.flag()) {
        (Ok(flag), _) | (_, Ok(flag)) if flag == deciding => Scalar::Flag(deciding),
        (Ok(_), Ok(_)) => Scalar::Flag(!deciding),
        (Err(why), _) | (_, Err(why)) => Scalar::Missing(why),
    }
}

/// `if condition then yes else no`; the side not taken may be missing.
pub fn choose(condition: &Scalar, yes: &Scalar, no: &Scalar) -> Scalar {
    match condition.flag() {
        Ok(true) => yes.clone(),
        Ok(false) => no.clone(),
        Err(why) => Scalar::Missing(why),
    }
}

choice! {
    /// Which multiple a value between two is rounded to.
    pub enum Rounding = "a mode of rounding" {
        /// The lower one.
        Floor = "floor",
        /// The higher one.
        Ceil = "ceil",
        /// The one nearer to zero.
        TowardZero = "toward_zero",
        /// The nearer one; of two equally near the one away from zero.
        HalfUp = "half_up",
        /// The nearer one; of two equally near the even one.
        HalfEven = "half_even",
    }
}

/// The multiple of `quantum` that `mode` names; `quantum` is above 0.
pub fn rounded(value: &Ratio, quantum: &Ratio, mode: Rounding) -> Option<Ratio> {
    if quantum.is_negative() {
        return None;
    }
    let units = value.divide(quantum)?;
    let low = units.floored();
    let rest = units.minus(&low);
    let half = rest.plus(&rest).cmp(&Ratio::ONE);
    let even = low.divide(&Ratio::whole(2)).is_some_and(|half| half.is_whole());
    let up = match mode {
        _ if rest.is_zero() => false,
        Rounding::Floor => false,
        Rounding::Ceil => true,
        Rounding::TowardZero => units.is_negative(),
        Rounding::HalfUp => half.is_gt() || (half.is_eq() && !units.is_negative()),
        Rounding::HalfEven => half.is_gt() || (half.is_eq() && !even),
    };
    let whole = if up { low.plus(&Ratio::ONE) } else { low };
    Some(whole.times(quantum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    #[test]
    fn each_mode_rounds_ties_as_its_name_says() {
        use Rounding::{Ceil, Floor, HalfEven, HalfUp, TowardZero};
        for (value, wanted) in [
            ("0.125", [("0.12", Floor), ("0.13", Ceil), ("0.12", TowardZero), ("0.13", HalfUp), ("0.12", HalfEven)]),
            ("-0.125", [("-0.13", Floor), ("-0.12", Ceil), ("-0.12", TowardZero), ("-0.13", HalfUp), ("-0.12", HalfEven)]),
            ("0.135", [("0.13", Floor), ("0.14", Ceil), ("0.13", TowardZero), ("0.14", HalfUp), ("0.14", HalfEven)]),
            ("0.12", [("0.12", Floor), ("0.12", Ceil), ("0.12", TowardZero), ("0.12", HalfUp), ("0.12", HalfEven)]),
        ] {
            for (text, mode) in wanted {
                assert_eq!(rounded(&ratio(value), &ratio("0.01"), mode), Some(ratio(text)), "{value} {mode:?}");
            }
        }
        assert_eq!(rounded(&Ratio::ONE, &Ratio::ZERO, Floor), None);
    }

    #[test]
    fn a_deciding_side_needs_no_other_and_an_absent_slice_is_zero() {
        let (no, missing) = (Scalar::Flag(false), Scalar::Missing(Missing::NoData));
        assert_eq!(two(Operator::And, &missing, &no), no);
        assert_eq!(two(Operator::Or, &missing, &no), missing);
        let slices = |list: &[(&str, i128)]| {
            let slice = |(party, value): &(&str, i128)| (Arc::from(*party), Scalar::Quantity(Ratio::whole(*value)));
            Value::ByParty(Arc::new(list.iter().map(slice).collect()))
        };
        let sum = Value::each(&[&slices(&[("a", 1)]), &slices(&[("b", 2)])], |given| two(Operator::Plus, &given[0], &given[1]));
        assert_eq!(sum, slices(&[("a", 1), ("b", 2)]));
        let doubled = Value::each(&[&sum, &Value::quantity(Ratio::whole(2))], |given| two(Operator::Times, &given[0], &given[1]));
        assert_eq!(doubled, slices(&[("a", 2), ("b", 4)]));
    }

    #[test]
    fn what_grows_past_the_bound_is_missing() {
        let mut value = Scalar::Quantity(ratio("1.1"));
        let mut squared = 0;
        while value.missing().is_none() {
            value = two(Operator::Times, &value, &value);
            squared += 1;
        }
        assert_eq!((value, squared), (Scalar::Missing(Missing::TooLarge), 8));
        let by_zero = two(Operator::Divide, &Scalar::ZERO, &Scalar::ZERO);
        assert_eq!(by_zero, Scalar::Missing(Missing::DividedByZero));
    }
}
