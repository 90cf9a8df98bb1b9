//! Changed ecosystems against loading the changed documents.
//!
//! Goes in: small documents and changes. Comes out: equal fingerprints and answers, and faults at the place of the change.
//! **Invariant:** the ecosystem that was changed is as it was.
//! **Not here:** what answers say (`answer`).

use crate::base::Limits;
use crate::base::columns::Cell;
use crate::{Ecosystem, FailureQuery, ImpactQuery, Source, csv, impact, load, load_with};

const ACME: &str = "siam: 1
parties: {us: {kind: customer}, netco: {kind: supplier}, skyline: {kind: supplier}}
services:
  wan: {provider: netco}
  v1.email: {provider: us, depends_on: [wan], users: 10}
agreements:
  sla: {kind: sla, provider: us, services: [v1.email], measures: {p2: {statistic: percent_within, within: 4h, target: 90%}}}
";

fn acme() -> Ecosystem {
    load(&[Source::text("acme.yaml", ACME)]).unwrap()
}

fn faults(changed: Result<Ecosystem, crate::Error>) -> Vec<String> {
    let fault = changed.unwrap_err();
    fault.problems().iter().map(|problem| format!("{} {}", problem.place(), problem.code().name)).collect()
}

/// The services that a failure reaches.
fn reached(ecosystem: &Ecosystem, service: &str) -> Vec<String> {
    let report = impact(ecosystem, &ImpactQuery { failures: vec![FailureQuery::of(service)], ..Default::default() }).unwrap();
    let name = |row| match report.rows().cell(row, "service") {
        Cell::Text(name) => name.into_owned(),
        other => panic!("{other:?}"),
    };
    (0..report.rows().rows()).map(name).collect()
}

#[test]
fn the_fingerprint_is_that_of_loading_the_changed_documents() {
    let before = acme();
    let pairs: [(&[(&str, &str)], &str, &str); 6] = [
        (&[("services.wan.provider", "skyline")], "wan: {provider: netco}", "wan: {provider: skyline}"),
        (&[("measures.p2.target", "99%")], "target: 90%", "target: 99%"),
        (&[("agreements.sla.measures.p2.within", "2h")], "within: 4h", "within: 2h"),
        (
            &[("services.\"v1.email\".depends_on", "[{service: wan, impact: degraded}]")],
            "[wan]",
            "[{service: wan, impact: degraded}]",
        ),
        (&[("services.'v1.email'.users", "null")], ", users: 10", ""),
        (
            &[("services.desk", "{}"), ("services.'v1.email'.depends_on", "[wan, desk]")],
            "[wan], users: 10}",
            "[wan, desk], users: 10}\n  desk: {}",
        ),
    ];
    for (changes, from, to) in pairs {
        let text = ACME.replace(from, to);
        assert_ne!(text, ACME, "{from}");
        let loaded = load(&[Source::text("changed.yaml", text)]).unwrap();
        let changed = before.with(changes).unwrap();
        assert_eq!(changed.stamp(), loaded.stamp(), "{changes:?}");
        assert_ne!(changed.stamp(), before.stamp());
        assert_eq!(reached(&changed, "wan"), reached(&loaded, "wan"));
    }
    assert_eq!(before.stamp(), acme().stamp());
    assert_eq!(before.with(&[]).unwrap().stamp(), before.stamp());
}

#[test]
fn changes_are_also_read_from_one_text() {
    let limits = Limits::default();
    let map = acme()
        .with_changes("{\"services.wan.provider\": \"skyline\", \"maintenance.night.title\": \"Nights\"}", &limits)
        .unwrap();
    let list = "[{path: [services, wan, provider], value: skyline}, {path: maintenance.night, value: {title: Nights}}]";
    // A section that is not there begins with its first name; a name in it that is not there does not.
    assert!(acme().with_changes(list, &limits).is_ok());
    assert_eq!(map.stamp(), acme().with_changes(list, &limits).unwrap().stamp());
}

