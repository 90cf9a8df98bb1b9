//! The tables of a reconciliation.
//!
//! Goes in: nothing. Comes out: schemas that docs/tables.md is rendered from.
//! **Invariant:** columns are added, never renamed.
//! **Not here:** filling them (`reconcile`, `causes`, `figures`).

use crate::base::{ColumnSpec, ColumnType, Schema};

/// The rows of a reconciliation.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per measure, then one per priority",
    columns: &[
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "by", kind: ColumnType::Text, doc: "priority, or null for the total" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "the priority" },
        ColumnSpec { name: "compared", kind: ColumnType::Integer, doc: "tickets on which both have a verdict" },
        ColumnSpec { name: "agree", kind: ColumnType::Integer, doc: "of these with the same verdict" },
        ColumnSpec { name: "only_ours_met", kind: ColumnType::Integer, doc: "of these met for us and missed for them" },
        ColumnSpec { name: "only_theirs_met", kind: ColumnType::Integer, doc: "of these missed for us and met for them" },
        ColumnSpec { name: "not_compared", kind: ColumnType::Integer, doc: "tickets that one of us excluded or could not score" },
        ColumnSpec { name: "percent", kind: ColumnType::Float, doc: "agree of compared in percent, for display" },
        ColumnSpec {
            name: "seconds_compared",
            kind: ColumnType::Integer,
            doc: "tickets for which both tell the seconds on the clock",
        },
        ColumnSpec { name: "seconds_equal", kind: ColumnType::Integer, doc: "of these with the same whole seconds" },
    ],
};

/// The tickets on which the verdicts differ.
pub const DISAGREEMENTS: Schema = Schema {
    name: "disagreements",
    doc: "one row per measure and ticket whose verdict or seconds differ",
    columns: &[
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "ticket", kind: ColumnType::Text, doc: "the ticket" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "who held it" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "its priority" },
        ColumnSpec { name: "ours", kind: ColumnType::Text, doc: "our verdict: met or missed" },
        ColumnSpec {
            name: "theirs",
            kind: ColumnType::Text,
            doc: "their verdict: met or missed; null where they tell seconds only",
        },
        ColumnSpec { name: "started", kind: ColumnType::Instant, doc: "when our clock started" },
        ColumnSpec { name: "stopped", kind: ColumnType::Instant, doc: "when it stopped" },
        ColumnSpec { name: "elapsed_seconds", kind: ColumnType::Integer, doc: "time on our clock, floored" },
        ColumnSpec { name: "within_seconds", kind: ColumnType::Integer, doc: "time allowed, floored" },
        ColumnSpec {
            name: "difference_seconds",
            kind: ColumnType::Integer,
            doc: "elapsed less within, floored: how near the verdict is",
        },
        ColumnSpec { name: "their_seconds", kind: ColumnType::Integer, doc: "time on their clock" },
        ColumnSpec { name: "apart_seconds", kind: ColumnType::Integer, doc: "our whole seconds less theirs" },
        ColumnSpec {
            name: "cause",
            kind: ColumnType::Text,
            doc: "which single change of our reading gives theirs: zone, start, pause, calendar, stop, priority, or unknown",
        },
        ColumnSpec {
            name: "cause_detail",
            kind: ColumnType::Text,
            doc: "what it is changed to: a zone, an instant of the ticket, `more: state`, `less: state` or none, a calendar or around_the_clock, \
                  a priority",
        },
    ],
};

/// How much each cause explains.
pub const CAUSES: Schema = Schema {
    name: "causes",
    doc: "one row per measure and cause of disagreements, the most frequent first",
    columns: &[
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "cause", kind: ColumnType::Text, doc: "as in the table `disagreements`" },
        ColumnSpec { name: "cause_detail", kind: ColumnType::Text, doc: "as in the table `disagreements`" },
        ColumnSpec { name: "tickets", kind: ColumnType::Integer, doc: "disagreements put down to it" },
        ColumnSpec {
            name: "would_explain",
            kind: ColumnType::Integer,
            doc: "disagreements that it gives alone, those put down to another cause included; null of unknown",
        },
        ColumnSpec { name: "of", kind: ColumnType::Integer, doc: "disagreements of the measure" },
    ],
};

/// Figures that somebody else reported.
pub const FIGURES: Schema = Schema {
    name: "figures",
    doc: "one row per value of the evidence table `reported`, beside ours",
    columns: &[
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the period" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "who reported it" },
        ColumnSpec {
            name: "ours",
            kind: ColumnType::Float,
            doc: "our value for display: percent of a share, seconds of a time, else the number; that of the group of the party \
                  where the measure is split by party",
        },
        ColumnSpec { name: "ours_exact", kind: ColumnType::Text, doc: "our value as an exact ratio or number" },
        ColumnSpec { name: "theirs", kind: ColumnType::Float, doc: "their value for display" },
        ColumnSpec { name: "theirs_exact", kind: ColumnType::Text, doc: "their value as an exact ratio or number" },
        ColumnSpec { name: "difference", kind: ColumnType::Float, doc: "theirs less ours for display" },
        ColumnSpec { name: "difference_exact", kind: ColumnType::Text, doc: "theirs less ours, exact" },
        ColumnSpec { name: "unit", kind: ColumnType::Text, doc: "share, count, seconds or number" },
        ColumnSpec {
            name: "tolerance_exact",
            kind: ColumnType::Text,
            doc: "half of the last decimal that their value has, of a share at most half a percent: theirs may be rounded; 0 of a fraction",
        },
        ColumnSpec { name: "agree", kind: ColumnType::Boolean, doc: "whether the difference is within the tolerance" },
        ColumnSpec { name: "our_result", kind: ColumnType::Text, doc: "our result: met, missed, no_target or too_few" },
        ColumnSpec {
            name: "their_result",
            kind: ColumnType::Text,
            doc: "met or missed: what their value comes to under the same target; null where we have no verdict",
        },
        ColumnSpec {
            name: "same_result",
            kind: ColumnType::Boolean,
            doc: "whether both are the same; null where there is no verdict",
        },
    ],
};
