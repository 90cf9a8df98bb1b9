//! Dictionary-coded text: a small number for every distinct word of a column.
//!
//! Goes in: words, row by row. Comes out: codes with the words they stand for.
//! **Invariant:** every code is `NONE` or leads to a word; words stand once, in the order they first appeared.
//! **Not here:** reading cells (`source`), what a word means (`bind`).

use super::texts::Texts;
use std::hash::{BuildHasher, RandomState};

/// The code of a row without a word.
pub const NONE: u32 = u32::MAX;

/// A column of words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    codes: Vec<u32>,
    words: Texts,
}

impl Labels {
    /// The same word in every row.
    pub fn fixed(word: &str, rows: usize) -> Self {
        let mut words = Texts::default();
        words.push(word);
        Self { codes: vec![0; rows], words }
    }
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.codes.len()
    }
    /// The code of a row; `NONE` where it has no word.
    pub fn code(&self, row: usize) -> u32 {
        self.codes.get(row).copied().unwrap_or(NONE)
    }
    /// The codes of all rows.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }
    /// The word of a code.
    pub fn word(&self, code: u32) -> Option<&str> {
        self.words.get(code as usize)
    }
    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.word(self.code(row))
    }
    /// All distinct words by code.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.words.iter()
    }
    /// The code of a word; looks through all of them.
    pub fn find(&self, word: &str) -> Option<u32> {
        self.words.iter().position(|known| known == word).and_then(|at| u32::try_from(at).ok())
    }
    /// How many rows have each word.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.words.len()];
        for code in &self.codes {
            if let Some(count) = counts.get_mut(*code as usize) {
                *count += 1;
            }
        }
        counts
    }
    /// The place of each word among all, sorted by text.
    pub fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.words.len()];
        for (rank, at) in (0..).zip(self.words.order()) {
            if let Some(place) = ranks.get_mut(at as usize) {
                *place = rank;
            }
        }
        ranks
    }
    /// The words alone, for a column whose rows are kept elsewhere.
    pub fn without_rows(self) -> Self {
        Self { codes: Vec::new(), words: self.words }
    }
    /// The same rows with each word replaced; words that become equal become one.
    pub fn translated<'a>(&'a self, translate: impl Fn(&'a str) -> &'a str) -> Self {
        let mut coder = Coder::default();
        let codes: Vec<u32> = self.words().map(|word| coder.code(translate(word))).collect();
        let mut labels = coder.finish();
        labels.codes = self.codes.iter().map(|code| codes.get(*code as usize).copied().unwrap_or(NONE)).collect();
        labels
    }
}

/// Codes words one by one.
#[derive(Debug)]
pub struct Coder {
    labels: Labels,
    /// A table of codes by the hash of their word, at most half full: the upper half of a slot is that of the hash.
    slots: Vec<u64>,
    hasher: RandomState,
    /// The last word met for each small sum over a word: columns of few words rarely need more.
    recent: [u32; 256],
}

const EMPTY: u64 = u64::MAX;

impl Default for Coder {
    fn default() -> Self {
        Self::with_rows(0)
    }
}

impl Coder {
    /// Room for this many rows.
    pub fn with_rows(rows: usize) -> Self {
        let labels = Labels { codes: Vec::with_capacity(rows), words: Texts::default() };
        Self { labels, slots: Vec::new(), hasher: RandomState::new(), recent: [NONE; 256] }
    }
    /// The code of a word, new where it was not seen before.
    pub fn code(&mut self, word: &str) -> u32 {
        let bytes = word.as_bytes();
        let ends = (bytes.first(), bytes.get(bytes.len() / 2), bytes.last());
        let sum = |byte: Option<&u8>, by: usize| usize::from(byte.copied().unwrap_or(0)).wrapping_mul(by);
        let small = sum(ends.0, 31).wrapping_add(sum(ends.1, 7)).wrapping_add(sum(ends.2, 1)).wrapping_add(bytes.len()) % 256;
        let last = self.recent.get(small).copied().unwrap_or(NONE);
        if self.labels.word(last) == Some(word) {
            return last;
        }
        let code = self.find_or_add(word);
        if let Some(recent) = self.recent.get_mut(small) {
            *recent = code;
        }
        code
    }
    fn find_or_add(&mut self, word: &str) -> u32 {
        if (self.labels.words.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = self.hasher.hash_one(word);
        let upper = hash & 0xffff_ffff_0000_0000;
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == EMPTY {
                let code = u32::try_from(self.labels.words.len()).unwrap_or(NONE);
                *slot = upper | u64::from(code);
                self.labels.words.push(word);
                return code;
            }
            let code = (*slot & 0xffff_ffff) as u32;
            if *slot & 0xffff_ffff_0000_0000 == upper && self.labels.word(code) == Some(word) {
                return code;
            }
            at = (at + 1) & mask;
        }
        NONE
    }
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = vec![EMPTY; size];
        for (code, word) in (0_u64..).zip(self.labels.words.iter()) {
            let hash = self.hasher.hash_one(word);
            let mut at = hash as usize & (size - 1);
            while let Some(slot) = self.slots.get_mut(at) {
                if *slot == EMPTY {
                    *slot = hash & 0xffff_ffff_0000_0000 | code;
                    break;
                }
                at = (at + 1) & (size - 1);
            }
        }
    }
    /// Appends a row.
    pub fn push(&mut self, word: Option<&str>) {
        let code = word.map_or(NONE, |word| self.code(word));
        self.labels.codes.push(code);
    }
    /// Appends a row by the code of a word that is known.
    pub(super) fn push_code(&mut self, code: u32) {
        self.labels.codes.push(code);
    }
    /// The column.
    pub fn finish(self) -> Labels {
        self.labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_code_however_many_there_are() {
        let mut coder = Coder::default();
        for round in 0..2 {
            for n in 0..5_000_u32 {
                assert_eq!(coder.code(&format!("word {n}")), n, "{round}");
            }
        }
        let labels = coder.finish();
        assert_eq!((labels.words().len(), labels.word(4_999), labels.word(NONE)), (5_000, Some("word 4999"), None));
    }
}
