//! From what cases came to, to the tables of a scorecard.
//!
//! Goes in: sums, tickets and cases of measures, periods. Comes out: rows, tickets, cases.
//! **Invariant:** a ticket is listed in every period it is summed in.
//! **Not here:** the rows themselves (`card`), schemas (`schema`), reasons (`explain`).

use super::card::{Card, Groups, Part};
use super::counts::{Counts, Outcome};
use super::figure::Worth;
use super::outages::{Felt, Watch, Watched};
use super::pass::summed;
use super::rates::Base;
use super::records::{Case, Cases, Columns, cases};
use super::resolve::{Asked, Common};
use super::schema::{CASES, TICKETS};
use super::sums::{Omitted, Summed, each};
use super::walk::{Contribution, Judged};
use super::windows::Window;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, Instant, Period, Place, Problem, Problems, Table, codes};
use crate::evidence::MISSING;
use crate::model::agreement::{Measure, Split, Statistic};
use crate::model::rule::ServiceIdx;
use crate::model::statistic::Basis;

/// What all periods of a measure are made from.
pub(super) enum Made {
    /// Its sums, and by period the tickets to list.
    Tickets(Summed, Vec<Vec<Contribution>>),
    Cases(Cases),
    Outages(Watched),
}

impl Made {
    /// What a measure counts; warns of rows that it cannot count.
    pub fn of(
        common: &Common<'_>,
        asked: &Asked<'_>,
        (windows, threads, listed): (&[Window], usize, bool),
        watch: &mut Watch,
        problems: &mut Problems,
    ) -> Self {
        match asked.measure.statistic.basis() {
            Basis::Records(_) => {
                let cases = cases(common, asked);
                warn(asked.measure, &Warned::of(&cases), problems);
                Self::Cases(cases)
            }
            Basis::Outages => {
                let periods: Vec<Period> = windows.iter().map(|window| window.counted.clone()).collect();
                Self::Outages(Watched::of(common, asked, &periods, watch, problems))
            }
            Basis::Tickets if listed => Self::listed(common, asked, windows),
            Basis::Tickets => Self::Tickets(summed(common, asked, windows, threads), Vec::new()),
        }
    }
    /// The sums of all tickets, and by period every ticket.
    fn listed(common: &Common<'_>, asked: &Asked<'_>, windows: &[Window]) -> Self {
        let mut summed = Summed::new(common, asked, windows.len());
        let mut listed: Vec<Vec<Contribution>> = vec![Vec::new(); windows.len()];
        each(common, asked, 0..common.evidence.tickets().len(), windows, |judged, place| {
            summed.add(asked.measure.statistic, judged, place);
            if let (Judged::Found(found), Some(list)) = (judged, listed.get_mut(place)) {
                list.push(*found);
            }
        });
        summed.settle();
        Self::Tickets(summed, listed)
    }
}

/// Rows that a measure cannot count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::answer) struct Warned {
    /// Rows without the instant that puts them into a period.
    pub without_instant: i64,
    /// Rows whose party nobody names.
    pub without_party: i64,
}

impl Warned {
    /// Those of cases that were found.
    pub fn of(cases: &Cases) -> Self {
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        Self { without_instant: count(cases.without_instant), without_party: count(cases.without_party) }
    }
    /// Adds those of another part.
    pub fn join(&mut self, other: &Self) {
        self.without_instant += other.without_instant;
        self.without_party += other.without_party;
    }
    /// What is left when those of another part are taken out; none where those are more.
    pub fn without(&self, other: &Self) -> Option<Self> {
        let left = |own: i64, other: i64| own.checked_sub(other).filter(|left| *left >= 0);
        let without_instant = left(self.without_instant, other.without_instant)?;
        Some(Self { without_instant, without_party: left(self.without_party, other.without_party)? })
    }
}

