//! The answers: one file an operation, each the same five parts in the same order.
//!
//! Goes in: an ecosystem, evidence, a question. Comes out: a report of flat tables that explains itself.
//! **Invariant:** errors come at the door of an operation (`resolve`) only; behind it a row carries a problem instead of a value.
//! **Not here:** the forms that are evaluated (`structure`, `clock`), the words (`report`).

mod cards;
pub mod compare;
pub mod concentration;
pub mod coverage;
pub mod diff;
pub mod drift;
pub mod due;
pub mod exit;
pub mod findings;
pub mod given;
pub mod headroom;
pub mod hours;
pub mod impact;
pub mod impacts;
pub mod leakage;
pub mod observed;
pub mod readiness;
pub mod reconcile;
pub mod redundancy;
pub mod review;
pub mod root_causes;
pub mod scenario;
pub mod score;
pub mod settle;
pub mod single_points_of_failure;
mod stakes;
pub mod tally;
pub mod terms;
pub mod trend;
mod view;
mod way;
pub mod who;
