//! Records from trees: one table of keys per record, every fault reported.
//!
//! Goes in: placed nodes. Comes out: `XDoc` records; unknown keys with the nearest known one.
//! **Invariant:** the table of keys that decodes a record is the one that documents it (and renders its JSON Schema).
//! **Not here:** which names exist (`model`).

use super::faults::Faults;
use super::read::{Source, read};
use super::scalar::wrong_type;
use super::tree::{Mark, Node, NodeKind};
use crate::base::{Argument, Date, Error, Instant, Limits, codes};

/// Reads itself from a placed node.
pub trait Decode: Sized {
    /// The value, or none after at least one fault was reported.
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self>;
    /// What may be written, for messages, references and schemas.
    fn shape() -> Shape;
    /// The value of an absent key; none where the key is required.
    fn absent() -> Option<Self> {
        None
    }
}

/// What may be written at a place.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number, fraction or percentage.
    Ratio,
    /// A length of time such as `4h`.
    Duration,
    /// `YYYY-MM-DD`.
    Date,
    /// An RFC 3339 instant.
    Instant,
    /// One of some words.
    Choice(&'static [&'static str]),
    /// Several; one alone may stand without a list.
    List(Box<Shape>),
    /// Names with values.
    Map(Box<Shape>),
    /// A record: its name in messages and its keys.
    Record(&'static str, fn() -> Vec<Key>),
    /// One of several shapes.
    OneOf(Vec<Shape>),
    /// Anything; checked where it is used.
    Any,
}

impl Shape {
    /// The shape in the words of messages.
    pub fn words(&self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Boolean => "true or false".into(),
            Self::Integer => "a whole number".into(),
            Self::Ratio => "a number or a percentage".into(),
            Self::Duration => "a length of time such as 4h 30min".into(),
            Self::Date => "a date as YYYY-MM-DD".into(),
            Self::Instant => "an instant such as 2026-10-03T09:00:00Z".into(),
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::List(item) => format!("a list of {}", item.words()),
            Self::Map(_) => "a map of names".into(),
            Self::Record(name, _) => (*name).into(),
            Self::OneOf(shapes) => shapes.iter().map(Self::words).collect::<Vec<_>>().join(" or "),
            Self::Any => "a value".into(),
        }
    }
}

/// One key of a record.
#[derive(Debug, Clone)]
pub struct Key {
    /// How it is written.
    pub name: &'static str,
    /// Whether it may not be left out.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
    /// What may be written.
    pub shape: Shape,
}

/// A value that remembers its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub mark: Mark,
}

impl<T> Spot<T> {
    /// A value that no document holds, such as a field of a query built in code.
    pub fn unplaced(value: T) -> Self {
        Self { value, mark: Mark::default() }
    }
}

impl<T: Decode> Decode for Spot<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        T::decode(node, faults).map(|value| Self { value, mark: node.mark })
    }
    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        if node.kind == NodeKind::Null { Some(None) } else { T::decode(node, faults).map(Some) }
    }
    fn shape() -> Shape {
        T::shape()
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match &node.kind {
            NodeKind::Null => Some(Vec::new()),
            // A faulty item is reported and left out, so that what refers to the others is still checked.
            NodeKind::List(items) => Some(items.iter().filter_map(|item| T::decode(item, faults)).collect()),
            _ => T::decode(node, faults).map(|one| vec![one]),
        }
    }
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        T::decode(node, faults).map(Box::new)
    }
    fn shape() -> Shape {
        T::shape()
    }
}

impl Decode for Node {
    fn decode(node: &Node, _: &mut Faults) -> Option<Self> {
        Some(node.clone())
    }
    fn shape() -> Shape {
        Shape::Any
    }
}

/// Named values in the order written.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T> {
    /// Names and values.
    pub entries: Vec<(Spot<String>, T)>,
    /// Names whose values are faulty: they are known, so that what refers to them is not called unresolved.
    pub faulty: Vec<Spot<String>>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), faulty: Vec::new() }
    }
}

impl<T> Named<T> {
    /// Names and values.
    pub fn iter(&self) -> std::slice::Iter<'_, (Spot<String>, T)> {
        self.entries.iter()
    }
}

