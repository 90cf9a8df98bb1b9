//! Headroom: as at an instant, how much may still go wrong before a measure misses its target, and which tickets are next.
//!
//! Goes in: an ecosystem, evidence, a period, an instant. Comes out: `Headroom`: room of each measure, the open tickets with their time.
//! **Invariant:** exact ratios decide; a verdict is given where nothing open and nothing new can change it, and nowhere else.
//! **Not here:** verdicts on what is known (`score`).
//!
//! Room has two meanings, and both are given: with 96 of 98 met under 95 % and 40 tickets open, 3 *further* tickets may be missed, but
//! 4 of those *open*, as these count on both sides. An open ticket belongs to the period in which it will be counted: the one of the
//! instant where its stop decides, the one in which it was opened where that decides. What was closed without the instant that a
//! measure needs is not open; it is unscored.

mod explain;
mod open;
mod sums;
mod tables;
#[cfg(test)]
mod tests;

pub use tables::{OPEN, ROWS};

use crate::answer::given::{KEPT, Question};
use crate::answer::score::card::Part;
use crate::answer::score::resolve::{Asked, Common, measures, periods};
use crate::answer::score::windows::Window;
use crate::base::{Argument, Error, Instant, Period, Place, Problem, Problems, Ratio, Table, codes};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::model::agreement::{Agreement, Measure, Split, Statistic};
use crate::model::dated::Validity;
use crate::report::answer::{no_such_row, nothing_to_explain};
use crate::report::{Answer, Reason, Stamp};
use open::{Open, Span, standing};
use std::collections::BTreeMap;
use sums::{Room, Sums};

query! {
    /// Which measures, in which period, and as at which instant.
    pub struct HeadroomQuery = "a question for headroom" {
        /// A period as for a scorecard, such as `2026-10`.
        period: String = "period",
        /// As at this instant: later ones are not known.
        as_of: Instant = "as_of",
        /// Measures of percent_within, first_time_fix, count or backlog by name; all of them unless given.
        measures: Vec<String> = "measures",
    }
}

impl Question for HeadroomQuery {}

/// How much may still go wrong.
pub struct Headroom {
    ecosystem: Ecosystem,
    evidence: Evidence,
    as_of: Instant,
    reasons: Vec<Reason>,
    tables: [Table; 2],
    problems: Problems,
}

/// A row: a measure, or a group of it.
struct Line<'e> {
    measure: &'e Measure,
    agreement: String,
    period: String,
    /// The instant of the target.
    anchor: Instant,
    /// By party, priority and service; none of the total.
    names: Option<[Option<String>; 3]>,
    target: Option<Ratio>,
    sums: Sums,
    room: Room,
}

/// An open ticket of a measure.
struct OpenLine<'e> {
    measure: &'e Measure,
    open: Open,
}

/// How much may still go wrong before a measure misses its target, and which tickets are next.
///
/// ```
/// use siam_core::answer::headroom::{HeadroomQuery, headroom};
/// use siam_core::base::{Instant, Limits, columns::Cell, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// agreements: {support: {kind: sla, measures: {in-4h: {statistic: percent_within, within: 4h, target: 50%}}}}
/// ")])?;
/// let text = b"ticket,opened,resolved\nA,2026-10-03T09:00:00Z,2026-10-03T12:00:00Z\nB,2026-10-03T11:00:00Z,\n";
/// let tickets = csv::read("tickets", text, &Limits::default())?;
/// let evidence = evidence(&acme, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default())?;
/// let as_of = Instant::parse("2026-10-03T14:00:00Z").unwrap();
/// let room = headroom(&acme, &evidence, &HeadroomQuery { period: "2026-10".into(), as_of, measures: vec![] })?;
/// let cell = |column: &str| room.tables()[0].cell(0, column);
/// assert_eq!([cell("misses_left_new"), cell("misses_left_open"), cell("left_seconds")], [1, 1, 3600].map(Cell::Integer));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn headroom(ecosystem: &Ecosystem, evidence: &Evidence, query: &HeadroomQuery) -> Result<Headroom, Error> {
    evidence.check_bound_to(ecosystem)?;
    let common = Common::new(ecosystem, evidence, Some(query.as_of));
    let period = periods(ecosystem, std::slice::from_ref(&query.period))?;
    let mut problems = Problems::new();
    let asked = resolve(&common, query, &mut problems)?;
    problems.sort();
    let (mut lines, mut open) = (Vec::new(), Vec::new());
    for asked in &asked {
        for period in &period {
            walk(&common, asked, period, &mut lines, &mut open)?;
        }
    }
    // What has no end comes last.
    open.sort_by_key(|line: &OpenLine<'_>| (line.open.breaches_at.is_none(), line.open.breaches_at));
    let reasons = lines.iter().map(|line| explain::row(line, query.as_of)).collect();
    let tables = [tables::rows(&lines, query.as_of), tables::open(&common, &open)];
    let (ecosystem, evidence) = (ecosystem.clone(), evidence.clone());
    Ok(Headroom { ecosystem, evidence, as_of: query.as_of, reasons, tables, problems })
}

fn is_asked_of(statistic: Statistic) -> bool {
    matches!(statistic, Statistic::PercentWithin | Statistic::FirstTimeFix | Statistic::Count | Statistic::Backlog)
}

