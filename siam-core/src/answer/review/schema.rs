//! The tables of a review.
//!
//! Goes in: nothing. Comes out: schemas that docs/tables.md is rendered from.
//! **Invariant:** a table of another answer keeps its columns and gets the name it has in a review.
//! **Not here:** filling them (`parts`).

use crate::answer::{due, findings, observed, score, settle};
use crate::base::{ColumnSpec, ColumnType, Schema};
use crate::evidence;

use ColumnType::{Boolean, Decimal, Float, Instant, Integer, Text};

const fn column(name: &'static str, kind: ColumnType, doc: &'static str) -> ColumnSpec {
    ColumnSpec { name, kind, doc }
}

/// The head of a review.
pub const REVIEW: Schema = Schema {
    name: "rows",
    doc: "one row per group and party: end to end, each supplier, the integrator's own",
    columns: &[
        column("group", Text, "end_to_end, supplier or integrator"),
        column("party", Text, "who promises"),
        column("title", Text, "its full name"),
        column("measures", Integer, "measures of the period"),
        column("met", Integer, "of these met"),
        column("missed", Integer, "of these missed"),
        column("no_verdict", Integer, "of these without a verdict: too few cases, or no target"),
        column("uncertain", Integer, "of these with a verdict that cases not scored yet could change"),
        column("owes", Decimal(4), "money it owes for the period"),
        column("receives", Decimal(4), "money it is owed for the period"),
        column("currency", Text, "the currency of the two"),
        column("triggers", Integer, "consequences that are not money"),
    ],
};

/// The measures of a review.
pub const MEASURES: Schema = Schema {
    name: "measures",
    doc: "one row per measure of the period, by group, party and agreement",
    columns: &[
        column("group", Text, "end_to_end, supplier or integrator"),
        column("party", Text, "who promises"),
        column("agreement", Text, "the agreement"),
        column("agreement_title", Text, "its full name"),
        column("measure", Text, "the measure"),
        column("title", Text, "its full name"),
        column("clause", Text, "the clause it stands in"),
        column("statistic", Text, "what is made of the cases"),
        column("counted", Integer, "cases that count"),
        column("missed", Integer, "of these missed; null where a single case has no verdict"),
        column("value", Float, "the value for display: percent of a share, seconds of a time, else the number"),
        column("value_exact", Text, "the value exactly"),
        column("unit", Text, "share, count, seconds or number"),
        column("direction", Text, "at_least or at_most"),
        column("target", Float, "the target for display, as the value"),
        column("target_exact", Text, "the target exactly"),
        column("result", Text, "met, missed, no_target or too_few"),
        column("certain", Boolean, "whether cases not scored yet could not change the result"),
        column("score_row", Integer, "the row of the table scorecard, from 0"),
    ],
};

/// The major incidents and other events of a review.
pub const EVENTS: Schema = Schema {
    name: "events",
    doc: "one row per event declared in the period",
    columns: &[
        column("event", Text, "the event"),
        column("kind", Text, "what kind"),
        column("title", Text, "what people call it"),
        column("declared", Instant, "when it was declared"),
        column("restored", Instant, "when service was restored; null while it goes on"),
        column("duration_seconds", Integer, "from the one to the other, floored"),
        column("services", Text, "services with an outage that belongs to it"),
        column("parties", Text, "who provides these"),
        column("outages", Integer, "outages that belong to it"),
        column("tickets", Integer, "tickets that belong to it"),
        column("claims", Integer, "claims on it"),
    ],
};

/// What happened when in the events of a review.
pub const TIMELINE: Schema = Schema {
    name: "timeline",
    doc: "one row per thing that happened in an event, in order of time",
    columns: &[
        column("event", Text, "the event"),
        column("at", Instant, "when"),
        column(
            "what",
            Text,
            "declared, outage_began, outage_ended, change_began, change_ended, ticket_opened, claim_notified, claim_decided, restored",
        ),
        column("id", Text, "the change, ticket or claim; null for the event itself"),
        column("service", Text, "the service"),
        column("party", Text, "the party"),
        column("status", Text, "the level of an outage, the status of a claim"),
    ],
};

/// The claims of a review, as recorded.
pub const CLAIMS: Schema = Schema {
    name: "claims",
    doc: "one row per claim on an event or measure of the period, as recorded; nothing is decided here",
    columns: &[
        column("claim", Text, "the claim"),
        column("party", Text, "who claims relief"),
        column("event", Text, "the event it is about"),
        column("measure", Text, "the measure it is about"),
        column("cause_party", Text, "whose cause it names"),
        column("notified_at", Instant, "when it was notified"),
        column("status", Text, "as recorded: claimed, accepted, disputed, refused, ..."),
        column("decided_by", Text, "who decided"),
        column("decided_at", Instant, "when"),
        column("reason", Text, "why, as recorded"),
        column("clause", Text, "the clause it rests on"),
    ],
};

