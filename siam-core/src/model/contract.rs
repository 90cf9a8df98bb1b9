//! Contracts: the direct commercial relation of each party with the customer, and the framework they stand in.
//!
//! Goes in: `framework:` and `contracts:` of a document. Comes out: `Framework`, `Contract` by dense index.
//! **Invariant:** parties, services, processes of a contract resolve; amounts have a currency; a charge is dated, never overwritten.
//! **Not here:** what is owed (`answer::settle`), whether a contract keeps to the framework (`answer::findings`).

use super::Checking;
use super::cadence::{Due, DueDoc};
use super::calendar::CalendarIdx;
use super::dated::{Timeline, Validity};
use super::party::PartyIdx;
use super::process::ProcessIdx;
use super::rule::ServiceIdx;
use crate::base::id::ContractId;
use crate::base::{Argument, Currency, Date, Idx, IdxVec, Ratio, codes};
use crate::document::decode::{choice, record};
use crate::document::scalar::bad_value;
use crate::document::{Dated, Decode, Faults, Mark, Named, Node, Shape, Spot, When};

choice! {
    /// What kind of charge.
    pub enum ChargeKind = "a kind of charge" {
        /// The same amount each time.
        Fixed = "fixed",
        /// By volume.
        Variable = "variable",
        /// Once, for something delivered.
        Milestone = "milestone",
        /// What the supplier itself pays, passed on.
        PassThrough = "pass_through",
    }
}

choice! {
    /// For what a charge is paid.
    pub enum Per = "what a charge is paid for" {
        /// Each calendar month.
        Month = "month",
        /// Each quarter: a third of it each month.
        Quarter = "quarter",
        /// Each year: a twelfth of it each month.
        Year = "year",
        /// Each unit used.
        Unit = "unit",
        /// Once.
        Once = "once",
    }
}

/// An amount as written: `120000 GBP`, or a number in the currency of the ecosystem.
#[derive(Debug, Clone, PartialEq)]
pub struct AmountDoc {
    /// The exact amount, in major units.
    pub value: Ratio,
    /// The currency, where written.
    pub currency: Option<Currency>,
}

impl Decode for AmountDoc {
    fn decode(node: &Node, faults: &mut Faults) -> Option<Self> {
        let text = String::decode(node, faults)?;
        let (number, currency) = match text.trim().rsplit_once(' ') {
            Some((number, code)) => (number, Some(code)),
            None => (text.trim(), None),
        };
        let value = if is_amount(number) { Ratio::parse(&number.replace(',', "")) } else { None };
        let known = currency.map(str::parse::<Currency>).transpose();
        match (value, known) {
            (Some(value), Ok(currency)) => Some(Self { value, currency }),
            _ => {
                bad_value(node, "an amount of money", "120,000 GBP", faults);
                None
            }
        }
    }
    fn shape() -> Shape {
        Shape::Text
    }
}

/// Digits with a point before the minor unit; commas, if any, part groups of three. `1,50` is no amount: it could be meant as 1.50.
fn is_amount(number: &str) -> bool {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.strip_prefix('-').unwrap_or(whole).split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    digits(fraction)
        && digits(first)
        && (rest.is_empty() || first.len() <= 3)
        && rest.iter().all(|group| digits(group) && group.len() == 3)
}

/// An exact amount in one currency.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// In major units.
    pub value: Ratio,
    /// The currency.
    pub currency: Currency,
}

record! {
    /// A range of what is permitted.
    pub struct RangeDoc = "a range" {
        /// The least that is permitted.
        at_least: Option<Ratio> = "at_least",
        /// The most that is permitted.
        at_most: Option<Ratio> = "at_most",
    }
}

choice! {
    /// What another's cause does to a score.
    pub enum ReliefRule = "a relief rule" {
        /// Nothing: scores stand as measured.
        None = "none",
        /// What was excused is no longer missed.
        Numerator = "numerator",
        /// What was excused is not counted at all.
        Both = "both",
        /// The whole event is left out.
        Event = "event",
        /// The whole period is left out.
        Period = "period",
    }
}

choice! {
    /// What happens when several causes meet.
    pub enum ConcurrentCauses = "a rule for concurrent causes" {
        /// Nobody is relieved.
        NoRelief = "no_relief",
        /// Everybody by their share.
        ByShare = "by_share",
        /// Whoever was first bears it.
        FirstInTime = "first_in_time",
    }
}

