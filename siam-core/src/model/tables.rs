//! Services and dependencies that come as columns, such as an export of a CMDB.
//!
//! Goes in: tables `services(service, title, provider, class, users)` and `dependencies(from, to, impact, weight)`.
//! Comes out: services joined to those of the documents; `from` is the dependent, `to` what it depends on.
//! **Invariant:** a row that cannot be used is a fault that names table, row and column; none is dropped.
//! **Not here:** evidence about what happened (`evidence`).

use super::Names;
use super::dated::Timeline;
use super::rule::{Edge, Expression, Level, LevelMap, Node, ServiceIdx, ServiceKind};
use super::service::Service;
use crate::base::columns::Cell;
use crate::base::id::ServiceId;
use crate::base::{Argument, IdxVec, Place, Problem, TableView, codes};
use crate::document::Faults;
use std::borrow::Cow;
use std::collections::BTreeMap;

const SERVICE_COLUMNS: &[&str] = &["service", "title", "provider", "class", "users"];
const DEPENDENCY_COLUMNS: &[&str] = &["from", "to", "impact", "weight"];

/// The tables of one load, sorted out by name.
#[derive(Debug, Default)]
pub struct ServiceTables<'a> {
    services: Option<TableView<'a>>,
    dependencies: Option<TableView<'a>>,
}

impl<'a> ServiceTables<'a> {
    /// Sorts tables out by name; unknown tables and columns are reported.
    pub fn new(tables: Vec<TableView<'a>>, faults: &mut Faults) -> Self {
        let mut sorted = Self::default();
        for table in tables {
            let (slot, known, needed): (_, &[&str], &[&str]) = match &*table.name {
                "services" => (&mut sorted.services, SERVICE_COLUMNS, &["service"]),
                "dependencies" => (&mut sorted.dependencies, DEPENDENCY_COLUMNS, &["from", "to"]),
                name => {
                    let problem = Problem::new(&codes::UNKNOWN_TABLE, Place::cell(name, 0, ""));
                    faults.report(problem.with("name", Argument::user(name)).with("known", "services, dependencies"));
                    continue;
                }
            };
            for column in needed.iter().filter(|column| table.column(column).is_none()) {
                let problem = Problem::new(&codes::MISSING_COLUMN_NO_GUESS, Place::cell(&table.name, 0, ""));
                let given = table.columns.join(", ");
                let problem = problem.with("table", Argument::user(&table.name)).with("column", Argument::user(column));
                faults.report(problem.with("known", Argument::name(given)));
            }
            for column in table.columns.iter().filter(|column| !known.contains(&&***column)) {
                let problem = Problem::new(&codes::UNKNOWN_KEY_NO_GUESS, Place::cell(&table.name, 0, column));
                let problem = problem.with("key", Argument::user(column)).with("shape", Argument::user(&table.name));
                faults.report(problem.with("allowed", Argument::name(known.join(", "))));
            }
            *slot = Some(table);
        }
        sorted
    }

    /// Adds the names of the services table; without one, and where no service has a name yet, those of the dependencies.
    pub fn add_names(&self, names: &mut BTreeMap<String, ServiceIdx>, faults: &mut Faults) {
        if let Some(table) = &self.services {
            for (row, cell) in rows(table, "service").enumerate() {
                let Some(name) = text(cell, table, row, "service", true, faults) else { continue };
                let next = ServiceIdx::new(names.len());
                if names.insert(name.to_string(), next).is_some() {
                    let problem =
                        Problem::new(&codes::DUPLICATE_ROW, Place::cell("services", row as u64 + 1, "service")).as_error();
                    faults.report(problem.with("key", Argument::user(&name)));
                }
            }
        } else if let (true, Some(table)) = (names.is_empty(), &self.dependencies) {
            for (from, to) in rows(table, "from").zip(rows(table, "to")) {
                for cell in [from, to] {
                    if let Cell::Text(name) = cell {
                        let next = ServiceIdx::new(names.len());
                        names.entry(name.into_owned()).or_insert(next);
                    }
                }
            }
        }
    }

