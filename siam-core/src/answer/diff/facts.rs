//! What a model says, flat: one fact per attribute, item and stretch of time.
//!
//! Goes in: a checked model. Comes out: sorted facts that two models can be compared by.
//! **Invariant:** equal models give equal facts; every attribute of every part gives one.
//! **Not here:** what a difference follows into (`exit`), words (`report`).

mod governance;

use crate::base::{Date, Duration, Instant, Ratio};
use crate::document::Named;
use crate::model::agreement::{Counting, GroupTarget, Statistic, Within, WithinRow};
use crate::model::cadence::{Cadence, DayOfMonth, Due};
use crate::model::calendar::Hours;
use crate::model::contract::Amount;
use crate::model::dated::{Timeline, Validity};
use crate::model::regime::{AttachmentDoc, FiguresDoc, LineDoc, ParameterDoc};
use crate::model::responsibility::{PROVIDER, Subject};
use crate::model::rule::{Bound, Condition, Expression, LevelMap, Node, Quorum, Unit};
use crate::model::{Identified, Model};

/// One attribute of one part over one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    /// What kind of part: `service`, `contract`, ...
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The attribute; empty for the part itself.
    pub attribute: &'static str,
    /// Which of several, such as the charge or the exchange.
    pub item: String,
    /// From when it holds.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// What holds.
    pub value: String,
}

/// All facts of a model, sorted.
pub(super) fn facts(model: &Model) -> Vec<Fact> {
    let mut facts = Facts { model, found: Vec::new() };
    facts.ecosystem();
    facts.parties();
    facts.services();
    facts.calendars();
    facts.agreements();
    facts.contracts();
    facts.organisation();
    facts.interfaces();
    facts.regimes();
    let mut found = facts.found;
    found.sort();
    found.dedup();
    found
}

struct Facts<'m> {
    model: &'m Model,
    found: Vec<Fact>,
}

/// The part that facts are said of.
#[derive(Clone, Copy)]
struct Part<'p> {
    kind: &'static str,
    id: &'p str,
}

impl<'p> Part<'p> {
    fn of<T: Identified>(id: &'p str) -> Self {
        Self { kind: T::KIND, id }
    }
}

