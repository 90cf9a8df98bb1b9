//! Agreements: SLAs with the customer, OLAs between providers, underpinning contracts, and the measures they hold.
//!
//! Goes in: `agreements:` of a document. Comes out: `Agreement` and `Measure` by dense index.
//! **Invariant:** every measure lies in exactly one agreement; a measure that nothing computes is refused, never ignored.
//! **Not here:** computing a measure (`answer::score`), incentive regimes (`formula`).

use super::calendar::CalendarIdx;
use super::dated::{Timeline, Validity};
use super::interface::InterfaceIdx;
use super::maintenance::MaintenanceIdx;
use super::party::PartyIdx;
use super::regime::{AttachmentDoc, FiguresDoc};
use super::rule::{Level, ServiceIdx};
use super::statistic::TargetDoc;
use crate::base::id::{AgreementId, MeasureId};
use crate::base::{Duration, Idx, Ratio};
use crate::document::decode::{choice, record};
use crate::document::scalar::wrong_type;
use crate::document::{Dated, Decode, Faults, Mark, Named, Node, NodeKind, Shape, Spot, When};

pub use super::statistic::{Direction, Statistic, Take, Unit};

choice! {
    /// What kind of agreement.
    pub enum AgreementKind = "a kind of agreement" {
        /// Service level agreement with the customer.
        Sla = "sla",
        /// Operational level agreement between providers or within one.
        Ola = "ola",
        /// Underpinning contract with a third party.
        UnderpinningContract = "underpinning_contract",
    }
}

choice! {
    /// An instant of a ticket.
    pub enum TicketInstant = "an instant of a ticket" {
        /// It was opened.
        Opened = "opened",
        /// Somebody answered.
        Responded = "responded",
        /// It was resolved.
        Resolved = "resolved",
        /// It was closed.
        Closed = "closed",
    }
}

choice! {
    /// A column by which rows of a scorecard are told apart.
    pub enum Split = "a column to split by" {
        /// The party.
        Party = "party",
        /// The priority.
        Priority = "priority",
        /// The service.
        Service = "service",
    }
}

choice! {
    /// Over what time a measure is taken.
    pub enum MeasurePeriod = "a period of a measure" {
        /// The calendar month.
        Month = "month",
        /// The quarter.
        Quarter = "quarter",
        /// The contract year.
        ContractYear = "contract_year",
        /// The last three months.
        RollingQuarter = "rolling_quarter",
        /// The last twelve months.
        RollingYear = "rolling_year",
    }
}

choice! {
    /// Which priority counts where it was changed.
    pub enum PriorityTaken = "a priority rule" {
        /// The one it was opened with.
        AtOpen = "at_open",
        /// The highest it ever had.
        Highest = "highest",
        /// The one it ended with.
        AtEnd = "at_end",
        /// Each for as long as it held.
        PerSegment = "per_segment",
    }
}

choice! {
    /// What becomes of tickets that are children of another, such as those of a major incident.
    pub enum Children = "a rule for children" {
        /// They count like any other.
        Count = "count",
        /// Only their parent counts.
        LeaveOut = "leave_out",
    }
}

choice! {
    /// Where among the sorted times a percentile lies. Hyndman and Fan (1996) number nine definitions; these are their 1 and 7.
    pub enum Definition = "a definition of a percentile" {
        /// Their definition 1: the least time that so great a share of the times does not exceed; always a time that occurred.
        NearestRank = "nearest_rank",
        /// Their definition 7: between the two times beside `(n - 1) p`, in proportion; that of spreadsheets and of numpy.
        Linear = "linear",
    }
}

choice! {
    /// What a period without a single case comes to.
    pub enum WhenNone = "a rule for no cases" {
        /// There is no verdict.
        NoVerdict = "no_verdict",
        /// The measure is met.
        Met = "met",
        /// The measure is missed.
        Missed = "missed",
    }
}

record! {
    /// A measure's clock as written.
    pub struct ClockDoc = "a clock" {
        /// When it starts; opened unless written.
        start: Option<TicketInstant> = "start",
        /// When it stops; resolved unless written.
        stop: Option<TicketInstant> = "stop",
        /// The calendar it runs in; the hours of the ticket's service unless written, and around the clock where it has none.
        calendar: Option<Spot<String>> = "calendar",
        /// States of the ticket in which it stands still.
        pause_in: Vec<String> = "pause_in",
    }
}

