use super::*;
use crate::answer::impact::{FailureQuery, ImpactQuery, impact};
use crate::base::columns::Cell;
use crate::report::{Catalogue, Explanation};
use crate::{Source, load};

const ACME: &str = "
siam: 1
classes: {vital: {critical: true}, plain: {}}
parties:
  acme: {kind: customer}
  netco: {kind: supplier}
  digger: {kind: supplier, subcontractor_of: netco}
  hostco: {kind: supplier}
services:
  duct:   {provider: digger}
  wan-a:  {provider: netco, depends_on: [duct]}
  wan-b:  {provider: netco}
  net:    {provider: netco, users: 10, depends_on: [{any_of: [wan-a, wan-b]}]}
  host-1: {provider: hostco}
  host-2: {provider: hostco}
  host-3: {provider: hostco}
  farm:   {provider: hostco, depends_on: [{at_least: 2, of: [host-1, host-2, host-3]}]}
  email:  {provider: acme, class: vital, users: 4000, depends_on: [net, farm]}
  wiki:   {provider: acme, class: plain, users: 300, depends_on: [farm]}
agreements:
  sla-email: {kind: sla, services: [email]}
  sla-all: {kind: sla, services: [email, wiki]}
";

fn acme() -> Ecosystem {
    load(&[Source::text("acme", ACME)]).unwrap()
}

fn asked(query: ImpactsQuery) -> ImpactsReport {
    impacts(&acme(), &query).unwrap()
}

fn kind(kind: ScenarioKind) -> ImpactsQuery {
    ImpactsQuery { scenarios: kind.into(), ..Default::default() }
}

fn words(table: &Table, row: usize, columns: &[&str]) -> String {
    let word = |column: &&str| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Boolean(value) => value.to_string(),
        _ => "-".into(),
    };
    columns.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    (0..table.rows()).map(|row| words(table, row, columns)).collect()
}

#[test]
fn every_service_alone_the_worst_first() {
    let report = asked(ImpactsQuery::default());
    let columns = ["scenario", "services", "level", "critical", "users", "agreements", "suppliers"];
    // Farm takes e-mail and the wiki, net takes e-mail; nothing else takes a critical service.
    let expected =
        ["farm 2 down 1 4300 2 2", "net 1 down 1 4010 2 2", "email 0 - 1 4000 2 1", "wiki 0 - 0 300 1 1", "duct 1 down 0 0 0 2"];
    assert_eq!(lines(report.rows(), &columns)[..5], expected);
    assert_eq!(
        words(report.summary(), 0, &["scenarios", "reaching", "critical", "rows", "left_out", "worst"]),
        "10 3 3 10 0 farm"
    );
    assert_eq!(report.failures().rows(), 10);
    assert_eq!(report.pairs().rows(), 0);
}

#[test]
fn pairs_are_those_that_only_matter_together() {
    let report = asked(kind(ScenarioKind::Pairs));
    let columns = ["scenario", "together", "level", "alone", "services", "critical", "users"];
    // Two of three hosts: farm, e-mail and wiki fall. Both legs of the network: net and e-mail; the duct is one way to lose leg a.
    let expected = [
        "host-1 + host-2 email down operational 3 1 4300",
        "host-1 + host-3 email down operational 3 1 4300",
        "host-2 + host-3 email down operational 3 1 4300",
        "duct + wan-b email down operational 2 1 4010",
        "wan-a + wan-b email down operational 2 1 4010",
    ];
    assert_eq!(lines(report.pairs(), &columns), expected);
    // Of the whole, leg a falls with the duct as well: one service more.
    assert_eq!(words(report.rows(), 3, &["scenario", "failed", "services", "users"]), "duct + wan-b duct, wan-b 3 4010");
    assert!(report.problems().is_empty());
}

