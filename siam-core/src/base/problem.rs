//! What is wrong, where, and how to mend it.
//!
//! Goes in: a code, a place, typed arguments. Comes out: problems sorted by place, rendered like a compiler's.
//! **Invariant:** a problem's code is one of `codes::CODES`; its words come from that entry alone.
//! **Not here:** failing (`error`).

use super::Code;
use super::message::{Argument, Style, render};
use std::fmt;
use std::sync::Arc;

/// How grave a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input cannot be used.
    Error,
    /// It can be used; something is likely wrong.
    Warning,
    /// Worth knowing.
    Advice,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Place {
    /// Nowhere in particular.
    #[default]
    Nowhere,
    /// A stretch of a document.
    Document {
        /// The document's name.
        file: Arc<str>,
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
        /// First byte.
        start: usize,
        /// First byte after it.
        end: usize,
        /// The line's text, for showing.
        text: Arc<str>,
    },
    /// A cell of a table.
    Cell {
        /// The table.
        table: Arc<str>,
        /// The row, from 1; 0 for the whole table or column.
        row: u64,
        /// The column; empty for the whole row.
        column: Arc<str>,
    },
}

impl Place {
    /// A cell of a table; row from 1.
    pub fn cell(table: &str, row: u64, column: &str) -> Self {
        Self::Cell { table: table.into(), row, column: column.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => Ok(()),
            Self::Document { file, line, column, .. } => write!(f, "{file}:{line}:{column}"),
            Self::Cell { table, row, column } => {
                write!(f, "table {table}")?;
                if *row > 0 {
                    write!(f, " row {row}")?;
                }
                if !column.is_empty() {
                    write!(f, " column {column}")?;
                }
                Ok(())
            }
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: &'static Code,
    severity: Severity,
    place: Place,
    arguments: Vec<(&'static str, Argument)>,
}

impl Problem {
    /// A problem of this code with its usual severity.
    pub fn new(code: &'static Code, place: Place) -> Self {
        Self { code, severity: code.severity, place, arguments: Vec::new() }
    }
    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }
    /// The same as an error: what is only a remark elsewhere stops the work here.
    #[must_use]
    pub fn as_error(mut self) -> Self {
        self.severity = Severity::Error;
        self
    }
    /// The same, as grave as the caller holds it to be.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
    /// The same at another place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }
    /// Its code.
    pub fn code(&self) -> &'static Code {
        self.code
    }
    /// How grave it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }
    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }
    /// Its typed arguments.
    pub fn arguments(&self) -> &[(&'static str, Argument)] {
        &self.arguments
    }
    /// What is wrong, in English.
    pub fn message(&self) -> String {
        render(self.code.message, &self.arguments, &Style::ENGLISH)
    }
    /// How to mend it, in English.
    pub fn help(&self) -> String {
        render(self.code.help, &self.arguments, &Style::ENGLISH)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity.as_str(), self.code.name, self.message())?;
        if self.place != Place::Nowhere {
            write!(f, "\n  --> {}", self.place)?;
        }
        if let Place::Document { line, column, start, end, text, .. } = &self.place
            && !text.is_empty()
        {
            let gutter = line.to_string();
            let pad = " ".repeat(gutter.len());
            let before: String = text.chars().take(*column as usize - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            let room = text.chars().count().saturating_sub(*column as usize - 1);
            let marks = "^".repeat((end - start).min(room).max(1));
            write!(f, "\n{pad} |\n{gutter} | {text}\n{pad} | {before}{marks}")?;
        }
        let help = self.help();
        if !help.is_empty() {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// Problems in the order of their places, with a count of those beyond the limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems {
    items: Vec<Problem>,
    beyond: u64,
}

impl Problems {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds one; beyond `limit` it is only counted.
    pub fn push(&mut self, problem: Problem, limit: usize) {
        if self.items.len() < limit {
            self.items.push(problem);
        } else {
            self.beyond += 1;
        }
    }
    /// Adds all of another list.
    pub fn append(&mut self, other: Problems, limit: usize) {
        self.beyond += other.beyond;
        for problem in other.items {
            self.push(problem, limit);
        }
    }
    /// The same with each graded anew; none leaves a problem out. Those only counted stay counted.
    #[must_use]
    pub fn graded(self, grade: impl Fn(&Problem) -> Option<Severity>) -> Self {
        let anew = |problem: Problem| grade(&problem).map(|severity| Problem { severity, ..problem });
        Self { items: self.items.into_iter().filter_map(anew).collect(), beyond: self.beyond }
    }
    /// Sorts by place, then code; equal problems stand once.
    pub fn sort(&mut self) {
        self.items.sort_by(|a, b| a.place.cmp(&b.place).then(a.code.number.cmp(&b.code.number)));
        self.items.dedup();
    }
    /// The problems.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.items.iter()
    }
    /// How many are kept.
    pub fn len(&self) -> usize {
        self.items.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
    /// How many were counted beyond the limit.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.beyond > 0 || self.items.iter().any(|problem| problem.severity == Severity::Error)
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.items.iter().enumerate() {
            if at > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{problem}")?;
        }
        if self.beyond > 0 {
            write!(f, "\n\nand {} more", self.beyond)?;
        }
        Ok(())
    }
}
