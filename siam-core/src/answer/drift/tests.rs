//! Small drifts worked by hand.
//!
//! Goes in: small ecosystems, outages, tickets. Comes out: rows worked by hand.
//! **Invariant:** every expected number stands with its arithmetic in a comment.
//! **Not here:** random ecosystems against the oracle (tests/tests/laws).

use super::{Drift, DriftQuery, drift};
use crate::base::csv::{self, cell_text};
use crate::base::{Duration, Instant, Limits, Ratio, Table};
use crate::document::Source;
use crate::ecosystem::{Ecosystem, load};
use crate::evidence::{EvidenceQuery, evidence};
use crate::report::{Answer, Catalogue, Explanation};

const MINUTE: i64 = 60_000_000;

/// Minutes of October 2026 at which a service fails and for how long.
type Outage<'a> = (&'a str, i64, i64);

fn world(services: &str) -> Ecosystem {
    load(&[Source::text("e", format!("siam: 1\nservices: {services}\n"))]).unwrap()
}

fn at(minute: i64) -> Instant {
    Instant::parse("2026-10-01T00:00:00Z").unwrap().plus(Duration(minute * MINUTE))
}

fn ask(ecosystem: &Ecosystem, outages: &[Outage<'_>], tickets: &[(&str, i64)], query: DriftQuery) -> Drift {
    let rows = outages.iter().map(|(service, from, long)| format!("{service},{},{}\n", at(*from), at(from + long)));
    let outages = format!("service,from,to\n{}", rows.collect::<String>());
    let rows = tickets.iter().enumerate().map(|(n, (service, opened))| format!("T{n},{service},{}\n", at(*opened)));
    let tickets = format!("ticket,service,opened\n{}", rows.collect::<String>());
    let read = |name, text: &str| csv::read(name, text.as_bytes(), &Limits::default()).unwrap();
    let tables = [read("outages", &outages), read("tickets", &tickets)];
    let views = tables.iter().map(Table::view).collect();
    let found = evidence(ecosystem, &EvidenceQuery::default(), views, &Limits::default()).unwrap();
    drift(ecosystem, &found, &query).unwrap()
}

fn october() -> DriftQuery {
    DriftQuery { periods: vec!["2026-10".into()], ..DriftQuery::default() }
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let line = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(line).collect()
}

fn edges(report: &Drift) -> Vec<String> {
    lines(report.rows(), &["kind", "service", "dependency", "times"])
}

fn words(report: &Drift, row: usize) -> String {
    Explanation::of(&report.explain(row).unwrap(), &Catalogue::english()).to_text()
}

/// Each day at noon `a` fails for an hour, and `b` fails so many minutes later for half an hour.
fn days(n: i64, a: &'static str, b: &'static str, later: i64) -> Vec<Outage<'static>> {
    (0..n).flat_map(|day| [(a, 1_440 * day + 720, 60), (b, 1_440 * day + 720 + later, 30)]).collect()
}

#[test]
fn what_fails_soon_after_another_may_lack_an_edge() {
    let map = world("{dns: {}, email: {}, top: {depends_on: [dns]}}");
    let mut outages = days(3, "dns", "email", 5);
    outages[3].1 += 2; // The second time it takes 7 minutes.
    outages.extend([("dns", 10_000, 60), ("email", 20_000, 5), ("email", 30_000, 5)]);
    // Three of four failures of dns: 3/4 is less than the 4/5 that must be.
    // Nobody ever reports anything of top, and no edge touches email.
    let others = ["not_observed top dns 4", "unconnected email  5"];
    assert_eq!(edges(&ask(&map, &outages, &[], october())), others);
    let report = ask(&map, &outages, &[], DriftQuery { confidence: Ratio::new(3, 4), ..october() });
    assert_eq!(edges(&report), ["missing_edge email dns 3", others[0], others[1]]);
    let columns = ["of", "share_exact", "expected_exact", "lift_exact", "median_lag_seconds", "already", "without", "reversed"];
    // October has 744 h. By chance 4 x 5 x 0.25 h / 744 h = 5/744 of a failure; 3 / (5/744) = 446.4. Lags are 5, 5 and 7 minutes.
    assert_eq!(lines(report.rows(), &columns)[0], "4 0.75 5/744 446.4 300 0 2 0");
    assert_eq!(lines(report.rows(), &["direction", "first", "last"])[0], "first 2026-10-01T12:00:00Z 2026-10-03T12:00:00Z");
    let text = words(&report, 0);
    assert!(text.starts_with("email failed within 15 min after 3 of 4 failures of dns"), "{text}");
    assert!(text.contains("2 times with neither dns") && !text.contains('{'), "{text}");
    let columns = ["services", "failures", "explained", "crowded", "missing_edges", "silent_edges"];
    assert_eq!(lines(report.summary(), &columns), ["2 9 0 0 1 0"]);
}

