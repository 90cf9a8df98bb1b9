//! Impacts: every failure tried, every pair, every supplier, every set of further failures.
//!
//! Goes in: a document, the level at which things fail, an instant. Comes out: which services are worse for it.
//! **Invariant:** nothing is inferred: each scenario is settled from the beginning, and compared with nothing failing.
//! **Not here:** the levels of one scenario (`impact`); which of several failures is to blame (`causes`).

use crate::map::{Levels, Map, sets};
use std::collections::{BTreeMap, BTreeSet};

/// Services that are worse, with their level then.
pub type Worse = BTreeMap<String, String>;

/// The least number of further failures that brings a service to a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redundancy {
    /// How many more must fail; 0 where it is at the level already.
    pub failures: usize,
    /// How many sets of so many do it.
    pub sets: usize,
}

/// The services that are worse than before, but for those left out.
fn worse(map: &Map, before: &Levels, after: &Levels, left_out: &BTreeSet<&str>) -> Worse {
    let worse = after.iter().filter(|(service, level)| **level > before[*service] && !left_out.contains(*service));
    worse.map(|(service, level)| ((*service).to_owned(), map.names[*level].clone())).collect()
}

/// Services that fail at a level, all of them.
fn failing<'s>(services: &BTreeSet<&'s str>, level: usize) -> Levels<'s> {
    services.iter().map(|service| (*service, level)).collect()
}

/// For every service alone at a level: which others are worse than when nothing fails.
pub fn each(document: &str, level: &str, instant: i64) -> BTreeMap<String, Worse> {
    let map = Map::read(document, instant);
    let calm = map.settle(&Levels::new());
    let alone = |service: &str| {
        let failed = BTreeSet::from([service]);
        (service.to_owned(), worse(&map, &calm, &map.settle(&failing(&failed, map.number(level))), &failed))
    };
    map.services().into_iter().map(alone).collect()
}

/// For every two services at a level, the services that are worse than under either alone; pairs without one are not there.
pub fn pairs(document: &str, level: &str, instant: i64) -> BTreeMap<(String, String), Worse> {
    let map = Map::read(document, instant);
    let level = map.number(level);
    let mut found = BTreeMap::new();
    for pair in sets(&map.services(), 2) {
        let two: Vec<&str> = pair.iter().copied().collect();
        let (first, second) = (map.settle(&Levels::from([(two[0], level)])), map.settle(&Levels::from([(two[1], level)])));
        let both = map.settle(&failing(&pair, level));
        let either: Levels = first.iter().map(|(service, one)| (*service, (*one).max(second[service]))).collect();
        let only_together = worse(&map, &either, &both, &BTreeSet::new());
        if !only_together.is_empty() {
            found.insert((two[0].to_owned(), two[1].to_owned()), only_together);
        }
    }
    found
}

/// For every party that provides something: which services of others are worse when all of its own and of its subcontractors fail.
pub fn suppliers(document: &str, level: &str, instant: i64) -> BTreeMap<String, Worse> {
    let map = Map::read(document, instant);
    let calm = map.settle(&Levels::new());
    let fails = |party: &str| {
        let failed = map.services_of(party);
        (party.to_owned(), worse(&map, &calm, &map.settle(&failing(&failed, map.number(level))), &failed))
    };
    map.parties().into_iter().map(fails).collect()
}

/// For every party that provides something: its services, and those of its subcontractors.
pub fn provided(document: &str, instant: i64) -> BTreeMap<String, BTreeSet<String>> {
    let map = Map::read(document, instant);
    let owned = |party: &str| (party.to_owned(), map.services_of(party).into_iter().map(str::to_owned).collect());
    map.parties().into_iter().map(owned).collect()
}

/// The services other than those failed that are worse than when nothing fails.
pub fn together(document: &str, failures: &[(String, String)], instant: i64) -> Worse {
    let map = Map::read(document, instant);
    let failed = failures.iter().map(|(service, _)| service.as_str()).collect();
    worse(&map, &map.settle(&Levels::new()), &map.settle(&map.own(failures)), &failed)
}

