//! Money: what is owed line by line, what was charged against what was agreed, what was paid for and not used, whose figures differ.
//!
//! Goes in: the tables `ledger`, `owed`, `triggers`, `charges`, `unused`, `reported`. Comes out: lines that unfold into the worked calculation.
//! **Invariant:** no amount is added here; a sum on the page is a cell of `owed`, `rows` or `totals`.
//! **Not here:** the regimes (`formula`), posting (`answer::settle`).

use super::line::Line;
use super::sheet::{Column, Sheet, Show};
use crate::base::{Argument, Ratio};
use crate::report::html::escape;
use std::fmt::Write;

const LINES: usize = 200;
const ROWS: usize = 60;

const OWED: &[Column] = &[
    ("page-head-payer", "payer", Show::Party),
    ("page-head-payee", "payee", Show::Party),
    ("page-head-kind", "kind", Show::Named),
    ("page-head-amount", "amount", Show::Amount("unit")),
    ("page-head-lines", "lines", Show::Number),
];

const TRIGGERS: &[Column] = &[
    ("page-head-trigger", "trigger", Show::Named),
    ("page-head-concerns", "instance", Show::Party),
    ("page-head-regime", "attachment", Show::Named),
    ("page-head-unknown", "unknown", Show::Named),
];

const CHARGES: &[Column] = &[
    ("page-head-contract", "contract", Show::Text),
    ("page-head-party", "party", Show::Party),
    ("page-head-agreed", "agreed", Show::Amount("currency")),
    ("page-head-charged", "charged", Show::Amount("currency")),
    ("page-head-difference", "difference", Show::Amount("currency")),
];

const UNUSED: &[Column] = &[
    ("page-head-service", "service", Show::Text),
    ("page-head-party", "party", Show::Party),
    ("page-head-committed", "committed", Show::Number),
    ("page-head-usable", "usable", Show::Number),
    ("page-head-used", "used", Show::Number),
    ("page-head-unused", "unused", Show::Number),
    ("page-head-unit-price", "unit_price", Show::Amount("currency")),
    ("page-head-amount", "amount", Show::Amount("currency")),
];

