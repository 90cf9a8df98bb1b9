//! Statistics: what is made of the cases of a measure, in which unit, and on which side of its target it should lie.
//!
//! Goes in: the words of a measure. Comes out: `Statistic` with its `Unit` and `Direction`, targets in that unit.
//! **Invariant:** a target fits the unit of its statistic; a time is exact seconds.
//! **Not here:** computing them (`answer::score`), the other keys of a measure (`agreement`).

use super::Checking;
use super::agreement::{AgreementDoc, CountedWhen, MeasureDoc, PriorityTaken, Split};
use crate::base::{Argument, Duration, Ratio, codes};
use crate::document::decode::choice;
use crate::document::scalar::bad_value;
use crate::document::{Decode, Faults, Mark, Node, Shape};

choice! {
    /// What is made of the cases of a measure.
    pub enum Statistic = "a statistic" {
        /// The share of tickets whose clock stayed within the time.
        PercentWithin = "percent_within",
        /// How many tickets.
        Count = "count",
        /// Mean time on the clock.
        Mean = "mean",
        /// A percentile of the time on the clock.
        Percentile = "percentile",
        /// Tickets per user or per time.
        Rate = "rate",
        /// One count over another.
        Quotient = "ratio",
        /// Agreed time less downtime over agreed time.
        Availability = "availability",
        /// The longest outage.
        LongestOutage = "longest_outage",
        /// Mean time to restore service.
        Mttr = "mttr",
        /// Mean time between failures.
        Mtbf = "mtbf",
        /// Tickets open at the end.
        Backlog = "backlog",
        /// Hand-offs between parties.
        HandOffs = "hand_offs",
        /// The share of tickets solved without a second party.
        FirstTimeFix = "first_time_fix",
        /// Values observed elsewhere.
        Observed = "observed",
        /// The share of SPI exchanges received by the time they were due.
        ExchangesInTime = "exchanges_in_time",
        /// The share of obligations done by the time they were due.
        ObligationsKept = "obligations_kept",
        /// The share of improvements delivered by the time that was agreed.
        ImprovementsDelivered = "improvements_delivered",
        /// Loss weighted by users.
        UserWeightedLoss = "user_weighted_loss",
        /// By which share fewer tickets are aged at the end of a period than at its beginning.
        AgedReduction = "aged_reduction",
        /// The share of tickets that went from party to party too often.
        Reassigned = "reassigned",
        /// The share of problems that were raised before anyone complained.
        RaisedFirst = "raised_first",
    }
}

choice! {
    /// What a value counts.
    pub enum Unit = "a unit of a measure" {
        /// A part of a whole.
        Share = "share",
        /// Things, as a whole number.
        Count = "count",
        /// Time.
        Seconds = "seconds",
        /// Anything else.
        Number = "number",
    }
}

choice! {
    /// On which side of its target a value should lie.
    pub enum Direction = "a direction" {
        /// The target is the least value that meets it.
        AtLeast = "at_least",
        /// The target is the greatest value that meets it.
        AtMost = "at_most",
    }
}

choice! {
    /// Which observed values of a period count.
    pub enum Take = "which values count" {
        /// All: numerators over denominators where there are any, else the mean of the values.
        All = "all",
        /// Those of the latest instant.
        Latest = "latest",
    }
}

/// On what a statistic rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Tickets.
    Tickets,
    /// Rows of another table of evidence.
    Records(&'static str),
    /// Outages of services.
    Outages,
}

