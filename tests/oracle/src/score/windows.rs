//! Over what time a measure is taken, and over what a rate is counted: days of the calendar counted by hand.
//!
//! Goes in: a document, a measure, a period as asked. Comes out: the time whose tickets are counted; users, services or days.
//! **Invariant:** the time ends with the period and holds it.
//! **Not here:** the tickets.

use super::Period;
use crate::reading::{at, exists, text, texts, when};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use siam_core::document::Node;

fn day_of(at: i64, zone: &TimeZone) -> Date {
    Timestamp::from_microsecond(at).expect("an instant").to_zoned(zone.clone()).date()
}

fn start_of(day: Date, zone: &TimeZone) -> i64 {
    when(&day.to_string(), zone)
}

/// The time whose tickets are counted where a period is asked for.
pub fn window(root: &Node, agreement: &Node, measure: &Node, zone: &TimeZone, asked: &Period) -> Period {
    let (last, after) = (day_of(asked.until - 1, zone), day_of(asked.until, zone));
    let first = match text(measure, "period").unwrap_or("month") {
        "quarter" => (0..3).map(|back| last.first_of_month() - back.months()).find(|day| day.month() % 3 == 1),
        "rolling_quarter" => Some(after - 3.months()),
        "rolling_year" => Some(after - 12.months()),
        "contract_year" => {
            let begins = year_starts(root, agreement, zone);
            // Back day by day to one that is an anniversary.
            let anniversary = |day: &Date| {
                let leap = (begins.month(), begins.day()) == (2, 29) && !day.in_leap_year();
                let wanted = if leap { (3, 1) } else { (begins.month(), begins.day()) };
                (day.month(), day.day()) == wanted
            };
            (0..367).map(|back| last - back.days()).find(anniversary)
        }
        _ => None,
    };
    let from = first.map_or(asked.from, |first| start_of(first, zone).min(asked.from));
    Period { label: asked.label.clone(), from, until: asked.until }
}

/// A day on which contract years begin: of a contract of the provider, else of the agreement.
fn year_starts(root: &Node, agreement: &Node, zone: &TimeZone) -> Date {
    let provider = text(agreement, "provider");
    let contracts = root.get("contracts").and_then(Node::entries).unwrap_or_default();
    let own = contracts.iter().filter(|contract| text(&contract.value, "provider") == provider);
    let days = own.filter_map(|contract| text(&contract.value, "year_starts").or(text(&contract.value, "from")));
    let day = days.min().or(text(agreement, "from")).expect("a contract year begins somewhere");
    day_of(when(day, zone), zone)
}

/// Over how much a rate is counted, as a fraction.
pub fn base(
    root: &Node,
    agreement: &Node,
    measure: &Node,
    zone: &TimeZone,
    over: &Period,
    split: Option<&(String, String)>,
) -> Option<(i128, i128)> {
    let starts = |node: &Node| text(node, "from").map_or(i64::MIN, |from| when(from, zone));
    let from = over.from.max(starts(measure)).max(starts(agreement));
    let per = text(measure, "per")?;
    let (count, word) = per.split_once(' ').map_or((1, per), |(count, word)| (count.parse().expect("a number"), word));
    let agreed = texts(agreement.get("services"));
    let one = split.and_then(|(by, value)| by.split(", ").zip(value.split(", ")).find(|(column, _)| *column == "service"));
    let named = |name: &str| (agreed.is_empty() || agreed.iter().any(|one| one == name)) && one.is_none_or(|one| one.1 == name);
    let services = root.get("services").and_then(Node::entries).unwrap_or_default().iter();
    let services = services.filter(|service| named(&service.key) && exists(&service.value, from, zone));
    let days = || i128::from((start_days(day_of(over.until - 1, zone)) - start_days(day_of(from, zone))) + 1);
    let (of, by) = match word.trim_end_matches('s') {
        "user" => {
            let users = services.filter_map(|service| at(service.value.get("users")?, from, zone)?.text()?.parse::<i128>().ok());
            (users.sum(), 1)
        }
        "service" => (services.count() as i128, 1),
        "hour" => (i128::from(over.until - from), 3_600_000_000),
        "day" => (days(), 1),
        "week" => (days(), 7),
        other => panic!("{other} is nothing to count over"),
    };
    Some((of, by * count))
}

/// Days since some day.
fn start_days(day: Date) -> i64 {
    i64::from(day.since(Date::constant(2000, 1, 1)).expect("days").get_days())
}
