//! What each ticket adds to a measure.
//!
//! Goes in: measures resolved to columns. Comes out: contributions, and the tickets that a rule leaves out.
//! **Invariant:** pure: slices and numbers only; a ticket that the measure's filters choose is found or omitted with its rule.
//! **Not here:** names (`resolve`), sums (`counts`, `sums`), rows of other tables (`records`), tables (`score`).

use super::counts::Outcome;
use super::days::{due, working_days};
use super::resolve::{Asked, Common};
use super::runs::{Run, Runs, count_of, on_clock, open_time, passes, ran_between, runs_of, share_used};
use crate::base::{Code, Instant, codes};
use crate::evidence::{History, Labels, MISSING, NONE};
use crate::model::agreement::{CountedWhen, Cycles, PriorityTaken, Statistic, TicketInstant};
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
    /// The database has no zone of the name it gives.
    Zone,
    /// Neither has its clock stopped nor its time passed, as far as is known.
    Undecided,
}

impl Lack {
    /// The instant that lacks and the code name that says why.
    pub fn words(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::Nothing => (None, None),
            Self::Instant(which, code) => (Some(which.as_str()), Some(code.name)),
            Self::NoTime => (None, Some("no-time-agreed")),
            Self::Horizon => (None, Some(codes::BEYOND_HORIZON.name)),
            Self::Zone => (Some("zone"), Some(codes::UNKNOWN_ZONE.name)),
            Self::Undecided => (None, Some("undecided")),
        }
    }
}

/// What one ticket adds to one measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::answer) struct Contribution {
    pub ticket: u32,
    /// The run of its clock, from 1, where each is a case of its own; else 0.
    pub run: u32,
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
    /// This ticket of the same event stands for it.
    SameEvent(u32),
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
        each(common, asked, ticket, &mut pauses, &mut |judged| walked.add(judged));
    }
    walked
}

/// What one ticket adds to a measure that is not about an instant, case by case: one, or one for each run of its clock.
pub(in crate::answer) fn each(
    common: &Common<'_>,
    asked: &Asked<'_>,
    ticket: usize,
    pauses: &mut Vec<(Instant, Instant)>,
    add: &mut dyn FnMut(Judged),
) {
    for run in 0..count_of(common, asked, ticket) {
        add(contribution(common, asked, ticket, run, pauses));
    }
}

/// What one ticket adds to a measure that is about instants of a period.
pub(in crate::answer) fn at_instants(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, from: i64, end: i64) -> Judged {
    if asked.measure.statistic == Statistic::AgedReduction {
        return aged(common, asked, ticket, from, end);
    }
    open_at(common, asked, ticket, end)
}

/// Whether the filters of a measure choose a ticket whose priority counts as this.
pub(in crate::answer) fn is_chosen(asked: &Asked<'_>, ticket: usize, priority: u32) -> bool {
    let taken = || asked.taken[0].as_ref().is_none_or(|codes| codes.get(priority as usize) == Some(&true));
    asked.filters.iter().all(|(labels, codes)| has(labels, codes, ticket)) && taken()
}

/// Whether a ticket is counted below the line of a ratio.
fn is_below(asked: &Asked<'_>, ticket: usize) -> bool {
    asked.below.as_ref().is_some_and(|filters| filters.iter().all(|(labels, codes)| has(labels, codes, ticket)))
}

/// The place of the column whose value leaves a ticket out, if one does.
pub(in crate::answer) fn left_out(asked: &Asked<'_>, ticket: usize, priority: u32) -> Option<usize> {
    if asked.parents.is_some_and(|parents| parents.code(ticket) != NONE) {
        return Some(usize::MAX);
    }
    if asked.taken[1].as_ref().is_some_and(|codes| codes.get(priority as usize) == Some(&true)) {
        return Some(asked.taken_place);
    }
    let place = asked.left_out.iter().position(|(labels, codes)| has(labels, codes, ticket))?;
    // The places are those of the columns as written, where the priority may stand between them.
    Some(if asked.taken[1].is_some() && place >= asked.taken_place { place + 1 } else { place })
}

fn has(labels: &Labels, codes: &[bool], ticket: usize) -> bool {
    codes.get(labels.code(ticket) as usize) == Some(&true)
}

/// The rule that leaves a ticket out at an instant, if one does.
fn omission(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, priority: u32, at: i64) -> Option<Omission> {
    match left_out(asked, ticket, priority) {
        Some(usize::MAX) => return Some(Omission::Child),
        Some(place) => return Some(Omission::LeftOut(place)),
        None => {}
    }
    if let Some((labels, first)) = &asked.events {
        let stands = first.get(labels.code(ticket) as usize).copied().filter(|first| *first != NONE);
        if let Some(stands) = stands.filter(|first| *first as usize != ticket) {
            return Some(Omission::SameEvent(stands));
        }
    }
    match common.stage_of(ticket, at) {
        stage @ (Stage::Pipeline | Stage::Design | Stage::Retired) => Some(Omission::Stage(stage)),
        Stage::Transition | Stage::Operation => None,
    }
}