impl Facts<'_> {
    fn span(&mut self, part: Part<'_>, attribute: &'static str, item: &str, validity: Validity, value: impl Into<String>) {
        let (from, until) = (validity.from, validity.until);
        self.found.push(Fact {
            kind: part.kind,
            id: part.id.to_owned(),
            attribute,
            item: item.to_owned(),
            from,
            until,
            value: value.into(),
        });
    }
    fn part(&mut self, part: Part<'_>, title: &str, validity: Validity) {
        self.span(part, "", "", validity, title);
    }
    fn whole(&mut self, part: Part<'_>, attribute: &'static str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.span(part, attribute, "", Validity::ALWAYS, value);
        }
    }
    fn item(&mut self, part: Part<'_>, attribute: &'static str, item: &str, value: impl Into<String>) {
        self.span(part, attribute, item, Validity::ALWAYS, value);
    }
    fn timeline<T>(&mut self, part: Part<'_>, attribute: &'static str, timeline: &Timeline<T>, value: impl Fn(&T) -> String) {
        self.timeline_item(part, attribute, "", timeline, value);
    }
    fn timeline_item<T>(
        &mut self,
        part: Part<'_>,
        attribute: &'static str,
        item: &str,
        timeline: &Timeline<T>,
        value: impl Fn(&T) -> String,
    ) {
        for (validity, held) in timeline.spans() {
            self.span(part, attribute, item, *validity, value(held));
        }
    }
    fn calendar(&self, at: crate::model::calendar::CalendarIdx) -> String {
        self.model.calendars.get(at).map_or(String::new(), |calendar| calendar.id.to_string())
    }
    fn role(&self, at: crate::model::role::RoleIdx) -> String {
        self.model.roles.get(at).map_or(String::new(), |role| role.id.to_string())
    }
    fn process(&self, at: crate::model::process::ProcessIdx) -> String {
        self.model.processes.get(at).map_or(String::new(), |process| process.id.to_string())
    }
    fn subject(&self, subject: &Subject) -> String {
        match subject {
            Subject::Role(role) => self.role(*role),
            Subject::Party(party) => self.model.party_name(*party).to_owned(),
            Subject::Provider => PROVIDER.to_owned(),
        }
    }
    fn attached(&mut self, part: Part<'_>, regimes: &Named<AttachmentDoc>, figures: &FiguresDoc) {
        for (name, attachment) in regimes.iter() {
            let regime = attachment.regime.as_ref().map_or(name.value.as_str(), |regime| regime.value.as_str());
            self.item(part, "regimes", &name.value, regime);
            for (line, values) in attachment.opening.iter() {
                let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
                self.item(part, "opening", &format!("{}.{}", name.value, line.value), values.join(", "));
            }
            for (parameter, value) in &attachment.parameters {
                let item = format!("{}.{}", name.value, parameter.value);
                self.item(part, "regimes", &item, parameter_text(value));
            }
        }
        for (name, kind) in figures.iter() {
            self.item(part, "figures", &name.value, kind.value.as_str());
        }
    }

    fn ecosystem(&mut self) {
        let model = self.model;
        let part = Part { kind: "ecosystem", id: "" };
        self.whole(part, "name", model.name.as_str());
        self.whole(part, "zone", model.zone.name());
        self.whole(part, "currency", model.currency.map_or(String::new(), |currency| currency.to_string()));
        self.whole(part, "levels", model.levels.join(", "));
        let framework = Part { kind: "framework", id: "" };
        let rules = &model.framework;
        self.whole(framework, "title", rules.title.as_deref().unwrap_or_default());
        self.whole(framework, "clause", rules.clause.as_deref().unwrap_or_default());
        self.whole(framework, "priorities", rules.priorities.join(", "));
        self.whole(framework, "mandatory_clauses", rules.mandatory_clauses.join(", "));
        let calendars: Vec<String> = rules.calendars.iter().map(|at| self.calendar(*at)).collect();
        self.whole(framework, "calendars", calendars.join(", "));
        for (word, meaning) in &rules.definitions {
            self.item(framework, "definitions", word, meaning.as_str());
        }
        let ranges = rules.parameters.iter().map(|(name, range)| (name.as_str(), range)).chain([("at_risk", &rules.at_risk)]);
        for (name, range) in ranges {
            let bound = |bound: &Option<Ratio>| bound.as_ref().map(Ratio::to_exact_text);
            for (item, value) in [("at_least", bound(&range.at_least)), ("at_most", bound(&range.at_most))] {
                if let Some(value) = value {
                    self.item(framework, "ranges", &format!("{name}.{item}"), value);
                }
            }
        }
        if let Some(collective) = &model.collective {
            let part = Part { kind: "collective", id: "" };
            self.attached(part, &collective.regimes, &collective.figures);
            let parties: Vec<&str> = collective.parties.iter().map(|party| party.value.as_str()).collect();
            self.whole(part, "parties", parties.join(", "));
        }
    }

    fn parties(&mut self) {
        let model = self.model;
        for party in model.parties.iter() {
            let part = Part::of::<crate::model::party::Party>(party.id.as_str());
            self.part(part, &party.title, party.validity);
            self.whole(part, "kind", party.kind.as_str());
            self.whole(part, "sourcing", party.sourcing.map_or("", |sourcing| sourcing.as_str()));
            self.whole(part, "tier", party.tier.map_or("", |tier| tier.as_str()));
            self.whole(part, "subcontractor_of", party.subcontractor_of.map_or("", |prime| model.party_name(prime)));
            self.timeline(part, "contact", &party.contact, String::clone);
            let hours = |at: &_| model.calendars.get(*at).map_or(String::new(), |calendar| calendar.id.to_string());
            self.timeline(part, "hours", &party.hours, hours);
            self.attached(part, &party.regimes, &party.figures);
        }
    }

    fn services(&mut self) {
        let model = self.model;
        for class in model.classes.iter() {
            let part = Part::of::<crate::model::service::ServiceClass>(class.id.as_str());
            self.part(part, &class.title, Validity::ALWAYS);
            self.whole(part, "critical", if class.critical { "true" } else { "false" });
            self.whole(part, "availability", class.availability.as_ref().map_or(String::new(), Ratio::to_exact_text));
            self.whole(part, "measures", class.measures.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", "));
            self.whole(part, "agreements", class.agreements.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", "));
            for (attribute, list) in [("interfaces", &class.interfaces), ("responsibilities", &class.responsibilities)] {
                let names: Vec<String> = list.iter().map(|at| self.process(*at)).collect();
                self.whole(part, attribute, names.join(", "));
            }
            self.whole(part, "hours", class.hours.map_or(String::new(), |at| self.calendar(at)));
        }
        for service in model.services.iter() {
            let part = Part::of::<crate::model::service::Service>(service.id.as_str());
            self.part(part, service.title(), service.validity);
            let calendar = |at: &_| model.calendars.get(*at).map_or(String::new(), |calendar| calendar.id.to_string());
            let class = |at: &_| model.classes.get(*at).map_or(String::new(), |class| class.id.to_string());
            self.timeline(part, "provider", &service.provider, |at| model.party_name(*at).to_owned());
            self.timeline(part, "owner", &service.owner, String::clone);
            self.timeline(part, "class", &service.class, class);
            self.timeline(part, "stage", &service.stage, |stage| stage.as_str().to_owned());
            self.timeline(part, "users", &service.users, i64::to_string);
            self.timeline(part, "hours", &service.hours, calendar);
            self.timeline(part, "user_hours", &service.user_hours, calendar);
            for (validity, node) in service.depends_on.spans() {
                self.node(part, *validity, node);
            }
        }
    }
    fn node(&mut self, part: Part<'_>, validity: Validity, node: &Node) {
        let model = self.model;
        for edge in &node.edges {
            let mut value: Vec<String> = Vec::new();
            if let LevelMap::Table(table) = &edge.map {
                let seen = |(at, level): (usize, &Option<u8>)| {
                    let to = level.map_or("excluded", |level| model.level_name(level));
                    let from = model.levels.get(at).map_or("", String::as_str);
                    format!("{from} as {to}")
                };
                value.extend(table.iter().enumerate().map(seen));
            }
            if edge.weight != 1 {
                value.push(format!("weight {}", edge.weight));
            }
            value.extend(edge.group.map(|group| format!("group {group}")));
            self.span(part, "depends_on", model.service_name(edge.to), validity, value.join(", "));
        }
        if !node.edges.is_empty() {
            self.span(part, "rule", "", validity, expression_text(&node.rule, model));
        }
    }

    fn calendars(&mut self) {
        const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        for calendar in self.model.calendars.iter() {
            let part = Part::of::<crate::model::calendar::Calendar>(calendar.id.as_str());
            self.part(part, "", Validity::ALWAYS);
            self.whole(part, "zone", calendar.zone.as_str());
            if let Some(made) = &calendar.made_of {
                let of: Vec<String> = made.of.iter().map(|at| self.calendar(*at)).collect();
                self.whole(part, made.combining.as_str(), of.join(", "));
            }
            for (attribute, week) in [("hours", &calendar.weekly), ("breaks", &calendar.weekly_breaks)] {
                for (day, hours) in DAYS.iter().zip(week).filter(|(_, hours)| !hours.is_empty()) {
                    self.item(part, attribute, day, hours_text(hours));
                }
            }
            for (attribute, days) in [("overrides", &calendar.overrides), ("breaks", &calendar.breaks)] {
                for (day, hours) in days {
                    self.item(part, attribute, &day.to_string(), hours_text(hours));
                }
            }
            for (day, name) in &calendar.holidays {
                self.item(part, "holidays", &day.to_string(), name.as_str());
            }
            for event in &calendar.events {
                self.item(part, "icalendar", &event.key(), event.to_string());
            }
            for (day, name) in &calendar.annual_holidays {
                self.item(part, "annual_holidays", &format!("{:02}-{:02}", day.month, day.day), name.as_str());
            }
        }
    }

    fn agreements(&mut self) {
        let model = self.model;
        for agreement in model.agreements.iter() {
            let part = Part::of::<crate::model::agreement::Agreement>(agreement.id.as_str());
            self.part(part, &agreement.title, agreement.validity);
            self.whole(part, "kind", agreement.kind.as_str());
            self.whole(part, "provider", agreement.provider.map_or("", |party| model.party_name(party)));
            self.whole(part, "customer", agreement.customer.map_or("", |party| model.party_name(party)));
            self.whole(part, "clause", agreement.clause.as_deref().unwrap_or_default());
            for service in &agreement.services {
                self.item(part, "services", model.service_name(*service), "");
            }
            for below in &agreement.underpinned_by {
                let name = model.agreements.get(*below).map_or("", |below| below.id.as_str());
                self.item(part, "underpinned_by", name, "");
            }
            let rule = agreement.maintenance.and_then(|at| model.maintenance.get(at));
            self.whole(part, "maintenance", rule.map_or("", |rule| rule.id.as_str()));
            self.attached(part, &agreement.regimes, &agreement.figures);
        }
        for rule in model.maintenance.iter() {
            let part = Part::of::<crate::model::maintenance::Maintenance>(rule.id.as_str());
            self.part(part, &rule.title, rule.validity);
            self.whole(part, "clause", rule.clause.as_deref().unwrap_or_default());
            self.whole(part, "window", rule.window.map_or(String::new(), |at| self.calendar(at)));
            self.whole(part, "notice", rule.notice.map_or(String::new(), |notice| notice.to_string()));
            self.whole(part, "allowance", rule.allowance.map_or(String::new(), |allowance| allowance.to_string()));
            self.whole(part, "approval", if rule.approval { "true" } else { "false" });
            self.whole(part, "approved_by", rule.approved_by.join(", "));
        }
        for measure in model.measures.iter() {
            let part = Part::of::<crate::model::agreement::Measure>(measure.id.as_str());
            self.part(part, &measure.title, measure.validity);
            let agreement = model.agreements.get(measure.agreement).map_or("", |agreement| agreement.id.as_str());
            self.whole(part, "agreement", agreement);
            self.whole(part, "clause", measure.clause.as_deref().unwrap_or_default());
            self.whole(part, "statistic", measure.statistic.as_str());
            for (attribute, filter) in [("tickets", &measure.tickets), ("leave_out", &measure.leave_out)] {
                for (column, values) in filter {
                    self.item(part, attribute, column, values.join(", "));
                }
            }
            self.whole(part, "direction", measure.direction.as_str());
            self.whole(part, "unit", measure.unit.as_str());
            self.whole(part, "take", measure.take.as_str());
            if measure.statistic == Statistic::Percentile {
                self.whole(part, "percentile", measure.percentile.to_exact_text());
                self.whole(part, "percentile_definition", measure.definition.as_str());
            }
            for interface in &measure.exchanges {
                let name = model.interfaces.get(*interface).map_or("", |interface| interface.id.as_str());
                self.item(part, "exchanges", name, "");
            }
            self.whole(part, "start", measure.start.as_str());
            self.whole(part, "stop", measure.stop.as_str());
            self.whole(part, "calendar", measure.calendar.map_or(String::new(), |at| self.calendar(at)));
            self.whole(part, "pause_in", measure.pause_in.join(", "));
            self.whole(part, "counted_when", measure.counted_when.as_str());
            self.whole(part, "fewest", measure.fewest.to_string());
            self.whole(part, "when_none", measure.when_none.as_str());
            self.whole(part, "children", measure.children.as_str());
            for (attribute, text) in counting_texts(&measure.counting) {
                self.whole(part, attribute, text);
            }
            for (level, weight) in &measure.available {
                self.item(part, "available", model.level_name(*level), weight.to_exact_text());
            }
            self.whole(part, "by", measure.by.iter().map(|split| split.as_str()).collect::<Vec<_>>().join(", "));
            self.timeline(part, "within", &measure.within, within_text);
            self.timeline(part, "target", &measure.target, ToString::to_string);
            self.attached(part, &measure.regimes, &measure.figures);
        }
    }

    fn cadence(&self, cadence: &Cadence) -> String {
        let day = match cadence.day {
            DayOfMonth::Day(day) => format!("day {day}"),
            DayOfMonth::Working(day) => format!("working day {day}"),
        };
        let first = cadence.first.map(|first| format!("first {first}"));
        let calendar = cadence.calendar.map(|at| self.calendar(at));
        let weekly = cadence.every.days().is_some();
        let parts = [Some(cadence.every.as_str().to_owned()), Some(day).filter(|_| !weekly), first, calendar];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
    fn due(&self, due: &Due) -> String {
        match due {
            Due::Once(day) => day.to_string(),
            Due::Again(cadence) => self.cadence(cadence),
        }
    }
}

