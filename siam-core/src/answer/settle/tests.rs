use super::*;
use crate::base::columns::Cell;
use crate::base::{Limits, csv};
use crate::evidence::{EvidenceQuery, evidence};
use crate::report::{Catalogue, Explanation};
use crate::{Source, load};

const ACME: &str = "
siam: 1
currency: GBP
parties: {acme: {kind: customer}, netco: {kind: supplier, regimes: {credits: {}}}, loose: {kind: supplier, regimes: {fine: {}}}}
contracts:
  wan-2026:
    provider: netco
    from: 2026-10-01
    charges:
      line: {amount: 10000}
      old: {amount: 500, services: [past]}
      year: {amount: 1200, per: year}
services: {wan: {provider: netco}, past: {provider: netco, stage: retired}, next: {provider: netco, stage: transition}}
agreements:
  sla:
    kind: sla
    provider: netco
    services: [wan, next]
    measures:
      restored: {statistic: percent_within, within: 4h, target: 90%, clause: '2.1', regimes: {points: {weight: 2}}}
regimes:
  points:
    per: measure
    clause: Schedule 2, 4.1
    parameters: {weight: 1}
    lines:
      failed: value < target
      points: if failed then weight * (if streak(failed) >= 2 then 2 else 1) * 1 point else 0 points
  credits:
    per: party
    clause: Schedule 4, 2
    lines:
      all: sum(points.points)
      credit: round(all * 1% per point * charges, floor)
    post: {credit: credit}
    triggers: {rectification: all >= 4 points}
  fine:
    per: party
    lines: {amount: 'round(100 GBP, floor)'}
    post: {deduction: amount}
";

fn tickets(rows: &str) -> Table {
    csv::read("tickets", format!("ticket,service,opened,resolved\n{rows}").as_bytes(), &Limits::default()).unwrap()
}

fn settle_with(rows: &str, periods: &[&str], earlier: &[Table]) -> Ledger {
    let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
    let bound = evidence(&ecosystem, &EvidenceQuery::default(), vec![tickets(rows).view()], &Limits::default()).unwrap();
    let mut query = SettleQuery { periods: periods.iter().map(|period| (*period).to_owned()).collect(), ..Default::default() };
    let views: Vec<_> = earlier.iter().map(Table::view).collect();
    crate::answer::given::give(&mut query, &views).unwrap();
    settle(&ecosystem, &bound, &query).unwrap()
}

fn text(table: &Table, row: usize, column: &str) -> String {
    match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Boolean(truth) => truth.to_string(),
        other => format!("{other:?}"),
    }
}

/// One late ticket in October and one in November: both months miss.
const LATE: &str = "A,wan,2026-10-05T08:00:00Z,2026-10-05T13:00:00Z\nB,wan,2026-11-05T08:00:00Z,2026-11-05T13:00:00Z\n";

