//! Many scenarios in one pass: a bit for each, a plane for each level.
//!
//! Goes in: own levels by scenario. Comes out: for every service that is reached, in which scenarios it is at a level or worse.
//! **Invariant:** every bit is what `Scalar` gives for its scenario; bits beyond the last scenario are the baseline.
//! **Not here:** which scenarios go together (`batch`), what is read of the planes (`group`).
//!
//! A service that is reached gets the next slot of a dense arena, so a pass touches memory in proportion to what it reaches and not
//! to the map. Where nothing can improve, a change is passed on to dependents: an "any" takes the planes as they are; an "at least
//! k" remembers who told it and sums only those; a program is read whole. Else everything reached is read whole, as in `scalar`.

mod read;
mod sum;

use self::sum::{Plane, Sum, all, each};
use super::group::Group;
use super::scalar::Waiting;
use super::work::Work;
use super::{FEED, LIFT, RAISE, Structure};
use crate::model::rule::Level;

const NONE: u32 = u32::MAX;

/// What is known of a slot beside its planes.
#[derive(Debug, Clone, Copy)]
struct Slot {
    place: u32,
    /// The first of its list: of those who told it, or of its own levels where rules are read in order.
    first: u32,
    /// Changed since dependents were told.
    fresh: bool,
    /// Dependents were told before.
    told: bool,
    /// Something that its program reads changed.
    read: bool,
}

/// An entry of the list of a slot.
#[derive(Debug, Clone, Copy)]
struct Entry {
    next: u32,
    /// The slot that told it, or the bit of a scenario.
    of: u32,
    /// The counter of level 1, or an own level.
    with: u32,
}

/// An evaluator of 64 x W scenarios with its workspace.
#[derive(Debug)]
pub(super) struct Lanes<'s, const W: usize> {
    structure: &'s Structure,
    worst: usize,
    /// By place; `NONE` where not reached.
    slot_of: Vec<u32>,
    slots: Vec<Slot>,
    /// By slot, then by level from 1 on; what stands beyond the last slot is of an earlier pass.
    planes: Vec<Plane<W>>,
    entries: Vec<Entry>,
    waiting: Waiting,
    /// The slots that differ from the baseline, and where.
    changed: Vec<u32>,
    differs: Vec<Plane<W>>,
    /// Some plane changed after its row was kept: only in cycles.
    stale: bool,
    sum: Sum<W>,
    /// By gate of the program that is read.
    values: Vec<Plane<W>>,
    /// By level from 1 on: what a rule gives, or what is passed on.
    given: Vec<Plane<W>>,
    /// The place of each slot, for groups.
    places: Vec<u32>,
    pub(super) work: Work,
}

impl<'s, const W: usize> Lanes<'s, W> {
    pub(super) fn new(structure: &'s Structure) -> Self {
        Self {
            structure,
            worst: usize::from(structure.worst),
            slot_of: vec![NONE; structure.len()],
            slots: Vec::new(),
            planes: Vec::new(),
            entries: Vec::new(),
            waiting: Waiting::new(structure.len()),
            changed: Vec::new(),
            differs: Vec::new(),
            stale: false,
            sum: Sum::new(),
            values: Vec::new(),
            given: Vec::new(),
            places: Vec::new(),
            work: Work::default(),
        }
    }

    /// Evaluates scenarios, given as (bit, place, own level) with levels of the chain; `improving` where one of the places is
    /// above a rule that is not monotone.
    pub(super) fn evaluate(&mut self, own: impl Iterator<Item = (u32, u32, Level)>, improving: bool) {
        self.reset();
        for (bit, place, level) in own {
            let slot = self.open(place);
            if improving {
                self.enter(slot, bit, u32::from(level));
                self.waiting.add(self.structure.head(place as usize));
            } else if self.set(slot, bit, level) {
                self.slots[slot as usize].fresh = true;
                self.waiting.add(place);
            }
        }
        if improving {
            self.in_order();
        } else {
            self.raise_all();
        }
        if self.stale {
            for (slot, differs) in self.changed.iter().zip(&mut self.differs) {
                *differs = differing(self.structure, self.slots[*slot as usize].place, row(&self.planes, *slot, self.worst));
            }
        }
        self.places.extend(self.slots.iter().map(|slot| slot.place));
    }

