//! Tables as plain text: the same lines in a terminal, a notebook's fallback and a C program.
//!
//! Goes in: a table, the columns wanted, how many rows. Comes out: aligned lines; what was left out is counted.
//! **Invariant:** no line breaks or control characters of a cell reach the text; numbers stand right, words left.
//! **Not here:** HTML and CSV (`base::csv`).

use super::catalogue::Catalogue;
use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use crate::base::{Message, Table};

/// The widest a cell is shown.
const WIDEST: usize = 60;

/// The table as aligned lines: these columns (all where none is named), at most so many rows.
///
/// ```
/// use siam_core::base::{columns::Cell, table::{ColumnType, Table}};
/// use siam_core::report::{Catalogue, text::table_text};
/// let mut table = Table::with_columns("t", vec![("who".into(), ColumnType::Text), ("n".into(), ColumnType::Integer)]);
/// table.push(&[Cell::Text("netco".into()), Cell::Integer(7)]);
/// table.push(&[Cell::Text("hub".into()), Cell::Integer(12)]);
/// let text = table_text(&table, &[], 1, &Catalogue::english());
/// assert_eq!(text, "who     n\nnetco   7\nand 1 more row\n");
/// ```
pub fn table_text(table: &Table, columns: &[&str], rows: usize, catalogue: &Catalogue) -> String {
    let names: Vec<&str> =
        if columns.is_empty() { table.names().iter().map(|name| name.as_ref()).collect() } else { columns.to_vec() };
    let shown = table.rows().min(rows);
    let mut lines: Vec<Vec<(String, bool)>> = vec![Vec::new(); shown + 1];
    for name in &names {
        let cells: Vec<(String, bool)> = (0..shown).map(|row| shown_cell(&table.cell(row, name))).collect();
        let right = cells.iter().any(|(_, number)| *number);
        let width = cells.iter().map(|(text, _)| text.chars().count()).chain([name.chars().count()]).max().unwrap_or(0);
        let pad = |text: &str| {
            let space = " ".repeat(width - text.chars().count());
            if right { format!("{space}{text}") } else { format!("{text}{space}") }
        };
        lines[0].push((pad(name), right));
        for (line, (text, _)) in lines[1..].iter_mut().zip(&cells) {
            line.push((pad(text), right));
        }
    }
    let mut out = String::new();
    for line in lines {
        let line: Vec<String> = line.into_iter().map(|(text, _)| text).collect();
        out.push_str(line.join("  ").trim_end());
        out.push('\n');
    }
    if table.rows() > shown {
        out.push_str(&catalogue.render(&Message::new("and-more-rows").with("n", table.rows() - shown)));
        out.push('\n');
    }
    out
}

/// The text of a cell and whether it is a number.
fn shown_cell(cell: &Cell<'_>) -> (String, bool) {
    match cell {
        Cell::Null | Cell::Unreadable => ("-".into(), false),
        // Display only: the exact counts stand beside every float.
        Cell::Float(value) => (format!("{value:.2}"), true),
        Cell::Text(text) => {
            let clean: String = text.chars().take(WIDEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
            (if text.chars().count() > WIDEST { clean + "..." } else { clean }, false)
        }
        Cell::Integer(_) | Cell::Decimal(..) => (cell_text(cell), true),
        other => (cell_text(other), false),
    }
}
