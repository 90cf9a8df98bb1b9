//! siam: service integration and management as a library.
//!
//! One checked, dated description of a SIAM ecosystem answers who is hit when something fails, how everyone did, and why.
//!
//! ```text
//! documents (YAML, JSON)                     tables (Arrow, CSV, columns) + mapping document
//!       |  load: every fault at once                |  evidence: used, rejected, unknown
//!   Ecosystem (what is true, dated)          ->  Evidence (what happened, bound to it)
//!       |                                           |
//!    impact, elapsed, deadline, ...              score, reconcile
//!       \___________________________________________/
//!           flat tables + reasons + pictures: explain
//! ```
//!
//! A service level agreement, two tickets, and why one of them missed its time:
//!
//! ```
//! use siam_core::{Limits, Source, csv, evidence, explain, load, score};
//! use siam_core::{Catalogue, EvidenceQuery, ScoreQuery};
//!
//! let acme = load(&[Source::text("acme.yaml", "
//! siam: 1
//! zone: Europe/London
//! calendars: {office: {hours: {mon-fri: 08:00-18:00}}}
//! services: {email: {hours: office}}
//! agreements:
//!   mail:
//!     kind: sla
//!     services: [email]
//!     measures:
//!       restored: {statistic: percent_within, within: 4h, target: 90%, clause: Schedule 3}
//! ")])?;
//! let export = b"ticket,service,opened,resolved
//! INC1,email,2026-10-02T15:00:00Z,2026-10-05T09:00:00Z
//! INC2,email,2026-10-06T08:00:00Z,2026-10-06T15:00:00Z
//! ";
//! let tickets = csv::read("tickets", export, &Limits::default())?;
//! let bound = evidence(&acme, &EvidenceQuery::default(), vec![tickets.view()], &Limits::default())?;
//! let scorecard = score(&acme, &bound, &ScoreQuery { periods: vec!["2026-10".into()], ..Default::default() })?;
//! let why = explain(&scorecard, "tickets", 1, &Catalogue::english())?.to_text();
//! assert!(why.starts_with("INC2 missed restored: 7 h on the clock, 4 h allowed"), "{why}");
//! # Ok::<(), siam_core::Error>(())
//! ```
//!
//! Begin with [`load`], [`impact`], [`evidence()`] and [`score`]; [`ops::OPERATIONS`] is the list of everything that can be asked.

pub mod answer;
pub mod base;
pub mod clock;
pub mod document;
pub mod ecosystem;
pub mod evidence;
pub mod formula;
pub mod model;
pub mod ops;
pub mod page;
pub mod presets;
pub mod report;
pub mod structure;

pub use answer::compare::{CompareQuery, compare};
pub use answer::concentration::{ConcentrationQuery, concentration};
pub use answer::coverage::{CoverageQuery, coverage};
pub use answer::diff::{DiffQuery, diff};
pub use answer::due::{DueQuery, due};
pub use answer::exit::{ExitQuery, exit};
pub use answer::findings::{CheckQuery, FindingsQuery, check, check_asked, check_with, findings};
pub use answer::headroom::{HeadroomQuery, headroom};
pub use answer::hours::{
    DeadlineQuery, ElapsedQuery, IntervalsQuery, MomentQuery, deadline, elapsed, intervals, is_open, next_close, next_open,
    previous_open,
};
pub use answer::impact::{FailureQuery, ImpactQuery, ScenarioQuery, impact};
pub use answer::impacts::{GivenScenarioQuery, ImpactsQuery, ScenarioKind, impacts};
pub use answer::observed::{ObservedQuery, observed};
pub use answer::readiness::{ReadinessQuery, readiness};
pub use answer::reconcile::{ReconcileQuery, reconcile};
pub use answer::review::{ReviewQuery, review};
pub use answer::score::{ScoreQuery, score};
pub use answer::settle::{SettleQuery, settle};
pub use answer::single_points_of_failure::{SinglePointsOfFailureQuery, single_points_of_failure};
pub use answer::tally::{Tally, TallyQuery, tally};
pub use answer::terms::{TermsQuery, terms};
pub use answer::trend::{TrendQuery, trend};
pub use answer::who::{WhoQuery, who};
pub use base::{Error, Limits, Problem, Problems, csv};
pub use document::Source;
pub use ecosystem::{Ecosystem, load, load_with};
pub use evidence::{Evidence, EvidenceQuery, evidence};
pub use ops::explain;
pub use page::{PageQuery, page};
pub use report::{Answer, Catalogue};

/// Why it is so.
///
#[doc = include_str!("../DESIGN.md")]
pub mod design {}
