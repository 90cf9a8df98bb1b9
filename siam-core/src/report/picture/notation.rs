//! Pictures as DOT and Mermaid, for tools that lay out by themselves.
//!
//! Goes in: a picture and its boxes. Comes out: the same boxes and links in another notation.
//! **Invariant:** no label ends a string, begins a directive or adds a statement.
//! **Not here:** SVG (`svg`).

use super::fold::{Folded, Shown};
use super::text::clean;
use super::{Picture, Tone};
use std::fmt::Write;

/// Fill and border of a box that stands for several.
const FOLDED: (&str, &str) = ("#f6f7f8", "#9aa3ad");

/// The lines of a box: glyph, name and star, then the note.
fn lines(shown: &Shown) -> (String, String) {
    let star = if shown.critical { " ★" } else { "" };
    let mark = if shown.folded { '…' } else { shown.tone.mark() };
    (format!("{mark} {}{star}", clean(&shown.label)), clean(&shown.note))
}

fn ids(picture: &Picture, shown: &Shown) -> String {
    let ids: Vec<&str> = shown.members.iter().take(60).map(|at| picture.nodes[*at].id.as_str()).collect();
    ids.join(", ")
}

/// Graphviz reads backslash escapes and HTML entities inside quotes.
fn quoted(text: &str) -> String {
    let mut safe = String::from("\"");
    for letter in clean(text).chars() {
        match letter {
            '"' | '\\' => safe.extend(['\\', letter]),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            _ => safe.push(letter),
        }
    }
    safe.push('"');
    safe
}

pub(super) fn dot(picture: &Picture, folded: &Folded) -> String {
    let mut out = String::from("digraph siam {\n");
    let _ = writeln!(out, "  graph [rankdir=LR, labelloc=t, fontname=\"DejaVu Sans\", label={}];", quoted(&picture.title));
    out.push_str("  node [shape=box, style=\"rounded,filled\", fontname=\"DejaVu Sans\", fontsize=11, fontcolor=\"#1b1f24\"];\n");
    out.push_str("  edge [fontname=\"DejaVu Sans\", fontsize=10, color=\"#77808a\"];\n");
    for (at, shown) in folded.boxes.iter().enumerate() {
        let (name, note) = lines(shown);
        let (fill, border) = if shown.folded { FOLDED } else { shown.tone.colours() };
        let mut label = quoted(&name);
        if !note.is_empty() {
            label.pop();
            label.push_str("\\n");
            label.push_str(quoted(&note).get(1..).unwrap_or("\""));
        }
        let tooltip = quoted(&ids(picture, shown));
        let _ = write!(out, "  n{at} [label={label}, tooltip={tooltip}, fillcolor=\"{fill}\", color=\"{border}\"");
        match shown.tone {
            _ if shown.folded => {}
            Tone::Cause => out.push_str(", penwidth=3, peripheries=2"),
            Tone::Hit => out.push_str(", penwidth=2.5"),
            Tone::Warned => out.push_str(", penwidth=1.5"),
            Tone::Calm => {}
            Tone::Unknown => out.push_str(", style=\"rounded,filled,dashed\""),
        }
        out.push_str("];\n");
    }
    for link in &folded.links {
        let _ = write!(out, "  n{} -> n{} [", link.source, link.target);
        let mut attributes = Vec::new();
        if !clean(&link.label).is_empty() {
            attributes.push(format!("label={}", quoted(&link.label)));
        }
        if link.on_route {
            // As in the SVG: thick lines lead to names.
            let thin = folded.boxes.get(link.target).is_some_and(|shown| shown.rest);
            attributes.push(format!("penwidth={}, color=\"#b34700\"", if thin { "1.5" } else { "3" }));
        }
        if link.back {
            attributes.push("style=dashed, constraint=false".to_owned());
        }
        let _ = writeln!(out, "{}];", attributes.join(", "));
    }
    out.push_str("}\n");
    out
}

/// Mermaid has no escape inside quotes but `#code;`: everything of ASCII that is not plainly harmless becomes one.
fn coded(text: &str) -> String {
    let mut safe = String::new();
    for letter in clean(text).chars() {
        if !letter.is_ascii() || letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '.' | ',' | ':' | '-' | '!' | '?') {
            safe.push(letter);
        } else {
            let _ = write!(safe, "#{};", u32::from(letter));
        }
    }
    safe
}

fn class(shown: &Shown) -> &'static str {
    if shown.folded { "more" } else { shown.tone.word() }
}

pub(super) fn mermaid(picture: &Picture, folded: &Folded) -> String {
    let mut out = String::from("flowchart LR\n");
    for (key, text) in [("accTitle", &picture.title), ("accDescr", &picture.description)] {
        let text = coded(text);
        if !text.is_empty() {
            let _ = writeln!(out, "  {key}: {text}");
        }
    }
    for (at, shown) in folded.boxes.iter().enumerate() {
        let (name, note) = lines(shown);
        let line_break = if note.is_empty() { "" } else { "<br/>" };
        let _ = writeln!(out, "  n{at}(\"{}{line_break}{}\"):::{}", coded(&name), coded(&note), class(shown));
    }
    for link in &folded.links {
        let arrow = match (link.on_route, link.back) {
            (true, _) => "==>",
            (false, true) => "-.->",
            (false, false) => "-->",
        };
        let label = coded(&link.label);
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(out, "  n{} {arrow}{label} n{}", link.source, link.target);
    }
    if folded.boxes.iter().any(|shown| shown.folded) {
        let _ = writeln!(out, "  classDef more fill:{},stroke:{},color:#1b1f24", FOLDED.0, FOLDED.1);
    }
    for tone in Tone::ALL {
        let (fill, border) = tone.colours();
        let line = match tone {
            Tone::Cause => ",stroke-width:4px",
            Tone::Hit => ",stroke-width:3px",
            Tone::Unknown => ",stroke-dasharray:5 4",
            Tone::Warned | Tone::Calm => "",
        };
        let _ = writeln!(out, "  classDef {} fill:{fill},stroke:{border},color:#1b1f24{line}", tone.word());
    }
    out
}
