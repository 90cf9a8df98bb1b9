use super::*;
use crate::{Catalogue, Source, explain, load};

const ACME: &str = "
siam: 1
zone: Europe/London
parties:
  acme: {kind: customer}
  it: {kind: supplier, sourcing: internal, contact: it@acme.example}
  hub: {kind: integrator}
  netco: {kind: supplier, contact: noc@netco.example}
  digger: {kind: supplier, subcontractor_of: netco}
calendars:
  office: {hours: {mon-fri: 08:00-18:00}}
  long: {hours: {mon-fri: 07:00-19:00}}
  late: {hours: {mon-fri: 08:00-18:00}, holidays: [2026-12-25]}
classes:
  critical:
    availability: 99.9%
    measures: [percent_within, count]
    agreements: [sla, ola, underpinning_contract]
    interfaces: [incident]
    responsibilities: [incident]
    hours: office
  plain: {}
roles: {owner: {party: hub, contact: owner@hub.example}, mute: {party: acme}}
processes: {incident: {function: operation_and_support, activities: [record, restore]}}
responsibilities:
  incident:
    record: {owner: A, provider: R}
    restore: {mute: A, provider: [{value: R, from: 2027-01-01}]}
interfaces: {line: {process: incident, parties: [it, netco], services: [wan]}}
contracts: {network: {provider: netco, from: 2026-06-01}}
agreements:
  mail: {kind: sla, services: [email], underpinned_by: [inner], measures: {fast: {statistic: percent_within, within: 4h}}}
  inner: {kind: ola, provider: digger, customer: it, services: [wan], underpinned_by: [cable]}
  cable: {kind: underpinning_contract, until: 2027-01-01}
services:
  email: {provider: it, class: critical, stage: transition, owner: owner, hours: late, depends_on: [wan, disk, old]}
  disk: {provider: it, stage: design}
  wan: {provider: digger, owner: nobody, class: plain}
  old: {provider: netco, until: 2026-01-01}
  bare: {}
";

fn ask(service: &str, at: &str) -> ReadinessReport {
    let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
    let query = ReadinessQuery { service: service.into(), at: Instant::parse(at).unwrap() };
    readiness(&ecosystem, &query).unwrap()
}

fn lines(report: &ReadinessReport) -> Vec<String> {
    let cell = |row, column: &str| match report.rows().cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        _ => "-".to_owned(),
    };
    let columns = ["item", "subject", "party", "needed_by", "state", "object", "detail"];
    (0..report.rows().rows()).map(|row| columns.map(|column| cell(row, column)).join(" ")).collect()
}

#[test]
fn every_need_of_a_critical_service_is_looked_for() {
    // The calendar `late` is closed at Christmas, a Friday on which office is open from 08:00, winter time.
    let expected = [
        "owner - - model ready owner -",
        "provider - - model ready it -",
        "class - - model ready critical -",
        "contract - it model not_needed - -",
        "sla - - class ready mail -",
        "ola wan netco class ready inner -",
        "underpinning_contract - - class ready cable -",
        "measure percent_within - class ready fast -",
        "measure count - class missing - -",
        "availability 0.999 - class missing - -",
        "hours office - class missing late 2026-12-25T08:00:00Z",
        "interface incident netco class ready line -",
        "responsibilities incident - class missing - restore",
        "contact owner hub model ready owner@hub.example -",
        "contact it it model ready it@acme.example -",
        "contact mute acme model missing - -",
        "dependency wan digger model ready - operation",
        "dependency disk it model missing - design",
        "dependency old netco model missing - -",
    ];
    let report = ask("email", "2026-10-01T00:00:00Z");
    assert_eq!(lines(&report), expected);
    let of = |column| report.summary().cell(0, column);
    assert_eq!(of("ready"), Cell::Boolean(false));
    let counts = ["items_ready", "items_missing", "items_unknown", "items_not_needed"].map(of);
    assert_eq!(counts, [11, 7, 0, 1].map(Cell::Integer));
    assert_eq!((of("stage"), of("class")), (text("transition"), text("critical")));
}

