//! What tests, benches and examples share: the case runner and the seeded generator.

pub mod cases;
