//! Why a row of a scorecard, a ticket and a case in it are what they are.
//!
//! Goes in: a row, a ticket's contribution, a line of the table of cases. Comes out: reasons with arithmetic, clause and clock.
//! **Invariant:** every figure is the one the scorecard was computed with; nothing is worked out another way.
//! **Not here:** the words (`report::english`).

mod row;
mod terms;
mod ticket;

pub(in crate::answer) use row::row;
pub(in crate::answer) use terms::day_rule;
pub(super) use ticket::{case, ticket};

use crate::base::{Argument, Duration, Ratio};
use crate::model::agreement::Unit;

/// A value in its unit as an argument; a time is shown to the microsecond.
fn amount(unit: Unit, value: &Ratio) -> Argument {
    match unit {
        Unit::Share => Argument::Percent(value.clone()),
        Unit::Count | Unit::Number => Argument::Number(value.clone()),
        Unit::Seconds => time(value.times(&Ratio::whole(1_000_000)).floor().unwrap_or(i128::MAX)),
    }
}

/// Microseconds as an argument.
fn time(micros: i128) -> Argument {
    Argument::Duration(Duration(i64::try_from(micros).unwrap_or(i64::MAX)))
}
