//! Static checks of compiled regimes.
//!
//! Goes in: typed lines of all regimes in force. Comes out: faults and remarks at their places.
//! **Invariant:** a check reads compiled steps alone; it changes none.
//! **Not here:** names and units (`compile`).

use super::compile::Compiler;
use super::program::Consequences;

/// Checks all editions in force.
pub(super) fn check(_compiler: &mut Compiler<'_>, _posted: &[Consequences]) {}
