//! Laws of exports: a file says what the tables say, cell by cell.
//!
//! Goes in: tables of any cells, impacts on generated estates. Comes out: JSON, CSV and HTML, read again.
//! **Invariant:** nothing is lost, rounded or made up on the way to a file; the same answer gives the same bytes.
//! **Not here:** how a page looks.

use super::{cases, load};
use proptest::prelude::*;
use serde_json::Value;
use siam_core::base::columns::Cell;
use siam_core::base::csv::{self, cell_text, decimal_text};
use siam_core::base::{ColumnType, Limits, Table};
use siam_core::report::{Answer, Catalogue, export, problems};
use siam_core::{ImpactQuery, impact};
use siam_tests::generate::{Dice, Options, estate};
use std::collections::BTreeSet;

const KINDS: [ColumnType; 7] = [
    ColumnType::Text,
    ColumnType::Integer,
    ColumnType::Float,
    ColumnType::Boolean,
    ColumnType::Instant,
    ColumnType::Date,
    ColumnType::Decimal(3),
];

fn cell(kind: ColumnType) -> BoxedStrategy<Cell<'static>> {
    let some = match kind {
        ColumnType::Text => any::<String>().prop_map(|text| Cell::Text(text.into())).boxed(),
        ColumnType::Integer => any::<i64>().prop_map(Cell::Integer).boxed(),
        ColumnType::Float => any::<f64>().prop_map(Cell::Float).boxed(),
        ColumnType::Boolean => any::<bool>().prop_map(Cell::Boolean).boxed(),
        ColumnType::Instant => any::<i64>().prop_map(Cell::Instant).boxed(),
        ColumnType::Date => (-700_000..2_900_000).prop_map(Cell::Date).boxed(),
        ColumnType::Decimal(places) => any::<i128>().prop_map(move |value| Cell::Decimal(value, places)).boxed(),
    };
    prop_oneof![1 => Just(Cell::Null), 4 => some].boxed()
}

fn table() -> impl Strategy<Value = Table> {
    let row = KINDS.map(cell).into_iter().collect::<Vec<_>>();
    prop::collection::vec(row, 0..8).prop_map(|rows| {
        let columns = KINDS.iter().enumerate().map(|(at, kind)| (format!("c{at}").into(), *kind)).collect();
        let mut table = Table::with_columns("t", columns);
        rows.iter().for_each(|row| table.push(row));
        table
    })
}

/// What JSON says of a cell is what the cell is.
fn same(cell: &Cell<'_>, said: &Value) -> bool {
    match cell {
        Cell::Null | Cell::Unreadable => said.is_null(),
        Cell::Text(text) => said.as_str() == Some(text),
        Cell::Integer(value) => said.as_i64() == Some(*value),
        Cell::Float(value) if !value.is_finite() => said.is_null(),
        Cell::Float(value) => said.to_string().parse() == Ok(*value),
        Cell::Boolean(value) => said.as_bool() == Some(*value),
        Cell::Decimal(value, places) => said.as_str() == Some(&decimal_text(*value, *places)),
        Cell::Instant(_) | Cell::Wall(_) | Cell::Date(_) => said.as_str() == Some(&cell_text(cell)),
    }
}

fn agrees(table: &Table, said: &Value) {
    let columns: Vec<&str> = said["columns"].as_array().unwrap().iter().filter_map(|column| column["name"].as_str()).collect();
    assert_eq!(columns, table.names());
    let rows = said["rows"].as_array().unwrap();
    assert_eq!(rows.len(), table.rows());
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(row.as_object().map(serde_json::Map::len), Some(columns.len()));
        for name in &columns {
            assert!(same(&table.cell(at, name), &row[name]), "{name} of row {at}: {:?} and {}", table.cell(at, name), row[name]);
        }
    }
}

