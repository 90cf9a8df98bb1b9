//! The evidence tables: which there are and what their columns mean.
//!
//! Goes in: nothing. Comes out: the list that mappings are checked by, records are bound by and docs/tables.md is rendered from.
//! **Invariant:** a table that is not in this list is refused by name, never ignored.
//! **Not here:** how given tables become these (`mapping`), their values (`bind`, `records`).

mod records;

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
    /// An exact number: `12`, `0.25`, `99.5%`, `1/3`.
    Ratio,
    /// An exact decimal, where a currency may stand after it: `1200`, `12.50 GBP`. The currency fills the row's column `currency`.
    Amount,
    /// The same, where a fraction may stand too.
    Price,
    /// An ISO 4217 code of three capital letters.
    Currency,
    /// The label of a period, such as `2026-10`.
    Period,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A value with its unit as text, such as `35 min`; no digit of a number is lost.
    Figure,
}

impl Holds {
    /// How the manual calls it.
    pub fn words(self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Instant => "an instant".into(),
            Self::Integer => "a whole number".into(),
            Self::Truth => "true or false".into(),
            Self::Ratio => "a number, a percentage or a fraction".into(),
            Self::Amount => "an exact decimal, with or without its currency".into(),
            Self::Price => "an exact number, with or without its currency".into(),
            Self::Currency => "an ISO 4217 code".into(),
            Self::Period => "a period such as `2026-10`".into(),
            Self::OneOf(words) => words.join(", "),
            Self::Figure => "a value with its unit, such as `1200 GBP`, `35 min`, `3`, `true`".into(),
        }
    }
    /// Whether its values are kept as words.
    pub(super) fn is_words(self) -> bool {
        matches!(self, Self::Text | Self::Currency | Self::Period | Self::OneOf(_) | Self::Figure)
    }
}

/// What the values of a column are names of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refers {
    /// Of nothing, or of what the table itself tells.
    Nothing,
    /// Of services of the ecosystem.
    Service,
    /// Of parties of the ecosystem; `force_majeure` and `undetermined` always are.
    Party,
    /// Of measures of the ecosystem.
    Measure,
    /// Of agreements of the ecosystem.
    Agreement,
    /// Of contracts.
    Contract,
    /// Of interfaces between parties.
    Interface,
    /// Of roles.
    Role,
    /// Of obligations.
    Obligation,
    /// Of events of the evidence.
    Event,
    /// Of tickets of the evidence.
    Ticket,
    /// Of changes of the evidence.
    Change,
    /// Of zones of the time zone database.
    Zone,
    /// Of what the word in another column of the row says.
    AsSaidBy(&'static str),
}

impl Refers {
    /// The word for one of them; empty where they are none.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing | Self::AsSaidBy(_) => "",
            Self::Service => "service",
            Self::Party => "party",
            Self::Measure => "measure",
            Self::Agreement => "agreement",
            Self::Contract => "contract",
            Self::Interface => "interface",
            Self::Role => "role",
            Self::Obligation => "obligation",
            Self::Event => "event",
            Self::Ticket => "ticket",
            Self::Change => "change",
            Self::Zone => "time zone",
        }
    }
    /// What a word of a column such as `scope` stands for.
    pub(super) fn said(word: &str) -> Self {
        match word {
            "party" => Self::Party,
            "measure" => Self::Measure,
            "agreement" => Self::Agreement,
            _ => Self::Nothing,
        }
    }
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
    /// What its values are names of.
    pub refers: Refers,
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
    /// Whether the first column is a key that only one row has.
    pub unique: bool,
    /// Columns that begin and end a stretch of time; a row in which it ends before it begins is rejected.
    pub spans: &'static [(&'static str, &'static str)],
}

const fn column(name: &'static str, holds: Holds, required: bool, doc: &'static str) -> EvidenceColumn {
    EvidenceColumn { name, holds, required, refers: Refers::Nothing, doc }
}

/// A column of names.
const fn naming(name: &'static str, refers: Refers, required: bool, doc: &'static str) -> EvidenceColumn {
    EvidenceColumn { name, holds: Holds::Text, required, refers, doc }
}

