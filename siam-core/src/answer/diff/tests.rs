use super::*;
use crate::Source;

fn ecosystem(text: &str) -> Ecosystem {
    crate::load(&[Source::text("e", text)]).unwrap()
}

fn told(before: &str, after: &str) -> Vec<String> {
    let report = diff(&ecosystem(before), &ecosystem(after), &DiffQuery::default()).unwrap();
    let catalogue = crate::Catalogue::english();
    let line = |row| crate::report::Explanation::of(&report.explain(row).unwrap(), &catalogue).to_text();
    (0..report.table.rows()).map(line).collect()
}

#[test]
fn a_provider_that_changes_on_a_day_is_two_stretches_for_one() {
    let before = "{siam: 1, parties: {a: {kind: supplier}, b: {kind: supplier}}, services: {mail: {provider: a}}}";
    let after = "siam: 1\nparties: {a: {kind: supplier}, b: {kind: supplier}}\n\
services: {mail: {provider: [{value: a, until: 2026-08-01}, {value: b, from: 2026-08-01}]}}\n";
    let lines = told(before, after);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("until 2026-08-01")).count(), 1, "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("service mail no longer has provider a\n")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("service mail has provider b\n  from 2026-08-01")), "{lines:?}");
}

#[test]
fn a_new_part_is_one_row_and_its_attributes_are_not_repeated() {
    let lines = told("{siam: 1, services: {a: {}}}", "{siam: 1, services: {a: {}, b: {users: 4, depends_on: [a]}}}");
    assert_eq!(lines, ["service b was added\n"]);
}

#[test]
fn layout_order_and_quotes_are_no_difference() {
    let one = "siam: 1\nservices:\n  a: {users: 4}\n  b: {depends_on: [a]}\n";
    let other = "{services: {b: {depends_on: a}, a: {users: '4'}}, siam: 1}";
    assert_eq!(told(one, other), Vec::<String>::new());
}

#[test]
fn a_kind_that_is_none_is_a_misspelling() {
    let one = ecosystem("{siam: 1, services: {a: {}}}");
    let error = diff(&one, &one, &DiffQuery { kinds: vec!["servise".into()] }).err().unwrap();
    assert!(error.to_string().contains("did you mean `service`?"), "{error}");
    assert!(diff(&one, &one, &DiffQuery { kinds: vec!["service".into()] }).unwrap().table.rows() == 0);
}
