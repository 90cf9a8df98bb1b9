//! Many names and the index each leads to, in little memory.
//!
//! Goes in: names, each once. Comes out: the index of a name; all names in their own order.
//! **Invariant:** what is given out depends on the names alone, never on how they are hashed.
//! **Not here:** which texts are ids (`id`), maps of a few names (a `BTreeMap` serves).

use super::id::Idx;
use std::hash::{DefaultHasher, Hasher};
use std::sync::OnceLock;

/// Names are looked up in blocks of this many, so that memory answers several of them at once.
const BLOCK: usize = 32;
/// Longer runs of full slots do not come about by chance: from then on a keyed hash is used.
const LONGEST_RUN: usize = 256;
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Names to indexes: all names in one text, found by one flat table of slots.
#[derive(Debug, Clone)]
pub struct Directory<T> {
    text: String,
    /// The end of each name in the text, in the order added.
    ends: Vec<usize>,
    values: Vec<Idx<T>>,
    /// Upper half of the hash, then the number of the name plus one; 0 where empty. A power of two in length.
    slots: Vec<u64>,
    /// The key of the keyed hash, where names were made to collide.
    key: Option<u64>,
    /// Numbers of the names in the order of the names; made when first asked for.
    sorted: OnceLock<Vec<u32>>,
}

impl<T> Default for Directory<T> {
    fn default() -> Self {
        Self { text: String::new(), ends: Vec::new(), values: Vec::new(), slots: Vec::new(), key: None, sorted: OnceLock::new() }
    }
}

fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    wide as u64 ^ (wide >> 64) as u64
}

fn hash(key: Option<u64>, name: &[u8]) -> u64 {
    if let Some(key) = key {
        let mut keyed = DefaultHasher::new();
        keyed.write_u64(key);
        keyed.write(name);
        return keyed.finish();
    }
    let mut state = MIX ^ name.len() as u64;
    let (words, rest) = name.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), MIX);
    }
    let last = rest.iter().rev().fold(0, |last, byte| last << 8 | u64::from(*byte));
    fold(state ^ last, MIX ^ 0xff51_afd7_ed55_8ccd)
}

impl<T> Directory<T> {
    /// An empty directory with room for so many names.
    pub fn with_room(names: usize) -> Self {
        let mut made = Self::default();
        made.reserve(names);
        made
    }
    /// Makes room for more names.
    pub fn reserve(&mut self, more: usize) {
        let names = self.values.len() + more;
        self.ends.reserve(more);
        self.values.reserve(more);
        if names * 2 > self.slots.len() {
            self.lay_out((names * 2).next_power_of_two().max(16));
        }
    }
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
    /// The n-th name in the order added.
    pub fn name(&self, number: usize) -> &str {
        let end = self.ends.get(number).copied().unwrap_or(self.text.len());
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end).unwrap_or("")
    }
    /// Adds a name unless it is there; gives where it led before.
    pub fn add(&mut self, name: &str, to: Idx<T>) -> Option<Idx<T>> {
        if (self.values.len() + 1) * 2 > self.slots.len() {
            self.lay_out((self.slots.len() * 2).max(16));
        }
        let hash = hash(self.key, name.as_bytes());
        let (at, found, run) = self.probe(name, hash);
        if let Some(number) = found {
            return self.values.get(number).copied();
        }
        let number = self.values.len() as u64 + 1;
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = hash >> 32 << 32 | number & 0xffff_ffff;
        }
        self.text.push_str(name);
        self.ends.push(self.text.len());
        self.values.push(to);
        self.sorted = OnceLock::new();
        if run > LONGEST_RUN {
            let mut key = DefaultHasher::new();
            key.write(self.text.as_bytes());
            self.key = Some(key.finish());
            self.lay_out(self.slots.len());
        }
        None
    }
    /// Where a name leads.
    pub fn get(&self, name: &str) -> Option<&Idx<T>> {
        if self.slots.is_empty() {
            return None;
        }
        let (_, found, _) = self.probe(name, hash(self.key, name.as_bytes()));
        self.values.get(found?)
    }
    /// Whether a name is there.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
    /// Where each of several names leads: the same as `get` for each, at several times its speed where there are many.
    pub fn find(&self, names: &[&str], mut found: impl FnMut(usize, Option<Idx<T>>)) {
        let mask = self.slots.len().wrapping_sub(1);
        for (block, names) in names.chunks(BLOCK).enumerate() {
            let mut hashes = [0_u64; BLOCK];
            let mut slots = [0_u64; BLOCK];
            for (hashed, name) in hashes.iter_mut().zip(names) {
                *hashed = hash(self.key, name.as_bytes());
            }
            for (slot, hash) in slots.iter_mut().zip(&hashes) {
                *slot = self.slots.get(*hash as usize & mask).copied().unwrap_or(0);
            }
            // Reading the ends here brings them, and the text behind them, into the cache for the comparison below.
            let mut warm = 0_u8;
            for slot in &slots {
                let end = self.ends.get((*slot as u32 as usize).wrapping_sub(1)).copied().unwrap_or(0);
                warm ^= self.text.as_bytes().get(end.wrapping_sub(1)).copied().unwrap_or(0);
            }
            std::hint::black_box(warm);
            for (at, (name, hash)) in names.iter().zip(&hashes).enumerate() {
                let number = if self.slots.is_empty() { None } else { self.probe(name, *hash).1 };
                found(block * BLOCK + at, number.and_then(|number| self.values.get(number).copied()));
            }
        }
    }
    /// The names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> + Clone {
        self.sorted().iter().map(|number| self.name(*number as usize))
    }
    /// Where they lead, in the order of the names.
    pub fn values(&self) -> impl Iterator<Item = &Idx<T>> {
        self.sorted().iter().filter_map(|number| self.values.get(*number as usize))
    }
    /// Names and where they lead, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Idx<T>)> {
        self.keys().zip(self.values())
    }

    fn sorted(&self) -> &[u32] {
        self.sorted.get_or_init(|| {
            // Most names differ in their first sixteen bytes, which stand beside the number.
            let start = |name: &str| {
                let mut first = [0_u8; 16];
                first.iter_mut().zip(name.bytes()).for_each(|(to, byte)| *to = byte);
                u128::from_be_bytes(first)
            };
            let mut order: Vec<(u128, u32)> = (0..self.len()).map(|at| (start(self.name(at)), at as u32)).collect();
            order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.name(a.1 as usize).cmp(self.name(b.1 as usize))));
            order.into_iter().map(|(_, number)| number).collect()
        })
    }

    /// The slot of a name, its number if it is there, and how many slots were passed.
    fn probe(&self, name: &str, hash: u64) -> (usize, Option<usize>, usize) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        let mut run = 0;
        while let Some(slot) = self.slots.get(at).filter(|slot| **slot != 0) {
            let number = (*slot as u32 as usize).wrapping_sub(1);
            if slot >> 32 == hash >> 32 && self.name(number) == name {
                return (at, Some(number), run);
            }
            at = (at + 1) & mask;
            run += 1;
        }
        (at, None, run)
    }

    fn lay_out(&mut self, slots: usize) {
        let mut laid = vec![0_u64; slots];
        let mask = slots - 1;
        for number in 0..self.values.len() {
            let hash = hash(self.key, self.name(number).as_bytes());
            let mut at = hash as usize & mask;
            while laid.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & mask;
            }
            if let Some(slot) = laid.get_mut(at) {
                *slot = hash >> 32 << 32 | (number as u64 + 1) & 0xffff_ffff;
            }
        }
        self.slots = laid;
    }
}

