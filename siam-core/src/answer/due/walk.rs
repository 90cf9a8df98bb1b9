//! What is due: every dated promise of the model between two days.
//!
//! Goes in: a resolved question. Comes out: items by date, then kind, object and item.
//! **Invariant:** an object asks for nothing before its first day and after its last; too many items are a problem, never cut off.
//! **Not here:** the days of a cadence (`cadence`), the tables (`due`).

use super::cadence::{days, months_before};
use super::{Asked, DueKind, MOST_ROWS};
use crate::answer::given::KEPT;
use crate::base::{Argument, Date, Error, Instant, Place, Problem, Problems, codes};
use crate::ecosystem::Ecosystem;
use crate::model::Model;
use crate::model::cadence::Due;
use crate::model::contract::Contract;
use crate::model::dated::Validity;
use crate::model::forum::Forum;
use crate::model::interface::Interface;
use crate::model::party::PartyIdx;
use crate::model::responsibility::Subject;
use crate::model::role::RoleIdx;

/// Why something is due on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It is agreed so.
    Agreed(Due),
    /// An object ends on this day.
    Ends(Date),
    /// Notice of so many months before the last day.
    Notice(Date, u32),
    /// The last dated holiday.
    Holiday(Date),
}

/// One thing that is due.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub date: Date,
    pub kind: DueKind,
    pub object_kind: &'static str,
    pub object: String,
    pub item: Option<String>,
    pub owes: Option<PartyIdx>,
    pub role: Option<RoleIdx>,
    pub to: Option<PartyIdx>,
    pub clause: Option<String>,
    pub title: String,
    pub problem: Option<&'static str>,
    pub why: Why,
}

/// All that is due, in order.
pub(super) fn items(ecosystem: &Ecosystem, asked: &Asked, problems: &mut Problems) -> Result<Vec<Item>, Error> {
    let model = ecosystem.model();
    let mut walk = Walk { ecosystem, model, asked, problems, items: Vec::new() };
    for interface in model.interfaces.iter() {
        walk.interface(interface)?;
    }
    for forum in model.forums.iter() {
        walk.forum(forum)?;
    }
    for contract in model.contracts.iter() {
        walk.contract(contract)?;
    }
    walk.ends()?;
    let mut items = walk.items;
    items.sort_by(|one, other| {
        let key = |item: &Item| (item.date, item.kind);
        key(one).cmp(&key(other)).then_with(|| (&one.object, &one.item).cmp(&(&other.object, &other.item)))
    });
    Ok(items)
}

struct Walk<'a> {
    ecosystem: &'a Ecosystem,
    model: &'a Model,
    asked: &'a Asked,
    problems: &'a mut Problems,
    items: Vec<Item>,
}

