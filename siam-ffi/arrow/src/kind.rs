//! The column types that are read, from the format strings of Arrow's C data interface.
//!
//! Goes in: a schema node of one column. Comes out: its kind, or what it holds and what to cast it to.
//! **Invariant:** a kind is flat: only the values behind a dictionary or of runs stand below another kind, at most two levels deep.
//! **Not here:** the buffers of a kind (`import`).

use crate::raw::SchemaNode;
use siam_core::base::TimeUnit;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    Text,
    LargeText,
    TextView,
    Date32,
    Date64,
    Timestamp { unit: TimeUnit, zoned: bool },
    Decimal128 { scale: i8 },
    Decimal256 { scale: i8 },
    Runs { ends: Box<Kind>, values: Box<Kind> },
    Dictionary { keys: Box<Kind>, values: Box<Kind> },
}

/// A type that is not read: what it is, and what to cast it to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unsupported {
    pub(crate) found: &'static str,
    pub(crate) wanted: &'static str,
}

impl Kind {
    /// The kind of a column.
    pub(crate) fn of(node: SchemaNode<'_>) -> Result<Self, Unsupported> {
        let Some(format) = node.format() else {
            return Err(Unsupported { found: "an unnamed type", wanted: "text or numbers" });
        };
        if format == "+r" {
            return Self::runs(node);
        }
        let kind = Self::parse(format)?;
        let Some(values) = node.dictionary() else {
            return Ok(kind);
        };
        if !kind.is_whole_number() || values.dictionary().is_some() {
            return Err(Unsupported { found: "a dictionary of an unknown form", wanted: "text" });
        }
        let values = values.format().map_or(Ok(Self::Null), Self::parse)?;
        Ok(Self::Dictionary { keys: Box::new(kind), values: Box::new(values) })
    }

    fn runs(node: SchemaNode<'_>) -> Result<Self, Unsupported> {
        let odd = Unsupported { found: "run-end encoded values of an unknown form", wanted: "plain values" };
        let children = node.children().unwrap_or_default();
        let [ends, values] = children.as_slice() else { return Err(odd) };
        let ends = ends.format().map(Self::parse);
        let Some(Ok(ends @ (Self::Int16 | Self::Int32 | Self::Int64))) = ends else { return Err(odd) };
        if values.format() == Some("+r") {
            return Err(odd);
        }
        Ok(Self::Runs { ends: Box::new(ends), values: Box::new(Self::of(*values)?) })
    }

    fn is_whole_number(&self) -> bool {
        use Kind::{Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64};
        matches!(self, Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64)
    }

    fn parse(format: &str) -> Result<Self, Unsupported> {
        Ok(match format {
            "n" => Self::Null,
            "b" => Self::Boolean,
            "c" => Self::Int8,
            "s" => Self::Int16,
            "i" => Self::Int32,
            "l" => Self::Int64,
            "C" => Self::UInt8,
            "S" => Self::UInt16,
            "I" => Self::UInt32,
            "L" => Self::UInt64,
            "f" => Self::Float32,
            "g" => Self::Float64,
            "u" => Self::Text,
            "U" => Self::LargeText,
            "vu" => Self::TextView,
            "tdD" => Self::Date32,
            "tdm" => Self::Date64,
            _ => return Self::parameterized(format).ok_or_else(|| unsupported(format)),
        })
    }

    fn parameterized(format: &str) -> Option<Self> {
        if let Some(rest) = format.strip_prefix("ts") {
            let (unit, zone) = rest.split_once(':')?;
            let unit = match unit {
                "s" => TimeUnit::Second,
                "m" => TimeUnit::Millisecond,
                "u" => TimeUnit::Microsecond,
                "n" => TimeUnit::Nanosecond,
                _ => return None,
            };
            return Some(Self::Timestamp { unit, zoned: !zone.is_empty() });
        }
        let mut parts = format.strip_prefix("d:")?.split(',');
        let _precision = parts.next()?;
        let scale = parts.next()?.parse().ok()?;
        match parts.next() {
            None | Some("128") => Some(Self::Decimal128 { scale }),
            Some("256") => Some(Self::Decimal256 { scale }),
            Some(_) => None,
        }
    }
}

fn unsupported(format: &str) -> Unsupported {
    let (found, wanted) = match format {
        "e" => ("16-bit floats", "float64"),
        "z" | "Z" | "vz" => ("bytes", "text"),
        _ if format.starts_with("w:") => ("bytes", "text"),
        _ if format.starts_with("d:") => ("decimals other than decimal128 and decimal256", "decimal128"),
        _ if format.starts_with("tD") => ("durations", "int64 seconds"),
        _ if format.starts_with("tt") => ("times of day", "text"),
        _ if format.starts_with("ti") => ("calendar intervals", "int64 seconds"),
        _ if format.starts_with("+s") => ("structs", "one column for each field"),
        _ if format.starts_with("+m") => ("maps", "one column for each key"),
        _ if format.starts_with("+u") => ("unions", "one type"),
        _ if format.starts_with('+') => ("lists", "one row for each item"),
        _ => ("a type unknown to this library", "text or numbers"),
    };
    Unsupported { found, wanted }
}
