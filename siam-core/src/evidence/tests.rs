//! What becomes of dirty tables and of mappings that say too little.

mod mappings;
mod records;
mod vocabulary;

use super::{Evidence, EvidenceQuery, MISSING, evidence};
use crate::base::columns::{Bits, ColumnView, TableView, Values};
use crate::base::csv::{self, cell_text};
use crate::base::{Error, Limits, Ratio, Table};
use crate::document::Source;
use crate::ecosystem::{Ecosystem, load};
use crate::model::agreement::TicketInstant;
use crate::report::Answer;

fn acme() -> Ecosystem {
    let text = "siam: 1\nzone: Europe/London\nparties: {netco: {kind: supplier}}\nservices: {email: {}, wan: {}}\n";
    load(&[Source::text("acme.yaml", text)]).unwrap()
}

fn bind_with(query: &EvidenceQuery, tables: &[(&str, &str)]) -> Result<Evidence, Error> {
    let tables: Vec<Table> =
        tables.iter().map(|(name, text)| csv::read(name, text.as_bytes(), &Limits::default()).unwrap()).collect();
    evidence(&acme(), query, tables.iter().map(Table::view).collect(), &Limits::default())
}

fn bind(mapping: &str, tables: &[(&str, &str)]) -> Result<Evidence, Error> {
    let mapping = (!mapping.is_empty()).then(|| mapping.to_owned());
    bind_with(&EvidenceQuery { mapping, ..EvidenceQuery::default() }, tables)
}

fn lines(table: &Table) -> Vec<String> {
    let line = |row| table.columns().iter().map(|column| cell_text(&column.cell(row))).collect::<Vec<_>>().join(",");
    (0..table.rows()).map(line).collect()
}

fn faults(found: Result<Evidence, Error>) -> Vec<String> {
    found.unwrap_err().problems().iter().map(|problem| format!("{} {}", problem.code().name, problem.place())).collect()
}

fn states(found: &Evidence, ticket: &str) -> String {
    let history = found.history("state").unwrap();
    let at = found.tickets().find(ticket).unwrap();
    let spans: Vec<String> = history
        .spans(at)
        .map(|(from, _, code)| {
            format!(
                "{} {}",
                if from == i64::MIN { -1 } else { from / 3_600_000_000 % 24 },
                history.words().word(code).unwrap_or("-")
            )
        })
        .collect();
    spans.join(", ")
}

#[test]
fn a_dirty_row_is_rejected_or_marked_and_always_listed() {
    let text = "ticket,service,opened,resolved,closed\n\
        A,email,2026-10-03T09:00:00Z,2026-10-03T08:00:00Z,soon\n\
        ,email,2026-10-03T09:00:00Z,,\n\
        B,emial,2026-02-30T09:00:00Z,,\n\
        C,wna,,,\n\
        A,email,2026-10-04T09:00:00Z,,\n\
        D,fax,2026-10-03 09:00,,2500-01-01T00:00:00Z\n";
    let found = bind("", &[("tickets", text)]).unwrap();
    assert_eq!(lines(found.tables()[0]), ["tickets,tickets,6,4,2,0"]);
    assert_eq!(
        lines(found.rejected()),
        [
            "tickets,2,ticket,missing-value,,true",
            "tickets,3,opened,no-such-date,2026-02-30T09:00:00Z,true",
            "tickets,4,opened,missing-value,,true",
            "tickets,5,ticket,duplicate-row,A,true",
            "tickets,1,resolved,bad-order,2026-10-03T08:00:00Z,false",
            "tickets,1,closed,bad-cell,soon,false",
            "tickets,6,closed,beyond-horizon,2500-01-01T00:00:00Z,false",
        ]
    );
    assert_eq!(lines(found.tables()[2]), ["service,fax,,1"]);
    let tickets = found.tickets();
    assert_eq!((tickets.id(0), tickets.id(1)), ("A", "D"));
    assert_eq!(tickets.flaw(0, TicketInstant::Resolved).name, "bad-order");
    assert_eq!(tickets.flaw(0, TicketInstant::Closed).name, "bad-cell");
    assert_eq!(tickets.flaw(1, TicketInstant::Resolved).name, "missing-value");
    assert_eq!(tickets.instants(TicketInstant::Opened)[1], 1_791_014_400_000_000); // 09:00 in London's summer
    assert_eq!(found.problems().len(), 8);
    let query = EvidenceQuery { max_rejected: Ratio::parse("50%"), ..EvidenceQuery::default() };
    assert_eq!(faults(bind_with(&query, &[("tickets", text)])), ["too-many-rejected table tickets"]);
    assert!(found.explain(0).is_ok() && found.explain(1).is_err());
}

