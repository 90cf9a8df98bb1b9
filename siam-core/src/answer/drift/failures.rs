//! Failures: when each service that anybody saw fail began to, and whether the map says why.
//!
//! Goes in: the rows of `outages` with the changes that they name, the maps. Comes out: failures by service, in the order of time.
//! **Invariant:** two failures of one service lie further apart than an effect takes, so that one of another follows at most one of them.
//! **Not here:** what the failures of two services have to do with each other (`edges`).

use super::resolve::Asked;
use crate::answer::observed::planned::{Change, changes, judge};
use crate::answer::observed::seen::Seen;
use crate::base::Instant;
use crate::ecosystem::Ecosystem;
use crate::evidence::Evidence;
use crate::model::rule::{Level, ServiceIdx};
use crate::structure::{OwnStretch, Structure, sweep};
use std::collections::BTreeMap;

/// One failure of a service: outages that lie no further apart than an effect takes are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failure {
    /// When it began.
    pub from: Instant,
    /// When it ended, as far as is known.
    pub until: Instant,
    /// The worst level seen in it.
    pub level: Level,
    /// Whether it began within the periods.
    pub counted: bool,
    /// Whether it began as planned work: that two services are worked on together says nothing of either.
    pub planned: bool,
    /// Whether the map says why: its dependencies made it fail about then.
    pub explained: bool,
    /// Whether so many services began to fail with it that it says nothing about one of them.
    pub crowded: bool,
}

/// The failures of every service that was seen to fail.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// The services, in order, each with its failures in order.
    pub of: Vec<(ServiceIdx, Vec<Failure>)>,
    /// Beginning, place among the services, place among its failures, in the order of time.
    pub order: Vec<(Instant, u32, u32)>,
    /// Time in the periods, as far as it is known what happened.
    pub observed: i64,
    /// The instant up to which anything is known.
    pub known: Instant,
}

impl Failures {
    /// The failures of a service; none where nobody saw it fail.
    pub fn of(&self, service: ServiceIdx) -> &[Failure] {
        let found = self.of.binary_search_by_key(&service, |(service, _)| *service).ok();
        found.and_then(|at| self.of.get(at)).map_or(&[], |(_, failures)| failures.as_slice())
    }
    /// The places in the order of time of what begins between two instants, both included.
    pub fn between(&self, from: Instant, until: Instant) -> std::ops::Range<usize> {
        let first = self.order.partition_point(|one| one.0 < from);
        first..self.order.partition_point(|one| one.0 <= until).max(first)
    }
}

/// The failures that rows tell of; `windows` are those of planned work, by the change that a row names.
pub(super) fn failures(ecosystem: &Ecosystem, asked: &Asked, seen: &[Seen], windows: &[Option<(Instant, Instant)>]) -> Failures {
    let (stretches, planned): (Vec<OwnStretch>, Vec<bool>) = there(ecosystem, seen, windows).into_iter().unzip();
    let first = stretches.iter().map(|one| one.from).min().unwrap_or(Instant::MIN);
    let ends = stretches.iter().map(|one| if one.until == Instant::MAX { one.from } else { one.until });
    let known = if asked.as_of == Instant::MAX { ends.max().unwrap_or(Instant::MIN) } else { asked.as_of };
    let spans = if asked.spans.is_empty() { vec![(first, known)] } else { asked.spans.clone() };
    let mut found = Failures { known, ..Failures::default() };
    for (from, until) in &spans {
        let until = if asked.as_of == Instant::MAX { *until } else { (*until).min(asked.as_of) };
        found.observed = found.observed.saturating_add(until.since(*from).micros().max(0));
    }
    let counted = |at: Instant| asked.spans.is_empty() || spans.iter().any(|(from, until)| *from <= at && at < *until);
    for (one, planned) in stretches.iter().zip(planned) {
        let failure = Failure {
            from: one.from,
            until: one.until,
            level: one.level,
            counted: counted(one.from),
            planned,
            explained: false,
            crowded: false,
        };
        match found.of.last_mut() {
            Some((service, failures)) if *service == one.service => match failures.last_mut() {
                Some(last) if one.from <= last.until.plus(asked.within) => {
                    last.until = last.until.max(one.until);
                    last.level = last.level.max(one.level);
                    // What it began with counts, all of it.
                    last.planned &= planned || one.from > last.from;
                }
                _ => failures.push(failure),
            },
            _ => found.of.push((one.service, vec![failure])),
        }
    }
    explain(ecosystem, asked, &stretches, &mut found);
    crowd(asked, &mut found);
    found
}

