//! `coverage`: which layer does which process in which phase of the lifecycle, where nobody does, and where two answer for one thing.
//!
//! Goes in: an instant. Comes out: one row per process, phase and layer, and one per function that no process fills.
//! **Invariant:** every process in force has a row for each of its phases and each layer, whatever its state.
//! **Not here:** whom to call (`who`), advice on the whole ecosystem (`answer::findings`).

use crate::answer::given::Question;
use crate::base::columns::Cell;
use crate::base::table::cells::{count, text, text_or_null};
use crate::base::{Argument, ColumnSpec, ColumnType, Error, Instant, Problems, Schema, Table};
use crate::document::decode::{choice, query};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::interface::InterfaceIdx;
use crate::model::party::{PartyIdx, PartyKind};
use crate::model::process::{Function, Phase, ProcessIdx};
use crate::model::responsibility::{LAYERS, Letters, PROVIDER};
use crate::report::answer::no_such_row;
use crate::report::{Answer, Reason, Stamp};
use std::collections::BTreeSet;

choice! {
    /// How a layer stands to a process.
    pub enum Coverage = "a state of coverage" {
        /// Somebody of the layer is Responsible or Accountable.
        Covered = "covered",
        /// The layer takes part, and nobody of it is Responsible or Accountable; or no process fills the function.
        Empty = "empty",
        /// Two parties are Accountable for one activity, and one of them is of the layer.
        Doubled = "doubled",
        /// The layer takes no part.
        NoPart = "no_part",
    }
}

query! {
    /// Who covers what.
    pub struct CoverageQuery = "a question for coverage" {
        /// At which instant.
        at: Instant = "at",
    }
}

impl Question for CoverageQuery {}

/// The rows of `coverage`.
pub const COVERAGE: Schema = Schema {
    name: "rows",
    doc: "one row per process, lifecycle phase and layer, then one per function without a process",
    columns: &[
        ColumnSpec { name: "process", kind: ColumnType::Text, doc: "the process; null for a function that no process fills" },
        ColumnSpec { name: "function", kind: ColumnType::Text, doc: "the function of the operating model it belongs to" },
        ColumnSpec { name: "phase", kind: ColumnType::Text, doc: "the lifecycle phase; null where the process names none" },
        ColumnSpec {
            name: "layer",
            kind: ColumnType::Text,
            doc: "customer, integrator or supplier; `provider` of the grid counts as supplier",
        },
        ColumnSpec { name: "state", kind: ColumnType::Text, doc: "covered, empty, doubled or no_part" },
        ColumnSpec {
            name: "accountable",
            kind: ColumnType::Integer,
            doc: "activities for which somebody of the layer is Accountable",
        },
        ColumnSpec { name: "activities", kind: ColumnType::Integer, doc: "activities of the process" },
        ColumnSpec {
            name: "responsible",
            kind: ColumnType::Text,
            doc: "parties of the layer that are Responsible for an activity, with commas",
        },
        ColumnSpec {
            name: "depth",
            kind: ColumnType::Integer,
            doc: "how deep the layer goes, 0 to 5; null where the equaliser says nothing",
        },
        ColumnSpec {
            name: "interfaces",
            kind: ColumnType::Text,
            doc: "interfaces of the process and phase in which a party of the layer takes part, with commas",
        },
    ],
};

/// Who covers what.
#[derive(Clone)]
pub struct CoverageReport {
    ecosystem: Ecosystem,
    at: Instant,
    cells: Vec<Covering>,
    table: Table,
    problems: Problems,
}

/// One row.
#[derive(Debug, Clone)]
struct Covering {
    process: Option<ProcessIdx>,
    function: Function,
    phase: Option<Phase>,
    layer: Option<PartyKind>,
    state: Coverage,
    held: Held,
    interfaces: Vec<InterfaceIdx>,
}

/// What a layer holds in a process.
#[derive(Debug, Clone, Default)]
struct Held {
    /// Activities with an Accountable of the layer.
    accountable: Vec<usize>,
    /// Activities with two Accountable parties, one of them of the layer.
    doubled: Vec<usize>,
    /// Activities with a Responsible of the layer.
    responsible: Vec<usize>,
    /// The parties that are Responsible; none of them is whoever provides.
    parties: BTreeSet<Option<PartyIdx>>,
    /// Whether it has any letter at all.
    letters: bool,
    /// How deep it goes.
    depth: Option<u32>,
    /// How many activities there are.
    activities: usize,
}

