//! What is read from where: a mapping checked against the tables that are given.
//!
//! Goes in: a mapping document, or nothing where tables come under their evidence names. Comes out: a plan without alternatives.
//! **Invariant:** formats and zones are stated or proved, never guessed; what is not understood is refused at its place.
//! **Not here:** the document (`mapping`), proving a format (`dates`), whether a named column is there (`source`), its values (`bind`).

use super::dates::{DatesPlan, SaidDates, ZonePlan};
use super::exact::check_constant;
use super::mapping::{
    AndDoc, ColumnDoc, DatesDoc, FieldDoc, FilterDoc, GiveDoc, HistoryShape, Length, LookupDoc, MappingDoc, SourceDoc,
    WrittenColumnDoc,
};
use super::tables::{BOUND, EvidenceTable, Holds, TICKET_EVENTS};
use super::when::Format;
use crate::base::zone::Zone;
use crate::base::{Argument, Place, Problem, TableView, codes};
use crate::document::scalar::bad_value;
use crate::document::{Faults, Mark, Named, Spot};
use crate::model::check_zone;
use std::collections::BTreeSet;

/// A given table, checked.
#[derive(Debug)]
pub(super) struct SourcePlan {
    pub name: String,
    pub mark: Option<Mark>,
    pub shape: HistoryShape,
    pub nulls: Vec<String>,
    /// How its dates are written; the first is that of the table, the others those of columns.
    pub dates: Vec<DatesPlan>,
    pub key: Option<Spot<String>>,
    pub order: Vec<Spot<String>>,
    pub at: Option<Spot<String>>,
}

/// What the words of a column mean.
#[derive(Debug, Clone, Default)]
pub(super) struct Meaning {
    /// Of which source, and by which columns, they are looked up.
    pub lookup: Option<LookupPlan>,
    /// Their words and ours.
    pub values: Vec<(String, String)>,
    pub and: Option<AndPlan>,
}

impl Meaning {
    /// Whether words stay as they are.
    pub fn is_plain(&self) -> bool {
        self.lookup.is_none() && self.values.is_empty() && self.and.is_none()
    }
}

/// Another table to look words up in.
#[derive(Debug, Clone)]
pub(super) struct LookupPlan {
    pub source: usize,
    pub key: (String, Mark),
    pub value: (String, Mark),
}

impl LookupPlan {
    /// What tells one lookup from another.
    pub fn id(&self) -> (usize, String, String) {
        (self.source, self.key.0.clone(), self.value.0.clone())
    }
}

/// A second word behind the first.
#[derive(Debug, Clone)]
pub(super) struct AndPlan {
    pub of: Vec<Spot<String>>,
    pub after: Vec<String>,
    pub between: String,
    pub values: Vec<(String, String)>,
}

/// Where an evidence column comes from, checked.
#[derive(Debug, Clone)]
pub(super) struct ColumnPlan {
    pub name: String,
    pub from: ColumnFrom,
    pub meaning: Meaning,
    pub dates: usize,
    pub length: Length,
}

impl ColumnPlan {
    pub(super) fn plain(name: &str, from: ColumnFrom) -> Self {
        Self { name: name.to_owned(), from, meaning: Meaning::default(), dates: 0, length: Length::Seconds }
    }
}

/// A column of the given table with its place in the mapping, or one value for all.
#[derive(Debug, Clone)]
pub(super) enum ColumnFrom {
    Column(String, Option<Mark>),
    Value(String),
}

/// A field to follow, checked.
#[derive(Debug)]
pub(super) struct FieldPlan {
    pub ours: String,
    /// What the given table calls it, the likeliest first.
    pub of: Vec<Spot<String>>,
    pub meaning: Meaning,
    /// Of the last time of each status: the status and the column.
    pub last: Vec<(String, Spot<String>)>,
    /// Nobody needs to be told that no row has it.
    pub optional: bool,
}

