//! Big layered estates: columns of services and dependencies, or one document with quorums.
//!
//! Goes in: a seed and a number of services. Comes out: a document, two tables, services that fail.
//! **Invariant:** a service depends on lower layers only; about five dependencies each, a quarter of them on shared hubs.
//! **Not here:** small estates with every rule (`estate`).

use super::Dice;
use siam_core::base::columns::Cell;
use siam_core::base::{ColumnType, Table};
use std::borrow::Cow;

/// A big estate.
#[derive(Debug, Clone)]
pub struct Layered {
    /// Parties and classes; with quorums the services too.
    pub document: String,
    /// Services as columns; empty with quorums.
    pub services: Table,
    /// Dependencies as columns; empty with quorums.
    pub dependencies: Table,
    /// Services of the lowest layer that fail.
    pub failures: Vec<String>,
}

const SUPPLIERS: usize = 12;
/// Layers from the ground up and their share of a hundred services.
const LAYERS: [(&str, usize); 5] = [("net", 10), ("host", 15), ("platform", 20), ("app", 30), ("business", 25)];

/// An estate of so many services; with `quorums` as one document, in which every fifth service needs some of several.
pub fn layered(seed: u64, services: usize, quorums: bool) -> Layered {
    let mut dice = Dice::new(seed);
    let mut document = String::from(
        "siam: 1\necosystem: layered\nclasses: {critical: {critical: true}, normal: {}}\nparties:\n  acme: {kind: customer}\n",
    );
    for supplier in 0..SUPPLIERS {
        document += &format!("  supplier-{supplier}: {{kind: supplier}}\n");
    }
    let text = |name: &'static str| (Cow::Borrowed(name), ColumnType::Text);
    let columns = vec![text("service"), text("provider"), text("class"), (Cow::Borrowed("users"), ColumnType::Integer)];
    let mut table = Table::with_columns("services", columns);
    let mut edges = Table::with_columns("dependencies", vec![text("from"), text("to"), text("impact")]);
    if quorums {
        document += "services:\n";
    }
    let layers = layers(services);
    let mut failures = Vec::new();
    for (layer, (kind, first, until)) in layers.iter().enumerate() {
        for at in *first..*until {
            let name = format!("{kind}-{at}");
            let provider = format!("supplier-{}", dice.below(SUPPLIERS));
            let class = if dice.chance(1, 10) { "critical" } else { "normal" };
            let users = if *kind == "business" { dice.between(10, 50_000) } else { 0 };
            if layer == 0 && (failures.is_empty() || dice.chance(1, 200)) {
                failures.push(name.clone());
            }
            let below = if layer == 0 { Vec::new() } else { below(&mut dice, &layers[..layer]) };
            if quorums {
                document += &written(&mut dice, &name, &provider, class, users, &below);
                continue;
            }
            let cell = |text: &str| Cell::Text(Cow::Owned(text.to_owned()));
            table.push(&[cell(&name), cell(&provider), cell(class), Cell::Integer(users)]);
            for to in below {
                let impact = if dice.chance(1, 8) { cell("degraded") } else { Cell::Null };
                edges.push(&[cell(&name), cell(&to), impact]);
            }
        }
    }
    Layered { document, services: table, dependencies: edges, failures }
}

/// Kind, first and last of the services of each layer.
fn layers(services: usize) -> Vec<(&'static str, usize, usize)> {
    let mut layers = Vec::new();
    let (mut first, mut share) = (0, 0);
    for (kind, part) in LAYERS {
        share += part;
        let until = (services * share).div_ceil(100);
        layers.push((kind, first, until));
        first = until;
    }
    layers
}

/// What a service of the layer above depends on: mostly the next layer, now and then a hub of any, never twice the same.
fn below(dice: &mut Dice, layers: &[(&'static str, usize, usize)]) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    for _ in 0..3 + dice.below(5) {
        let hub = dice.chance(1, 4);
        let (kind, first, until) = if hub { *dice.pick(layers) } else { layers[layers.len() - 1] };
        if until <= first {
            continue;
        }
        // The first fiftieth of a layer are its hubs.
        let reach = if hub { (until - first).div_ceil(50) } else { until - first };
        let name = format!("{kind}-{}", first + dice.below(reach));
        if !chosen.contains(&name) {
            chosen.push(name);
        }
    }
    chosen
}

fn written(dice: &mut Dice, name: &str, provider: &str, class: &str, users: i64, below: &[String]) -> String {
    let needs = match below {
        [] => String::new(),
        [one, rest @ ..] if rest.len() > 2 && dice.chance(1, 5) => {
            let wanted = 1 + dice.below(rest.len() - 1);
            format!(", depends_on: [{one}, {{at_least: {wanted}, of: [{}]}}]", rest.join(", "))
        }
        all => format!(", depends_on: [{}]", all.join(", ")),
    };
    format!("  {name}: {{provider: {provider}, class: {class}, users: {users}{needs}}}\n")
}