impl Walk<'_> {
    /// Whether a kind is asked for, and any of these parties.
    fn wanted(&self, kind: DueKind, parties: &[Option<PartyIdx>]) -> bool {
        let asked = self.asked;
        let kind = asked.kinds.is_empty() || asked.kinds.contains(&kind);
        kind && (asked.parties.is_empty() || parties.iter().flatten().any(|party| asked.parties.contains(party)))
    }

    fn push(&mut self, item: Item) -> Result<(), Error> {
        if self.items.len() >= MOST_ROWS {
            let limit = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX);
            return Err(Problem::new(&codes::TOO_MANY_ROWS, Place::Nowhere).with("limit", limit).into());
        }
        self.items.push(item);
        Ok(())
    }

    /// The days of a stretch of time that are asked for, the first and the last; none where there is none.
    fn span(&self, validities: &[Validity]) -> Option<(Date, Date)> {
        let (mut first, mut last) = (self.asked.first, self.asked.last);
        for validity in validities {
            if validity.from != Instant::MIN {
                first = first.max(self.model.zone.date_of(validity.from)?);
            }
            if let Some(end) = self.last_day(*validity) {
                last = last.min(end);
            }
        }
        (first <= last).then_some((first, last))
    }

    /// The last day of what ends; none where it does not.
    fn last_day(&self, validity: Validity) -> Option<Date> {
        (validity.until != Instant::MAX).then(|| self.model.zone.date_of(Instant(validity.until.0 - 1))).flatten()
    }

    fn party(&self, party: PartyIdx) -> Validity {
        self.model.parties.get(party).map_or(Validity::ALWAYS, |party| party.validity)
    }

    /// An item on each of its days.
    fn agreed(&mut self, due: Due, item: &Item, span: Option<(Date, Date)>) -> Result<(), Error> {
        let Some((first, last)) = span else { return Ok(()) };
        match due {
            Due::Once(day) if first <= day && day <= last => self.push(Item { date: day, ..item.clone() })?,
            Due::Once(_) => {}
            Due::Again(cadence) => {
                for day in days(self.ecosystem, &cadence, first, last) {
                    match day {
                        Ok(date) => self.push(Item { date, ..item.clone() })?,
                        Err((date, problem)) => {
                            let name = problem.code().name;
                            self.problems.push(problem.with("object", Argument::user(&item.object)), KEPT);
                            self.push(Item { date, problem: Some(name), ..item.clone() })?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn interface(&mut self, interface: &Interface) -> Result<(), Error> {
        for exchange in &interface.exchanges {
            let Some(due) = exchange.due else { continue };
            if !self.wanted(DueKind::Exchange, &[Some(exchange.from), Some(exchange.to)]) {
                continue;
            }
            let span = self.span(&[interface.validity, self.party(exchange.from), self.party(exchange.to)]);
            let item = Item {
                item: Some(exchange.name.clone()),
                owes: Some(exchange.from),
                to: Some(exchange.to),
                clause: exchange.clause.clone().or_else(|| interface.clause.clone()),
                ..start(DueKind::Exchange, "interface", interface.id.as_str(), &exchange.title, Why::Agreed(due))
            };
            self.agreed(due, &item, span)?;
        }
        if self.wanted(DueKind::InterfaceEnd, &interface.parties.iter().copied().map(Some).collect::<Vec<_>>()) {
            let role = interface.owner.at(self.last_instant(interface.validity)).copied();
            let item = start(DueKind::InterfaceEnd, "interface", interface.id.as_str(), &interface.title, END);
            let owes = role.and_then(|role| self.model.party_of(Subject::Role(role)));
            self.end(interface.validity, Item { owes, role, clause: interface.clause.clone(), ..item })?;
        }
        Ok(())
    }

    fn forum(&mut self, forum: &Forum) -> Result<(), Error> {
        let role = match forum.chair {
            Some(Subject::Role(role)) => Some(role),
            _ => None,
        };
        let owes = forum.chair.and_then(|chair| self.model.party_of(chair));
        let mut sit: Vec<Option<PartyIdx>> = forum.members.iter().map(|member| self.model.party_of(*member)).collect();
        sit.push(owes);
        let span = self.span(&[forum.validity]);
        if let Some(cadence) = forum.meets.filter(|_| self.wanted(DueKind::Forum, &sit)) {
            let due = Due::Again(cadence);
            let item = start(DueKind::Forum, "forum", forum.id.as_str(), &forum.title, Why::Agreed(due));
            self.agreed(due, &Item { owes, role, ..item }, span)?;
        }
        if self.wanted(DueKind::DecisionReview, &sit) {
            for decision in &forum.decisions {
                let Some(day) = decision.review_by else { continue };
                let due = Due::Once(day);
                let item = start(DueKind::DecisionReview, "forum", forum.id.as_str(), &decision.decided, Why::Agreed(due));
                self.agreed(due, &Item { owes, role, item: Some(decision.name.clone()), ..item }, span)?;
            }
        }
        Ok(())
    }

    fn contract(&mut self, contract: &Contract) -> Result<(), Error> {
        for obligation in &contract.obligations {
            let Some(due) = obligation.due else { continue };
            if !self.wanted(DueKind::Obligation, &[Some(obligation.by), Some(obligation.to)]) {
                continue;
            }
            let span = self.span(&[contract.validity, self.party(obligation.by), self.party(obligation.to)]);
            let item = Item {
                item: Some(obligation.name.clone()),
                owes: Some(obligation.by),
                to: Some(obligation.to),
                clause: obligation.clause.clone(),
                ..start(DueKind::Obligation, "contract", contract.id.as_str(), &obligation.title, Why::Agreed(due))
            };
            self.agreed(due, &item, span)?;
        }
        let sides = [Some(contract.provider), Some(contract.customer)];
        let own = |kind| start(kind, "contract", contract.id.as_str(), &contract.title, END);
        if self.wanted(DueKind::Expiry, &sides) {
            let item = Item { owes: Some(contract.provider), to: Some(contract.customer), ..own(DueKind::Expiry) };
            self.end(contract.validity, item)?;
        }
        let Some((last, months)) = self.last_day(contract.validity).zip(contract.notice_months) else { return Ok(()) };
        let day = months_before(last, months).filter(|day| self.asked.first <= *day && *day <= self.asked.last);
        if let Some(date) = day.filter(|_| self.wanted(DueKind::Notice, &sides)) {
            let clause = contract.clauses.iter().find(|(subject, _)| subject == "notice").map(|(_, clause)| clause.clone());
            let item = Item { clause, date, why: Why::Notice(last, months), ..own(DueKind::Notice) };
            self.push(Item { owes: Some(contract.customer), to: Some(contract.provider), ..item })?;
        }
        Ok(())
    }

    /// The last days of what has no other place here.
    fn ends(&mut self) -> Result<(), Error> {
        let model = self.model;
        for agreement in model.agreements.iter() {
            if self.wanted(DueKind::AgreementEnd, &[agreement.provider, agreement.customer]) {
                let item = start(DueKind::AgreementEnd, "agreement", agreement.id.as_str(), &agreement.title, END);
                let clause = agreement.clause.clone();
                self.end(agreement.validity, Item { owes: agreement.provider, to: agreement.customer, clause, ..item })?;
            }
        }
        for (at, role) in model.roles.entries() {
            if self.wanted(DueKind::RoleEnd, &[Some(role.party)]) {
                let item = start(DueKind::RoleEnd, "role", role.id.as_str(), &role.title, END);
                self.end(role.validity, Item { owes: Some(role.party), role: Some(at), ..item })?;
            }
        }
        for (at, party) in model.parties.entries() {
            if self.wanted(DueKind::PartyEnd, &[Some(at)]) {
                let item = start(DueKind::PartyEnd, "party", party.id.as_str(), &party.title, END);
                self.end(party.validity, Item { owes: Some(at), ..item })?;
            }
        }
        for service in model.services.iter() {
            let owes = service.provider.at(self.last_instant(service.validity)).copied();
            if self.wanted(DueKind::ServiceEnd, &[owes]) {
                let item = start(DueKind::ServiceEnd, "service", service.id.as_str(), service.title(), END);
                self.end(service.validity, Item { owes, ..item })?;
            }
        }
        if !self.wanted(DueKind::CalendarHorizon, &[]) {
            return Ok(());
        }
        for calendar in model.calendars.iter() {
            let Some((last, _)) = calendar.holidays.last_key_value() else { continue };
            let Some(date) = Date::new(last.year(), 12, 31) else { continue };
            if self.asked.first <= date && date <= self.asked.last {
                let id = calendar.id.as_str();
                self.push(Item { date, ..start(DueKind::CalendarHorizon, "calendar", id, id, Why::Holiday(*last)) })?;
            }
        }
        Ok(())
    }

    fn last_instant(&self, validity: Validity) -> Instant {
        if validity.until == Instant::MAX { Instant::MAX } else { Instant(validity.until.0 - 1) }
    }

    /// The last day of an object, where it is asked for.
    fn end(&mut self, validity: Validity, item: Item) -> Result<(), Error> {
        match self.last_day(validity).filter(|day| self.asked.first <= *day && *day <= self.asked.last) {
            Some(date) => self.push(Item { date, why: Why::Ends(date), ..item }),
            None => Ok(()),
        }
    }
}

/// Before its day is known.
const END: Why = Why::Notice(Date::FIRST, 0);

fn start(kind: DueKind, object_kind: &'static str, object: &str, title: &str, why: Why) -> Item {
    Item {
        date: Date::FIRST,
        kind,
        object_kind,
        object: object.to_owned(),
        item: None,
        owes: None,
        role: None,
        to: None,
        clause: None,
        title: title.to_owned(),
        problem: None,
        why,
    }
}
