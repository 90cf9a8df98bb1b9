//! Evidence: what happened, bound once to an ecosystem.
//!
//! Goes in: tables of tickets, their changes, outages, events, changes, charges and more, and a mapping document. Comes out: `Evidence`, compact columns.
//! **Invariant:** nothing is dropped in silence: every cell is used, missing, rejected with a reason, or listed as not read.
//! **Not here:** what the evidence means for a measure (`answer::score`).

mod bind;
mod bound;
mod dates;
mod events;
mod exact;
mod exclusions;
mod history;
mod labels;
mod length;
mod mapping;
mod meaning;
mod plan;
mod preset;
mod records;
mod shown;
mod snapshots;
mod source;
mod tables;
#[cfg(test)]
mod tests;
mod texts;
mod unknown;
mod vocabulary;
mod when;

pub use bound::{Claim, Exclusion, Exclusions, Outages, Tickets, Verdict, Verdicts};
pub use history::History;
pub use labels::{Coder, Labels, NONE};
pub use mapping::{
    AndDoc, ColumnDoc, DatesDoc, FieldDoc, FilterDoc, GiveDoc, HistoryShape, Length, LookupDoc, MappingDoc, SourceDoc,
    WrittenColumnDoc, WrittenFieldDoc,
};
pub use records::Records;
pub use shown::{COLUMNS, EXCLUSIONS, REJECTED, UNKNOWN, USED};
pub use tables::{BOUND, EvidenceColumn, EvidenceTable, Holds, Refers};
pub use when::MISSING;

use crate::base::table::cells::{count, text};
use crate::base::{Argument, Error, Idx, Limits, Place, Problem, Problems, Ratio, Table, TableView, codes};
use crate::document::decode::query;
use crate::document::{Decode, Faults, Source as Text, read};
use crate::ecosystem::Ecosystem;
use crate::model::Known;
use crate::model::party::PartyIdx;
use crate::model::rule::ServiceIdx;
use crate::model::vocabulary::Vocabulary;
use crate::report::{Answer, Reason, Stamp};
use bind::{Binder, Bound};
use mapping::HistoryShape as Shape;
use meaning::Lookups;
use plan::{Check, Plan};
use shown::{exclusions_table, rejected_table};
use source::Source;
use std::collections::BTreeMap;
use std::sync::Arc;

query! {
    /// How tables are to be read as evidence.
    pub struct EvidenceQuery = "a question for evidence" {
        /// The text of a mapping document; without one, tables come under their evidence names.
        mapping: Option<String> = "mapping",
        /// The IANA zone of wall-clock times whose table states none; the ecosystem's unless given.
        zone: Option<String> = "zone",
        /// The share of rejected rows of a table above which there is no evidence; unless given, any number is only listed.
        max_rejected: Option<Ratio> = "max_rejected",
    }
}

/// What happened, bound to an ecosystem; cheap to clone.
#[derive(Clone)]
pub struct Evidence(Arc<Parts>);

struct Parts {
    stamp: Stamp,
    tickets: Tickets,
    services: Vec<Option<ServiceIdx>>,
    parties: Vec<Option<PartyIdx>>,
    histories: Vec<History>,
    verdicts: Verdicts,
    exclusions: Exclusions,
    outages: Outages,
    records: BTreeMap<&'static str, Records>,
    given: Vec<&'static str>,
    tables: [Table; 5],
    problems: Problems,
}

/// Binds tables to an ecosystem; the error has every fault of the mapping and of the tables' columns.
///
/// ```
/// use siam_core::base::{Limits, csv};
/// use siam_core::evidence::{EvidenceQuery, evidence};
/// use siam_core::report::Answer;
/// use siam_core::{Source, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "siam: 1\nservices: {email: {}}\n")])?;
/// let text = b"ticket,service,opened,resolved\nINC1,email,2026-10-03T09:00:00Z,\nINC2,emial,2026-02-30T09:00:00Z,\n";
/// let tickets = csv::read("tickets", text, &Limits::default())?;
/// let evidence = evidence(&ecosystem, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default())?;
/// assert_eq!(evidence.tickets().len(), 1);
/// assert_eq!(evidence.tables()[1].rows(), 1); // 30 February is rejected, and says so
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn evidence(
    ecosystem: &Ecosystem,
    query: &EvidenceQuery,
    tables: Vec<TableView<'_>>,
    limits: &Limits,
) -> Result<Evidence, Error> {
    evidence_with(ecosystem, query, tables, limits, &ecosystem.model().vocabulary())
}

