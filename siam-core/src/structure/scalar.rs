//! One scenario at a time, touching only what changes.
//!
//! Goes in: own levels of a few services, known or as bounds. Comes out: the services whose level differs from the baseline.
//! **Invariant:** agrees with `evaluate_dense`; between two calls nothing is left of the first.
//! **Not here:** many scenarios at once (`lanes`), outages over time (`sweep`).

use super::dense::{Scratch, known, worse};
use super::work::Work;
use super::{FEED, LIFT, RAISE, Structure};
use crate::model::rule::{Level, ServiceIdx};

/// Places that wait, taken lowest first: dependencies are settled before what depends on them, and memory is read forwards.
#[derive(Debug)]
pub(super) struct Waiting {
    words: Vec<u64>,
    /// Which words are not zero.
    top: Vec<u64>,
    /// No bit of `top` is set before this word, nor from `until` on.
    from: usize,
    until: usize,
}

impl Waiting {
    pub(super) fn new(n: usize) -> Self {
        let words = n / 64 + 1;
        Self { words: vec![0; words], top: vec![0; words / 64 + 1], from: words / 64 + 1, until: 0 }
    }
    #[inline]
    pub(super) fn add(&mut self, p: u32) {
        let word = p as usize / 64;
        self.words[word] |= 1 << (p % 64);
        self.top[word / 64] |= 1 << (word % 64);
        self.from = self.from.min(word / 64);
        self.until = self.until.max(word / 64 + 1);
    }
    #[inline]
    pub(super) fn take(&mut self) -> Option<u32> {
        while self.top.get(self.from)? == &0 {
            self.from += 1;
            if self.from >= self.until {
                (self.from, self.until) = (self.top.len(), 0);
                return None;
            }
        }
        let word = self.from * 64 + self.top[self.from].trailing_zeros() as usize;
        let bits = &mut self.words[word];
        let p = word * 64 + bits.trailing_zeros() as usize;
        *bits &= *bits - 1;
        if *bits == 0 {
            self.top[self.from] &= self.top[self.from] - 1;
        }
        Some(p as u32)
    }
}

/// An evaluator with its workspace: make one, ask often.
#[derive(Debug)]
pub struct Scalar<'s> {
    structure: &'s Structure,
    /// By place: `worst << 4 | best`; while levels are being raised, `what dependents know << 4 | now`.
    state: Vec<u8>,
    own: Vec<u8>,
    /// Per counter what is still needed, and what is in the baseline.
    need: Vec<(i64, i64)>,
    /// What to take back before the next scenario.
    seeds: Vec<u32>,
    touched: Vec<u32>,
    counted: Vec<u32>,
    waiting: Waiting,
    fired: Vec<u32>,
    scratch: Scratch,
    /// By place: bounds that may be wider than needed.
    loose: Vec<bool>,
    found: Vec<ServiceIdx>,
    bounds: Vec<IntervalLevel>,
    work: Work,
}

/// Between which levels a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalLevel {
    /// The service.
    pub service: ServiceIdx,
    /// It is at this level or worse ...
    pub best: Level,
    /// ... and at this one or better.
    pub worst: Level,
    /// Both ends are reached for some values of what is unknown. Where false they may be wider than that.
    pub tight: bool,
}

impl<'s> Scalar<'s> {
    /// An evaluator of a structure.
    pub fn new(structure: &'s Structure) -> Self {
        Self {
            structure,
            state: structure.base.clone(),
            own: vec![0; structure.len()],
            need: structure.need.iter().map(|need| (*need, *need)).collect(),
            seeds: Vec::new(),
            touched: Vec::new(),
            counted: Vec::new(),
            waiting: Waiting::new(structure.len()),
            fired: Vec::new(),
            scratch: Scratch::default(),
            loose: Vec::new(),
            found: Vec::new(),
            bounds: Vec::new(),
            work: Work::default(),
        }
    }

