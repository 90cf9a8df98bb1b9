//! Text ids for people and boundaries; index ids for speed.
//!
//! Goes in: text from documents, tables and callers. Comes out: ids that are non-empty, bounded and printable.
//! **Invariant:** an id that exists is valid; an `IdxVec<T, _>` is indexed only by `Idx<T>`.
//! **Not here:** which ids an ecosystem knows (`model`).

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The longest id, in bytes.
pub const MAX_ID_BYTES: usize = 200;

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdFault {
    /// The text is empty or only white space.
    #[error("an id may not be empty")]
    Empty,
    /// The text is longer than [`MAX_ID_BYTES`].
    #[error("an id has at most {MAX_ID_BYTES} bytes")]
    TooLong,
    /// The text holds a control character.
    #[error("an id may not hold control characters")]
    Control,
    /// The text begins or ends with white space.
    #[error("an id may not begin or end with white space")]
    Padded,
}

/// Checks the rules every text id obeys.
pub fn check_id(text: &str) -> Result<(), IdFault> {
    if text.trim().is_empty() {
        Err(IdFault::Empty)
    } else if text.len() > MAX_ID_BYTES {
        Err(IdFault::TooLong)
    } else if text.chars().any(char::is_control) {
        Err(IdFault::Control)
    } else if text.trim().len() != text.len() {
        Err(IdFault::Padded)
    } else {
        Ok(())
    }
}

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = IdFault;
            fn from_str(text: &str) -> Result<Self, IdFault> {
                check_id(text)?;
                Ok(Self(text.into()))
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdFault;
            fn try_from(text: String) -> Result<Self, IdFault> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().to_owned()
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text_ids! {
    /// A party: customer, integrator or supplier.
    PartyId,
    /// A service.
    ServiceId,
    /// A service class.
    ClassId,
    /// A calendar of service hours.
    CalendarId,
    /// An agreement: SLA, OLA or underpinning contract.
    AgreementId,
    /// A maintenance rule.
    MaintenanceId,
    /// A measure: KPI or PI.
    MeasureId,
    /// A service provider interface.
    InterfaceId,
    /// A role.
    RoleId,
    /// A process.
    ProcessId,
    /// A forum.
    ForumId,
    /// A contract.
    ContractId,
}

/// A dense index of a `T`, four bytes wide.
pub struct Idx<T> {
    raw: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Idx<T> {
    /// The index with this number.
    pub fn new(raw: usize) -> Self {
        // The limits cap every collection far below u32::MAX, so the conversion keeps its value.
        Self { raw: u32::try_from(raw).unwrap_or(u32::MAX), kind: PhantomData }
    }
    /// The number itself.
    pub fn get(self) -> usize {
        self.raw as usize
    }
}

impl<T> Clone for Idx<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Idx<T> {}
impl<T> PartialEq for Idx<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}
impl<T> Eq for Idx<T> {}
impl<T> PartialOrd for Idx<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Idx<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.raw.cmp(&other.raw)
    }
}
impl<T> std::hash::Hash for Idx<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}
impl<T> fmt::Debug for Idx<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.raw)
    }
}

/// A vector indexed only by `Idx<T>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdxVec<T, V> {
    items: Vec<V>,
    kind: PhantomData<fn() -> T>,
}

impl<T, V> IdxVec<T, V> {
    /// An empty vector.
    pub fn new() -> Self {
        Self { items: Vec::new(), kind: PhantomData }
    }
    /// Appends a value and gives its index.
    pub fn push(&mut self, value: V) -> Idx<T> {
        self.items.push(value);
        Idx::new(self.items.len() - 1)
    }
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
    /// The values in index order.
    pub fn iter(&self) -> std::slice::Iter<'_, V> {
        self.items.iter()
    }
    /// The values in index order, to change.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, V> {
        self.items.iter_mut()
    }
    /// The value at an index, to change, if there is one.
    pub fn get_mut(&mut self, at: Idx<T>) -> Option<&mut V> {
        self.items.get_mut(at.get())
    }
    /// Indexes and values in index order.
    pub fn entries(&self) -> impl Iterator<Item = (Idx<T>, &V)> {
        self.items.iter().enumerate().map(|(at, value)| (Idx::new(at), value))
    }
    /// The value at an index, if there is one.
    pub fn get(&self, at: Idx<T>) -> Option<&V> {
        self.items.get(at.get())
    }
    /// The values as a slice.
    pub fn as_slice(&self) -> &[V] {
        &self.items
    }
}

impl<T, V> Default for IdxVec<T, V> {
    fn default() -> Self {
        Self::new()
    }
}
impl<T, V> FromIterator<V> for IdxVec<T, V> {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        Self { items: values.into_iter().collect(), kind: PhantomData }
    }
}
impl<T, V> Index<Idx<T>> for IdxVec<T, V> {
    type Output = V;
    fn index(&self, at: Idx<T>) -> &V {
        &self.items[at.get()]
    }
}
impl<T, V> IndexMut<Idx<T>> for IdxVec<T, V> {
    fn index_mut(&mut self, at: Idx<T>) -> &mut V {
        &mut self.items[at.get()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_empty_padded_or_unprintable() {
        assert_eq!("".parse::<PartyId>(), Err(IdFault::Empty));
        assert_eq!(" a".parse::<PartyId>(), Err(IdFault::Padded));
        assert_eq!("a\u{7}".parse::<PartyId>(), Err(IdFault::Control));
        assert_eq!("x".repeat(201).parse::<PartyId>(), Err(IdFault::TooLong));
        assert_eq!("wan-a".parse::<ServiceId>().map(|id| id.to_string()), Ok("wan-a".to_owned()));
    }
}
