//! Changed ecosystems against loading the changed documents.
//!
//! Goes in: small documents and changes. Comes out: equal fingerprints and answers, and faults at the place of the change.
//! **Invariant:** the ecosystem that was changed is as it was.
//! **Not here:** what answers say (`answer`).

use crate::base::columns::Cell;
use crate::base::{Instant, Limits};
use crate::model::calendar::CalendarIdx;
use crate::{Ecosystem, FailureQuery, ImpactQuery, Source, csv, impact, load, load_with};

const ACME: &str = "siam: 1
parties: {us: {kind: customer}, netco: {kind: supplier}, skyline: {kind: supplier}}
services:
  wan: {provider: netco}
  v1.email: {provider: us, depends_on: [wan], users: 10}
agreements:
  sla: {kind: sla, provider: us, services: [v1.email], measures: {p2: {statistic: percent_within, within: 4h, target: 90%}}}
";

type Pairs<'a> = &'a [(&'a str, &'a str)];

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
    let pairs: [(Pairs, &str, &str); 6] = [
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
        .with_changes("{\"services.wan.provider\": \"skyline\", \"maintenance.night\": {\"title\": \"Nights\"}}", &limits)
        .unwrap();
    let list = "[{path: [services, wan, provider], value: skyline}, {path: maintenance.night, value: {title: Nights}}]";
    // A section that is not there begins with its first name; inside a name that is not there nothing can be changed.
    assert_eq!(
        faults(acme().with(&[("maintenance.night.title", "Nights")])),
        ["maintenance.night.title:1:1 change-leads-nowhere-here"]
    );
    assert_eq!(map.stamp(), acme().with_changes(list, &limits).unwrap().stamp());
}

#[test]
fn all_faults_of_changes_come_at_once_at_the_place_of_each() {
    let pairs = [("services.wan.provider", "netko"), ("services.wan.usres", "10"), ("measures.p2.target", "[1")];
    assert_eq!(
        faults(acme().with(&pairs[..2])),
        ["services.wan.provider:1:1 unresolved-name", "services.wan.usres:1:1 unknown-key"]
    );
    let also = faults(acme().with(&pairs));
    assert!(
        also.len() == 3 && also.iter().any(|fault| fault.starts_with("measures.p2.target:1") && fault.ends_with("syntax")),
        "{also:?}"
    );
    let nowhere =
        "{\"services.wna.provider\": \"us\", \"services.wan.provider.x\": 1, \"services.wan.hours\": null, \"a..b\": 1}";
    let found = faults(acme().with_changes(nowhere, &Limits::default()));
    let expected = [
        "changes:1:2 change-leads-nowhere",
        "changes:1:33 change-leads-nowhere-here",
        "changes:1:63 change-leads-nowhere-here",
        "changes:1:91 bad-value",
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
        if report.rows().rows() > 0 { crate::base::csv::cell_text(&report.rows().cell(0, "level")) } else { String::new() }
    };
    assert_eq!(level(&before), "degraded");
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
    assert_eq!(level(&again), "down");
    let gone = before.with(&[("services.email", "null")]).unwrap();
    assert_eq!((gone.model().services.len(), gone.model().service_name(crate::model::rule::ServiceIdx::new(0))), (1, "wan"));
    assert_ne!(gone.stamp(), before.stamp());
    assert_eq!(faults(before.with(&[("services.wan", "null")])), ["table dependencies column to still-needed"]);
    assert_eq!(faults(before.with(&[("parties.netco", "null")])), ["table services column provider unresolved-name-here"]);
    assert_eq!(faults(before.with(&[("levels", "[up, down]")])), ["table dependencies column impact tables-keep-levels"]);
}

const ESTATE: &str = "siam: 1
zone: Europe/Amsterdam
parties: {netco: {kind: supplier}, skyline: {kind: supplier}}
calendars: {day: {hours: {mon-fri: 08:00-18:00}}, office: {hours: {mon-fri: 09:00-17:00}}}
";

