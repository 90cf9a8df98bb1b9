use super::*;
use crate::Source;
use crate::answer::scenario::FailureQuery;
use crate::base::columns::Cell;

fn failed(service: &str, level: &str) -> FailureQuery {
    FailureQuery { level: Some(level.into()), ..FailureQuery::of(service) }
}

fn eco(text: &str) -> Ecosystem {
    crate::load(&[Source::text("e", text)]).unwrap()
}

fn column(table: &Table, name: &str) -> Vec<String> {
    let cell = |row| match table.cell(row, name) {
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Boolean(value) => value.to_string(),
        other => format!("{other:?}"),
    };
    (0..table.rows()).map(cell).collect()
}

const ZABBIX: &str = "levels: [OK, NOT_CLASSIFIED, INFORMATION, WARNING, AVERAGE, HIGH, DISASTER]\n";

#[test]
fn a_demand_of_nothing_lists_every_problem_below_the_most_critical() {
    let text = format!("siam: 1\n{ZABBIX}services: {{s13: {{}}, s14: {{}}, s15: {{}}, s11: {{depends_on: [s13, s14, s15]}}}}\n");
    let states = vec![failed("s11", "AVERAGE"), failed("s13", "OK"), failed("s14", "INFORMATION"), failed("s15", "AVERAGE")];
    let query = RootCausesQuery { bad: vec!["s11".into()], states, mode: Some(CauseMode::Threshold), ..Default::default() };
    let report = root_causes(&eco(&text), &query).unwrap();
    assert_eq!(column(report.rows(), "service"), ["s14", "s15"]);
}

#[test]
fn a_fixed_map_demands_nothing_of_what_is_behind_it() {
    let text = format!(
        "siam: 1\n{ZABBIX}services:
  s3: {{}}
  s4: {{}}
  s2: {{depends_on: [s3, s4]}}
  s1:
    depends_on:
      of: [{{service: s2, impact: {{NOT_CLASSIFIED: AVERAGE, INFORMATION: AVERAGE, WARNING: AVERAGE, AVERAGE: AVERAGE, HIGH: AVERAGE, DISASTER: AVERAGE}}}}]
      rule: {{max: [{{const: OK}}, {{first: [{{when: {{from: AVERAGE, at_least: 1}}, then: {{const: AVERAGE}}}}, {{else: {{const: OK}}}}]}}]}}
"
    );
    let states = vec![failed("s1", "WARNING"), failed("s2", "WARNING"), failed("s3", "INFORMATION"), failed("s4", "WARNING")];
    let query = RootCausesQuery { bad: vec!["s1".into()], states, mode: Some(CauseMode::Threshold), ..Default::default() };
    let report = root_causes(&eco(&text), &query).unwrap();
    assert_eq!(column(report.rows(), "service"), ["s3", "s4"]);
    assert_eq!(column(report.rows(), "route"), ["s1 > s2 > s3", "s1 > s2 > s4"]);
}

#[test]
fn what_contributes_is_as_bad_as_the_result_as_its_dependent_sees_it() {
    let text = "siam: 1\nlevels: [INDETERMINATE, NORMAL, WARNING, MINOR, MAJOR, CRITICAL]\nservices:
  a4: {}\n  a5: {}\n  a6: {}\n  a7: {}\n  b3: {depends_on: {of: [a4, a5, a6, a7], rule: {order: {weight: 1/2}}}}\n";
    let failures = vec![failed("a4", "MAJOR"), failed("a5", "NORMAL"), failed("a6", "CRITICAL"), failed("a7", "MAJOR")];
    let query = RootCausesQuery {
        bad: vec!["b3".into()],
        failures,
        mode: Some(CauseMode::Contributing),
        normal: Some("NORMAL".into()),
        ..Default::default()
    };
    let report = root_causes(&eco(text), &query).unwrap();
    assert_eq!(column(report.rows(), "service"), ["a4", "a6", "a7"]);
    let same = root_causes(&eco(text), &RootCausesQuery { mode: Some(CauseMode::SameState), ..query }).unwrap();
    assert_eq!(column(same.rows(), "service"), ["a4", "a7"]);
}

const ACME: &str = "siam: 1
parties:
  acme: {kind: customer}
  netco: {kind: supplier}
  digger: {kind: supplier, subcontractor_of: netco}
  hostco: {kind: supplier}
