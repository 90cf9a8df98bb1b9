//! One pass over the columns of tickets: the sums of a measure over all windows at once, in one thread or several.
//!
//! Goes in: a measure ready to walk, windows. Comes out: its sums by window and group.
//! **Invariant:** the sums are those of `sums::each`, ticket by ticket, whatever the threads.
//! **Not here:** which measures and tickets are plain (`plain`), what becomes of any other (`walk`), rows (`card`).
//!
//! Most tickets of most measures are plain: all instants are there, no rule sets them apart, and what they come to is read from
//! their row alone. Those are counted column by column into dense grids; every other ticket is judged on its own.

use super::plain::{Grid, Plain};
use super::resolve::{Asked, Common};
use super::sums::{Summed, each};
use super::windows::Window;
use crate::base::parallel::{Parts, in_threads};

/// How many tickets a thread takes at once.
const PART: usize = 1 << 16;
/// How many tickets go through the columns together: few enough that what is gathered of them stays in a near cache.
const BLOCK: usize = 1 << 12;

/// The sums of a measure of tickets.
pub(in crate::answer) fn summed(common: &Common<'_>, asked: &Asked<'_>, windows: &[Window], threads: usize) -> Summed {
    summed_by(common, asked, windows, threads, Plain::of(common, asked, windows).as_ref())
}

/// The same where it is said which tickets are plain; none where none is.
pub(super) fn summed_by(
    common: &Common<'_>,
    asked: &Asked<'_>,
    windows: &[Window],
    threads: usize,
    plain: Option<&Plain<'_>>,
) -> Summed {
    let tickets = common.evidence.tickets().len();
    let parts = Parts::new(tickets.div_ceil(PART));
    let statistic = asked.measure.statistic;
    let work = || {
        let mut summed = Summed::new(common, asked, windows.len());
        let mut grid = plain.map(Grid::new);
        let mut odd: Vec<u32> = Vec::new();
        while let Some(part) = parts.take() {
            let range = part * PART..((part + 1) * PART).min(tickets);
            let add = |judged: &_, place| summed.add(statistic, judged, place);
            match (plain, &mut grid) {
                (Some(plain), Some(grid)) => {
                    odd.clear();
                    for from in range.clone().step_by(BLOCK) {
                        plain.block(from..(from + BLOCK).min(range.end), grid, &mut odd);
                    }
                    each(common, asked, odd.iter().map(|ticket| *ticket as usize), windows, add);
                }
                _ => each(common, asked, range, windows, add),
            }
        }
        if let (Some(plain), Some(grid)) = (plain, grid) {
            plain.flush(grid, &mut summed);
        }
        summed
    };
    let mut done = in_threads(threads.min(tickets.div_ceil(PART)), work).into_iter();
    let mut whole = done.next().unwrap_or_else(|| Summed::new(common, asked, windows.len()));
    done.for_each(|part| whole.join(&part));
    whole.settle();
    whole
}
