//! Reasons: why a row is what it is, as a tree of messages.
//!
//! Goes in: message ids with typed arguments. Comes out: explanations as text, HTML or a table of steps.
//! **Invariant:** a reason holds no sentence; rendering needs a catalogue.
//! **Not here:** the words (`english`, `catalogue`).

use super::catalogue::Catalogue;
use super::html::escape;
use crate::base::message::Message;
use crate::base::table::cells::{count, text};
use crate::base::{Argument, ColumnSpec, ColumnType, Schema, Table};
use std::fmt;

/// Why something is so, resting on further reasons. However deep it is, it takes no more stack than a shallow one.
#[derive(Eq)]
pub struct Reason {
    /// What is so.
    pub message: Message,
    /// What it rests on.
    pub because: Vec<Reason>,
}

impl Reason {
    /// A reason of this message id.
    pub fn new(id: &'static str) -> Self {
        Self { message: Message::new(id), because: Vec::new() }
    }
    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.message.arguments.push((name, value.into()));
        self
    }
    /// The same resting on one more reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.because.push(reason);
        self
    }
    /// The same resting on more reasons.
    #[must_use]
    pub fn because_all(mut self, reasons: impl IntoIterator<Item = Reason>) -> Self {
        self.because.extend(reasons);
        self
    }
    /// Its message, and what it rests on.
    pub fn into_parts(mut self) -> (Message, Vec<Reason>) {
        (std::mem::replace(&mut self.message, Message::new("")), std::mem::take(&mut self.because))
    }
    /// It and all it rests on with their depths, each before those it rests on.
    fn all(&self) -> impl Iterator<Item = (usize, &Reason)> {
        let mut open = vec![(0, self)];
        std::iter::from_fn(move || {
            let (depth, reason) = open.pop()?;
            open.extend(reason.because.iter().rev().map(|deeper| (depth + 1, deeper)));
            Some((depth, reason))
        })
    }
}

impl Drop for Reason {
    fn drop(&mut self) {
        let mut open = std::mem::take(&mut self.because);
        while let Some(mut reason) = open.pop() {
            open.append(&mut reason.because);
        }
    }
}

impl Clone for Reason {
    fn clone(&self) -> Self {
        let mut order = Vec::new();
        let mut open = vec![self];
        while let Some(reason) = open.pop() {
            order.push(reason);
            open.extend(&reason.because);
        }
        // From the last to the first, each takes those it rests on, which were made just before it.
        let mut made: Vec<Self> = Vec::new();
        for reason in order.into_iter().rev() {
            let because = made.split_off(made.len().saturating_sub(reason.because.len()));
            made.push(Self { message: reason.message.clone(), because });
        }
        made.pop().unwrap_or_else(|| Self { message: self.message.clone(), because: Vec::new() })
    }
}

impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        // The same messages at the same depths in the same order are the same tree.
        self.all().map(|(depth, one)| (depth, &one.message)).eq(other.all().map(|(depth, one)| (depth, &one.message)))
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().map(|(depth, one)| (depth, &one.message))).finish()
    }
}

/// One step of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How deep it stands; 0 is the result.
    pub depth: usize,
    /// The message id.
    pub id: &'static str,
    /// The words.
    pub text: String,
}

/// A reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The language of the words.
    pub language: String,
    /// The steps, each before those it rests on.
    pub steps: Vec<Step>,
}

/// The steps of an explanation as a table.
pub const STEPS: Schema = Schema {
    name: "steps",
    doc: "one row per step of an explanation, each before those it rests on",
    columns: &[
        ColumnSpec { name: "step", kind: ColumnType::Integer, doc: "position, from 0" },
        ColumnSpec { name: "depth", kind: ColumnType::Integer, doc: "how deep it stands; 0 is the result" },
        ColumnSpec { name: "id", kind: ColumnType::Text, doc: "stable id of the message" },
        ColumnSpec { name: "text", kind: ColumnType::Text, doc: "the words" },
    ],
};

