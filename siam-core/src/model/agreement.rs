//! Agreements: SLAs with the customer, OLAs between providers, underpinning contracts, and the measures they hold.
//!
//! Goes in: `agreements:` of a document. Comes out: `Agreement` and `Measure` by dense index.
//! **Invariant:** every measure lies in exactly one agreement; a measure that nothing computes is refused, never ignored.
//! **Not here:** computing a measure (`answer::score`), incentive regimes (`formula`).

use super::calendar::CalendarIdx;
use super::dated::{Timeline, Validity};
use super::maintenance::MaintenanceIdx;
use super::party::PartyIdx;
use super::rule::ServiceIdx;
use crate::base::id::{AgreementId, MeasureId};
use crate::base::{Duration, Idx, Ratio};
use crate::document::decode::{choice, record};
use crate::document::scalar::wrong_type;
use crate::document::{Dated, Decode, Faults, Named, Node, NodeKind, Shape, Spot, When};

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
    /// What is made of the tickets of a measure.
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
        /// SPI exchanges in time.
        ExchangesInTime = "exchanges_in_time",
        /// Loss weighted by users.
        UserWeightedLoss = "user_weighted_loss",
    }
}

impl Statistic {
    /// The statistics that are computed.
    pub const COMPUTED: &'static [Statistic] = &[Statistic::PercentWithin, Statistic::Count];
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
        /// What is promised: the least share for percent_within, the greatest number for count.
        target: Option<Dated<Ratio>> = "target",
        /// The instant that puts a ticket into a period; the stop of the clock unless written.
        counted_when: Option<TicketInstant> = "counted_when",
        /// Below this number of tickets a percentage has no verdict; 1 unless written.
        fewest: Option<u32> = "fewest",
        /// Rows beside the total, one per combination of these: party, priority, service.
        by: Vec<Split> = "by",
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
    /// The maintenance rule by which planned work is planned.
    pub maintenance: Option<MaintenanceIdx>,
    /// When it holds.
    pub validity: Validity,
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
    /// What is promised.
    pub target: Timeline<Ratio>,
    /// The instant that puts a ticket into a period.
    pub counted_when: TicketInstant,
    /// Fewest tickets for a verdict.
    pub fewest: u32,
    /// Rows beside the total.
    pub by: Vec<Split>,
    /// When it is measured.
    pub validity: Validity,
}
