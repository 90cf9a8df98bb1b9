//! The Rust half of siam for Python: the extension module `siam._siam`.
//!
//! Goes in: texts, tables of any library that speaks Arrow. Comes out: ecosystems, reports, tables, problems.
//! **Invariant:** every call into the core runs detached from the interpreter; a failure becomes one of the classes in `siam._errors`.
//! **Not here:** names, documentation and how things are shown (python/siam), what an operation does (`siam_core`).

mod doors;
mod failure;
mod given;
mod problems;
mod report;
mod table;
mod words;

use pyo3::prelude::*;

/// Everything that python/siam imports; `_siam.pyi` states its types.
#[pymodule]
fn _siam(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<doors::Ecosystem>()?;
    module.add_class::<doors::Evidence>()?;
    module.add_class::<doors::Zones>()?;
    module.add_class::<report::Report>()?;
    module.add_class::<report::Stream>()?;
    module.add_class::<report::Explanation>()?;
    module.add_class::<report::Picture>()?;
    module.add_class::<report::Catalogue>()?;
    module.add_class::<table::Table>()?;
    module.add_class::<problems::Problem>()?;
    module.add_class::<problems::Problems>()?;
    module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
    module.add("EDITION", siam_core::model::EDITION)?;
    module.add("TZDB", siam_core::base::zone::tzdb_version())?;
    words::add(module)?;
    doors::add(module)
}
