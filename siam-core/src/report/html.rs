//! HTML: the one style of every page siam writes, and the parts that pages are made of.
//!
//! Goes in: tables, explanations, texts. Comes out: markup that stands alone, light or dark, on paper or a phone, and loads nothing.
//! **Invariant:** all text is escaped; a figure is a cell's own, in a language's marks, with its plain value beside it in the markup.
//! **Not here:** which parts a page has (`export`, and the review in its own room), pictures (`picture`).

use super::catalogue::Catalogue;
use super::reason::Explanation;
use crate::base::columns::Cell;
use crate::base::csv::{cell_text, is_number};
use crate::base::{Argument, Column, ColumnType, Duration, Message, Table};
use std::fmt::Write;

/// The style of every page: a system font, a calm palette with the contrast of WCAG AA in light and dark, tables that scroll in their box.
pub const STYLE: &str = include_str!("style.css");

/// Text of at most so many characters stays on one line; of more than `LONG` it has room for sentences.
const SHORT: usize = 24;
const LONG: usize = 40;

/// Text made safe inside HTML and XML, also in attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A whole page around its body, which is markup.
pub fn page(title: &str, language: &str, body: &str) -> String {
    styled_page(title, language, "", body)
}

/// The same with style of its own after that of every page.
pub fn styled_page(title: &str, language: &str, style: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>\n{STYLE}{style}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escape(language),
        escape(title),
    )
}

/// A name of the code as people read it: `downtime_seconds` is `Downtime seconds`.
pub fn heading(name: &str) -> String {
    capital(&name.replace('_', " "))
}

/// A text with a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A table in its scrolling box: these columns (all where none is named), at most so many rows. Columns without a value and rows left
/// out are told below it.
///
/// ```
/// use siam_core::base::{columns::Cell, table::{ColumnType, Table}};
/// use siam_core::report::{Catalogue, html};
/// let mut table = Table::with_columns("t", vec![("who".into(), ColumnType::Text), ("down_seconds".into(), ColumnType::Integer)]);
/// table.push(&[Cell::Text("<netco>".into()), Cell::Integer(5400)]);
/// let markup = html::table(&table, &[], 10, &Catalogue::english());
/// assert!(markup.contains("&lt;netco&gt;") && markup.contains("<data value=\"5400\">1 h 30 min</data>"));
/// ```
pub fn table(table: &Table, columns: &[&str], rows: usize, catalogue: &Catalogue) -> String {
    framed(table, columns, rows, None, catalogue)
}

/// The same with rows numbered from 1; the number is a link in the rows that have one.
pub fn table_with_links(
    table: &Table,
    columns: &[&str],
    rows: usize,
    link: &dyn Fn(usize) -> Option<String>,
    catalogue: &Catalogue,
) -> String {
    framed(table, columns, rows, Some(link), catalogue)
}

/// Where the number of a row leads.
type Link<'a> = Option<&'a dyn Fn(usize) -> Option<String>>;

