//! Benches: every peer beside us, in one run, with equal answers asserted before anything is timed.
//!
//! Goes in: generated estates, Debian's dependency graph. Comes out: what the benches share: graphs of the peer, clocks, a counting allocator.
//! **Invariant:** both sides are built from the same columns; nothing here is timed.
//! **Not here:** what is compared (each bench says so). `cargo bench -p siam-bench` runs them; dated results stand in benches/record/.

mod districts;
mod reach;
mod stacks;

pub use districts::districts;
pub use reach::reached;
pub use stacks::stacks;

use petgraph::graph::{DiGraph, NodeIndex};
use siam_core::base::columns::Cell;
use siam_core::base::{ColumnType, Limits, Table};
use siam_core::model::rule::Node;
use siam_core::{Ecosystem, load_with};
use siam_tests::shared::shared;
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::HashMap;
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counting what is held and the most that was.
pub struct Counting {
    held: AtomicUsize,
    most: AtomicUsize,
}

impl Counting {
    /// With nothing held.
    #[expect(clippy::new_without_default, reason = "it is made in a static")]
    pub const fn new() -> Self {
        Self { held: AtomicUsize::new(0), most: AtomicUsize::new(0) }
    }
    /// Bytes held now.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
    /// The most bytes held since the last call, beyond those held then.
    pub fn most_since(&self, then: usize) -> usize {
        self.most.swap(self.held(), Ordering::Relaxed).saturating_sub(then)
    }
    fn add(&self, bytes: usize) {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if held > self.most.load(Ordering::Relaxed) {
            self.most.store(held, Ordering::Relaxed);
        }
    }
}

// SAFETY: every call is passed on to the system's allocator unchanged; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.held.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the block came from `alloc` above, which is that of the system.
        unsafe { System.dealloc(block, layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }
}

/// Seconds of processor time of this thread; of the wall clock where the system does not tell.
pub fn seconds() -> f64 {
    let mut told = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock is written to a place that lives as long as the call.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut told) };
    if failed == 0 {
        return told.tv_sec as f64 + told.tv_nsec as f64 / 1e9;
    }
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed().as_secs_f64()
}

/// The least processor time of several runs, and what the last one gave.
pub fn least<T>(runs: usize, mut run: impl FnMut() -> T) -> (f64, T) {
    let mut best = f64::MAX;
    let mut last = None;
    for _ in 0..runs.max(1) {
        drop(last.take());
        let from = seconds();
        last = Some(run());
        best = best.min(seconds() - from);
    }
    (best, last.expect("at least one run"))
}

fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

/// Columns of an estate.
pub struct Columns {
    /// The services; none where the dependencies name them.
    pub services: Option<Table>,
    /// Who depends on whom.
    pub dependencies: Table,
}

impl Columns {
    /// Siam's ecosystem of these columns; no document is needed.
    pub fn ecosystem(&self) -> Ecosystem {
        let tables = self.services.iter().chain([&self.dependencies]).map(Table::view).collect();
        load_with(&[], tables, &Limits::default()).expect("the columns are valid")
    }
    /// The names as a peer's user numbers them.
    pub fn numbers(&self) -> HashMap<String, usize> {
        let mut numbers = HashMap::new();
        let mut number = |name: String| {
            let next = numbers.len();
            numbers.entry(name).or_insert(next);
        };
        match &self.services {
            Some(services) => (0..services.rows()).for_each(|row| number(text(services.cell(row, "service")))),
            None => ["from", "to"].iter().for_each(|column| {
                (0..self.dependencies.rows()).for_each(|row| number(text(self.dependencies.cell(row, column))));
            }),
        }
        numbers
    }
    /// The peer's graph of these columns, from what is depended on to the dependent.
    pub fn graph(&self) -> DiGraph<(), ()> {
        let numbers = self.numbers();
        let mut graph = DiGraph::with_capacity(numbers.len(), self.dependencies.rows());
        (0..numbers.len()).for_each(|_| {
            graph.add_node(());
        });
        let column = |name| self.dependencies.column(name).expect("a column of dependencies");
        let (from, to) = (column("from"), column("to"));
        for row in 0..self.dependencies.rows() {
            let number = |cell: Cell<'_>| match cell {
                Cell::Text(name) => NodeIndex::new(numbers[&*name]),
                _ => NodeIndex::end(),
            };
            graph.add_edge(number(to.cell(row)), number(from.cell(row)), ());
        }
        graph
    }
}

/// The peer's graph of nodes, from what is depended on to the dependent.
pub fn graph_of(nodes: &[Node]) -> DiGraph<(), ()> {
    let mut graph = DiGraph::with_capacity(nodes.len(), nodes.iter().map(|node| node.edges.len()).sum());
    nodes.iter().for_each(|_| {
        graph.add_node(());
    });
    for (at, node) in nodes.iter().enumerate() {
        for edge in &node.edges {
            graph.add_edge(NodeIndex::new(edge.to.get()), NodeIndex::new(at), ());
        }
    }
    graph
}

/// Debian's packages and what they depend on; none, after saying so, where the file is not there.
pub fn debian() -> Option<Columns> {
    let path = shared("data/debian12_depends_edges.tsv.gz")?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).ok()?).read_to_string(&mut text).ok()?;
    let mut table = Table::with_columns("dependencies", vec![("from".into(), ColumnType::Text), ("to".into(), ColumnType::Text)]);
    for (from, to) in text.lines().skip(1).filter_map(|line| line.split_once('\t')) {
        table.push(&[Cell::Text(from.into()), Cell::Text(to.into())]);
    }
    Some(Columns { services: None, dependencies: table })
}
