//! Measures and observed service: verdicts, values against targets, outages.
//!
//! Goes in: the tables `measures`, `scorecard`, `availability`, `outages`, `changes`. Comes out: lines that unfold into reasons.
//! **Invariant:** a verdict has a word and a shape, never a colour alone; the marks of a scale are places of cells.
//! **Not here:** how the figures came about (`answer`).

use super::line::Line;
use super::sheet::{Column, Sheet, Show};
use crate::report::html::escape;
use std::fmt::Write;

const OUTAGES: usize = 60;
const SERVICES: usize = 100;

/// Where the target stands on every scale, in hundredths of its length; beyond it a promise is kept.
const TARGET_AT: f64 = 60.0;

const AVAILABILITY: &[Column] = &[
    ("page-head-service", "service", Show::Text),
    ("page-head-provider", "provider", Show::Party),
    ("page-head-availability", "percent", Show::Percent),
    ("page-head-downtime", "downtime_seconds", Show::Length),
    ("page-head-planned", "planned_seconds", Show::Length),
    ("page-head-outages", "outages", Show::Number),
    ("page-head-longest", "longest_seconds", Show::Length),
];

const SPLIT: &[Column] = &[
    ("page-head-service", "service", Show::Text),
    ("page-head-party", "party", Show::Party),
    ("page-head-priority", "priority", Show::Text),
    ("page-head-value", "value", Show::Measured),
    ("page-head-counted", "counted", Show::Number),
    ("page-head-missed-cases", "missed", Show::Number),
    ("page-head-result", "result", Show::Named),
];

const CHANGES: &[Column] = &[
    ("page-head-change", "change", Show::Text),
    ("page-head-window-from", "window_from", Show::Moment),
    ("page-head-window-until", "window_until", Show::Moment),
    ("page-head-notified", "notified", Show::Moment),
    ("page-head-approved-by", "approved_by", Show::Party),
    ("page-head-lacks", "lacks", Show::Text),
];

