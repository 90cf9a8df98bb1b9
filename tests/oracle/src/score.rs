//! Score: one ticket after the other, counted by hand.
//!
//! Goes in: a document, a measure, tickets, changes of state, exclusions, periods. Comes out: what was counted and what was met.
//! **Invariant:** figures are whole numbers and exact fractions; a ticket is counted in at most one period.
//! **Not here:** rejected rows (the caller gives clean ones), reasons.

mod windows;

use crate::SECOND;
use crate::clock::{Calendar, Stretch, inside, joined};
use crate::reading::{at, document_zone, duration, entries, exists, fraction, list, text, texts, tree};
use jiff::tz::TimeZone;
use siam_core::document::Node;
use std::collections::{BTreeMap, BTreeSet};

/// A ticket as a row: its instants in microseconds, every other column by name (`kind`, `service`, `priority`, `party` and more).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub ticket: String,
    /// Columns of text.
    pub columns: BTreeMap<String, String>,
    /// When it was opened.
    pub opened: Option<i64>,
    /// When somebody answered.
    pub responded: Option<i64>,
    /// When it was resolved.
    pub resolved: Option<i64>,
    /// When it was closed.
    pub closed: Option<i64>,
}

/// A change of a ticket's state, or of its party.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The ticket.
    pub ticket: String,
    /// When.
    pub at: i64,
    /// Which comes first among changes at one instant.
    pub sequence: i64,
    /// What it left, where that is written.
    pub from: Option<String>,
    /// What it took.
    pub to: String,
}

/// A ticket that somebody asked to leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The ticket.
    pub key: String,
    /// `accepted` leaves it out; anything else does not.
    pub status: String,
}

/// All that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Tickets.
    pub tickets: Vec<Ticket>,
    /// Their changes of state.
    pub changes: Vec<Change>,
    /// Their changes of party.
    pub passes: Vec<Change>,
    /// Their changes of priority.
    pub priorities: Vec<Change>,
    /// Tickets asked to be left out.
    pub exclusions: Vec<Exclusion>,
}

/// A stretch of time with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Its name.
    pub label: String,
    /// First instant.
    pub from: i64,
    /// First instant after.
    pub until: i64,
}

/// What came of a measure in a period: in all, or for one combination of values of the columns it is split by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The period.
    pub period: String,
    /// The columns it is split by and their values, each joined by commas; none for the total.
    pub split: Option<(String, String)>,
    /// Tickets counted.
    pub counted: u64,
    /// Of these, in time or without a hand-off; all of them where a ticket has no verdict of its own.
    pub met: u64,
    /// Tickets left out by accepted exclusions, or whose service is in transition.
    pub excluded: u64,
    /// The value as a fraction: a share, a number, or seconds.
    pub value: Option<(i128, i128)>,
    /// Whether the target was met; none where there are too few tickets or no target.
    pub verdict: Option<bool>,
}

/// The figures of a measure of a document, by period: the total first, then the splits by column and value.
pub fn score(document: &str, measure: &str, evidence: &Evidence, periods: &[Period]) -> Vec<Figure> {
    let root = tree(document);
    let zone = document_zone(&root);
    let agreement = entries(&root, "agreements")
        .iter()
        .find(|agreement| agreement.value.get("measures").is_some_and(|measures| measures.get(measure).is_some()))
        .unwrap_or_else(|| panic!("{measure} is no measure"));
    let asked = Asked {
        document,
        root: &root,
        zone: &zone,
        agreement: &agreement.value,
        measure: agreement.value.get("measures").and_then(|measures| measures.get(measure)).expect("found above"),
        evidence,
    };
    periods.iter().flat_map(|period| asked.period(period)).collect()
}

struct Asked<'a> {
    document: &'a str,
    root: &'a Node,
    zone: &'a TimeZone,
    agreement: &'a Node,
    measure: &'a Node,
    evidence: &'a Evidence,
}

/// What became of one ticket, or of one run of its clock.
enum Outcome {
    NotCounted,
    Excluded,
    Counted(Case),
}

/// A case that counts.
struct Case {
    met: bool,
    /// What it adds: microseconds of a mean, hand-offs, one above the line of a ratio.
    amount: i128,
    /// Whether it stands below the line of a ratio.
    below: bool,
}

/// The run or runs of a clock; the last may have no end yet.
type Runs = Vec<(i64, Option<i64>)>;

