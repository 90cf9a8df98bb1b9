//! `impact`: one failure in a layered estate, and loading it, beside petgraph.
//!
//! Goes in: a generated estate of 100,000 services with "any dependency" rules, the one rule petgraph can follow.
//! Comes out: times side by side, after both reached the same services.
//! **Invariant:** the answers are asserted equal before anything is timed.
//! **Not here:** what follows for contracts (`siam_core::answer::impact` adds routes and tables; `scalar` is what is compared).

use divan::{Bencher, black_box};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Dfs;
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, Limits};
use siam_core::model::rule::{Level, ServiceIdx};
use siam_core::structure::Scalar;
use siam_core::{Ecosystem, Source, load_with};
use siam_tests::generate::{Dice, Layered, layered};
use std::collections::HashMap;
use std::sync::OnceLock;

const SERVICES: usize = 100_000;

struct Estate {
    generated: Layered,
    ecosystem: Ecosystem,
    /// From what is depended on to the dependent, by the ecosystem's numbers.
    graph: DiGraph<(), ()>,
    /// Failing services, one after the other.
    seeds: Vec<usize>,
}

fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

fn names(generated: &Layered) -> HashMap<String, usize> {
    (0..generated.services.rows()).map(|row| (text(generated.services.cell(row, "service")), row)).collect()
}

fn graph(generated: &Layered, numbers: &HashMap<String, usize>) -> DiGraph<(), ()> {
    let edges = &generated.dependencies;
    let mut graph = DiGraph::with_capacity(numbers.len(), edges.rows());
    (0..numbers.len()).for_each(|_| {
        graph.add_node(());
    });
    for row in 0..edges.rows() {
        let number = |column: &str| NodeIndex::new(numbers[&text(edges.cell(row, column))]);
        graph.add_edge(number("to"), number("from"), ());
    }
    graph
}

fn load(generated: &Layered) -> Ecosystem {
    let tables = vec![generated.services.view(), generated.dependencies.view()];
    load_with(&[Source::text("estate", &*generated.document)], tables, &Limits::default()).unwrap()
}

fn estate() -> &'static Estate {
    static ESTATE: OnceLock<Estate> = OnceLock::new();
    ESTATE.get_or_init(|| {
        let generated = layered(1, SERVICES, false);
        let ecosystem = load(&generated);
        let graph = graph(&generated, &names(&generated));
        let mut dice = Dice::new(2);
        let seeds: Vec<usize> = (0..256).map(|_| dice.below(SERVICES)).collect();
        let estate = Estate { generated, ecosystem, graph, seeds };
        let mut scalar = Scalar::new(&estate.ecosystem.map(Instant::MAX).structure);
        for seed in &estate.seeds {
            let name = text(estate.generated.services.cell(*seed, "service"));
            assert_eq!(estate.ecosystem.model().names.services[&name].get(), *seed, "the numbers differ");
            assert_eq!(scalar.evaluate(&[(ServiceIdx::new(*seed), 2)]).len(), search(&estate.graph, *seed), "{name}");
        }
        estate
    })
}

fn search(graph: &DiGraph<(), ()>, seed: usize) -> usize {
    let mut dfs = Dfs::new(graph, NodeIndex::new(seed));
    let mut reached = 0;
    while dfs.next(graph).is_some() {
        reached += 1;
    }
    reached
}

const WORST: Level = 2;

#[divan::bench]
fn failures_256_siam(bencher: Bencher<'_, '_>) {
    let estate = estate();
    let mut scalar = Scalar::new(&estate.ecosystem.map(Instant::MAX).structure);
    bencher.bench_local(|| {
        estate.seeds.iter().map(|seed| scalar.evaluate(black_box(&[(ServiceIdx::new(*seed), WORST)])).len()).sum::<usize>()
    });
}

#[divan::bench]
fn failures_256_petgraph(bencher: Bencher<'_, '_>) {
    let estate = estate();
    // The visited set is kept between searches, as ours keeps its workspace.
    let mut dfs = Dfs::empty(&estate.graph);
    bencher.bench_local(|| {
        let mut total = 0;
        for seed in &estate.seeds {
            dfs.reset(&estate.graph);
            dfs.move_to(NodeIndex::new(black_box(*seed)));
            while dfs.next(&estate.graph).is_some() {
                total += 1;
            }
        }
        total
    });
}

#[divan::bench(sample_count = 5)]
fn load_from_columns_siam(bencher: Bencher<'_, '_>) {
    let estate = estate();
    bencher.bench_local(|| load(&estate.generated).model().services.len());
}

#[divan::bench(sample_count = 5)]
fn build_from_columns_petgraph(bencher: Bencher<'_, '_>) {
    let estate = estate();
    bencher.bench_local(|| graph(&estate.generated, &names(&estate.generated)).edge_count());
}

fn main() {
    divan::main();
}
