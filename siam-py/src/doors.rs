//! The doors of the core: loading, checking, and every operation asked of an ecosystem.
//!
//! Goes in: documents or a question as JSON, tables by name. Comes out: an ecosystem, problems, a report.
//! **Invariant:** one function per operation, each under the name the core gives it, each running detached.
//! **Not here:** how people write a question (python/siam/_ecosystem.py).

use crate::failure::{Kind, raised};
use crate::given::{Named, with_tables};
use crate::problems::Problems;
use crate::report::Report;
use pyo3::prelude::*;
use siam_core::base::{Error, Limits, TableView, ZoneDatabase};
use siam_core::evidence::Evidence as CoreEvidence;
use siam_core::ops::doors;
use siam_core::report::Answer;
use siam_core::{Ecosystem as CoreEcosystem, Source};
use std::collections::BTreeMap;

/// A checked ecosystem.
#[pyclass(frozen, module = "siam._siam")]
pub struct Ecosystem(pub CoreEcosystem);

#[pymethods]
impl Ecosystem {
    /// Its name; empty where none is written.
    #[getter]
    fn name(&self) -> &str {
        &self.0.model().name
    }
    /// What its documents say, their edition, the time zone database and this version, as one SHA-256 in hex.
    #[getter]
    fn fingerprint(&self) -> &str {
        &self.0.stamp().fingerprint
    }
    /// The edition of the meanings.
    #[getter]
    fn edition(&self) -> u32 {
        self.0.stamp().edition
    }
    /// The version of the time zone database.
    #[getter]
    fn tzdb(&self) -> &str {
        &self.0.stamp().tzdb
    }
    /// The IANA zone in which its dates are meant.
    #[getter]
    fn zone(&self) -> &str {
        self.0.model().zone.name()
    }
    /// What is worth knowing about its documents.
    #[getter]
    fn problems(&self) -> Problems {
        Problems::of(self.0.problems().clone())
    }
    /// How many there are of each thing.
    #[getter]
    fn counts(&self) -> BTreeMap<&'static str, usize> {
        let model = self.0.model();
        BTreeMap::from([
            ("services", model.services.len()),
            ("parties", model.parties.len()),
            ("agreements", model.agreements.len()),
            ("measures", model.measures.len()),
            ("calendars", model.calendars.len()),
        ])
    }
    /// A new ecosystem with changes to what the documents say, as JSON.
    fn with_(&self, py: Python<'_>, changes: &str) -> PyResult<Ecosystem> {
        with_tables(py, Kind::Check, Vec::new(), |_, limits| self.0.with_changes(changes, limits)).map(Ecosystem)
    }
    /// Fails where no calendar has this name.
    fn require_calendar(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        self.0.clock_named(name).map(|_| ()).map_err(|error| raised(py, &error, Kind::Query))
    }
}

/// What happened, bound to an ecosystem.
#[pyclass(frozen, module = "siam._siam")]
pub struct Evidence(pub CoreEvidence);

#[pymethods]
impl Evidence {
    /// Its tables and what is worth knowing about it, as every answer has them.
    fn report(&self) -> Report {
        // Evidence is shared inside, so this copies no ticket.
        Report::of(Box::new(self.0.clone()))
    }
}

fn sources(documents: Vec<(String, String)>) -> Vec<Source> {
    documents.into_iter().map(|(name, text)| Source::text(name, text)).collect()
}

/// A time zone database of the caller's own.
#[pyclass(frozen, module = "siam._siam")]
pub struct Zones(ZoneDatabase);

#[pymethods]
impl Zones {
    /// Compiled zone files by name, with the version of their database.
    #[staticmethod]
    fn of_files(py: Python<'_>, version: &str, files: Vec<(String, Vec<u8>)>) -> PyResult<Self> {
        let files = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        ZoneDatabase::of_files(version, files).map(Self).map_err(|problem| raised(py, &problem.into(), Kind::Check))
    }
    /// All zones in one piece: a `tzdata` file.
    #[staticmethod]
    fn concatenated(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        ZoneDatabase::concatenated(bytes).map(Self).map_err(|problem| raised(py, &problem.into(), Kind::Check))
    }
    /// Its version.
    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }
    fn __repr__(&self) -> String {
        format!("Zones {}", self.0.version())
    }
}

/// Limits with the zones a caller brings.
fn with_zones(limits: &Limits, zones: Option<ZoneDatabase>) -> Limits {
    Limits { zones: zones.unwrap_or_default(), ..limits.clone() }
}

