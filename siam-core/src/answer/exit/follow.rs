//! What follows in the model when a party leaves: what lapses with it, what is left dangling.
//!
//! Goes in: a model, a party, an instant. Comes out: what follows, lapses before dangles, by kind and name.
//! **Invariant:** a grid row dangles only if nobody else is left with the letter it loses.
//! **Not here:** what fails (`exit`).

use crate::base::Instant;
use crate::model::Model;
use crate::model::dated::Validity;
use crate::model::party::PartyIdx;
use crate::model::responsibility::{Letters, Subject};
use crate::model::role::RoleIdx;
use std::collections::BTreeMap;

/// One thing that follows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Follow {
    pub effect: &'static str,
    pub kind: &'static str,
    pub id: String,
    pub item: String,
    pub reason: &'static str,
    pub other: String,
}

impl Follow {
    pub fn new(effect: &'static str, kind: &'static str, id: impl ToString, reason: &'static str) -> Self {
        Self { effect, kind, id: id.to_string(), item: String::new(), reason, other: String::new() }
    }
    pub fn item(mut self, item: impl ToString) -> Self {
        self.item = item.to_string();
        self
    }
    pub fn other(mut self, other: impl ToString) -> Self {
        self.other = other.to_string();
        self
    }
}

/// Everything that lapses and dangles.
pub(super) fn follow(model: &Model, party: PartyIdx, at: Instant) -> Vec<Follow> {
    let leaving = Leaving { model, party, at };
    let mut found = Found::default();
    leaving.contracts(&mut found);
    leaving.agreements(&mut found);
    leaving.services(&mut found);
    leaving.roles(&mut found);
    leaving.interfaces(&mut found);
    leaving.grid(&mut found);
    leaving.forums(&mut found);
    let Found { mut lapses, mut dangles } = found;
    lapses.sort();
    dangles.sort();
    lapses.append(&mut dangles);
    lapses
}

#[derive(Default)]
struct Found {
    lapses: Vec<Follow>,
    dangles: Vec<Follow>,
}

#[derive(Clone, Copy)]
struct Leaving<'m> {
    model: &'m Model,
    party: PartyIdx,
    at: Instant,
}

