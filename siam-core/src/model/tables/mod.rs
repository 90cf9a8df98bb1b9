//! Parties, classes, services and dependencies that come as columns, such as an export of a CMDB.
//!
//! Goes in: tables `parties`, `classes`, `services` and `dependencies` of one load. Comes out: what documents would have said.
//! **Invariant:** a row that cannot be used is a fault that names table, row and column; none is dropped, and all faults come at once.
//! **Not here:** evidence about what happened (`evidence`); the rules in the columns (`dependency`).

mod dependencies;
mod services;
#[cfg(test)]
mod tests;

use super::party::STAND_INS;
use super::rule::{Level, LevelMap, ServiceIdx, ServiceKind};
use super::service::Service;
use super::{EDITION, EcosystemDoc, Model, Names};
use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use crate::base::id::check_id;
use crate::base::zone::Zone;
use crate::base::{Argument, Directory, IdxVec, Place, Problem, TableView, codes};
use crate::document::tree::Entry;
use crate::document::{Decode, Faults, Mark, Named, Node, NodeKind, Spot};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The tables a load takes and their columns; what the columns mean is in `MEANINGS`.
pub const TABLES: &[(&str, &[&str])] = &[
    ("parties", &["party", "kind", "title", "sourcing", "tier", "subcontractor_of", "contact", "hours", "from", "until"]),
    ("classes", &["class", "title", "critical", "availability", "hours"]),
    (
        "services",
        &["service", "title", "provider", "owner", "class", "stage", "users", "hours", "user_hours", "rule", "from", "until"],
    ),
    ("dependencies", &["from", "to", "impact", "weight", "group", "rule"]),
];

/// How many columns of a table are needed, counted from the first.
fn needed(table: &str) -> usize {
    if ["parties", "dependencies"].contains(&table) { 2 } else { 1 }
}

/// Columns with their meanings.
pub type Meanings = &'static [(&'static str, &'static str)];

/// What the tables of a load hold, for the manual: table, meaning, columns with their meanings.
pub const MEANINGS: &[(&str, &str, Meanings)] = &[
    (
        "parties",
        "one row per party, as under `parties` of a document. Where neither a document nor this table names one, every provider of a \
service is a supplier",
        &[
            ("party", "the party; needed"),
            ("kind", "customer, integrator, supplier or stand_in; needed"),
            ("title", "its full name"),
            ("sourcing", "internal or external"),
            ("tier", "strategic, tactical or commodity"),
            ("subcontractor_of", "the party whose failures its own are"),
            ("contact", "how to reach it"),
            ("hours", "the calendar in which it can be reached"),
            ("from", "from when it takes part"),
            ("until", "until when, exclusive"),
        ],
    ),
    (
        "classes",
        "one row per service class, as under `classes` of a document. Where neither a document nor this table names one, every class of \
a service is one, which is not critical and states no needs",
        &[
            ("class", "the class; needed"),
            ("title", "its full name"),
            ("critical", "whether services of it are critical to the business"),
            ("availability", "the availability its services need"),
            ("hours", "the hours they must at least be served in"),
        ],
    ),
    (
        "services",
        "one row per service; a service is described here or in a document, not in both",
        &[
            ("service", "the service; needed"),
            ("title", "its full name"),
            ("provider", "the party that provides it"),
            ("owner", "its Service Owner"),
            ("class", "its service class"),
            ("stage", "pipeline, design, transition, operation or retired"),
            ("users", "how many people use it"),
            ("hours", "the calendar of its service hours"),
            ("user_hours", "the calendar in which its users work"),
            (
                "rule",
                "what it makes of its dependencies, as under `rule` of a document: `any`, `all`, `{best: 2}`, a preset with its \
parameters; also `any_of` and `at_least 2`. It may speak of groups. Any failure is felt unless written",
            ),
            ("from", "from when it exists"),
            ("until", "until when, exclusive"),
        ],
    ),
    (
        "dependencies",
        "one row per dependency; rows that say the same count once; all of a service stand here or in a document, not in both. Without a table of services, and where no \
document has one, its names are the services",
        &[
            ("from", "the dependent; needed"),
            ("to", "what it depends on; needed"),
            ("impact", "how a failure is felt: a level it never passes, or a table such as `{down: degraded}`"),
            ("weight", "its weight in rules that weigh; 1 unless written"),
            ("group", "its group"),
            (
                "rule",
                "the rule of its group, in one or all of the rows: `any_of`, `at_least 2`, or as under `rule` of a document. What stands \
outside groups is needed, and so is every group",
            ),
        ],
    ),
];

