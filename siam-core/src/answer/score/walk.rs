//! What each ticket adds to a measure.
//!
//! Goes in: measures resolved to columns. Comes out: contributions, and the tickets that a rule leaves out.
//! **Invariant:** pure: slices and numbers only; a ticket that the measure's filters choose is found or omitted with its rule.
//! **Not here:** names (`resolve`), sums (`counts`), rows of other tables (`records`), tables (`score`).

use super::counts::Outcome;
use super::resolve::{Asked, Common};
use crate::base::{Code, Instant, codes};
use crate::clock::Clock;
use crate::evidence::{History, Labels, MISSING, NONE};
use crate::model::agreement::{Statistic, TicketInstant};
use crate::model::service::Stage;

/// Why a ticket is unscored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) enum Lack {
    /// Nothing is lacking.
    Nothing,
    /// An instant of the ticket.
    Instant(TicketInstant, &'static Code),
    /// No time was agreed when it was counted.
    NoTime,
    /// An instant lies where no clock computes.
    Horizon,
}

impl Lack {
    /// The instant that lacks and the code name that says why.
    pub fn words(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::Nothing => (None, None),
            Self::Instant(which, code) => (Some(which.as_str()), Some(code.name)),
            Self::NoTime => (None, Some("no-time-agreed")),
            Self::Horizon => (None, Some(codes::BEYOND_HORIZON.name)),
        }
    }
}

/// What one ticket adds to one measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) struct Contribution {
    pub ticket: u32,
    /// The instant that puts it into a period: where `counted_when` lacks, `opened`; of a backlog, the end of the period.
    pub counted: i64,
    pub started: i64,
    pub stopped: i64,
    /// On the clock, in microseconds; `MISSING` where it did not stop.
    pub elapsed: i64,
    /// What it may be; `MISSING` where there is none.
    pub within: i64,
    /// Changes from one party to another; `MISSING` where the measure does not count them.
    pub hand_offs: i64,
    /// What it adds to the sum of the statistic.
    pub amount: i64,
    pub outcome: Outcome,
    pub in_transition: bool,
    pub lack: Lack,
    /// Codes of party, priority, service.
    pub codes: [u32; 3],
}

/// Why a ticket that the filters choose is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) enum Omission {
    /// It is a child of another.
    Child,
    /// A value in the column of this place leaves it out.
    LeftOut(usize),
    /// Its service is not in use.
    Stage(Stage),
}

/// What became of a ticket in a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) enum Judged {
    /// The measure is not about it.
    Other,
    /// A rule leaves it out; the instant is the one that would put it into a period.
    Omitted(i64, Omission),
    /// It is counted, excluded or unscored.
    Found(Contribution),
}

/// All tickets that the filters of a measure choose, in the order of their ids.
#[derive(Debug, Default)]
pub(in crate::answer) struct Walked {
    pub found: Vec<Contribution>,
    pub omitted: Vec<(i64, Omission)>,
}

impl Walked {
    fn add(&mut self, judged: Judged) {
        match judged {
            Judged::Other => {}
            Judged::Omitted(at, omission) => self.omitted.push((at, omission)),
            Judged::Found(found) => self.found.push(found),
        }
    }
}

/// The contributions of all tickets of a measure that are not about the end of a period.
pub(in crate::answer) fn walk(common: &Common<'_>, asked: &Asked<'_>) -> Walked {
    let (mut walked, mut pauses) = (Walked::default(), Vec::new());
    for ticket in 0..common.evidence.tickets().len() {
        walked.add(contribution(common, asked, ticket, &mut pauses));
    }
    walked
}

/// Whether the filters of a measure choose a ticket.
fn is_chosen(asked: &Asked<'_>, ticket: usize) -> bool {
    asked.filters.iter().all(|(labels, codes)| has(labels, codes, ticket))
}

fn has(labels: &Labels, codes: &[bool], ticket: usize) -> bool {
    codes.get(labels.code(ticket) as usize) == Some(&true)
}

/// The rule that leaves a ticket out at an instant, if one does.
fn omission(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, at: i64) -> Option<Omission> {
    if asked.parents.is_some_and(|parents| parents.code(ticket) != NONE) {
        return Some(Omission::Child);
    }
    if let Some(place) = asked.left_out.iter().position(|(labels, codes)| has(labels, codes, ticket)) {
        return Some(Omission::LeftOut(place));
    }
    match common.stage_of(ticket, at) {
        stage @ (Stage::Pipeline | Stage::Design | Stage::Retired) => Some(Omission::Stage(stage)),
        Stage::Transition | Stage::Operation => None,
    }
}

