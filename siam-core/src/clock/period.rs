//! Named periods in a zone: years, quarters, months, days and stretches of days.
//!
//! Goes in: a label such as `2026-10` and a zone. Comes out: half-open periods of instants, each as its zone's days begin.
//! **Invariant:** consecutive periods touch: the `until` of one is the `from` of the next.
//! **Not here:** which periods a measure has (`model`), opening hours (`compile`).

use crate::base::zone::Zone;
use crate::base::{Date, Period};

/// What a label counts in.
#[derive(Clone, Copy)]
enum Unit {
    Year,
    Quarter,
    Month,
    Day,
    Days(i32),
}

impl Unit {
    /// The unit and first day of a label.
    fn of(label: &str) -> Option<(Self, Date)> {
        if let Some((first, second)) = label.split_once('/') {
            let (first, second) = (Date::parse(first)?, Date::parse(second)?);
            let days = second.to_days() - first.to_days();
            return (days > 0).then_some((Self::Days(days), first));
        }
        match label.len() {
            4 => Some((Self::Year, Date::parse(&format!("{label}-01-01"))?)),
            7 => match label.split_once("-Q") {
                None => Some((Self::Month, Date::parse(&format!("{label}-01"))?)),
                Some((year, quarter)) => {
                    let month = match quarter {
                        "1" => "01",
                        "2" => "04",
                        "3" => "07",
                        "4" => "10",
                        _ => return None,
                    };
                    Some((Self::Quarter, Date::parse(&format!("{year}-{month}-01"))?))
                }
            },
            10 => Some((Self::Day, Date::parse(label)?)),
            _ => None,
        }
    }
    /// The first day after the one that begins with `first`.
    fn after(self, first: Date) -> Option<Date> {
        let months = match self {
            Self::Year => 12,
            Self::Quarter => 3,
            Self::Month => 1,
            Self::Day => return first.plus_days(1),
            Self::Days(days) => return first.plus_days(days),
        };
        let month = first.month() + months;
        if month > 12 { Date::new(first.year() + 1, month - 12, 1) } else { Date::new(first.year(), month, 1) }
    }
    /// The label of the one from `first` until `after`.
    fn label(self, first: Date, after: Date) -> String {
        match self {
            Self::Year => format!("{:04}", first.year()),
            Self::Quarter => format!("{:04}-Q{}", first.year(), first.month().div_ceil(3)),
            Self::Month => format!("{:04}-{:02}", first.year(), first.month()),
            Self::Day => first.to_string(),
            Self::Days(_) => format!("{first}/{after}"),
        }
    }
}

/// The period of this name: `2026`, `2026-Q4`, `2026-10`, `2026-10-05`, or `2026-10-01/2026-10-15` until the second day begins.
///
/// ```
/// use siam_core::clock::{Zone, period};
/// let london = Zone::named("Europe/London").unwrap();
/// let october = period("2026-10", &london).unwrap();
/// assert_eq!(october.from().to_string(), "2026-09-30T23:00:00Z");
/// assert_eq!(october.until().to_string(), "2026-11-01T00:00:00Z");
/// ```
pub fn period(label: &str, zone: &Zone) -> Option<Period> {
    periods(label, 1, zone)?.pop()
}

/// `count` consecutive periods, the first of this name; none where a label cannot be read or a day does not exist.
///
/// A day the zone skipped (2011-12-30 in Apia) is no period.
pub fn periods(first: &str, count: usize, zone: &Zone) -> Option<Vec<Period>> {
    let (unit, mut day) = Unit::of(first)?;
    let mut from = zone.day_start(day);
    let mut found = Vec::new();
    for _ in 0..count {
        let next = unit.after(day)?;
        let until = zone.day_start(next);
        found.push(Period::new(unit.label(day, next), from, until)?);
        (day, from) = (next, until);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_label_reads_and_prints_back() {
        let zone = Zone::named("America/New_York").unwrap();
        for (label, days, hours) in [
            ("2026", 365, 0),
            ("2026-Q1", 90, -1),
            ("2026-Q4", 92, 1),
            ("2024-02", 29, 0),
            ("2026-11", 30, 1),
            ("2026-11-01", 1, 1),
            ("2026-10-01/2026-10-15", 14, 0),
        ] {
            let period = period(label, &zone).unwrap();
            assert_eq!(period.label(), label);
            assert_eq!(period.until().since(period.from()).floor_seconds(), (days * 24 + hours) * 3600, "{label}");
        }
        let bad_days = ["2026-10-32", "2026-10-15/2026-10-15", "2026-10-15/"];
        for bad in ["", "26", "2026-13", "2026-Q5", "2026-q1", "9999", "+026", "été-10"].into_iter().chain(bad_days) {
            assert_eq!(period(bad, &zone), None, "{bad}");
        }
    }

    #[test]
    fn consecutive_periods_touch() {
        let zone = Zone::named("Europe/London").unwrap();
        let labels = |first, count| -> Vec<String> {
            let all = periods(first, count, &zone).unwrap();
            assert!(all.windows(2).all(|pair| pair[0].until() == pair[1].from()));
            all.iter().map(|period| period.label().to_owned()).collect()
        };
        assert_eq!(labels("2026-11", 3), ["2026-11", "2026-12", "2027-01"]);
        assert_eq!(labels("2026-Q4", 2), ["2026-Q4", "2027-Q1"]);
        assert_eq!(labels("2026-03-28", 3), ["2026-03-28", "2026-03-29", "2026-03-30"]);
        assert_eq!(labels("2026-01-01/2026-01-15", 2), ["2026-01-01/2026-01-15", "2026-01-15/2026-01-29"]);
    }

    #[test]
    fn a_skipped_day_is_no_period() {
        let zone = Zone::named("Pacific/Apia").unwrap();
        assert_eq!(period("2011-12-30", &zone), None);
        let month = period("2011-12", &zone).unwrap();
        assert_eq!(month.until().since(month.from()).floor_seconds(), 30 * 86_400);
    }
}
