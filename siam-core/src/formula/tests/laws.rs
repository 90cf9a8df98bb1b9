//! What always holds of evaluated regimes.

use super::*;

const REGIMES: &str = "
regimes:
  points: {per: measure, lines: {points: 'if value < 95% then 2 points else 0 points'}}
  bill:
    per: party
    lines:
      points: sum(points.points)
      raw: points * 3% per point * charges
      capped: cap(raw, 10% of sum(charges over 3 periods) over 3 periods, carry)
      paid: round(capped, floor)
    post: {credit: paid}
  pool:
    per: ecosystem
    lines:
      total: sum(bill.paid)
      share: split(total, by equal)
      running: sum(total over contract)
    post: {pool_share: share}
";

/// The same ecosystem, its instances written in another order.
fn estate(turn: usize) -> Estate {
    let mut paths = vec![("", "{pool: }")];
    let mut parties = vec!["a", "b", "c"];
    parties.rotate_left(turn % 3);
    for party in parties {
        let party: &'static str = party;
        paths.push((party, "{points: , bill: }"));
    }
    let mut agreements = vec![("a/s", "{}"), ("b/s", "{}"), ("c/s", "{}")];
    let mut measures = vec![("a/s/x", "{}"), ("a/s/y", "{}"), ("b/s/x", "{}"), ("c/s/z", "{}")];
    agreements.rotate_left(turn % 3);
    measures.rotate_left(turn % 4);
    paths.extend(agreements);
    paths.extend(measures);
    let mut estate = Estate::of(&paths);
    for (at, path) in ["a/s/x", "a/s/y", "b/s/x", "c/s/z"].into_iter().enumerate() {
        let values: Vec<String> = (0..9).map(|month| format!("{}%", 90 + (month * 7 + at * 3 + month * at) % 10)).collect();
        estate = estate.give(path, "value", &values.join(","));
    }
    for (party, charges) in [("a", "1000.01 GBP"), ("b", "333.33 GBP"), ("c", "-, 77.77 GBP, 1 GBP")] {
        estate = estate.give(party, "charges", charges);
    }
    estate
}

fn all(periods: &[Evaluated]) -> Vec<String> {
    let line = |found: LineValue<'_>| format!("{} {} {} {}", found.instance, found.attachment, found.line, text(found.value));
    let mut found: Vec<String> = Vec::new();
    for period in periods {
        found.extend(period.lines().map(line));
        found.extend(entries(period));
    }
    found
}

#[test]
fn the_order_of_instances_never_matters() {
    let straight = all(&estate(0).run(REGIMES, 9));
    assert!(straight.iter().any(|line| line.starts_with("a bill capped") && !line.ends_with(" 0")));
    for turn in 1..6 {
        assert_eq!(all(&estate(turn).run(REGIMES, 9)), straight);
    }
}

#[test]
fn a_past_that_went_through_rows_gives_the_same_values() {
    let estate = estate(0);
    let program = estate.compile(REGIMES).unwrap();
    let (mut whole, mut stored) = (History::default(), History::default());
    let straight = estate.months(&program, 1..=9, &mut whole);
    let mut stepwise = Vec::new();
    for number in 1..=9 {
        stepwise.extend(estate.months(&program, number..=number, &mut stored));
        stored = History::from_rows(&stored.rows()).unwrap();
    }
    assert_eq!(all(&stepwise), all(&straight));
    assert_eq!(stored, whole);
}

#[test]
fn a_late_correction_changes_only_what_comes_after() {
    let first = estate(0);
    let program = first.compile(REGIMES).unwrap();
    let mut history = History::default();
    let before = first.months(&program, 1..=6, &mut history);
    let corrected = estate(0).give("b/s/x", "value", "90%, 90%, 99%, 99%, 99%, 99%");
    let again = corrected.months(&program, 3..=6, &mut history);
    let fresh = corrected.months(&program, 3..=6, &mut {
        let mut past = History::default();
        first.months(&program, 1..=2, &mut past);
        past
    });
    assert_eq!(all(&again), all(&fresh));
    assert_ne!(all(&again), all(&before[2..]));
}

#[test]
fn a_past_that_is_not_given_is_missing_and_never_zero() {
    let estate = estate(0);
    let program = estate.compile(REGIMES).unwrap();
    let months = estate.months(&program, 4..=4, &mut History::default());
    assert_eq!(series(&months, "", "pool", "running"), ["no_history"]);
    assert_eq!(series(&months, "a", "bill", "capped"), ["no_history"]);
    assert!(months[0].entries.is_empty());
    assert!(months[0].troubles().any(|(line, why)| line.line == "running" && why == Missing::NoHistory));
}

#[test]
fn caps_hold_in_every_window_and_shares_sum_to_the_pot() {
    let months = estate(0).run(REGIMES, 9);
    let number = |text: &String| Ratio::parse(text).unwrap_or(Ratio::ZERO);
    let passed: Vec<Ratio> = series(&months, "a", "bill", "capped").iter().map(number).collect();
    let limit = Ratio::parse("300.003").unwrap();
    for window in passed.windows(3) {
        let sum = window.iter().fold(Ratio::ZERO, |sum, value| sum.plus(value));
        assert!(sum <= limit, "{sum}");
    }
    for month in &months {
        let total = number(&text(month.value(Scope::Ecosystem, "", "pool", "total").unwrap().value));
        let Value::ByParty(slices) = month.value(Scope::Ecosystem, "", "pool", "share").unwrap().value.clone() else { panic!() };
        let sum = slices.values().fold(Ratio::ZERO, |sum, slice| sum.plus(slice.quantity().unwrap()));
        assert_eq!(sum, total);
    }
}
