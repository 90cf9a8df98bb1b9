//! Tests of what was observed.
//!
//! Goes in: small ecosystems, outages, changes. Comes out: figures worked by hand.
//! **Invariant:** every expected number stands with its arithmetic in a comment.
//! **Not here:** random ecosystems against the oracle (tests/tests/laws).

mod cases;
