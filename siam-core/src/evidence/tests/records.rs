//! What becomes of rows of events, changes, claims, charges and the other tables that one binder binds.

use super::{bind, bind_with, faults, lines};
use crate::base::columns::{ColumnView, TableView, Values};
use crate::base::{Limits, Ratio};
use crate::document::Source;
use crate::ecosystem::load;
use crate::evidence::{BOUND, Evidence, EvidenceQuery, Holds, MISSING, Records, evidence};
use crate::report::Answer;

fn words(records: &Records, column: &str) -> Vec<String> {
    let labels = records.words(column).unwrap();
    (0..records.len()).map(|at| labels.get(at).unwrap_or("-").to_owned()).collect()
}
fn ratios(records: &Records, column: &str) -> Vec<String> {
    let shown = |value: &Option<Ratio>| value.as_ref().map_or("-".to_owned(), Ratio::to_exact_text);
    records.ratios(column).unwrap().iter().map(shown).collect()
}
fn rejected(found: &Evidence) -> Vec<String> {
    lines(found.rejected())
}
fn unknown(found: &Evidence) -> Vec<String> {
    lines(&found.0.tables[2])
}
fn used(found: &Evidence) -> Vec<String> {
    lines(&found.0.tables[0])
}

#[test]
fn every_column_of_every_table_is_bound_by_what_it_holds() {
    for table in BOUND.iter().skip(5) {
        let cell = |holds: Holds| match holds {
            Holds::Text => "x",
            Holds::Instant => "2026-10-03T09:00:00Z",
            Holds::Integer => "7",
            Holds::Truth => "yes",
            Holds::Ratio => "2/3",
            Holds::Amount | Holds::Price => "12.50",
            Holds::Currency => "GBP",
            Holds::Period => "2026-10",
            Holds::OneOf(words) => words[0],
            Holds::Figure => "35 min",
        };
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let cells: Vec<&str> = table.columns.iter().map(|column| cell(column.holds)).collect();
        let found = bind("", &[(table.name, &format!("{}\n{}\n", names.join(","), cells.join(",")))]).unwrap();
        assert_eq!(used(&found), [format!("{0},{0},1,0,1,0", table.name)]);
        assert!(found.has(table.name));
        let records = found.records(table.name).unwrap();
        assert_eq!((records.len(), records.row(0), records.source()), (1, 1, table.name));
        for column in table.columns {
            match column.holds {
                Holds::Instant => assert_eq!(records.instants(column.name).unwrap(), [1_791_018_000_000_000]),
                Holds::Integer => assert_eq!(records.integers(column.name).unwrap(), [7]),
                Holds::Truth => assert_eq!(records.integers(column.name).unwrap(), [1]),
                Holds::Ratio => assert_eq!(ratios(records, column.name), ["2/3"]),
                Holds::Amount | Holds::Price => assert_eq!(ratios(records, column.name), ["12.5"]),
                holds => assert_eq!(words(records, column.name), [cell(holds)]),
            }
        }
    }
}

#[test]
fn a_table_that_was_not_given_has_no_records_and_a_column_that_was_not_given_no_values() {
    let found = bind("", &[("events", "event,kind\nE1,disaster\nE2,\n")]).unwrap();
    assert!(found.records("changes").is_none() && found.records("tickets").is_none() && !found.has("changes"));
    let events = found.records("events").unwrap();
    assert_eq!(words(events, "kind"), ["disaster", "-"]);
    assert!(events.words("title").is_none() && events.instants("declared").is_none() && events.instants("kind").is_none());
}

#[test]
fn a_row_that_lacks_what_it_needs_is_rejected_with_every_reason() {
    let text = "contract,period,amount,service\n\
        C1,2026-10,12.50,email\n\
        ,2026-13,5%,\n\
        C2,,,wan\n\
        C3,2026-Q4,1/3,\n\
        C4,2026-10-01/2026-10-15,-0.10 GBP,\n";
    let found = bind("", &[("charges", text)]).unwrap();
    assert_eq!(
        rejected(&found),
        [
            "charges,2,contract,missing-value,,true",
            "charges,2,period,no-such-period,2026-13,true",
            "charges,3,period,missing-value,,true",
            "charges,2,amount,bad-cell,5%,true",
            "charges,4,amount,bad-cell,1/3,true",
            "charges,3,amount,missing-value,,true",
        ]
    );
    assert_eq!(used(&found), ["charges,charges,5,3,2,0"]);
    let charges = found.records("charges").unwrap();
    assert_eq!((charges.row(0), charges.row(1), charges.row(2)), (1, 5, 0));
    assert_eq!(
        (words(charges, "contract"), ratios(charges, "amount")),
        (vec!["C1".into(), "C4".into()], vec!["12.5".into(), "-0.1".into()])
    );
    assert_eq!(words(charges, "currency"), ["-", "GBP"]);
    let query = EvidenceQuery { max_rejected: Ratio::parse("59%"), ..EvidenceQuery::default() };
    assert_eq!(faults(bind_with(&query, &[("charges", text)])), ["too-many-rejected table charges"]);
}

