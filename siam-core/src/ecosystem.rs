//! The front door: a checked ecosystem with its compiled forms.
//!
//! Goes in: documents and tables of services. Comes out: an `Ecosystem`, cheap to clone and safe to share, or all faults.
//! **Invariant:** an `Ecosystem` that exists has no error; it never changes.
//! **Not here:** what happened (`evidence`), answers (`answer`).

mod changes;

use crate::base::{Argument, Error, IdxVec, Instant, Limits, Place, Problems, TableView, Zone, ZoneDatabase, codes};
use crate::clock::Clock;
use crate::document::{Dated, Decode, Faults, Files, Mark, Node, NodeKind, Source, read};
use crate::formula::{Program, attach};
use crate::model::calendar::{Calendar, CalendarIdx};
use crate::model::dated::{Timeline, Validity};
use crate::model::dependency::DependsDoc;
use crate::model::kept::{Kept, TableRows};
use crate::model::rule::{Edge, Expression, ServiceIdx};
use crate::model::tables::ServiceTables;
use crate::model::{EcosystemDoc, Model, check};
use crate::report::Stamp;
use crate::structure::{CompileFault, Structure};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A checked ecosystem: one description that every question is asked of.
///
/// ```
/// use siam_core::{Source, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// ecosystem: acme
/// services:
///   wan-a: {}
///   wan-b: {}
///   email: {depends_on: [{any_of: [wan-a, wan-b]}]}
/// ")])?;
/// assert_eq!(ecosystem.model().services.len(), 3);
/// # Ok::<(), siam_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Ecosystem(Arc<Parts>);

struct Parts {
    /// What the documents say, from which changed ecosystems are made.
    root: Node,
    /// What came in tables beside the services, where there were any.
    tables: Option<TableRows>,
    model: Model,
    stamp: Stamp,
    clocks: IdxVec<Calendar, Arc<Clock>>,
    maps: Vec<Map>,
    regimes: Option<Program>,
    files: Files,
    problems: Problems,
}

/// The dependency map between two changes.
#[derive(Debug)]
pub struct Map {
    /// From when it holds.
    pub from: Instant,
    /// The map as gates.
    pub structure: Structure,
}

/// Reads and checks documents; every fault is in the error.
pub fn load(sources: &[Source]) -> Result<Ecosystem, Error> {
    load_with(sources, Vec::new(), &Limits::default())
}

/// Reads and checks documents with tables of services and dependencies, within limits.
pub fn load_with(sources: &[Source], tables: Vec<TableView<'_>>, limits: &Limits) -> Result<Ecosystem, Error> {
    let (ecosystem, problems) = build(sources, tables, limits);
    match ecosystem {
        Some(parts) if !problems.has_errors() => Ok(Ecosystem(Arc::new(Parts { problems, ..parts }))),
        _ => Err(Error::from_problems(problems)),
    }
}

fn build(sources: &[Source], tables: Vec<TableView<'_>>, limits: &Limits) -> (Option<Parts>, Problems) {
    let mut faults = Faults::new(limits);
    let given = !tables.is_empty();
    let tables = ServiceTables::new(tables, &mut faults);
    let root = if sources.is_empty() && given { tables.alone() } else { read(sources, &mut faults) };
    let parts = root.and_then(|root| compile(root, &tables, None, &mut faults));
    (parts, faults.into_problems())
}