record! {
    /// The rules of the club, which each contract inherits unless it deviates.
    pub struct FrameworkDoc = "a framework" {
        /// Its full name.
        title: Option<String> = "title",
        /// The clause or document it stands in.
        clause: Option<String> = "clause",
        /// Common definitions: words and what they mean.
        definitions: Named<String> = "definitions",
        /// The priorities every measure uses.
        priorities: Vec<String> = "priorities",
        /// The calendars every measure uses.
        calendars: Vec<Spot<String>> = "calendars",
        /// What another's cause does to a score; none unless written.
        relief: Option<Spot<ReliefRule>> = "relief",
        /// What happens when several causes meet; no_relief unless written.
        concurrent_causes: Option<Spot<ConcurrentCauses>> = "concurrent_causes",
        /// The permitted share of charges at risk.
        at_risk: Option<RangeDoc> = "at_risk",
        /// Permitted ranges of regime parameters, as `regime.parameter`.
        parameters: Named<RangeDoc> = "parameters",
        /// Clauses that every contract must have, such as follow_integrator.
        mandatory_clauses: Vec<String> = "mandatory_clauses",
    }
}

record! {
    /// A charge as written.
    pub struct ChargeDoc = "a charge" {
        /// Its full name.
        title: Option<String> = "title",
        /// fixed, variable, milestone or pass_through; fixed unless written.
        kind: Option<ChargeKind> = "kind",
        /// The amount.
        amount: Dated<AmountDoc> = "amount",
        /// month, quarter, year, unit or once; month unless written.
        per: Option<Per> = "per",
        /// The services it pays for; all of the contract unless written.
        services: Vec<Spot<String>> = "services",
        /// The clause it stands in.
        clause: Option<String> = "clause",
    }
}

record! {
    /// An obligation as written: what one side owes the other beside the service itself.
    pub struct ObligationDoc = "an obligation" {
        /// What is owed.
        title: Option<String> = "title",
        /// The party that owes it.
        by: Spot<String> = "by",
        /// The party it is owed to; the other side unless written.
        to: Option<Spot<String>> = "to",
        /// One day, or on which days.
        due: Option<DueDoc> = "due",
        /// The clause it stands in.
        clause: Option<String> = "clause",
    }
}

record! {
    /// A deviation from the framework, made visible.
    pub struct DeviationDoc = "a deviation" {
        /// Why.
        reason: String = "reason",
        /// The clause that allows it.
        clause: Option<String> = "clause",
        /// The day it was agreed.
        agreed: Option<Date> = "agreed",
    }
}

record! {
    /// A contract as written.
    pub struct ContractDoc = "a contract" {
        /// Its full name.
        title: Option<String> = "title",
        /// The party that provides.
        provider: Spot<String> = "provider",
        /// The party that buys; the only customer unless written.
        customer: Option<Spot<String>> = "customer",
        /// A first day of the contract year; the anniversary of `from` unless written.
        year_starts: Option<Spot<Date>> = "year_starts",
        /// Months of notice before it ends or renews.
        notice_months: Option<u32> = "notice_months",
        /// What is paid, by name.
        charges: Named<ChargeDoc> = "charges",
        /// The greatest share of the charges that credits may take.
        at_risk: Option<Dated<Ratio>> = "at_risk",
        /// Clauses by subject: follow_integrator, audit, exit, ...
        clauses: Named<String> = "clauses",
        /// What each side owes the other.
        obligations: Named<ObligationDoc> = "obligations",
        /// The processes in which the provider takes part.
        processes: Vec<Spot<String>> = "processes",
        /// Where it deviates from the framework: at_risk, priorities, calendars, a clause, `regime.parameter`.
        deviations: Named<DeviationDoc> = "deviations",
        /// From when it holds.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// What is permitted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Range {
    /// At least.
    pub at_least: Option<Ratio>,
    /// At most.
    pub at_most: Option<Ratio>,
}

impl Range {
    fn of(doc: &RangeDoc) -> Self {
        Self { at_least: doc.at_least.clone(), at_most: doc.at_most.clone() }
    }
    /// Whether a value lies in it.
    pub fn permits(&self, value: &Ratio) -> bool {
        self.at_least.as_ref().is_none_or(|least| value >= least) && self.at_most.as_ref().is_none_or(|most| value <= most)
    }
}

/// The rules of the club.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Framework {
    /// Its full name.
    pub title: Option<String>,
    /// Where it stands.
    pub clause: Option<String>,
    /// Words and what they mean.
    pub definitions: Vec<(String, String)>,
    /// The priorities every measure uses; empty where none are named.
    pub priorities: Vec<String>,
    /// The calendars every measure uses; empty where none are named.
    pub calendars: Vec<CalendarIdx>,
    /// The permitted share of charges at risk.
    pub at_risk: Range,
    /// Permitted ranges of regime parameters.
    pub parameters: Vec<(String, Range)>,
    /// Clauses that every contract must have.
    pub mandatory_clauses: Vec<String>,
    /// Keys that are not written, so that their defaults are in force.
    pub defaults: Vec<&'static str>,
    /// Where it is written.
    pub mark: Mark,
}

