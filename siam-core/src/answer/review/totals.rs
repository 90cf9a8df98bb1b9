//! What a whole review comes to: its counts in one row, its amounts by kind and unit.
//!
//! Goes in: the other tables of the review. Comes out: the tables `summary` and `totals`.
//! **Invariant:** a count is of rows of these tables; amounts add exactly and never across units.
//! **Not here:** the other tables (`parts`), how they are shown (`page`).

use super::{Review, schema};
use crate::answer::settle::decimal;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text};
use crate::base::{Ratio, Table};
use std::collections::BTreeMap;

fn word(table: &Table, row: usize, column: &str) -> String {
    match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

fn named<'t>(tables: &'t [Table], name: &str) -> Option<&'t Table> {
    tables.iter().find(|table| table.name() == name)
}

/// One row: whom and which month the review is about, and how many of what it has.
pub(super) fn summary(review: &Review, label: &str, tables: &[Table]) -> Table {
    let holds = |name: &str, column: &str, wanted: &[&str]| {
        let table = named(tables, name);
        let held = |row: &usize| table.is_some_and(|table| wanted.contains(&&*word(table, *row, column)));
        count((0..table.map_or(0, Table::rows)).filter(held).count())
    };
    let rows = |name: &str| count(named(tables, name).map_or(0, Table::rows));
    let measures = named(tables, "measures");
    let uncertain = |row: &usize| measures.is_some_and(|table| table.cell(*row, "certain") == Cell::Boolean(false));
    let rejected = named(tables, "used").map(|used| {
        let of = |row| match used.cell(row, "rejected") {
            Cell::Integer(rejected) => rejected,
            _ => 0,
        };
        (0..used.rows()).map(of).fold(0_i64, i64::saturating_add)
    });
    let mut table = Table::new(&schema::SUMMARY);
    table.push(&[
        text(&review.ecosystem.model().name),
        text(label),
        Cell::Instant(review.period.from().micros()),
        Cell::Instant(review.period.until().micros()),
        rows("measures"),
        holds("measures", "result", &["met"]),
        holds("measures", "result", &["missed"]),
        holds("measures", "result", &["no_target", "too_few"]),
        count((0..measures.map_or(0, Table::rows)).filter(uncertain).count()),
        holds("events", "kind", &["major_incident"]),
        rows("findings"),
        rejected.map_or(Cell::Null, Cell::Integer),
    ]);
    table
}

/// The ledger of the review in sum, by kind and unit.
pub(super) fn totals(tables: &[Table]) -> Table {
    let mut sums: BTreeMap<(String, String), (Ratio, usize)> = BTreeMap::new();
    let ledger = named(tables, "ledger");
    for (ledger, row) in ledger.iter().flat_map(|ledger| (0..ledger.rows()).map(move |row| (ledger, row))) {
        let (sum, lines) = sums.entry((word(ledger, row, "kind"), word(ledger, row, "unit"))).or_insert((Ratio::ZERO, 0));
        *sum = sum.plus(&Ratio::parse(&word(ledger, row, "amount_exact")).unwrap_or(Ratio::ZERO));
        *lines += 1;
    }
    let mut table = Table::new(&schema::TOTALS);
    for ((kind, unit), (sum, lines)) in &sums {
        table.push(&[text(kind), text(unit), decimal(sum), text(&sum.to_exact_text()), count(*lines)]);
    }
    table
}
