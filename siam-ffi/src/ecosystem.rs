//! Documents from C, and the ecosystem that is read from them.
//!
//! Goes in: named texts and tables, already checked for null. Comes out: an ecosystem that every question is asked of, or a report of
//! all problems.
//! **Invariant:** an ecosystem never changes, so any number of threads may ask it at once.
//! **Not here:** reading C pointers (`memory`), the C functions (`doors`), what is checked (`siam_core`).

use crate::error::text;
use crate::host::Host;
use crate::tables::{Given, Tables};
use siam_core::base::zone::tzdb_version;
use siam_core::base::{Error, Place, Problem, Problems, Severity, Table, codes};
use siam_core::model::EDITION;
use siam_core::report::{Answer, Reason, Stamp};
use siam_core::{Ecosystem, Source};
use std::ffi::{CString, c_char};
use std::sync::Arc;

/// One document of a call. Set all bytes to zero, then struct_size, then the rest. All elements of one array have the same struct_size.
/// Only ever grows at its end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct siam_document {
    /// sizeof(siam_document) of the header you compile with.
    pub struct_size: u32,
    /// What problems call it, usually its file name, UTF-8; NULL for document.
    pub name: *const c_char,
    /// Bytes of name, or SIAM_NTS.
    pub name_len: i64,
    /// YAML or JSON, UTF-8.
    pub text: *const c_char,
    /// Bytes of text, or SIAM_NTS.
    pub text_len: i64,
}

/// A checked ecosystem. It never changes: any number of threads may ask it at once; free it with siam_ecosystem_free, in any order with
/// its host and its reports.
pub struct siam_ecosystem {
    pub(crate) ecosystem: Ecosystem,
    pub(crate) host: Arc<Host>,
    pub(crate) fingerprint: CString,
}

impl siam_ecosystem {
    pub(crate) fn load(host: &Arc<Host>, documents: &[Source], tables: Vec<Given<'_>>) -> Result<Self, Error> {
        let tables = Tables::read(tables, host)?;
        Ok(Self::new(siam_core::load_with(documents, tables.views(), &host.limits)?, host))
    }
    /// A new one with changes to what its documents say.
    pub(crate) fn with(&self, changes: &str) -> Result<Self, Error> {
        Ok(Self::new(self.ecosystem.with_changes(changes, &self.host.limits)?, &self.host))
    }
    fn new(ecosystem: Ecosystem, host: &Arc<Host>) -> Self {
        for problem in ecosystem.problems() {
            host.log(if problem.severity() == Severity::Advice { 3 } else { 2 }, &problem.to_string());
        }
        let fingerprint = text(&ecosystem.stamp().fingerprint);
        Self { ecosystem, host: Arc::clone(host), fingerprint }
    }
}

/// Everything that is wrong with documents, or worth knowing, as an answer of no tables; options are JSON or empty.
pub(crate) fn check(
    host: &Arc<Host>,
    documents: &[Source],
    tables: Vec<Given<'_>>,
    options: &str,
) -> Result<Box<dyn Answer>, Error> {
    let tables = Tables::read(tables, host)?;
    let problems = siam_core::ops::doors::check(documents, options, tables.views(), &host.limits)?;
    let library = env!("CARGO_PKG_VERSION").to_owned();
    let stamp = Stamp { fingerprint: String::new(), edition: EDITION, tzdb: tzdb_version().to_owned(), library };
    Ok(Box::new(Checked { problems, stamp }))
}

struct Checked {
    problems: Problems,
    stamp: Stamp,
}

impl Answer for Checked {
    fn operation(&self) -> &'static str {
        "check"
    }
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        Vec::new()
    }
    fn explain(&self, _row: usize) -> Result<Reason, Error> {
        Err(Problem::new(&codes::NOTHING_TO_EXPLAIN, Place::Nowhere).into())
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}

/// A document whose bytes must be UTF-8; the problem names the line and the column up to which they are.
pub(crate) fn document(name: &str, bytes: &[u8]) -> Result<Source, Error> {
    let place = |line, column, start| Place::Document { file: name.into(), line, column, start, end: start, text: "".into() };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let read = std::str::from_utf8(bytes).map_err(|fault| {
        let valid = bytes.get(..fault.valid_up_to()).unwrap_or_default();
        let lines = valid.split(|byte| *byte == b'\n');
        let last = lines.clone().next_back().unwrap_or_default();
        let column = String::from_utf8_lossy(last).chars().count() + 1;
        Error::from(Problem::new(&codes::TABLE_NOT_UTF8, place(count(lines.count()), count(column), valid.len())))
    })?;
    let mut own = String::new();
    own.try_reserve_exact(read.len()).map_err(|_| {
        let problem = Problem::new(&codes::DOCUMENT_TOO_LARGE, place(1, 1, 0));
        Error::from(problem.with("limit", read.len()).with("what", "bytes"))
    })?;
    own.push_str(read);
    Ok(Source { name: name.to_owned(), text: own })
}
