//! What was felt: outages swept through the gates, planned work taken apart, inside the agreed hours.
//!
//! Goes in: rows that were seen, judged changes, services, periods. Comes out: stretches of time in which a service was not available.
//! **Invariant:** an instant of a service is counted, planned or available, once, however many outages lie over it.
//! **Not here:** the gates (`structure`), which change is planned (`planned`), tables (`tables`).
//!
//! Planned work is what would not have been felt without it: the map is swept with all own outages, without their planned parts,
//! and without their overruns too. The allowance of a rule is used up service by service, month by month, in the order of time.

use super::agreed::Agreed;
use super::planned::Judged;
use super::seen::{Origin, Seen};
use crate::base::{Date, Instant, Period, Ratio};
use crate::ecosystem::Ecosystem;
use crate::model::agreement::AgreementIdx;
use crate::model::maintenance::Maintenance;
use crate::model::rule::ServiceIdx;
use crate::structure::{Causes, LevelStretch, OwnStretch, Scalar, Structure, Swept, sweep};
use std::collections::BTreeMap;

/// Half-open.
type Span = (Instant, Instant);

/// What counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The agreement whose hours and maintenance rule count; none means around the clock, and nothing is planned.
    pub agreement: Option<AgreementIdx>,
    /// Which levels count as available; the best always does.
    pub available: Vec<bool>,
    /// What is later is not known.
    pub as_of: Instant,
}

/// How a stretch of time in which a service was not available counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Downtime.
    Down,
    /// Downtime after the end of the window of planned work.
    Overrun,
    /// Planned, yet downtime, as the allowance was used up.
    Beyond,
    /// Planned work.
    Planned,
}

/// A stretch of time in which a service was not available.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::answer) struct Stretch {
    pub from: Instant,
    pub until: Instant,
    /// How its parts count, in the order of time; together they are all of it.
    pub pieces: Vec<(Instant, Instant, Kind)>,
}

/// A part of an own outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) struct Part {
    /// Its place among the rows seen.
    pub seen: usize,
    pub own: OwnStretch,
    pub kind: Kind,
}

/// Exact microseconds of one service and period, within the agreed time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Downtime {
    /// Agreed time.
    pub agreed: i64,
    /// Of it, downtime: not available, and not planned.
    pub down: i64,
    /// Of the downtime, after the end of the window of planned work.
    pub overrun: i64,
    /// Of the downtime, planned beyond the allowance.
    pub beyond: i64,
    /// Not available, and planned.
    pub planned: i64,
    /// The downtime of the outage with the most.
    pub longest: i64,
    /// Outages with downtime.
    pub outages: i64,
    /// All outages, those without downtime too.
    pub spans: Vec<OutageSpan>,
}

/// One outage, cut to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutageSpan {
    /// Its first instant in the period.
    pub from: Instant,
    /// The first instant after, in the period.
    pub until: Instant,
    /// Downtime within the agreed time.
    pub down: i64,
    /// Of it, after the end of the window of planned work.
    pub overrun: i64,
    /// Of it, planned beyond the allowance.
    pub beyond: i64,
    /// Planned, within the agreed time.
    pub planned: i64,
}

impl Downtime {
    /// The share of the agreed time that was not downtime; none where no time was agreed.
    pub fn availability(&self) -> Option<Ratio> {
        if self.agreed <= 0 { None } else { Ratio::new(i128::from(self.agreed) - i128::from(self.down), self.agreed.into()) }
    }
    /// Downtime by outage; none where there was none.
    pub fn mean_to_restore(&self) -> Option<Ratio> {
        Ratio::new(self.down.into(), self.outages.into())
    }
    /// Agreed time without downtime, by outage; none where there was none.
    pub fn mean_between_failures(&self) -> Option<Ratio> {
        Ratio::new(i128::from(self.agreed) - i128::from(self.down), self.outages.into())
    }
}

