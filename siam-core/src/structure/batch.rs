//! Many scenarios: which evaluator takes them, in which order, in how many threads.
//!
//! Goes in: own levels by scenario. Comes out: each scenario once, alone or in a group, to visitors in an order that threads do not change.
//! **Invariant:** what visitors are told depends on the map, the scenarios and the lanes asked for; never on the threads.
//! **Not here:** the evaluators (`scalar`, `lanes`).

use super::group::Group;
use super::lanes::Lanes;
use super::work::Work;
use super::{Scalar, Structure};
use crate::base::parallel::{Parts, in_threads};
use crate::model::rule::{Level, ServiceIdx};

/// Own levels of many scenarios, without an allocation for each. At most 2^32 scenarios.
#[derive(Debug, Clone, Copy)]
pub enum Scenarios<'a> {
    /// Every service alone at this level.
    Each {
        /// The service of each scenario.
        services: &'a [ServiceIdx],
        /// The level all of them fail with.
        level: Level,
    },
    /// Given: scenario i has `own[at[i] .. at[i + 1]]`.
    Given {
        /// Where each begins, and where the last ends.
        at: &'a [u32],
        /// Services and their own levels; all other services are at best.
        own: &'a [(ServiceIdx, Level)],
    },
}

impl<'a> Scenarios<'a> {
    /// How many scenarios.
    pub fn len(&self) -> usize {
        match self {
            Scenarios::Each { services, .. } => services.len(),
            Scenarios::Given { at, .. } => at.len().saturating_sub(1),
        }
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The services of a scenario and their own levels.
    pub fn own(&self, scenario: usize) -> impl Iterator<Item = (ServiceIdx, Level)> + Clone + use<'a> {
        let (each, given) = match *self {
            Scenarios::Each { services, level } => (services.get(scenario).map(|service| (*service, level)), Default::default()),
            Scenarios::Given { at, own } => {
                let ends = at.get(scenario).zip(at.get(scenario + 1));
                (None, ends.and_then(|(from, until)| own.get(*from as usize..*until as usize)).unwrap_or_default())
            }
        };
        each.into_iter().chain(given.iter().copied())
    }
}

/// How a batch is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchOptions {
    /// Threads that are started; 0 and 1 start none.
    pub threads: usize,
    /// Scenarios at once: 0 is one after the other, else 64, 128, 256 or 512. Chosen by the batch where it is not given.
    pub lanes: Option<usize>,
}

/// Takes what became of scenarios. One visitor is made per chunk of a batch and sees some of its scenarios, each once.
pub trait Visit: Send {
    /// One scenario alone; `scalar.touched()` are the services that differ from the baseline.
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>);
    /// Scenarios evaluated together; which they are says `group.scenario`.
    fn group(&mut self, group: &Group<'_>);
    /// What it took, told once at the end.
    fn work(&mut self, _work: Work) {}
}

/// How many scenarios a chunk has: enough to be worth a visitor, few enough to share among threads.
const CHUNK: usize = 4_096;

/// Batches of fewer scenarios are put in order by place alone.
const FEW: usize = 1_024;
/// How many scenarios are evaluated in the way that costs their first ones least.
const BLOCK: usize = 2_048;
/// What a service costs alone; `row` says what it costs in lanes. Measured, in units that mean nothing.
const ALONE: u64 = 20;
/// What the rows of a group may cost without leaving the cache.
const FITS: u64 = 1 << 21;
/// The likeness of what probably reaches some two hundred services and more.
const FAR: u32 = u32::MAX / 200;

/// Evaluates all scenarios. The visitors come back in an order that depends on map and batch alone; every scenario was told to
/// exactly one of them. Scenarios that share a neighbourhood stand together, so numbers within a visitor are neither ascending nor
/// without holes: results belong to `Group::scenario(bit)`.
pub fn batch<V: Visit>(
    structure: &Structure,
    scenarios: &Scenarios<'_>,
    options: BatchOptions,
    make: impl Fn() -> V + Sync,
) -> Vec<V> {
    let order = order(structure, scenarios);
    let chunks: Vec<&[u32]> = order.chunks(CHUNK).collect();
    let parts = Parts::new(chunks.len());
    let work = || {
        let mut runner = Runner::new(structure, scenarios, options.lanes);
        let mut done = Vec::new();
        while let Some((at, chunk)) = parts.take().and_then(|at| chunks.get(at).map(|chunk| (at, chunk))) {
            let mut visitor = make();
            runner.chunk(chunk, &mut visitor);
            done.push((at, visitor));
        }
        done
    };
    let mut done: Vec<(usize, V)> = in_threads(options.threads.min(chunks.len()), work).into_iter().flatten().collect();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, visitor)| visitor).collect()
}

