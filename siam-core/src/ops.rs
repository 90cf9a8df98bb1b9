//! The one list of operations: what can be asked, in every language under the same name.
//!
//! Goes in: nothing; the list is written here once. Comes out: `OPERATIONS` as data, and one typed door per operation.
//! **Invariant:** an operation that is not in this list has no door; no public function takes an operation's name.
//! **Not here:** what the operations do (`answer`, `ecosystem`, `evidence`).

use crate::answer::given::{Question, give};
use crate::answer::review::schema;
use crate::answer::{
    compare, concentration, coverage, diff, drift, due, exit, findings, headroom, hours, impact, impacts, leakage, observed,
    readiness, reconcile, redundancy, review, root_causes, score, settle, single_points_of_failure, terms, trend, who,
};
use crate::base::{Error, Limits, Problems, Schema, TableView};
use crate::document::decode::{Decode, from_text};
use crate::document::{Key, Source};
use crate::ecosystem::Ecosystem;
use crate::evidence::{self, Evidence, EvidenceQuery};
use crate::page::PageQuery;
use crate::report::{Answer, Catalogue, Explanation};

/// What an operation is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// Documents.
    Documents,
    /// An ecosystem.
    Ecosystem,
    /// Two ecosystems: as it was, and as it is to be.
    Ecosystems,
    /// An ecosystem and evidence bound to it.
    Evidence,
    /// A report.
    Report,
}

/// One operation as data.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name in every language.
    pub name: &'static str,
    /// What it answers.
    pub doc: &'static str,
    /// What it is asked of.
    pub receiver: Receiver,
    /// The keys of its question.
    pub question: fn() -> Vec<Key>,
    /// The tables it takes, with their columns.
    pub takes: &'static [(&'static str, &'static [&'static str])],
    /// The tables it gives; the first is the answer itself.
    pub gives: &'static [Schema],
    /// The tables it computes only while they are read.
    pub streams: &'static [Schema],
}

macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $receiver:ident $(, asks $question:ty)? $(, by $function:path)? $(, takes $takes:expr)?, gives [$($schema:path),* $(,)?]
        $(, streams [$($stream:path),*])?;
    )+) => {
        /// All operations, in the order of the design.
        pub static OPERATIONS: &[Operation] = &[$(
            Operation {
                name: stringify!($name),
                doc: concat!($($doc),+),
                receiver: Receiver::$receiver,
                question: operations!(@keys $($question)?),
                takes: operations!(@takes $($question)? $(, $takes)?),
                gives: &[$($schema),*],
                streams: &[$($($stream),*)?],
            }
        ),+];

        /// One door per operation: a question as JSON and tables in, an answer out. Both bindings call these and nothing else.
        pub mod doors {
            use super::*;

            /// Binds tables to an ecosystem: what was used, rejected, unknown, before any score.
            pub fn evidence(ecosystem: &Ecosystem, question: &str, tables: Vec<TableView<'_>>, limits: &Limits) -> Result<Evidence, Error> {
                let question: EvidenceQuery = from_text("question", question, limits)?;
                crate::evidence::evidence(ecosystem, &question, tables, limits)
            }

            $( operations!(@door $receiver, $name, [$($doc),+], [$($question)?], [$($function)?]); )+
        }
    };
    (@keys) => { Vec::new };
    (@keys $question:ty) => { <$question>::keys };
    (@takes) => { &[] };
    (@takes , $takes:expr) => { $takes };
    (@takes $question:ty, $takes:expr) => { $takes };
    (@takes $question:ty) => { <$question as Question>::TABLES };
    (@door Ecosystem, $name:ident, [$($doc:literal),+], [$question:ty], [$function:path]) => {
        $(#[doc = $doc])+
        pub fn $name(ecosystem: &Ecosystem, question: &str, tables: &[TableView<'_>], limits: &Limits) -> Result<Box<dyn Answer>, Error> {
            let question: $question = ask(question, tables, limits)?;
            Ok(Box::new($function(ecosystem, &question)?))
        }
    };
    (@door Evidence, $name:ident, [$($doc:literal),+], [$question:ty], [$function:path]) => {
        $(#[doc = $doc])+
        pub fn $name(
            ecosystem: &Ecosystem,
            evidence: &Evidence,
            question: &str,
            tables: &[TableView<'_>],
            limits: &Limits,
        ) -> Result<Box<dyn Answer>, Error> {
            let question: $question = ask(question, tables, limits)?;
            Ok(Box::new($function(ecosystem, evidence, &question)?))
        }
    };
    (@door Documents, check, [$($doc:literal),+], [$question:ty], []) => {
        $(#[doc = $doc])+
        pub fn check(sources: &[Source], question: &str, tables: Vec<TableView<'_>>, limits: &Limits) -> Result<Problems, Error> {
            let question: $question = from_text("options", question, limits)?;
            Ok(findings::check_asked(sources, tables, &question, limits))
        }
    };
    (@door Ecosystems, $name:ident, [$($doc:literal),+], [$question:ty], [$function:path]) => {
        $(#[doc = $doc])+
        pub fn $name(
            before: &Ecosystem,
            after: &Ecosystem,
            question: &str,
            tables: &[TableView<'_>],
            limits: &Limits,
        ) -> Result<Box<dyn Answer>, Error> {
            let question: $question = ask(question, tables, limits)?;
            Ok(Box::new($function(before, after, &question)?))
        }
    };
    (@door Report, page, [$($doc:literal),+], [$question:ty], []) => {
        $(#[doc = $doc])+
        pub fn page(report: &dyn Answer, question: &str, catalogue: &Catalogue, limits: &Limits) -> Result<String, Error> {
            let question: $question = from_text("question", question, limits)?;
            crate::page::page(report, &question, catalogue)
        }
    };
    (@door $other:ident, $name:ident, [$($doc:literal),+], [$($question:ty)?], []) => {};
}

operations! {
    /// Reads and checks documents; an ecosystem, or every fault at once.
    load: Documents, takes crate::model::tables::TABLES, gives [];
    /// Everything that is wrong with documents, or worth knowing.
    check: Documents, asks findings::CheckQuery, takes crate::model::tables::TABLES, gives [crate::report::problems::PROBLEMS];
    /// What changed between two ecosystems.
    diff: Ecosystems, asks diff::DiffQuery, by diff::diff, gives [diff::ROWS];
    /// What lapses, what dangles and what starts to fail when a party leaves.
    exit: Ecosystem, asks exit::ExitQuery, by exit::exit, gives [exit::ROWS];
    /// Binds tables to an ecosystem: what was used, rejected, unknown, before any score.
    evidence: Ecosystem, asks EvidenceQuery, takes &[],
        gives [evidence::USED, evidence::REJECTED, evidence::UNKNOWN, evidence::COLUMNS, evidence::EXCLUSIONS];
    /// What is missing, contradictory or too much in a valid ecosystem, relative to what its service classes ask for.
    findings: Ecosystem, asks findings::FindingsQuery, by findings::findings, gives [findings::FINDINGS];
    /// What was agreed, as plain prose with its clauses and every default in force.
    terms: Ecosystem, asks terms::TermsQuery, by terms::terms, gives [terms::TERMS];
    /// Who is hit when services fail, how badly, and by which route.
    impact: Ecosystem, asks impact::ImpactQuery, by impact::impact,
        gives [impact::IMPACT, impact::IMPACT_ROUTES, impact::IMPACT_AGREEMENTS, impact::IMPACT_SUMMARY, impact::IMPACT_EXCUSES,
            impact::IMPACT_INTERFACES];
    /// Which failures are behind a bad service, in one of four ways of asking.
    root_causes: Ecosystem, asks root_causes::RootCausesQuery, by root_causes::root_causes,
        gives [root_causes::ROWS, root_causes::NODES, root_causes::PARTIES, root_causes::SUMMARY];
    /// How many further failures each service still stands.
    redundancy: Ecosystem, asks redundancy::RedundancyQuery, by redundancy::redundancy, gives [redundancy::ROWS, redundancy::SUMMARY];
    /// Who is hit in each of many scenarios: every service alone, pairs that only matter together, one supplier at a time, or given ones.
    impacts: Ecosystem, asks impacts::ImpactsQuery, by impacts::impacts,
        gives [impacts::IMPACTS, impacts::IMPACTS_PAIRS, impacts::IMPACTS_FAILURES, impacts::IMPACTS_SUMMARY],
        streams [impacts::IMPACTS_SERVICES];
    /// Which services bring others down alone, the worst first.
    single_points_of_failure: Ecosystem, asks single_points_of_failure::SinglePointsOfFailureQuery,
        by single_points_of_failure::single_points_of_failure,
        gives [single_points_of_failure::ROWS, single_points_of_failure::SUMMARY], streams [single_points_of_failure::SERVICES];
    /// How much hangs on each supplier, its subcontractors counted with it, and how unevenly.
    concentration: Ecosystem, asks concentration::ConcentrationQuery, by concentration::concentration,
        gives [concentration::ROWS, concentration::SUBCONTRACTORS, concentration::SUMMARY];
    /// How long a calendar was open within spans of time.
    elapsed: Ecosystem, asks hours::ElapsedQuery, by hours::elapsed, gives [hours::ELAPSED];
    /// When a length of service time is used up, forwards or backwards.
    deadline: Ecosystem, asks hours::DeadlineQuery, by hours::deadline, gives [hours::DEADLINE];
    /// Whether a calendar is open at instants.
    is_open: Ecosystem, asks hours::MomentQuery, by hours::is_open, gives [hours::IS_OPEN];
    /// The next instant at which a calendar is open.
    next_open: Ecosystem, asks hours::MomentQuery, by hours::next_open, gives [hours::MOMENT];
    /// The next closing of a calendar.
    next_close: Ecosystem, asks hours::MomentQuery, by hours::next_close, gives [hours::MOMENT];
    /// The latest instant up to which a calendar was open.
    previous_open: Ecosystem, asks hours::MomentQuery, by hours::previous_open, gives [hours::MOMENT];
    /// The open intervals of a calendar, up to an instant or the first so many.
    intervals: Ecosystem, asks hours::IntervalsQuery, by hours::intervals, gives [hours::INTERVALS];
    /// Whom to call about an activity of a process, how to reach them now, and who is next.
    who: Ecosystem, asks who::WhoQuery, by who::who, gives [who::WHO, who::WHO_ESCALATION];
    /// What falls due between two days: exchanges, meetings, obligations, notices, expiries, reviews.
    due: Ecosystem, asks due::DueQuery, by due::due, gives [due::DUE];
    /// Which layer covers which process in which phase, where nobody does, and where two answer for one thing.
    coverage: Ecosystem, asks coverage::CoverageQuery, by coverage::coverage, gives [coverage::COVERAGE];
    /// Whether a service can go live, and what is missing.
    readiness: Ecosystem, asks readiness::ReadinessQuery, by readiness::readiness,
        gives [readiness::READINESS, readiness::READINESS_SUMMARY];
    /// How everyone did: measures over periods, in all and by party, priority and service.
    score: Evidence, asks score::ScoreQuery, by score::score, gives [score::ROWS, score::TICKETS, evidence::REJECTED, score::CASES];
    /// What changed between two scorecards, split into performance and mix.
    compare: Ecosystem, asks compare::CompareQuery, by compare::compare, gives [compare::ROWS];
    /// How measures went over the periods of a scorecard: change, slope, direction, misses in a row.
    trend: Ecosystem, asks trend::TrendQuery, by trend::trend, gives [trend::ROWS, trend::MEASURES];
    /// As at an instant, how much may still go wrong before a measure misses its target, and which open tickets are next.
    headroom: Evidence, asks headroom::HeadroomQuery, by headroom::headroom, gives [headroom::ROWS, headroom::OPEN];
    /// Our verdicts and figures against those the evidence brings, with the cause of each difference.
    reconcile: Evidence, asks reconcile::ReconcileQuery, by reconcile::reconcile,
        gives [reconcile::ROWS, reconcile::DISAGREEMENTS, reconcile::CAUSES, reconcile::FIGURES];
    /// How available services were, from the outages that were seen, with planned work apart.
    observed: Evidence, asks observed::ObservedQuery, by observed::observed,
        gives [observed::ROWS, observed::OUTAGES, observed::LEVELS, observed::SEEN, observed::CHANGES];
    /// What is paid for and could not be used, or was not, and whether a contract gives a right to deduct it.
    leakage: Evidence, asks leakage::LeakageQuery, by leakage::leakage, gives [leakage::LEAKAGE, leakage::TOTALS];
    /// What evidence says that the dependency map lacks, and which of its edges were never seen to carry a failure.
    drift: Evidence, asks drift::DriftQuery, by drift::drift, gives [drift::ROWS, drift::SUMMARY];
    /// Who owes whom how much, line by line, by the regimes as written.
    settle: Evidence, asks settle::SettleQuery, by settle::settle,
        gives [settle::LEDGER, settle::TOTALS, settle::TRIGGERS, settle::HISTORY];
    /// The monthly service review: everything above for one month, and the state of the next one.
    review: Evidence, asks review::ReviewQuery, by review::review,
        gives [schema::REVIEW, schema::MEASURES, schema::SCORECARD, schema::AVAILABILITY, schema::OUTAGES, schema::CHANGES,
            schema::EVENTS, schema::TIMELINE, schema::CLAIMS, schema::CAUSES, schema::LEDGER, schema::OWED, schema::TRIGGERS,
            schema::CHARGES, schema::UNUSED, schema::REPORTED, schema::FINDINGS, schema::DUE, schema::USED, schema::HISTORY,
            schema::SUMMARY, schema::TOTALS];
    /// A service review as one page of HTML, for all or for one party; it loads nothing, and lists unfold into reasons.
    page: Report, asks PageQuery, takes &[], gives [];
    /// Why a row of a report is what it is.
    explain: Report, gives [crate::report::reason::STEPS];
}

/// Reads a question and gives it its tables.
fn ask<Q: Decode + Question>(question: &str, tables: &[TableView<'_>], limits: &Limits) -> Result<Q, Error> {
    let mut question: Q = from_text("question", question, limits)?;
    give(&mut question, tables)?;
    question.within(limits);
    Ok(question)
}

/// Why a row of a table of a report is what it is, in the words of a catalogue; an empty name is the first table.
///
/// ```
/// use siam_core::{Source, answer::impact::{FailureQuery, ImpactQuery, impact}, explain, load, report::Catalogue};
/// let ecosystem = load(&[Source::text("acme.yaml", "
/// siam: 1
/// services: {wan-a: {}, wan-b: {}, network: {depends_on: [{at_least: 2, of: [wan-a, wan-b]}]}}
/// ")])?;
/// let failures = vec![FailureQuery::of("wan-a")];
/// let report = impact(&ecosystem, &ImpactQuery { failures, ..Default::default() })?;
/// let text = explain(&report, "rows", 0, &Catalogue::english())?.to_text();
/// assert!(text.starts_with("network is down: 2 of 2 needed, 1 left"), "{text}");
/// # Ok::<(), siam_core::Error>(())
/// ```
pub fn explain(report: &dyn Answer, table: &str, row: usize, catalogue: &Catalogue) -> Result<Explanation, Error> {
    Ok(Explanation::of(&report.explain_in(table, row)?, catalogue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_documented_and_named_once() {
        let names: std::collections::BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
        assert_eq!(names.len(), OPERATIONS.len());
        for operation in OPERATIONS {
            assert!(operation.doc.trim().ends_with('.'), "{}", operation.name);
            for table in operation.gives.iter().chain(operation.streams) {
                assert!(table.columns.iter().all(|column| !column.doc.is_empty()), "{}", table.name);
            }
        }
    }

    #[test]
    fn a_door_reads_its_question_and_refuses_what_it_does_not_know() {
        let sources = [crate::Source::text("e", "{siam: 1, services: {a: {}, b: {depends_on: [a]}}}")];
        let ecosystem = crate::load(&sources).unwrap();
        let report = doors::impact(&ecosystem, "{\"failures\": [\"a\"]}", &[], &Limits::default()).unwrap();
        assert_eq!(report.tables()[0].rows(), 2);
        let asked = |question: &str| doors::impact(&ecosystem, question, &[], &Limits::default()).err().unwrap().to_string();
        assert!(asked("{\"failure\": [\"a\"]}").contains("did you mean `failures`?"));
        assert!(asked("{\"failures\": [\"aa\"]}").contains("did you mean `a`?"));
        assert!(asked("{}").contains("failures"));
    }
}
