//! The page while it is written: the review, whose page it is, the words, and the parts that all sections are made of.
//!
//! Goes in: an answer of `review`. Comes out: markup: sections, tables, lines that unfold into reasons.
//! **Invariant:** a row that the page leaves out is counted; a row of money of others is never on the page of one party.
//! **Not here:** which sections there are (`page::sections`), how a cell is shown (`figure`).

use super::line::Line;
use crate::base::{Message, Table};
use crate::report::html::{escape, word};
use crate::report::reason::Step;
use crate::report::{Answer, Catalogue, Explanation};
use std::fmt::Write;

/// Steps of an explanation that a page shows.
const STEPS: usize = 150;

/// Columns that stand in a table only where a row has something else than zero.
const QUIET: &[&str] = &["receives", "triggers", "planned_seconds"];

/// Steps this deep and deeper unfold by themselves.
const FOLDED: usize = 4;

/// How a column of a table is shown.
#[derive(Clone, Copy)]
pub(super) enum Show {
    Text,
    Named,
    Party,
    Number,
    Percent,
    Length,
    /// The value of a measure, in its unit.
    Measured,
    /// The full name of the measure.
    Measure,
    /// Whether two figures agree.
    Agree,
    Moment,
    Day,
    /// In the unit of this column.
    Amount(&'static str),
}

/// A column of a table on the page: the id of its heading, the column, how it is shown.
pub(super) type Column = (&'static str, &'static str, Show);

/// The page as far as it is written.
pub(super) struct Sheet<'a> {
    pub answer: &'a dyn Answer,
    pub party: Option<&'a str>,
    pub catalogue: &'a Catalogue,
    pub out: String,
}

