//! The log of a real ITSM platform, where it lies at hand: our clock against the platform's own verdicts.

use crate::answer::reconcile::{ReconcileQuery, reconcile};
use crate::answer::score::{ScoreQuery, score};
use crate::base::csv::{self, cell_text};
use crate::base::{Limits, Table};
use crate::document::Source;
use crate::ecosystem::load;
use crate::evidence::{EvidenceQuery, evidence};
use crate::report::{Answer, Catalogue, Explanation};
use std::path::PathBuf;
use std::process::Command;

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

fn cell(table: &Table, wanted: &[(&str, &str)], column: &str) -> String {
    let row = (0..table.rows()).find(|row| wanted.iter().all(|(name, value)| cell_text(&table.cell(*row, name)) == *value));
    cell_text(&table.cell(row.unwrap(), column))
}

#[test]
fn the_platforms_own_verdicts_come_out_of_its_clock() {
    let Some(bytes) = log() else { return };
    let ecosystem = load(&[Source::text("ecosystem.yaml", ECOSYSTEM)]).unwrap();
    let table = csv::read("log", &bytes, &Limits::default()).unwrap();
    let query = EvidenceQuery { mapping: Some(MAPPING.into()), ..EvidenceQuery::default() };
    let found = evidence(&ecosystem, &query, vec![table.view()], &Limits::default()).unwrap();
    assert_eq!(found.tickets().len(), 12_458);
    assert_eq!(found.rejected().rows(), 0);
    assert_eq!(cell(found.tables()[0], &[("table", "ticket_events")], "rows"), "77008");
    assert_eq!(cell(found.tables()[3], &[("gives", "tickets.resolved")], "missing"), "954");

    let reconciliation = reconcile(&ecosystem, &found, &ReconcileQuery::default()).unwrap();
    let agree = |measure, priority| {
        let wanted = [("measure", measure), ("priority", priority)];
        let figure = |column| cell(reconciliation.tables()[0], &wanted, column).parse::<i64>().unwrap();
        (figure("agree"), figure("compared"))
    };
    assert_eq!(agree("in-time", "P3"), (11_718, 11_725));
    assert_eq!(agree("in-time", "P4"), (448, 448));
    assert_eq!(agree("in-time-around-the-clock", "P3"), (5_847, 11_725));
    assert_eq!(agree("in-time-with-pauses", "P3"), (10_588, 11_725));
    assert_eq!(agree("in-time-until-resolved", "P3"), (7_623, 10_809));
    assert_eq!(cell(reconciliation.tables()[0], &[("measure", "in-time-until-resolved"), ("by", "")], "not_compared"), "954");
    assert_eq!(
        cell(reconciliation.tables()[1], &[("measure", "in-time"), ("ticket", "INC0008249")], "difference_seconds"),
        "7140"
    );

    let query = ScoreQuery { periods: vec!["2016-03".into(), "2016".into()], ..ScoreQuery::default() };
    let scorecard = score(&ecosystem, &found, &query).unwrap();
    let figure = |period, column| cell(scorecard.tables()[0], &[("period", period), ("measure", "in-time"), ("by", "")], column);
    assert_eq!(figure("2016-03", "met"), "2487");
    assert_eq!(figure("2016-03", "counted"), "5706");
    assert_eq!(figure("2016", "result"), "missed");
    let unscored =
        cell(scorecard.tables()[0], &[("period", "2016"), ("measure", "in-time-until-resolved"), ("by", "")], "unscored");
    assert_eq!(unscored, "954");
    let why = scorecard.explain_ticket("in-time-with-pauses", "INC0000045").unwrap();
    let why = Explanation::of(&why, &Catalogue::english()).to_text();
    assert!(why.starts_with("INC0000045 met in-time-with-pauses: 45 h on the clock, 62 h allowed\n"), "{why}");
}