/// What the services asked felt over time; every period within its window is read from it.
pub struct Observation {
    ecosystem: Ecosystem,
    terms: Terms,
    asked: Vec<ServiceIdx>,
    slots: BTreeMap<ServiceIdx, usize>,
    agreed: Vec<Agreed>,
    all: Swept,
    stretches: Vec<Vec<Stretch>>,
    pub(super) seen: Vec<Seen>,
    pub(super) judged: Vec<Judged>,
    /// Own outages as the map has them, by service.
    parts: Vec<Part>,
    /// Of each row seen, how long the map explains it by others.
    pub(super) explained: Vec<i64>,
    /// Of each row seen, the services whose own outages explain it, and whether there are more.
    pub(super) explained_by: Vec<(Vec<ServiceIdx>, bool)>,
    /// Of each row seen, how long it counts as the service's own.
    pub(super) owned: Vec<i64>,
}

impl Observation {
    /// Sweeps once for all services; `within` must hold every period that is asked.
    pub(super) fn new(
        ecosystem: &Ecosystem,
        asked: Vec<ServiceIdx>,
        (seen, judged): (Vec<Seen>, Vec<Judged>),
        (from, until): Span,
        terms: Terms,
    ) -> Self {
        let maps: Vec<(Instant, &Structure)> = ecosystem.maps().iter().map(|map| (map.from, &map.structure)).collect();
        let window = (from, until.min(terms.as_of).max(from));
        let (mut parts, explanations) = own_parts(ecosystem, &maps, &seen, window);
        let (explained, explained_by) = explained(&parts, &explanations, &seen);
        parts = parts.into_iter().flat_map(|part| split(part, &seen, &judged)).collect();
        parts.sort_by_key(|part| (part.own.service, part.own.from, part.own.until, part.seen));
        let mut owned = vec![0; seen.len()];
        for part in &parts {
            if let Some(sum) = owned.get_mut(part.seen) {
                *sum += part.own.until.since(part.own.from).micros();
            }
        }
        let swept = |keep: &dyn Fn(Kind) -> bool| {
            let own: Vec<OwnStretch> = parts.iter().filter(|part| keep(part.kind)).map(|part| part.own).collect();
            sweep(&maps, &own, window, &asked)
        };
        let all = swept(&|_| true);
        let planned = parts.iter().any(|part| part.kind == Kind::Planned);
        let overran = parts.iter().any(|part| part.kind == Kind::Overrun);
        let unplanned = planned.then(|| swept(&|kind| kind != Kind::Planned));
        let clean = overran.then(|| swept(&|kind| kind == Kind::Down));
        let agreement = terms.agreement.and_then(|at| ecosystem.model().agreements.get(at));
        let agreed: Vec<Agreed> = asked.iter().map(|service| Agreed::of(ecosystem, *service, agreement, terms.as_of)).collect();
        let rule = agreement.and_then(|agreement| ecosystem.model().maintenance.get(agreement.maintenance?));
        let mut stretches = Vec::with_capacity(asked.len());
        for (slot, agreed) in agreed.iter().enumerate() {
            let bad = |swept: &Swept| bad(swept.stretches(slot), &terms.available);
            let felt = bad(&all);
            let left = unplanned.as_ref().map(bad);
            let without = clean.as_ref().map(bad);
            let mut found: Vec<Stretch> = felt.iter().map(|span| pieces(*span, left.as_deref(), without.as_deref())).collect();
            limit(ecosystem, rule, agreed, &mut found);
            stretches.push(found);
        }
        let slots = asked.iter().enumerate().map(|(slot, service)| (*service, slot)).collect();
        let ecosystem = ecosystem.clone();
        Self { ecosystem, terms, asked, slots, agreed, all, stretches, seen, judged, parts, explained, explained_by, owned }
    }

    /// The services asked, each once.
    pub fn services(&self) -> &[ServiceIdx] {
        &self.asked
    }
    /// What counts.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }
    /// The downtime of a service in a period; none where it was not asked for, or a calendar does not compute such years.
    pub fn downtime(&self, service: ServiceIdx, period: &Period) -> Option<Downtime> {
        let slot = *self.slots.get(&service)?;
        let agreed = self.agreed.get(slot)?;
        let time = |from: Instant, until: Instant| agreed.within(&self.ecosystem, from, until);
        let mut sums = Downtime { agreed: time(period.from(), period.until())?, ..Downtime::default() };
        for stretch in self.stretches.get(slot)?.iter().filter(|one| one.from < period.until() && period.from() < one.until) {
            let (from, until) = (stretch.from.max(period.from()), stretch.until.min(period.until()));
            let mut span = OutageSpan { from, until, ..OutageSpan::default() };
            for (start, end, kind) in &stretch.pieces {
                let (start, end) = ((*start).max(from), (*end).min(until));
                let length = if start < end { time(start, end)? } else { 0 };
                match kind {
                    Kind::Planned => span.planned += length,
                    Kind::Overrun => span.overrun += length,
                    Kind::Beyond => span.beyond += length,
                    Kind::Down => {}
                }
                if *kind != Kind::Planned {
                    span.down += length;
                }
            }
            sums.down += span.down;
            sums.overrun += span.overrun;
            sums.beyond += span.beyond;
            sums.planned += span.planned;
            sums.longest = sums.longest.max(span.down);
            sums.outages += i64::from(span.down > 0);
            sums.spans.push(span);
        }
        Some(sums)
    }

