//! `concentration`: how much hangs on each supplier, and how unevenly.
//!
//! Goes in: an ecosystem, an instant. Comes out: one row per supplier with its subcontractors, and the indexes of the whole.
//! **Invariant:** a subcontractor's services count with its prime's, once; shares are exact and sum to one.
//! **Not here:** one service at a time (`single_points_of_failure`), what lapses when a party leaves (`exit`).

mod tables;
#[cfg(test)]
mod tests;

pub use tables::{ROWS, SUBCONTRACTORS, SUMMARY};

use super::given::Question;
use super::impacts::{allowed, by_party, of_scenario, party_at_or_above};
use super::stakes::{Counting, Hit, Stakes, hits};
use crate::base::{Argument, Error, Instant, Limits, Problems, Ratio, Table};
use crate::document::decode::query;
use crate::ecosystem::Ecosystem;
use crate::model::party::PartyIdx;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use crate::structure::{BatchOptions, Scenarios};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

query! {
    /// How much hangs on each supplier?
    pub struct ConcentrationQuery = "a question for concentration" {
        /// As at which instant; the ecosystem as last described unless given.
        at: Option<Instant> = "at",
        /// Threads that may be started, as far as the host allows; none unless given. The answer is the same.
        threads: Option<u32> = "threads",
    }
}

impl Question for ConcentrationQuery {
    fn within(&mut self, limits: &Limits) {
        self.threads = Some(allowed(self.threads, limits));
    }
}

/// How much hangs on each supplier.
#[derive(Clone)]
pub struct ConcentrationReport {
    ecosystem: Ecosystem,
    at: Instant,
    suppliers: Arc<[Supplier]>,
    tables: Arc<[Table; 3]>,
    problems: Problems,
}

/// A supplier with all that hangs on it.
struct Supplier {
    party: PartyIdx,
    /// Parties below it that provide something, with what they provide.
    subcontractors: Vec<(PartyIdx, usize)>,
    services: Vec<ServiceIdx>,
    critical: usize,
    /// What becomes worse with it, and what comes to the worst level.
    hit: Hit,
    fallen: Hit,
}

/// How much hangs on each supplier, its subcontractors counted with it.
///
/// The index of Herfindahl and Hirschman is the sum of the squares of the shares: 1 where one supplier has all, 1/n where n have the
/// same. It is often written in points of 10,000; the Merger Guidelines of the United States (2023, guideline 1) call more than 1,800
/// highly concentrated.
///
/// ```
/// use siam_core::answer::concentration::{ConcentrationQuery, concentration};
/// use siam_core::{Source, base::columns::Cell, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {netco: {kind: supplier}, hostco: {kind: supplier}}
/// services:
///   wan: {provider: netco}
///   email: {provider: hostco, depends_on: [wan], users: 4000}
/// ")])?;
/// let report = concentration(&acme, &ConcentrationQuery::default())?;
/// // Both take all users with them and provide as much: then the name decides.
/// assert_eq!(report.rows().cell(0, "supplier"), Cell::Text("hostco".into()));
/// assert_eq!(report.summary().cell(0, "index_services"), Cell::Text("0.5".into()));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn concentration(ecosystem: &Ecosystem, query: &ConcentrationQuery) -> Result<ConcentrationReport, Error> {
    let at = query.at.unwrap_or(Instant::MAX);
    let stakes = Stakes::of(ecosystem, at);
    let threads = query.threads.unwrap_or(0) as usize;
    let mut suppliers = walk(ecosystem, at, &stakes, BatchOptions { threads, lanes: None });
    let model = ecosystem.model();
    suppliers.sort_by_cached_key(|supplier| {
        let figures = (supplier.fallen.critical, supplier.hit.users, supplier.hit.critical, supplier.services.len());
        (Reverse(figures), model.party_name(supplier.party))
    });
    let tables = Arc::new(tables::tables(ecosystem, at, &stakes, &suppliers));
    Ok(ConcentrationReport { ecosystem: ecosystem.clone(), at, suppliers: suppliers.into(), tables, problems: Problems::new() })
}

