//! From names to indexes: a measure with the columns of evidence that it needs.
//!
//! Goes in: an ecosystem, evidence, names of measures and periods. Comes out: measures ready to walk, or every problem at once.
//! **Invariant:** behind this door nothing fails: every column a measure needs is there.
//! **Not here:** the clock of a ticket (`walk`).

use super::days::{Zoned, coded};
use super::priorities::Priorities;
use super::records::Columns;
use super::runs::Runs;
use super::walk::{Judged, each, is_chosen, left_out};
use crate::base::columns::Cell;
use crate::base::{Argument, Error, Instant, Period, Place, Problem, Problems, Table, codes};
use crate::clock::{Clock, period};
use crate::ecosystem::{Ecosystem, asked};
use crate::evidence::{Evidence, History, Labels, MISSING, NONE, Records};
use crate::model::agreement::{
    Agreement, Children, Cycles, EventGroup, Measure, PriorityTaken, RunsWhile, Split, Statistic, TicketInstant, Within,
    WithinRow,
};
use crate::model::counting::ClockZone;
use crate::model::dated::Validity;
use crate::model::party::PartyIdx;
use crate::model::service::{ClassIdx, Service, Stage};
use crate::model::statistic::Basis;
use std::collections::{BTreeMap, BTreeSet};

const ENOUGH: usize = 1_000;

/// Parties of tickets: those the evidence names, and the providers of services.
pub(in crate::answer) struct Parties {
    /// The names by code.
    pub names: Vec<String>,
    /// The code of every party of the ecosystem.
    of_model: Vec<u32>,
}

impl Parties {
    fn new(ecosystem: &Ecosystem, evidence: &Evidence) -> Self {
        let mut names: Vec<String> =
            evidence.tickets().column("party").map(|labels| labels.words().map(str::to_owned).collect()).unwrap_or_default();
        let mut known: BTreeMap<String, usize> = names.iter().cloned().zip(0..).collect();
        let mut of_model = Vec::new();
        for party in ecosystem.model().parties.iter() {
            let code = *known.entry(party.id.to_string()).or_insert_with(|| {
                names.push(party.id.to_string());
                names.len() - 1
            });
            of_model.push(u32::try_from(code).unwrap_or(NONE));
        }
        Self { names, of_model }
    }
    /// The code of a party of the ecosystem.
    pub fn of(&self, party: PartyIdx) -> u32 {
        self.of_model.get(party.get()).copied().unwrap_or(NONE)
    }
}

/// What every measure of a question reads.
pub(in crate::answer) struct Common<'e> {
    pub ecosystem: &'e Ecosystem,
    pub evidence: &'e Evidence,
    pub parties: Parties,
    pub party: Option<&'e Labels>,
    pub service: Option<&'e Labels>,
    pub priority: Option<&'e Labels>,
    pub priorities: Priorities<'e>,
    /// Rows of tickets that were rejected as a whole: each may be one ticket more.
    pub rejected: i64,
    /// Instants after it are not known yet.
    pub as_of: i64,
    /// Whether the evidence is one chunk of more: what no ticket of it ever changed may change in another.
    pub is_chunk: bool,
}

