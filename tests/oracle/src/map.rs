//! A document at an instant: who rests on what, who provides it, and the levels that settle.
//!
//! Goes in: a document and an instant; own levels of failed services. Comes out: the effective level of every service.
//! **Invariant:** all services begin at the best level, so what comes out of monotone rules is the least fixpoint.
//! **Not here:** what a service makes of its dependencies (`impact`), what is asked of the levels (`impacts`, `causes`).

use crate::impact::{felt_of, level_names};
use crate::reading::{at, document_zone, entries, exists, list, text, tree};
use siam_core::document::Node;
use std::collections::{BTreeMap, BTreeSet};

/// Levels by service, as numbers: 0 is the best.
pub(crate) type Levels<'m> = BTreeMap<&'m str, usize>;

/// What of a document holds at an instant.
pub(crate) struct Map {
    /// Names of the levels, best first.
    pub names: Vec<String>,
    /// What each service that exists rests on.
    pub needs: BTreeMap<String, Option<Node>>,
    /// Who provides a service.
    pub providers: BTreeMap<String, String>,
    /// Whose failures a party's own are.
    pub primes: BTreeMap<String, String>,
}

impl Map {
    /// A document as it is at an instant.
    pub fn read(document: &str, instant: i64) -> Self {
        let root = tree(document);
        let zone = document_zone(&root);
        let mut map =
            Self { names: level_names(&root), needs: BTreeMap::new(), providers: BTreeMap::new(), primes: BTreeMap::new() };
        for entry in entries(&root, "services").iter().filter(|entry| exists(&entry.value, instant, &zone)) {
            let name = entry.key.to_string();
            if let Some(party) = entry.value.get("provider").and_then(|node| at(node, instant, &zone)).and_then(Node::text) {
                map.providers.insert(name.clone(), party.to_owned());
            }
            map.needs.insert(name, entry.value.get("depends_on").and_then(|node| at(node, instant, &zone)).cloned());
        }
        for entry in entries(&root, "parties") {
            if let Some(prime) = text(&entry.value, "subcontractor_of") {
                map.primes.insert(entry.key.to_string(), prime.to_owned());
            }
        }
        map
    }

    /// The number of a level.
    pub fn number(&self, name: &str) -> usize {
        self.names.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is no level"))
    }

    /// The number of the worst level.
    pub fn worst(&self) -> usize {
        self.names.len() - 1
    }

    /// The services that exist.
    pub fn services(&self) -> Vec<&str> {
        self.needs.keys().map(String::as_str).collect()
    }

