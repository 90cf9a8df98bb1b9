//! Types: units of quantities, flags, words, and values with one slice per party.
//!
//! Goes in: units as written. Comes out: units that multiply and divide; types that fit together or do not.
//! **Invariant:** two quantities add only where their units are equal; ratio and number are two units, and only `0` fits any.
//! **Not here:** which name has which type (`compile`).

use crate::base::{Currency, Ratio};
use std::fmt;

/// What a quantity is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Money of one currency.
    Money(Currency),
    /// Service points.
    Points,
    /// Time, in seconds.
    Time,
    /// One whole, below a line only: `1000 GBP per 1%`.
    Share,
}

/// The unit of a quantity: a ratio, a number, or a product of dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Whether what is left without dimensions is a ratio rather than a number.
    ratio: bool,
    /// Dimensions with their powers, sorted, none zero.
    powers: Vec<(Dimension, i16)>,
}

impl Unit {
    /// A plain number.
    pub const NUMBER: Unit = Unit { ratio: false, powers: Vec::new() };
    /// A ratio such as 99.5%.
    pub const RATIO: Unit = Unit { ratio: true, powers: Vec::new() };

    /// One dimension alone.
    pub fn of(dimension: Dimension) -> Self {
        Self { ratio: false, powers: vec![(dimension, 1)] }
    }
    /// Money of a currency.
    pub fn money(currency: Currency) -> Self {
        Self::of(Dimension::Money(currency))
    }
    /// Whether it has no dimension.
    pub fn is_scalar(&self) -> bool {
        self.powers.is_empty()
    }
    /// Whether it is a ratio.
    pub fn is_ratio(&self) -> bool {
        self.ratio && self.is_scalar()
    }
    /// The currency of plain money.
    pub fn currency(&self) -> Option<Currency> {
        match self.powers.as_slice() {
            [(Dimension::Money(currency), 1)] => Some(*currency),
            _ => None,
        }
    }
    /// Whether it is one dimension to the power of one, and which.
    pub fn plain(&self) -> Option<Dimension> {
        match self.powers.as_slice() {
            [(dimension, 1)] => Some(*dimension),
            _ => None,
        }
    }

    fn counted(&self) -> bool {
        self.powers.iter().any(|(_, power)| *power > 0)
    }
    fn power(&self, of: Dimension) -> i16 {
        self.powers.iter().find(|(dimension, _)| *dimension == of).map_or(0, |(_, power)| *power)
    }

    fn combine(&self, other: &Self, sign: i16) -> Self {
        let mut powers = self.powers.clone();
        for (dimension, power) in &other.powers {
            let power = power.saturating_mul(sign);
            match powers.iter_mut().find(|(known, _)| known == dimension) {
                Some((_, known)) => *known = known.saturating_add(power),
                None => powers.push((*dimension, power)),
            }
        }
        powers.retain(|(_, power)| *power != 0);
        powers.sort_unstable();
        // Shares above a line are ratios, which no quantity needs to say.
        powers.retain(|(dimension, power)| *dimension != Dimension::Share || *power < 0);
        let scalars = [self, other].map(|unit| (!unit.counted()).then_some(unit.ratio));
        let ratio = match scalars {
            [Some(a), Some(b)] if sign > 0 => a || b,
            [Some(a), Some(b)] => a || !b,
            [Some(a), None] | [None, Some(a)] if powers.is_empty() || !self.counted() || !other.counted() => a,
            _ => true,
        };
        let mut unit = Self { ratio, powers };
        if unit.counted() {
            unit.ratio = false;
        }
        unit
    }

