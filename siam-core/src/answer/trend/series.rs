//! The values of a measure over periods: changes, slope, direction.
//!
//! Goes in: rows of one measure or group. Comes out: their order, what lies between them, and the numbers over all.
//! **Invariant:** integers and exact ratios decide; a period without a value keeps its place and joins no pair.
//! **Not here:** tables (`tables`).

use crate::answer::cards::{CardRow, Subject};
use crate::base::Ratio;
use std::collections::BTreeMap;

/// The most periods whose pairs are looked at.
pub(super) const MOST: usize = 600;

/// A measure or a group of it over periods.
pub(super) struct Series {
    pub subject: Subject,
    /// In the order of time, each period once.
    pub rows: Vec<CardRow>,
    /// The median of the slopes between all pairs, for one period.
    pub slope: Option<Ratio>,
    /// Pairs in which the later value is greater, and those in which it is smaller.
    pub pairs: (i64, i64),
    /// How often each value comes.
    equal: BTreeMap<Ratio, i64>,
}

impl Series {
    pub fn of(subject: Subject, mut rows: Vec<CardRow>) -> Self {
        rows.sort_by(|a, b| (a.from, &a.period).cmp(&(b.from, &b.period)));
        // A period that was given twice is the one given last; sorting keeps their order.
        let mut kept: Vec<CardRow> = Vec::with_capacity(rows.len());
        for row in rows {
            match kept.last_mut() {
                Some(last) if last.period == row.period && last.from == row.from => *last = row,
                _ => kept.push(row),
            }
        }
        let first = kept.len().saturating_sub(MOST);
        let values: Vec<(usize, &Ratio)> =
            kept.iter().enumerate().skip(first).filter_map(|(at, row)| Some((at, row.value.as_ref()?))).collect();
        let (mut slopes, mut pairs, mut equal) = (Vec::new(), (0, 0), BTreeMap::new());
        for (place, (at, value)) in values.iter().enumerate() {
            *equal.entry((*value).clone()).or_insert(0) += 1;
            for (before, earlier) in values.iter().take(place) {
                let rise = value.minus(earlier);
                match (rise.is_zero(), rise.is_negative()) {
                    (true, _) => {}
                    (_, false) => pairs.0 += 1,
                    (_, true) => pairs.1 += 1,
                }
                let steps = i128::try_from(at - before).unwrap_or(i128::MAX);
                slopes.extend(rise.divide(&Ratio::whole(steps)));
            }
        }
        Self { subject, slope: median(slopes), pairs, equal, rows: kept }
    }

    /// A value less the one of the period before.
    pub fn change(&self, at: usize) -> Option<Ratio> {
        let before = self.rows.get(at.checked_sub(1)?)?.value.as_ref()?;
        Some(self.rows.get(at)?.value.as_ref()?.minus(before))
    }
    /// How many periods up to this one were missed without another result between.
    pub fn misses(&self, at: usize) -> usize {
        let until = self.rows.iter().take(at + 1).rev();
        until.take_while(|row| row.result.as_deref() == Some("missed")).count()
    }
    /// The rows with a value.
    pub fn valued(&self) -> impl DoubleEndedIterator<Item = (&CardRow, &Ratio)> {
        self.rows.iter().filter_map(|row| Some((row, row.value.as_ref()?)))
    }
    /// The period with the best or the worst value, of equal ones the first.
    pub fn extreme(&self, best: bool) -> Option<&CardRow> {
        let at_least = self.rows.last()?.at_least;
        let mut found: Option<(&CardRow, &Ratio)> = None;
        for (row, value) in self.valued() {
            let beats = |known: &Ratio| if at_least == best { value > known } else { value < known };
            if found.is_none_or(|(_, known)| beats(known)) {
                found = Some((row, value));
            }
        }
        found.map(|(row, _)| row)
    }
    /// Better, worse or steady; none with fewer than two values.
    pub fn tendency(&self) -> Option<&'static str> {
        if self.valued().count() < 2 {
            return None;
        }
        let at_least = self.rows.last()?.at_least;
        let (up, down) = self.pairs;
        Some(match up.cmp(&down) {
            std::cmp::Ordering::Equal => "steady",
            greater if (greater == std::cmp::Ordering::Greater) == at_least => "better",
            _ => "worse",
        })
    }
    /// Whether the direction is more than chance at 5 %; none with fewer than ten values.
    pub fn is_significant(&self) -> Option<bool> {
        let spread = |count: i128| count * (count - 1) * (2 * count + 5);
        let count: i128 = self.equal.values().map(|count| i128::from(*count)).sum();
        if count < 10 {
            return None;
        }
        let ties: i128 = self.equal.values().map(|count| spread(i128::from(*count))).sum();
        let s = i128::from((self.pairs.0 - self.pairs.1).abs());
        let less = (s - 1).max(0);
        // (|S| - 1)^2 > 1.96^2 * variance, where the variance is a number over 18 and 1.96^2 is 3.8416.
        Some(less * less * 18 * 10_000 > 38_416 * (spread(count) - ties))
    }
}

/// The middle value; of an even number the mean of the two in the middle.
fn median(mut values: Vec<Ratio>) -> Option<Ratio> {
    values.sort();
    let upper = values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper.clone());
    }
    values.get(values.len() / 2 - 1)?.plus(upper).divide(&Ratio::whole(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_of_an_even_number_is_the_mean_of_the_middle() {
        let of = |texts: &[&str]| {
            median(texts.iter().map(|text| Ratio::parse(text).unwrap()).collect()).map(|one| one.to_exact_text())
        };
        assert_eq!(of(&["3", "1", "2"]).as_deref(), Some("2"));
        assert_eq!(of(&["4", "1", "2", "3"]).as_deref(), Some("2.5"));
        assert_eq!(of(&[]), None);
    }
}