#[test]
fn pairs_are_the_same_from_planes_as_one_by_one() {
    // Twelve stacks of hosts, farms and shops, some of which share a line: every pair that is found is found either way.
    let mut text = String::from("siam: 1\nservices:\n  line-0: {}\n  line-1: {}\n  line-2: {}\n");
    for at in 0..12 {
        text += &format!("  h{at}a: {{depends_on: [line-{}]}}\n  h{at}b: {{}}\n  h{at}c: {{}}\n", at % 3);
        text += &format!("  farm{at}: {{depends_on: [{{at_least: {}, of: [h{at}a, h{at}b, h{at}c]}}]}}\n", 1 + at % 2);
        text += &format!("  shop{at}: {{depends_on: [farm{at}, {{any_of: [line-0, line-{}]}}]}}\n", 1 + at % 2);
    }
    let ecosystem = load(&[Source::text("stacks", &text)]).unwrap();
    let services: Vec<ServiceIdx> = (0..ecosystem.model().services.len()).map(ServiceIdx::new).collect();
    let pairs = |lanes| {
        let options = crate::structure::BatchOptions { threads: 0, lanes: Some(lanes) };
        candidates(&ecosystem, Instant::MAX, (&services, 2), 1_000, options).pairs
    };
    // Of the six farms that need two of three: three pairs of hosts, and two of a line with a host beside its own. Two pairs of lines.
    assert_eq!(pairs(0).len(), 6 * 5 + 2);
    assert_eq!(pairs(64), pairs(0));
    assert_eq!(pairs(256), pairs(0));
}

#[test]
fn a_supplier_fails_with_its_subcontractors_and_each_of_them_alone() {
    let report = asked(kind(ScenarioKind::Suppliers));
    let expected = [
        "hostco host-1, host-2, host-3, farm 4 2 4300 hostco",
        "acme email, wiki 2 0 4300 acme",
        "netco duct, wan-a, wan-b, net 4 1 4010 digger, netco",
        "digger duct 1 1 0 digger",
    ];
    assert_eq!(lines(report.rows(), &["scenario", "failed", "failures", "services", "users", "providers"]), expected);
}

#[test]
fn given_scenarios_say_what_impact_says() {
    let failures = |names: &[&str]| names.iter().copied().map(FailureQuery::of).collect::<Vec<_>>();
    let given = [
        GivenScenarioQuery::failing(Some("flood".into()), failures(&["duct", "host-1", "host-3"])),
        GivenScenarioQuery::failing(None, failures(&["wan-a", "wan-b"])),
        GivenScenarioQuery::failing(
            Some("slow".into()),
            vec![FailureQuery { service: "farm".into(), level: Some("degraded".into()), ..FailureQuery::default() }],
        ),
    ];
    let scenarios = ScenariosQuery { kind: None, given: given.to_vec() };
    let report = asked(ImpactsQuery { scenarios, order: Some(ScenarioOrder::Given), ..Default::default() });
    assert_eq!(lines(report.rows(), &["scenario", "level"]), ["flood down", "wan-a + wan-b down", "slow degraded"]);
    for (row, scenario) in given.iter().enumerate() {
        let one = impact(&acme(), &ImpactQuery { failures: scenario.scenario.failures.clone(), ..Default::default() }).unwrap();
        let columns = ["critical", "users", "suppliers", "agreements"];
        assert_eq!(words(report.rows(), row, &columns), words(one.summary(), 0, &columns));
        let Cell::Integer(services) = one.summary().cell(0, "services") else { panic!("no number") };
        let others = services - scenario.scenario.failures.len() as i64;
        assert_eq!(report.rows().cell(row, "services"), Cell::Integer(others));
    }
}

#[test]
fn a_given_scenario_may_change_the_map() {
    let query: ImpactsQuery = crate::document::decode::from_text(
        "question",
        "{order: given, scenarios: [
            {name: one host fewer, failures: [host-1], without: [{from: farm, to: host-3}]},
            {name: felt less, failures: [host-1, host-2], weakened: [{from: email, to: farm, impact: degraded}]},
            {name: spare, failures: [duct, wan-b], added: [{from: net, to: host-1, beside: wan-a}]},
            {name: seen, failures: [host-1, host-2, {service: farm, origin: unknown}, {service: net, level: degraded, origin: derived}]},
            {failures: [host-1], unknown: [host-2]},
            {name: mended, failures: [duct, host-1, host-2], healed: [hostco]}]}",
        &crate::base::Limits::default(),
    )
    .unwrap();
    let report = asked(query);
    let expected = [
        // Both hosts that are left are needed: farm, email and wiki.
        "one host fewer 1 3 down 1 4300",
        "felt less 2 3 down 1 4300",
        // A third leg keeps the net up; wan-a follows the duct.
        "spare 2 1 down 0 0",
        // The farm's failure is what the hosts do to it; nothing given makes the net degraded.
        "seen 2 3 down 1 4300",
        "host-1 + host-2 2 3 down 1 4300",
        "mended 1 1 down 0 0",
    ];
    let columns = ["scenario", "failures", "services", "level", "critical", "users"];
    assert_eq!(lines(report.rows(), &columns), expected);
    let mut told: Vec<&str> = report.problems().iter().map(|problem| problem.code().name).collect();
    told.sort_unstable();
    assert_eq!(told, ["derived-not-explained", "map-recompiled"]);
    let mut stream = report.stream("services").unwrap();
    let batch = stream.next_batch().unwrap();
    let all = lines(&batch, &["scenario", "service", "level", "failed"]);
    let of =
        |name: &str| all.iter().filter_map(|line| line.strip_prefix(name)).map(str::trim).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(of("spare"), ["duct down true", "wan-a down false", "wan-b down true"]);
    assert_eq!(of("one host fewer"), ["host-1 down true", "farm down false", "email down false", "wiki down false"]);
    let words = Explanation::of(&report.explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(words.contains("farm is down: "), "{words}");
}

