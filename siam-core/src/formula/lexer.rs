//! Words and numbers of a formula.
//!
//! Goes in: the text of a formula. Comes out: tokens with their bytes, or the first stretch that is none.
//! **Invariant:** time and memory are linear in the text; every token's bytes lie in the text.
//! **Not here:** what a row of tokens means (`parse`).

use crate::base::{Currency, Ratio};

/// One word of a formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// Digits, perhaps with a point.
    Number(Ratio),
    /// A name or a keyword.
    Name(String),
    /// Three capital letters.
    Currency(Currency),
    /// A word in single quotes.
    Word(String),
    /// A sign: `+`, `>=`, `(`.
    Sign(&'static str),
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The token.
    pub token: Token,
    /// Its first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

/// The signs, longer ones before those they begin with.
const SIGNS: &[&str] = &[">=", "<=", "==", "!=", ">", "<", "+", "-", "*", "/", "%", "(", ")", ",", "."];

/// The tokens of a text; the error is the stretch that no token begins with.
pub fn tokens(text: &str) -> Result<Vec<Placed>, (usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let (token, length) = one(rest, c).ok_or((at, at + c.len_utf8()))?;
        found.push(Placed { token, start: at, end: at + length });
        at += length;
    }
    Ok(found)
}

fn one(rest: &str, first: char) -> Option<(Token, usize)> {
    if first.is_ascii_digit() {
        return number(rest);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let word = rest.get(..end)?;
        if first.is_ascii_uppercase() {
            return word.parse().ok().map(|currency| (Token::Currency(currency), end));
        }
        return Some((Token::Name(word.to_owned()), end));
    }
    if first == '\'' {
        let word = rest.get(1..)?.split('\'').next()?;
        let closed = rest.get(word.len() + 1..)?.starts_with('\'');
        return (closed && !word.is_empty()).then(|| (Token::Word(word.to_owned()), word.len() + 2));
    }
    SIGNS.iter().find(|sign| rest.starts_with(**sign)).map(|sign| (Token::Sign(sign), sign.len()))
}

fn number(rest: &str) -> Option<(Token, usize)> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let mut end = digits(rest);
    // A point belongs to the number only where a digit follows.
    if rest.get(end..).is_some_and(|tail| tail.starts_with('.')) {
        let fraction = rest.get(end + 1..).map_or(0, digits);
        end += if fraction > 0 { fraction + 1 } else { 0 };
    }
    Ratio::parse(rest.get(..end)?).map(|value| (Token::Number(value), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let shown = |placed: Placed| text[placed.start..placed.end].to_owned();
        tokens(text).unwrap().into_iter().map(shown).collect()
    }

    #[test]
    fn a_formula_falls_into_words_numbers_and_signs() {
        assert_eq!(shown("2.5 points*a.b>=10%"), ["2.5", "points", "*", "a", ".", "b", ">=", "10", "%"]);
        assert_eq!(shown("state == 'in progress'"), ["state", "==", "'in progress'"]);
        assert_eq!(tokens("12 GBP").unwrap()[1].token, Token::Currency("GBP".parse().unwrap()));
    }

    #[test]
    fn what_is_no_token_is_named_by_its_place() {
        for (text, at) in [("a = b", 2), ("a + \u{d7}", 4), ("Points", 0), ("'open", 0), ("a # b", 2), ("''", 0)] {
            assert_eq!(tokens(text).unwrap_err().0, at, "{text}");
        }
        assert_eq!(tokens("a = b"), Err((2, 3)));
        let long = "9".repeat(500);
        assert!(tokens(&long).is_err(), "a number has at most 400 digits");
    }
}
