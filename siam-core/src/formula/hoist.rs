//! Formulas whose past is read become lines of their own.
//!
//! Goes in: parts under `previous`, windows, `streak`, `changed`. Comes out: series, and hidden lines that are stored like others.
//! **Invariant:** a hidden line is named by its text, so that the same formula has one past.
//! **Not here:** reading the past (`fold`).

use super::code::{Code, Line, LineAt, Past, Place, Series, StepKind};
use super::compile::{Builder, Written};
use super::parse::PartKind;
use crate::base::{Argument, codes};
use crate::model::regime::Scope;

impl Builder<'_, '_> {
    /// The series of a formula whose past is read; `past` where its value now is not.
    pub(super) fn series(&mut self, written: &Written, root: usize, past: bool) -> Option<Series> {
        let part = written.tree.parts.get(root)?;
        let place = Place { text: written.text, start: part.start, end: part.end };
        if self.gathers.is_some() {
            self.report(place, &codes::REGIME_PAST_IN_GATHER, vec![("formula", Argument::user(self.code.excerpt(place)))]);
            return None;
        }
        if let PartKind::Name(name) = &part.kind
            && let Some(at) = self.names().and_then(|names| names.lines.get(name.as_str()).copied())
        {
            let now = if past { None } else { Some(self.own_line(place, at, name)) };
            let (typed, _) = self.compiler.typed(self.regime, at);
            return Some(Series { past: Past::Own(at), now, typed });
        }
        if let PartKind::Owned(owner, name) = &part.kind
            && Scope::parse(owner).is_none()
        {
            let (link, line) = self.link(place, owner, name)?;
            let (typed, _) = self.compiler.typed(link.regime, line);
            let sliced = typed.by_party && self.scope() <= Scope::Party;
            if link.scope >= self.scope() && !sliced {
                let now = if past { None } else { Some(self.owned(place, owner, name)) };
                return Some(Series { past: Past::Other(link, name.as_str().into()), now, typed });
            }
        }
        let at = self.hidden(written, root, past);
        let (typed, minor) = self.compiler.typed(self.regime, at);
        let now = (!past).then(|| self.add(place, StepKind::Line(at), typed.clone(), minor));
        Some(Series { past: Past::Own(at), now, typed })
    }

    /// A line of its own for a part whose past is read.
    fn hidden(&mut self, written: &Written, root: usize, past: bool) -> LineAt {
        let part = written.tree.parts.get(root);
        let place = part.map_or(Place::default(), |part| Place { text: written.text, start: part.start, end: part.end });
        let name = tidy(self.code.excerpt(place));
        let (regime, tail) = (self.regime, self.tail || past);
        let known = self.compiler.states.get(regime).and_then(|state| {
            let early = state.hidden.get(&(name.clone(), false));
            early.or_else(|| state.hidden.get(&(name.clone(), true)).filter(|_| tail)).copied()
        });
        // Compiled again where it is known, so that what this line reads through it is noted and checked too.
        let mut inner = self.inner();
        inner.tail = tail;
        if past {
            inner.limit = None;
        }
        inner.range(written, root);
        let code = inner.finish();
        if let Some(at) = known {
            return at;
        }
        let at = self.compiler.push(regime, Line { name: name.as_str().into(), written: false, code });
        if let Some(state) = self.compiler.states.get_mut(regime) {
            state.hidden.insert((name, tail), at);
        }
        if tail {
            self.compiler.tail.push((regime, at))
        } else {
            self.compiler.order.push((regime, at))
        }
        at
    }

    /// A hidden line with steps that were made beforehand, evaluated last.
    pub(super) fn beside(&mut self, name: String, code: Code) -> LineAt {
        let at = self.compiler.push(self.regime, Line { name: name.into(), written: false, code });
        self.compiler.tail.push((self.regime, at));
        at
    }
    /// The number the next hidden line will have.
    pub(super) fn next_line(&self) -> LineAt {
        self.compiler.states.get(self.regime).map_or(0, |state| state.lines.len())
    }
    /// The line that is compiled.
    pub(super) fn own(&self) -> Option<LineAt> {
        self.owner
    }
}

/// A formula with single spaces and without parentheses around all of it: the name of a hidden line.
fn tidy(text: &str) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    while let Some(inner) = words.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let mut depth = 0_i32;
        let closes_early = inner.chars().any(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth < 0
        });
        if closes_early {
            break;
        }
        words = inner.trim().to_owned();
    }
    words
}
