//! Measures of outages: what services felt, under the agreement that holds the measure.
//!
//! Goes in: observations of services. Comes out: agreed time, time available, outages, by service and period.
//! **Invariant:** only time in which a service is in operation counts; a level counts with its weight, exactly.
//! **Not here:** the sweep and planned work (`observed`), tickets (`walk`).
//!
//! Levels with weights are taken in layers: with `w1 > w2 > ...` the available time is `(w1 - w2)` of the time at the levels that
//! weigh `w1` or more, and so on. Without weights there is one layer: all levels but the worst, in full.

use super::counts::{Counts, Outcome};
use super::resolve::{Asked, Common};
use crate::answer::observed::resolve::observe;
use crate::answer::observed::{Observation, OutageSpan, Terms};
use crate::base::{Instant, Period, Problems, Ratio};
use crate::model::agreement::{AgreementIdx, Statistic};
use crate::model::rule::ServiceIdx;
use crate::model::service::{Service, Stage};
use std::sync::Arc;

/// Observations that measures share: an agreement's, with the levels that count as available, over the same periods.
#[derive(Default)]
pub(super) struct Watch {
    known: Vec<Known>,
}

/// An observation, and what it is of.
struct Known {
    agreement: AgreementIdx,
    available: Vec<bool>,
    periods: Vec<Period>,
    seen: Arc<Observation>,
}

/// What a measure of outages reads.
pub(super) struct Watched {
    /// Whether time counts by the users of a service.
    by_users: bool,
    services: Vec<ServiceIdx>,
    /// How much each layer weighs, and what was observed with its levels.
    layers: Vec<(Ratio, Arc<Observation>)>,
}

/// What a service felt in a period.
pub(in crate::answer) struct Felt {
    pub service: ServiceIdx,
    pub tally: Counts,
    /// Agreed time, in microseconds.
    pub agreed: i128,
    /// Of it, downtime.
    pub down: i128,
    /// Of it, time available by weight.
    pub up: Ratio,
    /// The downtime of the longest outage.
    pub longest: i128,
    /// Agreed time of users, in microseconds.
    pub users_agreed: Ratio,
    /// Of it, time lost by weight.
    pub users_lost: Ratio,
    /// One where nobody says how many users it has.
    pub without_users: i64,
    pub outages: Vec<(OutageSpan, Outcome, Option<&'static str>)>,
}

impl Felt {
    fn new(service: ServiceIdx) -> Self {
        let tally = Counts::default();
        let (up, users_agreed, users_lost) = (Ratio::ZERO, Ratio::ZERO, Ratio::ZERO);
        let outages = Vec::new();
        Self { service, tally, agreed: 0, down: 0, up, longest: 0, users_agreed, users_lost, without_users: 0, outages }
    }
    /// What two services felt together.
    pub fn join(&mut self, other: &Self) {
        self.tally = self.tally.merge(&other.tally);
        self.agreed = self.agreed.saturating_add(other.agreed);
        self.down = self.down.saturating_add(other.down);
        self.up = self.up.plus(&other.up);
        self.longest = self.longest.max(other.longest);
        self.users_agreed = self.users_agreed.plus(&other.users_agreed);
        self.users_lost = self.users_lost.plus(&other.users_lost);
        self.without_users = self.without_users.saturating_add(other.without_users);
    }
    /// The sums of several services.
    pub fn together(all: &[Felt]) -> Self {
        let mut sum = Self::new(ServiceIdx::new(0));
        all.iter().for_each(|felt| sum.join(felt));
        sum
    }
}

impl Watched {
    /// Observes what a measure is about, once for every agreement and set of levels.
    pub fn of(common: &Common<'_>, asked: &Asked<'_>, periods: &[Period], watch: &mut Watch, problems: &mut Problems) -> Self {
        let model = common.ecosystem.model();
        let services = match asked.agreement.services.as_slice() {
            [] => model.services.entries().map(|(at, _)| at).collect(),
            agreed => agreed.to_vec(),
        };
        let agreement = asked.measure.agreement;
        let mut layers = Vec::new();
        for (weight, available) in layers_of(&asked.measure.available, model.levels.len()) {
            let known = watch
                .known
                .iter()
                .find(|known| known.agreement == agreement && known.available == available && known.periods == periods);
            let known = known.map(|known| known.seen.clone());
            let observation = known.unwrap_or_else(|| {
                let as_of = Instant(common.as_of);
                let terms = Terms { agreement: Some(agreement), available: available.clone(), as_of };
                let seen = observe(common.ecosystem, common.evidence, services.clone(), periods, terms, problems);
                let seen = Arc::new(seen);
                let periods = periods.to_vec();
                watch.known.push(Known { agreement, available, periods, seen: seen.clone() });
                seen
            });
            layers.push((weight, observation));
        }
        Self { by_users: asked.measure.statistic == Statistic::UserWeightedLoss, services, layers }
    }

    /// What each service felt between two instants of a period.
    pub fn felt(&self, common: &Common<'_>, from: Instant, until: Instant) -> Vec<Felt> {
        let model = common.ecosystem.model();
        let services = self.services.iter().filter_map(|at| Some((*at, model.services.get(*at)?)));
        services.map(|(at, service)| self.service(at, service, from, until)).collect()
    }

