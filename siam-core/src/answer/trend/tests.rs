//! Trends worked by hand.

use super::{Trend, TrendQuery, trend};
use crate::answer::given::Question;
use crate::base::csv::{self, cell_text};
use crate::base::{Limits, Problems, Table};
use crate::document::Source;
use crate::ecosystem::load;
use crate::report::{Answer, Catalogue, Explanation};

fn ask(text: &str) -> Trend {
    let ecosystem = load(&[Source::text("acme.yaml", "siam: 1\n")]).unwrap();
    let table = csv::read("rows", text.as_bytes(), &Limits::default()).unwrap();
    let (mut query, mut problems) = (TrendQuery::default(), Problems::new());
    query.take(&table.view(), &mut problems);
    assert!(problems.is_empty());
    trend(&ecosystem, &query).unwrap()
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let line = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(line).collect()
}

const HEAD: &str = "period,period_from,measure,counted,value_exact,unit,direction,result\n";

#[test]
fn periods_come_in_their_order_whatever_the_order_of_the_rows() {
    let report = ask(&format!(
        "{HEAD}2026-10,2026-10-01T00:00:00Z,m,9,0.8,share,at_least,missed\n2026-08,2026-08-01T00:00:00Z,m,9,0.9,share,at_least,met\n\
         2026-09,2026-09-01T00:00:00Z,m,0,,share,at_least,missed\n2026-11,2026-11-01T00:00:00Z,m,9,0.84,share,at_least,missed\n"
    ));
    assert_eq!(
        lines(report.rows(), &["period", "value_exact", "change_exact", "misses_in_a_row"]),
        ["2026-08 0.9  0", "2026-09   1", "2026-10 0.8  2", "2026-11 0.84 0.04 3"]
    );
    // Pairs: August to October -0.1 over two months, August to November -0.06 over three, October to November +0.04 over one:
    // slopes -0.05, -0.02 and 0.04, of which the middle is -0.02. One rises, two fall.
    let columns =
        ["values", "first_period", "last_period", "best_period", "worst_period", "slope_exact", "s", "tendency", "significant"];
    assert_eq!(lines(report.measures(), &columns), ["3 2026-08 2026-11 2026-08 2026-10 -0.02 -1 worse "]);
    for (table, rows) in [("rows", 4), ("measures", 1)] {
        for row in 0..rows {
            let why = Explanation::of(&report.explain_in(table, row).unwrap(), &Catalogue::english()).to_text();
            assert!(!why.contains('{') && !why.contains("trend-"), "{why}");
        }
        assert!(report.explain_in(table, rows).is_err());
    }
}

#[test]
fn ten_values_tell_a_direction_from_chance() {
    // Ten rising values: S is 45, the variance 10 x 9 x 25 / 18 = 125, and 44^2 = 1936 is more than 3.8416 x 125 = 480.2.
    let row = |at: usize, value: i64| format!("2026-{at:02},,m,9,{value},count,at_most,met\n");
    let rising: String = (1..=10).map(|at| row(at, at as i64)).collect();
    let measures = |text: &str| lines(ask(&format!("{HEAD}{text}")).measures(), &["s", "tendency", "significant", "slope_exact"]);
    assert_eq!(measures(&rising), ["45 worse true 1"]);
    // Up and down: five pairs of neighbours fall, all others of different values rise or fall evenly; never more than chance.
    let zigzag: String = (1..=10).map(|at| row(at, if at % 2 == 0 { 1 } else { 2 })).collect();
    // Of odd before even 5 + 4 + 3 + 2 + 1 = 15 fall, of even before odd 4 + 3 + 2 + 1 = 10 rise.
    assert_eq!(measures(&zigzag), ["-5 better false 0"]);
}
