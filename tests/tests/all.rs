//! All tests of the project that need more than one crate, in one binary.

mod docs;
mod header;
mod laws;
mod layers;
mod real;
