//! Formulas read into trees that lie flat in a list.
//!
//! Goes in: the text of a formula, or of the bounds of a row. Comes out: a `Tree`, or the first fault with its bytes.
//! **Invariant:** parts stand before what they are part of, the root last, so a walk needs no stack; nesting is bounded.
//! **Not here:** what names mean (`compile`), which units fit (`types`).

use super::lexer::{Placed, Token, tokens};
pub use super::tree::{At, BoundKind, Given, Operator, Part, PartKind, Role, Row, Tree, Window};
use super::tree::{COMPARE, NOT};
use super::types::{Unit, unit_word};
use crate::base::{Argument, Code, Ratio, codes};

/// The longest formula, in bytes.
pub const LONGEST: usize = 10_000;
/// How deep parentheses, calls and conditions may nest.
pub const DEEPEST: usize = 40;

/// What is wrong with a formula, and in which bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The kind of problem.
    pub code: &'static Code,
    /// The first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
    /// What its words need.
    pub arguments: Vec<(&'static str, Argument)>,
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
    parts: Vec<Part>,
}

/// Reads a formula.
pub fn formula(text: &str) -> Result<Tree, Fault> {
    let mut parser = Parser::open(text)?;
    parser.formula()?;
    parser.close()?;
    Ok(Tree { parts: parser.parts })
}

/// Reads what stands before the colon of a row of bands.
pub fn row(text: &str) -> Result<(Tree, Row), Fault> {
    let mut parser = Parser::open(text)?;
    if parser.take_name("otherwise") {
        parser.close()?;
        return Ok((Tree::default(), Row::Otherwise));
    }
    let mut bounds = Vec::new();
    while let Some(kind) = parser.bound()? {
        bounds.push((kind, parser.formula()?));
        if bounds.len() == 2 {
            break;
        }
    }
    if bounds.is_empty() {
        let mut words = vec![parser.word()?];
        while parser.take(",") {
            words.push(parser.word()?);
        }
        parser.close()?;
        return Ok((Tree::default(), Row::Words(words)));
    }
    parser.close()?;
    Ok((Tree { parts: parser.parts }, Row::Bounds(bounds)))
}

/// Reads the bound of a row of a marginal table: `up to x`, or none for `otherwise`.
pub fn slice(text: &str) -> Result<Option<Tree>, Fault> {
    let mut parser = Parser::open(text)?;
    let open = parser.take_name("otherwise");
    if !open {
        match parser.bound()? {
            Some(BoundKind::UpTo) => parser.formula()?,
            _ => return Err(parser.expected("`up to` or `otherwise`")),
        };
    }
    parser.close()?;
    Ok((!open).then_some(Tree { parts: parser.parts }))
}

/// Reads `after n periods`.
pub fn after(text: &str) -> Result<u32, Fault> {
    let mut parser = Parser::open(text)?;
    if !parser.take_name("after") {
        return Err(parser.expected("`after 2 periods`"));
    }
    let count = parser.count()?;
    if !(parser.take_name("periods") || parser.take_name("period")) {
        return Err(parser.expected("`periods`"));
    }
    parser.close()?;
    Ok(count)
}

