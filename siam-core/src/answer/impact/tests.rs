//! What-if questions, worked by hand, and against the changed documents.
//!
//! Goes in: small ecosystems. Comes out: agreement with the hand-work and with loading what was changed.
//! **Invariant:** every expected level is worked in a comment or follows from loading the changed document.
//! **Not here:** random maps (`structure::tests::overlay`).

use super::*;
use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use crate::{Limits, Source, load};

/// netco provides both lines, and cloudco, a subcontractor of netco, hosts.
const ACME: &str = "
siam: 1
parties:
  us: {kind: customer}
  netco: {kind: supplier}
  cloudco: {kind: supplier, subcontractor_of: netco}
  deskco: {kind: supplier}
services:
  wan-a: {provider: netco}
  wan-b: {provider: netco}
  hosting: {provider: cloudco}
  desk: {provider: deskco}
  network: {depends_on: [{any_of: [wan-a, wan-b]}]}
  email: {depends_on: [network, hosting], users: 10}
";

fn ask(ecosystem: &Ecosystem, question: &str) -> ImpactReport {
    let query = crate::document::decode::from_text(question, question, &Limits::default()).unwrap();
    impact(ecosystem, &query).unwrap()
}

fn acme() -> Ecosystem {
    load(&[Source::text("acme.yaml", ACME)]).unwrap()
}

fn lines(table: &Table, columns: &[&str]) -> Vec<String> {
    let row = |row| columns.iter().map(|column| cell_text(&table.cell(row, column))).collect::<Vec<_>>().join(" ");
    (0..table.rows()).map(row).collect()
}

fn levels(question: &str) -> Vec<String> {
    lines(ask(&acme(), question).rows(), &["service", "level"])
}

#[test]
fn a_healed_party_takes_its_failures_and_those_of_its_subcontractors_along() {
    let all = "failures: [wan-a, hosting, desk]\nhealed: [netco]";
    assert_eq!(levels(all), ["desk down"]);
    let one = "failures: [wan-a, hosting, desk]\nhealed: [cloudco]";
    assert_eq!(levels(one), ["desk down", "wan-a down"]);
}

#[test]
fn without_one_of_two_lines_the_other_alone_carries_the_network() {
    assert_eq!(levels("failures: [wan-a]"), ["wan-a down"]);
    let without = "failures: [wan-a]\nwithout: [{from: network, to: wan-b}]";
    assert_eq!(levels(without), ["email down", "network down", "wan-a down"]);
    let report = ask(&acme(), without);
    assert_eq!(report.rows().cell(0, "route"), Cell::Text("email > network > wan-a".into()));
    assert!(report.problems().is_empty());
    let why = crate::explain(&report, "rows", 1, &Catalogue::english()).unwrap().to_text();
    assert!(why.contains("1 of 1 needed, 0 left"), "{why}");
}

#[test]
fn a_weakened_dependency_is_felt_no_worse_than_its_level() {
    let weakened = "failures: [hosting]\nweakened: [{from: email, to: hosting, impact: degraded}]";
    assert_eq!(levels(weakened), ["hosting down", "email degraded"]);
    let table =
        "failures: [{service: hosting, level: degraded}]\nweakened: [{from: email, to: hosting, impact: {degraded: excluded}}]";
    assert_eq!(levels(table), ["hosting degraded"]);
}

#[test]
fn an_added_dependency_is_felt_and_says_what_was_compiled_again() {
    // network and email stand above it, so two services are compiled again.
    let added = "failures: [desk]\nadded: [{from: network, to: desk}]";
    let report = ask(&acme(), added);
    assert_eq!(
        lines(report.rows(), &["service", "route"]),
        ["email email > network > desk", "desk desk", "network network > desk"]
    );
    assert_eq!(report.summary().cell(0, "recompiled"), Cell::Integer(2));
    let advice: Vec<String> = report.problems().iter().map(|problem| problem.message()).collect();
    assert_eq!(advice, ["the added dependencies made 2 services compile again"]);
    // Beside wan-a it is a third way, and one way is enough.
    let third = "failures: [wan-a, wan-b]\nadded: [{from: network, to: desk, beside: wan-a}]";
    assert_eq!(levels(third), ["wan-a down", "wan-b down"]);
}

