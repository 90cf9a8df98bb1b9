//! Pointers from C, checked; every `unsafe` of this crate but the doors themselves.
//!
//! Goes in: pointers, lengths and handles as C passed them. Comes out: references bound to one call, or `bad-pointer` with a name.
//! **Invariant:** null, askew and negative are refused; outputs are written only when a call succeeds; no panic leaves a call.
//! **Not here:** what a call does with them (`lib`).
//!
//! A caught panic still passes Rust's panic hook, which by default prints one line to stderr. The hook is global to the process, so
//! siam does not touch it: a host that wants silence sets its own.

use crate::ecosystem::{document, siam_document};
use crate::error::{bad_argument, bad_pointer, panicked, siam_error};
use crate::host::{siam_host_options, siam_log_fn, siam_poll_fn};
use crate::tables::{Given, Source, siam_named_table};
use siam_arrow::FFI_ArrowArrayStream;
use siam_core::Source as Document;
use siam_core::base::{Argument, Error};
use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The span of one call, within which the caller's pointers are what it says they are.
pub(crate) struct Door(());

/// Runs a call: catches panics, gives the code, writes the error where the caller wants one.
///
/// # Safety
/// All pointers that `body` passes to the door's methods, and `error`, come from one C call that keeps the header's rules: null, or
/// valid for what the argument says until the call returns.
pub(crate) unsafe fn guard(error: *mut *mut siam_error, body: impl FnOnce(&Door) -> Result<(), Error>) -> i32 {
    let door = Door(());
    let failure = match caught(|| body(&door)) {
        Ok(Ok(())) => return 0,
        Ok(Err(failure)) | Err(failure) => failure,
    };
    let number = i32::from(failure.code().number);
    if !error.is_null()
        && error.is_aligned()
        && let Ok(told) = caught(|| Box::new(siam_error::new(&failure)))
    {
        // SAFETY: not null and aligned; the caller says that it may be written.
        unsafe { error.write(Box::into_raw(told)) };
    }
    number
}

/// Runs a body; a panic becomes an error.
fn caught<R>(body: impl FnOnce() -> R) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|payload| {
        let failure = panicked(payload.as_ref());
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            // What panics while it is dropped is given up.
            std::mem::forget(again);
        }
        failure
    })
}

/// Looks at a handle where a function has no error to give; a null handle gives `otherwise`.
///
/// # Safety
/// `handle` is null or a live handle.
pub(crate) unsafe fn look<T, R>(handle: *const T, otherwise: R, body: impl FnOnce(&T) -> Option<R>) -> R {
    if handle.is_null() || !handle.is_aligned() {
        return otherwise;
    }
    // SAFETY: not null, aligned, and alive by the caller's promise.
    let handle = unsafe { &*handle };
    caught(|| body(handle)).ok().flatten().unwrap_or(otherwise)
}

/// Frees a handle; null is fine.
///
/// # Safety
/// `handle` is null or was made by `Out::hand`, and is not used again.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    if handle.is_null() || !handle.is_aligned() {
        return;
    }
    // SAFETY: made by `Box::into_raw` in `Out::hand`, and freed once by the caller's promise.
    let handle = unsafe { Box::from_raw(handle) };
    let _ = caught(|| drop(handle));
}

/// Frees bytes; null is fine.
///
/// # Safety
/// `bytes` is null, or it and `len` were given by `Door::hand_bytes`, and it is not used again.
pub(crate) unsafe fn free_bytes(bytes: *mut u8, len: i64) {
    if let (false, Ok(len)) = (bytes.is_null(), usize::try_from(len)) {
        // SAFETY: a boxed slice of this length was made in `hand_bytes`.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(bytes, len)) });
    }
}

/// A place for an output, checked before the work begins and written after it ended well.
pub(crate) struct Out<'a, T>(*mut T, PhantomData<&'a Door>);

impl<T> Out<'_, T> {
    /// Writes the output.
    pub(crate) fn set(self, value: T) {
        // SAFETY: `Door::out` found it not null and aligned; the caller of the door says that it may be written.
        unsafe { self.0.write(value) };
    }
}

impl<T> Out<'_, *mut T> {
    /// Hands a new handle to the caller, who frees it.
    pub(crate) fn hand(self, value: T) {
        self.set(Box::into_raw(Box::new(value)));
    }
}

/// A struct of the header that begins with its size and only grows at its end.
///
/// # Safety
/// It is `repr(C)`, begins with a `u32`, and zero bytes, as any bytes that C wrote, are a value of each member.
unsafe trait Grows: Copy {}

// SAFETY: numbers, pointers and optional functions.
unsafe impl Grows for siam_host_options {}
// SAFETY: numbers and pointers.
unsafe impl Grows for siam_document {}
// SAFETY: numbers and pointers.
unsafe impl Grows for siam_named_table {}