#[test]
fn two_services_that_fail_all_the_time_are_not_accused() {
    // Every 10 minutes for 2 minutes, the other 3 minutes later: always within 5. By chance it is every second time as well.
    let outages: Vec<Outage<'_>> = (0..100).flat_map(|n| [("a", n * 10, 2), ("b", n * 10 + 3, 2)]).collect();
    let query = DriftQuery { within: Some(Duration(5 * MINUTE)), as_of: Some(at(1_000)), ..DriftQuery::default() };
    let map = world("{a: {}, b: {}}");
    assert_eq!(edges(&ask(&map, &outages, &[], query.clone()))[..], ["unconnected a  100", "unconnected b  100"]);
    // 100 x 100 x 5 min / 1000 min = 50 by chance: twice as often.
    let report = ask(&map, &outages, &[], DriftQuery { lift: Some(Ratio::whole(2)), ..query });
    assert_eq!(lines(report.rows(), &["expected_exact", "lift_exact", "reversed"])[0], "50 2 0");
}

#[test]
fn what_the_map_explains_is_not_accused() {
    let c_fails = |n: i64| (0..n).map(|day| ("c", 1_440 * day + 721, 60)).collect::<Vec<_>>();
    let outages = [days(4, "a", "b", 5), c_fails(4)].concat();
    // Both rest on c, which failed then, though it was seen a minute after a.
    let common = world("{c: {}, a: {depends_on: [c]}, b: {depends_on: [c]}}");
    assert_eq!(edges(&ask(&common, &outages, &[], october())), Vec::<String>::new());
    // Where b has another leg, c does not explain it: it fails after a and after c, of which one may be enough.
    let legs = world("{c: {}, d: {}, a: {depends_on: [c]}, b: {depends_on: [{any_of: [c, d]}]}}");
    assert_eq!(edges(&ask(&legs, &outages, &[], october())), ["missing_edge b a 4"]);
    // Where b knows nothing of c, both are named, and that the map connects them.
    let apart = world("{c: {}, a: {depends_on: [c]}, b: {}, e: {depends_on: [b]}}");
    let report = ask(&apart, &outages, &[("e", 725), ("e", 2_165), ("e", 3_605), ("e", 5_045)], october());
    assert_eq!(lines(report.rows(), &["service", "dependency", "also"]), ["b a c", "b c a"]);
    // A route in either direction is an edge the map has; users see an effect before a probe sees its cause.
    for services in ["{a: {}, m: {depends_on: [a]}, b: {depends_on: [m]}}", "{b: {}, a: {depends_on: [b]}}"] {
        let report = ask(&world(services), &days(4, "a", "b", 5), &[("m", 720)], october());
        assert!(edges(&report).iter().all(|edge| !edge.contains("missing")), "{:?}", edges(&report));
    }
    // What follows from an effect is no further cause: d rests on b, and only a edge from b to a is missing.
    let chain = world("{a: {}, b: {}, d: {depends_on: [b]}}");
    let outages = [days(4, "a", "b", 5), days(4, "d", "d", 0).into_iter().map(|one| (one.0, one.1 + 6, 20)).collect()].concat();
    assert_eq!(edges(&ask(&chain, &outages, &[], october()))[0], "missing_edge b a 4");
    assert_eq!(ask(&chain, &outages, &[], october()).summary().cell(0, "missing_edges"), crate::base::columns::Cell::Integer(1));
}