/// How tables of one kind become evidence, for any number of chunks: what a stream larger than memory is bound by.
///
/// A chunk holds whole tickets: all rows of a ticket, with all its changes, stand in one chunk. What is chunk after chunk given to a
/// tally is then what all of it at once would give.
///
/// ```
/// use siam_core::base::{Limits, csv};
/// use siam_core::evidence::{Binding, EvidenceQuery};
/// use siam_core::{Source, load};
/// let ecosystem = load(&[Source::text("acme.yaml", "siam: 1\nservices: {email: {}}\n")])?;
/// let binding = Binding::new(&ecosystem, &EvidenceQuery::default(), &Limits::default());
/// let text = b"ticket,opened\nA,2026-10-03T09:00:00Z\nB,2026-10-03T09:00:00Z\nC,2026-10-03T09:00:00Z\n";
/// let mut tickets = 0;
/// for chunk in csv::chunks("tickets", &text[..], 2, &Limits::default())? {
///     tickets += binding.bind(vec![chunk?.view()])?.tickets().len();
/// }
/// assert_eq!(tickets, 3);
/// # Ok::<(), siam_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Binding {
    ecosystem: Ecosystem,
    query: EvidenceQuery,
    vocabularies: Vec<Vocabulary>,
    limits: Limits,
}

impl Binding {
    /// For an ecosystem and a question.
    pub fn new(ecosystem: &Ecosystem, query: &EvidenceQuery, limits: &Limits) -> Self {
        let vocabularies = ecosystem.model().vocabulary();
        Self { ecosystem: ecosystem.clone(), query: query.clone(), vocabularies, limits: limits.clone() }
    }
    /// Binds a chunk; the error has every fault of the mapping and of the tables' columns.
    pub fn bind(&self, tables: Vec<TableView<'_>>) -> Result<Evidence, Error> {
        evidence_with(&self.ecosystem, &self.query, tables, &self.limits, &self.vocabularies)
    }
}

/// The same with these vocabularies.
fn evidence_with(
    ecosystem: &Ecosystem,
    query: &EvidenceQuery,
    tables: Vec<TableView<'_>>,
    limits: &Limits,
    vocabularies: &[Vocabulary],
) -> Result<Evidence, Error> {
    // Dates are read by the database that the ecosystem was loaded with.
    let limits = &Limits { zones: ecosystem.model().zones.clone(), ..limits.clone() };
    let mut faults = Faults::new(limits);
    let bound = bind_all(ecosystem, query, &tables, &mut faults);
    match bound {
        Some((mut bound, left)) if faults.count() == 0 => {
            vocabulary::translate(ecosystem.model(), vocabularies, &mut bound, limits);
            finish(ecosystem, query, bound, left, limits)
        }
        _ => Err(Error::from_problems(faults.into_problems())),
    }
}

/// Columns that nothing read: table and column.
type Left = Vec<(String, String, usize)>;

