//! `load`: an ecosystem from columns, compiled, beside petgraph building its graph.
//!
//! Goes in: generated estates of 10,000, 100,000 and a million services as columns in memory. Comes out: processor seconds, bytes per service and edge.
//! **Invariant:** both hold the same number of services and dependencies, before anything is timed.
//! **Not here:** documents; peers of Python (`benches/peers.py`).

use siam_bench::{Columns, Counting, least};
use siam_core::base::Instant;
use siam_core::model::rule::ServiceIdx;
use siam_tests::generate::layered;

#[global_allocator]
static MEMORY: Counting = Counting::new();

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![10_000, 100_000, 1_000_000] } else { asked };
    for size in sizes {
        let generated = layered(1, size, false);
        let columns = Columns { services: Some(generated.services), dependencies: generated.dependencies };
        let edges = columns.dependencies.rows();
        let runs = (1_000_000 / size).clamp(2, 7);

        let before = MEMORY.held();
        MEMORY.most_since(before);
        let ecosystem = columns.ecosystem();
        let (kept, most) = (MEMORY.held() - before, MEMORY.most_since(before));
        let structure = &ecosystem.map(Instant::MAX).structure;
        let dependents: usize = (0..size).map(|at| structure.dependents(ServiceIdx::new(at)).count()).sum();
        drop(ecosystem);

        let before = MEMORY.held();
        let graph = columns.graph();
        let peer = MEMORY.held() - before;
        assert_eq!((size, edges), (graph.node_count(), graph.edge_count()));
        assert_eq!(dependents, edges, "each dependency is compiled once");
        drop(graph);

        let (ours, _) = least(runs, || columns.ecosystem());
        let (theirs, _) = least(runs, || columns.graph());
        println!(
            "{size:>9} services {edges:>9} dependencies   load and compile {:>9.2} ms, petgraph's graph {:>9.2} ms, {:>5.2}x its time   \
kept {:>5} bytes a service, {:>4} a dependency (most {:>5} and {:>4}); petgraph {:>4} and {:>4}",
            ours * 1e3,
            theirs * 1e3,
            ours / theirs,
            kept / size,
            kept / edges,
            most / size,
            most / edges,
            peer / size,
            peer / edges,
        );
    }
}