#[test]
fn the_likelier_of_two_directions_is_named() {
    let direction = |outages: &[Outage<'_>]| {
        let report = ask(&world("{a: {}, b: {}}"), outages, &[], october());
        lines(report.rows(), &["kind", "service", "dependency", "direction", "reversed"])[0].clone()
    };
    assert_eq!(direction(&days(3, "b", "a", 5)), "missing_edge a b first 0");
    // At the same instants both follow the other; b also fails alone, so that more failures of a than of b have the other after them.
    let mut same = days(4, "a", "b", 0);
    assert_eq!(direction(&same), "missing_edge b a unclear 4");
    same.push(("b", 30_000, 5));
    assert_eq!(direction(&same), "missing_edge b a more_often 4");
    // 4 of 4 and 4 of 5 are both enough; one row is given for the two of them.
    let report = ask(&world("{a: {}, b: {}}"), &same, &[], october());
    assert_eq!(report.summary().cell(0, "missing_edges"), crate::base::columns::Cell::Integer(1));
}

#[test]
fn a_service_that_had_failed_already_says_nothing() {
    // b is down from the night before on the fourth day, and on the fifth it stays up: 3 of 4, the fourth day left out.
    let mut outages = days(3, "a", "b", 5);
    outages.extend([("b", 1_440 * 3 + 700, 200), ("a", 1_440 * 3 + 720, 60), ("a", 1_440 * 4 + 720, 60)]);
    let report = ask(&world("{a: {}, b: {}}"), &outages, &[], DriftQuery { confidence: Ratio::new(3, 4), ..october() });
    assert_eq!(lines(report.rows(), &["service", "times", "of", "already", "without", "reversed"])[0], "b 3 4 1 1 0");
}

#[test]
fn an_edge_that_carried_nothing_is_silent_where_somebody_would_have_seen_it() {
    let map =
        world("{wan: {}, email: {depends_on: [wan]}, portal: {depends_on: [wan]}, legs: {depends_on: [{any_of: [wan, email]}]}}");
    let outages: Vec<Outage<'_>> = (0..3).map(|day| ("wan", 1_440 * day + 720, 60 + day)).collect();
    // Email has a ticket on another day; of the portal nobody ever hears; legs have another leg, which the gates count on.
    let report = ask(&map, &outages, &[("email", 20_000), ("legs", 20_000)], october());
    assert_eq!(edges(&report), ["silent_edge email wan 3", "not_observed portal wan 3"]);
    assert_eq!(lines(report.rows(), &["longest_seconds", "first"])[0], "3720 2026-10-01T12:00:00Z");
    assert!(words(&report, 0).starts_with("3 failures of wan should have been felt by email, and nothing was seen of it"));
    assert!(words(&report, 1).contains("no outage and no ticket names portal"));
    // One ticket soon after one of the failures, and the edge has carried.
    for opened in [705, 720, 780 + 15, 2_160 + 61 + 15] {
        let report = ask(&map, &outages, &[("email", opened), ("portal", 720)], october());
        assert_eq!(edges(&report), Vec::<String>::new(), "{opened}");
    }
    let report = ask(&map, &outages, &[("email", 704), ("portal", 720)], october());
    assert_eq!(edges(&report), ["silent_edge email wan 3"]);
}

