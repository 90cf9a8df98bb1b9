//! Regimes: parsed, typed, checked, and evaluated period by period with provenance.
//!
//! Goes in: regimes, the instances that attach them, given figures, the past. Comes out: values of all lines, entries, triggers, reasons.
//! **Invariant:** values are exact; what cannot be computed is missing with a reason; equal input and past give equal output.
//! **Not here:** what is written (`model::regime`), who pays whom (`answer::settle`).

pub mod lexer;
pub mod parse;
pub mod types;
