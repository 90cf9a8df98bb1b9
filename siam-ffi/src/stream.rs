//! A stream as C reads it without Arrow: one batch lent after the other.
//!
//! Goes in: a stream of an answer. Comes out: batches, each read like a report of one table.
//! **Invariant:** one batch is held at a time; the host is asked before each whether to go on.
//! **Not here:** the same as an Arrow stream (`siam-arrow`), what the rows are (docs/tables.md).

use crate::host::Host;
use crate::report::siam_report;
use siam_core::base::{Error, Problems, Table};
use siam_core::report::answer::{TableStream, nothing_to_explain};
use siam_core::report::{Answer, Reason, Stamp};
use std::sync::Arc;

/// A table that is computed while it is read. One thread at a time uses it; free it with siam_stream_free, in any order with its report.
pub struct siam_stream {
    stream: Box<dyn TableStream>,
    host: Arc<Host>,
    operation: &'static str,
    stamp: Stamp,
    /// The batch that is lent, and how many rows were before it.
    batch: Option<Box<siam_report>>,
    done: i64,
}

impl siam_stream {
    pub(crate) fn new(stream: Box<dyn TableStream>, answer: &dyn Answer, host: &Arc<Host>) -> Self {
        let (operation, stamp) = (answer.operation(), answer.stamp().clone());
        Self { stream, host: Arc::clone(host), operation, stamp, batch: None, done: 0 }
    }
    /// The next batch, null at the end; the one before it is gone.
    pub(crate) fn next(&mut self) -> Result<*const siam_report, Error> {
        self.batch = None;
        self.host.poll(self.done, 0).inspect_err(|failure| self.host.failed(failure))?;
        let Some(table) = self.stream.next_batch() else { return Ok(std::ptr::null()) };
        self.done = self.done.saturating_add(i64::try_from(table.rows()).unwrap_or(i64::MAX));
        let (operation, stamp) = (self.operation, self.stamp.clone());
        let batch = Batch { operation, stamp, table, problems: Problems::new() };
        Ok(&raw const **self.batch.insert(Box::new(siam_report::new(Box::new(batch), &self.host))))
    }
}

/// A batch as an answer of one table.
struct Batch {
    operation: &'static str,
    stamp: Stamp,
    table: Table,
    problems: Problems,
}

impl Answer for Batch {
    fn operation(&self) -> &'static str {
        self.operation
    }
    fn stamp(&self) -> &Stamp {
        &self.stamp
    }
    fn tables(&self) -> Vec<&Table> {
        vec![&self.table]
    }
    fn explain(&self, _row: usize) -> Result<Reason, Error> {
        Err(nothing_to_explain(self.table.name()))
    }
    fn problems(&self) -> &Problems {
        &self.problems
    }
}