classes: {critical: {critical: true}}
services:
  wan-a: {provider: netco}
  wan-b: {provider: digger}
  dns: {provider: hostco}
  spare: {provider: hostco}
  network: {provider: netco, depends_on: [{any_of: [wan-a, wan-b]}]}
  email: {provider: hostco, class: critical, depends_on: [network, dns]}
  chat: {provider: hostco, depends_on: [network]}
";

fn all_down() -> Vec<FailureQuery> {
    ["wan-a", "wan-b", "dns", "spare"].map(FailureQuery::of).to_vec()
}

#[test]
fn every_smallest_set_of_repairs_is_listed_with_its_ways() {
    let report = root_causes(&eco(ACME), &RootCausesQuery { failures: all_down(), ..Default::default() }).unwrap();
    // email is the critical one: dns and either line.
    assert_eq!(column(report.rows(), "bad"), ["email"; 4]);
    assert_eq!(column(report.rows(), "set"), ["1", "1", "2", "2"]);
    assert_eq!(column(report.rows(), "service"), ["dns", "wan-a", "dns", "wan-b"]);
    assert_eq!(column(report.rows(), "route")[3], "email > network > wan-b");
    assert_eq!(column(report.summary(), "least"), ["2"]);
    assert_eq!(column(report.summary(), "sets"), ["2"]);
    assert!(!column(report.nodes(), "service").contains(&"spare".to_owned()));
    let step: Vec<String> = column(report.nodes(), "step");
    assert_eq!(step, ["0", "1", "1", "2", "2"]);
}

#[test]
fn a_party_is_healed_with_its_subcontractors() {
    let report = root_causes(&eco(ACME), &RootCausesQuery { failures: all_down(), ..Default::default() }).unwrap();
    assert_eq!(column(report.parties(), "party"), ["hostco", "netco"]);
    assert_eq!(column(report.parties(), "services"), ["dns", "wan-a, wan-b"]);
    let query = RootCausesQuery { bad: vec!["chat".into()], failures: all_down(), ..Default::default() };
    let alone = root_causes(&eco(ACME), &query).unwrap();
    assert_eq!(column(alone.parties(), "party"), ["netco"]);
    assert_eq!(column(alone.parties(), "size"), ["1"]);
}

#[test]
fn what_is_good_enough_needs_no_repair() {
    let failures = vec![FailureQuery::of("wan-a")];
    let query = RootCausesQuery { bad: vec!["email".into()], failures, ..Default::default() };
    let report = root_causes(&eco(ACME), &query).unwrap();
    assert_eq!(report.rows().rows(), 0);
    assert_eq!(column(report.summary(), "least"), ["Null"]);
}

#[test]
fn a_rule_that_is_not_monotone_is_named() {
    let text = "siam: 1\nservices: {a: {}, b: {depends_on: {of: [a], rule: {first: [{when: {from: operational, to: operational, at_least: 1}, then: {const: down}}, {else: {const: operational}}]}}}, c: {depends_on: [b]}, d: {depends_on: [c, a]}}\n";
    let query = RootCausesQuery { bad: vec!["d".into()], failures: vec![FailureQuery::of("a")], ..Default::default() };
    let report = root_causes(&eco(text), &query).unwrap();
    let problems: Vec<String> = report.problems().iter().map(|problem| problem.to_string()).collect();
    assert!(problems.len() == 1 && problems[0].contains("`b` gets better"), "{problems:?}");
}

#[test]
fn states_are_not_healed() {
    let query = RootCausesQuery { bad: vec!["email".into()], states: all_down(), ..Default::default() };
    let problems = root_causes(&eco(ACME), &query).err().unwrap().to_string();
    assert!(problems.contains("nothing heals them"), "{problems}");
}

#[test]
fn a_failure_of_unknown_origin_is_a_cause_where_nothing_explains_it() {
    let origin = Some(crate::answer::scenario::FailureOrigin::Unknown);
    let unknown = |service: &str| FailureQuery { origin, ..FailureQuery::of(service) };
    let query = RootCausesQuery { bad: vec!["chat".into()], failures: vec![unknown("network")], ..Default::default() };
    assert_eq!(column(root_causes(&eco(ACME), &query).unwrap().rows(), "service"), ["network"]);
    let failures = vec![FailureQuery::of("wan-a"), FailureQuery::of("wan-b"), unknown("network")];
    let explained = root_causes(&eco(ACME), &RootCausesQuery { failures, ..query }).unwrap();
    assert_eq!(column(explained.rows(), "service"), ["wan-a", "wan-b"]);
}

