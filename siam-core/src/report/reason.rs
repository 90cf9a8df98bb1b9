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

/// Why something is so, resting on further reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        self.message = self.message.with(name, value);
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

impl Explanation {
    /// Renders a reason in the words of a catalogue.
    pub fn of(reason: &Reason, catalogue: &Catalogue) -> Self {
        let mut steps = Vec::new();
        let mut open = vec![(0, reason)];
        while let Some((depth, reason)) = open.pop() {
            steps.push(Step { depth, id: reason.message.id, text: catalogue.render(&reason.message) });
            open.extend(reason.because.iter().rev().map(|deeper| (depth + 1, deeper)));
        }
        Self { language: catalogue.language().to_owned(), steps }
    }
    /// One line per step, deeper ones indented.
    pub fn to_text(&self) -> String {
        self.steps.iter().map(|step| format!("{}{}\n", "  ".repeat(step.depth), step.text)).collect()
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
}