    /// Adds the services that only tables know, and all dependencies of the table.
    pub fn add_services(
        &self,
        services: &mut IdxVec<ServiceKind, Service>,
        names: &Names,
        levels: &[String],
        faults: &mut Faults,
    ) {
        if self.services.is_none() && self.dependencies.is_none() || faults.count() > 0 {
            return;
        }
        let mut by_index: Vec<(&str, ServiceIdx)> = names.services.iter().map(|(name, at)| (name.as_str(), *at)).collect();
        by_index.sort_unstable_by_key(|(_, at)| *at);
        for (row, (name, _)) in by_index.into_iter().skip(services.len()).enumerate() {
            match name.parse::<ServiceId>() {
                Ok(id) => {
                    services.push(Service::named(id));
                }
                Err(fault) => {
                    let problem = Problem::new(&codes::BAD_ID, Place::cell("services", row as u64 + 1, "service"));
                    faults.report(problem.with("value", Argument::user(name)).with("why", Argument::name(fault.to_string())));
                    return;
                }
            }
        }
        if let Some(table) = &self.services {
            describe(table, services, names, faults);
        }
        if let Some(table) = &self.dependencies {
            depend(table, services, names, levels, faults);
        }
    }
}

fn rows<'t, 'a>(table: &'t TableView<'a>, column: &str) -> impl Iterator<Item = Cell<'a>> + use<'t, 'a> {
    let column = table.column(column);
    table.batches.iter().flat_map(move |batch| {
        (0..batch.rows).map(move |row| column.and_then(|at| batch.columns.get(at)).map_or(Cell::Null, |view| view.cell(row)))
    })
}

fn text<'a>(
    cell: Cell<'a>,
    table: &TableView<'_>,
    row: usize,
    column: &str,
    needed: bool,
    faults: &mut Faults,
) -> Option<Cow<'a, str>> {
    let place = || Place::cell(&table.name, row as u64 + 1, column);
    match cell {
        Cell::Text(text) => Some(text),
        Cell::Null if !needed => None,
        Cell::Null => {
            faults.report(Problem::new(&codes::MISSING_VALUE, place()).as_error().with("column", Argument::user(column)));
            None
        }
        other => {
            let problem = Problem::new(&codes::BAD_CELL, place()).as_error();
            let shown = crate::base::csv::cell_text(&other);
            faults.report(problem.with("value", Argument::user(shown)).with("expected", "text"));
            None
        }
    }
}

fn unresolved(kind: &'static str, name: &str, place: Place, faults: &mut Faults) {
    let problem = Problem::new(&codes::UNRESOLVED_NO_GUESS, place).with("kind", kind);
    faults.report(problem.with("name", Argument::user(name)));
}

fn describe(table: &TableView<'_>, services: &mut IdxVec<ServiceKind, Service>, names: &Names, faults: &mut Faults) {
    let columns = rows(table, "title").zip(rows(table, "provider")).zip(rows(table, "class")).zip(rows(table, "users"));
    for (row, (name, (((title, provider), class), users))) in rows(table, "service").zip(columns).enumerate() {
        let Cell::Text(name) = name else { continue };
        let Some(at) = names.services.get(&*name) else { continue };
        let service = &mut services[*at];
        service.title = text(title, table, row, "title", false, faults).map(Cow::into_owned);
        if let Some(name) = text(provider, table, row, "provider", false, faults) {
            match names.parties.get(&*name) {
                Some(party) => service.provider = Timeline::always(*party),
                None => unresolved("party", &name, Place::cell(&table.name, row as u64 + 1, "provider"), faults),
            }
        }
        if let Some(name) = text(class, table, row, "class", false, faults) {
            match names.classes.get(&*name) {
                Some(class) => service.class = Timeline::always(*class),
                None => unresolved("service class", &name, Place::cell(&table.name, row as u64 + 1, "class"), faults),
            }
        }
        match whole(&users) {
            Some(count) => service.users = Timeline::always(count),
            None if users == Cell::Null => {}
            None => {
                let problem = Problem::new(&codes::BAD_CELL, Place::cell(&table.name, row as u64 + 1, "users")).as_error();
                let shown = crate::base::csv::cell_text(&users);
                faults.report(problem.with("value", Argument::user(shown)).with("expected", "a whole number of 0 or more"));
            }
        }
    }
}

