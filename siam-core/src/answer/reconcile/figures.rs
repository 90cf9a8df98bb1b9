//! Figures that a supplier or a platform reported, beside ours.
//!
//! Goes in: the evidence table `reported`. Comes out: one row per reported value, with ours, the difference, and both results.
//! **Invariant:** exact values decide; theirs may be rounded, and by how much is said in the row.
//! **Not here:** our values (`score`).
//!
//! Their value agrees when ours lies within half of the last decimal that theirs has. Zeros at the end of a number are not known, so
//! that `97.50 %` counts as `97.5 %`; a share is taken as exact to one percent at least.

use super::{FIGURES, ReconcileQuery};
use crate::answer::score::{ScoreQuery, score};
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Error, Ratio, Table};
use crate::ecosystem::Ecosystem;
use crate::evidence::{Evidence, Records};
use crate::model::agreement::Unit;
use crate::report::Answer;
use std::collections::{BTreeMap, BTreeSet};

/// What we say of a measure in a period, or of a group of it.
struct Ours {
    value: Option<Ratio>,
    target: Option<Ratio>,
    result: String,
    unit: Unit,
    at_least: bool,
}

/// Ours by measure, period and party; the total has no party.
type Known = BTreeMap<(String, String, Option<String>), Ours>;

fn word<'r>(records: &'r Records, column: &str, at: usize) -> Option<&'r str> {
    records.words(column).and_then(|labels| labels.get(at))
}

/// The reported values of the measures and periods asked for, beside ours.
pub(super) fn figures(ecosystem: &Ecosystem, evidence: &Evidence, query: &ReconcileQuery) -> Result<Table, Error> {
    let mut table = Table::new(&FIGURES);
    let Some(reported) = evidence.records("reported") else { return Ok(table) };
    let among = |names: &[String], name: Option<&str>| names.is_empty() || names.iter().any(|known| Some(known.as_str()) == name);
    let asked = |at: &usize| {
        among(&query.measures, word(reported, "measure", *at)) && among(&query.periods, word(reported, "period", *at))
    };
    let known = known(ecosystem, evidence, query, reported, (0..reported.len()).filter(asked))?;
    for at in (0..reported.len()).filter(asked) {
        let [measure, period, party] = ["measure", "period", "party"].map(|column| word(reported, column, at));
        let theirs = reported.ratios("value").and_then(|values| values.get(at).cloned().flatten());
        let of = |party: Option<&str>| {
            let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
            known.get(&(owned(measure), owned(period), party.map(str::to_owned)))
        };
        let ours = party.and_then(|party| of(Some(party))).or_else(|| of(None));
        push(&mut table, [measure, period, party], theirs.as_ref(), ours);
    }
    Ok(table)
}

/// What we say of everything that was reported.
fn known(
    ecosystem: &Ecosystem,
    evidence: &Evidence,
    query: &ReconcileQuery,
    reported: &Records,
    rows: impl Iterator<Item = usize>,
) -> Result<Known, Error> {
    let (mut measures, mut periods) = (BTreeSet::new(), BTreeSet::new());
    for at in rows {
        // A name that nobody knows is among the unknown of the evidence.
        let measure = word(reported, "measure", at).filter(|name| ecosystem.model().names.measures.contains_key(*name));
        if let (Some(measure), Some(period)) = (measure, word(reported, "period", at)) {
            measures.insert(measure.to_owned());
            periods.insert(period.to_owned());
        }
    }
    let mut known = Known::new();
    if measures.is_empty() {
        return Ok(known);
    }
    let asked = ScoreQuery {
        periods: periods.into_iter().collect(),
        measures: measures.into_iter().collect(),
        as_of: query.as_of,
        tickets: Some(false),
        ..ScoreQuery::default()
    };
    let scorecard = score(ecosystem, evidence, &asked)?;
    let tables = scorecard.tables();
    let Some(rows) = tables.first() else { return Ok(known) };
    for row in 0..rows.rows() {
        let word = |column: &str| match rows.cell(row, column) {
            Cell::Text(text) => Some(text.into_owned()),
            _ => None,
        };
        let by = word("by");
        if by.as_deref().is_none_or(|by| by == "party") {
            let ours = Ours {
                value: word("value_exact").and_then(|text| Ratio::parse(&text)),
                target: word("target_exact").and_then(|text| Ratio::parse(&text)),
                result: word("result").unwrap_or_default(),
                unit: word("unit").and_then(|unit| Unit::parse(&unit)).unwrap_or(Unit::Number),
                at_least: word("direction").as_deref() == Some("at_least"),
            };
            let party = by.and_then(|_| word("party"));
            known.entry((word("measure").unwrap_or_default(), word("period").unwrap_or_default(), party)).or_insert(ours);
        }
    }
    Ok(known)
}