impl<'a> Sheet<'a> {
    pub fn table(&self, name: &str) -> Option<&'a Table> {
        self.answer.tables().into_iter().find(|table| table.name() == name)
    }
    /// All rows of a table, whoever they are about.
    pub fn all(&self, name: &str) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let table = self.table(name);
        (0..table.map_or(0, Table::rows)).filter_map(move |row| table.map(|table| Line { table, row }))
    }
    /// The rows of a table that belong on this page.
    pub fn lines(&self, name: &str) -> Vec<Line<'a>> {
        self.all(name).filter(|line| self.concerns(name, *line)).collect()
    }
    /// Whether a row belongs on this page.
    fn concerns(&self, name: &str, line: Line<'a>) -> bool {
        let Some(party) = self.party else { return true };
        match name {
            "rows" | "measures" | "charges" | "unused" | "causes" => line.is("party", party),
            "events" => line.lists("parties", party) || self.all("claims").any(|claim| self.claims(claim, line, party)),
            "timeline" => !line.has("party") || line.is("party", party),
            "claims" => line.is("party", party) || line.is("cause_party", party),
            "availability" => line.is("provider", party),
            "outages" => line.lists("suppliers", party),
            "ledger" | "owed" => line.is("payer", party) || line.is("payee", party),
            "triggers" => line.is("instance", party) || self.own(&line.text("instance")),
            "reported" => line.is("party", party) || self.own(&line.text("measure")),
            "changes" => self.lines("outages").iter().any(|outage| outage.lists("changes", &line.text("change"))),
            "findings" => [line.text("object"), line.text("other")].iter().any(|name| name == party || self.own(name)),
            "due" => line.is("owes", party) || line.is("owed_to", party),
            _ => false,
        }
    }
    fn claims(&self, claim: Line<'_>, event: Line<'_>, party: &str) -> bool {
        claim.is("event", &event.text("event")) && (claim.is("party", party) || claim.is("cause_party", party))
    }
    /// Whether this is a measure or an agreement of the party of the page.
    fn own(&self, name: &str) -> bool {
        !name.is_empty() && self.lines("measures").iter().any(|row| row.is("measure", name) || row.is("agreement", name))
    }

    pub fn word(&self, id: &'static str) -> String {
        word(self.catalogue, id)
    }
    pub fn put(&mut self, markup: &str) {
        self.out.push_str(markup);
    }
    /// A section; the next one ends it.
    pub fn section(&mut self, anchor: &str, title: &'static str, doc: Option<&'static str>) {
        let title = self.word(title);
        let _ = writeln!(
            self.out,
            "<section id=\"{anchor}\" aria-labelledby=\"{anchor}-title\">\n<h2 id=\"{anchor}-title\">{title}</h2>"
        );
        if let Some(doc) = doc {
            let doc = self.word(doc);
            let _ = writeln!(self.out, "<p class=\"doc\">{doc}</p>");
        }
    }
    pub fn end(&mut self) {
        self.put("</section>\n");
    }
    pub fn quiet(&mut self, id: &'static str) {
        let words = self.word(id);
        let _ = writeln!(self.out, "<p class=\"more\">{words}</p>");
    }
    /// Counts the rows of a table that are not shown.
    pub fn more(&mut self, table: &str, rows: usize) {
        if rows > 0 {
            let words = self.catalogue.render(&Message::new("page-more").with("n", rows));
            let _ = writeln!(self.out, "<p class=\"more\" data-more=\"{}\">{}</p>", escape(table), escape(&words));
        }
    }
    /// A cell of a table by how it is shown.
    pub fn shown(&self, line: Line<'_>, column: &str, show: Show) -> String {
        match show {
            Show::Text => self.text(line, column),
            Show::Named => self.named(line, column),
            Show::Party => self.party(line, column),
            Show::Number => self.number(line, column),
            Show::Percent => self.percent(line, column),
            Show::Length => self.length(line, column),
            Show::Measured => self.measured(line, column),
            Show::Measure => self.measure_title(line),
            Show::Agree if line.yes(column) => self.word("page-agree"),
            Show::Agree if line.no(column) => format!("<strong>{}</strong>", self.word("page-differ")),
            Show::Agree => self.none(),
            Show::Moment => self.moment(line, column),
            Show::Day => self.day(line, column),
            Show::Amount(unit) => self.amount(line, column, unit),
        }
    }
    /// A table, at most so many rows; columns without a value are left out. The first column names the row.
    pub fn grid(&mut self, columns: &[Column], lines: &[Line<'a>], most: usize) {
        let Some(first) = lines.first() else { return };
        let name = first.table.name();
        let told = |column: &str| match QUIET.contains(&column) {
            true => lines.iter().any(|line| line.counts(column)),
            false => lines.iter().any(|line| line.has(column)),
        };
        let kept: Vec<&Column> =
            columns.iter().enumerate().filter(|(at, column)| *at == 0 || told(column.1)).map(|(_, column)| column).collect();
        self.put("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
        let label = self.vocabulary(name);
        self.put(&escape(&label));
        self.put("\">\n<table class=\"stack\">\n<thead><tr>");
        for (title, _, show) in &kept {
            let head = format!("<th scope=\"col\"{}>{}</th>", class_of(*show), self.word(title));
            self.put(&head);
        }
        self.put("</tr></thead>\n<tbody>\n");
        for line in lines.iter().take(most) {
            self.put("<tr>");
            for (at, (title, column, show)) in kept.iter().enumerate() {
                let shown = self.shown(*line, column, *show);
                let cell = match at {
                    0 => format!("<th scope=\"row\">{shown}</th>"),
                    _ => format!("<td{} data-label=\"{}\">{shown}</td>", class_of(*show), self.word(title)),
                };
                self.put(&cell);
            }
            self.put("</tr>\n");
        }
        self.put("</tbody>\n</table>\n</div>\n");
        self.more(name, lines.len().saturating_sub(most));
    }
    /// The head of a list of lines that unfold.
    pub fn lines_head(&mut self, class: &str, titles: &[&'static str]) {
        let _ = write!(self.out, "<div class=\"line head {class}\" aria-hidden=\"true\">");
        for title in titles {
            let title = if title.is_empty() { String::new() } else { self.word(title) };
            let _ = write!(self.out, "<span>{title}</span>");
        }
        self.put("</div>\n");
    }
    /// A line of parts that unfolds into why the row is what it is; each part has the id of its heading, which phones and readers get.
    pub fn unfolding(&mut self, class: &str, parts: &[(&'static str, &str, String)], line: Line<'_>, further: &str) {
        let mut cells = String::new();
        for (title, kind, markup) in parts {
            let label =
                if title.is_empty() { String::new() } else { format!("<span class=\"label\">{}</span>", self.word(title)) };
            let _ = write!(cells, "<span class=\"part {kind}\">{label}{markup}</span>");
        }
        let why = self.why(line) + further;
        let _ = match why.is_empty() {
            true => writeln!(self.out, "<div class=\"line {class}\">{cells}</div>"),
            false => writeln!(
                self.out,
                "<details class=\"line-box {class}-box\"><summary class=\"line {class}\">{cells}</summary>{why}</details>"
            ),
        };
    }
    /// What the reason of a row says first; the cell where it has none.
    pub fn sentence(&self, line: Line<'_>, column: &str) -> String {
        let (table, row) = (line.table.name(), line.row);
        let first = self.answer.explain_in(table, row).ok().map(|reason| self.catalogue.render(&reason.message));
        match first {
            Some(first) => format!("<span data-why=\"{}.{row}\">{}</span>", escape(table), escape(&first)),
            None => self.named(line, column),
        }
    }
    /// Why a row is what it is; empty where it has no reason.
    pub fn why(&self, line: Line<'_>) -> String {
        let (table, row) = (line.table.name(), line.row);
        let Ok(reason) = self.answer.explain_in(table, row) else { return String::new() };
        let explanation = Explanation::of(&reason, self.catalogue);
        let Some(first) = explanation.steps.first() else { return String::new() };
        let mut out = format!(
            "<div class=\"why\" data-why=\"{}.{row}\"><p>{}</p>{}",
            escape(table),
            escape(&first.text),
            steps(&explanation)
        );
        let left = explanation.steps.len().saturating_sub(STEPS.saturating_add(1));
        if left > 0 {
            let words = self.catalogue.render(&Message::new("page-more-steps").with("n", left));
            let _ = write!(out, "<p class=\"more\">{}</p>", escape(&words));
        }
        out + "</div>"
    }
}

/// What a result rests on, as nested lists; what lies deep unfolds.
fn steps(explanation: &Explanation) -> String {
    let shown: Vec<&Step> = explanation.steps.iter().skip(1).take(STEPS).collect();
    let mut out = String::new();
    // What closes each list that is open, the outermost first.
    let mut open: Vec<&str> = Vec::new();
    for (at, step) in shown.iter().enumerate() {
        while open.len() > step.depth.max(1) {
            out.push_str(open.pop().unwrap_or_default());
        }
        if open.is_empty() {
            out.push_str("<ul>");
            open.push("</ul>");
        }
        let deeper = shown.get(at.saturating_add(1)).is_some_and(|next| next.depth > step.depth);
        let text = escape(&step.text);
        let _ = match (deeper, step.depth >= FOLDED) {
            (false, _) => write!(out, "<li>{text}</li>"),
            (true, false) => write!(out, "<li>{text}<ul>"),
            (true, true) => write!(out, "<li><details><summary>{text}</summary><ul>"),
        };
        if deeper {
            open.push(if step.depth >= FOLDED { "</ul></details></li>" } else { "</ul></li>" });
        }
    }
    while let Some(end) = open.pop() {
        out.push_str(end);
    }
    out
}

fn class_of(show: Show) -> &'static str {
    match show {
        Show::Number | Show::Percent | Show::Length | Show::Measured | Show::Amount(_) => " class=\"number\"",
        Show::Moment | Show::Day => " class=\"moment\"",
        Show::Text | Show::Named | Show::Party | Show::Measure | Show::Agree => " class=\"words\"",
    }
}