/// Rows by the words of a column: those that stay, or those that do not.
#[derive(Debug)]
pub(super) struct Filter {
    pub column: Spot<String>,
    pub words: Vec<String>,
    pub keep: bool,
}

/// An evidence table, checked.
#[derive(Debug)]
pub(super) struct Give {
    pub table: &'static EvidenceTable,
    pub source: usize,
    pub columns: Vec<ColumnPlan>,
    /// The fields to follow; all fields under their own names where empty.
    pub fields: Vec<FieldPlan>,
    pub filters: Vec<Filter>,
}

/// What is read from where.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub sources: Vec<SourcePlan>,
    pub gives: Vec<Give>,
}

/// What a mapping is checked against.
pub(super) struct Check<'c, 'f> {
    pub tables: &'c [TableView<'c>],
    /// The zone of wall-clock times whose table states none, and whether the question stated it.
    pub zone: &'c Zone,
    pub stated: bool,
    pub faults: &'f mut Faults,
}

impl Plan {
    /// Adds given tables that no mapping names: they come under their evidence names with their own columns.
    pub fn add_unmapped(&mut self, tables: &[TableView<'_>], zone: &Zone, faults: &mut Faults) {
        for given in tables {
            if self.sources.iter().any(|source| source.name == given.name) {
                continue;
            }
            let free = EvidenceTable::named(&given.name).filter(|table| !self.gives.iter().any(|give| give.table == *table));
            let Some(table) = free else {
                unknown_table(&given.name, None, faults);
                continue;
            };
            let own = given.columns.iter().filter(|name| table.extra || table.column(name).is_some());
            let column = |name: &str| ColumnPlan::plain(name, ColumnFrom::Column(name.to_owned(), None));
            // A required column that is not given is asked for, so that its lack is reported.
            let lacking = table.columns.iter().filter(|column| column.required && given.column(column.name).is_none());
            let columns = own.map(|name| column(name)).chain(lacking.map(|lacking| column(lacking.name))).collect();
            self.gives.push(Give { table, source: self.sources.len(), columns, fields: Vec::new(), filters: Vec::new() });
            let zone = ZonePlan::Known(zone.clone());
            self.sources.push(SourcePlan {
                name: given.name.to_string(),
                mark: None,
                shape: HistoryShape::Rows,
                nulls: Vec::new(),
                dates: vec![DatesPlan { candidates: vec![("iso".into(), Format::Iso)], mark: None, zone }],
                key: None,
                order: Vec::new(),
                at: None,
            });
        }
    }
}

/// Refuses a table name that nobody knows.
fn unknown_table(name: &str, mark: Option<Mark>, faults: &mut Faults) {
    let known: Vec<&str> = BOUND.iter().map(|table| table.name).collect();
    let place = mark.map_or_else(|| Place::cell(name, 0, ""), |mark| faults.place(mark));
    let listed = Argument::name(known.join(", "));
    let problem = match crate::base::nearest::nearest(name, known) {
        Some(guess) => Problem::new(&codes::UNKNOWN_TABLE_GUESS, place).with("nearest", Argument::name(guess)),
        None => Problem::new(&codes::UNKNOWN_TABLE, place).with("known", listed),
    };
    faults.report(problem.with("name", Argument::user(name)));
}

impl<'c> Check<'c, '_> {
    /// Checks a mapping; every fault is reported.
    pub fn plan(&mut self, doc: &MappingDoc) -> Plan {
        let mut plan = Plan::default();
        let mut absent = BTreeSet::new();
        for (name, source) in doc.tables.iter() {
            if source.optional == Some(true) && self.table(&name.value).is_none() {
                absent.insert(name.value.as_str());
                continue;
            }
            let source = self.source(name, source, doc.dates.as_ref());
            plan.sources.push(source);
        }
        for (name, give) in doc.gives.iter() {
            let Some(table) = EvidenceTable::named(&name.value) else {
                unknown_table(&name.value, Some(name.mark), self.faults);
                continue;
            };
            let Some(from) = &give.from else {
                let problem = self.faults.problem(&codes::MISSING_KEY, give.mark).with("shape", "an evidence table of a mapping");
                self.faults.report(problem.with("key", "from").with("expected", "the name of a given table"));
                continue;
            };
            if absent.contains(from.value.as_str()) {
                continue;
            }
            let Some(at) = self.named(&plan.sources, from) else { continue };
            let give = self.give(table, name.mark, give, at, &mut plan.sources, &absent);
            plan.gives.push(give);
        }
        plan
    }

