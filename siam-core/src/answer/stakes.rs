//! What hangs on services: users, criticality, providers, agreements; and the sums of it for scenarios.
//!
//! Goes in: an ecosystem at an instant, scenarios as they are evaluated. Comes out: one `Hit` per scenario.
//! **Invariant:** a scenario has the same sums whether it was evaluated alone or as one bit of a group.
//! **Not here:** which scenarios there are (`impacts`), the evaluators (`structure`).

#[cfg(test)]
mod tests;

use crate::answer::given::KEPT;
use crate::base::{Instant, Place, Problem, Problems, codes};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::party::PartyIdx;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::{BatchOptions, Group, Row, Scalar, Scenarios, Structure, Tally, Visit, batch};
use std::collections::BTreeSet;

/// What hangs on each service at an instant.
#[derive(Debug, Clone)]
pub(super) struct Stakes {
    users: Vec<u64>,
    critical: Vec<bool>,
    provider: Vec<Option<PartyIdx>>,
    /// Agreements that name a service: `agreements[agreement_at[i] .. agreement_at[i + 1]]`.
    agreement_at: Vec<u32>,
    agreements: Vec<u32>,
    parties: usize,
    agreement_count: usize,
}

impl Stakes {
    pub fn of(ecosystem: &Ecosystem, at: Instant) -> Self {
        let model = ecosystem.model();
        let n = model.services.len();
        // So many users of one service that the sum over all of them still fits a whole number of a table.
        let most = i64::MAX.unsigned_abs() / (n as u64).max(1);
        let mut stakes = Self {
            users: Vec::with_capacity(n),
            critical: Vec::with_capacity(n),
            provider: Vec::with_capacity(n),
            agreement_at: Vec::with_capacity(n + 1),
            agreements: Vec::new(),
            parties: model.parties.len(),
            agreement_count: model.agreements.len(),
        };
        for service in model.services.iter() {
            let class = service.class.at(at).and_then(|class| model.classes.get(*class));
            stakes.users.push(service.users.at(at).map_or(0, |users| u64::try_from(*users).unwrap_or(0).min(most)));
            stakes.critical.push(class.is_some_and(|class| class.critical));
            stakes.provider.push(service.provider.at(at).copied());
        }
        stakes.name_agreements(model, at);
        stakes
    }

    fn name_agreements(&mut self, model: &Model, at: Instant) {
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (index, agreement) in (0..).zip(model.agreements.iter()).filter(|(_, agreement)| agreement.validity.contains(at)) {
            pairs.extend(agreement.services.iter().map(|service| (service.get() as u32, index)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut pairs = pairs.into_iter().peekable();
        for service in 0..self.users.len() as u32 {
            self.agreement_at.push(self.agreements.len() as u32);
            while let Some((_, agreement)) = pairs.next_if(|(named, _)| *named == service) {
                self.agreements.push(agreement);
            }
        }
        self.agreement_at.push(self.agreements.len() as u32);
    }

    pub fn users(&self, service: ServiceIdx) -> u64 {
        self.users.get(service.get()).copied().unwrap_or(0)
    }
    pub fn critical(&self, service: ServiceIdx) -> bool {
        self.critical.get(service.get()).copied().unwrap_or(false)
    }
    /// Tells a question about critical services alone that there are none.
    pub fn tell_nothing_critical(&self, problems: &mut Problems) {
        if !self.critical.contains(&true) {
            problems.push(Problem::new(&codes::NOTHING_CRITICAL, Place::Nowhere), KEPT);
        }
    }
    pub fn provider(&self, service: ServiceIdx) -> Option<PartyIdx> {
        self.provider.get(service.get()).copied().flatten()
    }
    pub fn agreements(&self, service: ServiceIdx) -> &[u32] {
        let at = |at: usize| self.agreement_at.get(at).map_or(0, |at| *at as usize);
        self.agreements.get(at(service.get())..at(service.get() + 1)).unwrap_or_default()
    }
    /// The order in which services are named: critical ones, then by users, then by name.
    pub fn rank<'m>(&self, model: &'m Model, service: ServiceIdx) -> impl Ord + use<'m> {
        (std::cmp::Reverse((self.critical(service), self.users(service))), model.service_name(service))
    }
}

/// Which services a scenario counts as hit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counting {
    /// Those that come to this level or worse, and are not there when nothing fails; without it those that become worse.
    pub felt: Option<Level>,
    /// Whether services that failed themselves count for anything but `services` and `worst`, where they never do.
    pub failed_too: bool,
}

