//! Headroom worked by hand.

use super::{Headroom, HeadroomQuery, headroom};
use crate::answer::score::{ScoreQuery, score};
use crate::base::csv::{self, cell_text};
use crate::base::{Instant, Limits, Table};
use crate::document::Source;
use crate::ecosystem::load;
use crate::evidence::{EvidenceQuery, evidence};
use crate::report::{Answer, Catalogue, Explanation};

fn ask(document: &str, tables: &[(&str, &str)], as_of: &str) -> Headroom {
    let ecosystem = load(&[Source::text("acme.yaml", document)]).unwrap();
    let tables: Vec<Table> =
        tables.iter().map(|(name, text)| csv::read(name, text.as_bytes(), &Limits::default()).unwrap()).collect();
    let found = evidence(&ecosystem, &EvidenceQuery::default(), tables.iter().map(Table::view).collect(), &Limits::default());
    let as_of = Instant::parse(as_of).unwrap();
    headroom(&ecosystem, &found.unwrap(), &HeadroomQuery { period: "2026-10".into(), as_of, measures: Vec::new() }).unwrap()
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let line = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(line).collect()
}

fn of(measure: &str) -> String {
    format!("{{siam: 1, agreements: {{support: {{kind: sla, measures: {{m: {measure}}}}}}}}}")
}

const ROOM: [&str; 7] = ["met", "counted", "open_now", "verdict", "misses_left_new", "misses_left_open", "will_miss"];

#[test]
fn room_has_two_meanings() {
    // 96 of 98 met under 95 %, 40 open: 96 / 0.95 is 101.05, so 3 further ones; 0.95 x 138 is 131.1 of 136, so 4 of the open.
    let mut text = String::from("ticket,opened,resolved\n");
    for ticket in 0..98 {
        let hour = if ticket < 96 { 10 } else { 14 };
        text += &format!("T{ticket:03},2026-10-05T09:00:00Z,2026-10-05T{hour}:00:00Z\n");
    }
    for ticket in 98..138 {
        text += &format!("T{ticket:03},2026-10-06T09:00:00Z,\n");
    }
    let measure = of("{statistic: percent_within, within: 4h, target: 95%}");
    let report = ask(&measure, &[("tickets", &text)], "2026-10-06T10:00:00Z");
    assert_eq!(lines(report.rows(), &ROOM), ["96 98 40 open 3 4 0"]);
    let next = ["next_breach_at", "left_seconds", "result_if_nothing_happens"];
    assert_eq!(lines(report.rows(), &next), ["2026-10-06T13:00:00Z 10800 missed"]); // 96 of 138
    let why = Explanation::of(&report.explain(0).unwrap(), &Catalogue::english()).to_text();
    for line in [
        "3 further tickets may be missed: 96 of 101",
        "4 of the 40 open tickets may be missed if all come to be counted: 132 of 138",
    ] {
        assert!(why.contains(line), "{why}");
    }
    // Once the month is over no new one comes, and what is open belongs to November.
    let over = ask(&measure, &[("tickets", &text)], "2026-10-31T23:59:59.999999Z");
    assert_eq!(lines(over.rows(), &ROOM), ["96 98 0 met  0 0"]);
}

#[test]
fn a_paused_clock_stands_still_and_runs_on_from_the_instant() {
    let measure = of("{statistic: percent_within, within: 4h, target: 50%, clock: {pause_in: [On Hold]}}");
    let tickets = "ticket,opened,resolved,closed
A,2026-10-05T08:00:00Z,,
B,2026-10-05T08:00:00Z,,
C,2026-10-05T08:00:00Z,,2026-10-05T09:00:00Z
D,2026-09-30T08:00:00Z,,
";
    let events = "ticket,at,field,from,to
A,2026-10-05T09:00:00Z,state,Open,On Hold
A,2026-10-05T11:00:00Z,state,On Hold,Open
B,2026-10-05T10:00:00Z,state,Open,On Hold
";
    let report = ask(&measure, &[("tickets", tickets), ("ticket_events", events)], "2026-10-05T13:00:00Z");
    let columns = ["ticket", "elapsed_seconds", "left_seconds", "breaches_at", "paused", "will_miss"];
    // D was opened five days and five hours before: 125 h. A ran one hour and two; B two until it was put on hold.
    assert_eq!(
        lines(report.open(), &columns),
        [
            "D 450000 -435600 2026-09-30T12:00:00Z false true",
            "A 10800 3600 2026-10-05T14:00:00Z false false",
            "B 7200 7200 2026-10-05T15:00:00Z true false",
        ]
    );
    // C was closed and never resolved: nothing will bring that.
    assert_eq!(lines(report.rows(), &["open_now", "unscored", "will_miss", "result_if_nothing_happens"]), ["3 1 1 missed"]);
    for row in 0..3 {
        let why = Explanation::of(&report.explain_in("open", row).unwrap(), &Catalogue::english()).to_text();
        assert!(!why.contains('{') && !why.contains("headroom-") && why.contains("on the clock"), "{why}");
    }
    assert!(report.explain_in("open", 3).is_err());
}