/// The other services that alone, at `fails`, bring a service to a level or worse at which it is not when nothing fails.
pub fn single_points(document: &str, service: &str, level: &str, fails: &str, instant: i64) -> BTreeSet<String> {
    let map = Map::read(document, instant);
    let (level, fails) = (map.number(level), map.number(fails));
    if map.settle(&Levels::new())[service] >= level {
        return BTreeSet::new();
    }
    let others = map.services().into_iter().filter(|other| *other != service);
    others.filter(|other| map.settle(&Levels::from([(*other, fails)]))[service] >= level).map(str::to_owned).collect()
}

/// The least number of others that must fail at the worst level, beside what has failed, to bring a service to a level or worse,
/// and how many sets of so many do; none where no set of `most` does. A service that has failed outright fails no further.
pub fn redundancy(
    document: &str,
    failures: &[(String, String)],
    service: &str,
    level: &str,
    most: usize,
    instant: i64,
) -> Option<Redundancy> {
    let map = Map::read(document, instant);
    let (own, level, worst) = (map.own(failures), map.number(level), map.worst());
    let could = |other: &&str| *other != service && own.get(other).is_none_or(|level| *level < worst);
    let others: Vec<&str> = map.services().into_iter().filter(could).collect();
    for size in 0..=most {
        let does = |set: &BTreeSet<&str>| {
            let mut all = own.clone();
            all.extend(failing(set, worst));
            map.settle(&all)[service] >= level
        };
        let sets = sets(&others, size).iter().filter(|set| does(set)).count();
        if sets > 0 {
            return Some(Redundancy { failures: size, sets });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_WANS: &str = "{siam: 1,
        parties: {left: {kind: supplier}, right: {kind: supplier}, digger: {kind: supplier, subcontractor_of: right}},
        services: {wan-a: {provider: left}, wan-b: {provider: digger}, power: {provider: right},
        site: {depends_on: [power, {any_of: [wan-a, wan-b]}]}, mail: {depends_on: [{service: site, impact: degraded}]}}}";
    const QUORUM: &str = "{siam: 1, services: {a: {}, b: {}, c: {}, n: {depends_on: [{at_least: 2, of: [a, b, c]}]}}}";

    fn worse(pairs: &[(&str, &str)]) -> Worse {
        pairs.iter().map(|(service, level)| (service.to_string(), level.to_string())).collect()
    }
    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn of_two_lines_neither_alone_is_felt_and_both_are() {
        let each = each(TWO_WANS, "down", 0);
        assert_eq!(each["wan-a"], Worse::new());
        assert_eq!(each["power"], worse(&[("site", "down"), ("mail", "degraded")]));
        assert_eq!(each["site"], worse(&[("mail", "degraded")]));
        let pairs = pairs(TWO_WANS, "down", 0);
        assert_eq!(pairs.keys().collect::<Vec<_>>(), [&("wan-a".to_owned(), "wan-b".to_owned())]);
        assert_eq!(pairs.values().next(), Some(&worse(&[("site", "down"), ("mail", "degraded")])));
    }

    #[test]
    fn a_supplier_takes_its_subcontractors_with_it() {
        let suppliers = suppliers(TWO_WANS, "down", 0);
        assert_eq!(suppliers["left"], Worse::new());
        assert_eq!(suppliers["digger"], Worse::new());
        assert_eq!(suppliers["right"], worse(&[("site", "down"), ("mail", "degraded")]));
        assert_eq!(provided(TWO_WANS, 0)["right"], names(&["power", "wan-b"]));
    }

    #[test]
    fn what_is_left_of_a_quorum_is_counted() {
        assert_eq!(redundancy(QUORUM, &[], "n", "down", 3, 0), Some(Redundancy { failures: 2, sets: 3 }));
        let one = [("b".to_owned(), "down".to_owned())];
        assert_eq!(redundancy(QUORUM, &one, "n", "down", 3, 0), Some(Redundancy { failures: 1, sets: 2 }));
        let two = [("b".to_owned(), "down".to_owned()), ("c".to_owned(), "down".to_owned())];
        assert_eq!(redundancy(QUORUM, &two, "n", "down", 3, 0), Some(Redundancy { failures: 0, sets: 1 }));
        assert_eq!(redundancy(QUORUM, &[], "n", "down", 1, 0), None);
        assert_eq!(redundancy(QUORUM, &[], "a", "down", 3, 0), None, "nothing else brings a leaf down");
        // A degraded member may still go down: {a,b} {a,c} {b,c} down, as if b had not been degraded.
        let degraded = [("b".to_owned(), "degraded".to_owned())];
        assert_eq!(redundancy(QUORUM, &degraded, "n", "down", 3, 0), Some(Redundancy { failures: 2, sets: 3 }));
        assert_eq!(redundancy(QUORUM, &degraded, "n", "degraded", 3, 0), Some(Redundancy { failures: 1, sets: 2 }));
    }

    #[test]
    fn a_single_point_is_one_whose_failure_alone_is_enough() {
        assert_eq!(single_points(TWO_WANS, "site", "down", "down", 0), names(&["power"]));
        assert_eq!(single_points(TWO_WANS, "mail", "degraded", "down", 0), names(&["power", "site"]));
        assert_eq!(single_points(TWO_WANS, "mail", "down", "down", 0), names(&[]));
        assert_eq!(single_points(QUORUM, "n", "degraded", "down", 0), names(&[]));
    }

    #[test]
    fn weights_decide_which_alone_is_enough() {
        let document = "{siam: 1, services: {big: {}, small: {}, tiny: {},
            n: {depends_on: {of: [{service: big, weight: 3}, {service: small, weight: 2}, tiny], rule: {order: {weight: 1/2}}}}}}";
        // Six in all: big alone has three of the three needed, small and tiny together have them too.
        assert_eq!(single_points(document, "n", "down", "down", 0), names(&["big"]));
        let pairs = pairs(document, "down", 0);
        assert_eq!(pairs.keys().collect::<Vec<_>>(), [&("small".to_owned(), "tiny".to_owned())]);
        let big = [("small".to_owned(), "down".to_owned())];
        assert_eq!(redundancy(document, &big, "n", "down", 3, 0), Some(Redundancy { failures: 1, sets: 2 }));
    }

    #[test]
    fn what_only_one_of_two_failures_spoils_is_better_with_both() {
        // Exclusive or: fine with exactly one at its best.
        let rule = "{first: [{when: {to: operational, equal: 1}, then: {const: operational}}, {else: {const: down}}]}";
        let document = format!("{{siam: 1, services: {{a: {{}}, b: {{}}, n: {{depends_on: {{of: [a, b], rule: {rule}}}}}}}}}");
        let each = each(&document, "down", 0);
        assert_eq!(each["a"], Worse::new(), "n is down when nothing fails, so nothing makes it worse");
        assert_eq!(pairs(&document, "down", 0).len(), 1, "each alone puts it right, both together spoil it again");
        assert_eq!(single_points(&document, "n", "down", "down", 0), names(&[]));
    }

    #[test]
    fn a_ring_falls_as_one() {
        let document = "{siam: 1, services: {dns: {depends_on: [ad]}, ad: {depends_on: [dns, {any_of: [p, q]}]}, p: {}, q: {}}}";
        assert_eq!(each(document, "down", 0)["dns"], worse(&[("ad", "down")]));
        assert_eq!(pairs(document, "down", 0).values().next(), Some(&worse(&[("dns", "down"), ("ad", "down")])));
        assert_eq!(redundancy(document, &[], "dns", "down", 3, 0), Some(Redundancy { failures: 1, sets: 1 }));
    }
}
