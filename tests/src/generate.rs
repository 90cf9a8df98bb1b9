//! Seeded ecosystems and evidence for laws and benches.
//!
//! Goes in: a seed and a size. Comes out: small random estates, big layered ones, calendars, a month of evidence.
//! **Invariant:** only whole numbers decide, so that the same seed gives the same bytes on every platform.
//! **Not here:** answers; hostile input (the laws mutate what is written here).

mod calendars;
mod estate;
mod layered;
mod month;
pub mod presets;
mod review;
mod rules;

pub use calendars::{Calendars, calendars};
pub use estate::{Estate, Item, Needs, Options, Party, Service, Span, estate};
pub use layered::{Layered, layered};
pub use month::{Evidence, Month, month};
pub use review::review_month;

/// A small deterministic source of numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
    /// A number below `sides`; 0 where there are none.
    pub fn below(&mut self, sides: usize) -> usize {
        ((u128::from(self.bits()) * sides as u128) >> 64) as usize
    }
    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(usize::try_from(high - low + 1).unwrap_or(0)) as i64
    }
    /// True in `of` cases `wins` times.
    pub fn chance(&mut self, wins: usize, of: usize) -> bool {
        self.below(of) < wins
    }
    /// One of several.
    pub fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
    /// One of several, each as often as its weight says.
    pub fn weighted<'t, T>(&mut self, items: &'t [(usize, T)]) -> &'t T {
        let mut at = self.below(items.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in items {
            if at < *weight {
                return item;
            }
            at -= weight;
        }
        &items[0].1
    }
    /// Puts items into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
    /// Some of several, in another order.
    pub fn some<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut all = items.to_vec();
        self.shuffle(&mut all);
        all.truncate(count);
        all
    }
}

/// The month that examples/demo ships: what a platform would export, by file name.
pub fn demo_month() -> Vec<(&'static str, Vec<u8>)> {
    let like = month::Month { year: 2026, month: 10, tickets: 240, services: 6, suppliers: 3, dirty: 4 };
    let exported = |name| match name {
        "tickets" => Some("incidents"),
        "ticket_events" => Some("history"),
        "exclusions" => Some("exclusions"),
        _ => None,
    };
    month::month(20_261_001, &like).tables.into_iter().filter_map(|(name, bytes)| Some((exported(name)?, bytes))).collect()
}
