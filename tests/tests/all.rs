//! All tests of the project that need more than one crate, in one binary.

mod layers;
mod real;
