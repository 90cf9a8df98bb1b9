//! Major incidents and other events: drawn over time, told in order, with claims and causes as they are recorded.
//!
//! Goes in: the tables `events`, `timeline`, `claims`, `causes`. Comes out: one article per event that has a history.
//! **Invariant:** nothing here says whose fault it was; a bar begins and ends at instants of the timeline.
//! **Not here:** deciding causes (nowhere: people do).

use super::line::Line;
use super::sheet::{Column, Sheet, Show};
use crate::report::html::escape;
use std::fmt::Write;

const MOMENTS: usize = 80;
const EVENTS: usize = 40;

const OTHERS: &[Column] = &[
    ("page-head-event", "title", Show::Text),
    ("page-head-kind", "kind", Show::Named),
    ("page-head-declared", "declared", Show::Moment),
    ("page-head-restored", "restored", Show::Moment),
    ("page-head-duration", "duration_seconds", Show::Length),
    ("page-head-services", "services", Show::Text),
];

/// What a claim says beside who claims and why.
const CLAIM: &[Column] = &[
    ("page-head-cause-named", "cause_party", Show::Party),
    ("page-head-measure", "measure", Show::Text),
    ("page-head-notified", "notified_at", Show::Moment),
    ("page-head-decided-by", "decided_by", Show::Party),
    ("page-head-decided-at", "decided_at", Show::Moment),
    ("page-head-clause", "clause", Show::Text),
];

/// A bar of the drawing: what it is, when it began and ended, and its lines in the timeline.
struct Bar<'a> {
    began: Line<'a>,
    ended: Option<Line<'a>>,
}

