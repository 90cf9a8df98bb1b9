//! A case of a service tree as a document.
//!
//! Goes in: nodes, maps and parameters in the words of the file. Comes out: the text of a document, failures and given states.
//! **Invariant:** words are translated one by one; nothing is computed.
//! **Not here:** what is asked of it (`impact`).

use super::super::text;
use serde_json::{Map, Value, json};
use siam_core::answer::impact::FailureQuery;
use siam_core::presets;
use std::collections::BTreeMap;

/// What is put after the name of a node for the service that says whether any child of it counts.
pub(super) const COUNTED: &str = " counts nothing";
/// Parameters that are no parameters of a rule.
const OF_THE_CASE: &[&str] = &[
    "stored_state",
    "class",
    "events",
    "in_downtime",
    "downtime_only_on_full_problem_coverage",
    "escalate_downtimes_as_warn",
    "acknowledged",
    "in_service_period",
];

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn names(value: &Value) -> Vec<String> {
    list(value).filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// A peer's chain of states.
pub(super) struct Lattice {
    pub name: String,
    /// The best state of a node that has dependencies.
    pub minimum: Option<String>,
    order: Vec<String>,
    results: Vec<String>,
    host_equiv: BTreeMap<String, String>,
}

impl Lattice {
    pub fn read(file: &Value, name: &str) -> Result<Self, String> {
        let lattice = &file["lattices"][name];
        let order = names(&lattice["order_best_to_worst"]);
        if order.len() < 2 {
            return Err(format!("no lattice {name}"));
        }
        let equiv = lattice["host_equiv"].as_object().into_iter().flatten();
        let host_equiv = equiv.filter_map(|(host, state)| Some((host.clone(), state.as_str()?.to_owned()))).collect();
        let minimum = lattice["minimum_severity"].as_str().map(str::to_owned);
        Ok(Self { name: name.to_owned(), minimum, order, results: names(&lattice["result_states"]), host_equiv })
    }
    pub fn best(&self) -> &str {
        self.order.first().map_or("", String::as_str)
    }
    pub fn worst(&self) -> &str {
        self.order.last().map_or("", String::as_str)
    }
    pub fn rank(&self, state: &str) -> usize {
        self.order.iter().position(|known| known == state).unwrap_or(0)
    }
    /// A state in the words of results, where those differ.
    pub fn result<'a>(&'a self, state: &'a str) -> &'a str {
        self.results.get(self.rank(state)).map_or(state, String::as_str)
    }
    fn state<'a>(&'a self, written: &'a str) -> &'a str {
        let same = self.order.iter().any(|state| state == written);
        if same { written } else { self.host_equiv.get(written).map_or(written, String::as_str) }
    }
}

/// A case as a document, with what is asked about it.
pub(super) struct Document {
    pub text: String,
    pub failures: Vec<FailureQuery>,
    /// Effective levels that the case gives.
    pub states: Vec<FailureQuery>,
    /// Services that stand for events.
    pub events: Vec<String>,
}

fn failure(service: &str, level: &str) -> FailureQuery {
    FailureQuery { level: Some(level.to_owned()), ..FailureQuery::of(service) }
}

impl Document {
    /// The nodes as services; the inner error names a rule or map without a preset. `otherwise` is what a rule without a value gives.
    pub fn of(case: &Value, lattice: &Lattice, otherwise: &str) -> Result<Result<Self, String>, String> {
        let nodes = case["nodes"].as_array().ok_or("`nodes` is not a list")?;
        let mut services = Map::new();
        let (mut failures, mut states, mut events) = (Vec::new(), Vec::new(), Vec::new());
        for node in nodes {
            let (id, rule) = (text(node, "id")?, text(node, "rule")?);
            let mut of = Vec::new();
            for child in list(&node["children"]) {
                match edge(child, lattice, case)? {
                    Ok(edge) => of.push(edge),
                    Err(missing) => return Ok(Err(missing)),
                }
            }
            if let Some(state) = node["params"]["stored_state"].as_str() {
                states.push(failure(id, lattice.state(state)));
            }
            for event in list(&node["params"]["events"]) {
                let (name, severity) = (text(event, "event")?, lattice.state(text(event, "severity")?));
                of.push(json!({"service": name}));
                services.insert(name.to_owned(), json!({}));
                states.push(failure(name, severity));
                events.push(name.to_owned());
            }
            if of.is_empty() && rule == "leaf" || case["leaf_states"][id].as_str() == Some("not_impacted") {
                services.insert(id.to_owned(), json!({}));
                continue;
            }
            if rule == "map_only" {
                let counted = json!({"first": [{"when": {"at_least": 1}, "then": {"const": lattice.best()}}, {"else": {"const": lattice.worst()}}]});
                services.insert(format!("{id}{COUNTED}"), json!({"depends_on": {"of": of.clone(), "rule": counted}}));
            }
            let rule = match rule {
                "leaf" | "map_only" => json!("any"),
                rule => match named(rule, node, lattice, otherwise) {
                    Ok(rule) => rule,
                    Err(missing) => return Ok(Err(missing)),
                },
            };
            services.insert(id.to_owned(), json!({"depends_on": {"of": of, "rule": rule}}));
        }
        failures.extend(own_states(case, lattice, nodes));
        let text = json!({"siam": 1, "levels": lattice.order, "services": services}).to_string();
        Ok(Ok(Self { text, failures, states, events }))
    }
}

/// What is said of leaves. One of which nothing is known is `UNKNOWN` in a chain that has it for that.
fn own_states(case: &Value, lattice: &Lattice, nodes: &[Value]) -> Vec<FailureQuery> {
    let mut failures = Vec::new();
    for (leaf, state) in case["leaf_states"].as_object().into_iter().flatten() {
        if let Some(state) =
            state.as_str().map(|state| lattice.state(state)).filter(|state| lattice.order.iter().any(|known| known == state))
        {
            failures.push(failure(leaf, state));
        }
    }
    if lattice.name == "icinga" {
        let leaves = nodes.iter().filter(|node| node["rule"].as_str() == Some("leaf")).filter_map(|node| node["id"].as_str());
        failures.extend(leaves.filter(|leaf| !case["leaf_states"][*leaf].is_string()).map(|leaf| failure(leaf, "UNKNOWN")));
    }
    for other in names(&case["case_params"]["also_failed_from_other_tickets"]) {
        failures.push(FailureQuery::of(other));
    }
    if let Some(from) = case["expected"]["path"]["from"].as_str() {
        failures.push(FailureQuery::of(from));
    }
    failures
}

/// A child with its map, weight and group.
fn edge(child: &Value, lattice: &Lattice, case: &Value) -> Result<Result<Value, String>, String> {
    let mut edge = json!({"service": text(child, "id")?});
    let unsaid = if lattice.name == "zabbix" { 0 } else { 1 };
    edge["weight"] = json!(whole(&child["weight"]).unwrap_or(unsaid));
    if let Some(group) = child["group"].as_str() {
        edge["group"] = json!(group);
    }
    let map = child["map"].as_str().unwrap_or("identity");
    if map == "identity" {
        return Ok(Ok(edge));
    }
    let mut given = child["map_params"].as_object().cloned().unwrap_or_default();
    let preset = format!("{}.{map}", lattice.name);
    if !presets::map_names().contains(&preset) {
        if ["override", "table", "remap"].contains(&map) {
            edge["impact"] = given.get("table").cloned().unwrap_or(Value::Object(given));
            return Ok(Ok(edge));
        }
        return Ok(Err(preset));
    }
    let known = presets::map_parameters(&preset);
    // A map by itself is asked what it does to every state; only a service asks it about problems alone.
    if case["kind"].as_str() == Some("map") && known.contains(&"applies") {
        given.insert("applies".to_owned(), json!("always"));
        if known.contains(&"as") {
            given.insert("as".to_owned(), json!("excluded"));
        }
    }
    if let Some(unknown) = given.keys().find(|key| !known.contains(&key.as_str())) {
        return Ok(Err(format!("{preset} with {unknown}")));
    }
    edge["impact"] = json!({preset: given});
    Ok(Ok(edge))
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0).map(|number| number as u64))
}

