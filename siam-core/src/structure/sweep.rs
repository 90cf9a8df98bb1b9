//! Outages over time: what services felt, in one pass over the instants at which something changes.
//!
//! Goes in: the maps that hold one after another, stretches of own levels, the services asked. Comes out: stretches of effective levels.
//! **Invariant:** at every instant the levels are those that `Scalar` gives for the own levels of that instant.
//! **Not here:** hours, planned work and what counts as available (`answer::observed`).
//!
//! Only what changes is read again, dependencies first; a cycle starts again from best, as in `scalar`. Beside its level every
//! service carries, for each of its levels, the services whose own level it feels there through gates that they turned. A set of
//! causes is stored once and known by a number, so that a long chain shares one.

use super::Structure;
use super::dense::{Scratch, known, worse};
use super::route::Walk;
use super::scalar::Waiting;
use crate::base::Instant;
use crate::model::rule::{Level, ServiceIdx};
use std::collections::{BTreeMap, VecDeque};

/// Most causes that are named of one stretch; of more, those first in the order of services.
pub const MOST_CAUSES: usize = 32;

/// A stretch of time in which a service is at an own level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnStretch {
    /// The service.
    pub service: ServiceIdx,
    /// Its own level; beyond the chain it is the worst.
    pub level: Level,
    /// The first instant.
    pub from: Instant,
    /// The first instant after.
    pub until: Instant,
    /// Whether it is known to be its own. Where not, members of its cycle do not take it as what they feel.
    pub sure: bool,
}

/// A stretch of time in which nothing about a service changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelStretch {
    /// The first instant.
    pub from: Instant,
    /// The first instant after.
    pub until: Instant,
    /// The effective level.
    pub level: Level,
    /// What its rule makes of its dependencies; in a cycle, of what is sure in it.
    pub felt: Level,
    causes: u32,
}

/// Why a service is not as in the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Causes<'s> {
    /// Services whose own outages brought it to its level, itself among them, in the order of services.
    pub services: &'s [ServiceIdx],
    /// There are more than are named.
    pub more: bool,
}

/// What became of the services asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    stretches: Vec<Vec<LevelStretch>>,
    sets: Vec<(Box<[ServiceIdx]>, bool)>,
}

impl Swept {
    /// The stretches of the service asked at this position, in order; where there is none it was at best and felt nothing.
    pub fn stretches(&self, asked: usize) -> &[LevelStretch] {
        self.stretches.get(asked).map_or(&[], Vec::as_slice)
    }
    /// The causes of a stretch.
    pub fn causes(&self, stretch: &LevelStretch) -> Causes<'_> {
        match self.sets.get(stretch.causes as usize) {
            Some((services, more)) => Causes { services, more: *more },
            None => Causes { services: &[], more: false },
        }
    }
    /// The effective levels alone that are not best: stretches of one level that touch are one.
    pub fn levels(&self, asked: usize) -> Vec<(Instant, Instant, Level)> {
        let mut joined: Vec<(Instant, Instant, Level)> = Vec::new();
        for stretch in self.stretches(asked).iter().filter(|stretch| stretch.level > 0) {
            match joined.last_mut() {
                Some((_, until, level)) if *until == stretch.from && *level == stretch.level => *until = stretch.until,
                _ => joined.push((stretch.from, stretch.until, stretch.level)),
            }
        }
        joined
    }
}