/// The measures asked for; others are left out where all are asked for, refused by name.
fn resolve<'e>(common: &Common<'e>, query: &HeadroomQuery, warnings: &mut Problems) -> Result<Vec<Asked<'e>>, Error> {
    let all = common.ecosystem.model().measures.iter().filter(|measure| is_asked_of(measure.statistic));
    if query.measures.is_empty() {
        let names: Vec<String> = all.map(|measure| measure.id.to_string()).collect();
        return if names.is_empty() { Ok(Vec::new()) } else { measures(common, &names, warnings) };
    }
    let found = measures(common, &query.measures, warnings)?;
    let mut problems = Problems::new();
    for other in found.iter().filter(|asked| !is_asked_of(asked.measure.statistic)) {
        let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "measure");
        let problem = problem.with("value", Argument::user(other.measure.id.as_str()));
        let problem = problem.with("expected", "a measure of percent_within, first_time_fix, count or backlog");
        problems.push(problem.with("example", "one whose tickets are met or missed, or counted"), KEPT);
    }
    if problems.is_empty() { Ok(found) } else { Err(Error::from_problems(problems)) }
}

/// Adds the rows and the open tickets of a measure in a period, where it holds in it.
fn walk<'e>(
    common: &Common<'e>,
    asked: &Asked<'e>,
    period: &Period,
    lines: &mut Vec<Line<'e>>,
    open: &mut Vec<OpenLine<'e>>,
) -> Result<(), Error> {
    let validity = asked.validity();
    let window = Window::of(&common.ecosystem.model().zone, asked.measure, validity, period);
    // Where a scorecard has no row of it, there is no room either.
    if Part::of(&window, asked.measure, asked.agreement, common.as_of).is_none() {
        return Ok(());
    }
    let anchor = window.anchor;
    let from = window.counted.from().max(validity.from);
    let span = Span {
        validity,
        end: window.counted.until().min(validity.until).micros(),
        counted: window.counted,
        as_of: common.as_of,
        now: common.as_of.max(from.micros()),
    };
    // The same measure without dates: a ticket that was opened before it holds may still be counted while it does.
    let (mut measure, mut agreement): (Measure, Agreement) = (asked.measure.clone(), asked.agreement.clone());
    (measure.validity, agreement.validity) = (Validity::ALWAYS, Validity::ALWAYS);
    let found = measures(common, &[measure.id.to_string()], &mut Problems::new())?;
    let Some(mut wide) = found.into_iter().next() else { return Ok(()) };
    (wide.measure, wide.agreement) = (&measure, &agreement);
    let standing = standing(common, asked, &wide, &span);
    let mut total = Sums::default();
    let mut groups: BTreeMap<[Option<&str>; 3], Sums> = BTreeMap::new();
    let splits = [Split::Party, Split::Priority, Split::Service];
    let mut add = |codes: &[u32; 3], change: &dyn Fn(&mut Sums)| {
        change(&mut total);
        if !asked.measure.by.is_empty() {
            let name = |at: usize| common.name(splits[at], codes[at]).filter(|_| asked.measure.by.contains(&splits[at]));
            change(groups.entry([0, 1, 2].map(name)).or_default());
        }
    };
    for (codes, met) in &standing.known {
        add(codes, &|sums| {
            sums.counted += 1;
            sums.met += i64::from(*met);
        });
    }
    standing.unscored.iter().for_each(|codes| add(codes, &|sums| sums.unscored += 1));
    standing.open.iter().for_each(|open| add(&open.codes, &|sums| sums.add_open(open)));
    let by = groups.into_iter().map(|(names, sums)| (Some(names.map(|name| name.map(str::to_owned))), sums));
    for (names, sums) in std::iter::once((None, total)).chain(by) {
        let target = target(asked.measure, names.as_ref(), anchor).cloned();
        // A row that was rejected as a whole may be one ticket more, of any group.
        let mut sums = sums;
        sums.rejected = common.rejected;
        let room = sums.room(asked.measure, target.as_ref(), span.is_over());
        let (agreement, period) = (asked.agreement.id.to_string(), period.label().to_owned());
        lines.push(Line { measure: asked.measure, agreement, period, anchor, names, target, sums, room });
    }
    open.extend(standing.open.into_iter().map(|open| OpenLine { measure: asked.measure, open }));
    Ok(())
}

/// The target of a row: the first of its group that fits, else the measure's.
fn target<'m>(measure: &'m Measure, names: Option<&[Option<String>; 3]>, anchor: Instant) -> Option<&'m Ratio> {
    let of_group = names.and_then(|names| {
        let named = [0, 1, 2].map(|at: usize| names[at].as_deref());
        measure.counting.targets.iter().find(|row| row.is_for(&named)).map(|row| &row.target)
    });
    of_group.or_else(|| measure.target.at(anchor))
}

impl Headroom {
    /// One row per measure and group.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// One row per measure and open ticket.
    pub fn open(&self) -> &Table {
        &self.tables[1]
    }
}

impl Answer for Headroom {
    fn operation(&self) -> &'static str {
        "headroom"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        self.reasons.get(row).cloned().ok_or_else(|| no_such_row(row, self.reasons.len()))
    }
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        match table {
            "" | "rows" => self.explain(row),
            "open" => explain::open(self, row),
            _ => Err(nothing_to_explain(table)),
        }
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
