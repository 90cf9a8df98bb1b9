//! Small random estates: every form in which a dependency may be written, rings too.
//!
//! Goes in: dice and options. Comes out: an estate that writes itself as a document, with failures and an instant to ask at.
//! **Invariant:** without `cyclic` a service depends on earlier ones only; with it every rule is monotone.
//! **Not here:** rules (`rules`), big estates (`layered`).

use super::rules::{Rules, table};
use super::{Dice, presets};

/// What an estate may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Rings; all rules are then monotone.
    pub cyclic: bool,
    /// Only rules by which a worse dependency never makes anything better.
    pub monotone: bool,
    /// Services and dependencies that come and go.
    pub dated: bool,
    /// Only rules that are one order over all dependencies, and none that feels a dependency which works.
    pub plain: bool,
    /// Parties that provide the services, some of them subcontractors of others.
    pub parties: bool,
}

/// From a day to another; open where absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// First day.
    pub from: Option<String>,
    /// First day after.
    pub until: Option<String>,
}

/// An item of the short form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// One dependency.
    One(String),
    /// One of several is enough.
    AnyOf(Vec<String>),
    /// So many of several are needed.
    AtLeast(usize, Vec<String>),
}

/// What a service depends on, in the short or in the long form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// Items that are all needed.
    Short(Vec<Item>),
    /// Dependencies and a rule over them.
    Long(Vec<String>, String),
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// When it exists.
    pub span: Span,
    /// Who provides it, and when.
    pub provider: Vec<(String, Span)>,
    /// What it depends on, and when.
    pub needs: Vec<(Needs, Span)>,
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// Whose failures its own are.
    pub prime: Option<String>,
}

/// A small estate, with what fails in it and when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estate {
    /// Names of the levels, best first.
    pub levels: Vec<String>,
    /// The parties.
    pub parties: Vec<Party>,
    /// The services.
    pub services: Vec<Service>,
    /// Failed services and their levels.
    pub failures: Vec<(String, String)>,
    /// The instant asked about, in microseconds.
    pub at: i64,
}

const ZONE: &str = "America/Sao_Paulo";
/// Days on which things change; on one of them the zone has no midnight.
const DAYS: [&str; 4] = ["2017-10-15", "2018-02-18", "2018-11-04", "2019-06-01"];
/// Instants before, at and after those days.
const INSTANTS: [&str; 7] = [
    "2017-01-01T00:00:00Z",
    "2017-10-15T02:59:59Z",
    "2017-10-15T03:00:00Z",
    "2018-02-18T02:00:00Z",
    "2018-02-18T03:00:00Z",
    "2018-11-04T03:00:00Z",
    "2020-01-01T00:00:00Z",
];

/// A random estate of so many services.
pub fn estate(dice: &mut Dice, services: usize, options: Options) -> Estate {
    let named: [&[&str]; 4] = [
        &["operational", "degraded", "down"],
        &["up", "down"],
        &["ok", "minor", "major", "lost"],
        &["a", "b", "c", "d", "e", "f"],
    ];
    let levels: &[&str] = if dice.chance(1, 3) { presets::CHAINS[dice.below(4)] } else { named[dice.below(named.len())] };
    let levels: Vec<String> = levels.iter().map(|name| (*name).to_owned()).collect();
    let names: Vec<String> = (0..services).map(|at| format!("s{at}")).collect();
    let options = Options { monotone: options.monotone || options.cyclic, ..options };
    let mut written = Vec::new();
    for at in 0..services {
        let mut known = names[..at].to_vec();
        if options.cyclic {
            known.extend_from_slice(&names[at + 1..]);
        }
        let spans = if options.dated && dice.chance(1, 3) { changes(dice) } else { vec![Span::default()] };
        let mut needs = Vec::new();
        for span in spans {
            let count = dice.below(known.len().min(6) + 1);
            let known = dice.some(&known, count);
            if !known.is_empty() {
                needs.push((form(dice, &known, &levels, options), span));
            }
        }
        let dated = options.dated && dice.chance(1, 4);
        let span = if dated { changes(dice).pop().unwrap_or_default() } else { Span::default() };
        written.push(Service { name: names[at].clone(), span, provider: Vec::new(), needs });
    }
    let count = dice.below(services.min(5)) + 1;
    let failed = dice.some(&names, count);
    let failures = failed.into_iter().map(|name| (name, levels[1 + dice.below(levels.len() - 1)].clone())).collect();
    let at = siam_core::base::Instant::parse(INSTANTS[dice.below(INSTANTS.len())]).map_or(0, |at| at.micros());
    let parties = if options.parties { provided(dice, &mut written, options.dated) } else { Vec::new() };
    Estate { levels, parties, services: written, failures, at }
}

