//! Problems as SARIF 2.1.0, the format that code hosts and editors show at the line.
//!
//! Goes in: problems. Comes out: one log with one run: rules from the codes that occur, results with levels and places.
//! **Invariant:** a result names its rule; lines and columns are the problem's own, columns in characters.
//! **Not here:** other formats (`problems`).

use super::super::Catalogue;
use super::json::text;
use crate::base::{Code, Message, Place, Problem, Problems, Severity};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Problems as SARIF 2.1.0. Levels are error, warning and, for advice, note. A place in a table is a logical location.
///
/// ```
/// use siam_core::{Source, check, report::{Catalogue, export}};
/// let found = check(&[Source::text("docs/acme.yaml", "siam: 1\nservcies: {}\n")]);
/// let log = export::problems_sarif(&found, &Catalogue::english());
/// assert!(log.contains("\"ruleId\": \"unknown-key\"") && log.contains("\"uri\": \"docs/acme.yaml\""));
/// assert!(log.contains("\"startLine\": 2, \"startColumn\": 1, \"endColumn\": 9"));
/// ```
pub fn problems_sarif(problems: &Problems, catalogue: &Catalogue) -> String {
    let codes: BTreeMap<u16, &Code> = problems.iter().map(|problem| (problem.code().number, problem.code())).collect();
    let version = env!("CARGO_PKG_VERSION");
    let mut out = String::from(
        "{\n\"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\n\
         \"version\": \"2.1.0\",\n\"runs\": [{\n\"tool\": {\"driver\": {\"name\": \"siam\", ",
    );
    let _ = write!(out, "\"version\": \"{version}\", \"semanticVersion\": \"{version}\", \"rules\": [");
    for (at, code) in codes.values().enumerate() {
        out.push_str(if at == 0 { "\n " } else { ",\n " });
        rule(&mut out, code);
    }
    out.push_str("]}},\n\"columnKind\": \"unicodeCodePoints\",\n");
    invocation(&mut out, problems, catalogue);
    out.push_str("\"results\": [");
    for (at, problem) in problems.iter().enumerate() {
        out.push_str(if at == 0 { "\n " } else { ",\n " });
        let rule = codes.range(..problem.code().number).count();
        result(&mut out, problem, rule, catalogue);
    }
    out.push_str(if problems.is_empty() { "]\n}]\n}\n" } else { "\n]\n}]\n}\n" });
    out
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

fn rule(out: &mut String, code: &Code) {
    out.push_str("{\"id\": ");
    text(out, code.name);
    out.push_str(", \"shortDescription\": ");
    message(out, &general(code.message));
    out.push_str(", \"fullDescription\": ");
    message(out, &general(code.message));
    out.push_str(", \"help\": ");
    message(out, &general(code.help));
    let level = level(code.severity);
    let _ =
        write!(out, ", \"defaultConfiguration\": {{\"level\": \"{level}\"}}, \"properties\": {{\"number\": {}}}}}", code.number);
}

/// A template without its arguments: `{key}` becomes `...`, and of `{n|one|many}` the last word stands.
fn general(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (hole, following) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(hole.rsplit_once('|').map_or("...", |(_, many)| many));
        rest = following;
    }
    out + rest
}

/// A message; in SARIF a brace of the text itself stands twice.
fn message(out: &mut String, words: &str) {
    out.push_str("{\"text\": ");
    text(out, &words.replace('{', "{{").replace('}', "}}"));
    out.push('}');
}

/// Says what was only counted, so that a short list is not taken for the whole.
fn invocation(out: &mut String, problems: &Problems, catalogue: &Catalogue) {
    out.push_str("\"invocations\": [{\"executionSuccessful\": true");
    if problems.beyond() > 0 {
        let count = i64::try_from(problems.beyond()).unwrap_or(i64::MAX);
        out.push_str(", \"toolExecutionNotifications\": [{\"level\": \"warning\", \"message\": ");
        message(out, &catalogue.render(&Message::new("and-more-problems").with("count", count)));
        out.push_str("}]");
    }
    out.push_str("}],\n");
}