/// A contribution of which nothing but the ticket is known.
fn blank(common: &Common<'_>, ticket: usize, counted: i64, at: i64) -> Contribution {
    let priority = common.priority.map_or(NONE, |labels| labels.code(ticket));
    let service = common.service.map_or(NONE, |labels| labels.code(ticket));
    Contribution {
        ticket: u32::try_from(ticket).unwrap_or(NONE),
        counted,
        started: MISSING,
        stopped: MISSING,
        elapsed: MISSING,
        within: MISSING,
        hand_offs: MISSING,
        amount: 0,
        outcome: Outcome::Unscored,
        in_transition: false,
        lack: Lack::Nothing,
        codes: [common.party_of(ticket, at), priority, service],
    }
}

/// The outcome of a ticket that counts as `counts` where nothing lacks and nothing excludes it.
fn settle(common: &Common<'_>, asked: &Asked<'_>, found: &mut Contribution, at: i64, counts: Outcome) {
    let ticket = found.ticket as usize;
    let excluded = common.evidence.exclusions().of(ticket, asked.measure.id.as_str()).is_some();
    found.in_transition = !excluded && common.stage_of(ticket, at) == Stage::Transition;
    found.outcome = if excluded || found.in_transition {
        Outcome::Excluded
    } else if found.lack != Lack::Nothing {
        Outcome::Unscored
    } else {
        counts
    };
}

/// What one ticket adds to a backlog.
pub(in crate::answer) fn open_at(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, end: i64) -> Judged {
    // What holds at the end of a period is what held last within it.
    let last = end.saturating_sub(1);
    let opened = common.instant(ticket, TicketInstant::Opened);
    if !is_chosen(asked, ticket) || opened == MISSING || opened > last || !asked.validity().contains(Instant(last)) {
        return Judged::Other;
    }
    let stop = asked.measure.stop;
    let stopped = common.instant(ticket, stop);
    if stopped != MISSING && stopped <= last {
        return Judged::Other;
    }
    if let Some(omission) = omission(common, asked, ticket, last) {
        return Judged::Omitted(end, omission);
    }
    let mut found = blank(common, ticket, end, last);
    (found.started, found.stopped) = (opened, stopped);
    let flaw = common.evidence.tickets().flaw(ticket, stop);
    // An end that stands there and cannot be read may have been before.
    if stopped == MISSING && flaw != &codes::MISSING_VALUE {
        found.lack = Lack::Instant(stop, flaw);
    }
    settle(common, asked, &mut found, last, Outcome::Counted);
    Judged::Found(found)
}

/// What one ticket adds to any other statistic of tickets.
pub(in crate::answer) fn contribution(
    common: &Common<'_>,
    asked: &Asked<'_>,
    ticket: usize,
    pauses: &mut Vec<(Instant, Instant)>,
) -> Judged {
    let measure = asked.measure;
    let opened = common.instant(ticket, TicketInstant::Opened);
    if !is_chosen(asked, ticket) || opened == MISSING {
        return Judged::Other;
    }
    let own = common.instant(ticket, measure.counted_when);
    let counted = if own == MISSING { opened } else { own };
    if !asked.validity().contains(Instant(counted)) {
        return Judged::Other;
    }
    let priority = common.priority.map_or(NONE, |labels| labels.code(ticket));
    let within = if measure.statistic == Statistic::PercentWithin { asked.within_of(counted, priority) } else { None };
    if within == Some(MISSING) {
        return Judged::Other;
    }
    if let Some(omission) = omission(common, asked, ticket, counted) {
        return Judged::Omitted(counted, omission);
    }
    let mut found = blank(common, ticket, counted, counted);
    found.within = within.unwrap_or(MISSING);
    found.lack = lack(common, asked, &mut found, own);
    let runs = found.started != MISSING && found.stopped != MISSING && found.started <= found.stopped;
    let mut counts = Outcome::Counted;
    match measure.statistic {
        Statistic::PercentWithin | Statistic::Mean | Statistic::Percentile if runs => {
            match elapsed(common, asked, &found, pauses) {
                Some(micros) => (found.elapsed, found.amount) = (micros, micros),
                None => found.lack = Lack::Horizon,
            }
        }
        Statistic::HandOffs | Statistic::FirstTimeFix if runs => {
            found.hand_offs = hand_offs(asked.parties, ticket, found.started, found.stopped);
            found.amount = found.hand_offs;
        }
        _ => {}
    }
    match measure.statistic {
        Statistic::PercentWithin => counts = verdict(found.elapsed <= found.within),
        Statistic::FirstTimeFix => counts = verdict(found.hand_offs == 0),
        Statistic::Count => counts = Outcome::Met,
        _ => {}
    }
    settle(common, asked, &mut found, counted, counts);
    Judged::Found(found)
}