/// Steps deeper than this are indented no further: the spaces alone would grow with the square of the depth.
const INDENTED: usize = 200;

impl Explanation {
    /// Renders a reason in the words of a catalogue.
    pub fn of(reason: &Reason, catalogue: &Catalogue) -> Self {
        let step = |(depth, one): (usize, &Reason)| Step { depth, id: one.message.id, text: catalogue.render(&one.message) };
        Self { language: catalogue.language().to_owned(), steps: reason.all().map(step).collect() }
    }
    /// One line per step, deeper ones indented, up to a depth of 200.
    pub fn to_text(&self) -> String {
        self.steps.iter().map(|step| format!("{}{}\n", "  ".repeat(step.depth.min(INDENTED)), step.text)).collect()
    }
    /// Nested lists that unfold; no script, no style of its own.
    pub fn to_html(&self) -> String {
        let mut html = format!("<div class=\"siam-explanation\" lang=\"{}\">", escape(&self.language));
        let mut open = 0;
        for (at, step) in self.steps.iter().enumerate() {
            while open > step.depth {
                html.push_str("</div></details>");
                open -= 1;
            }
            let deeper = self.steps.get(at + 1).is_some_and(|next| next.depth > step.depth);
            if deeper {
                let first = if step.depth == 0 { " open" } else { "" };
                html.push_str(&format!("<details{first}><summary>{}</summary><div>", escape(&step.text)));
                open += 1;
            } else {
                html.push_str(&format!("<p>{}</p>", escape(&step.text)));
            }
        }
        html.push_str(&"</div></details>".repeat(open));
        html.push_str("</div>");
        html
    }
    /// The steps as a table.
    pub fn to_table(&self) -> Table {
        let mut table = Table::new(&STEPS);
        for (at, step) in self.steps.iter().enumerate() {
            table.push(&[count(at), count(step.depth), text(step.id), text(&step.text)]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_nests_in_text_and_in_html() {
        let reason = Reason::new("impact-own-level")
            .with("service", Argument::name("<wan>"))
            .with("level", Argument::name("down"))
            .because(Reason::new("impact-given"))
            .because(Reason::new("impact-given"));
        let explanation = Explanation::of(&reason, &Catalogue::english());
        assert_eq!(explanation.steps.len(), 3);
        assert!(explanation.to_text().lines().nth(1).is_some_and(|line| line.starts_with("  ")));
        let html = explanation.to_html();
        assert!(html.contains("&lt;wan&gt;") && !html.contains("<wan>"));
        assert_eq!(html.matches("<details").count(), html.matches("</details>").count());
        assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
    }

    #[test]
    fn a_reason_of_any_depth_is_copied_compared_shown_and_dropped_on_a_small_stack() {
        let run = || {
            let step = |deeper: Reason, n: usize| Reason::new("route-more").with("n", n).because(deeper);
            let deep = (0..50_000).fold(Reason::new("impact-given"), step);
            let copy = deep.clone();
            assert!(copy == deep && copy != step(deep.clone(), 1));
            assert!(format!("{copy:?}").len() > 50_000);
            let explanation = Explanation::of(&copy, &Catalogue::english());
            assert_eq!(explanation.steps.last().map(|step| step.depth), Some(50_000));
            assert!(explanation.to_text().len() < 50_001 * (2 * INDENTED + 40));
            assert_eq!(explanation.to_html().matches("<details").count(), 50_000);
        };
        std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn copies_keep_the_order_of_what_a_reason_rests_on() {
        let leaf = |n: usize| Reason::new("route-more").with("n", n);
        let one = leaf(0).because(leaf(1).because(leaf(2)).because(leaf(3))).because(leaf(4));
        assert_eq!(one.clone(), one);
        assert_ne!(one, leaf(0).because(leaf(1).because(leaf(2)).because(leaf(3)).because(leaf(4))));
        assert_ne!(one, leaf(0).because(leaf(4)).because(leaf(1).because(leaf(2)).because(leaf(3))));
    }
}
