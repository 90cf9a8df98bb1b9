//! `evidence`: a million tickets of six columns bound, by the forms in which they come.
//!
//! Goes in: ids, two instants and three columns of words, as text, views and dictionaries, sorted and not. Comes out: times.
//! **Invariant:** what was bound is asserted before anything is timed.
//! **Not here:** what is made of it (`score`), reading Arrow (`siam-arrow`).

use divan::{Bencher, counter::ItemsCount};
use siam_core::base::Limits;
use siam_core::base::columns::{ColumnView, TableView, TimeUnit, Values};
use siam_core::evidence::{Binding, EvidenceQuery};
use siam_core::{Source, load};
use siam_tests::generate::Dice;
use std::sync::OnceLock;

const TICKETS: usize = 1_000_000;
const YEAR: i64 = 1_767_225_600_000_000;

/// Text in Arrow's layout.
struct Column {
    offsets: Vec<i32>,
    bytes: Vec<u8>,
}

impl Column {
    fn of(texts: impl Iterator<Item = String>) -> Self {
        let mut column = Self { offsets: vec![0], bytes: Vec::new() };
        for text in texts {
            column.bytes.extend_from_slice(text.as_bytes());
            column.offsets.push(i32::try_from(column.bytes.len()).unwrap());
        }
        column
    }
    fn view(&self) -> ColumnView<'_> {
        ColumnView::new(Values::Text { offsets: &self.offsets, bytes: &self.bytes }, None, self.offsets.len() - 1)
    }
}

struct Given {
    binding: Binding,
    sorted: Column,
    shuffled: Column,
    opened: Vec<i64>,
    resolved: Vec<i64>,
    opened_text: Column,
    words: [Column; 3],
    keys: [Vec<i32>; 3],
    distinct: [Column; 3],
}

fn given() -> &'static Given {
    static GIVEN: OnceLock<Given> = OnceLock::new();
    GIVEN.get_or_init(|| {
        let services: Vec<String> = (0..200).map(|at| format!("service-{at}: {{}}")).collect();
        let ecosystem = load(&[Source::text("estate", format!("{{siam: 1, services: {{{}}}}}", services.join(", ")))]).unwrap();
        let mut dice = Dice::new(5);
        let mut places: Vec<usize> = (0..TICKETS).collect();
        let id = |at: usize| format!("INC{at:010}");
        let sorted = Column::of(places.iter().map(|at| id(*at)));
        dice.shuffle(&mut places);
        let shuffled = Column::of(places.iter().map(|at| id(*at)));
        let opened: Vec<i64> = (0..TICKETS).map(|_| YEAR + dice.between(0, 365 * 86_400) * 1_000_000).collect();
        let resolved = opened.iter().map(|opened| opened + dice.between(0, 9 * 86_400) * 1_000_000).collect();
        let opened_text = Column::of(opened.iter().map(|opened| siam_core::base::Instant(*opened).to_string()));
        let kinds = [("service-", 200), ("P", 4), ("supplier-", 20)];
        let keys = kinds.map(|(_, count)| (0..TICKETS).map(|_| dice.between(0, count - 1) as i32).collect::<Vec<i32>>());
        let distinct = kinds.map(|(name, count)| Column::of((0..count).map(|at| format!("{name}{at}"))));
        let words = [0, 1, 2].map(|at| Column::of(keys[at].iter().map(|key| format!("{}{key}", kinds[at].0))));
        let binding = Binding::new(&ecosystem, &EvidenceQuery::default(), &Limits::default());
        Given { binding, sorted, shuffled, opened, resolved, opened_text, words, keys, distinct }
    })
}

fn instants(values: &[i64]) -> ColumnView<'_> {
    ColumnView::new(Values::Timestamp { values, unit: TimeUnit::Microsecond, zoned: true }, None, values.len())
}

/// The table with these forms of its ids, openings and words.
fn table<'a>(given: &'a Given, ids: &'a Column, opened: ColumnView<'a>, words: [ColumnView<'a>; 3]) -> TableView<'a> {
    let [service, priority, party] = words;
    let columns = vec![
        ("ticket", ids.view()),
        ("opened", opened),
        ("resolved", instants(&given.resolved)),
        ("service", service),
        ("priority", priority),
        ("party", party),
    ];
    TableView::of("tickets", columns)
}

fn plain(given: &Given) -> [ColumnView<'_>; 3] {
    [0, 1, 2].map(|at| given.words[at].view())
}

fn bench(bencher: Bencher<'_, '_>, make: impl Fn(&'static Given) -> TableView<'static> + Sync) {
    let given = given();
    let bound = given.binding.bind(vec![make(given)]).unwrap();
    assert_eq!((bound.tickets().len(), bound.rejected().rows()), (TICKETS, 0));
    let (first, last) = (bound.tickets().id(0).to_owned(), bound.tickets().id(TICKETS - 1).to_owned());
    assert_eq!((first.as_str(), last.as_str()), ("INC0000000000", "INC0000999999"));
    bencher.counter(ItemsCount::new(TICKETS)).bench(|| given.binding.bind(vec![make(given)]).unwrap());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn bind_1m_text_sorted(bencher: Bencher<'_, '_>) {
    bench(bencher, |given| table(given, &given.sorted, instants(&given.opened), plain(given)));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn bind_1m_text_shuffled(bencher: Bencher<'_, '_>) {
    bench(bencher, |given| table(given, &given.shuffled, instants(&given.opened), plain(given)));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn bind_1m_dictionaries_sorted(bencher: Bencher<'_, '_>) {
    bench(bencher, |given| {
        let words = [0, 1, 2].map(|at| {
            let keys = Box::new(ColumnView::new(Values::Int32(&given.keys[at]), None, TICKETS));
            let values = Box::new(given.distinct[at].view());
            ColumnView::new(Values::Dictionary { keys, values }, None, TICKETS)
        });
        table(given, &given.sorted, instants(&given.opened), words)
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn bind_1m_dates_as_text(bencher: Bencher<'_, '_>) {
    bench(bencher, |given| table(given, &given.sorted, given.opened_text.view(), plain(given)));
}

fn main() {
    divan::main();
}