#[test]
fn a_cell_that_cannot_be_read_rejects_its_row_because_an_empty_one_means_something() {
    let obligations = "obligation,due,done\nO1,2026-10-03T09:00:00Z,soon\nO2,2026-10-03T09:00:00Z,\n";
    let claims = "claim,mitigated\nK1,perhaps\nK2,no\nK3,\n";
    let observations = "measure,at,value,numerator,denominator\n\
        m,2026-10-03T09:00:00Z,,9,10\n\
        m,2026-10-03T09:00:00Z,,nine,10\n\
        m,2026-10-03T09:00:00Z,99.95%,,\n";
    let found = bind("", &[("obligations", obligations), ("claims", claims), ("observations", observations)]).unwrap();
    assert_eq!(
        rejected(&found),
        [
            "claims,1,mitigated,bad-cell,perhaps,true",
            "obligations,1,done,bad-cell,soon,true",
            "observations,2,numerator,bad-cell,nine,true",
        ]
    );
    assert_eq!(found.records("obligations").unwrap().instants("done").unwrap(), [MISSING]);
    assert_eq!(found.records("claims").unwrap().integers("mitigated").unwrap(), [0, MISSING]);
    let observations = found.records("observations").unwrap();
    assert_eq!(observations.integers("numerator").unwrap(), [9, MISSING]);
    assert_eq!(ratios(observations, "value"), ["-", "0.9995"]);
}

#[test]
fn what_ends_before_it_begins_is_rejected_and_what_has_no_end_is_not() {
    let changes = "change,window_from,window_until,actual_from,actual_until\n\
        R1,2026-10-03T20:00:00Z,2026-10-03T22:00:00Z,2026-10-03T20:05:00Z,2026-10-03T20:05:00Z\n\
        R2,2026-10-03T20:00:00Z,2026-10-03T19:59:59Z,2026-10-03T20:05:00Z,2026-10-03T20:00:00Z\n\
        R3,2026-10-03T20:00:00Z,,,2026-10-03T19:00:00Z\n";
    let events = "event,declared,restored\nE1,2026-10-03T20:00:00Z,2026-10-02T20:00:00Z\nE2,,2026-10-02T20:00:00Z\n";
    let found = bind("", &[("changes", changes), ("events", events)]).unwrap();
    assert_eq!(
        rejected(&found),
        [
            "events,1,restored,bad-order,2026-10-02T20:00:00Z,true",
            "changes,2,window_until,bad-order,2026-10-03T19:59:59Z,true",
            "changes,2,actual_until,bad-order,2026-10-03T20:00:00Z,true",
        ]
    );
    assert_eq!(words(found.records("changes").unwrap(), "change"), ["R1", "R3"]);
    assert_eq!(words(found.records("events").unwrap(), "event"), ["E2"]);
}

#[test]
fn a_key_stands_once_and_the_first_whole_row_keeps_it() {
    let improvements = "improvement,agreed\nB,2026-02-30T00:00:00Z\nB,2026-03-01T00:00:00Z\nA,\nB,2026-04-01T00:00:00Z\n";
    let exchanges = "interface,item\nx,forecast\nx,forecast\n";
    let found = bind("", &[("improvements", improvements), ("exchanges", exchanges)]).unwrap();
    assert_eq!(
        rejected(&found),
        ["improvements,1,agreed,no-such-date,2026-02-30T00:00:00Z,true", "improvements,4,improvement,duplicate-row,B,true"]
    );
    let kept = found.records("improvements").unwrap();
    assert_eq!((words(kept, "improvement"), kept.row(0), kept.row(1)), (vec!["B".into(), "A".into()], 2, 3));
    assert_eq!(found.records("exchanges").unwrap().len(), 2);
}

