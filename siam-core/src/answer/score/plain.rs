//! Plain tickets: those that columns alone decide, counted block by block into dense grids.
//!
//! Goes in: a measure ready to walk, windows, ranges of tickets. Comes out: counts by stretch of time and cell, and the tickets that are not plain.
//! **Invariant:** a plain ticket adds what `walk::each` says of it; a ticket or a measure with anything unusual is left to that.
//! **Not here:** threads and the other tickets (`pass`), what a rule means (`walk`).

use super::percentile::Histogram;
use super::resolve::{Asked, Common};
use super::runs::{Runs, on_clock};
use super::sums::{Grouping, Summed};
use super::windows::Window;
use crate::base::Instant;
use crate::clock::{Clock, Lookup, NOT_COMPUTED};
use crate::evidence::{Labels, MISSING, NONE};
use crate::model::agreement::{PriorityTaken, Split, Statistic};
use crate::model::dated::{Timeline, Validity};
use crate::model::service::{Service, Stage};

/// More cells than this are not worth a grid.
const CELLS: usize = 1 << 22;
/// The table that finds the stretch of an instant has at most so many places.
const PLACES: i64 = 1 << 12;

/// Time in which the same times are agreed and the same windows count.
struct Stretch {
    from: i64,
    until: i64,
    windows: Vec<usize>,
    /// The agreed time by priority code, and at the end of none; `MISSING` where such tickets are not counted.
    within: Vec<i64>,
}

/// What a service decides, the same at all times.
#[derive(Clone, Copy)]
struct Of<'e> {
    clock: Option<&'e Clock>,
    /// The party of its tickets that name none.
    provider: u32,
    is_plain: bool,
}

/// A measure whose plain tickets are counted by columns.
pub(in crate::answer) struct Plain<'e> {
    statistic: Statistic,
    as_of: i64,
    opened: &'e [i64],
    own: &'e [i64],
    start: &'e [i64],
    stop: &'e [i64],
    filters: &'e [(&'e Labels, Vec<bool>)],
    left_out: &'e [(&'e Labels, Vec<bool>)],
    parents: Option<&'e Labels>,
    party: Option<&'e [u32]>,
    priority: Option<&'e [u32]>,
    service: Option<&'e [u32]>,
    /// By service code, and at the end of tickets without a service.
    services: Vec<Of<'e>>,
    /// The one clock of all tickets, where there is one, with a table over their instants.
    lookup: Option<Lookup<'e>>,
    /// Tickets that an exclusion names, in order.
    excluded: Vec<u32>,
    stretches: Vec<Stretch>,
    /// The stretch in which each equal part of time begins.
    places: Vec<u32>,
    shift: u32,
    grouping: Grouping,
    strides: [usize; 3],
    cells: usize,
}

/// What plain tickets came to: by stretch and cell.
pub(in crate::answer) struct Grid {
    /// Met and missed, or counted and 0.
    counts: Vec<[u32; 2]>,
    /// Sums of amounts, where the statistic has any.
    amounts: Vec<i128>,
    /// Of a percentile: the cell of each ticket and its time.
    times: (Vec<u32>, Vec<i64>),
}

impl Grid {
    pub fn new(plain: &Plain<'_>) -> Self {
        let cells = plain.cells * plain.stretches.len();
        let amounts = if plain.statistic == Statistic::Mean { vec![0; cells] } else { Vec::new() };
        Self { counts: vec![[0; 2]; cells], amounts, times: (Vec::new(), Vec::new()) }
    }
    /// Adds a ticket that ran so long and may so long.
    fn add(&mut self, statistic: Statistic, cell: usize, elapsed: i64, within: i64) {
        let missed = statistic == Statistic::PercentWithin && elapsed > within;
        if let Some(counts) = self.counts.get_mut(cell) {
            counts[usize::from(missed)] += 1;
        }
        if statistic == Statistic::Mean
            && let Some(amount) = self.amounts.get_mut(cell)
        {
            *amount += i128::from(elapsed);
        }
        if statistic == Statistic::Percentile {
            self.times.0.push(cell as u32);
            self.times.1.push(elapsed);
        }
    }
}

/// The one value of a timeline, the same at all times; the outer none where it changes.
#[expect(clippy::option_option, reason = "no value at any time is a value of its own here")]
fn constant<T: Copy>(timeline: &Timeline<T>) -> Option<Option<T>> {
    match timeline.spans() {
        [] => Some(None),
        [(validity, value)] if *validity == Validity::ALWAYS => Some(Some(*value)),
        _ => None,
    }
}

