//! `month`: writes the generated months of the examples, the same bytes every time; `month demo FOLDER` writes one elsewhere.
//!
//! Goes in: nothing, or which month and the folder. Comes out: CSV files, one per table.
//! **Invariant:** the committed files of examples/demo and examples/review/evidence are these bytes; a test holds it.
//! **Not here:** what a month is like (`siam_tests::generate`).

use siam_tests::generate::{demo_month, review_month};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let months = [("demo", "examples/demo", demo_month()), ("review", "examples/review/evidence", review_month())];
    for (month, folder, tables) in months {
        if arguments.first().is_some_and(|wanted| wanted != month) {
            continue;
        }
        let folder = arguments.get(1).map_or(folder, String::as_str);
        for (name, bytes) in tables {
            std::fs::write(format!("{folder}/{name}.csv"), bytes)?;
        }
    }
    Ok(())
}
