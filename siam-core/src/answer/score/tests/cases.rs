//! Small scorecards worked by hand.

use crate::answer::reconcile::{ReconcileQuery, reconcile};
use crate::answer::score::{ScoreQuery, Scorecard, score};
use crate::base::csv::{self, cell_text};
use crate::base::{Error, Instant, Limits, Table};
use crate::document::Source;
use crate::ecosystem::{Ecosystem, load};
use crate::evidence::{Evidence, EvidenceQuery, evidence};
use crate::report::{Answer, Catalogue, Explanation};

const ACME: &str = "
siam: 1
zone: Europe/London
parties:
  netco: {kind: supplier}
  deskco: {kind: supplier}
calendars:
  office: {hours: {mon-fri: '09:00-17:00'}}
services:
  wan: {provider: [{value: deskco, until: 2026-10-15}, {value: netco, from: 2026-10-15}], hours: office}
  email: {}
agreements:
  support:
    kind: sla
    clause: schedule 2
    measures:
      resolve:
        statistic: percent_within
        tickets: {kind: [incident]}
        clock: {pause_in: [On Hold]}
        within: {P1: 4h, P2: 8h}
        target: [{value: 50%, until: 2026-10-01}, {value: 75%, from: 2026-10-01}]
        by: [party, priority]
      volume: {statistic: count, counted_when: opened, target: 3}
";

fn acme() -> Ecosystem {
    load(&[Source::text("acme.yaml", ACME)]).unwrap()
}

pub(super) fn bind(acme: &Ecosystem, tables: &[(&str, &str)]) -> Result<Evidence, Error> {
    let tables: Vec<Table> =
        tables.iter().map(|(name, text)| csv::read(name, text.as_bytes(), &Limits::default()).unwrap()).collect();
    evidence(acme, &EvidenceQuery::default(), tables.iter().map(Table::view).collect(), &Limits::default())
}

fn october(acme: &Ecosystem, found: &Evidence, measure: &str) -> Scorecard {
    let query = ScoreQuery { periods: vec!["2026-10".into()], measures: vec![measure.into()], ..ScoreQuery::default() };
    score(acme, found, &query).unwrap()
}

pub(super) fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let line = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(line).collect()
}

const TICKETS: &str = "ticket,kind,service,priority,party,opened,resolved
A,incident,wan,P1,,2026-10-05T08:00:00Z,2026-10-05T12:00:00Z
B,incident,wan,P1,,2026-10-16T14:00:00Z,2026-10-19T11:00:01Z
C,incident,email,P2,deskco,2026-10-10T00:00:00Z,2026-10-10T10:00:00Z
D,incident,email,P2,deskco,2026-10-10T00:00:00Z,
E,request,email,P2,deskco,2026-10-10T00:00:00Z,2026-10-10T10:00:00Z
F,incident,email,P3,deskco,2026-10-10T00:00:00Z,2026-10-10T10:00:00Z
G,incident,email,P2,deskco,2026-10-10T00:00:00Z,2026-10-20T10:00:00Z
H,incident,email,P2,deskco,2026-09-30T22:00:00Z,2026-09-30T23:30:00Z
";
const EVENTS: &str = "ticket,at,sequence,field,from,to
C,2026-10-10T03:00:00Z,2,state,On Hold,Open
C,2026-10-10T01:00:00Z,1,state,Open,On Hold
A,2026-10-05T12:00:00Z,,state,Open,Resolved
";