/// Reads and checks documents as (name, text), with tables of services and dependencies.
#[pyfunction]
#[pyo3(signature = (documents, tables, zones = None))]
fn load(
    py: Python<'_>,
    documents: Vec<(String, String)>,
    tables: Named<'_>,
    zones: Option<&Bound<'_, Zones>>,
) -> PyResult<Ecosystem> {
    let (sources, zones) = (sources(documents), zones.map(|zones| zones.get().0.clone()));
    with_tables(py, Kind::Check, tables, move |views, limits| siam_core::load_with(&sources, views, &with_zones(limits, zones)))
        .map(Ecosystem)
}

/// Everything that is wrong with documents and tables, or worth knowing; options as JSON.
#[pyfunction]
#[pyo3(signature = (documents, tables, options = "", zones = None))]
fn check(
    py: Python<'_>,
    documents: Vec<(String, String)>,
    tables: Named<'_>,
    options: &str,
    zones: Option<&Bound<'_, Zones>>,
) -> PyResult<Problems> {
    let (sources, zones) = (sources(documents), zones.map(|zones| zones.get().0.clone()));
    with_tables(py, Kind::Check, tables, move |views, limits| doors::check(&sources, options, views, &with_zones(limits, zones)))
        .map(Problems::of)
}

/// What changed between two ecosystems.
#[pyfunction]
fn diff(
    py: Python<'_>,
    before: &Bound<'_, Ecosystem>,
    after: &Bound<'_, Ecosystem>,
    question: &str,
    tables: Named<'_>,
) -> PyResult<Report> {
    let (before, after) = (&before.get().0, &after.get().0);
    ask(py, tables, |views, limits| doors::diff(before, after, question, views, limits))
}

/// Binds tables of what happened to an ecosystem.
#[pyfunction]
fn evidence(py: Python<'_>, ecosystem: &Bound<'_, Ecosystem>, question: &str, tables: Named<'_>) -> PyResult<Evidence> {
    let ecosystem = &ecosystem.get().0;
    with_tables(py, Kind::Evidence, tables, |views, limits| doors::evidence(ecosystem, question, views, limits)).map(Evidence)
}

macro_rules! operations {
    (asked of an ecosystem: $($name:ident),+; asked of evidence: $($with_evidence:ident),+ $(,)?) => {
        $(
            #[pyfunction]
            fn $name(py: Python<'_>, ecosystem: &Bound<'_, Ecosystem>, question: &str, tables: Named<'_>) -> PyResult<Report> {
                let ecosystem = &ecosystem.get().0;
                ask(py, tables, |views, limits| doors::$name(ecosystem, question, views, limits))
            }
        )+
        $(
            #[pyfunction]
            fn $with_evidence(
                py: Python<'_>,
                ecosystem: &Bound<'_, Ecosystem>,
                evidence: &Bound<'_, Evidence>,
                question: &str,
                tables: Named<'_>,
            ) -> PyResult<Report> {
                let (ecosystem, evidence) = (&ecosystem.get().0, &evidence.get().0);
                ask(py, tables, |views, limits| doors::$with_evidence(ecosystem, evidence, question, views, limits))
            }
        )+

        /// Adds the doors to the module.
        pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
            module.add_function(wrap_pyfunction!(load, module)?)?;
            module.add_function(wrap_pyfunction!(check, module)?)?;
            module.add_function(wrap_pyfunction!(diff, module)?)?;
            module.add_function(wrap_pyfunction!(evidence, module)?)?;
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )+
            $( module.add_function(wrap_pyfunction!($with_evidence, module)?)?; )+
            Ok(())
        }
    };
}

fn ask(
    py: Python<'_>,
    tables: Named<'_>,
    door: impl FnOnce(&[TableView<'_>], &Limits) -> Result<Box<dyn Answer>, Error> + Send,
) -> PyResult<Report> {
    with_tables(py, Kind::Query, tables, |views, limits| door(&views, limits)).map(Report::of)
}

// A new operation is one word here, one line in `_siam.pyi` and one method in python/siam/_ecosystem.py; a test names what is missing.
operations! {
    asked of an ecosystem: exit, findings, terms, impact, root_causes, redundancy, impacts, single_points_of_failure, concentration,
        elapsed, deadline, is_open, next_open, next_close, previous_open, intervals, who, due, coverage, readiness, compare, trend;
    asked of evidence: score, tally, headroom, reconcile, observed, leakage, drift, settle, review,
}