fn bind_all(
    ecosystem: &Ecosystem,
    query: &EvidenceQuery,
    tables: &[TableView<'_>],
    faults: &mut Faults,
) -> Option<(Bound, Left)> {
    let zone = match &query.zone {
        Some(name) => ecosystem.model().zones.find(name).map_err(|problem| faults.report(problem)).ok()?,
        None => ecosystem.model().zone.clone(),
    };
    let mut plan = match &query.mapping {
        Some(text) => {
            let root = read(&[Text::text("mapping", text.as_str())], faults)?;
            let given: Vec<&str> = tables.iter().map(|table| table.name.as_ref()).collect();
            let root = preset::resolve(root, &given, faults)?;
            let doc = MappingDoc::decode(&root, faults)?;
            Check { tables, zone: &zone, stated: query.zone.is_some(), faults }.plan(&doc)
        }
        None => Plan::default(),
    };
    plan.add_unmapped(tables, &zone, faults);
    let mut seen = std::collections::BTreeSet::new();
    for table in tables {
        let place = Place::cell(&table.name, 0, "");
        if table.rows() > faults.limits().table_rows.min(u32::MAX as usize - 1) {
            let limit = faults.limits().table_rows;
            faults.report(Problem::new(&codes::TABLE_TOO_LARGE, place.clone()).with("limit", limit));
        }
        if !seen.insert(table.name.as_ref()) {
            let problem = Problem::new(&codes::DUPLICATE_NAME, place).with("kind", "table");
            faults.report(problem.with("name", Argument::user(&table.name)).with("first", "another table of the same name"));
        }
    }
    dates::prove(&mut plan, tables, faults);
    let mut sources: Vec<Option<Source<'_, '_>>> = Vec::new();
    for source in plan.sources {
        let table = tables.iter().find(|table| table.name == source.name);
        if table.is_none() {
            let place = source.mark.map_or(Place::Nowhere, |mark| faults.place(mark));
            faults.report(Problem::new(&codes::MISSING_TABLE, place).with("name", Argument::user(&source.name)));
        }
        sources.push(table.map(|table| Source::new(source, table)));
    }
    if faults.count() > 0 {
        return None;
    }
    let sources: Vec<Source<'_, '_>> = sources.into_iter().flatten().collect();
    let mut bound = Bound::default();
    let lookups = read_lookups(&plan.gives, &sources, &mut bound, faults);
    let snapshots: Vec<_> = sources.iter().map(|source| snapshots::snapshots(source, &mut bound, faults)).collect();
    // Everything else refers to tickets, so they are bound first.
    plan.gives.sort_by_key(|give| BOUND.iter().position(|table| *table == give.table));
    for give in &plan.gives {
        let (Some(source), Some(snapshots)) = (sources.get(give.source), snapshots.get(give.source)) else { continue };
        if source.plan.shape != Shape::Snapshots || snapshots.is_some() {
            let periods_in = &ecosystem.model().zone;
            let (snapshots, bound) = (snapshots.as_ref(), &mut bound);
            Binder { source, snapshots, lookups: &lookups, periods_in, bound, faults, left_out: 0 }.bind(give);
        }
    }
    let mut left = Left::new();
    for source in &sources {
        for column in source.columns() {
            let read = |used: &source::Use| used.table == source.plan.name && used.column == column;
            if !bound.record.uses.iter().any(read) {
                left.push((source.plan.name.clone(), column.to_owned(), source.rows()));
            }
        }
    }
    Some((bound, left))
}

/// Reads every table in which the mapping looks words up.
fn read_lookups(gives: &[plan::Give], sources: &[Source<'_, '_>], bound: &mut Bound, faults: &mut Faults) -> Lookups {
    let mut lookups = Lookups::new();
    let meanings = gives.iter().flat_map(|give| {
        let columns = give.columns.iter().map(|column| &column.meaning);
        columns.chain(give.fields.iter().map(|field| &field.meaning))
    });
    for plan in meanings.filter_map(|meaning| meaning.lookup.as_ref()) {
        let (id, Some(source)) = (plan.id(), sources.get(plan.source)) else { continue };
        if !lookups.contains_key(&id)
            && let Some(lookup) = meaning::read(plan, source, &mut bound.record, faults)
        {
            lookups.insert(id, lookup);
        }
    }
    lookups
}

fn finish(
    ecosystem: &Ecosystem,
    query: &EvidenceQuery,
    mut bound: Bound,
    left: Left,
    limits: &Limits,
) -> Result<Evidence, Error> {
    let mut problems = std::mem::take(&mut bound.problems);
    if let Some(most) = &query.max_rejected {
        let mut over = Problems::new();
        for used in &bound.used {
            let share = Ratio::new(used.rejected as i128, used.rows as i128).unwrap_or(Ratio::ZERO);
            if share > *most {
                let problem = Problem::new(&codes::TOO_MANY_REJECTED, Place::cell(&used.given, 0, ""));
                let problem = problem.with("rejected", used.rejected).with("rows", used.rows);
                over.push(problem.with("limit", Argument::Percent(most.clone())), limits.problems);
            }
        }
        if !over.is_empty() {
            return Err(Error::from_problems(over));
        }
    }
    for (table, column, rows) in &bound.record.floored {
        let problem = Problem::new(&codes::INSTANTS_FLOORED, Place::cell(table, 0, column)).with("count", *rows);
        problems.push(problem.with("column", Argument::user(column)), limits.problems);
    }
    let mut used = Table::new(&USED);
    for row in &bound.used {
        let (rows, rejected, gave) = (count(row.rows), count(row.rejected), count(row.gave));
        used.push(&[text(&row.given), text(row.table), rows, rejected, gave, count(row.left_out)]);
    }
    let rejected = rejected_table(&bound.record.rejections, &mut problems, limits);
    let mut columns = Table::new(&COLUMNS);
    for row in &bound.record.uses {
        let (rows, missing, rejected) = (count(row.rows), count(row.missing), count(row.rejected));
        columns.push(&[text(&row.table), text(&row.column), text("used"), text(&row.gives), rows, missing, rejected]);
    }
    for (table, column, rows) in &left {
        columns.push(&[text(table), text(column), text("not_read"), crate::base::columns::Cell::Null, count(*rows)]);
    }
    let exclusions = exclusions_table(&bound.exclusions);
    let model = ecosystem.model();
    let mut unknown = Table::new(&UNKNOWN);
    unknown::list(model, &bound, &mut unknown, &mut problems, limits);
    let services = resolve(bound.tickets.column("service"), &model.names.services);
    let parties = resolve(bound.tickets.column("party"), &model.names.parties);
    problems.sort();
    Ok(Evidence(Arc::new(Parts {
        stamp: ecosystem.stamp().clone(),
        tickets: bound.tickets,
        services,
        parties,
        histories: bound.histories,
        verdicts: bound.verdicts,
        exclusions: bound.exclusions,
        outages: bound.outages,
        records: bound.records,
        given: bound.given,
        tables: [used, rejected, unknown, columns, exclusions],
        problems,
    })))
}

/// The index of each word of a column.
fn resolve<T>(labels: Option<&Labels>, known: &impl Known<T>) -> Vec<Option<Idx<T>>> {
    labels.map(|labels| labels.words().map(|word| known.index(word)).collect()).unwrap_or_default()
}

impl Evidence {
    /// All tickets.
    pub fn tickets(&self) -> &Tickets {
        &self.0.tickets
    }
    /// The service of each word of the column `service`.
    pub fn services(&self) -> &[Option<ServiceIdx>] {
        &self.0.services
    }
    /// The party of each word of the column `party`.
    pub fn parties(&self) -> &[Option<PartyIdx>] {
        &self.0.parties
    }
    /// The history of a field, such as `state`.
    pub fn history(&self, field: &str) -> Option<&History> {
        self.0.histories.iter().find(|history| history.field() == field)
    }
    /// The fields whose history it has.
    pub fn fields(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.histories.iter().map(History::field)
    }
    /// Verdicts of somebody else.
    pub fn verdicts(&self) -> &Verdicts {
        &self.0.verdicts
    }
    /// Tickets left out of measures.
    pub fn exclusions(&self) -> &Exclusions {
        &self.0.exclusions
    }
    /// Outages of services.
    pub fn outages(&self) -> &Outages {
        &self.0.outages
    }
    /// The rows of any other evidence table, such as `changes` or `charges`; none where it was not given.
    ///
    /// ```
    /// use siam_core::base::{Limits, Ratio, csv};
    /// use siam_core::evidence::{EvidenceQuery, evidence};
    /// use siam_core::{Source, load};
    /// let ecosystem = load(&[Source::text("acme.yaml", "siam: 1\n")])?;
    /// let charges = csv::read("charges", b"contract,period,amount\nC1,2026-10,12.50 GBP\n", &Limits::default())?;
    /// let evidence = evidence(&ecosystem, &EvidenceQuery::default(), vec![charges.view()], &Limits::default())?;
    /// let charges = evidence.records("charges").unwrap();
    /// assert_eq!(charges.ratios("amount").unwrap()[0], Ratio::parse("12.5"));
    /// assert_eq!(charges.words("currency").unwrap().get(0), Some("GBP"));
    /// # Ok::<(), siam_core::Error>(())
    /// ```
    pub fn records(&self, table: &str) -> Option<&Records> {
        self.0.records.get(table)
    }
    /// Whether an evidence table was given.
    pub fn has(&self, table: &str) -> bool {
        self.0.given.contains(&table)
    }
    /// What was made of each given table.
    pub fn used(&self) -> &Table {
        &self.0.tables[0]
    }
    /// The rows and cells that are not used.
    pub fn rejected(&self) -> &Table {
        &self.0.tables[1]
    }
    /// The names that the ecosystem, the evidence or the mapping does not have.
    pub fn unknown(&self) -> &Table {
        &self.0.tables[2]
    }
    /// Whether it was bound to this ecosystem, or the error that says that it was not.
    pub fn check_bound_to(&self, ecosystem: &Ecosystem) -> Result<(), Error> {
        if self.0.stamp == *ecosystem.stamp() {
            return Ok(());
        }
        Err(Problem::new(&codes::OTHER_ECOSYSTEM, Place::Nowhere).into())
    }
}

impl Answer for Evidence {
    fn operation(&self) -> &'static str {
        "evidence"
    }
    fn stamp(&self) -> &Stamp {
        &self.0.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        self.0.tables.iter().collect()
    }
    fn explain(&self, row: usize) -> Result<Reason, Error> {
        let used = &self.0.tables[0];
        if row >= used.rows() {
            return Err(crate::report::answer::no_such_row(row, used.rows()));
        }
        let word = |column: &str| Argument::name(crate::base::csv::cell_text(&used.cell(row, column)));
        let number = |column: &str| match used.cell(row, column) {
            crate::base::columns::Cell::Integer(value) => value,
            _ => 0,
        };
        let mut reason = Reason::new("evidence-used").with("given", word("given")).with("table", word("table"));
        for column in ["rows", "rejected", "gave"] {
            reason = reason.with(column, number(column));
        }
        Ok(reason)
    }
    fn problems(&self) -> &Problems {
        &self.0.problems
    }
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rejected = self.0.tables[1].rows();
        write!(f, "Evidence({} tickets, {} rejections, {} problems)", self.0.tickets.len(), rejected, self.0.problems.len())
    }
}
