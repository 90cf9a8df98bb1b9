//! Bounds on what documents, tables and callers may ask for.
//!
//! Goes in: nothing. Comes out: one plain record, passed to every reader.
//! **Invariant:** whatever an input sizes is checked against a limit before it is allocated.
//! **Not here:** the reports about a passed limit (`codes`).

use super::ZoneDatabase;

/// How much one load, one evidence or one answer may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all documents of one load together.
    pub document_bytes: usize,
    /// Nodes (keys, values, list items) of all documents of one load together.
    pub document_nodes: usize,
    /// How deep a document may nest.
    pub document_depth: usize,
    /// Problems kept; more are counted, not kept.
    pub problems: usize,
    /// Rows of one table.
    pub table_rows: usize,
    /// Bytes of one CSV table.
    pub table_bytes: usize,
    /// Services of all states of the dependency map together, where dates change it: each state is compiled.
    pub map_services: usize,
    /// Threads an operation may start; 1 means none.
    pub threads: usize,
    /// The time zone database that a load asks; an ecosystem keeps the one it was loaded with.
    pub zones: ZoneDatabase,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 256 << 20,
            document_nodes: 20_000_000,
            document_depth: 64,
            problems: 1_000,
            table_rows: 1 << 31,
            table_bytes: 8 << 30,
            map_services: 20_000_000,
            threads: 1,
            zones: ZoneDatabase::default(),
        }
    }
}