fn framed(table: &Table, columns: &[&str], rows: usize, link: Link<'_>, catalogue: &Catalogue) -> String {
    let asked = (0..table.names().len())
        .filter_map(|at| Shown::of(table, at))
        .filter(|shown| columns.is_empty() || columns.contains(&shown.name));
    let (shown, empty): (Vec<Shown<'_>>, Vec<Shown<'_>>) = asked.partition(|shown| shown.column.nulls() < table.rows());
    let mut out = format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table>\n<thead><tr>",
        escape(&heading(table.name()))
    );
    if link.is_some() {
        let title = word(catalogue, "export-row");
        let _ = write!(out, "<th scope=\"col\" class=\"number row\">{title}</th>");
    }
    for column in &shown {
        out.push_str(&column.head());
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let count = table.rows().min(rows);
    for row in 0..count {
        out.push_str("<tr>");
        if let Some(link) = link {
            out.push_str(&row_number(row, link(row)));
        }
        for column in &shown {
            out.push_str(&column.cell(row, catalogue));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    let mut note = |message: &Message| {
        let _ = writeln!(out, "<p class=\"more\">{}</p>", escape(&catalogue.render(message)));
    };
    if table.rows() > count {
        note(&Message::new("export-first-rows").with("shown", count).with("n", table.rows()));
    }
    if !empty.is_empty() {
        let names = empty.iter().map(|column| Argument::name(column.name)).collect::<Vec<_>>();
        note(&Message::new("export-empty-columns").with("names", names));
    }
    out
}

fn row_number(row: usize, link: Option<String>) -> String {
    let number = row.saturating_add(1);
    match link {
        Some(target) => format!("<td class=\"number row\"><a href=\"{}\">{number}</a></td>", escape(&target)),
        None => format!("<td class=\"number row\">{number}</td>"),
    }
}

/// A column as it is shown.
struct Shown<'a> {
    name: &'a str,
    doc: &'static str,
    column: &'a Column,
    /// Whether it stands right: numbers, and texts that are all numbers.
    number: bool,
    /// Whether its whole numbers are lengths of time.
    seconds: bool,
}

impl<'a> Shown<'a> {
    fn of(table: &'a Table, at: usize) -> Option<Self> {
        let (name, column) = (table.names().get(at)?, table.columns().get(at)?);
        let number = match column.kind() {
            ColumnType::Integer | ColumnType::Float | ColumnType::Decimal(_) => true,
            ColumnType::Text => all_numbers(column),
            _ => false,
        };
        let seconds = column.kind() == ColumnType::Integer && name.ends_with("_seconds");
        Some(Self { name, doc: table.column_doc(at), column, number, seconds })
    }
    fn head(&self) -> String {
        let class = if self.number { " class=\"number\"" } else { "" };
        let name = if self.seconds { self.name.trim_end_matches("_seconds") } else { self.name };
        let doc = if self.doc.is_empty() { String::new() } else { format!(": {}", self.doc) };
        let title = escape(&format!("{}{doc}", self.name));
        format!("<th scope=\"col\"{class} title=\"{title}\">{}</th>", escape(&heading(name)))
    }
    fn cell(&self, row: usize, catalogue: &Catalogue) -> String {
        let cell = self.column.cell(row);
        let (class, markup) = match &cell {
            Cell::Null | Cell::Unreadable => ("none", "\u{2013}".to_owned()),
            Cell::Text(text) if self.number => ("number", escape(text)),
            Cell::Text(text) => (room(text), escape(text)),
            Cell::Boolean(value) => ("text", word(catalogue, if *value { "export-yes" } else { "export-no" })),
            Cell::Instant(_) | Cell::Wall(_) | Cell::Date(_) => ("moment", moment(&cell_text(&cell))),
            Cell::Integer(_) | Cell::Float(_) | Cell::Decimal(..) => ("number", self.figure(&cell, catalogue)),
        };
        let class = if class == "none" && self.number { "none number" } else { class };
        format!("<td class=\"{class}\">{markup}</td>")
    }
    /// A number for reading, with its plain value for machines where the two differ.
    fn figure(&self, cell: &Cell<'_>, catalogue: &Catalogue) -> String {
        let plain = cell_text(cell);
        let read = match cell {
            Cell::Integer(seconds) if self.seconds => match seconds.checked_mul(1_000_000) {
                Some(micros) => catalogue.argument(&Argument::Duration(Duration(micros))),
                None => catalogue.number(&plain),
            },
            Cell::Float(value) if value.is_finite() => catalogue.number(&rounded(*value)),
            Cell::Float(_) => plain.clone(),
            _ => catalogue.number(&plain),
        };
        if read == plain { plain } else { format!("<data value=\"{plain}\">{}</data>", escape(&read)) }
    }
}

/// Four decimals, for display; all of them where four would make the number whole, as of an availability just below one.
fn rounded(value: f64) -> String {
    let short = format!("{value:.4}");
    let short = short.trim_end_matches('0').trim_end_matches('.');
    let full = value.to_string();
    if short.contains('.') || !full.contains('.') { short.to_owned() } else { full }
}

/// Whether a column of text holds exact amounts: at least one, and nothing else. A name such as `007` is no amount.
fn all_numbers(column: &Column) -> bool {
    let amount = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        is_number(text) && (!digits.starts_with('0') || digits == "0" || digits.starts_with("0."))
    };
    let fits = |row: usize| match column.cell(row) {
        Cell::Text(text) => amount(&text),
        _ => true,
    };
    column.nulls() < column.rows() && (0..column.rows()).all(fits)
}

/// The class of a text by its length.
fn room(text: &str) -> &'static str {
    match text.chars().count() {
        count if count <= SHORT && !text.contains('\n') => "text",
        count if count <= LONG => "text some",
        _ => "text long",
    }
}

fn moment(text: &str) -> String {
    format!("<time datetime=\"{text}\">{}</time>", text.replacen('T', "\u{a0}", 1))
}

/// A message without arguments, as markup.
pub fn word(catalogue: &Catalogue, id: &'static str) -> String {
    escape(&catalogue.render(&Message::new(id)))
}