/// The effective levels of services between two instants, where maps hold from the instants they come with; each service is asked once.
///
/// ```
/// use siam_core::base::Instant;
/// use siam_core::model::rule::{Edge, Expression, LevelMap, Node, ServiceIdx};
/// use siam_core::structure::{OwnStretch, Structure, sweep};
/// let edge = |to| Edge { to: ServiceIdx::new(to), map: LevelMap::Same, weight: 1, group: None };
/// let wan = Node { edges: Vec::new(), rule: Expression::any() };
/// let email = Node { edges: vec![edge(0)], rule: Expression::any() };
/// let map = Structure::compile(&[wan, email], 3)?;
/// let down = |from, until| OwnStretch { service: ServiceIdx::new(0), level: 2, from: Instant(from), until: Instant(until), sure: true };
/// let swept = sweep(&[(Instant::MIN, &map)], &[down(10, 30), down(20, 40)], (Instant(0), Instant(100)), &[ServiceIdx::new(1)]);
/// assert_eq!(swept.levels(0), [(Instant(10), Instant(40), 2)]);
/// assert_eq!(swept.causes(&swept.stretches(0)[0]).services, [ServiceIdx::new(0)]);
/// # Ok::<(), siam_core::structure::CompileFault>(())
/// ```
pub fn sweep(
    maps: &[(Instant, &Structure)],
    own: &[OwnStretch],
    (from, until): (Instant, Instant),
    asked: &[ServiceIdx],
) -> Swept {
    let services = maps.iter().map(|(_, map)| map.len()).max().unwrap_or(0);
    let mut open = Open::new(own, (from, until), services);
    let mut recorder = Recorder::new(asked, services, from);
    let mut sets = Sets::default();
    let mut changed = Vec::new();
    for (at, (start, map)) in maps.iter().enumerate() {
        let end = maps.get(at + 1).map_or(until, |next| next.0.min(until));
        let start = (*start).max(from);
        if start >= end {
            continue;
        }
        // What changes at the very instant of a new map changes with it.
        while open.next().is_some_and(|next| next <= start) {
            open.advance();
        }
        let mut now = Now::new(map, &mut sets);
        for (service, level, sure) in open.levels() {
            now.set(service, level, sure);
        }
        changed.clear();
        now.settle(&mut changed);
        recorder.all(start, &now);
        while let Some(next) = open.next().filter(|next| *next < end) {
            for service in open.advance() {
                let (level, sure) = open.level(service);
                now.set(service, level, sure);
            }
            changed.clear();
            now.settle(&mut changed);
            for place in &changed {
                recorder.place(next, &now, *place);
            }
        }
    }
    Swept { stretches: recorder.finish(until), sets: sets.sets }
}

/// Which own levels are open, moved from instant to instant.
struct Open {
    /// Instant, slot, level, sure, begins.
    events: Vec<(Instant, u32, Level, bool, bool)>,
    next: usize,
    /// The services with own stretches, in order.
    services: Vec<ServiceIdx>,
    /// How many stretches are open by service and level, of sure ones and of others.
    counts: Vec<[[u32; 16]; 2]>,
}

impl Open {
    fn new(own: &[OwnStretch], (from, until): (Instant, Instant), known: usize) -> Self {
        let own =
            own.iter().filter(|one| one.from.max(from) < one.until.min(until) && one.level > 0 && one.service.get() < known);
        let mut services: Vec<ServiceIdx> = own.clone().map(|one| one.service).collect();
        services.sort_unstable();
        services.dedup();
        let mut events = Vec::new();
        for one in own {
            let slot = services.partition_point(|known| *known < one.service) as u32;
            let level = one.level.min(15);
            events.push((one.from.max(from), slot, level, one.sure, true));
            if one.until < until {
                events.push((one.until, slot, level, one.sure, false));
            }
        }
        events.sort_unstable();
        let counts = vec![[[0; 16]; 2]; services.len()];
        Self { events, next: 0, services, counts }
    }
    /// The next instant at which something changes.
    fn next(&self) -> Option<Instant> {
        self.events.get(self.next).map(|event| event.0)
    }
    /// Takes all that changes at the next instant; the services it is about.
    fn advance(&mut self) -> Vec<ServiceIdx> {
        let Some(now) = self.next() else { return Vec::new() };
        let mut touched = Vec::new();
        while let Some((_, slot, level, sure, begins)) = self.events.get(self.next).copied().filter(|event| event.0 == now) {
            let count = &mut self.counts[slot as usize][usize::from(!sure)][usize::from(level)];
            *count = if begins { *count + 1 } else { *count - 1 };
            touched.push(self.services[slot as usize]);
            self.next += 1;
        }
        touched.sort_unstable();
        touched.dedup();
        touched
    }
    /// The worst open own level of a service, and the worst of those that are sure.
    fn level(&self, service: ServiceIdx) -> (Level, Level) {
        let Ok(slot) = self.services.binary_search(&service) else { return (0, 0) };
        let worst = |counts: &[u32; 16]| counts.iter().rposition(|count| *count > 0).unwrap_or(0) as Level;
        let [sure, other] = &self.counts[slot];
        (worst(sure).max(worst(other)), worst(sure))
    }
    /// All that are open.
    fn levels(&self) -> impl Iterator<Item = (ServiceIdx, Level, Level)> {
        let level = |service: &ServiceIdx| (*service, self.level(*service));
        self.services
            .iter()
            .map(level)
            .filter(|(_, (level, _))| *level > 0)
            .map(|(service, (level, sure))| (service, level, sure))
    }
}

/// Sets of causes, each stored once; number 0 is the empty one.
struct Sets {
    sets: Vec<(Box<[ServiceIdx]>, bool)>,
    known: BTreeMap<(Box<[ServiceIdx]>, bool), u32>,
}

impl Default for Sets {
    fn default() -> Self {
        let empty: (Box<[ServiceIdx]>, bool) = (Box::default(), false);
        Self { sets: vec![empty.clone()], known: BTreeMap::from([(empty, 0)]) }
    }
}

