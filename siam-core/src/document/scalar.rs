//! Single values: text, numbers, truth values, dates, instants, durations.
//!
//! Goes in: scalar nodes. Comes out: exact values, or a fault that says what to write.
//! **Invariant:** a number is read from its digits; one that a binary float damaged is refused unless quoted.
//! **Not here:** records and lists (`decode`).

use super::decode::{Decode, Shape, When};
use super::faults::Faults;
use super::tree::{Node, NodeKind};
use crate::base::{Argument, Date, Duration, Instant, Ratio, codes};

/// Reports that another kind of value was expected.
pub fn wrong_type(node: &Node, expected: &'static str, faults: &mut Faults) {
    let problem = faults.problem(&codes::WRONG_TYPE, node.mark);
    faults.report(problem.with("expected", expected).with("found", node.found()));
}

/// Reports that a single value cannot be read as what is expected.
pub fn bad_value(node: &Node, expected: &'static str, example: &'static str, faults: &mut Faults) {
    let problem = faults.problem(&codes::BAD_VALUE, node.mark).with("value", Argument::user(node.text().unwrap_or_default()));
    faults.report(problem.with("expected", expected).with("example", example));
}

fn scalar<'a>(node: &'a Node, expected: &'static str, faults: &mut Faults) -> Option<(&'a str, bool)> {
    match &node.kind {
        NodeKind::Scalar { text, plain } => Some((text, *plain)),
        _ => {
            wrong_type(node, expected, faults);
            None
        }
    }
}

/// Whether unquoted digits look as if a binary float had written them: an exponent, or more digits than a float keeps.
pub fn float_damaged(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0').len();
    let exponent = text.contains(['e', 'E']) && text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    exponent || (text.contains('.') && significant > 15)
}

fn number(node: &Node, expected: &'static str, example: &'static str, faults: &mut Faults) -> Option<Ratio> {
    let (text, plain) = scalar(node, expected, faults)?;
    if plain && float_damaged(text) {
        let problem = faults.problem(&codes::FLOAT_DAMAGED, node.mark);
        faults.report(problem.with("value", Argument::user(text)));
        return None;
    }
    let value = Ratio::parse(text);
    if value.is_none() {
        bad_value(node, expected, example, faults);
    }
    value
}

impl Decode for String {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let (text, _) = scalar(node, "text", faults)?;
        Some(text.to_owned())
    }
    fn shape() -> Shape {
        Shape::Text
    }
}

impl Decode for bool {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match scalar(node, "true or false", faults)?.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                bad_value(node, "true or false", "true", faults);
                None
            }
        }
    }
    fn shape() -> Shape {
        Shape::Boolean
    }
}

impl Decode for i64 {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let value = number(node, "a whole number", "12", faults)?;
        match value.parts() {
            Some((whole, 1)) => i64::try_from(whole).ok(),
            _ => None,
        }
        .or_else(|| {
            bad_value(node, "a whole number", "12", faults);
            None
        })
    }
    fn shape() -> Shape {
        Shape::Integer
    }
}

impl Decode for u32 {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let value = i64::decode(node, faults)?;
        u32::try_from(value).ok().or_else(|| {
            let problem = faults.problem(&codes::INDEX_OUT_OF_RANGE, node.mark).with("value", Argument::user(value.to_string()));
            faults.report(problem.with("low", 0_u32).with("high", u32::MAX));
            None
        })
    }
    fn shape() -> Shape {
        Shape::Integer
    }
}

impl Decode for Ratio {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        number(node, "a number or a percentage", "99.5%", faults)
    }
    fn shape() -> Shape {
        Shape::Ratio
    }
}

impl Decode for Duration {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let (text, _) = scalar(node, "a length of time", faults)?;
        let value = Duration::parse(text);
        if value.is_none() {
            bad_value(node, "a length of time", "4h 30min", faults);
        }
        value
    }
    fn shape() -> Shape {
        Shape::Duration
    }
}

impl Decode for Date {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let (text, _) = scalar(node, "a date", faults)?;
        let value = Date::parse(text);
        if value.is_none() {
            let problem = faults.problem(&codes::NO_SUCH_DATE, node.mark);
            faults.report(problem.with("value", Argument::user(text)));
        }
        value
    }
    fn shape() -> Shape {
        Shape::Date
    }
}

impl Decode for Instant {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let (text, _) = scalar(node, "an instant", faults)?;
        let value = Instant::parse(text).or_else(|| text.parse().ok().map(Instant));
        if value.is_none() {
            bad_value(node, "an instant", "2026-10-03T09:00:00Z", faults);
        }
        value
    }
    fn shape() -> Shape {
        Shape::Instant
    }
}

impl Decode for When {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let (text, _) = scalar(node, "a date or an instant", faults)?;
        if text.len() > 10 {
            return Instant::decode(node, faults).map(When::Instant);
        }
        Date::decode(node, faults).map(When::Date)
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Date, Shape::Instant])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::document::read::{Source, read};

    fn decode<T: Decode>(text: &str) -> (Option<T>, Vec<&'static str>) {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("x", text)], &mut faults).unwrap();
        let value = T::decode(root.get("v").unwrap(), &mut faults);
        (value, faults.into_problems().iter().map(|p| p.code().name).collect())
    }

    #[test]
    fn numbers_keep_every_digit_and_damaged_ones_are_refused() {
        assert_eq!(decode::<Ratio>("v: 99.95%").0, Ratio::new(1999, 2000));
        assert_eq!(decode::<Ratio>("v: '1234567890.123456789'").0, Ratio::parse("1234567890.123456789"));
        for damaged in ["0.30000000000000004", "99.94999999999999716", "1e-7", "1234567890.1234567"] {
            assert_eq!(decode::<Ratio>(&format!("v: {damaged}")).1, ["float-damaged"], "{damaged}");
        }
        assert_eq!(decode::<i64>("v: 1.5").1, ["bad-value"]);
        assert_eq!(decode::<Date>("v: 2026-02-30").1, ["no-such-date"]);
        assert_eq!(decode::<String>("v: NO").0.as_deref(), Some("NO"));
    }
}