use Holds::{Instant, Integer, Text, Truth};

/// One row per ticket.
pub static TICKETS: EvidenceTable = EvidenceTable {
    name: "tickets",
    doc: "one row per ticket; further columns are kept and filterable",
    columns: &[
        column("ticket", Text, true, "its id"),
        column("kind", Text, false, "incident, request, change, problem, ..."),
        naming("service", Refers::Service, false, "the service it concerns"),
        column("priority", Text, false, "its priority"),
        naming("party", Refers::Party, false, "who holds it; where empty, the provider of its service"),
        column("opened", Instant, true, "when it was opened"),
        column("responded", Instant, false, "when somebody answered"),
        column("resolved", Instant, false, "when it was resolved"),
        column("closed", Instant, false, "when it was closed"),
        column("resolution", Text, false, "how it ended"),
        column("event", Text, false, "the event it belongs to"),
        column("parent", Text, false, "the ticket it is a child of"),
        naming("zone", Refers::Zone, false, "the IANA time zone of whoever it is for"),
    ],
    extra: true,
    unique: true,
    spans: &[],
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
    unique: false,
    spans: &[],
};

/// One row per verdict of somebody else.
pub static VERDICTS: EvidenceTable = EvidenceTable {
    name: "verdicts",
    doc: "one row per verdict of a platform or a supplier, to reconcile with",
    columns: &[
        column("ticket", Text, true, "the ticket"),
        naming("measure", Refers::Measure, false, "the measure; all where empty"),
        column("met", Truth, false, "whether they say that it was met"),
        column("seconds", Integer, false, "the seconds they say the clock ran"),
    ],
    extra: false,
    unique: false,
    spans: &[],
};

/// One row per exclusion from measures.
pub static EXCLUSIONS: EvidenceTable = EvidenceTable {
    name: "exclusions",
    doc: "one row per ticket, or stretch of time of a service, to be left out of measures; only accepted ones are",
    columns: &[
        column("key", Text, false, "the ticket; it or the service must be there"),
        naming("service", Refers::Service, false, "the service whose tickets are left out, where no ticket is named"),
        column("from", Instant, false, "of a service: only tickets opened from then on"),
        column("until", Instant, false, "of a service: only tickets opened before then"),
        naming("measure", Refers::Measure, false, "the measure; all where empty"),
        column("reason", Text, false, "why"),
        column("clause", Text, false, "the clause that allows it"),
        column("requested_by", Text, false, "who asked for it"),
        column("accepted_by", Text, false, "who agreed"),
        column("status", Text, false, "claimed, accepted or refused; accepted where empty"),
    ],
    extra: false,
    unique: false,
    spans: &[],
};

/// One row per outage of a service.
pub static OUTAGES: EvidenceTable = EvidenceTable {
    name: "outages",
    doc: "one row per stretch of time in which a service was at a level",
    columns: &[
        naming("service", Refers::Service, true, "the service"),
        column("from", Instant, true, "when it began"),
        column("to", Instant, false, "when it ended; still going on where empty"),
        column("level", Text, false, "the level; the worst where empty"),
        column("origin", Text, false, "own, derived or unknown"),
        naming("change", Refers::Change, false, "the change it was planned in"),
        naming("event", Refers::Event, false, "the event it belongs to"),
        column("source", Text, false, "who observed it"),
    ],
    extra: false,
    unique: false,
    spans: &[],
};

/// The tables of evidence.
pub static BOUND: &[&EvidenceTable] = &[
    &TICKETS,
    &TICKET_EVENTS,
    &VERDICTS,
    &EXCLUSIONS,
    &OUTAGES,
    &records::EVENTS,
    &records::CHANGES,
    &records::CLAIMS,
    &records::OBLIGATIONS,
    &records::EXCHANGES,
    &records::IMPROVEMENTS,
    &records::OBSERVATIONS,
    &records::ATTRIBUTION,
    &records::USAGE,
    &records::CHARGES,
    &records::REPORTED,
    &records::FIGURES,
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