impl Leaving<'_> {
    /// In force at the day, or beginning later.
    fn touched(&self, validity: Validity) -> bool {
        validity.until > self.at || validity.until == Instant::MAX
    }
    fn is_own_role(&self, role: RoleIdx) -> bool {
        self.model.roles.get(role).is_some_and(|role| role.party == self.party)
    }
    fn is_own(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Party(party) => *party == self.party,
            Subject::Role(role) => self.is_own_role(*role),
            Subject::Provider => false,
        }
    }
    fn subject_name(&self, subject: &Subject) -> String {
        match subject {
            Subject::Party(party) => self.model.party_name(*party).to_owned(),
            Subject::Role(role) => self.model.roles.get(*role).map_or(String::new(), |role| role.id.to_string()),
            Subject::Provider => crate::model::responsibility::PROVIDER.to_owned(),
        }
    }

    fn contracts(self, found: &mut Found) {
        for contract in self.model.contracts.iter().filter(|contract| self.touched(contract.validity)) {
            if contract.provider == self.party || contract.customer == self.party {
                found.lapses.push(Follow::new("lapses", "contract", &contract.id, "exit-contract"));
                continue;
            }
            for obligation in contract.obligations.iter().filter(|owed| owed.by == self.party || owed.to == self.party) {
                let lapse = Follow::new("lapses", "obligation", &contract.id, "exit-obligation");
                found.lapses.push(lapse.item(&obligation.name));
            }
        }
        for party in self.model.parties.iter().filter(|party| self.touched(party.validity)) {
            if party.subcontractor_of == Some(self.party) {
                found.dangles.push(Follow::new("dangles", "party", &party.id, "exit-prime"));
            }
        }
    }

    fn agreements(self, found: &mut Found) {
        let model = self.model;
        let gone = |at: crate::model::agreement::AgreementIdx| {
            model.agreements.get(at).is_some_and(|agreement| {
                self.touched(agreement.validity)
                    && (agreement.provider == Some(self.party) || agreement.customer == Some(self.party))
            })
        };
        for (at, agreement) in model.agreements.entries().filter(|(_, agreement)| self.touched(agreement.validity)) {
            if gone(at) {
                found.lapses.push(Follow::new("lapses", "agreement", &agreement.id, "exit-agreement"));
                continue;
            }
            for below in agreement.underpinned_by.iter().filter(|below| gone(**below)) {
                let below = model.agreements.get(*below).map_or(String::new(), |below| below.id.to_string());
                found.dangles.push(Follow::new("dangles", "agreement", &agreement.id, "exit-underpinning").other(below));
            }
        }
        for measure in model.measures.iter().filter(|measure| self.touched(measure.validity) && gone(measure.agreement)) {
            found.lapses.push(Follow::new("lapses", "measure", &measure.id, "exit-measure"));
        }
    }

    fn services(self, found: &mut Found) {
        for service in self.model.services.iter().filter(|service| self.touched(service.validity)) {
            let later = service.provider.spans().iter().any(|(validity, own)| *own == self.party && self.touched(*validity));
            if later {
                found.dangles.push(Follow::new("dangles", "service", &service.id, "exit-no-provider"));
            }
            let owner = service.owner.at(self.at).and_then(|name| self.model.names.roles.get(name));
            if let Some(owner) = owner.filter(|owner| self.is_own_role(**owner)) {
                let name = self.subject_name(&Subject::Role(*owner));
                found.dangles.push(Follow::new("dangles", "service", &service.id, "exit-no-owner").other(name));
            }
        }
    }

    fn roles(self, found: &mut Found) {
        for role in self.model.roles.iter().filter(|role| self.touched(role.validity)) {
            if role.party == self.party {
                found.lapses.push(Follow::new("lapses", "role", &role.id, "exit-role"));
            } else if let Some(next) = role.escalates_to.filter(|next| self.is_own_role(*next)) {
                let name = self.subject_name(&Subject::Role(next));
                found.dangles.push(Follow::new("dangles", "role", &role.id, "exit-escalation").other(name));
            }
        }
        for process in self.model.processes.iter().filter(|process| self.touched(process.validity)) {
            if let Some(owner) = process.owner.at(self.at).filter(|owner| self.is_own_role(**owner)) {
                let name = self.subject_name(&Subject::Role(*owner));
                found.dangles.push(Follow::new("dangles", "process", &process.id, "exit-no-owner").other(name));
            }
        }
    }

    fn interfaces(self, found: &mut Found) {
        for interface in self.model.interfaces.iter().filter(|interface| self.touched(interface.validity)) {
            if let Some(owner) = interface.owner.at(self.at).filter(|owner| self.is_own_role(**owner)) {
                let name = self.subject_name(&Subject::Role(*owner));
                found.dangles.push(Follow::new("dangles", "interface", &interface.id, "exit-no-owner").other(name));
            }
            if !interface.parties.contains(&self.party) {
                continue;
            }
            if interface.parties.iter().filter(|party| **party != self.party).count() < 2 {
                found.lapses.push(Follow::new("lapses", "interface", &interface.id, "exit-interface"));
            } else {
                found.dangles.push(Follow::new("dangles", "interface", &interface.id, "exit-interface-party"));
            }
            for exchange in interface.exchanges.iter().filter(|pass| pass.from == self.party || pass.to == self.party) {
                let lapse = Follow::new("lapses", "exchange", &interface.id, "exit-exchange");
                found.lapses.push(lapse.item(&exchange.name));
            }
        }
    }

    /// Rows of the grid that lose their only Accountable or their only Responsible.
    fn grid(self, found: &mut Found) {
        /// Who else holds A and R, and who of the leaving party does.
        type Row = (usize, usize, Vec<String>, Vec<String>);
        let mut rows: BTreeMap<(usize, usize), Row> = BTreeMap::new();
        for cell in &self.model.responsibilities {
            let Some(letters) = cell.letters.at(self.at) else { continue };
            let row = rows.entry((cell.process.get(), cell.activity)).or_default();
            let (accountable, responsible) = (letters.has(Letters::ACCOUNTABLE), letters.has(Letters::RESPONSIBLE));
            if self.is_own(&cell.subject) {
                let name = self.subject_name(&cell.subject);
                row.2.extend(accountable.then(|| name.clone()));
                row.3.extend(responsible.then_some(name));
            } else if self.model.is_there(cell.subject, self.at) {
                row.0 += usize::from(accountable);
                row.1 += usize::from(responsible);
            }
        }
        for ((process, activity), (accountable, responsible, own_accountable, own_responsible)) in rows {
            let Some(process) = self.model.processes.get(crate::base::Idx::new(process)) else { continue };
            let activity = process.activities.get(activity).map_or("", String::as_str);
            let losses =
                [(accountable, own_accountable, "exit-no-accountable"), (responsible, own_responsible, "exit-no-responsible")];
            for (left, own, reason) in losses {
                if left == 0 && !own.is_empty() {
                    let dangle = Follow::new("dangles", "process", &process.id, reason);
                    found.dangles.push(dangle.item(activity).other(own.join(", ")));
                }
            }
        }
    }

    fn forums(self, found: &mut Found) {
        for forum in self.model.forums.iter().filter(|forum| self.touched(forum.validity)) {
            if let Some(chair) = forum.chair.as_ref().filter(|chair| self.is_own(chair)) {
                let name = self.subject_name(chair);
                found.dangles.push(Follow::new("dangles", "forum", &forum.id, "exit-no-chair").other(name));
            }
            for member in forum.members.iter().filter(|member| self.is_own(member)) {
                let name = self.subject_name(member);
                found.lapses.push(Follow::new("lapses", "forum", &forum.id, "exit-member").item(name));
            }
        }
    }
}
