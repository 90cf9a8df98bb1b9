use super::*;
use crate::{Source, load};

/// A layered estate with quorums, rules, users, classes, parties and agreements, from a fixed seed.
fn estate(seed: u64, n: usize) -> Ecosystem {
    let mut state = seed;
    let mut dice = |sides: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % sides
    };
    let mut text = String::from("siam: 1\nclasses: {vital: {critical: true}, plain: {}}\nparties:\n");
    (0..5).for_each(|party| text += &format!("  p{party}: {{kind: supplier}}\n"));
    text += "services:\n";
    for at in 0..n {
        let (users, class) = (dice(5000), if dice(3) == 0 { "vital" } else { "plain" });
        text += &format!("  s{at}: {{provider: p{}, users: {users}, class: {class}", dice(5));
        if at > 3 {
            let mut to: Vec<usize> = (0..2 + dice(3)).map(|_| dice(at)).collect();
            to.sort_unstable();
            to.dedup();
            let names: Vec<String> = to.iter().map(|to| format!("s{to}")).collect();
            let names = names.join(", ");
            text += &match dice(4) {
                0 => format!(", depends_on: [{{any_of: [{names}]}}]"),
                1 => format!(", depends_on: [{{at_least: {}, of: [{names}]}}]", 1 + dice(to.len())),
                2 => format!(", depends_on: [{{service: s{}, impact: degraded}}, {names}]", dice(at)).replace(", , ", ", "),
                _ => format!(", depends_on: [{names}]"),
            };
        }
        text += "}\n";
    }
    text += "agreements:\n";
    for at in 0..7 {
        let names: Vec<String> = (0..3).map(|_| format!("s{}", dice(n))).collect();
        text += &format!("  a{at}: {{kind: sla, services: [{}]}}\n", names.join(", "));
    }
    match load(&[Source::text("estate", &text)]) {
        Ok(ecosystem) => ecosystem,
        Err(error) => panic!("{error}\n{text}"),
    }
}

fn sums(ecosystem: &Ecosystem, scenarios: &Scenarios<'_>, counting: Counting, lanes: usize) -> Vec<Hit> {
    let stakes = Stakes::of(ecosystem, Instant::MAX);
    let structure = &ecosystem.map(Instant::MAX).structure;
    hits(structure, scenarios, &stakes, counting, BatchOptions { threads: 0, lanes: Some(lanes) })
}

#[test]
fn a_scenario_has_the_same_sums_alone_and_in_a_group() {
    for seed in 0..12 {
        let ecosystem = estate(seed, 90);
        let services: Vec<ServiceIdx> = (0..90).map(ServiceIdx::new).collect();
        let (mut at, mut own) = (vec![0_u32], Vec::new());
        for first in 0..90 {
            own.extend((0..1 + first % 4).map(|more| (ServiceIdx::new((first * 7 + more * 31) % 90), 1 + (more % 2) as Level)));
            at.push(own.len() as u32);
        }
        for felt in [None, Some(1), Some(2)] {
            for failed_too in [false, true] {
                let counting = Counting { felt, failed_too };
                for scenarios in [Scenarios::Each { services: &services, level: 2 }, Scenarios::Given { at: &at, own: &own }] {
                    let alone = sums(&ecosystem, &scenarios, counting, 0);
                    assert!(alone.iter().any(|hit| hit.services > 1 && hit.users > 0), "seed {seed} says nothing");
                    assert_eq!(sums(&ecosystem, &scenarios, counting, 64), alone, "seed {seed}, {counting:?}");
                    assert_eq!(sums(&ecosystem, &scenarios, counting, 256), alone, "seed {seed}, {counting:?}");
                }
            }
        }
    }
}

#[test]
fn a_group_is_summed_by_planes_as_by_hand() {
    // a fails in bits 0 and 1, b in bit 1 only; x needs either, y needs both to fail.
    let text = "siam: 1\nclasses: {vital: {critical: true}}\nparties: {p: {kind: supplier}, q: {kind: supplier}}\nservices:\n  \
a: {users: 1}\n  b: {users: 2}\n  x: {users: 4, provider: p, depends_on: [a, b]}\n  \
y: {users: 8, provider: q, class: vital, depends_on: [{any_of: [a, b]}]}\nagreements: {sla: {kind: sla, services: [x, y]}}\n";
    let ecosystem = load(&[Source::text("e", text)]).unwrap();
    let service = |name: &str| ecosystem.model().names.services[name];
    let own = [(service("a"), 2), (service("a"), 2), (service("b"), 2)];
    let scenarios = Scenarios::Given { at: &[0, 1, 3], own: &own };
    let hits = sums(&ecosystem, &scenarios, Counting { felt: None, failed_too: true }, 64);
    let hit = |services, critical, users, suppliers| Hit { services, worst: 2, critical, users, agreements: 1, suppliers };
    assert_eq!(hits, [hit(1, 0, 5, 1), hit(2, 1, 15, 2)]);
    let others = sums(&ecosystem, &scenarios, Counting { felt: Some(2), failed_too: false }, 64);
    assert_eq!(others, [hit(1, 0, 4, 1), hit(2, 1, 12, 2)]);
}
