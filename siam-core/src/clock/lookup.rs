//! Open time of whole columns: a table of equal buckets, so that a row costs two look-ups instead of two searches.
//!
//! Goes in: a clock, columns of instants in microseconds. Comes out: open microseconds, row by row.
//! **Invariant:** every row is what `Clock::elapsed` says; a row that no clock computes is `NOT_COMPUTED`.
//! **Not here:** the intervals (`compile`), seconds and rounding (`answer::hours`).

use super::compile::{HIGH, LOW, Span, block_of};
use super::{Clock, joined};

/// What a whole-column answer holds where an instant is missing or lies outside the computed years.
pub const NOT_COMPUTED: i64 = i64::MIN;

/// Rows beneath which no table is made.
const FEW: usize = 512;
/// How many instants of a column are looked at to choose what a table covers.
const SAMPLE: usize = 1_024;
/// Most buckets of a table.
const MOST: usize = 1 << 16;

/// The open time before each instant of a bucket: at most two intervals meet it. Microseconds after the base of the table.
///
/// Before an instant at `r` there are `clamp(r - shift, least, most)` of the first interval, and what is open of the second.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    shift: i64,
    least: i64,
    most: i64,
}

/// The second interval of a bucket, where there is one.
#[derive(Debug, Clone, Copy, Default)]
struct Second {
    start: i64,
    length: i64,
}

/// A clock with a table over a stretch of its time. Cheap to make beside the columns it is made for; keep it for all of them.
#[derive(Debug)]
pub struct Lookup<'c> {
    clock: &'c Clock,
    base: i64,
    /// The power of two that is the length of a bucket in microseconds.
    width: u32,
    buckets: Vec<Bucket>,
    /// As many as buckets where some bucket meets two intervals, else none.
    seconds: Vec<Second>,
}

impl Clock {
    /// Open microseconds row by row; [`NOT_COMPUTED`] where a row lies outside the computed years. The slices are equally long.
    ///
    /// ```
    /// use siam_core::{Source, clock::NOT_COMPUTED, load};
    /// let text = "{siam: 1, calendars: {office: {hours: {mon-fri: 09:00-17:00}}}}";
    /// let ecosystem = load(&[Source::text("hours", text)])?;
    /// let day = 86_400_000_000; // 1970-01-02 was a Friday
    /// let mut open = [0; 2];
    /// ecosystem.clock_named("office")?.elapsed_all(&[day, i64::MIN], &[4 * day, day], &mut open);
    /// assert_eq!(open, [8 * 3_600_000_000, NOT_COMPUTED]);
    /// # Ok::<(), siam_core::Error>(())
    /// ```
    pub fn elapsed_all(&self, from: &[i64], until: &[i64], out: &mut [i64]) {
        self.lookup(&[from, until]).elapsed_all(from, until, out);
    }
    /// A table over the instants of these columns, as far as a table of bounded size covers them.
    pub fn lookup(&self, columns: &[&[i64]]) -> Lookup<'_> {
        let none = Lookup { clock: self, base: 0, width: 0, buckets: Vec::new(), seconds: Vec::new() };
        if columns.iter().map(|column| column.len()).sum::<usize>() < FEW {
            return none;
        }
        let mut sample: Vec<i64> = Vec::with_capacity(SAMPLE * columns.len() + columns.len());
        for column in columns {
            let step = (column.len() / SAMPLE).max(1);
            sample.extend(column.iter().step_by(step).chain(column.last()).filter(|at| (LOW..HIGH).contains(*at)));
        }
        sample.sort_unstable();
        // Instants far from all others are left to the clock itself.
        let aside = sample.len() / 50;
        let inner = sample.get(aside..sample.len() - aside).unwrap_or_default();
        let (Some(low), Some(high)) = (inner.first(), inner.last()) else { return none };
        let beside = (high - low) / 2;
        let low = sample.first().map_or(*low, |first| *first.max(&(low - beside)));
        let high = sample.last().map_or(*high, |last| *last.min(&(high + beside)));
        self.table(low, high).unwrap_or(none)
    }
    /// A table that covers two instants; none where it would be too large, or a bucket would meet three intervals.
    fn table(&self, low: i64, high: i64) -> Option<Lookup<'_>> {
        let base = low;
        // Wide buckets stay in a near cache; where hours are split, two intervals a bucket cost less than many small buckets.
        let choices = [(40, 1), (35, 1), (34, 1), (33, 1), (35, 2), (34, 2), (33, 2), (32, 1), (32, 2), (31, 2), (30, 2)];
        let near = self.pieces(block_of(base), base).take_while(|span| span.0 <= high.saturating_add(2 << 40));
        let spans: Vec<Span> = joined(near).take(2 * MOST + 1).collect();
        if spans.len() > 2 * MOST {
            return None;
        }
        choices.into_iter().find_map(|(width, most)| self.buckets(base, high, width, most, &spans))
    }
    fn buckets(&self, base: i64, high: i64, width: u32, most: usize, spans: &[Span]) -> Option<Lookup<'_>> {
        let count = usize::try_from((high - base) >> width).ok()? + 2;
        let end = base.checked_add(i64::try_from(count).ok()? << width)?;
        if count > MOST || end > HIGH {
            return None;
        }
        let (mut buckets, mut seconds) = (Vec::with_capacity(count), Vec::new());
        // Open time between the base and the interval at `next`.
        let (mut next, mut opened) = (0, 0);
        for number in 0..count {
            let from = base + (i64::try_from(number).ok()? << width);
            let until = from + (1 << width);
            while let Some(span) = spans.get(next).filter(|span| span.1 <= from) {
                opened += span.1 - span.0.max(base);
                next += 1;
            }
            let met = spans.get(next..)?.iter().take_while(|span| span.0 < until);
            let mut met = met.map(|span| (span.0.max(base) - base, span.1 - base));
            let (start, end) = met.next().unwrap_or((until - base, until - base));
            buckets.push(Bucket { shift: start - opened, least: opened, most: opened + end - start });
            if most == 2 {
                let (start, end) = met.next().unwrap_or((until - base, until - base));
                seconds.push(Second { start, length: end - start });
            }
            if met.next().is_some() {
                return None;
            }
        }
        Some(Lookup { clock: self, base, width, buckets, seconds })
    }
}