impl Asked<'_> {
    fn clock(&self, key: &str) -> Option<&str> {
        self.measure.get("clock").and_then(|clock| text(clock, key))
    }

    fn word(&self, key: &str) -> &str {
        text(self.measure, key).unwrap_or("")
    }

    fn provider(&self) -> &str {
        text(self.agreement, "provider").unwrap_or("")
    }

    fn period(&self, period: &Period) -> Vec<Figure> {
        let total = self.figure(period, None);
        let mut figures = vec![total];
        let by = texts(self.measure.get("by"));
        if by.is_empty() {
            return figures;
        }
        let values: BTreeSet<String> = self.evidence.tickets.iter().map(|ticket| self.values_of(ticket, &by)).collect();
        for value in values {
            let figure = self.figure(period, Some((by.join(", "), value)));
            if figure.counted + figure.excluded > 0 {
                figures.push(figure);
            }
        }
        figures
    }

    fn figure(&self, period: &Period, split: Option<(String, String)>) -> Figure {
        let over = windows::window(self.root, self.agreement, self.measure, self.zone, period);
        let (mut counted, mut met, mut excluded, mut below, mut sum) = (0, 0, 0, 0_i128, 0_i128);
        let by = texts(self.measure.get("by"));
        for ticket in &self.evidence.tickets {
            if split.as_ref().is_some_and(|(_, value)| self.values_of(ticket, &by) != *value) {
                continue;
            }
            for outcome in self.outcomes(ticket, &over) {
                match outcome {
                    Outcome::NotCounted => {}
                    Outcome::Excluded => excluded += 1,
                    Outcome::Counted(case) => {
                        counted += 1;
                        met += u64::from(case.met);
                        below += i128::from(case.below);
                        sum += case.amount;
                    }
                }
            }
        }
        let cases = i128::from(counted);
        let over_cases = |of: i128| (cases > 0).then_some((of, cases));
        let value = match self.statistic() {
            "count" | "backlog" => Some((cases, 1)),
            "rate" => windows::base(self.root, self.agreement, self.measure, self.zone, &over, split.as_ref())
                .and_then(|(of, by)| (of != 0).then_some((cases * by, of))),
            "ratio" => (below > 0).then_some((sum, below)),
            "aged_reduction" => (below > 0).then_some((below - sum, below)),
            "reassigned" => over_cases(cases - i128::from(met)),
            "mean" => over_cases(sum).map(|(sum, of)| (sum, of * i128::from(SECOND))),
            "hand_offs" => over_cases(sum),
            _ => over_cases(i128::from(met)),
        };
        Figure {
            period: period.label.clone(),
            verdict: self.verdict(period, &over, value, counted, split.as_ref()),
            split,
            counted,
            met,
            excluded,
            value,
        }
    }

    fn verdict(
        &self,
        period: &Period,
        over: &Period,
        value: Option<(i128, i128)>,
        counted: u64,
        split: Option<&(String, String)>,
    ) -> Option<bool> {
        // The target is that of the beginning of what is counted; of what rolls, that of the period.
        let rolls = self.word("period").starts_with("rolling");
        let from = if rolls { period.from } else { over.from };
        let starts = |node: &Node| text(node, "from").map_or(i64::MIN, |from| crate::reading::when(from, self.zone));
        let from = from.max(starts(self.measure)).max(starts(self.agreement));
        let own = split.and_then(|(by, value)| {
            let names: BTreeMap<&str, &str> = by.split(", ").zip(value.split(", ")).collect();
            let rows = self.measure.get("targets").map(list).unwrap_or_default();
            let fits = |row: &&Node| {
                ["party", "priority", "service"].iter().all(|column| {
                    let wanted = texts(row.get(column));
                    wanted.is_empty() || names.get(column).is_some_and(|name| wanted.iter().any(|one| one == name))
                })
            };
            rows.iter().find(fits).and_then(|row| row.get("target"))
        });
        let target = own.or_else(|| self.measure.get("target").and_then(|node| at(node, from, self.zone))).and_then(Node::text);
        let target = target.map(|text| match fraction(text) {
            Some(number) => number,
            None => (i128::from(duration(text)), i128::from(SECOND)),
        });
        let fewest = text(self.measure, "fewest").map_or(1, |text| text.parse().expect("a whole number"));
        // Of a count, none at all is a number like any other.
        let any = matches!(self.statistic(), "count" | "backlog" | "rate");
        let at_least = match text(self.measure, "direction") {
            Some(direction) => direction == "at_least",
            None => matches!(self.statistic(), "percent_within" | "first_time_fix" | "ratio" | "aged_reduction" | "raised_first"),
        };
        let none = counted == 0 && self.statistic() != "rate";
        match (value, target, text(self.measure, "when_none")) {
            (_, Some(_), Some("met")) if none => Some(true),
            (_, Some(_), Some("missed")) if none => Some(false),
            (Some((n, d)), Some((p, q)), _) if any || counted >= fewest => {
                Some(if at_least { n * q >= p * d } else { n * q <= p * d })
            }
            _ => None,
        }
    }

    fn statistic(&self) -> &str {
        text(self.measure, "statistic").expect("a measure has a statistic")
    }

    /// What became of a ticket, once for each run of its clock where each is a case of its own.
    fn outcomes(&self, ticket: &Ticket, period: &Period) -> Vec<Outcome> {
        let several = self.several(ticket);
        several.iter().enumerate().map(|(at, runs)| self.outcome(ticket, period, runs, at)).collect()
    }

    /// The runs of a ticket's clock that make a case, case by case; none where the party it runs for never held the ticket.
    fn several(&self, ticket: &Ticket) -> Vec<Runs> {
        if !matches!(self.statistic(), "percent_within" | "mean") {
            let start = instant_of(ticket, self.clock("start").unwrap_or("opened"));
            return vec![vec![(start.unwrap_or(i64::MIN), None)]];
        }
        let Some(all) = self.runs(ticket) else { return Vec::new() };
        match self.word("cycles") {
            "each" => all.into_iter().map(|run| vec![run]).collect(),
            "first" => vec![all[..1].to_vec()],
            "last" => vec![all[all.len() - 1..].to_vec()],
            _ => vec![all],
        }
    }

    /// When a case counts, when its time passed, and where it stands: one that lacks its instant in the period it was opened in, a
    /// later run in that in which it began.
    fn counted(&self, ticket: &Ticket, runs: &Runs, run: usize) -> (Option<i64>, Option<i64>, Option<i64>) {
        let stop = self.clock("stop").unwrap_or("resolved");
        let clocked = matches!(self.statistic(), "percent_within" | "mean");
        let usual = if self.statistic() == "raised_first" { "opened" } else { stop };
        let counted_when = text(self.measure, "counted_when").unwrap_or(usual);
        let mut passed = None;
        let counted = match counted_when {
            "decided" => {
                passed = self.passes(ticket, runs);
                let stopped = runs.last().and_then(|run| run.1);
                [stopped, passed].into_iter().flatten().min()
            }
            _ if counted_when == stop && clocked => runs.last().and_then(|run| run.1),
            _ => instant_of(ticket, counted_when),
        };
        let waits = if run > 0 { Some(runs[0].0) } else { ticket.opened };
        (counted, passed, counted.or(waits))
    }

    fn outcome(&self, ticket: &Ticket, period: &Period, runs: &Runs, run: usize) -> Outcome {
        let stop = self.clock("stop").unwrap_or("resolved");
        let (counted, passed, stands) = self.counted(ticket, runs, run);
        let Some(mut counted_at) = stands else { return Outcome::NotCounted };
        let at_end = matches!(self.statistic(), "backlog" | "aged_reduction");
        let (mut above, mut below) = (self.is_chosen(ticket), false);
        if at_end {
            // The last microsecond of the period is its end.
            counted_at = period.until - 1;
            let open_at = |at: i64| {
                let before = |instant: Option<i64>| instant.is_some_and(|instant| instant < at);
                before(ticket.opened) && !before(instant_of(ticket, stop))
            };
            let longer = text(self.measure, "longer_than").map_or(i64::MIN, duration);
            let aged = |at: i64| open_at(at) && at - ticket.opened.unwrap_or(i64::MAX) > longer;
            if self.statistic() == "backlog" {
                above = above && open_at(period.until);
            } else {
                let holds = [self.measure, self.agreement]
                    .map(|node| text(node, "from").map(|from| crate::reading::when(from, self.zone)));
                let begin = holds.into_iter().flatten().fold(period.from, i64::max);
                below = above && aged(begin);
                above = above && aged(period.until);
            }
        }
        if self.statistic() == "ratio" {
            below =
                self.measure.get("of").is_none_or(|_| entries(self.measure, "of").iter().all(|entry| self.among(ticket, entry)));
            below = below && self.is_of_services(ticket);
        }
        let stage = self.stage(ticket, counted_at);
        let counts = period.from <= counted_at
            && counted_at < period.until
            && ticket.opened.is_some()
            && (above || below)
            && !self.left_out(ticket)
            && self.stands_for_its_event(ticket)
            && exists(self.measure, counted_at, self.zone)
            && exists(self.agreement, counted_at, self.zone)
            && matches!(stage, "transition" | "operation");
        let now = self.time_agreed_at(runs, counted_at);
        if !counts || (self.statistic() == "percent_within" && self.has_no_time(ticket, now, runs)) {
            return Outcome::NotCounted;
        }
        let left_out = |one: &Exclusion| one.key == ticket.ticket && one.status == "accepted";
        if self.evidence.exclusions.iter().any(left_out) || stage == "transition" {
            return Outcome::Excluded;
        }
        if counted.is_none() && !at_end {
            return Outcome::NotCounted;
        }
        if passed.is_some() && runs.last().is_some_and(|run| run.1.is_none()) {
            return Outcome::Counted(Case { met: false, amount: 0, below: false });
        }
        let judged = match self.statistic() {
            "ratio" | "aged_reduction" => Some((true, i128::from(above))),
            _ => self.judged(ticket, now, runs),
        };
        judged.map_or(Outcome::NotCounted, |(met, amount)| Outcome::Counted(Case { met, amount, below }))
    }

    /// The instant whose agreed time holds: where a case counts once it is decided, its start.
    fn time_agreed_at(&self, runs: &Runs, counted_at: i64) -> i64 {
        if self.word("counted_when") == "decided" { runs[0].0 } else { counted_at }
    }

    fn among(&self, ticket: &Ticket, entry: &siam_core::document::tree::Entry) -> bool {
        let values = texts(Some(&entry.value));
        self.value_of(ticket, &entry.key).is_some_and(|value| values.contains(&value))
    }

    fn is_of_services(&self, ticket: &Ticket) -> bool {
        let services = texts(self.agreement.get("services"));
        services.is_empty() || ticket.columns.get("service").is_some_and(|service| services.contains(service))
    }

    fn is_chosen(&self, ticket: &Ticket) -> bool {
        entries(self.measure, "tickets").iter().all(|entry| self.among(ticket, entry)) && self.is_of_services(ticket)
    }

    fn left_out(&self, ticket: &Ticket) -> bool {
        let child = text(self.measure, "children") == Some("leave_out") && ticket.columns.contains_key("parent");
        child || entries(self.measure, "leave_out").iter().any(|entry| self.among(ticket, entry))
    }

    /// Whether no ticket of the same event that counts was opened before it; of several at once the first by name.
    fn stands_for_its_event(&self, ticket: &Ticket) -> bool {
        let Some(event) = ticket.columns.get("event").filter(|_| self.word("event_group") == "once") else { return true };
        let of_event = self.evidence.tickets.iter().filter(|one| one.columns.get("event") == Some(event) && one.opened.is_some());
        let counts = of_event.filter(|one| self.is_chosen(one) && !self.left_out(one) && self.would_count(one));
        let first = counts.min_by_key(|one| (one.opened, one.ticket.clone()));
        first.is_none_or(|first| first.ticket == ticket.ticket)
    }

    /// Whether a ticket that is chosen would count in some period, were it alone in its event.
    fn would_count(&self, ticket: &Ticket) -> bool {
        if matches!(self.statistic(), "backlog" | "aged_reduction") {
            return true;
        }
        self.several(ticket).iter().enumerate().any(|(at, runs)| {
            let (.., Some(counted_at)) = self.counted(ticket, runs, at) else { return false };
            let timed = self.statistic() == "percent_within";
            exists(self.measure, counted_at, self.zone)
                && exists(self.agreement, counted_at, self.zone)
                && matches!(self.stage(ticket, counted_at), "transition" | "operation")
                && !(timed && self.has_no_time(ticket, self.time_agreed_at(runs, counted_at), runs))
        })
    }

    /// The value of a column; the priority is the one that counts.
    fn value_of(&self, ticket: &Ticket, column: &str) -> Option<String> {
        match (column, self.word("priority_taken")) {
            ("priority", "at_open") => self.priority_at(ticket, ticket.opened?),
            ("priority", "highest") => {
                let until = instant_of(ticket, self.clock("stop").unwrap_or("resolved")).unwrap_or(i64::MAX);
                let first = self.priority_at(ticket, ticket.opened?);
                let during = self.changes(&self.evidence.priorities, ticket).into_iter();
                let during = during.filter(|change| Some(change.at) > ticket.opened && change.at <= until);
                // Changes of one instant leave only the last behind.
                let later = during.filter_map(|change| self.priority_at(ticket, change.at));
                let written = self.measure.get("within").and_then(Node::entries).unwrap_or_default();
                let rank = |name: &String| written.iter().position(|entry| *entry.key == **name).unwrap_or(usize::MAX);
                first.into_iter().chain(later).min_by_key(|name| (rank(name), name.clone()))
            }
            ("party", _) if self.clock("runs_while") == Some("held") => Some(self.provider().to_owned()),
            _ => ticket.columns.get(column).cloned(),
        }
    }

    /// The values of a ticket in these columns, as one text.
    fn values_of(&self, ticket: &Ticket, by: &[String]) -> String {
        by.iter().map(|column| self.value_of(ticket, column).unwrap_or_default()).collect::<Vec<_>>().join(", ")
    }

    /// The changes of a ticket in order.
    fn changes<'e>(&self, all: &'e [Change], ticket: &Ticket) -> Vec<&'e Change> {
        let mut changes: Vec<&Change> = all.iter().filter(|change| change.ticket == ticket.ticket).collect();
        changes.sort_by_key(|change| (change.at, change.sequence));
        changes
    }

    /// What a field of a ticket was at an instant; nothing is known before the first change but what that one left.
    fn field_at(&self, all: &[Change], ticket: &Ticket, at: i64) -> Option<String> {
        let changes = self.changes(all, ticket);
        let last = changes.iter().rev().find(|change| change.at <= at);
        let known = last.map(|change| change.to.clone()).or_else(|| changes.first().and_then(|first| first.from.clone()));
        known.filter(|known| !known.is_empty())
    }

    /// The priority of a ticket at an instant; what nobody wrote is that of the first change, or of the column without any.
    fn priority_at(&self, ticket: &Ticket, at: i64) -> Option<String> {
        let first = || self.changes(&self.evidence.priorities, ticket).first().map(|change| change.to.clone());
        let known = self.field_at(&self.evidence.priorities, ticket, at).or_else(first);
        known.or_else(|| ticket.columns.get("priority").cloned())
    }

    /// The time agreed for a ticket of a priority at an instant; the outer none where none is agreed at all.
    fn allowed(&self, ticket: &Ticket, priority: Option<&str>, now: i64) -> Option<Option<i64>> {
        let within = at(self.measure.get("within")?, now, self.zone)?;
        if let siam_core::document::NodeKind::List(rows) = &within.kind {
            let service = ticket.columns.get("service").and_then(|name| self.root.get("services")?.get(name));
            let class = service.and_then(|service| at(service.get("class")?, now, self.zone)).and_then(Node::text);
            let fits = |row: &&Node| {
                let is = |key: &str, name: Option<&str>| {
                    let wanted = texts(row.get(key));
                    wanted.is_empty() || name.is_some_and(|name| wanted.iter().any(|one| one == name))
                };
                let column = |name: &str| ticket.columns.get(name).map(String::as_str);
                is("priority", priority) && is("kind", column("kind")) && is("service", column("service")) && is("class", class)
            };
            return Some(rows.iter().find(fits).map(|row| duration(text(row, "time").expect("a row has a time"))));
        }
        Some(match within.entries() {
            None => Some(duration(within.text()?)),
            Some(_) => priority.and_then(|priority| text(within, priority)).map(duration),
        })
    }

    /// Whether times are agreed and none is for the ticket: where each priority counts while it held, for none it had while its clock
    /// ran, or of one whose clock has not stopped for none at all.
    fn has_no_time(&self, ticket: &Ticket, now: i64, runs: &Runs) -> bool {
        let last = self.value_of(ticket, "priority");
        if self.word("priority_taken") != "per_segment" {
            return self.allowed(ticket, last.as_deref(), now) == Some(None);
        }
        let mut edges: Vec<i64> = self.changes(&self.evidence.priorities, ticket).iter().map(|change| change.at).collect();
        edges.extend([i64::MIN, i64::MAX]);
        edges.sort_unstable();
        edges.dedup();
        let begun = runs.first().map(|run| run.0).filter(|begun| *begun != i64::MIN);
        let ran = begun.zip(runs.last().and_then(|run| run.1)).is_some_and(|(begun, stopped)| begun <= stopped);
        let at_once = runs.iter().all(|(from, until)| Some(*from) == *until);
        let held = |pair: &&[i64]| {
            runs.iter().any(|(from, until)| {
                let (from, until) = ((*from).max(pair[0]), until.unwrap_or(i64::MAX).min(pair[1]));
                from < until || at_once && from == until
            })
        };
        let during = edges.windows(2).filter(|pair| !ran || held(pair)).map(|pair| self.priority_at(ticket, pair[0]));
        let mut had: Vec<Option<String>> = during.collect();
        if !ran {
            had.push(last);
        }
        had.iter().all(|priority| self.allowed(ticket, priority.as_deref(), now) == Some(None))
    }

    /// The runs of a ticket's clock; none where the party it runs for never held the ticket.
    fn runs(&self, ticket: &Ticket) -> Option<Runs> {
        let start = instant_of(ticket, self.clock("start").unwrap_or("opened"));
        let stop = instant_of(ticket, self.clock("stop").unwrap_or("resolved"));
        let held = self.clock("runs_while") == Some("held");
        let known = start;
        // Whose a ticket is where nobody knows when its clock started goes by all the time from its opening on.
        let start = if held { start.or(ticket.opened) } else { start };
        let (Some(start), true) = (start, self.clock("runs_while").is_some() || self.measure.get("cycles").is_some()) else {
            return Some(vec![(start.unwrap_or(i64::MIN), stop)]);
        };
        let (all, over) = match held {
            true => (&self.evidence.passes, Vec::new()),
            false => (&self.evidence.changes, texts(self.measure.get("clock").and_then(|clock| clock.get("stopped_in")))),
        };
        let changes = self.changes(all, ticket);
        if held && changes.iter().all(|change| change.to.is_empty()) {
            let service = ticket.columns.get("service").and_then(|name| self.root.get("services")?.get(name));
            let provider = service.and_then(|service| at(service.get("provider")?, start, self.zone)).and_then(Node::text);
            let holder = ticket.columns.get("party").map(String::as_str).or(provider);
            return (holder == Some(self.provider())).then(|| vec![(known.unwrap_or(i64::MIN), stop)]);
        }
        let runs_at = |at: i64| match (held, self.field_at(all, ticket, at)) {
            (true, holder) => holder.as_deref() == Some(self.provider()),
            (false, state) => state.is_none_or(|state| !over.contains(&state)),
        };
        let mut edges: Vec<i64> = changes.iter().map(|change| change.at).filter(|at| *at > start).collect();
        edges.push(start);
        edges.sort_unstable();
        edges.dedup();
        let mut runs: Runs = Vec::new();
        for (place, from) in edges.iter().enumerate() {
            if !runs_at(*from) {
                continue;
            }
            let until = edges.get(place + 1).copied();
            match runs.last_mut() {
                Some(last) if last.1 == Some(*from) => last.1 = until,
                _ => runs.push((*from, until)),
            }
        }
        if let (true, Some(stop)) = (held, stop) {
            // After the stop nothing counts; one that stopped as it started, or before, is of who held it then.
            runs.retain(|run| run.0 < stop || run.0 == start);
            runs.iter_mut().for_each(|run| run.1 = Some(run.1.map_or(stop, |until| until.min(stop))));
        }
        if held && known.is_none() && !runs.is_empty() {
            return Some(vec![(i64::MIN, stop)]);
        }
        let alone = runs.len() == 1;
        if let (Some(last), Some(stop)) = (runs.last_mut(), stop)
            && last.1.is_none()
            && (stop >= last.0 || alone)
        {
            last.1 = Some(stop);
        }
        match (runs.is_empty(), held) {
            (true, true) => None,
            (true, false) => Some(vec![(start, stop.map(|_| start))]),
            _ => Some(runs),
        }
    }

    /// The last instant at which stopping the clock is in time: found by halving, as more time never makes less of it.
    fn passes(&self, ticket: &Ticket, runs: &Runs) -> Option<i64> {
        let start = runs.first()?.0;
        if runs.last()?.1.is_some_and(|stop| stop < start) || start == i64::MIN {
            return None;
        }
        let allowed = self.allowed(ticket, self.value_of(ticket, "priority").as_deref(), start)??;
        let spent = |at: i64| {
            let cut =
                runs.iter().map(|(from, until)| (*from, Some(until.unwrap_or(i64::MAX).min(at)))).filter(|(from, _)| *from <= at);
            self.spent(ticket, &cut.collect())
        };
        let (mut low, mut high) = (start, start + 400 * 86_400 * SECOND);
        if spent(high) <= allowed {
            return None;
        }
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if spent(middle) <= allowed { low = middle } else { high = middle }
        }
        Some(low)
    }

    /// The time on the clock over its runs.
    fn spent(&self, ticket: &Ticket, runs: &Runs) -> i64 {
        runs.iter().map(|(from, until)| self.time(ticket, runs[0].0, (*from, until.unwrap_or(*from)))).sum()
    }

    /// The stage of a ticket's service.
    fn stage(&self, ticket: &Ticket, now: i64) -> &str {
        let service = ticket.columns.get("service").and_then(|name| self.root.get("services")?.get(name));
        service.and_then(|service| at(service.get("stage")?, now, self.zone)).and_then(Node::text).unwrap_or("operation")
    }

    /// Whether a ticket is met, and what it adds; none where something lacks.
    fn judged(&self, ticket: &Ticket, now: i64, runs: &Runs) -> Option<(bool, i128)> {
        let ends = || {
            let start = instant_of(ticket, self.clock("start").unwrap_or("opened"))?;
            let stop = instant_of(ticket, self.clock("stop").unwrap_or("resolved"))?;
            (start <= stop).then_some((start, stop))
        };
        let ran = || {
            let (start, stop) = (runs.first()?.0, runs.last()?.1?);
            (start != i64::MIN && start <= stop).then(|| self.spent(ticket, runs))
        };
        match self.statistic() {
            "count" | "backlog" | "rate" => Some((true, 0)),
            "mean" => ran().map(|time| (true, i128::from(time))),
            "hand_offs" | "first_time_fix" | "reassigned" => ends().map(|(start, stop)| {
                let passes = self.handed_on(ticket, start, stop);
                let most = text(self.measure, "more_than").map_or(1, |text| text.parse().expect("a whole number"));
                (passes == 0 || self.statistic() == "hand_offs" || (self.statistic() == "reassigned" && passes <= most), passes)
            }),
            "raised_first" => Some((!self.was_complained(ticket), 0)),
            _ if self.word("priority_taken") == "per_segment" => ran().map(|_| (self.used_no_more(ticket, now, runs), 0)),
            _ => {
                let allowed = self.allowed(ticket, self.value_of(ticket, "priority").as_deref(), now)??;
                ran().map(|time| (time <= allowed, 0))
            }
        }
    }

    /// Whether the parts of the agreed times that a ticket used, each while its priority held, make no more than a whole.
    fn used_no_more(&self, ticket: &Ticket, now: i64, runs: &Runs) -> bool {
        let mut edges: Vec<i64> = self.changes(&self.evidence.priorities, ticket).iter().map(|change| change.at).collect();
        edges.extend([i64::MIN, i64::MAX]);
        edges.sort_unstable();
        edges.dedup();
        let (mut part, mut whole) = (0_i128, 1_i128);
        for pair in edges.windows(2) {
            let Some(allowed) = self.allowed(ticket, self.priority_at(ticket, pair[0]).as_deref(), now).flatten() else {
                continue;
            };
            let cut = runs.iter().map(|(from, until)| ((*from).max(pair[0]), until.map(|until| until.min(pair[1]))));
            let cut: Runs = cut.filter(|(from, until)| until.is_some_and(|until| *from < until)).collect();
            let open: i64 = cut.iter().map(|(from, until)| self.time(ticket, runs[0].0, (*from, until.expect("cut")))).sum();
            (part, whole) = (part * i128::from(allowed) + i128::from(open) * whole, whole * i128::from(allowed));
            // Kept small: what is a part of a whole stays that.
            let shared = greatest(part, whole);
            (part, whole) = (part / shared, whole / shared);
        }
        part <= whole
    }

    /// Whether somebody complained, by a child or a ticket of the same event, before a ticket was opened.
    fn was_complained(&self, ticket: &Ticket) -> bool {
        let complaints = entries(self.measure, "complaints");
        let is_complaint = |one: &Ticket| match complaints {
            [] => one.columns.get("kind").is_some_and(|kind| kind == "incident"),
            written => written
                .iter()
                .all(|entry| one.columns.get(&*entry.key).is_some_and(|value| texts(Some(&entry.value)).contains(value))),
        };
        let about = |one: &Ticket| {
            let event = one.columns.get("event");
            let child = one.columns.get("parent") == Some(&ticket.ticket) && one.ticket != ticket.ticket;
            child || event.is_some() && event == ticket.columns.get("event")
        };
        self.evidence
            .tickets
            .iter()
            .any(|one| about(one) && is_complaint(one) && one.opened.is_some_and(|at| Some(at) < ticket.opened))
    }

    /// How often a ticket went from one party to another between two instants, both included.
    fn handed_on(&self, ticket: &Ticket, start: i64, stop: i64) -> i128 {
        let mut passes: Vec<&Change> = self.evidence.passes.iter().filter(|pass| pass.ticket == ticket.ticket).collect();
        passes.sort_by_key(|pass| (pass.at, pass.sequence));
        let mut holder = passes.first().and_then(|first| first.from.clone()).unwrap_or_default();
        let mut count = 0;
        for pass in passes {
            let other = !holder.is_empty() && pass.to != holder;
            count += i128::from(other && start <= pass.at && pass.at <= stop);
            holder.clone_from(&pass.to);
        }
        count
    }

    /// The time on the clock: open hours from start to stop, less those in which the ticket stood in a state of pause.
    fn time(&self, ticket: &Ticket, began: i64, (start, stop): (i64, i64)) -> i64 {
        let calendar = self.calendar(ticket, began);
        let pauses = inside(&self.pauses(ticket), (start, stop.max(start)));
        calendar.elapsed(start, stop) - pauses.iter().map(|(from, until)| calendar.elapsed(*from, *until)).sum::<i64>()
    }

    /// The calendar of the clock; else the hours of the ticket's service when the clock started; else around the clock.
    fn calendar(&self, ticket: &Ticket, start: i64) -> Calendar {
        if let Some(name) = self.clock("calendar") {
            return Calendar::of(self.document, name);
        }
        let service = ticket.columns.get("service").and_then(|name| self.root.get("services")?.get(name));
        let hours = service.and_then(|service| at(service.get("hours")?, start, self.zone)).and_then(Node::text);
        hours.map_or_else(Calendar::always, |name| Calendar::of(self.document, name))
    }

    /// The stretches in which a ticket stood in a state of pause.
    fn pauses(&self, ticket: &Ticket) -> Vec<Stretch> {
        let states = self.measure.get("clock").and_then(|clock| clock.get("pause_in")).map(list).unwrap_or_default();
        let paused = |state: &str| states.iter().any(|known| known.text() == Some(state));
        let mut changes: Vec<&Change> = self.evidence.changes.iter().filter(|change| change.ticket == ticket.ticket).collect();
        changes.sort_by_key(|change| (change.at, change.sequence));
        let mut pauses = Vec::new();
        // The first change says what state it left.
        pauses
            .extend(changes.first().filter(|first| first.from.as_deref().is_some_and(paused)).map(|first| (i64::MIN, first.at)));
        for (place, change) in changes.iter().enumerate() {
            if paused(&change.to) {
                pauses.push((change.at, changes.get(place + 1).map_or(i64::MAX, |next| next.at)));
            }
        }
        joined(pauses)
    }
}

