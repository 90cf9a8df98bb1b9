//! Percentiles: how often each time occurred, and the time below which a share of them lies.
//!
//! Goes in: times, one by one or as histograms. Comes out: exact percentiles by two definitions.
//! **Invariant:** a histogram is the same whatever the order in which times came; taking times out undoes putting them in.
//! **Not here:** which times (`walk`), what a measure promises of them (`figure`).
//!
//! The definitions are those that Hyndman and Fan number 1 and 7 in "Sample Quantiles in Statistical Packages", The American
//! Statistician 50 (1996). With `n` times in order, `x(1)` the least, and a share `p`:
//! - `nearest_rank` (1): `x(r)` with `r` the least whole number not below `n p`, at least 1;
//! - `linear` (7): with `h = (n - 1) p` and `k` its whole part, `x(k + 1) + (h - k) (x(k + 2) - x(k + 1))`.

use crate::base::Ratio;
use crate::model::agreement::Definition;

/// How often each time occurred: times in microseconds, in order.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    /// A time and how often it occurred, never 0, by time.
    bars: Vec<(i64, i64)>,
    /// Times that came since, in any order.
    loose: Vec<i64>,
}

/// So many times are kept loose before they are put in order.
const LOOSE: usize = 256;

impl Histogram {
    /// From times in any order.
    pub fn of(times: Vec<i64>) -> Self {
        let mut histogram = Self { bars: Vec::new(), loose: times };
        histogram.settle();
        histogram
    }
    /// From bars; none where they are not in order or a count is not above 0.
    pub fn from_bars(bars: Vec<(i64, i64)>) -> Option<Self> {
        let ordered = bars.iter().zip(bars.iter().skip(1)).all(|(one, next)| one.0 < next.0);
        (ordered && bars.iter().all(|(_, count)| *count > 0)).then_some(Self { bars, loose: Vec::new() })
    }
    /// Puts a time in.
    pub fn add(&mut self, time: i64) {
        self.loose.push(time);
        // As many as there are bars, so that each bar is moved a bounded number of times for every time that came.
        if self.loose.len() >= self.bars.len().max(LOOSE) {
            self.settle();
        }
    }
    /// What is left when the times of another are taken out; none where those are more.
    pub fn without(&self, other: &Self) -> Option<Self> {
        let (mut own, other) = (self.clone().settled(), other.clone().settled());
        for (time, count) in other.bars {
            let at = own.bars.binary_search_by_key(&time, |(known, _)| *known).ok()?;
            let (_, left) = own.bars.get_mut(at)?;
            *left = left.checked_sub(count).filter(|left| *left >= 0)?;
        }
        own.bars.retain(|(_, count)| *count > 0);
        Some(own)
    }
    /// Puts all times of another in.
    pub fn merge(&mut self, other: &Self) {
        let more = other.clone().settled();
        self.settle();
        if self.bars.is_empty() {
            self.bars = more.bars;
        } else if !more.bars.is_empty() {
            self.bars.extend(more.bars);
            self.fold();
        }
    }
    /// All times of several.
    pub fn together<'h>(several: impl Iterator<Item = &'h Self>) -> Self {
        let mut all = Self::default();
        for histogram in several {
            all.bars.extend(&histogram.bars);
            all.loose.extend(&histogram.loose);
        }
        all.fold();
        all.settled()
    }
    /// The times with how often each occurred, in order.
    pub fn bars(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        debug_assert!(self.loose.is_empty());
        self.bars.iter().copied()
    }
    /// How many times are in.
    pub fn count(&self) -> i64 {
        let loose = i64::try_from(self.loose.len()).unwrap_or(i64::MAX);
        self.bars.iter().fold(loose, |all, (_, count)| all.saturating_add(*count))
    }
    /// Puts loose times in order.
    pub fn settle(&mut self) {
        if self.loose.is_empty() {
            return;
        }
        let mut loose = std::mem::take(&mut self.loose);
        loose.sort_unstable();
        self.bars.reserve(loose.len());
        for time in loose {
            match self.bars.last_mut() {
                Some((last, count)) if *last == time => *count += 1,
                _ => self.bars.push((time, 1)),
            }
        }
        self.fold();
    }
    fn settled(mut self) -> Self {
        self.settle();
        self
    }
    /// Puts bars in order that came as two runs, and joins those of one time.
    fn fold(&mut self) {
        // The stable sort finds the two runs and merges them.
        self.bars.sort_by_key(|(time, _)| *time);
        self.bars.dedup_by(|next, last| {
            let same = next.0 == last.0;
            if same {
                last.1 = last.1.saturating_add(next.1);
            }
            same
        });
    }
    /// The time at a place in order, from 1.
    fn at(&self, place: i128) -> Option<i64> {
        let mut passed = 0_i128;
        let within = |(_, count): &&(i64, i64)| {
            passed += i128::from(*count);
            passed >= place
        };
        self.bars.iter().find(within).map(|(time, _)| *time).filter(|_| place > 0)
    }
}

impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        self.clone().settled().bars == other.clone().settled().bars
    }
}

impl Eq for Histogram {}

/// Where a percentile of so many times lies: the place of a time in order, from 1, and how far on to the next.
pub(super) fn place(definition: Definition, share: &Ratio, count: i64) -> (i128, Ratio) {
    let times = |count: i64| share.times(&Ratio::whole(count.into()));
    match definition {
        Definition::NearestRank => {
            let below = times(count).negated().floor().map_or(1, |floor| -floor);
            (below.max(1), Ratio::ZERO)
        }
        Definition::Linear => {
            let height = times(count.saturating_sub(1).max(0));
            let whole = height.floor().unwrap_or(0);
            (whole.saturating_add(1), height.minus(&Ratio::whole(whole)))
        }
    }
}

/// A percentile in microseconds of the times of a histogram and of `none` more that took no time and `endless` more that never end;
/// none where there is no time at all, and no value where it depends on one that never ends.
pub(super) fn percentile(
    histogram: &Histogram,
    (none, endless): (i64, i64),
    definition: Definition,
    share: &Ratio,
) -> Option<Option<Ratio>> {
    let known = i128::from(histogram.count()) + i128::from(none);
    let all = histogram.count().saturating_add(none).saturating_add(endless);
    if all == 0 {
        return None;
    }
    let (place, on) = place(definition, share, all);
    let at = |place: i128| match place {
        place if place > known => None,
        // Those without time stand before all others, for no clock runs backwards.
        place if place <= i128::from(none) => Some(Ratio::ZERO),
        place => histogram.at(place - i128::from(none)).map(|time| Ratio::whole(time.into())),
    };
    let Some(low) = at(place) else { return Some(None) };
    if on.is_zero() {
        return Some(Some(low));
    }
    Some(at(place + 1).map(|high| low.plus(&on.times(&high.minus(&low)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: &[i64], definition: Definition, share: &str) -> Option<Ratio> {
        percentile(&Histogram::of(times.to_vec()), (0, 0), definition, &Ratio::parse(share).unwrap()).flatten()
    }

    #[test]
    fn the_definitions_are_those_of_hyndman_and_fan() {
        // Worked by hand: 5 times, p = 40 %: n p = 2, so the second; (n - 1) p = 1.6, so three fifths from the second to the third.
        let times = [50, 15, 40, 20, 35];
        assert_eq!(of(&times, Definition::NearestRank, "40%"), Some(Ratio::whole(20)));
        assert_eq!(of(&times, Definition::Linear, "40%"), Some(Ratio::whole(29)));
        assert_eq!(of(&times, Definition::NearestRank, "41%"), Some(Ratio::whole(35)));
        assert_eq!(of(&times, Definition::NearestRank, "0"), Some(Ratio::whole(15)));
        assert_eq!(of(&times, Definition::NearestRank, "1"), Some(Ratio::whole(50)));
        assert_eq!(of(&times, Definition::Linear, "0"), Some(Ratio::whole(15)));
        assert_eq!(of(&times, Definition::Linear, "1"), Some(Ratio::whole(50)));
        assert_eq!(of(&[7], Definition::Linear, "95%"), Some(Ratio::whole(7)));
        assert_eq!(of(&[], Definition::NearestRank, "95%"), None);
        // 95 % of 2 in proportion: 10 + 19/20 of 1.
        assert_eq!(of(&[10, 11], Definition::Linear, "95%"), Ratio::parse("10.95"));
    }

    #[test]
    fn times_that_are_not_known_move_it_between_worst_and_best() {
        let three = Histogram::of(vec![10, 20, 30]);
        let half = Ratio::parse("50%").unwrap();
        let of = |sides| percentile(&three, sides, Definition::NearestRank, &half);
        assert_eq!(of((0, 0)), Some(Some(Ratio::whole(20))));
        // With two that took no time the third of five is the 10; with two that never end it is the 30.
        assert_eq!(of((2, 0)), Some(Some(Ratio::whole(10))));
        assert_eq!(of((0, 2)), Some(Some(Ratio::whole(30))));
        assert_eq!(of((0, 4)), Some(None));
    }

    #[test]
    fn order_and_parts_say_nothing_and_what_is_taken_out_was_never_in() {
        let times: Vec<i64> = (0..2_000).map(|n| (n * 7_919) % 61).collect();
        let whole = Histogram::of(times.clone());
        let mut one_by_one = Histogram::default();
        times.iter().rev().for_each(|time| one_by_one.add(*time));
        assert_eq!(whole, one_by_one);
        let (mut left, right) = (Histogram::of(times[..700].to_vec()), Histogram::of(times[700..].to_vec()));
        left.merge(&right);
        assert_eq!(whole, left);
        assert_eq!(left.without(&right), Some(Histogram::of(times[..700].to_vec())));
        assert_eq!(left.without(&Histogram::of(vec![1_000])), None);
    }
}
