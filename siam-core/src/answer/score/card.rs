//! The rows of a scorecard, and what each stands for.
//!
//! Goes in: sums of groups, or what cases come to. Comes out: the table of rows with their figures and verdicts.
//! **Invariant:** a figure of a row is worked out once; its reason reads the same figure. Groups stand sorted by their names.
//! **Not here:** tickets and cases (`build`), the arithmetic of a value (`figure`), schemas (`schema`).

use super::counts::Counts;
use super::figure::{Extreme, Verdict, Worth};
use super::percentile::Histogram;
use super::schema::ROWS;
use super::sums::{Omitted, Sum};
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Instant, Period, Ratio, Table};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::agreement::{Agreement, Measure, MeasureIdx, Statistic, Unit};
use crate::model::dated::Validity;

/// What a row of a scorecard stands for.
pub(in crate::answer) struct Row {
    pub measure: MeasureIdx,
    pub period: Period,
    /// The first instant of the period at which the measure holds.
    pub anchor: Instant,
    /// The first instant after the part of the period that it is about.
    pub end: Instant,
    pub worth: Worth,
    pub target: Option<Ratio>,
    pub verdict: Verdict,
    pub certain: bool,
    pub by: bool,
    pub names: [Option<String>; 3],
    /// Tickets that a rule leaves out; of the total alone.
    pub omitted: Omitted,
}

/// The part of a period in which a measure holds, up to what is known.
#[derive(Debug, Clone, Copy)]
pub(in crate::answer) struct Held {
    /// Its first instant.
    pub anchor: Instant,
    /// The first instant after it.
    pub end: Instant,
}

impl Held {
    /// None where the measure does not hold in the period.
    pub fn of(validity: Validity, period: &Period, as_of: i64) -> Option<Self> {
        let anchor = period.from().max(validity.from);
        // What is not known yet cannot be open at the end.
        let end = Self::end(validity, period, as_of);
        (validity.contains(anchor) && anchor < period.until()).then_some(Self { anchor, end })
    }
    /// The first instant after the part of a period in which a measure holds.
    pub fn end(validity: Validity, period: &Period, as_of: i64) -> Instant {
        period.until().min(validity.until).min(Instant(as_of.saturating_add(1)))
    }
}

/// The groups of a row: their names, in the order of `SPLITS`, with their sums; sorted, none empty.
pub(in crate::answer) type Groups<'g> = Vec<([Option<&'g str>; 3], &'g Sum)>;

/// A measure in a period.
pub(in crate::answer) struct Part<'p> {
    pub period: &'p Period,
    pub measure: &'p Measure,
    pub agreement: &'p Agreement,
    pub held: Held,
}

/// The rows of a scorecard being built.
pub(in crate::answer) struct Card<'e> {
    model: &'e Model,
    pub keys: Vec<Row>,
    pub rows: Table,
}

impl<'e> Card<'e> {
    pub fn new(ecosystem: &'e Ecosystem) -> Self {
        Self { model: ecosystem.model(), keys: Vec::new(), rows: Table::new(&ROWS) }
    }

    /// The rows of a measure of tickets in a period: all of them, and its groups.
    pub fn of_sums(&mut self, part: &Part<'_>, groups: &Groups<'_>, omitted: Omitted) {
        let measure = part.measure;
        let worth = |counts: Counts, times: &Histogram| match measure.statistic {
            Statistic::Percentile => Worth::of_times(measure, counts, times),
            statistic => Worth::of_tally(statistic, counts),
        };
        let all = groups.iter().fold(Counts::default(), |all, (_, sum)| all.merge(&sum.counts));
        let times = Histogram::together(groups.iter().map(|(_, sum)| &sum.times));
        self.row(part, worth(all, &times), [None; 3], None, omitted);
        if !measure.by.is_empty() {
            let by: Vec<&str> = measure.by.iter().map(|split| split.as_str()).collect();
            let by = by.join(", ");
            for (names, sum) in groups {
                self.row(part, worth(sum.counts, &sum.times), *names, Some(&by), Omitted::default());
            }
        }
    }

    /// One row.
    pub fn row(&mut self, part: &Part<'_>, worth: Worth, names: [Option<&str>; 3], by: Option<&str>, omitted: Omitted) {
        let (model, measure, agreement) = (self.model, part.measure, part.agreement);
        let target = measure.target.at(part.held.anchor);
        let (verdict, certain) = (worth.verdict(measure, target), worth.is_certain(measure, target));
        let shown = |ratio: &Ratio| Cell::Float(for_display(measure.unit, ratio));
        let share = |value: Option<&Ratio>| value.filter(|_| measure.unit == Unit::Share).map_or(Cell::Null, shown);
        let extreme = |extreme: &Extreme| match extreme {
            Extreme::Value(value, _) => share(value.as_ref()),
            Extreme::Anything => Cell::Null,
        };
        let exact = [target, worth.value.as_ref()].map(|value| value.map(Ratio::to_exact_text));
        let tally = &worth.tally;
        let counts = |value: i64| if measure.statistic.judges_cases() { Cell::Integer(value) } else { Cell::Null };
        self.rows.push(&[
            text(part.period.label()),
            Cell::Instant(part.period.from().micros()),
            Cell::Instant(part.period.until().micros()),
            text(measure.id.as_str()),
            text(agreement.id.as_str()),
            text_or_null(agreement.provider.map(|party| model.party_name(party))),
            text_or_null(by),
            text_or_null(names[0]),
            text_or_null(names[1]),
            text_or_null(names[2]),
            Cell::Integer(tally.counted()),
            counts(tally.met),
            counts(tally.missed),
            Cell::Integer(tally.excluded),
            Cell::Integer(tally.unscored),
            share(worth.value.as_ref()),
            target.map_or(Cell::Null, shown),
            text_or_null(exact[0].as_deref()),
            Cell::Integer(measure.fewest.into()),
            text(verdict.as_str()),
            extreme(&worth.worst),
            extreme(&worth.best),
            Cell::Boolean(certain),
            text(measure.statistic.as_str()),
            worth.value.as_ref().map_or(Cell::Null, shown),
            text_or_null(exact[1].as_deref()),
            text(measure.unit.as_str()),
            text(measure.direction.as_str()),
        ]);
        let Some(at) = model.names.measures.get(measure.id.as_str()) else { return };
        self.keys.push(Row {
            measure: *at,
            period: part.period.clone(),
            anchor: part.held.anchor,
            end: part.held.end,
            target: target.cloned(),
            worth,
            verdict,
            certain,
            by: by.is_some(),
            names: names.map(|name| name.map(str::to_owned)),
            omitted,
        });
    }
}

/// A value as people read it: percent of a share, else the number itself.
fn for_display(unit: Unit, value: &Ratio) -> f64 {
    if unit == Unit::Share { value.times(&Ratio::whole(100)).to_f64() } else { value.to_f64() }
}