#[test]
fn failures_of_unknown_origin_explain_each_other_as_in_impact() {
    use crate::answer::scenario::FailureOrigin;
    let of = |service: &str, origin| FailureQuery { origin: Some(origin), ..FailureQuery::of(service) };
    let ecosystem = eco("siam: 1\nservices: {wan: {}, net: {depends_on: [wan]}, email: {depends_on: [net]}}\n");
    for failures in [["wan", "email"], ["email", "wan"]] {
        let failures = failures.map(|service| of(service, FailureOrigin::Unknown)).to_vec();
        let query = RootCausesQuery { bad: vec!["email".into()], failures, ..Default::default() };
        let report = root_causes(&ecosystem, &query).unwrap();
        assert_eq!(column(report.rows(), "service"), ["wan"]);
        assert_eq!(column(report.rows(), "route"), ["email > net > wan"]);
        assert_eq!(column(report.summary(), "sets"), ["1"]);
        assert!(report.problems().is_empty());
    }
    // What was seen of another is no cause; where nothing explains it, that is said.
    let failures = vec![of("email", FailureOrigin::Derived)];
    let query = RootCausesQuery { bad: vec!["email".into()], failures, ..Default::default() };
    let report = root_causes(&ecosystem, &query).unwrap();
    assert_eq!(report.rows().rows(), 0);
    let codes: Vec<u16> = report.problems().iter().map(|problem| problem.code().number).collect();
    assert_eq!(codes, [583]);
    // A level that was given explains as a failure does, and is no cause of its own among the failures.
    let failures = vec![of("email", FailureOrigin::Unknown)];
    let (states, mode) = (vec![failed("net", "down")], Some(CauseMode::SameState));
    let query = RootCausesQuery { bad: vec!["email".into()], failures, states, mode, ..Default::default() };
    assert_eq!(column(root_causes(&ecosystem, &query).unwrap().rows(), "service"), ["net"]);
}

#[test]
fn a_cause_is_explained_step_by_step_and_drawn() {
    use crate::report::{Answer, Catalogue};
    let ecosystem = eco(ACME);
    let report = root_causes(&ecosystem, &RootCausesQuery { failures: all_down(), ..Default::default() }).unwrap();
    let text = crate::explain(&report, "rows", 1, &Catalogue::english()).unwrap().to_text();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "wan-a and 1 other heal email to degraded; smallest sets of repairs: 2",
            "email is down: it needs network",
            "network is down: 1 of 2 needed, 0 left",
            "wan-a itself is down",
        ]
    );
    let picture = report.picture(&Catalogue::english()).unwrap();
    assert_eq!(picture.nodes.len(), 5);
    assert_eq!(picture.title, "What is behind email");
}

#[test]
fn two_thousand_five_hundred_children_are_each_looked_at_once() {
    let names: Vec<String> = (0..2500).map(|at| format!("c{at}")).collect();
    let services: String = names.iter().map(|name| format!("  {name}: {{}}\n")).collect();
    let text = format!(
        "siam: 1\nservices:\n{services}  shared: {{depends_on: {{of: [{}], rule: {{order: {{count: 1/2}}}}}}}}\n  left: {{depends_on: [shared]}}\n  right: {{depends_on: [shared]}}\n  top: {{depends_on: [left, right]}}\n",
        names.join(", ")
    );
    let failures = names.iter().map(FailureQuery::of).collect();
    let query = RootCausesQuery { bad: vec!["top".into()], failures, limit: Some(1), ..Default::default() };
    let ecosystem = eco(&text);
    let contributing = RootCausesQuery { mode: Some(CauseMode::Contributing), ..query.clone() };
    let report = root_causes(&ecosystem, &contributing).unwrap();
    assert_eq!(report.rows().rows(), 2500);
    assert_eq!(column(report.summary(), "visited"), ["2504"]);
    // Bad from 1250 on, so 1251 of 2500 must work again; a level of each service, and each failure.
    let report = root_causes(&ecosystem, &query).unwrap();
    assert_eq!(column(report.summary(), "least"), ["1251"]);
    assert_eq!(column(report.summary(), "visited"), ["5004"]);
    assert_eq!(report.rows().rows(), 1251);
    // 2500 over 1251 is about 2^2500 / (1250 pi)^(1/2) = 10^(752.6 - 1.8), which has 751 digits.
    let sets = column(report.summary(), "sets");
    assert_eq!(sets[0].len(), 751);
}