/// A contribution of which nothing but the ticket is known.
fn blank(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, priority: u32, counted: i64, at: i64) -> Contribution {
    let party = if let Runs::Held(.., party) = asked.runs { party } else { common.party_of(ticket, at) };
    let service = common.service.map_or(NONE, |labels| labels.code(ticket));
    Contribution {
        ticket: u32::try_from(ticket).unwrap_or(NONE),
        run: 0,
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
        codes: [party, priority, service],
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
    let priority = asked.priority_of(common, ticket);
    if !is_chosen(asked, ticket, priority) || opened == MISSING || opened > last || !asked.validity().contains(Instant(last)) {
        return Judged::Other;
    }
    let stop = asked.measure.stop;
    let stopped = common.instant(ticket, stop);
    if stopped != MISSING && stopped <= last {
        return Judged::Other;
    }
    if let Some(omission) = omission(common, asked, ticket, priority, last) {
        return Judged::Omitted(end, omission);
    }
    let mut found = blank(common, asked, ticket, priority, end, last);
    (found.started, found.stopped) = (opened, stopped);
    let flaw = common.evidence.tickets().flaw(ticket, stop);
    // An end that stands there and cannot be read may have been before.
    if stopped == MISSING && flaw != &codes::MISSING_VALUE {
        found.lack = Lack::Instant(stop, flaw);
    }
    settle(common, asked, &mut found, last, Outcome::Counted);
    Judged::Found(found)
}

/// What one ticket adds to a reduction of aged tickets: aged at the beginning of the period it counts, at its end it is an amount.
fn aged(common: &Common<'_>, asked: &Asked<'_>, ticket: usize, from: i64, end: i64) -> Judged {
    let last = end.saturating_sub(1);
    let (opened, stop) = (common.instant(ticket, TicketInstant::Opened), asked.measure.stop);
    let priority = asked.priority_of(common, ticket);
    if !is_chosen(asked, ticket, priority) || opened == MISSING || !asked.validity().contains(Instant(last)) {
        return Judged::Other;
    }
    let stopped = common.instant(ticket, stop);
    let longer = asked.measure.counting.longer_than.map_or(0, |time| time.micros());
    let is_aged = |at: i64| {
        let open = opened < at && (stopped == MISSING || stopped >= at);
        open && at.saturating_sub(opened) > longer
    };
    let (before, after) = (is_aged(from), is_aged(end));
    if !before && !after {
        return Judged::Other;
    }
    if let Some(omission) = omission(common, asked, ticket, priority, last) {
        return Judged::Omitted(end, omission);
    }
    let mut found = blank(common, asked, ticket, priority, end, last);
    (found.started, found.stopped, found.amount) = (opened, stopped, i64::from(after));
    let flaw = common.evidence.tickets().flaw(ticket, stop);
    if stopped == MISSING && flaw != &codes::MISSING_VALUE {
        found.lack = Lack::Instant(stop, flaw);
    }
    settle(common, asked, &mut found, last, if before { Outcome::Counted } else { Outcome::Met });
    Judged::Found(found)
}

/// What one ticket adds to any other statistic of tickets, in a run of its clock: 0 but where each run is a case of its own.
pub(in crate::answer) fn contribution(
    common: &Common<'_>,
    asked: &Asked<'_>,
    ticket: usize,
    run: u32,
    pauses: &mut Vec<(Instant, Instant)>,
) -> Judged {
    let measure = asked.measure;
    let opened = common.instant(ticket, TicketInstant::Opened);
    let priority = asked.priority_of(common, ticket);
    let above = is_chosen(asked, ticket, priority);
    if !(above || is_below(asked, ticket)) || opened == MISSING {
        return Judged::Other;
    }
    let whole = [(common.instant(ticket, measure.start), common.instant(ticket, measure.stop))];
    let mut several = Vec::new();
    let runs: &[Run] = if matches!(asked.runs, Runs::Whole) {
        &whole
    } else {
        runs_of(common, asked, ticket, run, &mut several);
        &several
    };
    // Its party never held it: it is another's.
    let (Some((started, _)), Some((_, stopped))) = (runs.first().copied(), runs.last().copied()) else { return Judged::Other };
    let (mut own, mut passed) = (MISSING, false);
    pauses_of(asked, ticket, pauses);
    match measure.counted_when {
        CountedWhen::Decided => {
            let last = decided(common, asked, (ticket, priority), runs, pauses);
            passed = last != MISSING && stopped == MISSING;
            own = if last == MISSING || stopped != MISSING && stopped < last { stopped } else { last };
        }
        which if which == measure.stop.into() && measure.statistic.runs_clock() => own = stopped,
        which => own = which.instant().map_or(own, |which| common.instant(ticket, which)),
    }
    // Before it is known when it counts, it stands where it was opened, a later run where it began.
    let counted = if own != MISSING {
        own
    } else if run > 0 {
        started
    } else {
        opened
    };
    if !asked.validity().contains(Instant(counted)) {
        return Judged::Other;
    }
    let mut found = blank(common, asked, ticket, priority, counted, counted);
    (found.started, found.stopped) = (started, stopped);
    if matches!(asked.runs, Runs::Cycles(_, _, Cycles::Each)) {
        found.run = run + 1;
    }
    let segments = measure.counting.priority_taken == PriorityTaken::PerSegment && measure.statistic == Statistic::PercentWithin;
    if measure.statistic == Statistic::PercentWithin {
        let at = if measure.counted_when == CountedWhen::Decided && started != MISSING { started } else { counted };
        let mut time = asked.time_of(common, ticket, at, priority);
        if segments {
            time = time.map(|own| segment_time(common, asked, (ticket, priority), runs, (at, own)));
        }
        if time == Some(MISSING) {
            return Judged::Other;
        }
        found.within = time.unwrap_or(MISSING);
    }
    if let Some(omission) = omission(common, asked, ticket, priority, counted) {
        return Judged::Omitted(counted, omission);
    }
    if passed {
        found.within = if working_days(found.within).is_some() { MISSING } else { found.within };
        // The agreed time is over, whenever the clock may stop.
        settle(common, asked, &mut found, counted, Outcome::Missed);
        return Judged::Found(found);
    }
    found.lack = lack(common, asked, &mut found, own);
    let counts = counts(common, asked, &mut found, (runs, pauses), above);
    settle(common, asked, &mut found, counted, counts);
    Judged::Found(found)
}

/// The time of a ticket where each priority counts for as long as it held, told by one: its last, if its clock ran under that one, else
/// the first that has a time. `MISSING` where its clock ran under none; of one that has not stopped, every priority it had may be.
fn segment_time(
    common: &Common<'_>,
    asked: &Asked<'_>,
    (ticket, priority): (usize, u32),
    runs: &[Run],
    (at, own): (i64, i64),
) -> i64 {
    let ends = runs.first().zip(runs.last()).map(|((started, _), (_, stopped))| (*started, *stopped));
    let ran = ends.is_some_and(|(started, stopped)| started != MISSING && stopped != MISSING && started <= stopped);
    let spans = common.priorities.spans(ticket);
    let held = || spans.iter().filter(|(from, until, _)| !ran || ran_between(runs, *from, *until)).map(|(.., code)| *code);
    if own != MISSING && (!ran || held().any(|code| code == priority)) {
        return own;
    }
    held().filter_map(|code| asked.time_of(common, ticket, at, code)).find(|time| *time != MISSING).unwrap_or(MISSING)
}

/// What a ticket counts as where nothing lacks; measures its time and hand-offs.
fn counts(
    common: &Common<'_>,
    asked: &Asked<'_>,
    found: &mut Contribution,
    (runs, pauses): (&[Run], &[(Instant, Instant)]),
    above: bool,
) -> Outcome {
    let (measure, ticket) = (asked.measure, found.ticket as usize);
    let ran = found.started != MISSING && found.stopped != MISSING && found.started <= found.stopped;
    if found.lack == Lack::Zone || measure.statistic.runs_clock() && ran && asked.lacks_zone(ticket) {
        found.within = if working_days(found.within).is_some() { MISSING } else { found.within };
        found.lack = Lack::Zone;
        return Outcome::Unscored;
    }
    let days = if measure.statistic == Statistic::PercentWithin { working_days(found.within) } else { None };
    let mut due = MISSING;
    if let Some(days) = days {
        found.within = MISSING;
        if found.started != MISSING {
            let clock = asked.clock_of(common, ticket, found.started);
            let over = self::due(common, clock, (runs, pauses), days, measure.counting.days);
            due = over.unwrap_or(MISSING);
            // How much open time the days are, from this start on.
            found.within = over.and_then(|over| on_clock(clock, found.started, over, pauses)).unwrap_or(MISSING);
            if over.is_none() && found.lack == Lack::Nothing {
                found.lack = Lack::Horizon;
            }
        }
    }
    if measure.statistic.runs_clock() && ran {
        let clock = asked.clock_of(common, ticket, found.started);
        match open_time(clock, runs, pauses) {
            Some(micros) => (found.elapsed, found.amount) = (micros, micros),
            None => found.lack = Lack::Horizon,
        }
    }
    if measure.statistic.reads_hand_offs() && ran {
        found.hand_offs = hand_offs(asked.parties, ticket, found.started, found.stopped);
        found.amount = found.hand_offs;
    }
    match measure.statistic {
        Statistic::PercentWithin if measure.counting.priority_taken == PriorityTaken::PerSegment => {
            if found.lack != Lack::Nothing {
                return Outcome::Unscored;
            }
            let clock = asked.clock_of(common, ticket, found.started);
            let at = found.counted;
            let within = |priority: u32| asked.time_of(common, ticket, at, priority);
            match share_used(common, ticket, clock, (runs, pauses), &within) {
                Some(Some(used)) => verdict(used.is_met()),
                Some(None) => {
                    found.lack = Lack::NoTime;
                    Outcome::Unscored
                }
                None => {
                    found.lack = Lack::Horizon;
                    Outcome::Unscored
                }
            }
        }
        Statistic::PercentWithin if days.is_some() => verdict(found.stopped <= due),
        Statistic::PercentWithin => verdict(found.elapsed <= found.within),
        Statistic::FirstTimeFix => verdict(found.hand_offs == 0),
        Statistic::Reassigned => verdict(found.hand_offs <= measure.counting.more_than.into()),
        Statistic::RaisedFirst => {
            let complained = asked.complained.get(ticket).copied().unwrap_or(MISSING);
            found.started = common.instant(ticket, TicketInstant::Opened);
            found.stopped = complained;
            verdict(complained == MISSING || found.started <= complained)
        }
        Statistic::Count => Outcome::Met,
        Statistic::Quotient => {
            found.amount = i64::from(above);
            if is_below(asked, ticket) { Outcome::Counted } else { Outcome::Met }
        }
        _ => Outcome::Counted,
    }
}

/// The last instant at which a ticket is still in time, `MISSING` where its time has not passed as far as is known.
fn decided(
    common: &Common<'_>,
    asked: &Asked<'_>,
    (ticket, priority): (usize, u32),
    runs: &[Run],
    pauses: &[(Instant, Instant)],
) -> i64 {
    let (Some((started, _)), Some((_, stopped))) = (runs.first(), runs.last()) else { return MISSING };
    let flaw = common.evidence.tickets().flaw(ticket, asked.measure.stop);
    let unknown = *stopped == MISSING && flaw != &codes::MISSING_VALUE;
    // In a zone that nobody knows no time passes.
    if *started == MISSING || unknown || *stopped != MISSING && stopped < started || asked.lacks_zone(ticket) {
        return MISSING;
    }
    let time = asked.time_of(common, ticket, *started, priority).filter(|time| *time != MISSING);
    let clock = asked.clock_of(common, ticket, *started);
    let last = time.and_then(|time| match working_days(time) {
        Some(days) => due(common, clock, (runs, pauses), days, asked.measure.counting.days),
        None => passes(clock, runs, pauses, time),
    });
    last.filter(|last| *last < common.as_of).unwrap_or(MISSING)
}

fn verdict(met: bool) -> Outcome {
    if met { Outcome::Met } else { Outcome::Missed }
}

/// What a ticket lacks for its statistic; forgets the ends of its clock where the statistic has none.
fn lack(common: &Common<'_>, asked: &Asked<'_>, found: &mut Contribution, own: i64) -> Lack {
    let (measure, ticket) = (asked.measure, found.ticket as usize);
    let clocked = measure.statistic.runs_clock() || measure.statistic.reads_hand_offs();
    if !clocked {
        (found.started, found.stopped) = (MISSING, MISSING);
    }
    let lacking = |which| Lack::Instant(which, common.evidence.tickets().flaw(ticket, which));
    if own == MISSING {
        match measure.counted_when.instant() {
            Some(which) => lacking(which),
            None if found.started == MISSING => lacking(measure.start),
            None => match lacking(measure.stop) {
                Lack::Instant(_, code) if code == &codes::MISSING_VALUE && asked.lacks_zone(ticket) => Lack::Zone,
                Lack::Instant(_, code) if code == &codes::MISSING_VALUE => Lack::Undecided,
                other => other,
            },
        }
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

/// The pauses of a ticket, in order.
pub(in crate::answer) fn pauses_of(asked: &Asked<'_>, ticket: usize, pauses: &mut Vec<(Instant, Instant)>) {
    pauses.clear();
    if let Some((history, stops)) = &asked.pauses {
        let paused = history.spans(ticket).filter(|(.., code)| stops.get(*code as usize) == Some(&true));
        pauses.extend(paused.map(|(from, until, _)| (Instant(from), Instant(until))));
    }
}
