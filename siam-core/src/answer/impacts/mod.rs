//! `impacts`: what follows in each of many scenarios.
//!
//! Goes in: every service alone, pairs that only matter together, one supplier at a time, or given scenarios. Comes out: one row per
//! scenario, the worst first, and the services reached as a stream.
//! **Invariant:** a row says what `impact` says of the same scenario in its summary.
//! **Not here:** evaluating many scenarios at once (`structure`), routes and reasons of one (`impact`).

mod explain;
mod given;
mod pairs;
mod query;
mod resolve;
mod stream;
mod tables;
#[cfg(test)]
mod tests;

pub(super) use explain::of_scenario;
pub use given::GivenScenarioQuery;
pub(super) use query::allowed;
pub use query::{Among, ImpactsQuery, ScenarioKind, ScenarioOrder, ScenariosQuery};
pub(super) use resolve::{Lookup, by_party, party_at_or_above};
pub(super) use stream::{Services, Telling, Told};
pub(super) use tables::sum;
pub use tables::{IMPACTS, IMPACTS_FAILURES, IMPACTS_PAIRS, IMPACTS_SERVICES, IMPACTS_SUMMARY};

use super::stakes::{Counting, Hit, Stakes, Toll, hits};
use super::view::Space;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, Schema, Table, codes};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::answer::TableStream;
use crate::report::{Answer, Reason, Stamp};
use crate::structure::{Scenarios, shared};
use pairs::{Both, Candidates, Together, candidates};
use resolve::{Asked, Resolved, resolve};
use std::cmp::Reverse;
use std::sync::Arc;

/// Who is hit, how badly, in each of many scenarios.
#[derive(Clone)]
pub struct ImpactsReport {
    found: Arc<Found>,
    stakes: Arc<Stakes>,
    tables: Arc<[Table; 4]>,
    problems: Problems,
}

/// The scenarios shown.
struct Found {
    ecosystem: Ecosystem,
    at: Instant,
    asked: Asked,
    stakes: Arc<Stakes>,
    rows: Vec<Row>,
}

/// One scenario and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    scenario: usize,
    hit: Hit,
    together: Option<Together>,
}

/// The most pairs that are looked at.
const MOST_PAIRS: usize = 1_000_000;

/// Who is hit, how badly, in each of many scenarios; one row per scenario.
///
/// ```
/// use siam_core::answer::impacts::{ImpactsQuery, ScenarioKind, impacts};
/// use siam_core::{Source, base::columns::Cell, load, report::Answer};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// services:
///   power: {}
///   wan-a: {depends_on: [power]}
///   wan-b: {}
///   email: {depends_on: [{any_of: [wan-a, wan-b]}], users: 4000}
/// ")])?;
/// let each = impacts(&acme, &ImpactsQuery::default())?;
/// assert_eq!(each.rows().cell(0, "scenario"), Cell::Text("email".into()));
/// let pairs = impacts(&acme, &ImpactsQuery { scenarios: ScenarioKind::Pairs.into(), ..Default::default() })?;
/// let names: Vec<_> = (0..2).map(|row| pairs.rows().cell(row, "scenario")).collect();
/// assert_eq!(names, ["power + wan-b", "wan-a + wan-b"].map(|name| Cell::Text(name.into())));
/// let mut services = each.stream("services").ok_or("no stream").unwrap();
/// assert_eq!(services.next_batch().map(|batch| batch.rows()), Some(5));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn impacts(ecosystem: &Ecosystem, query: &ImpactsQuery) -> Result<ImpactsReport, Error> {
    let mut resolved = resolve(ecosystem, query)?;
    let stakes = Arc::new(Stakes::of(ecosystem, resolved.at));
    let mut problems = std::mem::take(&mut resolved.told);
    let (asked, mut rows) = walk(ecosystem, &stakes, &resolved, &mut problems);
    let all = rows.len();
    let reaching = rows.iter().filter(|row| row.hit.services > 0).count();
    let critical = rows.iter().filter(|row| row.hit.critical > 0).count();
    if resolved.critical_only {
        stakes.tell_nothing_critical(&mut problems);
        rows.retain(|row| row.hit.critical > 0);
    }
    let asked = asked.unwrap_or(resolved.asked);
    if resolved.worst_first {
        rows.sort_by_cached_key(|row| {
            let figures = row
                .together
                .as_ref()
                .map_or((row.hit.critical, row.hit.users, row.hit.services), |both| (both.critical, both.users, both.services));
            (Reverse(figures), asked.name(ecosystem.model(), row.scenario).into_owned())
        });
    }
    let left_out = resolved.limit.map_or(0, |limit| rows.len().saturating_sub(limit));
    rows.truncate(resolved.limit.unwrap_or(usize::MAX));
    if left_out > 0 {
        let problem = Problem::new(&codes::ROWS_LEFT_OUT, Place::Nowhere).with("left", left_out);
        problems.push(problem.with("limit", rows.len()), super::given::KEPT);
    }
    let found = Found { ecosystem: ecosystem.clone(), at: resolved.at, asked, stakes: Arc::clone(&stakes), rows };
    let tables = Arc::new(tables::tables(&found, reaching, critical, all, left_out));
    Ok(ImpactsReport { found: Arc::new(found), stakes, tables, problems })
}