/// Warns of rows that a measure cannot count.
pub(in crate::answer) fn warn(measure: &Measure, warned: &Warned, problems: &mut Problems) {
    let Basis::Records(table) = measure.statistic.basis() else { return };
    let columns = Columns::of(measure.statistic);
    for (code, rows) in
        [(&codes::CASE_WITHOUT_INSTANT, warned.without_instant), (&codes::CASE_WITHOUT_PARTY, warned.without_party)]
    {
        if rows > 0 {
            let problem = Problem::new(code, Place::Nowhere).with("measure", Argument::user(measure.id.as_str()));
            let problem = problem.with("rows", rows).with("table", table).with("column", columns.due.unwrap_or("at"));
            problems.push(problem, crate::answer::given::KEPT);
        }
    }
}

/// A scorecard being built.
pub(super) struct Building<'b, 'e> {
    common: &'b Common<'e>,
    pub card: Card<'e>,
    pub tickets: Table,
    pub cases: Table,
}

impl<'b, 'e> Building<'b, 'e> {
    pub fn new(common: &'b Common<'e>) -> Self {
        let [tickets, cases] = [&TICKETS, &CASES].map(Table::new);
        Self { common, card: Card::new(common.ecosystem), tickets, cases }
    }

    /// Adds a measure in the period of this place, where it holds in it.
    pub fn measure(&mut self, (place, window): (usize, &Window), asked: &Asked<'e>, made: &Made) {
        let Some(part) = Part::of(window, asked.measure, asked.agreement, self.common.as_of) else { return };
        match made {
            Made::Tickets(summed, listed) => {
                for found in listed.get(place).into_iter().flatten() {
                    self.ticket(part.period, asked, found);
                }
                let Some(sums) = summed.periods.get(place) else { return };
                let names = summed.grouping.names(self.common);
                let mut groups: Groups<'_> = names.into_iter().zip(&sums.slots).filter(|(_, sum)| !sum.is_empty()).collect();
                groups.sort_unstable_by(|one, other| one.0.cmp(&other.0));
                self.card.of_sums(&part, &groups, sums.omitted, self.common.rejected);
            }
            Made::Cases(cases) => self.of_cases(&part, asked, cases),
            Made::Outages(watched) => self.of_outages(&part, watched),
        }
    }

    fn of_cases(&mut self, part: &Part<'_>, asked: &Asked<'e>, cases: &Cases) {
        let measure = part.measure;
        let within = cases.found.iter().filter(|case| part.period.contains(Instant(case.counted)));
        let mut within: Vec<Case> = within.cloned().collect();
        let worth = if measure.statistic == Statistic::Observed {
            Worth::of_observed(measure.take, &mut within.iter_mut().collect::<Vec<_>>())
        } else {
            let mut tally = Counts::default();
            within.iter().for_each(|case| tally.add(case.outcome, 0));
            Worth::of_tally(measure, tally, Base::default(), 0)
        };
        within.iter().for_each(|case| self.case(part, asked, case));
        self.card.row(part, worth, [None; 3], None, Omitted::default());
    }

    fn of_outages(&mut self, part: &Part<'_>, watched: &Watched) {
        let (measure, model) = (part.measure, self.common.ecosystem.model());
        let mut felt = watched.felt(self.common, part.from, part.until);
        felt.sort_by_key(|felt| model.service_name(felt.service));
        for (felt, (span, outcome, reason)) in felt.iter().flat_map(|felt| felt.outages.iter().map(move |one| (felt, one))) {
            self.cases.push(&[
                text(part.period.label()),
                text(measure.id.as_str()),
                text("outage"),
                Cell::Null,
                Cell::Null,
                Cell::Null,
                text_or_null(self.provider_at(felt.service, span.from)),
                text(model.service_name(felt.service)),
                Cell::Null,
                Cell::Null,
                seconds(span.down),
                Cell::Null,
                text(outcome.as_str()),
                text_or_null(*reason),
                instant(span.from.micros()),
                instant(span.until.micros()),
            ]);
        }
        self.card.row(part, Worth::of_felt(measure.statistic, &Felt::together(&felt)), [None; 3], None, Omitted::default());
        if measure.by.contains(&Split::Service) {
            for felt in &felt {
                let names = [None, None, Some(model.service_name(felt.service))];
                self.card.row(part, Worth::of_felt(measure.statistic, felt), names, Some("service"), Omitted::default());
            }
        }
    }

