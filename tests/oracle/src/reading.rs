//! Reading: placed trees, dated values, exact fractions, days.
//!
//! Goes in: the text of a document. Comes out: trees and the few plain values that the questions need.
//! **Invariant:** a document that the library takes is read; anything else panics with what was expected.
//! **Not here:** what the values mean (`impact`, `clock`, `score`).

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use siam_core::document::tree::Entry;
use siam_core::document::{Faults, Node, NodeKind, Source, read};

/// The tree of a document.
pub fn tree(text: &str) -> Node {
    let mut faults = Faults::new(&Default::default());
    let root = read(&[Source::text("document", text)], &mut faults);
    root.unwrap_or_else(|| panic!("the oracle takes readable documents: {}", faults.into_problems()))
}

/// The entries of a map under a key; none where it is absent.
pub fn entries<'n>(node: &'n Node, key: &str) -> &'n [Entry] {
    node.get(key).and_then(Node::entries).unwrap_or_default()
}

/// The text of a scalar under a key.
pub fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::text)
}

/// The items of a list; one alone stands for a list, nothing for none.
pub fn list(node: &Node) -> &[Node] {
    match &node.kind {
        NodeKind::List(items) => items,
        NodeKind::Null => &[],
        _ => std::slice::from_ref(node),
    }
}

/// The texts of a list.
pub fn texts(node: Option<&Node>) -> Vec<String> {
    node.map(list).unwrap_or_default().iter().filter_map(Node::text).map(str::to_owned).collect()
}

/// The zone of a document: that of its dates.
pub fn document_zone(root: &Node) -> TimeZone {
    zone(text(root, "zone").unwrap_or("UTC"))
}

/// The zone of a name, from the database that comes with the library.
pub fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap_or_else(|fault| panic!("{fault}"))
}

/// The date of `YYYY-MM-DD`.
pub fn date(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("a date was expected, not {text}"))
}

/// An instant of RFC 3339 or of a number of microseconds.
pub fn instant(text: &str) -> i64 {
    if let Ok(micros) = text.parse() {
        return micros;
    }
    text.parse::<jiff::Timestamp>().unwrap_or_else(|_| panic!("an instant was expected, not {text}")).as_microsecond()
}

/// A date means its first instant in the zone; an instant means itself.
pub fn when(text: &str, zone: &TimeZone) -> i64 {
    if text.len() > 10 {
        return instant(text);
    }
    // The first instant at which clocks show that date or a later one.
    let midnight = date(text).to_datetime(jiff::civil::Time::midnight());
    match zone.to_ambiguous_timestamp(midnight).offset() {
        jiff::tz::AmbiguousOffset::Gap { before, after } => jump(zone, midnight, before, after) * crate::SECOND,
        _ => zone.to_timestamp(midnight).expect("a date within time").as_microsecond(),
    }
}

/// The second at which clocks jumped over a time that they never showed.
pub fn jump(zone: &TimeZone, wall: jiff::civil::DateTime, before: jiff::tz::Offset, after: jiff::tz::Offset) -> i64 {
    // Read with the offset from after the jump the time lies before it.
    let early = after.to_timestamp(wall).expect("a time within time");
    let found = zone.following(early).find(|change| change.offset() != before);
    found.expect("a gap has a jump").timestamp().as_second()
}

/// Whether a thing with `from` and `until` exists at an instant.
pub fn exists(node: &Node, at: i64, zone: &TimeZone) -> bool {
    text(node, "from").is_none_or(|from| when(from, zone) <= at) && text(node, "until").is_none_or(|until| at < when(until, zone))
}

/// The value of a dated attribute at an instant: written plainly it holds for all time.
pub fn at<'n>(node: &'n Node, at: i64, zone: &TimeZone) -> Option<&'n Node> {
    let dated = |item: &Node| item.get("value").is_some();
    let spans: &[Node] = match &node.kind {
        NodeKind::List(items) if !items.is_empty() && items.iter().all(dated) => items,
        NodeKind::Map(_) if dated(node) => std::slice::from_ref(node),
        NodeKind::Null => return None,
        _ => return Some(node),
    };
    spans.iter().find(|span| exists(span, at, zone)).and_then(|span| span.get("value"))
}

/// An exact fraction as numerator and positive denominator, from `3`, `0.5`, `2/3`, `60%`.
pub fn fraction(text: &str) -> Option<(i128, i128)> {
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        let (numerator, denominator) = decimal(percent)?;
        return Some((numerator, denominator * 100));
    }
    match text.split_once('/') {
        Some((above, below)) => {
            let ((a, b), (c, d)) = (decimal(above)?, decimal(below)?);
            (c != 0).then_some((a * d * c.signum(), b * c.abs()))
        }
        None => decimal(text),
    }
}

fn decimal(text: &str) -> Option<(i128, i128)> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let denominator = 10_i128.pow(u32::try_from(part.len()).ok()?);
    format!("{whole}{part}").parse().ok().map(|numerator| (numerator, denominator))
}

/// A length of time such as `4h 30min`, in microseconds.
pub fn duration(text: &str) -> i64 {
    let mut total = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or_else(|| panic!("{text} has no unit"));
        let (number, tail) = (&rest[..end], rest[end..].trim_start());
        let stop = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let seconds = match &tail[..stop] {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            unit => panic!("{unit} is no unit of time"),
        };
        let (numerator, denominator) = decimal(number).unwrap_or_else(|| panic!("{number} is no number"));
        total += i64::try_from(numerator * seconds * i128::from(crate::SECOND) / denominator).expect("a length within time");
        rest = tail[stop..].trim_start();
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_and_lengths_are_exact() {
        assert_eq!(fraction("60%"), Some((60, 100)));
        assert_eq!(fraction("2/3"), Some((2, 3)));
        assert_eq!(fraction("0.25"), Some((25, 100)));
        assert_eq!(fraction("any"), None);
        assert_eq!(duration("1.5h 30min"), 7_200 * crate::SECOND);
    }

    #[test]
    fn a_day_that_begins_with_a_jump_begins_at_the_jump() {
        let zone = zone("America/Sao_Paulo");
        assert_eq!(when("2018-11-04", &zone), instant("2018-11-04T03:00:00Z"));
        assert_eq!(when("2018-11-05", &zone), instant("2018-11-05T02:00:00Z"));
    }
}