/// Who covers which process in which phase at an instant.
///
/// ```
/// use siam_core::{Source, answer::coverage::{CoverageQuery, coverage}, base::{Instant, columns::Cell}, load};
/// let acme = load(&[Source::text("acme.yaml", "
/// siam: 1
/// parties: {acme: {kind: customer}, hub: {kind: integrator}, netco: {kind: supplier}}
/// processes: {incident: {function: operation_and_support, phases: [operation], activities: [restore]}}
/// responsibilities: {incident: {restore: {hub: A, provider: R}}}
/// equaliser: {incident: {customer: 1, integrator: 4, suppliers: 3}}
/// ")])?;
/// let report = coverage(&acme, &CoverageQuery { at: Instant::parse("2026-10-01T00:00:00Z").unwrap() })?;
/// let states: Vec<Cell> = (0..4).map(|row| report.rows().cell(row, "state")).collect();
/// // The customer takes part, to depth 1, and does nothing; the fourth row is a function without a process.
/// assert_eq!(states, ["empty", "covered", "covered", "empty"].map(|state| Cell::Text(state.into())));
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn coverage(ecosystem: &Ecosystem, query: &CoverageQuery) -> Result<CoverageReport, Error> {
    let at = resolve(query)?;
    let cells = walk(ecosystem.model(), at);
    let table = rows(ecosystem.model(), &cells);
    Ok(CoverageReport { ecosystem: ecosystem.clone(), at, cells, table, problems: Problems::new() })
}

/// Every instant can be asked about.
fn resolve(query: &CoverageQuery) -> Result<Instant, Error> {
    Ok(query.at)
}

fn walk(model: &Model, at: Instant) -> Vec<Covering> {
    let mut cells = Vec::new();
    let mut filled = BTreeSet::new();
    for (index, process) in model.processes.entries().filter(|(_, process)| process.validity.contains(at)) {
        filled.insert(process.function);
        let held = LAYERS.map(|layer| held(model, index, layer, at));
        let phases: Vec<Option<Phase>> = match process.phases.as_slice() {
            [] => vec![None],
            phases => phases.iter().copied().map(Some).collect(),
        };
        for phase in phases {
            for (layer, held) in LAYERS.into_iter().zip(&held) {
                let interfaces = interfaces(model, index, phase, layer, at);
                let (process, layer, held) = (Some(index), Some(layer), held.clone());
                cells.push(Covering {
                    process,
                    function: process_function(model, index),
                    phase,
                    layer,
                    state: held.state(),
                    held,
                    interfaces,
                });
            }
        }
    }
    let functions = Function::WORDS.iter().filter_map(|word| Function::parse(word));
    for function in functions.filter(|function| !filled.contains(function)) {
        let (held, interfaces) = (Held::default(), Vec::new());
        cells.push(Covering { process: None, function, phase: None, layer: None, state: Coverage::Empty, held, interfaces });
    }
    cells
}

fn process_function(model: &Model, process: ProcessIdx) -> Function {
    model.processes[process].function
}

/// What a layer holds in a process; whoever provides counts as a supplier of its own.
fn held(model: &Model, process: ProcessIdx, layer: PartyKind, at: Instant) -> Held {
    let activities = model.processes[process].activities.len();
    let place = LAYERS.iter().position(|known| *known == layer);
    let equaliser = model.equaliser.iter().find(|equaliser| equaliser.process == process);
    let depths = equaliser.and_then(|equaliser| place.and_then(|place| equaliser.depths.get(place)));
    let mut held = Held { activities, depth: depths.and_then(|depth| depth.at(at)).copied(), ..Held::default() };
    for activity in 0..activities {
        let mut accountable = BTreeSet::new();
        let mut own = false;
        for (subject, letters) in model.letters(process, activity, at).filter(|(subject, _)| model.is_there(*subject, at)) {
            let party = model.party_of(subject);
            let kind = party.and_then(|party| model.parties.get(party)).map_or(PartyKind::Supplier, |party| party.kind);
            if letters.has(Letters::ACCOUNTABLE) {
                accountable.insert(party);
                own |= kind == layer;
            }
            if kind == layer {
                held.letters = true;
                if letters.has(Letters::RESPONSIBLE) {
                    held.parties.insert(party);
                    if held.responsible.last() != Some(&activity) {
                        held.responsible.push(activity);
                    }
                }
            }
        }
        if own {
            held.accountable.push(activity);
        }
        if own && accountable.len() > 1 {
            held.doubled.push(activity);
        }
    }
    held
}

impl Held {
    fn state(&self) -> Coverage {
        let takes_part = self.depth.map_or(self.letters, |depth| depth > 0);
        if !self.doubled.is_empty() {
            Coverage::Doubled
        } else if !self.accountable.is_empty() || !self.responsible.is_empty() {
            Coverage::Covered
        } else if takes_part {
            Coverage::Empty
        } else {
            Coverage::NoPart
        }
    }
}

