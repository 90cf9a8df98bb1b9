//! Laws of findings and terms: no valid ecosystem stops them, silencing removes one code alone, the order of documents says nothing.
//!
//! Goes in: generated estates, and a good ecosystem of which random lines are taken away. Comes out: equal tables, equal words.
//! **Invariant:** a document that does not load any more is left aside; one that loads is looked at, whatever it has become.
//! **Not here:** which finding a change deserves (siam-core, `answer::findings::tests`).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::findings::{FindingsQuery, findings};
use siam_core::answer::terms::{TermsQuery, terms};
use siam_core::base::csv;
use siam_core::report::{Answer, Catalogue, Severities};
use siam_core::{Ecosystem, Source, explain};
use siam_tests::generate::{Dice, Month, Options, calendars, estate, layered, month};
use std::collections::BTreeSet;

const GOOD: &str = include_str!("../../../siam-core/src/answer/findings/tests/good.yaml");

/// The good ecosystem without some of its lines; often one that nobody would sign.
fn worn(seed: u64) -> Option<(String, Ecosystem)> {
    let mut dice = Dice::new(seed);
    let least = 1 + dice.below(4);
    let gone: BTreeSet<usize> = (0..least).map(|_| 1 + dice.below(GOOD.lines().count() - 1)).collect();
    let kept = GOOD.lines().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, line)| format!("{line}\n"));
    let text: String = kept.collect();
    let ecosystem = siam_core::load(&[Source::text("worn.yaml", text.as_str())]).ok()?;
    Some((text, ecosystem))
}

fn found(ecosystem: &Ecosystem, severities: Severities) -> Vec<(String, String)> {
    let report = findings(ecosystem, &FindingsQuery { severities, ..Default::default() }).unwrap();
    report.problems().iter().map(|problem| (problem.code().name.to_owned(), problem.to_string())).collect()
}

/// Every row of an answer can be explained, in full sentences.
fn explained(report: &dyn Answer) {
    let rows = report.tables().first().map_or(0, |table| table.rows());
    for row in 0..rows.min(50) {
        let text = explain(report, "", row, &Catalogue::english()).unwrap().to_text();
        assert!(!text.is_empty());
    }
}

/// One document for each entry of each section that holds named parts.
fn cut(text: &str) -> Vec<(String, String)> {
    let mut documents: Vec<(String, String)> = Vec::new();
    let mut section = String::new();
    for line in text.lines() {
        if !line.starts_with(' ') {
            section = line.to_owned();
            documents.push((line.to_owned(), format!("{line}\n")));
        } else if line.starts_with("  ") && !line.starts_with("   ") && !section.starts_with("framework") {
            documents.push((format!("{section}{line}"), format!("{section}\n{line}\n")));
        } else if let Some((_, document)) = documents.last_mut() {
            document.push_str(line);
            document.push('\n');
        }
    }
    // A section whose entries were cut away holds nothing.
    documents.retain(|(_, document)| document.trim_end().contains(": ") || document.lines().count() > 1);
    documents
}

#[test]
fn enough_worn_ecosystems_load_and_enough_of_them_are_told_something() {
    let loaded: Vec<Ecosystem> = (0..300).filter_map(worn).map(|(_, ecosystem)| ecosystem).collect();
    let told = loaded.iter().filter(|ecosystem| !found(ecosystem, Severities::default()).is_empty()).count();
    assert!(loaded.len() > 40 && told > 30, "{} load, {told} are told something", loaded.len());
}

#[test]
fn findings_of_generated_ecosystems_are_told_in_full_sentences() {
    for seed in 0..20 {
        let mut dice = Dice::new(seed);
        let documents = [
            estate(&mut dice, 30, Options { dated: true, ..Options::default() }).document(),
            month(seed, &Month { tickets: 0, dirty: 0, ..Month::default() }).document,
            layered(seed, 300, true).document,
        ];
        for document in documents {
            let ecosystem = load(&document);
            explained(&findings(&ecosystem, &FindingsQuery::default()).unwrap());
            explained(&terms(&ecosystem, &TermsQuery::default()).unwrap());
        }
        let _ = calendars(&mut dice);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_worn_ecosystem_never_stops_findings_or_terms(seed: u64) {
        if let Some((_, ecosystem)) = worn(seed) {
            explained(&findings(&ecosystem, &FindingsQuery::default()).unwrap());
            explained(&terms(&ecosystem, &TermsQuery::default()).unwrap());
        }
    }

    #[test]
    fn silencing_removes_exactly_that_code(seed: u64) {
        let Some((_, ecosystem)) = worn(seed) else { return Ok(()) };
        let all = found(&ecosystem, Severities::default());
        for code in all.iter().map(|(name, _)| name).collect::<BTreeSet<_>>() {
            let left = found(&ecosystem, Severities::parse([(code.as_str(), "off")]).unwrap());
            let expected: Vec<_> = all.iter().filter(|(name, _)| name != code).cloned().collect();
            prop_assert_eq!(left, expected);
        }
    }

    #[test]
    fn the_order_of_documents_never_matters(seed: u64) {
        let Some((text, _)) = worn(seed) else { return Ok(()) };
        let mut documents = cut(&text);
        let told = |documents: &[(String, String)]| {
            let sources: Vec<Source> = documents.iter().map(|(name, text)| Source::text(name.as_str(), text.as_str())).collect();
            let ecosystem = siam_core::load(&sources).ok()?;
            let report = findings(&ecosystem, &FindingsQuery::default()).unwrap();
            let page = terms(&ecosystem, &TermsQuery::default()).unwrap();
            let words = explain(&page, "", 0, &Catalogue::english()).unwrap().to_text();
            Some((String::from_utf8(csv::write(report.rows())).unwrap(), report.problems().to_string(), words))
        };
        let first = told(&documents);
        prop_assert!(first.is_some(), "cut into its entries it still loads");
        Dice::new(seed).shuffle(&mut documents);
        prop_assert_eq!(first, told(&documents));
    }
}
