//! The English words of every reason.
//!
//! Goes in: nothing. Comes out: templates by stable id.
//! **Invariant:** an id is never reused for another meaning; the list is sorted by id.
//! **Not here:** problems (`base::codes`), other languages (`catalogue`).

/// Reason ids and their English templates, sorted by id.
pub const REASONS: &[(&str, &str)] = &[
    ("and-more-intervals", "and more intervals"),
    ("and-more-problems", "and {count} more"),
    ("clock-calendar", "calendar {calendar} in {zone}, time zone database {tzdb}"),
    ("clock-closed", "{at} is closed"),
    ("clock-elapsed", "{elapsed} open from {from} until {until}"),
    ("clock-failed", "it could not be computed; see the problem of the row"),
    ("clock-found", "from {from} to {found}"),
    ("clock-interval", "open from {from} until {until}, {length}"),
    ("clock-not-found", "from {from} there is none"),
    ("clock-open", "{at} is open"),
    ("impact-any", "{service} is {level}: it needs {by}"),
    ("impact-better", "{service} is {level}: its rule turns failures into something better"),
    ("impact-given", "it was given as failed"),
    ("impact-needs", "{service} is {level}: {needed} of {total} needed, {working} left"),
    ("impact-needs-weight", "{service} is {level}: a weight of {needed} of {total} needed, {working} left"),
    ("impact-own-level", "{service} itself is {level}"),
    ("impact-rule", "{service} is {level} by its rule; the worst it rests on is {by}"),
    ("impact-unknown", "it is not known whether it works"),
];
