//! All tests of the project that need more than one crate, in one binary.

mod cases;
mod doors;
mod header;
mod layers;
mod real;
