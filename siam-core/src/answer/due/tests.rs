use super::*;
use crate::base::Instant;
use crate::{Catalogue, Source, explain, load};

const ACME: &str = "
siam: 1
zone: America/New_York
parties:
  acme: {kind: customer}
  hub: {kind: integrator}
  netco: {kind: supplier, until: 2026-12-01}
calendars:
  office: {hours: {mon-fri: 09:00-17:00}, holidays: [2026-09-07]}
roles:
  chair: {party: hub, until: 2027-03-01}
processes: {reporting: {function: integration_and_quality}}
interfaces:
  monthly:
    process: reporting
    parties: [hub, netco]
    clause: Schedule 9
    exchanges:
      report: {title: Service report, from: netco, to: hub, due: {every: month, working_day: 5, calendar: office}}
      plan: {from: hub, to: netco, due: 2026-10-15, clause: 9.4}
forums:
  board:
    level: strategic
    chair: chair
    members: [acme, netco]
    meets: {every: week, first: 2026-10-07}
    decisions: {single-sign-on: {on: 2026-03-01, decided: One sign-on for all, review_by: 2026-11-30}}
    until: 2026-11-01
contracts:
  network:
    provider: netco
    until: 2026-09-01
    notice_months: 6
    clauses: {notice: 22.1}
    obligations:
      audit: {title: Audit report, by: netco, due: {every: year, first: 2024-08-31}, clause: 14}
agreements:
  mail: {kind: sla, until: 2026-10-15T16:00:00Z}
";

fn day(text: &str) -> When {
    Date::parse(text).map_or_else(|| When::Instant(Instant::parse(text).unwrap()), When::Date)
}

fn asked(from: &str, to: &str) -> DueQuery {
    DueQuery { from: day(from), to: day(to), ..Default::default() }
}

fn lines(query: &DueQuery) -> Vec<String> {
    let report = due(&load(&[Source::text("acme", ACME)]).unwrap(), query).unwrap();
    let cell = |row, column| match report.rows().cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Date(days) => Date::from_days(days).unwrap().to_string(),
        _ => "-".to_owned(),
    };
    (0..report.rows().rows())
        .map(|row| ["date", "kind", "object", "item", "owes", "owed_to"].map(|c| cell(row, c)).join(" "))
        .collect()
}

#[test]
fn notice_falls_on_the_month_end_before_the_last_day() {
    let query = DueQuery { kinds: vec![DueKind::Notice, DueKind::Expiry], ..asked("2026-01-01", "2027-01-01") };
    assert_eq!(lines(&query), ["2026-02-28 notice network - acme netco", "2026-08-31 expiry network - netco acme"]);
}

#[test]
fn a_report_is_due_on_its_working_day_until_its_party_leaves() {
    // Labour Day is a Monday: 1, 2, 3, 4, then Tuesday the 8th. Netco is gone in December.
    let query = DueQuery { kinds: vec![DueKind::Exchange], parties: vec!["netco".into()], ..asked("2026-09-01", "2027-01-01") };
    let expected = [
        "2026-09-08 exchange monthly report netco hub",
        "2026-10-07 exchange monthly report netco hub",
        "2026-10-15 exchange monthly plan hub netco",
        "2026-11-06 exchange monthly report netco hub",
    ];
    assert_eq!(lines(&query), expected);
}

#[test]
fn nothing_is_due_after_its_object_has_ended() {
    let query = DueQuery { kinds: vec![DueKind::Forum, DueKind::DecisionReview], ..asked("2026-10-21", "2027-01-01") };
    // The forum ends with October, so the review in November has nobody to hold it.
    assert_eq!(lines(&query), ["2026-10-21 forum board - hub -", "2026-10-28 forum board - hub -"]);
    let audits = DueQuery { kinds: vec![DueKind::Obligation], ..asked("2023-01-01", "2030-01-01") };
    let expected = [2024, 2025, 2026].map(|year| format!("{year}-08-31 obligation network audit netco acme"));
    assert_eq!(lines(&audits), expected);
}

