//! How much an evaluator did, counted and not timed.
//!
//! Goes in: nothing. Comes out: three numbers that are the same on every machine.
//! **Invariant:** the same map and scenarios give the same numbers; for batches, whatever the threads.
//! **Not here:** times (`benches`).

/// What evaluators did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Services whose dependents were told or whose rule was read.
    pub visits: u64,
    /// Thresholds that were counted on or summed up.
    pub gates: u64,
    /// Words of 64 scenarios that were passed on to a dependent or summed.
    pub planes: u64,
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        self.visits += other.visits;
        self.gates += other.gates;
        self.planes += other.planes;
    }
}

impl std::ops::Sub for Work {
    type Output = Work;
    fn sub(self, before: Work) -> Work {
        Work {
            visits: self.visits.saturating_sub(before.visits),
            gates: self.gates.saturating_sub(before.gates),
            planes: self.planes.saturating_sub(before.planes),
        }
    }
}