/// The scenarios with those side by side that reach the same services: first those that reach many, then the others by place, last
/// those under which something may improve.
fn order(structure: &Structure, scenarios: &Scenarios<'_>) -> Vec<u32> {
    let likeness = if scenarios.len() < FEW { &[] } else { structure.likeness() };
    let mut keyed: Vec<(bool, u32, u32, u32, u32)> = (0..scenarios.len() as u32)
        .map(|scenario| {
            let (mut improving, mut like, mut first, mut last) = (false, u32::MAX, u32::MAX, 0);
            for (service, _) in scenarios.own(scenario as usize) {
                let place = structure.place.get(service.get()).copied().unwrap_or(u32::MAX);
                improving |= structure.upset.get(place as usize) == Some(&true);
                like = likeness.get(place as usize).map_or(like, |one| like.min(*one));
                (first, last) = (first.min(place), last.max(place));
            }
            (improving, if like < FAR { like } else { u32::MAX }, first, last, scenario)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(.., scenario)| scenario).collect()
}

/// The evaluators of one thread, made when they are first needed.
struct Runner<'s, 'a> {
    structure: &'s Structure,
    scenarios: Scenarios<'a>,
    lanes: Option<usize>,
    scalar: Option<Scalar<'s>>,
    by_64: Option<Lanes<'s, 1>>,
    by_128: Option<Lanes<'s, 2>>,
    by_256: Option<Lanes<'s, 4>>,
    by_512: Option<Lanes<'s, 8>>,
    own: Vec<(ServiceIdx, Level)>,
}

impl<'s, 'a> Runner<'s, 'a> {
    fn new(structure: &'s Structure, scenarios: &Scenarios<'a>, lanes: Option<usize>) -> Self {
        Self {
            structure,
            scenarios: *scenarios,
            lanes,
            scalar: None,
            by_64: None,
            by_128: None,
            by_256: None,
            by_512: None,
            own: Vec::new(),
        }
    }

    fn chunk<V: Visit>(&mut self, chunk: &[u32], visitor: &mut V) {
        let mut work = Work::default();
        match self.lanes {
            Some(0) => work += self.alone(chunk, visitor),
            Some(lanes) => work += self.groups(lanes, chunk, visitor).work,
            None => chunk.chunks(BLOCK).for_each(|block| work += self.block(block, visitor)),
        }
        visitor.work(work);
    }

    /// Tries the narrowest lanes, then wider ones, and goes on with what costs least. A scenario costs what its services cost alone, or
    /// its part of the rows of a group.
    fn block<V: Visit>(&mut self, block: &[u32], visitor: &mut V) -> Work {
        let (first, rest) = block.split_at(block.len().min(64));
        if first.len() < 64 {
            return self.alone(first, visitor);
        }
        let narrow = self.groups(64, first, visitor);
        let mut work = narrow.work;
        if narrow.bits * ALONE <= narrow.work.visits * self.row(64) || rest.len() < 64 {
            return work + self.alone(rest, visitor);
        }
        let (second, rest) = rest.split_at(rest.len().min(256));
        let wide = self.groups(256, second, visitor);
        work += wide.work;
        let (small, big) = (narrow.work.visits * self.row(64), wide.work.visits * self.row(256));
        let lanes = match () {
            () if wide.bits * ALONE < big && wide.bits * ALONE < small * 4 => return work + self.alone(rest, visitor),
            () if small * 4 < big => 64,
            // Where most rows are full of scenarios, twice as many still fit them.
            () if wide.bits > wide.work.visits * 128 && wide.work.visits * self.row(512) < FITS => 512,
            () => 256,
        };
        work + self.groups(lanes, rest, visitor).work
    }

    /// What a row of so many lanes costs.
    fn row(&self, lanes: usize) -> u64 {
        30 + 9 * u64::from(self.structure.worst) * lanes as u64 / 64
    }

    fn alone<V: Visit>(&mut self, scenarios: &[u32], visitor: &mut V) -> Work {
        let scalar = self.scalar.get_or_insert_with(|| Scalar::new(self.structure));
        let before = scalar.work();
        for scenario in scenarios {
            self.own.clear();
            self.own.extend(self.scenarios.own(*scenario as usize));
            scalar.evaluate(&self.own);
            visitor.scenario(*scenario as usize, scalar);
        }
        scalar.work() - before
    }

    fn groups<V: Visit>(&mut self, lanes: usize, scenarios: &[u32], visitor: &mut V) -> Cost {
        let (structure, all) = (self.structure, &self.scenarios);
        match lanes {
            0..=64 => together(&mut self.by_64, structure, all, scenarios, visitor),
            65..=128 => together(&mut self.by_128, structure, all, scenarios, visitor),
            129..=256 => together(&mut self.by_256, structure, all, scenarios, visitor),
            _ => together(&mut self.by_512, structure, all, scenarios, visitor),
        }
    }
}

/// What groups took, and how many services differed in how many of their scenarios.
#[derive(Default)]
struct Cost {
    work: Work,
    bits: u64,
}

/// Evaluates scenarios, 64 x W in one pass.
fn together<'s, V: Visit, const W: usize>(
    lanes: &mut Option<Lanes<'s, W>>,
    structure: &'s Structure,
    scenarios: &Scenarios<'_>,
    numbers: &[u32],
    visitor: &mut V,
) -> Cost {
    let lanes = lanes.get_or_insert_with(|| Lanes::new(structure));
    let before = lanes.work;
    let mut bits = 0;
    for group in numbers.chunks(64 * W) {
        let own = group.iter().zip(0..).flat_map(|(scenario, bit)| {
            let known = scenarios.own(*scenario as usize).filter_map(|(service, level)| {
                Some((*structure.place.get(service.get())?, level.min(structure.worst))).filter(|(_, level)| *level > 0)
            });
            known.map(move |(place, level)| (bit, place, level))
        });
        let improving = !structure.upset.is_empty() && own.clone().any(|(_, place, _)| structure.upset[place as usize]);
        lanes.evaluate(own, improving);
        visitor.group(&lanes.group(group));
        // Only of the first group, which is what is looked at.
        bits = if bits == 0 { lanes.bits() } else { bits };
    }
    Cost { work: lanes.work - before, bits }
}