impl<'a> Sheet<'a> {
    /// The events of the month.
    pub fn events(&mut self) {
        let events = self.lines("events");
        let claims = self.lines("claims");
        if events.is_empty() && claims.is_empty() {
            return;
        }
        self.section("incidents", "page-incidents", Some("page-incidents-doc"));
        let told = |line: &Line<'a>, sheet: &Self| {
            sheet.history(*line).iter().any(|one| !one.is("what", "declared") && !one.is("what", "restored"))
        };
        let (long, short): (Vec<_>, Vec<_>) = events.into_iter().partition(|line| told(line, self));
        for event in long.iter().take(EVENTS) {
            self.event(*event);
        }
        self.more("events", long.len().saturating_sub(EVENTS));
        if !short.is_empty() {
            let title = self.word("page-other-events");
            let _ = writeln!(self.out, "<h3>{title}</h3>");
            self.grid(OTHERS, &short, EVENTS);
        }
        let loose: Vec<_> =
            claims.into_iter().filter(|claim| !long.iter().any(|event| claim.is("event", &event.text("event")))).collect();
        self.recorded_claims(&loose);
        self.end();
    }
    fn history(&self, event: Line<'a>) -> Vec<Line<'a>> {
        let id = event.text("event");
        self.all("timeline").filter(|line| line.is("event", &id)).collect()
    }
    fn event(&mut self, event: Line<'a>) {
        let id = event.text("event");
        let title = if event.has("title") { self.text(event, "title") } else { self.text(event, "event") };
        let _ = writeln!(
            self.out,
            "<article class=\"event\">\n<h3>{title} <span class=\"tag\">{}</span></h3>\n<dl class=\"facts\">",
            self.named(event, "kind")
        );
        let facts = [
            ("page-head-event", self.text(event, "event")),
            ("page-head-declared", self.moment(event, "declared")),
            (
                "page-head-restored",
                if event.has("restored") { self.moment(event, "restored") } else { self.word("page-goes-on") },
            ),
            ("page-head-duration", self.length(event, "duration_seconds")),
            ("page-head-outages", self.number(event, "outages")),
            ("page-head-tickets", self.number(event, "tickets")),
            ("page-head-claims", self.number(event, "claims")),
        ];
        for (title, shown) in facts {
            let title = self.word(title);
            let _ = writeln!(self.out, "<div><dt>{title}</dt><dd>{shown}</dd></div>");
        }
        self.put("</dl>\n");
        let history = self.history(event);
        self.drawing(event, &history);
        self.told(&history);
        let claims: Vec<_> = self.lines("claims").into_iter().filter(|claim| claim.is("event", &id)).collect();
        self.recorded_claims(&claims);
        let causes: Vec<_> = self.lines("causes").into_iter().filter(|cause| cause.is("event", &id)).collect();
        self.causes(&causes);
        self.put("</article>\n");
    }
    /// What was down when, one row a service, as bars between instants.
    fn drawing(&mut self, event: Line<'a>, history: &[Line<'a>]) {
        let bars = bars(history);
        let shown = |line: &&Line<'a>| !line.text("what").starts_with("claim");
        let moments: Vec<i64> = history.iter().filter(shown).filter_map(|line| line.instant("at")).collect();
        let (Some(first), Some(last)) = (moments.iter().min().copied(), moments.iter().max().copied()) else { return };
        if bars.is_empty() || last <= first {
            return;
        }
        let at = |micros: i64| hundredths(micros.saturating_sub(first), last.saturating_sub(first));
        let title = self.word("page-drawing");
        let _ = writeln!(self.out, "<figure class=\"lanes\"><figcaption>{title}</figcaption>");
        for bar in &bars {
            let from = bar.began.instant("at").map_or(0.0, at);
            let until = bar.ended.and_then(|line| line.instant("at")).map_or(100.0, at);
            let work = bar.began.text("what").starts_with("change");
            let class = if work {
                "work".to_owned()
            } else {
                format!("level-{}", if bar.began.is("status", "down") { "down" } else { "other" })
            };
            let name = if work { self.text(bar.began, "id") } else { self.text(bar.began, "service") };
            let status = if work { self.word("page-change") } else { self.named(bar.began, "status") };
            let end = match bar.ended {
                Some(line) => self.moment(line, "at"),
                None => self.word("page-goes-on"),
            };
            let mut marks = String::new();
            for (column, kind) in [("declared", "declared"), ("restored", "restored")] {
                if let Some(micros) = event.instant(column) {
                    let _ = write!(marks, "<i class=\"pin {kind}\" style=\"left:{:.2}%\"></i>", at(micros).clamp(0.0, 100.0));
                }
            }
            let _ = writeln!(
                self.out,
                "<div class=\"lane\"><span class=\"who\">{name} <span class=\"under\">{status}</span></span>\
                 <span class=\"track\" aria-hidden=\"true\">{marks}<i class=\"bar {class}\" style=\"left:{from:.2}%;width:{:.2}%\"></i></span>\
                 <span class=\"when\">{} \u{2013} {end}</span></div>",
                (until - from).max(0.6),
                self.moment(bar.began, "at"),
            );
        }
        let (declared, restored) = (self.word("page-head-declared"), self.word("page-head-restored"));
        let _ = writeln!(
            self.out,
            "<p class=\"legend\"><span><i class=\"key declared\"></i>{declared}</span><span><i class=\"key restored\"></i>{restored}</span></p>\n</figure>"
        );
    }
    /// What happened in order of time.
    fn told(&mut self, history: &[Line<'a>]) {
        let title = self.word("page-timeline");
        let _ = writeln!(self.out, "<details class=\"told\"><summary>{title}</summary>\n<ol class=\"timeline\">");
        for line in history.iter().take(MOMENTS) {
            let what = line.text("what");
            let mut words = String::new();
            for (column, show) in [("service", Show::Text), ("party", Show::Party), ("id", Show::Text), ("status", Show::Named)] {
                if line.has(column) {
                    let _ = write!(words, " <span class=\"{column}\">{}</span>", self.shown(*line, column, show));
                }
            }
            let _ = writeln!(
                self.out,
                "<li class=\"{}\">{} <span><strong>{}</strong>{words}</span></li>",
                escape(&what.replace('_', "-")),
                self.moment(*line, "at"),
                self.named(*line, "what"),
            );
        }
        self.put("</ol>\n");
        self.more("timeline", history.len().saturating_sub(MOMENTS));
        self.put("</details>\n");
    }
    fn recorded_claims(&mut self, claims: &[Line<'a>]) {
        if claims.is_empty() {
            return;
        }
        let title = self.word("page-claims");
        let _ = writeln!(self.out, "<h4>{title}</h4>");
        for claim in claims.iter().take(EVENTS) {
            let (id, party, status) = (self.text(*claim, "claim"), self.party(*claim, "party"), self.named(*claim, "status"));
            let reason = if claim.has("reason") { format!("<p>{}</p>", self.text(*claim, "reason")) } else { String::new() };
            let _ = write!(
                self.out,
                "<div class=\"claim\">\n<p><strong>{party}</strong> <span class=\"under\">{id}</span> <span class=\"tag\">{status}</span></p>\n{reason}<dl class=\"facts\">"
            );
            for (title, column, show) in CLAIM.iter().filter(|fact| claim.has(fact.1)) {
                let (title, shown) = (self.word(title), self.shown(*claim, column, *show));
                let _ = write!(self.out, "<div><dt>{title}</dt><dd>{shown}</dd></div>");
            }
            self.put("</dl>\n</div>\n");
        }
        self.more("claims", claims.len().saturating_sub(EVENTS));
    }
    fn causes(&mut self, causes: &[Line<'a>]) {
        if causes.is_empty() {
            return;
        }
        let title = self.word("page-causes");
        let _ = writeln!(self.out, "<h4>{title}</h4>\n<ul class=\"shares\">");
        for cause in causes {
            let width = cause.float("share").unwrap_or(0.0).clamp(0.0, 100.0);
            let known = self.all("rows").any(|row| row.is("party", &cause.text("party")));
            let party = if known { self.party(*cause, "party") } else { self.named(*cause, "party") };
            let _ = writeln!(
                self.out,
                "<li><span>{party}</span><span class=\"track\" aria-hidden=\"true\"><i style=\"width:{width:.2}%\"></i></span><span class=\"number\">{}</span></li>",
                self.percent(*cause, "share")
            );
        }
        self.put("</ul>\n");
    }
}

/// What begins and ends, in order of beginning.
fn bars<'a>(history: &[Line<'a>]) -> Vec<Bar<'a>> {
    let mut found: Vec<Bar<'a>> = Vec::new();
    for line in history {
        let (what, key) = (line.text("what"), if line.text("what").starts_with("change") { "id" } else { "service" });
        match &*what {
            "outage_began" | "change_began" => found.push(Bar { began: *line, ended: None }),
            "outage_ended" | "change_ended" => {
                let begun = what.replace("ended", "began");
                let open = found
                    .iter_mut()
                    .find(|bar| bar.ended.is_none() && bar.began.is("what", &begun) && bar.began.text(key) == line.text(key));
                if let Some(bar) = open {
                    bar.ended = Some(*line);
                }
            }
            _ => {}
        }
    }
    found
}

/// A part of a whole in hundredths, to draw.
fn hundredths(part: i64, whole: i64) -> f64 {
    let scaled = i128::from(part).saturating_mul(10_000) / i128::from(whole.max(1));
    i32::try_from(scaled).map_or(0.0, f64::from) / 100.0
}
