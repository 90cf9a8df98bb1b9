//! Problems alone: as text for people and as JSON for tools.
//!
//! Goes in: problems. Comes out: what a compiler prints, or one JSON document.
//! **Invariant:** every problem that is kept is written, and those only counted are counted.
//! **Not here:** SARIF (`sarif`), problems as a table beside an answer (`report::problems`).

use super::super::Catalogue;
use super::json::text;
use crate::base::{Place, Problem, Problems, Severity};
use std::fmt::Write;

/// Problems as a compiler prints them, one blank line between two; empty where all is well.
pub fn problems_text(problems: &Problems) -> String {
    if problems.is_empty() && problems.beyond() == 0 { String::new() } else { format!("{problems}\n") }
}

/// Problems as one JSON document: counts by severity, then each with code, words and place. Keys of a place it does not have are absent.
///
/// ```
/// use siam_core::{Source, check, report::{Catalogue, export}};
/// let found = check(&[Source::text("acme.yaml", "siam: 1\nservcies: {}\n")]);
/// let text = export::problems_json(&found, &Catalogue::english());
/// assert!(text.contains("\"name\": \"unknown-key\"") && text.contains("\"line\": 2, \"column\": 1"));
/// ```
pub fn problems_json(problems: &Problems, catalogue: &Catalogue) -> String {
    let count = |severity| problems.iter().filter(|problem| problem.severity() == severity).count();
    let mut out = String::from("{\n");
    let _ = writeln!(
        out,
        "\"errors\": {}, \"warnings\": {}, \"advice\": {}, \"beyond\": {},",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Advice),
        problems.beyond()
    );
    out.push_str("\"language\": ");
    text(&mut out, catalogue.language());
    out.push_str(",\n\"problems\": [");
    for (at, problem) in problems.iter().enumerate() {
        out.push_str(if at == 0 { "\n " } else { ",\n " });
        one(&mut out, problem, catalogue);
    }
    out.push_str(if problems.is_empty() { "]\n}\n" } else { "\n]\n}\n" });
    out
}

fn one(out: &mut String, problem: &Problem, catalogue: &Catalogue) {
    let _ = write!(out, "{{\"severity\": \"{}\", \"code\": {}", problem.severity().as_str(), problem.code().number);
    let mut member = |name: &str, words: &str| {
        let _ = write!(out, ", \"{name}\": ");
        text(out, words);
    };
    member("name", problem.code().name);
    member("message", &catalogue.problem_message(problem));
    member("help", &problem.help());
    match problem.place() {
        Place::Nowhere => {}
        Place::Document { file, line, column, .. } => {
            member("file", file);
            let _ = write!(out, ", \"line\": {line}, \"column\": {column}");
        }
        Place::Cell { table, row, column } => {
            member("table", table);
            if !column.is_empty() {
                member("field", column);
            }
            if *row > 0 {
                let _ = write!(out, ", \"row\": {row}");
            }
        }
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Argument, codes};
    use serde_json::{Value, json};

    #[test]
    fn each_problem_has_its_place_and_what_is_only_counted_is_counted() {
        let mut problems = Problems::new();
        let cell = Problem::new(&codes::BAD_CELL, Place::cell("log", 3, "at"));
        problems.push(cell.with("value", Argument::user("\"x\"")).with("expected", "y"), 2);
        problems.push(Problem::new(&codes::CANCELLED, Place::Nowhere), 2);
        problems.push(Problem::new(&codes::CANCELLED, Place::Nowhere), 2);
        let read: Value = serde_json::from_str(&problems_json(&problems, &Catalogue::english())).unwrap();
        assert_eq!((&read["errors"], &read["warnings"], &read["beyond"]), (&json!(1), &json!(1), &json!(1)));
        let first = json!({
            "severity": "warning", "code": 410, "name": "bad-cell", "message": "`\"x\"` is not y",
            "help": "correct the cell, or state its format in the mapping", "table": "log", "row": 3, "field": "at",
        });
        assert_eq!(read["problems"][0], first);
        assert_eq!(read["problems"][1].get("file"), None);
        let none: Value = serde_json::from_str(&problems_json(&Problems::new(), &Catalogue::english())).unwrap();
        assert_eq!(none["problems"], json!([]));
        assert_eq!(problems_text(&Problems::new()), "");
        assert!(problems_text(&problems).ends_with("\n\nand 1 more\n"));
    }
}
