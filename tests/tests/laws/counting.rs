//! Laws of how measures count: periods, priorities, runs of a clock, events, times in rows, rates and ratios.
//!
//! Goes in: generated months with reopened tickets, raised priorities, events and problems. Comes out: agreement with the oracle.
//! **Invariant:** the oracle sees the rows as text, before the engine binds them.
//! **Not here:** the older rules (`score`).

use super::score::{agree, tables_with};
use super::{cases, load};
use proptest::prelude::*;
use siam_core::answer::score::{ScoreQuery, score};
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, Limits, Ratio, Table, csv};
use siam_core::evidence::{EvidenceQuery, evidence};
use siam_core::report::Answer;
use siam_tests::generate::Dice;

/// Measures of the SLA beside those of the generated document.
const SLA: &str = "\
\x20     decided: {statistic: percent_within, clock: {pause_in: [waiting_customer, on_hold]}, within: {P1: 2h, P2: 6h, P3: 20h, P4: 50h}, counted_when: decided, target: 80%, by: [party]}
\x20     began: {statistic: percent_within, within: {P1: 2h, P2: 6h, P3: 20h}, priority_taken: at_open, target: 70%, by: [priority]}
\x20     gravest: {statistic: percent_within, within: {P1: 2h, P2: 6h, P3: 20h, P4: 50h}, priority_taken: highest, tickets: {priority: [P1, P2, P3]}, target: 70%, by: [priority]}
\x20     pieces: {statistic: percent_within, within: {P1: 2h, P2: 6h, P3: 20h}, clock: {pause_in: [on_hold]}, priority_taken: per_segment, target: 70%, by: [priority]}
\x20     rows: {statistic: percent_within, within: [{priority: P1, kind: incident, time: 2h}, {priority: [P1, P2], service: service-1, time: 9h}, {kind: request, time: 40h}, {class: gold, time: 5h}, {priority: P3, time: 20h}], target: 65%, by: [service], targets: [{service: [service-1, service-2], target: 90%}]}
\x20     run-1: {statistic: percent_within, within: 6h, clock: {stopped_in: [resolved, closed]}, cycles: first, target: 70%}
\x20     run-n: {statistic: percent_within, within: 6h, clock: {stopped_in: [resolved, closed], pause_in: [on_hold]}, cycles: last, target: 70%, by: [party]}
\x20     run-each: {statistic: percent_within, within: 6h, clock: {stopped_in: [resolved, closed]}, cycles: each, target: 70%, by: [priority]}
\x20     run-sum: {statistic: mean, clock: {stopped_in: [resolved, closed], pause_in: [waiting_customer]}, cycles: sum, target: 9h}
\x20     run-decided: {statistic: percent_within, within: 5h, clock: {stopped_in: [resolved]}, cycles: sum, counted_when: decided, target: 70%}
\x20     once: {statistic: count, event_group: once, counted_when: opened, target: 10, by: [service]}
\x20     quarter: {statistic: percent_within, period: quarter, within: 8h, target: [{value: 50%, until: 2026-11-01}, {value: 90%, from: 2026-11-01}], by: [party]}
\x20     rolling: {statistic: count, period: rolling_quarter, target: [{value: 30, until: 2026-11-01}, {value: 70, from: 2026-11-01}]}
\x20     twelve: {statistic: hand_offs, period: rolling_year, target: 1}
\x20     per-user: {statistic: rate, per: 100 users, target: 3, by: [service]}
\x20     per-day: {statistic: rate, per: day, counted_when: opened, target: 2, period: quarter}
\x20     per-hour: {statistic: rate, per: 24 hours, counted_when: closed, target: 2, direction: at_least}
\x20     per-week: {statistic: rate, per: 2 weeks, target: 20, children: leave_out}
\x20     per-service: {statistic: rate, per: 2 services, target: 20, leave_out: {kind: [request]}}
\x20     odds: {statistic: ratio, tickets: {resolution: [no_fault_found, cancelled]}, of: {kind: [incident]}, target: 1/10, direction: at_most, by: [party]}
\x20     old: {statistic: aged_reduction, longer_than: 48h, target: 0%, by: [party]}
\x20     old-quarter: {statistic: aged_reduction, longer_than: 8h, target: 10%, clock: {stop: closed}, period: quarter, children: leave_out}
\x20     bounced: {statistic: reassigned, more_than: 0, target: 20%, by: [party]}
\x20     ahead: {statistic: raised_first, tickets: {kind: [problem]}, target: 50%, by: [service]}
";

