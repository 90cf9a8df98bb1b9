//! Scores generated tickets and writes them with our answers and times, for `benches/score_peers.py`.
//!
//! Goes in: how many tickets, how many in a chunk, a folder. Comes out: times on standard output; columns and our rows in the folder.
//! **Invariant:** the same numbers give the same tickets; the tally of the chunks is the score of the whole where both are made.
//! **Not here:** the peers and what is asserted beside them (`benches/score_peers.py`).

use siam_bench::{Counting, seconds};
use siam_core::base::columns::{Batch, ColumnView, TimeUnit, Values};
use siam_core::base::csv::write;
use siam_core::base::{Instant, Limits, TableView};
use siam_core::{Answer, Ecosystem, Evidence, EvidenceQuery, ScoreQuery, Source, Tally, TallyQuery, evidence, load, score};
use siam_tests::generate::Dice;
use std::path::Path;

#[global_allocator]
static MEMORY: Counting = Counting::new();

const SUPPLIERS: usize = 20;
const SERVICES: usize = 60;
const PRIORITIES: usize = 5;
const YEAR: i64 = 365 * 86_400;

/// Tickets as columns.
#[derive(Default)]
struct Columns {
    ids: (Vec<i32>, Vec<u8>),
    opened: Vec<i64>,
    resolved: Vec<i64>,
    party: Vec<i32>,
    service: Vec<i32>,
    priority: Vec<i32>,
}

fn columns(first: usize, count: usize) -> Columns {
    let mut dice = Dice::new(first as u64 + 7);
    let start = Instant::parse("2026-01-01T00:00:00Z").map_or(0, Instant::micros);
    let mut columns = Columns::default();
    columns.ids.0.push(0);
    for number in first..first + count {
        columns.ids.1.extend_from_slice(format!("T{number:09}").as_bytes());
        columns.ids.0.push(columns.ids.1.len() as i32);
        // In no order of time, which is the harder case.
        let opened = dice.between(0, YEAR - 8 * 86_400);
        let took = dice.between(1, 40) * dice.between(1, 40) * dice.between(1, 360);
        columns.opened.push(start + opened * 1_000_000);
        columns.resolved.push(start + (opened + took) * 1_000_000);
        let service = dice.below(SERVICES);
        // Three suppliers for every service.
        columns.party.push(((service + 7 * dice.below(3)) % SUPPLIERS) as i32);
        columns.service.push(service as i32);
        columns.priority.push(dice.below(PRIORITIES) as i32);
    }
    columns
}

/// Words as a column of distinct texts.
struct Words(Vec<i32>, Vec<u8>);

impl Words {
    fn of(prefix: &str, count: usize) -> Self {
        let (mut offsets, mut bytes) = (vec![0], Vec::new());
        for number in 0..count {
            bytes.extend_from_slice(format!("{prefix}{number:02}").as_bytes());
            offsets.push(bytes.len() as i32);
        }
        Self(offsets, bytes)
    }
    fn column<'a>(&'a self, codes: &'a [i32]) -> ColumnView<'a> {
        let distinct = ColumnView::new(Values::Text { offsets: &self.0, bytes: &self.1 }, None, self.0.len() - 1);
        let keys = Box::new(ColumnView::new(Values::Int32(codes), None, codes.len()));
        ColumnView::new(Values::Dictionary { keys, values: Box::new(distinct) }, None, codes.len())
    }
}

fn bind(ecosystem: &Ecosystem, columns: &Columns) -> Result<Evidence, siam_core::Error> {
    let words = [Words::of("s", SUPPLIERS), Words::of("v", SERVICES), Words::of("P", PRIORITIES)];
    let rows = columns.opened.len();
    let instants = |values| ColumnView::new(Values::Timestamp { values, unit: TimeUnit::Microsecond, zoned: true }, None, rows);
    let ids = ColumnView::new(Values::Text { offsets: &columns.ids.0, bytes: &columns.ids.1 }, None, rows);
    let named = vec![
        ("ticket", ids),
        ("opened", instants(&columns.opened)),
        ("resolved", instants(&columns.resolved)),
        ("party", words[0].column(&columns.party)),
        ("service", words[1].column(&columns.service)),
        ("priority", words[2].column(&columns.priority)),
    ];
    let (names, views) = named.into_iter().map(|(name, view)| (name.into(), view)).unzip();
    let table = TableView { name: "tickets".into(), columns: names, batches: vec![Batch { rows, columns: views }] };
    evidence(ecosystem, &EvidenceQuery::default(), vec![table], &Limits::default())
}