    /// Own levels; of two for one service the worse.
    pub fn own<'f>(&self, failures: &'f [(String, String)]) -> Levels<'f> {
        let mut own = Levels::new();
        for (service, level) in failures {
            let level = self.number(level).max(own.get(service.as_str()).copied().unwrap_or(0));
            own.insert(service, level);
        }
        own
    }

    /// The effective levels: round after round, until nothing changes.
    pub fn settle(&self, own: &Levels) -> Levels<'_> {
        let mut now: Levels = self.needs.keys().map(|name| (name.as_str(), 0)).collect();
        // A map without cycles settles after as many rounds as it is deep; with cycles each round makes at least one service worse.
        for _ in 0..=self.needs.len() * self.names.len() + 1 {
            let next: Levels = self
                .needs
                .iter()
                .map(|(name, needs)| {
                    let felt = needs.as_ref().map_or(0, |node| felt_of(node, &self.names, &now));
                    (name.as_str(), felt.max(own.get(name.as_str()).copied().unwrap_or(0)))
                })
                .collect();
            if next == now {
                return now;
            }
            now = next;
        }
        panic!("the levels do not settle: a cycle through a rule that is not monotone");
    }

    /// Levels by name.
    pub fn named(&self, levels: &Levels) -> BTreeMap<String, String> {
        levels.iter().map(|(service, level)| ((*service).to_owned(), self.names[*level].clone())).collect()
    }

    /// The dependencies of a service as they are written, whatever form they are written in.
    pub fn edges(&self, service: &str) -> Vec<&Node> {
        let Some(Some(needs)) = self.needs.get(service) else { return Vec::new() };
        if needs.get("of").is_some() {
            return list(needs.get("of").expect("of")).iter().collect();
        }
        let members = |item| -> Vec<&Node> {
            let item: &Node = item;
            item.get("any_of").or_else(|| item.get("of")).map_or_else(|| vec![item], |several| list(several).iter().collect())
        };
        list(needs).iter().flat_map(members).collect()
    }

    /// Whether a party is another, or its subcontractor, or that one's.
    pub fn belongs(&self, party: &str, prime: &str) -> bool {
        // Primes are walked no further than there are parties: a ring of them ends too.
        let mut now = Some(party);
        for _ in 0..=self.primes.len() {
            match now {
                Some(reached) if reached == prime => return true,
                Some(reached) => now = self.primes.get(reached).map(String::as_str),
                None => return false,
            }
        }
        false
    }

    /// All services of a party and of its subcontractors.
    pub fn services_of(&self, prime: &str) -> BTreeSet<&str> {
        let provided = self.providers.iter().filter(|(_, party)| self.belongs(party, prime));
        provided.map(|(service, _)| service.as_str()).collect()
    }

    /// Parties that provide a service, themselves or through a subcontractor.
    pub fn parties(&self) -> BTreeSet<&str> {
        let named = self.providers.values().chain(self.primes.values()).map(String::as_str);
        named.filter(|party| !self.services_of(party).is_empty()).collect()
    }
}

/// Every set of so many of several items.
pub(crate) fn sets<'t>(items: &[&'t str], size: usize) -> Vec<BTreeSet<&'t str>> {
    match (size, items.split_first()) {
        (0, _) => vec![BTreeSet::new()],
        (_, None) => Vec::new(),
        (_, Some((first, rest))) => {
            let mut with = sets(rest, size - 1);
            with.iter_mut().for_each(|set| {
                set.insert(first);
            });
            with.extend(sets(rest, size));
            with
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ten_sets_of_three_of_five() {
        let all = sets(&["a", "b", "c", "d", "e"], 3);
        assert_eq!(all.len(), 10);
        assert!(all.iter().all(|set| set.len() == 3));
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 10);
        assert_eq!(sets(&["a"], 2).len(), 0);
        assert_eq!(sets(&[], 0), [BTreeSet::new()]);
    }

    #[test]
    fn a_subcontractors_services_are_its_primes_too() {
        let map = Map::read(
            "{siam: 1, parties: {p: {kind: supplier}, q: {kind: supplier, subcontractor_of: p}, r: {kind: supplier, subcontractor_of: q}},
              services: {a: {provider: p}, b: {provider: q}, c: {provider: r}, d: {}}}",
            0,
        );
        assert_eq!(map.services_of("p"), BTreeSet::from(["a", "b", "c"]));
        assert_eq!(map.services_of("q"), BTreeSet::from(["b", "c"]));
        assert_eq!(map.services_of("r"), BTreeSet::from(["c"]));
        assert_eq!(map.parties(), BTreeSet::from(["p", "q", "r"]));
    }

    #[test]
    fn edges_are_found_in_every_form() {
        let map = Map::read(
            "{siam: 1, services: {a: {}, b: {}, c: {}, d: {},
              n: {depends_on: [a, {any_of: [b, {service: c, impact: degraded}]}, {at_least: 1, of: [d]}]},
              m: {depends_on: {of: [a, b], rule: any}}}}",
            0,
        );
        let names = |service| -> Vec<String> {
            let name = |edge: &&Node| edge.text().or_else(|| text(edge, "service")).unwrap().to_owned();
            map.edges(service).iter().map(name).collect()
        };
        assert_eq!(names("n"), ["a", "b", "c", "d"]);
        assert_eq!(names("m"), ["a", "b"]);
        assert!(names("a").is_empty());
    }
}
