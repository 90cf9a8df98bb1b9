//! Figures: cells as people read them, each with the place of its cell and its plain value beside it.
//!
//! Goes in: a cell of a table of the review. Comes out: markup whose attributes name table, row and column.
//! **Invariant:** no figure is made here; one is only cut to the digits that people read, and its plain value stands beside it.
//! **Not here:** which cells are shown (the sections), the style.

use super::line::Line;
use super::sheet::Sheet;
use crate::base::columns::Cell;
use crate::base::money::Currency;
use crate::base::{Argument, Duration};
use crate::report::html::{capital, escape, heading, word};

/// Decimals of a share, unless it needs more to be told from its target.
const SHARE_DIGITS: usize = 2;
const MOST_DIGITS: usize = 6;

impl<'a> Sheet<'a> {
    /// A cell in an element of its own.
    fn marked(&self, element: &str, line: Line<'_>, column: &str, shown: &str) -> String {
        let (place, plain) = (escape(&line.place(column)), escape(&line.plain(column)));
        let value = match element {
            "data" => format!(" value=\"{plain}\""),
            "time" => format!(" datetime=\"{plain}\""),
            _ => String::new(),
        };
        format!("<{element}{value} data-cell=\"{place}\">{}</{element}>", escape(shown))
    }
    /// What stands where there is no value.
    pub fn none(&self) -> String {
        let words = word(self.catalogue, "page-none");
        format!("<span class=\"none\"><span aria-hidden=\"true\">\u{2013}</span><span class=\"unseen\">{words}</span></span>")
    }
    /// A text as it stands in the table.
    pub fn text(&self, line: Line<'_>, column: &str) -> String {
        if line.has(column) { self.marked("span", line, column, &line.text(column)) } else { self.none() }
    }
    /// A name of the code, such as `pool_share`, in the words of the catalogue.
    pub fn named(&self, line: Line<'_>, column: &str) -> String {
        if line.has(column) { self.marked("span", line, column, &self.vocabulary(&line.text(column))) } else { self.none() }
    }
    /// A word of the code in the words of the catalogue; as it is written where that has none.
    pub fn vocabulary(&self, written: &str) -> String {
        let id = format!("page-word-{}", written.replace('_', "-"));
        let template = self.catalogue.template(&id);
        if template == id { heading(written) } else { capital(template) }
    }
    /// A count, an amount or a number as it stands.
    pub fn number(&self, line: Line<'_>, column: &str) -> String {
        match line.cell(column) {
            Cell::Null | Cell::Unreadable => self.none(),
            Cell::Float(value) => self.marked("data", line, column, &self.catalogue.number(&trimmed(value, SHARE_DIGITS))),
            _ => self.marked("data", line, column, &self.catalogue.number(&line.plain(column))),
        }
    }
    /// A length of time in seconds.
    pub fn length(&self, line: Line<'_>, column: &str) -> String {
        match line.integer(column) {
            Some(seconds) => self.marked("data", line, column, &self.duration(seconds)),
            None => self.none(),
        }
    }
    fn duration(&self, seconds: i64) -> String {
        let micros = seconds.saturating_mul(1_000_000);
        self.catalogue.argument(&Argument::Duration(Duration(micros))).replace(' ', "\u{a0}")
    }
    /// An instant, in UTC; seconds only where there are any.
    pub fn moment(&self, line: Line<'_>, column: &str) -> String {
        if line.instant(column).is_none() {
            return self.none();
        }
        let plain = line.plain(column);
        let short = plain.trim_end_matches('Z').replacen('T', "\u{a0}", 1);
        self.marked("time", line, column, short.strip_suffix(":00").unwrap_or(&short))
    }
    /// A day.
    pub fn day(&self, line: Line<'_>, column: &str) -> String {
        if line.has(column) { self.marked("time", line, column, &line.plain(column)) } else { self.none() }
    }
    /// An amount in the unit of another column: money with its minor digits, points, time.
    pub fn amount(&self, line: Line<'_>, column: &str, unit_column: &str) -> String {
        if !line.has(column) {
            return self.none();
        }
        let (plain, unit) = (line.plain(column), line.text(unit_column));
        if unit == "s" {
            let seconds = plain.split_once('.').map_or(plain.as_str(), |(whole, _)| whole);
            let whole = plain.trim_end_matches('0').ends_with('.') || !plain.contains('.');
            if let Some(seconds) = seconds.parse().ok().filter(|_| whole) {
                return self.marked("data", line, column, &self.duration(seconds));
            }
        }
        let digits = unit.parse::<Currency>().map_or(0, |currency| usize::try_from(currency.minor_digits()).unwrap_or(2));
        let shown = self.marked("data", line, column, &self.catalogue.number(&with_digits(&plain, digits)));
        format!("<span class=\"amount\">{shown}\u{a0}<span class=\"unit\">{}</span></span>", escape(&unit))
    }
    /// A percentage; with as many digits as tell it from 100.
    pub fn percent(&self, line: Line<'_>, column: &str) -> String {
        match line.float(column) {
            Some(value) => self.marked("data", line, column, &self.share(value, digits_between(value, 100.0))),
            None => self.none(),
        }
    }
    fn share(&self, value: f64, digits: usize) -> String {
        format!("{}\u{a0}%", self.catalogue.number(&trimmed(value, digits)))
    }
    /// A figure of a measure, in its unit, with as many digits as tell the two apart.
    pub fn measured(&self, line: Line<'_>, column: &str) -> String {
        let Some(value) = line.float(column) else { return self.none() };
        let beside = match column {
            "value" => "target",
            "target" => "value",
            "theirs" => "ours",
            "ours" => "theirs",
            _ => column,
        };
        let other = line.float(beside).unwrap_or(100.0);
        let shown = match &*line.text("unit") {
            "share" => self.share(value, digits_between(value, other).max(digits_between(value, 100.0))),
            "seconds" => self.duration(whole(value)),
            _ => self.catalogue.number(&trimmed(value, digits_between(value, other))),
        };
        self.marked("data", line, column, &shown)
    }
    /// The full name of a party, where the review has it.
    pub fn party(&self, line: Line<'_>, column: &str) -> String {
        if !line.has(column) {
            return self.none();
        }
        let name = line.text(column);
        match self.all("rows").find(|row| row.is("party", &name) && row.has("title")) {
            Some(row) => self.text(row, "title"),
            None => self.text(line, column),
        }
    }
}