impl<'a> Parser<'a> {
    fn open(text: &'a str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            let arguments = vec![("limit", LONGEST.into())];
            return Err(Fault { code: &codes::REGIME_TOO_LONG, start: 0, end: 1, arguments });
        }
        let tokens = tokens(text).map_err(|(start, end)| {
            let found = Argument::user(text.get(start..end).unwrap_or_default());
            Fault { code: &codes::REGIME_CHARACTER, start, end, arguments: vec![("found", found)] }
        })?;
        Ok(Self { text, tokens, next: 0, depth: 0, parts: Vec::new() })
    }

    fn close(&self) -> Result<(), Fault> {
        if self.next < self.tokens.len() { Err(self.expected("an operator or the end")) } else { Ok(()) }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }
    fn start(&self) -> usize {
        self.tokens.get(self.next).map_or(self.text.len(), |placed| placed.start)
    }
    /// The first byte after what was read last.
    fn end(&self) -> usize {
        self.next.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |placed| placed.end)
    }
    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.next += usize::from(found);
        found
    }
    fn take_name(&mut self, name: &str) -> bool {
        let found = self.at_name(name);
        self.next += usize::from(found);
        found
    }
    fn at_name(&self, name: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(next)) if next == name)
    }

    fn fault(&self, code: &'static Code) -> Fault {
        let placed = self.tokens.get(self.next).or_else(|| self.tokens.last());
        let (start, end) = placed.map_or((0, 0), |placed| (placed.start, placed.end));
        Fault { code, start, end, arguments: Vec::new() }
    }
    fn expected(&self, expected: &'static str) -> Fault {
        let mut fault = self.fault(&codes::REGIME_SYNTAX);
        let found = match self.tokens.get(self.next) {
            Some(placed) => Argument::user(self.text.get(placed.start..placed.end).unwrap_or_default()),
            None => Argument::from("the end"),
        };
        fault.arguments = vec![("expected", Argument::from(expected)), ("found", found)];
        fault
    }
    fn need(&mut self, sign: &'static str) -> Result<(), Fault> {
        if self.take(sign) { Ok(()) } else { Err(self.expected(sign)) }
    }

    fn add(&mut self, start: usize, kind: PartKind) -> At {
        self.parts.push(Part { kind, start, end: self.end() });
        self.parts.len() - 1
    }
    fn start_of(&self, at: At) -> usize {
        self.parts.get(at).map_or(0, |part| part.start)
    }

    fn formula(&mut self) -> Result<At, Fault> {
        if self.depth >= DEEPEST {
            let mut fault = self.fault(&codes::REGIME_TOO_DEEP);
            fault.arguments = vec![("limit", DEEPEST.into())];
            return Err(fault);
        }
        self.depth += 1;
        let start = self.start();
        let found = if self.take_name("if") {
            let condition = self.formula()?;
            if !self.take_name("then") {
                return Err(self.expected("`then`"));
            }
            let yes = self.formula()?;
            if !self.take_name("else") {
                return Err(self.expected("`else`"));
            }
            let no = self.formula()?;
            self.add(start, PartKind::If(condition, yes, no))
        } else {
            self.operators(0)?
        };
        self.depth -= 1;
        Ok(found)
    }

    /// Operators that bind tighter than `floor`; nests at most once per kind of operator.
    fn operators(&mut self, floor: u8) -> Result<At, Fault> {
        let start = self.start();
        let mut negations = 0_usize;
        while floor < NOT && self.take_name("not") {
            negations += 1;
        }
        let mut left = if negations > 0 { self.operators(NOT)? } else { self.unary()? };
        for _ in 0..negations {
            left = self.add(start, PartKind::Not(left));
        }
        while let Some(operator) = self.peek().and_then(Operator::of).filter(|operator| operator.power() > floor) {
            // After `not x` only `and` and `or` may follow; anything tighter belonged to x.
            self.next += 1;
            let right = self.operators(operator.power())?;
            let start = self.start_of(left);
            left = self.add(start, PartKind::Two(operator, left, right));
            let chained = self.peek().and_then(Operator::of).is_some_and(|next| next.power() == COMPARE);
            if operator.power() == COMPARE && chained {
                return Err(self.fault(&codes::REGIME_CHAIN));
            }
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<At, Fault> {
        let start = self.start();
        let mut signs = 0_usize;
        while self.take("-") {
            signs += 1;
        }
        let mut found = self.atom()?;
        for _ in 0..signs {
            found = self.add(start, PartKind::Negate(found));
        }
        Ok(found)
    }

    fn atom(&mut self) -> Result<At, Fault> {
        let start = self.start();
        match self.peek().cloned() {
            Some(Token::Number(value)) => {
                self.next += 1;
                let (value, unit) = self.quantity(value)?;
                Ok(self.add(start, PartKind::Quantity(value, unit)))
            }
            Some(Token::Word(word)) => {
                self.next += 1;
                Ok(self.add(start, PartKind::Word(word)))
            }
            Some(Token::Sign("(")) => {
                self.next += 1;
                let inner = self.formula()?;
                self.need(")")?;
                // The parentheses belong to the part, so that an excerpt of it reads as written.
                let end = self.end();
                if let Some(part) = self.parts.get_mut(inner) {
                    (part.start, part.end) = (start, end);
                }
                Ok(inner)
            }
            Some(Token::Name(name)) => match name.as_str() {
                "true" | "false" => {
                    self.next += 1;
                    Ok(self.add(start, PartKind::Flag(name == "true")))
                }
                "if" => {
                    let mut fault = self.fault(&codes::REGIME_BARE_IF);
                    fault.arguments = Vec::new();
                    Err(fault)
                }
                "then" | "else" | "and" | "or" | "not" | "of" | "over" | "since" | "where" | "by" | "per" => {
                    Err(self.expected("a value"))
                }
                _ => self.named(start, name),
            },
            _ => Err(self.expected("a value")),
        }
    }

    fn named(&mut self, start: usize, name: String) -> Result<At, Fault> {
        self.next += 1;
        if self.take(".") {
            let Some(Token::Name(own)) = self.peek().cloned() else { return Err(self.expected("a name after the point")) };
            self.next += 1;
            return Ok(self.add(start, PartKind::Owned(name, own)));
        }
        if !self.take("(") {
            return Ok(self.add(start, PartKind::Name(name)));
        }
        let mut given = Vec::new();
        if !self.take(")") {
            loop {
                given.push(self.argument()?);
                if !self.take(",") {
                    break;
                }
            }
            self.need(")")?;
        }
        Ok(self.add(start, PartKind::Call(name, given)))
    }

    fn argument(&mut self) -> Result<Given, Fault> {
        if self.take_name("carry") {
            return Ok(Given { role: Role::Carry, value: None, window: None, condition: None, key: None });
        }
        let role = match () {
            () if self.take_name("by") => Role::By,
            () if self.take_name("to") => Role::To,
            () => Role::Plain,
        };
        let value = self.formula()?;
        let mut key = None;
        if self.take_name("by") {
            let Some(Token::Name(name)) = self.peek().cloned() else { return Err(self.expected("the name of a column")) };
            self.next += 1;
            key = Some(name);
        }
        let window = self.window()?;
        let condition = if self.take_name("where") { Some(self.formula()?) } else { None };
        Ok(Given { role, value: Some(value), window, condition, key })
    }

    fn window(&mut self) -> Result<Option<Window>, Fault> {
        if self.take_name("since") {
            return Ok(Some(Window::Since(self.formula()?)));
        }
        if !self.take_name("over") {
            return Ok(None);
        }
        let window = match self.peek() {
            Some(Token::Number(_)) => {
                let count = self.count()?;
                if !(self.take_name("periods") || self.take_name("period")) {
                    return Err(self.expected("`periods`"));
                }
                return Ok(Some(Window::Periods(count)));
            }
            Some(Token::Name(name)) => match name.as_str() {
                "period" => Window::Periods(1),
                "contract_year" => Window::ContractYear,
                "calendar_year" => Window::CalendarYear,
                "contract" => Window::Contract,
                _ => return Err(self.expected("periods, contract_year, calendar_year or contract")),
            },
            _ => return Err(self.expected("periods, contract_year, calendar_year or contract")),
        };
        self.next += 1;
        Ok(Some(window))
    }

    fn count(&mut self) -> Result<u32, Fault> {
        let count = match self.peek() {
            Some(Token::Number(value)) => value.parts().filter(|(_, one)| *one == 1).and_then(|(n, _)| u32::try_from(n).ok()),
            _ => None,
        };
        match count.filter(|count| (1..=10_000).contains(count)) {
            Some(count) => {
                self.next += 1;
                Ok(count)
            }
            None => Err(self.expected("a whole number of periods, 1 to 10000")),
        }
    }

    /// A unit that a number is in, and how many of its base one is.
    fn unit(&mut self) -> Option<(Unit, Ratio)> {
        let found = match self.peek()? {
            Token::Sign("%") => Ratio::new(1, 100).map(|percent| (Unit::RATIO, percent)),
            Token::Currency(currency) => Some((Unit::money(*currency), Ratio::ONE)),
            Token::Name(name) => unit_word(name),
            _ => None,
        };
        self.next += usize::from(found.is_some());
        found
    }

    fn quantity(&mut self, value: Ratio) -> Result<(Ratio, Unit), Fault> {
        let Some((unit, one)) = self.unit() else { return Ok((value, Unit::NUMBER)) };
        let value = value.times(&one);
        if !self.take_name("per") {
            return Ok((value, unit));
        }
        let mut each = Ratio::ONE;
        if let Some(Token::Number(count)) = self.peek() {
            each = count.clone();
            self.next += 1;
        }
        let Some((base, one)) = self.unit() else { return Err(self.expected("a unit after `per`")) };
        match value.divide(&each.times(&one)) {
            Some(value) => Ok((value, unit.per(&base))),
            None => Err(self.expected("a rate per something above 0")),
        }
    }

    fn bound(&mut self) -> Result<Option<BoundKind>, Fault> {
        let kind = match self.peek() {
            Some(Token::Name(name)) => match name.as_str() {
                "from" => BoundKind::From,
                "above" => BoundKind::Above,
                "below" => BoundKind::Below,
                "up" => BoundKind::UpTo,
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let alone = self.tokens.len() == 1;
        if alone {
            return Ok(None);
        }
        self.next += 1;
        if kind == BoundKind::UpTo && !self.take_name("to") {
            return Err(self.expected("`to`"));
        }
        Ok(Some(kind))
    }

    fn word(&mut self) -> Result<String, Fault> {
        let word = match self.peek() {
            Some(Token::Name(word) | Token::Word(word)) => word.clone(),
            _ => return Err(self.expected("`from`, `above`, `below`, `up to`, `otherwise` or a word")),
        };
        self.next += 1;
        Ok(word)
    }
}

#[cfg(test)]
mod tests;