/// A table with its number among the files of the load.
#[derive(Debug)]
struct Given<'a> {
    view: TableView<'a>,
    file: u32,
    /// All columns that are needed are there.
    whole: bool,
}

/// The tables of one load, sorted out by name.
#[derive(Debug, Default)]
pub struct ServiceTables<'a> {
    tables: BTreeMap<&'static str, Given<'a>>,
}

impl<'a> ServiceTables<'a> {
    /// Sorts tables out by name; unknown tables and columns are reported.
    pub fn new(tables: Vec<TableView<'a>>, faults: &mut Faults) -> Self {
        let mut sorted = Self::default();
        for view in tables {
            let Some((name, known)) = TABLES.iter().find(|(name, _)| *name == view.name) else {
                let problem = Problem::new(&codes::UNKNOWN_TABLE, Place::cell(&view.name, 0, ""));
                let known: Vec<&str> = TABLES.iter().map(|(name, ..)| *name).collect();
                let problem = problem.with("name", Argument::user(&view.name));
                faults.report(problem.with("known", Argument::name(known.join(", "))));
                continue;
            };
            if sorted.tables.contains_key(name) {
                let problem = Problem::new(&codes::DUPLICATE_NAME, Place::cell(name, 0, "")).with("kind", "table");
                faults.report(problem.with("name", Argument::user(name)).with("first", "the first of that name"));
                continue;
            }
            let missing: Vec<_> = known.iter().take(needed(name)).filter(|column| view.column(column).is_none()).collect();
            for column in &missing {
                let problem = Problem::new(&codes::MISSING_COLUMN_NO_GUESS, Place::cell(&view.name, 0, ""));
                let given = view.columns.join(", ");
                let problem = problem.with("table", Argument::user(&view.name)).with("column", Argument::user(**column));
                faults.report(problem.with("known", Argument::name(given)));
            }
            for column in view.columns.iter().filter(|column| !known.contains(&&***column)) {
                let problem = Problem::new(&codes::UNKNOWN_KEY_NO_GUESS, Place::cell(&view.name, 0, column));
                let problem = problem.with("key", Argument::user(column)).with("shape", Argument::user(&view.name));
                faults.report(problem.with("allowed", Argument::name(known.join(", "))));
            }
            let (file, whole) = (faults.table(&view.name, &view.columns), missing.is_empty());
            sorted.tables.insert(name, Given { view, file, whole });
        }
        sorted
    }

    /// What stands for the documents where there is none: a map that says nothing but the edition this library knows.
    pub fn alone(&self) -> Option<Node> {
        let scalar = NodeKind::Scalar { text: EDITION.to_string().into(), plain: true };
        let edition = Entry { key: "siam".into(), mark: Mark::default(), value: Node { mark: Mark::default(), kind: scalar } };
        (!self.tables.is_empty()).then(|| Node { mark: Mark::default(), kind: NodeKind::Map(vec![edition]) })
    }