#[test]
fn a_stream_tells_the_rows_of_each_scenario_and_begins_anew() {
    let report = asked(ImpactsQuery { limit: Some(2), ..Default::default() });
    let mut stream = report.stream("services").unwrap();
    let batch = stream.next_batch().unwrap();
    let columns = ["scenario", "service", "level", "before", "failed", "critical", "users", "provider"];
    let mut given = lines(&batch, &columns);
    given.sort();
    let expected = [
        "farm email down operational false true 4000 acme",
        "farm farm down operational true false - hostco",
        "farm wiki down operational false false 300 acme",
        "net email down operational false true 4000 acme",
        "net net down operational true false 10 netco",
    ];
    assert_eq!(given, expected);
    assert!(stream.next_batch().is_none());
    assert_eq!(report.stream("services").unwrap().next_batch().unwrap(), batch);
    assert!(report.stream("rows").is_none());
    assert_eq!(report.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["rows-left-out"]);
}

#[test]
fn a_stream_of_more_rows_than_a_batch_holds_loses_none() {
    // A chain of 400: the first reaches all, the last itself, so 400 x 401 / 2 rows.
    let mut text = String::from("siam: 1\nservices:\n  s0: {}\n");
    for at in 1..400 {
        text += &format!("  s{at}: {{depends_on: [s{}]}}\n", at - 1);
    }
    let ecosystem = load(&[Source::text("chain", &text)]).unwrap();
    let report = impacts(&ecosystem, &ImpactsQuery::default()).unwrap();
    let mut stream = report.stream("services").unwrap();
    let mut sizes = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    while let Some(batch) = stream.next_batch() {
        sizes.push(batch.rows());
        seen.extend(lines(&batch, &["scenario", "service"]));
    }
    assert_eq!(sizes, [1 << 16, 400 * 401 / 2 - (1 << 16)]);
    assert_eq!(seen.len(), 400 * 401 / 2);
}

#[test]
fn which_services_may_fail_is_narrowed_by_what_they_are() {
    let names = |query| lines(asked(query).rows(), &["scenario"]);
    let components = ImpactsQuery { among: Some(Among::Components), ..Default::default() };
    assert_eq!(names(components.clone()), ["duct", "host-1", "host-2", "host-3", "wan-b"]);
    assert_eq!(names(ImpactsQuery { providers: vec!["netco".into()], ..components }), ["wan-b"]);
    assert_eq!(names(ImpactsQuery { classes: vec!["plain".into()], ..Default::default() }), ["wiki"]);
    assert_eq!(names(ImpactsQuery { critical_only: Some(true), ..Default::default() }), ["farm", "net", "email"]);
}

#[test]
fn what_is_wrong_with_a_question_is_said_all_at_once() {
    let failing = |name: &str, services: &[&str]| {
        GivenScenarioQuery::failing(Some(name.into()), services.iter().copied().map(FailureQuery::of).collect())
    };
    let given = vec![failing("a", &["emial"]), failing("a", &["email"]), failing("b", &[])];
    let scenarios = ScenariosQuery { kind: None, given };
    let query = ImpactsQuery { scenarios, level: Some("dwon".into()), ..Default::default() };
    let error = impacts(&acme(), &query).err().unwrap();
    let mut names: Vec<&str> = error.problems().iter().map(|problem| problem.code().name).collect();
    names.sort_unstable();
    assert_eq!(names, ["not-given", "scenario-twice", "unknown-name-asked", "unknown-name-asked"]);
}

