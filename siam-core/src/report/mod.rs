//! What people read: reasons, the catalogue of their words, pictures.
//!
//! Goes in: data and labels. Comes out: text, SVG, DOT, Mermaid.
//! **Invariant:** a renderer computes no figure; the same input gives the same bytes on every platform.
//! **Not here:** whole pages (`page`), how a result was computed (`answer`).

pub mod picture;