#[test]
fn outside_its_hours_a_service_feels_nothing() {
    let text = "siam: 1\ncalendars: {day: {hours: {mon-sun: '08:00-18:00'}}}\n\
services: {wan: {}, email: {depends_on: [wan], hours: day}, night: {depends_on: [wan], until: 2026-10-02}}\n";
    let map = load(&[Source::text("e", text)]).unwrap();
    // Three failures, two of them before eight in the morning: one within the hours, and one while the other service was there.
    let outages = [("wan", 60, 60), ("wan", 1_500, 60), ("wan", 2_160, 60)];
    let tickets = [("email", 20_000), ("night", 1_000)];
    assert_eq!(edges(&ask(&map, &outages, &tickets, october())), Vec::<String>::new());
    let report = ask(&map, &outages, &tickets, DriftQuery { at_least: Some(1), ..october() });
    assert_eq!(edges(&report), ["silent_edge email wan 1", "silent_edge night wan 1"]);
}

#[test]
fn a_failure_with_too_many_others_says_nothing_of_one() {
    let names: Vec<String> = (0..6).map(|n| format!("s{n}")).collect();
    let list: Vec<String> = names.iter().map(|name| format!("{name}: {{}}")).collect();
    let map = world(&format!("{{{}}}", list.join(", ")));
    let outages: Vec<Outage<'_>> = (0..3)
        .flat_map(|day| names.iter().enumerate().map(move |(n, name)| (name.as_str(), day * 1_440 + n as i64, 30)))
        .collect();
    let missing = |crowd| {
        let report = ask(&map, &outages, &[], DriftQuery { crowd: Some(crowd), limit: Some(2), ..october() });
        let found = lines(report.summary(), &["missing_edges", "crowded"])[0].clone();
        (found, report.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), report.rows().rows())
    };
    // Each of six is followed by all that come after it: 5 + 4 + 3 + 2 + 1 pairs; two rows are listed of each kind.
    assert_eq!(missing(5), ("15 0".to_owned(), vec!["drift-limited", "drift-limited"], 4));
    // With at most two others, the first three of each day are left out as causes: 2 + 1 pairs of the last three are left.
    assert_eq!(missing(2), ("3 9".to_owned(), vec!["crowded-failures", "drift-limited", "drift-limited"], 4));
}

#[test]
fn names_that_the_map_cannot_place_are_listed() {
    let map = world("{email: {depends_on: [dns]}, dns: {}, fax: {}, lone: {}}");
    let report = ask(&map, &[("emial", 0, 5), ("fax", 10, 5)], &[("emial", 3), ("cloud", 5), ("fax", 7), ("dns", 9)], october());
    let columns = ["kind", "service", "nearest", "times"];
    let expected = ["named_only_in_evidence emial email 2", "named_only_in_evidence cloud  1", "unconnected fax  2"];
    assert_eq!(lines(report.rows(), &columns), expected);
    assert_eq!(words(&report, 0).trim(), "evidence names `emial` in 2 rows, and the map has no such service; `email` is near");
    let only = DriftQuery { services: vec!["fax".into()], ..october() };
    assert_eq!(lines(ask(&map, &[("emial", 0, 5)], &[("fax", 7)], only).rows(), &columns), ["unconnected fax  1"]);
}

#[test]
fn a_question_that_cannot_be_answered_names_everything_it_lacks() {
    let map = world("{a: {}}");
    let found = evidence(&map, &EvidenceQuery::default(), Vec::new(), &Limits::default()).unwrap();
    let bad = DriftQuery {
        periods: vec!["2026-13".into()],
        within: Some(Duration::ZERO),
        at_least: Some(0),
        confidence: Some(Ratio::whole(2)),
        lift: Some(Ratio::whole(-1)),
        services: vec!["b".into()],
        ..DriftQuery::default()
    };
    assert_eq!(drift(&map, &found, &bad).map(|_| ()).unwrap_err().problems().len(), 6);
    // Without outages only names can be looked at, and it says so.
    let report = drift(&map, &found, &DriftQuery::default()).unwrap();
    assert_eq!(report.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["nothing-of-edges"]);
    assert_eq!(lines(report.summary(), &["failures", "observed_seconds"]), ["0 0"]);
}