    pub(super) fn agreed(&self, service: ServiceIdx) -> Option<&Agreed> {
        self.agreed.get(*self.slots.get(&service)?)
    }
    /// What a service felt between two instants, the outermost stretches whole.
    pub(super) fn felt(&self, service: ServiceIdx, (from, until): Span) -> &[LevelStretch] {
        let stretches = self.slots.get(&service).map_or(&[][..], |slot| self.all.stretches(*slot));
        let first = stretches.partition_point(|stretch| stretch.until <= from);
        let end = stretches.partition_point(|stretch| stretch.from < until);
        stretches.get(first..end).unwrap_or_default()
    }
    /// The services whose own outages a service felt between two instants while it was not available, and whether there are more.
    pub(super) fn causes(&self, service: ServiceIdx, span: Span) -> (Vec<ServiceIdx>, bool) {
        let (mut all, mut further) = (Vec::new(), false);
        for stretch in self.felt(service, span).iter().filter(|one| !is_available(&self.terms.available, one)) {
            let Causes { services, more } = self.all.causes(stretch);
            all.extend_from_slice(services);
            further |= more;
        }
        all.sort_unstable();
        all.dedup();
        (all, further)
    }
    /// The own outages of a service between two instants.
    pub(super) fn parts(&self, service: ServiceIdx, (from, until): Span) -> impl Iterator<Item = &Part> {
        let first = self.parts.partition_point(|part| part.own.service < service);
        let own = self.parts.get(first..).unwrap_or_default().iter();
        let own = own.take_while(move |part| part.own.service == service && part.own.from < until);
        own.filter(move |part| from < part.own.until)
    }
    /// Of each service and stretch, the causes of which the own outage alone keeps it from being available.
    pub(super) fn sufficient(&self, outages: &[(ServiceIdx, Span)]) -> Vec<Vec<ServiceIdx>> {
        // One scenario for each map, service and level, however many outages ask for it.
        let mut asked: BTreeMap<(usize, ServiceIdx, u8), Vec<usize>> = BTreeMap::new();
        let maps = self.ecosystem.maps();
        for (at, (service, span)) in outages.iter().enumerate() {
            for cause in self.causes(*service, *span).0 {
                for part in self.parts(cause, *span) {
                    let begins = part.own.from.max(span.0);
                    let map = maps.partition_point(|map| map.from <= begins).saturating_sub(1);
                    let asking = asked.entry((map, cause, part.own.level)).or_default();
                    if asking.last() != Some(&at) {
                        asking.push(at);
                    }
                }
            }
        }
        let mut found: Vec<Vec<ServiceIdx>> = vec![Vec::new(); outages.len()];
        let mut scalar: Option<(usize, Scalar<'_>)> = None;
        for ((map, cause, level), asking) in asked {
            if scalar.as_ref().is_none_or(|(known, _)| *known != map) {
                scalar = maps.get(map).map(|found| (map, Scalar::new(&found.structure)));
            }
            let Some((_, scalar)) = &mut scalar else { continue };
            scalar.evaluate(&[(cause, level)]);
            for at in asking {
                let (Some(list), Some((service, _))) = (found.get_mut(at), outages.get(at)) else { continue };
                let level = usize::from(scalar.level(*service));
                if !self.terms.available.get(level).copied().unwrap_or(false) && !list.contains(&cause) {
                    list.push(cause);
                }
            }
        }
        found.iter_mut().for_each(|list| list.sort_unstable());
        found
    }
}

fn is_available(available: &[bool], stretch: &LevelStretch) -> bool {
    available.get(usize::from(stretch.level)).copied().unwrap_or(false)
}

/// When a service was not available; stretches that touch are one.
fn bad(stretches: &[LevelStretch], available: &[bool]) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for stretch in stretches.iter().filter(|stretch| !is_available(available, stretch)) {
        match joined.last_mut() {
            Some((_, until)) if *until == stretch.from => *until = stretch.until,
            _ => joined.push((stretch.from, stretch.until)),
        }
    }
    joined
}

