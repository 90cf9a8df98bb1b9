//! `page`: a service review as one page of HTML, for all or for one party.
//!
//! Goes in: an answer of `review`, whose page it is, the words of a language. Comes out: a page that loads nothing.
//! **Invariant:** every figure on the page is a cell of a table of the review, and says in the markup which.
//! **Not here:** computing (`answer::review`), the style and parts of every page (`report::html`).

mod events;
mod figure;
mod line;
mod measures;
mod money;
mod sheet;

use crate::base::{Error, Message, Place, Problem, codes};
use crate::document::decode::query;
use crate::ecosystem::asked;
use crate::report::html::{escape, styled_page};
use crate::report::{Answer, Catalogue};
use line::Line;
use sheet::{Column, Sheet, Show};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The style of the page, after that of every page.
const STYLE: &str = include_str!("style.css");

const ROWS: usize = 120;

query! {
    /// Whose page it is, and what it is called.
    pub struct PageQuery = "a question for a page" {
        /// The page of one party: its own rows, and nobody else's money.
        party: Option<String> = "party",
        /// The title, instead of the ecosystem's name.
        title: Option<String> = "title",
    }
}

const SHORT: &[Column] = &[
    ("page-head-party", "title", Show::Text),
    ("page-head-part", "group", Show::Named),
    ("page-head-measures", "measures", Show::Number),
    ("page-head-met", "met", Show::Number),
    ("page-head-missed", "missed", Show::Number),
    ("page-head-no-verdict", "no_verdict", Show::Number),
    ("page-head-owes", "owes", Show::Amount("currency")),
    ("page-head-receives", "receives", Show::Amount("currency")),
    ("page-head-triggers", "triggers", Show::Number),
];

const DUE: &[Column] = &[
    ("page-head-date", "date", Show::Day),
    ("page-head-what", "title", Show::Text),
    ("page-head-kind", "kind", Show::Named),
    ("page-head-where", "object", Show::Text),
    ("page-head-by", "owes", Show::Party),
    ("page-head-to", "owed_to", Show::Party),
    ("page-head-clause", "clause", Show::Text),
];

const USED: &[Column] = &[
    ("page-head-given", "given", Show::Text),
    ("page-head-table", "table", Show::Text),
    ("page-head-rows", "rows", Show::Number),
    ("page-head-rejected", "rejected", Show::Number),
    ("page-head-gave", "gave", Show::Number),
];

/// A service review as one page: light or dark, on a desk, a phone and paper; lists unfold into reasons; nothing is loaded.
///
/// ```
/// use siam_core::answer::review::{ReviewQuery, review};
/// use siam_core::base::{Limits, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::page::{PageQuery, page};
/// use siam_core::report::Catalogue;
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// ecosystem: Acme
/// parties: {acme: {kind: customer}, hub: {kind: integrator}}
/// agreements:
///   sla: {kind: sla, provider: hub, customer: acme, measures: {restored: {statistic: percent_within, within: 4h, target: 90%}}}
/// ")])?;
/// let text = b"ticket,opened,resolved\nA,2026-10-03T09:00:00Z,2026-10-03T10:00:00Z\n";
/// let tickets = csv::read("tickets", text, &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default())?;
/// let review = review(&acme, &evidence, &ReviewQuery { period: "2026-10".into(), ..Default::default() })?;
/// let html = page(&review, &PageQuery::default(), &Catalogue::english())?;
/// assert!(html.contains("<data value=\"1\" data-cell=\"summary.0.met\">1</data>"));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn page(review: &dyn Answer, query: &PageQuery, catalogue: &Catalogue) -> Result<String, Error> {
    if review.operation() != "review" {
        return Err(Problem::new(&codes::NO_REVIEW, Place::Nowhere).with("operation", review.operation()).into());
    }
    let mut sheet = Sheet { answer: review, party: None, catalogue, out: String::new() };
    if let Some(party) = &query.party {
        let known = parties(&sheet);
        if !known.contains(party) {
            return Err(asked("party", party, known.iter().map(String::as_str)));
        }
        sheet.party = Some(party);
    }
    let title = sheet.title(query);
    sheet.head(query);
    sheet.short();
    sheet.groups();
    sheet.events();
    sheet.owed();
    sheet.service();
    sheet.charges();
    sheet.findings();
    sheet.due();
    sheet.how();
    Ok(styled_page(&title, catalogue.language(), STYLE, &sheet.out))
}

