//! What tests and benches share: the seeded generator of ecosystems, calendars and evidence.
//!
//! Goes in: seeds. Comes out: documents, tables and CSV bytes.
//! **Invariant:** the same seed gives the same bytes on every platform.
//! **Not here:** expected answers (`siam-oracle`, tests/cases).

pub mod generate;
