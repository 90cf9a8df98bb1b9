//! Edges the map may lack: services that fail soon after another although no route leads between them.
//!
//! Goes in: failures in the order of time, the maps. Comes out: pairs with exact counts, the more likely cause named first.
//! **Invariant:** a failure of one service is followed by at most one of another, so that counts of pairs are counts of failures.
//! **Not here:** edges that are there and carry nothing (`silent`).
//!
//! Pairs are found by one pass over what begins soon after each failure; only those found often enough are counted in full.

use super::failures::{Failure, Failures};
use super::resolve::Asked;
use crate::base::{Duration, Instant, Ratio};
use crate::ecosystem::Ecosystem;
use crate::model::rule::ServiceIdx;
use std::collections::{BTreeMap, BTreeSet};

/// How one service follows another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Follows {
    /// Failures of the first that count, those with too many others left out.
    pub failures: usize,
    /// Of these, those after which the second failed in time, and the map does not say why.
    pub followed: usize,
    /// Of these, those at which the second had failed already.
    pub already: usize,
    /// Of these, those after which it failed as the map explains.
    pub explained: usize,
    /// Failures of the first left out, as it or the second after it began as planned work.
    pub planned: usize,
    /// Failures of the second that neither the map nor the first explains.
    pub without: usize,
    /// Failures of the second that the map does not explain, planned work left out.
    pub unexplained: usize,
    /// The times between, shortest first.
    pub lags: Vec<i64>,
    /// When the first failed, the first time and the last time that the second followed.
    pub span: Option<(Instant, Instant)>,
}

impl Follows {
    /// Failures of the first after which the second could show whether it follows.
    pub fn could(&self) -> usize {
        self.failures - self.already - self.explained
    }
    /// The share of these after which it did; none where there is none.
    pub fn share(&self) -> Option<Ratio> {
        Ratio::new(self.followed as i128, self.could() as i128)
    }
    /// How often it would have by chance, failing as often as it does at any time.
    pub fn expected(&self, within: Duration, observed: i64) -> Option<Ratio> {
        let chances = (self.could() as i128).checked_mul(self.unexplained as i128)?.checked_mul(within.micros().into())?;
        Ratio::new(chances, observed.into())
    }
    /// How many times as often as by chance it did.
    pub fn lift(&self, within: Duration, observed: i64) -> Option<Ratio> {
        Ratio::whole(self.followed as i128).divide(&self.expected(within, observed)?)
    }
    /// The middle of the times between; of two in the middle, half of their sum.
    pub fn median(&self) -> Option<Duration> {
        let (low, high) = (self.lags.get((self.lags.len().checked_sub(1)?) / 2)?, self.lags.get(self.lags.len() / 2)?);
        Some(Duration(low + (high - low) / 2))
    }
    fn is_enough(&self, asked: &Asked, observed: i64) -> bool {
        let above = |value: Option<Ratio>, least: &Ratio| value.is_some_and(|value| !value.minus(least).is_negative());
        self.followed >= asked.at_least
            && above(self.share(), &asked.confidence)
            && above(self.lift(asked.within, observed), &asked.lift)
    }
}

/// Why one of two services is named as the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// It failed first more often.
    First,
    /// As often first; more of its failures have the other after them.
    MoreOften,
    /// Nothing tells them apart.
    Unclear,
}

impl Direction {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::MoreOften => "more_often",
            Self::Unclear => "unclear",
        }
    }
}

/// An edge that the map may lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    /// What fails after.
    pub service: ServiceIdx,
    /// What fails before.
    pub dependency: ServiceIdx,
    pub forward: Follows,
    /// How often the dependency follows the service.
    pub reversed: usize,
    pub direction: Direction,
    /// Other dependencies that explain the service as well, and that routes of the map lead from or to.
    pub also: Vec<ServiceIdx>,
}