/// A table in which `email` says all that a row can say.
fn estate() -> Ecosystem {
    let limits = Limits::default();
    let services = "service,title,provider,owner,class,stage,users,hours,user_hours,rule,from,until\n\
wan,,netco,,,,,,,,,\nlan,,skyline,,,,,,,,,\n\
email,null,skyline,Ann: of mail,gold,transition,4000,day,office,all,2026-01-01,2027-07-01\n";
    let services = csv::read("services", services.as_bytes(), &limits).unwrap();
    let rows = csv::read("dependencies", b"from,to,impact\nemail,wan,degraded\nemail,lan,\nlan,wan,\n", &limits).unwrap();
    load_with(&[Source::text("e", ESTATE)], vec![services.view(), rows.view()], &limits).unwrap()
}

/// What is true of `email` at an instant: its attributes by name, then its dependencies.
fn email_at(ecosystem: &Ecosystem, at: Instant) -> Vec<String> {
    let model = ecosystem.model();
    let email = &model.services[model.names.services["email"]];
    let hours = |at: Option<&CalendarIdx>| format!("{:?}", at.map(|at| model.calendars[*at].id.as_str()));
    let mut said = vec![
        format!("{:?}", email.title),
        format!("{:?}", email.provider.at(at).map(|at| model.party_name(*at))),
        format!("{:?}", email.owner.at(at)),
        format!("{:?}", email.class.at(at).map(|at| model.classes[*at].id.as_str())),
        format!("{:?}", email.stage.at(at)),
        hours(email.hours.at(at)),
        hours(email.user_hours.at(at)),
        format!("{} {} {}", email.validity.contains(at), email.validity.from, email.validity.until),
    ];
    let node = email.depends_on.at(at);
    said.extend(node.map(|node| format!("{:?}", node.rule)));
    let edges = node.map(|node| node.edges.as_slice()).unwrap_or_default();
    said.extend(edges.iter().map(|edge| format!("{} {:?} {}", model.service_name(edge.to), edge.map, edge.weight)));
    said
}

#[test]
fn a_change_of_one_key_of_a_row_leaves_the_others() {
    let before = estate();
    let users = |ecosystem: &Ecosystem| {
        let model = ecosystem.model();
        model.services[model.names.services["email"]].users.at(Instant::MAX).copied()
    };
    let after = before.with(&[("services.email.users", "20")]).unwrap();
    assert_eq!((users(&before), users(&after)), (Some(4000), Some(20)));
    // Midnight in Amsterdam is 23:00 the day before in winter and 22:00 in summer: the ends, and an instant on each side of them.
    let ends =
        ["2025-12-31T22:59:59Z", "2025-12-31T23:00:00Z", "2026-08-01T12:00:00Z", "2027-06-30T21:59:59Z", "2027-06-30T22:00:00Z"];
    let held = [false, true, true, true, false];
    for (at, holds) in ends.into_iter().zip(held) {
        let at = Instant::parse(at).unwrap();
        let said = email_at(&after, at);
        assert_eq!(said, email_at(&before, at));
        let expected = ["Some(\"null\")", "Some(\"skyline\")", "Some(\"Ann: of mail\")", "Some(\"gold\")", "Some(Transition)"];
        assert_eq!(said[..5], expected);
        assert_eq!(said[5..7], ["Some(\"day\")", "Some(\"office\")"]);
        assert_eq!(said[7], format!("{holds} 2025-12-31T23:00:00Z 2027-06-30T22:00:00Z"));
        assert_eq!(said.len(), 8 + 3);
    }
    // What the row says can be taken away, key by key.
    let open = before.with(&[("services.email.until", "null"), ("services.email.hours", "null")]).unwrap();
    let late = email_at(&open, Instant::parse(ends[4]).unwrap());
    assert_eq!((late[5].as_str(), &late[6], late[7].starts_with("true ")), ("None", &email_at(&after, Instant::MAX)[6], true));
}

