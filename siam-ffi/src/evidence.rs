//! Evidence as C holds it: tables bound once, scored as often as wanted.
//!
//! Goes in: a question and tables. Comes out: a handle that stands as one of the tables of a later call.
//! **Invariant:** evidence never changes, so any number of threads may score it at once.
//! **Not here:** binding (`siam_core::evidence`), reading C pointers (`memory`), the C functions (`doors`).

use crate::host::Host;
use siam_core::evidence::Evidence;
use std::sync::Arc;

/// Evidence bound to an ecosystem by siam_evidence; C forbids a type and a function of one name, hence this one. It never changes: any
/// number of threads may use it at once; free it with siam_bound_evidence_free, in any order with its ecosystem and its reports.
pub struct siam_bound_evidence {
    pub(crate) evidence: Evidence,
    pub(crate) host: Arc<Host>,
}
