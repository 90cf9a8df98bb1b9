//! Regimes: parsed, typed, checked, and evaluated period by period with provenance.
//!
//! Goes in: regimes, the instances that attach them, given figures, the past. Comes out: values of all lines, entries, triggers, reasons.
//! **Invariant:** values are exact; what cannot be computed is missing with a reason; equal input and past give equal output.
//! **Not here:** what is written (`model::regime`), who pays whom (`answer::settle`).

mod check;
pub mod code;
pub mod compile;
pub mod evaluate;
mod fold;
pub mod functions;
pub mod graph;
pub mod history;
pub mod instances;
pub mod lexer;
pub mod parse;
pub mod program;
mod steps;
mod tables;
pub mod types;
pub mod value;
