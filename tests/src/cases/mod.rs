//! The case runner: other people's cases, translated into this library's documents and questions.
//!
//! Goes in: a kind and a file of cases. Comes out: a line per failing case and the three counts.
//! **Invariant:** it translates and calls; what a rule does is known by the library alone.
//! **Not here:** reading the command line (`bin/cases.rs`).

mod clock;
mod impact;
mod regimes;

use serde_json::Value;
use std::fmt;
use std::path::Path;

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed {
        /// What the file wants.
        expected: String,
        /// What came out.
        got: String,
    },
    /// The file marks a choice that is not offered.
    Skipped(String),
}

/// One case with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its id.
    pub id: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// All cases of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results(pub Vec<Ran>);

impl Results {
    /// How many passed, failed and were skipped.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&Outcome) -> bool| self.0.iter().filter(|ran| wanted(&ran.outcome)).count();
        (
            count(|outcome| *outcome == Outcome::Passed),
            count(|outcome| matches!(outcome, Outcome::Failed { .. })),
            count(|outcome| matches!(outcome, Outcome::Skipped(_))),
        )
    }
    /// The ids that passed.
    pub fn passed(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|ran| ran.outcome == Outcome::Passed).map(|ran| ran.id.as_str())
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ran in &self.0 {
            match &ran.outcome {
                Outcome::Passed => {}
                Outcome::Failed { expected, got } => writeln!(f, "{}: expected {expected}, got {got}", ran.id)?,
                Outcome::Skipped(reason) => writeln!(f, "{}: skipped, {reason}", ran.id)?,
            }
        }
        let (passed, failed, skipped) = self.counts();
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// Runs all cases of a file of a kind; the error says what is wrong with the kind or the file.
pub fn run(kind: &str, text: &str, folder: Option<&Path>) -> Result<Results, String> {
    let one: fn(&Value, &Value) -> Result<Outcome, String> = match kind {
        "clock" => clock::run,
        "impact" => impact::run,
        "regimes" => return regimes::run(text, folder.ok_or("regimes need the folder of their documents")?),
        "availability" => {
            return Err(format!("unknown kind `{kind}`: its room does not stand yet; known: clock, impact, regimes"));
        }
        _ => return Err(format!("unknown kind `{kind}`; known: clock, impact, regimes")),
    };
    let file: Value = serde_json::from_str(text).map_err(|fault| format!("not JSON: {fault}"))?;
    let cases = file["cases"].as_array().ok_or("the file has no list `cases`")?;
    let ran = cases.iter().enumerate().map(|(at, case)| {
        let id = case["id"].as_str().map_or_else(|| format!("case {at}"), str::to_owned);
        let outcome = one(&file, case)
            .unwrap_or_else(|fault| Outcome::Failed { expected: "a case that can be translated".into(), got: fault });
        Ran { id, outcome }
    });
    Ok(Results(ran.collect()))
}

/// A text of a case.
fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, String> {
    value[key].as_str().ok_or_else(|| format!("`{key}` is not a text"))
}

fn compared(expected: String, got: String) -> Outcome {
    if expected == got { Outcome::Passed } else { Outcome::Failed { expected, got } }
}