#[test]
fn a_row_says_why() {
    let report = asked(kind(ScenarioKind::Pairs));
    let words = Explanation::of(&report.explain_in("pairs", 0).unwrap(), &Catalogue::english()).to_text();
    let expected = "host-1 + host-2: 3 other services become worse; in all 1 critical service and 4300 users are hit
  under both email is down, under either alone operational at worst
    email is down: it needs farm
      farm is down: 2 of 3 needed, 1 left
        host-1 itself is down
          it was given as failed
        host-2 is down too
";
    assert_eq!(words, expected);
    let each = asked(ImpactsQuery::default());
    let words = Explanation::of(&each.explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(
        words.starts_with(
            "farm: 2 other services become worse; in all 1 critical service and 4300 users are hit\n  email is down"
        ),
        "{words}"
    );
    assert!(each.explain(10).is_err());
}

#[test]
fn pairs_of_a_map_that_is_not_monotone_are_not_promised() {
    let rule = "{first: [{when: {from: down, to: down, equal: 1}, then: {const: down}}, {else: {const: operational}}]}";
    let text = format!("siam: 1\nservices:\n  a: {{}}\n  b: {{}}\n  x: {{depends_on: {{of: [a, b], rule: {rule}}}}}\n");
    let ecosystem = load(&[Source::text("odd", &text)]).unwrap();
    let report = impacts(&ecosystem, &kind(ScenarioKind::Pairs)).unwrap();
    assert_eq!(report.problems().iter().map(|problem| problem.code().name).collect::<Vec<_>>(), ["pairs-not-promised"]);
}

#[test]
fn a_subcontractor_however_deep_counts_for_all_above_it() {
    // p0 < p1 < ... < p199; each provides one service, which is a failure of itself and of all above it.
    let parties: String = (0..200)
        .map(|at| match at {
            199 => "  p199: {kind: supplier}\n".to_owned(),
            _ => format!("  p{at}: {{kind: supplier, subcontractor_of: p{}}}\n", at + 1),
        })
        .collect();
    let services: String = (0..200).map(|at| format!("  s{at}: {{provider: p{at}}}\n")).collect();
    let text = format!("siam: 1\nparties:\n{parties}services:\n{services}");
    let ecosystem = load(&[Source::text("deep", &text)]).unwrap();
    let one = |providers: Vec<String>| {
        let query = ImpactsQuery { scenarios: ScenarioKind::Suppliers.into(), providers, ..Default::default() };
        let report = impacts(&ecosystem, &query).unwrap();
        let failures = |row| match report.rows().cell(row, "failures") {
            Cell::Integer(failures) => failures,
            other => panic!("{other:?}"),
        };
        (0..report.rows().rows()).map(failures).collect::<Vec<_>>()
    };
    assert_eq!(one(vec!["p199".into()]), [200]);
    assert_eq!(one(vec!["p9".into(), "p0".into()]), [1, 10]);
    assert_eq!(one(Vec::new()).len(), 200);
}

#[test]
fn a_scenario_may_be_a_change_alone() {
    let text = "siam: 1\nservices:\n  broken: {depends_on: {rule: {const: down}, of: [spare]}}\n  spare: {}\n  farm: {depends_on: [spare]}\n  email: {depends_on: [farm], users: 7}\n";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let question = "scenarios: [{added: [{from: farm, to: broken}]}]";
    let query = crate::document::decode::from_text("q", question, &crate::Limits::default()).unwrap();
    let report = impacts(&ecosystem, &query).unwrap();
    let cell = |column| report.rows().cell(0, column);
    assert_eq!(cell("scenario"), Cell::Text("farm > broken".into()));
    assert_eq!((cell("failures"), cell("services"), cell("users")), (Cell::Integer(0), Cell::Integer(2), Cell::Integer(7)));
    let mut stream = report.stream("services").unwrap();
    assert_eq!(stream.next_batch().map(|batch| batch.rows()), Some(2));
    let words = Explanation::of(&report.explain(0).unwrap(), &Catalogue::english()).to_text();
    assert!(words.contains("farm is down instead of operational"), "{words}");
}
