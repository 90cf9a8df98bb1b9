//! The evidence tables that are bound by their specification alone.
//!
//! Goes in: nothing. Comes out: events, changes, claims, obligations, exchanges, improvements, observations and what money rests on.
//! **Invariant:** nothing about these tables is known outside this list: what is true of a table is said in its columns.
//! **Not here:** tickets and what belongs to them (`tables`), the binder (`records` of `evidence`).

use super::Holds::{Amount, Currency, Figure, Instant, Integer, OneOf, Period, Price, Ratio, Text, Truth};
use super::{EvidenceColumn, EvidenceTable, Refers, column, naming};

/// A table without key or spans.
const fn plain(name: &'static str, doc: &'static str, columns: &'static [EvidenceColumn]) -> EvidenceTable {
    EvidenceTable { name, doc, columns, extra: false, unique: false, spans: &[] }
}

/// One row per event.
pub static EVENTS: EvidenceTable = EvidenceTable {
    unique: true,
    spans: &[("declared", "restored")],
    ..plain(
        "events",
        "one row per major incident, disaster or other event that several parties share",
        &[
            column("event", Text, true, "its id"),
            column("kind", Text, false, "major_incident, disaster, ..."),
            column("title", Text, false, "what people call it"),
            column("declared", Instant, false, "when it was declared"),
            column("restored", Instant, false, "when service was restored; still going on where empty"),
            naming("parent", Refers::Event, false, "the event it is a part of"),
            naming("service", Refers::Service, false, "the service it concerns"),
        ],
    )
};

/// One row per change.
pub static CHANGES: EvidenceTable = EvidenceTable {
    unique: true,
    spans: &[("window_from", "window_until"), ("actual_from", "actual_until")],
    ..plain(
        "changes",
        "one row per change, with the window agreed for it and the time it took",
        &[
            column("change", Text, true, "its id"),
            naming("service", Refers::Service, false, "the service it is made to"),
            column("window_from", Instant, false, "when its window begins"),
            column("window_until", Instant, false, "when its window ends, exclusive"),
            column("actual_from", Instant, false, "when work began"),
            column("actual_until", Instant, false, "when work ended; still going on where empty"),
            column("notified", Instant, false, "when notice of it was given"),
            column("approved_by", Text, false, "who approved it; nobody where empty"),
            column("outcome", Text, false, "successful, failed, backed_out, ..."),
            column("kind", Text, false, "standard, normal, emergency, ..."),
        ],
    )
};

/// One row per claim of relief.
pub static CLAIMS: EvidenceTable = EvidenceTable {
    unique: true,
    ..plain(
        "claims",
        "one row per claim of a party that a failure was not its own",
        &[
            column("claim", Text, true, "its id"),
            naming("party", Refers::Party, false, "who claims"),
            naming("measure", Refers::Measure, false, "the measure it claims relief from; all where empty"),
            naming("event", Refers::Event, false, "the event it is about"),
            naming("ticket", Refers::Ticket, false, "the ticket it is about"),
            naming("cause_party", Refers::Party, false, "whose failure it says it was"),
            column("notified_at", Instant, false, "when it was notified"),
            column("mitigated", Truth, false, "whether the party did what it could to lessen the effect"),
            column("status", Text, false, "claimed, accepted, refused, ..."),
            column("decided_by", Text, false, "who decided it"),
            column("decided_at", Instant, false, "when it was decided; not yet where empty"),
            column("reason", Text, false, "why"),
            column("clause", Text, false, "the clause it rests on"),
        ],
    )
};

/// One row per time an obligation fell due.
pub static OBLIGATIONS: EvidenceTable = plain(
    "obligations",
    "one row per time that an obligation fell due or was kept",
    &[
        naming("obligation", Refers::Obligation, true, "the obligation"),
        naming("party", Refers::Party, false, "whose it is"),
        column("due", Instant, false, "when it was due"),
        column("done", Instant, false, "when it was done; not yet where empty"),
    ],
);

