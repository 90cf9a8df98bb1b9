//! What holds when: validity of objects and timelines of attributes.
//!
//! Goes in: `from`, `until` and dated values of documents. Comes out: half-open spans of instants.
//! **Invariant:** spans of a timeline are sorted, non-empty and do not overlap.
//! **Not here:** zones (`base::zone`); what a change does to streaks and caps (regimes).

use crate::base::zone::Zone;
use crate::base::{Argument, Instant, codes};
use crate::document::{Dated, Faults, Mark, Spot, When};

/// When an object exists: from included, until excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First instant.
    pub from: Instant,
    /// First instant after.
    pub until: Instant,
}

impl Validity {
    /// For all time.
    pub const ALWAYS: Validity = Validity { from: Instant::MIN, until: Instant::MAX };

    /// Whether the instant lies in it; the last instant of time belongs to an open end.
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && (at < self.until || self.until == Instant::MAX)
    }

    /// When both hold; where they never do together, it contains nothing.
    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), until: self.until.min(other.until) }
    }

    /// From the two ends of a document.
    pub fn check(from: Option<&Spot<When>>, until: Option<&Spot<When>>, zone: &Zone, faults: &mut Faults) -> Self {
        let start = from.map_or(Instant::MIN, |from| instant(from.value, zone));
        let end = until.map_or(Instant::MAX, |until| instant(until.value, zone));
        if let (true, Some(until)) = (start >= end, until) {
            let problem = faults.problem(&codes::EMPTY_DATES, until.mark);
            faults.report(problem);
            return Self::ALWAYS;
        }
        Self { from: start, until: end }
    }
}

/// The instant of a day or an instant, in a zone.
pub fn instant(when: When, zone: &Zone) -> Instant {
    match when {
        When::Date(date) => zone.day_start(date),
        When::Instant(at) => at,
    }
}

/// An attribute over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline<T>(Spans<T>);

/// Nearly every attribute has one value for all time, which then needs no memory of its own.
#[derive(Debug, Clone, PartialEq)]
enum Spans<T> {
    Never,
    One((Validity, T)),
    /// Two or more.
    Several(Vec<(Validity, T)>),
}

impl<T> Timeline<T> {
    /// One value for all time.
    pub fn always(value: T) -> Self {
        Self(Spans::One((Validity::ALWAYS, value)))
    }
    /// No value at any time.
    pub fn never() -> Self {
        Self(Spans::Never)
    }
    /// The same spans with other values; where there is none, no value holds.
    pub fn map<U>(&self, mut value: impl FnMut(&T) -> Option<U>) -> Timeline<U> {
        Timeline::of(self.spans().iter().filter_map(|(validity, held)| Some((*validity, value(held)?))).collect())
    }
    /// The value that holds at an instant.
    pub fn at(&self, at: Instant) -> Option<&T> {
        self.spans().iter().find(|(validity, _)| validity.contains(at)).map(|(_, value)| value)
    }
    /// All spans in order.
    pub fn spans(&self) -> &[(Validity, T)] {
        match &self.0 {
            Spans::Never => &[],
            Spans::One(one) => std::slice::from_ref(one),
            Spans::Several(several) => several,
        }
    }
    /// The instants at which the value may change.
    pub fn changes(&self) -> impl Iterator<Item = Instant> + '_ {
        let ends = self.spans().iter().flat_map(|(validity, _)| [validity.from, validity.until]);
        ends.filter(|at| *at != Instant::MIN && *at != Instant::MAX)
    }

    /// From a document; `resolve` turns each written value into the checked one and reports what it cannot.
    pub fn check<D>(
        dated: Option<&Dated<D>>,
        what: &'static str,
        zone: &Zone,
        faults: &mut Faults,
        mut resolve: impl FnMut(&D, Mark, &mut Faults) -> Option<T>,
    ) -> Self {
        let mut spans: Vec<(Validity, Mark, T)> = Vec::new();
        for item in dated.map(|dated| dated.0.as_slice()).unwrap_or_default() {
            let validity = Validity::check(item.from.as_ref(), item.until.as_ref(), zone, faults);
            if let Some(value) = resolve(&item.value, item.mark, faults) {
                spans.push((validity, item.mark, value));
            }
        }
        spans.sort_by_key(|(validity, ..)| validity.from);
        for at in 1..spans.len() {
            let (before, (validity, mark, _)) = (spans[at - 1].0, &spans[at]);
            if before.until > validity.from {
                let problem = faults.problem(&codes::OVERLAPPING_DATES, *mark).with("what", what);
                let from = if validity.from == Instant::MIN { Argument::from("all time") } else { validity.from.into() };
                faults.report(problem.with("at", from));
            }
        }
        Self::of(spans.into_iter().map(|(validity, _, value)| (validity, value)).collect())
    }
    fn of(mut spans: Vec<(Validity, T)>) -> Self {
        Self(match spans.len() {
            0 => Spans::Never,
            1 => spans.pop().map_or(Spans::Never, Spans::One),
            _ => Spans::Several(spans),
        })
    }
}