impl<'e> Plain<'e> {
    /// None where the measure has a rule that looks at more than the columns of a ticket, or there is too much to tell apart.
    pub fn of(common: &Common<'e>, asked: &'e Asked<'e>, windows: &[Window]) -> Option<Self> {
        let measure = asked.measure;
        // Every rule of a measure is looked at: one that reads more than a ticket's columns is for the walk.
        let Asked {
            measure: _,
            agreement: _,
            filters,
            left_out,
            taken,
            taken_place: _,
            below,
            parents,
            events,
            complained,
            runs,
            parties: _,
            records: _,
            pauses,
            clock,
            zoned,
            within: _,
            rows,
        } = asked;
        let told =
            matches!(measure.statistic, Statistic::PercentWithin | Statistic::Count | Statistic::Mean | Statistic::Percentile);
        let of_columns =
            matches!(runs, Runs::Whole) && zoned.is_none() && pauses.is_none() && events.is_none() && complained.is_empty();
        let at_end = measure.counting.priority_taken == PriorityTaken::AtEnd && taken.iter().all(Option::is_none);
        if !(told && of_columns && at_end && rows.is_empty() && below.is_none()) {
            return None;
        }
        let tickets = common.evidence.tickets();
        let whole = |instants: &'e [i64]| Some(instants).filter(|instants| instants.len() == tickets.len());
        let opened = whole(tickets.instants(crate::model::agreement::TicketInstant::Opened))?;
        let own = whole(tickets.instants(measure.counted_when.instant()?))?;
        let clocked = measure.statistic.runs_clock();
        let of_clock = |which| if clocked { whole(tickets.instants(which)) } else { Some(opened) };
        let (start, stop) = (of_clock(measure.start)?, of_clock(measure.stop)?);
        let grouping = Grouping::new(common, &measure.by);
        let stretches = stretches(common, asked, windows);
        let cells = grouping.cells();
        if stretches.is_empty() || cells.checked_mul(stretches.len()).is_none_or(|all| all > CELLS) {
            return None;
        }
        let services = services(common, asked);
        let lookup = clock.filter(|_| clocked).map(|clock| clock.lookup(&[start, stop]));
        let (places, shift) = places(&stretches);
        let strides = [grouping.stride(0), grouping.stride(1), grouping.stride(2)];
        Some(Self {
            statistic: measure.statistic,
            as_of: common.as_of,
            opened,
            own,
            start,
            stop,
            filters,
            left_out,
            parents: *parents,
            party: common.party.map(Labels::codes).filter(|_| measure.by.contains(&Split::Party)),
            priority: common.priority.map(Labels::codes),
            service: common.service.map(Labels::codes),
            services,
            lookup,
            excluded: common.evidence.exclusions().tickets().to_vec(),
            stretches,
            places,
            shift,
            strides,
            cells,
            grouping,
        })
    }

