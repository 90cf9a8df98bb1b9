//! Tally: scores that add up, from chunks of evidence in any cut, order and number of threads.
//!
//! Goes in: an ecosystem, periods, measures; evidence chunk by chunk, other tallies, bytes. Comes out: a `Tally`; its rows are those of `score`.
//! **Invariant:** the same tickets give the same bytes, however they were cut, ordered, merged and counted.
//! **Not here:** what becomes of a ticket (`score::walk`), the figures of a row (`score::figure`), the form of the bytes (`bytes`).
//!
//! A chunk holds whole tickets: a ticket with its history and its exclusions lies in one chunk. The tables that are no tickets,
//! such as `exchanges`, are given whole in one chunk or row by row in several. What sweeps outages through the dependency map cannot
//! be added up from parts; such a measure is refused by name, and left out with a warning where all measures are asked.

mod bytes;
mod kept;
#[cfg(test)]
mod tests;

use crate::answer::given::Question;
use crate::answer::impacts::allowed;
use crate::answer::score::card::{Card, Part, Row};
use crate::answer::score::explain;
use crate::answer::score::resolve::{self, Common};
use crate::answer::score::threads;
use crate::answer::score::windows::Window;
use crate::base::{Argument, Error, Instant, Limits, Period, Place, Problem, Problems, Severity, Table, codes};
use crate::document::decode::query;
use crate::ecosystem::{Ecosystem, asked};
use crate::evidence::Evidence;
use crate::model::agreement::{Measure, MeasureIdx};
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use kept::Kept;

query! {
    /// Which measures to add up, and over which periods.
    pub struct TallyQuery = "a question for a tally" {
        /// Periods such as `2026-10`, `2026-Q4`, `2026` or `2026-10-01/2026-10-15`, in the ecosystem's zone.
        periods: Vec<String> = "periods",
        /// Measures by name; all that can be added up unless given.
        measures: Vec<String> = "measures",
        /// Score as if it were this instant: later ones are not known.
        as_of: Option<Instant> = "as_of",
        /// Threads to use for a chunk, at most those the host allows; the bytes are the same whatever their number.
        threads: Option<u32> = "threads",
    }
}

impl Question for TallyQuery {
    fn within(&mut self, limits: &Limits) {
        self.threads = Some(allowed(self.threads, limits));
    }
}

/// What is kept of evidence that was added up: sums by measure, period and group.
#[derive(Clone)]
pub struct Tally {
    ecosystem: Ecosystem,
    as_of: Option<Instant>,
    threads: usize,
    periods: Vec<Period>,
    measures: Vec<MeasureIdx>,
    kept: Vec<Kept>,
    /// Rows of tickets that were rejected as a whole: each may be one ticket more.
    rejected: i64,
    /// Measures that are left out.
    problems: Problems,
}

/// Adds evidence up.
///
/// ```
/// use siam_core::answer::score::{ScoreQuery, score};
/// use siam_core::answer::tally::{Tally, TallyQuery, tally};
/// use siam_core::base::{Limits, csv};
/// use siam_core::evidence::{Evidence, EvidenceQuery, evidence};
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// agreements:
///   support:
///     kind: sla
///     measures:
///       resolve-in-4h: {statistic: percent_within, within: 4h, target: 50%}
///       p95: {statistic: percentile, percentile: 95%}
/// ")])?;
/// let bind = |rows: &str| -> Result<Evidence, siam_core::Error> {
///     let text = format!("ticket,opened,resolved\n{rows}");
///     let tickets = csv::read("tickets", text.as_bytes(), &Limits::default())?;
///     evidence(&acme, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default())
/// };
/// let (a, b) = ("A,2026-10-03T09:00:00Z,2026-10-03T13:00:00Z\n", "B,2026-10-03T09:00:00Z,2026-10-03T13:00:01Z\n");
/// let asked = TallyQuery { periods: vec!["2026-10".into()], ..TallyQuery::default() };
/// let mut first = tally(&acme, &bind(a)?, &asked)?;
/// let second = tally(&acme, &bind(b)?, &asked)?;
/// first.merge(&second)?;
/// let kept = first.to_bytes();
/// let whole = tally(&acme, &bind(&format!("{b}{a}"))?, &asked)?;
/// assert_eq!(kept, whole.to_bytes());
/// let report = Tally::from_bytes(&acme, &kept)?.score()?;
/// let query = ScoreQuery { periods: asked.periods, tickets: Some(false), ..ScoreQuery::default() };
/// assert_eq!(report.tables()[0], score(&acme, &bind(&format!("{a}{b}"))?, &query)?.tables()[0]);
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn tally(ecosystem: &Ecosystem, evidence: &Evidence, query: &TallyQuery) -> Result<Tally, Error> {
    let mut tally = Tally::new(ecosystem, query)?;
    tally.update(evidence)?;
    Ok(tally)
}

