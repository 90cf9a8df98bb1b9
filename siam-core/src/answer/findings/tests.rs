//! A good ecosystem is told nothing; every code is raised by the smallest change that deserves it.

use super::{FINDINGS, FindingsQuery, findings};
use crate::answer::findings::check;
use crate::base::columns::Cell;
use crate::base::{Instant, Severity};
use crate::document::Source;
use crate::report::{Answer, Catalogue, Severities};
use crate::{explain, load};
use std::collections::{BTreeMap, BTreeSet};

mod raised;

/// A small ecosystem that a practitioner would sign: every class has what it asks for and no more.
pub(super) const GOOD: &str = include_str!("tests/good.yaml");

/// The names of what is found in a document.
fn names(document: &str) -> Vec<String> {
    if let Err(error) = load(&[Source::text("e.yaml", document)]) {
        return vec![error.to_string()];
    }
    found(document, &FindingsQuery::default()).into_iter().map(|(name, _)| name).collect()
}

/// Names and messages of what is found in a document.
fn found(document: &str, query: &FindingsQuery) -> Vec<(String, String)> {
    let ecosystem = load(&[Source::text("e.yaml", document)]).unwrap_or_else(|error| panic!("{error}\n{document}"));
    let report = findings(&ecosystem, query).unwrap();
    assert_eq!(report.rows().rows(), report.problems().len());
    for row in 0..report.rows().rows() {
        let text = explain(&report, "", row, &Catalogue::english()).unwrap().to_text();
        assert!(!text.contains('{') && !text.contains('}'), "an unfilled hole: {text}");
    }
    report.problems().iter().map(|problem| (problem.code().name.to_owned(), problem.message())).collect()
}

#[test]
fn a_good_ecosystem_is_told_nothing() {
    assert_eq!(found(GOOD, &FindingsQuery::default()), []);
    assert!(check(&[Source::text("good.yaml", GOOD)]).is_empty());
}

#[test]
fn what_is_not_described_is_not_missed() {
    for quiet in [
        "siam: 1",
        "siam: 1\nservices: {a: {}, b: {depends_on: [a]}}",
        "siam: 1\ncalendars: {day: {hours: always}}",
        "siam: 1\nparties: {acme: {kind: customer}, hub: {kind: integrator}}",
    ] {
        assert_eq!(names(quiet), Vec::<String>::new(), "{quiet}");
    }
}

#[test]
fn the_window_of_a_maintenance_rule_is_a_use_of_its_calendar() {
    let text = |rule: &str| {
        format!("siam: 1\nservices: {{a: {{}}}}\ncalendars: {{nights: {{hours: {{mon-sun: 22:00-06:00}}}}}}\n{rule}")
    };
    assert!(names(&text("")).contains(&"calendar-unused".to_owned()));
    assert!(!names(&text("maintenance: {work: {window: nights}}\n")).contains(&"calendar-unused".to_owned()));
}

#[test]
fn what_no_service_has_is_told_once() {
    let text = "siam: 1\nparties: {netco: {kind: supplier}}\nservices: {a: {provider: netco}, b: {provider: netco}}";
    assert_eq!(
        found(text, &FindingsQuery::default()).into_iter().map(|(_, message)| message).collect::<Vec<_>>(),
        ["none of the 2 services in use has an owner", "none of the 2 services in use has a class"]
    );
}

#[test]
fn a_saas_commodity_is_not_nagged_for_an_ola_or_an_interface() {
    let text = |class: &str| {
        format!(
            "siam: 1\nparties: {{netco: {{kind: supplier}}, saas: {{kind: supplier}}}}\n\
             processes: {{incident: {{function: operation_and_support}}}}\n\
             classes: {{gold: {{agreements: [ola], interfaces: [incident]}}, commodity: {{agreements: [sla]}}}}\n\
             services:\n  wan: {{provider: netco, owner: Ada, class: commodity}}\n  \
             wiki: {{provider: saas, owner: Bob, class: {class}, depends_on: [wan]}}\n  \
             vault: {{provider: netco, owner: Bob, class: gold}}\nagreements: {{all: {{kind: sla}}}}\n"
        )
    };
    assert_eq!(names(&text("commodity")), Vec::<String>::new());
    assert_eq!(names(&text("gold")), ["interface-missing", "ola-missing", "not-underpinned"]);
}

#[test]
fn an_interface_is_missed_once_for_two_parties_however_often_they_meet() {
    let text = "siam: 1\nparties: {p: {kind: supplier}, q: {kind: supplier}}\nprocesses: {incident: {function: operation_and_support}}\n\
classes: {gold: {interfaces: [incident]}}\nservices:\n  a: {provider: q, owner: Ada, class: gold}\n  b: {provider: q, owner: Ada, class: gold}\n  \
x: {provider: p, owner: Ada, class: gold, depends_on: [a, b]}\n  y: {provider: p, owner: Ada, class: gold, depends_on: [a]}\n";
    let ecosystem = load(&[Source::text("e.yaml", text)]).unwrap();
    let report = findings(&ecosystem, &FindingsQuery::default()).unwrap();
    assert_eq!(report.rows().rows(), 1);
    let why = explain(&report, "", 0, &Catalogue::english()).unwrap().to_text();
    let lines: Vec<&str> = why.lines().collect();
    assert_eq!(
        lines,
        [
            "`x` of `p` rests on `a` of `q`, and no interface joins them in `incident`",
            "  class gold asks for incident",
            "  x of p depends on a of q",
            "  x of p depends on b of q",
            "  y of p depends on a of q",
            "  looked at as described, with no date",
            "  written at e.yaml:8:6",
            "  to mend it:",
            "    describe the interface with its owner, integration points and exchanges",
        ]
    );
}

