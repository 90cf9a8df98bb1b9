//! Mapping documents: how given tables become evidence tables.
//!
//! Goes in: YAML or JSON, or nothing where tables come under their evidence names. Comes out: a checked plan of what is read from where.
//! **Invariant:** formats and zones are stated, never guessed; what is not understood is refused at its place.
//! **Not here:** whether given tables have the columns (`source`), their values (`bind`).

use super::exact::check_constant;
use super::tables::{BOUND, EvidenceTable, Holds, TICKET_EVENTS};
use super::when::Format;
use crate::base::zone::Zone;
use crate::base::{Argument, Place, Problem, TableView, codes};
use crate::document::decode::{choice, record};
use crate::document::scalar::bad_value;
use crate::document::{Decode, Faults, Mark, Named, Node, NodeKind, Shape, Spot};
use crate::model::check_zone;

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

impl HistoryShape {
    /// The shapes that are read.
    const READ: [HistoryShape; 4] = [Self::Rows, Self::Changes, Self::Intervals, Self::Snapshots];
}

record! {
    /// How a table writes its dates.
    pub struct DatesDoc = "dates" {
        /// strptime words such as `%d/%m/%Y %H:%M`, `iso`, `epoch_seconds` or `epoch_micros`; iso unless written.
        format: Option<Node> = "format",
        /// The IANA zone of dates without an offset; that of the question or the ecosystem unless written.
        zone: Option<Spot<String>> = "zone",
    }
}

record! {
    /// A given table as a mapping describes it.
    pub struct SourceDoc = "a table of a mapping" {
        /// rows, changes, intervals or snapshots; rows unless written.
        shape: Option<Spot<HistoryShape>> = "shape",
        /// Texts that mean that there is no value; an empty cell always does.
        nulls: Vec<String> = "nulls",
        /// How dates are written.
        dates: Option<DatesDoc> = "dates",
        /// The column that tells which ticket a row belongs to.
        key: Option<Spot<String>> = "key",
        /// Columns of whole numbers that order the rows of a ticket.
        order: Vec<Spot<String>> = "order",
        /// The column that tells when the row was written.
        at: Option<Spot<String>> = "at",
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
    }
}

/// Where the values of an evidence column come from: a column by name, or more.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDoc(pub WrittenColumnDoc);

impl Decode for ColumnDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        if matches!(node.kind, NodeKind::Scalar { .. }) {
            let column = Spot::<String>::decode(node, faults);
            return Some(Self(WrittenColumnDoc { column, value: None, values: Named::default(), mark: node.mark }));
        }
        WrittenColumnDoc::decode(node, faults).map(Self)
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, WrittenColumnDoc::shape()])
    }
}

record! {
    /// An evidence table as a mapping gives it.
    pub struct GiveDoc = "an evidence table of a mapping" {
        /// The given table it comes from.
        from: Spot<String> = "from",
        /// Its columns.
        columns: Named<ColumnDoc> = "columns",
        /// Of ticket_events: the fields to follow, each with what the given table calls it.
        fields: Named<Spot<String>> = "fields",
    }
}

record! {
    /// A mapping as written.
    pub struct MappingDoc = "a mapping" {
        /// Its name.
        name: Option<String> = "mapping",
        /// The given tables, by the names under which the caller passes them.
        tables: Named<SourceDoc> = "tables",
        /// The evidence tables they become.
        gives: Named<GiveDoc> = "gives",
    }
}

/// A given table, checked.
#[derive(Debug)]
pub(super) struct SourcePlan {
    pub name: String,
    pub mark: Option<Mark>,
    pub shape: HistoryShape,
    pub nulls: Vec<String>,
    pub format: Format,
    pub zone: Zone,
    pub key: Option<Spot<String>>,
    pub order: Vec<Spot<String>>,
    pub at: Option<Spot<String>>,
}

/// Where an evidence column comes from, checked.
#[derive(Debug, Clone)]
pub(super) struct ColumnPlan {
    pub name: String,
    pub from: ColumnFrom,
    pub values: Vec<(String, String)>,
}

/// A column of the given table with its place in the mapping, or one value for all.
#[derive(Debug, Clone)]
pub(super) enum ColumnFrom {
    Column(String, Option<Mark>),
    Value(String),
}

/// An evidence table, checked.
#[derive(Debug)]
pub(super) struct Give {
    pub table: &'static EvidenceTable,
    pub source: usize,
    pub columns: Vec<ColumnPlan>,
    /// Our name of a field and theirs; all fields under their own names where empty.
    pub fields: Vec<(String, Spot<String>)>,
}

/// What is read from where.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub sources: Vec<SourcePlan>,
    pub gives: Vec<Give>,
}

