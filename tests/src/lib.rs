//! What tests, benches and examples share: the case runner, the seeded generator, the way to other people's data.

pub mod cases;
pub mod generate;
pub mod schema;
pub mod shared;
