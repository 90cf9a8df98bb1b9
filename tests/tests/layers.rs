//! The layers of the house: which room may use which.
//!
//! Goes in: the `use` lines of the sources. Comes out: a failure for every arrow that does not go down.
//! **Invariant:** a room uses only rooms with a smaller number; the bindings and the oracle use only what is listed.
//! **Not here:** what the rooms hold (ARCHITECTURE.md).

use std::path::{Path, PathBuf};

/// The rooms of siam-core and their numbers.
const ROOMS: &[(&str, u32)] = &[
    ("base", 0),
    ("document", 1),
    ("report", 2),
    ("presets", 2),
    ("model", 3),
    ("structure", 4),
    ("clock", 4),
    ("formula", 4),
    ("ecosystem", 5),
    ("evidence", 6),
    ("answer", 7),
    ("page", 8),
    ("ops", 9),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All sources below a folder but those of a room's own tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// The code of a file: comments and what follows `#[cfg(test)]` do not count.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn number(room: &str) -> Option<u32> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, number)| *number)
}

#[test]
fn every_arrow_between_rooms_goes_down() {
    let src = root().join("siam-core/src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in sources(&src) {
        let relative = path.strip_prefix(&src).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        if first == "lib" {
            continue;
        }
        let Some(own) = number(&first) else {
            wrong.push(format!("{} lies in no known room", relative.display()));
            continue;
        };
        for line in code(&text) {
            for part in line.split("crate::").skip(1) {
                let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                match number(&used) {
                    Some(other) if other < own || used == first => seen += 1,
                    Some(_) => wrong.push(format!("{} ({first}) uses {used}: {}", relative.display(), line.trim())),
                    None if part.starts_with('{') => {
                        wrong.push(format!("{}: one `use crate::` per room: {line}", relative.display()))
                    }
                    None => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "the test reads no arrows any more");
}

#[test]
fn the_core_is_pure() {
    for (path, text) in sources(&root().join("siam-core/src")) {
        // Threads start in one place, as many as it is told to, and end with the call.
        let threads = path.ends_with("base/parallel.rs");
        for line in code(&text).filter(|line| !(threads && line.contains("std::thread::"))) {
            for impure in
                ["std::fs", "std::env::", "std::net", "SystemTime", "Instant::now", "std::process", "std::thread", "arrow_"]
            {
                assert!(!line.contains(impure), "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn the_oracle_shares_only_the_document_reader_with_the_core() {
    for (path, text) in sources(&root().join("tests/oracle/src")) {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for part in line.split("siam_core::").skip(1) {
                let own = part.starts_with("document") || part.starts_with("base::Limits");
                assert!(own, "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn a_file_opens_with_its_four_lines() {
    for folder in ["siam-core/src", "siam-ffi/src", "siam-ffi/arrow/src", "siam-py/src", "tests/src", "tests/oracle/src"] {
        for (path, text) in sources(&root().join(folder)) {
            if path.ends_with("siam-core/src/lib.rs") || text.lines().count() < 40 {
                continue;
            }
            let header: String = text.lines().take_while(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
            for part in ["Goes in:", "Comes out:", "**Invariant:**", "**Not here:**"] {
                assert!(header.contains(part), "{} lacks `{part}`", path.display());
            }
        }
    }
}