#[test]
fn planned_work_is_what_would_not_be_felt_without_it() {
    // wan-a in its window, wan-b fails: without the window wan-a would carry the network.
    let report = ask(&acme(), "failures: [{service: wan-a, planned: true}, wan-b, {service: hosting, level: degraded}]");
    assert_eq!(
        lines(report.rows(), &["service", "level", "unplanned_level", "planned"]),
        [
            "email down degraded false",
            "network down operational true",
            "wan-a down operational true",
            "wan-b down down false",
            "hosting degraded degraded false"
        ]
    );
    assert_eq!(report.summary().cell(0, "planned"), Cell::Integer(2));
}

#[test]
fn excusable_by_a_party_is_what_is_as_before_without_its_failures() {
    let asked = "failures: [{service: network, level: degraded}, hosting]\nexcuses: all\nto: email";
    let report = ask(&acme(), asked);
    assert_eq!(
        lines(report.excuses(), &["service", "party", "level", "level_without", "excusable"]),
        ["email cloudco down degraded false", "email netco down degraded false"]
    );
    let alone = ask(&acme(), "failures: [hosting, desk]\nexcuses: [netco, deskco]\nto: email");
    assert_eq!(lines(alone.excuses(), &["party", "level_without", "excusable"]), ["deskco down false", "netco operational true"]);
    assert_eq!(ask(&acme(), "failures: [hosting]").excuses().rows(), 0);
}

#[test]
fn an_unknown_failure_is_own_where_the_others_do_not_explain_it() {
    let asked = "failures: [hosting, {service: email, origin: unknown}, {service: network, origin: unknown}, {service: desk, origin: derived}]";
    let report = ask(&acme(), asked);
    assert_eq!(
        lines(report.rows(), &["service", "level", "own_level", "origin", "route"]),
        ["email down  explained email > hosting", "hosting down down own hosting", "network down down own network"]
    );
    let told: Vec<String> = report.problems().iter().map(|problem| problem.message()).collect();
    assert_eq!(told, ["`desk` was seen down because of another service, and the map does not say why"]);
}

#[test]
fn in_a_cycle_two_unknown_failures_do_not_explain_each_other() {
    let text = "siam: 1\nservices: {ad: {depends_on: [dns]}, dns: {depends_on: [ad]}}";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let report = ask(&ecosystem, "failures: [{service: ad, origin: unknown}, {service: dns, origin: unknown}]");
    assert_eq!(lines(report.rows(), &["service", "origin"]), ["ad own", "dns explained"]);
}

