//! One test binary for all that stands across crates.

mod header;
mod laws;
