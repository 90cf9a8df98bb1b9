//! Causes: which of several failures brought a service where it is.
//!
//! Goes in: a document, failures, a bad service, an instant. Comes out: the least sets whose healing helps; services that walks blame.
//! **Invariant:** a set heals if the levels, settled again without its failures, say so; every set of every smaller size was tried before.
//! **Not here:** how bad a failure is (`impacts`); exact shares of blame.

use crate::impact::{felt_of, seen, short};
use crate::map::{Levels, Map, sets};
use crate::reading::{entries, list, text};
use siam_core::document::Node;
use std::collections::{BTreeMap, BTreeSet};

/// Sets of names; none where nothing helps.
pub type Sets = BTreeSet<BTreeSet<String>>;

/// What a walk down from a bad service found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blamed {
    /// Every service blamed, the bad one first among them.
    pub services: BTreeSet<String>,
    /// Those of them that failed themselves: their own level is as bad as is asked of them.
    pub causes: BTreeSet<String>,
    /// Those of them below which nothing is blamed.
    pub ends: BTreeSet<String>,
    /// Steps from a service to a dependency blamed for it.
    pub steps: BTreeSet<(String, String)>,
}

/// The least sets of failed services whose healing makes a service better than it is, or at least as good as a wanted level.
pub fn min_heal(document: &str, failures: &[(String, String)], bad: &str, wanted: Option<&str>, instant: i64) -> Sets {
    let map = Map::read(document, instant);
    let own = map.own(failures);
    let each = own.keys().map(|service| (*service, BTreeSet::from([*service]))).collect();
    least(&map, &own, &each, bad, wanted)
}

/// The same over parties: with a party heal all its failed services, and those of its subcontractors, whose failures are its own.
/// Failures of a service without provider stay.
pub fn min_heal_parties(document: &str, failures: &[(String, String)], bad: &str, wanted: Option<&str>, instant: i64) -> Sets {
    let map = Map::read(document, instant);
    let own = map.own(failures);
    let mut each: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in own.keys() {
        if let Some(party) = map.providers.get(*service) {
            let mut prime = party.as_str();
            while let Some(next) = map.primes.get(prime) {
                prime = next;
            }
            each.entry(prime).or_default().insert(service);
        }
    }
    least(&map, &own, &each, bad, wanted)
}

/// The least sets of what can be healed together.
fn least(map: &Map, own: &Levels, each: &BTreeMap<&str, BTreeSet<&str>>, bad: &str, wanted: Option<&str>) -> Sets {
    let now = map.settle(own)[bad];
    // Better than it is: one level better at least.
    let enough = match wanted {
        Some(level) => map.number(level),
        None if now == 0 => return Sets::new(),
        None => now - 1,
    };
    let names: Vec<&str> = each.keys().copied().collect();
    for size in 0..=names.len() {
        let heals = |set: &BTreeSet<&str>| {
            let healed: BTreeSet<&str> = set.iter().flat_map(|name| each[name].iter().copied()).collect();
            let left = own.iter().filter(|(service, _)| !healed.contains(*service)).map(|(service, level)| (*service, *level));
            map.settle(&left.collect())[bad] <= enough
        };
        let found: Sets = sets(&names, size)
            .iter()
            .filter(|set| heals(set))
            .map(|set| set.iter().map(|name| (*name).to_owned()).collect())
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Sets::new()
}

/// A dependency of a service, as it is seen from there now.
struct Child<'m> {
    name: &'m str,
    edge: &'m Node,
    level: usize,
    weight: i128,
}

