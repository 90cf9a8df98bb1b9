//! Exact rational numbers: shares, targets and every value inside a formula.
//!
//! Goes in: integers and decimal text. Comes out: reduced fractions of any size.
//! **Invariant:** always reduced, denominator above zero; no operation rounds.
//! **Not here:** rounding to a quantum (a named step of a measure or a formula).

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt;

/// An exact rational: machine integers while they fit, big integers beyond.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ratio(Form);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Form {
    Small { numerator: i128, denominator: i128 },
    Big(Box<BigRational>),
}

fn greatest_common_divisor(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Ratio {
    /// Zero.
    pub const ZERO: Ratio = Ratio(Form::Small { numerator: 0, denominator: 1 });
    /// One.
    pub const ONE: Ratio = Ratio(Form::Small { numerator: 1, denominator: 1 });

    /// `numerator / denominator`, or none where the denominator is zero.
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let reduced = i128::try_from(divisor).ok().and_then(|divisor| {
            let sign = if denominator < 0 { -1 } else { 1 };
            let numerator = (numerator / divisor).checked_mul(sign)?;
            let denominator = (denominator / divisor).checked_mul(sign)?;
            Some(Ratio(Form::Small { numerator, denominator }))
        });
        Some(reduced.unwrap_or_else(|| Self::from_big(BigRational::new(numerator.into(), denominator.into()))))
    }

    /// A whole number.
    pub fn whole(value: i128) -> Self {
        Ratio(Form::Small { numerator: value, denominator: 1 })
    }

    fn from_big(value: BigRational) -> Self {
        match (value.numer().to_i128(), value.denom().to_i128()) {
            (Some(numerator), Some(denominator)) => Ratio(Form::Small { numerator, denominator }),
            _ => Ratio(Form::Big(Box::new(value))),
        }
    }

    fn to_big(&self) -> BigRational {
        match &self.0 {
            Form::Small { numerator, denominator } => BigRational::new_raw((*numerator).into(), (*denominator).into()),
            Form::Big(value) => (**value).clone(),
        }
    }

    /// Reads `12`, `-0.5`, `99.95%`, `1/3`, `1_000`. Nothing passes through a binary float.
    ///
    /// ```
    /// use siam_core::base::Ratio;
    /// assert_eq!(Ratio::parse("99.95%"), Ratio::new(1999, 2000));
    /// assert_eq!(Ratio::parse("1/3"), Ratio::new(1, 3));
    /// assert_eq!(Ratio::parse("abc"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 400 {
            return None;
        }
        if let Some(percent) = text.strip_suffix('%') {
            return Self::parse_decimal(percent.trim_end())?.divide(&Self::whole(100));
        }
        if let Some((numerator, denominator)) = text.split_once('/') {
            return Self::parse_decimal(numerator.trim_end())?.divide(&Self::parse_decimal(denominator.trim_start())?);
        }
        Self::parse_decimal(text)
    }

    fn parse_decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_') && !part.starts_with('_');
        if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
            return None;
        }
        let joined: String = whole.chars().chain(fraction.chars()).filter(|c| *c != '_').collect();
        let places = u32::try_from(fraction.bytes().filter(u8::is_ascii_digit).count()).ok()?;
        let numerator: BigInt = joined.parse().ok()?;
        let value = BigRational::new(if negative { -numerator } else { numerator }, BigInt::from(10).pow(places));
        Some(Self::from_big(value))
    }

    /// Numerator and denominator as two's complement, least byte first, of any size.
    pub fn to_bytes(&self) -> [Vec<u8>; 2] {
        let value = self.to_big();
        [value.numer().to_signed_bytes_le(), value.denom().to_signed_bytes_le()]
    }
    /// From numerator and denominator as `to_bytes` gives them; none where the denominator is not above zero.
    ///
    /// ```
    /// use siam_core::base::Ratio;
    /// let share = Ratio::parse("99.95%").unwrap();
    /// let [numerator, denominator] = share.to_bytes();
    /// assert_eq!(Ratio::from_bytes(&numerator, &denominator), Some(share));
    /// ```
    pub fn from_bytes(numerator: &[u8], denominator: &[u8]) -> Option<Self> {
        let (numerator, denominator) = (BigInt::from_signed_bytes_le(numerator), BigInt::from_signed_bytes_le(denominator));
        denominator.is_positive().then(|| Self::from_big(BigRational::new(numerator, denominator)))
    }

    /// Numerator and denominator, where both fit 128 bits.
    pub fn parts(&self) -> Option<(i128, i128)> {
        match &self.0 {
            Form::Small { numerator, denominator } => Some((*numerator, *denominator)),
            Form::Big(_) => None,
        }
    }

    fn combine(
        &self,
        other: &Self,
        small: impl Fn(i128, i128, i128, i128) -> Option<(i128, i128)>,
        big: impl Fn(BigRational, BigRational) -> BigRational,
    ) -> Self {
        if let (Some((a, b)), Some((c, d))) = (self.parts(), other.parts())
            && let Some(result) = small(a, b, c, d).and_then(|(n, d)| Self::new(n, d))
        {
            return result;
        }
        Self::from_big(big(self.to_big(), other.to_big()))
    }

    /// The exact sum.
    pub fn plus(&self, other: &Self) -> Self {
        self.combine(
            other,
            |a, b, c, d| Some((a.checked_mul(d)?.checked_add(c.checked_mul(b)?)?, b.checked_mul(d)?)),
            |x, y| x + y,
        )
    }
    /// The exact difference.
    pub fn minus(&self, other: &Self) -> Self {
        self.combine(
            other,
            |a, b, c, d| Some((a.checked_mul(d)?.checked_sub(c.checked_mul(b)?)?, b.checked_mul(d)?)),
            |x, y| x - y,
        )
    }
    /// The exact product.
    pub fn times(&self, other: &Self) -> Self {
        self.combine(other, |a, b, c, d| Some((a.checked_mul(c)?, b.checked_mul(d)?)), |x, y| x * y)
    }
    /// The exact quotient, or none for division by zero.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        Some(self.combine(other, |a, b, c, d| Some((a.checked_mul(d)?, b.checked_mul(c)?)), |x, y| x / y))
    }
    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Form::Small { numerator, .. } => *numerator == 0,
            Form::Big(value) => value.is_zero(),
        }
    }
    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Form::Small { numerator, .. } => *numerator < 0,
            Form::Big(value) => value.is_negative(),
        }
    }
    /// The greatest whole number not above it, where that fits.
    pub fn floor(&self) -> Option<i128> {
        match &self.0 {
            Form::Small { numerator, denominator } => Some(numerator.div_euclid(*denominator)),
            Form::Big(value) => value.floor().to_integer().to_i128(),
        }
    }
    /// The greatest whole number not above it, of any size.
    pub fn floored(&self) -> Self {
        match self.floor() {
            Some(whole) => Self::whole(whole),
            None => Self::from_big(self.to_big().floor()),
        }
    }
    /// Whether it is a whole number.
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Form::Small { denominator, .. } => *denominator == 1,
            Form::Big(value) => value.is_integer(),
        }
    }
    /// The number with the other sign.
    pub fn negated(&self) -> Self {
        Self::ZERO.minus(self)
    }
    /// Bits of numerator and denominator together; bounds what a formula may grow to.
    pub fn bits(&self) -> u64 {
        match &self.0 {
            Form::Small { numerator, denominator } => {
                let bits = |value: u128| u64::from(128 - value.leading_zeros());
                bits(numerator.unsigned_abs()) + bits(denominator.unsigned_abs())
            }
            Form::Big(value) => value.numer().bits() + value.denom().bits(),
        }
    }
    /// The nearest binary float, for display only.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Form::Small { numerator, denominator } if numerator.unsigned_abs() < 1 << 53 && *denominator < 1 << 53 => {
                *numerator as f64 / *denominator as f64
            }
            _ => self.to_big().to_f64().unwrap_or(f64::NAN),
        }
    }
    /// The decimal text with exactly `places` places, ties away from zero.
    pub fn to_decimal_text(&self, places: u32) -> String {
        let scaled = self.to_big() * BigInt::from(10).pow(places);
        let digits = scaled.round().to_integer();
        let sign = if digits.is_negative() { "-" } else { "" };
        let text = digits.abs().to_string();
        let places = places as usize;
        let text = format!("{text:0>width$}", width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
    /// The exact decimal text where there is one of at most 30 places, else the fraction.
    pub fn to_exact_text(&self) -> String {
        if let Some(text) = self.small_text() {
            return text;
        }
        let value = self.to_big();
        let mut places = 0_u32;
        let mut scale = BigInt::from(1);
        while places <= 30 {
            if (&scale % value.denom()).is_zero() {
                return self.to_decimal_text(places);
            }
            scale *= 10;
            places += 1;
        }
        format!("{}/{}", value.numer(), value.denom())
    }
}

impl Ratio {
    /// The exact decimal text where machine integers suffice: nearly always, and without an allocation for each digit.
    fn small_text(&self) -> Option<String> {
        let (numerator, denominator) = self.parts()?;
        let (mut places, mut scale) = (0_usize, 1_i128);
        while scale % denominator != 0 {
            if places == 30 {
                return Some(format!("{numerator}/{denominator}"));
            }
            scale *= 10;
            places += 1;
        }
        let digits = numerator.checked_mul(scale / denominator)?;
        if places == 0 {
            return Some(digits.to_string());
        }
        let sign = if digits < 0 { "-" } else { "" };
        let text = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        Some(format!("{sign}{whole}.{fraction}"))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Some((a, b)), Some((c, d))) = (self.parts(), other.parts())
            && let (Some(left), Some(right)) = (a.checked_mul(d), c.checked_mul(b))
        {
            return left.cmp(&right);
        }
        self.to_big().cmp(&other.to_big())
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_exact_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_times_three_is_one_and_twenty_nine_of_fifty_meets_58_percent() {
        let third = Ratio::new(1, 3).unwrap();
        assert_eq!(third.times(&Ratio::whole(3)), Ratio::ONE);
        assert!(Ratio::new(29, 50).unwrap() >= Ratio::parse("58%").unwrap());
    }

    #[test]
    fn values_beyond_machine_integers_stay_exact() {
        let big = Ratio::whole(i128::MAX);
        assert_eq!(big.plus(&Ratio::ONE).minus(&Ratio::ONE), big);
        assert_eq!(big.times(&big).divide(&big), Some(big));
        assert_eq!(Ratio::new(i128::MIN, -1).unwrap().minus(&Ratio::whole(i128::MAX)), Ratio::ONE);
    }

    #[test]
    fn text_is_exact_both_ways() {
        assert_eq!(Ratio::parse("1234567890.123456789").unwrap().to_exact_text(), "1234567890.123456789");
        assert_eq!(Ratio::parse("-0.50").unwrap().to_exact_text(), "-0.5");
        assert_eq!(Ratio::new(2, 3).unwrap().to_exact_text(), "2/3");
        assert_eq!(Ratio::new(-1, 1 << 29).unwrap().to_exact_text(), "-0.00000000186264514923095703125");
        assert_eq!(Ratio::new(1, 1 << 31).unwrap().to_exact_text(), "1/2147483648");
        assert_eq!(Ratio::new(i128::MAX, 2).unwrap().to_exact_text(), "85070591730234615865843651857942052863.5");
        assert_eq!(Ratio::whole(-7).to_exact_text(), "-7");
        assert_eq!(Ratio::new(2, 3).unwrap().to_decimal_text(2), "0.67");
        assert_eq!(Ratio::parse("-0.005").unwrap().to_decimal_text(2), "-0.01");
        for bad in ["", "-", "1.", "1e5", "1/0", "_1", "0x1", "1 2", "."] {
            assert_eq!(Ratio::parse(bad), None, "{bad}");
        }
    }
}