    fn provider_at(&self, service: ServiceIdx, at: Instant) -> Option<&'e str> {
        let model = self.common.ecosystem.model();
        model.services.get(service)?.provider.at(at).map(|party| model.party_name(*party))
    }

    fn ticket(&mut self, period: &Period, asked: &Asked<'_>, found: &Contribution) {
        let ticket = found.ticket as usize;
        let (lacks, mut reason) = found.lack.words();
        if found.in_transition {
            reason = Some("in-transition");
        } else if found.outcome == Outcome::Excluded {
            let exclusion = self.common.evidence.exclusions().of(ticket, asked.measure.id.as_str());
            reason = exclusion.and_then(|exclusion| exclusion.reason);
        }
        self.tickets.push(&[
            text(period.label()),
            text(asked.measure.id.as_str()),
            text(self.common.evidence.tickets().id(ticket)),
            text_or_null(self.common.name(Split::Party, found.codes[0])),
            text_or_null(self.common.name(Split::Priority, found.codes[1])),
            text_or_null(self.common.name(Split::Service, found.codes[2])),
            Cell::Instant(found.counted),
            instant(found.started),
            instant(found.stopped),
            seconds(found.elapsed),
            seconds(found.within),
            text(found.outcome.as_str()),
            text_or_null(lacks),
            text_or_null(reason),
            if found.hand_offs == MISSING { Cell::Null } else { Cell::Integer(found.hand_offs) },
            if found.run == 0 { Cell::Null } else { Cell::Integer(found.run.into()) },
            text_or_null(side(asked.measure.statistic, found)),
        ]);
    }

    fn case(&mut self, part: &Part<'_>, asked: &Asked<'_>, case: &Case) {
        let Some(records) = asked.records else { return };
        let columns = Columns::of(asked.measure.statistic);
        let word = |column: Option<&str>| column.and_then(|column| records.words(column)?.get(case.row));
        let model = self.common.ecosystem.model();
        // What the provider of the agreement gives or owes is its own where no column says so.
        let provider = asked.agreement.provider.filter(|_| columns.due.is_some());
        let party = word(Some("party")).or_else(|| provider.map(|party| model.party_name(party)));
        let apart = if case.due == MISSING || case.done == MISSING { MISSING } else { case.done.saturating_sub(case.due) };
        let value = case.observed.as_ref().and_then(|observed| observed.value()).map(|value| value.to_exact_text());
        self.cases.push(&[
            text(part.period.label()),
            text(asked.measure.id.as_str()),
            text(columns.kind),
            text_or_null(word(columns.key)),
            text_or_null(word(columns.item)),
            Cell::Integer(i64::try_from(records.row(case.row)).unwrap_or(i64::MAX)),
            text_or_null(party),
            text_or_null(word(Some("service"))),
            instant(case.due),
            instant(case.done),
            seconds(apart),
            text_or_null(value.as_deref()),
            text(case.outcome.as_str()),
            text_or_null(case.reason),
            Cell::Null,
            Cell::Null,
        ]);
    }
}

/// On which side of a quotient a ticket counts.
fn side(statistic: Statistic, found: &Contribution) -> Option<&'static str> {
    let counts = matches!(found.outcome, Outcome::Counted | Outcome::Met);
    let quotient = matches!(statistic, Statistic::Quotient | Statistic::AgedReduction);
    match (found.outcome, found.amount) {
        _ if !counts || !quotient => None,
        (Outcome::Met, _) => Some("above"),
        (_, 0) => Some("below"),
        _ => Some("both"),
    }
}

fn instant(at: i64) -> Cell<'static> {
    if at == MISSING { Cell::Null } else { Cell::Instant(at) }
}

fn seconds(micros: i64) -> Cell<'static> {
    if micros == MISSING { Cell::Null } else { Cell::Integer(micros.div_euclid(1_000_000)) }
}
