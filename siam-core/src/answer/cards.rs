//! Scorecards as tables: the rows of earlier or saved scorecards, for answers that are made of them.
//!
//! Goes in: a table with the columns of the rows of a scorecard. Comes out: its rows with exact values.
//! **Invariant:** exact columns decide; columns for display are not read; a cell that cannot be read is a problem.
//! **Not here:** scoring (`score`).

use super::given::KEPT;
use crate::answer::score::ROWS;
use crate::base::columns::Cell;
use crate::base::csv::cell_text;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, Error, Instant, Place, Problem, Problems, Ratio, TableView, codes};
use crate::ecosystem::asked;
use crate::model::agreement::Unit;
use std::collections::BTreeSet;

/// The columns of the rows of a scorecard, as they stand there.
pub(in crate::answer) const COLUMNS: &[&str] = &NAMES;

const NAMES: [&str; ROWS.columns.len()] = {
    let mut names = [""; ROWS.columns.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = ROWS.columns[at].name;
        at += 1;
    }
    names
};

/// The columns without which nothing can be said.
const NEEDED: [&str; 5] = ["period", "measure", "value_exact", "counted", "unit"];

/// Of what a row of a scorecard is: the measure and the group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::answer) struct Subject {
    pub measure: String,
    /// What it is split by; none of the total.
    pub by: Option<String>,
    /// Party, priority, service.
    pub names: [Option<String>; 3],
}

impl Subject {
    /// The cells `measure`, `by`, `party`, `priority`, `service`.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells = vec![text(&self.measure), text_or_null(self.by.as_deref())];
        cells.extend(self.names.iter().map(|name| text_or_null(name.as_deref())));
        cells
    }
    /// The measure, and the names of the group.
    pub fn words(&self) -> Vec<Argument> {
        let names = self.names.iter().flatten().map(|name| Argument::name(if name.is_empty() { "-" } else { name.as_str() }));
        std::iter::once(Argument::name(self.measure.as_str())).chain(names).collect()
    }
}

/// A row of a scorecard.
#[derive(Debug, Clone, PartialEq)]
pub struct CardRow {
    /// The table it stood in.
    pub(in crate::answer) table: String,
    pub(in crate::answer) subject: Subject,
    pub(in crate::answer) period: String,
    /// The first instant of the period, where it is told.
    pub(in crate::answer) from: Option<Instant>,
    pub(in crate::answer) statistic: Option<String>,
    pub(in crate::answer) unit: Unit,
    /// Whether more is better.
    pub(in crate::answer) at_least: bool,
    pub(in crate::answer) counted: i64,
    pub(in crate::answer) value: Option<Ratio>,
    pub(in crate::answer) result: Option<String>,
}

/// The rows of a table whose columns are known.
pub(in crate::answer) fn read(table: &TableView<'_>, problems: &mut Problems) -> Vec<CardRow> {
    let before = problems.iter().count();
    for column in NEEDED.into_iter().filter(|column| table.column(column).is_none()) {
        let place = Place::cell(&table.name, 0, column);
        let problem = Problem::new(&codes::MISSING_COLUMN_NO_GUESS, place).with("table", Argument::user(&table.name));
        let problem = problem.with("column", column);
        problems.push(problem.with("known", Argument::name(table.columns.join(", "))), KEPT);
    }
    if problems.iter().count() > before {
        return Vec::new();
    }
    let mut rows = Vec::with_capacity(table.rows());
    let mut at = 0;
    for batch in &table.batches {
        for in_batch in 0..batch.rows {
            at += 1;
            let cell = |column: &str| {
                let place = table.column(column).and_then(|place| batch.columns.get(place));
                place.map_or(Cell::Null, |view| view.cell(in_batch))
            };
            rows.extend(row(&table.name, at, &cell, problems));
        }
    }
    rows
}