    /// What became of the scenarios of the bits.
    pub(super) fn group<'a>(&'a self, scenarios: &'a [u32]) -> Group<'a> {
        Group {
            structure: self.structure,
            scenarios,
            words: W,
            places: &self.places,
            planes: self.planes.as_flattened(),
            changed: &self.changed,
            differs: self.differs.as_flattened(),
        }
    }

    /// How many services differ from the baseline, in all scenarios together.
    pub(super) fn bits(&self) -> u64 {
        self.differs.as_flattened().iter().map(|word| u64::from(word.count_ones())).sum()
    }

    fn reset(&mut self) {
        self.slots.iter().for_each(|slot| self.slot_of[slot.place as usize] = NONE);
        self.slots.clear();
        self.places.clear();
        self.entries.clear();
        self.changed.clear();
        self.differs.clear();
        self.stale = false;
    }

    /// The slot of a place, at its baseline where it is new.
    #[inline]
    fn open(&mut self, place: u32) -> u32 {
        let known = self.slot_of[place as usize];
        if known != NONE {
            return known;
        }
        let slot = self.slots.len() as u32;
        self.slot_of[place as usize] = slot;
        self.slots.push(Slot { place, first: NONE, fresh: false, told: false, read: false });
        let at = slot as usize * self.worst;
        if self.planes.len() < at + self.worst {
            self.planes.resize((at + self.worst) * 2, all(false));
        }
        let row = &mut self.planes[at..at + self.worst];
        row.iter_mut().for_each(|plane| *plane = all(false));
        if !self.structure.calm {
            let base = usize::from(self.structure.base[place as usize] & 15);
            row.iter_mut().take(base).for_each(|plane| *plane = all(true));
        }
        slot
    }

    fn enter(&mut self, slot: u32, of: u32, with: u32) {
        let first = &mut self.slots[slot as usize].first;
        self.entries.push(Entry { next: *first, of, with });
        *first = (self.entries.len() - 1) as u32;
    }

    /// Puts a scenario of a slot at a level or worse; whether that changed it.
    fn set(&mut self, slot: u32, bit: u32, level: Level) -> bool {
        let mut changed = false;
        for t in 0..usize::from(level) {
            let word = &mut self.planes[slot as usize * self.worst + t][bit as usize / 64];
            changed |= *word >> (bit % 64) & 1 == 0;
            *word |= 1 << (bit % 64);
        }
        changed
    }

    /// Nothing that is reached can improve: planes only gain bits, from the baseline to the least fixpoint, in any order.
    fn raise_all(&mut self) {
        let structure = self.structure;
        while let Some(p) = self.waiting.take() {
            self.work.visits += 1;
            let slot = self.slot_of[p as usize];
            let known = self.slots[slot as usize];
            let counted = if known.first != NONE {
                self.count(slot)
            } else if known.read {
                self.read(p as usize);
                self.gain(slot)
            } else {
                false
            };
            if !known.fresh && !counted {
                continue;
            }
            let mark = &mut self.slots[slot as usize];
            (mark.fresh, mark.told) = (false, true);
            if known.told {
                self.stale = true;
            } else {
                self.changed.push(slot);
                self.differs.push(differing(structure, p, row(&self.planes, slot, self.worst)));
            }
            for (v, effect) in structure.rev_of(p as usize) {
                let to = self.open(*v);
                if *effect == RAISE {
                    if self.pass(slot, to) {
                        self.freshen(to, *v);
                    }
                    continue;
                }
                if effect & (FEED | LIFT) == LIFT {
                    if self.lift(slot, to, structure.lifts[(effect & !LIFT) as usize]) {
                        self.freshen(to, *v);
                    }
                    continue;
                }
                if effect & FEED == 0 && !known.told {
                    self.enter(to, slot, *effect);
                } else if effect & FEED != 0 {
                    self.slots[to as usize].read = true;
                }
                self.waiting.add(*v);
            }
        }
    }

