//! The edges of rules: what lies after the stop, what a rule is not about, what nobody says.
//!
//! Goes in: measures with one rule each, few tickets. Comes out: their lines.
//! **Invariant:** a ticket that a measure is not about neither counts nor stands for another.
//! **Not here:** the rules themselves (`counting`), the sums (`cases`).

use super::cases::{bind, lines};
use crate::answer::score::{ScoreQuery, Scorecard, score};
use crate::document::Source;
use crate::ecosystem::load;
use crate::report::{Answer, Catalogue, Explanation};

const HEAD: &str = "siam: 1\nzone: UTC\nparties: {desk: {kind: integrator}, netco: {kind: supplier}}\n";

fn scored(services: &str, measure: &str, tickets: &str, events: &str, periods: &[&str]) -> Scorecard {
    let agreements = format!("agreements: {{a: {{kind: ola, provider: netco, measures: {{m: {measure}}}}}}}\n");
    let acme = load(&[Source::text("acme.yaml", format!("{HEAD}{services}{agreements}"))]).unwrap();
    let tables = [("tickets", tickets), ("ticket_events", events)];
    let given = if events.is_empty() { &tables[..1] } else { &tables[..] };
    let found = bind(&acme, given).unwrap();
    let periods = periods.iter().map(|period| (*period).to_owned()).collect();
    score(&acme, &found, &ScoreQuery { periods, ..ScoreQuery::default() }).unwrap()
}

fn tickets(card: &Scorecard, columns: &[&str]) -> Vec<String> {
    lines(card.tables()[1], columns)
}

fn why(card: &Scorecard, table: &str, row: usize) -> String {
    Explanation::of(&card.explain_in(table, row).unwrap(), &Catalogue::english()).to_text()
}

#[test]
fn what_a_party_holds_after_the_stop_does_not_count() {
    // A: netco from 9, resolved at 14, handed back at 18. B: netco from 9 to 11, the desk resolves at 12, netco closes from 13 on.
    // C: netco has it from 13 on alone, an hour after the stop. D: resolved in the instant it was opened, and netco's.
    let rows = "ticket,opened,resolved\nA,2026-10-05T08:00:00Z,2026-10-05T14:00:00Z\nB,2026-10-05T09:00:00Z,2026-10-05T12:00:00Z\n\
                C,2026-10-05T09:00:00Z,2026-10-05T12:00:00Z\nD,2026-10-05T09:00:00Z,2026-10-05T09:00:00Z\n";
    let events = "ticket,at,sequence,field,from,to\nA,2026-10-05T09:00:00Z,1,party,desk,netco\nA,2026-10-05T18:00:00Z,2,party,netco,desk\n\
                  B,2026-10-05T11:00:00Z,1,party,netco,desk\nB,2026-10-05T13:00:00Z,2,party,desk,netco\n\
                  C,2026-10-05T13:00:00Z,1,party,desk,netco\nD,2026-10-05T10:00:00Z,1,party,netco,desk\n";
    let card = scored("", "{statistic: mean, clock: {runs_while: held}, target: 2h}", rows, events, &["2026-10"]);
    let columns = ["ticket", "counted_at", "elapsed_seconds", "outcome"];
    assert_eq!(
        tickets(&card, &columns),
        ["A 2026-10-05T14:00:00Z 18000 counted", "B 2026-10-05T11:00:00Z 7200 counted", "D 2026-10-05T09:00:00Z 0 counted",]
    );
}

#[test]
fn a_ticket_nobody_answered_is_of_the_party_that_held_it() {
    let rows = "ticket,party,opened,responded,resolved\nA,desk,2026-10-05T08:00:00Z,,2026-10-05T14:00:00Z\n\
                B,netco,2026-10-05T08:00:00Z,,2026-10-05T14:00:00Z\nC,desk,2026-10-05T08:00:00Z,,2026-10-05T14:00:00Z\n\
                D,desk,2026-10-05T08:00:00Z,,2026-10-05T14:00:00Z\n";
    let events =
        "ticket,at,sequence,field,from,to\nC,2026-10-05T09:00:00Z,1,party,netco,desk\nD,2026-10-05T09:00:00Z,1,party,,desk\n";
    let measure = "{statistic: mean, clock: {runs_while: held, start: responded}, target: 2h}";
    let card = scored("", measure, rows, events, &["2026-10"]);
    assert_eq!(tickets(&card, &["ticket", "outcome", "lacks"]), ["B unscored responded", "C unscored responded"]);
}

#[test]
fn a_ticket_the_measure_is_not_about_stands_for_no_event() {
    let rows = "ticket,priority,event,opened,resolved\nA,P4,E1,2026-10-05T08:00:00Z,2026-10-05T09:00:00Z\n\
                B,P1,E1,2026-10-05T09:00:00Z,2026-10-05T19:00:00Z\nC,P2,E1,2026-10-05T10:00:00Z,2026-10-05T11:00:00Z\n";
    let measure = "{statistic: percent_within, within: {P1: 4h, P2: 8h}, event_group: once, target: 50%}";
    let card = scored("", measure, rows, "", &["2026-10"]);
    assert_eq!(tickets(&card, &["ticket", "outcome"]), ["B missed"]);
    assert_eq!(lines(card.tables()[0], &["counted", "met", "result"]), ["1 0 missed"]);
}

