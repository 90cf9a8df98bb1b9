//! Problems as Python sees them.
//!
//! Goes in: problems of the core. Comes out: frozen objects with plain attributes.
//! **Invariant:** words come from the core's codes alone.
//! **Not here:** raising (`failure`).

use crate::table::Table;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList};
use siam_core::base::{Argument, Place};
use siam_core::report::html::escape;
use siam_core::report::{Catalogue, export, problems};

/// One thing that is wrong or worth knowing: what, where, and how to mend it.
#[pyclass(frozen, module = "siam")]
pub struct Problem(siam_core::Problem);

#[pymethods]
impl Problem {
    /// Stable number of its code.
    #[getter]
    fn code(&self) -> u16 {
        self.0.code().number
    }
    /// Stable name of its code, such as `unknown-key`.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.code().name
    }
    /// `error`, `warning` or `advice`.
    #[getter]
    fn severity(&self) -> &'static str {
        self.0.severity().as_str()
    }
    /// What is wrong.
    #[getter]
    fn message(&self) -> String {
        self.0.message()
    }
    /// How to mend it.
    #[getter]
    fn help(&self) -> String {
        self.0.help()
    }
    /// Where it is, such as `acme.yaml:3:1` or `table failures row 2 column level`; empty for nowhere in particular.
    #[getter]
    fn place(&self) -> String {
        self.0.place().to_string()
    }
    /// The document it is in.
    #[getter]
    fn file(&self) -> Option<&str> {
        match self.0.place() {
            Place::Document { file, .. } => Some(file),
            _ => None,
        }
    }
    /// The line in the document, from 1.
    #[getter]
    fn line(&self) -> Option<u32> {
        match self.0.place() {
            Place::Document { line, .. } => Some(*line),
            _ => None,
        }
    }
    /// The table it is in.
    #[getter]
    fn table(&self) -> Option<&str> {
        match self.0.place() {
            Place::Cell { table, .. } => Some(table),
            _ => None,
        }
    }
    /// The row of the table, from 1; none for the whole table or column.
    #[getter]
    fn row(&self) -> Option<u64> {
        match self.0.place() {
            Place::Cell { row, .. } => Some(*row).filter(|row| *row > 0),
            _ => None,
        }
    }
    /// The column: its name in a table, its position from 1 in a document.
    #[getter]
    fn column<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(match self.0.place() {
            Place::Document { column, .. } => Some(column.into_pyobject(py)?.into_any()),
            Place::Cell { column, .. } if !column.is_empty() => Some(column.as_ref().into_pyobject(py)?.into_any()),
            _ => None,
        })
    }
    /// The nearest known name, where there is one.
    #[getter]
    fn suggestion(&self) -> Option<String> {
        let found = self.0.arguments().iter().find(|(name, _)| *name == "nearest");
        found.map(|(_, argument)| match argument {
            Argument::Name(name) => name.to_string(),
            Argument::User(name) => name.clone(),
            other => other.render(&siam_core::base::message::Style::ENGLISH),
        })
    }
    fn __str__(&self) -> String {
        self.0.to_string()
    }
    fn __repr__(&self) -> String {
        self.0.to_string()
    }
    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }
    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.0.to_string().hash(&mut hasher);
        hasher.finish()
    }
}

/// Problems sorted by place; empty where all is well. It prints as a compiler does.
#[pyclass(frozen, module = "siam", sequence)]
pub struct Problems(siam_core::Problems);

impl Problems {
    /// Wraps problems of the core.
    pub fn of(problems: siam_core::Problems) -> Self {
        Self(problems)
    }
}

/// Problems that `repr` shows; `str` shows all.
const SHOWN: usize = 20;

#[pymethods]
impl Problems {
    fn __len__(&self) -> usize {
        self.0.len()
    }
    fn __getitem__(&self, index: isize) -> PyResult<Problem> {
        let length = isize::try_from(self.0.len()).unwrap_or(isize::MAX);
        let at = usize::try_from(if index < 0 { index + length } else { index }).ok();
        let found = at.and_then(|at| self.0.iter().nth(at)).cloned();
        found.map(Problem).ok_or_else(|| PyIndexError::new_err("problem index out of range"))
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        let problems = self.0.iter().map(|problem| Bound::new(py, Problem(problem.clone()))).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, problems)?.try_iter()
    }
    /// The problems as a table, as every report has them.
    fn _table(&self) -> Table {
        Table::of(problems::table(&self.0, &Catalogue::english()))
    }
    /// As a compiler prints them; empty where there is none.
    fn to_text(&self) -> String {
        export::problems_text(&self.0)
    }
    /// As one JSON document, for tools.
    fn to_json(&self) -> String {
        export::problems_json(&self.0, &Catalogue::english())
    }
    /// As SARIF 2.1.0, for code hosts and editors that show them at the line.
    fn to_sarif(&self) -> String {
        export::problems_sarif(&self.0, &Catalogue::english())
    }
    /// Writes `.txt`, `.json` or `.sarif`. Gives the path.
    fn save<'py>(slf: &Bound<'py, Self>, path: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        // Which kinds of files there are, and writing them, stands in python/siam.
        slf.py().import("siam._export")?.getattr("save_problems")?.call1((slf, path))
    }
    /// Whether one of them is an error.
    #[getter]
    fn has_errors(&self) -> bool {
        self.0.has_errors()
    }
    /// How many more there are than are kept.
    #[getter]
    fn beyond(&self) -> u64 {
        self.0.beyond()
    }
    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }
    fn __str__(&self) -> String {
        if self.0.is_empty() { "no problems".to_owned() } else { self.0.to_string() }
    }
    fn __repr__(&self) -> String {
        if self.0.len() <= SHOWN {
            return self.__str__();
        }
        let shown: Vec<String> = self.0.iter().take(SHOWN).map(ToString::to_string).collect();
        let more = (self.0.len() - SHOWN) as u64 + self.0.beyond();
        format!("{}\n\nand {more} more; print() shows what is kept", shown.join("\n\n"))
    }
    fn _repr_html_(&self) -> String {
        format!("<pre>{}</pre>", escape(&self.__repr__()))
    }
}