#[test]
fn every_wrong_name_of_a_scenario_is_told_at_once() {
    let question = "failures: [{service: emial, origin: own}]\nhealed: [netko]\nwithout: [{from: email, to: wan-a}]\n\
weakened: [{from: email, to: network, impact: broken}]\nadded: [{from: desk, to: desk}, {from: network, to: desk, beside: email}]";
    let query = crate::document::decode::from_text("q", question, &Limits::default()).unwrap();
    let fault = impact(&acme(), &query).err().unwrap();
    let names: Vec<&str> = fault.problems().iter().map(|problem| problem.code().name).collect();
    // Problems without a place stand by their numbers.
    let expected = [
        "depends-on-itself",
        "unknown-name-asked",
        "unknown-name-asked",
        "unknown-name-asked-here",
        "no-such-dependency",
        "no-such-dependency",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_scenario_answers_as_the_changed_document_does() {
    let pairs = [
        ("without: [{from: network, to: wan-b}]", "[{any_of: [wan-a, wan-b]}]", "[{any_of: [wan-a]}]"),
        ("without: [{from: email, to: hosting}]", "[network, hosting]", "[network]"),
        (
            "weakened: [{from: email, to: network, impact: degraded}]",
            "[network, hosting]",
            "[{service: network, impact: degraded}, hosting]",
        ),
        ("added: [{from: network, to: desk}]", "[{any_of: [wan-a, wan-b]}]", "[{any_of: [wan-a, wan-b]}, desk]"),
        ("added: [{from: network, to: desk, beside: wan-b}]", "[{any_of: [wan-a, wan-b]}]", "[{any_of: [wan-a, wan-b, desk]}]"),
        (
            "without: [{from: network, to: wan-a}]\nadded: [{from: hosting, to: desk, impact: degraded}]",
            "[{any_of: [wan-a, wan-b]}]",
            "[{any_of: [wan-b]}]",
        ),
    ];
    let failures = ["[wan-a]", "[wan-a, wan-b]", "[desk]", "[hosting, {service: wan-b, level: degraded}]", "[wan-b, desk]"];
    for (asked, from, to) in pairs {
        let mut text = ACME.replace(from, to);
        assert_ne!(text, ACME);
        if asked.contains("from: hosting") {
            text = text.replace("{provider: cloudco}", "{provider: cloudco, depends_on: [{service: desk, impact: degraded}]}");
        }
        let changed = load(&[Source::text("changed.yaml", text)]).unwrap();
        for failures in failures {
            let what_if = ask(&acme(), &format!("failures: {failures}\n{asked}\nexcuses: all"));
            let loaded = ask(&changed, &format!("failures: {failures}\nexcuses: all"));
            for (one, other) in
                [(what_if.rows(), loaded.rows()), (what_if.routes(), loaded.routes()), (what_if.excuses(), loaded.excuses())]
            {
                let columns: Vec<&str> = one.schema().unwrap().columns.iter().map(|column| column.name).collect();
                assert_eq!(lines(one, &columns), lines(other, &columns), "{asked} {failures}");
            }
        }
    }
}

/// Services that need some others and one of a choice, to be written with changes or without.
#[derive(Clone)]
struct Draft {
    needs: Vec<(usize, &'static str)>,
    choice: Vec<usize>,
}

fn written(drafts: &[Draft]) -> Ecosystem {
    let mut text = String::from(
        "siam: 1\nparties: {x: {kind: supplier}, y: {kind: supplier, subcontractor_of: x}, z: {kind: supplier}}\nservices:\n",
    );
    for (at, draft) in drafts.iter().enumerate() {
        let needs = draft.needs.iter().map(|(to, impact)| match *impact {
            "" => format!("s{to}"),
            impact => format!("{{service: s{to}, impact: {impact}}}"),
        });
        let choice = draft.choice.iter().map(|to| format!("s{to}")).collect::<Vec<_>>().join(", ");
        let choice = (!choice.is_empty()).then(|| format!("{{any_of: [{choice}]}}"));
        let all = needs.chain(choice).collect::<Vec<_>>().join(", ");
        text += &format!("  s{at}: {{provider: {}, depends_on: [{all}]}}\n", ["x", "y", "z"][at % 3]);
    }
    load(&[Source::text("e", text)]).unwrap()
}

#[test]
fn a_scenario_of_random_changes_answers_as_the_changed_document_does() {
    let mut seed = 7_u64;
    let mut below = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) % n as u64) as usize
    };
    let (mut recompiled, mut differ) = (0, 0);
    for round in 0..150 {
        let n = 4 + below(6);
        // Every second round may close cycles.
        let any_of = |at: usize, below: &mut dyn FnMut(usize) -> usize| {
            let to = if round % 2 == 0 { below(n) } else { below(at.max(1)) };
            (to != at).then_some(to)
        };
        let mut drafts = Vec::new();
        for at in 0..n {
            let needs: std::collections::BTreeSet<usize> = (0..below(3)).filter_map(|_| any_of(at, &mut below)).collect();
            let choice: std::collections::BTreeSet<usize> = (0..below(4)).filter_map(|_| any_of(at, &mut below)).collect();
            let choice = choice.difference(&needs).copied().collect();
            drafts.push(Draft { needs: needs.into_iter().map(|to| (to, "")).collect(), choice });
        }
        let (mut changed, mut asked) = (drafts.clone(), String::new());
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..1 + below(3) {
            let (at, to) = (below(n), below(n));
            let draft = &mut changed[at];
            let known = draft.needs.iter().any(|(need, _)| *need == to) || draft.choice.contains(&to) || to == at;
            match below(4) {
                0 if known
                    && to != at
                    && drafts[at].needs.iter().all(|(need, _)| *need != to || draft.needs.contains(&(to, ""))) =>
                {
                    let stood = drafts[at].choice.contains(&to) || drafts[at].needs.iter().any(|(need, _)| *need == to);
                    if stood && draft.choice != [to] {
                        draft.needs.retain(|(need, _)| *need != to);
                        draft.choice.retain(|one| *one != to);
                        parts[0].push(format!("{{from: s{at}, to: s{to}}}"));
                    }
                }
                1 => {
                    if let Some(need) = draft.needs.iter_mut().find(|need| drafts[at].needs.contains(need)) {
                        need.1 = "degraded";
                        parts[1].push(format!("{{from: s{at}, to: s{}, impact: degraded}}", need.0));
                    }
                }
                2 if !known && !drafts[at].choice.contains(&to) && drafts[at].needs.iter().all(|(need, _)| *need != to) => {
                    draft.needs.push((to, ""));
                    parts[2].push(format!("{{from: s{at}, to: s{to}}}"));
                }
                3 if !known && !drafts[at].choice.contains(&to) && drafts[at].needs.iter().all(|(need, _)| *need != to) => {
                    if let Some(beside) = draft.choice.first().filter(|one| drafts[at].choice.contains(one)) {
                        parts[2].push(format!("{{from: s{at}, to: s{to}, beside: s{beside}}}"));
                        draft.choice.push(to);
                    }
                }
                _ => {}
            }
        }
        for (key, part) in ["without", "weakened", "added"].into_iter().zip(&parts) {
            asked += &format!("{key}: [{}]\n", part.join(", "));
        }
        let (before, after) = (written(&drafts), written(&changed));
        for _ in 0..4 {
            let origin = ["own", "own", "unknown", "derived"];
            let failure = |below: &mut dyn FnMut(usize) -> usize| {
                let (service, level) = (below(n), ["degraded", "down"][below(2)]);
                format!("{{service: s{service}, level: {level}, planned: {}, origin: {}}}", below(3) == 0, origin[below(4)])
            };
            let failures = (0..1 + below(3)).map(|_| failure(&mut below)).collect::<Vec<_>>().join(", ");
            let unknown = if below(4) == 0 { format!("unknown: [s{}]\n", below(n)) } else { String::new() };
            let common = format!("failures: [{failures}]\n{unknown}excuses: all\nhealed: [{}]\n", ["", "y", "x"][below(3)]);
            let what_if = ask(&before, &format!("{common}{asked}"));
            let loaded = ask(&after, &common);
            for (one, other) in what_if.tables().into_iter().zip(loaded.tables()) {
                let columns: Vec<&str> = one.schema().unwrap().columns.iter().map(|column| column.name).collect();
                let columns: Vec<&str> = columns.into_iter().filter(|column| *column != "recompiled").collect();
                assert_eq!(lines(one, &columns), lines(other, &columns), "{common}{asked}");
            }
            for row in 0..what_if.rows().rows() {
                assert_eq!(what_if.explain(row).unwrap(), loaded.explain(row).unwrap(), "{common}{asked}");
            }
            recompiled += usize::from(what_if.summary().cell(0, "recompiled") != Cell::Integer(0));
            differ += usize::from(
                lines(ask(&before, &common).rows(), &["service", "level"]) != lines(loaded.rows(), &["service", "level"]),
            );
        }
    }
    assert!(recompiled > 50 && differ > 50, "{recompiled} {differ}");
}

