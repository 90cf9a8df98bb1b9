//! The lines of an iCalendar text, those that were folded put together again.
//!
//! Goes in: the text. Comes out: each content line with its number and its bytes.
//! **Invariant:** a line that begins with a space or a tab belongs to the one before it.
//! **Not here:** what a line says (`icalendar`).

use std::borrow::Cow;

/// Where a content line stands: the number of its first line from 1, its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub number: usize,
    pub start: usize,
    pub end: usize,
}

/// The content lines of a text that are not empty.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (Line, Cow<'_, str>)> {
    let mut number = 0;
    let mut at = 0;
    let physical = text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        number += 1;
        (number, start, line.strip_suffix('\r').unwrap_or(line))
    });
    let mut physical = physical.peekable();
    std::iter::from_fn(move || {
        loop {
            let (number, start, line) = physical.next()?;
            let (mut whole, mut end) = (Cow::Borrowed(line), start + line.len());
            while let Some((_, start, more)) = physical.next_if(|(_, _, more)| more.starts_with([' ', '\t'])) {
                whole.to_mut().push_str(more.get(1..).unwrap_or_default());
                end = start + more.len();
            }
            if !whole.trim().is_empty() {
                return Some((Line { number, start, end }, whole));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_lines_are_one() {
        let found: Vec<(usize, String)> =
            lines("A:1\r\nB:two\r\n  and\r\n\tthree\n\nC:4").map(|(line, text)| (line.number, text.into_owned())).collect();
        assert_eq!(found, [(1, "A:1".into()), (2, "B:two andthree".into()), (6, "C:4".into())]);
    }
}
