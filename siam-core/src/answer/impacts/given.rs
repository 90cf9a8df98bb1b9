//! Given scenarios: what `impact` takes as one question, many at once.
//!
//! Goes in: scenarios with names. Comes out: own levels for those that the compiled map answers, the others with their changes.
//! **Invariant:** a given scenario has the fields and the levels of the same question to `impact`.
//! **Not here:** names of services (`scenario`), evaluating one changed map (`view`).

use super::resolve::Asked;
use crate::answer::given::{KEPT, not_given};
use crate::answer::impact::{ImpactQuery, settle};
use crate::answer::scenario::{FailureQuery, OwnLevels, Resolving, Scenario, ScenarioQuery, own_levels};
use crate::answer::view::{Space, View};
use crate::base::{Argument, Instant, Place, Problem, Problems, codes};
use crate::document::decode::{check_keys, field};
use crate::document::{Decode, Faults, Node, NodeKind, Shape};
use crate::ecosystem::Ecosystem;
use crate::model::rule::{Level, ServiceIdx};
use std::collections::{BTreeMap, BTreeSet};

/// One scenario: a name, and what is asked of `impact`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GivenScenarioQuery {
    /// Its name; the names of what fails or is unknown, else the dependencies that are changed, unless given.
    pub name: Option<String>,
    /// What has failed, and what is otherwise than described.
    pub scenario: ScenarioQuery,
}

impl GivenScenarioQuery {
    /// A scenario in which these fail.
    pub fn failing(name: Option<String>, failures: Vec<FailureQuery>) -> Self {
        Self { name, scenario: ScenarioQuery { failures, ..ScenarioQuery::default() } }
    }
}

impl Decode for GivenScenarioQuery {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        const KEYS: &[&str] = &["name", "failures", "unknown", "healed", "without", "weakened", "added"];
        let shape = "a scenario";
        match &node.kind {
            NodeKind::Scalar { text, .. } => Some(Self::failing(None, vec![FailureQuery::of(text.to_string())])),
            NodeKind::List(_) => Vec::decode(node, faults).map(|failures| Self::failing(None, failures)),
            _ => {
                check_keys(node, shape, KEYS, faults);
                let name = field(node, shape, "name", faults);
                let failures = field(node, shape, "failures", faults);
                let unknown = field(node, shape, "unknown", faults);
                let healed = field(node, shape, "healed", faults);
                let without = field(node, shape, "without", faults);
                let weakened = field(node, shape, "weakened", faults);
                let added = field(node, shape, "added", faults);
                let (failures, unknown, healed) = (failures?, unknown?, healed?);
                let scenario = ScenarioQuery { failures, unknown, healed, without: without?, weakened: weakened?, added: added? };
                Some(Self { name: name?, scenario })
            }
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Text, Shape::List(Box::new(Shape::Text)), Shape::Any])
    }
}

/// A scenario that the compiled map alone does not answer.
#[derive(Debug)]
pub(super) struct Changed {
    asked: ScenarioQuery,
    scenario: Scenario,
    own: OwnLevels,
}

impl Changed {
    /// The services whose level changes, with it and the one when nothing fails; of what is not known the worst it can be.
    pub fn services<'e>(&'e self, ecosystem: &'e Ecosystem, space: &mut Space<'e>) -> Vec<(ServiceIdx, Level, Level)> {
        // It was made once, when the question was resolved.
        let Ok(view) = View::new(ecosystem, &self.scenario) else { return Vec::new() };
        let mut view = view.working_in(space);
        let found = view.differing(&self.own);
        *space = view.into_space();
        found
    }
    /// The same as one question.
    pub fn question(&self, at: Instant, to: Option<&str>) -> ImpactQuery {
        let at = (at != Instant::MAX).then_some(at);
        ImpactQuery { at, to: to.map(str::to_owned), ..ImpactQuery::from(self.asked.clone()) }
    }
    /// What fails in it, or is not known to work.
    pub fn failed(&self) -> BTreeSet<ServiceIdx> {
        self.own.keys().copied().collect()
    }
}

/// Scenarios with their names resolved; services that are given without a level fail at this one.
pub(super) fn given(
    ecosystem: &Ecosystem,
    given: &[GivenScenarioQuery],
    (at, level): (Option<Instant>, Level),
    problems: &mut Problems,
    told: &mut Problems,
) -> Asked {
    let mut resolving = Resolving::new(ecosystem, at).failing_at(level);
    let (mut names, mut ends, mut own) = (Vec::new(), vec![0], Vec::new());
    let (mut changed, mut recompiled) = (BTreeMap::new(), 0);
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (number, GivenScenarioQuery { name, scenario: asked }) in given.iter().enumerate() {
        if asked.is_empty() {
            let of = name.as_deref().map_or(Argument::from("failures"), Argument::user);
            resolving.problem(not_given(of, "at least one service that failed, or a change of the map"));
        }
        let name = name.clone().unwrap_or_else(|| called(asked));
        if !known.insert(name.clone()) {
            resolving.problem(Problem::new(&codes::SCENARIO_TWICE, Place::Nowhere).with("name", Argument::user(&name)));
        }
        names.push(name);
        let scenario = resolving.scenario(asked);
        let levels = if scenario.is_plain() {
            own_levels(&scenario.failures, &[], scenario.worst)
        } else {
            match settled(ecosystem, &scenario, told) {
                Ok((levels, more)) => {
                    recompiled += more;
                    levels
                }
                Err(error) => {
                    error.problems().iter().for_each(|problem| resolving.problem(problem.clone()));
                    continue;
                }
            }
        };
        own.extend(levels.iter().map(|(service, (_, worst))| (*service, *worst)));
        ends.push(own.len() as u32);
        if !scenario.nodes.is_empty() || !scenario.unknown.is_empty() {
            let mut asked = asked.clone();
            let level = ecosystem.model().level_name(level);
            asked.failures.iter_mut().filter(|one| one.level.is_none()).for_each(|one| one.level = Some(level.to_owned()));
            changed.insert(number, Changed { asked, scenario, own: levels });
        }
    }
    if recompiled > 0 {
        told.push(Problem::new(&codes::MAP_RECOMPILED, Place::Nowhere).with("services", recompiled), KEPT);
    }
    if let Err(error) = resolving.finish(()) {
        problems.append(error.problems().clone(), KEPT);
    }
    Asked::Given { names, at: ends, own, changed }
}

/// What a scenario without a name is called: what fails or is unknown, else what is changed.
fn called(asked: &ScenarioQuery) -> String {
    let failed = asked.failures.iter().map(|failure| &failure.service).chain(&asked.unknown);
    let mut names: Vec<String> = failed.cloned().collect();
    if names.is_empty() {
        let without = asked.without.iter().map(|one| (&one.from, &one.to));
        let edges = without.chain(asked.weakened.iter().map(|one| (&one.from, &one.to)));
        let edges = edges.chain(asked.added.iter().map(|one| (&one.from, &one.to)));
        names.extend(edges.map(|(from, to)| format!("{from} > {to}")).chain(asked.healed.iter().cloned()));
    }
    names.join(" + ")
}

/// The own levels of a scenario once it is settled which failures are causes, and how many services were compiled again.
fn settled(ecosystem: &Ecosystem, scenario: &Scenario, told: &mut Problems) -> Result<(OwnLevels, usize), crate::base::Error> {
    let mut view = View::new(ecosystem, scenario)?;
    let causes = settle(&mut view, scenario, ecosystem.model(), told);
    Ok((own_levels(&causes.failures, &scenario.unknown, scenario.worst), view.recompiled()))
}
