//! What python/siam asks the core for while it reads what people pass: problems it found itself, lengths of time, operations.
//!
//! Goes in: plain values. Comes out: problems in the core's words, plain values.
//! **Invariant:** nothing is kept between calls.
//! **Not here:** asking questions (`doors`).

use crate::failure::{Kind, raised};
use crate::problems::Problems;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use siam_core::base::{Argument, Duration, Error, Place, Problem, Schema, codes};
use siam_core::ops::{OPERATIONS, Receiver};

/// Adds the functions to the module.
pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(operations, module)?)?;
    module.add_function(wrap_pyfunction!(document_problem, module)?)?;
    module.add_function(wrap_pyfunction!(table_problem, module)?)?;
    module.add_function(wrap_pyfunction!(argument_problem, module)?)?;
    module.add_function(wrap_pyfunction!(unknown_name, module)?)?;
    module.add_function(wrap_pyfunction!(seconds, module)?)
}

fn one(problem: Problem) -> Problems {
    Problems::of(Error::from(problem).problems().clone())
}

/// A document that cannot be read.
#[pyfunction]
fn document_problem(file: &str, line: u32, column: u32, detail: &str) -> Problems {
    let place =
        Place::Document { file: file.into(), line: line.max(1), column: column.max(1), start: 0, end: 0, text: "".into() };
    one(Problem::new(&codes::SYNTAX, place).with("detail", Argument::name(detail)))
}

/// A table that cannot be read; row from 1, 0 for all rows.
#[pyfunction]
fn table_problem(table: &str, row: u64, column: &str, detail: &str) -> Problems {
    one(Problem::new(&codes::TABLE_UNREADABLE, Place::cell(table, row, column)).with("detail", Argument::name(detail)))
}

/// An argument that is not what is expected.
#[pyfunction]
fn argument_problem(name: &str, value: &str, expected: &str, example: &str) -> Problems {
    let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", Argument::name(name));
    let problem = problem.with("value", Argument::user(value)).with("expected", Argument::name(expected));
    one(problem.with("example", Argument::name(example)))
}

/// A name that is none of the known ones.
#[pyfunction]
fn unknown_name(kind: &str, name: &str, known: Vec<String>) -> Problems {
    let kind: &'static str = match kind {
        "table" => "table",
        "column" => "column",
        "ticket" => "ticket",
        "measure" => "measure",
        _ => "language",
    };
    Problems::of(siam_core::ecosystem::asked(kind, name, known.iter().map(String::as_str)).problems().clone())
}

/// Whole seconds of a length of time such as `4h 30min`.
#[pyfunction]
fn seconds(py: Python<'_>, text: &str) -> PyResult<i64> {
    let whole = Duration::parse(text).filter(|length| length.micros() % 1_000_000 == 0);
    whole.map(Duration::floor_seconds).ok_or_else(|| {
        let problem =
            Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "within").with("value", Argument::user(text));
        raised(py, &problem.with("expected", "a length of time in whole seconds").with("example", "4h 30min").into(), Kind::Query)
    })
}

/// All operations as plain data.
#[pyfunction]
fn operations(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let all = PyList::empty(py);
    for operation in OPERATIONS {
        let entry = PyDict::new(py);
        entry.set_item("name", operation.name)?;
        entry.set_item("doc", operation.doc.trim())?;
        entry.set_item("receiver", receiver(operation.receiver))?;
        let question = (operation.question)();
        entry.set_item("question", question.iter().map(|key| key.name).collect::<Vec<_>>())?;
        let takes = PyDict::new(py);
        for (name, columns) in operation.takes {
            takes.set_item(name, columns.to_vec())?;
        }
        entry.set_item("takes", takes)?;
        let gives = operation.gives.iter().map(|schema| given(py, schema)).collect::<PyResult<Vec<_>>>()?;
        entry.set_item("gives", gives)?;
        let streams = operation.streams.iter().map(|schema| given(py, schema)).collect::<PyResult<Vec<_>>>()?;
        entry.set_item("streams", streams)?;
        all.append(entry)?;
    }
    Ok(all)
}

fn receiver(receiver: Receiver) -> &'static str {
    match receiver {
        Receiver::Documents => "documents",
        Receiver::Ecosystem => "ecosystem",
        Receiver::Ecosystems => "ecosystems",
        Receiver::Evidence => "evidence",
        Receiver::Report => "report",
    }
}

fn given<'py>(py: Python<'py>, schema: &Schema) -> PyResult<Bound<'py, PyDict>> {
    let table = PyDict::new(py);
    table.set_item("table", schema.name)?;
    table.set_item("doc", schema.doc)?;
    let columns = PyList::empty(py);
    for column in schema.columns {
        let entry = PyDict::new(py);
        entry.set_item("name", column.name)?;
        entry.set_item("type", column.kind.name())?;
        entry.set_item("doc", column.doc)?;
        columns.append(entry)?;
    }
    table.set_item("columns", columns)?;
    Ok(table)
}
