//! The rules by which a measure counts, checked against each other and against what stands around it.
//!
//! Goes in: a measure as written, its agreement, the framework, contracts. Comes out: `Counting`, with its defaults.
//! **Invariant:** a rule that rests on something else is refused where that is not there.
//! **Not here:** the words of the rules (`counting`), applying them (`answer::score`).

use super::agreement::{
    AgreementDoc, Counting, Cycles, EventGroup, GroupTarget, MeasureDoc, MeasurePeriod, PriorityTaken, RunsWhile, Statistic,
    TicketInstant, Unit, WhenNone, Within,
};
use super::allowance::DayRule;
use super::checking::Checking;
use super::contract::{Contract, Framework};
use super::counting::ClockZone;
use super::dated::instant;
use crate::base::{Argument, IdxVec, codes};
use crate::document::Named;

/// What stands around a measure.
pub(super) struct Around<'d> {
    framework: &'d Framework,
    /// Whether its agreement names who promises.
    provider: bool,
    /// Where contract years begin: month and day.
    year_starts: Option<(u8, u8)>,
}

impl<'d> Around<'d> {
    /// Of the measures of an agreement: the year of its provider's contract, else of the agreement itself.
    pub fn new(
        checking: &Checking<'_>,
        doc: &AgreementDoc,
        framework: &'d Framework,
        contracts: &IdxVec<Contract, Contract>,
    ) -> Self {
        let provider = doc.provider.as_ref().and_then(|name| checking.names.parties.get(&name.value));
        let own = contracts.iter().filter(|contract| Some(&contract.provider) == provider);
        let of_contract = own.filter_map(|contract| contract.year_starts.or(contract.from)).min();
        let of_agreement = || doc.from.as_ref().and_then(|from| checking.zone.date_of(instant(from.value, checking.zone)));
        let day = of_contract.or_else(of_agreement);
        let year_starts = day.map(|day| (day.month(), day.day()));
        Self { framework, provider: doc.provider.is_some(), year_starts }
    }
}

/// Columns and the values they may have.
fn columns(named: &Named<Vec<String>>) -> Vec<(String, Vec<String>)> {
    named.iter().map(|(column, values)| (column.value.clone(), values.clone())).collect()
}

