//! The tables of a scorecard.
//!
//! Goes in: nothing. Comes out: schemas that docs/tables.md is rendered from.
//! **Invariant:** columns are added, never renamed.
//! **Not here:** filling them (`build`).

use crate::base::{ColumnSpec, ColumnType, Schema};

/// The rows of a scorecard.
pub const ROWS: Schema = Schema {
    name: "rows",
    doc: "one row per period and measure, then one per group that the measure splits by",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the period as asked" },
        ColumnSpec { name: "period_from", kind: ColumnType::Instant, doc: "its first instant" },
        ColumnSpec { name: "period_until", kind: ColumnType::Instant, doc: "the first instant after it" },
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "agreement", kind: ColumnType::Text, doc: "the agreement that holds it" },
        ColumnSpec { name: "provider", kind: ColumnType::Text, doc: "who promises in the agreement" },
        ColumnSpec { name: "by", kind: ColumnType::Text, doc: "what the row is split by; null for the total" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "the party of a group" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "the priority of a group" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service of a group" },
        ColumnSpec { name: "counted", kind: ColumnType::Integer, doc: "cases that count: tickets, or rows of the table `cases`" },
        ColumnSpec {
            name: "met",
            kind: ColumnType::Integer,
            doc: "of these in time or as promised; null where a single case has no verdict",
        },
        ColumnSpec { name: "missed", kind: ColumnType::Integer, doc: "of these not; null where a single case has no verdict" },
        ColumnSpec {
            name: "excluded",
            kind: ColumnType::Integer,
            doc: "cases left out: accepted exclusions, services in transition, observations before the latest, planned outages",
        },
        ColumnSpec { name: "unscored", kind: ColumnType::Integer, doc: "cases that lack an instant, a value or an agreed time" },
        ColumnSpec { name: "percent", kind: ColumnType::Float, doc: "a share in percent, for display" },
        ColumnSpec {
            name: "target",
            kind: ColumnType::Float,
            doc: "the target for display: percent of a share, seconds of a time, else the number",
        },
        ColumnSpec { name: "target_exact", kind: ColumnType::Text, doc: "the target as an exact ratio or number" },
        ColumnSpec { name: "fewest", kind: ColumnType::Integer, doc: "fewest cases for a verdict" },
        ColumnSpec { name: "result", kind: ColumnType::Text, doc: "met, missed, no_target or too_few" },
        ColumnSpec {
            name: "percent_worst",
            kind: ColumnType::Float,
            doc: "a share in percent if all unscored cases were missed",
        },
        ColumnSpec { name: "percent_best", kind: ColumnType::Float, doc: "a share in percent if all unscored cases were met" },
        ColumnSpec {
            name: "certain",
            kind: ColumnType::Boolean,
            doc: "whether the result is the same in the worst and the best case",
        },
        ColumnSpec { name: "statistic", kind: ColumnType::Text, doc: "what is made of the cases" },
        ColumnSpec {
            name: "value",
            kind: ColumnType::Float,
            doc: "the value for display: percent of a share, seconds of a time, else the number",
        },
        ColumnSpec {
            name: "value_exact",
            kind: ColumnType::Text,
            doc: "the value as an exact ratio or number; of a time, seconds",
        },
        ColumnSpec { name: "unit", kind: ColumnType::Text, doc: "share, count, seconds or number" },
        ColumnSpec {
            name: "direction",
            kind: ColumnType::Text,
            doc: "whether the value is to be at_least or at_most the target",
        },
        ColumnSpec {
            name: "counted_from",
            kind: ColumnType::Instant,
            doc: "the first instant of the time whose cases are counted: the measure's own period may begin before the one asked for",
        },
        ColumnSpec { name: "counted_until", kind: ColumnType::Instant, doc: "the first instant after that time" },
        ColumnSpec {
            name: "to_date",
            kind: ColumnType::Boolean,
            doc: "whether the measure's own period is not over yet, so that regimes do not see the value",
        },
        ColumnSpec {
            name: "rejected",
            kind: ColumnType::Integer,
            doc: "rows of tickets that were rejected as a whole: the worst and the best case count each as one ticket more",
        },
    ],
};

