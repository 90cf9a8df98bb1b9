//! Laws of scores: the oracle counts the same tickets one by one, and the order and cutting of tables says nothing.
//!
//! Goes in: generated months. Comes out: agreement on every figure.
//! **Invariant:** the oracle sees the rows as text, before the engine binds them.
//! **Not here:** dirty rows (tests/cases/evidence).

use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::score::{ScoreQuery, score};
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, Limits, Ratio, Table, TableView, csv};
use siam_core::evidence::{EvidenceQuery, evidence};
use siam_core::report::Answer;
use siam_oracle::score as oracle;
use siam_tests::generate::{Dice, Month, month};

const MEASURES: [&str; 9] = ["restored", "answered", "major", "taken", "parents", "open", "passed", "first", "faxes"];

/// Measures beside those of the generated document.
const MORE: &str = "\
\x20     taken: {statistic: mean, clock: {pause_in: [waiting_customer]}, target: 12h, by: [priority], fewest: 3}
\x20     parents: {statistic: percent_within, within: {P1: 4h, P3: 20h}, target: 50%, children: leave_out, leave_out: {resolution: [cancelled]}}
\x20     open: {statistic: backlog, clock: {stop: closed}, target: 3, by: [service]}
\x20     passed: {statistic: hand_offs, target: 3/4, leave_out: {kind: [request], priority: [P4]}, by: [party]}
\x20     first: {statistic: first_time_fix, clock: {start: responded}, target: 40%, children: leave_out, by: [service]}
\x20     faxes: {statistic: mean, tickets: {kind: [fax]}, target: 1h, when_none: met}
";

/// What is agreed of two services: one is in transition at first, one is retired in the end.
const STAGES: [(&str, &str); 2] = [
    ("  service-1: {", "  service-1: {stage: [{value: transition, until: 2026-10-10}, {value: operation, from: 2026-10-10}], "),
    (
        "  service-2: {",
        "  service-2: {stage: [{value: design, until: 2026-10-04}, {value: operation, from: 2026-10-04, until: 2026-10-24}, {value: retired, from: 2026-10-24}], ",
    ),
];

fn word(table: &Table, row: usize, column: &str) -> Option<String> {
    match table.cell(row, column) {
        Cell::Text(text) => Some(text.into_owned()),
        _ => None,
    }
}

/// The tables of a month, where some tickets are children of the first and go from party to party.
fn tables(seed: u64) -> (String, Vec<Table>) {
    tables_with(seed, MORE, &|_, _, _| {})
}