/// The dependencies of a service; of each item of the short form and of each rule only where it comes to a level or worse.
fn children<'m>(map: &'m Map, now: &Levels, service: &str, level: usize) -> Vec<Child<'m>> {
    let Some(Some(needs)) = map.needs.get(service) else { return Vec::new() };
    let long = needs.get("of").is_some() && needs.get("at_least").is_none();
    let parts: Vec<&Node> = if long { vec![needs] } else { list(needs).iter().collect() };
    let mut found = Vec::new();
    for part in parts {
        let comes_to = if long { felt_of(part, &map.names, now) } else { short(part, &map.names, now) };
        let members = part.get("any_of").or_else(|| part.get("of")).map_or(std::slice::from_ref(part), list);
        for edge in members.iter().filter(|_| comes_to >= level) {
            if let Some(seen) = seen(edge, &map.names, now) {
                let name = edge.text().or_else(|| text(edge, "service")).expect("a dependency names a service");
                found.push(Child { name, edge, level: seen.level, weight: seen.weight });
            }
        }
    }
    found
}

/// Dependencies whose own effective level, not what is seen of it, is that of the service; from there on down.
pub fn same_state(document: &str, failures: &[(String, String)], bad: &str, instant: i64) -> Blamed {
    let map = Map::read(document, instant);
    let own = map.own(failures);
    let now = map.settle(&own);
    let blame = |service: &str| {
        let equal = children(&map, &now, service, 0).into_iter().filter(|child| now[child.name] == now[service]);
        equal.map(|child| child.name).collect()
    };
    let itself = |service: &str| own.get(service) == Some(&now[service]);
    walk(&now, bad, blame, itself)
}

/// Dependencies whose level, as it is seen, is the level of the service or worse; all that add to it where it is a sum of gains.
/// Where weight decides, what has none contributes nothing.
pub fn contributing(document: &str, failures: &[(String, String)], bad: &str, instant: i64) -> Blamed {
    let map = Map::read(document, instant);
    let own = map.own(failures);
    let now = map.settle(&own);
    let blame = |service: &str| {
        let rule = map.needs[service].as_ref().and_then(|needs| needs.get("rule"));
        let gain = rule.and_then(|rule| rule.get("score")?.get("gain"));
        let weighs = rule.and_then(|rule| rule.get("order")?.get("weight")).is_some();
        let adds = |child: &Child| match gain {
            None => child.level >= now[service] && (!weighs || child.weight > 0),
            Some(gain) => {
                let named = gain.entries().unwrap_or_default().iter().find(|entry| map.number(&entry.key) == child.level);
                let gain: i128 = named.and_then(|entry| entry.value.text()?.parse().ok()).unwrap_or(0);
                gain * child.weight > 0
            }
        };
        children(&map, &now, service, now[service]).into_iter().filter(adds).map(|child| child.name).collect()
    };
    walk(&now, bad, blame, |service| own.get(service).is_some_and(|own| *own >= now[service]))
}

/// From a bad service down by a step; only while a service is worse than the best level.
fn walk<'m>(now: &Levels<'m>, bad: &'m str, blame: impl Fn(&str) -> Vec<&'m str>, itself: impl Fn(&str) -> bool) -> Blamed {
    let mut found = Blamed::default();
    let mut open = vec![bad];
    while let Some(service) = open.pop() {
        if now[service] == 0 || !found.services.insert(service.to_owned()) {
            continue;
        }
        if itself(service) {
            found.causes.insert(service.to_owned());
        }
        for child in blame(service) {
            if now[child] > 0 {
                found.steps.insert((service.to_owned(), child.to_owned()));
                open.push(child);
            }
        }
    }
    found.with_ends()
}

impl Blamed {
    fn with_ends(mut self) -> Self {
        let left: BTreeSet<&String> = self.steps.iter().map(|(from, _)| from).collect();
        self.ends = self.services.iter().filter(|service| !left.contains(service)).cloned().collect();
        self
    }
}

