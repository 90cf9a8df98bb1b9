//! The rules by which measures count: what is refused, what is said, and that every answer is told in words.

use super::cases::{bind, lines};
use crate::answer::score::{ScoreQuery, score};
use crate::answer::terms::{TermsQuery, terms};
use crate::base::Instant;
use crate::document::Source;
use crate::ecosystem::load;
use crate::report::{Answer, Catalogue, Explanation};

const HEAD: &str = "siam: 1\nparties: {hub: {kind: integrator}}\nagreements:\n  a:\n    kind: ola\n    measures:\n      m: ";

fn told(measure: &str) -> Vec<String> {
    let loaded = load(&[Source::text("acme.yaml", format!("{HEAD}{measure}\n"))]);
    let Err(error) = loaded else { return Vec::new() };
    error.problems().iter().map(|problem| format!("{} {}", problem.code().name, problem.message())).collect()
}

#[test]
fn a_rule_is_refused_where_what_it_rests_on_is_not_there() {
    for (measure, code) in [
        ("{statistic: rate}", "missing-key"),
        ("{statistic: rate, per: 1000 cars}", "bad-value"),
        ("{statistic: aged_reduction}", "missing-key"),
        ("{statistic: mean, cycles: sum}", "missing-key"),
        ("{statistic: mean, clock: {stopped_in: [Resolved]}}", "missing-key"),
        ("{statistic: mean, clock: {runs_while: held}}", "missing-key"),
        ("{statistic: mean, counted_when: decided}", "key-without-use"),
        ("{statistic: count, priority_taken: per_segment}", "key-without-use"),
        ("{statistic: percent_within, within: 4h, priority_taken: highest}", "no-order-of-priorities"),
        ("{statistic: percent_within, within: {P1: 4h}, priority_taken: per_segment, counted_when: decided}", "contradiction"),
        ("{statistic: count, period: contract_year}", "no-contract-year"),
        ("{statistic: percent_within, within: [{class: gold, time: 4h}]}", "unresolved-name-here"),
        ("{statistic: count, by: [priority], targets: [{party: hub, target: 3}]}", "not-split-by"),
        ("{statistic: count, targets: [{target: 3}]}", "key-without-use"),
        ("{statistic: count, of: {kind: [incident]}}", "key-without-use"),
    ] {
        let told = told(measure);
        assert!(told.len() == 1 && told[0].starts_with(code), "{measure}: {told:?}");
    }
    for sound in [
        "{statistic: percent_within, within: {P1: 4h, P2: 8h}, priority_taken: highest, counted_when: decided, period: rolling_year}",
        "{statistic: ratio, unit: share, tickets: {kind: [problem]}, target: 50%}",
    ] {
        assert_eq!(told(sound), Vec::<String>::new(), "{sound}");
    }
}

const RULES: &str = "
siam: 1
parties: {hub: {kind: integrator}, netco: {kind: supplier}}
services: {email: {users: 100}}
agreements:
  a:
    kind: ola
    provider: netco
    from: 2026-02-01
    measures:
      quarter: {statistic: percent_within, within: {P1: 2h, P2: 9h}, target: 50%, period: quarter, priority_taken: per_segment, event_group: once, by: [priority], targets: [{priority: P1, target: 99%}]}
      decided: {statistic: percent_within, within: [{priority: P1, kind: incident, time: 1h}, {time: 2h}], counted_when: decided, target: 50%}
      each: {statistic: percent_within, within: 4h, clock: {stopped_in: [Resolved]}, cycles: each, target: 50%}
      held: {statistic: mean, clock: {runs_while: held}, target: 2h, period: contract_year}
      rate: {statistic: rate, per: 10 users, target: 2}
      nobody: {statistic: rate, per: 10 users, target: 2, period: rolling_quarter}
      ratio: {statistic: ratio, tickets: {kind: [problem]}, of: {kind: [incident]}, target: 1}
      aged: {statistic: aged_reduction, longer_than: 1h, target: 10%}
      bounced: {statistic: reassigned, more_than: 0, target: 10%}
      ahead: {statistic: raised_first, tickets: {kind: [problem]}, target: 10%}
";
const TICKETS: &str = "ticket,kind,service,priority,party,event,opened,resolved
A,incident,email,P1,netco,E1,2026-10-05T08:00:00Z,2026-10-05T10:00:00Z
B,problem,email,P2,netco,E1,2026-10-05T09:00:00Z,2026-10-05T18:00:00Z
C,incident,email,P2,hub,,2026-10-05T09:00:00Z,
D,incident,email,P2,hub,,never,2026-10-05T10:00:00Z
";
const EVENTS: &str = "ticket,at,sequence,field,from,to
A,2026-10-05T09:00:00Z,1,state,Resolved,Open
A,2026-10-05T09:00:00Z,1,party,hub,netco
A,2026-10-05T08:30:00Z,1,priority,P2,P1
";

#[test]
fn every_rule_is_told_in_words_of_rows_tickets_and_terms() {
    let acme = load(&[Source::text("acme.yaml", RULES)]).unwrap();
    let found = bind(&acme, &[("tickets", TICKETS), ("ticket_events", EVENTS)]).unwrap();
    let query = ScoreQuery { periods: vec!["2026-10".into(), "2026-12".into()], ..Default::default() };
    let scorecard = score(&acme, &found, &query).unwrap();
    let english = Catalogue::english();
    let mut all = String::new();
    for row in 0..scorecard.tables()[0].rows() {
        all += &Explanation::of(&scorecard.explain(row).unwrap(), &english).to_text();
    }
    for row in 0..scorecard.tables()[1].rows() {
        all += &Explanation::of(&scorecard.explain_in("tickets", row).unwrap(), &english).to_text();
    }
    for measure in lines(scorecard.tables()[0], &["measure"]) {
        all += &Explanation::of(&scorecard.explain_ticket(&measure, "B").unwrap(), &english).to_text();
    }
    let page = terms(&acme, &TermsQuery { at: Instant::parse("2026-10-01T00:00:00Z"), ..Default::default() }).unwrap();
    for row in 0..page.tables()[0].rows() {
        all += &Explanation::of(&page.explain(row).unwrap(), &english).to_text();
    }
    assert!(!all.contains('{') && !all.contains("score-") && !all.contains("terms-"), "{all}");
    for said in [
        "the measure is taken over its quarter, which is not over: the value is to date",
        "the measure is taken over its rolling quarter",
        "`A` stands for the event `E1` to which both belong",
        "1 rejected row of tickets may each be one ticket more",
        "missed decided: the 2 h allowed passed at 2026-10-05T11:00:00Z before its clock stopped",
        "it is run 1 of its clock",
        "the clock runs while netco holds the ticket",
        "2 tickets over 10 times 10 users is 0.2",
        "1 ticket over 1 is 1",
        "Where the priority was changed, each counts for as long as it held",
        "Of P1 it must be 99 %.",
        "Any other ticket is met when it is resolved within 2 h on the clock.",
        "A ticket is aged when it has been open for longer than 1 h.",
    ] {
        assert!(all.contains(said), "{said} is not in\n{all}");
    }
}