/// An OLA of a supplier, in force since the middle of a month.
const OLA: &str = "\
\x20 ola:
\x20   kind: ola
\x20   provider: supplier-0
\x20   from: 2026-02-10
\x20   measures:
\x20     held: {statistic: percent_within, clock: {runs_while: held, pause_in: [waiting_customer]}, within: 6h, target: 60%, by: [priority]}
\x20     held-mean: {statistic: mean, clock: {runs_while: held, start: responded, stop: closed}, target: 8h, by: [party]}
\x20     held-decided: {statistic: percent_within, clock: {runs_while: held}, within: 4h, counted_when: decided, target: 60%}
\x20     yearly: {statistic: percent_within, period: contract_year, within: 8h, target: 50%}
";

const MEASURES: [&str; 28] = [
    "decided",
    "began",
    "gravest",
    "pieces",
    "rows",
    "run-1",
    "run-n",
    "run-each",
    "run-sum",
    "run-decided",
    "once",
    "quarter",
    "rolling",
    "twelve",
    "per-user",
    "per-day",
    "per-hour",
    "per-week",
    "per-service",
    "odds",
    "old",
    "old-quarter",
    "bounced",
    "ahead",
    "held",
    "held-mean",
    "held-decided",
    "yearly",
];

/// A month of which some tickets are reopened, raised, problems, or of an event.
fn tables(seed: u64) -> (String, Vec<Table>) {
    let (document, tables) = tables_with(seed, SLA, &change);
    let document = document.replacen("services:\n", "classes: {gold: {}}\nservices:\n", 1) + OLA;
    let gold = "  service-3: {";
    (document.replacen(gold, "  service-3: {class: [{value: gold, from: 2026-10-12}], ", 1), tables)
}

/// Changes a line of a ticket: `ticket,kind,service,priority,party,opened,responded,resolved,closed,resolution,parent`.
fn change(line: &mut String, dice: &mut Dice, events: &mut String) {
    let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
    let at = |text: &str| Instant::parse(text).map(|at| at.0);
    let (ticket, opened) = (cells[0].clone(), at(&cells[5]).unwrap());
    let resolved = at(&cells[7]);
    let end = resolved.unwrap_or(opened + 86_400_000_000);
    let hour = 3_600_000_000_i64;
    if dice.chance(1, 8) {
        cells[1] = "problem".to_owned();
    }
    if dice.chance(1, 3) {
        let priorities = ["P1", "P2", "P3", "P4"];
        let mut ats = vec![opened, opened + 1, opened + hour, opened + 5 * hour, end - 1, end, end + 1];
        dice.shuffle(&mut ats);
        ats.truncate(dice.below(4));
        ats.sort_unstable();
        let mut from = if dice.chance(1, 2) { "" } else { *dice.pick(&priorities) };
        for (sequence, at) in ats.into_iter().enumerate() {
            let to = *dice.pick(&priorities);
            events.push_str(&format!("{ticket},{},{sequence},priority,{from},{to},\n", Instant(at)));
            from = to;
        }
    }
    if dice.chance(1, 3) {
        let mut again = end;
        for sequence in 0..dice.below(3) {
            let next = again + *dice.pick(&[1, hour, 30 * hour]);
            events.push_str(&format!("{ticket},{},{},state,resolved,in_progress,\n", Instant(next), 100 + 2 * sequence));
            again = next + *dice.pick(&[0, 1, hour, 7 * hour]);
            events.push_str(&format!("{ticket},{},{},state,in_progress,resolved,\n", Instant(again), 101 + 2 * sequence));
        }
    }
    *line = cells.join(",");
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_rule_agrees_with_the_oracle(seed: u64) {
        let (document, tables) = tables(seed);
        // The oracle is slow: each case asks it about a third of the measures.
        let third: Vec<&str> = MEASURES.iter().skip((seed % 3) as usize).step_by(3).copied().collect();
        agree(&document, &tables, &third)?;
    }

    #[test]
    fn a_quarter_pooled_again_is_the_quarter_scored_as_one_period(seed: u64) {
        let (document, tables) = tables(seed);
        let monthly = document.replace(", period: quarter", "");
        let names = ["quarter", "per-day", "old-quarter"];
        let (pooled, whole) = (rows(&document, &tables, "2026-12", &names), rows(&monthly, &tables, "2026-Q4", &names));
        prop_assert_eq!(pooled, whole);
    }

    #[test]
    fn more_downtime_never_raises_an_availability_nor_lowers_a_loss(seed: u64) {
        let mut dice = Dice::new(seed);
        let mut outage = || {
            let from = Instant::parse("2026-09-29T00:00:00Z").unwrap().0 + dice.between(0, 33 * 1_440) * 60_000_000;
            let to = Instant(from + dice.between(1, 3_000) * 60_000_000);
            let (service, level) = (*dice.pick(&["a", "b", "c"]), *dice.pick(&["degraded", "down"]));
            format!("{service},{},{to},{level},own\n", Instant(from))
        };
        let lines: Vec<String> = (0..8).map(|_| outage()).collect();
        let mut before: Option<Vec<(String, Ratio)>> = None;
        for count in 1..=lines.len() {
            let text = format!("service,from,to,level,origin\n{}", lines[..count].concat());
            let table = csv::read("outages", text.as_bytes(), &Limits::default()).unwrap();
            let after = felt(&table);
            for ((name, was), (_, is)) in before.iter().flatten().zip(&after) {
                prop_assert!(if name == "up" { is <= was } else { is >= was }, "{name} went from {was:?} to {is:?} with {}", lines[count - 1]);
            }
            before = Some(after);
        }
    }
}

