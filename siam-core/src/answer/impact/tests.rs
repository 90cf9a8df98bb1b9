//! What-if questions, worked by hand, and against the changed documents.
//!
//! Goes in: small ecosystems. Comes out: agreement with the hand-work and with loading what was changed.
//! **Invariant:** every expected level is worked in a comment or follows from loading the changed document.
//! **Not here:** random maps (`structure::tests::overlay`).

use super::*;
use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use crate::{Limits, Source, load};

/// netco provides both lines, and cloudco, a subcontractor of netco, hosts.
const ACME: &str = "
siam: 1
parties:
  us: {kind: customer}
  netco: {kind: supplier}
  cloudco: {kind: supplier, subcontractor_of: netco}
  deskco: {kind: supplier}
services:
  wan-a: {provider: netco}
  wan-b: {provider: netco}
  hosting: {provider: cloudco}
  desk: {provider: deskco}
  network: {depends_on: [{any_of: [wan-a, wan-b]}]}
  email: {depends_on: [network, hosting], users: 10}
";

fn ask(ecosystem: &Ecosystem, question: &str) -> ImpactReport {
    let query = crate::document::decode::from_text(question, question, &Limits::default()).unwrap();
    impact(ecosystem, &query).unwrap()
}

fn acme() -> Ecosystem {
    load(&[Source::text("acme.yaml", ACME)]).unwrap()
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let row = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(row).collect()
}

fn levels(question: &str) -> Vec<String> {
    lines(ask(&acme(), question).rows(), &["service", "level"])
}

#[test]
fn a_healed_party_takes_its_failures_and_those_of_its_subcontractors_along() {
    let all = "failures: [wan-a, hosting, desk]\nhealed: [netco]";
    assert_eq!(levels(all), ["desk down"]);
    let one = "failures: [wan-a, hosting, desk]\nhealed: [cloudco]";
    assert_eq!(levels(one), ["desk down", "wan-a down"]);
}

#[test]
fn without_one_of_two_lines_the_other_alone_carries_the_network() {
    assert_eq!(levels("failures: [wan-a]"), ["wan-a down"]);
    let without = "failures: [wan-a]\nwithout: [{from: network, to: wan-b}]";
    assert_eq!(levels(without), ["email down", "network down", "wan-a down"]);
    let report = ask(&acme(), without);
    assert_eq!(report.rows().cell(0, "route"), Cell::Text("email > network > wan-a".into()));
    assert!(report.problems().is_empty());
    let why = crate::explain(&report, "rows", 1, &Catalogue::english()).unwrap().to_text();
    assert!(why.contains("1 of 1 needed, 0 left"), "{why}");
}

#[test]
fn a_weakened_dependency_is_felt_no_worse_than_its_level() {
    let weakened = "failures: [hosting]\nweakened: [{from: email, to: hosting, impact: degraded}]";
    assert_eq!(levels(weakened), ["hosting down", "email degraded"]);
    let table =
        "failures: [{service: hosting, level: degraded}]\nweakened: [{from: email, to: hosting, impact: {degraded: excluded}}]";
    assert_eq!(levels(table), ["hosting degraded"]);
}

#[test]
fn an_added_dependency_is_felt_and_says_what_was_compiled_again() {
    // network and email stand above it, so two services are compiled again.
    let added = "failures: [desk]\nadded: [{from: network, to: desk}]";
    let report = ask(&acme(), added);
    assert_eq!(
        lines(report.rows(), &["service", "route"]),
        ["email email > network > desk", "desk desk", "network network > desk"]
    );
    assert_eq!(report.summary().cell(0, "recompiled"), Cell::Integer(2));
    let advice: Vec<String> = report.problems().iter().map(|problem| problem.message()).collect();
    assert_eq!(advice, ["the added dependencies made 2 services compile again"]);
    // Beside wan-a it is a third way, and one way is enough.
    let third = "failures: [wan-a, wan-b]\nadded: [{from: network, to: desk, beside: wan-a}]";
    assert_eq!(levels(third), ["wan-a down", "wan-b down"]);
}

#[test]
fn planned_work_is_what_would_not_be_felt_without_it() {
    // wan-a in its window, wan-b fails: without the window wan-a would carry the network.
    let report = ask(&acme(), "failures: [{service: wan-a, planned: true}, wan-b, {service: hosting, level: degraded}]");
    assert_eq!(
        lines(report.rows(), &["service", "level", "unplanned_level", "planned"]),
        [
            "email down degraded false",
            "network down operational true",
            "wan-a down operational true",
            "wan-b down down false",
            "hosting degraded degraded false"
        ]
    );
    assert_eq!(report.summary().cell(0, "planned"), Cell::Integer(2));
}

