//! Random tickets against an obvious second implementation, and laws that hold for all of them.

use crate::answer::score::{ScoreQuery, score};
use crate::base::columns::{Batch, TableView};
use crate::base::csv::{self, cell_text};
use crate::base::{Instant, Limits, Table};
use crate::document::Source;
use crate::ecosystem::{Ecosystem, load};
use crate::evidence::{EvidenceQuery, evidence};
use crate::report::Answer;
use std::collections::BTreeMap;

const DOCUMENT: &str = "
siam: 1
parties: {a: {kind: supplier}, b: {kind: supplier}}
calendars: {office: {hours: {mon-fri: '08:00-12:00'}}}
agreements:
  support:
    kind: sla
    measures:
      m: {statistic: percent_within, clock: {calendar: office, pause_in: [hold]}, within: {P1: 3h, P2: 9h}, target: 2/3, fewest: 5, by: [party, priority]}
";

/// Knuth's 64-bit generator; the high bits are the good ones.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

struct Ticket {
    id: String,
    priority: Option<&'static str>,
    party: &'static str,
    opened: i64,
    resolved: Option<i64>,
    /// Minutes since opened and the state from then on.
    states: Vec<(i64, &'static str)>,
    excluded: bool,
}

const MINUTE: i64 = 60_000_000;

fn tickets(random: &mut Random) -> Vec<Ticket> {
    let base = Instant::parse("2026-09-20T00:00:00Z").unwrap().0;
    (0..60)
        .map(|n| {
            let opened = base + random.below(40 * 1440) as i64 * MINUTE;
            let mut minute = 0;
            let changes = 0..random.below(5);
            let state = |_| {
                minute += 1 + random.below(600) as i64;
                (minute, ["open", "hold", "work"][random.below(3) as usize])
            };
            let states = changes.map(state).collect();
            Ticket {
                id: format!("T{n:02}"),
                priority: [Some("P1"), Some("P2"), Some("P3"), None][random.below(4) as usize],
                party: ["a", "b"][random.below(2) as usize],
                opened,
                states,
                resolved: (random.below(6) > 0).then(|| opened + random.below(4_000) as i64 * MINUTE),
                excluded: random.below(10) == 0,
            }
        })
        .collect()
}

/// Minute by minute, as one would on paper.
fn oracle(tickets: &[Ticket]) -> BTreeMap<String, [i64; 4]> {
    let (from, until) = (Instant::parse("2026-10-01T00:00:00Z").unwrap().0, Instant::parse("2026-11-01T00:00:00Z").unwrap().0);
    let mut rows: BTreeMap<String, [i64; 4]> = BTreeMap::from([(String::from("  "), [0; 4])]);
    for ticket in tickets {
        let counted = ticket.resolved.unwrap_or(ticket.opened);
        let within = match ticket.priority {
            Some("P1") => 180,
            Some("P2") => 540,
            _ => continue,
        };
        if counted < from || counted >= until {
            continue;
        }
        let mut minutes = 0;
        let mut now = ticket.opened;
        while ticket.resolved.is_some_and(|resolved| now < resolved) {
            let of_week = (now / MINUTE + 3 * 1440) % (7 * 1440);
            let open = of_week / 1440 < 5 && (480..720).contains(&(of_week % 1440));
            let state = ticket.states.iter().rev().find(|(minute, _)| ticket.opened + minute * MINUTE <= now);
            minutes += i64::from(open && state.is_none_or(|(_, state)| *state != "hold"));
            now += MINUTE;
        }
        let column = match (ticket.excluded, ticket.resolved) {
            (true, _) => 2,
            (_, None) => 3,
            _ => usize::from(minutes > within),
        };
        rows.entry(String::from("  ")).or_default()[column] += 1;
        rows.entry(format!("{} {} ", ticket.party, ticket.priority.unwrap())).or_default()[column] += 1;
    }
    rows
}

fn tables(random: &mut Random, tickets: &[Ticket]) -> [String; 3] {
    let time = |at: i64| Instant(at).to_string();
    let mut rows: Vec<String> = Vec::new();
    let mut events = Vec::new();
    let mut excluded = Vec::new();
    for ticket in tickets {
        let resolved = ticket.resolved.map_or_else(String::new, time);
        rows.push(format!("{},{},{},{},{resolved}", ticket.id, ticket.priority.unwrap_or(""), ticket.party, time(ticket.opened)));
        for (minute, state) in &ticket.states {
            events.push(format!("{},{},{state}", ticket.id, time(ticket.opened + minute * MINUTE)));
        }
        if ticket.excluded {
            excluded.push(ticket.id.clone());
        }
    }
    random.shuffle(&mut rows);
    random.shuffle(&mut events);
    random.shuffle(&mut excluded);
    [
        format!("ticket,priority,party,opened,resolved\n{}\n", rows.join("\n")),
        format!("ticket,at,to\n{}\n", events.join("\n")),
        format!("key\n{}\n", excluded.join("\n")),
    ]
}

fn scored(acme: &Ecosystem, tables: Vec<TableView<'_>>) -> Vec<Table> {
    let found = evidence(acme, &EvidenceQuery::default(), tables, &Limits::default()).unwrap();
    assert_eq!(found.rejected().rows(), 0);
    let query = ScoreQuery { periods: vec!["2026-10".into()], ..ScoreQuery::default() };
    score(acme, &found, &query).unwrap().tables().into_iter().cloned().collect()
}

/// The same rows in batches of a few.
fn batched<'a>(view: &TableView<'a>, whole: &'a [Table]) -> TableView<'a> {
    let batches = whole.iter().flat_map(|part| part.view().batches).collect::<Vec<Batch<'a>>>();
    TableView { name: view.name.clone(), columns: view.columns.clone(), batches }
}

#[test]
fn a_scorecard_is_what_one_counts_on_paper_in_any_order_and_any_batches() {
    let acme = load(&[Source::text("acme.yaml", DOCUMENT)]).unwrap();
    let mut random = Random(7);
    for round in 0..30 {
        let tickets = tickets(&mut random);
        let names = ["tickets", "ticket_events", "exclusions"];
        let read = |name: &'static str, text: &str| csv::read(name, text.as_bytes(), &Limits::default()).unwrap();
        let texts = tables(&mut random, &tickets);
        let whole: Vec<Table> = names.iter().zip(&texts).map(|(name, text)| read(name, text)).collect();
        let ours = scored(&acme, whole.iter().map(Table::view).collect());
        let rows = &ours[0];
        let figure = |row, column| cell_text(&rows.cell(row, column));
        let counted: BTreeMap<String, [i64; 4]> = (0..rows.rows())
            .map(|row| {
                let numbers = ["met", "missed", "excluded", "unscored"].map(|column| figure(row, column).parse().unwrap());
                (format!("{} {} ", figure(row, "party"), figure(row, "priority")), numbers)
            })
            .collect();
        assert_eq!(counted, oracle(&tickets), "round {round}");
        for row in 0..rows.rows() {
            let key = format!("{} {} ", figure(row, "party"), figure(row, "priority"));
            let [met, missed, ..] = counted[&key];
            let expected = if met + missed < 5 {
                "too_few"
            } else if met * 3 >= (met + missed) * 2 {
                "met"
            } else {
                "missed"
            };
            assert_eq!(figure(row, "result"), expected);
        }
        let again = tables(&mut random, &tickets);
        let shuffled: Vec<Table> = names.iter().zip(&again).map(|(name, text)| read(name, text)).collect();
        assert_eq!(scored(&acme, shuffled.iter().map(Table::view).collect()), ours, "order, round {round}");
        let parts: Vec<Vec<Table>> = names
            .iter()
            .zip(&texts)
            .map(|(name, text)| {
                let mut lines = text.lines();
                let header = lines.next().unwrap();
                let lines: Vec<&str> = lines.collect();
                lines.chunks(7).map(|chunk| read(name, &format!("{header}\n{}\n", chunk.join("\n")))).collect()
            })
            .collect();
        let views = whole.iter().zip(&parts).map(|(table, parts)| batched(&table.view(), parts)).collect();
        assert_eq!(scored(&acme, views), ours, "batches, round {round}");
    }
}
