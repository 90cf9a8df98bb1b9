//! Real data that nobody here wrote: Debian's dependency graph, other systems' cases.
//!
//! Goes in: files of the shared folder; where it is absent each test says that it was skipped.
//! Comes out: the same answers as a plain search, and the list of cases that pass.
//! **Invariant:** nothing of these files is copied into the project.
//! **Not here:** the real log (`score` in the core, `examples/real_log.py`).

use siam_core::answer::impact::{FailureQuery, ImpactQuery, impact};
use siam_core::base::columns::Cell;
use siam_core::base::table::{ColumnType, Table};
use siam_core::base::{Instant, Limits};
use siam_core::{Source, load_with};
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
