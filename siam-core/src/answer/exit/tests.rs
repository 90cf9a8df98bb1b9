use super::*;
use crate::Source;
use crate::report::{Catalogue, Explanation};

const ACME: &str = "
siam: 1
parties:
  acme: {kind: customer}
  hub: {kind: integrator}
  netco: {kind: supplier}
  digger: {kind: supplier, subcontractor_of: netco}
  old: {kind: supplier}
roles:
  noc: {party: netco}
  desk: {party: hub, escalates_to: noc}
processes:
  incident: {function: operation_and_support, owner: noc, activities: [detect, restore]}
responsibilities:
  incident:
    detect:  {desk: AR, noc: C}
    restore: {desk: A,  noc: R}
interfaces:
  spi-net: {process: incident, parties: [hub, netco], exchanges: {report: {from: netco, to: hub}}}
  spi-all: {process: incident, parties: [hub, netco, old]}
contracts:
  wan-2025: {provider: netco}
  wan-2020: {provider: netco, until: 2025-01-01}
  hub-2025: {provider: hub, obligations: {access: {by: netco, to: hub}}}
agreements:
  ola-net: {kind: ola, provider: netco, customer: hub, measures: {net-calls: {statistic: count, counted_when: opened}}}
  sla: {kind: sla, provider: hub, underpinned_by: [ola-net]}
forums:
  board: {level: strategic, chair: noc, members: [desk, netco]}
services:
  wan: {provider: netco, owner: noc}
  past: {provider: netco, until: 2025-01-01}
  spare: {provider: hub}
  email: {provider: hub, depends_on: [wan]}
  safe: {provider: hub, depends_on: [{any_of: [wan, spare]}]}
";

fn rows(party: &str) -> Vec<String> {
    let ecosystem = crate::load(&[Source::text("acme", ACME)]).unwrap();
    let query = ExitQuery { party: party.into(), on: Date::new(2027, 4, 1) };
    let report = exit(&ecosystem, &query).unwrap();
    let word = |row, column| match report.table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        _ => "-".into(),
    };
    let line = |row| ["effect", "kind", "id", "item", "other"].map(|column| word(row, column)).join(" ");
    (0..report.table.rows()).map(line).collect()
}

#[test]
fn all_that_hangs_on_a_party_is_named_once() {
    let expected = [
        "lapses agreement ola-net - -",
        "lapses contract wan-2025 - -",
        "lapses exchange spi-net report -",
        "lapses forum board netco -",
        "lapses interface spi-net - -",
        "lapses measure net-calls - -",
        "lapses obligation hub-2025 access -",
        "lapses role noc - -",
        "dangles agreement sla - ola-net",
        "dangles forum board - noc",
        "dangles interface spi-all - -",
        "dangles party digger - -",
        "dangles process incident - noc",
        "dangles process incident restore noc",
        "dangles role desk - noc",
        "dangles service wan - noc",
        "dangles service wan - -",
        "fails service email down email > wan",
    ];
    assert_eq!(rows("netco"), expected);
}

#[test]
fn a_party_that_nothing_hangs_on_leaves_without_a_trace_but_its_interface() {
    assert_eq!(rows("old"), ["dangles interface spi-all - -"]);
}

#[test]
fn every_row_says_why() {
    let ecosystem = crate::load(&[Source::text("acme", ACME)]).unwrap();
    let report = exit(&ecosystem, &ExitQuery { party: "netco".into(), on: Date::new(2027, 4, 1) }).unwrap();
    for row in 0..report.table.rows() {
        let words = Explanation::of(&report.explain(row).unwrap(), &Catalogue::english()).to_text();
        assert!(words.ends_with("\n  netco leaves on 2027-04-01\n") && !words.starts_with("exit-"), "{words}");
    }
    let missing = exit(&ecosystem, &ExitQuery { party: "netcoo".into(), on: None }).err().unwrap();
    assert!(missing.to_string().contains("did you mean `netco`?"), "{missing}");
}