fn compile(root: Node, tables: &ServiceTables<'_>, kept: Option<&Kept<'_>>, faults: &mut Faults) -> Option<Parts> {
    let mut doc = EcosystemDoc::decode(&root, faults)?;
    let (parties, classes) = (doc.parties.entries.len(), doc.classes.entries.len());
    tables.extend(&mut doc, faults);
    kept.inspect(|kept| kept.extend(&mut doc));
    let model = check::check(&doc, tables, kept, faults)?;
    let mut digest = Sha256::new();
    digest_node(&root, &mut digest);
    let rows = match kept {
        Some(kept) => Some(kept.table_rows()),
        None if tables.is_empty() => None,
        None => {
            let mut rows = Sha256::new();
            tables.digest(&model, &mut |bytes| rows.update(bytes));
            let (parties, classes) = (doc.parties.entries.split_off(parties), doc.classes.entries.split_off(classes));
            Some(TableRows { digest: rows.finalize().into(), parties, classes })
        }
    };
    if let Some(rows) = &rows {
        digest.update(rows.digest);
    }
    let stamp = stamp(digest, model.edition, &model.zones);
    let clocks = clocks(&model, faults);
    let maps = maps(&model, faults);
    let instances = attach::instances(&model);
    let attached = instances.iter().any(|instance| !instance.attachments.is_empty());
    let regimes = match attach::contract(&model, faults) {
        Some(contract) if attached || !model.regimes.is_empty() => Program::compile(&model.regimes, &instances, contract, faults),
        _ => None,
    };
    let files = faults.files().clone();
    Some(Parts { root, tables: rows, model, stamp, clocks: clocks?, maps: maps?, regimes, files, problems: Problems::new() })
}

/// Prepares the clock of every calendar, those that others are made of first.
fn clocks(model: &Model, faults: &mut Faults) -> Option<IdxVec<Calendar, Arc<Clock>>> {
    let mut made: Vec<Option<Arc<Clock>>> = vec![None; model.calendars.len()];
    for at in &model.calendar_order {
        let Some(calendar) = model.calendars.get(*at) else { continue };
        let of = calendar.made_of.as_ref().map_or(&[][..], |combination| &combination.of);
        let parts: Option<Vec<Arc<Clock>>> = of.iter().map(|part| made.get(part.get()).cloned().flatten()).collect();
        // A part that has no clock was reported.
        let Some(parts) = parts else { continue };
        match model.zones.find(&calendar.zone) {
            Ok(zone) => made[at.get()] = Some(Arc::new(Clock::compile_in(calendar, zone, parts))),
            Err(problem) => faults.report(problem),
        }
    }
    made.into_iter().collect()
}

/// Compiles the dependency map of every stretch of time in which it does not change.
fn maps(model: &Model, faults: &mut Faults) -> Option<Vec<Map>> {
    let levels = u8::try_from(model.levels.len()).unwrap_or(u8::MAX);
    let mut maps = Vec::new();
    let (services, changes, limit) = (model.services.len(), model.map_changes(), faults.limits().map_services);
    // What dates multiply is bounded before it is allocated; a map that never changes is bounded by its rows.
    if !changes.is_empty() && services.saturating_mul(changes.len() + 1) > limit {
        let problem = faults.problem(&codes::TOO_MANY_MAPS, Default::default());
        faults.report(problem.with("services", services).with("changes", changes.len()).with("limit", limit));
        return None;
    }
    let dated = model.services.iter().any(|service| service.validity != Validity::ALWAYS);
    for from in std::iter::once(Instant::MIN).chain(changes) {
        let node = |at| if dated { Cow::Owned(model.node(at, from)) } else { model.written_node(at, from) };
        match Structure::compile_each(model.services.len(), levels, node) {
            Ok(structure) => maps.push(Map { from, structure }),
            Err(fault) => {
                report_map(&fault, model, faults);
                return None;
            }
        }
    }
    Some(maps)
}

fn report_map(fault: &CompileFault, model: &Model, faults: &mut Faults) {
    let name = |service: ServiceIdx| Argument::user(model.service_name(service));
    let place = |service: &ServiceIdx| model.services.get(*service).map(|service| service.mark).unwrap_or_default();
    let problem = match fault {
        CompileFault::Cycle { service, path } => {
            let mut names: Vec<&str> = path.iter().map(|service| model.service_name(*service)).collect();
            names.extend(names.first().copied());
            faults
                .problem(&codes::CYCLE_NOT_MONOTONE, place(service))
                .with("service", name(*service))
                .with("path", Argument::name(names.join(" -> ")))
        }
        CompileFault::TooLarge { service, what } => {
            faults.problem(&codes::RULE_TOO_LARGE, place(service)).with("service", name(*service)).with("what", *what)
        }
        CompileFault::Malformed { service, why } => {
            faults.problem(&codes::RULE_MALFORMED, place(service)).with("service", name(*service)).with("why", *why)
        }
        CompileFault::Levels { given } => {
            let code = if *given < 2 { &codes::NO_LEVELS } else { &codes::TOO_MANY_LEVELS };
            faults.problem(code, Default::default()).with("given", u32::from(*given))
        }
    };
    faults.report(problem);
}

