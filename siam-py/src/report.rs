//! Reports, explanations and the catalogues they are worded in.
//!
//! Goes in: an answer of the core. Comes out: its tables, its stamp, its reasons.
//! **Invariant:** reading a report computes no figure.
//! **Not here:** asking (`doors`), how a report is shown (python/siam/_show.py).

use crate::failure::{Kind, detached};
use crate::problems::Problems;
use crate::table::Table;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use siam_core::Source;
use siam_core::report::{Answer, Catalogue as CoreCatalogue, Explanation as CoreExplanation};
use std::sync::OnceLock;

/// An answer, whatever was asked.
#[pyclass(frozen, module = "siam._siam")]
pub struct Report {
    answer: Box<dyn Answer>,
    // Streams outlive reports, so a table is shared from the first time it is asked for.
    tables: Vec<OnceLock<Table>>,
}

impl Report {
    /// Holds an answer.
    pub fn of(answer: Box<dyn Answer>) -> Self {
        let tables = answer.tables().iter().map(|_| OnceLock::new()).collect();
        Self { answer, tables }
    }
}

#[pymethods]
impl Report {
    /// The operation that gave it.
    #[getter]
    fn operation(&self) -> &'static str {
        self.answer.operation()
    }
    /// What it was computed on, as one SHA-256 in hex.
    #[getter]
    fn fingerprint(&self) -> &str {
        &self.answer.stamp().fingerprint
    }
    /// The version of the time zone database.
    #[getter]
    fn tzdb(&self) -> &str {
        &self.answer.stamp().tzdb
    }
    /// The edition of the meanings.
    #[getter]
    fn edition(&self) -> u32 {
        self.answer.stamp().edition
    }
    /// What is worth knowing about it.
    #[getter]
    fn problems(&self) -> Problems {
        Problems::of(self.answer.problems().clone())
    }
    /// Names of its tables.
    #[getter]
    fn tables(&self) -> Vec<String> {
        self.answer.tables().iter().map(|table| table.name().to_owned()).collect()
    }
    /// A table by position.
    fn table(&self, py: Python<'_>, at: usize) -> PyResult<Table> {
        let held = self.tables.get(at).ok_or_else(|| PyIndexError::new_err("table index out of range"))?;
        if let Some(table) = held.get() {
            return Ok(table.share());
        }
        let made = py.detach(|| self.answer.tables().get(at).map(|table| Table::of((*table).clone())));
        let made = made.ok_or_else(|| PyIndexError::new_err("table index out of range"))?;
        Ok(held.get_or_init(|| made).share())
    }
    /// Why a row of the first table is what it is.
    fn explain(&self, py: Python<'_>, row: usize, catalogue: &Bound<'_, Catalogue>) -> PyResult<Explanation> {
        let words = &catalogue.get().0;
        detached(py, Kind::Query, || siam_core::explain(&*self.answer, row, words).map(Explanation))
    }
    // A picture goes here: `fn picture(&self) -> Option<Picture>`, once `Answer` has one.
}

/// A reason in words.
#[pyclass(frozen, module = "siam._siam")]
pub struct Explanation(CoreExplanation);

#[pymethods]
impl Explanation {
    /// The language of the words.
    #[getter]
    fn language(&self) -> &str {
        &self.0.language
    }
    /// One line per step, deeper ones indented.
    #[getter]
    fn text(&self) -> String {
        self.0.to_text()
    }
    /// Nested lists that unfold, without script or style.
    #[getter]
    fn html(&self) -> String {
        self.0.to_html()
    }
    /// The steps as a table.
    #[getter]
    fn steps(&self) -> Table {
        Table::of(self.0.to_table())
    }
}

/// The words of one language.
#[pyclass(frozen, module = "siam._siam")]
pub struct Catalogue(CoreCatalogue);

#[pymethods]
impl Catalogue {
    /// English, built in.
    #[staticmethod]
    fn english() -> Self {
        Self(CoreCatalogue::english())
    }
    /// A language from a document.
    #[staticmethod]
    fn load(py: Python<'_>, name: String, text: String) -> PyResult<Self> {
        detached(py, Kind::Check, || CoreCatalogue::load(&Source::text(name, text)).map(Self))
    }
    /// The language.
    #[getter]
    fn language(&self) -> &str {
        self.0.language()
    }
}