/// Evaluates all scenarios; which pairs there are shows only now.
fn walk(ecosystem: &Ecosystem, stakes: &Stakes, resolved: &Resolved, problems: &mut Problems) -> (Option<Asked>, Vec<Row>) {
    let structure = &ecosystem.map(resolved.at).structure;
    let counting = Counting { felt: None, failed_too: true };
    if let Asked::PairsOf { services, level } = &resolved.asked {
        let found = candidates(ecosystem, resolved.at, (services, *level), MOST_PAIRS, resolved.options);
        let (asked, rows) = pairs_of(ecosystem, stakes, (resolved.at, resolved.options.threads), (&found, *level), problems);
        return (Some(asked), rows);
    }
    let mut hits = hits(structure, &resolved.asked.scenarios(), stakes, counting, resolved.options);
    let mut toll = Toll::new(Scenarios::Given { at: &[], own: &[] }, stakes, counting);
    let mut space = Space::default();
    for (scenario, changed) in resolved.asked.all_changed() {
        if let Some(hit) = hits.get_mut(scenario) {
            *hit = toll.of_levels(&changed.failed(), changed.services(ecosystem, &mut space));
        }
    }
    (None, hits.into_iter().enumerate().map(|(scenario, hit)| Row { scenario, hit, together: None }).collect())
}

/// Looks at each pair alone and together, in as many threads as asked for; the pairs stay in their order.
fn pairs_of(
    ecosystem: &Ecosystem,
    stakes: &Stakes,
    (at, threads): (Instant, usize),
    (found, level): (&Candidates, Level),
    problems: &mut Problems,
) -> (Asked, Vec<Row>) {
    let (model, structure) = (ecosystem.model(), &ecosystem.map(at).structure);
    if found.cut {
        let problem = Problem::new(&codes::PAIRS_CUT, Place::Nowhere).with("limit", MOST_PAIRS);
        problems.push(problem, super::given::KEPT);
    }
    let mut entries = model.services.entries();
    if let Some((_, service)) = entries.find(|(index, _)| !structure.is_monotone(*index)) {
        let problem = Problem::new(&codes::PAIRS_NOT_PROMISED, Place::Nowhere);
        problems.push(problem.with("service", Argument::user(service.id.as_str())), super::given::KEPT);
    }
    let counting = Counting { felt: None, failed_too: true };
    let make = || (Both::new(structure), Toll::new(Scenarios::Given { at: &[], own: &[] }, stakes, counting));
    let told = shared(&found.pairs, threads, make, |(both, toll), pairs| {
        let look = |(a, b): &(ServiceIdx, ServiceIdx)| {
            let together = both.together(model, stakes, (*a, level), (*b, level))?;
            Some(((*a, *b), toll.of(&[*a, *b].into(), &both.both), together))
        };
        pairs.iter().filter_map(look).collect::<Vec<_>>()
    });
    let (mut rows, mut ends, mut own) = (Vec::new(), vec![0], Vec::new());
    for ((a, b), hit, together) in told.into_iter().flatten() {
        rows.push(Row { scenario: rows.len(), hit, together: Some(together) });
        own.extend([(a, level), (b, level)]);
        ends.push(own.len() as u32);
    }
    (Asked::Pairs { at: ends, own }, rows)
}

impl Telling for Found {
    fn schema(&self) -> &'static Schema {
        &IMPACTS_SERVICES
    }
    fn scenarios(&self) -> usize {
        self.rows.len()
    }
    fn own(&self, at: usize) -> Vec<(ServiceIdx, Level)> {
        self.rows.get(at).map(|row| self.asked.scenarios().own(row.scenario).collect()).unwrap_or_default()
    }
    fn changed<'a>(&'a self, at: usize, space: &mut Space<'a>) -> Option<Vec<(ServiceIdx, Level, Level)>> {
        let changed = self.rows.get(at).and_then(|row| self.asked.changed(row.scenario))?;
        Some(changed.services(&self.ecosystem, space))
    }
    fn tell(&self, told: &Told<'_>, table: &mut Table) {
        let model = told.model;
        let name = self.rows.get(told.scenario).map(|row| self.asked.name(model, row.scenario));
        let users = model.services.get(told.service).and_then(|service| service.users.at(self.at)).copied();
        table.push(&[
            text_or_null(name.as_deref()),
            text(model.service_name(told.service)),
            text(model.level_name(told.level)),
            text(model.level_name(told.before)),
            Cell::Boolean(told.failed),
            Cell::Boolean(told.stakes.critical(told.service)),
            users.map_or(Cell::Null, Cell::Integer),
            text_or_null(told.stakes.provider(told.service).map(|party| model.party_name(party))),
        ]);
    }
}

impl ImpactsReport {
    /// One row per scenario.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// What pairs bring together.
    pub fn pairs(&self) -> &Table {
        &self.tables[1]
    }
    /// What fails in each scenario.
    pub fn failures(&self) -> &Table {
        &self.tables[2]
    }
    /// The figures of the whole.
    pub fn summary(&self) -> &Table {
        &self.tables[3]
    }
}

impl Answer for ImpactsReport {
    fn operation(&self) -> &'static str {
        "impacts"
    }
    fn stamp(&self) -> &Stamp {
        self.found.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        explain::explain(&self.found, row)
    }
    fn explain_in(&self, table: &str, row: usize) -> Result<Reason, Error> {
        match table {
            "" | "rows" => self.explain(row),
            "pairs" if self.pairs().rows() > 0 => self.explain(row),
            _ => Err(crate::report::answer::nothing_to_explain(table)),
        }
    }
    fn streams(&self) -> &'static [Schema] {
        const { &[IMPACTS_SERVICES] }
    }
    fn stream(&self, name: &str) -> Option<Box<dyn TableStream>> {
        let stream = || Services::new(&self.found.ecosystem, self.found.at, &self.stakes, &self.found);
        (name == IMPACTS_SERVICES.name).then(|| Box::new(stream()) as Box<dyn TableStream>)
    }
}
