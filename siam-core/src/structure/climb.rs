//! A failure that only climbs: each service is settled once, in the order of places, and its dependents stand on its card.
//!
//! Goes in: levels of a few places. Comes out: the places that rose, with their levels as bits.
//! **Invariant:** only where no cycle is and everything is best while nothing fails, so that a place is settled when it is taken.
//! **Not here:** cycles, baselines and what may improve (`scalar`).
//!
//! A level is written as that many ones from the lowest bit on, so the worse of two levels is their `or`, and raising a dependent is
//! one `or` without a question. What costs time is memory: the card of a place is one half of a line of the cache and holds all
//! that most visits read.

use super::{LIFT, RAISE, Structure};
use crate::model::rule::Level;

/// Dependents that stand on the card itself.
const HERE: usize = 6;
/// What raises a dependent stands above its place.
const PLACE: u32 = (1 << 28) - 1;
/// Raises nothing: slots that are not used, and dependents that count.
const NOTHING: u32 = 15;
/// The service also has dependents that do not stand on the card.
const MORE: u32 = 1 << 31;
/// Some dependents count, or are raised by a table beyond the first ones.
const COUNTED: u32 = 1 << 30;

/// What a visit reads of a place.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Card {
    /// The service, `MORE` and `COUNTED`.
    service: u32,
    /// With `MORE`: where in `rest` the number of further dependents stands, and they after it.
    rest: u32,
    to: [u32; HERE],
}

/// The cards by place.
#[derive(Debug, Default)]
pub(super) struct Deck {
    cards: Vec<Card>,
    rest: Vec<u32>,
    /// By what raises and by level: the ones of the level that is raised to.
    ones: Vec<u64>,
}

/// Which places are at which level: the workspace.
#[derive(Debug, Default)]
pub(super) struct Slope {
    /// Ones of the levels, 2^`wide` bits a place.
    words: Vec<u64>,
    /// Which words may not be zero and wait.
    top: Vec<u64>,
    /// Which stretches of `top` may not be zero, each of 2^`far` places.
    span: u64,
    wide: u32,
    far: u32,
}

impl Deck {
    /// The cards of a structure; none where failures do more than climb.
    pub(super) fn of(structure: &Structure) -> Deck {
        let n = structure.len();
        if !structure.cycles.is_empty() || n >= PLACE as usize || structure.base.iter().any(|level| *level != 0) {
            return Deck::default();
        }
        let mut deck = Deck { cards: Vec::with_capacity(n), rest: Vec::new(), ones: vec![0; 256] };
        let ones = |level: u64| (1_u64 << level) - 1;
        for level in 0..=usize::from(structure.worst) {
            deck.ones[level] = ones(level as u64);
            for (lift, by) in structure.lifts.iter().zip(1..NOTHING as usize) {
                deck.ones[by << 4 | level] = ones(lift >> (4 * level) & 15);
            }
        }
        // Slots that are not used read and write far from each other, so that none waits for another.
        let idle: [u32; HERE] = std::array::from_fn(|slot| NOTHING << 28 | (n / HERE * slot) as u32);
        for p in 0..n {
            let mut card = Card { service: structure.order[p], rest: 0, to: idle };
            let dependents = structure.rev_of(p);
            for (slot, (v, effect)) in card.to.iter_mut().zip(dependents) {
                *slot = by(*effect) << 28 | v;
            }
            if let Some(rest) = dependents.get(HERE..).filter(|rest| !rest.is_empty()) {
                card.service |= MORE;
                card.rest = deck.rest.len() as u32;
                deck.rest.push(rest.len() as u32);
                deck.rest.extend(rest.iter().map(|(v, effect)| by(*effect) << 28 | v));
            }
            if dependents.iter().any(|(_, effect)| by(*effect) == NOTHING) {
                card.service |= COUNTED;
            }
            deck.cards.push(card);
        }
        deck
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }
}

/// What raises a dependent, in four bits.
fn by(effect: u32) -> u32 {
    match effect {
        RAISE => 0,
        lift if lift & !(LIFT - 1) == LIFT && (lift & !LIFT) + 1 < NOTHING => (lift & !LIFT) + 1,
        _ => NOTHING,
    }
}

/// Whether a dependent is raised by the cards alone.
pub(super) fn is_plain(effect: u32) -> bool {
    by(effect) != NOTHING
}

impl Slope {
    pub(super) fn new(structure: &Structure) -> Self {
        let wide = usize::from(structure.worst).next_power_of_two().trailing_zeros();
        let words = (structure.len() << wide) / 64 + 1;
        let far = (12 - wide..32).find(|far| structure.len() >> far < 64).unwrap_or(31);
        Self { words: vec![0; words], top: vec![0; words / 64 + 1], span: 0, wide, far }
    }