/// Feeds what a document says, not how it is laid out: spaces, comments and quotes do not count.
fn digest_node(node: &Node, digest: &mut Sha256) {
    let mut text = |kind: u8, text: &str| {
        digest.update([kind]);
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text.as_bytes());
    };
    match &node.kind {
        NodeKind::Null => text(b'0', ""),
        NodeKind::Scalar { text: value, .. } => text(b's', value),
        NodeKind::List(items) => {
            text(b'l', &items.len().to_string());
            items.iter().for_each(|item| digest_node(item, digest));
        }
        NodeKind::Map(entries) => {
            text(b'm', &entries.len().to_string());
            for entry in entries {
                digest_node(&Node { mark: entry.mark, kind: NodeKind::Scalar { text: entry.key.clone(), plain: false } }, digest);
                digest_node(&entry.value, digest);
            }
        }
    }
}

fn stamp(mut digest: Sha256, edition: u32, zones: &ZoneDatabase) -> Stamp {
    let library = env!("CARGO_PKG_VERSION");
    for part in [zones.version(), library, &edition.to_string()] {
        digest.update([0]);
        digest.update(part.as_bytes());
    }
    // Two databases may bear one version.
    if let Some(bytes) = zones.digest() {
        digest.update(bytes);
    }
    let fingerprint = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Stamp { fingerprint, edition, tzdb: zones.version().to_owned(), library: library.to_owned() }
}

