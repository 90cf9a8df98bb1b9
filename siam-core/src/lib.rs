//! siam: service integration and management as a library.

pub mod base;
pub mod clock;
pub mod document;
pub mod model;
pub mod presets;
pub mod report;

pub use base::Error;
