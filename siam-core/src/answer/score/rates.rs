//! Over what a rate is counted: users, services, or time.
//!
//! Goes in: a measure, the time whose cases are counted, a service where one is asked about. Comes out: how many there are.
//! **Invariant:** users and services are those at the beginning of the time; a day is a day of the ecosystem's zone, however long.
//! **Not here:** the tickets (`walk`), the division (`figure`).

use super::resolve::{Asked, Common};
use crate::base::{Instant, Ratio};
use crate::model::agreement::RateOf;
use crate::model::rule::ServiceIdx;
use crate::model::service::Service;

/// How many of what a rate is counted over there are; none where nobody says, or it is no rate.
pub(super) fn base(
    common: &Common<'_>,
    asked: &Asked<'_>,
    (from, until): (Instant, Instant),
    service: Option<&str>,
) -> Option<Ratio> {
    let per = asked.measure.counting.per?;
    let amount = match per.of {
        RateOf::User => {
            let users = services(common, asked, from, service).into_iter().filter_map(|service| service.users.at(from));
            Ratio::whole(users.map(|users| i128::from(*users)).sum())
        }
        RateOf::Service => Ratio::whole(i128::try_from(services(common, asked, from, service).len()).ok()?),
        RateOf::Hour => Ratio::new(until.since(from).micros().into(), 3_600_000_000)?,
        RateOf::Day => days(common, from, until)?,
        RateOf::Week => days(common, from, until)?.divide(&Ratio::whole(7))?,
    };
    amount.divide(&Ratio::whole(per.count.into())).filter(|amount| !amount.is_zero())
}

/// The services of a measure that exist at an instant: of its agreement, else all; or the one of this name.
pub(super) fn services<'e>(common: &Common<'e>, asked: &Asked<'e>, at: Instant, name: Option<&str>) -> Vec<&'e Service> {
    let model = common.ecosystem.model();
    let all: Vec<ServiceIdx> = match asked.agreement.services.as_slice() {
        [] => model.services.entries().map(|(at, _)| at).collect(),
        agreed => agreed.to_vec(),
    };
    let found = all.into_iter().filter_map(|at| model.services.get(at));
    found.filter(|one| one.validity.contains(at) && name.is_none_or(|name| one.id.as_str() == name)).collect()
}

/// The days of the ecosystem's zone that begin between two instants, and the one that is under way at the first.
fn days(common: &Common<'_>, from: Instant, until: Instant) -> Option<Ratio> {
    let zone = &common.ecosystem.model().zone;
    let last = zone.date_of(Instant(until.micros().saturating_sub(1)))?;
    Some(Ratio::whole((last.to_days() - zone.date_of(from)?.to_days() + 1).max(0).into()))
}
