//! Cases of regimes: contracts written in the language of regimes, with figures and what they give.
//!
//! Goes in: the list of cases and the folder of documents that hold them. Comes out: whether each gives what it expects.
//! **Invariant:** values are compared exactly, as fractions.
//! **Not here:** the language (`siam_core::formula`).

use super::{Outcome, Ran, Results, compared};
use siam_core::base::{Currency, Date, Limits, Ratio};
use siam_core::document::{Decode, Faults, Mark, Named, Node, NodeKind, Source, Spot, read};
use siam_core::formula::evaluate::{Evaluated, Event};
use siam_core::formula::history::{History, SettlementPeriod, text as exact};
use siam_core::formula::instances::{Instance, literal};
use siam_core::formula::program::{Contract, Program};
use siam_core::formula::value::{Missing, Scalar, Value};
use siam_core::model::regime::{AttachmentDoc, RegimeDoc, Scope, check};
use std::collections::BTreeMap;
use std::path::Path;

/// Runs every case of the list that a document of the folder holds; the others are prose.
pub fn run(list: &str, folder: &Path) -> Result<Results, String> {
    let list: serde_json::Value = serde_json::from_str(list).map_err(|fault| format!("not JSON: {fault}"))?;
    let mut files: Vec<_> =
        std::fs::read_dir(folder).map_err(|fault| fault.to_string())?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut documents = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
        let text = std::fs::read_to_string(file).map_err(|fault| fault.to_string())?;
        documents.push((file.display().to_string(), text));
    }
    let mut ran = Vec::new();
    let mut known = Vec::new();
    for (name, text) in &documents {
        let mut faults = Faults::new(&Limits::default());
        let root = read(&[Source::text(name, text)], &mut faults).ok_or_else(|| faults.into_problems().to_string())?;
        for entry in root.get("cases").and_then(Node::entries).ok_or("no cases")? {
            let outcome = one(name, text, &entry.value)
                .unwrap_or_else(|fault| Outcome::Failed { expected: "a case that can be translated".into(), got: fault });
            known.push(entry.key.to_string());
            ran.push(Ran { id: entry.key.to_string(), outcome });
        }
    }
    for case in list.as_array().ok_or("the list is no list")? {
        let id = case["id"].as_str().ok_or("a case without id")?;
        if !known.iter().any(|known| known == id) {
            ran.push(Ran { id: id.to_owned(), outcome: Outcome::Skipped("it is prose, in no document".into()) });
        }
    }
    Ok(Results(ran))
}

/// The scope of a path such as `A/sla/availability`.
fn scope(path: &str) -> Scope {
    match path.split('/').filter(|part| !part.is_empty()).count() {
        0 => Scope::Ecosystem,
        1 => Scope::Party,
        2 => Scope::Agreement,
        3 => Scope::Measure,
        _ => Scope::Event,
    }
}

struct Case<'a> {
    instances: Vec<Instance>,
    places: BTreeMap<String, usize>,
    events: Vec<Event>,
    given: BTreeMap<(String, &'a str), Vec<&'a str>>,
}

impl<'a> Case<'a> {
    /// The instance of a path, with all that it lies in.
    fn instance(&mut self, path: &str) -> usize {
        if let Some(known) = self.places.get(path) {
            return *known;
        }
        let outer = path.rsplit_once('/').map_or("", |(outer, _)| outer);
        let within = (!path.is_empty()).then(|| self.instance(if outer == "@" { "" } else { outer }));
        let (attachments, figures, members) = Default::default();
        self.instances.push(Instance { scope: scope(path), id: path.to_owned(), within, attachments, figures, members });
        self.places.insert(path.to_owned(), self.instances.len() - 1);
        self.instances.len() - 1
    }

