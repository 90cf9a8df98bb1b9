//! Real data that nobody here wrote: Debian's dependency graph, a public status page, other systems' cases.
//!
//! Goes in: files of the shared folder; where it is absent each test says that it was skipped.
//! Comes out: the same answers as a plain search, and the list of cases that pass.
//! **Invariant:** nothing of these files is copied into the project.
//! **Not here:** the real log (`score` in the core, `examples/real_log.py`).

use siam_core::answer::impact::{FailureQuery, ImpactQuery, impact};
use siam_core::answer::observed::{ObservedQuery, observed};
use siam_core::base::columns::Cell;
use siam_core::base::table::{ColumnType, Table};
use siam_core::base::{Instant, Limits};
use siam_core::evidence::{EvidenceQuery, evidence};
use siam_core::{Source, load, load_with};
use siam_tests::shared::shared;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

fn gunzip(path: &std::path::Path) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn debians_graph_loads_from_columns_and_impact_agrees_with_a_plain_search() {
    let Some(path) = shared("data/debian12_depends_edges.tsv.gz") else { return };
    let text = gunzip(&path);
    let edges: Vec<(&str, &str)> = text.lines().skip(1).filter_map(|line| line.split_once('\t')).collect();
    let mut table = Table::with_columns("dependencies", vec![("from".into(), ColumnType::Text), ("to".into(), ColumnType::Text)]);
    let mut dependents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (package, depends_on) in &edges {
        table.push(&[Cell::Text((*package).into()), Cell::Text((*depends_on).into())]);
        dependents.entry(depends_on).or_default().push(package);
    }
    let ecosystem = load_with(&[Source::text("debian", "siam: 1")], vec![table.view()], &Limits::default()).unwrap();
    // 63,666 packages in all; those without any edge are not in the file.
    assert_eq!(ecosystem.model().services.len(), 59_615);
    assert_eq!(ecosystem.map(Instant::MAX).structure.cycles().count(), 59);
    for failed in ["libc6", "libssl3", "zlib1g", "python3", "0ad-data"] {
        let report = impact(&ecosystem, &ImpactQuery { failures: vec![FailureQuery::of(failed)], ..Default::default() }).unwrap();
        let rows = report.rows();
        let ours: BTreeSet<String> = (0..rows.rows())
            .filter_map(|row| match rows.cell(row, "service") {
                Cell::Text(name) => Some(name.into_owned()),
                _ => None,
            })
            .collect();
        let mut searched = BTreeSet::from([failed.to_owned()]);
        let mut open = vec![failed];
        while let Some(package) = open.pop() {
            for dependent in dependents.get(package).into_iter().flatten() {
                if searched.insert((*dependent).to_owned()) {
                    open.push(dependent);
                }
            }
        }
        assert_eq!(ours, searched, "{failed}");
        println!("{failed} reaches {} packages", ours.len());
    }
}

/// Seconds that intervals cover within bounds: overlaps once, then overlaps as often as they are told.
fn merged_and_summed(told: &[(i64, i64)], from: i64, until: i64) -> (i64, i64) {
    let mut cut: Vec<(i64, i64)> = told.iter().map(|(a, b)| ((*a).max(from), (*b).min(until))).filter(|(a, b)| a < b).collect();
    cut.sort_unstable();
    let summed = cut.iter().map(|(a, b)| b - a).sum();
    let (mut merged, mut known) = (0, i64::MIN);
    for (a, b) in cut {
        merged += (b - a.max(known)).max(0);
        known = known.max(b);
    }
    (merged, summed)
}

