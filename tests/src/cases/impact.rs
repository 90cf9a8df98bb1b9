//! Cases of service trees.
//!
//! Goes in: nodes with rules of a peer, leaf states. Comes out: whether the same rules, as presets, give the same states.
//! **Invariant:** a rule is looked up as `<lattice>.<rule>` among the presets; one that is not there fails as `no preset`.
//! **Not here:** what a rule does (`siam_core::presets`).

use super::{Outcome, compared, text};
use serde_json::{Map, Value, json};
use siam_core::answer::impact::{FailureQuery, ImpactQuery, impact};
use siam_core::base::columns::Cell;
use siam_core::{Ecosystem, Source, load, presets};
use std::collections::BTreeMap;

const KINDS: &[&str] = &["status", "reduce", "impact", "impact_path", "simulation", "cycle", "scale"];
/// What is expected beside the states of nodes, and is answered here.
const ANSWERED: &[&str] = &["path", "impacted_computed"];
const UNANSWERED: &[&str] = &["root_cause", "contributing_children", "in_downtime"];

pub(super) fn run(file: &Value, case: &Value) -> Result<Outcome, String> {
    let lattice = Lattice::read(file, text(case, "lattice")?)?;
    let wanted = expected(case)?;
    let failed = |got: String| Outcome::Failed { expected: wanted.clone(), got };
    let kind = text(case, "kind")?;
    if !KINDS.contains(&kind) {
        return Ok(failed(format!("no preset: nothing answers the kind {kind}")));
    }
    let keys = case["expected"].as_object().map(|keys| keys.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    if let Some(key) = keys.iter().find(|key| UNANSWERED.contains(&key.as_str())) {
        return Ok(failed(format!("no preset: nothing answers {key}")));
    }
    let document = match document(case, &lattice)? {
        Ok(document) => document,
        Err(missing) => return Ok(failed(format!("no preset: {missing}"))),
    };
    let ecosystem = load(&[Source::text("case", document)]).map_err(|error| error.to_string())?;
    let failures = failures(case, &lattice)?;
    let got = answer(case, &ecosystem, failures, &lattice)?;
    Ok(compared(wanted, got))
}

/// A peer's chain of states.
struct Lattice {
    name: String,
    order: Vec<String>,
    host_equiv: BTreeMap<String, String>,
}

impl Lattice {
    fn read(file: &Value, name: &str) -> Result<Self, String> {
        let lattice = &file["lattices"][name];
        let order = lattice["order_best_to_worst"].as_array().ok_or_else(|| format!("no lattice {name}"))?;
        let order = order.iter().filter_map(|state| state.as_str().map(str::to_owned)).collect();
        let equiv = lattice["host_equiv"].as_object().into_iter().flatten();
        let host_equiv = equiv.filter_map(|(host, state)| Some((host.clone(), state.as_str()?.to_owned()))).collect();
        Ok(Self { name: name.to_owned(), order, host_equiv })
    }
    fn state<'a>(&'a self, written: &'a str) -> &'a str {
        if self.order.iter().any(|state| state == written) {
            written
        } else {
            self.host_equiv.get(written).map_or(written, String::as_str)
        }
    }
}

fn nodes(case: &Value) -> Result<&Vec<Value>, String> {
    case["nodes"].as_array().ok_or_else(|| "`nodes` is not a list".to_owned())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The nodes as services; the inner error names a rule or map without a preset.
fn document(case: &Value, lattice: &Lattice) -> Result<Result<String, String>, String> {
    let names: Vec<&str> = nodes(case)?.iter().map(|node| text(node, "id")).collect::<Result<_, _>>()?;
    let mut edges: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for node in nodes(case)? {
        let id = text(node, "id")?;
        for child in list(&node["children"]) {
            let other = text(child, "id")?;
            if child["map"].as_str().is_some_and(|map| map != "identity") {
                return Ok(Err(format!("map {} of {}", child["map"], lattice.name)));
            }
            let mut edge = json!({"service": other, "weight": child["weight"].as_u64().unwrap_or(1)});
            if let Some(group) = child["group"].as_str() {
                edge["group"] = json!(group);
            }
            edges.entry(id).or_default().push(edge);
        }
    }
    let mut services = Map::new();
    for node in nodes(case)? {
        let (id, rule) = (text(node, "id")?, text(node, "rule")?);
        let of = edges.remove(id).unwrap_or_default();
        if rule == "leaf" && of.is_empty() {
            services.insert(id.to_owned(), json!({}));
            continue;
        }
        let preset = format!("{}.{rule}", lattice.name);
        let given = node["params"].as_object().cloned().unwrap_or_default();
        let plain = given.into_iter().filter(|(_, value)| !value.as_array().is_some_and(Vec::is_empty));
        let parameters: Map<String, Value> = plain.collect();
        if !presets::rule_names().contains(&preset) {
            return Ok(Err(preset));
        }
        if let Some(unknown) = parameters.keys().find(|key| !presets::rule_parameters(&preset).contains(&key.as_str())) {
            return Ok(Err(format!("{preset} with {unknown}")));
        }
        services.insert(id.to_owned(), json!({"depends_on": {"of": of, "rule": {preset: parameters}}}));
    }
    for (id, of) in edges {
        if !names.contains(&id) {
            return Err(format!("{id} is no node"));
        }
        services.insert(id.to_owned(), json!({"depends_on": of}));
    }
    Ok(Ok(json!({"siam": 1, "levels": lattice.order, "services": services}).to_string()))
}

fn failures(case: &Value, lattice: &Lattice) -> Result<Vec<FailureQuery>, String> {
    let mut failures = Vec::new();
    for (leaf, state) in case["leaf_states"].as_object().into_iter().flatten() {
        let state = state.as_str().ok_or_else(|| format!("the state of {leaf} is not a text"))?;
        failures.push(FailureQuery { level: Some(lattice.state(state).to_owned()), ..FailureQuery::of(leaf.clone()) });
    }
    for other in list(&case["case_params"]["also_failed_from_other_tickets"]).filter_map(Value::as_str) {
        failures.push(FailureQuery::of(other));
    }
    if let Some(from) = case["expected"]["path"]["from"].as_str() {
        failures.push(FailureQuery::of(from));
    }
    Ok(failures)
}

/// What the file wants, keys in order.
fn expected(case: &Value) -> Result<String, String> {
    let wanted = case["expected"].as_object().ok_or("`expected` is not a map")?;
    let mut parts: BTreeMap<&str, String> = BTreeMap::new();
    for (key, value) in wanted.iter().filter(|(key, _)| !key.starts_with('_')) {
        let shown = match value {
            Value::String(state) => state.clone(),
            Value::Array(items) => {
                let mut names: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                names.sort_unstable();
                names.join(",")
            }
            _ if key == "path" => list(&value["nodes"]).filter_map(Value::as_str).collect::<Vec<_>>().join(" > "),
            other => other.to_string(),
        };
        parts.insert(key, shown);
    }
    Ok(show(&parts))
}

fn show(parts: &BTreeMap<&str, String>) -> String {
    parts.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
}

/// What the library answers, key by key as the file wants it.
fn answer(case: &Value, ecosystem: &Ecosystem, failures: Vec<FailureQuery>, lattice: &Lattice) -> Result<String, String> {
    let given: Vec<String> = failures.iter().map(|failure| failure.service.clone()).collect();
    let mut levels: BTreeMap<String, String> = BTreeMap::new();
    let mut routes: BTreeMap<String, String> = BTreeMap::new();
    if !failures.is_empty() {
        let report = impact(ecosystem, &ImpactQuery { failures, ..Default::default() }).map_err(|error| error.to_string())?;
        let rows = report.rows();
        for row in 0..rows.rows() {
            let text = |column: &str| match rows.cell(row, column) {
                Cell::Text(text) => text.into_owned(),
                _ => String::new(),
            };
            levels.insert(text("service"), text("level"));
            routes.insert(text("service"), text("route"));
        }
    }
    let map = ecosystem.map(siam_core::base::Instant::MAX);
    let level = |node: &str| {
        let baseline = || {
            let service = ecosystem.model().names.services.get(node)?;
            Some(ecosystem.model().level_name(map.structure.baseline(*service)).to_owned())
        };
        levels.get(node).cloned().or_else(baseline).unwrap_or_else(|| "no such node".into())
    };
    let mut parts: BTreeMap<&str, String> = BTreeMap::new();
    for (key, value) in case["expected"].as_object().into_iter().flatten().filter(|(key, _)| !key.starts_with('_')) {
        let got = match key.as_str() {
            "path" => {
                let route = routes.get(value["to"].as_str().unwrap_or_default()).cloned().unwrap_or_default();
                route.split(" > ").collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(" > ")
            }
            "impacted_computed" => {
                let best = lattice.order.first().map(String::as_str);
                let hit = levels.iter().filter(|(node, level)| Some(level.as_str()) != best && !given.contains(node));
                hit.map(|(node, _)| node.as_str()).collect::<Vec<_>>().join(",")
            }
            node => level(node),
        };
        parts.insert(key, got);
    }
    debug_assert!(ANSWERED.iter().all(|key| !UNANSWERED.contains(key)));
    Ok(show(&parts))
}
