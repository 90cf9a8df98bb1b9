//! Benches: every peer beside us, in one run, with equal answers asserted before anything is timed.
//!
//! `cargo bench -p siam-bench` runs them; dated results stand in benches/record/.
