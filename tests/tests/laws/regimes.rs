//! The language of regimes: arbitrary formulas, random caps and pools.
//!
//! Goes in: arbitrary text, random amounts. Comes out: an answer or a fault; laws of money.
//! **Invariant:** no text panics the parser or takes long; an amount shared sums to itself; no cap is passed in any window.
//! **Not here:** worked regimes (`siam_core::formula`).

use super::cases;
use proptest::prelude::*;
use siam_core::Limits;
use siam_core::base::{Date, Ratio};
use siam_core::document::{Decode, Faults, Named, Source, Spot, read};
use siam_core::formula::{Contract, Evaluated, History, Instance, Missing, Program, Scalar, SettlementPeriod, Value, parse};
use siam_core::model::regime::{AttachmentDoc, RegimeDoc, Scope, check};

fn instance(scope: Scope, id: &str, within: Option<usize>, regime: &str) -> Instance {
    let attachments = vec![(Spot::unplaced(regime.to_owned()), AttachmentDoc::default())];
    Instance { scope, id: id.into(), within, attachments, figures: Default::default(), members: Vec::new() }
}

/// The text of a document of regimes compiled for an ecosystem of three parties that all attach `r` and `pool`.
fn compile(text: &str) -> Option<Program> {
    let mut faults = Faults::new(&Limits::default());
    let root = read(&[Source::text("r", text)], &mut faults)?;
    let docs = Named::<Vec<RegimeDoc>>::decode(root.get("regimes")?, &mut faults)?;
    let regimes = check(&docs, &mut faults);
    let mut instances = vec![instance(Scope::Ecosystem, "", None, "pool")];
    instances.extend(["a", "b", "c"].map(|party| instance(Scope::Party, party, Some(0), "r")));
    let contract = Contract { start: Date::parse("2026-01-01")?, end: None, currency: "GBP".parse().ok() };
    Program::compile(&regimes, &instances, contract, &mut faults)
}

fn month(number: i32) -> SettlementPeriod {
    let first =
        |number: i32| Date::new(2026 + i16::try_from(number / 12).unwrap(), u8::try_from(number % 12 + 1).unwrap(), 1).unwrap();
    SettlementPeriod { number, label: number.to_string(), from: first(number - 1), until: first(number) }
}

fn pence(value: i64) -> Value {
    Value::One(Scalar::Quantity(Ratio::new(value.into(), 100).unwrap()))
}

fn quantity(evaluated: &Evaluated, scope: Scope, instance: &str, attachment: &str, line: &str) -> Value {
    evaluated.value(scope, instance, attachment, line).unwrap().value.clone()
}

const MONEY: &str = "
regimes:
  r:
    per: party
    inputs: {raw: money, weight: number}
    lines:
      given: raw
      share: weight
      capped: cap(raw, 100 GBP over 3 periods, 250 GBP over contract_year)
    post: {credit: capped}
  pool:
    per: ecosystem
    lines:
      total: sum(r.given)
      equal_shares: split(total, by equal)
      weighted: split(total, by r.share)
    post: {pool_share: equal_shares, other: weighted}
";

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_text_panics_the_parser(text in "\\PC{0,200}") {
        let _ = (parse::formula(&text), parse::row(&text), parse::slice(&text), parse::after(&text));
    }

    #[test]
    fn no_row_of_words_of_the_language_panics_or_hangs_the_compiler(
        words in prop::collection::vec(prop::sample::select(vec![
            "raw", "given", "(", ")", ",", "+", "-", "*", "/", "of", "and", "or", "not", "if", "then", "else", "sum", "cap", "split",
            "previous", "streak", "round", "min", "max", "over", "3 periods", "contract", "since", "where", "by", "equal", "1 GBP", "10%",
            "0", ">", "<=", "==", "r.given", "pool.total", "party.charges", "floor", "carry", "2 points per h", "true", "'word'",
        ]), 0..40)
    ) {
        let formula = words.join(" ");
        let _ = compile(&format!("regimes:\n  r:\n    per: party\n    inputs: {{raw: money}}\n    lines:\n      given: raw\n      x: \"{formula}\"\n  pool: {{per: ecosystem, lines: {{total: sum(r.given)}}}}\n"));
    }

    #[test]
    fn caps_hold_and_pools_are_shared_to_the_penny(
        amounts in prop::collection::vec((0_i64..30_000, 0_i64..30_000, -5_000_i64..30_000), 1..20),
        weights in (0_i64..50, 0_i64..50, 1_i64..50),
    ) {
        let program = compile(MONEY).unwrap();
        let mut history = History::default();
        let mut passed: Vec<Ratio> = Vec::new();
        for (at, (a, b, c)) in amounts.iter().enumerate() {
            let given = |_: Scope, id: &str, name: &str, _: &SettlementPeriod| match (id, name) {
                ("a", "raw") => pence(*a),
                ("b", "raw") => pence(*b),
                ("c", "raw") => pence(*c),
                ("a", "weight") => pence(weights.0 * 100),
                ("b", "weight") => pence(weights.1 * 100),
                ("c", "weight") => pence(weights.2 * 100),
                _ => Value::missing(Missing::NotSupplied),
            };
            let evaluated = program.evaluate(&month(i32::try_from(at).unwrap() + 1), &[], &given, &mut history);
            let Value::One(Scalar::Quantity(total)) = quantity(&evaluated, Scope::Ecosystem, "", "pool", "total") else { panic!() };
            prop_assert_eq!(&total, &Ratio::new((a + b + c).into(), 100).unwrap());
            for line in ["equal_shares", "weighted"] {
                let Value::ByParty(slices) = quantity(&evaluated, Scope::Ecosystem, "", "pool", line) else { panic!() };
                let sum = slices.values().fold(Ratio::ZERO, |sum, slice| sum.plus(slice.quantity().unwrap()));
                prop_assert_eq!(&sum, &total);
                prop_assert!(slices.values().all(|slice| slice.quantity().unwrap().times(&Ratio::whole(100)).is_whole()));
            }
            let Value::One(Scalar::Quantity(capped)) = quantity(&evaluated, Scope::Party, "c", "r", "capped") else { panic!() };
            passed.push(capped);
        }
        let positive = |window: &[Ratio]| window.iter().filter(|value| !value.is_negative()).fold(Ratio::ZERO, |sum, value| sum.plus(value));
        for window in passed.windows(3) {
            prop_assert!(positive(window) <= Ratio::whole(100));
        }
        for year in passed.chunks(12) {
            prop_assert!(positive(year) <= Ratio::whole(250));
        }
        let again = History::from_rows(&history.rows()).unwrap();
        prop_assert_eq!(again, history);
    }
}
