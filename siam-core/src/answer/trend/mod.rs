//! Trend: how measures went over several periods.
//!
//! Goes in: the rows of a scorecard of several periods. Comes out: `Trend`: each period against the one before, and each measure over all.
//! **Invariant:** exact values decide; periods come in the order of their first instants, whatever the order of the rows.
//! **Not here:** why a value changed (`compare`), scoring (`score`).
//!
//! The slope is that of Theil and Sen: the median of the slopes between all pairs of periods, which a single odd month does not bend.
//! The direction is that of the Mann-Kendall statistic S: pairs in which the later value is greater, less those in which it is smaller.
//! Whether S is more than chance is told from ten values on, by its normal approximation at 5 % on both sides, corrected for equal values
//! and for continuity.
//!
//! - Mann, H. B.: Nonparametric tests against trend. Econometrica 13 (1945), 245-259. Kendall, M. G.: Rank Correlation Methods (1975).
//! - Theil, H.: A rank-invariant method of linear and polynomial regression analysis (1950). Sen, P. K.: Estimates of the regression
//!   coefficient based on Kendall's tau. Journal of the American Statistical Association 63 (1968), 1379-1389.

mod series;
mod tables;
#[cfg(test)]
mod tests;

pub use tables::{MEASURES, ROWS};

use crate::answer::cards::{COLUMNS, CardRow, Subject, amount, named, read, warn_of_repeated};
use crate::answer::given::{KEPT, Question};
use crate::answer::settle::Earlier;
use crate::base::{Argument, Error, Place, Problem, Problems, Table, TableView, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::report::answer::{no_such_row, nothing_to_explain};
use crate::report::{Answer, Reason, Stamp};
use series::Series;
use std::collections::BTreeMap;

query! {
    /// Which measures to follow.
    pub struct TrendQuery = "a question for a trend" {
        /// Measures by name; all unless given.
        measures: Vec<String> = "measures",
        /// Rows of a scorecard of several periods, as the table `rows`.
        rows: Earlier<CardRow> = "rows",
    }
}

impl Question for TrendQuery {
    const TABLES: &'static [(&'static str, &'static [&'static str])] = &[("rows", COLUMNS)];
    fn take(&mut self, table: &TableView<'_>, problems: &mut Problems) {
        self.rows.0.extend(read(table, problems));
    }
}

/// How measures went.
pub struct Trend {
    stamp: Stamp,
    series: Vec<Series>,
    tables: [Table; 2],
    problems: Problems,
}

/// Follows measures over periods.
///
/// ```
/// use siam_core::answer::given::Question;
/// use siam_core::answer::trend::{TrendQuery, trend};
/// use siam_core::base::{Limits, Problems, columns::Cell, csv};
/// use siam_core::report::Answer;
/// let acme = siam_core::load(&[siam_core::Source::text("acme.yaml", "siam: 1\n")])?;
/// let text = b"period,measure,counted,value_exact,unit\n2026-08,m,9,0.91,share\n2026-09,m,9,0.93,share\n2026-10,m,9,0.94,share\n";
/// let rows = csv::read("rows", text, &Limits::default())?;
/// let mut query = TrendQuery::default();
/// query.take(&rows.view(), &mut Problems::new());
/// let report = trend(&acme, &query)?;
/// let cell = |column: &str| report.tables()[1].cell(0, column);
/// // The slopes of the pairs are 0.02, 0.01 and 0.03 / 2; all three pairs go up.
/// assert_eq!([cell("slope_exact"), cell("tendency")], ["0.015", "better"].map(|text| Cell::Text(text.into())));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn trend(ecosystem: &Ecosystem, query: &TrendQuery) -> Result<Trend, Error> {
    if query.rows.0.is_empty() {
        return Err(Problem::new(&codes::MISSING_TABLE, Place::Nowhere).with("name", "rows").into());
    }
    let mut of: BTreeMap<Subject, Vec<CardRow>> = BTreeMap::new();
    for row in named(&query.rows.0, &query.measures)? {
        of.entry(row.subject.clone()).or_default().push(row);
    }
    let mut problems = Problems::new();
    warn_of_repeated(&query.rows.0, &mut problems);
    let series: Vec<Series> = of.into_iter().map(|(subject, rows)| Series::of(subject, rows)).collect();
    for long in series.iter().filter(|series| series.rows.len() > series::MOST) {
        let measure = Argument::user(&long.subject.measure);
        let problem = Problem::new(&codes::LONG_SERIES, Place::Nowhere).with("measure", measure);
        problems.push(problem.with("count", long.rows.len()).with("limit", series::MOST), KEPT);
    }
    problems.sort();
    let tables = [tables::rows(&series), tables::measures(&series)];
    Ok(Trend { stamp: ecosystem.stamp().clone(), series, tables, problems })
}

impl Trend {
    /// One row per measure or group and period.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// One row per measure or group.
    pub fn measures(&self) -> &Table {
        &self.tables[1]
    }
}

/// Why a period stands as it does against the one before.
fn step(series: &Series, at: usize) -> Reason {
    let of = |id: &'static str| Reason::new(id).with("of", series.subject.words());
    let Some(row) = series.rows.get(at) else { return of("trend-no-value") };
    let period = Argument::name(row.period.as_str());
    let Some(value) = &row.value else { return of("trend-no-value").with("period", period) };
    let reason = of("trend-value").with("period", period).with("value", amount(row.unit, value)).with("counted", row.counted);
    let earlier = at.checked_sub(1).and_then(|before| series.rows.get(before));
    let reason = match (earlier, series.change(at)) {
        (Some(earlier), Some(change)) => {
            let reason_of_change = Reason::new("trend-change").with("change", amount(row.unit, &change));
            reason.because(reason_of_change.with("before", Argument::name(earlier.period.as_str())))
        }
        _ => reason,
    };
    match series.misses(at) {
        0 => reason,
        misses => reason.because(Reason::new("trend-misses").with("misses", misses)),
    }
}

/// Why a measure goes the way it goes.
fn whole(series: &Series) -> Reason {
    let of = |id: &'static str| Reason::new(id).with("of", series.subject.words());
    let reason = match series.tendency() {
        Some("better") => of("trend-better"),
        Some("worse") => of("trend-worse"),
        Some(_) => of("trend-steady"),
        None => return of("trend-too-few"),
    };
    let (up, down) = series.pairs;
    let pairs = Reason::new("trend-pairs").with("up", up).with("down", down).with("s", up - down);
    let mut reason = reason.because(pairs);
    if let (Some(slope), Some(row)) = (&series.slope, series.rows.first()) {
        reason = reason.because(Reason::new("trend-slope").with("slope", amount(row.unit, slope)));
    }
    match series.is_significant() {
        Some(true) => reason.because(Reason::new("trend-significant")),
        Some(false) => reason.because(Reason::new("trend-chance")),
        None => reason,
    }
}

impl Answer for Trend {
    fn operation(&self) -> &'static str {
        "trend"
    }
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let mut left = row;
        for series in &self.series {
            if left < series.rows.len() {
                return Ok(step(series, left));
            }
            left -= series.rows.len();
        }
        Err(no_such_row(row, self.tables[0].rows()))
    }
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        match table {
            "" | "rows" => self.explain(row),
            "measures" => self.series.get(row).map(whole).ok_or_else(|| no_such_row(row, self.series.len())),
            _ => Err(nothing_to_explain(table)),
        }
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
