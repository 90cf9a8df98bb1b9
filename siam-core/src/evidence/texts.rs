//! Many texts in one: one buffer and where each ends.
//!
//! Goes in: texts, one after the other. Comes out: the same by number, without an allocation each.
//! **Invariant:** every end lies at the end of a character, and no end before the one in front of it.
//! **Not here:** numbers for distinct texts (`labels`).

/// Texts by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    pub fn with_rows(rows: usize) -> Self {
        Self { text: String::new(), ends: Vec::with_capacity(rows) }
    }
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.text.get(start..end)
    }
    pub fn iter(&self) -> Iter<'_> {
        Iter { texts: self, at: 0 }
    }
    /// The numbers of all texts in the order of the texts, equal ones in the order of their numbers.
    pub fn order(&self) -> Vec<u32> {
        let count = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        if self.iter().zip(self.iter().skip(1)).all(|(one, next)| one <= next) {
            return order;
        }
        // Ids of one kind begin alike: the eight bytes behind that beginning decide nearly every comparison.
        let shared = self.shared_beginning();
        let key = |text: &str| {
            let mut eight = [0; 8];
            let rest = text.as_bytes().get(shared..).unwrap_or_default();
            eight.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            u64::from_be_bytes(eight)
        };
        let mut keyed: Vec<(u64, u32)> = self.iter().map(key).zip(order.iter().copied()).collect();
        keyed.sort_unstable_by(|(one, a), (other, b)| {
            let by_text = || self.get(*a as usize).cmp(&self.get(*b as usize));
            one.cmp(other).then_with(by_text).then(a.cmp(b))
        });
        order.clear();
        order.extend(keyed.into_iter().map(|(_, at)| at));
        order
    }
    /// How many bytes all texts begin with.
    fn shared_beginning(&self) -> usize {
        let first = self.get(0).unwrap_or_default().as_bytes();
        self.iter().fold(first.len(), |shared, text| {
            let same = first.iter().zip(text.as_bytes()).take(shared).take_while(|(one, other)| one == other).count();
            shared.min(same)
        })
    }
}

/// The texts one after the other.
#[derive(Debug, Clone)]
pub struct Iter<'t> {
    texts: &'t Texts,
    at: usize,
}

impl<'t> Iterator for Iter<'t> {
    type Item = &'t str;
    fn next(&mut self) -> Option<Self::Item> {
        let text = self.texts.get(self.at)?;
        self.at += 1;
        Some(text)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.texts.len() - self.at;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(given: &[&str]) -> Texts {
        let mut texts = Texts::default();
        given.iter().for_each(|text| texts.push(text));
        texts
    }

    #[test]
    fn texts_stand_in_the_order_of_their_bytes() {
        for given in [
            &["INC2", "INC10", "INC1", "INC", "INC2"][..],
            &["a", "b", "c"],
            &["", "é", "e", "abcdefghij", "abcdefghi", "abcdefghij"],
            &["INC0000000000000002", "INC0000000000000001", "INC00000000000000010"],
        ] {
            let texts = texts(given);
            let sorted: Vec<&str> = texts.order().into_iter().filter_map(|at| texts.get(at as usize)).collect();
            let mut wanted = given.to_vec();
            wanted.sort_unstable();
            assert_eq!(sorted, wanted);
        }
        assert_eq!(texts(&["b", "a", "b"]).order(), [1, 0, 2]);
        assert_eq!(texts(&[]).order(), [0; 0]);
    }
}