/// How a service follows another, counted in full.
pub(super) fn follows(failures: &Failures, within: Duration, first: ServiceIdx, second: ServiceIdx) -> Follows {
    let (causes, effects) = (failures.of(first), failures.of(second));
    let mut found = Follows::default();
    for cause in causes.iter().filter(|one| one.counted && !one.crowded) {
        let next = effects.partition_point(|one| one.from < cause.from);
        let before = next.checked_sub(1).and_then(|at| effects.get(at));
        let effect = effects.get(next).filter(|one| one.from <= cause.from.plus(within));
        let is_planned = |one: &Failure| one.planned;
        if cause.planned || before.filter(|one| one.until > cause.from).or(effect).is_some_and(is_planned) {
            found.planned += 1;
            continue;
        }
        found.failures += 1;
        if before.is_some_and(|one| one.until > cause.from) {
            found.already += 1;
        } else if let Some(effect) = effect {
            if effect.explained {
                found.explained += 1;
                continue;
            }
            found.followed += 1;
            found.lags.push(effect.from.since(cause.from).micros());
            found.span = Some((found.span.map_or(cause.from, |span| span.0), cause.from));
        }
    }
    found.lags.sort_unstable();
    let is_after = |effect: &Failure| {
        let after = causes.partition_point(|one| one.from <= effect.from);
        let last = after.checked_sub(1).and_then(|at| causes.get(at));
        last.is_some_and(|cause| effect.from <= cause.from.plus(within))
    };
    for effect in effects.iter().filter(|one| one.counted && !one.explained && !one.planned) {
        found.unexplained += 1;
        found.without += usize::from(!is_after(effect));
    }
    found
}

/// All edges that the map may lack.
pub(super) fn missing(ecosystem: &Ecosystem, asked: &Asked, failures: &Failures) -> Vec<Missing> {
    let enough = |first, second| {
        let found = follows(failures, asked.within, first, second);
        found.is_enough(asked, failures.observed).then_some(found)
    };
    let mut pairs: BTreeMap<(ServiceIdx, ServiceIdx), Follows> = BTreeMap::new();
    for (first, second) in candidates(asked, failures) {
        if let Some(found) = enough(first, second) {
            pairs.insert((first, second), found);
        }
    }
    let mut asking: Vec<(ServiceIdx, ServiceIdx)> = pairs.keys().copied().collect();
    asking.extend(pairs.keys().map(|(first, second)| (*second, *first)));
    let linked = routes(ecosystem, asked, asking);
    pairs.retain(|(first, second), _| !linked.contains(&(*first, *second)) && !linked.contains(&(*second, *first)));
    let mut rows: Vec<Missing> = Vec::new();
    for ((first, second), forward) in &pairs {
        let back = follows(failures, asked.within, *second, *first);
        let direction = likelier(forward, &back);
        let both = pairs.contains_key(&(*second, *first));
        let chosen = match direction {
            _ if !both => Some(direction.unwrap_or(Direction::MoreOften)),
            Some(direction) => Some(direction).filter(|direction| *direction != Direction::Unclear || first < second),
            None => None,
        };
        let Some(direction) = chosen else { continue };
        let (service, dependency, reversed) = (*second, *first, back.followed);
        rows.push(Missing { service, dependency, forward: forward.clone(), reversed, direction, also: Vec::new() });
    }
    beside(ecosystem, asked, &mut rows);
    rows.retain(|row| asked.about(&[row.service, row.dependency]));
    let model = ecosystem.model();
    rows.sort_by_key(|row| {
        let names = (model.service_name(row.service), model.service_name(row.dependency));
        (std::cmp::Reverse(row.forward.followed), row.forward.could(), names)
    });
    rows
}

