//! Edges of the map that no evidence ever saw carry a failure.
//!
//! Goes in: failures, tickets, the maps. Comes out: edges with the failures that should have been felt through them.
//! **Invariant:** an edge is silent only where nothing whatever was seen of the dependent at any of these failures.
//! **Not here:** edges that are not there (`missing`).

use super::failures::{Failure, Failures};
use super::resolve::Asked;
use crate::base::{Duration, Instant};
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, MISSING};
use crate::model::agreement::TicketInstant;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::Alone;
use std::collections::BTreeMap;

/// An edge that carried nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Silent {
    /// What should have felt it.
    pub service: ServiceIdx,
    /// What failed.
    pub dependency: ServiceIdx,
    /// Failures that alone should have been felt, in the service's hours.
    pub failures: usize,
    /// The longest of them.
    pub longest: Duration,
    /// When the first and the last of them began.
    pub span: (Instant, Instant),
    /// Whether the evidence names the service at all, so that somebody would have seen it.
    pub observed: bool,
}

/// When each service was named: by an outage at all, by tickets at these instants.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Rows of outages and tickets by service.
    pub rows: BTreeMap<ServiceIdx, usize>,
    opened: BTreeMap<ServiceIdx, Vec<Instant>>,
}

/// Who is named by tickets and outages.
pub(super) fn named(ecosystem: &Ecosystem, evidence: &Evidence) -> Named {
    let mut named = Named::default();
    let labels = &evidence.outages().services;
    let known = &ecosystem.model().names.services;
    for (word, rows) in labels.words().zip(labels.counts()).filter(|(_, rows)| *rows > 0) {
        if let Some(service) = known.get(word) {
            *named.rows.entry(*service).or_default() += rows;
        }
    }
    let tickets = evidence.tickets();
    let opened = tickets.instants(TicketInstant::Opened);
    if let Some(services) = tickets.column("service") {
        for (at, code) in services.codes().iter().enumerate() {
            let Some(service) = evidence.services().get(*code as usize).copied().flatten() else { continue };
            *named.rows.entry(service).or_default() += 1;
            if let Some(at) = opened.get(at).filter(|at| **at != MISSING) {
                named.opened.entry(service).or_default().push(Instant(*at));
            }
        }
    }
    named.opened.values_mut().for_each(|all| all.sort_unstable());
    named
}

/// The edges that were silent whenever they should not have been.
pub(super) fn silent(ecosystem: &Ecosystem, asked: &Asked, failures: &Failures, named: &Named) -> Vec<Silent> {
    let maps = ecosystem.maps();
    let mut alone: Vec<Alone<'_>> = maps.iter().map(|map| Alone::new(&map.structure)).collect();
    let mut rows = Vec::new();
    for (dependency, own) in &failures.of {
        let mut edges: BTreeMap<ServiceIdx, Option<Silent>> = BTreeMap::new();
        let mut passes: BTreeMap<(usize, ServiceIdx, Level), bool> = BTreeMap::new();
        for failure in own.iter().filter(|one| one.counted && !one.planned) {
            let at = maps.partition_point(|map| map.from <= failure.from).saturating_sub(1);
            let (Some(map), Some(alone)) = (maps.get(at), alone.get_mut(at)) else { continue };
            for service in map.structure.dependents(*dependency) {
                let edge = edges.entry(service).or_insert_with(|| Some(Silent::new(service, *dependency)));
                let Some(edge) = edge.as_mut() else { continue };
                let pass = passes
                    .entry((at, service, failure.level))
                    .or_insert_with(|| alone.felt(service, *dependency, failure.level) > map.structure.baseline(service));
                if !*pass || !was_served(ecosystem, service, failure, failures.known) {
                    continue;
                }
                if was_seen(asked, failures, named, service, failure) {
                    edges.insert(service, None);
                } else {
                    edge.add(failure, failures.known);
                }
            }
        }
        rows.extend(edges.into_values().flatten().filter(|edge| edge.failures >= asked.at_least));
    }
    rows.retain(|row| asked.about(&[row.service, row.dependency]));
    rows.iter_mut().for_each(|row| row.observed = named.rows.contains_key(&row.service));
    let model = ecosystem.model();
    rows.sort_by_key(|row| {
        let names = (model.service_name(row.service), model.service_name(row.dependency));
        (!row.observed, std::cmp::Reverse(row.failures), names)
    });
    rows
}

impl Silent {
    fn new(service: ServiceIdx, dependency: ServiceIdx) -> Self {
        let span = (Instant::MAX, Instant::MIN);
        Self { service, dependency, failures: 0, longest: Duration::ZERO, span, observed: false }
    }
    fn add(&mut self, failure: &Failure, known: Instant) {
        self.failures += 1;
        self.longest = self.longest.max(failure.until.min(known).since(failure.from));
        self.span = (self.span.0.min(failure.from), self.span.1.max(failure.from));
    }
}

/// Whether the service was there, and open, at any time during a failure.
fn was_served(ecosystem: &Ecosystem, service: ServiceIdx, failure: &Failure, known: Instant) -> bool {
    let Some(service) = ecosystem.model().services.get(service) else { return false };
    let until = failure.until.min(known);
    if !service.validity.contains(failure.from) || until <= failure.from {
        return false;
    }
    match service.hours.at(failure.from) {
        Some(calendar) => ecosystem.clock(*calendar).elapsed(failure.from, until).is_ok_and(|open| open > Duration::ZERO),
        None => true,
    }
}

/// Whether anything was seen of a service from shortly before a failure of another until shortly after.
fn was_seen(asked: &Asked, failures: &Failures, named: &Named, service: ServiceIdx, failure: &Failure) -> bool {
    let from = Instant(failure.from.micros().saturating_sub(asked.within.micros()));
    let until = failure.until.plus(asked.within);
    let own = failures.of(service);
    let next = own.partition_point(|one| one.until < from);
    if own.get(next).is_some_and(|one| one.from <= until) {
        return true;
    }
    let opened = named.opened.get(&service).map_or(&[][..], Vec::as_slice);
    opened.get(opened.partition_point(|at| *at < from)).is_some_and(|at| *at <= until)
}