/// Services s0 to s(n-1), each resting on the next.
fn chain(n: usize) -> Ecosystem {
    let services: String = (1..n).map(|at| format!("  s{}: {{depends_on: [s{at}]}}\n", at - 1)).collect();
    load(&[Source::text("chain.yaml", format!("siam: 1\nservices:\n{services}  s{}: {{}}\n", n - 1))]).unwrap()
}

#[test]
fn a_route_of_a_hundred_services_is_written_out_and_a_longer_one_in_its_ends() {
    let report = ask(&chain(102), "failures: [s101]");
    let route = |service: &str| {
        let row = (0..report.rows().rows()).find(|row| cell_text(&report.rows().cell(*row, "service")) == service).unwrap();
        (cell_text(&report.rows().cell(row, "route")), report.explain(row).unwrap())
    };
    // s2 to s101 are a hundred.
    let (text, reason) = route("s2");
    assert_eq!(text, (2..102).map(|at| format!("s{at}")).collect::<Vec<_>>().join(" > "));
    assert!(!format!("{reason:?}").contains("route-more"));
    // s0 to s101 are a hundred and two: two lie between s0 to s49 and s52 to s101.
    let (text, reason) = route("s0");
    assert!(text.starts_with("s0 > s1 > ") && text.ends_with(" > s100 > s101"));
    assert!(text.contains(" > s49 > ... 2 more ... > s52 > "), "{text}");
    assert!(format!("{reason:?}").contains("route-more"));
    // All steps are in the table of routes: 1 + 2 + ... + 102.
    assert_eq!(report.routes().rows(), 102 * 103 / 2);
    assert!(report.problems().is_empty());
}

