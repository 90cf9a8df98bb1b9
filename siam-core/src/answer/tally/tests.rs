//! A tally against the score of all evidence at once: any cut, any order, any threads.
//!
//! Goes in: random tickets and records, cut into chunks at random. Comes out: equal rows and equal bytes.
//! **Invariant:** a chunk holds whole tickets, with their changes and exclusions.
//! **Not here:** what the rows should be (`score::tests`).

use super::{Tally, TallyQuery, tally};
use crate::answer::score::{ScoreQuery, score};
use crate::base::{Instant, Limits, Table, csv};
use crate::document::Source;
use crate::ecosystem::{Ecosystem, load};
use crate::evidence::{Evidence, EvidenceQuery, evidence};
use crate::report::Answer;

const DOCUMENT: &str = "
siam: 1
parties: {a: {kind: supplier}, b: {kind: supplier}}
calendars: {office: {hours: {mon-fri: '08:00-12:00'}}, late: {hours: {mon-sun: '10:00-22:00'}}}
services:
  mail: {provider: a, hours: late}
  net: {provider: [{value: a, until: 2026-10-15}, {value: b, from: 2026-10-15}], stage: [{value: transition, until: 2026-10-10}, {value: operation, from: 2026-10-10}]}
  old: {stage: retired}
  web: {}
processes: {p: {function: operation_and_support}}
interfaces: {spi: {process: p, parties: [a, b], exchanges: {list: {from: a, to: b}}}}
agreements:
  support:
    kind: sla
    provider: a
    measures:
      within: {statistic: percent_within, clock: {calendar: office, pause_in: [hold]}, within: {P1: 3h, P2: 9h}, target: 2/3, fewest: 5, by: [party, priority]}
      plain: {statistic: percent_within, clock: {calendar: office}, within: [{value: {P1: 3h, P2: 9h}, until: 2026-10-12}, {value: {P1: 4h, P3: 8h}, from: 2026-10-12}], target: 2/3, by: [party, service, priority], from: 2026-10-03}
      hours: {statistic: percent_within, within: 10h, target: 50%, by: [service], leave_out: {priority: [P3]}}
      p95: {statistic: percentile, percentile: 95%, by: [party, service, priority]}
      p50: {statistic: percentile, percentile: 50%, percentile_definition: linear, clock: {calendar: office}, target: 3h, by: [service]}
      mean: {statistic: mean, target: 4h, by: [priority], period: quarter}
      count: {statistic: count, tickets: {priority: [P1, P2]}, counted_when: opened, target: 9, by: [party]}
      open: {statistic: backlog, target: 9, by: [service]}
      fix: {statistic: first_time_fix, target: 50%, by: [party]}
      sent: {statistic: exchanges_in_time, target: 90%}
      seen: {statistic: observed, target: 3}
      last: {statistic: observed, take: latest, target: 3}
";

