//! Maintenance: when planned work is planned.
//!
//! Goes in: `maintenance:` of a document. Comes out: `Maintenance` by dense index.
//! **Invariant:** the calendar of its windows resolves; notice and allowance are not negative.
//! **Not here:** which changes meet it (`answer::observed`).

use super::calendar::CalendarIdx;
use super::dated::Validity;
use crate::base::id::MaintenanceId;
use crate::base::{Duration, Idx};
use crate::document::decode::record;
use crate::document::{Spot, When};

record! {
    /// A maintenance rule as written.
    pub struct MaintenanceDoc = "a maintenance rule" {
        /// Its full name.
        title: Option<String> = "title",
        /// The clause it stands in.
        clause: Option<String> = "clause",
        /// The calendar within which the window of a change must lie; at any time unless written.
        window: Option<Spot<String>> = "window",
        /// How long before its window begins a change must be notified; no notice is needed unless written.
        notice: Option<Duration> = "notice",
        /// Whether somebody must have approved the change; true unless written.
        approval: Option<bool> = "approval",
        /// Who may approve, as the evidence names them; anybody unless written.
        approved_by: Vec<Spot<String>> = "approved_by",
        /// The most planned downtime of a service in a calendar month, within its hours; any unless written.
        allowance: Option<Duration> = "allowance",
        /// From when it holds: it is asked at the beginning of a window.
        from: Option<Spot<When>> = "from",
        /// Until when, exclusive.
        until: Option<Spot<When>> = "until",
    }
}

/// A dense index of a maintenance rule.
pub type MaintenanceIdx = Idx<Maintenance>;

/// A maintenance rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Maintenance {
    /// Its id.
    pub id: MaintenanceId,
    /// Its full name; the id where none is written.
    pub title: String,
    /// The clause it stands in.
    pub clause: Option<String>,
    /// The calendar within which windows must lie; none means at any time.
    pub window: Option<CalendarIdx>,
    /// The least notice.
    pub notice: Option<Duration>,
    /// Whether approval is needed.
    pub approval: bool,
    /// Who may approve; empty means anybody.
    pub approved_by: Vec<String>,
    /// The most planned downtime of a service in a calendar month.
    pub allowance: Option<Duration>,
    /// When it holds.
    pub validity: Validity,
}