#[test]
fn hours_are_compared_by_the_clock_down_to_the_second() {
    let text = |service: &str| {
        format!(
            "siam: 1\nzone: Europe/London\nclasses: {{gold: {{hours: needed}}}}\ncalendars:\n  needed: {{hours: {{mon-fri: 09:00-17:00}}}}\n  \
             served: {service}\nservices: {{shop: {{class: gold, hours: served, owner: Ada}}}}\nagreements: {{all: {{kind: sla}}}}\n"
        )
    };
    assert_eq!(names(&text("{hours: {mon-fri: 08:00-18:00}}")), Vec::<String>::new());
    // 53 weeks of five days, half an hour each: 132 h 30 min, the first on Monday 2024-01-01 at 16:30.
    let late = found(&text("{hours: {mon-fri: 08:00-16:30}}"), &FindingsQuery::default());
    assert_eq!(
        late,
        [(
            "hours-below-class".to_owned(),
            "`shop` is closed for 132 h 30 min of the hours that class `gold` needs, first at 2024-01-01T16:30:00Z".to_owned()
        )]
    );
    // A zone an hour east: open from 08:00 to 17:00 London time, in winter and in summer, but for the weeks between the changes.
    assert_eq!(names(&text("{zone: Europe/Paris, hours: {mon-fri: 09:00-18:00}}")), Vec::<String>::new());
    let holiday = found(&text("{hours: {mon-fri: 09:00-17:00}, holidays: [2026-12-25]}"), &FindingsQuery::default());
    assert!(holiday[0].1.contains("closed for 8 h") && holiday[0].1.contains("2026-12-25T09:00:00Z"), "{holiday:?}");
}

#[test]
fn findings_are_as_at_an_instant() {
    let text = "siam: 1\nparties: {acme: {kind: customer}, p: {kind: supplier}}\nclasses: {c: {}}\nservices: {a: {provider: p, owner: Ada, class: c}}\n\
contracts: {p-1: {provider: p, from: 2025-01-01, until: 2026-01-01}}\n";
    assert_eq!(names(text), Vec::<String>::new());
    let later = FindingsQuery { at: Instant::parse("2026-06-01T00:00:00Z"), ..Default::default() };
    let found = found(text, &later);
    assert_eq!(
        found,
        [("term-over".to_owned(), "contract `p-1` ended at 2026-01-01T00:00:00Z, and `p` still provides `a`".to_owned())]
    );
}

#[test]
fn a_severity_is_raised_or_silenced_by_name_and_the_documents_still_load() {
    let text = "siam: 1\nservices: {a: {}}\ncalendars: {day: {hours: always}, night: {hours: always}}\nclasses: {gold: {}}\nparties: {p: {kind: supplier}}\n";
    let before = names(text);
    assert!(before.contains(&"calendar-unused".to_owned()) && before.contains(&"class-unused".to_owned()));
    let off = Severities::parse([("calendar-unused", "off")]).unwrap();
    let left: Vec<String> =
        found(text, &FindingsQuery { severities: off, ..Default::default() }).into_iter().map(|one| one.0).collect();
    let expected: Vec<String> = before.into_iter().filter(|name| name != "calendar-unused").collect();
    assert_eq!(left, expected);
    let raised = Severities::parse([("class-unused", "error")]).unwrap();
    let ecosystem = load(&[Source::text("e.yaml", text)]).unwrap();
    let report = findings(&ecosystem, &FindingsQuery { severities: raised, ..Default::default() }).unwrap();
    let errors = report.problems().iter().filter(|problem| problem.severity() == Severity::Error);
    assert_eq!(errors.map(|problem| problem.code().name).collect::<Vec<_>>(), ["class-unused"]);
    assert!(Severities::parse([("duplicate-key", "off")]).is_err(), "a fault cannot be silenced");
}

#[test]
fn a_row_names_its_object_and_its_place() {
    let text = "siam: 1\nservices: {a: {}}\ncalendars:\n  day: {hours: always}\n";
    let ecosystem = load(&[Source::text("e.yaml", text)]).unwrap();
    let report = findings(&ecosystem, &FindingsQuery::default()).unwrap();
    let cell = |column: &str| report.rows().cell(0, column);
    assert_eq!((cell("kind"), cell("object")), (Cell::Text("calendar".into()), Cell::Text("day".into())));
    assert_eq!((cell("file"), cell("line"), cell("column")), (Cell::Text("e.yaml".into()), Cell::Integer(4), Cell::Integer(3)));
    assert_eq!(FINDINGS.columns.len(), report.rows().names().len());
}
