//! Which failures are causes, and which are what somebody saw of another.
//!
//! Goes in: failures of origin own, derived and unknown. Comes out: the causes, and what became of each service's failures.
//! **Invariant:** taking the explained ones away changes no level: what is left gives their services at least the level seen.
//! **Not here:** outages over time (`observed`).

use crate::answer::given::KEPT;
use crate::answer::scenario::{Failure, FailureOrigin, Scenario, own_levels};
use crate::answer::view::View;
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, codes};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::meaning;
use std::collections::{BTreeMap, BTreeSet};

/// What a failure was taken as; of several for one service the first of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::answer) enum Taken {
    Own,
    Explained,
    Derived,
}

impl Taken {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Explained => "explained",
            Self::Derived => "derived",
        }
    }
}

/// The failures that are causes, and what the others were taken as.
pub(in crate::answer) struct Causes {
    pub failures: Vec<Failure>,
    pub taken: BTreeMap<ServiceIdx, Taken>,
}

/// The own levels of the failures that are causes, on the map as described. Levels that were given explain as failures do.
pub(in crate::answer) fn own_causes(
    ecosystem: &Ecosystem,
    at: Instant,
    worst: Level,
    (failures, given): (&[Failure], &[Failure]),
    problems: &mut Problems,
) -> Result<Vec<(ServiceIdx, Level)>, Error> {
    let levels = |causes: &[Failure]| {
        own_levels(causes, &[], worst).into_iter().map(|(service, (_, level))| (service, level)).collect::<Vec<_>>()
    };
    if failures.iter().all(|failure| failure.origin == FailureOrigin::Own) {
        return Ok(levels(failures));
    }
    let given = given.iter().map(|one| Failure { origin: FailureOrigin::Own, ..*one });
    // Causes of origin own come first and in this order: the given ones are the first of them.
    let all: Vec<Failure> = given.chain(failures.iter().copied()).collect();
    let first = all.len() - failures.len();
    let scenario = Scenario { at, worst, failures: all, unknown: Vec::new(), nodes: BTreeMap::new() };
    let mut view = View::new(ecosystem, &scenario)?;
    let causes = settle(&mut view, &scenario, ecosystem.model(), problems);
    Ok(levels(causes.failures.get(first..).unwrap_or_default()))
}

/// Sorts failures into causes and effects. Services of which nothing is known explain nothing.
pub(in crate::answer) fn settle(view: &mut View<'_>, scenario: &Scenario, model: &Model, problems: &mut Problems) -> Causes {
    let of = |origin| scenario.failures.iter().filter(move |one: &&Failure| one.origin == origin).copied();
    let sure: Vec<Failure> = of(FailureOrigin::Own).collect();
    let unknown: Vec<Failure> = of(FailureOrigin::Unknown).collect();
    let explained = explained(view, scenario, &sure, &unknown);
    let mut failures = sure;
    let mut taken = BTreeMap::new();
    for (at, one) in unknown.iter().enumerate() {
        if explained.contains(&at) {
            taken.insert(one.service, Taken::Explained);
        } else {
            failures.push(*one);
        }
    }
    for one in &failures {
        taken.insert(one.service, Taken::Own);
    }
    let derived: Vec<Failure> = of(FailureOrigin::Derived).collect();
    if !derived.is_empty() {
        let levels = view.levels(&own_levels(&failures, &scenario.unknown, scenario.worst));
        for one in derived {
            let slot = taken.entry(one.service).or_insert(Taken::Derived);
            *slot = (*slot).min(Taken::Derived);
            if levels.of(one.service).1 < one.level {
                let name = Argument::user(model.service_name(one.service));
                let problem = Problem::new(&codes::DERIVED_NOT_EXPLAINED, Place::Nowhere).with("service", name);
                problems.push(problem.with("level", Argument::name(model.level_name(one.level))), KEPT);
            }
        }
    }
    Causes { failures, taken }
}

/// Which failures of unknown origin the others explain.
///
/// Whether a failure is own or explained, its service is at the worse of what was seen and what its rule gives. So all are taken as
/// own, and each is explained where the rule of its service alone gives what was seen. In a cycle two may explain each other and
/// nothing else does: then the first of them is own, and the others are looked at again.
fn explained(view: &mut View<'_>, scenario: &Scenario, sure: &[Failure], unknown: &[Failure]) -> BTreeSet<usize> {
    if unknown.is_empty() {
        return BTreeSet::new();
    }
    let levels = view.levels(&own_levels(sure.iter().chain(unknown), &[], scenario.worst));
    let mut explained: BTreeSet<usize> = BTreeSet::new();
    for (at, one) in unknown.iter().enumerate() {
        if meaning(&view.node(one.service), scenario.worst, |dependency| levels.of(dependency).1) >= one.level {
            explained.insert(at);
        }
    }
    loop {
        let own = sure.iter().chain(unknown.iter().enumerate().filter(|(at, _)| !explained.contains(at)).map(|(_, one)| one));
        let levels = view.levels(&own_levels(own, &[], scenario.worst));
        let loose = explained.iter().copied().filter(|at| {
            let one = unknown.get(*at);
            one.is_some_and(|one| levels.of(one.service).1 < one.level)
        });
        let Some(first) = loose.min_by_key(|at| unknown.get(*at).map(|one| one.service)) else { return explained };
        explained.remove(&first);
    }
}