fn amount_text(amount: &Amount) -> String {
    format!("{} {}", amount.value.to_exact_text(), amount.currency)
}

fn within_text(within: &Within) -> String {
    match within {
        Within::All(time) => time.to_string(),
        Within::ByPriority(times) => {
            times.iter().map(|(priority, time)| format!("{priority} {time}")).collect::<Vec<_>>().join(", ")
        }
        Within::Rows(rows) => rows.iter().map(row_text).collect::<Vec<_>>().join("; "),
    }
}

fn row_text(row: &WithinRow) -> String {
    let names = |spots: &[crate::document::Spot<String>]| spots.iter().map(|spot| spot.value.clone()).collect::<Vec<_>>();
    let parts = [row.priority.clone(), row.kind.clone(), names(&row.class), names(&row.service)];
    let parts = parts.iter().filter(|part| !part.is_empty()).map(|part| part.join(" or "));
    parts.chain([row.time.to_string()]).collect::<Vec<_>>().join(" ")
}

/// The rules by which a measure counts, as attribute and value; empty where they are not used.
fn counting_texts(counting: &Counting) -> Vec<(&'static str, String)> {
    let columns = |written: &[(String, Vec<String>)]| {
        written.iter().map(|(column, values)| format!("{column}: {}", values.join(", "))).collect::<Vec<_>>().join("; ")
    };
    let target = |row: &GroupTarget| {
        let of = row.of.iter().filter(|names| !names.is_empty()).map(|names| names.join(" or "));
        of.chain([row.target.to_exact_text()]).collect::<Vec<_>>().join(" ")
    };
    vec![
        ("period", counting.period.as_str().to_owned()),
        ("priority_taken", counting.priority_taken.as_str().to_owned()),
        ("event_group", counting.event_group.as_str().to_owned()),
        ("cycles", counting.cycles.as_str().to_owned()),
        ("stopped_in", counting.stopped_in.join(", ")),
        ("runs_while", counting.runs_while.as_str().to_owned()),
        ("zone", counting.zone.as_str().to_owned()),
        ("working_days", format!("{}, {}", counting.days.from.as_str(), counting.days.end.as_str())),
        ("when_not_reported", counting.when_not_reported.as_str().to_owned()),
        ("per", counting.per.map_or(String::new(), |per| per.to_string())),
        ("of", columns(&counting.of)),
        ("more_than", counting.more_than.to_string()),
        ("longer_than", counting.longer_than.map_or(String::new(), |time| time.to_string())),
        ("complaints", columns(&counting.complaints)),
        ("targets", counting.targets.iter().map(target).collect::<Vec<_>>().join("; ")),
    ]
}