impl<T: Decode> Decode for Named<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let Some(entries) = node.entries() else {
            if node.kind == NodeKind::Null {
                return Some(Self::default());
            }
            wrong_type(node, "a map of names", faults);
            return None;
        };
        let mut named = Self::default();
        for entry in entries {
            let name = Spot { value: entry.key.to_string(), mark: entry.mark };
            match T::decode(&entry.value, faults) {
                Some(value) => named.entries.push((name, value)),
                None => named.faulty.push(name),
            }
        }
        Some(named)
    }
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// A day or an instant, as people date things: a day means its first instant in the ecosystem's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The first instant of a day.
    Date(Date),
    /// An instant.
    Instant(Instant),
}

impl Default for When {
    /// 1970-01-01T00:00:00Z, as that of an instant.
    fn default() -> Self {
        Self::Instant(Instant::default())
    }
}

/// A value that may change: one for all time, or several with `from` and `until`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated<T>(pub Vec<DatedValue<T>>);

/// One value of a dated attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedValue<T> {
    /// The value.
    pub value: T,
    /// From when it holds; always before where absent.
    pub from: Option<Spot<When>>,
    /// Until when it holds, exclusive; ever after where absent.
    pub until: Option<Spot<When>>,
    /// Where it stands.
    pub mark: Mark,
}

impl<T: Decode> Decode for Dated<T> {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let dated = |item: &Node| item.get("value").is_some();
        match &node.kind {
            NodeKind::List(items) if !items.is_empty() && items.iter().all(dated) => {
                Some(Self(items.iter().filter_map(|item| DatedValue::decode(item, faults)).collect()))
            }
            NodeKind::Map(_) if dated(node) => DatedValue::decode(node, faults).map(|one| Self(vec![one])),
            _ => T::decode(node, faults).map(|value| Self(vec![DatedValue { value, from: None, until: None, mark: node.mark }])),
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![T::shape(), Shape::List(Box::new(Shape::Record("a dated value", DatedValue::<T>::keys)))])
    }
}

impl<T: Decode> DatedValue<T> {
    fn keys() -> Vec<Key> {
        vec![
            Key { name: "value", required: true, doc: "What holds.", shape: T::shape() },
            Key { name: "from", required: false, doc: "From when it holds.", shape: When::shape() },
            Key { name: "until", required: false, doc: "Until when it holds, exclusive.", shape: When::shape() },
        ]
    }
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        check_keys(node, "a dated value", &["value", "from", "until"], faults);
        let value = field(node, "a dated value", "value", faults);
        let from = field(node, "a dated value", "from", faults);
        let until = field(node, "a dated value", "until", faults);
        Some(Self { value: value?, from: from?, until: until?, mark: node.mark })
    }
}

/// Reports every key of a map that the record does not have.
pub fn check_keys(node: &Node, shape: &'static str, known: &[&str], faults: &mut Faults) {
    for entry in node.entries().unwrap_or_default() {
        if !known.contains(&&*entry.key) {
            let mut allowed: Vec<&str> = known.to_vec();
            allowed.sort_unstable();
            let more = vec![("shape", Argument::from(shape)), ("allowed", Argument::name(allowed.join(", ")))];
            let codes = (&codes::UNKNOWN_KEY, &codes::UNKNOWN_KEY_NO_GUESS);
            faults.unknown(codes, entry.mark, ("key", &entry.key), known.iter().copied(), more);
        }
    }
}

/// Decodes one key of a map; an absent key takes its absent value or is reported as missing.
pub fn field<T: Decode>(node: &Node, shape: &'static str, key: &'static str, faults: &mut Faults) -> Option<T> {
    match node.get(key) {
        Some(value) => T::decode(value, faults),
        None => T::absent().or_else(|| {
            let problem = faults.problem(&codes::MISSING_KEY, node.mark);
            let expected = Argument::name(T::shape().words());
            faults.report(problem.with("shape", shape).with("key", key).with("expected", expected));
            None
        }),
    }
}

