//! siam's tables as Arrow C streams, and Arrow C streams as siam's tables.
//!
//! Goes in: an `ArrowArrayStream` of the C stream interface, or a `Table`. Comes out: a `TableView`, or a stream.
//! **Invariant:** reading copies no values and trusts no value: bounds and UTF-8 are checked cell by cell by the view.
//! **Not here:** Python's capsules (`siam-py`), the C functions (`siam-ffi`), what a column means (`siam_core::evidence`).
//!
//! A stream can lie in ways that nobody can check: a buffer that is shorter than its array says is read beyond its end. What can be
//! checked is checked, and a fault is a problem that names table and column: lengths, offsets and counts below zero, buffers that
//! are missing, texts that end outside their bytes, dictionary keys without a value.

mod export;
mod import;
mod kind;
mod raw;
#[cfg(test)]
mod tests;

pub use arrow_array::ffi_stream::FFI_ArrowArrayStream;
pub use export::{export, export_of, export_stream, record_batch};
pub use import::Imported;
