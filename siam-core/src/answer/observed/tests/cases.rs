//! Small observations worked by hand.

use crate::answer::observed::{Observed, ObservedQuery, observed};
use crate::base::csv::{self, cell_text};
use crate::base::{Error, Instant, Limits, Table};
use crate::document::Source;
use crate::ecosystem::{Ecosystem, load};
use crate::evidence::{Evidence, EvidenceQuery, evidence};
use crate::report::{Answer, Catalogue, Explanation, Reason};

const ACME: &str = "
siam: 1
zone: Europe/London
parties:
  netco: {kind: supplier}
  mailco: {kind: supplier}
calendars:
  office: {hours: {mon-fri: '08:00-18:00'}}
  nights: {hours: {mon-sun: '22:00-06:00'}}
services:
  wan-a: {provider: netco}
  wan-b: {provider: netco}
  email: {provider: mailco, hours: office, depends_on: [{any_of: [wan-a, wan-b]}, dns]}
  dns: {provider: mailco}
maintenance:
  nightly: {clause: 4.2, window: nights, notice: 72h, approved_by: [cab], allowance: 3h}
agreements:
  round: {kind: sla, clause: schedule 5, services: [email, wan-a, dns], maintenance: nightly}
  bare: {kind: sla}
";

fn acme() -> Ecosystem {
    load(&[Source::text("acme.yaml", ACME)]).unwrap()
}

fn bind(acme: &Ecosystem, outages: &str, changes: &str) -> Evidence {
    let outages = format!("service,from,to,level,origin,change,event\n{outages}");
    let changes = format!("change,service,window_from,window_until,notified,approved_by\n{changes}");
    let read = |name, text: &str| csv::read(name, text.as_bytes(), &Limits::default()).unwrap();
    let tables = [read("outages", &outages), read("changes", &changes)];
    evidence(acme, &EvidenceQuery::default(), tables.iter().map(Table::view).collect(), &Limits::default()).unwrap()
}

fn october(services: &[&str], agreement: Option<&str>) -> ObservedQuery {
    let services = services.iter().map(|name| (*name).to_owned()).collect();
    ObservedQuery { periods: vec!["2026-10".into()], services, agreement: agreement.map(str::to_owned), ..Default::default() }
}

fn ask(outages: &str, changes: &str, query: &ObservedQuery) -> Observed {
    let acme = acme();
    observed(&acme, &bind(&acme, outages, changes), query).unwrap()
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let line = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(line).collect()
}

fn words(reason: Result<Reason, Error>) -> String {
    Explanation::of(&reason.unwrap(), &Catalogue::english()).to_text()
}

const SUMS: &[&str] = &["service", "agreed_seconds", "downtime_seconds", "planned_seconds", "overrun_seconds"];

#[test]
fn outages_that_overlap_count_once_and_only_within_the_hours() {
    // Monday 5 October in London is an hour ahead of UTC: 17:00 to 19:00 there, of which one hour is within 08:00-18:00.
    let outages = "dns,2026-10-05T16:00:00Z,2026-10-05T17:30:00Z,down,own,,E1
dns,2026-10-05T16:30:00Z,2026-10-05T18:00:00Z,down,own,,E2
dns,2026-10-10T09:00:00Z,2026-10-10T10:00:00Z,down,own,,
wan-a,2026-10-05T16:00:00Z,2026-10-05T18:00:00Z,down,own,,
";
    let report = ask(outages, "", &october(&["email", "dns"], Some("bare")));
    // 22 working days of 10 hours. October has 31 days and, as summer time ends on the 25th, one hour more.
    assert_eq!(lines(report.rows(), SUMS), ["email 792000 3600 0 0", "dns 2682000 10800 0 0"]);
    let columns = ["outages", "longest_seconds", "availability_exact", "mean_time_to_restore_seconds"];
    // The Saturday is outside the hours of email: 1 outage; 1 h of 220 h. Of 745 h of dns two outages take 3 h.
    assert_eq!(lines(report.rows(), &columns), ["1 3600 219/220 3600", "2 7200 742/745 5400"]);
    assert_eq!(lines(report.rows(), &["mean_time_between_failures_seconds"]), ["788400", "1335600"]);
    let columns = ["service", "from", "until", "downtime_seconds", "causes", "sufficient", "suppliers", "events"];
    assert_eq!(
        lines(report.outages(), &columns),
        [
            "email 2026-10-05T16:00:00Z 2026-10-05T18:00:00Z 3600 dns dns mailco E1, E2",
            "email 2026-10-10T09:00:00Z 2026-10-10T10:00:00Z 0 dns dns mailco ",
            "dns 2026-10-05T16:00:00Z 2026-10-05T18:00:00Z 7200 dns dns mailco E1, E2",
            "dns 2026-10-10T09:00:00Z 2026-10-10T10:00:00Z 3600 dns dns mailco ",
        ]
    );
    assert_eq!(lines(report.levels(), &["service", "level", "seconds"]), ["email down 3600", "dns down 10800"]);
    let around = ask(outages, "", &october(&["email"], None));
    assert_eq!(lines(around.rows(), SUMS), ["email 2682000 10800 0 0"]);
}

