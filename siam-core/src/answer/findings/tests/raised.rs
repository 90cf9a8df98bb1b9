//! For every code, the change to the good ecosystem (or the small document) that raises it.

use super::{BTreeMap, BTreeSet, GOOD, names};
use crate::base::codes::CODES;

/// A code, and one change: what stands in the good ecosystem, and what takes its place.
const CHANGES: &[(&str, &str, &str)] = &[
    ("service-without-owner", "wan-b: {provider: fibreco, owner: shop-owner, ", "wan-b: {provider: fibreco, "),
    ("service-without-provider", "wan-b: {provider: fibreco, ", "wan-b: {"),
    ("service-without-class", "owner: shop-owner, class: commodity, hours", "owner: shop-owner, hours"),
    ("retired-service-needed", "wan-a: {provider: netco, ", "wan-a: {provider: netco, stage: retired, "),
    ("hours-below-class", "hours: extended, user_hours: office", "hours: night"),
    ("hours-below-users", "class: commodity, hours: office", "class: commodity, hours: office, user_hours: extended"),
    ("availability-missing", "    critical: true", "    critical: true\n    availability: 99.9%"),
    (
        "availability-below-class",
        "        by: [party]\n",
        "        by: [party]\n      available: {statistic: availability, target: 99%}\n",
    ),
    (
        "class-measure-missing",
        "measures: [percent_within], agreements: [sla]}",
        "measures: [percent_within, count], agreements: [sla]}",
    ),
    (
        "class-agreement-missing",
        "measures: [percent_within], agreements: [sla]}",
        "measures: [percent_within], agreements: [sla, underpinning_contract]}",
    ),
    ("critical-on-one-component", "depends_on: [{any_of: [wan-a, wan-b]}]", "depends_on: [wan-a, wan-b]"),
    (
        "critical-on-one-supplier",
        "shop: {provider: appco",
        "vault: {provider: appco, owner: Ada, class: critical, depends_on: [{any_of: [key-a, key-b]}]}\n  \
      key-a: {provider: appco, owner: Ada, class: commodity}\n  key-b: {provider: appco, owner: Ada, class: commodity}\n  shop: {provider: appco",
    ),
    ("class-unused", "classes:\n", "classes:\n  spare: {}\n"),
    ("calendar-unused", "calendars:\n  office", "calendars:\n  spare: {hours: always}\n  office"),
    ("party-unused", "parties:\n  acme:", "parties:\n  spare: {kind: supplier}\n  acme:"),
    (
        "interface-missing",
        "  shop-fibreco:\n    process: incident\n    parties: [appco, fibreco]\n    owner: incident-owner\n    kind: [technological]\n    integration_points: [the ticket bridge]\n    exchanges: {handover: {from: appco, to: fibreco, within: 15min}}\n",
        "",
    ),
    (
        "interface-not-needed",
        "interfaces:\n  shop-netco",
        "interfaces:\n  spare: {process: incident, parties: [fibreco, cloudsoft], owner: incident-owner, integration_points: [mail], exchanges: {note: {from: fibreco, to: cloudsoft}}}\n  shop-netco",
    ),
    (
        "interface-beyond-class",
        "interfaces:\n  shop-netco",
        "interfaces:\n  spare: {process: incident, parties: [netco, cloudsoft], owner: incident-owner, integration_points: [mail], exchanges: {note: {from: netco, to: cloudsoft}}}\n  shop-netco",
    ),
    ("interface-without-owner", "    parties: [appco, netco]\n    owner: incident-owner\n", "    parties: [appco, netco]\n"),
    (
        "interface-of-one",
        "interfaces:\n  shop-netco",
        "interfaces:\n  lone: {process: incident, parties: [netco], owner: incident-owner, integration_points: [mail], exchanges: {note: {from: netco, to: netco}}}\n  shop-netco",
    ),
    ("interface-without-exchanges", "    exchanges: {handover: {from: appco, to: netco, within: 15min}}\n", ""),
    ("interface-without-points", "    integration_points: [the ticket bridge]\n", ""),
    ("ola-missing", "    services: [wan-b]\n", "    services: [wiki]\n"),
    ("ola-beyond-class", "agreements: [sla, ola]", "agreements: [sla]"),
    (
        "measure-beyond-class",
        "  sla:\n    kind: sla\n",
        "  extra: {kind: sla, clause: S9, services: [wiki], measures: {tickets: {statistic: count, target: 5}}}\n  sla:\n    kind: sla\n",
    ),
    ("several-accountable", "restore: {incident-owner: A, netco-desk: R", "restore: {incident-owner: A, netco-desk: AR"),
    ("none-accountable", "triage: {incident-owner: AR", "triage: {incident-owner: R"),
    ("none-responsible", "triage: {incident-owner: AR", "triage: {incident-owner: A"),
    ("responsibilities-missing", "    responsibilities: [incident]\n", "    responsibilities: [incident, change]\n"),
    ("equaliser-zero-holds", "{customer: 1, integrator: 3", "{customer: 0, integrator: 3"),
    (
        "equaliser-holds-none",
        "provider: C, acme: I}\n    restore: {incident-owner: A, netco-desk: R, appco-desk: R, acme: I}",
        "provider: C}\n    restore: {incident-owner: A, netco-desk: R, appco-desk: R}",
    ),
    ("equaliser-beyond-contract", "integrator: 3, suppliers: 4", "integrator: 3, suppliers: 0"),
    (
        "responsible-beyond-contract",
        "netco-1: {provider: netco, at_risk: 10%, clauses: {follow_integrator: clause 4}, processes: [incident]",
        "netco-1: {provider: netco, at_risk: 10%, clauses: {follow_integrator: clause 4}, processes: [change]",
    ),
    ("accountable-unreachable", "party: hub, holder: Bob, contact: bob@hub.example", "party: hub, holder: Bob"),
    ("escalation-ends", "contact: desk@netco.example, escalates_to: incident-owner", "contact: desk@netco.example"),
    ("forum-incomplete", "remit: [contracts and money], meets: {every: month, day: 5}", "remit: [contracts and money]"),
    (
        "longer-beneath",
        "netco-restored: {statistic: percent_within, clock: {calendar: office}, within: {P1: 2h, P2: 6h}",
        "netco-restored: {statistic: percent_within, clock: {calendar: office}, within: {P1: 2h, P2: 9h}",
    ),
    ("not-underpinned", "    underpinned_by: [ola-netco, ola-fibreco]\n", ""),
    ("underpinning-ring", "    clause: Schedule 3\n", "    clause: Schedule 3\n    underpinned_by: [ola-netco]\n"),
    (
        "integrator-measured",
        "  sla:\n    kind: sla\n",
        "  own: {kind: ola, provider: hub, customer: acme, clause: S9, measures: {answered: {statistic: percent_within, clock: {stop: responded}, within: 1h, target: 90%}}}\n  sla:\n    kind: sla\n",
    ),
    ("measure-without-target", "within: {P1: 4h, P2: 8h}\n        target: 95%\n", "within: {P1: 4h, P2: 8h}\n"),
    ("measure-without-clause", "    clause: Schedule 3\n", ""),
    ("party-without-contract", "  fibreco-1: {provider: fibreco", "  more-1: {provider: appco"),
    (
        "clause-missing",
        "cloudsoft-1: {provider: cloudsoft, at_risk: 5%, clauses: {follow_integrator: clause 4}",
        "cloudsoft-1: {provider: cloudsoft, at_risk: 5%",
    ),
    ("outside-framework-range", "cloudsoft, at_risk: 5%", "cloudsoft, at_risk: 20%"),
    ("outside-framework", "within: {P1: 4h, P2: 8h}", "within: {P1: 4h, P2: 8h, P3: 12h}"),
    ("deviation", "cloudsoft, at_risk: 5%", "cloudsoft, at_risk: 2%, deviations: {at_risk: {reason: list prices}}"),
    ("deviation-from-nothing", "cloudsoft, at_risk: 5%", "cloudsoft, at_risk: 5%, deviations: {at_risk: {reason: list prices}}"),
    ("term-over", "processes: [incident], from: 2025-01-01}\n  appco-1", "processes: [incident], until: 2025-01-01}\n  appco-1"),
    (
        "subcontractor-counted-twice",
        "fibreco: {kind: supplier, tier: tactical}",
        "fibreco: {kind: supplier, tier: tactical, subcontractor_of: netco}",
    ),
];

