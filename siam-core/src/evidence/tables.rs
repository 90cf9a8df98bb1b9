//! The evidence tables: which there are and what their columns mean.
//!
//! Goes in: nothing. Comes out: the list that mappings are checked by and docs/tables.md is rendered from.
//! **Invariant:** a table of the design is either bound or refused by name, never ignored.
//! **Not here:** how given tables become these (`mapping`), their values (`bind`).

/// What a column of evidence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Words.
    Text,
    /// An instant.
    Instant,
    /// A whole number.
    Integer,
    /// True or false.
    Truth,
}

/// A column of an evidence table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceColumn {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether a row without it is rejected.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
}

/// An evidence table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceTable {
    /// Its name.
    pub name: &'static str,
    /// What one row is.
    pub doc: &'static str,
    /// Its columns.
    pub columns: &'static [EvidenceColumn],
    /// Whether further columns are kept as words that measures may filter by.
    pub extra: bool,
}

const fn column(name: &'static str, holds: Holds, required: bool, doc: &'static str) -> EvidenceColumn {
    EvidenceColumn { name, holds, required, doc }
}

use Holds::{Instant, Integer, Text, Truth};

/// One row per ticket.
pub static TICKETS: EvidenceTable = EvidenceTable {
    name: "tickets",
    doc: "one row per ticket; further columns are kept and filterable",
    columns: &[
        column("ticket", Text, true, "its id"),
        column("kind", Text, false, "incident, request, change, problem, ..."),
        column("service", Text, false, "the service it concerns"),
        column("priority", Text, false, "its priority"),
        column("party", Text, false, "who holds it; where empty, the provider of its service"),
        column("opened", Instant, true, "when it was opened"),
        column("responded", Instant, false, "when somebody answered"),
        column("resolved", Instant, false, "when it was resolved"),
        column("closed", Instant, false, "when it was closed"),
        column("resolution", Text, false, "how it ended"),
        column("event", Text, false, "the event it belongs to"),
        column("parent", Text, false, "the ticket it is a child of"),
    ],
    extra: true,
};

/// One row per change of a field of a ticket.
pub static TICKET_EVENTS: EvidenceTable = EvidenceTable {
    name: "ticket_events",
    doc: "one row per change of a field of a ticket",
    columns: &[
        column("ticket", Text, true, "the ticket"),
        column("at", Instant, true, "when the field changed"),
        column("sequence", Integer, false, "orders changes of one instant"),
        column("field", Text, false, "which field; state where there is no such column"),
        column("from", Text, false, "the value before; the first one tells what held since the ticket was opened"),
        column("to", Text, false, "the value after"),
        column("until", Instant, false, "when that value ended, where no later row says so"),
        column("by", Text, false, "who changed it"),
    ],
    extra: false,
};

/// One row per verdict of somebody else.
pub static VERDICTS: EvidenceTable = EvidenceTable {
    name: "verdicts",
    doc: "one row per verdict of a platform or a supplier, to reconcile with",
    columns: &[
        column("ticket", Text, true, "the ticket"),
        column("measure", Text, false, "the measure; all where empty"),
        column("met", Truth, false, "whether they say that it was met"),
        column("seconds", Integer, false, "the seconds they say the clock ran"),
    ],
    extra: false,
};

/// One row per ticket left out of a measure.
pub static EXCLUSIONS: EvidenceTable = EvidenceTable {
    name: "exclusions",
    doc: "one row per ticket to be left out of measures; only accepted ones do",
    columns: &[
        column("key", Text, true, "the ticket"),
        column("measure", Text, false, "the measure; all where empty"),
        column("reason", Text, false, "why"),
        column("clause", Text, false, "the clause that allows it"),
        column("requested_by", Text, false, "who asked for it"),
        column("accepted_by", Text, false, "who agreed"),
        column("status", Text, false, "claimed, accepted or refused; accepted where empty"),
    ],
    extra: false,
};

/// One row per outage of a service.
pub static OUTAGES: EvidenceTable = EvidenceTable {
    name: "outages",
    doc: "one row per stretch of time in which a service was at a level",
    columns: &[
        column("service", Text, true, "the service"),
        column("from", Instant, true, "when it began"),
        column("to", Instant, false, "when it ended; still going on where empty"),
        column("level", Text, false, "the level; the worst where empty"),
        column("origin", Text, false, "own, derived or unknown"),
        column("change", Text, false, "the change it was planned in"),
        column("event", Text, false, "the event it belongs to"),
        column("source", Text, false, "who observed it"),
    ],
    extra: false,
};

/// The tables that are bound.
pub static BOUND: &[&EvidenceTable] = &[&TICKETS, &TICKET_EVENTS, &VERDICTS, &EXCLUSIONS, &OUTAGES];

/// Tables of the design that this version does not bind; they are refused by name.
pub static NOT_BOUND: &[&str] = &[
    "events",
    "changes",
    "claims",
    "obligations",
    "exchanges",
    "improvements",
    "observations",
    "attribution",
    "usage",
    "charges",
    "reported",
];

impl EvidenceTable {
    /// The bound table of this name.
    pub fn named(name: &str) -> Option<&'static EvidenceTable> {
        BOUND.iter().find(|table| table.name == name).copied()
    }
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static EvidenceColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}