fn row<'c>(table: &str, at: u64, cell: &dyn Fn(&str) -> Cell<'c>, problems: &mut Problems) -> Option<CardRow> {
    let word = |column: &str| match cell(column) {
        Cell::Text(text) if !text.is_empty() => Some(text.into_owned()),
        _ => None,
    };
    let mut bad = |column: &'static str, expected: &'static str| {
        let problem = Problem::new(&codes::BAD_CELL, Place::cell(table, at, column)).as_error();
        let problem = problem.with("value", Argument::user(cell_text(&cell(column))));
        problems.push(problem.with("expected", expected), KEPT);
    };
    let exact = match cell("value_exact") {
        Cell::Null => Some(None),
        Cell::Text(text) if text.is_empty() => Some(None),
        Cell::Text(text) => Ratio::parse(&text).map(Some),
        Cell::Integer(value) => Some(Some(Ratio::whole(value.into()))),
        // A column of a saved table that was read as numbers again: what is written is what counts.
        Cell::Float(value) => Ratio::parse(&value.to_string()).map(Some),
        _ => None,
    };
    let counted = match cell("counted") {
        Cell::Integer(value) => Some(value),
        Cell::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let from = match cell("period_from") {
        Cell::Instant(micros) => Some(Instant(micros)),
        Cell::Text(text) => Instant::parse(&text),
        _ => None,
    };
    let (unit, measure) = (word("unit").and_then(|unit| Unit::parse(&unit)), word("measure"));
    let period = match cell("period") {
        Cell::Integer(year) => Some(year.to_string()),
        _ => word("period"),
    };
    let checks = [
        (exact.is_none(), "value_exact", "an exact number or nothing"),
        (counted.is_none(), "counted", "a whole number"),
        (unit.is_none(), "unit", "share, count, seconds or number"),
        (measure.is_none(), "measure", "the name of a measure"),
        (period.is_none(), "period", "a period"),
    ];
    for (_, column, expected) in checks.into_iter().filter(|(wrong, ..)| *wrong) {
        bad(column, expected);
    }
    let by = word("by");
    // Of a group a missing name is a name too: tickets without one.
    let split = |name: &str| by.as_ref().is_some_and(|by| by.split(", ").any(|part| part == name));
    let name = |column: &str| if split(column) { Some(word(column).unwrap_or_default()) } else { None };
    let names = ["party", "priority", "service"].map(name);
    Some(CardRow {
        table: table.to_owned(),
        subject: Subject { measure: measure?, by, names },
        period: period?,
        from,
        statistic: word("statistic"),
        unit: unit?,
        at_least: word("direction").is_none_or(|direction| direction == "at_least"),
        counted: counted?,
        value: exact?,
        result: word("result"),
    })
}

/// A value as people read it: percent of a share, else the number itself.
pub(in crate::answer) fn shown(unit: Unit, value: Option<&Ratio>) -> Cell<'static> {
    match value {
        Some(value) if unit == Unit::Share => Cell::Float(value.times(&Ratio::whole(100)).to_f64()),
        Some(value) => Cell::Float(value.to_f64()),
        None => Cell::Null,
    }
}

/// A value as an argument of a reason.
pub(in crate::answer) fn amount(unit: Unit, value: &Ratio) -> Argument {
    if unit == Unit::Share { Argument::Percent(value.clone()) } else { Argument::Number(value.clone()) }
}

/// The rows of the measures of these names, all where none is named; the error of a name that no row has.
pub(in crate::answer) fn named(rows: &[CardRow], names: &[String]) -> Result<Vec<CardRow>, Error> {
    let known = rows.iter().map(|row| row.subject.measure.as_str()).collect::<BTreeSet<_>>();
    if let Some(name) = names.iter().find(|name| !known.contains(name.as_str())) {
        return Err(asked("measure", name, known));
    }
    Ok(rows.iter().filter(|row| names.is_empty() || names.contains(&row.subject.measure)).cloned().collect())
}

/// Warns of rows that tell again what an earlier one told.
pub(in crate::answer) fn warn_of_repeated(rows: &[CardRow], problems: &mut Problems) {
    let mut told = BTreeSet::new();
    let again = rows.iter().filter(|row| !told.insert((&row.table, &row.subject, &row.period))).count();
    if again > 0 {
        problems.push(Problem::new(&codes::ROWS_REPEATED, Place::Nowhere).with("count", again), KEPT);
    }
}
