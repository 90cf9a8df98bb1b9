//! Parties: customer, integrator and suppliers.
//!
//! Goes in: `parties:` of a document. Comes out: `Party` by dense index.
//! **Invariant:** a subcontractor's prime is a party, and no chain of primes closes.
//! **Not here:** what they promise (`agreement`).

use super::calendar::CalendarIdx;
use super::dated::{Timeline, Validity};
use super::regime::{AttachmentDoc, FiguresDoc};
use crate::base::Idx;
use crate::base::id::PartyId;
use crate::document::decode::{choice, record};
use crate::document::{Dated, Mark, Named, Spot, When};

choice! {
    /// The layer a party stands in.
    pub enum PartyKind = "a kind of party" {
        /// The customer with its retained organisation.
        Customer = "customer",
        /// The service integrator.
        Integrator = "integrator",
        /// A service provider, internal or external.
        Supplier = "supplier",
        /// Nobody of the ecosystem: `force_majeure` and `undetermined`.
        StandIn = "stand_in",
    }
}

/// The parties that stand for nobody of the ecosystem; known without being written.
pub const STAND_INS: [&str; 2] = ["force_majeure", "undetermined"];

choice! {
    /// Whether a party belongs to the customer's own organisation.
    pub enum Sourcing = "a sourcing" {
        /// A part of it.
        Internal = "internal",
        /// A company of its own.
        External = "external",
    }
}

choice! {
    /// How much hangs on a supplier.
    pub enum Tier = "a tier" {
        /// Critical and hard to replace.
        Strategic = "strategic",
        /// Important, replaceable with effort.
        Tactical = "tactical",
        /// Bought off the shelf.
        Commodity = "commodity",
    }
}

record! {
    /// A party as written.
    pub struct PartyDoc = "a party" {
        /// Its full name.
        title: Option<String> = "title",
        /// customer, integrator, supplier or stand_in.
        kind: PartyKind = "kind",
        /// internal or external.
        sourcing: Option<Sourcing> = "sourcing",
        /// strategic, tactical or commodity.
        tier: Option<Tier> = "tier",
        /// The party whose failures its own are.
        subcontractor_of: Option<Spot<String>> = "subcontractor_of",
        /// How to reach it.
        contact: Option<Dated<String>> = "contact",
        /// The calendar in which it can be reached; around the clock unless written.
        hours: Option<Dated<String>> = "hours",
        /// Incentive regimes it is under, with their parameters.
        regimes: Named<AttachmentDoc> = "regimes",
        /// Figures that evidence supplies for it, with their types.
        figures: FiguresDoc = "figures",
        /// From when it takes part.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of a party.
pub type PartyIdx = Idx<Party>;

/// A party.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// Its layer.
    pub kind: PartyKind,
    /// Whether it belongs to the customer's own organisation.
    pub sourcing: Option<Sourcing>,
    /// How much hangs on it.
    pub tier: Option<Tier>,
    /// Its prime.
    pub subcontractor_of: Option<PartyIdx>,
    /// How to reach it.
    pub contact: Timeline<String>,
    /// When it can be reached; around the clock where no value holds.
    pub hours: Timeline<CalendarIdx>,
    /// Incentive regimes it is under.
    pub regimes: Named<AttachmentDoc>,
    /// Figures that evidence supplies for it.
    pub figures: FiguresDoc,
    /// When it takes part.
    pub validity: Validity,
    /// Where it is written.
    pub mark: Mark,
}