/// For each change that rows name, the window in which its work is planned by some maintenance rule; none where by none.
pub(super) fn windows(ecosystem: &Ecosystem, evidence: &Evidence, names: &[String]) -> Vec<Option<(Instant, Instant)>> {
    let known = if names.is_empty() { Vec::new() } else { changes(evidence).unwrap_or_default() };
    let known: BTreeMap<String, Change> = known.into_iter().map(|change| (change.id.clone(), change)).collect();
    let rules = &ecosystem.model().maintenance;
    let planned = |change: &Change| rules.iter().find_map(|rule| judge(ecosystem, Some(rule), change.clone(), true).planned());
    names.iter().map(|name| known.get(name).and_then(planned)).collect()
}

/// The rows of services that are in the map and there at the time, by service and beginning, and whether each began as planned work.
fn there(ecosystem: &Ecosystem, seen: &[Seen], windows: &[Option<(Instant, Instant)>]) -> Vec<(OwnStretch, bool)> {
    let services = &ecosystem.model().services;
    let stretch = |one: &Seen| {
        let service = one.service?;
        let there = services.get(service)?.validity;
        let (from, until) = (one.from.max(there.from), one.until.min(there.until));
        // In a ring nobody's word is taken for what the others feel: a failure would explain itself through it.
        let window = one.change.and_then(|change| windows.get(change)).copied().flatten();
        let planned = window.is_some_and(|(begin, end)| begin <= one.from && one.from < end);
        let own = OwnStretch { service, level: one.level, from, until, sure: false };
        (from <= until && one.level > 0).then_some((own, planned))
    };
    let mut stretches: Vec<(OwnStretch, bool)> = seen.iter().filter_map(stretch).collect();
    stretches.sort_unstable_by_key(|(one, planned)| (one.service, one.from, one.until, one.level, *planned));
    stretches
}

/// Marks the failures that the map explains: what a service rests on made it fail, about as soon as it was seen to.
fn explain(ecosystem: &Ecosystem, asked: &Asked, stretches: &[OwnStretch], found: &mut Failures) {
    let Some(first) = stretches.iter().map(|one| one.from).min() else { return };
    let last = stretches.iter().map(|one| one.from).max().unwrap_or(first);
    let back = |at: Instant| Instant(at.micros().saturating_sub(asked.within.micros()));
    // An outage ends after it began, and what is felt when it begins is all that is looked at.
    let window = (back(first), last.plus(asked.within).plus(crate::base::Duration(1)));
    let maps: Vec<(Instant, &Structure)> = ecosystem.maps().iter().map(|map| (map.from, &map.structure)).collect();
    let services: Vec<ServiceIdx> = found.of.iter().map(|(service, _)| *service).collect();
    let swept = sweep(&maps, stretches, window, &services);
    for (slot, (service, failures)) in found.of.iter_mut().enumerate() {
        let felt = swept.stretches(slot);
        for failure in failures {
            let (from, until) = (back(failure.from), failure.from.plus(asked.within));
            let begin = felt.partition_point(|stretch| stretch.until <= from);
            let mut about = felt.iter().skip(begin).take_while(|stretch| stretch.from <= until);
            failure.explained = about.any(|stretch| stretch.felt > ecosystem.map(stretch.from).structure.baseline(*service));
        }
    }
}

/// Puts all in the order of time, and marks the failures that began with too many others.
fn crowd(asked: &Asked, found: &mut Failures) {
    for (slot, (_, failures)) in found.of.iter().enumerate() {
        found.order.extend(failures.iter().enumerate().map(|(at, one)| (one.from, slot as u32, at as u32)));
    }
    found.order.sort_unstable();
    let mut crowded = Vec::new();
    for (from, slot, at) in &found.order {
        if found.between(*from, from.plus(asked.within)).len() > asked.crowd.saturating_add(1) {
            crowded.push((*slot as usize, *at as usize));
        }
    }
    for (slot, at) in crowded {
        if let Some(failure) = found.of.get_mut(slot).and_then(|(_, failures)| failures.get_mut(at)) {
            failure.crowded = !failure.planned;
        }
    }
}