    /// The unit of a product.
    pub fn times(&self, other: &Self) -> Self {
        // A ratio takes away what is meant "per 1%".
        for (ratio, rate) in [(self, other), (other, self)] {
            if ratio.is_ratio() && rate.power(Dimension::Share) < 0 {
                let whole = Self { ratio: rate.ratio, powers: vec![(Dimension::Share, 1)] };
                return rate.combine(&whole, 1);
            }
        }
        self.combine(other, 1)
    }
    /// The unit of a quotient.
    pub fn divide(&self, other: &Self) -> Self {
        self.combine(other, -1)
    }
    /// The unit of a rate: so much of this per one of that; a ratio below the line stays visible.
    pub fn per(&self, base: &Self) -> Self {
        let whole = Self::of(Dimension::Share);
        let below = if base.is_ratio() { &whole } else { base };
        let mut unit = self.combine(below, -1);
        unit.ratio = self.ratio && !unit.counted();
        unit
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |dimension: &Dimension| match dimension {
            Dimension::Money(currency) => currency.to_string(),
            Dimension::Points => "points".into(),
            Dimension::Time => "duration".into(),
            Dimension::Share => "ratio".into(),
        };
        let side = |above: bool| {
            let powers = self.powers.iter().filter(|(_, power)| (*power > 0) == above);
            let shown = |(dimension, power): &(Dimension, i16)| match power.unsigned_abs() {
                1 => name(dimension),
                power => format!("{}^{power}", name(dimension)),
            };
            powers.map(shown).collect::<Vec<_>>().join(" ")
        };
        let (above, below) = (side(true), side(false));
        let above = match (above.is_empty(), self.ratio) {
            (false, _) => above,
            (true, true) => "ratio".into(),
            (true, false) => "number".into(),
        };
        if below.is_empty() { f.write_str(&above) } else { write!(f, "{above} per {below}") }
    }
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Not known yet, or faulty elsewhere: fits anything.
    Unknown,
    /// A literal zero: fits any quantity.
    Zero,
    /// A quantity with its unit.
    Quantity(Unit),
    /// True or false.
    Flag,
    /// A word.
    Word,
}

/// What a value is, and whether it has one slice per party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// What it is.
    pub kind: Kind,
    /// Whether it has one slice per party.
    pub by_party: bool,
}

impl Type {
    /// Not known.
    pub const UNKNOWN: Type = Type { kind: Kind::Unknown, by_party: false };
    /// True or false.
    pub const FLAG: Type = Type { kind: Kind::Flag, by_party: false };
    /// A word.
    pub const WORD: Type = Type { kind: Kind::Word, by_party: false };

    /// A quantity of a unit.
    pub fn quantity(unit: Unit) -> Self {
        Self { kind: Kind::Quantity(unit), by_party: false }
    }
    /// A plain number.
    pub fn number() -> Self {
        Self::quantity(Unit::NUMBER)
    }
    /// A ratio.
    pub fn ratio() -> Self {
        Self::quantity(Unit::RATIO)
    }
    /// The same with one slice per party, where asked.
    #[must_use]
    pub fn sliced(mut self, by_party: bool) -> Self {
        self.by_party |= by_party;
        self
    }
    /// The same as one value.
    #[must_use]
    pub fn one(mut self) -> Self {
        self.by_party = false;
        self
    }
    /// Its unit, where it is a quantity.
    pub fn unit(&self) -> Option<&Unit> {
        match &self.kind {
            Kind::Quantity(unit) => Some(unit),
            _ => None,
        }
    }
    /// The unit it has when nothing more is known of it: a literal zero alone is a number.
    pub fn settled(self) -> Self {
        match self.kind {
            Kind::Zero => Self { kind: Kind::Quantity(Unit::NUMBER), by_party: self.by_party },
            _ => self,
        }
    }
    /// The type of two values that must be alike; none where they are not.
    pub fn join(&self, other: &Self) -> Option<Self> {
        let kind = match (&self.kind, &other.kind) {
            (Kind::Unknown, kind) | (kind, Kind::Unknown) => kind.clone(),
            (Kind::Zero, Kind::Zero) => Kind::Zero,
            (Kind::Zero, Kind::Quantity(unit)) | (Kind::Quantity(unit), Kind::Zero) => Kind::Quantity(unit.clone()),
            (a, b) if a == b => a.clone(),
            _ => return None,
        };
        Some(Self { kind, by_party: self.by_party || other.by_party })
    }
    /// Whether a value of this type may stand where `wanted` is.
    pub fn fits(&self, wanted: &Self) -> bool {
        self.join(wanted).is_some() && (!self.by_party || wanted.by_party)
    }