#[test]
fn each_ticket_is_met_missed_excluded_or_unscored() {
    let acme = acme();
    let exclusions = "key,reason,status\nG,customer away,accepted\nC,too hard,refused\n";
    let found = bind(&acme, &[("tickets", TICKETS), ("ticket_events", EVENTS), ("exclusions", exclusions)]).unwrap();
    let scorecard = october(&acme, &found, "resolve");
    let tickets = lines(scorecard.tables()[1], &["ticket", "party", "elapsed_seconds", "outcome", "lacks", "reason"]);
    assert_eq!(
        tickets,
        [
            "A deskco 14400 met  ",   // 09:00 to 13:00 in London
            "B netco 18001 missed  ", // Friday 15:00 to 17:00, Monday 09:00 to 12:00:01, of the provider since the 15th: 5 h 1 s
            "C deskco 28800 met  ",   // ten hours less two on hold
            "D deskco  unscored resolved missing-value",
            "G deskco 900000 excluded  customer away",
            "H deskco 5400 met  ", // resolved at 00:30 on 1 October in London
        ]
    );
    let rows = lines(
        scorecard.tables()[0],
        &["by", "party", "priority", "counted", "met", "missed", "excluded", "unscored", "target", "result"],
    );
    assert_eq!(
        rows,
        [
            "   4 3 1 1 1 75 met",
            "party, priority deskco P1 1 1 0 0 0 75 met",
            "party, priority deskco P2 2 2 0 1 1 75 met",
            "party, priority netco P1 1 0 1 0 0 75 missed",
        ]
    );
    let why = Explanation::of(&scorecard.explain_ticket("resolve", "C").unwrap(), &Catalogue::english()).to_text();
    assert!(why.contains("in `On Hold`: the clock stood still, 2 h of its hours do not count"), "{why}");
    assert!(scorecard.explain(0).is_ok() && scorecard.explain(4).is_err());
    for ticket in ["A", "D", "F", "G"] {
        let text = Explanation::of(&scorecard.explain_ticket("resolve", ticket).unwrap(), &Catalogue::english()).to_text();
        assert!(!text.contains('{') && !text.contains("score-"), "{text}");
    }
    let volume = october(&acme, &found, "volume");
    let rows = lines(volume.tables()[0], &["counted", "met", "percent", "target", "result"]);
    assert_eq!(rows, ["6   3 missed"]);
    let text = Explanation::of(&volume.explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(!text.contains('{') && text.contains("at most 3"), "{text}");
}

#[test]
fn what_is_not_known_yet_is_unscored() {
    let acme = acme();
    let found = bind(&acme, &[("tickets", TICKETS), ("ticket_events", EVENTS)]).unwrap();
    let query = ScoreQuery {
        periods: vec!["2026-10".into()],
        measures: vec!["resolve".into()],
        as_of: Instant::parse("2026-10-10T09:00:00Z"),
        tickets: Some(false),
        ..ScoreQuery::default()
    };
    let scorecard = score(&acme, &found, &query).unwrap();
    let rows = lines(scorecard.tables()[0], &["counted", "met", "unscored"]);
    assert_eq!(rows[0], "2 2 3");
    let rows = lines(scorecard.tables()[0], &["result", "percent_worst", "percent_best", "certain"]);
    assert_eq!(rows[0], "met 40 100 false");
    assert_eq!(scorecard.tables()[1].rows(), 0);
    let text = Explanation::of(&scorecard.explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(text.contains("would lie between 40 % and 100 %"), "{text}");
}

#[test]
fn a_question_that_cannot_be_answered_names_everything_it_lacks() {
    let acme = acme();
    let names = |error: Error| error.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>();
    let found = bind(&acme, &[("tickets", "ticket,opened\nA,2026-10-05T08:00:00Z\n")]).unwrap();
    let ask = |periods: &[&str], measures: &[&str]| {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        score(&acme, &found, &ScoreQuery { periods: own(periods), measures: own(measures), ..ScoreQuery::default() }).map(|_| ())
    };
    let lacks = ask(&["2026-10"], &["resolve"]).unwrap_err();
    let columns = ["kind", "resolved", "priority", "no-evidence-history"];
    assert!(columns.iter().all(|column| lacks.to_string().contains(column)), "{lacks}");
    assert_eq!(names(ask(&["2026-10"], &["resolv"]).unwrap_err()), ["unknown-name-asked"]);
    assert_eq!(names(ask(&["2026-13", "x"], &[]).unwrap_err()), ["bad-argument", "bad-argument"]);
    assert_eq!(names(ask(&[], &[]).unwrap_err()), ["not-given"]);
    assert_eq!(names(reconcile(&acme, &found, &ReconcileQuery::default()).map(|_| ()).unwrap_err()), ["missing-table"]);
    let other = load(&[Source::text("other.yaml", "siam: 1\n")]).unwrap();
    let asked = score(&other, &found, &ScoreQuery { periods: vec!["2026".into()], ..ScoreQuery::default() });
    assert_eq!(names(asked.map(|_| ()).unwrap_err()), ["other-ecosystem"]);
}

#[test]
fn a_state_that_differs_in_spelling_is_warned_of() {
    let acme = acme();
    let events = EVENTS.replace("On Hold", "on-hold");
    let found = bind(&acme, &[("tickets", TICKETS), ("ticket_events", &events)]).unwrap();
    let scorecard = october(&acme, &found, "resolve");
    let found: Vec<_> = scorecard.problems().iter().map(|problem| problem.code().name).collect();
    assert_eq!(found, ["word-never-seen"]);
}

#[test]
fn a_reconciliation_tells_who_met_what() {
    let acme = acme();
    let verdicts = "ticket,measure,met,seconds\nA,,true,14400\nB,,true,\nC,resolve,false,36000\nC,,true,\nD,,false,\n";
    let found = bind(&acme, &[("tickets", TICKETS), ("ticket_events", EVENTS), ("verdicts", verdicts)]).unwrap();
    let reconciliation = reconcile(&acme, &found, &ReconcileQuery::default()).unwrap();
    let columns = [
        "priority",
        "compared",
        "agree",
        "only_ours_met",
        "only_theirs_met",
        "not_compared",
        "seconds_compared",
        "seconds_equal",
    ];
    assert_eq!(lines(reconciliation.tables()[0], &columns), [" 3 1 1 1 3 2 1", "P1 2 1 0 1 0 1 1", "P2 1 0 1 0 3 1 0"]);
    let columns = ["ticket", "ours", "theirs", "difference_seconds", "apart_seconds"];
    assert_eq!(lines(reconciliation.tables()[1], &columns), ["B missed met 3601 ", "C met missed 0 -7200"]);
    let text = Explanation::of(&reconciliation.explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(!text.contains('{') && text.contains("1 of 3 verdicts"), "{text}");
}

#[test]
fn an_agreement_for_some_services_counts_their_tickets_alone() {
    let text = ACME.replace("    clause: schedule 2\n", "    clause: schedule 2\n    services: [email]\n");
    let acme = load(&[Source::text("acme.yaml", text)]).unwrap();
    let found = bind(&acme, &[("tickets", TICKETS), ("ticket_events", EVENTS)]).unwrap();
    assert_eq!(lines(october(&acme, &found, "volume").tables()[0], &["counted"]), ["5"]);
}

#[test]
fn a_time_that_changes_within_the_period_is_told_for_each_stretch() {
    let text = "siam: 1\nagreements: {a: {kind: sla, measures: {m: {statistic: percent_within, target: 50%, \
                within: [{value: 4h, until: 2026-10-10}, {value: 1h, from: 2026-10-10}]}}}}\n";
    let acme = load(&[Source::text("acme.yaml", text)]).unwrap();
    let rows =
        "ticket,opened,resolved\nA,2026-10-05T09:00:00Z,2026-10-05T11:00:00Z\nB,2026-10-25T09:00:00Z,2026-10-25T11:00:00Z\n";
    let found = bind(&acme, &[("tickets", rows)]).unwrap();
    let card = score(&acme, &found, &ScoreQuery { periods: vec!["2026-10".into()], ..ScoreQuery::default() }).unwrap();
    let why = |reason| Explanation::of(&reason, &Catalogue::english()).to_text();
    let whole = why(card.explain(0).unwrap());
    for line in ["1 of 2 tickets", "until before 2026-10-10T00:00:00Z:", "within 4 h", "from 2026-10-10T00:00:00Z", "within 1 h"]
    {
        assert!(whole.contains(line), "{line}\n{whole}");
    }
    let late = why(card.explain_ticket("m", "B").unwrap());
    assert!(late.contains("within 1 h") && !late.contains("within 4 h"), "{late}");
}
