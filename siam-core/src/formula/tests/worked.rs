//! Worked regimes: points, caps, ratchets, pools, earn-backs; every number by hand.

use super::*;

#[test]
fn repeated_failures_count_double_and_do_not_compound() {
    let regimes = "
regimes:
  points:
    per: measure
    lines:
      graded: round(value, 0.1%, half_up)
      base: {bands: graded, from 99%: 0 points, from 98%: 1 point, below 98%: 3 points}
      points: base * (if streak(base > 0 points) >= 2 then 2 else 1)
";
    let estate = Estate::of(&[("", "{}"), ("a", "{}"), ("a/s", "{}"), ("a/s/up", "{points: }")]);
    // 98.95 % grades to 99.0 %. A month without a value is no measurement: the streak goes on over it.
    let estate = estate.give("a/s/up", "value", "97%, 98.5%, 98.95%, 98.94%, -, 97.9%");
    let months = estate.run(regimes, 6);
    assert_eq!(series(&months, "a/s/up", "points", "points"), ["3", "2", "0", "1", "no_data", "6"]);
}

#[test]
fn caps_share_their_room_over_their_windows_and_carry_the_rest() {
    let regimes = "
regimes:
  credits:
    per: party
    inputs: {raw: money}
    lines:
      capped: cap(raw, 10% of charges over period, 150 GBP over contract_year)
      carried: cap(raw, 10% of charges over period, carry)
    post: {credit: capped}
";
    let estate =
        Estate::of(&[("", "{}"), ("a", "{credits: {opening: {capped: [30 GBP, 20 GBP]}}}")]).contract("2025-11-01", None);
    let estate = estate.give("a", "charges", "1000 GBP").give("a", "raw", "250 GBP, 40 GBP, -30 GBP, 0 GBP");
    let regimes = regimes.replace("10% of charges", "round(10% of charges, floor)");
    let months = estate.run(&regimes, 4);
    // 50 of the year's 150 went in November and December; January's 100 is the month's room. Nothing is left then;
    // a bonus of 30 passes and gives no room back.
    assert_eq!(series(&months, "a", "credits", "capped"), ["100", "0", "-30", "0"]);
    // 250 leave 150 waiting; 190 leave 90; 60 pass.
    assert_eq!(series(&months, "a", "credits", "carried"), ["100", "100", "60", "0"]);
    assert_eq!(entries(&months[0]), ["credit credit 100 GBP from a to customer"]);
    assert_eq!(entries(&months[2]), ["credit credit 30 GBP from customer to a"]);
    assert!(months[1].entries.is_empty());
}

#[test]
fn a_new_contract_year_has_new_room() {
    let regimes = "
regimes:
  credits:
    per: party
    inputs: {raw: money}
    lines: {capped: 'cap(raw, 100 GBP over contract_year, 150 GBP over contract)'}
    post: {credit: capped}
";
    let estate = Estate::of(&[("", "{}"), ("a", "{credits: }")]).contract("2026-01-01", None).give("a", "raw", "70 GBP");
    let months = estate.run(regimes, 14);
    let passed = series(&months, "a", "credits", "capped");
    assert_eq!((passed[0].as_str(), passed[1].as_str(), passed[2].as_str()), ("70", "30", "0"));
    assert_eq!((passed[11].as_str(), passed[12].as_str(), passed[13].as_str()), ("0", "50", "0"));
}

#[test]
fn a_ratchet_raises_the_target_once_and_sets_it() {
    let regimes = "
regimes:
  ratchet:
    per: measure
    lines:
      bar: previous(next_bar, target)
      raised: streak(value > bar since changed(bar)) >= 3
      next_bar: 'if raised then (bar + mean(value over 3 periods)) / 2 else bar'
    sets: {target: next_bar}
    triggers: {raised: raised}
";
    let estate = Estate::of(&[("", "{}"), ("a", "{}"), ("a/s", "{}"), ("a/s/up", "{ratchet: }")]);
    let estate = estate.give("a/s/up", "value", "99.6%").give("a/s/up", "target", "99%");
    let months = estate.run(regimes, 6);
    // Three months above 99 % make it (99 + 99.6) / 2; the streak starts anew where the bar changed.
    assert_eq!(series(&months, "a/s/up", "ratchet", "next_bar"), ["0.99", "0.99", "0.993", "0.993", "0.993", "0.9945"]);
    let new: Vec<bool> = months.iter().map(|month| month.triggers.iter().any(|trigger| trigger.new)).collect();
    assert_eq!(new, [false, false, true, false, false, true]);
    assert_eq!(months[2].settings[0].name.as_ref(), "target");
}