/// The same with measures of its own, whose lines of tickets are changed, with further changes of fields.
pub(super) fn tables_with(
    seed: u64,
    measures: &str,
    change: &dyn Fn(&mut String, &mut Dice, &mut String),
) -> (String, Vec<Table>) {
    let like = Month { tickets: 60, services: 5, suppliers: 3, dirty: 0, ..Month::default() };
    let generated = month(seed, &like);
    let mut dice = Dice::new(seed ^ 0xA5);
    let document = STAGES.iter().fold(generated.document, |text, (from, to)| text.replacen(from, to, 1)) + measures;
    let mut texts: Vec<(&'static str, String)> =
        generated.tables.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect();
    let mut passes = String::new();
    for (_, text) in texts.iter_mut().filter(|(name, _)| *name == "tickets") {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let first = lines[1].split(',').next().unwrap().to_owned();
        lines[0].push_str(",event");
        for (at, line) in lines.iter_mut().enumerate().skip(1) {
            if at > 1 {
                pass_on(line, &mut dice, &mut passes);
                change(line, &mut dice, &mut passes);
                if dice.chance(1, 4) {
                    line.push_str(&first);
                }
            }
            let events = [",", ",", ",E1", ",E2"];
            line.push_str(events[dice.below(4)]);
        }
        *text = lines.join("\n") + "\n";
    }
    for (_, text) in texts.iter_mut().filter(|(name, _)| *name == "ticket_events") {
        text.push_str(&passes);
    }
    let read = |(name, text): &(&'static str, String)| csv::read(name, text.as_bytes(), &Limits::default()).unwrap();
    (document, texts.iter().map(read).collect())
}

/// Adds changes of party of a ticket: around when it was opened and resolved, and between.
fn pass_on(line: &str, dice: &mut Dice, passes: &mut String) {
    let cells: Vec<&str> = line.split(',').collect();
    let opened = Instant::parse(cells[5]).unwrap().0;
    let resolved = Instant::parse(cells[7]).map_or(opened + 3_600_000_000, |at| at.0);
    let mut ats = vec![opened - 1, opened, opened + 1, resolved - 1, resolved, resolved + 1];
    dice.shuffle(&mut ats);
    ats.truncate(dice.below(4));
    ats.sort_unstable();
    let parties = ["hub", "supplier-0", "supplier-1"];
    let mut holder = if dice.chance(1, 2) { "" } else { "hub" };
    for (sequence, at) in ats.into_iter().enumerate() {
        let next = *dice.pick(&parties);
        passes.push_str(&format!("{},{},{sequence},party,{holder},{next},\n", cells[0], Instant(at)));
        holder = next;
    }
}

/// The rows as the oracle takes them.
fn rows(tables: &[Table]) -> oracle::Evidence {
    let named = |name: &str| tables.iter().find(|table| table.name() == name).unwrap();
    let instant =
        |table: &Table, row: usize, column: &str| word(table, row, column).and_then(|text| Instant::parse(&text)).map(|at| at.0);
    let (tickets, events, exclusions) = (named("tickets"), named("ticket_events"), named("exclusions"));
    let ticket = |row: usize| oracle::Ticket {
        ticket: word(tickets, row, "ticket").unwrap(),
        columns: ["kind", "service", "priority", "party", "resolution", "parent", "event"]
            .into_iter()
            .filter_map(|column| Some((column.to_owned(), word(tickets, row, column)?)))
            .collect(),
        opened: instant(tickets, row, "opened"),
        responded: instant(tickets, row, "responded"),
        resolved: instant(tickets, row, "resolved"),
        closed: instant(tickets, row, "closed"),
    };
    let change = |row: usize| oracle::Change {
        ticket: word(events, row, "ticket").unwrap(),
        at: instant(events, row, "at").unwrap(),
        sequence: word(events, row, "sequence").unwrap().parse().unwrap(),
        from: word(events, row, "from"),
        to: word(events, row, "to").unwrap_or_default(),
    };
    let exclusion = |row: usize| oracle::Exclusion {
        key: word(exclusions, row, "key").unwrap(),
        status: word(exclusions, row, "status").unwrap(),
    };
    let of = |field: &str| {
        let rows = (0..events.rows()).filter(|row| word(events, *row, "field").as_deref() == Some(field));
        rows.map(change).collect()
    };
    oracle::Evidence {
        tickets: (0..tickets.rows()).map(ticket).collect(),
        changes: of("state"),
        passes: of("party"),
        priorities: of("priority"),
        exclusions: (0..exclusions.rows()).map(exclusion).collect(),
    }
}

/// Figures as text, one per line, sorted.
fn ours(document: &str, views: Vec<TableView<'_>>) -> Vec<String> {
    let ecosystem = load(document);
    let evidence = evidence(&ecosystem, &EvidenceQuery::default(), views, &Limits::default()).unwrap();
    let query = ScoreQuery { periods: vec!["2026-10".into(), "2026-11".into()], ..Default::default() };
    let scorecard = score(&ecosystem, &evidence, &query).unwrap();
    let table = scorecard.tables()[0];
    let count = |row: usize, column: &str| match table.cell(row, column) {
        Cell::Integer(value) => value,
        _ => -1,
    };
    let mut figures: Vec<String> = (0..table.rows())
        .filter_map(|row| {
            let measure = word(table, row, "measure")?;
            let split = word(table, row, "by").map(|by| {
                let values: Vec<String> = by.split(", ").map(|column| word(table, row, column).unwrap_or_default()).collect();
                format!("{by}={}", values.join(", "))
            });
            let (counted, excluded) = (count(row, "counted"), count(row, "excluded"));
            if split.is_some() && counted + excluded == 0 {
                return None;
            }
            let met =
                if matches!(table.cell(row, "met"), Cell::Null) || measure == "major" { counted } else { count(row, "met") };
            let value = word(table, row, "value_exact");
            let verdict = match word(table, row, "result").as_deref() {
                Some("met") => "Some(true)",
                Some("missed") => "Some(false)",
                _ => "None",
            };
            let period = word(table, row, "period")?;
            Some(format!("{period} {measure} {split:?} {met} of {counted}, {excluded} excluded, {value:?}, {verdict}"))
        })
        .collect();
    figures.sort();
    figures
}

/// Fails where the engine and the oracle differ on a figure.
pub(super) fn agree(document: &str, tables: &[Table], measures: &[&str]) -> Result<(), TestCaseError> {
    let mut ours = ours(document, tables.iter().map(Table::view).collect());
    ours.retain(|line| measures.iter().any(|measure| line.split(' ').nth(1) == Some(measure)));
    prop_assert_eq!(ours, theirs(document, &rows(tables), measures));
    Ok(())
}

fn theirs(document: &str, evidence: &oracle::Evidence, measures: &[&str]) -> Vec<String> {
    let at = |text: &str| Instant::parse(text).unwrap().0;
    // Months of London: the first hour of October's is summer time, November's is not.
    let (october, november, december) = (at("2026-09-30T23:00:00Z"), at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
    let period = |label: &str, from, until| oracle::Period { label: label.into(), from, until };
    let periods = [period("2026-10", october, november), period("2026-11", november, december)];
    let mut figures = Vec::new();
    for measure in measures {
        for one in oracle::score(document, measure, evidence, &periods) {
            let split = one.split.map(|(by, value)| format!("{by}={value}"));
            let (period, met, counted, excluded, verdict) = (one.period, one.met, one.counted, one.excluded, one.verdict);
            let value = one.value.and_then(|(of, by)| Ratio::new(of, by)).map(|value| value.to_exact_text());
            figures.push(format!("{period} {measure} {split:?} {met} of {counted}, {excluded} excluded, {value:?}, {verdict:?}"));
        }
    }
    figures.sort();
    figures
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn score_agrees_with_the_oracle(seed: u64) {
        let (document, tables) = tables(seed);
        agree(&document, &tables, &MEASURES)?;
    }

    #[test]
    fn the_order_of_rows_never_matters(seed: u64) {
        let (document, tables) = tables(seed);
        let backwards = |table: &Table| {
            let columns = table.names().iter().zip(table.columns()).map(|(name, column)| (name.clone(), column.kind())).collect();
            let mut other = Table::with_columns(table.name().to_owned(), columns);
            for row in (0..table.rows()).rev() {
                other.push(&table.columns().iter().map(|column| column.cell(row)).collect::<Vec<_>>());
            }
            other
        };
        let reversed: Vec<Table> = tables.iter().map(backwards).collect();
        prop_assert_eq!(
            ours(&document, tables.iter().map(Table::view).collect()),
            ours(&document, reversed.iter().map(Table::view).collect())
        );
    }
}
