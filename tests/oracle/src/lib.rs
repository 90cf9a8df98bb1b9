//! The oracle: a second, slow and obvious answer to each question, written from the design and not from the engine.
//!
//! Goes in: documents as text, plain instants, plain rows. Comes out: levels, open times, figures.
//! **Invariant:** nothing of the core is used but the reader of placed trees; nothing is compiled, cached or made fast.
//! **Not here:** faults of a document (the oracle takes valid ones and panics on others), reasons, tables.

pub mod causes;
pub mod clock;
pub mod drift;
mod edges;
pub mod impact;
pub mod impacts;
mod map;
mod named;
pub mod observed;
pub mod reading;
mod rule;
pub mod score;
pub mod whatif;

/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;