fn interfaces(model: &Model, process: ProcessIdx, phase: Option<Phase>, layer: PartyKind, at: Instant) -> Vec<InterfaceIdx> {
    let of_layer = |party: &PartyIdx| model.parties.get(*party).is_some_and(|party| party.kind == layer);
    let found = model.interfaces.entries().filter(|(_, interface)| {
        interface.process == process
            && interface.validity.contains(at)
            && phase.is_none_or(|phase| interface.phases.is_empty() || interface.phases.contains(&phase))
            && interface.parties.iter().any(of_layer)
    });
    found.map(|(at, _)| at).collect()
}

fn party<'m>(model: &'m Model, party: &Option<PartyIdx>) -> &'m str {
    party.map_or(PROVIDER, |party| model.party_name(party))
}

fn rows(model: &Model, cells: &[Covering]) -> Table {
    let mut table = Table::new(&COVERAGE);
    for cell in cells {
        let held = &cell.held;
        let some = |names: Vec<&str>| if names.is_empty() { None } else { Some(names.join(", ")) };
        let responsible = some(held.parties.iter().map(|one| party(model, one)).collect());
        let interfaces = cell.interfaces.iter().filter_map(|at| model.interfaces.get(*at));
        let interfaces = some(interfaces.map(|interface| interface.id.as_str()).collect());
        let number = |value: usize| if cell.process.is_some() { count(value) } else { Cell::Null };
        table.push(&[
            text_or_null(cell.process.and_then(|at| model.processes.get(at)).map(|process| process.id.as_str())),
            text(cell.function.as_str()),
            text_or_null(cell.phase.map(Phase::as_str)),
            text_or_null(cell.layer.map(PartyKind::as_str)),
            text(cell.state.as_str()),
            number(held.accountable.len()),
            number(held.activities),
            text_or_null(responsible.as_deref()),
            held.depth.map_or(Cell::Null, |depth| Cell::Integer(depth.into())),
            text_or_null(interfaces.as_deref()),
        ]);
    }
    table
}

impl CoverageReport {
    /// One row per process, phase and layer, then one per function without a process.
    pub fn rows(&self) -> &Table {
        &self.table
    }
}

/// How many activities or cells a reason lists.
const LISTED: usize = 12;

fn why(report: &CoverageReport, cell: &Covering) -> Option<Reason> {
    let model = report.ecosystem.model();
    let (Some(process), Some(layer)) = (cell.process.and_then(|at| model.processes.get(at)), cell.layer) else {
        let reason = Reason::new("coverage-no-process").with("function", Argument::from(cell.function.as_str()));
        return Some(reason.with("at", report.at));
    };
    let held = &cell.held;
    let head = Reason::new(match cell.state {
        Coverage::Covered => "coverage-covered",
        Coverage::Empty => "coverage-empty",
        Coverage::Doubled => "coverage-doubled",
        Coverage::NoPart => "coverage-no-part",
    });
    let head = head.with("layer", Argument::from(layer.as_str())).with("process", Argument::name(process.id.as_str()));
    let depth = match held.depth {
        Some(depth) => Reason::new("coverage-depth").with("depth", depth),
        None => Reason::new("coverage-no-depth"),
    };
    let index = cell.process?;
    // Of a doubled process the activities that are doubled, of any other all of them.
    let shown = (0..held.activities).filter(|activity| held.doubled.is_empty() || held.doubled.contains(activity));
    let lines = shown.flat_map(|activity| {
        let name = Argument::name(process.activities.get(activity).map_or("", String::as_str));
        model.letters(index, activity, report.at).map(move |(subject, letters)| (name.clone(), subject, letters))
    });
    let of_layer = |party: Option<PartyIdx>| {
        party.and_then(|party| model.parties.get(party)).map_or(PartyKind::Supplier, |party| party.kind) == layer
    };
    let doubled = !held.doubled.is_empty();
    let lines = lines.filter(|(_, subject, letters)| match doubled {
        true => letters.has(Letters::ACCOUNTABLE),
        false => of_layer(model.party_of(*subject)),
    });
    let lines: Vec<Reason> = lines
        .map(|(activity, subject, letters)| {
            let line = Reason::new("coverage-letters").with("activity", activity).with("letters", Argument::name(letters.text()));
            line.with("subject", Argument::name(model.subject_name(subject)))
        })
        .collect();
    let more = lines.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| Reason::new("and-more-rows").with("n", more));
    Some(head.because(depth).because_all(lines.into_iter().take(LISTED)).because_all(more))
}