#[test]
fn a_pool_is_shared_to_the_penny_and_each_party_reads_its_slice() {
    let regimes = "
regimes:
  own: {per: party, inputs: {lost: duration}, lines: {minutes: lost}}
  pool:
    per: ecosystem
    inputs: {penalty: money}
    lines:
      half: round(50% of penalty, floor)
      share: split(half, by equal) + split(penalty - half, by own.minutes)
      weighted: 'split(100 points, by weights)'
    parameters: {weights: {a: 1, b: 2}}
    post: {pool_share: share}
  seen: {per: party, lines: {mine: pool.share}}
";
    let attached = "{own: , seen: }";
    let estate = Estate::of(&[("", "{pool: }"), ("a", attached), ("b", attached), ("c", attached)]);
    let estate =
        estate.give("", "penalty", "100.01 GBP").give("a", "lost", "2 h").give("b", "lost", "1 h").give("c", "lost", "0 h");
    let months = estate.run(regimes, 1);
    // 50.00 by three: 16.67, 16.67, 16.66. 50.01 by 2:1:0: 33.34, 16.67, 0.
    assert_eq!(series(&months, "", "pool", "share"), ["a 50.01, b 33.34, c 16.66"]);
    assert_eq!(series(&months, "", "pool", "weighted"), ["a 100/3, b 200/3"]);
    assert_eq!(series(&months, "b", "seen", "mine"), ["33.34"]);
    assert_eq!(entries(&months[0]).len(), 3);
}

#[test]
fn an_earn_back_needs_every_period_since_and_runs_the_other_way() {
    let regimes = "
regimes:
  back:
    per: party
    inputs: {raw: money, clean: flag}
    lines:
      deduction: raw
      returned: {earn_back: deduction, when: clean, after 1 period: 40%, after 2 periods: 60%}
    post:
      deduction: deduction
      returned: {amount: 'round(returned, floor)', reverses: deduction, kind: earn_back}
";
    let estate = Estate::of(&[("", "{}"), ("a", "{back: }")]);
    let estate = estate.give("a", "raw", "100 GBP, 0 GBP, 50 GBP, 0 GBP, 0 GBP");
    let months = estate.give("a", "clean", "false, true, false, true, true").run(regimes, 5);
    // February gives back 40; March misses, so 60 are lost. 50 of March come back as 20 and 30.
    assert_eq!(series(&months, "a", "back", "returned"), ["0", "40", "0", "20", "30"]);
    assert_eq!(entries(&months[1]), ["returned earn_back 40 GBP from customer to a"]);
    assert_eq!(months[1].entries[0].reverses.as_deref(), Some("deduction"));
}

#[test]
fn the_greatest_deduction_of_an_incident_counts_once() {
    let regimes = "
regimes:
  failure: {per: event, inputs: {amount: money}, lines: {deduction: amount}}
  total: {per: agreement, lines: {sum: sum(max(failure.deduction) by incident), many: 'count(failure.deduction where failure.deduction > 30 GBP)'}}
";
    let paths = [("", "{failure: }"), ("a", "{}"), ("a/s", "{total: }"), ("a/s/up", "{}")];
    let mut estate = Estate::of(&paths);
    for (event, incident, amount) in
        [("1", "'i'", "60 GBP"), ("2", "'i'", "25 GBP"), ("3", "'j'", "40 GBP"), ("4", "-", "5 GBP"), ("5", "-", "7 GBP")]
    {
        estate = estate.event(event, "a/s/up").give(event, "incident", incident).give(event, "amount", amount);
    }
    let months = estate.run(regimes, 1);
    // Two events without an incident stand each for itself: 60 + 40 + 5 + 7.
    assert_eq!(series(&months, "a/s", "total", "sum"), ["112"]);
    assert_eq!(series(&months, "a/s", "total", "many"), ["2"]);
}

#[test]
fn a_table_takes_each_value_once_and_marginal_rates_apply_to_slices() {
    let regimes = "
regimes:
  r:
    per: party
    inputs: {late: duration, state: word}
    lines:
      points: {bands: late, up to 1 h: 0 points, above 1 h up to 2 h: 5 points, above 2 h: 'started(late - 2 h, 30 min) * 10 points'}
      tax: {marginal: late, up to 1 h: 10 GBP per h, up to 3 h: 20 GBP per h, otherwise: 30 GBP per h}
      word: {bands: state, 'good, fair': 100%, poor: 50%}
";
    let estate = Estate::of(&[("", "{}"), ("a", "{r: }")]).give("a", "late", "1 h, 90 min, 121 min, 4 h");
    let months = estate.give("a", "state", "'good', 'poor', 'fair', 'bad'").run(regimes, 4);
    assert_eq!(series(&months, "a", "r", "points"), ["0", "5", "10", "40"]);
    // 1 h at 10; 30 min more at 20; 61 min at 20; two hours at 20 and one at 30.
    assert_eq!(series(&months, "a", "r", "tax"), ["10", "20", "91/3", "80"]);
    assert_eq!(series(&months, "a", "r", "word"), ["1", "0.5", "1", "no_row"]);
    assert_eq!(months[3].troubles().map(|(line, why)| (line.line, why)).collect::<Vec<_>>(), [("word", Missing::NoRow)]);
}

