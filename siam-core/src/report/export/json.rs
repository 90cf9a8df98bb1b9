//! Answers and tables as JSON.
//!
//! Goes in: an answer or a table. Comes out: one document that says what it is, what it stands on and what each column means.
//! **Invariant:** a cell is what the table holds: decimals as text with all their places, instants in RFC 3339 and UTC, null as null.
//! **Not here:** problems alone (`problems`), questions as JSON (`document`).

use super::super::{Answer, Catalogue};
use super::tables;
use crate::base::Table;
use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use std::fmt::Write;

/// An answer with all its tables, those of its problems in the words of the catalogue.
///
/// ```
/// use siam_core::{Source, answer::impact::{FailureQuery, ImpactQuery, impact}, load, report::{Catalogue, export}};
/// let ecosystem = load(&[Source::text("acme.yaml", "{siam: 1, services: {wan: {}}}")])?;
/// let report = impact(&ecosystem, &ImpactQuery { failures: vec![FailureQuery::of("wan")], ..Default::default() })?;
/// let text = export::json(&report, &Catalogue::english());
/// assert!(text.starts_with("{\n\"operation\": \"impact\",\n\"stamp\": {\"fingerprint\": \""));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn json(answer: &dyn Answer, catalogue: &Catalogue) -> String {
    let stamp = answer.stamp();
    let mut out = String::from("{\n\"operation\": ");
    text(&mut out, answer.operation());
    out.push_str(",\n\"stamp\": {\"fingerprint\": ");
    text(&mut out, &stamp.fingerprint);
    let _ = write!(out, ", \"edition\": {}, \"tzdb\": ", stamp.edition);
    text(&mut out, &stamp.tzdb);
    out.push_str(", \"library\": ");
    text(&mut out, &stamp.library);
    out.push_str("},\n\"language\": ");
    text(&mut out, catalogue.language());
    out.push_str(",\n\"tables\": {");
    for (at, table) in tables(answer, catalogue).iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        text(&mut out, table.name());
        out.push_str(": ");
        body(&mut out, table);
    }
    out.push_str("\n}\n}\n");
    out
}

/// One table: its name, what a row is, its columns, its rows.
pub fn table_json(table: &Table) -> String {
    let mut out = String::from("{\n\"table\": ");
    text(&mut out, table.name());
    out.push_str(",\n");
    members(&mut out, table);
    out.push_str("}\n");
    out
}

fn body(out: &mut String, table: &Table) {
    out.push_str("{\n");
    members(out, table);
    out.push('}');
}

fn members(out: &mut String, table: &Table) {
    out.push_str(" \"doc\": ");
    text(out, table.schema().map_or("", |schema| schema.doc));
    out.push_str(",\n \"columns\": [");
    for (at, (name, column)) in table.names().iter().zip(table.columns()).enumerate() {
        out.push_str(if at == 0 { "\n  {\"name\": " } else { ",\n  {\"name\": " });
        text(out, name);
        out.push_str(", \"kind\": ");
        text(out, &column.kind().name());
        out.push_str(", \"doc\": ");
        text(out, table.column_doc(at));
        out.push('}');
    }
    out.push_str("\n ],\n \"rows\": [");
    for row in 0..table.rows() {
        out.push_str(if row == 0 { "\n  {" } else { ",\n  {" });
        for (at, (name, column)) in table.names().iter().zip(table.columns()).enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            text(out, name);
            out.push_str(": ");
            value(out, &column.cell(row));
        }
        out.push('}');
    }
    out.push_str(if table.rows() == 0 { "]\n" } else { "\n ]\n" });
}

/// A cell; a number that JSON cannot write is null.
fn value(out: &mut String, cell: &Cell<'_>) {
    match cell {
        Cell::Null | Cell::Unreadable => out.push_str("null"),
        Cell::Text(words) => text(out, words),
        Cell::Float(number) if !number.is_finite() => out.push_str("null"),
        Cell::Integer(_) | Cell::Float(_) | Cell::Boolean(_) => out.push_str(&cell_text(cell)),
        // Exact, whatever reads it: many readers of JSON make a binary float of every number.
        Cell::Decimal(..) | Cell::Instant(_) | Cell::Wall(_) | Cell::Date(_) => text(out, &cell_text(cell)),
    }
}

/// A text as JSON.
pub(super) fn text(out: &mut String, words: &str) {
    out.push('"');
    for letter in words.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ColumnType;
    use serde_json::{Value, json};

    #[test]
    fn every_kind_of_cell_is_written_as_it_is() {
        let kinds = [
            ColumnType::Text,
            ColumnType::Integer,
            ColumnType::Float,
            ColumnType::Boolean,
            ColumnType::Instant,
            ColumnType::Date,
            ColumnType::Decimal(2),
        ];
        let columns = kinds.iter().enumerate().map(|(at, kind)| (format!("c{at}").into(), *kind)).collect();
        let mut table = Table::with_columns("t", columns);
        table.push(&[
            Cell::Text("=a\"\\\n\u{1}\u{85}\u{1f600}".into()),
            Cell::Integer(i64::MIN),
            Cell::Float(0.1),
            Cell::Boolean(false),
            Cell::Instant(1_500_000),
            Cell::Date(1),
            Cell::Decimal(-5, 2),
        ]);
        table.push(&[Cell::Null, Cell::Null, Cell::Float(f64::NAN)]);
        let read: Value = serde_json::from_str(&table_json(&table)).unwrap();
        let expected = json!([
            {"c0": "=a\"\\\n\u{1}\u{85}\u{1f600}", "c1": i64::MIN, "c2": 0.1, "c3": false, "c4": "1970-01-01T00:00:01.5Z",
             "c5": "1970-01-02", "c6": "-0.05"},
            {"c0": null, "c1": null, "c2": null, "c3": null, "c4": null, "c5": null, "c6": null},
        ]);
        assert_eq!(read["rows"], expected);
        assert_eq!(read["columns"][6], json!({"name": "c6", "kind": "decimal128(38, 2)", "doc": ""}));
    }
}