impl<'e> Common<'e> {
    pub fn new(ecosystem: &'e Ecosystem, evidence: &'e Evidence, as_of: Option<Instant>) -> Self {
        let tickets = evidence.tickets();
        Self {
            ecosystem,
            evidence,
            parties: Parties::new(ecosystem, evidence),
            party: tickets.column("party"),
            service: tickets.column("service"),
            priority: tickets.column("priority"),
            priorities: Priorities::new(tickets.column("priority"), evidence.history("priority")),
            rejected: rejected(evidence),
            as_of: as_of.map_or(i64::MAX, Instant::micros),
            is_chunk: false,
        }
    }
    /// An instant of a ticket as known; `MISSING` where it is not.
    pub fn instant(&self, ticket: usize, which: TicketInstant) -> i64 {
        let at = self.evidence.tickets().instants(which).get(ticket).copied().unwrap_or(MISSING);
        if at > self.as_of { MISSING } else { at }
    }
    /// The party that holds a ticket; where the evidence names none, the provider of its service at an instant.
    pub fn party_of(&self, ticket: usize, at: i64) -> u32 {
        let own = self.party.map_or(NONE, |labels| labels.code(ticket));
        if own != NONE {
            return own;
        }
        let provider = self.service_of(ticket).and_then(|service| service.provider.at(Instant(at)));
        provider.map_or(NONE, |party| self.parties.of(*party))
    }
    /// The service of a ticket, where the ecosystem has it.
    pub fn service_of(&self, ticket: usize) -> Option<&'e Service> {
        let code = self.service?.code(ticket);
        let service = self.evidence.services().get(code as usize).copied().flatten()?;
        self.ecosystem.model().services.get(service)
    }
    /// The stage of a ticket's service at an instant; in operation where nothing says otherwise.
    pub fn stage_of(&self, ticket: usize, at: i64) -> Stage {
        self.service_of(ticket).and_then(|service| service.stage.at(Instant(at)).copied()).unwrap_or(Stage::Operation)
    }
    /// The name of a split of a ticket's row; none where it has none.
    pub fn name(&self, split: Split, code: u32) -> Option<&str> {
        match split {
            Split::Party => self.parties.names.get(code as usize).map(String::as_str),
            Split::Priority => self.priorities.names.get(code as usize).map(String::as_str),
            Split::Service => self.service.and_then(|labels| labels.word(code)),
        }
    }
}

/// How many rows of tickets were rejected as a whole, but for those of a ticket that another row tells of.
fn rejected(evidence: &Evidence) -> i64 {
    let (used, rejected) = (evidence.used(), evidence.rejected());
    let word = |table: &Table, row: usize, column: &str| match table.cell(row, column) {
        Cell::Text(text) => text.into_owned(),
        _ => String::new(),
    };
    let of_tickets = (0..used.rows()).filter(|row| word(used, *row, "table") == "tickets");
    let given: Vec<String> = of_tickets.map(|row| word(used, row, "given")).collect();
    let whole = |row: &usize| {
        matches!(rejected.cell(*row, "whole"), Cell::Boolean(true))
            && given.contains(&word(rejected, *row, "table"))
            && word(rejected, *row, "reason") != codes::DUPLICATE_ROW.name
    };
    let rows = (0..rejected.rows()).filter(whole).filter_map(|row| match rejected.cell(row, "row") {
        Cell::Integer(at) => Some((word(rejected, row, "table"), at)),
        _ => None,
    });
    i64::try_from(rows.collect::<BTreeSet<_>>().len()).unwrap_or(i64::MAX)
}

/// Columns and which of their codes count.
pub(in crate::answer) type Filter<'e> = (&'e Labels, Vec<bool>);

/// A row of a table of times: what it is for by code, and the time.
pub(in crate::answer) struct TimeRow<'e> {
    priority: Option<Vec<bool>>,
    kind: Option<Filter<'e>>,
    service: Option<Filter<'e>>,
    class: Vec<ClassIdx>,
    time: i64,
}

impl TimeRow<'_> {
    fn is_for(&self, common: &Common<'_>, ticket: usize, at: i64, priority: u32) -> bool {
        let has = |filter: &Option<Filter<'_>>| {
            filter.as_ref().is_none_or(|(labels, codes)| codes.get(labels.code(ticket) as usize) == Some(&true))
        };
        let class = || common.service_of(ticket).and_then(|service| service.class.at(Instant(at)));
        self.priority.as_ref().is_none_or(|codes| codes.get(priority as usize) == Some(&true))
            && has(&self.kind)
            && has(&self.service)
            && (self.class.is_empty() || class().is_some_and(|class| self.class.contains(class)))
    }
}

