//! Dictionary-coded text: a small number for every distinct word of a column.
//!
//! Goes in: words, row by row. Comes out: codes with the words they stand for.
//! **Invariant:** every code is `NONE` or leads to a word; words stand once, in the order they first appeared.
//! **Not here:** reading cells (`source`), what a word means (`bind`).

use std::collections::HashMap;

/// The code of a row without a word.
pub const NONE: u32 = u32::MAX;

/// A column of words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    codes: Vec<u32>,
    words: Vec<Box<str>>,
}

impl Labels {
    /// The same word in every row.
    pub fn fixed(word: &str, rows: usize) -> Self {
        Self { codes: vec![0; rows], words: vec![word.into()] }
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
        self.words.get(code as usize).map(|word| &**word)
    }
    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.word(self.code(row))
    }
    /// All distinct words by code.
    pub fn words(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.words.iter().map(|word| &**word)
    }
    /// The code of a word; looks through all of them.
    pub fn find(&self, word: &str) -> Option<u32> {
        self.words.iter().position(|known| **known == *word).and_then(|at| u32::try_from(at).ok())
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
        let mut order: Vec<usize> = (0..self.words.len()).collect();
        order.sort_by(|a, b| self.words[*a].cmp(&self.words[*b]));
        let mut ranks = vec![0; order.len()];
        for (rank, at) in order.into_iter().enumerate() {
            ranks[at] = u32::try_from(rank).unwrap_or(NONE);
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
#[derive(Debug, Default)]
pub struct Coder {
    labels: Labels,
    known: HashMap<Box<str>, u32>,
    last: u32,
}

impl Coder {
    /// Room for this many rows.
    pub fn with_rows(rows: usize) -> Self {
        Self { labels: Labels { codes: Vec::with_capacity(rows), words: Vec::new() }, known: HashMap::new(), last: NONE }
    }
    /// The code of a word, new where it was not seen before.
    pub fn code(&mut self, word: &str) -> u32 {
        // Rows of one ticket lie together in most exports: the last word is often the next.
        if self.labels.word(self.last) == Some(word) {
            return self.last;
        }
        self.last = match self.known.get(word) {
            Some(code) => *code,
            None => {
                let code = u32::try_from(self.labels.words.len()).unwrap_or(NONE);
                self.labels.words.push(word.into());
                self.known.insert(word.into(), code);
                code
            }
        };
        self.last
    }
    /// Appends a row.
    pub fn push(&mut self, word: Option<&str>) {
        let code = word.map_or(NONE, |word| self.code(word));
        self.labels.codes.push(code);
    }
    /// The column.
    pub fn finish(self) -> Labels {
        self.labels
    }
}