/// The longest texts are those of routes: 100 names of at most 6 characters with 3 between them, and the number of the others.
#[test]
fn a_chain_of_twenty_thousand_is_told_in_bounded_tables_on_a_small_stack() {
    let ecosystem = chain(20_000);
    let run = move || {
        let report = ask(&ecosystem, "failures: [s19999]");
        assert_eq!(report.rows().rows(), 20_000);
        let texts: usize = (0..20_000).map(|row| cell_text(&report.rows().cell(row, "route")).len()).sum();
        assert!(texts < 20_000 * (100 * 9 + 30), "{texts}");
        // The first row is s0 with a route of 20,000 rows; by name s1, s10, s100, s1000, s10000 and s10001 follow.
        assert_eq!(cell_text(&report.rows().cell(5, "service")), "s10000");
        assert!(report.routes().rows() <= 1_000_000 && report.routes().rows() > 1_000_000 - 20_000);
        let names: Vec<&str> = report.problems().iter().map(|problem| problem.code().name).collect();
        assert_eq!(names, ["routes-left-out"]);
        let told = |reason: Reason| {
            let copy = reason.clone();
            let explanation = crate::report::Explanation::of(&copy, &Catalogue::english());
            assert!(copy == reason && explanation.steps.len() < 110);
            assert!(explanation.to_html().contains("s19999"));
            explanation.to_text()
        };
        let text = told(report.explain(0).unwrap());
        assert!(
            text.contains("and 19,900 more on the way") && text.contains("s19950 is") && !text.contains("s19949 is"),
            "{text}"
        );
        let query = crate::answer::root_causes::RootCausesQuery {
            bad: vec!["s0".into()],
            failures: vec![FailureQuery::of("s19999")],
            ..Default::default()
        };
        let causes = crate::answer::root_causes::root_causes(&ecosystem, &query).unwrap();
        assert_eq!(cell_text(&causes.rows().cell(0, "service")), "s19999");
        assert!(told(causes.explain(0).unwrap()).contains("and 19,900 more on the way"));
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_change_alone_is_told_against_the_map_as_described() {
    // Of two hosts two are needed. Without one of them, as a table would say it, the rule is as written: one of one.
    let text = "siam: 1\nservices:\n  host-1: {}\n  host-2: {}\n  spare: {}\n  broken: {depends_on: {rule: {const: down}, of: [spare]}}\n  \
farm: {depends_on: [{at_least: 2, of: [host-1, host-2]}]}\n  email: {depends_on: [farm], users: 10}\n";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let told = |question: &str| lines(ask(&ecosystem, question).rows(), &["service", "before", "level", "route", "cause"]);
    // To rest on what is always down makes farm and e-mail worse, with nothing failed.
    let added = "added: [{from: farm, to: broken}]";
    let worse = ["email operational down email > farm farm", "farm operational down farm farm"];
    assert_eq!(told(added), worse);
    let report = ask(&ecosystem, added);
    assert_eq!(lines(report.summary(), &["services", "users", "recompiled"]), ["2 10 2"]);
    let words = crate::report::Explanation::of(&report.explain(0).unwrap(), &crate::report::Catalogue::english()).to_text();
    let expected = "email is down: it needs farm
  farm is down instead of operational: its dependencies were changed
    farm is down: it needs broken
";
    assert_eq!(words, expected);
    // What hurts nobody changes nothing, and a party that is healed where nothing fails neither.
    assert_eq!(told("without: [{from: email, to: farm}]"), Vec::<String>::new());
    assert_eq!(told("weakened: [{from: email, to: farm, impact: degraded}]"), Vec::<String>::new());
}

#[test]
fn a_change_alone_may_make_better() {
    let text = "siam: 1\nparties: {netco: {kind: supplier}}\nservices:\n  broken: {depends_on: {rule: {const: down}, of: [spare]}}\n  \
spare: {}\n  farm: {depends_on: [broken, spare]}\n  email: {depends_on: [farm]}\n  host: {provider: netco}\n";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let report = ask(&ecosystem, "without: [{from: farm, to: broken}]");
    let columns = ["service", "before", "level", "route"];
    assert_eq!(lines(report.rows(), &columns), ["email down operational email > farm", "farm down operational farm"]);
    // Nothing is worse.
    assert_eq!(lines(report.summary(), &["services"]), ["0"]);
    let words = crate::report::Explanation::of(&report.explain(0).unwrap(), &crate::report::Catalogue::english()).to_text();
    assert!(
        words.starts_with("email is operational instead of down, as farm changed\n  farm is operational instead of down"),
        "{words}"
    );
    // The same where all that failed is healed.
    let healed = ask(&ecosystem, "failures: [host]\nhealed: [netco]\nwithout: [{from: farm, to: broken}]");
    assert_eq!(lines(healed.rows(), &columns), lines(report.rows(), &columns));
}

#[test]
fn a_question_that_says_nothing_is_told_what_it_lacks() {
    let query = crate::document::decode::from_text("q", "{}", &Limits::default()).unwrap();
    let error = impact(&acme(), &query).err().unwrap().to_string();
    assert!(error.contains("failures is not given"), "{error}");
    assert!(error.contains("give at least one service that failed, or a change of the map"), "{error}");
}

#[test]
fn more_than_a_share_of_influence_is_not_just_it() {
    // Hosts of 30, 30 and 40: two of 30 have 60 % of all, and 30 and 40 have more.
    let hit = |required: &str, comparison: &str, failed: &str| {
        let rule = format!("{{servicenow.influence_sum: {{required_influence: {required}, comparison: '{comparison}'}}}}");
        let of = "[{service: a, weight: 30}, {service: b, weight: 30}, {service: c, weight: 40}]";
        let text = format!("siam: 1\nservices: {{a: {{}}, b: {{}}, c: {{}}, top: {{depends_on: {{of: {of}, rule: {rule}}}}}}}\n");
        let ecosystem = load(&[Source::text("e", &text)]).unwrap();
        let found = lines(ask(&ecosystem, failed).rows(), &["service", "level"]);
        found.into_iter().find_map(|line| line.strip_prefix("top ").map(str::to_owned))
    };
    let (just, more) = ("failures: [a, b]", "failures: [a, c]");
    let down = Some("down".to_owned());
    for required in ["60%", "60", "3/5"] {
        assert_eq!([hit(required, ">=", just), hit(required, ">", just)], [down.clone(), None], "{required}");
        assert_eq!([hit(required, ">=", more), hit(required, ">", more)], [down.clone(), down.clone()], "{required}");
    }
    // No more than all can be down; a degraded host counts at its level and no worse.
    assert_eq!(hit("100%", ">", "failures: [a, b, c]"), None);
    let degraded = "failures: [{service: a, level: degraded}, {service: c, level: down}]";
    assert_eq!(hit("60%", ">", degraded), Some("degraded".to_owned()));
    assert_eq!(hit("0%", ">", "failures: [a]"), down);
}