impl<'a> Sheet<'a> {
    /// What is owed, by payer, each line unfolding into its calculation.
    pub fn owed(&mut self) {
        let ledger = self.lines("ledger");
        self.section("owed", "page-owed", Some("page-owed-doc"));
        if ledger.is_empty() {
            self.quiet("page-owed-nothing");
        }
        let (money, other): (Vec<_>, Vec<_>) = ledger.into_iter().partition(|line| !line.is("nature", "no_money"));
        self.by_payer(&money);
        if !other.is_empty() {
            let title = self.word("page-no-money");
            let _ = writeln!(self.out, "<h3>{title}</h3>");
            self.by_payer(&other);
        }
        let owed = self.lines("owed");
        if !owed.is_empty() {
            let title = self.word("page-owed-sums");
            let _ = writeln!(self.out, "<h3>{title}</h3>");
            self.grid(OWED, &owed, ROWS);
        }
        let triggers = self.lines("triggers");
        if !triggers.is_empty() {
            let title = self.word("page-triggers");
            let _ = writeln!(self.out, "<h3>{title}</h3>");
            self.grid(TRIGGERS, &triggers, ROWS);
        }
        self.end();
    }
    fn by_payer(&mut self, lines: &[Line<'a>]) {
        let mut payers: Vec<String> = Vec::new();
        for line in lines {
            let payer = line.text("payer");
            if !payers.contains(&payer) {
                payers.push(payer);
            }
        }
        let mut shown = 0_usize;
        for payer in payers {
            let own: Vec<_> = lines.iter().filter(|line| line.is("payer", &payer)).collect();
            let Some(first) = own.first().filter(|_| shown < LINES) else { continue };
            let title = self.party(**first, "payer");
            // The sum of a payer is a cell of the head, where its own measures stand.
            let head = self
                .lines("rows")
                .into_iter()
                .find(|row| row.is("party", &payer) && row.counts("owes") && first.is("unit", &row.text("currency")));
            let sum = head
                .map_or_else(String::new, |row| format!("<span class=\"sum\">{}</span>", self.amount(row, "owes", "currency")));
            let _ = writeln!(self.out, "<h4 class=\"payer\"><span>{title}</span>{sum}</h4>");
            for line in own {
                self.ledger_line(*line);
                shown += 1;
            }
        }
        self.more("ledger", lines.len().saturating_sub(shown));
    }
    fn ledger_line(&mut self, line: Line<'a>) {
        let about = if line.has("instance") && !line.is("instance", &line.text("payer")) {
            format!(" \u{b7} {}", self.party(line, "instance"))
        } else {
            String::new()
        };
        let regime = format!("<span class=\"under\">{}{about}{}</span>", self.named(line, "attachment"), self.clause(line));
        let mut kind = self.named(line, "kind");
        if line.yes("correction") {
            let _ = write!(kind, " <span class=\"tag\">{}</span>", self.word("page-correction"));
        }
        if line.is("status", "provisional") {
            let _ = write!(kind, " <span class=\"tag\">{}</span>", self.word("page-provisional"));
        }
        let parts = [
            ("", "title", format!("{kind}{regime}")),
            ("page-head-payee", "words", self.party(line, "payee")),
            ("page-head-contract", "words", self.text(line, "contract")),
            ("page-head-amount", "number", self.amount(line, "amount", "unit")),
        ];
        self.unfolding("money", &parts, line, "");
    }
    fn clause(&self, line: Line<'_>) -> String {
        if line.has("clause") {
            format!(" \u{b7} <span class=\"clause\">{}</span>", self.text(line, "clause"))
        } else {
            String::new()
        }
    }
    /// Charges, unused capacity, and figures that others reported.
    pub fn charges(&mut self) {
        let (charges, unused, reported) = (self.lines("charges"), self.lines("unused"), self.lines("reported"));
        if charges.is_empty() && unused.is_empty() && reported.is_empty() {
            return;
        }
        self.section("charges", "page-charges", None);
        for (title, doc, columns, lines) in
            [("page-charged", "page-charged-doc", CHARGES, &charges), ("page-unused", "page-unused-doc", UNUSED, &unused)]
        {
            if !lines.is_empty() {
                let (title, doc) = (self.word(title), self.word(doc));
                let _ = writeln!(self.out, "<h3>{title}</h3>\n<p class=\"doc\">{doc}</p>");
                self.grid(columns, lines, ROWS);
            }
        }
        if !reported.is_empty() {
            self.reported(&reported);
        }
        self.end();
    }
    /// What others reported beside what was scored, in the unit of the measure.
    fn reported(&mut self, lines: &[Line<'a>]) {
        let (title, doc) = (self.word("page-reported"), self.word("page-reported-doc"));
        let _ = writeln!(
            self.out,
            "<h3>{title}</h3>\n<p class=\"doc\">{doc}</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">"
        );
        self.put("<table class=\"stack\">\n<thead><tr>");
        let heads = [
            ("page-head-measure", "words"),
            ("page-head-by", "words"),
            ("page-head-theirs", "number"),
            ("page-head-ours", "number"),
            ("page-head-difference", "number"),
            ("page-head-agree", "words"),
        ];
        for (title, class) in heads {
            let title = self.word(title);
            let _ = write!(self.out, "<th scope=\"col\" class=\"{class}\">{title}</th>");
        }
        self.put("</tr></thead>\n<tbody>\n");
        for line in lines.iter().take(ROWS) {
            let agree = match (line.yes("agree"), line.no("agree")) {
                (true, _) => self.word("page-agree"),
                (_, true) => format!("<strong>{}</strong>", self.word("page-differ")),
                _ => self.none(),
            };
            let cells = [
                self.measure_title(*line),
                self.party(*line, "party"),
                self.exact(*line, "theirs"),
                self.exact(*line, "ours"),
                self.exact(*line, "difference"),
                agree,
            ];
            self.put("<tr>");
            for (at, ((title, class), cell)) in heads.iter().zip(cells).enumerate() {
                let title = self.word(title);
                let _ = match at {
                    0 => write!(self.out, "<th scope=\"row\">{cell}</th>"),
                    _ => write!(self.out, "<td class=\"{class}\" data-label=\"{title}\">{cell}</td>"),
                };
            }
            self.put("</tr>\n");
        }
        self.put("</tbody>\n</table>\n</div>\n");
        self.more("reported", lines.len().saturating_sub(ROWS));
    }
    /// The row of the measure that a row names.
    fn measure_of(&self, line: Line<'_>) -> Option<Line<'a>> {
        let measure = line.text("measure");
        self.all("measures").find(|row| row.is("measure", &measure))
    }
    fn measure_title(&self, line: Line<'_>) -> String {
        match self.measure_of(line).filter(|row| row.has("title")) {
            Some(row) => self.text(row, "title"),
            None => self.text(line, "measure"),
        }
    }
    /// An exact text in the unit of its measure: a share as a percentage.
    fn exact(&self, line: Line<'_>, column: &str) -> String {
        let Some(value) = Ratio::parse(&line.text(column)) else { return self.text(line, column) };
        let shown = match self.measure_of(line).map(|row| row.text("unit")).as_deref() {
            Some("share") => {
                self.catalogue.argument(&Argument::Percent(short(&value.times(&Ratio::whole(100))))).replace(' ', "\u{a0}")
            }
            Some("seconds") => match value.to_decimal_text(0).parse::<i64>() {
                Ok(seconds) => {
                    self.catalogue.argument(&Argument::Duration(crate::base::Duration(seconds.saturating_mul(1_000_000))))
                }
                Err(_) => return self.text(line, column),
            },
            _ if line.text(column).contains('/') => self.catalogue.number(&value.to_decimal_text(4)),
            _ => self.catalogue.number(&line.text(column)),
        };
        let (place, plain) = (escape(&line.place(column)), escape(&line.text(column)));
        format!("<data value=\"{plain}\" data-cell=\"{place}\">{}</data>", escape(&shown))
    }
}

/// Percent with two decimals, as a ratio again.
fn short(percent: &Ratio) -> Ratio {
    let shown = Ratio::parse(&percent.to_decimal_text(2)).unwrap_or_else(|| percent.clone());
    shown.times(&Ratio::parse("0.01").unwrap_or(Ratio::ZERO))
}
