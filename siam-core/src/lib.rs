//! siam: service integration and management as a library.

pub mod base;
pub mod model;
pub mod structure;

pub use base::Error;