    /// The level of a place.
    pub(super) fn level(&self, p: u32) -> Level {
        let at = (p as usize) << self.wide;
        let bits = self.words[at / 64] >> (at % 64) & ((1 << (1 << self.wide)) - 1);
        bits.trailing_ones() as Level
    }

    /// Puts a place at a level at least.
    pub(super) fn put(&mut self, p: u32, level: Level) {
        let at = (p as usize) << self.wide;
        self.words[at / 64] |= ((1 << level) - 1) << (at % 64);
        self.top[at / 4096] |= 1 << (at / 64 % 64);
        self.span |= 1 << (p >> self.far);
    }

    /// Everything is best again; those places were not.
    pub(super) fn clear(&mut self, touched: &[u32]) {
        if touched.len() > self.words.len() / 2 {
            self.words.fill(0);
        } else {
            touched.iter().for_each(|p| self.words[((*p as usize) << self.wide) / 64] = 0);
        }
    }

    /// Takes what waits, lowest place first; `visit` is told service and place, `count` place and level where more is to be done.
    pub(super) fn climb(
        &mut self,
        deck: &Deck,
        visit: impl FnMut(u32, u32),
        count: impl FnMut(u32, Level, &mut Vec<(u32, Level)>),
    ) {
        match self.wide {
            0 => self.climb_by::<0>(deck, visit, count),
            1 => self.climb_by::<1>(deck, visit, count),
            2 => self.climb_by::<2>(deck, visit, count),
            3 => self.climb_by::<3>(deck, visit, count),
            _ => self.climb_by::<4>(deck, visit, count),
        }
    }

    fn climb_by<const WIDE: u32>(
        &mut self,
        deck: &Deck,
        mut visit: impl FnMut(u32, u32),
        mut count: impl FnMut(u32, Level, &mut Vec<(u32, Level)>),
    ) {
        let mut raised = Vec::new();
        let far = self.far;
        while self.span != 0 {
            let stretch = self.span.trailing_zeros();
            let from = (1_usize << far >> (12 - WIDE)) * stretch as usize;
            let until = (from + (1 << far >> (12 - WIDE))).min(self.top.len());
            for t in from..until {
                while self.top[t] != 0 {
                    let w = t * 64 + self.top[t].trailing_zeros() as usize;
                    self.word::<WIDE>(w, deck, &mut visit, &mut count, &mut raised);
                    // What waits beside it came later and stands higher.
                    self.top[t] &= self.top[t] - 1;
                }
            }
            self.span &= self.span - 1;
        }
    }

    /// Takes the places of a word; those that they raise in it are taken too.
    #[inline]
    fn word<const WIDE: u32>(
        &mut self,
        w: usize,
        deck: &Deck,
        visit: &mut impl FnMut(u32, u32),
        count: &mut impl FnMut(u32, Level, &mut Vec<(u32, Level)>),
        raised: &mut Vec<(u32, Level)>,
    ) {
        let (mut span, far) = (self.span, self.far);
        let (words, top) = (self.words.as_mut_slice(), self.top.as_mut_slice());
        let (cards, ones) = (deck.cards.as_slice(), deck.ones.as_slice());
        let mut raise = |words: &mut [u64], v: u32, given: u64| {
            words[(v >> (6 - WIDE)) as usize] |= given << ((v << WIDE) & 63);
            let some = u64::from(given != 0);
            top[(v >> (12 - WIDE)) as usize] |= some << ((v >> (6 - WIDE)) & 63);
            span |= some << (v >> far);
        };
        let mut later = u64::MAX;
        loop {
            let left = words[w] & later;
            if left == 0 {
                break;
            }
            let at = left.trailing_zeros() & !((1 << WIDE) - 1);
            later = (u64::MAX << at) << ((1 << WIDE) - 1) << 1;
            let level = (left >> at & ((1 << (1 << WIDE)) - 1)).trailing_ones() as usize;
            let p = (w as u32 * 64 + at) >> WIDE;
            let Some(card) = cards.get(p as usize) else { break };
            for to in card.to {
                raise(words, to & PLACE, ones[(to >> 28 << 4) as usize | level]);
            }
            visit(card.service & PLACE, p);
            if card.service & (MORE | COUNTED) == 0 {
                continue;
            }
            if card.service & MORE != 0 {
                let many = deck.rest[card.rest as usize];
                for to in &deck.rest[card.rest as usize + 1..(card.rest + 1 + many) as usize] {
                    raise(words, to & PLACE, ones[(to >> 28 << 4) as usize | level]);
                }
            }
            if card.service & COUNTED != 0 {
                count(p, level as Level, raised);
                raised.drain(..).for_each(|(v, to)| raise(words, v, (1 << to) - 1));
            }
        }
        self.span |= span;
    }
}
