//! Times agreed in Working Days, worked by hand.
//!
//! Goes in: measures of Working Days with and without a calendar. Comes out: nothing.
//! **Invariant:** without a calendar the days are those of one that is always open.
//! **Not here:** counting days on a calendar (`clock::tests`).

use super::cases::{bind, lines};
use crate::answer::score::{ScoreQuery, score};
use crate::document::Source;
use crate::ecosystem::load;
use crate::report::{Answer, Catalogue, Explanation};

fn outcomes(clock: &str, within: &str, resolved: &str, events: &str) -> Vec<String> {
    let acme = format!(
        "{{siam: 1, zone: UTC, calendars: {{always: {{hours: always}}, office: {{hours: {{mon-fri: '09:00-17:00'}}}}}}, \
         agreements: {{a: {{kind: sla, measures: {{m: {{statistic: percent_within, within: {within}, target: 50%, \
         clock: {{pause_in: [On Hold]{clock}}}}}}}}}}}}}"
    );
    let acme = load(&[Source::text("acme.yaml", acme)]).unwrap();
    let tickets = format!("ticket,opened,resolved\nA,2026-10-05T10:00:00Z,{resolved}\n");
    let found = bind(&acme, &[("tickets", &tickets), ("ticket_events", &format!("ticket,at,field,from,to\n{events}"))]).unwrap();
    let query = ScoreQuery { periods: vec!["2026-10".into()], ..ScoreQuery::default() };
    let scorecard = score(&acme, &found, &query).unwrap();
    let why = Explanation::of(&scorecard.explain_ticket("m", "A").unwrap(), &Catalogue::english()).to_text();
    assert!(!why.contains('{') && !why.contains("score-"), "{why}");
    lines(scorecard.tables()[1], &["outcome", "within_seconds", "reason"])
}

#[test]
fn days_that_are_wholly_paused_do_not_count_around_the_clock() {
    // Monday 5 October 10:00; on hold from Tuesday 00:00 to the Tuesday after, 00:00. Tuesday 13 to Saturday 17 are the five days; 14 h
    // of the Monday and five days of them are 134 h.
    let events = "A,2026-10-06T00:00:00Z,state,Open,On Hold\nA,2026-10-13T00:00:00Z,state,On Hold,Open\n";
    for clock in ["", ", calendar: always"] {
        let found = |resolved: &str| outcomes(clock, "5 working days", resolved, events);
        assert_eq!(found("2026-10-15T12:00:00Z"), ["met 482400 "], "{clock}");
        assert_eq!(found("2026-10-18T00:00:00Z"), ["met 482400 "], "{clock}");
        assert_eq!(found("2026-10-18T00:00:01Z"), ["missed 482400 "], "{clock}");
    }
    // A day that is paused in part counts.
    let events = "A,2026-10-06T00:00:01Z,state,Open,On Hold\nA,2026-10-13T00:00:00Z,state,On Hold,Open\n";
    for clock in ["", ", calendar: always"] {
        assert_eq!(outcomes(clock, "1 working days", "2026-10-07T00:00:00Z", events), ["met 50401 "], "{clock}");
        assert_eq!(outcomes(clock, "1 working days", "2026-10-07T00:00:01Z", events), ["missed 50401 "], "{clock}");
    }
}

#[test]
fn a_pause_without_an_end_ends_when_the_clock_stops() {
    // On hold since the Monday, and nothing says that it ended: no Working Day is over before it is resolved.
    let events = "A,2026-10-05T12:00:00Z,state,Open,On Hold\n";
    for clock in ["", ", calendar: always", ", calendar: office"] {
        for resolved in ["2026-10-07T11:00:00Z", "2026-10-20T23:00:00Z"] {
            let found = outcomes(clock, "2 working days", resolved, events);
            assert!(found[0].starts_with("met "), "{clock} {resolved}: {found:?}");
        }
    }
}
