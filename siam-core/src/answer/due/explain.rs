//! Why something is due on its day.
//!
//! Goes in: an item. Comes out: who owes it, and the rule that gives the day.
//! **Invariant:** the rule shown is the one that gave the day.
//! **Not here:** the words (`report::english`).

use super::DueKind;
use super::walk::{Item, Why};
use crate::base::Argument;
use crate::ecosystem::Ecosystem;
use crate::model::cadence::{Cadence, DayOfMonth, Due};
use crate::report::Reason;

/// The reason of an item.
pub(super) fn explain(ecosystem: &Ecosystem, item: &Item) -> Reason {
    let model = ecosystem.model();
    let head = match item.problem {
        Some(problem) => Reason::new("due-no-day").with("problem", Argument::name(problem)),
        None => Reason::new("due-on").with("date", item.date),
    };
    let head = head.with("title", Argument::name(item.title.as_str())).with("object", Argument::name(item.object.as_str()));
    let owes = item.owes.map(|party| {
        let party = Argument::name(model.party_name(party));
        match (item.kind, item.to) {
            (DueKind::Forum | DueKind::DecisionReview, _) => Reason::new("due-leads").with("party", party),
            (DueKind::Expiry | DueKind::AgreementEnd, Some(to)) => {
                Reason::new("due-between").with("party", party).with("to", Argument::name(model.party_name(to)))
            }
            (_, Some(to)) => Reason::new("due-owes").with("party", party).with("to", Argument::name(model.party_name(to))),
            (_, None) => Reason::new("due-concerns").with("party", party),
        }
    });
    let why = match item.why {
        Why::Agreed(Due::Once(day)) => Reason::new("due-once").with("date", day),
        Why::Agreed(Due::Again(cadence)) => every(ecosystem, &cadence),
        Why::Ends(last) => Reason::new("due-last-day").with("date", last),
        Why::Notice(last, months) => Reason::new("due-notice").with("date", last).with("months", months),
        Why::Holiday(last) => Reason::new("due-holidays").with("date", last),
    };
    let clause = item.clause.as_deref().map(|clause| Reason::new("due-clause").with("clause", Argument::name(clause)));
    head.because(why).because_all(owes).because_all(clause)
}

fn every(ecosystem: &Ecosystem, cadence: &Cadence) -> Reason {
    let reason = match (cadence.every.days(), cadence.day) {
        (Some(days), _) => Reason::new("due-every-days").with("days", i64::from(days)),
        (None, DayOfMonth::Day(day)) => Reason::new("due-every-months").with("day", day),
        (None, DayOfMonth::Working(day)) => {
            let calendar = cadence.calendar.and_then(|at| ecosystem.model().calendars.get(at));
            match calendar {
                Some(calendar) => {
                    Reason::new("due-every-working-day").with("day", day).with("calendar", Argument::name(calendar.id.as_str()))
                }
                None => Reason::new("due-every-weekday").with("day", day),
            }
        }
    };
    let months = cadence.every.months().map_or(0, i64::from);
    let from = cadence.first.map(|first| Reason::new("due-first").with("date", first));
    reason.with("months", months).because_all(from)
}
