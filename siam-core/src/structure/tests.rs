//! The gates against the rules as written.
//!
//! Goes in: random small maps and a few large ones. Comes out: agreement of gates, evaluators, flags and routes.
//! **Invariant:** every map is made from a fixed seed.
//! **Not here:** times (`benches`).
use super::*;