#[test]
fn every_fault_of_a_mapping_is_named_at_its_place() {
    let mapping = "mapping: x\n\
        tables:\n\
        \x20 log: {shape: snapshots, dates: {format: '%d/%m', zone: Nowhere}, keys: a}\n\
        \x20 old: {shape: last_time_per_status}\n\
        gives:\n\
        \x20 tickets: {from: lgo, columns: {ticket: a}}\n\
        \x20 claims: {from: log, columns: {claim: a, mitigated: {value: 'true'}, status: {value: x}}}\n\
        \x20 charges: {from: log, columns: {contract: a, period: {value: 2026-13}, amount: {value: 5%}}}\n\
        \x20 figures: {from: log, columns: {scope: {value: region}, figure: a, period: b, value: b}}\n\
        \x20 attribution: {from: log, columns: {event: a, party: b, share: {column: b, values: {x: '1'}}}}\n\
        \x20 ticket_evnts: {from: log}\n\
        \x20 verdicts: {from: log, columns: {ticket: a, mat: b}}\n\
        \x20 exclusions: {from: log, columns: {key: {column: a, value: b}, status: {}}}\n";
    assert_eq!(
        faults(bind(mapping, &[("log", "a,b\n"), ("old", "a\n")])),
        [
            "missing-key mapping:3:8",
            "missing-key mapping:3:8",
            "bad-value mapping:3:43",
            "unknown-zone mapping:3:58",
            "unknown-key mapping:3:68",
            "unresolved-name mapping:6:19",
            "unknown-key-here mapping:7:62",
            "bad-value mapping:8:63",
            "bad-value mapping:8:89",
            "bad-value mapping:9:49",
            "unknown-key-here mapping:10:86",
            "unknown-table-near mapping:11:3",
            "unknown-key mapping:12:46",
            "missing-key mapping:13:15",
            "unknown-key-here mapping:13:61",
            "missing-key mapping:13:73",
        ]
    );
}

