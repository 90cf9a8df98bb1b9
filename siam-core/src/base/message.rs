//! Messages as data: an id, typed arguments, and templates that render them.
//!
//! Goes in: numbers, names, instants. Comes out: text, made only at the edge.
//! **Invariant:** no sentence is built in the core; a template fills its `{holes}` from named arguments.
//! **Not here:** which templates exist (`codes` for problems, `report::catalogue` for reasons and other languages).

use super::{Date, Duration, Instant, Money, Ratio};
use std::borrow::Cow;

/// A typed argument of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// Words a user wrote; shown in backticks.
    User(String),
    /// A name from the ecosystem or a fixed word; shown as it is.
    Name(Cow<'static, str>),
    /// A count or a row number.
    Count(i64),
    /// An exact ratio, shown as a percentage.
    Percent(Ratio),
    /// An exact number.
    Number(Ratio),
    /// An exact length of time.
    Duration(Duration),
    /// An instant.
    Instant(Instant),
    /// A day.
    Date(Date),
    /// An amount.
    Money(Money),
    /// Several, shown with commas.
    List(Vec<Argument>),
}

impl From<i64> for Argument {
    fn from(value: i64) -> Self {
        Self::Count(value)
    }
}
impl From<usize> for Argument {
    fn from(value: usize) -> Self {
        Self::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<u32> for Argument {
    fn from(value: u32) -> Self {
        Self::Count(value.into())
    }
}
impl From<&'static str> for Argument {
    fn from(value: &'static str) -> Self {
        Self::Name(Cow::Borrowed(value))
    }
}
impl From<Duration> for Argument {
    fn from(value: Duration) -> Self {
        Self::Duration(value)
    }
}
impl From<Instant> for Argument {
    fn from(value: Instant) -> Self {
        Self::Instant(value)
    }
}
impl From<Date> for Argument {
    fn from(value: Date) -> Self {
        Self::Date(value)
    }
}
impl From<Money> for Argument {
    fn from(value: Money) -> Self {
        Self::Money(value)
    }
}
impl From<Vec<Argument>> for Argument {
    fn from(value: Vec<Argument>) -> Self {
        Self::List(value)
    }
}

impl Argument {
    /// Words a user wrote, cut to a length that fits a message.
    pub fn user(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let shown: String = text.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        if shown.chars().count() < text.chars().count() { Self::User(shown + "...") } else { Self::User(shown) }
    }
    /// A name, shown as it is.
    pub fn name(text: impl Into<String>) -> Self {
        Self::Name(Cow::Owned(text.into()))
    }

    /// The argument as text in this style.
    pub fn render(&self, style: &Style) -> String {
        match self {
            Self::User(text) => format!("`{text}`"),
            Self::Name(text) => text.to_string(),
            Self::Count(value) => style.grouped(&value.to_string()),
            Self::Percent(value) => {
                let text = value.times(&Ratio::whole(100));
                let exact = text.to_exact_text();
                let shown = if exact.contains('/') || exact.len() > 12 { text.to_decimal_text(4) } else { exact };
                format!("{} %", style.decimal(&shown))
            }
            Self::Number(value) => style.decimal(&value.to_exact_text()),
            Self::Duration(value) => style.decimal(&value.to_string()),
            Self::Instant(value) => value.to_string(),
            Self::Date(value) => value.to_string(),
            Self::Money(value) => {
                format!("{} {}", style.number(&value.amount.to_string()), value.currency)
            }
            Self::List(items) => items.iter().map(|item| item.render(style)).collect::<Vec<_>>().join(", "),
        }
    }

    fn is_one(&self) -> bool {
        matches!(self, Self::Count(1))
    }
}

/// How a language writes numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Between whole part and decimals.
    pub decimal_mark: char,
    /// Between groups of three digits; none leaves them together.
    pub group_mark: Option<char>,
}

impl Style {
    /// English as siam writes it: `12,458` and `99.5`.
    pub const ENGLISH: Style = Style { decimal_mark: '.', group_mark: Some(',') };

    /// A number written plainly, such as `-12458.50`, in this style: groups of digits, then the decimals as they are.
    pub fn number(&self, text: &str) -> String {
        match text.split_once('.') {
            Some((whole, decimals)) => format!("{}{}{decimals}", self.grouped(whole), self.decimal_mark),
            None => self.grouped(text),
        }
    }

    fn decimal(&self, text: &str) -> String {
        if self.decimal_mark == '.' { text.to_owned() } else { text.replace('.', &self.decimal_mark.to_string()) }
    }

    fn grouped(&self, text: &str) -> String {
        let Some(mark) = self.group_mark else { return text.to_owned() };
        let (sign, whole) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
        let mut out = String::from(sign);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 && whole.len() > 4 {
                out.push(mark);
            }
            out.push(digit);
        }
        out
    }
}

/// An id with typed arguments; rendered by a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The stable id of the template.
    pub id: &'static str,
    /// Named arguments in the order they were given.
    pub arguments: Vec<(&'static str, Argument)>,
}

impl Message {
    /// A message without arguments yet.
    pub fn new(id: &'static str) -> Self {
        Self { id, arguments: Vec::new() }
    }
    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }
}

/// Fills a template: `{name}` takes the argument, `{name|one|many}` chooses by whether it is the count 1.
/// Unknown holes are left standing, so that a fault in a catalogue is seen and loses nothing.
pub fn render(template: &str, arguments: &[(&'static str, Argument)], style: &Style) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else {
            out.push_str(&rest[open..]);
            return out;
        };
        let hole = &rest[open + 1..open + close];
        let mut parts = hole.splitn(3, '|');
        let name = parts.next().unwrap_or_default();
        match arguments.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => match (parts.next(), parts.next()) {
                (Some(one), Some(many)) => out.push_str(if value.is_one() { one } else { many }),
                _ => out.push_str(&value.render(style)),
            },
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_arguments_and_plurals() {
        let message = Message::new("x").with("n", 1_usize).with("who", Argument::user("a\u{7}b"));
        let text = render("{n} {n|ticket|tickets} of {who}, {missing}", &message.arguments, &Style::ENGLISH);
        assert_eq!(text, "1 ticket of `a\u{fffd}b`, {missing}");
        let many = Message::new("x").with("n", 12_458_usize);
        assert_eq!(render("{n} {n|ticket|tickets}", &many.arguments, &Style::ENGLISH), "12,458 tickets");
    }

    #[test]
    fn a_language_has_its_own_marks() {
        let swiss = Style { decimal_mark: ',', group_mark: Some('\u{2019}') };
        let half = Argument::Percent(Ratio::parse("0.9995").unwrap());
        assert_eq!(half.render(&swiss), "99,95 %");
        assert_eq!(Argument::Count(1_234_567).render(&swiss), "1\u{2019}234\u{2019}567");
        // A language whose group mark is the point of others.
        let german = Style { decimal_mark: ',', group_mark: Some('.') };
        assert_eq!(german.number("-1234567.50"), "-1.234.567,50");
        assert_eq!(Style::ENGLISH.number("1234.5"), "1234.5");
    }
}
