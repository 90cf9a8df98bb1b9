use super::*;
use crate::base::columns::Cell;
use crate::report::{Catalogue, Explanation};
use crate::{Source, load};

const ACME: &str = "
siam: 1
classes: {vital: {critical: true}}
parties:
  netco: {kind: supplier}
  digger: {kind: supplier, subcontractor_of: netco}
  mole: {kind: supplier, subcontractor_of: digger}
  hostco: {kind: supplier}
  idle: {kind: supplier}
services:
  duct:  {provider: mole}
  wan-a: {provider: netco, depends_on: [duct]}
  wan-b: {provider: hostco}
  email: {provider: hostco, class: vital, users: 600, depends_on: [{any_of: [wan-a, wan-b]}]}
  shop:  {provider: netco, class: vital, users: 300, depends_on: [wan-a]}
  wiki:  {users: 100, depends_on: [email]}
agreements: {sla: {kind: sla, services: [shop]}}
";

fn report() -> ConcentrationReport {
    concentration(&load(&[Source::text("acme", ACME)]).unwrap(), &ConcentrationQuery::default()).unwrap()
}

fn line(table: &Table, row: usize) -> String {
    let word = |column: &std::borrow::Cow<'static, str>| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        _ => "-".into(),
    };
    table.names().iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_supplier_counts_with_its_subcontractors_at_any_depth() {
    let report = report();
    // Netco with mole: duct, wan-a, shop, of which the shop is critical; e-mail keeps leg b. 3 of 5 services, 300 of 1000 users.
    // Hostco: wan-b and e-mail; e-mail falls itself, and the wiki with it. 700 of 1000 users.
    let expected = [
        "hostco hostco supplier - 2 1 0.4 40 1 1 1 700 0.7 70 0",
        "netco netco supplier mole 3 1 0.6 60 0 1 1 300 0.3 30 1",
    ];
    assert_eq!([line(report.rows(), 0), line(report.rows(), 1)], expected);
    assert_eq!(report.rows().rows(), 2);
    assert_eq!(line(report.subcontractors(), 0), "netco mole 1");
}

#[test]
fn the_indexes_are_exact() {
    // 0.4 x 0.4 + 0.6 x 0.6 = 0.52 of services; 0.7 x 0.7 + 0.3 x 0.3 = 0.58 of users at risk.
    assert_eq!(line(report().summary(), 0), "2 5 1 1000 0.52 5200 0.58 5800");
    assert_eq!(index([1, 1, 1].into_iter()), Ratio::new(1, 3));
    assert_eq!(index([0, 0].into_iter()), None);
}

#[test]
fn a_row_says_what_falls() {
    let words = Explanation::of(&report().explain(1).unwrap(), &Catalogue::english()).to_text();
    assert_eq!(
        words,
        "netco provides 3 services; without it 0 others become worse, and 1 critical service is down
  mole, its subcontractor, provides 1 of them
"
    );
    let words = Explanation::of(&report().explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(words.contains("\n  wiki is down: it needs email\n"), "{words}");
    assert!(report().explain(2).is_err());
}
