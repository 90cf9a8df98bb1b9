//! Cases of service trees.
//!
//! Goes in: nodes with rules of a peer, leaf states. Comes out: whether the same rules, as presets, give the same states and causes.
//! **Invariant:** a rule is looked up as `<lattice>.<rule>` among the presets; one that is not there fails as `no preset`.
//! **Not here:** what a rule does (`siam_core::presets`), how a case becomes a document (`document`).

mod document;

use super::{Outcome, compared, text};
use document::{COUNTED, Document, Lattice, list, names};
use serde_json::Value;
use siam_core::answer::impact::{FailureQuery, ImpactQuery, ImpactReport, impact};
use siam_core::answer::root_causes::{CauseMode, RootCausesQuery, root_causes};
use siam_core::base::columns::Cell;
use siam_core::base::{Instant, Table};
use siam_core::report::Answer;
use siam_core::{Ecosystem, Source, load};
use std::collections::BTreeMap;

const KINDS: &[&str] = &[
    "status",
    "reduce",
    "map",
    "root_cause",
    "root_cause_scale",
    "impact",
    "impact_path",
    "planned_lane",
    "simulation",
    "cycle",
    "scale",
];

pub(super) fn run(file: &Value, case: &Value) -> Result<Outcome, String> {
    let outcome = asked(file, case)?;
    // What a manual says and no test of the peer holds may contradict itself.
    let weak = case["evidence"].as_str() == Some("documentation");
    match outcome {
        Outcome::Failed { expected, got } if weak => {
            Ok(Outcome::Skipped(format!("low confidence: documentation says {expected}, the rule gives {got}")))
        }
        outcome => Ok(outcome),
    }
}

fn asked(file: &Value, case: &Value) -> Result<Outcome, String> {
    if list(&case["nodes"]).next().is_none() {
        return Ok(Outcome::Skipped("it describes a size and no nodes".to_owned()));
    }
    let lattice = Lattice::read(file, text(case, "lattice")?)?;
    let wanted = expected(case)?;
    let failed = |got: String| Outcome::Failed { expected: wanted.clone(), got };
    let kind = text(case, "kind")?;
    if !KINDS.contains(&kind) {
        return Ok(failed(format!("no preset: nothing answers the kind {kind}")));
    }
    // A rule without a value shows by giving whatever it is told to give then.
    let otherwise = if kind == "reduce" { vec![lattice.best(), lattice.worst()] } else { vec![""] };
    let mut got: Vec<BTreeMap<String, String>> = Vec::new();
    for otherwise in otherwise {
        let document = match Document::of(case, &lattice, otherwise)? {
            Ok(document) => document,
            Err(missing) => return Ok(failed(format!("no preset: {missing}"))),
        };
        let ecosystem = load(&[Source::text("case", document.text.as_str())]).map_err(|error| error.to_string())?;
        got.push(Asking { case, lattice: &lattice, document: &document, ecosystem: &ecosystem }.answer()?);
    }
    let mut answers = got.into_iter();
    let mut parts = answers.next().unwrap_or_default();
    for other in answers {
        for (key, value) in &mut parts {
            if other.get(key) != Some(value) {
                *value = "null".to_owned();
            }
        }
    }
    Ok(compared(wanted, show(&parts)))
}

/// The keys that the file wants, without remarks.
fn keys(case: &Value) -> impl Iterator<Item = (&String, &Value)> {
    case["expected"].as_object().into_iter().flatten().filter(|(key, _)| !key.starts_with('_'))
}

/// What the file wants, keys in order.
fn expected(case: &Value) -> Result<String, String> {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    match &case["expected"] {
        Value::Null => {
            let nodes = list(&case["nodes"]).filter(|node| node["rule"].as_str() != Some("leaf"));
            parts.extend(nodes.filter_map(|node| Some((node["id"].as_str()?.to_owned(), "null".to_owned()))));
        }
        Value::Object(_) => {}
        _ => return Err("`expected` is neither a map nor null".to_owned()),
    }
    for (key, value) in keys(case) {
        let shown = match value {
            Value::String(state) => state.clone(),
            Value::Array(_) => sorted(names(value)),
            Value::Object(_) if key == "path" => list(&value["nodes"]).filter_map(Value::as_str).collect::<Vec<_>>().join(" > "),
            Value::Object(fields) => match ["nodes", "events", "children"].iter().find_map(|key| fields.get(*key)) {
                Some(found) => sorted(names(found)),
                None => fields.get("value").map_or_else(|| value.to_string(), Value::to_string),
            },
            other => other.to_string(),
        };
        parts.insert(key.clone(), shown);
    }
    Ok(show(&parts))
}

