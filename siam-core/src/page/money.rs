//! Money: what is owed line by line, what was charged against what was agreed, what was paid for and not used, whose figures differ.
//!
//! Goes in: the tables `ledger`, `owed`, `triggers`, `charges`, `unused`, `reported`. Comes out: lines that unfold into the worked calculation.
//! **Invariant:** no amount is added here; a sum on the page is a cell of `owed`, `rows` or `totals`.
//! **Not here:** the regimes (`formula`), posting (`answer::settle`).

use super::line::Line;
use super::sheet::{Column, Sheet, Show};
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

const REPORTED: &[Column] = &[
    ("page-head-measure", "measure", Show::Measure),
    ("page-head-by", "party", Show::Party),
    ("page-head-theirs", "theirs", Show::Measured),
    ("page-head-ours", "ours", Show::Measured),
    ("page-head-difference", "difference", Show::Measured),
    ("page-head-agree", "agree", Show::Agree),
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
        for (title, doc, columns, lines) in [
            ("page-charged", "page-charged-doc", CHARGES, &charges),
            ("page-unused", "page-unused-doc", UNUSED, &unused),
            ("page-reported", "page-reported-doc", REPORTED, &reported),
        ] {
            if !lines.is_empty() {
                let (title, doc) = (self.word(title), self.word(doc));
                let _ = writeln!(self.out, "<h3>{title}</h3>\n<p class=\"doc\">{doc}</p>");
                self.grid(columns, lines, ROWS);
            }
        }
        self.end();
    }
    /// The row of the measure that a row names.
    fn measure_of(&self, line: Line<'_>) -> Option<Line<'a>> {
        let measure = line.text("measure");
        self.all("measures").find(|row| row.is("measure", &measure))
    }
    /// The full name of the measure that a row names.
    pub fn measure_title(&self, line: Line<'_>) -> String {
        match self.measure_of(line).filter(|row| row.has("title")) {
            Some(row) => self.text(row, "title"),
            None => self.text(line, "measure"),
        }
    }
}
