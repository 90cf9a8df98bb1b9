//! From what cases came to, to the tables of a scorecard.
//!
//! Goes in: contributions and cases of measures, periods. Comes out: rows, tickets, cases, and what each row stands for.
//! **Invariant:** a figure of a row is worked out once; its reason reads the same figure.
//! **Not here:** schemas (`schema`), reasons (`explain`).

use super::figure::Extreme;
use super::figure::{Verdict, Worth};
use super::outages::{Felt, Watch, Watched};
use super::records::{Case, Cases, Columns, cases};
use super::rates::base;
use super::resolve::{Asked, Common};
use super::schema::{CASES, ROWS, TICKETS};
use super::tally::{Outcome, Tally, groups};
use super::walk::{Contribution, Omission, Walked, walk, walk_backlog};
use super::windows::Window;
use crate::base::columns::Cell;
use crate::base::table::cells::{text, text_or_null};
use crate::base::{Argument, Instant, Period, Place, Problem, Problems, Ratio, Table, codes};
use crate::evidence::MISSING;
use crate::model::agreement::{MeasureIdx, Split, Statistic, Unit};
use crate::model::rule::ServiceIdx;
use crate::model::statistic::Basis;

/// What a row of a scorecard stands for.
pub(super) struct Row {
    pub measure: MeasureIdx,
    pub period: Period,
    /// The first instant of the period at which the measure holds.
    pub anchor: Instant,
    /// The time whose cases are counted, which may begin before the period.
    pub counted: Period,
    /// Its first instant at which the measure holds.
    pub from: Instant,
    /// The first instant after the part of the period that it is about.
    pub end: Instant,
    /// Whether the measure's own period goes on after the period.
    pub to_date: bool,
    pub worth: Worth,
    pub target: Option<Ratio>,
    pub verdict: Verdict,
    pub certain: bool,
    pub by: bool,
    pub names: [Option<String>; 3],
    /// Tickets that a rule leaves out; of the total alone.
    pub omitted: Omitted,
}

/// How many tickets each rule leaves out of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Omitted {
    pub children: i64,
    pub left_out: i64,
    pub events: i64,
    pub stages: i64,
}

impl Omitted {
    fn add(&mut self, omission: Omission) {
        match omission {
            Omission::Child => self.children += 1,
            Omission::LeftOut(_) => self.left_out += 1,
            Omission::SameEvent(_) => self.events += 1,
            Omission::Stage(_) => self.stages += 1,
        }
    }
}

/// What all periods of a measure are made from.
pub(super) enum Made {
    Tickets(Walked),
    Backlog,
    Cases(Cases),
    Outages(Watched),
}

impl Made {
    /// What a measure counts; warns of rows that it cannot count.
    pub fn of(common: &Common<'_>, asked: &Asked<'_>, windows: &[Window], watch: &mut Watch, problems: &mut Problems) -> Self {
        match asked.measure.statistic.basis() {
            Basis::Records(table) => {
                let cases = cases(common, asked);
                let columns = Columns::of(asked.measure.statistic);
                let mut warn = |code, rows: usize| {
                    if rows > 0 {
                        let measure = Argument::user(asked.measure.id.as_str());
                        let problem = Problem::new(code, Place::Nowhere).with("measure", measure).with("rows", rows);
                        let column = columns.due.unwrap_or("at");
                        problems.push(problem.with("table", table).with("column", column), crate::answer::given::KEPT);
                    }
                };
                warn(&codes::CASE_WITHOUT_INSTANT, cases.without_instant);
                warn(&codes::CASE_WITHOUT_PARTY, cases.without_party);
                Self::Cases(cases)
            }
            Basis::Outages => {
                let periods: Vec<Period> = windows.iter().map(|window| window.counted.clone()).collect();
                Self::Outages(Watched::of(common, asked, &periods, watch, problems))
            }
            Basis::Tickets if asked.measure.statistic.is_of_an_instant() => Self::Backlog,
            Basis::Tickets => Self::Tickets(walk(common, asked)),
        }
    }
}

/// A scorecard being built.
pub(super) struct Building<'b, 'e> {
    common: &'b Common<'e>,
    pub keys: Vec<Row>,
    pub rows: Table,
    pub tickets: Table,
    pub cases: Table,
    /// Whether tickets are listed.
    listed: bool,
}

/// A period of a measure.
struct Part<'p, 'e> {
    window: &'p Window,
    /// The time whose cases are counted, under the label of the period.
    period: &'p Period,
    asked: &'p Asked<'e>,
    from: Instant,
    end: Instant,
}

