//! Which format the dates of a table have: the one stated, or the only one of several that reads them all.
//!
//! Goes in: candidate formats, the columns that hold dates. Comes out: one format and zone for each, or faults.
//! **Invariant:** never guessed row by row: a format reads every date of the table or none; two that read all and differ are refused.
//! **Not here:** reading one date (`when`), which columns hold dates (`plan`).
//!
//! Formats that give the same instant for every date need no choice: the first of them stands.

use super::mapping::HistoryShape;
use super::plan::{ColumnFrom, Plan};
use super::source::is_null;
use super::tables::Holds;
use super::when::{Format, Reader};
use crate::base::columns::Cell;
use crate::base::zone::Zone;
use crate::base::{Argument, Instant, Place, Problem, TableView, codes};
use crate::document::{Faults, Mark};

/// The formats that `proved` stands for.
pub(super) static USUAL: &[&str] = &[
    "iso",
    "%d-%m-%Y %H:%M:%S",
    "%m-%d-%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d-%b-%Y %H:%M:%S",
];

/// How many formats that fail are named.
const NAMED: usize = 3;

/// How the dates of a table or a column are written.
#[derive(Debug, Clone)]
pub(super) struct DatesPlan {
    /// Formats as written; one where it is stated or proved.
    pub candidates: Vec<(String, Format)>,
    pub mark: Option<Mark>,
    pub zone: ZonePlan,
}

/// The zone of dates without an offset.
#[derive(Debug, Clone)]
pub(super) enum ZonePlan {
    Known(Zone),
    /// Nobody stated it, and somebody must; dates that do not need it are read in this one.
    Lacking(Zone),
}

impl DatesPlan {
    /// A reader of these dates.
    pub fn reader(&self) -> Reader {
        let format = self.candidates.first().map_or(Format::Iso, |(_, format)| format.clone());
        Reader::new(format, self.zone())
    }
    fn zone(&self) -> Zone {
        match &self.zone {
            ZonePlan::Known(zone) | ZonePlan::Lacking(zone) => zone.clone(),
        }
    }
}

/// What dates say of themselves, before what stands around them is asked.
#[derive(Debug, Default)]
pub(super) struct SaidDates {
    pub candidates: Vec<(String, Format)>,
    pub mark: Option<Mark>,
    pub zone: Option<Zone>,
    /// Somebody must state the zone.
    pub must: bool,
    /// The formats are only the usual ones: those that stand around them count before.
    pub usual: bool,
}

impl SaidDates {
    /// What these do not say, those around them do.
    pub fn over(self, around: Self) -> Self {
        Self {
            candidates: if self.candidates.is_empty() || (self.usual && !around.candidates.is_empty()) {
                around.candidates
            } else {
                self.candidates
            },
            mark: self.mark.or(around.mark),
            zone: self.zone.or(around.zone),
            must: self.must || around.must,
            usual: self.usual,
        }
    }
    pub fn finish(self, zone: &Zone, stated: bool) -> DatesPlan {
        let zone = match self.zone {
            Some(zone) => ZonePlan::Known(zone),
            None if self.must && !stated => ZonePlan::Lacking(zone.clone()),
            None => ZonePlan::Known(zone.clone()),
        };
        let iso = || vec![("iso".to_owned(), Format::Iso)];
        let candidates = if self.candidates.is_empty() { iso() } else { self.candidates };
        DatesPlan { candidates, mark: self.mark, zone }
    }
    /// Those of a column in a table.
    pub fn within(self, around: DatesPlan) -> DatesPlan {
        DatesPlan {
            candidates: if self.candidates.is_empty() { around.candidates } else { self.candidates },
            mark: self.mark.or(around.mark),
            zone: self.zone.map_or(around.zone, ZonePlan::Known),
        }
    }
}

/// A cell that holds a date: its row from 1 and its column.
struct At<'t> {
    row: u64,
    column: &'t str,
}