/// The rule of a node by its name among the presets.
fn named(rule: &str, node: &Value, lattice: &Lattice, otherwise: &str) -> Result<Value, String> {
    let mut parameters: Map<String, Value> = Map::new();
    for (key, value) in node["params"].as_object().into_iter().flatten() {
        if !value.is_null() && !OF_THE_CASE.contains(&key.as_str()) {
            parameters.insert(key.clone(), plain(value));
        }
    }
    // `2 of` and `MIN 2` carry their number in the name.
    let (word, number) = match rule.split_once(' ') {
        Some((word, number)) if number.parse::<u64>().is_ok() => (word, Some(number)),
        _ => (rule, None),
    };
    let preset = format!("{}.{word}", lattice.name);
    if !presets::rule_names().contains(&preset) {
        return Err(preset);
    }
    let known = presets::rule_parameters(&preset);
    if let Some(number) = number {
        parameters.insert("n".to_owned(), json!(number));
    }
    if preset == "icinga.MIN" {
        let found = ["min", "count", "k"].iter().find_map(|key| parameters.remove(*key));
        parameters.extend(found.map(|found| ("n".to_owned(), found)));
    }
    if preset == "checkmk.count_ok" {
        parameters = count_ok(&parameters);
    }
    if !otherwise.is_empty() && known.contains(&"otherwise") {
        parameters.insert("otherwise".to_owned(), json!(otherwise));
    }
    if !otherwise.is_empty() && known.contains(&"least") {
        parameters.insert("least".to_owned(), json!(lattice.best()));
    }
    if let Some(unknown) = parameters.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("{preset} with {unknown}"));
    }
    Ok(json!({preset: parameters}))
}

/// A number without a point where it is whole, as the file's own text has it.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(_) => whole(value).map_or_else(|| json!(value.to_string()), |whole| json!(whole)),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// `ok` and `warn` as a number or a percentage, however the file writes which it is.
fn count_ok(given: &Map<String, Value>) -> Map<String, Value> {
    let mut parameters = Map::new();
    for (name, part) in [("ok", "ok"), ("warn", "warn")] {
        let mine = |key: &&String| key.contains(part) && (part == "warn" || !key.contains("warn"));
        let value = given.iter().find(|(key, _)| mine(key) && !key.ends_with("type")).map(|(_, value)| value);
        let kind = given.iter().find(|(key, _)| mine(key) && key.ends_with("type")).and_then(|(_, kind)| kind.as_str());
        let kind = kind.or_else(|| given.get("type").and_then(Value::as_str));
        let (amount, kind) = match value {
            Some(Value::Object(fields)) => (fields.get("value"), fields.get("type").and_then(Value::as_str)),
            Some(Value::Array(items)) => (items.last(), items.first().and_then(Value::as_str)),
            other => (other, kind),
        };
        let Some(amount) = amount else { continue };
        let amount = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
        let percent = kind.is_some_and(|kind| kind.starts_with("perc")) && !amount.ends_with('%');
        parameters.insert(name.to_owned(), json!(if percent { format!("{amount}%") } else { amount }));
    }
    parameters
}