    /// A slot changed and waits to tell it.
    #[inline]
    fn freshen(&mut self, slot: u32, place: u32) {
        let known = &mut self.slots[slot as usize];
        if !known.fresh {
            known.fresh = true;
            self.waiting.add(place);
        }
    }

    /// A slot takes what another has; whether that changed it.
    #[inline]
    fn pass(&mut self, from: u32, to: u32) -> bool {
        self.work.planes += (self.worst * W) as u64;
        let (from, to) = (from as usize * self.worst, to as usize * self.worst);
        let mut gained = 0;
        for t in 0..self.worst {
            let given = self.planes[from + t];
            for (word, given) in self.planes[to + t].iter_mut().zip(&given) {
                gained |= given & !*word;
                *word |= given;
            }
        }
        gained != 0
    }

    /// A slot takes what is given; whether that changed it.
    fn gain(&mut self, slot: u32) -> bool {
        self.work.planes += (self.worst * W) as u64;
        let at = slot as usize * self.worst;
        let mut gained = 0;
        for (plane, given) in self.planes[at..at + self.worst].iter_mut().zip(&self.given) {
            for (word, given) in plane.iter_mut().zip(given) {
                gained |= given & !*word;
                *word |= given;
            }
        }
        gained != 0
    }

    /// A slot takes what another has by a table: level s or worse is given where the first level that is raised to s, or a worse one, is.
    fn lift(&mut self, from: u32, to: u32, lift: u64) -> bool {
        let (first, at) = (from as usize * self.worst, to as usize * self.worst);
        let (mut gained, mut level) = (0, 1);
        for s in 1..=self.worst {
            while level <= self.worst && (lift >> (4 * level) & 15) < s as u64 {
                level += 1;
            }
            if level > self.worst {
                break;
            }
            let given = self.planes[first + level - 1];
            self.work.planes += W as u64;
            for (word, given) in self.planes[at + s - 1].iter_mut().zip(&given) {
                gained |= given & !*word;
                *word |= given;
            }
        }
        gained != 0
    }

    /// An "at least k" sums what those who told it add to the baseline; whether that changed it.
    fn count(&mut self, slot: u32) -> bool {
        let structure = self.structure;
        self.given.clear();
        for s in 0..self.worst {
            let mut next = self.slots[slot as usize].first;
            let counter = self.entries[next as usize].with as usize;
            let need = structure.need[counter + s];
            if need <= 0 {
                self.given.push(all(true));
                continue;
            }
            self.sum.begin(need);
            while let Some(entry) = self.entries.get(next as usize) {
                next = entry.next;
                let place = self.slots[entry.of as usize].place;
                // What was so in the baseline is not in the need any more.
                if usize::from(structure.base[place as usize] & 15) <= s {
                    self.sum.add(&self.planes[entry.of as usize * self.worst + s], 1);
                }
            }
            self.work.gates += 1;
            self.work.planes += self.sum.words();
            self.given.push(self.sum.reached());
        }
        self.gain(slot)
    }
}

/// The planes of a slot.
#[inline]
fn row<const W: usize>(planes: &[Plane<W>], slot: u32, worst: usize) -> &[Plane<W>] {
    &planes[slot as usize * worst..(slot as usize + 1) * worst]
}

/// Where the planes of a place are not its baseline.
#[inline]
fn differing<const W: usize>(structure: &Structure, place: u32, planes: &[Plane<W>]) -> Plane<W> {
    if structure.calm {
        return planes.first().copied().unwrap_or(all(false));
    }
    let base = usize::from(structure.base[place as usize] & 15);
    let better = base.checked_sub(1).and_then(|at| planes.get(at)).copied().unwrap_or(all(true));
    let worse = planes.get(base).copied().unwrap_or(all(false));
    each(&better, &worse, |better, worse| !better | worse)
}
