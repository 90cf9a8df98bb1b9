//! Tables that Python hands in.
//!
//! Goes in: objects that speak Arrow's stream interface, tables typed by hand. Comes out: views that live as long as the call.
//! **Invariant:** a stream is pulled and released detached from the interpreter; a producer written in Python attaches by itself.
//! **Not here:** lists, dicts, CSV and paths, which python/siam/_given.py makes into tables first.

use crate::failure::{Kind, detached, raised};
use crate::table::{Table, unreadable};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use siam_arrow::Imported;
use siam_core::base::{Error, Limits, Problems, TableView};

/// Tables by the names an operation knows them by.
pub type Named<'py> = Vec<(String, Bound<'py, PyAny>)>;

enum Given {
    Stream(FFI_ArrowArrayStream),
    Held(Table),
}

enum Read {
    Stream(Imported),
    Held(Table),
}

/// Takes all tables and runs work of the core on them, detached.
pub fn with_tables<T: Send>(
    py: Python<'_>,
    kind: Kind,
    tables: Named<'_>,
    work: impl FnOnce(Vec<TableView<'_>>, &Limits) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let given: Vec<(String, Given)> =
        tables.into_iter().map(|(name, table)| take(&name, &table, kind).map(|given| (name, given))).collect::<PyResult<_>>()?;
    detached(py, kind, || {
        // Who asks in Python for threads is their own host.
        let limits = Limits { threads: 256, ..Limits::default() };
        let (mut read, mut problems) = (Vec::new(), Problems::new());
        for (name, given) in given {
            match given {
                Given::Held(table) => read.push((name, Read::Held(table))),
                Given::Stream(stream) => match Imported::read(stream, &name, &limits) {
                    Ok(imported) => read.push((name, Read::Stream(imported))),
                    Err(error) => problems.append(error.problems().clone(), limits.problems),
                },
            }
        }
        if !problems.is_empty() {
            return Err(Error::from_problems(problems));
        }
        let views = read.iter().map(|(name, read)| match read {
            Read::Stream(imported) => imported.view(name.as_str()),
            Read::Held(table) => table.view(name),
        });
        work(views.collect(), &limits)
    })
}

fn take(name: &str, table: &Bound<'_, PyAny>, kind: Kind) -> PyResult<Given> {
    let py = table.py();
    if let Ok(held) = table.cast::<Table>() {
        return Ok(Given::Held(held.get().share()));
    }
    let capsule = match table.call_method0("__arrow_c_stream__") {
        Ok(capsule) => capsule,
        Err(failure) if failure.is_instance_of::<PyAttributeError>(py) && !table.hasattr("__arrow_c_stream__")? => {
            return Err(PyTypeError::new_err(format!("{name}: an object of type {} holds no table", table.get_type().name()?)));
        }
        Err(failure) => {
            let error = raised(py, &unreadable(name, &failure.value(py).to_string()), kind);
            error.set_cause(py, Some(failure));
            return Err(error);
        }
    };
    let capsule = capsule.cast_into::<PyCapsule>().map_err(PyErr::from)?;
    let stream = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: a capsule of this name holds a live stream by Arrow's PyCapsule interface; taking it over leaves a released one behind.
    Ok(Given::Stream(unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr().cast()) }))
}
