//! Static faults: each with its code, its place inside the formula, and its words.

use super::*;

/// What compiling gives for the lines of one regime per measure.
fn faults(lines: &str) -> Vec<String> {
    let regimes = format!(
        "regimes:\n  coarse: {{per: party, lines: {{x: 1 point}}}}\n  fine: {{per: event, lines: {{x: 1 point}}}}\n  r:\n    per: measure\n    parameters: {{weight: 1, mode: floor}}\n    inputs: {{fee: money, late: duration, state: word}}\n    lines:\n{lines}"
    );
    let paths = [("", "{fine: }"), ("a", "{coarse: }"), ("a/s", "{}"), ("a/s/m", "{r: }")];
    match Estate::of(&paths).figure("a", "invoice", "money").compile(&regimes) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().filter(|problem| !problem.starts_with("regime-unread")).collect(),
    }
}

#[test]
fn each_fault_has_its_code_and_its_place() {
    // Lines begin in line 9 of the document, formulas in column 10.
    for (line, wanted) in [
        ("value >= 99", "regime-unit r:9:10: `value >= 99`: ratio against number"),
        ("fee + 3 EUR", "regime-unit r:9:10: `fee + 3 EUR`: GBP against EUR"),
        ("fee * charges", "regime-owner r:9:16: whose `charges`? this regime is per measure"),
        ("fee + invoice", "regime-owner r:9:16: whose `invoice`? this regime is per measure"),
        ("party.invoce", "regime-figure r:9:10: no party has a figure named `invoce`"),
        ("vlaue", "regime-unknown-name r:9:10: no line, parameter, input or given figure is named `vlaue`"),
        ("late + below", "regime-reads-below r:9:17: `below` does not stand above"),
        ("fine.x", "regime-scope r:9:10: `fine.x` is per event, finer than this regime, which is per measure"),
        ("corse.x", "regime-unknown-owner r:9:10: `corse` is no regime, attachment or scope"),
        ("coarse.y", "regime-unknown-line-here r:9:10: `coarse` has no line `y`"),
        ("abbs(fee)", "regime-function r:9:10: there is no function `abbs`"),
        ("round(fee, up)", "regime-arguments r:9:10: `round` cannot be read with these arguments"),
        ("round(late, floor)", "regime-type r:9:10: `round(late, floor)` is duration, not money, or a quantum to round to"),
        ("clamp(late, 2 h, 1 h)", "regime-clamp r:9:10: the low end `2 h` lies above the high end `1 h`"),
        ("1 GBP + cap(fee, 3 GBP over period)", "regime-cap-inside r:9:18: a cap must be the whole of its line"),
        ("cap(fee, 3 GBP)", "regime-cap-window r:9:19: the limit `3 GBP` does not say over which periods"),
        ("sum(fee)", "regime-nothing-to-gather r:9:10: `sum(fee)` names nothing of a finer scope, and no periods"),
        (
            "sum(streak(fine.x > 0 points))",
            "regime-past-in-gather r:9:21: the past of `fine.x > 0 points` is read inside a gather",
        ),
        ("late of fee", "regime-type r:9:10: `late` is duration, not a ratio or a number before `of`"),
        ("if fee then 1 else 2", "regime-type r:9:13: `fee` is GBP, not a flag"),
        ("streak(late)", "regime-type r:9:10: `streak(late)` is duration, not a flag"),
        ("split(fee / 3, by equal)", "regime-unrounded r:9:16: `fee / 3` may fall between pennies"),
    ] {
        let found = faults(&format!("      a: {line}\n      below: 1 h\n"));
        assert_eq!(found.first().map(String::as_str), Some(wanted), "{line}: {found:?}");
        assert_eq!(found.len(), 1, "{line}: {found:?}");
    }
}

#[test]
fn tables_leave_no_gap_overlap_or_dead_row() {
    for (rows, wanted) in [
        ("{bands: value, from 99%: 1, below 98%: 2}", "regime-band-gap r:9:18: no row takes 98%"),
        (
            "{bands: late, from 15 h up to 24 h: 1, from 20 h up to 30 h: 2, below 15 h: 3, above 30 h: 4}",
            "regime-band-overlap r:9:49: the rows `from 15 h up to 24 h` and `from 20 h up to 30 h` overlap",
        ),
        (
            "{bands: late, below 2 h: 1, below 1 h: 2, otherwise: 3}",
            "regime-band-dead r:9:38: nothing reaches the row `below 1 h`",
        ),
        ("{bands: state, low: 1, 'mid, low': 2}", "regime-band-dead r:9:34: nothing reaches the row `low`"),
        (
            "{marginal: late, up to 2 h: 1, up to 1 h: 2, otherwise: 3}",
            "regime-marginal-not-rising r:9:41: the bound `up to 1 h` is not above the one before",
        ),
        (
            "{marginal: late, up to 2 h: 1}",
            "regime-marginal-end r:9:27: a marginal table has `otherwise` as its last row, and only there",
        ),
        ("{bands: late, low: 1}", "regime-type r:9:24: `low` is duration, not a word to be chosen by words"),
    ] {
        let found = faults(&format!("      a: {rows}\n"));
        assert_eq!(found.first().map(String::as_str), Some(wanted), "{rows}: {found:?}");
    }
    // Printed to one decimal, a table has no gap between 98.9 % and 99 %; of unrounded values it has.
    let printed = |subject: &str| {
        faults(&format!(
            "      g: round(value, 0.1%, floor)\n      a: {{bands: {subject}, from 99%: 1, from 98% up to 98.9%: 2, below 98%: 3}}\n"
        ))
    };
    assert_eq!(printed("g"), Vec::<String>::new());
    assert_eq!(printed("value"), ["regime-band-gap r:10:18: no row takes above 98.9% and below 99%"]);
}