fn result(out: &mut String, problem: &Problem, rule: usize, catalogue: &Catalogue) {
    out.push_str("{\"ruleId\": ");
    text(out, problem.code().name);
    let _ = write!(out, ", \"ruleIndex\": {rule}, \"level\": \"{}\", \"message\": ", level(problem.severity()));
    let help = problem.help();
    let words = catalogue.problem_message(problem);
    message(out, &if help.is_empty() { words } else { format!("{words}\n{help}") });
    match problem.place() {
        Place::Nowhere => {}
        Place::Cell { table, .. } => {
            out.push_str(", \"locations\": [{\"logicalLocations\": [{\"name\": ");
            text(out, table);
            out.push_str(", \"fullyQualifiedName\": ");
            text(out, &problem.place().to_string());
            out.push_str("}]}]");
        }
        Place::Document { file, line, column, start, end, text: shown } => {
            out.push_str(", \"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": ");
            text(out, &uri(file));
            let _ = write!(out, "}}, \"region\": {{\"startLine\": {line}, \"startColumn\": {column}");
            if let Some(length) = length(shown, *column, end.saturating_sub(*start)) {
                let _ = write!(out, ", \"endColumn\": {}", (*column as usize).saturating_add(length));
                out.push_str(", \"snippet\": ");
                // A snippet holds the document's own text, braces once.
                out.push_str("{\"text\": ");
                text(out, shown);
                out.push('}');
            }
            out.push_str("}}}]");
        }
    }
    out.push('}');
}

/// The characters of the stretch within the line that is shown; none where no line is.
fn length(line: &str, column: u32, bytes: usize) -> Option<usize> {
    let rest = line.char_indices().skip((column as usize).saturating_sub(1));
    let mut left = bytes;
    let mut count = 0;
    for (_, letter) in rest {
        if left == 0 {
            break;
        }
        left = left.saturating_sub(letter.len_utf8());
        count += 1;
    }
    (!line.is_empty()).then_some(count.max(1))
}

/// The name of a document as a URI: relative as it is, absolute as `file:`; what a URI cannot hold is percent-encoded.
fn uri(file: &str) -> String {
    let path = file.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let (mut out, rest) = match path.get(..2) {
        Some(letter) if drive => (format!("file:///{letter}"), path.get(2..).unwrap_or("")),
        _ if path.starts_with("//") => (String::from("file:"), &*path),
        _ if path.starts_with('/') => (String::from("file://"), &*path),
        _ => (String::new(), &*path),
    };
    for byte in rest.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Argument, codes};
    use serde_json::{Value, json};

    fn log(problems: &Problems) -> Value {
        serde_json::from_str(&problems_sarif(problems, &Catalogue::english())).unwrap()
    }

    #[test]
    fn results_name_their_rules_and_stand_at_their_places() {
        let mut problems = Problems::new();
        let line = "  \u{fc}ber: {x}";
        let place = Place::Document { file: "a b.yaml".into(), line: 4, column: 3, start: 12, end: 17, text: line.into() };
        problems.push(Problem::new(&codes::UNKNOWN_KEY, place).with("key", Argument::user("{x}")).with("nearest", "y"), 3);
        problems.push(Problem::new(&codes::NOT_READ, Place::cell("log", 0, "at")).with("column", "at"), 3);
        problems.push(Problem::new(&codes::SYNTAX, Place::Nowhere).with("detail", "no"), 3);
        problems.push(Problem::new(&codes::SYNTAX, Place::Nowhere), 3);
        let log = log(&problems);
        let run = &log["runs"][0];
        let rules: Vec<&str> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
        assert_eq!(rules, ["syntax", "unknown-key", "not-read"]);
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        for (result, (rule, level)) in results.iter().zip([(1, "error"), (2, "note"), (0, "error")]) {
            assert_eq!((&result["ruleIndex"], &result["level"]), (&json!(rule), &json!(level)));
            assert_eq!(json!(rules[rule]), result["ruleId"]);
        }
        let physical = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "a%20b.yaml");
        let region = json!({"startLine": 4, "startColumn": 3, "endColumn": 7, "snippet": {"text": line}});
        assert_eq!(physical["region"], region);
        assert_eq!(results[0]["message"]["text"], "unknown key `{{x}}` in {{shape}}\ndid you mean `y`?");
        assert_eq!(results[1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "table log column at");
        assert_eq!(results[2].get("locations"), None);
        assert_eq!(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"], "and 1 more");
        let none = super::tests::log(&Problems::new());
        assert_eq!(none["runs"][0]["results"], json!([]));
    }

    #[test]
    fn names_of_files_become_uris() {
        let uris: Vec<String> = ["docs/acme.yaml", "/srv/a:b.yaml", "C:\\Eco\\a.yaml", "\\\\host\\x", "\u{e9}"].map(uri).into();
        assert_eq!(uris, ["docs/acme.yaml", "file:///srv/a%3Ab.yaml", "file:///C:/Eco/a.yaml", "file://host/x", "%C3%A9"]);
        assert_eq!(general("{rows} {rows|row shares|rows share} it"), "... rows share it");
    }
}