impl Counting {
    /// The level from which on a service of this baseline counts as hit, where there is one.
    fn from(self, baseline: Level) -> Option<Level> {
        match self.felt {
            None => baseline.checked_add(1),
            Some(level) => (level > baseline).then_some(level),
        }
    }
}

/// What a scenario comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hit {
    /// Services hit that did not fail themselves.
    pub services: u64,
    /// The worst level among these; best where there is none.
    pub worst: Level,
    /// Critical services.
    pub critical: u64,
    /// The sum of users.
    pub users: u64,
    /// Agreements that name a service, each once.
    pub agreements: u64,
    /// Parties that provide a service, each once.
    pub suppliers: u64,
}

/// The sums of all scenarios, by their number.
pub(super) fn hits(
    structure: &Structure,
    scenarios: &Scenarios<'_>,
    stakes: &Stakes,
    counting: Counting,
    options: BatchOptions,
) -> Vec<Hit> {
    let mut hits = vec![Hit::default(); scenarios.len()];
    for toll in batch(structure, scenarios, options, || Toll::new(*scenarios, stakes, counting)) {
        for (scenario, hit) in toll.found {
            if let Some(at) = hits.get_mut(scenario) {
                *at = hit;
            }
        }
    }
    hits
}

/// Takes the sums of scenarios as they are evaluated.
pub(super) struct Toll<'a> {
    scenarios: Scenarios<'a>,
    stakes: &'a Stakes,
    counting: Counting,
    pub found: Vec<(usize, Hit)>,
    failed: Vec<(ServiceIdx, u32)>,
    parties: BTreeSet<usize>,
    named: BTreeSet<u32>,
    planes: Planes,
}

/// What is summed over a group.
#[derive(Default)]
struct Planes {
    words: usize,
    hit: Vec<u64>,
    others: Vec<u64>,
    services: Tally,
    critical: Tally,
    users: Tally,
    /// By level, from 1 on: whether another service is at it or worse.
    worst: Vec<u64>,
    /// By party and by agreement: whether a service of it is hit.
    parties: Vec<u64>,
    agreements: Vec<u64>,
}

impl<'a> Toll<'a> {
    pub fn new(scenarios: Scenarios<'a>, stakes: &'a Stakes, counting: Counting) -> Self {
        let (found, failed) = (Vec::new(), Vec::new());
        let (parties, named) = (BTreeSet::new(), BTreeSet::new());
        Self { scenarios, stakes, counting, found, failed, parties, named, planes: Planes::default() }
    }

    /// The sums of the last scenario of an evaluator, which had these failures.
    pub fn of(&mut self, failed: &BTreeSet<ServiceIdx>, scalar: &Scalar<'_>) -> Hit {
        let structure = scalar.structure();
        let levels = scalar.touched().iter().map(|service| (*service, scalar.level(*service), structure.baseline(*service)));
        self.of_levels(failed, levels)
    }

    /// The sums of services with their level and the one when nothing fails.
    pub fn of_levels(
        &mut self,
        failed: &BTreeSet<ServiceIdx>,
        levels: impl IntoIterator<Item = (ServiceIdx, Level, Level)>,
    ) -> Hit {
        let mut hit = Hit::default();
        self.parties.clear();
        self.named.clear();
        for (service, level, before) in levels {
            if self.counting.from(before).is_none_or(|from| level < from) {
                continue;
            }
            let itself = failed.contains(&service);
            if !itself {
                hit.services += 1;
                hit.worst = hit.worst.max(level);
            } else if !self.counting.failed_too {
                continue;
            }
            hit.critical += u64::from(self.stakes.critical(service));
            hit.users += self.stakes.users(service);
            self.parties.extend(self.stakes.provider(service).map(PartyIdx::get));
            self.named.extend(self.stakes.agreements(service));
        }
        (hit.suppliers, hit.agreements) = (self.parties.len() as u64, self.named.len() as u64);
        hit
    }