/// A copy of such a struct whose bytes C gave; what they do not reach is zero, what they have beyond it was found zero.
fn own<T: Grows>(given: &[u8]) -> T {
    let mut own = MaybeUninit::<T>::zeroed();
    let known = given.len().min(size_of::<T>());
    // SAFETY: both have at least `known` bytes; by the promise of `Grows` the bytes are a value, also where they are zero.
    unsafe {
        std::ptr::copy_nonoverlapping(given.as_ptr(), own.as_mut_ptr().cast::<u8>(), known);
        own.assume_init()
    }
}

impl Door {
    /// A place for an output.
    pub(crate) fn out<T>(&self, place: *mut T, name: &'static str) -> Result<Out<'_, T>, Error> {
        if place.is_null() || !place.is_aligned() { Err(bad_pointer(name)) } else { Ok(Out(place, PhantomData)) }
    }
    /// Hands bytes to the caller, who frees them.
    pub(crate) fn hand_bytes(&self, bytes: Vec<u8>, out: Out<'_, *mut u8>, len: Out<'_, i64>) {
        let bytes = bytes.into_boxed_slice();
        len.set(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        out.set(Box::into_raw(bytes).cast());
    }
    /// A live handle or struct.
    pub(crate) fn borrow<'a, T>(&'a self, handle: *const T, name: &'static str) -> Result<&'a T, Error> {
        if handle.is_null() || !handle.is_aligned() {
            return Err(bad_pointer(name));
        }
        // SAFETY: not null, aligned, and alive during the call by the promise to `guard`.
        Ok(unsafe { &*handle })
    }
    /// A live handle that this call alone uses.
    #[expect(clippy::mut_from_ref, reason = "the reference comes from the caller's pointer; the door only bounds its life")]
    pub(crate) fn borrow_mut<'a, T>(&'a self, handle: *mut T, name: &'static str) -> Result<&'a mut T, Error> {
        if handle.is_null() || !handle.is_aligned() {
            return Err(bad_pointer(name));
        }
        // SAFETY: as for `borrow`; the header says that one thread at a time uses such a handle.
        Ok(unsafe { &mut *handle })
    }
    /// `count` values; null stands for none where the count is zero.
    pub(crate) fn slice<'a, T: Copy>(&'a self, values: *const T, count: i64, name: &'static str) -> Result<&'a [T], Error> {
        let count = usize::try_from(count).map_err(|_| bad_pointer(name))?;
        if count == 0 {
            return Ok(&[]);
        }
        let fits = count.checked_mul(size_of::<T>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
        if values.is_null() || !values.is_aligned() || !fits {
            return Err(bad_pointer(name));
        }
        // SAFETY: not null, aligned, of a possible size, and readable during the call by the promise to `guard`.
        Ok(unsafe { std::slice::from_raw_parts(values, count) })
    }
    /// One byte a row, or null where every row has a value.
    pub(crate) fn present(&self, bytes: *const u8, rows: i64) -> Result<Option<&[u8]>, Error> {
        if bytes.is_null() { Ok(None) } else { self.slice(bytes, rows, "present").map(Some) }
    }
    /// A text: bytes and their count, or `SIAM_NTS`.
    pub(crate) fn text<'a>(&'a self, text: *const c_char, len: i64, name: &'static str) -> Result<&'a str, Error> {
        std::str::from_utf8(self.bytes(text, len, name)?).map_err(|_| bad_pointer(name))
    }
    /// A text that may be null, which stands for the empty one.
    pub(crate) fn text_or_empty<'a>(&'a self, text: *const c_char, len: i64, name: &'static str) -> Result<&'a str, Error> {
        if text.is_null() { Ok("") } else { self.text(text, len, name) }
    }
    /// The bytes of a text, whatever they are.
    fn bytes<'a>(&'a self, text: *const c_char, len: i64, name: &'static str) -> Result<&'a [u8], Error> {
        match len {
            crate::SIAM_NTS => self.ended(text).ok_or_else(|| bad_pointer(name)),
            _ if text.is_null() => Err(bad_pointer(name)),
            _ => self.slice(text.cast(), len, name),
        }
    }
    /// The bytes of a text that ends in NUL; none where the pointer is null.
    pub(crate) fn ended(&self, text: *const c_char) -> Option<&[u8]> {
        if text.is_null() {
            return None;
        }
        // SAFETY: not null, and the caller says that it ends in NUL.
        Some(unsafe { CStr::from_ptr(text) }.to_bytes())
    }
    /// Options of a host; null stands for the defaults.
    pub(crate) fn host_options(&self, options: *const siam_host_options) -> Result<siam_host_options, Error> {
        let given = if options.is_null() { &[] } else { self.sized(options, "options")? };
        Ok(own(given))
    }
    /// The bytes of a struct that begins with its size; what a newer header knows beyond this library must be zero.
    fn sized<'a, T>(&'a self, value: *const T, name: &'static str) -> Result<&'a [u8], Error> {
        let size = usize::try_from(*self.borrow(value.cast::<u32>(), name)?).unwrap_or(0);
        if !value.is_aligned() {
            return Err(bad_pointer(name));
        }
        let bytes = if (size_of::<u32>()..=4096).contains(&size) {
            self.slice(value.cast::<u8>(), i64::try_from(size).unwrap_or(0), name)?
        } else {
            &[]
        };
        let beyond = bytes.get(size_of::<T>()..).unwrap_or(&[]);
        if bytes.is_empty() || beyond.iter().any(|byte| *byte != 0) {
            let size = i64::try_from(size).unwrap_or(i64::MAX);
            return Err(bad_argument(
                "struct_size",
                size,
                "a size that this library knows",
                "sizeof the struct, all its bytes set to zero first",
            ));
        }
        Ok(bytes)
    }
    /// Structs that begin with their size, all the same; what an older header does not know of them is zero.
    fn array<T: Grows>(&self, elements: *const T, count: i64, name: &'static str) -> Result<Vec<T>, Error> {
        let count = usize::try_from(count).map_err(|_| bad_pointer(name))?;
        let mut read = Vec::new();
        if count == 0 {
            return Ok(read);
        }
        let stride = self.sized(elements, name)?.len();
        if stride % align_of::<T>() != 0 {
            return Err(bad_argument("struct_size", Argument::from(stride), "a size of this struct", "sizeof the struct"));
        }
        for at in 0..count {
            let element = elements.wrapping_byte_add(at.checked_mul(stride).ok_or_else(|| bad_pointer(name))?);
            let given = self.sized(element, name)?;
            if given.len() != stride {
                return Err(bad_argument(
                    "struct_size",
                    Argument::from(given.len()),
                    "the same in all elements",
                    "sizeof the struct in each",
                ));
            }
            read.push(own(given));
        }
        Ok(read)
    }
    /// The documents of a call.
    pub(crate) fn documents(&self, documents: *const siam_document, count: i64) -> Result<Vec<Document>, Error> {
        let read = |given: siam_document| {
            let name = if given.name.is_null() { "document" } else { self.text(given.name, given.name_len, "name")? };
            document(name, self.bytes(given.text, given.text_len, "text")?)
        };
        self.array(documents, count, "documents")?.into_iter().map(read).collect()
    }
    /// The tables of a call. Each stream moves out of the caller's struct when its element is read.
    pub(crate) fn tables<'a>(&'a self, tables: *const siam_named_table, count: i64) -> Result<Vec<Given<'a>>, Error> {
        self.array(tables, count, "tables")?.into_iter().map(|table| self.table(table)).collect()
    }
    fn table<'a>(&'a self, table: siam_named_table) -> Result<Given<'a>, Error> {
        let name = self.text(table.name, table.name_len, "name")?;
        let absent = [table.stream.is_null(), table.csv.is_null(), table.columns.is_null(), table.evidence.is_null()];
        let source = match absent {
            [false, true, true, true] => Source::Stream(self.take(table.stream)?),
            [true, false, true, true] => Source::Csv(self.slice(table.csv, table.csv_len, "csv")?),
            [true, true, false, true] => Source::Columns(self.borrow(table.columns, "columns")?),
            [true, true, true, false] => Source::Evidence(self.borrow(table.evidence, "evidence")?),
            _ => {
                return Err(bad_argument(
                    "table",
                    Argument::user(name),
                    "one source of rows",
                    "one of stream, csv, columns and evidence",
                ));
            }
        };
        Ok(Given { name, source })
    }
    fn take(&self, stream: *mut FFI_ArrowArrayStream) -> Result<FFI_ArrowArrayStream, Error> {
        if !stream.is_aligned() {
            return Err(bad_pointer("stream"));
        }
        // SAFETY: not null, aligned, and a stream of the C stream interface by the promise to `guard`.
        Ok(unsafe { FFI_ArrowArrayStream::from_raw(stream) })
    }
}