impl<'a> Sheet<'a> {
    /// A verdict: a shape and a word.
    pub fn verdict(&self, line: Line<'_>) -> String {
        let result = line.text("result");
        let shape = match &*result {
            "met" => "<path d=\"M3 8.5 6.5 12 13 4.5\"/>",
            "missed" => "<path d=\"M4 4 12 12M12 4 4 12\"/>",
            _ => "<path d=\"M4 8H12\"/>",
        };
        let class = if result == "met" || result == "missed" { &*result } else { "open" };
        let doubt = if line.no("certain") {
            format!("<span class=\"doubt\">{}</span>", self.word("page-uncertain"))
        } else {
            String::new()
        };
        format!(
            "<span class=\"verdict {class}\"><svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">{shape}</svg>{}</span>{doubt}",
            self.named(line, "result")
        )
    }
    /// The value on a scale whose target stands at one place for all measures, right of it being better.
    fn scale(&self, line: Line<'_>) -> String {
        let (Some(value), Some(target)) = (line.float("value"), line.float("target")) else { return String::new() };
        let at_most = line.is("direction", "at_most");
        let best = if at_most {
            0.0
        } else if line.is("unit", "share") {
            100.0
        } else {
            target * 2.0
        };
        // The distance from the target to the best value fills the scale right of it; a target that is the best has a twentieth.
        let distance = (best - target).abs();
        let span = if distance > 0.0 { distance } else { target.abs().max(1.0) / 20.0 };
        let better = if at_most { target - value } else { value - target };
        let at = (TARGET_AT + better / span * (100.0 - TARGET_AT)).clamp(2.0, 98.0);
        let class = if line.is("result", "met") {
            "met"
        } else if line.is("result", "missed") {
            "missed"
        } else {
            "open"
        };
        let shape = match class {
            "missed" => format!("<path d=\"M{at:.1} 3l5 5-5 5-5-5z\"/>"),
            _ => format!("<circle cx=\"{at:.1}\" cy=\"8\" r=\"4.5\"/>"),
        };
        format!(
            "<svg class=\"scale {class}\" viewBox=\"-4 0 108 16\" aria-hidden=\"true\" data-scale=\"{}\"><path class=\"track\" d=\"M0 8H100\"/><path class=\"target\" d=\"M{TARGET_AT:.0} 1V15\"/>{shape}</svg>",
            escape(&line.place("value"))
        )
    }
    /// Measures, by agreement, each unfolding into its reason.
    pub fn measures(&mut self, lines: &[Line<'a>]) {
        let mut agreement = None;
        for line in lines {
            let own = line.text("agreement");
            if agreement.as_ref() != Some(&own) {
                let title =
                    if line.has("agreement_title") { self.text(*line, "agreement_title") } else { self.text(*line, "agreement") };
                let _ = writeln!(self.out, "<h4>{title}</h4>");
                self.lines_head(
                    "measure",
                    &[
                        "page-head-result",
                        "page-head-measure",
                        "page-head-value",
                        "page-head-target",
                        "page-head-scale",
                        "page-head-cases",
                    ],
                );
                agreement = Some(own);
            }
            self.measure(*line);
        }
    }
    fn measure(&mut self, line: Line<'a>) {
        let title = if line.has("title") { self.text(line, "title") } else { self.text(line, "measure") };
        let clause = if line.has("clause") {
            format!(" \u{b7} <span class=\"clause\">{}</span>", self.text(line, "clause"))
        } else {
            String::new()
        };
        let statistic = format!("<span class=\"under\">{}{clause}</span>", self.named(line, "statistic"));
        let bound = if line.has("direction") && line.has("target") {
            let direction = if line.is("direction", "at_most") { "page-at-most" } else { "page-at-least" };
            format!("<span class=\"bound\">{}</span> ", self.word(direction))
        } else {
            String::new()
        };
        let cases = match line.has("missed") {
            true => format!(
                "{} <span class=\"unit\">{}</span> {}",
                self.number(line, "missed"),
                self.word("page-missed-of"),
                self.number(line, "counted")
            ),
            false => self.number(line, "counted"),
        };
        let parts = [
            ("", "mark", self.verdict(line)),
            ("", "title", format!("{title}{statistic}")),
            ("page-head-value", "number", self.measured(line, "value")),
            ("page-head-target", "number", format!("{bound}{}", self.measured(line, "target"))),
            ("", "drawn", self.scale(line)),
            ("page-head-cases", "number", cases),
        ];
        let split = self.split(line);
        let class = if line.is("result", "missed") { "measure missed-line" } else { "measure" };
        self.unfolding(class, &parts, line, &split);
    }
    /// The groups of a measure, as a table.
    fn split(&mut self, line: Line<'a>) -> String {
        let Some(at) = line.integer("score_row") else { return String::new() };
        let measure = line.text("measure");
        let groups: Vec<Line<'a>> = self
            .all("scorecard")
            .filter(|row| i64::try_from(row.row).is_ok_and(|row| row > at) && row.is("measure", &measure) && row.has("by"))
            .collect();
        if groups.is_empty() {
            return String::new();
        }
        let kept = std::mem::take(&mut self.out);
        self.put("<div class=\"split\">");
        self.grid(SPLIT, &groups, 40);
        self.put("</div>");
        std::mem::replace(&mut self.out, kept)
    }
    /// How available services were, what was down, and the work that was planned.
    pub fn service(&mut self) {
        let (services, outages) = (self.lines("availability"), self.lines("outages"));
        if services.is_empty() && outages.is_empty() {
            return;
        }
        self.section("service", "page-service", Some("page-service-doc"));
        if !services.is_empty() {
            self.grid(AVAILABILITY, &services, SERVICES);
        }
        if !outages.is_empty() {
            let title = self.word("page-outages");
            let _ = writeln!(self.out, "<h3>{title}</h3>");
            self.lines_head(
                "outage",
                &["page-head-service", "page-head-from", "page-head-until", "page-head-downtime", "page-head-causes"],
            );
            for line in outages.iter().take(OUTAGES) {
                self.outage(*line);
            }
            self.more("outages", outages.len().saturating_sub(OUTAGES));
        }
        let all = self.lines("changes");
        // A change is judged under each agreement; one that has no rule for planned work says nothing about it where another has one.
        let judged = |line: &Line<'a>| !line.is("lacks", "rule");
        let told = |line: &Line<'a>| {
            judged(line) || !all.iter().any(|other| judged(other) && other.text("change") == line.text("change"))
        };
        let changes: Vec<Line<'a>> = all.iter().copied().filter(told).collect();
        if !changes.is_empty() {
            let (title, doc) = (self.word("page-changes"), self.word("page-changes-doc"));
            let _ = writeln!(self.out, "<h3>{title}</h3>\n<p class=\"doc\">{doc}</p>");
            self.grid(CHANGES, &changes, OUTAGES);
            self.more("changes", all.len().saturating_sub(changes.len()));
        }
        self.end();
    }
    fn outage(&mut self, line: Line<'a>) {
        let until = if line.yes("open") { self.word("page-goes-on") } else { self.moment(line, "until") };
        let mut causes = self.text(line, "causes");
        for column in ["changes", "events"] {
            if line.has(column) {
                let _ = write!(causes, " <span class=\"tag\">{}</span>", self.text(line, column));
            }
        }
        let parts = [
            ("", "title", format!("{} <span class=\"under\">{}</span>", self.text(line, "service"), self.named(line, "level"))),
            ("page-head-from", "moment", self.moment(line, "from")),
            ("page-head-until", "moment", until),
            ("page-head-downtime", "number", self.length(line, "downtime_seconds")),
            ("page-head-causes", "words", causes),
        ];
        self.unfolding("outage", &parts, line, "");
    }
}
