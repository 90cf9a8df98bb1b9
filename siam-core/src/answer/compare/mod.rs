//! Compare: what changed between two scorecards, and how much of it is performance and how much mix.
//!
//! Goes in: the rows of scorecards before and after, ours or saved ones. Comes out: a `Comparison`, one row per measure and group.
//! **Invariant:** because_performance and because_mix of the groups add up to the change of the total, exactly.
//! **Not here:** scoring (`score`), more than two periods (`trend`).
//!
//! A share or a mean of all tickets is the mean of its groups, weighted by how many tickets count in each. It changes because groups did
//! better or worse (*performance*), and because there came to be more tickets of one group and fewer of another (*mix*). With the weights
//! `w`, the values `p` of the groups and the values `V` of the total, before (0) and after (1), the symmetric decomposition is
//!
//! - performance: `(w0 + w1) / 2 * (p1 - p0)`,
//! - mix: `(w1 - w0) * ((p0 + p1) / 2 - (V0 + V1) / 2)`.
//!
//! Kitagawa, E. M.: Components of a difference between two rates. Journal of the American Statistical Association 50 (1955), 1168-1194.
//! A group that is there on one side only has the same value on the other, so that it is all mix.

mod explain;
mod parts;
mod tables;
#[cfg(test)]
mod tests;

pub use tables::ROWS;

use crate::answer::cards::{COLUMNS, CardRow, Subject, named, read, warn_of_repeated};
use crate::answer::given::{KEPT, Question};
use crate::answer::settle::Earlier;
use crate::base::{Argument, Error, Place, Problem, Problems, Table, TableView, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use parts::{Change, changes};
use std::collections::{BTreeMap, BTreeSet};

query! {
    /// What to compare with what.
    pub struct CompareQuery = "a question for a comparison" {
        /// The period before; the only one of the table `before` unless given.
        before: Option<String> = "before",
        /// The period after; the only one of the table `after` unless given.
        after: Option<String> = "after",
        /// Measures by name; all unless given.
        measures: Vec<String> = "measures",
        /// Rows of scorecards: tables `before` and `after`, or one table `rows` of which two periods are named.
        rows: Earlier<CardRow> = "rows",
    }
}

impl Question for CompareQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] =
        &[("before", COLUMNS), ("after", COLUMNS), ("rows", COLUMNS)];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        self.rows.0.extend(read(table, problems));
    }
}

/// What changed between two scorecards.
pub struct Comparison {
    stamp: Stamp,
    changes: Vec<Change>,
    table: Table,
    problems: Problems,
}

/// Compares two scorecards.
///
/// ```
/// use siam_core::answer::compare::{CompareQuery, compare};
/// use siam_core::answer::given::Question;
/// use siam_core::base::{Limits, Problems, columns::Cell, csv};
/// use siam_core::report::Answer;
/// let acme = siam_core::load(&[siam_core::Source::text("acme.yaml", "siam: 1\n")])?;
/// let text = b"period,measure,by,party,counted,value_exact,unit\n\
///     2026-09,m,,,10,1/2,share\n2026-09,m,party,a,5,0.6,share\n2026-09,m,party,b,5,0.4,share\n\
///     2026-10,m,,,10,0.56,share\n2026-10,m,party,a,8,0.6,share\n2026-10,m,party,b,2,0.4,share\n";
/// let rows = csv::read("rows", text, &Limits::default())?;
/// let mut query = CompareQuery { before: Some("2026-09".into()), after: Some("2026-10".into()), ..Default::default() };
/// query.take(&rows.view(), &mut Problems::new());
/// let report = compare(&acme, &query)?;
/// // Nobody did better: there were more tickets of the better one.
/// let cells = ["because_performance_exact", "because_mix_exact"].map(|column| report.rows().cell(0, column));
/// assert_eq!(cells, ["0", "0.06"].map(|text| Cell::Text(text.into())));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn compare(ecosystem: &Ecosystem, query: &CompareQuery) -> Result<Comparison, Error> {
    let [before, after] = sides(query)?;
    let mut problems = Problems::new();
    warn_of_repeated(&query.rows.0, &mut problems);
    let names: BTreeSet<&str> = before.values().chain(after.values()).map(|row| row.subject.measure.as_str()).collect();
    let found: Vec<Change> = names.into_iter().flat_map(|measure| changes(measure, &before, &after, &mut problems)).collect();
    problems.sort();
    let table = tables::rows(&found);
    Ok(Comparison { stamp: ecosystem.stamp().clone(), changes: found, table, problems })
}

/// The rows of one side by what they are of.
type Side = BTreeMap<Subject, CardRow>;

/// The rows before and after, each of one period.
fn sides(query: &CompareQuery) -> Result<[Side; 2], Error> {
    let rows = named(&query.rows.0, &query.measures)?;
    let mut problems = Problems::new();
    let mut side = |key: &'static str, period: Option<&String>| -> Side {
        // Where one table holds both, the period tells them apart.
        let own = rows.iter().any(|row| row.table == key);
        let table = if own { key } else { "rows" };
        let mut of: Vec<&CardRow> = rows.iter().filter(|row| row.table == table).collect();
        let periods: BTreeSet<String> = of.iter().map(|row| row.period.clone()).collect();
        if periods.is_empty() {
            problems.push(Problem::new(&codes::MISSING_TABLE, Place::Nowhere).with("name", Argument::user(key)), KEPT);
        }
        match period {
            Some(period) if periods.contains(period) => of.retain(|row| row.period == *period),
            Some(period) => {
                let error = crate::ecosystem::asked("period", period, periods.iter().map(String::as_str).collect::<Vec<_>>());
                error.problems().iter().for_each(|problem| problems.push(problem.clone(), KEPT));
            }
            None if periods.len() > 1 || !own && !periods.is_empty() => {
                let problem = Problem::new(&codes::SEVERAL_PERIODS, Place::Nowhere).with("table", Argument::user(table));
                let known = periods.iter().map(Argument::user).collect::<Vec<_>>();
                problems.push(problem.with("count", periods.len()).with("key", key).with("known", known), KEPT);
            }
            None => {}
        }
        of.into_iter().map(|row| (row.subject.clone(), row.clone())).collect()
    };
    let sides = [side("before", query.before.as_ref()), side("after", query.after.as_ref())];
    if problems.is_empty() { Ok(sides) } else { Err(Error::from_problems(problems)) }
}

impl Comparison {
    /// One row per measure, then one per group.
    pub fn rows(&self) -> &Table {
        &self.table
    }
}

impl Answer for Comparison {
    fn operation(&self) -> &'static str {
        "compare"
    }
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let change = self.changes.get(row).ok_or_else(|| no_such_row(row, self.changes.len()))?;
        Ok(explain::change(change))
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
