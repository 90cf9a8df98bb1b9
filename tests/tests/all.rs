//! One test binary for all that stands across crates.
//!
//! Goes in: nothing. Comes out: one list of modules.
//! **Invariant:** a module for each question about the whole, so that one binary is linked.
//! **Not here:** tests of one crate (beside its sources).

mod header;
mod laws;
