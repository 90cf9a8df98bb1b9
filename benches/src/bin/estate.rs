//! Writes an estate as CSV with our answers and times, for `benches/peers.py`.
//!
//! Goes in: a number of services, or `debian`; a folder. Comes out: services.csv, dependencies.csv, questions.csv, ours.csv in it.
//! **Invariant:** times are processor seconds of one thread for loading, the least of several for each question.
//! **Not here:** the peers and what is asserted (`benches/peers.py`).

use siam_bench::{Columns, debian, least};
use siam_core::base::Instant;
use siam_core::base::csv::write;
use siam_core::model::rule::ServiceIdx;
use siam_core::structure::Scalar;
use siam_tests::generate::{Dice, layered};
use std::fmt::Write;
use std::path::PathBuf;

/// How often each question is asked; `benches/peers.py` asks the peers as often.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder] = arguments.as_slice() else { return Err("estate <services or debian> <folder>".into()) };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder)?;
    let columns = match what.parse::<usize>() {
        Ok(size) => {
            let generated = layered(1, size, false);
            Columns { services: Some(generated.services), dependencies: generated.dependencies }
        }
        Err(_) => debian().ok_or("Debian's graph is not there")?,
    };
    let (loading, ecosystem) = least(3, || columns.ecosystem());
    let structure = &ecosystem.map(Instant::MAX).structure;
    let names = &ecosystem.model().names.services;
    let mut dice = Dice::new(2);
    let random: Vec<usize> = (0..256).map(|_| dice.below(structure.len())).collect();
    let mut hubs: Vec<usize> = (0..structure.len()).collect();
    hubs.sort_by_key(|at| std::cmp::Reverse(structure.dependents(ServiceIdx::new(*at)).count()));
    hubs.truncate(8);
    let mut questions = String::from("kind,service,reached,microseconds\n");
    let mut scalar = Scalar::new(structure);
    for (kind, seeds) in [("random", random), ("hub", hubs)] {
        // Round by round, as the peers are asked: each question finds the memory as the others left it.
        let mut asked: Vec<(usize, usize, f64)> = seeds.into_iter().map(|seed| (seed, 0, f64::MAX)).collect();
        for _ in 0..ROUNDS {
            for (seed, reached, least) in &mut asked {
                let from = std::time::Instant::now();
                *reached = scalar.evaluate(&[(ServiceIdx::new(*seed), 2)]).len();
                *least = least.min(from.elapsed().as_secs_f64() * 1e6);
            }
        }
        for (seed, reached, least) in asked {
            writeln!(questions, "{kind},{},{reached},{least:.3}", names.name(seed))?;
        }
    }
    if let Some(services) = &columns.services {
        std::fs::write(folder.join("services.csv"), write(services))?;
    }
    std::fs::write(folder.join("dependencies.csv"), write(&columns.dependencies))?;
    std::fs::write(folder.join("questions.csv"), questions)?;
    std::fs::write(folder.join("ours.csv"), format!("what,seconds\nload and compile,{loading:.6}\n"))?;
    Ok(())
}
