//! Errors as C reads them.
//!
//! Goes in: an error of the core. Comes out: texts that end in NUL and numbers, rendered once.
//! **Invariant:** a handle names at least one problem; its texts live as long as it does.
//! **Not here:** what the problems mean (ERRORS.md).

use siam_core::base::{Argument, Error, Place, Problem, Severity, codes};
use std::any::Any;
use std::ffi::CString;

/// Why a function failed: all problems at once. Any thread may read it; free it with siam_error_free.
pub struct siam_error {
    pub(crate) text: CString,
    pub(crate) number: i32,
    pub(crate) name: CString,
    pub(crate) problems: Vec<Told>,
}

/// One problem, rendered.
pub(crate) struct Told {
    pub(crate) number: i32,
    pub(crate) severity: i32,
    pub(crate) name: CString,
    pub(crate) message: CString,
    pub(crate) help: CString,
    pub(crate) place: CString,
    /// The document, or empty.
    pub(crate) file: CString,
    pub(crate) line: i64,
    pub(crate) column: i64,
    /// The table, or empty.
    pub(crate) table: CString,
    pub(crate) row: i64,
    pub(crate) field: CString,
}

impl siam_error {
    pub(crate) fn new(error: &Error) -> Self {
        Self {
            text: text(&error.to_string()),
            number: error.code().number.into(),
            name: text(error.code().name),
            problems: error.problems().iter().map(Told::new).collect(),
        }
    }
}

impl Told {
    fn new(problem: &Problem) -> Self {
        let mut told = Self {
            number: problem.code().number.into(),
            severity: match problem.severity() {
                Severity::Error => 1,
                Severity::Warning => 2,
                Severity::Advice => 3,
            },
            name: text(problem.code().name),
            message: text(&problem.message()),
            help: text(&problem.help()),
            place: text(&problem.place().to_string()),
            file: CString::default(),
            line: 0,
            column: 0,
            table: CString::default(),
            row: 0,
            field: CString::default(),
        };
        match problem.place() {
            Place::Nowhere => {}
            Place::Document { file, line, column, .. } => {
                told.file = text(file);
                told.line = (*line).into();
                told.column = (*column).into();
            }
            Place::Cell { table, row, column } => {
                told.table = text(table);
                told.row = i64::try_from(*row).unwrap_or(i64::MAX);
                told.field = text(column);
            }
        }
        told
    }
}

/// A text that ends in NUL; a NUL within it becomes a replacement character.
pub(crate) fn text(value: &str) -> CString {
    CString::new(value).unwrap_or_else(|_| CString::new(value.replace('\0', "\u{fffd}")).unwrap_or_default())
}

/// An argument that is null, askew or no text.
pub(crate) fn bad_pointer(name: &'static str) -> Error {
    Problem::new(&codes::BAD_POINTER, Place::Nowhere).with("name", Argument::user(name)).into()
}

/// An argument whose value cannot be.
pub(crate) fn bad_argument(
    name: &'static str,
    value: impl Into<Argument>,
    expected: &'static str,
    example: &'static str,
) -> Error {
    let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", name).with("value", value);
    problem.with("expected", expected).with("example", example).into()
}

/// The error of a caught panic.
pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Error {
    let words = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let detail = Argument::user(words.unwrap_or("no words"));
    Problem::new(&codes::PANIC, Place::Nowhere).with("detail", detail).into()
}
