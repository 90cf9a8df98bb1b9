//! The columns of the services table.
//!
//! Goes in: one row per service. Comes out: titles, providers, classes, stages, users, hours and dates; the texts of rules.
//! **Invariant:** every cell is read, whatever is wrong with another one.
//! **Not here:** names (`tables`), what the rules say (`tables::dependencies`).

use super::dependencies::Words;
use super::{Given, whole};
use crate::base::columns::Cell;
use crate::base::zone::Zone;
use crate::base::{Idx, codes};
use crate::document::{Decode, Faults, Spot, When};
use crate::model::dated::{Timeline, Validity};
use crate::model::service::{Service, Stage};
use crate::model::{Names, resolve};
use std::collections::BTreeMap;

/// Fills in what the rows say of their services: `own[row]`, or nowhere where there is none. Gives the texts of rules by row.
pub(super) fn describe(table: &Given<'_>, own: &mut [&mut Service], names: &Names, zone: &Zone, faults: &mut Faults) -> Words {
    let mut set = |row: usize, change: &dyn Fn(&mut Service)| {
        if let Some(service) = own.get_mut(row) {
            change(service);
        }
    };
    table.texts("title", false, faults, |row, title, _| set(row, &|service| service.title = Some(title.to_string())));
    table.texts("owner", false, faults, |row, name, _| set(row, &|service| service.owner = Timeline::always(name.to_string())));
    named(table, "provider", "party", &names.parties, faults, |row, at| {
        set(row, &|service| service.provider = Timeline::always(at))
    });
    named(table, "class", "service class", &names.classes, faults, |row, at| {
        set(row, &|service| service.class = Timeline::always(at))
    });
    named(table, "hours", "calendar", &names.calendars, faults, |row, at| {
        set(row, &|service| service.hours = Timeline::always(at))
    });
    named(table, "user_hours", "calendar", &names.calendars, faults, |row, at| {
        set(row, &|service| service.user_hours = Timeline::always(at))
    });
    table.each("stage", |row, cell| {
        let node = table.node(row, "stage", &cell, faults);
        if let Some(stage) = node.and_then(|node| Stage::decode(&node, faults)) {
            set(row, &|service| service.stage = Timeline::always(stage));
        }
    });
    table.each("users", |row, cell| match whole(&cell) {
        Some(count) => set(row, &|service| service.users = Timeline::always(count)),
        None if cell == Cell::Null => {}
        None => table.bad_cell(row, "users", &cell, "a whole number of 0 or more", faults),
    });
    let mut ends = |column: &str| {
        let mut found: BTreeMap<usize, Spot<When>> = BTreeMap::new();
        table.each(column, |row, cell| {
            let node = table.node(row, column, &cell, faults);
            if let Some(when) = node.and_then(|node| Spot::<When>::decode(&node, faults)) {
                found.insert(row, when);
            }
        });
        found
    };
    let (from, until) = (ends("from"), ends("until"));
    let rows = from.keys().chain(until.keys().filter(|row| !from.contains_key(row)));
    for row in rows {
        let validity = Validity::check(from.get(row), until.get(row), zone, faults);
        set(*row, &|service| service.validity = validity);
    }
    Words::read(table, "rule", faults)
}

/// Where the names of a column lead; exports repeat few names in many rows, so the last few are remembered by their text.
fn named<T>(
    table: &Given<'_>,
    column: &str,
    kind: &'static str,
    names: &BTreeMap<String, Idx<T>>,
    faults: &mut Faults,
    mut found: impl FnMut(usize, Idx<T>),
) {
    table.texts(column, false, faults, |row, name, faults| {
        if let Some(at) = names.get(&*name) {
            found(row, *at);
        } else if faults.count() < 100 {
            resolve(names, kind, &name, table.mark(row, column), faults);
        } else {
            let problem = faults.problem(&codes::UNRESOLVED_NO_GUESS, table.mark(row, column)).with("kind", kind);
            faults.report(problem.with("name", crate::base::Argument::user(&name)));
        }
    });
}