#[test]
fn names_that_nobody_knows_are_listed_once_with_their_rows() {
    let events = "event,service,parent\nE1,email,\nE2,emial,E1\nE3,,E9\n";
    let attribution = "event,party,share\nE1,netco,0.5\nE1,force_majeure,1/4\nE4,undetermined,25%\n";
    let claims = "claim,party,cause_party,event,ticket\nK1,netc,netc,E1,A\nK2,netco,netc,E4,Z\n";
    let tickets = "ticket,party,opened\nA,undetermined,2026-10-03T09:00:00Z\n";
    let given = [("events", events), ("attribution", attribution), ("claims", claims), ("tickets", tickets)];
    let found = bind("", &given).unwrap();
    assert_eq!(unknown(&found), ["service,emial,email,1", "party,netc,netco,2", "event,E4,E1,2", "event,E9,E1,1", "ticket,Z,,1"]);
    let told: Vec<&str> = found.problems().iter().map(|problem| problem.code().name).collect();
    assert_eq!(told, ["unknown-name", "unknown-name", "not-in-evidence", "not-in-evidence", "not-in-evidence-here"]);
    // Without the table of events nobody can say which there are.
    let found = bind("", &given[1..2]).unwrap();
    assert!(unknown(&found).is_empty() && found.problems().is_empty());
}

#[test]
fn what_outages_and_verdicts_name_is_looked_for_too() {
    let outages = "service,from,change,event\nwan,2026-10-03T02:00:00Z,R1,E1\nwan,2026-10-04T02:00:00Z,R2,E2\n";
    let tickets = "ticket,opened\nA,2026-10-03T09:00:00Z\n";
    let given = [
        ("outages", outages),
        ("changes", "change\nR1\n"),
        ("tickets", tickets),
        ("verdicts", "ticket,measure,met\nA,in-4,yes\n"),
        ("exclusions", "key,measure\nA,in-4\n"),
    ];
    assert_eq!(unknown(&bind("", &given).unwrap()), ["measure,in-4,,2", "change,R2,R1,1"]);
}

#[test]
fn the_owner_of_a_figure_is_looked_for_where_its_scope_says() {
    let figures = "scope,owner,figure,period,value\n\
        party,netco,invoice,2026-10,1200 GBP\n\
        party,email,invoice,2026-10,35 min\n\
        measure,netco,weight,2026-10,3\n\
        ecosystem,acme,budget,2026-10,true\n\
        ,,budget,2026-10,true\n\
        region,north,budget,2026-10,1\n";
    let found = bind("", &[("figures", figures)]).unwrap();
    assert_eq!(unknown(&found), ["party,email,,1", "measure,netco,,1"]);
    assert_eq!(rejected(&found), ["figures,6,scope,bad-cell,region,true"]);
    let figures = found.records("figures").unwrap();
    assert_eq!(words(figures, "value"), ["1200 GBP", "35 min", "3", "true", "true"]);
    assert_eq!(words(figures, "scope"), ["party", "party", "measure", "ecosystem", "-"]);
}

#[test]
fn a_row_may_name_its_currency_once_or_twice_alike_but_not_two_of_them() {
    let usage = "party,service,period,used,unit_price,currency\n\
        netco,wan,2026-10,10,1/3 EUR,\n\
        netco,wan,2026-10,10,0.12 GBP,GBP\n\
        netco,wan,2026-10,10,0.12 GBP,EUR\n\
        netco,wan,2026-10,10,0.12,EUR\n\
        netco,wan,2026-10,10,,eur\n";
    let found = bind("", &[("usage", usage)]).unwrap();
    assert_eq!(rejected(&found), ["usage,5,currency,bad-cell,eur,true", "usage,3,unit_price,currency-differs,0.12 GBP,true"]);
    let usage = found.records("usage").unwrap();
    assert_eq!(ratios(usage, "unit_price"), ["1/3", "0.12", "0.12"]);
    assert_eq!(words(usage, "currency"), ["EUR", "GBP", "EUR"]);
}