#[test]
fn planned_work_counts_for_nothing_and_its_overrun_counts() {
    // Notified 74 h before, approved, within 22:00-06:00 of London (21:00Z to 05:00Z): planned for its two hours, 30 min over.
    let outages = "dns,2026-10-06T21:30:00Z,2026-10-07T00:00:00Z,down,own,C1,\n";
    let changes = "C1,dns,2026-10-06T21:30:00Z,2026-10-06T23:30:00Z,2026-10-03T19:30:00Z,cab\n";
    let report = ask(outages, changes, &october(&["dns"], Some("round")));
    assert_eq!(lines(report.rows(), SUMS), ["dns 2682000 1800 7200 1800"]);
    assert_eq!(lines(report.changes(), &["change", "planned", "lacks"]), ["C1 true "]);
    assert_eq!(lines(report.outages(), &["downtime_seconds", "planned_seconds", "changes"]), ["1800 7200 C1"]);
    let text = words(report.explain_in("outages", 0));
    assert!(text.contains("after the window of change `C1`") && text.contains("30 min of the downtime is work after"), "{text}");
    // Without an agreement, and under one without a rule, every outage counts.
    for agreement in [None, Some("bare")] {
        let report = ask(outages, changes, &october(&["dns"], agreement));
        assert_eq!(lines(report.rows(), SUMS), ["dns 2682000 9000 0 0"]);
        assert_eq!(lines(report.changes(), &["change", "planned", "lacks"]), ["C1 false rule"]);
    }
}

#[test]
fn a_change_that_lacks_anything_is_not_planned_and_says_what() {
    let outages: String = ["A", "B", "C", "D", "E", "F"]
        .iter()
        .enumerate()
        .map(|(at, change)| format!("dns,2026-10-0{}T22:00:00Z,2026-10-0{}T23:00:00Z,,own,{change},\n", at + 1, at + 1))
        .collect();
    let changes = "A,dns,2026-10-01T20:00:00Z,2026-10-01T23:00:00Z,2026-09-01T00:00:00Z,cab
B,dns,2026-10-02T22:00:00Z,2026-10-02T23:00:00Z,2026-10-02T00:00:00Z,cab
C,dns,2026-10-03T22:00:00Z,2026-10-03T23:00:00Z,2026-09-01T00:00:00Z,boss
D,dns,2026-10-04T22:00:00Z,,,
E,dns,2026-10-05T12:00:00Z,2026-10-05T23:00:00Z,,
";
    let report = ask(&outages, changes, &october(&["dns"], Some("round")));
    assert_eq!(lines(report.rows(), SUMS), ["dns 2682000 21600 0 0"]);
    assert_eq!(
        lines(report.changes(), &["change", "lacks"]),
        ["A calendar", "B notice", "C approval", "D window", "E calendar, notice, approval", "F change"]
    );
    for (row, words_of) in
        ["calendar nights", "22 h of notice", "`boss` is not among", "no window", "not notified", "no such change"]
            .iter()
            .enumerate()
    {
        let text = words(report.explain_in("changes", row));
        assert!(text.contains(words_of) && !text.contains('{'), "{text}");
    }
}

