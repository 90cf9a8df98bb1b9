//! What changed dependencies do while nothing fails.
//!
//! Goes in: the compiled map, and an excerpt of it with the changes. Comes out: the services whose level is another, with their routes.
//! **Invariant:** a service is told where its level on the changed map is not the one it has as described.
//! **Not here:** changes beside failures (`walk` of this operation), making the excerpt (`view`).

use super::Reached;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::{Excerpt, Structure, Ways};
use std::collections::{BTreeMap, BTreeSet};

/// The services that changes alone make worse or better; each route leads to a service whose own dependencies changed.
pub(super) fn walk(structure: &Structure, excerpt: &Excerpt, is_changed: impl Fn(ServiceIdx) -> bool) -> (Vec<Reached>, Ways) {
    let small = excerpt.structure();
    let differing: BTreeMap<ServiceIdx, (Level, Level)> = (0..small.len())
        .map(|at| (excerpt.outer(ServiceIdx::new(at)), small.baseline(ServiceIdx::new(at))))
        .map(|(service, level)| (service, (level, structure.baseline(service))))
        .filter(|(_, (level, before))| level != before)
        .collect();
    let ways = Ways::along(&steps(excerpt, &differing, is_changed));
    let reach = |(service, (level, before)): (&ServiceIdx, &(Level, Level))| Reached {
        service: *service,
        best: *level,
        worst: *level,
        tight: true,
        before: *before,
        start: ways.start(*service),
        unplanned: *level,
        origin: None,
    };
    (differing.iter().map(reach).collect(), ways)
}

/// From each service the next one on a shortest way to a changed one, the lowest of several.
fn steps(
    excerpt: &Excerpt,
    differing: &BTreeMap<ServiceIdx, (Level, Level)>,
    is_changed: impl Fn(ServiceIdx) -> bool,
) -> BTreeMap<ServiceIdx, ServiceIdx> {
    let mut dependents: BTreeMap<ServiceIdx, Vec<ServiceIdx>> = BTreeMap::new();
    for service in differing.keys() {
        let Some(inner) = excerpt.inner(*service) else { continue };
        for dependency in excerpt.structure().dependencies(inner).map(|inner| excerpt.outer(inner)) {
            dependents.entry(dependency).or_default().push(*service);
        }
    }
    let mut layer: BTreeSet<ServiceIdx> = differing.keys().copied().filter(|service| is_changed(*service)).collect();
    let mut steps: BTreeMap<ServiceIdx, ServiceIdx> = layer.iter().map(|service| (*service, *service)).collect();
    while !layer.is_empty() {
        let mut further = BTreeSet::new();
        for service in &layer {
            for dependent in dependents.get(service).into_iter().flatten() {
                if !steps.contains_key(dependent) {
                    steps.insert(*dependent, *service);
                    further.insert(*dependent);
                }
            }
        }
        layer = further;
    }
    steps
}