/// Half of the last decimal that a value has.
fn tolerance(theirs: &Ratio, unit: Unit) -> Ratio {
    let shown = theirs.to_exact_text();
    if shown.contains('/') {
        return Ratio::ZERO;
    }
    let places = shown.split_once('.').map_or(0, |(_, places)| places.len());
    let places = if unit == Unit::Share { places.max(2) } else { places };
    let tenths = (0..places.min(30)).fold(1_i128, |tenths, _| tenths.saturating_mul(10));
    Ratio::new(1, tenths.saturating_mul(2)).unwrap_or(Ratio::ZERO)
}

fn push(table: &mut Table, names: [Option<&str>; 3], theirs: Option<&Ratio>, ours: Option<&Ours>) {
    let unit = ours.map(|ours| ours.unit);
    let shown = |value: Option<&Ratio>| match value {
        Some(value) if unit == Some(Unit::Share) => Cell::Float(value.times(&Ratio::whole(100)).to_f64()),
        Some(value) => Cell::Float(value.to_f64()),
        None => Cell::Null,
    };
    let own = ours.and_then(|ours| ours.value.as_ref());
    let difference = theirs.zip(own).map(|(theirs, own)| theirs.minus(own));
    let tolerance = theirs.zip(unit).map(|(theirs, unit)| tolerance(theirs, unit));
    let apart =
        difference.as_ref().map(|difference| if difference.is_negative() { difference.negated() } else { difference.clone() });
    let agree = apart.as_ref().zip(tolerance.as_ref()).map(|(apart, tolerance)| apart <= tolerance);
    let judged = ours.filter(|ours| matches!(ours.result.as_str(), "met" | "missed"));
    let their_result = judged.and_then(|ours| {
        let (theirs, target) = (theirs?, ours.target.as_ref()?);
        Some(if ours.at_least { theirs >= target } else { theirs <= target }).map(|met| if met { "met" } else { "missed" })
    });
    let same = judged.zip(their_result).map(|(ours, theirs)| ours.result == theirs);
    let exact = |value: Option<&Ratio>| value.map(Ratio::to_exact_text);
    let (own_exact, theirs_exact) = (exact(own), exact(theirs));
    let (difference_exact, tolerance_exact) = (exact(difference.as_ref()), exact(tolerance.as_ref()));
    let truth = |value: Option<bool>| value.map_or(Cell::Null, Cell::Boolean);
    table.push(&[
        text_or_null(names[0]),
        text_or_null(names[1]),
        text_or_null(names[2]),
        shown(own),
        text_or_null(own_exact.as_deref()),
        shown(theirs),
        text_or_null(theirs_exact.as_deref()),
        shown(difference.as_ref()),
        text_or_null(difference_exact.as_deref()),
        text_or_null(unit.map(Unit::as_str)),
        text_or_null(tolerance_exact.as_deref()),
        truth(agree),
        ours.map_or(Cell::Null, |ours| text(&ours.result)),
        text_or_null(their_result),
        truth(same),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_exact_to_half_of_its_last_decimal() {
        let half = |text: &str, unit| tolerance(&Ratio::parse(text).unwrap(), unit).to_exact_text();
        assert_eq!(half("97.5%", Unit::Share), "0.0005");
        assert_eq!(half("90%", Unit::Share), "0.005"); // 0.9 is ninety percent, not nine tenths
        assert_eq!(half("3", Unit::Count), "0.5");
        assert_eq!(half("1/3", Unit::Number), "0");
    }
}
