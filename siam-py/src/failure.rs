//! Failures of the core as Python exceptions.
//!
//! Goes in: an `Error` and the door it came from. Comes out: an exception that carries all problems.
//! **Invariant:** a panic in the core becomes an exception like any other; the interpreter goes on.
//! **Not here:** the classes themselves (python/siam/_errors.py).

use crate::problems::Problems;
use pyo3::prelude::*;
use siam_core::base::{Argument, Error, Place, Problem, codes};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The class of exception a door raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Documents and the tables of a load.
    Check,
    /// Tables of what happened, and their mapping.
    Evidence,
    /// Questions.
    Query,
}

impl Kind {
    fn class(self, error: &Error) -> &'static str {
        match self {
            // What siam itself does wrong is no fault of the question.
            _ if error.code().number >= 900 => "Error",
            Self::Check => "CheckError",
            Self::Evidence => "EvidenceError",
            Self::Query => "QueryError",
        }
    }
}

/// The exception of an error.
pub fn raised(py: Python<'_>, error: &Error, kind: Kind) -> PyErr {
    // Imported here and not kept: this module holds no state between calls.
    let exception = py
        .import("siam._errors")
        .and_then(|module| module.getattr(kind.class(error)))
        .and_then(|class| class.call1((Problems::of(error.problems().clone()),)));
    match exception {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// Runs work of the core detached from the interpreter.
pub fn detached<T: Send>(py: Python<'_>, kind: Kind, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(stopped(&*panic))));
    done.map_err(|error| raised(py, &error, kind))
}

fn stopped(panic: &(dyn std::any::Any + Send)) -> Error {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::new(&codes::PANIC, Place::Nowhere).with("detail", Argument::user(words.unwrap_or("no words"))).into()
}
