//! Hosts and errors for C.
//!
//! Goes in: options; errors that other functions gave. Comes out: handles, lent words and places.
//! **Invariant:** every body is `guard`, `look` or `free`, checks all pointers first, then makes one call; nothing is kept between calls.
//! **Not here:** what a host holds (`host`), what an error says (`error`).

use crate::error::{Told, siam_error};
use crate::host::{Host, siam_host, siam_host_options};
use crate::memory::{Door, free, guard, look};
use std::ffi::c_char;
use std::sync::Arc;

/// Makes a host; options may be NULL for the defaults.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_host_new(
    options: *const siam_host_options,
    host: *mut *mut siam_host,
    error: *mut *mut siam_error,
) -> i32 {
    let body = |door: &Door| {
        let out = door.out(host, "host")?;
        let options = door.host_options(options)?;
        let zones = if options.zones.is_null() { None } else { Some(door.slice(options.zones, options.zones_len, "zones")?) };
        let shared = Arc::new(Host::new(&options, zones)?);
        out.hand(siam_host { shared });
        Ok(())
    };
    // SAFETY: the header states what the caller promises.
    unsafe { guard(error, body) }
}

/// Frees a host. Handles made with it keep what they need of it, its functions and user included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_host_free(host: *mut siam_host) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(host) }
}

/// All problems as text for people, ends in NUL, lives as long as the error. Empty where error is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_text(error: *const siam_error) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| Some(error.text.as_ptr())) }
}

/// The number of the first problem's code, the same that the failed function returned. 0 where error is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_code(error: *const siam_error) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| Some(error.number)) }
}

/// The name of that code, such as bad-pointer. Lives as long as the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_name(error: *const siam_error) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| Some(error.name.as_ptr())) }
}

/// How many problems the error names; their positions count from 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_count(error: *const siam_error) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| i32::try_from(error.problems.len()).ok()) }
}

/// Looks at one problem.
fn told<R>(error: &siam_error, at: i32, body: impl FnOnce(&Told) -> R) -> Option<R> {
    error.problems.get(usize::try_from(at).ok()?).map(body)
}

/// The number of a problem's code; 0 where there is no such problem.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_code(error: *const siam_error, at: i32) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.number)) }
}

/// How grave a problem is: one of SIAM_SEVERITY_...; 0 where there is no such problem.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_severity(error: *const siam_error, at: i32) -> i32 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.severity)) }
}

/// The name of a problem's code. This and the following texts end in NUL, live as long as the error, and are empty where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_name(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.name.as_ptr())) }
}

/// What is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_message(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.message.as_ptr())) }
}

/// How to mend it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_help(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.help.as_ptr())) }
}

/// Where it is, for people: eco.yaml:3:7, or table log row 2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_place(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.place.as_ptr())) }
}

/// The document.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_file(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.file.as_ptr())) }
}

/// The line in the document, from 1; 0 where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_line(error: *const siam_error, at: i32) -> i64 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.line)) }
}

/// The column in the line, in characters from 1; 0 where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_column(error: *const siam_error, at: i32) -> i64 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.column)) }
}

/// The table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_table(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.table.as_ptr())) }
}

/// The row of the table, from 1; 0 for the whole table or column.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_row(error: *const siam_error, at: i32) -> i64 {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, 0, |error| told(error, at, |told| told.row)) }
}

/// The column of the table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_problem_field(error: *const siam_error, at: i32) -> *const c_char {
    // SAFETY: the header states what the caller promises.
    unsafe { look(error, c"".as_ptr(), |error| told(error, at, |told| told.field.as_ptr())) }
}

/// Frees an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn siam_error_free(error: *mut siam_error) {
    // SAFETY: the header states what the caller promises.
    unsafe { free(error) }
}