/// Charges: 10,000 and a twelfth of 1,200; the charge for a retired service is not due. One miss of weight 2: 2 points, 2 % of 10,100.
#[test]
fn a_miss_costs_points_and_points_cost_a_share_of_the_charges() {
    let ledger = settle_with(LATE, &["2026-10"], &[]);
    let rows = ledger.rows();
    assert_eq!(rows.rows(), 1);
    let shown =
        ["entry", "payer", "payee", "contract", "kind", "status", "nature", "unit", "amount_exact", "clause", "correction"];
    let got = shown.map(|column| text(rows, 0, column));
    let entry = "2026-10/party/netco/credits/credit/netco";
    let wanted =
        [entry, "netco", "acme", "wan-2026", "credit", "computed", "price_adjustment", "GBP", "202", "Schedule 4, 2", "false"];
    assert_eq!(got, wanted.map(str::to_owned));
    assert_eq!(rows.cell(0, "amount"), Cell::Decimal(2_020_000, 4));
    let why = Explanation::of(&ledger.explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(why.starts_with("netco owes acme 202 GBP as credit for 2026-10 under contract wan-2026"), "{why}");
    assert!(why.contains("Schedule 4, 2") && why.contains("10,100"), "{why}");
}

/// The supplier without a contract owes nothing to nobody, and that is said.
#[test]
fn no_line_without_privity() {
    let ledger = settle_with(LATE, &["2026-10"], &[]);
    let told: Vec<&str> = ledger.problems().iter().map(|problem| problem.code().name).collect();
    assert_eq!(told, ["no-privity"], "{}", ledger.problems());
    assert!((0..ledger.rows().rows()).all(|row| text(ledger.rows(), row, "payer") != "loose"));
}

/// The second miss in a row counts double: 4 points, 404 pounds, and the trigger is new.
#[test]
fn months_settled_together_or_one_by_one_give_the_same() {
    let together = settle_with(LATE, &["2026-11", "2026-10"], &[]);
    let october = settle_with(LATE, &["2026-10"], &[]);
    let november = settle_with(LATE, &["2026-11"], &[october.history().clone().renamed("history")]);
    assert_eq!(text(together.rows(), 1, "amount_exact"), "404");
    assert_eq!(text(november.rows(), 0, "amount_exact"), "404");
    assert_eq!(together.history(), november.history());
    assert_eq!(text(november.triggers(), 0, "trigger"), "rectification");
    assert_eq!(november.triggers().cell(0, "new"), Cell::Boolean(true));
    // Without the past it is not known whether the miss is a repeat: a problem, not a zero.
    let alone = settle_with(LATE, &["2026-11"], &[]);
    assert_eq!(alone.rows().rows(), 0);
    assert!(alone.problems().iter().any(|problem| problem.to_string().contains("no_history")));
}

/// A ticket that turns out to be in time takes October's miss back: 202 pounds were posted, 0 are owed.
#[test]
fn what_was_posted_is_posted_again_only_by_its_difference() {
    let october = settle_with(LATE, &["2026-10"], &[]);
    let ledger = |ledger: &Ledger| ledger.rows().clone().renamed("ledger");
    let again = settle_with(LATE, &["2026-10"], &[ledger(&october)]);
    assert_eq!(again.rows().rows(), 0);
    let in_time = LATE.replace("2026-10-05T13", "2026-10-05T11");
    let corrected = settle_with(&in_time, &["2026-10"], &[ledger(&october)]);
    let shown = ["payer", "payee", "kind", "amount_exact", "correction"].map(|column| text(corrected.rows(), 0, column));
    assert_eq!(shown, ["acme", "netco", "credit", "202", "true"].map(str::to_owned));
    // Posted and taken back: nothing is left to post.
    let mut both = october.rows().clone().renamed("ledger");
    let back: Vec<Cell<'_>> = corrected.rows().columns().iter().map(|column| column.cell(0)).collect();
    both.push(&back);
    assert_eq!(settle_with(&in_time, &["2026-10"], &[both]).rows().rows(), 0);
    // November without the past: what the double credit rested on is not there, so nothing is taken back on a guess.
    let november = settle_with(LATE, &["2026-11"], &[october.history().clone().renamed("history")]);
    let alone = settle_with(LATE, &["2026-11"], &[ledger(&november)]);
    let told: Vec<&str> = alone.problems().iter().map(|problem| problem.code().name).collect();
    assert!(alone.rows().rows() == 0 && told.contains(&"not-known-any-more"), "{told:?}");
}

/// Late only in a service that is in transition: measured, and nothing follows.
#[test]
fn a_service_in_transition_costs_nothing() {
    let ledger = settle_with("A,next,2026-10-05T08:00:00Z,2026-10-05T13:00:00Z\n", &["2026-10"], &[]);
    assert_eq!(ledger.rows().rows(), 0);
}

#[test]
fn a_period_that_is_no_month_and_a_history_that_is_none_are_refused_together() {
    let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
    let bound = evidence(&ecosystem, &EvidenceQuery::default(), vec![tickets(LATE).view()], &Limits::default()).unwrap();
    let query = SettleQuery { periods: vec!["2026-Q4".into(), "2026-1O".into()], ..Default::default() };
    let error = settle(&ecosystem, &bound, &query).err().unwrap();
    assert_eq!(error.problems().iter().count(), 2, "{error}");
}