impl Ecosystem {
    /// What is true.
    pub fn model(&self) -> &Model {
        &self.0.model
    }
    /// What every answer of it was computed on.
    pub fn stamp(&self) -> &Stamp {
        &self.0.stamp
    }
    /// What is worth knowing about its documents; never an error.
    pub fn problems(&self) -> &Problems {
        &self.0.problems
    }
    /// A new ecosystem in which some of what the documents say is otherwise: pairs of a path and what stands there as YAML or JSON.
    ///
    /// A path names keys with dots between them, quoted where a name has dots; `measures.<name>` finds its agreement, a number an item
    /// of a list. `null` takes away what stands there. All is checked as `load` does, every fault at once, at the place of its change.
    /// The fingerprint is that of loading the changed documents. A service that came in a table is from then on one of the documents,
    /// all else that its row says as it was, and `null` for its `depends_on` means none; tables themselves are not kept, so that their part of the fingerprint stays that of the tables as given.
    ///
    /// ```
    /// use siam_core::{Source, load};
    /// let text = "siam: 1\nparties: {netco: {kind: supplier}, skyline: {kind: supplier}}\nservices: {wan: {provider: netco}}";
    /// let before = load(&[Source::text("acme.yaml", text)])?;
    /// let after = before.with(&[("services.wan.provider", "skyline"), ("services.email", "{depends_on: [wan]}")])?;
    /// assert_eq!((before.model().services.len(), after.model().services.len()), (1, 2));
    /// let fault = before.with(&[("services.wan.provider", "netko")]).unwrap_err();
    /// assert!(fault.to_string().contains("services.wan.provider:1:1"), "{fault}");
    /// # Ok::<(), siam_core::Error>(())
    /// ```
    pub fn with(&self, changes: &[(&str, &str)]) -> Result<Ecosystem, Error> {
        self.changed(&Limits::default(), |faults| Some(changes::read_pairs(changes, faults)))
    }
    /// The same from one text: a map from path to value, or a list of `path` and `value` where a path is a list of names.
    pub fn with_changes(&self, changes: &str, limits: &Limits) -> Result<Ecosystem, Error> {
        self.changed(limits, |faults| changes::read_all(changes, faults))
    }
    fn changed(
        &self,
        limits: &Limits,
        read: impl FnOnce(&mut Faults) -> Option<Vec<changes::Change>>,
    ) -> Result<Ecosystem, Error> {
        let before = &*self.0;
        let limits = Limits { zones: before.model.zones.clone(), ..limits.clone() };
        let mut faults = Faults::beside(before.files.clone(), &limits);
        let parts = read(&mut faults).and_then(|changes| {
            let mut root = before.root.clone();
            let (written, rows) = (self.written(), before.tables.as_ref());
            let gone = changes::apply(&mut root, changes, &before.model, &written, &mut faults);
            let kept = rows.map(|rows| Kept::new(&before.model, rows, &before.files, written, gone));
            compile(root, &ServiceTables::default(), kept.as_ref(), &mut faults)
        });
        let problems = faults.into_problems();
        match parts {
            Some(parts) if !problems.has_errors() => Ok(Ecosystem(Arc::new(Parts { problems, ..parts }))),
            _ => Err(Error::from_problems(problems)),
        }
    }
    /// The services whose dependencies its documents name.
    fn written(&self) -> BTreeSet<ServiceIdx> {
        let services = self.0.root.get("services").and_then(Node::entries).unwrap_or_default();
        let names = services.iter().filter(|entry| entry.value.get("depends_on").is_some()).map(|entry| &*entry.key);
        names.filter_map(|name| self.model().names.services.get(name).copied()).collect()
    }
    /// What the rule that its documents write for a service at an instant says of these dependencies. None where they write none: in the
    /// short form, for a service of a table, and where it is no rule of these.
    pub fn rule_over(&self, service: ServiceIdx, at: Instant, edges: &[Edge]) -> Option<Expression> {
        let model = self.model();
        let (services, name) = (self.0.root.get("services")?, model.service_name(service));
        // Services of documents have the order of the documents, so that the place is known before it is looked for.
        let there = services.entries().and_then(|entries| entries.get(service.get())).filter(|entry| &*entry.key == name);
        let written = there.map(|entry| &entry.value).or_else(|| services.get(name))?.get("depends_on")?;
        let (limits, mut faults) = (Limits::default(), Faults::new(&Limits::default()));
        let dated = Dated::<DependsDoc>::decode(written, &mut faults)?;
        let same = |doc: &DependsDoc, _, _: &mut Faults| Some(doc.clone());
        let over_time = Timeline::check(Some(&dated), "depends_on", &model.zone, &mut faults, same);
        over_time.at(at)?.rule_over(&model.levels, edges, &limits)
    }
    /// The place in its documents that a mark of the model stands for; none for what came in a table.
    pub fn place(&self, mark: Mark) -> Place {
        if mark.line == 0 { Place::Nowhere } else { self.0.files.place(mark) }
    }
    /// The compiled clock of a calendar.
    pub fn clock(&self, calendar: CalendarIdx) -> &Clock {
        &self.0.clocks[calendar]
    }
    /// The clock of a calendar in another zone. Of the calendars it is made of, those that write a zone of their own keep it.
    pub fn clock_in(&self, calendar: CalendarIdx, zone: &Zone) -> Arc<Clock> {
        let model = self.model();
        let parts =
            |at: CalendarIdx| model.calendars.get(at).and_then(|one| one.made_of.as_ref()).map_or(&[][..], |made| &made.of);
        let keeps = |at: CalendarIdx| at != calendar && model.calendars.get(at).is_some_and(|one| one.own_zone);
        let (mut needed, mut left) = (BTreeSet::new(), vec![calendar]);
        while let Some(at) = left.pop() {
            if !keeps(at) && needed.insert(at) {
                left.extend(parts(at));
            }
        }
        let mut made: BTreeMap<CalendarIdx, Arc<Clock>> = BTreeMap::new();
        // Each comes after those it is made of.
        for at in model.calendar_order.iter().filter(|at| needed.contains(at)) {
            let Some(one) = model.calendars.get(*at) else { continue };
            let of = parts(*at).iter().map(|part| made.get(part).cloned().unwrap_or_else(|| self.0.clocks[*part].clone()));
            made.insert(*at, Arc::new(Clock::compile_in(one, zone.clone(), of.collect())));
        }
        made.remove(&calendar).unwrap_or_else(|| self.0.clocks[calendar].clone())
    }
    /// The compiled clock of a calendar by name, or the problem of asking for it.
    pub fn clock_named(&self, name: &str) -> Result<&Clock, Error> {
        self.model()
            .names
            .calendars
            .get(name)
            .map(|at| self.clock(*at))
            .ok_or_else(|| asked("calendar", name, self.model().names.calendars.keys().map(String::as_str)))
    }
    /// Whether both are the same ecosystem: one fingerprint.
    pub fn is(&self, other: &Ecosystem) -> bool {
        self.stamp() == other.stamp()
    }
    /// Its incentive regimes, compiled for all that attach them; none where it has none.
    pub fn regimes(&self) -> Option<&Program> {
        self.0.regimes.as_ref()
    }
    /// The dependency map that holds at an instant.
    pub fn map(&self, at: Instant) -> &Map {
        let after = self.0.maps.partition_point(|map| map.from <= at);
        &self.0.maps[after.saturating_sub(1)]
    }
    /// The dependency maps, each with the instant from which it holds.
    pub fn maps(&self) -> &[Map] {
        &self.0.maps
    }
}

