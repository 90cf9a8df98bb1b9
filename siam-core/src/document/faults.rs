//! The collector of faults of one load.
//!
//! Goes in: marks, codes and arguments. Comes out: problems with places that show the line.
//! **Invariant:** every fault is kept or counted; none stops the reading.
//! **Not here:** the words (`base::codes`).

use super::tree::Mark;
use crate::base::nearest::nearest;
use crate::base::{Argument, Code, Limits, Place, Problem, Problems};
use std::sync::Arc;

/// The documents of one load, so that a mark can be shown as a place.
#[derive(Debug, Clone, Default)]
pub struct Files(Vec<(Arc<str>, Arc<str>)>);

impl Files {
    /// The place of a mark, with the text of its line; the top of its document where it marks no line.
    pub fn place(&self, mark: Mark) -> Place {
        let Some((file, text)) = self.0.get(mark.file as usize) else { return Place::Nowhere };
        if mark.line == 0 {
            return Place::Document { file: file.clone(), line: 1, column: 1, start: 0, end: 0, text: "".into() };
        }
        let start = (mark.start as usize).min(text.len());
        let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let line = text.get(line_start..).map_or("", |rest| rest.lines().next().unwrap_or(""));
        let shown: String = line.chars().take(160).collect();
        Place::Document {
            file: file.clone(),
            line: mark.line,
            column: mark.column,
            start,
            end: mark.end as usize,
            text: shown.into(),
        }
    }
}

/// Collects the faults of one load over all its documents.
#[derive(Debug)]
pub struct Faults {
    files: Files,
    problems: Problems,
    limits: Limits,
}

impl Faults {
    /// A collector with these bounds.
    pub fn new(limits: &Limits) -> Self {
        Self { files: Files::default(), problems: Problems::new(), limits: limits.clone() }
    }
    /// Announces a document and gives its number.
    pub fn file(&mut self, name: &str, text: &str) -> u32 {
        self.files.0.push((name.into(), text.into()));
        u32::try_from(self.files.0.len() - 1).unwrap_or(u32::MAX)
    }
    /// The documents announced so far.
    pub fn files(&self) -> &Files {
        &self.files
    }
    /// The bounds of this load.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
    /// The place of a mark, with the text of its line.
    pub fn place(&self, mark: Mark) -> Place {
        self.files.place(mark)
    }
    /// A mark as `file:line:column`, for arguments.
    pub fn place_text(&self, mark: Mark) -> Argument {
        Argument::name(self.place(mark).to_string())
    }
    /// A problem at a mark, not yet reported.
    pub fn problem(&self, code: &'static Code, mark: Mark) -> Problem {
        Problem::new(code, self.place(mark))
    }
    /// Reports a problem.
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem, self.limits.problems);
    }
    /// Reports a name that is not known, with the nearest known one where there is one.
    pub fn unknown<'a>(
        &mut self,
        codes: (&'static Code, &'static Code),
        mark: Mark,
        argument: (&'static str, &str),
        known: impl IntoIterator<Item = &'a str>,
        more: Vec<(&'static str, Argument)>,
    ) {
        let guess = nearest(argument.1, known);
        let mut problem = self.problem(if guess.is_some() { codes.0 } else { codes.1 }, mark);
        problem = problem.with(argument.0, Argument::user(argument.1));
        if let Some(guess) = guess {
            problem = problem.with("nearest", Argument::name(guess));
        }
        for (name, value) in more {
            problem = problem.with(name, value);
        }
        self.report(problem);
    }
    /// How many problems there are so far.
    pub fn count(&self) -> u64 {
        self.problems.len() as u64 + self.problems.beyond()
    }
    /// All problems, sorted by place.
    pub fn into_problems(self) -> Problems {
        let mut problems = self.problems;
        problems.sort();
        problems
    }
}
