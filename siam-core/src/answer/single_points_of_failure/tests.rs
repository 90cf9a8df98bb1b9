use super::*;
use crate::base::columns::Cell;
use crate::report::{Catalogue, Explanation};
use crate::{Source, load};

const ACME: &str = "
siam: 1
classes: {vital: {critical: true}, plain: {}}
parties: {netco: {kind: supplier}, hostco: {kind: supplier}}
services:
  power:  {provider: hostco}
  disk:   {provider: hostco, depends_on: [power]}
  wan-a:  {provider: netco, depends_on: [power]}
  wan-b:  {provider: netco}
  net:    {provider: netco, users: 10, depends_on: [{any_of: [wan-a, wan-b]}]}
  email:  {provider: hostco, class: vital, users: 4000, depends_on: [net, {service: disk, impact: degraded}]}
  shop:   {provider: hostco, class: vital, users: 900, depends_on: [disk]}
  wiki:   {class: plain, users: 300, depends_on: [wan-b]}
agreements: {sla-shop: {kind: sla, services: [shop, email]}}
";

fn points(query: SinglePointsOfFailureQuery) -> SinglePointsOfFailureReport {
    single_points_of_failure(&load(&[Source::text("acme", ACME)]).unwrap(), &query).unwrap()
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let word = |row: usize, column: &&str| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(value) => value.to_string(),
        _ => "-".into(),
    };
    (0..table.rows()).map(|row| columns.iter().map(|column| word(row, column)).collect::<Vec<_>>().join(" ")).collect()
}

const COLUMNS: [&str; 9] = ["component", "provider", "services", "critical", "users", "agreements", "suppliers", "hit", "route"];

#[test]
fn what_takes_a_critical_service_down_alone_is_named_with_its_route() {
    let report = points(SinglePointsOfFailureQuery::default());
    // Net takes e-mail down; disk takes the shop down and e-mail only to degraded; power takes disk, wan-a and the shop down.
    let expected = [
        "net netco 1 1 4000 1 1 email email > net",
        "power hostco 3 1 900 1 2 shop shop > disk > power",
        "disk hostco 1 1 900 1 1 shop shop > disk",
    ];
    assert_eq!(lines(report.rows(), &COLUMNS), expected);
    assert_eq!(lines(report.summary(), &["services", "single_points", "rows", "left_out", "level"]), ["8 3 3 0 down"]);
}

#[test]
fn a_better_level_asked_for_finds_more() {
    let report = points(SinglePointsOfFailureQuery { level: Some("degraded".into()), ..Default::default() });
    let expected = [
        "power hostco 4 2 4900 1 2 email email > disk > power",
        "disk hostco 2 2 4900 1 1 email email > disk",
        "net netco 1 1 4000 1 1 email email > net",
    ];
    assert_eq!(lines(report.rows(), &COLUMNS), expected);
    let report = points(SinglePointsOfFailureQuery { critical_only: Some(false), ..Default::default() });
    assert_eq!(lines(report.rows(), &["component"]), ["net", "power", "disk", "wan-b"]);
}

#[test]
fn the_stream_tells_the_critical_services_or_all() {
    let told = |query| {
        let report = points(query);
        let mut lines = lines(&report.stream("services").unwrap().next_batch().unwrap(), &["component", "service", "level"]);
        lines.sort();
        lines
    };
    let critical = ["disk shop down", "net email down", "power shop down"];
    assert_eq!(told(SinglePointsOfFailureQuery::default()), critical);
    let all = told(SinglePointsOfFailureQuery { critical_only: Some(false), ..Default::default() });
    let expected =
        ["disk shop down", "net email down", "power disk down", "power shop down", "power wan-a down", "wan-b wiki down"];
    assert_eq!(all, expected);
}

#[test]
fn a_limit_is_told_and_a_best_level_refused() {
    let report = points(SinglePointsOfFailureQuery { limit: Some(1), ..Default::default() });
    assert_eq!(report.rows().rows(), 1);
    assert_eq!(report.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["rows-left-out"]);
    let words = Explanation::of(&report.explain(0).unwrap(), &Catalogue::english()).to_text();
    let expected = "net alone takes 1 other service to down, 1 of them critical, with 4000 users
  email is down: it needs net
    net itself is down
      it was given as failed
";
    assert_eq!(words, expected);
    let best = SinglePointsOfFailureQuery { level: Some("operational".into()), ..Default::default() };
    assert!(single_points_of_failure(&load(&[Source::text("acme", ACME)]).unwrap(), &best).is_err());
}
