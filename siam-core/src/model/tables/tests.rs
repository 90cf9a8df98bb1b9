//! Tables against documents that say the same.
//!
//! Goes in: CSV and YAML. Comes out: the same maps; the place of every fault.
//! **Invariant:** what a table says is said through the same readers as in a document.
//! **Not here:** random estates (the laws).

use crate::base::csv;
use crate::base::{Instant, Limits, Table};
use crate::model::rule::ServiceIdx;
use crate::{Ecosystem, Error, Source, load, load_with};

fn tables(written: &[(&str, &str)]) -> Vec<Table> {
    written.iter().map(|(name, text)| csv::read(name, text.as_bytes(), &Limits::default()).unwrap()).collect()
}

fn loaded(documents: &[&str], written: &[(&str, &str)]) -> Result<Ecosystem, Error> {
    let tables = tables(written);
    let sources: Vec<Source> = documents.iter().map(|text| Source::text("e", *text)).collect();
    load_with(&sources, tables.iter().map(Table::view).collect(), &Limits::default())
}

fn faults(documents: &[&str], written: &[(&str, &str)]) -> Vec<String> {
    let error = loaded(documents, written).unwrap_err();
    error.problems().iter().map(|problem| format!("{} {}", problem.code().name, problem.place())).collect()
}

/// Gates by name, so that the order of services does not matter.
fn gates(ecosystem: &Ecosystem) -> Vec<(String, String)> {
    let model = ecosystem.model();
    let structure = &ecosystem.map(Instant::MAX).structure;
    let named = |at: ServiceIdx| model.service_name(at).to_owned();
    model
        .names
        .services
        .iter()
        .map(|(name, at)| {
            let mut dependencies: Vec<String> = structure.dependencies(*at).map(named).collect();
            dependencies.sort();
            let shapes: Vec<_> = (1..=structure.worst())
                .map(|level| {
                    let (gates, root) = structure.gates(*at, level);
                    let shape = |gate: &crate::structure::Gate| {
                        let mut inputs: Vec<String> = gate
                            .inputs
                            .iter()
                            .map(|(input, by)| match input {
                                crate::structure::Input::Level(service, level) => format!("{} {level} {by}", named(*service)),
                                crate::structure::Input::Gate(gate) => format!("gate {gate} {by}"),
                            })
                            .collect();
                        inputs.sort();
                        (inputs, gate.bound)
                    };
                    (gates.iter().map(shape).collect::<Vec<_>>(), root)
                })
                .collect();
            (name.to_owned(), format!("{dependencies:?} {shapes:?}"))
        })
        .collect()
}

const WRITTEN: &str = "siam: 1
services:
  wan-a: {}
  wan-b: {}
  n1: {}
  n2: {}
  n3: {}
  log: {}
  email: {depends_on: [log, {any_of: [wan-a, wan-b]}, {at_least: 2, of: [n1, n2, n3]}]}
  portal: {depends_on: [email, {service: log, impact: degraded}, {service: n1, impact: {down: degraded, degraded: operational}}]}
  desk: {depends_on: {of: [{service: n1, weight: 3}, {service: n2, weight: 2}, n3], rule: {order: {weight: 2/3}}}}
  hall: {depends_on: {of: [{service: n1, group: left}, {service: n2, group: left}, {service: n3, group: right}],
    rule: {min: [{group: {label: left, rule: any}}, {group: {label: right}}]}}}
";

const SERVICES: &str = "service,rule\nwan-a,\nwan-b,\nn1,\nn2,\nn3,\nlog,\nemail,\nportal,\ndesk,{order: {weight: 2/3}}\n\
hall,\"{min: [{group: {label: left, rule: any}}, {group: {label: right}}]}\"\n";

const DEPENDENCIES: [&str; 15] = [
    "email,log,,,,",
    "email,wan-a,,,lines,any_of",
    "email,wan-b,,,lines,",
    "email,n1,,,nodes,at_least 2",
    "email,n2,,,nodes,at_least 2",
    "email,n3,,,nodes,",
    "portal,email,,,,",
    "portal,log,degraded,,,",
    "portal,n1,\"{down: degraded, degraded: operational}\",,,",
    "desk,n1,,3,,",
    "desk,n2,,2,,",
    "desk,n3,,,,",
    "hall,n1,,,left,",
    "hall,n2,,,left,",
    "hall,n3,,,right,",
];

