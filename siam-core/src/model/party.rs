//! Parties: customer, integrator and suppliers.
//!
//! Goes in: `parties:` of a document. Comes out: `Party` by dense index.
//! **Invariant:** a subcontractor's prime is a party, and no chain of primes closes.
//! **Not here:** what they promise (`agreement`).

use super::dated::Validity;
use crate::base::Idx;
use crate::base::id::PartyId;
use crate::document::decode::{choice, record};
use crate::document::{Spot, When};

choice! {
    /// The layer a party stands in.
    pub enum PartyKind = "a kind of party" {
        /// The customer with its retained organisation.
        Customer = "customer",
        /// The service integrator.
        Integrator = "integrator",
        /// A service provider, internal or external.
        Supplier = "supplier",
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
        /// customer, integrator or supplier.
        kind: PartyKind = "kind",
        /// strategic, tactical or commodity.
        tier: Option<Tier> = "tier",
        /// The party whose failures its own are.
        subcontractor_of: Option<Spot<String>> = "subcontractor_of",
        /// How to reach it.
        contact: Option<String> = "contact",
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
    /// How much hangs on it.
    pub tier: Option<Tier>,
    /// Its prime.
    pub subcontractor_of: Option<PartyIdx>,
    /// How to reach it.
    pub contact: Option<String>,
    /// When it takes part.
    pub validity: Validity,
}
