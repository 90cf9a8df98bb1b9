//! Agreements: SLAs with the customer, OLAs between providers, underpinning contracts, and the measures they hold.
//!
//! Goes in: `agreements:` of a document. Comes out: `Agreement` and `Measure` by dense index.
//! **Invariant:** every measure lies in exactly one agreement; a measure that nothing computes is refused, never ignored.
//! **Not here:** computing a measure (`answer::score`), incentive regimes (`formula`).

use super::allowance::WorkingDaysDoc;
use super::calendar::CalendarIdx;
use super::counting::ClockZone;
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
use crate::document::{Dated, Mark, Named, Spot, When};

pub use super::counting::{
    Children, CountedWhen, Counting, Cycles, EventGroup, GroupTarget, GroupTargetDoc, MeasurePeriod, Per, PriorityTaken, RateOf,
    RunsWhile, WhenNone, Within, WithinRow,
};
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
    /// Where among the sorted times a percentile lies. Hyndman and Fan (1996) number nine definitions; these are their 1 and 7.
    pub enum Definition = "a definition of a percentile" {
        /// Their definition 1: the least time that so great a share of the times does not exceed; always a time that occurred.
        NearestRank = "nearest_rank",
        /// Their definition 7: between the two times beside `(n - 1) p`, in proportion; that of spreadsheets and of numpy.
        Linear = "linear",
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
        /// While what it runs: always, or while the provider of the agreement holds the ticket; always unless written.
        runs_while: Option<RunsWhile> = "runs_while",
        /// calendar or ticket: in whose zone its hours are; calendar unless written. A ticket's is in its column `zone`.
        zone: Option<ClockZone> = "zone",
        /// How Working Days are counted where times are agreed in them.
        working_days: Option<WorkingDaysDoc> = "working_days",
        /// States of the ticket in which a run of it is over, for `cycles`.
        stopped_in: Vec<String> = "stopped_in",
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
        /// How long the clock may run for a ticket to be met; by priority, only tickets of these priorities are counted; in rows, the
        /// first that fits decides.
        within: Option<Dated<Within>> = "within",
        /// What is promised: the least share for percent_within, the greatest number for count, a length of time for a mean.
        target: Option<Dated<TargetDoc>> = "target",
        /// Targets of groups that differ: the first that fits a group decides, and `target` where none does.
        targets: Vec<GroupTargetDoc> = "targets",
        /// Of observed: whether its target is the least or the greatest value; at_least unless written.
        direction: Option<Spot<Direction>> = "direction",
        /// Of observed: share, count, seconds or number; number unless written.
        unit: Option<Spot<Unit>> = "unit",
        /// Of observed: which values of a period count; all unless written.
        take: Option<Spot<Take>> = "take",
        /// Of exchanges_in_time: the interfaces; all in which the provider of the agreement takes part unless written.
        exchanges: Vec<Spot<String>> = "exchanges",
        /// Of rate: what tickets are counted over, such as `1000 users`, `service` or `day`.
        per: Option<Per> = "per",
        /// Of ratio: the tickets it is counted over: columns and the values they may have.
        of: Named<Vec<String>> = "of",
        /// Of reassigned: how often a ticket may go from party to party and not be missed; once unless written.
        more_than: Option<u32> = "more_than",
        /// Of aged_reduction: how long a ticket is open before it is aged.
        longer_than: Option<Duration> = "longer_than",
        /// Of raised_first: the tickets that are complaints: columns and the values they may have; those of kind incident unless written.
        complaints: Named<Vec<String>> = "complaints",
        /// What puts a ticket into a period; the stop of the clock unless written.
        counted_when: Option<CountedWhen> = "counted_when",
        /// Below this number of tickets a percentage has no verdict; 1 unless written.
        fewest: Option<u32> = "fewest",
        /// What a period without a single case comes to; no_verdict unless written.
        when_none: Option<WhenNone> = "when_none",
        /// What a period without an observed value comes to; as `when_none` unless written.
        when_not_reported: Option<WhenNone> = "when_not_reported",
        /// Which runs count of a clock that stopped and started again; whole unless written.
        cycles: Option<Cycles> = "cycles",
        /// What becomes of several tickets of one event; count unless written.
        event_group: Option<EventGroup> = "event_group",
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
    /// What puts a ticket into a period.
    pub counted_when: CountedWhen,
    /// Rules that few measures write.
    pub counting: Counting,
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
