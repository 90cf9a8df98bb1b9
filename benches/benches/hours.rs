//! `elapsed`: service time of many tickets in an office calendar, beside a walk over its days.
//!
//! Goes in: 100,000 spans within a year. Comes out: times side by side, after both gave the same seconds.
//! **Invariant:** the answers are asserted equal before anything is timed.
//! **Not here:** the Python peers, which need their own run.

use divan::Bencher;
use siam_core::base::{Date, Instant};
use siam_core::{Ecosystem, Source, load};
use siam_tests::generate::Dice;
use std::sync::OnceLock;

const SPANS: usize = 100_000;
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = DAY / 24;

struct Asked {
    ecosystem: Ecosystem,
    from: Vec<i64>,
    until: Vec<i64>,
}

/// Nine to five from Monday to Friday in UTC, day by day: what people write by hand.
fn walk(from: i64, until: i64) -> i64 {
    let mut total = 0;
    for day in from.div_euclid(DAY)..=until.div_euclid(DAY) {
        let open = i32::try_from(day).ok().and_then(Date::from_days).is_some_and(|date| date.weekday() < 5);
        if open {
            let (opening, closing) = (day * DAY + 9 * HOUR, day * DAY + 17 * HOUR);
            total += (until.min(closing) - from.max(opening)).max(0);
        }
    }
    total
}

fn asked() -> &'static Asked {
    static ASKED: OnceLock<Asked> = OnceLock::new();
    ASKED.get_or_init(|| {
        let document = "{siam: 1, calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}}";
        let ecosystem = load(&[Source::text("hours", document)]).unwrap();
        let mut dice = Dice::new(3);
        let start = Instant::parse("2026-01-01T00:00:00Z").unwrap().micros();
        let from: Vec<i64> = (0..SPANS).map(|_| start + dice.between(0, 365 * 86_400) * 1_000_000).collect();
        let until: Vec<i64> = from.iter().map(|from| from + dice.between(0, 30 * 86_400) * 1_000_000).collect();
        let mut ours = vec![0; SPANS];
        ecosystem.clock_named("office").unwrap().elapsed_all(&from, &until, &mut ours);
        for row in 0..SPANS {
            assert_eq!(ours[row], walk(from[row], until[row]), "row {row}");
        }
        Asked { ecosystem, from, until }
    })
}

#[divan::bench]
fn elapsed_100k_siam(bencher: Bencher<'_, '_>) {
    let asked = asked();
    let clock = asked.ecosystem.clock_named("office").unwrap();
    let mut out = vec![0; SPANS];
    bencher.bench_local(|| {
        clock.elapsed_all(&asked.from, &asked.until, &mut out);
        out.last().copied()
    });
}

#[divan::bench]
fn elapsed_100k_day_by_day(bencher: Bencher<'_, '_>) {
    let asked = asked();
    bencher.bench_local(|| asked.from.iter().zip(&asked.until).map(|(from, until)| walk(*from, *until)).sum::<i64>());
}

fn main() {
    divan::main();
}