    fn read(case: &'a Node) -> Result<Self, String> {
        let mut read = Self { instances: Vec::new(), places: BTreeMap::new(), events: Vec::new(), given: BTreeMap::new() };
        read.instance("");
        for party in case.get("parties").and_then(Node::items).unwrap_or_default() {
            read.instance(party.text().ok_or("a party is no text")?);
        }
        for entry in case.get("given").and_then(Node::entries).ok_or("nothing given")? {
            let path = &*entry.key;
            if scope(path) == Scope::Event {
                let (outer, _) = path.rsplit_once('/').ok_or("an event without a measure")?;
                let within = read.instance(outer);
                read.events.push(Event { id: path.to_owned(), within });
            } else {
                read.instance(path);
            }
            for figure in entry.value.entries().unwrap_or_default() {
                let values: Vec<&str> = match &figure.value.kind {
                    NodeKind::List(items) => items.iter().filter_map(Node::text).collect(),
                    _ => figure.value.text().into_iter().collect(),
                };
                let first = values.first().ok_or("a figure without a value")?;
                let (_, typed) = literal(first).ok_or_else(|| format!("{first} is no value"))?;
                if let Some(at) = read.places.get(path).copied() {
                    let name = Spot { value: figure.key.to_string(), mark: Mark::default() };
                    let typed = Spot { value: typed.settled().to_string(), mark: Mark::default() };
                    read.instances[at].figures.entries.push((name, typed));
                }
                read.given.insert((path.to_owned(), &figure.key), values);
            }
        }
        Ok(read)
    }

    /// Attaches a regime to every instance of its scope; one of events to the ecosystem.
    fn attach(&mut self, name: &str, of: Scope, case: &Node) -> Result<(), String> {
        let of = if of == Scope::Event { Scope::Ecosystem } else { of };
        for instance in self.instances.iter_mut().filter(|instance| instance.scope == of) {
            let mut faults = Faults::new(&Limits::default());
            let own = case.get("attach").and_then(|attach| attach.get(name)).and_then(|attach| attach.get(&instance.id));
            let mut doc = own.and_then(|node| AttachmentDoc::decode(node, &mut faults)).unwrap_or_default();
            for entry in
                case.get("opening").and_then(|opening| opening.get(&instance.id)).and_then(Node::entries).unwrap_or_default()
            {
                let (regime, line) = entry.key.split_once('.').ok_or("an opening without a line")?;
                if regime == name {
                    let values = Vec::<Spot<String>>::decode(&entry.value, &mut faults).ok_or("no opening values")?;
                    doc.opening.entries.push((Spot::unplaced(line.to_owned()), values));
                }
            }
            instance.attachments.push((Spot::unplaced(name.to_owned()), doc));
        }
        Ok(())
    }

    fn currency(&self) -> Option<Currency> {
        let values = self.given.values().flatten();
        values.filter_map(|text| literal(text)?.1.unit()?.currency()).next()
    }
}

fn one(name: &str, text: &str, case: &Node) -> Result<Outcome, String> {
    let mut faults = Faults::new(&Limits::default());
    let root = read(&[Source::text(name, text)], &mut faults).ok_or("unreadable")?;
    let docs = root.get("regimes").and_then(|node| Named::<Vec<RegimeDoc>>::decode(node, &mut faults)).ok_or("no regimes")?;
    let used: Vec<&str> = case.get("use").and_then(Node::items).unwrap_or_default().iter().filter_map(Node::text).collect();
    let mut regimes = check(&docs, &mut faults);
    regimes.retain(|regime| used.contains(&regime.name.value.as_str()));
    let mut translated = Case::read(case)?;
    for regime in &regimes {
        translated.attach(&regime.name.value, regime.scope, case)?;
    }
    let start = Date::parse("2026-01-01").ok_or("no date")?;
    let contract = Contract { start, end: None, currency: translated.currency() };
    let Some(program) = Program::compile(&regimes, &translated.instances, contract, &mut faults) else {
        return Err(faults.into_problems().to_string());
    };
    let count = translated.given.values().map(Vec::len).max().unwrap_or(1).max(1);
    let mut history = History::default();
    let mut periods = Vec::new();
    for number in 1..=count {
        let month = |number: usize| Date::parse(&format!("{}-{:02}-01", 2026 + number / 12, number % 12 + 1));
        let (from, until) = month(number - 1).zip(month(number)).ok_or("no month")?;
        let period = SettlementPeriod { number: i32::try_from(number).unwrap_or(0), label: number.to_string(), from, until };
        let given = |_: Scope, instance: &str, name: &str, period: &SettlementPeriod| {
            let values = translated.given.get(&(instance.to_owned(), name));
            let at = usize::try_from(period.number - 1).unwrap_or(0);
            let value = values.and_then(|values| values.get(at).or_else(|| values.last()));
            value.and_then(|text| literal(text)).map_or(Value::missing(Missing::NotSupplied), |(value, _)| Value::One(value))
        };
        periods.push(program.evaluate(&period, &translated.events, &given, &mut history));
    }
    let (read, expect) = case.get("read").zip(case.get("expect")).ok_or("nothing to read")?;
    let got = match read.get("line") {
        Some(_) => show(read, &periods)?,
        None => {
            let several = read.entries().unwrap_or_default().iter();
            let shown: Result<Vec<String>, String> =
                several.map(|entry| Ok(format!("{}: {}", entry.key, show(&entry.value, &periods)?))).collect();
            let mut shown = shown?;
            shown.sort();
            format!("{{{}}}", shown.join(", "))
        }
    };
    Ok(compared(plain(expect), got))
}

