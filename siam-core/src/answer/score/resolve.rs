//! From names to indexes: a measure with the columns of evidence that it needs.
//!
//! Goes in: an ecosystem, evidence, names of measures and periods. Comes out: measures ready to walk, or every problem at once.
//! **Invariant:** behind this door nothing fails: every column a measure needs is there.
//! **Not here:** the clock of a ticket (`walk`).

use super::records::Columns;
use crate::base::{Argument, Error, Instant, Period, Place, Problem, Problems, codes};
use crate::clock::{Clock, period};
use crate::ecosystem::{Ecosystem, asked};
use crate::evidence::{Evidence, History, Labels, MISSING, NONE, Records};
use crate::model::agreement::{Agreement, Children, Measure, Split, Statistic, TicketInstant, Within};
use crate::model::dated::Validity;
use crate::model::service::{Service, Stage};
use crate::model::statistic::Basis;
use std::collections::BTreeMap;

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
}

/// What every measure of a question reads.
pub(in crate::answer) struct Common<'e> {
    pub ecosystem: &'e Ecosystem,
    pub evidence: &'e Evidence,
    pub parties: Parties,
    pub party: Option<&'e Labels>,
    pub service: Option<&'e Labels>,
    pub priority: Option<&'e Labels>,
    /// Instants after it are not known yet.
    pub as_of: i64,
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
            as_of: as_of.map_or(i64::MAX, Instant::micros),
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
        provider.and_then(|party| self.parties.of_model.get(party.get()).copied()).unwrap_or(NONE)
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
            Split::Priority => self.priority.and_then(|labels| labels.word(code)),
            Split::Service => self.service.and_then(|labels| labels.word(code)),
        }
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
    /// The parents of tickets, where children are left out.
    pub parents: Option<&'e Labels>,
    /// The parties that held tickets, where hand-offs are counted; none where nothing ever changed.
    pub parties: Option<&'e History>,
    /// The rows it counts, where those are no tickets.
    pub records: Option<&'e Records>,
    /// The state of tickets and which codes stop the clock.
    pub pauses: Option<(&'e History, Vec<bool>)>,
    /// The clock of the measure's calendar.
    pub clock: Option<&'e Clock>,
    /// The time by priority code, none at the last place; `MISSING` where tickets are not counted.
    pub within: Vec<(Validity, Vec<i64>)>,
}

impl<'e> Asked<'e> {
    /// The clock of a ticket: the measure's calendar, else the hours of its service; none is around the clock.
    pub fn clock_of(&self, common: &Common<'e>, ticket: usize, at: i64) -> Option<&'e Clock> {
        self.clock.or_else(|| {
            let hours = common.service_of(ticket)?.hours.at(Instant(at))?;
            Some(common.ecosystem.clock(*hours))
        })
    }
    /// When the measure holds: its own dates and its agreement's.
    pub fn validity(&self) -> Validity {
        self.measure.validity.and(self.agreement.validity)
    }
    /// The time a ticket has at an instant: none agreed, not counted, or an exact length.
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
    let problem = Problem::new(&codes::BAD_ARGUMENT, Place::Nowhere).with("name", "periods").with("value", Argument::user(""));
    problem.with("expected", "at least one period").with("example", "2026-10").into()
}

/// The periods of these names in the ecosystem's zone.
pub(in crate::answer) fn periods(ecosystem: &Ecosystem, labels: &[String]) -> Result<Vec<Period>, Error> {
    let mut problems = Problems::new();
    let mut found: Vec<Period> = Vec::new();
    for label in labels {
        match period(label, &ecosystem.model().zone) {
            Some(period) if found.contains(&period) => {}
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
            parents: None,
            parties: None,
            records: None,
            pauses: None,
            clock: None,
            within: Vec::new(),
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
        asked.filters = self.chosen(&measure.tickets);
        asked.left_out = self.chosen(&measure.leave_out);
        if measure.children == Children::LeaveOut {
            asked.parents = self.column("parent");
        }
        let service = if agreement.services.is_empty() { None } else { self.column("service") };
        if let Some(labels) = service {
            let services = common.evidence.services().iter();
            let agreed = services.map(|service| service.is_some_and(|service| agreement.services.contains(&service)));
            asked.filters.push((labels, agreed.collect()));
        }
        let needed = match measure.statistic {
            Statistic::Count => vec![measure.counted_when],
            Statistic::Backlog => vec![measure.stop],
            _ => vec![measure.counted_when, measure.start, measure.stop],
        };
        for which in [TicketInstant::Responded, TicketInstant::Resolved, TicketInstant::Closed] {
            let given = common.evidence.tickets().instants(which).len() == common.evidence.tickets().len();
            if needed.contains(&which) && !given {
                self.lacks("tickets", which.as_str());
            }
        }
        let timed = measure.statistic == Statistic::PercentWithin;
        let by_priority = measure.within.spans().iter().any(|(_, within)| matches!(within, Within::ByPriority(_)));
        let priorities = if by_priority && timed { self.column("priority") } else { common.priority };
        for (_, within) in measure.within.spans() {
            if let (Within::ByPriority(times), Some(labels)) = (within, priorities) {
                times.iter().for_each(|(priority, _)| self.spelling(priority, labels));
            }
        }
        for split in &measure.by {
            // A party may also be the provider of a service, so it needs no column of its own.
            if *split != Split::Party && common.evidence.tickets().column(split.as_str()).is_none() {
                self.lacks("tickets", split.as_str());
            }
        }
        if matches!(measure.statistic, Statistic::PercentWithin | Statistic::Mean | Statistic::Percentile)
            && !measure.pause_in.is_empty()
        {
            asked.pauses = self.pauses()?;
        }
        if matches!(measure.statistic, Statistic::HandOffs | Statistic::FirstTimeFix) {
            asked.parties = self.history("party")?;
        }
        asked.clock = measure.calendar.map(|calendar| common.ecosystem.clock(calendar));
        let spans = measure.within.spans().iter();
        asked.within = spans.map(|(validity, within)| (*validity, times(within, priorities))).collect();
        Some(())
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
    /// The history of a field; none where nothing ever changed. The outer none follows a report.
    fn history(&mut self, field: &'static str) -> Option<Option<&'e History>> {
        let evidence = self.common.evidence;
        let history = evidence.history(field);
        if history.is_none() && !(evidence.has("ticket_events") && evidence.fields().next().is_none()) {
            let problem = Problem::new(&codes::NO_EVIDENCE_HISTORY, Place::Nowhere).with("field", Argument::user(field));
            self.problems.push(problem.with("measure", Argument::user(self.measure.id.as_str())), ENOUGH);
            return None;
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
fn times(within: &Within, priorities: Option<&Labels>) -> Vec<i64> {
    let of = |priority: Option<&str>| within.of(priority).map_or(MISSING, |time| time.micros());
    let named = priorities.into_iter().flat_map(|labels| labels.words()).map(|word| of(Some(word)));
    named.chain(std::iter::once(of(None))).collect()
}