#[test]
fn the_two_days_are_half_open_and_an_instant_stands_for_its_day() {
    let forum = |from, to| lines(&DueQuery { kinds: vec![DueKind::Forum], ..asked(from, to) }).len();
    assert_eq!(forum("2026-10-07", "2026-10-14"), 1);
    assert_eq!(forum("2026-10-08", "2026-10-14"), 0);
    // Half past three in the night of UTC is still the evening of the 7th in New York.
    assert_eq!(forum("2026-10-08T03:30:00Z", "2026-10-14"), 1);
    // Midnight in New York ends the 13th; a minute later the 14th has begun.
    assert_eq!(forum("2026-10-08", "2026-10-14T04:00:00Z"), 0);
    assert_eq!(forum("2026-10-08", "2026-10-14T04:01:00Z"), 1);
}

#[test]
fn what_ends_within_a_day_ends_on_that_day() {
    let query =
        DueQuery { kinds: vec![DueKind::AgreementEnd, DueKind::PartyEnd, DueKind::RoleEnd], ..asked("2026-01-01", "2028-01-01") };
    let expected =
        ["2026-10-15 agreement_end mail - - -", "2026-11-30 party_end netco - netco -", "2027-02-28 role_end chair - hub -"];
    assert_eq!(lines(&query), expected);
    let horizon = DueQuery { kinds: vec![DueKind::CalendarHorizon], ..asked("2026-01-01", "2028-01-01") };
    assert_eq!(lines(&horizon), ["2026-12-31 calendar_horizon office - - -"]);
}

#[test]
fn a_wrong_question_names_all_its_faults() {
    let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
    let names = |query: &DueQuery| -> Vec<&str> {
        let error = due(&ecosystem, query).err().unwrap();
        error.problems().iter().map(|problem| problem.code().name).collect()
    };
    let query = DueQuery { parties: vec!["netcoo".into(), "x".into()], ..asked("2026-02-01", "2026-02-01") };
    assert_eq!(names(&query), ["unknown-name-asked", "unknown-name-asked-here", "bad-argument"]);
    assert_eq!(names(&asked("2000-02-29", "2050-03-01")), ["span-too-long"]);
    assert!(due(&ecosystem, &asked("2000-02-29", "2050-02-28")).is_ok());
}

#[test]
fn more_rows_than_are_given_are_a_problem() {
    let forums: String =
        (0..40).map(|at| format!("  f{at}: {{level: tactical, meets: {{every: week, first: 1990-01-01}}}}\n")).collect();
    let ecosystem = load(&[Source::text("e", format!("siam: 1\nforums:\n{forums}"))]).unwrap();
    let error = due(&ecosystem, &asked("2000-01-01", "2049-12-31")).err().unwrap();
    assert_eq!(error.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["too-many-rows"]);
}

#[test]
fn a_month_without_its_working_day_keeps_its_row() {
    let text = "siam: 1\nparties: {a: {kind: supplier}, b: {kind: customer}}\nprocesses: {p: {function: portfolio}}\n\
calendars: {mondays: {hours: {mon: 09:00-17:00}}}\n\
interfaces: {i: {process: p, parties: [a, b], exchanges: {e: {from: a, to: b, due: {every: month, working_day: 5, calendar: mondays}}}}}\n";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let report = due(&ecosystem, &asked("2026-10-01", "2026-12-01")).unwrap();
    // October 2026 has Mondays 5, 12, 19, 26; November has 2, 9, 16, 23 and 30.
    assert_eq!(report.rows().cell(0, "date"), Cell::Null);
    assert_eq!(report.rows().cell(0, "problem"), text_or_null(Some("no-such-working-day")));
    assert_eq!(report.rows().cell(1, "date"), Cell::Date(Date::parse("2026-11-30").unwrap().to_days()));
    assert_eq!(report.problems().len(), 1);
    let why = explain(&report, "", 0, &Catalogue::english()).unwrap().to_text();
    assert!(why.contains("on working day 5 in calendar mondays"), "{why}");
}

#[test]
fn a_reason_names_the_rule_that_gave_the_day() {
    let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
    let query = DueQuery { kinds: vec![DueKind::Notice], ..asked("2026-01-01", "2027-01-01") };
    let why = explain(&due(&ecosystem, &query).unwrap(), "", 0, &Catalogue::english()).unwrap().to_text();
    let expected = "network of network is due on 2026-02-28\n  its last day is 2026-08-31, and notice is given 6 months before\n  \
acme owes it to netco\n  clause 22.1\n";
    assert_eq!(why, expected);
}
