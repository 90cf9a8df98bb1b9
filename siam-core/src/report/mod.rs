//! What people read: reasons, explanations, catalogues of words, pictures.
//!
//! Goes in: ids with typed arguments, tables, graphs. Comes out: text, HTML, SVG, made at the edge.
//! **Invariant:** a renderer computes nothing: every figure it shows was given to it.
//! **Not here:** finding the reasons (`answer`), whole pages (`page`).

pub mod answer;
pub mod catalogue;
pub mod english;
pub mod export;
pub mod html;
pub mod picture;
pub mod problems;
pub mod reason;
pub mod severities;
pub mod text;

pub use answer::{Answer, Stamp};
pub use catalogue::Catalogue;
pub use picture::Picture;
pub use reason::{Explanation, Reason, Step};
pub use severities::{Grade, Severities};
