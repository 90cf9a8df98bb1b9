//! Laws: what must hold for every ecosystem, calendar and question, whatever it is.
//!
//! Goes in: seeds and arbitrary bytes from proptest. Comes out: agreement with the oracle, or the smallest case without.
//! **Invariant:** 64 cases each unless PROPTEST_CASES says otherwise; a failure prints the document it is about.
//! **Not here:** worked cases with an expected answer (tests/cases).

mod causes;
mod clock;
mod counting;
mod drift;
mod export;
mod findings;
mod generated;
mod hostile;
mod impact;
mod impacts;
mod lanes;
mod observed;
mod regimes;
mod rules;
mod scenarios;
mod score;
mod tables;
mod told;
mod whatif;

use proptest::test_runner::Config;
use siam_core::{Ecosystem, Source};

/// How many cases each law is tried on.
fn cases() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(64);
    Config { cases, failure_persistence: None, max_shrink_iters: 4_096, ..Config::default() }
}

/// An ecosystem that the generator wrote; it is always valid.
fn load(document: &str) -> Ecosystem {
    match siam_core::load(&[Source::text("generated.yaml", document)]) {
        Ok(ecosystem) => ecosystem,
        Err(error) => panic!("a generated document was refused: {error}\n{document}"),
    }
}