/// The host's functions and what they are handed.
pub(crate) struct Callbacks {
    log: siam_log_fn,
    poll: siam_poll_fn,
    user: *mut c_void,
}

// SAFETY: the header says that any thread which calls siam with a host may call its functions with its `user`.
unsafe impl Send for Callbacks {}
// SAFETY: as for `Send`.
unsafe impl Sync for Callbacks {}

impl Callbacks {
    pub(crate) fn new(options: &siam_host_options) -> Self {
        Self { log: options.log, poll: options.poll, user: options.user }
    }
    pub(crate) fn log(&self, level: i32, text: &str) {
        if let Some(log) = self.log {
            let len = i64::try_from(text.len()).unwrap_or(i64::MAX);
            // SAFETY: the host gave this function for this call; the text lives until it returns.
            unsafe { log(self.user, level, text.as_ptr().cast(), len) };
        }
    }
    pub(crate) fn poll(&self, done: i64, total: i64) -> bool {
        // SAFETY: the host gave this function for this call.
        self.poll.is_some_and(|poll| unsafe { poll(self.user, done, total) } != 0)
    }
}

/// The row count of built columns.
pub(crate) fn rows(rows: i64) -> Result<usize, Error> {
    let fits = usize::try_from(rows).ok().filter(|rows| *rows < isize::MAX as usize / 16);
    fits.ok_or_else(|| bad_argument("rows", rows, "a number of rows", "0 or more"))
}