    /// In which scenarios a service is hit, and in which of these it did not fail itself.
    fn spread(&mut self, row: &Row<'_>) -> bool {
        let Some(from) = self.counting.from(row.baseline()) else { return false };
        let planes = &mut self.planes;
        planes.hit.clear();
        planes.hit.extend(row.plane(from).iter().zip(row.differs()).map(|(plane, differs)| plane & differs));
        planes.others.clone_from(&planes.hit);
        let first = self.failed.partition_point(|(service, _)| *service < row.service());
        for (_, bit) in self.failed.iter().skip(first).take_while(|(service, _)| *service == row.service()) {
            if let Some(word) = planes.others.get_mut(*bit as usize / 64) {
                *word &= !(1 << (bit % 64));
            }
        }
        true
    }

    fn add(&mut self, row: &Row<'_>) {
        let (planes, stakes) = (&mut self.planes, self.stakes);
        let service = row.service();
        planes.services.add(&planes.others, 1);
        for (level, worst) in (1..).zip(planes.worst.chunks_exact_mut(planes.words)) {
            or(worst, planes.others.iter().zip(row.plane(level)).map(|(other, plane)| other & plane));
        }
        let counted = if self.counting.failed_too { &planes.hit } else { &planes.others };
        if stakes.critical(service) {
            planes.critical.add(counted, 1);
        }
        planes.users.add(counted, stakes.users(service));
        let mark = |of: &mut Vec<u64>, at: usize| {
            let at = at * planes.words;
            if let Some(plane) = of.get_mut(at..at + planes.words) {
                or(plane, counted.iter().copied());
            }
        };
        if let Some(party) = stakes.provider(service) {
            mark(&mut planes.parties, party.get());
        }
        stakes.agreements(service).iter().for_each(|agreement| mark(&mut planes.agreements, *agreement as usize));
    }
}

fn or(plane: &mut [u64], with: impl Iterator<Item = u64>) {
    plane.iter_mut().zip(with).for_each(|(word, with)| *word |= with);
}

/// How many of several planes have each bit.
fn count(planes: &[u64], words: usize) -> Tally {
    let mut tally = Tally::new(words);
    planes.chunks_exact(words).filter(|plane| plane.iter().any(|word| *word != 0)).for_each(|plane| tally.add(plane, 1));
    tally
}

impl Visit for Toll<'_> {
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>) {
        let failed = self.scenarios.own(scenario).map(|(service, _)| service).collect();
        let hit = self.of(&failed, scalar);
        self.found.push((scenario, hit));
    }

    fn group(&mut self, group: &Group<'_>) {
        let words = group.words().max(1);
        self.failed.clear();
        for (bit, scenario) in (0..).zip(group.scenarios()) {
            self.failed.extend(self.scenarios.own(scenario).map(|(service, _)| (service, bit)));
        }
        self.failed.sort_unstable();
        let planes = &mut self.planes;
        planes.words = words;
        [&mut planes.services, &mut planes.critical, &mut planes.users].into_iter().for_each(|tally| tally.clear(words));
        let sizes = [
            (&mut planes.worst, usize::from(Level::MAX >> 4)),
            (&mut planes.parties, self.stakes.parties),
            (&mut planes.agreements, self.stakes.agreement_count),
        ];
        for (of, size) in sizes {
            of.clear();
            of.resize(size * words, 0);
        }
        for row in group.rows() {
            if self.spread(&row) {
                self.add(&row);
            }
        }
        let planes = &self.planes;
        let (suppliers, agreements) = (count(&planes.parties, words), count(&planes.agreements, words));
        let worst = count(&planes.worst, words);
        for (bit, scenario) in group.scenarios().enumerate() {
            let hit = Hit {
                services: planes.services.get(bit),
                worst: Level::try_from(worst.get(bit)).unwrap_or(Level::MAX),
                critical: planes.critical.get(bit),
                users: planes.users.get(bit),
                agreements: agreements.get(bit),
                suppliers: suppliers.get(bit),
            };
            self.found.push((scenario, hit));
        }
    }
}