#[test]
fn numbers_have_room_until_their_target() {
    let text = "ticket,opened,resolved
A,2026-10-01T08:00:00Z,2026-10-02T08:00:00Z
B,2026-10-02T08:00:00Z,2026-10-03T08:00:00Z
C,2026-10-03T08:00:00Z,
D,2026-09-03T08:00:00Z,
";
    let columns = ["counted", "open_now", "value_exact", "verdict", "misses_left_new", "misses_left_open"];
    let room = |measure: &str| lines(ask(&of(measure), &[("tickets", text)], "2026-10-10T08:00:00Z").rows(), &columns);
    assert_eq!(room("{statistic: count, counted_when: opened, target: 5}"), ["3 0 3 open 2 0"]);
    assert_eq!(room("{statistic: count, target: 3}"), ["2 2 2 open 1 1"]); // two resolved, two open
    assert_eq!(room("{statistic: count, target: 1}"), ["2 2 2 missed 0 0"]);
    assert_eq!(room("{statistic: backlog, target: 5}"), ["0 2 2 open 3 2"]);
    assert_eq!(room("{statistic: backlog, target: 1}"), ["0 2 2 open 0 1"]);
    assert_eq!(room("{statistic: count}"), ["2 2 2 no_target  "]);
}

#[test]
fn one_miss_is_too_many_for_a_target_of_all() {
    let text = "ticket,opened,resolved\nA,2026-10-01T08:00:00Z,2026-10-02T08:00:00Z\nB,2026-10-01T08:00:00Z,\n";
    let measure = of("{statistic: percent_within, within: 4h, target: 100%}");
    assert_eq!(lines(ask(&measure, &[("tickets", text)], "2026-10-03T08:00:00Z").rows(), &ROOM), ["0 1 1 missed 0 0 1"]);
}

#[test]
fn a_ticket_opened_before_a_measure_holds_may_still_count_for_it() {
    let measure = of("{statistic: percent_within, within: 4h, target: 50%, from: 2026-10-01}");
    let text = "ticket,opened,resolved\nA,2026-09-30T22:00:00Z,\n";
    let report = ask(&measure, &[("tickets", text)], "2026-10-01T01:00:00Z");
    assert_eq!(lines(report.rows(), &ROOM), ["0 0 1 open 0 0 0"]);
    assert_eq!(lines(report.open(), &["left_seconds"]), ["3600"]);
}

#[test]
fn a_ticket_that_was_handed_on_has_missed_a_first_time_fix() {
    let measure = of("{statistic: first_time_fix, target: 50%}");
    let text = "ticket,opened,resolved\nA,2026-10-05T08:00:00Z,\nB,2026-10-05T08:00:00Z,\n";
    let events =
        "ticket,at,field,from,to\nA,2026-10-05T09:00:00Z,party,deskco,netco\nB,2026-10-07T09:00:00Z,party,deskco,netco\n";
    let report = ask(&measure, &[("tickets", text), ("ticket_events", events)], "2026-10-06T08:00:00Z");
    assert_eq!(lines(report.rows(), &ROOM), ["0 0 2 open 0 1 1"]);
    assert_eq!(lines(report.open(), &["ticket", "hand_offs", "will_miss"]), ["A 1 true", "B 0 false"]);
    let why = Explanation::of(&report.explain_in("open", 0).unwrap(), &Catalogue::english()).to_text();
    assert!(why.contains("from `deskco` to `netco`"), "{why}");
}