#[test]
fn an_allowance_is_used_up_in_the_order_of_time_and_begins_again_each_month() {
    // Each window is two hours; three hours a month are allowed. September's are its own.
    let outages = "dns,2026-09-30T21:00:00Z,2026-10-01T00:00:00Z,,own,A,
dns,2026-10-07T22:00:00Z,2026-10-08T00:00:00Z,,own,B,
dns,2026-10-09T22:00:00Z,2026-10-09T23:00:00Z,,own,C,
";
    let changes = "A,dns,2026-09-30T21:00:00Z,2026-10-01T00:00:00Z,2026-09-01T00:00:00Z,cab
B,dns,2026-10-07T22:00:00Z,2026-10-08T00:00:00Z,2026-09-01T00:00:00Z,cab
C,dns,2026-10-09T22:00:00Z,2026-10-09T23:00:00Z,2026-09-01T00:00:00Z,cab
";
    let columns = ["period", "downtime_seconds", "planned_seconds", "beyond_allowance_seconds"];
    let query = ObservedQuery { periods: vec!["2026-09".into(), "2026-10".into()], ..october(&["dns"], Some("round")) };
    let report = ask(outages, changes, &query);
    // London's October begins at 23:00Z: A gives two hours to September and one to October; B takes the other two; C has none left.
    assert_eq!(lines(report.rows(), &columns), ["2026-09 0 7200 0", "2026-10 3600 10800 3600"]);
    // A period within the month sees what was used before it: of B, nothing is left to count; all of C does.
    let query = ObservedQuery { periods: vec!["2026-10-08/2026-10-20".into()], ..query };
    let report = ask(outages, changes, &query);
    assert_eq!(lines(report.rows(), &columns), ["2026-10-08/2026-10-20 3600 3600 3600"]);
    assert!(words(report.explain(0)).contains("the allowance of 3 h in a calendar month was used up"));
}

#[test]
fn planned_work_on_one_leg_does_not_excuse_the_other() {
    // wan-a is in planned work for two hours; wan-b fails in the second of them. Email is down for that hour, and it is planned
    // work that it would not have been without.
    let outages = "wan-a,2026-10-06T22:00:00Z,2026-10-07T00:00:00Z,,own,C1,
wan-b,2026-10-06T23:00:00Z,2026-10-07T00:00:00Z,,own,,
dns,2026-10-06T23:30:00Z,2026-10-07T00:00:00Z,,own,,
";
    let changes = "C1,wan-a,2026-10-06T22:00:00Z,2026-10-07T00:00:00Z,2026-09-01T00:00:00Z,cab\n";
    let text = ACME.replace("hours: office, ", "");
    let acme = load(&[Source::text("acme.yaml", text)]).unwrap();
    let report = observed(&acme, &bind(&acme, outages, changes), &october(&["email", "wan-a"], Some("round"))).unwrap();
    // In the last half hour dns is down too, which is no planned work: 30 min planned, 30 min downtime.
    assert_eq!(lines(report.rows(), SUMS), ["email 2682000 1800 1800 0", "wan-a 2682000 0 7200 0"]);
    assert_eq!(lines(report.outages(), &["causes", "sufficient"])[0], "dns, wan-a, wan-b dns");
}

