//! Which findings are raised, lowered or silenced, by the name of their code.
//!
//! Goes in: `{"ola-missing": "error", "class-unused": "off"}`. Comes out: findings with the severity asked for.
//! **Invariant:** every name is the code of a finding; a name that is not is a problem with the nearest one.
//! **Not here:** the findings themselves.

use crate::base::{Argument, Code, Error, Problem, Severity, codes};
use crate::document::decode::choice;
use crate::document::{Decode, Faults, Named, Node, Shape, Spot};
use crate::ecosystem::asked;
use std::collections::BTreeMap;

choice! {
    /// How grave a finding is held to be.
    pub enum SeverityWord = "a severity" {
        /// The input should not be used.
        Error = "error",
        /// Something is likely wrong.
        Warning = "warning",
        /// Worth knowing.
        Advice = "advice",
        /// Not reported at all.
        Off = "off",
    }
}

impl SeverityWord {
    /// The severity; none where nothing is reported.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Advice => Some(Severity::Advice),
            Self::Off => None,
        }
    }
}

/// Severities by the name of a code; a code that is not named keeps its usual one.
///
/// ```
/// use siam_core::answer::findings::{Severities, SeverityWord};
/// let severities = Severities::default().set("ola-missing", SeverityWord::Off)?;
/// assert!(severities.set("ola-mising", SeverityWord::Off).is_err_and(|error| error.to_string().contains("ola-missing")));
/// # Ok::<(), siam_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Severities(BTreeMap<String, SeverityWord>);

/// The codes that a finding can have: the findings, and what the static check of a regime warns of.
pub fn finding_codes() -> impl Iterator<Item = &'static Code> + Clone {
    let regime = |code: &Code| code.number / 100 == 6 && code.severity != Severity::Error;
    codes::CODES.iter().copied().filter(move |code| code.number / 100 == 7 || regime(code))
}

impl Severities {
    /// The same with one more; the problem is a name that no finding has.
    pub fn set(mut self, name: &str, word: SeverityWord) -> Result<Self, Error> {
        let names = finding_codes().map(|code| code.name);
        if !names.clone().any(|known| known == name) {
            return Err(asked("finding", name, names));
        }
        self.0.insert(name.to_owned(), word);
        Ok(self)
    }
    /// The problem as grave as asked for; none where it is silenced.
    pub fn apply(&self, problem: Problem) -> Option<Problem> {
        match self.0.get(problem.code().name) {
            None => Some(problem),
            Some(word) => word.severity().map(|severity| problem.with_severity(severity)),
        }
    }
}

impl Decode for Severities {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let before = faults.count();
        let mut severities = Self::default();
        for (name, word) in Named::<Spot<SeverityWord>>::decode(node, faults)?.entries {
            let names = finding_codes().map(|code| code.name);
            if names.clone().any(|known| known == name.value) {
                severities.0.insert(name.value, word.value);
            } else {
                let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                faults.unknown(codes, name.mark, ("name", &name.value), names, vec![("kind", Argument::from("finding"))]);
            }
        }
        (faults.count() == before).then_some(severities)
    }
    fn shape() -> Shape {
        Shape::Map(Box::new(SeverityWord::shape()))
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}