    /// Counts the plain tickets of a range, and names the others that may count.
    pub fn block(&self, range: std::ops::Range<usize>, grid: &mut Grid, odd: &mut Vec<u32>) {
        let (lowest, beyond) = self.ends();
        let first = self.excluded.partition_point(|ticket| (*ticket as usize) < range.start);
        let mut excluded = self.excluded.get(first..).unwrap_or_default().iter().copied().peekable();
        let own = self.own.get(range.clone()).unwrap_or_default();
        let opened = self.opened.get(range.clone()).unwrap_or_default();
        let starts = self.start.get(range.clone()).unwrap_or_default();
        let stops = self.stop.get(range.clone()).unwrap_or_default();
        let columns = own.iter().zip(opened).zip(starts.iter().zip(stops));
        for (ticket, ((own, opened), (start, stop))) in range.zip(columns) {
            let (own, opened, start, stop) = (*own, *opened, *start, *stop);
            let known = own != MISSING && own <= self.as_of;
            if known && (own < lowest || own >= beyond) {
                continue;
            }
            let number = ticket as u32;
            while excluded.next_if(|next| *next < number).is_some() {}
            let latest = own.max(opened).max(start).max(stop);
            let earliest = own.min(opened).min(start).min(stop);
            if earliest == MISSING || latest > self.as_of || start > stop || excluded.peek() == Some(&number) {
                odd.push(number);
                continue;
            }
            if !self.filters.iter().all(|(labels, codes)| codes.get(labels.code(ticket) as usize) == Some(&true)) {
                continue;
            }
            let code = |codes: Option<&[u32]>| codes.and_then(|codes| codes.get(ticket)).copied().unwrap_or(NONE);
            let (priority, service) = (code(self.priority), code(self.service));
            let Some(of) = self.services.get(service as usize).or(self.services.last()).filter(|of| of.is_plain) else {
                odd.push(number);
                continue;
            };
            if self.is_left_out(ticket) {
                odd.push(number);
                continue;
            }
            let Some((place, stretch)) = self.stretch(own).filter(|(_, stretch)| !stretch.windows.is_empty()) else { continue };
            let within = stretch.within.get(priority as usize).or(stretch.within.last()).copied().unwrap_or(i64::MAX);
            if within == MISSING {
                continue;
            }
            let mut cell = place * self.cells + self.strides[1] * (priority.wrapping_add(1) as usize);
            cell += self.strides[2] * (service.wrapping_add(1) as usize);
            if self.strides[0] > 0 || self.party.is_some() {
                let own = code(self.party);
                cell += self.strides[0] * (if own == NONE { of.provider } else { own }.wrapping_add(1) as usize);
            }
            let elapsed = match (&self.lookup, of.clock) {
                (Some(lookup), _) => Some(lookup.elapsed(start, stop)).filter(|elapsed| *elapsed != NOT_COMPUTED),
                (None, None) => Some(stop - start),
                (None, clock) => on_clock(clock, start, stop, &[]),
            };
            match elapsed {
                Some(elapsed) => grid.add(self.statistic, cell, elapsed, within),
                None => odd.push(number),
            }
        }
    }

    fn is_left_out(&self, ticket: usize) -> bool {
        let has = |(labels, codes): &(&Labels, Vec<bool>)| codes.get(labels.code(ticket) as usize) == Some(&true);
        self.parents.is_some_and(|parents| parents.code(ticket) != NONE) || self.left_out.iter().any(has)
    }

    /// The first instant of all stretches, and the first after them.
    fn ends(&self) -> (i64, i64) {
        let first = self.stretches.first().map_or(i64::MAX, |stretch| stretch.from);
        (first, self.stretches.last().map_or(i64::MIN, |stretch| stretch.until))
    }

    /// The stretch of an instant between their ends.
    fn stretch(&self, at: i64) -> Option<(usize, &Stretch)> {
        let (first, _) = self.ends();
        let mut place = *self.places.get((at.wrapping_sub(first) >> self.shift) as usize)? as usize;
        loop {
            let stretch = self.stretches.get(place)?;
            if at < stretch.until {
                return (at >= stretch.from).then_some((place, stretch));
            }
            place += 1;
        }
    }

    /// Adds what was counted to the sums of the windows.
    pub fn flush(&self, grid: Grid, summed: &mut Summed) {
        let Grid { counts, amounts, times, .. } = grid;
        let times = by_cell(counts.len(), times);
        for (cell, counted) in counts.iter().enumerate().filter(|(_, counted)| **counted != [0, 0]) {
            let Some(stretch) = self.stretches.get(cell / self.cells) else { continue };
            let slot = summed.grouping.slot(self.grouping.codes(cell % self.cells));
            let own = times.of(cell);
            for at in &stretch.windows {
                let Some(sum) = summed.periods.get_mut(*at).and_then(|sums| sums.slot(slot)) else { continue };
                let (first, second) = (i64::from(counted[0]), i64::from(counted[1]));
                match self.statistic {
                    Statistic::PercentWithin => {
                        (sum.counts.met, sum.counts.missed) = (sum.counts.met + first, sum.counts.missed + second)
                    }
                    Statistic::Count => sum.counts.met += first,
                    _ => sum.counts.plain += first,
                }
                sum.counts.amount += amounts.get(cell).copied().unwrap_or(0);
                sum.times.merge(&own);
            }
        }
    }
}

/// Times sorted by cell.
struct ByCell {
    ends: Vec<usize>,
    times: Vec<i64>,
}