/// The cells of a page as they were given: the plain value where a figure is worded for reading.
fn shown(page: &str) -> Vec<String> {
    let plain = |markup: &str| {
        for attribute in ["<data value=\"", "<time datetime=\""] {
            if let Some((value, _)) = markup.strip_prefix(attribute).and_then(|rest| rest.split_once('"')) {
                return value.to_owned();
            }
        }
        let text: String = markup.split('<').map(|part| part.rsplit_once('>').map_or(part, |(_, text)| text)).collect();
        ["&lt;<", "&gt;>", "&quot;\"", "&#39;'", "&amp;&"].iter().fold(text, |text, pair| {
            let (name, letter) = pair.split_at(pair.len() - 1);
            text.replace(name, letter)
        })
    };
    page.split("<td class=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('>')?.1.split_once("</td>"))
        .map(|(cell, _)| plain(cell))
        .collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn json_says_what_the_table_says(table in table()) {
        let said: Value = serde_json::from_str(&export::table_json(&table)).unwrap();
        agrees(&table, &said);
    }

    #[test]
    fn csv_is_read_back_as_it_was_and_runs_nothing(table in table()) {
        let bytes = export::csv(&table);
        let read = csv::read("t", &bytes, &Limits::default()).unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(read.rows(), table.rows());
        for row in 0..table.rows() {
            for (at, name) in table.names().iter().enumerate() {
                let (given, found) = (table.columns()[at].cell(row), read.cell(row, name));
                let found = if let Cell::Text(text) = &found { text.as_ref() } else { "" };
                if let Cell::Text(text) = &given {
                    prop_assert!(found == text || found.strip_prefix('\'') == Some(text), "{:?} became {:?}", text, found);
                    let first = found.chars().next().unwrap_or('a');
                    prop_assert!(!"=+@\t\r".contains(first) && (first != '-' || csv::is_number(found)));
                } else {
                    prop_assert_eq!(found, cell_text(&given));
                }
            }
        }
    }

    #[test]
    fn a_page_shows_every_cell_and_nothing_else(table in table()) {
        let page = export::table_html(&table, &Catalogue::english());
        let kept: Vec<_> = table.columns().iter().filter(|column| column.nulls() < table.rows()).collect();
        let cells = shown(&page);
        prop_assert_eq!(cells.len(), kept.len() * table.rows());
        for (at, shown) in cells.iter().enumerate() {
            let given = kept[at % kept.len()].cell(at / kept.len());
            let expected = match &given {
                Cell::Null => "\u{2013}".to_owned(),
                Cell::Text(text) => text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect(),
                Cell::Boolean(value) => if *value { "yes".to_owned() } else { "no".to_owned() },
                other => cell_text(other),
            };
            prop_assert_eq!(shown, &expected);
        }
    }

    #[test]
    fn an_answer_is_exported_whole_and_to_the_same_bytes(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let estate = estate(&mut dice, 12, Options::default());
        let ecosystem = load(&estate.document());
        let services: Vec<_> = ecosystem.model().services.iter().map(|service| service.id.as_str().to_owned()).collect();
        let failures = services.iter().take(2).map(|id| siam_core::FailureQuery::of(id.as_str())).collect();
        let report = impact(&ecosystem, &ImpactQuery { failures, ..Default::default() }).unwrap_or_else(|error| panic!("{error}"));
        let words = Catalogue::english();
        let text = export::json(&report, &words);
        prop_assert_eq!(&text, &export::json(&report, &words));
        let said: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(said["stamp"]["fingerprint"].as_str(), Some(report.stamp().fingerprint.as_str()));
        let problems = problems::table(report.problems(), &words);
        let tables: Vec<&Table> = report.tables().into_iter().chain([&problems]).collect();
        prop_assert_eq!(said["tables"].as_object().map(serde_json::Map::len), Some(tables.len()));
        for table in &tables {
            agrees(table, &said["tables"][table.name()]);
        }
        let page = export::html(&report, &words);
        prop_assert_eq!(&page, &export::html(&report, &words));
        prop_assert!(!page.contains("<script") && !page.contains("<link") && !page.contains("url("));
        let known: BTreeSet<String> = tables
            .iter()
            .flat_map(|table| table.columns().iter().flat_map(|column| (0..column.rows()).map(|row| cell_text(&column.cell(row)))))
            .chain((1..=tables[0].rows()).map(|row| row.to_string()))
            .chain(["yes", "no", "\u{2013}"].map(str::to_owned))
            .collect();
        for cell in shown(&page) {
            prop_assert!(known.contains(&cell), "{} is in no table", cell);
        }
    }
}
