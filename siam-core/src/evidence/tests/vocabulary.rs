//! What an interface makes of the words of a party.

use super::{lines, states};
use crate::base::{Error, Limits, Table, csv};
use crate::document::Source;
use crate::ecosystem::load;
use crate::evidence::{Evidence, EvidenceQuery, evidence_with};
use crate::model::vocabulary::Vocabulary;
use crate::report::Answer;

const ACME: &str = "siam: 1\n\
    parties: {netco: {kind: supplier}, cloudco: {kind: supplier}}\n\
    services: {email: {provider: cloudco}, wan: {provider: netco}}\n";

const TICKETS: &str = "ticket,service,party,priority,kind,opened\n\
    A,wan,,Sev-2,fault,2026-10-03T01:00:00Z\n\
    B,email,,Sev-2,fault,2026-10-03T01:00:00Z\n\
    C,email,netco,Sev-3,fault,2026-10-03T01:00:00Z\n\
    D,wan,,P1,request,2026-10-03T01:00:00Z\n\
    E,,,Sev-2,,2026-10-03T01:00:00Z\n";

fn vocabulary(interface: &str, party: &str, column: &str, words: &[(&str, &str)]) -> Vocabulary {
    let words = words.iter().map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned())).collect();
    Vocabulary { interface: interface.into(), party: party.into(), column: column.into(), words }
}

fn bind(vocabularies: &[Vocabulary], mapping: Option<&str>, tables: &[(&str, &str)]) -> Result<Evidence, Error> {
    let acme = load(&[Source::text("acme.yaml", ACME)]).unwrap();
    let tables: Vec<Table> =
        tables.iter().map(|(name, text)| csv::read(name, text.as_bytes(), &Limits::default()).unwrap()).collect();
    let query = EvidenceQuery { mapping: mapping.map(str::to_owned), ..EvidenceQuery::default() };
    evidence_with(&acme, &query, tables.iter().map(Table::view).collect(), &Limits::default(), vocabularies)
}

fn column(found: &Evidence, name: &str) -> String {
    let labels = found.tickets().column(name).unwrap();
    (0..labels.rows()).map(|at| labels.get(at).unwrap_or("-")).collect::<Vec<_>>().join(" ")
}

fn told(found: &Evidence) -> Vec<String> {
    found.problems().iter().map(|problem| problem.message()).collect()
}

#[test]
fn words_of_a_party_become_ours_on_its_tickets_alone() {
    let known = [
        vocabulary("net", "netco", "priority", &[("Sev-2", "P1"), ("Sev-3", "P2")]),
        vocabulary("net", "netco", "kind", &[("fault", "incident")]),
    ];
    let found = bind(&known, None, &[("tickets", TICKETS)]).unwrap();
    // A and D are netco's because it provides wan, C because it holds it; E is nobody's.
    assert_eq!(column(&found, "priority"), "P1 Sev-2 P2 P1 Sev-2");
    assert_eq!(column(&found, "kind"), "incident fault incident request -");
    assert_eq!(
        told(&found),
        [
            "interface `net` translates 2 values of `priority` of party `netco`",
            "interface `net` translates 2 values of `kind` of party `netco`"
        ]
    );
    assert!(found.problems().iter().all(|problem| problem.severity().as_str() == "advice"));
}

#[test]
fn without_a_vocabulary_every_word_stays() {
    let found = bind(&[], None, &[("tickets", TICKETS)]).unwrap();
    assert_eq!(column(&found, "priority"), "Sev-2 Sev-2 Sev-3 P1 Sev-2");
    assert!(told(&found).is_empty());
}

#[test]
fn a_word_that_is_theirs_and_ours_stays_and_is_told() {
    let known = [vocabulary("net", "netco", "priority", &[("P1", "P2"), ("Sev-2", "P1"), ("Sev-3", "Sev-3")])];
    let found = bind(&known, None, &[("tickets", TICKETS)]).unwrap();
    assert_eq!(column(&found, "priority"), "P1 Sev-2 Sev-3 P1 Sev-2");
    assert_eq!(
        told(&found),
        [
            "interface `net` translates 1 value of `priority` of party `netco`",
            "interface `net` translates `P1`, which is one of our words too: 1 value of `priority` of party `netco` left as it is"
        ]
    );
}

#[test]
fn states_of_histories_become_ours_and_other_fields_do_not() {
    let events = "ticket,at,field,from,to\n\
        A,2026-10-03T03:00:00Z,state,offen,Kunde wartet\n\
        A,2026-10-03T05:00:00Z,state,Kunde wartet,zu\n\
        A,2026-10-03T05:00:00Z,group,offen,zu\n\
        B,2026-10-03T04:00:00Z,state,offen,zu\n\
        D,2026-10-03T06:00:00Z,state,,Kunde wartet\n";
    let known = [vocabulary("net", "netco", "state", &[("Kunde wartet", "pending"), ("offen", "open"), ("zu", "closed")])];
    let found = bind(&known, None, &[("tickets", TICKETS), ("ticket_events", events)]).unwrap();
    assert_eq!(states(&found, "A"), "-1 open, 3 pending, 5 closed");
    assert_eq!(states(&found, "B"), "-1 offen, 4 zu");
    assert_eq!(states(&found, "C"), "-1 -");
    assert_eq!(states(&found, "D"), "-1 -, 6 pending");
    let group = found.history("group").unwrap();
    assert_eq!(group.spans(0).map(|(_, _, code)| group.words().word(code).unwrap()).collect::<Vec<_>>(), ["offen", "zu"]);
    // Three changes and what held before the first.
    assert_eq!(told(&found), ["interface `net` translates 4 values of `state` of party `netco`"]);
}

#[test]
fn a_mapping_comes_first_and_what_an_interface_translates_is_not_unknown() {
    let mapping = "tables: {tickets: {}}\n\
        gives: {tickets: {from: tickets, columns: {ticket: ticket, opened: opened, service: service, party: party, \
        priority: {column: priority, values: {Sev-3: Sev-2, P1: P1}}}}}\n";
    let known = [vocabulary("net", "netco", "priority", &[("Sev-2", "P1")])];
    let found = bind(&known, Some(mapping), &[("tickets", TICKETS)]).unwrap();
    assert_eq!(column(&found, "priority"), "P1 Sev-2 P1 P1 Sev-2");
    // Of three rows with Sev-2 that the mapping does not know, netco's one is known after all.
    assert_eq!(lines(&found.0.tables[2]), ["priority,Sev-2,Sev-3,2"]);
    let all =
        [("netco", "net"), ("cloudco", "cloud")].map(|(party, name)| vocabulary(name, party, "priority", &[("Sev-2", "P1")]));
    let tickets = TICKETS.replace("E,,,Sev-2", "E,email,,Sev-2");
    let found = bind(&all, Some(mapping), &[("tickets", &tickets)]).unwrap();
    assert!(lines(&found.0.tables[2]).is_empty());
}
