//! Exact values of cells: numbers, amounts with their currency, labels of periods, words of a list.
//!
//! Goes in: cells that are not null. Comes out: exact numbers and checked words, or the code that says why a cell is none.
//! **Invariant:** text is exact; a float counts only where its digits are few enough that no digit was lost.
//! **Not here:** instants (`when`), which column holds what (`tables`).

use super::tables::Holds;
use crate::base::columns::Cell;
use crate::base::csv::{cell_text, decimal_text};
use crate::base::zone::Zone;
use crate::base::{Code, Currency, Ratio, codes};
use crate::clock::period;
use crate::document::scalar::float_damaged;

/// From here on a float no longer tells which whole number it was.
const WHOLE_FLOATS: f64 = 9_007_199_254_740_992.0;

/// A number: whole, decimal, percentage or fraction.
pub(super) fn ratio(cell: &Cell<'_>) -> Result<Ratio, &'static Code> {
    match cell {
        Cell::Integer(value) => Some(Ratio::whole((*value).into())),
        Cell::Decimal(value, scale) => Ratio::parse(&decimal_text(*value, *scale)),
        Cell::Float(value) => Ratio::parse(&float_text(*value)?),
        Cell::Text(text) => Ratio::parse(text),
        _ => None,
    }
    .ok_or(&codes::BAD_CELL)
}

/// An amount: a number that a currency may follow; a fraction such as `1/3` only where one may stand, a percentage never.
pub(super) fn amount(cell: &Cell<'_>, fraction: bool) -> Result<(Ratio, Option<Currency>), &'static Code> {
    let Cell::Text(text) = cell else { return Ok((ratio(cell)?, None)) };
    let text = text.trim();
    let (number, currency) = match text.rsplit_once(char::is_whitespace).map(|(number, last)| (number, last.parse())) {
        Some((number, Ok(currency))) => (number, Some(currency)),
        _ => (text, None),
    };
    if number.contains('%') || (number.contains('/') && !fraction) {
        return Err(&codes::BAD_CELL);
    }
    Ok((Ratio::parse(number).ok_or(&codes::BAD_CELL)?, currency))
}

/// Whether a cell keeps all digits it was agreed with; only a float may not.
pub(super) fn undamaged(cell: &Cell<'_>) -> Result<(), &'static Code> {
    match cell {
        Cell::Float(value) => float_text(*value).map(drop),
        _ => Ok(()),
    }
}

/// The digits of a float, where they are those that somebody wrote.
fn float_text(value: f64) -> Result<String, &'static Code> {
    if !value.is_finite() {
        return Err(&codes::BAD_CELL);
    }
    let text = cell_text(&Cell::Float(value));
    if value.abs() >= WHOLE_FLOATS || float_damaged(&text) { Err(&codes::FLOAT_DAMAGED) } else { Ok(text) }
}

/// Whether a word may stand in a column of words.
pub(super) fn check_word(holds: Holds, word: &str, zone: &Zone) -> Result<(), &'static Code> {
    match holds {
        Holds::OneOf(words) if !words.contains(&word) => Err(&codes::BAD_CELL),
        Holds::Currency if word.parse::<Currency>().is_err() => Err(&codes::BAD_CELL),
        Holds::Period if period(word, zone).is_none() => Err(&codes::NO_SUCH_PERIOD),
        _ => Ok(()),
    }
}

/// Whether a text may stand for every row of a column, and what would.
pub(super) fn check_constant(holds: Holds, text: &str, zone: &Zone) -> Result<(), (&'static str, &'static str)> {
    let cell = Cell::Text(text.into());
    let (right, expected, example) = match holds {
        Holds::Ratio => (ratio(&cell).is_ok(), "a number or a percentage", "99.5%"),
        Holds::Amount => (amount(&cell, false).is_ok(), "an amount", "12.50 GBP"),
        Holds::Price => (amount(&cell, true).is_ok(), "a price", "0.12 GBP"),
        Holds::Currency => (check_word(holds, text, zone).is_ok(), "a currency", "GBP"),
        Holds::Period => (check_word(holds, text, zone).is_ok(), "a period", "2026-10"),
        Holds::OneOf(words) => {
            (check_word(holds, text, zone).is_ok(), "a word of this column", words.first().copied().unwrap_or_default())
        }
        _ => (true, "", ""),
    };
    if right { Ok(()) } else { Err((expected, example)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &Cell<'_>) -> Result<String, &'static str> {
        ratio(cell).map(|value| value.to_exact_text()).map_err(|code| code.name)
    }
    fn money(text: &str, fraction: bool) -> Result<String, &'static str> {
        let shown = |(value, currency): (Ratio, Option<Currency>)| {
            format!("{value}{}", currency.map(|currency| format!(" {currency}")).unwrap_or_default())
        };
        amount(&Cell::Text(text.into()), fraction).map(shown).map_err(|code| code.name)
    }

    #[test]
    fn a_float_counts_only_where_it_is_a_short_decimal() {
        assert_eq!(read(&Cell::Float(0.1)).as_deref(), Ok("0.1"));
        assert_eq!(read(&Cell::Float(1e-7)).as_deref(), Ok("0.0000001"));
        assert_eq!(read(&Cell::Float(-1200.0)).as_deref(), Ok("-1200"));
        assert_eq!(read(&Cell::Float(0.1 + 0.2)), Err("float-damaged"));
        assert_eq!(read(&Cell::Float(9_007_199_254_740_993.0)), Err("float-damaged"));
        assert_eq!(read(&Cell::Float(f64::NAN)), Err("bad-cell"));
        assert_eq!(undamaged(&Cell::Float(0.1 + 0.2)).map_err(|code| code.name), Err("float-damaged"));
        // Text is exact, however many digits it has.
        assert_eq!(read(&Cell::Text("0.30000000000000004".into())).as_deref(), Ok("0.30000000000000004"));
        assert_eq!(read(&Cell::Text(" 99.5% ".into())).as_deref(), Ok("0.995"));
        assert_eq!(read(&Cell::Text("2/3".into())).as_deref(), Ok("2/3"));
        assert_eq!(read(&Cell::Decimal(-1250, 2)).as_deref(), Ok("-12.5"));
        assert_eq!(read(&Cell::Decimal(7, -2)).as_deref(), Ok("700"));
        assert_eq!(read(&Cell::Boolean(true)), Err("bad-cell"));
    }

    #[test]
    fn an_amount_has_one_currency_at_most_and_is_no_percentage() {
        assert_eq!(money("12.50 GBP", false).as_deref(), Ok("12.5 GBP"));
        assert_eq!(money(" -3 ", false).as_deref(), Ok("-3"));
        assert_eq!(money("1/3 EUR", true).as_deref(), Ok("1/3 EUR"));
        for bad in ["1/3", "5%", "12.50 gbp", "GBP", "GBP 3", "1,200", "12.50 GBP EUR", "1e3"] {
            assert_eq!(money(bad, false), Err("bad-cell"), "{bad}");
        }
    }
}
