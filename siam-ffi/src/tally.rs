//! A tally as C holds it: scores that are added up chunk by chunk.
//!
//! Goes in: a question, bound evidence, other tallies, bytes. Comes out: a handle, bytes, a report.
//! **Invariant:** one thread at a time changes a tally; a call that fails leaves it as it was.
//! **Not here:** adding up (`siam_core::answer::tally`), the C functions (`doors`).

use crate::host::Host;
use siam_core::Tally;
use std::sync::Arc;

/// Scores that are added up, made by siam_running_tally_new or siam_running_tally_from_bytes; C forbids a type and a function of one name,
/// hence this one. One thread at a time may use it; free it with siam_running_tally_free, in any order with all others.
pub struct siam_running_tally {
    pub(crate) tally: Tally,
    pub(crate) host: Arc<Host>,
}