/// A measure ready to walk.
pub(in crate::answer) struct Asked<'e> {
    pub measure: &'e Measure,
    pub agreement: &'e Agreement,
    /// A column and which of its codes are counted.
    pub filters: Vec<(&'e Labels, Vec<bool>)>,
    /// Columns and which of their codes leave a ticket out, in the order written.
    pub left_out: Vec<(&'e Labels, Vec<bool>)>,
    /// Priorities that are counted, and those that are left out, where not the one of the column decides.
    pub taken: [Option<Vec<bool>>; 2],
    /// The place of the priorities among what leaves a ticket out.
    pub taken_place: usize,
    /// Of a ratio, columns and which of their codes are counted below the line.
    pub below: Option<Vec<Filter<'e>>>,
    /// The parents of tickets, where children are left out.
    pub parents: Option<&'e Labels>,
    /// The events of tickets and the ticket that stands for each by code, where an event counts once.
    pub events: Option<(&'e Labels, Vec<u32>)>,
    /// By ticket, when somebody first complained of what it is about; `MISSING` where nobody did.
    pub complained: Vec<i64>,
    /// When the clock runs.
    pub runs: Runs<'e>,
    /// The parties that held tickets, where hand-offs are counted; none where nothing ever changed.
    pub parties: Option<&'e History>,
    /// The rows it counts, where those are no tickets.
    pub records: Option<&'e Records>,
    /// The state of tickets and which codes stop the clock.
    pub pauses: Option<(&'e History, Vec<bool>)>,
    /// The clock of the measure's calendar.
    pub clock: Option<&'e Clock>,
    /// Clocks in the zones of tickets, where it runs in those.
    pub zoned: Option<Zoned<'e>>,
    /// The time by priority code, none at the last place; `MISSING` where tickets are not counted; Working Days as negative counts.
    pub within: Vec<(Validity, Vec<i64>)>,
    /// Tables of times, where those are agreed.
    pub rows: Vec<(Validity, Vec<TimeRow<'e>>)>,
}

impl<'e> Asked<'e> {
    /// The clock of a ticket: the measure's calendar, else the hours of its service; none is around the clock.
    pub fn clock_of(&self, common: &Common<'e>, ticket: usize, at: i64) -> Option<&Clock> {
        if let Some(clock) = self.clock.filter(|_| self.zoned.is_none()) {
            return Some(clock);
        }
        let hours = || common.service_of(ticket)?.hours.at(Instant(at)).copied();
        let calendar = self.measure.calendar.or_else(hours)?;
        let own = self.zoned.as_ref().and_then(|zoned| zoned.clock(common, ticket, calendar));
        Some(own.unwrap_or_else(|| common.ecosystem.clock(calendar)))
    }
    /// Whether a ticket names a zone that nobody knows, where the clock runs in it.
    pub fn lacks_zone(&self, ticket: usize) -> bool {
        self.zoned.as_ref().is_some_and(|zoned| zoned.zone_of(ticket) == Some(None))
    }
    /// When the measure holds: its own dates and its agreement's.
    pub fn validity(&self) -> Validity {
        self.measure.validity.and(self.agreement.validity)
    }
    /// The priority that counts of a ticket, by code.
    pub fn priority_of(&self, common: &Common<'_>, ticket: usize) -> u32 {
        let counting = &self.measure.counting;
        match counting.priority_taken {
            PriorityTaken::AtEnd | PriorityTaken::PerSegment => common.priorities.at_end(ticket),
            PriorityTaken::AtOpen => common.priorities.at(ticket, common.instant(ticket, TicketInstant::Opened)),
            PriorityTaken::Highest => {
                let opened = common.instant(ticket, TicketInstant::Opened);
                let stop = common.instant(ticket, self.measure.stop);
                let until = if stop == MISSING { common.as_of } else { stop };
                common.priorities.highest(ticket, (opened, until), &counting.priorities)
            }
        }
    }
    /// The time a ticket has at an instant: none agreed, `MISSING` where it is not counted, or an exact length.
    pub fn time_of(&self, common: &Common<'_>, ticket: usize, at: i64, priority: u32) -> Option<i64> {
        match self.rows.iter().find(|(validity, _)| validity.contains(Instant(at))) {
            Some((_, rows)) => {
                let fits = rows.iter().find(|row| row.is_for(common, ticket, at, priority));
                Some(fits.map_or(MISSING, |row| row.time))
            }
            None => self.within_of(at, priority),
        }
    }
    /// The time a priority has at an instant where no table of times is agreed.
    pub fn within_of(&self, at: i64, priority: u32) -> Option<i64> {
        let (_, times) = self.within.iter().find(|(validity, _)| validity.contains(Instant(at)))?;
        let at = (priority as usize).min(times.len().saturating_sub(1));
        times.get(at).copied()
    }
}

/// The measures of these names, or all that are computed from tickets; all problems at once.
pub(in crate::answer) fn measures<'e>(
    common: &Common<'e>,
    names: &[String],
    warnings: &mut Problems,
) -> Result<Vec<Asked<'e>>, Error> {
    let model = common.ecosystem.model();
    let mut problems = Problems::new();
    let mut chosen: Vec<&Measure> = Vec::new();
    for name in names {
        match model.names.measures.get(name).and_then(|at| model.measures.get(*at)) {
            Some(measure) if chosen.iter().any(|known| known.id == measure.id) => {}
            Some(measure) => chosen.push(measure),
            None => {
                let error = asked("measure", name, model.names.measures.keys().map(String::as_str));
                error.problems().iter().for_each(|problem| problems.push(problem.clone(), ENOUGH));
            }
        }
    }
    if names.is_empty() {
        chosen = model.measures.iter().collect();
    }
    let mut found = Vec::new();
    for measure in chosen {
        let mut resolver = Resolver { common, measure, problems: &mut problems, warnings: &mut *warnings };
        found.extend(resolver.measure());
    }
    if problems.is_empty() { Ok(found) } else { Err(Error::from_problems(problems)) }
}

/// The error of asking for no period at all.
pub(in crate::answer) fn no_periods() -> Error {
    crate::answer::given::not_given("periods", "at least one period, such as 2026-10").into()
}

/// The periods of these names in the ecosystem's zone.
pub(in crate::answer) fn periods(ecosystem: &Ecosystem, labels: &[String]) -> Result<Vec<Period>, Error> {
    let mut problems = Problems::new();
    let (mut found, mut seen): (Vec<Period>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    for label in labels {
        match period(label, &ecosystem.model().zone) {
            Some(_) if !seen.insert(label) => {}
            Some(period) => found.push(period),
            None => {
                let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "period");
                let problem = problem.with("value", Argument::user(label)).with("expected", "a period");
                problems.push(problem.with("example", "2026, 2026-Q4, 2026-10, 2026-10-05 or 2026-10-01/2026-10-15"), ENOUGH);
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(Error::from_problems(problems)) }
}

struct Resolver<'r, 'e> {
    common: &'r Common<'e>,
    measure: &'e Measure,
    problems: &'r mut Problems,
    warnings: &'r mut Problems,
}

impl<'e> Resolver<'_, 'e> {
    fn measure(&mut self) -> Option<Asked<'e>> {
        let agreement = self.common.ecosystem.model().agreements.get(self.measure.agreement)?;
        let mut asked = Asked {
            measure: self.measure,
            agreement,
            filters: Vec::new(),
            left_out: Vec::new(),
            taken: [None, None],
            taken_place: 0,
            below: None,
            parents: None,
            events: None,
            complained: Vec::new(),
            runs: Runs::Whole,
            parties: None,
            records: None,
            pauses: None,
            clock: None,
            zoned: None,
            within: Vec::new(),
            rows: Vec::new(),
        };
        match self.measure.statistic.basis() {
            Basis::Tickets => self.tickets(&mut asked)?,
            Basis::Records(table) => asked.records = Some(self.records(table)?),
            Basis::Outages => self.outages()?,
        }
        Some(asked)
    }
    /// What a measure of tickets reads of them; none after a report.
    fn tickets(&mut self, asked: &mut Asked<'e>) -> Option<()> {
        let (common, measure, agreement) = (self.common, self.measure, asked.agreement);
        asked.filters = self.chosen(&self.of_column(&measure.tickets));
        asked.left_out = self.chosen(&self.of_column(&measure.leave_out));
        let priority = |written: &[(String, Vec<String>)]| written.iter().position(|(column, _)| column == "priority");
        if measure.counting.priority_taken != PriorityTaken::AtEnd {
            let mask = |written: &[(String, Vec<String>)]| {
                priority(written).and_then(|at| written.get(at)).map(|(_, values)| common.priorities.among(values))
            };
            asked.taken = [mask(&measure.tickets), mask(&measure.leave_out)];
            asked.taken_place = priority(&measure.leave_out).unwrap_or(0);
            self.history("priority")?;
        }
        if measure.children == Children::LeaveOut {
            asked.parents = self.column("parent");
        }
        let service = if agreement.services.is_empty() { None } else { self.column("service") };
        let agreed = |labels: &'e Labels| {
            let services = common.evidence.services().iter();
            (labels, services.map(|service| service.is_some_and(|service| agreement.services.contains(&service))).collect())
        };
        asked.filters.extend(service.map(agreed));
        if measure.statistic == Statistic::Quotient {
            let mut below = self.chosen(&measure.counting.of);
            below.extend(service.map(agreed));
            asked.below = Some(below);
        }
        self.instants();
        self.times(asked);
        for split in &measure.by {
            // A party may also be the provider of a service, so it needs no column of its own.
            if *split != Split::Party && common.evidence.tickets().column(split.as_str()).is_none() {
                self.lacks("tickets", split.as_str());
            }
        }
        if measure.statistic.runs_clock() && !measure.pause_in.is_empty() {
            asked.pauses = self.pauses()?;
        }
        if measure.statistic.reads_hand_offs() {
            asked.parties = self.history("party")?;
        }
        if measure.statistic == Statistic::RaisedFirst {
            let chosen = self.chosen(&measure.counting.complaints);
            asked.complained = complained(common, &chosen);
        }
        asked.runs = self.runs(agreement)?;
        asked.clock = measure.calendar.map(|calendar| common.ecosystem.clock(calendar));
        if measure.counting.zone == ClockZone::Ticket {
            asked.zoned = Some(Zoned::new(common, self.column("zone")?));
        }
        if measure.counting.event_group == EventGroup::Once {
            let labels = self.column("event")?;
            asked.events = Some((labels, first_of_events(common, asked, labels)));
        }
        Some(())
    }
    /// What is written of the columns of tickets: the priority is another where not the one at the end counts.
    fn of_column(&self, written: &[(String, Vec<String>)]) -> Vec<(String, Vec<String>)> {
        let taken = self.measure.counting.priority_taken != PriorityTaken::AtEnd;
        written.iter().filter(|(column, _)| !(taken && column == "priority")).cloned().collect()
    }
    /// Reports the instants that a measure needs and the evidence does not have.
    fn instants(&mut self) {
        let (common, measure) = (self.common, self.measure);
        let counted = measure.counted_when.instant();
        let ends = [Some(measure.start), Some(measure.stop)];
        let needed: Vec<TicketInstant> = match measure.statistic {
            Statistic::Count | Statistic::Rate | Statistic::Quotient | Statistic::RaisedFirst => counted.into_iter().collect(),
            Statistic::Backlog | Statistic::AgedReduction => vec![measure.stop],
            _ => ends.into_iter().chain([counted]).flatten().collect(),
        };
        for which in [TicketInstant::Responded, TicketInstant::Resolved, TicketInstant::Closed] {
            let given = common.evidence.tickets().instants(which).len() == common.evidence.tickets().len();
            if needed.contains(&which) && !given {
                self.lacks("tickets", which.as_str());
            }
        }
    }
    /// The agreed times by the codes of the evidence.
    fn times(&mut self, asked: &mut Asked<'e>) {
        let (common, measure) = (self.common, self.measure);
        let timed = measure.statistic == Statistic::PercentWithin;
        for (validity, within) in measure.within.spans() {
            if timed && !within.priorities().is_empty() && common.priorities.names.is_empty() {
                self.column("priority");
            }
            if let Some(labels) = common.priority {
                let named: Vec<String> = within.priorities().into_iter().map(str::to_owned).collect();
                named.iter().filter(|name| !common.priorities.names.contains(name)).for_each(|name| self.spelling(name, labels));
            }
            match within {
                Within::Rows(rows) if timed => {
                    let rows = rows.iter().map(|row| self.time_row(row)).collect();
                    asked.rows.push((*validity, rows));
                }
                _ => asked.within.push((*validity, times(within, &common.priorities.names))),
            }
        }
    }
    fn time_row(&mut self, row: &WithinRow) -> TimeRow<'e> {
        let model = self.common.ecosystem.model();
        let mut filter = |column: &'static str, values: Vec<String>| {
            if values.is_empty() { None } else { self.chosen(&[(column.to_owned(), values)]).pop() }
        };
        let kind = filter("kind", row.kind.clone());
        let service = filter("service", row.service.iter().map(|name| name.value.clone()).collect());
        if !row.class.is_empty() {
            self.column("service");
        }
        TimeRow {
            priority: if row.priority.is_empty() { None } else { Some(self.common.priorities.among(&row.priority)) },
            kind,
            service,
            class: row.class.iter().filter_map(|name| model.names.classes.get(&name.value).copied()).collect(),
            time: coded(row.time),
        }
    }
    /// When the clock runs; none after a report.
    fn runs(&mut self, agreement: &Agreement) -> Option<Runs<'e>> {
        let (common, counting) = (self.common, &self.measure.counting);
        if !self.measure.statistic.runs_clock() {
            return Some(Runs::Whole);
        }
        if counting.runs_while == RunsWhile::Held {
            let history = self.history("party")?;
            let provider = agreement.provider?;
            let name = common.ecosystem.model().party_name(provider);
            let own = history.map(|history| history.words().words().map(|word| word == name).collect());
            return Some(Runs::Held(history, own.unwrap_or_default(), common.parties.of(provider)));
        }
        if counting.cycles == Cycles::Whole {
            return Some(Runs::Whole);
        }
        let history = self.history("state")?;
        if let Some(history) = history {
            counting.stopped_in.iter().for_each(|state| self.spelling(state, history.words()));
        }
        let stopped =
            history.map(|history| history.words().words().map(|word| counting.stopped_in.iter().any(|one| one == word)));
        Some(Runs::Cycles(history, stopped.map(Iterator::collect).unwrap_or_default(), counting.cycles))
    }
    /// Columns and which of their codes are among the words written for them.
    fn chosen(&mut self, written: &[(String, Vec<String>)]) -> Vec<(&'e Labels, Vec<bool>)> {
        let mut chosen = Vec::new();
        for (column, values) in written {
            let Some(labels) = self.column(column) else { continue };
            values.iter().for_each(|value| self.spelling(value, labels));
            chosen.push((labels, labels.words().map(|word| values.iter().any(|value| value == word)).collect()));
        }
        chosen
    }
    /// The rows of a table that is not tickets; none after a report.
    fn records(&mut self, table: &'static str) -> Option<&'e Records> {
        let Some(records) = self.common.evidence.records(table) else {
            self.no_table(table);
            return None;
        };
        let columns = Columns::of(self.measure.statistic);
        for column in [columns.due, columns.done].into_iter().flatten() {
            if records.instants(column).is_none() {
                self.lacks(table, column);
            }
        }
        let pooled = records.integers("numerator").is_some() && records.integers("denominator").is_some();
        if self.measure.statistic == Statistic::Observed && !pooled && records.ratios("value").is_none() {
            self.lacks(table, "value");
        }
        Some(records)
    }
    /// Reports that there are no outages to read.
    fn outages(&mut self) -> Option<()> {
        if self.common.evidence.has("outages") {
            return Some(());
        }
        self.no_table("outages");
        None
    }
    fn no_table(&mut self, table: &'static str) {
        let problem = Problem::new(&codes::NO_EVIDENCE_TABLE, Place::Nowhere).with("table", table);
        self.problems.push(problem.with("measure", Argument::user(self.measure.id.as_str())), ENOUGH);
    }
    /// The history of a field; none where nothing ever changed: no row of the changes is of it. The outer none follows a report.
    fn history(&mut self, field: &'static str) -> Option<Option<&'e History>> {
        let evidence = self.common.evidence;
        let history = evidence.history(field);
        if history.is_none() && !evidence.has("ticket_events") {
            let problem = Problem::new(&codes::NO_EVIDENCE_HISTORY, Place::Nowhere).with("field", Argument::user(field));
            let problem = problem.with("measure", Argument::user(self.measure.id.as_str()));
            if !(self.common.is_chunk && evidence.has("ticket_events")) {
                self.problems.push(problem, ENOUGH);
                return None;
            }
            // Who adds chunks up sees in the end whether any had it.
            self.warnings.push(problem, ENOUGH);
        }
        Some(history)
    }
    /// What stops the clock; none where nothing ever changed. The outer none follows a report.
    fn pauses(&mut self) -> Option<Option<(&'e History, Vec<bool>)>> {
        let Some(history) = self.history("state")? else { return Some(None) };
        for state in &self.measure.pause_in {
            self.spelling(state, history.words());
        }
        let stops = |word: &str| self.measure.pause_in.iter().any(|state| state == word);
        Some(Some((history, history.words().words().map(stops).collect())))
    }
    fn column(&mut self, name: &str) -> Option<&'e Labels> {
        let found = self.common.evidence.tickets().column(name);
        if found.is_none() {
            self.lacks("tickets", name);
        }
        found
    }
    fn lacks(&mut self, table: &'static str, column: &str) {
        let problem = Problem::new(&codes::NO_EVIDENCE_COLUMN, Place::Nowhere).with("table", table);
        let problem = problem.with("measure", Argument::user(self.measure.id.as_str())).with("column", Argument::user(column));
        self.problems.push(problem, ENOUGH);
    }
    /// Warns of a word that no ticket has where one differs from it in case and marks only.
    fn spelling(&mut self, word: &str, labels: &Labels) {
        if labels.find(word).is_some() {
            return;
        }
        let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        let wanted = plain(word);
        if let Some(near) = labels.words().find(|known| plain(known) == wanted) {
            let problem = Problem::new(&codes::WORD_NEVER_SEEN, Place::Nowhere);
            let problem = problem.with("measure", Argument::user(self.measure.id.as_str())).with("word", Argument::user(word));
            self.warnings.push(problem.with("nearest", Argument::user(near)), ENOUGH);
        }
    }
}

