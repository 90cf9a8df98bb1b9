//! Laws of services and dependencies that come as columns.
//!
//! Goes in: seeds and sizes of estates; arbitrary cells. Comes out: a table says what the document says; no table panics.
//! **Invariant:** the same estate is written both ways, and every answer compared.
//! **Not here:** places of faults (`model::tables` in the core), evidence (`hostile`).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::impact::{FailureQuery, ImpactQuery, impact};
use siam_core::base::columns::Cell;
use siam_core::base::{ColumnType, Instant, Limits, Table, csv};
use siam_core::{Ecosystem, Source, load_with};
use siam_tests::generate::{Dice, Estate, Item, Needs, Options, estate};
use std::borrow::Cow;

type Row = Vec<Option<String>>;

fn table(name: &'static str, columns: &[&'static str], rows: &[Row]) -> Table {
    let columns = columns.iter().map(|column| (Cow::Borrowed(*column), ColumnType::Text)).collect();
    let mut table = Table::with_columns(name, columns);
    for row in rows {
        let cells: Vec<Cell<'_>> =
            row.iter().map(|cell| cell.as_deref().map_or(Cell::Null, |text| Cell::Text(text.into()))).collect();
        table.push(&cells);
    }
    table
}

/// The value of a key of `{service: s1, impact: {a: b}, weight: 2}`; a plain name is the service.
fn value(edge: &str, key: &str) -> Option<String> {
    let Some(inside) = edge.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return (key == "service").then(|| edge.to_owned());
    };
    let rest = &inside[inside.find(&format!("{key}: "))? + key.len() + 2..];
    let mut open = 0_i32;
    let end = rest.find(|letter| {
        open += i32::from(letter == '{') - i32::from(letter == '}');
        open == 0 && letter == ','
    });
    Some(rest[..end.unwrap_or(rest.len())].to_owned())
}

/// The rows of services and of dependencies.
fn rows(estate: &Estate) -> (Vec<Row>, Vec<Row>) {
    let (mut services, mut dependencies) = (Vec::new(), Vec::new());
    for service in &estate.services {
        let mut row = vec![Some(service.name.clone()), None];
        let mut depend = |edge: &str, group: Option<String>, rule: Option<String>| {
            let own = ["service", "impact", "weight", "group"].map(|key| value(edge, key));
            let [to, impact, weight, own] = own;
            dependencies.push(vec![Some(service.name.clone()), to, impact, weight, group.or(own), rule]);
        };
        for (needs, _) in &service.needs {
            match needs {
                Needs::Long(edges, rule) => {
                    row[1] = Some(rule.clone());
                    edges.iter().for_each(|edge| depend(edge, None, None));
                }
                Needs::Short(items) => {
                    for (at, item) in items.iter().enumerate() {
                        let group = Some(format!("group {at}"));
                        match item {
                            Item::One(edge) => depend(edge, None, None),
                            Item::AnyOf(members) => {
                                members.iter().for_each(|edge| depend(edge, group.clone(), Some("any_of".into())));
                            }
                            Item::AtLeast(wanted, members) => {
                                members.iter().for_each(|edge| depend(edge, group.clone(), Some(format!("at_least {wanted}"))));
                            }
                        }
                    }
                }
            }
        }
        services.push(row);
    }
    (services, dependencies)
}

fn given(estate: &Estate, services: &[Row], dependencies: &[Row]) -> Ecosystem {
    let levels = Source::text("levels", format!("siam: 1\nlevels: [{}]\n", estate.levels.join(", ")));
    let services = table("services", &["service", "rule"], services);
    let dependencies = table("dependencies", &["from", "to", "impact", "weight", "group", "rule"], dependencies);
    let loaded = load_with(&[levels], vec![services.view(), dependencies.view()], &Limits::default());
    loaded.unwrap_or_else(|error| panic!("{error}\n{}", estate.document()))
}

/// Who is hit, and how.
fn hit(ecosystem: &Ecosystem, estate: &Estate) -> Vec<[String; 3]> {
    let failures = estate.failures.iter().map(|(service, level)| FailureQuery {
        service: service.clone(),
        level: Some(level.clone()),
        ..FailureQuery::default()
    });
    let query = ImpactQuery { failures: failures.collect(), at: Some(Instant(estate.at)), ..Default::default() };
    let report = impact(ecosystem, &query).unwrap_or_else(|error| panic!("{error}\n{}", estate.document()));
    let rows = report.rows();
    let text = |row, column| match rows.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        other => panic!("{other:?}"),
    };
    let mut hit: Vec<_> = (0..rows.rows()).map(|row| ["service", "level", "before"].map(|column| text(row, column))).collect();
    hit.sort();
    hit
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_estate_says_the_same_as_a_document_and_as_tables_in_any_order(seed: u64, services in 1_usize..14, cyclic: bool) {
        let mut dice = Dice::new(seed);
        let estate = estate(&mut dice, services, Options { cyclic, ..Options::default() });
        let written = hit(&load(&estate.document()), &estate);
        let (mut services, mut dependencies) = rows(&estate);
        prop_assert_eq!(&written, &hit(&given(&estate, &services, &dependencies), &estate), "{}", estate.document());
        dice.shuffle(&mut services);
        dice.shuffle(&mut dependencies);
        prop_assert_eq!(&written, &hit(&given(&estate, &services, &dependencies), &estate), "{}", estate.document());
    }

    #[test]
    fn hostile_cells_are_faults_and_never_panic(
        services in "(service|rule|from|until|users|stage|class|,|\n|a|b|\\{|\\}|\\[|any|best: 2|:| |\"|2026-01-01|-1|\u{0}|\u{e9}){0,40}",
        dependencies in "(from|to|impact|weight|group|rule|,|\n|a|b|\\{|\\}|down|degraded|at_least 2|any_of|:| |\"|1e9|\u{7f}){0,40}",
    ) {
        let limits = Limits::default();
        let read = |name, head: &str, text: &str| csv::read(name, format!("{head}\n{text}").as_bytes(), &limits).ok();
        let services = read("services", "service,rule,from,until,users,stage", &services);
        let dependencies = read("dependencies", "from,to,impact,weight,group,rule", &dependencies);
        let tables = services.iter().chain(&dependencies).map(Table::view).collect();
        if let Err(error) = load_with(&[], tables, &limits) {
            prop_assert!(!error.problems().is_empty());
        }
    }
}
