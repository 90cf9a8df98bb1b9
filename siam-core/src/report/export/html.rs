//! An answer as one page of HTML that needs nothing else.
//!
//! Goes in: an answer, the words of a language. Comes out: its stamp, its picture, its tables, the reasons of its first rows.
//! **Invariant:** every figure on the page is a cell of a table or a part of the stamp; what is not shown is counted.
//! **Not here:** style and parts (`report::html`), the review (its own room).

use super::super::html::{self, capital, column_meanings, escape, explanation, heading, page, word};
use super::super::{Answer, Catalogue, Explanation};
use super::tables;
use crate::base::{Message, Table};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Rows of a table that a page shows; a browser grows slow beyond a few thousand.
const ROWS: usize = 1_000;
/// Rows of the first table whose reasons a page shows.
const REASONS: usize = 200;

/// An answer as a page: light or dark, for screens, phones and paper, without script and without loading anything.
///
/// ```
/// use siam_core::{Source, answer::impact::{FailureQuery, ImpactQuery, impact}, load, report::{Catalogue, export}};
/// let ecosystem = load(&[Source::text("acme.yaml", "{siam: 1, services: {<wan>: {}}}")])?;
/// let report = impact(&ecosystem, &ImpactQuery { failures: vec![FailureQuery::of("<wan>")], ..Default::default() })?;
/// let page = export::html(&report, &Catalogue::english());
/// assert!(page.contains("<h1>Impact</h1>") && page.contains("&lt;wan&gt; itself is down"));
/// assert!(!page.contains("<wan>") && !page.contains("<script"));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn html(answer: &dyn Answer, catalogue: &Catalogue) -> String {
    let tables = tables(answer, catalogue);
    let reasons = reasons(answer, catalogue);
    let explained: BTreeSet<usize> = reasons.iter().map(|(row, _)| *row).collect();
    let mut body = String::from("<header>\n");
    let _ = writeln!(body, "<h1>{}</h1>", escape(&heading(answer.operation())));
    if let Some(schema) = tables.first().and_then(|table| table.schema()) {
        let _ = writeln!(body, "<p class=\"lead\">{}</p>", escape(&capital(schema.doc)));
    }
    stamp(&mut body, answer, catalogue);
    contents(&mut body, &tables, catalogue);
    body.push_str("</header>\n");
    if let Some(picture) = answer.picture(catalogue) {
        let title = word(catalogue, "export-picture");
        let _ = writeln!(body, "<section>\n<h2>{title}</h2>\n<figure tabindex=\"0\">{}</figure>\n</section>", picture.to_svg());
    }
    for (at, table) in tables.iter().enumerate() {
        let link = |row: usize| explained.contains(&row).then(|| format!("#why-{row}"));
        section(&mut body, table, at == 0, catalogue);
        if table.rows() > 0 {
            body.push_str(&match at {
                0 if !explained.is_empty() => html::table_with_links(table, &[], ROWS, &link, catalogue),
                _ => html::table(table, &[], ROWS, catalogue),
            });
            body.push_str(&column_meanings(table, catalogue));
        }
        if at == 0 {
            why(&mut body, &reasons, table.rows(), catalogue);
        }
        body.push_str("</section>\n");
    }
    page(&heading(answer.operation()), catalogue.language(), &body)
}

/// One table as a page.
pub fn table_html(table: &Table, catalogue: &Catalogue) -> String {
    let title = heading(table.name());
    let mut body = format!("<header>\n<h1>{}</h1>\n", escape(&title));
    if let Some(schema) = table.schema() {
        let _ = writeln!(body, "<p class=\"lead\">{}</p>", escape(&capital(schema.doc)));
    }
    let _ = writeln!(body, "</header>\n<section>\n<p class=\"quiet\">{}</p>", rows(table, catalogue));
    if table.rows() > 0 {
        body.push_str(&html::table(table, &[], ROWS, catalogue));
        body.push_str(&column_meanings(table, catalogue));
    }
    page(&title, catalogue.language(), &(body + "</section>\n"))
}

/// The reasons of the first rows of the first table that have one.
fn reasons(answer: &dyn Answer, catalogue: &Catalogue) -> Vec<(usize, Explanation)> {
    let rows = answer.tables().first().map_or(0, |table| table.rows()).min(REASONS);
    let one = |row: usize| answer.explain(row).ok().map(|reason| (row, Explanation::of(&reason, catalogue)));
    (0..rows).filter_map(one).collect()
}

fn stamp(body: &mut String, answer: &dyn Answer, catalogue: &Catalogue) {
    let stamp = answer.stamp();
    body.push_str("<dl class=\"stamp\">\n");
    let mut entry = |id: &'static str, value: &str, class: &str| {
        let (title, value) = (word(catalogue, id), escape(value));
        let _ = writeln!(body, "<div><dt>{title}</dt><dd{class}>{value}</dd></div>");
    };
    entry("export-library", &stamp.library, "");
    entry("export-edition", &stamp.edition.to_string(), "");
    entry("export-tzdb", &stamp.tzdb, "");
    // A report of documents that do not hold has none.
    if !stamp.fingerprint.is_empty() {
        entry("export-fingerprint", &stamp.fingerprint, " class=\"hash\"");
    }
    body.push_str("</dl>\n");
}

fn contents(body: &mut String, tables: &[std::borrow::Cow<'_, Table>], catalogue: &Catalogue) {
    body.push_str("<nav><ul>\n");
    for table in tables {
        let name = escape(&heading(table.name()));
        let anchor = escape(table.name());
        let _ = writeln!(
            body,
            "<li><a href=\"#table-{anchor}\">{name}</a><span class=\"count\">{}</span></li>",
            rows(table, catalogue)
        );
    }
    body.push_str("</ul></nav>\n");
}

/// How many rows a table has, in words.
fn rows(table: &Table, catalogue: &Catalogue) -> String {
    if table.rows() == 0 {
        return word(catalogue, "export-none");
    }
    escape(&catalogue.render(&Message::new("export-rows").with("n", table.rows())))
}

/// The head of a table's section, left open.
fn section(body: &mut String, table: &Table, first: bool, catalogue: &Catalogue) {
    let (name, anchor) = (escape(&heading(table.name())), escape(table.name()));
    let count = rows(table, catalogue);
    let _ = writeln!(body, "<section id=\"table-{anchor}\">\n<h2>{name}<span class=\"count\">{count}</span></h2>");
    // The first table's words stand below the title.
    if let Some(schema) = table.schema().filter(|_| !first) {
        let _ = writeln!(body, "<p class=\"doc\">{}</p>", escape(&capital(schema.doc)));
    }
}

fn why(body: &mut String, reasons: &[(usize, Explanation)], rows: usize, catalogue: &Catalogue) {
    if reasons.is_empty() {
        return;
    }
    let title = word(catalogue, "export-why");
    let shown = rows.min(REASONS);
    let first = Message::new("export-first-reasons").with("shown", shown).with("n", rows);
    let count =
        if shown < rows { format!("<span class=\"count\">{}</span>", escape(&catalogue.render(&first))) } else { String::new() };
    let _ = writeln!(body, "<div class=\"why\">\n<h3>{title}{count}</h3>\n<div class=\"steps\">");
    for (row, reason) in reasons {
        body.push_str(&explanation(reason, &format!("why-{row}"), row.saturating_add(1)));
    }
    body.push_str("</div>\n</div>\n");
}