/// One row per exchange over an interface.
pub static EXCHANGES: EvidenceTable = plain(
    "exchanges",
    "one row per exchange of information over an interface between parties",
    &[
        naming("interface", Refers::Interface, true, "the interface"),
        column("item", Text, true, "what is exchanged"),
        column("due", Instant, false, "when it was due"),
        column("received", Instant, false, "when it was received; not yet where empty"),
    ],
);

/// One row per improvement.
pub static IMPROVEMENTS: EvidenceTable = EvidenceTable {
    unique: true,
    ..plain(
        "improvements",
        "one row per improvement that was agreed",
        &[
            column("improvement", Text, true, "its id"),
            naming("party", Refers::Party, false, "who delivers it"),
            column("agreed", Instant, false, "when it was agreed"),
            column("delivered", Instant, false, "when it was delivered; not yet where empty"),
            column("title", Text, false, "what people call it"),
        ],
    )
};

/// One row per observation of a measure.
pub static OBSERVATIONS: EvidenceTable = plain(
    "observations",
    "one row per value observed for a measure: the value, or its numerator and denominator",
    &[
        naming("measure", Refers::Measure, true, "the measure"),
        column("at", Instant, true, "when it was observed"),
        column("value", Ratio, false, "the value"),
        column("numerator", Integer, false, "how many were good"),
        column("denominator", Integer, false, "of how many"),
        naming("party", Refers::Party, false, "of whom it was observed"),
        naming("service", Refers::Service, false, "of which service"),
    ],
);

/// One row per share of a party in an event.
pub static ATTRIBUTION: EvidenceTable = plain(
    "attribution",
    "one row per party that has a share in an event, where shares are given and not computed",
    &[
        naming("event", Refers::Event, true, "the event"),
        naming("party", Refers::Party, true, "the party"),
        column("share", Ratio, true, "its share"),
    ],
);

/// One row per usage of a service in a period.
pub static USAGE: EvidenceTable = plain(
    "usage",
    "one row per usage of a service of a party in a period",
    &[
        naming("party", Refers::Party, true, "who provides it"),
        naming("service", Refers::Service, true, "the service"),
        column("period", Period, true, "the period"),
        column("committed", Ratio, false, "how much was committed"),
        column("usable", Ratio, false, "how much of it was usable"),
        column("used", Ratio, false, "how much was used"),
        column("unit_price", Price, false, "the price of one unit"),
        column("currency", Currency, false, "the currency of the price; that of the ecosystem where empty"),
    ],
);

/// One row per charge.
pub static CHARGES: EvidenceTable = plain(
    "charges",
    "one row per charge under a contract in a period",
    &[
        naming("contract", Refers::Contract, true, "the contract"),
        naming("service", Refers::Service, false, "the service it is for"),
        column("kind", Text, false, "fixed, variable, ..."),
        column("period", Period, true, "the period"),
        column("amount", Amount, true, "how much"),
        column("currency", Currency, false, "its currency; that of the ecosystem where empty"),
    ],
);

/// One row per value that somebody reported.
pub static REPORTED: EvidenceTable = plain(
    "reported",
    "one row per value of a measure that somebody else reported for a period",
    &[
        naming("measure", Refers::Measure, true, "the measure"),
        column("period", Period, true, "the period"),
        naming("party", Refers::Party, false, "who reported it"),
        column("value", Ratio, false, "the value; none was reported where empty"),
    ],
);

/// One row per figure that a regime takes from evidence.
pub static FIGURES: EvidenceTable = plain(
    "figures",
    "one row per figure of a period that a regime asks for as an input",
    &[
        column(
            "scope",
            OneOf(&["party", "agreement", "measure", "ecosystem"]),
            false,
            "what it is a figure of; the ecosystem where empty",
        ),
        naming("owner", Refers::AsSaidBy("scope"), false, "the id of that party, agreement or measure"),
        column("figure", Text, true, "its name"),
        column("period", Period, true, "the period"),
        column("value", Figure, true, "its value with its unit"),
    ],
);
