//! What a program that embeds siam decides once: limits, log, cancelling, languages.
//!
//! Goes in: options from C. Comes out: a host that every handle made with it shares.
//! **Invariant:** nothing here is global to the process; two hosts in one process know nothing of each other.
//! **Not here:** calling C function pointers (`memory`).

use crate::error::bad_argument;
use crate::memory::Callbacks;
use siam_core::Source;
use siam_core::base::{Error, Limits, Place, Problem, ZoneDatabase, codes};
use siam_core::report::Catalogue;
use std::ffi::{c_char, c_void};
use std::sync::{Arc, PoisonError, RwLock};

/// Receives one line for the host's log: level 1 error, 2 warning, 3 information, 4 detail; UTF-8 that need not end in NUL and lives
/// for the call only. May be called by any thread that calls siam with this host.
pub type siam_log_fn = Option<unsafe extern "C" fn(user: *mut c_void, level: i32, text: *const c_char, len: i64)>;
/// Asked now and then during long work: how much is done, of how much (0 where unknown). Non-zero stops the work, which then fails
/// with code 507. May be called by any thread that calls siam with this host.
pub type siam_poll_fn = Option<unsafe extern "C" fn(user: *mut c_void, done: i64, total: i64) -> i32>;

/// Options of a host. Set all bytes to zero, then struct_size, then what differs from the defaults. Only ever grows at its end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct siam_host_options {
    /// sizeof(siam_host_options) of the header you compile with.
    pub struct_size: u32,
    /// Lines above this level are not logged; 0 for warnings and errors.
    pub log_level: i32,
    /// Receives log lines; NULL for none. siam writes nothing elsewhere.
    pub log: siam_log_fn,
    /// Asked during long work; NULL for never.
    pub poll: siam_poll_fn,
    /// Handed to both functions as it is.
    pub user: *mut c_void,
    /// Bytes of the documents of one load, and of one CSV table; 0 for the default.
    pub max_bytes: i64,
    /// Rows of one table; 0 for the default.
    pub max_rows: i64,
    /// How deep a document may nest; 0 for the default.
    pub max_depth: u32,
    /// Threads that one call may start; 0 for none.
    pub max_threads: u32,
    /// A time zone database in place of the one in this library: a `tzdata` file, which holds its version and all zones in one piece; NULL
    /// for the one in this library. It is copied.
    pub zones: *const u8,
    /// Bytes of zones.
    pub zones_len: i64,
}

/// Limits, log, cancelling and languages. Any thread may use it; free it with siam_host_free, in any order with the handles made with it.
pub struct siam_host {
    pub(crate) shared: Arc<Host>,
}

/// What handles keep of their host.
pub(crate) struct Host {
    pub(crate) limits: Limits,
    log_level: i32,
    callbacks: Callbacks,
    /// One a language; a reader keeps its own while another is added.
    catalogues: RwLock<Vec<Arc<Catalogue>>>,
}

impl Host {
    pub(crate) fn new(options: &siam_host_options, zones: Option<&[u8]>) -> Result<Self, Error> {
        let mut limits = Limits::default();
        if let Some(bytes) = zones {
            limits.zones = ZoneDatabase::concatenated(bytes)?;
        }
        if let Some(bytes) = amount("max_bytes", options.max_bytes)? {
            limits.document_bytes = bytes;
            limits.table_bytes = bytes;
        }
        if let Some(rows) = amount("max_rows", options.max_rows)? {
            limits.table_rows = rows;
        }
        if let Some(depth) = amount("max_depth", options.max_depth.into())? {
            limits.document_depth = depth;
        }
        if let Some(threads) = amount("max_threads", options.max_threads.into())? {
            limits.threads = threads;
        }
        let log_level = if options.log_level == 0 { 2 } else { options.log_level };
        Ok(Self { limits, log_level, callbacks: Callbacks::new(options), catalogues: RwLock::default() })
    }

    /// Writes a line into the host's log.
    pub(crate) fn log(&self, level: i32, text: &str) {
        if level <= self.log_level {
            self.callbacks.log(level, text);
        }
    }

    /// Writes a failure into the host's log.
    pub(crate) fn failed(&self, failure: &Error) {
        self.log(1, &failure.to_string());
    }

    /// Adds the words of a language, in place of those it had.
    pub(crate) fn add_messages(&self, messages: &str) -> Result<(), Error> {
        let catalogue = Catalogue::load(&Source::text("messages", messages))?;
        let mut catalogues = self.catalogues.write().unwrap_or_else(PoisonError::into_inner);
        catalogues.retain(|known| !known.language().eq_ignore_ascii_case(catalogue.language()));
        catalogues.push(Arc::new(catalogue));
        Ok(())
    }

    /// The words of a language, or of what remains of its name without its last parts; English is built in.
    pub(crate) fn catalogue(&self, locale: &str) -> Result<Arc<Catalogue>, Error> {
        let catalogues = self.catalogues.read().unwrap_or_else(PoisonError::into_inner);
        let mut wanted = locale;
        loop {
            if let Some(found) = catalogues.iter().find(|known| known.language().eq_ignore_ascii_case(wanted)) {
                return Ok(Arc::clone(found));
            }
            let Some((shorter, _)) = wanted.rsplit_once('-') else { break };
            wanted = shorter;
        }
        if wanted.eq_ignore_ascii_case("en") {
            return Ok(Arc::new(Catalogue::english()));
        }
        let known = catalogues.iter().map(|known| known.language()).chain(["en"]);
        Err(siam_core::ecosystem::asked("language", locale, known))
    }

    /// Fails where the host wants the work to stop.
    pub(crate) fn poll(&self, done: i64, total: i64) -> Result<(), Error> {
        if self.callbacks.poll(done, total) { Err(Problem::new(&codes::CANCELLED, Place::Nowhere).into()) } else { Ok(()) }
    }
}

fn amount(name: &'static str, value: i64) -> Result<Option<usize>, Error> {
    match usize::try_from(value) {
        Ok(0) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(bad_argument(name, value, "a size", "0 for the default, or a positive number")),
    }
}