impl Tally {
    /// A tally of nothing yet; every problem of the question at once.
    pub fn new(ecosystem: &Ecosystem, query: &TallyQuery) -> Result<Self, Error> {
        let model = ecosystem.model();
        let (mut problems, mut left) = (Problems::new(), Problems::new());
        let mut fault = |error: Error| error.problems().iter().for_each(|problem| problems.push(problem.clone(), KEPT));
        let periods = resolve::periods(ecosystem, &query.periods).unwrap_or_else(|error| {
            fault(error);
            Vec::new()
        });
        if query.periods.is_empty() {
            fault(resolve::no_periods());
        }
        let threads = threads(query.threads);
        let mut measures: Vec<MeasureIdx> = Vec::new();
        if query.measures.is_empty() {
            measures.extend(model.measures.entries().map(|(at, _)| at));
        }
        for name in &query.measures {
            match model.names.measures.get(name) {
                Some(at) if measures.contains(at) => {}
                Some(at) => measures.push(*at),
                None => fault(asked("measure", name, model.names.measures.keys().map(String::as_str))),
            }
        }
        measures.retain(|at| {
            let Some(measure) = model.measures.get(*at) else { return false };
            let adds_up = kept::adds_up(measure);
            if !adds_up {
                let problem = Problem::new(&codes::NOT_ADDED_UP, Place::Nowhere);
                let problem = problem.with("measure", Argument::user(measure.id.as_str()));
                let problem = problem.with("statistic", Argument::name(measure.statistic.as_str()));
                if query.measures.is_empty() {
                    left.push(problem.with_severity(Severity::Warning), KEPT);
                } else {
                    problems.push(problem, KEPT);
                }
            }
            adds_up
        });
        if !problems.is_empty() {
            return Err(Error::from_problems(problems));
        }
        left.sort();
        let kept = measures.iter().filter_map(|at| model.measures.get(*at));
        let kept = kept.map(|measure| Kept::nothing(measure, periods.len())).collect();
        Ok(Self {
            ecosystem: ecosystem.clone(),
            as_of: query.as_of,
            threads,
            periods,
            measures,
            kept,
            rejected: 0,
            problems: left,
        })
    }

    /// Adds another chunk of evidence; on an error nothing is added.
    pub fn update(&mut self, evidence: &Evidence) -> Result<(), Error> {
        let (chunk, rejected) = self.chunk(evidence)?;
        self.join(&chunk, rejected);
        Ok(())
    }

    /// Takes evidence out again that was added before; on an error nothing is taken out.
    pub fn remove(&mut self, evidence: &Evidence) -> Result<(), Error> {
        let (chunk, rejected) = self.chunk(evidence)?;
        let left: Option<Vec<Kept>> = self.kept.iter().zip(&chunk).map(|(kept, less)| kept.without(less)).collect();
        let rest = self.rejected.checked_sub(rejected).filter(|rest| *rest >= 0);
        let not_there = || Error::from(Problem::new(&codes::NOT_IN_TALLY, Place::Nowhere));
        (self.kept, self.rejected) = left.zip(rest).ok_or_else(not_there)?;
        Ok(())
    }

    fn join(&mut self, more: &[Kept], rejected: i64) {
        self.kept.iter_mut().zip(more).for_each(|(kept, more)| kept.join(more));
        self.rejected = self.rejected.saturating_add(rejected);
    }

    /// Adds what another tally of the same question holds; on an error nothing is added.
    pub fn merge(&mut self, other: &Tally) -> Result<(), Error> {
        let what = if self.ecosystem.stamp() != other.ecosystem.stamp() {
            "another ecosystem"
        } else if self.periods != other.periods {
            "other periods"
        } else if self.measures != other.measures {
            "other measures"
        } else if self.as_of != other.as_of {
            "another instant"
        } else {
            self.join(&other.kept, other.rejected);
            return Ok(());
        };
        Err(Problem::new(&codes::OTHER_TALLY, Place::Nowhere).with("what", what).into())
    }