/// Down with the least level that is demanded of each service, any problem where none is: what is seen as that bad, and below it
/// what makes it that bad. None where a service on the way has a rule of which this walk says nothing.
pub fn threshold(
    document: &str,
    failures: &[(String, String)],
    bad: &str,
    demanded: Option<&str>,
    instant: i64,
) -> Option<Blamed> {
    let map = Map::read(document, instant);
    let own = map.own(failures);
    let now = map.settle(&own);
    let mut found = Blamed::default();
    let mut been: BTreeSet<(&str, Option<usize>)> = BTreeSet::new();
    let mut open = vec![(bad, demanded.map(|name| map.number(name)))];
    while let Some((service, demanded)) = open.pop() {
        let asked = demanded.unwrap_or(1);
        if now[service] < asked || !been.insert((service, demanded)) {
            continue;
        }
        found.services.insert(service.to_owned());
        if own.get(service).is_some_and(|own| *own >= asked) {
            found.causes.insert(service.to_owned());
        }
        let children = children(&map, &now, service, asked);
        for (level, weighted) in asked_of(&map, service, asked, &children)? {
            for child in children.iter().filter(|child| child.level >= level.max(1) && (!weighted || child.weight > 0)) {
                // Nothing is demanded below where nothing was, and where the rule asks that all have problems.
                let next = if level == 0 { None } else { demanded.and_then(|_| reversed(&map, child, level)) };
                if now[child.name] >= next.unwrap_or(1) {
                    found.steps.insert((service.to_owned(), child.name.to_owned()));
                    open.push((child.name, next));
                }
            }
        }
    }
    Some(found.with_ends())
}

/// The least level of a dependency, worse than the best, that is seen as this level or worse.
fn reversed(map: &Map, child: &Child, level: usize) -> Option<usize> {
    (1..=map.worst()).find(|own| {
        let alone = Levels::from([(child.name, *own)]);
        seen(child.edge, &map.names, &alone).is_some_and(|seen| seen.level >= level)
    })
}

/// At which level dependencies are a cause, and whether by their weight; 0 for any problem at all.
fn asked_of(map: &Map, service: &str, asked: usize, children: &[Child]) -> Option<Vec<(usize, bool)>> {
    let rule = map.needs[service].as_ref().and_then(|needs| needs.get("rule"));
    rule.map_or_else(|| Some(vec![(asked, false)]), |rule| of_rule(map, rule, asked, children))
}

fn of_rule(map: &Map, rule: &Node, asked: usize, children: &[Child]) -> Option<Vec<(usize, bool)>> {
    const ORDERS: [&str; 7] = ["any", "all", "best", "worst", "icinga.AND", "icinga.OR", "zabbix.most_critical_of_children"];
    if rule.text().is_some_and(|name| ORDERS.contains(&name)) || rule.entries()?.iter().any(|entry| ORDERS.contains(&&*entry.key))
    {
        return Some(vec![(asked, false)]);
    }
    if let Some(order) = rule.get("order") {
        return Some(vec![(asked, order.get("weight").is_some())]);
    }
    if let Some(parts) = rule.get("max") {
        return of_max(map, list(parts), asked, children);
    }
    // Most critical if all have problems.
    let [good, otherwise] = list(rule.get("first")?) else { return None };
    let when = good.get("when")?;
    let all =
        text(when, "to") == Some(&map.names[0]) && text(when, "at_least") == Some("1") && text(when, "unit") != Some("weight");
    let best = text(good.get("then")?, "const") == Some(&map.names[0]);
    let any = otherwise.get("else").and_then(Node::text) == Some("any");
    if !(all && best && any) {
        return None;
    }
    let fine = children.iter().any(|child| child.level == 0);
    Some(if fine { Vec::new() } else { vec![(0, false)] })
}

/// A main rule and additional ones: of those that fired by count the one with the lowest limit, and of those by weight.
fn of_max(map: &Map, parts: &[Node], asked: usize, children: &[Child]) -> Option<Vec<(usize, bool)>> {
    let mut all = Vec::new();
    let mut lowest: BTreeMap<bool, usize> = BTreeMap::new();
    for part in parts {
        let Some((limit, weighted, fired)) = additional(map, part, asked, children) else {
            all.extend(of_rule(map, part, asked, children)?);
            continue;
        };
        if fired {
            let known = lowest.entry(weighted).or_insert(limit);
            *known = limit.min(*known);
        }
    }
    all.extend(lowest.into_iter().map(|(weighted, limit)| (limit, weighted)));
    Some(all)
}