    /// Reads a declared type: `money`, `ratio`, `GBP`, `points per min`, `number by party`.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        let text = text.trim();
        let (text, by_party) = text.strip_suffix(" by party").map_or((text, false), |rest| (rest.trim_end(), true));
        let base = |text: &str| match text.trim() {
            "money" => Some(Unit::money(currency)),
            "ratio" | "%" => Some(Unit::RATIO),
            "number" => Some(Unit::NUMBER),
            "points" | "point" => Some(Unit::of(Dimension::Points)),
            "duration" | "s" | "min" | "h" | "day" | "days" => Some(Unit::of(Dimension::Time)),
            other => other.parse().ok().map(Unit::money),
        };
        let kind = match text {
            "flag" => Kind::Flag,
            "word" => Kind::Word,
            _ => Kind::Quantity(match text.split_once(" per ") {
                Some((above, below)) => base(above)?.per(&base(below)?),
                None => base(text)?,
            }),
        };
        Some(Self { kind, by_party })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Unknown => f.write_str("anything"),
            Kind::Zero => f.write_str("number"),
            Kind::Quantity(unit) => write!(f, "{unit}"),
            Kind::Flag => f.write_str("flag"),
            Kind::Word => f.write_str("word"),
        }?;
        f.write_str(if self.by_party { " by party" } else { "" })
    }
}

/// What a unit word counts, and how much of it one is.
pub fn unit_word(word: &str) -> Option<(Unit, Ratio)> {
    let seconds = |seconds: i128| Some((Unit::of(Dimension::Time), Ratio::whole(seconds)));
    match word {
        "point" | "points" => Some((Unit::of(Dimension::Points), Ratio::ONE)),
        "s" => seconds(1),
        "min" => seconds(60),
        "h" => seconds(3600),
        "day" | "days" => seconds(86_400),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        Type::parse(text, "GBP".parse().unwrap()).unwrap().unit().unwrap().clone()
    }

    #[test]
    fn units_multiply_and_divide_as_the_words_say() {
        for (a, sign, b, wanted) in [
            ("ratio", '*', "money", "GBP"),
            ("number", '*', "ratio", "ratio"),
            ("number", '*', "number", "number"),
            ("points", '*', "ratio per points", "ratio"),
            ("duration", '*', "GBP per min", "GBP"),
            ("GBP", '*', "EUR per GBP", "EUR"),
            ("ratio", '*', "GBP per ratio", "GBP"),
            ("number", '*', "GBP per ratio", "GBP per ratio"),
            ("points", '*', "GBP", "GBP points"),
            ("duration", '/', "duration", "ratio"),
            ("number", '/', "number", "ratio"),
            ("ratio", '/', "number", "ratio"),
            ("GBP", '/', "number", "GBP"),
            ("GBP", '/', "duration", "GBP per duration"),
            ("number", '/', "points", "number per points"),
        ] {
            let (left, right) = (unit(a), unit(b));
            let got = if sign == '*' { left.times(&right) } else { left.divide(&right) };
            assert_eq!(got.to_string(), wanted, "{a} {sign} {b}");
        }
        assert_eq!(unit("number").divide(&unit("points")).times(&unit("points")), Unit::NUMBER);
    }

    #[test]
    fn only_zero_fits_any_unit() {
        let zero = Type { kind: Kind::Zero, by_party: false };
        assert_eq!(zero.join(&Type::quantity(unit("money"))), Some(Type::quantity(unit("money"))));
        assert_eq!(Type::number().join(&Type::ratio()), None);
        assert_eq!(Type::quantity(unit("GBP")).join(&Type::quantity(unit("EUR"))), None);
        assert_eq!(zero.join(&Type::FLAG), None);
        assert_eq!(Type::parse("number by party", "GBP".parse().unwrap()).unwrap().to_string(), "number by party");
        assert_eq!(Type::parse("bananas", "GBP".parse().unwrap()), None);
    }
}
