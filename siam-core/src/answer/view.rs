//! The map as a scenario has it: the compiled one, or with changed dependencies over it.
//!
//! Goes in: a resolved scenario. Comes out: levels for any own levels, and a small map in which routes are traced.
//! **Invariant:** levels are those of loading the ecosystem with the changed dependencies.
//! **Not here:** how a few nodes are changed (`structure::overlay`), names (`scenario`).

use crate::answer::scenario::{OwnLevels, Scenario};
use crate::base::{Argument, Error, Instant, Place, Problem, codes};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::rule::{Level, Node, ServiceIdx};
use crate::structure::{Bounded, CompileFault, Excerpt, Overlay, Scalar, Structure, Workspace};
use std::collections::{BTreeMap, BTreeSet};

/// The levels of one evaluation: those not in it are at the baseline.
pub(super) struct Levels<'e> {
    structure: &'e Structure,
    found: BTreeMap<ServiceIdx, (Level, Level)>,
}

impl Levels<'_> {
    /// The best and the worst level of a service; the same where all is known.
    pub fn of(&self, service: ServiceIdx) -> (Level, Level) {
        let base = self.structure.baseline(service);
        self.found.get(&service).copied().unwrap_or((base, base))
    }
}

/// What evaluations work in, kept from one scenario to the next over the same ecosystem.
#[derive(Default)]
pub(super) struct Space<'e> {
    overlay: Option<Workspace<'e>>,
    scalar: Option<Scalar<'e>>,
}

/// A map that answers scenarios.
pub(super) struct View<'e> {
    ecosystem: &'e Ecosystem,
    at: Instant,
    structure: &'e Structure,
    nodes: &'e BTreeMap<ServiceIdx, Node>,
    overlay: Option<Overlay<'e>>,
    space: Space<'e>,
}

impl<'e> View<'e> {
    /// Puts the changes of a scenario over the map.
    pub fn new(ecosystem: &'e Ecosystem, scenario: &'e Scenario) -> Result<Self, Error> {
        let structure = &ecosystem.map(scenario.at).structure;
        let model = ecosystem.model();
        let (nodes, at) = (&scenario.nodes, scenario.at);
        let overlay = match nodes.is_empty() {
            true => None,
            false => Some(Overlay::compile(structure, nodes, |service| model.node(service, at)).map_err(|f| refused(&f, model))?),
        };
        Ok(Self { ecosystem, at, structure, nodes, overlay, space: Space::default() })
    }
    /// The same, working in what an earlier one worked in.
    pub fn working_in(mut self, space: &mut Space<'e>) -> Self {
        self.space = std::mem::take(space);
        // An evaluator of the map of another instant is of no use.
        self.space.scalar = self.space.scalar.filter(|scalar| std::ptr::eq(scalar.structure(), self.structure));
        self
    }
    /// What it worked in, for the next one.
    pub fn into_space(self) -> Space<'e> {
        self.space
    }
    /// How many services a new dependency made compile again.
    pub fn recompiled(&self) -> usize {
        self.overlay.as_ref().map_or(0, Overlay::recompiled)
    }
    /// The dependencies of a service as the scenario has them.
    pub fn node(&self, service: ServiceIdx) -> Node {
        self.nodes.get(&service).cloned().unwrap_or_else(|| self.ecosystem.model().node(service, self.at))
    }
    /// The levels that follow from own levels.
    pub fn levels(&mut self, own: &OwnLevels) -> Levels<'e> {
        let given: Vec<Bounded> = own.iter().map(|(service, bounds)| (*service, *bounds)).collect();
        let found = match &self.overlay {
            Some(overlay) => {
                let space = self.space.overlay.get_or_insert_with(|| Workspace::new(self.structure));
                overlay.evaluate(&given, space).into_iter().collect()
            }
            None => {
                let scalar = self.space.scalar.get_or_insert_with(|| Scalar::new(self.structure));
                if own.values().all(|(best, worst)| best == worst) {
                    let known: Vec<_> = own.iter().map(|(service, (level, _))| (*service, *level)).collect();
                    scalar.evaluate(&known);
                    scalar.touched().iter().map(|service| (*service, (scalar.level(*service), scalar.level(*service)))).collect()
                } else {
                    scalar.evaluate_interval(&given).iter().map(|one| (one.service, (one.best, one.worst))).collect()
                }
            }
        };
        Levels { structure: self.structure, found }
    }
    /// The services whose level under own levels is not that when nothing fails, with both; the worst where it is not known. Without
    /// own levels it is what the changes alone do: the level is compared with that of the map without them.
    pub fn differing(&mut self, own: &OwnLevels) -> Vec<(ServiceIdx, Level, Level)> {
        let now = self.levels(own);
        let calm = match own.is_empty() {
            true => Levels { structure: self.structure, found: BTreeMap::new() },
            false => self.levels(&OwnLevels::new()),
        };
        let services: BTreeSet<ServiceIdx> = calm.found.keys().chain(now.found.keys()).copied().collect();
        let differs = |service: &ServiceIdx| now.of(*service) != calm.of(*service);
        services.into_iter().filter(differs).map(|service| (service, now.of(service).1, calm.of(service).1)).collect()
    }
    /// The map to trace routes in: all that the changes and these own levels touch. None where the compiled map serves.
    pub fn excerpt(&mut self, own: &OwnLevels) -> Result<Option<Excerpt>, Error> {
        if self.overlay.is_none() {
            return Ok(None);
        }
        let mut members: BTreeSet<ServiceIdx> = self.nodes.keys().chain(own.keys()).copied().collect();
        for levels in [self.levels(&OwnLevels::new()), self.levels(own)] {
            members.extend(levels.found.into_keys());
        }
        let levels = self.structure.worst().saturating_add(1);
        Excerpt::compile(&members, levels, |service| self.node(service), |service| self.structure.baseline(service))
            .map(Some)
            .map_err(|fault| refused(&fault, self.ecosystem.model()))
    }
}

/// The problem of a map that does not compile.
fn refused(fault: &CompileFault, model: &Model) -> Error {
    let name = |service: &ServiceIdx| Argument::user(model.service_name(*service));
    let of = |code, service| Problem::new(code, Place::Nowhere).with("service", name(service));
    match fault {
        CompileFault::Cycle { service, path } => {
            let mut names: Vec<&str> = path.iter().map(|service| model.service_name(*service)).collect();
            names.extend(names.first().copied());
            of(&codes::CYCLE_NOT_MONOTONE, service).with("path", Argument::name(names.join(" -> "))).into()
        }
        CompileFault::TooLarge { service, what } => of(&codes::RULE_TOO_LARGE, service).with("what", *what).into(),
        CompileFault::Malformed { service, why } => of(&codes::RULE_MALFORMED, service).with("why", *why).into(),
        CompileFault::Levels { given } => {
            Problem::new(&codes::TOO_MANY_LEVELS, Place::Nowhere).with("given", u32::from(*given)).into()
        }
    }
}