    fn service(&self, at: ServiceIdx, service: &Service, from: Instant, until: Instant) -> Felt {
        let mut felt = Felt::new(at);
        for (stage, period) in stages(service, from, until) {
            match stage {
                Stage::Pipeline | Stage::Design | Stage::Retired => {}
                Stage::Transition => self.list(&mut felt, &period, true),
                Stage::Operation => {
                    self.list(&mut felt, &period, false);
                    self.sum(&mut felt, &period);
                    if self.by_users {
                        self.weigh(&mut felt, service, &period);
                    }
                }
            }
        }
        felt
    }

    /// Adds the outages of a stretch of time.
    fn list(&self, felt: &mut Felt, period: &Period, in_transition: bool) {
        let Some(found) = self.layers.first().and_then(|(_, seen)| seen.downtime(felt.service, period)) else { return };
        for span in found.spans {
            let (outcome, reason) = match span.down {
                _ if in_transition => (Outcome::Excluded, Some("in-transition")),
                0 if span.planned > 0 => (Outcome::Excluded, Some("planned")),
                0 => (Outcome::Excluded, Some("outside-hours")),
                _ => (Outcome::Counted, None),
            };
            felt.tally.add(outcome, 0);
            felt.tally.in_transition += i64::from(in_transition);
            felt.outages.push((span, outcome, reason));
        }
    }

    /// Adds the time of a stretch in which the service is in operation; where a calendar does not compute it, that is not known.
    fn sum(&self, felt: &mut Felt, period: &Period) {
        for (at, (weight, seen)) in self.layers.iter().enumerate() {
            let Some(found) = seen.downtime(felt.service, period) else {
                felt.tally.unscored += i64::from(at == 0);
                continue;
            };
            if at == 0 {
                felt.agreed = felt.agreed.saturating_add(found.agreed.into());
                felt.down = felt.down.saturating_add(found.down.into());
                felt.longest = felt.longest.max(found.longest.into());
            }
            let up = Ratio::whole(i128::from(found.agreed) - i128::from(found.down));
            felt.up = felt.up.plus(&up.times(weight));
        }
    }
}

impl Watched {
    /// Adds the time of users of a stretch, cut where their number changes.
    fn weigh(&self, felt: &mut Felt, service: &Service, period: &Period) {
        let mut edges: Vec<Instant> = service.users.changes().filter(|at| period.from() < *at && *at < period.until()).collect();
        edges.extend([period.from(), period.until()]);
        edges.sort_unstable();
        edges.dedup();
        for (start, end) in edges.iter().zip(edges.iter().skip(1)) {
            let Some(stretch) = Period::new("", *start, *end) else { continue };
            let users = service.users.at(*start).map(|users| Ratio::whole((*users).into()));
            for (at, (weight, seen)) in self.layers.iter().enumerate() {
                let (Some(found), Some(users)) = (seen.downtime(felt.service, &stretch), &users) else {
                    felt.without_users += i64::from(at == 0 && users.is_none() && felt.without_users == 0);
                    continue;
                };
                if at == 0 {
                    felt.users_agreed = felt.users_agreed.plus(&users.times(&Ratio::whole(found.agreed.into())));
                    // What no level weighs is lost at every level.
                    felt.users_lost = felt.users_lost.plus(&users.times(&Ratio::whole(found.agreed.into())));
                }
                let up = Ratio::whole(i128::from(found.agreed) - i128::from(found.down));
                felt.users_lost = felt.users_lost.minus(&users.times(weight).times(&up));
            }
        }
    }
}

/// The layers of weighted levels: what each adds, and the levels in it. The best level always weighs one.
fn layers_of(available: &[(u8, Ratio)], levels: usize) -> Vec<(Ratio, Vec<bool>)> {
    let weight_of = |level: usize| {
        if level == 0 {
            return Ratio::ONE;
        }
        if available.is_empty() {
            return if level + 1 < levels { Ratio::ONE } else { Ratio::ZERO };
        }
        let written = available.iter().find(|(known, _)| usize::from(*known) == level);
        written.map_or(Ratio::ZERO, |(_, weight)| weight.clone())
    };
    let weights: Vec<Ratio> = (0..levels).map(weight_of).collect();
    let mut steps = weights.clone();
    steps.sort();
    steps.dedup();
    let mut layers = Vec::new();
    let mut below = Ratio::ZERO;
    for step in steps.into_iter().filter(|step| !step.is_zero()) {
        layers.push((step.minus(&below), weights.iter().map(|weight| *weight >= step).collect()));
        below = step;
    }
    // The levels that count in full come first: their outages are the ones that are listed.
    layers.reverse();
    layers
}

/// The stretches of a stage between two instants.
fn stages(service: &Service, from: Instant, until: Instant) -> Vec<(Stage, Period)> {
    let mut edges: Vec<Instant> = service.stage.changes().filter(|at| from < *at && *at < until).collect();
    edges.extend([from, until]);
    edges.sort_unstable();
    edges.dedup();
    let mut stretches: Vec<(Stage, Instant, Instant)> = Vec::new();
    for (start, end) in edges.iter().zip(edges.iter().skip(1)) {
        let stage = service.stage.at(*start).copied().unwrap_or(Stage::Operation);
        match stretches.last_mut() {
            Some((before, _, last)) if *before == stage => *last = *end,
            _ => stretches.push((stage, *start, *end)),
        }
    }
    stretches.into_iter().filter_map(|(stage, start, end)| Some((stage, Period::new("", start, end)?))).collect()
}
