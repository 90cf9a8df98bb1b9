//! Tallies: scores of evidence that comes in chunks.
//!
//! Goes in: an ecosystem, a question as JSON, bound evidence, bytes. Comes out: sums, bytes, reports.
//! **Invariant:** a call that fails leaves the tally as it was; threads take turns.
//! **Not here:** chunks of Arrow batches and pickling (python/siam/_tally.py), adding up (`siam_core::answer::tally`).

use crate::doors::{Ecosystem, Evidence};
use crate::failure::{Kind, detached};
use crate::report::Report;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use siam_core::Tally as CoreTally;
use siam_core::base::Limits;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Scores that are added up.
#[pyclass(frozen, module = "siam._siam")]
pub struct Tally(Mutex<CoreTally>);

impl Tally {
    fn held(&self) -> MutexGuard<'_, CoreTally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Tally {
    /// A tally of nothing yet.
    #[staticmethod]
    fn of(py: Python<'_>, ecosystem: &Bound<'_, Ecosystem>, question: &str) -> PyResult<Self> {
        let ecosystem = &ecosystem.get().0;
        // Who asks in Python for threads is their own host.
        let limits = Limits { threads: 256, ..Limits::default() };
        detached(py, Kind::Query, || CoreTally::asked(ecosystem, question, &limits)).map(|tally| Self(Mutex::new(tally)))
    }
    /// A tally from its bytes.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, ecosystem: &Bound<'_, Ecosystem>, bytes: &[u8]) -> PyResult<Self> {
        let ecosystem = &ecosystem.get().0;
        detached(py, Kind::Query, || CoreTally::from_bytes(ecosystem, bytes)).map(|tally| Self(Mutex::new(tally)))
    }
    /// Adds a chunk of evidence.
    fn update(&self, py: Python<'_>, evidence: &Bound<'_, Evidence>) -> PyResult<()> {
        let evidence = &evidence.get().0;
        detached(py, Kind::Query, || self.held().update(evidence))
    }
    /// Takes a chunk of evidence out again.
    fn remove(&self, py: Python<'_>, evidence: &Bound<'_, Evidence>) -> PyResult<()> {
        let evidence = &evidence.get().0;
        detached(py, Kind::Query, || self.held().remove(evidence))
    }
    /// Adds what another holds.
    fn merge(&self, py: Python<'_>, other: &Bound<'_, Self>) -> PyResult<()> {
        let other = other.get();
        detached(py, Kind::Query, || {
            // Copied first: it may be this one, and two that merge each other must not wait for each other.
            let more = other.held().clone();
            self.held().merge(&more)
        })
    }
    /// All that it holds.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.held().to_bytes());
        PyBytes::new(py, &bytes)
    }
    /// The scorecard of all that was added.
    fn report(&self, py: Python<'_>) -> PyResult<Report> {
        detached(py, Kind::Query, || self.held().score()).map(|answer| Report::of(Box::new(answer)))
    }
    /// The labels of its periods.
    #[getter]
    fn periods(&self) -> Vec<String> {
        self.held().periods().iter().map(|period| period.label().to_owned()).collect()
    }
}