/// Up to five parties, some of them below an earlier one, and who provides what; some services nobody does.
fn provided(dice: &mut Dice, services: &mut [Service], dated: bool) -> Vec<Party> {
    let names: Vec<String> = (0..dice.below(5) + 1).map(|at| format!("p{at}")).collect();
    let below = |dice: &mut Dice, at: usize| dice.chance(1, 2).then(|| names[..at].get(dice.below(at)).cloned()).flatten();
    let parties = names.iter().enumerate().map(|(at, name)| Party { name: name.clone(), prime: below(dice, at) }).collect();
    for service in services {
        if dice.chance(1, 6) {
            continue;
        }
        let spans = if dated && dice.chance(1, 4) { changes(dice) } else { vec![Span::default()] };
        service.provider = spans.into_iter().map(|span| (dice.pick(&names).clone(), span)).collect();
    }
    parties
}

/// Two or three spans that follow each other.
fn changes(dice: &mut Dice) -> Vec<Span> {
    let first = dice.below(DAYS.len() - 1);
    let day = |at: usize| Some(DAYS[at].to_owned());
    let last = first + 1 + dice.below(DAYS.len() - first - 1);
    let spans = [
        Span { from: None, until: day(first) },
        Span { from: day(first), until: day(last) },
        Span { from: day(last), until: None },
    ];
    let kept = dice.below(3) + 1;
    spans[..kept].to_vec()
}

fn form(dice: &mut Dice, known: &[String], levels: &[String], options: Options) -> Needs {
    if dice.chance(1, 2) {
        return short(dice, known, levels, options);
    }
    let labels: Vec<String> = ["left", "right"].map(str::to_owned)[..dice.below(3)].to_vec();
    let mut used: Vec<String> = Vec::new();
    let mut edges = Vec::new();
    for name in known {
        let mut parts = vec![format!("service: {name}")];
        parts.extend(impact(dice, levels, options));
        if dice.chance(1, 3) {
            parts.push(format!("weight: {}", dice.below(5)));
        }
        if !labels.is_empty() && dice.chance(2, 3) {
            let label = dice.pick(&labels).clone();
            parts.push(format!("group: {label}"));
            if !used.contains(&label) {
                used.push(label);
            }
        }
        edges.push(if parts.len() == 1 { name.clone() } else { format!("{{{}}}", parts.join(", ")) });
    }
    let rules = Rules { levels, labels: &used, edges: edges.len(), monotone: options.monotone };
    let rule = if options.plain { rules.order(dice) } else { rules.rule(dice, 2) };
    Needs::Long(edges, rule)
}

fn short(dice: &mut Dice, known: &[String], levels: &[String], options: Options) -> Needs {
    let mut left: Vec<String> = known
        .iter()
        .map(|name| match impact(dice, levels, options) {
            Some(impact) => format!("{{service: {name}, {impact}}}"),
            None => name.clone(),
        })
        .collect();
    let mut items = Vec::new();
    while let Some(one) = left.pop() {
        let count = dice.below(left.len() + 1);
        match dice.below(4) {
            0 => {
                let mut members = left.split_off(left.len() - count);
                members.push(one);
                items.push(Item::AnyOf(members));
            }
            1 => {
                let mut members = left.split_off(left.len() - count);
                members.push(one);
                items.push(Item::AtLeast(dice.below(members.len()) + 1, members));
            }
            _ => items.push(Item::One(one)),
        }
    }
    Needs::Short(items)
}