/// Leaves one format of each table and column, or reports why none or more than one would do.
pub(super) fn prove(plan: &mut Plan, tables: &[TableView<'_>], faults: &mut Faults) {
    for at in 0..plan.sources.len() {
        let count = plan.sources.get(at).map_or(0, |source| source.dates.len());
        for which in 0..count {
            let columns = columns_of(plan, at, which);
            let Some(source) = plan.sources.get_mut(at) else { continue };
            let (name, nulls) = (source.name.clone(), std::mem::take(&mut source.nulls));
            let table = tables.iter().find(|table| table.name == name);
            if let (Some(table), Some(dates)) = (table, source.dates.get_mut(which)) {
                let dated = Dated { table, columns: &columns, nulls: &nulls };
                dated.format(dates, faults);
                dated.zone(dates, faults);
            }
            source.nulls = nulls;
        }
    }
}

/// The columns of a source that hold dates written in this way.
fn columns_of(plan: &Plan, source: usize, which: usize) -> Vec<String> {
    let mut columns = Vec::new();
    for give in plan.gives.iter().filter(|give| give.source == source) {
        for column in &give.columns {
            let holds = give.table.column(&column.name).map(|known| known.holds);
            if let (Some(Holds::Instant), true, ColumnFrom::Column(name, _)) = (holds, column.dates == which, &column.from) {
                columns.push(name.clone());
            }
        }
        if which == 0 {
            columns.extend(give.fields.iter().flat_map(|field| &field.last).map(|(_, column)| column.value.clone()));
        }
    }
    if let (0, Some(source)) = (which, plan.sources.get(source))
        && source.shape == HistoryShape::Snapshots
    {
        columns.extend(source.at.iter().map(|at| at.value.clone()));
    }
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// The cells of a table that hold dates.
struct Dated<'d, 't> {
    table: &'d TableView<'t>,
    columns: &'d [String],
    nulls: &'d [String],
}

impl<'t> Dated<'_, 't> {
    /// Every cell with something in it, until the function says that it has seen enough.
    fn each(&self, mut see: impl FnMut(&At<'_>, &Cell<'t>) -> bool) {
        for name in self.columns {
            let Some(column) = self.table.column(name) else { continue };
            let mut before = 0;
            for batch in &self.table.batches {
                let Some(view) = batch.columns.get(column) else { continue };
                for row in 0..batch.rows {
                    let cell = view.cell(row);
                    if !is_null(&cell, self.nulls) && !see(&At { row: before + row as u64 + 1, column: name }, &cell) {
                        return;
                    }
                }
                before += batch.rows as u64;
            }
        }
    }

    /// Refuses dates that need a zone which nobody stated.
    fn zone(&self, dates: &DatesPlan, faults: &mut Faults) {
        if matches!(dates.zone, ZonePlan::Known(_)) || dates.candidates.len() != 1 {
            return;
        }
        let formats: Vec<&Format> = dates.candidates.iter().map(|(_, format)| format).collect();
        let mut lacking = None;
        self.each(|at, cell| {
            if !formats.iter().all(|format| format.states_offset(cell)) {
                lacking = Some(Place::cell(&self.table.name, at.row, at.column));
            }
            lacking.is_none()
        });
        if let Some(place) = lacking {
            let problem = Problem::new(&codes::ZONE_NOT_STATED, place).with("table", Argument::user(&self.table.name));
            faults.report(problem);
        }
    }

    /// Leaves the one candidate that reads every date.
    fn format(&self, dates: &mut DatesPlan, faults: &mut Faults) {
        if dates.candidates.len() < 2 {
            return;
        }
        let zone = dates.zone();
        let mut left: Vec<(String, Reader)> = Vec::new();
        left.extend(dates.candidates.iter().map(|(words, format)| (words.clone(), Reader::new(format.clone(), zone.clone()))));
        // Those that failed last got furthest: they are likelier meant.
        let mut failed: Vec<(String, Place, String)> = Vec::new();
        self.each(|at, cell| {
            if matches!(cell, Cell::Instant(_) | Cell::Wall(_) | Cell::Date(_)) {
                return true;
            }
            left.retain(|(words, reader)| {
                let reads = reader.read(cell).is_ok();
                if !reads {
                    let value = super::source::word(cell).chars().take(200).collect();
                    failed.push((words.clone(), Place::cell(&self.table.name, at.row, at.column), value));
                }
                reads
            });
            !left.is_empty()
        });
        if left.is_empty() {
            for (words, place, value) in failed.into_iter().rev().take(NAMED) {
                let problem = Problem::new(&codes::FORMAT_FAILS, place).with("format", Argument::name(words));
                faults.report(problem.with("value", Argument::user(value)));
            }
            return;
        }
        self.refuse_two(&left, faults);
        let stands = left.first().map(|(words, _)| words.clone()).unwrap_or_default();
        dates.candidates.retain(|(words, _)| *words == stands);
    }

    /// Refuses two formats that read every date and not alike, with the first row that would tell them apart.
    fn refuse_two(&self, left: &[(String, Reader)], faults: &mut Faults) {
        let Some((first, others)) = left.split_first() else { return };
        if others.is_empty() {
            return;
        }
        let mut differs = None;
        self.each(|at, cell| {
            let one = first.1.read(cell);
            let other =
                others.iter().find_map(|(words, reader)| Some((words, reader.read(cell))).filter(|(_, read)| *read != one));
            if let (Ok(one), Some((words, Ok(two)))) = (one, other) {
                let place = Place::cell(&self.table.name, at.row, at.column);
                let problem = Problem::new(&codes::TWO_FORMATS, place).with("value", Argument::user(super::source::word(cell)));
                let problem = problem.with("first", Argument::name(&*first.0)).with("second", Argument::name(words.as_str()));
                let shown = |micros| Argument::name(Instant(micros).to_string());
                differs = Some(problem.with("one", shown(one)).with("other", shown(two)));
            }
            differs.is_none()
        });
        if let Some(problem) = differs {
            faults.report(problem);
        }
    }
}