#[test]
fn downtime_of_a_status_page_is_counted_once_where_its_incidents_overlap() {
    let Some(path) = shared("data/github_status_incidents.jsonl.gz") else { return };
    let columns = ["service", "from", "to", "level"].map(|name| (name.into(), ColumnType::Text));
    let mut outages = Table::with_columns("outages", columns.to_vec());
    let mut told: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for line in gunzip(&path).lines() {
        let incident: serde_json::Value = serde_json::from_str(line).unwrap();
        let level = match incident["impact"].as_str() {
            Some("minor") => "degraded",
            Some("major" | "critical") => "down",
            _ => continue,
        };
        let at = |key: &str| incident[key].as_str().unwrap().to_owned();
        let (from, to) = (at("downtime_start"), at("downtime_end"));
        let seconds = |at: &str| Instant::parse(at).unwrap().micros() / 1_000_000;
        for component in incident["components"].as_array().into_iter().flatten() {
            let name = component.as_str().unwrap().replace(' ', "-").to_lowercase();
            if seconds(&from) < seconds(&to) {
                outages.push(&[&name, &from, &to, level].map(|cell| Cell::Text(cell.into())));
                told.entry(name).or_default().push((seconds(&from), seconds(&to)));
            }
        }
    }
    let services: String = told.keys().map(|name| format!("  {name}: {{}}\n")).collect();
    let ecosystem = load(&[Source::text("page", format!("siam: 1\nservices:\n{services}"))]).unwrap();
    let evidence = evidence(&ecosystem, &EvidenceQuery::default(), vec![outages.view()], &Limits::default()).unwrap();
    let months = (2022..=2026).flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}")));
    let periods: Vec<String> = months.chain(["2022-01-01/2026-09-01".to_owned()]).collect();
    let query = ObservedQuery { periods, available: vec!["operational".into()], ..ObservedQuery::default() };
    let report = observed(&ecosystem, &evidence, &query).unwrap();
    let rows = report.rows();
    let (mut overlaps, mut with_downtime) = (0, 0);
    for row in 0..rows.rows() {
        let whole = |column: &str| match rows.cell(row, column) {
            Cell::Integer(value) => value,
            Cell::Instant(micros) => micros / 1_000_000,
            other => panic!("{column}: {other:?}"),
        };
        let Cell::Text(service) = rows.cell(row, "service") else { panic!("a row without a service") };
        let (from, until) = (whole("period_from"), whole("period_until"));
        let (merged, summed) = merged_and_summed(&told[service.as_ref()], from, until);
        assert_eq!(whole("downtime_seconds"), merged, "{service} from {from} until {until}");
        assert_eq!(whole("agreed_seconds"), until - from);
        overlaps += i64::from(merged < summed);
        with_downtime += i64::from(merged > 0);
    }
    assert!(overlaps > 5 && with_downtime > 100, "{overlaps} of {with_downtime} overlap");
    println!("{overlaps} of {with_downtime} months with downtime have incidents that overlap");
}

fn cases(kind: &str) -> Option<siam_tests::cases::Results> {
    let path = shared(&format!("cases/{kind}.json"))?;
    Some(siam_tests::cases::run(kind, &std::fs::read_to_string(&path).unwrap(), Some(&path.with_extension(""))).unwrap())
}

#[test]
fn every_case_of_service_clocks_passes() {
    let Some(results) = cases("clock") else { return };
    let (passed, failed, skipped) = results.counts();
    assert_eq!((passed > 100, failed, skipped), (true, 0, 0), "{results}");
}

#[test]
fn every_contract_written_as_a_regime_gives_what_it_says() {
    let Some(results) = cases("regimes") else { return };
    let (passed, failed, skipped) = results.counts();
    assert_eq!((passed, failed, skipped), (44, 0, 1), "{results}");
}

#[test]
fn every_case_of_other_systems_service_trees_passes() {
    let Some(results) = cases("impact") else { return };
    let (passed, failed, skipped) = results.counts();
    assert_eq!((passed + skipped > 40, failed), (true, 0), "{results}");
    // Only what a manual says against itself may be skipped.
    for line in results.to_string().lines().filter(|line| line.contains(": skipped, ")) {
        assert!(line.contains("low confidence"), "{line}");
    }
    assert!(skipped <= 2, "{results}");
}

/// Worked by hand from what each system documents: every operator, type of rule and corner, also those that no file of others has.
#[test]
fn every_corner_of_other_systems_rules_gives_what_that_system_says() {
    let results = siam_tests::cases::run("impact", include_str!("corners.json"), None).unwrap();
    assert_eq!(results.counts(), (72, 0, 0), "{results}");
}

#[test]
fn kinds_whose_rooms_do_not_stand_are_refused() {
    for kind in ["availability", "weather"] {
        assert!(siam_tests::cases::run(kind, "{\"cases\": []}", None).unwrap_err().contains("unknown kind"));
    }
}