/// The time by priority code, and at the end for tickets without a priority.
fn times(within: &Within, priorities: &[String]) -> Vec<i64> {
    let of = |priority: Option<&str>| within.of(priority).map_or(MISSING, coded);
    priorities.iter().map(|word| of(Some(word))).chain(std::iter::once(of(None))).collect()
}

/// By ticket, when a complaint about it was first opened: a child of it, or one of the same event.
fn complained(common: &Common<'_>, complaints: &[Filter<'_>]) -> Vec<i64> {
    let tickets = common.evidence.tickets();
    let (parents, events) = (tickets.column("parent"), tickets.column("event"));
    let mut first = vec![MISSING; tickets.len()];
    let mut of_event: Vec<i64> = vec![MISSING; events.map_or(0, |labels| labels.words().len())];
    let earlier = |slot: &mut i64, at: i64| {
        if *slot == MISSING || at < *slot {
            *slot = at;
        }
    };
    for ticket in 0..tickets.len() {
        let opened = common.instant(ticket, TicketInstant::Opened);
        let is = |(labels, codes): &Filter<'_>| codes.get(labels.code(ticket) as usize) == Some(&true);
        if opened == MISSING || !complaints.iter().all(is) {
            continue;
        }
        let parent = parents.and_then(|labels| labels.get(ticket)).and_then(|parent| tickets.find(parent));
        if let Some(slot) = parent.filter(|parent| *parent != ticket).and_then(|parent| first.get_mut(parent)) {
            earlier(slot, opened);
        }
        if let Some(slot) = events.and_then(|labels| of_event.get_mut(labels.code(ticket) as usize)) {
            earlier(slot, opened);
        }
    }
    for (ticket, slot) in first.iter_mut().enumerate() {
        let event = events.and_then(|labels| of_event.get(labels.code(ticket) as usize)).copied().unwrap_or(MISSING);
        if event != MISSING {
            earlier(slot, event);
        }
    }
    first
}

/// By code of an event, the ticket that stands for it: the first opened of those that count. Of a statistic of an instant every one
/// that its filters choose may count.
fn first_of_events(common: &Common<'_>, asked: &Asked<'_>, events: &Labels) -> Vec<u32> {
    let mut first: Vec<(i64, u32)> = vec![(i64::MAX, NONE); events.words().len()];
    let mut pauses = Vec::new();
    for ticket in 0..common.evidence.tickets().len() {
        let opened = common.instant(ticket, TicketInstant::Opened);
        let priority = asked.priority_of(common, ticket);
        if opened == MISSING || !is_chosen(asked, ticket, priority) || left_out(asked, ticket, priority).is_some() {
            continue;
        }
        if events.code(ticket) == NONE {
            continue;
        }
        let mut counts = asked.measure.statistic.is_of_an_instant();
        if !counts {
            each(common, asked, ticket, &mut pauses, &mut |judged| counts |= matches!(judged, Judged::Found(_)));
        }
        if !counts {
            continue;
        }
        if let (Some(slot), Ok(at)) = (first.get_mut(events.code(ticket) as usize), u32::try_from(ticket)) {
            *slot = (*slot).min((opened, at));
        }
    }
    first.into_iter().map(|(_, ticket)| ticket).collect()
}