#[test]
fn excusable_by_a_party_is_what_is_as_before_without_its_failures() {
    let asked = "failures: [{service: network, level: degraded}, hosting]\nexcuses: all\nto: email";
    let report = ask(&acme(), asked);
    assert_eq!(
        lines(report.excuses(), &["service", "party", "level", "level_without", "excusable"]),
        ["email cloudco down degraded false", "email netco down degraded false"]
    );
    let alone = ask(&acme(), "failures: [hosting, desk]\nexcuses: [netco, deskco]\nto: email");
    assert_eq!(lines(alone.excuses(), &["party", "level_without", "excusable"]), ["deskco down false", "netco operational true"]);
    assert_eq!(ask(&acme(), "failures: [hosting]").excuses().rows(), 0);
}

#[test]
fn an_unknown_failure_is_own_where_the_others_do_not_explain_it() {
    let asked = "failures: [hosting, {service: email, origin: unknown}, {service: network, origin: unknown}, {service: desk, origin: derived}]";
    let report = ask(&acme(), asked);
    assert_eq!(
        lines(report.rows(), &["service", "level", "own_level", "origin", "route"]),
        ["email down  explained email > hosting", "hosting down down own hosting", "network down down own network"]
    );
    let told: Vec<String> = report.problems().iter().map(|problem| problem.message()).collect();
    assert_eq!(told, ["`desk` was seen down because of another service, and the map does not say why"]);
}

#[test]
fn in_a_cycle_two_unknown_failures_do_not_explain_each_other() {
    let text = "siam: 1\nservices: {ad: {depends_on: [dns]}, dns: {depends_on: [ad]}}";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let report = ask(&ecosystem, "failures: [{service: ad, origin: unknown}, {service: dns, origin: unknown}]");
    assert_eq!(lines(report.rows(), &["service", "origin"]), ["ad own", "dns explained"]);
}

#[test]
fn every_wrong_name_of_a_scenario_is_told_at_once() {
    let question = "failures: [{service: emial, origin: own}]\nhealed: [netko]\nwithout: [{from: email, to: wan-a}]\n\
weakened: [{from: email, to: network, impact: broken}]\nadded: [{from: desk, to: desk}, {from: network, to: desk, beside: email}]";
    let query = crate::document::decode::from_text("q", question, &Limits::default()).unwrap();
    let fault = impact(&acme(), &query).err().unwrap();
    let names: Vec<&str> = fault.problems().iter().map(|problem| problem.code().name).collect();
    let expected = [
        "unknown-name-asked",
        "unknown-name-asked",
        "no-such-dependency",
        "unknown-name-asked-here",
        "depends-on-itself",
        "no-such-dependency",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_scenario_answers_as_the_changed_document_does() {
    let pairs = [
        ("without: [{from: network, to: wan-b}]", "[{any_of: [wan-a, wan-b]}]", "[{any_of: [wan-a]}]"),
        ("without: [{from: email, to: hosting}]", "[network, hosting]", "[network]"),
        (
            "weakened: [{from: email, to: network, impact: degraded}]",
            "[network, hosting]",
            "[{service: network, impact: degraded}, hosting]",
        ),
        ("added: [{from: network, to: desk}]", "[{any_of: [wan-a, wan-b]}]", "[{any_of: [wan-a, wan-b]}, desk]"),
        ("added: [{from: network, to: desk, beside: wan-b}]", "[{any_of: [wan-a, wan-b]}]", "[{any_of: [wan-a, wan-b, desk]}]"),
        (
            "without: [{from: network, to: wan-a}]\nadded: [{from: hosting, to: desk, impact: degraded}]",
            "[{any_of: [wan-a, wan-b]}]",
            "[{any_of: [wan-b]}]",
        ),
    ];
    let failures = ["[wan-a]", "[wan-a, wan-b]", "[desk]", "[hosting, {service: wan-b, level: degraded}]", "[wan-b, desk]"];
    for (asked, from, to) in pairs {
        let mut text = ACME.replace(from, to);
        assert_ne!(text, ACME);
        if asked.contains("from: hosting") {
            text = text.replace("{provider: cloudco}", "{provider: cloudco, depends_on: [{service: desk, impact: degraded}]}");
        }
        let changed = load(&[Source::text("changed.yaml", text)]).unwrap();
        for failures in failures {
            let what_if = ask(&acme(), &format!("failures: {failures}\n{asked}\nexcuses: all"));
            let loaded = ask(&changed, &format!("failures: {failures}\nexcuses: all"));
            for (one, other) in
                [(what_if.rows(), loaded.rows()), (what_if.routes(), loaded.routes()), (what_if.excuses(), loaded.excuses())]
            {
                let columns: Vec<&str> = one.schema().unwrap().columns.iter().map(|column| column.name).collect();
                assert_eq!(lines(one, &columns), lines(other, &columns), "{asked} {failures}");
            }
        }
    }
}