fn by_cell(cells: usize, (of, times): (Vec<u32>, Vec<i64>)) -> ByCell {
    if times.is_empty() {
        return ByCell { ends: Vec::new(), times };
    }
    // Counted first, so that every time is moved once.
    let mut ends = vec![0_usize; cells];
    of.iter().for_each(|cell| ends.get_mut(*cell as usize).into_iter().for_each(|end| *end += 1));
    let mut before = 0;
    for end in &mut ends {
        before += std::mem::replace(end, before);
    }
    let mut sorted = vec![0_i64; times.len()];
    for (cell, time) in of.iter().zip(times) {
        if let Some(end) = ends.get_mut(*cell as usize) {
            if let Some(to) = sorted.get_mut(*end) {
                *to = time;
            }
            *end += 1;
        }
    }
    ByCell { ends, times: sorted }
}

impl ByCell {
    fn of(&self, cell: usize) -> Histogram {
        let Some(end) = self.ends.get(cell) else { return Histogram::default() };
        let from = cell.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        Histogram::of(self.times.get(from..*end).unwrap_or_default().to_vec())
    }
}

/// What each service decides, by code.
fn services<'e>(common: &Common<'e>, asked: &Asked<'e>) -> Vec<Of<'e>> {
    let of = |service: Option<&'e Service>| {
        let Some(service) = service else { return Of { clock: None, provider: NONE, is_plain: true } };
        let used = service.stage.spans().iter().all(|(_, stage)| *stage == Stage::Operation);
        let hours =
            if asked.clock.is_some() || !asked.measure.statistic.runs_clock() { Some(None) } else { constant(&service.hours) };
        let by_party = asked.measure.by.contains(&Split::Party);
        let provider = if by_party { constant(&service.provider) } else { Some(None) };
        Of {
            clock: hours.flatten().map(|hours| common.ecosystem.clock(hours)),
            provider: provider.flatten().map_or(NONE, |party| common.parties.of(party)),
            is_plain: used && hours.is_some() && provider.is_some(),
        }
    };
    let model = common.ecosystem.model();
    let known = common.evidence.services().iter().map(|service| of(service.and_then(|service| model.services.get(service))));
    known.chain(std::iter::once(of(None))).collect()
}

/// The stretches of time between which nothing changes for a measure, in order and without holes.
fn stretches(common: &Common<'_>, asked: &Asked<'_>, windows: &[Window]) -> Vec<Stretch> {
    let validity = asked.validity();
    let timed = asked.measure.statistic == Statistic::PercentWithin;
    let mut cuts: Vec<i64> = windows.iter().flat_map(|window| [window.counted.from().0, window.counted.until().0]).collect();
    let (first, last) = (cuts.iter().copied().min().unwrap_or(0), cuts.iter().copied().max().unwrap_or(0));
    let agreed = asked.within.iter().flat_map(|(validity, _)| [validity.from.0, validity.until.0]);
    cuts.extend(agreed.chain([validity.from.0, validity.until.0]).filter(|at| first < *at && *at < last));
    cuts.sort_unstable();
    cuts.dedup();
    let priorities = common.priorities.names.len();
    let between = cuts.iter().zip(cuts.iter().skip(1)).map(|(from, until)| {
        let at = Instant(*from);
        let holds = validity.contains(at);
        let counted = windows.iter().enumerate().filter(|(_, window)| holds && window.counted.contains(at));
        let of = |code: usize| if timed { asked.within_of(*from, code as u32) } else { Some(i64::MAX) };
        // Where no time is agreed a ticket lacks it, and Working Days are below zero: that is for the walk to say.
        let each = (0..priorities).chain(std::iter::once(NONE as usize)).map(of);
        let sound = |time: Option<i64>| time.filter(|time| *time == MISSING || *time >= 0);
        let windows: Vec<usize> = counted.map(|(place, _)| place).collect();
        let within = if windows.is_empty() { Some(Vec::new()) } else { each.map(sound).collect() };
        Some(Stretch { from: *from, until: *until, windows, within: within? })
    });
    between.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// The stretch in which each equal part of time begins, and how many bits of an instant a part has.
fn places(stretches: &[Stretch]) -> (Vec<u32>, u32) {
    let first = stretches.first().map_or(0, |stretch| stretch.from);
    let span = stretches.last().map_or(0, |stretch| stretch.until.saturating_sub(first));
    let shift = (0..63).find(|shift| span >> shift < PLACES).unwrap_or(63);
    let place = |part: i64| {
        let at = first.saturating_add(part << shift);
        u32::try_from(stretches.partition_point(|stretch| stretch.until <= at)).unwrap_or(u32::MAX)
    };
    ((0..=span >> shift).map(place).collect(), shift)
}
