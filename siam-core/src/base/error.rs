//! The one error of siam.
//!
//! Goes in: problems, or a code with a source. Comes out: one opaque value, one word wide.
//! **Invariant:** an error names at least one problem.
//! **Not here:** what the problems say (`codes`).

use super::{Code, Place, Problem, Problems};
use std::fmt;

/// Why an operation gave no answer: all its problems at once.
///
/// ```
/// use siam_core::base::{Error, Limits, csv};
/// let error: Error = csv::read("log", b"a,b\n1\n", &Limits::default()).unwrap_err();
/// assert_eq!(error.code().name, "table-ragged");
/// assert_eq!(std::mem::size_of_val(&error), std::mem::size_of::<usize>());
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    problems: Problems,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// From problems; one that names none still says that something failed.
    pub fn from_problems(mut problems: Problems) -> Self {
        problems.sort();
        if problems.is_empty() {
            problems.push(Problem::new(&super::codes::INTERNAL, Place::Nowhere), 1);
        }
        Self(Box::new(Inner { problems, source: None }))
    }
    /// From one problem.
    pub fn from_problem(problem: Problem) -> Self {
        let mut problems = Problems::new();
        problems.push(problem, 1);
        Self::from_problems(problems)
    }
    /// The same with the error that caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }
    /// The code of the first problem.
    pub fn code(&self) -> &'static Code {
        self.0.problems.iter().next().map_or(&super::codes::INTERNAL, Problem::code)
    }
    /// All problems, sorted by place.
    pub fn problems(&self) -> &Problems {
        &self.0.problems
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::from_problem(problem)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.problems.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.problems.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}
