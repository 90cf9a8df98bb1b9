//! Comparisons worked by hand.

use super::{CompareQuery, Comparison, compare};
use crate::answer::given::Question;
use crate::base::csv::{self, cell_text};
use crate::base::{Error, Limits, Problems, Table};
use crate::document::Source;
use crate::ecosystem::load;
use crate::report::{Answer, Catalogue, Explanation};

fn ask(tables: &[(&str, &str)], query: CompareQuery) -> Result<Comparison, Error> {
    let ecosystem = load(&[Source::text("acme.yaml", "siam: 1\n")]).unwrap();
    let mut query = query;
    for (name, text) in tables {
        let table = csv::read(name, text.as_bytes(), &Limits::default()).unwrap();
        let mut problems = Problems::new();
        query.take(&table.view(), &mut problems);
        assert!(problems.is_empty());
    }
    compare(&ecosystem, &query)
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let line = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(line).collect()
}

const HEAD: &str = "period,measure,by,party,counted,value_exact,statistic,unit,direction,result\n";
const PARTS: [&str; 4] = ["party", "change_exact", "because_performance_exact", "because_mix_exact"];

#[test]
fn a_change_is_performance_and_mix() {
    let before = format!(
        "{HEAD}2026-09,m,,,100,0.88,percent_within,share,at_least,met\n2026-09,m,party,a,60,0.9,percent_within,share,at_least,met\n\
         2026-09,m,party,b,40,0.85,percent_within,share,at_least,met\n"
    );
    let after = format!(
        "{HEAD}2026-10,m,,,100,0.82,percent_within,share,at_least,missed\n\
         2026-10,m,party,a,20,0.95,percent_within,share,at_least,met\n\
         2026-10,m,party,b,70,0.8,percent_within,share,at_least,met\n2026-10,m,party,c,10,0.7,percent_within,share,at_least,met\n"
    );
    let report = ask(&[("before", &before), ("after", &after)], CompareQuery::default()).unwrap();
    // V is 0.88 and 0.82, in the middle 0.85; weights a 0.6 and 0.2, b 0.4 and 0.7, c 0 and 0.1 with 0.7 on both sides.
    // a: 0.4 x 0.05 = 0.02, and -0.4 x (0.925 - 0.85) = -0.03. b: 0.55 x -0.05 = -0.0275, and 0.3 x (0.825 - 0.85) = -0.0075.
    // c: 0, and 0.1 x (0.7 - 0.85) = -0.015. Together -0.0075 and -0.0525, which is -0.06.
    assert_eq!(
        lines(report.rows(), &PARTS),
        [" -0.06 -0.0075 -0.0525", "a 0.05 0.02 -0.03", "b -0.05 -0.0275 -0.0075", "c  0 -0.015"]
    );
    assert_eq!(lines(report.rows(), &["tendency", "counted_before", "counted_after"])[..2], ["worse 100 100", "better 60 20"]);
    for row in 0..4 {
        let why = Explanation::of(&report.explain(row).unwrap(), &Catalogue::english()).to_text();
        assert!(!why.contains('{') && !why.contains("compare-") && why.contains("because of mix"), "{why}");
    }
    assert!(report.explain(4).is_err());
}

#[test]
fn without_groups_all_of_it_is_performance_and_a_number_has_no_parts() {
    let rows = format!(
        "{HEAD}2026-09,m,,,10,0.5,percent_within,share,at_least,met\n2026-10,m,,,10,0.75,percent_within,share,at_least,met\n\
         2026-09,n,,,4,4,count,count,at_most,met\n2026-10,n,,,6,6,count,count,at_most,missed\n"
    );
    let query = CompareQuery { before: Some("2026-09".into()), after: Some("2026-10".into()), ..CompareQuery::default() };
    let report = ask(&[("rows", &rows)], query).unwrap();
    let columns = ["measure", "change_exact", "because_performance_exact", "because_mix_exact", "tendency"];
    assert_eq!(lines(report.rows(), &columns), ["m 0.25 0.25 0 better", "n 2   worse"]);
}

#[test]
fn groups_that_do_not_make_up_the_total_have_no_parts() {
    let rows = format!(
        "{HEAD}2026-09,m,,,10,0.5,percent_within,share,at_least,met\n2026-09,m,party,a,5,0.5,percent_within,share,at_least,met\n\
         2026-10,m,,,10,0.6,percent_within,share,at_least,met\n2026-10,m,party,a,10,0.6,percent_within,share,at_least,met\n"
    );
    let query = CompareQuery { before: Some("2026-09".into()), after: Some("2026-10".into()), ..CompareQuery::default() };
    let report = ask(&[("rows", &rows)], query).unwrap();
    assert_eq!(lines(report.rows(), &PARTS), [" 0.1  ", "a 0.1  "]); // five of September's ten tickets are of no group
}

#[test]
fn a_question_says_which_periods_it_is_about() {
    let rows = format!(
        "{HEAD}2026-09,m,,,10,0.5,percent_within,share,at_least,met\n2026-10,m,,,1,1,percent_within,share,at_least,met\n"
    );
    let names = |tables: &[(&str, &str)], query: CompareQuery| {
        let error = ask(tables, query).map(|_| ()).unwrap_err();
        error.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>()
    };
    assert_eq!(names(&[], CompareQuery::default()), ["missing-table", "missing-table"]);
    assert_eq!(names(&[("rows", &rows)], CompareQuery::default()), ["several-periods", "several-periods"]);
    assert_eq!(
        names(&[("before", &rows)], CompareQuery { before: Some("2026-09".into()), ..Default::default() }),
        ["missing-table"]
    );
    let wrong = CompareQuery { before: Some("2026-08".into()), after: Some("2026-10".into()), ..CompareQuery::default() };
    assert_eq!(names(&[("rows", &rows)], wrong).len(), 1);
    let unknown = CompareQuery { measures: vec!["x".into()], ..CompareQuery::default() };
    assert_eq!(names(&[("rows", &rows)], unknown).len(), 1);
}