/// Knuth's 64-bit generator; the high bits are the good ones.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// The lines of a ticket, or of a record, by table.
type Lines = Vec<(&'static str, String)>;

const TABLES: [(&str, &str); 5] = [
    ("tickets", "ticket,priority,party,service,opened,resolved"),
    ("ticket_events", "ticket,at,field,to"),
    ("exclusions", "key,measure,reason"),
    ("exchanges", "interface,item,due,received"),
    ("observations", "measure,at,value,numerator,denominator"),
];

fn units(seed: u64) -> Vec<Lines> {
    let mut random = Random(seed);
    let minute = 60_000_000_i64;
    let base = Instant::parse("2026-09-20T00:00:00Z").unwrap().0;
    let mut units = Vec::new();
    for n in 0..120 {
        let opened = base + random.below(50 * 1440) as i64 * minute;
        let resolved = match random.below(8) {
            0 => String::new(),
            1 => "never".to_owned(),
            2 => Instant(opened - minute).to_string(),
            _ => Instant(opened + random.below(3_000) as i64 * minute).to_string(),
        };
        let pick = |random: &mut Random, of: &[&'static str]| of[random.below(of.len() as u64) as usize];
        let (priority, party) = (pick(&mut random, &["P1", "P2", "P3", ""]), pick(&mut random, &["a", "b", "c", ""]));
        let service = pick(&mut random, &["mail", "net", "old", "web", "", "unknown"]);
        let mut lines = vec![("tickets", format!("T{n:03},{priority},{party},{service},{},{resolved}", Instant(opened)))];
        let mut at = opened;
        for _ in 0..random.below(4) {
            at += random.below(500) as i64 * minute;
            let (field, to) = if random.below(2) == 0 { ("state", ["hold", "work"]) } else { ("party", ["a", "b"]) };
            lines.push(("ticket_events", format!("T{n:03},{},{field},{}", Instant(at), to[random.below(2) as usize])));
        }
        if random.below(9) == 0 {
            lines.push(("exclusions", format!("T{n:03},{},weather", pick(&mut random, &["", "plain", "p95"]))));
        }
        units.push(lines);
    }
    for _ in 0..30 {
        let due = base + random.below(50 * 1440) as i64 * minute;
        let received = Instant(due + (random.below(300) as i64 - 150) * minute);
        units.push(vec![("exchanges", format!("spi,list,{},{received}", Instant(due)))]);
        let at = Instant(base + random.below(50) as i64 * 1440 * minute);
        let value = match random.below(4) {
            0 => format!(",{},{}", random.below(9), 1 + random.below(9)),
            1 => ",,".to_owned(),
            _ => format!("{}.5,,", random.below(9)),
        };
        units.push(vec![("observations", format!("{},{at},{value}", ["seen", "last"][random.below(2) as usize]))]);
    }
    units
}

fn bind(acme: &Ecosystem, units: &[Lines]) -> Evidence {
    let text = |(table, head): (&str, &str)| {
        let lines = units.iter().flatten().filter(|(of, _)| *of == table).map(|(_, line)| line.as_str());
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n") + "\n"
    };
    let tables: Vec<_> =
        TABLES.iter().map(|table| csv::read(table.0, text(*table).as_bytes(), &Limits::default()).unwrap()).collect();
    evidence(acme, &EvidenceQuery::default(), tables.iter().map(|table| table.view()).collect(), &Limits::default()).unwrap()
}

/// Both as lines, so that a failure shows the first that differs.
fn assert_same(one: &Table, other: &Table, what: &str) {
    let text = |table: &Table| String::from_utf8(csv::write(table)).unwrap();
    let (one, other) = (text(one), text(other));
    for (left, right) in one.lines().zip(other.lines()) {
        assert_eq!(left, right, "{what}");
    }
    assert_eq!(one.lines().count(), other.lines().count(), "{what}");
}

fn question() -> TallyQuery {
    let periods = ["2026-09", "2026-10", "2026-11", "2026-Q4", "2026-10-05/2026-10-20"].map(String::from).to_vec();
    TallyQuery { periods, ..TallyQuery::default() }
}

#[test]
fn chunked_in_any_cut_and_order_equals_whole() {
    let acme = load(&[Source::text("acme.yaml", DOCUMENT)]).unwrap();
    for seed in 0..6 {
        let mut units = units(seed);
        let mut random = Random(seed ^ 0x5EED);
        let whole = bind(&acme, &units);
        let as_of = (seed % 2 == 1).then(|| Instant::parse("2026-10-25T12:00:00Z").unwrap());
        let asked = TallyQuery { as_of, ..question() };
        let query = ScoreQuery { periods: asked.periods.clone(), as_of, tickets: Some(false), ..ScoreQuery::default() };
        let scorecard = score(&acme, &whole, &query).unwrap();
        let listed = score(&acme, &whole, &ScoreQuery { tickets: Some(true), ..query.clone() }).unwrap();
        assert_same(scorecard.tables()[0], listed.tables()[0], "listing tickets changes no row");
        for threads in [2, 4] {
            let threaded = score(&acme, &whole, &ScoreQuery { threads: Some(threads), ..query.clone() }).unwrap();
            assert_eq!(threaded.tables()[0], scorecard.tables()[0], "{threads} threads");
        }
        let once = tally(&acme, &whole, &asked).unwrap();
        assert_same(once.score().unwrap().tables()[0], scorecard.tables()[0], &format!("seed {seed}"));
        assert_eq!(once.score().unwrap().problems().len(), scorecard.problems().len());
        for at in (1..units.len()).rev() {
            units.swap(at, random.below(at as u64 + 1) as usize);
        }
        let mut chunks: Vec<Tally> = Vec::new();
        for chunk in units.chunks(1 + random.below(60) as usize) {
            chunks.push(tally(&acme, &bind(&acme, chunk), &asked).unwrap());
        }
        let mut left = chunks[0].clone();
        chunks[1..].iter().for_each(|chunk| left.merge(chunk).unwrap());
        let right = chunks.iter().rev().cloned().reduce(|mut all, next| {
            all = Tally::from_bytes(&acme, &all.to_bytes()).unwrap();
            all.merge(&next).unwrap();
            all
        });
        assert!(left.to_bytes() == once.to_bytes(), "seed {seed}");
        assert!(right.unwrap().to_bytes() == once.to_bytes());
        let last = bind(&acme, &units[..40]);
        left.update(&last).unwrap();
        assert!(left.to_bytes() != once.to_bytes());
        left.remove(&last).unwrap();
        assert!(left.to_bytes() == once.to_bytes());
    }
}

#[test]
fn what_was_never_added_is_not_taken_out() {
    let acme = load(&[Source::text("acme.yaml", DOCUMENT)]).unwrap();
    let units = units(7);
    let mut some = tally(&acme, &bind(&acme, &units[..50]), &question()).unwrap();
    let before = some.to_bytes();
    let error = some.remove(&bind(&acme, &units)).unwrap_err();
    assert_eq!(error.code().name, "not-in-tally");
    assert_eq!(some.to_bytes(), before);
}

#[test]
fn bytes_that_are_no_tally_are_an_error_and_never_a_panic() {
    let acme = load(&[Source::text("acme.yaml", DOCUMENT)]).unwrap();
    let bytes = tally(&acme, &bind(&acme, &units(3)), &question()).unwrap().to_bytes();
    let code = |bytes: &[u8]| Tally::from_bytes(&acme, bytes).unwrap_err().code().name;
    for cut in [0, 5, 10, 11, 12, 43, 44, 100, bytes.len() - 1] {
        assert_eq!(code(&bytes[..cut]), "bad-tally");
    }
    // Even where somebody made the checksum fit.
    use sha2::{Digest, Sha256};
    let mut random = Random(11);
    let body = bytes.len() - 32;
    for _ in 0..3_000 {
        let mut changed = bytes[..body].to_vec();
        for _ in 0..1 + random.below(3) {
            let at = 11 + random.below(body as u64 - 11) as usize;
            changed[at] = random.below(256) as u8;
        }
        if random.below(4) == 0 {
            changed.truncate(11 + random.below(body as u64 - 11) as usize);
        }
        let checksum = Sha256::digest(&changed);
        changed.extend_from_slice(&checksum);
        // What reads all the same gives the same bytes again: there is one form of each tally.
        if let Ok(read) = Tally::from_bytes(&acme, &changed) {
            assert!(read.to_bytes() == changed);
            let _ = read.score();
        }
    }
    let other = load(&[Source::text("other.yaml", "{siam: 1, services: {a: {}}}")]).unwrap();
    assert_eq!(Tally::from_bytes(&other, &bytes).unwrap_err().code().name, "other-tally");
}

#[test]
fn a_measure_that_cannot_be_added_up_is_refused_by_name_and_told_where_all_are_asked() {
    let text = "{siam: 1, services: {a: {}}, agreements: {x: {kind: sla, measures: {up: {statistic: availability}, n: {statistic: count}}}}}";
    let acme = load(&[Source::text("acme.yaml", text)]).unwrap();
    let asked = TallyQuery { periods: vec!["2026-10".into()], ..TallyQuery::default() };
    let named = TallyQuery { measures: vec!["up".into()], ..asked.clone() };
    assert_eq!(Tally::new(&acme, &named).unwrap_err().code().name, "not-added-up");
    let all = Tally::new(&acme, &asked).unwrap();
    assert_eq!(all.problems().len(), 1);
    assert_eq!(all.score().err().unwrap().code().name, "no-evidence-table");
}
