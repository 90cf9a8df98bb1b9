//! What every answer has: tables, a stamp that says what it was computed on, reasons by row.
//!
//! Goes in: nothing. Comes out: the trait that the doors speak to, whatever was asked.
//! **Invariant:** an answer is finished when it is given; reading it computes no figure.
//! **Not here:** the answers themselves (`answer`).

use super::catalogue::Catalogue;
use super::picture::Picture;
use super::reason::Reason;
use crate::base::{Error, Problems, Table};

/// What an answer was computed on, so that it can be computed again to the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// SHA-256 over what the documents say, their edition, the time zone database and this library's version, in hex.
    pub fingerprint: String,
    /// The edition of the meanings.
    pub edition: u32,
    /// The version of the time zone database.
    pub tzdb: String,
    /// The version of this library.
    pub library: String,
}

/// An answer as the doors see it.
pub trait Answer: Send + Sync {
    /// The name of the operation that gave it.
    fn operation(&self) -> &'static str;
    /// What it was computed on.
    fn stamp(&self) -> &Stamp;
    /// Its tables; the first is the answer itself, the others stand beside it.
    fn tables(&self) -> Vec<&Table>;
    /// Why the row of the first table is what it is.
    fn explain(&self, row: usize) -> Result<Reason, Error>;
    /// What is worth knowing about it.
    fn problems(&self) -> &Problems;
    /// A picture of it in the words of a catalogue, where there is one.
    fn picture(&self, catalogue: &Catalogue) -> Option<Picture> {
        let _ = catalogue;
        None
    }
}
