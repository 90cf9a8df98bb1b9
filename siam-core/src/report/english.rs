//! The English words of every reason.
//!
//! Goes in: nothing. Comes out: templates by stable id.
//! **Invariant:** an id is never reused for another meaning; the list is sorted by id.
//! **Not here:** problems (`base::codes`), other languages (`catalogue`).

/// Reason ids and their English templates, sorted by id.
pub const REASONS: &[(&str, &str)] = &[
    ("evidence-used", "{rows} {rows|row|rows} of {given} gave {gave} of {table}; {rejected} {rejected|row was|rows were} rejected"),
    ("impact-given", "it was given as failed"),
    ("impact-own-level", "{service} itself is {level}"),
];