/// The tickets of a scorecard.
pub const TICKETS: Schema = Schema {
    name: "tickets",
    doc: "one row per period, measure and ticket",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the period as asked" },
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "ticket", kind: ColumnType::Text, doc: "the ticket" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "who held it, or the provider of its service" },
        ColumnSpec { name: "priority", kind: ColumnType::Text, doc: "its priority" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "its service" },
        ColumnSpec { name: "counted_at", kind: ColumnType::Instant, doc: "the instant that puts it into the period" },
        ColumnSpec { name: "started", kind: ColumnType::Instant, doc: "when the clock started" },
        ColumnSpec { name: "stopped", kind: ColumnType::Instant, doc: "when it stopped" },
        ColumnSpec { name: "elapsed_seconds", kind: ColumnType::Integer, doc: "time on the clock, floored" },
        ColumnSpec { name: "within_seconds", kind: ColumnType::Integer, doc: "time allowed, floored" },
        ColumnSpec {
            name: "outcome",
            kind: ColumnType::Text,
            doc: "met, missed, counted, excluded or unscored; a ticket of a count is met",
        },
        ColumnSpec { name: "lacks", kind: ColumnType::Text, doc: "of an unscored ticket, the instant it lacks" },
        ColumnSpec {
            name: "reason",
            kind: ColumnType::Text,
            doc: "why it is unscored, the reason of its exclusion, or in-transition",
        },
        ColumnSpec {
            name: "hand_offs",
            kind: ColumnType::Integer,
            doc: "changes from one party to another, where they are counted",
        },
        ColumnSpec {
            name: "run",
            kind: ColumnType::Integer,
            doc: "which run of its clock it is, from 1, where each is a case of its own",
        },
        ColumnSpec {
            name: "side",
            kind: ColumnType::Text,
            doc: "of a ratio: above the line, below it, or both; of aged tickets above is the end of the period and below its beginning",
        },
    ],
};

/// The cases of a scorecard that are no tickets.
pub const CASES: Schema = Schema {
    name: "cases",
    doc: "one row per period, measure and row of evidence that is no ticket",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the period as asked" },
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure" },
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "exchange, obligation, improvement, observation or outage" },
        ColumnSpec { name: "key", kind: ColumnType::Text, doc: "the interface, obligation or improvement" },
        ColumnSpec { name: "item", kind: ColumnType::Text, doc: "what is exchanged" },
        ColumnSpec { name: "row", kind: ColumnType::Integer, doc: "the row of the given table, from 1" },
        ColumnSpec { name: "party", kind: ColumnType::Text, doc: "whose it is" },
        ColumnSpec { name: "service", kind: ColumnType::Text, doc: "the service" },
        ColumnSpec { name: "due", kind: ColumnType::Instant, doc: "when it was due" },
        ColumnSpec { name: "done", kind: ColumnType::Instant, doc: "when it was received, done, delivered or observed" },
        ColumnSpec {
            name: "seconds",
            kind: ColumnType::Integer,
            doc: "from when it was due to when it was done, floored; negative where early; of an outage, its downtime",
        },
        ColumnSpec { name: "value_exact", kind: ColumnType::Text, doc: "what was observed, as an exact ratio or number" },
        ColumnSpec { name: "outcome", kind: ColumnType::Text, doc: "met, missed, counted, excluded or unscored" },
        ColumnSpec {
            name: "reason",
            kind: ColumnType::Text,
            doc: "late, not-done, not-due-yet, not-latest, no-denominator, missing-value, in-transition, planned or outside-hours",
        },
        ColumnSpec { name: "began", kind: ColumnType::Instant, doc: "of an outage, its first instant in the period" },
        ColumnSpec { name: "ended", kind: ColumnType::Instant, doc: "of an outage, the first instant after it in the period" },
    ],
};