impl Sets {
    /// The set of what is in any of some sets, and of a service.
    fn union(&mut self, parts: &[u32], service: Option<ServiceIdx>) -> u32 {
        match (parts, service) {
            ([], None) => return 0,
            ([only], None) => return *only,
            _ => {}
        }
        let mut more = parts.iter().any(|part| self.sets[*part as usize].1);
        let mut all: Vec<ServiceIdx> = parts.iter().flat_map(|part| self.sets[*part as usize].0.iter().copied()).collect();
        all.extend(service);
        all.sort_unstable();
        all.dedup();
        more |= all.len() > MOST_CAUSES;
        all.truncate(MOST_CAUSES);
        let set = (all.into_boxed_slice(), more);
        match self.known.get(&set) {
            Some(number) => *number,
            None => {
                let number = self.sets.len() as u32;
                self.sets.push(set.clone());
                self.known.insert(set, number);
                number
            }
        }
    }
}

/// The levels of one instant on one map.
struct Now<'s, 'c> {
    structure: &'s Structure,
    sets: &'c mut Sets,
    /// By place, as bounds that are equal.
    own: Vec<u8>,
    sure: Vec<u8>,
    state: Vec<u8>,
    felt: Vec<Level>,
    /// By place and level from 1 on: why the service is at that level or worse, or why it is not where the baseline is.
    causes: Vec<u32>,
    walk: Walk,
    waiting: Waiting,
    scratch: Scratch,
    parts: Vec<u32>,
}

impl<'s, 'c> Now<'s, 'c> {
    fn new(structure: &'s Structure, sets: &'c mut Sets) -> Self {
        let n = structure.len();
        Self {
            structure,
            sets,
            own: vec![0; n],
            sure: vec![0; n],
            state: structure.base.clone(),
            felt: structure.base.iter().map(|base| base & 15).collect(),
            causes: vec![0; n * usize::from(structure.worst)],
            walk: Walk::default(),
            waiting: Waiting::new(n),
            scratch: Scratch::default(),
            parts: Vec::new(),
        }
    }

    fn set(&mut self, service: ServiceIdx, level: Level, sure: Level) {
        let Some(place) = self.structure.place.get(service.get()) else { return };
        let p = *place as usize;
        let worst = self.structure.worst;
        self.own[p] = known(level.min(worst));
        self.sure[p] = known(sure.min(worst));
        self.waiting.add(self.structure.head(p));
    }

    /// Brings everything that waits up to date; the places that changed are added to a list.
    fn settle(&mut self, changed: &mut Vec<u32>) {
        let structure = self.structure;
        let mut before = Vec::new();
        let mut reasons = Vec::new();
        while let Some(a) = self.waiting.take() {
            let end = structure.cycle_end(a).map_or(a as usize + 1, |end| end as usize);
            let places = a as usize..end;
            before.clear();
            before.extend(places.clone().map(|p| (self.state[p], self.felt[p])));
            reasons.clear();
            reasons.extend_from_slice(&self.causes[self.causes_at(a as usize).start..self.causes_at(end - 1).end]);
            if structure.cycle_end(a).is_some() {
                self.cycle(places.clone());
            } else {
                let rule = structure.rule_bounds(places.start, &self.state, &mut self.scratch);
                self.felt[places.start] = rule & 15;
                self.state[places.start] = worse(self.own[places.start], rule);
                self.find_causes(places.start);
            }
            let levels = usize::from(structure.worst);
            for ((p, (state, felt)), causes) in places.zip(&before).zip(reasons.chunks(levels)) {
                let told = self.state[p] != *state || self.causes[self.causes_at(p)] != *causes;
                if told || self.felt[p] != *felt {
                    changed.push(p as u32);
                }
                if told {
                    let heads = structure.rev_of(p).iter().map(|(v, _)| structure.head(*v as usize));
                    heads.filter(|head| *head != a).for_each(|head| self.waiting.add(head));
                }
            }
        }
    }

    fn cycle(&mut self, places: std::ops::Range<usize>) {
        let structure = self.structure;
        let (a, b) = (places.start, places.end);
        let doubtful = self.own[a..b] != self.sure[a..b];
        if doubtful {
            structure.settle_cycle(a, b, &self.sure, &mut self.state, &mut self.scratch);
            self.feel(places.clone());
        }
        structure.settle_cycle(a, b, &self.own, &mut self.state, &mut self.scratch);
        if !doubtful {
            self.feel(places.clone());
        }
        let all = self.causes_at(a).start..self.causes_at(b - 1).end;
        self.causes[all].fill(0);
        let mut queue: VecDeque<usize> = places.clone().collect();
        let mut queued = vec![true; b - a];
        while let Some(p) = queue.pop_front() {
            queued[p - a] = false;
            if !self.find_causes(p) {
                continue;
            }
            for (v, _) in structure.rev_of(p) {
                let v = *v as usize;
                if places.contains(&v) && !std::mem::replace(&mut queued[v - a], true) {
                    queue.push_back(v);
                }
            }
        }
    }

