//! siam for C and every language that can load a C library.
//!
//! Goes in: handles, texts with their lengths, tables. Comes out: handles, lent pointers, Arrow streams, code numbers.
//! **Invariant:** a number given out keeps its meaning within one `SIAM_ABI_VERSION`.
//! **Not here:** the functions (`doors`), pointers themselves (`memory`), the header's text (include/siam.h is rendered from here).
//!
//! The doc comments below are the header's: they speak to people who write C.

#![expect(non_camel_case_types, reason = "names are those of the C header")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the header states ownership, threads and lifetimes in C's words, once for all functions"
)]

mod doors;
mod ecosystem;
mod error;
mod evidence;
mod host;
mod memory;
mod report;
mod stream;
mod tables;
mod tally;
#[cfg(test)]
mod tests;

pub use doors::*;
pub use ecosystem::{siam_document, siam_ecosystem};
pub use error::siam_error;
pub use evidence::siam_bound_evidence;
pub use host::{siam_host, siam_host_options, siam_log_fn, siam_poll_fn};
pub use report::siam_report;
pub use stream::siam_stream;
pub use tables::{siam_columns, siam_named_table};
pub use tally::siam_running_tally;

use std::ffi::c_char;

/// In place of a length: the text ends at NUL.
pub const SIAM_NTS: i64 = -1;
/// What siam_abi_version gives for this header. Within one number functions and members are only added.
pub const SIAM_ABI_VERSION: u32 = 1;
/// A problem's severity: the input cannot be used.
pub const SIAM_SEVERITY_ERROR: i32 = 1;
/// A problem's severity: it can be used; something is likely wrong.
pub const SIAM_SEVERITY_WARNING: i32 = 2;
/// A problem's severity: worth knowing.
pub const SIAM_SEVERITY_ADVICE: i32 = 3;
/// A column of UTF-8 text: siam_report_column_text.
pub const SIAM_TYPE_TEXT: i32 = 1;
/// A column of whole numbers: siam_report_column_int64.
pub const SIAM_TYPE_INT64: i32 = 2;
/// A column of floats: siam_report_column_float64.
pub const SIAM_TYPE_FLOAT64: i32 = 3;
/// A column of truth values: siam_report_column_boolean.
pub const SIAM_TYPE_BOOLEAN: i32 = 4;
/// A column of microseconds since 1970-01-01T00:00:00Z: siam_report_column_instant.
pub const SIAM_TYPE_INSTANT: i32 = 5;
/// A column of days since 1970-01-01: siam_report_column_date.
pub const SIAM_TYPE_DATE: i32 = 6;
/// A column of decimals: siam_report_column_decimal.
pub const SIAM_TYPE_DECIMAL: i32 = 7;

/// The notation of a picture: SVG that stands alone or in a page.
pub const SIAM_PICTURE_SVG: i32 = 1;
/// The notation of a picture: a Graphviz digraph.
pub const SIAM_PICTURE_DOT: i32 = 2;
/// The notation of a picture: a Mermaid flowchart.
pub const SIAM_PICTURE_MERMAID: i32 = 3;

/// The number of this interface; compare it with SIAM_ABI_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn siam_abi_version() -> u32 {
    SIAM_ABI_VERSION
}

/// The version of the library, as text that lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn siam_version_text() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