    fn table(&self, name: &str) -> Option<&'c TableView<'c>> {
        self.tables.iter().find(|table| table.name == name)
    }
    /// The source of a name, or a fault at its place.
    fn named(&mut self, sources: &[SourcePlan], name: &Spot<String>) -> Option<usize> {
        let found = sources.iter().position(|source| source.name == name.value);
        if found.is_none() {
            let codes = (&codes::UNRESOLVED, &codes::UNRESOLVED_NO_GUESS);
            let known = sources.iter().map(|source| source.name.as_str());
            self.faults.unknown(codes, name.mark, ("name", &name.value), known, vec![("kind", "table".into())]);
        }
        found
    }
    /// The first of some columns that a table has, else the first.
    fn first(&self, table: &str, columns: &[Spot<String>]) -> Option<Spot<String>> {
        let given = self.table(table);
        let has = |column: &&Spot<String>| given.is_some_and(|given| given.column(&column.value).is_some());
        columns.iter().find(has).or_else(|| columns.first()).cloned()
    }

    fn source(&mut self, name: &Spot<String>, doc: &SourceDoc, all: Option<&DatesDoc>) -> SourcePlan {
        let shape = doc.shape.as_ref().map_or(HistoryShape::Rows, |shape| shape.value);
        if shape == HistoryShape::Snapshots {
            for (key, there) in [("key", !doc.key.is_empty()), ("at", !doc.at.is_empty())] {
                if !there {
                    let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a table of snapshots");
                    self.faults.report(problem.with("key", key).with("expected", "the name of a column"));
                }
            }
        }
        let base = self.dates(None, all);
        let dates = self.dates(doc.dates.as_ref(), None).over(base);
        SourcePlan {
            name: name.value.clone(),
            mark: Some(name.mark),
            shape,
            nulls: doc.nulls.clone(),
            dates: vec![dates.finish(self.zone, self.stated)],
            key: self.first(&name.value, &doc.key),
            order: doc.order.clone(),
            at: self.first(&name.value, &doc.at),
        }
    }

    /// What dates say, or the dates around them.
    fn dates(&mut self, own: Option<&DatesDoc>, around: Option<&DatesDoc>) -> SaidDates {
        let Some(doc) = own.or(around) else { return SaidDates::default() };
        let mut candidates: Vec<(String, Format)> = Vec::new();
        for node in &doc.format {
            let text = node.text().unwrap_or_default();
            let formats: &[&str] = if text == "proved" { super::dates::USUAL } else { &[text] };
            for text in formats {
                match Format::parse(text) {
                    Some(format) if !candidates.iter().any(|(_, known)| *known == format) => {
                        candidates.push(((*text).to_owned(), format));
                    }
                    Some(_) => {}
                    None => bad_value(node, "a date format with year, month and day", "%d/%m/%Y %H:%M", self.faults),
                }
            }
        }
        let must = doc.zone.as_ref().is_some_and(|zone| zone.value == "stated");
        let zone = doc.zone.as_ref().filter(|_| !must);
        let zone = zone.and_then(|name| check_zone(&name.value, name.mark, self.faults));
        let usual = !doc.format.is_empty() && doc.format.iter().all(|node| node.text() == Some("proved"));
        SaidDates { candidates, mark: Some(doc.mark), zone, must, usual }
    }