/// The error of asking for a name that is not there.
pub fn asked<'a>(kind: &'static str, name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Error {
    let guess = crate::base::nearest::nearest(name, known.clone());
    let problem = match guess {
        Some(guess) => crate::base::Problem::new(&codes::UNKNOWN_NAME_ASKED, crate::base::Place::Nowhere)
            .with("nearest", Argument::name(guess)),
        None => {
            let mut all: Vec<&str> = known.into_iter().take(21).collect();
            if all.len() > 20 {
                all[20] = "...";
            }
            let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
            crate::base::Problem::new(&codes::UNKNOWN_NAME_ASKED_NO_GUESS, crate::base::Place::Nowhere)
                .with("known", Argument::name(all))
        }
    };
    problem.with("kind", kind).with("name", Argument::user(name)).into()
}

impl fmt::Debug for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = self.model();
        write!(
            f,
            "Ecosystem({:?}: {} services, {} parties, {} measures, {})",
            model.name,
            model.services.len(),
            model.parties.len(),
            model.measures.len(),
            &self.stamp().fingerprint[..12]
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::impact::{FailureQuery, ImpactQuery, impact};
    use crate::base::columns::Cell;

    #[test]
    fn a_fault_of_one_part_hides_none_of_another() {
        let text = "siam: 1\nparties: {netco: {kind: suplier}, hub: {}}\ncalendars: {day: {hours: {mon-fri: 8-18}}}\n\
services:\n  wan: {provider: netco, users: many, hours: dya}\n  email: {provider: hbu, depends_on: [wan, {any_of: [x]}]}\n\
agreements: {sla: {kind: sla, measures: {m: {statistic: percent_within, within: 4 hours}}}}\n";
        let found: Vec<String> = load(&[Source::text("e", text)])
            .unwrap_err()
            .problems()
            .iter()
            .map(|p| format!("{} {}", p.code().name, p.place()))
            .collect();
        let expected = [
            "unknown-word e:2:25",
            "missing-key e:2:40",
            "bad-hours e:3:36",
            "bad-value e:5:33",
            "unresolved-name e:5:46",
            "unresolved-name e:6:21",
            "unresolved-name-here e:6:54",
            "bad-value e:7:81",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_dependency_that_is_gone_does_not_count_as_working() {
        let text = "siam: 1\nservices: {a: {}, b: {}, c: {until: 2026-01-01}, n: {depends_on: [{at_least: 2, of: [a, b, c]}]}}\n";
        let ecosystem = load(&[Source::text("e", text)]).unwrap();
        let hit = |day: &str| {
            let query = ImpactQuery { failures: vec![FailureQuery::of("a")], at: Instant::parse(day), ..Default::default() };
            let report = impact(&ecosystem, &query).unwrap();
            (0..report.rows().rows()).any(|row| report.rows().cell(row, "service") == Cell::Text("n".into()))
        };
        assert!(!hit("2025-06-01T00:00:00Z"));
        assert!(hit("2026-06-01T00:00:00Z"));
    }
}
