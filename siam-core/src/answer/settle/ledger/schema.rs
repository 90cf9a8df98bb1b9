//! What the rows of a settlement are.
//!
//! Goes in: nothing. Comes out: the schemas of ledger, totals and triggers.
//! **Invariant:** columns are added at the end, never renamed: a ledger written before is read back.
//! **Not here:** filling them (`ledger`).

use crate::base::{ColumnSpec, ColumnType, Schema};

/// The columns that are read of an earlier ledger.
pub(in crate::answer::settle) const COLUMNS: &[&str] = &[
    "entry",
    "period",
    "payer",
    "payee",
    "contract",
    "scope",
    "instance",
    "agreement",
    "measure",
    "regime",
    "attachment",
    "edition",
    "name",
    "kind",
    "status",
    "nature",
    "amount",
    "unit",
    "amount_exact",
    "clause",
    "reverses",
    "correction",
];

/// The lines of a ledger.
pub const LEDGER: Schema = Schema {
    name: "rows",
    doc: "one row per amount owed: give it to the next settlement of the same months, which posts differences alone",
    columns: &[
        ColumnSpec {
            name: "entry",
            kind: ColumnType::Text,
            doc: "what the line is for: month, scope, instance, regime, name, party",
        },
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the month of the failure, whose charges are the base" },
        ColumnSpec { name: "payer", kind: ColumnType::Text, doc: "who owes" },
        ColumnSpec { name: "payee", kind: ColumnType::Text, doc: "to whom" },
        ColumnSpec { name: "contract", kind: ColumnType::Text, doc: "the contract between the two" },
        ColumnSpec { name: "scope", kind: ColumnType::Text, doc: "event, measure, agreement, party or ecosystem" },
        ColumnSpec { name: "instance", kind: ColumnType::Text, doc: "which one; empty for the ecosystem" },
        ColumnSpec { name: "agreement", kind: ColumnType::Text, doc: "the agreement it lies in" },
        ColumnSpec { name: "measure", kind: ColumnType::Text, doc: "the measure it lies in" },
        ColumnSpec { name: "regime", kind: ColumnType::Text, doc: "the regime" },
        ColumnSpec { name: "attachment", kind: ColumnType::Text, doc: "the name under which it is attached" },
        ColumnSpec { name: "edition", kind: ColumnType::Integer, doc: "its edition, from 1" },
        ColumnSpec { name: "name", kind: ColumnType::Text, doc: "the name of the entry" },
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "credit, deduction, bonus, pool_share, earn_back, ..." },
        ColumnSpec {
            name: "status",
            kind: ColumnType::Text,
            doc: "computed, or provisional where the score could still change its verdict",
        },
        ColumnSpec { name: "nature", kind: ColumnType::Text, doc: "price_adjustment for money, no_money for points and time" },
        ColumnSpec {
            name: "amount",
            kind: ColumnType::Decimal(4),
            doc: "how much, in the unit; null where four places do not hold it",
        },
        ColumnSpec { name: "unit", kind: ColumnType::Text, doc: "a currency, points or s" },
        ColumnSpec { name: "amount_exact", kind: ColumnType::Text, doc: "how much, exactly" },
        ColumnSpec { name: "clause", kind: ColumnType::Text, doc: "the clause of the regime" },
        ColumnSpec { name: "reverses", kind: ColumnType::Text, doc: "the entry of the same regime that it undoes" },
        ColumnSpec { name: "correction", kind: ColumnType::Boolean, doc: "whether it corrects what was posted before" },
    ],
};

/// Sums of a ledger.
pub const TOTALS: Schema = Schema {
    name: "totals",
    doc: "one row per month, payer, payee, kind and unit",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the month" },
        ColumnSpec { name: "payer", kind: ColumnType::Text, doc: "who owes" },
        ColumnSpec { name: "payee", kind: ColumnType::Text, doc: "to whom" },
        ColumnSpec { name: "kind", kind: ColumnType::Text, doc: "credit, deduction, bonus, pool_share, ..." },
        ColumnSpec { name: "unit", kind: ColumnType::Text, doc: "a currency, points or s" },
        ColumnSpec { name: "amount", kind: ColumnType::Decimal(4), doc: "the sum, in the unit" },
        ColumnSpec { name: "amount_exact", kind: ColumnType::Text, doc: "the sum, exactly" },
        ColumnSpec { name: "lines", kind: ColumnType::Integer, doc: "how many lines it has" },
    ],
};

/// Consequences that are not money.
pub const TRIGGERS: Schema = Schema {
    name: "triggers",
    doc: "one row per month and trigger that holds, or of which it is not known",
    columns: &[
        ColumnSpec { name: "period", kind: ColumnType::Text, doc: "the month" },
        ColumnSpec { name: "scope", kind: ColumnType::Text, doc: "event, measure, agreement, party or ecosystem" },
        ColumnSpec { name: "instance", kind: ColumnType::Text, doc: "which one; empty for the ecosystem" },
        ColumnSpec { name: "attachment", kind: ColumnType::Text, doc: "the name under which the regime is attached" },
        ColumnSpec { name: "trigger", kind: ColumnType::Text, doc: "its name" },
        ColumnSpec { name: "new", kind: ColumnType::Boolean, doc: "whether it did not hold in the month before" },
        ColumnSpec { name: "unknown", kind: ColumnType::Text, doc: "why it is not known whether it holds" },
    ],
};
