//! `impacts`: every single failure, and 4,096 scattered ones, beside a loop of petgraph's depth-first search.
//!
//! Goes in: estates of stacks, of districts and of layers, and Debian's graph, with "any dependency" rules, the one rule petgraph can follow.
//! Comes out: processor seconds of ours and the peer's, the ratio, services visited; what quorums cost over plain "any".
//! **Invariant:** both reached the same services, before anything is timed. The peer's every-single-failure loop runs over a sample of
//! the services and is scaled to all of them; the sample is drawn evenly.
//! **Not here:** tables of what follows (`siam_core::answer::impacts`), one question at a time (`impact`).

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::Dfs;
use siam_bench::{Columns, debian, districts, graph_of, least, reached, stacks};
use siam_core::base::Instant;
use siam_core::model::rule::{Level, Node, ServiceIdx};
use siam_core::structure::{BatchOptions, Group, Scalar, Scenarios, Structure, Visit, Work, batch};
use siam_tests::generate::{Dice, layered};

/// Which services each scenario reaches.
#[derive(Default)]
struct Sets(Vec<(usize, Vec<usize>)>);

impl Visit for Sets {
    fn scenario(&mut self, scenario: usize, scalar: &Scalar<'_>) {
        self.0.push((scenario, scalar.touched().iter().map(|service| service.get()).collect()));
    }
    fn group(&mut self, group: &Group<'_>) {
        let first = self.0.len();
        self.0.extend(group.scenarios().map(|scenario| (scenario, Vec::new())));
        for row in group.rows() {
            row.bits().for_each(|bit| self.0[first + bit].1.push(row.service().get()));
        }
    }
}

const LEVEL: Level = 2;

fn theirs(graph: &DiGraph<(), ()>, seeds: &[ServiceIdx], numbers: &[usize]) -> Vec<u64> {
    // The visited set is kept between searches, as ours keeps its workspace.
    let mut dfs = Dfs::empty(graph);
    let search = |seed: &ServiceIdx| {
        dfs.reset(graph);
        dfs.move_to(NodeIndex::new(numbers[seed.get()]));
        let mut reached = 0;
        while dfs.next(graph).is_some() {
            reached += 1;
        }
        reached
    };
    seeds.iter().map(search).collect()
}

/// Both reach the same services from these seeds, in every way in which a batch may be run.
fn same(structure: &Structure, graph: &DiGraph<(), ()>, seeds: &[ServiceIdx], numbers: &[usize]) {
    let mut dfs = Dfs::empty(graph);
    for lanes in [None, Some(0), Some(64), Some(512)] {
        let scenarios = Scenarios::Each { services: seeds, level: LEVEL };
        for (scenario, services) in
            batch(structure, &scenarios, BatchOptions { threads: 1, lanes }, Sets::default).into_iter().flat_map(|sets| sets.0)
        {
            let mut ours: Vec<usize> = services.iter().map(|service| numbers[*service]).collect();
            dfs.reset(graph);
            dfs.move_to(NodeIndex::new(numbers[seeds[scenario].get()]));
            let mut theirs: Vec<usize> = std::iter::from_fn(|| dfs.next(graph)).map(|node| node.index()).collect();
            ours.sort_unstable();
            theirs.sort_unstable();
            assert!(ours == theirs, "{lanes:?}: {} and {} services", ours.len(), theirs.len());
        }
    }
}