    /// The structure it evaluates.
    pub fn structure(&self) -> &'s Structure {
        self.structure
    }
    /// The effective level of a service in the last scenario; after `evaluate_interval` the best it may be.
    pub fn level(&self, service: ServiceIdx) -> Level {
        self.structure.place.get(service.get()).map_or(0, |p| self.state[*p as usize] & 15)
    }
    /// The own level of a service in the last scenario.
    pub fn own_level(&self, service: ServiceIdx) -> Level {
        self.structure.place.get(service.get()).map_or(0, |p| self.own[*p as usize] & 15)
    }
    /// The services whose level differs from the baseline, as `evaluate` gave them.
    pub fn touched(&self) -> &[ServiceIdx] {
        &self.found
    }
    /// What it did since it was made.
    pub fn work(&self) -> Work {
        self.work
    }

    pub(super) fn state(&self) -> &[u8] {
        &self.state
    }
    pub(super) fn own(&self) -> &[u8] {
        &self.own
    }
    pub(super) fn touched_places(&self) -> &[u32] {
        &self.touched
    }

    /// The services whose effective level differs from the baseline, each once, dependencies before dependents (cycles aside), in an order that
    /// depends on the map and the scenario alone. All other own levels
    /// are best; of several for one service the worst counts; levels beyond the chain are its worst; unknown services are passed over.
    pub fn evaluate(&mut self, own: &[(ServiceIdx, Level)]) -> &[ServiceIdx] {
        self.reset();
        for (service, level) in own {
            self.seed(*service, known((*level).min(self.structure.worst)));
        }
        if self.seeds.iter().any(|p| self.structure.upset.get(*p as usize) == Some(&true)) {
            self.in_order();
        } else {
            self.raise_all();
        }
        let order = &self.structure.order;
        self.found.extend(self.touched.iter().map(|p| ServiceIdx::new(order[*p as usize] as usize)));
        &self.found
    }

    /// The same where own levels are known only as (best, worst): the services whose bounds differ from the baseline.
    pub fn evaluate_interval(&mut self, own: &[(ServiceIdx, (Level, Level))]) -> &[IntervalLevel] {
        self.reset();
        for (service, (a, b)) in own {
            let (a, b) = ((*a).min(self.structure.worst), (*b).min(self.structure.worst));
            self.seed(*service, a.min(b) | a.max(b) << 4);
        }
        if self.loose.is_empty() {
            self.loose.resize(self.structure.len(), false);
        }
        self.in_order();
        for at in 0..self.touched.len() {
            let p = self.touched[at] as usize;
            let service = self.structure.service(p);
            let (best, worst) = (self.state[p] & 15, self.state[p] >> 4);
            self.found.push(service);
            self.bounds.push(IntervalLevel { service, best, worst, tight: !self.loose[p] });
        }
        &self.bounds
    }

    fn reset(&mut self) {
        let base = &self.structure.base;
        if self.touched.len() > base.len() / 8 {
            self.state.copy_from_slice(base);
        } else {
            let calm = self.structure.calm;
            self.touched.iter().for_each(|p| self.state[*p as usize] = if calm { 0 } else { base[*p as usize] });
        }
        if !self.loose.is_empty() {
            self.touched.iter().for_each(|p| self.loose[*p as usize] = false);
        }
        self.seeds.iter().for_each(|p| self.own[*p as usize] = 0);
        self.counted.iter().for_each(|at| {
            let need = &mut self.need[*at as usize];
            need.0 = need.1;
        });
        self.touched.clear();
        self.seeds.clear();
        self.counted.clear();
        self.found.clear();
        self.bounds.clear();
    }

    fn seed(&mut self, service: ServiceIdx, bounds: u8) {
        let Some(p) = self.structure.place.get(service.get()) else { return };
        if bounds != 0 {
            let own = &mut self.own[*p as usize];
            if *own == 0 {
                self.seeds.push(*p);
            }
            *own = worse(*own, bounds);
        }
    }

    /// Nothing that is reached can improve: levels only rise, from the baseline to the least fixpoint, in any order.
    fn raise_all(&mut self) {
        let structure = self.structure;
        for at in 0..self.seeds.len() {
            let p = self.seeds[at];
            self.raise(p, self.own[p as usize] & 15);
        }
        while let Some(p) = self.waiting.take() {
            let state = self.state[p as usize];
            let (old, new) = (state >> 4, state & 15);
            if old == new {
                continue;
            }
            self.state[p as usize] = known(new);
            self.work.visits += 1;
            // What dependents know is the baseline until the first time they are told.
            if old == if structure.calm { 0 } else { structure.base[p as usize] & 15 } {
                self.touched.push(p);
            }
            for (v, effect) in structure.rev_of(p as usize) {
                match *effect {
                    RAISE => self.raise(*v, new),
                    lift if lift & (FEED | LIFT) == LIFT => {
                        self.work.gates += 1;
                        let to = structure.lifts[(lift & !LIFT) as usize] >> (4 * new);
                        self.raise(*v, to as Level & 15);
                    }
                    counter if counter & FEED == 0 => {
                        for level in old + 1..=new {
                            if self.count(counter + u32::from(level) - 1, 1) {
                                self.raise(*v, level);
                            }
                        }
                    }
                    row => self.feed(*v, row & !FEED, old, new),
                }
            }
        }
    }

    #[inline]
    fn raise(&mut self, v: u32, level: Level) {
        let state = &mut self.state[v as usize];
        if *state & 15 >= level {
            return;
        }
        let (now, told) = (*state & 15, *state >> 4);
        *state = told << 4 | level;
        if now == told {
            self.waiting.add(v);
        }
    }

    /// Counts down; true where this makes the gate true.
    #[inline]
    fn count(&mut self, counter: u32, by: i64) -> bool {
        self.work.gates += 1;
        let need = &mut self.need[counter as usize];
        let before = need.0;
        need.0 = before - by;
        if before == need.1 {
            self.counted.push(counter);
        }
        before > 0 && before <= by
    }

    /// A dependency went from `old` to `new`: counts down the gates it feeds, and theirs.
    fn feed(&mut self, v: u32, row: u32, old: Level, new: Level) {
        let structure = self.structure;
        let row = structure.feed_at[row as usize] as usize..structure.feed_at[row as usize + 1] as usize;
        for feed in &structure.feeds[row] {
            if feed.level == 0 {
                for level in old + 1..=new {
                    self.fire(v, feed.gate, feed.coefficient, level, true);
                }
            } else if old < feed.level && feed.level <= new {
                self.fire(v, feed.gate, feed.coefficient, 1, false);
            }
        }
    }

    fn fire(&mut self, v: u32, gate: u32, by: i64, level: Level, uniform: bool) {
        let structure = self.structure;
        let counter = |gate: u32| structure.gate_counter[gate as usize] + u32::from(level) - 1;
        if !self.count(counter(gate), by) {
            return;
        }
        self.fired.push(gate);
        while let Some(gate) = self.fired.pop() {
            let root = structure.gate_root[gate as usize];
            if root > 0 {
                self.raise(v, if uniform { level } else { root });
            }
            for at in structure.up_at[gate as usize]..structure.up_at[gate as usize + 1] {
                let up = structure.ups[at as usize];
                if self.count(counter(up), 1) {
                    self.fired.push(up);
                }
            }
        }
    }

    /// Something may improve, or is known as bounds only: rules are read again, dependencies first; a cycle starts again from best.
    fn in_order(&mut self) {
        let structure = self.structure;
        self.seeds.iter().for_each(|p| self.waiting.add(structure.head(*p as usize)));
        while let Some(a) = self.waiting.take() {
            let end = structure.cycle_end(a);
            let places = a as usize..end.map_or(a as usize + 1, |end| end as usize);
            self.work.visits += places.len() as u64;
            if end.is_some() {
                structure.settle_cycle(places.start, places.end, &self.own, &mut self.state, &mut self.scratch);
            } else {
                let p = a as usize;
                self.state[p] = worse(self.own[p], structure.rule_bounds(p, &self.state, &mut self.scratch));
            }
            let mut loose = None;
            for p in places.clone() {
                if self.state[p] == structure.base[p] {
                    continue;
                }
                self.touched.push(p as u32);
                if !self.loose.is_empty() && self.state[p] & 15 != self.state[p] >> 4 {
                    self.loose[p] = *loose.get_or_insert_with(|| is_loose(structure, places.clone(), &self.state, &self.loose));
                }
                for (v, _) in structure.rev_of(p) {
                    let head = structure.head(*v as usize);
                    if head != a {
                        self.waiting.add(head);
                    }
                }
            }
        }
    }
}

/// Bounds may be wide where a rule that is not monotone reads bounds, or any rule reads wide ones.
fn is_loose(structure: &Structure, places: std::ops::Range<usize>, state: &[u8], loose: &[bool]) -> bool {
    places.into_iter().any(|p| {
        let monotone = structure.program(p).is_none_or(|program| program.monotone);
        structure
            .deps_of(p)
            .iter()
            .map(|dep| *dep as usize)
            .any(|dep| state[dep] & 15 != state[dep] >> 4 && (!monotone || loose[dep]))
    })
}