impl Plan {
    /// Checks a mapping; every fault is reported.
    pub fn check(doc: &MappingDoc, zone: &Zone, faults: &mut Faults) -> Self {
        let mut plan = Self::default();
        for (name, source) in doc.tables.iter() {
            plan.sources.push(check_source(name, source, zone, faults));
        }
        for (name, give) in doc.gives.iter() {
            let Some(table) = EvidenceTable::named(&name.value) else {
                unknown_table(&name.value, Some(name.mark), faults);
                continue;
            };
            let Some(at) = plan.sources.iter().position(|source| source.name == give.from.value) else {
                let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
                let known = plan.sources.iter().map(|source| source.name.as_str());
                faults.unknown(codes, give.from.mark, ("name", &give.from.value), known, vec![("kind", "table".into())]);
                continue;
            };
            plan.gives.push(check_give(table, name.mark, give, at, &plan.sources[at], faults));
        }
        plan
    }

    /// Adds given tables that no mapping names: they come under their evidence names with their own columns.
    pub fn add_unmapped(&mut self, tables: &[TableView<'_>], zone: &Zone, faults: &mut Faults) {
        for given in tables {
            if self.sources.iter().any(|source| source.name == given.name) {
                continue;
            }
            let free = EvidenceTable::named(&given.name).filter(|table| !self.gives.iter().any(|give| give.table == *table));
            let Some(table) = free else {
                unknown_table(&given.name, None, faults);
                continue;
            };
            let own = given.columns.iter().filter(|name| table.extra || table.column(name).is_some());
            let column = |name: &str| ColumnPlan {
                name: name.to_owned(),
                from: ColumnFrom::Column(name.to_owned(), None),
                values: Vec::new(),
            };
            // A required column that is not given is asked for, so that its lack is reported.
            let lacking = table.columns.iter().filter(|column| column.required && given.column(column.name).is_none());
            let columns = own.map(|name| column(name)).chain(lacking.map(|lacking| column(lacking.name))).collect();
            self.gives.push(Give { table, source: self.sources.len(), columns, fields: Vec::new() });
            self.sources.push(SourcePlan {
                name: given.name.to_string(),
                mark: None,
                shape: HistoryShape::Rows,
                nulls: Vec::new(),
                format: Format::Iso,
                zone: zone.clone(),
                key: None,
                order: Vec::new(),
                at: None,
            });
        }
    }
}

/// Refuses a table name that nobody knows.
fn unknown_table(name: &str, mark: Option<Mark>, faults: &mut Faults) {
    let known: Vec<&str> = BOUND.iter().map(|table| table.name).collect();
    let place = mark.map_or_else(|| Place::cell(name, 0, ""), |mark| faults.place(mark));
    let listed = Argument::name(known.join(", "));
    let problem = match crate::base::nearest::nearest(name, known) {
        Some(guess) => Problem::new(&codes::UNKNOWN_TABLE_GUESS, place).with("nearest", Argument::name(guess)),
        None => Problem::new(&codes::UNKNOWN_TABLE, place).with("known", listed),
    };
    faults.report(problem.with("name", Argument::user(name)));
}

fn check_source(name: &Spot<String>, doc: &SourceDoc, zone: &Zone, faults: &mut Faults) -> SourcePlan {
    let shape = doc.shape.as_ref().map_or(HistoryShape::Rows, |shape| shape.value);
    if let (false, Some(written)) = (HistoryShape::READ.contains(&shape), &doc.shape) {
        let known: Vec<&str> = HistoryShape::READ.iter().map(|shape| shape.as_str()).collect();
        let problem = faults.problem(&codes::NOT_COMPUTED_YET, written.mark).with("what", "shape");
        faults.report(problem.with("value", Argument::user(shape.as_str())).with("known", Argument::name(known.join(", "))));
    }
    if shape == HistoryShape::Snapshots {
        for (key, there) in [("key", doc.key.is_some()), ("at", doc.at.is_some())] {
            if !there {
                let problem = faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a table of snapshots");
                faults.report(problem.with("key", key).with("expected", "the name of a column"));
            }
        }
    }
    let dates = doc.dates.as_ref();
    let format = dates.and_then(|dates| dates.format.as_ref()).map_or(Some(Format::Iso), |node| {
        let format = node.text().and_then(Format::parse);
        if format.is_none() {
            bad_value(node, "a date format with year, month and day", "%d/%m/%Y %H:%M", faults);
        }
        format
    });
    let stated = dates.and_then(|dates| dates.zone.as_ref());
    let zone = stated.and_then(|name| check_zone(&name.value, name.mark, faults)).unwrap_or_else(|| zone.clone());
    SourcePlan {
        name: name.value.clone(),
        mark: Some(name.mark),
        shape,
        nulls: doc.nulls.clone(),
        format: format.unwrap_or(Format::Iso),
        zone,
        key: doc.key.clone(),
        order: doc.order.clone(),
        at: doc.at.clone(),
    }
}

fn check_give(
    table: &'static EvidenceTable,
    mark: Mark,
    doc: &GiveDoc,
    at: usize,
    source: &SourcePlan,
    faults: &mut Faults,
) -> Give {
    let mut columns: Vec<ColumnPlan> = Vec::new();
    for (name, written) in doc.columns.iter() {
        let known = table.column(&name.value);
        if known.is_none() && !table.extra {
            let allowed: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            let more = vec![("shape", Argument::from(table.name)), ("allowed", Argument::name(allowed.join(", ")))];
            let codes = (&codes::UNKNOWN_KEY, &codes::UNKNOWN_KEY_NO_GUESS);
            faults.unknown(codes, name.mark, ("key", &name.value), allowed.iter().copied(), more);
            continue;
        }
        columns.extend(check_column(name, &written.0, known.map_or(Holds::Text, |column| column.holds), &source.zone, faults));
    }
    let defaults = match table.name {
        "tickets" | "verdicts" => vec![("ticket", source.key.as_ref())],
        "exclusions" => vec![("key", source.key.as_ref())],
        "ticket_events" => {
            vec![("ticket", source.key.as_ref()), ("at", source.at.as_ref()), ("sequence", source.order.first())]
        }
        _ => {
            let first = table.columns.first().filter(|_| table.unique);
            first.map(|first| (first.name, source.key.as_ref())).into_iter().collect()
        }
    };
    for (name, column) in defaults {
        if let (false, Some(column)) = (columns.iter().any(|known| known.name == name), column) {
            let from = ColumnFrom::Column(column.value.clone(), Some(column.mark));
            columns.push(ColumnPlan { name: name.to_owned(), from, values: Vec::new() });
        }
    }
    for required in table.columns.iter().filter(|column| column.required) {
        if !columns.iter().any(|column| column.name == required.name) {
            let problem = faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", table.name);
            faults.report(problem.with("key", required.name).with("expected", "the name of a column"));
        }
    }
    let events = *table == TICKET_EVENTS;
    if let (false, Some((name, _))) = (events, doc.fields.iter().next()) {
        let problem = faults.problem(&codes::UNKNOWN_KEY_NO_GUESS, name.mark).with("key", Argument::user("fields"));
        faults.report(problem.with("shape", table.name).with("allowed", "from, columns"));
    }
    if events && source.shape == HistoryShape::Snapshots && doc.fields.iter().next().is_none() {
        let problem = faults.problem(&codes::MISSING_KEY, mark).with("shape", "ticket_events of snapshots");
        faults.report(problem.with("key", "fields").with("expected", "a map such as {state: incident_state}"));
    }
    let fields = doc.fields.iter().map(|(ours, theirs)| (ours.value.clone(), theirs.clone())).collect();
    Give { table, source: at, columns, fields }
}

fn check_column(
    name: &Spot<String>,
    doc: &WrittenColumnDoc,
    holds: Holds,
    zone: &Zone,
    faults: &mut Faults,
) -> Option<ColumnPlan> {
    let fixed = !matches!(holds, Holds::Instant | Holds::Integer | Holds::Truth);
    let from = match (&doc.column, &doc.value) {
        (Some(column), None) => ColumnFrom::Column(column.value.clone(), Some(column.mark)),
        (None, Some(value)) if fixed => {
            if let Err((expected, example)) = check_constant(holds, &value.value, zone) {
                let problem = faults.problem(&codes::BAD_VALUE, value.mark).with("value", Argument::user(&value.value));
                faults.report(problem.with("expected", expected).with("example", example));
            }
            ColumnFrom::Value(value.value.clone())
        }
        (None, None) => {
            let problem = faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a column of a mapping");
            faults.report(problem.with("key", "column").with("expected", "the name of a column"));
            return None;
        }
        (_, Some(value)) => {
            let problem = faults.problem(&codes::UNKNOWN_KEY_NO_GUESS, value.mark).with("key", Argument::user("value"));
            faults.report(problem.with("shape", "a column that is read from the table").with("allowed", "column, values"));
            return None;
        }
    };
    let values: Vec<(String, String)> = doc.values.iter().map(|(word, ours)| (word.value.clone(), ours.clone())).collect();
    if let (false, Some((word, _))) = (holds.is_words() || holds == Holds::Truth, doc.values.iter().next()) {
        let problem = faults.problem(&codes::UNKNOWN_KEY_NO_GUESS, word.mark).with("key", Argument::user("values"));
        faults.report(problem.with("shape", "a column of instants or numbers").with("allowed", "column"));
    }
    Some(ColumnPlan { name: name.value.clone(), from, values })
}