/// How a dependency's level is seen: at most some level, by table, by a shift or by name.
fn impact(dice: &mut Dice, levels: &[String], options: Options) -> Option<String> {
    let monotone = options.monotone;
    match dice.below(if options.plain { 6 } else { 8 }) {
        6 => Some(format!("impact: {}", presets::impact(dice, levels, monotone))),
        0 => Some(format!("impact: {}", dice.pick(levels))),
        1 => {
            let mut table = table(dice, levels, monotone);
            if options.plain {
                table[0] = 0;
            }
            let mut written = Vec::new();
            for (from, to) in levels.iter().zip(table) {
                if !monotone && dice.chance(1, 6) {
                    written.push(format!("{from}: excluded"));
                } else if monotone || dice.chance(2, 3) {
                    written.push(format!("{from}: {}", levels[to]));
                }
            }
            Some(format!("impact: {{{}}}", written.join(", ")))
        }
        _ => None,
    }
}

impl Item {
    fn text(&self) -> String {
        match self {
            Self::One(edge) => edge.clone(),
            Self::AnyOf(members) => format!("{{any_of: [{}]}}", members.join(", ")),
            Self::AtLeast(wanted, members) => format!("{{at_least: {wanted}, of: [{}]}}", members.join(", ")),
        }
    }
}

impl Needs {
    fn text(&self) -> String {
        match self {
            Self::Short(items) => format!("[{}]", items.iter().map(Item::text).collect::<Vec<_>>().join(", ")),
            Self::Long(edges, rule) => format!("{{of: [{}], rule: {rule}}}", edges.join(", ")),
        }
    }
    fn shuffle(&mut self, dice: &mut Dice) {
        match self {
            Self::Long(edges, _) => dice.shuffle(edges),
            Self::Short(items) => {
                dice.shuffle(items);
                for item in items {
                    if let Item::AnyOf(members) | Item::AtLeast(_, members) = item {
                        dice.shuffle(members);
                    }
                }
            }
        }
    }
}

impl Span {
    fn text(&self) -> String {
        let from = self.from.iter().map(|day| format!(", from: {day}"));
        from.chain(self.until.iter().map(|day| format!(", until: {day}"))).collect()
    }
}

/// An attribute that may change, with what comes before it; nothing where it is not written.
fn attribute(key: &str, values: &[(String, &Span)]) -> String {
    match values {
        [] => String::new(),
        [(value, span)] if **span == Span::default() => format!(", {key}: {value}"),
        several => {
            let spans = several.iter().map(|(value, span)| format!("{{value: {value}{}}}", span.text()));
            format!(", {key}: [{}]", spans.collect::<Vec<_>>().join(", "))
        }
    }
}

impl Estate {
    /// The same estate with everything whose order says nothing in another order.
    #[must_use]
    pub fn shuffled(&self, dice: &mut Dice) -> Self {
        let mut other = self.clone();
        dice.shuffle(&mut other.parties);
        dice.shuffle(&mut other.services);
        dice.shuffle(&mut other.failures);
        for service in &mut other.services {
            dice.shuffle(&mut service.needs);
            dice.shuffle(&mut service.provider);
            service.needs.iter_mut().for_each(|(needs, _)| needs.shuffle(dice));
        }
        other
    }

    /// The estate as a document.
    pub fn document(&self) -> String {
        let mut text = format!("siam: 1\nzone: {ZONE}\nlevels: [{}]\n", self.levels.join(", "));
        if !self.parties.is_empty() {
            text += "parties:\n";
        }
        for party in &self.parties {
            let prime = party.prime.iter().map(|prime| format!(", subcontractor_of: {prime}"));
            text += &format!("  {}: {{kind: supplier{}}}\n", party.name, prime.collect::<String>());
        }
        text += "services:\n";
        for service in &self.services {
            let provider: Vec<_> = service.provider.iter().map(|(party, span)| (party.clone(), span)).collect();
            let needs: Vec<_> = service.needs.iter().map(|(needs, span)| (needs.text(), span)).collect();
            let (provider, needs) = (attribute("provider", &provider), attribute("depends_on", &needs));
            text += &format!("  {}: {{title: {}{}{provider}{needs}}}\n", service.name, service.name, service.span.text());
        }
        text
    }
}
