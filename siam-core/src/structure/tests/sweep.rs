//! The sweep against one scenario at a time.
//!
//! Goes in: random maps that hold one after another, random stretches of own levels. Comes out: agreement at every instant.
//! **Invariant:** every instant at which anything begins or ends is compared, and the one before it.
//! **Not here:** hours and planned work (`answer::observed`).

use super::*;
use crate::base::Instant;
use crate::structure::{Causes, OwnStretch, Swept, sweep};

const END: i64 = 40;

fn own(random: &mut Random, n: usize, worst: Level) -> Vec<OwnStretch> {
    (0..random.below(12))
        .map(|_| {
            let from = random.below(50) as i64 - 5;
            let until = from + random.below(20) as i64;
            let service = idx(random.below(n));
            OwnStretch {
                service,
                level: random.level(worst),
                from: Instant(from),
                until: Instant(until),
                sure: random.chance(70),
            }
        })
        .collect()
}

fn open(own: &[OwnStretch], at: i64) -> Vec<(ServiceIdx, Level)> {
    let there = own.iter().filter(|one| one.from.0 <= at && at < one.until.0);
    there.map(|one| (one.service, one.level)).collect()
}

fn level(swept: &Swept, asked: usize, at: i64) -> Level {
    let stretches = swept.stretches(asked);
    assert!(stretches.windows(2).all(|pair| pair[0].until <= pair[1].from));
    stretches.iter().find(|one| one.from.0 <= at && at < one.until.0).map_or(0, |one| one.level)
}

/// One map or two, the second from the middle on, and what they say of every instant.
fn agree_over_time(random: &mut Random, maps: &[(Instant, &Structure)], own: &[OwnStretch]) {
    let n = maps[0].1.len();
    let mut asked: Vec<ServiceIdx> = (0..n).map(idx).collect();
    asked.rotate_left(random.below(n));
    let swept = sweep(maps, own, (Instant(0), Instant(END)), &asked);
    for at in 0..END {
        let map = maps.iter().rev().find(|(from, _)| from.0 <= at).unwrap().1;
        let mut scalar = Scalar::new(map);
        scalar.evaluate(&open(own, at));
        for (slot, service) in asked.iter().enumerate() {
            assert_eq!(level(&swept, slot, at), scalar.level(*service), "{own:?} {service:?} at {at}");
            let stretch = swept.stretches(slot).iter().find(|one| one.from.0 <= at && at < one.until.0);
            let Causes { services, more } = stretch.map_or(Causes { services: &[], more: false }, |one| swept.causes(one));
            assert!(!more && services.iter().all(|cause| scalar.own_level(*cause) > 0), "{own:?} {service:?} at {at}");
            let differs = scalar.level(*service) != map.baseline(*service);
            assert!(!differs || !services.is_empty(), "{own:?} {service:?} at {at}");
        }
    }
    for slot in 0..n {
        for pair in swept.levels(slot).windows(2) {
            assert!(pair[0].1 < pair[1].0 || pair[0].2 != pair[1].2, "stretches that touch are one");
        }
    }
}

#[test]
fn the_sweep_equals_the_outages_open_at_every_instant() {
    let mut random = Random(11);
    for round in 0..1_500 {
        let worst = 1 + (round % 4) as Level;
        let n = 2 + random.below(7);
        let cyclic = round % 2 == 0;
        let mut map = || {
            let nodes: Vec<Node> = (0..n)
                .map(|at| {
                    let to: Vec<usize> = (0..random.below(4)).map(|_| random.below(if cyclic { n } else { at.max(1) })).collect();
                    match (cyclic, at) {
                        (true, _) => Node {
                            edges: to.iter().map(|to| monotone_edge(&mut random, *to, worst)).collect(),
                            rule: monotone_rule(&mut random, worst, 2),
                        },
                        (false, 0) => node(&[], Expression::any()),
                        (false, _) => Node {
                            edges: to.iter().map(|to| any_edge(&mut random, *to, worst)).collect(),
                            rule: expression(&mut random, worst, 2),
                        },
                    }
                })
                .collect();
            Structure::compile(&nodes, worst + 1).unwrap()
        };
        let (first, second) = (map(), map());
        let own = own(&mut random, n, worst);
        agree_over_time(&mut random, &[(Instant::MIN, &first)], &own);
        agree_over_time(&mut random, &[(Instant::MIN, &first), (Instant(13), &second)], &own);
    }
}

#[test]
fn members_of_a_cycle_do_not_explain_each_other() {
    // 0 and 1 need each other, 1 needs 2.
    let nodes = [node(&[1], Expression::any()), node(&[0, 2], Expression::any()), node(&[], Expression::any())];
    let map = Structure::compile(&nodes, 3).unwrap();
    let doubtful = |at: usize| OwnStretch { service: idx(at), level: 2, from: Instant(0), until: Instant(10), sure: false };
    let asked = [idx(0), idx(1)];
    let swept = sweep(&[(Instant::MIN, &map)], &[doubtful(0), doubtful(1)], (Instant(0), Instant(10)), &asked);
    let felt =
        |swept: &Swept| [0, 1].map(|slot| swept.stretches(slot).iter().map(|one| (one.level, one.felt)).collect::<Vec<_>>());
    assert_eq!(felt(&swept), [[(2, 0)], [(2, 0)]]);
    let sure = OwnStretch { sure: true, ..doubtful(2) };
    let swept = sweep(&[(Instant::MIN, &map)], &[doubtful(0), doubtful(1), sure], (Instant(0), Instant(10)), &asked);
    assert_eq!(felt(&swept), [[(2, 2)], [(2, 2)]]);
}

#[test]
fn causes_are_shared_along_a_chain_and_bounded_at_its_end() {
    let n = 20_000;
    let mut nodes: Vec<Node> = (0..n).map(|at| node(if at == 0 { &[] } else { &[0][..] }, Expression::any())).collect();
    (1..n).for_each(|at| nodes[at].edges[0].to = idx(at - 1));
    let map = Structure::compile(&nodes, 3).unwrap();
    let fails =
        |at: usize, from: i64| OwnStretch { service: idx(at), level: 2, from: Instant(from), until: Instant(100), sure: true };
    let own: Vec<OwnStretch> = (0..40).map(|at| fails(at, at as i64)).collect();
    let swept = sweep(&[(Instant::MIN, &map)], &own, (Instant(0), Instant(100)), &[idx(n - 1)]);
    assert_eq!(swept.levels(0), [(Instant(0), Instant(100), 2)]);
    let causes: Vec<Causes<'_>> = swept.stretches(0).iter().map(|stretch| swept.causes(stretch)).collect();
    assert_eq!((causes[0].services, causes[0].more), (&[idx(0)][..], false));
    assert_eq!(causes[31].services.len(), 32);
    assert!(!causes[31].more && causes[32].more && causes[32].services.len() == 32);
}