    /// Whether no table was given.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    fn get(&self, name: &str) -> Option<&Given<'a>> {
        self.tables.get(name).filter(|table| table.whole)
    }

    /// Adds parties and classes to those of the documents. Where nothing names a party, each provider of a service is a supplier;
    /// where nothing names a class, each class of a service is one.
    pub fn extend(&self, doc: &mut EcosystemDoc, faults: &mut Faults) {
        if let Some(table) = self.get("parties") {
            table.records("party", &mut doc.parties, faults);
        }
        if let Some(table) = self.get("classes") {
            table.records("class", &mut doc.classes, faults);
        }
        let Some(services) = self.get("services") else { return };
        if !self.tables.contains_key("parties") && doc.parties.entries.is_empty() && doc.parties.faulty.is_empty() {
            services.imply("provider", &mut doc.parties, faults, |name| {
                vec![("kind", if STAND_INS.contains(&name) { "stand_in" } else { "supplier" })]
            });
        }
        if !self.tables.contains_key("classes") && doc.classes.entries.is_empty() && doc.classes.faulty.is_empty() {
            services.imply("class", &mut doc.classes, faults, |_| Vec::new());
        }
    }

    /// Adds the names of the services table; without one, and where no service has a name yet, those of the dependencies.
    pub fn add_names(&self, names: &mut Directory<ServiceKind>, faults: &mut Faults) {
        let alone = names.is_empty() && !self.tables.contains_key("services");
        names.reserve(self.get("services").map_or(0, |table| table.view.rows()));
        let mut add = |table: &Given<'_>, row: usize, column: &str, name: &str, once: bool, faults: &mut Faults| {
            let known = names.add(name, ServiceIdx::new(names.len())).is_some();
            if known && once {
                let problem = faults.problem(&codes::DUPLICATE_ROW, table.mark(row, column)).as_error();
                faults.report(problem.with("key", Argument::user(name)));
            } else if let (false, Err(why)) = (known, check_id(name)) {
                let problem = faults.problem(&codes::BAD_ID, table.mark(row, column)).with("value", Argument::user(name));
                faults.report(problem.with("why", Argument::name(why.to_string())));
            }
        };
        if let Some(table) = self.get("services") {
            table.texts("service", true, faults, |row, name, faults| add(table, row, "service", &name, true, faults));
        } else if let (Some(table), true) = (self.get("dependencies"), alone) {
            for column in ["from", "to"] {
                table.each(column, |row, cell| {
                    // What is no name is reported where the dependency is read.
                    if let Cell::Text(name) = cell {
                        add(table, row, column, &name, false, faults);
                    }
                });
            }
        }
    }

    /// Adds the services that only tables know, and all dependencies of the table.
    pub fn add_services(
        &self,
        services: &mut IdxVec<ServiceKind, Service>,
        names: &Names,
        levels: &[String],
        zone: &Zone,
        faults: &mut Faults,
    ) {
        if self.tables.is_empty() {
            return;
        }
        // Where something was faulty there will be no model; rows are read all the same, so that their faults come too.
        let mut own = Vec::new();
        if faults.count() == 0 {
            let first = services.len();
            let table = self.get("services");
            for (row, number) in (first..names.services.len()).enumerate() {
                if let Ok(id) = names.services.name(number).parse() {
                    let mark = table.map_or_else(Mark::default, |table| table.mark(row, "service"));
                    services.push(Service { mark, ..Service::named(id) });
                }
            }
            own = services.iter_mut().skip(first).collect();
        }
        let rules = self.get("services").map(|table| services::describe(table, &mut own, names, zone, faults));
        drop(own);
        let reading = dependencies::Reading { names, levels, rules: rules.unwrap_or_default(), rows: self.get("services") };
        reading.read(self.get("dependencies"), services, faults);
    }

    /// Feeds the content of the tables to a digest: cells column by column, dependencies as they were understood.
    pub fn digest(&self, model: &Model, feed: &mut dyn FnMut(&[u8])) {
        let mut buffer: Vec<u8> = Vec::with_capacity(1 << 16);
        for (name, table) in &self.tables {
            buffer.extend_from_slice(name.as_bytes());
            buffer.extend_from_slice(&(table.view.rows() as u64).to_le_bytes());
            for column in &table.view.columns {
                // From and to are fed as indexes below; the names behind them are those of the services.
                if *name == "dependencies" && ["from", "to", "impact", "weight"].contains(&&**column) {
                    continue;
                }
                buffer.extend_from_slice(column.as_bytes());
                table.each(column, |_, cell| {
                    let text = match &cell {
                        Cell::Text(text) => Cow::Borrowed(&**text),
                        other => Cow::Owned(cell_text(other)),
                    };
                    let kind = if matches!(cell, Cell::Null) { u32::MAX } else { text.len() as u32 };
                    buffer.extend_from_slice(&kind.to_le_bytes());
                    buffer.extend_from_slice(text.as_bytes());
                    flush(&mut buffer, 1 << 15, feed);
                });
            }
        }
        if self.tables.contains_key("dependencies") {
            if !self.tables.contains_key("services") {
                for number in 0..model.services.len() {
                    buffer.extend_from_slice(model.names.services.name(number).as_bytes());
                    buffer.push(0);
                    flush(&mut buffer, 1 << 15, feed);
                }
            }
            for service in model.services.iter() {
                let [(_, node)] = service.depends_on.spans() else { continue };
                buffer.extend_from_slice(&(node.edges.len() as u32).to_le_bytes());
                for edge in &node.edges {
                    buffer.extend_from_slice(&(edge.to.get() as u32).to_le_bytes());
                    buffer.extend_from_slice(&edge.weight.to_le_bytes());
                    match &edge.map {
                        LevelMap::Same => buffer.push(u8::MAX),
                        LevelMap::Table(table) => buffer.extend(table.iter().map(|level| level.unwrap_or(Level::MAX - 1))),
                    }
                }
                flush(&mut buffer, 1 << 15, feed);
            }
        }
        flush(&mut buffer, 0, feed);
    }
}

