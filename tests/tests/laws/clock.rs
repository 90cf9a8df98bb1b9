//! Laws of service hours.
//!
//! Goes in: seeds of calendars and instants. Comes out: agreement with the oracle; times that add up.
//! **Invariant:** every calendar of a document is asked every question at every instant.
//! **Not here:** worked days (tests/cases).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::Ecosystem;
use siam_core::answer::hours::{
    BoundaryWord, DeadlineQuery, DeadlineStart, ElapsedQuery, HoursReport, IntervalsQuery, MomentQuery, SpanQuery, deadline,
    elapsed, intervals, is_open, next_close, next_open, previous_open,
};
use siam_core::base::columns::Cell;
use siam_core::base::{Duration, Error, Instant};
use siam_core::model::allowance::{Allowance, DaysEnd, WorkingDaysDoc};
use siam_oracle::clock::{Calendar, FAR, NEAR};
use siam_tests::generate::{Dice, calendars};

const SECOND: i64 = 1_000_000;

/// Whether an answer lies so far off that the oracle does not look for it.
fn far(from: i64, found: Option<i64>) -> bool {
    found.is_some_and(|found| (found - from).abs() > FAR * SECOND)
}

fn spans(instants: &[i64]) -> Vec<(i64, i64)> {
    instants.windows(2).map(|pair| (pair[0], pair[1])).chain([(instants[0], instants[0])]).collect()
}

fn column(report: Result<HoursReport, Error>, name: &str) -> Vec<Option<i64>> {
    let report = report.expect("the question is valid");
    let rows = report.rows();
    let read = |row| match rows.cell(row, name) {
        Cell::Instant(value) | Cell::Integer(value) => Some(value),
        Cell::Boolean(value) => Some(i64::from(value)),
        Cell::Null => None,
        other => panic!("{name} is {other:?}"),
    };
    (0..rows.rows()).map(read).collect()
}

fn moments(calendar: &str, at: &[i64]) -> MomentQuery {
    MomentQuery { calendar: calendar.into(), at: at.iter().copied().map(Instant).collect() }
}

fn elapsed_seconds(ecosystem: &Ecosystem, calendar: &str, spans: &[(i64, i64)]) -> Vec<Option<i64>> {
    let spans =
        spans.iter().map(|(from, until)| SpanQuery { from: Instant(*from), until: Instant(*until), zone: None }).collect();
    column(elapsed(ecosystem, &ElapsedQuery { calendar: calendar.into(), spans }), "elapsed_seconds")
}

fn deadlines(
    ecosystem: &Ecosystem,
    calendar: &str,
    starts: &[(i64, i64)],
    backwards: bool,
    boundary: Option<BoundaryWord>,
) -> Vec<Option<i64>> {
    let starts = starts
        .iter()
        .map(|(from, within)| DeadlineStart { from: Instant(*from), within: Duration(*within).into(), zone: None })
        .collect();
    let query = DeadlineQuery { calendar: calendar.into(), starts, backwards: Some(backwards), boundary, working_days: None };
    column(deadline(ecosystem, &query), "deadline")
}

