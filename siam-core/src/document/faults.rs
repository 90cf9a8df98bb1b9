//! The collector of faults of one load.
//!
//! Goes in: marks, codes and arguments. Comes out: problems with places that show the line.
//! **Invariant:** every fault is kept or counted; none stops the reading.
//! **Not here:** the words (`base::codes`).

use super::tree::Mark;
use crate::base::nearest::nearest;
use crate::base::{Argument, Code, Limits, Place, Problem, Problems, Severity};
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
    errors: u64,
    limits: Limits,
}

impl Faults {
    /// A collector with these bounds.
    pub fn new(limits: &Limits) -> Self {
        Self { files: Files::default(), problems: Problems::new(), errors: 0, limits: limits.clone() }
    }
    /// A collector that already knows documents, so that marks in them can be shown.
    pub fn beside(files: Files, limits: &Limits) -> Self {
        Self { files, ..Self::new(limits) }
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
    /// The mark of a stretch of a scalar's text: `start` and `end` are bytes of the text, not of the document.
    ///
    /// Folding and quoting change only white space and quotes, so the n-th visible character of both is the same one.
    pub fn inside(&self, mark: Mark, text: &str, start: usize, end: usize) -> Mark {
        let written = self.files.0.get(mark.file as usize).and_then(|(_, all)| all.get(mark.start as usize..mark.end as usize));
        let Some(written) = written.filter(|_| mark.line > 0) else { return mark };
        let quote = written.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let visible = |before: Option<&str>| before.unwrap_or(text).chars().filter(|c| !c.is_whitespace()).count();
        let find = |wanted: usize| {
            let (mut seen, mut skip) = (0, quote.is_some());
            let (mut line, mut column) = (mark.line, mark.column);
            for (at, c) in written.char_indices() {
                let doubled =
                    quote == Some('\'') && c == '\'' && !skip && written.get(at + 1..).is_some_and(|rest| rest.starts_with('\''));
                if skip {
                    skip = false;
                } else if !c.is_whitespace() {
                    if seen == wanted {
                        return Some((at, line, column));
                    }
                    seen += 1;
                    skip = doubled;
                }
                (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            None
        };
        let first = visible(text.get(..start));
        let Some((at, line, column)) = find(first) else { return mark };
        let last = visible(text.get(..end)).max(first + 1);
        let until = find(last - 1).map_or(at + 1, |(last, ..)| last + 1);
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX).saturating_add(mark.start);
        Mark { file: mark.file, line, column, start: narrow(at), end: narrow(until) }
    }
    /// A problem at a mark, not yet reported.
    pub fn problem(&self, code: &'static Code, mark: Mark) -> Problem {
        Problem::new(code, self.place(mark))
    }
    /// Reports a problem.
    pub fn report(&mut self, problem: Problem) {
        self.errors += u64::from(problem.severity() == Severity::Error);
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
    /// How many of them are errors: the rest are remarks, with which the documents can be used.
    pub fn errors(&self) -> u64 {
        self.errors
    }
    /// All problems, sorted by place.
    pub fn into_problems(self) -> Problems {
        let mut problems = self.problems;
        problems.sort();
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::read::{Source, read};

    #[test]
    fn a_place_inside_a_scalar_is_the_place_in_the_document() {
        let mut faults = Faults::new(&Limits::default());
        let text = "a: one + two\nb: 'it''s two'\nc: one\n   + two\nd: >\n  one\n  two\n";
        let root = read(&[Source::text("x", text)], &mut faults).unwrap();
        for (key, wanted) in [("a", (1, 10)), ("b", (2, 11)), ("c", (4, 6))] {
            let node = root.get(key).unwrap();
            let value = node.text().unwrap();
            let at = value.find("two").unwrap();
            let mark = faults.inside(node.mark, value, at, at + 3);
            assert_eq!(
                (mark.line, mark.column, &text[mark.start as usize..mark.end as usize]),
                (wanted.0, wanted.1, "two"),
                "{key}"
            );
        }
    }
}
