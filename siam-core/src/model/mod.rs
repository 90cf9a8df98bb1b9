//! What is true: the checked model of an ecosystem, every part of it dated.
//!
//! Goes in: placed documents. Comes out: validated parties, services, calendars, agreements, measures, by dense index.
//! **Invariant:** every name in the model resolves; every date interval is non-empty; what is here passed every check.
//! **Not here:** compiled forms (`structure`, `clock`), what happened (`evidence`).

pub mod calendar;
pub mod rule;
