//! Proofs of the clock: cases of peers, a brute-force oracle, laws.
//!
//! Goes in: shared cases, calendars drawn from a small generator. Comes out: nothing.
//! **Invariant:** the oracle knows wall-clock readings and the words of `model::calendar`, nothing of `compile`.
//! **Not here:** tests of one file alone (in that file).

mod cases;
mod days;
mod laws;

use crate::base::Instant;
use crate::model::calendar::{Calendar, Hours, WallTimes};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn hours(from: u32, until: u32) -> Hours {
    Hours { from, until }
}

fn calendar(zone: &str, wall_times: WallTimes) -> Calendar {
    Calendar {
        id: "test".parse().unwrap(),
        zone: zone.into(),
        wall_times,
        weekly: Default::default(),
        weekly_breaks: Default::default(),
        overrides: Default::default(),
        breaks: Default::default(),
        holidays: Default::default(),
        annual_holidays: Default::default(),
        events: Vec::new(),
        own_zone: true,
        made_of: None,
    }
}