fn parameter_text(parameter: &ParameterDoc) -> String {
    match parameter {
        ParameterDoc::One(value) => value.value.clone(),
        ParameterDoc::By(values) => {
            values.iter().map(|(key, value)| format!("{} {}", key.value, value.value)).collect::<Vec<_>>().join(", ")
        }
    }
}

fn line_text(line: &LineDoc) -> String {
    let rows = |rows: &[(crate::document::Spot<String>, crate::document::Spot<String>)]| {
        rows.iter().map(|(bound, value)| format!("{}: {}", bound.value, value.value)).collect::<Vec<_>>().join("; ")
    };
    match line {
        LineDoc::Formula(formula) => formula.value.clone(),
        LineDoc::Bands { subject, rows: list, .. } => format!("bands of {}; {}", subject.value, rows(list)),
        LineDoc::Marginal { subject, rows: list, .. } => format!("marginal of {}; {}", subject.value, rows(list)),
        LineDoc::EarnBack { amount, when, tranches, .. } => {
            format!("earn_back of {} when {}; {}", amount.value, when.value, rows(tranches))
        }
    }
}

fn hours_text(hours: &[Hours]) -> String {
    let clock = |second: u32| format!("{:02}:{:02}", second / 3600, second / 60 % 60);
    hours.iter().map(|hours| format!("{}-{}", clock(hours.from), clock(hours.until))).collect::<Vec<_>>().join(", ")
}