fn sorted(mut names: Vec<String>) -> String {
    names.sort_unstable();
    names.join(",")
}

fn show(parts: &BTreeMap<String, String>) -> String {
    parts.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
}

fn cell(table: &Table, row: usize, column: &str) -> String {
    match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

/// One case with the ecosystem it became.
struct Asking<'a> {
    case: &'a Value,
    lattice: &'a Lattice,
    document: &'a Document,
    ecosystem: &'a Ecosystem,
}

impl Asking<'_> {
    /// What the library answers, key by key as the file wants it.
    fn answer(&self) -> Result<BTreeMap<String, String>, String> {
        let mut failures = self.document.failures.clone();
        // A loop has a state of its own there.
        if self.lattice.name == "icinga" {
            let loops = self.ecosystem.map(Instant::MAX).structure.cycles().flatten().collect::<Vec<_>>();
            failures
                .extend(loops.into_iter().map(|service| self.failure(self.ecosystem.model().service_name(service), "UNKNOWN")));
        }
        let report = self.impact(&failures)?;
        let wanted: Vec<(String, Value)> = match &self.case["expected"] {
            Value::Null => list(&self.case["nodes"])
                .filter(|node| node["rule"].as_str() != Some("leaf"))
                .filter_map(|node| Some((node["id"].as_str()?.to_owned(), Value::Null)))
                .collect(),
            _ => keys(self.case).map(|(key, value)| (key.clone(), value.clone())).collect(),
        };
        let mut parts = BTreeMap::new();
        for (key, value) in &wanted {
            let got = match key.as_str() {
                "path" => self.path(report.as_ref(), value),
                "impacted_computed" => self.impacted(report.as_ref()),
                "in_downtime" => self.in_downtime(value)?.to_string(),
                "root_cause" => self.causes(value, false)?,
                "contributing_children" => self.causes(value, true)?,
                node => self.state(report.as_ref(), node, value),
            };
            parts.insert(key.clone(), got);
        }
        Ok(parts)
    }

    fn failure(&self, service: &str, level: &str) -> FailureQuery {
        FailureQuery { level: Some(level.to_owned()), ..FailureQuery::of(service) }
    }

    fn impact(&self, failures: &[FailureQuery]) -> Result<Option<ImpactReport>, String> {
        if failures.is_empty() {
            return Ok(None);
        }
        let query = ImpactQuery { failures: failures.to_vec(), ..Default::default() };
        impact(self.ecosystem, &query).map(Some).map_err(|error| error.to_string())
    }

    /// The level of a service: as a row says, else as when nothing fails.
    fn level(&self, report: Option<&ImpactReport>, node: &str) -> String {
        let rows = report.map(ImpactReport::rows);
        let said = rows.and_then(|rows| {
            (0..rows.rows()).find(|row| cell(rows, *row, "service") == node).map(|row| cell(rows, row, "level"))
        });
        let baseline = || {
            let service = self.ecosystem.model().names.services.get(node)?;
            let level = self.ecosystem.map(Instant::MAX).structure.baseline(*service);
            Some(self.ecosystem.model().level_name(level).to_owned())
        };
        said.or_else(baseline).unwrap_or_else(|| "no such node".to_owned())
    }

    fn state(&self, report: Option<&ImpactReport>, node: &str, wanted: &Value) -> String {
        let counted = format!("{node}{COUNTED}");
        if self.ecosystem.model().names.services.contains_key(&counted) && self.level(report, &counted) != self.lattice.best() {
            return "null".to_owned();
        }
        let level = self.level(report, node);
        // A process without children has a name of its own for the best state.
        let empty = wanted.as_str() == Some("EMPTY") && level == self.lattice.best();
        let childless =
            list(&self.case["nodes"]).any(|one| one["id"].as_str() == Some(node) && list(&one["children"]).next().is_none());
        if empty && childless { "EMPTY".to_owned() } else { self.lattice.result(&level).to_owned() }
    }

    fn path(&self, report: Option<&ImpactReport>, wanted: &Value) -> String {
        let to = wanted["to"].as_str().unwrap_or_default();
        let rows = report.map(ImpactReport::rows);
        let route = rows
            .and_then(|rows| (0..rows.rows()).find(|row| cell(rows, *row, "service") == to).map(|row| cell(rows, row, "route")));
        route.unwrap_or_default().split(" > ").collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(" > ")
    }

    /// What is impacted beside what was said to be, as far away as the peer looks.
    fn impacted(&self, report: Option<&ImpactReport>) -> String {
        let Some(rows) = report.map(ImpactReport::rows) else { return String::new() };
        let deepest = self.case["case_params"]["max_depth"].as_u64().and_then(|depth| usize::try_from(depth).ok());
        let given = |name: &String| self.document.failures.iter().any(|failure| failure.service == *name);
        let near = |row: &usize| deepest.is_none_or(|deepest| cell(rows, *row, "route").split(" > ").count() <= deepest + 1);
        let hit = (0..rows.rows()).filter(|row| cell(rows, *row, "level") != self.lattice.best()).filter(near);
        sorted(hit.map(|row| cell(rows, row, "service")).filter(|name| !given(name)).collect())
    }

    /// Whether a node is in planned downtime. With full coverage: it has a problem, and none once the leaves in downtime count as good.
    /// Otherwise: its rule makes it critical where leaves in downtime are at the worst level and the others at the best.
    fn in_downtime(&self, wanted: &Value) -> Result<bool, String> {
        let of = text(wanted, "of")?;
        let node = list(&self.case["nodes"]).find(|node| node["id"].as_str() == Some(of)).unwrap_or(&Value::Null);
        let parameters = &node["params"];
        let planned: Vec<&str> = list(&self.case["nodes"])
            .filter(|node| node["params"]["in_downtime"].as_bool() == Some(true))
            .filter_map(|node| node["id"].as_str())
            .collect();
        if parameters["downtime_only_on_full_problem_coverage"].as_bool() == Some(true) {
            let marked = self.document.failures.iter().cloned().map(|failure| {
                let planned = planned.contains(&failure.service.as_str());
                FailureQuery { planned, ..failure }
            });
            let report = self.impact(&marked.collect::<Vec<_>>())?;
            let Some(rows) = report.as_ref().map(ImpactReport::rows) else { return Ok(false) };
            let row = (0..rows.rows()).find(|row| cell(rows, *row, "service") == of);
            return Ok(row.is_some_and(|row| rows.cell(row, "planned") == Cell::Boolean(true)));
        }
        let failures: Vec<FailureQuery> = planned.iter().map(|leaf| self.failure(leaf, self.lattice.worst())).collect();
        let level = self.level(self.impact(&failures)?.as_ref(), of);
        let from = if parameters["escalate_downtimes_as_warn"].as_bool() == Some(true) { "WARN" } else { self.lattice.worst() };
        Ok(self.lattice.rank(&level) >= self.lattice.rank(from))
    }

    /// Everything on the way from a node to its causes, or what contributes to it directly; of Zabbix the events at the end.
    fn causes(&self, wanted: &Value, direct: bool) -> Result<String, String> {
        let of = text(wanted, "of")?;
        let (mode, normal) = match self.lattice.name.as_str() {
            "zabbix" => (CauseMode::Threshold, None),
            "icinga" => (CauseMode::SameState, None),
            _ => (CauseMode::Contributing, self.lattice.minimum.clone()),
        };
        let query = RootCausesQuery {
            bad: vec![of.to_owned()],
            failures: self.document.failures.clone(),
            states: self.document.states.clone(),
            mode: Some(mode),
            normal,
            ..Default::default()
        };
        let report = root_causes(self.ecosystem, &query).map_err(|error| error.to_string())?;
        let events = wanted["events"].is_array();
        let table = if events { "rows" } else { "nodes" };
        let table = report.tables().into_iter().find(|one| one.name() == table).ok_or("no such table")?;
        let step = |row: usize| match table.cell(row, "step") {
            Cell::Integer(step) => step,
            _ => 0,
        };
        let kept = (0..table.rows()).filter(|row| events || if direct { step(*row) == 1 } else { step(*row) > 0 });
        let names = kept.map(|row| cell(table, row, "service"));
        let event = |name: &String| self.document.events.contains(name);
        Ok(sorted(if events { names.filter(event).collect() } else { names.collect() }))
    }
}
