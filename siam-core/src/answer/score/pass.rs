//! One pass over the columns of tickets: the sums of a measure over all periods at once, in one thread or several.
//!
//! Goes in: a measure ready to walk, periods. Comes out: its sums by period and group.
//! **Invariant:** the sums are those of `sums::each`, ticket by ticket, whatever the threads.
//! **Not here:** what becomes of a ticket that is not plain (`walk`), rows (`card`).

use super::resolve::{Asked, Common};
use super::sums::{Summed, each};
use super::windows::Window;
use crate::base::parallel::{Parts, in_threads};

/// How many tickets a thread takes at once.
const PART: usize = 1 << 16;

/// The sums of a measure of tickets.
pub(in crate::answer) fn summed(common: &Common<'_>, asked: &Asked<'_>, windows: &[Window], threads: usize) -> Summed {
    let tickets = common.evidence.tickets().len();
    let parts = Parts::new(tickets.div_ceil(PART));
    let work = || {
        let mut summed = Summed::new(common, asked, windows.len());
        while let Some(part) = parts.take() {
            let range = part * PART..((part + 1) * PART).min(tickets);
            each(common, asked, range, windows, |judged, place| {
                summed.add(asked.measure.statistic, judged, std::iter::once(place));
            });
        }
        summed
    };
    let mut done = in_threads(threads.min(tickets.div_ceil(PART)), work).into_iter();
    let mut whole = done.next().unwrap_or_else(|| Summed::new(common, asked, windows.len()));
    done.for_each(|part| whole.join(&part));
    for sum in whole.periods.iter_mut().flat_map(|sums| &mut sums.slots) {
        sum.times.settle();
    }
    whole
}
