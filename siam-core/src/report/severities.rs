//! Severities: which findings a project takes more or less seriously than siam does.
//!
//! Goes in: names of codes with a grade each, as a document or a program says. Comes out: problems graded anew, or left out.
//! **Invariant:** what is an error is never lowered or left out; asking so is a problem itself.
//! **Not here:** what is found (`answer`), the usual severities (`base::codes`).

use crate::base::{Argument, Code, Error, Limits, Place, Problem, Problems, Severity, codes};
use crate::document::decode::choice;
use crate::document::{Faults, Named};
use std::collections::BTreeMap;

choice! {
    /// How grave a finding is for a project.
    pub enum Grade = "a severity" {
        /// It fails a check.
        Error = "error",
        /// Something is likely wrong.
        Warning = "warning",
        /// Worth knowing.
        Advice = "advice",
        /// It is not reported.
        Off = "off",
    }
}

impl Grade {
    /// The severity it stands for; none for what is not reported.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Advice => Some(Severity::Advice),
            Self::Off => None,
        }
    }
}

/// Grades by code. Codes without one keep their usual severity.
///
/// ```
/// use siam_core::base::{Limits, Place, Problem, Problems, Severity, codes};
/// use siam_core::report::Severities;
/// let severities = Severities::parse([("not-read", "error"), ("unknown-name", "off")])?;
/// let mut found = Problems::new();
/// found.push(Problem::new(&codes::NOT_READ, Place::Nowhere), 10);
/// found.push(Problem::new(&codes::UNKNOWN_NAME, Place::Nowhere), 10);
/// let found = found.apply(&severities);
/// assert_eq!((found.len(), found.has_errors()), (1, true));
/// assert!(Severities::parse([("syntax", "off")]).is_err());
/// # Ok::<(), siam_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Severities {
    grades: BTreeMap<&'static str, Grade>,
}

impl Severities {
    /// From a document: `{no-owner: off}`. Faults are names that no code has and grades that lower a fault.
    pub fn of(named: &Named<Grade>, faults: &mut Faults) -> Self {
        let mut severities = Self::default();
        for (name, grade) in named.iter() {
            let Some(code) = code_of(&name.value) else {
                let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                faults.unknown(codes, name.mark, ("name", &name.value), gradable(), vec![("kind", "finding".into())]);
                continue;
            };
            if let Err(problem) = severities.set(code, *grade, faults.place(name.mark)) {
                faults.report(problem);
            }
        }
        severities
    }
    /// From names of codes and words, such as a command line has; every fault at once.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let mut severities = Self::default();
        let mut problems = Problems::new();
        for (name, word) in pairs {
            let asked = code_of(name).ok_or_else(|| unknown(name)).and_then(|code| {
                let grade = Grade::parse(word).ok_or_else(|| bad_grade(name, word))?;
                severities.set(code, grade, Place::Nowhere)
            });
            if let Err(problem) = asked {
                problems.push(problem, Limits::default().problems);
            }
        }
        if problems.is_empty() { Ok(severities) } else { Err(Error::from_problems(problems)) }
    }
    /// Grades one code; a fault stays an error.
    fn set(&mut self, code: &'static Code, grade: Grade, place: Place) -> Result<(), Problem> {
        if code.severity == Severity::Error && grade != Grade::Error {
            let problem = Problem::new(&codes::FAULT_NOT_GRADED, place).with("name", Argument::name(code.name));
            return Err(problem.with("grade", grade.as_str()));
        }
        self.grades.insert(code.name, grade);
        Ok(())
    }
    /// The severity of a problem under these grades; none where it is not reported.
    pub fn severity(&self, problem: &Problem) -> Option<Severity> {
        // A problem that is an error where it arose stays one, whatever its code usually is.
        if problem.severity() == Severity::Error {
            return Some(Severity::Error);
        }
        self.grades.get(problem.code().name).map_or(Some(problem.severity()), |grade| grade.severity())
    }
}

impl Problems {
    /// The problems under the grades of a project.
    #[must_use]
    pub fn apply(self, severities: &Severities) -> Self {
        self.graded(|problem| severities.severity(problem))
    }
}

fn code_of(name: &str) -> Option<&'static Code> {
    codes::CODES.iter().copied().find(|code| code.name == name)
}

/// The names that may be graded.
fn gradable() -> impl Iterator<Item = &'static str> {
    codes::CODES.iter().filter(|code| code.severity != Severity::Error).map(|code| code.name)
}

fn unknown(name: &str) -> Problem {
    let problem = match crate::base::nearest::nearest(name, gradable()) {
        Some(nearest) => Problem::new(&codes::UNKNOWN_NAME_ASKED, Place::Nowhere).with("nearest", Argument::name(nearest)),
        None => Problem::new(&codes::UNKNOWN_NAME_ASKED_NO_GUESS, Place::Nowhere)
            .with("known", Argument::List(gradable().map(Argument::name).collect())),
    };
    problem.with("kind", "finding").with("name", Argument::user(name))
}

fn bad_grade(name: &str, word: &str) -> Problem {
    let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", Argument::user(name));
    let problem = problem.with("value", Argument::user(word)).with("expected", "a severity");
    problem.with("example", Argument::name(Grade::WORDS.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Decode, Source, read};

    fn of(text: &str) -> Result<Severities, Error> {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text("acme.yaml", text)], &mut faults).unwrap();
        let severities = Named::decode(&root, &mut faults).map(|named| Severities::of(&named, &mut faults));
        severities.filter(|_| faults.count() == 0).ok_or_else(|| Error::from_problems(faults.into_problems()))
    }

    #[test]
    fn a_finding_is_raised_lowered_or_silenced() {
        let severities = of("not-read: warning\nbad-cell: advice\nunknown-name: off\n").unwrap();
        let mut found = Problems::new();
        for code in [&codes::NOT_READ, &codes::BAD_CELL, &codes::UNKNOWN_NAME, &codes::BAD_ORDER, &codes::SYNTAX] {
            found.push(Problem::new(code, Place::Nowhere), 5);
        }
        found.push(Problem::new(&codes::BAD_ORDER, Place::Nowhere), 5);
        let graded = found.apply(&severities);
        let told: Vec<_> = graded.iter().map(|problem| (problem.code().name, problem.severity().as_str())).collect();
        assert_eq!(told, [("not-read", "warning"), ("bad-cell", "advice"), ("bad-order", "warning"), ("syntax", "error")]);
        assert_eq!(graded.beyond(), 1);
    }

    #[test]
    fn a_fault_is_neither_lowered_nor_silenced() {
        let error = of("syntax: off\nnot-raed: off\nunknown-key: warning\nbad-hours: error\n").unwrap_err();
        let told: Vec<_> = error.problems().iter().map(|problem| (problem.code().number, problem.place().to_string())).collect();
        assert_eq!(told, [(521, "acme.yaml:1:1".into()), (111, "acme.yaml:2:1".into()), (521, "acme.yaml:3:1".into())]);
        assert!(error.to_string().contains("did you mean `not-read`?"), "{error}");
        let raised = of("not-read: off\n").unwrap();
        let stopped = Problem::new(&codes::NOT_READ, Place::Nowhere).as_error();
        assert_eq!(raised.severity(&stopped), Some(Severity::Error));
        let asked = Severities::parse([("syntax", "off"), ("no-such", "off"), ("not-read", "loud")]).unwrap_err();
        let numbers: std::collections::BTreeSet<u16> = asked.problems().iter().map(|problem| problem.code().number).collect();
        assert_eq!(numbers, [502, 503, 521].into());
    }
}
