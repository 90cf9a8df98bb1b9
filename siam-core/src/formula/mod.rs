//! Regimes: parsed, typed, checked, and evaluated period by period with provenance.
//!
//! Goes in: regimes, the instances that attach them, given figures, the past. Comes out: values of all lines, entries, triggers, reasons.
//! **Invariant:** values are exact; what cannot be computed is missing with a reason; equal input and past give equal output.
//! **Not here:** what is written (`model::regime`), who pays whom (`answer::settle`).

mod check;
pub mod code;
pub mod compile;
pub mod evaluate;
pub mod explain;
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

pub use code::RegimeAt;
pub use evaluate::{Entry, Evaluated, Event, Given, LineValue, Receiver, Setting, Trigger};
pub use history::{History, HistoryFault, HistoryRow, SettlementPeriod};
pub use instances::{Instance, InstanceAt, literal};
pub use program::{Contract, Program};
pub use types::Type;
pub use value::{Missing, Scalar, Slices, Value};