/// Lets all services of a supplier fail together, one supplier after the other.
fn walk(ecosystem: &Ecosystem, at: Instant, stakes: &Stakes, options: BatchOptions) -> Vec<Supplier> {
    let (model, structure) = (ecosystem.model(), &ecosystem.map(at).structure);
    let is_top = |party: PartyIdx| model.parties.get(party).is_some_and(|party| party.subcontractor_of.is_none());
    let tops = party_at_or_above(model, is_top);
    let by_party = by_party(model, at, is_top);
    let mut own_count: BTreeMap<PartyIdx, usize> = BTreeMap::new();
    for party in by_party.values().flatten().filter_map(|service| stakes.provider(*service)) {
        *own_count.entry(party).or_default() += 1;
    }
    let mut below: BTreeMap<PartyIdx, Vec<(PartyIdx, usize)>> = BTreeMap::new();
    for (party, count) in own_count.into_iter().filter(|(party, _)| !is_top(*party)) {
        if let Some(top) = tops.get(party.get()).copied().flatten() {
            below.entry(top).or_default().push((party, count));
        }
    }
    let mut suppliers: Vec<Supplier> = Vec::new();
    // Each service lies in one of these groups, so that numbers of services suffice.
    let (mut ends, mut own): (Vec<u32>, Vec<(ServiceIdx, Level)>) = (vec![0], Vec::new());
    for (party, services) in by_party {
        own.extend(services.iter().map(|service| (*service, structure.worst())));
        ends.push(u32::try_from(own.len()).unwrap_or(u32::MAX));
        suppliers.push(Supplier {
            party,
            subcontractors: below.remove(&party).unwrap_or_default(),
            critical: services.iter().filter(|service| stakes.critical(**service)).count(),
            services,
            hit: Hit::default(),
            fallen: Hit::default(),
        });
    }
    let scenarios = Scenarios::Given { at: &ends, own: &own };
    let all = |felt| hits(structure, &scenarios, stakes, Counting { felt, failed_too: true }, options);
    for (supplier, (hit, fallen)) in suppliers.iter_mut().zip(all(None).into_iter().zip(all(Some(structure.worst())))) {
        (supplier.hit, supplier.fallen) = (hit, fallen);
    }
    suppliers
}

/// The sum of the squares of the shares; none where there is nothing to share.
fn index(parts: impl Iterator<Item = u64> + Clone) -> Option<Ratio> {
    let whole = Ratio::whole(parts.clone().map(i128::from).sum());
    let squares = parts.map(|part| Ratio::whole(part.into()).times(&Ratio::whole(part.into())));
    squares.fold(Ratio::ZERO, |sum, square| sum.plus(&square)).divide(&whole.times(&whole))
}

impl ConcentrationReport {
    /// One row per supplier.
    pub fn rows(&self) -> &Table {
        &self.tables[0]
    }
    /// Who stands below whom.
    pub fn subcontractors(&self) -> &Table {
        &self.tables[1]
    }
    /// The figures of the whole.
    pub fn summary(&self) -> &Table {
        &self.tables[2]
    }
}

impl Answer for ConcentrationReport {
    fn operation(&self) -> &'static str {
        "concentration"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        self.tables.iter().collect()
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let supplier = self.suppliers.get(row).ok_or_else(|| no_such_row(row, self.suppliers.len()))?;
        let model = self.ecosystem.model();
        let worst = self.ecosystem.map(self.at).structure.worst();
        let failures: Vec<_> = supplier.services.iter().map(|service| (*service, worst)).collect();
        let (why, more) = of_scenario(&self.ecosystem, self.at, &failures, None)?;
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let below = |(party, services): &(PartyIdx, usize)| {
            let reason = Reason::new("concentration-below").with("party", Argument::name(model.party_name(*party)));
            reason.with("services", *services)
        };
        let reason = Reason::new("concentration-supplier").with("supplier", Argument::name(model.party_name(supplier.party)));
        let reason = reason.with("services", supplier.services.len()).with("others", number(supplier.hit.services));
        let reason =
            reason.with("critical", number(supplier.fallen.critical)).with("level", Argument::name(model.level_name(worst)));
        Ok(reason.because_all(supplier.subcontractors.iter().map(below)).because_all(why).because_all(more))
    }
}