impl<'b, 'e> Building<'b, 'e> {
    pub fn new(common: &'b Common<'e>, listed: bool) -> Self {
        let [rows, tickets, cases] = [&ROWS, &TICKETS, &CASES].map(Table::new);
        Self { common, keys: Vec::new(), rows, tickets, cases, listed }
    }

    /// Adds a measure in a period, where it holds in it.
    pub fn measure(&mut self, window: &Window, asked: &Asked<'e>, made: &Made) {
        let (validity, period) = (asked.validity(), &window.counted);
        let (anchor, from) = (window.asked.from().max(validity.from), period.from().max(validity.from));
        if !validity.contains(anchor) || anchor >= period.until() {
            return;
        }
        // What is not known yet cannot be open at the end.
        let known = Instant(self.common.as_of.saturating_add(1));
        let end = period.until().min(validity.until).min(known);
        let part = Part { window, period, asked, from, end };
        match made {
            Made::Tickets(walked) => {
                let found = walked.found.iter().filter(|found| period.contains(Instant(found.counted)));
                let omitted = walked.omitted.iter().filter(|(at, _)| period.contains(Instant(*at)));
                self.tickets(&part, &found.collect::<Vec<_>>(), omitted.map(|(_, omission)| *omission));
            }
            Made::Backlog => {
                let walked = walk_backlog(self.common, asked, from.micros(), end.micros());
                let omitted = walked.omitted.iter().map(|(_, omission)| *omission);
                self.tickets(&part, &walked.found.iter().collect::<Vec<_>>(), omitted);
            }
            Made::Cases(cases) => self.of_cases(&part, cases),
            Made::Outages(watched) => self.of_outages(&part, watched),
        }
    }

    fn tickets(&mut self, part: &Part<'_, 'e>, found: &[&Contribution], omissions: impl Iterator<Item = Omission>) {
        let asked = part.asked;
        let worth = |tally: Tally, service: Option<&str>, rejected: i64| {
            let base = base(self.common, asked, (part.from, part.end), service);
            Worth::of_tally(asked.measure, tally, base.as_ref(), rejected)
        };
        let (mut total, mut omitted) = (Tally::default(), Omitted::default());
        for one in found {
            total.add_ticket(one);
            if self.listed {
                self.ticket(part.period, asked, one);
            }
        }
        omissions.for_each(|omission| omitted.add(omission));
        let total = worth(total, None, self.common.rejected);
        self.row(part, total, [None; 3], None, omitted);
        if !asked.measure.by.is_empty() {
            let by: Vec<&str> = asked.measure.by.iter().map(|split| split.as_str()).collect();
            let by = by.join(", ");
            for (codes, tally) in groups(self.common, &asked.measure.by, found.iter().copied()) {
                let splits = [Split::Party, Split::Priority, Split::Service];
                let names = [0, 1, 2].map(|at| self.common.name(splits[at], codes[at]));
                let service = names[2].filter(|_| asked.measure.by.contains(&Split::Service));
                self.row(part, worth(tally, service, 0), names, Some(&by), Omitted::default());
            }
        }
    }

    fn of_cases(&mut self, part: &Part<'_, 'e>, cases: &Cases) {
        let measure = part.asked.measure;
        let within = cases.found.iter().filter(|case| part.period.contains(Instant(case.counted)));
        let mut within: Vec<Case> = within.cloned().collect();
        let worth = if measure.statistic == Statistic::Observed {
            Worth::of_observed(measure.take, &mut within.iter_mut().collect::<Vec<_>>())
        } else {
            let mut tally = Tally::default();
            within.iter().for_each(|case| tally.add(case.outcome, 0));
            Worth::of_tally(measure, tally, None, 0)
        };
        within.iter().for_each(|case| self.case(part, case));
        self.row(part, worth, [None; 3], None, Omitted::default());
    }

    fn of_outages(&mut self, part: &Part<'_, 'e>, watched: &Watched) {
        let (measure, model) = (part.asked.measure, self.common.ecosystem.model());
        let mut felt = watched.felt(self.common, part.from, part.period.until().min(part.asked.validity().until));
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
        self.row(part, Worth::of_felt(measure.statistic, &Felt::together(&felt)), [None; 3], None, Omitted::default());
        if measure.by.contains(&Split::Service) {
            for felt in &felt {
                let names = [None, None, Some(model.service_name(felt.service))];
                self.row(part, Worth::of_felt(measure.statistic, felt), names, Some("service"), Omitted::default());
            }
        }
    }