fn verdict(met: bool) -> Outcome {
    if met { Outcome::Met } else { Outcome::Missed }
}

/// What a ticket lacks for its statistic; takes the ends of its clock where the statistic has one.
fn lack(common: &Common<'_>, asked: &Asked<'_>, found: &mut Contribution, own: i64) -> Lack {
    let (measure, ticket) = (asked.measure, found.ticket as usize);
    let clocked = measure.statistic != Statistic::Count;
    if clocked {
        found.started = common.instant(ticket, measure.start);
        found.stopped = common.instant(ticket, measure.stop);
    }
    let lacking = |which| Lack::Instant(which, common.evidence.tickets().flaw(ticket, which));
    if own == MISSING {
        lacking(measure.counted_when)
    } else if !clocked {
        Lack::Nothing
    } else if found.started == MISSING {
        lacking(measure.start)
    } else if found.stopped == MISSING {
        lacking(measure.stop)
    } else if found.stopped < found.started {
        Lack::Instant(measure.stop, &codes::BAD_ORDER)
    } else if measure.statistic == Statistic::PercentWithin && found.within == MISSING {
        Lack::NoTime
    } else {
        Lack::Nothing
    }
}

/// How often a ticket went from one party to another between two instants, both included.
pub(in crate::answer) fn hand_offs(parties: Option<&History>, ticket: usize, from: i64, until: i64) -> i64 {
    hand_offs_at(parties, ticket, from, until).count().try_into().unwrap_or(i64::MAX)
}

/// When a ticket went from one party to another between two instants, and the codes of both; a time with nobody is no party.
pub(in crate::answer) fn hand_offs_at(
    parties: Option<&History>,
    ticket: usize,
    from: i64,
    until: i64,
) -> impl Iterator<Item = (i64, u32, u32)> + '_ {
    let spans = parties.into_iter().flat_map(move |history| history.spans(ticket));
    let named = spans.filter(|(.., code)| *code != NONE);
    let changes = named.scan(NONE, |last, (at, _, code)| Some((at, std::mem::replace(last, code), code)));
    changes.filter(move |(at, before, code)| *before != NONE && before != code && from <= *at && *at <= until)
}

/// The time on the clock from start to stop, without the pauses.
fn elapsed(common: &Common<'_>, asked: &Asked<'_>, found: &Contribution, pauses: &mut Vec<(Instant, Instant)>) -> Option<i64> {
    pauses.clear();
    if let Some((history, stops)) = &asked.pauses {
        let paused = history.spans(found.ticket as usize).filter(|(.., code)| stops.get(*code as usize) == Some(&true));
        pauses.extend(paused.map(|(from, until, _)| (Instant(from), Instant(until))));
    }
    let clock = asked.clock_of(common, found.ticket as usize, found.started);
    on_clock(clock, found.started, found.stopped, pauses)
}

/// Open time between two instants without pauses that come in order and do not overlap; around the clock where there is none.
pub(in crate::answer) fn on_clock(clock: Option<&Clock>, from: i64, until: i64, pauses: &[(Instant, Instant)]) -> Option<i64> {
    match clock {
        Some(clock) if pauses.is_empty() => clock.elapsed(Instant(from), Instant(until)).ok().map(|time| time.micros()),
        Some(clock) => clock.elapsed_without(Instant(from), Instant(until), pauses).ok().map(|time| time.micros()),
        None => {
            let paused = pauses.iter().map(|(start, end)| (end.0.min(until) - start.0.max(from)).max(0)).sum::<i64>();
            Some(until - from - paused)
        }
    }
}
