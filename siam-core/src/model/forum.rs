//! Forums: boards and meetings that steer the ecosystem.
//!
//! Goes in: `forums:` of a document. Comes out: `Forum` by dense index, with cadence, remit and decisions.
//! **Invariant:** chair and members resolve to roles or parties.
//! **Not here:** when they meet next (`answer::due`).

use super::Checking;
use super::cadence::{Cadence, CadenceDoc};
use super::dated::Validity;
use super::process::ProcessIdx;
use super::responsibility::Subject;
use crate::base::id::ForumId;
use crate::base::{Date, Idx, IdxVec};
use crate::document::decode::{choice, record};
use crate::document::{Mark, Named, Spot, When};

choice! {
    /// On which level a forum steers.
    pub enum ForumLevel = "a level of a forum" {
        /// Direction, contracts, money.
        Strategic = "strategic",
        /// Service levels, improvement, plans.
        Tactical = "tactical",
        /// The day's work.
        Operational = "operational",
    }
}

choice! {
    /// What kind of forum it is.
    pub enum ForumKind = "a kind of forum" {
        /// A board of its level.
        Board = "board",
        /// The change advisory board.
        ChangeAdvisoryBoard = "change_advisory_board",
        /// Steers the portfolio.
        PortfolioSteering = "portfolio_steering",
        /// The service management office.
        ServiceManagementOffice = "service_management_office",
        /// The people of one process across all parties.
        ProcessForum = "process_forum",
    }
}

record! {
    /// A decision as written.
    pub struct DecisionDoc = "a decision" {
        /// The day it was taken.
        on: Date = "on",
        /// What was decided.
        decided: String = "decided",
        /// The day by which it is looked at again.
        review_by: Option<Date> = "review_by",
    }
}

record! {
    /// A forum as written.
    pub struct ForumDoc = "a forum" {
        /// Its full name.
        title: Option<String> = "title",
        /// strategic, tactical or operational.
        level: ForumLevel = "level",
        /// What kind of forum; board unless written.
        kind: Option<ForumKind> = "kind",
        /// The process of a process forum.
        process: Option<Spot<String>> = "process",
        /// The role or party that leads it.
        chair: Option<Spot<String>> = "chair",
        /// Roles and parties that sit in it.
        members: Vec<Spot<String>> = "members",
        /// On which days it meets.
        meets: Option<CadenceDoc> = "meets",
        /// What it decides.
        remit: Vec<String> = "remit",
        /// What it has decided.
        decisions: Named<DecisionDoc> = "decisions",
        /// From when it sits.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of a forum.
pub type ForumIdx = Idx<Forum>;

/// A decision of a forum.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Its name.
    pub name: String,
    /// The day it was taken.
    pub on: Date,
    /// What was decided.
    pub decided: String,
    /// The day by which it is looked at again.
    pub review_by: Option<Date>,
}

/// A forum.
#[derive(Debug, Clone, PartialEq)]
pub struct Forum {
    /// Its id.
    pub id: ForumId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// On which level it steers.
    pub level: ForumLevel,
    /// What kind it is.
    pub kind: ForumKind,
    /// The process of a process forum.
    pub process: Option<ProcessIdx>,
    /// Who leads it.
    pub chair: Option<Subject>,
    /// Who sits in it.
    pub members: Vec<Subject>,
    /// On which days it meets.
    pub meets: Option<Cadence>,
    /// What it decides.
    pub remit: Vec<String>,
    /// What it has decided.
    pub decisions: Vec<Decision>,
    /// When it sits.
    pub validity: Validity,
    /// Where it is written.
    pub mark: Mark,
}

/// Checks all forums.
pub(super) fn forums(docs: &Named<ForumDoc>, checking: &mut Checking<'_>) -> IdxVec<Forum, Forum> {
    checking.each(docs, |checking, id: ForumId, doc| {
        let names = checking.names;
        let decisions = doc.decisions.iter().map(|(name, decision)| Decision {
            name: name.value.clone(),
            on: decision.on,
            decided: decision.decided.clone(),
            review_by: decision.review_by,
        });
        Some(Forum {
            title: doc.title.clone().unwrap_or_else(|| id.to_string()),
            id,
            level: doc.level,
            kind: doc.kind.unwrap_or(ForumKind::Board),
            process: doc.process.as_ref().and_then(|name| checking.name(&names.processes, "process", name)),
            chair: doc.chair.as_ref().and_then(|name| checking.subject(name, false)),
            members: doc.members.iter().filter_map(|name| checking.subject(name, false)).collect(),
            meets: doc.meets.as_ref().map(|meets| Cadence::check(meets, checking)),
            remit: doc.remit.clone(),
            decisions: decisions.collect(),
            validity: checking.validity(doc.from.as_ref(), doc.until.as_ref()),
            mark: doc.mark,
        })
    })
}
