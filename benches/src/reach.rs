//! How many services each of many single failures reaches.
//!
//! Goes in: a structure, the services that fail, how the batch is run. Comes out: a number by service, what it took.
//! **Invariant:** every number is of the services that differ from the baseline, the one that failed among them.
//! **Not here:** clocks and peers (each bench).

use siam_core::model::rule::{Level, ServiceIdx};
use siam_core::structure::{BatchOptions, Group, Scalar, Scenarios, Structure, Tally, Visit, Work, batch};

#[derive(Default)]
struct Reached {
    counts: Vec<(usize, u64)>,
    tally: Tally,
    alone: usize,
    work: Work,
}

impl Visit for Reached {
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>) {
        self.alone += 1;
        self.counts.push((scenario, scalar.touched().len() as u64));
    }
    fn group(&mut self, group: &Group<'_>) {
        self.tally.clear(group.words());
        group.rows().for_each(|row| self.tally.add(row.differs(), 1));
        self.counts.extend(group.scenarios().enumerate().map(|(bit, scenario)| (scenario, self.tally.get(bit))));
    }
    fn work(&mut self, work: Work) {
        self.work += work;
    }
}

/// How many services each reaches that fails alone at a level, how many were evaluated alone, and the work; one thread.
pub fn reached(structure: &Structure, services: &[ServiceIdx], level: Level, lanes: Option<usize>) -> (Vec<u64>, usize, Work) {
    let scenarios = Scenarios::Each { services, level };
    let (mut counts, mut alone, mut work) = (vec![0; services.len()], 0, Work::default());
    for told in batch(structure, &scenarios, BatchOptions { threads: 1, lanes }, Reached::default) {
        told.counts.iter().for_each(|(scenario, count)| counts[*scenario] = *count);
        alone += told.alone;
        work += told.work;
    }
    (counts, alone, work)
}
