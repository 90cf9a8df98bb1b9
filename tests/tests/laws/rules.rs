//! Laws of rules: hostile ones are refused with places, and what is called monotone is.
//!
//! Goes in: seeds. Comes out: problems that are complete, in time; the level of every state of a few dependencies.
//! **Invariant:** whether a rule is monotone is found out by trying every state, not by reading the rule.
//! **Not here:** that rules say what the oracle says (`impact`), which draws from the same generator.

use super::hostile::{complete, mutated};
use super::{cases, load};
use proptest::prelude::*;
use siam_core::base::{Instant, Place};
use siam_core::model::rule::{Level, ServiceIdx};
use siam_core::structure::Scalar;
use siam_core::{Source, check, presets};
use siam_tests::generate::presets::{CHAINS, impact, rule};
use siam_tests::generate::{Dice, Options, estate};
use std::time::{Duration, Instant as Clock};

/// A tree of words that rules are made of, in any order.
fn junk(dice: &mut Dice, depth: usize) -> String {
    const WORDS: [&str; 44] = [
        "any",
        "all",
        "best",
        "worst",
        "order",
        "score",
        "first",
        "max",
        "min",
        "group",
        "each_group",
        "ungrouped",
        "post",
        "const",
        "when",
        "then",
        "else",
        "count",
        "weight",
        "needed 2",
        "share 1/0",
        "beyond",
        "refuse",
        "clamp",
        "gain",
        "theta",
        "base",
        "from",
        "to",
        "at_least",
        "below",
        "equal",
        "table",
        "label",
        "rule",
        "down",
        "n - 1",
        "-1",
        "999999999999999999999",
        "66.6%",
        "excluded",
        "$worst",
        "worse_by",
        "",
    ];
    let word = |dice: &mut Dice| match dice.below(4) {
        0 => dice.pick(&presets::rule_names()).clone(),
        _ => (*dice.pick(&WORDS)).to_owned(),
    };
    let quoted = |word: String| format!("'{word}'");
    match if depth == 0 { 0 } else { dice.below(4) } {
        0 => quoted(word(dice)),
        1 => {
            let items: Vec<String> = (0..dice.below(4)).map(|_| junk(dice, depth - 1)).collect();
            format!("[{}]", items.join(", "))
        }
        _ => {
            let mut keys: Vec<String> = Vec::new();
            let mut entries = Vec::new();
            for _ in 0..dice.below(3) + 1 {
                let name = dice.pick(&presets::rule_names()).clone();
                let parameters = presets::rule_parameters(&name);
                let key =
                    if parameters.is_empty() || dice.chance(2, 3) { word(dice) } else { (*dice.pick(&parameters)).to_owned() };
                if !keys.contains(&key) {
                    entries.push(format!("{}: {}", quoted(key.clone()), junk(dice, depth - 1)));
                    keys.push(key);
                }
            }
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Checks a document and fails where a problem has no place in it or the reading took long.
fn checked(document: String) -> Result<(), TestCaseError> {
    let began = Clock::now();
    let problems = check(&[Source::text("rules.yaml", document.as_str())]);
    prop_assert!(began.elapsed() < Duration::from_secs(20), "took {:?}: {}", began.elapsed(), document);
    complete(&problems)?;
    for problem in problems.iter().filter(|problem| problem.code().number < 700) {
        prop_assert!(!matches!(problem.place(), Place::Nowhere), "{} has no place\n{}", problem, document);
    }
    Ok(())
}

fn with_rule(rule: &str, impact: &str) -> String {
    format!(
        "siam: 1\nservices:\n  a: {{}}\n  b: {{}}\n  c: {{}}\n  n:\n    depends_on:\n      of: [a, {{service: b, group: g, weight: 3}}, {{service: c, impact: {impact}}}]\n      rule: {rule}\n"
    )
}

/// The rule's level at every state of its dependencies, the first dependency fastest; and whether the node is called monotone.
fn table(document: &str, leaves: usize, levels: usize) -> (Vec<Level>, bool) {
    let ecosystem = load(document);
    let map = ecosystem.map(Instant::MAX);
    let at = |name: &str| ecosystem.model().names.services[name];
    let mut scalar = Scalar::new(&map.structure);
    let node = at("n");
    let states = (0..levels.pow(leaves as u32)).map(|state| {
        let own: Vec<(ServiceIdx, Level)> = (0..leaves)
            .map(|leaf| (at(&format!("s{leaf}")), (state / levels.pow(leaf as u32) % levels) as Level))
            .filter(|(_, level)| *level > 0)
            .collect();
        scalar.evaluate(&own);
        scalar.level(node)
    });
    (states.collect(), map.structure.is_monotone(node))
}

/// Whether no single step of a dependency to a worse level makes the value better.
fn never_improves(table: &[Level], leaves: usize, levels: usize) -> bool {
    (0..leaves).all(|leaf| {
        let step = levels.pow(leaf as u32);
        (0..table.len()).filter(|state| state / step % levels + 1 < levels).all(|state| table[state] <= table[state + step])
    })
}

/// A node over a few leaves with random weights and groups.
fn node(dice: &mut Dice, levels: &[String], leaves: usize, rule: &str, maps: Option<bool>) -> String {
    let edges = (0..leaves).map(|leaf| {
        let group = dice.pick(&["", ", group: g", ", group: h"]);
        let map = match maps {
            Some(monotone) if dice.chance(1, 2) => format!(", impact: {}", impact(dice, levels, monotone)),
            _ => String::new(),
        };
        format!("{{service: s{leaf}, weight: {}{group}{map}}}", dice.below(4))
    });
    let edges = edges.collect::<Vec<_>>().join(", ");
    let services: Vec<String> = (0..leaves).map(|leaf| format!("s{leaf}: {{}}")).collect();
    let (levels, services) = (levels.join(", "), services.join(", "));
    format!("{{siam: 1, levels: [{levels}], services: {{{services}, n: {{depends_on: {{of: [{edges}], rule: {rule}}}}}}}}}")
}

fn chain(dice: &mut Dice) -> Vec<String> {
    let own: &[&str] = &["operational", "degraded", "down"];
    let chain = if dice.chance(1, 4) { own } else { CHAINS[dice.below(CHAINS.len())] };
    chain.iter().map(|name| (*name).to_owned()).collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_tree_as_a_rule_is_read_or_refused_with_places(seed: u64) {
        let mut dice = Dice::new(seed);
        for _ in 0..8 {
            let (rule, impact) = (junk(&mut dice, 5), junk(&mut dice, 2));
            checked(with_rule(&rule, &impact))?;
        }
    }

    #[test]
    fn a_rule_with_a_few_mistakes_is_read_or_refused_with_places(seed: u64) {
        let mut dice = Dice::new(seed);
        for _ in 0..4 {
            let text = estate(&mut dice, 5, Options::default()).document();
            checked(mutated(&mut dice, &text))?;
        }
    }

    #[test]
    fn a_rule_by_name_is_called_monotone_exactly_where_it_is(seed: u64, leaves in 1_usize..4) {
        let mut dice = Dice::new(seed);
        let levels = chain(&mut dice);
        let monotone = dice.chance(1, 2);
        let rule = rule(&mut dice, &levels, leaves, monotone);
        let document = node(&mut dice, &levels, leaves, &rule, None);
        let (table, called) = table(&document, leaves, levels.len());
        let is = never_improves(&table, leaves, levels.len());
        prop_assert!(!called || is, "called monotone wrongly: {}", document);
        prop_assert!(called || !is, "not called monotone: {}", document);
        prop_assert!(is || !monotone, "not monotone: {}", document);
    }

    #[test]
    fn edge_maps_by_name_keep_a_monotone_rule_monotone(seed: u64, leaves in 1_usize..4) {
        let mut dice = Dice::new(seed);
        let levels = chain(&mut dice);
        let rule = rule(&mut dice, &levels, leaves, true);
        let document = node(&mut dice, &levels, leaves, &rule, Some(true));
        let (table, called) = table(&document, leaves, levels.len());
        prop_assert!(never_improves(&table, leaves, levels.len()), "not monotone: {}", document);
        prop_assert!(called, "not called monotone: {}", document);
    }

    #[test]
    fn no_rule_with_any_maps_is_called_monotone_wrongly(seed: u64, leaves in 1_usize..4) {
        let mut dice = Dice::new(seed);
        let levels = chain(&mut dice);
        let rule = rule(&mut dice, &levels, leaves, false);
        let document = node(&mut dice, &levels, leaves, &rule, Some(false));
        let (table, called) = table(&document, leaves, levels.len());
        prop_assert!(!called || never_improves(&table, leaves, levels.len()), "called monotone wrongly: {}", document);
    }
}

#[test]
fn a_rule_of_ten_thousand_additional_rules_is_read_in_time() {
    let one = "{type: NP_GE, limit_status: degraded, limit_value: 50, new_status: down}";
    let many = vec![one; 10_000].join(", ");
    let document = with_rule(&format!("{{zabbix.set_ok: {{additional_rules: [{many}]}}}}"), "degraded");
    let began = Clock::now();
    let problems = check(&[Source::text("many", document)]);
    assert!(problems.iter().all(|problem| problem.code().number != 101), "{problems}");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

fn told(rule: &str) -> Vec<String> {
    let problems = check(&[Source::text("x", with_rule(rule, "degraded"))]);
    let errors = problems.iter().filter(|problem| problem.code().number < 700);
    errors.map(|problem| format!("{} {}", problem.code().name, problem.message())).collect()
}

#[test]
fn every_fault_of_a_rule_is_told_not_only_the_first() {
    let rule =
        "{first: [{when: {form: down, at_least: x}, then: {const: dwn}}, {else: {order: {count: many}}}, {else: icinga.ANT}]}";
    let codes: Vec<String> = told(rule).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    for (code, times) in [("unknown-key", 1), ("bad-value", 2), ("unresolved-name", 2), ("wrong-type", 1)] {
        assert_eq!(codes.iter().filter(|one| *one == code).count(), times, "{code} in {codes:?}");
    }
}

#[test]
fn more_than_there_are_is_refused_where_that_is_asked() {
    assert_eq!(told("{best: {k: 3, beyond: refuse}}"), Vec::<String>::new());
    assert_eq!(told("{best: {k: 4, beyond: refuse}}"), ["rule-too-many 4 of 3 dependencies cannot be needed"]);
    assert_eq!(
        told("{group: {label: g, rule: {worst: {k: 2, beyond: refuse}}}}"),
        ["rule-too-many 2 of 1 dependencies cannot be needed"]
    );
    assert_eq!(told("{ungrouped: {worst: {k: 2, beyond: refuse}}}"), Vec::<String>::new());
    assert_eq!(told("{best: 4}"), Vec::<String>::new(), "clamped");
    assert_eq!(told("{order: {weight: 2, beyond: down}}").len(), 1, "a weight is not a number of dependencies");
}

#[test]
fn a_base_is_more_than_one_and_its_powers_fit() {
    assert_eq!(told("{score: {base: 1.5, from: degraded}}"), Vec::<String>::new());
    for bad in ["1", "0", "-2", "10000000000"] {
        assert!(told(&format!("{{score: {{base: {bad}, from: operational}}}}"))[0].starts_with("bad-value"), "{bad}");
    }
}
