use super::*;
use crate::Source;
use crate::base::columns::Cell;

const ACME: &str = "siam: 1
classes: {critical: {critical: true}}
services:
  power: {}
  wan-a: {depends_on: [power]}
  wan-b: {depends_on: [power]}
  node-1: {}
  node-2: {}
  node-3: {}
  node-4: {}
  network: {depends_on: [{any_of: [wan-a, wan-b]}]}
  farm: {depends_on: [{at_least: 2, of: [node-1, node-2, node-3, node-4]}]}
  shop: {class: critical, users: 10, depends_on: [farm]}
  alone: {}
";

fn eco(text: &str) -> Ecosystem {
    crate::load(&[Source::text("e", text)]).unwrap()
}

fn row(report: &RedundancyReport, service: &str, columns: &[&str]) -> Vec<String> {
    let rows = report.rows();
    let at = (0..rows.rows()).find(|row| rows.cell(*row, "service") == Cell::Text(service.into())).unwrap();
    let cell = |column: &&str| match rows.cell(at, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(value) => value.to_string(),
        other => format!("{other:?}"),
    };
    columns.iter().map(cell).collect()
}

const STANDS: &[&str] = &["further", "more_than", "sets", "example", "needed", "working", "spare"];

#[test]
fn what_two_lines_share_makes_them_one() {
    let report = redundancy(&eco(ACME), &RedundancyQuery::default()).unwrap();
    assert_eq!(row(&report, "network", STANDS), ["1", "Null", "1", "power", "1", "2", "1"]);
    // Three of four nodes: four ways.
    assert_eq!(row(&report, "farm", STANDS), ["3", "Null", "4", "node-1 + node-2 + node-3", "2", "4", "2"]);
    assert_eq!(row(&report, "shop", STANDS), ["1", "Null", "1", "farm", "1", "1", "0"]);
    assert_eq!(row(&report, "alone", STANDS), ["Null", "Null", "Null", "Null", "Null", "Null", "Null"]);
    assert_eq!(report.rows().cell(0, "service"), Cell::Text("shop".into()));
    assert!(report.problems().is_empty());
}

#[test]
fn what_has_failed_already_is_told_apart_and_counts() {
    let failures = vec![FailureQuery::of("node-1"), FailureQuery::of("node-2"), FailureQuery::of("wan-a")];
    let report = redundancy(&eco(ACME), &RedundancyQuery { failures, ..Default::default() }).unwrap();
    assert_eq!(row(&report, "farm", STANDS), ["1", "Null", "2", "node-3", "2", "2", "0"]);
    assert_eq!(row(&report, "network", STANDS), ["1", "Null", "2", "power", "1", "1", "0"]);
    assert_eq!(row(&report, "node-1", &["further", "down_now"]), ["0", "Boolean(true)"]);
    // shop falls with farm, node-3 or node-4.
    assert_eq!(row(&report, "shop", &["further", "sets"]), ["1", "3"]);
}

#[test]
fn without_looking_further_more_than_one_is_all_that_is_said() {
    let services = vec!["farm".to_owned()];
    let report = redundancy(&eco(ACME), &RedundancyQuery { services, beyond_one: Some(false), ..Default::default() }).unwrap();
    assert_eq!(row(&report, "farm", &["further", "more_than"]), ["Null", "1"]);
}

#[test]
fn only_the_critical_ones_on_request_and_explained() {
    use crate::report::Catalogue;
    let report = redundancy(&eco(ACME), &RedundancyQuery { critical_only: Some(true), ..Default::default() }).unwrap();
    assert_eq!(report.rows().rows(), 1);
    let text = crate::explain(&report, "rows", 0, &Catalogue::english()).unwrap().to_text();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!(lines[0], "1 further failure brings shop to down; sets of that size: 1");
}

#[test]
fn what_is_seen_of_another_is_told_where_nothing_explains_it() {
    use crate::answer::scenario::FailureOrigin;
    let of = |service: &str, origin| FailureQuery { origin: Some(origin), ..FailureQuery::of(service) };
    let failures = vec![of("power", FailureOrigin::Unknown), of("network", FailureOrigin::Unknown)];
    let report = redundancy(&eco(ACME), &RedundancyQuery { failures, ..Default::default() }).unwrap();
    assert_eq!(row(&report, "network", &["level", "further", "down_now"]), ["down", "0", "Boolean(true)"]);
    assert!(report.problems().is_empty());
    let failures = vec![of("farm", FailureOrigin::Derived)];
    let report = redundancy(&eco(ACME), &RedundancyQuery { failures, ..Default::default() }).unwrap();
    assert_eq!(row(&report, "farm", &["further"]), ["3"]);
    let codes: Vec<u16> = report.problems().iter().map(|problem| problem.code().number).collect();
    assert_eq!(codes, [583]);
}

#[test]
fn the_best_level_is_no_level_to_ask_about() {
    let query = RedundancyQuery { level: Some("operational".into()), ..Default::default() };
    let problems = redundancy(&eco(ACME), &query).err().unwrap().to_string();
    assert!(problems.contains("a level below the best"), "{problems}");
}

#[test]
fn once_the_work_is_used_up_no_more_is_searched_and_one_problem_says_so() {
    let text = "siam: 1
services:
  a: {}
  b: {}
  c: {}
  one: {depends_on: [{any_of: [a, b]}]}
  two: {depends_on: [{any_of: [b, c]}]}
  three: {depends_on: [{any_of: [a, c]}]}
";
    let ecosystem = eco(text);
    let asked = resolve(&ecosystem, &RedundancyQuery::default(), &mut Problems::new()).unwrap();
    let name = |one: &Standing| ecosystem.model().service_name(one.service).to_owned();
    // The first search passes a budget of nothing and is still finished; the two others are not begun.
    let mut problems = Problems::new();
    let standing = walk::walk(&ecosystem, &asked, 0, &mut problems);
    let stands = |name_wanted: &str| standing.iter().find(|one| name(one) == name_wanted).map(|one| (one.further, one.more_than));
    let [first, second, third] = ["one", "two", "three"].map(|name| stands(name).unwrap());
    let mut all = [first, second, third];
    all.sort();
    assert_eq!(all, [(None, Some(1)), (None, Some(1)), (Some(2), None)]);
    // Leaves rest on nothing: they are not searched, so they are not told as left.
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(told.len() == 1 && told[0].contains("2 services were not searched"), "{told:?}");
    let mut problems = Problems::new();
    let standing = walk::walk(&ecosystem, &asked, walk::BUDGET, &mut problems);
    assert_eq!(standing.iter().filter(|one| one.further == Some(2)).count(), 3);
    assert!(problems.is_empty());
}