/// The greatest common divisor; one where both are none.
fn greatest(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs().max(1) } else { greatest(b, a % b) }
}

fn instant_of(ticket: &Ticket, name: &str) -> Option<i64> {
    match name {
        "opened" => ticket.opened,
        "responded" => ticket.responded,
        "resolved" => ticket.resolved,
        "closed" => ticket.closed,
        other => panic!("{other} is no instant of a ticket"),
    }
}

/// Whole seconds as the oracle's microseconds, for callers that write tickets by hand.
pub fn seconds(count: i64) -> i64 {
    count * SECOND
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::instant;

    const DOCUMENT: &str = "
siam: 1
calendars: {office: {zone: Europe/London, hours: {mon-fri: 08:00-18:00}}}
services: {email: {hours: office}}
agreements:
  mail-sla:
    kind: sla
    services: [email]
    measures:
      fast:
        statistic: percent_within
        tickets: {kind: [incident]}
        clock: {pause_in: [waiting]}
        within: {P1: 4h, P2: 10h}
        target: 66%
        by: [priority]
";

    fn ticket(name: &str, priority: &str, opened: &str, resolved: &str) -> Ticket {
        let columns = [("kind", "incident"), ("service", "email"), ("priority", priority)];
        Ticket {
            ticket: name.to_owned(),
            columns: columns.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            opened: Some(instant(opened)),
            resolved: Some(instant(resolved)),
            ..Ticket::default()
        }
    }

    #[test]
    fn pauses_stop_the_clock_and_accepted_exclusions_leave_out() {
        let tickets = vec![
            ticket("t1", "P1", "2026-06-01T07:00:00Z", "2026-06-01T12:00:00Z"),
            ticket("t2", "P2", "2026-06-01T15:00:00Z", "2026-06-02T16:00:00Z"),
            ticket("t3", "P2", "2026-06-01T15:00:00Z", "2026-06-09T15:00:00Z"),
            ticket("t4", "P3", "2026-06-01T15:00:00Z", "2026-06-09T15:00:00Z"),
        ];
        let change = |ticket: &str, at: &str, to: &str| Change {
            ticket: ticket.into(),
            at: instant(at),
            to: to.into(),
            ..Change::default()
        };
        // The first is open for five hours, one of them waiting.
        let changes = vec![change("t1", "2026-06-01T08:00:00Z", "waiting"), change("t1", "2026-06-01T09:00:00Z", "open")];
        let exclusions = vec![Exclusion { key: "t3".into(), status: "accepted".into() }];
        let june = Period { label: "june".into(), from: instant("2026-06-01T00:00:00Z"), until: instant("2026-07-01T00:00:00Z") };
        let figures = score(DOCUMENT, "fast", &Evidence { tickets, changes, exclusions, ..Evidence::default() }, &[june]);
        let shown: Vec<_> = figures
            .iter()
            .map(|one| (one.split.as_ref().map(|(_, value)| value.as_str()), one.met, one.counted, one.excluded, one.verdict))
            .collect();
        assert_eq!(shown, [(None, 1, 2, 1, Some(false)), (Some("P1"), 1, 1, 0, Some(true)), (Some("P2"), 0, 1, 1, Some(false))]);
    }
}
