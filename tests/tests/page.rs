//! The page of a review shows cells and nothing else.
//!
//! Goes in: examples/review and a small ecosystem with hostile names, as pages for all and for each party. Comes out: every fault of a page.
//! **Invariant:** a figure names its cell and reads as it; a digit that no cell, reason or stamp accounts for is a fault.
//! **Not here:** what the review computes (`review`, `cases`), how the page looks.

use siam_core::answer::review::{Review, ReviewQuery, review};
use siam_core::base::columns::Cell;
use siam_core::base::csv::{self, cell_text};
use siam_core::base::{Limits, Ratio, Table};
use siam_core::page::{PageQuery, page};
use siam_core::report::html::{capital, heading};
use siam_core::{Answer, Catalogue, EvidenceQuery, Source, evidence, explain, load};
use std::collections::BTreeSet;
use std::path::Path;

fn listed(folder: &Path, ends: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries.filter(|path| path.to_string_lossy().ends_with(ends)).collect();
    found.sort();
    let read = |path: std::path::PathBuf| {
        (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

fn october() -> Review {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/review");
    let sources: Vec<Source> = listed(&folder, ".yaml").into_iter().map(|(name, text)| Source::text(name, text)).collect();
    let ecosystem = load(&sources).unwrap();
    let limits = Limits::default();
    let folder = folder.join("evidence");
    let tables: Vec<Table> =
        listed(&folder, ".csv").iter().map(|(name, text)| csv::read(name, text.as_bytes(), &limits).unwrap()).collect();
    let mapping = std::fs::read_to_string(folder.join("mapping.yaml")).unwrap();
    let asked = EvidenceQuery { mapping: Some(mapping), ..Default::default() };
    let bound = evidence(&ecosystem, &asked, tables.iter().map(Table::view).collect(), &limits).unwrap();
    review(&ecosystem, &bound, &ReviewQuery { period: "2026-10".into(), ..Default::default() }).unwrap()
}

fn of(review: &Review, party: Option<&str>) -> String {
    page(review, &PageQuery { party: party.map(str::to_owned), title: None }, &Catalogue::english()).unwrap()
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}

/// An element that is open: its name and attributes.
#[derive(Debug, Clone)]
struct Open {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Open {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A text with the elements around it, the outermost first.
struct Text {
    around: Vec<Open>,
    text: String,
}

/// The attributes of a tag; each has a value in quotes.
fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((name, after)) = rest.trim_start().split_once("=\"") {
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("a value without its end: {rest}"));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-:".contains(c)), "{name} is no attribute");
        found.push((name.to_owned(), plain(value)));
        rest = after;
    }
    assert!(rest.trim().is_empty() || rest.trim() == "/" || rest.trim() == "open", "{rest}");
    found
}

/// All texts and elements of a page; every element is closed by its own name, in order.
fn read(page: &str) -> (Vec<Text>, Vec<Open>) {
    const VOID: &[&str] = &["meta", "br", "hr"];
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").unwrap();
    let (mut around, mut texts, mut elements): (Vec<Open>, Vec<Text>, Vec<Open>) = (Vec::new(), Vec::new(), Vec::new());
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>') || around.last().is_some_and(|open| open.name == "style"), "a stray `>` in {text}");
        if !text.trim().is_empty() {
            texts.push(Text { around: around.clone(), text: plain(text) });
        }
        let (tag, after) = after.split_once('>').expect("a tag has its end");
        if let Some(name) = tag.strip_prefix('/') {
            let open = around.pop().map(|open| open.name);
            assert_eq!(open.as_deref(), Some(name), "after {}", texts.last().map_or("", |text| &text.text));
        } else {
            let (name, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
            let open = Open { name: name.trim_end_matches('/').to_owned(), attributes: attributes(rest) };
            elements.push(open.clone());
            if !tag.ends_with('/') && !VOID.contains(&name) {
                around.push(open);
            }
        }
        rest = after;
    }
    assert!(around.is_empty(), "{around:?} is never closed");
    (texts, elements)
}

/// The cell that an element names.
fn named<'r>(review: &'r Review, place: &str) -> (&'r Table, usize, String) {
    let mut parts = place.splitn(3, '.');
    let mut part = || parts.next().unwrap_or_else(|| panic!("{place} names no cell"));
    let (table, row, column) = (part(), part().parse().unwrap(), part().to_owned());
    let table = review.table(table).unwrap_or_else(|| panic!("no table {table}"));
    assert!(row < table.rows() && table.column(&column).is_some(), "{place} is not there");
    (table, row, column)
}

/// Seconds of a text such as `3 h 29 min 12 s`; none where it is no length of time.
fn seconds(shown: &str) -> Option<f64> {
    let words: Vec<&str> = shown.split_whitespace().collect();
    let pairs = words.chunks(2).map(|pair| match pair {
        [number, "h"] => number.parse::<f64>().ok().map(|hours| hours * 3600.0),
        [number, "min"] => number.parse::<f64>().ok().map(|minutes| minutes * 60.0),
        [number, "s"] => number.parse::<f64>().ok(),
        _ => None,
    });
    pairs.sum()
}

/// Whether a shown figure is the value of its cell, to the digits that are shown.
fn reads_as(shown: &str, value: f64) -> bool {
    let shown = shown.replace('\u{a0}', " ");
    if let Some(seconds) = seconds(&shown) {
        return (seconds - value).abs() <= 0.5;
    }
    let (number, hundredth) = match shown.strip_suffix(" %") {
        Some(number) => (number.replace(',', ""), true),
        None => (shown.replace(',', ""), false),
    };
    let digits = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let Ok(number) = number.parse::<f64>() else { return false };
    let half = 0.500_001 * 10_f64.powi(-i32::try_from(digits).unwrap());
    (number - value).abs() <= half || hundredth && (number - value * 100.0).abs() <= half
}

/// The faults of one text that stands in an element with a cell.
fn check_cell(review: &Review, open: &Open, shown: &str) {
    let place = open.get("data-cell").unwrap();
    let (table, row, column) = named(review, place);
    let cell = table.cell(row, &column);
    let text = match &cell {
        Cell::Text(text) => text.to_string(),
        cell => cell_text(cell),
    };
    match &*open.name {
        "span" => {
            let word = capital(Catalogue::english().template(&format!("page-word-{}", text.replace('_', "-"))));
            assert!(shown == text || shown == heading(&text) || shown == word, "{place} is {text}, and the page says {shown}");
        }
        "time" => {
            assert_eq!(open.get("datetime"), Some(&*text), "{place}");
            let short = text.trim_end_matches('Z').replace('T', "\u{a0}");
            assert!(shown == short || format!("{shown}:00") == short, "{place} is {text}, and the page says {shown}");
        }
        "data" => {
            assert_eq!(open.get("value"), Some(&*text), "{place}");
            let value = match &cell {
                Cell::Text(exact) => Ratio::parse(exact).unwrap_or_else(|| panic!("{place} is no number")).to_f64(),
                _ => text.parse().unwrap(),
            };
            assert!(reads_as(shown, value), "{place} is {text}, and the page says {shown}");
        }
        other => panic!("{other} holds a cell"),
    }
}

/// Every text of a page is the cell it names, a step of the reason it names, or has no digit.
fn check_figures(review: &Review, page: &str) -> usize {
    let (texts, elements) = read(page);
    let mut cells = 0;
    let mut reason: (String, BTreeSet<String>) = Default::default();
    for text in &texts {
        let around = |name: &str| text.around.iter().rev().find(|open| open.get(name).is_some());
        let inside = |name: &str| text.around.iter().any(|open| open.name == name);
        if let Some(open) = around("data-cell") {
            check_cell(review, open, &text.text);
            cells += 1;
        } else if let Some(why) = around("data-why").and_then(|open| open.get("data-why")) {
            if reason.0 != why {
                let (table, row) = why.split_once('.').unwrap();
                let steps = explain(review, table, row.parse().unwrap(), &Catalogue::english()).unwrap().steps;
                reason = (why.to_owned(), steps.iter().flat_map(|step| [step.text.clone(), capital(&step.text)]).collect());
            }
            let counted = text.around.last().is_some_and(|open| open.get("class") == Some("more"));
            assert!(counted || reason.1.contains(&text.text), "{why} has no step {}", text.text);
        } else if !inside("style") && !inside("title") {
            let accounted = ["data-stamp", "data-more", "data-problems"].iter().any(|name| around(name).is_some());
            let heading = ["h1", "h2", "h3"].contains(&&*text.around.last().unwrap().name);
            let digit = text.text.chars().any(|c| c.is_ascii_digit());
            assert!(accounted || heading || !digit, "no cell accounts for {}", text.text);
        }
    }
    assert_eq!(cells, elements.iter().filter(|open| open.get("data-cell").is_some()).count(), "a cell is shown empty");
    cells
}

fn parties(review: &Review) -> BTreeSet<String> {
    let rows = review.table("rows").unwrap();
    (0..rows.rows()).map(|row| cell_text(&rows.cell(row, "party"))).collect()
}

#[test]
fn every_figure_is_the_cell_it_names() {
    let review = october();
    let all = of(&review, None);
    assert!(check_figures(&review, &all) > 1_000, "the page shows hardly a cell");
    assert!(all.len() < 1_500_000, "the page has {} bytes", all.len());
    for party in parties(&review) {
        assert!(check_figures(&review, &of(&review, Some(&party))) > 30, "{party}");
    }
}

#[test]
fn the_page_of_a_party_has_no_row_of_money_of_another() {
    let review = october();
    for party in parties(&review) {
        let (_, elements) = read(&of(&review, Some(&party)));
        let mut money = 0;
        for place in elements.iter().filter_map(|open| open.get("data-cell")) {
            let (table, row, column) = named(&review, place);
            let columns: &[&str] = match table.name() {
                "ledger" | "owed" => &["payer", "payee"],
                "charges" | "unused" => &["party"],
                "rows" if column != "title" => &["party"],
                "totals" => panic!("the page of {party} shows what all owe"),
                _ => continue,
            };
            money += 1;
            let own = columns.iter().any(|column| table.cell(row, column) == Cell::Text(party.as_str().into()));
            assert!(own, "the page of {party} shows {place}");
        }
        assert!(money > 0, "{party}");
    }
}

#[test]
fn a_page_loads_nothing_and_can_be_read_without_eyes_on_colour() {
    let review = october();
    for page in [of(&review, None), of(&review, Some("netco"))] {
        for load in ["http:", "https:", "src=", "url(", "@import", "<script", "<link", "<iframe"] {
            assert!(!page.contains(load), "the page has {load}");
        }
        let (texts, elements) = read(&page);
        let ids: Vec<&str> = elements.iter().filter_map(|open| open.get("id")).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id stands twice: {ids:?}");
        for target in elements.iter().filter_map(|open| open.get("href")) {
            assert!(ids.contains(&target.trim_start_matches('#')), "{target} leads nowhere");
        }
        assert_eq!(elements.iter().filter(|open| open.name == "h1").count(), 1);
        assert!(elements.iter().filter(|open| open.name == "th").all(|open| open.get("scope").is_some()));
        assert_eq!(elements.iter().find(|open| open.name == "html").and_then(|open| open.get("lang")), Some("en"));
        // A verdict has a word beside its shape.
        let words: BTreeSet<&str> = texts
            .iter()
            .filter(|text| text.around.iter().any(|open| open.get("class").is_some_and(|class| class.starts_with("verdict"))))
            .map(|text| text.text.as_str())
            .collect();
        assert_eq!(words, BTreeSet::from(["Met", "Missed"]));
    }
}

#[test]
fn names_that_look_like_markup_stay_names() {
    let text = r#"
siam: 1
ecosystem: "<script>alert('all')</script>"
parties: {"<b>hub": {kind: integrator, title: "Hub & <i>Sons</i>"}, acme: {kind: customer}}
services: {"<img src=x onerror=alert(1)>": {provider: "<b>hub"}}
agreements:
  sla:
    title: "\"quoted\" onmouseover='x'"
    kind: sla
    provider: "<b>hub"
    customer: acme
    measures: {restored: {title: "<u>restored</u>", clause: "</details>", statistic: percent_within, within: 4h, target: 90%}}
"#;
    let ecosystem = load(&[Source::text("hostile.yaml", text)]).unwrap();
    let limits = Limits::default();
    let tickets = b"ticket,service,opened,resolved\n<A>,<img src=x onerror=alert(1)>,2026-10-03T09:00:00Z,2026-10-03T10:00:00Z\n";
    let tickets = csv::read("tickets", tickets, &limits).unwrap();
    let bound = evidence(&ecosystem, &EvidenceQuery::default(), vec![tickets.view()], &limits).unwrap();
    let review = review(&ecosystem, &bound, &ReviewQuery { period: "2026-10".into(), ..Default::default() }).unwrap();
    let page = of(&review, Some("<b>hub"));
    for markup in ["<script", "<b>hub", "<i>Sons", "<img", "<u>restored", "onmouseover='"] {
        assert!(!page.contains(markup), "{markup} stands on the page");
    }
    assert!(page.contains("Hub &amp; &lt;i&gt;Sons&lt;/i&gt;") && page.contains("&lt;/details&gt;"), "{page}");
    read(&page);
}

#[test]
fn a_title_stands_instead_of_the_name() {
    let query = PageQuery { title: Some("October <with the board>".into()), party: None };
    let page = page(&october(), &query, &Catalogue::english()).unwrap();
    assert!(page.contains("<h1>October &lt;with the board&gt;</h1>"), "the title stands on the page");
    assert!(page.contains("<title>October &lt;with the board&gt; \u{b7} Service review \u{b7} 2026-10</title>"));
}

#[test]
fn a_page_is_of_a_review_and_of_a_party_it_knows() {
    let review = october();
    let asking = PageQuery { party: Some("netkco".into()), title: None };
    let error = page(&review, &asking, &Catalogue::english()).unwrap_err().to_string();
    assert!(error.contains("no party is named `netkco`") && error.contains("did you mean `netco`?"), "{error}");
    let ecosystem = load(&[Source::text("x.yaml", "{siam: 1, services: {a: {}}}")]).unwrap();
    let findings = siam_core::findings(&ecosystem, &Default::default()).unwrap();
    let error = page(&findings as &dyn Answer, &PageQuery::default(), &Catalogue::english()).unwrap_err();
    assert_eq!(error.problems().iter().next().map(|problem| problem.code().number), Some(571));
}

#[test]
fn another_language_has_its_own_words_and_marks() {
    let text = r#"{"locale": "de", "decimal_mark": ",", "group_mark": ".", "messages": {"page-owed": "Was geschuldet wird", "page-word-met": "erfüllt"}}"#;
    let german = Catalogue::load(&Source::text("de.json", text));
    let german = german.unwrap_or_else(|error| panic!("{error}"));
    let page = page(&october(), &PageQuery::default(), &german).unwrap();
    assert!(
        page.contains("<html lang=\"de\">") && page.contains(">Was geschuldet wird</h2>") && page.contains(">10.954,86</data>")
    );
    assert!(page.contains("Erfüllt</span>"), "the verdict is in the words of the language");
}

#[test]
fn a_figure_that_no_cell_has_is_found() {
    let review = october();
    let page = of(&review, None);
    check_figures(&review, &page);
    let spoilt = [
        (">99.32\u{a0}%</data>", ">99.42\u{a0}%</data>"),
        (">10,954.86</data>", ">10,954.87</data>"),
        ("Open findings", "5 open findings"),
        ("netco owes marlow 3693.48 GBP", "netco owes marlow 3693.49 GBP"),
    ];
    for (right, wrong) in spoilt {
        let other = page.replacen(right, wrong, 1).replacen(&capital(right), &capital(wrong), 1);
        assert_ne!(page, other, "{right} does not stand on the page");
        let caught = std::panic::catch_unwind(|| check_figures(&october(), &other));
        assert!(caught.is_err(), "{wrong} is not found");
    }
}