/// A stretch of a row seen that the dependencies of its service explain.
struct Explanation {
    seen: usize,
    span: Span,
    causes: Vec<ServiceIdx>,
    more: bool,
}

/// How long each row seen is explained by others, and by whom: those of the causes whose own outages count as their own then.
fn explained(parts: &[Part], explanations: &[Explanation], seen: &[Seen]) -> (Vec<i64>, Vec<(Vec<ServiceIdx>, bool)>) {
    let mut own: BTreeMap<ServiceIdx, Vec<Span>> = BTreeMap::new();
    for part in parts {
        own.entry(part.own.service).or_default().push((part.own.from, part.own.until));
    }
    let (mut lengths, mut by) = (vec![0; seen.len()], vec![(Vec::new(), false); seen.len()]);
    for one in explanations {
        if let Some(length) = lengths.get_mut(one.seen) {
            *length += one.span.1.since(one.span.0).micros();
        }
        let Some((names, more)) = by.get_mut(one.seen) else { continue };
        let itself = seen.get(one.seen).and_then(|seen| seen.service);
        let fails = |cause: &ServiceIdx| {
            let spans = own.get(cause).map_or(&[][..], Vec::as_slice);
            Some(*cause) != itself && spans.iter().any(|span| span.0 < one.span.1 && one.span.0 < span.1)
        };
        names.extend(one.causes.iter().copied().filter(fails));
        *more |= one.more;
    }
    for (names, _) in &mut by {
        names.sort_unstable();
        names.dedup();
    }
    (lengths, by)
}

/// The own outages within a window, and what of each row seen others explain. A row of unknown origin is own where nothing does.
fn own_parts(
    ecosystem: &Ecosystem,
    maps: &[(Instant, &Structure)],
    seen: &[Seen],
    window: Span,
) -> (Vec<Part>, Vec<Explanation>) {
    let services = &ecosystem.model().services;
    let own = |one: &Seen| {
        // A service fails only while it is there.
        let there = services.get(one.service?)?.validity;
        let (from, until) = (one.from.max(window.0).max(there.from), one.until.min(window.1).min(there.until));
        let own = OwnStretch { service: one.service?, level: one.level, from, until, sure: one.origin == Origin::Own };
        (from < until).then_some(own)
    };
    let mut watched: Vec<ServiceIdx> =
        seen.iter().filter(|one| one.origin != Origin::Own).filter_map(|one| one.service).collect();
    watched.sort_unstable();
    watched.dedup();
    let all: Vec<OwnStretch> = seen.iter().filter(|one| one.origin != Origin::Derived).filter_map(own).collect();
    let swept = if watched.is_empty() { Swept::default() } else { sweep(maps, &all, window, &watched) };
    let mut parts = Vec::new();
    let mut explanations = Vec::new();
    for (at, one) in seen.iter().enumerate() {
        let Some(own) = own(one) else { continue };
        let mut begins = own.from;
        let whole = |from, until| Part { seen: at, own: OwnStretch { from, until, ..own }, kind: Kind::Down };
        if let (true, Ok(slot)) = (one.origin != Origin::Own, watched.binary_search(&own.service)) {
            let felt = swept.stretches(slot);
            let first = felt.partition_point(|stretch| stretch.until <= own.from);
            let felt = felt.iter().skip(first).take_while(|stretch| stretch.from < own.until);
            for stretch in felt.filter(|stretch| stretch.felt >= own.level && own.level > 0) {
                let (from, until) = (stretch.from.max(own.from), stretch.until.min(own.until));
                let Causes { services, more } = swept.causes(stretch);
                explanations.push(Explanation { seen: at, span: (from, until), causes: services.to_vec(), more });
                if begins < from && one.origin == Origin::Unknown {
                    parts.push(whole(begins, from));
                }
                begins = until;
            }
        }
        if begins < own.until && one.origin != Origin::Derived {
            parts.push(whole(begins, own.until));
        }
    }
    (parts, explanations)
}