#[test]
fn all_faults_of_changes_come_at_once_at_the_place_of_each() {
    let pairs = [("services.wan.provider", "netko"), ("services.wan.usres", "10"), ("measures.p2.target", "[1")];
    assert_eq!(
        faults(acme().with(&pairs[..2])),
        ["services.wan.provider:1:1 unresolved-name", "services.wan.usres:1:1 unknown-key"]
    );
    assert_eq!(faults(acme().with(&pairs))[0].split(' ').next_back(), Some("syntax"));
    let nowhere =
        "{\"services.wna.provider\": \"us\", \"services.wan.provider.x\": 1, \"services.wan.hours\": null, \"a..b\": 1}";
    let found = faults(acme().with_changes(nowhere, &Limits::default()));
    let expected = [
        "changes:1:2 change-leads-nowhere",
        "changes:1:34 change-leads-nowhere-here",
        "changes:1:64 change-leads-nowhere-here",
        "changes:1:92 bad-value",
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_added_cycle_is_refused_as_at_load() {
    let strange = "{of: [v1.email], rule: {first: [{when: {to: operational, equal: 1}, then: {const: down}}]}}";
    let found = faults(acme().with(&[("services.wan.depends_on", strange)]));
    assert!(found[0].ends_with("cycle-not-monotone"), "{found:?}");
}

#[test]
fn what_came_in_tables_stays_and_can_be_changed() {
    let limits = Limits::default();
    let services = csv::read("services", b"service,provider,users\nwan,netco,\nemail,,4000\n", &limits).unwrap();
    let rows = csv::read("dependencies", b"from,to,impact\nemail,wan,degraded\n", &limits).unwrap();
    let text = "siam: 1\nparties: {netco: {kind: supplier}, skyline: {kind: supplier}}";
    let load = |services: &crate::base::Table, rows: &crate::base::Table| {
        load_with(&[Source::text("e", text)], vec![services.view(), rows.view()], &limits).unwrap()
    };
    let before = load(&services, &rows);
    let level = |ecosystem: &Ecosystem| {
        let query = ImpactQuery { failures: vec![FailureQuery::of("wan")], to: Some("email".into()), ..Default::default() };
        let report = impact(ecosystem, &query).unwrap();
        (report.rows().rows() > 0).then(|| report.rows().cell(0, "level").to_owned())
    };
    assert_eq!(level(&before), Some(Cell::Text("degraded".into())));
    let same = before.with(&[]).unwrap();
    assert_eq!((same.stamp(), level(&same)), (before.stamp(), level(&before)));
    // A change to a row makes the service one of the documents; its dependencies stay those of the table.
    let moved = before.with(&[("services.email.title", "E-mail"), ("services.wan.provider", "skyline")]).unwrap();
    let email = moved.model().names.services["email"];
    assert_eq!(moved.model().services[email].title(), "E-mail");
    assert_eq!(moved.model().services[email].users.at(crate::base::Instant::MAX), Some(&4000));
    assert_eq!(level(&moved), level(&before));
    assert_ne!(moved.stamp(), before.stamp());
    // Twice is as once, and dependencies that are written replace those of the table.
    let again = moved.with(&[("services.email.depends_on", "[wan]")]).unwrap();
    assert_eq!(level(&again), Some(Cell::Text("down".into())));
    let gone = before.with(&[("services.email", "null")]).unwrap();
    assert_eq!((gone.model().services.len(), gone.model().service_name(crate::model::rule::ServiceIdx::new(0))), (1, "wan"));
    assert_ne!(gone.stamp(), before.stamp());
    assert_eq!(faults(before.with(&[("services.wan", "null")])), ["dependencies: column to unresolved-name-here"]);
    assert_eq!(faults(before.with(&[("parties.netco", "null")])), ["services: column provider unresolved-name-here"]);
    assert_eq!(faults(before.with(&[("levels", "[up, down]")])), ["dependencies: column impact tables-keep-levels"]);
}