impl Statistic {
    /// The statistics that are computed.
    pub const COMPUTED: &'static [Statistic] = &[
        Statistic::PercentWithin,
        Statistic::Count,
        Statistic::Mean,
        Statistic::Percentile,
        Statistic::Backlog,
        Statistic::HandOffs,
        Statistic::FirstTimeFix,
        Statistic::Observed,
        Statistic::ExchangesInTime,
        Statistic::ObligationsKept,
        Statistic::ImprovementsDelivered,
        Statistic::Availability,
        Statistic::LongestOutage,
        Statistic::Mttr,
        Statistic::Mtbf,
        Statistic::Rate,
        Statistic::Quotient,
        Statistic::UserWeightedLoss,
        Statistic::AgedReduction,
        Statistic::Reassigned,
        Statistic::RaisedFirst,
    ];
    /// The unit of its values, where the measure does not say.
    pub fn unit(self) -> Unit {
        match self {
            Self::PercentWithin | Self::FirstTimeFix | Self::Availability | Self::UserWeightedLoss => Unit::Share,
            Self::ExchangesInTime | Self::ObligationsKept | Self::ImprovementsDelivered => Unit::Share,
            Self::AgedReduction | Self::Reassigned | Self::RaisedFirst => Unit::Share,
            Self::Count | Self::Backlog => Unit::Count,
            Self::Mean | Self::Percentile | Self::LongestOutage | Self::Mttr | Self::Mtbf => Unit::Seconds,
            Self::HandOffs | Self::Rate | Self::Quotient | Self::Observed => Unit::Number,
        }
    }
    /// The side of its target on which its values should lie, where the measure does not say.
    pub fn direction(self) -> Direction {
        match self {
            Self::PercentWithin | Self::FirstTimeFix | Self::Availability | Self::Mtbf | Self::Observed | Self::Quotient => {
                Direction::AtLeast
            }
            Self::ExchangesInTime | Self::ObligationsKept | Self::ImprovementsDelivered => Direction::AtLeast,
            Self::AgedReduction | Self::RaisedFirst => Direction::AtLeast,
            Self::Count | Self::Mean | Self::Backlog | Self::HandOffs | Self::LongestOutage | Self::Mttr => Direction::AtMost,
            Self::Percentile | Self::Rate | Self::UserWeightedLoss | Self::Reassigned => Direction::AtMost,
        }
    }
    /// On what it rests.
    pub fn basis(self) -> Basis {
        match self {
            Self::Availability | Self::LongestOutage | Self::Mttr | Self::Mtbf | Self::UserWeightedLoss => Basis::Outages,
            Self::Observed => Basis::Records("observations"),
            Self::ExchangesInTime => Basis::Records("exchanges"),
            Self::ObligationsKept => Basis::Records("obligations"),
            Self::ImprovementsDelivered => Basis::Records("improvements"),
            _ => Basis::Tickets,
        }
    }
    /// Whether each of its cases is met or missed on its own.
    pub fn judges_cases(self) -> bool {
        matches!(
            self,
            Self::PercentWithin
                | Self::FirstTimeFix
                | Self::ExchangesInTime
                | Self::ObligationsKept
                | Self::ImprovementsDelivered
                | Self::Reassigned
                | Self::RaisedFirst
        )
    }
    /// Whether it rests on the hand-offs of a ticket.
    pub fn reads_hand_offs(self) -> bool {
        matches!(self, Self::HandOffs | Self::FirstTimeFix | Self::Reassigned)
    }
    /// Whether it is about an instant of a period: what is open then.
    pub fn is_of_an_instant(self) -> bool {
        matches!(self, Self::Backlog | Self::AgedReduction)
    }
    /// Whether a clock runs for each of its tickets.
    pub fn runs_clock(self) -> bool {
        matches!(self, Self::PercentWithin | Self::Mean | Self::Percentile)
    }
    /// Whether its target may lie on either side, so that a measure says on which.
    pub fn says_direction(self) -> bool {
        matches!(self, Self::Observed | Self::Rate | Self::Quotient)
    }
}

/// A target as written: a number, a percentage, or a length of time.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetDoc {
    /// A number or a percentage.
    Number(Ratio),
    /// A length of time.
    Time(Duration),
}

impl Decode for TargetDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        match node.text().and_then(Duration::parse) {
            Some(time) => Some(Self::Time(time)),
            None if node.text().is_some_and(|text| text.ends_with(|c: char| c.is_ascii_alphabetic())) => {
                bad_value(node, "a number, a percentage or a length of time", "99.5%, 3 or 4h 30min", faults);
                None
            }
            None => Ratio::decode(node, faults).map(Self::Number),
        }
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Ratio, Shape::Duration])
    }
}

impl TargetDoc {
    /// The target in a unit: a share lies between 0 and 1, a count is a whole number, a time is seconds.
    pub(super) fn check(&self, unit: Unit, mark: Mark, faults: &mut Faults) -> Option<Ratio> {
        let sound = match (unit, self) {
            (Unit::Seconds, Self::Time(time)) => return Ratio::new(time.micros().into(), 1_000_000),
            (Unit::Seconds, _) | (_, Self::Time(_)) => false,
            (Unit::Share, Self::Number(share)) => !share.is_negative() && *share <= Ratio::ONE,
            (Unit::Count, Self::Number(count)) => !count.is_negative() && count.parts().is_some_and(|(_, one)| one == 1),
            (Unit::Number, Self::Number(_)) => true,
        };
        match self {
            Self::Number(value) if sound => return Some(value.clone()),
            Self::Number(value) => refuse(unit, &value.to_exact_text(), mark, faults),
            Self::Time(time) => refuse(unit, &time.to_string(), mark, faults),
        }
        None
    }
}

/// Reports a target that does not fit its unit: `95` for a share is 9,500 %.
fn refuse(unit: Unit, value: &str, mark: Mark, faults: &mut Faults) {
    let (expected, example) = match unit {
        Unit::Share => ("a share between 0 % and 100 %", "95%"),
        Unit::Count => ("a whole number of tickets", "5"),
        Unit::Seconds => ("a length of time", "4h 30min"),
        Unit::Number => ("a number", "1.5"),
    };
    let problem = faults.problem(&codes::BAD_VALUE, mark).with("value", Argument::user(value));
    faults.report(problem.with("expected", expected).with("example", example));
}