#[test]
fn lines_that_read_each_other_within_one_period_are_named() {
    let regimes = "
regimes:
  one: {per: party, lines: {x: two.y}}
  two: {per: ecosystem, lines: {y: sum(one.x) + 1 point}}
";
    let estate = Estate::of(&[("", "{two: }"), ("a", "{one: }")]);
    let problems = estate.compile(regimes).unwrap_err();
    assert!(
        problems[0].starts_with("regime-cycle r:3:32: lines read each other within one period: one.x -> two.y -> one.x"),
        "{problems:?}"
    );
    // Over the past the same circle is fine.
    let past = regimes.replace("x: two.y", "x: 'previous(two.y, 0 points)'");
    let months = estate.run(&past, 3);
    assert_eq!(series(&months, "", "two", "y"), ["1", "2", "3"]);
}

#[test]
fn posts_are_rounded_shared_and_of_one_party() {
    let compile = |regimes: &str, paths: &[(&str, &str)]| Estate::of(paths).compile(regimes).err().unwrap_or_default();
    let of = |per: &str, amount: &str| {
        format!("regimes: {{r: {{per: {per}, inputs: {{fee: money}}, lines: {{x: fee}}, post: {{credit: '{amount}'}}}}}}")
    };
    let party = [("", "{}"), ("a", "{r: }")];
    assert_eq!(compile(&of("party", "10% of x"), &party), ["regime-unrounded r:1:82: `10% of x` may fall between pennies"]);
    assert_eq!(
        compile(&of("party", "x > 0"), &party),
        ["regime-type r:1:82: `x > 0` is flag, not money, points or a duration to post"]
    );
    assert_eq!(compile(&of("ecosystem", "x"), &[("", "{r: }")]).len(), 1);
    let joint = [("", "{}"), ("a/b/c", "{r: }")];
    assert!(compile(&of("measure", "x"), &joint)[0].starts_with("regime-no-party"));
}

#[test]
fn attachments_fit_their_regimes() {
    let regimes = "regimes: {r: {per: agreement, parameters: {weight: 1, mode: low}, lines: {a: weight * party.invoice, b: {bands: mode, low: 1, high: 2}}}}";
    let problems = |attached: &str, figure: bool| {
        let mut estate = Estate::of(&[("", "{}"), ("p", "{}"), ("q", "{}"), ("p/s", attached)]);
        estate = estate.figure(if figure { "p" } else { "q" }, "invoice", "money");
        estate.compile(regimes).err().unwrap_or_default()
    };
    assert!(problems("{r: {weight: 2}}", true).is_empty());
    assert!(problems("{r: {weight: 2%}}", true)[0].starts_with("regime-value-type"));
    assert!(problems("{r: {wieght: 2}}", true)[0].starts_with("unresolved-name"));
    assert!(problems("{r: {mode: middle}}", true)[0].starts_with("regime-word"));
    assert!(problems("{rr: }", true)[0].starts_with("unresolved-name"));
    assert!(problems("{r: }", false)[0].starts_with("regime-figure-absent"));
    assert!(problems("{r: {opening: {a: [1 point]}}}", true)[0].starts_with("regime-value-type"));
}

#[test]
fn remarks_stop_nothing() {
    let regimes = "
regimes:
  one:
    per: party
    inputs: {fee: money}
    lines:
      lost: fee
      capped: cap(10% of fee, 5% of fee over contract)
      grows: 'previous(grows, 1) * 2'
      back: {earn_back: lost, when: grows > 1, after 1 period: 60%, after 2 periods: 60%}
    post: {credit: 'round(capped, half_up)', other: 'round(back, floor)'}
  two: {per: party, lines: {x: 'round(one.capped, floor)'}, post: {bonus: x}}
";
    let mut faults = Faults::new(&Limits::default());
    let root = read(&[Source::text("r", regimes)], &mut faults).unwrap();
    let docs = Named::<Vec<RegimeDoc>>::decode(root.get("regimes").unwrap(), &mut faults).unwrap();
    let checked = check(&docs, &mut faults);
    let estate = Estate::of(&[("", "{}"), ("a", "{one: , two: }")]);
    let contract = Contract { start: Date::parse("2026-01-01").unwrap(), end: None, currency: gbp() };
    assert!(Program::compile(&checked, &estate.instances, contract, &mut faults).is_some());
    let names: Vec<&str> = faults.into_problems().iter().map(|problem| problem.code().name).collect();
    assert_eq!(names, ["regime-grows", "regime-earns-more", "regime-rounds-up"]);
}