#[test]
fn an_outage_of_unknown_origin_is_own_where_the_map_does_not_explain_it() {
    let outages = "email,2026-10-06T10:00:00Z,2026-10-06T12:00:00Z,,,,
dns,2026-10-06T10:30:00Z,2026-10-06T11:30:00Z,,own,,
wan-a,2026-10-06T10:30:00Z,2026-10-06T11:30:00Z,,unknown,,
email,2026-10-07T10:00:00Z,2026-10-07T12:00:00Z,,derived,,
nowhere,2026-10-07T10:00:00Z,2026-10-07T12:00:00Z,,own,,
";
    let report = ask(outages, "", &october(&["email"], None));
    // What somebody saw derived on the 7th has no cause in the map: it is listed, and counts for nothing.
    assert_eq!(lines(report.rows(), SUMS), ["email 2682000 7200 0 0"]);
    assert_eq!(
        lines(report.seen(), &["service", "origin", "taken_as", "own_seconds", "explained_seconds"]),
        [
            "dns own own 3600 0",
            "email unknown partly_own 3600 3600",
            "email derived derived 0 0",
            "nowhere own unknown_service 0 0",
            "wan-a unknown own 3600 0",
        ]
    );
    assert_eq!(lines(report.outages(), &["causes", "sufficient"]), ["dns, email dns, email"]);
    assert_eq!(lines(report.seen(), &["explained_by"]), ["", "dns", "", "", ""]);
    let told: Vec<String> = (0..5).map(|row| words(report.explain_in("seen", row))).collect();
    assert_eq!(
        told[1].lines().collect::<Vec<_>>(),
        [
            "of the outage of email from 2026-10-06T10:00:00Z on 1 h count as its own, and 1 h are explained",
            "  nobody gave its origin",
            "  at that time these failed themselves, which by the map brings email to down or worse: dns",
        ]
    );
    let begins = ["its own: 1 h", "its own, and", "is an effect", "no such service", "its own: 1 h"];
    assert!(told.iter().zip(begins).all(|(text, part)| text.contains(part) && !text.contains('{')), "{told:#?}");
    assert!(told[4].contains("its origin was given as unknown") && told[4].contains("nothing that wan-a rests on explains it"));
}

#[test]
fn what_is_not_known_yet_is_neither_agreed_nor_down() {
    let outages = "dns,2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,,own,,
dns,2026-10-02T00:00:00Z,,,own,,
dns,2026-10-09T00:00:00Z,2026-10-09T01:00:00Z,,own,,
";
    let query = ObservedQuery { as_of: Instant::parse("2026-10-02T02:00:00Z"), ..october(&["dns"], None) };
    let report = ask(outages, "", &query);
    // From 23:00Z on 30 September until 02:00Z on 2 October: 27 h, of which 1 h and 2 h.
    assert_eq!(lines(report.rows(), SUMS), ["dns 97200 10800 0 0"]);
    assert_eq!(
        lines(report.outages(), &["from", "until", "open"]),
        ["2026-10-01T00:00:00Z 2026-10-01T01:00:00Z false", "2026-10-02T00:00:00Z 2026-10-02T02:00:00Z true",]
    );
    assert_eq!(lines(report.seen(), &["until"]), ["2026-10-01T01:00:00Z", ""]);
    let whole = ask(outages, "", &october(&["dns"], None));
    // Open until the end of the period: 30 days less an hour of London, and the hour before.
    assert_eq!(lines(whole.rows(), SUMS), [format!("dns 2682000 {} 0 0", 3600 + 30 * 86_400)]);
    assert_eq!(lines(whole.outages(), &["open"]), ["false", "true"]);
}

#[test]
fn levels_that_count_as_available_are_said_by_the_question() {
    let outages = "dns,2026-10-06T10:00:00Z,2026-10-06T11:00:00Z,degraded,own,,
dns,2026-10-06T11:00:00Z,2026-10-06T12:00:00Z,down,own,,
dns,2026-10-06T12:00:00Z,2026-10-06T13:00:00Z,downn,own,,
";
    let report = ask(outages, "", &october(&["email"], None));
    assert_eq!(lines(report.rows(), SUMS), ["email 2682000 7200 0 0"]);
    let found: Vec<_> = report.problems().iter().map(|problem| problem.help()).collect();
    assert_eq!(found, ["did you mean `down`?"]);
    let strict = ObservedQuery { available: vec!["operational".into()], ..october(&["email"], None) };
    let report = ask(outages, "", &strict);
    assert_eq!(lines(report.rows(), SUMS), ["email 2682000 10800 0 0"]);
    assert_eq!(lines(report.levels(), &["level", "available", "seconds"]), ["degraded false 3600", "down false 7200"]);
}