const DOCUMENT: &str = "
siam: 1
agreements:
  all:
    kind: sla
    measures:
      share: {statistic: percent_within, within: {P00: 4h, P01: 8h, P02: 24h, P03: 48h, P04: 96h}, by: [party, priority, service]}
      p95: {statistic: percentile, percentile: 95%, by: [party, priority, service]}
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, chunk, folder] = arguments.as_slice() else { return Err("tickets <how many> <in a chunk> <folder>".into()) };
    let (count, chunk, folder) = (count.parse::<usize>()?, chunk.parse::<usize>()?.max(1), Path::new(folder));
    std::fs::create_dir_all(folder)?;
    let ecosystem = load(&[Source::text("bench", DOCUMENT)])?;
    let year: Vec<String> = (1..=12).map(|month| format!("2026-{month:02}")).collect();
    if count <= chunk {
        let columns = columns(0, count);
        let raw = |name: &str, values: Vec<u8>| std::fs::write(folder.join(name), values);
        let bytes = |values: &[i64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let codes = |values: &[i32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        raw("opened.i64", bytes(&columns.opened))?;
        raw("resolved.i64", bytes(&columns.resolved))?;
        raw("party.i32", codes(&columns.party))?;
        raw("service.i32", codes(&columns.service))?;
        raw("priority.i32", codes(&columns.priority))?;
        let from = seconds();
        let bound = bind(&ecosystem, &columns)?;
        println!("bind {:.3} s", seconds() - from);
        for (name, periods) in [("month", vec!["2026-06".to_owned()]), ("year", year.clone())] {
            for threads in [1, 2] {
                let query = ScoreQuery {
                    periods: periods.clone(),
                    tickets: Some(false),
                    threads: Some(threads),
                    ..ScoreQuery::default()
                };
                let (cpu, wall) = (seconds(), std::time::Instant::now());
                let scorecard = score(&ecosystem, &bound, &query)?;
                println!(
                    "score {name} threads {threads}: cpu of the caller {:.3} s, wall {:.3} s",
                    seconds() - cpu,
                    wall.elapsed().as_secs_f64()
                );
                std::fs::write(folder.join(format!("{name}.csv")), write(scorecard.tables()[0]))?;
            }
            let asked = TallyQuery { periods, ..TallyQuery::default() };
            let mut tally = Tally::new(&ecosystem, &asked)?;
            let cpu = seconds();
            tally.update(&bound)?;
            println!("tally {name}: cpu {:.3} s, {} bytes", seconds() - cpu, tally.to_bytes().len());
        }
        return Ok(());
    }
    let mut tally = Tally::new(&ecosystem, &TallyQuery { periods: year, ..TallyQuery::default() })?;
    let (mut generating, mut binding, mut adding) = (0.0, 0.0, 0.0);
    let mut first = 0;
    while first < count {
        let from = seconds();
        let columns = columns(first, chunk.min(count - first));
        let made = seconds();
        let bound = bind(&ecosystem, &columns)?;
        let ready = seconds();
        tally.update(&bound)?;
        (generating, binding, adding) = (generating + made - from, binding + ready - made, adding + seconds() - ready);
        first += chunk;
    }
    println!("{count} tickets in chunks of {chunk}: made {generating:.1} s, bound {binding:.1} s, added {adding:.1} s");
    println!("most memory {} MiB, {} bytes of tally", MEMORY.most_since(0) >> 20, tally.to_bytes().len());
    std::fs::write(folder.join("stream.csv"), write(tally.score()?.tables()[0]))?;
    Ok(())
}