    fn provider_at(&self, service: ServiceIdx, at: Instant) -> Option<&'e str> {
        let model = self.common.ecosystem.model();
        model.services.get(service)?.provider.at(at).map(|party| model.party_name(*party))
    }

    fn row(&mut self, part: &Part<'_, 'e>, worth: Worth, names: [Option<&str>; 3], by: Option<&str>, omitted: Omitted) {
        let (model, measure, agreement) = (self.common.ecosystem.model(), part.asked.measure, part.asked.agreement);
        let named = names.map(|name| name.filter(|name| !name.is_empty()));
        let of_group = measure.counting.targets.iter().find(|row| by.is_some() && row.is_for(&named)).map(|row| &row.target);
        let target = of_group.or_else(|| measure.target.at(part.window.anchor));
        let (verdict, certain) = (worth.verdict(measure, target), worth.is_certain(measure, target));
        let shown = |ratio: &Ratio| Cell::Float(for_display(measure.unit, ratio));
        let share = |value: Option<&Ratio>| value.filter(|_| measure.unit == Unit::Share).map_or(Cell::Null, shown);
        let extreme = |extreme: &Extreme| match extreme {
            Extreme::Value(value, _) => share(value.as_ref()),
            Extreme::Anything => Cell::Null,
        };
        let exact = [target, worth.value.as_ref()].map(|value| value.map(Ratio::to_exact_text));
        let tally = &worth.tally;
        let counts = |value: i64| if measure.statistic.judges_cases() { Cell::Integer(value) } else { Cell::Null };
        self.rows.push(&[
            text(part.period.label()),
            Cell::Instant(part.window.asked.from().micros()),
            Cell::Instant(part.window.asked.until().micros()),
            text(measure.id.as_str()),
            text(agreement.id.as_str()),
            text_or_null(agreement.provider.map(|party| model.party_name(party))),
            text_or_null(by),
            text_or_null(names[0]),
            text_or_null(names[1]),
            text_or_null(names[2]),
            Cell::Integer(tally.counted()),
            counts(tally.met),
            counts(tally.missed),
            Cell::Integer(tally.excluded),
            Cell::Integer(tally.unscored),
            share(worth.value.as_ref()),
            target.map_or(Cell::Null, shown),
            text_or_null(exact[0].as_deref()),
            Cell::Integer(measure.fewest.into()),
            text(verdict.as_str()),
            extreme(&worth.worst),
            extreme(&worth.best),
            Cell::Boolean(certain),
            text(measure.statistic.as_str()),
            worth.value.as_ref().map_or(Cell::Null, shown),
            text_or_null(exact[1].as_deref()),
            text(measure.unit.as_str()),
            text(measure.direction.as_str()),
            Cell::Instant(part.from.micros()),
            Cell::Instant(part.period.until().min(part.asked.validity().until).micros()),
            Cell::Boolean(part.window.to_date),
            Cell::Integer(worth.rejected),
        ]);
        let Some(at) = model.names.measures.get(measure.id.as_str()) else { return };
        self.keys.push(Row {
            measure: *at,
            period: part.window.asked.clone(),
            anchor: part.window.anchor,
            counted: part.period.clone(),
            from: part.from,
            end: part.end,
            to_date: part.window.to_date,
            target: target.cloned(),
            worth,
            verdict,
            certain,
            by: by.is_some(),
            names: names.map(|name| name.map(str::to_owned)),
            omitted,
        });
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

    fn case(&mut self, part: &Part<'_, 'e>, case: &Case) {
        let Some(records) = part.asked.records else { return };
        let columns = Columns::of(part.asked.measure.statistic);
        let word = |column: Option<&str>| column.and_then(|column| records.words(column)?.get(case.row));
        let model = self.common.ecosystem.model();
        // What the provider of the agreement gives or owes is its own where no column says so.
        let provider = part.asked.agreement.provider.filter(|_| columns.due.is_some());
        let party = word(Some("party")).or_else(|| provider.map(|party| model.party_name(party)));
        let apart = if case.due == MISSING || case.done == MISSING { MISSING } else { case.done.saturating_sub(case.due) };
        let value = case.observed.as_ref().and_then(|observed| observed.value()).map(|value| value.to_exact_text());
        self.cases.push(&[
            text(part.period.label()),
            text(part.asked.measure.id.as_str()),
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

/// A value as people read it: percent of a share, else the number itself.
fn for_display(unit: Unit, value: &Ratio) -> f64 {
    if unit == Unit::Share { value.times(&Ratio::whole(100)).to_f64() } else { value.to_f64() }
}