    fn feel(&mut self, places: std::ops::Range<usize>) {
        for p in places {
            self.felt[p] = self.structure.rule_bounds(p, &self.state, &mut self.scratch) & 15;
        }
    }

    fn causes_at(&self, p: usize) -> std::ops::Range<usize> {
        let levels = usize::from(self.structure.worst);
        p * levels..(p + 1) * levels
    }

    /// Of every level that is not as in the baseline: itself where its own level is as bad, and the causes of what turned its gates.
    /// Whether any of them changed.
    fn find_causes(&mut self, p: usize) -> bool {
        let structure = self.structure;
        let (level, base, own) = (self.state[p] & 15, structure.base[p] & 15, self.own[p] & 15);
        let mut changed = false;
        for s in 1..=structure.worst {
            let mut set = 0;
            if (level >= s) != (base >= s) {
                self.walk.causes(structure, &self.state, p, s, level >= s);
                self.parts.clear();
                for (dep, t) in &self.walk.found {
                    self.parts.push(self.causes[*dep as usize * usize::from(structure.worst) + usize::from(*t) - 1]);
                }
                self.parts.retain(|set| *set != 0);
                self.parts.sort_unstable();
                self.parts.dedup();
                set = self.sets.union(&self.parts, (level >= s && own >= s).then(|| structure.service(p)));
            }
            let at = p * usize::from(structure.worst) + usize::from(s) - 1;
            changed |= std::mem::replace(&mut self.causes[at], set) != set;
        }
        changed
    }
    /// The causes of the level at which the service is.
    fn causes_now(&self, p: usize) -> u32 {
        let (level, base) = (self.state[p] & 15, self.structure.base[p] & 15);
        let s = match level.cmp(&base) {
            std::cmp::Ordering::Greater => level,
            std::cmp::Ordering::Less => level + 1,
            std::cmp::Ordering::Equal => return 0,
        };
        self.causes.get(self.causes_at(p).start + usize::from(s) - 1).copied().unwrap_or(0)
    }
}

/// What was so since when, of every service asked.
struct Recorder {
    /// Where each service stands among those asked.
    slots: Vec<u32>,
    services: Vec<ServiceIdx>,
    now: Vec<LevelStretch>,
    stretches: Vec<Vec<LevelStretch>>,
}

const NOT_ASKED: u32 = u32::MAX;

impl Recorder {
    fn new(asked: &[ServiceIdx], services: usize, from: Instant) -> Self {
        let mut slots = vec![NOT_ASKED; services];
        for (slot, service) in asked.iter().enumerate() {
            if let Some(known) = slots.get_mut(service.get()) {
                *known = slot as u32;
            }
        }
        let calm = LevelStretch { from, until: from, level: 0, felt: 0, causes: 0 };
        Self { slots, services: asked.to_vec(), now: vec![calm; asked.len()], stretches: vec![Vec::new(); asked.len()] }
    }
    fn all(&mut self, at: Instant, now: &Now<'_, '_>) {
        for slot in 0..self.services.len() {
            if let Some(place) = now.structure.place.get(self.services[slot].get()) {
                self.take(at, now, slot, *place as usize);
            }
        }
    }
    fn place(&mut self, at: Instant, now: &Now<'_, '_>, place: u32) {
        let slot = self.slots[now.structure.order[place as usize] as usize];
        if slot != NOT_ASKED {
            self.take(at, now, slot as usize, place as usize);
        }
    }
    fn take(&mut self, at: Instant, now: &Now<'_, '_>, slot: usize, p: usize) {
        let next = LevelStretch { from: at, until: at, level: now.state[p] & 15, felt: now.felt[p], causes: now.causes_now(p) };
        let last = self.now[slot];
        if (last.level, last.felt, last.causes) != (next.level, next.felt, next.causes) {
            self.close(slot, at);
            self.now[slot] = next;
        }
    }
    fn close(&mut self, slot: usize, at: Instant) {
        let last = self.now[slot];
        if last.from < at && (last.level, last.felt, last.causes) != (0, 0, 0) {
            self.stretches[slot].push(LevelStretch { until: at, ..last });
        }
    }
    fn finish(mut self, until: Instant) -> Vec<Vec<LevelStretch>> {
        (0..self.services.len()).for_each(|slot| self.close(slot, until));
        self.stretches
    }
}