    fn give(
        &mut self,
        table: &'static EvidenceTable,
        mark: Mark,
        doc: &GiveDoc,
        at: usize,
        sources: &mut [SourcePlan],
        absent: &BTreeSet<&str>,
    ) -> Give {
        let mut columns: Vec<ColumnPlan> = Vec::new();
        for (name, written) in doc.columns.iter() {
            let known = table.column(&name.value);
            if known.is_none() && !table.extra {
                let allowed: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
                let more = vec![("shape", Argument::from(table.name)), ("allowed", Argument::name(allowed.join(", ")))];
                let codes = (&codes::UNKNOWN_KEY, &codes::UNKNOWN_KEY_NO_GUESS);
                self.faults.unknown(codes, name.mark, ("key", &name.value), allowed.iter().copied(), more);
                continue;
            }
            let Some(doc) = self.alternative(written, at, sources) else { continue };
            let holds = known.map_or(Holds::Text, |column| column.holds);
            columns.extend(self.column(name, doc, holds, at, sources, absent));
        }
        let Some(source) = sources.get(at) else {
            return Give { table, source: at, columns, fields: Vec::new(), filters: Vec::new() };
        };
        let defaults = match table.name {
            "tickets" | "verdicts" => vec![("ticket", source.key.as_ref())],
            "exclusions" => vec![("key", source.key.as_ref())],
            "ticket_events" => {
                vec![("ticket", source.key.as_ref()), ("at", source.at.as_ref()), ("sequence", source.order.first())]
            }
            _ => {
                let first = table.columns.first().filter(|_| table.unique);
                first.map(|first| (first.name, source.key.as_ref())).into_iter().collect()
            }
        };
        for (name, column) in defaults {
            if let (false, Some(column)) = (columns.iter().any(|known| known.name == name), column) {
                columns.push(ColumnPlan::plain(name, ColumnFrom::Column(column.value.clone(), Some(column.mark))));
            }
        }
        // The last time of each status stands in columns of its own.
        let apart = *table == TICKET_EVENTS && source.shape == HistoryShape::LastTimePerStatus;
        for required in table.columns.iter().filter(|column| column.required && !(apart && column.name == "at")) {
            if !columns.iter().any(|column| column.name == required.name) {
                let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", table.name);
                self.faults.report(problem.with("key", required.name).with("expected", "the name of a column"));
            }
        }
        // An exclusion is of a ticket or of a service.
        if table.name == "exclusions" && !columns.iter().any(|column| matches!(column.name.as_str(), "key" | "service")) {
            let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", table.name);
            self.faults.report(problem.with("key", "key").with("expected", "the name of a column"));
        }
        let fields = self.fields(table, mark, doc, at, sources, absent);
        let given = sources.get(at).map(|source| source.name.clone()).unwrap_or_default();
        let only = doc.only.iter().filter_map(|filter| self.filter(filter, &given, true));
        let mut filters: Vec<Filter> = only.collect();
        filters.extend(doc.except.iter().filter_map(|filter| self.filter(filter, &given, false)));
        Give { table, source: at, columns, fields, filters }
    }

    fn filter(&self, doc: &FilterDoc, given: &str, keep: bool) -> Option<Filter> {
        let column = self.first(given, &doc.column)?;
        let has = self.table(given).is_some_and(|table| table.column(&column.value).is_some());
        (has || doc.optional != Some(true)).then(|| Filter { column, words: doc.words.clone(), keep })
    }