/// The causes of events, as recorded.
pub const CAUSES: Schema = Schema {
    name: "causes",
    doc: "one row per event of the period and party with a share in it, as recorded; nothing is computed here",
    columns: &[
        column("event", Text, "the event"),
        column("party", Text, "the party"),
        column("share", Float, "its share in percent, for display"),
        column("share_exact", Text, "its share exactly"),
    ],
};

/// What was charged against what was agreed.
pub const CHARGES: Schema = Schema {
    name: "charges",
    doc: "one row per contract in force: what it agrees for the month, and what was charged",
    columns: &[
        column("contract", Text, "the contract"),
        column("party", Text, "who provides"),
        column("agreed", Decimal(4), "fixed charges agreed for the month, those of retired services left out"),
        column("charged", Decimal(4), "charges of the evidence; null where it has none"),
        column("difference", Decimal(4), "charged less agreed, variable and single charges included"),
        column("currency", Text, "the currency"),
    ],
};

/// What was paid for and not used.
pub const UNUSED: Schema = Schema {
    name: "unused",
    doc: "one row per usage of the period of which something was paid and could not be or was not used",
    columns: &[
        column("party", Text, "who provides"),
        column("service", Text, "the service"),
        column("committed", Text, "units committed"),
        column("usable", Text, "of these usable"),
        column("used", Text, "of these used"),
        column("unused", Text, "committed and not used"),
        column("unit_price", Decimal(4), "the price of a unit"),
        column("amount", Decimal(4), "paid for units that were not used"),
        column("currency", Text, "the currency"),
    ],
};

/// What others reported against what was scored.
pub const REPORTED: Schema = Schema {
    name: "reported",
    doc: "one row per value that somebody else reported for a measure of the period",
    columns: &[
        column("measure", Text, "the measure"),
        column("party", Text, "who reported it"),
        column("theirs", Float, "their value for display: percent of a share, seconds of a time, else the number"),
        column("theirs_exact", Text, "their value exactly"),
        column("ours", Float, "the value scored, for display; null where there is none"),
        column("ours_exact", Text, "the value scored, exactly"),
        column("difference", Float, "theirs less ours, for display"),
        column("unit", Text, "share, count, seconds or number"),
        column("agree", Boolean, "whether the two are the same to the places reported"),
    ],
};

/// What a whole review comes to.
pub const SUMMARY: Schema = Schema {
    name: "summary",
    doc: "one row: whom and which month the review is about, and how many of what it has",
    columns: &[
        column("ecosystem", Text, "the name of the ecosystem"),
        column("period", Text, "the month"),
        column("period_from", Instant, "its first instant"),
        column("period_until", Instant, "the first instant after it"),
        column("measures", Integer, "measures of the period, of whomever"),
        column("met", Integer, "of these met"),
        column("missed", Integer, "of these missed"),
        column("no_verdict", Integer, "of these without a verdict"),
        column("uncertain", Integer, "of these with a verdict that cases not scored yet could change"),
        column("major_incidents", Integer, "events of the kind major_incident"),
        column("findings", Integer, "open findings"),
        column("rejected", Integer, "rows of evidence rejected as a whole"),
    ],
};

/// The ledger of a review in sum.
pub const TOTALS: Schema = Schema {
    name: "totals",
    doc: "one row per kind and unit: the ledger in sum, whoever owes",
    columns: &[
        column("kind", Text, "credit, deduction, bonus, pool_share, ..."),
        column("unit", Text, "a currency, points or s"),
        column("amount", Decimal(4), "the sum, in the unit; null where four places do not hold it"),
        column("amount_exact", Text, "the sum, exactly"),
        column("lines", Integer, "how many lines it has"),
    ],
};

/// The scorecard within a review.
pub const SCORECARD: Schema = Schema { name: "scorecard", ..score::ROWS };
/// The availability of services within a review.
pub const AVAILABILITY: Schema = Schema { name: "availability", ..observed::ROWS };
/// The outages within a review.
pub const OUTAGES: Schema = Schema { name: "outages", ..observed::OUTAGES };
/// The changes within a review.
pub const CHANGES: Schema = Schema { name: "changes", ..observed::CHANGES };
/// The ledger within a review: give it to the next one.
pub const LEDGER: Schema = Schema { name: "ledger", ..settle::LEDGER };
/// What is owed in sum within a review.
pub const OWED: Schema = Schema { name: "owed", ..settle::TOTALS };
/// Consequences within a review that are not money.
pub const TRIGGERS: Schema = settle::TRIGGERS;
/// The open findings within a review.
pub const FINDINGS: Schema = Schema { name: "findings", ..findings::FINDINGS };
/// What is due next within a review.
pub const DUE: Schema = Schema { name: "due", ..due::DUE };
/// What was made of the evidence within a review.
pub const USED: Schema = evidence::USED;
/// The past of the next review: give it to the next one.
pub const HISTORY: Schema = settle::HISTORY;
