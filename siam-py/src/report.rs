//! Reports, explanations, pictures and the catalogues they are worded in.
//!
//! Goes in: an answer of the core. Comes out: its tables, its stamp, its reasons, its picture.
//! **Invariant:** reading a report computes no figure.
//! **Not here:** asking (`doors`), how a report is shown (python/siam/_show.py).

use crate::failure::{Kind, detached};
use crate::problems::Problems;
use crate::table::Table;
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use siam_core::Source;
use siam_core::base::Limits;
use siam_core::ops::doors;
use siam_core::report::answer::{TableStream, no_such_stream};
use siam_core::report::picture::Picture as CorePicture;
use siam_core::report::{Answer, Catalogue as CoreCatalogue, Explanation as CoreExplanation, export, problems};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

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
        // One more than the answer has: its problems are the last table of every report.
        let tables = (0..=answer.tables().len()).map(|_| OnceLock::new()).collect();
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
    /// Names of its tables; the last are its problems.
    #[getter]
    fn tables(&self) -> Vec<String> {
        let tables = self.answer.tables();
        tables.iter().map(|table| table.name()).chain([problems::PROBLEMS.name]).map(str::to_owned).collect()
    }
    /// A table by position.
    fn table(&self, py: Python<'_>, at: usize) -> PyResult<Table> {
        let held = self.tables.get(at).ok_or_else(|| PyIndexError::new_err("table index out of range"))?;
        if let Some(table) = held.get() {
            return Ok(table.share());
        }
        let made = py.detach(|| {
            let table = self.answer.tables().get(at).map(|table| (*table).clone());
            Table::of(table.unwrap_or_else(|| problems::table(self.answer.problems(), &CoreCatalogue::english())))
        });
        Ok(held.get_or_init(|| made).share())
    }
    /// Names of the tables it computes only while they are read.
    #[getter]
    fn streams(&self) -> Vec<&'static str> {
        self.answer.streams().iter().map(|schema| schema.name).collect()
    }
    /// One of these from its beginning.
    fn stream(&self, py: Python<'_>, name: &str) -> PyResult<Stream> {
        detached(py, Kind::Query, || {
            let stream = self.answer.stream(name).ok_or_else(|| no_such_stream(&*self.answer, name))?;
            Ok(Stream(Mutex::new(Some(stream))))
        })
    }
    /// Why a row of one of its tables is what it is.
    fn explain(&self, py: Python<'_>, table: &str, row: usize, catalogue: &Bound<'_, Catalogue>) -> PyResult<Explanation> {
        let words = &catalogue.get().0;
        detached(py, Kind::Query, || siam_core::explain(&*self.answer, table, row, words).map(Explanation))
    }
    /// The whole report as JSON.
    fn json(&self, py: Python<'_>, catalogue: &Bound<'_, Catalogue>) -> PyResult<String> {
        let words = &catalogue.get().0;
        detached(py, Kind::Query, || Ok(export::json(&*self.answer, words)))
    }
    /// The whole report as a page of HTML.
    fn html(&self, py: Python<'_>, catalogue: &Bound<'_, Catalogue>) -> PyResult<String> {
        let words = &catalogue.get().0;
        detached(py, Kind::Query, || Ok(export::html(&*self.answer, words)))
    }
    /// The page of a review; the question as JSON.
    fn page(&self, py: Python<'_>, question: &str, catalogue: &Bound<'_, Catalogue>) -> PyResult<String> {
        let words = &catalogue.get().0;
        detached(py, Kind::Query, || doors::page(&*self.answer, question, words, &Limits::default()))
    }
    /// The version of siam that gave it.
    #[getter]
    fn library(&self) -> &str {
        &self.answer.stamp().library
    }
    /// A picture of it, where there is one.
    fn picture(&self, py: Python<'_>, catalogue: &Bound<'_, Catalogue>) -> PyResult<Option<Picture>> {
        let words = &catalogue.get().0;
        detached(py, Kind::Query, || Ok(self.answer.picture(words).map(Picture)))
    }
}

/// A table that is computed while it is read, once.
#[pyclass(frozen, module = "siam._siam")]
pub struct Stream(Mutex<Option<Box<dyn TableStream>>>);

impl Stream {
    fn taken(&self) -> MutexGuard<'_, Option<Box<dyn TableStream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Stream {
    /// The next rows, none at the end.
    fn next_batch(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        detached(py, Kind::Query, || Ok(self.taken().as_mut().and_then(|stream| stream.next_batch()).map(Table::of)))
    }
    /// What is left of it for any Arrow library; nothing is left here.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let stream = py.detach(|| self.taken().take());
        let stream = stream.ok_or_else(|| PyValueError::new_err("this stream was handed on before"))?;
        PyCapsule::new_with_value(py, siam_arrow::export_stream(stream, || Ok(())), c"arrow_array_stream")
    }
}

/// A picture of a report.
#[pyclass(frozen, module = "siam._siam")]
pub struct Picture(CorePicture);

#[pymethods]
impl Picture {
    /// What it shows, in a few words.
    #[getter]
    fn title(&self) -> &str {
        &self.0.title
    }
    /// What a reader who cannot see it needs to know.
    #[getter]
    fn description(&self) -> &str {
        &self.0.description
    }
    /// As SVG.
    fn svg(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, Kind::Query, || Ok(self.0.to_svg()))
    }
    /// As a Graphviz digraph.
    fn dot(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, Kind::Query, || Ok(self.0.to_dot()))
    }
    /// As a Mermaid flowchart.
    fn mermaid(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, Kind::Query, || Ok(self.0.to_mermaid()))
    }
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
pub struct Catalogue(pub CoreCatalogue);

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
    /// The words of a message that takes no argument; the id itself where nothing has it.
    fn word(&self, id: &str) -> String {
        self.0.template(id).to_owned()
    }
}