/// `{first: [{when: {from: L, at_least: V}, then: {const: N}}, {else: {const: best}}]}`: its limit, whether it counts weight,
/// and whether it makes the service as bad as is asked.
fn additional(map: &Map, rule: &Node, asked: usize, children: &[Child]) -> Option<(usize, bool, bool)> {
    let [case, otherwise] = list(rule.get("first")?) else { return None };
    let when = case.get("when")?;
    let limit = map.number(text(when, "from")?);
    let enough: i128 = text(when, "at_least")?.parse().ok()?;
    let worse = map.number(text(case.get("then")?, "const")?);
    if entries(otherwise, "else").len() != 1
        || text(otherwise.get("else")?, "const") != Some(&map.names[0])
        || text(when, "to").is_some()
    {
        return None;
    }
    let weighted = text(when, "unit") == Some("weight");
    let bad = children.iter().filter(|child| child.level >= limit);
    let amount: i128 = bad.map(|child| if weighted { child.weight } else { 1 }).sum();
    Some((limit, weighted, amount >= enough && worse >= asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_WANS: &str = "{siam: 1,
        parties: {left: {kind: supplier}, right: {kind: supplier}, digger: {kind: supplier, subcontractor_of: right}},
        services: {wan-a: {provider: left}, wan-b: {provider: digger}, power: {provider: right},
        site: {depends_on: [power, {any_of: [wan-a, wan-b]}]}, mail: {depends_on: [{service: site, impact: degraded}]}}}";
    const QUORUM: &str = "{siam: 1, services: {a: {}, b: {}, c: {}, d: {}, n: {depends_on: [{at_least: 2, of: [a, b, c]}, d]}}}";

    fn failed(failures: &[(&str, &str)]) -> Vec<(String, String)> {
        failures.iter().map(|(service, level)| (service.to_string(), level.to_string())).collect()
    }
    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| name.to_string()).collect()
    }
    fn several(sets: &[&[&str]]) -> Sets {
        sets.iter().map(|set| names(set)).collect()
    }

    #[test]
    fn either_of_two_lines_heals_the_site() {
        let both = failed(&[("wan-a", "down"), ("wan-b", "down")]);
        assert_eq!(min_heal(TWO_WANS, &both, "mail", None, 0), several(&[&["wan-a"], &["wan-b"]]));
        assert_eq!(min_heal_parties(TWO_WANS, &both, "mail", None, 0), several(&[&["left"], &["right"]]));
        let three = failed(&[("wan-a", "down"), ("wan-b", "down"), ("power", "down")]);
        assert_eq!(min_heal(TWO_WANS, &three, "site", None, 0), several(&[&["power", "wan-a"], &["power", "wan-b"]]));
        assert_eq!(min_heal_parties(TWO_WANS, &three, "site", None, 0), several(&[&["right"]]), "power and its digger's line");
        assert_eq!(min_heal(TWO_WANS, &failed(&[("wan-a", "down")]), "site", None, 0), Sets::new(), "nothing is wrong");
        assert_eq!(min_heal(TWO_WANS, &failed(&[("wan-a", "down")]), "site", Some("operational"), 0), several(&[&[]]));
    }

    #[test]
    fn a_wanted_level_may_need_more_than_the_first_step() {
        // Two of three needed; one degraded, two down: it is down.
        let failures = failed(&[("a", "down"), ("b", "down"), ("c", "degraded")]);
        assert_eq!(min_heal(QUORUM, &failures, "n", None, 0), several(&[&["a"], &["b"]]), "degraded with c and a healed one");
        // Fully working with any two that work.
        assert_eq!(min_heal(QUORUM, &failures, "n", Some("operational"), 0), several(&[&["a", "b"], &["a", "c"], &["b", "c"]]));
        let more = failed(&[("a", "down"), ("b", "down"), ("d", "down")]);
        assert_eq!(min_heal(QUORUM, &more, "n", None, 0), several(&[&["a", "d"], &["b", "d"]]));
    }

    #[test]
    fn a_weight_that_is_large_enough_heals_alone() {
        let document = "{siam: 1, services: {big: {}, small: {}, tiny: {},
            n: {depends_on: {of: [{service: big, weight: 3}, {service: small, weight: 2}, tiny], rule: {order: {weight: 3}}}}}}";
        let all = failed(&[("big", "down"), ("small", "down"), ("tiny", "down")]);
        // Without big three are left, still enough; so big and any other.
        assert_eq!(min_heal(document, &all, "n", None, 0), several(&[&["big", "small"], &["big", "tiny"]]));
    }

    #[test]
    fn a_ring_is_healed_by_what_broke_it() {
        let document = "{siam: 1, services: {dns: {depends_on: [ad]}, ad: {depends_on: [dns, power]}, power: {}}}";
        let failures = failed(&[("power", "down")]);
        assert_eq!(min_heal(document, &failures, "dns", None, 0), several(&[&["power"]]));
        let blamed = same_state(document, &failures, "dns", 0);
        assert_eq!(blamed.services, names(&["dns", "ad", "power"]));
        assert_eq!(blamed.causes, names(&["power"]));
        let steps = |pairs: &[(&str, &str)]| -> BTreeSet<(String, String)> { failed(pairs).into_iter().collect() };
        assert_eq!(blamed.steps, steps(&[("dns", "ad"), ("ad", "dns"), ("ad", "power")]));
    }

    #[test]
    fn the_walks_differ_in_what_they_blame() {
        // One down, one degraded; a worse one is seen as degraded by the second service.
        let document = "{siam: 1, services: {a: {}, b: {},
            one: {depends_on: {of: [a, b], rule: all}}, two: {depends_on: [{service: a, impact: degraded}, b]}}}";
        let failures = failed(&[("a", "down"), ("b", "degraded")]);
        assert_eq!(same_state(document, &failures, "one", 0).causes, names(&["b"]), "only b is as degraded as it");
        assert_eq!(contributing(document, &failures, "one", 0).causes, names(&["a", "b"]), "a is worse");
        assert_eq!(same_state(document, &failures, "two", 0).causes, names(&["b"]), "a itself is down, whatever is seen of it");
        assert_eq!(contributing(document, &failures, "two", 0).causes, names(&["a", "b"]));
        assert_eq!(threshold(document, &failures, "one", Some("degraded"), 0).unwrap().causes, names(&["a", "b"]));
        assert_eq!(threshold(document, &failures, "two", Some("degraded"), 0).unwrap().causes, names(&["a", "b"]));
        assert_eq!(threshold(document, &failures, "two", Some("down"), 0).unwrap(), Blamed::default());
    }

    #[test]
    fn a_walk_ends_where_nothing_further_is_blamed() {
        let document = "{siam: 1, services: {a: {}, n: {depends_on: [{service: a, impact: degraded}]}}}";
        let blamed = same_state(document, &failed(&[("a", "down")]), "n", 0);
        assert_eq!((blamed.causes, blamed.ends), (names(&[]), names(&["n"])));
        assert_eq!(contributing(document, &failed(&[("a", "down")]), "n", 0).ends, names(&["a"]));
    }

    #[test]
    fn what_is_demanded_goes_down_through_edges_read_backwards() {
        // Seen as degraded only when it is down: of a, which alone is degraded, nothing is seen.
        let document = "{siam: 1, services: {p: {}, a: {depends_on: [p]},
            n: {depends_on: [{service: a, impact: {degraded: operational, down: degraded}}]}}}";
        let failures = failed(&[("a", "degraded"), ("p", "down")]);
        assert_eq!(threshold(document, &failures, "n", Some("degraded"), 0).unwrap().causes, names(&["p"]));
        assert_eq!(threshold(document, &failures, "n", None, 0).unwrap().causes, names(&["a", "p"]), "any problem at all");
    }

    #[test]
    fn a_choice_that_still_holds_contributes_nothing() {
        let document = "{siam: 1, services: {a: {}, b: {}, c: {}, n: {depends_on: [a, {any_of: [b, c]}]}}}";
        let failures = failed(&[("a", "down"), ("b", "down")]);
        assert_eq!(contributing(document, &failures, "n", 0).causes, names(&["a"]));
        assert_eq!(threshold(document, &failures, "n", Some("degraded"), 0).unwrap().causes, names(&["a"]));
        assert_eq!(same_state(document, &failures, "n", 0).causes, names(&["a", "b"]), "this walk looks at levels only");
    }

    #[test]
    fn a_failed_service_is_a_cause_beside_its_dependencies() {
        let document = "{siam: 1, services: {a: {}, n: {depends_on: [a]}}}";
        let failures = failed(&[("a", "degraded"), ("n", "down")]);
        assert_eq!(contributing(document, &failures, "n", 0).causes, names(&["n"]), "a alone would have degraded it");
        assert_eq!(threshold(document, &failures, "n", Some("degraded"), 0).unwrap().causes, names(&["a", "n"]));
    }

    #[test]
    fn every_part_of_a_sum_contributes_and_nothing_else() {
        let rule = "{score: {gain: {degraded: 1, down: 10}, theta: {degraded: 10, down: 20}}}";
        let document =
            format!("{{siam: 1, services: {{a: {{}}, b: {{}}, c: {{}}, n: {{depends_on: {{of: [a, b, c], rule: {rule}}}}}}}}}");
        let failures = failed(&[("a", "down"), ("b", "degraded")]);
        // Ten and one make eleven: degraded. b alone is as bad as n, a is worse, and both add to it.
        assert_eq!(contributing(&document, &failures, "n", 0).causes, names(&["a", "b"]));
        assert_eq!(same_state(&document, &failures, "n", 0).causes, names(&["b"]));
        assert_eq!(threshold(&document, &failures, "n", Some("degraded"), 0), None, "this walk knows no sums");
    }

    #[test]
    fn of_fired_rules_the_lowest_limit_is_walked() {
        let rule = "{max: [{first: [{when: {from: degraded, at_least: 2}, then: {const: down}}, {else: {const: operational}}]},
            {first: [{when: {from: down, at_least: 1}, then: {const: down}}, {else: {const: operational}}]}]}";
        let document = format!("{{siam: 1, services: {{a: {{}}, b: {{}}, n: {{depends_on: {{of: [a, b], rule: {rule}}}}}}}}}");
        let both = failed(&[("a", "down"), ("b", "degraded")]);
        assert_eq!(threshold(&document, &both, "n", Some("down"), 0).unwrap().causes, names(&["a", "b"]));
        let one = failed(&[("a", "down")]);
        assert_eq!(threshold(&document, &one, "n", Some("down"), 0).unwrap().causes, names(&["a"]));
    }

    #[test]
    fn where_all_must_have_problems_any_problem_is_a_cause() {
        let rule = "{first: [{when: {to: operational, at_least: 1}, then: {const: operational}}, {else: any}]}";
        let document = format!("{{siam: 1, services: {{a: {{}}, b: {{}}, n: {{depends_on: {{of: [a, b], rule: {rule}}}}}}}}}");
        let both = failed(&[("a", "down"), ("b", "degraded")]);
        assert_eq!(
            threshold(&document, &both, "n", Some("down"), 0).unwrap().causes,
            names(&["a", "b"]),
            "b has no minimum to reach"
        );
        assert_eq!(threshold(&document, &failed(&[("a", "down")]), "n", Some("down"), 0).unwrap(), Blamed::default(), "n works");
    }
}