#[test]
fn no_time_passes_in_a_zone_that_nobody_knows() {
    let rows = "ticket,zone,opened,resolved\nA,Mars/Base,2026-10-05T08:00:00Z,2026-10-05T20:00:00Z\n\
                B,Mars/Base,2026-10-05T08:00:00Z,\nC,UTC,2026-10-05T08:00:00Z,\n";
    let services = "calendars: {day: {hours: {mon-sun: '00:00-24:00'}}}\n";
    let measure =
        "{statistic: percent_within, within: 4h, counted_when: decided, clock: {calendar: day, zone: ticket}, target: 50%}";
    let card = scored(services, measure, rows, "", &["2026-10"]);
    assert_eq!(
        tickets(&card, &["ticket", "outcome", "lacks", "reason"]),
        ["A unscored zone unknown-zone", "B unscored zone unknown-zone", "C missed  "]
    );
}

#[test]
fn a_priority_that_came_after_the_clock_stopped_does_not_count() {
    // Both were P4, of which no time is agreed. A became P1 after it was resolved, B an hour before.
    let rows = "ticket,priority,opened,resolved\nA,P1,2026-10-05T08:00:00Z,2026-10-05T14:00:00Z\n\
                B,P1,2026-10-05T08:00:00Z,2026-10-05T14:00:00Z\n";
    let events =
        "ticket,at,sequence,field,from,to\nA,2026-10-05T15:00:00Z,1,priority,P4,P1\nB,2026-10-05T13:00:00Z,1,priority,P4,P1\n";
    let measure = "{statistic: percent_within, within: {P1: 4h}, priority_taken: per_segment, target: 50%}";
    let card = scored("", measure, rows, events, &["2026-10"]);
    assert_eq!(tickets(&card, &["ticket", "outcome"]), ["B met"]);
}

#[test]
fn users_that_nobody_counted_leave_a_rate_open() {
    // 2 tickets over 10 users is 0.2 at most: certain to stay under 1, not to stay over 0.1.
    let rows = "ticket,opened,resolved\nA,2026-10-05T08:00:00Z,\nB,2026-10-05T08:00:00Z,\n";
    let said = |services: &str, target: &str| {
        let measure = format!("{{statistic: rate, per: user, counted_when: opened, target: {target}}}");
        let card = scored(&format!("services: {services}\n"), &measure, rows, "", &["2026-10"]);
        (lines(card.tables()[0], &["value_exact", "result", "certain"]).remove(0), why(&card, "", 0))
    };
    assert_eq!(said("{mail: {users: 10}, wan: {}}", "1").0, "0.2 met true");
    let (line, told) = said("{mail: {users: 10}, wan: {}}", "0.1");
    assert_eq!(line, "0.2 missed false");
    assert!(told.contains("of 1 service nobody says how many users it has"), "{told}");
    assert_eq!(said("{mail: {users: 10}, wan: {users: 0}}", "0.1").0, "0.2 missed true");
    assert!(said("{wan: {}}", "0.1").0.ends_with("false"));
}

#[test]
fn a_field_that_never_changed_needs_no_rows_of_it() {
    let rows = "ticket,opened,resolved\nA,2026-10-05T08:00:00Z,2026-10-05T10:00:00Z\n";
    let events = "ticket,at,sequence,field,from,to\nA,2026-10-05T09:00:00Z,1,priority,P2,P1\n";
    let measure = "{statistic: percent_within, within: 4h, clock: {pause_in: [On Hold]}, target: 50%}";
    let card = scored("", measure, rows, events, &["2026-10"]);
    assert_eq!(tickets(&card, &["ticket", "elapsed_seconds", "outcome"]), ["A 7200 met"]);
}

#[test]
fn a_run_of_a_clock_is_told_by_its_own_figures() {
    // Resolved after 2 hours, opened again, resolved after 5 more.
    let rows = "ticket,opened,resolved\nA,2026-10-05T08:00:00Z,2026-10-05T17:00:00Z\n";
    let events = "ticket,at,sequence,field,from,to\nA,2026-10-05T10:00:00Z,1,state,Open,Resolved\n\
                  A,2026-10-05T12:00:00Z,2,state,Resolved,Open\nA,2026-10-05T17:00:00Z,3,state,Open,Resolved\n";
    let measure = "{statistic: percent_within, within: 4h, clock: {stopped_in: [Resolved]}, cycles: each, target: 50%}";
    let card = scored("", measure, rows, events, &["2026-10"]);
    assert_eq!(tickets(&card, &["run", "elapsed_seconds", "outcome"]), ["1 7200 met", "2 18000 missed"]);
    let told = [why(&card, "tickets", 0), why(&card, "tickets", 1)];
    assert!(told[0].contains("it is run 1 of its clock") && told[1].contains("it is run 2 of its clock"), "{told:?}");
}

#[test]
fn a_ticket_beyond_the_years_of_clocks_is_told() {
    // Five working days from the last of 2200 but one end in 2201.
    let rows = "ticket,opened,resolved\nA,2200-12-30T10:00:00Z,2200-12-31T10:00:00Z\n";
    let services = "calendars: {day: {hours: {mon-fri: '09:00-17:00'}}}\n";
    let measure = "{statistic: percent_within, within: 5 working days, clock: {calendar: day}, target: 50%}";
    let card = scored(services, measure, rows, "", &["2200-12"]);
    assert_eq!(tickets(&card, &["ticket", "outcome", "reason"]), ["A unscored beyond-horizon"]);
    assert!(why(&card, "tickets", 0).contains("beyond the years 1900 to 2200"));
}
