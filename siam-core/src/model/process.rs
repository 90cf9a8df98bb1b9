//! Processes and the functions they belong to.
//!
//! Goes in: `processes:` of a document. Comes out: `Process` by dense index.
//! **Invariant:** activities of a process are named once; its owner is a role.
//! **Not here:** who does what in them (`responsibility`), where parties meet in them (`interface`).

use super::Checking;
use super::dated::{Timeline, Validity};
use super::role::RoleIdx;
use crate::base::id::ProcessId;
use crate::base::{Argument, Idx, IdxVec, codes};
use crate::document::decode::{choice, record};
use crate::document::{Dated, Mark, Named, Spot, When};

choice! {
    /// The functions of a SIAM operating model.
    pub enum Function = "a function" {
        /// Which services there are, and why.
        Portfolio = "portfolio",
        /// What is known of them: configuration, assets, catalogue, knowledge.
        EnterpriseInformation = "enterprise_information",
        /// How they are designed and built.
        DesignAndDevelopment = "design_and_development",
        /// How parts of several parties become one service, and how good it is.
        IntegrationAndQuality = "integration_and_quality",
        /// How they come into use, change and leave.
        Transition = "transition",
        /// How they are run and supported.
        OperationAndSupport = "operation_and_support",
        /// What users and machines do without people.
        SelfServiceAndAutomation = "self_service_and_automation",
    }
}

choice! {
    /// A phase in the life of a service.
    pub enum Phase = "a lifecycle phase" {
        /// Deciding what to offer.
        Strategy = "strategy",
        /// Designing it.
        Design = "design",
        /// Bringing it into use.
        Transition = "transition",
        /// Running it.
        Operation = "operation",
        /// Making it better.
        Improvement = "improvement",
    }
}

record! {
    /// A process as written.
    pub struct ProcessDoc = "a process" {
        /// Its full name.
        title: Option<String> = "title",
        /// The function it belongs to.
        function: Function = "function",
        /// The lifecycle phases it serves.
        phases: Vec<Phase> = "phases",
        /// The role that answers for it across all parties.
        owner: Option<Dated<String>> = "owner",
        /// What is done in it, in order.
        activities: Vec<Spot<String>> = "activities",
        /// From when it is followed.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of a process.
pub type ProcessIdx = Idx<Process>;

/// A process.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// Its id.
    pub id: ProcessId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// The function it belongs to.
    pub function: Function,
    /// The lifecycle phases it serves.
    pub phases: Vec<Phase>,
    /// The process owner.
    pub owner: Timeline<RoleIdx>,
    /// What is done in it.
    pub activities: Vec<String>,
    /// When it is followed.
    pub validity: Validity,
    /// Where it is written.
    pub mark: Mark,
}

impl Process {
    /// The place of an activity.
    pub fn activity(&self, name: &str) -> Option<usize> {
        self.activities.iter().position(|known| known == name)
    }
}

/// Checks all processes.
pub(super) fn processes(docs: &Named<ProcessDoc>, checking: &mut Checking<'_>) -> IdxVec<Process, Process> {
    checking.each(docs, |checking, id: ProcessId, doc| {
        let mut activities: Vec<String> = Vec::new();
        for activity in &doc.activities {
            if activities.contains(&activity.value) {
                let problem = checking.faults.problem(&codes::DUPLICATE_NAME, activity.mark).with("kind", "activity");
                let problem = problem.with("name", Argument::user(&activity.value));
                checking.faults.report(problem.with("first", "the same process"));
            } else {
                activities.push(activity.value.clone());
            }
        }
        let names = checking.names;
        Some(Process {
            title: doc.title.clone().unwrap_or_else(|| id.to_string()),
            id,
            function: doc.function,
            phases: doc.phases.clone(),
            owner: checking.named(doc.owner.as_ref(), "owner", &names.roles, "role"),
            activities,
            validity: checking.validity(doc.from.as_ref(), doc.until.as_ref()),
            mark: doc.mark,
        })
    })
}
