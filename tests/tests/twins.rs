//! The examples in three languages print the same bytes.
//!
//! Goes in: the examples as Rust and C built them and as Python runs them. Comes out: the first of them that prints something else.
//! **Invariant:** `examples/<name>.out` is what each of the three prints, and the README shows the three tours as they run.
//! **Not here:** building them (Makefile), what they compute (`cases`).

use std::path::{Path, PathBuf};
use std::process::Command;

const EXAMPLES: [&str; 3] = ["tour", "demo", "review"];
const LANGUAGES: [(&str, &str); 3] = [("rs", "rust"), ("c", "c"), ("py", "python")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the root of the repository is there")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// Runs a program from the root of the repository; it must print what `examples/<name>.out` holds. The argument is where it may write.
fn twin(program: &Path, arguments: &[&str], name: &str, folder: &str) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).expect("a folder for pictures can be made");
    let ran = Command::new(program).args(arguments).arg(&folder).current_dir(root()).output();
    let ran = ran.unwrap_or_else(|fault| panic!("{}: {fault}", program.display()));
    let (printed, told) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{} {arguments:?}: {}\n{told}", program.display(), ran.status);
    let wanted = text(&root().join(format!("examples/{name}.out")));
    assert!(printed == wanted, "{} {arguments:?} prints\n{printed}\nand not examples/{name}.out\n{wanted}", program.display());
}

/// What a variable of the environment names.
fn given(variable: &str) -> PathBuf {
    let line = "run make test, or make doors python first and set SIAM_BUILD and SIAM_PYTHON";
    std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: {line}")).into()
}

/// The examples as Rust built them, which stand beside the folder of this test.
fn rust(folder: &str) {
    let own = std::env::current_exe().expect("a test knows its own file");
    let built = own.ancestors().nth(2).expect("a test stands in the target folder").join("examples");
    for name in EXAMPLES {
        twin(&built.join(name), &[], name, folder);
    }
}

/// The picture and the page written into a folder are those that Rust writes; each test has folders of its own, since tests run side by side.
fn same_files(folder: &str) {
    let beside = format!("{folder}-rust");
    rust(&beside);
    for (name, begins) in [("impact.svg", "<svg "), ("review.html", "<!DOCTYPE html>")] {
        let written = |folder: &str| text(&Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder).join(name));
        assert!(written(&beside).starts_with(begins), "Rust writes no {name}");
        assert!(written(folder) == written(&beside), "{folder} writes another {name} than Rust");
    }
}

#[test]
fn rust_prints_what_is_written() {
    rust("rust");
}

#[test]
fn c_prints_what_is_written() {
    let folder = given("SIAM_BUILD");
    for name in EXAMPLES {
        twin(&folder.join(name), &[], name, "c");
    }
    same_files("c");
}

#[test]
fn python_prints_what_is_written() {
    let python = given("SIAM_PYTHON");
    for name in EXAMPLES {
        twin(&python, &[&format!("examples/{name}.py")], name, "python");
    }
    same_files("python");
}

#[test]
fn the_readme_shows_the_tours_as_they_run() {
    let readme = text(&root().join("README.md"));
    for (ending, language) in LANGUAGES {
        let block = format!("```{language}\n{}```\n", text(&root().join(format!("examples/tour.{ending}"))));
        assert!(readme.contains(&block), "README.md does not show examples/tour.{ending} as it is, in a block ```{language}");
    }
}