fn dependencies(rows: &[&str]) -> String {
    format!("from,to,impact,weight,group,rule\n{}\n", rows.join("\n"))
}

#[test]
fn a_table_compiles_to_what_the_document_compiles_to_in_any_order_of_rows() {
    let written = load(&[Source::text("e", WRITTEN)]).unwrap();
    let given = loaded(&[], &[("services", SERVICES), ("dependencies", &dependencies(&DEPENDENCIES))]).unwrap();
    assert_eq!(gates(&written), gates(&given));
    let mut turned = DEPENDENCIES;
    turned.reverse();
    turned.swap(2, 9);
    let shuffled = loaded(&[], &[("services", SERVICES), ("dependencies", &dependencies(&turned))]).unwrap();
    assert_eq!(gates(&written), gates(&shuffled));
}

#[test]
fn an_ecosystem_of_tables_alone_has_its_suppliers_and_classes() {
    let services =
        "service,provider,class,stage,from,owner,users\nwan,netco,gold,operation,2026-01-01,Ann,\nmail,hub,gold,design,,,250\n";
    let ecosystem = loaded(&[], &[("services", services), ("dependencies", "from,to\nmail,wan\n")]).unwrap();
    let model = ecosystem.model();
    let kinds: Vec<_> = model.parties.iter().map(|party| (party.id.to_string(), party.kind.as_str())).collect();
    assert_eq!(kinds, [("hub".to_owned(), "supplier"), ("netco".to_owned(), "supplier")]);
    assert_eq!(model.classes.len(), 1);
    let wan = &model.services[model.names.services["wan"]];
    assert_eq!(Some(wan.validity.from), Instant::parse("2026-01-01T00:00:00Z"));
    assert_eq!(wan.owner.at(Instant::MAX).map(String::as_str), Some("Ann"));
    assert_eq!(ecosystem.place(wan.mark).to_string(), "table services row 1 column service");
    // A table of parties, once given, is whole: a provider that it lacks is a fault.
    let parties = "party,kind\nnetco,supplier\n";
    assert_eq!(
        faults(&[], &[("parties", parties), ("services", services)]),
        ["unresolved-name-here table services row 2 column provider"]
    );
}