/// A rule in the words of the rule algebra; its nesting is bounded by the limits of documents.
fn expression_text(expression: &Expression, model: &Model) -> String {
    let level = |at: u8| model.level_name(at).to_owned();
    let list = |items: &[Expression]| items.iter().map(|item| expression_text(item, model)).collect::<Vec<_>>().join(", ");
    let numbers = |values: &[i64]| values.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    match expression {
        Expression::Const(at) => level(*at),
        Expression::Order(unit, quorum) => format!("order({}, {})", unit_text(*unit), quorum_text(quorum)),
        Expression::Score { gain, theta } => format!("score(gain {}; theta {})", numbers(gain), numbers(theta)),
        Expression::First(cases, last) => {
            let cases =
                cases.iter().map(|(when, then)| format!("{}: {}", condition_text(when, model), expression_text(then, model)));
            let cases: Vec<String> = cases.chain([format!("else {}", expression_text(last, model))]).collect();
            format!("first({})", cases.join("; "))
        }
        Expression::Max(items) => format!("worst({})", list(items)),
        Expression::Min(items) => format!("best({})", list(items)),
        Expression::Group(group, inner) => format!("group {group}({})", expression_text(inner, model)),
        Expression::Ungrouped(inner) => format!("ungrouped({})", expression_text(inner, model)),
        Expression::Post(table, inner) => {
            let table: Vec<String> = table.iter().map(|at| level(*at)).collect();
            format!("table({}; {})", table.join(" "), expression_text(inner, model))
        }
    }
}

fn unit_text(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Weight => "weight",
    }
}

fn quorum_text(quorum: &Quorum) -> String {
    match quorum {
        Quorum::Any => "any".into(),
        Quorum::All => "all".into(),
        Quorum::Amount(amount) => amount.to_string(),
        Quorum::Share(share) => share.to_exact_text(),
        Quorum::Needed(needed) => format!("{needed} needed"),
    }
}

fn condition_text(condition: &Condition, model: &Model) -> String {
    use crate::model::rule::Comparison;
    let sign = match condition.comparison {
        Comparison::AtLeast => ">=",
        Comparison::Below => "<",
        Comparison::Equal => "==",
    };
    let bound = match &condition.bound {
        Bound::Amount(amount) => amount.to_string(),
        Bound::Share(share) => share.to_exact_text(),
    };
    let (low, high) = (model.level_name(condition.low), model.level_name(condition.high));
    format!("{} {low} to {high} {sign} {bound}", unit_text(condition.unit))
}