#[test]
fn a_float_that_lost_digits_is_rejected_and_typed_columns_are_read_exactly() {
    let acme = load(&[Source::text("acme.yaml", "siam: 1\nzone: Europe/London\n")]).unwrap();
    let text =
        |bytes: &'static [u8], offsets: &'static [i32]| ColumnView::new(Values::Text { offsets, bytes }, None, offsets.len() - 1);
    let floats = [0.1 + 0.2, 0.3, f64::NAN];
    let floats = || ColumnView::new(Values::Float64(&floats), None, 3);
    let decimals = ColumnView::new(Values::Decimal128 { values: &[1250, -1, 0], scale: 2 }, None, 3);
    let years = [2026_i64; 3];
    let tables = vec![
        TableView::of(
            "reported",
            vec![("measure", text(b"mmm", &[0, 1, 2, 3])), ("period", ColumnView::integers(&years)), ("value", floats())],
        ),
        TableView::of(
            "figures",
            vec![("figure", text(b"fff", &[0, 1, 2, 3])), ("period", ColumnView::integers(&years)), ("value", floats())],
        ),
        TableView::of(
            "charges",
            vec![("contract", text(b"ccc", &[0, 1, 2, 3])), ("period", ColumnView::integers(&years)), ("amount", decimals)],
        ),
    ];
    let found = evidence(&acme, &EvidenceQuery::default(), tables, &Limits::default()).unwrap();
    assert_eq!(
        rejected(&found),
        [
            "reported,1,value,float-damaged,0.30000000000000004,true",
            "reported,3,value,bad-cell,NaN,true",
            "figures,1,value,float-damaged,0.30000000000000004,true",
            "figures,3,value,bad-cell,NaN,true",
        ]
    );
    assert_eq!(ratios(found.records("reported").unwrap(), "value"), ["0.3"]);
    assert_eq!(words(found.records("figures").unwrap(), "value"), ["0.3"]);
    assert_eq!(ratios(found.records("charges").unwrap(), "amount"), ["12.5", "-0.01", "0"]);
    assert_eq!(words(found.records("charges").unwrap(), "period"), ["2026"; 3]);
}

#[test]
fn a_mapping_says_of_these_tables_what_it_says_of_tickets() {
    let mapping = "tables:\n\
        \x20 log: {nulls: ['-'], dates: {format: '%d/%m/%Y %H:%M'}}\n\
        \x20 cmdb: {shape: snapshots, key: nr, at: written, dates: {format: epoch_seconds}}\n\
        gives:\n\
        \x20 exchanges: {from: log, columns: {interface: spi, item: {value: forecast}, due: due, received: got}}\n\
        \x20 figures: {from: log, columns: {figure: {value: fee}, period: {value: 2026-10}, value: fee, scope: {column: of, values: {contract: agreement}}}}\n\
        \x20 changes: {from: cmdb, columns: {kind: {column: type, values: {E: emergency}}}}\n";
    let log = "spi,due,got,fee,of,note\nx,3/10/2026 09:00,-,12 GBP,contract,n\ny,30/2/2026 09:00,-,13 GBP,region,n\n";
    let cmdb = "nr,written,type\nR2,5,N\nR1,3,S\nR1,9,E\n";
    let found = bind(mapping, &[("log", log), ("cmdb", cmdb)]).unwrap();
    let exchanges = found.records("exchanges").unwrap();
    assert_eq!((words(exchanges, "interface"), words(exchanges, "item")), (vec!["x".into()], vec!["forecast".into()]));
    // 09:00 in London's summer is 08:00 UTC.
    assert_eq!(exchanges.instants("due").unwrap(), [1_791_014_400_000_000]);
    assert_eq!(exchanges.instants("received").unwrap(), [MISSING]);
    let changes = found.records("changes").unwrap();
    assert_eq!(
        (words(changes, "change"), words(changes, "kind")),
        (vec!["R2".into(), "R1".into()], vec!["N".into(), "emergency".into()])
    );
    assert_eq!((changes.row(0), changes.row(1), changes.source()), (1, 3, "cmdb"));
    let figures = found.records("figures").unwrap();
    assert_eq!((words(figures, "scope"), words(figures, "period")), (vec!["agreement".into()], vec!["2026-10".into()]));
    assert_eq!(unknown(&found), ["kind,N,,1", "scope,region,,1", "interface,x,,1"]);
    assert_eq!(rejected(&found), ["log,2,due,no-such-date,30/2/2026 09:00,true", "log,2,of,bad-cell,region,true"]);
    let notes: Vec<String> = lines(&found.0.tables[3]).into_iter().filter(|line| line.contains("not_read")).collect();
    assert_eq!(notes, ["log,note,not_read,,2,,"]);
    let scope = lines(&found.0.tables[3]).into_iter().find(|line| line.starts_with("log,of"));
    assert_eq!(scope.as_deref(), Some("log,of,used,figures.scope,2,0,1"));
}
