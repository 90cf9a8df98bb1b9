//! The C functions, by what they are about.
//!
//! Goes in: what C programs pass. Comes out: handles, lent pointers, bytes, code numbers.
//! **Invariant:** these files and `memory` are the only ones with `unsafe`; no function does more than check pointers and make one call.
//! **Not here:** pointers themselves (`memory`), what handles hold (the files beside this folder).
//!
//! The header is rendered from the text of the functions, macros unexpanded, so that every function stands in full, with the one line
//! that promises to `guard` what the header asks of the caller.

pub(crate) mod ask;
mod columns;
mod documents;
mod happened;
mod hosts;
mod hours;
mod reports;
mod roles;
mod structure;
mod tallies;
mod values;
mod words;

pub use columns::*;
pub use documents::*;
pub use happened::*;
pub use hosts::*;
pub use hours::*;
pub use reports::*;
pub use roles::*;
pub use structure::*;
pub use tallies::*;
pub use values::*;
pub use words::*;