/// A dense index of a contract.
pub type ContractIdx = Idx<Contract>;

/// A charge.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// Its name within the contract.
    pub name: String,
    /// Its full name.
    pub title: String,
    /// What kind.
    pub kind: ChargeKind,
    /// The amount.
    pub amount: Timeline<Amount>,
    /// For what it is paid.
    pub per: Per,
    /// The services it pays for; empty for all of the contract.
    pub services: Vec<ServiceIdx>,
    /// The clause it stands in.
    pub clause: Option<String>,
}

/// What one side owes the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Obligation {
    /// Its name within the contract.
    pub name: String,
    /// What is owed.
    pub title: String,
    /// Who owes it.
    pub by: PartyIdx,
    /// To whom.
    pub to: PartyIdx,
    /// When it is due.
    pub due: Option<Due>,
    /// The clause it stands in.
    pub clause: Option<String>,
}

/// A deviation from the framework.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// From what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// The clause that allows it.
    pub clause: Option<String>,
    /// When it was agreed.
    pub agreed: Option<Date>,
    /// Where it is written.
    pub mark: Mark,
}

/// A contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// Who provides.
    pub provider: PartyIdx,
    /// Who buys.
    pub customer: PartyIdx,
    /// A first day of the contract year.
    pub year_starts: Option<Date>,
    /// Months of notice.
    pub notice_months: Option<u32>,
    /// What is paid.
    pub charges: Vec<Charge>,
    /// The share of charges at risk.
    pub at_risk: Timeline<Ratio>,
    /// Clauses by subject.
    pub clauses: Vec<(String, String)>,
    /// What each side owes the other.
    pub obligations: Vec<Obligation>,
    /// The processes in which the provider takes part.
    pub processes: Vec<ProcessIdx>,
    /// Where it deviates.
    pub deviations: Vec<Deviation>,
    /// When it holds.
    pub validity: Validity,
    /// Its first day, where written.
    pub from: Option<Date>,
    /// Where it is written.
    pub mark: Mark,
}

/// Checks the framework.
pub(super) fn framework(doc: Option<&FrameworkDoc>, checking: &mut Checking<'_>) -> Framework {
    let Some(doc) = doc else { return Framework::default() };
    let names = checking.names;
    if let Some(relief) = doc.relief.as_ref().filter(|relief| relief.value != ReliefRule::None) {
        checking.not_computed("relief rule", relief.value.as_str(), "none", relief.mark);
    }
    if let Some(rule) = doc.concurrent_causes.as_ref().filter(|rule| rule.value != ConcurrentCauses::NoRelief) {
        checking.not_computed("rule for concurrent causes", rule.value.as_str(), "no_relief", rule.mark);
    }
    let unwritten = [("relief", doc.relief.is_none()), ("concurrent_causes", doc.concurrent_causes.is_none())];
    let pairs = |named: &Named<String>| named.iter().map(|(name, text)| (name.value.clone(), text.clone())).collect();
    Framework {
        title: doc.title.clone(),
        clause: doc.clause.clone(),
        definitions: pairs(&doc.definitions),
        priorities: doc.priorities.clone(),
        calendars: checking.all(&names.calendars, "calendar", &doc.calendars),
        at_risk: doc.at_risk.as_ref().map(Range::of).unwrap_or_default(),
        parameters: doc.parameters.iter().map(|(name, range)| (name.value.clone(), Range::of(range))).collect(),
        mandatory_clauses: doc.mandatory_clauses.clone(),
        defaults: unwritten.into_iter().filter(|(_, absent)| *absent).map(|(key, _)| key).collect(),
        mark: doc.mark,
    }
}