#[test]
fn a_table_or_column_that_is_not_there_is_named() {
    let mapping = "tables: {log: {}}\ngives: {tickets: {from: log, columns: {ticket: numbr, opened: o}}}\n";
    assert_eq!(
        faults(bind(mapping, &[("tickets", "ticket,opened\n")])),
        ["unknown-table-near table tickets", "missing-table mapping:1:10"]
            .map(str::to_owned)
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    assert_eq!(
        faults(bind(mapping, &[("log", "number,opened\n")])),
        ["missing-column mapping:2:48", "missing-column-here mapping:2:63"]
    );
    assert_eq!(faults(bind("", &[("tickets", "ticket\nA\n")])), ["missing-column-here table tickets"]);
    assert_eq!(faults(bind("", &[("reported", "measure\nm\n")])), ["missing-column-here table reported"]);
    assert_eq!(faults(bind("", &[("zebra", "a\n1\n")])), ["unknown-table table zebra"]);
    assert_eq!(faults(bind("", &[("outage", "a\n1\n")])), ["unknown-table-near table outage"]);
}

const TICKETS: &str = "ticket,opened\nA,2026-10-03T01:00:00Z\nB,2026-10-03T01:00:00Z\n";

#[test]
fn three_shapes_of_history_give_the_same_states() {
    let changes = "nr,when,what,old,new\n\
        A,2026-10-03T05:00:00Z,st,hold,open\n\
        A,2026-10-03T03:00:00Z,st,new,hold\n\
        A,2026-10-03T04:00:00Z,group,x,y\n\
        Z,2026-10-03T04:00:00Z,st,x,y\n";
    let mapping = "tables: {h: {shape: changes, key: nr, at: when}}\n\
        gives: {ticket_events: {from: h, fields: {state: st}, columns: {field: what, from: old, to: new}}}\n";
    let found = bind(mapping, &[("tickets", TICKETS), ("h", changes)]).unwrap();
    assert_eq!(states(&found, "A"), "-1 new, 3 hold, 5 open");
    assert_eq!(states(&found, "B"), "-1 -");
    assert_eq!(lines(found.rejected()), ["h,4,nr,event-without-ticket,Z,true"]);

    let none = bind(&mapping.replace("{state: st}", "{state: sta}"), &[("tickets", TICKETS), ("h", changes)]).unwrap();
    assert_eq!(none.history("state").unwrap().changes(), 0);
    assert_eq!(lines(none.tables()[2]), ["field,sta,st,0"]);

    let intervals = "nr,what,value,start,end\n\
        A,st,new,2026-10-03T01:00:00Z,2026-10-03T03:00:00Z\n\
        A,st,hold,2026-10-03T03:00:00Z,2026-10-03T04:00:00Z\n\
        A,st,open,2026-10-03T05:00:00Z,\n";
    let mapping = "tables: {h: {shape: intervals, key: nr, at: start}}\n\
        gives: {ticket_events: {from: h, fields: {state: st}, columns: {field: what, to: value, until: end}}}\n";
    let found = bind(mapping, &[("tickets", TICKETS), ("h", intervals)]).unwrap();
    assert_eq!(states(&found, "A"), "-1 -, 1 new, 3 hold, 4 -, 5 open");

    let snapshots = "nr,n,when,st,pri,open\n\
        A,10,5,open,2,1\n\
        A,9,3,hold,1,1\n\
        A,2,2,new,1,1\n\
        B,x,2,new,1,1\n\
        B,3,,new,1,1\n\
        A,11,4,done,3,1\n";
    let mapping = "tables: {h: {shape: snapshots, key: nr, at: when, order: n, dates: {format: epoch_seconds}}}\n\
        gives:\n\
        \x20 tickets: {from: h, columns: {ticket: nr, opened: open, priority: {column: pri, values: {'2': P2}}}}\n\
        \x20 ticket_events: {from: h, fields: {state: st}}\n";
    let found = bind(mapping, &[("h", snapshots)]).unwrap();
    let history = found.history("state").unwrap();
    let spans: Vec<_> = history.spans(0).map(|(from, _, code)| (from.max(-1), history.words().word(code).unwrap())).collect();
    // The last one was written before the one it follows, so it counts as written with it.
    assert_eq!(spans, [(-1, "new"), (3_000_000, "hold"), (5_000_000, "open"), (5_000_000, "done")]);
    assert_eq!(found.tickets().column("priority").unwrap().get(0), Some("3"));
    assert_eq!(lines(found.tables()[2]), ["priority,3,,1"]);
    assert_eq!(lines(found.tables()[0]), ["h,tickets,6,2,1,0", "h,ticket_events,6,2,3,0"]);
    assert_eq!(lines(found.rejected()), ["h,4,n,bad-cell,x,true", "h,5,when,missing-value,,true"]);
}

#[test]
fn outages_and_numbers_as_cells_are_read() {
    let outages = "service,from,to,level\nwan,2026-10-03T02:00:00Z,2026-10-03T01:00:00Z,down\nwan,2026-10-03T02:00:00Z,,down\nemial,2026-10-03T01:00:00Z,2026-10-03T02:00:00Z,down\n";
    let found = bind("", &[("outages", outages)]).unwrap();
    assert_eq!(found.outages().from.len(), 2);
    assert_eq!(found.outages().services.get(0), Some("emial"));
    assert_eq!(found.outages().to[1], i64::MAX);
    assert_eq!(lines(found.tables()[2]), ["service,emial,email,1"]);
    let opened = [1_791_014_400_000_000, MISSING];
    let table =
        TableView::of("tickets", vec![("ticket", ColumnView::integers(&[7, 8])), ("opened", ColumnView::instants(&opened))]);
    let found = evidence(&acme(), &EvidenceQuery::default(), vec![table], &Limits::default()).unwrap();
    assert_eq!(found.tickets().ids().collect::<Vec<_>>(), ["7"]);
}

#[test]
fn a_hostile_table_is_rejected_row_by_row() {
    let bad = ColumnView::new(Values::Text { offsets: &[0, 9, -4, 2], bytes: b"ab" }, None, 3);
    let truths = ColumnView::new(Values::Boolean(Bits::new(&[], 900)), None, 3);
    let table = |column: &'static str| {
        TableView::of(
            "tickets",
            vec![("ticket", ColumnView::integers(&[1, 2, 3])), ("opened", ColumnView::instants(&[0, 1])), (column, bad.clone())],
        )
    };
    for column in ["service", "resolved", "anything"] {
        let found = evidence(&acme(), &EvidenceQuery::default(), vec![table(column)], &Limits::default()).unwrap();
        assert_eq!(found.tickets().len(), 2);
        assert!(found.rejected().rows() >= 2);
    }
    let keyed = TableView::of("tickets", vec![("ticket", bad.clone()), ("opened", truths)]);
    let found = evidence(&acme(), &EvidenceQuery::default(), vec![keyed], &Limits::default()).unwrap();
    assert_eq!((found.tickets().len(), found.tables()[0].cell(0, "rejected")), (0, crate::base::columns::Cell::Integer(3)));
    let twice = vec![table("x"), table("y")];
    assert!(evidence(&acme(), &EvidenceQuery::default(), twice, &Limits::default()).is_err());
}

#[test]
fn two_changes_of_one_instant_without_order_are_told() {
    let events = "ticket,at,to\nA,2026-10-03T05:00:00Z,hold\nA,2026-10-03T05:00:00Z,open\n";
    let found = bind("", &[("tickets", TICKETS), ("ticket_events", events)]).unwrap();
    assert!(found.problems().iter().any(|problem| problem.code().name == "tie-without-order"));
}