fn compare(title: &str, structure: &Structure, graph: &DiGraph<(), ()>, numbers: &[usize]) {
    let n = structure.len();
    let every: Vec<ServiceIdx> = (0..n).map(ServiceIdx::new).collect();
    let mut dice = Dice::new(3);
    let scattered: Vec<ServiceIdx> = (0..4_096).map(|_| ServiceIdx::new(dice.below(n))).collect();
    same(structure, graph, &scattered[..128], numbers);

    let sample = &scattered[..if n > 200_000 { 512 } else { 2_048 }];
    let (peer, expected) = least(3, || theirs(graph, sample, numbers));
    let scaled = peer * n as f64 / sample.len() as f64;
    let (time, (counts, alone, work)) = least(if n > 200_000 { 1 } else { 3 }, || reached(structure, &every, LEVEL, None));
    sample.iter().zip(&expected).for_each(|(seed, count)| assert_eq!(counts[seed.get()], *count));
    let mean = counts.iter().sum::<u64>() as f64 / n as f64;
    line(title, "every single failure", time, scaled, alone, &work);
    println!("{:<20} {mean:.0} services a failure; the peer's time is {} searches scaled to {n}", "", sample.len());

    let (peer, expected) = least(2, || theirs(graph, &scattered, numbers));
    let (time, (counts, alone, work)) = least(3, || reached(structure, &scattered, LEVEL, None));
    assert_eq!(counts, expected);
    line(title, "4,096 scattered", time, peer, alone, &work);
    for (what, lanes) in [("the same, no lanes", 0), ("the same, 64 lanes", 64), ("the same, 512 lanes", 512)] {
        let (time, (counts, alone, work)) = least(3, || reached(structure, &scattered, LEVEL, Some(lanes)));
        assert_eq!(counts, expected);
        line(title, what, time, peer, alone, &work);
    }
}

fn line(title: &str, what: &str, ours: f64, theirs: f64, alone: usize, work: &Work) {
    println!(
        "{title:<20} {what:<22} {:>10.1} ms, petgraph {:>12.1} ms, {:>7.1}x   {:>12} visits {:>12} gates {:>13} planes; {alone} alone",
        ours * 1e3,
        theirs * 1e3,
        theirs / ours,
        work.visits,
        work.gates,
        work.planes,
    );
}

/// An estate of nodes, and what it costs that a tenth of the services need two of theirs.
fn compare_nodes(title: &str, size: usize, estate: fn(u64, usize, usize) -> Vec<Node>) {
    let nodes = estate(1, size, 0);
    let structure = Structure::compile(&nodes, 3).expect("a map without cycles");
    let graph = graph_of(&nodes);
    let numbers: Vec<usize> = (0..size).collect();
    compare(&format!("{title} {size}"), &structure, &graph, &numbers);
    let every: Vec<ServiceIdx> = (0..size).map(ServiceIdx::new).collect();
    let quorums = Structure::compile(&estate(1, size, 10), 3).expect("a map without cycles");
    let mut scalar = Scalar::new(&quorums);
    let (counts, ..) = reached(&quorums, &every, LEVEL, None);
    for seed in every.iter().step_by(size / 500 + 1) {
        assert_eq!(scalar.evaluate(&[(*seed, LEVEL)]).len() as u64, counts[seed.get()]);
    }
    let runs = if size > 200_000 { 2 } else { 5 };
    let (plain, _) = least(runs, || reached(&structure, &every, LEVEL, None));
    let (some, (.., work)) = least(runs, || reached(&quorums, &every, LEVEL, None));
    println!(
        "{title:<10} {size:<9} every single failure with quorums {:>9.1} ms, {:.2}x of plain any   {:>12} visits {:>12} gates",
        some * 1e3,
        some / plain,
        work.visits,
        work.gates,
    );
}

fn compare_columns(title: &str, columns: &Columns) {
    let ecosystem = columns.ecosystem();
    let structure = &ecosystem.map(Instant::MAX).structure;
    let known = columns.numbers();
    let names = &ecosystem.model().names.services;
    let numbers: Vec<usize> = (0..names.len()).map(|at| known[names.name(at)]).collect();
    compare(title, structure, &columns.graph(), &numbers);
}

fn main() {
    // `cargo bench -p siam-bench --bench impacts -- 10000` compares that size alone.
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![100_000, 1_000_000] } else { asked };
    for size in &sizes {
        compare_nodes("stacks", *size, stacks);
        compare_nodes("districts", *size, districts);
    }
    for size in sizes {
        let generated = layered(1, size, false);
        let columns = Columns { services: Some(generated.services), dependencies: generated.dependencies };
        compare_columns(&format!("layered {size}"), &columns);
    }
    if let Some(columns) = debian() {
        compare_columns("Debian", &columns);
    }
}