#[test]
fn a_question_that_cannot_be_answered_names_everything_it_lacks() {
    let acme = acme();
    let names = |query: &ObservedQuery, found: &Evidence| -> Vec<&str> {
        let error = observed(&acme, found, query).map(|_| ()).unwrap_err();
        error.problems().iter().map(|problem| problem.code().name).collect()
    };
    let found = bind(&acme, "", "");
    let bad = ObservedQuery {
        periods: vec!["2026-13".into()],
        services: vec!["wan-b".into(), "emial".into()],
        agreement: Some("round".into()),
        available: vec!["degraded".into(), "upp".into()],
        as_of: None,
    };
    let expected = ["bad-argument", "unknown-name-asked", "not-in-agreement", "unknown-name-asked-here", "bad-argument"];
    let mut given = names(&bad, &found);
    let mut wanted = expected.to_vec();
    given.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(given, wanted);
    let bare = evidence(&acme, &EvidenceQuery::default(), Vec::new(), &Limits::default()).unwrap();
    assert_eq!(names(&ObservedQuery::default(), &bare), ["missing-table", "bad-argument"]);
    let outages = "service,from,change\ndns,2026-10-06T10:00:00Z,C1\n";
    let table = csv::read("outages", outages.as_bytes(), &Limits::default()).unwrap();
    let found = evidence(&acme, &EvidenceQuery::default(), vec![table.view()], &Limits::default()).unwrap();
    let report = observed(&acme, &found, &october(&[], Some("round"))).unwrap();
    assert!(report.problems().iter().any(|problem| problem.code().name == "no-changes"));
    let far = ObservedQuery { periods: vec!["2500".into()], ..october(&["email"], Some("bare")) };
    let report = observed(&acme, &found, &far).unwrap();
    assert_eq!(lines(report.rows(), &["service", "agreed_seconds", "percent"]), ["email  "]);
    assert_eq!(report.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["hours-beyond"]);
    assert!(words(report.explain(0)).contains("could not be computed"));
}

#[test]
fn a_service_is_agreed_only_while_it_and_the_agreement_are_there() {
    let text = "
siam: 1
calendars: {day: {hours: {mon-sun: '00:00-12:00'}}, night: {hours: {mon-sun: '12:00-24:00'}}}
services:
  a: {from: 2026-10-03, hours: [{value: day, until: 2026-10-05}, {value: night, from: 2026-10-05, until: 2026-10-07}]}
  b: {depends_on: [{value: [a], from: 2026-10-04, until: 2026-10-06}]}
agreements: {x: {kind: ola, until: 2026-10-09}}
";
    let acme = load(&[Source::text("e", text)]).unwrap();
    let found = bind(&acme, "a,2026-10-03T18:00:00Z,2026-10-06T06:00:00Z,,own,,\n", "");
    let query = |agreement: Option<&str>| ObservedQuery { periods: vec!["2026-10".into()], ..october(&["a", "b"], agreement) };
    let report = observed(&acme, &found, &query(Some("x"))).unwrap();
    // a: 3rd and 4th by day, 5th and 6th by night, 7th and 8th around the clock: 24 + 24 + 48 h; down on the 4th by day (12 h) and on
    // the 5th by night (12 h). b rests on a for the 4th and the 5th only: 48 h of 8 days.
    assert_eq!(lines(report.rows(), SUMS), ["a 345600 86400 0 0", "b 691200 172800 0 0"]);
    let text = words(report.explain(0));
    assert!(text.contains("calendar day") && text.contains("calendar night") && text.contains("around the clock"), "{text}");
    assert_eq!(lines(report.outages(), &["service", "from", "until"])[1], "b 2026-10-04T00:00:00Z 2026-10-06T00:00:00Z");
    let early = ObservedQuery { as_of: Instant::parse("2026-10-02T00:00:00Z"), ..query(Some("x")) };
    assert_eq!(lines(observed(&acme, &found, &early).unwrap().rows(), SUMS), ["a 0 0 0 0", "b 86400 0 0 0"]);
    let alone = observed(&acme, &found, &query(None)).unwrap();
    assert_eq!(lines(alone.rows(), SUMS), ["a 2505600 216000 0 0", "b 2678400 172800 0 0"]);
}
