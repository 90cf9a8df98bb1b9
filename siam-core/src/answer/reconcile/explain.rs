//! Why a row of a reconciliation is what it is, from its cells.
//!
//! Goes in: a row of disagreements, causes or figures. Comes out: its reason.
//! **Invariant:** a cause is told with what it is changed to.
//! **Not here:** rows of verdicts (`reconcile`).

use crate::base::columns::Cell;
use crate::base::{Argument, Duration, Error, Ratio, Table};
use crate::report::Reason;
use crate::report::answer::no_such_row;

/// Reads cells of one row.
struct Row<'t>(&'t Table, usize);

impl Row<'_> {
    fn text(&self, column: &str) -> Option<String> {
        match self.0.cell(self.1, column) {
            Cell::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }
    fn name(&self, column: &str) -> Argument {
        Argument::name(self.text(column).unwrap_or_else(|| "-".to_owned()))
    }
    fn count(&self, column: &str) -> Option<i64> {
        match self.0.cell(self.1, column) {
            Cell::Integer(value) => Some(value),
            _ => None,
        }
    }
    fn length(&self, column: &str) -> Option<Duration> {
        self.count(column).and_then(Duration::from_seconds)
    }
    fn number(&self, column: &str) -> Argument {
        let value = self.text(column).and_then(|text| Ratio::parse(&text)).unwrap_or(Ratio::ZERO);
        if self.text("unit").as_deref() == Some("share") { Argument::Percent(value) } else { Argument::Number(value) }
    }
}

fn row<'t>(table: &'t Table, at: usize) -> Result<Row<'t>, Error> {
    if at < table.rows() { Ok(Row(table, at)) } else { Err(no_such_row(at, table.rows())) }
}

/// The reason of a cause, in whatever table it stands.
fn of_cause(row: &Row<'_>) -> Reason {
    let detail = row.text("cause_detail").unwrap_or_default();
    let id = match (row.text("cause").as_deref(), detail.as_str()) {
        (Some("zone"), _) => "reconcile-cause-zone",
        (Some("start"), _) => "reconcile-cause-start",
        (Some("stop"), _) => "reconcile-cause-stop",
        (Some("pause"), "none") => "reconcile-cause-no-pause",
        (Some("pause"), detail) if detail.starts_with("less: ") => "reconcile-cause-less",
        (Some("pause"), _) => "reconcile-cause-more",
        (Some("calendar"), "around_the_clock") => "reconcile-cause-always",
        (Some("calendar"), _) => "reconcile-cause-calendar",
        (Some("priority"), _) => "reconcile-cause-priority",
        _ => "reconcile-cause-unknown",
    };
    let detail = detail.strip_prefix("less: ").or_else(|| detail.strip_prefix("more: ")).unwrap_or(&detail);
    Reason::new(id).with("detail", Argument::user(detail))
}

/// Why verdicts on a ticket differ.
pub(super) fn disagreement(table: &Table, at: usize) -> Result<Reason, Error> {
    let row = row(table, at)?;
    let id = if row.text("theirs").is_some() { "reconcile-differ" } else { "reconcile-differ-seconds" };
    let mut reason = Reason::new(id).with("ticket", Argument::user(row.text("ticket").unwrap_or_default()));
    for column in ["measure", "ours", "theirs"] {
        reason = reason.with(column, row.name(column));
    }
    if let (Some(elapsed), Some(within)) = (row.length("elapsed_seconds"), row.length("within_seconds")) {
        reason = reason.because(Reason::new("reconcile-ours").with("elapsed", elapsed).with("within", within));
    }
    if let Some(theirs) = row.length("their_seconds") {
        reason = reason.because(Reason::new("reconcile-theirs").with("elapsed", theirs));
    }
    Ok(reason.because(of_cause(&row)))
}

/// How much a cause explains.
pub(super) fn cause(table: &Table, at: usize) -> Result<Reason, Error> {
    let row = row(table, at)?;
    let count = |column: &str| row.count(column).unwrap_or(0);
    let reason = Reason::new("reconcile-causes").with("tickets", count("tickets")).with("of", count("of"));
    let reason = reason.with("measure", row.name("measure")).because(of_cause(&row));
    Ok(match row.count("would_explain") {
        Some(alone) => reason.because(Reason::new("reconcile-cause-alone").with("count", alone)),
        None => reason,
    })
}

/// How a reported value stands to ours.
pub(super) fn figure(table: &Table, at: usize) -> Result<Reason, Error> {
    let row = row(table, at)?;
    let id = match (row.text("theirs_exact"), row.text("ours_exact")) {
        (Some(_), Some(_)) => "reconcile-figure",
        (Some(_), None) => "reconcile-figure-no-ours",
        _ => "reconcile-figure-no-theirs",
    };
    let mut reason = Reason::new(id);
    for column in ["measure", "period", "party"] {
        reason = reason.with(column, row.name(column));
    }
    reason = reason.with("ours", row.number("ours_exact")).with("theirs", row.number("theirs_exact"));
    if let Cell::Boolean(agree) = row.0.cell(at, "agree") {
        let id = if agree { "reconcile-figure-agrees" } else { "reconcile-figure-differs" };
        let difference = Reason::new(id).with("difference", row.number("difference_exact"));
        reason = reason.because(difference.with("tolerance", row.number("tolerance_exact")));
    }
    if let Cell::Boolean(same) = row.0.cell(at, "same_result") {
        let id = if same { "reconcile-figure-same-result" } else { "reconcile-figure-other-result" };
        reason = reason.because(Reason::new(id).with("ours", row.name("our_result")).with("theirs", row.name("their_result")));
    }
    Ok(reason)
}