/// Seconds for display, to the nearest.
fn whole(value: f64) -> i64 {
    format!("{value:.0}").parse().unwrap_or(0)
}

/// A float with at most so many decimals, without zeros at its end.
fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The fewest decimals with which two numbers that differ do not look the same.
fn digits_between(value: f64, other: f64) -> usize {
    let same = |digits: &usize| value != other && format!("{value:.digits$}") == format!("{other:.digits$}");
    (SHARE_DIGITS..MOST_DIGITS).find(|digits| !same(digits)).unwrap_or(MOST_DIGITS)
}

/// A decimal written plainly with at least so many decimals, and more only where they are not zero.
fn with_digits(plain: &str, digits: usize) -> String {
    let Some((whole, decimals)) = plain.split_once('.') else { return plain.to_owned() };
    let kept = decimals.trim_end_matches('0').len().max(digits.min(decimals.len()));
    match decimals.get(..kept) {
        Some("") | None => whole.to_owned(),
        Some(kept) => format!("{whole}.{kept}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_just_below_its_target_does_not_look_like_it() {
        assert_eq!(digits_between(99.699_9, 99.7), 4);
        assert_eq!(trimmed(99.699_9, 4), "99.6999");
        assert_eq!(digits_between(99.4, 99.7), 2);
        assert_eq!(trimmed(99.4, 2), "99.4");
        assert_eq!(digits_between(99.7, 99.7), 2);
        assert_eq!(trimmed(-0.001, 2), "0");
    }

    #[test]
    fn money_keeps_its_minor_digits_and_every_digit_that_counts() {
        assert_eq!(with_digits("1846.7400", 2), "1846.74");
        assert_eq!(with_digits("25000.0000", 2), "25000.00");
        assert_eq!(with_digits("0.1250", 2), "0.125");
        assert_eq!(with_digits("3.0000", 0), "3");
    }
}
