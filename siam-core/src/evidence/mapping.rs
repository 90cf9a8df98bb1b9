//! Mapping documents: how given tables become evidence tables, as written.
//!
//! Goes in: YAML or JSON. Comes out: records of what was written, with its places.
//! **Invariant:** what is not understood is refused at its place.
//! **Not here:** what it means (`plan`), the presets it may name (`preset`), which format dates have (`dates`).

use crate::document::decode::{choice, record};
use crate::document::{Decode, Faults, Named, Node, NodeKind, Shape, Spot};

choice! {
    /// How the rows of a table tell what happened.
    pub enum HistoryShape = "a shape of a table" {
        /// One row a thing.
        Rows = "rows",
        /// One row a change: key, at, field, from, to.
        Changes = "changes",
        /// One row a value: key, field, value, start, end.
        Intervals = "intervals",
        /// One row an update, with all columns as they were then.
        Snapshots = "snapshots",
        /// One column a status with the last time it was entered.
        LastTimePerStatus = "last_time_per_status",
    }
}

record! {
    /// How a table writes its dates.
    pub struct DatesDoc = "dates" {
        /// strptime words such as `%d/%m/%Y %H:%M`, `iso`, `epoch_seconds` or `epoch_micros`; iso unless written. Of several, the one
        /// that reads every date of the table; `proved` stands for the usual ones, or those that are stated for all tables.
        format: Vec<Node> = "format",
        /// The IANA zone of dates without an offset; that of the question or the ecosystem unless written. `stated` refuses to go on
        /// where nobody stated one.
        zone: Option<Spot<String>> = "zone",
    }
}

record! {
    /// A given table as a mapping describes it.
    pub struct SourceDoc = "a table of a mapping" {
        /// rows, changes, intervals, snapshots or last_time_per_status; rows unless written.
        shape: Option<Spot<HistoryShape>> = "shape",
        /// Texts that mean that there is no value; an empty cell always does.
        nulls: Vec<String> = "nulls",
        /// How dates are written.
        dates: Option<DatesDoc> = "dates",
        /// The column that tells which ticket a row belongs to; of several, the first that the table has.
        key: Vec<Spot<String>> = "key",
        /// Columns of whole numbers that order the rows of a ticket.
        order: Vec<Spot<String>> = "order",
        /// The column that tells when the row was written; of several, the first that the table has.
        at: Vec<Spot<String>> = "at",
        /// Whether it may be left out: nothing is then made of it, and what would be looked up in it stays as it is.
        optional: Option<bool> = "optional",
    }
}

choice! {
    /// How a column writes lengths of time.
    pub enum Length = "a way to write lengths of time" {
        /// A number of seconds.
        Seconds = "seconds",
        /// A number of milliseconds.
        Milliseconds = "milliseconds",
        /// `1 12:30:00`, `1 Day 12 Hours`, `1970-01-02 12:30:00`, or a number of seconds.
        Written = "written",
    }
}

record! {
    /// Another table to look values up in.
    pub struct LookupDoc = "a lookup" {
        /// The given table.
        table: Spot<String> = "table",
        /// Its column of the values to be looked up; of several, the first that it has.
        key: Vec<Spot<String>> = "key",
        /// Its column of what stands for them; of several, the first that it has.
        value: Vec<Spot<String>> = "value",
    }
}

record! {
    /// A second word that is written behind the first.
    pub struct AndDoc = "a second column" {
        /// The column of the given table, or the field of its changes; of several, the first that there is.
        of: Vec<Spot<String>> = "of",
        /// The first words behind which it is written; any unless written.
        after: Vec<String> = "after",
        /// What stands between both; `/` unless written.
        between: Option<String> = "between",
        /// What its values mean; others are kept and listed as unknown.
        values: Named<String> = "values",
        /// Whether the given table may lack it.
        optional: Option<bool> = "optional",
    }
}

record! {
    /// Rows by the words of a column.
    pub struct FilterDoc = "a choice of rows" {
        /// The column of the given table; of several, the first that it has.
        column: Vec<Spot<String>> = "column",
        /// The words.
        words: Vec<String> = "words",
        /// Whether the given table may lack the column: nothing is then left out.
        optional: Option<bool> = "optional",
    }
}