fn flush(buffer: &mut Vec<u8>, beyond: usize, feed: &mut dyn FnMut(&[u8])) {
    if buffer.len() > beyond {
        feed(buffer);
        buffer.clear();
    }
}

impl<'a> Given<'a> {
    fn mark(&self, row: usize, column: &str) -> Mark {
        let narrow = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let column = self.view.column(column).map_or(0, |at| narrow(at + 1));
        Mark { file: self.file, line: narrow(row + 1), column, start: 0, end: 0 }
    }

    /// Every cell of a column in order; none where there is no such column.
    fn each(&self, column: &str, mut cell: impl FnMut(usize, Cell<'a>)) {
        let Some(at) = self.view.column(column) else { return };
        let mut first = 0;
        for batch in &self.view.batches {
            for row in 0..batch.rows {
                cell(first + row, batch.columns.get(at).map_or(Cell::Null, |view| view.cell(row)));
            }
            first += batch.rows;
        }
    }

    /// Every text of a column; other cells are reported, empty ones where the column is needed.
    fn texts(&self, column: &str, needed: bool, faults: &mut Faults, mut text: impl FnMut(usize, Cow<'a, str>, &mut Faults)) {
        self.each(column, |row, cell| match cell {
            Cell::Text(found) => text(row, found, faults),
            Cell::Null if !needed => {}
            Cell::Null => self.missing(row, column, faults),
            other => self.bad_cell(row, column, &other, "text", faults),
        });
    }

    fn missing(&self, row: usize, column: &str, faults: &mut Faults) {
        let problem = faults.problem(&codes::MISSING_VALUE, self.mark(row, column)).as_error();
        faults.report(problem.with("column", Argument::user(column)));
    }

    fn bad_cell(&self, row: usize, column: &str, cell: &Cell<'_>, expected: &'static str, faults: &mut Faults) {
        let problem = faults.problem(&codes::BAD_CELL, self.mark(row, column)).as_error();
        faults.report(problem.with("value", Argument::user(cell_text(cell))).with("expected", expected));
    }

    /// A cell as a value of a document; none where it is empty.
    fn node(&self, row: usize, column: &str, cell: &Cell<'_>, faults: &mut Faults) -> Option<Node> {
        let text = match cell {
            Cell::Null => return None,
            Cell::Unreadable => {
                self.bad_cell(row, column, cell, "a value that can be read", faults);
                return None;
            }
            Cell::Text(text) => text.to_string(),
            // A time at midnight without a zone is how many tools write a day.
            Cell::Wall(micros) if micros % 86_400_000_000 == 0 => cell_text(cell).chars().take(10).collect(),
            other => cell_text(other),
        };
        Some(Node { mark: self.mark(row, column), kind: NodeKind::Scalar { text: text.into(), plain: true } })
    }

    /// Each row as a named record of a document.
    fn records<T: Decode>(&self, key: &'static str, named: &mut Named<T>, faults: &mut Faults) {
        let mut rows: Vec<Vec<Entry>> = vec![Vec::new(); self.view.rows()];
        let known = TABLES.iter().find(|(name, ..)| *name == self.view.name).map(|(_, columns)| *columns).unwrap_or_default();
        for column in known.iter().filter(|column| **column != key) {
            self.each(column, |row, cell| {
                if let (Some(value), Some(entries)) = (self.node(row, column, &cell, faults), rows.get_mut(row)) {
                    entries.push(Entry { key: (*column).into(), mark: value.mark, value });
                }
            });
        }
        let known = named.iter().map(|(name, _)| name).chain(&named.faulty);
        let mut places: BTreeMap<String, Mark> = known.map(|name| (name.value.clone(), name.mark)).collect();
        self.texts(key, true, faults, |row, name, faults| {
            let mark = self.mark(row, key);
            if let Some(first) = places.insert(name.to_string(), mark) {
                let place = faults.place_text(first);
                let problem = faults.problem(&codes::DUPLICATE_NAME, mark).with("kind", key);
                faults.report(problem.with("name", Argument::user(&name)).with("first", place));
                return;
            }
            let entries = rows.get_mut(row).map(std::mem::take).unwrap_or_default();
            let name = Spot { value: name.into_owned(), mark };
            let whole = Mark { column: 0, ..mark };
            match T::decode(&Node { mark: whole, kind: NodeKind::Map(entries) }, faults) {
                Some(value) => named.entries.push((name, value)),
                None => named.faulty.push(name),
            }
        });
    }

    /// Each name in a column as a record of its own, in the order of the names.
    fn imply<T: Decode>(
        &self,
        column: &str,
        named: &mut Named<T>,
        faults: &mut Faults,
        keys: impl Fn(&str) -> Vec<(&'static str, &'static str)>,
    ) {
        let mut first: BTreeMap<String, Mark> = BTreeMap::new();
        self.each(column, |row, cell| {
            if let Cell::Text(name) = cell
                && !first.contains_key(&*name)
            {
                first.insert(name.into_owned(), self.mark(row, column));
            }
        });
        for (name, mark) in first {
            let entry = |(key, text): (&'static str, &'static str)| {
                let value = Node { mark, kind: NodeKind::Scalar { text: text.into(), plain: true } };
                Entry { key: key.into(), mark, value }
            };
            let entries = keys(&name).into_iter().map(entry).collect();
            if let Some(value) = T::decode(&Node { mark, kind: NodeKind::Map(entries) }, faults) {
                named.entries.push((Spot { value: name, mark }, value));
            }
        }
    }
}

/// A whole number of 0 or more, however it arrives.
fn whole(cell: &Cell<'_>) -> Option<i64> {
    let value = match cell {
        Cell::Integer(value) => *value,
        Cell::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => *value as i64,
        Cell::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (value >= 0).then_some(value)
}