impl Checking<'_> {
    /// The rules by which a measure counts.
    pub(super) fn counting(&mut self, doc: &MeasureDoc, unit: Unit, around: &Around<'_>) -> Counting {
        let clock = doc.clock.as_ref();
        let period = doc.period.as_ref().map_or(MeasurePeriod::Month, |period| period.value);
        let priority_taken = doc.priority_taken.as_ref().map_or(PriorityTaken::AtEnd, |taken| taken.value);
        let cycles = doc.cycles.unwrap_or(Cycles::Whole);
        let runs_while = clock.and_then(|clock| clock.runs_while).unwrap_or(RunsWhile::Always);
        let stopped_in = clock.map(|clock| clock.stopped_in.clone()).unwrap_or_default();
        let within = doc.within.iter().flat_map(|within| &within.0).map(|dated| &dated.value);
        let mut priorities: Vec<String> = Vec::new();
        for name in within.clone().flat_map(Within::priorities) {
            if !priorities.iter().any(|known| known == name) {
                priorities.push(name.to_owned());
            }
        }
        if priorities.is_empty() {
            priorities.clone_from(&around.framework.priorities);
        }
        for row in within.filter_map(|within| if let Within::Rows(rows) = within { Some(rows) } else { None }).flatten() {
            let names = self.names;
            self.all(&names.classes, "class", &row.class);
            self.all(&names.services, "service", &row.service);
        }
        if priority_taken == PriorityTaken::Highest && priorities.is_empty() && self.whole {
            let problem = self.faults.problem(&codes::NO_ORDER_OF_PRIORITIES, doc.mark);
            self.faults.report(problem);
        }
        if period == MeasurePeriod::ContractYear && around.year_starts.is_none() && self.whole {
            let problem = self.faults.problem(&codes::NO_CONTRACT_YEAR, doc.mark);
            self.faults.report(problem);
        }
        self.needed_keys(doc, runs_while, cycles, around);
        let targets = doc.targets.iter().filter_map(|row| {
            let target = row.target.check(unit, row.mark, self.faults);
            GroupTarget::check(row, &doc.by, target, self.faults)
        });
        let targets = targets.collect();
        let complaints = columns(&doc.complaints);
        let incidents = || vec![("kind".to_owned(), vec!["incident".to_owned()])];
        Counting {
            period,
            priority_taken,
            priorities,
            event_group: doc.event_group.unwrap_or(EventGroup::Count),
            cycles,
            stopped_in,
            runs_while,
            days: DayRule::of(clock.and_then(|clock| clock.working_days.as_ref())),
            zone: clock.and_then(|clock| clock.zone).unwrap_or(ClockZone::Calendar),
            when_not_reported: doc.when_not_reported.or(doc.when_none).unwrap_or(WhenNone::NoVerdict),
            per: doc.per,
            of: columns(&doc.of),
            more_than: doc.more_than.unwrap_or(1),
            longer_than: doc.longer_than,
            complaints: if complaints.is_empty() { incidents() } else { complaints },
            targets,
            year_starts: around.year_starts,
            mark: doc.mark,
        }
    }

    /// Reports the keys without which a statistic or a rule means nothing.
    fn needed_keys(&mut self, doc: &MeasureDoc, runs_while: RunsWhile, cycles: Cycles, around: &Around<'_>) {
        let statistic = doc.statistic.value;
        let states = doc.clock.as_ref().is_some_and(|clock| !clock.stopped_in.is_empty());
        let decided = doc.counted_when == Some(super::agreement::CountedWhen::Decided);
        let needed: [(bool, &'static str, &'static str, &'static str); 5] = [
            (statistic == Statistic::Rate && doc.per.is_none(), "a measure of rate", "per", "such as `1000 users` or `day`"),
            (
                statistic == Statistic::AgedReduction && doc.longer_than.is_none(),
                "a measure of aged_reduction",
                "longer_than",
                "a length of time such as 720h",
            ),
            (
                cycles != Cycles::Whole && !states,
                "a clock of several runs",
                "stopped_in",
                "the states in which a run of the clock is over",
            ),
            (
                cycles == Cycles::Whole && states && doc.cycles.is_none(),
                "a clock of several runs",
                "cycles",
                "which of them count: first, last, each or sum",
            ),
            (
                runs_while == RunsWhile::Held && !around.provider,
                "an agreement whose clock runs while its provider holds a ticket",
                "provider",
                "the party that promises",
            ),
        ];
        for (_, shape, key, expected) in needed.into_iter().filter(|(missing, ..)| *missing && self.whole) {
            let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", shape).with("key", key);
            self.faults.report(problem.with("expected", expected));
        }
        let segments = doc.priority_taken.as_ref().is_some_and(|taken| taken.value == PriorityTaken::PerSegment);
        let days = doc.within.iter().flat_map(|within| &within.0).any(|within| within.value.has_working_days());
        let clash = match (decided, runs_while, cycles) {
            _ if segments && days => Some(("priority_taken", "a time agreed in working days: they cannot be shared out")),
            (true, ..) if segments => Some(("counted_when", "priority_taken: per_segment")),
            (_, RunsWhile::Held, Cycles::First | Cycles::Last | Cycles::Each | Cycles::Sum) => {
                Some(("runs_while", "cycles: the runs of a holder are always summed"))
            }
            _ => None,
        };
        if let Some((what, other)) = clash {
            let problem = self.faults.problem(&codes::CONTRADICTION, doc.mark).with("what", what);
            self.faults.report(problem.with("other", other));
        }
        if decided && doc.clock.as_ref().is_some_and(|clock| clock.stop == Some(TicketInstant::Opened)) {
            let problem = self.faults.problem(&codes::CONTRADICTION, doc.mark).with("what", "counted_when");
            self.faults.report(problem.with("other", Argument::name("a clock that stops when the ticket is opened")));
        }
    }
}

/// The keys of a measure that have a default and are not written.
pub(super) fn defaults(doc: &MeasureDoc) -> Vec<&'static str> {
    let clock = doc.clock.as_ref();
    let absent = [
        ("start", clock.is_none_or(|clock| clock.start.is_none())),
        ("stop", clock.is_none_or(|clock| clock.stop.is_none())),
        ("calendar", clock.is_none_or(|clock| clock.calendar.is_none())),
        ("pause_in", clock.is_none_or(|clock| clock.pause_in.is_empty())),
        ("runs_while", clock.is_none_or(|clock| clock.runs_while.is_none())),
        ("zone", clock.is_none_or(|clock| clock.zone.is_none())),
        ("working_days", clock.is_none_or(|clock| clock.working_days.is_none())),
        ("tickets", doc.tickets.entries.is_empty()),
        ("counted_when", doc.counted_when.is_none()),
        ("fewest", doc.fewest.is_none()),
        ("when_none", doc.when_none.is_none()),
        ("when_not_reported", doc.when_not_reported.is_none()),
        ("period", doc.period.is_none()),
        ("priority_taken", doc.priority_taken.is_none()),
        ("cycles", doc.cycles.is_none()),
        ("event_group", doc.event_group.is_none()),
        ("children", doc.children.is_none()),
        ("leave_out", doc.leave_out.entries.is_empty()),
        ("percentile_definition", doc.percentile_definition.is_none()),
        ("more_than", doc.more_than.is_none()),
        ("complaints", doc.complaints.entries.is_empty()),
    ];
    absent.into_iter().filter(|(_, absent)| *absent).map(|(key, _)| key).collect()
}