#[test]
fn every_fault_of_every_table_comes_at_once_with_row_and_column() {
    let parties = "party,kind,sourcing\nnetco,suplier,\nhub,supplier,inside\n";
    let services = "service,provider,users,stage,hours,rule,from,until\n\
a,netco,many,operatoin,day,{bset: 2},,\n\
b,nobody,-1,,,,2026-02-01,2026-01-01\na,,,,,,,\n\" \",,,,,,,\n,,,,,,,\nc,,,,,any,soon,\n";
    let dependencies = "from,to,impact,weight,group,rule\n\
a,b,dwon,x,,\na,a,,,,\na,zzzzzz,,,,\n,b,,,,\nb,a,,,,any\nc,a,\"{down: [\",,g,any\nc,b,,,g,all\n";
    let expected = [
        "unknown-word table parties row 1 column kind",
        "unknown-word-here table parties row 2 column sourcing",
        "unresolved-name-here table services row 1 column hours",
        "unresolved-name table services row 1 column rule",
        "unknown-word table services row 1 column stage",
        "bad-cell table services row 1 column users",
        "unresolved-name-here table services row 2 column provider",
        "empty-dates table services row 2 column until",
        "bad-cell table services row 2 column users",
        "duplicate-row table services row 3 column service",
        "bad-id table services row 4 column service",
        "missing-value table services row 5 column service",
        "no-such-date table services row 6 column from",
        "unresolved-name table dependencies row 1 column impact",
        "bad-cell table dependencies row 1 column weight",
        "depends-on-itself table dependencies row 2 column to",
        "unresolved-name-here table dependencies row 3 column to",
        "missing-value table dependencies row 4 column from",
        "rule-without-group table dependencies row 5 column rule",
        "syntax table dependencies row 6 column impact",
        "rules-differ table dependencies row 7 column rule",
        "rule-twice table services row 6 column rule",
    ];
    let mut found = faults(&[], &[("parties", parties), ("services", services), ("dependencies", dependencies)]);
    let mut expected = expected.to_vec();
    found.sort();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_service_of_a_document_takes_its_dependencies_from_one_place() {
    let document = "siam: 1\nservices: {a: {}, b: {}, c: {depends_on: [a]}}\n";
    assert!(loaded(&[document], &[("dependencies", "from,to\nb,a\n")]).is_ok());
    assert_eq!(
        faults(&[document], &[("dependencies", "from,to\nb,a\nc,b\n")]),
        ["duplicate-name table dependencies row 2 column from"]
    );
    assert_eq!(faults(&[document], &[("services", "service\na\n")]), ["duplicate-row table services row 1 column service"]);
}

#[test]
fn the_fingerprint_follows_what_the_tables_say_and_not_the_order_of_dependencies() {
    let stamp = |rows: &str| {
        let given = loaded(&[], &[("services", "service\na\nb\nc\n"), ("dependencies", rows)]).unwrap();
        given.stamp().fingerprint.clone()
    };
    let one = stamp("from,to\nc,a\nc,b\nb,a\n");
    assert_eq!(one, stamp("from,to\nb,a\nc,b\nc,a\n"));
    assert_ne!(one, stamp("from,to\nb,a\nc,b\n"));
    assert_ne!(one, stamp("from,to,weight\nc,a,2\nc,b,1\nb,a,1\n"));
    assert_ne!(one, stamp("from,to,impact\nc,a,degraded\nc,b,\nb,a,\n"));
}

#[test]
fn the_states_of_a_map_are_bounded_before_they_are_compiled() {
    let tables = tables(&[("services", "service,from\na,\nb,2026-02-01\n"), ("dependencies", "from,to\nb,a\n")]);
    // Two services, before the first of February and from then on.
    let within = |map_services| {
        let limits = Limits { map_services, ..Limits::default() };
        load_with(&[], tables.iter().map(Table::view).collect(), &limits)
    };
    assert!(within(4).is_ok());
    let error = within(3).unwrap_err();
    assert_eq!(error.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["too-many-maps"]);
}

#[test]
fn every_column_has_its_meaning() {
    for ((name, columns), (of, _, meanings)) in super::TABLES.iter().zip(super::MEANINGS) {
        assert_eq!(name, of);
        assert_eq!(columns.to_vec(), meanings.iter().map(|(column, _)| *column).collect::<Vec<_>>());
        assert!(meanings.iter().enumerate().all(|(at, (_, doc))| doc.ends_with("; needed") == (at < super::needed(name))));
    }
}

#[test]
fn a_dependency_said_twice_counts_once() {
    let services = b"service,rule\na,at_least 2\nb,\nc,\n".as_slice();
    let once = b"from,to\na,b\na,c\n".as_slice();
    let twice = b"from,to\na,b\na,b\na,c\n".as_slice();
    let levels = |dependencies: &[u8]| {
        let limits = crate::base::Limits::default();
        let tables = [("services", services), ("dependencies", dependencies)];
        let tables: Vec<_> = tables.iter().map(|(name, text)| crate::base::csv::read(name, text, &limits).unwrap()).collect();
        let views = tables.iter().map(|table| table.view()).collect();
        let ecosystem = crate::load_with(&[], views, &limits).unwrap();
        let failures = vec![crate::FailureQuery::of("c")];
        let report = crate::impact(&ecosystem, &crate::ImpactQuery { failures, ..Default::default() }).unwrap();
        (0..report.rows().rows()).map(|row| format!("{:?}", report.rows().cell(row, "service"))).collect::<Vec<_>>()
    };
    assert_eq!(levels(once), levels(twice));
    assert_eq!(levels(once).len(), 2);
}
