//! siam: service integration and management as a library.

pub mod answer;
pub mod base;
pub mod clock;
pub mod document;
pub mod ecosystem;
pub mod evidence;
pub mod model;
pub mod ops;
pub mod presets;
pub mod report;
pub mod structure;

pub use base::{Error, Limits, Problem, Problems};
pub use document::Source;
pub use ops::explain;
pub use ecosystem::{Ecosystem, check, check_with, load, load_with};
