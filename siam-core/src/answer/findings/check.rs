//! `check`: the faults of documents, and where there are none, the findings.
//!
//! Goes in: documents, tables, severities by code. Comes out: problems, sorted by place; empty where all is well.
//! **Invariant:** a finding raised to an error is told as one, and still never keeps documents from loading.
//! **Not here:** reading and loading (`ecosystem`), the findings (the files beside this one).

use super::{FindingsQuery, findings};
use crate::base::{Instant, Limits, Problems, TableView};
use crate::document::Source;
use crate::document::decode::query;
use crate::ecosystem::load_with;
use crate::report::{Answer, Severities};

query! {
    /// How documents are checked.
    pub struct CheckQuery = "options of a check" {
        /// As at which instant; the latest `from` of the documents unless given.
        at: Option<Instant> = "at",
        /// By the name of a finding: error, warning, advice, or off to silence it.
        severities: Severities = "severities",
    }
}

/// Everything that is wrong with documents, or worth knowing; empty where all is well.
///
/// ```
/// use siam_core::{Source, check};
/// let problems = check(&[Source::text("acme.yaml", "siam: 1\nservcies: {}\nzone: Europe/Lodnon\n")]);
/// let found: Vec<String> = problems.iter().map(|problem| problem.help()).collect();
/// assert_eq!(found, ["did you mean `services`?", "did you mean `Europe/London`?"]);
/// ```
pub fn check(sources: &[Source]) -> Problems {
    check_with(sources, Vec::new(), &Limits::default())
}

/// Everything that is wrong with documents and tables of services, within limits.
pub fn check_with(sources: &[Source], tables: Vec<TableView<'_>>, limits: &Limits) -> Problems {
    check_asked(sources, tables, &CheckQuery::default(), limits)
}

/// The same as at an instant, with findings raised or silenced by the name of their code.
///
/// ```
/// use siam_core::{CheckQuery, Limits, Source, check_asked, load};
/// use siam_core::report::Severities;
/// let sources = [Source::text("acme.yaml", "{siam: 1, classes: {gold: {}}, services: {mail: {class: gold}}, calendars: {day: {hours: always}}}")];
/// let severities = Severities::parse([("calendar-unused", "error")])?;
/// let query = CheckQuery { severities, ..Default::default() };
/// assert!(check_asked(&sources, Vec::new(), &query, &Limits::default()).has_errors());
/// assert!(load(&sources).is_ok());
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn check_asked(sources: &[Source], tables: Vec<TableView<'_>>, query: &CheckQuery, limits: &Limits) -> Problems {
    let asked = FindingsQuery { at: query.at, severities: query.severities.clone() };
    let report = load_with(sources, tables, limits).and_then(|ecosystem| findings(&ecosystem, &asked));
    let found = match &report {
        Ok(report) => report.problems(),
        Err(error) => error.problems(),
    };
    let mut problems = Problems::new();
    problems.append(found.clone(), limits.problems);
    problems
}