record! {
    /// A column with more to say than its name.
    pub struct WrittenColumnDoc = "a column of a mapping" {
        /// The column of the given table.
        column: Option<Spot<String>> = "column",
        /// The same value for every row.
        value: Option<Spot<String>> = "value",
        /// What its values mean; others are kept and listed as unknown.
        values: Named<String> = "values",
        /// The table in which its values are looked up, before `values` is asked.
        lookup: Option<LookupDoc> = "lookup",
        /// A second column whose word is written behind that of the first.
        and: Option<AndDoc> = "and",
        /// How its dates are written, where not as those of its table.
        dates: Option<DatesDoc> = "dates",
        /// Of lengths of time: how they are written; a number of seconds unless written.
        length: Option<Spot<Length>> = "length",
        /// Whether the given table may lack the column.
        optional: Option<bool> = "optional",
    }
}

impl WrittenColumnDoc {
    fn named(column: Spot<String>) -> Self {
        let mark = column.mark;
        Self {
            column: Some(column),
            value: None,
            values: Named::default(),
            lookup: None,
            and: None,
            dates: None,
            length: None,
            optional: None,
            mark,
        }
    }
}

/// Where the values of an evidence column come from: a column by name, or more; of several, the first that the table has.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDoc(pub Vec<WrittenColumnDoc>);

impl Decode for ColumnDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let one = |node: &Node, faults: &mut Faults| match node.kind {
            NodeKind::Scalar { .. } => Spot::<String>::decode(node, faults).map(WrittenColumnDoc::named),
            _ => WrittenColumnDoc::decode(node, faults),
        };
        match node.items() {
            Some(items) if !items.is_empty() => Some(Self(items.iter().filter_map(|item| one(item, faults)).collect())),
            _ => one(node, faults).map(|one| Self(vec![one])),
        }
    }
    fn shape() -> Shape {
        let one = Shape::OneOf(vec![Shape::Text, WrittenColumnDoc::shape()]);
        Shape::OneOf(vec![Shape::Text, WrittenColumnDoc::shape(), Shape::List(Box::new(one))])
    }
}

record! {
    /// A field of tickets with more to say than its name.
    pub struct WrittenFieldDoc = "a field of a mapping" {
        /// What the given table calls it: a column of snapshots, a value of the column `field` otherwise; of several, the first there is.
        of: Vec<Spot<String>> = "of",
        /// What its values mean; others are kept and listed as unknown.
        values: Named<String> = "values",
        /// The table in which its values are looked up, before `values` is asked.
        lookup: Option<LookupDoc> = "lookup",
        /// A second field whose word is written behind that of the first.
        and: Option<AndDoc> = "and",
        /// Of last_time_per_status: each status with the column that has the last time it was entered.
        last: Named<Spot<String>> = "last",
        /// Whether the given table may lack it altogether.
        optional: Option<bool> = "optional",
    }
}

/// A field of tickets to follow: its name in the given table, or more.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDoc(pub WrittenFieldDoc);

impl Decode for FieldDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        if node.entries().is_some() {
            return WrittenFieldDoc::decode(node, faults).map(Self);
        }
        let of = Vec::<Spot<String>>::decode(node, faults)?;
        let (values, last) = (Named::default(), Named::default());
        Some(Self(WrittenFieldDoc { of, values, lookup: None, and: None, last, optional: None, mark: node.mark }))
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Vec::<Spot<String>>::shape(), WrittenFieldDoc::shape()])
    }
}

record! {
    /// An evidence table as a mapping gives it.
    pub struct GiveDoc = "an evidence table of a mapping" {
        /// The given table it comes from; must be written, but for what a preset already says.
        from: Option<Spot<String>> = "from",
        /// Its columns.
        columns: Named<ColumnDoc> = "columns",
        /// Of ticket_events: the fields to follow, each with what the given table calls it.
        fields: Named<FieldDoc> = "fields",
        /// Only rows in which a column has one of some words; of several choices, rows that each of them takes.
        only: Vec<FilterDoc> = "only",
        /// No rows in which a column has one of some words.
        except: Vec<FilterDoc> = "except",
    }
}

record! {
    /// A mapping as written.
    pub struct MappingDoc = "a mapping" {
        /// Its name.
        name: Option<String> = "mapping",
        /// A mapping that comes with the library, such as `servicenow`; what this document writes stands instead of what it says.
        preset: Option<Spot<String>> = "preset",
        /// How dates are written in tables that do not say so.
        dates: Option<DatesDoc> = "dates",
        /// The given tables, by the names under which the caller passes them.
        tables: Named<SourceDoc> = "tables",
        /// The evidence tables they become.
        gives: Named<GiveDoc> = "gives",
    }
}
