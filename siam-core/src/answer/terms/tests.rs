//! The page both sides initial, word for word.

use super::{TermsQuery, terms};
use crate::base::columns::Cell;
use crate::document::Source;
use crate::report::{Answer, Catalogue};
use crate::{explain, load};

const ACME: &str = "siam: 1
ecosystem: acme
zone: Europe/London
currency: GBP
parties: {acme: {title: Acme plc, kind: customer}, hub: {kind: integrator}, netco: {title: Netco Carrier, kind: supplier, regimes: {credits: {rate: 3}}}}
calendars: {office: {hours: {mon-fri: 08:00-18:00, sat: [09:00-12:00, 22:00-02:00]}, holidays: {2026-12-25: Christmas Day}}}
services: {wan: {provider: netco}}
agreements:
  ola:
    title: Network OLA
    kind: ola
    provider: netco
    customer: hub
    services: [wan]
    clause: Schedule N
    from: 2026-01-01
    measures:
      restored:
        statistic: percent_within
        clause: Schedule N, 4.2
        tickets: {kind: incident}
        clock: {calendar: office, pause_in: [waiting_customer]}
        within: {P1: 4h, P2: 8h}
        target: [{value: 90%, until: 2027-01-01}, {value: 95%, from: 2027-01-01}]
contracts:
  netco-1: {provider: netco, from: 2026-01-01, at_risk: 12%, charges: {base: {amount: 120000 GBP, clause: Schedule P}}, clauses: {audit: clause 9}}
regimes: {credits: {per: party, clause: Schedule R, parameters: {rate: 2, floor: 0}, lines: {points: rate * 10}, triggers: {watch: points >= floor}}}
";

fn page(query: &TermsQuery) -> Vec<String> {
    let ecosystem = load(&[Source::text("e", ACME)]).unwrap_or_else(|error| panic!("{error}"));
    let report = terms(&ecosystem, query).unwrap();
    let text = explain(&report, "rows", 0, &Catalogue::english()).unwrap().to_text();
    assert!(!text.contains(['{', '}']), "an unfilled hole: {text}");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn an_agreement_reads_as_the_page_both_sides_initial() {
    let asked = TermsQuery {
        agreements: vec!["ola".into()],
        at: crate::base::Instant::parse("2026-06-01T00:00:00+01:00"),
        ..Default::default()
    };
    let page = page(&asked);
    let expected = include_str!("tests/ola.txt");
    assert_eq!(page, expected.lines().collect::<Vec<_>>(), "\n{}", page.join("\n"));
}

#[test]
fn a_contract_says_what_is_paid_what_is_at_risk_and_which_regime_applies() {
    let page = page(&TermsQuery {
        parties: vec!["netco".into()],
        at: crate::base::Instant::parse("2026-06-01T00:00:00+01:00"),
        ..Default::default()
    });
    let expected = include_str!("tests/contract.txt");
    assert_eq!(
        page.iter().take(expected.lines().count()).collect::<Vec<_>>(),
        expected.lines().collect::<Vec<_>>(),
        "\n{}",
        page.join("\n")
    );
}

#[test]
fn a_row_is_a_sentence_and_its_reason_has_what_stands_beneath() {
    let ecosystem = load(&[Source::text("e", ACME)]).unwrap();
    let report = terms(&ecosystem, &TermsQuery::default()).unwrap();
    let rows = report.rows();
    let at = |sentence: &str| (0..rows.rows()).find(|row| rows.cell(*row, "sentence") == Cell::Text(sentence.into())).unwrap();
    let hours = at("terms-clock-calendar-closed");
    assert_eq!(rows.cell(hours, "object"), Cell::Text("restored".into()));
    assert_eq!(rows.cell(hours, "clause"), Cell::Text("Schedule N, 4.2".into()));
    assert_eq!(rows.cell(hours, "default"), Cell::Boolean(false));
    assert_eq!(rows.cell(at("terms-clock-stop-default"), "default"), Cell::Boolean(true));
    let text = explain(&report, "", hours, &Catalogue::english()).unwrap().to_text();
    assert_eq!(text.lines().count(), 3, "{text}");
    let whole = report.explain(0).unwrap();
    fn all(reason: &crate::report::Reason) -> usize {
        1 + reason.because.iter().map(all).sum::<usize>()
    }
    assert_eq!(all(&whole), rows.rows(), "the page has every sentence once");
    assert!(report.explain(rows.rows()).is_err());
}

#[test]
fn what_is_written_is_no_default() {
    let written = ACME.replace("clock: {calendar: office,", "clock: {start: opened, stop: resolved, calendar: office,");
    let ecosystem = load(&[Source::text("e", written)]).unwrap();
    let report = terms(&ecosystem, &TermsQuery::default()).unwrap();
    let text = explain(&report, "", 0, &Catalogue::english()).unwrap().to_text();
    assert!(text.contains("The clock stops when the ticket is resolved.\n"), "{text}");
}

#[test]
fn a_name_that_is_not_there_is_told_with_the_nearest() {
    let ecosystem = load(&[Source::text("e", ACME)]).unwrap();
    let asked = TermsQuery { parties: vec!["netcoo".into()], agreements: vec!["olla".into()], ..Default::default() };
    let error = terms(&ecosystem, &asked).err().unwrap();
    assert_eq!(error.problems().len(), 2);
    assert!(error.to_string().contains("did you mean `netco`?") && error.to_string().contains("did you mean `ola`?"));
}
