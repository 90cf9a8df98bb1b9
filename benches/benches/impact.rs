//! `impact`: one failure at a time, beside petgraph's depth-first search.
//!
//! Goes in: generated estates of 100,000 and a million services with "any dependency" rules, the one rule petgraph can follow; Debian's graph.
//! Comes out: per question the median and the mean, ours, the peer's and the ratio; services visited and gates counted.
//! **Invariant:** both reached the same services, before anything is timed; both keep their workspace from question to question.
//! **Not here:** what follows for contracts (`siam_core::answer::impact` adds routes and tables; `scalar` is what is compared).

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Dfs;
use siam_bench::{Columns, debian, districts, graph_of, reached, stacks};
use siam_core::base::Instant;
use siam_core::model::rule::{Node, ServiceIdx};
use siam_core::structure::{Scalar, Structure};
use siam_tests::generate::{Dice, layered};
use std::hint::black_box;
use std::time::Instant as Clock;

/// Runs of each question; the least counts.
const RUNS: usize = 7;

struct Timed {
    median: f64,
    mean: f64,
}

/// The least time of each question in microseconds, as median and mean over the questions.
fn timed(questions: &[usize], mut ask: impl FnMut(usize) -> usize) -> Timed {
    let mut least = vec![f64::MAX; questions.len()];
    for _ in 0..RUNS {
        for (least, question) in least.iter_mut().zip(questions) {
            let from = Clock::now();
            black_box(ask(black_box(*question)));
            *least = least.min(from.elapsed().as_secs_f64() * 1e6);
        }
    }
    least.sort_by(f64::total_cmp);
    Timed { median: least[least.len() / 2], mean: least.iter().sum::<f64>() / least.len() as f64 }
}

fn search(graph: &DiGraph<(), ()>, dfs: &mut Dfs<NodeIndex, fixedbitset::FixedBitSet>, seed: usize) -> usize {
    dfs.reset(graph);
    dfs.move_to(NodeIndex::new(seed));
    let mut reached = 0;
    while dfs.next(graph).is_some() {
        reached += 1;
    }
    reached
}

/// Every answer equal, service by service.
fn same(structure: &Structure, graph: &DiGraph<(), ()>, numbers: &[usize], questions: &[usize]) {
    let mut scalar = Scalar::new(structure);
    let mut dfs = Dfs::empty(graph);
    for seed in questions {
        let mut ours: Vec<usize> =
            scalar.evaluate(&[(ServiceIdx::new(*seed), 2)]).iter().map(|service| numbers[service.get()]).collect();
        dfs.reset(graph);
        dfs.move_to(NodeIndex::new(numbers[*seed]));
        let mut theirs = Vec::new();
        while let Some(node) = dfs.next(graph) {
            theirs.push(node.index());
        }
        ours.sort_unstable();
        theirs.sort_unstable();
        assert!(ours == theirs, "failure of {seed}: {} and {} services", ours.len(), theirs.len());
    }
}

/// The services that reach most.
fn worst(structure: &Structure) -> Vec<usize> {
    let every: Vec<ServiceIdx> = (0..structure.len()).map(ServiceIdx::new).collect();
    let (counts, ..) = reached(structure, &every, 2, None);
    let mut reach: Vec<(u64, usize)> = counts.into_iter().zip(0..).collect();
    reach.sort_unstable_by(|a, b| b.cmp(a));
    reach.into_iter().take(32).map(|(_, at)| at).collect()
}

fn compare_columns(title: &str, columns: &Columns) {
    let ecosystem = columns.ecosystem();
    let structure = &ecosystem.map(Instant::MAX).structure;
    let known = columns.numbers();
    let graph = columns.graph();
    let names = &ecosystem.model().names.services;
    let numbers: Vec<usize> = (0..names.len()).map(|at| known[names.name(at)]).collect();
    drop(known);
    compare(title, structure, &graph, &numbers);
}

/// An estate of nodes.
fn compare_nodes(title: &str, nodes: &[Node]) {
    let structure = Structure::compile(nodes, 3).expect("a map without cycles");
    let numbers: Vec<usize> = (0..nodes.len()).collect();
    compare(title, &structure, &graph_of(nodes), &numbers);
}

fn compare(title: &str, structure: &Structure, graph: &DiGraph<(), ()>, numbers: &[usize]) {
    let mut dice = Dice::new(2);
    let random: Vec<usize> = (0..256).map(|_| dice.below(structure.len())).collect();
    let mut hubs: Vec<usize> = (0..structure.len()).collect();
    hubs.sort_by_key(|at| std::cmp::Reverse(structure.dependents(ServiceIdx::new(*at)).count()));
    hubs.truncate(32);
    for (what, questions) in [("random failures", random), ("most dependents", hubs), ("worst hubs", worst(structure))] {
        same(structure, graph, numbers, &questions);
        let mut scalar = Scalar::new(structure);
        for seed in &questions {
            scalar.evaluate(&[(ServiceIdx::new(*seed), 2)]);
        }
        let work = scalar.work();
        let ours = timed(&questions, |seed| scalar.evaluate(&[(ServiceIdx::new(seed), 2)]).len());
        let mut dfs = Dfs::empty(graph);
        let theirs = timed(&questions, |seed| search(graph, &mut dfs, numbers[seed]));
        println!(
            "{title:<17} {what:<16} p50 {:>10.2} µs, petgraph {:>10.2} µs, {:>6.1}x   mean {:>10.2} µs, petgraph {:>10.2} µs, {:>6.1}x   {:>8} visits {:>8} gates a question",
            ours.median,
            theirs.median,
            theirs.median / ours.median,
            ours.mean,
            theirs.mean,
            theirs.mean / ours.mean,
            work.visits / questions.len() as u64,
            work.gates / questions.len() as u64,
        );
    }
}

fn main() {
    // `cargo bench -- 10000` compares that size alone.
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![100_000, 1_000_000] } else { asked };
    for size in sizes {
        compare_nodes(&format!("stacks {size}"), &stacks(1, size, 0));
        compare_nodes(&format!("districts {size}"), &districts(1, size, 0));
        let generated = layered(1, size, false);
        let title = format!("layered {size}");
        compare_columns(&title, &Columns { services: Some(generated.services), dependencies: generated.dependencies });
    }
    if let Some(columns) = debian() {
        compare_columns("Debian", &columns);
    }
}
