//! The services reached by scenarios, batch by batch.
//!
//! Goes in: an ecosystem, scenarios in an order. Comes out: tables of a bounded number of rows, until all are told.
//! **Invariant:** between two batches nothing is held but a position; the memory of a batch does not grow with what is left.
//! **Not here:** the sums of scenarios (`stakes`), the doors that hand batches on.

use crate::answer::stakes::Stakes;
use crate::answer::view::Space;
use crate::base::{Instant, Schema, Table};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::rule::{Level, ServiceIdx};
use crate::report::answer::{BATCH_ROWS, TableStream};
use crate::structure::Scalar;
use std::sync::Arc;

/// A service of a scenario, and what is said of it.
pub(in crate::answer) struct Told<'a> {
    pub scenario: usize,
    pub service: ServiceIdx,
    pub level: Level,
    pub before: Level,
    pub failed: bool,
    pub model: &'a Model,
    pub stakes: &'a Stakes,
}

/// Scenarios whose services are told.
pub(in crate::answer) trait Telling: Send + Sync {
    /// What the rows are.
    fn schema(&self) -> &'static Schema;
    /// How many scenarios are told.
    fn scenarios(&self) -> usize;
    /// What fails in one of them.
    fn own(&self, at: usize) -> Vec<(ServiceIdx, Level)>;
    /// The services whose level changes in it, in their order, with it and the one when nothing fails; none where the compiled map says.
    fn changed<'a>(&'a self, _at: usize, _space: &mut Space<'a>) -> Option<Vec<(ServiceIdx, Level, Level)>> {
        None
    }
    /// Adds the row of a service, where there is one.
    fn tell(&self, told: &Told<'_>, table: &mut Table);
}

/// Tells the services of scenarios while it is read.
pub(in crate::answer) struct Services<T> {
    pub ecosystem: Ecosystem,
    pub at: Instant,
    pub stakes: Arc<Stakes>,
    pub telling: Arc<T>,
    /// The scenario that comes next, and how many of its services were looked at before.
    next: (usize, usize),
}

impl<T: Telling> Services<T> {
    pub fn new(ecosystem: &Ecosystem, at: Instant, stakes: &Arc<Stakes>, telling: &Arc<T>) -> Self {
        let (stakes, telling) = (Arc::clone(stakes), Arc::clone(telling));
        Self { ecosystem: ecosystem.clone(), at, stakes, telling, next: (0, 0) }
    }
}

impl<T: Telling> TableStream for Services<T> {
    fn schema(&self) -> &'static Schema {
        self.telling.schema()
    }
    fn next_batch(&mut self) -> Option<Table> {
        let mut table = Table::new(self.telling.schema());
        let structure = &self.ecosystem.map(self.at).structure;
        let (model, stakes) = (self.ecosystem.model(), &*self.stakes);
        // Made anew for each batch: held between batches it would borrow from what the stream owns.
        let mut scalar = Scalar::new(structure);
        let mut space = Space::default();
        while self.next.0 < self.telling.scenarios() && table.rows() < BATCH_ROWS {
            let own = self.telling.own(self.next.0);
            let services = self.telling.changed(self.next.0, &mut space).unwrap_or_else(|| {
                scalar.evaluate(&own);
                let mut services = scalar.touched().to_vec();
                services.sort_unstable();
                let level = |service: ServiceIdx| (service, scalar.level(service), structure.baseline(service));
                services.into_iter().map(level).collect()
            });
            let mut failed: Vec<ServiceIdx> = own.iter().map(|(service, _)| *service).collect();
            failed.sort_unstable();
            let mut looked = self.next.1;
            for (service, level, before) in services.iter().copied().skip(looked) {
                if table.rows() >= BATCH_ROWS {
                    break;
                }
                looked += 1;
                let failed = failed.binary_search(&service).is_ok();
                let told = Told { scenario: self.next.0, service, level, before, failed, model, stakes };
                self.telling.tell(&told, &mut table);
            }
            self.next = if looked < services.len() { (self.next.0, looked) } else { (self.next.0 + 1, 0) };
        }
        (table.rows() > 0).then_some(table)
    }
}
