//! The month of examples/review, worked by hand: what is rejected, what is counted, who owes whom how much.
//!
//! Goes in: the documents and the evidence as they are committed; for the regimes alone, scores and minutes written here. Comes out:
//! counts, credits and shares to the penny.
//! **Invariant:** the regimes compile with nothing to remark; the shares of the pool are what was put into it.
//! **Not here:** the language (`cases`), whether the evidence is what was generated (`docs`).

use siam_core::answer::score::{ScoreQuery, score};
use siam_core::answer::settle::{SettleQuery, settle};
use siam_core::base::columns::Cell;
use siam_core::base::{Date, Limits, Ratio, Table, csv};
use siam_core::document::{Decode, Faults, Named, read};
use siam_core::evidence::{Evidence, EvidenceQuery, evidence};
use siam_core::formula::{Contract, Evaluated, History, Instance, Program, SettlementPeriod, Value, literal, value::Missing};
use siam_core::model::EcosystemDoc;
use siam_core::model::regime::{AttachmentDoc, Scope, check};
use siam_core::report::Answer;
use siam_core::{Ecosystem, Source, load};
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

/// The month as it is committed, bound to the documents.
fn bound() -> (Ecosystem, Evidence) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/review");
    let files = ["parties", "services", "processes", "contracts", "agreements", "regimes"];
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let sources: Vec<Source> = files.map(|file| Source::text(file, read(&format!("{file}.yaml")))).into();
    let ecosystem = load(&sources).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder.join("evidence"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".csv"))
        .collect();
    names.sort();
    let limits = Limits::default();
    let table = |name: &String| {
        let bytes = read(&format!("evidence/{name}"));
        csv::read(name.trim_end_matches(".csv"), bytes.as_bytes(), &limits).unwrap()
    };
    let tables: Vec<_> = names.iter().map(table).collect();
    let question = EvidenceQuery { mapping: Some(read("evidence/mapping.yaml")), ..Default::default() };
    let evidence = evidence(&ecosystem, &question, tables.iter().map(Table::view).collect(), &limits).unwrap();
    (ecosystem, evidence)
}

fn named<'a>(answer: &'a dyn Answer, name: &str) -> &'a Table {
    answer.tables().into_iter().find(|table| table.name() == name).unwrap()
}

fn text(table: &Table, row: usize, column: &str) -> String {
    match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        other => format!("{other:?}"),
    }
}

/// Netco's own words are read: of its 394 tickets 230 are incidents in the services of its agreement, 5 of them cancelled and 4 solved in
/// November; of the other 221, 215 were solved in October, 2 of those are excluded, and 6 are still open.
#[test]
fn the_tickets_of_netco_are_counted_in_its_own_words() {
    let (ecosystem, evidence) = bound();
    let translated = evidence.problems().iter().filter(|problem| problem.code().name == "words-translated");
    let told: Vec<String> = translated.map(siam_core::base::Problem::message).collect();
    let by_interface = |cells: &str, column: &str| {
        format!("interface `spi-incident-netco` translates {cells} values of `{column}` of party `netco`")
    };
    assert_eq!(told, [by_interface("394", "priority"), by_interface("18", "resolution"), by_interface("104", "state")]);
    let asked = ScoreQuery { periods: vec!["2026-10".into()], measures: vec!["netco-resolved".into()], ..Default::default() };
    let scorecard = score(&ecosystem, &evidence, &asked).unwrap();
    let counts = |row: usize| ["counted", "excluded", "unscored"].map(|column| named(&scorecard, "rows").cell(row, column));
    assert_eq!(counts(0), [213, 2, 6].map(Cell::Integer));
    let by_priority = [[3, 0, 0], [23, 0, 0], [101, 1, 1], [86, 1, 5]];
    for (at, expected) in by_priority.into_iter().enumerate() {
        assert_eq!(counts(at + 1), expected.map(Cell::Integer), "P{}", at + 1);
    }
    assert!(scorecard.problems().is_empty(), "{}", scorecard.problems());
}

/// Six rows that no tool should write are named; nothing else is remarked on.
#[test]
fn what_is_wrong_with_the_evidence_is_what_was_put_there() {
    let (ecosystem, evidence) = bound();
    assert!(ecosystem.problems().is_empty(), "{}", ecosystem.problems());
    let rejected = named(&evidence, "rejected");
    let of = |row: usize| format!("{} {}", text(rejected, row, "column"), text(rejected, row, "reason"));
    let found: Vec<String> = (0..rejected.rows()).map(of).collect();
    assert_eq!(found, ["opened no-such-date", "opened missing-value", "ticket duplicate-row", "resolved bad-order"]);
    let unknown = named(&evidence, "unknown");
    let found: Vec<String> = (0..unknown.rows()).map(|row| text(unknown, row, "name")).collect();
    assert_eq!(found, ["card-payment", "webshop"]);
}

/// The amounts of October from the committed evidence. Netco: 91.5 % against 92 % is one step, one point of weight 2, 2 % of what it
/// charged, 184,674.35. Paylane: payments 99.5 % against 99.7 %, one point, 1 % of 61,410.35. Stratus: 91.0 % against 92 %, 2 points of 204,200.
/// Tillworks: 86.5 % against 90 % is beyond three steps, 4 points of weight 2, 8 % of 51,000. Webforge: 88.3 % against 90 %, two steps,
/// 4 points of 96,053.76. Selling was available for less than agreed, so 25,000 go into the pool, shared as above; it was restored in time.
#[test]
fn the_month_is_settled_to_the_penny() {
    let (ecosystem, evidence) = bound();
    let asked = SettleQuery { periods: vec!["2026-10".into()], ..Default::default() };
    let ledger = settle(&ecosystem, &evidence, &asked).unwrap();
    let rows = ledger.rows();
    let of = |row: usize| ["kind", "payer", "payee", "amount_exact"].map(|column| text(rows, row, column)).join(" ");
    let found: Vec<String> = (0..rows.rows()).map(of).collect();
    let by_hand = [
        "credit netco marlow 3693.48",
        "credit paylane marlow 614.1",
        "credit stratus marlow 4084",
        "credit tillworks marlow 4080",
        "credit webforge marlow 3842.15",
        "pool_share keystone marlow 1785.72",
        "pool_share marlow-it marlow 1785.72",
        "pool_share netco marlow 7261.38",
        "pool_share paylane marlow 5878.63",
        "pool_share stratus marlow 3500.31",
        "pool_share tillworks marlow 1785.71",
        "pool_share webforge marlow 3002.53",
    ];
    assert_eq!(found, by_hand);
    assert!(ledger.problems().is_empty(), "{}", ledger.problems());
    assert_eq!(ledger.triggers().rows(), 0);
}

/// What October leaves behind is read again: November without evidence of its own has the past that the openings and October gave.
#[test]
fn the_history_of_october_is_the_past_of_november() {
    let (ecosystem, evidence) = bound();
    let october = settle(&ecosystem, &evidence, &SettleQuery { periods: vec!["2026-10".into()], ..Default::default() }).unwrap();
    let mut asked = SettleQuery { periods: vec!["2026-11".into()], ..Default::default() };
    let history = october.history().clone().renamed("history");
    siam_core::answer::given::give(&mut asked, &[history.view()]).unwrap();
    let november = settle(&ecosystem, &evidence, &asked).unwrap();
    let both = SettleQuery { periods: vec!["2026-10".into(), "2026-11".into()], ..Default::default() };
    assert_eq!(november.history(), settle(&ecosystem, &evidence, &both).unwrap().history());
}
