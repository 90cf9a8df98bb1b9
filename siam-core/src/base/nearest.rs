//! The nearest known name to one that is not known.
//!
//! Goes in: a word and the known ones. Comes out: the one with the fewest edits, if it is near.
//! **Invariant:** bounded work: words longer than 64 characters get no guess; ties go to the first.
//! **Not here:** the message around it (`document::faults`).

/// The known word with the fewest insertions, deletions, replacements and swaps, if at most a third of the word changes.
///
/// ```
/// use siam_core::base::nearest::nearest;
/// assert_eq!(nearest("servcies", ["services", "parties"]), Some("services"));
/// assert_eq!(nearest("zebra", ["services", "parties"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).take(65).collect();
    if word.len() > 64 {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in known.into_iter().take(100_000) {
        let other: Vec<char> = candidate.chars().flat_map(char::to_lowercase).take(65).collect();
        let allowed = word.len().max(other.len()).div_ceil(3).clamp(1, 4);
        let bound = best.map_or(allowed, |(distance, _)| allowed.min(distance.saturating_sub(1)));
        if other.len() > 64 || word.len().abs_diff(other.len()) > bound || (best.is_some() && bound == 0) {
            continue;
        }
        let distance = edits(&word, &other);
        if distance <= bound && distance < word.len() {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance (Damerau 1964).
fn edits(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; width];
        for j in 1..width {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}
