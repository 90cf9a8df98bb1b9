use super::*;
use crate::{Catalogue, Source, explain, load};

const ACME: &str = "
siam: 1
zone: Europe/London
parties:
  acme: {kind: customer, contact: desk@acme.example}
  hub: {kind: integrator, contact: hub@hub.example}
  netco: {kind: supplier, contact: noc@netco.example, hours: office}
  digger: {kind: supplier, subcontractor_of: netco, contact: digger@digger.example}
calendars:
  office: {hours: {mon-fri: 08:00-18:00}}
roles:
  manager: {party: hub, holder: A. Rossi, contact: '+44 20 1', hours: office, escalates_to: head, escalate_after: 2h}
  head: {party: hub, holder: [{value: B. Lee, until: 2026-10-26}, {value: C. Wu, from: 2026-10-26}], escalates_to: old, escalate_after: 30min}
  old: {party: acme, until: 2026-01-01}
processes:
  incident: {function: operation_and_support, activities: [record, restore, close]}
responsibilities:
  incident:
    record: {hub: RA, manager: C}
    restore: {acme: I, manager: A, provider: R, old: C}
interfaces:
  fault-line: {process: incident, parties: [hub, netco], services: [wan], integration_points: [ticket bridge]}
  other-line: {process: incident, parties: [hub, netco], services: [lan]}
services: {wan: {provider: digger}, lan: {provider: netco}, bare: {}}
";

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn query(service: Option<&str>, activity: Option<&str>, at_text: &str) -> WhoQuery {
    WhoQuery {
        process: "incident".into(),
        activity: activity.map(str::to_owned),
        service: service.map(str::to_owned),
        at: at(at_text),
        letters: None,
    }
}

fn ask(query: &WhoQuery) -> WhoReport {
    who(&load(&[Source::text("acme", ACME)]).unwrap(), query).unwrap()
}

fn cells(table: &Table, columns: &[&str]) -> Vec<String> {
    let cell = |row, column: &str| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Instant(micros) => Instant(micros).to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Boolean(value) => value.to_string(),
        _ => "-".to_owned(),
    };
    (0..table.rows()).map(|row| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn responsible_comes_first_and_the_prime_answers_for_its_subcontractor() {
    let report = ask(&query(Some("wan"), Some("restore"), "2026-10-23T09:00:00Z"));
    let expected = [
        "R - netco noc@netco.example true fault-line -",
        "A manager hub +44 20 1 true - -",
        "C old acme desk@acme.example - - not-in-force",
        "I - acme desk@acme.example true - -",
    ];
    assert_eq!(cells(report.rows(), &["letters", "role", "party", "contact", "reachable", "interface", "problem"]), expected);
}

#[test]
fn only_the_letters_asked_for_have_rows_and_a_filter_changes_no_interface() {
    let letters = Some(Letters::RESPONSIBLE.and(Letters::INFORMED));
    let report = ask(&WhoQuery { letters, ..query(Some("lan"), None, "2026-10-23T09:00:00Z") });
    let expected = ["record AR hub -", "restore R netco other-line", "restore I acme -"];
    assert_eq!(cells(report.rows(), &["activity", "letters", "party", "interface"]), expected);
    // Nobody is named for `close`.
    assert_eq!(report.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["nobody-named"]);
}

#[test]
fn the_wait_runs_in_the_hours_of_the_role_that_does_not_answer() {
    // Friday 23 October, 17:00 in London: an hour is left. On Sunday the clocks go back; Monday 09:00 is 09:00 UTC.
    let report = ask(&query(Some("lan"), Some("restore"), "2026-10-23T16:00:00Z"));
    let expected = [
        "0 manager A. Rossi 0 2026-10-23T16:00:00Z true -",
        "1 head C. Wu 7200 2026-10-26T09:00:00Z true -",
        "2 old - 1800 2026-10-26T09:30:00Z - not-in-force",
    ];
    let of_manager: Vec<String> =
        cells(report.escalation(), &["row", "step", "role", "holder", "after_seconds", "from", "reachable", "problem"])
            .into_iter()
            .filter_map(|line| line.strip_prefix("1 ").map(str::to_owned))
            .collect();
    assert_eq!(of_manager, expected);
    assert_eq!(cells(report.rows(), &["next_role", "escalate_at"])[1], "head 2026-10-26T09:00:00Z");
}

#[test]
fn closed_hours_say_when_they_open_next() {
    let report = ask(&query(Some("lan"), Some("restore"), "2026-10-24T12:00:00Z"));
    assert_eq!(cells(report.rows(), &["party", "reachable", "next_open", "hours"])[0], "netco false 2026-10-26T08:00:00Z office");
    let why = explain(&report, "", 0, &Catalogue::english()).unwrap().to_text();
    let expected = "netco is R for restore\n  for restore of incident the grid gives R to provider\n  \
netco provides lan at 2026-10-24T12:00:00Z\n  its calendar office is closed at 2026-10-24T12:00:00Z and opens next at \
2026-10-26T08:00:00Z\n  netco meets the Accountable party in interface other-line\n";
    assert_eq!(why, expected);
}

#[test]
fn a_provider_that_nobody_can_tell_keeps_its_row() {
    let problem = |service| {
        let report = ask(&query(service, Some("restore"), "2026-10-23T09:00:00Z"));
        let rows = cells(report.rows(), &["letters", "party", "contact", "reachable", "problem"]);
        assert!(explain(&report, "", 0, &Catalogue::english()).unwrap().to_text().starts_with("there is nobody to call"));
        rows.first().cloned().unwrap_or_default()
    };
    assert_eq!(problem(None), "R - - - no-service-asked");
    assert_eq!(problem(Some("bare")), "R - - - no-provider");
}

#[test]
fn an_instant_beyond_the_clock_leaves_out_whether_it_can_be_reached() {
    let report = ask(&query(Some("lan"), Some("restore"), "2300-01-01T00:00:00Z"));
    assert_eq!(cells(report.rows(), &["party", "reachable", "next_open"])[0], "netco - -");
    assert!(report.problems().iter().any(|problem| problem.code().name == "beyond-horizon"));
}

#[test]
fn a_wrong_question_names_all_its_faults() {
    let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
    let wrong = WhoQuery { service: Some("wna".into()), ..query(None, Some("restor"), "2026-10-23T09:00:00Z") };
    let error = who(&ecosystem, &wrong).err().unwrap().to_string();
    assert!(error.contains("did you mean `restore`?") && error.contains("did you mean `wan`?"), "{error}");
    let unknown = WhoQuery { process: "incidnet".into(), ..query(None, None, "2026-10-23T09:00:00Z") };
    assert!(who(&ecosystem, &unknown).err().unwrap().to_string().contains("did you mean `incident`?"));
}