#[test]
fn a_ticket_whose_clock_computes_nothing_is_unscored() {
    // A calendar without hours never has a Working Day; its ticket does not disappear.
    let document = "{siam: 1, zone: UTC, calendars: {never: {hours: {}}}, agreements: {support: {kind: sla, \
                    measures: {m: {statistic: percent_within, within: 2 working days, target: 50%, clock: {calendar: never}}}}}}";
    let report = ask(document, &[("tickets", "ticket,opened,resolved\nA,2026-10-05T10:00:00Z,\n")], "2026-10-06T12:00:00Z");
    assert_eq!(lines(report.rows(), &["counted", "open_now", "unscored", "verdict"]), ["0 0 1 open"]);
}

#[test]
fn nothing_is_final_while_a_rejected_row_may_be_a_ticket() {
    // One of two is half. A row whose opening cannot be read may be a miss, which makes it one of three.
    let measure = of("{statistic: percent_within, within: 4h, target: 50%}");
    let good =
        "ticket,opened,resolved\nA,2026-10-01T08:00:00Z,2026-10-01T09:00:00Z\nB,2026-10-01T08:00:00Z,2026-10-03T09:00:00Z\n";
    let bad = format!("{good}C,soon,2026-10-03T09:00:00Z\n");
    for (text, verdict) in [(good, "met"), (&*bad, "open")] {
        let report = ask(&measure, &[("tickets", text)], "2026-11-05T00:00:00Z");
        assert_eq!(lines(report.rows(), &["met", "counted", "verdict"]), [format!("1 2 {verdict}")]);
    }
}

#[test]
fn a_quarter_that_ended_has_no_room_later() {
    let measure = of("{statistic: percent_within, within: 4h, target: 50%, period: quarter, until: 2026-10-20}");
    let ecosystem = load(&[Source::text("acme.yaml", &*measure)]).unwrap();
    let text = b"ticket,opened,resolved\nA,2026-10-05T10:00:00Z,2026-10-05T11:00:00Z\n";
    let tickets = csv::read("tickets", text, &Limits::default()).unwrap();
    let found = evidence(&ecosystem, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default()).unwrap();
    for (period, rows) in [("2026-10", 1), ("2026-11", 0)] {
        let as_of = Instant::parse("2026-11-15T00:00:00Z").unwrap();
        let query = HeadroomQuery { period: period.into(), as_of, measures: Vec::new() };
        assert_eq!(headroom(&ecosystem, &found, &query).unwrap().rows().rows(), rows);
        let query = ScoreQuery { periods: vec![period.into()], ..ScoreQuery::default() };
        assert_eq!(score(&ecosystem, &found, &query).unwrap().tables()[0].rows(), rows);
    }
}

#[test]
fn working_days_are_over_when_their_last_day_is() {
    let document = "{siam: 1, zone: UTC, calendars: {office: {hours: {mon-fri: '09:00-17:00'}}}, agreements: {support: {kind: sla, \
                    measures: {m: {statistic: percent_within, within: 2 working days, target: 50%, clock: {calendar: office}}}}}}";
    let text = "ticket,opened,resolved\nA,2026-10-05T10:00:00Z,\nB,2026-10-01T10:00:00Z,\n";
    let report = ask(document, &[("tickets", text)], "2026-10-06T12:00:00Z");
    // A came in on a Monday: its days are over when the office closes on Wednesday, 7 + 8 + 8 hours on; 7 + 3 have run on Tuesday at noon.
    // B came in on a Thursday: Friday and Monday, 23 hours too, and 7 + 8 + 8 + 3 have run.
    let columns = ["ticket", "elapsed_seconds", "within_seconds", "left_seconds", "breaches_at", "will_miss"];
    assert_eq!(
        lines(report.open(), &columns),
        ["B 93600 82800 -10800 2026-10-05T17:00:00Z true", "A 36000 82800 46800 2026-10-07T17:00:00Z false"]
    );
}