/// Checks all contracts; `only_customer` is meant where a contract names none.
pub(super) fn contracts(
    docs: &Named<ContractDoc>,
    only_customer: Option<PartyIdx>,
    checking: &mut Checking<'_>,
) -> IdxVec<Contract, Contract> {
    checking.each(docs, |checking, id: ContractId, doc| {
        let names = checking.names;
        let provider = checking.name(&names.parties, "party", &doc.provider);
        let customer = match &doc.customer {
            Some(name) => checking.name(&names.parties, "party", name),
            None => {
                if only_customer.is_none() && checking.whole {
                    let problem = checking.faults.problem(&codes::MISSING_KEY, doc.mark).with("shape", "a contract");
                    checking.faults.report(problem.with("key", "customer").with("expected", "the party that buys"));
                }
                only_customer
            }
        };
        if let Some(share) =
            doc.at_risk.iter().flat_map(|dated| &dated.0).find(|share| share.value.is_negative() || share.value > Ratio::ONE)
        {
            let problem = checking.faults.problem(&codes::BAD_VALUE, share.mark);
            let problem = problem.with("value", Argument::user(share.value.to_exact_text()));
            checking.faults.report(problem.with("expected", "a share of the charges").with("example", "12%"));
        }
        let charges = doc.charges.iter().map(|(name, charge)| checking.charge(name, charge)).collect();
        let mut obligations = Vec::new();
        for (name, obligation) in doc.obligations.iter() {
            let by = checking.name(&names.parties, "party", &obligation.by);
            let to = match &obligation.to {
                Some(to) => checking.name(&names.parties, "party", to),
                None if by == customer => provider,
                None => customer,
            };
            let due = obligation.due.as_ref().map(|due| Due::check(due, checking));
            let (Some(by), Some(to)) = (by, to) else { continue };
            let title = obligation.title.clone().unwrap_or_else(|| name.value.clone());
            obligations.push(Obligation { name: name.value.clone(), title, by, to, due, clause: obligation.clause.clone() });
        }
        let deviations = doc.deviations.iter().map(|(subject, deviation)| Deviation {
            subject: subject.value.clone(),
            reason: deviation.reason.clone(),
            clause: deviation.clause.clone(),
            agreed: deviation.agreed,
            mark: subject.mark,
        });
        Some(Contract {
            title: doc.title.clone().unwrap_or_else(|| id.to_string()),
            id,
            provider: provider?,
            customer: customer?,
            year_starts: doc.year_starts.as_ref().map(|day| day.value),
            notice_months: doc.notice_months,
            charges,
            at_risk: checking.timeline(doc.at_risk.as_ref(), "at_risk", |share| Some(share.clone())),
            clauses: doc.clauses.iter().map(|(subject, clause)| (subject.value.clone(), clause.clone())).collect(),
            obligations,
            processes: checking.all(&names.processes, "process", &doc.processes),
            deviations: deviations.collect(),
            validity: checking.validity(doc.from.as_ref(), doc.until.as_ref()),
            from: doc.from.as_ref().and_then(|from| match from.value {
                When::Date(day) => Some(day),
                When::Instant(at) => checking.zone.date_of(at),
            }),
            mark: doc.mark,
        })
    })
}

impl Checking<'_> {
    fn charge(&mut self, name: &Spot<String>, doc: &ChargeDoc) -> Charge {
        let names = self.names;
        let own = self.currency;
        let amount = self.timeline_at(Some(&doc.amount), "amount", |amount: &AmountDoc, mark, faults: &mut Faults| {
            let currency = amount.currency.or(own);
            if currency.is_none() {
                let problem = faults.problem(&codes::NO_CURRENCY, mark);
                faults.report(problem.with("value", Argument::user(amount.value.to_exact_text())));
            }
            Some(Amount { value: amount.value.clone(), currency: currency? })
        });
        Charge {
            name: name.value.clone(),
            title: doc.title.clone().unwrap_or_else(|| name.value.clone()),
            kind: doc.kind.unwrap_or(ChargeKind::Fixed),
            amount,
            per: doc.per.unwrap_or(Per::Month),
            services: self.all(&names.services, "service", &doc.services),
            clause: doc.clause.clone(),
        }
    }
}