/// Starts with lengths of service time, some of them exactly up to an edge.
fn starts(dice: &mut Dice, calendar: &Calendar, instants: &[i64]) -> Vec<(i64, i64)> {
    let mut starts = Vec::new();
    for from in instants {
        starts.push((*from, dice.between(0, 200 * 3600) * SECOND));
        starts.push((*from, dice.between(0, 9) * 3600 * SECOND));
        let other = *dice.pick(instants);
        starts.push((*from, calendar.elapsed(*from, other).abs()));
    }
    starts
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn open_time_agrees_with_the_oracle(seed: u64) {
        let calendars = calendars(&mut Dice::new(seed));
        let ecosystem = load(&calendars.document);
        let spans = spans(&calendars.instants);
        for name in &calendars.names {
            let oracle = Calendar::of(&calendars.document, name);
            let expected: Vec<_> = spans.iter().map(|(from, until)| Some(oracle.elapsed(*from, *until).div_euclid(SECOND))).collect();
            prop_assert_eq!(elapsed_seconds(&ecosystem, name, &spans), expected, "{} in {:?}\n{}", name, shown(&calendars.instants), &calendars.document);
        }
    }

    #[test]
    fn intervals_agree_with_the_oracle(seed: u64) {
        let calendars = calendars(&mut Dice::new(seed));
        let ecosystem = load(&calendars.document);
        for name in &calendars.names {
            let oracle = Calendar::of(&calendars.document, name);
            for (from, until) in spans(&calendars.instants) {
                let (from, until) = (from.min(until), from.max(until));
                let query = IntervalsQuery { calendar: name.clone(), from: Some(Instant(from)), until: Some(Instant(until)), ..Default::default() };
                let report = intervals(&ecosystem, &query);
                let report = match report {
                    Ok(report) => report,
                    // An empty span may be refused.
                    Err(_) if from == until => continue,
                    Err(error) => panic!("{error}\n{}", &calendars.document),
                };
                let found: Vec<_> = column(Ok(report.clone()), "from").into_iter().zip(column(Ok(report), "until")).collect();
                let expected: Vec<_> = oracle.intervals(from, until).into_iter().map(|(a, b)| (Some(a), Some(b))).collect();
                prop_assert_eq!(found, expected, "{} from {} until {}\n{}", name, Instant(from), Instant(until), &calendars.document);
            }
        }
    }

    #[test]
    fn moments_agree_with_the_oracle(seed: u64) {
        let calendars = calendars(&mut Dice::new(seed));
        let ecosystem = load(&calendars.document);
        for name in &calendars.names {
            let oracle = Calendar::of(&calendars.document, name);
            let query = moments(name, &calendars.instants);
            let words = format!("{name} at {:?}\n{}", shown(&calendars.instants), &calendars.document);
            let open = column(is_open(&ecosystem, &query), "open");
            prop_assert_eq!(open, calendars.instants.iter().map(|at| Some(i64::from(oracle.is_open(*at)))).collect::<Vec<_>>(), "is_open {}", words);
            let found = [next_open, next_close, previous_open].map(|ask| column(ask(&ecosystem, &query), "found"));
            for (row, at) in calendars.instants.iter().enumerate() {
                let expected = [oracle.next_open(*at), oracle.next_close(*at), oracle.previous_open(*at)];
                for ((what, found), expected) in ["next_open", "next_close", "previous_open"].iter().zip(&found).zip(expected) {
                    let agrees = found[row] == expected || expected.is_none() && far(*at, found[row]);
                    prop_assert!(agrees, "{} of {}: {:?}, not {:?}, {}", what, Instant(*at), found[row].map(Instant), expected.map(Instant), words);
                }
            }
        }
    }

    #[test]
    fn deadlines_agree_with_the_oracle(seed: u64) {
        let mut dice = Dice::new(seed);
        let calendars = calendars(&mut dice);
        let ecosystem = load(&calendars.document);
        for name in &calendars.names {
            let oracle = Calendar::of(&calendars.document, name);
            let starts = starts(&mut dice, &oracle, &calendars.instants);
            for backwards in [false, true] {
                let expect = |(from, within): &(i64, i64)| match backwards {
                    false => oracle.deadline(*from, *within),
                    true => oracle.deadline_backwards(*from, *within),
                };
                let expected: Vec<_> = starts.iter().map(expect).collect();
                let found = deadlines(&ecosystem, name, &starts, backwards, None);
                for ((start, found), expected) in starts.iter().zip(found).zip(expected) {
                    if expected.is_none() && far(start.0, found) {
                        continue;
                    }
                    prop_assert_eq!(
                        found.map(Instant), expected.map(Instant), "{}, {:?} from {}, backwards {}\n{}",
                        name, Duration(start.1), Instant(start.0), backwards, &calendars.document
                    );
                }
            }
        }
    }

    #[test]
    fn a_deadline_at_the_next_opening_agrees_with_the_oracle(seed: u64) {
        let mut dice = Dice::new(seed);
        let calendars = calendars(&mut dice);
        let ecosystem = load(&calendars.document);
        for name in &calendars.names {
            let oracle = Calendar::of(&calendars.document, name);
            let starts: Vec<_> = starts(&mut dice, &oracle, &calendars.instants).into_iter().filter(|(_, within)| *within > 0).collect();
            for backwards in [false, true] {
                let found = deadlines(&ecosystem, name, &starts, backwards, Some(BoundaryWord::Next));
                for ((from, within), found) in starts.iter().zip(found) {
                    let same = if backwards { oracle.deadline_backwards(*from, *within) } else { oracle.deadline(*from, *within) };
                    let expected = same.and_then(|at| if backwards { oracle.previous_open(at) } else { oracle.next_open(at) });
                    // Where it never opens again the instant the time is used up may stand for it.
                    prop_assert!(
                        found == expected || expected.is_none() && (found == same || far(*from, found)), "{}: {:?} from {} backwards {}: {:?}, not {:?}\n{}",
                        name, Duration(*within), Instant(*from), backwards, found.map(Instant), expected.map(Instant), &calendars.document
                    );
                }
            }
        }
    }

    #[test]
    fn a_span_cut_in_two_adds_up(seed: u64) {
        let calendars = calendars(&mut Dice::new(seed));
        let ecosystem = load(&calendars.document);
        let whole = |at: &i64| at.div_euclid(SECOND) * SECOND;
        let instants: Vec<i64> = calendars.instants.iter().map(whole).collect();
        for name in &calendars.names {
            for three in instants.windows(3) {
                let parts = elapsed_seconds(&ecosystem, name, &[(three[0], three[1]), (three[1], three[2]), (three[0], three[2])]);
                let sum = parts[0].zip(parts[1]).map(|(a, b)| a + b);
                prop_assert_eq!(sum, parts[2], "{}: {:?}\n{}", name, shown(three), &calendars.document);
            }
        }
    }

    #[test]
    fn so_much_time_passes_up_to_the_deadline(seed: u64) {
        let mut dice = Dice::new(seed);
        let calendars = calendars(&mut dice);
        let ecosystem = load(&calendars.document);
        for name in &calendars.names {
            for from in &calendars.instants {
                let within = dice.between(0, 400 * 3600);
                for (backwards, boundary) in [(false, None), (true, None), (false, Some(BoundaryWord::Next)), (true, Some(BoundaryWord::Next))] {
                    if let Some(end) = deadlines(&ecosystem, name, &[(*from, within * SECOND)], backwards, boundary)[0] {
                        let span = if backwards { (end, *from) } else { (*from, end) };
                        prop_assert_eq!(
                            elapsed_seconds(&ecosystem, name, &[span])[0], Some(within), "{} from {} to {}\n{}",
                            name, Instant(span.0), Instant(span.1), &calendars.document
                        );
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn working_days_agree_with_the_oracle(seed: u64) {
        let mut dice = Dice::new(seed);
        let calendars = calendars(&mut dice);
        let ecosystem = load(&calendars.document);
        for name in &calendars.names {
            let oracle = Calendar::of(&calendars.document, name);
            // Where a calendar is made of others its days are those of its own zone.
            for (midnight, end) in [(false, DaysEnd::Closing), (true, DaysEnd::Midnight)] {
                let starts: Vec<(i64, u32)> = calendars.instants.iter().map(|from| (*from, dice.between(1, 6) as u32)).collect();
                let given = starts.iter().map(|(from, days)| DeadlineStart {
                    from: Instant(*from), within: Allowance::WorkingDays(*days), zone: None,
                });
                let query = DeadlineQuery {
                    calendar: name.clone(), starts: given.collect(),
                    working_days: Some(WorkingDaysDoc { from: None, end: Some(end) }), ..Default::default()
                };
                let found = column(deadline(&ecosystem, &query), "deadline");
                for ((from, days), found) in starts.iter().zip(found) {
                    let expected = oracle.working_days(*from, i64::from(*days), midnight);
                    prop_assert!(
                        found == expected || expected.is_none() && found.is_none_or(|found| found - from > (NEAR - 2) * 86_400 * SECOND), "{}: {} working days from {}, midnight {}: {:?}, not {:?}\n{}",
                        name, days, Instant(*from), midnight, found.map(Instant), expected.map(Instant), &calendars.document
                    );
                }
            }
        }
    }
}

#[test]
fn a_holiday_that_a_zone_skipped_also_closes_the_night_before() {
    // Samoa skipped 2011-12-30; compatible reading moves its times to the day after.
    let document = "{siam: 1, calendars: {c: {zone: Pacific/Apia, wall_times: compatible, hours: {thu: 22:00-06:00}, holidays: [2011-12-30]}}}";
    let at = |text| Instant::parse(text).expect("an instant").micros();
    let span = (at("2011-12-29T00:00:00Z"), at("2012-01-01T00:00:00Z"));
    assert_eq!(elapsed_seconds(&load(document), "c", &[span]), [Some(2 * 3600)]);
    assert_eq!(Calendar::of(document, "c").elapsed(span.0, span.1), 2 * 3600 * SECOND);
}

fn shown(instants: &[i64]) -> Vec<String> {
    instants.iter().map(|at| Instant(*at).to_string()).collect()
}