impl Lookup<'_> {
    /// Open microseconds between two instants, negative where reversed; [`NOT_COMPUTED`] outside the computed years.
    pub fn elapsed(&self, from: i64, until: i64) -> i64 {
        match (self.opened(from), self.opened(until)) {
            (Some(before), Some(after)) => after - before,
            _ => self.searched(from, until),
        }
    }
    /// Open microseconds row by row; the slices are equally long.
    pub fn elapsed_all(&self, from: &[i64], until: &[i64], out: &mut [i64]) {
        let rows = from.iter().zip(until).zip(out.iter_mut());
        if self.seconds.is_empty() {
            for ((from, until), out) in rows {
                *out = match (self.once(*from), self.once(*until)) {
                    (Some(before), Some(after)) => after - before,
                    _ => self.searched(*from, *until),
                };
            }
        } else {
            for ((from, until), out) in rows {
                *out = match (self.twice(*from), self.twice(*until)) {
                    (Some(before), Some(after)) => after - before,
                    _ => self.searched(*from, *until),
                };
            }
        }
    }
    #[cfg(test)]
    pub(super) fn is_table(&self) -> bool {
        !self.buckets.is_empty()
    }
    fn opened(&self, at: i64) -> Option<i64> {
        if self.seconds.is_empty() { self.once(at) } else { self.twice(at) }
    }
    /// Open time since the base, where no bucket meets two intervals.
    #[inline]
    fn once(&self, at: i64) -> Option<i64> {
        let since = at.wrapping_sub(self.base);
        let bucket = self.buckets.get((since as u64 >> self.width) as usize)?;
        Some((since - bucket.shift).max(bucket.least).min(bucket.most))
    }
    #[inline]
    fn twice(&self, at: i64) -> Option<i64> {
        let since = at.wrapping_sub(self.base);
        let number = (since as u64 >> self.width) as usize;
        let (bucket, second) = (self.buckets.get(number)?, self.seconds.get(number)?);
        let first = (since - bucket.shift).max(bucket.least).min(bucket.most);
        Some(first + (since - second.start).max(0).min(second.length))
    }
    #[cold]
    fn searched(&self, from: i64, until: i64) -> i64 {
        self.clock.between(from, until).unwrap_or(NOT_COMPUTED)
    }
}
