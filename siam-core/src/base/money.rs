//! An amount in one currency.
//!
//! Goes in: decimals from documents and tables. Comes out: amounts that add only within a currency.
//! **Invariant:** a `Currency` is an ISO 4217 code of three capital letters; money of two currencies never adds.
//! **Not here:** exact intermediate values of formulas (`ratio`).

use rust_decimal::Decimal;
use std::fmt;

/// An ISO 4217 currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code of ISO 4217 for a transaction without a currency: it stands where a contract or an ecosystem names none.
    pub const NONE: Currency = Currency(*b"XXX");
    /// The code as text.
    pub fn as_str(&self) -> &str {
        // Three ASCII capitals by construction, so the text is always valid.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
    /// Decimal places of the minor unit (ISO 4217): 0 for JPY, 3 for KWD, else 2.
    pub fn minor_digits(&self) -> u32 {
        match self.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }
}

impl std::str::FromStr for Currency {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount, in major units.
    pub amount: Decimal,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// The sum, or none where currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        let amount = self.amount.checked_add(other.amount)?;
        Some(Money { amount, currency: self.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_of_two_currencies_never_adds() {
        let pounds = Money { amount: Decimal::ONE, currency: "GBP".parse().unwrap() };
        let euros = Money { amount: Decimal::ONE, currency: "EUR".parse().unwrap() };
        assert_eq!(pounds.checked_add(euros), None);
        assert_eq!(pounds.checked_add(pounds).map(|sum| sum.to_string()), Some("2 GBP".to_owned()));
        assert!("gbp".parse::<Currency>().is_err());
    }
}