/// One time for all, or one by priority.
#[derive(Debug, Clone, PartialEq)]
pub enum Within {
    /// The same time for every ticket.
    All(Duration),
    /// A time by priority; tickets of another priority are not counted.
    ByPriority(Vec<(String, Duration)>),
}

impl Within {
    /// The time for a priority.
    pub fn of(&self, priority: Option<&str>) -> Option<Duration> {
        match self {
            Self::All(time) => Some(*time),
            Self::ByPriority(times) => times.iter().find(|(name, _)| Some(name.as_str()) == priority).map(|(_, time)| *time),
        }
    }
}

impl Decode for Within {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        if !matches!(node.kind, NodeKind::Map(_)) {
            return Duration::decode(node, faults).map(Self::All);
        }
        let times = Named::<Duration>::decode(node, faults)?;
        if times.entries.is_empty() && times.faulty.is_empty() {
            wrong_type(node, "a length of time, or one by priority", faults);
            return None;
        }
        Some(Self::ByPriority(times.entries.into_iter().map(|(name, time)| (name.value, time)).collect()))
    }
    fn shape() -> Shape {
        Shape::OneOf(vec![Shape::Duration, Shape::Map(Box::new(Shape::Duration))])
    }
}

record! {
    /// A measure as written.
    pub struct MeasureDoc = "a measure" {
        /// Its full name.
        title: Option<String> = "title",
        /// The clause it stands in.
        clause: Option<String> = "clause",
        /// What is made of the tickets.
        statistic: Spot<Statistic> = "statistic",
        /// Which tickets: columns and the values they may have.
        tickets: Named<Vec<String>> = "tickets",
        /// The clock that runs for each ticket.
        clock: Option<ClockDoc> = "clock",
        /// How long the clock may run for a ticket to be met; by priority, only tickets of these priorities are counted.
        within: Option<Dated<Within>> = "within",
        /// What is promised: the least share for percent_within, the greatest number for count, a length of time for a mean.
        target: Option<Dated<TargetDoc>> = "target",
        /// Of observed: whether its target is the least or the greatest value; at_least unless written.
        direction: Option<Spot<Direction>> = "direction",
        /// Of observed: share, count, seconds or number; number unless written.
        unit: Option<Spot<Unit>> = "unit",
        /// Of observed: which values of a period count; all unless written.
        take: Option<Spot<Take>> = "take",
        /// Of exchanges_in_time: the interfaces; all in which the provider of the agreement takes part unless written.
        exchanges: Vec<Spot<String>> = "exchanges",
        /// The instant that puts a ticket into a period; the stop of the clock unless written.
        counted_when: Option<TicketInstant> = "counted_when",
        /// Below this number of tickets a percentage has no verdict; 1 unless written.
        fewest: Option<u32> = "fewest",
        /// What a period without a single case comes to; no_verdict unless written.
        when_none: Option<WhenNone> = "when_none",
        /// Over what time it is taken; month unless written.
        period: Option<Spot<MeasurePeriod>> = "period",
        /// Which priority counts where it was changed; at_end unless written.
        priority_taken: Option<Spot<PriorityTaken>> = "priority_taken",
        /// What becomes of tickets that are children of another; count unless written.
        children: Option<Children> = "children",
        /// Tickets that are not counted: columns and the values that leave a ticket out, such as no fault found.
        leave_out: Named<Vec<String>> = "leave_out",
        /// Of availability: the levels at which a service is available, with their weight; all but the worst in full unless written.
        available: Named<Spot<Ratio>> = "available",
        /// Of percentile: which, such as 95%.
        percentile: Option<Spot<Ratio>> = "percentile",
        /// Of percentile: how it is defined; nearest_rank unless written.
        percentile_definition: Option<Spot<Definition>> = "percentile_definition",
        /// Rows beside the total, one per combination of these: party, priority, service.
        by: Vec<Split> = "by",
        /// Incentive regimes it is under, with their parameters.
        regimes: Named<AttachmentDoc> = "regimes",
        /// Figures that evidence supplies for it, with their types.
        figures: FiguresDoc = "figures",
        /// From when it is measured.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

record! {
    /// An agreement as written.
    pub struct AgreementDoc = "an agreement" {
        /// Its full name.
        title: Option<String> = "title",
        /// sla, ola or underpinning_contract.
        kind: AgreementKind = "kind",
        /// Who promises.
        provider: Option<Spot<String>> = "provider",
        /// To whom.
        customer: Option<Spot<String>> = "customer",
        /// For which services.
        services: Vec<Spot<String>> = "services",
        /// The agreements it rests on.
        underpinned_by: Vec<Spot<String>> = "underpinned_by",
        /// The clause or document it stands in.
        clause: Option<String> = "clause",
        /// The maintenance rule by which planned work is planned; without one nothing is.
        maintenance: Option<Spot<String>> = "maintenance",
        /// What is measured.
        measures: Named<MeasureDoc> = "measures",
        /// Incentive regimes it is under, with their parameters.
        regimes: Named<AttachmentDoc> = "regimes",
        /// Figures that evidence supplies for it, with their types.
        figures: FiguresDoc = "figures",
        /// From when it holds.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of an agreement.
pub type AgreementIdx = Idx<Agreement>;

/// An agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// What kind it is.
    pub kind: AgreementKind,
    /// Who promises.
    pub provider: Option<PartyIdx>,
    /// To whom.
    pub customer: Option<PartyIdx>,
    /// For which services.
    pub services: Vec<ServiceIdx>,
    /// The agreements it rests on.
    pub underpinned_by: Vec<AgreementIdx>,
    /// The clause it stands in.
    pub clause: Option<String>,
    /// Incentive regimes it is under.
    pub regimes: Named<AttachmentDoc>,
    /// Figures that evidence supplies for it.
    pub figures: FiguresDoc,
    /// The maintenance rule by which planned work is planned.
    pub maintenance: Option<MaintenanceIdx>,
    /// When it holds.
    pub validity: Validity,
    /// Where it is written.
    pub mark: Mark,
}

/// A dense index of a measure.
pub type MeasureIdx = Idx<Measure>;

/// A measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Its id, unique in the ecosystem.
    pub id: MeasureId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// The clause it stands in.
    pub clause: Option<String>,
    /// The agreement that holds it.
    pub agreement: AgreementIdx,
    /// What is made of the tickets.
    pub statistic: Statistic,
    /// Columns and the values a counted ticket may have in them.
    pub tickets: Vec<(String, Vec<String>)>,
    /// When the clock starts.
    pub start: TicketInstant,
    /// When it stops.
    pub stop: TicketInstant,
    /// The calendar it runs in; none means the hours of the ticket's service.
    pub calendar: Option<CalendarIdx>,
    /// States in which it stands still.
    pub pause_in: Vec<String>,
    /// How long it may run.
    pub within: Timeline<Within>,
    /// What is promised, in the unit of the measure: seconds for times.
    pub target: Timeline<Ratio>,
    /// Of what its value is a number.
    pub unit: Unit,
    /// On which side of the target its value should lie.
    pub direction: Direction,
    /// Which observed values of a period count.
    pub take: Take,
    /// The interfaces whose exchanges count; empty for all of the provider.
    pub exchanges: Vec<InterfaceIdx>,
    /// The instant that puts a ticket into a period.
    pub counted_when: TicketInstant,
    /// Fewest tickets for a verdict.
    pub fewest: u32,
    /// What a period without a case comes to.
    pub when_none: WhenNone,
    /// What becomes of children.
    pub children: Children,
    /// Columns and the values that leave a ticket out.
    pub leave_out: Vec<(String, Vec<String>)>,
    /// Levels at which a service is available, with their weight; empty for all but the worst in full.
    pub available: Vec<(Level, Ratio)>,
    /// Of a percentile: the share of times that do not exceed it.
    pub percentile: Ratio,
    /// Of a percentile: how it is defined.
    pub definition: Definition,
    /// Rows beside the total.
    pub by: Vec<Split>,
    /// Incentive regimes it is under.
    pub regimes: Named<AttachmentDoc>,
    /// Figures that evidence supplies for it.
    pub figures: FiguresDoc,
    /// When it is measured.
    pub validity: Validity,
    /// Keys that are not written, so that their defaults are in force.
    pub defaults: Vec<&'static str>,
    /// Where it is written.
    pub mark: Mark,
}