#[test]
fn editions_and_dated_parameters_change_with_the_first_day_of_a_period() {
    let regimes = "
regimes:
  r:
    - per: party
      parameters: {rate: {2026-01-01: 1%, 2026-02-15: 2%}}
      lines: {total: 'previous(total, 0 GBP) + rate * 1000 GBP', old: 1 GBP}
    - per: party
      from: 2026-04-01
      parameters: {rate: 3%}
      lines: {total: 'previous(total, 0 GBP) + rate * 1000 GBP', old: 'previous(old, 7 points)'}
";
    let months = Estate::of(&[("", "{}"), ("a", "{r: }")]).run(regimes, 5);
    assert_eq!(series(&months, "a", "r", "total"), ["10", "20", "40", "70", "100"]);
    // The line has another unit since April: it has no history then.
    assert_eq!(series(&months, "a", "r", "old"), ["1", "1", "1", "7", "7"]);
}

#[test]
fn figures_of_owners_attachments_of_coarser_parts_and_other_names_of_a_regime_are_read() {
    let regimes = "
regimes:
  weight: {per: measure, parameters: {factor: 1}, lines: {points: 'if value < target then factor * 1 point else 0 points'}}
  bill:
    per: party
    lines:
      points: sum(weight.points)
      large: sum(heavy.points)
      deduction: round(points * 1% per point * party.invoice, floor)
    post: {deduction: deduction}
    triggers: {plan: points >= 4 points}
";
    let heavy = "{heavy: {use: weight, factor: 3}}";
    let estate = Estate::of(&[("", "{}"), ("a", "{weight: , bill: }"), ("a/s", "{}"), ("a/s/k1", heavy), ("a/s/k2", "{}")]);
    let estate = estate.figure("a", "invoice", "money").give("a", "invoice", "1234.56 GBP");
    let estate = estate.give("a/s/k1", "value", "90%").give("a/s/k2", "value", "99%, 90%").give("a/s/k1", "target", "95%");
    let months = estate.give("a/s/k2", "target", "95%").run(regimes, 2);
    // k1 has the regime twice, as heavy and from its party: 3 + 1, and in February 1 more for k2.
    assert_eq!(series(&months, "a", "bill", "points"), ["4", "5"]);
    assert_eq!(series(&months, "a", "bill", "large"), ["3", "3"]);
    assert_eq!(entries(&months[0]), ["deduction deduction 49.38 GBP from a to customer"]);
    assert_eq!(months.iter().map(|month| month.triggers[0].new).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn time_is_known_everywhere_and_a_short_year_prorates() {
    let regimes = "
regimes:
  r: {per: party, lines: {fee: 'part_of_year * 365 GBP', bedding: 'if period_number <= 2 then 0 GBP else fee'}}
";
    let estate = Estate::of(&[("", "{}"), ("a", "{r: }")]).contract("2026-01-01", Some("2026-04-11"));
    let months = estate.run(regimes, 3);
    // 100 days of 365: 31 + 28 + 31 + 10.
    assert_eq!(series(&months, "a", "r", "fee"), ["100", "100", "100"]);
    assert_eq!(series(&months, "a", "r", "bedding"), ["0", "0", "100"]);
}

#[test]
fn a_line_is_explained_down_to_what_was_given() {
    let regimes = "
regimes:
  bill:
    title: Service credits
    clause: Schedule 2, 4.1
    per: party
    parameters: {rate: 5%}
    lines:
      raw: rate of charges
      capped: cap(raw, 60 GBP over contract)
    post: {credit: 'round(capped, floor)'}
";
    let estate = Estate::of(&[("", "{}"), ("a", "{bill: }")]).give("a", "charges", "1000 GBP, 500 GBP");
    let months = estate.run(regimes, 2);
    let reason = months[1].explain_entry(&months[1].entries[0]).unwrap();
    let text = crate::report::reason::Explanation::of(&reason, &crate::report::Catalogue::english()).to_text();
    assert_eq!(
        text,
        "\
credit: a owes the customer 10 GBP
  post credit of a is 10 GBP
    by the formula `round(capped, floor)`, with its values `round(10 GBP, floor)`
    capped of a is 10 GBP
      by the formula `cap(raw, 60 GBP over contract)`, with its values `cap(25 GBP, 60 GBP over contract)`
      raw of a is 25 GBP
        by the formula `rate of charges`, with its values `5% of 500 GBP`
        rate is agreed as 5 %
        charges of party a is 500 GBP
      `cap(raw, 60 GBP over contract)` is 10 GBP
        capped was 50 GBP in 2026-01
    agreed as Service credits, clause Schedule 2, 4.1, edition 1
"
    );
    assert!(months[1].explain(Scope::Party, "a", "bill", "nothing").is_none());
}
