//! The rows of a scorecard, and what each stands for.
//!
//! Goes in: sums of groups, or what cases come to. Comes out: the table of rows with their figures and verdicts.
//! **Invariant:** a figure of a row is worked out once; its reason reads the same figure. Groups stand sorted by their names.
//! **Not here:** tickets and cases (`build`), the arithmetic of a value (`figure`), schemas (`schema`).

use super::counts::Counts;
use super::figure::{Extreme, Verdict, Worth};
use super::percentile::Histogram;
use super::rates::base;
use super::schema::ROWS;
use super::sums::{Omitted, Sum};
use super::windows::Window;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Instant, Period, Ratio, Table};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::agreement::{Agreement, Measure, MeasureIdx, Split, Statistic, Unit};

/// What a row of a scorecard stands for.
pub(in crate::answer) struct Row {
    pub measure: MeasureIdx,
    pub period: Period,
    /// The first instant of the period at which the measure holds.
    pub anchor: Instant,
    /// The time whose cases are counted, which may begin before the period.
    pub counted: Period,
    /// Its first instant at which the measure holds.
    pub from: Instant,
    /// The first instant after the part of the period that it is about.
    pub end: Instant,
    /// Whether the measure's own period goes on after the period.
    pub to_date: bool,
    pub worth: Worth,
    pub target: Option<Ratio>,
    pub verdict: Verdict,
    pub certain: bool,
    pub by: bool,
    pub names: [Option<String>; 3],
    /// Tickets that a rule leaves out; of the total alone.
    pub omitted: Omitted,
}

/// The groups of a row: their names, in the order of `SPLITS`, with their sums; sorted, none empty.
pub(in crate::answer) type Groups<'g> = Vec<([Option<&'g str>; 3], &'g Sum)>;

/// A measure in a period.
pub(in crate::answer) struct Part<'p> {
    pub window: &'p Window,
    /// The time whose cases are counted, under the label of the period.
    pub period: &'p Period,
    pub measure: &'p Measure,
    pub agreement: &'p Agreement,
    /// The part of it in which the measure holds and that is known.
    pub from: Instant,
    pub end: Instant,
    /// The instant up to which that part is known.
    pub known: Instant,
    /// The first instant after the part in which the measure holds.
    pub until: Instant,
}

impl<'p> Part<'p> {
    /// None where the measure does not hold in the period.
    pub fn of(window: &'p Window, measure: &'p Measure, agreement: &'p Agreement, as_of: i64) -> Option<Self> {
        let (validity, period) = (measure.validity.and(agreement.validity), &window.counted);
        let anchor = window.asked.from().max(validity.from);
        let (from, end) = window.held(validity, as_of);
        let until = period.until().min(validity.until);
        let holds = validity.contains(anchor) && anchor < period.until();
        let known = end.min(Instant(as_of));
        holds.then_some(Self { window, period, measure, agreement, from, end, known, until })
    }
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

    /// The rows of a measure of tickets in a period: all of them, and its groups. Rows that were rejected may be tickets of any group.
    pub fn of_sums(&mut self, part: &Part<'_>, groups: &Groups<'_>, omitted: Omitted, rejected: i64) {
        let measure = part.measure;
        let worth = |counts: Counts, times: &Histogram, service: Option<&str>, rejected: i64| match measure.statistic {
            Statistic::Percentile => Worth::of_times(measure, counts, times, rejected),
            _ => {
                let base = base(self.model, (measure, part.agreement), (part.from, part.known), service);
                Worth::of_tally(measure, counts, base, rejected)
            }
        };
        let all = groups.iter().fold(Counts::default(), |all, (_, sum)| all.merge(&sum.counts));
        let times = Histogram::together(groups.iter().map(|(_, sum)| &sum.times));
        let total = worth(all, &times, None, rejected);
        let service = |names: &[Option<&'_ str>; 3]| names[2].filter(|_| measure.by.contains(&Split::Service)).map(str::to_owned);
        let each: Vec<Worth> = match measure.by.is_empty() {
            true => Vec::new(),
            false => {
                groups.iter().map(|(names, sum)| worth(sum.counts, &sum.times, service(names).as_deref(), rejected)).collect()
            }
        };
        self.row(part, total, [None; 3], None, omitted);
        let by: Vec<&str> = measure.by.iter().map(|split| split.as_str()).collect();
        let by = by.join(", ");
        for ((names, _), worth) in groups.iter().zip(each) {
            self.row(part, worth, *names, Some(&by), Omitted::default());
        }
    }

    /// One row.
    pub fn row(&mut self, part: &Part<'_>, worth: Worth, names: [Option<&str>; 3], by: Option<&str>, omitted: Omitted) {
        let (model, measure, agreement) = (self.model, part.measure, part.agreement);
        let named = names.map(|name| name.filter(|name| !name.is_empty()));
        let of_group = measure.counting.targets.iter().find(|row| by.is_some() && row.is_for(&named)).map(|row| &row.target);
        let target = of_group.or_else(|| measure.target.at(part.window.anchor));
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
            Cell::Instant(part.window.asked.from().micros()),
            Cell::Instant(part.window.asked.until().micros()),
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
            Cell::Instant(part.from.micros()),
            Cell::Instant(part.until.micros()),
            Cell::Boolean(part.window.to_date),
            Cell::Integer(worth.rejected),
        ]);
        let Some(at) = model.names.measures.get(measure.id.as_str()) else { return };
        self.keys.push(Row {
            measure: *at,
            period: part.window.asked.clone(),
            anchor: part.window.anchor,
            counted: part.period.clone(),
            from: part.from,
            end: part.end,
            to_date: part.window.to_date,
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