/// Codes that need a document of their own.
const DOCUMENTS: &[(&str, &str)] = &[(
    "no-service-has",
    "siam: 1\nparties: {p: {kind: supplier}}\nclasses: {c: {}}\nservices: {a: {provider: p, class: c}, b: {provider: p, class: c}}\n",
)];

/// What a change needs beside it.
fn changed(code: &str, from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{code}: `{from}` stands in the good ecosystem once");
    let text = GOOD.replace(from, to);
    let text = text.replace(
        "calendars:\n  office",
        if to.contains("night") {
            "calendars:\n  night: {hours: {mon-fri: 22:00-06:00}}\n  office"
        } else {
            "calendars:\n  office"
        },
    );
    let text = if to.contains("statistic: availability") {
        text.replace("    critical: true", "    critical: true\n    availability: 99.9%")
    } else {
        text
    };
    let other = "  change: {function: transition, activities: [approve]}\n";
    if to.contains("change]") {
        text.replace("processes:\n  incident:\n", &format!("processes:\n{other}  incident:\n"))
    } else {
        text
    }
}

#[test]
fn every_code_is_raised_by_the_change_that_deserves_it() {
    let mut missed = String::new();
    let mut tried = BTreeSet::new();
    for (code, from, to) in CHANGES {
        tried.insert(*code);
        let found = names(&changed(code, from, to));
        if !found.iter().any(|name| name == code) {
            missed += &format!("{code}: found {found:?}\n");
        }
    }
    for (code, document) in DOCUMENTS {
        tried.insert(*code);
        assert!(names(document).iter().any(|name| name == code), "{code}");
    }
    assert_eq!(missed, "");
    let all: BTreeSet<&str> = CODES.iter().filter(|code| code.number / 100 == 7).map(|code| code.name).collect();
    assert_eq!(tried, all, "every finding has a document that raises it");
}

#[test]
fn most_changes_raise_one_finding_and_nothing_beside_it() {
    let mut alone: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (code, from, to) in CHANGES {
        alone.insert(code, names(&changed(code, from, to)));
    }
    // The others break something else as well: a part that is gone is missed wherever it was asked for.
    let beside: Vec<(&&str, &Vec<String>)> =
        alone.iter().filter(|(code, found)| found.iter().any(|name| name != **code)).collect();
    let names: Vec<&str> = beside.iter().map(|(code, _)| **code).collect();
    let known = ["equaliser-beyond-contract", "ola-missing", "retired-service-needed", "service-without-provider"];
    assert_eq!(names, known, "{beside:#?}");
}
