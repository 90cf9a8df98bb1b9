//! `month FOLDER`: writes the generated month of the demo, the same bytes every time.
//!
//! Goes in: nothing but the folder. Comes out: incidents.csv, history.csv, exclusions.csv.
//! **Invariant:** the committed files of examples/demo are these bytes; a test holds it.
//! **Not here:** what a month is like (`siam_tests::generate`).

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "examples/demo".into());
    for (name, bytes) in siam_tests::generate::demo_month() {
        std::fs::write(format!("{folder}/{name}.csv"), bytes)?;
    }
    Ok(())
}