/// What the columns of a table mean, as a list that unfolds; empty where no schema says it.
pub fn column_meanings(table: &Table, catalogue: &Catalogue) -> String {
    let Some(schema) = table.schema() else { return String::new() };
    let mut out = format!("<details class=\"columns\"><summary>{}</summary><dl>\n", word(catalogue, "export-columns"));
    for column in schema.columns {
        let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(column.name), escape(column.doc));
    }
    out + "</dl></details>\n"
}

/// An explanation whose first step unfolds into those it rests on, with the number of its row; `id` is what links lead to.
pub fn explanation(explanation: &Explanation, id: &str, number: usize) -> String {
    let (id, first) = (escape(id), explanation.steps.first().map_or("", |step| &*step.text));
    let first = format!("<span class=\"ordinal\">{number}</span>{}", escape(first));
    if explanation.steps.len() < 2 {
        return format!("<p id=\"{id}\">{first}</p>\n");
    }
    format!("<details id=\"{id}\"><summary>{first}</summary>{}</details>\n", steps_below(explanation, usize::MAX))
}

/// What the result of an explanation rests on, at most so many steps, as nested lists.
pub fn steps_below(explanation: &Explanation, most: usize) -> String {
    let mut out = String::new();
    let mut open = 0;
    for step in explanation.steps.iter().skip(1).take(most) {
        while open > step.depth.max(1) {
            out.push_str("</li></ul>");
            open -= 1;
        }
        if open < step.depth {
            out.push_str("<ul><li>");
            open += 1;
        } else {
            out.push_str("</li><li>");
        }
        out.push_str(&escape(&step.text));
    }
    out + &"</li></ul>".repeat(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Reason, reason::Step};

    #[test]
    fn a_float_just_below_a_whole_number_keeps_its_digits() {
        let read: Vec<String> = [99.454_545, 0.999_999_9, 100.0, 1e-9, 0.25, -0.0].into_iter().map(rounded).collect();
        assert_eq!(read, ["99.4545", "0.9999999", "100", "0.000000001", "0.25", "-0"]);
    }

    #[test]
    fn a_column_of_exact_amounts_stands_right_and_one_of_names_left() {
        let columns = vec![("amount".into(), ColumnType::Text), ("ticket".into(), ColumnType::Text)];
        let mut table = Table::with_columns("t", columns);
        table.push(&[Cell::Text("-1250.00".into()), Cell::Text("0017".into())]);
        table.push(&[Cell::Null, Cell::Text("0018".into())]);
        let markup = super::table(&table, &[], 9, &Catalogue::english());
        assert!(markup.contains("<td class=\"number\">-1250.00</td><td class=\"text\">0017</td>"), "{markup}");
        assert!(markup.contains("<td class=\"none number\">"), "{markup}");
    }

    #[test]
    fn what_is_left_out_of_a_table_is_told_below_it() {
        let columns = vec![("n".into(), ColumnType::Integer), ("never".into(), ColumnType::Text)];
        let mut table = Table::with_columns("t", columns);
        for n in 0..3 {
            table.push(&[Cell::Integer(n)]);
        }
        let link = |row: usize| (row == 0).then(|| "#why-0".to_owned());
        let markup = table_with_links(&table, &[], 2, &link, &Catalogue::english());
        assert!(markup.contains("the first 2 of 3 rows") && markup.contains("no row has a value of never"), "{markup}");
        assert!(markup.contains("<td class=\"number row\"><a href=\"#why-0\">1</a></td><td class=\"number\">0</td>"));
        assert!(markup.contains("<td class=\"number row\">2</td>") && !markup.contains("Never"));
    }

    #[test]
    fn steps_nest_as_they_rest_on_each_other() {
        let step = |depth, text: &str| Step { depth, id: "x", text: text.into() };
        let steps = vec![step(0, "a"), step(1, "b<"), step(2, "c"), step(1, "d")];
        let markup = explanation(&Explanation { language: "en".into(), steps }, "why-0", 1);
        let nested = "<ul><li>b&lt;<ul><li>c</li></ul></li><li>d</li></ul>";
        assert_eq!(
            markup,
            format!("<details id=\"why-0\"><summary><span class=\"ordinal\">1</span>a</summary>{nested}</details>\n")
        );
        let alone = Explanation::of(&Reason::new("impact-given"), &Catalogue::english());
        let ordinal = "<span class=\"ordinal\">2</span>";
        assert_eq!(explanation(&alone, "why-1", 2), format!("<p id=\"why-1\">{ordinal}it was given as failed</p>\n"));
    }
}
