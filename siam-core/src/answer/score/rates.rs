//! Over what a rate is counted: users, services, or time.
//!
//! Goes in: a measure, the time whose cases are counted, a service where one is asked about. Comes out: how many there are.
//! **Invariant:** users and services are those at the beginning of the time; a day is a day of the ecosystem's zone, however long.
//! **Not here:** the tickets (`walk`), the division (`figure`).

use crate::base::{Instant, Ratio};
use crate::model::Model;
use crate::model::agreement::{Agreement, Measure, RateOf};
use crate::model::rule::ServiceIdx;
use crate::model::service::Service;

/// Over how much a rate is counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::answer) struct Base {
    /// As far as is known; none where that is nothing, or it is no rate.
    pub amount: Option<Ratio>,
    /// Services of whose users nobody says how many they are, where those are counted.
    pub unknown: i64,
}

/// How many of what a rate is counted over there are.
pub(super) fn base(
    model: &Model,
    (measure, agreement): (&Measure, &Agreement),
    (from, until): (Instant, Instant),
    service: Option<&str>,
) -> Base {
    let Some(per) = measure.counting.per else { return Base::default() };
    let (mut unknown, mut users) = (0_i64, 0_i128);
    if per.of == RateOf::User {
        for service in services(model, agreement, from, service) {
            match service.users.at(from) {
                Some(count) => users += i128::from(*count),
                None => unknown += 1,
            }
        }
    }
    let amount = match per.of {
        RateOf::User => Some(Ratio::whole(users)),
        RateOf::Service => i128::try_from(services(model, agreement, from, service).len()).ok().map(Ratio::whole),
        RateOf::Hour => Ratio::new(until.since(from).micros().into(), 3_600_000_000),
        RateOf::Day => days(model, from, until),
        RateOf::Week => days(model, from, until).and_then(|days| days.divide(&Ratio::whole(7))),
    };
    let amount = amount.and_then(|amount| amount.divide(&Ratio::whole(per.count.into()))).filter(|amount| !amount.is_zero());
    Base { amount, unknown }
}

/// The services of a measure that exist at an instant: of its agreement, else all; or the one of this name.
pub(super) fn services<'m>(model: &'m Model, agreement: &Agreement, at: Instant, name: Option<&str>) -> Vec<&'m Service> {
    let all: Vec<ServiceIdx> = match agreement.services.as_slice() {
        [] => model.services.entries().map(|(at, _)| at).collect(),
        agreed => agreed.to_vec(),
    };
    let found = all.into_iter().filter_map(|at| model.services.get(at));
    found.filter(|one| one.validity.contains(at) && name.is_none_or(|name| one.id.as_str() == name)).collect()
}

/// The days of the ecosystem's zone that begin between two instants, and the one that is under way at the first.
fn days(model: &Model, from: Instant, until: Instant) -> Option<Ratio> {
    let zone = &model.zone;
    let last = zone.date_of(Instant(until.micros().saturating_sub(1)))?;
    Some(Ratio::whole((last.to_days() - zone.date_of(from)?.to_days() + 1).max(0).into()))
}