/// Counts, values and results of measures in a period, with all their groups.
fn rows(document: &str, tables: &[Table], period: &str, measures: &[&str]) -> Vec<String> {
    let ecosystem = load(document);
    let views = tables.iter().map(Table::view).collect();
    let evidence = evidence(&ecosystem, &EvidenceQuery::default(), views, &Limits::default()).unwrap();
    let measures = measures.iter().map(|name| (*name).to_owned()).collect();
    let query = ScoreQuery { periods: vec![period.to_owned()], measures, ..Default::default() };
    let scorecard = score(&ecosystem, &evidence, &query).unwrap();
    let table = scorecard.tables()[0];
    let shown = ["measure", "by", "party", "counted", "met", "excluded", "unscored", "value_exact", "target_exact", "result"];
    let cell = |row: usize, column: &str| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        other => format!("{other:?}"),
    };
    (0..table.rows()).map(|row| shown.map(|column| cell(row, column)).join(" ")).collect()
}

const NETWORK: &str = "
siam: 1
zone: Europe/London
calendars: {office: {hours: {mon-fri: 08:00-18:00}}}
services:
  a: {users: 10, hours: office}
  b: {users: [{value: 20, until: 2026-10-09}, {value: 90, from: 2026-10-09}], depends_on: [a]}
  c: {users: 30, hours: office, depends_on: [{any_of: [a, b]}]}
agreements:
  network:
    kind: ola
    measures:
      up: {statistic: availability, available: {operational: 100%, degraded: 50%}, by: [service]}
      lost: {statistic: user_weighted_loss, available: {operational: 100%, degraded: 50%}, by: [service]}
      lost-at-all: {statistic: user_weighted_loss}
      longest: {statistic: longest_outage}
";

/// Measures and their values over outages.
fn felt(outages: &Table) -> Vec<(String, Ratio)> {
    let ecosystem = load(NETWORK);
    let evidence = evidence(&ecosystem, &EvidenceQuery::default(), vec![outages.view()], &Limits::default()).unwrap();
    let query = ScoreQuery { periods: vec!["2026-10".into()], ..Default::default() };
    let scorecard = score(&ecosystem, &evidence, &query).unwrap();
    let table = scorecard.tables()[0];
    let text = |row: usize, column: &str| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        other => panic!("{column} is {other:?}"),
    };
    let value = |row: usize| (text(row, "measure"), Ratio::parse(&text(row, "value_exact")).unwrap());
    (0..table.rows()).map(value).collect()
}
