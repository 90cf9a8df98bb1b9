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
/// After how many scenarios alone a group is tried again, the first time; each time twice as many.
const STRETCH: usize = 512;
/// What a service costs alone; `row` says what it costs in lanes. Measured, in units that mean nothing.
const ALONE: u64 = 20;
/// What a scenario alone costs beside its services.
const EACH: u64 = 80;
/// How many bytes of planes stay near the processor.
const NEAR: u64 = 1 << 20;
/// The widths that are chosen from.
const WIDTHS: [usize; 3] = [64, 256, 512];
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
    let runner = || Runner::new(structure, scenarios, options.lanes);
    shared(&chunks, options.threads, runner, |runner, chunks| {
        let visited = chunks.iter().map(|chunk| {
            let mut visitor = make();
            runner.chunk(chunk, &mut visitor);
            visitor
        });
        visited.collect::<Vec<V>>()
    })
    .into_iter()
    .flatten()
    .collect()
}

/// Shares items among threads, a few neighbours at a time; what each few gave, in the order of the items. Every thread has a workspace. The
/// same whatever the threads, if what is done with some items depends on these alone.
pub fn shared<I: Sync, S, R: Send>(
    items: &[I],
    threads: usize,
    workspace: impl Fn() -> S + Sync,
    each: impl Fn(&mut S, &[I]) -> R + Sync,
) -> Vec<R> {
    // Some sixteen shares for each thread, so that none waits long for the last.
    let few: Vec<&[I]> = items.chunks((items.len() / (16 * threads.max(1))).clamp(1, CHUNK)).collect();
    let parts = Parts::new(few.len());
    let work = || {
        let mut space = workspace();
        let mut done = Vec::new();
        while let Some((at, some)) = parts.take().and_then(|at| few.get(at).map(|some| (at, *some))) {
            done.push((at, each(&mut space, some)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = in_threads(threads.min(few.len()), work).into_iter().flatten().collect();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, given)| given).collect()
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
            Some(lanes) => chunk.chunks(whole(lanes)).for_each(|group| work += self.group(lanes, group, visitor).0),
            None => work += self.chosen(chunk, visitor),
        }
        visitor.work(work);
    }

    /// Tries the narrowest lanes, and wider ones where rows are filled well, and goes on with what cost least. Where nothing costs less than
    /// alone, it tries again later. What a group took is known after each, so that a wrong guess costs one group.
    fn chosen<V: Visit>(&mut self, chunk: &[u32], visitor: &mut V) -> Work {
        let (mut rest, mut work, mut stretch) = (chunk, Work::default(), STRETCH);
        let (mut known, mut next) = ([None; WIDTHS.len()], 0);
        while rest.len() >= WIDTHS[0] {
            let at = (0..=next).rev().find(|at| WIDTHS[*at] <= rest.len()).unwrap_or(0);
            let group = take(&mut rest, WIDTHS[at]);
            let (took, bits) = self.group(WIDTHS[at], group, visitor);
            work += took;
            let alone = bits * ALONE + group.len() as u64 * EACH;
            known[at] = Some(took.visits.saturating_mul(self.row(WIDTHS[at], took.visits)).saturating_mul(SCALE) / alone);
            let (least, best) = (0..WIDTHS.len()).filter_map(|at| known[at].map(|price| (price, at))).min().unwrap_or((0, 0));
            let filled = bits * 4 > took.visits * WIDTHS[at] as u64;
            let wider = Some(at + 1).filter(|wider| filled && known.get(*wider).is_some_and(Option::is_none));
            next = wider.unwrap_or(best);
            if least >= SCALE {
                work += self.alone(take(&mut rest, stretch), visitor);
                (known, next, stretch) = ([None; WIDTHS.len()], 0, stretch * 2);
            }
        }
        work + self.alone(rest, visitor)
    }

    /// What a row of so many lanes costs where a group has so many rows.
    fn row(&self, lanes: usize, rows: u64) -> u64 {
        let words = u64::from(self.structure.worst) * lanes as u64 / 64;
        let far = rows * words * 8 > NEAR;
        38 + if far { 27 * words / 2 } else { 9 * words }
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

    /// Evaluates a group; what it took, and how many services differ in how many of its scenarios.
    fn group<V: Visit>(&mut self, lanes: usize, group: &[u32], visitor: &mut V) -> (Work, u64) {
        let (structure, all) = (self.structure, &self.scenarios);
        match lanes {
            0..=64 => together(&mut self.by_64, structure, all, group, visitor),
            65..=128 => together(&mut self.by_128, structure, all, group, visitor),
            129..=256 => together(&mut self.by_256, structure, all, group, visitor),
            _ => together(&mut self.by_512, structure, all, group, visitor),
        }
    }
}

/// How many scenarios a group of the evaluator for so many lanes takes.
fn whole(lanes: usize) -> usize {
    lanes.next_power_of_two().clamp(64, 512)
}

/// Prices are compared in parts of this, which is what the scenarios of a group cost alone.
const SCALE: u64 = 64;

/// The first of what is left.
fn take<'r>(rest: &mut &'r [u32], most: usize) -> &'r [u32] {
    let (first, after) = rest.split_at(most.min(rest.len()));
    *rest = after;
    first
}

/// Evaluates at most 64 x W scenarios in one pass.
fn together<'s, V: Visit, const W: usize>(
    lanes: &mut Option<Lanes<'s, W>>,
    structure: &'s Structure,
    scenarios: &Scenarios<'_>,
    group: &[u32],
    visitor: &mut V,
) -> (Work, u64) {
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
    (lanes.work - before, lanes.bits())
}
