//! Many scenarios: which evaluator takes them, in which order, in how many threads.
//!
//! Goes in: own levels by scenario. Comes out: each scenario once, alone or in a group, to visitors in an order that threads do not change.
//! **Invariant:** what visitors are told depends on the map, the scenarios and the lanes asked for; never on the threads.
//! **Not here:** the evaluators (`scalar`, `lanes`).

use super::group::Group;
use super::lanes::Lanes;
use super::work::Work;
use super::{Scalar, Structure};
use crate::model::rule::{Level, ServiceIdx};
use std::sync::atomic::{AtomicUsize, Ordering};

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
    let next = AtomicUsize::new(0);
    let work = || {
        let mut runner = Runner::new(structure, scenarios, options.lanes);
        let mut done = Vec::new();
        while let Some((at, chunk)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| chunks.get(at).map(|chunk| (at, chunk)))
        {
            let mut visitor = make();
            runner.chunk(chunk, &mut visitor);
            done.push((at, visitor));
        }
        done
    };
    let threads = options.threads.min(chunks.len());
    let mut done = if threads < 2 {
        work()
    } else {
        std::thread::scope(|scope| {
            let running: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for thread in running {
                match thread.join() {
                    Ok(more) => done.extend(more),
                    Err(fault) => std::panic::resume_unwind(fault),
                }
            }
            done
        })
    };
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, visitor)| visitor).collect()
}

/// The scenarios with neighbours side by side; those under which something may improve come last.
fn order(structure: &Structure, scenarios: &Scenarios<'_>) -> Vec<u32> {
    let mut keyed: Vec<(bool, u32, u32, u32)> = (0..scenarios.len() as u32)
        .map(|scenario| {
            let (mut improving, mut first, mut last) = (false, u32::MAX, 0);
            for (service, _) in scenarios.own(scenario as usize) {
                let place = structure.place.get(service.get()).copied().unwrap_or(u32::MAX);
                improving |= structure.upset.get(place as usize) == Some(&true);
                (first, last) = (first.min(place), last.max(place));
            }
            (improving, first, last, scenario)
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
        let lanes = self.lanes.unwrap_or(0);
        if lanes == 0 {
            work += self.alone(chunk, visitor);
        } else {
            for group in chunk.chunks(lanes.clamp(64, 512)) {
                work += self.group(lanes, group, visitor);
            }
        }
        visitor.work(work);
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

    fn group<V: Visit>(&mut self, lanes: usize, scenarios: &[u32], visitor: &mut V) -> Work {
        match lanes {
            ..=64 => together(&mut self.by_64, self.structure, &self.scenarios, scenarios, visitor),
            ..=128 => together(&mut self.by_128, self.structure, &self.scenarios, scenarios, visitor),
            ..=256 => together(&mut self.by_256, self.structure, &self.scenarios, scenarios, visitor),
            _ => together(&mut self.by_512, self.structure, &self.scenarios, scenarios, visitor),
        }
    }
}

/// Evaluates at most 64 x W scenarios in one pass.
fn together<'s, V: Visit, const W: usize>(
    lanes: &mut Option<Lanes<'s, W>>,
    structure: &'s Structure,
    scenarios: &Scenarios<'_>,
    group: &[u32],
    visitor: &mut V,
) -> Work {
    let lanes = lanes.get_or_insert_with(|| Lanes::new(structure));
    let before = lanes.work;
    let own = group.iter().zip(0..).flat_map(|(scenario, bit)| {
        let known = scenarios.own(*scenario as usize).filter_map(|(service, level)| {
            Some((*structure.place.get(service.get())?, level.min(structure.worst))).filter(|(_, level)| *level > 0)
        });
        known.map(move |(place, level)| (bit, place, level))
    });
    let improving = !structure.upset.is_empty() && own.clone().any(|(_, place, _)| structure.upset[place as usize]);
    lanes.evaluate(own, improving);
    visitor.group(&lanes.group(group));
    lanes.work - before
}