/// Declares a record that documents hold: the struct, its decoder and its table of keys are one text.
macro_rules! record {
    (
        $(#[$doc:meta])*
        pub struct $name:ident = $shape:literal {
            $( #[doc = $field_doc:literal] $(#[doc = $more_doc:literal])* $field:ident : $type:ty = $key:literal ),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( #[doc = $field_doc] $(#[doc = $more_doc])* pub $field: $type, )+
            /// Where the record stands.
            pub mark: $crate::document::Mark,
        }

        impl $name {
            /// The keys of the record.
            pub fn keys() -> Vec<$crate::document::Key> {
                vec![$( $crate::document::Key {
                    name: $key,
                    required: <$type as $crate::document::Decode>::absent().is_none(),
                    doc: concat!($field_doc $(, $more_doc)*),
                    shape: <$type as $crate::document::Decode>::shape(),
                } ),+]
            }
        }

        impl $crate::document::Decode for $name {
            fn decode(node: &$crate::document::Node, faults: &mut $crate::document::Faults) -> Option<Self> {
                if node.entries().is_none() && node.kind != $crate::document::NodeKind::Null {
                    $crate::document::scalar::wrong_type(node, $shape, faults);
                    return None;
                }
                $crate::document::decode::check_keys(node, $shape, &[$($key),+], faults);
                // A faulty value that may be left out is left out, so that the rest of the record is still checked.
                $( let $field = $crate::document::decode::field(node, $shape, $key, faults)
                    .or_else(<$type as $crate::document::Decode>::absent); )+
                Some(Self { $( $field: $field?, )+ mark: node.mark })
            }
            fn shape() -> $crate::document::Shape {
                $crate::document::Shape::Record($shape, Self::keys)
            }
        }
    };
}
pub(crate) use record;

/// Declares a question: plain data for Rust callers, read from JSON at the other doors.
macro_rules! query {
    (
        $(#[$doc:meta])*
        pub struct $name:ident = $shape:literal {
            $( #[doc = $field_doc:literal] $(#[doc = $more_doc:literal])* $field:ident : $type:ty = $key:literal ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name {
            $( #[doc = $field_doc] $(#[doc = $more_doc])* pub $field: $type, )*
        }

        impl $name {
            /// The keys of the question as JSON.
            pub fn keys() -> Vec<$crate::document::Key> {
                vec![$( $crate::document::Key {
                    name: $key,
                    required: <$type as $crate::document::Decode>::absent().is_none(),
                    doc: concat!($field_doc $(, $more_doc)*),
                    shape: <$type as $crate::document::Decode>::shape(),
                } ),*]
            }
        }

        impl $crate::document::Decode for $name {
            fn decode(node: &$crate::document::Node, faults: &mut $crate::document::Faults) -> Option<Self> {
                if node.entries().is_none() && node.kind != $crate::document::NodeKind::Null {
                    $crate::document::scalar::wrong_type(node, $shape, faults);
                    return None;
                }
                $crate::document::decode::check_keys(node, $shape, &[$($key),*], faults);
                $( let $field = $crate::document::decode::field(node, $shape, $key, faults); )*
                Some(Self { $( $field: $field?, )* })
            }
            fn shape() -> $crate::document::Shape {
                $crate::document::Shape::Record($shape, Self::keys)
            }
        }
    };
}
pub(crate) use query;

/// Reads one record from JSON or YAML text, such as a question at a door; empty text is an empty record.
pub fn from_text<T: Decode>(name: &str, text: &str, limits: &Limits) -> Result<T, Error> {
    let mut faults = Faults::new(limits);
    let text = if text.trim().is_empty() { "{}" } else { text };
    let root = read(&[Source::text(name, text)], &mut faults);
    match root.and_then(|root| T::decode(&root, &mut faults)) {
        Some(value) if faults.count() == 0 => Ok(value),
        _ => Err(Error::from_problems(faults.into_problems())),
    }
}

/// Declares a choice of words that documents hold.
macro_rules! choice {
    (
        $(#[$doc:meta])*
        pub enum $name:ident = $shape:literal { $( $(#[$item_doc:meta])* $item:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$item_doc])* $item ),+ }

        impl $name {
            /// All words in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];
            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$item => $word ),+ }
            }
            /// The choice with this word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $( $word => Some(Self::$item), )+ _ => None }
            }
        }

        impl $crate::document::Decode for $name {
            fn decode(node: &$crate::document::Node, faults: &mut $crate::document::Faults) -> Option<Self> {
                let text = <String as $crate::document::Decode>::decode(node, faults)?;
                let value = Self::parse(&text);
                if value.is_none() {
                    let codes = (&$crate::base::codes::UNKNOWN_WORD, &$crate::base::codes::UNKNOWN_WORD_NO_GUESS);
                    let more = vec![
                        ("shape", $crate::base::Argument::from($shape)),
                        ("allowed", $crate::base::Argument::name(Self::WORDS.join(", "))),
                    ];
                    faults.unknown(codes, node.mark, ("word", &text), Self::WORDS.iter().copied(), more);
                }
                value
            }
            fn shape() -> $crate::document::Shape {
                $crate::document::Shape::Choice(Self::WORDS)
            }
        }
    };
}
pub(crate) use choice;

#[cfg(test)]
mod tests;