impl Answer for CoverageReport {
    fn operation(&self) -> &'static str {
        "coverage"
    }
    fn stamp(&self) -> &Stamp {
        self.ecosystem.stamp()
    }
    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let found = self.cells.get(row).and_then(|cell| why(self, cell));
        found.ok_or_else(|| no_such_row(row, self.cells.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, Source, explain, load};

    const ACME: &str = "
siam: 1
parties:
  acme: {kind: customer}
  hub: {kind: integrator}
  netco: {kind: supplier}
  appco: {kind: supplier}
roles: {owner: {party: hub}, gone: {party: acme, until: 2026-01-01}}
processes:
  incident: {function: operation_and_support, phases: [transition, operation], activities: [record, restore]}
  change: {function: transition, activities: [assess]}
  old: {function: portfolio, phases: [strategy], until: 2026-01-01}
responsibilities:
  incident:
    record: {acme: I, owner: A, netco: A, provider: R}
    restore: {owner: AR, netco: R}
  change:
    assess: {gone: R, acme: [{value: C, until: 2026-06-01}, {value: A, from: 2026-06-01}]}
equaliser:
  incident: {customer: 0, integrator: 3, suppliers: 4}
  change: {integrator: 2}
interfaces:
  early: {process: incident, parties: [hub, netco], phases: [transition]}
  always: {process: incident, parties: [acme, hub]}
";

    fn ask(at: &str) -> CoverageReport {
        let ecosystem = load(&[Source::text("acme", ACME)]).unwrap();
        coverage(&ecosystem, &CoverageQuery { at: Instant::parse(at).unwrap() }).unwrap()
    }

    fn lines(report: &CoverageReport, columns: &[&str]) -> Vec<String> {
        let cell = |row, column: &str| match report.rows().cell(row, column) {
            Cell::Text(text) => text.into_owned(),
            Cell::Integer(value) => value.to_string(),
            _ => "-".to_owned(),
        };
        (0..report.rows().rows())
            .map(|row| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn every_process_phase_and_layer_has_a_row_and_so_has_a_function_without_process() {
        let report = ask("2026-03-01T00:00:00Z");
        let expected = [
            "incident transition customer no_part 0 0 always",
            "incident transition integrator doubled 2 3 early, always",
            "incident transition supplier doubled 1 4 early",
            "incident operation customer no_part 0 0 always",
            "incident operation integrator doubled 2 3 always",
            "incident operation supplier doubled 1 4 -",
            "change - customer empty 0 - -",
            "change - integrator empty 0 2 -",
            "change - supplier no_part 0 - -",
        ];
        let found = lines(&report, &["process", "phase", "layer", "state", "accountable", "depth", "interfaces"]);
        assert_eq!(&found[..9], expected);
        let functions = [
            "portfolio",
            "enterprise_information",
            "design_and_development",
            "integration_and_quality",
            "self_service_and_automation",
        ];
        assert_eq!(
            lines(&report, &["function", "state", "process"])[9..],
            functions.map(|function| format!("{function} empty -"))
        );
    }

    #[test]
    fn whoever_provides_stands_beside_the_suppliers_that_are_named() {
        let found = lines(&ask("2026-03-01T00:00:00Z"), &["layer", "responsible", "activities"]);
        assert_eq!(&found[..3], ["customer - 2", "integrator hub 2", "supplier provider, netco 2"]);
    }

    #[test]
    fn a_cell_of_the_grid_that_is_dated_covers_from_its_day() {
        let state = |at| lines(&ask(at), &["process", "layer", "state"]).remove(6);
        assert_eq!(state("2026-05-31T23:59:59Z"), "change customer empty");
        assert_eq!(state("2026-06-01T00:00:00Z"), "change customer covered");
    }

    #[test]
    fn a_role_that_is_gone_covers_nothing_and_an_old_process_filled_its_function() {
        let report = ask("2025-12-31T00:00:00Z");
        let found = lines(&report, &["process", "function", "layer", "state"]);
        assert_eq!(found[6], "change transition customer covered");
        assert_eq!(found[9], "old portfolio customer no_part");
        assert!(!found.contains(&"- portfolio - empty".to_owned()));
    }

    #[test]
    fn a_reason_shows_who_is_accountable_twice() {
        let report = ask("2026-03-01T00:00:00Z");
        let why = explain(&report, "", 1, &Catalogue::english()).unwrap().to_text();
        let expected = "two parties are Accountable for one activity of incident, and one of them is of layer integrator\n  \
the equaliser takes the layer to depth 3 of 5\n  record: owner is A\n  record: netco is A\n";
        assert_eq!(why, expected);
        assert!(explain(&report, "", 9, &Catalogue::english()).unwrap().to_text().starts_with("no process fills portfolio"));
        assert!(report.explain(99).is_err());
    }
}
