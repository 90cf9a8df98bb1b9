//! The log of a real ITSM platform, where it lies at hand: our clock against the platform's own verdicts.

use crate::answer::reconcile::{ReconcileQuery, reconcile};
use crate::answer::score::{ScoreQuery, score};
use crate::base::columns::Cell;
use crate::base::{Limits, csv};
use crate::evidence::{EvidenceQuery, evidence};
use crate::report::{Answer, Catalogue, Explanation};
use crate::{Source, load};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant as Stopwatch;

const ECOSYSTEM: &str = include_str!("../../../../../examples/real_log/ecosystem.yaml");
const MAPPING: &str = include_str!("../../../../../examples/real_log/mapping.yaml");
const FILE: &str = "data/uci498_events_first_half.csv.xz";

/// The log, decompressed; none where it is not at hand, which is a failure where the variable says that it is.
fn log() -> Option<Vec<u8>> {
    let stated = std::env::var_os("SIAM_SHARED").map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let path = stated.clone().unwrap_or(root).join(FILE);
    if !path.exists() {
        assert!(stated.is_none(), "SIAM_SHARED is set and lacks {}", path.display());
        println!("skipped: no {}", path.display());
        return None;
    }
    let output = Command::new("xz").arg("-dc").arg(&path).output().unwrap();
    assert!(output.status.success());
    Some(output.stdout)
}

#[test]
fn the_platforms_own_verdicts_come_out_of_its_clock() {
    let Some(bytes) = log() else { return };
    let ecosystem = load(&[Source::text("ecosystem.yaml", ECOSYSTEM)]).unwrap();
    let watch = Stopwatch::now();
    let table = csv::read("log", &bytes, &Limits::default()).unwrap();
    println!("csv {:?}", watch.elapsed());
    let query = EvidenceQuery { mapping: Some(MAPPING.into()), ..EvidenceQuery::default() };
    let watch = Stopwatch::now();
    let found = evidence(&ecosystem, &query, vec![table.view()], &Limits::default()).unwrap();
    println!("bind {:?} {found:?}", watch.elapsed());
    for table in found.tables() {
        let bytes = csv::write(table);
        println!("{} {}", table.name(), String::from_utf8_lossy(&bytes[..bytes.len().min(2500)]));
    }
    let watch = Stopwatch::now();
    let query = ScoreQuery { periods: vec!["2016-02-29/2016-05-01".into(), "2016-03".into(), "2016".into()], ..ScoreQuery::default() };
    let scorecard = score(&ecosystem, &found, &query).unwrap();
    println!("score {:?}", watch.elapsed());
    println!("{}", String::from_utf8_lossy(&csv::write(scorecard.tables()[0])));
    println!("{}", Explanation::of(&scorecard.explain(1).unwrap(), &Catalogue::english()).to_text());
    let why = scorecard.explain_ticket("in-time-with-pauses", "INC0000045").unwrap();
    println!("{}", Explanation::of(&why, &Catalogue::english()).to_text());
    let watch = Stopwatch::now();
    let reconciliation = reconcile(&ecosystem, &found, &ReconcileQuery::default()).unwrap();
    println!("reconcile {:?}", watch.elapsed());
    println!("{}", String::from_utf8_lossy(&csv::write(reconciliation.tables()[0])));
    let bytes = csv::write(reconciliation.tables()[1]);
    println!("{}", String::from_utf8_lossy(&bytes[..bytes.len().min(2500)]));
    let _ = Cell::Null;
}