/// Whether the first of two is the likelier cause, and why; none where the second is.
fn likelier(forward: &Follows, back: &Follows) -> Option<Direction> {
    use std::cmp::Ordering;
    match forward.followed.cmp(&back.followed) {
        Ordering::Greater => return Some(Direction::First),
        Ordering::Less => return None,
        Ordering::Equal => {}
    }
    let (Some(there), Some(back)) = (forward.share(), back.share()) else { return Some(Direction::Unclear) };
    let apart = there.minus(&back);
    match (apart.is_zero(), apart.is_negative()) {
        (true, _) => Some(Direction::Unclear),
        (_, true) => None,
        _ => Some(Direction::MoreOften),
    }
}

/// Pairs of services of which the second failed soon after the first often enough to be looked at.
fn candidates(asked: &Asked, failures: &Failures) -> Vec<(ServiceIdx, ServiceIdx)> {
    let mut found = Vec::new();
    let mut after: Vec<u32> = Vec::new();
    for (slot, (service, own)) in failures.of.iter().enumerate() {
        let causes = || own.iter().filter(|one| one.counted && !one.crowded && !one.planned);
        if causes().count() < asked.at_least {
            continue;
        }
        after.clear();
        for cause in causes() {
            let about = failures.between(cause.from, cause.from.plus(asked.within));
            for (_, other, at) in failures.order.get(about).unwrap_or_default() {
                let effect = failures.of.get(*other as usize).and_then(|(_, all)| all.get(*at as usize));
                if *other as usize != slot && effect.is_some_and(|effect| !effect.explained && !effect.planned) {
                    after.push(*other);
                }
            }
        }
        after.sort_unstable();
        for same in after.chunk_by(|a, b| a == b).filter(|same| same.len() >= asked.at_least) {
            let second = same.first().and_then(|other| failures.of.get(*other as usize));
            found.extend(second.map(|(second, _)| (*service, *second)));
        }
    }
    found
}

/// Of pairs of services, those of which a map that was in force has a route from the first down to the second.
fn routes(ecosystem: &Ecosystem, asked: &Asked, mut pairs: Vec<(ServiceIdx, ServiceIdx)>) -> BTreeSet<(ServiceIdx, ServiceIdx)> {
    pairs.sort_unstable();
    pairs.dedup();
    let mut found = BTreeSet::new();
    let maps = ecosystem.maps();
    for (at, map) in maps.iter().enumerate() {
        let until = maps.get(at + 1).map_or(Instant::MAX, |next| next.from);
        if !asked.spans.is_empty() && !asked.spans.iter().any(|span| span.0 < until && map.from < span.1) {
            continue;
        }
        let mut reached = vec![0_u32; map.structure.len()];
        for (mark, same) in (1_u32..).zip(pairs.chunk_by(|a, b| a.0 == b.0)) {
            let Some((from, _)) = same.first() else { continue };
            let mut stack = vec![*from];
            while let Some(service) = stack.pop() {
                for below in map.structure.dependencies(service) {
                    if let Some(known) = reached.get_mut(below.get()).filter(|known| **known != mark) {
                        *known = mark;
                        stack.push(below);
                    }
                }
            }
            found.extend(same.iter().filter(|(_, to)| reached.get(to.get()) == Some(&mark)));
        }
    }
    found
}

/// Names beside each row the other dependencies found for its service that a route of the map connects with its own.
fn beside(ecosystem: &Ecosystem, asked: &Asked, rows: &mut [Missing]) {
    let mut of: BTreeMap<ServiceIdx, Vec<ServiceIdx>> = BTreeMap::new();
    for row in rows.iter() {
        of.entry(row.service).or_default().push(row.dependency);
    }
    let mut asking = Vec::new();
    for several in of.values().filter(|several| several.len() > 1) {
        for one in several {
            asking.extend(several.iter().filter(|other| *other != one).map(|other| (*one, *other)));
        }
    }
    let linked = routes(ecosystem, asked, asking);
    for row in rows {
        let others = of.get(&row.service).into_iter().flatten().copied();
        let own = row.dependency;
        row.also = others.filter(|other| linked.contains(&(own, *other)) || linked.contains(&(*other, own))).collect();
    }
}