#[test]
fn what_ends_or_begins_changes_the_answer_of_its_instant() {
    let find = |at, item: &str| lines(&ask("email", at)).into_iter().find(|line| line.starts_with(item)).unwrap_or_default();
    assert_eq!(find("2027-01-01T00:00:00Z", "underpinning"), "underpinning_contract - - class missing - -");
    // From 2027 the provider is Responsible for restoring, too.
    assert_eq!(find("2027-01-01T00:00:00Z", "responsibilities"), "responsibilities incident - class ready - -");
    // The holiday of 2026 lies behind.
    assert_eq!(find("2026-12-26T00:00:00Z", "hours"), "hours office - class ready late -");
    assert_eq!(find("2250-01-01T00:00:00Z", "hours"), "hours office - class unknown late -");
}

#[test]
fn a_class_that_asks_for_nothing_leaves_what_every_service_needs() {
    let report = ask("wan", "2026-10-01T00:00:00Z");
    let expected = [
        "owner - - model ready nobody -",
        "provider - - model ready digger -",
        "class - - model ready plain -",
        "contract - netco model ready network -",
    ];
    assert_eq!(lines(&report)[..4], expected);
    assert!(lines(&report)[4..].iter().all(|line| line.contains("not_needed")));
    assert_eq!(report.summary().cell(0, "ready"), Cell::Boolean(true));
    // Before its contract was in force it was not ready.
    assert_eq!(ask("wan", "2026-05-31T00:00:00Z").summary().cell(0, "ready"), Cell::Boolean(false));
}

#[test]
fn a_service_of_which_nothing_is_known_lacks_what_every_service_needs() {
    let report = ask("bare", "2026-10-01T00:00:00Z");
    let missing: Vec<String> = lines(&report).into_iter().filter(|line| line.contains("missing")).collect();
    let expected = ["owner", "provider", "class", "contract"].map(|item| format!("{item} - - model missing - -"));
    assert_eq!(missing, expected);
}

#[test]
fn hours_that_close_for_a_while_name_the_first_instant_outside() {
    let text = "siam: 1\ncalendars: {all: {hours: always}, day: {hours: {mon-sun: 08:00-20:00}}}\nclasses: {c: {hours: day}, d: {hours: all}}\n\
services: {a: {class: c, hours: all}, b: {class: d, hours: day}, none: {class: d}}\n";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let hours = |service: &str, at: &str| {
        let query = ReadinessQuery { service: service.into(), at: Instant::parse(at).unwrap() };
        lines(&readiness(&ecosystem, &query).unwrap()).into_iter().find(|line| line.starts_with("hours")).unwrap()
    };
    assert_eq!(hours("a", "2026-10-01T12:00:00Z"), "hours day - class ready all -");
    assert_eq!(hours("b", "2026-10-01T12:00:00Z"), "hours all - class missing day 2026-10-01T20:00:00Z");
    assert_eq!(hours("b", "2026-10-01T21:00:00Z"), "hours all - class missing day 2026-10-01T21:00:00Z");
    assert_eq!(hours("none", "2026-10-01T21:00:00Z"), "hours all - class ready - -");
}

#[test]
fn a_reason_says_how_to_mend_what_is_missing() {
    let report = ask("email", "2026-10-01T00:00:00Z");
    let why = |row| explain(&report, "", row, &Catalogue::english()).unwrap().to_text();
    let expected = "hours of email is missing at 2026-10-01T00:00:00Z\n  class critical asks for it\n  found: late\n    \
2026-12-25T08:00:00Z\n  let the hours of email hold those of calendar office, which is open at 2026-12-25T08:00:00Z\n";
    assert_eq!(why(10), expected);
    for row in 0..report.rows().rows() {
        let lines = why(row).lines().count();
        assert!(lines >= if report.rows().cell(row, "state") == text("missing") { 3 } else { 2 }, "{}", why(row));
    }
    assert!(report.explain(99).is_err());
}

#[test]
fn a_service_that_is_not_there_is_refused() {
    let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
    let fault = |service: &str| {
        let query = ReadinessQuery { service: service.into(), at: Instant::parse("2026-10-01T00:00:00Z").unwrap() };
        readiness(&ecosystem, &query).err().unwrap().to_string()
    };
    assert!(fault("emial").contains("did you mean `email`?"));
    assert!(fault("old").contains("does not exist"));
}
