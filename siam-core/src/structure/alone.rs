//! One dependency alone, or a few: what a rule makes of them while all others are as in the baseline.
//!
//! Goes in: a service, some of its dependencies, their levels. Comes out: the level that its rule gives.
//! **Invariant:** no other service is touched, so that what two dependencies have in common below them says nothing.
//! **Not here:** whole scenarios (`scalar`, `dense`).

use super::Structure;
use super::dense::{Scratch, known, worse};
use crate::model::rule::{Level, ServiceIdx};

/// Asks edges one at a time; holds its workspace, so make one and use it often.
#[derive(Debug)]
pub struct Alone<'s> {
    structure: &'s Structure,
    state: Vec<u8>,
    scratch: Scratch,
}

impl<'s> Alone<'s> {
    /// One for a structure.
    pub fn new(structure: &'s Structure) -> Self {
        Self { structure, state: structure.base.clone(), scratch: Scratch::default() }
    }

    /// What the rule of a service makes of this dependency at this level, all others as in the baseline.
    ///
    /// ```
    /// use siam_core::model::rule::{Edge, Expression, LevelMap, Node, ServiceIdx};
    /// use siam_core::structure::{Alone, Structure};
    /// let edge = |to| Edge { to: ServiceIdx::new(to), map: LevelMap::Same, weight: 1, group: None };
    /// let leaf = || Node { edges: Vec::new(), rule: Expression::any() };
    /// let both = Node { edges: vec![edge(0), edge(1)], rule: Expression::all() };
    /// let any = Node { edges: vec![edge(0), edge(1)], rule: Expression::any() };
    /// let map = Structure::compile(&[leaf(), leaf(), both, any], 3)?;
    /// let felt = |service, level| Alone::new(&map).felt(ServiceIdx::new(service), ServiceIdx::new(0), level);
    /// assert_eq!((felt(2, 2), felt(3, 2), felt(3, 1)), (0, 2, 1));
    /// # Ok::<(), siam_core::structure::CompileFault>(())
    /// ```
    pub fn felt(&mut self, service: ServiceIdx, dependency: ServiceIdx, level: Level) -> Level {
        let (Some(place), Some(below)) = (self.structure.place.get(service.get()), self.structure.place.get(dependency.get()))
        else {
            return 0;
        };
        let below = *below as usize;
        let before = self.state[below];
        self.state[below] = worse(before, known(level.min(self.structure.worst)));
        let felt = self.structure.rule_bounds(*place as usize, &self.state, &mut self.scratch) & 15;
        self.state[below] = before;
        felt
    }

    /// What the rule of a service makes of dependencies at levels that are not their baseline, all others as in the baseline; of two levels
    /// of one dependency the worse counts.
    pub fn felt_of(&mut self, service: ServiceIdx, levels: impl Iterator<Item = (ServiceIdx, Level)> + Clone) -> Level {
        let structure = self.structure;
        let Some(place) = structure.place.get(service.get()) else { return 0 };
        let at = |service: ServiceIdx| structure.place.get(service.get()).map(|place| *place as usize);
        for (dependency, level) in levels.clone() {
            let Some(below) = at(dependency) else { continue };
            let now = known(level.min(structure.worst));
            let before = self.state[below];
            self.state[below] = if before == structure.base[below] { now } else { worse(before, now) };
        }
        let felt = structure.rule_bounds(*place as usize, &self.state, &mut self.scratch) & 15;
        levels.filter_map(|(dependency, _)| at(dependency)).for_each(|below| self.state[below] = structure.base[below]);
        felt
    }
}