fn whole(cell: &Cell<'_>) -> Option<i64> {
    let value = match cell {
        Cell::Integer(value) => *value,
        Cell::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => *value as i64,
        Cell::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (value >= 0).then_some(value)
}

fn depend(
    table: &TableView<'_>,
    services: &mut IdxVec<ServiceKind, Service>,
    names: &Names,
    levels: &[String],
    faults: &mut Faults,
) {
    let mut edges: Vec<(ServiceIdx, Edge)> = Vec::with_capacity(table.rows());
    let columns = rows(table, "to").zip(rows(table, "impact")).zip(rows(table, "weight"));
    for (row, (from, ((to, impact), weight))) in rows(table, "from").zip(columns).enumerate() {
        let place = |column: &str| Place::cell(&table.name, row as u64 + 1, column);
        let mut service = |cell: Cell<'_>, column: &str| {
            let name = text(cell, table, row, column, true, faults)?;
            let found = names.services.get(&*name).copied();
            if found.is_none() {
                unresolved("service", &name, place(column), faults);
            }
            found
        };
        let (Some(from), Some(to)) = (service(from, "from"), service(to, "to")) else { continue };
        if from == to {
            let problem = Problem::new(&codes::DEPENDS_ON_ITSELF, place("to"));
            let name = services.get(from).map_or("", |service| service.id.as_str());
            faults.report(problem.with("service", Argument::user(name)));
            continue;
        }
        let map = match text(impact, table, row, "impact", false, faults) {
            None => LevelMap::Same,
            Some(name) => match levels.iter().position(|level| *level == *name).and_then(|at| Level::try_from(at).ok()) {
                Some(most) => {
                    let table = (0..levels.len()).filter_map(|at| Level::try_from(at).ok());
                    LevelMap::Table(table.map(|level| Some(level.min(most))).collect())
                }
                None => {
                    unresolved("level", &name, place("impact"), faults);
                    continue;
                }
            },
        };
        let weight = match (&weight, whole(&weight).and_then(|weight| u32::try_from(weight).ok())) {
            (Cell::Null, _) => 1,
            (_, Some(weight)) => weight,
            _ => {
                let shown = crate::base::csv::cell_text(&weight);
                let problem = Problem::new(&codes::BAD_CELL, place("weight")).as_error().with("value", Argument::user(shown));
                faults.report(problem.with("expected", "a whole number of 0 or more"));
                continue;
            }
        };
        edges.push((from, Edge { to, map, weight, group: None }));
    }
    edges.sort_by_key(|(from, edge)| (*from, edge.to));
    let mut edges = edges.into_iter().peekable();
    while let Some((from, first)) = edges.next() {
        let mut own = vec![first];
        while let Some((_, edge)) = edges.next_if(|(next, _)| *next == from) {
            own.push(edge);
        }
        let service = &mut services[from];
        if !service.depends_on.spans().is_empty() {
            let problem =
                Problem::new(&codes::DUPLICATE_NAME, Place::cell(&table.name, 0, "from")).with("kind", "dependencies of");
            let problem = problem.with("name", Argument::user(service.id.as_str()));
            faults.report(problem.with("first", "the documents"));
            continue;
        }
        service.depends_on = Timeline::always(Node { edges: own, rule: Expression::any() });
    }
}

impl ServiceTables<'_> {
    /// Feeds the content of the tables to a digest, cell by cell.
    pub fn digest(&self, feed: &mut dyn FnMut(&[u8])) {
        for table in [&self.services, &self.dependencies].into_iter().flatten() {
            feed(table.name.as_bytes());
            for batch in &table.batches {
                for row in 0..batch.rows {
                    for (name, view) in table.columns.iter().zip(&batch.columns) {
                        let text = crate::base::csv::cell_text(&view.cell(row));
                        feed(name.as_bytes());
                        feed(&(text.len() as u64).to_le_bytes());
                        feed(text.as_bytes());
                    }
                }
            }
        }
    }
}