    /// What a chunk of evidence adds to each measure, and how many rows of tickets were rejected.
    fn chunk(&self, evidence: &Evidence) -> Result<(Vec<Kept>, i64), Error> {
        evidence.check_bound_to(&self.ecosystem)?;
        let common = Common::new(&self.ecosystem, evidence, self.as_of);
        let given = |measure: &Measure| evidence.has(kept::table_of(measure));
        let known: Vec<&Measure> = self.known().map(|(measure, _)| measure).collect();
        let names: Vec<String> = known.iter().filter(|one| given(one)).map(|one| one.id.to_string()).collect();
        let asked = match names.is_empty() {
            true => Vec::new(),
            false => resolve::measures(&common, &names, &mut Problems::new())?,
        };
        let mut asked = asked.iter();
        let of = |measure: &&Measure| match given(measure).then(|| asked.next()).flatten() {
            Some(asked) => {
                let windows = Window::all(&self.ecosystem, asked.measure, asked.agreement, &self.periods);
                Kept::of(&common, asked, &windows, self.threads)
            }
            None => Kept::nothing(measure, self.periods.len()),
        };
        Ok((known.iter().map(of).collect(), common.rejected))
    }

    /// The measures with what is kept of them.
    fn known(&self) -> impl Iterator<Item = (&Measure, &Kept)> {
        let measures = self.measures.iter().filter_map(|at| self.ecosystem.model().measures.get(*at));
        measures.zip(&self.kept)
    }

    /// The scorecard of all that was added: the rows that `score` gives of all evidence at once, without its tickets.
    pub fn score(&self) -> Result<TallyReport, Error> {
        let mut lacking = Problems::new();
        for (measure, _) in self.known().filter(|(_, kept)| !kept.fed) {
            let problem = Problem::new(&codes::NO_EVIDENCE_TABLE, Place::Nowhere).with("table", kept::table_of(measure));
            lacking.push(problem.with("measure", Argument::user(measure.id.as_str())), KEPT);
        }
        if !lacking.is_empty() {
            return Err(Error::from_problems(lacking));
        }
        let model = self.ecosystem.model();
        let as_of = self.as_of.map_or(i64::MAX, Instant::micros);
        let mut problems = self.problems.clone();
        self.known().for_each(|(measure, kept)| kept.warn(measure, &mut problems));
        problems.sort();
        let mut card = Card::new(&self.ecosystem);
        for (place, period) in self.periods.iter().enumerate() {
            for (measure, kept) in self.known() {
                let Some(agreement) = model.agreements.get(measure.agreement) else { continue };
                let window = Window::of(&model.zone, measure, measure.validity.and(agreement.validity), period);
                if let Some(part) = Part::of(&window, measure, agreement, as_of) {
                    kept.row(&mut card, &part, place, self.rejected);
                }
            }
        }
        let Card { keys, rows, .. } = card;
        Ok(TallyReport { ecosystem: self.ecosystem.clone(), keys, tables: [rows], problems })
    }

    /// Measures that are left out because they cannot be added up.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }
    /// The periods it adds up over.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }
    /// All that is kept, in bytes that any machine reads; the same tickets give the same bytes.
    ///
    /// They begin with a word, a version, the fingerprint of the ecosystem and the question, and end with a checksum. Who reads them
    /// must have the same ecosystem, time zone database and version of this library.
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes::write(self)
    }
    /// A tally from its bytes; whatever is not one, or of another ecosystem, is an error.
    pub fn from_bytes(ecosystem: &Ecosystem, bytes: &[u8]) -> Result<Self, Error> {
        bytes::read(ecosystem, bytes)
    }
}

const KEPT: usize = 1_000;

impl std::fmt::Debug for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let periods: Vec<&str> = self.periods.iter().map(Period::label).collect();
        write!(f, "Tally({} measures over {})", self.measures.len(), periods.join(", "))
    }
}

/// The scorecard of a tally.
pub struct TallyReport {
    ecosystem: Ecosystem,
    keys: Vec<Row>,
    tables: [Table; 1],
    problems: Problems,
}

impl Answer for TallyReport {
    fn operation(&self) -> &'static str {
        "tally"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let known = self.keys.get(row).ok_or_else(|| no_such_row(row, self.keys.len()))?;
        Ok(explain::row(&self.ecosystem, known))
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