/// A part cut at the window of its change, where that is planned.
fn split(part: Part, seen: &[Seen], judged: &[Judged]) -> Vec<Part> {
    let change = seen.get(part.seen).and_then(|one| one.change).and_then(|at| judged.get(at));
    let Some((from, until)) = change.and_then(Judged::planned) else { return vec![part] };
    let cut = |start: Instant, end: Instant, kind| {
        let (start, end) = (start.max(part.own.from), end.min(part.own.until));
        (start < end).then_some(Part { own: OwnStretch { from: start, until: end, ..part.own }, kind, ..part })
    };
    let cuts = [cut(Instant::MIN, from, Kind::Down), cut(from, until, Kind::Planned), cut(until, Instant::MAX, Kind::Overrun)];
    cuts.into_iter().flatten().collect()
}

/// How the parts of a stretch count: `left` is what is felt without planned work, `without` what is felt without overruns too.
fn pieces((from, until): Span, left: Option<&[Span]>, without: Option<&[Span]>) -> Stretch {
    let overlapping = |spans: Option<&[Span]>| -> Vec<Span> {
        let spans = spans.unwrap_or_default();
        let first = spans.partition_point(|span| span.1 <= from);
        spans.iter().skip(first).take_while(|span| span.0 < until).copied().collect()
    };
    let (down, clean) = (overlapping(left), overlapping(without));
    let mut edges: Vec<Instant> = down.iter().chain(&clean).flat_map(|span| [span.0, span.1]).collect();
    edges.retain(|at| from < *at && *at < until);
    edges.extend([from, until]);
    edges.sort_unstable();
    edges.dedup();
    let holds = |spans: &[Span], at: Instant| {
        let first = spans.partition_point(|span| span.1 <= at);
        spans.get(first).is_some_and(|span| span.0 <= at)
    };
    let mut pieces: Vec<(Instant, Instant, Kind)> = Vec::new();
    for (start, end) in edges.iter().zip(edges.iter().skip(1)) {
        let kind = if left.is_some() && !holds(&down, *start) {
            Kind::Planned
        } else if without.is_some() && !holds(&clean, *start) {
            Kind::Overrun
        } else {
            Kind::Down
        };
        match pieces.last_mut() {
            Some((_, until, known)) if *known == kind => *until = *end,
            _ => pieces.push((*start, *end, kind)),
        }
    }
    Stretch { from, until, pieces }
}

/// Takes planned work beyond the allowance of a calendar month as downtime.
fn limit(ecosystem: &Ecosystem, rule: Option<&Maintenance>, agreed: &Agreed, stretches: &mut [Stretch]) {
    let Some(allowance) = rule.and_then(|rule| rule.allowance) else { return };
    let (mut ends, mut left) = (Instant::MIN, 0);
    for stretch in stretches {
        let mut limited = Vec::with_capacity(stretch.pieces.len());
        for (from, until, kind) in stretch.pieces.drain(..) {
            if kind != Kind::Planned {
                limited.push((from, until, kind));
                continue;
            }
            let mut from = from;
            while from < until {
                if ends <= from {
                    (ends, left) = (month(ecosystem, from).1, allowance.micros());
                }
                let end = until.min(ends);
                let used = agreed.within(ecosystem, from, end).unwrap_or(0);
                let cut = if used <= left { end } else { agreed.used_up(ecosystem, from, end, left) };
                left -= used.min(left);
                limited
                    .extend([(from, cut, Kind::Planned), (cut, end, Kind::Beyond)].into_iter().filter(|piece| piece.0 < piece.1));
                from = end;
            }
        }
        stretch.pieces = limited;
    }
}

/// The calendar month of an instant in the ecosystem's zone; all time where no such month has a name.
pub(super) fn month(ecosystem: &Ecosystem, at: Instant) -> Span {
    let zone = &ecosystem.model().zone;
    let ends = zone.date_of(at).and_then(|date| {
        let (year, month) = if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
        Some((Date::new(date.year(), date.month(), 1)?, Date::new(year, month, 1)?))
    });
    ends.map_or((Instant::MIN, Instant::MAX), |(first, next)| (zone.day_start(first), zone.day_start(next)))
}