    /// The alternative of a column that its table has; none where it may be lacking.
    fn alternative<'d>(&self, written: &'d ColumnDoc, at: usize, sources: &[SourcePlan]) -> Option<&'d WrittenColumnDoc> {
        let given = sources.get(at).and_then(|source| self.table(&source.name));
        let has = |doc: &&WrittenColumnDoc| match &doc.column {
            Some(column) => given.is_none_or(|given| given.column(&column.value).is_some()),
            // One value for all is always there.
            None => true,
        };
        let lacking = written.0.iter().any(|doc| doc.optional == Some(true));
        written.0.iter().find(has).or_else(|| written.0.first().filter(|_| !lacking))
    }

    fn fields(
        &mut self,
        table: &'static EvidenceTable,
        mark: Mark,
        doc: &GiveDoc,
        at: usize,
        sources: &[SourcePlan],
        absent: &BTreeSet<&str>,
    ) -> Vec<FieldPlan> {
        let shape = sources.get(at).map_or(HistoryShape::Rows, |source| source.shape);
        let given = sources.get(at).and_then(|source| self.table(&source.name));
        let events = *table == TICKET_EVENTS;
        if let (false, Some((name, _))) = (events, doc.fields.iter().next()) {
            let problem = self.faults.problem(&codes::UNKNOWN_KEY_NO_GUESS, name.mark).with("key", Argument::user("fields"));
            self.faults.report(problem.with("shape", table.name).with("allowed", "from, columns, only, except"));
        }
        let named = matches!(shape, HistoryShape::Snapshots | HistoryShape::LastTimePerStatus);
        if events && named && doc.fields.iter().next().is_none() {
            let (shape, example) = match shape {
                HistoryShape::Snapshots => ("ticket_events of snapshots", "a map such as {state: incident_state}"),
                _ => ("ticket_events of last times", "a map such as {state: {last: {New: opened_at}}}"),
            };
            let problem = self.faults.problem(&codes::MISSING_KEY, mark).with("shape", shape);
            self.faults.report(problem.with("key", "fields").with("expected", example));
        }
        let mut fields = Vec::new();
        for (ours, FieldDoc(doc)) in doc.fields.iter() {
            let last = shape == HistoryShape::LastTimePerStatus;
            let (lacks, key, expected) = if last {
                (doc.last.iter().next().is_none(), "last", "a map such as {New: opened_at}")
            } else {
                (doc.of.is_empty(), "of", "the name of a column or of a field")
            };
            if lacks {
                let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a field of a mapping");
                self.faults.report(problem.with("key", key).with("expected", expected));
            }
            if let (false, Some((word, _))) = (last, doc.last.iter().next()) {
                let problem = self.faults.problem(&codes::UNKNOWN_KEY_NO_GUESS, word.mark).with("key", Argument::user("last"));
                self.faults.report(problem.with("shape", "a field of this table").with("allowed", "of, values, lookup, and"));
            }
            let meaning = self.meaning(&doc.values, doc.lookup.as_ref(), doc.and.as_ref(), sources, absent, |name| {
                // A field of changes is no column: whether any row has it is seen later.
                shape != HistoryShape::Snapshots || given.is_none_or(|given| given.column(name).is_some())
            });
            let last = doc.last.iter().map(|(status, column)| (status.value.clone(), column.clone())).collect();
            let optional = doc.optional == Some(true);
            fields.push(FieldPlan { ours: ours.value.clone(), of: doc.of.clone(), meaning, last, optional });
        }
        fields
    }

    fn meaning(
        &mut self,
        values: &Named<String>,
        lookup: Option<&LookupDoc>,
        and: Option<&AndDoc>,
        sources: &[SourcePlan],
        absent: &BTreeSet<&str>,
        known: impl Fn(&str) -> bool,
    ) -> Meaning {
        let pairs = |values: &Named<String>| values.iter().map(|(word, ours)| (word.value.clone(), ours.clone())).collect();
        let lookup = lookup.filter(|lookup| !absent.contains(lookup.table.value.as_str())).and_then(|lookup| {
            let source = self.named(sources, &lookup.table)?;
            for (key, columns) in [("key", &lookup.key), ("value", &lookup.value)] {
                if columns.is_empty() {
                    let problem = self.faults.problem(&codes::MISSING_KEY, lookup.mark).with("shape", "a lookup");
                    self.faults.report(problem.with("key", key).with("expected", "the name of a column"));
                }
            }
            let column = |columns| self.first(&lookup.table.value, columns).map(|spot| (spot.value, spot.mark));
            Some(LookupPlan { source, key: column(&lookup.key)?, value: column(&lookup.value)? })
        });
        let and = and.filter(|and| and.optional != Some(true) || and.of.iter().any(|of| known(&of.value))).map(|and| AndPlan {
            of: and.of.clone(),
            after: and.after.clone(),
            between: and.between.clone().unwrap_or_else(|| "/".into()),
            values: pairs(&and.values),
        });
        Meaning { lookup, values: pairs(values), and }
    }

    fn column(
        &mut self,
        name: &Spot<String>,
        doc: &WrittenColumnDoc,
        holds: Holds,
        at: usize,
        sources: &mut [SourcePlan],
        absent: &BTreeSet<&str>,
    ) -> Option<ColumnPlan> {
        let fixed = !matches!(holds, Holds::Instant | Holds::Integer | Holds::Truth);
        let from = match (&doc.column, &doc.value) {
            (Some(column), None) => ColumnFrom::Column(column.value.clone(), Some(column.mark)),
            (None, Some(value)) if fixed => {
                if let Err((expected, example)) = check_constant(holds, &value.value, self.zone) {
                    let problem = self.faults.problem(&codes::BAD_VALUE, value.mark);
                    let problem = problem.with("value", Argument::user(&value.value));
                    self.faults.report(problem.with("expected", expected).with("example", example));
                }
                ColumnFrom::Value(value.value.clone())
            }
            (None, None) => {
                let problem = self.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a column of a mapping");
                self.faults.report(problem.with("key", "column").with("expected", "the name of a column"));
                return None;
            }
            (_, Some(value)) => {
                self.not_here("value", value.mark, "a column that is read from the table", "column, values");
                return None;
            }
        };
        if let (false, Some((word, _))) = (holds.is_words() || holds == Holds::Truth, doc.values.iter().next()) {
            self.not_here("values", word.mark, "a column of instants or numbers", "column");
        }
        for (key, mark) in [("lookup", doc.lookup.as_ref().map(|doc| doc.mark)), ("and", doc.and.as_ref().map(|doc| doc.mark))] {
            if let (false, Some(mark)) = (holds.is_words(), mark) {
                self.not_here(key, mark, "a column of instants, numbers or truth values", "column");
            }
        }
        if let (true, Some(length)) = (holds != Holds::Integer, &doc.length) {
            self.not_here("length", length.mark, "a column of words or instants", "column, values");
        }
        let mut dates = 0;
        if let Some(own) = &doc.dates {
            let said = self.dates(Some(own), None);
            if let Some((source, around)) =
                sources.get_mut(at).and_then(|source| source.dates.first().cloned().map(|first| (source, first)))
            {
                let plan = said.within(around);
                dates = source.dates.len();
                source.dates.push(plan);
            }
        }
        let given = sources.get(at).and_then(|source| self.table(&source.name));
        let known = |name: &str| given.is_none_or(|given| given.column(name).is_some());
        let meaning = self.meaning(&doc.values, doc.lookup.as_ref(), doc.and.as_ref(), sources, absent, known);
        let length = doc.length.as_ref().map_or(Length::Seconds, |length| length.value);
        Some(ColumnPlan { name: name.value.clone(), from, meaning, dates, length })
    }

    /// Refuses a key at a place where it means nothing.
    fn not_here(&mut self, key: &str, mark: Mark, shape: &'static str, allowed: &'static str) {
        let problem = self.faults.problem(&codes::UNKNOWN_KEY_NO_GUESS, mark).with("key", Argument::user(key));
        self.faults.report(problem.with("shape", shape).with("allowed", allowed));
    }
}
