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