/// Everybody the review knows.
fn parties(sheet: &Sheet<'_>) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let columns = [
        ("rows", "party"),
        ("ledger", "payer"),
        ("ledger", "payee"),
        ("charges", "party"),
        ("availability", "provider"),
        ("due", "owes"),
        ("due", "owed_to"),
    ];
    for (table, column) in columns {
        known.extend(sheet.all(table).map(|line| line.text(column)).filter(|name| !name.is_empty()));
    }
    known
}

impl<'a> Sheet<'a> {
    fn summary(&self) -> Option<Line<'a>> {
        self.all("summary").next()
    }
    /// The title of the page as plain text.
    fn title(&self, query: &PageQuery) -> String {
        let words = self.catalogue.template("page-title").to_owned();
        let named = |column: &str| self.summary().map_or_else(String::new, |line| line.text(column));
        let name = query.title.clone().unwrap_or_else(|| named("ecosystem"));
        let parts = [name, words, named("period")];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" \u{b7} ")
    }
    fn head(&mut self, query: &PageQuery) {
        let summary = self.summary();
        let eyebrow = self.word("page-title");
        let period = summary.map_or_else(String::new, |line| self.text(line, "period"));
        let _ = writeln!(self.out, "<header>\n<p class=\"eyebrow\">{eyebrow} <span class=\"period\">{period}</span></p>");
        let title = match (&query.title, summary) {
            (Some(title), _) => escape(title),
            (None, Some(line)) if line.has("ecosystem") => self.text(line, "ecosystem"),
            _ => self.word("page-title"),
        };
        let _ = writeln!(self.out, "<h1>{title}</h1>");
        if let Some(party) = self.party {
            let own = self.lines("rows").first().copied().filter(|line| line.has("title"));
            let name = own.map_or_else(|| escape(party), |line| self.text(line, "title"));
            let _ = writeln!(self.out, "<p class=\"lead\">{name}</p>");
        }
        if let Some(line) = summary {
            let (from, until) = (self.moment(line, "period_from"), self.moment(line, "period_until"));
            let words = self.word("page-instants");
            let _ = writeln!(self.out, "<p class=\"lead span\">{from} \u{2013} {until}. {words}</p>");
        }
        self.tiles();
        self.contents();
        self.put("</header>\n");
    }
    /// The figures that a meeting begins with: cells of the summary, or of the party's own rows.
    fn tiles(&mut self) {
        let mut tiles: Vec<(&'static str, &'static str, String)> = Vec::new();
        if let Some(line) = self.summary().filter(|_| self.party.is_none()) {
            let of = format!("<span class=\"of\">{} {}</span>", self.word("page-of"), self.number(line, "measures"));
            tiles.push(("page-tile-met", "met", format!("{}{of}", self.number(line, "met"))));
            tiles.push(("page-tile-missed", if line.counts("missed") { "missed" } else { "" }, self.number(line, "missed")));
            tiles.push(("page-tile-no-verdict", "", self.number(line, "no_verdict")));
            tiles.push(("page-tile-incidents", "", self.number(line, "major_incidents")));
            tiles.push(("page-tile-findings", "", self.number(line, "findings")));
            tiles.push(("page-tile-rejected", "", self.number(line, "rejected")));
        }
        for row in self.lines("rows").into_iter().filter(|_| self.party.is_some()) {
            if row.counts("measures") {
                let of = format!("<span class=\"of\">{} {}</span>", self.word("page-of"), self.number(row, "measures"));
                tiles.push(("page-tile-met", "met", format!("{}{of}", self.number(row, "met"))));
                tiles.push(("page-tile-missed", if row.counts("missed") { "missed" } else { "" }, self.number(row, "missed")));
            }
            for (title, column) in [("page-tile-owes", "owes"), ("page-tile-receives", "receives")] {
                if row.counts(column) {
                    tiles.push((title, "money", self.amount(row, column, "currency")));
                }
            }
        }
        self.put("<dl class=\"tiles\">\n");
        for (title, class, figure) in tiles {
            let title = self.word(title);
            let _ = writeln!(self.out, "<div class=\"tile {class}\"><dt>{title}</dt><dd>{figure}</dd></div>");
        }
        for line in self.all("totals").filter(|line| self.party.is_none() && line.counts("amount")) {
            let (kind, amount) = (self.named(line, "kind"), self.amount(line, "amount", "unit"));
            let owed = self.word("page-tile-owed");
            let _ = writeln!(
                self.out,
                "<div class=\"tile money\"><dt>{owed} <span class=\"under\">{kind}</span></dt><dd>{amount}</dd></div>"
            );
        }
        self.put("</dl>\n");
    }
    fn contents(&mut self) {
        let has = |name: &str| !self.lines(name).is_empty();
        let group = |name: &str| self.lines("rows").iter().any(|line| line.is("group", name));
        let entries = [
            ("#short", "page-short", has("rows")),
            ("#end-to-end", "page-end-to-end", group("end_to_end")),
            ("#supplier", "page-suppliers", group("supplier")),
            ("#integrator", "page-integrator", group("integrator")),
            ("#incidents", "page-incidents", has("events") || has("claims")),
            ("#owed", "page-owed", true),
            ("#service", "page-service", has("availability") || has("outages")),
            ("#charges", "page-charges", has("charges") || has("unused") || has("reported")),
            ("#findings", "page-findings", has("findings")),
            ("#due", "page-due", has("due")),
            ("#how", "page-how", true),
        ];
        self.put("<nav><ul>\n");
        for (anchor, title, _) in entries.iter().filter(|(_, _, there)| *there) {
            let title = self.word(title);
            let _ = writeln!(self.out, "<li><a href=\"{anchor}\">{title}</a></li>");
        }
        self.put("</ul></nav>\n");
    }
    fn short(&mut self) {
        let rows = self.lines("rows");
        if !rows.is_empty() {
            self.section("short", "page-short", Some("page-short-doc"));
            self.grid(SHORT, &rows, ROWS);
            self.end();
        }
    }
    /// End to end, the suppliers, the integrator: each with its parties and their measures.
    fn groups(&mut self) {
        let mut legend = false;
        for (group, title, doc) in [
            ("end_to_end", "page-end-to-end", "page-end-to-end-doc"),
            ("supplier", "page-suppliers", "page-suppliers-doc"),
            ("integrator", "page-integrator", "page-integrator-doc"),
        ] {
            let measures: Vec<Line<'a>> = self.lines("measures").into_iter().filter(|line| line.is("group", group)).collect();
            let rows: Vec<Line<'a>> = self.lines("rows").into_iter().filter(|line| line.is("group", group)).collect();
            if measures.is_empty() && rows.is_empty() {
                continue;
            }
            let anchor = group.replace('_', "-");
            self.section(&anchor, title, Some(doc));
            if !legend && !measures.is_empty() {
                let words = self.word("page-legend");
                let _ = writeln!(self.out, "<p class=\"more legend-line\">{words}</p>");
                legend = true;
            }
            for row in rows {
                self.card(row, &measures);
            }
            self.end();
        }
    }
    fn card(&mut self, row: Line<'a>, measures: &[Line<'a>]) {
        let title = if row.has("title") { self.text(row, "title") } else { self.text(row, "party") };
        let mut facts = String::new();
        if row.counts("measures") {
            let _ = write!(
                facts,
                "<span class=\"fact\">{} <span class=\"unit\">{} {}</span></span>",
                self.number(row, "met"),
                self.word("page-met-of"),
                self.number(row, "measures")
            );
        }
        for (column, words) in [("owes", "page-owes"), ("receives", "page-receives")] {
            if row.counts(column) {
                let _ = write!(
                    facts,
                    "<span class=\"fact\"><span class=\"unit\">{}</span> {}</span>",
                    self.word(words),
                    self.amount(row, column, "currency")
                );
            }
        }
        if row.counts("triggers") {
            let _ = write!(
                facts,
                "<span class=\"fact\">{} <span class=\"unit\">{}</span></span>",
                self.number(row, "triggers"),
                self.word("page-consequences")
            );
        }
        let _ =
            writeln!(self.out, "<div class=\"card\">\n<h3><span>{title}</span><span class=\"facts-line\">{facts}</span></h3>");
        let party = row.text("party");
        let own: Vec<Line<'a>> = measures.iter().copied().filter(|line| line.text("party") == party).collect();
        if own.is_empty() {
            self.quiet("page-no-measures");
        }
        self.measures(&own);
        self.put("</div>\n");
    }
    fn findings(&mut self) {
        let lines = self.lines("findings");
        if lines.is_empty() {
            return;
        }
        self.section("findings", "page-findings", Some("page-findings-doc"));
        for line in lines.iter().take(ROWS) {
            let severity = line.text("severity");
            let about = format!("{} <strong>{}</strong>", self.named(*line, "kind"), self.text(*line, "object"));
            let other = if line.has("other") {
                format!(" <span class=\"under\">{}</span>", self.text(*line, "other"))
            } else {
                String::new()
            };
            let parts = [
                ("", "mark", format!("<span class=\"severity {}\">{}</span>", escape(&severity), self.named(*line, "severity"))),
                ("page-head-concerns", "words", format!("{about}{other}")),
                ("page-head-finding", "words", self.sentence(*line, "name")),
            ];
            self.unfolding("finding", &parts, *line, "");
        }
        self.more("findings", lines.len().saturating_sub(ROWS));
        self.end();
    }
    fn due(&mut self) {
        let lines = self.lines("due");
        if !lines.is_empty() {
            self.section("due", "page-due", None);
            self.grid(DUE, &lines, ROWS);
            self.end();
        }
    }
    /// What the page stands on.
    fn how(&mut self) {
        self.section("how", "page-how", Some("page-how-doc"));
        let stamp = self.answer.stamp();
        let stamped = [
            ("export-library", stamp.library.clone()),
            ("export-edition", stamp.edition.to_string()),
            ("export-tzdb", stamp.tzdb.clone()),
            ("export-fingerprint", stamp.fingerprint.clone()),
        ];
        self.put("<dl class=\"stamp\">\n");
        for (title, value) in stamped {
            let title = self.word(title);
            let _ = writeln!(self.out, "<div><dt>{title}</dt><dd data-stamp=\"\"><code>{}</code></dd></div>", escape(&value));
        }
        self.put("</dl>\n");
        let used: Vec<Line<'a>> = self.all("used").collect();
        if !used.is_empty() {
            let title = self.word("page-evidence");
            let _ = writeln!(self.out, "<h3>{title}</h3>");
            self.grid(USED, &used, ROWS);
        }
        if self.party.is_none() && !self.answer.problems().is_empty() {
            self.problems();
        }
        self.end();
    }
    /// What is worth knowing about the evidence and the figures.
    fn problems(&mut self) {
        let problems = self.answer.problems();
        let title = self.catalogue.render(&Message::new("page-problems").with("n", problems.iter().count()));
        let _ = writeln!(self.out, "<details class=\"problems\" data-problems=\"\"><summary>{}</summary>\n<ul>", escape(&title));
        for problem in problems.iter().take(ROWS) {
            let words = self.catalogue.problem_message(problem);
            let severity = self.vocabulary(problem.severity().as_str());
            let _ = writeln!(
                self.out,
                "<li><span class=\"severity {}\">{}</span> {}</li>",
                problem.severity().as_str(),
                escape(&severity),
                escape(&words)
            );
        }
        let _ = writeln!(self.out, "</ul></details>");
    }
}
