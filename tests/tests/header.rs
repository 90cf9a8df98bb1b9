//! The C header, rendered from the sources of the C library.
//!
//! Goes in: siam-ffi/src and siam-ffi/cbindgen.toml. Comes out: the text of siam-ffi/include/siam.h.
//! **Invariant:** the committed header is the rendered one; `SIAM_BLESS=1` writes it anew.
//! **Not here:** whether C compilers take it (siam-ffi/tests/c).

use std::path::Path;

/// The files that C types and functions stand in; the folder doors is read with lib.rs, whose module it is.
const SOURCES: [&str; 8] =
    ["host.rs", "error.rs", "evidence.rs", "tables.rs", "ecosystem.rs", "report.rs", "stream.rs", "lib.rs"];

/// The header of the crate in this folder.
pub fn render_header(crate_dir: &Path) -> String {
    let config = cbindgen::Config::from_file(crate_dir.join("cbindgen.toml")).expect("cbindgen.toml is read");
    let sources = SOURCES
        .iter()
        .fold(cbindgen::Builder::new().with_config(config), |builder, file| builder.with_src(crate_dir.join("src").join(file)));
    let mut bytes = Vec::new();
    sources.generate().expect("the sources are read").write(&mut bytes);
    let text = String::from_utf8(bytes).expect("a header is UTF-8");
    tidy(&text)
}

/// C89's comments, short ones on one line, and the calling convention, which cbindgen has no word for.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "/*" {
            let indent = line.trim_end_matches("/*");
            let words: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "*/").map(str::trim).collect();
            tidied += &format!("{indent}/* {} */\n", words.join(&format!("\n{indent}   ")));
        } else if let Some((code, words)) = line.split_once("  // ").or_else(|| line.split_once(" // ")) {
            tidied += &format!("{code} /* {} */\n", words.trim());
        } else {
            tidied += &with_call(line);
            tidied.push('\n');
        }
    }
    tidied
}

/// Puts the calling convention before the name of a function or of a pointer to one; brackets a negative number.
fn with_call(line: &str) -> String {
    if let Some(rest) = line.strip_prefix("SIAM_API ") {
        let name = rest.find('(').and_then(|end| rest[..end].rfind(['*', ' '])).map_or(0, |before| before + 1);
        let (kind, name) = rest.split_at(name);
        return format!("SIAM_API {kind}SIAM_CALL {name}");
    }
    if let Some(number) = line.strip_prefix("#define SIAM_").and_then(|define| define.split_once(" -")) {
        return format!("#define SIAM_{} (-{})", number.0, number.1);
    }
    if line.starts_with("typedef ") { line.replacen("(*siam_", "(SIAM_CALL *siam_", 1) } else { line.to_owned() }
}

#[test]
fn the_committed_header_is_the_rendered_one() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../siam-ffi");
    let rendered = render_header(&crate_dir);
    let path = crate_dir.join("include/siam.h");
    if std::env::var_os("SIAM_BLESS").is_some() {
        std::fs::write(&path, &rendered).expect("the header is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == rendered,
        "siam.h is not what its sources say; look at the difference, then SIAM_BLESS=1 cargo test header"
    );
}

#[test]
fn every_function_is_declared_once() {
    let header = render_header(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../siam-ffi"));
    let mut declared = std::collections::BTreeSet::new();
    for name in header.split("SIAM_CALL siam_").skip(1).filter_map(|rest| rest.split_once('(')).map(|(name, _)| name) {
        assert!(declared.insert(name), "siam_{name} is declared twice");
    }
    assert!(declared.contains("load") && declared.contains("score"), "doors is not read");
}

#[test]
fn no_type_crosses_that_another_language_reads_otherwise() {
    let header = render_header(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../siam-ffi"));
    let code: String = header.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, code)| code)).collect();
    for word in code.split(|c: char| !c.is_alphanumeric() && c != '_') {
        assert!(!["bool", "_Bool", "enum", "long", "size_t", "ssize_t", "wchar_t", "int", "unsigned"].contains(&word), "{word}");
    }
    assert!(!code.contains("//"), "a comment that C89 does not know");
}
