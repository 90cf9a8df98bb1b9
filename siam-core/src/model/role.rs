//! Roles: who holds an office, how to reach them, to whom they escalate.
//!
//! Goes in: `roles:` of a document. Comes out: `Role` by dense index.
//! **Invariant:** party, hours and escalation resolve; no chain of escalation closes.
//! **Not here:** for what a role answers (`responsibility`).

use super::Checking;
use super::calendar::CalendarIdx;
use super::dated::{Timeline, Validity};
use super::party::PartyIdx;
use crate::base::id::RoleId;
use crate::base::{Argument, Duration, Idx, IdxVec, codes};
use crate::document::decode::{choice, record};
use crate::document::{Dated, Mark, Named, Spot, When};

choice! {
    /// The kinds of roles of a SIAM operating model.
    pub enum RoleKind = "a kind of role" {
        /// Answers for all services towards the customer.
        HeadOfServices = "head_of_services",
        /// Answers for one service over its whole life.
        ServiceOwner = "service_owner",
        /// Runs the delivery of a service or of a provider.
        ServiceManager = "service_manager",
        /// Answers for one process across all parties.
        ProcessOwner = "process_owner",
        /// Joins providers into one end-to-end service.
        ServiceIntegrationManager = "service_integration_manager",
        /// Takes, records and routes what users report.
        ServiceDeskAgent = "service_desk_agent",
        /// Any other.
        Other = "other",
    }
}

record! {
    /// A role as written.
    pub struct RoleDoc = "a role" {
        /// Its full name.
        title: Option<String> = "title",
        /// What kind of role; other unless written.
        kind: Option<RoleKind> = "kind",
        /// The party whose role it is.
        party: Spot<String> = "party",
        /// The person who holds it.
        holder: Option<Dated<String>> = "holder",
        /// How to reach the holder.
        contact: Option<Dated<String>> = "contact",
        /// The calendar in which the role can be reached; around the clock unless written.
        hours: Option<Dated<String>> = "hours",
        /// The role that is next when this one does not answer.
        escalates_to: Option<Spot<String>> = "escalates_to",
        /// How long to wait before that.
        escalate_after: Option<Duration> = "escalate_after",
        /// From when it exists.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of a role.
pub type RoleIdx = Idx<Role>;

/// A role.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// What kind of role.
    pub kind: RoleKind,
    /// Whose role it is.
    pub party: PartyIdx,
    /// Who holds it.
    pub holder: Timeline<String>,
    /// How to reach the holder.
    pub contact: Timeline<String>,
    /// When it can be reached; around the clock where no value holds.
    pub hours: Timeline<CalendarIdx>,
    /// The next role.
    pub escalates_to: Option<RoleIdx>,
    /// How long to wait before that.
    pub escalate_after: Option<Duration>,
    /// When it exists.
    pub validity: Validity,
    /// Where it is written.
    pub mark: Mark,
}

/// Checks all roles.
pub(super) fn roles(docs: &Named<RoleDoc>, checking: &mut Checking<'_>) -> IdxVec<Role, Role> {
    let roles: IdxVec<Role, Role> = checking.each(docs, |checking, id: RoleId, doc| {
        let names = checking.names;
        let party = checking.name(&names.parties, "party", &doc.party);
        let escalates_to = doc.escalates_to.as_ref().and_then(|name| checking.name(&names.roles, "role", name));
        Some(Role {
            title: doc.title.clone().unwrap_or_else(|| id.to_string()),
            id,
            kind: doc.kind.unwrap_or(RoleKind::Other),
            party: party?,
            holder: checking.words(doc.holder.as_ref(), "holder"),
            contact: checking.words(doc.contact.as_ref(), "contact"),
            hours: checking.calendars_of(doc.hours.as_ref(), "hours"),
            escalates_to,
            escalate_after: doc.escalate_after,
            validity: checking.validity(doc.from.as_ref(), doc.until.as_ref()),
            mark: doc.mark,
        })
    });
    for (at, (name, doc)) in docs.iter().enumerate().filter(|_| roles.len() == docs.entries.len()) {
        let mut next = roles.get(Idx::new(at)).and_then(|role| role.escalates_to);
        let mut steps = 0;
        while let Some(role) = next {
            steps += 1;
            if role.get() == at || steps > roles.len() {
                let mark = doc.escalates_to.as_ref().map_or(name.mark, |to| to.mark);
                let problem = checking.faults.problem(&codes::ESCALATION_CYCLE, mark);
                checking.faults.report(problem.with("role", Argument::user(&name.value)));
                break;
            }
            next = roles.get(role).and_then(|role| role.escalates_to);
        }
    }
    roles
}
