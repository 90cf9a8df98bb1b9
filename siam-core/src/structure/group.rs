//! What a pass over many scenarios at once hands out.
//!
//! Goes in: bit planes of the services that a pass reached. Comes out: rows by service, sums by scenario.
//! **Invariant:** bit i of every plane is about the scenario `scenario(i)`; in `differs` bits beyond the last scenario are zero.
//! **Not here:** the pass (`lanes`), which scenarios stand together (`batch`).

use super::Structure;
use crate::model::rule::{Level, ServiceIdx};

/// Scenarios that were evaluated together, as bit planes.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    pub(super) structure: &'a Structure,
    /// The scenario of each bit.
    pub(super) scenarios: &'a [u32],
    pub(super) words: usize,
    /// The place of each slot.
    pub(super) places: &'a [u32],
    /// By slot, then by level from 1 on: the words of its plane.
    pub(super) planes: &'a [u64],
    /// The slots that differ from the baseline somewhere, and in which scenarios.
    pub(super) changed: &'a [u32],
    pub(super) differs: &'a [u64],
}

/// A service that differs from its baseline in some scenario of a group.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    service: ServiceIdx,
    baseline: Level,
    words: usize,
    planes: &'a [u64],
    differs: &'a [u64],
}

impl<'a> Group<'a> {
    /// How many scenarios.
    pub fn len(&self) -> usize {
        self.scenarios.len()
    }
    /// Whether there is no scenario.
    pub fn is_empty(&self) -> bool {
        self.scenarios.is_empty()
    }
    /// How many words of 64 scenarios a plane has.
    pub fn words(&self) -> usize {
        self.words
    }
    /// The number of the scenario that a bit is about; 0 beyond the last.
    pub fn scenario(&self, bit: usize) -> usize {
        self.scenarios.get(bit).map_or(0, |scenario| *scenario as usize)
    }
    /// The numbers of the scenarios, by bit.
    pub fn scenarios(&self) -> impl Iterator<Item = usize> + use<'a> {
        self.scenarios.iter().map(|scenario| *scenario as usize)
    }
    /// The services that differ from their baseline in some scenario, each once; dependencies before dependents, cycles aside.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let group = *self;
        let size = usize::from(group.structure.worst) * group.words;
        self.changed.iter().zip(self.differs.chunks_exact(group.words.max(1))).map(move |(slot, differs)| {
            let (slot, structure) = (*slot as usize, group.structure);
            let place = group.places.get(slot).map_or(0, |place| *place as usize);
            Row {
                service: ServiceIdx::new(structure.order.get(place).map_or(0, |service| *service as usize)),
                baseline: structure.base.get(place).map_or(0, |base| base & 15),
                words: group.words,
                planes: group.planes.get(slot * size..(slot + 1) * size).unwrap_or_default(),
                differs,
            }
        })
    }
}

impl<'a> Row<'a> {
    /// The service.
    pub fn service(&self) -> ServiceIdx {
        self.service
    }
    /// Its level when nothing fails.
    pub fn baseline(&self) -> Level {
        self.baseline
    }
    /// In which scenarios it is at this level or worse; `level` is at least 1. Bits beyond the last scenario are as in the baseline.
    pub fn plane(&self, level: Level) -> &'a [u64] {
        let at = usize::from(level).saturating_sub(1) * self.words;
        self.planes.get(at..at + self.words).unwrap_or_default()
    }
    /// In which scenarios it is not at its baseline.
    pub fn differs(&self) -> &'a [u64] {
        self.differs
    }
    /// Its level in the scenario of a bit.
    pub fn level(&self, bit: usize) -> Level {
        let is = |plane: &&[u64]| plane.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
        self.planes.chunks_exact(self.words.max(1)).take_while(is).count() as Level
    }
    /// The bits of the scenarios in which it is not at its baseline, ascending.
    pub fn bits(&self) -> impl Iterator<Item = usize> + use<'a> {
        self.differs.iter().enumerate().flat_map(|(at, word)| Bits(*word).map(move |bit| at * 64 + bit))
    }
}

/// The positions of the ones of a word, ascending.
#[derive(Debug, Clone, Copy)]
struct Bits(u64);

impl Iterator for Bits {
    type Item = usize;
    fn next(&mut self) -> Option<usize> {
        let bit = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit as usize)
    }
}

/// Planes of so many words and fewer are summed word by word.
const NARROW: usize = 2;

/// Counts by scenario how many planes have its bit: whole words at once, as numbers written across planes.
///
/// ```
/// # use siam_core::structure::Tally;
/// let mut services = Tally::new(1);
/// services.add(&[0b011], 1);
/// services.add(&[0b010], 1);
/// assert_eq!((services.get(0), services.get(1), services.get(2)), (1, 2, 0));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Tally {
    words: usize,
    /// The words of the ones, of the twos, of the fours, ...
    digits: Vec<u64>,
}

impl Tally {
    /// Of planes with this many words.
    pub fn new(words: usize) -> Self {
        Self { words: words.max(1), digits: Vec::new() }
    }
    /// Begins again, for planes with this many words.
    pub fn clear(&mut self, words: usize) {
        self.words = words.max(1);
        self.digits.clear();
    }
    /// Adds a weight to every scenario whose bit is set. Sums are below 2^64.
    pub fn add(&mut self, plane: &[u64], weight: u64) {
        let mut rest = weight;
        while rest != 0 {
            let digit = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if self.words <= NARROW {
                plane.iter().enumerate().take(self.words).for_each(|(at, word)| self.carry_word(digit * self.words + at, *word));
                continue;
            }
            for (part, words) in plane.chunks(8).enumerate().take(self.words.div_ceil(8)) {
                self.carry(digit, part * 8, words);
            }
        }
    }
    /// Adds one word, and what is carried: few words are not worth a block.
    #[inline]
    fn carry_word(&mut self, mut at: usize, mut carry: u64) {
        while carry != 0 {
            let Some(sum) = self.digits.get_mut(at) else {
                self.digits.resize((at / self.words + 1) * self.words, 0);
                continue;
            };
            (*sum, carry) = (*sum ^ carry, *sum & carry);
            at += self.words;
        }
    }
    /// Adds to a digit, and what is carried to the next ones.
    fn carry(&mut self, digit: usize, from: usize, words: &[u64]) {
        let mut carry = [0_u64; 8];
        carry.iter_mut().zip(words).for_each(|(carry, word)| *carry = *word);
        let mut at = digit * self.words + from;
        loop {
            if at >= self.digits.len() {
                if carry == [0; 8] {
                    return;
                }
                self.digits.resize((at / self.words + 1) * self.words, 0);
            }
            let end = at + words.len().min(self.words - from);
            let mut more = 0;
            for (sum, carry) in self.digits.get_mut(at..end).unwrap_or_default().iter_mut().zip(&mut carry) {
                (*sum, *carry) = (*sum ^ *carry, *sum & *carry);
                more |= *carry;
            }
            if more == 0 {
                return;
            }
            at += self.words;
        }
    }
    /// The sum of the scenario of a bit.
    pub fn get(&self, bit: usize) -> u64 {
        let digits =
            self.digits.chunks_exact(self.words.max(1)).map(|digit| digit.get(bit / 64).map_or(0, |word| word >> (bit % 64) & 1));
        digits.enumerate().fold(0, |sum, (at, digit)| sum | digit << (at % 64))
    }
}
