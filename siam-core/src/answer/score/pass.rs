//! One pass over the columns of tickets: the sums of a measure over all periods at once, in one thread or several.
//!
//! Goes in: a measure ready to walk, periods. Comes out: its sums by period and group.
//! **Invariant:** the sums are those of `sums::each`, ticket by ticket, whatever the threads.
//! **Not here:** what becomes of a ticket that is not plain (`walk`), rows (`card`).

use super::build::ends;
use super::resolve::{Asked, Common};
use super::sums::{Summed, each};
use crate::base::Period;
use crate::base::parallel::{Parts, in_threads};

/// How many tickets a thread takes at once.
const PART: usize = 1 << 16;

/// The sums of a measure of tickets.
pub(in crate::answer) fn summed(common: &Common<'_>, asked: &Asked<'_>, periods: &[Period], threads: usize) -> Summed {
    let tickets = common.evidence.tickets().len();
    let parts = Parts::new(tickets.div_ceil(PART));
    let ends = ends(asked, periods, common.as_of);
    let work = || {
        let mut summed = Summed::new(common, asked, periods.len());
        while let Some(part) = parts.take() {
            let range = part * PART..((part + 1) * PART).min(tickets);
            each(common, asked, range, (periods, &ends), |judged, place| {
                summed.add(asked.measure.statistic, judged, std::iter::once(place));
            });
        }
        summed
    };
    let mut done = in_threads(threads.min(tickets.div_ceil(PART)), work).into_iter();
    let mut whole = done.next().unwrap_or_else(|| Summed::new(common, asked, periods.len()));
    done.for_each(|part| whole.join(&part));
    for sum in whole.periods.iter_mut().flat_map(|sums| &mut sums.slots) {
        sum.times.settle();
    }
    whole
}
