//! siam: service integration and management as a library.

pub mod base;
pub mod clock;
pub mod model;

pub use base::Error;