/// What is wanted, as the values are shown.
fn plain(node: &Node) -> String {
    match &node.kind {
        NodeKind::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        NodeKind::Map(entries) => {
            let mut shown: Vec<String> = entries.iter().map(|entry| format!("{}: {}", entry.key, plain(&entry.value))).collect();
            shown.sort();
            format!("{{{}}}", shown.join(", "))
        }
        NodeKind::Scalar { text, .. } => Ratio::parse(text).map_or_else(|| text.to_string(), |value| value.to_exact_text()),
        NodeKind::Null => String::new(),
    }
}

fn show(read: &Node, periods: &[Evaluated]) -> Result<String, String> {
    let text = |key: &str| read.get(key).and_then(Node::text);
    let (regime, line) = text("line").and_then(|line| line.split_once('.')).ok_or("no line to read")?;
    let unit = match text("show").unwrap_or("number") {
        "percent" => Ratio::new(1, 100),
        "days" => Some(Ratio::whole(86_400)),
        "h" => Some(Ratio::whole(3_600)),
        "min" => Some(Ratio::whole(60)),
        _ => Some(Ratio::ONE),
    };
    let unit = unit.ok_or("no unit")?;
    let scalar = |value: &Scalar| match value {
        Scalar::Quantity(value) => value.divide(&unit).map_or(String::new(), |value| value.to_exact_text()),
        Scalar::Missing(why) => format!("missing ({})", why.as_str()),
        other => exact(other),
    };
    let value = |value: &Value| match value {
        Value::One(value) => scalar(value),
        Value::ByParty(slices) => {
            let shown = slices.iter().map(|(party, value)| format!("{party}: {}", scalar(value)));
            format!("{{{}}}", shown.collect::<Vec<_>>().join(", "))
        }
    };
    let all = |evaluated: &Evaluated| -> Vec<(String, String)> {
        let found = evaluated.lines().filter(|found| found.attachment == regime && found.line == line);
        found.map(|found| (found.instance.to_owned(), value(found.value))).collect()
    };
    let last = periods.last().ok_or("no period")?;
    if text("list") == Some("instances") {
        return Ok(format!("[{}]", all(last).into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(", ")));
    }
    if text("by") == Some("instance") {
        let short = |id: &str| id.rsplit('/').next().unwrap_or(id).to_owned();
        let mut shown: Vec<String> = all(last).into_iter().map(|(id, value)| format!("{}: {value}", short(&id))).collect();
        shown.sort();
        return Ok(format!("{{{}}}", shown.join(", ")));
    }
    let single = |evaluated: &Evaluated| match all(evaluated).as_slice() {
        [(_, value)] => Ok(value.clone()),
        several => Err(format!("{} instances have the line", several.len())),
    };
    if text("last").is_some() {
        return single(last);
    }
    let shown: Result<Vec<String>, String> = periods.iter().map(single).collect();
    Ok(format!("[{}]", shown?.join(", ")))
}