impl<T> FromIterator<(String, Idx<T>)> for Directory<T> {
    fn from_iter<I: IntoIterator<Item = (String, Idx<T>)>>(names: I) -> Self {
        let mut made = Self::default();
        for (name, to) in names {
            made.add(&name, to);
        }
        made
    }
}

impl<T, Q: AsRef<str> + ?Sized> std::ops::Index<&Q> for Directory<T> {
    type Output = Idx<T>;
    fn index(&self, name: &Q) -> &Idx<T> {
        let number = self.probe(name.as_ref(), hash(self.key, name.as_ref().as_bytes())).1;
        &self.values[number.unwrap_or(usize::MAX)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(n: usize) -> Directory<u8> {
        (0..n).map(|at| (format!("service-{at}"), Idx::new(at))).collect()
    }

    #[test]
    fn every_name_is_found_one_by_one_and_in_blocks() {
        let directory = many(10_000);
        let asked: Vec<String> = (0..20_000).map(|at| format!("service-{}", at * 7919 % 20_000)).collect();
        let names: Vec<&str> = asked.iter().map(String::as_str).collect();
        let mut together = vec![None; names.len()];
        directory.find(&names, |at, found| together[at] = found);
        for (name, found) in names.iter().zip(together) {
            assert_eq!(directory.get(name).copied(), found);
            let number: usize = name["service-".len()..].parse().unwrap();
            assert_eq!(found.map(Idx::get), (number < 10_000).then_some(number));
        }
    }

    #[test]
    fn names_come_in_their_own_order_whatever_the_order_added() {
        let names = ["b", "", "a", "\u{e9}", "a-long-name-that-begins-alike-2", "a-long-name-that-begins-alike-1", "a\0"];
        let mut directory = Directory::<u8>::default();
        names.iter().enumerate().for_each(|(at, name)| assert_eq!(directory.add(name, Idx::new(at)), None));
        let mut sorted = names.to_vec();
        sorted.sort_unstable();
        assert_eq!(directory.keys().collect::<Vec<_>>(), sorted);
        assert_eq!(directory.add("a", Idx::new(99)), Some(Idx::new(2)), "the first stays");
        assert!(directory.iter().all(|(name, at)| names[at.get()] == name));
    }

    #[test]
    fn names_made_to_collide_are_found_all_the_same() {
        // A word equal to the state it meets folds to nothing, so everything before it is forgotten.
        let length = 16_u64;
        let state = |first: u64| fold(MIX ^ length ^ first, MIX);
        let mut directory = Directory::<u8>::default();
        let mut names = Vec::new();
        let mut first = 0_u64;
        while names.len() < 1_000 {
            first += 1;
            let bytes = [first.to_le_bytes(), state(first).to_le_bytes()].concat();
            if let Ok(name) = String::from_utf8(bytes) {
                names.push(name);
            }
            if first > 3_000_000 {
                break;
            }
        }
        assert!(names.len() > LONGEST_RUN, "{}", names.len());
        names.iter().enumerate().for_each(|(at, name)| assert_eq!(directory.add(name, Idx::new(at)), None));
        assert!(directory.key.is_some());
        assert!(names.iter().enumerate().all(|(at, name)| directory.get(name) == Some(&Idx::new(at))));
    }
}
