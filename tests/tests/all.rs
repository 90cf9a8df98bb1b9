//! All tests that stand above single crates: the header, the doors, the shared cases.

mod cases;
mod doors;
mod header;
