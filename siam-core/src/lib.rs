//! siam: service integration and management as a library.

pub mod base;
pub mod document;
pub mod model;
pub mod report;

pub use base::Error;
