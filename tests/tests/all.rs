//! All tests of the project that need more than one crate, in one binary.

mod cases;
mod docs;
mod doors;
mod header;
mod laws;
mod layers;
mod page;
mod real;
mod review;
mod twins;