impl Checking<'_> {
    /// Reports the keys of a measure that its statistic does not read: what is written must mean something.
    pub(super) fn keys_without_use(&mut self, doc: &MeasureDoc) {
        let statistic = doc.statistic.value;
        let old = matches!(statistic, Statistic::PercentWithin | Statistic::Count);
        if !Statistic::COMPUTED.contains(&statistic) {
            return;
        }
        let tickets = statistic.basis() == Basis::Tickets;
        let outages = statistic.basis() == Basis::Outages;
        let observed = statistic == Statistic::Observed;
        let clock = doc.clock.as_ref();
        let runs = statistic.runs_clock();
        let within = statistic == Statistic::PercentWithin;
        let percentile = statistic == Statistic::Percentile;
        let times = old || runs;
        let clocked = tickets && statistic != Statistic::RaisedFirst;
        let starts = !matches!(statistic, Statistic::Backlog | Statistic::AgedReduction | Statistic::RaisedFirst);
        let decided = doc.counted_when == Some(CountedWhen::Decided);
        let segments = doc.priority_taken.as_ref().is_some_and(|taken| taken.value == PriorityTaken::PerSegment);
        let weighted = matches!(statistic, Statistic::Availability | Statistic::UserWeightedLoss);
        let counted = tickets && !statistic.is_of_an_instant();
        let written: [(&'static str, bool, bool); 31] = [
            ("direction", doc.direction.is_some(), statistic.says_direction()),
            ("unit", doc.unit.is_some(), observed || statistic == Statistic::Quotient),
            ("take", doc.take.is_some(), observed),
            ("exchanges", !doc.exchanges.is_empty(), statistic == Statistic::ExchangesInTime),
            ("percentile", doc.percentile.is_some(), percentile),
            ("percentile_definition", doc.percentile_definition.is_some(), percentile),
            ("within", doc.within.is_some(), old),
            ("tickets", !doc.tickets.entries.is_empty(), tickets),
            ("clock", clock.is_some(), clocked),
            ("clock.start", clock.is_some_and(|clock| clock.start.is_some()), !tickets || starts),
            ("clock.calendar", clock.is_some_and(|clock| clock.calendar.is_some()), !tickets || times),
            ("clock.pause_in", clock.is_some_and(|clock| !clock.pause_in.is_empty()), !tickets || times),
            ("clock.runs_while", clock.is_some_and(|clock| clock.runs_while.is_some()), !tickets || runs),
            ("clock.stopped_in", clock.is_some_and(|clock| !clock.stopped_in.is_empty()), !tickets || runs),
            ("clock.zone", clock.is_some_and(|clock| clock.zone.is_some()), !tickets || runs),
            ("clock.working_days", clock.is_some_and(|clock| clock.working_days.is_some()), !tickets || within),
            ("cycles", doc.cycles.is_some(), runs),
            ("counted_when", doc.counted_when.is_some(), counted && (within || !decided)),
            ("children", doc.children.is_some(), tickets),
            ("event_group", doc.event_group.is_some(), tickets),
            ("leave_out", !doc.leave_out.entries.is_empty(), tickets),
            ("priority_taken", doc.priority_taken.is_some(), tickets && (within || !segments)),
            ("by", !doc.by.is_empty(), tickets || outages && doc.by.iter().all(|split| *split == Split::Service)),
            ("available", !doc.available.entries.is_empty(), weighted || old),
            ("when_not_reported", doc.when_not_reported.is_some(), observed),
            ("per", doc.per.is_some(), statistic == Statistic::Rate),
            ("of", !doc.of.entries.is_empty(), statistic == Statistic::Quotient),
            ("more_than", doc.more_than.is_some(), statistic == Statistic::Reassigned),
            ("longer_than", doc.longer_than.is_some(), statistic == Statistic::AgedReduction),
            ("complaints", !doc.complaints.entries.is_empty(), statistic == Statistic::RaisedFirst),
            ("targets", !doc.targets.is_empty(), !doc.by.is_empty()),
        ];
        for (key, _, _) in written.into_iter().filter(|(_, written, read)| *written && !*read) {
            let problem = self.faults.problem(&codes::KEY_WITHOUT_USE, doc.mark).with("key", key);
            self.faults.report(problem.with("shape", Argument::name(statistic.as_str())));
        }
    }
    /// The share of a percentile; reports one that is missing, or none between 0 and 1.
    pub(super) fn percentile(&mut self, doc: &MeasureDoc) -> Ratio {
        let Some(written) = &doc.percentile else {
            if self.whole && doc.statistic.value == Statistic::Percentile {
                let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a measure of percentile");
                self.faults.report(problem.with("key", "percentile").with("expected", "a share such as 95%"));
            }
            return Ratio::ONE;
        };
        TargetDoc::Number(written.value.clone()).check(Unit::Share, written.mark, self.faults);
        written.value.clone()
    }
    /// Reports an agreement without a provider that measures what its provider does.
    pub(super) fn needs_provider(&mut self, doc: &AgreementDoc) {
        let statistics = [Statistic::ExchangesInTime, Statistic::ObligationsKept, Statistic::ImprovementsDelivered];
        let needed = doc.measures.iter().any(|(_, measure)| statistics.contains(&measure.statistic.value));
        if self.whole && needed && doc.provider.is_none() {
            let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark);
            let problem = problem.with("shape", "an agreement that measures what its provider does");
            self.faults.report(problem.with("key", "provider").with("expected", "the party that promises"));
        }
    }
}