#[test]
fn null_for_dependencies_of_a_table_is_none() {
    let before = estate();
    let edges = |ecosystem: &Ecosystem| email_at(ecosystem, Instant::MAX).len() - 8;
    let none = before.with(&[("services.email.depends_on", "null")]).unwrap();
    // Nothing is left to depend on.
    assert_eq!((edges(&before), edges(&none)), (3, 1));
    let queries = ["2026-08-01T12:00:00Z"].map(Instant::parse);
    let query = ImpactQuery { failures: vec![FailureQuery::of("wan")], at: queries[0], ..Default::default() };
    let hit = |ecosystem: &Ecosystem| impact(ecosystem, &query).unwrap().rows().rows();
    assert_eq!(hit(&before), hit(&none) + 1);
    // Whether or not the row became one of the documents before, in one step or in two, and whatever is changed after.
    let titled = before.with(&[("services.email.title", "E-mail")]).unwrap();
    let then = titled.with(&[("services.email.depends_on", "")]).unwrap();
    let both = before.with(&[("services.email.depends_on", "[wan]"), ("services.email.depends_on", "null")]).unwrap();
    let after = none.with(&[("services.email.users", "20")]).unwrap();
    assert_eq!([edges(&titled), edges(&then), edges(&both), edges(&after)], [3, 1, 1, 1]);
    // What nobody says cannot be taken away.
    let nothing = before.with(&[("services.wan.depends_on", "null")]);
    assert_eq!(faults(nothing), ["services.wan.depends_on:1:1 change-leads-nowhere-here"]);
}

#[test]
fn what_still_needs_a_service_that_is_gone_is_named() {
    let before = estate();
    let error = before.with(&[("services.wan", "null")]).unwrap_err();
    let told: Vec<String> = error.problems().iter().map(|problem| problem.to_string()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    for dependent in ["lan", "email"] {
        let said = format!("`{dependent}` depends on `wan`, which is gone");
        assert!(told.iter().any(|told| told.contains(&said)), "{told:?}");
    }
    // With all that need it gone, or needing nothing, nobody is left to name.
    let gone = before.with(&[("services.wan", "null"), ("services.lan", "null"), ("services.email.depends_on", "null")]).unwrap();
    assert_eq!(gone.model().services.len(), 1);
}

#[test]
fn a_service_taken_away_and_written_anew_has_nothing_of_its_row() {
    let before = estate();
    let anew = |changes: &[(&str, &str)]| {
        let after = before.with(changes).unwrap();
        let said = email_at(&after, Instant::MAX);
        (said.len(), said[1].clone(), after.stamp() == before.stamp())
    };
    // Eight attributes, and neither a rule nor an edge; the provider is the one written, else none.
    let bare = anew(&[("services.email", "null"), ("services.email", "{}")]);
    assert_eq!(bare, (8, "None".into(), false));
    let written = anew(&[("services.email", "null"), ("services.email", "{provider: netco, depends_on: [lan]}")]);
    assert_eq!(written, (8 + 2, "Some(\"netco\")".into(), false));
    let titled = anew(&[("services.email", "null"), ("services.email", "{}"), ("services.email.title", "E-mail")]);
    assert_eq!(titled.0, 8);
    // What was written over the row is gone with it.
    let gone = before.with(&[("services.email.title", "E-mail"), ("services.email", "null")]).unwrap();
    assert_eq!((gone.model().services.len(), gone.model().names.services.get("email").is_none()), (2, true));
    let nothing = before.with(&[("services.email", "null"), ("services.email", "{}"), ("services.email.depends_on", "null")]);
    assert_eq!(faults(nothing), ["services.email.depends_on:1:1 change-leads-nowhere-here"]);
    // Whoever rests on it rests on the new one.
    let wan = before.with(&[("services.wan", "null"), ("services.wan", "{provider: skyline}")]).unwrap();
    let email = email_at(&wan, Instant::MAX);
    assert!(email.iter().any(|line| line.starts_with("wan ")), "{email:?}");
}

#[test]
fn a_documented_service_written_anew_has_no_dependencies_of_a_table() {
    let rows = csv::read("dependencies", b"from,to\nemail,wan\n", &Limits::default()).unwrap();
    let text = "siam: 1\nservices: {email: {}, wan: {}}\n";
    let before = load_with(&[Source::text("e", text)], vec![rows.view()], &Limits::default()).unwrap();
    let edges = |ecosystem: &Ecosystem| {
        let model = ecosystem.model();
        let email = &model.services[model.names.services["email"]];
        email.depends_on.at(Instant::MAX).map_or(0, |node| node.edges.len())
    };
    let anew = before.with(&[("services.email", "null"), ("services.email", "{users: 5}")]).unwrap();
    let over = before.with(&[("services.email", "{users: 5}")]).unwrap();
    assert_eq!([&before, &anew, &over].map(edges), [1, 0, 1]);
    assert_ne!(anew.stamp(), over.stamp());
}
