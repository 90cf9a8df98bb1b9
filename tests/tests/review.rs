//! The two regimes of examples/review, worked by hand for one month.
//!
//! Goes in: the documents as they are committed, scores and minutes written here. Comes out: credits and shares to the penny.
//! **Invariant:** the regimes compile with nothing to remark; the shares of the pool are what was put into it.
//! **Not here:** the language (`cases`), the month's own scores (`docs` loads the documents).

use siam_core::Source;
use siam_core::base::{Date, Limits, Ratio};
use siam_core::document::{Decode, Faults, Named, read};
use siam_core::formula::{Contract, Evaluated, History, Instance, Program, SettlementPeriod, Value, literal, value::Missing};
use siam_core::model::EcosystemDoc;
use siam_core::model::regime::{AttachmentDoc, Scope, check};
use std::path::Path;

/// The instances of the documents that attach a regime, each in the next coarser one, the ecosystem first.
fn instances(doc: &EcosystemDoc) -> Vec<Instance> {
    let collective = doc.collective.as_ref().unwrap();
    let make = |scope, id: &str, within, regimes: &Named<AttachmentDoc>| Instance {
        scope,
        id: id.to_owned(),
        within,
        attachments: regimes.entries.clone(),
        figures: Named::default(),
        members: Vec::new(),
    };
    let mut found = vec![make(Scope::Ecosystem, "", None, &collective.regimes)];
    found[0].members = collective.parties.iter().map(|name| name.value.clone()).collect();
    for (name, party) in doc.parties.iter() {
        let of_party = found.len();
        found.push(make(Scope::Party, &name.value, Some(0), &party.regimes));
        let own = |provider: &Option<siam_core::document::Spot<String>>| provider.as_ref().is_some_and(|p| p.value == name.value);
        for (id, agreement) in doc.agreements.iter().filter(|(_, agreement)| own(&agreement.provider)) {
            let of_agreement = found.len();
            found.push(make(Scope::Agreement, &id.value, Some(of_party), &agreement.regimes));
            for (id, measure) in agreement.measures.iter() {
                found.push(make(Scope::Measure, &id.value, Some(of_agreement), &measure.regimes));
            }
        }
    }
    found
}

/// October under these figures: instance, figure, value; every measure not named scores 100 % against 90 %.
fn october(figures: &[(&str, &str, &str)]) -> Evaluated {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/review");
    let files = ["parties", "services", "processes", "contracts", "agreements", "regimes"];
    let texts = files.map(|file| std::fs::read_to_string(folder.join(format!("{file}.yaml"))).unwrap());
    let sources: Vec<Source> = files.iter().zip(&texts).map(|(file, text)| Source::text(*file, text)).collect();
    let mut faults = Faults::new(&Limits::default());
    let doc = EcosystemDoc::decode(&read(&sources, &mut faults).unwrap(), &mut faults).unwrap();
    let regimes = check(&doc.regimes, &mut faults);
    let contract = Contract { start: Date::new(2026, 4, 1).unwrap(), end: None, currency: "GBP".parse().ok() };
    let program = Program::compile(&regimes, &instances(&doc), contract, &mut faults);
    assert_eq!(faults.into_problems().to_string(), "");
    let (from, until) = (Date::new(2026, 10, 1).unwrap(), Date::new(2026, 11, 1).unwrap());
    let period = SettlementPeriod { number: 7, label: "2026-10".into(), from, until };
    let given = |_: Scope, instance: &str, name: &str, _: &SettlementPeriod| {
        let written = figures.iter().find(|(of, figure, _)| *of == instance && *figure == name).map(|(_, _, value)| *value);
        let usual = match name {
            "value" => Some("100%"),
            "target" => Some("90%"),
            "charges" => Some("100000 GBP"),
            _ => None,
        };
        let value = written.or(usual).and_then(literal);
        value.map_or(Value::missing(Missing::NotSupplied), |(value, _)| Value::One(value))
    };
    let evaluated = program.unwrap().evaluate(&period, &[], &given, &mut History::default());
    assert_eq!(evaluated.troubles().map(|(line, why)| format!("{}.{}: {why:?}", line.regime, line.line)).next(), None);
    evaluated
}

/// Who pays how much under a regime.
fn paid(evaluated: &Evaluated, regime: &str) -> Vec<(String, String)> {
    let entries = evaluated.entries.iter().filter(|entry| &*entry.regime == regime);
    entries.map(|entry| (entry.party.to_string(), entry.amount.to_exact_text())).collect()
}

/// 25,000 were put in. Half equally among seven: 1,785.71 each and the three pennies left to the first three by name. Half by 226
/// minutes: 99, 74, 31 and 22 of them; the penny left goes to Webforge, whose fraction of a penny is the greatest.
#[test]
fn the_pool_is_half_equal_and_half_by_minutes() {
    let evaluated = october(&[
        ("sell-availability", "value", "99.4%"),
        ("sell-availability", "target", "99.7%"),
        ("netco", "minutes", "99 min"),
        ("paylane", "minutes", "74 min"),
        ("stratus", "minutes", "31 min"),
        ("webforge", "minutes", "22 min"),
    ]);
    let mut shares = paid(&evaluated, "end_to_end_pool");
    shares.sort();
    let by_hand = [
        ("keystone", "1785.72"),
        ("marlow-it", "1785.72"),
        ("netco", "7261.38"),
        ("paylane", "5878.63"),
        ("stratus", "3500.31"),
        ("tillworks", "1785.71"),
        ("webforge", "3002.53"),
    ];
    assert_eq!(shares, by_hand.map(|(party, amount)| (party.to_owned(), amount.to_owned())));
    let sum = evaluated.entries.iter().filter(|entry| &*entry.regime == "end_to_end_pool");
    assert_eq!(sum.fold(Ratio::ZERO, |sum, entry| sum.plus(&entry.amount)), Ratio::whole(25_000));
}

/// Netco is one step of 0.5 % below: one point, one percent of 184,674.35, a penny rounded down. Paylane is far below twice, with a
/// weight of 2 on one: 4 + 8 points would be 12 % of its charges, and 10 % is at risk.
#[test]
fn points_become_a_credit_that_what_is_at_risk_caps() {
    let evaluated = october(&[
        ("netco-availability", "value", "99.2%"),
        ("netco-availability", "target", "99.5%"),
        ("netco", "charges", "184674.35 GBP"),
        ("paylane-availability", "value", "97%"),
        ("paylane-availability", "target", "99.7%"),
        ("paylane-resolved", "value", "80%"),
        ("paylane", "charges", "41511.18 GBP"),
    ]);
    let mut credits = paid(&evaluated, "service_credit");
    credits.sort();
    let by_hand = [("netco", "1846.74"), ("paylane", "4151.11")];
    assert_eq!(credits, by_hand.map(|(party, amount)| (party.to_owned(), amount.to_owned())));
    assert_eq!(paid(&evaluated, "end_to_end_pool"), []);
}
